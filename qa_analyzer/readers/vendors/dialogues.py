"""Dialogues as JSON: research files such as MobileCS and JDDC, chats, exports of rows.

One dialogue an object with its turns in a list (`content`, `dialog`, `messages` …), an array or an object of dialogues,
or the bare turns. A turn names its speaker by a key (`{"[SPEAKER 1]": "…", "[SPEAKER 2]": "…"}`, `{"客服": "…"}`), by a
value (`{"speaker": "客服", "text": "…"}`), by a pair (`["客服", "…"]`) or by a label (`"客服：…"`); rows of a table as
JSON are read as any table, with their times. The whole dialogue may also be one text. In MobileCS, known by its
annotated intents, SPEAKER 1 is the agent. Annotations are not used.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from qa_analyzer.readers.columns import CallsOfRows, Heading
from qa_analyzer.readers.dialogue import Labels, parse_dialogue
from qa_analyzer.readers.headings import CALL_FIELDS, column_of, field_of
from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.text import read_dialogue
from qa_analyzer.readers.vendors.form import Call, Json, JsonFormat, Tells, call_of, inside
from qa_analyzer.readers.voices import voice

_LISTS = (
    *("content", "contents", "dialog", "dialogs", "dialogue", "dialogues", "conversation", "conversations", "messages"),
    *("message_list", "history", "log", "chat", "chats", "records", "对话", "对话内容", "会话", "内容"),
)
_TEXTS = (
    *("text", "content", "transcript", "transcription", "dialogue", "dialog", "conversation", "asr_text"),
    *("对话内容", "通话内容", "转写文本", "文本", "内容"),
)
_WHO = ("role", "speaker", "from", "sender", "who", "party", "speaker_role", "user_type", "角色", "说话人", "发言人")
_SAID = ("text", "content", "utterance", "value", "message", "sentence", "msg", "文本", "内容")
_NUMBERED = re.compile(r"\[?\s*speaker(?:[ _-]?[0-9]{1,3}|[ _-][A-Z])\s*\]?|说话人\s*[0-9A-Z]", re.IGNORECASE)
_SEGMENT = frozenset({"start", "end", "text"})
_OF_OTHERS = frozenset({"key", "spk", "begin", "words", "offsets", "segments", "ParticipantRole", "recognizedPhrases"})
_INTENTS = frozenset({"客服意图", "用户意图"})
_FIRST = re.compile(r"\[?\s*speaker[ _-]?1\s*\]?", re.IGNORECASE)
_OTHER_ROLES = {"usr": "customer", "human": "customer", "sys": "system", "gpt": "agent", "wizard": "agent"}
_SAMPLE = 4000


def _is_turn(value: Json) -> bool:
    if isinstance(value, str):
        return _is_labelled(value)
    if isinstance(value, list):
        pair = len(value) == 2 and all(isinstance(one, str) for one in value)
        return pair and (voice(value[0]).role is not None or bool(_NUMBERED.fullmatch(value[0])))
    if not isinstance(value, dict) or _OF_OTHERS & value.keys():
        return False
    return bool(_said_by(value)) or _is_row(value)


def _is_row(value: dict[str, Json]) -> bool:
    who = any(isinstance(value.get(key), (str, int)) for key in _WHO)
    return who and any(isinstance(value.get(key), str) for key in _SAID)


def _is_labelled(text: str) -> bool:
    return any(label is not None for label, *_ in Labels([text]).split(text)[:1])


def _said_by(turn: dict[str, Json]) -> list[tuple[str, str]]:
    """(speaker, text) of a turn whose keys are its speakers, in its order."""
    if any(isinstance(turn.get(key), str) for key in _SAID):
        return []
    return [
        (key, text)
        for key, text in turn.items()
        if isinstance(text, str) and (voice(key).role is not None or _NUMBERED.fullmatch(key)) and key not in _WHO
    ]


def _are_turns(value: Json) -> bool:
    if not isinstance(value, list) or not value:
        return False
    first = next((one for one in value if one), None)
    return _is_turn(first) and not (isinstance(first, dict) and first.keys() >= _SEGMENT)


def _turns(value: dict[str, Json]) -> list[Json] | None:
    return next((value[key] for key in _LISTS if _are_turns(value.get(key))), None)


def _whole_text(value: dict[str, Json]) -> str | None:
    """A whole dialogue in one text."""
    for key in _TEXTS:
        text = value.get(key)
        if isinstance(text, str) and len(text) > 4 and sum(line.label is not None for line in _opening(text)) >= 2:
            return text
    return None


def _opening(text: str) -> list[Any]:
    return parse_dialogue(text[:_SAMPLE]) if "：" in text or ":" in text else []


def _is_dialogue(value: Json) -> bool:
    if not isinstance(value, dict) or _OF_OTHERS & value.keys():
        return False
    return _turns(value) is not None or _whole_text(value) is not None


def _is_ours(value: Json) -> bool:
    """A dialogue, its bare turns, or dialogues by their ids. A list of dialogues is read one by one."""
    if isinstance(value, list):
        return _are_turns(value) or (bool(value) and _are_turns(value[0]))
    if not isinstance(value, dict):
        return False
    return _is_dialogue(value) or _by_id(value)


def _by_id(value: dict[str, Json]) -> bool:
    first = next(iter(value.values()), None)
    return bool(value) and all(isinstance(one, (dict, list)) for one in value.values()) and _is_one(first)


def _is_one(value: Json) -> bool:
    return _is_dialogue(value) or _are_turns(value)


def _is_enveloped(value: Json) -> bool:
    return _is_ours(value) or (isinstance(value, list) and bool(value) and _is_dialogue(value[0]))


def _matches(value: Json) -> bool:
    return _is_ours(value) if isinstance(value, list) else inside(value, _is_enveloped) is not None


def _calls(value: Json) -> list[Call]:
    found = inside(value, _is_enveloped)
    if isinstance(found, list):
        if _are_turns(found):
            return _of_turns(found)
        return [call for one in found for call in _dialogue(one, None)]
    if _is_dialogue(found):
        return _dialogue(found, None)
    return [call for name, one in found.items() for call in _dialogue(one, str(name))]


def _dialogue(value: Json, name: str | None) -> list[Call]:
    if isinstance(value, list):
        return [{"call_id": name, **call} if name else call for call in _of_turns(value)]
    facts: Call = {}
    for key, one in value.items():
        named = field_of(key)
        if named and named in CALL_FIELDS and isinstance(one, (str, int, float)):
            facts.setdefault(named, one)
    if name:
        facts.setdefault("call_id", name)
    turns = _turns(value)
    if turns is None:
        text = _whole_text(value)
        if text is None:
            raise Unmendable("no_speech")
        read = read_dialogue(text, "", Counter())
        return [{**call_of(read.pop("utterances")), **read, **facts}]
    return [{**call, **facts} for call in _of_turns(turns, one_call=True)]


def _of_turns(turns: list[Json], *, one_call: bool = False) -> list[Call]:
    """Calls of a list of turns: one, unless its rows name several."""
    filled = [one for one in turns if one]
    if all(isinstance(one, dict) and not _said_by(one) for one in filled):
        return _of_rows(filled, one_call)
    rows: list[Call] = []
    labels = Labels([one for one in filled if isinstance(one, str)])
    intents = any(isinstance(one, dict) and _INTENTS & one.keys() for one in filled)
    before = voice(None)
    for one in filled:
        if isinstance(one, str):
            for label, role, speaker, text in labels.split(one):
                if label is not None:
                    before = type(before)(role.code, speaker)
                rows.append({"role": before.role, "speaker": before.speaker, "text": text})
            continue
        pairs = _said_by(one) if isinstance(one, dict) else [(one[0], one[1])]
        rows += [{**_voice(name, intents), "text": text} for name, text in pairs if text.strip()]
    return [_served(rows)]


def _voice(name: str, intents: bool) -> Call:
    if intents and _NUMBERED.fullmatch(name):
        return {"role": "agent" if _FIRST.fullmatch(name) else "customer", "speaker": None}
    who = voice(name)
    return {"role": who.role or _OTHER_ROLES.get(name.lower()), "speaker": who.speaker}


_RENAMED = {"from": "sender", "value": "text", "who": "role", "user_type": "role"}


def _of_rows(turns: list[dict[str, Json]], one_call: bool) -> list[Call]:
    """Turns that are rows of a table, in which every key is a column."""
    keys = list(dict.fromkeys(key for one in turns for key, cell in one.items() if not isinstance(cell, (dict, list))))
    if one_call:
        columns = {key: column_of(key) for key in keys}
        keys = [key for key in keys if not (columns[key] and columns[key].name in CALL_FIELDS)]  # type: ignore[union-attr]
    cells = [[_cell(key, one.get(key)) for key in keys] for one in turns]
    calls = CallsOfRows(Heading([_RENAMED.get(key, key) for key in keys], cells), Counter())
    for line, row in enumerate(cells, 1):
        calls.add(line, row)
    found = [one.as_object() for one in calls.calls.values()]
    return [{**_served(call["utterances"]), **{k: v for k, v in call.items() if k != "utterances"}} for call in found]


def _cell(key: str, cell: Json) -> Json:
    return _OTHER_ROLES.get(cell.lower(), cell) if key in _WHO and isinstance(cell, str) else cell


def _served(rows: list[Call]) -> Call:
    """The call of these utterances. Where customers talk to a system only, the system is the service."""
    roles = {voice(row.get("role")).role for row in rows}
    if "system" in roles and "agent" not in roles:
        rows = [{**row, "role": "agent"} if voice(row.get("role")).role == "system" else row for row in rows]
    if not rows:
        raise Unmendable("no_speech")
    return call_of(rows)


DIALOGUES = JsonFormat(
    name="dialogues",
    title={"zh": "对话 JSON（MobileCS、JDDC 等研究数据，聊天记录）", "en": "dialogues as JSON (MobileCS, JDDC, chats)"},
    tells=Tells(times="some", speakers=True, roles="some", overlaps=False),
    matches=_matches,
    calls=_calls,
)
