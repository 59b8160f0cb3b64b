"""Guidelines × rules × verdict counts → what is covered, and what is missing. Pure; knows no files and no engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from qa_analyzer.rulebook.guidelines import GUIDELINE_ID, Guidelines, columns_named
from qa_analyzer.rulebook.model import Rule, Rulebook
from qa_analyzer.rulebook.schema import Status


class Counts(NamedTuple):
    """Calls by the verdict of one rule."""

    passed: int = 0
    failed: int = 0
    not_applicable: int = 0
    undetermined: int = 0


Tallies = Mapping[str, Counts]
"""Rule id → calls by verdict; a rule that is off has none."""

GapKind = Literal["uncovered", "no_column", "never_passes", "never_fails", "never_decided", "unknown_guideline"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing. `subject`: a guideline, a column or a rule; `about`: what it belongs to, its title."""

    kind: GapKind
    subject: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One rule or column under one guideline. A guideline without either has a row of kind `nothing`.

    `samples`, `given` are null for columns and for rules that are off.
    """

    guideline: str
    kind: Literal["rule", "column", "no_column", "nothing"]
    what: str = ""
    rule: Rule | None = None
    samples: Counts | None = None
    given: Counts | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """All rows in the order of the guidelines, then rules without one; and everything that is missing."""

    rows: tuple[CoverageRow, ...]
    gaps: tuple[Gap, ...]


def cover(
    guidelines: Guidelines,
    rulebook: Rulebook,
    columns: Sequence[str],
    samples: Tallies,
    given: Tallies | None = None,
) -> Coverage:
    """Hold rules and columns against the guidelines, and the rules' verdicts on the samples against silence.

    `columns`: the columns of the calls table. `given`: counts on the user's own calls, shown but not required.
    """
    known = guidelines.by_id
    names = list(columns)
    serving: dict[str, list[Rule]] = {number: [] for number in known}
    unplaced: list[Rule] = []
    gaps: list[Gap] = []
    for rule in rulebook.rules:
        named = [one for one in rule.spec.source if GUIDELINE_ID.fullmatch(one)]
        gaps += [Gap("unknown_guideline", rule.id, one) for one in named if one not in known]
        mine = [one for one in named if one in known]
        for number in mine:
            serving[number].append(rule)
        if not mine:
            unplaced.append(rule)

    def row(number: str, rule: Rule) -> CoverageRow:
        mine = None if given is None else given.get(rule.id)
        return CoverageRow(number, "rule", rule.id, rule, samples.get(rule.id), mine)

    rows: list[CoverageRow] = []
    for number, guideline in known.items():
        rows += [row(number, rule) for rule in serving[number]]
        for wanted in guideline.columns or []:
            found = columns_named(wanted, names)
            rows += [CoverageRow(number, "column", one) for one in found]
            if not found:
                rows.append(CoverageRow(number, "no_column", wanted))
                gaps.append(Gap("no_column", wanted, number))
        if not serving[number] and not guideline.columns:
            rows.append(CoverageRow(number, "nothing"))
            gaps.append(Gap("uncovered", number))
    rows += [row("", rule) for rule in unplaced]
    gaps += [gap for rule in rulebook.rules if (gap := _silence(rule, samples.get(rule.id)))]
    return Coverage(tuple(rows), tuple(gaps))


def _silence(rule: Rule, counts: Counts | None) -> Gap | None:
    """A rule must have said both yes and no; one that is off says nothing."""
    if rule.spec.status is Status.OFF:
        return None
    passed, failed = (counts.passed, counts.failed) if counts else (0, 0)
    if not passed and not failed:
        return Gap("never_decided", rule.id)
    if not passed:
        return Gap("never_passes", rule.id)
    return None if failed else Gap("never_fails", rule.id)
