"""Aliyun 录音文件识别 (file transcription): its answer, its callbacks of all versions, its fast version, calls of the
voice service, and the bare list of sentences.

`Result.Sentences[]{Text, BeginTime, EndTime, ChannelId, SpeakerId?}` in ms, `Result.Words[]{Word, BeginTime, EndTime,
ChannelId}`; `Result` may be a string. Old callbacks and the fast version write `begin_time` and have the sentences in
`result[]` or `flash_result.sentences[]`, the telephone services `beginTime` in `sentences[]`: keys are read in all
three ways. `CloudGetAsr` has a text for each side of the call (`Data.RecordFileText1In`, `…Out`). `EmotionValue` is the
volume in dB / 10 and no valence, `SpeechRate` characters a minute, `SilenceDuration` s: they are not used.
`BizDuration` is the length of the recording in ms.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.vendors.form import (
    Call,
    Json,
    JsonFormat,
    Tells,
    at,
    call_of,
    end_of,
    failed,
    first_object,
    fitting,
    folded,
    inside,
    milliseconds,
    speakers,
    unfinished,
    unwrapped,
    word_rows,
)

_KEYS = frozenset({"text", "begintime", "endtime"})
_FINISHED = frozenset({"21050000", "20000000", "SUCCESS", "SUCCEED"})
_RUNNING = frozenset({"21050001", "21050002", "RUNNING", "QUEUEING"})
_EMPTY = frozenset({"21050003"})
"""SUCCESS_WITH_NO_VALID_FRAGMENT: the recording holds no speech."""
_SIDES = (("recordfiletext1in", "in"), ("recordfiletext1out", "out"))


def _sentences(top: dict[str, Json]) -> list[Json]:
    """The sentences of an answer, as they are written."""
    for key in ("result", "flashresult", "sentences"):
        found = unwrapped(top.get(key))
        if isinstance(found, dict):
            found = folded(found).get("sentences")
        if isinstance(found, list) and _is_sentence(found):
            return found
    return []


def _is_sentence(found: list[Json]) -> bool:
    return folded(first_object(found)).keys() >= _KEYS


def _of_sides(top: dict[str, Json]) -> bool:
    return any(key in top for key, _ in _SIDES)


def _holds(value: Json) -> bool:
    if isinstance(value, list):
        return _is_sentence(value)
    top = folded(value)
    return bool(_sentences(top)) or _of_sides(top)


def _matches(value: Json) -> bool:
    if isinstance(value, list):
        return _is_sentence(value)
    return bool(_task(value)) or inside(value, _holds) is not None


def _task(value: Json) -> dict[str, Json]:
    """The answer of a task, which may hold no sentence, with folded keys; `{}` for anything else."""
    for top in (folded(value), folded(unwrapped(at(value, "data"))), folded(unwrapped(at(value, "Data")))):
        if {"statuscode", "taskid"} <= top.keys() and {"statustext", "solvetime", "bizduration"} & top.keys():
            return top
    return {}


def _calls(value: Json) -> list[Call]:
    found = inside(value, _holds)
    if found is None:
        raise _without_sentences(_task(value))
    if isinstance(found, list):
        return [call_of(_rows(found, []))]
    top = folded(found)
    if _of_sides(top):
        return [_two_sided(top)]
    rows = _rows(_sentences(top), folded(unwrapped(top.get("result"))).get("words") or [])
    length = top.get("bizduration", folded(top.get("flashresult")).get("duration"))
    call_id = top.get("callid")
    return [
        call_of(
            rows,
            call_id=None if call_id is None else str(call_id),
            spare_id=None if top.get("taskid") is None else str(top["taskid"]),
            ended_ms=end_of(length, rows),
        )
    ]


def _without_sentences(top: dict[str, Json]) -> Unmendable:
    status = str(top.get("statuscode"))
    said = str(top.get("statustext") or status)
    if status in _RUNNING or said in _RUNNING:
        return unfinished(said)
    if status in _FINISHED or status in _EMPTY:
        return Unmendable("no_speech")
    return failed(said)


def _two_sided(top: dict[str, Json]) -> Call:
    """Each side of the call was recorded, or at least recognised, for itself."""
    rows: list[Call] = []
    for key, side in _SIDES:
        found = unwrapped(folded(unwrapped(top.get(key))).get("result")) or []
        mixed = str(top.get("monitortype")) == "1"
        rows += [row if mixed else {**row, "speaker": side} for row in _rows(found, [])]
    if not rows:
        raise Unmendable("no_speech")
    return call_of(rows, separate=len({row["speaker"] for row in rows}) > 1)


def _rows(found: list[Json], words: list[Json]) -> list[Call]:
    sentences = [folded(one) for one in found]
    heard = _Words(folded(word) for word in words)
    voices = speakers([one.get("channelid") for one in sentences], [one.get("speakerid") for one in sentences])
    return [
        {
            "speaker": voice,
            "start_ms": milliseconds(one["begintime"]),
            "end_ms": milliseconds(one["endtime"]),
            "text": str(one["text"] or ""),
            "words": heard.of(one),
        }
        for one, voice in zip(sentences, voices, strict=True)
    ]


class _Words:
    """The words of all sentences, found again by channel and by the middle of their time."""

    def __init__(self, words: Iterable[dict[str, Json]]) -> None:
        self._by_channel: dict[str, list[tuple[float, dict[str, Json]]]] = {}
        for word in words:
            begin, end = milliseconds(word.get("begintime")), milliseconds(word.get("endtime"))
            if begin is None or end is None:
                continue
            middle = (begin + end) / 2
            self._by_channel.setdefault(str(word.get("channelid")), []).append((middle, word))
        for mine in self._by_channel.values():
            mine.sort(key=lambda one: one[0])

    def of(self, sentence: dict[str, Json]) -> list[Call] | None:
        """The words of a sentence, None if they are not those of its text."""
        mine = self._by_channel.get(str(sentence.get("channelid")), [])
        begin, end = milliseconds(sentence["begintime"]), milliseconds(sentence["endtime"])
        if begin is None or end is None:
            return None
        first = bisect_left(mine, float(begin), key=lambda one: one[0])
        last = bisect_left(mine, float(end + 1), key=lambda one: one[0])
        own = [folded(word) for word in sentence.get("words") or []] or [word for _, word in mine[first:last]]
        told = ((word.get("word", word.get("text")), word.get("begintime"), word.get("endtime")) for word in own)
        return fitting(word_rows(told, 1), str(sentence["text"]))


ALIYUN = JsonFormat(
    name="aliyun",
    title={"zh": "阿里云 录音文件识别", "en": "Aliyun file transcription"},
    tells=Tells(words="some", speakers="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
