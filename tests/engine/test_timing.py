"""Silences, interruptions and the figures that come from the clock."""

from __future__ import annotations

from typing import Any

import pytest

from qa_analyzer import figures
from qa_analyzer.analysis import analyse
from qa_analyzer.judging import Verdict
from qa_analyzer.model import Role, calls_to_columns
from qa_analyzer.timing import Timing

from .support import PlainFeelings, Row, analysed, call, found, rule, ruleset, verdict

ANY_RULE = rule({"forbid": {"by": "agent", "says": ["不知道"]}})


def timing(*lines: str) -> Timing:
    """The timing of one call."""
    return analysed([call(*lines)], ANY_RULE).court.timing


def silences(*lines: str) -> list[tuple[int, bool, bool]]:
    """(ms, announced, sure) of the silences of one call."""
    one = timing(*lines).silences
    return list(zip(one.gap_ms.tolist(), one.announced.tolist(), one.sure.tolist(), strict=True))


# ---- silences ----------------------------------------------------------------------------------------------------


def test_a_gap_before_an_agent_turn_is_a_silence() -> None:
    """From the end of all speech to the agent's next word."""
    assert silences("[0-2] C 我要查话费", "[12-14] A 您好") == [(10_000, False, True)]


def test_a_gap_before_a_customer_turn_is_none() -> None:
    """It is the customer's to fill."""
    assert silences("[0-2] A 您好", "[12-14] C 我要查话费") == []


@pytest.mark.parametrize(
    "lines",
    [
        # the agent asked
        ["[0-2] A 请问尾号", "[12-14] A 您好"],
        ["[0-2] A 您要退吗？", "[12-14] A 您好"],
        # the agent asked the customer for something
        ["[0-2] A 请您提供一下单号", "[12-14] A 您好"],
        # the customer asked to wait
        ["[0-2] C 等我一下", "[12-14] A 您好"],
        # the customer only hummed after the question
        ["[0-2] A 请问尾号", "[2.5-3] C 嗯", "[13-14] A 您好"],
        # nobody waits before the first word
        ["[12-14] A 您好"],
    ],
)
def test_a_gap_that_is_the_customers_is_no_silence(lines: list[str]) -> None:
    """After a question, a request, or the customer's own request to wait."""
    assert silences(*lines) == []


def test_the_customers_hum_after_a_statement_excuses_nothing() -> None:
    """Only a question before it would."""
    assert silences("[0-2] A 我知道了", "[2.5-3] C 嗯", "[13-14] A 您好") == [(10_000, False, True)]


@pytest.mark.parametrize(
    "lines", [["[0-2] A 请您稍等"], ["[0-2] A 请您稍等好吗？"], ["[0-2] A 请您稍等", "[2.2-2.6] C 好的"]]
)
def test_a_request_to_wait_announces_the_silence(lines: list[str]) -> None:
    """Though it be a question; the customer's answer does not matter."""
    assert silences(*lines, "[13-15] A 让您久等了") == [(13_000 - (2600 if len(lines) > 1 else 2000), True, True)]


def test_a_question_after_the_request_to_wait_is_the_customers_again() -> None:
    """Whoever is asked last has the floor."""
    assert silences("[0-4] A 请您稍等。请问您的尾号？", "[13-15] A 您好") == []


def test_the_gap_follows_the_speech_that_ended_last() -> None:
    """A long customer turn that outlasts the agent's question."""
    assert silences("[0-10] C 我说给你听", "[3-5] A 请问尾号", "[20-21] A 您好") == [(10_000, False, True)]


def test_an_event_neither_fills_nor_ends_a_silence() -> None:
    """Music is no speech, and a keyboard is no turn."""
    assert silences("[0-2] A 您好", "[3-9] S （音乐）", "[12-14] A 您好") == [(10_000, False, True)]
    assert silences("[0-2] A 您好", "[8-9] A （键盘声）", "[12-14] A 您好") == [(10_000, False, True)]


