"""Utterances → runs → turns, as arrays.

A run is what one speaker says with no gap above `join_gap_ms`, whoever speaks meanwhile. A turn is a run and
those that continue it: no other speaker's run but a backchannel has started since, and the pause is below
`pause_ms`. Without times neighbours of one speaker are one run, and neighbouring runs of one speaker one turn.
Knows speakers and times, not words: whether a run is a backchannel is told to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

TIME_STRIDE = np.int64(1) << 32
"""Larger than any time in ms (24 h): keeps speakers and calls apart on one axis."""


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """Times in ms. Sources: contract (200 ms, 3 s); both settable in the rubric."""

    join_gap_ms: int = 200
    pause_ms: int = 3000


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs in order of call, start, input.

    call, speaker, start_ms, end_ms: (n_runs,) int64; timed: (n_runs,) bool, times are zero where False.
    utterance: (n_utterances,) int64, utterances in order of run, then of time; offsets: (n_runs + 1,) into it.
    """

    call: Indices
    speaker: Indices
    start_ms: Indices
    end_ms: Indices
    timed: Mask
    utterance: Indices
    offsets: Indices


def _previous_of_same(key: Indices) -> Indices:
    """For each position the nearest earlier one with the same key, or -1. (n,)"""
    order = np.argsort(key, kind="stable")
    previous = np.full(len(key), -1, np.int64)
    same = key[order[1:]] == key[order[:-1]]
    previous[order[1:][same]] = order[:-1][same]
    return previous


def _reach(key: Indices, end_ms: Indices) -> Indices:
    """The latest end so far among the elements of the same key: an utterance may lie inside an earlier one. (n,)"""
    order = np.argsort(key, kind="stable")
    axis = key[order] * TIME_STRIDE
    reach = np.empty(len(key), np.int64)
    reach[order] = np.maximum.accumulate(axis + end_ms[order]) - axis
    return reach


def _chains(previous: Indices, continues: Mask) -> Indices:
    """The head of each element's chain, where an element that continues belongs to its previous one's. (n,)"""
    parent = np.where(continues, previous, np.arange(len(previous)))
    while True:
        grand = parent[parent]
        if np.array_equal(grand, parent):
            return parent
        parent = grand


def build_runs(
    call: Indices, speaker: Indices, start_ms: Indices, end_ms: Indices, timed: Mask, settings: TurnSettings
) -> Runs:
    """Join utterances to runs.

    Args: one element an utterance, in input order, calls contiguous and ascending; `speaker` any code that
    tells the speakers of one call apart; `start_ms`, `end_ms` zero where not `timed`.
    An utterance without times keeps its place in the input: it is ordered by the last start known before it.
    """
    count = len(call)
    index = np.arange(count)
    if not count:
        empty = np.zeros(0, np.int64)
        return Runs(empty, empty, empty, empty, np.zeros(0, np.bool_), empty, np.zeros(1, np.int64))
    place = start_ms
    if not timed.all():
        first = np.concatenate(([True], call[1:] != call[:-1]))
        known = np.maximum.accumulate(np.where(timed | first, index, 0))
        place = np.where(timed[known], start_ms[known], 0)
    falls = (place[1:] < place[:-1]) & (call[1:] == call[:-1])
    order = np.lexsort((index, place, call)) if falls.any() else index
    call_, speaker_, timed_ = call[order], speaker[order], timed[order]
    start_, end_ = start_ms[order], end_ms[order]
    key = call_ * (int(speaker.max()) + 1) + speaker_
    previous = _previous_of_same(key)
    both = timed_ & timed_[previous]
    gap = start_ - _reach(key, end_)[previous]
    neither = ~timed_ & ~timed_[previous] & (previous == index - 1)
    continues = (previous >= 0) & np.where(both, gap <= settings.join_gap_ms, neither)
    head = _chains(previous, continues)
    heads, run_of = np.unique(head, return_inverse=True)
    by_run = np.argsort(run_of, kind="stable") if np.any(run_of[1:] < run_of[:-1]) else index
    offsets = np.searchsorted(run_of[by_run], np.arange(len(heads) + 1))
    run_end = np.maximum.reduceat(end_[by_run], offsets[:-1])
    return Runs(
        call=call_[heads],
        speaker=speaker_[heads],
        start_ms=start_[heads],
        end_ms=run_end,
        timed=timed_[heads],
        utterance=order[by_run],
        offsets=offsets,
    )


def build_turns(runs: Runs, backchannel: Mask, settings: TurnSettings) -> Indices:
    """The turn each run belongs to, (n_runs,) int64, numbered over the batch in order of the turns' first runs.

    `backchannel`: (n_runs,) bool, the whole run is listening, not speaking (or no speech at all).
    """
    count = len(runs.call)
    if not count:
        return np.zeros(0, np.int64)
    index = np.arange(count)
    width = int(runs.speaker.max()) + 1
    previous = _previous_of_same(runs.call * width + runs.speaker)
    has = previous >= 0
    untimed = ~(runs.timed & runs.timed[previous])
    spoken = np.concatenate(([0], np.cumsum(~backchannel)))
    # Between a run and the speaker's previous one all runs are other speakers'.
    nobody_took_over = spoken[index] == spoken[previous + 1]
    adjacent = previous == index - 1
    short = runs.start_ms - runs.end_ms[previous] < settings.pause_ms
    continues = has & np.where(untimed, adjacent, nobody_took_over & short)
    head = _chains(previous, continues)
    _, turn = np.unique(head, return_inverse=True)
    return turn.astype(np.int64)
