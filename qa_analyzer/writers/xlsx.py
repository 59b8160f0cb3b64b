"""Tables → scorecards.xlsx: sheets 班组, 坐席, 通话, 扣分明细, 说明, then 关键词 and 未读入.

Knows sheets, widths, colours and Excel's limits. Writes row by row with constant memory, so that a million calls fit;
text is always written as text, never as a formula, a link or a number.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from qa_analyzer.wording import COLUMNS, LISTS, Lang, code_word, pick, word
from qa_analyzer.writers import csv as csv_writer
from qa_analyzer.writers.formats import format_moment
from qa_analyzer.writers.html.file_names import safe_name
from qa_analyzer.writers.page import LIST_COLUMNS, Names, RunFacts, split_ids

MAX_ROWS = 1_048_576
"""Rows of an Excel sheet, heading included."""
MAX_CELL = 32_767
"""Characters of an Excel cell; a longer text would be dropped whole."""

A4 = 9
"""Excel's number of the paper."""

MAX_LINKS = 65_000
"""Links of a sheet; Excel takes 65,530."""

Source: TypeAlias = Path | pa.Table | Iterable[pa.Table | pa.RecordBatch]
"""A Parquet file, a table, or its blocks: read once, in order."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WIDTHS = {
    "call_id": 20,
    "agent_name": 12,
    "team": 12,
    "started_at": 25,
    "rule": 20,
    "criterion": 12,
    "quote": 40,
    "context": 40,
    "message": 38,
    "suggest": 38,
    "worst_rules": 40,
    "word": 14,
    "file": 40,
    "reason": 60,
    "ruleset": 18,
    "complaint_type": 16,
    "not_assessable_reason": 16,
    "same_fault_as": 18,
    "customer_need": 16,
}
_DEFAULT_WIDTH = 10
_WRAPPED = (*("quote", "context", "message", "suggest", "worst_rules", "reason", "rule", "same_fault_as"), "file")
"""Columns of sentences: they wrap, or paper would cut them."""
_LINE_POINTS, _MOST_LINES = 16.0, 8
"""Height of a line of such a cell, and how many lines a row has at most: nobody reads a longer quote in a cell."""
_FOLDED = ("occasion_turn", "text_start", "text_end", "rule_id")
"""Columns for programs, folded away; the + above the sheet opens them."""
_PAGE_WIDTH = 250
"""Characters across an A4 page on its side, at about 6.5 points."""
_SHARES = ("recovery_rate", "judged_share", "agent_talk_share", "share", "other_share")
_LINKED = ("call_id", "agent_id")
_MS_PER_DAY = 86_400_000
_FAIL, _FAIL_FILL = "#8A1C12", "#FBE3DF"
_WARN, _WARN_FILL = "#6B4E00", "#FFF1CC"
_PASS, _PASS_FILL = "#0B5A43", "#DDF1EA"
_UNSURE, _UNSURE_FILL = "#4A5160", "#E9ECF1"


@dataclass(frozen=True, slots=True)
class _Formats:
    heading: Format
    numbers: dict[str, Format]
    fail: Format
    warn: Format
    good: Format
    unsure: Format
    title: Format
    link: Format
    note: Format


def write_xlsx(
    path: Path,
    teams: Source,
    agents: Source,
    calls: Source,
    findings: Source,
    rejected: Source,
    run: RunFacts,
    lang: Lang,
    names: Names,
    *,
    keywords: Source | None = None,
    call_pages: Container[str] | None = None,
) -> None:
    """The workbook. Findings are fails and undetermined ones, as in findings.csv; `keywords` as in keywords.csv.

    call_pages: ids of the calls that have a page beside the workbook; ids are links then. None: there are no pages.
    """
    book = xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": False,
            "default_date_format": "yyyy-mm-dd hh:mm",
        },
    )
    book.set_properties({"title": word(lang, "title"), "created": _created(run.date)})
    formats = _formats(book)
    rows_of: dict[str, tuple[int, int]] = {}
    tables = {"teams": teams, "agents": agents, "calls": calls, "findings": findings}
    tables |= {} if keywords is None else {"keywords": keywords}
    tables |= {"rejected": rejected}
    order = [*list(tables)[:4], "about", *list(tables)[4:]]
    sheets = {name: book.add_worksheet(word(lang, f"sheet.{name}")) for name in order}
    for table_name, source in tables.items():
        sheet = sheets[table_name]
        rows_of[table_name] = _Sheet(sheet, table_name, lang, names, formats, call_pages).fill(_blocks(source))
    _About(sheets["about"], lang, names, formats).write(run, rows_of, has_pages=call_pages is not None)
    for sheet in sheets.values():
        sheet.set_paper(A4)
        sheet.set_margins(left=0.35, right=0.35, top=0.6, bottom=0.6)
        sheet.set_header(f"&L{word(lang, 'title')} {format_moment(run.date)}&R&A")
        sheet.set_footer(f"&C{word(lang, 'sheet.page')}")
    book.close()


class _Sheet:
    """One table on one sheet."""

    def __init__(
        self,
        sheet: Worksheet,
        table_name: str,
        lang: Lang,
        names: Names,
        formats: _Formats,
        call_pages: Container[str] | None,
    ) -> None:
        self._sheet = sheet
        self._call_pages = call_pages
        self._links = 0
        self._table_name = table_name
        self._lang = lang
        self._names = names
        self._formats = formats
        self._columns: list[str] = []

    def fill(self, blocks: Iterator[pa.Table]) -> tuple[int, int]:
        """Write the blocks. Returns (rows written, rows left out)."""
        written = left = 0
        most = MAX_ROWS - 2  # one row is the heading, one is kept for the note of what is left out
        for block in blocks:
            if not self._columns:
                self._begin(block.column_names)
            table = block
            if self._table_name == "findings":
                keep = pc.is_in(pc.cast(table["verdict"], pa.string()), pa.array(csv_writer.SHOWN_VERDICTS))
                table = table.filter(keep)
            left += max(0, table.num_rows - (most - written))
            table = table.slice(0, most - written)
            self._write_rows(table, written + 1)
            written += table.num_rows
        if not self._columns:
            self._begin(list(COLUMNS[self._table_name]))
        if left:
            note = word(self._lang, "sheet.left_out", limit=MAX_ROWS, left=left, file=f"{self._table_name}.csv")
            self._sheet.write_string(written + 1, 0, note)
        self._finish(written)
        return written, left

    def _begin(self, columns: list[str]) -> None:
        self._columns = columns
        for at, column in enumerate(columns):
            folded = {"level": 1, "hidden": True} if column in _FOLDED else {}
            self._sheet.set_column(at, at, self._width(column), self._formats.numbers[_number_format(column)], folded)
            self._sheet.write_string(0, at, _clean(self._heading(column)), self._formats.heading)
        self._sheet.set_row(0, 48)

    def _width(self, column: str) -> int:
        """Characters: room for what stands in the column, and for its heading on up to three lines."""
        return max(_WIDTHS.get(column, _DEFAULT_WIDTH), min(24, -(-_shown_width(self._heading(column)) // 3) + 4))

    def _heading(self, column: str) -> str:
        if column == "start_ms":
            return word(self._lang, "sheet.time")
        return self._names.heading(self._table_name, column, self._lang)

    def _write_rows(self, table: pa.Table, first_row: int) -> None:
        columns = [self._cells(column, table[column]) for column in self._columns]
        write_string, write_number = self._sheet.write_string, self._sheet.write_number
        styles = [self._formats.numbers[_number_format(column)] for column in self._columns]
        links = {at: self._targets(column, table) for at, column in enumerate(self._columns) if column in _LINKED}
        plain, word_style = self._formats.numbers[""], self._formats.numbers["word"]
        wrapped = [(at, self._width(one)) for at, one in enumerate(self._columns) if one in _WRAPPED]
        for row, values in enumerate(zip(*columns, strict=True), first_row):
            lines = max((_lines(values[at], width) for at, width in wrapped), default=1)
            if lines > 1:
                self._sheet.set_row(row, _LINE_POINTS * min(lines, _MOST_LINES))
            for at, value in enumerate(values):
                if value is None or value == "":
                    continue
                if isinstance(value, str):
                    link = links[at][row - first_row] if at in links else None
                    if link is None:
                        write_string(row, at, value, word_style if styles[at] is plain else styles[at])
                    else:
                        self._sheet.write_url(row, at, link, self._formats.link, value)
                else:
                    write_number(row, at, value, styles[at])

    def _targets(self, column: str, table: pa.Table) -> list[str | None]:
        """Pages that the ids of a column lead to, relative to the workbook; None where there is none."""
        ids = table[column].to_pylist()
        if self._call_pages is None or self._table_name in ("rejected", "keywords"):
            return [None] * len(ids)
        turns = table["turn"].to_pylist() if "turn" in table.column_names and column == "call_id" else [None] * len(ids)
        found: list[str | None] = []
        for one, turn in zip(ids, turns, strict=True):
            is_call = column == "call_id"
            if self._links >= MAX_LINKS or one is None or (is_call and one not in self._call_pages):
                found.append(None)
                continue
            place = "" if turn is None else f"#t{turn}"
            found.append(f"external:{'calls' if is_call else 'agents'}/{safe_name(one)}.html{place}")
            self._links += 1
        return found

    def _cells(self, column: str, values: pa.ChunkedArray) -> list[Any]:
        kind = values.type
        if pa.types.is_boolean(kind):
            return [code_word(column, value, self._lang) for value in values.to_pylist()]
        if pa.types.is_floating(kind):
            array = values.combine_chunks()
            return list(csv_writer.round_floats(array, csv_writer.decimals(column)).to_pylist())
        if column == "start_ms":
            return [None if value is None else value / _MS_PER_DAY for value in values.to_pylist()]
        if pa.types.is_integer(kind):
            return list(values.to_pylist())
        words = self._names.code_words(column, self._lang)
        if column in LIST_COLUMNS:
            joiner = pick(LISTS, self._lang)
            return [_clean(joiner.join(words.get(v, v) for v in split_ids(row))) for row in values.to_pylist()]
        return [None if value is None else _clean(words.get(value, value)) for value in values.to_pylist()]

    def _finish(self, rows: int) -> None:
        sheet, last = self._sheet, len(self._columns) - 1
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(rows, 1), last)
        self._lay_out_for_print(rows)
        if not rows:
            return
        for at, column in enumerate(self._columns):
            for rule in self._colours(column):
                sheet.conditional_format(1, at, rows, at, rule)

    def _lay_out_for_print(self, rows: int) -> None:
        """A4 on its side, as many pages across as it takes to be read; the heading and the first column on each.

        The hundred columns of the rules' verdicts stay on the screen.
        """
        printed = [column for column in self._columns if not column.startswith("rule:")]
        width = sum(self._width(column) for column in printed if column not in _FOLDED)
        across = -(-width // _PAGE_WIDTH)
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(across, 0)
        self._sheet.print_across()
        self._sheet.repeat_rows(0)
        if across > 1:
            self._sheet.repeat_columns(0)
        self._sheet.print_area(0, 0, rows, len(printed) - 1)

    def _colours(self, column: str) -> list[dict[str, Any]]:
        formats = self._formats
        if column in ("score", "score_before_critical", "score_mean", "score_low", "score_high"):
            warn, good = self._names.score_bounds
            return [
                {"type": "blanks", "stop_if_true": True},
                {"type": "cell", "criteria": "<", "value": warn, "format": formats.fail},
                {"type": "cell", "criteria": "<", "value": good, "format": formats.warn},
                {"type": "cell", "criteria": ">=", "value": good, "format": formats.good},
            ]
        if column == "verdict" or column.startswith("rule:"):
            words = self._names.code_words("verdict", self._lang)
            shades = {"fail": formats.fail, "undetermined": formats.unsure, "pass": formats.good}
            return [_equals(words[code], shade) for code, shade in shades.items()]
        if column == "critical":
            return [_equals(code_word(column, True, self._lang), formats.fail)]
        if column == "critical_calls":
            return [{"type": "cell", "criteria": ">", "value": 0, "format": formats.fail}]
        if column == "change":
            words = self._names.code_words("change", self._lang)
            return [_equals(words["new"], formats.warn), _equals(words["rising"], formats.warn)]
        return []


class _About:
    """The sheet that explains: the run, what is complete, and every column."""

    def __init__(self, sheet: Worksheet, lang: Lang, names: Names, formats: _Formats) -> None:
        self._sheet, self._lang, self._names, self._formats = sheet, lang, names, formats
        self._row = 0

    def write(self, run: RunFacts, rows_of: dict[str, tuple[int, int]], *, has_pages: bool) -> None:
        lang, sheet = self._lang, self._sheet
        sheet.set_portrait()
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 100, self._formats.note)
        sheet.write_string(0, 0, f"{word(lang, 'title')} {format_moment(run.date)}", self._formats.title)
        self._row = 2
        self._line(word(lang, "index.read"), run.read)
        self._line(word(lang, "index.scored"), run.scored - run.not_assessable)
        self._line(word(lang, "index.not_assessable"), run.not_assessable)
        self._line(word(lang, "index.rejected"), run.rejected)
        self._line(word(lang, "index.mean"), None if run.score_mean is None else round(run.score_mean, 2))
        self._line(word(lang, "index.critical"), run.critical_calls)
        self._line(word(lang, "ruleset"), run.ruleset)
        self._line(word(lang, "emotion_model"), run.emotion_model)
        for table_name, (written, left) in rows_of.items():
            label = word(lang, "sheet.rows_of", name=word(lang, f"sheet.{table_name}"))
            note = word(lang, "sheet.left_out", limit=MAX_ROWS, left=left, file=f"{table_name}.csv")
            self._line(label, note if left else word(lang, "sheet.complete", rows=written))
        self._line("", word(lang, "undetermined_note"))
        self._line("", word(lang, "index.rejected_note"))
        if has_pages:
            self._line("", word(lang, "sheet.links"))
        self._line("", word(lang, "sheet.printed"))
        self._row += 1
        sheet.write_string(self._row, 0, word(lang, "sheet.columns"), self._formats.title)
        self._row += 1
        for table_name in rows_of:
            self._explain(table_name)

    def _explain(self, table_name: str) -> None:
        """The columns of one sheet with their meanings."""
        notes = column_notes()
        shown = {column: note for (table, column), note in notes.items() if table == table_name}
        if not shown:
            return
        lang, heading = self._lang, self._formats.heading
        self._row += 1
        self._sheet.write_string(self._row, 0, word(lang, f"sheet.{table_name}"), heading)
        self._sheet.write_string(self._row, 1, word(lang, "sheet.meaning"), heading)
        self._row += 1
        for column, note in shown.items():
            title = self._title(table_name, column)
            if title:
                self._line(title, pick(note, lang))

    def _title(self, table_name: str, column: str) -> str:
        """Heading of a column, or of the first of its kind; empty where the report has none."""
        if column == "start_ms":
            return word(self._lang, "sheet.time")
        kind, open_, _ = column.partition("<")
        if not open_:
            return self._names.heading(table_name, column, self._lang)
        names = {"framework_": self._names.frameworks, "rule:": self._names.rule_labels}.get(kind, self._names.criteria)
        first = next(iter(names), None)
        if first is None:
            return ""
        return self._names.heading(table_name, f"{kind}{first}", self._lang) + word(self._lang, "sheet.each")

    def _line(self, label: str, value: str | float | None) -> None:
        self._sheet.write_string(self._row, 0, _clean(label))
        if isinstance(value, str):
            self._sheet.write_string(self._row, 1, _clean(value), self._formats.note)
        elif value is not None:
            self._sheet.write_number(self._row, 1, value, self._formats.note)
        self._row += 1


@cache
def column_notes() -> dict[tuple[str, str], tuple[str, str]]:
    """(table, column) → what it means, Chinese and English; columns by the kind stand as `pass_<criterion>`."""
    lines = files("qa_analyzer").joinpath("column_notes.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {(table, column): (chinese, english) for table, column, chinese, english in rows}


def _blocks(source: Source) -> Iterator[pa.Table]:
    if isinstance(source, Path):
        with pq.ParquetFile(source) as file:
            for batch in file.iter_batches():
                yield pa.Table.from_batches([batch])
            if file.metadata.num_rows == 0:
                yield file.schema_arrow.empty_table()
    elif isinstance(source, pa.Table):
        yield source
    else:
        for block in source:
            yield block if isinstance(block, pa.Table) else pa.Table.from_batches([block])


def _formats(book: Workbook) -> _Formats:
    def shade(colour: str, fill: str) -> Format:
        return book.add_format({"font_color": colour, "bg_color": fill})

    return _Formats(
        heading=book.add_format(
            {"bold": True, "bg_color": "#24506B", "font_color": "#FFFFFF", "valign": "vcenter", "text_wrap": True}
        ),
        numbers={
            "": book.add_format({"valign": "top"}),
            "word": book.add_format({"valign": "top", "indent": 1}),
            "points": book.add_format({"num_format": "0.00", "valign": "top"}),
            "share": book.add_format({"num_format": "0.0%", "valign": "top"}),
            "emotion": book.add_format({"num_format": "+0.00;-0.00;0.00", "valign": "top"}),
            "time": book.add_format({"num_format": "[mm]:ss", "valign": "top"}),
            "text": book.add_format({"num_format": "@", "valign": "top"}),
            "sentence": book.add_format({"text_wrap": True, "valign": "top", "indent": 1}),
        },
        fail=shade(_FAIL, _FAIL_FILL),
        warn=shade(_WARN, _WARN_FILL),
        good=shade(_PASS, _PASS_FILL),
        unsure=shade(_UNSURE, _UNSURE_FILL),
        title=book.add_format({"bold": True, "font_size": 14}),
        link=book.add_format({"num_format": "@", "font_color": "#0B5394", "underline": 1, "valign": "top"}),
        note=book.add_format({"text_wrap": True, "valign": "top"}),
    )


def _number_format(column: str) -> str:
    if column == "start_ms":
        return "time"
    if column.startswith("score") or column == "deduction":
        return "points"
    if column in _WRAPPED:
        return "sentence"
    if column.startswith(("pass_", "framework_")) or column in _SHARES:
        return "share"
    if column.startswith("emotion_") and not column.endswith(("_trend", "_turn", "_after")):
        return "emotion"
    if column.endswith("_id"):
        return "text"
    return ""


def _equals(text: str, shade: Format) -> dict[str, Any]:
    return {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": shade}


def _clean(text: str) -> str:
    """Without what XML forbids, cut at the cell limit."""
    text = _ILLEGAL.sub("\ufffd", str(text))
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


def _lines(value: Any, width: int) -> int:
    """Lines that a text takes in a column that wraps; Chinese is twice as wide."""
    if not isinstance(value, str):
        return 1
    return -(-len(value) * (1 if value.isascii() else 2) // (width - 2))


def _shown_width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _created(date: str) -> datetime.datetime:
    """The run's own date, so that the same run gives the same file."""
    try:
        return datetime.datetime.fromisoformat(date).replace(tzinfo=None)
    except ValueError:
        return datetime.datetime(2000, 1, 1)
