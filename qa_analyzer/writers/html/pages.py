"""Writes the pages: fills the templates with views. Every text is escaped by Jinja; no page asks the network.

`folder` is always the report folder; pages go to `agents/` and `calls/` in it, style and script to `assets/`.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa_analyzer import wording
from qa_analyzer.wording import Lang
from qa_analyzer.writers import agent_view, call_view, spans
from qa_analyzer.writers.formats import (
    format_clock,
    format_mean,
    format_moment,
    format_number,
    format_percent,
    format_points,
    format_share,
    format_signed,
)
from qa_analyzer.writers.html.curve import draw_curve
from qa_analyzer.writers.html.file_names import page_href, safe_name
from qa_analyzer.writers.html.links import recording_at
from qa_analyzer.writers.html.timeline import draw_timeline
from qa_analyzer.writers.page import (
    NO_STANDING,
    CallPage,
    CallToHear,
    Coached,
    CostlyRule,
    EmotionPoint,
    KindRow,
    Names,
    Row,
    RuleRow,
    RunFacts,
    Spread,
    StandingView,
    TeamRow,
    split_ids,
)

AGENTS, CALLS, ASSETS = "agents", "calls", "assets"
ASSET_FILES = ("report.css", "report.js")

CHART_SCRIPT = "plotly.min.js"
COACHED = 3
"""Agents that the index names first."""
NORMAL_95 = 1.96
"""Standard deviations on either side of the mean that hold 95 % of a normal distribution."""
CHARTED_AGENTS = 10
"""Agents that can be compared, from which the index has a chart of them; fewer are seen at once in the table."""

ROWS_AT_ONCE = 200
"""Rows of agents laid out when the index opens; sorting and searching reach all of them."""
MAX_LISTED = 2_000
"""Calls listed on one page; more would take seconds to open. The rest is in calls.csv, and the page says so."""
MAX_REJECTED = 200
"""Rejected inputs listed on the index; all of them are in rejected.csv."""
GAP_SHOWN_MS = 5_000
"""A silence between turns from which the conversation shows it."""

GRADE_SHADES = 5
"""Shades of the grade bar in the style sheet, `g0` to `g4`."""

_HERE = Path(__file__).parent
_FEELINGS_SHOWN = ("angry", "negative", "positive")
_FEELING_SURE = 0.5
"""A label that is less probable is a point of the curve, not a word beside the customer's sentence."""


def write_assets(folder: Path) -> None:
    """Style and script, once a report."""
    (folder / ASSETS).mkdir(parents=True, exist_ok=True)
    for name in ASSET_FILES:
        shutil.copyfile(_HERE / ASSETS / name, folder / ASSETS / name)


def _write_chart_script(folder: Path) -> None:
    """plotly.js as the plotly package brings it, beside the other assets."""
    import importlib.resources

    script = importlib.resources.files("plotly") / "package_data" / CHART_SCRIPT
    (folder / ASSETS).mkdir(parents=True, exist_ok=True)
    (folder / ASSETS / CHART_SCRIPT).write_bytes(script.read_bytes())


def asset(name: str) -> bytes:
    """The bytes of one of `ASSET_FILES`."""
    return (_HERE / ASSETS / name).read_bytes()


