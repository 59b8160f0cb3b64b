"""What rules mean: scopes, occasions, exceptions, evidence, verdicts."""

from __future__ import annotations

from typing import Any

import pytest

from qa_analyzer.judging import Near, Verdict, Why

from .support import analysed, call, found, rows_of, rubric, rule, verdict

Spec = dict[str, Any]


def require(says: list[str], *, by: str = "agent", **keys: Any) -> Spec:
    """A clause under `require`; keys of the rule go to `rule_keys`."""
    rule_keys: Spec = {key: keys.pop(key) for key in ("when", "needs", "severity") if key in keys}
    where = {"in": keys.pop("where")} if "where" in keys else {}
    return {"require": {"by": by, "says": says, **where, **keys}} | rule_keys


def forbid(says: list[str], *, by: str = "agent", **keys: Any) -> Spec:
    """A clause under `forbid`."""
    made = require(says, by=by, **keys)
    made["forbid"] = made.pop("require")
    return made


ANGRY = {"by": "customer", "feels": "angry"}
CRITICAL = {"severity": "critical"}


def near(spec: Spec, *lines: str) -> tuple[Near, str]:
    """The nearest near miss of the first row: what kind, and its words."""
    analysis = analysed([call(*lines)], rule(spec))
    rows = analysis.judgement.rows
    words = "".join(map(chr, analysis.batch.points[rows.near_start[0] : rows.near_end[0]]))
    return Near(int(rows.near[0])), words if rows.near[0] else ""


def why(spec: Spec, *lines: str, **facts: Any) -> Why:
    """Why the first row is undetermined."""
    return Why(int(analysed([call(*lines, **facts)], rule(spec)).judgement.rows.why[0]))


# ---- require and forbid without when -----------------------------------------------------------------------------


def test_a_requirement_that_holds_shows_where() -> None:
    """One occasion, the call, with no turn of its own."""
    assert found(require(["抱歉"]), "C 喂", "A 很抱歉") == [("pass", None, "抱歉")]


def test_a_requirement_that_fails_shows_the_first_turn_of_its_scope_whole() -> None:
    """The evidence of an absence, with the window searched."""
    assert found(require(["抱歉"]), "C 喂", "A 您好", "A 请讲") == [("fail", None, "您好请讲")]


def test_a_requirement_nobody_could_meet_is_not_applicable() -> None:
    """No turn of the agent, no fault of his."""
    assert found(require(["抱歉"]), "C 喂", "C 有人吗") == []
    assert verdict(require(["抱歉"]), "C 喂") == "not_applicable"


def test_a_prohibition_has_an_occasion_for_each_offending_turn() -> None:
    """Two hits in one turn are one fault."""
    rows = found(forbid(["不知道"]), "A 不知道不知道", "C 喂", "A 我不知道")
    assert rows == [("fail", 0, "不知道"), ("fail", 2, "不知道")]


def test_a_prohibition_nobody_broke_passes_without_a_row() -> None:
    """If its scope holds a turn of the speaker."""
    spec = forbid(["不知道"], where={"last": 1})
    assert (verdict(spec, "A 不知道", "C 喂", "A 您好"), found(spec, "A 不知道", "C 喂", "A 您好")) == ("pass", [])
    assert verdict(spec, "C 不知道") == "not_applicable"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["[0.0-9.0] C 上个月的水费比平时多了一倍", "[2.0-5.0] A 您先听我把话说完"], Why.NONE),
        # Where his first word that is no listening begins is only reckoned from the length of his text.
        (["[0.0-3.5] C 上个月的水费比平时多了一倍", "[1.0-9.0] A 嗯，嗯，您先听我把话说完"], Why.INTERPOLATED),
    ],
)
def test_a_required_interruption_that_hangs_on_interpolated_times_is_open(lines: list[str], expected: Why) -> None:
    spec: Spec = {"require": {"by": "agent", "interrupts": {"overlap": 2.0, "characters": 4}}}
    got = "pass" if expected is Why.NONE else "undetermined"
    assert (verdict(spec, *lines), why(spec, *lines)) == (got, expected)


def test_all_requirements_of_a_list_must_hold() -> None:
    """One row, the gravest failure."""
    spec = {"require": [{"by": "agent", "says": ["您好"], "severity": "minor"}, {"by": "agent", "says": ["再见"]}]}
    assert found(spec, "A 您好再见") == [("pass", None, "您好")]
    assert found(spec, "A 您好") == [("fail", None, "您好")]
    severities = analysed([call("A 喂")], rule(spec)).judgement.rows.severity.tolist()
    assert severities == [2]


def test_one_alternative_suffices() -> None:
    """`any`: the best verdict wins."""
    spec = {"require": {"any": [{"by": "agent", "says": ["您好"]}, {"by": "customer", "says": ["再见"]}]}}
    assert verdict(spec, "A 喂", "C 再见") == "pass"
    assert verdict(spec, "A 喂", "C 喂") == "fail"


