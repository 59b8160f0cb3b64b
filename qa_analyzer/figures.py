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
WHY_OVERLAPS_HIDDEN = 10
WHY_NO_START_TIME = 3
WHY_UNSURE_KIND = 20
WHY_BEYOND_CALENDAR = 21
"""Why codes, see `judging.Why`; those of promised times are only used here."""
WHY_UNKNOWN_ROLE = 4
WHY_UNSURE_WORDS = 9

FORMAL, INFORMAL = ord("您"), ord("你")
NOBODY = ord("们"), ord("好")
"""After 您 or 你 these make it a plural or a greeting: nobody is addressed more or less politely."""
BEFORE_NOBODY = ord("迷")
OPENING_QUOTES, CLOSING_QUOTES = "「『“‘《", "」』”’》"
NEWLINE = 0x0A
ECHO = 4
"""So many code points around a 你 that the customer said too: the agent repeats the customer's words."""


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


@dataclass(frozen=True)
class Said:
    """What the words of a `measure` found, for the figures that count words. All (n,), in text order.

    by: whose speech is measured, None for anybody's; turn; start, end: positions in the batch's text.
    """

    by: Role | None
    turn: Indices
    start: Indices
    end: Indices

    def turns(self, batch: Batch) -> Indices:
        """Turns of whom it is about, ascending."""
        mine = batch.turn_role == self.by if self.by is not None else np.ones(batch.n_turns, np.bool_)
        return np.flatnonzero(mine)


NOTHING_SAID = Said(Role.AGENT, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))


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


def _counted(value: NDArray[np.float64], basis: NDArray[np.float64], batch: Batch, turn: Indices) -> Figure:
    """A figure that is read from the text: unknown where it is unknown who said more than a backchannel."""
    unknown = np.zeros(batch.n_calls, np.bool_)
    unknown[batch.turn_call[(batch.turn_role == Role.UNKNOWN) & ~batch.turn_backchannel]] = True
    figure = _figure(value, ~unknown, batch, turn)
    why = np.full(batch.n_calls, WHY_UNKNOWN_ROLE, np.int64)
    return replace(figure, proven=np.zeros(batch.n_calls, np.bool_), basis=basis, why=why)


