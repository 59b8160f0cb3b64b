"""iFlytek 语音转写 (long form recognition), versions 1 and 2, the fast service, and the one on own servers.

Version 1: `data` holds, mostly as a string, `[{bg, ed, onebest, speaker, wordsResultList?[]{wordsName, wordBg,
wordEd}}]`; its array alone is read too. Version 2: `content.orderResult`, a string, holds `lattice[].json_1best` (a
string again) and `lattice2[].json_1best` (an object): `st{bg, ed, rl, rt[].ws[]{cw[]{w, wp}, wb, we}}`. `lattice` is
the result proper, `lattice2` the one before fillers are smoothed away, used where the other is missing. The fast
service has the same under `data.result`; own servers send `body.lattices[]{begin, end, onebest, spk}`.

`bg` and `ed` are ms, as strings; `wb`, `we`, `wordBg` and `wordEd` are frames of 10 ms from the start of their
sentence. `rl`, `speaker` and `spk` number voices and say nothing of roles; 0 for all = voices were not asked for. Two
tracks: `label.rl_track[]{rl, track: L | R}` says which voice has which. Of the candidates of a word (`cw`) the first
counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.vendors.form import (
    Call,
    Json,
    JsonFormat,
    Tells,
    at,
    call_of,
    channel,
    delayed,
    end_of,
    failed,
    first_object,
    fitting,
    has,
    inside,
    milliseconds,
    named_voices,
    unfinished,
    unwrapped,
    word_rows,
)

FRAME_MS = 10
_PUNCTUATION = frozenset("pg")
"""Kinds of words (`wp`) that nobody says: punctuation, and the mark of a new paragraph."""
_TRACKS = {"L": 0, "R": 1, "LEFT": 0, "RIGHT": 1}
_DONE = frozenset({"4", "000000", "0", "3", "success"})
_RUNNING = frozenset({"0", "1", "2", "3"})


def _is_old(value: Json) -> bool:
    first = first_object(value)
    return "onebest" in first and bool({"bg", "begin"} & first.keys())


def _is_result(value: Json) -> bool:
    if isinstance(value, list):
        return _is_old(value) or "json_1best" in first_object(value)
    return bool(_lattice(value)) or _is_old(unwrapped(at(value, "lattices")))


def _lattice(value: Json) -> list[Json]:
    for key in ("lattice", "lattice2"):
        found = unwrapped(at(value, key))
        if "json_1best" in first_object(found):
            return list(found)
    return []


def _matches(value: Json) -> bool:
    if isinstance(value, list):
        return _is_result(value)
    return _is_task(value) or inside(value, _is_result) is not None


def _is_task(value: Json) -> bool:
    """The answer of a task, which may hold no result."""
    if not isinstance(value, dict):
        return False
    return (
        has(value, "content", "orderInfo")
        or "descInfo" in value
        or {"ok", "err_no"} <= value.keys()
        or (has(value, "data", "task_status") and "sid" in value)
        or (has(value, "state", "success") and has(value, "body", "aid"))
    )


def _calls(value: Json) -> list[Call]:
    found = inside(value, _is_result)
    if found is None:
        raise _without_result(value)
    rows = [_old(one) if "onebest" in one else _sentence(one) for one in _items(found)]
    tracks = _tracks(unwrapped(at(found, "label")))
    voices = named_voices([row["speaker"] for row in rows], unasked="0")
    if len(set(tracks.values())) > 1:
        voices = [tracks.get(str(row["speaker"])) for row in rows]
    for row, voice in zip(rows, voices, strict=True):
        row["speaker"] = voice
    if not any(row["text"].strip() for row in rows):
        raise Unmendable("no_speech")
    length = at(value, "content", "orderInfo", "realDuration")
    return [call_of(rows, spare_id=_name(value), ended_ms=end_of(length, rows))]


def _items(found: Json) -> list[Json]:
    """The sentences of a result, as they are written."""
    if isinstance(found, list):
        return found
    return _lattice(found) or list(unwrapped(found["lattices"]))


def _name(value: Json) -> str | None:
    """What the task is called."""
    paths = (("content", "orderInfo", "orderId"), ("data", "task_id"), ("body", "aid"))
    found = next((at(value, *path) for path in paths if has(value, *path)), None)
    return None if found is None else str(found)


def _without_result(value: Json) -> Unmendable:
    status = at(value, "content", "orderInfo", "status")
    said = at(value, "descInfo") or at(value, "failed") or at(value, "message") or at(value, "desc")
    if status is not None:
        if str(status) in _RUNNING:
            return unfinished(f"status {status}")
        reason = at(value, "content", "orderInfo", "failType")
        return Unmendable("no_speech") if str(status) == "4" else failed(f"status {status}, failType {reason}")
    if has(value, "data", "task_status") and str(value["data"]["task_status"]) in {"1", "2"}:
        return unfinished(f"task_status {value['data']['task_status']}")
    code = next((at(value, *path) for path in (("err_no",), ("code",), ("state", "code")) if has(value, *path)), None)
    progress = unwrapped(at(value, "data"))
    if has(progress, "status") and str(progress["status"]) != "9":
        return unfinished(progress.get("desc") or f"status {progress['status']}")
    if code is not None and str(code) not in _DONE:
        return failed(f"{code} {said or ''}".strip())
    return Unmendable("no_speech") if "data" in value or "body" in value else unfinished(said or code)


def _tracks(label: Json) -> dict[str, str]:
    """Voice → channel, of a recording with two tracks."""
    found = at(label, "rl_track")
    pairs = [(str(at(one, "rl")), str(at(one, "track")).upper()) for one in found or [] if isinstance(one, dict)]
    return {voice: channel(_TRACKS.get(track, track)) for voice, track in pairs}


def _old(one: dict[str, Json]) -> Call:
    """A sentence of version 1, or from an own server."""
    start = milliseconds(one.get("bg", one.get("begin")))
    text = str(one["onebest"] or "")
    words = [
        (word.get("wordsName"), word.get("wordBg"), word.get("wordEd"))
        for word in unwrapped(one.get("wordsResultList")) or []
        if word.get("wp") not in _PUNCTUATION
    ]
    return {
        "speaker": one.get("speaker", one.get("spk")),
        "start_ms": start,
        "end_ms": milliseconds(one.get("ed", one.get("end"))),
        "text": text,
        "words": fitting(delayed(word_rows(words, FRAME_MS), start), text),
    }


def _sentence(item: dict[str, Json]) -> Call:
    """A sentence of version 2."""
    best = unwrapped(item["json_1best"])
    if not isinstance(best, dict):
        raise ValueError("json_1best")
    st = best["st"]
    start = milliseconds(st.get("bg", item.get("begin")))
    told = [
        (str(first.get("w") or ""), first.get("wp"), word.get("wb"), word.get("we"))
        for part in st.get("rt") or []
        for word in part.get("ws") or []
        if (first := first_object(word.get("cw")))
    ]
    text = _joined(word for word, *_ in told)
    spoken = word_rows(((word, begin, end) for word, kind, begin, end in told if kind not in _PUNCTUATION), FRAME_MS)
    return {
        "speaker": st.get("rl", _numbered(item.get("spk"))),
        "start_ms": start,
        "end_ms": milliseconds(st.get("ed", item.get("end"))),
        "text": text,
        "words": fitting(delayed(spoken, start), text),
    }


def _numbered(spk: Json) -> str | None:
    """`段落-1` → `1`."""
    found = re.search(r"\d+$", str(spk)) if spk is not None else None
    return found[0] if found else None


def _joined(words: Iterable[str]) -> str:
    """The words in a row, with a space between two Latin words that have none."""
    text = ""
    for word in words:
        text += " " + word if _LATIN_END.search(text) and _LATIN.match(word) else word
    return text.strip()


_LATIN = re.compile(r"[A-Za-z]")
_LATIN_END = re.compile(r"[A-Za-z][,.!?;:]?$")


IFLYTEK = JsonFormat(
    name="iflytek",
    title={"zh": "讯飞 语音转写", "en": "iFlytek speech transcription"},
    tells=Tells(words="some", speakers="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
