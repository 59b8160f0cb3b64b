"""Word boundaries by jieba, asked only where words decide, and only on the turns in question.

Without HMM, which glues 这 and 不归 together; with the project's own dictionary of service words.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate
from math import inf, log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.text import Normal

Mask = NDArray[np.bool_]
Contexts = Callable[["Spans", int], list[tuple[str, int, int]]]

if TYPE_CHECKING:
    import jieba

    from qa_analyzer.phrases import Spans


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


def word_weights() -> tuple[list[str], NDArray[np.float64], float]:
    """All words of the dictionary, the logarithm of each one's share of its counts (n,), and that of a single count.

    jieba cuts a sentence where the sum of these is largest; what it does not know counts once.
    """
    known = {word: count for word, count in tokenizer().FREQ.items() if count}
    counts = np.fromiter(known.values(), np.float64, len(known))
    return list(known), np.log(counts) - log(tokenizer().total), _weight(1)


_HAN_BEFORE = re.compile("[\u4e00-\u9fd5]*$")
_HAN_AFTER = re.compile("[\u4e00-\u9fd5]*")
CONTEXT = 8
"""Characters on either side of a hit that the tokenizer is shown: words are shorter, sentences may be long."""


def on_word_boundaries(text: Normal, spans: Spans, contexts: Contexts) -> Mask:
    """(n_spans,) bool: both ends of spans of a text fall on word boundaries of their sentences.

    What stands between punctuation or blanks on both sides is a word of its own; else the tokenizer decides, which is
    shown what matching sees: `contexts` gives, for some spans and a width, strings with the place of the span in each.
    """
    stops = characters.wordless_table()
    keep = stops[text[np.maximum(spans.start - 1, 0)]] & stops[text[np.minimum(spans.end, len(text) - 1)]]
    open_ = np.flatnonzero(~keep)
    for index, (shown, start, end) in zip(open_.tolist(), contexts(spans.select(open_), CONTEXT), strict=True):
        # Words do not reach over punctuation, letters or digits.
        lead = start - len(_HAN_BEFORE.search(shown, 0, start)[0])  # type: ignore[index]
        tail = end + len(_HAN_AFTER.match(shown, end)[0])  # type: ignore[index]
        keep[index] = _is_cut_out(shown[lead:tail], start - lead, end - lead)
    return np.asarray(keep)


@lru_cache(maxsize=65536)
def _is_cut_out(sentence: str, start: int, end: int) -> bool:
    """Whether the tokenizer cuts the sentence at both places."""
    bounds = _bounds(sentence)
    return start in bounds and end in bounds


def _bounds(sentence: str) -> set[int]:
    """Where the tokenizer cuts: the same as `cut` gives, which is several times slower on such short texts."""
    if not sentence.isalpha() or not sentence.isprintable() or any(letter < "\u4e00" for letter in sentence):
        return {0, *accumulate(map(len, cut(sentence)))}  # Runs of letters and digits are glued together.
    known = tokenizer().FREQ
    length = len(sentence)
    score = [0.0] * (length + 1)
    reach = [0] * length
    for first in range(length - 1, -1, -1):
        best, last, place = -inf, first, first
        while place < length:
            count = known.get(sentence[first : place + 1])
            if count is None:
                break
            if count:
                found = _weight(count) + score[place + 1]
                if found >= best:
                    best, last = found, place
            place += 1
        if best == -inf:
            best = _weight(1) + score[first + 1]
        score[first], reach[first] = best, last
    bounds, place = {0}, 0
    while place < length:
        place = reach[place] + 1
        bounds.add(place)
    return bounds


@cache
def _weight(count: int) -> float:
    """Logarithm of a word's share of the dictionary's counts."""
    return log(count) - log(tokenizer().total)
