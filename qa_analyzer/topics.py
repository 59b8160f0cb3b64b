"""What a complaint is about, learned: a linear classifier over the words that customers say.

Knows words and weights (topics.json, made by training/fit_topics.py). Knows nothing about calls, rules, or the wordings
of the columns, whose say is added by `profile`. The weights are whole numbers and so are their sums: a call has the
same logits in any batch.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import cutting
from qa_analyzer.lexicon import COMPLAINT_TYPES
from qa_analyzer.text import Normal

Indices = NDArray[np.int64]
Floats = NDArray[np.float64]

MODEL_FILE = "topics.json"
MOST_WORDS = 4096
"""Numbers of different words from here on scale alike."""


@dataclass(frozen=True)
class TopicModel:
    """row (n_words + 1,) int32: the weights' row of each word of the dictionary, the last for words without one;
    weights (n_rows + 1, k) int64, the last row zeros, k = len(COMPLAINT_TYPES); step: worth of one unit of weight;
    intercept (k,); exponent: the sum of n different words is divided by n to the power of it.
    cue_weight: logits for one point of the wordings' score; unsure_below: confidence under which nobody can tell.
    """

    row: NDArray[np.int32]
    weights: Indices
    step: float
    intercept: Floats
    exponent: float
    cue_weight: float
    unsure_below: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words that count in some stretches, all (n,): owner of the stretch, row of weights, place; telling: the word
    says by itself what is talked about.
    """

    owner: Indices
    row: Indices
    start: Indices
    end: Indices
    telling: NDArray[np.bool_]


@cache
def load_topics() -> TopicModel:
    """The shipped classifier."""
    told = json.loads(files("qa_analyzer").joinpath(MODEL_FILE).read_text(encoding="utf-8"))
    words: dict[str, list[int]] = told["words"]
    book = cutting.dictionary()
    number = book.numbers(list(words))
    row = np.full(book.size + 1, len(words), np.int32)
    row[number[number != cutting.NO_WORD]] = np.flatnonzero(number != cutting.NO_WORD)
    weights = np.zeros((len(words) + 1, len(COMPLAINT_TYPES)), np.int64)
    weights[:-1] = np.array(list(words.values()))
    if told["types"] != list(COMPLAINT_TYPES):
        raise ValueError(f"{MODEL_FILE} was made for other complaint types: {told['types']}")
    return TopicModel(
        row,
        weights,
        told["step"],
        np.array(told["intercept"]),
        told["exponent"],
        told["cue_weight"],
        told["unsure_below"],
    )


def hear(model: TopicModel, text: Normal, starts: Indices, ends: Indices, owner: Indices) -> Spoken:
    """The words with weights in stretches of text (ascending). owner (n_stretches,): whose stretch each is."""
    found = cutting.cut(text, starts, ends)
    row = model.row[found.word].astype(np.int64)  # NO_WORD is the last one, which has no weights.
    keep = row < len(model.weights) - 1
    telling = cutting.dictionary().telling[found.word[keep]]
    return Spoken(owner[found.stretch[keep]], row[keep], found.start[keep], found.end[keep], telling)


def classify(model: TopicModel, spoken: Spoken, count: int) -> Floats:
    """(count, k) logits of the complaint types by the different words that each owner says."""
    width = len(model.weights)
    distinct = np.unique(spoken.owner * width + spoken.row)
    owner, row = distinct // width, distinct % width
    sums = np.zeros((count, len(COMPLAINT_TYPES)), np.int64)
    np.add.at(sums, owner, model.weights[row])
    many = np.clip(np.bincount(owner, minlength=count), 1, MOST_WORDS)
    scale = np.arange(MOST_WORDS + 1, dtype=np.float64)
    scale[1:] **= -model.exponent
    logits: Floats = sums * (model.step * scale[many])[:, None] + model.intercept
    return logits


def shares(logits: Floats) -> Floats:
    """(n, k) probabilities of logits (n, k)."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
