"""Phases of a call, and the facts that rules ask for."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from qa_analyzer.analysis import analyse
from qa_analyzer.judging import Court, Ruleset
from qa_analyzer.model import CALL_TYPES, calls_to_columns
from qa_analyzer.phases import FURIOUS_TURNS, NOT_ASSESSABLE, PHASES, UNHAPPY_TURNS
from qa_analyzer.resources import shipped
from qa_analyzer.rulebook import load_rulebook

from .support import PlainFeelings, analysed, call, found, rule, verdict

ANY_RULE = rule({"forbid": {"by": "agent", "in": {"phase": "problem"}, "says": ["不知道"]}})
TALK = ["A 您好", "C 我的话费不对劲", "A 请问尾号", "C 一二三四五", "A 我看一下您的账单情况"]
CLOSING = [*TALK, "C 没有了", "A 谢谢您，再见"]


def phase(name: str, *lines: str, **facts: Any) -> tuple[int, int, float]:
    """First turn, end and confidence of one phase."""
    phases = analysed([call(*lines, **facts)], ANY_RULE).court.phases
    place = PHASES.index(name)
    return int(phases.start[place, 0]), int(phases.end[place, 0]), float(phases.confidence[place, 0])


def test_a_phase_is_a_range_of_turns_and_all_of_them_cover_the_call() -> None:
    """Each begins where the one before it ends."""
    ranges = [phase(name, *CLOSING)[:2] for name in PHASES]
    assert ranges[0][0] == 0
    assert ranges[-1][1] == len(CLOSING)
    assert all(one[1] == following[0] for one, following in pairwise(ranges))


def test_the_problem_begins_with_the_customers_first_substantial_turn() -> None:
    """And ends where the agent answers."""
    assert phase("problem", *CLOSING)[:2] == (1, 2)


def test_the_closing_begins_with_its_first_cue() -> None:
    """The customer has no more questions."""
    assert phase("closing", *CLOSING) == (5, 7, 1.0)


def test_without_a_farewell_or_a_record_the_call_may_have_broken_off() -> None:
    """Then the closing that began is unsure."""
    assert phase("closing", *CLOSING[:-1], "A 谢谢您") == (5, 7, 0.0)
    assert phase("closing", *CLOSING[:-1], "A 谢谢您", hang_up="customer") == (5, 7, 1.0)


@pytest.mark.parametrize(
    ("hang_up", "expected"),
    [("agent", (3, 5, 1.0)), ("customer", (5, 5, 1.0)), ("system", (5, 5, 1.0)), (None, (3, 5, 0.0))],
)
def test_without_a_cue_it_depends_on_who_hung_up(hang_up: str | None, expected: tuple[int, int, float]) -> None:
    """The agent had the chance to close, the customer took it away, and nobody knows."""
    assert phase("closing", *TALK, hang_up=hang_up) == expected


def test_a_customer_who_says_goodbye_and_is_gone_leaves_no_chance_to_close() -> None:
    """There is a closing only if the agent spoke in it, or nobody knows who hung up."""
    assert phase("closing", *TALK, "C 没有了", hang_up="customer") == (6, 6, 1.0)
    assert phase("closing", *TALK, "C 没有了", hang_up="system") == (6, 6, 1.0)
    assert phase("closing", *TALK, "C 没有了", hang_up="agent") == (5, 6, 1.0)
    assert phase("closing", *TALK, "C 没有了", "A 谢谢您", hang_up="customer") == (5, 7, 1.0)


def test_a_farewell_of_the_customer_alone_may_be_where_the_text_breaks_off() -> None:
    """What the agent said after it is not in the text; one who had said farewell before has closed."""
    assert phase("closing", *CLOSING[:-1], "A 谢谢您", "C 再见") == (5, 8, 0.0)
    assert phase("closing", *CLOSING, "C 再见") == (5, 8, 1.0)
    assert phase("closing", *CLOSING[:-1], "A 谢谢您", "C 再见", "A 嗯嗯") == (5, 9, 1.0)


def test_a_call_that_starts_with_an_answer_has_lost_its_opening() -> None:
    """The customer says that somebody is there, and nobody had asked."""
    assert phase("opening", "C 在的", *TALK)[2] == 0.0
    assert phase("opening", "C 在的。", *TALK)[2] == 0.0
    assert phase("opening", "C 在吗", *TALK)[2] == 1.0
    assert phase("opening", "C 在的话回一下", *TALK)[2] == 1.0


def test_a_call_that_starts_in_mid_sentence_has_an_opening_that_nobody_can_judge() -> None:
    """It lies over the agent's first turn, unsure; the problem is stated from the start all the same."""
    lines = ["C 然后我就去了营业厅，他们说要打热线", "A 您是说每个月十五块那个业务吗", "C 对，我没有开过", *TALK[2:]]
    assert phase("opening", *lines) == (0, 2, 0.0)
    assert phase("problem", *lines)[0] == 0
    assert phase("opening", lines[0].replace("然后", "昨天"), *lines[1:])[:2] == (0, 0)