def write_index(
    folder: Path,
    run: RunFacts,
    agents: Sequence[Row],
    names: Names,
    lang: Lang,
    *,
    teams: Sequence[TeamRow] = (),
    worst_rules: Sequence[CostlyRule] = (),
    all_rules: Sequence[RuleRow] = (),
    calls_to_hear: Sequence[CallToHear] = (),
    other_critical: Sequence[CallToHear] = (),
    rejected: Sequence[Row] = (),
    keywords: Sequence[Row] = (),
    nights: int = 0,
    call_pages: Container[str] | None = None,
    without_page: int = 0,
    kinds: Sequence[KindRow] = (),
    spread: Mapping[str, Spread] | None = None,
    habits: Mapping[str, Sequence[CostlyRule]] | None = None,
) -> Path:
    """`index.html`. `rejected` may be the first `MAX_REJECTED`; `run.rejected` counts them all. `call_pages` are the
    ids that have a page (null: all), `without_page` how many have none. `keywords`: listed rows of the night and its
    teams; `nights`: earlier nights that they were compared with. `spread`: agent id → what comparing two agents takes.
    `habits`: agent id → what cost her most, as her page has it. `other_critical`: critical calls that are not among
    those to hear, gravest first. `all_rules`: every rule that some call was judged by, in the table's first order.
    """
    grades = list(dict.fromkeys((*names.grades, *run.grades)))
    spread = spread or {agent["agent_id"]: Spread(agent["calls"], None) for agent in agents}
    charted = sum(one.scored >= agent_view.FEW_CALLS for one in spread.values()) >= CHARTED_AGENTS
    if charted:
        _write_chart_script(folder)
    ordered = sorted(agents, key=_most_needed)
    habits = habits or {}
    return _write(
        folder / "index.html",
        "index.html.j2",
        lang,
        names,
        root="",
        masked=run.masked,
        run=run,
        agents=ordered,
        habits=habits,
        coached=_to_coach(ordered, habits, spread, run.score_mean),
        teams=teams,
        worst_rules=worst_rules,
        all_rules=all_rules,
        calls_to_hear=calls_to_hear,
        other_critical=other_critical,
        more_critical=run.critical_calls - len(other_critical) - sum(one.kind == "critical" for one in calls_to_hear),
        rejected=rejected[:MAX_REJECTED],
        keywords=keywords,
        nights=nights,
        has_page=_has_page(call_pages),
        without_page=without_page,
        kinds=kinds,
        spread=spread,
        charted=charted,
        rows_at_once=ROWS_AT_ONCE,
        few=agent_view.FEW_CALLS,
        grades=[(grade, run.grades.get(grade, 0)) for grade in grades],
        grade_at={grade: min(at, GRADE_SHADES - 1) for at, grade in enumerate(grades)},
    )


def write_agent(
    folder: Path,
    agent: Row,
    calls: Sequence[Row],
    findings: Sequence[Row],
    names: Names,
    lang: Lang,
    *,
    team_mean: float | None = None,
    call_pages: Container[str] | None = None,
    masked: bool = True,
    habits: Sequence[CostlyRule] | None = None,
    standing: StandingView = NO_STANDING,
    keywords: Sequence[Row] = (),
    worst_of: Mapping[str, str] | None = None,
) -> Path:
    """`agents/<id>.html` from the agent's row of `agents` and her rows of `calls` and `findings` (all verdicts).

    `keywords`: her rows of the keywords. `habits`: what cost her most, `worst_of`: call id → the rule of its gravest
    failure, where `findings` are only a choice of hers. The page is one file: style and script stand in it, so that it
    can be handed on.
    """
    scored = standing.scored or sum(call["score"] is not None for call in calls)
    return _write(
        folder / AGENTS / f"{safe_name(agent['agent_id'])}.html",
        "agent.html.j2",
        lang,
        names,
        root="../",
        masked=masked,
        agent=agent,
        calls=calls[:MAX_LISTED],
        left_out=max(0, len(calls) - MAX_LISTED),
        scored=scored,
        few=scored < agent_view.FEW_CALLS,
        team_mean=team_mean,
        standing=standing,
        inlined={name: (_HERE / ASSETS / name).read_text(encoding="utf-8") for name in ASSET_FILES},
        criteria=[(code, name, agent.get(f"pass_{code}")) for code, name in names.criteria.items()],
        frameworks=[
            (name, agent.get(f"framework_{code}"), names.framework_notes.get(code, ""))
            for code, name in names.frameworks.items()
        ],
        habits=agent_view.costliest_rules(findings) if habits is None else habits,
        strengths=agent_view.strengths(calls, findings),
        turning={name: agent_view.turning_quotes(calls, name) for name in ("rise", "fall")},
        keywords=keywords,
        nights=0,
        worst_of=agent_view.worst_rule_of_calls(findings) if worst_of is None else worst_of,
        has_page=_has_page(call_pages),
        without_page=0 if call_pages is None else sum(call["call_id"] not in call_pages for call in calls[:MAX_LISTED]),
    )


