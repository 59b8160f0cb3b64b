"""Word boundaries: the quick way to find them gives what the tokenizer gives."""

from __future__ import annotations

from itertools import accumulate

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qa_analyzer.words import _bounds, cut

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
PIECES += ["退款", "的", "了", "吗", "好的", "嗯", "您", "我", "订单", "还没", "abc", "5G", "12315", "装修", "无语"]
PIECES += ["神经内科", "翻滚", "一下", "好吧", "行不行", "对不起", "营业厅"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join))
@example("没关系统故障")
@example("打10086查5g套餐")
def test_bounds_are_those_of_the_tokenizer(sentence: str) -> None:
    """The same cuts for Chinese, and where letters and digits stand between."""
    assert _bounds(sentence) == {0, *accumulate(map(len, cut(sentence)))}


@pytest.mark.parametrize(("sentence", "place"), [("没关系统故障", 1), ("有病在身", 2)])
def test_a_word_may_hide_another(sentence: str, place: int) -> None:
    """没关|系统故障, not 没|关系; 有病在身 is one word of the project's dictionary or cut between its parts."""
    assert place in _bounds(sentence) or sentence in cut(sentence)
