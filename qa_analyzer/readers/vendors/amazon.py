"""Amazon: Transcribe Call Analytics, Contact Lens of Amazon Connect, plain Transcribe.

Call Analytics and Contact Lens: `Transcript[]{BeginOffsetMillis, EndOffsetMillis, Content, ParticipantRole, Items[]}`
in ms; Contact Lens names a `ParticipantId` whose role stands in `Participants[]`, and puts the contact's id into
`CustomerMetadata`. In real time the same comes as `Segments[]{Transcript}`. Each party has a channel of its own, so
overlaps show. `ConversationCharacteristics` (interruptions, talk speed, non-talk time, sentiment by quarter),
`Sentiment`, `LoudnessScores` and `Categories` are Amazon's judgement and are not used; its duration ends with the last
word, not with the call.

Plain Transcribe: `results{audio_segments[], speaker_labels{segments[]}, channel_labels{channels[]}, items[]}`, times in
seconds as strings; the utterances are the audio segments, in older files the speakers' segments, else words up to the
end of a sentence or a pause. Punctuation is an item without times. `spk_0` is a voice, not a role.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import datetime

from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.vendors.form import (
    Call,
    Json,
    JsonFormat,
    Tells,
    at,
    call_of,
    channel,
    first_object,
    fitting,
    inside,
    joined,
    milliseconds,
    refuse_failed,
    speakers,
    word_rows,
)

_ROLES = {"AGENT": "agent", "CUSTOMER": "customer", "SYSTEM": "system", "CUSTOM_BOT": "system", "SUPERVISOR": "agent"}
_DONE = frozenset({"completed", "complete", "success"})
_PAUSE_MS = 1000
"""Words without any segments are cut at a pause of this length."""


# Call Analytics and Contact Lens ----------------------------------------------------------------------------------


def _is_analysis(value: Json) -> bool:
    turns = at(value, "Transcript") or at(value, "Segments")
    first = first_object(turns)
    turn = at(first, "Transcript") if isinstance(at(first, "Transcript"), dict) else first
    if turn and {"ParticipantRole", "ParticipantId"} & turn.keys():
        return True
    told = isinstance(value, dict) and bool({"JobStatus", "ConversationCharacteristics", "JobDetails"} & value.keys())
    return told and (isinstance(turns, list) or "Channel" in value or "JobName" in value)


def _analysis_matches(value: Json) -> bool:
    return not isinstance(value, list) and inside(value, _is_analysis) is not None


def _analysis(value: Json) -> list[Call]:
    found = inside(value, _is_analysis)
    turns = [
        one["Transcript"] if isinstance(one.get("Transcript"), dict) else one
        for one in found.get("Transcript") or found.get("Segments") or []
    ]
    turns = [one for one in turns if one.get("Content") not in (None, "")]
    if not turns:
        refuse_failed(found.get("JobStatus"), _DONE)
        raise Unmendable("no_speech")
    roles = {one.get("ParticipantId"): one.get("ParticipantRole") for one in found.get("Participants") or []}
    codes = [_code(one, roles) for one in turns]
    people = {(code, one.get("ParticipantId")) for one, code in zip(turns, codes, strict=True)}
    several = {code for code, often in Counter(code for code, _ in people).items() if often > 1}
    began = _first_moment(turns)
    rows = [
        {
            "role": code,
            "speaker": _told_apart(one) if code is None or code in several else None,
            "start_ms": _offset(one, "BeginOffsetMillis", began),
            "end_ms": milliseconds(one.get("EndOffsetMillis")),
            "text": str(one["Content"]).strip(),
            "words": _item_words(one.get("Items"), str(one["Content"])),
        }
        for one, code in zip(turns, codes, strict=True)
    ]
    contact = at(found, "CustomerMetadata", "ContactId") or found.get("ContactId")
    more = {"call_id": contact} if isinstance(contact, str) and contact else {"spare_id": found.get("JobName")}
    return [call_of(rows, separate=found.get("Channel") != "CHAT", **more)]


def _told_apart(one: dict[str, Json]) -> str | None:
    return str(one["ParticipantId"]) if one.get("ParticipantId") else None


def _code(one: dict[str, Json], roles: dict[Json, Json]) -> str | None:
    for told in (one.get("ParticipantRole"), roles.get(one.get("ParticipantId")), one.get("ParticipantId")):
        code = _ROLES.get(str(told or "").upper())
        if code:
            return code
    return None


def _offset(one: dict[str, Json], key: str, began: datetime | None) -> int | None:
    """Time from the start in ms; of a chat, which has moments only, from its first message."""
    if one.get(key) is not None or began is None:
        return milliseconds(one.get(key))
    moment = _moment(one)
    return None if moment is None else round((moment - began).total_seconds() * 1000)


def _first_moment(turns: list[dict[str, Json]]) -> datetime | None:
    return min((moment for moment in map(_moment, turns) if moment), default=None)


def _moment(one: dict[str, Json]) -> datetime | None:
    written = one.get("AbsoluteTime") or at(one, "Time", "AbsoluteTime")
    try:
        return datetime.fromisoformat(written) if isinstance(written, str) else None
    except ValueError:
        return None


def _item_words(items: Json, text: str) -> list[Call] | None:
    if not isinstance(items, list):
        return None
    words = ((one.get("Content"), one.get("BeginOffsetMillis"), one.get("EndOffsetMillis")) for one in items)
    return fitting(word_rows(words, 1), text)


# Plain Transcribe -------------------------------------------------------------------------------------------------


def _is_transcribe(value: Json) -> bool:
    results = at(value, "results")
    if isinstance(results, dict) and isinstance(results.get("items"), list) and "transcripts" in results:
        return True
    if isinstance(results, dict) and isinstance(results.get("audio_segments"), list):
        return True
    return _is_job(value)


def _is_job(value: Json) -> bool:
    """A job's description: its status and where the transcript is, without the transcript."""
    if not isinstance(value, dict):
        return False
    named = {"jobName", "accountId", "status"} <= value.keys()
    return named or isinstance(at(value, "TranscriptionJob", "TranscriptionJobStatus"), str)


