"""Phrase notation → literals.

Notation, as rule writers use it:
    请稍等              these characters, blind to white space and ，、,… between them
    (请|麻烦|)您稍等     any of the alternatives; an empty one makes it optional
    抱歉…没有这回事      a gap: 0–12 code points inside one sentence; several allowed
    抱歉……没办法         a gap: later in the same turn
    ^喂    挂了$         only at the start (the end) of a turn
A phrase becomes branches of parts, a part a set of literals. `matching` finds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters

GAP = "…"
GAP_LIMIT = 12
"""Longest gap inside a sentence, in code points of the text as given (contract)."""
MOST_ALTERNATIVES = 4000

Indices = NDArray[np.int64]


class PhraseError(ValueError):
    """A phrase that means nothing. `what`: why, a key of the catalogue; `sign`: what it is about."""

    def __init__(self, what: str, sign: str = "") -> None:
        super().__init__(what, sign)
        self.what, self.sign = what, sign


@dataclass(frozen=True, slots=True)
class Part:
    """One literal stretch of a phrase: any of these normalised literals."""

    literals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """Parts in order; `wide[i]` tells whether the gap after part i may leave the sentence."""

    parts: tuple[Part, ...]
    wide: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A parsed phrase. A hit of any branch is a hit of the phrase."""

    text: str
    branches: tuple[Branch, ...]
    at_start: bool = False
    at_end: bool = False

    @property
    def literals(self) -> set[str]:
        return {literal for branch in self.branches for part in branch.parts for literal in part.literals}

    @property
    def is_one_character(self) -> bool:
        """True when the phrase can be a single character, which needs `word: true`."""
        return any(
            len(branch.parts) == 1 and any(len(literal) == 1 for literal in branch.parts[0].literals)
            for branch in self.branches
        )


def _alternatives(source: str, position: int, *, depth: int) -> tuple[list[str], int]:
    """Expand `a(b|c)d…` from `position` to the closing bracket (or the end) into plain strings."""
    options: list[str] = []
    current = [""]
    while position < len(source):
        character = source[position]
        if character == "(":
            inner, position = _alternatives(source, position + 1, depth=depth + 1)
            current = [head + tail for head, tail in product(current, inner)]
        elif character == "|" and depth:
            options += current
            current = [""]
            position += 1
        elif character == ")":
            if not depth:
                raise PhraseError("unopened")
            return options + current, position + 1
        elif character == "|":
            raise PhraseError("bar_outside")
        else:
            current = [head + character for head in current]
            position += 1
        if len(current) + len(options) > MOST_ALTERNATIVES:
            raise PhraseError("too_many_wordings", str(MOST_ALTERNATIVES))
    if depth:
        raise PhraseError("unclosed")
    return options + current, position


def _pieces(segmented: str) -> tuple[list[str], list[bool]]:
    """Cut at gaps: (texts, wide), with len(wide) = len(texts) - 1."""
    texts, wide, position = [""], [], 0
    while position < len(segmented):
        if segmented.startswith(GAP * 2, position):
            texts.append("")
            wide.append(True)
            position += 2
            while segmented.startswith(GAP, position):
                position += 1
        elif segmented[position] == GAP:
            texts.append("")
            wide.append(False)
            position += 1
        else:
            texts[-1] += segmented[position]
            position += 1
    return texts, wide


@lru_cache(maxsize=65536)
def parse_phrase(source: str) -> Phrase:
    """Parse one phrase of a rule.

    Raises PhraseError when it can match nothing or is not well formed.
    """
    # Normalised before the alternatives are expanded, not once for each of them.
    body = characters.visible(source, gap=GAP)
    at_start, at_end = body.startswith("^"), body.endswith("$")
    body = body.removeprefix("^").removesuffix("$")
    strange = next((c for c in body if c in "[]{}*+\\^$"), None)
    if strange:
        raise PhraseError("strange_sign", strange)
    if chr(characters.REPLACEMENT) in body:
        raise PhraseError("rare_sign")
    segments, wide = _pieces_outside_brackets(body)
    expanded = [_alternatives(segment, 0, depth=0)[0] for segment in segments]
    simple = all(option and GAP not in option for options in expanded for option in options)
    branches: tuple[Branch, ...]
    if simple:
        parts = tuple(Part(tuple(sorted(set(options)))) for options in expanded)
        branches = (Branch(parts, tuple(wide)),)
    else:
        branches = tuple(dict.fromkeys(_branch(option) for option in _alternatives(body, 0, depth=0)[0]))
    return Phrase(source, branches, at_start, at_end)


def _pieces_outside_brackets(body: str) -> tuple[list[str], list[bool]]:
    """Cut at the gaps that stand outside brackets; a gap inside brackets keeps its bracket whole."""
    depth, marked = 0, []
    for character in body:
        depth += (character == "(") - (character == ")")
        marked.append("\0" if character == GAP and depth > 0 else character)
    texts, wide = _pieces("".join(marked))
    return [piece.replace("\0", GAP) for piece in texts], wide


def _branch(option: str) -> Branch:
    texts, wide = _pieces(option)
    if not all(texts):
        raise PhraseError("matches_nothing")
    return Branch(tuple(Part((literal,)) for literal in texts), tuple(wide))


@dataclass(frozen=True, slots=True)
class Spans:
    """Hits of one phrase list. All arrays (n_hits,), ordered by start.

    start, end: int64, positions in a text (end exclusive); phrase: int64, index into the list.
    """

    start: Indices
    end: Indices
    phrase: Indices

    def __len__(self) -> int:
        return len(self.start)

    def select(self, keep: NDArray[np.bool_] | Indices) -> Spans:
        return Spans(self.start[keep], self.end[keep], self.phrase[keep])


def resolve(spans: Spans) -> Spans:
    """Drop hits nested in a longer one; of overlapping ones keep the leftmost, then the next free one.

    `spans` ordered by start, at equal starts the longest first.
    """
    if len(spans) < 2:
        return spans
    reach = np.maximum.accumulate(spans.end)
    outer = np.concatenate(([True], spans.end[1:] > reach[:-1]))
    spans = spans.select(outer)
    overlapping = spans.start[1:] < spans.end[:-1]
    if not overlapping.any():
        return spans
    heads = np.flatnonzero(np.concatenate(([True], ~overlapping)))
    chain = np.cumsum(np.concatenate(([True], ~overlapping))) - 1
    following = np.searchsorted(spans.start, spans.end, "left")
    keep = np.zeros(len(spans), np.bool_)
    current = heads
    while len(current):
        keep[current] = True
        after = following[current]
        inside = after < len(spans)
        current, after = current[inside], after[inside]
        current = after[chain[after] == chain[current]]
    return spans.select(keep)
