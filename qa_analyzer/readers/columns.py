"""Rows of a table → calls as canonical objects: which column holds what, by its heading or by its values.

Exports of telephone systems put one utterance into a row, or one call into a row with the whole dialogue in one cell.
Times are ms, seconds, clocks or moments of the day; who speaks is a role, a voice, a channel, a yes/no, two columns of
text, or a label before the text. Values of the call stand in each row or only in the first; a row without `call_id`
belongs to the call above it. Knows no file: `table` and web pages bring the rows.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from qa_analyzer.readers.dialogue import Labels, parse_dialogue
from qa_analyzer.readers.headings import (
    CALL_FIELDS,
    HEADING_ROWS,
    PARTIES,
    ROLE_WORDS,
    TIMES,
    UTTERANCE_FIELDS,
    Column,
    code_of,
    column_of,
    field_of,
    party_role,
    plain,
)
from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.text import read_dialogue
from qa_analyzer.readers.voices import voice

Cells = list[Any]

SAMPLE_ROWS = 200
"""Rows whose values say what the headings leave open."""
_SAMPLE_CELL = 2000
_LISTED = 20
_MOST, _NEARLY_ALL = 0.6, 0.8
_SEVERAL = 3
_MS_PER_CHARACTER = 20
"""Nobody speaks a character in 20 ms, and nobody takes 20 s for one: above, whole numbers are ms."""
_TIME_OF_DAY_MS = 60 * 60 * 1000
"""A first utterance that late tells the time of day, not the time since the call began."""
_DAY_MS = 24 * 60 * 60 * 1000
_SIDES = ("agent_text", "customer_text")
_OPEN_TIMES = frozenset({Column("start"), Column("end")})
_WHO = frozenset({"role", "speaker", "channel", "is_agent", *_SIDES})
SETTABLE = (*(name for name in CALL_FIELDS if name not in {"overlaps", "source_format"}), *UTTERANCE_FIELDS)
SETTABLE += ("start", "end", "duration", "duration_ms")
SETTABLE += ("start_s", "end_s", "duration_s", "channel", "is_agent", *_SIDES)
"""What `--columns` may name."""

_CLOCK = re.compile(r"(?:(?P<h>\d{1,3})[:：])?(?P<m>\d{1,2})[:：](?P<s>\d{1,2}(?:[.,]\d+)?)")
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[T\s]*(\d{1,2})[:：时時](\d{1,2})(?:[:：分](\d{1,2})秒?)?"
    r"(?:[.,](\d{1,6}))?\s*(?:Z|[+-]\d\d:?\d\d)?"
)
_WITH_UNIT = re.compile(r"(?:(\d+)\s*(?:分钟?|min|m)\s*)?(\d+(?:\.\d+)?)\s*(毫秒|ms|秒|s|sec|seconds?)", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_EPOCH_SECONDS = 10**9
_TRUE = frozenset({"1", "1.0", "true", "yes", "y", "t", "是", "客服", "坐席", "agent"})
_FALSE = frozenset({"0", "0.0", "false", "no", "n", "f", "否", "客户", "用户", "customer"})
_TRACKS = {"left": "0", "左": "0", "左声道": "0", "l": "0", "right": "1", "右": "1", "右声道": "1", "r": "1"}
_TELLS_APART = ("customer_id", "phone", "calling", "called", "started_at")
"""Where a table names neither calls nor recordings, rows that differ in one of these belong to different calls."""
_MANGLED_ID = re.compile(r"\d(?:\.\d+)?[eE]\+?\d{2}")
_JSON_ROWS = re.compile(r"\s*(?:\[\s*\{\s*\"|\{\s*\"[^\"]{1,40}\"\s*:\s*\[\s*\{)")
"""Begins a dialogue that is written as JSON."""
_LINE_MARKS = re.compile(r"<br\s*/?>|\\r\\n|\\n|[|｜]+\s{0,8}(?=[^\s|｜]{1,12}[：:])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """What the user says of the columns: field → heading, or its number from 1; role as written → its code."""

    headings: tuple[tuple[str, str], ...] = ()
    roles: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnsFound:
    """How the columns of a file were read: (heading, what it holds) and the headings of which nothing was used."""

    file: str
    used: tuple[tuple[str, str], ...]
    unused: tuple[str, ...]


@dataclass(slots=True)
class TableCall:
    """One call and the 1-based row where it begins. `problem` = why it cannot be read."""

    line: int
    values: dict[str, Any]
    problem: Unmendable | None = None
    utterances: list[dict[str, Any]] = field(default_factory=list)

    def as_object(self) -> dict[str, Any]:
        """The call in canonical keys, with moments of the day counted from the first of them."""
        began = _since_the_first(self.utterances)
        values = dict(self.values)
        if began is not None:
            values.setdefault("started_at", began.isoformat())
        return {**values, "utterances": self.utterances}


# Which row is the heading -----------------------------------------------------------------------------------------


def is_heading(cells: Sequence[object]) -> bool:
    """Whether a row names columns: text and one more, or three."""
    names = {found.name for found in map(column_of, cells) if found}
    return len(names) >= 3 or (len(names) >= 2 and bool(names & {"text", *_SIDES}))


def heading_at(rows: Sequence[Cells]) -> int:
    """The position of the heading: the first of the first rows that names columns, else the first row."""
    return next((at for at, cells in enumerate(rows[:HEADING_ROWS]) if is_heading(cells)), 0)


# What the columns hold --------------------------------------------------------------------------------------------


class Heading:
    """Which column holds what. Raises `Unmendable` where there is no text, or nothing says who speaks.

    `cells` = the row of headings, None for a table without one; `sample` = the first rows below; `given` = what the
    user says, which holds.
    """

    def __init__(self, cells: Cells | None, sample: Sequence[Cells] = (), given: Columns | None = None) -> None:
        self.top = cells
        self.given = given or Columns()
        self.sample = [[_cut(cell) for cell in row] for row in sample[:SAMPLE_ROWS]]
        self.width = max((len(row) for row in self.sample), default=0) if cells is None else len(cells)
        self.cells = cells if cells is not None else [None] * self.width
        self.roles = {one.strip().lower(): code for one, code in self.given.roles}
        self.columns = self._by_name()
        self._by_value()
        self._settle_times()
        self._settle_speakers()
        self._drop_numbers_of_rows()
        self.names = [one.name if one else None for one in self.columns]

    # by name

    def _by_name(self) -> list[Column | None]:
        columns = self._as_given()
        taken = {one.name for one in columns if one}
        open_times = []
        for at, cell in enumerate(self.cells):
            found = column_of(cell) if columns[at] is None else None
            if found in _OPEN_TIMES:
                open_times.append(at)
            elif found and found.name not in taken:  # of two columns with the same meaning the first holds
                columns[at] = found
                taken.add(found.name)
            elif found == Column("call_id") and self._is_a_number_of_rows(columns):
                columns[columns.index(found)] = None  # id | session_id: the first numbers the rows
                columns[at] = found
        self.columns = columns
        # 开始时间 may be the utterance's or the call's: a time that stays the same is the call's.
        for at in sorted(open_times, key=self._is_moment_of_the_call):
            found = column_of(self.cells[at])
            assert found is not None, "open times are columns of time"
            if found.name in taken or self._is_moment_of_the_call(at):
                name = field_of(str(self.cells[at]))
                found = Column(name) if name and name in CALL_FIELDS and name not in taken else None
            columns[at] = found
            taken |= {found.name} if found else set()
        if {"text", *_SIDES} & taken:
            return columns
        # 客服 | 客户: what each of them said
        sides = {name: at for at, cell in enumerate(self.cells) if (name := _side(cell))}
        if len(sides) == len(_SIDES):
            for name, at in sides.items():
                columns[at] = Column(name)
        return columns

    def _is_a_number_of_rows(self, columns: list[Column | None]) -> bool:
        """Whether the column taken for the call's id says something else in every row."""
        at = columns.index(Column("call_id"))
        values = self._values(at)
        return len(values) == len(self.sample) >= _SEVERAL and len(set(values)) == len(values)

    def _is_moment_of_the_call(self, at: int) -> bool:
        """Whether a column holds moments, and one a call."""
        moments = [(call, _moment(row[at]) if at < len(row) else None) for call, row in self._by_call()]
        return any(moment for _, moment in moments) and not _varies(moments)

    def _as_given(self) -> list[Column | None]:
        columns: list[Column | None] = [None] * self.width
        written = [str(cell).strip() if cell is not None else "" for cell in self.cells]
        lacking = []
        for name, heading in self.given.headings:
            if heading in written:
                at = written.index(heading)
            elif heading.isdecimal() and 1 <= int(heading) <= self.width:
                at = int(heading) - 1
            else:
                lacking.append(heading)
                continue
            columns[at] = _as_settable(name)
        if lacking:
            raise Unmendable("columns_missing", missing="、".join(lacking), found=self._shown())
        return columns

    def _shown(self) -> str:
        return "、".join(str(cell) for cell in self.cells[:_LISTED] if cell not in (None, "")) or "—"

    # by value

    def _by_value(self) -> None:
        """Roles, texts and, without headings, call ids and yes/no, by what the column holds."""
        taken = {one.name for one in self.columns if one}
        if not taken & _WHO:
            at = self._find(_are_roles)
            if at is not None:
                self.columns[at] = Column("role")
        if all(cell is None for cell in self.cells):
            self._without_headings()
        if not {"text", *_SIDES} & taken and "role" in {one.name for one in self.columns if one}:
            sizes = {at: _chinese(self._values(at)) for at, one in enumerate(self.columns) if one is None}
            best = max(sizes, key=lambda at: sizes[at], default=None)
            if best is not None and sizes[best] >= 3:
                self.columns[best] = Column("text")
        if not {"text", *_SIDES} & {one.name for one in self.columns if one}:
            raise Unmendable("missing_columns", missing="text（文本）", found=self._shown())

    def _without_headings(self) -> None:
        """Research files: chat id, user, is_agent, …, text."""
        free = [at for at, one in enumerate(self.columns) if one is None]
        sizes = {at: _chinese(self._values(at)) for at in free}
        text = max(sizes, key=lambda at: sizes[at], default=None)
        if text is not None and "text" not in {one.name for one in self.columns if one}:
            self.columns[text] = Column("text")
        known = {one.name for one in self.columns if one}
        if not known & _WHO:
            at = self._find(lambda values: set(values) == {"0", "1"})
            if at is not None:
                self.columns[at] = Column("is_agent")
        if "call_id" not in known:
            at = self._find(lambda values: len(values) > 1 and _in_runs(values))
            if at is not None:
                self.columns[at] = Column("call_id")

    def _find(self, test: Any) -> int | None:
        for at, one in enumerate(self.columns):
            values = self._values(at)
            if one is None and values and test(values):
                return at
        return None

    def _values(self, at: int) -> list[str]:
        return [str(row[at]).strip() for row in self.sample if at < len(row) and row[at] not in (None, "")]

    def _column(self, name: str) -> int | None:
        return next((at for at, one in enumerate(self.columns) if one and one.name == name), None)

    # times

    def _settle_times(self) -> None:
        """Units that the headings leave open; a duration that stays the same is the call's."""
        at = self._column("duration")
        if at is not None and self._is_of_the_call(at):
            self.columns[at] = None
        for one in ("start", "end", "duration"):
            at = self._column(one)
            column = self.columns[at] if at is not None else None
            if at is not None and column and column.scale is None:
                self.columns[at] = Column(one, self._scale())

    def _is_of_the_call(self, at: int) -> bool:
        """Whether each call has one value, on several rows."""
        values: dict[str, list[str]] = {}
        for call, row in self._by_call():
            if at < len(row) and row[at] not in (None, ""):
                values.setdefault(call, []).append(str(row[at]))
        several = [one for one in values.values() if len(one) > 2]
        return bool(several) and all(len(set(one)) == 1 for one in several)

    def _by_call(self) -> list[tuple[str, Cells]]:
        at = self._column("call_id")
        found, last = [], ""
        for row in self.sample:
            if at is not None and at < len(row) and row[at] not in (None, ""):
                last = str(row[at])
            found.append((last, row))
        return found

    def _scale(self) -> int:
        """Ms in a unit of plain numbers: seconds if one has a fraction, else by how long a character would last."""
        numbers = {
            name: [_plain(row[at]) if at < len(row) else None for row in self.sample]
            for name in ("start", "end", "duration")
            if (at := self._column(name)) is not None
        }
        if any(one is not None and one != int(one) for column in numbers.values() for one in column):
            return 1000
        text = self._column("text")
        sizes = [
            len(str(row[text])) if text is not None and text < len(row) and row[text] else 0 for row in self.sample
        ]
        starts, ends, lasting = (numbers.get(name, []) for name in ("start", "end", "duration"))
        spans = [one for one in lasting if one is not None]
        if not spans and ends and starts:
            spans = [
                end - start for start, end in zip(starts, ends, strict=True) if start is not None and end is not None
            ]
        if not spans:
            spans = [b - a for a, b in pairwise(starts) if a is not None and b is not None and b > a]
        characters = sum(sizes)
        if not spans or not characters:
            return 1
        return 1 if sum(spans) / characters > _MS_PER_CHARACTER else 1000

    # speakers

    def _settle_speakers(self) -> None:
        """`dialogues` = each cell of text holds a whole dialogue; `labels` = a label stands before each text."""
        known = {one.name for one in self.columns if one}
        self.dialogues = False
        self.labels: Labels | None = None
        self.speaker_is_role = "role" not in known and "speaker" in known
        if known & _WHO or not self.sample:
            return
        text = self._column("text")
        texts = [broken_up(str(row[text])) for row in self.sample if text is not None and text < len(row) and row[text]]
        spoken = [
            _SEVERAL if _JSON_ROWS.match(one) else sum(line.label is not None for line in parse_dialogue(one))
            for one in texts
        ]
        if texts and sum(count >= 2 for count in spoken) >= _MOST * len(texts):
            self.dialogues = True
            return
        labels = Labels(texts)
        if texts and sum(
            labels.split(one)[:1] != [] and labels.split(one)[0][0] is not None for one in texts
        ) >= _MOST * len(texts):
            self.labels = labels
            return
        raise Unmendable("no_speaker_column", found=self._shown())

    def _drop_numbers_of_rows(self) -> None:
        """A bare `id` that is new in each of the utterances is none of the calls."""
        at = self._column("call_id")
        if at is None or self.dialogues or self.cells[at] is None or plain(str(self.cells[at])) != "id":
            return
        if self._is_a_number_of_rows(self.columns):
            self.columns[at] = None

    # reading a row

    def row(self, cells: Cells) -> dict[str, Any]:
        """Named values of a row, without empty ones."""
        return {
            name: cell
            for name, cell in zip(self.names, cells, strict=False)
            if name and cell is not None and not (isinstance(cell, str) and not cell.strip() and name != "text")
        }

    def key(self) -> int | None:
        """The column that says which call a row belongs to: its id, else the name of its recording."""
        names = [name for name in ("call_id", "file") if name in self.names]
        return self.names.index(names[0]) if names else None

    def has_id(self) -> bool:
        return "call_id" in self.names

    def found(self, file: str) -> ColumnsFound:
        """How the columns were read, for the report."""
        shown = [str(cell) if cell not in (None, "") else str(at) for at, cell in enumerate(self.cells, 1)]
        pairs = zip(shown, self.columns, self.cells, strict=True)
        used = tuple((heading, _told(one)) for heading, one, _ in pairs if one)
        pairs = zip(shown, self.columns, self.cells, strict=True)
        unused = tuple(heading for heading, one, cell in pairs if not one and cell not in (None, ""))
        return ColumnsFound(file, used, unused)


