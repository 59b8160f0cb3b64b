"""A block → its calls. Finds the reader by content, and lets every format end in the same columns and checks."""

from __future__ import annotations

import gzip
import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from qa_analyzer.errors import Rejected
from qa_analyzer.readers.archives import BROKEN, MemberIds, is_workbook, members
from qa_analyzer.readers.chunk import Block, BlockKind, Chunk, Source, failed_chunk
from qa_analyzer.readers.columns import CallsOfRows, ColumnsFound, Heading
from qa_analyzer.readers.detect import Container, Layout, container, encoding_of, layout_of, without_bom
from qa_analyzer.readers.mend import Unmendable, loosely_parsed, mended
from qa_analyzer.readers.messages import say, size_words
from qa_analyzer.readers.ndjson import LINE_BYTES, Lines, call_id_in, read_lines
from qa_analyzer.readers.parquet import conformed
from qa_analyzer.readers.planning import PACKED_ERRORS
from qa_analyzer.readers.repair import Rows, settle, shown_id
from qa_analyzer.readers.table import Table, read_csv, read_xlsx
from qa_analyzer.readers.text import read_dialogue
from qa_analyzer.readers.vendors import (
    JsonFormat,
    TextFormat,
    in_pieces,
    in_vendor_lines,
    joined_calls,
    json_format,
    kind_of,
    named,
    text_format,
)
from qa_analyzer.readers.vendors.form import Json, inside, unwrapped
from qa_analyzer.readers.vendors.pieces import ROWS

TIME_ZONE = "Asia/Shanghai"
UNPACKED_BYTES = 64 << 20
"""A small compressed file that holds more than this is rejected; large ones are streamed and have no limit."""
_HEAD = 1 << 18


def load(block: Block, *, lang: str = "zh", time_zone: str = TIME_ZONE, form: str | None = None) -> Chunk:
    """The calls of a block, repaired, and what had to be rejected. Never raises for what the input holds.

    `time_zone` (an IANA name) is assumed for a `started_at` without an offset; `lang` (`zh`, `en`) is the language of
    the reasons; `form` names a format of `vendors` in which every text file is, instead of looking at its content.
    """
    run = _Run(lang, time_zone, named(form) if form else None)
    source = block.sources[0]
    match block.kind:
        case BlockKind.FAILED:
            problem = block.problem
            assert problem is not None, "a failed block says why"
            reason = say(lang, problem.key, **dict(problem.values))
            return failed_chunk([Rejected(source.name, block.first_line, problem.call_id, reason)])
        case BlockKind.LINES:
            return _load_lines(block, run)
        case BlockKind.ROW_GROUP:
            return _load_parquet(block, run, lambda: _row_group(block))
        case BlockKind.COLUMNS:
            return _load_parquet(block, run, lambda: pa.ipc.open_stream(block.payload).read_all())
        case BlockKind.ROWS:
            return _load_rows(block, run)
    return _load_files(block, run)


@dataclass(frozen=True, slots=True)
class _Run:
    lang: str
    time_zone: str
    form: JsonFormat | TextFormat | None = None

    def json_format(self, value: Json) -> JsonFormat | None:
        return self.form if isinstance(self.form, JsonFormat) else json_format(value)

    def text_format(self, head: str) -> TextFormat | None:
        return self.form if isinstance(self.form, TextFormat) else text_format(head)

    def rejected(self, source: Source, line: int, problem: Unmendable, call_id: str = "") -> Rejected:
        return Rejected(source.name, line, call_id, say(self.lang, problem.key, **problem.values))


# NDJSON, cut by the planner ---------------------------------------------------------------------------------------


