"""Batch: many calls as one text, laid out by turn, and columns.

The text holds a newline after each turn and nothing between the utterances of one turn, so that a phrase the
recogniser cut in two is still one phrase. Events （…） stay in the text as given and are blanked for matching.
Knows layout and timing; knows nothing about rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.arrays import ranges
from qa_analyzer.compiled import compiled
from qa_analyzer.model import OVERLAPS_HIDDEN, ROLE_CODES, HangUp, Role
from qa_analyzer.turns import Runs, TurnSettings, build_runs, build_turns

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

LONGEST_BACKCHANNEL = 16
"""A run of more code points than this is speech, whatever it consists of."""

HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15)

HANG_UP_EVENT = re.compile(r"(客户|客戶|用户|用戶|使用者|顾客|顧客|客服|坐席|话务员|話務員|)(挂机|掛機|挂断|掛斷)")
TRANSFER_EVENT = re.compile(r"转接|轉接|转人工|轉人工|转至|轉至|呼叫转移|呼叫轉移")
TRANSFER_EVENT_TAIL = 3
"""Turns at the end of a call in which such an event means that the call ended so."""
EVENT_SPEAKER = {"客户": 2, "客戶": 2, "用户": 2, "用戶": 2, "使用者": 2, "顾客": 2, "顧客": 2}
LONGEST_FAREWELL = 12
"""Code points of speech in a turn that may be a mere farewell."""
FAREWELL = (
    "^(嗯|好的|好|行|哦|那|就|没了|没有了|没有|没事了|不用了|就这样|先这样|[。!?])*"
    "(再见|拜拜|再会|掰掰|挂了)(啊|呀|哈|吧|了|啦|再见|拜拜|[。!?])*$"
    "|^(嗯|好的|好|行|哦|那|[。!?])*"
    "((暂时|目前|)(没了|没啦|没有了|没有啦|没什么了|没别的了|没其他的了|没其他了|没别的事了|没其他事了)[啊呀哈。!?]*)+"
    "(就这样|就这些|[。!?])*$"
)
"""As a regular expression of RE2, over normalised text without blanks and minor marks: a farewell, or nothing more."""


@dataclass(frozen=True)
class BatchSettings:
    """What the rubric says about turns: times and the words that are mere listening (visible form)."""

    turns: TurnSettings = TurnSettings()
    backchannels: tuple[str, ...] = ()
    offset_minutes: int = 480

    @cached_property
    def backchannel_pattern(self) -> re.Pattern[str]:
        words = sorted({word for word in self.backchannels if word}, key=lambda word: (-len(word), word))
        return re.compile("(?:" + "|".join(map(re.escape, words)) + ")+" if words else r"(?!)")

    @cached_property
    def backchannel_alphabet(self) -> Mask:
        """(65,536) bool: characters that occur in a backchannel."""
        table = np.zeros(characters.PLANE_SIZE, np.bool_)
        table[[ord(character) for word in self.backchannels for character in word]] = True
        return table


@dataclass(frozen=True)
class Batch:
    """Some calls. Shapes: c calls, t turns, r runs, u utterances, p code points of text.

    columns     pa.RecordBatch (c rows) in CALL_SCHEMA, as read
    points      (p,) uint32: the text as given, by turn
    normal      (p,) uint16: the same, normalised, events blanked
    call_turn   (c + 1,) int64: turns of call i are call_turn[i] … call_turn[i + 1] - 1
    turn_text   (t + 1,) int64: turn i is points[turn_text[i] : turn_text[i + 1] - 1]
    turn_role   (t,) uint8 Role;  turn_call (t,) int64
    turn_backchannel (t,) bool: nothing but listening words, or no speech at all
    turn_start_ms, turn_end_ms (t,) int64, zero where not turn_timed (t,) bool
    runs, run_turn (r,), run_role (r,), run_backchannel (r,)
    utterance_start (u,) int64: where utterance i (input order) starts in the text
    utterance_call (u,), utterance_length (u,), start_ms, end_ms, timed (u,)
    hang_up     (c,) uint8 HangUp
    transfer_event (c,) bool: an event says that the call was passed on
    """

    columns: pa.RecordBatch
    points: characters.Points
    normal: characters.Normal
    call_turn: Indices
    turn_text: Indices
    turn_role: NDArray[np.uint8]
    turn_call: Indices
    turn_backchannel: Mask
    turn_start_ms: Indices
    turn_end_ms: Indices
    turn_timed: Mask
    runs: Runs
    run_turn: Indices
    run_role: NDArray[np.uint8]
    run_backchannel: Mask
    utterance_start: Indices
    utterance_length: Indices
    utterance_call: Indices
    start_ms: Indices
    end_ms: Indices
    timed: Mask
    hang_up: NDArray[np.uint8]
    transfer_event: Mask
    settings: BatchSettings = field(repr=False)

    @property
    def n_calls(self) -> int:
        return len(self.call_turn) - 1

    @property
    def n_turns(self) -> int:
        return len(self.turn_role)

    @cached_property
    def turn_number(self) -> Indices:
        """(t,) int64: position of a turn in its call."""
        return np.arange(self.n_turns) - self.call_turn[self.turn_call]

    @cached_property
    def visible(self) -> VisibleText:
        """The text as matching sees it."""
        normal, place = visible_characters(self, np.arange(self.n_turns))
        return VisibleText(normal, place, np.searchsorted(self.turn_text, place, "right") - 1)

    @cached_property
    def turn_characters(self) -> Indices:
        """(t,) int64: code points of speech in a turn (no punctuation, no blanks)."""
        words = ~characters.wordless_table()[self.normal]
        if not self.n_turns:
            return np.zeros(0, np.int64)
        return np.add.reduceat(words.view(np.uint8), self.turn_text[:-1], dtype=np.int64)

    def characters_between(self, start: Indices, end: Indices) -> Indices:
        """(n,) int64: code points of speech in stretches of the text."""
        length = np.maximum(end - start, 0)
        words = ~characters.wordless_table()[self.normal[ranges(start, length)]]
        return np.bincount(np.repeat(np.arange(len(start)), length)[words], minlength=len(start)).astype(np.int64)

    def crosses_join(self, start: Indices, end: Indices) -> Mask:
        """(n,) bool: a later utterance of the turn starts inside these stretches of the text."""
        return np.asarray(self._joins_before[start] != self._joins_before[end - 1])

    @cached_property
    def _joins_before(self) -> NDArray[np.int32]:
        """(p + 1,) how many places up to each, itself included, are where a later utterance of a turn starts."""
        inside = np.zeros(len(self.points) + 1, np.bool_)
        inside[self.utterance_start[self.utterance_length > 0]] = True
        inside[self.turn_text] = False
        return np.cumsum(inside, dtype=np.int32)

    @cached_property
    def silent(self) -> Mask:
        """(u,) bool: utterances without speech: an event such as （挂机）, or nothing at all."""
        result = self.utterance_length == 0
        result |= characters.wordless_table()[self.normal[self.utterance_start]]
        some = np.flatnonzero(result)
        begin = self.utterance_start[some]
        result[some] = self.characters_between(begin, begin + self.utterance_length[some]) == 0
        return np.asarray(result)

    @cached_property
    def run_silent(self) -> Mask:
        """(r,) bool: runs without speech."""
        if not len(self.run_turn):
            return np.zeros(0, np.bool_)
        found: Mask = np.logical_and.reduceat(self.silent[self.runs.utterance], self.runs.offsets[:-1])
        return found

    @cached_property
    def turn_silent(self) -> Mask:
        """(t,) bool: turns without speech."""
        return np.asarray(self.turn_characters == 0)

    @cached_property
    def call_timed(self) -> Mask:
        """(c,) bool: every utterance of the call with speech in it has times, and there is one."""
        known = np.zeros(self.n_calls, np.bool_)
        known[self.utterance_call[self.timed & ~self.silent]] = True
        known[self.utterance_call[~self.timed & ~self.silent]] = False
        return known

    @cached_property
    def overlaps_hidden(self) -> Mask:
        """(c,) bool: the transcript cannot show overlaps, because its recogniser put the turns in a row."""
        stated = pc.equal(self.columns.column("overlaps"), OVERLAPS_HIDDEN)
        hidden: Mask = pc.fill_null(stated, False).to_numpy(zero_copy_only=False)
        return hidden

    @cached_property
    def ended_ms(self) -> tuple[Indices, Mask]:
        """(c,) int64 and (c,) bool: end of the recording, and where it is known."""
        return int_column(self.columns.column("ended_ms"))

    @cached_property
    def connected_ms(self) -> tuple[Indices, Mask]:
        return int_column(self.columns.column("connected_ms"))

    @cached_property
    def last_speech_ms(self) -> tuple[Indices, Mask]:
        """(c,) int64 and (c,) bool: end of the last timed speech; it is the last one where the mask is True."""
        last = np.zeros(self.n_calls, np.int64)
        np.maximum.at(last, self.utterance_call, np.where(self.timed & ~self.silent, self.end_ms, 0))
        return last, self.call_timed

    def turn_string(self, turn: int) -> str:
        """The text of one turn as given."""
        return characters.to_string(self.points[self.turn_text[turn] : self.turn_text[turn + 1] - 1])


class VisibleText(NamedTuple):
    """What matching sees: normal (n,) uint16, a newline after each turn; position in the batch's text; turn. (n,)"""

    normal: characters.Normal
    position: Indices
    turn: Indices


