"""Analysis → the contract's tables (Arrow): calls, findings, emotion. Names and codes in ASCII, quotes as spoken.

Knows columns and messages. Knows nothing about files; headings in the user's language are the writers' business.
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qa_analyzer import figures
from qa_analyzer import text as characters
from qa_analyzer.analysis import Analysis
from qa_analyzer.arrays import ranges
from qa_analyzer.batch import Batch, mere_farewells
from qa_analyzer.emotion.model import Label
from qa_analyzer.emotion.trajectory import TRENDS, TurningPoints, follow, name_trends, turning_points
from qa_analyzer.judging import NOWHERE, SEVERITIES, Near, Rows, Ruleset, Verdict, Why
from qa_analyzer.keywords import count_words
from qa_analyzer.lexicon import COMPLAINT_TYPES, ESCALATION_KINDS, NEEDS, QUESTION_KINDS, RISKS
from qa_analyzer.model import CALL_TYPES, ROLE_CODES, HangUp, Role
from qa_analyzer.phases import NOT_ASSESSABLE, RESOLUTIONS
from qa_analyzer.privacy import mask_string, masked_points
from qa_analyzer.profile import COMPLEXITIES, SCOPES
from qa_analyzer.progress import Progress, follow_frameworks
from qa_analyzer.roles import INFERRED, OPTION, ROLE_SOURCES, Roles
from qa_analyzer.rubric import Scores, score_calls
from qa_analyzer.rulebook.model import Rule
from qa_analyzer.rulebook.waivers import NO_WAIVERS, Waivers
from qa_analyzer.scorecard import AgentSums, sum_agents
from qa_analyzer.waiving import NOT_WAIVED, Waiving, apply_waivers, waiver_text
from qa_analyzer.wording.judged import NEAR, WHY, WINDOW
from qa_analyzer.wording.pairs import pick

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Lang = Literal["zh", "en"]

LONGEST_QUOTE = 500
"""Code points of a quote (contract)."""

LONGEST_CONTEXT = 60
"""Code points of a sentence shown before and after the evidence in it."""

LIST_JOINT = "|"
"""Between the codes of a column that holds several."""

CODE = pa.dictionary(pa.int32(), pa.string())

FINDING_COLUMNS: dict[str, pa.DataType] = {
    "call_id": CODE,
    "agent_id": CODE,
    "rule": CODE,
    "verdict": CODE,
    "severity": CODE,
    "criterion": CODE,
    "occasion_turn": pa.int32(),
    "turn": pa.int32(),
    "role": CODE,
    "start_ms": pa.int64(),
    "text_start": pa.int32(),
    "text_end": pa.int32(),
    "quote": pa.string(),
    "message": pa.string(),
    "suggest": CODE,
    "deduction": pa.float64(),
    "same_fault_as": CODE,
    "waived": pa.bool_(),
    "waiver": CODE,
    "rule_id": CODE,
    "absent": pa.bool_(),
    "context": pa.string(),
    "tolerant": pa.bool_(),
}
EMOTION_COLUMNS: dict[str, pa.DataType] = {
    "call_id": CODE,
    "turn": pa.int32(),
    "start_ms": pa.int64(),
    "value": pa.float64(),
    "label": CODE,
    "confidence": pa.float64(),
}

WHY_KEYS = {figures.WHY_UNSURE_KIND: "unsure_kind", figures.WHY_BEYOND_CALENDAR: "beyond_calendar"} | {
    one.value: one.name.lower() for one in Why if one
}
"""Code of a reason → its key in the catalogue."""


@dataclass(frozen=True)
class Tables:
    """The three tables of one block. `waivers`: number of a waiver → verdict of its rule, where its call is here;
    `roles`: how many calls have their roles from where, as in run.json; `words`: what customers said, by agent (see
    `keywords`).
    """

    calls: pa.Table
    findings: pa.Table
    emotion: pa.Table
    words: pa.Table
    waivers: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[str, int] = field(default_factory=dict)


def rule_text(rule: Rule, key: Literal["name", "why", "message", "suggest"], lang: Lang) -> str:
    """A text of a rule in a language; Chinese where there is no English one."""
    if lang == "en" and rule.spec.en is not None:
        translated: str | None = getattr(rule.spec.en, key)
        if translated:
            return translated
    return str(getattr(rule.spec, key))


def rule_suggestion(rule: Rule, category: str, lang: Lang) -> str:
    """The better wording for what was said of a category; the rule's own where the category has none."""
    if lang == "en" and rule.spec.en is not None and category in rule.spec.en.suggest_for:
        return rule.spec.en.suggest_for[category]
    if category in rule.spec.suggest_for and (lang == "zh" or rule.spec.en is None or not rule.spec.en.suggest):
        return rule.spec.suggest_for[category]
    return rule_text(rule, "suggest", lang)