def _load_lines(block: Block, run: _Run) -> Chunk:
    source = block.sources[0]
    data = block.payload
    if data is None:
        try:
            with open(source.path, "rb") as file:
                file.seek(block.start)
                data = file.read(block.size)
        except OSError as error:
            return failed_chunk([run.rejected(source, 0, Unmendable("unreadable", detail=_why(error)))])
    if block.first_line == 1:
        data = without_bom(data, block.encoding)
    data = _as_utf8(data, block.encoding)
    spare_ids = {}
    if block.whole:
        if not data.strip():
            return failed_chunk([run.rejected(source, 0, Unmendable("empty"))], data.count(b"\n"))
        if b"\n" not in data.strip():
            spare_ids = {data[: len(data) - len(data.lstrip())].count(b"\n"): source.call_id}
    foreign = in_vendor_lines(data) if block.foreign is None else block.foreign
    if foreign or isinstance(run.form, JsonFormat):
        gathered = _Gathered(run, line_count=data.count(b"\n"))
        _gather_vendor_lines(source, data, gathered, block)
        return _settled(gathered, block)
    lines = Lines(data, source.name, block.first_line, spare_ids, _shown_encoding(block.encoding))
    return read_lines(lines, lang=run.lang, time_zone=run.time_zone)


def _as_utf8(data: bytes, encoding: str) -> bytes:
    """Text in UTF-8. A line that is not in `encoding` becomes one that is no UTF-8 either, and is rejected for it."""
    if encoding == "utf-8":
        return data
    try:
        return data.decode(encoding).encode("utf-8", "replace")
    except UnicodeDecodeError:
        return b"\n".join(_line_as_utf8(line, encoding) for line in data.split(b"\n"))


def _line_as_utf8(line: bytes, encoding: str) -> bytes:
    try:
        return line.decode(encoding).encode()
    except UnicodeDecodeError:
        return b"\xff" + line


def _shown_encoding(encoding: str) -> str:
    return {"cp950": "Big5", "big5hkscs": "Big5"}.get(encoding, encoding.upper())


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__


# Parquet ----------------------------------------------------------------------------------------------------------


def _row_group(block: Block) -> pa.Table:
    with pq.ParquetFile(block.sources[0].path) as file:
        return file.read_row_group(block.start, use_threads=False)


def _load_parquet(block: Block, run: _Run, read: Callable[[], pa.Table]) -> Chunk:
    source = block.sources[0]
    try:
        table = read()
    except (pa.ArrowException, OSError) as error:
        rejected = run.rejected(source, block.first_line, Unmendable("parquet_broken", detail=type(error).__name__))
        return failed_chunk([rejected])
    return _settled_table(source, table, block.first_line, block.whole, run)


def _settled_table(source: Source, table: pa.Table, first_row: int, alone: bool, run: _Run) -> Chunk:
    repaired: Counter[str] = Counter()
    try:
        calls, undecodable = conformed(table, repaired)
    except Unmendable as problem:
        return failed_chunk([run.rejected(source, 0, problem)])
    rows = np.arange(first_row, first_row + calls.num_rows, dtype=np.int64)
    rejected = []
    if undecodable:
        keep = np.ones(len(rows), bool)
        keep[undecodable] = False
        ids = calls.column("call_id")
        rejected = [
            run.rejected(
                source, int(rows[row]), Unmendable("undecodable", encoding="UTF-8"), shown_id(ids[row].as_py())
            )
            for row in undecodable
        ]
        calls, rows = calls.filter(pa.array(keep)), rows[keep]
    spare_ids = {0: source.call_id} if alone and calls.num_rows == 1 else {}
    chunk = settle(Rows(calls, [source.name] * len(rows), rows, spare_ids), lang=run.lang, time_zone=run.time_zone)
    return Chunk(
        chunk.calls,
        chunk.files,
        chunk.lines,
        sorted(chunk.rejected + rejected, key=lambda one: one.line),
        chunk.repaired + repaired,
        chunk.read + len(rejected),
        table.num_rows,
    )


