"""Baidu 音频文件转写 (also 呼叫中心语音, 8 kHz), and 语音质检.

`tasks_info[]{task_id, task_status, task_result{result[], audio_duration, detailed_result[]{res[], begin_time, end_time,
words_info?}}}`, one call a task, ms; one task or its result alone is read too. `res` is a text or a list of guesses, of
which the first counts. Voices and channels, where told, are `speaker_id`, `speaker`, `spk_id`, `channel`. 语音质检:
`result{session_id, state, asr_result[]{sentence, speaker_id, begin_time, end_time}}`. Speed, volume and the rules that
were hit are not used.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    has,
    inside,
    milliseconds,
    named_voice,
    speakers,
    unfinished,
    unwrapped,
    word_rows,
)

_RUNNING = frozenset({"Created", "Running"})
_STATES = frozenset({*_RUNNING, "Success", "Failure"})
_VOICES = ("speakerid", "speaker", "spkid", "spk", "role")
_CHANNELS = ("channel", "channelid")


def _tasks(value: Json) -> list[Json]:
    for key in ("tasks_info", "tasks_result"):
        found = at(value, key)
        if isinstance(found, list) and "task_status" in first_object(found):
            return found
    return []


def _is_result(value: Json) -> bool:
    found = unwrapped(at(value, "detailed_result"))
    if isinstance(found, list):
        return not found or "res" in first_object(found)
    return isinstance(found, dict) and "res" in found


def _is_inspected(value: Json) -> bool:
    found = at(value, "asr_result")
    first = found if isinstance(found, dict) else first_object(found)
    return {"sentence", "begin_time"} <= first.keys()


def _is_state(value: Json) -> bool:
    return {"session_id", "state", "state_desc"} <= value.keys() if isinstance(value, dict) else False


def _is_task(value: Json) -> bool:
    return has(value, "task_id") and str(at(value, "task_status")) in _STATES


def _holds(value: Json) -> bool:
    return bool(_tasks(value)) or _is_task(value) or _is_result(value) or _is_inspected(value) or _is_state(value)


def _matches(value: Json) -> bool:
    return not isinstance(value, list) and inside(value, _holds) is not None


def _calls(value: Json) -> Sequence[Call | Unmendable]:
    found = inside(value, _holds)
    tasks = _tasks(found)
    if tasks:
        return [_task(one) for one in tasks]
    if _is_inspected(found) or _is_state(found):
        return [_inspected(found)]
    made = _task(found if _is_task(found) else {"task_status": "Success", "task_result": found})
    if isinstance(made, Unmendable):
        raise made
    return [made]


def _task(task: dict[str, Json]) -> Call | Unmendable:
    status = str(task["task_status"])
    if status in _RUNNING:
        return unfinished(status)
    result = unwrapped(task.get("task_result"))
    if status != "Success" or has(result, "err_no"):
        return failed(f"{status} {at(result, 'err_no') or ''} {at(result, 'err_msg') or ''}".strip())
    rows = _rows(unwrapped(at(result, "detailed_result")) or []) or _plain(result)
    if not any(row["text"].strip() for row in rows):
        return Unmendable("no_speech")
    name = task.get("task_id")
    length = at(result, "audio_duration")
    return call_of(rows, spare_id=None if name is None else str(name), ended_ms=end_of(length, rows))


def _plain(result: Json) -> list[Call]:
    """The text of a result that has no details."""
    text = at(result, "result")
    text = text[0] if isinstance(text, list) and text else text
    return [{"speaker": None, "start_ms": None, "end_ms": None, "text": text}] if isinstance(text, str) else []


def _rows(found: Json) -> list[Call]:
    told = [folded(one) for one in (found if isinstance(found, list) else [found])]
    channels = [_first(one, _CHANNELS) for one in told]
    labels = [named_voice(_first(one, _VOICES)) for one in told]
    voices = speakers(channels, [label["speaker"] for label in labels])
    return [
        {**_row(one), "role": label["role"], "speaker": voice}
        for one, label, voice in zip(told, labels, voices, strict=True)
    ]


def _first(one: dict[str, Json], keys: Sequence[str]) -> Json:
    return next((one[key] for key in keys if one.get(key) not in (None, "")), None)


def _row(one: dict[str, Json]) -> Call:
    text = one.get("res", one.get("sentence"))
    text = str((text[0] if isinstance(text, list) and text else text) or "").strip()
    words = [folded(word) for word in one.get("wordsinfo") or [] if isinstance(word, dict)]
    told = ((word.get("word", word.get("words")), word.get("begintime"), word.get("endtime")) for word in words)
    return {
        "start_ms": milliseconds(one["begintime"]),
        "end_ms": milliseconds(one["endtime"]),
        "text": text,
        "words": fitting(word_rows(told, 1), text),
    }


def _inspected(found: dict[str, Json]) -> Call:
    rows = _rows(found["asr_result"]) if _is_inspected(found) else []
    if not any(row["text"] for row in rows):
        state, said = str(found.get("state")), str(found.get("state_desc") or "")
        if state in {"0", "1"}:
            raise unfinished(f"{state} {said}".strip())
        raise Unmendable("no_speech") if state == "2" else failed(f"{state} {said}".strip())
    name = found.get("session_id")
    return call_of(rows, spare_id=None if name is None else str(name))


BAIDU = JsonFormat(
    name="baidu",
    title={"zh": "百度 音频文件转写、语音质检", "en": "Baidu audio transcription, speech inspection"},
    tells=Tells(words="some", speakers="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
