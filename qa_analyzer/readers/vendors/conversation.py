"""Aliyun conversation analysis: 智能对话分析 (SCA, Qualitycheck), 通义晓蜜 CCAI, and transcripts uploaded to them.

Lists of `{begin, end, role, identity, words}` in ms, called `dialogues` (a task, a rule test), `Dialogues` or
`Dialogues.Dialogue` (a result for review), `AsrResult.AsrResult` in `ResultInfo[]` (results, one call each),
`asrResult` (CCAI), `dialogue` in `tickets[]` (upload, one call each), or `dialogue.sentences[]{role, text}` (CCAI, no
times). `role` says who the agent is; `identity` is a role word or who it was. `beginTime` is the time of day of an
utterance, as a date or in ms. Keys are written as shown or with capitals. `emotionValue` is the volume, no valence;
scores and rules that were hit are not used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone

from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.vendors.form import (
    Call,
    Json,
    JsonFormat,
    Tells,
    at,
    call_of,
    failed,
    first_object,
    folded,
    inside,
    milliseconds,
    named_voice,
    unfinished,
    unwrapped,
)

_LISTS = ("dialogues", "dialogue", "asrresult", "sentences")
_CHINA = timezone(timedelta(hours=8))
"""Where the service runs: a time in ms is written as the time of day there."""
_RUNNING = frozenset({"QUEUE", "RUNNING", "PROCESSING", "WAITING"})


def _is_dialogue(value: Json) -> bool:
    first = folded(first_object(value))
    if "role" not in first or not {"words", "text"} & first.keys():
        return False
    return isinstance(first.get("words", first.get("text")), str) and "startms" not in first


def _dialogue(value: Json) -> list[Json]:
    """The list of what was said in an object, also one in a list of its own name."""
    top = folded(value)
    for key in _LISTS:
        found = unwrapped(top.get(key))
        if isinstance(found, dict):
            found = next((one for name, one in folded(found).items() if name in _LISTS), None)
        if isinstance(found, list) and _is_dialogue(found):
            return found
    return []


def _several(value: Json) -> list[Json]:
    """Calls of one document: results, or tickets to upload."""
    top = folded(value)
    for key in ("resultinfo", "tickets"):
        found = top.get(key)
        if isinstance(found, dict):
            found = folded(found).get(key)
        if isinstance(found, list) and any(map(_dialogue, found)):
            return found
    return []


def _holds(value: Json) -> bool:
    if isinstance(value, list):
        return "words" in folded(first_object(value)) and _is_dialogue(value)
    return bool(_dialogue(value) or _several(value))


def _matches(value: Json) -> bool:
    if isinstance(value, list):
        return _holds(value)
    return _is_task(value) or inside(value, _holds) is not None


def _is_task(value: Json) -> bool:
    """A task of CCAI, which may hold no dialogue."""
    data = folded(at(value, "data"))
    return {"taskid", "taskstatus"} <= data.keys() and bool({"taskerrormessage", "asrresult", "text"} & data.keys())


def _calls(value: Json) -> Sequence[Call | Unmendable]:
    found = inside(value, _holds)
    if found is None:
        data = folded(value["data"])
        status = str(data["taskstatus"])
        if status in _RUNNING:
            raise unfinished(status)
        if status == "ERROR":
            raise failed(f"{status} {data.get('taskerrormessage') or ''}".strip())
        raise Unmendable("no_speech")
    if isinstance(found, list):
        return [_call(found, {})]
    several = _several(found)
    if not several:
        return [_call(_dialogue(found), folded(found))]
    return [_call(one, folded(of)) if (one := _dialogue(of)) else _without(folded(of)) for of in several]


def _without(result: dict[str, Json]) -> Unmendable:
    """A result whose dialogue is missing."""
    said = result.get("errormessage") or result.get("asrmsg")
    return failed(said) if said else Unmendable("no_speech")


def _call(dialogue: Iterable[Json], about: dict[str, Json]) -> Call:
    told = [folded(one) for one in dialogue]
    rows = [_row(one) for one in told]
    if not any(row["text"].strip() for row in rows):
        raise Unmendable("no_speech")
    recording, agent = folded(about.get("recording")), folded(about.get("agent"))
    task = about.get("taskid") or about.get("sessionid") or about.get("fileid")
    return call_of(
        rows,
        call_id=_text(about.get("tid") or recording.get("callid")),
        spare_id=_text(recording.get("name") or about.get("filemergename") or task),
        agent_id=_text(agent.get("id")) or _agent(told, rows),
        agent_name=_text(agent.get("name")),
        team=_text(agent.get("skillgroup")),
        started_at=_date(recording.get("calltime"), 0) or _date(told[0].get("begintime"), told[0].get("begin")),
        recording_url=_text(recording.get("url") or about.get("audiourl")),
    )


def _row(one: dict[str, Json]) -> Call:
    role = named_voice(one.get("rolename") or one.get("role"))
    identity = named_voice(one.get("identity"))
    return {
        "role": role["role"] or identity["role"],
        "speaker": identity["speaker"] or role["speaker"],
        "start_ms": milliseconds(one.get("begin")),
        "end_ms": milliseconds(one.get("end")),
        "text": str(one.get("words", one.get("text")) or "").strip(),
    }


def _text(value: Json) -> str | None:
    return None if value is None or value == "" or isinstance(value, (dict, list, bool)) else str(value)


def _agent(told: list[dict[str, Json]], rows: list[Call]) -> str | None:
    """Who the agent was, where one identity that is no role word speaks all that the agent says."""
    named = {one.get("identity") for one, row in zip(told, rows, strict=True) if row["role"] == "agent"}
    found = named.pop() if len(named) == 1 else None
    return _text(found) if named_voice(found)["role"] is None else None


def _date(written: Json, offset_ms: Json) -> str | None:
    """When the recording began, by the time of day of what came `offset_ms` later. None if it is not readable."""
    try:
        offset = timedelta(milliseconds=float(offset_ms or 0))
        if isinstance(written, str) and not written.strip().isdigit():
            return (datetime.fromisoformat(written.strip()) - offset).isoformat(timespec="seconds")
        if written:
            return (datetime.fromtimestamp(float(written) / 1000, _CHINA) - offset).isoformat(timespec="seconds")
    except (TypeError, ValueError, OverflowError, OSError):
        pass
    return None


CONVERSATION = JsonFormat(
    name="aliyun-conversation",
    title={"zh": "阿里云 智能对话分析、通义晓蜜", "en": "Aliyun conversation analysis"},
    tells=Tells(times="some", speakers=True, roles=True, overlaps="some"),
    matches=_matches,
    calls=_calls,
)
