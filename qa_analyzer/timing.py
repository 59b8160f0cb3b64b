"""Silences, talk-over, pace: what the clock tells about a batch.

Needs runs with times; where a call is not timed throughout, the masks say so and nobody guesses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.arrays import ranges
from qa_analyzer.batch import Batch
from qa_analyzer.cues import Cues
from qa_analyzer.model import Role

if TYPE_CHECKING:
    from qa_analyzer.promises import OverLimit

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

CALL_STRIDE = np.int64(1) << 40
"""Larger than any time in ms: keeps the calls of a batch apart on one axis."""

SHORTEST_SILENCE_MS = 1000
"""Gaps below this are breathing; no rule may ask for less."""

PREFIX = 24
"""Code points at a turn's start in which leading backchannels are looked for."""


@dataclass(frozen=True, slots=True)
class Silences:
    """Gaps before agent turns that are the agent's to explain. All arrays (n,), by turn.

    turn: the turn after the gap; gap_ms; announced: the agent had asked to wait; sure: no turn of unknown role
    decides whether the gap is the agent's or announced.
    """

    turn: Indices
    gap_ms: Indices
    announced: Mask
    sure: Mask


@dataclass(frozen=True, slots=True)
class TalkOver:
    """Turns that begin while the other party speaks. All arrays (n,), by turn.

    turn; overlap_ms from the first word that is no backchannel; most_ms: the same from the start of the
    utterance that word lies in (they differ where the time had to be interpolated); characters: code points
    of speech from that word to the end of the turn; sure: both roles known; over: role spoken over;
    begins_ms: when that word begins; at: its position in the batch's text.
    """

    turn: Indices
    overlap_ms: Indices
    most_ms: Indices
    characters: Indices
    sure: Mask
    over: NDArray[np.uint8]
    begins_ms: Indices
    at: Indices


class Word(NamedTuple):
    """One word of an utterance: its times, null where not given, and its code points of speech."""

    start_ms: int | None
    end_ms: int | None
    letters: int


