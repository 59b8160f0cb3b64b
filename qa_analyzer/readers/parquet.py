"""Parquet with the canonical columns: row groups or streamed pieces of them → columns in `CALL_SCHEMA`.

Other widths and encodings of the same thing are cast: int32 and float times, large strings, dictionaries, time stamps.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from qa_analyzer.model import CALL_SCHEMA
from qa_analyzer.readers.mend import Unmendable

_IDS = frozenset({"call_id", "agent_id", "customer_id", "speaker"})


def conformed(table: pa.Table, repaired: Counter[str]) -> tuple[pa.RecordBatch, list[int]]:
    """The rows in `CALL_SCHEMA`, and the rows that hold text which is not UTF-8 (their texts are null).

    Columns that are missing are null. Raises `Unmendable` where there is no column of utterances.
    """
    if table.num_rows == 0:
        return pa.RecordBatch.from_pylist([], schema=CALL_SCHEMA), []
    names = table.schema.names
    if "utterances" not in names and "turns" not in names:
        raise Unmendable("missing_columns", missing="utterances", found="、".join(names[:20]) or "—")
    undecodable = np.zeros(table.num_rows, bool)
    columns = []
    for field in CALL_SCHEMA:
        source = field.name if field.name in names else "turns" if field.name == "utterances" else None
        if source is None or source not in names:
            columns.append(pa.nulls(table.num_rows, field.type))
            continue
        column = _one_array(table.column(source))
        owner = np.arange(table.num_rows)
        columns.append(_as(column, field.type, field.name, owner, undecodable, repaired))
    return pa.RecordBatch.from_arrays(columns, schema=CALL_SCHEMA), np.flatnonzero(undecodable).tolist()


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return pa.concat_arrays(found.chunks) if isinstance(found, pa.ChunkedArray) else found


def _as(
    array: pa.Array, kind: pa.DataType, name: str, owner: Any, undecodable: Any, repaired: Counter[str]
) -> pa.Array:
    """`array` in the type `kind`; what cannot be that is null and counted. `owner` (n) is the row of each value."""
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), kind)
    if pa.types.is_list(kind):
        return _as_list(array, kind, name, owner, undecodable, repaired)
    if pa.types.is_struct(kind):
        return _as_struct(array, kind, owner, undecodable, repaired)
    if pa.types.is_string(kind):
        return _as_text(array, name, owner, undecodable, repaired)
    return _as_milliseconds(array, repaired)


def _as_list(
    array: pa.Array, kind: pa.ListType, name: str, owner: Any, undecodable: Any, repaired: Counter[str]
) -> pa.Array:
    if not (
        pa.types.is_list(array.type) or pa.types.is_large_list(array.type) or pa.types.is_fixed_size_list(array.type)
    ):
        repaired["wrong_type"] += len(array) - array.null_count
        return pa.nulls(len(array), kind)
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy().astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    values = _as(array.flatten(), kind.value_type, name, np.repeat(owner, lengths), undecodable, repaired)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values, mask=array.is_null())


def _as_struct(array: pa.Array, kind: pa.StructType, owner: Any, undecodable: Any, repaired: Counter[str]) -> pa.Array:
    if not pa.types.is_struct(array.type):
        repaired["wrong_type"] += len(array) - array.null_count
        return pa.nulls(len(array), kind)
    given = {field.name: part for field, part in zip(array.type, array.flatten(), strict=True)}
    parts = [
        _as(given[field.name], field.type, field.name, owner, undecodable, repaired)
        if field.name in given
        else pa.nulls(len(array), field.type)
        for field in kind
    ]
    return pa.StructArray.from_arrays(parts, fields=list(kind), mask=array.is_null())


def _as_text(array: pa.Array, name: str, owner: Any, undecodable: Any, repaired: Counter[str]) -> pa.Array:
    kind = array.type
    if pa.types.is_timestamp(kind):
        return pa.array([moment.isoformat() if moment else None for moment in _moments(array)], pa.string())
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return _valid_text(array, owner, undecodable)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return _valid_text(pc.cast(array, pa.binary()), owner, undecodable)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        repaired["numeric_id" if name in _IDS else "numeric_text"] += len(array) - array.null_count
        if pa.types.is_floating(kind) and pc.all(pc.equal(array, pc.floor(array)), min_count=0).as_py():
            array = pc.cast(array, pa.int64())
        return pc.cast(array, pa.string())
    repaired["wrong_type"] += len(array) - array.null_count
    return pa.nulls(len(array), pa.string())


def _moments(array: pa.Array) -> list[Any]:
    return list(pc.cast(array, pa.timestamp("us", array.type.tz), safe=False).to_pylist())


def _valid_text(array: pa.Array, owner: Any, undecodable: Any) -> pa.Array:
    try:
        text = pc.cast(array, pa.string())
        text.validate(full=True)
        return text
    except pa.ArrowInvalid:
        found: list[str | None] = []
        for row, value in zip(owner.tolist(), pc.cast(array, pa.binary()).to_pylist(), strict=True):
            try:
                found.append(None if value is None else value.decode())
            except UnicodeDecodeError:
                undecodable[row] = True
                found.append(None)
        return pa.array(found, pa.string())


def _as_milliseconds(array: pa.Array, repaired: Counter[str]) -> pa.Array:
    kind = array.type
    if pa.types.is_duration(kind):
        return pc.cast(pc.cast(array, pa.duration("ms"), safe=False), pa.int64())
    if pa.types.is_integer(kind):
        if pa.types.is_uint64(kind):
            array = pc.min_element_wise(array, pa.scalar(1 << 62, pa.uint64()))
        return pc.cast(array, pa.int64())
    if not (pa.types.is_floating(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        repaired["wrong_type"] += len(array) - array.null_count
        return pa.nulls(len(array), pa.int64())
    if not pa.types.is_floating(kind):
        array = pa.array([_number(text) for text in array.to_pylist()], pa.float64())
    given = len(array) - array.null_count
    values = pc.fill_null(pc.cast(array, pa.float64()), np.nan).to_numpy()
    known = ~np.isnan(values)
    repaired["number_form"] += int(known.sum())
    repaired["unreadable_time"] += given - int(known.sum())
    whole = np.clip(np.rint(np.where(known, values, 0)), -(2.0**62), 2.0**62).astype(np.int64)
    return pa.array(whole, mask=~known)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text and text.strip() else None
    except ValueError:
        return float("nan")
