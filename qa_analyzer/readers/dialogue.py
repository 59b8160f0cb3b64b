"""One dialogue as plain text → lines of speech: speaker labels, times, continuation lines.

Knows how people write a conversation down: `客服：您好。`, several speakers on one line, `[0.0-6.0]` seconds,
（…） events, lines without a label. Does not know files, calls or rules, and never throws: what is odd stays in the
text and carries its `problem`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from qa_analyzer.model import Role

LABELS: dict[Role, tuple[str, ...]] = {
    Role.AGENT: (
        *("客服代表", "客服人员", "客服人員", "客服", "坐席代表", "坐席", "座席", "话务员", "話務員"),
        *("接线员", "接線員"),
    ),
    Role.CUSTOMER: ("客户", "客戶", "用户", "用戶", "使用者", "顾客", "顧客", "来电人", "來電人"),
    Role.SYSTEM: ("系统", "系統", "IVR", "ivr", "语音", "語音"),
    Role.UNKNOWN: ("未知",),
}
"""Words that name a speaker; a number or letters may follow (客服2, 坐席A01)."""

_ROLE_OF = {label: role for role, labels in LABELS.items() for label in labels}
_NAMES = "|".join(sorted(_ROLE_OF, key=len, reverse=True))
_CLOCK = r"(?:[0-9]+:){0,2}[0-9]+(?:\.[0-9]+)?"
_TIMES = rf"\[\s*(?P<start>{_CLOCK})\s*(?:s|秒)?\s*(?:[-–—~～]\s*(?P<end>{_CLOCK})\s*(?:s|秒)?\s*)?\]"
_LABEL = rf"(?P<label>(?P<name>{_NAMES})[0-9A-Za-z]{{0,8}})[ \t\u3000]*[：:]"

_LINE_TIMES = re.compile(rf"\s*{_TIMES}")
_LINE_LABEL = re.compile(rf"\s*(?:{_LABEL}|(?P<unsure>[？?])[ \t\u3000]*[：:])")
# Within a line a label counts only where a sentence or an event has just ended, or after a space:
# 我跟客服：说 is speech. The unsure label ？ does not count there, because it is the end of a question.
_INNER = re.compile(rf"(?<=[。．.！!？?…；;）)」』”\"’】\]\s])\s*(?:{_TIMES}\s*)?{_LABEL}")
_BREAK = re.compile(r"\r\n|\r|\n")
_OPENED_BY = {"）": "（(", ")": "（(", "”": "“", "」": "「", "』": "『"}
_OPENS = "".join(_OPENED_BY.values())
_EVENTS = re.compile(r"\s*(?:（[^（）]*）|\([^()]*\))+\s*")


class DialogueProblem(StrEnum):
    """What is odd about a line."""

    NO_LABEL = "no_label"
    TIMES_REVERSED = "times_reversed"
    NO_SPEECH = "no_speech"


MESSAGES: dict[str, dict[DialogueProblem, str]] = {
    "zh": {
        DialogueProblem.NO_LABEL: "第一个说话人标签（如「客服：」）之前有文字",
        DialogueProblem.TIMES_REVERSED: "结束时间早于开始时间",
        DialogueProblem.NO_SPEECH: "标签后面没有话",
    },
    "en": {
        DialogueProblem.NO_LABEL: "text before the first speaker label (such as 客服：)",
        DialogueProblem.TIMES_REVERSED: "the end time is before the start time",
        DialogueProblem.NO_SPEECH: "a label without speech",
    },
}


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker says on one line.

    `text` is the speech as given, without the white space around it. `label` is the label as written, None on a
    continuation line, which has the role and the speaker of the line before. `speaker` tells speakers of one role
    apart (客服2) and is None where the label is the bare word. `line` is 1-based; times in ms.
    """

    text: str
    role: Role
    line: int
    source: str = ""
    label: str | None = None
    speaker: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    problem: DialogueProblem | None = None