@dataclass
class Timing:
    """Lazy timing of one batch."""

    batch: Batch
    cues: Cues
    pause_ms: int
    promised: OverLimit | None = None
    """Promised times against their limits, told by `analysis` before anything is judged."""

    @cached_property
    def gap_before(self) -> tuple[Indices, Mask]:
        """(t,) ms between a turn and the end of all speech before it (0 for a call's first turn), and known.

        An event is no speech: it neither ends a gap nor has one before it.
        """
        gap, known, _ = self._gaps
        return gap, known

    @cached_property
    def _gaps(self) -> tuple[Indices, Mask, Indices]:
        """`gap_before`, and the turn whose speech ended last before each turn, or -1. (t,) each"""
        batch = self.batch
        runs = batch.runs
        count = len(runs.call)
        if not count:
            return np.zeros(0, np.int64), np.zeros(0, np.bool_), np.zeros(0, np.int64)
        speaks = ~batch.run_silent
        axis = runs.call * CALL_STRIDE
        end = np.where(runs.timed & speaks, runs.end_ms, 0)
        reach = np.maximum.accumulate(end + axis) - axis
        index = np.arange(count)
        spoken = np.maximum.accumulate(np.where(speaks, index, -1))
        last = np.maximum.accumulate(np.where(speaks & (end == reach), index, -1))
        first_run = np.unique(batch.run_turn, return_index=True)[1]
        before = spoken[first_run - 1]
        has_before = (first_run > 0) & (before >= 0) & (runs.call[before] == runs.call[first_run])
        gap = np.where(has_before, runs.start_ms[first_run] - reach[before], 0)
        quiet = batch.run_silent[first_run]
        known = quiet | (runs.timed[first_run] & (runs.timed[before] | ~has_before))
        gap = np.where(known & ~quiet, np.maximum(gap, 0), 0)
        return gap, known, np.where(has_before, batch.run_turn[last[before]], -1)

    @cached_property
    def silences(self) -> Silences:
        """Gaps of at least SHORTEST_SILENCE_MS before agent turns, but for those the agent need not fill.

        Not counted: after the agent's question or request to the customer (the customer is thinking), after
        the customer's own request to wait, and where the agent ends it by checking the line. A request to wait, though
        a question, announces a hold.
        """
        batch = self.batch
        gap, known = self.gap_before
        agents = (batch.turn_role == Role.AGENT) | (batch.turn_role == Role.UNKNOWN)
        turn = np.flatnonzero((gap >= SHORTEST_SILENCE_MS) & agents & known)
        before = self._answering_turn(turn)
        asked = self._last_hit("question", before)
        asked = np.maximum(asked, self._last_hit("customer_request", before))
        asked = np.maximum(asked, self._question_marks(before))
        waiting = self._last_hit("wait_request", before)
        same_sentence = (waiting >= 0) & (asked >= 0) & (self._sentence(asked) == self._sentence(waiting))
        question = (asked >= 0) & ~((waiting >= 0) & (same_sentence | (asked < waiting)))
        thinking = self._last_hit("customer_wait_request", before) >= 0
        role = batch.turn_role[before]
        counted = ~((role == Role.AGENT) & question) & ~((role == Role.CUSTOMER) & thinking)
        open_role = (batch.turn_role[turn] == Role.UNKNOWN) | ((role == Role.UNKNOWN) & (question | thinking))
        # An agent who comes back with «can you hear me» has waited for a customer who was gone.
        counted &= ~np.isin(turn, self.cues.turns("line_check", Role.AGENT, among=turn))
        turn, open_role = turn[counted], open_role[counted]
        announced, perhaps = self._announced(turn)
        return Silences(turn, gap[turn], announced, ~open_role & ~perhaps)

    def unanswered(self, least_ms: int) -> Mask:
        """(t,) bool: agent turns that come so long after the agent's own, with no word of the customer in between.

        Not after a request to wait: then the agent is back, and the customer was to be silent.
        """
        gap, known = self.gap_before
        before = self._gaps[2]
        agents = self.batch.turn_role == Role.AGENT
        result = agents & known & (before >= 0) & agents[np.maximum(before, 0)] & (gap >= least_ms)
        turn = np.flatnonzero(result)
        result[turn[self._last_hit("wait_request", before[turn]) >= 0]] = False
        return np.asarray(result)

    @cached_property
    def may_have_waited(self) -> Mask:
        """(c,) bool: calls without times in which the agent, or somebody who may be the agent, asks to wait.

        A silence in any other call without times, were there one, would not be an announced one.
        """
        batch = self.batch
        speaking = np.isin(batch.turn_role, (Role.AGENT, Role.UNKNOWN)) & ~batch.call_timed[batch.turn_call]
        found = np.zeros(batch.n_calls, np.bool_)
        found[batch.turn_call[self.cues.turns("wait_said", among=np.flatnonzero(speaking))]] = True
        return found

    def _announced(self, turn: Indices) -> tuple[Mask, Mask]:
        """(n,) whether the last agent turn before each turn asked to wait; whether one of unknown role did, later."""
        batch = self.batch
        found = []
        for roles in ((Role.AGENT,), (Role.AGENT, Role.UNKNOWN)):
            speaking = np.flatnonzero(np.isin(batch.turn_role, roles) & ~batch.turn_backchannel)
            place = np.searchsorted(speaking, turn) - 1
            previous = speaking[np.maximum(place, 0)] if len(speaking) else np.zeros(len(turn), np.int64)
            same_call = (place >= 0) & (batch.turn_call[previous] == batch.turn_call[turn])
            asked = self.cues.turns("wait_request", among=np.unique(previous[same_call]))
            found.append((same_call & np.isin(previous, asked), previous))
        (announced, certain), (perhaps, latest) = found
        return announced, perhaps & (latest != certain)

    def _answering_turn(self, turn: Indices) -> Indices:
        """The turn a gap follows; the customer's bare interjection (嗯…) is looked through."""
        batch = self.batch
        words = self.cues.lists.get("interjection", ())
        table = np.zeros(characters.PLANE_SIZE, np.bool_)
        table[[ord(character) for word in words for character in word]] = True
        before = np.maximum(self._gaps[2][turn], 0)
        start = batch.turn_text[before]
        length = batch.turn_text[before + 1] - start
        length = np.where(batch.turn_backchannel[before], np.minimum(length, 32), 0)
        gathered = batch.normal[ranges(start, length)]
        owner = np.repeat(np.arange(len(before)), length)
        other = ~table[gathered] & ~characters.wordless_table()[gathered]
        bare = (length > 0) & (np.bincount(owner[other], minlength=len(before)) == 0)
        earlier = np.maximum(before - 1, 0)  # A gap of a second or more has speech before it.
        inside = batch.turn_call[earlier] == batch.turn_call[turn]
        return np.where(bare & inside & (before > 0), earlier, before)

    def _last_hit(self, name: str, turn: Indices) -> Indices:
        """(n,) end position of the last hit of a list in each turn, or -1."""
        hit_turn, _, end = self.cues.hits(name, among=np.unique(turn))
        place = np.searchsorted(hit_turn, turn, "right") - 1
        if not len(hit_turn):
            return np.full(len(turn), -1, np.int64)
        found = (place >= 0) & (hit_turn[np.maximum(place, 0)] == turn)
        return np.where(found, end[np.maximum(place, 0)], -1)

    @cached_property
    def _marks(self) -> Indices:
        return np.flatnonzero(self.batch.normal == ord("?"))

    def _question_marks(self, turn: Indices) -> Indices:
        """(n,) position of the last question mark in each turn, or -1."""
        marks = self._marks
        if not len(marks):
            return np.full(len(turn), -1, np.int64)
        place = np.searchsorted(marks, self.batch.turn_text[turn + 1]) - 1
        found = (place >= 0) & (marks[np.maximum(place, 0)] >= self.batch.turn_text[turn])
        # The mark closes its sentence: count it to the sentence before it.
        return np.where(found, marks[np.maximum(place, 0)], -1)

    def _sentence(self, position: Indices) -> Indices:
        """Number of the sentence that the character before `position` belongs to."""
        return np.searchsorted(self._sentence_ends, np.maximum(position, 1) - 1, "left")

    @cached_property
    def _sentence_ends(self) -> Indices:
        table = np.zeros(characters.PLANE_SIZE, np.bool_)
        table[[characters.NEWLINE, *map(ord, characters.SENTENCE_ENDS)]] = True
        return np.flatnonzero(table[self.batch.normal])

    @cached_property
    def talk_over(self) -> TalkOver:
        """Turns that begin while another party's run, not a backchannel, is going on."""
        batch = self.batch
        runs = batch.runs
        speaking = np.flatnonzero(~batch.run_backchannel)
        # The first run of each turn that is more than a backchannel is where the turn takes the floor.
        first_speaking = speaking[np.unique(batch.run_turn[speaking], return_index=True)[1]]
        first_speaking = first_speaking[runs.timed[first_speaking]]
        speaking = speaking[runs.timed[speaking]]
        role = batch.run_role[first_speaking]
        found: list[tuple[Indices, Indices, NDArray[np.uint8]]] = []
        for other in (Role.AGENT, Role.CUSTOMER, Role.UNKNOWN):
            others = speaking[batch.run_role[speaking] == other]
            entrants = first_speaking[(role != other) & (role != Role.SYSTEM)]
            if not len(others) or not len(entrants):
                continue
            axis = runs.call[others] * CALL_STRIDE
            begin = runs.start_ms[others] + axis
            reach = np.maximum.accumulate(runs.end_ms[others] + axis)
            here = runs.call[entrants] * CALL_STRIDE + runs.start_ms[entrants]
            # Coarse: somebody spoke at some time during the first speaking run. Exact start comes below.
            started = np.searchsorted(begin, runs.call[entrants] * CALL_STRIDE + runs.end_ms[entrants], "left") - 1
            same = (started >= 0) & (runs.call[others[np.maximum(started, 0)]] == runs.call[entrants])
            overlaps = same & (reach[np.maximum(started, 0)] > here)
            found.append((entrants[overlaps], np.flatnonzero(overlaps), np.full(overlaps.sum(), other, np.uint8)))
        if not found:
            empty = np.zeros(0, np.int64)
            nobody = np.zeros(0, np.uint8)
            return TalkOver(empty, empty, empty, empty, np.zeros(0, np.bool_), nobody, empty, empty)
        entrant = np.concatenate([one[0] for one in found])
        over = np.concatenate([one[2] for one in found])
        order = np.lexsort((over, entrant))
        entrant, over = entrant[order], over[order]
        exact, earliest, at = self._first_words(entrant)
        overlap = self._overlap(entrant, over, exact)
        most = np.maximum(self._overlap(entrant, over, earliest), overlap)
        turn = batch.run_turn[entrant]
        spoken = batch.characters_between(at, batch.turn_text[turn + 1])
        keep = most > 0
        sure = (batch.run_role[entrant] != Role.UNKNOWN) & (over != Role.UNKNOWN)
        return TalkOver(
            turn[keep], overlap[keep], most[keep], spoken[keep], sure[keep], over[keep], exact[keep], at[keep]
        )

    def _overlap(self, entrant: Indices, over: NDArray[np.uint8], entry_ms: Indices) -> Indices:
        """(n,) ms during which both speak from `entry_ms` on; 0 unless the other had begun before.

        A turn of several runs counts with all of them, without its pauses.
        """
        batch = self.batch
        runs = batch.runs
        until = np.zeros(len(entrant), np.int64)
        for other in np.unique(over):
            mine = over == other
            others = np.flatnonzero(~batch.run_backchannel & runs.timed & (batch.run_role == other))
            axis = runs.call[others] * CALL_STRIDE
            reach = np.maximum.accumulate(runs.end_ms[others] + axis)
            call_axis = runs.call[entrant[mine]] * CALL_STRIDE
            place = np.searchsorted(runs.start_ms[others] + axis, entry_ms[mine] + call_axis, "left") - 1
            ok = (place >= 0) & (runs.call[others[np.maximum(place, 0)]] == runs.call[entrant[mine]])
            until[mine] = np.where(ok, reach[np.maximum(place, 0)] - call_axis, 0)
        order, offsets = self._runs_by_turn
        turn = batch.run_turn[entrant]
        counts = offsets[turn + 1] - offsets[turn]
        run = order[ranges(offsets[turn], counts)]
        owner = np.repeat(np.arange(len(entrant)), counts)
        begin = np.maximum(runs.start_ms[run], entry_ms[owner])
        both = np.maximum(np.minimum(runs.end_ms[run], until[owner]) - begin, 0)
        both = np.where((run >= entrant[owner]) & runs.timed[run], both, 0)
        return np.bincount(owner, weights=both, minlength=len(entrant)).astype(np.int64)

    @cached_property
    def _runs_by_turn(self) -> tuple[Indices, Indices]:
        """Runs in order of their turns, (r,), and where each turn's begin, (t + 1,)."""
        order = np.argsort(self.batch.run_turn, kind="stable")
        return order, np.searchsorted(self.batch.run_turn[order], np.arange(self.batch.n_turns + 1))

    @cached_property
    def _leading(self) -> re.Pattern[str]:
        """Backchannels at the start of a line; bare interjections may be glued to what follows."""
        lists = self.cues.lists
        glued = "|".join(sorted(map(re.escape, lists.get("interjection", ())), key=len, reverse=True)) or "(?!)"
        whole = "|".join(sorted(map(re.escape, lists.get("backchannel", ())), key=len, reverse=True)) or "(?!)"
        stop = "[ ,.、。!?…~]"
        return re.compile(rf"^(?:{stop}|(?:{glued})|(?:(?:{whole})+)(?={stop}|$))+", re.MULTILINE)

    def _first_words(self, entrant: Indices) -> tuple[Indices, Indices, Indices]:
        """For runs: ms of the first word that is no backchannel, ms of its utterance, position of the word.

        The time comes from `words` where given, else it is interpolated by code points in the utterance.
        """
        batch = self.batch
        runs = batch.runs
        first = runs.utterance[runs.offsets[entrant]]
        start = batch.utterance_start[first]
        counts = np.diff(runs.offsets)[entrant]
        pieces = runs.utterance[ranges(runs.offsets[entrant], counts)]
        run_length = (
            np.add.reduceat(batch.utterance_length[pieces], np.cumsum(counts) - counts) if len(entrant) else counts
        )
        length = np.minimum(run_length, PREFIX)
        joined = np.full(int((length + 1).sum()), characters.NEWLINE, np.uint16)
        line = np.cumsum(length + 1) - (length + 1)
        joined[ranges(line, length)] = batch.normal[ranges(start, length)]
        skip = np.zeros(len(entrant), np.int64)
        for match in self._leading.finditer(characters.to_string(joined)):
            if match.end() > match.start():
                skip[np.searchsorted(line, match.start(), "right") - 1] = match.end() - match.start()
        skip = np.minimum(skip, length)
        at = start + skip
        exact = runs.start_ms[entrant].copy()
        earliest = exact.copy()
        plain = (skip > 0) & (counts == 1) if self._words is None else np.zeros(len(entrant), np.bool_)
        only, inside = first[plain], skip[plain]
        lasting = batch.end_ms[only] - batch.start_ms[only]
        earliest[plain] = batch.start_ms[only]
        exact[plain] = batch.start_ms[only] + inside * lasting // np.maximum(batch.utterance_length[only], 1)
        for index in np.flatnonzero((skip > 0) & ~plain):
            mine = runs.utterance[runs.offsets[entrant[index]] : runs.offsets[entrant[index] + 1]]
            begins = batch.utterance_start[mine]
            chosen = mine[min(int(np.searchsorted(begins, at[index], "right")) - 1, len(mine) - 1)]
            inside = int(at[index] - batch.utterance_start[chosen])
            earliest[index] = batch.start_ms[chosen]
            known = self._word_start(int(chosen), inside)
            if known is not None:
                exact[index] = earliest[index] = known
            else:
                lasting = batch.end_ms[chosen] - batch.start_ms[chosen]
                share = inside * lasting // max(int(batch.utterance_length[chosen]), 1)
                exact[index] = batch.start_ms[chosen] + share
        return exact, earliest, at

    @cached_property
    def _words(self) -> object | None:
        nested = self.batch.columns.column("utterances")
        words = pc.struct_field(nested.flatten(), "words")
        return None if words.null_count == len(words) else words

    def words_of(self, utterance: int) -> list[Word]:
        """The words of an utterance, none where they are not given."""
        words = None if self._words is None else self._words[utterance].as_py()  # type: ignore[index]
        return [
            Word(word["start_ms"], word["end_ms"], len(characters.spoken(word["text"] or ""))) for word in words or ()
        ]

    def _word_start(self, utterance: int, inside: int) -> int | None:
        """Start in ms of the word that holds code point `inside` of an utterance, where words are given."""
        words = self.words_of(utterance)
        if not words:
            return None
        start = self.batch.utterance_start[utterance]
        wanted = len(characters.spoken(characters.to_string(self.batch.points[start : start + inside])))
        passed = 0
        for word in words:
            if passed + word.letters > wanted and word.start_ms is not None:
                return word.start_ms
            passed += word.letters
        return None
