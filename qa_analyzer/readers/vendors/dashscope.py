"""Aliyun DashScope 录音文件识别: Paraformer, Fun-ASR, SenseVoice, Qwen-ASR.

`transcripts[]{channel_id, text, sentences[]{begin_time, end_time, text, speaker_id?, words[]{text, begin_time,
end_time, punctuation}}}`, one transcript a channel, ms; `file_url`, `properties.original_duration_in_milliseconds`.
That file is what `output.results[].transcription_url` of the task names; a task answered with its transcripts inside is
read as well, one call a recording. `speaker_id` counts voices from 0 and is there where it was asked for. Emotions are
not used.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

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
    has,
    inside,
    milliseconds,
    speakers,
    unfinished,
    unwrapped,
    word_rows,
)

_UNFINISHED = frozenset({"PENDING", "RUNNING", "SUSPENDED"})
_NESTED = ("transcription", "transcription_result", "result", "content", "output")


def _is_transcript(value: Json) -> bool:
    first = first_object(at(value, "transcripts"))
    return bool({"sentences", "channel_id", "content_duration_in_milliseconds"} & first.keys())


def _files(value: Json) -> list[Json]:
    """The recordings of a task, `[]` if it names none."""
    results = at(value, "results")
    if not isinstance(results, list):
        result = at(value, "result")
        results = [result] if has(result, "transcription_url") else []
    return results if {"transcription_url", "subtask_status", "transcripts"} & first_object(results).keys() else []


def _holds(value: Json) -> bool:
    return _is_transcript(value) or bool(_files(value))


def _matches(value: Json) -> bool:
    if isinstance(value, list):
        return False
    return has(value, "output", "task_status") or inside(value, _holds) is not None


def _calls(value: Json) -> Sequence[Call | Unmendable]:
    found = inside(value, _holds)
    if found is None:
        raise _without_files(value)
    if _is_transcript(found):
        return [_call(found)]
    return [_of_file(one) for one in _files(found)]


def _without_files(value: Json) -> Unmendable:
    output = value["output"]
    status = str(output["task_status"])
    if status in _UNFINISHED:
        return unfinished(status)
    if status == "SUCCEEDED":
        return Unmendable("no_speech")
    return failed(f"{status} {at(output, 'code') or ''} {at(output, 'message') or ''}".strip())


def _of_file(one: Json) -> Call | Unmendable:
    """A recording of a task: its transcripts, or why there are none."""
    for within in (one, *(unwrapped(at(one, key)) for key in _NESTED)):
        if _is_transcript(within):
            try:
                return _call({"file_url": at(one, "file_url"), **within})
            except Unmendable as problem:
                return problem
    status = str(at(one, "subtask_status") or "")
    if status in _UNFINISHED:
        return unfinished(status)
    if status not in {"", "SUCCEEDED"}:
        return failed(f"{status} {at(one, 'code') or ''} {at(one, 'message') or ''}".strip())
    return Unmendable("job_only")


def _call(recording: dict[str, Json]) -> Call:
    told = [(track, one) for track in recording["transcripts"] for one in _sentences(track)]
    voices = speakers([track.get("channel_id") for track, _ in told], [one.get("speaker_id") for _, one in told])
    rows = [_row(one, voice) for (_, one), voice in zip(told, voices, strict=True)]
    if not any(row["text"].strip() for row in rows):
        raise Unmendable("no_speech")
    length = at(recording, "properties", "original_duration_in_milliseconds")
    return call_of(rows, spare_id=_name(recording.get("file_url")), ended_ms=end_of(length, rows))


def _sentences(track: dict[str, Json]) -> list[dict[str, Json]]:
    """The sentences of a channel; without them its whole text is one."""
    return track.get("sentences") or ([{"text": track["text"]}] if track.get("text") else [])


def _row(one: dict[str, Json], voice: str | None) -> Call:
    text = str(one["text"] or "").strip()
    words = ((word.get("text"), word.get("begin_time"), word.get("end_time")) for word in one.get("words") or [])
    return {
        "speaker": voice,
        "start_ms": milliseconds(one.get("begin_time")),
        "end_ms": milliseconds(one.get("end_time")),
        "text": text,
        "words": fitting(word_rows(words, 1), text),
    }


def _name(url: Json) -> str | None:
    """`https://…/rec_17.wav?Expires=…` → `rec_17`."""
    try:
        path = urlsplit(url).path if isinstance(url, str) else ""
    except ValueError:
        return None
    return unquote(path).rsplit("/", 1)[-1].rsplit(".", 1)[0] or None


DASHSCOPE = JsonFormat(
    name="dashscope",
    title={"zh": "阿里云百炼 DashScope 录音文件识别", "en": "Aliyun DashScope transcription"},
    tells=Tells(words="some", speakers="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
