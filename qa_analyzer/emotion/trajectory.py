"""The course of a customer's emotion through a call: start, valley, peak, end and a recency-weighted mean.

Knows per-turn values and where calls begin. Knows nothing about text, agents or why the mood changed.

A turn that is only a backchannel (嗯, 好的) tells little: it keeps the mood of the customer's last real turn, takes
part in the mean with `BACKCHANNEL_WEIGHT`, and cannot be a start. Before the first real turn the mood is neutral, 0.

The mean weighs a turn by `RECENCY` to the power of the number of the customer's real turns after it. Source:
when a dialogue's satisfaction was predicted from gold turn labels (another corpus of rated dialogues), the mean with
0.8 was best (AUC .909 and .917), the last turn alone had .800, end minus start .630: hence no slope here.

All sums are of integers (values in thousandths, weights in 2**-20), so that a call has the same numbers in any batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_analyzer.emotion.model import STEPS_PER_UNIT

Offsets = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

RECENCY = 0.8
BACKCHANNEL_WEIGHT = 0.2
_WEIGHT_UNIT = 1 << 20
_LONGEST_MEMORY = 62
"""From 62 real turns back on the weight is below one unit and counts as one: a long call's beginning hardly counts."""


TRENDS = ("steady", "improved", "worsened", "recovered", "dissatisfied")
TREND_WINDOW = 3
"""A mood is judged by the mean of so many real turns: a single one says too little. Fewer in a call have no trend."""
TREND_CHANGE = 0.25
"""A change of less than this is none. Own choice: half of the way from neutral to plainly unhappy or pleased."""


@dataclass(frozen=True)
class Trajectory:
    """One row a call; shapes: c calls, t customer turns.

    mood: (t,) float64, the value of each turn, backchannels carrying the mood before them.
    start, valley, peak, end, mean: (c,) float64 in -1 … +1, multiples of 0.001; 0 where not `known`.
    known: (c,) bool, the call has a customer turn.
    """

    mood: Floats
    start: Floats
    valley: Floats
    peak: Floats
    end: Floats
    mean: Floats
    known: Mask


def carry(thousandths: Offsets, turn_call_start: Offsets, is_backchannel: Mask) -> Offsets:
    """Give each backchannel the value of the last real turn before it in its call, else 0. All (t,)."""
    real = np.where(is_backchannel, -1, np.arange(len(thousandths)))
    last_real = np.maximum.accumulate(real)
    return np.where(last_real >= turn_call_start, thousandths[np.maximum(last_real, 0)], 0)


