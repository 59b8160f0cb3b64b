"""Phrase notation → literals → hits: one multi-pattern scan of a whole batch, then joins on sorted arrays.

Notation, as rule writers use it:
    请稍等              these characters, blind to white space and ，、,… between them
    (请|麻烦|)您稍等     any of the alternatives; an empty one makes it optional
    抱歉…没有这回事      a gap: 0–12 code points inside one sentence; several allowed
    抱歉……没办法         a gap: later in the same turn
    ^喂    挂了$         only at the start (the end) of a turn
Everything is compiled to literals: hyperscan finds them in the UTF-16 form of the text, whose offsets are
positions of characters. Parts of a phrase are joined afterwards, because gaps inside patterns are slow and
report the leftmost start instead of the shortest span.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

import hyperscan
import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.text import VisibleText

GAP = "…"
GAP_LIMIT = 12
"""Longest gap inside a sentence, in code points of the text as given (contract)."""
MOST_ALTERNATIVES = 4000
ALTERNATION = {"（": "(", "）": ")", "｜": "|"}

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
    body = source.strip()
    for wide_form, narrow in ALTERNATION.items():
        body = body.replace(wide_form, narrow)
    at_start, at_end = body.startswith("^"), body.endswith("$")
    body = body.removeprefix("^").removesuffix("$")
    strange = next((c for c in body if c in "[]{}*+\\^$"), None)
    if strange:
        raise PhraseError(f"「{strange}」不是短语的写法；可用 (甲|乙)、…、……，以及开头的 ^ 和结尾的 $")
    if any(ord(character) >= characters.PLANE_SIZE for character in body):
        raise PhraseError("含有生僻字或表情符号，无法匹配")
    segments, wide = _pieces_outside_brackets(body)
    expanded = [_alternatives(segment, 0, depth=0)[0] for segment in segments]
    simple = all(GAP not in option and characters.visible(option) for options in expanded for option in options)
    if simple:
        parts = tuple(Part(tuple(sorted({characters.visible(option) for option in options}))) for options in expanded)
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
    literals = [characters.visible(piece) for piece in texts]
    if any(not literal for literal in literals):
        raise PhraseError("什么也匹配不到：省略号两边和括号内外都要有字")
    return Branch(tuple(Part((literal,)) for literal in literals), tuple(wide))


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


@dataclass
class LiteralHits:
    """Every occurrence of every literal in one visible text, grouped by literal."""

    visible: VisibleText
    ends: Indices
    offsets: Indices
    lengths: Indices
    literal_ids: dict[str, int]
    cache: dict[Phrase, tuple[Indices, Indices]] = field(default_factory=dict)

    def of(self, literal: str) -> tuple[Indices, Indices]:
        """Starts and ends (ascending) of one literal."""
        index = self.literal_ids[literal]
        ends = self.ends[self.offsets[index] : self.offsets[index + 1]]
        return ends - self.lengths[index], ends

    def of_phrase(self, phrase: Phrase) -> tuple[Indices, Indices]:
        """Starts and ends of one phrase, ordered by start."""
        if phrase not in self.cache:
            self.cache[phrase] = self._join(phrase)
        return self.cache[phrase]

    def _join(self, phrase: Phrase) -> tuple[Indices, Indices]:
        found = [self._branch_hits(branch) for branch in phrase.branches]
        start = np.concatenate([one[0] for one in found])
        end = np.concatenate([one[1] for one in found])
        if phrase.at_start and len(start):
            keep = self.visible.speech_starts[start]
            start, end = start[keep], end[keep]
        if phrase.at_end and len(start):
            keep = self.visible.speech_ends[end]
            start, end = start[keep], end[keep]
        if len(found) > 1 and len(start) > 1:
            order = np.lexsort((end, start))
            start, end = start[order], end[order]
        return start, end

    def _part_hits(self, part: Part) -> tuple[Indices, Indices]:
        found = [self.of(literal) for literal in part.literals]
        if len(found) == 1:
            return found[0]
        start = np.concatenate([one[0] for one in found])
        end = np.concatenate([one[1] for one in found])
        order = np.lexsort((end, start))
        return start[order], end[order]

    def _branch_hits(self, branch: Branch) -> tuple[Indices, Indices]:
        start, end = self._part_hits(branch.parts[0])
        for part, wide in zip(branch.parts[1:], branch.wide, strict=True):
            if not len(start):
                break
            start, end = self._joined(start, end, *self._part_hits(part), wide=wide)
        return start, end

    def _joined(
        self, start: Indices, end: Indices, next_start: Indices, next_end: Indices, *, wide: bool
    ) -> tuple[Indices, Indices]:
        """Join spans with the next part: nearest pairs only, so that each span is the shortest."""
        if not len(next_start):
            return EMPTY, EMPTY
        by_end = np.lexsort((start, end))
        start, end = start[by_end], end[by_end]
        follower = np.searchsorted(next_start, end, "left")
        usable = follower < len(next_start)
        start, end, follower = start[usable], end[usable], follower[usable]
        # Of the spans that share a follower only the last to end (then to start) is nearest to it.
        nearest = np.append(follower[1:] != follower[:-1], True) if len(follower) else np.zeros(0, np.bool_)
        start, end, follower = start[nearest], end[nearest], follower[nearest]
        position = self.visible.position
        if wide:
            near = self.visible.turn[end - 1] == self.visible.turn[next_start[follower]]
        else:
            gap = position[next_start[follower]] - (position[end - 1] + 1)
            ends = self.visible.sentence_ends
            same = np.searchsorted(ends, end - 1, "right") == np.searchsorted(ends, next_start[follower], "left")
            near = (gap <= GAP_LIMIT) & same
        start, follower = start[near], follower[near]
        joined_end = next_end[follower]
        order = np.lexsort((joined_end, start))
        return start[order], joined_end[order]

    def of_phrases(self, phrases: Sequence[Phrase]) -> Spans:
        """Hits of a list of phrases: nested ones dropped, of overlapping ones the leftmost kept."""
        return resolve(self.all_of_phrases(phrases))

    def all_of_phrases(self, phrases: Sequence[Phrase]) -> Spans:
        """Every hit of a list of phrases, nested and overlapping ones too, by start, the longest first."""
        found = [(index, *self.of_phrase(phrase)) for index, phrase in enumerate(phrases)]
        found = [one for one in found if len(one[1])]
        if not found:
            return NO_SPANS
        start = np.concatenate([one[1] for one in found])
        end = np.concatenate([one[2] for one in found])
        phrase = np.repeat(
            np.fromiter((one[0] for one in found), np.int64, len(found)),
            np.fromiter((len(one[1]) for one in found), np.int64, len(found)),
        )
        order = np.lexsort((phrase, -end, start))
        return Spans(start[order], end[order], phrase[order])


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


def _as_pattern(literal: str) -> bytes:
    """A literal in UTF-16 as hex escapes: the pure literal compiler takes no NUL bytes, and 一 has one."""
    return "".join(f"\\x{byte:02x}" for byte in literal.encode("utf-16-le")).encode("ascii")


class PhraseSet:
    """All literals of a rule set, compiled once, scanned for in one pass.

    Pickles as its literals; a process that receives it compiles again (about 0.1 s for 2,000).
    """

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        literals = sorted({literal for phrase in phrases for literal in phrase.literals})
        self.literals = literals
        self.literal_ids = {literal: index for index, literal in enumerate(literals)}
        self.lengths = np.fromiter(map(len, literals), np.int64, len(literals))
        self._database: hyperscan.Database | None = None

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_database": None}

    def _compiled(self) -> hyperscan.Database:
        if self._database is None:
            long = [index for index, literal in enumerate(self.literals) if len(literal) > 1]
            database = hyperscan.Database()
            database.compile(
                expressions=[_as_pattern(self.literals[index]) for index in long],
                ids=long,
                elements=len(long),
                flags=0,
            )
            self._database = database
        return self._database

    def scan(self, visible: VisibleText) -> LiteralHits:
        """Find every literal in a visible text."""
        ids: list[int] = []
        ends: list[int] = []
        if any(len(literal) > 1 for literal in self.literals) and len(visible.normal):
            add_id, add_end = ids.append, ends.append

            def on_match(pattern: int, _start: int, end: int, _flags: int, _context: object) -> None:
                add_id(pattern)
                add_end(end)

            self._compiled().scan(visible.normal.astype("<u2", copy=False).data, match_event_handler=on_match)
        found_id = np.fromiter(ids, np.int64, len(ids))
        found_end = np.fromiter(ends, np.int64, len(ends))
        # A literal may also be found shifted by one byte, between two characters: that is no hit.
        aligned = found_end % 2 == 0
        if not aligned.all():
            found_id, found_end = found_id[aligned], found_end[aligned]
        found_end = found_end // 2
        single = [index for index, literal in enumerate(self.literals) if len(literal) == 1]
        if single:
            more = [(index, np.flatnonzero(visible.normal == ord(self.literals[index])) + 1) for index in single]
            found_id = np.concatenate([found_id, *(np.full(len(at), index) for index, at in more)])
            found_end = np.concatenate([found_end, *(at for _, at in more)])
        order = np.argsort(found_id, kind="stable")
        offsets = np.searchsorted(found_id[order], np.arange(len(self.literals) + 1))
        return LiteralHits(visible, found_end[order], offsets, self.lengths, self.literal_ids)
