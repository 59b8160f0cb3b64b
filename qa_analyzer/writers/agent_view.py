"""An agent's calls and findings → habits to change and things done well, each with a real quote.

Counts and picks; knows no HTML. Works on one agent's rows, not on a whole night.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_analyzer.writers.page import CostlyRule, Quote, Row

SHOWN_HABITS = 3
SHOWN_TURNS = 2
TELLING_CHARACTERS = 8
"""A shorter sentence (嗯，好的) is nothing to hold up as an example."""
TELLING_CHANGE = 0.5
"""A change from unhappy to neutral or back; a smaller one is within what the model errs by in a single turn."""
FEW_CALLS = 5
"""Below this many scored calls an agent is not compared: the page says so instead."""


@dataclass(frozen=True, slots=True)
class Strength:
    """A rule that passes: in how many of the calls where it was judged, and an instance to quote."""

    rule: str
    passed: int
    judged: int
    quote: Quote
    call_id: str
    turn: int | None


@dataclass(frozen=True, slots=True)
class TurningQuote:
    """What an agent said just before a customer's mood changed by `change`."""

    change: float
    text: str
    call_id: str
    turn: int


def costliest_rules(findings: Sequence[Row], *, most: int = SHOWN_HABITS) -> list[CostlyRule]:
    """Failing rules: those with critical failures first, by how many calls, then by points lost. The quote is of the
    costliest instance that has one.
    """
    groups: dict[str, list[Row]] = {}
    for finding in findings:
        if finding["verdict"] == "fail" and (finding["deduction"] or finding["severity"] == "critical"):
            groups.setdefault(finding["rule"], []).append(finding)
    ranked = sorted(
        groups.items(),
        key=lambda item: (-_zeroed(item[1]), -_points(item[1]), item[0]),
    )
    return [_costly(rule, rows) for rule, rows in ranked[:most]]


def strengths(calls: Sequence[Row], findings: Sequence[Row], *, most: int = SHOWN_HABITS) -> list[Strength]:
    """Rules with a quotable pass that pass more often than they fail, the surest and most frequent first.

    One of each criterion before a second of any. A quote is a whole sentence, of the best call that has one: what
    somebody said in a call that went wrong praises nobody.
    """
    passed: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for call in calls:
        for column, verdict in call.items():
            if verdict == "pass" and column.startswith("rule:"):
                passed[column.removeprefix("rule:")] += 1
            elif verdict == "fail" and column.startswith("rule:"):
                failed[column.removeprefix("rule:")] += 1
    worth = {call["call_id"]: -1.0 if call["critical"] else call["score"] or 0.0 for call in calls}
    quotes: dict[str, Row] = {}
    for finding in findings:
        if finding["verdict"] == "pass" and finding["quote"] and finding["role"] == "agent" and _telling(finding):
            best = quotes.get(finding["rule"])
            if best is None or _praise(finding, worth) > _praise(best, worth):
                quotes[finding["rule"]] = finding
    candidates = [rule for rule in quotes if passed[rule] > failed[rule] and worth.get(quotes[rule]["call_id"], 0) >= 0]
    candidates.sort(key=lambda rule: (-passed[rule] / (passed[rule] + failed[rule]), -passed[rule], rule))
    seen: Counter[str] = Counter()
    turns: dict[str, int] = {}
    for rule in candidates:
        criterion = quotes[rule]["criterion"]
        turns[rule] = seen[criterion]
        seen[criterion] += 1
    candidates.sort(key=turns.__getitem__)
    return [
        Strength(
            rule,
            passed[rule],
            passed[rule] + failed[rule],
            quote_of(quotes[rule]),
            quotes[rule]["call_id"],
            quotes[rule]["turn"],
        )
        for rule in candidates[:most]
    ]


def quote_of(finding: Row) -> Quote:
    """The evidence within its sentence."""
    quote, context = finding["quote"] or "", finding.get("context") or ""
    before, found, after = context.partition(quote) if quote else ("", "", "")
    return Quote(before, quote, after) if found else Quote("", quote, "")


def _telling(finding: Row) -> bool:
    """Whether the sentence says enough to be quoted as something well said."""
    return len(finding.get("context") or finding["quote"]) >= TELLING_CHARACTERS


def _praise(finding: Row, worth: Mapping[str, float]) -> tuple[float, int]:
    return worth.get(finding["call_id"], 0.0), len(finding.get("context") or finding["quote"])


def turning_quotes(calls: Sequence[Row], name: str, *, most: int = SHOWN_TURNS) -> list[TurningQuote]:
    """What the agent said before the largest falls (`name` = fall) or rises (rise) of the mood, the largest first."""
    turned = [
        call
        for call in calls
        if len(call[f"emotion_{name}_after"] or "") >= TELLING_CHARACTERS
        and abs(call[f"emotion_{name}"]) >= TELLING_CHANGE
        and not (name == "rise" and call["critical"])
    ]
    turned.sort(key=lambda call: (-abs(call[f"emotion_{name}"]), call["call_id"]))
    return [
        TurningQuote(
            call[f"emotion_{name}"], call[f"emotion_{name}_after"], call["call_id"], call[f"emotion_{name}_turn"]
        )
        for call in turned[:most]
    ]


def worst_rule_of_calls(findings: Sequence[Row]) -> dict[str, str]:
    """Call id → the rule of its gravest failure, critical before costly."""
    worst: dict[str, Row] = {}
    for finding in findings:
        if finding["verdict"] != "fail" or not (finding["deduction"] or finding["severity"] == "critical"):
            continue
        held = worst.get(finding["call_id"])
        if held is None or _gravity(finding) > _gravity(held):
            worst[finding["call_id"]] = finding
    return {call_id: finding["rule"] for call_id, finding in worst.items()}


def _costly(rule: str, rows: Sequence[Row]) -> CostlyRule:
    example = max(rows, key=lambda row: (bool(row["quote"]) and not row.get("absent"), *_gravity(row)))
    return CostlyRule(
        rule=rule,
        calls=len({row["call_id"] for row in rows}),
        points=_points(rows),
        zeroed=_zeroed(rows),
        severity=example["severity"],
        quote=quote_of(example),
        message=example["message"] or "",
        suggest=example["suggest"] or "",
        call_id=example["call_id"],
        turn=example["turn"],
        absent=bool(example.get("absent")),
    )


def _gravity(finding: Row) -> tuple[bool, float]:
    return finding["severity"] == "critical", finding["deduction"] or 0.0


def _zeroed(rows: Sequence[Row]) -> int:
    return len({row["call_id"] for row in rows if row["severity"] == "critical"})


def _points(rows: Sequence[Row]) -> float:
    return sum(round((row["deduction"] or 0.0) * 100) for row in rows) / 100
