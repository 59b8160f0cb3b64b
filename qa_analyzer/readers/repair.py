"""Columns of calls as a format's reader made them → valid, repaired calls and the reasons for the rest.

All formats end here, so that a call means the same whichever file it came in. Column operations only; Python runs for
rejected calls and for distinct odd values. One code point is replaced by one, so offsets stay true.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qa_analyzer.errors import Rejected
from qa_analyzer.model import CALL_SCHEMA, CALL_TYPES, OVERLAPS_HIDDEN, ROLE_CODES, UTTERANCE
from qa_analyzer.readers.chunk import Chunk
from qa_analyzer.readers.headings import CALL_TYPE_WORDS, HANG_UP_WORDS, ROLE_WORDS, code_of
from qa_analyzer.readers.messages import say, size_words

DAY_MS = 24 * 60 * 60 * 1000
UTTERANCE_BYTES = 1_000_000
"""The contract's 1 MB for one utterance, in UTF-8."""

_HANG_UP_CODES = ("agent", "customer", "system")
_ISO = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$"
_CONTROLS = "[\\x00-\\x1f\\x7f\u0080-\u009f]"
_EPOCH_DIGITS = {10: 1, 13: 1000}  # digits of a time stamp in this century → its units a second
_DATE = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T\s]*(\d{1,2})[:：时時](\d{1,2})(?:[:：分](\d{1,2})秒?)?(?:\.\d+)?"
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Calls before they are checked. `calls` (n) has `CALL_SCHEMA`; `files` and `lines` (n) say where each stands.

    `spare_ids` maps a row to the id it takes if it has none: given to calls that are alone in their file.
    """

    calls: pa.RecordBatch
    files: list[str]
    lines: NDArray[np.int64]
    spare_ids: dict[int, str]


def settle(rows: Rows, *, lang: str, time_zone: str) -> Chunk:
    """Reject what the contract rejects, repair what it repairs. `read` counts the rows given; `line_count` is 0."""
    repaired: Counter[str] = Counter()
    rejected: list[Rejected] = []
    rows = _with_spare_ids(rows)
    rows = _sieve(rows, _bad_calls(rows.calls), rejected, lang)
    rows = _sieve(rows, _bad_utterances(rows.calls), rejected, lang)
    calls = _repair(rows.calls, repaired, time_zone)
    return Chunk(calls, rows.files, rows.lines, rejected, repaired, len(rows.files) + len(rejected), 0)


# What is rejected ------------------------------------------------------------------------------------------------

_Reason = tuple[str, dict[str, object]]


def _with_spare_ids(rows: Rows) -> Rows:
    if not rows.spare_ids:
        return rows
    ids = rows.calls.column("call_id").to_pylist()
    for row, spare in rows.spare_ids.items():
        if not (ids[row] or "").strip():
            ids[row] = spare
    calls = _with_column(rows.calls, "call_id", pa.array(ids, pa.string()))
    return Rows(calls, rows.files, rows.lines, {})


def _sieve(rows: Rows, bad: dict[int, _Reason], rejected: list[Rejected], lang: str) -> Rows:
    """Move the bad rows to `rejected`."""
    if not bad:
        return rows
    ids = rows.calls.column("call_id")
    for row, (key, values) in sorted(bad.items()):
        reason = say(lang, key, **values)
        rejected.append(Rejected(rows.files[row], int(rows.lines[row]), shown_id(ids[row].as_py()), reason))
    keep = np.ones(rows.calls.num_rows, bool)
    keep[list(bad)] = False
    files = [file for file, kept in zip(rows.files, keep, strict=True) if kept]
    return Rows(rows.calls.filter(pa.array(keep)), files, rows.lines[keep], {})


def shown_id(call_id: str | None) -> str:
    """A call id as a rejection shows it: one line, no control characters, at most 200 characters."""
    return re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff]", "\ufffd", call_id or "")[:200]


def _bad_calls(calls: pa.RecordBatch) -> dict[int, _Reason]:
    """What is wrong with a call as a whole. (row → reason)"""
    bad: dict[int, _Reason] = {}
    for name in ("ended_ms", "connected_ms"):
        times = calls.column(name)
        if times.null_count < len(times):
            values = pc.fill_null(times, 0).to_numpy()
            for row in np.flatnonzero((values < 0) | (values > DAY_MS)):
                key = "negative_call_time" if values[row] < 0 else "huge_call_time"
                bad[int(row)] = (key, {"key": name, "value": int(values[row])})
    lengths = pc.list_value_length(calls.column("utterances"))
    for row in np.flatnonzero(pc.fill_null(lengths, 0).to_numpy() == 0):
        bad[int(row)] = ("null_utterances" if not lengths[int(row)].is_valid else "empty_utterances", {})
    ids = calls.column("call_id")
    for row in np.flatnonzero(pc.fill_null(_blank(ids), True).to_numpy(zero_copy_only=False)):
        bad[int(row)] = ("no_id", {})
    return bad


def _bad_utterances(calls: pa.RecordBatch) -> dict[int, _Reason]:
    """The first thing that is wrong with an utterance of a call. (row → reason)"""
    first, spoken = _flat(calls)
    texts = spoken.field("text")
    sizes = _sizes(texts)
    start, end = (pc.fill_null(spoken.field(name), 0).to_numpy() for name in ("start_ms", "end_ms"))
    timed = pc.and_(pc.is_valid(spoken.field("start_ms")), pc.is_valid(spoken.field("end_ms")))
    wrong = (sizes > UTTERANCE_BYTES) | (start < 0) | (end < 0) | (start > DAY_MS) | (end > DAY_MS)
    backwards = end < start
    if backwards.any():
        wrong |= backwards & timed.to_numpy(zero_copy_only=False)
    if texts.null_count or spoken.null_count:
        wrong |= pc.is_null(texts).to_numpy(zero_copy_only=False) | pc.is_null(spoken).to_numpy(zero_copy_only=False)
    bad: dict[int, _Reason] = {row: ("textless", {}) for row in _textless(first, texts)}
    at = np.flatnonzero(wrong)
    rows, earliest = np.unique(np.searchsorted(first, at, side="right") - 1, return_index=True)
    for row, utterance in zip(rows.tolist(), at[earliest].tolist(), strict=True):
        bad[row] = _what_is_wrong(
            spoken[utterance].as_py(), int(sizes[utterance]), number=utterance - int(first[row]) + 1
        )
    return bad


def _what_is_wrong(utterance: dict[str, Any] | None, size: int, number: int) -> _Reason:
    if utterance is None:
        return "null_utterance", {"number": number}
    if utterance["text"] is None:
        return "null_text", {"number": number}
    if size > UTTERANCE_BYTES:
        return "utterance_too_long", {"number": number, "size": size_words(size)}
    for key in ("start_ms", "end_ms"):
        value = utterance[key]
        if value is not None and not 0 <= value <= DAY_MS:
            return "negative_time" if value < 0 else "huge_time", {"number": number, "key": key, "value": value}
    return "end_before_start", {"number": number, "start": utterance["start_ms"], "end": utterance["end_ms"]}


def _textless(first: NDArray[np.int64], texts: pa.StringArray) -> list[int]:
    """Calls whose texts are all empty or white space. Only those whose first text is are looked at closely."""
    openings = texts.take(pa.array(first[:-1]))
    candidates = np.flatnonzero(pc.fill_null(_blank(openings), True).to_numpy(zero_copy_only=False))
    if not len(candidates):
        return []
    return [
        row
        for row in candidates.tolist()
        if all(not (text or "").strip() for text in texts[int(first[row]) : int(first[row + 1])].to_pylist())
    ]


def _blank(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.or_(pc.equal(pc.binary_length(texts), 0), pc.utf8_is_space(texts))


# What is repaired -------------------------------------------------------------------------------------------------


def _repair(calls: pa.RecordBatch, repaired: Counter[str], time_zone: str) -> pa.RecordBatch:
    first, spoken = _flat(calls)
    spoken, first = _without_empty(spoken, first, repaired)
    fields = {name: spoken.field(name) for name in (field.name for field in UTTERANCE)}
    fields["text"] = _cleaned(fields["text"], repaired)
    fields["speaker"] = _cleaned(fields["speaker"], repaired)
    fields["role"] = _coded(fields["role"], ROLE_CODES, ROLE_WORDS, "unknown", "role", repaired)
    fields["words"] = _sound_words(fields["words"], repaired)
    columns = {name: calls.column(name) for name in calls.schema.names}
    for name, column in columns.items():
        if pa.types.is_string(column.type):
            columns[name] = _cleaned(column if name == "call_id" else _null_if_empty(column), repaired)
    columns["hang_up"] = _coded(columns["hang_up"], _HANG_UP_CODES, HANG_UP_WORDS, None, "hang_up", repaired)
    columns["call_type"] = _coded(columns["call_type"], CALL_TYPES, CALL_TYPE_WORDS, None, "call_type", repaired)
    columns["overlaps"] = _coded(columns["overlaps"], (OVERLAPS_HIDDEN,), {}, None, "overlaps", repaired)
    columns["started_at"] = with_offset(columns["started_at"], time_zone, repaired)
    columns["utterances"] = pa.ListArray.from_arrays(
        pa.array(first, pa.int32()), pa.StructArray.from_arrays(list(fields.values()), fields=list(UTTERANCE))
    )
    return pa.RecordBatch.from_arrays([columns[name] for name in CALL_SCHEMA.names], schema=CALL_SCHEMA)


def _without_empty(
    spoken: pa.StructArray, first: NDArray[np.int64], repaired: Counter[str]
) -> tuple[pa.StructArray, NDArray[np.int64]]:
    """Leave out utterances with an empty text: nothing was said, and nothing of the turn's text is lost."""
    silent = _sizes(spoken.field("text")) == 0
    if not silent.any():
        return spoken, first
    repaired["empty_utterance"] += int(silent.sum())
    kept = np.concatenate([[0], np.cumsum(~silent)])
    return spoken.filter(pa.array(~silent)), kept[first]


