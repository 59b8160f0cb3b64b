"""Google Speech-to-Text, versions 1 and 2: answers, long-running operations, files of batch recognition.

`results[]{alternatives[]{transcript, words[]{word, startTime, endTime, speakerTag}}, channelTag, resultEndTime}`;
version 2 says `startOffset`, `endOffset`, `speakerLabel`, `resultEndOffset`. Durations are `"1.300s"`,
`{"seconds": "1", "nanos": 3}` or numbers of seconds. In version 1 speakers are named only in the words of the last
result, which repeats all words: those are cut where the voice changes and where a result ended. Without word times a
result tells only its end. The first alternative counts; confidences are not used.
"""

from __future__ import annotations

from itertools import accumulate

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
    has,
    inside,
    joined,
    letters,
    milliseconds,
    word_rows,
)


def _is_results(value: Json) -> bool:
    first = first_object(at(value, "results"))
    if isinstance(first.get("alternatives"), list):
        return not isinstance(first.get("channel"), dict)
    return bool({"channelTag", "resultEndTime", "resultEndOffset"} & first.keys())


def _is_ours(value: Json) -> bool:
    if _is_results(value) or _files(value):
        return True
    operation = isinstance(value, dict) and "name" in value and bool({"done", "metadata"} & value.keys())
    return operation and "google" in str(at(value, "metadata", "@type") or at(value, "response", "@type") or "")


def _files(value: Json) -> dict[str, Json]:
    """Answers of a batch by the name of the recording."""
    results = at(value, "results")
    if not isinstance(results, dict):
        return {}
    found = {
        name: at(one, "transcript") or at(one, "inlineResult", "transcript")
        for name, one in results.items()
        if isinstance(one, dict) and (has(one, "transcript", "results") or has(one, "inlineResult", "transcript"))
    }
    return {name: one for name, one in found.items() if isinstance(one, dict)}


def _matches(value: Json) -> bool:
    return not isinstance(value, list) and inside(value, _is_ours) is not None


def _calls(value: Json) -> list[Call]:
    found = inside(value, lambda one: _is_results(one) or bool(_files(one)))
    if found is None:
        raise _without_results(value)
    if not _is_results(found):
        return [
            {**_call(one["results"]), "spare_id": name.rsplit("/", 1)[-1].rsplit(".", 1)[0]}
            for name, one in _files(found).items()
        ]
    return [_call(found["results"])]


def _without_results(value: Json) -> Unmendable:
    if has(value, "error"):
        return Unmendable("task_failed", status=str(at(value, "error", "message") or value["error"])[:80])
    if at(value, "done") is True or has(value, "response"):
        return Unmendable("no_speech")
    return Unmendable("task_failed", status=f"{at(value, 'metadata', 'progressPercent') or 0} %")


def _call(results: list[Json]) -> Call:
    heard = [one for one in results if one.get("alternatives") and one.get("isFinal", True)]
    rows = _by_voice(heard) or [row for one in heard for row in _result(one, len(_channels(heard)) > 1)]
    if not any(row["text"] for row in rows):
        raise Unmendable("no_speech")
    return call_of(rows)


def _channels(results: list[Json]) -> set[Json]:
    return {_track(one) for one in results if _track(one)}


def _track(result: Json) -> Json:
    return result.get("channelTag") or result.get("channel_tag")


def _transcript(result: Json) -> str:
    return str(at(result, "alternatives", 0, "transcript") or "").strip()


def _words(result: Json) -> list[dict[str, Json]]:
    return [one for one in at(result, "alternatives", 0, "words") or [] if one.get("word")]


def _voice(word: dict[str, Json]) -> str | None:
    keys = ("speakerLabel", "speakerTag", "speaker_label", "speaker_tag")
    label = next((word[key] for key in keys if word.get(key)), None)
    return str(label) if label not in (None, "", 0, "0") else None


def _by_voice(results: list[Json]) -> list[Call]:
    """Version 1 with voices: the words of the last result, cut where the text of an earlier result ended."""
    if not results or len(_channels(results)) > 1:
        return []
    last = _words(results[-1])
    if not any(map(_voice, last)) or any(_voice(word) for one in results[:-1] for word in _words(one)):
        return []
    ends = set(accumulate(len(letters(_transcript(one))) for one in results[:-1]))
    reached = accumulate(len(letters(str(word["word"]))) for word in last)
    return _runs(last, None, {number for number, end in enumerate(reached, 1) if end in ends})


def _runs(words: list[dict[str, Json]], track: str | None, cuts: set[int] | frozenset[int] = frozenset()) -> list[Call]:
    """Words in runs of one voice."""
    rows: list[Call] = []
    held: list[dict[str, Json]] = []
    for number, word in enumerate(words):
        if held and (number in cuts or _voice(word) != _voice(held[-1])):
            rows.append(_row(held, track))
            held = []
        held.append(word)
    return [*rows, _row(held, track)] if held else rows


def _row(words: list[dict[str, Json]], track: str | None) -> Call:
    text = joined(str(word["word"]).strip() for word in words)
    voice = _voice(words[0])
    return {
        "speaker": track if voice is None else f"{track}/{voice}" if track else voice,
        "start_ms": _time(words[0], "start"),
        "end_ms": _time(words[-1], "end"),
        "text": text,
        "words": _timed(words, text),
    }


def _timed(words: list[dict[str, Json]], text: str) -> list[Call] | None:
    return fitting(word_rows(((word["word"], _time(word, "start"), _time(word, "end")) for word in words), 1), text)


def _result(result: Json, several: bool) -> list[Call]:
    """One result: one utterance, or one a voice."""
    words = _words(result)
    track = channel(_track(result)) if several and _track(result) else None
    if any(map(_voice, words)):
        return _runs(words, track)
    text = _transcript(result) or joined(str(word["word"]).strip() for word in words)
    if not text:
        return []
    ends = ("resultEndTime", "resultEndOffset", "result_end_time", "result_end_offset")
    end = next((_duration(result[key]) for key in ends if key in result), None)
    return [
        {
            "speaker": track,
            "start_ms": _time(words[0], "start") if words else None,
            "end_ms": (_time(words[-1], "end") if words else None) or end,
            "text": text,
            "words": _timed(words, text),
        }
    ]


def _time(word: dict[str, Json], which: str) -> int | None:
    """ms; a start that is left out is 0."""
    for key in (f"{which}Time", f"{which}Offset", f"{which}_time", f"{which}_offset"):
        if key in word:
            return _duration(word[key])
    other = "end" if which == "start" else "start"
    timed = any(key in word for key in (f"{other}Time", f"{other}Offset", f"{other}_time", f"{other}_offset"))
    return 0 if which == "start" and timed else None


def _duration(value: Json) -> int | None:
    """`"1.300s"`, `{"seconds": "1", "nanos": 300000000}`, 1.3 → 1300."""
    if isinstance(value, dict):
        return round(float(value.get("seconds") or 0) * 1000 + float(value.get("nanos") or 0) / 1e6)
    return milliseconds(value.strip().removesuffix("s") if isinstance(value, str) else value, 1000)


GOOGLE = JsonFormat(
    name="google",
    title={"zh": "Google Speech-to-Text", "en": "Google Speech-to-Text"},
    tells=Tells(times="some", words="some", speakers="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
