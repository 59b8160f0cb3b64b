"""Promised times: wordings → hours from the call, and against the limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qa_analyzer.promises import hours_until, read_number, read_time
from qa_analyzer.workdays import add_workdays

from .support import call
from .test_profile import profiled, quote

FRIDAY = "2026-11-20T14:30:00+08:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24", 24),
        ("二十四", 24),
        ("十", 10),
        ("十五", 15),
        ("一百二十", 120),
        ("两", 2),
        ("一两", 2),
        ("三五", 5),
        ("二〇", 20),
    ],
)
def test_numbers(text: str, expected: float) -> None:
    """Digits, numerals, and of a range the larger."""
    assert read_number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # durations
        ("二十四小时", 24),
        ("24小时", 24),
        ("48个小时", 48),
        ("半小时", 0.5),
        ("一个半小时", 1.5),
        ("十五分钟", 0.25),
        ("一两天", 48),
        ("三日内", 72),
        ("两个星期", 336),
        # working days, from a Friday afternoon
        ("一个工作日", 72),
        ("三到五个工作日", 168),
        ("3-5个工作日", 168),
        # points in time
        ("今天", 9.5),
        ("今天下午五点前", 2.5),
        ("下午五点", 2.5),
        ("五点", 2.5),
        ("两点", 11.5),
        ("今晚八点前", 5.5),
        ("晚上12点", 9.5),
        ("明早", 21.5),
        ("明天中午前", 21.5),
        ("明天中午", 23.5),
        ("明天上午十点之前", 19.5),
        ("后天", 57.5),
        ("下周一", 81.5),
        ("周一", 81.5),
        ("周五", 9.5),
        ("本周五下午", 3.5),
        ("下周", 225.5),
        ("月底", 249.5),
        ("25号", 129.5),
        ("3号", 321.5),
        ("12月1日上午", 261.5),
    ],
)
def test_a_wording_is_so_many_hours_from_a_friday_at_half_past_two(text: str, expected: float) -> None:
    """Of a span its end, of a part of the day its end."""
    spec = read_time(text)
    assert spec is not None
    hours, reached = hours_until([spec], np.array(["2026-11-20"], "datetime64[D]"), np.array([14 * 60 + 30]))
    assert (hours.tolist(), reached.tolist()) == ([expected], [True])


@pytest.mark.parametrize("text", ["三天前", "五小时之前", "当", "四十号", "三十点"])
def test_what_is_no_definite_time(text: str) -> None:
    """A past time, half a word, an impossible day or hour."""
    assert read_time(text) is None


def test_working_days_know_holidays_and_the_weekends_worked_for_them() -> None:
    """National Day 2026 ends on 7 October; 10 October is a worked Saturday; 2027 is not announced yet."""
    days = np.array(["2026-09-30", "2026-10-09", "2026-10-03", "2026-12-31", "1999-01-04"], "datetime64[D]")
    later, known = add_workdays(days, np.array([1, 1, 2, 1, 1]))
    assert later[:3].astype(str).tolist() == ["2026-10-08", "2026-10-10", "2026-10-09"]
    assert known.tolist() == [True, True, True, False, False]


def promised(*said: str, **facts: Any) -> tuple[float | None, str | None]:
    """Hours and wording of what the agent promises in a complaint."""
    lines = [line for one in said for line in (f"A {one}", "C 我再想想这件事")]
    facts = {"started_at": FRIDAY, "call_type": "complaint", **facts}
    analysis = profiled(call("C 你们多扣了我的钱", *lines, **facts))
    made, words = analysis.promises, quote(analysis, analysis.promises.evidence)
    return float(made.hours[0]) if made.known[0] else None, words[1] if words else None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("二十四小时内给您回复", (24.0, "二十四小时")),
        ("明天上午十点之前我们专员给您回电", (19.5, "明天上午十点之前")),
        ("答复您的时间是二十四小时内", (24.0, "二十四小时")),
        ("三个工作日之内有结果，我们会通知您", (120.0, "三个工作日")),
        ("两小时内给您回电，三天之内处理好", (2.0, "两小时")),
        ("2小时内联系您，退款3到5个工作日到账", (2.0, "2小时")),
        ("師傅明天中午前給您回電", (21.5, "明天中午前")),
        # no promise of a reply
        ("退款三到五个工作日到账", (None, None)),
        ("我们是24小时服务热线，随时为您处理", (None, None)),
        ("如果三天没收到回复您再打来", (None, None)),
        ("三天前已经给您回复过了", (None, None)),
        ("订单完成后七天内可以处理", (None, None)),
        ("请您稍等两到三分钟，我核实一下", (None, None)),
        ("我不能保证24小时内给您回复", (None, None)),
        ("尽快给您回复", (None, None)),
    ],
)
def test_the_promise_in_a_turn(said: str, expected: tuple[float | None, str | None]) -> None:
    """A reply before the handling; money, opening hours, conditions and the past are no promise."""
    assert promised(said) == expected


@pytest.mark.parametrize(
    ("asked", "answer", "hours"),
    [
        ("那什么时候给我信儿？", "三到五个工作日吧", 168.0),
        ("那什么时候给我信儿？", "大概要十天左右", 240.0),
        ("处理要多久啊？", "流程比较长，现在投诉量大，最多十天", None),
        ("什么时候能到账？", "三到五天", None),
        ("这个套餐一年多少钱？", "三到五天", None),
    ],
)
def test_a_time_alone_answers_when_there_will_be_a_reply(asked: str, answer: str, hours: float | None) -> None:
    """Where it comes first in the answer; money that arrives is no reply."""
    lines = ("C 你们多扣了我的钱", "A 我给您反映上去", f"C {asked}", f"A {answer}", "C 哦")
    made = profiled(call(*lines, started_at=FRIDAY, call_type="complaint")).promises
    assert (float(made.hours[0]) if made.known[0] else None) == hours


def test_the_last_promise_of_the_call_counts() -> None:
    """What the agent takes back no longer holds."""
    assert promised("二十四小时内给您回复", "那这样，两小时内给您回电") == (2.0, "两小时")


def test_without_a_start_only_spans_are_known() -> None:
    """A point in time is no number of hours then, and neither are working days; the promise is still seen."""
    assert promised("二十四小时内给您回复", started_at=None) == (24.0, "二十四小时")
    assert promised("明天中午前给您回复", started_at=None) == (None, "明天中午前")
    assert promised("三个工作日内给您回复", started_at=None) == (None, "三个工作日")


def over(complaint: str, promise: str, **facts: Any) -> tuple[float | None, bool, bool]:
    """Hours over the limit where known, whether it is proven to be over, whether the kind is unsure."""
    facts = {"started_at": FRIDAY, "call_type": "complaint", **facts}
    found = profiled(call(f"C {complaint}", f"A {promise}", "C 那好吧", **facts)).over_limit
    value = float(found.value[0]) if found.known[0] else None
    return value, bool(found.least[0] > 0), bool(found.unsure_kind[0])


@pytest.mark.parametrize(
    ("complaint", "promise", "expected"),
    [
        ("你们多扣了我的钱", "二十四小时内给您回复", (0.0, False, False)),
        ("你们多扣了我的钱", "四十八小时内给您回复", (24.0, True, False)),
        ("客服态度太恶劣了", "二十四小时内给您回复", (22.0, True, False)),
        ("我就是要投诉", "两小时内给您回复", (0.0, False, False)),
        ("我就是要投诉", "十小时内给您回复", (None, False, True)),
        ("我就是要投诉", "三天内给您回复", (48.0, True, False)),
        ("多扣我的钱，叫你们总经理来", "十小时内给您回复", (8.0, True, False)),
        ("多扣我的钱，我打12315", "十小时内给您回复", (None, False, True)),
    ],
)
def test_against_the_limit_of_its_kind(complaint: str, promise: str, expected: tuple[float | None, bool, bool]) -> None:
    """Where the kind is not certain, only what all limits agree on is told."""
    assert over(complaint, promise) == expected


def test_today_is_in_time_whenever_the_call_was() -> None:
    """Without a start, or after that hour, «today» is within 24 hours; against two hours nobody can tell."""
    evening = {"started_at": "2026-11-20T20:30:00+08:00"}
    assert over("你们多扣了我的钱", "今天下班之前给您回复", started_at=None) == (0.0, False, False)
    assert over("你们多扣了我的钱", "今天下班之前给您回复", **evening) == (0.0, False, False)
    assert over("客服态度太恶劣了", "今天下班之前给您回复", started_at=None) == (None, False, False)
    assert over("你们多扣了我的钱", "明天下班之前给您回复", started_at=None) == (None, False, False)


def test_working_days_without_a_calendar_prove_what_they_must_be_at_least() -> None:
    """Two working days are two days at the least; one may be in time, nobody can tell."""
    late = {"started_at": "2026-12-31T10:00:00+08:00"}
    assert over("你们多扣了我的钱", "两个工作日内给您回复", **late) == (None, True, False)
    assert over("你们多扣了我的钱", "一个工作日内给您回复", **late) == (None, False, False)


def test_an_inquiry_has_no_limit() -> None:
    """Its promise is read all the same."""
    found = profiled(call("C 请问发票呢", "A 三天内给您回复", "C 好的", call_type="inquiry"))
    assert found.promises.hours.tolist() == [72.0]
    assert found.over_limit.applies.tolist() == [False]
