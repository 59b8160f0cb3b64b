"""Tables → CSV that a Chinese Excel opens by double click: UTF-8 with BOM, words instead of codes, CRLF.

Knows headings, code words, decimals and what a spreadsheet would take for a formula. Column operations only: a night
has a million findings. Does not know where the tables come from.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from qa_analyzer import wording
from qa_analyzer.wording import Lang
from qa_analyzer.writers.page import LIST_COLUMNS, LIST_JOINTS, Names

BOM = b"\xef\xbb\xbf"
LINE_END = "\r\n"
"""RFC 4180; Excel and LibreOffice take either."""

SHOWN_VERDICTS = ("fail", "undetermined")
"""The rows of findings.csv; data/findings.parquet has the passes too."""

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"
"""A cell that starts so may be run as a formula. The full-width forms are folded by East Asian spreadsheets."""

DECIMALS = {"score": 2, "deduction": 2, "emotion": 3, "value": 3, "duration": 2, "silence": 2, "longest": 2}
"""By the first word of the column; all others (shares, rates) have `SHARE_DECIMALS`."""
SHARE_DECIMALS = 4

_ASCII_STARTS = np.zeros(256, np.bool_)
_ASCII_STARTS[[ord(character) for character in FORMULA_STARTS if character.isascii()]] = True
_WIDE_LEAD = (0xEF, 0xBC)
_WIDE_STARTS = np.zeros(256, np.bool_)
_WIDE_STARTS[[character.encode()[2] for character in FORMULA_STARTS if not character.isascii()]] = True

_OPTIONS = pacsv.WriteOptions(include_header=False, batch_size=1024, eol=LINE_END)


class CsvWriter:
    """Writes one table in blocks. The heading row comes with the first block, or with the fixed columns if none came.

    `columns` picks and orders columns; by default the first block's. `findings` keeps only `SHOWN_VERDICTS`.
    """

    def __init__(
        self, path: Path, table_name: str, lang: Lang, names: Names, *, columns: Sequence[str] | None = None
    ) -> None:
        self._table_name = table_name
        self._lang = lang
        self._names = names
        self._columns = list(columns) if columns is not None else None
        self._started = False
        self._file = path.open("wb")
        self._file.write(BOM)

    def write(self, table: pa.Table) -> None:
        """Append the rows of `table` (contract names and codes)."""
        self._start(table.column_names)
        assert self._columns is not None
        self._file.write(csv_rows(table, self._table_name, self._lang, self._names, columns=self._columns))

    def write_encoded(self, rows: bytes) -> None:
        """Append rows that `csv_rows` encoded, perhaps in another process."""
        assert self._columns is not None, "encoded rows need the columns to be given"
        self._start(self._columns)
        self._file.write(rows)

    def close(self) -> None:
        """Finish the file; a table without blocks still has its headings."""
        if not self._file.closed:
            self._start(list(wording.COLUMNS[self._table_name]))
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, columns: list[str]) -> None:
        if self._started:
            return
        self._started = True
        self._columns = self._columns if self._columns is not None else columns
        line = io.StringIO()
        headings = [guard_text(self._names.heading(self._table_name, column, self._lang)) for column in self._columns]
        csv.writer(line, lineterminator=LINE_END).writerow(headings)
        self._file.write(line.getvalue().encode())


def csv_rows(
    table: pa.Table, table_name: str, lang: Lang, names: Names, *, columns: Sequence[str] | None = None
) -> bytes:
    """The rows of a table as CSV, without BOM and headings. `findings` keeps only `SHOWN_VERDICTS`."""
    if table_name == "findings":
        table = table.filter(pc.is_in(_plain(table["verdict"]), pa.array(SHOWN_VERDICTS)))
    columns = table.column_names if columns is None else columns
    shown = [_shown(column, table[column].combine_chunks(), lang, names) for column in columns]
    sink = pa.BufferOutputStream()
    # Columns may share a heading, so they are numbered here: the header is written by itself.
    pacsv.write_csv(pa.table(shown, names=[str(i) for i in range(len(shown))]), sink, _OPTIONS)
    encoded: bytes = sink.getvalue().to_pybytes()
    return encoded


def _shown(column: str, array: pa.Array, lang: Lang, names: Names) -> pa.Array:
    kind = array.type
    if pa.types.is_boolean(kind):
        words = wording.code_words("boolean", lang)
        return pc.if_else(array, words["true"], words["false"])
    if pa.types.is_floating(kind):
        return round_floats(array, decimals(column))
    if pa.types.is_integer(kind):
        return array
    words = names.code_words(column, lang)
    if column in LIST_COLUMNS and not pa.types.is_list(kind):
        array = pc.split_pattern_regex(pc.cast(array, pa.string()), LIST_JOINTS)
        kind = array.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        joiner = wording.pick(wording.LISTS, lang)
        lists = pa.ListArray.from_arrays(
            pc.cast(array.offsets, pa.int32()), _plain(_in_words(array.values, words)), mask=array.is_null()
        )
        return guard_formulas(pc.binary_join(lists, joiner))
    if words or pa.types.is_dictionary(kind):
        return _in_words(array, words)
    return guard_formulas(pc.cast(array, pa.string()))


def write_csv(path: Path, table_name: str, table: pa.Table, lang: Lang, names: Names) -> None:
    """A whole table at once."""
    with CsvWriter(path, table_name, lang, names) as writer:
        writer.write(table)


def guard_text(text: str) -> str:
    """`'` before a text that a spreadsheet would take for a formula."""
    return f"'{text}" if text and text[0] in FORMULA_STARTS else text


def guard_formulas(array: pa.Array) -> pa.Array:
    """`guard_text` for a string array of n cells, by a look at their first bytes."""
    _, offset_buffer, data_buffer = array.buffers()
    if len(array) == 0 or data_buffer is None or data_buffer.size == 0:
        return array
    offsets = np.frombuffer(offset_buffer, np.int32)[array.offset : array.offset + len(array) + 1]
    data = np.frombuffer(data_buffer, np.uint8)
    starts, filled = offsets[:-1], offsets[1:] > offsets[:-1]
    first = np.zeros(len(array), np.uint8)
    first[filled] = data[starts[filled]]
    suspect = _ASCII_STARTS[first]
    wide = np.flatnonzero(first == _WIDE_LEAD[0])  # a character of three bytes, so two more follow
    suspect[wide] = (data[starts[wide] + 1] == _WIDE_LEAD[1]) & _WIDE_STARTS[data[starts[wide] + 2]]
    if not suspect.any():
        return array
    return pc.if_else(pa.array(suspect), pc.binary_join_element_wise("'", array, ""), array)


def round_floats(array: pa.Array, digits: int) -> pa.Array:
    """Rounded, so that no exponent is printed; not a number = null; no minus zero."""
    finite = pc.if_else(pc.fill_null(pc.is_finite(array), False), array, None)
    return pc.add(pc.round(pc.cast(finite, pa.float64()), ndigits=digits), 0.0)


def decimals(column: str) -> int:
    """How many decimals a column of floats has."""
    return DECIMALS.get(column.partition("_")[0], SHARE_DECIMALS)


def _in_words(array: pa.Array, words: Mapping[str, str]) -> pa.Array:
    encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    if not words:
        return pa.DictionaryArray.from_arrays(encoded.indices, guard_formulas(pc.cast(encoded.dictionary, pa.string())))
    if not words:
        return pa.DictionaryArray.from_arrays(encoded.indices, guard_formulas(encoded.dictionary))
    values: list[Any] = encoded.dictionary.to_pylist()
    shown = [None if value is None else guard_text(words.get(value, str(value))) for value in values]
    return pa.DictionaryArray.from_arrays(encoded.indices, pa.array(shown, pa.string()))


def _plain(array: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    return pc.cast(array, pa.string()) if pa.types.is_dictionary(array.type) else array