def visible_characters(batch: Batch, turns: Indices) -> tuple[characters.Normal, Indices]:
    """What matching sees of some turns (ascending), a newline after each, and where it stands in the text. (n,) each"""
    start = batch.turn_text[turns]
    place = ranges(start, batch.turn_text[turns + 1] - start)
    place = place[~characters.blind_table()[batch.normal[place]]]
    return batch.normal[place], place


def mere_farewells(batch: Batch, turns: Indices) -> Mask:
    """Of each of some turns (ascending), whether it says good-bye and nothing else: manners, no mood. (n,) bool"""
    farewell = np.zeros(len(turns), np.bool_)
    short = np.flatnonzero(batch.turn_characters[turns] <= LONGEST_FAREWELL)
    normal, _ = visible_characters(batch, turns[short])
    lines = pc.split_pattern(pa.array([characters.to_string(normal)]), "\n").values[: len(short)]
    farewell[short] = pc.match_substring_regex(lines, FAREWELL).to_numpy(zero_copy_only=False)
    return farewell


def int_column(column: pa.Array) -> tuple[Indices, Mask]:
    """An Arrow integer column as values (zero where null) and a validity mask."""
    valid = np.asarray(pc.is_valid(column).to_numpy(zero_copy_only=False))
    values = np.asarray(pc.fill_null(column, 0).to_numpy(zero_copy_only=False)).astype(np.int64)
    return values, valid


