"""The emotion of customer turns: a linear model over hashed character n-grams, its file, and SnowNLP as baseline.

Knows how a turn's weight sums become a value in -1 … +1, an anger in 0 … 1 and a label, and how a model is learned,
saved and loaded. Knows nothing about calls, rules, where the training sentences come from, or what a curve means.

Each head (negative, positive, anger) is a logistic regression:

    logit = step * sum of integer weights / (length + offset) ** exponent + length_weight * ln(length + 1) + intercept

with `length` the codes of the turn (see `features`), and

    value = max(2 P(positive) - 1, 0) * (1 - P(negative)) ** 4 - P(negative)

so that a plain fact, which is neither, lies near 0, mere courtesy in a question is no pleasure, and thanks do not
outweigh a complaint in the same turn. Length has a term of its own because a long turn has more room for a complaint:
a turn counts as negative when any part of it is. Everything that depends on length is a table, and the logistic
function is a table over logits rounded to 1/`LOGIT_STEPS`: apart from one division and additions in IEEE double
precision there is no floating point, so that results are the same bytes in any batch and on any machine.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from enum import IntEnum
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from qa_analyzer import text
from qa_analyzer.emotion import features
from qa_analyzer.emotion.features import Offsets, Points
from qa_analyzer.errors import OptionError

if TYPE_CHECKING:
    from scipy import sparse

Values = npt.NDArray[np.float32]
Weights = npt.NDArray[np.int16]
Floats = npt.NDArray[np.float64]

SHIPPED_MODEL = "model.npz"
FILE_FORMAT = 1
HEADS = ("negative", "positive", "anger")
_HEAD_FIELDS = ("step", "length_weight", "intercept", "exponent", "offset")
DEFAULT_GROUPS = 5
SMOOTHING = 0.5
CALIBRATION_REGULARISATION = 1000.0
"""Two numbers from thousands of turns need no shrinking."""
PRIOR_SCALE = 3.0
"""Spread of the prior's score beside n-grams: the larger, the less the regression's penalty shrinks its factor."""
LEAST_SPREAD = 1.0
"""Where the prior says nearly the same of all turns, these cannot tell what it is worth."""
LEAST_FACTOR = 0.2
"""A prior's words are never unlearned altogether: labels of one centre hold few of them. On real dialogues 0.35 is
learned."""
MAX_LENGTH = 4096
"""Lengths in codes from here on are treated alike; an hour of speech in one turn is about 15,000."""
MAX_LOGIT = 12
LOGIT_STEPS = 1024
ANGER_FROM = -100
"""Thousandths of value: anger is asked below, which spares most turns; far above any threshold of "negative"."""
CONTENT_POWER = 4
"""How soon P(negative) silences P(positive): see docs/emotion.md."""
STEPS_PER_UNIT = 1000
"""Values are multiples of 1/1000: more digits would not be true, and thousandths compress and compare well."""


class Label(IntEnum):
    """What a customer turn sounds like. Angry is a kind of negative: `label <= Label.NEGATIVE` finds both."""

    ANGRY = 0
    NEGATIVE = 1
    NEUTRAL = 2
    POSITIVE = 3

    @property
    def code(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where labels begin. The defaults are read off cross-validated predictions: see docs/emotion.md.

    negative: values at or below it are negative. positive: values at or above it are positive.
    angry: a negative turn with at least this anger is angry.
    """

    negative: float = -0.3
    positive: float = 0.3
    angry: float = 0.5


class Feelings(NamedTuple):
    """What a model makes of turns, all (n_turns,) float32 multiples of 0.001.

    value: -1 … +1. anger: 0 … 1, computed where the value is -0.1 or less, else 0. unhappy, happy: P(negative) and
    P(positive), 0 … 1; of a turn without speech 0.
    """

    value: Values
    anger: Values
    unhappy: Values
    happy: Values