def test_without_a_turn_to_do_it_in_not_having_done_it_before_is_no_failure() -> None:
    """Ahead there was no chance, and looking back alone convicts nobody."""
    ahead, back = ({"by": "agent", "in": where, "says": ["抱歉"]} for where in ({"next": 2}, {"previous": 2}))
    spec: Spec = {"when": ANGRY, "require": {"any": [ahead, back]}}
    assert verdict(spec, "A 您好", "C 怒") == "not_applicable"
    assert verdict(spec, "A 您好", "C 怒", hang_up="agent") == "fail"
    assert verdict(spec, "A 您好", "C 怒", "A 请讲") == "fail"
    assert verdict(spec, "A 抱歉", "C 怒") == "pass"


def test_each_alternative_keeps_its_own_message_and_categories() -> None:
    """A failure is explained by the clause that failed."""
    spec = {
        "forbid": {
            "any": [
                {"by": "agent", "says": ["不知道"], "message": "一"},
                {"by": "agent", "says": {"粗话": ["滚开"], "脏话": ["他妈"]}, "message": "二"},
            ]
        }
    }
    analysis = analysed([call("A 他妈")], rule(spec))
    ready = analysis.court.ruleset.clauses[int(analysis.judgement.rows.clause[0])]
    assert (ready.message, ready.categories[int(analysis.judgement.rows.category[0])]) == ("二", "脏话")


def test_require_and_forbid_together_are_both_judged() -> None:
    """The call fails if either does."""
    spec = {**require(["您好"]), **forbid(["不知道"])}
    assert [row[0] for row in found(spec, "A 您好不知道")] == ["pass", "fail"]
    assert verdict(spec, "A 您好不知道") == "fail"


def test_a_category_has_a_severity_of_its_own() -> None:
    """Of two offences in a turn the gravest is shown."""
    spec = forbid([], severity="minor")
    spec["forbid"]["says"] = {"轻": ["不知道"], "重": {"says": ["滚开"], "severity": "critical"}}
    analysis = analysed([call("A 不知道", "C 喂", "A 不知道滚开")], rule(spec))
    assert analysis.judgement.rows.severity.tolist() == [1, 3]
    assert [row[2] for row in rows_of(analysis)] == ["不知道", "滚开"]


# ---- scopes ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "lines", "expected"),
    [
        ("first_turn", ["C 喂", "A 您好"], "pass"),
        ("first_turn", ["A 喂", "C 喂", "A 您好"], "fail"),
        # backchannels do not use a window up
        ("first_turn", ["C 喂", "A 嗯", "C 喂", "A 您好"], "pass"),
        ({"first": 2}, ["A 甲甲", "C 喂", "A 您好"], "pass"),
        ({"first": 2}, ["A 甲甲", "C 喂", "A 乙乙", "C 喂", "A 您好"], "fail"),
        ({"last": 1}, ["A 您好", "C 喂", "A 嗯"], "pass"),
        ({"last": 1}, ["A 您好", "C 喂", "A 甲甲"], "fail"),
        ({"last": 2}, ["A 您好", "C 喂", "A 甲甲"], "pass"),
        # several keys are their intersection
        ({"first": 2, "last": 2}, ["A 您好", "C 喂", "A 甲甲", "C 喂", "A 乙乙"], "fail"),
        ({"first": 2, "last": 2}, ["A 甲甲", "C 喂", "A 您好", "C 喂", "A 乙乙"], "pass"),
    ],
)
def test_a_window_counts_turns_of_its_speaker(where: Any, lines: list[str], expected: str) -> None:
    """From the beginning or the end of the call."""
    assert verdict(require(["您好"], where=where), *lines) == expected


@pytest.mark.parametrize(
    ("where", "lines", "expected"),
    [
        ({"next": 1}, ["C 怒", "A 抱歉"], "pass"),
        ({"next": 1}, ["C 怒", "A 甲甲", "C 喂", "A 抱歉"], "fail"),
        ({"next": 1}, ["C 怒", "A 嗯", "C 喂", "A 抱歉"], "pass"),
        ({"next": 2}, ["C 怒", "A 甲甲", "C 喂", "A 抱歉"], "pass"),
        ({"next": 1}, ["A 抱歉", "C 怒", "A 甲甲"], "fail"),
        ({"next": 2}, ["C 怒", "C 喂"], "not_applicable"),
        ({"previous": 1}, ["A 抱歉", "C 怒"], "pass"),
        ({"previous": 1}, ["A 抱歉", "C 喂", "A 甲甲", "C 怒"], "fail"),
        ({"previous": 1}, ["A 抱歉", "C 喂", "A 嗯", "C 怒"], "pass"),
        ({"previous": 1}, ["C 怒", "A 抱歉"], "not_applicable"),
    ],
)
def test_a_window_around_an_occasion_counts_turns_of_its_speaker(where: Any, lines: list[str], expected: str) -> None:
    """After it or before it."""
    assert verdict(require(["抱歉"], where=where, when=ANGRY), *lines) == expected


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        ("2026-11-21T07:59:00+08:00", "not_applicable"),
        ("2026-11-21T08:00:00+08:00", "fail"),
        ("2026-11-21T12:00:00-05:00", "fail"),
        ("2026-11-21T12:01:00+08:00", "not_applicable"),
        (None, "undetermined"),
    ],
)
def test_a_clock_scope_is_read_in_the_offset_of_the_call(started: str | None, expected: str) -> None:
    """Both ends belong to it; without a start time nobody can tell."""
    spec = forbid(["晚上好"], where={"clock": ["08:00", "12:00"]}, needs=["start_time"])
    assert verdict(spec, "A 晚上好", started_at=started) == expected
    assert verdict(spec, "A 您好", started_at=started) == expected.replace("fail", "pass")


