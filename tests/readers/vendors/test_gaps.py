"""Gaps in a vendor's document: a time that is missing costs the time, not the call; a missing key is told in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .reading import read_json, told

HELLO, PROBLEM = "您好，自来水公司。", "我家停水了。"
ALIYUN = {
    "Result": {
        "Sentences": [
            {"BeginTime": "300", "EndTime": "1900", "Text": HELLO, "ChannelId": "0"},
            {"BeginTime": None, "EndTime": "", "Text": PROBLEM, "ChannelId": "1"},
        ],
        "Words": [{"Word": "您好", "BeginTime": None, "EndTime": 800, "ChannelId": 0}],
    }
}
FUNASR = [
    {
        "key": "r1",
        "text": HELLO + PROBLEM,
        "sentence_info": [
            {"text": HELLO, "start": 300, "end": 1900, "timestamp": [[300, None]], "spk": 0},
            {"text": PROBLEM, "start": None, "end": "", "timestamp": None, "spk": 1},
        ],
    }
]
VOLCENGINE = {
    "result": {
        "utterances": [
            {
                "text": HELLO,
                "start_time": 300,
                "end_time": 1900,
                "words": [{"text": "您", "start_time": "", "end_time": 1}],
            },
            {"text": PROBLEM, "start_time": None, "end_time": None, "words": []},
        ]
    }
}


@pytest.mark.parametrize("document", [ALIYUN, FUNASR, VOLCENGINE], ids=["aliyun", "funasr", "volcengine"])
def test_a_time_that_is_missing_costs_only_the_time(tmp_path: Path, document: Any) -> None:
    result = read_json(tmp_path, document)
    assert not result.rejected
    assert [(one[2], one[3], one[4]) for one in told(result)] == [(300, 1900, HELLO), (None, None, PROBLEM)]


def test_a_missing_key_is_named_without_words_of_the_program(tmp_path: Path) -> None:
    sentences = [{"BeginTime": 0, "EndTime": 900, "Text": HELLO}, {"BeginTime": 0, "Text": PROBLEM}]
    document = {"Result": {"Sentences": sentences}}
    (rejected,) = read_json(tmp_path, document).rejected
    assert "缺少 endtime" in rejected.reason
    assert "Error" not in rejected.reason


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (
            {
                "Response": {
                    "Error": {"Code": "FailedOperation.NoSuchTask", "Message": "task not found"},
                    "RequestId": "r",
                }
            },
            "没有成功（FailedOperation.NoSuchTask task not found）",
        ),
        (
            {"TranscriptionJob": {"TranscriptionJobName": "j", "TranscriptionJobStatus": "IN_PROGRESS"}},
            "还没有完成（IN_PROGRESS）",
        ),
        ({"TranscriptionJob": {"TranscriptionJobName": "j", "TranscriptionJobStatus": "FAILED"}}, "没有成功（FAILED）"),
    ],
)
def test_a_task_without_a_result_says_what_to_do(tmp_path: Path, document: Any, reason: str) -> None:
    """To wait for one that runs is another advice than to recognise again what failed."""
    (rejected,) = read_json(tmp_path, document).rejected
    assert reason in rejected.reason
