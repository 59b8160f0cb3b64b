"""What the customer wants and how the agent talks: the columns that are decided by wordings, with their evidence.

Facts about the call, never a deduction. Knows how hits become a value: weights, order, levels, counts. The wordings
are the lexicon's; what counts as a complaint, the phases and the resolution come from `phases`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer import topics
from qa_analyzer.batch import Batch
from qa_analyzer.cues import Cues
from qa_analyzer.hearing import Said, Wordings
from qa_analyzer.lexicon import COMPLAINT_TYPES, NEEDS, QUESTION_KINDS, RISKS, VALUES
from qa_analyzer.model import Role
from qa_analyzer.phases import PHASES, RESOLUTIONS, Evidence, Facts, Phases

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

SCOPES = ("service_quality", "business_matter")
COMPLEXITIES = ("simple", "complex")
SCOPE_MARGIN = 1.5
"""A scope is told where its wordings outweigh those of the other by this factor; else nobody can tell."""
STRONG = 4.0
"""From this score on a further complaint type is a matter of its own."""
ISSUE_CHARACTERS = 6
"""Code points of speech from which a customer turn states an issue, not just «转人工» or «我问一下»."""
STATING_TURNS = 2
"""Customer turns whose words tell what the complaint is about; later ones answer the agent's questions."""
QUESTION_ORDER = ("service", "restating", "consulting", "clarifying", "informational", "open", "probing", "yes_no")
"""A sentence that looks like several kinds of question is of the first of these."""
QUESTION_MARK = ord("?")
PER = 100
HIGH, MEDIUM = RISKS.index("high"), RISKS.index("medium")


@dataclass(frozen=True, slots=True)
class Profile:
    """Columns of the calls of a batch. All (c,), codes are indices into the named tuples, -1 = null.

    complaint_type COMPLAINT_TYPES; type_confidence float64, NaN without a type; type_unsure bool: below the floor of
    the classifier; type_scores (c, k) float64: what the wordings say to each type; scope SCOPES; complexity
    COMPLEXITIES; needs (c, n) bool over NEEDS; risk RISKS; kind ESCALATION_KINDS; repeat bool; issue_clear_s float64,
    where issue_known; questions (c, k) int64 over QUESTION_KINDS; courtesy float64 per 100 code points of agent speech,
    where courtesy_known; negative, dialect int64.
    """

    complaint_type: Indices
    type_evidence: Evidence
    type_confidence: NDArray[np.float64]
    type_unsure: Mask
    type_scores: NDArray[np.float64]
    scope: Indices
    complexity: Indices
    needs: NDArray[np.bool_]
    risk: Indices
    risk_evidence: Evidence
    kind: Indices
    kind_evidence: Evidence
    repeat: Mask
    repeat_evidence: Evidence
    issue_clear_s: NDArray[np.float64]
    issue_known: Mask
    questions: Indices
    courtesy: NDArray[np.float64]
    courtesy_known: Mask
    negative: Indices
    dialect: Indices


def no_evidence(n_calls: int) -> Evidence:
    """Nothing decided anything."""
    return Evidence(*(np.full(n_calls, -1, np.int64) for _ in range(3)))


def build_profile(
    batch: Batch, cues: Cues, heard: Wordings, *, facts: Facts, phases: Phases, transferred: Mask
) -> Profile:
    """The profile of every call. `cues` are the rubric's named lists, `heard` the wordings of the columns."""
    repeat = _first(batch, heard.said("repeat_contact", "mentioned"))
    repeated = repeat.turn >= 0
    risk, risk_evidence = _risk(batch, heard)
    kinds = _Types.of(batch, heard, facts.complaint)
    complaint_type, type_evidence, confidence = kinds.decide(facts.complaint)
    scope = kinds.scope(complaint_type)
    many = (kinds.score >= STRONG).sum(axis=1) > 1
    complex_ = facts.complaint & (repeated | (risk == HIGH) | many)
    simple = facts.complaint & ~complex_ & (facts.resolution == RESOLUTIONS.index("resolved"))
    kind, kind_evidence = _kind(batch, cues, heard, facts.complaint, transferred)
    issue, issue_known = issue_clear(batch, phases)
    courtesy, courtesy_known = _courtesy(batch, heard)
    return Profile(
        complaint_type=complaint_type,
        type_evidence=type_evidence,
        type_confidence=confidence,
        type_unsure=confidence < topics.load_topics().unsure_below,
        type_scores=kinds.score,
        scope=scope,
        complexity=np.where(complex_, COMPLEXITIES.index("complex"), np.where(simple, 0, -1)),
        needs=np.stack([_calls(batch, heard.said("customer_need", need)) for need in NEEDS], axis=1),
        risk=risk,
        risk_evidence=risk_evidence,
        kind=kind,
        kind_evidence=kind_evidence,
        repeat=repeated,
        repeat_evidence=repeat,
        issue_clear_s=issue,
        issue_known=issue_known,
        questions=count_questions(batch, heard),
        courtesy=courtesy,
        courtesy_known=courtesy_known,
        negative=_count(batch, [heard.said("negative_wording", "said")]),
        dialect=_count(batch, [heard.said("dialect", "said")]),
    )