def test_an_unknown_start_time_is_named_as_the_reason() -> None:
    """And not an unsure phase."""
    spec = forbid(["晚上好"], where={"clock": ["08:00", "12:00"]}, needs=["start_time"])
    assert why(spec, "A 晚上好") is Why.NO_START_TIME


def test_a_clock_scope_may_run_over_midnight() -> None:
    """From ten at night to six in the morning."""
    spec = forbid(["您好"], where={"clock": ["22:00", "06:00"]})
    times = ["2026-11-21T23:00:00+08:00", "2026-11-21T05:00:00+08:00", "2026-11-21T12:00:00+08:00"]
    assert [verdict(spec, "A 您好", started_at=one) for one in times] == ["fail", "fail", "not_applicable"]


@pytest.mark.parametrize(
    ("started", "expected"),
    [
        ("2026-10-08T23:59:00+08:00", "not_applicable"),
        ("2026-10-09T00:00:00+08:00", "fail"),
        ("2026-10-08T20:00:00-08:00", "not_applicable"),
        ("2027-09-24T12:00:00+08:00", "fail"),
        ("2027-09-25T12:00:00+08:00", "not_applicable"),
        (None, "undetermined"),
    ],
)
def test_a_date_scope_is_read_in_the_offset_of_the_call(started: str | None, expected: str) -> None:
    """Both ends belong to it, and it may run over the new year."""
    spec = forbid(["国庆快乐"], where={"date": ["10-09", "09-24"]}, needs=["start_time"])
    assert verdict(spec, "A 国庆快乐", started_at=started) == expected
    assert verdict(spec, "A 您好", started_at=started) == expected.replace("fail", "pass")


def test_a_date_scope_within_the_year() -> None:
    """From the first to the last of some days."""
    spec = forbid(["您好"], where={"date": ["02-28", "03-02"]})
    days = ["2028-02-27", "2028-02-29", "2028-03-02", "2028-03-03"]
    assert [verdict(spec, "A 您好", started_at=f"{day}T08:00:00+08:00") for day in days] == [
        "not_applicable",
        "fail",
        "fail",
        "not_applicable",
    ]


# ---- occasions ---------------------------------------------------------------------------------------------------


def test_triggers_in_one_turn_are_one_occasion() -> None:
    """A list under `when` is any of them."""
    spec = require(["抱歉"], where={"next": 1}, when=[ANGRY, {"by": "customer", "says": ["投诉"]}])
    assert found(spec, "C 怒我要投诉", "A 您好") == [("fail", 0, "您好")]


def test_an_occasion_stays_open_to_the_end_of_its_window() -> None:
    """A further trigger inside is the same occasion, even when the first is satisfied."""
    spec = require(["抱歉"], where={"next": 2}, when=ANGRY)
    assert found(spec, "C 怒", "A 抱歉", "C 怒", "A 您好") == [("pass", 0, "抱歉")]
    rows = found(spec, "C 怒", "A 抱歉", "C 怒", "A 您好", "C 怒", "A 您好")
    assert rows == [("pass", 0, "抱歉"), ("fail", 4, "您好")]


def test_an_occasion_whose_scope_is_the_whole_call_is_the_only_one() -> None:
    """What is missing once is one fault."""
    assert found(require(["抱歉"], when=ANGRY), "C 怒", "A 您好", "C 怒", "A 请讲") == [("fail", 0, "您好")]


def test_occasions_that_look_back_stay_apart() -> None:
    """Their window ends before they begin."""
    spec = require(["稍等"], where={"previous": 1}, when=ANGRY)
    assert len(found(spec, "A 稍等", "C 怒", "A 您好", "C 怒")) == 2


def test_an_occasion_may_be_the_call_itself() -> None:
    """Windows then count from its beginning."""
    spec = require(["您好"], where={"next": 1}, when={"call": {"complaint": True}})
    calls = [call("A 喂", "C 喂", "A 您好", call_type="complaint"), call("A 您好", call_type="complaint")]
    analysis = analysed([*calls, call("A 喂", call_type="inquiry")], rule(spec))
    assert [Verdict(int(one)).code for one in analysis.judgement.verdicts[:, 0]] == ["fail", "pass", "not_applicable"]
    assert rows_of(analysis) == [("fail", None, "喂"), ("pass", None, "您好")]


