"""Aliyun conversation analysis: tasks, results, reviews, uploads, CCAI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .reading import read_json, told

SAID: list[dict[str, Any]] = [
    {"begin": 0, "end": 1900, "hourMinSec": "00:00", "role": "客服", "identity": "客服", "words": "您好，物业服务。"},
    {"begin": 2100, "end": 4000, "hourMinSec": "00:02", "role": "客户", "identity": "客户", "words": "电梯又停了。"},
]
TOLD = [
    ("agent", None, 0, 1900, "您好，物业服务。"),
    ("customer", None, 2100, 4000, "电梯又停了。"),
]


def _capital(one: dict[str, Any]) -> dict[str, Any]:
    return {key[0].upper() + key[1:]: value for key, value in one.items()}


CAPITAL = [_capital(one) for one in SAID]
RESULT = {
    "TaskId": "t1",
    "AsrResult": {"AsrResult": CAPITAL},
    "Agent": {"Id": "A17", "Name": "林小满", "SkillGroup": "物业一组"},
    "Recording": {"Name": "rec_0913.wav", "CallId": "c-0913", "CallTime": "2026-03-02 10:15:00"},
}
CCAI = {
    "data": {
        "taskId": "t1",
        "taskStatus": "FINISH",
        "taskErrorMessage": "",
        "asrResult": [
            {
                "begin": 0,
                "end": 1900,
                "role": "agent",
                "words": "您好，物业服务。",
                "speechRate": 220,
                "emotionValue": 5,
            },
            {"begin": 2100, "end": 4000, "role": "user", "words": "电梯又停了。", "speechRate": 180, "emotionValue": 7},
        ],
    },
    "success": "True",
}
CHAT = {
    "dialogue": {
        "sessionId": "s1",
        "sentences": [{"role": "agent", "text": "您好。"}, {"role": "user", "text": "在吗"}],
    }
}
TICKETS = {"appKey": "1", "tickets": [{"tid": "w1", "dialogue": SAID}, {"tid": "w2", "dialogue": SAID}]}
SAMPLES: list[Any] = [
    *(
        {"ruleList": [1], "dialogues": SAID},
        {"Data": {"Dialogues": CAPITAL}},
        {"Data": {"Dialogues": {"Dialogue": CAPITAL}}},
    ),
    *({"Data": {"ResultInfo": [RESULT]}}, CCAI, CHAT, TICKETS, SAID),
    {"data": json.dumps({"dialogues": SAID})},
    {"data": {"taskId": "t", "taskStatus": "QUEUE", "taskErrorMessage": ""}},
]


@pytest.mark.parametrize(
    "value",
    [
        {"ruleList": [9771], "dialogues": SAID},
        {"Code": "200", "Data": {"Status": 1, "Vid": "v", "Dialogues": CAPITAL}},
        {"Code": "200", "Data": {"Dialogues": {"Dialogue": CAPITAL}}},
        {"code": "200", "data": json.dumps({"dialogues": SAID})},
        SAID,
        CCAI,
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_roles_are_told(tmp_path: Path, value: Any, indent: int | None) -> None:
    """By `role`, in every envelope, with capitals or without."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == TOLD
    assert (result.ids, result.calls[0]["source_format"]) == (["call_17"], "aliyun-conversation")


def test_results_tell_the_call_and_its_agent(tmp_path: Path) -> None:
    """One call each, whose number is the telephone system's; without a dialogue it is rejected."""
    value = {"Data": {"ResultInfo": [RESULT, {"TaskId": "t2", "ErrorMessage": "下载录音失败"}]}}
    result = read_json(tmp_path, value)
    assert told(result) == TOLD
    call = result.calls[0]
    assert result.ids == ["c-0913"]
    assert (call["agent_id"], call["agent_name"], call["team"]) == ("A17", "林小满", "物业一组")
    assert call["started_at"] == "2026-03-02T10:15:00+08:00"
    assert "没有成功（下载录音失败）" in result.reasons[0]


def test_tickets_are_calls_with_their_numbers(tmp_path: Path) -> None:
    """As they were uploaded; a word of the day tells when the recording began."""
    said = [
        {**SAID[0], "begin": 500, "beginTime": 1772417700500, "identity": "0571"},
        {**SAID[1], "beginTime": 1772417702100, "identity": "k@example.cn"},
    ]
    result = read_json(tmp_path, {"tickets": [{"tid": "w1", "dialogue": said}, {"tid": 2, "dialogue": SAID}]})
    assert result.ids == ["w1", "2"]
    assert result.calls[0]["started_at"] == "2026-03-02T10:15:00+08:00"
    assert result.calls[0]["agent_id"] == "0571"
    assert [one[:2] for one in told(result)] == [("agent", "0571"), ("customer", "k@example.cn")]
    assert result.calls[1]["agent_id"] is None


def test_a_chat_has_no_times(tmp_path: Path) -> None:
    """CCAI is given texts, too."""
    assert told(read_json(tmp_path, CHAT)) == [
        ("agent", None, None, None, "您好。"),
        ("customer", None, None, None, "在吗"),
    ]


def test_an_end_may_be_missing(tmp_path: Path) -> None:
    """And times may be strings."""
    said = [{key: value for key, value in one.items() if key != "end"} | {"begin": str(one["begin"])} for one in SAID]
    assert [one[2:4] for one in told(read_json(tmp_path, {"dialogues": said}))] == [(0, None), (2100, None)]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"data": {"taskId": "t", "taskStatus": "QUEUE", "taskErrorMessage": ""}}, "还没有完成（QUEUE）"),
        (
            {"data": {"taskId": "t", "taskStatus": "ERROR", "taskErrorMessage": "音频无法下载"}},
            "没有成功（ERROR 音频无法下载）",
        ),
        ({"data": {"taskId": "t", "taskStatus": "FINISH", "asrResult": [], "text": ""}}, "没有一句话"),
        ({"dialogues": [{**SAID[0], "words": ""}]}, "没有一句话"),
        ({"dialogues": [{**SAID[0], "begin": "早上"}]}, "阿里云"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """Failed, unfinished, silent, or of another layout."""
    result = read_json(tmp_path, value)
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]
