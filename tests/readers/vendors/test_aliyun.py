"""Aliyun file transcription, as the task result and as the bare list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qa_analyzer.readers import Chunk, load, plan


def _sentence(begin: int, end: int, text: str, channel: int = 0, speaker: str | None = None) -> dict[str, Any]:
    found = {"BeginTime": begin, "EndTime": end, "Text": text, "ChannelId": channel, "EmotionValue": 6.5}
    return found if speaker is None else {**found, "SpeakerId": speaker}


def _read(folder: Path, value: Any, **options: Any) -> Chunk:
    path = folder / "call_17.json"
    path.write_text(json.dumps(value, ensure_ascii=False, **options), encoding="utf-8")
    (block,) = plan([path])
    return load(block)


TWO_CHANNELS = [
    _sentence(900, 3100, "您好，水务热线，请讲。", 0),
    _sentence(2800, 6000, "我家水表又倒着转了。", 1),
]


def test_two_channels_are_two_speakers_and_show_overlaps(tmp_path: Path) -> None:
    chunk = _read(tmp_path, {"StatusCode": 21050000, "TaskId": "t", "Result": {"Sentences": TWO_CHANNELS}}, indent=1)
    (call,) = chunk.calls.to_pylist()
    assert call["call_id"] == "call_17"
    assert [one["speaker"] for one in call["utterances"]] == ["ch0", "ch1"]
    assert call["utterances"][1]["start_ms"] == 2800
    assert call["overlaps"] is None
    assert call["source_format"] == "aliyun"


def test_one_channel_with_voices_in_a_row_hides_overlaps(tmp_path: Path) -> None:
    value = [_sentence(0, 1500, "您好，请讲。", 0, "1"), _sentence(1500, 4000, "水压太低了。", 0, "2")]
    (call,) = _read(tmp_path, value).calls.to_pylist()
    assert [one["speaker"] for one in call["utterances"]] == ["1", "2"]
    assert call["overlaps"] == "hidden"


def test_a_document_on_one_line_is_read_too(tmp_path: Path) -> None:
    chunk = _read(tmp_path, {"Result": {"Sentences": TWO_CHANNELS}})
    assert chunk.calls.num_rows == 1


def test_words_go_to_the_sentence_of_their_channel_and_time(tmp_path: Path) -> None:
    words = [
        {"ChannelId": 1, "Word": "我家", "BeginTime": 2800, "EndTime": 3300},
        {"ChannelId": 0, "Word": "您好", "BeginTime": 900, "EndTime": 1300},
    ]
    (call,) = _read(tmp_path, {"Result": {"Sentences": TWO_CHANNELS, "Words": words}}).calls.to_pylist()
    assert [[word["text"] for word in one["words"]] for one in call["utterances"]] == [["您好"], ["我家"]]


def test_a_failed_task_is_rejected_with_its_status(tmp_path: Path) -> None:
    chunk = _read(tmp_path, {"TaskId": "t", "StatusCode": 41050002, "StatusText": "FILE_DOWNLOAD_FAILED"})
    assert chunk.calls.num_rows == 0
    assert "FILE_DOWNLOAD_FAILED" in chunk.rejected[0].reason


def test_a_sentence_without_times_is_no_crash(tmp_path: Path) -> None:
    broken = [TWO_CHANNELS[0], {"Text": "没有时间", "ChannelId": 1}]
    chunk = _read(tmp_path, {"Result": {"Sentences": broken}})
    assert chunk.calls.num_rows == 0
    assert "阿里云" in chunk.rejected[0].reason
    assert "BeginTime" in chunk.rejected[0].reason


def test_json_of_no_known_layout_names_its_keys(tmp_path: Path) -> None:
    chunk = _read(tmp_path, {"utterence": [], "id": 1}, indent=1)
    assert "utterence" in chunk.rejected[0].reason
    assert "formats" in chunk.rejected[0].reason
