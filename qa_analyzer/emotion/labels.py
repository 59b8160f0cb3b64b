"""A centre's own labels of customer turns: the file read, every problem found and named, texts joined or given.

Knows label files and what their words mean. Knows nothing about models, and of calls only a text by id and turn.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_analyzer.errors import OptionError
from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.running import LABELS

HEADINGS = {
    "call": ("call", "call_id", "通话", "通话编号", "会话", "dialogue", "id"),
    "turn": ("turn", "话轮", "轮次", "turn_id"),
    "label": ("label", "标签", "标注", "情绪", "emotion", "sentiment"),
    "satisfaction": ("satisfaction", "满意度", "满意度评分"),
    "text": ("text", "文本", "内容", "客户话语"),
    "type": ("type", "complaint_type", "投诉类型", "类型"),
}
"""Names of columns, any one of each; others are passed over."""
WORDS = {
    -1: "negative neg 负面 负向 消极 不满 不满意 angry 愤怒 生气 anger anxiety 焦虑 disappointment 失望 sarcasm 讽刺 "
    "resignation 无奈",
    0: "neutral neu 中性 平静 无 一般",
    1: "positive pos 正面 正向 积极 满意 relief 放心 gratitude 感谢",
}
MOOD_OF = {word: mood for mood, words in WORDS.items() for word in words.split()}
NEUTRAL_SATISFACTION = 3
LISTED = 10
"""Problems shown of each kind; the rest are counted."""

MIN_LABELS, MIN_EACH, MIN_CALLS = 60, 15, 10
"""Below, a cross-validated figure is noise: with 15 negative turns of 60 the 95 % interval of an AUC of 0.75 is 0.3
wide (Hanley and McNeil 1982)."""
FEW_LABELS = 300
"""Below, a training goes on with a warning."""

TEXTS = texts(LABELS)

Turns = Mapping[str, Mapping[int, str]]
"""Text of customer turns by call id and turn."""


@dataclass(frozen=True)
class Labelled:
    """Labelled customer turns as columns, each (n,).

    mood: int8, -1 negative, 0 neutral, 1 positive. weight: float64, 1 for a labelled turn, less for a turn that only
    has its call's rating. kind: complaint type, "" where none is given. repeated: rows left out that say the same
    again.
    """

    call: npt.NDArray[np.object_]
    turn: npt.NDArray[np.int64]
    text: npt.NDArray[np.object_]
    mood: npt.NDArray[np.int8]
    weight: npt.NDArray[np.float64]
    kind: npt.NDArray[np.object_]
    repeated: int = 0

    def __len__(self) -> int:
        return len(self.text)

    @property
    def negative(self) -> npt.NDArray[np.bool_]:
        return self.mood < 0

    @property
    def group(self) -> npt.NDArray[np.int64]:
        """Number of each turn's call, in order of first appearance. (n,) int64"""
        number: dict[str, int] = {}
        return np.fromiter((number.setdefault(call, len(number)) for call in self.call), np.int64, count=len(self.call))

    def take(self, at: npt.NDArray[np.int64]) -> Labelled:
        return Labelled(self.call[at], self.turn[at], self.text[at], self.mood[at], self.weight[at], self.kind[at])


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    call: str
    turn: int | None
    mood: int
    text: str
    kind: str


def read_labels(path: Path, *, turns: Turns | None = None, whole_calls: bool = False, lang: str = "zh") -> Labelled:
    """Read a label file and join it to texts.

    Columns by `HEADINGS`; CSV, JSONL or XLSX. `turns`: texts of the customer's turns, which win over a column of text.
    With `whole_calls` a row without a turn rates every customer turn of its call, together with the weight of one.
    Raises OptionError, with lines, for what cannot be read, contradicts itself, or is not in `turns`.
    """
    words = TEXTS[lang]
    rows = _parsed(path, lang)
    if not rows:
        raise OptionError(words["empty"].format(path=path))
    first: dict[tuple[str, int | None], _Row] = {}
    clashes = []
    for row in rows:
        before = first.setdefault((row.call, row.turn), row)
        if before.mood != row.mood:
            clash = {"call": row.call, "turn": row.turn, "line": before.line, "other": row.line}
            moods = {"one": words[str(before.mood)], "two": words[str(row.mood)]}
            clashes.append(words["line_contradictory"].format(**clash, **moods))
    if clashes:
        raise OptionError(words["contradictory"].format(path=path, count=len(clashes), lines=_some(clashes, lang)))
    joined: list[tuple[_Row, int, str, float]] = []
    unknown = []
    for row in first.values():
        if row.turn is None:
            if not whole_calls or turns is None:
                raise OptionError(words["whole_call"].format(path=path, line=row.line))
            if row.call not in turns:
                unknown.append(words["line_unknown_call"].format(line=row.line, call=row.call))
                continue
            said = [(turn, text) for turn, text in turns[row.call].items() if (row.call, turn) not in first]
            joined += [(row, turn, text, 1 / len(said)) for turn, text in said]
        elif turns is not None:
            if row.call not in turns:
                unknown.append(words["line_unknown_call"].format(line=row.line, call=row.call))
            elif row.turn not in turns[row.call]:
                unknown.append(words["line_unknown_turn"].format(line=row.line, call=row.call, turn=row.turn))
            else:
                joined.append((row, row.turn, turns[row.call][row.turn], 1.0))
        elif not row.text.strip():
            raise OptionError(words["no_text"].format(path=path, line=row.line))
        else:
            joined.append((row, row.turn, row.text, 1.0))
    if unknown:
        raise OptionError(words["unknown"].format(path=path, count=len(unknown), lines=_some(unknown, lang)))
    return Labelled(
        np.array([row.call for row, *_ in joined], dtype=object),
        np.array([turn for _, turn, *_ in joined], dtype=np.int64),
        np.array([text for *_, text, _ in joined], dtype=object),
        np.array([row.mood for row, *_ in joined], dtype=np.int8),
        np.array([weight for *_, weight in joined], dtype=np.float64),
        np.array([row.kind for row, *_ in joined], dtype=object),
        len(rows) - len(first),
    )


