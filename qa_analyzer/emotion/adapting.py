"""The default model adapted to a centre's own labels, and whether that is better, by cross-validation by call.

Knows labelled turns and models. Knows no files and no command line. What is learned lies on top of the default model:
its score is a feature beside the n-grams, with a factor of its own, so that few labels correct it and many overrule it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_analyzer.emotion.labels import Labelled
from qa_analyzer.emotion.measuring import Interval, auc, difference, resamples
from qa_analyzer.emotion.model import EmotionModel, lay_out

REGULARISATION = 0.3
RATIOS = 0.0
"""C of the regression and say of the ratios: the best of a few, by cross-validation on real dialogues."""
FOLDS = 5
INNER_GROUPS = 4
CURVE = (20, 40, 80, 160, 330, 640)
"""Calls of the learning curve, as far as there are so many, and last all of a fold's training calls."""
CURVE_REPEATS = 2
SEED = 20261123
MIN_POSITIVE = 20
"""With fewer positive labels the default's notion of positive stays as it is."""

Values = npt.NDArray[np.float32]


def adapt(labelled: Labelled, base: EmotionModel) -> EmotionModel:
    """The base model adapted to labelled turns; anger, of which labels say nothing, stays the base's."""
    mood = labelled.mood
    targets = np.column_stack((mood < 0, mood > 0, np.zeros(len(mood), dtype=bool)))
    if targets[:, 1].sum() < MIN_POSITIVE:
        targets[:, 1] = False  # all of one kind: the base's head
    model = EmotionModel(
        bits=base.bits,
        exponent=base.exponent,
        offset=base.offset,
        regularisation=REGULARISATION,
        ratios=RATIOS,
        prior=base,
        prior_weight=None,
    )
    groups = labelled.group % INNER_GROUPS
    return model.fit(
        *lay_out(list(labelled.text)),
        targets,
        groups=groups,
        sample_weight=labelled.weight,
        calibration_weight=labelled.weight,
    )


@dataclass(frozen=True)
class CurvePoint:
    """AUC on unseen calls when so many calls were labelled: mean over folds and draws."""

    calls: int
    labels: int
    auc: float


@dataclass(frozen=True)
class Validated:
    """What cross-validation says; values (n,) of each labelled turn by a model that did not see its call.

    better: AUC of the adapted model minus that of the base. curve: for more and more calls.
    """

    base_values: Values
    values: Values
    base_auc: float
    auc: float
    better: Interval
    curve: tuple[CurvePoint, ...]


def folds_of(labelled: Labelled) -> npt.NDArray[np.int64]:
    """Fold of each turn, all turns of a call together. (n,) int64"""
    group = labelled.group
    order = np.random.default_rng(SEED).permutation(int(group.max()) + 1)
    return np.asarray(order[group] % FOLDS, dtype=np.int64)


def cross_validate(labelled: Labelled, base: EmotionModel) -> Validated:
    """Adapt on four fifths of the calls, judge the rest, in turn; then on fewer calls, for the learning curve."""
    fold, group = folds_of(labelled), labelled.group
    base_values = base.predict(*lay_out(list(labelled.text)))
    values = np.zeros(len(labelled), np.float32)
    single = labelled.weight == 1  # a call's rating is no label of its turns: it serves for training alone
    for one in range(FOLDS):
        out = np.flatnonzero(fold == one)
        model = adapt(labelled.take(np.flatnonzero(fold != one)), base)
        values[out] = model.predict(*lay_out(list(labelled.text[out])))
    at = np.flatnonzero(single)
    negative = labelled.negative[at]
    drawn = resamples(labelled.take(at).group)
    better = difference(values[at], base_values[at], negative, drawn)
    aucs = auc(-base_values[at], negative), auc(-values[at], negative)
    curve = [] if not single.all() else list(_curve(labelled, base, fold, group))
    largest = int(np.mean([len(set(group[fold != one])) for one in range(FOLDS)]))
    labels = int(np.mean([(fold != one).sum() for one in range(FOLDS)]))
    return Validated(base_values, values, *aucs, better, (*curve, CurvePoint(largest, labels, aucs[1])))


def _curve(
    labelled: Labelled, base: EmotionModel, fold: npt.NDArray[np.int64], group: npt.NDArray[np.int64]
) -> list[CurvePoint]:
    random = np.random.default_rng(SEED)
    points = []
    for calls in CURVE:
        if calls >= len(set(group[fold != 0])):
            break
        found, sizes = [], []
        for _ in range(CURVE_REPEATS):
            values = np.zeros(len(labelled), np.float32)
            for one in range(FOLDS):
                rest = np.flatnonzero(fold != one)
                chosen = random.permutation(np.unique(group[rest]))[:calls]
                part = labelled.take(rest[np.isin(group[rest], chosen)])
                out = np.flatnonzero(fold == one)
                mixed = 0 < part.negative.sum() < len(part)
                model = adapt(part, base) if mixed else base
                values[out] = model.predict(*lay_out(list(labelled.text[out])))
                sizes.append(len(part))
            found.append(auc(-values, labelled.negative))
        points.append(CurvePoint(calls, int(np.mean(sizes)), float(np.mean(found))))
    return points
