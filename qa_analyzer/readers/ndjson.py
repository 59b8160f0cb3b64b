"""Canonical NDJSON, one call a line: bytes → columns, by pyarrow at full speed, with every line accounted for.

pyarrow refuses a whole block for one bad line, accepts two objects on a line and crashes on a bare `null`. So the bytes
of each line are looked at first, and lines that look odd are mended one by one (`mend`). Where pyarrow still refuses,
msgspec finds the lines: first by the fields that are cheap to check, then by all of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.json as pj
from numpy.typing import NDArray

from qa_analyzer.errors import Rejected
from qa_analyzer.model import CALL_SCHEMA, UTTERANCE
from qa_analyzer.readers.chunk import Chunk, no_calls
from qa_analyzer.readers.mend import Unmendable, mend_json
from qa_analyzer.readers.messages import say, size_words
from qa_analyzer.readers.repair import DAY_MS, Rows, settle, shown_id

LINE_BYTES = 16 << 20
"""A longer line is rejected unread. A call of 24 hours with word times stays well below."""

_SCREENED_TOGETHER = 16
_VALIDATED_TOGETHER = 16
_ROW_RETRIES = 4
_NEWLINE, _RETURN, _OPEN, _CLOSE = 10, 13, ord("{"), ord("}")

_WITH_TURNS = CALL_SCHEMA.append(pa.field("turns", pa.list_(UTTERANCE)))
_TURNS_LIST = re.compile(rb'"turns"\s*:\s*\[')
_CALL_ID = re.compile(rb'"call_id"\s*:\s*("(?:[^"\\\x00-\x1f]|\\.){1,200}")')
_ROW = re.compile(r"in row (\d+)")
_TWICE = re.compile(r"Column\(/(\w+)\) was specified twice")

_untidy_files: set[str] = set()
"""The file in which a block was refused last: its next blocks are screened before pyarrow tries. Order of work only."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of NDJSON and where they stand. `files` is one name or one a line; `numbers` the first or all of them.

    `spare_ids` maps a line (by its position here) to the id of a call that is alone in its file.
    """

    data: bytes
    files: str | list[str]
    numbers: int | NDArray[np.int64] = 1
    spare_ids: dict[int, str] = field(default_factory=dict)
    encoding: str = "UTF-8"

    def file(self, line: int) -> str:
        return self.files if isinstance(self.files, str) else self.files[line]

    def numbered(self, lines: NDArray[np.int64]) -> NDArray[np.int64]:
        """1-based line numbers in the files."""
        return self.numbers + lines if isinstance(self.numbers, int) else self.numbers[lines]


class _Word(msgspec.Struct, gc=False):
    text: str
    start_ms: int | None = None
    end_ms: int | None = None


_Ms = Annotated[int, msgspec.Meta(ge=0, le=DAY_MS)]


class _Utterance(msgspec.Struct, gc=False):
    role: str | None = None
    speaker: str | None = None
    start_ms: _Ms | None = None
    end_ms: _Ms | None = None
    words: list[_Word] | None = None


class _WholeUtterance(_Utterance, gc=False):
    text: str | None = None


class _Head(msgspec.Struct, gc=False):
    call_id: str | None = None
    agent_id: str | None = None
    agent_name: str | None = None
    team: str | None = None
    customer_id: str | None = None
    started_at: str | None = None
    call_type: str | None = None
    hang_up: str | None = None
    ended_ms: _Ms | None = None
    recording_url: str | None = None
    connected_ms: _Ms | None = None
    overlaps: str | None = None
    source_format: str | None = None


class _Call(_Head, gc=False):
    utterances: list[_Utterance] | None = None
    turns: list[_Utterance] | None = None


class _WholeCall(_Head, gc=False):
    utterances: list[_WholeUtterance] | None = None
    turns: list[_WholeUtterance] | None = None


_QUICK = msgspec.json.Decoder(_Call)
"""Skips the texts: 3 times as fast as decoding them."""
_THOROUGH = msgspec.json.Decoder(_WholeCall)


def read_lines(lines: Lines, *, lang: str, time_zone: str) -> Chunk:
    """Every line that is not blank becomes a call or a rejection; `read` is their number."""
    work = _Work(lines, lang)
    calls = work.columns()
    live = work.live()
    rank = {int(line): row for row, line in enumerate(live)} if lines.spare_ids else {}
    spare_ids = {rank[line]: spare for line, spare in lines.spare_ids.items() if line in rank}
    files = [lines.files] * len(live) if isinstance(lines.files, str) else [lines.files[line] for line in live.tolist()]
    chunk = settle(Rows(calls, files, lines.numbered(live), spare_ids), lang=lang, time_zone=time_zone)
    return _with_mended(chunk, work)


def _with_mended(chunk: Chunk, work: _Work) -> Chunk:
    """Add what happened to single lines: rejections, and the repairs of those that were kept."""
    repaired = chunk.repaired
    if work.repaired:
        lost = {(rejected.file, rejected.line) for rejected in chunk.rejected}
        for line, count in work.repaired.items():
            if (work.lines.file(line), work.number(line)) not in lost:
                repaired.update(count)
    rejected = chunk.rejected + [work.rejected[line] for line in sorted(work.rejected)]
    if isinstance(work.lines.files, str):
        rejected.sort(key=lambda one: one.line)
    return Chunk(
        chunk.calls,
        chunk.files,
        chunk.lines,
        rejected,
        Counter({key: often for key, often in repaired.items() if often}),
        chunk.read + len(work.rejected),
        len(work.starts),
    )


class _Work:
    """One block while it is read: where its lines are, and what replaces the odd ones."""

    def __init__(self, lines: Lines, lang: str) -> None:
        self.lines = lines
        self.lang = lang
        self.rejected: dict[int, Rejected] = {}
        self.repaired: dict[int, Counter[str]] = {}
        self._mended: dict[int, bytes] = {}
        self._bytes = np.frombuffer(lines.data, np.uint8)
        self._view = memoryview(lines.data)
        self._find_lines()

    def columns(self) -> pa.RecordBatch:
        """The calls of all lines that are not blank and not rejected, in order."""
        name = self.lines.files if isinstance(self.lines.files, str) else ""
        if name not in _untidy_files:
            calls = self._attempt()
            if calls is not None:
                return calls
            if name:
                _untidy_files.clear()
                _untidy_files.add(name)
        for decoder in (_QUICK, _THOROUGH):
            refused = self._screened(decoder)
            if not refused:
                _untidy_files.discard(name)
            self._mend(refused)
            calls = self._attempt(retries=_ROW_RETRIES)
            if calls is not None:
                return calls
        self._mend(self._untouched())
        calls = self._attempt()
        return calls if calls is not None else self._one_by_one()

    def live(self) -> NDArray[np.int64]:
        """The lines that hold a call."""
        alive = self._filled.copy()
        alive[list(self.rejected)] = False
        return np.flatnonzero(alive)

    def number(self, line: int) -> int:
        return int(self.lines.numbered(np.array([line]))[0])

    def _find_lines(self) -> None:
        """Cut at line ends; look at each line's first and last byte, control characters, encoding and length."""
        data = self._bytes
        low = np.flatnonzero(data < 0x20)
        is_newline = data[low] == _NEWLINE
        ends = low[is_newline]
        self.starts = np.concatenate([[0], ends + 1])
        if not len(data) or data[-1] == _NEWLINE:
            self.starts = self.starts[:-1]
        else:
            ends = np.append(ends, len(data))
        self.ends = ends
        controls = low[~is_newline]
        if len(controls):
            returned = (ends > self.starts) & (data[ends - 1] == _RETURN)
            controls = np.setdiff1d(controls, ends[returned] - 1, assume_unique=True)
            self.ends = ends - returned
        self._filled = self.ends > self.starts
        if not len(self.starts):
            return
        odd = self._filled & ((data[self.starts] != _OPEN) | (data[np.maximum(self.ends - 1, 0)] != _CLOSE))
        odd[np.searchsorted(self.starts, controls, side="right") - 1] = True
        for line in np.flatnonzero(odd).tolist():
            if not bytes(self._view[self.starts[line] : self.ends[line]][:LINE_BYTES]).strip():
                self._filled[line] = False
        long = self.ends - self.starts > LINE_BYTES
        for line in np.flatnonzero(long & self._filled).tolist():
            self._reject(
                line,
                "line_too_long",
                size=size_words(int(self.ends[line] - self.starts[line])),
                limit=size_words(LINE_BYTES),
            )
        for line in self._undecodable():
            if line not in self.rejected:
                self._reject(line, "undecodable", encoding=self.lines.encoding)
        self._mend(np.flatnonzero(odd & self._filled).tolist())

    def _undecodable(self) -> Iterator[int]:
        """Lines that are not UTF-8: by groups, and then by halving what Arrow's validation refuses."""
        count = len(self.starts)
        if self._is_utf8(0, len(self.lines.data)):
            return
        stack = [(at, min(at + _VALIDATED_TOGETHER, count)) for at in reversed(range(0, count, _VALIDATED_TOGETHER))]
        while stack:
            first, last = stack.pop()
            if self._is_utf8(int(self.starts[first]), int(self.ends[last - 1])):
                continue
            if last - first == 1:
                yield first
            else:
                middle = (first + last) // 2
                stack += [(middle, last), (first, middle)]

    def _is_utf8(self, start: int, end: int) -> bool:
        where = pa.py_buffer(np.array([start, end], np.int32))
        try:
            pa.StringArray.from_buffers(1, where, pa.py_buffer(self.lines.data)).validate(full=True)
        except pa.ArrowInvalid:
            return False
        return True

    def _attempt(self, retries: int = 0) -> pa.RecordBatch | None:
        """Parse what is left by pyarrow. A line that it names as the culprit is mended, `retries` times."""
        live = self.live()
        if not len(live):
            return no_calls()
        data = self._assembled()
        with_turns = bool(_TURNS_LIST.search(data[: 1 << 16]))
        try:
            calls = _parsed(data, with_turns)
            if not with_turns and calls.column("utterances").null_count and _TURNS_LIST.search(data):
                calls = _parsed(data, with_turns=True)
        except pa.ArrowInvalid as error:
            twice = _TWICE.search(str(error))
            if retries and twice:
                key = b'"%b"' % twice[1].encode()
                self._mend(line for line in self._untouched() if bytes(self._line(line)).count(key) > 1)
                return self._attempt(retries - 1)
            named = _ROW.search(str(error))
            if not retries or not named or int(named[1]) >= len(live):
                return None
            line = int(live[int(named[1])])
            if line in self._mended:
                return None
            self._mend([line])
            return self._attempt(retries - 1)
        # Two objects on a line make a row too many. One call over two lines cannot make up for them: every line
        # left begins with { and ends with }, so it holds at least one whole value.
        return calls if calls.num_rows == len(live) else None

    def _assembled(self) -> bytes:
        """The block with its odd lines replaced."""
        touched = sorted(self._mended.keys() | self.rejected.keys())
        if not touched:
            return self.lines.data
        parts: list[bytes | memoryview] = []
        at = 0
        for line in touched:
            parts.append(self._view[at : self.starts[line]])
            if line in self._mended:
                parts += [self._mended[line], b"\n"]
            at = int(self.starts[line + 1]) if line + 1 < len(self.starts) else len(self._view)
        parts.append(self._view[at:])
        return b"".join(parts)

    def _untouched(self) -> list[int]:
        return [line for line in self.live().tolist() if line not in self._mended]

    def _screened(self, decoder: _Decoder) -> list[int]:
        """Lines that msgspec refuses, tried 16 at a time."""
        refused = []
        waiting = self._untouched()
        for at in range(0, len(waiting), _SCREENED_TOGETHER):
            group = waiting[at : at + _SCREENED_TOGETHER]
            joined = self._view[self.starts[group[0]] : self.ends[group[-1]]]
            # A group is checked at once if nothing else stands between its lines.
            if group[-1] - group[0] == len(group) - 1 and _accepts_lines(decoder, joined, len(group)):
                continue
            refused += [line for line in group if not _accepts(decoder, self._line(line))]
        return refused

    def _line(self, line: int) -> memoryview:
        return self._view[self.starts[line] : self.ends[line]]

    def _mend(self, odd: Iterable[int]) -> None:
        for line in odd:
            if line in self.rejected or line in self._mended:
                continue
            count: Counter[str] = Counter()
            try:
                self._mended[line] = mend_json(bytes(self._line(line)), count)
                self.repaired[line] = count
            except Unmendable as problem:
                self._reject(line, problem.key, **problem.values)

    def _reject(self, line: int, key: str, /, **values: object) -> None:
        self._mended.pop(line, None)
        call_id = call_id_in(bytes(self._line(line)[: 1 << 16]))
        reason = say(self.lang, key, **values)
        self.rejected[line] = Rejected(self.lines.file(line), self.number(line), call_id, reason)

    def _one_by_one(self) -> pa.RecordBatch:
        """What pyarrow refuses even when mended is rejected with its words; nothing known gets here."""
        batches = [no_calls()]
        for line in self.live().tolist():
            try:
                batches.append(_parsed(self._mended.get(line, b"") + b"\n", with_turns=False))
            except pa.ArrowInvalid as error:
                self._reject(line, "unfit", detail=str(error)[:80])
        return pa.concat_batches(batches)


