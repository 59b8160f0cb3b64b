"""Phrases: notation, gaps, anchors, nested and overlapping hits."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_analyzer.matching import PhraseLists
from qa_analyzer.model import Role
from qa_analyzer.phrases import PhraseError, parse_phrase

from .support import analysed, call, rule, turns_of
from .twin import Turn, heard, hits_of, normal


def spans(text: str, *phrases: str) -> list[str]:
    """What a list of phrases finds in one turn, as given."""
    return found([text], *phrases)


def found(texts: list[str], *phrases: str) -> list[str]:
    """What a list of phrases finds in turns of alternating speakers."""
    lines = [f"{'AC'[place % 2]} {text}" for place, text in enumerate(texts)]
    batch = analysed([call(*lines)], rule({"forbid": {"by": "agent", "says": ["您好"]}})).batch
    lists = PhraseLists()
    number = lists.add(phrases)
    hits = lists.scan(batch.normal, batch.turn_text, batch.turn_role).hits(number).spans
    return ["".join(map(chr, batch.points[start:end])) for start, end in zip(hits.start, hits.end, strict=True)]


@pytest.mark.parametrize(
    ("text", "phrase", "evidence"),
    [
        # blind characters inside a phrase
        ("您，好", "您好", ["您，好"]),
        ("您 … 好", "您好", ["您 … 好"]),
        ("您。好", "您好", []),
        ("您？好", "您好", []),
        # other ways of writing
        ("請您稍等", "请您稍等", ["請您稍等"]),
        ("ＯＫ吗", "ok吗", ["ＯＫ吗"]),
        # alternatives
        ("麻烦您稍等", "(请|麻烦|)您稍等", ["麻烦您稍等"]),
        ("那您稍等", "（请｜麻烦｜）您稍等", ["您稍等"]),
        # one code point before and after
        ("好", "好的", []),
        ("的好", "好的", []),
    ],
)
def test_a_phrase_is_heard(text: str, phrase: str, evidence: list[str]) -> None:
    """As written, blind to white space and commas, in any script and width."""
    assert spans(text, phrase) == evidence


@pytest.mark.parametrize(
    ("text", "phrase", "evidence"),
    [
        ("抱歉没有这回事", "抱歉…没有这回事", ["抱歉没有这回事"]),
        ("抱歉" + "啊" * 12 + "没有", "抱歉…没有", ["抱歉" + "啊" * 12 + "没有"]),
        ("抱歉" + "啊" * 13 + "没有", "抱歉…没有", []),
        ("抱歉" + "，" * 13 + "没有", "抱歉…没有", []),
        ("抱歉。没有", "抱歉…没有", []),
        ("抱歉。" + "啊" * 40 + "没有", "抱歉……没有", ["抱歉。" + "啊" * 40 + "没有"]),
        ("甲一乙二丙", "甲…乙…丙", ["甲一乙二丙"]),
        # the shortest span
        ("抱歉抱歉没有没有", "抱歉…没有", ["抱歉没有"]),
        ("稍等好吗", "稍等…(好|好吗)", ["稍等好"]),
        # a nearer part must not hide the one within reach of the next
        ("甲乙" + "啊" * 8 + "乙" + "啊" * 8 + "丙", "甲…乙…丙", ["甲乙" + "啊" * 8 + "乙" + "啊" * 8 + "丙"]),
    ],
)
def test_a_gap_is_twelve_code_points_of_one_sentence_or_the_rest_of_the_turn(
    text: str, phrase: str, evidence: list[str]
) -> None:
    """`…` stays in its sentence, `……` in its turn; evidence is the shortest span."""
    assert spans(text, phrase) == evidence


def test_a_gap_never_crosses_turns() -> None:
    """What another speaker, or the next turn, says is not part of a phrase."""
    assert found(["抱歉", "没有", "没有"], "抱歉……没有", "抱歉…没有", "抱歉没有") == []


def test_a_hit_inside_a_longer_one_is_dropped() -> None:
    """非常抱歉 holds 抱歉."""
    assert spans("非常抱歉", "抱歉", "非常抱歉") == ["非常抱歉"]


def test_of_overlapping_hits_the_leftmost_stays() -> None:
    """甲乙 stays, 乙丙 goes, and 丙丁, which only overlapped 乙丙, stays."""
    assert spans("甲乙丙丁", "甲乙", "乙丙", "丙丁") == ["甲乙", "丙丁"]


@pytest.mark.parametrize(
    ("text", "phrase", "evidence"),
    [
        ("喂您好", "^喂您", ["喂您"]),
        ("，喂您好", "^喂您", ["喂您"]),
        ("您喂您好", "^喂您", []),
        ("我挂了。", "挂了$", ["挂了"]),
        ("挂了吧", "挂了$", []),
        ("您好您好请问", "^您好…请问", ["您好您好请问"]),
        ("挂了挂了", "我…挂了$", []),
    ],
)
def test_anchors_stand_for_the_ends_of_the_turn(text: str, phrase: str, evidence: list[str]) -> None:
    """Punctuation aside."""
    assert spans(text, phrase) == evidence


def test_an_event_is_no_speech_but_counts_in_a_gap() -> None:
    """Its words are not heard; its length is that of the text as given."""
    assert spans("（抱歉）您好", "抱歉") == []
    assert spans("抱歉（笑）没有", "抱歉…没有") == ["抱歉（笑）没有"]
    assert spans("抱歉（笑）没有", "抱歉没有") == ["抱歉（笑）没有"]


@pytest.mark.parametrize(
    "phrase", ["", "…好", "好…", "(好|)", "好[的]", "好(的", "好)的", "好|的", "好*", "😀好", "，"]
)
def test_a_phrase_that_means_nothing_is_an_error(phrase: str) -> None:
    """Whether it can match nothing or is not well formed."""
    with pytest.raises(PhraseError):
        parse_phrase(phrase)


def test_a_phrase_of_one_character_is_told_from_longer_ones() -> None:
    """Because it needs `word: true`."""
    assert parse_phrase("(喂|你好)").is_one_character
    assert not parse_phrase("喂…好").is_one_character


TEXT = st.lists(
    st.sampled_from([*"甲乙丙丁", "甲", "乙", "，", "。", "啊" * 5, "啊" * 12, "啊" * 13]), max_size=14
).map("".join)
PART = st.sampled_from(["甲", "乙", "丙", "甲乙", "乙丙", "甲甲", "(甲|甲乙|丙)", "(|甲)乙", "乙(|丙丁)"])
NOTATION = st.lists(st.tuples(PART, st.sampled_from(["…", "……"])), min_size=1, max_size=3).map(
    lambda parts: "".join(part + gap for part, gap in parts).rstrip("…")
)


@settings(max_examples=400, deadline=None)
@given(TEXT, st.lists(NOTATION, min_size=1, max_size=3))
def test_phrases_find_what_plain_search_finds(text: str, phrases: list[str]) -> None:
    """Of one phrase every hit, of a list those that are neither nested nor overlapped."""
    turn = Turn(Role.AGENT.code, [], text, normal(text))
    assert spans(text, phrases[0]) == [text[a:b] for a, b in hits_of(turn, phrases[:1])]
    assert spans(text, *phrases) == [text[a:b] for a, b in hits_of(turn, phrases)]
    assert all(text[a:b] in text for a, b in heard(turn, phrases[0]))


def test_an_empty_text_holds_no_phrase() -> None:
    """Nor does it fail."""
    assert spans("", "甲乙") == []
    assert turns_of("A") == [("A", "")]
