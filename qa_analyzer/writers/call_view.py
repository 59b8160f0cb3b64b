"""One call → what a reader of it sees: numbered cards, the score's breakdown, one verdict a rule.

Shared by the call page and the terminal. Orders and adds up; knows no HTML. Sums are in whole hundredths, as scored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_analyzer.wording import CLAUSES, Lang, pick, word
from qa_analyzer.writers.formats import format_number
from qa_analyzer.writers.page import CallPage, Names, OverlapView, Row

MARKS = {"fail": "✗", "undetermined": "?", "pass": "✓", "not_applicable": "–"}
"""A verdict is never told by colour alone."""

STAGE_MARKS = {
    "reached": "✓",
    "missed": "✗",
    "not_applicable": "–",
    "undetermined": "?",
    "not_audible": "◌",
    "no_rule": "◌",
}
"""What became of a stage of a framework."""

VERDICT_ORDER = ("fail", "undetermined", "pass")
FULL_SCORE = 100.0


@dataclass(frozen=True, slots=True)
class Card:
    """One finding, numbered from 1 in the order of the page. `same_fault_card` is the card that deducts instead.

    `free` = why a failure costs nothing: a key of the catalogue, empty where something else on the card says so.
    """

    number: int
    finding: Row
    verdict: str
    mark: str
    label: str
    deduction: float
    critical: bool
    same_fault: str
    same_fault_card: int | None
    trial: bool
    free: str
    waiver: str
    tolerant: bool
    why: str
    suggest: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """One criterion: full − lost = earned. `earned` null where nothing was judged; `capped` = nothing left to lose."""

    criterion: str
    full: float
    lost: float
    earned: float | None
    losses: tuple[Card, ...]
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The score, line by line. `before` = 100 − lost; `zeroed` if a critical failure then set the score to 0."""

    rows: tuple[BreakdownRow, ...]
    full: float
    lost: float
    before: float
    zeroed: bool


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """One rule's verdict on the call, with the note of its first fail or undetermined finding."""

    rule: str
    label: str
    criterion: str
    verdict: str
    mark: str
    note: str
    cards: tuple[Card, ...]


def order_findings(page: CallPage, names: Names) -> list[Card]:
    """Fails (critical ones, then the costliest first), undetermined, passes; then by turn."""

    def rank(finding: Row) -> tuple[int, bool, float, int, int]:
        verdict = finding["verdict"]
        return (
            VERDICT_ORDER.index(verdict),
            not (verdict == "fail" and finding["severity"] == "critical" and not finding.get("waiver")),
            -(finding["deduction"] or 0.0),
            -1 if finding["turn"] is None else finding["turn"],
            finding["text_start"] or 0,
        )

    ordered = sorted((finding for finding in page.findings if finding["verdict"] in VERDICT_ORDER), key=rank)
    deducting: dict[str, int] = {}
    for number, finding in enumerate(ordered, 1):
        if finding["deduction"]:
            deducting.setdefault(finding["rule"], number)
    cards = []
    for number, finding in enumerate(ordered, 1):
        rule = names.rule(finding["rule"])
        same = finding["same_fault_as"] or ""
        cards.append(
            Card(
                number=number,
                finding=finding,
                verdict=finding["verdict"],
                mark=MARKS[finding["verdict"]],
                label=names.rule_label(finding["rule"]),
                deduction=finding["deduction"] or 0.0,
                critical=finding["severity"] == "critical" and not finding.get("waiver"),
                same_fault=names.rule_label(same) if same else "",
                same_fault_card=deducting.get(same),
                trial=rule.status == "trial",
                free=_why_free(finding, number, deducting),
                waiver=finding.get("waiver") or "",
                tolerant=bool(finding.get("tolerant")),
                why=rule.why,
                suggest=finding["suggest"] or rule.suggest,
                source=tuple(rule.source),
            )
        )
    return cards


def group_by_reason(cards: Sequence[Card]) -> list[tuple[str, list[Card]]]:
    """Cards under the reason they share, in order; those that stand alone come first, with an empty reason.

    A call without times leaves many rules open for one and the same reason: it is told once.
    """
    shared: dict[str, list[Card]] = {}
    for card in cards:
        shared.setdefault(card.finding["message"] or "", []).append(card)
    alone = [card for card in cards if len(shared[card.finding["message"] or ""]) == 1]
    groups = [(reason, mine) for reason, mine in shared.items() if len(mine) > 1]
    return [*([("", alone)] if alone else []), *groups]


