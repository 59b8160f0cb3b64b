"""The overlaps of a call, one by one: who over whom, for how long, of what kind, counted or not, and why.

What counts as an interruption is decided by `Timing.talk_over` and the rubric alone; the kind stands beside it and
tells a listener what to expect on the recording. Kinds are told from times and named phrase lists. For calls that are
looked at singly: here is a plain loop.

The kinds follow the distinction of the literature between competitive and cooperative overlap: Schegloff 2000,
"Overlapping talk and the organization of turn-taking" (terminal overlap, continuers, choral talk, conditional access),
Jefferson 1984 (onset close to a possible end), Lerner 1991 (completion by the other).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.arrays import ranges
from qa_analyzer.batch import Batch
from qa_analyzer.cues import Cues
from qa_analyzer.model import Role
from qa_analyzer.timing import CALL_STRIDE, TalkOver, Timing, Word

Indices = NDArray[np.int64]
Span = tuple[int, int]

MOST_PAIRS = 2000
"""Overlapping pairs of runs looked at in one call; a conversation of hours has some hundreds."""

WITHIN = 12
"""Code points on either side in which a cue belongs to an overlap."""
LONGEST_COMPLETION = 10
"""Code points of speech: whoever says more is not finishing the other's sentence."""
TAKEN_UP = 24
"""Code points of the other's next words in which a completion is looked for."""
QUOTED = 40
"""Code points of an overlap's words that are shown."""


class Kind(IntEnum):
    """What an overlap is, from the mildest. The first that fits is named."""

    BACKCHANNEL = 0
    LINE_CHECK = 1
    CLOSING = 2
    TOGETHER = 3
    COMPLETION = 4
    EARLY = 5
    ATTEMPT = 6
    BRIEF = 7
    INTERRUPTION = 8

    @property
    def code(self) -> str:
        return self.name.lower()


class Note(IntEnum):
    """What shows the kind."""

    ONLY_LISTENS = 0
    OTHER_ONLY_LISTENS = 1
    LISTENS_FIRST = 2
    LINE_CHECK = 3
    CLOSING = 4
    TOGETHER = 5
    COMPLETION = 6
    ANSWER = 7
    EARLY = 8
    ATTEMPT = 9
    BRIEF = 10
    TAKES_FLOOR = 11
    NO_FLOOR = 12

    @property
    def code(self) -> str:
        return self.name.lower()


class Counted(IntEnum):
    """Whether it is one of the interruptions that are counted."""

    NO = 0
    YES = 1
    UNDETERMINED = 2

    @property
    def code(self) -> str:
        return self.name.lower()


