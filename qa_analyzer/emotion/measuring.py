"""How well values of turns agree with labels: figures with bootstrap intervals by call.

Knows values and labels, and the keyword list that every model must beat. Knows no files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_analyzer import text
from qa_analyzer.emotion.labels import Labelled
from qa_analyzer.emotion.model import Estimates, SnowNLPModel, Thresholds, lay_out

Values = npt.NDArray[np.floating]
Mask = npt.NDArray[np.bool_]

RESAMPLES = 500
SEED = 20261123
RECALLS = (0.3, 0.5, 0.7)
BINS = 10

NEGATIVE_WORDS = (
    *("投诉", "差评", "骗", "垃圾", "太慢", "失望", "生气", "气死", "过分", "不满", "糟糕", "太差"),
    *("恶心", "无语", "凭什么", "怎么还", "还没", "不行", "不管", "没人", "赔偿", "退钱", "坑", "敷衍"),
    *("推脱", "欺负", "忍无可忍", "受不了", "离谱", "差劲", "后悔", "着急", "催", "等了", "又坏", "到底"),
    *("什么态度", "不负责"),
)
POSITIVE_WORDS = (
    *("谢谢", "感谢", "满意", "放心", "辛苦", "太好", "不错", "好评", "解决了", "挺好", "给力", "贴心"),
    *("点赞", "耐心"),
)


def keyword_values(texts: list[str]) -> npt.NDArray[np.float32]:
    """The plainest rule: (positive words - negative words) / (all found + 1), on normalised text. (n,) float32"""
    values = np.zeros(len(texts), np.float32)
    for at, one in enumerate(texts):
        seen = text.normalise_string(one)
        bad = sum(seen.count(word) for word in NEGATIVE_WORDS)
        good = sum(seen.count(word) for word in POSITIVE_WORDS)
        values[at] = (good - bad) / (good + bad + 1)
    return values


def auc(score: Values, target: Mask) -> float:
    """Area under the ROC curve, ties counting half (Mann and Whitney 1947); nan with one class."""
    n_positive = int(target.sum())
    n_negative = len(target) - n_positive
    if not n_positive or not n_negative:
        return float("nan")
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = np.cumsum(counts) - (counts - 1) / 2
    return float((rank[inverse][target].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def precision_at_recall(score: Values, target: Mask, recall: float) -> float:
    """Share that is right among the turns called, when so many are called that `recall` of the targets are found.

    Turns of equal score are called together.
    """
    if not target.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    found = np.cumsum(target[order])
    last_of_tie = np.append(np.diff(score[order]) != 0, True)
    enough = np.flatnonzero(last_of_tie & (found >= recall * target.sum()))
    return float(found[enough[0]] / (enough[0] + 1))


def macro_f1(values: Values, mood: npt.NDArray[np.int8], thresholds: Thresholds) -> float:
    """Mean F1 of negative, neutral and positive, at the thresholds of labels."""
    called = np.zeros(len(values), np.int8)
    called[np.round(values, 3) <= np.float32(thresholds.negative)] = -1
    called[np.round(values, 3) >= np.float32(thresholds.positive)] = 1
    figures = []
    for one in (-1, 0, 1):
        if (mood == one).any():
            both = int(((called == one) & (mood == one)).sum())
            figures.append(2 * both / (int((called == one).sum()) + int((mood == one).sum())))
    return float(np.mean(figures))


def spearman(values: Values, mood: npt.NDArray[np.int8]) -> float:
    """Rank correlation of values and labels, ties at their mean rank; nan where either is constant."""
    ranks = []
    for one in (values, mood):
        _, inverse, counts = np.unique(one, return_inverse=True, return_counts=True)
        ranks.append((np.cumsum(counts) - (counts - 1) / 2)[inverse])
    if ranks[0].std() == 0 or ranks[1].std() == 0:
        return float("nan")
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval."""

    figure: float
    low: float
    high: float

    def __str__(self) -> str:
        return "—" if np.isnan(self.figure) else f"{self.figure:.3f} ({self.low:.3f}–{self.high:.3f})"


