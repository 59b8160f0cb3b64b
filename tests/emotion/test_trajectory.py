"""The course of emotion through a call, on cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_analyzer.emotion.trajectory import (
    BACKCHANNEL_WEIGHT,
    RECENCY,
    TRENDS,
    Trajectory,
    follow,
    name_trends,
    turning_points,
)

SUMMARIES = ("start", "valley", "peak", "end", "mean")


def one_call(values: list[float], backchannel: list[bool] | None = None) -> Trajectory:
    mask = np.array(backchannel or [False] * len(values), dtype=bool)
    return follow(np.array(values), np.array([0, len(values)], dtype=np.int64), mask)


def summary(path: Trajectory, call: int = 0) -> list[float]:
    return [float(getattr(path, name)[call]) for name in SUMMARIES]


def test_four_turns() -> None:
    """Start, valley, peak and end are values; the mean weighs 0.8 to the power of turns after."""
    path = one_call([-0.2, -0.8, 0.1, 0.5])
    weights = [0.512, 0.64, 0.8, 1.0]
    mean = sum(w * v for w, v in zip(weights, [-0.2, -0.8, 0.1, 0.5], strict=True)) / sum(weights)
    assert summary(path) == pytest.approx([-0.2, -0.8, 0.5, 0.5, mean], abs=0.0006)


def test_a_backchannel_keeps_the_mood() -> None:
    """嗯 after a complaint is not neutral, and does not end the call on its own value."""
    path = one_call([-0.8, 0.7], [False, True])
    assert path.mood.tolist() == [-0.8, -0.8]
    assert summary(path) == [-0.8] * 5


def test_a_backchannel_weighs_little() -> None:
    """It takes part in the mean with a fifth of a turn's weight and ages nothing."""
    path = one_call([-0.5, 0.5, 0.0], [False, False, True])
    weights = [RECENCY, 1.0, BACKCHANNEL_WEIGHT]
    expected = (-0.5 * weights[0] + 0.5 * weights[1] + 0.5 * weights[2]) / sum(weights)
    assert path.mean[0] == pytest.approx(expected, abs=0.0006)


def test_leading_backchannels_are_no_start_and_no_valley() -> None:
    """Before the first real turn nothing is known: 喂 then a pleased sentence starts pleased."""
    path = one_call([0.0, 0.6, 0.4], [True, False, False])
    assert path.mood.tolist() == [0.0, 0.6, 0.4]
    assert summary(path)[:4] == [0.6, 0.4, 0.6, 0.4]


def test_nothing_but_backchannels_is_neutral_and_known() -> None:
    """There was a customer, who said nothing that tells."""
    path = one_call([0.8, 0.8], [True, True])
    assert summary(path) == [0.0] * 5
    assert path.known.tolist() == [True]


def test_a_call_without_customer_turns_is_unknown_and_harms_no_neighbour() -> None:
    """First, between and last; mood is never carried from one call into the next."""
    offsets = np.array([0, 0, 2, 2, 3, 3], dtype=np.int64)
    path = follow(np.array([-0.5, 0.1, 0.9]), offsets, np.array([False, False, True]))
    assert path.known.tolist() == [False, True, False, True, False]
    assert summary(path, 1)[:4] == [-0.5, -0.5, 0.1, 0.1]
    assert summary(path, 3) == [0.0] * 5
    assert summary(path, 0) == [0.0] * 5


@pytest.mark.parametrize(
    ("values", "trend"),
    [
        ([0.1, 0.0, 0.1, 0.0], "steady"),
        ([-0.1, -0.2, -0.1, 0.3, 0.4, 0.2], "improved"),
        ([0.2, 0.1, 0.2, -0.4, -0.5, -0.3], "worsened"),
        ([0.1, 0.0, -0.6, -0.7, -0.8, 0.0, 0.2, 0.3], "recovered"),
        ([-0.6, -0.5, -0.7, -0.2, -0.6, -0.4, -0.5], "dissatisfied"),
        # unhappy at the start, not at the end, without a further fall
        ([-0.6, -0.5, -0.5, 0.0, 0.3, 0.2], "improved"),
        # from pleased to calm
        ([0.7, 0.6, 0.5, 0.1, 0.0, -0.1], "steady"),
        # one sharp turn is no trend
        ([0.0, 0.0, 0.0, -0.7, 0.0, 0.0, 0.0], "steady"),
        ([-0.9, -0.9], None),
    ],
)
def test_the_trend_is_that_of_three_turns_together(values: list[float], trend: str | None) -> None:
    """Opening, closing and lowest mean of three; backchannels in between change nothing."""
    real = np.array(values)
    for mood, listening in (
        (real, np.zeros(len(real), bool)),
        (np.repeat(real, 2), np.tile([False, True], len(real))),
    ):
        named = name_trends(mood, np.array([0, 0, len(mood)], dtype=np.int64), listening, -0.3)
        assert [TRENDS[code] if code >= 0 else None for code in named.tolist()] == [None, trend]


