"""What a vendor's format is to the readers: how to know it, what it can tell, and how to make calls of it.

A format is a module beside this one that ends in a `JsonFormat` or a `TextFormat`. It turns one document into plain
canonical calls; types, times and texts are checked afterwards, for all formats alike. All units (s, 10 ms frames, ticks
of 100 ns, strings, `00:00:00,060`) end there: canonical times are whole ms from the start of the recording.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qa_analyzer.model import OVERLAPS_HIDDEN
from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.voices import voice

Json = Any
Call = dict[str, Any]
"""A call in canonical keys, without `call_id` where the document has none."""


@dataclass(frozen=True, slots=True)
class Tells:
    """What a format can tell. `some` = only with the right recording or setting.

    times      when an utterance begins and ends
    words      when each word begins and ends
    speakers   which utterances come from one mouth
    roles      who is the agent
    overlaps   two people speaking at once
    """

    times: bool | str = True
    words: bool | str = False
    speakers: bool | str = "some"
    roles: bool | str = False
    overlaps: bool | str = "some"

    def word(self, what: str) -> str:
        """yes, no or some."""
        told: bool | str = getattr(self, what)
        return told if isinstance(told, str) else "yes" if told else "no"


@dataclass(frozen=True, slots=True)
class JsonFormat:
    """A vendor's JSON document. `matches` looks at a parsed value and must be cheap and never raise.

    `calls` gives one or more calls. A call may have a `spare_id`, the recogniser's name for the recording: it is the
    call's id where the document is not alone in its file. Of a document of several tasks, one that failed or is not
    finished stands in its place as the `Unmendable` that says so. `calls` raises `Unmendable` where the document holds
    no call at all, and may raise KeyError, TypeError or ValueError where the document is not what it seems: the caller
    says so.
    """

    name: str
    title: dict[str, str]
    tells: Tells
    matches: Callable[[Json], bool]
    calls: Callable[[Json], Sequence[Call | Unmendable]]


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format that is text, not JSON. `matches` looks at the first 64 KB; `calls` gets the whole text."""

    name: str
    title: dict[str, str]
    tells: Tells
    matches: Callable[[str], bool]
    calls: Callable[[str], Sequence[Call | Unmendable]]


def has(value: Json, *path: str | int) -> bool:
    """Whether the path (keys and positions) leads somewhere."""
    return at(value, *path) is not None


def at(value: Json, *path: str | int) -> Json:
    """What the path leads to, None if it leads nowhere. Never raises."""
    for step in path:
        if isinstance(step, str):
            value = value.get(step) if isinstance(value, dict) else None
        else:
            value = value[step] if isinstance(value, list) and -len(value) <= step < len(value) else None
    return value


