"""DashScope: the file of a result, tasks with results inside, several channels and voices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..calls import read
from .reading import read_json, told, words


def _sentence(begin: int, end: int, text: str, voice: int | None = None, **more: Any) -> dict[str, Any]:
    found = {"begin_time": begin, "end_time": end, "text": text, "sentence_id": begin, **more}
    return found if voice is None else {**found, "speaker_id": voice}


def _track(channel: int, *sentences: dict[str, Any]) -> dict[str, Any]:
    return {
        "channel_id": channel,
        "content_duration_in_milliseconds": 3000,
        "text": "".join(one.get("text", "") for one in sentences),
        "sentences": list(sentences),
    }


HELLO, BROKEN = _sentence(100, 1900, "您好，宽带客服。"), _sentence(1800, 4200, "网又断了。")
RECORDING = {
    "file_url": "https://rec.example.cn/2026/rec_0913.wav?Expires=1&Signature=a%2Fb",
    "properties": {"audio_format": "pcm_s16le", "channels": [0, 1], "original_duration_in_milliseconds": 5000},
    "transcripts": [_track(0, HELLO), _track(1, BROKEN)],
}
VOICES = {"transcripts": [_track(0, {**HELLO, "speaker_id": 0}, {**BROKEN, "speaker_id": 1, "begin_time": 1900})]}
OTHER = {**RECORDING, "file_url": "https://rec.example.cn/rec_0914.wav"}
FAILED = {
    "file_url": "https://rec.example.cn/c.wav",
    "subtask_status": "FAILED",
    "code": "InvalidFile",
    "message": "decode",
}
JOB = {
    "request_id": "r",
    "output": {
        "task_id": "t",
        "task_status": "SUCCEEDED",
        "results": [
            {
                "file_url": "https://x.cn/a.wav",
                "transcription_url": "https://x.cn/a.json",
                "subtask_status": "SUCCEEDED",
            }
        ],
    },
}
SAMPLES: list[Any] = [
    *(RECORDING, VOICES, JOB, {"code": 200, "data": RECORDING}, {"code": 200, "data": json.dumps(RECORDING)}),
    {"output": {"task_status": "SUCCEEDED", "results": [RECORDING, OTHER]}},
    {"output": {"task_id": "t", "task_status": "RUNNING"}},
]


@pytest.mark.parametrize("value", [RECORDING, {"code": 200, "data": RECORDING}, {"data": json.dumps(RECORDING)}])
@pytest.mark.parametrize("indent", [None, 1])
def test_channels_are_speakers_in_order_of_time(tmp_path: Path, value: Any, indent: int | None) -> None:
    """One transcript a channel makes one call."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == [
        ("unknown", "ch0", 100, 1900, "您好，宽带客服。"),
        ("unknown", "ch1", 1800, 4200, "网又断了。"),
    ]
    call = result.calls[0]
    assert (call["source_format"], call["overlaps"], call["ended_ms"]) == ("dashscope", None, 5000)
    assert result.ids == ["call_17"]


def test_voices_of_one_channel(tmp_path: Path) -> None:
    """They count from 0 and hide overlaps."""
    result = read_json(tmp_path, VOICES)
    assert [one[1] for one in told(result)] == ["0", "1"]
    assert result.calls[0]["overlaps"] == "hidden"


def test_words_without_their_punctuation(tmp_path: Path) -> None:
    """Latin words have a space of their own."""
    spoken = [
        {"begin_time": 100, "end_time": 400, "text": "Hello ", "punctuation": ""},
        {"begin_time": 400, "end_time": 800, "text": "world", "punctuation": ", "},
        {"begin_time": 800, "end_time": 1200, "text": "您好", "punctuation": "。"},
    ]
    value = {"transcripts": [_track(0, _sentence(100, 1200, "Hello world, 您好。", words=spoken))]}
    result = read_json(tmp_path, value)
    assert words(result) == [[("Hello ", 100), ("world", 400), ("您好", 800)]]
    assert told(result)[0][4] == "Hello world, 您好。"


def test_a_channel_without_sentences_is_one_utterance(tmp_path: Path) -> None:
    """Its times are not known; a silent channel has none."""
    value = {"transcripts": [{"channel_id": 0, "text": "您好，宽带客服。"}, {"channel_id": 1, "text": ""}]}
    assert told(read_json(tmp_path, value)) == [("unknown", None, None, None, "您好，宽带客服。")]


def test_a_task_of_several_recordings_is_several_calls(tmp_path: Path) -> None:
    """Named by their files; what failed among them is rejected, the rest is read."""
    results = [RECORDING, {"file_url": OTHER["file_url"], "transcription": OTHER}, FAILED]
    result = read_json(tmp_path, {"output": {"task_status": "SUCCEEDED", "results": results}})
    assert result.ids == ["rec_0913", "rec_0914"]
    assert "没有成功（FAILED InvalidFile decode）" in result.reasons[0]


def test_an_array_of_recordings_is_several_calls(tmp_path: Path) -> None:
    """As programs write them that ask for many."""
    assert read_json(tmp_path, [RECORDING, OTHER]).ids == ["rec_0913", "rec_0914"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (JOB, "不是转写结果"),
        ({"output": {"task_id": "t", "task_status": "RUNNING"}}, "还没有完成（RUNNING）"),
        ({"output": {"task_id": "t", "task_status": "FAILED", "code": "SUCCESS_WITH_NO_VALID_FRAGMENT"}}, "没有成功"),
        ({"output": {"task_status": "SUCCEEDED", "result": {"transcription_url": "https://x.cn/a"}}}, "不是转写结果"),
        ({"transcripts": [_track(0)]}, "没有一句话"),
        ({"transcripts": [_track(0, {**HELLO, "begin_time": "早"})]}, "DashScope"),
        ({"transcripts": [_track(0, {"begin_time": 1, "end_time": 2})]}, "DashScope"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """A task is not its result; failed, unfinished, silent, or of another layout."""
    result = read_json(tmp_path, value)
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]


def test_a_file_cut_in_the_middle_is_rejected(tmp_path: Path) -> None:
    """Its end is missing, and the reason says so."""
    path = tmp_path / "cut.json"
    path.write_text(json.dumps(RECORDING, ensure_ascii=False, indent=1)[:400], encoding="utf-8")
    assert "没有写完" in read(path).reasons[0]
