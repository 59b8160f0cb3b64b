"""Aliyun file transcription: its answer, its callbacks, the fast version, the voice service, the bare list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..calls import read_bytes
from .reading import read_json, told, words


def _sentence(begin: int, end: int, text: str, channel: int = 0, speaker: str | None = None) -> dict[str, Any]:
    found = {"BeginTime": begin, "EndTime": end, "Text": text, "ChannelId": channel, "EmotionValue": 6.5}
    return found if speaker is None else {**found, "SpeakerId": speaker}


def _snake(one: dict[str, Any]) -> dict[str, Any]:
    names = {"BeginTime": "begin_time", "EndTime": "end_time", "Text": "text", "ChannelId": "channel_id"}
    return {names.get(key, "emotion_value"): value for key, value in one.items()}


def _camel(one: dict[str, Any]) -> dict[str, Any]:
    return {key[0].lower() + key[1:]: value for key, value in one.items()}


TWO_CHANNELS = [
    _sentence(900, 3100, "您好，水务热线，请讲。", 0),
    _sentence(2800, 6000, "我家水表又倒着转了。", 1),
]
TOLD = [
    ("unknown", "ch0", 900, 3100, "您好，水务热线，请讲。"),
    ("unknown", "ch1", 2800, 6000, "我家水表又倒着转了。"),
]
DONE = {"StatusCode": 21050000, "StatusText": "SUCCESS", "TaskId": "t17", "BizDuration": 7000}
ANSWER = {**DONE, "Result": {"Sentences": TWO_CHANNELS}}
IN_A_STRING = {**DONE, "Result": json.dumps({"Sentences": TWO_CHANNELS}, ensure_ascii=False)}
OLD_CALLBACK = {
    "task_id": "t17",
    "status_code": 21050000,
    "status_text": "SUCCESS",
    "biz_duration": 7000,
    "result": [_snake(one) for one in TWO_CHANNELS],
}
FAST = {
    "task_id": "t17",
    "status": 20000000,
    "message": "SUCCESS",
    "flash_result": {"duration": 7000, "completed": True, "sentences": [_snake(one) for one in TWO_CHANNELS]},
}
TELEPHONE = {
    "statusCode": "21050000",
    "statusText": "SUCCESS",
    "callId": "1000^88",
    "bizDuration": 7000,
    "sentences": [_camel(one) for one in TWO_CHANNELS],
}
SIDES = {
    "Code": "OK",
    "Data": {
        "MonitorType": "2",
        "RecordFileText1In": {"Status": "SUCCEED", "Result": [_sentence(2800, 6000, "我家水表又倒着转了。")]},
        "RecordFileText1Out": {"Status": "SUCCEED", "Result": [_sentence(900, 3100, "您好，水务热线，请讲。")]},
    },
}
SAMPLES: list[Any] = [
    *(ANSWER, IN_A_STRING, OLD_CALLBACK, FAST, TELEPHONE, SIDES, TWO_CHANNELS),
    {"code": 200, "data": ANSWER},
    {"code": 200, "data": json.dumps(ANSWER)},
    {"TaskId": "t17", "StatusCode": 21050001, "StatusText": "RUNNING"},
]


@pytest.mark.parametrize(
    "value",
    [ANSWER, IN_A_STRING, OLD_CALLBACK, FAST, TWO_CHANNELS, {"code": 200, "data": json.dumps(ANSWER)}, TELEPHONE],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_two_channels_are_two_speakers_and_show_overlaps(tmp_path: Path, value: Any, indent: int | None) -> None:
    """Whatever way the keys are written, and the result is wrapped."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == TOLD
    assert (result.calls[0]["overlaps"], result.calls[0]["source_format"]) == (None, "aliyun")
    assert result.calls[0]["ended_ms"] == (None if value is TWO_CHANNELS else 7000)
    assert result.ids == ["1000^88" if value is TELEPHONE else "call_17"]


def test_each_side_of_a_call_has_a_text_of_its_own(tmp_path: Path) -> None:
    """Both are one call, in order of time, and overlaps show."""
    result = read_json(tmp_path, SIDES)
    assert [(one[1], one[2]) for one in told(result)] == [("out", 900), ("in", 2800)]
    assert result.calls[0]["overlaps"] is None


def test_one_channel_with_voices_in_a_row_hides_overlaps(tmp_path: Path) -> None:
    """The voice is the speaker."""
    value = [_sentence(0, 1500, "您好，请讲。", 0, "1"), _sentence(1500, 4000, "水压太低了。", 0, "2")]
    result = read_json(tmp_path, value)
    assert [one[1] for one in told(result)] == ["1", "2"]
    assert result.calls[0]["overlaps"] == "hidden"