class Ground(IntEnum):
    """Why it is counted or not."""

    LISTENING = 0
    TOO_SHORT = 1
    TOO_FEW = 2
    LONG_ENOUGH = 3
    INTERPOLATED = 4
    UNKNOWN_ROLE = 5
    HIDDEN = 6

    @property
    def code(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two turns of different speakers, spoken at the same time.

    call, turn (who came in), over (who was speaking): positions in the batch.
    start_ms, length_ms: of the time both speak; sounding_ms: of it, words of both are heard, None without word times.
    counted_ms, characters: from the first word that is no backchannel; gap_ms: the time `note` speaks of.
    start, end: the words of who came in, positions in the batch's text, at most QUOTED; cut: they go on.
    """

    call: int
    turn: int
    over: int
    start_ms: int
    length_ms: int
    sounding_ms: int | None
    counted_ms: int
    characters: int
    kind: Kind
    note: Note
    gap_ms: int
    counted: Counted
    ground: Ground
    start: int
    end: int
    cut: bool


@dataclass(frozen=True, slots=True)
class _Both:
    """Two turns that overlap: their pairs of runs, and the time both speak."""

    pairs: list[tuple[int, int]]
    start_ms: int
    length_ms: int


@dataclass(frozen=True, slots=True)
class _Side:
    """One party during an overlap: its run, what it says there, and when it stops."""

    run: int
    said: Span
    text: Span
    until_ms: int


class _Entry(NamedTuple):
    """How somebody comes in while the turn `other` goes on: when, where in the text, and what of it counts."""

    other: int
    begins_ms: int
    at: int
    counted_ms: int
    letters: int


def find_overlaps(
    batch: Batch, timing: Timing, cues: Cues, thresholds: Mapping[str, float]
) -> tuple[list[Overlap], Indices]:
    """Every overlap of two parties that have times, by call and start; and pairs of runs left out of each call, (c,).

    `thresholds`: the rubric's.
    """
    finder = _Finder(batch, timing, cues, thresholds)
    first, second, left_off = _pairs(batch)
    together: dict[Span, list[tuple[int, int]]] = defaultdict(list)
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        together[_pair(int(batch.run_turn[one]), int(batch.run_turn[other]))].append((one, other))
    found = finder.all({turns: finder.both(pairs) for turns, pairs in together.items()})
    return sorted(found, key=lambda one: (one.call, one.start_ms, one.turn, one.over)), left_off


def _pairs(batch: Batch) -> tuple[Indices, Indices, Indices]:
    """Pairs of runs of different speakers that overlap, the earlier one first; and how many a call has too many."""
    runs = batch.runs
    speaks = np.flatnonzero(runs.timed & ~batch.run_silent & (batch.run_role != Role.SYSTEM))
    call = runs.call[speaks]
    begin = runs.start_ms[speaks] + call * CALL_STRIDE
    end = runs.end_ms[speaks] + call * CALL_STRIDE
    after = np.arange(1, len(speaks) + 1)
    counts = np.maximum(np.searchsorted(begin, end, "left") - after, 0)
    before = np.cumsum(counts) - counts
    if len(counts):
        before -= before[np.unique(call, return_index=True)[1]][np.searchsorted(np.unique(call), call)]
    kept = np.clip(MOST_PAIRS - before, 0, counts)
    left_off = np.zeros(batch.n_calls, np.int64)
    np.add.at(left_off, call, counts - kept)
    first = np.repeat(speaks, kept)
    second = speaks[ranges(after, kept)]
    different = runs.speaker[first] != runs.speaker[second]
    return first[different], second[different], left_off


class _Finder:
    """Tells the overlaps of one batch."""

    def __init__(self, batch: Batch, timing: Timing, cues: Cues, thresholds: Mapping[str, float]) -> None:
        self.batch, self.timing, self.cues = batch, timing, cues
        self.limit_ms = round(thresholds.get("interruption_overlap_s", 2.0) * 1000)
        self.fewest = thresholds.get("interruption_characters", 4)
        self.together_ms = round(thresholds.get("overlap_together_s", 0.5) * 1000)
        self.early_ms = round(thresholds.get("overlap_early_s", 1.0) * 1000)
        self.attempt_ms = round(thresholds.get("overlap_attempt_s", 1.0) * 1000)
        self._heard: dict[str, dict[int, list[Span]]] = {}
        self._words: dict[int, list[Word]] = {}

    def both(self, pairs: list[tuple[int, int]]) -> _Both:
        """The time of some overlapping pairs of runs of the same two turns."""
        runs = self.batch.runs
        starts = [int(max(runs.start_ms[one], runs.start_ms[other])) for one, other in pairs]
        ends = [int(min(runs.end_ms[one], runs.end_ms[other])) for one, other in pairs]
        length = sum(end - start for start, end in zip(starts, ends, strict=True))
        return _Both(pairs, min(starts), length)

    def all(self, together: Mapping[Span, _Both]) -> list[Overlap]:
        """One overlap for each row of `talk_over`, and one for each pair of runs of two turns that have none."""
        batch, over = self.batch, self.timing.talk_over
        turns = np.unique(np.array([turn for two in together for turn in two], np.int64))
        self._listen(turns)
        partners: dict[int, list[int]] = defaultdict(list)
        for one, other in together:
            partners[one].append(other)
            partners[other].append(one)
        found, told = [], set()
        for row in np.flatnonzero(np.isin(over.turn, turns)).tolist():
            turn, begins = int(over.turn[row]), int(over.begins_ms[row])
            mine = [one for one in partners[turn] if batch.turn_role[one] == over.over[row]]
            if not mine:
                continue
            other = max(mine, key=lambda one: self._speaking_at(together[_pair(turn, one)], turn, begins))
            two = _pair(turn, other)
            told.add(two)
            found.append(self._cuts_in(turn, other, together[two], over, row))
        listening = [pair for two, both in together.items() if two not in told for pair in both.pairs]
        return found + [self._listens(pair) for pair in listening]

    def _speaking_at(self, both: _Both, turn: int, begins_ms: int) -> tuple[bool, int]:
        """Whether the other party is speaking when `turn` comes in; for how long both speak."""
        others = [self._other_run(pair, turn) for pair in both.pairs]
        runs = self.batch.runs
        return any(runs.start_ms[run] < begins_ms < runs.end_ms[run] for run in others), both.length_ms

    def _other_run(self, pair: tuple[int, int], turn: int) -> int:
        return pair[1] if self.batch.run_turn[pair[0]] == turn else pair[0]

    # ---- what is counted -----------------------------------------------------------------------------------------

    def _cuts_in(self, turn: int, other: int, both: _Both, over: TalkOver, row: int) -> Overlap:
        """A turn that comes in with more than a backchannel."""
        counted_ms, letters = int(over.overlap_ms[row]), int(over.characters[row])
        counted, ground = self._counted(turn, over, row)
        begins, at = int(over.begins_ms[row]), int(over.at[row])
        pair = next(
            (one for one in both.pairs if self._says_at(one, turn, at)),
            max(both.pairs, key=lambda one: self.both([one]).length_ms),
        )
        mine = self._side(pair[0] if self.batch.run_turn[pair[0]] == turn else pair[1], begins, both)
        its = self._side(self._other_run(pair, turn), max(begins, both.start_ms), both)
        kind, note, gap = self._kind(mine, its, _Entry(other, begins, at, counted_ms, letters))
        return Overlap(
            call=int(self.batch.turn_call[turn]),
            turn=turn,
            over=other,
            start_ms=both.start_ms,
            length_ms=both.length_ms,
            sounding_ms=self._sounding(both.pairs),
            counted_ms=counted_ms,
            characters=letters,
            kind=kind,
            note=note,
            gap_ms=gap,
            counted=counted,
            ground=ground,
            start=mine.text[0],
            end=self._quote_end(mine),
            cut=self._quote_end(mine) < mine.text[1],
        )

    def _says_at(self, pair: tuple[int, int], turn: int, at: int) -> bool:
        start, end = self._text(pair[0] if self.batch.run_turn[pair[0]] == turn else pair[1])
        return start <= at < end

    def _counted(self, turn: int, over: TalkOver, row: int) -> tuple[Counted, Ground]:
        if self.batch.overlaps_hidden[self.batch.turn_call[turn]]:
            return Counted.UNDETERMINED, Ground.HIDDEN
        if over.most_ms[row] < self.limit_ms:
            return Counted.NO, Ground.TOO_SHORT if over.overlap_ms[row] else Ground.LISTENING
        if over.characters[row] < self.fewest:
            return Counted.NO, Ground.TOO_FEW
        if not over.sure[row]:
            return Counted.UNDETERMINED, Ground.UNKNOWN_ROLE
        if over.overlap_ms[row] < self.limit_ms:
            return Counted.UNDETERMINED, Ground.INTERPOLATED
        return Counted.YES, Ground.LONG_ENOUGH

    def _listens(self, pair: tuple[int, int]) -> Overlap:
        """Two runs of which one is only listening, or whose roles nobody knows."""
        batch, runs, both = self.batch, self.batch.runs, self.both([pair])
        one, other = pair
        silent = bool(batch.run_backchannel[one]), bool(batch.run_backchannel[other])
        turn, over = int(batch.run_turn[other]), int(batch.run_turn[one])
        mine = self._side(other, int(runs.start_ms[other]), both)
        hidden = bool(batch.overlaps_hidden[batch.turn_call[turn]])
        nobody_known = batch.turn_role[turn] == Role.UNKNOWN and batch.turn_role[over] == Role.UNKNOWN
        if any(silent) or not nobody_known:
            note = Note.OTHER_ONLY_LISTENS if silent[0] else Note.LISTENS_FIRST
            note = Note.ONLY_LISTENS if silent[1] else note
            kind, gap, ground, letters, counted_ms = Kind.BACKCHANNEL, 0, Ground.LISTENING, 0, 0
        else:
            letters = int(batch.characters_between(np.array([mine.text[0]]), np.array([mine.text[1]]))[0])
            its = self._side(one, both.start_ms, both)
            counted_ms = both.length_ms
            came = _Entry(over, both.start_ms, mine.text[0], counted_ms, letters)
            kind, note, gap = self._kind(mine, its, came)
            ground = Ground.UNKNOWN_ROLE
            if counted_ms < self.limit_ms:
                ground = Ground.TOO_SHORT
            elif letters < self.fewest:
                ground = Ground.TOO_FEW
        counted = Counted.UNDETERMINED if ground is Ground.UNKNOWN_ROLE or hidden else Counted.NO
        return Overlap(
            call=int(batch.turn_call[turn]),
            turn=turn,
            over=over,
            start_ms=both.start_ms,
            length_ms=both.length_ms,
            sounding_ms=self._sounding(both.pairs),
            counted_ms=counted_ms,
            characters=letters,
            kind=kind,
            note=note,
            gap_ms=gap,
            counted=counted,
            ground=Ground.HIDDEN if hidden else ground,
            start=mine.text[0],
            end=self._quote_end(mine),
            cut=self._quote_end(mine) < mine.text[1],
        )

    # ---- what it is ----------------------------------------------------------------------------------------------

    def _kind(self, mine: _Side, its: _Side, came: _Entry) -> tuple[Kind, Note, int]:
        """Kind, what shows it, and the time that says so in ms."""
        if came.counted_ms == 0:
            return Kind.BACKCHANNEL, Note.LISTENS_FIRST, 0
        if self.batch.run_backchannel[its.run]:
            return Kind.BACKCHANNEL, Note.OTHER_ONLY_LISTENS, 0
        return (
            self._by_words(mine, its)
            or self._by_times(mine, its, came)
            or (Kind.INTERRUPTION, Note.TAKES_FLOOR if mine.until_ms > its.until_ms else Note.NO_FLOOR, 0)
        )

    def _by_words(self, mine: _Side, its: _Side) -> tuple[Kind, Note, int] | None:
        """What both say there makes it harmless."""
        if self._hears(("line_check",), mine.said) or self._hears(("line_check",), its.said):
            return Kind.LINE_CHECK, Note.LINE_CHECK, 0
        if all(self._hears(("farewell", "thanks"), one.said) for one in (mine, its)):
            return Kind.CLOSING, Note.CLOSING, 0
        return None

    def _by_times(self, mine: _Side, its: _Side, came: _Entry) -> tuple[Kind, Note, int] | None:
        """When it begins and ends makes it less than an interruption."""
        ahead = came.begins_ms - int(self.batch.runs.start_ms[its.run])
        left, lasts = its.until_ms - came.begins_ms, mine.until_ms - came.begins_ms
        enough = came.counted_ms >= self.limit_ms and came.letters >= self.fewest
        if 0 <= ahead <= self.together_ms:
            return Kind.TOGETHER, Note.TOGETHER, ahead
        if came.counted_ms < self.limit_ms and self._completes(mine, its, came):
            return Kind.COMPLETION, Note.COMPLETION, 0
        if left <= self.early_ms and mine.until_ms > its.until_ms:
            return Kind.EARLY, Note.ANSWER if self._asks(its.text) else Note.EARLY, left
        if lasts <= self.attempt_ms and mine.until_ms <= its.until_ms:
            return Kind.ATTEMPT, Note.ATTEMPT, lasts
        return None if enough else (Kind.BRIEF, Note.BRIEF, 0)

    def _completes(self, mine: _Side, its: _Side, came: _Entry) -> bool:
        """Few words, which the other party then takes up, or agrees to."""
        said = self._speech(came.at, mine.text[1])
        if not 2 <= len(said) <= LONGEST_COMPLETION or self._asks(mine.text):
            return False
        after = self._speech(self._position(its.run, mine.until_ms), self._turn_end(came.other))[:TAKEN_UP]
        after += self._next_words(came.other)
        most = max(2, -(-2 * len(said) // 3))
        if any(said[place : place + most] in after for place in range(len(said) - most + 1)):
            return True
        return self._agrees(self._next_words(came.other))

    def _agrees(self, said: str) -> bool:
        words = self.cues.lists.get("agreement", ())
        return any(said.startswith(characters.visible(word)) for word in words)

    def _next_words(self, turn: int) -> str:
        """What the party of a turn says next in its next turn."""
        batch = self.batch
        stop = int(batch.call_turn[batch.turn_call[turn] + 1])
        later = np.flatnonzero(batch.turn_role[turn + 1 : stop] == batch.turn_role[turn])
        if not len(later):
            return ""
        after = turn + 1 + int(later[0])
        return self._speech(int(batch.turn_text[after]), self._turn_end(after))[:WITHIN]

    def _asks(self, text: Span) -> bool:
        """A run that ends as a question."""
        start, end = max(text[0], text[1] - WITHIN), text[1]
        return bool((self.batch.normal[start:end] == ord("?")).any()) or self._hears(("question",), (start, end))

    # ---- text ----------------------------------------------------------------------------------------------------

    def _listen(self, turns: Indices) -> None:
        for name in ("line_check", "thanks", "question", "farewell"):
            spans: dict[int, list[Span]] = defaultdict(list)
            for turn, start, end in zip(*(part.tolist() for part in self.cues.hits(name, turns)), strict=True):
                spans[turn].append((start, end))
            self._heard[name] = spans

    def _hears(self, names: Sequence[str], text: Span) -> bool:
        """A hit of one of the lists touches a stretch of a turn."""
        turn = int(np.searchsorted(self.batch.turn_text, text[0], "right")) - 1
        return any(
            start < text[1] and end > text[0] for name in names for start, end in self._heard[name].get(turn, ())
        )

    def _side(self, run: int, begins_ms: int, both: _Both) -> _Side:
        """What a run says from `begins_ms` to the end of the overlap, and WITHIN code points around it."""
        text = self._text(run)
        ends_ms = max(both.start_ms + both.length_ms, begins_ms)
        start = max(text[0], self._position(run, begins_ms) - WITHIN)
        end = min(text[1], max(self._position(run, ends_ms), self._position(run, begins_ms)) + WITHIN)
        return _Side(run, (start, max(end, start)), text, int(self.batch.runs.end_ms[run]))

    def _text(self, run: int) -> Span:
        """Where the words of a run stand in the batch's text."""
        batch, runs = self.batch, self.batch.runs
        said = runs.utterance[runs.offsets[run] : runs.offsets[run + 1]]
        start = int(batch.utterance_start[said[0]])
        return start, start + int(batch.utterance_length[said].sum())

    def _position(self, run: int, moment_ms: int) -> int:
        """Where a run is in its text at a moment: by words, without them by code points."""
        batch, runs = self.batch, self.batch.runs
        said = runs.utterance[runs.offsets[run] : runs.offsets[run + 1]].tolist()
        now = next((one for one in reversed(said) if batch.start_ms[one] <= moment_ms), said[0])
        start, length = int(batch.utterance_start[now]), int(batch.utterance_length[now])
        begin, end = int(batch.start_ms[now]), int(batch.end_ms[now])
        words = self._words_of(now)
        if words:
            begun = sum(word.letters for word in words if word.start_ms is None or word.start_ms < moment_ms)
            spoken = np.flatnonzero(~characters.wordless_table()[batch.normal[start : start + length]])
            return start + (int(spoken[begun - 1]) + 1 if 0 < begun <= len(spoken) else length if begun else 0)
        share = min(max(moment_ms - begin, 0), end - begin) / max(end - begin, 1)
        return start + round(share * length)

    def _words_of(self, utterance: int) -> list[Word]:
        if utterance not in self._words:
            self._words[utterance] = self.timing.words_of(utterance)
        return self._words[utterance]

    def _sounding(self, pairs: Sequence[tuple[int, int]]) -> int | None:
        """The time in ms in which words of both are heard; None where the words of one are not given."""
        heard = 0
        for pair in pairs:
            one, other = (self._sounds(run) for run in pair)
            if not one or not other:
                return None
            heard += _common(one, other)
        return heard

    def _sounds(self, run: int) -> list[Span]:
        runs = self.batch.runs
        said = runs.utterance[runs.offsets[run] : runs.offsets[run + 1]].tolist()
        words = [word for utterance in said for word in self._words_of(utterance)]
        return sorted(
            (word.start_ms, word.end_ms) for word in words if word.start_ms is not None and word.end_ms is not None
        )

    def _quote_end(self, mine: _Side) -> int:
        return min(mine.said[1], mine.text[0] + QUOTED)

    def _turn_end(self, turn: int) -> int:
        return int(self.batch.turn_text[turn + 1]) - 1

    def _speech(self, start: int, end: int) -> str:
        """What is said in a stretch of the text, normalised, without punctuation."""
        normal = self.batch.normal[start:end]
        return characters.to_string(normal[~characters.wordless_table()[normal]])


def _common(one: Sequence[Span], other: Sequence[Span]) -> int:
    """The length that two rows of spans have in common; the spans of a row follow each other."""
    length, first, second = 0, 0, 0
    while first < len(one) and second < len(other):
        length += max(0, min(one[first][1], other[second][1]) - max(one[first][0], other[second][0]))
        if one[first][1] <= other[second][1]:
            first += 1
        else:
            second += 1
    return length


def _pair(one: int, other: int) -> Span:
    return (one, other) if one < other else (other, one)