def parse_dialogue(text: str, source: str = "") -> list[Line]:
    """Split a written dialogue into lines of speech, in order; blank lines are dropped.

    Every character of the speech is kept as given: all that goes are labels, times, line breaks and the white space
    around a line. Speech before the first label has the role `unknown` and a problem; an event there, such as
    （电话铃响）, is the `system`'s. A time alone on its line belongs to the next line that has none. A label without
    speech yields a line with an empty text and a problem, unless the speech follows on the next line.
    """
    lines: list[Line] = []
    voice = _Voice(Role.UNKNOWN, None, None)
    silent: tuple[str, int] | None = None  # a label whose speech has not come yet, and its line
    pending: _Times | None = None
    for number, row in enumerate(_BREAK.split(text), 1):
        for piece in _pieces(row):
            if piece.voice:
                lines.extend(_unsaid(silent, voice, source))
                voice, silent = piece.voice, (piece.voice.label or "", number)
            times = piece.times or pending
            if not piece.text:
                pending = times
                continue
            start, end = times or (None, None)
            role, problem = voice.role, None
            if voice.label is None:
                role, problem = (
                    (Role.SYSTEM, None) if _EVENTS.fullmatch(piece.text) else (role, DialogueProblem.NO_LABEL)
                )
            if start is not None and end is not None and end < start:
                problem = DialogueProblem.TIMES_REVERSED
            label = silent[0] if silent else None
            lines.append(Line(piece.text, role, number, source, label, voice.speaker, start, end, problem))
            silent, pending = None, None
    lines.extend(_unsaid(silent, voice, source))
    return lines


_Times = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class _Voice:
    role: Role
    label: str | None
    speaker: str | None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a row that one speaker says; without a `voice` the speaker before goes on."""

    text: str
    voice: _Voice | None
    times: _Times | None


def _unsaid(silent: tuple[str, int] | None, voice: _Voice, source: str) -> list[Line]:
    if silent is None:
        return []
    label, number = silent
    return [Line("", voice.role, number, source, label, voice.speaker, problem=DialogueProblem.NO_SPEECH)]


def _pieces(row: str) -> list[_Piece]:
    at = 0
    times = _LINE_TIMES.match(row)
    if times:
        at = times.end()
    label = _LINE_LABEL.match(row, at)
    if label:
        at = label.end()
    heads = [(at, _voice(label) if label else None, _times(times) if times else None)]
    enclosed = _enclosed(row)
    ends = []
    for inner in _INNER.finditer(row, at):
        if not any(start < inner.start("label") < end for start, end in enclosed):
            ends.append(inner.start())
            heads.append((inner.end(), _voice(inner), _times(inner) if inner["start"] else None))
    ends.append(len(row))
    pieces = [
        _Piece(row[start:end].strip(), voice, time) for (start, voice, time), end in zip(heads, ends, strict=True)
    ]
    return [piece for piece in pieces if piece.text or piece.voice or piece.times]


def _voice(found: re.Match[str]) -> _Voice:
    label, name = found["label"], found["name"]
    if label is None:
        return _Voice(Role.UNKNOWN, found["unsure"], None)
    return _Voice(_ROLE_OF[name], label, label if label != name else None)


def _times(found: re.Match[str]) -> _Times:
    return _ms(found["start"]), _ms(found["end"]) if found["end"] else None


def _ms(clock: str) -> int:
    """`75.5` or `1:15.5` → 75500."""
    total = Decimal(0)
    for part in clock.split(":"):
        total = total * 60 + Decimal(part)
    return round(total * 1000)


def _enclosed(row: str) -> list[tuple[int, int]]:
    """Spans of closed brackets and quotation marks: a label inside is quoted or part of an event."""
    opened: list[tuple[str, int]] = []
    spans = []
    for at, char in enumerate(row):
        if char in _OPENS:
            opened.append((char, at))
        elif char in _OPENED_BY:
            match = next((i for i in range(len(opened) - 1, -1, -1) if opened[i][0] in _OPENED_BY[char]), None)
            if match is not None:
                spans.append((opened[match][1], at))
                del opened[match:]
    return spans
