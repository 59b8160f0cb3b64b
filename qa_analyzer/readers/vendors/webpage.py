"""Web pages that quality and recording systems export, also those called .xls: a table of utterances, or blocks.

A table with headings is read as any table (`columns`). Else the page's text is read as a written dialogue, block by
block (`客服 00:12` above its text, `<td>客服</td><td>您好</td>`), with the lines above it (`通话编号：…`, or a table of
names and values) as values of the call; a further `通话编号` begins a further call. Where no label stands in the text,
the classes of the blocks say who speaks (`class="msg agent"`, `data-role="customer"`). Scripts and styles are no text.
Parsed by the standard library: nothing in the page is run or fetched.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from qa_analyzer.readers.columns import CallsOfRows, Heading, heading_at, is_heading, time_of
from qa_analyzer.readers.headings import CALL_FIELDS, ROLE_WORDS, code_of, field_of
from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.text import read_dialogue
from qa_analyzer.readers.vendors.form import Call, Tells, TextFormat, named_voice

_BEGINS = re.compile(
    r"\ufeff?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|meta|title|style|table|div|section|article|p|ul|ol|dl|h[1-6])\b",
    re.IGNORECASE | re.DOTALL,
)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_HIDDEN = frozenset(
    ["script", "style", "head", "template", "noscript", "svg", "button", "select", "option", "nav", "footer"]
)
_BLOCKS = frozenset(
    [
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "fieldset",
        ),
        *("figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "ol", "p", "pre"),
        *("section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    ]
)
_CLOSES: dict[str, tuple[str, ...]] = {
    "tr": ("td", "th", "tr"),
    "td": ("td", "th"),
    "th": ("td", "th"),
    "tbody": ("td", "th", "tr", "thead", "tbody"),
    "li": ("li",),
    "dt": ("dt", "dd"),
    "dd": ("dt", "dd"),
    **dict.fromkeys(_BLOCKS - {"tr", "tbody", "li", "dt", "dd", "body", "html"}, ("p",)),
}
"""What a start tag ends that was left open."""
_DEEPEST = 100
_PART = re.compile(
    r"speaker|role|name|who|time|stamp|date|text|content|msg|message|utter|label|body|said", re.IGNORECASE
)
"""Classes of the parts of an utterance: they stand apart, unlike a highlighted word."""
_ASIDE = re.compile(r"speaker|role|name|who|time|stamp|date|avatar|icon|label|status", re.IGNORECASE)
_TIME = re.compile(r"time|stamp|date", re.IGNORECASE)
_TIME_OF_DAY_MS, _DAY_MS = 60 * 60 * 1000, 24 * 60 * 60 * 1000
"""A first utterance that late tells the time of day, not the time since the call began."""
_PINYIN = {"kefu": "agent", "zuoxi": "agent", "kehu": "customer", "yonghu": "customer", "guke": "customer"}
_SAYS_ROLE = (
    "data-role",
    "data-speaker",
    "data-speaker-role",
    "data-who",
    "data-type",
    "data-from",
    "data-side",
    "class",
)
_SAYS_START = ("data-start", "data-begin", "data-start-time", "data-time", "data-offset")
_SAYS_END = ("data-end", "data-end-time")


@dataclass(slots=True)
class _Node:
    tag: str
    attributes: dict[str, str]
    inside: list[_Node | str] = field(default_factory=list)

    def below(self) -> Iterator[_Node]:
        """All elements inside, outer ones first."""
        for one in self.inside:
            if isinstance(one, _Node):
                yield one
                yield from one.below()


class _Tree(HTMLParser):
    """Elements of a page; what is left open is closed as browsers do, and what is nested too deep stays flat."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Node("html", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        ended = _CLOSES.get(tag, ())
        while self._open[-1].tag in ended:
            self._open.pop()
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(node)
        if tag not in _VOID and len(self._open) < _DEEPEST:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inside.append(_Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at].tag == tag:
                del self._open[at:]
                return
            if self._open[at].tag == "table" and tag != "table":
                return

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)


def _matches(head: str) -> bool:
    return bool(_BEGINS.match(head))