def test_a_call_may_have_to_be_closed_or_long_enough_or_its_type_recorded() -> None:
    """Conditions of the call: there was a chance to close; the record says what it is."""
    spec = require(["抱歉"], when={"call": {"closed": True}})
    assert verdict(spec, "A 您好", "C 怒", "A 喂", hang_up="agent") == "fail"
    assert verdict(spec, "A 您好", "C 怒", "A 喂", hang_up="customer") == "not_applicable"
    spec = require(["抱歉"], when={"call": {"complaint": True, "inferred": False}})
    assert verdict(spec, "A 您好", "C 我要投诉", "A 喂", call_type="complaint") == "fail"
    assert verdict(spec, "A 您好", "C 我要投诉", "A 喂") == "not_applicable"
    spec = require(["抱歉"], when={"call": {"turns": 4}})
    assert verdict(spec, "A 您好", "C 怒", "A 喂") == "not_applicable"
    assert verdict(spec, "A 您好", "C 怒", "A 喂", "C 嗯") == "fail"
    spec = require(["抱歉"], when={"call": {"recorded": True}})
    assert verdict(spec, "A 您好", "C 怒", "A 喂") == "not_applicable"
    assert verdict(spec, "A 您好", "C 怒", "A 喂", hang_up="customer") == "fail"
    assert verdict(spec, "A 您好", "C 怒", "A 喂", call_type="inquiry") == "fail"


def test_what_is_missing_is_no_failure_where_the_transcript_has_no_backchannels() -> None:
    """The recogniser may have left them out; nor without times. What is there is there."""
    spec = require(["嗯"], where={"next": 1}, when=ANGRY, needs=["backchannels"])
    lines = ["[0-2] A 您好", "[3-9] C 怒", "[10-12] A 查好了"]
    assert verdict(spec, *lines) == "undetermined"
    assert why(spec, *lines) is Why.NO_BACKCHANNELS
    assert verdict(spec, *lines, "[13-14] C 一二三", "[15-16] A 嗯", "[17-18] C 四五六") == "fail"
    assert verdict(spec, "A 您好", "C 怒", "A 查好了", "C 一二三", "A 嗯", "C 四五六") == "undetermined"
    assert verdict(spec, "[0-2] A 您好", "[3-9] C 怒", "[10-12] A 嗯查好了") == "pass"


def test_an_agent_whom_nobody_answers_is_an_occasion() -> None:
    """After so many seconds, unless the customer was asked to wait or spoke meanwhile."""
    spec = require(["听得到"], where={"previous": 1}, when={"by": "agent", "unanswered": 8.0}, needs=["timestamps"])
    assert verdict(spec, "[0-2] A 您好", "[10-12] A 再见") == "fail"
    assert verdict(spec, "[0-2] A 听得到吗", "[10-12] A 再见") == "pass"
    assert verdict(spec, "[0-2] A 您好", "[9.9-12] A 再见") == "not_applicable"
    assert verdict(spec, "[0-2] A 稍等", "[10-12] A 再见") == "not_applicable"
    assert verdict(spec, "[0-2] A 您好", "[5-6] C 我在", "[15-17] A 再见") == "not_applicable"
    assert verdict(spec, "A 您好", "A 再见") == "not_applicable"


def test_occasions_of_the_call_and_of_a_turn_stand_side_by_side() -> None:
    """In every call of a batch, not only in the first."""
    spec = require(["抱歉"], where={"next": 1}, when=[{"call": {"complaint": True}}, ANGRY])
    lines = ["A 您好", "C 怒", "A 抱歉", "C 怒", "A 您好"]
    analysis = analysed([call(*lines, call_type="complaint")] * 2, rule(spec))
    one = ["fail", "pass", "fail"]
    assert [row[0] for row in rows_of(analysis)] == one * 2


def test_no_turn_after_the_occasion_is_not_applicable_unless_the_agent_hung_up() -> None:
    """Then the occasion itself is all there is to show."""
    spec = require(["抱歉"], where={"next": 2}, when=ANGRY)
    assert verdict(spec, "A 您好", "C 怒") == "not_applicable"
    assert verdict(spec, "A 您好", "C 怒", hang_up="customer") == "not_applicable"
    assert found(spec, "A 您好", "C 怒", hang_up="agent") == [("fail", 1, "怒")]


def test_hanging_up_later_is_no_failure_to_look_back() -> None:
    """Before the occasion the agent could say nothing."""
    spec = require(["稍等"], where={"previous": 1}, when=ANGRY)
    assert verdict(spec, "C 怒", "A 您好", hang_up="agent") == "not_applicable"


def test_a_long_turn_is_an_occasion() -> None:
    """Events and punctuation do not count."""
    spec = require(["抱歉"], where={"next": 1}, when={"by": "customer", "longer_than": 5})
    assert verdict(spec, "C 一二三，四五（咳嗽）。", "A 您好") == "not_applicable"
    assert verdict(spec, "C 一二三，四五六", "A 您好") == "fail"


@pytest.mark.parametrize(("text", "feels"), [("怒", "angry"), ("恼", "negative"), ("喜", "positive")])
def test_a_feeling_is_an_occasion_or_evidence(text: str, feels: str) -> None:
    """In `when` and in clauses; only customers feel."""
    when = {"by": "customer", "feels": feels}
    assert verdict(require(["抱歉"], where={"next": 1}, when=when), f"C {text}", "A 抱歉") == "pass"
    assert found({"forbid": when}, f"C {text}呀", "A 您好") == [("fail", 0, f"{text}呀")]
    assert verdict({"forbid": when}, "C 喂", f"A {text}") == "pass"


def test_words_and_a_feeling_in_one_clause_must_meet_in_one_turn() -> None:
    """The words are the evidence."""
    spec = {"forbid": {"by": "customer", "says": ["投诉"], "feels": "angry"}}
    assert verdict(spec, "C 怒", "A 嗯您好", "C 投诉") == "pass"
    assert found(spec, "C 怒我投诉") == [("fail", 0, "投诉")]