def missing_in_call(cards: Sequence[Card]) -> list[Card]:
    """Failures of the whole call, not of an occasion in it: nothing that was said shows them."""
    return [card for card in cards if card.finding.get("absent") and card.finding["occasion_turn"] is None]


def _why_free(finding: Row, number: int, deducting: Mapping[str, int]) -> str:
    if finding["verdict"] != "fail" or finding["deduction"] or finding["same_fault_as"] or finding.get("waiver"):
        return ""
    if finding["severity"] == "info":
        return "call.no_points.info"
    return "call.no_points.again" if deducting.get(finding["rule"], number) != number else "call.no_points.cap"


def break_down(page: CallPage, cards: Sequence[Card]) -> Breakdown | None:
    """The score line by line, in whole hundredths: Σ full = 100, full − lost = earned. None without a score."""
    call = page.call
    if call["score"] is None:
        return None
    rows, full_sum, lost_sum, earned_sum = [], 0, 0, 0
    for criterion in page.criteria:
        losses = tuple(card for card in cards if card.deduction and card.finding["criterion"] == criterion.code)
        lost = sum(_hundredths(card.deduction) for card in losses)
        earned = None if criterion.points is None else _hundredths(criterion.points)
        full = lost + (earned or 0)
        rows.append(
            BreakdownRow(
                criterion.code,
                full / 100,
                lost / 100,
                None if earned is None else earned / 100,
                losses,
                capped=earned == 0 and len(losses) > 1,
            )
        )
        full_sum, lost_sum, earned_sum = full_sum + full, lost_sum + lost, earned_sum + (earned or 0)
    return Breakdown(
        tuple(rows), full_sum / 100, lost_sum / 100, earned_sum / 100, bool(call["critical"]) and not call["score"]
    )


def list_verdicts(page: CallPage, cards: Sequence[Card], names: Names) -> list[VerdictRow]:
    """Every rule the call was judged by, in the order of the criteria, then of the columns."""
    by_rule: dict[str, list[Card]] = {}
    for card in cards:
        by_rule.setdefault(card.finding["rule"], []).append(card)
    rows = []
    for column, verdict in page.call.items():
        if not column.startswith("rule:"):
            continue
        rule = column.removeprefix("rule:")
        telling = by_rule.get(rule, [])
        same = [card for card in telling if card.verdict == verdict]
        criterion = names.rule(rule).criterion or (telling[0].finding["criterion"] if telling else "")
        note = "" if verdict == "pass" or not same else same[0].finding["message"] or ""
        rows.append(
            VerdictRow(rule, names.rule_label(rule), criterion, verdict, MARKS[verdict], note, tuple(same or telling))
        )
    order = {code: at for at, code in enumerate(names.criteria)}
    return sorted(rows, key=lambda row: order.get(row.criterion, len(order)))


def type_certainty(call: Row, lang: Lang) -> list[str]:
    """How sure the complaint type is, in words; nothing where there is none."""
    confidence = call.get("complaint_type_confidence")
    if confidence is None:
        return []
    key = "call.unsure_type" if call.get("complaint_type_unsure") else "call.sure"
    return [word(lang, key, n=f"{confidence:.2f}")]


def overlap_reason(overlap: OverlapView, lang: Lang) -> str:
    """Why an overlap is of its kind, and why it is counted or not."""
    told = [word(lang, f"overlap.note.{overlap.note}", n=format_number(overlap.note_ms / 1000))]
    if overlap.ground != "listening":
        values = {
            "n": format_number(overlap.counted_ms / 1000),
            "limit": format_number(overlap.limit_ms / 1000),
            "letters": overlap.characters,
            "fewest": format_number(overlap.fewest),
        }
        told.append(word(lang, f"overlap.ground.{overlap.ground}", **values))
    if overlap.sounding_ms is not None and overlap.ground != "listening":
        told.append(word(lang, "overlap.sounding", n=format_number(overlap.sounding_ms / 1000)))
    return pick(CLAUSES, lang).join(told)


def _hundredths(points: float) -> int:
    return round(points * 100)
