"""A centre's labels on top of the default model, and which turns to label."""

from __future__ import annotations

import numpy as np
import pytest

from qa_analyzer.emotion.adapting import adapt, cross_validate, folds_of
from qa_analyzer.emotion.labels import Labelled
from qa_analyzer.emotion.measuring import auc
from qa_analyzer.emotion.model import lay_out, load_model
from qa_analyzer.emotion.sampling import PER_CALL, choose

PLACES = ["东门", "西站", "三号楼", "河边", "老厂", "北区", "码头", "学校"]
THINGS = ["车", "锅炉", "路由器", "电梯", "水表", "门禁", "空调", "灯"]


def centre(calls: int = 60) -> Labelled:
    """Labels of a centre whose customers see a green card when unhappy and a blue one when not: only they know that."""
    random = np.random.default_rng(5)
    call, turn, text, mood = [], [], [], []
    for number in range(calls):
        for place in range(4):
            unhappy = bool(random.integers(2))
            where, what = PLACES[random.integers(8)], THINGS[random.integers(8)]
            call.append(f"c{number}")
            turn.append(2 * place + 1)
            text.append(f"{where}那个{what}的事{'亮的绿牌' if unhappy else '亮的蓝牌'}，第{number}回")
            mood.append(-1 if unhappy else 0)
    columns = (np.array(call, object), np.array(turn), np.array(text, object), np.array(mood, np.int8))
    return Labelled(*columns, np.ones(len(call)), np.full(len(call), "", object))


def test_own_words_are_learned_and_the_gain_is_told() -> None:
    labelled, base = centre(), load_model()
    validated = cross_validate(labelled, base)
    assert validated.auc > 0.95
    assert validated.auc > validated.base_auc + 0.2
    assert validated.better.low > 0
    assert validated.curve[-1].auc == pytest.approx(validated.auc)
    assert [one.calls for one in validated.curve] == [20, 40, 48]
    assert validated.curve[0].auc <= validated.curve[-1].auc + 0.02


def test_adapting_does_not_unlearn_what_the_default_knows() -> None:
    base = load_model()
    adapted = adapt(centre(), base)
    laid_out = lay_out(["气死我了，你们太不像话了！", "太谢谢您了，帮了大忙"])
    furious, grateful = adapted.predict(*laid_out)
    assert furious < -0.3
    assert grateful > furious + 0.2
    assert adapted.anger_ is base.anger_, "labels say nothing of anger"


def test_labels_drawn_by_lot_promise_nothing() -> None:
    labelled = centre()
    shuffled = np.random.default_rng(1).permutation(labelled.mood)
    random = Labelled(labelled.call, labelled.turn, labelled.text, shuffled, labelled.weight, labelled.kind)
    assert cross_validate(random, load_model()).better.low < 0.02


def test_turns_of_a_call_share_a_fold() -> None:
    labelled = centre()
    fold = folds_of(labelled)
    assert all(len(set(fold[labelled.group == one])) == 1 for one in range(60))
    assert len(set(fold)) == 5


def test_the_saved_model_is_the_model(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("model") / "own.npz"
    labelled = centre(30)
    adapted = adapt(labelled, load_model())
    adapted.save(path)
    laid_out = lay_out(list(labelled.text))
    values = load_model(path).predict(*laid_out)
    assert (values == adapted.predict(*laid_out)).all()
    assert auc(-values, labelled.negative) > 0.95


def test_uncertain_and_unlike_turns_are_chosen() -> None:
    model = load_model()
    clear = [f"气死我了，你们骗人，第{number}次投诉了还没人管" for number in range(40)]
    unclear = [f"{where}的{what}我想问一下怎么回事" for where in PLACES for what in THINGS[:5]]
    texts = clear + unclear
    group = np.arange(len(texts)) // 2
    chosen = choose(texts, group, model, 20)
    assert len(chosen.at) == 20
    assert len(set(chosen.at.tolist())) == 20
    assert np.bincount(group[chosen.at]).max() <= PER_CALL
    picked = chosen.at[~chosen.random]
    distance = np.abs(model.negative_probabilities(*lay_out(texts)) - 0.5)
    assert distance[picked].mean() < distance.mean()
    assert chosen.random.sum() == 5