def check_enough(labelled: Labelled, path: Path, *, lang: str = "zh") -> None:
    """OptionError where labels are too few, or all of one kind, to train or to measure with."""
    negative = int(labelled.negative.sum())
    counts = {"labels": len(labelled), "negative": negative, "other": len(labelled) - negative}
    calls = len(set(labelled.call))
    words = TEXTS[lang]
    if negative in (0, len(labelled)):
        only = words["-1"] if negative else f"{words['0']}/{words['1']}"
        raise OptionError(words["one_class"].format(path=path, labels=len(labelled), only=only))
    if len(labelled) < MIN_LABELS or min(negative, counts["other"]) < MIN_EACH or calls < MIN_CALLS:
        least = {"min_labels": MIN_LABELS, "min_each": MIN_EACH, "min_calls": MIN_CALLS}
        raise OptionError(words["few"].format(path=path, calls=calls, **counts, **least))


def _some(lines: list[str], lang: str) -> str:
    more = [TEXTS[lang]["more"].format(count=len(lines) - LISTED)] if len(lines) > LISTED else []
    return "\n".join(lines[:LISTED] + more)


def _parsed(path: Path, lang: str) -> list[_Row]:
    words = TEXTS[lang]
    wrong: list[str] = []
    cells = _cells(path, lang, wrong)
    names = dict.fromkeys(name for _, row in cells for name in row)
    column = {}
    for field, headings in HEADINGS.items():
        named = [name for name in names if name.strip().lower() in headings]
        if named:
            column[field] = named[0]
    missing = [field for field in ("call",) if field not in column]
    if "label" not in column and "satisfaction" not in column:
        missing.append("label / satisfaction")
    if missing and cells:
        shown = ", ".join(names) or "—"
        raise OptionError(words["columns"].format(path=path, missing=", ".join(missing), found=shown))
    labels = [str(row.get(column.get("label", ""), "")).strip() for _, row in cells]
    stars = any(label in ("2", "3", "4", "5", "2.0", "3.0", "4.0", "5.0") for label in labels)
    rows = []
    for (line, row), label in zip(cells, labels, strict=True):
        got = {field: str(row.get(name, "")).strip() for field, name in column.items()}
        written = label or got.get("satisfaction", "")
        if not written and label == "":
            continue  # not labelled yet: `emotion sample` writes such rows
        mood = _mood(label, stars) if label else _rated(written)
        turn = _whole(got.get("turn", ""))
        if mood is None:
            wrong.append(words["line_label"].format(line=line, value=written))
        elif not got["call"]:
            wrong.append(words["line_call"].format(line=line))
        elif turn is None and got.get("turn"):
            wrong.append(words["line_turn"].format(line=line, value=got["turn"]))
        else:
            rows.append(_Row(line, got["call"], turn, mood, got.get("text", ""), got.get("type", "")))
    if wrong:
        raise OptionError(words["bad"].format(path=path, count=len(wrong), lines=_some(wrong, lang)))
    return rows


def _mood(label: str, stars: bool) -> int | None:
    known = MOOD_OF.get(label.lower())
    if known is not None:
        return known
    if stars:
        return _rated(label)
    try:
        number = float(label)
    except ValueError:
        return None
    return int(np.sign(number)) if -1 <= number <= 1 else None


def _rated(label: str) -> int | None:
    """1 to 5 as a mood: below 3 negative, above positive."""
    try:
        number = float(label)
    except ValueError:
        return None
    return int(np.sign(number - NEUTRAL_SATISFACTION)) if 1 <= number <= 5 else None


def _whole(written: str) -> int | None:
    try:
        number = float(written)
    except ValueError:
        return None
    return int(number) if number == int(number) and number >= 0 else None


def _cells(path: Path, lang: str, wrong: list[str]) -> list[tuple[int, dict[str, Any]]]:
    """Rows of the file with their 1-based lines; what is no JSON object goes to `wrong`."""
    try:
        if path.suffix.lower() == ".xlsx":
            return list(_sheet(path))
        text = path.read_text(encoding="utf-8-sig")
    except Exception as error:  # a workbook passes on whatever zipfile and XML raise
        raise OptionError(TEXTS[lang]["unreadable"].format(path=path, error=error)) from error
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        found = []
        for line, one in enumerate(text.splitlines(), 1):
            if one.strip():
                try:
                    value = json.loads(one)
                except ValueError:
                    value = None
                if isinstance(value, dict):
                    found.append((line, {name: "" if cell is None else cell for name, cell in value.items()}))
                else:
                    wrong.append(TEXTS[lang]["line_json"].format(line=line))
        return found
    reader = csv.reader(io.StringIO(text))
    names = next(reader, [])
    return [(reader.line_num, _named(names, row)) for row in reader if any(cell.strip() for cell in row)]


def _sheet(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    from openpyxl import load_workbook  # slow to import

    book = load_workbook(path, read_only=True, data_only=True)
    rows = book.worksheets[0].iter_rows(values_only=True)
    names = [str(cell or "") for cell in next(rows, ())]
    for line, row in enumerate(rows, 2):
        if any(cell is not None for cell in row):
            yield line, _named(names, ["" if cell is None else cell for cell in row])


def _named(names: Iterable[str], row: Iterable[Any]) -> dict[str, Any]:
    return dict(zip(names, row, strict=False))
