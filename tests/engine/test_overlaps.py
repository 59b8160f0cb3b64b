"""Overlaps one by one: what each is, and whether it is one of the interruptions that the contract counts."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_analyzer import figures
from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.judging import Ruleset
from qa_analyzer.model import Call, Role, calls_to_columns
from qa_analyzer.overlaps import MOST_PAIRS, Counted, Overlap, find_overlaps
from qa_analyzer.pages import build_pages
from qa_analyzer.resources import shipped
from qa_analyzer.rulebook import load_rulebook

from .drawing import calls
from .support import PlainFeelings, analysed, call, rule

ANY_RULE = rule({"forbid": {"by": "agent", "says": ["不知道"]}})


@cache
def shipped_rubric() -> Ruleset:
    """The shipped phrase lists and thresholds, with one rule that is never broken here."""
    home = shipped("rules")
    whole = load_rulebook(home, shipped_rubric=home / "rubric.yaml")
    few = tuple(one for one in whole.rules if one.id == "turn_taking/interruption")
    return Ruleset(replace(whole, rules=few, frameworks=()))


def heard(*given: Call) -> Analysis:
    return analyse(calls_to_columns(list(given)), shipped_rubric(), PlainFeelings())


def overlaps(analysis: Analysis) -> list[Overlap]:
    limits = shipped_rubric().rubric.thresholds
    return find_overlaps(analysis.batch, analysis.court.timing, analysis.court.cues, limits)[0]


def told(*lines: str, **facts: Any) -> list[tuple[str, str, str, str]]:
    """(who > whom, kind, counted, ground) of each overlap of one call."""
    analysis = heard(call(*lines, **facts))
    return [_told(analysis, one) for one in overlaps(analysis)]


def _told(analysis: Analysis, one: Overlap) -> tuple[str, str, str, str]:
    letter = {Role.AGENT: "A", Role.CUSTOMER: "C", Role.UNKNOWN: "U"}
    roles = [letter[Role(int(analysis.batch.turn_role[turn]))] for turn in (one.turn, one.over)]
    return ">".join(roles), one.kind.code, one.counted.code, one.ground.code


COMPLAINS = "[0.0-8.0] C 上个月的水费比平时多了一倍，我家里又没有人住"

KINDS = {
    # ---- listening
    "a hum": ([COMPLAINS, "[4.0-4.4] A 嗯"], ("A>C", "backchannel", "no", "listening")),
    "a long row of hums": ([COMPLAINS, "[3.0-6.0] A 嗯嗯好的是的"], ("A>C", "backchannel", "no", "listening")),
    "hums in English": ([COMPLAINS, "[3.0-6.0] A Mm-hmm, I see."], ("A>C", "backchannel", "no", "listening")),
    "speaking over a hum": (
        ["[0.0-3.0] A 嗯，是的", "[0.8-6.0] C 我说的是三月份那张单子"],
        ("C>A", "backchannel", "no", "listening"),
    ),
    "a hum, and then the word when the other is nearly done": (
        [COMPLAINS, "[7.0-9.0] A 嗯，我来帮您查一下吧"],
        ("A>C", "early", "no", "too_short"),
    ),
    "a word of listening and a half-width stop": (
        [COMPLAINS, "[6.6-9.0] A 好的. 我这边帮您查"],
        ("A>C", "early", "no", "too_short"),
    ),
    # ---- the line
    "is anybody there": (
        ["[0.0-6.0] C 那个表是上个月才换的你们师傅装的", "[2.0-5.0] A 喂喂，您听得到我说话吗"],
        ("A>C", "line_check", "yes", "long_enough"),
    ),
    # ---- leaving
    "both say goodbye": (
        ["[0.0-2.0] A 感谢您的来电，再见", "[1.0-2.4] C 好的谢谢再见"],
        ("C>A", "closing", "no", "too_short"),
    ),
    "thanks while the other goes on is no goodbye": (
        [COMPLAINS, "[3.0-3.8] A 感谢您反映"],
        ("A>C", "attempt", "no", "too_short"),
    ),
    # ---- both at once
    "both start after a silence": (
        ["[0.0-1.0] A 请稍等", "[9.0-11.0] C 查到了没有啊", "[9.3-12.0] A 查到了，是阶梯水价"],
        ("A>C", "together", "no", "too_short"),
    ),
    # ---- the other's sentence
    "the missing word": (
        ["[0.0-6.0] C 就是那个什么，那个违约金，你们叫违约金是吧", "[2.2-3.4] A 违约金"],
        ("A>C", "completion", "no", "too_short"),
    ),
    "the end of the sentence, which the other agrees to": (
        ["[0.0-4.0] C 我要退的是那个前年办的那个", "[2.8-4.6] A 校园宽带", "[5.0-7.0] C 对，就是那个"],
        ("A>C", "completion", "no", "too_short"),
    ),
    "a word that the other has said before is an echo": (
        ["[0.0-8.0] C 我家里又没有人住，上个月的水费比平时多了一倍", "[4.0-5.8] A 没有人住"],
        ("A>C", "brief", "no", "too_short"),
    ),
    "a question is no completion": (
        ["[0.0-4.0] C 我要退的是那个前年办的那个", "[3.4-4.6] A 校园宽带吗？", "[5.0-7.0] C 对，就是那个"],
        ("A>C", "early", "no", "too_short"),
    ),
    # ---- a beat early
    "an answer before the question is out": (
        ["[0.0-5.0] C 你们营业厅星期天开不开门呢？", "[4.4-7.0] A 星期天九点开门"],
        ("A>C", "early", "no", "too_short"),
    ),
    "more than a second is left": (
        [COMPLAINS, "[6.9-9.0] A 我先查一下抄表记录"],
        ("A>C", "brief", "no", "too_short"),
    ),
    # ---- attempts
    "stops at once": ([COMPLAINS, "[4.0-4.9] A 那个您看这边"], ("A>C", "attempt", "no", "too_short")),
    "goes on for more than a second": ([COMPLAINS, "[4.0-5.2] A 那个您看这边"], ("A>C", "brief", "no", "too_short")),
    # ---- interruptions
    "takes the floor": ([COMPLAINS, "[4.0-9.0] A 没人住也有底数的"], ("A>C", "interruption", "yes", "long_enough")),
    "talks on beside the other": (
        [COMPLAINS, "[4.0-6.5] A 没人住也有底数的"],
        ("A>C", "interruption", "yes", "long_enough"),
    ),
    "long, but few words": ([COMPLAINS, "[4.0-9.0] A 没人住"], ("A>C", "brief", "no", "too_few")),
    "the customer cuts in": (
        ["[0.0-8.0] A 根据您的用水量，我们核实到三月份的读数是", "[3.0-8.5] C 我不听读数，你给我退"],
        ("C>A", "interruption", "yes", "long_enough"),
    ),
    # ---- undetermined
    "whether it is long enough hangs on interpolation": (
        [COMPLAINS, "[5.6-9.0] A 嗯嗯嗯嗯这个我查"],
        ("A>C", "early", "undetermined", "interpolated"),
    ),
    "nobody knows who speaks": (
        ["[0.0-8.0] U1 上个月的水费比平时多了一倍", "[4.0-9.0] U2 没人住也有底数的", "[9.5-10.0] A 您好"],
        ("U>U", "interruption", "undetermined", "unknown_role"),
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_each_overlap_has_a_kind_and_a_ground(name: str) -> None:
    """Listening, the line, leaving, both at once, completion, a beat early, an attempt, an interruption."""
    lines, expected = KINDS[name]
    assert told(*lines) == [expected]


def test_who_speaks_on_after_losing_the_floor_is_who_interrupts() -> None:
    """The agent cut in; the customer then talks over the agent: one for each."""
    lines = [COMPLAINS, "[5.0-14.0] A 没人住也有底数的，您先听我说一下这个", "[9.0-12.5] C 我说了没有人住怎么会有"]
    assert told(*lines) == [
        ("A>C", "interruption", "yes", "long_enough"),
        ("C>A", "interruption", "yes", "long_enough"),
    ]


def test_a_turn_of_several_runs_is_one_overlap_with_all_its_time() -> None:
    """One second, a pause, and one and a half: together they are long enough."""
    (one,) = overlaps(heard(call("[0-9] C 上个月的水费多了一倍", "[4-5] A 这个", "[6-7.5] A 我来解释", "[20-21] C 嗯")))
    assert (one.start_ms, one.length_ms, one.counted_ms, one.counted) == (4000, 2500, 2500, Counted.YES)


def test_leading_backchannels_do_not_count_but_the_length_is_the_whole_overlap() -> None:
    """The reader of the list finds what is on the recording; what counts stands beside it."""
    (one,) = overlaps(heard(call(COMPLAINS, "[4.0-9.0] A 嗯，嗯，没人住也有底数")))
    assert (one.start_ms, one.length_ms) == (4000, 4000)
    assert one.counted_ms == 8000 - (4000 + 4 * 5000 // 11)
    assert one.characters == 7


def test_word_times_decide_where_they_are_given() -> None:
    """The hum came at once, the words when the customer was done; by code points they would have cut in."""
    given = call(COMPLAINS, "[4.0-9.0] A 嗯没人住也有底数")
    columns = calls_to_columns([given])
    rows = columns.to_pylist()
    rows[0]["utterances"][1]["words"] = [
        {"start_ms": 4000, "end_ms": 4300, "text": "嗯"},
        {"start_ms": 8100, "end_ms": 9000, "text": "没人住也有底数"},
    ]
    timed = analyse(pa.RecordBatch.from_pylist(rows, schema=columns.schema), shipped_rubric(), PlainFeelings())
    assert [_told(timed, one) for one in overlaps(timed)] == [("A>C", "backchannel", "no", "listening")]
    assert overlaps(timed)[0].sounding_ms is None
    assert told(COMPLAINS, "[4.0-9.0] A 嗯没人住也有底数") == [("A>C", "interruption", "yes", "long_enough")]


def test_the_time_in_which_both_are_heard_is_told_from_the_words() -> None:
    """An utterance goes on through its pauses; in one of them the other speaks."""
    pauses = call("[0.0-8.0] C 上个月的水费为什么贵", "[3.0-6.0] A 没人住也有底数的")
    rows = calls_to_columns([pauses]).to_pylist()
    rows[0]["utterances"][0]["words"] = [
        {"start_ms": 0, "end_ms": 3200, "text": "上个月的水费"},
        {"start_ms": 5900, "end_ms": 8000, "text": "为什么贵"},
    ]
    rows[0]["utterances"][1]["words"] = [
        {"start_ms": 3000, "end_ms": 4000, "text": "没人住"},
        {"start_ms": 4000, "end_ms": 6000, "text": "也有底数的"},
    ]
    schema = calls_to_columns([]).schema
    (one,) = overlaps(analyse(pa.RecordBatch.from_pylist(rows, schema=schema), shipped_rubric(), PlainFeelings()))
    assert (one.length_ms, one.sounding_ms, one.counted) == (3000, 300, Counted.YES)


def test_hidden_overlaps_leave_all_undetermined() -> None:
    """Whatever shows all the same is not all there is, so that no number can be given."""
    for lines in ([COMPLAINS, "[4.0-9.0] A 没人住也有底数的"], [COMPLAINS, "[4.0-4.9] A 嗯"]):
        (one,) = told(*lines, overlaps="hidden")
        assert one[2:] == ("undetermined", "hidden")


def test_without_times_there_are_no_overlaps() -> None:
    """And neither have events, nor announcements of the system."""
    assert told("C 上个月的水费多了", "A 没人住也有底数的") == []
    assert told(COMPLAINS, "[2-3] A （键盘声）", "[4-7] S 您的通话可能被录音") == []


def test_the_words_shown_are_those_of_who_came_in() -> None:
    """Up to the end of the overlap and a little further, masked like all else."""
    analysis = heard(call(COMPLAINS, "[6.5-20.0] A 那我记一下您的号码是13912345678然后我这边给您派一张单子下去核实"))
    (page,) = build_pages(analysis, shipped_rubric(), "zh")
    (view,) = page.overlaps
    assert (view.role, view.over, view.turn) == ("agent", "customer", 1)
    assert "13912345678" not in view.quote
    assert view.quote.startswith("那我记一下您的号码是") and view.quote.endswith("…")


def test_more_overlaps_than_anybody_can_look_at_are_left_out_and_said_to_be() -> None:
    """Every utterance of a mangled call lasts for the whole of it."""
    speakers = 70
    broken = call(*(f"[0.0-900.0] U{number % 10}{number} 这是第几句" for number in range(speakers)))
    voices = [replace(one, speaker=f"{number}") for number, one in enumerate(broken.utterances)]
    sound = call(COMPLAINS, "[4.0-9.0] A 没人住也有底数的", call_id="sound")
    analysis = heard(replace(broken, utterances=tuple(voices)), sound)
    limits = shipped_rubric().rubric.thresholds
    found, left_out = find_overlaps(analysis.batch, analysis.court.timing, analysis.court.cues, limits)
    counted = [sum(one.call == number for one in found) for number in (0, 1)]
    assert counted == [MOST_PAIRS, 1]
    assert left_out.tolist() == [speakers * (speakers - 1) // 2 - MOST_PAIRS, 0]


@settings(max_examples=300, deadline=None)
@given(st.lists(calls(), min_size=1, max_size=3))
def test_the_list_counts_what_the_figures_count(drawn: list[Call]) -> None:
    """Every interruption of the contract is in the list once, and what is in the list is counted."""
    analysis = analysed(drawn, ANY_RULE)
    batch, timing = analysis.batch, analysis.court.timing
    limits = {"interruption_overlap_s": 1.0, "interruption_characters": 2}
    found, _ = find_overlaps(batch, timing, analysis.court.cues, limits)
    for role in (Role.AGENT, Role.CUSTOMER):
        listed = np.zeros(batch.n_calls)
        for one in found:
            listed[one.call] += one.counted is Counted.YES and batch.turn_role[one.turn] == role
        assert listed.tolist() == figures.interruptions(batch, timing, role, 1.0, 2).tolist()


@settings(max_examples=200, deadline=None)
@given(calls())
def test_every_moment_of_two_voices_is_in_the_list(drawn: Call) -> None:
    """No time at which agent and customer both speak is missing, and none is made up."""
    analysis = analysed([drawn], ANY_RULE)
    batch = analysis.batch
    found, _ = find_overlaps(batch, analysis.court.timing, analysis.court.cues, {})
    spoken = [
        (int(batch.run_role[run]), int(batch.runs.start_ms[run]), int(batch.runs.end_ms[run]))
        for run in range(len(batch.run_turn))
        if batch.runs.timed[run] and not batch.run_silent[run]
    ]
    both = sum(
        max(0, min(one[2], other[2]) - max(one[1], other[1]))
        for one in spoken
        for other in spoken
        if one[0] == Role.AGENT and other[0] == Role.CUSTOMER
    )
    listed = {
        (min(one.turn, one.over), max(one.turn, one.over), one.start_ms, one.length_ms)
        for one in found
        if {int(batch.turn_role[one.turn]), int(batch.turn_role[one.over])} == {Role.AGENT, Role.CUSTOMER}
    }
    assert sum(length for *_, length in listed) == both