def confidence(codes: npt.NDArray[np.uint8], unhappy: Values, happy: Values) -> Floats:
    """The probability that turns are what their labels say, by the model. All (n_turns,); float64 in 0 … 1.

    `codes`: `Label`s. Negative and angry: P(negative). Positive: P(positive) and not negative. Neutral: neither, the
    two taken as independent. How true these are of real turns: the calibration in docs/emotion.md.
    """
    calm, plain = 1 - unhappy.astype(np.float64), 1 - happy.astype(np.float64)
    sure = np.where(codes == Label.POSITIVE, (1 - plain) * calm, calm * plain)
    probability: Floats = np.where(codes <= Label.NEGATIVE, 1 - calm, sure)
    return np.round(probability, 3)


class Estimates(Protocol):
    """What every emotion model can do. Offsets are code points of `points`; see `features.encode`."""

    def estimate(self, points: Points, starts: Offsets, ends: Offsets) -> Feelings: ...

    def predict(self, points: Points, starts: Offsets, ends: Offsets) -> Values: ...


def labels(values: Values, anger: Values, thresholds: Thresholds | None = None) -> npt.NDArray[np.uint8]:
    """`Label` codes of turns. values, anger: (n_turns,) float32. Returns (n_turns,) uint8."""
    thresholds = thresholds or Thresholds()
    negative = np.round(values, 3) <= np.float32(thresholds.negative)
    positive = np.round(values, 3) >= np.float32(thresholds.positive)
    codes = np.full(len(values), Label.NEUTRAL, dtype=np.uint8)
    codes[positive] = Label.POSITIVE
    codes[negative] = Label.NEGATIVE
    codes[negative & (anger >= np.float32(thresholds.angry))] = Label.ANGRY
    return codes