def _role_codes(roles: pa.Array) -> NDArray[np.uint8]:
    found = pc.index_in(roles, value_set=pa.array(ROLE_CODES))
    return np.asarray(pc.fill_null(found, 0).to_numpy(zero_copy_only=False)).astype(np.uint8)


def _speakers(role: NDArray[np.uint8], labels: pa.Array) -> Indices:
    """A code per utterance that tells speakers apart: the role where known, else the label."""
    speaker = role.astype(np.int64)
    unknown = role == Role.UNKNOWN
    if unknown.any():
        codes = pc.fill_null(pc.dictionary_encode(labels).indices, -1).to_numpy(zero_copy_only=False)
        speaker[unknown] = len(ROLE_CODES) + 1 + np.asarray(codes).astype(np.int64)[unknown]
    return speaker


def _blank_events(normal: characters.Normal, starts: Indices, lengths: Indices) -> list[tuple[int, str]]:
    """Blank （…） in place, never across utterances. Returns (utterance, content) of each event."""
    openings = np.flatnonzero(normal == characters.OPENING_BRACKET)
    if not len(openings):
        return []
    closings = np.flatnonzero(normal == characters.CLOSING_BRACKET)
    follower = np.searchsorted(closings, openings)
    owner = np.searchsorted(starts, openings, "right") - 1
    inside = follower < len(closings)
    openings, owner, follower = openings[inside], owner[inside], follower[inside]
    ends = closings[follower]
    inside = ends < starts[owner] + lengths[owner]
    events = []
    for opening, end, utterance in zip(openings[inside], ends[inside], owner[inside], strict=True):
        content = characters.to_string(normal[opening + 1 : end])
        normal[opening : end + 1] = characters.SPACE
        events.append((int(utterance), content.strip()))
    return events


