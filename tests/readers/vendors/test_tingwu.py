"""Tingwu: paragraphs of voices, cut into sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .reading import read_json, told, words


def _word(sentence: int, start: int, text: str) -> dict[str, Any]:
    return {"Id": start, "SentenceId": sentence, "Start": start, "End": start + 300, "Text": text}


PARAGRAPHS = [
    {
        "ParagraphId": "1",
        "SpeakerId": "1",
        "Words": [_word(1, 100, "您好，"), _word(1, 500, "请讲。"), _word(2, 900, "喂？")],
    },
    {"ParagraphId": "2", "SpeakerId": "2", "Words": [_word(3, 2000, "我"), _word(3, 2300, "要退货。")]},
]
RESULT = {
    "TaskId": "t17",
    "Transcription": {"AudioInfo": {"Size": 9, "Duration": 5000, "Language": "cn"}, "Paragraphs": PARAGRAPHS},
}
TASK = {"Code": "0", "Data": {"TaskId": "t", "TaskStatus": "COMPLETED", "Result": {"Transcription": "https://x.cn/a"}}}
SAMPLES: list[Any] = [RESULT, TASK, {"code": 0, "data": RESULT}]


@pytest.mark.parametrize("value", [RESULT, {"code": 0, "data": RESULT}, {"Paragraphs": PARAGRAPHS}])
def test_sentences_of_paragraphs_are_utterances(tmp_path: Path, value: Any) -> None:
    """Each with the voice of its paragraph."""
    result = read_json(tmp_path, value)
    assert told(result) == [
        ("unknown", "1", 100, 800, "您好，请讲。"),
        ("unknown", "1", 900, 1200, "喂？"),
        ("unknown", "2", 2000, 2600, "我要退货。"),
    ]
    assert words(result)[2] == [("我", 2000), ("要退货。", 2300)]
    assert result.calls[0]["ended_ms"] == (None if "Paragraphs" in value else 5000)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (TASK, "不是转写结果"),
        ({"Data": {"TaskId": "t", "TaskStatus": "ONGOING", "TaskKey": "k"}}, "还没有完成（ONGOING）"),
        (
            {"Data": {"TaskId": "t", "TaskStatus": "FAILED", "ErrorCode": "TSC.AudioFormat"}},
            "没有成功（FAILED TSC.AudioFormat）",
        ),
        ({"Transcription": {"Paragraphs": [{"ParagraphId": "1", "Words": []}]}}, "没有一句话"),
        ({"Transcription": {"Paragraphs": [{"ParagraphId": "1", "Words": [{"Text": "喂"}]}]}}, "听悟"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """A task is not its result; failed, unfinished, silent, or of another layout."""
    result = read_json(tmp_path, value)
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]