# Whole files ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Gathered:
    """Calls of many files as lines of canonical JSON, in order of file and line, and what failed on the way."""

    run: _Run
    data: list[bytes] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    spare_ids: dict[int, str] = field(default_factory=dict)
    repaired: dict[int, Counter[str]] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    rank: dict[str, int] = field(default_factory=dict)
    columns: list[ColumnsFound] = field(default_factory=list)
    line_count: int = 0
    _at_line: Counter[tuple[str, int]] = field(default_factory=Counter)

    def refuse(self, source: Source, line: int, problem: Unmendable, call_id: str = "") -> None:
        self.rank.setdefault(source.name, len(self.rank))
        self.rejected.append(self.run.rejected(source, line, problem, call_id))

    def add(
        self,
        source: Source,
        line: int,
        data: bytes,
        count: Counter[str] | None = None,
        *,
        alone: bool = False,
        at_line: bool = False,
    ) -> None:
        """`alone` = the call is its file's only one, whose name is its id if it has none; `at_line` = with its line."""
        if alone or at_line:
            self.spare_ids[len(self.data)] = source.call_id if alone else self._id_at(source, line)
        if count:
            self.repaired[len(self.data)] = count
        self.data.append(data)
        self.files.append(source.name)
        self.numbers.append(line)

    def _id_at(self, source: Source, line: int) -> str:
        """`file#line`, and `file#line.2` for the second call on that line."""
        found = f"{source.call_id}#{line}"
        self._at_line[source.name, line] += 1
        often = self._at_line[source.name, line]
        return found if often == 1 else f"{found}.{often}"


def _load_files(block: Block, run: _Run) -> Chunk:
    gathered = _Gathered(run)
    for at, source in enumerate(block.sources):
        try:
            if block.payloads is not None:
                data = block.payloads[at]
            else:
                data = block.payload if block.payload is not None else Path(source.path).read_bytes()
            _gather_file(source, data, gathered)
        except OSError as error:
            gathered.refuse(source, 0, Unmendable("unreadable", detail=_why(error)))
        except Unmendable as problem:
            gathered.refuse(source, 0, problem)
    return _settled(gathered, block)


def _gather_file(source: Source, data: bytes, gathered: _Gathered, *, inside: bool = False) -> None:
    """The calls of one file of any kind. `inside` = it comes out of an archive, and may be none itself."""
    run = gathered.run
    gathered.rank.setdefault(source.name, len(gathered.rank))
    kind = container(data[:_HEAD])
    if kind in (Container.GZIP, Container.ZSTD):
        data = _unpacked(data, kind)
        kind = container(data[:_HEAD])
    if not data.strip():
        raise Unmendable("empty")
    if kind is Container.TEXT:
        _gather_text(source, data, gathered)
    elif kind is Container.TAR or (kind is Container.ZIP and not is_workbook(io.BytesIO(data))):
        if inside:
            raise Unmendable("archive_inside")
        _gather_members(source, data, kind, gathered)
    elif kind is Container.ZIP:
        count: Counter[str] = Counter()
        _gather_table(source, read_xlsx(data, count, source.name, source.columns), count, gathered)
    elif kind is Container.PARQUET:
        gathered.chunks.append(_whole_parquet(source, data, run))
    elif kind is Container.OLD_OFFICE:
        raise Unmendable("old_excel")
    else:
        raise Unmendable("binary", what=say(run.lang, f"binary.{kind}" if kind in _NAMED else "binary.other"))


def _gather_members(source: Source, data: bytes, kind: Container, gathered: _Gathered) -> None:
    """The files of a small archive; large ones are taken apart by the planner."""
    ids = MemberIds(source.prefix)
    left = UNPACKED_BYTES
    try:
        for member in members(io.BytesIO(data), kind):
            inner = source.member(member.name, ids.of(member.name))
            gathered.rank.setdefault(inner.name, len(gathered.rank))
            try:
                if member.problem is not None or member.open is None:
                    raise member.problem or Unmendable("archive_empty")
                found = member.open().read(left + 1)
                left -= len(found)
                if left < 0:
                    limit = size_words(UNPACKED_BYTES)
                    raise Unmendable("too_large", size=f"> {limit}", limit=limit)
                _gather_file(inner, found, gathered, inside=True)
            except Unmendable as problem:
                gathered.refuse(inner, 0, problem)
            except RuntimeError as error:  # a method or a password that this Python lacks
                gathered.refuse(inner, 0, Unmendable("archive_method", detail=str(error)[:60]))
    except BROKEN as error:
        gathered.refuse(source, 0, Unmendable("compressed_broken", detail=type(error).__name__))