def test_a_farewell_is_the_end_whatever_else_its_turn_holds() -> None:
    """A word that asks elsewhere does not make it a question that nobody answered."""
    assert phase("closing", *CLOSING[:-1], "A 没什么好说的了，再见") == (5, 7, 1.0)
    assert phase("closing", *CLOSING[:-1], "A 谢谢您，还有什么要说的吗") == (5, 7, 0.0)


@cache
def shipped_lists() -> Ruleset:
    """The shipped rubric's phrase lists, with one rule."""
    home = shipped("rules")
    whole = load_rulebook(home, shipped_rubric=home / "rubric.yaml")
    return Ruleset(replace(whole, rules=whole.rules[:1], frameworks=()))


def really(*lines: str, **facts: Any) -> Court:
    """The call judged with these lists."""
    return analyse(calls_to_columns([call(*lines, **facts)]), shipped_lists(), PlainFeelings()).court


def transferred(*lines: str, **facts: Any) -> bool:
    return bool(really(*lines, **facts).facts.transferred[0])


@pytest.mark.parametrize(
    "words",
    [
        "我给您转接到主管那里，请稍等",
        "我给您接到安全组，您别挂",
        "这就给您转过去",
        "您听会儿音乐，我马上给您转",
        "现在为您连线值班经理",
    ],
)
def test_a_transfer_is_told_by_its_words(words: str) -> None:
    """Late in the call; after it nobody is left to close."""
    assert transferred(*TALK, "C 我要找领导", f"A {words}")
    phases = really(*TALK, "C 我要找领导", f"A {words}", hang_up="agent").phases
    assert phases.start[-1, 0] == phases.end[-1, 0]


@pytest.mark.parametrize(
    "words", ["我把单子转给技术部处理", "钱给您转到原来的卡上", "我帮您转告店长", "您转发给我们看看", "给您转账五十块"]
)
def test_what_is_passed_on_is_not_always_the_call(words: str) -> None:
    """A case, money, a word."""
    assert not transferred(*TALK, "C 好", f"A {words}")


def test_a_vague_word_for_a_transfer_counts_at_the_very_end_only() -> None:
    """Nobody took leave after it."""
    assert transferred(*TALK, "C 好", "A 您别挂")
    assert not transferred(*TALK, "C 好", "A 您别挂", "C 嗯", "A 查好了，明天到", "C 知道了")
    assert not transferred(*TALK, "C 好", "A 您别挂", "C 再见")


def test_a_transfer_is_told_by_an_event() -> None:
    """At the end, not in the middle."""
    assert transferred(*TALK, "C 好", "A 您稍等（转接）")
    assert not transferred("A 您好（转接）", *TALK, "C 好", "A 明天给您回电")


THANKS: dict[str, Any] = {"require": {"by": "agent", "in": {"phase": "closing"}, "says": ["谢谢"]}}


@pytest.mark.parametrize(
    ("lines", "hang_up", "expected"),
    [
        (CLOSING, None, "pass"),
        ([*TALK, "C 没有了", "A 再见"], None, "fail"),
        (TALK, "agent", "fail"),
        (TALK, "customer", "not_applicable"),
        (TALK, None, "undetermined"),
    ],
)
def test_a_missing_phase_is_not_applicable_and_an_unsure_one_undetermined(
    lines: list[str], hang_up: str | None, expected: str
) -> None:
    """Where there was no chance to close, nothing is asked."""
    assert verdict(THANKS, *lines, hang_up=hang_up) == expected


