"""A turn's text and the spans in it → pieces, each with the findings that cover it.

Spans may overlap, touch, repeat, stand at the ends or lie outside; the pieces joined are always the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa_analyzer.text import CLAUSE_ENDS

SHADE_ORDER = ("fail", "undetermined", "pass")
"""A piece under several findings takes the first of these shades."""

BADGE_REACH = 16
"""A badge stands behind the clause in which its span ends, so that no sentence is read in pieces. Where the clause goes
on for more code points than this (recognisers without punctuation), it stands right behind the span."""


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start` to `end` of one turn, for finding `number` of the page."""

    start: int
    end: int
    number: int
    verdict: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under the same findings. `ending` = the findings whose badge follows here
    (behind the clause in which the span ends). `whole`: the shade
    comes only from spans over the whole turn (evidence of an absence), so a span inside it must still stand out.
    """

    text: str
    numbers: tuple[int, ...] = ()
    shade: str = ""
    also: tuple[str, ...] = ()
    ending: tuple[int, ...] = ()
    whole: bool = False


def cut(text: str, spans: Sequence[Span]) -> list[Piece]:
    """Cut `text` at every border of a span. Spans are clipped to the text; an empty one only leaves its badge."""
    length = len(text)
    clipped = []
    for span in spans:
        start = min(max(span.start, 0), length)
        clipped.append(Span(start, min(max(span.end, start), length), span.number, span.verdict))
    badge_at = [_clause_end(text, span.end) for span in clipped]
    borders = sorted({0, length, *badge_at, *(span.start for span in clipped), *(span.end for span in clipped)})
    pieces = []
    at_start = tuple(span.number for span, at in zip(clipped, badge_at, strict=True) if at == 0)
    if at_start:
        pieces.append(Piece("", ending=at_start))
    for start, end in pairwise(borders):
        covering = [span for span in clipped if span.start <= start and end <= span.end]
        verdicts = [verdict for verdict in SHADE_ORDER if any(span.verdict == verdict for span in covering)]
        pieces.append(
            Piece(
                text[start:end],
                tuple(span.number for span in covering),
                verdicts[0] if verdicts else "",
                tuple(verdicts[1:]),
                tuple(span.number for span, at in zip(clipped, badge_at, strict=True) if at == end),
                bool(verdicts)
                and all((span.start, span.end) == (0, length) for span in covering if span.verdict == verdicts[0]),
            )
        )
    return pieces


def _clause_end(text: str, end: int) -> int:
    """Offset behind the punctuation that closes the clause in which a span ends; `end` itself where none is near."""
    if end == 0 or end == len(text) or text[end - 1] in CLAUSE_ENDS:
        return end
    reach = min(len(text), end + BADGE_REACH)
    at = next((at for at in range(end, reach) if text[at] in CLAUSE_ENDS), None)
    if at is None:
        return len(text) if reach == len(text) else end
    while at < len(text) and text[at] in CLAUSE_ENDS:
        at += 1
    return at