def test_a_silence_is_proven_between_timed_neighbours() -> None:
    """Only an utterance without times in between leaves it open."""
    assert silences("A 喂", "[0-2] C 我要查话费", "[12-14] A 您好", "C 嗯") == [(10_000, False, True)]
    assert silences("[0-2] C 我要查话费", "C 喂", "[12-14] A 您好") == []


def test_a_silence_beside_an_unknown_speaker_is_unsure_where_it_decides() -> None:
    """Whether it is the agent's, the customer's to fill, or announced."""
    assert silences("[0-2] C 我要查话费", "[12-14] U 您好") == [(10_000, False, False)]
    assert silences("[0-2] U 请问尾号", "[12-14] A 您好") == [(10_000, False, False)]
    assert silences("[0-2] A 好的", "[2-3] U 请稍等", "[12-14] A 您好") == [(9_000, False, False)]
    assert silences("[0-2] U 我要查话费", "[12-14] A 您好") == [(10_000, False, True)]


DEAD_AIR: dict[str, Any] = {
    "needs": ["timestamps"],
    "measure": {"figure": "longest_unannounced_silence_s", "at_most": 8.0},
}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["[0-2] C 我要查话费", "[10-14] A 您好"], "pass"),
        (["[0-2] C 我要查话费", "[10.001-14] A 您好"], "fail"),
        (["[0-2] A 您稍等", "[22-24] A 您好"], "pass"),
        (["C 我要查话费", "A 您好"], "undetermined"),
        # partial times: proven stands, a pass needs all
        (["[0-2] C 我要查话费", "[20-24] A 您好", "C 嗯"], "fail"),
        (["[0-2] C 我要查话费", "[3-4] A 您好", "C 行"], "undetermined"),
        # unknown speakers matter only where they decide
        (["[0-2] C 我要查话费", "[20-24] U 您好", "[24-25] A 您好"], "undetermined"),
        (["[0-2] C 我要查话费", "[5-6] U 您好", "[6-7] A 您好"], "pass"),
        (["[0-2] C 我要查话费"], "not_applicable"),
    ],
)
def test_dead_air_is_measured(lines: list[str], expected: str) -> None:
    """A figure against a limit."""
    assert verdict(DEAD_AIR, *lines) == expected


def test_dead_air_shows_the_agent_turn_after_the_longest_silence() -> None:
    """The first of them at equality."""
    lines = ["[0-2] C 喂喂", "[12-13] A 甲", "[13-14] C 喂喂", "[24-25] A 乙", "[25-26] C 喂喂", "[35-36] A 丙"]
    assert found(DEAD_AIR, *lines) == [("fail", 1, "甲")]


HOLD: dict[str, Any] = {
    "needs": ["timestamps"],
    "when": {"silence": 8.0, "announced": True},
    "require": {"by": "agent", "in": {"next": 1}, "says": ["久等"]},
}


def test_a_silence_is_an_occasion_at_the_turn_that_ends_it() -> None:
    """`previous: 1` of it is the request, `same_turn` the thanks."""
    spec = {**HOLD, "require": {"by": "agent", "in": "same_turn", "says": ["久等"]}}
    lines = ["[0-2] A 请稍等", "[12-14] A 让您久等了"]
    assert found(spec, *lines) == [("pass", 1, "久等")]
    previous = {**HOLD, "require": {"by": "agent", "in": {"previous": 1}, "says": ["可以吗"]}}
    assert found(previous, *lines) == [("fail", 1, "请稍等")]


def test_announced_and_unannounced_silences_are_different_occasions() -> None:
    """Neither rule asks about the other's silence."""
    spec = {**HOLD, "when": {"silence": 8.0, "announced": False}}
    assert verdict(spec, "[0-2] A 请稍等", "[12-14] A 让您久等了") == "not_applicable"
    assert verdict(HOLD, "[0-2] C 我要查话费", "[12-14] A 让您久等了") == "not_applicable"


def test_without_times_a_silence_may_have_gone_unseen() -> None:
    """That is neither a pass nor not applicable."""
    assert verdict(HOLD, "A 请稍等", "A 让您久等了") == "undetermined"


# ---- interruptions -----------------------------------------------------------------------------------------------