def rule_word(rule: Rule, written: str, lang: Lang) -> str:
    """A category or a source of a rule in a language; as it is written where there is no English."""
    return rule.spec.en.words.get(written, written) if lang == "en" and rule.spec.en is not None else written


def slices(points: NDArray[np.uint32], start: Indices, length: Indices) -> pa.StringArray:
    """Stretches of code points as an Arrow string array. (n,)"""
    gathered = points[ranges(start, length)]
    width = 1 + (gathered > 0x7F).astype(np.int32) + (gathered > 0x7FF) + (gathered > 0xFFFF)
    byte_ends = np.concatenate(([0], np.cumsum(width, dtype=np.int64)))
    offsets = byte_ends[np.concatenate(([0], np.cumsum(length)))].astype(np.int32)
    data = gathered.astype("<u4", copy=False).tobytes().decode("utf-32-le").encode("utf-8")
    return pa.StringArray.from_buffers(len(start), pa.py_buffer(offsets), pa.py_buffer(data))


def coded(codes: NDArray[np.int64] | NDArray[np.uint8], names: list[str] | tuple[str, ...]) -> pa.DictionaryArray:
    """Codes as a dictionary array of names; negative codes are null."""
    indices = pa.array(codes.astype(np.int32), mask=np.asarray(codes.astype(np.int64) < 0))
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(names), pa.string()))


def numbers(values: NDArray[np.float64] | Indices, known: Mask, kind: pa.DataType) -> pa.Array:
    """Values with nulls where not known."""
    return pa.array(values, kind, mask=~known)


def score_analysis(analysis: Analysis, ruleset: Ruleset, waivers: Waivers = NO_WAIVERS) -> tuple[Scores, Waiving]:
    """The points of a block's calls, and which failures were waived."""
    calls = analysis.batch.columns.column("call_id")
    waiving = apply_waivers(analysis.judgement, calls, ruleset, waivers)
    assessable = analysis.court.facts.not_assessable < 0
    return score_calls(analysis.judgement, ruleset, assessable, waiving.waiver), waiving


def build_tables(
    analysis: Analysis, ruleset: Ruleset, lang: Lang, *, mask: bool = True, waivers: Waivers = NO_WAIVERS
) -> tuple[Tables, AgentSums]:
    """The tables of one block, and what it adds to each agent's scorecard."""
    batch = analysis.batch
    points = masked_points(batch) if mask else batch.points
    scores, waiving = score_analysis(analysis, ruleset, waivers)
    texts = [waiver_text(one, lang) for one in waivers.items]
    reasons = [mask_string(text) if mask else text for text in texts]
    progress = follow_frameworks(analysis, ruleset)
    calls = calls_table(analysis, ruleset, scores, progress, points)
    sums = sum_agents(
        analysis,
        scores,
        ruleset,
        progress,
        calls["agent_interruptions"].to_numpy().astype(np.float64),
        calls["emotion_end"].to_numpy().astype(np.float64),
    )
    findings = findings_table(analysis, ruleset, scores, points, lang, reasons)
    felt, words = emotion_table(analysis), count_words(analysis, points)
    return Tables(calls, findings, felt, words, waiving.verdicts, count_roles(analysis.roles)), sums


def _turning(
    name: str, found: TurningPoints, batch: Batch, points: NDArray[np.uint32], customer: Indices
) -> dict[str, pa.Array]:
    """How far the mood turned, and what the agent had said just before: the last turn between the customer's two.

    `customer` (t,): the customer turns that `found` counts; `points`: the text as it may be shown.
    """
    turned = found.after >= 0
    agent = np.flatnonzero((batch.turn_role == Role.AGENT) & ~batch.turn_backchannel)
    turn = np.full(batch.n_calls, NOWHERE)
    if len(customer) and len(agent):
        first, second = customer[found.before], customer[found.after]  # -1 = any turn, where nothing turned
        place = np.searchsorted(agent, second) - 1
        turn = np.where(turned & (place >= 0) & (agent[place] > first), agent[place], NOWHERE)
    return {
        f"emotion_{name}": numbers(found.change, turned, pa.float64()),
        f"emotion_{name}_turn": _turn_numbers(turn, batch.turn_number),
        f"emotion_{name}_after": _said_in(turn, batch, points),
    }


