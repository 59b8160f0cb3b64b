"""Normalisation of text, one code point for one, so that every offset stays true.

Knows characters: traditional → simplified, full width → half width, upper → lower case, which characters
matching does not see, and where a sentence ends. Knows nothing about calls or rules.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.uint32]
"""Text as given: one unsigned 32-bit code point an element."""

Normal = NDArray[np.uint16]
"""Normalised text: one code point of the Basic Multilingual Plane an element."""

NEWLINE = 0x0A
SPACE = 0x20
REPLACEMENT = 0xFFFD
UNICODE_SIZE = 0x110000
PLANE_SIZE = 0x10000

BLIND = " ,、…"
"""What matching passes over inside a phrase, after normalisation (，is , by then)."""

SENTENCE_ENDS = "。!?"

CLAUSE_ENDS = "，。！？；：、…,.!?;:"
"""What closes a clause in text as the user gave it (not folded)."""
OPENING_BRACKET = ord("(")
CLOSING_BRACKET = ord(")")


@cache
def normal_table() -> Normal:
    """Look-up table (1,114,112) uint16: the normalised form of every code point.

    Source of the traditional forms: OpenCC's t2s characters, in traditional.txt. Everything outside the
    Basic Multilingual Plane (emoji, rare characters) becomes U+FFFD, which no phrase can hold.
    """
    table = np.full(UNICODE_SIZE, REPLACEMENT, np.uint16)
    table[:PLANE_SIZE] = np.arange(PLANE_SIZE, dtype=np.uint16)
    pairs = files("qa_analyzer").joinpath("traditional.txt").read_text(encoding="utf-8").split()
    table[[ord(pair[0]) for pair in pairs]] = [ord(pair[1]) for pair in pairs]
    table[0xFF01:0xFF5F] = np.arange(0x21, 0x7F)
    for code in (*range(0x41, 0x600), *range(0x1E00, 0x2000)):
        lower = chr(code).lower()
        if len(lower) == 1 and ord(lower) < PLANE_SIZE:
            table[code] = ord(lower)
    table[0xFF21:0xFF3B] = np.arange(0x61, 0x7B)
    spaces = [code for code in range(0x3001) if chr(code).isspace() and code != NEWLINE]
    table[[*spaces, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF]] = SPACE
    table[0xFF61] = ord("。")
    table[0xFF64] = ord("、")
    return table


@cache
def blind_table() -> NDArray[np.bool_]:
    """(65,536) bool: characters of normalised text that matching does not see."""
    table = np.zeros(PLANE_SIZE, np.bool_)
    table[[ord(character) for character in BLIND]] = True
    return table


@cache
def wordless_table() -> NDArray[np.bool_]:
    """(65,536) bool: characters of normalised text that are no speech: blind ones, punctuation, symbols."""
    table = blind_table().copy()
    for code in (*range(0x21, 0x30), *range(0x3A, 0x41), *range(0x5B, 0x61), *range(0x7B, 0x7F)):
        table[code] = True
    table[[ord(character) for character in "。“”‘’《》〈〉「」『』【】·—~～﹏￥"]] = True
    table[[NEWLINE, REPLACEMENT]] = True
    return table


def to_points(text: str) -> Points:
    """A string as code points (len(text),) uint32; lone surrogates become U+FFFD."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    lone = (points >= 0xD800) & (points < 0xE000)
    return np.where(lone, np.uint32(REPLACEMENT), points) if lone.any() else points


def to_string(points: NDArray[np.uint32] | NDArray[np.uint16]) -> str:
    """Code points as a string."""
    return points.astype("<u4", copy=False).tobytes().decode("utf-32-le", "replace")


def normalise(points: Points) -> Normal:
    """The normalised form (same length) of code points: simplified, half width, lower case."""
    return normal_table()[points]


def normalise_string(text: str) -> str:
    """`normalise` for one string."""
    return to_string(normalise(to_points(text)))


@cache
def _folding(kept: str) -> dict[int, int | None]:
    """For str.translate: what normalisation changes, and what matching does not see (but those in `kept`)."""
    table = normal_table()[:PLANE_SIZE]
    folding: dict[int, int | None] = {
        int(code): int(table[code]) for code in np.flatnonzero(table != np.arange(PLANE_SIZE))
    }
    blind = blind_table()[table]
    folding |= dict.fromkeys(map(int, np.flatnonzero(blind)))
    return {**folding, **{ord(character): ord(character) for character in kept}}


def visible(text: str, *, gap: str = "") -> str:
    """What matching sees of one string: normalised, without blind characters (but those in `gap`)."""
    shown = text.translate(_folding(gap))
    return (
        shown
        if shown.isascii() or max(shown, default="") < "\U00010000"
        else "".join(character if ord(character) < PLANE_SIZE else chr(REPLACEMENT) for character in shown)
    )


def spoken(text: str) -> str:
    """What of one string is speech: normalised, without what matching does not see and without punctuation."""
    return "".join(one for one in visible(text) if not wordless_table()[ord(one)])


LONGEST_PUNCTUATION = 8
"""More marks than this between a phrase and the edge of its turn are no longer looked through."""
