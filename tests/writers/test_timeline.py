"""The time line of a call: where each turn, silence and overlap is drawn."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from qa_analyzer.writers.html.curve import LEFT, RIGHT, WIDTH
from qa_analyzer.writers.html.timeline import LANE_HEIGHT, MOST_TICKS, SHORTEST, draw_timeline
from qa_analyzer.writers.page import OverlapView, TurnView

PLOT = WIDTH - LEFT - RIGHT


def turn(number: int, role: str, start: float | None, end: float | None) -> TurnView:
    """A turn with its times in seconds."""
    times = [None if one is None else round(one * 1000) for one in (start, end)]
    return TurnView(turn=number, role=role, start_ms=times[0], end_ms=times[1], text="好")


def overlap(start: float, length: float, at: int, counted: str) -> OverlapView:
    """Two people speaking from a second on, so many seconds long."""
    rest: dict[str, Any] = {"kind": "brief", "note": "brief", "note_ms": 0, "ground": "too_short", "counted_ms": 0}
    return OverlapView(
        start_ms=round(start * 1000),
        length_ms=round(length * 1000),
        sounding_ms=None,
        turn=at,
        role="agent",
        over="customer",
        counted=counted,
        characters=0,
        limit_ms=2000,
        fewest=4,
        quote="",
        **rest,
    )


def drawn(*turns: TurnView, overlaps: tuple[OverlapView, ...] = (), marks: dict[int, str] | None = None) -> Any:
    """The drawing, with silences from 5 s on."""
    return draw_timeline(turns, overlaps, marks=marks or {}, gap_ms=5000)


TALK = (turn(0, "agent", 0, 10), turn(1, "customer", 10, 30), turn(2, "agent", 35, 40))


def test_a_turn_stands_where_it_was_said() -> None:
    """Place and width are shares of the time that the call takes: the last end is the right edge."""
    line = drawn(*TALK)
    assert [block.x for block in line.blocks] == pytest.approx([LEFT, LEFT + PLOT / 4, LEFT + PLOT * 35 / 40], abs=0.1)
    assert [block.width for block in line.blocks] == pytest.approx([PLOT / 4, PLOT / 2, PLOT / 8], abs=0.2)
    assert line.end_ms == 40_000
    last = line.blocks[-1]
    assert last.x + last.width == pytest.approx(line.right_x, abs=0.2)


def test_each_speaker_has_a_lane_and_only_those_who_speak() -> None:
    """The agent above the customer, whoever spoke first; a system that says nothing has no lane."""
    line = drawn(turn(0, "customer", 0, 5), turn(1, "agent", 5, 9))
    assert [role for role, _ in line.lanes] == ["agent", "customer"]
    tops = dict(line.lanes)
    assert [block.y for block in line.blocks] == [tops["customer"], tops["agent"]]
    assert tops["customer"] - tops["agent"] >= LANE_HEIGHT
    three = drawn(turn(0, "system", 0, 2), turn(1, "customer", 2, 5), turn(2, "agent", 5, 9))
    assert [role for role, _ in three.lanes] == ["agent", "customer", "system"]
    assert three.height > line.height


def test_a_silence_is_drawn_from_the_limit_on() -> None:
    """5 s between the last words and the next turn is drawn over exactly that stretch; 4.9 s is not."""
    (silence,) = drawn(*TALK).silences
    assert (silence.start_ms, silence.length_ms, silence.turn) == (30_000, 5000, 2)
    assert silence.x == pytest.approx(LEFT + PLOT * 30 / 40, abs=0.1)
    assert silence.width == pytest.approx(PLOT * 5 / 40, abs=0.2)
    assert drawn(turn(0, "agent", 0, 10), turn(1, "customer", 14.9, 30)).silences == ()


def test_nobody_is_silent_while_somebody_still_speaks() -> None:
    """A short turn inside a long one does not end it: the gap counts from the last words of anybody."""
    line = drawn(turn(0, "customer", 0, 20), turn(1, "agent", 3, 4), turn(2, "agent", 21, 30))
    assert line.silences == ()


def test_an_overlap_is_drawn_where_it_is_and_tells_whether_it_counts() -> None:
    """Both kinds, at the turn that came in."""
    talk = (turn(0, "customer", 0, 20), turn(1, "agent", 15, 40))
    found = drawn(*talk, overlaps=(overlap(15, 5, 1, "yes"), overlap(30, 1, 1, "undetermined"))).overlaps
    assert [(one.turn, one.start_ms, one.counted) for one in found] == [(1, 15_000, True), (1, 30_000, False)]
    assert found[0].x == pytest.approx(LEFT + PLOT * 15 / 40, abs=0.1)
    assert found[0].width == pytest.approx(PLOT * 5 / 40, abs=0.2)


def test_what_is_too_short_to_be_seen_is_drawn_all_the_same() -> None:
    """A tenth of a second of an hour, as turn and as overlap."""
    talk = (turn(0, "agent", 0, 0.1), turn(1, "customer", 1, 3600))
    line = drawn(*talk, overlaps=(overlap(0, 0.1, 1, "no"),))
    assert line.blocks[0].width == SHORTEST
    assert line.overlaps[0].width == SHORTEST


def test_a_turn_carries_the_verdict_that_was_found_in_it() -> None:
    """And no other turn does."""
    assert [block.mark for block in drawn(*TALK, marks={1: "fail"}).blocks] == ["", "fail", ""]


@pytest.mark.parametrize("seconds", [8, 45, 61, 599, 3600, 86_000])
def test_ticks_are_few_even_and_within_the_call(seconds: int) -> None:
    """From 0 in equal steps, none beyond the end, at least one more than the first."""
    line = drawn(turn(0, "agent", 0, seconds))
    at = [ms for _, ms in line.ticks]
    steps = {after - before for before, after in itertools.pairwise(at)}
    assert at[0] == 0
    assert at[-1] <= seconds * 1000
    assert 2 <= len(at) <= MOST_TICKS + 1
    assert len(steps) == 1


@pytest.mark.parametrize(
    "turns",
    [
        (),
        (turn(0, "agent", None, None),),
        (turn(0, "agent", 0, 5), turn(1, "customer", None, None)),
        (turn(0, "agent", 0, 5), turn(1, "customer", 6, None)),
        (turn(0, "agent", 0, 0),),
    ],
)
def test_without_all_times_there_is_no_time_line(turns: tuple[TurnView, ...]) -> None:
    """None at all, none of one turn, no end of one, or a call that takes no time."""
    assert drawn(*turns) is None
