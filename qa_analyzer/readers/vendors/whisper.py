"""Whisper and what is built on it: openai-whisper, WhisperX, faster-whisper, whisper.cpp, and others of that layout.

`{text, language, segments[]{start, end, text, speaker?, words[]{word, start, end}?}}` in seconds (openai-whisper,
`verbose_json` and `diarized_json` of the OpenAI API, WhisperX, faster-whisper, stable-ts, whisper-timestamped), also
the bare list of segments. whisper.cpp: `transcription[]{timestamps{from, to}, offsets{from, to}, text, speaker?,
tokens[]?}`, offsets in ms; its `speaker` is the louder channel of a stereo recording, `?` if neither is. Transformers
pipeline: `chunks[]{timestamp: [start, end], text}` in seconds, `speakers[]` where insanely-fast-whisper told voices
apart. Whisper knows no voices itself: without `speaker` nobody is named. Probabilities are not used.
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
    clock_ms,
    first_object,
    fitting,
    inside,
    milliseconds,
    named_voice,
    word_rows,
)

_MS_PER_CHARACTER = 20
"""Nobody speaks a character in 20 ms, and nobody takes 20 s for one: above, whole numbers are ms."""
_SPEAKERS = ("speaker", "speaker_id", "speaker_label", "speaker_name", "spk", "role")
_CHANNELS = ("channel", "channel_id")
_SPEAKER_IN_TEXT = re.compile(r"\s*\(speaker ([0-9?]+)\)\s*", re.IGNORECASE)
_TURN = "[SPEAKER_TURN]"
_SPECIAL = re.compile(r"\s*\[_[A-Z]+[^\]]*\]\s*|\s*<\|[^|]*\|>\s*")


def _is_segment(value: Json) -> bool:
    return isinstance(value, dict) and {"start", "end", "text"} <= value.keys() and not {"spk", "bg"} & value.keys()


def _is_chunk(value: Json) -> bool:
    times = at(value, "timestamp")
    limits = isinstance(times, list) and len(times) == 2 and all(isinstance(one, (int, float)) for one in times[:1])
    return limits and isinstance(at(value, "text"), str)


def _is_piece(value: Json) -> bool:
    return isinstance(value, dict) and "text" in value and bool({"offsets", "timestamps", "timestanps"} & value.keys())


def _is_ours(value: Json) -> bool:
    if isinstance(value, list):
        return _is_segment(first_object(value)) or _is_chunk(first_object(value))
    if not isinstance(value, dict) or {"sentence_info", "recognizedPhrases", "phrases"} & value.keys():
        return False
    for key, test in (("segments", _is_segment), ("transcription", _is_piece), ("chunks", _is_chunk)):
        if isinstance(value.get(key), list) and value[key]:
            return test(value[key][0])
    empty = any(value.get(key) == [] for key in ("segments", "transcription", "chunks"))
    return empty and bool({"language", "text", "systeminfo", "word_segments"} & value.keys())


def _matches(value: Json) -> bool:
    return _is_ours(value) if isinstance(value, list) else inside(value, _is_ours) is not None


def _calls(value: Json) -> list[Call]:
    found = inside(value, _is_ours)
    if isinstance(found, dict) and found.get("transcription"):
        rows = _pieces(found["transcription"])
    elif isinstance(found, dict) and found.get("segments"):
        rows = _segments(found["segments"])
    elif isinstance(found, dict):
        rows = _chunks(found.get("speakers") or found.get("chunks") or [])
    else:
        rows = _segments(found) if _is_segment(found[0]) else _chunks(found)
    if not any(row["text"].strip() for row in rows):
        raise Unmendable("no_speech")
    return [call_of(rows)]


def _segments(segments: list[Json]) -> list[Call]:
    scale = _scale(segments)
    rows = []
    for one in segments:
        text = str(one["text"] or "").strip()
        words = one.get("words")
        rows.append(
            {
                **_who(one),
                "start_ms": _ms(one["start"], scale),
                "end_ms": _ms(one["end"], scale),
                "text": text,
                "words": fitting(word_rows(_timed(words), scale), text) if isinstance(words, list) else None,
            }
        )
    return rows


def _timed(words: list[Json]) -> Iterable[tuple[Json, Json, Json]]:
    for word in words:
        if isinstance(word, dict):
            yield word.get("word", word.get("text")), word.get("start"), word.get("end")


def _scale(segments: list[Json]) -> float:
    """Units of 1 or 1000 ms: seconds, unless whole numbers would make a character last for ages."""
    lengths = []
    for one in segments:
        for key in ("start", "end"):
            value = one.get(key)
            if isinstance(value, float) and not value.is_integer():
                return 1000
            if isinstance(value, str) and not value.strip().isdecimal():
                return 1000
        if (
            isinstance(one.get("text"), str)
            and one["text"].strip()
            and one["start"] is not None
            and one["end"] is not None
        ):
            lengths.append((float(one["end"]) - float(one["start"])) / len(one["text"].strip()))
    return 1 if lengths and sorted(lengths)[len(lengths) // 2] > _MS_PER_CHARACTER else 1000


def _ms(value: Json, scale: float) -> int | None:
    if isinstance(value, str) and ":" in value:
        return clock_ms(value)
    return milliseconds(value, scale)


def _who(one: dict[str, Json]) -> Call:
    label = next((one[key] for key in _SPEAKERS if one.get(key) not in (None, "")), None)
    track = next((one[key] for key in _CHANNELS if one.get(key) not in (None, "")), None)
    if label is None and track is not None:
        return {"role": None, "speaker": channel(track)} if str(track).isdecimal() else named_voice(track)
    return named_voice(label)


def _pieces(pieces: list[Json]) -> list[Call]:
    """whisper.cpp."""
    rows = []
    for one in pieces:
        text = str(one["text"] or "").replace(_TURN, "").strip()
        label = one.get("speaker")
        said = _SPEAKER_IN_TEXT.match(text)
        if said:
            text, label = text[said.end() :], said[1]
        tokens = one.get("tokens")
        rows.append(
            {
                **named_voice(label),
                "start_ms": _limit(one, "from"),
                "end_ms": _limit(one, "to"),
                "text": text,
                "words": _tokens(tokens, text) if isinstance(tokens, list) else None,
            }
        )
    return rows


def _limit(one: dict[str, Json], which: str) -> int | None:
    """ms, from the offsets, else from the written time."""
    offset = at(one, "offsets", which)
    if offset is not None:
        return milliseconds(offset)
    written = at(one, "timestamps", which) or at(one, "timestanps", which)
    return clock_ms(written) if isinstance(written, str) else None


def _tokens(tokens: list[Json], text: str) -> list[Call] | None:
    """Tokens that are whole characters; whisper.cpp cuts Chinese ones in two, and then none is used."""
    said = [one for one in tokens if isinstance(one, dict) and not _SPECIAL.fullmatch(str(one.get("text") or ""))]
    return fitting(word_rows(((one.get("text"), _limit(one, "from"), _limit(one, "to")) for one in said), 1), text)


def _chunks(chunks: list[Json]) -> list[Call]:
    return [
        {
            **_who(one),
            "start_ms": milliseconds(one["timestamp"][0], 1000),
            "end_ms": milliseconds(one["timestamp"][1], 1000),
            "text": str(one["text"] or "").strip(),
        }
        for one in chunks
    ]


WHISPER = JsonFormat(
    name="whisper",
    title={
        "zh": "Whisper、WhisperX、faster-whisper、whisper.cpp",
        "en": "Whisper, WhisperX, faster-whisper, whisper.cpp",
    },
    tells=Tells(words="some", speakers="some", roles=False, overlaps="some"),
    matches=_matches,
    calls=_calls,
)