# ---- complaint type --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Types:
    """score (c, k): how much the wordings speak for each complaint type; share (c, k): its probability by wordings and
    words together; words: what customers say in complaints, owned by their calls.
    """

    batch: Batch
    said: list[Said]
    score: NDArray[np.float64]
    share: NDArray[np.float64]
    words: topics.Spoken

    @classmethod
    def of(cls, batch: Batch, heard: Wordings, complaint: Mask) -> _Types:
        """A turn speaks for a type by its heaviest wording; the earliest turn that speaks for any counts twice.

        Words count in the customer's first `STATING_TURNS` turns that state something: there the problem is told.
        """
        said = [heard.said("complaint_type", value) for value in COMPLAINT_TYPES]
        count = batch.n_calls
        spoken = [_by_turn(one) for one in said]
        earliest = np.full(count, batch.n_turns, np.int64)
        for turn, _ in spoken:
            np.minimum.at(earliest, batch.turn_call[turn], turn)
        score = np.zeros((count, len(said)))
        for place, (turn, weight) in enumerate(spoken):
            call = batch.turn_call[turn]
            np.add.at(score[:, place], call, np.where(turn == earliest[call], 2 * weight, weight))
        model = topics.load_topics()
        turn = _stating(batch, complaint)
        words = topics.hear(
            model, batch.normal, batch.turn_text[turn], batch.turn_text[turn + 1] - 1, batch.turn_call[turn]
        )
        logits = topics.classify(model, words, count) + model.cue_weight * score
        return cls(batch, said, score, topics.shares(logits), words)

    def decide(self, complaint: Mask) -> tuple[Indices, Evidence, NDArray[np.float64]]:
        """The likeliest type, what was said for it, and its probability (two digits, NaN where there is no complaint).

        Where neither a wording nor a word names anything (我就是要投诉) it is `other`. The evidence is the heaviest
        wording of the type, else the word that speaks most for it.
        """
        named = self.score.max(axis=1) > 0
        named[self.words.owner[self.words.telling]] = True
        chosen = np.where(named, self.share.argmax(axis=1), COMPLAINT_TYPES.index("other"))
        chosen = np.where(complaint, chosen, -1)
        evidence = no_evidence(self.batch.n_calls)
        for number, said in enumerate(self.said):
            heaviest = _select_first(self.batch, said, np.lexsort((said.start, -said.weight, self._call(said))))
            mine = (chosen == number) & (heaviest.turn >= 0)
            for name in ("turn", "start", "end"):
                getattr(evidence, name)[mine] = getattr(heaviest, name)[mine]
        self._tell_words(chosen, evidence)
        share = self.share[np.arange(len(chosen)), np.maximum(chosen, 0)]
        confidence = np.asarray(np.round(np.where(complaint, share, np.nan), 2), np.float64)
        return chosen, evidence, confidence

    def _tell_words(self, chosen: Indices, evidence: Evidence) -> None:
        """Fill in the word that speaks most for the type, where no wording does."""
        words = self.words
        weight = topics.load_topics().weights[words.row, chosen[words.owner]]
        open_ = (chosen[words.owner] >= 0) & (evidence.turn[words.owner] < 0) & (weight > 0)
        at = np.flatnonzero(open_)
        at = at[np.lexsort((words.start[at], -weight[at], words.owner[at]))]
        call, first = np.unique(words.owner[at], return_index=True)
        at = at[first]
        evidence.turn[call] = np.searchsorted(self.batch.turn_text, words.start[at], "right") - 1
        evidence.start[call], evidence.end[call] = words.start[at], words.end[at]

    def scope(self, chosen: Indices) -> Indices:
        """Service quality (how one was treated) or business matter; -1 where both are about as likely."""
        service = self.score[:, COMPLAINT_TYPES.index("service_attitude")]
        matter = self.score[:, 1 : COMPLAINT_TYPES.index("other")].max(axis=1)
        scope = np.where(service >= SCOPE_MARGIN * matter, 0, np.where(matter >= SCOPE_MARGIN * service, 1, -1))
        heard = np.maximum(service, matter) > 0
        by_words = np.where(self.share.max(axis=1) >= topics.load_topics().unsure_below, np.minimum(chosen, 1), -1)
        told = (chosen >= 0) & (chosen != COMPLAINT_TYPES.index("other"))
        return np.where(told, np.where(heard, scope, by_words), -1)

    def _call(self, said: Said) -> Indices:
        return self.batch.turn_call[said.turn]


