"""One call as a JSON object that the fast path refused → the same call in canonical types.

Plain Python on one call: values of other types are converted and counted, and what cannot be understood is said. What
the values mean (are the times possible, is there text) is checked later, for all calls alike, by `repair`.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any

import msgspec

from qa_analyzer.model import CALL_SCHEMA

_IDS = ("call_id", "agent_id", "customer_id")
_TEXTS = ("agent_name", "team", "started_at", "call_type", "hang_up", "recording_url", "overlaps", "source_format")
_CALL_TIMES = ("ended_ms", "connected_ms")
_TWICE_MATTERS = (*CALL_SCHEMA.names, "turns", "role", "speaker", "start_ms", "end_ms", "text", "words")
_FAR = 1 << 62  # beyond every possible time, and still an int64
_SURROGATES = re.compile("[\ud800-\udfff]")


class Unmendable(Exception):
    """The line holds no call that can be understood; carries a key of `MESSAGES` and its values."""

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def mend_json(data: bytes, count: Counter[str]) -> bytes:
    """Canonical JSON, on one line, of the call in `data`; what was changed is added to `count`.

    `data` is one JSON object, valid UTF-8, of one line or many. Raises `Unmendable`.
    """
    return mended(loosely_parsed(data, count), count)


def mended(call: object, count: Counter[str]) -> bytes:
    """Canonical JSON of a call given as a plain object. Raises `Unmendable`."""
    if not isinstance(call, dict):
        raise Unmendable("not_an_object")
    return msgspec.json.encode(_call(call, count))


def loosely_parsed(data: bytes, count: Counter[str]) -> object:
    """Parse JSON as msgspec does, else as the standard library does: with raw control characters, lone surrogates, NaN.

    Both refuse a second value after the first. A key that is there twice is refused where it is one of ours.
    """
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        return _parsed_by_json(data, count)
    return _parsed_by_json(data, count) if _maybe_twice(data, found) else found


def _parsed_by_json(data: bytes, count: Counter[str]) -> object:
    text = data.decode()
    try:
        found = json.loads(text, strict=False, object_pairs_hook=_Object)
    except json.JSONDecodeError as error:
        raise _syntax_problem(text, error) from None
    except RecursionError:
        raise Unmendable("too_deep") from None
    except ValueError:  # an integer of more than 4,300 digits
        raise Unmendable("broken_json", column=1) from None
    return _without_surrogates(found, count) if "\\u" in text else found


def _syntax_problem(text: str, error: json.JSONDecodeError) -> Unmendable:
    rest = text[error.pos :].strip()
    if error.msg == "Extra data" and rest[:1] in "{[":
        return Unmendable("two_objects")
    if not rest or (error.msg.startswith("Unterminated string") and "\n" not in rest):
        return Unmendable("truncated_json")
    if error.lineno > 1:
        return Unmendable("broken_document", row=error.lineno, column=error.colno)
    return Unmendable("broken_json", column=error.pos + 1)


class _Object(dict[str, Any]):
    """A JSON object that remembers a key it was given twice."""

    __slots__ = ("twice",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice: str | None = None
        if len(self) < len(pairs):
            times = Counter(key for key, _ in pairs)
            self.twice = next((key for key in _TWICE_MATTERS if times[key] > 1), None)


def _maybe_twice(data: bytes, found: object) -> bool:
    """Whether one of our keys occurs more often than the objects that hold it: cheap, and sure when it says no."""
    if not isinstance(found, dict):
        return False
    utterances = found.get("utterances") or found.get("turns")
    several = len(utterances) if isinstance(utterances, list) else 0
    if any(data.count(b'"%b"' % key.encode()) > 1 for key in (*CALL_SCHEMA.names, "turns")):
        return True
    if b'"words"' in data:
        return True
    return any(data.count(b'"%b"' % key) > several for key in (b"text", b"role", b"speaker", b"start_ms", b"end_ms"))


def _without_surrogates(value: Any, count: Counter[str]) -> Any:
    """Lone surrogates → U+FFFD, in place."""
    if isinstance(value, str):
        whole, found = _SURROGATES.subn("\ufffd", value)
        count["lone_surrogate"] += bool(found)
        return whole
    if isinstance(value, list):
        value[:] = [_without_surrogates(item, count) for item in value]
    elif isinstance(value, dict):
        for key in list(value):
            item = value.pop(key)
            value[_SURROGATES.sub("\ufffd", key)] = _without_surrogates(item, count)
    return value


def _call(call: dict[str, Any], count: Counter[str]) -> dict[str, Any]:
    """Bring the fields that are ours into their types, in place; others stay and are ignored later."""
    _refuse_twice(call)
    for name in _IDS:
        if not isinstance(call.get(name), str):
            call[name] = _id(call.get(name), count)
    for name in _TEXTS:
        if not isinstance(call.get(name), str):
            call[name] = _text(call.get(name), count)
    for name in _CALL_TIMES:
        call[name] = _milliseconds(call.get(name), count)
    turns = call.pop("turns", None)
    if call.get("utterances") is None and isinstance(turns, list):
        call["utterances"] = turns
    utterances = call.get("utterances")
    if utterances is None:
        raise Unmendable("null_utterances")
    if not isinstance(utterances, list):
        raise Unmendable("utterances_not_list")
    for number, utterance in enumerate(utterances, 1):
        _mend_utterance(utterance, number, count)
    return call


def _mend_utterance(utterance: object, number: int, count: Counter[str]) -> None:
    if not isinstance(utterance, dict):
        raise Unmendable("null_utterance", number=number)
    _refuse_twice(utterance)
    get = utterance.get
    text = get("text")
    if not isinstance(text, str) and text is not None:
        if not isinstance(text, (int, float)) or isinstance(text, bool):
            raise Unmendable("text_not_text", number=number)
        utterance["text"] = _text(text, count)
    if not isinstance(get("role"), str):
        utterance["role"] = _text(get("role"), count)
    if not isinstance(get("speaker"), str):
        utterance["speaker"] = _id(get("speaker"), count)
    for key in ("start_ms", "end_ms"):
        value = get(key)
        if type(value) is not int or not -_FAR < value < _FAR:
            utterance[key] = _milliseconds(value, count)
    if get("words") is not None:
        utterance["words"] = _words(get("words"), count)


def _refuse_twice(found: dict[str, Any]) -> None:
    twice = found.twice if isinstance(found, _Object) else None
    if twice:
        raise Unmendable("duplicate_key", key=twice)


def _id(value: object, count: Counter[str]) -> str | None:
    """A number is taken as its digits: 1001 and 1001.0 → `1001`."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        count["numeric_id"] += 1
        return _digits(value)
    count["wrong_type"] += 1
    return None


