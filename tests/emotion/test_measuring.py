"""Figures of agreement against slow definitions and scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from qa_analyzer.emotion.labels import Labelled
from qa_analyzer.emotion.measuring import (
    auc,
    difference,
    evaluate,
    keyword_values,
    macro_f1,
    precision_at_recall,
    resamples,
    spearman,
)
from qa_analyzer.emotion.model import Thresholds, load_model

SCORED = st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=4, max_size=40).filter(
    lambda rows: len({target for _, target in rows}) == 2
)


@given(SCORED)
def test_auc_is_scikit_learns(rows: list[tuple[int, bool]]) -> None:
    score, target = np.array([one for one, _ in rows], float), np.array([two for _, two in rows])
    assert auc(score, target) == pytest.approx(metrics.roc_auc_score(target, score))


@given(SCORED, st.sampled_from([0.3, 0.5, 1.0]))
def test_precision_is_that_of_the_highest_threshold_with_enough_recall(
    rows: list[tuple[int, bool]], recall: float
) -> None:
    score, target = np.array([one for one, _ in rows], float), np.array([two for _, two in rows])
    for threshold in sorted(set(score.tolist()), reverse=True):
        called = score >= threshold
        if (called & target).sum() >= recall * target.sum():
            assert precision_at_recall(score, target, recall) == pytest.approx(target[called].mean())
            return


def test_macro_f1_and_spearman_of_a_hand_made_case() -> None:
    mood = np.array([-1, -1, 0, 1], np.int8)
    values = np.array([-0.9, 0.0, 0.0, 0.8])
    f1 = metrics.f1_score(mood, [-1, 0, 0, 1], average="macro")
    assert macro_f1(values, mood, Thresholds()) == pytest.approx(f1)
    assert spearman(values, mood) == pytest.approx(0.8333, abs=1e-3)
    assert np.isnan(spearman(np.zeros(4), mood))


def test_resamples_draw_whole_calls() -> None:
    group = np.array([0, 0, 1, 2, 2, 2])
    for drawn in resamples(group)[:50]:
        counts = np.bincount(drawn, minlength=6)
        assert counts[0] == counts[1]
        assert counts[3] == counts[4] == counts[5]


def test_difference_of_a_model_from_itself_is_nothing() -> None:
    values = np.array([0.1, -0.4, 0.3, -0.9])
    negative = np.array([False, True, False, True])
    same = difference(values, values, negative, resamples(np.arange(4)))
    assert (same.figure, same.low, same.high) == (0, 0, 0)


def test_models_are_measured_on_the_same_turns() -> None:
    texts = ["气死我了，没人管", "你们这是骗人", "好的谢谢您", "太感谢了", "我在三号楼", "尾号是五六七八"]
    mood = np.array([-1, -1, 1, 1, 0, 0], np.int8)
    kind = np.array(["a", "b", "a", "b", "a", "b"], object)
    labelled = Labelled(
        np.array(list("uvwxyz"), object), np.zeros(6, np.int64), np.array(texts, object), mood, np.ones(6), kind
    )
    found = evaluate(labelled, "model", load_model(), Thresholds())
    assert [one.name for one in found] == ["model", "SnowNLP", "keywords"]
    assert found[0].auc.figure == 1
    assert found[0].auc.low <= found[0].auc.figure <= found[0].auc.high
    assert set(found[0].by_type) == {"a", "b"}
    assert sum(row[2] for row in found[0].calibration) == 6


def test_keywords_are_counted_on_normalised_text() -> None:
    assert keyword_values(["我要投訴", "謝謝", "三号楼"]).tolist() == [-0.5, 0.5, 0]