def _calls(text: str) -> list[Call]:
    tree = _Tree()
    tree.feed(text)
    tree.close()
    _refuse_cut_off(text)
    tables = [one for one in tree.root.below() if one.tag == "table"]
    found, refused = _of_tables([one for one in tables if not any(inner.tag == "table" for inner in one.below())])
    page = _text_of(tree.root)
    if found:
        if len(found) == 1:
            found[0] = {**_above(page), **found[0]}
        return found
    calls = []
    try:
        calls = [read_dialogue(part, "", Counter()) for part in _parts(page)]
    except Unmendable as problem:
        refused = refused or problem
    told = any(row["role"] != "unknown" for call in calls for row in call["utterances"])
    if not told and (rows := _bubbles(tree.root)):
        calls = [{**_above(page), "utterances": rows}]
    if not calls:
        raise refused or Unmendable("no_calls")
    return calls


def _refuse_cut_off(text: str) -> None:
    """A page that ends within a tag, a table or the page itself."""
    low = text.lower()
    within = low.rfind("<") > low.rfind(">")
    table = low.count("<table") > low.count("</table")
    if within or table or ("<html" in low and "</html" not in low and "</body" not in low):
        raise Unmendable("truncated_page")


# Tables -----------------------------------------------------------------------------------------------------------


def _of_tables(tables: list[_Node]) -> tuple[list[Call], Unmendable | None]:
    """The calls of all tables with headings, and why one of them could not be read."""
    found: list[Call] = []
    refused: Unmendable | None = None
    for table in tables:
        rows = [cells for row in table.below() if row.tag == "tr" and (cells := _cells(row)) and any(cells)]
        top = heading_at(rows)
        if not rows or not is_heading(rows[top]):
            continue
        try:
            heading = Heading(rows[top], rows[top + 1 :])
            calls = CallsOfRows(heading, Counter())
            for line, cells in enumerate(rows[top + 1 :], 1):
                calls.add(line, cells)
        except Unmendable as problem:
            refused = refused or problem
            continue
        found += [call.as_object() for call in calls.calls.values() if call.utterances]
    return found, refused


def _cells(row: _Node) -> list[Any]:
    cells: list[Any] = []
    for one in row.inside:
        if isinstance(one, _Node) and one.tag in {"td", "th"}:
            wide = one.attributes.get("colspan", "1")
            cells += [_text_of(one), *[""] * (min(int(wide), 50) - 1 if wide.isdecimal() else 0)]
    return cells


# Text -------------------------------------------------------------------------------------------------------------


def _text_of(node: _Node) -> str:
    """The text of an element: blocks on lines of their own, cells of a row with a tab between."""
    out: list[str] = []
    _write(node, out)
    lines = (re.sub(r"[ \xa0\u200b]+", " ", line).strip(" ") for line in "".join(out).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip("\t") for line in lines)).strip("\n")


def _write(node: _Node, out: list[str]) -> None:
    for one in node.inside:
        if isinstance(one, str):
            out.append(re.sub(r"\s+", " ", one) if node.tag != "pre" else one)
        elif one.tag in _HIDDEN:
            continue
        elif one.tag == "br":
            out.append("\n")
        elif one.tag == "tr":
            cells = [cell.replace("\n", " ") for cell in map(str, _cells(one))]
            out.append("\n" + _row_text(cells) + "\n")
        elif one.tag in _BLOCKS:
            out.append("\n")
            _write(one, out)
            out.append("\n")
        elif _PART.search(one.attributes.get("class", "")) or one.tag in {"time", "label"}:
            out.append(" ")
            _write(one, out)
            out.append(" ")
        else:
            _write(one, out)


def _row_text(cells: list[str]) -> str:
    """Names and values → `通话编号：C1`; anything else with tabs."""
    names = cells[::2]
    if len(cells) % 2 == 0 and all(field_of(name.rstrip("：: ")) in CALL_FIELDS for name in names if name):
        return "\n".join(f"{name.rstrip('：: ')}：{value}" for name, value in zip(names, cells[1::2], strict=True))
    return "\t".join(cells)


_PAIR = re.compile(r"(?P<heading>[^：:\t]{1,20}?)\s{0,8}[：:]\s{0,8}(?P<value>\S.*)")