def _text(value: object, count: Counter[str]) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        count["numeric_text"] += 1
        return _digits(value)
    count["wrong_type"] += 1
    return None


def _digits(value: int | float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _milliseconds(value: object, count: Counter[str]) -> int | None:
    """`1200`, `1200.0`, `"1200"` → 1200; what is no number → None."""
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-_FAR, min(value, _FAR))
    if isinstance(value, str):
        if not value.strip():
            return None
        try:
            value = float(value)
        except ValueError:
            value = math.nan
    if not isinstance(value, float) or math.isnan(value):
        count["unreadable_time"] += 1
        return None
    count["number_form"] += 1
    return round(max(float(-_FAR), min(value, float(_FAR))))


def _words(value: object, count: Counter[str]) -> list[dict[str, Any]] | None:
    """Word times are optional: what is malformed is dropped for the utterance, and counted."""
    if value is None:
        return None
    forms: Counter[str] = Counter()
    if isinstance(value, list) and all(isinstance(word, dict) and isinstance(word.get("text"), str) for word in value):
        words = [
            {
                "start_ms": _milliseconds(word.get("start_ms"), forms),
                "end_ms": _milliseconds(word.get("end_ms"), forms),
                "text": word["text"],
            }
            for word in value
        ]
        if not forms["unreadable_time"] and not any(isinstance(word, _Object) and word.twice for word in value):
            count.update(forms)
            return words
    count["words_dropped"] += 1
    return None