# ---- exceptions --------------------------------------------------------------------------------------------------


def test_unless_removes_a_hit_that_it_overlaps() -> None:
    """And only that one."""
    spec = forbid(["不知道"], unless=["不知道您"])
    assert verdict(spec, "A 不知道您贵姓") == "pass"
    assert found(spec, "A 不知道您贵姓，我不知道") == [("fail", 0, "不知道")]


def test_unless_counts_across_a_join() -> None:
    """What excuses may be cut in two."""
    assert verdict(forbid(["不知道"], unless=["不知道您"]), "A 不知道", "A 您贵姓") == "pass"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["A 不知道，帮您查"], "pass"),
        (["A 帮您查，不知道"], "pass"),
        (["A 不知道", "C 喂", "A 帮您查"], "pass"),
        (["A 不知道", "C 喂", "A 您好", "C 喂", "A 帮您查"], "fail"),
        (["A 不知道", "C 帮您查"], "fail"),
        (["A 不知道", "U 帮您查", "A 您好"], "undetermined"),
    ],
)
def test_unless_in_removes_by_neighbourhood(lines: list[str], expected: str) -> None:
    """In the same turn or the next one of the same speaker; an unknown speaker leaves it open."""
    neighbours = [{"in": "same_turn", "says": ["帮您查"]}, {"in": {"next": 1}, "says": ["帮您查"]}]
    assert verdict(forbid(["不知道"], unless_in=neighbours), *lines) == expected


def test_a_near_miss_of_an_excuse_makes_a_critical_failure_undetermined() -> None:
    """Said by the wrong one, or a turn away; far away it excuses nothing."""
    spec = forbid(["滚开"], unless_in=[{"in": "same_turn", "says": ["开玩笑"]}], **CRITICAL)
    assert verdict(spec, "A 滚开", "C 开玩笑吗") == "undetermined"
    assert why(spec, "A 滚开", "C 开玩笑吗") is Why.NEARLY_EXCUSED
    assert verdict(spec, "A 滚开", "C 喂", "A 开玩笑") == "fail"
    assert verdict({**spec, "severity": "major"}, "A 滚开", "C 开玩笑吗") == "fail"


def test_what_must_follow_must_come_after() -> None:
    """In the same turn after the hit, or in its scope."""
    here = require(["您好"], then={"by": "agent", "in": "same_turn", "says": ["工号"]})
    assert verdict(here, "A 您好，工号一") == "pass"
    assert verdict(here, "A 工号一，您好") == "fail"
    again = require(["您好"], then={"by": "agent", "in": "same_turn", "says": ["您好"]})
    assert (verdict(again, "A 您好"), verdict(again, "A 您好，您好")) == ("fail", "pass")
    anywhere = require(["您好"], then={"by": "customer", "says": ["谢谢"]})
    assert verdict(anywhere, "C 谢谢", "A 您好") == "fail"
    assert verdict(anywhere, "A 您好", "C 喂", "C 谢谢") == "pass"


def test_what_follows_is_sought_in_the_window_of_the_hit() -> None:
    """Not in that of the occasion."""
    spec = require(["稍等"], then={"by": "agent", "in": {"next": 1}, "says": ["久等"]})
    assert found(spec, "A 稍等", "C 好呀", "A 您好", "C 行呀", "A 稍等", "C 喂", "A 久等") == [("pass", None, "稍等")]
    assert verdict(spec, "A 稍等", "C 好呀", "A 您好", "C 行呀", "A 久等") == "fail"


def test_what_perhaps_follows_leaves_it_open() -> None:
    """Said by nobody knows whom."""
    spec = require(["稍等"], then={"by": "agent", "in": {"next": 1}, "says": ["久等"]})
    assert verdict(spec, "A 稍等", "U 久等") == "undetermined"


def test_in_a_row_counts_turns_with_a_hit_backchannels_aside() -> None:
    """One row, one fault, at the turn that completes it."""
    spec = forbid(["是吗"], in_a_row=3)
    asked = ["A 是吗", "C 喂", "A 嗯", "C 喂", "A 是吗", "C 喂"]
    assert verdict(spec, *asked) == "pass"
    assert found(spec, *asked, "A 是吗", "C 喂", "A 是吗") == [("fail", 6, "是吗")]
    assert verdict(spec, *asked, "A 您好", "C 喂", "A 是吗") == "pass"


def test_a_row_that_hangs_on_an_unknown_speaker_is_undetermined() -> None:
    """Whether it needs his turn or may be broken by it."""
    spec = forbid(["是吗"], in_a_row=2)
    assert verdict(spec, "A 是吗", "U 是吗", "C 喂") == "undetermined"
    assert verdict(spec, "A 是吗", "U 您好", "A 是吗") == "undetermined"
    assert verdict(spec, "A 是吗", "U 是吗", "A 是吗") == "fail"


def test_a_row_does_not_run_from_one_call_into_the_next() -> None:
    """Nor does anything else."""
    spec = forbid(["是吗"], in_a_row=2)
    assert analysed([call("A 是吗"), call("A 是吗")], rule(spec)).judgement.verdicts.tolist() == [[1], [1]]


