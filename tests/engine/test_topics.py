"""Words cut in one pass as jieba cuts them, and what they say of a complaint."""

from __future__ import annotations

import logging

import jieba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_analyzer import cutting, topics
from qa_analyzer.emotion.model import lay_out
from qa_analyzer.lexicon import COMPLAINT_TYPES
from qa_analyzer.model import calls_to_columns

from .support import call
from .test_profile import profiled, word

BOOK = cutting.dictionary()
WORDS = [BOOK.word(number) for number in range(BOOK.size)]


@pytest.fixture(scope="module")
def oracle() -> jieba.Tokenizer:
    """jieba itself over the same words and counts."""
    jieba.setLogLevel(logging.WARNING)
    own = jieba.Tokenizer()
    own.initialize()
    counts = dict.fromkeys(own.FREQ, 0)
    for one, weight in zip(WORDS, BOOK.likely.weight.tolist(), strict=True):
        for end in range(1, len(one)):
            counts.setdefault(one[:end], 0)
        counts[one] = round(float(np.exp(weight - BOOK.likely.unknown)))
    own.FREQ, own.total = counts, round(float(np.exp(-BOOK.likely.unknown)))
    return own


def cut(sentence: str) -> list[str]:
    points, starts, ends = lay_out([sentence])
    found = cutting.cut(points, starts, ends)
    return [sentence[start:end] for start, end in zip(found.start, found.end, strict=True)]


SENTENCES = [
    "我要携号转网你们说有合约不让转",
    "报修三天了没有人上门你们到底派没派单",
    "这不归我管",
    "自动续费关不掉",
    "研究生命的起源",
    "南京市长江大桥",
    "退款说三到五个工作日现在十几天了一分钱没见着",
    "",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_sentences_are_cut_as_jieba_cuts_them(oracle: jieba.Tokenizer, sentence: str) -> None:
    """The same words over the same dictionary."""
    assert cut(sentence) == list(oracle.cut(sentence, HMM=False))


@given(st.lists(st.sampled_from([one for one in WORDS[:40_000:97] if one[:1] > "z"]), max_size=8))
def test_any_chain_of_words_is_cut_as_jieba_cuts_it(oracle: jieba.Tokenizer, words: list[str]) -> None:
    """Words run together give the same cut, whether or not the one they were made of."""
    sentence = "".join(words)
    assert cut(sentence) == list(oracle.cut(sentence, HMM=False))


def test_what_is_no_letter_separates_words() -> None:
    """Punctuation and digits stand between words and are none; every letter belongs to one word."""
    assert cut("退款，30元。wifi断网!") == ["退款", "元", "wifi", "断网"]
    assert cut("㐂龘") == ["龘"]  # the first is outside the range of jieba


def test_stretches_do_not_touch() -> None:
    """A word never reaches from one stretch into the next; each word knows its own."""
    points, starts, ends = lay_out(["退", "款", "退款"])
    found = cutting.cut(points, starts, ends)
    assert found.stretch.tolist() == [0, 1, 2]
    assert [BOOK.word(one) for one in found.word] == ["退", "款", "退款"]


def test_names_and_empty_words_say_nothing_of_a_topic() -> None:
    """People's names and stop words are not telling; what calls are about is."""
    telling = BOOK.telling
    number = {one: place for place, one in enumerate(WORDS)}
    assert all(telling[number[one]] for one in ("退款", "断网", "快递员", "违约金", "钱"))
    assert not any(telling[number[one]] for one in ("您好", "我们", "要", "李宁", "今天") if one in number)
    assert not telling[cutting.NO_WORD]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("那个柜员把我的单子一扔，眼皮都不抬一下", "service_attitude"),
        ("上个月的钱你们收了我两遍吧", "price_settlement"),
        ("买来才两天的锅把手就掉了", "product_quality"),
        ("约的是周二来装，等到天黑也没见着人影", "supporting_after_sales"),
        ("签约的时候可没讲两年之内不能注销", "rules_terms"),
        ("我们家对门半夜唱歌，吵得没法睡，这种扰民的事归谁", "other"),
    ],
)
def test_words_tell_the_type_where_no_wording_does(said: str, expected: str) -> None:
    """Said in a way that no wording of the column foresaw, one of each type, written after the training texts."""
    analysis = profiled(call(f"C {said}", "A 您好", call_type="complaint"))
    assert word(COMPLAINT_TYPES, analysis.profile.complaint_type) == expected


def test_who_says_nothing_of_substance_is_unsure_or_other() -> None:
    """Nobody can tell what it is about."""
    for said in ("我就是要投诉到底", "你们看着办吧，我等着"):
        profile = profiled(call(f"C {said}", "A 您好", call_type="complaint")).profile
        assert word(COMPLAINT_TYPES, profile.complaint_type) == "other" or bool(profile.type_unsure[0])


def test_confidence_is_that_of_the_type_and_unsure_below_a_half() -> None:
    """A plain case is sure; an inquiry has no confidence at all."""
    plain = profiled(call("C 你们那个客服态度太恶劣了，还骂我", "A 您好", call_type="complaint")).profile
    assert plain.type_confidence[0] > 0.9
    assert not plain.type_unsure[0]
    asked = profiled(call("C 我想问问话费", "A 您好", call_type="inquiry")).profile
    assert np.isnan(asked.type_confidence[0])
    assert not asked.type_unsure[0]


def test_the_evidence_of_words_is_a_word_the_customer_said() -> None:
    """Where no wording decided, the reason names the word that spoke most for the type."""
    analysis = profiled(call("A 您好", "C 上个月的钱你们收了我两遍吧", call_type="complaint"))
    evidence = analysis.profile.type_evidence
    assert int(evidence.turn[0]) == 1
    assert 0 < int(evidence.end[0] - evidence.start[0]) < 5


def test_the_shipped_classifier_fits_the_types() -> None:
    """Every word of it is in the dictionary; shares add up to one."""
    model = topics.load_topics()
    used = model.row[model.row < len(model.weights) - 1]
    assert len(np.unique(used)) == len(model.weights) - 1
    assert np.allclose(topics.shares(np.array([[1.0, 2, 3, 4, 5, 6], [0] * 6])).sum(axis=1), 1)


def test_a_call_has_the_same_shares_in_any_batch() -> None:
    """Alone and in a crowd, to the last digit."""
    calls = [
        call("C 上个月的钱收了两遍", "A 好", call_id="a", call_type="complaint"),
        call("C 锅把手掉了，等人来修", "A 好", call_id="b", call_type="complaint"),
    ]
    assert calls_to_columns(calls).num_rows == len(calls)
    crowd = profiled(*calls).profile
    for place, one in enumerate(calls):
        assert profiled(one).profile.type_confidence[0] == crowd.type_confidence[place]