def _told(column: Column) -> str:
    if column.name not in TIMES:
        return column.name
    return f"{column.name}_{'ms' if column.scale == 1 else 's' if column.scale == 1000 else 'min'}"


def _as_settable(name: str) -> Column:
    for time in TIMES:
        if name in {time, f"{time}_ms", f"{time}_s"}:
            return Column(time, {"": None, "_ms": 1, "_s": 1000}[name.removeprefix(time)])
    return Column(name)


def _side(cell: object) -> str | None:
    code = code_of(str(cell), ROLE_WORDS) if cell is not None else None
    return f"{code}_text" if code in {"agent", "customer"} else None


def _cut(cell: object) -> object:
    return cell[:_SAMPLE_CELL] if isinstance(cell, str) else cell


def _are_roles(values: Sequence[str]) -> bool:
    known = sum((code_of(one, ROLE_WORDS) or code_of(one, PARTIES)) is not None for one in values)
    return known >= _NEARLY_ALL * len(values) and len(set(values)) > 1


def _chinese(values: Sequence[str]) -> float:
    """Mean number of Chinese characters."""
    return sum(sum("\u4e00" <= char <= "\u9fff" for char in one) for one in values) / max(1, len(values))


def _in_runs(values: Sequence[str]) -> bool:
    """Each value in one run, and fewer of them than values: ids of what is longer than a row."""
    runs = 1 + sum(a != b for a, b in pairwise(values))
    return runs == len(set(values)) < len(values)


