"""Emotion points → the geometry of an inline SVG. Knows pixels, not templates or words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa_analyzer.writers.page import EmotionPoint

WIDTH, HEIGHT = 720, 190
LEFT, RIGHT, TOP, BOTTOM = 88, 18, 22, 26
"""Room for labels around the plot, in the units of the view box."""
SAME = 0.0006
"""Values are told to three places."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One customer turn. `sure`: in percent. `marks` ⊂ start, valley, peak, end (catalogue keys `call.…`)."""

    x: float
    y: float
    turn: int
    value: float
    label: str
    sure: int | None
    marks: tuple[str, ...]
    anchor: str
    label_y: float

    @property
    def unsure(self) -> bool:
        """Its label is more probably wrong than right."""
        return self.sure is not None and self.sure < 50


@dataclass(frozen=True, slots=True)
class Curve:
    """The whole drawing."""

    points: tuple[CurvePoint, ...]
    line: str
    zero_y: float
    top_y: float
    bottom_y: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right_x: int = WIDTH - RIGHT


def draw_curve(
    emotion: Sequence[EmotionPoint],
    *,
    last_turn: int,
    told: Mapping[str, float | None] | None = None,
    start_of: Mapping[int, int | None] | None = None,
    end_ms: int = 0,
) -> Curve | None:
    """Lay the points out by turn, or by time where `start_of` (turn → ms) knows every start, `end_ms` the end, so
    that the curve stands under the time line. `told`: the values of start, valley, peak and end that the tables give:
    courtesies and mere listening are points of the curve, but none of these. None without a point.
    """
    points = [EmotionPoint(*point) for point in emotion]
    if not points:
        return None
    values = [point.value for point in points]
    marked: dict[int, list[str]] = {}
    for mark, at in (
        ("start", 0),
        ("valley", values.index(min(values))),
        ("peak", values.index(max(values))),
        ("end", len(values) - 1),
    ):
        marked.setdefault(_place(values, (told or {}).get(mark), at, last=mark == "end"), []).append(mark)
    plot = WIDTH - LEFT - RIGHT
    starts = [(start_of or {}).get(point.turn) for point in points]
    known = [start for start in starts if start is not None]
    by_time = end_ms > 0 and len(known) == len(points)
    places = known if by_time else [point.turn for point in points]
    span = max(end_ms, *places) if by_time else max(last_turn, points[-1].turn, 1)
    drawn = []
    for at, point in enumerate(points):
        x = round(LEFT + plot * places[at] / span, 1)
        y = round(_y(point.value), 1)
        anchor = "start" if x < LEFT + 40 else "end" if x > WIDTH - RIGHT - 40 else "middle"
        names = marked.get(at, [])
        # Away from the line: it comes down to a valley and up to a peak; elsewhere it is where the neighbours are.
        around = values[max(at - 1, 0) : at + 2]
        below = (
            point.value < sum(around) / len(around) if ("valley" in names) == ("peak" in names) else "valley" in names
        )
        label_y = round(y + 20 if below else y - 11, 1)
        drawn.append(CurvePoint(x, y, point.turn, point.value, point.label, point.sure, tuple(names), anchor, label_y))
    line = " ".join(f"{point.x},{point.y}" for point in drawn)
    return Curve(tuple(drawn), line, _y(0), _y(1), _y(-1))


def _place(values: Sequence[float], told: float | None, other: int, *, last: bool) -> int:
    """Where a value stands, the first or the last time; `other` where it does not."""
    places = [at for at, value in enumerate(values) if told is not None and abs(value - told) < SAME]
    return (places[-1] if last else places[0]) if places else other


def _y(value: float) -> float:
    bounded = min(max(value, -1.0), 1.0)
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - bounded) / 2