def test_a_word_of_one_character_must_be_a_word() -> None:
    """喂 alone, not in 喂养; a longer hit that is no word does not hide it."""
    spec = forbid(["喂"], word=True)
    assert verdict(spec, "A 喂，您好") == "fail"
    assert verdict(spec, "A 喂养孩子") == "pass"
    assert found(forbid(["喂", "喂养孩"], word=True), "A 喂，喂养孩子") == [("fail", 0, "喂")]


# ---- near misses -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["C 怒", "A 您好", "C 喂", "A 抱歉"], (Near.TOO_LATE, "抱歉")),
        (["A 抱歉", "C 怒", "A 您好"], (Near.TOO_EARLY, "抱歉")),
        (["C 怒", "C 抱歉", "A 您好"], (Near.NONE, "")),
        (["C 怒", "S 抱歉", "A 您好"], (Near.WRONG_SPEAKER, "抱歉")),
        (["C 怒", "A 抱歉没有"], (Near.EXCEPTED, "抱歉")),
        (["C 怒", "A 您好"], (Near.NONE, "")),
    ],
)
def test_an_absence_names_the_nearest_near_miss(lines: list[str], expected: tuple[Near, str]) -> None:
    """Too late, too early, by the wrong one, or excepted."""
    assert near(require(["抱歉"], where={"next": 1}, when=ANGRY, unless=["抱歉没有"]), *lines) == expected


def test_an_absence_names_the_window_searched() -> None:
    """From the turn after the occasion to the turn that ends it."""
    analysis = analysed(
        [call("A 甲甲", "C 怒", "A 乙乙", "C 喂", "A 抱歉")], rule(require(["抱歉"], where={"next": 1}, when=ANGRY))
    )
    rows = analysis.judgement.rows
    assert (rows.window_lo.tolist(), rows.window_hi.tolist()) == ([2], [3])


def test_a_near_miss_of_a_critical_requirement_leaves_it_open() -> None:
    """For review, because a critical failure needs certainty."""
    spec = require(["抱歉"], where={"next": 1}, when=ANGRY, **CRITICAL)
    assert verdict(spec, "C 怒", "A 您好", "C 喂", "A 抱歉") == "undetermined"
    assert verdict(spec, "C 怒", "A 您好") == "fail"


# ---- joins -------------------------------------------------------------------------------------------------------


def test_a_hit_across_a_join_counts() -> None:
    """A phrase cut in two is one phrase."""
    assert found(forbid(["不知道"]), "A 我不知", "A 道啊") == [("fail", 0, "不知道")]


def test_an_incriminating_critical_hit_across_a_join_is_for_review() -> None:
    """Joining makes new phrases; another hit in the turn convicts."""
    spec = forbid(["有病"], **CRITICAL)
    assert (verdict(spec, "A 没有", "A 病历"), why(spec, "A 没有", "A 病历")) == ("undetermined", Why.ACROSS_JOIN)
    assert found(spec, "A 没有", "A 病历有病") == [("fail", 0, "有病")]
    assert verdict(require(["有病"], **CRITICAL), "A 没有", "A 病历") == "pass"


def test_on_an_occasion_the_hit_that_convicts_is_shown() -> None:
    """Not the one before it that cannot."""
    spec = forbid(["有病"], where={"next": 2}, when=ANGRY, **CRITICAL)
    assert found(spec, "C 怒", "A 没有", "A 病历", "C 喂", "A 你有病") == [("fail", 0, "有病")]


# ---- unknown roles -----------------------------------------------------------------------------------------------


def test_a_hit_of_an_unknown_speaker_is_undetermined() -> None:
    """Whether it would convict or excuse."""
    assert verdict(forbid(["不知道"]), "A 您好", "U 不知道") == "undetermined"
    assert verdict(require(["抱歉"]), "A 您好", "U 抱歉") == "undetermined"
    assert verdict(require(["抱歉"]), "A 抱歉", "U 抱歉") == "pass"


def test_an_unknown_speaker_who_says_nothing_of_it_changes_nothing() -> None:
    """Unless his turn moves the window."""
    assert verdict(require(["抱歉"]), "A 您好", "U 喂喂") == "fail"
    spec = require(["抱歉"], where={"next": 1}, when=ANGRY)
    assert verdict(spec, "C 怒", "U 喂喂", "A 您好") == "undetermined"
    assert verdict(spec, "C 怒", "U 喂喂", "A 抱歉") == "undetermined"
    assert verdict(spec, "C 怒", "A 抱歉", "U 喂喂") == "pass"
    assert verdict(spec, "C 怒", "U 嗯", "A 您好") == "fail"


def test_a_fault_that_an_unknown_turn_may_move_out_of_its_window_is_undetermined() -> None:
    """With an occasion and without."""
    spec = forbid(["不知道"], where={"next": 1}, when=ANGRY)
    assert verdict(spec, "C 怒", "U 喂喂", "A 不知道") == "undetermined"
    assert verdict(forbid(["不知道"], where={"first": 1}), "U 喂喂", "A 不知道") == "undetermined"
    assert verdict(forbid(["不知道"], where={"first": 1}), "A 不知道", "U 喂喂") == "fail"