def _varies(moments: Iterable[tuple[str, datetime | None]]) -> bool:
    seen: dict[str, datetime] = {}
    return any(moment is not None and seen.setdefault(call, moment) != moment for call, moment in moments)


def broken_up(text: str) -> str:
    """A dialogue in a cell, on lines of its own: `<br>`, a newline that was written out, `|` before a label end one."""
    return _LINE_MARKS.sub("\n", text)


# Times ------------------------------------------------------------------------------------------------------------


def _plain(cell: object) -> float | None:
    """A number that is no moment, None for anything else."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, (int, float)):
        return float(cell) if abs(cell) < _EPOCH_SECONDS else None
    written = str(cell).strip()
    if not _NUMBER.fullmatch(written) or abs(float(written)) >= _EPOCH_SECONDS:
        return None
    return float(written)


def _moment(cell: object) -> datetime | None:
    """A date with a time, or a time stamp in seconds or ms (China's time)."""
    if isinstance(cell, bool) or cell is None:
        return None
    if _NUMBER.fullmatch(str(cell).strip()):
        number = float(str(cell))
        if not _EPOCH_SECONDS <= number < 10**14:
            return None
        seconds = number / 1000 if number >= 10**12 else number
        return datetime(1970, 1, 1, 8) + timedelta(seconds=seconds)
    found = _MOMENT.fullmatch(str(cell).strip())
    if not found:
        return None
    *parts, fraction = found.groups()
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in parts)
        return datetime(year, month, day, hour, minute, second, int((fraction or "0").ljust(6, "0")))
    except ValueError:
        return None