def follow(values: Floats | npt.NDArray[np.float32], call_turn: Offsets, is_backchannel: Mask) -> Trajectory:
    """Summarise each call.

    values: (t,) float in -1 … +1 of customer turns in order of call and time. call_turn: (c + 1,) int64, the customer
    turns of call i are call_turn[i] … call_turn[i + 1] - 1, perhaps none. is_backchannel: (t,) bool.
    A call of nothing but backchannels is known and neutral.
    """
    n_calls = len(call_turn) - 1
    known = np.diff(call_turn) > 0
    summary = np.zeros((5, n_calls), dtype=np.int64)
    n_turns = len(values)
    if n_turns == 0:
        return _trajectory(np.zeros(0, dtype=np.int64), summary, known)
    thousandths = np.rint(np.asarray(values, dtype=np.float64) * STEPS_PER_UNIT).astype(np.int64)
    first = call_turn[:-1][known]  # (calls with turns,); what lies between is never empty
    last = call_turn[1:][known] - 1
    turn_call_start = np.repeat(first, last - first + 1)
    turn_call_end = np.repeat(last, last - first + 1)
    mood = carry(thousandths, turn_call_start, is_backchannel)

    real_through = np.cumsum(~is_backchannel)  # (t,) real turns up to and with this one
    real_after: Offsets = real_through[turn_call_end] - real_through
    weight = _recency_weights()[np.minimum(real_after, _LONGEST_MEMORY)]
    weight = np.where(is_backchannel, np.maximum(weight // round(1 / BACKCHANNEL_WEIGHT), 1), weight)
    first_real = np.minimum.reduceat(np.where(is_backchannel, n_turns, np.arange(n_turns)), first)
    start = np.where(first_real < n_turns, mood[np.minimum(first_real, n_turns - 1)], 0)
    # What came before the first real turn is unknown, not neutral: it is no valley and no peak.
    spoken = np.arange(n_turns) >= np.repeat(first_real, last - first + 1)
    heard = np.where(spoken, mood, np.repeat(start, last - first + 1))
    weighted = np.add.reduceat(heard * weight, first)
    total = np.add.reduceat(weight, first)
    summary[0, known] = start
    summary[1, known] = np.minimum.reduceat(heard, first)
    summary[2, known] = np.maximum.reduceat(heard, first)
    summary[3, known] = mood[last]
    summary[4, known] = (2 * weighted + total) // (2 * total)  # rounded half up
    return _trajectory(mood, summary, known)


def name_trends(mood: Floats, call_turn: Offsets, is_backchannel: Mask, negative: float) -> Offsets:
    """The trend of each call, (c,) int64 index into TRENDS, -1 with fewer than `TREND_WINDOW` real turns.

    mood, call_turn, is_backchannel as in `follow`; `negative`: a value up to which a mood is unhappy. By the means of
    `TREND_WINDOW` real turns in a row, the first (opening), the last (closing) and the lowest:
    dissatisfied: opening and closing are unhappy. recovered: it fell to an unhappy low by `TREND_CHANGE` or more and
    rose by as much again. improved, worsened: closing differs from opening by so much, and what worsened ends at least
    half unhappy (from pleased to calm is no change for the worse). steady: none of these.
    """
    n_calls = len(call_turn) - 1
    trend = np.full(n_calls, -1, dtype=np.int64)
    real = np.flatnonzero(~is_backchannel)
    call = np.searchsorted(call_turn, real, "right") - 1
    if len(real) < TREND_WINDOW:
        return trend
    total = np.concatenate(([0], np.cumsum(np.rint(mood[real] * STEPS_PER_UNIT).astype(np.int64))))
    sums = total[TREND_WINDOW:] - total[:-TREND_WINDOW]
    whole = call[TREND_WINDOW - 1 :] == call[: 1 - TREND_WINDOW]
    sums, of = sums[whole], call[: 1 - TREND_WINDOW][whole]
    if not len(of):
        return trend
    first = np.flatnonzero(np.append(True, of[1:] != of[:-1]))
    last = np.append(first[1:], len(of)) - 1
    unit = TREND_WINDOW * STEPS_PER_UNIT
    opening, closing = sums[first] / unit, sums[last] / unit
    lowest = np.minimum.reduceat(sums, first) / unit
    fell, rose = opening - lowest >= TREND_CHANGE, closing - lowest >= TREND_CHANGE
    named = np.select(
        [
            (opening <= negative) & (closing <= negative),
            fell & rose & (lowest <= negative),
            closing - opening >= TREND_CHANGE,
            (opening - closing >= TREND_CHANGE) & (closing <= negative / 2),
        ],
        [TRENDS.index(name) for name in ("dissatisfied", "recovered", "improved", "worsened")],
        TRENDS.index("steady"),
    )
    trend[of[first]] = named
    return trend


@dataclass(frozen=True)
class TurningPoints:
    """The largest change of one direction in each call, all (c,): from one real customer turn to the next.

    before, after: indices of those customer turns, -1 where no change reaches `TREND_CHANGE`; change: their difference.
    """

    before: Offsets
    after: Offsets
    change: Floats


def turning_points(
    mood: Floats, call_turn: Offsets, is_backchannel: Mask, *, falls: bool, negative: float
) -> TurningPoints:
    """Where the customer's mood turned most, down (`falls`) or up; the first of equal ones. Arguments as in `follow`.

    `negative`: a value up to which a mood is unhappy. A fall must end, and a rise must not, at least half unhappy:
    after thanks a calm turn hurts nobody, and furious after more furious is no help. Backchannels are passed over: 嗯
    between two turns neither raises nor lowers a mood.
    """
    n_calls = len(call_turn) - 1
    before = np.full(n_calls, -1, np.int64)
    after, change = before.copy(), np.zeros(n_calls)
    real = np.flatnonzero(~is_backchannel)
    call = np.searchsorted(call_turn, real, "right") - 1
    thousandths = np.rint(mood[real] * STEPS_PER_UNIT).astype(np.int64)
    step = np.diff(thousandths) * (-1 if falls else 1)
    unhappy = thousandths[1:] <= round(negative / 2 * STEPS_PER_UNIT)
    step = np.where((call[1:] == call[:-1]) & (unhappy == falls), step, 0) if len(real) > 1 else step
    large = np.flatnonzero(step >= round(TREND_CHANGE * STEPS_PER_UNIT))
    if not len(large):
        return TurningPoints(before, after, change)
    order = large[np.lexsort((large, -step[large], call[large]))]
    first = order[np.unique(call[order], return_index=True)[1]]
    of = call[first]
    before[of], after[of] = real[first], real[first + 1]
    change[of] = (thousandths[first + 1] - thousandths[first]) / STEPS_PER_UNIT
    return TurningPoints(before, after, change)


def _trajectory(mood: Offsets, summary: Offsets, known: Mask) -> Trajectory:
    """From thousandths (t,) and (5, c) to values."""
    start, valley, peak, end, mean = summary / STEPS_PER_UNIT
    return Trajectory(mood / STEPS_PER_UNIT, start, valley, peak, end, mean, known)


def _recency_weights() -> Offsets:
    """Weight by number of real turns after. (`_LONGEST_MEMORY` + 1,) int64"""
    return np.array([max(round(_WEIGHT_UNIT * RECENCY**back), 1) for back in range(_LONGEST_MEMORY + 1)])
