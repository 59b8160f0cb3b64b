"""The share of personal data that is masked in tests/data/privacy, and of harmless calls where anything is.

The set was blind once; its README says since when it is not.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from qa_analyzer.batch import BatchSettings, build_batch
from qa_analyzer.model import Call, Role, Utterance, calls_to_columns
from qa_analyzer.privacy import masked_points
from qa_analyzer.text import to_string, wordless_table

FOLDER = Path(__file__).parent / "data" / "privacy"
SETS = ("cases", "cases_b", "cases_c", "cases_d")
BACKCHANNELS = ("嗯", "嗯嗯", "好的", "好", "对", "是", "是的", "哦", "行")
MARKED = re.compile(r"⟦(\w+):(.*?)⟧")
FILLERS = re.compile("嗯|呃|那个|年|然后|稍等|就是|啊|啦|是|对|的|哦")
"""Inside a marked value these need not be masked, nor do separators."""
NUMBER_RECALL = {"cases": 0.99, "cases_b": 0.99, "cases_c": 0.98, "cases_d": 0.965}
"""Hard cases included (two figures put right, half an area code …)."""
NAME_RECALL = {"cases": 0.98, "cases_b": 1.0, "cases_c": 0.89, "cases_d": 0.92}
FALSE_MASKS = {"cases": 0, "cases_b": 1, "cases_c": 0, "cases_d": 0}
"""Calls. In cases_b an agent's own surname."""
NUMBERS = ("phone", "id", "card", "email", "plate")


@dataclass
class Measured:
    """Marked values by kind and how many are masked; harmless calls and those where something is masked."""

    wanted: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    harmless: int = 0
    wrong: list[str] = field(default_factory=list)

    def recall(self, *kinds: str) -> float:
        return sum(self.masked[kind] for kind in kinds) / sum(self.wanted[kind] for kind in kinds)

    def __str__(self) -> str:
        rows = [f"{kind:6} {self.masked[kind]:4} of {self.wanted[kind]:4}" for kind in sorted(self.wanted)]
        rows.append(f"harmless calls with a mask: {len(self.wrong)} of {self.harmless}")
        return "\n".join([*rows, *(f"missed {one}" for one in self.missed), *(f"wrong {one}" for one in self.wrong)])


@pytest.fixture(scope="module", params=SETS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def measured(name: str) -> Measured:
    return measure(name)


def measure(name: str) -> Measured:
    """All cases of a set as one batch, scored by position."""
    cases = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    calls = []
    marks: list[list[tuple[int, str, int, int]]] = []  # per case: utterance of the case, kind, start, end
    for case in cases:
        utterances: list[Utterance] = []
        marks.append([])
        for role, said in case["turns"]:
            for text in said:
                removed = 0
                for found in MARKED.finditer(text):
                    start = found.start() - removed
                    marks[-1].append((len(utterances), found[1], start, start + len(found[2])))
                    removed += len(found.group()) - len(found[2])
                utterances.append(Utterance(MARKED.sub(r"\2", text), Role[role.upper()]))
        calls.append(Call(case["id"], tuple(utterances)))
    batch = build_batch(calls_to_columns(calls), BatchSettings(backchannels=BACKCHANNELS))
    points = masked_points(batch)
    hidden = points != batch.points
    wordless = wordless_table()[batch.normal]
    result = Measured()
    first = 0  # of the case's utterances
    for number, (call, case, wanted) in enumerate(zip(calls, cases, marks, strict=True)):
        for utterance, kind, start, end in wanted:
            place = slice(*(int(batch.utterance_start[first + utterance]) + one for one in (start, end)))
            spared = wordless[place] | hidden[place]
            for filler in FILLERS.finditer(to_string(batch.points[place])):
                spared[slice(*filler.span())] = True
            result.wanted[kind] += 1
            result.masked[kind] += bool(spared.all())
            if not spared.all():
                result.missed.append(f"{case['id']} {to_string(points[place])} ({case['note']})")
        if not wanted:
            begin, stop = (int(batch.turn_text[turn]) for turn in batch.call_turn[number : number + 2])
            result.harmless += 1
            if np.any(hidden[begin:stop] & ~wordless[begin:stop]):
                result.wrong.append(f"{case['id']} {to_string(points[begin:stop])} ({case['note']})")
        first += len(call.utterances)
    return result


def test_numbers_are_masked_as_often_as_promised(name: str, measured: Measured) -> None:
    """Telephone, identity and card numbers, addresses, plates: at least as many as when last measured."""
    assert measured.recall(*NUMBERS) >= NUMBER_RECALL[name], f"\n{measured}"


def test_names_are_masked_as_often_as_they_were(name: str, measured: Measured) -> None:
    """An agent's own name beside the staff number stays on purpose."""
    assert measured.recall("name") >= NAME_RECALL[name], f"\n{measured}"


def test_harmless_calls_are_left_alone(name: str, measured: Measured) -> None:
    """Calls without personal data in which anything is masked."""
    assert measured.harmless >= 70
    assert len(measured.wrong) <= FALSE_MASKS[name], f"\n{measured}"


def test_over_all_sets_the_promise_holds() -> None:
    """Of the numbers at least 98 % are masked; in at most 1 % of the harmless calls is anything masked."""
    sets = [measure(name) for name in SETS]
    wanted, masked = (
        sum(one[kind] for one in counts for kind in NUMBERS)
        for counts in ([one.wanted for one in sets], [one.masked for one in sets])
    )
    assert masked >= 0.98 * wanted
    assert sum(len(one.wrong) for one in sets) <= 0.01 * sum(one.harmless for one in sets)
