"""The telephone system's record of the calls, joined to the transcripts by call id or by file name.

A transcript knows what was said; who hung up, which agent and team it was and when the call came in, the telephone
system knows. A value given here holds, an empty one leaves the transcript's. Values are written as in any table and
repaired in the same way.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qa_analyzer.errors import Rejected
from qa_analyzer.model import CALL_SCHEMA
from qa_analyzer.readers.chunk import Chunk
from qa_analyzer.readers.detect import Container, container, encoding_of, without_bom
from qa_analyzer.readers.headings import (
    CALL_FIELDS,
    DELIMITERS,
    ROLE_WORDS,
    code_of,
    field_of,
    party_role,
    plain,
    without_ending,
)
from qa_analyzer.readers.messages import input_error, say
from qa_analyzer.readers.repair import Rows, settle, with_offset

_OWN_HEADINGS = {
    "file": "文件 文件名 录音文件 录音文件名 录音名称 文件名称 檔案 檔名 錄音檔 錄音檔名 file file_name filename "
    "recording_file recording_name audio_file audio wav",
    "duration_s": "时长 通话时长 通话时长(秒) 时长(秒) 时长秒 通话秒数 通话时长（秒） 時長 通話時長 通話秒數 duration "
    "duration_s duration_seconds talk_time talk_seconds call_duration",
    "ended_at": "结束时间 挂机时间 通话结束时间 挂断时间 結束時間 掛機時間 通話結束時間 ended_at end_time hang_up_time",
    "connected_at": "接通时间 应答时间 通话接通时间 接通時間 應答時間 connected_at connect_time answer_time "
    "answered_at",
    "direction": "呼叫方向 通话方向 来去电 呼入呼出 呼叫类型 呼叫類型 通話方向 call_direction direction "
    "initiation_method",
}
_FIELD_OF = {plain(word): name for name, words in _OWN_HEADINGS.items() for word in words.split()}
JOINED = tuple(name for name in CALL_FIELDS if name not in {"call_id", "overlaps", "source_format"})
"""What a record can say of a call."""
_SUFFIXES = frozenset(
    [
        ".json",
        ".jsonl",
        ".ndjson",
        ".txt",
        ".csv",
        ".xlsx",
        ".srt",
        ".vtt",
        ".html",
        ".htm",
        ".gz",
        ".zst",
        ".zstd",
        ".wav",
        ".mp3",
        ".m4a",
        ".amr",
        ".opus",
        ".ogg",
        *(".v3", ".pcm", ".vox", ".au", ".aac", ".wma", ".flac", ".gsm", ".g729", ".voc", ".mp4", ".webm", ".silk"),
    ]
)
_READ_AS = {
    "started_at": "started_at",
    "hang_up": "hang_up",
    "call_type": "call_type",
    "duration_s": "ended_ms",
    "ended_at": "ended_ms",
    "connected_at": "connected_ms",
}
"""Columns whose values must be understood, and where they go."""
_LISTED = 20
_PIECE = 50_000
"""Rows that are Python objects at a time."""
_BY_FILE = "\ue000"
"""Begins the id of a row that names a file and no call: no id that anybody types."""


@dataclass(frozen=True)
class Joined:
    """What a join did. `used` = rows of the record that have a call; `lone` = calls of the chunk without a row.

    `overruled` counts, by column, calls whose transcript said something else.
    """

    used: NDArray[np.int64]
    lone: NDArray[np.int64]
    overruled: Counter[str]


@dataclass(frozen=True)
class Metadata:
    """The record: `calls` (m) in `CALL_SCHEMA` without utterances, `files` (m) stems or null, `lines` (m).

    `refused` = rows that cannot be used, with the reason; `unread` = values that nobody understands, taken as empty.
    """

    path: str
    calls: pa.RecordBatch
    files: pa.StringArray
    lines: NDArray[np.int64]
    refused: tuple[Rejected, ...]
    unread: tuple[Rejected, ...] = ()

    @cached_property
    def _ids(self) -> pa.Array:
        return self.calls.column("call_id")

    def join(self, chunk: Chunk) -> tuple[Chunk, Joined]:
        """Fill in the calls of a chunk: by call id, else by the name of the file that holds the one call."""
        ids = chunk.calls.column("call_id")
        row = pc.fill_null(pc.index_in(ids, self._ids), -1).to_numpy().astype(np.int64)
        if self.files.null_count < len(self.files):
            often = Counter(chunk.files)
            alone = [stem(name) if often[name] == 1 else None for name in chunk.files]
            by_file = pc.index_in(pa.array(alone, pa.string()), self.files, skip_nulls=True)
            row = np.where(row >= 0, row, pc.fill_null(by_file, -1).to_numpy())
        found = pa.array(row, mask=row < 0)
        overruled: Counter[str] = Counter()
        columns = {name: chunk.calls.column(name) for name in CALL_SCHEMA.names}
        for name in JOINED:
            said = self.calls.column(name)
            if said.null_count == len(said):
                continue
            said = said.take(found)
            overruled[name] += pc.sum(pc.not_equal(said, columns[name]), min_count=0).as_py()
            columns[name] = pc.coalesce(said, columns[name])
        calls = pa.RecordBatch.from_arrays([columns[name] for name in CALL_SCHEMA.names], schema=CALL_SCHEMA)
        return replace(chunk, calls=calls), Joined(row[row >= 0], np.flatnonzero(row < 0), +overruled)


def unused(metadata: Metadata, used: NDArray[np.bool_], lang: str) -> list[Rejected]:
    """The rows that no call took, `used` (m), and what could not be read."""
    left = np.flatnonzero(~used)
    ids = metadata.calls.column("call_id").take(pa.array(left)).to_pylist()
    why = say(lang, "metadata_unused")
    lone = [
        Rejected(metadata.path, line, call_id.removeprefix(_BY_FILE), why)
        for call_id, line in zip(ids, metadata.lines[left].tolist(), strict=True)
    ]
    return sorted([*metadata.refused, *metadata.unread, *lone], key=lambda one: one.line)


def stem(name: str) -> str:
    r"""`D:\录音\c1.wav`, `calls/c1.json.gz`, `https://…/c1.mp3?sign=1` → `c1`."""
    if "://" in name:
        name = unquote(urlsplit(name).path)
    last = PureWindowsPath(PurePosixPath(name).name).name
    while (dot := last.rfind(".")) > 0 and last[dot:].lower() in _SUFFIXES:
        last = last[:dot]
    return last


def read_metadata(path: Path, *, lang: str, time_zone: str) -> Metadata:
    """Read a CSV (any delimiter and encoding that the readers know) or XLSX file, one call a row, headings first.

    Raises `InputError` for a file that cannot be read, that names neither calls nor files, or that tells nothing.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise input_error(lang, "metadata_unreadable", path=path, detail=error.strerror or "") from None
    rows = _cells(path, data, lang)
    heading = next(rows, None)
    if heading is None:
        raise input_error(lang, "metadata_unreadable", path=path, detail=say(lang, "metadata_empty"))
    fields = [field_of(str(cell or "")) or _FIELD_OF.get(plain(str(cell or ""))) for cell in heading[1]]
    fields = [name if name not in fields[:at] else None for at, name in enumerate(fields)]
    shown = "、".join(str(cell) for cell in heading[1][:_LISTED] if cell not in (None, "")) or "—"
    if not {"call_id", "file"} & set(fields):
        raise input_error(lang, "metadata_no_key", path=path, found=shown)
    if not set(fields) & {*JOINED, "duration_s", "ended_at", "connected_at"}:
        raise input_error(lang, "metadata_no_value", path=path, found=shown)
    pieces = []
    while piece := list(islice(rows, _PIECE)):
        pieces.append(_Piece(str(path), heading[1], fields, piece, lang, time_zone).read())
    if not pieces:
        raise input_error(lang, "metadata_unreadable", path=path, detail=say(lang, "metadata_empty"))
    return _without_repeats(str(path), pieces, lang)