def _backchannel_runs(
    runs: Runs,
    normal: characters.Normal,
    starts: Indices,
    lengths: Indices,
    eventful: Indices,
    settings: BatchSettings,
) -> Mask:
    """(n_runs,) bool: the run's speech is nothing but backchannels, or there is none.

    `eventful`: utterances with an event in them, which may be long while little is said beside it.
    """
    result = np.zeros(len(runs.call), np.bool_)
    if not len(result):
        return result
    short = np.add.reduceat(lengths[runs.utterance], runs.offsets[:-1]) <= LONGEST_BACKCHANNEL
    if len(eventful):
        short |= np.logical_or.reduceat(np.isin(runs.utterance, eventful), runs.offsets[:-1])
    candidates = np.flatnonzero(short)
    if not len(candidates):
        return result
    counts = np.diff(runs.offsets)[candidates]
    pieces = runs.utterance[ranges(runs.offsets[:-1][candidates], counts)]
    piece_lengths = lengths[pieces]
    gathered = normal[ranges(starts[pieces], piece_lengths)]
    owner = np.repeat(np.repeat(np.arange(len(candidates)), counts), piece_lengths)
    words = ~characters.wordless_table()[gathered]
    gathered, owner = gathered[words], owner[words]
    sizes = np.bincount(owner, minlength=len(candidates))
    silent = sizes == 0
    if (sizes > LONGEST_BACKCHANNEL).any():
        fits = sizes <= LONGEST_BACKCHANNEL
        gathered, owner, sizes = gathered[fits[owner]], owner[fits[owner]], np.where(fits, sizes, 0)
        silent &= fits
    begin = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    result[candidates[silent]] = True
    place = np.arange(len(owner)) - begin[owner]
    power = np.cumprod(np.full(LONGEST_BACKCHANNEL + 1, HASH_FACTOR, np.uint64))
    mixed = (gathered.astype(np.uint64) + np.uint64(1)) * power[place]
    mixed ^= mixed >> np.uint64(29)
    mixed *= power[place]
    strange = np.bincount(owner[~settings.backchannel_alphabet[gathered]], minlength=len(candidates)) > 0
    speaking = np.flatnonzero((sizes > 0) & ~strange)
    if len(speaking):
        kept = ~strange[owner]
        gathered, mixed = gathered[kept], mixed[kept]
        sizes = np.where(strange, 0, sizes)
        begin = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        hashes = np.add.reduceat(mixed, begin[speaking])
        _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        pattern = settings.backchannel_pattern
        verdicts = np.fromiter(
            (
                pattern.fullmatch(characters.to_string(gathered[begin[one] : begin[one] + sizes[one]])) is not None
                for one in speaking[first]
            ),
            np.bool_,
            len(first),
        )
        result[candidates[speaking]] = verdicts[inverse]
    return result


def _hang_ups(
    column: pa.Array, events: list[tuple[int, str]], role: NDArray[np.uint8], call: Indices
) -> NDArray[np.uint8]:
    found = pc.index_in(column, value_set=pa.array([one.code for one in HangUp]))
    hang_up = np.asarray(pc.fill_null(found, 0).to_numpy(zero_copy_only=False)).astype(np.uint8)
    for utterance, content in events:
        event = HANG_UP_EVENT.fullmatch(content)
        if event and hang_up[call[utterance]] == HangUp.UNKNOWN:
            named = event.group(1)
            who = (EVENT_SPEAKER.get(named, HangUp.AGENT)) if named else int(role[utterance])
            if who in (HangUp.AGENT, HangUp.CUSTOMER):
                hang_up[call[utterance]] = who
    return hang_up