def _transcribe(value: Json) -> list[Call]:
    results = value.get("results") or {}
    if not results:
        status = value.get("status") or at(value, "TranscriptionJob", "TranscriptionJobStatus")
        refuse_failed(status, _DONE)
        raise Unmendable("job_only")
    items = [one for one in results.get("items") or [] if isinstance(one, dict)]
    if results.get("audio_segments"):
        rows = _audio_segments(results["audio_segments"], items)
    elif at(results, "speaker_labels", "segments"):
        rows = _speaker_segments(results["speaker_labels"]["segments"], items)
    elif at(results, "channel_labels", "channels"):
        rows = [
            row
            for one in results["channel_labels"]["channels"]
            for row in _cut(one.get("items") or [], channel(_track(one.get("channel_label"))))
        ]
    else:
        rows = _cut(items, None)
    if not any(row["text"] for row in rows):
        refuse_failed(value.get("status"), _DONE)
        raise Unmendable("no_speech")
    return [call_of(rows, spare_id=value.get("jobName"))]


def _track(label: Json) -> str:
    """`ch_0` → `0`."""
    return str(label).removeprefix("ch_")


def _audio_segments(segments: list[Json], items: list[dict[str, Json]]) -> list[Call]:
    by_id = {one.get("id"): one for one in items}
    tracks = [_track(one["channel_label"]) if one.get("channel_label") else None for one in segments]
    voices = speakers(tracks, [one.get("speaker_label") for one in segments])
    rows = []
    for one, voice, track in zip(segments, voices, tracks, strict=True):
        mine = [by_id[key] for key in one.get("items") or [] if key in by_id]
        text = str(one.get("transcript") or _text(mine)).strip()
        label = channel(track) if voice is None and track is not None else voice
        rows.append(_row(label, one, text, mine))
    return rows


def _row(speaker: str | None, times: dict[str, Json], text: str, items: list[dict[str, Json]]) -> Call:
    return {
        "speaker": speaker,
        "start_ms": milliseconds(times.get("start_time"), 1000),
        "end_ms": milliseconds(times.get("end_time"), 1000),
        "text": text,
        "words": fitting(word_rows(map(_timed, items), 1000), text),
    }


def _timed(item: dict[str, Json]) -> tuple[Json, Json, Json]:
    return _content(item), item.get("start_time"), item.get("end_time")


def _content(item: dict[str, Json]) -> str:
    return str(at(item, "alternatives", 0, "content") or "")


def _text(items: list[dict[str, Json]]) -> str:
    return joined(_content(one) for one in items)


def _speaker_segments(segments: list[Json], items: list[dict[str, Json]]) -> list[Call]:
    """Segments name their words by their times only; punctuation follows the word before it."""
    spoken = [one for one in segments if one.get("start_time") not in (None, "")]
    spoken.sort(key=lambda one: float(one["start_time"]))
    begins = [float(one["start_time"]) for one in spoken]
    named = {
        (item.get("start_time"), item.get("end_time")): number
        for number, one in enumerate(spoken)
        for item in one.get("items") or []
    }
    mine: list[list[dict[str, Json]]] = [[] for _ in spoken]
    place = 0
    for item in items:
        if item.get("start_time") not in (None, ""):
            latest = max(0, bisect_right(begins, float(item["start_time"])) - 1)
            place = named.get((item["start_time"], item.get("end_time")), latest)
        mine[place].append(item)
    return [_row(one.get("speaker_label"), one, _text(words), words) for one, words in zip(spoken, mine, strict=True)]


def _cut(items: list[Json], speaker: str | None) -> list[Call]:
    """Words up to the end of a sentence, a pause or another voice."""
    rows: list[Call] = []
    held: list[dict[str, Json]] = []

    def close() -> None:
        timed = [one for one in held if one.get("start_time") not in (None, "")]
        if timed:
            times = {"start_time": timed[0]["start_time"], "end_time": timed[-1].get("end_time")}
            rows.append(_row(speaker or timed[0].get("speaker_label"), times, _text(held), list(held)))
        held.clear()

    last: float | None = None
    for item in items:
        begin = item.get("start_time")
        if begin not in (None, ""):
            paused = last is not None and float(begin) * 1000 - last * 1000 >= _PAUSE_MS
            other = bool(held) and held[0].get("speaker_label") != item.get("speaker_label")
            if held and (paused or other or _content(held[-1])[-1:] in _ENDS):
                close()
            last = float(item.get("end_time") or begin)
        held.append(item)
    close()
    return rows


_ENDS = frozenset("。！？.!?")


AMAZON_ANALYTICS = JsonFormat(
    name="amazon-analytics",
    title={
        "zh": "Amazon Transcribe 通话分析、Contact Lens",
        "en": "Amazon Transcribe Call Analytics, Contact Lens",
    },
    tells=Tells(words="some", speakers=True, roles=True, overlaps=True),
    matches=_analysis_matches,
    calls=_analysis,
)
AMAZON = JsonFormat(
    name="amazon-transcribe",
    title={"zh": "Amazon Transcribe", "en": "Amazon Transcribe"},
    tells=Tells(words=True, speakers="some", overlaps="some"),
    matches=_is_transcribe,
    calls=_transcribe,
)
