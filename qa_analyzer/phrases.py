"""Phrase notation → literals → hits: one multi-pattern scan of a whole batch, then joins on sorted arrays.

Notation, as rule writers use it:
    请稍等              these characters, blind to white space and ，、,… between them
    (请|麻烦|)您稍等     any of the alternatives; an empty one makes it optional
    抱歉…没有这回事      a gap: 0–12 code points inside one sentence; several allowed
    抱歉……没办法         a gap: later in the same turn
    ^喂    挂了$         only at the start (the end) of a turn
Everything is compiled to literals, which `literals` finds in one pass. Parts of a phrase are joined afterwards,
because gaps inside patterns are slow and report the leftmost start instead of the shortest span.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.literals import LiteralSet, Occurrences
from qa_analyzer.text import VisibleText

GAP = "…"
GAP_LIMIT = 12
"""Longest gap inside a sentence, in code points of the text as given (contract)."""
MOST_ALTERNATIVES = 4000

Indices = NDArray[np.int64]


class PhraseError(ValueError):
    """A phrase that means nothing; the message says why."""


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
                raise PhraseError("有右括号而没有左括号")
            return options + current, position + 1
        elif character == "|":
            raise PhraseError("「|」只能写在括号里：(甲|乙)")
        else:
            current = [head + character for head in current]
            position += 1
        if len(current) + len(options) > MOST_ALTERNATIVES:
            raise PhraseError(f"展开后超过 {MOST_ALTERNATIVES} 种说法，请拆成几条")
    if depth:
        raise PhraseError("括号没有闭合")
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
        raise PhraseError(f"「{strange}」不是短语的写法；可用 (甲|乙)、…、……，以及开头的 ^ 和结尾的 $")
    if chr(characters.REPLACEMENT) in body:
        raise PhraseError("含有生僻字或表情符号，无法匹配")
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
        raise PhraseError("什么也匹配不到：省略号两边和括号内外都要有字")
    return Branch(tuple(Part((literal,)) for literal in texts), tuple(wide))


@dataclass(frozen=True, slots=True)
class Spans:
    """Hits of one phrase list. All arrays (n_hits,), ordered by start.

    start, end: int64, positions in the visible text (end exclusive); phrase: int64, index into the list.
    """

    start: Indices
    end: Indices
    phrase: Indices

    def __len__(self) -> int:
        return len(self.start)

    def select(self, keep: NDArray[np.bool_] | Indices) -> Spans:
        return Spans(self.start[keep], self.end[keep], self.phrase[keep])


EMPTY = np.zeros(0, np.int64)
NO_SPANS = Spans(EMPTY, EMPTY, EMPTY)


@dataclass(frozen=True, slots=True)
class _Listing:
    """Where to find the hits of a phrase list: literals that are a whole phrase (and which), and joined phrases."""

    literals: Indices
    phrase_of: NDArray[np.int16]
    joined: tuple[tuple[int, Phrase], ...]


@dataclass
class LiteralHits:
    """Every occurrence of every literal of a phrase set in one visible text; phrases are joined when asked for."""

    visible: VisibleText
    phrases: PhraseSet
    found: Occurrences
    cache: dict[Phrase, tuple[Indices, Indices]] = field(default_factory=dict)

    def of_phrase(self, phrase: Phrase) -> tuple[Indices, Indices]:
        """Starts and ends of one phrase, ordered by start."""
        if phrase not in self.cache:
            self.cache[phrase] = self._join(phrase)
        return self.cache[phrase]

    def _join(self, phrase: Phrase) -> tuple[Indices, Indices]:
        found = [self._branch_hits(branch, phrase) for branch in phrase.branches]
        if len(found) == 1:
            return found[0]
        start = np.concatenate([one[0] for one in found])
        end = np.concatenate([one[1] for one in found])
        order = np.lexsort((end, start))
        return start[order], end[order]

    def _part_hits(self, part: Part) -> tuple[Indices, Indices]:
        start, end, _ = self.found.of(self.phrases.literals_of(part))
        return start, end

    def _branch_hits(self, branch: Branch, phrase: Phrase) -> tuple[Indices, Indices]:
        last = len(branch.parts) - 1
        start, end = EMPTY, EMPTY
        for number, part in enumerate(branch.parts):
            part_start, part_end = self._part_hits(part)
            keep = np.ones(len(part_start), np.bool_)
            if phrase.at_start and number == 0:
                keep &= self.visible.starts_turn(part_start)
            if phrase.at_end and number == last:
                keep &= self.visible.ends_turn(part_end)
            part_start, part_end = part_start[keep], part_end[keep]
            if number:
                start, end = self._joined(start, end, part_start, part_end, wide=branch.wide[number - 1])
            else:
                start, end = part_start, part_end
            if not len(start):
                return EMPTY, EMPTY
        return _shortest(start, end) if last else (start, end)

    def _joined(
        self, start: Indices, end: Indices, next_start: Indices, next_end: Indices, *, wide: bool
    ) -> tuple[Indices, Indices]:
        """Join each hit of the next part to the span before it, within reach, that starts last: the shortest."""
        if not len(next_start):
            return EMPTY, EMPTY
        by_end = np.lexsort((start, end))
        start, end = start[by_end], end[by_end]
        above = np.searchsorted(end, next_start, "right")
        turn, position, marks = self.visible.turn, self.visible.position, self.visible.sentence_ends
        some = np.flatnonzero(above)
        tail = end[above[some] - 1] - 1
        if wide:
            some = some[turn[tail] == turn[next_start[some]]]
            below = np.searchsorted(turn[end - 1], turn[next_start[some]], "left")
        else:
            some = some[position[next_start[some]] - position[tail] <= GAP_LIMIT + 1]
            mark = np.searchsorted(marks, next_start[some], "left") - 1
            sentence = np.where(mark >= 0, np.append(marks, -1)[mark], -1)
            below = np.searchsorted(position[end - 1], position[next_start[some]] - (GAP_LIMIT + 1), "left")
            below = np.maximum(below, np.searchsorted(end, sentence + 1, "left"))
        reached = below < above[some]
        return _latest(start, below[reached], above[some][reached]), next_end[some[reached]]

    def of_phrases(self, phrases: Sequence[Phrase]) -> Spans:
        """Hits of a list of phrases: nested ones dropped, of overlapping ones the leftmost kept."""
        return resolve(self.all_of_phrases(phrases))

    def all_of_phrases(self, phrases: Sequence[Phrase]) -> Spans:
        """Every hit of a list of phrases, nested and overlapping ones too, by start, the longest first."""
        listing = self.phrases.listing(tuple(phrases))
        start, end, literal = self.found.of(listing.literals)
        whole = Spans(start, end, listing.phrase_of[literal].astype(np.int64))
        found = [(index, *self.of_phrase(phrase)) for index, phrase in listing.joined]
        found = [one for one in found if len(one[1])]
        if not found:
            return whole
        start = np.concatenate([whole.start, *(one[1] for one in found)])
        end = np.concatenate([whole.end, *(one[2] for one in found)])
        phrase = np.concatenate([whole.phrase, *(np.full(len(one[1]), one[0]) for one in found)])
        order = np.lexsort((phrase, -end, start))
        return Spans(start[order], end[order], phrase[order])


def _latest(start: Indices, below: Indices, above: Indices) -> Indices:
    """The largest of start[below:above], none empty. (n,)"""
    if np.all(start[1:] >= start[:-1]):
        return start[above - 1]
    # Parts of different lengths: maxima over ranges, by doubling.
    level = np.frexp(above - below)[1] - 1
    result = np.empty(len(below), np.int64)
    table, width = start, 1
    for power in range(int(level.max(initial=0)) + 1):
        mine = level == power
        result[mine] = np.maximum(table[below[mine]], table[above[mine] - width])
        table, width = np.maximum(table[:-width], table[width:]), 2 * width
    return result


def _shortest(start: Indices, end: Indices) -> tuple[Indices, Indices]:
    """Those spans that hold no other one, by start."""
    order = np.lexsort((-end, start))
    start, end = start[order], end[order]
    later = np.minimum.accumulate(end[::-1])[::-1]
    keep = np.append(end[:-1] < later[1:], True)
    return start[keep], end[keep]


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


class PhraseSet:
    """All literals of a rule set, compiled once, scanned for in one pass."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self.literals = sorted({literal for phrase in phrases for literal in phrase.literals})
        self.literal_ids = {literal: index for index, literal in enumerate(self.literals)}
        self._finder = LiteralSet(self.literals)
        self._parts: dict[Part, Indices] = {}
        self._listings: dict[tuple[Phrase, ...], _Listing] = {}

    def literals_of(self, part: Part) -> Indices:
        """Ids of a part's literals."""
        if part not in self._parts:
            self._parts[part] = np.array([self.literal_ids[one] for one in part.literals], np.int64)
        return self._parts[part]

    def listing(self, phrases: tuple[Phrase, ...]) -> _Listing:
        """How to look a phrase list up. A literal that several of its phrases share counts for the first."""
        if phrases not in self._listings:
            phrase_of = np.full(len(self.literals), -1, np.int16)
            joined = []
            for index, phrase in enumerate(phrases):
                if phrase.at_start or phrase.at_end or any(len(branch.parts) > 1 for branch in phrase.branches):
                    joined.append((index, phrase))
                    continue
                for branch in phrase.branches:
                    ids = self.literals_of(branch.parts[0])
                    phrase_of[ids[phrase_of[ids] < 0]] = index
            self._listings[phrases] = _Listing(np.flatnonzero(phrase_of >= 0), phrase_of, tuple(joined))
        return self._listings[phrases]

    def scan(self, visible: VisibleText) -> LiteralHits:
        """Find every literal in a visible text."""
        return LiteralHits(visible, self, self._finder.find(visible.normal))