def _transfers(events: list[tuple[int, str]], turn: Indices, turn_call: Indices, call_turn: Indices) -> Mask:
    """(c,) bool: calls with an event in their last turns that says they were passed on. turn (u,): of utterances."""
    result = np.zeros(len(call_turn) - 1, np.bool_)
    for utterance, content in events:
        call = turn_call[turn[utterance]]
        if TRANSFER_EVENT.search(content) and turn[utterance] >= call_turn[call + 1] - TRANSFER_EVENT_TAIL:
            result[call] = True
    return result


def build_batch(columns: pa.RecordBatch, settings: BatchSettings) -> Batch:
    """Lay calls out. `columns`: canonical calls, valid and repaired (see readers)."""
    nested = columns.column("utterances")
    offsets = nested.offsets.to_numpy().astype(np.int64)
    said = nested.values.slice(int(offsets[0]), int(offsets[-1] - offsets[0]))
    offsets = offsets - offsets[0]
    n_calls = columns.num_rows
    call = np.repeat(np.arange(n_calls), np.diff(offsets))
    role = _role_codes(pc.struct_field(said, "role"))
    speaker = _speakers(role, pc.struct_field(said, "speaker"))
    start_ms, has_start = int_column(pc.struct_field(said, "start_ms"))
    end_ms, has_end = int_column(pc.struct_field(said, "end_ms"))
    timed = has_start & has_end
    start_ms, end_ms = np.where(timed, start_ms, 0), np.where(timed, end_ms, 0)

    source, lengths = _code_points(pc.struct_field(said, "text"))
    starts = np.cumsum(lengths) - lengths
    normal_source = characters.normalise(source)
    events = _blank_events(normal_source, starts, lengths)

    runs = build_runs(call, speaker, start_ms, end_ms, timed, settings.turns)
    eventful = np.unique(np.fromiter((utterance for utterance, _ in events), np.int64, len(events)))
    run_backchannel = _backchannel_runs(runs, normal_source, starts, lengths, eventful, settings)
    run_turn = build_turns(runs, run_backchannel, settings.turns)
    n_turns = int(run_turn.max()) + 1 if len(run_turn) else 0

    # Utterances in order of turn, run, time; a newline ends each turn.
    utterance_run = np.repeat(np.arange(len(runs.call)), np.diff(runs.offsets))
    utterance_turn = run_turn[utterance_run]
    ordered = runs.utterance
    if np.any(utterance_turn[1:] < utterance_turn[:-1]):
        by_turn = np.argsort(utterance_turn, kind="stable")
        ordered, utterance_turn = ordered[by_turn], utterance_turn[by_turn]
    ordered_lengths = lengths[ordered]
    target = np.cumsum(ordered_lengths) - ordered_lengths + utterance_turn
    utterance_start = np.empty(len(ordered), np.int64)
    utterance_start[ordered] = target
    turn_length = np.bincount(utterance_turn, weights=ordered_lengths, minlength=n_turns).astype(np.int64) + 1
    turn_text = np.concatenate(([0], np.cumsum(turn_length)))
    points = np.full(int(turn_text[-1]), characters.NEWLINE, np.uint32)
    normal = np.full(int(turn_text[-1]), characters.NEWLINE, np.uint16)
    _lay_out(source, normal_source, starts, utterance_start, lengths, points, normal)

    first_run = np.unique(run_turn, return_index=True)[1]
    turn_call = runs.call[first_run]
    run_role = np.where(runs.speaker < len(ROLE_CODES), runs.speaker, 0).astype(np.uint8)
    # A turn is timed when all its runs are.
    turn_timed = np.bincount(run_turn, weights=~runs.timed, minlength=n_turns) == 0
    turn_end = np.zeros(n_turns, np.int64)
    np.maximum.at(turn_end, run_turn, runs.end_ms)
    turn_backchannel = np.bincount(run_turn, weights=~run_backchannel, minlength=n_turns) == 0
    call_turn = np.searchsorted(turn_call, np.arange(n_calls + 1))
    turn_of = np.empty(len(ordered), np.int64)
    turn_of[ordered] = utterance_turn
    return Batch(
        columns=columns,
        points=points,
        normal=normal,
        call_turn=call_turn,
        turn_text=turn_text,
        turn_role=run_role[first_run],
        turn_call=turn_call,
        turn_backchannel=turn_backchannel,
        turn_start_ms=np.where(turn_timed, runs.start_ms[first_run], 0),
        turn_end_ms=np.where(turn_timed, turn_end, 0),
        turn_timed=turn_timed,
        runs=runs,
        run_turn=run_turn,
        run_role=run_role,
        run_backchannel=run_backchannel,
        utterance_start=utterance_start,
        utterance_length=lengths,
        utterance_call=call,
        start_ms=start_ms,
        end_ms=end_ms,
        timed=timed,
        hang_up=_hang_ups(columns.column("hang_up"), events, role, call),
        transfer_event=_transfers(events, turn_of, turn_call, call_turn),
        settings=settings,
    )


