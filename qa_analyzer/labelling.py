"""Calls on disk ↔ label files: the texts that labels refer to, and the spreadsheet of turns to label."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qa_analyzer import text as characters
from qa_analyzer.batch import BatchSettings, build_batch
from qa_analyzer.emotion.model import EmotionModel, lay_out
from qa_analyzer.emotion.sampling import choose
from qa_analyzer.errors import InputError, OptionError
from qa_analyzer.model import Role
from qa_analyzer.privacy import masked_points
from qa_analyzer.readers import load, plan
from qa_analyzer.wording import Lang, texts
from qa_analyzer.wording.running import LABELLING
from qa_analyzer.writers.sheet import write_sheet

TEXTS = texts(LABELLING)


@dataclass(frozen=True)
class CustomerTurns:
    """Customer turns of calls as lists of one length: id, turn, text as the model sees it.

    Where they are to be shown, also the text and the agent's turn before, masked.
    """

    call: list[str]
    turn: list[int]
    text: list[str]
    shown: list[str]
    before: list[str]

    def by_call(self) -> dict[str, dict[int, str]]:
        found: dict[str, dict[int, str]] = {}
        for call, turn, text in zip(self.call, self.turn, self.text, strict=True):
            found.setdefault(call, {})[turn] = text
        return found


def customer_turns(
    inputs: Sequence[str | os.PathLike[str]],
    settings: BatchSettings,
    *,
    lang: Lang = "zh",
    form: str | None = None,
    shown: bool = False,
    mask: bool = True,
) -> CustomerTurns:
    """Every customer turn of the calls of `inputs`, cut into turns as in scoring. InputError where there is none.

    Of two calls with the same id the first holds, as in scoring.
    """
    found = CustomerTurns([], [], [], [], [])
    seen: set[str] = set()
    for block in plan([os.fspath(one) for one in inputs], lang=lang):
        calls = load(block, lang=lang, form=form).calls
        if not calls.num_rows:
            continue
        batch = build_batch(calls, settings)
        points = masked_points(batch) if shown and mask else batch.points
        ids = calls.column("call_id").to_pylist()
        first = np.array([one not in seen for one in ids])
        seen.update(ids)
        of_customer = (batch.turn_role == Role.CUSTOMER) & first[batch.turn_call]
        number = batch.turn_number
        for turn in np.flatnonzero(of_customer).tolist():
            span = slice(int(batch.turn_text[turn]), int(batch.turn_text[turn + 1]) - 1)
            found.call.append(ids[int(batch.turn_call[turn])])
            found.turn.append(int(number[turn]))
            found.text.append(characters.to_string(batch.normal[span]))
            if shown:
                found.shown.append(characters.to_string(points[span]))
                is_after = number[turn] > 0 and batch.turn_role[turn - 1] == Role.AGENT
                earlier = slice(int(batch.turn_text[turn - 1]), int(batch.turn_text[turn]) - 1)
                found.before.append(characters.to_string(points[earlier]) if is_after else "")
    if not found.call:
        raise InputError(TEXTS[lang]["nothing"])
    return found


def write_sample(turns: CustomerTurns, model: EmotionModel, wanted: int, target: Path, *, lang: Lang = "zh") -> int:
    """Write the turns most worth labelling to a spreadsheet (.xlsx with a list to choose from, or .csv); how many.

    OptionError for another suffix or a file that exists.
    """
    words = TEXTS[lang]
    if target.suffix.lower() not in (".xlsx", ".csv"):
        raise OptionError(words["suffix"].format(path=target))
    if target.exists():
        raise OptionError(words["exists"].format(path=target))
    number: dict[str, int] = {}
    group = np.array([number.setdefault(call, len(number)) for call in turns.call], dtype=np.int64)
    chosen = choose(turns.text, group, model, wanted)
    values = model.predict(*lay_out(turns.text))
    rows = [
        (
            turns.call[at],
            turns.turn[at],
            turns.before[at],
            turns.shown[at],
            round(float(values[at]), 3),
            words["random"] if drawn else words["uncertain"],
            "",
        )
        for at, drawn in zip(chosen.at.tolist(), chosen.random.tolist(), strict=True)
    ]
    headings = words["headings"].split("|")
    if target.suffix.lower() == ".xlsx":
        write_sheet(target, headings, rows, choices=words["choices"].split("|"))
    else:
        with target.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(headings)
            writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return len(rows)


def _harmless(cell: str | float) -> str | float:
    """A text cell that a spreadsheet would take for a formula gets an apostrophe."""
    return "'" + cell if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
