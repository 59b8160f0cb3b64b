"""A rule as a page of text for the terminal: why, where from, how it is judged, examples, better wording, past hits."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from qa_analyzer.wording import Lang, code_word, word
from qa_analyzer.writers.formats import format_moment, without_controls
from qa_analyzer.writers.rule_page import ExampleView, PastFindings, RuleView

MARKED = {"fail": "bold red underline", "pass": "bold green underline", "undetermined": "bold underline"}
OPEN, CLOSE = "【", "】"
"""Evidence is never told by colour alone."""
_ROLES = {"agent": "客服", "customer": "客户", "system": "系统", "unknown": "？"}


def render_rule(view: RuleView, lang: Lang, past: PastFindings | None = None) -> Group:
    """Everything a QA supervisor wants to know before she signs a deduction."""
    gravity = (code_word("severity", view.severity, lang), code_word("status", view.status, lang))
    gravity = (code_word("severity", view.severity, lang), code_word("status", view.status, lang))
    parts: list[RenderableType] = [
        Line(Text(f"{view.id}  {view.name}")),
        Text(" · ".join((view.criterion, *gravity))),
        _fact("rule.why", view.why, lang),
        _fact("rule.message", view.message, lang),
        _fact("rule.source", " ".join(one.source for one in view.sources if not one.title), lang),
        *(Padding(Text(f"{one.source}  {one.title}"), (0, 0, 0, 2)) for one in view.sources if one.title),
        _fact("rule.applies", " ".join(code_word("call_type", one, lang) for one in view.applies_to), lang),
    ]
    if view.needs:
        parts.append(_fact("rule.needs", " ".join(word(lang, f"needs.{one}") for one in view.needs), lang))
    parts.append(_fact("rule.suggest", view.suggest, lang))
    for category, wording in view.suggest_for:
        told = word(lang, "rule.suggest_for").format(category=category, wording=wording)
        parts.append(Padding(Text(told), (0, 0, 0, 2)))
    if view.same_fault:
        names = " · ".join(f"{one.name} ({one.rule})" for one in view.same_fault)
        parts.append(_fact("rule.same_fault", names, lang))
    parts.append(Line(Text(word(lang, "rule.judged")), style="dim"))
    parts += [Padding(Text(line), (0, 0, 0, 2)) for line in view.judged]
    for example in view.examples:
        parts += _example(example, lang)
    if past is not None:
        parts += _past(past, lang)
    return Group(*parts)


def _fact(key: str, text: str, lang: Lang) -> Text:
    return Text.assemble((f"{word(lang, key)}: ", "bold"), text)


def _example(example: ExampleView, lang: Lang) -> list[RenderableType]:
    kind = code_word("verdict", example.verdict, lang)
    gap = f" ({word(lang, 'rule.gap')})" if example.is_gap else ""
    title = f"{word(lang, 'rule.example')} {example.number}: {kind}{gap}"
    parts: list[RenderableType] = [Line(Text(title), style="dim")]
    if example.facts:
        parts.append(Padding(Text(", ".join(f"{key}: {value}" for key, value in example.facts), "dim"), (0, 0, 0, 2)))
    for line in example.lines:
        text = Text()
        if line.start_ms is not None and line.end_ms is not None:
            text.append(f"[{line.start_ms / 1000:g}-{line.end_ms / 1000:g}] ", "dim")
        text.append(f"{_ROLES[line.role]}：", "cyan" if line.role == "agent" else "")
        for piece in line.pieces:
            if piece.numbers:
                text.append(f"{OPEN}{without_controls(piece.text)}{CLOSE}", MARKED.get(piece.shade, "underline"))
            else:
                text.append(without_controls(piece.text))
        parts.append(Padding(text, (0, 0, 0, 2)))
    return parts


def _past(past: PastFindings, lang: Lang) -> list[RenderableType]:
    counts = " · ".join(f"{code_word('verdict', verdict, lang)} {count}" for verdict, count in past.calls.items())
    parts: list[RenderableType] = [
        Line(Text(word(lang, "rule.past")), style="dim"),
        Text(f"{word(lang, 'rule.past_calls')}: {counts}"),
    ]
    if not past.newest:
        parts.append(Text(word(lang, "rule.past_none"), "dim"))
        return parts
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for one in past.newest:
        detail = Text()
        if one.quote:
            detail.append(f"{word(lang, 'quote_open')}{without_controls(one.quote)}{word(lang, 'quote_close')}")
        if one.message:
            detail.append(("\n" if one.quote else "") + without_controls(one.message), "dim")
        place = without_controls(one.call_id) + ("" if one.turn is None else f" #{one.turn}")
        table.add_row(format_moment(one.started_at), place, code_word("verdict", one.verdict, lang), detail)
    parts.append(table)
    if past.left_out:
        parts.append(Text(word(lang, "rule.past_more", left=past.left_out), "dim"))
    return parts
