"""One dialogue as plain text → lines of speech: speaker labels, times, continuation lines.

Knows how people and programs write a conversation down: `客服：您好。`, several speakers on one line, times before the
label (`[00:12] 客服：…`, `2026-11-20 09:12:33 客服 张三：…`) or behind it (`客服 09:12:33` above its text), `A：`,
`说话人1：`, `SPEAKER_01:`, （…） events, lines without a label. Does not know files, calls or rules, and never throws:
what is odd stays in the text and carries its `problem`.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from qa_analyzer.model import Role
from qa_analyzer.readers.headings import field_of
from qa_analyzer.readers.voices import is_name, voice
from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.reading import DIALOGUE

LABELS: dict[Role, tuple[str, ...]] = {
    Role.AGENT: (
        *("客服代表", "客服人员", "客服人員", "客服专员", "客服專員", "客服员", "客服", "在线客服", "人工客服"),
        *("坐席代表", "坐席人员", "坐席员", "坐席", "座席代表", "座席人员", "座席员", "座席", "话务员", "話務員"),
        *("接线员", "接線員", "专员", "專員", "业务员", "業務員"),
        *("Customer Service", "Representative", "Operator", "Advisor", "Agent", "AGENT", "agent"),
    ),
    Role.CUSTOMER: (
        *("客户", "客戶", "用户", "用戶", "使用者", "顾客", "顧客", "来电人", "來電人", "来电者", "來電者", "客人"),
        *("Customer", "CUSTOMER", "customer", "Caller", "CALLER", "caller", "Client", "User", "USER", "user"),
    ),
    Role.SYSTEM: ("系统", "系統", "机器人", "機器人", "智能客服", "IVR", "ivr", "语音", "語音", "System", "SYSTEM"),
    Role.UNKNOWN: ("未知",),
}
"""Words that name a speaker; a number, letters or a name may follow (客服2, 坐席A01, 客服 张三)."""

_ROLE_OF = {label: role for role, labels in LABELS.items() for label in labels}
_BY_CODE = {role.code: role for role in Role}
_NAMES = "|".join(sorted(_ROLE_OF, key=len, reverse=True))
_GAP = r"[ \t\u3000\xa0]"
_GAPS, _GAPS_1 = rf"{_GAP}{{0,20}}", rf"{_GAP}{{1,20}}"
"""So wide and no wider: what is looked for at every place must end soon."""
_CLOCK = r"(?:[0-9]+:){0,2}[0-9]+(?:\.[0-9]+)?"
_FACE = r"[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?(?:[.,][0-9]{1,3})?(?![:：]?[0-9])"
"""A time as a clock shows it: `00:12`, `09:12:33.5`."""
_DAY = r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?"
_TIMES = rf"\[\s*(?P<start>{_CLOCK})\s*(?:s|秒)?\s*(?:[-–—~～]\s*(?P<end>{_CLOCK})\s*(?:s|秒)?\s*)?\]"
_MOMENT = (
    rf"[\[【(（<]?\s{{0,8}}(?:(?P<day>{_DAY})[T\s]{{0,4}})?(?P<start>{_FACE})"
    rf"(?:(?:\s{{0,8}}(?:[-–—~～至到]|-->)\s{{0,8}}|[ ]{{0,8}}\t\s{{0,8}})(?:{_DAY}[T\s]{{0,4}})?(?P<end>{_FACE}))?"
    rf"{_GAPS}[\]】)）>]?"
)
"""Times without a unit, with or without brackets and a date."""
_SECONDS = (
    r"(?P<start>[0-9]{1,9}(?:\.[0-9]{1,9})?)\s{0,8}(?:s|秒)"
    r"(?:\s{0,8}[-–—~～]\s{0,8}(?P<end>[0-9]{1,9}(?:\.[0-9]{1,9})?)\s{0,8}(?:s|秒))?"
)
_NUMBER = rf"(?:{_GAPS}[_\-]?[0-9A-Za-z]{{0,8}})"
_PERSON = (
    rf"(?:{_GAPS}[（(【\[][^（()）】\]：:]{{1,20}}[)）】\]]"
    rf"|{_GAPS}[-_/]{_GAPS}[^\s：:，。,]{{1,12}}"
    rf"|[ \u3000\xa0]{{1,20}}[^\s：:，。,?？!！]{{1,12}})"
)
_LABEL = rf"(?P<label>(?P<name>{_NAMES})[0-9A-Za-z]{{0,8}})[ \t\u3000]*[：:]"
_LONG = rf"(?P<label>(?P<name>{_NAMES})(?:{_PERSON}|{_NUMBER}|[\u4e00-\u9fff]{{1,4}})?)"
_GENERIC = (
    r"(?P<label>主叫方?|被叫方?|(?:说话人|說話人|发言人|發言人|讲话人|講話人|角色|声道|聲道|通道|(?i:speaker|spk|voice|channel|ch))"
    r"(?:[ _\-#]{0,2}(?:[0-9]{1,3}|[一二三四五六左右])|[ _\-#]{1,2}[A-Za-z]\b|(?<=[人道])[A-Z]\b))"
)
_LETTER = r"(?P<label>[A-H]|[甲乙丙丁]|[ABab]方|[甲乙]方)"
_ANYBODY = (
    r"(?P<label>[^\s：:，。！？；、,.!?;()（）\[\]“”\"'<>0-9]"
    r"[^：:，。！？；、,!?;()（）\[\]“”\"<>\t\n]{0,19}?)"
)
_OPEN, _CLOSE = r"[\[【<〈（(]", r"[\]】>〉）)]"

_LINE_TIMES = re.compile(rf"\s*{_TIMES}")
_LINE_MOMENT = re.compile(rf"\s*{_MOMENT}(?={_GAPS}[^\s0-9]|\s*$)(?:{_GAPS}[|,，;；])?")
_LINE_SECONDS = re.compile(rf"\s*{_SECONDS}{_GAPS}[|,，;；]?")
_ORDINAL = re.compile(r"\s*(?:[0-9]{1,4}\s*[.、)）|]|[（(【\[][0-9]{1,4}[)）】\]]|第[0-9]{1,4}[句轮輪])\s*")
_LINE_LABEL = re.compile(rf"\s*(?:{_LABEL}|(?P<unsure>[？?])[ \t\u3000]*[：:])")
# Within a line a label counts only where a sentence or an event has just ended, or after a space:
# 我跟客服：说 is speech. The unsure label ？ does not count there, because it is the end of a question.
_INNER = re.compile(rf"(?:(?<=[。．.！!？?…；;）)」』”\"’】\]])\s*+|(?<=\S)\s++)(?:{_TIMES}\s*)?{_LABEL}")
_BREAK = re.compile(r"\r\n|\r|\n")
_OPENED_BY = {"）": "（(", ")": "（(", "”": "“", "」": "「", "』": "『"}
_OPENS = "".join(_OPENED_BY.values())
_EVENTS = re.compile(r"\s*(?:（[^（）]*）|\([^()]*\))+\s*")
_COLON = rf"{_GAPS}(?:[：:|＞]|>(?!>))"
_AFTER = rf"(?:{_GAPS_1}|(?=[\[【(（<])){_MOMENT}{_GAPS}"
_LOOKS_LIKE_A_LABEL = re.compile(
    r"\s*[^\s：:，。！？；、,.!?;()（）“”\"0-9][^\s：:，。！？；、,!?;()（）“”\"]{0,9}[：:](?!//)"
)
_MET_AGAIN = 2
_MOST = 0.6
_GIVEN_NAME = 3
"""Of the lines, so many must begin in the same way before that is taken for how the dialogue is written."""


class DialogueProblem(StrEnum):
    """What is odd about a line."""

    NO_LABEL = "no_label"
    UNKNOWN_LABEL = "unknown_label"
    TIMES_REVERSED = "times_reversed"
    NO_SPEECH = "no_speech"


MESSAGES = texts(DIALOGUE)


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker says on one line.

    `text` is the speech as given, without the white space around it. `label` is the label as written, None on a
    continuation line, which has the role and the speaker of the line before. `speaker` tells speakers of one role
    apart (客服2), and names the speaker where the label tells no role (说话人1); it is None where the label is the bare
    word. `line` is 1-based; times in ms, as written: `09:12:33` may be the time of day, of the day `day` if a date
    stands before it.
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
    day: date | None = None


class Labels:
    """The labels of a dialogue whose lines are known: what `parse_dialogue` does for one line, without its times."""

    def __init__(self, rows: list[str]) -> None:
        self._style = _style(rows)

    def split(self, row: str) -> list[tuple[str | None, Role, str | None, str]]:
        """A row → its parts as (label, role, speaker, text). Without a label the speaker before goes on."""
        return [
            (piece.voice.label, piece.voice.role, piece.voice.speaker, piece.text)
            if piece.voice
            else (None, Role.UNKNOWN, None, piece.text)
            for piece in _pieces(row, self._style)
        ]


def parse_dialogue(text: str, source: str = "") -> list[Line]:
    """Split a written dialogue into lines of speech, in order; blank lines are dropped.

    Every character of the speech is kept as given: all that goes are labels, times, line breaks and the white space
    around a line. Speech before the first label has the role `unknown` and a problem; an event there, such as
    （电话铃响）, is the `system`'s. A time alone on its line belongs to the next line that has none. A label without
    speech yields a line with an empty text and a problem, unless the speech follows on the next line.

    `客服：` is a label in every dialogue. Letters (`A：`), names (`张三：`) and labels that nothing but a space or the
    end of the line follows are labels where the lines of the dialogue begin so again and again.
    """
    rows = _BREAK.split(text)
    style = _style(rows)
    lines: list[Line] = []
    voice = _Voice(Role.UNKNOWN, None, None)
    silent: tuple[str, int] | None = None  # a label whose speech has not come yet, and its line
    pending: _Times | None = None
    for number, row in enumerate(rows, 1):
        for piece in _pieces(row, style):
            if piece.voice:
                lines.extend(_unsaid(silent, voice, source))
                voice, silent = piece.voice, (piece.voice.label or "", number)
            times = piece.times or pending
            if not piece.text:
                pending = times
                continue
            times = times or _Times()
            role, problem = voice.role, None
            if voice.label is None:
                role, problem = (
                    (Role.SYSTEM, None) if _EVENTS.fullmatch(piece.text) else (role, DialogueProblem.NO_LABEL)
                )
            elif piece.voice is None and silent is None and _LOOKS_LIKE_A_LABEL.match(piece.text):
                problem = DialogueProblem.UNKNOWN_LABEL
            if times.start is not None and times.end is not None and times.end < times.start:
                problem = DialogueProblem.TIMES_REVERSED
            label = silent[0] if silent else None
            who = (label, voice.speaker)
            lines.append(Line(piece.text, role, number, source, *who, times.start, times.end, problem, times.day))
            silent, pending = None, None
    lines.extend(_unsaid(silent, voice, source))
    return lines


@dataclass(frozen=True, slots=True)
class _Times:
    start: int | None = None
    end: int | None = None
    day: date | None = None


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


def _pieces(row: str, style: _Style) -> list[_Piece]:
    at, first, times = _head(row, style)
    heads = [(at, first, times)]
    enclosed = _enclosed(row)
    ends = []
    for inner in _INNER.finditer(row, at):
        if not any(start < inner.start("label") < end for start, end in enclosed):
            ends.append(inner.start())
            heads.append((inner.end(), _voice(inner), _bracketed(inner) if inner["start"] else None))
    ends.append(len(row))
    pieces = [
        _Piece(row[start:end].strip(), voice, time) for (start, voice, time), end in zip(heads, ends, strict=True)
    ]
    return [piece for piece in pieces if piece.text or piece.voice or piece.times]


# How a line begins ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Style:
    """What else is a label in this dialogue: letters; role words with nothing but a space behind them (`spaced`) or
    alone on their line (`alone`); these `names`; these behind a time on a line of their own (`behind`).
    """

    letters: bool = False
    spaced: bool = False
    alone: bool = False
    names: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()


_Head = tuple[int, "_Voice | None", "_Times | None"]


def _head(row: str, style: _Style) -> _Head:
    """Where the speech of a row begins, who says it, and when."""
    indent = len(row) - len(row.lstrip())
    if indent:
        end, voice, when = _head(row[indent:], style)
        return indent + end, voice, when
    times = _LINE_TIMES.match(row)
    at = times.end() if times else 0
    label = _LINE_LABEL.match(row, at)
    if label:
        return label.end(), _voice(label), _bracketed(times) if times else None
    moment = _LINE_MOMENT.match(row)
    if moment:
        found = _label_at(row, moment.end(), style, timed=True)
        if found:
            return found[0], found[1], _moment(moment)
        if not row[moment.end() :].strip() and not times:
            return moment.end(), None, _moment(moment)
    seconds = _LINE_SECONDS.match(row)
    if seconds:
        found = _label_at(row, seconds.end(), style, timed=True)
        if found:
            return found[0], found[1], _bracketed(seconds)
    found = _label_at(row, at, style, timed=bool(times))
    if found:
        return found[0], found[1], found[2] or (_bracketed(times) if times else None)
    ordinal = None if times else _ORDINAL.match(row)
    if ordinal:
        end, voice, inner = _head(row[ordinal.end() :], style)
        if voice is not None:
            return ordinal.end() + end, voice, inner
    return at, None, _bracketed(times) if times else None


_TIMED = [
    re.compile(rf"\s*(?:{_OPEN}\s{{0,4}})?{one}(?:\s{{0,4}}{_CLOSE})?{_AFTER}{_COLON}") for one in (_LONG, _GENERIC)
]
_WITH_COLON = [re.compile(rf"\s*(?:{_OPEN}\s{{0,4}})?{one}(?:\s{{0,4}}{_CLOSE})?{_COLON}") for one in (_LONG, _GENERIC)]
_IN_BRACKETS = [re.compile(rf"\s*{_OPEN}\s{{0,4}}{one}\s{{0,4}}{_CLOSE}{_GAPS}") for one in (_LONG, _GENERIC)]
_BEFORE_TIME = [re.compile(rf"\s*{one}{_AFTER}(?:[：:]|(?=\s)|(?<=[\]】)）>])|$)") for one in (_LONG, _GENERIC)]
_BEFORE_TAB = [re.compile(rf"\s*{one}[ ]{{0,20}}\t\s*") for one in (_LONG, _GENERIC)]
_BARE = rf"(?P<label>(?P<name>{_NAMES})[0-9A-Za-z]{{0,8}})"
_BEFORE_SPACE = [re.compile(rf"\s*{one}(?:{_GAPS_1}|$)") for one in (_BARE, _GENERIC)]
_ALONE = [re.compile(rf"\s*{one}\s*$") for one in (_LONG, _GENERIC)]
_LETTERED = re.compile(rf"\s*{_LETTER}{_COLON}")
_NAMED = re.compile(rf"\s*{_ANYBODY}(?:{_AFTER})?{_GAPS}[：:]")
_NAMED_ABOVE = re.compile(rf"\s*{_ANYBODY}{_GAPS}{_MOMENT}\s*$")
_NAMED_TIMED = re.compile(rf"\s*(?P<label>[^\s()（）\[\]][^()（）\[\]\t\n]{{0,29}}?){_GAPS}[(（]{_MOMENT}{_GAPS}[：:]")
"""`tb88 (2026-11-20 09:12:33): …`, `旗舰店:小何 (…): …`, as shops export their chats."""
_NAMED_BEHIND = re.compile(r"(?P<label>[^\s：:，。！？；、,!?;<>][^：:，。！？；、,!?;<>\t\n]{0,23}?)\s*$")
"""What stands behind the time on a line of its own: `2026-11-20 09:12:33 小何(客服)`."""


def _label_at(row: str, at: int, style: _Style, *, timed: bool) -> tuple[int, _Voice, _Times | None] | None:
    """A label that stands there: where it ends, who it names, and the time written within it."""
    forms = [*_TIMED, *_BEFORE_TIME, *_WITH_COLON, *_IN_BRACKETS, *_BEFORE_TAB]
    forms += _BEFORE_SPACE if timed or style.spaced else []
    forms += _ALONE if timed or style.alone else []
    for form in forms:
        found = form.match(row, at)
        if found and _is_label(found["label"], timed=timed):
            return found.end(), _named_voice(found["label"]), _moment_in(found)
    found = _LETTERED.match(row, at) if style.letters else None
    if found:
        return found.end(), _Voice(Role.UNKNOWN, found["label"], found["label"]), None
    behind = _NAMED_BEHIND.match(row[at:].lstrip()) if timed and style.behind else None
    if behind and behind["label"].strip() in style.behind:
        return len(row), _named_voice(behind["label"].strip()), None
    for form in (_NAMED_ABOVE, _NAMED_TIMED, _NAMED) if style.names else ():
        found = form.match(row, at)
        if found and found["label"].strip() in style.names:
            return found.end(), _named_voice(found["label"].strip()), _moment_in(found)
    return None


_NOT_SAID_BY = re.compile(
    "(?:工号|编号|姓名|号码|电话|地址|满意|情绪|等级|类型|名称|ID|id|班组|部门|评价|评分|备注|意图|来源|级别|信息|資訊|工號|編號|號碼|電話)"
)


def _is_label(label: str, *, timed: bool) -> bool:
    """Whether a role word and what follows it name a speaker, and no field (客户电话) or phrase (客户常说).

    `timed` = a time before it says so too, so that any short name will do.
    """
    if field_of(label) and field_of(label) not in {"agent_name", "agent_id", "speaker"}:
        return False
    if _NOT_SAID_BY.search(label):
        return False
    name = next((one for one in sorted(_ROLE_OF, key=len, reverse=True) if label.startswith(one)), None)
    rest = label[len(name) :] if name else ""
    if not re.fullmatch("[\u4e00-\u9fff]+", rest.strip()):
        return True
    return is_name(rest.strip()) or (timed and rest != rest.strip() and len(rest.strip()) <= _GIVEN_NAME)


def _style(rows: list[str]) -> _Style:
    """How the lines of this dialogue begin, by all of them."""
    filled = [row for row in rows if row.strip()]
    surely = _Style()
    known = [row for row in filled if _head(row, surely)[1] is not None]
    if any(_LINE_LABEL.match(row, end.end() if (end := _LINE_TIMES.match(row)) else 0) for row in known):
        return surely
    spaced = sum(any(form.match(row) for form in _BEFORE_SPACE) for row in filled)
    alone = sum(_is_alone(row) for row in filled)
    behind = _behind_times(filled)
    if behind:
        return _Style(behind=behind)
    above = _above_speech(filled)
    if known and above:
        return _Style(names=above)
    if not known and alone >= _MET_AGAIN and alone * 4 >= len(filled):
        return _Style(alone=True)
    if not known and spaced >= _MET_AGAIN and spaced >= _MOST * len(filled):
        return _Style(spaced=True)
    if known:
        return _Style(alone=alone >= _MET_AGAIN)
    if sum(bool(_LETTERED.match(_timeless(row))) for row in filled) >= _MET_AGAIN:
        return _Style(letters=True)
    return _Style(names=_recurring(filled))


def _is_alone(row: str) -> bool:
    found = next((form.match(row) for form in _ALONE if form.match(row)), None)
    return found is not None and _is_label(found["label"], timed=False)


def _above_speech(rows: list[str]) -> frozenset[str]:
    """Names with a time behind them, alone on their lines above what they say, where role words stand so too."""
    found = [_NAMED_ABOVE.match(row) for row in rows]
    labels = [one["label"].strip() for one in found if one]
    spoken = sum(one is not None and after is None for one, after in itertools.pairwise(found))
    often = len(labels) >= _MET_AGAIN and spoken * 10 >= len(labels) * 9 and len(labels) * 3 >= len(rows)
    return frozenset(labels) if often and any(voice(one).role for one in labels) else frozenset()


def _behind_times(rows: list[str]) -> frozenset[str]:
    """Names that stand behind a time on lines of their own, again and again, above what they say."""
    labels: list[str | None] = []
    for row in rows:
        times = _LINE_MOMENT.match(row)
        found = _NAMED_BEHIND.match(row[times.end() :].lstrip()) if times else None
        labels.append(found["label"].strip() if found else None)
    often = Counter(one for one in labels if one)
    again = sum(count for count in often.values() if count >= _MET_AGAIN)
    spoken = sum(one is not None and after is None for one, after in itertools.pairwise(labels))
    covered = sum(often.values())
    if again < _MET_AGAIN or len(often) < _MET_AGAIN or again < _MOST * covered or spoken < _MOST * covered:
        return frozenset()
    return frozenset(often)


def _recurring(rows: list[str]) -> frozenset[str]:
    """Names that lines begin with again and again: 张三： … 李四： … 张三：."""
    often: Counter[str] = Counter()
    covered = 0
    for row in rows:
        found = _NAMED_ABOVE.match(row) or _NAMED_TIMED.match(row) or _NAMED.match(_timeless(row))
        if found and field_of(found["label"].strip()) is None:
            often[found["label"].strip()] += 1
            covered += 1
    again = [name for name, count in often.items() if count >= _MET_AGAIN]
    above = sum(bool(_NAMED_ABOVE.match(row)) for row in rows)
    timed = sum(bool(_NAMED_TIMED.match(row)) for row in rows)
    most = 0.4 if above * 2 >= covered else _MOST
    several = len(again) >= _MET_AGAIN or (len(often) >= _MET_AGAIN and covered in {above, timed})
    if not several or covered < most * len(rows) or len(often) > max(4, covered // 2):
        return frozenset()
    return frozenset(often)


def _timeless(row: str) -> str:
    """A row without the times it begins with."""
    times = _LINE_TIMES.match(row) or _LINE_MOMENT.match(row) or _LINE_SECONDS.match(row)
    return row[times.end() :] if times else row


def _voice(found: re.Match[str]) -> _Voice:
    label, name = found["label"], found["name"]
    if label is None:
        return _Voice(Role.UNKNOWN, found["unsure"], None)
    return _Voice(_ROLE_OF[name], label, label if label != name else None)


def _named_voice(label: str) -> _Voice:
    who = voice(label)
    return _Voice(_BY_CODE[who.role or "unknown"], label, who.speaker)


def _bracketed(found: re.Match[str]) -> _Times:
    return _Times(_ms(found["start"]), _ms(found["end"]) if found["end"] else None)


def _moment(found: re.Match[str]) -> _Times:
    day = None
    if found["day"]:
        try:
            day = date(*(int(part) for part in re.findall("[0-9]+", found["day"])))
        except ValueError:
            return _Times()
    return _Times(_ms(found["start"]), _ms(found["end"]) if found["end"] else None, day)


def _moment_in(found: re.Match[str]) -> _Times | None:
    """The time that a label holds, if its form has one."""
    return _moment(found) if "start" in found.groupdict() and found["start"] else None


def _ms(clock: str) -> int:
    """`75.5` or `1:15.5` → 75500."""
    total = Decimal(0)
    for part in clock.replace("：", ":").replace(",", ".").split(":"):
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