def test_an_occasion_of_an_unknown_speaker_is_undetermined() -> None:
    """Neither pass nor fail, but not applicable stays."""
    spec = require(["抱歉"], where={"next": 1}, when={"by": "customer", "says": ["投诉"]})
    assert verdict(spec, "U 投诉", "A 您好") == "undetermined"
    assert verdict(spec, "U 投诉", "A 抱歉") == "undetermined"
    assert verdict(spec, "A 您好", "U 投诉") == "not_applicable"


# ---- needs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("needs", "facts", "lines"),
    [
        ("timestamps", {}, ["[0-1] A 您好", "[2-3] C 喂"]),
        ("hang_up", {"hang_up": "customer"}, ["A 您好", "C 喂"]),
        ("start_time", {"started_at": "2026-11-21T09:00:00+08:00"}, ["A 您好", "C 喂"]),
        ("roles", {}, ["A 您好", "C 喂"]),
    ],
)
def test_needs_is_what_a_pass_needs(needs: str, facts: dict[str, Any], lines: list[str]) -> None:
    """Without it a pass is undetermined, and a fail stands."""
    spec = {**forbid(["不知道"]), "needs": [needs]}
    lacking = ["A 您好", "U 喂"] if needs == "roles" else ["A 您好", "C 喂"]
    assert verdict(spec, *lines, **facts) == "pass"
    assert verdict(spec, *lacking) == "undetermined"
    assert verdict(spec, "A 不知道", *lacking) == "fail"


# ---- hanging up --------------------------------------------------------------------------------------------------

HANG_UP: Spec = {
    "needs": ["hang_up", "timestamps"],
    "forbid": [
        {"by": "agent", "hangs_up": {"before": "farewell"}, "severity": "critical"},
        {"by": "agent", "hangs_up": {"sooner_than": 5.0}, "severity": "minor"},
    ],
}
TIMED = ["[0-2] C 我要查话费", "[3-4] A {}"]
UNTIMED = ["C 我要查话费", "A {}"]


@pytest.mark.parametrize(
    ("lines", "said", "who", "ended", "expected"),
    [
        # the agent, after a farewell
        (TIMED, "再见", "agent", 9000, "pass"),
        (TIMED, "再见", "agent", 8999, "fail"),
        (TIMED, "再见", "agent", None, "undetermined"),
        (UNTIMED, "再见", "agent", 9000, "undetermined"),
        (UNTIMED, "再见", "agent", None, "undetermined"),
        # the agent, without one
        (TIMED, "您好", "agent", 90000, "fail"),
        (TIMED, "您好", "agent", None, "fail"),
        (UNTIMED, "您好", "agent", None, "fail"),
        # somebody else
        (TIMED, "您好", "customer", 4000, "pass"),
        (UNTIMED, "您好", "customer", None, "pass"),
        (TIMED, "您好", "system", 4000, "not_applicable"),
        (UNTIMED, "再见", "system", None, "not_applicable"),
        (TIMED, "再见", None, 90000, "undetermined"),
        (UNTIMED, "您好", None, None, "undetermined"),
    ],
)
def test_hanging_up(lines: list[str], said: str, who: str | None, ended: int | None, expected: str) -> None:
    """Who, after what, and how soon."""
    assert verdict(HANG_UP, *(line.format(said) for line in lines), hang_up=who, ended_ms=ended) == expected


def test_a_hang_up_without_a_farewell_is_one_critical_fault_at_the_last_agent_turn() -> None:
    """How soon it came does not matter any more."""
    analysis = analysed([call(*(line.format("您好") for line in TIMED), hang_up="agent", ended_ms=4100)], rule(HANG_UP))
    assert rows_of(analysis) == [("fail", 1, "您好")]
    assert analysis.judgement.rows.severity.tolist() == [3]


def test_a_hang_up_too_soon_after_a_farewell_says_how_soon() -> None:
    """A minor fault."""
    analysis = analysed([call(*(line.format("再见") for line in TIMED), hang_up="agent", ended_ms=6500)], rule(HANG_UP))
    assert analysis.judgement.rows.severity.tolist() == [1]
    assert analysis.judgement.rows.number.tolist() == [2.5]


def test_an_event_is_no_speech_before_the_end() -> None:
    """Neither the record of the hang-up itself, nor without times."""
    lines = [line.format("再见") for line in TIMED]
    assert verdict(HANG_UP, *lines, "[9-9] A （挂机）", ended_ms=9000) == "pass"
    assert verdict(HANG_UP, *lines, "A （挂机）", ended_ms=9000) == "pass"


