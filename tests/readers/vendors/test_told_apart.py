"""Each document is in one format, and in no other."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.vendors import JSON_FORMATS, TEXT_FORMATS, json_format

from . import (
    test_aliyun,
    test_amazon,
    test_azure,
    test_baidu,
    test_conversation,
    test_dashscope,
    test_dialogues,
    test_funasr,
    test_google,
    test_huawei,
    test_iflytek,
    test_subtitles,
    test_tencent,
    test_tingwu,
    test_volcengine,
    test_webpage,
    test_whisper,
)

SAMPLES: list[tuple[str, Any]] = [
    *(("funasr", one) for one in test_funasr.SAMPLES),
    *(("whisper", one) for one in test_whisper.SAMPLES),
    *(("amazon-analytics", one) for one in test_amazon.SAMPLES[:3]),
    *(("amazon-transcribe", one) for one in test_amazon.SAMPLES[3:]),
    *(("azure", one) for one in test_azure.SAMPLES),
    *(("dialogues", one) for one in test_dialogues.SAMPLES),
    *(("google", one) for one in test_google.SAMPLES),
    *(("iflytek", one) for one in test_iflytek.SAMPLES),
    *(("aliyun", one) for one in test_aliyun.SAMPLES),
    *(("dashscope", one) for one in test_dashscope.SAMPLES),
    *(("aliyun-conversation", one) for one in test_conversation.SAMPLES),
    *(("tingwu", one) for one in test_tingwu.SAMPLES),
    *(("tencent", one) for one in test_tencent.SAMPLES),
    *(("volcengine", one) for one in test_volcengine.SAMPLES),
    *(("huawei", one) for one in test_huawei.SAMPLES),
    *(("baidu", one) for one in test_baidu.SAMPLES),
]


def elements(value: Any) -> list[Any]:
    """An array of recordings is read one by one, and known by its elements."""
    return value if isinstance(value, list) and json_format(value[:1]) is None else [value]


@pytest.mark.parametrize(("name", "value"), SAMPLES)
def test_one_format_knows_a_document_and_no_other_does(name: str, value: Any) -> None:
    """Whatever the order of the formats."""
    for one in elements(value):
        assert [form.name for form in JSON_FORMATS if form.matches(one)] == [name]


@pytest.mark.parametrize(
    "value",
    [
        None,
        0,
        "",
        "喂",
        "{",
        [],
        {},
        [[]],
        [[], {}],
        [None],
        {"data": None},
        {"data": {"data": {"data": []}}},
        {"text": "喂"},
        {"results": []},
        {"results": {}},
        {"segments": None},
        {"segments": [1]},
        {"Transcript": "喂"},
        {"phrases": [1]},
        [{"SpeakerId": "1", "Words": "喂"}],
        {"messages": [{"speakers": "喂"}]},
    ],
)
def test_no_format_takes_or_fails_on_anything_else(value: Any) -> None:
    """Looking at a value never raises."""
    assert json_format(value) is None
    assert not any(form.matches(value) for form in JSON_FORMATS)


DAMAGE: list[Any] = [None, "", 0, -1, "x", [], {}, [None], [1], {"a": 1}, True, 1e400, "{", "[1,", [[]], "1e999"]
SAID_SO = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, Unmendable)
"""What `calls` may raise; the caller makes a reason of it."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield (*path, key)
        yield from places(one, (*path, key))


def damaged(value: Any, chance: random.Random) -> Any:
    """The document with something in it lost, or replaced by something else."""
    value = copy.deepcopy(value)
    *way, last = chance.choice(list(places(value)))
    within = value
    for step in way:
        within = within[step]
    if chance.random() < 0.3:
        del within[last]
    else:
        within[last] = copy.deepcopy(chance.choice(DAMAGE))
    return value


@pytest.mark.parametrize("value", [value for _, value in SAMPLES])
def test_a_damaged_document_is_read_or_refused(value: Any) -> None:
    """Looking at it never raises; what reading it raises is understood, and what it gives is calls or reasons."""
    chance = random.Random(17)
    for _ in range(60):
        broken = damaged(value, chance)
        form = json_format(broken)
        for other in JSON_FORMATS:
            other.matches(broken)
        if form is None:
            continue
        try:
            calls = form.calls(broken)
        except SAID_SO:
            continue
        assert all(isinstance(call, Unmendable) or isinstance(call["utterances"], list) for call in calls)


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["subtitles"], test_subtitles.SRT),
        (["subtitles"], test_subtitles.VTT),
        (["html"], test_webpage.table()),
        (["html"], test_webpage.page(test_webpage.table())),
        # written dialogues, tables, JSON
        ([], "客服：您好\n客户：喂\n"),
        ([], "[00:00:01.200 --> 00:00:03.400] 客服：您好\n"),
        ([], "<客服>您好\n<客户>喂\n"),
        ([], "call_id,role,text\nA,客服,<b>您好</b>\n"),
        ([], '{"text": "WEBVTT"}'),
        ([], ""),
    ],
)
def test_one_format_knows_a_text(names: list[str], text: str) -> None:
    """Or none, where it is one of ours."""
    assert [form.name for form in TEXT_FORMATS if form.matches(text)] == names
