"""A call's turns → the geometry of an inline SVG: one lane a speaker over time. Knows pixels, not words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_analyzer.writers.html.curve import LEFT, RIGHT, WIDTH
from qa_analyzer.writers.page import OverlapView, TurnView

LANE_HEIGHT, LANE_GAP, TOP, AXIS = 26, 12, 8, 24
LANES = ("agent", "customer", "system", "unknown")
SHORTEST = 1.5
"""Pixels: a shorter turn would not be seen."""
STEPS_MS = tuple(1000 * seconds for seconds in (5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400))
MOST_TICKS = 9


@dataclass(frozen=True, slots=True)
class Block:
    """One turn. `mark`: the gravest verdict with evidence in it, empty for none."""

    x: float
    y: float
    width: float
    turn: int
    role: str
    start_ms: int
    mark: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A silence, or an overlap at turn `turn`."""

    x: float
    width: float
    turn: int
    start_ms: int
    length_ms: int
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole drawing. `lanes`: role and top; `ticks`: place and ms."""

    blocks: tuple[Block, ...]
    silences: tuple[Stretch, ...]
    overlaps: tuple[Stretch, ...]
    lanes: tuple[tuple[str, float], ...]
    ticks: tuple[tuple[float, int], ...]
    height: float
    bottom: float
    end_ms: int
    width: int = WIDTH
    left: int = LEFT
    right_x: int = WIDTH - RIGHT
    lane_height: int = LANE_HEIGHT


def draw_timeline(
    turns: Sequence[TurnView],
    overlaps: Sequence[OverlapView],
    *,
    marks: Mapping[int, str],
    gap_ms: int,
) -> Timeline | None:
    """Lay the turns out by time. `marks`: turn → verdict; silences from `gap_ms` on are drawn. None unless every
    turn has its times.
    """
    timed = [(turn, turn.start_ms, turn.end_ms) for turn in turns if turn.start_ms is not None]
    ends = [end for _, _, end in timed if end is not None]
    if not turns or len(timed) < len(turns) or len(ends) < len(turns) or not max(ends):
        return None
    end_ms = max(ends)

    def place(ms: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * ms / end_ms, 1)

    present = [role for role in LANES if any(turn.role == role for turn in turns)]
    tops = {role: float(TOP + at * (LANE_HEIGHT + LANE_GAP)) for at, role in enumerate(present)}
    blocks, silences, heard_until = [], [], None
    for turn, start, end in timed:
        if end is None:
            continue
        width = max(place(end) - place(start), SHORTEST)
        blocks.append(
            Block(place(start), tops[turn.role], round(width, 1), turn.turn, turn.role, start, marks.get(turn.turn, ""))
        )
        if heard_until is not None and start - heard_until >= gap_ms:
            width = place(start) - place(heard_until)
            silences.append(Stretch(place(heard_until), round(width, 1), turn.turn, heard_until, start - heard_until))
        heard_until = max(heard_until or 0, end)
    bottom = TOP + len(present) * (LANE_HEIGHT + LANE_GAP) - LANE_GAP / 2
    step = next((step for step in STEPS_MS if end_ms / step <= MOST_TICKS), STEPS_MS[-1])
    return Timeline(
        tuple(blocks),
        tuple(silences),
        tuple(
            Stretch(
                place(one.start_ms),
                round(max(place(one.start_ms + one.length_ms) - place(one.start_ms), SHORTEST), 1),
                one.turn,
                one.start_ms,
                one.length_ms,
                one.counted == "yes",
            )
            for one in overlaps
        ),
        tuple(tops.items()),
        tuple((place(ms), ms) for ms in range(0, end_ms + 1, step)),
        bottom + AXIS,
        bottom,
        end_ms,
    )
