"""Tencent Cloud: task results with details and without, callbacks as JSON and as forms, the fast version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from ..calls import read, read_bytes
from .reading import read_json, told, words


def _detail(start: int, end: int, text: str, voice: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "FinalSentence": text,
        "SliceSentence": " ".join(text),
        "StartMs": start,
        "EndMs": end,
        "SpeakerId": voice,
        "EmotionType": ["neutral"],
        **more,
    }


def _lower(value: Any) -> Any:
    if isinstance(value, list):
        return [_lower(one) for one in value]
    if isinstance(value, dict):
        return {key[0].lower() + key[1:]: _lower(one) for key, one in value.items()}
    return value


WORDS = [
    {"Word": "您好", "OffsetStartMs": 0, "OffsetEndMs": 500},
    {"Word": "医保", "OffsetStartMs": 600, "OffsetEndMs": 900},
    {"Word": "热线", "OffsetStartMs": 900, "OffsetEndMs": 1400},
]
DETAILS = [_detail(1020, 2500, "您好，医保热线。", 0, Words=WORDS), _detail(62500, 64000, "卡刷不了。", 1)]
LINES = "[0:1.020,0:2.500,0]  您好，医保热线。\n[1:2.500,1:4.000,1]  卡刷不了。\n"
TOLD = [
    ("unknown", "0", 1020, 2500, "您好，医保热线。"),
    ("unknown", "1", 62500, 64000, "卡刷不了。"),
]


def _data(**more: Any) -> dict[str, Any]:
    return {"TaskId": 17, "Status": 2, "StatusStr": "success", "AudioDuration": 65.5, "ErrorMsg": "", **more}


def _fast(*channels: dict[str, Any]) -> dict[str, Any]:
    return {"request_id": "r", "code": 0, "message": "", "audio_duration": 65500, "flash_result": list(channels)}


def _quick(start: int, end: int, text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "start_time": start, "end_time": end, "speaker_id": 0, **more}


CALLBACK = {
    "code": 0,
    "message": "",
    "requestId": 17,
    "appid": 125,
    "projectid": 0,
    "audioUrl": "",
    "text": LINES,
    "audioTime": 65.5,
    "resultDetail": json.dumps(_lower(DETAILS), ensure_ascii=False),
}
TWO_TRACKS = _fast(
    {"channel_id": 0, "text": "您好，医保热线。", "sentence_list": [_quick(1020, 2500, "您好，医保热线。")]},
    {"channel_id": 1, "text": "卡刷不了。", "sentence_list": [_quick(2300, 4000, "卡刷不了。")]},
)
SAMPLES: list[Any] = [
    *(
        {"Response": {"RequestId": "r", "Data": _data(Result=LINES, ResultDetail=DETAILS)}},
        {"Data": _data(Result=LINES)},
    ),
    *(CALLBACK, {**CALLBACK, "resultDetail": ""}, TWO_TRACKS, DETAILS, {"code": 0, "data": CALLBACK}),
    {"JobsDetail": {"Operation": {"SpeechRecognitionResult": {"Result": LINES, "ResultDetail": DETAILS}}}},
]


@pytest.mark.parametrize(
    "value",
    [
        {"Response": {"RequestId": "r", "Data": _data(Result=LINES, ResultDetail=DETAILS)}},
        {"Response": {"RequestId": "r", "Data": _data(Result=LINES, ResultDetail=None)}},
        {"Data": _data(Result=LINES, ResultDetail=DETAILS), "RequestId": "r"},
        _data(Result=LINES),
        CALLBACK,
        {**CALLBACK, "resultDetail": ""},
        {key: value for key, value in CALLBACK.items() if key != "resultDetail"},
        {"code": 0, "data": CALLBACK},
        {"code": 0, "data": json.dumps(CALLBACK)},
        DETAILS,
        {
            "EventName": "TaskFinish",
            "JobsDetail": [{"Operation": {"SpeechRecognitionResult": {"ResultDetail": DETAILS}}}],
        },
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_sentences_by_their_details_or_their_lines(tmp_path: Path, value: Any, indent: int | None) -> None:
    """Minutes and seconds in the lines, ms in the details, in every envelope."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == TOLD
    assert (result.ids, result.calls[0]["source_format"]) == (["call_17"], "tencent")


def test_the_length_of_the_recording_is_its_end(tmp_path: Path) -> None:
    """s in results and callbacks, ms in the fast version."""
    for value in (_data(Result=LINES), CALLBACK, TWO_TRACKS):
        assert read_json(tmp_path, value).calls[0]["ended_ms"] == 65500


def test_words_count_from_the_start_of_their_sentence(tmp_path: Path) -> None:
    """In details; words that are not those of the text are left out."""
    result = read_json(tmp_path, _data(ResultDetail=DETAILS))
    assert words(result) == [[("您好", 1020), ("医保", 1620), ("热线", 1920)], None]


