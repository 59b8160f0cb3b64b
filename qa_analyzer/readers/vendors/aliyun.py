"""Aliyun 录音文件识别 (file transcription), as its task result or as the bare list of sentences.

`Result.Sentences[]{Text, BeginTime, EndTime, ChannelId, SpeakerId?}` in ms, `Result.Words[]{Word, BeginTime, EndTime,
ChannelId}`. `EmotionValue` is the volume in dB / 10 and no valence: it is not used.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.vendors.form import (
    Call,
    Json,
    JsonFormat,
    Tells,
    at,
    call_of,
    first_object,
    has,
    milliseconds,
    speakers,
    unwrapped,
)

_KEYS = ("Text", "BeginTime", "EndTime")
_FINISHED = frozenset({21050000, "21050000"})
_EMPTY = frozenset({21050003, "21050003"})
"""SUCCESS_WITH_NO_VALID_FRAGMENT: the recording holds no speech."""


def _sentences(value: Json) -> Json:
    value = unwrapped(value)
    if isinstance(value, list):
        return value
    result = unwrapped(at(value, "Result"))
    return at(result, "Sentences") if isinstance(result, dict) else at(value, "Sentences")


def _matches(value: Json) -> bool:
    first = first_object(_sentences(value))
    if first:
        return all(key in first for key in _KEYS)
    return has(value, "StatusText") and has(value, "TaskId") and has(value, "StatusCode")


def _calls(value: Json) -> list[Call]:
    found = _sentences(value)
    status = at(value, "StatusCode")
    if not isinstance(found, list) or not found:
        if status is not None and status not in _FINISHED | _EMPTY:
            raise Unmendable("task_failed", status=str(at(value, "StatusText") or status)[:80])
        raise Unmendable("no_speech")
    words = _Words(at(unwrapped(at(value, "Result")), "Words") or [])
    voices = speakers([one.get("ChannelId") for one in found], [one.get("SpeakerId") for one in found])
    return [
        call_of(
            {
                "speaker": voice,
                "start_ms": milliseconds(one["BeginTime"]),
                "end_ms": milliseconds(one["EndTime"]),
                "text": one["Text"],
                "words": words.within(one),
            }
            for one, voice in zip(found, voices, strict=True)
        )
    ]


class _Words:
    """The words of all sentences, found again by channel and time."""

    def __init__(self, words: list[Json]) -> None:
        self._by_channel: dict[Json, list[Json]] = {}
        for word in words:
            self._by_channel.setdefault(word.get("ChannelId"), []).append(word)
        for mine in self._by_channel.values():
            mine.sort(key=lambda word: float(word["BeginTime"]))

    def within(self, sentence: Json) -> list[dict[str, Json]] | None:
        mine = self._by_channel.get(sentence.get("ChannelId"), [])
        first = bisect_left(mine, float(sentence["BeginTime"]), key=lambda word: float(word["BeginTime"]))
        last = bisect_right(mine, float(sentence["EndTime"]), key=lambda word: float(word["EndTime"]))
        return [
            {
                "text": word["Word"],
                "start_ms": milliseconds(word["BeginTime"]),
                "end_ms": milliseconds(word["EndTime"]),
            }
            for word in mine[first:last]
        ] or None


ALIYUN = JsonFormat(
    name="aliyun",
    title={"zh": "阿里云 录音文件识别", "en": "Aliyun file transcription"},
    tells=Tells(words="some", speakers="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
