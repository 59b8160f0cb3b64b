"""FunASR: what `AutoModel.generate` returns, and what its websocket runtime sends.

`[{key, text, timestamp, sentence_info[]{text | sentence, start, end, timestamp, spk}}]`, one element a recording, as an
array or one element alone; without a punctuation or speaker model there is no `sentence_info`, and the recording is
one utterance. Runtime: `{mode, wav_name, text, is_final, timestamp, stamp_sents[]{text_seg, punc, start, end,
ts_list}}`, where `timestamp` (and `stamp_sents` in old versions) is a string; of a session in two passes the second
pass counts, and parts without one are one utterance.
Pipelines of ModelScope say `sentences[]{text, start, end, ts_list, spk?}`. All times are ms, `timestamp` has one pair
for each Chinese character and each Latin word. `spk` counts voices from 0. SenseVoice puts tags such as
`<|zh|><|NEUTRAL|>` into the text: they are cut off, the emotion in them is not used.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.vendors.form import (
    Call,
    Json,
    JsonFormat,
    Tells,
    call_of,
    first_object,
    fitting,
    inside,
    joined,
    milliseconds,
    unwrapped,
    word_rows,
)

_TAG = re.compile(r"<\|[^|<>]*\|>")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9'’\-.]*|[\u3400-\u9fff]")
_MODES = frozenset({"offline", "online", "2pass", "2pass-offline", "2pass-online"})
_PARTS = frozenset({"2pass-online", "online"})
"""Messages of which each goes on where the one before ended."""
_WITHOUT_A_NAME = re.compile(r"(?:rand_key_.*|wav_default_tag\d*|wav_name|h5|demo|microphone)?")


def _is_recording(value: Json) -> bool:
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("sentence_info"), list) or "ts_list" in first_object(value.get("sentences")):
        return True
    if "stamp_sents" in value or (value.get("mode") in _MODES and "text" in value):
        return True
    if not isinstance(value.get("text"), str) or "segments" in value:
        return False
    if isinstance(value.get("key"), str):
        return True
    pairs = unwrapped(value.get("timestamp"))
    return isinstance(pairs, list) and bool(pairs) and all(_is_pair(pair) for pair in pairs[:3])


def _is_pair(value: Json) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, int) for one in value)


def _is_sentence(value: Json) -> bool:
    return (
        isinstance(value, dict) and {"start", "end", "spk"} <= value.keys() and bool({"text", "sentence"} & set(value))
    )


def _is_ours(value: Json) -> bool:
    """A recording; a list of sentences; the messages of a session. A list of recordings is read one by one."""
    first = first_object(value)
    return _is_recording(value) or _is_sentence(first) or (bool(first) and first.get("mode") in _MODES)


def _is_enveloped(value: Json) -> bool:
    return _is_ours(value) or _is_recording(first_object(value))


def _matches(value: Json) -> bool:
    if isinstance(value, list):
        return _is_ours(value)
    return inside(value, _is_enveloped) is not None


def _calls(value: Json) -> list[Call]:
    found = inside(value, _is_enveloped)
    if isinstance(found, dict):
        return [_recording(found)]
    first = first_object(found)
    if _is_sentence(first):
        return [call_of(_spoken(found))]
    if first.get("mode") in _MODES:
        return _session(found)
    return [_recording(one) for one in found]


def _session(messages: list[Json]) -> list[Call]:
    """The messages of a runtime: each recording's sentences, from its second pass where there is one."""
    by_name: dict[str, list[Json]] = {}
    for one in messages:
        by_name.setdefault(str(one.get("wav_name") or ""), []).append(one)
    calls = []
    for name, mine in by_name.items():
        final = [one for one in mine if one.get("mode") not in _PARTS]
        rows = [row for one in final for row in _rows(one)]
        if not final:
            text = joined(_clean(one.get("text")) for one in mine)
            rows = [{"speaker": None, "text": text, "start_ms": None, "end_ms": None}] if text else []
        starts = [row["start_ms"] for row in rows if row["start_ms"] is not None]
        if starts != sorted(starts):  # some servers count each segment from its own beginning
            rows = [{**row, "start_ms": None, "end_ms": None, "words": None} for row in rows]
        if rows:
            calls.append(call_of(rows, spare_id=_name(name)))
    if not calls:
        raise Unmendable("no_speech")
    return calls


