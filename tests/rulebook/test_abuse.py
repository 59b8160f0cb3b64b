"""The share of abusive sentences that the rules find in tests/data/abuse, and of harmless look-alikes that they hit."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from qa_analyzer.model import Call, Role, Utterance
from qa_analyzer.resources import shipped
from qa_analyzer.rule_testing import judge_calls
from qa_analyzer.rulebook import Rulebook, load_rulebook

SETS = Path(__file__).parent.parent / "data" / "abuse"
GRAVE = (
    "language/insult",
    "language/provoke",
    "language/arrogant",
    "language/interrogate",
    "language/impatience",
    "empathy/blame_customer",
)
MILD = "language/call_out"


@dataclass(frozen=True)
class Measured:
    """Shares of one set, and the sentences that went wrong."""

    found: float
    hit: float
    missed: list[str]
    wrong: list[str]


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    """The shipped rules against abuse."""
    whole = load_rulebook(shipped("rules"))
    return replace(whole, rules=tuple(rule for rule in whole.rules if rule.id in (*GRAVE, MILD)))


def measure(name: str, rulebook: Rulebook) -> Measured:
    """Each sentence as the agent's answer to its context."""
    cases = [json.loads(line) for line in (SETS / name).read_text(encoding="utf-8").splitlines()]
    calls = [
        Call(
            str(number),
            (
                Utterance("您好，请问有什么可以帮您？", Role.AGENT),
                Utterance(case["context"].split("：", 1)[1], Role.CUSTOMER),
                Utterance(case["text"], Role.AGENT),
                Utterance("嗯。", Role.CUSTOMER),
            ),
        )
        for number, case in enumerate(cases)
    ]
    missed, wrong = [], []
    for case, outcome in zip(cases, judge_calls(calls, rulebook), strict=True):
        if case["category"] and not any(outcome.verdicts[rule] == "fail" for rule in GRAVE):
            missed.append(f"{case['category']}: {case['text']}")
        if case["category"] is None and set(outcome.verdicts.values()) & {"fail", "undetermined"}:
            wrong.append(case["text"])
    abusive = sum(case["category"] is not None for case in cases)
    return Measured(1 - len(missed) / abusive, len(wrong) / (len(cases) - abusive), missed, wrong)


@pytest.mark.parametrize(
    ("name", "found", "hit"),
    [
        ("first.jsonl", 1.0, 0.004),
        ("practice.jsonl", 0.98, 0.008),
        ("second.jsonl", 0.98, 0.0),
        ("third.jsonl", 0.65, 0.017),
        ("fourth.jsonl", 0.95, 0.03),
        ("fifth.jsonl", 0.95, 0.01),
    ],
)
def test_abuse_is_found_and_look_alikes_are_left_alone(name: str, found: float, hit: float, rulebook: Rulebook) -> None:
    """As measured; what each set is worth tells its README."""
    measured = measure(name, rulebook)
    assert measured.found >= found, measured.missed
    assert measured.hit <= hit, measured.wrong