def unwrapped(value: Json) -> Json:
    """JSON that stands in a string → its value; anything else as it is. Vendors put results into strings."""
    if isinstance(value, str) and value.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def first_object(value: Json) -> dict[str, Json]:
    """The first element of an array of objects, `{}` if it has none."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def folded(value: Json) -> dict[str, Json]:
    """An object with its keys in small letters and without `_`: `BeginTime`, `begin_time`, `beginTime` → `begintime`.

    One vendor's services and versions write the same key in all three ways. `{}` for what is no object.
    """
    return {key.replace("_", "").lower(): one for key, one in value.items()} if isinstance(value, dict) else {}


def milliseconds(value: Json, scale: float = 1.0) -> int | None:
    """A number or a string of one, times `scale`, in whole ms; None for what is missing or empty."""
    if value is None or value == "" or isinstance(value, bool):
        return None
    return round(float(value) * scale)


def clock_ms(written: str) -> int:
    """`00:01:02,060`, `01:02.060`, `62.06` → ms. Raises ValueError."""
    seconds = 0.0
    for part in written.strip().replace(",", ".").split(":"):
        seconds = seconds * 60 + float(part)
    return round(seconds * 1000)


def channel(number: Json) -> str:
    """The speaker that a channel of the recording stands for: `ch0`."""
    return f"ch{number}"


def speakers(channels: Sequence[Json], voices: Sequence[Json]) -> list[str | None]:
    """Who speaks each utterance, by the channel and by the voice that diarisation gave it, as numbers or strings.

    Several channels: `ch0`, or `ch0/2` where several voices share one. One channel: the voice alone, None if the
    recogniser gave none.
    """
    tracks, mouths = ([None if one is None else str(one) for one in told] for told in (channels, voices))
    if len({*tracks} - {None}) > 1:
        heard = set(zip(tracks, mouths, strict=True))
        shared = {one for one in tracks if sum(track == one for track, _ in heard) > 1}
        return [
            None if one is None else f"{channel(one)}/{mouth}" if one in shared and mouth is not None else channel(one)
            for one, mouth in zip(tracks, mouths, strict=True)
        ]
    return mouths


def call_of(utterances: Iterable[Call], *, separate: bool = False, **more: Any) -> Call:
    """A call whose utterances are in order of time, with `overlaps` hidden where one channel shows none.

    Several channels (`ch0`, `ch1`, or any if the format is known to keep the parties `separate`) record each party
    for itself, so that what overlaps shows. In one channel it shows only if the recogniser let utterances of two
    speakers overlap.
    """
    rows = list(utterances)
    if all(row.get("start_ms") is not None for row in rows):
        rows.sort(key=lambda row: row["start_ms"])
    call = {"utterances": rows, **{key: value for key, value in more.items() if value is not None}}
    by_channel = len({str(row["speaker"]).split("/")[0] for row in rows if str(row.get("speaker")).startswith("ch")})
    if by_channel < 2 and not separate and not call.get("overlaps") and not _overlapping(rows):
        call["overlaps"] = OVERLAPS_HIDDEN
    return call


def _overlapping(rows: list[Call]) -> bool:
    """Whether an utterance starts clearly before the one of another speaker before it ends."""
    latest: Call | None = None
    for row in rows:
        if row.get("start_ms") is None or row.get("end_ms") is None:
            continue
        other = latest is not None and _mouth(latest) != _mouth(row)
        if latest is not None and other and row["start_ms"] < latest["end_ms"] - OVERLAP_MS:
            return True
        if latest is None or row["end_ms"] > latest["end_ms"]:
            latest = row
    return False


def _mouth(row: Call) -> tuple[Json, Json]:
    return row.get("role"), row.get("speaker")


OVERLAP_MS = 100
"""Segments of one channel may touch by rounding; more is heard overlap."""


# Words, and speakers by name --------------------------------------------------------------------------------------


def joined(words: Iterable[str]) -> str:
    """Words in a row → text: a space between two words of letters or digits, none beside Chinese and before
    punctuation.
    """
    text = ""
    for word in words:
        if text and word and _spaced(text[-1], word[0]):
            text += " "
        text += word
    return text


def _spaced(before: str, after: str) -> bool:
    if before.isspace() or after.isspace() or _WIDE.match(before) or _WIDE.match(after):
        return False
    return before not in _OPENS and after not in _CLOSES


_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
_OPENS = frozenset("([{“‘\"'$#@/-")
_CLOSES = frozenset(",.!?;:%)]}”’'…/-")


def named_voice(label: Json) -> Call:
    """`role` and `speaker` of an utterance by the name that the recogniser gives its speaker."""
    found = voice(label)
    return {"role": found.role, "speaker": found.speaker}


def word_rows(words: Iterable[tuple[Json, Json, Json]], scale: float) -> list[Call] | None:
    """(text, start, end) of words → `words` of an utterance, None if there is none. Times are in units of 1/`scale` ms.

    A word without times (punctuation, a number that was not aligned) keeps its text.
    """
    rows = [
        {"text": text, "start_ms": milliseconds(start, scale), "end_ms": milliseconds(end, scale)}
        for text, start, end in words
        if isinstance(text, str) and text.strip()
    ]
    return rows if any(row["start_ms"] is not None for row in rows) else None


def fitting(words: list[Call] | None, text: str) -> list[Call] | None:
    """The words, if they are those of the text up to spaces, punctuation and case; a number written in digits is
    not what was said, and its words are left out.
    """
    if words and letters("".join(word["text"] for word in words)) == letters(text):
        return words
    return None


def letters(text: str) -> str:
    """What of a text is spoken: without spaces, punctuation and case."""
    return "".join(char for char in text.casefold() if char.isalnum())


# Envelopes --------------------------------------------------------------------------------------------------------

_ENVELOPES = (
    *("data", "Data", "result", "Result", "results", "Results", "response", "Response", "output", "Output", "body"),
    *("payload", "content", "transcript", "transcription", "asr_result", "asrResult", "detail", "message"),
    *("resp", "Body", "orderResult", "order_result", "resultData", "resultInfo", "ResultInfo"),
)
_DEEPEST = 4


def inside(value: Json, test: Callable[[Json], bool], depth: int = _DEEPEST) -> Json:
    """`value` or the first value in its envelopes (`{"code": 0, "data": {…}}`, JSON in a string) that passes `test`.

    None if none does. Never raises if `test` does not.
    """
    value = unwrapped(value)
    if test(value):
        return value
    if depth and isinstance(value, dict):
        for key in _ENVELOPES:
            if isinstance(value.get(key), (dict, list, str)):
                found = inside(value[key], test, depth - 1)
                if found is not None:
                    return found
    return None


def refuse_failed(status: Json, finished: Iterable[str]) -> None:
    """Raise `Unmendable` for a status of a task that is none of the `finished` ones (in small letters)."""
    if status is None or str(status).lower() in finished:
        return
    raise unfinished(status) if str(status).lower().replace("_", "") in _UNFINISHED else failed(status)


_UNFINISHED = frozenset({"inprogress", "queued", "running", "notstarted", "waiting", "processing", "submitted"})


def end_of(recording: Json, rows: Iterable[Call], scale: float = 1.0) -> int | None:
    """`ended_ms` from the length of the recording, given in units of 1/`scale` ms.

    None if it is not given, or shorter than what was heard: then it counts speech, or another unit.
    """
    try:
        end = milliseconds(recording, scale)
    except (TypeError, ValueError):
        return None
    last = max((row["end_ms"] or 0 for row in rows), default=0)
    return end if end is not None and end >= max(last, 1) else None


def named_voices(voices: Sequence[Json], *, unasked: str) -> list[str | None]:
    """Voices as they are numbered. Where all have the number `unasked`, voices were not told apart: None."""
    told = [None if one is None or one == "" else str(one) for one in voices]
    return [None] * len(told) if {*told} <= {unasked, None} else told


def shifted(words: list[Call] | None, start: int | None) -> list[Call] | None:
    """Words whose times may count from the start of their utterance → from the start of the recording.

    They do so where the first begins clearly before the utterance. For vendors that do not say which it is.
    """
    times = [word["start_ms"] for word in words or [] if word["start_ms"] is not None]
    if not words or start is None or not times or times[0] >= start - OVERLAP_MS:
        return words
    return delayed(words, start)


def delayed(words: list[Call] | None, start: int | None) -> list[Call] | None:
    """Words whose times count from the start of their utterance → from the start of the recording."""
    if not words or start is None:
        return None
    return [
        {
            "text": word["text"],
            "start_ms": None if word["start_ms"] is None else word["start_ms"] + start,
            "end_ms": None if word["end_ms"] is None else word["end_ms"] + start,
        }
        for word in words
    ]


def unfinished(status: Json) -> Unmendable:
    """The task is waiting or running."""
    return Unmendable("task_unfinished", status=str(status)[:80])


def failed(status: Json) -> Unmendable:
    """The task failed, or was refused."""
    return Unmendable("task_failed", status=str(status)[:80])