@dataclass(frozen=True)
class Head:
    """One logistic regression with integer weights.

    weights: (2**bits,) int16. step: what one unit of weight is worth. The rest: see the module's formula.
    """

    weights: Weights
    step: float
    length_weight: float
    intercept: float
    exponent: float
    offset: float

    @cached_property
    def _by_length(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        factor = [self.step / math.pow(length + self.offset, self.exponent) for length in range(1, MAX_LENGTH + 1)]
        term = [self.length_weight * math.log(length + 1) + self.intercept for length in range(1, MAX_LENGTH + 1)]
        return np.array(factor), np.array(term)

    def logits(self, sums: Offsets, lengths: Offsets) -> npt.NDArray[np.float64]:
        """(n_turns,) float64 from (n_turns,) int64 sums of weights and lengths in codes."""
        factor, term = self._by_length
        at = np.clip(lengths, 1, MAX_LENGTH) - 1
        return sums * factor[at] + term[at]

    def probabilities(self, sums: Offsets, lengths: Offsets) -> npt.NDArray[np.int16]:
        """(n_turns,) int16 thousandths."""
        steps = np.rint(self.logits(sums, lengths) * LOGIT_STEPS)
        limit = MAX_LOGIT * LOGIT_STEPS
        return _logistic()[np.clip(steps, -limit, limit).astype(np.int64) + limit]


@cache
def _logistic() -> npt.NDArray[np.int16]:
    """The logistic function in thousandths over -MAX_LOGIT … MAX_LOGIT in steps of 1/LOGIT_STEPS."""
    limit = MAX_LOGIT * LOGIT_STEPS
    return np.array(
        [round(STEPS_PER_UNIT / (1 + math.exp(-step / LOGIT_STEPS))) for step in range(-limit, limit + 1)],
        dtype=np.int16,
    )


def join_shares(negative: float, positive: float) -> float:
    """The value of P(negative) and P(positive), as in the module's formula but not rounded."""
    return max(2 * positive - 1, 0.0) * (1 - negative) ** CONTENT_POWER - negative


@cache
def _content() -> npt.NDArray[np.int32]:
    """(1 - P(negative)) ** CONTENT_POWER in thousandths, by thousandths of P(negative). (1001,) int32"""
    shares = [round(STEPS_PER_UNIT * (1 - at / STEPS_PER_UNIT) ** CONTENT_POWER) for at in range(STEPS_PER_UNIT + 1)]
    return np.array(shares, dtype=np.int32)


def quantise(weights: npt.NDArray[np.float64], keep: int, levels: int = 127) -> tuple[Weights, float]:
    """Round weights to integers: the `keep` largest by size survive, the rest become 0.

    Returns ((2**bits,) int16, step), weights ≈ integers * step. Ties are cut by slot, so that the result is repeatable.
    """
    kept = np.zeros_like(weights)
    order = np.lexsort((np.arange(len(weights)), -np.abs(weights)))[:keep]
    kept[order] = weights[order]
    largest = float(np.abs(kept).max(initial=0.0))
    if largest == 0.0:
        return np.zeros(len(weights), dtype=np.int16), 1.0
    step = largest / levels
    return np.rint(kept / step).astype(np.int16), step


class Learned(NamedTuple):
    """Weights of n-grams (2**bits,) and of ln(length + 1), before they become integers."""

    weights: Floats
    length_weight: float

    def scores(self, design: sparse.csr_array, log_lengths: Floats) -> Floats:
        """(n_turns,) float64"""
        return np.asarray(design @ self.weights + self.length_weight * log_lengths, dtype=np.float64)

    def plus(self, other: Learned, factor: float) -> Learned:
        """This and so much of the other."""
        return Learned(self.weights + factor * other.weights, self.length_weight + factor * other.length_weight)


def _ratios(design: sparse.csr_array, target: npt.NDArray[np.bool_], weight: Floats) -> Floats:
    """Naive Bayes weights of n-grams: how much more often turns with the target hold it, as a logarithm.

    Beside the regression these speak for n-grams too rare for it (Wang and Manning 2012, "Baselines and bigrams").
    design: (n_turns, slots). Returns (slots,) float64, 0 for n-grams that were never seen.
    """
    seen = design.copy()
    seen.data = np.ones(len(seen.data))
    used = np.unique(design.indices)
    having = (seen.T @ (weight * target))[used] + SMOOTHING
    lacking = (seen.T @ (weight * ~target))[used] + SMOOTHING
    ratios = np.zeros(design.shape[1])
    ratios[used] = np.log(having / having.sum()) - np.log(lacking / lacking.sum())
    return ratios


def calibrate(scores: Floats, target: npt.NDArray[np.bool_], weight: Floats) -> tuple[float, float]:
    """Slope and intercept that make probabilities of scores, by a logistic regression on unseen turns (Platt 1999).

    scores: (n_turns,) float64.
    """
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    regression = LogisticRegression(C=CALIBRATION_REGULARISATION, tol=1e-6)
    with threadpool_limits(1):
        regression.fit(scores[:, None], target, sample_weight=weight)
    return float(regression.coef_[0][0]), float(regression.intercept_[0])


def _shift(weight: Floats, target: npt.NDArray[np.bool_], share: float | None) -> Floats:
    """Weights with which the target has the given share, the total unchanged."""
    if share is None:
        return weight
    now = float((weight * target).sum() / weight.sum())
    return weight * np.where(target, share / now, (1 - share) / (1 - now))


def lay_out(texts: list[str]) -> tuple[text.Normal, Offsets, Offsets]:
    """Normalise texts into one array, a newline after each: (points, starts, ends)."""
    lengths = np.fromiter((len(one) for one in texts), np.int64, count=len(texts))
    ends = np.cumsum(lengths + 1) - 1
    return text.normalise(text.to_points("\n".join(texts) + "\n")), ends - lengths, ends


def targets_of(valence: Floats, angry: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """What `EmotionModel.fit` learns from: (n, 3) bool, negative, positive, angry, of (n,) valences and anger."""
    return np.column_stack((valence < 0, valence > 0, angry))


class EmotionModel:
    """Valence and anger of customer turns (scikit-learn conventions: `fit`, `predict`, `get_params`, `set_params`).

    Parameters
    ----------
    bits: slots of the weight table, as a power of two.
    exponent, offset: how sums are scaled by length, see the module.
    regularisation: scikit-learn's `C` of the logistic regressions.
    calibrated: whether slope, length and intercept are learned; without it the model only ranks, or serves as prior.
    negative_share, positive_share: the shares of such turns to expect in calls, which calibration assumes; None = as in
        the training turns, where a set written to hold every emotion has too many.
    prior: a fitted model whose weights are added to this one's, multiplied by `prior_weight`; with None the factor is
        learned with the weights (the review corpus under the project's sentences has a given one; the shipped model
        under a centre's labels a learned one).
    ratios: say of naive Bayes ratios beside the regression's weights, which have 1.
    keep: weights kept for each head.
    """

    def __init__(
        self,
        *,
        bits: int = 20,
        exponent: float = 0.5,
        offset: float = 0.0,
        regularisation: float = 10.0,
        calibrated: bool = True,
        negative_share: float | None = None,
        positive_share: float | None = None,
        prior: EmotionModel | None = None,
        prior_weight: float | None = 1.0,
        ratios: float = 0.4,
        keep: int = 200_000,
    ) -> None:
        self.bits = bits
        self.exponent = exponent
        self.offset = offset
        self.regularisation = regularisation
        self.calibrated = calibrated
        self.negative_share = negative_share
        self.positive_share = positive_share
        self.prior = prior
        self.prior_weight = prior_weight
        self.ratios = ratios
        self.keep = keep

    _PARAMETERS = (
        "bits",
        "exponent",
        "offset",
        "regularisation",
        "calibrated",
        "negative_share",
        "positive_share",
        "prior",
        "prior_weight",
        "ratios",
        "keep",
    )

    negative_: Head
    positive_: Head
    anger_: Head
    thresholds_: Thresholds

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002  # scikit-learn passes it
        return {name: getattr(self, name) for name in self._PARAMETERS}

    def set_params(self, **parameters: Any) -> Self:
        for name, value in parameters.items():
            if name not in self._PARAMETERS:
                raise ValueError(f"unknown parameter {name!r}; legal are {', '.join(self._PARAMETERS)}")
            setattr(self, name, value)
        return self

    def estimate(self, points: Points, starts: Offsets, ends: Offsets) -> Feelings:
        """What turns feel like.

        points: (n_points,) uint32 or uint16, normalised text (`text.normalise`). starts, ends: (n_turns,) int64,
        disjoint and ascending. A turn without speech (empty, or punctuation only) has 0 throughout.
        """
        valence_table, anger_table = self._packed()
        positive, negative, lengths = features.weigh_both(points, starts, ends, valence_table)
        unhappy_share = self.negative_.probabilities(negative, lengths)
        happy_share = self.positive_.probabilities(positive, lengths)
        content = _content()[unhappy_share]
        surplus = np.maximum(2 * happy_share.astype(np.int32) - STEPS_PER_UNIT, 0)
        thousandths = (surplus * content + STEPS_PER_UNIT // 2) // STEPS_PER_UNIT - unhappy_share
        silent = lengths == 0
        thousandths[silent] = 0
        anger = np.zeros(len(starts), dtype=np.int16)
        unhappy = np.flatnonzero(thousandths <= ANGER_FROM)
        sums, _, unhappy_lengths = features.weigh_both(points, starts[unhappy], ends[unhappy], anger_table)
        anger[unhappy] = self.anger_.probabilities(sums, unhappy_lengths)
        unit = np.float32(STEPS_PER_UNIT)
        value, unhappy_part, happy_part = (
            one.astype(np.float32) / unit
            for one in (thousandths, np.where(silent, 0, unhappy_share), np.where(silent, 0, happy_share))
        )
        return Feelings(value, anger.astype(np.float32) / unit, unhappy_part, happy_part)

    def _packed(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Weights as `features.weigh_both` wants them, of valence and of anger, made once for the present heads."""
        heads = (self.negative_, self.positive_, self.anger_)
        cached = self.__dict__.get("_packed_of")
        if cached is None or any(old is not new for old, new in zip(cached[0], heads, strict=True)):
            negative, positive, anger = (head.weights for head in heads)
            tables = (features.pack(negative, positive), features.pack(np.zeros_like(anger), anger))
            cached = self.__dict__["_packed_of"] = (heads, tables)
        packed: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]] = cached[1]
        return packed

    def predict(self, points: Points, starts: Offsets, ends: Offsets) -> Values:
        """Values (-1 … +1) of turns, as in `estimate`. (n_turns,) float32"""
        return self.estimate(points, starts, ends).value

    def negative_probabilities(self, points: Points, starts: Offsets, ends: Offsets) -> Floats:
        """P(negative) of turns, 0 … 1 in thousandths. (n_turns,) float64"""
        sums, lengths = features.weigh(points, starts, ends, self.negative_.weights)
        return self.negative_.probabilities(sums, lengths) / STEPS_PER_UNIT

    def fit(
        self,
        points: Points,
        starts: Offsets,
        ends: Offsets,
        targets: npt.NDArray[np.bool_],
        *,
        groups: npt.NDArray[np.int64] | None = None,
        sample_weight: npt.NDArray[np.float64] | None = None,
        calibration_weight: npt.NDArray[np.float64] | None = None,
    ) -> Self:
        """Learn from labelled turns.

        First the weights of the n-grams and of length; then slope and intercept of each head, from scores of turns
        whose group took no part in their weights (Platt 1999; Wolpert 1992), so that probabilities are true of unseen
        turns.

        targets: (n_turns, 3) bool, columns as `HEADS`: some part of the turn is negative, positive, angry; see
        `targets_of`. groups: (n_turns,) int64, turns that must be left out together; without it turns are dealt out to
        five. sample_weight, calibration_weight: (n_turns,) float64 for the two steps. ValueError when no turn, or
        every turn, is negative.
        """
        if targets.shape != (len(starts), len(HEADS)):
            raise ValueError(
                f"targets of {len(starts)} turns have shape {(len(starts), len(HEADS))}, not {targets.shape}"
            )
        negative = targets[:, 0]
        if negative.all() or not negative.any():
            raise ValueError("training needs both negative and other turns; these are all of one kind")
        design = self._design(points, starts, ends)
        log_lengths = np.log(features.lengths_of(points, starts, ends) + 1.0)
        rows = np.arange(len(starts))
        group = rows % DEFAULT_GROUPS if groups is None else groups
        weight = np.ones(len(starts)) if sample_weight is None else sample_weight
        calibration = np.ones(len(starts)) if calibration_weight is None else calibration_weight
        for name, target in zip(HEADS, targets.T, strict=True):
            at = rows[negative] if name == "anger" else rows  # anger is asked of negative turns only
            head = self._fit_head(name, design[at], log_lengths[at], target[at], group[at], weight[at], calibration[at])
            setattr(self, name + "_", head)
        self.thresholds_ = self.prior.thresholds_ if self.prior is not None else Thresholds()
        return self

    def _fit_head(
        self,
        name: str,
        design: sparse.csr_array,
        log_lengths: Floats,
        target: npt.NDArray[np.bool_],
        group: npt.NDArray[np.int64],
        weight: Floats,
        calibration: Floats,
    ) -> Head:
        if target.all() or not target.any():
            if self.prior is not None:
                below: Head = getattr(self.prior, name + "_")
                return below
            return Head(np.zeros(1 << self.bits, np.int16), 1.0, 0.0, -float(MAX_LOGIT), self.exponent, self.offset)
        learned = self._learn(name, design, log_lengths, target, weight)
        if not self.calibrated:
            integers, step = quantise(learned.weights, self.keep)
            return Head(integers, step, 0.0, 0.0, self.exponent, self.offset)
        scores = self._unseen_scores(name, design, log_lengths, target, group, weight)
        if self.prior_weight is not None:
            prior = self._prior(name)
            scores += self.prior_weight * prior.scores(design, log_lengths)
            learned = learned.plus(prior, self.prior_weight)
        share = {"negative": self.negative_share, "positive": self.positive_share}.get(name)
        slope, intercept = calibrate(scores, target, _shift(calibration, target, share))
        integers, step = quantise(slope * learned.weights, self.keep)
        return Head(integers, step, slope * learned.length_weight, intercept, self.exponent, self.offset)

    def _prior(self, name: str) -> Learned:
        """What the prior knows: weights of n-grams and of length of a head; nothing without one."""
        if self.prior is None:
            return Learned(np.zeros(1 << self.bits), 0.0)
        below: Head = getattr(self.prior, name + "_")
        return Learned(below.weights.astype(np.float64) * below.step, below.length_weight)

    def _design(self, points: Points, starts: Offsets, ends: Offsets) -> sparse.csr_array:
        """Counts of slots by turn, scaled by length. (n_turns, 2**bits) float64"""
        from scipy import sparse

        turn, slot, _ = features.occurrences(points, starts, ends, self.bits)
        lengths = features.lengths_of(points, starts, ends)
        scale = np.power(np.maximum(lengths, 1) + self.offset, -self.exponent)
        return sparse.csr_array((scale[turn], (turn, slot)), shape=(len(starts), 1 << self.bits))

    def _learn(
        self,
        name: str,
        design: sparse.csr_array,
        log_lengths: Floats,
        target: npt.NDArray[np.bool_],
        weight: Floats,
    ) -> Learned:
        """Weights of n-grams and of length: of a logistic regression, `ratios` of naive Bayes, and the prior's, if its
        weight is to be learned. Length is regressed beside the n-grams so that none stands in for it.
        """
        from scipy import sparse
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        used = np.unique(design.indices)
        beside = [log_lengths]
        prior = self._prior(name) if self.prior_weight is None else None
        unit = 1.0
        if prior is not None:
            told = prior.scores(design, log_lengths)
            unit = PRIOR_SCALE / max(float(told.std()), LEAST_SPREAD)
            beside.append(told * unit)
        columns = sparse.hstack([design[:, used], sparse.csr_array(np.column_stack(beside))], format="csr")
        regression = LogisticRegression(C=self.regularisation, max_iter=300, tol=1e-3)
        with threadpool_limits(1):  # sums in another order are other bytes
            regression.fit(columns, target, sample_weight=weight)
        found = regression.coef_[0]
        weights = np.zeros(design.shape[1])
        weights[used] = found[: len(used)]
        weights += self.ratios * _ratios(design, target, weight)
        learned = Learned(weights, float(found[len(used)]) * (1 + self.ratios))
        return learned if prior is None else learned.plus(prior, max(float(found[-1]) * unit, LEAST_FACTOR))

    def _unseen_scores(
        self,
        name: str,
        design: sparse.csr_array,
        log_lengths: Floats,
        target: npt.NDArray[np.bool_],
        group: npt.NDArray[np.int64],
        weight: Floats,
    ) -> Floats:
        """Each turn's score by weights learned without its group. (n_turns,) float64"""
        scores = np.zeros(len(target))
        for left_out in np.unique(group):
            unseen = np.flatnonzero(group == left_out)
            rest = np.flatnonzero(group != left_out)
            known = target[rest]
            if known.any() and not known.all():
                learned = self._learn(name, design[rest], log_lengths[rest], known, weight[rest])
                scores[unseen] = learned.scores(design[unseen], log_lengths[unseen])
        return scores

    def unseen_negative_scores(
        self,
        points: Points,
        starts: Offsets,
        ends: Offsets,
        targets: npt.NDArray[np.bool_],
        groups: npt.NDArray[np.int64],
        sample_weight: Floats,
    ) -> tuple[Floats, Floats]:
        """What calibration of the negative head sees, two of (n_turns,): scores without the turn's group, and what the
        prior adds with a weight of 1.
        """
        design = self._design(points, starts, ends)
        log_lengths = np.log(features.lengths_of(points, starts, ends) + 1.0)
        scores = self._unseen_scores("negative", design, log_lengths, targets[:, 0], groups, sample_weight)
        return scores, self._prior("negative").scores(design, log_lengths)

    def save(self, path: Path) -> None:
        """Write the model as `.npz` without pickle: for each head a bitmap of the used slots and their weights (int8),
        and the parameters as JSON. The same model gives the same bytes.
        """
        meta = {
            "format": FILE_FORMAT,
            "bits": self.bits,
            "thresholds": asdict(self.thresholds_),
            "heads": {
                name: {field: getattr(getattr(self, name + "_"), field) for field in _HEAD_FIELDS} for name in HEADS
            },
        }
        arrays: dict[str, npt.NDArray[Any]] = {
            "meta": np.frombuffer(json.dumps(meta, sort_keys=True).encode(), dtype=np.uint8)
        }
        for name in HEADS:
            weights = getattr(self, name + "_").weights
            arrays[f"{name}_slots"] = np.packbits(weights != 0)
            arrays[f"{name}_weights"] = weights[weights != 0].astype(np.int8)
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)


def load_model(path: Path | None = None) -> EmotionModel:
    """Read a model file; None = the one shipped with the package.

    OptionError when there is no such file or it is no model of this format, with the file and what to do.
    """
    source = Path(str(files("qa_analyzer.emotion").joinpath(SHIPPED_MODEL))) if path is None else path
    try:
        with np.load(source, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        meta = json.loads(arrays["meta"].tobytes())
        if meta["format"] != FILE_FORMAT:
            raise ValueError(f"format {meta['format']}, expected {FILE_FORMAT}")
        heads = {name: _read_head(meta, arrays, name) for name in HEADS}
        thresholds = Thresholds(**meta["thresholds"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise OptionError(
            f"{source} is no emotion model ({error}); train one with python -m qa_analyzer.emotion.training"
        ) from error
    model = EmotionModel(
        bits=meta["bits"], exponent=heads["negative"].exponent, offset=heads["negative"].offset, keep=0
    )
    model.negative_, model.positive_, model.anger_ = (heads[name] for name in HEADS)
    model.thresholds_ = thresholds
    return model


def _read_head(meta: dict[str, Any], arrays: dict[str, npt.NDArray[Any]], name: str) -> Head:
    used = np.unpackbits(arrays[f"{name}_slots"]).astype(bool)
    if len(used) != 1 << meta["bits"]:
        raise ValueError(f"{name}: {len(used)} slots, expected {1 << meta['bits']}")
    weights = np.zeros(len(used), dtype=np.int16)
    weights[used] = arrays[f"{name}_weights"]
    return Head(weights, **{field: float(meta["heads"][name][field]) for field in _HEAD_FIELDS})


class SnowNLPModel:
    """SnowNLP's sentiment as a model of the same interface: value = 2 p - 1, no anger. The baseline, slow (0.02 MB/s).

    It sees the normalised text. snownlp is imported at the first estimate (4.5 s).
    """

    thresholds_ = Thresholds()

    def estimate(self, points: Points, starts: Offsets, ends: Offsets) -> Feelings:
        """As `EmotionModel.estimate`; anger is 0 throughout, p is P(positive), and 1 - p P(negative)."""
        from snownlp import SnowNLP

        values, unhappy, happy = (np.zeros(len(starts), dtype=np.float32) for _ in range(3))
        for turn, (start, end) in enumerate(zip(starts, ends, strict=True)):  # SnowNLP knows no other way
            text = points[start:end].astype("<u4").tobytes().decode("utf-32-le", "replace").strip()
            if text:
                share = SnowNLP(text).sentiments
                values[turn], happy[turn], unhappy[turn] = round(2 * share - 1, 3), round(share, 3), round(1 - share, 3)
        return Feelings(values, np.zeros(len(starts), dtype=np.float32), unhappy, happy)

    def predict(self, points: Points, starts: Offsets, ends: Offsets) -> Values:
        """Values of turns, (n_turns,) float32."""
        return self.estimate(points, starts, ends).value
