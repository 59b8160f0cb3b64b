"""Huawei Cloud: speech interaction service (SIS), and calls of the cloud contact centre (CEC).

SIS 录音文件识别: `segments[]{start_time, end_time, result{text, analysis_info{role}, word_info[]{word, start_time,
end_time}}}` in ms, `status`, `audio_duration`; the fast version `flash_result[]{channel_id, sentences[]{start_time,
end_time, result}}`; real time answers have `resp_type` and `is_final`, alone or as a list. `role` is AGENT, USER, or
speaker1 … speaker10 in recordings of meetings. CEC 质检结果: `segments[]{asr_text, speaker, start_time, end_time}` in
s, `speaker` is staff or customer, `left_channel` and `right_channel` say who was recorded where. Emotion, speed and
scores are not used.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

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
    named_voice,
    shifted,
    speakers,
    unfinished,
    word_rows,
)

_CHINA = timezone(timedelta(hours=8))
_SECONDS = 1000


def _is_segment(one: Json) -> bool:
    return isinstance(one, dict) and {"start_time", "end_time"} <= one.keys() and isinstance(one.get("result"), dict)


def _segments(value: Json) -> list[Json]:
    found = at(value, "segments")
    return found if isinstance(found, list) and _is_segment(first_object(found)) else []


def _flash(value: Json) -> list[Json]:
    found = at(value, "flash_result")
    if not isinstance(found, list):
        return []
    return found if any(_is_segment(first_object(at(one, "sentences"))) for one in found) else []


def _is_inspected(value: Json) -> bool:
    return {"asr_text", "start_time"} <= first_object(at(value, "segments")).keys()


def _is_task(value: Json) -> bool:
    """An answer that may hold no segment."""
    if not isinstance(value, dict):
        return False
    if {"status", "create_time"} <= value.keys() and str(value["status"]) in {"WAITING", "FINISHED", "ERROR"}:
        return True
    return "error_code" in value and "error_msg" in value and str(value["error_code"]).startswith("SIS.")


def _holds(value: Json) -> bool:
    return bool(_segments(value) or _flash(value)) or _is_inspected(value)


def _is_session(value: Json) -> bool:
    """The messages of a recognition in real time."""
    return isinstance(value, list) and "resp_type" in first_object(value)


def _matches(value: Json) -> bool:
    if isinstance(value, list):
        return _is_session(value) or _is_segment(first_object(value))
    return _is_task(value) or inside(value, _holds) is not None


def _calls(value: Json) -> list[Call]:
    if isinstance(value, list):
        found = value if not _is_session(value) else [one for part in value for one in at(part, "segments") or []]
        return [_call({"segments": found}, _heard(found))]
    found = inside(value, _holds)
    if found is None:
        raise _without_segments(value)
    if _is_inspected(found):
        return [_inspected(found)]
    flash = _flash(found)
    rows = _channels(flash) if flash else _heard(found["segments"])
    return [_call({**found, "job_id": at(found, "job_id") or at(value, "job_id")}, rows)]


def _call(answer: dict[str, Json], rows: list[Call]) -> Call:
    if not any(row["text"].strip() for row in rows):
        raise Unmendable("no_speech")
    return call_of(rows, spare_id=answer.get("job_id"), ended_ms=end_of(answer.get("audio_duration"), rows))


def _without_segments(value: dict[str, Json]) -> Unmendable:
    if has(value, "error_code"):
        return failed(f"{value['error_code']} {at(value, 'error_msg') or ''}".strip())
    status = str(value["status"])
    if status == "WAITING":
        return unfinished(status)
    return failed(status) if status == "ERROR" else Unmendable("no_speech")


def _heard(segments: Iterable[Json]) -> list[Call]:
    """Segments of one answer; of real time the final ones."""
    rows = []
    for one in segments:
        if one.get("is_final") is False:
            continue
        row = _row(one)
        rows.append({**row, **named_voice(at(one, "result", "analysis_info", "role"))})
    return rows


def _channels(flash: list[Json]) -> list[Call]:
    told = [(track.get("channel_id"), one) for track in flash for one in track.get("sentences") or []]
    voices = speakers([number for number, _ in told], [None] * len(told))
    return [{**_row(one), "speaker": voice} for (_, one), voice in zip(told, voices, strict=True)]


def _row(one: dict[str, Json]) -> Call:
    """A segment that was not recognised has no result."""
    text = str(at(one, "result", "text") or "").strip()
    start = milliseconds(one["start_time"])
    words = (
        (word.get("word"), word.get("start_time"), word.get("end_time"))
        for word in at(one, "result", "word_info") or []
    )
    return {
        "speaker": None,
        "start_ms": start,
        "end_ms": milliseconds(one["end_time"]),
        "text": text,
        "words": fitting(shifted(word_rows(words, 1), start), text),
    }


def _inspected(found: dict[str, Json]) -> Call:
    """A call of the contact centre."""
    rows = [
        {
            **named_voice(one.get("speaker")),
            "start_ms": milliseconds(one["start_time"], _SECONDS),
            "end_ms": milliseconds(one["end_time"], _SECONDS),
            "text": str(one["asr_text"] or "").strip(),
        }
        for one in found["segments"]
    ]
    if not any(row["text"] for row in rows):
        raise Unmendable("no_speech")
    left, right = found.get("left_channel"), found.get("right_channel")
    call_id, name = found.get("call_id"), found.get("staff_name")
    return call_of(
        rows,
        separate=bool(left and right and left != right),
        call_id=None if call_id in (None, "") else str(call_id),
        agent_name=str(name) if name else None,
        started_at=_started(found.get("call_time")),
        ended_ms=end_of(found.get("duration"), rows, _SECONDS),
    )


def _started(seconds: Json) -> str | None:
    """When the call began, given as s since 1970."""
    if not isinstance(seconds, (int, float)) or seconds <= 0:
        return None
    try:
        return datetime.fromtimestamp(seconds, _CHINA).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return None


HUAWEI = JsonFormat(
    name="huawei",
    title={"zh": "华为云 录音文件识别、云客服质检", "en": "Huawei Cloud recording recognition, contact centre"},
    tells=Tells(words="some", speakers="some", roles="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
