"""Why a turn has its emotion value: the share of each word, of the turn's length, and of where every turn begins.

Knows one turn and the linear heads of an `EmotionModel`. Knows nothing about calls, pages or SnowNLP, whose value is no
sum of words.

A head's logit is a sum: weights of n-grams, a length term, an intercept (see `model`). The value joins two heads and is
no sum, so what each head does to it is its Shapley value between "as every turn begins" (intercepts alone) and the turn
as it is: the mean of its effect with the other head still at the beginning and already at the end (L. S. Shapley 1953,
"A value for n-person games"). Within a head that effect is shared out in proportion to the parts of its logit. The
weight of an n-gram belongs to its characters in equal parts; the beginning and end of a turn, which n-grams see too, to
the characters beside them. All shares are rounded to thousandths by largest remainders, so that they add up to the
value exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qa_analyzer import words
from qa_analyzer.compiled import compiled
from qa_analyzer.emotion import features
from qa_analyzer.emotion.features import Points
from qa_analyzer.emotion.model import MAX_LENGTH, MAX_LOGIT, STEPS_PER_UNIT, EmotionModel, Head, join_shares
from qa_analyzer.text import to_string, wordless_table

LONGEST_PHRASE = 6
"""Neighbouring words with the same sign are shown together up to so many characters: 没人|管 is one thing said."""
MOST_WORDS = 6
"""Words shown of a turn, those with the largest shares; the others are added up as one."""
_FLAT = 1e-9
"""A logit that hardly moved: its slope is then taken from a small step."""
_STEP = 1e-4

WORDS, OTHER_WORDS, LENGTH, BEGINNING, LISTENING = "words", "other_words", "length", "beginning", "listening"


class Part(NamedTuple):
    """What moved a value, and by how many thousandths.

    kind: `words` from `start` to `end` of the turn (code points); `other_words`, all that are not shown; `length` of
    the turn; the `beginning` of every turn, before a word is said; `listening`, which lifts 嗯 to neutral.
    """

    kind: str
    thousandths: int
    start: int = 0
    end: int = 0


class _Logit(NamedTuple):
    """One head: logit of no words at all, part of the length, and of each character of the turn."""

    beginning: float
    length: float
    characters: list[float]

    @property
    def total(self) -> float:
        return self.beginning + self.length + sum(self.characters)


def explain(model: EmotionModel, points: Points, start: int, end: int, *, value: float | None = None) -> list[Part]:
    """The parts of a turn's value, words by size, then the rest; they add up to the value.

    points: normalised text, the turn from `start` to `end`. `value`: what the turn was given, where that is not simply
    the model's estimate (a turn that only listens is never unhappy).
    """
    text = points[start:end]
    seen = _seen(text)
    given = model.predict(points, np.array([start]), np.array([end]))[0]
    thousandths = round(float(given) * STEPS_PER_UNIT)
    shown = thousandths if value is None else round(value * STEPS_PER_UNIT)
    if not seen:
        return [Part(BEGINNING, shown)] if shown else []
    negative, positive = (_logit(head, seen, len(text)) for head in (model.negative_, model.positive_))
    by_negative, by_positive = _slopes(negative, positive)
    said = [
        by_negative * one + by_positive * other
        for one, other in zip(negative.characters, positive.characters, strict=True)
    ]
    spans = _phrases(text, said)
    shares = [sum(said[first:last]) for first, last in spans]
    order = sorted(range(len(spans)), key=lambda at: (-abs(shares[at]), at))
    chosen, left = order[:MOST_WORDS], order[MOST_WORDS:]
    told = [
        *(shares[at] for at in chosen),
        math.fsum(shares[at] for at in left) + _outside(said, spans),
        by_negative * negative.length + by_positive * positive.length,
        _value(negative.beginning, positive.beginning),
    ]
    rounded = _add_up(told, thousandths)
    parts = [Part(WORDS, rounded[place], *spans[at]) for place, at in enumerate(chosen)]
    parts += [
        Part(kind, share) for kind, share in zip((OTHER_WORDS, LENGTH, BEGINNING), rounded[len(chosen) :], strict=True)
    ]
    parts.append(Part(LISTENING, shown - thousandths))
    return [part for part in parts if part.thousandths]


def _value(negative: float, positive: float) -> float:
    """The value of two logits."""
    return join_shares(_share(negative), _share(positive))


def _share(logit: float) -> float:
    return 1 / (1 + math.exp(-min(max(logit, -MAX_LOGIT), MAX_LOGIT)))


def _slopes(negative: _Logit, positive: _Logit) -> tuple[float, float]:
    """By how much the value changes for one unit of each logit, on its way from the beginning to the end."""
    from_, to = (negative.beginning, positive.beginning), (negative.total, positive.total)
    alone = _value(to[0], from_[1]) - _value(*from_), _value(from_[0], to[1]) - _value(*from_)
    last = _value(*to) - _value(from_[0], to[1]), _value(*to) - _value(to[0], from_[1])
    moved = to[0] - from_[0], to[1] - from_[1]
    flat = (
        (_value(to[0] + _STEP, to[1]) - _value(to[0] - _STEP, to[1])) / (2 * _STEP),
        (_value(to[0], to[1] + _STEP) - _value(to[0], to[1] - _STEP)) / (2 * _STEP),
    )
    by = [(alone[head] + last[head]) / 2 / moved[head] if abs(moved[head]) > _FLAT else flat[head] for head in range(2)]
    return by[0], by[1]


def _seen(text: Points) -> list[tuple[int, int]]:
    """Place and code of each character that `features` reads: of a run of digits only the first."""
    seen: list[tuple[int, int]] = []
    before = 0
    plane = len(features.CODES) - 1
    for place, code in enumerate(features.CODES[np.minimum(text, plane)].tolist()):
        if code and not (code == features.DIGITS == before):
            seen.append((place, code))
        before = code or before
    return seen


def _logit(head: Head, seen: Sequence[tuple[int, int]], length: int) -> _Logit:
    """A head's logit in parts. The same n-grams as `features.weigh` counts, one by one.

    seen: as `_seen` gives it; length: characters of the turn.
    """
    counted = np.zeros(length)
    places = np.array([-1, *(place for place, _ in seen), -1], np.int64)
    codes = np.array([features.BOUNDARY, *(code for _, code in seen), features.BOUNDARY], np.uint64)
    _count(places, codes, head.weights, 32 - (len(head.weights).bit_length() - 1), counted)
    known = min(max(len(seen), 1), MAX_LENGTH)
    counted *= head.step / math.pow(known + head.offset, head.exponent)
    return _Logit(head.intercept, head.length_weight * math.log(known + 1), counted.tolist())


@compiled
def _count(
    places: npt.NDArray[np.int64],
    codes: npt.NDArray[np.uint64],
    weights: features.Table,
    shift: int,
    counted: npt.NDArray[np.float64],
) -> None:
    """Add each n-gram's weight to its characters in equal parts; a boundary has the place -1 and takes none."""
    low_bits, factor = np.uint64(0xFFFFFFFF), np.uint64(features.MULTIPLIER)
    for last in range(1, len(codes)):
        for order in range(1, min(features.MAX_ORDER, last + 1) + 1):
            hashed = np.uint64(0)
            taking = 0
            for at in range(last - order + 1, last + 1):
                hashed = (hashed * factor + codes[at]) & low_bits
                taking += places[at] >= 0
            weight = weights[hashed >> np.uint64(shift)]
            for at in range(last - order + 1, last + 1):
                if places[at] >= 0:
                    counted[places[at]] += weight / taking


