"""Figures measured on calls: what `measure` rules compare, and the metric columns of the calls table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.batch import Batch
from qa_analyzer.model import Role
from qa_analyzer.timing import Timing

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

WHY_NO_TIMESTAMPS = 1
WHY_NO_START_TIME = 3
WHY_UNSURE_KIND = 20
WHY_BEYOND_CALENDAR = 21
"""Why codes, see `judging.Why`; those of promised times are only used here."""


@dataclass(frozen=True)
class Figure:
    """A figure of each call. All (c,).

    value; most: what it is if turns of unknown role count; known: measurable; proven: a lower bound that holds
    although not all is known; basis: number of things it rests on; applies: there is something to measure;
    turn: where it shows, or -1; why: Why code where not known.
    """

    value: NDArray[np.float64]
    most: NDArray[np.float64]
    known: Mask
    proven: Mask
    basis: NDArray[np.float64]
    applies: Mask
    turn: Indices
    why: Indices


def _figure(value: NDArray[np.float64], known: Mask, batch: Batch, turn: Indices | None = None) -> Figure:
    count = batch.n_calls
    return Figure(
        value=value,
        most=value,
        known=known,
        proven=known,
        basis=np.full(count, np.inf),
        applies=_agent_spoke(batch),
        turn=np.full(count, -1, np.int64) if turn is None else turn,
        why=np.full(count, WHY_NO_TIMESTAMPS, np.int64),
    )


def _agent_spoke(batch: Batch) -> Mask:
    return np.bincount(batch.turn_call[batch.turn_role == Role.AGENT], minlength=batch.n_calls) > 0


def longest_unannounced_silence(batch: Batch, timing: Timing) -> Figure:
    """Longest silence before an agent turn that nobody announced, in s, and the agent turn after it.

    With partial times a silence between timed neighbours is proven; that there was none needs all times.
    """
    silences = timing.silences
    most = np.zeros(batch.n_calls, np.int64)
    longest = np.zeros(batch.n_calls, np.int64)
    possible = np.where(silences.announced & silences.sure, 0, silences.gap_ms)
    np.maximum.at(most, batch.turn_call[silences.turn], possible)
    mine = ~silences.announced & silences.sure
    call, gap, turn = batch.turn_call[silences.turn[mine]], silences.gap_ms[mine], silences.turn[mine]
    np.maximum.at(longest, call, gap)
    where = np.full(batch.n_calls, -1, np.int64)
    is_longest = gap == longest[call]
    where[call[is_longest][::-1]] = turn[is_longest][::-1]
    figure = _figure(longest / 1000, batch.call_timed, batch, where)
    return replace(figure, most=most / 1000, proven=longest > 0)


def silence(batch: Batch, timing: Timing) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(c,) s: all gaps between turns above the pause limit together; the longest gap. Whoever was to speak."""
    gap, _ = timing.gap_before
    long = np.where(gap >= timing.pause_ms, gap, 0)
    total = np.bincount(batch.turn_call, weights=long, minlength=batch.n_calls)
    longest = np.zeros(batch.n_calls, np.int64)
    np.maximum.at(longest, batch.turn_call, gap)
    return total / 1000, longest / 1000


def interruptions(batch: Batch, timing: Timing, role: Role, overlap_s: float, fewest: float) -> NDArray[np.float64]:
    """(c,) number of turns of `role` that cut into the other party's speech."""
    over = timing.talk_over
    other = Role.CUSTOMER if role is Role.AGENT else Role.AGENT
    counts = (
        over.sure
        & (batch.turn_role[over.turn] == role)
        & (over.over == other)
        & (over.overlap_ms >= round(overlap_s * 1000))
        & (over.characters >= fewest)
    )
    return np.bincount(batch.turn_call[over.turn[counts]], minlength=batch.n_calls).astype(np.float64)


def speaking_ms(batch: Batch, role: Role) -> Indices:
    """(c,) ms of speech of a role: lengths of its runs added up."""
    runs = batch.runs
    mine = (batch.run_role == role) & runs.timed
    length = np.where(mine, runs.end_ms - runs.start_ms, 0)
    return np.bincount(runs.call, weights=length, minlength=batch.n_calls).astype(np.int64)


def pace(batch: Batch) -> tuple[NDArray[np.float64], Mask]:
    """(c,) code points of agent speech per minute of agent speech, and where it can be measured."""
    lasting = speaking_ms(batch, Role.AGENT)
    mine = batch.turn_role == Role.AGENT
    spoken = np.bincount(batch.turn_call[mine], weights=batch.turn_characters[mine], minlength=batch.n_calls)
    known = batch.call_timed & (lasting > 0)
    return np.where(known, spoken * 60_000 / np.maximum(lasting, 1), 0.0), known


def talk_share(batch: Batch) -> tuple[NDArray[np.float64], Mask]:
    """(c,) agent's share of the speech of agent and customer: by time, without times by code points."""
    agent, customer = speaking_ms(batch, Role.AGENT), speaking_ms(batch, Role.CUSTOMER)
    spoken = [
        np.bincount(
            batch.turn_call[batch.turn_role == role],
            weights=batch.turn_characters[batch.turn_role == role],
            minlength=batch.n_calls,
        )
        for role in (Role.AGENT, Role.CUSTOMER)
    ]
    agent_part = np.where(batch.call_timed, agent, spoken[0])
    whole = np.where(batch.call_timed, agent + customer, spoken[0] + spoken[1])
    return np.where(whole > 0, agent_part / np.maximum(whole, 1), 0.0), whole > 0