def time_of(cell: object, scale: int) -> object:
    """A cell → ms, a `datetime` for a moment, the cell itself for what cannot be read."""
    if isinstance(cell, str) and (found := _CLOCK.fullmatch(cell.strip())):
        seconds = float(found["s"].replace(",", "."))
        return round(((int(found["h"] or 0) * 60 + int(found["m"])) * 60 + seconds) * 1000)
    number = _plain(cell)
    if number is not None:
        return cell if scale == 1 else round(number * scale)
    if isinstance(cell, str) and (found := _WITH_UNIT.fullmatch(cell.strip())):
        unit = 1 if found[3].lower() in {"毫秒", "ms"} else 1000
        return int(found[1] or 0) * 60_000 + round(float(found[2]) * unit)
    moment = _moment(cell)
    return moment if moment is not None else cell


def _since_the_first(utterances: list[dict[str, Any]]) -> datetime | None:
    """Moments and times of day → ms since the first of them, in place; when that was, if a date says so."""
    starts = [one["start_ms"] for one in utterances if one.get("start_ms") is not None]
    moments = [one for one in starts if isinstance(one, datetime)]
    if moments:
        base = min(moments)
        for one in utterances:
            for key in ("start_ms", "end_ms"):
                if isinstance(one.get(key), datetime):
                    one[key] = round((one[key] - base).total_seconds() * 1000)
        _add_durations(utterances)
        return base
    if starts and isinstance(starts[0], int) and starts[0] >= _TIME_OF_DAY_MS and _clocks(utterances):
        first = starts[0]
        for one in utterances:
            for key in ("start_ms", "end_ms"):
                if isinstance(one.get(key), int):
                    one[key] = (one[key] - first) % _DAY_MS
    _add_durations(utterances)
    return None


