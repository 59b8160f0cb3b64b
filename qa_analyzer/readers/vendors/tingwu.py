"""Aliyun 通义听悟 (Tingwu): `Transcription.Paragraphs[]{SpeakerId, Words[]{SentenceId, Start, End, Text}}` in ms.

A paragraph is what one voice says, cut into sentences by `SentenceId`: each is an utterance. `AudioInfo.Duration` is
the length of the recording in ms. `SpeakerId` is there where voices were asked for.
"""

from __future__ import annotations

from itertools import groupby

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
    folded,
    inside,
    joined,
    milliseconds,
    unfinished,
    word_rows,
)


def _paragraphs(value: Json) -> list[Json]:
    top = folded(value)
    found = folded(top.get("transcription")).get("paragraphs") or top.get("paragraphs")
    first = folded(first_object(found))
    return list(found or []) if "words" in first and {"paragraphid", "speakerid"} & first.keys() else []


def _holds(value: Json) -> bool:
    return bool(_paragraphs(value))


def _is_task(value: Json) -> bool:
    """A task that names the file of its result, or why there is none."""
    data = folded(at(value, "Data"))
    return {"taskid", "taskstatus"} <= data.keys() and bool({"result", "taskkey", "errorcode"} & data.keys())


def _matches(value: Json) -> bool:
    return not isinstance(value, list) and (_is_task(value) or inside(value, _holds) is not None)


def _calls(value: Json) -> list[Call]:
    found = inside(value, _holds)
    if found is None:
        data = folded(value["Data"])
        status = str(data["taskstatus"])
        if status == "COMPLETED":
            raise Unmendable("job_only")
        said = f"{status} {data.get('errorcode') or ''} {data.get('errormessage') or ''}".strip()
        raise unfinished(said) if status == "ONGOING" else failed(said)
    rows = [row for one in _paragraphs(found) for row in _sentences(folded(one))]
    if not rows:
        raise Unmendable("no_speech")
    top = folded(found)
    inner = folded(top.get("transcription")) or top
    task = top.get("taskid")
    length = folded(inner.get("audioinfo")).get("duration")
    return [call_of(rows, spare_id=None if task is None else str(task), ended_ms=end_of(length, rows))]


def _sentences(paragraph: dict[str, Json]) -> list[Call]:
    """The sentences of a paragraph."""
    words = [folded(word) for word in paragraph["words"]]
    voice = paragraph.get("speakerid")
    rows = []
    for _, group in groupby(words, key=lambda word: word.get("sentenceid")):
        own = list(group)
        text = joined(str(word.get("text") or "").strip() for word in own)
        told = ((word.get("text"), word.get("start"), word.get("end")) for word in own)
        rows.append(
            {
                "speaker": None if voice in (None, "") else str(voice),
                "start_ms": milliseconds(own[0]["start"]),
                "end_ms": milliseconds(own[-1]["end"]),
                "text": text,
                "words": fitting(word_rows(told, 1), text),
            }
        )
    return [row for row in rows if row["text"]]


TINGWU = JsonFormat(
    name="tingwu",
    title={"zh": "阿里云 通义听悟", "en": "Aliyun Tingwu"},
    tells=Tells(words=True, speakers="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
