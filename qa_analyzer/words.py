"""Word boundaries by jieba, asked only where words decide, and only on the turns in question.

Without HMM, which glues 这 and 不归 together; with the project's own dictionary of service words.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files
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


CONTEXT = 10
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
        lead = max((place + 1 for place in range(start) if stops[ord(shown[place])]), default=0)
        tail = min((place for place in range(end, len(shown)) if stops[ord(shown[place])]), default=len(shown))
        keep[index] = _is_cut_out(shown[lead:tail], start - lead, end - lead)
    return np.asarray(keep)


@lru_cache(maxsize=16384)
def _is_cut_out(sentence: str, start: int, end: int) -> bool:
    """Whether the tokenizer cuts the sentence at both places."""
    bounds = {0}
    place = 0
    for word in cut(sentence):
        place += len(word)
        bounds.add(place)
    return start in bounds and end in bounds
