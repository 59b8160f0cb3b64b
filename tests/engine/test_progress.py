"""Frameworks: which stages a call reached, and at which turn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from qa_analyzer.analysis import analyse
from qa_analyzer.judging import Ruleset
from qa_analyzer.model import calls_to_columns
from qa_analyzer.pages import build_pages
from qa_analyzer.progress import Progress, Stage, follow_frameworks
from qa_analyzer.rulebook.frameworks import Framework, FrameworkFile

from .support import PlainFeelings, call, rule, ruleset

SORRY = rule({"when": {"by": "customer", "says": ["多扣"]}, "require": {"by": "agent", "says": ["抱歉"]}}, "a/sorry")
POLITE = rule({"forbid": {"by": "agent", "says": ["不知道"]}}, "a/polite")
TIMED = rule(
    {"needs": ["timestamps"], "forbid": {"by": "agent", "interrupts": {"overlap": 2.0, "characters": 4}}}, "a/timed"
)


def framework(*stages: dict[str, Any], **keys: Any) -> Ruleset:
    """A rule set with one framework of these stages, beside the rules above."""
    named = [{"name": f"阶段{number}", "en": f"Stage {number}", **one} for number, one in enumerate(stages)]
    spec = FrameworkFile.model_validate(
        {"name": "法", "en": "Way", "why": "因", "source": ["S"], "stages": named, **keys}
    )
    book = replace(ruleset(SORRY, POLITE, TIMED).rulebook, frameworks=(Framework("way", spec),))
    return Ruleset(book)


def progress(rules: Ruleset, *lines: str, **facts: Any) -> Progress:
    (found,) = follow_frameworks(analyse(calls_to_columns([call(*lines, **facts)]), rules, PlainFeelings()), rules)
    return found


def statuses(found: Progress) -> list[tuple[str, int]]:
    return [(Stage(int(one)).code, int(turn)) for one, turn in zip(found.status[0], found.turn[0], strict=True)]


CALL = [
    "A 您好",
    "C 多扣了我的钱",
    "A 很抱歉，给您添麻烦",
    "C 那怎么办",
    "A 请问您的号码是多少",
    "C 没有了",
    "A 再见",
]


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ({"rules": ["a/sorry"]}, ("reached", 2)),
        ({"rules": ["a/sorry", "a/none"]}, ("reached", 2)),
        ({"rules": ["a/none"]}, ("no_rule", -1)),
        ({"audible": False}, ("not_audible", -1)),
        ({"rules": ["a/polite"]}, ("not_applicable", -1)),
        ({"rules": ["a/timed"]}, ("undetermined", -1)),
        ({"phase": "opening"}, ("reached", 0)),
        ({"phase": "closing"}, ("reached", 5)),
    ],
)
def test_what_shows_a_stage(stage: dict[str, Any], expected: tuple[str, int]) -> None:
    """A pass with evidence or a phase; a rule that passes because nothing was said shows nothing."""
    found = progress(framework(stage, {"audible": False}), *CALL, hang_up="customer")
    assert statuses(found)[0] == expected


def test_a_failed_rule_is_a_stage_missed_and_none_without_its_occasion() -> None:
    """No apology where one was due; nothing to apologise for."""
    rules = framework({"rules": ["a/sorry"]}, {"audible": False})
    missed = progress(rules, "A 您好", "C 多扣了我的钱", "A 我看看", "C 好", "A 再见")
    assert (statuses(missed)[0], missed.reached.tolist(), missed.heard.tolist()) == (("missed", -1), [0], [1])
    idle = progress(rules, "A 您好", "C 我问个事情", "A 您说", "C 好", "A 再见")
    assert (statuses(idle)[0], idle.heard.tolist()) == (("not_applicable", -1), [0])


def test_the_share_is_of_the_stages_that_could_be_heard() -> None:
    """What nobody can hear or tell, and what had no occasion, is left out."""
    found = progress(
        framework({"rules": ["a/sorry"]}, {"phase": "opening"}, {"rules": ["a/timed"]}, {"audible": False}), *CALL
    )
    assert (found.reached.tolist(), found.heard.tolist(), found.share.tolist()) == ([2], [2], [1.0])


def test_a_framework_for_other_calls_does_not_apply() -> None:
    """Nor is anything counted."""
    rules = framework({"rules": ["a/sorry"]}, {"phase": "opening"}, applies_to=["complaint"])
    found = progress(rules, *CALL, call_type="inquiry")
    assert (found.applies.tolist(), found.heard.tolist()) == ([False], [0])


def test_a_call_alone_is_as_in_a_crowd() -> None:
    """Turns of one call are not taken for another's."""
    rules = framework({"rules": ["a/sorry"]}, {"phase": "closing"})
    calls = [call(*CALL, call_id="a"), call("A 您好", "C 多扣", "A 不知道", call_id="b"), call(*CALL, call_id="c")]
    (crowd,) = follow_frameworks(analyse(calls_to_columns(calls), rules, PlainFeelings()), rules)
    for place, one in enumerate(calls):
        (alone,) = follow_frameworks(analyse(calls_to_columns([one]), rules, PlainFeelings()), rules)
        assert np.array_equal(crowd.status[place], alone.status[0])


def test_the_page_of_a_call_shows_stages_in_their_order_and_the_phases() -> None:
    """Turns are counted from 0 in the call; the order is that of the turns, not of the list."""
    rules = framework({"phase": "closing"}, {"rules": ["a/sorry"]}, {"audible": False})
    calls = [call("A 您好", "C 我问个事情", "A 再见", call_id="a"), call(*CALL, call_id="b", hang_up="customer")]
    page = build_pages(analyse(calls_to_columns(calls), rules, PlainFeelings()), rules, "zh")[1]
    (view,) = page.frameworks
    assert [(one.status, one.turn, one.order) for one in view.stages] == [
        ("reached", 5, 2),
        ("reached", 2, 1),
        ("not_audible", None, None),
    ]
    assert [(one.phase, one.first) for one in page.phases] == [
        ("opening", 0),
        ("problem", 1),
        ("clarifying", 2),
        ("solving", None),
        ("closing", 5),
    ]