def call_id_in(head: bytes) -> str:
    """The id that a broken line seems to have, for the list of rejections."""
    found = _CALL_ID.search(head)
    if not found:
        return ""
    try:
        return shown_id(json.loads(found[1]))
    except ValueError:
        return ""


_Decoder = msgspec.json.Decoder[_Call] | msgspec.json.Decoder[_WholeCall]


def _accepts(decoder: _Decoder, line: memoryview) -> bool:
    try:
        decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True


def _accepts_lines(decoder: _Decoder, lines: memoryview, count: int) -> bool:
    """Whether each of `count` lines is one call: `decode_lines` takes two on a line without complaint."""
    try:
        return len(decoder.decode_lines(lines)) == count
    except (msgspec.MsgspecError, RecursionError):
        return False


def _parsed(data: bytes, with_turns: bool) -> pa.RecordBatch:
    """Calls by pyarrow in `CALL_SCHEMA`. A null `utterances` takes `turns`."""
    table = pj.read_json(
        pa.BufferReader(data),
        read_options=pj.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=pj.ParseOptions(
            explicit_schema=_WITH_TURNS if with_turns else CALL_SCHEMA, unexpected_field_behavior="ignore"
        ),
    )
    calls = table.combine_chunks().to_batches()
    batch = calls[0] if calls else pa.RecordBatch.from_pylist([], schema=table.schema)
    if not with_turns:
        return batch.select(CALL_SCHEMA.names)
    either = pa.concat_arrays([batch.column("utterances"), batch.column("turns")])
    rows = np.arange(batch.num_rows)
    missing = batch.column("utterances").is_null().to_numpy(zero_copy_only=False)
    columns = [batch.column(name) for name in CALL_SCHEMA.names[:-1]]
    columns.append(either.take(pa.array(np.where(missing, rows + batch.num_rows, rows))))
    return pa.RecordBatch.from_arrays(columns, schema=CALL_SCHEMA)