def _said_in(turn: Indices, batch: Batch, points: NDArray[np.uint32]) -> pa.Array:
    """The beginning of a turn's words, (n,) string, null where the turn is `NOWHERE`."""
    known = turn != NOWHERE
    start = batch.turn_text[np.maximum(turn, 0)]
    length = np.where(known, np.minimum(batch.turn_text[turn + 1] - 1 - start, 2 * LONGEST_CONTEXT), 0)
    return pc.if_else(pa.array(known), slices(points, start, length), pa.scalar(None, pa.string()))


def calls_table(
    analysis: Analysis,
    ruleset: Ruleset,
    scores: Scores,
    progress: Sequence[Progress],
    points: NDArray[np.uint32],
) -> pa.Table:
    """One row a call, in the order of the batch. `points`: the text as it may be shown."""
    batch, court, facts = analysis.batch, analysis.court, analysis.court.facts
    thresholds = ruleset.rubric.thresholds
    given = batch.columns
    scored = scores.score >= 0
    length, length_known = figures.duration(batch)
    silence_s, longest_s = figures.silence(batch, court.timing)
    pace, pace_known = figures.pace(batch)
    share, share_known = figures.talk_share(batch)
    customer = np.flatnonzero(batch.turn_role == Role.CUSTOMER)
    quiet = batch.turn_backchannel[customer] | mere_farewells(batch, customer)
    spoken = np.searchsorted(customer, batch.call_turn), quiet
    path = follow(court.mood.value[customer], *spoken)
    negative = thresholds.get("feels_negative", -0.3)
    trend = name_trends(path.mood, *spoken, negative)
    overlap, fewest = thresholds.get("interruption_overlap_s", 2.0), thresholds.get("interruption_characters", 4)
    assessable = facts.not_assessable < 0
    columns: dict[str, pa.Array] = {
        "call_id": given.column("call_id"),
        "agent_id": pc.fill_null(given.column("agent_id"), ""),
        "agent_name": given.column("agent_name"),
        "team": given.column("team"),
        "started_at": given.column("started_at"),
        "call_type": coded(facts.call_type.astype(np.int64), CALL_TYPES),
        "call_type_inferred": pa.array(facts.inferred),
        "assessable": pa.array(assessable),
        "not_assessable_reason": coded(facts.not_assessable.astype(np.int64), NOT_ASSESSABLE),
        "duration_s": numbers(length, length_known, pa.float64()),
        "turns": pa.array(np.diff(batch.call_turn), pa.int32()),
        **roles_columns(analysis),
        "score": numbers(scores.score / 100, scored, pa.float64()),
        "score_before_critical": numbers(scores.before_critical / 100, scored, pa.float64()),
        "grade": coded(scores.grade, [grade.grade for grade in ruleset.rubric.grades]),
        "critical": pa.array(scores.critical),
    }
    for index, code in enumerate(ruleset.rubric.criteria):
        earned = scores.criteria[:, index]
        columns[f"score_{code}"] = numbers(earned / 100, earned >= 0, pa.float64())
    profile = analysis.profile
    threat = np.where(profile.risk > 0, profile.risk_evidence.turn, NOWHERE)
    columns |= {
        "complaint_type": coded(profile.complaint_type, COMPLAINT_TYPES),
        "complaint_type_confidence": numbers(
            np.nan_to_num(profile.type_confidence), ~np.isnan(profile.type_confidence), pa.float64()
        ),
        "complaint_type_unsure": pa.array(profile.type_unsure, pa.bool_(), mask=profile.complaint_type < 0),
        "complaint_scope": coded(profile.scope, SCOPES),
        "complaint_complexity": coded(profile.complexity, COMPLEXITIES),
        "customer_need": needs_column(profile.needs),
        "escalation_risk": coded(profile.risk, RISKS),
        "escalation_kind": coded(profile.kind, ESCALATION_KINDS),
        "escalation_turn": _turn_numbers(threat, batch.turn_number),
        "escalation_said": _said_in(threat, batch, points),
        "repeat_contact": pa.array(profile.repeat),
        "promised_h": numbers(analysis.promises.hours, analysis.promises.known, pa.float64()),
        "promised_over_limit_h": numbers(
            np.round(analysis.over_limit.value, 2), analysis.over_limit.known, pa.float64()
        ),
    }
    columns["resolution"] = coded(facts.resolution.astype(np.int64), RESOLUTIONS)
    for name in ("start", "valley", "peak", "end", "mean"):
        columns[f"emotion_{name}"] = numbers(getattr(path, name), path.known, pa.float64())
    columns["emotion_trend"] = coded(trend, TRENDS)
    for name, falls in (("fall", True), ("rise", False)):
        turned = turning_points(path.mood, *spoken, falls=falls, negative=negative)
        columns |= _turning(name, turned, batch, points, customer)
    timed = batch.call_timed
    for role in (Role.AGENT, Role.CUSTOMER):
        count = figures.interruptions(batch, court.timing, role, overlap, fewest)
        columns[f"{role.code}_interruptions"] = numbers(count, timed & ~batch.overlaps_hidden, pa.int32())
    columns |= {
        "silence_s": numbers(silence_s, timed, pa.float64()),
        "longest_silence_s": numbers(longest_s, timed, pa.float64()),
        "agent_chars_per_min": numbers(np.round(pace, 1), pace_known, pa.float64()),
        "agent_talk_share": numbers(np.round(share, 4), share_known, pa.float64()),
        "issue_clear_after": numbers(profile.issue_clear_s, profile.issue_known, pa.float64()),
        **{f"questions_{kind}": pa.array(profile.questions[:, k], pa.int32()) for k, kind in enumerate(QUESTION_KINDS)},
        "courtesy_per_100": numbers(np.round(profile.courtesy, 2), profile.courtesy_known, pa.float64()),
        "negative_wording": pa.array(profile.negative, pa.int32()),
        "dialect": pa.array(profile.dialect, pa.int32()),
        **{
            f"framework_{one.framework.id}": numbers(np.round(one.share, 2), one.heard > 0, pa.float64())
            for one in progress
        },
        "hang_up_by": coded(
            np.where(batch.hang_up > 0, batch.hang_up, 0).astype(np.int64), [one.code for one in HangUp]
        ),
        "ruleset": coded(np.zeros(batch.n_calls, np.int64), [ruleset.rulebook.hash]),
    }
    for number, rule in enumerate(ruleset.rules):
        columns[f"rule:{rule.id}"] = coded(
            analysis.judgement.verdicts[:, number].astype(np.int64), [one.code for one in Verdict]
        )
    return pa.table(columns)


