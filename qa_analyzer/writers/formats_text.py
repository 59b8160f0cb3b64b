"""The formats that can be read, as a table for the terminal: what each can and cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

from qa_analyzer.wording import Lang, word

WHAT = ("times", "words", "speakers", "roles", "overlaps")


@dataclass(frozen=True)
class FormatLine:
    """One format: `name` for `--format`, `title` for people, `tells` = yes, no or some for each of `WHAT`."""

    name: str
    title: str
    tells: tuple[str, ...]


def render_formats(formats: Sequence[FormatLine], lang: Lang) -> Table:
    """One row a format."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(word(lang, "formats.name"), no_wrap=True)
    table.add_column(word(lang, "formats.title"), overflow="fold")
    for one in WHAT:
        table.add_column(word(lang, f"formats.{one}"), justify="center", no_wrap=True)
    for line in formats:
        table.add_row(line.name, line.title, *(word(lang, f"formats.{one}") for one in line.tells))
    return table