def test_times_in_strings_and_sentences_out_of_order(tmp_path: Path) -> None:
    """Sorted by time; an utterance without text is left out and counted."""
    value = [
        {**_sentence(4000, 5000, "好的。"), "BeginTime": "4000", "EndTime": "5000"},
        {**_sentence(2500, 2600, ""), "Text": None},
        _sentence(0, 1500, "您好，请讲。"),
    ]
    result = read_json(tmp_path, value)
    assert told(result) == [
        ("unknown", None, 0, 1500, "您好，请讲。"),
        ("unknown", None, 4000, 5000, "好的。"),
    ]
    assert result.repaired["empty_utterance"] == 1


def test_channels_as_numbers_and_as_strings_are_the_same(tmp_path: Path) -> None:
    """Several voices in one channel are told apart within it."""
    value = [
        _sentence(0, 900, "您好。", 0, "1"),
        {**_sentence(1000, 1900, "喂？", 1, "1"), "ChannelId": "1"},
        {**_sentence(2000, 2900, "水压低。", 1), "SpeakerId": 2},
        {**_sentence(3000, 3900, "好的。", 0, "1"), "ChannelId": "0"},
    ]
    assert [one[1] for one in told(read_json(tmp_path, value))] == ["ch0", "ch1/1", "ch1/2", "ch0"]


def _word(begin: int, text: str, channel: int) -> dict[str, Any]:
    return {"ChannelId": channel, "Word": text, "BeginTime": begin, "EndTime": begin + 200}


def test_words_go_to_the_sentence_of_their_channel_and_time(tmp_path: Path) -> None:
    """Those that are not the words of the text, as where a number was written in digits, are left out."""
    spoken = [_word(2800 + n * 300, word, 1) for n, word in enumerate(["我家", "水表", "又", "倒着", "转了"])]
    value = {**ANSWER, "Result": {"Sentences": TWO_CHANNELS, "Words": [*spoken, _word(900, "您好", 0)]}}
    assert words(read_json(tmp_path, value)) == [
        None,
        [("我家", 2800), ("水表", 3100), ("又", 3400), ("倒着", 3700), ("转了", 4000)],
    ]


def test_words_may_stand_in_their_sentence(tmp_path: Path) -> None:
    """As the fast version has them."""
    own = [{"text": "您好", "begin_time": 0, "end_time": 300}, {"text": "请讲", "begin_time": 400, "end_time": 800}]
    one = {"text": "您好，请讲。", "begin_time": 0, "end_time": 900, "channel_id": 0, "words": own}
    value = {"task_id": "t", "flash_result": {"sentences": [one]}}
    assert words(read_json(tmp_path, value)) == [[("您好", 0), ("请讲", 400)]]


def test_lines_of_answers_take_the_names_of_their_tasks(tmp_path: Path) -> None:
    """One answer a line."""
    lines = [json.dumps({**ANSWER, "TaskId": name}, ensure_ascii=False) for name in ("t1", "t2")]
    assert read_bytes(tmp_path, "\n".join(lines).encode()).ids == ["t1", "t2"]


@pytest.mark.parametrize(
    ("code", "text", "reason"),
    [
        (41050002, "FILE_DOWNLOAD_FAILED", "没有成功（FILE_DOWNLOAD_FAILED）"),
        (21050001, "RUNNING", "还没有完成（RUNNING）"),
        ("21050002", "QUEUEING", "还没有完成"),
        (21050003, "SUCCESS_WITH_NO_VALID_FRAGMENT", "没有一句话"),
    ],
)
def test_a_task_without_sentences_says_why(tmp_path: Path, code: Any, text: str, reason: str) -> None:
    """Also where the keys are those of a callback."""
    for value in (
        {"TaskId": "t", "StatusCode": code, "StatusText": text},
        {"task_id": "t", "status_code": code, "status_text": text},
    ):
        result = read_json(tmp_path, value)
        assert (result.read, result.calls) == (1, [])
        assert reason in result.reasons[0]


def test_the_reasons_are_told_in_english_too(tmp_path: Path) -> None:
    """With `--lang en`."""
    value = {"TaskId": "t", "StatusCode": 21050001, "StatusText": "RUNNING"}
    assert "not finished (RUNNING)" in read_json(tmp_path, value, lang="en").reasons[0]


def test_a_sentence_without_times_is_no_crash(tmp_path: Path) -> None:
    """The reason names the key that is missing."""
    result = read_json(tmp_path, {"Result": {"Sentences": [TWO_CHANNELS[0], {"Text": "没有时间", "ChannelId": 1}]}})
    assert result.calls == []
    assert "阿里云" in result.reasons[0]
    assert "begintime" in result.reasons[0]


def test_json_of_no_known_layout_names_its_keys(tmp_path: Path) -> None:
    """And where the known ones are listed."""
    result = read_json(tmp_path, {"utterence": [], "id": 1})
    assert "utterence" in result.reasons[0]
    assert "formats" in result.reasons[0]
