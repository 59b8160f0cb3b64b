"""Each document is in one format, and in no other."""

from __future__ import annotations

from typing import Any

import pytest

from qa_analyzer.readers.vendors import JSON_FORMATS, TEXT_FORMATS, json_format

from . import (
    test_amazon,
    test_azure,
    test_dialogues,
    test_funasr,
    test_google,
    test_subtitles,
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
