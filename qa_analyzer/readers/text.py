"""A written dialogue, one call a file: `客服：… 客户：…`, with lines such as `通话编号：…` above it.

`dialogue` knows labels and times; this module decides which lines belong to the call, and makes a call of them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from qa_analyzer.readers.dialogue import DialogueProblem, Line, parse_dialogue
from qa_analyzer.readers.headings import CALL_FIELDS, field_of
from qa_analyzer.readers.mend import Unmendable

_LINE_END = re.compile(r"\r\n|\r|\n")
_COLON = re.compile("[：:]")
_LONGEST_HEADING = 20
_EVENT_OPENS = ("（", "(")
_TIME_OF_DAY_MS = 60 * 60 * 1000
"""A first line that late tells the time of day, not the time since the call began."""
_DAY_MS = 24 * 60 * 60 * 1000


def read_dialogue(text: str, source: str, count: Counter[str]) -> dict[str, Any]:
    """The call in `text` as a canonical object, without `call_id` unless a line above names it.

    Lines that nobody says are left out and counted: what stands before the first label, and what follows a blank line
    without a label or an event (a comment between two parts of a dialogue). A line directly under a labelled one is
    the same speaker going on. Raises `Unmendable` where no line has a label.
    """
    rows = _LINE_END.split(text)
    lines = parse_dialogue(text, source)
    first = next((line.line for line in lines if line.label is not None), None)
    if first is None:
        raise Unmendable("no_label")
    call = _written_above(rows[: first - 1])
    used = {number for number, row in enumerate(rows[: first - 1], 1) if _heading(row)}
    spoken, unlabelled = _spoken(lines, rows, used)
    count["unlabelled_lines"] += len(unlabelled)
    count["unknown_label"] += sum(line.problem is DialogueProblem.UNKNOWN_LABEL for line in spoken)
    spoken, began = since_the_first(spoken)
    if began is not None:
        call.setdefault("started_at", began.isoformat())
    call["utterances"] = [
        {
            "role": line.role.code,
            "speaker": line.speaker,
            "start_ms": line.start_ms,
            "end_ms": line.end_ms,
            "text": line.text,
        }
        for line in spoken
    ]
    return call


def since_the_first(lines: list[Line]) -> tuple[list[Line], datetime | None]:
    """Times of day → ms since the first of them, and when that was if a date is written; other times as they are."""
    timed = [line for line in lines if line.start_ms is not None]
    if not timed:
        return lines, None
    dated = [line for line in timed if line.day is not None]
    if not dated and (timed[0].start_ms or 0) < _TIME_OF_DAY_MS:
        return lines, None
    first_day = min((line.day for line in dated if line.day), default=None)
    days, made = 0, []
    before = None
    for line in lines:
        if line.start_ms is not None:
            if line.day is not None and first_day is not None:
                days = (line.day - first_day).days
            elif before is not None and line.start_ms < before - _DAY_MS // 2:
                days += 1  # past midnight
            before = line.start_ms
            end = None if line.end_ms is None else line.end_ms + days * _DAY_MS
            line = replace(line, start_ms=line.start_ms + days * _DAY_MS, end_ms=end)  # noqa: PLW2901
        made.append(line)
    base = min(line.start_ms for line in made if line.start_ms is not None)
    moved = [
        replace(
            line,
            start_ms=None if line.start_ms is None else line.start_ms - base,
            end_ms=None if line.end_ms is None else line.end_ms - base,
        )
        for line in made
    ]
    if first_day is None:
        return moved, None
    return moved, datetime.combine(first_day, time()) + timedelta(milliseconds=base)


def _spoken(lines: list[Line], rows: list[str], used: set[int]) -> tuple[list[Line], set[int]]:
    """The lines of the call, and the numbers of the rows that are none."""
    spoken: list[Line] = []
    unlabelled: set[int] = set()
    prose = False
    for line in lines:
        if line.label is not None:
            prose = False
        elif line.problem is DialogueProblem.NO_LABEL:
            if line.line not in used:
                unlabelled.add(line.line)
            continue
        elif _is_event(line.text):
            prose = False
        elif spoken and line.line > 1 and not rows[line.line - 2].strip():
            prose = True
        if prose:
            unlabelled.add(line.line)
        elif line.text:
            spoken.append(line)
    return spoken, unlabelled


def _is_event(text: str) -> bool:
    """Nothing but （…）."""
    return text.startswith(_EVENT_OPENS) and not re.sub(r"（[^（）]*）|\([^()]*\)|\s", "", text)


def _written_above(rows: list[str]) -> dict[str, Any]:
    return dict(pair for pair in map(_heading, rows) if pair)


def _heading(row: str) -> tuple[str, str] | None:
    """`坐席工号：A012` → (`agent_id`, `A012`)."""
    colon = _COLON.search(row)
    if colon is None:
        return None
    heading, value = row[: colon.start()].strip(), row[colon.end() :].strip()
    name = field_of(heading) if 0 < len(heading) <= _LONGEST_HEADING else None
    if name is None or name not in CALL_FIELDS or not value:
        return None
    return name, value