def test_a_prohibition_in_an_unsure_phase_neither_passes_nor_fails() -> None:
    """Whether it was broken or not."""
    spec = {"forbid": {"by": "agent", "in": {"phase": "closing"}, "says": ["账单"]}}
    assert verdict(spec, *TALK) == "undetermined"
    assert verdict({"forbid": {"by": "agent", "in": {"phase": "closing"}, "says": ["不知道"]}}, *TALK) == "undetermined"
    assert verdict(spec, *TALK, hang_up="agent") == "fail"


def test_a_trigger_in_an_unsure_phase_asks_for_nothing_certain() -> None:
    """Its occasions are undetermined."""
    spec = {"when": {"by": "agent", "says": ["账单"], "phase": "closing"}, "require": {"by": "agent", "says": ["谢谢"]}}
    assert verdict(spec, *TALK) == "undetermined"
    assert verdict(spec, *TALK, hang_up="agent") == "fail"
    assert verdict(spec, *TALK, hang_up="customer") == "not_applicable"


def test_before_a_phase_is_everything_up_to_its_first_turn() -> None:
    """The turn that opens it is no longer in the scope."""
    spec = {"require": {"by": "agent", "in": {"before": "closing"}, "says": ["谢谢"]}}
    assert found(spec, *CLOSING) == [("fail", None, "您好")]
    assert verdict(spec, "A 谢谢", *CLOSING[1:]) == "pass"


def test_a_complaint_is_one_by_its_type_or_its_words() -> None:
    """What the record says goes before what is said."""
    calls = [
        call(*TALK, call_type="callback"),
        call(*TALK, "C 我要投诉"),
        call(*TALK, "C 我要投诉", call_type="inquiry"),
        call(*TALK),
    ]
    facts = analysed(calls, ANY_RULE).court.facts
    assert [CALL_TYPES[one] for one in facts.call_type] == ["callback", "complaint", "inquiry", "inquiry"]
    assert facts.inferred.tolist() == [False, True, False, True]


@pytest.mark.parametrize(("mood", "least"), [("怒", FURIOUS_TURNS), ("恼", UNHAPPY_TURNS)])
def test_a_complaint_is_one_by_its_feelings_where_they_last(mood: str, least: int) -> None:
    """One turn fewer makes an inquiry."""
    lines = [f"{mark} {text}" for _ in range(least) for mark, text in (("A", "您好"), ("C", f"{mood}极了"))]
    facts = analysed([call(*lines), call(*lines[:-2])], ANY_RULE).court.facts
    assert [CALL_TYPES[one] for one in facts.call_type] == ["complaint", "inquiry"]


@pytest.mark.parametrize(("mood", "least"), [("怒", FURIOUS_TURNS), ("恼", UNHAPPY_TURNS)])
def test_who_pesters_the_agent_and_is_put_out_complains_of_nothing(mood: str, least: int) -> None:
    """Nor does it spare the agent a complaint that is one by its words."""
    lines = [f"{mark} {text}" for _ in range(least) for mark, text in (("A", "您好"), ("C", f"{mood}极了你有男朋友吗"))]
    facts = analysed([call(*lines), call(*lines, "C 我要投诉")], ANY_RULE).court.facts
    assert [CALL_TYPES[one] for one in facts.call_type] == ["inquiry", "complaint"]


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["C 您好", "C 在吗", "S 再见"], "no_agent_turn"),
        (["A 您好", "C 喂您好"], "too_few_turns"),
        (["A hello my friend", "C how are you", "A fine thank you"], "not_chinese"),
        (TALK, None),
    ],
)
def test_a_call_that_cannot_be_assessed_says_why(lines: list[str], reason: str | None) -> None:
    """No agent, too short, or another language."""
    found_ = int(analysed([call(*lines)], ANY_RULE).court.facts.not_assessable[0])
    assert (NOT_ASSESSABLE[found_] if found_ >= 0 else None) == reason
