"""Tencent Cloud 录音文件识别: task results, callbacks, the fast version, jobs of Cloud Infinite.

`Response.Data{Status, ResultDetail[]{FinalSentence, StartMs, EndMs, SpeakerId, Words[]{Word, OffsetStartMs,
OffsetEndMs}}, Result, AudioDuration}`; without `ResultDetail` only `Result` tells, lines of `[0:0.020,0:2.380,0] text`:
minutes and seconds, and the speaker where there are several. Callbacks say `resultDetail`, `text` and `audioTime` (s),
as JSON or as a form (`code=0&text=…`), and such a form or the lines alone are read as text. The fast version:
`flash_result[]{channel_id, text, sentence_list[]{text, start_time, end_time, speaker_id, word_list[]{word, start_time,
end_time}}}` in ms.

Times of words in `Words` count from the start of their sentence. `SpeakerId` is the voice, or the channel of a
recording with two; 0 for all = voices were not asked for. Emotions and energies are not used.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qs

from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.vendors.form import (
    Call,
    Json,
    JsonFormat,
    Tells,
    TextFormat,
    at,
    call_of,
    clock_ms,
    delayed,
    end_of,
    failed,
    first_object,
    fitting,
    folded,
    inside,
    milliseconds,
    named_voice,
    named_voices,
    shifted,
    speakers,
    unfinished,
    unwrapped,
    word_rows,
)

_TIME = r"\d+:\d+\.\d+"
_LINE = re.compile(rf"[ \t]*\[(?P<start>{_TIME}),(?P<end>{_TIME})(?:,(?P<voice>[^\]\n]*))?\][ \t]*(?P<text>[^\n]*)")
_FORM = re.compile(r"[A-Za-z_]+=[^&\s]*(?:&[A-Za-z_]+=[^&\s]*)+\s*(?:\n|$)")
_CODES = {"0": "waiting", "1": "doing", "3": "failed"}
_RUNNING = frozenset({"waiting", "doing"})


def _details(top: dict[str, Json]) -> list[Json]:
    found = unwrapped(top.get("resultdetail"))
    if isinstance(found, dict):
        found = [found]
    return found if "finalsentence" in folded(first_object(found)) else []


def _lines(top: dict[str, Json]) -> str:
    """The result as lines, where it has times: text alone is in many documents."""
    for key in ("result", "text"):
        found = top.get(key)
        if isinstance(found, str) and _LINE.match(found.lstrip()):
            return found
    return ""


def _flash(top: dict[str, Json]) -> list[Json]:
    found = unwrapped(top.get("flashresult"))
    if isinstance(found, dict):
        found = [found]
    told = isinstance(found, list) and any(isinstance(one, dict) and "sentence_list" in one for one in found)
    return list(found) if told else []


def _is_error(top: dict[str, Json]) -> bool:
    """What the API answers where it refuses: `{"Response": {"Error": {"Code", "Message"}, "RequestId"}}`."""
    return "requestid" in top and {"code", "message"} <= folded(top.get("error")).keys()


def _is_task(top: dict[str, Json]) -> bool:
    """An answer or a callback, which may hold no result."""
    if {"taskid", "status", "statusstr"} <= top.keys():
        return True
    return {"requestid", "appid", "audiotime"} <= top.keys() or {"requestid", "appid", "text"} <= top.keys()


def _holds(value: Json) -> bool:
    if isinstance(value, list):
        first = folded(first_object(value))
        return "finalsentence" in first and "startms" in first
    top = folded(value)
    return bool(_details(top) or _flash(top) or _lines(top)) or _is_task(top) or _is_error(top)


def _unpacked(value: Json) -> Json:
    """Out of the job of Cloud Infinite, which may be one of a list."""
    job = at(value, "Response", "JobsDetail") or at(value, "JobsDetail")
    if isinstance(job, list):
        job = first_object(job)
    return at(job, "Operation", "SpeechRecognitionResult") or value


def _matches(value: Json) -> bool:
    return inside(_unpacked(value), _holds) is not None


def _calls(value: Json) -> list[Call]:
    found = inside(_unpacked(value), _holds)
    return [_call(found if isinstance(found, dict) else {"ResultDetail": found})]


def _call(result: dict[str, Json]) -> Call:
    top = folded(result)
    rows, scale = _rows(top)
    if not any(row["text"].strip() for row in rows):
        raise _without_text(top)
    length = top.get("audioduration", top.get("audiotime"))
    name = top.get("taskid", top.get("requestid"))
    return call_of(rows, spare_id=None if name is None else str(name), ended_ms=end_of(length, rows, scale))


def _rows(top: dict[str, Json]) -> tuple[list[Call], float]:
    """The utterances, and the unit of the recording's length in ms."""
    flash = _flash(top)
    if flash:
        return _fast(flash), 1
    found = _details(top)
    if found:
        details = [folded(one) for one in found]
        voices = named_voices([one.get("speakerid") for one in details], unasked="0")
        return [_detail(one, voice) for one, voice in zip(details, voices, strict=True)], 1000
    written = _lines(top)
    if written:
        return _written(written), 1000
    plain = top.get("result", top.get("text"))
    return [{"speaker": None, "text": str(plain or ""), "start_ms": None, "end_ms": None}], 1000