def test_with_times_in_part_a_hang_up_too_soon_is_proven_and_a_slow_one_is_not() -> None:
    """The utterance without times can only have ended later."""
    lines = ["[0-2] C 我要查话费", "A 您稍等", "[3-4] A 再见"]
    assert verdict(HANG_UP, *lines, hang_up="agent", ended_ms=5000) == "fail"
    assert verdict(HANG_UP, *lines, hang_up="agent", ended_ms=50000) == "undetermined"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["A 再见", "C 喂", "A 您好"], "pass"),
        (["A 再见", "C 喂", "A 您好", "C 嗯", "A 嗯"], "pass"),
        (["A 您好", "C 再见", "A 好的"], "pass"),
        (["A 您好", "C 再见"], "fail"),
        (["A 您好", "C 再见", "A （挂机）"], "fail"),
        # near misses of a farewell
        (["A 再见", "C 喂", "A 您好", "C 喂", "A 请讲"], "undetermined"),
        (["A 您好", "U 再见", "A 请讲"], "undetermined"),
        (["A 您好", "C 喂", "A 请讲"], "fail"),
    ],
)
def test_a_farewell_is_the_agents_in_the_last_two_turns_or_the_customers_answered(
    lines: list[str], expected: str
) -> None:
    """Something near it leaves a critical failure open."""
    spec = {"needs": ["hang_up"], "forbid": {"by": "agent", "hangs_up": {"before": "farewell"}, "severity": "critical"}}
    assert verdict(spec, *lines, hang_up="agent") == expected


def test_a_call_without_the_speaker_has_no_hang_up_of_his_to_judge() -> None:
    """Whoever the record names."""
    assert [verdict(HANG_UP, "C 喂", "C 有人吗", hang_up=who) for who in ("agent", None)] == ["not_applicable"] * 2


def test_how_soon_alone_is_judged_without_asking_for_a_farewell() -> None:
    """But without times only a hang-up before any farewell is a fault."""
    spec = {"needs": ["hang_up"], "forbid": {"by": "agent", "hangs_up": {"sooner_than": 5.0}}}
    facts: dict[str, Any] = {"hang_up": "agent", "ended_ms": 5000}
    assert verdict(spec, *(line.format("您好") for line in TIMED), **facts) == "fail"
    assert verdict(spec, *(line.format("您好") for line in UNTIMED), **facts) == "fail"
    assert verdict(spec, *(line.format("再见") for line in UNTIMED), **facts) == "undetermined"


def test_a_hang_up_is_judged_on_the_occasions_of_a_rule() -> None:
    """Each occasion has its row; calls without one are not applicable."""
    spec = {**HANG_UP, "when": {"call": {"transferred": False, "call_type": ["complaint"]}}}
    calls = [
        call("C 喂", "A 您好", call_type="complaint", hang_up="agent"),
        call("C 喂", "A 您好", call_type="inquiry", hang_up="agent"),
    ]
    analysis = analysed(calls, rule(spec))
    assert rows_of(analysis) == [("fail", None, "您好")]
    turn = {**HANG_UP, "when": ANGRY}
    assert found(turn, "C 怒", "A 您好", hang_up="agent") == [("fail", 0, "您好")]


def test_hanging_up_may_be_required() -> None:
    """The customer is to hang up first."""
    spec = {"needs": ["hang_up"], "require": {"by": "customer", "hangs_up": {"sooner_than": 60.0}}}
    lines = [line.format("再见") for line in TIMED]
    assert [verdict(spec, *lines, hang_up=who, ended_ms=9000) for who in ("customer", "agent", "system", None)] == [
        "pass",
        "fail",
        "not_applicable",
        "undetermined",
    ]


# ---- rules together ----------------------------------------------------------------------------------------------


def test_a_rule_asks_only_of_the_call_types_it_applies_to() -> None:
    """Of others it is not applicable."""
    spec = {**require(["您好"]), "applies_to": ["callback"]}
    assert verdict(spec, "A 您好", call_type="inquiry") == "not_applicable"
    assert verdict(spec, "A 您好", call_type="callback") == "pass"


def test_a_replaced_rule_is_not_applicable_on_the_occasion_of_the_other() -> None:
    """On other occasions it is asked."""
    special = rule(require(["经理"], where={"next": 1}, when={"by": "customer", "says": ["态度"]}), "z/special")
    general = rule(require(["抱歉"], where={"next": 1}, when=ANGRY), "a/general")
    pair = rubric(replaces=[{"rule": "z/special", "instead_of": ["a/general"]}])
    calls = [call("C 怒，态度差", "A 您好"), call("C 怒", "A 您好")]
    verdicts = analysed(calls, general, special, rubric_=pair).judgement.verdicts
    assert [[Verdict(int(one)).code for one in row] for row in verdicts] == [
        ["not_applicable", "fail"],
        ["fail", "not_applicable"],
    ]


def test_that_nobody_can_tell_is_said_once() -> None:
    """However many clauses cannot be judged."""
    spec = {
        "needs": ["timestamps"],
        "forbid": [{"by": "agent", "interrupts": {"overlap": 2.0}}, {"by": "agent", "says": ["不知道"]}],
    }
    assert found(spec, "C 喂", "A 您好") == [("undetermined", None, None)]
    assert found(spec, "C 喂", "A 不知道") == [("fail", 1, "不知道")]


def test_a_call_verdict_is_never_null() -> None:
    """Fail before undetermined before pass before not applicable."""
    spec = forbid(["不知道"])
    calls = [call("A 不知道", "U 不知道"), call("A 您好", "U 不知道"), call("A 您好"), call("C 不知道")]
    verdicts = analysed(calls, rule(spec)).judgement.verdicts[:, 0]
    assert [Verdict(int(one)).code for one in verdicts] == ["fail", "undetermined", "pass", "not_applicable"]