def test_the_trend_of_a_call_does_not_depend_on_its_neighbours() -> None:
    """Windows never reach over the boundary of calls."""
    one, other = [0.2, 0.1, 0.2, -0.4, -0.5, -0.3], [-0.1, -0.2, -0.1, 0.3, 0.4, 0.2]
    both = name_trends(np.array([*one, 0.5, *other]), np.array([0, 6, 7, 13]), np.zeros(13, bool), -0.3)
    assert both.tolist() == [TRENDS.index("worsened"), -1, TRENDS.index("improved")]


def test_no_calls_and_no_turns() -> None:
    """Empty input gives empty columns."""
    nothing = np.zeros(0)
    assert follow(nothing, np.array([0], dtype=np.int64), nothing.astype(bool)).known.shape == (0,)
    assert follow(nothing, np.array([0, 0], dtype=np.int64), nothing.astype(bool)).known.tolist() == [False]


calls = st.lists(
    st.lists(st.tuples(st.integers(-1000, 1000), st.booleans()), max_size=90),
    min_size=1,
    max_size=6,
)


@given(calls)
@settings(max_examples=100, deadline=None)
def test_a_call_alone_equals_the_call_in_a_crowd(turns_by_call: list[list[tuple[int, bool]]]) -> None:
    """Every number is the same, to the last bit."""
    flat = [turn for call in turns_by_call for turn in call]
    offsets = np.concatenate(([0], np.cumsum([len(call) for call in turns_by_call]))).astype(np.int64)
    values = np.array([value / 1000 for value, _ in flat], dtype=np.float64)
    together = follow(values, offsets, np.array([mask for _, mask in flat], dtype=bool))
    for number, call in enumerate(turns_by_call):
        alone = one_call([value / 1000 for value, _ in call], [mask for _, mask in call])
        assert summary(together, number) == summary(alone)
        low, high = summary(alone)[1:3]
        assert low <= summary(alone)[4] <= high


def points_of(values: list[float], backchannel: list[int] | None = None, *, falls: bool) -> tuple[int, int, float]:
    quiet = np.zeros(len(values), np.bool_)
    quiet[backchannel or []] = True
    offsets = np.array([0, len(values)])
    mood = follow(np.array(values), offsets, quiet).mood
    found = turning_points(mood, offsets, quiet, falls=falls, negative=-0.3)
    return int(found.before[0]), int(found.after[0]), round(float(found.change[0]), 3)


def test_the_largest_fall_and_rise_and_the_first_of_equal_ones() -> None:
    values = [0.1, -0.4, 0.1, -0.4, 0.2]
    assert points_of(values, falls=True) == (0, 1, -0.5)
    assert points_of(values, falls=False) == (3, 4, 0.6)


def test_a_backchannel_between_two_turns_is_passed_over() -> None:
    assert points_of([0.3, 0.0, -0.5], [1], falls=True) == (0, 2, -0.8)


def test_a_small_change_is_no_turning_point() -> None:
    assert points_of([0.1, -0.1, 0.1], falls=True) == (-1, -1, 0.0)
    assert points_of([0.1], falls=False) == (-1, -1, 0.0)


def test_from_thanks_to_calm_is_no_fall_and_from_fury_to_anger_no_rise() -> None:
    """The largest change that counts is the other one."""
    assert points_of([0.9, 0.0, -0.4], falls=True) == (1, 2, -0.4)
    assert points_of([0.9, 0.0], falls=True) == (-1, -1, 0.0)
    assert points_of([-1.0, -0.5, -0.1], falls=False) == (1, 2, 0.4)


def test_turning_points_never_cross_from_call_to_call() -> None:
    quiet = np.zeros(4, np.bool_)
    found = turning_points(np.array([0.9, 0.9, -0.9, -0.9]), np.array([0, 2, 2, 4]), quiet, falls=True, negative=-0.3)
    assert found.after.tolist() == [-1, -1, -1]
