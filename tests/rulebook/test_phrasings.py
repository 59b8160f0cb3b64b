"""How many ways of saying it the rules hear, in tests/data/phrasings, and whether they leave look-alikes alone."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from qa_analyzer.model import Call, Role, Utterance
from qa_analyzer.resources import shipped
from qa_analyzer.rule_testing import judge_calls
from qa_analyzer.rulebook import load_rulebook

HOME = Path(__file__).parent.parent / "data" / "phrasings"
SPEAKERS = {"客服": Role.AGENT, "客户": Role.CUSTOMER}


class Phrasing(NamedTuple):
    """A sentence in its place: the form of the call, the rule, and the verdict that a supervisor would give."""

    form: str
    rule: str
    verdict: str
    said: str


def rows_of(name: str) -> list[list[str]]:
    """The lines under the heading."""
    with (HOME / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def call_around(number: int, phrasing: Phrasing, forms: dict[tuple[str, str], str]) -> Call:
    """The call of the phrasing's form, with the sentence in it."""
    form = next(
        text for (kind, rule), text in forms.items() if kind == phrasing.form and phrasing.rule.startswith(rule)
    )
    said = []
    for line in form.split("|"):
        speaker, text = line.split("：", 1)
        said.append(Utterance(text.replace("{X}", phrasing.said), SPEAKERS[speaker]))
    kind = "inquiry" if phrasing.rule.startswith("reply/") else "complaint"
    return Call(str(number), tuple(said), call_type=kind, hang_up="customer")


@pytest.fixture(scope="module")
def outcomes() -> list[tuple[Phrasing, str]]:
    """Each phrasing with the verdict of its rule."""
    forms = {(kind, rule): text for kind, rule, text in rows_of("calls.tsv")}
    phrasings = [Phrasing(*row) for row in rows_of("phrasings.tsv")]
    calls = [call_around(number, phrasing, forms) for number, phrasing in enumerate(phrasings)]
    judged = judge_calls(calls, load_rulebook(shipped("rules")))
    return [(phrasing, outcome.verdicts[phrasing.rule]) for phrasing, outcome in zip(phrasings, judged, strict=True)]


@pytest.mark.parametrize(
    ("form", "verdict", "share"),
    [
        ("retort", "fail", 0.93),
        ("retort", "pass", 1.0),
        ("answer", "pass", 0.97),
        ("answer", "fail", 1.0),
        ("customer", "fail", 0.94),
        ("customer", "not_applicable", 1.0),
    ],
)
def test_as_many_phrasings_are_judged_right_as_were(
    outcomes: list[tuple[Phrasing, str]], form: str, verdict: str, share: float
) -> None:
    """As measured; what the rounds are worth tells their README."""
    asked = [(phrasing, got) for phrasing, got in outcomes if (phrasing.form, phrasing.verdict) == (form, verdict)]
    wrong = [f"{phrasing.rule}: {phrasing.said} ({got})" for phrasing, got in asked if got != verdict]
    assert len(asked) > 40
    assert 1 - len(wrong) / len(asked) >= share, wrong
