"""Huawei Cloud: SIS answers, the fast version, real time; calls of the contact centre."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..calls import read
from .reading import read_json, told, words


def _segment(start: int, end: int, text: str, role: str | None = None, **more: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"text": text, "score": 0.9, **more}
    if role:
        result["analysis_info"] = {"role": role, "emotion": "NORMAL", "speed": 3.2}
    return {"start_time": start, "end_time": end, "result": result}


SEGMENTS = [_segment(100, 1900, "您好，电力服务。", "AGENT"), _segment(2100, 4000, "又停电了。", "USER")]
TOLD = [
    ("agent", None, 100, 1900, "您好，电力服务。"),
    ("customer", None, 2100, 4000, "又停电了。"),
]
ANSWER = {
    "job_id": "j17",
    "status": "FINISHED",
    "create_time": "2026-03-02T10:15:00.000Z",
    "audio_duration": 5000,
    "segments": SEGMENTS,
}
FAST = {
    "trace_id": "t",
    "audio_duration": 5000,
    "flash_result": [
        {"channel_id": 0, "sentences": [_segment(100, 1900, "您好，电力服务。")]},
        {"channel_id": 1, "sentences": [_segment(1800, 4000, "又停电了。")]},
    ],
}
SESSION = [
    {"resp_type": "START", "trace_id": "t"},
    {"resp_type": "RESULT", "trace_id": "t", "segments": [{**_segment(100, 900, "您好"), "is_final": False}]},
    {"resp_type": "RESULT", "trace_id": "t", "segments": [{**SEGMENTS[0], "is_final": True}]},
    {"resp_type": "RESULT", "trace_id": "t", "segments": [{**SEGMENTS[1], "is_final": True}]},
    {"resp_type": "END", "trace_id": "t"},
]
INSPECTED = {
    "call_id": "17af-0913",
    "call_time": 1772417700,
    "staff_name": "林小满",
    "left_channel": "customer",
    "right_channel": "staff",
    "duration": 5.5,
    "segments": [
        {"start_time": 0.1, "end_time": 1.9, "asr_text": "您好，电力服务。", "speaker": "staff", "segment_id": 1},
        {"start_time": 1.8, "end_time": 4.0, "asr_text": "又停电了。", "speaker": "customer", "segment_id": 2},
    ],
}
SAMPLES: list[Any] = [
    *(ANSWER, FAST, SESSION, SESSION[2], INSPECTED, {"code": 0, "data": ANSWER}, SEGMENTS),
    {"status": "WAITING", "create_time": "2026-03-02T10:15:00.000Z"},
]


@pytest.mark.parametrize(
    "value", [ANSWER, {"segments": SEGMENTS}, {"code": 0, "data": json.dumps(ANSWER)}, SESSION, SEGMENTS]
)
@pytest.mark.parametrize("indent", [None, 1])
def test_segments_tell_roles(tmp_path: Path, value: Any, indent: int | None) -> None:
    """AGENT and USER; of real time only what is final."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == TOLD
    assert (result.ids, result.calls[0]["source_format"]) == (["call_17"], "huawei")
    assert result.calls[0]["overlaps"] == "hidden"


def test_the_length_of_the_recording_is_its_end(tmp_path: Path) -> None:
    """ms in SIS."""
    assert read_json(tmp_path, ANSWER).calls[0]["ended_ms"] == 5000


def test_voices_of_a_meeting_have_no_role(tmp_path: Path) -> None:
    """speaker1 … speaker10; without analysis nobody is named, without a result nothing was said."""
    segments = [
        _segment(0, 900, "甲。", "speaker1"),
        _segment(900, 1900, "乙。", "speaker2"),
        _segment(2000, 2100, "丙。"),
        {"start_time": 2200, "end_time": 2300},
    ]
    result = read_json(tmp_path, {"segments": segments})
    assert [one[:2] for one in told(result)] == [("unknown", "speaker1"), ("unknown", "speaker2"), ("unknown", None)]


def test_words_have_their_times(tmp_path: Path) -> None:
    """From the start of the recording."""
    spoken = [
        {"word": "您好", "start_time": 100, "end_time": 400},
        {"word": "请讲", "start_time": 500, "end_time": 900},
    ]
    value = {"segments": [_segment(100, 900, "您好，请讲。", "AGENT", word_info=spoken)]}
    assert words(read_json(tmp_path, value)) == [[("您好", 100), ("请讲", 500)]]


def test_channels_of_the_fast_version(tmp_path: Path) -> None:
    """Each is a speaker; overlaps show."""
    result = read_json(tmp_path, FAST)
    assert [one[1:4] for one in told(result)] == [("ch0", 100, 1900), ("ch1", 1800, 4000)]
    assert (result.calls[0]["overlaps"], result.calls[0]["ended_ms"]) == (None, 5000)


def test_a_call_of_the_contact_centre(tmp_path: Path) -> None:
    """Times in s; who is who, whose channel is which, when it was."""
    result = read_json(tmp_path, INSPECTED)
    assert told(result) == [
        ("agent", None, 100, 1900, "您好，电力服务。"),
        ("customer", None, 1800, 4000, "又停电了。"),
    ]
    call = result.calls[0]
    assert (result.ids, call["agent_name"], call["ended_ms"]) == (["17af-0913"], "林小满", 5500)
    assert call["started_at"] == "2026-03-02T10:15:00+08:00"
    assert call["overlaps"] is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"status": "WAITING", "create_time": "2026-03-02T10:15:00.000Z"}, "还没有完成（WAITING）"),
        ({"status": "ERROR", "create_time": "2026-03-02T10:15:00.000Z"}, "没有成功（ERROR）"),
        ({"status": "FINISHED", "create_time": "2026-03-02T10:15:00.000Z", "segments": []}, "没有一句话"),
        ({"error_code": "SIS.0032", "error_msg": "audio is too long"}, "没有成功（SIS.0032 audio is too long）"),
        ({"segments": [_segment(0, 1, "")]}, "没有一句话"),
        ({"segments": [SEGMENTS[0], {"result": {"text": "喂"}}]}, "华为云"),
        ({"segments": [{**SEGMENTS[0], "start_time": "早"}]}, "华为云"),
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
    path.write_text(json.dumps(ANSWER, ensure_ascii=False, indent=1)[:300], encoding="utf-8")
    assert "没有写完" in read(path).reasons[0]
