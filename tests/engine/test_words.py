"""Word boundaries: the quick way to find them gives what the tokenizer gives."""

from __future__ import annotations

from itertools import accumulate, combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_analyzer import text as characters
from qa_analyzer.phrases import Spans
from qa_analyzer.words import Surroundings, cut, on_word_boundaries

PIECES = [
    "系统故障",
    "没关系",
    "不归我管",
    "喂",
    "滚动",
    "有病在身",
    "请问",
    "有什么",
    "可以",
    "帮您",
    "这个",
    "就是说",
]
PIECES += ["退款", "的", "了", "吗", "好的", "嗯", "您", "我", "订单", "还没", "装修", "无语"]
PIECES += ["神经内科", "翻滚", "一下", "好吧", "行不行", "对不起", "营业厅"]


def cut_out(sentence: str, places: list[tuple[int, int]]) -> list[bool]:
    """Whether each stretch of a sentence, which stands inside a longer text, is cut out as words."""
    text = characters.normalise(characters.to_points(f"a{sentence}a"))
    start, end = (np.array(column, np.int64) for column in zip(*places, strict=True))
    spans = Spans(start + 1, end + 1, np.zeros(len(start), np.int64))

    def around(spans: Spans, _width: int) -> Surroundings:
        return Surroundings(
            text, np.ones_like(spans.start), spans.start, spans.end, np.full_like(spans.end, len(text) - 1)
        )

    return [bool(one) for one in on_word_boundaries(text, spans, around)]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join))
@example("没关系统故障")
def test_boundaries_are_those_of_the_tokenizer(sentence: str) -> None:
    """Every stretch of a Chinese sentence: on boundaries where the tokenizer cuts at both ends."""
    bounds = {0, *accumulate(map(len, cut(sentence)))}
    places = list(combinations(range(len(sentence) + 1), 2))
    assert cut_out(sentence, places) == [{start, end} <= bounds for start, end in places]


@pytest.mark.parametrize(
    ("sentence", "words", "expected"),
    [
        ("没关系统故障", "没", True),
        ("没关系统故障", "没关系", False),
        ("有病在身", "有病", False),
        ("打10086查5g套餐", "打", True),
        ("打10086查5g套餐", "查", True),
        ("打10086查5g套餐", "10086查", True),
        ("打10086查5g套餐", "查5", False),
        ("打10086查5g套餐", "5g套", False),
    ],
)
def test_a_word_may_hide_another(sentence: str, words: str, expected: bool) -> None:
    """没|关|系统故障, not 没关系; runs of letters and digits are words of their own."""
    start = sentence.index(words)
    assert cut_out(sentence, [(start, start + len(words))]) == [expected]