_NAMED = frozenset(
    {Container.AUDIO, Container.IMAGE, Container.PDF, Container.ARCHIVE, Container.PROGRAM, Container.DATABASE}
)


def _unpacked(data: bytes, kind: Container) -> bytes:
    try:
        if kind is Container.GZIP:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as unzipped:
                found = unzipped.read(UNPACKED_BYTES + 1)
        else:
            with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
                found = stream.read(UNPACKED_BYTES + 1)
    except PACKED_ERRORS as error:
        raise Unmendable("compressed_broken", detail=type(error).__name__) from None
    if len(found) > UNPACKED_BYTES:
        raise Unmendable("too_large", size="> " + size_words(UNPACKED_BYTES), limit=size_words(UNPACKED_BYTES))
    return found


def _whole_parquet(source: Source, data: bytes, run: _Run) -> Chunk:
    try:
        table = pq.read_table(pa.BufferReader(data), use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise Unmendable("parquet_broken", detail=type(error).__name__) from None
    if not table.num_rows:
        raise Unmendable("no_calls")
    return _settled_table(source, table, 1, table.num_rows == 1, run)


def _gather_text(source: Source, data: bytes, gathered: _Gathered) -> None:
    encoding = encoding_of(data)
    if encoding is None:
        raise Unmendable("undecodable_file")
    suffix = Path(source.path.removesuffix(".gz").removesuffix(".zst")).suffix.lower()
    data = without_bom(data, encoding)
    head = data[:_HEAD].decode(encoding, "replace")
    gathered.line_count += data.count(b"\n")
    form = gathered.run.text_format(head)
    layout = layout_of(head, suffix)
    if form is None and layout is Layout.JSON_LINES:
        if encoding.startswith("utf-16"):
            data, encoding = data.decode(encoding, "replace").encode("utf-8", "replace"), "utf-8"
        _gather_lines(source, _as_utf8(data, encoding), gathered)
        return
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if layout is Layout.JSON_DOCUMENT and form is None:
            _gather_damaged(source, data.decode(encoding, "replace"), gathered)
            return
        raise Unmendable("undecodable_file") from None
    count: Counter[str] = Counter()
    if form is not None:
        _gather_vendor(source, 1, form, text, count, gathered, alone=True)
    elif layout is Layout.JSON_DOCUMENT:
        _gather_document(source, text.encode("utf-8", "replace"), gathered)
    elif layout is Layout.TABLE:
        _gather_table(source, read_csv(text, count, source.name, source.columns), count, gathered)
    else:
        call = read_dialogue(text, source.name, count)
        gathered.add(source, 1, mended(call, count), count, alone=True)


def _gather_damaged(source: Source, text: str, gathered: _Gathered) -> None:
    """A JSON document with bytes that are no text. Where none of them stands in a call it is read all the same.

    whisper.cpp cuts Chinese characters in two between the tokens of its full output.
    """
    found = _Gathered(gathered.run, rank=gathered.rank)
    _gather_document(source, text.encode(), found)
    if any("\ufffd".encode() in one for one in found.data):
        raise Unmendable("undecodable_file")
    gathered.rejected += found.rejected
    for at, one in enumerate(found.data):
        gathered.add(source, found.numbers[at], one, found.repaired.get(at), alone=at in found.spare_ids)


def _gather_lines(source: Source, data: bytes, gathered: _Gathered) -> None:
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    pieces = in_pieces(data)
    if pieces and (gathered.run.form is None or gathered.run.form.name == pieces):
        _gather_pieces(source, lines, pieces, gathered)
        return
    foreign = isinstance(gathered.run.form, JsonFormat) or in_vendor_lines(data)
    foreign = foreign or (len(lines) == 1 and not _is_canonical(lines[0][1]))
    for number, line in lines:
        if foreign:
            _gather_one(source, number, line, gathered, alone=len(lines) == 1)
            continue
        gathered.add(source, number, line, alone=len(lines) == 1)


_TOP = msgspec.json.Decoder(dict[str, msgspec.Raw])


def _is_canonical(line: bytes) -> bool:
    """Whether a line is an object that names its utterances, or none that can be parsed."""
    try:
        return bool({"utterances", "turns"} & _TOP.decode(line).keys())
    except msgspec.ValidationError:
        return False  # a string or an array
    except (msgspec.MsgspecError, RecursionError):
        return True


def _gather_pieces(source: Source, lines: list[tuple[int, bytes]], kind: str, gathered: _Gathered) -> None:
    """Lines of which each is an utterance or a streamed event, of one call or several."""
    pieces, numbers = [], []
    count: Counter[str] = Counter()
    for number, line in lines:
        try:
            value = loosely_parsed(line, count)
            if not isinstance(value, dict):
                raise Unmendable("not_an_object")
        except Unmendable as problem:
            gathered.refuse(source, number, problem)
            continue
        except UnicodeDecodeError:
            gathered.refuse(source, number, Unmendable("undecodable", encoding="UTF-8"))
            continue
        if kind_of(value) is None:
            gathered.refuse(source, number, Unmendable("not_a_piece", keys=_keys_shown(value)))
            continue
        pieces.append(value)
        numbers.append(number)
    _add_joined(source, pieces, numbers, kind, count, gathered)


def _add_joined(
    source: Source,
    pieces: list[dict[str, Json]],
    numbers: list[int],
    kind: str,
    count: Counter[str],
    gathered: _Gathered,
) -> None:
    try:
        calls = joined_calls(pieces, kind)
    except Unmendable as problem:
        gathered.refuse(source, 0, problem)
        return
    for at, made in enumerate(calls):
        line, own = numbers[made.first], count if at == 0 else Counter[str]()
        if isinstance(made.call, Unmendable):
            gathered.refuse(source, line, made.call)
            continue
        call = {**made.call, "source_format": kind}
        spare = call.pop("spare_id", None)
        if spare is not None and len(calls) > 1:
            call.setdefault("call_id", spare)
        try:
            data = mended(call, own)
        except Unmendable as problem:
            gathered.refuse(source, line, problem, _id_of(call))
        else:
            gathered.add(source, line, data, own, alone=len(calls) == 1, at_line=True)


def _gather_vendor_lines(source: Source, data: bytes, gathered: _Gathered, block: Block) -> None:
    """A vendor's documents, one a line, of a block of a larger file."""
    alone = block.whole and b"\n" not in data.strip()
    for number, line in enumerate(io.BytesIO(data), block.first_line):
        if line.strip():
            _gather_one(source, number, line.rstrip(b"\r\n"), gathered, alone=alone)


def _gather_vendor(
    source: Source,
    line: int,
    form: JsonFormat | TextFormat,
    value: Json,
    count: Counter[str],
    gathered: _Gathered,
    *,
    alone: bool,
) -> None:
    """The calls that a vendor's document holds."""
    lang = gathered.run.lang
    try:
        calls = form.calls(value)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        detail = _why_not(error, lang)
        problem = Unmendable("vendor_shape", format=form.title["en" if lang == "en" else "zh"], detail=detail)
        gathered.refuse(source, line, problem)
        return
    except Unmendable as problem:
        gathered.refuse(source, line, problem)
        return
    if not calls:
        gathered.refuse(source, line, Unmendable("no_calls"))
    for at, call in enumerate(calls):
        if isinstance(call, Unmendable):
            gathered.refuse(source, line, call)
            continue
        own = count if at == 0 else Counter[str]()
        call["source_format"] = form.name
        spare = call.pop("spare_id", None)
        if spare is not None and not (alone and len(calls) == 1):
            call.setdefault("call_id", spare)
        try:
            data = mended(call, own)
        except Unmendable as problem:
            gathered.refuse(source, line, problem, _id_of(call))
        else:
            gathered.add(source, line, data, own, alone=alone and len(calls) == 1, at_line=True)


def _why_not(error: Exception, lang: str) -> str:
    """What a document lacks, in words."""
    if isinstance(error, KeyError):
        return say(lang, "shape_lacks", key=str(error.args[0])[:40] if error.args else "")
    return say(lang, "shape_differs")


def _gather_document(source: Source, data: bytes, gathered: _Gathered) -> None:
    """A JSON value over several lines: one call, or an array of calls."""
    if data.lstrip().startswith(b"["):
        try:
            calls = msgspec.json.decode(data, type=list[msgspec.Raw])
        except (msgspec.MsgspecError, RecursionError):
            _gather_loose_array(source, data, gathered)
            return
        if not calls:
            raise Unmendable("no_calls")
        first = msgspec.json.decode(calls[0])
        kind = None if gathered.run.form else kind_of(first)
        if kind and kind != ROWS:
            _gather_pieces(source, [(1, bytes(one)) for one in calls], kind, gathered)
            return
        if gathered.run.json_format([first]) is not None:
            _gather_one(source, 1, data, gathered, alone=True, limit=UNPACKED_BYTES)
            return
        unknown = b'"utterances"' not in data and b'"turns"' not in data
        if unknown and gathered.run.json_format(first) is None:
            raise Unmendable("unknown_layout", keys=_keys_shown(first))
        at, line = 0, 1
        for call in calls:
            start = data.index(bytes(call), at)
            line += data.count(b"\n", at, start)
            _gather_one(source, line, bytes(call), gathered, alone=len(calls) == 1)
            at = start + len(bytes(call))
            line += data.count(b"\n", start, at)
        return
    documents = _one_after_another(data)
    for line, document in documents:
        _gather_one(source, line, document, gathered, alone=len(documents) == 1, limit=UNPACKED_BYTES)


def _one_after_another(data: bytes) -> list[tuple[int, bytes]]:
    """Documents that stand one behind the other, each over several lines, with their lines; `data` if it is one."""
    text = data.decode("utf-8", "replace")
    found: list[tuple[int, bytes]] = []
    at, decoder = 0, json.JSONDecoder(strict=False)
    while at < len(text):
        start = len(text) - len(text[at:].lstrip(" \t\r\n,"))
        if start == len(text):
            break
        try:
            _, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = len(text)
            if not found:
                return [(1, data)]
        found.append((text.count("\n", 0, start) + 1, text[start:end].encode()))
        at = end
    return found if len(found) > 1 else [(1, data)]


def _gather_loose_array(source: Source, data: bytes, gathered: _Gathered) -> None:
    """An array that only the forgiving parser reads, or none."""
    count: Counter[str] = Counter()
    calls = loosely_parsed(data, count)
    form = gathered.run.json_format(calls)
    if form is not None:
        _gather_vendor(source, 1, form, calls, count, gathered, alone=True)
        return
    if not isinstance(calls, list) or not calls:
        raise Unmendable("no_calls")
    for at, call in enumerate(calls):
        own = count if at == 0 else Counter[str]()
        form = gathered.run.json_format(call)
        if form is not None:
            _gather_vendor(source, 1, form, call, own, gathered, alone=len(calls) == 1)
            continue
        try:
            gathered.add(source, 1, mended(call, own), own, alone=len(calls) == 1)
        except Unmendable as problem:
            gathered.refuse(source, 1, problem, _id_of(call))


def _gather_one(
    source: Source, line: int, data: bytes, gathered: _Gathered, *, alone: bool, limit: int = LINE_BYTES
) -> None:
    if len(data) > limit:
        problem = Unmendable("line_too_long", size=size_words(len(data)), limit=size_words(limit))
        gathered.refuse(source, line, problem, call_id_in(data[:_HEAD]))
        return
    count: Counter[str] = Counter()
    try:
        value = unwrapped(loosely_parsed(data, count))
        form = gathered.run.json_format(value)
        if form is not None:
            _gather_vendor(source, line, form, value, count, gathered, alone=alone)
            return
        several = inside(value, _are_ours) if isinstance(value, dict) else None
        if several is not None:
            _gather_ours(source, line, several, count, gathered, alone=alone)
            return
        if isinstance(value, dict) and "utterances" not in value and "turns" not in value:
            raise Unmendable("unknown_layout", keys=_keys_shown(value))
        call = mended(value, count)
    except Unmendable as problem:
        gathered.refuse(source, line, problem, call_id_in(data[:_HEAD]))
        return
    gathered.add(source, line, call, count, alone=alone)


def _are_ours(value: Json) -> bool:
    """Whether these are canonical calls in an array."""
    first = value[0] if isinstance(value, list) and value else None
    return isinstance(first, dict) and bool({"utterances", "turns"} & first.keys())


def _gather_ours(
    source: Source, line: int, calls: list[Json], count: Counter[str], gathered: _Gathered, *, alone: bool
) -> None:
    """Canonical calls in an array within an envelope: `{"data": [{"call_id": …, "utterances": …}, …]}`."""
    for at, call in enumerate(calls):
        own = count if at == 0 else Counter[str]()
        try:
            data = mended(call, own)
        except Unmendable as problem:
            gathered.refuse(source, line, problem, _id_of(call))
        else:
            gathered.add(source, line, data, own, alone=alone and len(calls) == 1)


def _keys_shown(value: object) -> str:
    return "、".join(value)[:120] if isinstance(value, dict) and value else "—"


def _id_of(call: object) -> str:
    return shown_id(str(call.get("call_id") or "")) if isinstance(call, dict) else ""


def _gather_table(
    source: Source, table: Table, count: Counter[str], gathered: _Gathered, *, whole: bool = True
) -> None:
    """The calls of a table. One call without an id takes that of its file, if this is the `whole` of it."""
    gathered.columns += table.columns
    for at, call in enumerate(table.calls):
        own = count if at == 0 else Counter[str]()
        try:
            if call.problem:
                raise call.problem
            data = mended(call.as_object(), own)
        except Unmendable as problem:
            gathered.refuse(source, call.line, problem, _id_of(call.values))
        else:
            gathered.add(source, call.line, data, own, alone=whole and len(table.calls) == 1, at_line=True)
    if table.broken:
        gathered.refuse(source, table.broken.line, Unmendable("table_broken", detail=table.broken.detail))
    elif not table.calls:
        raise Unmendable("no_calls")


def _load_rows(block: Block, run: _Run) -> Chunk:
    """Rows that the planner cut from a large CSV file."""
    assert block.payload is not None, "rows travel in the payload"
    cells, sample, rows = msgspec.msgpack.decode(block.payload)
    count: Counter[str] = Counter()
    source = block.sources[0]
    heading = Heading(cells, sample, source.columns)
    calls = CallsOfRows(heading, count)
    for line, row in rows:
        calls.add(line, row)
    gathered = _Gathered(run, line_count=rows[-1][0] - rows[0][0] + 1)
    table = Table(list(calls.calls.values()), [heading.found(source.name)])
    _gather_table(source, table, count, gathered, whole=False)
    return _settled(gathered, block)


def _settled(gathered: _Gathered, block: Block) -> Chunk:
    """All calls that were gathered, in order of file and line."""
    run = gathered.run
    lines = Lines(b"\n".join(gathered.data), gathered.files, np.array(gathered.numbers, np.int64), gathered.spare_ids)
    chunk = read_lines(lines, lang=run.lang, time_zone=run.time_zone)
    rank = gathered.rank or {source.name: at for at, source in enumerate(block.sources)}
    lost = {(one.file, one.line) for one in chunk.rejected}
    repaired = chunk.repaired.copy()
    for at, count in gathered.repaired.items():
        if (gathered.files[at], gathered.numbers[at]) not in lost:
            repaired.update(count)
    batches, files, numbers = [chunk.calls], list(chunk.files), [chunk.lines]
    rejected = chunk.rejected + gathered.rejected
    for other in gathered.chunks:
        batches.append(other.calls)
        files += other.files
        numbers.append(other.lines)
        rejected += other.rejected
        repaired.update(other.repaired)
    calls, where = pa.concat_batches(batches), np.concatenate(numbers)
    if gathered.chunks:
        order = np.lexsort((where, np.array([rank[file] for file in files], np.int64)))
        calls, where, files = calls.take(pa.array(order)), where[order], [files[at] for at in order.tolist()]
    return Chunk(
        calls,
        files,
        where,
        sorted(rejected, key=lambda one: (rank[one.file], one.line)),
        Counter({key: often for key, often in repaired.items() if often}),
        len(files) + len(rejected),
        gathered.line_count,
        tuple(gathered.columns),
    )
