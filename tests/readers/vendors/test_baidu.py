"""Baidu: tasks of file transcription, speech inspection."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..calls import read
from .reading import read_json, told, words


def _part(begin: int, end: int, text: Any, **more: Any) -> dict[str, Any]:
    return {"res": [text], "begin_time": begin, "end_time": end, "words_info": [], "sn": "s", "corpus_no": "7", **more}


PARTS = [_part(100, 1900, "您好，银行客服。"), _part(2100, 4000, "我的卡被吞了。")]
TOLD = [
    ("unknown", None, 100, 1900, "您好，银行客服。"),
    ("unknown", None, 2100, 4000, "我的卡被吞了。"),
]
RESULT = {
    "result": ["您好，银行客服。我的卡被吞了。"],
    "audio_duration": 5000,
    "detailed_result": PARTS,
    "corpus_no": "7",
}
TASK = {"task_status": "Success", "task_id": "t17", "task_result": RESULT}
FAILED = {
    "task_status": "Failure",
    "task_id": "t18",
    "task_result": {"err_no": 3301, "err_msg": "speech quality error"},
}
RUNNING = {"task_status": "Running", "task_id": "t19"}
INSPECTED = {
    "error_code": 0,
    "result": {
        "session_id": "s17",
        "state": 2,
        "state_desc": "处理成功",
        "asr_text": "您好，银行客服。 我的卡被吞了。",
        "asr_result": [
            {"sentence": "您好，银行客服。", "speaker_id": 0, "begin_time": 100, "end_time": 1900, "voice_speed": 4},
            {"sentence": "我的卡被吞了。", "speaker_id": 1, "begin_time": 2100, "end_time": 4000, "voice_speed": 3},
        ],
    },
}
SAMPLES: list[Any] = [
    *({"log_id": 1, "tasks_info": [TASK, FAILED]}, TASK, RESULT, RUNNING, INSPECTED, {"code": 0, "data": TASK}),
    {"code": 0, "data": json.dumps({"tasks_info": [TASK]})},
]


@pytest.mark.parametrize(
    "value",
    [
        {"log_id": 12345678, "tasks_info": [TASK]},
        {"log_id": 12345678, "tasks_info": [{**TASK, "task_result": json.dumps(RESULT)}]},
        TASK,
        RESULT,
        {"task_status": "Success", "task_id": "t", "task_result": {**RESULT, "detailed_result": json.dumps(PARTS)}},
        {"code": 0, "data": json.dumps({"tasks_info": [TASK]})},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_the_parts_of_a_result_are_utterances(tmp_path: Path, value: Any, indent: int | None) -> None:
    """In every envelope; the length of the recording is its end."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == TOLD
    call = result.calls[0]
    assert (result.ids, call["source_format"], call["ended_ms"]) == (["call_17"], "baidu", 5000)


def test_several_tasks_are_several_calls(tmp_path: Path) -> None:
    """Named by their numbers; those that failed or run are rejected with the reason."""
    result = read_json(tmp_path, {"tasks_info": [TASK, FAILED, RUNNING, {**TASK, "task_id": "t20"}]})
    assert result.ids == ["t17", "t20"]
    assert "没有成功（Failure 3301 speech quality error）" in result.reasons[0]
    assert "还没有完成（Running）" in result.reasons[1]


def test_a_text_or_guesses_at_it(tmp_path: Path) -> None:
    """The first guess counts; times may be strings; one part may stand alone."""
    parts = {**_part(0, 900, ""), "res": "喂？", "begin_time": "0", "end_time": "900"}
    assert told(read_json(tmp_path, {**RESULT, "detailed_result": parts})) == [("unknown", None, 0, 900, "喂？")]
    guesses = {**_part(0, 900, ""), "res": ["喂？", "为？"]}
    assert told(read_json(tmp_path, {**RESULT, "detailed_result": [guesses]})) == [("unknown", None, 0, 900, "喂？")]


@pytest.mark.parametrize(
    ("first", "second", "speakers"),
    [
        ({"speaker_id": 0}, {"speaker_id": 1}, ["0", "1"]),
        ({"channel": 0}, {"channel": 1}, ["ch0", "ch1"]),
        ({"channel_id": "0", "speaker": "1"}, {"channel_id": "1", "speaker": "2"}, ["ch0", "ch1"]),
    ],
)
def test_voices_and_channels(tmp_path: Path, first: Any, second: Any, speakers: list[str]) -> None:
    """Where they are told."""
    value = {**RESULT, "detailed_result": [{**PARTS[0], **first}, {**PARTS[1], **second}]}
    assert [one[1] for one in told(read_json(tmp_path, value))] == speakers


def test_words_have_their_times(tmp_path: Path) -> None:
    """Where they are told."""
    spoken = [
        {"words": "您好", "begin_time": 0, "end_time": 400},
        {"words": "请讲", "begin_time": 500, "end_time": 900},
    ]
    value = {**RESULT, "detailed_result": [_part(0, 900, "您好，请讲。", words_info=spoken)]}
    assert words(read_json(tmp_path, value)) == [[("您好", 0), ("请讲", 500)]]


def test_a_result_without_parts_is_one_utterance(tmp_path: Path) -> None:
    """Its times are not known."""
    value = {**TASK, "task_result": {"result": ["您好"], "audio_duration": 900}}
    assert told(read_json(tmp_path, value)) == [("unknown", None, None, None, "您好")]


@pytest.mark.parametrize("value", [INSPECTED, INSPECTED["result"]])
def test_speech_inspection_tells_voices(tmp_path: Path, value: Any) -> None:
    """They count from 0."""
    assert [one[1:] for one in told(read_json(tmp_path, value))] == [
        ("0", 100, 1900, "您好，银行客服。"),
        ("1", 2100, 4000, "我的卡被吞了。"),
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (RUNNING, "还没有完成（Running）"),
        ({"log_id": 1, "task_status": "Created", "task_id": "t"}, "还没有完成（Created）"),
        (FAILED, "没有成功（Failure 3301"),
        ({"tasks_info": [FAILED]}, "没有成功（Failure 3301"),
        ({**RESULT, "result": [""], "detailed_result": []}, "没有一句话"),
        ({"result": {"session_id": "s", "state": 1, "state_desc": "执行中"}}, "还没有完成（1 执行中）"),
        ({"result": {"session_id": "s", "state": 7, "state_desc": "下载失败"}}, "没有成功（7 下载失败）"),
        ({**RESULT, "detailed_result": [{"res": ["喂"], "begin_time": "早", "end_time": 3}]}, "百度"),
        ({**RESULT, "detailed_result": [{"res": ["喂"]}]}, "百度"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """Failed, unfinished, silent, or of another layout."""
    result = read_json(tmp_path, value)
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]


def test_a_file_cut_in_the_middle_is_rejected(tmp_path: Path) -> None:
    """Its end is missing, and the reason says so."""
    path = tmp_path / "cut.json"
    path.write_text(json.dumps(TASK, ensure_ascii=False, indent=1)[:200], encoding="utf-8")
    assert "没有写完" in read(path).reasons[0]