def _pair(line: str) -> tuple[str, str] | None:
    found = _PAIR.fullmatch(line)
    name = field_of(found["heading"]) if found else None
    return (name, found["value"]) if found and name in CALL_FIELDS and name else None


def _above(page: str) -> Call:
    """Values of the call that stand on lines of the page."""
    found: Call = {}
    for pair in map(_pair, page.split("\n")):
        if pair:
            found.setdefault(*pair)
    return found


def _parts(page: str) -> list[str]:
    """A page of several calls, cut where another call's id stands."""
    lines = page.split("\n")
    starts = [at for at, line in enumerate(lines) if (_pair(line) or ("",))[0] == "call_id"]
    if len({lines[at] for at in starts}) < 2:
        return [page]
    cuts = [0, *starts[1:], len(lines)]
    return ["\n".join(lines[start:end]) for start, end in pairwise(cuts)]


# Blocks that their classes name -----------------------------------------------------------------------------------


def _bubbles(root: _Node) -> list[Call]:
    """The innermost blocks whose classes or attributes say who speaks, where there are two parties."""
    rows = _since_the_first(_innermost(root))
    return rows if len({row["role"] for row in rows}) > 1 else []


def _since_the_first(rows: list[Call]) -> list[Call]:
    """Times of day → ms since the first of them."""
    first = next((row["start_ms"] for row in rows if row["start_ms"] is not None), None)
    if first is None or first < _TIME_OF_DAY_MS:
        return rows
    return [
        {**row, **{key: (row[key] - first) % _DAY_MS for key in ("start_ms", "end_ms") if row[key] is not None}}
        for row in rows
    ]


def _innermost(node: _Node) -> list[Call]:
    rows = [row for one in node.inside if isinstance(one, _Node) for row in _innermost(one)]
    label = None if rows else _label(node)
    text = "" if label is None else _said(node)
    if not text:
        return rows
    return [{**named_voice(label), "start_ms": _start(node), "end_ms": _at(node, _SAYS_END), "text": text}]


def _label(node: _Node) -> str | None:
    """What an element's attributes say of its speaker: a word for a role."""
    for name in _SAYS_ROLE:
        written = node.attributes.get(name, "")
        for word in (written, *re.split(r"[\s_\-]+", written)):
            code = code_of(word, ROLE_WORDS) or _PINYIN.get(word.lower())
            if code and code != "unknown":
                return written if name != "class" and word == written else code
    return None


def _said(node: _Node) -> str:
    """The text of a block without the name, the time and the picture beside it."""
    inside = [
        one
        for one in node.inside
        if isinstance(one, str) or not _ASIDE.search(one.attributes.get("class", "") + one.tag)
    ]
    return _text_of(_Node(node.tag, {}, _without_asides(inside))).replace("\n", " ").strip()


def _without_asides(inside: list[_Node | str]) -> list[_Node | str]:
    kept: list[_Node | str] = []
    for one in inside:
        if isinstance(one, str):
            kept.append(one)
        elif not _ASIDE.search(one.attributes.get("class", "")) and one.tag not in {"time", "img"}:
            kept.append(_Node(one.tag, one.attributes, _without_asides(one.inside)))
    return kept


def _start(node: _Node) -> int | None:
    written = _at(node, _SAYS_START)
    if written is not None:
        return written
    for inner in node.below():
        if inner.tag == "time" or _TIME.search(inner.attributes.get("class", "")):
            return _milliseconds(_text_of(inner))
    return None


def _at(node: _Node, names: tuple[str, ...]) -> int | None:
    return next((_milliseconds(node.attributes[name]) for name in names if node.attributes.get(name)), None)


def _milliseconds(written: str) -> int | None:
    """A clock, or seconds; a moment of the day is none."""
    found = time_of(written.strip(), 1000)
    return round(found) if isinstance(found, (int, float)) else None


WEBPAGE = TextFormat(
    name="html",
    title={"zh": "网页导出（HTML，含扩展名为 .xls 的）", "en": "web pages (HTML, also those called .xls)"},
    tells=Tells(times="some", speakers="some", roles="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
