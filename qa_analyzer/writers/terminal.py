"""One call for the terminal: the score line by line, the findings, the conversation with the evidence marked.

Builds rich renderables; prints nothing. Texts of a call are never read as markup or as control sequences.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from qa_analyzer.wording import Lang, code_word, word
from qa_analyzer.writers.call_view import (
    STAGE_MARKS,
    Breakdown,
    Card,
    break_down,
    order_findings,
    overlap_reason,
    type_certainty,
)
from qa_analyzer.writers.formats import (
    format_clock,
    format_moment,
    format_number,
    format_share,
    format_signed,
    without_controls,
)
from qa_analyzer.writers.page import CallPage, FrameworkView, Names
from qa_analyzer.writers.spans import Span, cut

STYLES = {"fail": "bold red", "undetermined": "bright_black", "pass": "green"}
_UNDERLINED = {"fail": "red underline", "undetermined": "bright_black underline", "pass": "green underline"}
_STAGE_STYLES = {"reached": "green", "missed": "red"}
_ROLE_STYLES = {"agent": "cyan", "customer": "default", "system": "bright_black", "unknown": "bright_black"}
_COUNTED_STYLES = {"yes": "bold red", "no": "bright_black", "undetermined": "bright_black"}
_OVERLAP_COLUMNS = ("start", "length", "who", "kind", "counted", "why")
_SHADE_STYLES = {"good": "bold green", "mid": "bold yellow", "low": "bold red", "": "bold"}


def render_call(page: CallPage, names: Names, lang: Lang) -> RenderableType:
    """The whole call, top to bottom."""
    cards = order_findings(page, names)
    parts: list[RenderableType] = [_head(page, names, lang, cards)]
    breakdown = break_down(page, cards)
    if breakdown:
        parts.append(_breakdown(breakdown, names, lang))
    if page.reasons:
        parts.append(_reasons(page, names, lang))
    heard = [framework for framework in page.frameworks if framework.heard]
    if heard:
        parts.append(_frameworks(heard, lang))
    if page.overlaps:
        parts.append(_overlaps(page, lang))
    parts += [_findings(cards, names, lang), _talk(page, cards, lang)]
    if page.whys:
        parts.append(_whys(page, lang))
    return Group(*parts)


def _head(page: CallPage, names: Names, lang: Lang, cards: list[Card]) -> Panel:
    call = page.call
    head = Text()
    if call["score"] is None:
        head.append(word(lang, "not_scored"), "bold")
        reason = code_word("not_assessable_reason", call["not_assessable_reason"], lang)
        if reason:
            head.append(f"  {reason}")
    else:
        head.append(format_number(call["score"]), _SHADE_STYLES[names.score_shade(call["score"])])
        head.append(f" {names.grade(call['grade'], lang)}")
    if call["critical"]:
        rules = ", ".join(card.label for card in cards if card.critical and card.verdict == "fail")
        head.append(f"\n{word(lang, 'call.critical')} {without_controls(rules)}", "bold white on red")
    duration = call["duration_s"]
    facts = [
        without_controls(" ".join(filter(None, (call["agent_name"], call["agent_id"], call["team"])))),
        format_moment(call["started_at"]),
        code_word("call_type", call["call_type"], lang),
        format_clock(None if duration is None else duration * 1000),
        code_word("resolution", call.get("resolution"), lang),
        f"{word(lang, 'facts.emotion')} {format_signed(call['emotion_start'])} → {format_signed(call['emotion_end'])}",
    ]
    head.append("\n" + " · ".join(fact for fact in facts if fact), "bright_black")
    return Panel(head, title=Text(f"{word(lang, 'call')} {without_controls(call['call_id'])}"), title_align="left")


def _breakdown(breakdown: Breakdown, names: Names, lang: Lang) -> Table:
    table = Table(title=word(lang, "call.breakdown"), box=box.SIMPLE_HEAD, title_justify="left", show_footer=True)
    table.add_column(names.heading("findings", "criterion", lang), footer=word(lang, "call.sum"), overflow="fold")
    table.add_column(word(lang, "call.full"), justify="right", footer=_points(breakdown.full))
    table.add_column(word(lang, "call.lost"), footer=_points(-breakdown.lost), overflow="fold")
    table.add_column(word(lang, "call.earned"), justify="right", footer=_points(breakdown.before))
    for row in breakdown.rows:
        if row.earned is None:
            table.add_row(names.criterion(row.criterion), "—", Text(word(lang, "call.nothing_judged"), "dim"), "—")
            continue
        losses = Text("\n").join(
            Text.assemble(without_controls(card.label), " ", (_points(-card.deduction), "red")) for card in row.losses
        )
        table.add_row(
            names.criterion(row.criterion),
            _points(row.full),
            losses if row.losses else Text(word(lang, "call.nothing_lost"), "dim"),
            _points(row.earned),
        )
    if breakdown.zeroed:
        table.caption = Text(word(lang, "call.critical_to_zero", before=_points(breakdown.before)), "bold red")
        table.caption_justify = "left"
    return table


def _reasons(page: CallPage, names: Names, lang: Lang) -> Table:
    """What decided the columns that words decide."""
    table = Table(title=word(lang, "call.reasons"), box=box.SIMPLE_HEAD, title_justify="left", show_header=False)
    table.add_column(style="bright_black", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    opened, closed = word(lang, "quote_open"), word(lang, "quote_close")
    for reason in page.reasons:
        if isinstance(reason.value, float):
            value = word(lang, "call.hours", n=format_number(reason.value))
        else:
            value = code_word(reason.column, reason.value, lang)
        if reason.column == "complaint_type":
            value = " · ".join([value, *type_certainty(page.call, lang)])
        over = page.call.get("promised_over_limit_h") if reason.column == "promised_h" else None
        if over is not None and over > 0:
            value += f" · {word(lang, 'call.over', n=format_number(over))}"
        because = word(lang, "call.because", role=code_word("role", reason.role, lang), turn=reason.turn)
        table.add_row(
            names.heading("calls", reason.column, lang),
            Text(
                value,
                "bold red"
                if (over or 0) > 0 or (reason.column, reason.value) == ("escalation_risk", "high")
                else "bold",
            ),
            Text(f"{because} {opened}{without_controls(reason.quote)}{closed}"),
        )
    return table


def _frameworks(heard: Sequence[FrameworkView], lang: Lang) -> Table:
    """The stages of each framework, those reached with their turn."""
    table = Table(title=word(lang, "call.frameworks"), box=box.SIMPLE_HEAD, title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", style="bright_black", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for framework in heard:
        stages = Text("  ").join(
            Text(
                f"{STAGE_MARKS[stage.status]} {stage.name}" + ("" if stage.turn is None else f" #{stage.turn}"),
                _STAGE_STYLES.get(stage.status, "bright_black"),
            )
            for stage in framework.stages
        )
        table.add_row(framework.name, f"{framework.reached}/{framework.heard}", stages)
    return table


def _overlaps(page: CallPage, lang: Lang) -> Table:
    """Who spoke over whom, and what came of it."""
    table = Table(title=word(lang, "call.overlaps"), box=box.SIMPLE_HEAD, title_justify="left", expand=True)
    for key in _OVERLAP_COLUMNS:
        table.add_column(
            word(lang, f"overlap.{key}"), ratio=1 if key == "why" else None, overflow="fold", no_wrap=key != "why"
        )
    for one in page.overlaps:
        roles = {"role": code_word("role", one.role, lang), "over": code_word("role", one.over, lang)}
        table.add_row(
            format_clock(one.start_ms),
            word(lang, "overlap.seconds", n=format_number(one.length_ms / 1000)),
            word(lang, "overlap.over", **roles),
            code_word("overlap_kind", one.kind, lang),
            Text(code_word("overlap_counted", one.counted, lang), _COUNTED_STYLES[one.counted]),
            Text.assemble(
                (f"{word(lang, 'quote_open')}{without_controls(one.quote)}{word(lang, 'quote_close')}", "italic"),
                f"\n{overlap_reason(one, lang)}",
            ),
        )
    if page.overlaps_left_out:
        table.caption = word(lang, "call.overlaps_left_out", left=page.overlaps_left_out)
    return table


def _findings(cards: list[Card], names: Names, lang: Lang) -> Table:
    table = Table(title=word(lang, "call.findings"), box=box.SIMPLE_HEAD, title_justify="left", expand=True)
    table.add_column("#", no_wrap=True)
    table.add_column(names.heading("findings", "rule", lang), ratio=2, overflow="fold")
    table.add_column(names.heading("findings", "deduction", lang), justify="right", no_wrap=True)
    table.add_column(names.heading("findings", "turn", lang), no_wrap=True)
    table.add_column(names.heading("findings", "message", lang), ratio=5, overflow="fold")
    for card in cards:
        finding = card.finding
        detail = Text(without_controls(finding["message"] or ""))
        if card.same_fault:
            detail.append(f"\n{word(lang, 'call.same_fault', rule=without_controls(card.same_fault))}", "dim")
        if card.waiver:
            detail.append(f"\n{word(lang, 'call.waiver')}: {without_controls(card.waiver)}", "bold")
        if card.tolerant:
            detail.append(f"\n{word(lang, 'call.tolerant')}" if detail else word(lang, "call.tolerant"), "dim")
        if finding["quote"]:
            opened, closed = word(lang, "quote_open"), word(lang, "quote_close")
            quote = f"{opened}{without_controls(finding['quote'])}{closed}"
            detail.append(f"\n{quote}" if detail else quote, "italic")
        if card.verdict == "fail" and card.suggest:
            detail.append(f"\n{word(lang, 'call.suggest')}: {without_controls(card.suggest)}", "green")
        place = "" if finding["turn"] is None else f"{finding['turn']} {format_clock(finding['start_ms'])}".strip()
        table.add_row(
            Text(f"{card.mark}{card.number}", STYLES[card.verdict]),
            Text(without_controls(card.label)),
            _points(-card.deduction) if card.deduction else "",
            place,
            detail,
        )
    if not cards:
        table.caption = word(lang, "call.no_findings")
    return table


def _talk(page: CallPage, cards: list[Card], lang: Lang) -> Table:
    by_turn: dict[int, list[Span]] = {}
    for card in cards:
        finding = card.finding
        if finding["turn"] is not None and finding["text_start"] is not None and finding["text_end"] is not None:
            span = Span(finding["text_start"], finding["text_end"], card.number, card.verdict)
            by_turn.setdefault(finding["turn"], []).append(span)
    marked = {card.number: card for card in cards}
    table = Table(title=word(lang, "call.talk"), box=None, title_justify="left", show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bright_black", no_wrap=True)
    table.add_column(style="bright_black", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for turn in page.turns:
        text = Text()
        for piece in cut(turn.text, by_turn.get(turn.turn, ())):
            text.append(without_controls(piece.text), _UNDERLINED.get(piece.shade, ""))
            for number in piece.ending:
                text.append(f"[{marked[number].mark}{number}]", STYLES[marked[number].verdict])
        role = Text(code_word("role", turn.role, lang), _ROLE_STYLES.get(turn.role, ""))
        table.add_row(str(turn.turn), format_clock(turn.start_ms), role, text)
    if not page.turns:
        table.caption = word(lang, "call.no_text")
    return table


def _whys(page: CallPage, lang: Lang) -> Table:
    """The words that moved each emotion value; the parts of a line add up to it."""
    table = Table(title=word(lang, "call.whys"), box=None, title_justify="left", show_header=False, pad_edge=False)
    table.add_column(justify="right", style="bright_black", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    if any(why.parts is None for why in page.whys):
        table.caption = word(lang, "call.whys.cannot")
        return table
    sure_of = {point.turn: point.sure for point in page.emotion}
    for why in page.whys:
        sure = sure_of.get(why.turn)
        line = Text("  ").join(
            Text.assemble(
                f"{word(lang, 'quote_open')}{without_controls(part.text)}{word(lang, 'quote_close')}"
                if part.text
                else word(lang, f"call.whys.{part.kind}"),
                " ",
                (format_share(part.share), "green" if part.share > 0 else "red"),
            )
            for part in why.parts or ()
        )
        told = "" if sure is None else word(lang, "call.mood_sure", n=sure)
        table.add_row(str(why.turn), Text(format_share(why.value), "bold"), Text(told, "bright_black"), line)
    return table


def _points(points: float) -> str:
    return f"{points:.2f}".replace("-0.00", "0.00").replace("-", "−")