def _stating(batch: Batch, complaint: Mask) -> Indices:
    """The first `STATING_TURNS` customer turns that state something, of each call that is a complaint. Ascending."""
    mine = complaint[batch.turn_call] & (batch.turn_role == Role.CUSTOMER) & ~batch.turn_backchannel
    turn = np.flatnonzero(mine & (batch.turn_characters >= ISSUE_CHARACTERS))
    call = batch.turn_call[turn]
    first = np.searchsorted(call, call, "left")
    return turn[np.arange(len(turn)) - first < STATING_TURNS]


def _by_turn(said: Said) -> tuple[Indices, NDArray[np.float64]]:
    """Turns (ascending, unique) and the heaviest weight in each."""
    turn, inverse = np.unique(said.turn, return_inverse=True)
    weight = np.zeros(len(turn))
    np.maximum.at(weight, inverse, said.weight)
    return turn, weight


# ---- escalation ------------------------------------------------------------------------------------------------


def _risk(batch: Batch, heard: Wordings) -> tuple[Indices, Evidence]:
    """The highest level that was said; two different groups of `medium` together are `high`."""
    risk = np.zeros(batch.n_calls, np.int64)
    evidence = no_evidence(batch.n_calls)
    for level in VALUES["escalation_risk"]:
        said = heard.said("escalation_risk", level)
        first = _first(batch, said)
        mine = first.turn >= 0
        risk[mine] = RISKS.index(level)
        for name in ("turn", "start", "end"):
            getattr(evidence, name)[mine] = getattr(first, name)[mine]
        if level == "medium" and len(said):
            width = int(said.group.max()) + 1
            groups = np.unique(batch.turn_call[said.turn] * width + said.group) // width
            risk[np.bincount(groups, minlength=batch.n_calls) > 1] = HIGH
    return risk, evidence


def _kind(batch: Batch, cues: Cues, heard: Wordings, complaint: Mask, transferred: Mask) -> tuple[Indices, Evidence]:
    """Exceptional by the customer's words, ordinary where the agent passed the complaint on."""
    evidence = _first(batch, heard.said("escalation_kind", "exceptional"))
    exceptional = complaint & (evidence.turn >= 0)
    passed_on = _first_of_cues(batch, cues, "escalated", Role.AGENT)
    handed_over = _first_of_cues(batch, cues, "transfer", Role.AGENT)
    ordinary = complaint & ~exceptional & ((passed_on.turn >= 0) | transferred)
    for name in ("turn", "start", "end"):
        said = np.where(passed_on.turn >= 0, getattr(passed_on, name), getattr(handed_over, name))
        column = getattr(evidence, name)
        column[:] = np.where(exceptional, column, np.where(ordinary, said, -1))
    return np.where(exceptional, 1, np.where(ordinary, 0, -1)), evidence


def _first_of_cues(batch: Batch, cues: Cues, name: str, role: Role) -> Evidence:
    turn, start, end = cues.hits(name)
    mine = batch.turn_role[turn] == role
    return _first_of(batch, turn[mine], start[mine], end[mine])


# ---- the agent's side ------------------------------------------------------------------------------------------


