"""Calls in pieces: lines of JSON, or the objects of an array, of which each is one utterance or one streamed event.

A streaming recogniser sends an event for every change of an utterance, and people store what they receive. Only what is
final counts. Events of one session are one call; where they
name none, those of a file are. Rows `{"role": …, "text": …, "start": …}` are read as those of any table.
Times: ms (Aliyun, Tencent, Baidu, Huawei, FunASR, iFlytek `bg`/`ed` as strings), ticks of 100 ns (Azure).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qa_analyzer.readers.columns import CallsOfRows, Heading, TableCall
from qa_analyzer.readers.dialogue import parse_dialogue
from qa_analyzer.readers.headings import CALL_FIELDS, column_of
from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.vendors.form import Call, Json, at, call_of, channel, joined, milliseconds, unwrapped
from qa_analyzer.readers.vendors.funasr import FUNASR
from qa_analyzer.readers.vendors.huawei import HUAWEI
from qa_analyzer.readers.voices import voice

_TICKS_A_MS = 10_000
_NLS = frozenset({"SentenceBegin", "SentenceEnd", "TranscriptionStarted", "TranscriptionResultChanged"})
_NLS |= {"TranscriptionCompleted", "TaskFailed", "RecognitionResultChanged", "RecognitionCompleted"}
_DASHSCOPE = frozenset({"task-started", "result-generated", "task-finished", "task-failed"})
_BAIDU = frozenset({"MID_TEXT", "FIN_TEXT", "HEARTBEAT"})
_HUAWEI = frozenset({"START", "RESULT", "END", "EVENT", "ERROR", "FATAL_ERROR"})
_FUNASR = frozenset({"2pass-online", "2pass-offline", "online"})
_WHO = frozenset({"role", "speaker", "channel", "is_agent"})
_TRACKS = frozenset({"0", "1", "2", "l", "r", "left", "right", "左", "右", "左声道", "右声道"})


@dataclass(frozen=True, slots=True)
class Event:
    """What one event says: its session, None if it names none, and utterances that are final."""

    session: str | None = None
    rows: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """The events of one recogniser. `read` gives None for what is no event of it, and never raises."""

    name: str
    read: Callable[[dict[str, Json]], Event | None]


@dataclass(frozen=True, slots=True)
class Joined:
    """A call made of pieces; `first` = the position of its first piece. `call` is why not, where there is none."""

    first: int
    call: Call | Unmendable


def _row(text: Json, start: Json, end: Json, speaker: Json = None, scale: float = 1.0) -> Call:
    try:
        times = milliseconds(start, scale), milliseconds(end, scale)
    except (TypeError, ValueError):
        times = None, None
    who = None if speaker in (None, "") else voice(speaker)
    return {
        "role": who.role if who else None,
        "speaker": who.speaker if who else None,
        "start_ms": times[0],
        "end_ms": times[1],
        "text": text.strip() if isinstance(text, str) else "",
    }


def _text(value: Json) -> str | None:
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "" else None


def _funasr(value: dict[str, Json]) -> Event | None:
    """What the messages of a session say, its reader knows."""
    return Event() if value.get("mode") in _FUNASR and isinstance(value.get("text"), str) else None


def _azure(value: dict[str, Json]) -> Event | None:
    if "RecognitionStatus" not in value or not {"Offset", "DisplayText", "NBest", "Duration"} & value.keys():
        return None
    text = value.get("DisplayText") or at(value, "NBest", 0, "Display") or ""
    if value["RecognitionStatus"] != "Success" or not text:
        return Event()
    start, lasting = value.get("Offset"), value.get("Duration")
    times: tuple[Json, Json] = (None, None)
    if isinstance(start, (int, float)) and isinstance(lasting, (int, float)):
        times = (start, start + lasting)
    speaker = value.get("SpeakerId") or value.get("Speaker")
    row = _row(text, *times, speaker, 1 / _TICKS_A_MS)
    if speaker is None and value.get("Channel") is not None:
        row["speaker"] = channel(value["Channel"])
    return Event(rows=(row,))


def _dashscope(value: dict[str, Json]) -> Event | None:
    if at(value, "header", "event") not in _DASHSCOPE:
        return None
    session, sentence = _text(at(value, "header", "task_id")), at(value, "payload", "output", "sentence")
    ended = isinstance(sentence, dict) and (sentence.get("sentence_end") or sentence.get("end_time") is not None)
    if not ended or sentence.get("heartbeat"):
        return Event(session)
    times = sentence.get("begin_time"), sentence.get("end_time")
    return Event(session, (_row(sentence.get("text"), *times, sentence.get("speaker_id")),))


def _nls(value: dict[str, Json]) -> Event | None:
    if at(value, "header", "name") not in _NLS:
        return None
    session, said = _text(at(value, "header", "task_id")), value.get("payload")
    if value["header"]["name"] not in {"SentenceEnd", "RecognitionCompleted"} or not isinstance(said, dict):
        return Event(session)
    times = said.get("begin_time"), said.get("time")
    return Event(session, (_row(said.get("result"), *times, said.get("speaker_id")),))


def _tencent(value: dict[str, Json]) -> Event | None:
    if "voice_id" not in value or not {"code", "result"} & value.keys():
        return None
    session, said = _text(value["voice_id"]), value.get("result")
    if not isinstance(said, dict) or said.get("slice_type") != 2:
        return Event(session)
    times = said.get("start_time"), said.get("end_time")
    return Event(session, (_row(said.get("voice_text_str"), *times, said.get("speaker_id")),))


def _iflytek(value: dict[str, Json]) -> Event | None:
    if value.get("action") not in {"started", "result", "error"} or "sid" not in value:
        return None
    session, told = _text(value["sid"]), at(unwrapped(value.get("data")), "cn", "st")
    if not isinstance(told, dict) or str(told.get("type")) != "0":
        return Event(session)
    words = [
        word["cw"][0]
        for part in told.get("rt") or []
        for word in at(part, "ws") or []
        if isinstance(at(word, "cw", 0), dict)
    ]
    voices = [one for one in (str(word.get("rl", "0")) for word in words) if one != "0"]
    text = joined(str(word.get("w") or "") for word in words)
    return Event(session, (_row(text, told.get("bg"), told.get("ed"), voices[0] if voices else None),))


def _baidu(value: dict[str, Json]) -> Event | None:
    if value.get("type") not in _BAIDU or not {"result", "sn", "err_no"} & value.keys():
        return None
    session = (_text(value.get("sn")) or "").split("_ws_")[0] or None
    if value["type"] != "FIN_TEXT" or value.get("err_no") not in (None, 0):
        return Event(session)
    return Event(session, (_row(value.get("result"), value.get("start_time"), value.get("end_time")),))


def _huawei(value: dict[str, Json]) -> Event | None:
    """What the messages of a session say, its reader knows."""
    return Event() if value.get("resp_type") in _HUAWEI else None


STREAMS = (
    Stream(FUNASR.name, _funasr),
    Stream("azure", _azure),
    Stream("dashscope", _dashscope),
    Stream("aliyun", _nls),
    Stream("tencent", _tencent),
    Stream("iflytek", _iflytek),
    Stream("baidu", _baidu),
    Stream(HUAWEI.name, _huawei),
)
_WITH_SESSIONS = {one.name: one for one in (FUNASR, HUAWEI)}
"""Formats whose readers know the messages of a session."""
ROWS = "dialogues"
"""The format of utterances that are rows of a table."""


def kind_of(value: Json) -> str | None:
    """The format of which an object is a piece, None for a whole call or what nobody knows."""
    if not isinstance(value, dict) or "utterances" in value or "turns" in value:
        return None
    found = next((one.name for one in STREAMS if one.read(value) is not None), None)
    return found or (ROWS if _is_utterance(value) else None)


def _is_utterance(value: dict[str, Json]) -> bool:
    """Whether an object is a row that says who speaks one text."""
    names = {found.name: key for key in value if (found := column_of(key))}
    text = value.get(names["text"]) if "text" in names else None
    who = [names[name] for name in _WHO & names.keys()]
    if not isinstance(text, str) or not any(isinstance(value[key], (str, int)) for key in who):
        return False
    if {*who} == {names.get("channel")} and str(value[names["channel"]]).strip().lower() not in _TRACKS:
        return False
    nested = any(
        isinstance(one, dict) or (isinstance(one, list) and one and isinstance(one[0], dict) and "text" in one[0])
        for key, one in value.items()
        if key != "words"
    )
    return not nested and sum(line.label is not None for line in parse_dialogue(text[:400])) < 2


def joined_calls(pieces: Sequence[dict[str, Json]], name: str) -> list[Joined]:
    """The calls that pieces of one kind (`kind_of`) make, in order of their first pieces."""
    if name == ROWS:
        return _of_rows(pieces)
    if name in _WITH_SESSIONS:
        return [Joined(0, one) for one in _WITH_SESSIONS[name].calls(list(pieces))]
    read = next(one.read for one in STREAMS if one.name == name)
    sessions: dict[str | None, list[tuple[int, Event]]] = {}
    before: str | None = None
    for place, piece in enumerate(pieces):
        event = read(piece)
        if event is None:
            continue
        before = event.session if event.session is not None else before
        sessions.setdefault(before, []).append((place, event))
    if None in sessions and len(sessions) == 2:  # what came before the session had a name
        first = sessions.pop(None)
        (named,) = sessions
        sessions[named] = first + sessions[named]
    return [
        Joined(events[0][0], _call(session, [event for _, event in events])) for session, events in sessions.items()
    ]


def _call(session: str | None, events: Iterable[Event]) -> Call | Unmendable:
    rows = [row for event in events for row in event.rows if row["text"]]
    if not rows:
        return Unmendable("no_speech")
    return call_of(rows, spare_id=session)


def _of_rows(pieces: Sequence[dict[str, Json]]) -> list[Joined]:
    keys = list(dict.fromkeys(key for one in pieces for key, cell in one.items() if not isinstance(cell, (dict, list))))
    cells = [[one.get(key) for key in keys] for one in pieces]
    calls = CallsOfRows(Heading(keys, cells), Counter())
    for place, row in enumerate(cells):
        calls.add(place, row)
    return [Joined(one.line, _of_table(one)) for one in calls.calls.values()]


def _of_table(found: TableCall) -> Call | Unmendable:
    if found.problem:
        return found.problem
    call = found.as_object()
    about = {name: call[name] for name in CALL_FIELDS if name in call}
    return call_of(call["utterances"], **about)