CUTS_IN: dict[str, Any] = {
    "needs": ["timestamps"],
    "forbid": {"by": "agent", "interrupts": {"overlap": 2.0, "characters": 4}},
}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["[0-8] C 上个月账单不对", "[4.5-9] A 这个我解释一下"], "fail"),
        (["[0-8] C 上个月账单不对", "[6-9] A 这个我解释一下"], "fail"),
        (["[0-8] C 上个月账单不对", "[6.001-9] A 这个我解释一下"], "pass"),
        (["[0-8] C 上个月账单不对", "[4-9] A 这个我"], "pass"),
        # listening is no interruption, a filler begins one
        (["[0-8] C 上个月账单不对", "[2-6] A 嗯嗯好的嗯"], "pass"),
        (["[0-8] C 上个月账单不对", "[4-9] A 呃那个"], "pass"),
        (["[0-8] C 上个月账单不对", "[4-9] A 呃那个我说"], "fail"),
        # who began first holds the floor
        (["[0-8] A 上个月账单不对", "[4-9] C 这个我解释一下"], "pass"),
        (["[0-8] C 上个月账单不对", "[0-9] A 这个我解释一下"], "pass"),
        # over a backchannel, over the system
        (["[0-8] C 嗯", "[4-9] A 这个我解释一下"], "pass"),
        (["[0-8] S 欢迎致电请稍候", "[4-9] A 这个我解释一下"], "pass"),
        # roles
        (["[0-8] U 上个月账单不对", "[4-9] A 这个我解释一下"], "undetermined"),
        (["[0-8] C 上个月账单不对", "[4-9] U 这个我解释一下", "[9-9.5] A 行"], "undetermined"),
        # times
        (["C 上个月账单不对", "A 这个我解释一下"], "undetermined"),
        (["[0-8] C 上个月账单不对", "[4.5-9] A 这个我解释一下", "C 你听"], "fail"),
        (["[0-8] C 上个月账单不对", "[8-9] A 这个我解释一下", "C 你听"], "undetermined"),
        (["[0-8] C 上个月账单不对"], "not_applicable"),
    ],
)
def test_an_interruption_takes_the_floor(lines: list[str], expected: str) -> None:
    """Two seconds and four characters over the customer's speech."""
    assert verdict(CUTS_IN, *lines) == expected


def test_leading_backchannels_are_stripped_and_the_moment_estimated() -> None:
    """嗯嗯，is a third of nine characters: the word begins at 7.0 s, the overlap is one second."""
    lines = ["[0-8] C 上个月账单不对", "[4-13] A 嗯嗯，这个我来解释"]
    analysis = analysed([call(*lines)], rule(CUTS_IN))
    over = analysis.court.timing.talk_over
    assert (over.overlap_ms.tolist(), over.most_ms.tolist(), over.characters.tolist()) == ([1000], [4000], [6])


def test_a_verdict_that_hangs_on_the_estimate_is_undetermined() -> None:
    """One second by estimate, four at most, two would convict."""
    assert verdict(CUTS_IN, "[0-8] C 上个月账单不对", "[4-13] A 嗯嗯，这个我来解释") == "undetermined"
    assert verdict(CUTS_IN, "[0-8] C 上个月账单不对", "[5-14] A 嗯嗯，这个我来解释一下") == "undetermined"
    assert verdict(CUTS_IN, "[0-8] C 上个月账单不对", "[6.5-14] A 嗯嗯，这个我来解释一下") == "pass"


def test_a_word_that_begins_an_utterance_needs_no_estimate() -> None:
    """The backchannel stands in an utterance of its own."""
    lines = ["[0-8] C 上个月账单不对", "[4-5] A 嗯嗯，", "[5-9] A 这个我来解释"]
    assert found(CUTS_IN, *lines) == [("fail", 1, "嗯嗯，这个我来解释")]
    assert verdict(CUTS_IN, "[0-8] C 上个月账单不对", "[4-6.5] A 嗯嗯，", "[6.6-9] A 这个我来解释") == "pass"


