"""Coverage as a table for the terminal, and every gap as a sentence with its remedy."""

from __future__ import annotations

from rich import box
from rich.table import Table
from rich.text import Text

from qa_analyzer.coverage import Counts, Coverage, CoverageRow, Gap
from qa_analyzer.rulebook.guidelines import Guidelines
from qa_analyzer.rulebook.schema import Status
from qa_analyzer.wording import Lang, code_word, word

COUNTED = ("pass", "fail", "not_applicable", "undetermined")


def render_coverage(coverage: Coverage, guidelines: Guidelines, lang: Lang, *, own_calls: bool) -> Table:
    """One row a guideline and rule (or column). Counts are calls: pass / fail / not applicable / undetermined."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    legend = "/".join(code_word("verdict", one, lang) for one in COUNTED)
    table.add_column(word(lang, "coverage.guideline"), no_wrap=True)
    table.add_column(word(lang, "coverage.title"), overflow="fold", ratio=4)
    table.add_column(word(lang, "coverage.by"), overflow="fold", ratio=5)
    table.add_column(word(lang, "coverage.examples"), justify="right", no_wrap=True)
    table.add_column(f"{word(lang, 'coverage.samples')}\n{legend}", justify="right", overflow="fold")
    if own_calls:
        table.add_column(f"{word(lang, 'coverage.given')}\n{legend}", justify="right", overflow="fold")
    known = guidelines.by_id
    lacking = {gap.subject for gap in coverage.gaps}
    previous = ""
    for row in coverage.rows:
        guideline = known.get(row.guideline)
        title = "" if guideline is None else guideline.title if lang == "zh" else guideline.en
        again = row.guideline == previous and row.guideline != ""
        previous = row.guideline
        cells: list[str | Text] = [
            "" if again else row.guideline or "—",
            "" if again else title,
            _what(row, lang),
            str(len(row.rule.examples)) if row.rule else "—",
            _counts(row, row.samples, lang),
        ]
        if own_calls:
            cells.append(_counts(row, row.given, lang))
        wrong = row.what in lacking or row.guideline in lacking
        table.add_row(*cells, style="red" if wrong else None)
    return table


def _what(row: CoverageRow, lang: Lang) -> str:
    if row.kind == "rule":
        return row.what
    return word(lang, f"coverage.{row.kind}", name=row.what)


def _counts(row: CoverageRow, counts: Counts | None, lang: Lang) -> str:
    if row.rule is None:
        return "—"
    if row.rule.spec.status is Status.OFF:
        return code_word("status", "off", lang)
    return "/".join(map(str, counts or Counts()))


def gap_text(gap: Gap, guidelines: Guidelines, lang: Lang) -> str:
    """What is missing, in a sentence."""
    number = gap.about if gap.kind == "no_column" else gap.subject
    guideline = guidelines.by_id.get(number)
    title = "" if guideline is None else guideline.title if lang == "zh" else guideline.en
    return word(lang, f"coverage.gap.{gap.kind}", subject=gap.subject, about=gap.about, title=title)