def roles_columns(analysis: Analysis) -> dict[str, pa.Array]:
    """How it is known who speaks, how sure that is, and how many utterances hold two people's words."""
    roles, batch = analysis.roles, analysis.batch
    mixed = np.bincount(batch.utterance_call[roles.mixed], minlength=batch.n_calls)
    looked_for = (roles.source == INFERRED) | (roles.source == OPTION)
    return {
        "role_source": coded(roles.source, ROLE_SOURCES),
        "role_confidence": numbers(roles.confidence, ~np.isnan(roles.confidence), pa.float64()),
        "mixed_utterances": numbers(mixed, looked_for, pa.int32()),
    }


def count_roles(roles: Roles) -> dict[str, int]:
    """Calls by the source of their roles; those without the voice that the user named; utterances of two people."""
    calls = np.bincount(roles.source, minlength=len(ROLE_SOURCES)).tolist()
    return {
        **dict(zip(ROLE_SOURCES, calls, strict=True)),
        "option_not_found": int(roles.option_missed.sum()),
        "mixed_utterances": int(roles.mixed.sum()),
    }


def needs_column(needs: NDArray[np.bool_]) -> pa.DictionaryArray:
    """What the customer wants, codes joined by LIST_JOINT; null where nothing was heard. `needs` (c, n) bool."""
    bits = needs @ (1 << np.arange(needs.shape[1]))
    distinct, place = np.unique(bits, return_inverse=True)
    words = [LIST_JOINT.join(one for n, one in enumerate(NEEDS) if code >> n & 1) for code in distinct.tolist()]
    places = pa.array(place.astype(np.int32), mask=np.asarray(bits == 0))
    return pa.DictionaryArray.from_arrays(places, pa.array(words, pa.string()))