def _rounded(value: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    rounded: NDArray[np.float64] = np.round(value, digits)
    return rounded


def _most(batch: Batch, turn: Indices, amount: NDArray[np.float64] | Indices) -> Indices:
    """(c,) of some turns (ascending) the first with the largest amount in each call, -1 where none has any."""
    largest = np.zeros(batch.n_calls)
    call = batch.turn_call[turn]
    np.maximum.at(largest, call, amount)
    where = np.full(batch.n_calls, -1, np.int64)
    best = (amount > 0) & (amount == largest[call])
    where[call[best][::-1]] = turn[best][::-1]
    return where


def _of_calls(batch: Batch, turn: Indices, amount: NDArray[np.float64] | Indices) -> NDArray[np.float64]:
    """(c,) amounts of turns added up."""
    return np.bincount(batch.turn_call[turn], weights=amount, minlength=batch.n_calls).astype(np.float64)


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


def longest_announced_wait(batch: Batch, timing: Timing) -> Figure:
    """Longest silence that the agent had asked the customer to wait through, in s, and the agent turn after it.

    Measured where there is one, unknown without times if the agent asked for one; with partial times a wait between
    timed neighbours is proven.
    """
    silences = timing.silences
    most = np.zeros(batch.n_calls, np.int64)
    np.maximum.at(most, batch.turn_call[silences.turn], np.where(silences.announced, silences.gap_ms, 0))
    mine = silences.announced & silences.sure
    turn, gap = silences.turn[mine], silences.gap_ms[mine]
    longest = np.zeros(batch.n_calls, np.int64)
    np.maximum.at(longest, batch.turn_call[turn], gap)
    figure = _figure(longest / 1000, batch.call_timed, batch, _most(batch, turn, gap))
    return replace(
        figure, most=most / 1000, proven=longest > 0, applies=figure.applies & (timing.may_have_waited | (most > 0))
    )


PLAIN = 4
"""Were 您 written as 你 every other time, so many 你 in a row would be chance once in sixteen calls."""


def formal_you(batch: Batch) -> Figure:
    """Share in % of 您 among the agent's 您 and 你 to the customer; the turn with most 你; basis: how many there are.

    Not counted: 你们, 你好 (nor 您们, 您好), 迷你, all but the last of a stammered 你你, what stands in quotation
    marks, and a 你 with ECHO code points around it that the customer said too. Unknown where nobody in the call says
    您 and the agent hardly says 你: a recogniser that mixes the two may have written it. PLAIN times 你 and never 您
    is no longer a mix-up.
    """
    visible = batch.visible
    letters = visible.normal
    at = np.flatnonzero((letters == FORMAL) | (letters == INFORMAL))
    turn = np.asarray(visible.turn[at]).astype(np.int64)
    known = np.zeros(batch.n_calls, np.bool_)
    known[batch.turn_call[turn[letters[at] == FORMAL]]] = True
    counts = (batch.turn_role[turn] == Role.AGENT) & ~np.isin(letters[at + 1], NOBODY)  # A newline ends the text.
    counts &= (at == 0) | (letters[np.maximum(at - 1, 0)] != BEFORE_NOBODY)
    position = np.asarray(visible.position[at]).astype(np.int64)
    counts &= (letters[at + 1] != FORMAL) & (letters[at + 1] != INFORMAL)
    counts &= ~_quoted(batch, turn, position)
    informal = letters[at] == INFORMAL
    counts[informal] &= ~_echoed(batch, at[informal], turn[informal])
    formal = np.bincount(batch.turn_call[turn[counts & ~informal]], minlength=batch.n_calls)
    found = turn[counts & informal]
    every = formal + np.bincount(batch.turn_call[found], minlength=batch.n_calls)
    where, times = np.unique(found, return_counts=True)
    share = np.where(every > 0, formal * 100 / np.maximum(every, 1), 100.0)
    figure = _counted(_rounded(share, 1), every.astype(np.float64), batch, _most(batch, where, times))
    known |= every >= PLAIN
    why = np.where(known, figure.why, WHY_UNSURE_WORDS)
    return replace(figure, known=figure.known & known, why=why, applies=every > 0)


def _quoted(batch: Batch, turn: Indices, position: Indices) -> Mask:
    """(n,) bool: a position of a turn stands between quotation marks that open in that turn."""
    opens = np.isin(batch.normal, [ord(mark) for mark in OPENING_QUOTES])
    if not opens.any():
        return np.zeros(len(turn), np.bool_)
    depth = np.cumsum(opens.astype(np.int64) - np.isin(batch.normal, [ord(mark) for mark in CLOSING_QUOTES]))
    start = batch.turn_text[turn]
    before = np.where(start > 0, depth[start - 1], 0)
    return np.asarray(depth[position] > before)


def _echoed(batch: Batch, at: Indices, turn: Indices) -> Mask:
    """(n,) bool: ECHO code points of the agent around a position of the visible text are the customer's words too."""
    letters, turns = batch.visible.normal, batch.visible.turn
    spots, owners = [], []
    for shift in range(ECHO):
        start = at - shift
        whole = (start >= 0) & (start + ECHO <= len(letters))
        start, owner = start[whole], np.flatnonzero(whole)
        last = start + ECHO - 1
        inside = (turns[start] == turn[owner]) & (turns[last] == turn[owner]) & (letters[last] != NEWLINE)
        spots.append(start[inside])
        owners.append(owner[inside])
    start, owner = np.concatenate(spots), np.concatenate(owners)
    words = np.zeros(len(start), np.uint64)
    for place in range(ECHO):  # Four code points of 16 bits are one number.
        words = words << np.uint64(16) | letters[start + place].astype(np.uint64)
    _, word = np.unique(words, return_inverse=True)
    call = batch.turn_call[turn[owner]]
    key = call * (len(words) + 1) + word
    role = batch.turn_role[turn[owner]]
    echoed = np.zeros(len(at), np.bool_)
    echoed[owner[np.isin(key, key[role == Role.CUSTOMER])]] = True
    return echoed


def said_per_100_characters(batch: Batch, said: Said) -> Figure:
    """Times the words are said per 100 code points of speech; the turn with most of them; basis: the code points."""
    turns = said.turns(batch)
    spoken = _of_calls(batch, turns, batch.turn_characters[turns])
    where, times = np.unique(said.turn, return_counts=True)
    per = np.where(spoken > 0, _of_calls(batch, where, times) * 100 / np.maximum(spoken, 1), 0.0)
    return replace(_counted(_rounded(per, 2), spoken, batch, _most(batch, where, times)), applies=spoken > 0)


def longest_unsaid_characters(batch: Batch, said: Said) -> Figure:
    """Longest stretch of one turn without the words, in code points of speech; its turn; basis: the same number."""
    turns = said.turns(batch)
    owner = np.sort(np.concatenate([turns, said.turn]))
    start = np.sort(np.concatenate([batch.turn_text[turns], said.end]))
    end = np.sort(np.concatenate([batch.turn_text[turns + 1] - 1, said.start]))
    stretch = batch.characters_between(start, end).astype(np.float64)
    longest = np.zeros(batch.n_calls)
    np.maximum.at(longest, batch.turn_call[owner], stretch)
    figure = _counted(longest, longest, batch, _most(batch, owner, stretch))
    return replace(figure, proven=longest > 0, applies=longest > 0)


def said_chars_per_min(batch: Batch, said: Said) -> Figure:
    """Code points a minute in the turns in which the words are said; the longest of them; basis: their code points."""
    runs = batch.runs
    lasting = np.where(runs.timed, runs.end_ms - runs.start_ms, 0)
    turn = np.unique(said.turn)
    of_turn = np.bincount(batch.run_turn, weights=lasting, minlength=batch.n_turns)[turn]
    characters = batch.turn_characters[turn]
    spoken, length = _of_calls(batch, turn, characters), _of_calls(batch, turn, of_turn)
    measurable = batch.call_timed & (length > 0)
    value = np.where(measurable, spoken * 60_000 / np.maximum(length, 1), 0.0)
    figure = _figure(_rounded(value, 1), measurable, batch, _most(batch, turn, characters))
    return replace(figure, basis=spoken, applies=spoken > 0)


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


def _with_basis(figure: Figure, batch: Batch) -> Figure:
    """The agent's code points of speech as what a figure rests on."""
    agent = np.flatnonzero(batch.turn_role == Role.AGENT)
    return replace(figure, basis=_of_calls(batch, agent, batch.turn_characters[agent]))


def _cutting_in(batch: Batch, timing: Timing, role: Role) -> Figure:
    """Interruptions as a figure: unknown without times, and where the transcript cannot show overlaps."""
    count = interruptions(batch, timing, role, 2.0, 4)
    figure = _figure(count, batch.call_timed & ~batch.overlaps_hidden, batch)
    why = np.where(batch.call_timed, WHY_OVERLAPS_HIDDEN, WHY_NO_TIMESTAMPS).astype(np.int64)
    return replace(figure, why=why)


FIGURES: dict[str, Callable[[Batch, Timing, Said], Figure]] = {
    "longest_unannounced_silence_s": lambda batch, timing, _: longest_unannounced_silence(batch, timing),
    "longest_announced_wait_s": lambda batch, timing, _: longest_announced_wait(batch, timing),
    "silence_s": lambda batch, timing, _: _figure(silence(batch, timing)[0], batch.call_timed, batch),
    "longest_silence_s": lambda batch, timing, _: _figure(silence(batch, timing)[1], batch.call_timed, batch),
    "agent_chars_per_min": lambda batch, timing, _: _with_basis(_figure(*pace(batch), batch), batch),
    "agent_talk_share": lambda batch, timing, _: _figure(*talk_share(batch), batch),
    "answer_delay_s": lambda batch, timing, _: answer_delay(batch),
    "time_taken_s": lambda batch, timing, _: time_taken(batch),
    "duration_s": lambda batch, timing, _: _figure(*duration(batch), batch),
    "turns": lambda batch, timing, _: _figure(
        np.diff(batch.call_turn).astype(np.float64), np.ones(batch.n_calls, np.bool_), batch
    ),
    "agent_interruptions": lambda batch, timing, _: _cutting_in(batch, timing, Role.AGENT),
    "customer_interruptions": lambda batch, timing, _: _cutting_in(batch, timing, Role.CUSTOMER),
    "promised_over_limit_h": lambda batch, timing, _: promised_over_limit(batch, timing),
    "formal_you_percent": lambda batch, timing, _: formal_you(batch),
    "said_per_100_characters": lambda batch, timing, said: said_per_100_characters(batch, said),
    "said_chars_per_min": lambda batch, timing, said: said_chars_per_min(batch, said),
    "longest_unsaid_characters": lambda batch, timing, said: longest_unsaid_characters(batch, said),
}
"""Figures a rule may name in `measure`."""


def measure_figure(name: str, batch: Batch, timing: Timing, said: Said = NOTHING_SAID) -> Figure:
    """One figure by name; `said`: what the words of the measure found. KeyError: the loader should have refused it."""
    return FIGURES[name](batch, timing, said)