@pytest.mark.parametrize(("begins", "expected"), [(5000, "fail"), (6500, "pass")])
def test_the_times_of_words_decide_where_they_are_given(begins: int, expected: str) -> None:
    """No estimate, no doubt."""
    columns = calls_to_columns([call("[0-8] C 上个月账单不对", "[4-13] A 嗯嗯，这个我来解释")]).to_pylist()
    columns[0]["utterances"][1]["words"] = [
        {"start_ms": 4000, "end_ms": 4500, "text": "嗯嗯"},
        {"start_ms": begins, "end_ms": 13000, "text": "这个我来解释"},
    ]
    schema = calls_to_columns([]).schema
    batch = type(calls_to_columns([])).from_pylist(columns, schema=schema)
    analysis = analyse(batch, ruleset(rule(CUTS_IN)), PlainFeelings())
    assert Verdict(int(analysis.judgement.verdicts[0, 0])).code == expected


def test_a_turn_of_several_runs_counts_with_all_of_them_but_not_its_pauses() -> None:
    """One second, a pause, and one and a half seconds more."""
    over = timing("[0-9] C 上个月账单不对", "[4-5] A 这个", "[6-7.5] A 我来解释", "[20-21] C 嗯").talk_over
    assert over.overlap_ms.tolist() == [2500]


def test_an_agent_may_cut_into_two_speakers_at_once() -> None:
    """The sure one speaks for the turn."""
    lines = ["[0-8] C 上个月账单不对", "[0-9] U1 我也是这么想的", "[4-9] A 这个我解释一下"]
    assert found(CUTS_IN, *lines) == [("fail", 2, "这个我解释一下")]


def test_a_turn_whose_first_word_has_no_time_proves_nothing() -> None:
    """It may have begun before the customer did."""
    lines = ["[0-1] C 喂", "A 我先跟您说", "[1-9] C 上个月账单不对", "[3-4] C 真的"]
    assert timing(*lines).talk_over.turn.tolist() == []


def test_the_figure_counts_what_the_rule_convicts() -> None:
    """`agent_interruptions` follows the same definition."""
    lines = ["[0-8] C 上个月账单不对", "[4-9] A 这个我解释一下", "[10-18] A 是这样的您看", "[12-19] C 你先听我说完"]
    analysis = analysed([call(*lines)], rule(CUTS_IN))
    counts = [
        figures.interruptions(analysis.batch, analysis.court.timing, role, 2.0, 4).tolist()
        for role in (Role.AGENT, Role.CUSTOMER)
    ]
    assert counts == [[1.0], [1.0]]


# ---- other figures -----------------------------------------------------------------------------------------------


def test_silence_adds_up_gaps_above_the_pause_limit_whoever_was_to_speak() -> None:
    """The longest counts any gap."""
    lines = ["[0-2] A 您好", "[5-6] C 喂", "[8-9] A 请问", "[19-20] C 嗯"]
    analysis = analysed([call(*lines)], ANY_RULE)
    total, longest = figures.silence(analysis.batch, analysis.court.timing)
    assert (total.tolist(), longest.tolist()) == ([13.0], [10.0])


def test_pace_and_share_count_speech_only() -> None:
    """Six code points in two seconds; two of three seconds."""
    batch = analysed([call("[0-2] A 您好，我是小王。", "[3-4] C 喂喂")], ANY_RULE).batch
    assert figures.pace(batch)[0].tolist() == [180.0]
    assert figures.talk_share(batch)[0].tolist() == [pytest.approx(2 / 3)]


def test_the_duration_is_the_end_of_the_recording_or_of_the_last_speech() -> None:
    """Where neither is known there is none."""
    calls = [call("[0-2] A 您好", ended_ms=9000), call("[0-2] A 您好"), call("A 您好")]
    value, known = figures.duration(analysed(calls, ANY_RULE).batch)
    assert (value[:2].tolist(), known.tolist()) == ([9.0, 2.0], [True, True, False])


ANSWER: dict[str, Any] = {"needs": ["timestamps"], "measure": {"figure": "answer_delay_s", "at_most": 5.0}}


