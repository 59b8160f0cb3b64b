"""Subtitles with speakers: SRT and WebVTT, as recognisers and players write them.

A cue is an utterance. Its speaker stands in a voice tag (`<v Agent>`, `<v 客服 张三>`) or before its text, as in any
written dialogue (`客服：`, `[SPEAKER_01]:`, `Speaker 1:`, `(speaker 0)`); where labels stand in the text, a cue without
one goes on with the speaker before. A cue of several speakers is cut at the labels, and its time shared out by
characters. Hours may be missing, fractions follow a comma or a point. Cue numbers, settings, notes, styles and tags
are no speech.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from qa_analyzer.readers.dialogue import Labels
from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.vendors.form import Call, Tells, TextFormat, call_of, clock_ms, joined, named_voice

_CLOCK = r"(?:[0-9]{1,3}:)?[0-9]{1,2}:[0-9]{2}(?:[.,][0-9]{1,6})?"
_TIMING = re.compile(
    rf"[ \t]*(?P<start>{_CLOCK})[ \t]*-->[ \t]*(?P<end>{_CLOCK})(?P<settings>(?:[ \t]+[A-Za-z0-9]+:\S+)*)[ \t\r]*"
)
_TIMING_LINE = re.compile(rf"^{_TIMING.pattern}$", re.MULTILINE)
_CUT_OFF = re.compile(rf"\s*{_CLOCK}\s*(?:-{{1,2}}>?)?\s*[0-9:.,]*\s*")
_HEADER = re.compile(r"\ufeff?WEBVTT(?:[ \t\r\n]|$)")
_BREAK = re.compile(r"\r\n|\r|\n")
_BLOCKS = ("NOTE", "STYLE", "REGION", "X-TIMESTAMP-MAP")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+(?P<name>[^>]*)>|</v>")
_TAG = re.compile(r"</?[A-Za-z0-9][^<>]*>|<[0-9:.]+>|\{\\[^{}]*\}")


def _matches(head: str) -> bool:
    return bool(_HEADER.match(head) or _TIMING_LINE.search(head))


@dataclass(slots=True)
class _Cue:
    start_ms: int
    end_ms: int
    rows: list[str] = field(default_factory=list)


def _calls(text: str) -> list[Call]:
    cues = _cues(_BREAK.split(text))
    labels = Labels([row for cue in cues for row in map(_plain, cue.rows)])
    rows: list[Call] = []
    voice = named_voice(None)
    tagged = any(_VOICE.search(row) for cue in cues for row in cue.rows)
    for cue in cues:
        parts = _parts(cue, labels, voice)
        if parts and not tagged:
            voice = parts[-1][0]
        rows += _shared_out(cue, parts)
    if not rows:
        raise Unmendable("no_speech")
    return [call_of(rows)]


def _cues(rows: list[str]) -> list[_Cue]:
    """Times and rows of text. Raises `Unmendable` where the file breaks off within a time."""
    cues: list[_Cue] = []
    before: list[str] = []
    passing = False
    for row in rows:
        timing = _TIMING.fullmatch(row)
        if timing:
            if cues:
                cues[-1].rows = _without_number(before)
            cues.append(_Cue(clock_ms(timing["start"]), clock_ms(timing["end"])))
            before, passing = [], False
        elif not row.strip():
            passing = False
            before.append("")
        elif passing or (row.startswith(_BLOCKS) and (not before or not before[-1])):
            passing = True
        else:
            before.append(row)
    if cues:
        last = [row for row in before if row]
        if last and ":" in last[-1] and _CUT_OFF.fullmatch(last[-1]):
            raise Unmendable("truncated_cues")
        cues[-1].rows = last
    return cues


def _without_number(rows: list[str]) -> list[str]:
    """The text of a cue without the number or name of the next one, which stands right above its time."""
    if rows and rows[-1] and (len(rows) == 1 or not rows[-2] or rows[-1].strip().isdecimal()):
        rows = rows[:-1] if rows[-1].strip().isdecimal() or (len(rows) > 1 and not rows[-2]) else rows
    return [row for row in rows if row]


_Part = tuple[Call, str]


def _parts(cue: _Cue, labels: Labels, before: Call) -> list[_Part]:
    """Who says what in a cue."""
    whole = "\n".join(cue.rows)
    if _VOICE.search(whole):
        return _tagged(whole)
    parts: list[tuple[Call, list[str]]] = []
    for row in cue.rows:
        for label, role, speaker, text in labels.split(_plain(row)):
            if label is not None:
                parts.append(({"role": role.code, "speaker": speaker}, [text]))
            elif parts:
                parts[-1][1].append(text)
            else:
                parts.append((before, [text]))
    return [(voice, text) for voice, rows in parts if (text := joined(row for row in rows if row))]


def _tagged(whole: str) -> list[_Part]:
    """Voice tags: what stands outside them is nobody's."""
    parts: list[_Part] = []
    voice, at = named_voice(None), 0
    for tag in [*_VOICE.finditer(whole), None]:
        text = joined(part for row in whole[at : tag.start() if tag else None].split("\n") if (part := _plain(row)))
        if text:
            parts.append((voice, text))
        if tag:
            voice, at = named_voice(html.unescape(tag["name"]) if tag["name"] else None), tag.end()
    return parts


def _plain(row: str) -> str:
    """Without tags and entities, and without the dash before each of two speakers."""
    text = html.unescape(_TAG.sub("", _VOICE.sub("", row))).replace("\xa0", " ").strip()
    return re.sub(r"^[-–—]\s+", "", text)


def _shared_out(cue: _Cue, parts: list[_Part]) -> list[Call]:
    """Utterances of a cue, each with its share of the time."""
    size = sum(len(text) for _, text in parts)
    rows, passed = [], 0
    for voice, text in parts:
        start = cue.start_ms + (cue.end_ms - cue.start_ms) * passed // size
        passed += len(text)
        end = cue.start_ms + (cue.end_ms - cue.start_ms) * passed // size
        rows.append({**voice, "start_ms": start, "end_ms": end, "text": text})
    return rows


SUBTITLES = TextFormat(
    name="subtitles",
    title={"zh": "字幕 SRT、WebVTT（带说话人）", "en": "subtitles with speakers, SRT and WebVTT"},
    tells=Tells(speakers="some", roles="some", overlaps="some"),
    matches=_matches,
    calls=_calls,
)
