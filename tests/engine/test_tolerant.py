"""Words that only sound like a phrase: where they count, where they must not, and that findings say so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.judging import Ruleset, Verdict, Why
from qa_analyzer.mishearing import folded
from qa_analyzer.model import Call, calls_to_columns
from qa_analyzer.rulebook import Rulebook

from .drawing import calls, rules
from .support import RUBRIC, PlainFeelings, call, rubric, rule, verdict
from .twin import Twin

THANKS = {"require": {"by": "agent", "says": ["感谢您的耐心等待"]}}
GREETING = {"require": {"by": "agent", "in": "first_turn", "says": ["很高兴为您服务"]}}
INSULT = {"forbid": {"by": "agent", "says": ["神经病"]}}


def tolerant(spec: dict[str, Any], *lines: str, **facts: Any) -> Analysis:
    """One rule on one call, matched tolerantly."""
    return judged([call(*lines, **facts)], spec)


def judged(drawn: list[Call], *specs: dict[str, Any]) -> Analysis:
    made = tuple(rule(spec, f"test/{number}") for number, spec in enumerate(specs))
    return analyse(calls_to_columns(drawn), Ruleset(Rulebook(made, rubric(), "", made[0].path), True), PlainFeelings())


def outcome(spec: dict[str, Any], *lines: str) -> str:
    return Verdict(int(tolerant(spec, *lines).judgement.verdicts[0, 0])).code


def quotes(analysis: Analysis) -> list[tuple[str, str, bool]]:
    """(verdict, evidence as given, by sound) of each row."""
    rows, points = analysis.judgement.rows, analysis.batch.points
    return [
        (
            Verdict(int(rows.verdict[one])).code,
            "".join(map(chr, points[rows.start[one] : rows.end[one]])),
            bool(rows.misheard[one]),
        )
        for one in range(len(rows))
    ]


# ---- what counts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (THANKS, "感谢您的耐心等代"),
        (THANKS, "感谢您的耐兴等待"),
        (THANKS, "敢谢您的耐心等待"),
        (GREETING, "很高兴位您服务"),
        (GREETING, "很高新为您服物"),
        ({"require": {"by": "agent", "says": ["抱歉"]}}, "真是报歉"),
        ({"require": {"by": "agent", "says": ["稍等…核实"]}}, "您稍等，我帮您核石一下"),
    ],
)
def test_what_sounds_like_it_and_makes_no_sense_as_written_counts(spec: dict[str, Any], said: str) -> None:
    lines = (f"A 您好，{said}。", "C 好的")
    assert verdict(spec, *lines) == "fail"
    assert outcome(spec, *lines) == "pass"


def test_the_quote_stays_as_it_stands_and_says_that_it_was_matched_by_sound() -> None:
    assert quotes(tolerant(THANKS, "A 您好，感谢您的，耐心等代。")) == [("pass", "感谢您的，耐心等代", True)]


def test_an_exact_hit_is_no_tolerant_one_and_goes_before_it() -> None:
    found = tolerant(THANKS, "A 感谢您的耐心等代。", "C 嗯，好的，你说", "A 感谢您的耐心等待。")
    assert quotes(found) == [("pass", "感谢您的耐心等待", False)]


def test_a_trigger_by_its_sound_marks_the_row_that_rests_on_it() -> None:
    spec = {
        "when": [{"by": "customer", "says": ["我要投诉"]}],
        "require": {"by": "agent", "in": {"next": 1}, "says": ["抱歉"]},
    }
    found = tolerant(spec, "C 我要头诉你们。", "A 抱歉")
    assert quotes(found) == [("pass", "抱歉", True)]
    assert verdict(spec, "C 我要头诉你们。", "A 抱歉") == "not_applicable"


def test_what_must_follow_by_its_sound_marks_the_row() -> None:
    spec = {"forbid": {"by": "agent", "says": ["不知道"], "then": {"by": "agent", "says": ["自己查询"]}}}
    assert quotes(tolerant(spec, "A 这个不知道，您自己查寻。")) == [("fail", "不知道", True)]


def test_a_pass_of_two_requirements_rests_on_both() -> None:
    spec = {"require": [{"by": "agent", "says": ["您好"]}, {"by": "agent", "says": ["感谢您的耐心等待"]}]}
    assert [row[2] for row in quotes(tolerant(spec, "A 您好，感谢您的耐心等代。"))] == [True]


# ---- what does not ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("客服", "您是我们的老客户了"),  # a word of its own
        ("口飞", "这个月没有扣费"),
        ("下午十点", "师傅下午四点到"),  # a number is never another one
        ("哪个套餐", "就是那个套餐"),
        ("处理了", "这边正在处理呢"),  # a particle
        ("耐心等待", "他有耐心。等代办点下班"),  # across the end of a sentence
        ("为您服务", "未尼复物"),  # more than half of the characters
    ],
)
def test_what_may_be_meant_as_written_is_left_alone(phrase: str, said: str) -> None:
    assert outcome({"require": {"by": "agent", "says": [phrase]}}, f"A 您好，{said}。") == "fail"


def test_the_wrong_speaker_does_not_count_by_the_sound_either() -> None:
    assert outcome(THANKS, "A 您好。", "C 感谢您的耐心等代。") == "fail"


def test_an_exception_to_a_requirement_is_never_met_by_its_sound() -> None:
    spec = {"require": {"by": "agent", "says": ["抱歉"], "unless": ["抱歉…没有办法"]}}
    assert outcome(spec, "A 抱歉，这个没有版法。") == "pass"
    assert outcome(spec, "A 抱歉，这个没有办法。") == "fail"


# ---- critical ---------------------------------------------------------------------------------------------------


def test_an_insult_by_its_sound_fails_only_where_that_is_not_critical() -> None:
    said = "A 你是不是神精病啊。"
    assert quotes(tolerant({**INSULT, "severity": "major"}, said)) == [("fail", "神精病", True)]
    assert outcome({**INSULT, "severity": "critical"}, said) == "pass"
    assert outcome({**INSULT, "severity": "critical"}, said.replace("精", "经")) == "fail"


@pytest.mark.parametrize("severity", ["minor", "critical"])
def test_the_severity_of_a_clause_or_a_category_decides(severity: str) -> None:
    said = "A 你是不是神精病啊。"
    expected = "fail" if severity == "minor" else "pass"
    clause = {"forbid": {**INSULT["forbid"], "severity": severity}}
    assert outcome(clause, said) == expected
    category = {"forbid": {"by": "agent", "says": {"骂人": {"says": ["神经病"], "severity": severity}}}}
    assert outcome(category, said) == expected


def test_a_trigger_by_its_sound_opens_no_occasion_of_a_critical_rule() -> None:
    spec = {
        "when": [{"by": "customer", "says": ["我要投诉"]}],
        "forbid": {"by": "agent", "in": {"next": 1}, "says": ["神经病"]},
        "severity": "critical",
    }
    assert outcome(spec, "C 我要头诉你们。", "A 神经病。") == "not_applicable"


def test_an_exception_by_its_sound_excuses_a_critical_fault() -> None:
    spec = {"forbid": {"by": "agent", "says": ["神经病"], "unless": ["没有说您是神经病"]}, "severity": "critical"}
    said = "A 女士，我没有硕您是神经病。"
    assert verdict(spec, said) == "fail"
    assert outcome(spec, said) == "pass"


def test_an_exception_that_may_have_been_misheard_makes_a_critical_fault_undetermined() -> None:
    """「想」 makes sense as written, so the exception is not met; but 「像」 may have been said."""
    spec = {"forbid": {"by": "agent", "says": ["神经病"], "unless": ["像神经病"]}}
    doubtful = tolerant({**spec, "severity": "critical"}, "A 您说的想神经病。")
    assert quotes(doubtful) == [("undetermined", "神经病", False)]
    assert doubtful.judgement.rows.why.tolist() == [Why.NEARLY_EXCUSED]
    assert outcome({**spec, "severity": "major"}, "A 您说的想神经病。") == "fail"


# ---- nothing else changes ---------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.lists(calls(), min_size=1, max_size=3), st.lists(rules(), min_size=1, max_size=3))
def test_where_nothing_sounds_alike_the_verdicts_are_those_of_the_twin(
    drawn: list[Call], specs: list[dict[str, Any]]
) -> None:
    """The words of the drawn calls sound like nothing else in them, so tolerance must not show."""
    specs = [{key: value for key, value in spec.items() if key != "needs"} for spec in specs]
    analysis = judged(drawn, *specs)
    assert not analysis.judgement.rows.misheard.any()
    for place, one in enumerate(drawn):
        for number, spec in enumerate(specs):
            expected, _ = Twin(one, spec, RUBRIC["phrases"]).judge()
            assert Verdict(int(analysis.judgement.verdicts[place, number])).code == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("zhi", "zi"), ("shan", "sang"), ("ning", "lin"), ("ren", "leng"), ("fei", "hui"), ("huang", "fan"), ("e", "e")],
)
def test_syllables_that_are_mixed_up_are_one_class(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("ni", "nin"), ("ba", "pa"), ("dou", "duo"), ("n", "l"), ("wo", "o")])
def test_other_syllables_stay_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)
