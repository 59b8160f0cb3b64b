"""Whisper, WhisperX, faster-whisper, whisper.cpp, and others that write segments or chunks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..calls import read_bytes
from .reading import read_json, told, words

OPENAI = {
    "text": " 您好,水务热线。 我家停水了。",
    "language": "zh",
    "segments": [
        {"id": 0, "seek": 0, "start": 0.0, "end": 1.96, "text": "您好,水务热线。", "tokens": [1], "avg_logprob": -0.2},
        {"id": 1, "seek": 0, "start": 2.04, "end": 3.5, "text": " 我家停水了。", "tokens": [2], "avg_logprob": -0.2},
    ],
}
WHISPERX = {
    "segments": [
        {
            "start": 1.238,
            "end": 2.299,
            "text": " 您好,请讲。",
            "speaker": "SPEAKER_00",
            "words": [
                {"word": char, "start": 1.3 + n / 10, "end": 1.4 + n / 10, "score": 0.8, "speaker": "SPEAKER_00"}
                for n, char in enumerate("您好,请讲。")
            ],
        },
        {
            "start": 2.5,
            "end": 4.0,
            "text": "停水3天了。",
            "words": [
                {"word": "停"},
                {"word": "水", "start": 2.7, "end": 2.8},
                {"word": "3"},
                {"word": "天了。", "start": 3.0, "end": 4.0},
            ],
        },
    ],
    "word_segments": [],
    "language": "zh",
}
CPP = {
    "systeminfo": "AVX = 1",
    "model": {"type": "base"},
    "params": {"language": "zh"},
    "result": {"language": "zh"},
    "transcription": [
        {
            "timestamps": {"from": "00:00:00,060", "to": "00:00:01,900"},
            "offsets": {"from": 60, "to": 1900},
            "text": "您好,水务热线",
            "speaker": "0",
        },
        {"timestamps": {"from": "00:00:02,040", "to": "00:00:03,500"}, "text": " 我家停水了", "speaker": "1"},
        {
            "timestamps": {"from": "00:00:03,600", "to": "00:00:04,000"},
            "offsets": {"from": 3600, "to": 4000},
            "text": "嗯",
            "speaker": "?",
        },
    ],
}
CHUNKS = {
    "speakers": [],
    "text": "您好。我家停水了。",
    "chunks": [{"timestamp": [0.0, 1.96], "text": "您好。"}, {"timestamp": [2.04, None], "text": "我家停水了。"}],
}
DIARIZED = {
    "task": "transcribe",
    "duration": 3.5,
    "text": "您好。我家停水了。",
    "segments": [
        {
            "type": "transcript.text.segment",
            "id": "seg_1",
            "start": 0.06,
            "end": 1.96,
            "text": "您好。",
            "speaker": "agent",
        },
        {
            "type": "transcript.text.segment",
            "id": "seg_2",
            "start": 2.04,
            "end": 3.5,
            "text": "我家停水了。",
            "speaker": "A",
        },
    ],
}
SAMPLES: list[Any] = [OPENAI, WHISPERX, CPP, CHUNKS, DIARIZED, OPENAI["segments"], {"data": OPENAI}]


@pytest.mark.parametrize(
    "value", [OPENAI, OPENAI["segments"], {"code": 200, "data": OPENAI}, {"result": json.dumps(OPENAI)}]
)
@pytest.mark.parametrize("indent", [None, 1])
def test_segments_are_utterances_in_seconds(tmp_path: Path, value: Any, indent: int | None) -> None:
    """The document, the bare segments, an envelope, JSON in a string. Nobody is named: the text alone says who."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == [
        ("unknown", None, 0, 1960, "您好,水务热线。"),
        ("unknown", None, 2040, 3500, "我家停水了。"),
    ]
    assert result.calls[0]["source_format"] == "whisper"


def test_whisperx_names_voices_and_times_words(tmp_path: Path) -> None:
    """A segment without a speaker has none; a word that was not aligned keeps its text."""
    result = read_json(tmp_path, WHISPERX)
    assert told(result) == [
        ("unknown", "SPEAKER_00", 1238, 2299, "您好,请讲。"),
        ("unknown", None, 2500, 4000, "停水3天了。"),
    ]
    assert words(result)[1] == [("停", None), ("水", 2700), ("3", None), ("天了。", 3000)]