def write_call(folder: Path, page: CallPage, names: Names, lang: Lang, *, masked: bool = True) -> Path:
    """`calls/<id>.html`."""
    path = folder / CALLS / f"{safe_name(page.call['call_id'])}.html"
    return _save(path, render_call(page, names, lang, masked=masked))


def render_call(page: CallPage, names: Names, lang: Lang, *, masked: bool = True) -> bytes:
    """A call's page, to stand in `calls/`."""
    cards = call_view.order_findings(page, names)
    missing = call_view.missing_in_call(cards)
    emotion = [EmotionPoint(*point) for point in page.emotion]
    verdicts = call_view.list_verdicts(page, cards, names)
    start_of = {turn.turn: turn.start_ms for turn in page.turns}
    marks = {card.finding["turn"]: card.verdict for card in reversed(cards)}
    timeline = draw_timeline(page.turns, page.overlaps, marks=marks, gap_ms=GAP_SHOWN_MS)
    return _render(
        "call.html.j2",
        lang,
        names,
        root="../",
        masked=masked,
        call=page.call,
        turns=_shown_turns(page, [card for card in cards if card not in missing]),
        missing=missing,
        card_of={card.number: card for card in cards},
        groups={verdict: [card for card in cards if card.verdict == verdict] for verdict in call_view.VERDICT_ORDER},
        breakdown=call_view.break_down(page, cards),
        reasons=page.reasons,
        over_limit=page.call.get("promised_over_limit_h"),
        nature=[
            *call_view.type_certainty(page.call, lang),
            *(
                wording.code_word(column, page.call[column], lang)
                for column in ("complaint_scope", "complaint_complexity")
                if page.call.get(column)
            ),
        ],
        needs=split_ids(page.call.get("customer_need")),
        phases=page.phases,
        frameworks=page.frameworks,
        overlaps=[(one, call_view.overlap_reason(one, lang)) for one in page.overlaps],
        overlaps_left_out=page.overlaps_left_out,
        stage_marks=call_view.STAGE_MARKS,
        verdicts=verdicts,
        verdict_counts={verdict: sum(row.verdict == verdict for row in verdicts) for verdict in wording.VERDICTS},
        feelings={
            point.turn: point.label
            for point in emotion
            if point.label in _FEELINGS_SHOWN and (point.confidence or 0.0) >= _FEELING_SURE
        },
        turning=[
            name
            for name in ("fall", "rise")
            if page.call.get(f"emotion_{name}_after") and not (name == "rise" and page.call["critical"])
        ],
        timeline=timeline,
        gap_s=GAP_SHOWN_MS // 1000,
        curve=draw_curve(
            emotion,
            told={mark: page.call.get(f"emotion_{mark}") for mark in ("start", "valley", "peak", "end")},
            last_turn=page.turns[-1].turn if page.turns else 0,
            start_of=start_of if timeline else None,
            end_ms=timeline.end_ms if timeline else 0,
        ),
        start_of=start_of,
        phase_from={phase.first: phase for phase in page.phases if phase.first is not None},
        open_groups=call_view.group_by_reason([card for card in cards if card.verdict == "undetermined"]),
        quote_of=agent_view.quote_of,
        recording=lambda start_ms: recording_at(page.recording_url, start_ms),
        turn_exists={turn.turn for turn in page.turns},
        whys=page.whys,
        sure_of={point.turn: point.sure for point in emotion},
    )


def _shown_turns(page: CallPage, cards: Sequence[call_view.Card]) -> list[dict[str, Any]]:
    by_turn: dict[int, list[spans.Span]] = {}
    # A green tick on a line that breaks a critical rule reads as praise: what it fulfils stays on its card alone.
    grave = {card.finding["turn"] for card in cards if card.critical and card.verdict == "fail"}
    unmarked: dict[int, list[int]] = {}
    for card in cards:
        finding = card.finding
        if finding["turn"] in grave and card.verdict == "pass":
            unmarked.setdefault(finding["turn"], []).append(card.number)
            continue
        if finding["turn"] is not None and finding["text_start"] is not None and finding["text_end"] is not None:
            span = spans.Span(finding["text_start"], finding["text_end"], card.number, card.verdict)
            by_turn.setdefault(finding["turn"], []).append(span)
    shown = []
    heard_until: int | None = None
    for turn in page.turns:
        gap = None if heard_until is None or turn.start_ms is None else turn.start_ms - heard_until
        shown.append(
            {
                "view": turn,
                "pieces": spans.cut(turn.text, by_turn.get(turn.turn, ())),
                "unmarked": unmarked.get(turn.turn, ()),
                "gap_s": gap / 1000 if gap is not None and gap >= GAP_SHOWN_MS else None,
            }
        )
        if turn.end_ms is not None:
            heard_until = max(heard_until or 0, turn.end_ms)
    return shown


