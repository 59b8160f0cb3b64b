"""Volcengine: results of all versions, streams, subtitles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..calls import read, read_bytes
from .reading import read_json, told, words


def _said(start: int, end: int, text: str, **more: Any) -> dict[str, Any]:
    return {"definite": True, "start_time": start, "end_time": end, "text": text, **more}


SAID = [
    _said(0, 1900, "您好，快递客服。", additions={"speaker": "1", "gender": "female"}),
    _said(2100, 4000, "我的包裹呢？", additions={"speaker": "2"}),
]
TOLD = [
    ("unknown", "1", 0, 1900, "您好，快递客服。"),
    ("unknown", "2", 2100, 4000, "我的包裹呢？"),
]
ALL = "您好，快递客服。我的包裹呢？"
NEW = {"audio_info": {"duration": 5000}, "result": {"text": ALL, "utterances": SAID}}
OLDER = {
    "resp": {
        "id": "t17",
        "code": 1000,
        "message": "Success",
        "text": ALL,
        "utterances": SAID,
        "additions": {"duration": "5000"},
    }
}
SUBTITLES = {
    "id": "t17",
    "code": 0,
    "message": "Success",
    "duration": 5.0,
    "utterances": [
        {
            "text": one["text"],
            "start_time": one["start_time"],
            "end_time": one["end_time"],
            "attribute": one["additions"],
        }
        for one in SAID
    ],
}
LISTED = {"reqid": "r17", "result": [{"text": ALL, "confidence": 100, "utterances": SAID}]}
SAMPLES: list[Any] = [
    *(NEW, OLDER, LISTED, {"code": 0, "data": NEW}, {"code": 0, "data": json.dumps(NEW)}),
    {"resp": {"id": "t17", "code": 2000, "message": "Running"}},
]


@pytest.mark.parametrize(
    "value", [NEW, NEW["result"], OLDER, OLDER["resp"], SUBTITLES, LISTED, {"code": 0, "data": json.dumps(NEW)}]
)
@pytest.mark.parametrize("indent", [None, 1])
def test_utterances_of_every_version(tmp_path: Path, value: Any, indent: int | None) -> None:
    """Also where they stand at the top, as ours do."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == TOLD
    call = result.calls[0]
    assert (call["source_format"], call["overlaps"]) == ("volcengine", "hidden")
    assert result.ids == ["call_17"]


@pytest.mark.parametrize("value", [NEW, OLDER])
def test_the_length_of_the_recording_is_its_end(tmp_path: Path, value: Any) -> None:
    """ms; the length in s of subtitles is not taken for ms."""
    assert read_json(tmp_path, value).calls[0]["ended_ms"] == 5000
    assert read_json(tmp_path, SUBTITLES).calls[0]["ended_ms"] is None


@pytest.mark.parametrize(
    "said",
    [
        [_said(0, 1900, "您好。", channel_id=1), _said(1500, 4000, "包裹呢？", channel_id=2)],
        [
            _said(0, 1900, "您好。", additions={"channel_id": "1"}),
            _said(1500, 4000, "包裹呢？", additions={"channel_id": "2"}),
        ],
        [
            _said(0, 1900, "您好。", additions='{"channel_id": "1"}'),
            _said(1500, 4000, "包裹呢？", additions='{"channel_id": "2"}'),
        ],
    ],
)
def test_channels_are_speakers(tmp_path: Path, said: Any) -> None:
    """1 is left, 2 is right; overlaps show."""
    result = read_json(tmp_path, {"result": {"utterances": said}})
    assert [one[1] for one in told(result)] == ["ch1", "ch2"]
    assert result.calls[0]["overlaps"] is None


def test_results_of_several_channels_are_one_call(tmp_path: Path) -> None:
    """In order of time; further guesses at the same speech are left out."""
    tracks = [{"channel_id": 2, "utterances": [SAID[1]]}, {"channel_id": 1, "utterances": [SAID[0]]}]
    assert [one[1] for one in told(read_json(tmp_path, {"result": tracks}))] == ["ch1", "ch2"]
    guess = {"utterances": [{**SAID[0], "text": "你好，快递客服。"}, SAID[1]]}
    assert told(read_json(tmp_path, {"result": [{"utterances": SAID}, guess]})) == TOLD


def test_words_have_their_times(tmp_path: Path) -> None:
    """A time of -1 is none; silence between is no utterance."""
    spoken = [
        {"text": "您好", "start_time": 0, "end_time": 400, "blank_duration": 0},
        {"text": "，", "start_time": -1, "end_time": -1},
        {"text": "请讲", "start_time": 500, "end_time": 900},
    ]
    value = {"result": {"utterances": [_said(0, 1000, "您好，请讲", words=spoken), _said(1000, 3000, "", words=[])]}}
    result = read_json(tmp_path, value)
    assert words(result) == [[("您好", 0), ("，", None), ("请讲", 500)]]


def test_a_result_without_utterances_is_one_utterance(tmp_path: Path) -> None:
    """Where they were not asked for."""
    assert told(read_json(tmp_path, {"audio_info": {"duration": 900}, "result": {"text": "您好"}})) == [
        ("unknown", None, None, None, "您好")
    ]


def test_lines_of_answers_take_the_names_of_their_tasks(tmp_path: Path) -> None:
    """One answer a line, also of those that have utterances at the top."""
    lines = [json.dumps({**SUBTITLES, "id": name}, ensure_ascii=False) for name in ("t1", "t2")]
    result = read_bytes(tmp_path, "\n".join(lines).encode())
    assert result.ids == ["t1", "t2"]
    assert told(result, 1) == TOLD


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"resp": {"id": "t", "code": 2000, "message": "Running"}}, "还没有完成（2000 Running）"),
        (
            {"resp": {"id": "t", "code": 1012, "message": "Invalid audio format"}},
            "没有成功（1012 Invalid audio format）",
        ),
        ({"resp": {"id": "t", "code": 1013, "message": "Silent"}}, "没有一句话"),
        ({"audio_info": {"duration": 9}, "result": {"text": "", "utterances": []}}, "没有一句话"),
        ({"result": {"utterances": [_said(0, 1, "")]}}, "没有一句话"),
        ({"result": {"utterances": [_said(0, 1, "喂"), {"text": "喂"}]}}, "火山引擎"),
        ({"result": {"utterances": [{**_said(0, 1, "喂"), "start_time": "早"}]}}, "火山引擎"),
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
    path.write_text(json.dumps(NEW, ensure_ascii=False, indent=1)[:300], encoding="utf-8")
    assert "没有写完" in read(path).reasons[0]
