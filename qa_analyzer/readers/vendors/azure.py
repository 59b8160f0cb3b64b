"""Azure Speech: batch transcription, fast transcription, and the items of a conversation.

Batch: `recognizedPhrases[]{recognitionStatus, channel, speaker?, offsetInTicks, durationInTicks, nBest[]{display,
words[], displayWords[]}}` in ticks of 100 ns, in newer versions `offsetMilliseconds`, in all `offset` as `PT1.2S`.
Fast: `phrases[]{channel?, speaker?, offsetMilliseconds, durationMilliseconds, text, words[]}` (`offset`, `duration` in
ms in the preview). Conversation analysis: `conversations[].conversationItems[]{text, role, participantId}`. The best
hypothesis counts; phrases that failed or hold no speech are left out. Confidences and sentiment are not used;
`timestamp` is when the transcription was made, not when the call was.
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
    first_object,
    fitting,
    has,
    inside,
    milliseconds,
    named_voice,
    refuse_failed,
    speakers,
    word_rows,
)

_TICKS = 1e-4
"""A tick is 100 ns."""
_DURATION = re.compile(r"P(?:([\d.]+)D)?T?(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?")
_TASK = frozenset({"succeeded", "success"})


def _is_ours(value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("recognizedPhrases"), list) or isinstance(value.get("combinedRecognizedPhrases"), list):
        return True
    if isinstance(value.get("phrases"), list) and (
        "combinedPhrases" in value or has(first_object(value["phrases"]), "text")
    ):
        return True
    items = at(value, "conversations", 0, "conversationItems") or value.get("conversationItems")
    if isinstance(items, list):
        return True
    task = {"self", "status", "links"} <= value.keys()
    return task and "transcriptions" in str(value["self"])


def _matches(value: Json) -> bool:
    return not isinstance(value, list) and inside(value, _is_ours) is not None


def _calls(value: Json) -> list[Call]:
    found = inside(value, _is_ours)
    conversations = found.get("conversations") or ([found] if "conversationItems" in found else None)
    if conversations:
        calls = [_conversation(one) for one in conversations]
    elif "phrases" in found:
        calls = [_phrases(found["phrases"])]
    else:
        calls = [_phrases(found.get("recognizedPhrases") or [])]
    if not any(row["text"] for call in calls for row in call["utterances"]):
        refuse_failed(found.get("status"), _TASK)
        raise Unmendable("job_only" if "links" in found else "no_speech")
    return calls


def _phrases(phrases: list[Json]) -> Call:
    heard = [one for one in phrases if str(one.get("recognitionStatus") or "Success") == "Success"]
    heard = [one for one in heard if _text(one)]
    voices = speakers([one.get("channel") for one in heard], [one.get("speaker") for one in heard])
    rows = []
    for one, voice in zip(heard, voices, strict=True):
        start, lasting = _time(one, "offset"), _time(one, "duration")
        rows.append(
            {
                "speaker": voice,
                "start_ms": start,
                "end_ms": None if start is None or lasting is None else start + lasting,
                "text": _text(one),
                "words": _words(one),
            }
        )
    return call_of(rows)


def _text(phrase: dict[str, Json]) -> str:
    best = at(phrase, "nBest", 0) or phrase
    return next((str(best[key]).strip() for key in ("display", "text", "itn", "lexical") if best.get(key)), "")


def _words(phrase: dict[str, Json]) -> list[Call] | None:
    """The words as displayed, else as spoken if they are those of the text."""
    best = at(phrase, "nBest", 0) or phrase
    for key in ("displayWords", "words"):
        if isinstance(best.get(key), list):
            found = fitting(word_rows(_timed(best[key]), 1), _text(phrase))
            if found:
                return found
    return None


def _timed(words: Iterable[Json]) -> Iterable[tuple[Json, Json, Json]]:
    for word in words:
        start, lasting = _time(word, "offset"), _time(word, "duration")
        text = word.get("displayText", word.get("word", word.get("text")))
        yield text, start, None if start is None or lasting is None else start + lasting


def _time(one: dict[str, Json], key: str) -> int | None:
    """ms, in whichever of the ways it is written."""
    for name, scale in ((f"{key}Milliseconds", 1.0), (f"{key}InTicks", _TICKS)):
        if one.get(name) is not None:
            return milliseconds(one[name], scale)
    written = one.get(key)
    if isinstance(written, str) and written.startswith("P"):
        found = _DURATION.fullmatch(written)
        if found is None:
            raise ValueError(written)
        days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
        return round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
    return milliseconds(written)


def _conversation(one: dict[str, Json]) -> Call:
    rows = []
    for item in one.get("conversationItems") or []:
        timing = item.get("conversationItemLevelTiming") or item
        start, lasting = milliseconds(timing.get("offset"), _TICKS), milliseconds(timing.get("duration"), _TICKS)
        voice = named_voice(item.get("role"))
        if voice["role"] is None and not voice["speaker"]:
            voice = named_voice(item.get("participantId"))
        rows.append(
            {
                **voice,
                "start_ms": start,
                "end_ms": None if start is None or lasting is None else start + lasting,
                "text": str(item.get("text") or item.get("lexical") or "").strip(),
            }
        )
    return call_of(rows, spare_id=one.get("id"))


AZURE = JsonFormat(
    name="azure",
    title={"zh": "Azure 语音：批量转写、快速转写", "en": "Azure Speech: batch and fast transcription"},
    tells=Tells(words="some", speakers="some", roles=False, overlaps="some"),
    matches=_matches,
    calls=_calls,
)
