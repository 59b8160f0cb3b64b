"""Word boundaries by jieba, asked only where words decide, and only on the turns in question.

Without HMM, which glues 这 and 不归 together; with the project's own dictionary of service words.
"""

from __future__ import annotations

import logging
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.text import Normal

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


def on_word_boundaries(normal: Normal, spans: Spans) -> NDArray[np.bool_]:
    """(n_spans,) bool: both ends of spans of a visible text fall on word boundaries of their sentences."""
    stops = characters.wordless_table()
    keep = np.zeros(len(spans), np.bool_)
    for index, (start, end) in enumerate(zip(spans.start.tolist(), spans.end.tolist(), strict=True)):
        before = stops[normal[max(start - CONTEXT, 0) : start]]
        after = stops[normal[end : end + CONTEXT]]
        lead = int(np.argmax(before[::-1])) if before.any() else len(before)
        tail = int(np.argmax(after)) if after.any() else len(after)
        keep[index] = _is_cut_out(characters.to_string(normal[start - lead : end + tail]), lead, lead + end - start)
    return keep


@lru_cache(maxsize=16384)
def _is_cut_out(sentence: str, start: int, end: int) -> bool:
    """Whether the tokenizer cuts the sentence at both places."""
    bounds = {0}
    place = 0
    for word in cut(sentence):
        place += len(word)
        bounds.add(place)
    return start in bounds and end in bounds