@pytest.mark.parametrize(
    ("lines", "connected_ms", "expected"),
    [
        (["[6-8] A 您好", "[9-10] C 喂"], 1000, "pass"),
        (["[6.1-8] A 您好", "[9-10] C 喂"], 1000, "fail"),
        # the agent spoke at the connection, or before
        (["[1-8] A 您好", "[9-10] C 喂"], 2000, "pass"),
        # from the end of the announcement
        (["[1-9] S 工号一为您服务", "[13-15] A 您好"], 0, "pass"),
        (["[1-9] S 工号一为您服务", "[15-16] A 您好"], 0, "fail"),
        # what the customer says is no silence; music is
        (["[1-9] C 我要查话费", "[10-12] A 您好"], 0, "pass"),
        (["[2-3] C 喂", "[9-10] A 您好"], 0, "fail"),
        (["[0-9] S （音乐）", "[9-10] A 您好"], 0, "fail"),
        # the agent's own event is no word
        (["[1-2] A （键盘声）", "[9-10] A 您好"], 0, "fail"),
        # not known: no connection, no times before the first words
        (["[9-10] A 您好"], None, "undetermined"),
        (["A 您好"], 0, "undetermined"),
        (["C 喂", "[9-10] A 您好"], 0, "undetermined"),
        # with partial times a proven delay stands, a pass needs all
        (["[9-10] A 您好", "C 喂"], 0, "fail"),
        (["[1-2] A 您好", "C 喂"], 0, "undetermined"),
        # whoever spoke first may have been the agent
        (["[1-2] U 您好", "[9-10] A 请讲"], 0, "undetermined"),
        (["[1-2] U 您好", "[4-5] A 请讲"], 0, "pass"),
        (["[8-9] U 您好", "[10-11] A 请讲"], 0, "fail"),
        (["[9-10] C 喂"], 0, "not_applicable"),
    ],
)
def test_the_answer_delay_is_silence_before_the_agent(
    lines: list[str], connected_ms: int | None, expected: str
) -> None:
    """From the connection, where known."""
    assert verdict(ANSWER, *lines, connected_ms=connected_ms) == expected


def test_the_answer_delay_shows_the_first_words() -> None:
    """Not the event before them."""
    assert found(ANSWER, "[1-2] C 喂", "[9-10] A 您好", connected_ms=0) == [("fail", 1, "您好")]
    assert found(ANSWER, connected_ms=0) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # 20 s less 8 s of the customer
        (["[4-10] A 您好", "[10-18] C 满意", "[18-24] A 再见"], 12.0),
        # ringing, the announcement before and the hang-up after do not count
        (["[0-9] S 正在接通", "[10-12] A 您好", "[12-13] C 喂", "[40-41] A （挂机）"], 2.0),
        (["[0-9] C 喂"], 0.0),
    ],
)
def test_the_time_taken_leaves_out_the_customers_speech(lines: list[str], expected: float) -> None:
    """It is what the agent can shorten."""
    assert figures.time_taken(analysed([call(*lines, ended_ms=60_000)], ANY_RULE).batch).value.tolist() == [expected]


def test_the_time_taken_needs_all_times_and_known_speakers() -> None:
    """Where an unknown speaker decides, nobody guesses."""
    spec = {"measure": {"figure": "time_taken_s", "at_most": 5.0}}
    assert verdict(spec, "[0-9] A 您好", "C 喂") == "undetermined"
    assert verdict(spec, "[0-2] A 您好", "[2-9] U 满意") == "undetermined"
    assert verdict(spec, "[0-2] A 您好", "[2-5] U 满意") == "pass"
    assert verdict(spec, "[0-9] A 您好", "[9-12] U 满意") == "fail"


def test_a_protest_proves_an_interruption_without_times() -> None:
    """What a pass needs does not shield from a fail that does not need it."""
    spec = {**CUTS_IN, "forbid": [CUTS_IN["forbid"], {"by": "customer", "says": ["别打断我"]}]}
    rows: list[Row] = found(spec, "A 这个我解释一下", "C 你别打断我")
    assert rows == [("fail", 1, "别打断我")]
    assert found(spec, "A 这个我解释一下", "C 你说吧") == [("undetermined", None, None)]