def findings_table(
    analysis: Analysis,
    ruleset: Ruleset,
    scores: Scores,
    points: NDArray[np.uint32],
    lang: Lang,
    waivers: Sequence[str] = (),
) -> pa.Table:
    """One row for each fail and undetermined occasion and each pass with evidence, by call, rule and place.

    `waivers`: what is said beside a failure that is waived, by the number of its waiver.
    """
    batch, rows, rule = analysis.batch, analysis.judgement.rows, analysis.judgement.rule
    ids = [one.id for one in ruleset.rules]
    criteria = list(ruleset.rubric.criteria)
    criterion = np.fromiter((criteria.index(one.spec.criterion) for one in ruleset.rules), np.int64, len(ids))
    shown = rows.turn != NOWHERE
    turn = np.where(shown, rows.turn, 0)
    base = batch.turn_text[turn] if batch.n_turns else turn
    start = np.where(shown, rows.start, 0)
    length = np.where(shown, np.minimum(rows.end - rows.start, LONGEST_QUOTE), 0)
    number_in_call = batch.turn_number
    waiver = np.where(rows.verdict == Verdict.FAIL, scores.waiver[rows.call, rule], NOT_WAIVED)
    columns = {
        "call_id": pa.DictionaryArray.from_arrays(pa.array(rows.call, pa.int32()), batch.columns.column("call_id")),
        "agent_id": pa.DictionaryArray.from_arrays(
            pa.array(rows.call, pa.int32()), pc.fill_null(batch.columns.column("agent_id"), "")
        ),
        "rule": coded(rule, ids),
        "verdict": coded(rows.verdict, [one.code for one in Verdict]),
        "severity": coded(rows.severity, [one.value for one in SEVERITIES]),
        "criterion": coded(criterion[rule], criteria),
        "occasion_turn": _turn_numbers(rows.occasion, number_in_call),
        "turn": _turn_numbers(rows.turn, number_in_call),
        "role": coded(np.where(shown, batch.turn_role[turn].astype(np.int64), -1), ROLE_CODES),
        "start_ms": numbers(_start_ms(batch, turn, start), shown & batch.turn_timed[turn], pa.int64()),
        "text_start": numbers(start - base, shown, pa.int32()),
        "text_end": numbers(np.where(shown, rows.end, 0) - base, shown, pa.int32()),
        "quote": slices(points, start, length),
        "message": messages(analysis, ruleset, points, lang),
        "suggest": _suggestions(rows, rule, ruleset, lang),
        "deduction": pa.array(scores.deduction / 100),
        "same_fault_as": coded(scores.same_fault_as, ids),
        "waived": pa.array(waiver != NOT_WAIVED),
        "waiver": coded(waiver, list(waivers)),
        "rule_id": coded(rule, ids),
        "absent": pa.array(_absent(rows)),
        "context": _context(batch, points, turn, start, length),
        "tolerant": pa.array(rows.misheard > 0),
    }
    return pa.table(columns, schema=pa.schema(list(FINDING_COLUMNS.items())))


def _suggestions(rows: Rows, rule: Indices, ruleset: Ruleset, lang: Lang) -> pa.Array:
    """The better wording of each row: of the category it was found by, else of its rule; null for a pass. (n,)"""
    texts = [rule_text(one, "suggest", lang) for one in ruleset.rules]
    place = rule.copy()
    told = (rows.verdict == Verdict.FAIL) & (rows.category >= 0)
    for number, clause in enumerate(ruleset.clauses):
        judged_by = ruleset.rules[clause.rule]
        if not judged_by.spec.suggest_for:
            continue
        for category, name in enumerate(clause.categories):
            if name in judged_by.spec.suggest_for:
                place[told & (rows.clause == number) & (rows.category == category)] = len(texts)
                texts.append(rule_suggestion(judged_by, name, lang))
    return coded(np.where(rows.verdict == Verdict.PASS, -1, place), texts)