def render_served(template: str, lang: Lang, names: Names, **values: Any) -> bytes:
    """A page that only the local web server shows."""
    return _render(template, lang, names, **values)


def _write(path: Path, template: str, lang: Lang, names: Names, **values: Any) -> Path:
    return _save(path, _render(template, lang, names, **values))


def _save(path: Path, page: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page)
    return path


def _render(template: str, lang: Lang, names: Names, **values: Any) -> bytes:
    words = _words(lang)
    page = (
        environment()
        .get_template(template)
        .render(
            lang=lang,
            lang_tag=wording.LANG_TAGS[lang],
            quote_tag=wording.LANG_TAGS["zh"],
            w=words,
            code=lambda column, value: wording.code_word(column, value, lang),
            kind_word=lambda kind: _kind_word(kind, lang),
            names=names,
            namesof=lambda rules: wording.pick(wording.LISTS, lang).join(map(names.rule_label, split_ids(rules))),
            **values,
        )
    )
    # What cannot be encoded (a lone surrogate that slipped through) must not stop the report.
    return page.encode("utf-8", "replace")


def _kind_word(kind: str, lang: Lang) -> str:
    """A kind of call in words: a complaint's type, else the type of the call."""
    column = "complaint_type" if kind in wording.code_words("complaint_type", lang) else "call_type"
    return wording.code_word(column, kind, lang) or wording.word(lang, "kind.unknown")


def _words(lang: Lang) -> Any:
    def words(key: str, **values: object) -> str:
        return wording.word(lang, key, **values)

    return words


def _to_coach(
    ordered: Sequence[Row],
    habits: Mapping[str, Sequence[CostlyRule]],
    spread: Mapping[str, Spread],
    mean: float | None,
) -> list[Coached]:
    """The first of the agents with a critical call, or with calls enough and a mean below that of the night."""
    needed = []
    for one in ordered:
        few = spread[one["agent_id"]].scored < agent_view.FEW_CALLS
        low = not few and mean is not None and one["score_mean"] is not None and one["score_mean"] < mean
        if one["agent_id"] and habits.get(one["agent_id"]) and (one["critical_calls"] or low):
            needed.append(Coached(one, habits[one["agent_id"]], few=few))
    return needed[:COACHED]


def _most_needed(agent: Row) -> tuple[float, bool, float]:
    """Sorts agents: by the share of critical calls, at least, then low means; without a mean last."""
    mean = agent["score_mean"]
    return -share_at_least(agent["critical_calls"], agent["calls"]), mean is None, mean or 0.0


def share_at_least(some: int, calls: int) -> float:
    """The lower end of the 95 % interval of a share (E. B. Wilson 1927): 1 of 1 call says less than 7 of 20. 0 to 1."""
    if not some:
        return 0.0
    square = NORMAL_95**2
    middle = some + square / 2
    half = NORMAL_95 * math.sqrt(some * (calls - some) / calls + square / 4)
    return (middle - half) / (calls + square)


def _has_page(call_pages: Container[str] | None) -> Any:
    return (lambda call_id: True) if call_pages is None else (lambda call_id: call_id in call_pages)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of all pages. Every text is escaped; a name that nobody gave is an error."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "num": format_number,
        "mean": format_mean,
        "percent": format_percent,
        "signed": format_signed,
        "signed1": format_points,
        "signed3": format_share,
        "clock": format_clock,
        "moment": format_moment,
    }
    environment.globals |= {"href": page_href, "marks": call_view.MARKS}
    return environment
