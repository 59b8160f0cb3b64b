"""A rule tried on calls, for the terminal: how often each verdict, and the first findings amid their conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from qa_analyzer.coverage import Counts
from qa_analyzer.rulebook.model import Rule
from qa_analyzer.wording import Lang, code_word, word
from qa_analyzer.writers.formats import format_clock, format_percent, without_controls
from qa_analyzer.writers.page import CallPage, Row
from qa_analyzer.writers.rule_text import CLOSE, MARKED, OPEN
from qa_analyzer.writers.spans import Span, cut

CONTEXT_TURNS = 1
"""Turns shown before the occasion and after the evidence."""
MOST_TURNS = 9
"""Of a long stretch between occasion and evidence only the ends are shown."""


def render_preview(
    rule: Rule,
    calls: tuple[int, int],
    counts: Counts,
    findings: Mapping[str, int],
    pages: Sequence[tuple[CallPage, Sequence[int]]],
    lang: Lang,
) -> Group:
    """`calls`: judged and rejected; `findings`: how many of each verdict shown; `pages` with the rows to be shown."""
    name = rule.spec.en.name if lang == "en" and rule.spec.en else rule.spec.name
    title = word(lang, "preview.title", rule=rule.id, name=name, calls=calls[0], rejected=calls[1])
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(word(lang, "preview.verdict"))
    for heading in ("preview.calls", "preview.share", "preview.findings"):
        table.add_column(word(lang, heading), justify="right")
    for verdict, count in zip(("pass", "fail", "not_applicable", "undetermined"), counts, strict=True):
        share = format_percent(count / calls[0], 1) if calls[0] else "—"
        table.add_row(code_word("verdict", verdict, lang), str(count), share, str(findings.get(verdict, "")))
    parts: list[RenderableType] = [Text(title, "bold"), table]
    shown = sum(len(rows) for _, rows in pages)
    if not shown:
        return Group(*parts, Text(word(lang, "preview.none"), "dim"))
    parts.append(Text(word(lang, "preview.first", shown=shown, total=sum(findings.values())), "bold"))
    for page, rows in pages:
        for at in rows:
            parts += _finding(page, page.findings[at], lang)
    return Group(*parts)


def _finding(page: CallPage, finding: Row, lang: Lang) -> list[RenderableType]:
    verdict, turn = finding["verdict"], finding["turn"]
    head = f"{without_controls(page.call['call_id'])} · {code_word('verdict', verdict, lang)}"
    parts: list[RenderableType] = [Line(Text(head), style="dim", align="left")]
    if finding["message"]:
        parts.append(Text(without_controls(finding["message"]), "italic"))
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bright_black", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for number in _shown_turns(finding, len(page.turns)):
        if number is None:
            table.add_row("", "", "…")
            continue
        view = page.turns[number]
        text = Text()
        spans = []
        if view.turn == turn and finding["text_start"] is not None and finding["text_end"] is not None:
            spans = [Span(finding["text_start"], finding["text_end"], 1, verdict)]
        for piece in cut(view.text, spans):
            if piece.numbers:
                text.append(f"{OPEN}{without_controls(piece.text)}{CLOSE}", MARKED.get(verdict, "underline"))
            else:
                text.append(without_controls(piece.text))
        clock = format_clock(view.start_ms)
        table.add_row(f"{view.turn} {clock}".strip(), code_word("role", view.role, lang), text)
    parts.append(table)
    return parts


def _shown_turns(finding: Row, n_turns: int) -> list[int | None]:
    """Turns from before the occasion to after the evidence; None stands for turns left out."""
    named = [one for one in (finding["occasion_turn"], finding["turn"]) if one is not None]
    if not named:
        return []
    first, last = max(min(named) - CONTEXT_TURNS, 0), min(max(named) + CONTEXT_TURNS, n_turns - 1)
    if last - first < MOST_TURNS:
        return list(range(first, last + 1))
    half = MOST_TURNS // 2
    return [*range(first, first + half), None, *range(last - half + 1, last + 1)]