def _recording(one: dict[str, Json]) -> Call:
    rows = _rows(one)
    if not any(row["text"].strip() for row in rows):
        raise Unmendable("no_speech")
    return call_of(rows, spare_id=_name(one.get("key") or one.get("wav_name")))


def _name(name: Json) -> str | None:
    """The name of the recording, unless FunASR made it up."""
    return name if isinstance(name, str) and not _WITHOUT_A_NAME.fullmatch(name) else None


def _rows(one: dict[str, Json]) -> list[Call]:
    sentences = one.get("sentence_info") or one.get("sentences") or _literal(one.get("stamp_sents"))
    if isinstance(sentences, list) and sentences:
        return _spoken(sentences)
    text = _clean(one.get("text"))
    times = _pairs(one.get("timestamp"))
    row: Call = {"speaker": None, "text": text, "start_ms": None, "end_ms": None}
    if times:
        row |= {"start_ms": times[0][0], "end_ms": times[-1][1], "words": _words(text, times, one.get("words"))}
    return [row] if text else []


def _spoken(sentences: list[Json]) -> list[Call]:
    rows = []
    for one in sentences:
        text = one.get("text", one.get("sentence"))
        if text is None:
            text = joined(str(one.get("text_seg") or "").split()) + str(one.get("punc") or "")
        text = _clean(text)
        times = _pairs(one.get("timestamp", one.get("ts_list")))
        start, end = milliseconds(one.get("start")), milliseconds(one.get("end"))
        rows.append(
            {
                "speaker": _speaker(one.get("spk", one.get("speaker"))),
                "start_ms": start if start is not None or not times else times[0][0],
                "end_ms": end if end is not None or not times else times[-1][1],
                "text": text,
                "words": _words(text, times, one.get("words")),
            }
        )
    return rows


def _speaker(spk: Json) -> str | None:
    """-1 is a voice that was not told apart."""
    return None if spk in (None, "", -1, "-1") else str(spk)


def _clean(text: Json) -> str:
    """Without tags, and without the spaces between Chinese characters that a model without punctuation writes."""
    found = _TAG.sub("", text if isinstance(text, str) else "").strip()
    return joined(found.split()) if " " in found else found


def _literal(value: Json) -> Json:
    """A list in a string: JSON, or Python's way of writing it, as old runtimes did."""
    value = unwrapped(value)
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return ast.literal_eval(value)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    return value


def _pairs(value: Json) -> list[tuple[int, int]]:
    pairs: list[Any] = _literal(value) or []
    found = [
        (milliseconds(pair[0]), milliseconds(pair[1])) for pair in pairs if isinstance(pair, list) and len(pair) == 2
    ]
    return [(start, end) for start, end in found if start is not None and end is not None]


def _words(text: str, times: list[tuple[int, int]], words: Json) -> list[Call] | None:
    """The characters and words with their times, where there are as many of the one as of the other."""
    tokens = words if isinstance(words, list) and len(words) == len(times) else _TOKEN.findall(text)
    if not times or len(tokens) != len(times):
        return None
    rows = word_rows(((word, *pair) for word, pair in zip(tokens, times, strict=True)), 1)
    return fitting(rows, text)


FUNASR = JsonFormat(
    name="funasr",
    title={"zh": "FunASR", "en": "FunASR"},
    tells=Tells(times="some", words="some", speakers="some", overlaps=False),
    matches=_matches,
    calls=_calls,
)