def test_voices_that_were_not_asked_for_are_none(tmp_path: Path) -> None:
    """All 0, in details and in lines; a line without a voice has none."""
    details = [{**one, "SpeakerId": 0} for one in DETAILS]
    lines = LINES.replace(",1]", ",0]")
    for value in (_data(ResultDetail=details), _data(Result=lines), _data(Result=lines.replace(",0]", "]"))):
        assert [one[1] for one in told(read_json(tmp_path, value))] == [None, None]


def test_two_tracks_of_the_fast_version(tmp_path: Path) -> None:
    """Each is a speaker; overlaps show; word times from the sentence or from the recording."""
    relative = [
        {"word": "您好", "start_time": 0, "end_time": 400},
        {"word": "请讲", "start_time": 500, "end_time": 900},
    ]
    absolute = [{"word": "喂", "start_time": 2310, "end_time": 2500}]
    value = _fast(
        {"channel_id": 1, "text": "", "sentence_list": [_quick(2300, 2600, "喂？", word_list=absolute)]},
        {"channel_id": 0, "text": "", "sentence_list": [_quick(1020, 2500, "您好，请讲。", word_list=relative)]},
    )
    result = read_json(tmp_path, value)
    assert told(result) == [
        ("unknown", "ch0", 1020, 2500, "您好，请讲。"),
        ("unknown", "ch1", 2300, 2600, "喂？"),
    ]
    assert words(result) == [[("您好", 1020), ("请讲", 1520)], [("喂", 2310)]]
    assert result.calls[0]["overlaps"] is None


@pytest.mark.parametrize("detail", ["", CALLBACK["resultDetail"]])
def test_a_callback_as_a_form(tmp_path: Path, detail: str) -> None:
    """As it was received: encoded for a URL."""
    data = urlencode({**CALLBACK, "resultDetail": detail}).encode()
    for name in ("callback.txt", "callback.json"):
        result = read_bytes(tmp_path, data, name)
        assert told(result) == TOLD
        assert (result.ids, result.calls[0]["ended_ms"]) == (["callback"], 65500)
        assert result.calls[0]["source_format"] == "tencent-text"


def test_forms_in_lines_are_calls_of_their_own(tmp_path: Path) -> None:
    """Named by their tasks; a failed one among them is rejected."""
    forms = [
        CALLBACK,
        {**CALLBACK, "requestId": 18},
        {"code": 10001, "requestId": 19, "text": "", "message": "识别失败"},
    ]
    result = read_bytes(tmp_path, "\n".join(map(urlencode, forms)).encode(), "callbacks.log")
    assert result.ids == ["17", "18"]
    assert "没有成功（10001 识别失败）" in result.reasons[0]


def test_lines_alone_are_a_call(tmp_path: Path) -> None:
    """`Result` saved as text; a line without times goes on with the one before."""
    result = read_bytes(tmp_path, (LINES.rstrip() + "\n真的。\n").encode(), "rec_0913.txt")
    assert told(result) == [TOLD[0], (*TOLD[1][:4], "卡刷不了。真的。")]
    assert result.ids == ["rec_0913"]


def test_a_text_without_times_is_one_utterance(tmp_path: Path) -> None:
    """As old callbacks had it."""
    value = {**CALLBACK, "text": "您好", "resultDetail": ""}
    assert told(read_json(tmp_path, value)) == [("unknown", None, None, None, "您好")]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (_data(Status=0, StatusStr="waiting", Result="", ResultDetail=None), "还没有完成（waiting）"),
        (_data(Status=1, StatusStr="doing", Result=""), "还没有完成（doing）"),
        (
            _data(Status=3, StatusStr="failed", Result="", ErrorMsg="Failed to download"),
            "没有成功（failed Failed to download）",
        ),
        (_data(Result="", ResultDetail=[]), "没有一句话"),
        (
            {**CALLBACK, "code": 10007, "message": "音频下载失败", "text": "", "resultDetail": ""},
            "没有成功（10007 音频下载失败）",
        ),
        (_data(ResultDetail=[{"FinalSentence": "喂", "StartMs": "早"}]), "腾讯云"),
        (_data(ResultDetail=[{"FinalSentence": "喂"}]), "腾讯云"),
        (_fast({"channel_id": 0, "sentence_list": []}), "没有一句话"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """Failed, unfinished, silent, or of another layout."""
    result = read_json(tmp_path, {"Response": {"Data": value}} if "TaskId" in value else value)
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]


def test_a_file_cut_in_the_middle_is_rejected(tmp_path: Path) -> None:
    """Its end is missing, and the reason says so."""
    path = tmp_path / "cut.json"
    path.write_text(json.dumps(_data(ResultDetail=DETAILS), ensure_ascii=False, indent=1)[:300], encoding="utf-8")
    assert "没有写完" in read(path).reasons[0]
