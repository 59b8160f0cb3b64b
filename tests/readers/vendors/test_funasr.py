"""FunASR: results of the library as array and as element, of several recordings, and of the websocket runtime."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .reading import read_json, told, words

SENTENCES: list[dict[str, Any]] = [
    {
        "text": "您好，水务热线。",
        "start": 580,
        "end": 1900,
        "timestamp": [[580 + n * 200, 780 + n * 200] for n in range(6)],
        "spk": 0,
    },
    {
        "text": "我家停水了。",
        "start": 2100,
        "end": 3300,
        "timestamp": [[2100 + n * 240, 2300 + n * 240] for n in range(5)],
        "spk": 1,
    },
]
RECORDING = {
    "key": "rec_0913",
    "text": "您好，水务热线。我家停水了。",
    "timestamp": [pair for one in SENTENCES for pair in one["timestamp"]],
    "sentence_info": SENTENCES,
}
TOLD = [
    ("unknown", "0", 580, 1900, "您好，水务热线。"),
    ("unknown", "1", 2100, 3300, "我家停水了。"),
]
STAMPED = {
    "mode": "offline",
    "wav_name": "rec_0913",
    "text": "您好，水务热线。我家停水了。",
    "is_final": False,
    "timestamp": "[[580,780],[780,980]]",
    "stamp_sents": [
        {"text_seg": "您 好", "punc": "，", "start": 580, "end": 980, "ts_list": [[580, 780], [780, 980]]},
        {
            "text_seg": "请 说 VIP",
            "punc": "。",
            "start": "1200",
            "end": "1900",
            "ts_list": [[1200, 1400], [1400, 1600], [1600, 1900]],
        },
    ],
}
SAMPLES: list[Any] = [[RECORDING], RECORDING, STAMPED, SENTENCES, {"code": 0, "data": [RECORDING]}]


@pytest.mark.parametrize("value", [[RECORDING], RECORDING, SENTENCES, {"code": 0, "msg": "ok", "data": [RECORDING]}])
@pytest.mark.parametrize("indent", [None, 1])
def test_sentences_are_utterances(tmp_path: Path, value: Any, indent: int | None) -> None:
    """An element, an array of one, the bare sentences, an envelope; on one line or many."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == TOLD
    assert result.ids == ["call_17"]
    assert (result.calls[0]["source_format"], result.calls[0]["overlaps"]) == ("funasr", "hidden")
    assert words(result)[1] == [(char, 2100 + n * 240) for n, char in enumerate("我家停水了")]


def test_several_recordings_take_their_keys(tmp_path: Path) -> None:
    """An array of recordings is as many calls."""
    result = read_json(tmp_path, [RECORDING, {**RECORDING, "key": "rec_0914"}])
    assert result.ids == ["rec_0913", "rec_0914"]


def test_old_names_and_missing_parts(tmp_path: Path) -> None:
    """`sentence` for `text`; no voices; -1 is no voice; times from the characters."""
    value = [
        {
            "key": "a",
            "text": "您好。请讲。",
            "sentence_info": [
                {"sentence": "您好。", "start": 10, "end": 400},
                {"sentence": "请讲。", "timestamp": [[500, 700], [700, 950]], "spk": -1},
            ],
        }
    ]
    assert told(read_json(tmp_path, value)) == [
        ("unknown", None, 10, 400, "您好。"),
        ("unknown", None, 500, 950, "请讲。"),
    ]


def test_the_pipelines_of_modelscope_call_them_sentences(tmp_path: Path) -> None:
    """With `ts_list` for the characters."""
    sentence = {
        "text": "您好，",
        "start": 10,
        "end": 400,
        "text_seg": "您好",
        "ts_list": [[10, 200], [200, 400]],
        "spk": 1,
    }
    result = read_json(tmp_path, {"text": "您好，", "time_stamp": "[[10,200],[200,400]]", "sentences": [sentence]})
    assert told(result) == [("unknown", "1", 10, 400, "您好，")]
    assert words(result) == [[("您", 10), ("好", 200)]]


def test_a_recording_without_sentences_is_one_utterance(tmp_path: Path) -> None:
    """From a model without punctuation the characters stand apart; Latin words stay apart."""
    value = [{"key": "a", "text": "您 好 call center 请 讲", "timestamp": [[n * 100, n * 100 + 90] for n in range(6)]}]
    result = read_json(tmp_path, value)
    assert told(result) == [("unknown", None, 0, 590, "您好call center请讲")]
    assert words(result) == [[("您", 0), ("好", 100), ("call", 200), ("center", 300), ("请", 400), ("讲", 500)]]


def test_the_tags_of_sensevoice_are_no_speech(tmp_path: Path) -> None:
    """Language, emotion and event are cut off."""
    result = read_json(tmp_path, [{"key": "a", "text": "<|zh|><|NEUTRAL|><|Speech|><|woitn|>您好，请讲"}])
    assert told(result) == [("unknown", None, None, None, "您好，请讲")]


@pytest.mark.parametrize("as_text", [False, True])
def test_the_runtime_gives_stamped_sentences(tmp_path: Path, as_text: bool) -> None:
    """Also where the sentences are a string in Python's writing, as old versions sent them."""
    value = {**STAMPED, "stamp_sents": str(STAMPED["stamp_sents"])} if as_text else STAMPED
    result = read_json(tmp_path, value)
    assert told(result) == [
        ("unknown", None, 580, 980, "您好，"),
        ("unknown", None, 1200, 1900, "请说VIP。"),
    ]
    assert words(result)[1] == [("请", 1200), ("说", 1400), ("VIP", 1600)]


def test_the_second_pass_of_a_session_counts(tmp_path: Path) -> None:
    """Messages of one recording are one call; what the first pass guessed is left out."""
    messages = [
        {"mode": "2pass-online", "wav_name": "h5", "text": "您豪", "is_final": False},
        {"mode": "2pass-offline", "wav_name": "h5", "text": "您好，", "timestamp": "[[0,200],[200,400]]"},
        {"mode": "2pass-offline", "wav_name": "h5", "text": "请讲。", "timestamp": "[[900,1000],[1000,1300]]"},
    ]
    assert told(read_json(tmp_path, messages)) == [
        ("unknown", None, 0, 400, "您好，"),
        ("unknown", None, 900, 1300, "请讲。"),
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([{"key": "a", "text": ""}], "没有一句话"),
        ([{"key": "a", "text": "", "timestamp": []}], "没有一句话"),
        ([{"key": "a", "text": "您好", "sentence_info": [{"text": "您好", "start": "很早", "end": 3}]}], "FunASR"),
        ([{"key": "a", "text": "您好", "sentence_info": [5]}], "FunASR"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """Nothing said, or another layout: one rejection with the reason."""
    result = read_json(tmp_path, value)
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]


def test_a_file_cut_in_the_middle_is_rejected(tmp_path: Path) -> None:
    """Its end is missing, and the reason says so."""
    path = tmp_path / "cut.json"
    path.write_text(json.dumps([RECORDING], ensure_ascii=False, indent=1)[:300], encoding="utf-8")
    from ..calls import read

    assert "没有写完" in read(path).reasons[0]