def _cleaned(texts: pa.StringArray, repaired: Counter[str]) -> pa.StringArray:
    """Newline, tab → space; every other control character → U+FFFD."""
    offsets, data = _buffers(texts)
    if not len(data):
        return texts
    low = np.flatnonzero(data < 0x20) if data.min() < 0x20 else np.zeros(0, np.int64)
    is_layout = np.isin(data[low], (0x09, 0x0A, 0x0D))
    layout = low[is_layout]
    # U+0080 … U+009F are C2 80 … C2 9F.
    lead = np.flatnonzero(data[:-1] == 0xC2)
    lead = lead[(data[lead + 1] >= 0x80) & (data[lead + 1] < 0xA0)]
    control = np.concatenate([low[~is_layout], np.flatnonzero(data == 0x7F), lead])
    if len(layout):
        repaired["newline_or_tab"] += len(_holders(offsets, layout))
        spaced = data.copy()
        spaced[layout] = 0x20
        valid = pc.is_valid(texts).to_numpy(zero_copy_only=False)
        texts = pa.StringArray.from_buffers(
            len(texts), pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(spaced), _bitmap(valid)
        )
    if len(control):
        holders = _holders(offsets, control)
        repaired["control_character"] += len(holders)
        mask = np.zeros(len(texts), bool)
        mask[holders] = True
        mended = pc.replace_substring_regex(texts.take(pa.array(holders)), _CONTROLS, "\ufffd")
        texts = pc.replace_with_mask(texts, pa.array(mask), mended)
    return texts