def duration(batch: Batch) -> tuple[NDArray[np.float64], Mask]:
    """(c,) s from the start of the recording to its end, or to the end of the last speech."""
    ended, known = batch.ended_ms
    last, timed = batch.last_speech_ms
    return np.where(known, ended, last) / 1000, known | timed


def answer_delay(batch: Batch) -> Figure:
    """Silence between the connection and the agent's first words, in s, and the agent turn of those words.

    Counted from `connected_ms`, or from the end of a system announcement after it; what the customer says meanwhile is
    no silence. Not known without the connection, or where something before the agent's first words has no times.
    """
    shortest, known, first = _silence_before_agent(batch, unknown_is_agent=True)
    longest, certain, _ = _silence_before_agent(batch, unknown_is_agent=False)
    turn = np.where(first >= 0, batch.run_turn[first] if len(batch.run_turn) else -1, -1)
    return replace(_figure(shortest, known & certain, batch, turn), most=np.maximum(shortest, longest))


def _silence_before_agent(batch: Batch, *, unknown_is_agent: bool) -> tuple[NDArray[np.float64], Mask, Indices]:
    """(c,) s of silence before the agent's first run; whether it is known; that run, or -1."""
    runs, count = batch.runs, batch.n_calls
    speaks = ~batch.run_silent
    index = np.arange(len(runs.call))
    agent = batch.run_role == Role.AGENT
    if unknown_is_agent:
        agent = agent | (batch.run_role == Role.UNKNOWN)
    first = np.full(count, len(index), np.int64)
    np.minimum.at(first, runs.call[agent & speaks], index[agent & speaks])
    answered = first < len(index)
    at = np.where(answered, first, 0)
    before = speaks & (index <= first[runs.call])
    untimed = np.bincount(runs.call[before & ~runs.timed], minlength=count) > 0
    connected, known = batch.connected_ms
    answer = np.where(answered & ~untimed, runs.start_ms[at], 0) if len(index) else connected
    begin = connected.copy()
    others = before & (index < first[runs.call])
    announced = others & (batch.run_role == Role.SYSTEM)
    np.maximum.at(begin, runs.call[announced], runs.end_ms[announced])
    spoken = others & ~announced
    call = runs.call[spoken]
    inside = np.minimum(runs.end_ms[spoken], answer[call]) - np.maximum(runs.start_ms[spoken], begin[call])
    talk = np.bincount(call, weights=np.maximum(inside, 0), minlength=count)
    silent = np.maximum(answer - begin - talk, 0) / 1000
    known = known & answered & ~untimed
    return np.where(known, silent, 0.0), known, np.where(answered, first, -1)


def time_taken(batch: Batch) -> Figure:
    """From the first words of agent or customer to the last, less the time the customer speaks, in s.

    Ringing before and waiting for the hang-up after are left out: it is the time that the agent's side took.
    """
    runs, count = batch.runs, batch.n_calls
    spoken = runs.timed & ~batch.run_silent & (batch.run_role != Role.SYSTEM)
    call = runs.call[spoken]
    first = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(first, call, runs.start_ms[spoken])
    last = np.zeros(count, np.int64)
    np.maximum.at(last, call, runs.end_ms[spoken])
    whole = np.maximum(last - np.minimum(first, last), 0)
    customer = speaking_ms(batch, Role.CUSTOMER)
    least = np.maximum(whole - customer - speaking_ms(batch, Role.UNKNOWN), 0) / 1000
    most = np.maximum(whole - customer, 0) / 1000
    return replace(_figure(least, batch.call_timed, batch), most=most)


def promised_over_limit(batch: Batch, timing: Timing) -> Figure:
    """Hours by which the promised time of a complaint's reply is longer than its limit; below zero it is within."""
    over = timing.promised
    nobody = np.zeros(batch.n_calls, np.bool_)
    if over is None:
        return replace(_figure(np.zeros(batch.n_calls), nobody, batch), applies=nobody)
    why = np.where(over.unsure_kind, WHY_UNSURE_KIND, np.where(over.beyond, WHY_BEYOND_CALENDAR, WHY_NO_START_TIME))
    figure = _figure(over.value, over.known, batch, over.turn)
    return replace(figure, proven=over.applies & (over.least > 0), applies=over.applies, why=why)


FIGURES: dict[str, Callable[[Batch, Timing], Figure]] = {
    "longest_unannounced_silence_s": longest_unannounced_silence,
    "silence_s": lambda batch, timing: _figure(silence(batch, timing)[0], batch.call_timed, batch),
    "longest_silence_s": lambda batch, timing: _figure(silence(batch, timing)[1], batch.call_timed, batch),
    "agent_chars_per_min": lambda batch, timing: _figure(*pace(batch), batch),
    "agent_talk_share": lambda batch, timing: _figure(*talk_share(batch), batch),
    "answer_delay_s": lambda batch, timing: answer_delay(batch),
    "time_taken_s": lambda batch, timing: time_taken(batch),
    "duration_s": lambda batch, timing: _figure(*duration(batch), batch),
    "turns": lambda batch, timing: _figure(
        np.diff(batch.call_turn).astype(np.float64), np.ones(batch.n_calls, np.bool_), batch
    ),
    "agent_interruptions": lambda batch, timing: _figure(
        interruptions(batch, timing, Role.AGENT, 2.0, 4), batch.call_timed, batch
    ),
    "customer_interruptions": lambda batch, timing: _figure(
        interruptions(batch, timing, Role.CUSTOMER, 2.0, 4), batch.call_timed, batch
    ),
    "promised_over_limit_h": promised_over_limit,
}
"""Figures a rule may name in `measure`."""


def measure_figure(name: str, batch: Batch, timing: Timing) -> Figure:
    """One figure by name. Raises KeyError for a name the loader should have refused."""
    return FIGURES[name](batch, timing)
