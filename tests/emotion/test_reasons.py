"""Why a value: the parts add up, and belong to the words that were said."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_analyzer.emotion import features
from qa_analyzer.emotion.model import HEADS, Head, lay_out, load_model
from qa_analyzer.emotion.reasons import MOST_WORDS, WORDS, Part, _logit, _seen, explain

SHIPPED = load_model()
SENTENCES = [
    "我打了三次电话都没人管，你们这服务也太差了吧！",
    "太感谢你了，总算解决了，之前真是把我气死了",
    "嗯",
    "。。。",
    "",
    "订单号是１２３４５６７８，对，12 34",
    "我要投訴，你們根本沒人處理😡",
    "那就这样吧" * 300,
]
SPOKEN = st.text(st.sampled_from("我不满意太差了谢您好退款，。！？12 3ａA😡"), max_size=40)


def parts_of(sentence: str) -> tuple[float, list[Part]]:
    points, starts, ends = lay_out([sentence])
    value = float(SHIPPED.predict(points, starts, ends)[0])
    return value, explain(SHIPPED, points, int(starts[0]), int(ends[0]))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_parts_add_up_to_the_value(sentence: str) -> None:
    """Exactly, in thousandths."""
    value, parts = parts_of(sentence)
    assert sum(part.thousandths for part in parts) == round(value * 1000)


@given(SPOKEN)
def test_the_parts_of_any_turn_add_up(sentence: str) -> None:
    """Whatever is said."""
    value, parts = parts_of(sentence)
    assert sum(part.thousandths for part in parts) == round(value * 1000)


@given(SPOKEN)
def test_a_logit_in_parts_is_the_logit_the_model_used(sentence: str) -> None:
    """The n-grams counted one by one for the reasons weigh what the column operation found."""
    points, starts, ends = lay_out([sentence])
    for name in HEADS:
        head: Head = getattr(SHIPPED, name + "_")
        sums, lengths = features.weigh(points, starts, ends, head.weights)
        turn = points[int(starts[0]) : int(ends[0])]
        whole = _logit(head, _seen(turn), len(turn))
        if lengths[0]:
            assert whole.total == pytest.approx(float(head.logits(sums, lengths)[0]), abs=1e-9)


def test_the_words_named_are_those_that_moved_it() -> None:
    """What a listener would name comes first, with the right sign, at its place in the turn."""
    sentence = "喂，你们这服务太差了"
    _, parts = parts_of(sentence)
    assert "太差" in sentence[parts[0].start : parts[0].end]
    assert parts[0].thousandths < 0
    thanks = "谢谢你，解决得很快"
    first = parts_of(thanks)[1][0]
    assert "谢谢" in thanks[first.start : first.end]
    assert first.thousandths > 0


def test_words_do_not_overlap_and_are_few() -> None:
    """At most `MOST_WORDS` stretches, each of some characters of the turn, none twice."""
    sentence = "".join(SENTENCES[:2])
    spans = sorted((part.start, part.end) for part in parts_of(sentence)[1] if part.kind == WORDS)
    assert 2 < len(spans) <= MOST_WORDS
    assert all(first < last <= len(sentence) for first, last in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_a_turn_that_only_listens_says_so() -> None:
    """Where the call lifts a listening word to neutral, that is a part of its own."""
    points, starts, ends = lay_out(["投诉投诉投诉"])
    parts = explain(SHIPPED, points, int(starts[0]), int(ends[0]), value=0.0)
    assert sum(part.thousandths for part in parts) == 0
    assert parts[-1].kind == "listening"
    assert parts[-1].thousandths > 0


def test_a_turn_without_words_has_no_parts() -> None:
    """Nothing was said, nothing moved."""
    for silent in ("", "，。……"):
        points, starts, ends = lay_out([silent])
        assert explain(SHIPPED, points, int(starts[0]), int(ends[0])) == []
    assert np.allclose(SHIPPED.predict(*lay_out(["", "，。"])), 0)