def _code_points(texts: pa.Array) -> tuple[characters.Points, Indices]:
    """All texts one after the other as code points, and the length of each (n,); nulls are empty."""
    if texts.null_count:
        texts = pc.fill_null(texts, "")
    texts = texts.cast(pa.large_string()) if pa.types.is_string_view(texts.type) else texts
    _, offset_buffer, buffer = texts.buffers()
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    lengths = np.zeros(len(texts), np.int64)
    if buffer is None or not len(texts):
        return np.zeros(0, np.uint32), lengths
    offsets = np.frombuffer(offset_buffer, width)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    data = np.frombuffer(buffer, np.uint8)[offsets[0] : offsets[-1]]
    source = np.empty(len(data), np.uint32)
    count = _decode(data, offsets - offsets[0], source, lengths)
    return source[:count].copy(), lengths


@compiled
def _decode(data: NDArray[np.uint8], offsets: Indices, points: characters.Points, lengths: Indices) -> int:
    """UTF-8 → code points; what is not UTF-8 becomes U+FFFD, a byte a code point. Returns how many there are."""
    count = 0
    for index in range(len(lengths)):
        before = count
        at, stop = offsets[index], offsets[index + 1]
        while at < stop:
            byte = np.uint32(data[at])
            more = 0
            point = byte
            if byte >= 0xF0 and byte < 0xF8:
                more, point = 3, byte & np.uint32(7)
            elif byte >= 0xE0 and byte < 0xF0:
                more, point = 2, byte & np.uint32(15)
            elif byte >= 0xC2 and byte < 0xE0:
                more, point = 1, byte & np.uint32(31)
            elif byte >= 0x80:
                point = np.uint32(0xFFFD)
            if at + more >= stop:
                more, point = 0, np.uint32(0xFFFD)
            for step in range(1, more + 1):
                following = np.uint32(data[at + step])
                if following & 0xC0 != 0x80:
                    more, point = 0, np.uint32(0xFFFD)
                    break
                point = (point << np.uint32(6)) | (following & np.uint32(63))
            if point > 0x10FFFF or (0xD800 <= point < 0xE000):
                point = np.uint32(0xFFFD)
            points[count] = point
            count += 1
            at += more + 1
        lengths[index] = count - before
    return count


@compiled
def _lay_out(
    source: characters.Points,
    normal_source: characters.Normal,
    starts: Indices,
    targets: Indices,
    lengths: Indices,
    points: characters.Points,
    normal: characters.Normal,
) -> None:
    """Copy each utterance to its place."""
    for index in range(len(starts)):
        shift = targets[index] - starts[index]
        for place in range(starts[index], starts[index] + lengths[index]):
            points[place + shift] = source[place]
            normal[place + shift] = normal_source[place]
