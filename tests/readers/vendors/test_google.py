"""Google Speech-to-Text: both versions, voices, channels, operations, batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .reading import read_json, told, words


def _word(text: str, start: Any, end: Any, **more: Any) -> dict[str, Any]:
    return {"startTime": start, "endTime": end, "word": text, "confidence": 0.9, **more}


def _result(words: list[dict[str, Any]], text: str | None = None, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"words": words}
    if text is not None:
        found["transcript"] = text
    return {"alternatives": [found], "languageCode": "zh-cn", **more}


HELLO = [_word("您好", "0.100s", "0.600s"), _word("请讲", "0.700s", "1.200s")]
WATER = [_word("停水", "2s", "2.500s"), _word("了", "2.500s", "2.800s")]
TAGGED = [{**one, "speakerTag": tag} for tag, one in zip((1, 1, 2, 2), [*HELLO, *WATER], strict=True)]
V1 = {"results": [_result(HELLO, "您好请讲"), _result(WATER, "停水了"), _result(TAGGED)]}
V2 = {
    "results": [
        {
            "alternatives": [
                {
                    "transcript": "您好请讲停水了",
                    "words": [
                        {"endOffset": "0.600s", "word": "您好", "speakerLabel": "1"},
                        {"startOffset": "0.700s", "endOffset": "1.200s", "word": "请讲", "speakerLabel": "1"},
                        {"startOffset": "2s", "endOffset": "2.800s", "word": "停水了", "speakerLabel": "2"},
                    ],
                }
            ],
            "resultEndOffset": "3s",
        }
    ],
    "metadata": {"totalBilledDuration": "3s"},
}
CHANNELS = {
    "results": [
        _result(HELLO, "您好请讲", channelTag=1, resultEndTime="1.5s"),
        _result(WATER, " 停水了", channelTag=2, resultEndTime="3s"),
    ]
}
OPERATION = {
    "name": "operations/1",
    "metadata": {"@type": "type.googleapis.com/google.cloud.speech.v1.LongRunningRecognizeMetadata"},
    "done": True,
    "response": {"@type": "type.googleapis.com/google.cloud.speech.v1.LongRunningRecognizeResponse", **CHANNELS},
}
SAMPLES: list[Any] = [V1, V2, CHANNELS, OPERATION]


def test_the_last_result_of_version_1_names_the_voices(tmp_path: Path) -> None:
    """It repeats all words: cut where the voice changes and where a result ended, and nothing is there twice."""
    result = read_json(tmp_path, V1)
    assert told(result) == [("unknown", "1", 100, 1200, "您好请讲"), ("unknown", "2", 2000, 2800, "停水了")]
    assert words(result)[1] == [("停水", 2000), ("了", 2500)]
    one_voice = [{**one, "speakerTag": 1} for one in [*HELLO, *WATER]]
    value = {"results": [_result(HELLO, "您好，请讲"), _result(WATER, "停水了。"), _result(one_voice)]}
    assert [one[4] for one in told(read_json(tmp_path, value))] == ["您好请讲", "停水了"]


def test_version_2_names_voices_in_each_result(tmp_path: Path) -> None:
    """A start that is left out is 0."""
    assert told(read_json(tmp_path, V2)) == [
        ("unknown", "1", 0, 1200, "您好请讲"),
        ("unknown", "2", 2000, 2800, "停水了"),
    ]


@pytest.mark.parametrize("value", [CHANNELS, OPERATION, {"results": list(reversed(CHANNELS["results"]))}])
def test_channels_are_speakers(tmp_path: Path, value: Any) -> None:
    """In an answer, in an operation, in any order."""
    result = read_json(tmp_path, value)
    assert told(result) == [("unknown", "ch1", 100, 1200, "您好请讲"), ("unknown", "ch2", 2000, 2800, "停水了")]
    assert (result.calls[0]["overlaps"], result.calls[0]["source_format"]) == (None, "google")


def test_durations_have_three_forms(tmp_path: Path) -> None:
    """A string, seconds and nanoseconds, a number; the words of Latin languages get their spaces."""
    said = [_word("Hello,", {"seconds": "1", "nanos": 300_000_000}, {"seconds": 2}), _word("you", 2.5, 3)]
    assert told(read_json(tmp_path, {"results": [_result([{**one, "speakerTag": 1} for one in said])]})) == [
        ("unknown", "1", 1300, 3000, "Hello, you")
    ]


def test_without_word_times_a_result_tells_its_end(tmp_path: Path) -> None:
    """When it began is not known, and not made up."""
    value = {"results": [{"alternatives": [{"transcript": "您好"}], "resultEndTime": "1.500s"}, {"languageCode": "zh"}]}
    assert told(read_json(tmp_path, value)) == [("unknown", None, None, 1500, "您好")]


def test_a_batch_holds_several_recordings(tmp_path: Path) -> None:
    """Each takes the name of its recording."""
    value = {
        "results": {
            "gs://bucket/night/a1.wav": {"transcript": V2},
            "gs://bucket/night/a2.wav": {"inlineResult": {"transcript": CHANNELS}},
        }
    }
    assert read_json(tmp_path, value).ids == ["a1", "a2"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({**OPERATION, "response": {"@type": "google"}}, "没有一句话"),
        ({**OPERATION, "done": False, "response": None}, "没有成功（0 %）"),
        ({**OPERATION, "response": None, "error": {"code": 3, "message": "bad encoding"}}, "bad encoding"),
        ({"results": [_result([], "")]}, "没有一句话"),
        ({"results": [_result([_word("喂", "很早", "1s")], "喂")]}, "Google"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """Silence, an unfinished or failed operation, another layout."""
    assert reason in read_json(tmp_path, value).reasons[0]