def _absent(rows: Rows) -> Mask:
    """(n,) bool: what failed is that something was not said: the evidence is where it belonged."""
    found: Mask = (rows.verdict == Verdict.FAIL) & (rows.window_lo != NOWHERE) & (rows.match_start == NOWHERE)
    return found


def _context(
    batch: Batch, points: NDArray[np.uint32], turn: Indices, start: Indices, length: Indices
) -> pa.StringArray:
    """The sentences of the turn in which each piece of evidence stands, at most LONGEST_CONTEXT around it. (n,)

    A fragment (「不行就是不行」) is understood only in its sentence. Empty where there is no evidence.
    """
    if not batch.n_turns:
        return slices(points, start, length)
    table = np.zeros(characters.PLANE_SIZE, np.bool_)
    table[[characters.NEWLINE, *map(ord, characters.SENTENCE_ENDS)]] = True
    ends = np.flatnonzero(table[batch.normal])
    before = np.searchsorted(ends, start, "left") - 1
    begin = np.where(before >= 0, ends[np.maximum(before, 0)] + 1, 0)
    begin = np.maximum(begin, np.maximum(batch.turn_text[turn], start - LONGEST_CONTEXT))
    after = np.searchsorted(ends, np.maximum(start + length - 1, start), "left")
    stop = np.where(after < len(ends), ends[np.minimum(after, len(ends) - 1)] + 1, len(batch.normal))
    stop = np.minimum(stop, np.minimum(batch.turn_text[turn + 1] - 1, start + length + LONGEST_CONTEXT))
    return slices(points, begin, np.where(length > 0, np.maximum(stop - begin, 0), 0))


def _turn_numbers(turn: Indices, number_in_call: Indices) -> pa.Array:
    known = turn != NOWHERE
    return numbers(number_in_call[np.where(known, turn, 0)] if len(number_in_call) else turn, known, pa.int32())


def _start_ms(batch: Batch, turn: Indices, start: Indices) -> Indices:
    """Start in ms of the utterance that each piece of evidence begins in."""
    order = np.argsort(batch.utterance_start, kind="stable")
    place = np.searchsorted(batch.utterance_start[order], start, "right") - 1
    if not len(order):
        return np.zeros(len(turn), np.int64)
    utterance = order[np.maximum(place, 0)]
    return np.where(batch.timed[utterance], batch.start_ms[utterance], batch.turn_start_ms[turn])


def emotion_table(analysis: Analysis) -> pa.Table:
    """One row a customer turn."""
    batch = analysis.batch
    turn = np.flatnonzero(batch.turn_role == Role.CUSTOMER)
    columns = {
        "call_id": pa.DictionaryArray.from_arrays(
            pa.array(batch.turn_call[turn], pa.int32()), batch.columns.column("call_id")
        ),
        "turn": pa.array(batch.turn_number[turn], pa.int32()),
        "start_ms": numbers(batch.turn_start_ms[turn], batch.turn_timed[turn], pa.int64()),
        "value": pa.array(np.round(analysis.court.mood.value[turn], 3)),
        "label": coded(analysis.labels[turn], [one.code for one in Label]),
        "confidence": numbers(np.nan_to_num(analysis.sure[turn]), ~np.isnan(analysis.sure[turn]), pa.float64()),
    }
    return pa.table(columns, schema=pa.schema(list(EMOTION_COLUMNS.items())))


# ---- messages -------------------------------------------------------------------------------------------------


def messages(analysis: Analysis, ruleset: Ruleset, points: NDArray[np.uint32], lang: Lang) -> pa.StringArray:
    """What each row says to the reader. (n_rows,)

    A failure: the message of its clause, filled in; for something missing also where it was looked for and the
    nearest near miss. An undetermined row: why nobody can tell. A pass says nothing beyond its quote.
    """
    rows = analysis.judgement.rows
    count = len(rows)
    result = np.full(count, -1, np.int64)
    parts: list[pa.Array] = []
    offset = 0
    failed = rows.verdict == Verdict.FAIL
    for clause in np.unique(rows.clause[failed]):
        mine = np.flatnonzero(failed & (rows.clause == clause))
        parts.append(_filled(analysis, ruleset, int(clause), mine, points, lang))
        result[mine] = offset + np.arange(len(mine))
        offset += len(mine)
    told = {code: pick(WHY[key], lang) for code, key in WHY_KEYS.items()}
    reasons = pa.array([told.get(why, "") for why in range(max(told) + 1)], pa.string())
    parts.append(reasons)
    result[~failed] = offset + rows.why[~failed]
    return pa.concat_arrays([part.cast(pa.string()) for part in parts]).take(pa.array(result))