def issue_clear(batch: Batch, phases: Phases) -> tuple[NDArray[np.float64], Mask]:
    """(c,) s from the connection (the start of the recording where it is unknown) to the end of the first customer
    turn that states something, and where that can be told.
    """
    stating = np.flatnonzero(
        (batch.turn_role == Role.CUSTOMER) & ~batch.turn_backchannel & (batch.turn_characters >= ISSUE_CHARACTERS)
    )
    place = np.searchsorted(stating, phases.start[PHASES.index("problem")])
    turn = np.append(stating, batch.n_turns)[place]
    found = turn < batch.call_turn[1:]
    turn = np.where(found, turn, 0)
    connected, _ = batch.connected_ms
    if not batch.n_turns:
        return np.zeros(batch.n_calls), found
    known = found & batch.turn_timed[turn]
    return np.where(known, np.maximum(batch.turn_end_ms[turn] - connected, 0), 0) / 1000, known


def count_questions(batch: Batch, heard: Wordings) -> Indices:
    """(c, k) sentences of the agent that are a question of each kind; a sentence is of one kind."""
    marks = np.flatnonzero(_sentence_ends()[batch.normal])
    found = [(heard.said("questions", kind), order) for order, kind in enumerate(QUESTION_ORDER)]
    asked = np.flatnonzero(batch.normal == QUESTION_MARK)
    asked_turn = np.searchsorted(batch.turn_text, asked, "right") - 1
    asked = asked[batch.turn_role[asked_turn] == Role.AGENT] if len(asked) else asked
    # A sentence ends with its mark, so the mark itself belongs to it.
    start = np.concatenate([*(one.start for one, _ in found), asked])
    order = np.concatenate(
        [*(np.full(len(one), order) for one, order in found), np.full(len(asked), QUESTION_ORDER.index("yes_no"))]
    )
    sentence = np.searchsorted(marks, start)
    by_sentence = np.lexsort((order, sentence))
    sentence, start, order = sentence[by_sentence], start[by_sentence], order[by_sentence]
    first = np.append(True, sentence[1:] != sentence[:-1])[: len(sentence)]
    turn = np.searchsorted(batch.turn_text, start[first], "right") - 1
    kind = np.array([QUESTION_KINDS.index(one) for one in QUESTION_ORDER])[order[first]]
    width = len(QUESTION_KINDS)
    cells = batch.turn_call[turn] * width + kind if len(turn) else turn
    return np.bincount(cells, minlength=batch.n_calls * width).reshape(batch.n_calls, width).astype(np.int64)


def _sentence_ends() -> Mask:
    table = np.zeros(characters.PLANE_SIZE, np.bool_)
    table[[characters.NEWLINE, *map(ord, characters.SENTENCE_ENDS)]] = True
    return table


def _courtesy(batch: Batch, heard: Wordings) -> tuple[NDArray[np.float64], Mask]:
    """(c,) courtesy words per 100 code points of agent speech, and where the agent speaks."""
    words = _count(batch, [heard.said("courtesy", value) for value in VALUES["courtesy"]])
    mine = batch.turn_role == Role.AGENT
    spoken = np.bincount(batch.turn_call[mine], weights=batch.turn_characters[mine], minlength=batch.n_calls)
    return PER * words / np.maximum(spoken, 1), spoken > 0


# ---- hits → calls ----------------------------------------------------------------------------------------------


def _calls(batch: Batch, said: Said) -> Mask:
    found = np.zeros(batch.n_calls, np.bool_)
    found[batch.turn_call[said.turn]] = True
    return found


def _count(batch: Batch, said: list[Said]) -> Indices:
    turn = np.concatenate([one.turn for one in said])
    return np.bincount(batch.turn_call[turn], minlength=batch.n_calls).astype(np.int64)


def _first(batch: Batch, said: Said) -> Evidence:
    return _first_of(batch, said.turn, said.start, said.end)


def _first_of(batch: Batch, turn: Indices, start: Indices, end: Indices) -> Evidence:
    order = np.argsort(start, kind="stable")
    return _placed(batch, turn[order], start[order], end[order])


def _select_first(batch: Batch, said: Said, order: Indices) -> Evidence:
    return _placed(batch, said.turn[order], said.start[order], said.end[order])


def _placed(batch: Batch, turn: Indices, start: Indices, end: Indices) -> Evidence:
    """The first of each call, where hits are ordered by call."""
    evidence = no_evidence(batch.n_calls)
    call, first = np.unique(batch.turn_call[turn], return_index=True)
    for name, values in (("turn", turn), ("start", start), ("end", end)):
        getattr(evidence, name)[call] = values[first]
    return evidence