def _without_text(top: dict[str, Json]) -> Unmendable:
    if _is_error(top):
        error = folded(top["error"])
        return failed(f"{error['code']} {error['message']}")
    status = str(top.get("statusstr") or _CODES.get(str(top.get("status")), ""))
    said = str(top.get("errormsg") or top.get("message") or "")
    if status in _RUNNING:
        return unfinished(status)
    code = str(top.get("code", 0))
    if status == "failed" or code not in {"0", ""}:
        return failed(f"{status or code} {said}".strip())
    return Unmendable("no_speech")


def _detail(one: dict[str, Json], voice: str | None) -> Call:
    text = str(one.get("finalsentence") or one.get("writtentext") or "").strip()
    start = milliseconds(one["startms"])
    role = named_voice(one.get("speakerrolename"))
    words = [folded(word) for word in one.get("words") or []]
    told = word_rows(((word.get("word"), word.get("offsetstartms"), word.get("offsetendms")) for word in words), 1)
    return {
        "role": role["role"],
        "speaker": role["speaker"] or voice,
        "start_ms": start,
        "end_ms": milliseconds(one["endms"]),
        "text": text,
        "words": fitting(delayed(told, start), text),
    }


def _fast(channels: list[Json]) -> list[Call]:
    told = [(track, one) for track in channels for one in track.get("sentence_list") or []]
    found = [one.get("speaker_id") for _, one in told]
    voices = speakers([track.get("channel_id") for track, _ in told], named_voices(found, unasked="0"))
    return [_fast_row(one, voice) for (_, one), voice in zip(told, voices, strict=True)]


def _fast_row(one: dict[str, Json], voice: str | None) -> Call:
    text = str(one["text"] or "").strip()
    start = milliseconds(one["start_time"])
    words = ((word.get("word"), word.get("start_time"), word.get("end_time")) for word in one.get("word_list") or [])
    return {
        "speaker": voice,
        "start_ms": start,
        "end_ms": milliseconds(one["end_time"]),
        "text": text,
        "words": fitting(shifted(word_rows(words, 1), start), text),
    }


def _written(lines: str) -> list[Call]:
    """Lines with times. A line without goes on with the one before."""
    rows: list[Call] = []
    for line in lines.splitlines():
        found = _LINE.match(line)
        if found:
            rows.append(
                {
                    "speaker": (found["voice"] or "").strip() or None,
                    "start_ms": clock_ms(found["start"]),
                    "end_ms": clock_ms(found["end"]),
                    "text": found["text"].strip(),
                }
            )
        elif line.strip() and rows:
            rows[-1]["text"] += line.strip()
    for row, voice in zip(rows, named_voices([row["speaker"] for row in rows], unasked="0"), strict=True):
        row["speaker"] = voice
    return rows


TENCENT = JsonFormat(
    name="tencent",
    title={"zh": "腾讯云 录音文件识别", "en": "Tencent Cloud recording recognition"},
    tells=Tells(words="some", speakers="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)


# The same as text -------------------------------------------------------------------------------------------------


def _is_text(head: str) -> bool:
    head = head.lstrip("\ufeff \t\r\n")
    return bool(_LINE.match(head)) or (bool(_FORM.match(head)) and "requestId=" in head.split("\n", 1)[0])


def _text_calls(text: str) -> Sequence[Call | Unmendable]:
    """Lines with times: one call. Forms: one a line."""
    text = text.lstrip("\ufeff \t\r\n")
    if _LINE.match(text):
        return [_call({"Result": text})]
    return [_form(line) for line in text.splitlines() if line.strip()]


def _form(line: str) -> Call | Unmendable:
    values = {key: found[-1] for key, found in parse_qs(line.strip(), keep_blank_values=True).items()}
    try:
        return _call(values)
    except Unmendable as problem:
        return problem


TENCENT_TEXT = TextFormat(
    name="tencent-text",
    title={"zh": "腾讯云 录音文件识别（回调、文字结果）", "en": "Tencent Cloud recording recognition (callback, text)"},
    tells=Tells(words="some", speakers="some", overlaps="some"),
    matches=_is_text,
    calls=_text_calls,
)