def _coded(
    words: pa.StringArray,
    codes: tuple[str, ...],
    known: dict[str, str],
    otherwise: str | None,
    what: str,
    repaired: Counter[str],
) -> pa.StringArray:
    """Other ways to write a code → the code; what is not known, and what is missing → `otherwise`."""
    fine = pc.is_in(words, pa.array(codes))
    if otherwise is None:
        fine = pc.or_(fine, pc.is_null(words))
    if pc.all(fine, min_count=0).as_py():
        return words
    found = words.dictionary_encode()
    times = np.bincount(pc.fill_null(found.indices, len(found.dictionary)).to_numpy(), minlength=1)
    mapped: list[str | None] = []
    for word, often in zip(found.dictionary.to_pylist(), times.tolist(), strict=False):
        code = word if word in codes else code_of(word, known)
        if code is None and word.strip():
            repaired[f"unknown_{what}"] += often
        elif code is not None and code != word:
            repaired[f"{what}_word"] += often
        mapped.append(code or otherwise)
    coded = pa.array(mapped, pa.string()).take(found.indices)
    return coded if otherwise is None else pc.fill_null(coded, otherwise)


def _sound_words(words: pa.ListArray, repaired: Counter[str]) -> pa.ListArray:
    """Drop the words of an utterance where one of them has no text or impossible times."""
    if words.null_count == len(words):
        return words
    if words.null_count or words.offset:
        words = pa.concat_arrays([words]).take(pa.array(np.arange(len(words))))
    each = words.flatten()
    first = np.concatenate([[0], np.cumsum(pc.fill_null(pc.list_value_length(words), 0).to_numpy())])
    start, end = (pc.fill_null(each.field(name), 0).to_numpy() for name in ("start_ms", "end_ms"))
    timed = pc.and_(pc.is_valid(each.field("start_ms")), pc.is_valid(each.field("end_ms")))
    wrong = (start < 0) | (end > DAY_MS) | (start > DAY_MS) | ((end < start) & timed.to_numpy(zero_copy_only=False))
    wrong |= pc.is_null(each.field("text")).to_numpy(zero_copy_only=False) | pc.is_null(each).to_numpy(
        zero_copy_only=False
    )
    texts = _cleaned(each.field("text"), Counter())  # counted with the text of the utterance
    each = pa.StructArray.from_arrays([each.field("start_ms"), each.field("end_ms"), texts], fields=list(each.type))
    valid = pc.is_valid(words).to_numpy(zero_copy_only=False)
    if wrong.any():
        holders = _holders(first, np.flatnonzero(wrong))
        repaired["words_dropped"] += len(holders)
        valid = valid.copy()
        valid[holders] = False
    whole = pa.ListArray.from_arrays(pa.array(first, pa.int32()), each, mask=pa.array(~valid))
    return whole.take(pa.array(np.arange(len(whole)))) if wrong.any() else whole


