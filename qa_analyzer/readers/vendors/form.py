"""What a vendor's format is to the readers: how to know it, what it can tell, and how to make calls of it.

A format is a module beside this one that ends in a `JsonFormat` or a `TextFormat`. It turns one document into plain
canonical calls; types, times and texts are checked afterwards, for all formats alike. All units (s, 10 ms frames, ticks
of 100 ns, strings, `00:00:00,060`) end there: canonical times are whole ms from the start of the recording.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qa_analyzer.model import OVERLAPS_HIDDEN

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

    `calls` gives one or more calls; it raises `Unmendable` where the document holds none (a failed or unfinished
    task), and may raise KeyError, TypeError or ValueError where the document is not what it seems: the caller says so.
    """

    name: str
    title: dict[str, str]
    tells: Tells
    matches: Callable[[Json], bool]
    calls: Callable[[Json], list[Call]]


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format that is text, not JSON. `matches` looks at the first 64 KB; `calls` gets the whole text."""

    name: str
    title: dict[str, str]
    tells: Tells
    matches: Callable[[str], bool]
    calls: Callable[[str], list[Call]]


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
    """Who speaks each utterance, by the channel and by the voice that diarisation gave it.

    Several channels: `ch0`, or `ch0/2` where several voices share one. One channel: the voice alone, None if the
    recogniser gave none.
    """
    told = {one for one in channels if one is not None}
    if len(told) > 1:
        shared = {one for one in told if len({v for c, v in zip(channels, voices, strict=True) if c == one}) > 1}
        return [
            None if c is None else f"{channel(c)}/{v}" if c in shared and v is not None else channel(c)
            for c, v in zip(channels, voices, strict=True)
        ]
    return [None if one is None else str(one) for one in voices]


def call_of(utterances: Iterable[Call], **more: Any) -> Call:
    """A call whose utterances are in order of time, with `overlaps` hidden where one channel shows none.

    Several channels (`ch0`, `ch1`) record each party for itself, so that what overlaps shows. In one channel it
    shows only if the recogniser let utterances of two speakers overlap.
    """
    rows = list(utterances)
    if all(row.get("start_ms") is not None for row in rows):
        rows.sort(key=lambda row: row["start_ms"])
    call = {"utterances": rows, **{key: value for key, value in more.items() if value is not None}}
    by_channel = len({str(row["speaker"]).split("/")[0] for row in rows if str(row.get("speaker")).startswith("ch")})
    if by_channel < 2 and not call.get("overlaps") and not _overlapping(rows):
        call["overlaps"] = OVERLAPS_HIDDEN
    return call


def _overlapping(rows: list[Call]) -> bool:
    """Whether an utterance starts clearly before the one of another speaker before it ends."""
    latest: Call | None = None
    for row in rows:
        if row.get("start_ms") is None or row.get("end_ms") is None:
            continue
        other = latest is not None and latest.get("speaker") != row.get("speaker")
        if latest is not None and other and row["start_ms"] < latest["end_ms"] - OVERLAP_MS:
            return True
        if latest is None or row["end_ms"] > latest["end_ms"]:
            latest = row
    return False


OVERLAP_MS = 100
"""Segments of one channel may touch by rounding; more is heard overlap."""
