"""Volcengine 录音文件识别 (ByteDance), all versions, and its subtitles for audio.

`result{text, utterances[]{text, start_time, end_time, words[]{text, start_time, end_time}, channel_id?,
additions{speaker?, channel_id?}}}` in ms, with `audio_info.duration`; the older service has `resp{code, utterances}`,
streams have a list of `result`, subtitles `utterances[]` with `attribute{speaker?, event?}`. `additions` may be a
string. Channel 1 is left, 2 is right; `speaker` numbers voices, from 0 or 1. Of several candidates for the same speech
the first counts. `definite`, emotion, gender, volume and speech rate are not used.
"""

from __future__ import annotations

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
    inside,
    milliseconds,
    speakers,
    unfinished,
    unwrapped,
    word_rows,
)

_DONE = frozenset({"0", "1000", "20000000"})
_RUNNING = frozenset({"2000", "2001", "20000001", "20000002"})
_SILENT = frozenset({"1013", "20000003", "45000002"})
_SPOKEN = frozenset({"text", "start_time", "end_time"})


def _utterances(value: Json) -> list[Json]:
    found = at(value, "utterances")
    return found if isinstance(found, list) and first_object(found).keys() >= _SPOKEN else []


def _results(value: Json) -> list[Json]:
    """What of a document has utterances: itself, its result, or its results."""
    if _utterances(value):
        return [value]
    for key in ("result", "resp"):
        found = unwrapped(at(value, key))
        if _utterances(found):
            return [found]
        if isinstance(found, list) and any(map(_utterances, found)):
            return [one for one in found if _utterances(one)]
    return []


def _is_task(value: Json) -> bool:
    """An answer that may hold no utterance."""
    code = at(value, "resp", "code")
    if code is not None and ("id" in value["resp"] or "message" in value["resp"]):
        return True
    return isinstance(at(value, "audio_info"), dict) and isinstance(value.get("result"), (dict, list))


def _holds(value: Json) -> bool:
    return bool(_results(value))


def _matches(value: Json) -> bool:
    return not isinstance(value, list) and (_is_task(value) or inside(value, _holds) is not None)


def _calls(value: Json) -> list[Call]:
    found = inside(value, _holds)
    if found is None:
        return [_without_utterances(value)]
    results = _parts(_results(found))
    told = [(result, one) for result in results for one in result["utterances"]]
    more = [_additions(one) for _, one in told]
    channels = [
        next((of[key] for of in (one, extra, result) for key in ("channel_id", "channel") if key in of), None)
        for (result, one), extra in zip(told, more, strict=True)
    ]
    voices = [one.get("speaker", extra.get("speaker")) for (_, one), extra in zip(told, more, strict=True)]
    voices = [None if voice == "" else voice for voice in voices]
    rows = [_row(one, voice) for (_, one), voice in zip(told, speakers(channels, voices), strict=True)]
    if not any(row["text"].strip() for row in rows):
        raise Unmendable("no_speech")
    name = at(found, "resp", "id") or at(value, "id") or at(value, "reqid") or at(value, "task_id")
    return [call_of(rows, spare_id=None if name is None else str(name), ended_ms=_length(value, found, rows))]


def _length(value: Json, found: Json, rows: list[Call]) -> int | None:
    """The length of the recording: `audio_info` and `additions` tell ms."""
    for of in (value, found, at(found, "resp"), at(found, "result")):
        length = at(of, "audio_info", "duration") or at(unwrapped(at(of, "additions")), "duration")
        if length is not None:
            return end_of(length, rows)
    return None


def _without_utterances(value: Json) -> Call:
    """A task that is not done, or a result without utterances: then its whole text is one."""
    code = str(at(value, "resp", "code") if at(value, "resp", "code") is not None else at(value, "code") or 0)
    said = at(value, "resp", "message") or at(value, "message") or ""
    if code in _RUNNING:
        raise unfinished(f"{code} {said}".strip())
    if code not in _DONE | _SILENT:
        raise failed(f"{code} {said}".strip())
    result = at(value, "result")
    text = at(first_object(result) if isinstance(result, list) else result, "text") or at(value, "resp", "text")
    if not isinstance(text, str) or not text.strip():
        raise Unmendable("no_speech")
    return call_of([{"speaker": None, "start_ms": None, "end_ms": None, "text": text.strip()}])


def _parts(results: list[Json]) -> list[Json]:
    """All results, or the first where the others are further guesses at the same speech."""
    tracks = {str(at(one, "channel_id")) for one in results}
    starts = {str(one["utterances"][0]["start_time"]) for one in results}
    return results[:1] if len(tracks) == 1 and len(starts) == 1 else results


def _additions(one: dict[str, Json]) -> dict[str, Json]:
    for key in ("additions", "attribute"):
        found = unwrapped(one.get(key))
        if isinstance(found, dict):
            return found
    return {}


def _row(one: dict[str, Json], voice: str | None) -> Call:
    text = str(one["text"] or "").strip()
    words = ((word.get("text"), _known(word.get("start_time")), _known(word.get("end_time"))) for word in _words(one))
    return {
        "speaker": voice,
        "start_ms": milliseconds(one["start_time"]),
        "end_ms": milliseconds(one["end_time"]),
        "text": text,
        "words": fitting(word_rows(words, 1), text),
    }


def _words(one: dict[str, Json]) -> list[dict[str, Json]]:
    return [word for word in one.get("words") or [] if isinstance(word, dict)]


def _known(time: Json) -> Json:
    """A time of -1 is none."""
    return None if time in (None, "") or float(time) < 0 else time


VOLCENGINE = JsonFormat(
    name="volcengine",
    title={"zh": "火山引擎 录音文件识别", "en": "Volcengine recording recognition"},
    tells=Tells(words="some", speakers="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