def _clocks(utterances: list[dict[str, Any]]) -> bool:
    return all(one.get("by_clock", False) for one in utterances if one.get("start_ms") is not None)


def _add_durations(utterances: list[dict[str, Any]]) -> None:
    for one in utterances:
        one.pop("by_clock", None)
        lasting = one.pop("duration_ms", None)
        if isinstance(lasting, (int, float)) and isinstance(one.get("start_ms"), (int, float)):
            one.setdefault("end_ms", one["start_ms"] + lasting)


# Rows → calls -----------------------------------------------------------------------------------------------------


class CallsOfRows:
    """Rows gathered into calls, in order of their first rows. Rows of a call need not stand together."""

    def __init__(self, heading: Heading, count: Counter[str]) -> None:
        self.heading = heading
        self.count = count
        self.calls: dict[str, TableCall] = {}
        self._last = ""
        self._facts: tuple[str, ...] = ()
        self._tells_apart = [] if heading.key() is not None else [one for one in _TELLS_APART if one in heading.names]
        self._scales = {one.name: one.scale or 1 for one in heading.columns if one and one.name in TIMES}

    def add(self, line: int, cells: Cells) -> None:
        values = self.heading.row(cells)
        if not values or (values.keys() == {"text"} and values["text"] == ""):
            return
        call = self._call(line, values)
        surplus = [cell for cell in cells[self.heading.width :] if cell not in (None, "")]
        if surplus:
            call.problem = Unmendable("extra_cells", cells=len(cells), columns=self.heading.width)
        for name in CALL_FIELDS:
            if name in values and call.values.setdefault(name, values[name]) != values[name]:
                self.count["conflicting_value"] += 1
        if self.heading.dialogues:
            self._add_dialogue(call, str(values.get("text") or ""))
            return
        for utterance in self._utterances(values):
            call.utterances.append(utterance)

    def _call(self, line: int, values: dict[str, Any]) -> TableCall:
        call_id = values.get("call_id")
        if call_id is None and not self.heading.has_id() and "file" in values:
            call_id = values["call_id"] = _stem(str(values["file"]))
        if call_id is None and self.heading.dialogues:
            self._last = f"\0{line}"  # a call a row, and none without an id belongs to another
        if call_id is not None:
            self._last = str(_plain_number(call_id))
        elif self._tells_apart and not self.heading.dialogues:
            self._last = self._by_facts(values)
        call = self.calls.get(self._last)
        if call is None:
            call = self.calls[self._last] = TableCall(line, {})
            if _MANGLED_ID.fullmatch(self._last):
                call.problem = Unmendable("mangled_id", written=self._last)
        return call

    def _by_facts(self, values: dict[str, Any]) -> str:
        """A key for the call of a row without an id. An empty cell says what the row above says."""
        above = self._facts or ("",) * len(self._tells_apart)
        self._facts = tuple(str(values.get(one, was)) for one, was in zip(self._tells_apart, above, strict=True))
        return "\0" + "\0".join(self._facts)

    def _add_dialogue(self, call: TableCall, text: str) -> None:
        if not text.strip():
            return
        if _JSON_ROWS.match(text):
            self._add_rows(call, text)
            return
        try:
            read = read_dialogue(broken_up(text), "", self.count)
        except Unmendable as problem:
            call.problem = problem
            return
        call.utterances += read.pop("utterances")
        for name, value in read.items():
            call.values.setdefault(name, value)

    def _add_rows(self, call: TableCall, text: str) -> None:
        """A dialogue that stands in its cell as JSON: an array of rows, bare or under some key."""
        try:
            told = json.loads(text)
            if isinstance(told, dict):
                told = next((one for one in told.values() if isinstance(one, list) and one), [])
            rows = [one for one in told if isinstance(one, dict)]
            keys = list(dict.fromkeys(key for one in rows for key, cell in one.items() if not isinstance(cell, dict)))
            cells = [[None if isinstance(one.get(key), list) else one.get(key) for key in keys] for one in rows]
            inner = CallsOfRows(Heading(keys, cells), self.count)
        except (ValueError, RecursionError):
            call.problem = Unmendable("cell_json")
            return
        except Unmendable as problem:
            call.problem = problem
            return
        for row in cells:
            inner.add(call.line, row)
        for one in inner.calls.values():
            call.utterances += one.utterances

    def _utterances(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        utterance = {name: values[name] for name in ("role", "speaker") if name in values}
        for name, scale in self._scales.items():
            if name in values:
                utterance[TIMES[name]] = self._time(utterance, values[name], scale)
        if {"agent_text", "customer_text"} & values.keys():
            return [
                {**utterance, "role": side.removesuffix("_text"), "text": values[side]}
                for side in _SIDES
                if values.get(side)
            ]
        if not utterance and "text" not in values and not _WHO & values.keys():
            return []
        self._name(utterance, values)
        text = values.get("text", "")
        if self.heading.labels is not None:
            return self._labelled(utterance, str(text))
        return [{**utterance, "text": text}]

    def _time(self, utterance: dict[str, Any], cell: object, scale: int) -> object:
        found = time_of(_whole_number(cell) if isinstance(cell, str) else cell, scale)
        utterance["by_clock"] = (
            utterance.get("by_clock", True) and isinstance(cell, str) and ":" in cell.replace("：", ":")
        )
        return found

    def _name(self, utterance: dict[str, Any], values: Mapping[str, Any]) -> None:
        """Role and speaker from whatever says who it is."""
        heading = self.heading
        if "is_agent" in values and "role" not in utterance:
            written = str(values["is_agent"]).strip().lower()
            utterance["role"] = "agent" if written in _TRUE else "customer" if written in _FALSE else written
        label = utterance.get("role", utterance.get("speaker") if heading.speaker_is_role else None)
        party = party_role(label, values.get("direction"))
        if label is not None and str(label).strip().lower() in heading.roles:
            utterance["role"] = heading.roles[str(label).strip().lower()]
        elif party:
            utterance.pop("speaker", None)
            utterance["role"] = party
        elif label is not None and code_of(str(label), ROLE_WORDS):
            utterance["role"] = utterance.pop("speaker") if "role" not in utterance else utterance["role"]
        elif label is not None:
            who = voice(label)
            if who.role:
                utterance["role"] = who.role
            if who.speaker:
                utterance.setdefault("speaker", who.speaker)
        if "channel" in values and "speaker" not in utterance and "role" not in utterance:
            track = str(_plain_number(values["channel"])).strip()
            who = voice(track)
            number = _TRACKS.get(track.lower(), track if track.isdecimal() else None)
            utterance["role"] = who.role if number is None else None
            utterance["speaker"] = f"ch{number}" if number is not None else who.speaker

    def _labelled(self, utterance: dict[str, Any], text: str) -> list[dict[str, Any]]:
        """A label before the text says who speaks; without one the speaker before goes on."""
        labels = self.heading.labels
        assert labels is not None, "only where labels were found"
        rows = []
        for label, role, speaker, said in labels.split(text.replace("\n", " ")):
            if label is not None:
                self._voice = {"role": role.code, "speaker": speaker}
            rows.append({**utterance, **self._voice, "text": said})
        return rows

    _voice: Mapping[str, Any] = {"role": None, "speaker": None}


def _stem(name: str) -> str:
    last = re.split(r"[\\/]", name.strip())[-1]
    return re.sub(r"\.[A-Za-z0-9]{2,5}$", "", last) or last


def _plain_number(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _whole_number(text: str) -> int | str:
    """A table writes all numbers as text: `1200` is no repair, `1200.0` is one and stays for `mend`."""
    stripped = text.strip()
    return int(stripped) if stripped.lstrip("-").isdecimal() and len(stripped) < 19 else text


def parse_columns(written: str) -> Columns:
    """`call_id=流水号,text=内容` → `Columns`. Raises ValueError with what is wrong."""
    pairs = []
    for part in filter(None, (one.strip() for one in re.split(r"[,，;；]", written))):
        name, equals, heading = part.partition("=")
        if not equals or not heading.strip():
            raise ValueError(part)
        pairs.append((name.strip(), heading.strip()))
    return checked_columns(pairs, ())


def checked_columns(pairs: Iterable[tuple[str, str]], roles: Iterable[tuple[str, str]]) -> Columns:
    """Known names only; a name of ours in Chinese will do too. Raises ValueError with the first that is not known."""
    found = []
    for name, heading in pairs:
        known = name if name in SETTABLE else field_of(name)
        if known is None:
            raise ValueError(name)
        found.append((known, str(heading)))
    codes = []
    for word, role in roles:
        code = code_of(str(role), ROLE_WORDS)
        if code is None:
            raise ValueError(str(role))
        codes.append((str(word), code))
    return Columns(tuple(found), tuple(codes))
