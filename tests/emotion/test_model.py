"""The model: values, labels, file, interface."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_analyzer.emotion.model import (
    EmotionModel,
    Label,
    SnowNLPModel,
    Thresholds,
    confidence,
    labels,
    lay_out,
    load_model,
    quantise,
    targets_of,
)
from qa_analyzer.errors import OptionError

SHIPPED = load_model()
UNHAPPY = ["你们这服务太差了，气死人", "打了三次电话都没人管，气死我了", "骗子，退钱"]
PLAIN = ["我想查一下话费", "我的订单号是12345678", "帮我改一下地址", "明天下午三点可以"]
PLEASED = ["太感谢你了，帮了大忙", "谢谢你，解决得很快"]


def small_model() -> EmotionModel:
    texts = UNHAPPY + PLAIN + PLEASED
    valence = np.array([-1.0] * 3 + [0.0] * 4 + [1.0] * 2)
    angry = np.array([True, False, True] + [False] * 6)
    return EmotionModel(bits=14).fit(*lay_out(texts), targets_of(valence, angry))


@pytest.mark.parametrize("sentence", UNHAPPY)
def test_a_plain_complaint_is_negative(sentence: str) -> None:
    """The shipped model calls it negative at its own threshold."""
    assert SHIPPED.predict(*lay_out([sentence]))[0] <= SHIPPED.thresholds_.negative


@pytest.mark.parametrize("sentence", ["你们太过分了，我要投诉", "为什么还没退款", "怎么还不发货", "等了三天了还没到"])
def test_reproach_and_urging_are_negative(sentence: str) -> None:
    """What nobody says who is content: a threat, a reproachful question, a wait that is counted."""
    assert SHIPPED.predict(*lay_out([sentence]))[0] <= SHIPPED.thresholds_.negative


@pytest.mark.parametrize("sentence", ["什么时候发货", "在吗", "退货地址是什么", "坏了怎么报修"])
def test_a_plain_question_is_not_negative(sentence: str) -> None:
    """Even where its subject is a fault."""
    assert SHIPPED.predict(*lay_out([sentence]))[0] > SHIPPED.thresholds_.negative


@pytest.mark.parametrize("sentence", PLAIN)
def test_a_plain_fact_is_neutral(sentence: str) -> None:
    """Neither threshold is reached."""
    assert abs(SHIPPED.predict(*lay_out([sentence]))[0]) < 0.3


@pytest.mark.parametrize("sentence", PLEASED)
def test_thanks_are_positive(sentence: str) -> None:
    """The shipped model calls it positive at its own threshold."""
    assert SHIPPED.predict(*lay_out([sentence]))[0] >= SHIPPED.thresholds_.positive


def test_insults_are_angrier_than_disappointment() -> None:
    """The anger head ranks what the valence alone would not."""
    _, anger, *_ = SHIPPED.estimate(*lay_out(["你们就是骗子，我要投诉你们", "唉，算了，我对你们很失望"]))
    assert anger[0] > 0.5 > anger[1]


@given(st.lists(st.sampled_from([*UNHAPPY, *PLAIN, *PLEASED, "", "嗯", "。。"]), min_size=1, max_size=20))
@settings(max_examples=50, deadline=None)
def test_a_turn_alone_equals_the_turn_in_a_crowd(texts: list[str]) -> None:
    """Value and anger are the same bytes in any batch."""
    together = SHIPPED.estimate(*lay_out(texts))
    alone = [SHIPPED.estimate(*lay_out([one])) for one in texts]
    for place, whole in enumerate(together):
        assert whole.tobytes() == np.concatenate([one[place] for one in alone]).tobytes()


def test_a_turn_without_speech_has_no_emotion() -> None:
    """Empty or mere punctuation: exactly 0, whatever the intercepts are."""
    for one in SHIPPED.estimate(*lay_out(["", "，。", "骗子"])):
        assert one[:2].tolist() == [0, 0]


def test_values_are_thousandths_in_range() -> None:
    """Float32 multiples of 0.001 between -1 and +1; anger only below 0."""
    value, anger, *shares = SHIPPED.estimate(*lay_out(UNHAPPY + PLAIN + PLEASED))
    assert value.dtype == anger.dtype == np.float32
    assert np.array_equal(value, (np.rint(value * 1000) / 1000).astype(np.float32))
    assert (np.abs(value) <= 1).all()
    assert not anger[value >= 0].any()
    assert all((one >= 0).all() and (one <= 1).all() for one in shares)


def test_confidence_is_the_probability_of_the_label() -> None:
    """Negative as probable as negative is, positive only if nothing else is negative, neutral if neither."""
    codes = np.array([Label.ANGRY, Label.NEGATIVE, Label.NEUTRAL, Label.POSITIVE], np.uint8)
    unhappy, happy = np.array([[0.9, 0.4, 0.2, 0.1], [0.1, 0.1, 0.25, 0.8]], np.float32)
    assert confidence(codes, unhappy, happy).tolist() == [0.9, 0.4, 0.6, 0.72]


def test_the_model_is_sure_of_plain_cases_and_less_of_doubtful_ones() -> None:
    """An insult is a surer thing than a shrug."""
    value, anger, unhappy, happy = SHIPPED.estimate(*lay_out(["你们就是骗子，太过分了，气死我了", "那随便吧"]))
    sure = confidence(labels(value, anger), unhappy, happy)
    assert sure[0] > 0.9 > sure[1]


def test_saving_and_loading_gives_the_same_estimates_and_bytes(tmp_path: Path) -> None:
    """The file holds all that prediction needs, and is repeatable."""
    model = small_model()
    model.thresholds_ = Thresholds(negative=-0.4)
    model.save(tmp_path / "one.npz")
    loaded = load_model(tmp_path / "one.npz")
    loaded.save(tmp_path / "two.npz")
    laid_out = lay_out(UNHAPPY + PLAIN + PLEASED)
    for mine, theirs in zip(model.estimate(*laid_out), loaded.estimate(*laid_out), strict=True):
        assert mine.tobytes() == theirs.tobytes()
    assert loaded.thresholds_.negative == -0.4
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """The same sentences and package versions give the same file."""
    small_model().save(tmp_path / "one.npz")
    small_model().save(tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_a_small_training_separates_what_it_saw() -> None:
    """Complaints are more negative than anything else it learned from."""
    value = small_model().predict(*lay_out(UNHAPPY + PLAIN + PLEASED))
    assert value[:3].max() < value[3:].min()


@pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x05\x06" + b"\x00" * 18])
def test_a_file_that_is_no_model_is_refused_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    """The message names the file and how to make a model."""
    path = tmp_path / "bad.npz"
    path.write_bytes(content)
    with pytest.raises(OptionError, match=r"bad\.npz is no emotion model.*training"):
        load_model(path)


def test_a_missing_model_file_is_refused() -> None:
    """`--emotion FILE` that does not exist is an option error, not a traceback."""
    with pytest.raises(OptionError, match="nowhere"):
        load_model(Path("nowhere.npz"))


def test_one_class_is_refused() -> None:
    """A model of only negative sentences would be silently bad."""
    with pytest.raises(ValueError, match="one kind"):
        EmotionModel(bits=10).fit(*lay_out(UNHAPPY), targets_of(np.full(3, -1.0), np.zeros(3, dtype=bool)))


def test_targets_of_another_length_are_refused() -> None:
    """One row of targets a turn."""
    with pytest.raises(ValueError, match="shape"):
        EmotionModel(bits=10).fit(*lay_out(UNHAPPY), np.zeros((2, 3), dtype=bool))


def test_parameters_follow_scikit_learn() -> None:
    """clone() works, and an unknown parameter is an error."""
    from sklearn.base import clone

    assert clone(EmotionModel(bits=9, keep=7)).get_params() == EmotionModel(bits=9, keep=7).get_params()
    with pytest.raises(ValueError, match="unknown parameter 'bit'"):
        EmotionModel().set_params(bit=9)


def test_labels_at_the_thresholds() -> None:
    """Thresholds belong to their label; anger counts only in negative turns."""
    value = np.array([-0.301, -0.3, -0.299, 0.299, 0.3, -0.9, 0.5], dtype=np.float32)
    anger = np.array([0.499, 0.5, 0.9, 0, 0, 0.9, 0.9], dtype=np.float32)
    expected = [Label.NEGATIVE, Label.ANGRY, Label.NEUTRAL, Label.NEUTRAL, Label.POSITIVE, Label.ANGRY, Label.POSITIVE]
    assert labels(value, anger, Thresholds(-0.3, 0.3, 0.5)).tolist() == expected


def test_quantising_keeps_the_largest() -> None:
    """Small weights vanish, the largest becomes the highest level."""
    integers, step = quantise(np.array([0.1, -2.0, 1.0, 0.0]), keep=2, levels=100)
    assert integers.tolist() == [0, -100, 50, 0]
    assert step == pytest.approx(0.02)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_snownlp_has_the_same_interface() -> None:
    """The baseline gives values in -1 … +1 for the same arrays, 0 for silence, and no anger."""
    value, anger, *_ = SnowNLPModel().estimate(*lay_out(["这个质量太差了，非常失望", "", "非常好，很满意"]))
    assert value.dtype == np.float32
    assert -1 <= value[0] < 0 == value[1] < value[2] <= 1
    assert not anger.any()