def with_offset(started: pa.StringArray, time_zone: str, repaired: Counter[str]) -> pa.StringArray:
    """`2026-11-21T09:03:00` → the same with the offset of `time_zone`; what is no time → null."""
    if started.null_count == len(started):
        return started
    try:
        pc.cast(started, pa.timestamp("us", "UTC"))
        if pc.all(pc.match_substring_regex(started, _ISO)).as_py():
            return started
    except pa.ArrowInvalid:
        pass
    found = started.dictionary_encode()
    times = np.bincount(pc.fill_null(found.indices, len(found.dictionary)).to_numpy(), minlength=1)
    zone = ZoneInfo(time_zone)
    mapped: list[str | None] = []
    for written, often in zip(found.dictionary.to_pylist(), times.tolist(), strict=False):
        moment, kind = _moment(written, zone)
        if kind and written.strip():
            repaired[kind] += often
        mapped.append(moment)
    return pa.array(mapped, pa.string()).take(found.indices)


def _moment(written: str, zone: ZoneInfo) -> tuple[str | None, str | None]:
    """A time in ISO 8601 with its offset, and the kind of repair. A date alone is no time of day: None."""
    text = written.strip()
    moment: datetime | None = None
    if re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:?\d\d", text):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None, "started_at_unreadable"
    elif text.isdigit() and len(text) in _EPOCH_DIGITS:
        moment = datetime.fromtimestamp(int(text) / _EPOCH_DIGITS[len(text)], zone)
        return moment.isoformat(), "started_at_form"
    elif parts := _DATE.fullmatch(text):
        try:
            year, month, day, hour, minute, second = (int(part or 0) for part in parts.groups())
            moment = datetime(year, month, day, hour, minute, second)
        except ValueError:
            return None, "started_at_unreadable"
    if moment is None:
        return None, "started_at_unreadable"
    if moment.tzinfo is None:
        return moment.replace(tzinfo=zone).isoformat(), "started_at_without_offset"
    if re.fullmatch(_ISO, written):
        return written, None
    return moment.isoformat(), "started_at_form"


# Arrow -----------------------------------------------------------------------------------------------------------


def _flat(calls: pa.RecordBatch) -> tuple[NDArray[np.int64], pa.StructArray]:
    """List offsets (n_calls + 1) from 0, and all utterances in a row."""
    lists = calls.column("utterances")
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy()
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]), lists.flatten()


def _buffers(texts: pa.StringArray) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Byte offsets (n + 1) from 0, and the bytes of all texts."""
    _, where, what = texts.buffers()
    if where is None or what is None or not len(texts):
        return np.zeros(len(texts) + 1, np.int64), np.zeros(0, np.uint8)
    offsets = np.frombuffer(where, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    return offsets - offsets[0], np.frombuffer(what, np.uint8)[offsets[0] : offsets[-1]]


def _sizes(texts: pa.StringArray) -> NDArray[np.int64]:
    """UTF-8 bytes of each text, 0 for null. (n)"""
    return np.diff(_buffers(texts)[0])


def _holders(offsets: NDArray[np.int64], positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """The items, each once, in which the positions lie."""
    return np.unique(np.searchsorted(offsets, positions, side="right") - 1)


def _bitmap(valid: NDArray[np.bool_]) -> pa.Buffer | None:
    return None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))


def _null_if_empty(texts: pa.StringArray) -> pa.StringArray:
    empty = pc.equal(pc.binary_length(texts), 0)
    return pc.if_else(empty, pa.scalar(None, pa.string()), texts) if pc.any(empty).as_py() else texts


def _with_column(calls: pa.RecordBatch, name: str, column: pa.Array) -> pa.RecordBatch:
    return calls.set_column(calls.schema.get_field_index(name), name, column)
