"""Tables with one utterance a row: CSV in any delimiter, XLSX. Rows → calls as canonical objects.

Values of the call stand in each row or only in the first; a row without `call_id` belongs to the call above it.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from qa_analyzer.readers.headings import (
    CALL_FIELDS,
    DELIMITERS,
    ROLE_WORDS,
    UTTERANCE_FIELDS,
    code_of,
    field_of,
    known_fields,
)
from qa_analyzer.readers.mend import Unmendable

CELL_CHARACTERS = 1 << 26
UNPACKED_BYTES = 1 << 30
"""An XLSX file that unpacks to more is refused before it is unpacked."""
_LISTED = 20

Cells = list[Any]


@dataclass(slots=True)
class TableCall:
    """One call and the 1-based row where it begins. `problem` = why it cannot be read."""

    line: int
    values: dict[str, Any]
    problem: Unmendable | None = None
    utterances: list[dict[str, Any]] = field(default_factory=list)

    def as_object(self) -> dict[str, Any]:
        return {**self.values, "utterances": self.utterances}


class Heading:
    """Which column holds what. Raises `Unmendable` where there is no column of text."""

    def __init__(self, cells: Cells) -> None:
        names = [field_of(str(cell)) if cell is not None else None for cell in cells]
        # The first of two columns with the same meaning holds.
        self.names = [name if name not in names[:at] else None for at, name in enumerate(names)]
        if "text" not in self.names:
            shown = "、".join(str(cell) for cell in cells[:_LISTED] if cell not in (None, ""))
            raise Unmendable("missing_columns", missing="text（文本）", found=shown or "—")
        self.speaker_is_role = "role" not in self.names and "speaker" in self.names

    def row(self, cells: Cells) -> dict[str, Any]:
        """Named values of a row, without empty ones."""
        values = {
            name: cell
            for name, cell in zip(self.names, cells, strict=False)
            if name and cell is not None and not (isinstance(cell, str) and not cell.strip() and name != "text")
        }
        if self.speaker_is_role and code_of(str(values.get("speaker", "")), ROLE_WORDS):
            values["role"] = values.pop("speaker")
        return values

    def has_id(self) -> bool:
        return "call_id" in self.names


class CallsOfRows:
    """Rows gathered into calls, in order of their first rows. Rows of a call need not stand together."""

    def __init__(self, heading: Heading, count: Counter[str]) -> None:
        self.heading = heading
        self.count = count
        self.calls: dict[str, TableCall] = {}
        self._last = ""

    def add(self, line: int, cells: Cells) -> None:
        values = self.heading.row(cells)
        if not values or (values.keys() == {"text"} and values["text"] == ""):
            return
        call_id = values.get("call_id")
        if call_id is not None:
            self._last = str(_plain_number(call_id))
        call = self.calls.get(self._last)
        if call is None:
            call = self.calls[self._last] = TableCall(line, {})
        surplus = [cell for cell in cells[len(self.heading.names) :] if cell not in (None, "")]
        if surplus:
            call.problem = Unmendable("extra_cells", cells=len(cells), columns=len(self.heading.names))
        for name in CALL_FIELDS:
            if name in values and call.values.setdefault(name, values[name]) != values[name]:
                self.count["conflicting_value"] += 1
        utterance = {name: values[name] for name in UTTERANCE_FIELDS if name in values}
        for name in ("start_ms", "end_ms"):
            if isinstance(utterance.get(name), str):
                utterance[name] = _whole_number(utterance[name])
        if utterance:
            utterance.setdefault("text", "")
            call.utterances.append(utterance)


def _plain_number(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _whole_number(text: str) -> int | str:
    """A table writes all numbers as text: `1200` is no repair, `1200.0` is one and stays for `mend`."""
    stripped = text.strip()
    return int(stripped) if stripped.lstrip("-").isdecimal() and len(stripped) < 19 else text


# CSV --------------------------------------------------------------------------------------------------------------


def delimiter_of(heading: str) -> str:
    """The delimiter that finds the most columns we know, then the one that cuts most."""
    return max(DELIMITERS, key=lambda one: (len(known_fields(heading, one)), heading.count(one)))


class BrokenTable(Exception):
    """From `line` on the table cannot be cut into rows."""

    def __init__(self, line: int, detail: str) -> None:
        super().__init__(detail)
        self.line = line
        self.detail = detail


def csv_rows(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, Cells]]:
    """Rows that are not blank, with the line on which each begins. Raises `BrokenTable`."""
    before = csv.field_size_limit(CELL_CHARACTERS)
    try:
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            line = reader.line_num + 1
            csv.field_size_limit(CELL_CHARACTERS)  # another reader may have set it back between two rows
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise BrokenTable(line, str(error)) from None
            if any(cells):
                yield line, cells
    finally:
        csv.field_size_limit(before)


def read_csv(text: str, count: Counter[str]) -> tuple[list[TableCall], BrokenTable | None]:
    """All calls of a CSV file, and where it broke off, if it did. Raises `Unmendable` for a wrong heading."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    rows = csv_rows(io.StringIO(text, newline=""), delimiter_of(first))
    try:
        heading = Heading(next(rows)[1])
    except StopIteration:
        raise Unmendable("empty") from None
    except BrokenTable as broken:
        raise Unmendable("table_broken", detail=broken.detail) from None
    calls = CallsOfRows(heading, count)
    try:
        for line, cells in rows:
            calls.add(line, cells)
    except BrokenTable as broken:
        return list(calls.calls.values()), broken
    return list(calls.calls.values()), None


# XLSX -------------------------------------------------------------------------------------------------------------


def read_xlsx(data: bytes, count: Counter[str]) -> list[TableCall]:
    """All calls of the sheets that have a column of text. Raises `Unmendable`."""
    from openpyxl import load_workbook  # slow to import

    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
        if unpacked > UNPACKED_BYTES:
            raise Unmendable("xlsx_broken", detail=f"{unpacked >> 20} MB")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        refused: Unmendable | None = None
        heading: Heading | None = None
        found: list[TableCall] = []
        for sheet in book.worksheets:
            rows = ((line, list(cells)) for line, cells in enumerate(sheet.iter_rows(values_only=True), 1))
            filled = ((line, cells) for line, cells in rows if any(cell not in (None, "") for cell in cells))
            top = next(filled, None)
            if top is None:
                continue
            try:
                heading = Heading(_trimmed(top[1]))
            except Unmendable as problem:
                refused = refused or problem
                continue
            calls = CallsOfRows(heading, count)
            for line, cells in filled:
                calls.add(line, [_cell(cell) for cell in cells])
            found += calls.calls.values()
    except Unmendable:
        raise
    except Exception as error:  # openpyxl passes on whatever zipfile, XML and its own parsing raise
        raise Unmendable("xlsx_broken", detail=type(error).__name__) from None
    if heading is None:
        raise refused or Unmendable("empty")
    return found


def _trimmed(cells: Cells) -> Cells:
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return cells


def _cell(cell: object) -> object:
    """Excel's dates as ISO 8601; a number stays a number."""
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    return cell
