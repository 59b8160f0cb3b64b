"""Word boundaries by jieba, asked only where words decide, and only on the turns in question.

Without HMM, which glues 这 and 不归 together; with the project's own dictionary of service words.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters

if TYPE_CHECKING:
    import jieba

    from qa_analyzer.phrases import Spans
    from qa_analyzer.text import VisibleText


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


def on_word_boundaries(visible: VisibleText, spans: Spans) -> NDArray[np.bool_]:
    """(n_spans,) bool: both ends of the span fall on word boundaries of its turn."""
    keep = np.zeros(len(spans), np.bool_)
    if not len(spans):
        return keep
    turns, first = np.unique(visible.turn[spans.start], return_index=True)
    for turn, start, stop in zip(turns, first, np.append(first[1:], len(spans)), strict=True):
        begin = int(np.searchsorted(visible.turn, turn))
        end = int(np.searchsorted(visible.turn, turn, "right"))
        words = cut(characters.to_string(visible.normal[begin:end]))
        bounds = np.concatenate(([0], np.cumsum([len(word) for word in words]))) + begin
        keep[start:stop] = np.isin(spans.start[start:stop], bounds) & np.isin(spans.end[start:stop], bounds)
    return keep
