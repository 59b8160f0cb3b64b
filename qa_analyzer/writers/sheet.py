"""One plain XLSX sheet to fill in: headings, rows, and a last column with a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

WIDTHS = (24, 8, 48, 60, 10, 12, 12)
"""Columns of the sheet in characters; further ones as the last."""


def write_sheet(
    target: Path, headings: Sequence[str], rows: Sequence[Sequence[str | float]], *, choices: Sequence[str]
) -> None:
    """Write texts as texts (never formulas or links) and numbers as numbers."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(target), options) as book:
        sheet = book.add_worksheet()
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        bold = book.add_format({"bold": True})
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, WIDTHS[min(column, len(WIDTHS) - 1)], wrapped)
            sheet.write_string(0, column, heading, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write_number(number, column, cell)
        last = len(headings) - 1
        sheet.data_validation(1, last, max(len(rows), 1), last, {"validate": "list", "source": list(choices)})
        sheet.freeze_panes(1, 0)