def _filled(
    analysis: Analysis, ruleset: Ruleset, clause: int, mine: Indices, points: NDArray[np.uint32], lang: Lang
) -> pa.Array:
    """Messages of the failures of one clause."""
    rows = analysis.judgement.rows
    text = ruleset.clauses[clause]
    rule = ruleset.rules[text.rule]
    template = rule_text(rule, "message", lang) if lang == "en" or text.message is None else text.message
    if lang == "en" and (rule.spec.en is None or not rule.spec.en.message):
        template = text.message or rule.spec.message
    pieces: list[pa.Array | pa.Scalar] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        pieces.append(pa.scalar(literal, pa.string()))
        if name == "match":
            known = rows.match_start[mine] != NOWHERE
            start = np.where(known, rows.match_start[mine], np.maximum(rows.start[mine], 0))
            length = np.where(known, rows.match_end[mine] - start, 0)
            pieces.append(slices(points, start, np.minimum(length, LONGEST_QUOTE)))
        elif name == "category":
            names = [*(rule_word(rule, one, lang) for one in text.categories), ""]
            pieces.append(
                pa.array(names).take(pa.array(np.where(rows.category[mine] >= 0, rows.category[mine], len(names) - 1)))
            )
        elif name in ("overlap", "waited", "figure"):
            tenths = np.round(np.nan_to_num(rows.number[mine]), 1)
            pieces.append(pc.cast(pa.array(tenths), pa.string()))
    missing = (rows.window_lo[mine] != NOWHERE) & (rows.match_start[mine] == NOWHERE)
    if missing.any():
        pieces.append(_window(analysis, mine, missing, points, lang))
    return _joined(pieces, len(mine))


def _joined(pieces: list[pa.Array | pa.Scalar], count: int) -> pa.Array:
    arrays = [piece if isinstance(piece, pa.Array) else pa.repeat(piece, count) for piece in pieces]
    if len(arrays) == 1:
        return arrays[0]
    return pc.binary_join_element_wise(*arrays, "")


def _window(analysis: Analysis, mine: Indices, missing: Mask, points: NDArray[np.uint32], lang: Lang) -> pa.Array:
    """«（查找范围：话轮 1–3；最接近的是话轮 5 的「抱歉」：太晚）» where something was missing, else empty."""
    rows, batch = analysis.judgement.rows, analysis.batch
    opening, to, nearest, quoted, because, closing = (pick(pair, lang) for pair in WINDOW.values())
    first = batch.call_turn[rows.call[mine]]
    lo = np.where(missing, rows.window_lo[mine] - first, 0)
    hi = np.where(missing, np.maximum(rows.window_hi[mine] - first - 1, lo), 0)
    near = missing & (rows.near[mine] > 0)
    at = np.where(near, rows.near_turn[mine] - first, 0)
    start = np.where(near, rows.near_start[mine], 0)
    length = np.where(near, np.minimum(rows.near_end[mine] - rows.near_start[mine], LONGEST_QUOTE), 0)
    count = len(mine)

    def constant(value: str) -> pa.Array:
        return pa.repeat(pa.scalar(value), count)

    def shown(values: Indices) -> pa.Array:
        return pc.cast(pa.array(values), pa.string())

    kinds = pa.array(["", *(pick(NEAR[one.name.lower()], lang) for one in Near if one)])
    near_text = pc.binary_join_element_wise(
        constant(nearest),
        shown(at),
        constant(quoted),
        slices(points, start, length),
        constant(because),
        kinds.take(pa.array(np.where(near, rows.near[mine], 0))),
        "",
    )
    one_turn = pa.array(lo == hi)
    span = pc.if_else(one_turn, shown(lo), pc.binary_join_element_wise(shown(lo), constant(to), shown(hi), ""))
    whole = pc.binary_join_element_wise(
        constant(opening), span, pc.if_else(pa.array(near), near_text, ""), constant(closing), ""
    )
    return pc.if_else(pa.array(missing), whole, "")
