"""Azure Speech: batch and fast transcription, conversations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .reading import read_json, told, words


def _phrase(offset: int, lasting: int, text: str, **more: Any) -> dict[str, Any]:
    best = {"confidence": 0.9, "lexical": text.rstrip("。"), "itn": text, "maskedITN": text, "display": text}
    return {
        "recognitionStatus": "Success",
        "channel": 0,
        "offset": f"PT{offset / 1000}S",
        "duration": f"PT{lasting / 1000}S",
        "offsetInTicks": offset * 10_000.0,
        "durationInTicks": lasting * 10_000.0,
        "nBest": [best, {"display": "别的"}],
        **more,
    }


BATCH: dict[str, Any] = {
    "source": "https://example.invalid/c.wav",
    "timestamp": "2026-11-20T15:18:35Z",
    "durationInTicks": 90_000_000,
    "combinedRecognizedPhrases": [{"channel": 0, "display": "您好。停水了。"}],
    "recognizedPhrases": [_phrase(40, 1860, "您好。", speaker=1), _phrase(2100, 900, "停水了。", speaker=2)],
}
FAST: dict[str, Any] = {
    "durationMilliseconds": 9000,
    "combinedPhrases": [{"text": "您好。停水了。"}],
    "phrases": [
        {
            "speaker": 1,
            "offsetMilliseconds": 40,
            "durationMilliseconds": 1860,
            "text": "您好。",
            "words": [
                {"text": "您", "offsetMilliseconds": 40, "durationMilliseconds": 300},
                {"text": "好。", "offsetMilliseconds": 400, "durationMilliseconds": 300},
            ],
            "locale": "zh-CN",
        },
        {"speaker": 2, "offsetMilliseconds": 2100, "durationMilliseconds": 900, "text": "停水了。"},
    ],
}
CONVERSATION = {
    "conversations": [
        {
            "id": "c9",
            "conversationItems": [
                {"id": "1", "participantId": "0", "role": "Agent", "text": "您好。"},
                {"id": "2", "participantId": "1", "role": "Customer", "text": "停水了。"},
            ],
        }
    ]
}
TOLD = [("unknown", "1", 40, 1900, "您好。"), ("unknown", "2", 2100, 3000, "停水了。")]
SAMPLES: list[Any] = [BATCH, FAST, CONVERSATION]


def _without(key: str, phrases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: one for name, one in phrase.items() if not name.endswith(key)} for phrase in phrases]


@pytest.mark.parametrize(
    "value",
    [
        BATCH,
        FAST,
        {"recognizedPhrases": _without("InTicks", BATCH["recognizedPhrases"])},
        {
            "phrases": [
                {**one, "offset": one["offsetMilliseconds"], "duration": one["durationMilliseconds"]}
                for one in _without("none", FAST["phrases"])
            ]
        },
    ],
)
def test_ticks_milliseconds_and_written_durations_mean_the_same(tmp_path: Path, value: Any) -> None:
    """The best hypothesis counts, and phrases begin in ms."""
    result = read_json(tmp_path, value)
    assert told(result) == TOLD
    assert (result.calls[0]["source_format"], result.calls[0]["overlaps"]) == ("azure", "hidden")


def test_a_duration_may_have_minutes(tmp_path: Path) -> None:
    """`PT1M2.5S` are 62.5 seconds."""
    value = {"recognizedPhrases": [{"offset": "PT1M2.5S", "duration": "PT1H", "nBest": [{"display": "喂"}]}]}
    assert told(read_json(tmp_path, value)) == [("unknown", None, 62_500, 3_662_500, "喂")]


def test_two_channels_are_two_speakers_in_order_of_time(tmp_path: Path) -> None:
    """Azure lists one channel after the other."""
    value = {
        "recognizedPhrases": [
            _phrase(3000, 900, "请讲。"),
            _phrase(0, 900, "您好。"),
            _phrase(500, 900, "喂。", channel=1),
        ]
    }
    result = read_json(tmp_path, value)
    assert [one[1] for one in told(result)] == ["ch0", "ch1", "ch0"]
    assert result.calls[0]["overlaps"] is None


def test_words_as_displayed_count_and_spoken_numbers_do_not(tmp_path: Path) -> None:
    """`003` was not said as three words; then no times are better than wrong ones."""
    shown = [
        {"displayText": "您", "offsetInTicks": 400_000, "durationInTicks": 1_000_000},
        {"displayText": "好。", "offsetInTicks": 2_400_000, "durationInTicks": 1_000_000},
    ]
    spoken = [
        {"word": "零", "offsetInTicks": 0, "durationInTicks": 1},
        {"word": "三", "offsetInTicks": 9, "durationInTicks": 1},
    ]
    phrases = [_phrase(40, 860, "您好。"), _phrase(1000, 500, "03")]
    phrases[0]["nBest"][0] |= {"words": spoken, "displayWords": shown}
    phrases[1]["nBest"][0] |= {"words": spoken}
    assert words(read_json(tmp_path, {"recognizedPhrases": phrases})) == [[("您", 40), ("好。", 240)], None]


def test_phrases_that_failed_are_left_out(tmp_path: Path) -> None:
    """As are those without a word."""
    phrases = [
        _phrase(0, 900, "您好。"),
        {"recognitionStatus": "NoMatch", "offsetInTicks": 1},
        {"recognitionStatus": "Success", "nBest": []},
    ]
    assert [one[4] for one in told(read_json(tmp_path, {"recognizedPhrases": phrases}))] == ["您好。"]


def test_a_conversation_names_roles(tmp_path: Path) -> None:
    """Its items say who is the agent."""
    assert [one[:2] for one in told(read_json(tmp_path, CONVERSATION))] == [("agent", None), ("customer", None)]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"recognizedPhrases": [], "combinedRecognizedPhrases": []}, "没有一句话"),
        ({"durationMilliseconds": 0, "combinedPhrases": [], "phrases": []}, "没有一句话"),
        ({"self": "https://x/transcriptions/1", "status": "Failed", "links": {}}, "没有成功（Failed）"),
        ({"self": "https://x/transcriptions/1", "status": "Succeeded", "links": {}}, "不是转写结果"),
        ({"recognizedPhrases": [_phrase(0, 1, "喂"), 5]}, "Azure"),
        ({"recognizedPhrases": [{"offset": "PX", "nBest": [{"display": "喂"}]}]}, "Azure"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """Silence, a failed task, the description of a task, another layout."""
    assert reason in read_json(tmp_path, value).reasons[0]