def _phrases(text: Points, said: Sequence[float]) -> list[tuple[int, int]]:
    """Words of the turn that weigh something, neighbours of the same sign together. (start, end) in any order.

    A phrase grows around its heaviest word, towards the heavier neighbour first.
    """
    silent = wordless_table()
    units: list[tuple[int, int, float]] = []
    place = 0
    for word in words.cut(to_string(text.astype(np.uint32))):
        first, place = place, place + len(word)
        share = sum(said[first:place])
        if share and not all(silent[point] for point in text[first:place].tolist()):
            units.append((first, place, share))
    taken = [False] * len(units)
    spans: list[tuple[int, int]] = []
    for heaviest in sorted(range(len(units)), key=lambda at: (-abs(units[at][2]), at)):
        if taken[heaviest]:
            continue
        taken[heaviest] = True
        low, high = units[heaviest][:2]
        left, right = heaviest - 1, heaviest + 1
        while True:
            beside = [
                at
                for at in (left, right)
                if 0 <= at < len(units)
                and not taken[at]
                and units[at][2] * units[heaviest][2] > 0
                and (units[at][1] == low or units[at][0] == high)
                and max(high, units[at][1]) - min(low, units[at][0]) <= LONGEST_PHRASE
            ]
            if not beside:
                break
            chosen = max(beside, key=lambda at: (abs(units[at][2]), -at))
            taken[chosen] = True
            low, high = min(low, units[chosen][0]), max(high, units[chosen][1])
            left, right = left - (chosen == left), right + (chosen == right)
        spans.append((low, high))
    return spans


def _outside(said: Sequence[float], spans: Sequence[tuple[int, int]]) -> float:
    """What characters weigh that belong to no word: question and exclamation marks."""
    return math.fsum(said) - math.fsum(sum(said[first:last]) for first, last in spans)


def _add_up(shares: Sequence[float], total: int) -> list[int]:
    """Shares in thousandths, rounded so that they add up to `total`: the largest remainders are rounded up."""
    exact = [share * STEPS_PER_UNIT for share in shares]
    whole = [math.floor(one) for one in exact]
    missing = total - sum(whole)
    order = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for step in range(abs(missing)):
        whole[order[step % len(order)]] += 1 if missing > 0 else -1
    return whole