def _interval(figure: float, drawn: list[float]) -> Interval:
    """The figure with the middle 95 % of its resampled values; those without a value do not count."""
    known = np.array(drawn)[~np.isnan(drawn)]
    low, high = np.quantile(known, (0.025, 0.975)) if len(known) else (np.nan, np.nan)
    return Interval(figure, float(low), float(high))


@dataclass(frozen=True)
class Measured:
    """The figures of one model.

    calibration: rows of (lowest value, highest value, turns, share that is negative), by tenths of the turns.
    by_type: AUC, turns and negative turns of each complaint type in which there are both kinds.
    """

    name: str
    auc: Interval
    precision: tuple[Interval, ...]
    macro_f1: Interval
    spearman: Interval
    calibration: tuple[tuple[float, float, int, float], ...]
    by_type: dict[str, tuple[float, int, int]]


def resamples(group: npt.NDArray[np.int64], *, seed: int = SEED) -> list[npt.NDArray[np.int64]]:
    """Indices of turns of `RESAMPLES` bootstrap samples of whole calls: turns of one call are not independent."""
    random = np.random.default_rng(seed)
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group)
    starts = np.cumsum(counts) - counts
    drawn = []
    for _ in range(RESAMPLES):
        calls = random.integers(0, len(counts), len(counts))
        size = counts[calls]
        within = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        drawn.append(order[np.repeat(starts[calls], size) + within])
    return drawn


def measure(
    name: str, values: Values, labelled: Labelled, thresholds: Thresholds, drawn: list[npt.NDArray[np.int64]]
) -> Measured:
    """All figures of one model's values (n,) on labelled turns; `drawn` from `resamples`."""
    negative, mood = labelled.negative, labelled.mood

    def figures(at: npt.NDArray[np.int64]) -> list[float]:
        score, target = -values[at], negative[at]
        return [
            auc(score, target),
            *(precision_at_recall(score, target, recall) for recall in RECALLS),
            macro_f1(values[at], mood[at], thresholds),
            spearman(values[at], mood[at]),
        ]

    whole = figures(np.arange(len(values)))
    drawn_figures = zip(*(figures(at) for at in drawn), strict=True)
    intervals = [_interval(one, list(column)) for one, column in zip(whole, drawn_figures, strict=True)]
    order = np.argsort(values, kind="stable")
    calibration = tuple(
        (float(values[part[0]]), float(values[part[-1]]), len(part), float(negative[part].mean()))
        for part in np.array_split(order, min(BINS, len(order)))
    )
    by_type = {}
    for kind in sorted(set(labelled.kind) - {""}):
        at = np.flatnonzero(labelled.kind == kind)
        if 0 < negative[at].sum() < len(at):
            by_type[str(kind)] = (auc(-values[at], negative[at]), len(at), int(negative[at].sum()))
    return Measured(name, intervals[0], tuple(intervals[1:-2]), intervals[-2], intervals[-1], calibration, by_type)


def difference(one: Values, other: Values, negative: Mask, drawn: list[npt.NDArray[np.int64]]) -> Interval:
    """AUC of `one` minus that of `other` on the same turns, with its interval from paired resamples."""
    drawn_differences = [auc(-one[at], negative[at]) - auc(-other[at], negative[at]) for at in drawn]
    return _interval(auc(-one, negative) - auc(-other, negative), drawn_differences)


def evaluate(labelled: Labelled, name: str, model: Estimates, thresholds: Thresholds) -> list[Measured]:
    """A model, SnowNLP and the keyword list on the same turns and the same resamples."""
    texts = list(labelled.text)
    laid_out = lay_out(texts)
    drawn = resamples(labelled.group)
    return [
        measure(name, model.predict(*laid_out), labelled, thresholds, drawn),
        measure("SnowNLP", SnowNLPModel().predict(*laid_out), labelled, thresholds, drawn),
        measure("keywords", keyword_values(texts), labelled, thresholds, drawn),
    ]
