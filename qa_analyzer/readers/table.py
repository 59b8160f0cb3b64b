"""Tables: CSV in any delimiter, XLSX. Cells → rows; what the rows mean, `columns` knows."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from qa_analyzer.readers.columns import (
    SAMPLE_ROWS,
    CallsOfRows,
    Cells,
    Columns,
    ColumnsFound,
    Heading,
    TableCall,
    heading_at,
    is_heading,
)
from qa_analyzer.readers.headings import DELIMITERS, HEADING_ROWS, known_fields
from qa_analyzer.readers.mend import Unmendable

CELL_CHARACTERS = 1 << 26
UNPACKED_BYTES = 1 << 30
"""An XLSX file that unpacks to more is refused before it is unpacked."""

Row = tuple[int, Cells]
"""A row and its 1-based line."""


@dataclass(slots=True)
class Table:
    """What a table holds: its calls, how its columns were read, and where it broke off, if it did."""

    calls: list[TableCall] = field(default_factory=list)
    columns: list[ColumnsFound] = field(default_factory=list)
    broken: BrokenTable | None = None


def opened(
    rows: Iterator[Row], given: Columns | None = None, errors: tuple[type[Exception], ...] = ()
) -> tuple[Heading, Iterator[Row]]:
    """The heading of a table, and its rows below. Raises `Unmendable` for columns that do not say what is needed.

    A `BrokenTable`, or one of `errors`, is raised where its row would come, after those before it.
    """
    first: list[Row] = []
    trouble: Exception | None = None
    try:
        for row in rows:
            first.append(row)
            if len(first) == HEADING_ROWS + SAMPLE_ROWS:
                break
    except BrokenTable as error:
        trouble = error
    except errors as error:
        trouble = error
    if not first:
        if isinstance(trouble, BrokenTable):
            raise Unmendable("table_broken", detail=trouble.detail)
        raise trouble or Unmendable("empty")
    cells = [row for _, row in first]
    if without_heading(cells, given):
        return Heading(None, cells, given), _again(first, rows, trouble)
    top = heading_at(cells) if given is None else given_at(cells, given)
    below = first[top + 1 :]
    heading = Heading(_trimmed(cells[top]), [row for _, row in below], given)
    return heading, _again(below, rows, trouble)


def given_at(rows: list[Cells], given: Columns) -> int:
    """The row that has all headings that the user names, else the one that names columns."""
    named = [heading for _, heading in given.headings if not heading.isdecimal()]
    for at, cells in enumerate(rows[:HEADING_ROWS]):
        written = {str(cell).strip() for cell in cells if cell is not None}
        if named and all(one in written for one in named):
            return at
    return heading_at(rows)


def without_heading(rows: list[Cells], given: Columns | None = None) -> bool:
    """Whether a table begins with its first row of data: the user gives numbers of columns, or a research file."""
    if given is not None and given.headings:
        return all(heading.isdecimal() for _, heading in given.headings) and not is_heading(rows[0])
    return is_research(rows)


def is_research(rows: list[Cells]) -> bool:
    """Chat id, user, is_agent, …, text: columns without names, one of them 0 and 1, one an id that comes again."""
    width = len(rows[0])
    if (
        width < 3
        or len(rows) < 2
        or any(len(row) != width for row in rows[:-1])
        or any(map(is_heading, rows[:HEADING_ROWS]))
    ):
        return False
    try:
        names = Heading(None, rows).names
    except Unmendable:
        return False
    return {"call_id", "text"} <= set(names) and bool({"is_agent", "role"} & set(names))


def _again(first: list[Row], rest: Iterator[Row], trouble: Exception | None) -> Iterator[Row]:
    yield from first
    if trouble is not None:
        raise trouble
    yield from rest


# CSV --------------------------------------------------------------------------------------------------------------


def delimiter_of(head: list[str]) -> str:
    """The delimiter that finds the most columns we know in one of the first lines, then the one that cuts most."""
    lines = head[:HEADING_ROWS] or [""]
    return max(
        DELIMITERS,
        key=lambda one: (max(len(known_fields(line, one)) for line in lines), max(line.count(one) for line in lines)),
    )


class BrokenTable(Exception):
    """From `line` on the table cannot be cut into rows."""

    def __init__(self, line: int, detail: str) -> None:
        super().__init__(detail)
        self.line = line
        self.detail = detail


def csv_rows(lines: Iterable[str], delimiter: str, *, quoted: bool = True) -> Iterator[Row]:
    """Rows that are not blank, with the line on which each begins. Raises `BrokenTable`."""
    before = csv.field_size_limit(CELL_CHARACTERS)
    try:
        reader = csv.reader(lines, delimiter=delimiter, quotechar='"' if quoted else None)
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


def read_csv(text: str, count: Counter[str], name: str = "", given: Columns | None = None) -> Table:
    """All calls of a CSV file. Raises `Unmendable` where its columns do not say what is needed."""
    head = [line for line in text[:_HEAD].splitlines() if line.strip()][: HEADING_ROWS + SAMPLE_ROWS]
    delimiter = delimiter_of(head)
    rows = csv_rows(io.StringIO(text, newline=""), delimiter, quoted=quoted(head, delimiter))
    heading, below = opened(rows, given)
    table = Table(columns=[heading.found(name)])
    calls = CallsOfRows(heading, count)
    try:
        for line, cells in below:
            calls.add(line, cells)
    except BrokenTable as broken:
        table.broken = broken
    table.calls = list(calls.calls.values())
    return table


_HEAD = 1 << 18


def quoted(head: list[str], delimiter: str) -> bool:
    """Whether quotation marks hold cells together. In a research file with tabs they are part of the text."""
    return delimiter != "\t" or not is_research([line.split("\t") for line in head[:SAMPLE_ROWS]] or [[]])


# XLSX -------------------------------------------------------------------------------------------------------------


def read_xlsx(data: bytes, count: Counter[str], name: str = "", given: Columns | None = None) -> Table:
    """All calls of the sheets that have a column of text. Raises `Unmendable`.

    Where several sheets have calls and no ids, each sheet is a call with the sheet's name.
    """
    from openpyxl import load_workbook  # slow to import

    table = Table()
    named: list[tuple[str, list[TableCall], bool]] = []
    refused: Unmendable | None = None
    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(data)).infolist())
        if unpacked > UNPACKED_BYTES:
            raise Unmendable("xlsx_broken", detail=f"{unpacked >> 20} MB")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = ((line, list(map(_cell, cells))) for line, cells in enumerate(sheet.iter_rows(values_only=True), 1))
            filled = ((line, cells) for line, cells in rows if any(cell not in (None, "") for cell in cells))
            try:
                heading, below = opened(filled, given)
            except Unmendable as problem:
                if problem.key != "empty":
                    refused = refused or problem
                continue
            calls = CallsOfRows(heading, count)
            for line, cells in below:
                calls.add(line, cells)
            named.append((sheet.title, list(calls.calls.values()), heading.has_id()))
            table.columns.append(heading.found(name))
    except Unmendable:
        raise
    except Exception as error:  # openpyxl passes on whatever zipfile, XML and its own parsing raise
        raise Unmendable("xlsx_broken", detail=type(error).__name__) from None
    if not named:
        raise refused or Unmendable("empty")
    filled_sheets = [one for one in named if one[1]]
    for title, found, has_id in filled_sheets:
        if len(filled_sheets) > 1 and not has_id and len(found) == 1:
            found[0].values.setdefault("call_id", title)
        table.calls += found
    return table


def _trimmed(cells: Cells) -> Cells:
    while cells and cells[-1] in (None, ""):
        cells.pop()
    return cells


def _cell(cell: object) -> object:
    """Excel's dates as ISO 8601, its times as a clock; a number stays a number."""
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(cell.total_seconds(), 60)
        return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}:{seconds:06.3f}"
    return cell
