"""Word boundaries by jieba, asked only where words decide, and only on the turns in question.

Without HMM, which glues 这 and 不归 together; with the project's own dictionary of service words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from itertools import accumulate
from math import log
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.compiled import compiled, inlined
from qa_analyzer.kept import fetch, keep, key_of, program_key
from qa_analyzer.text import Normal
from qa_analyzer.tries import LONGEST, Trie, following, started, trie_of

Mask = NDArray[np.bool_]
Indices = NDArray[np.int64]

if TYPE_CHECKING:
    import jieba

    from qa_analyzer.phrases import Spans

FIRST_HAN, LAST_HAN = 0x4E00, 0x9FD5
"""What jieba takes for Chinese characters; runs of other letters and digits it glues together."""
MAKERS = ("qa_analyzer.words", "qa_analyzer.tries")
"""Modules that make the dictionary which is kept."""
CONTEXT = 8
"""Characters on either side of a hit that the tokenizer is shown: words are shorter, sentences may be long."""


@cache
def tokenizer() -> jieba.Tokenizer:
    """The project's tokenizer: jieba's dictionary and words.txt beside this module."""
    import jieba

    jieba.setLogLevel(logging.WARNING)
    own = jieba.Tokenizer()
    for line in files("qa_analyzer").joinpath("words.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, _, frequency = line.partition(" ")
            own.add_word(word, int(frequency) if frequency else None)
    return own


def cut(sentence: str) -> list[str]:
    """The words of a normalised sentence."""
    return list(tokenizer().cut(sentence, HMM=False))


class Dictionary(NamedTuple):
    """The tokenizer's words: a trie, the weight of each, and that of what is none.

    A weight is the logarithm of a word's share of the dictionary's counts; what is unknown counts once. jieba cuts a
    sentence where the sum of these is largest.
    """

    trie: Trie
    weight: NDArray[np.float64]
    unknown: float


@cache
def source_key() -> str:
    """What the tokenizer's words come from: jieba and words.txt."""
    return key_of(version("jieba"), files("qa_analyzer").joinpath("words.txt").read_bytes())


def packed(book: Dictionary) -> dict[str, NDArray[np.generic]]:
    """A dictionary as named arrays, to be kept."""
    return {
        **{name: np.asarray(one) for name, one in book.trie._asdict().items()},
        "weight": book.weight,
        "unknown": np.array(book.unknown),
    }


def unpacked(arrays: dict[str, NDArray[Any]]) -> Dictionary:
    """What `packed` was given, from arrays among which its own are."""
    trie: dict[str, Any] = {name: arrays[name] if arrays[name].ndim else arrays[name].item() for name in Trie._fields}
    return Dictionary(Trie(**trie), arrays["weight"], arrays["unknown"].item())


@cache
def dictionary() -> Dictionary:
    """The dictionary for compiled loops, made when it is first asked for."""
    key = key_of(program_key(*MAKERS), source_key())
    arrays = fetch("words", key)
    if arrays is not None:
        return unpacked(arrays)
    made = _make()
    keep("words", key, packed(made))
    return made


def _make() -> Dictionary:
    known = tokenizer().FREQ
    words = [word for word, count in known.items() if count and len(word) <= LONGEST and max(word) < "\U00010000"]
    total = log(tokenizer().total)
    weight = {count: log(count) - total for count in set(known.values()) if count}
    weights = np.fromiter((weight[known[word]] for word in words), np.float64, len(words))
    return Dictionary(trie_of(words), weights, -total)


class Surroundings(NamedTuple):
    """Spans among the characters that matching sees: `visible` (all of them); of each span its start, its end, and
    the stretch around it that may be looked at, low … high - 1. (n,)
    """

    visible: Normal
    low: Indices
    start: Indices
    end: Indices
    high: Indices


def on_word_boundaries(text: Normal, spans: Spans, surroundings: Callable[[Spans, int], Surroundings]) -> Mask:
    """(n_spans,) bool: both ends of spans of a text fall on word boundaries of their sentences.

    What stands between punctuation or blanks on both sides is a word of its own; else the tokenizer decides, which is
    shown what matching sees: `surroundings` of some spans and a width.
    """
    stops = characters.wordless_table()
    keep = np.asarray(stops[text[np.maximum(spans.start - 1, 0)]] & stops[text[np.minimum(spans.end, len(text) - 1)]])
    open_ = np.flatnonzero(~keep)
    if not len(open_):
        return keep
    seen = surroundings(spans.select(open_), CONTEXT)
    cut_out, mixed = np.zeros(len(open_), np.bool_), np.zeros(len(open_), np.bool_)
    _ask(*seen, dictionary(), cut_out, mixed)
    keep[open_] = cut_out
    for index in np.flatnonzero(mixed).tolist():
        low = int(seen.low[index])
        bounds = {0, *accumulate(map(len, cut(characters.to_string(seen.visible[low : int(seen.high[index])]))))}
        keep[open_[index]] = {int(seen.start[index]) - low, int(seen.end[index]) - low} <= bounds
    return keep


@inlined
def is_han(code: int) -> bool:
    """Whether a code point is a Chinese character to the tokenizer."""
    return FIRST_HAN <= code <= LAST_HAN


@compiled
def cut_places(text: Normal, words: Dictionary, score: NDArray[np.float64], cuts: Indices) -> None:
    """Cut Chinese characters (n,) into the likeliest words, of equal ones the longest: cuts (n,) the end of the word
    that would begin at each. `score` (n + 1 or more,): room. The same cuts as the tokenizer's, which is far slower.
    """
    trie = words.trie
    count = len(text)
    score[count] = 0.0
    for first in range(count - 1, -1, -1):
        best, last = -np.inf, first + 1
        word = trie.single[text[first]]
        if word >= 0:
            best = words.weight[word] + score[first + 1]
        end = first + 2
        node = np.int64(-1)
        if end <= count:
            node = started(trie.begins, trie.pairs, trie.shift, text[first], text[first + 1])
        while node >= 0:
            word = trie.ends[node]
            if word >= 0 and words.weight[word] + score[end] >= best:
                best, last = words.weight[word] + score[end], end
            if end >= count:
                break
            node = following(trie.first, trie.letters, node, text[end])
            end += 1
        if best == -np.inf:
            best = words.unknown + score[first + 1]
        score[first], cuts[first] = best, last


@compiled
def _ask(
    visible: Normal,
    low: Indices,
    start: Indices,
    end: Indices,
    high: Indices,
    words: Dictionary,
    cut_out: Mask,
    mixed: Mask,
) -> None:
    """Whether the tokenizer cuts at both ends of each span; `mixed` where it holds more than Chinese characters."""
    longest = 0
    for one in range(len(start)):
        longest = max(longest, high[one] - low[one])
    score, cuts = np.empty(longest + 1, np.float64), np.empty(longest + 1, np.int64)
    for one in range(len(start)):
        for place in range(start[one], end[one]):
            mixed[one] |= not is_han(visible[place])
        if mixed[one]:
            continue
        # Words do not reach over punctuation, letters or digits.
        first, last = start[one], end[one]
        while first > low[one] and is_han(visible[first - 1]):
            first -= 1
        while last < high[one] and is_han(visible[last]):
            last += 1
        cut_places(visible[first:last], words, score, cuts)
        place = first
        while place < start[one]:
            place = first + cuts[place - first]
        if place == start[one]:
            while place < end[one]:
                place = first + cuts[place - first]
            cut_out[one] = place == end[one]