def test_whisper_cpp_counts_ms_or_writes_them(tmp_path: Path) -> None:
    """Offsets first, else the written time; `?` is no voice."""
    assert told(read_json(tmp_path, CPP)) == [
        ("unknown", "0", 60, 1900, "您好,水务热线"),
        ("unknown", "1", 2040, 3500, "我家停水了"),
        ("unknown", None, 3600, 4000, "嗯"),
    ]


def test_whisper_cpp_may_put_the_voice_and_the_turn_into_the_text(tmp_path: Path) -> None:
    """They are no speech."""
    piece = {"offsets": {"from": 0, "to": 900}, "timestamps": {}, "text": " (speaker 1) 您好 [SPEAKER_TURN]"}
    assert told(read_json(tmp_path, {"transcription": [piece]})) == [("unknown", "1", 0, 900, "您好")]


def test_characters_that_whisper_cpp_cut_in_two_cost_only_the_words(tmp_path: Path) -> None:
    """Its full output holds halves of characters: the text is whole, the tokens are not used."""
    tokens = [{"text": "@@", "offsets": {"from": 0, "to": 100}}, {"text": "您", "offsets": {"from": 100, "to": 200}}]
    value = {"transcription": [{"offsets": {"from": 0, "to": 900}, "timestamps": {}, "text": "您好", "tokens": tokens}]}
    data = json.dumps(value, ensure_ascii=False, indent=1).encode().replace(b"@@", "好".encode()[:2])
    result = read_bytes(tmp_path, data, "call_17.json")
    assert told(result) == [("unknown", None, 0, 900, "您好")]
    assert words(result) == [None]
    broken = read_bytes(tmp_path, data.replace("您好".encode(), "您".encode() + "好".encode()[:2]), "call_17.json")
    assert "无法解码" in broken.reasons[0]


def test_chunks_have_pairs_of_seconds(tmp_path: Path) -> None:
    """The last one may have no end."""
    assert told(read_json(tmp_path, CHUNKS)) == [
        ("unknown", None, 0, 1960, "您好。"),
        ("unknown", None, 2040, None, "我家停水了。"),
    ]
    voices = {**CHUNKS, "speakers": [{"speaker": "SPEAKER_01", "text": "您好。", "timestamp": [0.0, 1.96]}]}
    assert told(read_json(tmp_path, voices)) == [("unknown", "SPEAKER_01", 0, 1960, "您好。")]


def test_a_known_speaker_says_the_role(tmp_path: Path) -> None:
    """`agent` is a role, `A` a voice."""
    assert [one[:2] for one in told(read_json(tmp_path, DIARIZED))] == [("agent", None), ("unknown", "A")]


@pytest.mark.parametrize(
    ("segments", "starts"),
    [
        # whole seconds, and whole ms
        ([{"start": 0, "end": 2, "text": "您好水务热线"}, {"start": 3, "end": 5, "text": "我家停水了"}], [0, 3000]),
        (
            [{"start": 0, "end": 1800, "text": "您好水务热线"}, {"start": 2000, "end": 3500, "text": "我家停水了"}],
            [0, 2000],
        ),
        # clocks, and numbers in strings
        (
            [{"start": "00:00", "end": "00:02", "text": "您好"}, {"start": "01:03.5", "end": "01:05", "text": "喂"}],
            [0, 63_500],
        ),
        ([{"start": "0.0", "end": "1.9", "text": "您好"}, {"start": "2.5", "end": "3.1", "text": "喂"}], [0, 2500]),
        # out of order
        ([{"start": 2.5, "end": 3.1, "text": "喂"}, {"start": 0.5, "end": 1.9, "text": "您好"}], [500, 2500]),
    ],
)
def test_units_of_others_are_told_by_their_values(tmp_path: Path, segments: Any, starts: list[int]) -> None:
    """Nobody speaks a character in 20 ms or takes 20 s for it."""
    assert [one[2] for one in told(read_json(tmp_path, {"segments": segments}))] == starts


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"text": "", "segments": [], "language": "zh"}, "没有一句话"),
        ({"systeminfo": "", "transcription": []}, "没有一句话"),
        ({"segments": [{"start": 0.0, "end": 1.0, "text": "  "}]}, "没有一句话"),
        ({"segments": [{"start": 0.0, "end": 1.0, "text": "您好"}, {"start": 1.0}]}, "Whisper"),
        ({"segments": [{"start": [], "end": 1.0, "text": "您好"}]}, "Whisper"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """Nothing said, or another layout."""
    assert reason in read_json(tmp_path, value).reasons[0]