_Row = tuple[int, list[Any]]


def _cells(path: Path, data: bytes, lang: str) -> Iterator[_Row]:
    """Rows that are not blank, with their lines."""
    kind = container(data[: 1 << 16])
    if kind is Container.ZIP:
        return _excel_rows(path, data, lang)
    encoding = encoding_of(data) if kind is Container.TEXT else None
    if encoding is None:
        raise input_error(lang, "metadata_unreadable", path=path, detail=say(lang, "metadata_not_table"))
    return _csv_rows(path, without_bom(data, encoding).decode(encoding, "replace"), lang)


def _csv_rows(path: Path, text: str, lang: str) -> Iterator[_Row]:
    first = next((line for line in text[: 1 << 16].splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=lambda one: (sum(map(_known, first.split(one))), first.count(one)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise input_error(lang, "metadata_broken", path=path, line=line, detail=error) from None
        if any(cell.strip() for cell in cells):
            yield line, cells


def _known(cell: str) -> bool:
    return field_of(cell) is not None or plain(cell) in _FIELD_OF


def _excel_rows(path: Path, data: bytes, lang: str) -> Iterator[_Row]:
    """The rows of the first sheet that has any."""
    from openpyxl import load_workbook  # slow to import

    try:
        for sheet in load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets:
            some = False
            for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                if any(cell not in (None, "") for cell in cells):
                    some = True
                    yield line, list(cells)
            if some:
                return
    except Exception as error:  # openpyxl passes on whatever zipfile, XML and its own parsing raise
        raise input_error(lang, "metadata_unreadable", path=path, detail=type(error).__name__) from None


@dataclass(frozen=True, slots=True)
class _Read:
    """Rows in columns: calls (n), files (n) stems or null, lines (n); and those that cannot be used."""

    calls: pa.RecordBatch
    files: pa.Array
    lines: NDArray[np.int64]
    refused: list[Rejected]
    unread: list[Rejected]


class _Piece:
    """Rows of a record on their way into columns."""

    def __init__(
        self,
        path: str,
        headings: list[Any],
        fields: list[str | None],
        rows: list[_Row],
        lang: str,
        time_zone: str,
    ) -> None:
        self.path, self.headings, self.fields, self.rows = path, headings, fields, rows
        self.lang, self.time_zone = lang, time_zone

    def read(self) -> _Read:
        columns = {name: self._column(at) for at, name in enumerate(self.fields) if name}
        if "started_at" not in self.fields and "connected_at" in columns:
            columns["started_at"] = columns["connected_at"]  # a record of talk only: the recording began then
        if "hang_up" in columns:
            directions = columns.get("direction", [None] * len(self.rows))
            columns["hang_up"] = [_by_role(*one) for one in zip(columns["hang_up"], directions, strict=True)]
        count = len(self.rows)
        empty: list[str | None] = [None] * count
        started = with_offset(pa.array(columns.get("started_at", empty), pa.string()), self.time_zone, Counter())
        connected = self._numbers(columns.get("connected_ms"))
        if "connected_at" in columns:
            connected = pc.coalesce(connected, self._since(started, columns["connected_at"]))
        ended = self._numbers(columns.get("ended_ms"))
        if "ended_at" in columns:
            ended = pc.coalesce(ended, self._since(started, columns["ended_at"]))
        if "duration_s" in columns:
            lasted = pa.array([_seconds_ms(one) for one in columns["duration_s"]], pa.int64())
            ended = pc.coalesce(ended, pc.add(lasted, pc.fill_null(connected, 0)))
        made = {"started_at": started, "ended_ms": ended, "connected_ms": connected}
        files = [None if one is None else stem(one) for one in columns.get("file", empty)]
        pairs = zip(columns.get("call_id", empty), files, strict=True)
        made["call_id"] = pa.array([one or (f"{_BY_FILE}{name}" if name else None) for one, name in pairs], pa.string())
        given = {
            name: made.get(name, pa.array(columns.get(name, empty), pa.string()))
            for name in CALL_SCHEMA.names
            if name != "utterances"
        }
        spoken = pa.array([[{"text": "x"}]] * count, CALL_SCHEMA.field("utterances").type)
        parts = [
            spoken if name == "utterances" else given[name].cast(CALL_SCHEMA.field(name).type)
            for name in CALL_SCHEMA.names
        ]
        lines = np.array([line for line, _ in self.rows], np.int64)
        rows = Rows(pa.RecordBatch.from_arrays(parts, schema=CALL_SCHEMA), [self.path] * count, lines, {})
        chunk = settle(rows, lang=self.lang, time_zone=self.time_zone)
        named = dict(zip(lines.tolist(), files, strict=True))
        stems = pa.array([named[line] for line in chunk.lines.tolist()], pa.string())
        return _Read(chunk.calls, stems, chunk.lines, chunk.rejected, self._unread(chunk, columns))

    def _unread(self, chunk: Chunk, columns: dict[str, list[str | None]]) -> list[Rejected]:
        """Values that stand in the record and that nobody understands."""
        found = []
        place = {line: at for at, (line, _) in enumerate(self.rows)}
        rows = [place[line] for line in chunk.lines.tolist()]
        ids = chunk.calls.column("call_id").to_pylist()
        for name, into in _READ_AS.items():
            if name not in self.fields:
                continue
            lacking = chunk.calls.column(into).is_null()
            if name in {"ended_at", "connected_at"}:  # without a start nothing can be counted from it
                lacking = pc.and_(lacking, chunk.calls.column("started_at").is_valid())
            read = lacking.to_pylist()
            written = [columns[name][row] for row in rows]
            heading = str(self.headings[self.fields.index(name)])
            found += [
                Rejected(
                    self.path,
                    int(line),
                    call_id.removeprefix(_BY_FILE),
                    say(self.lang, "metadata_unread", heading=heading, value=value[:40]),
                )
                for line, call_id, value, empty in zip(chunk.lines.tolist(), ids, written, read, strict=True)
                if empty and value is not None and not (name == "hang_up" and code_of(value, ROLE_WORDS) == "unknown")
            ]
        return found

    def _column(self, at: int) -> list[str | None]:
        return [_text(cells[at]) if at < len(cells) else None for _, cells in self.rows]

    def _numbers(self, values: Sequence[str | None] | None) -> pa.Array:
        if values is None:
            return pa.nulls(len(self.rows), pa.int64())
        return pa.array([_whole(one) for one in values], pa.int64())

    def _since(self, started: pa.Array, values: Sequence[str | None]) -> pa.Array:
        """Moments → ms since the start of the call; null before it, or where either is unknown."""
        moments = with_offset(pa.array(values, pa.string()), self.time_zone, Counter())
        kind = pa.timestamp("ms", "UTC")
        since = pc.subtract(moments.cast(kind).cast(pa.int64()), started.cast(kind).cast(pa.int64()))
        return pc.if_else(pc.greater_equal(since, 0), since, None)


def _without_repeats(path: str, pieces: Sequence[_Read], lang: str) -> Metadata:
    """The first row of each call."""
    calls = pa.Table.from_batches([one.calls for one in pieces]).combine_chunks().to_batches()
    whole = calls[0] if calls else pa.RecordBatch.from_pylist([], schema=CALL_SCHEMA)
    files = pa.concat_arrays([one.files for one in pieces])
    lines = np.concatenate([one.lines for one in pieces])
    code = pc.dictionary_encode(whole.column("call_id")).indices.to_numpy()
    first = np.unique(code, return_index=True)[1]
    again = np.setdiff1d(np.arange(len(code)), first)
    refused = [rejected for one in pieces for rejected in one.refused]
    for at in again.tolist():
        call_id = whole.column("call_id")[at].as_py().removeprefix(_BY_FILE)
        refused.append(
            Rejected(path, int(lines[at]), call_id, say(lang, "metadata_repeated", line=lines[first[code[at]]]))
        )
    kept = np.sort(first)
    index = pa.array(kept)
    unread = [one for piece in pieces for one in piece.unread]
    return Metadata(
        path,
        whole.take(index),
        files.take(index),
        lines[kept],
        tuple(sorted(refused, key=lambda one: one.line)),
        tuple(sorted(unread, key=lambda one: one.line)),
    )


def _by_role(hang_up: str | None, direction: str | None) -> str | None:
    """`主叫挂机` of a call that the centre made → `agent`; anything else as it is written."""
    if hang_up is None:
        return None
    return party_role(without_ending(hang_up), direction) or hang_up


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())
    written = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return written.strip() or None


def _whole(written: str | None) -> int | None:
    try:
        return None if written is None else round(float(written))
    except ValueError:
        return None


def _seconds_ms(written: str | None) -> int | None:
    """`95`, `95.5`, `00:01:35`, `1分35秒` → ms."""
    if written is None:
        return None
    parts = (
        written.replace("小时", ":").replace("时", ":").replace("分", ":").replace("秒", "").rstrip(":s ").split(":")
    )
    if "分" in written and written.endswith("分"):
        parts.append("0")
    try:
        total = 0.0
        for part in parts:
            total = total * 60 + float(part)
    except ValueError:
        return None
    return round(total * 1000) if total >= 0 else None
