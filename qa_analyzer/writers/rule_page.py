"""What the writers are given of a rule: its texts, how it judges, its examples cut at the evidence.

Plain values, already in the reader's language where they come from the rule. Knows no files and no engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from qa_analyzer.writers.spans import Piece


class SourceText(NamedTuple):
    """Where a rule comes from; `title` is empty for a source that is no guideline."""

    source: str
    title: str


class RuleLink(NamedTuple):
    """Another rule; `exists` is false where only the rubric knows it."""

    rule: str
    name: str
    exists: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """One utterance of an example. Times in ms, null where the script gives none."""

    role: str
    start_ms: int | None
    end_ms: int | None
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class ExampleView:
    """One example: the verdict expected, whether it is a known gap, facts about the call (key, value), the lines."""

    number: int
    verdict: str
    is_gap: bool
    facts: Sequence[tuple[str, str]]
    lines: Sequence[LineView]


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule. `severity`, `status`, `applies_to`, `needs` are codes; `judged` are lines of the file as written."""

    id: str
    folder: str
    name: str
    why: str
    message: str
    suggest: str
    severity: str
    status: str
    criterion: str
    applies_to: Sequence[str]
    needs: Sequence[str]
    sources: Sequence[SourceText]
    judged: Sequence[str]
    examples: Sequence[ExampleView]
    same_fault: Sequence[RuleLink]
    suggest_for: Sequence[tuple[str, str]] = ()
    """Categories of what was said that have a better wording of their own, with it."""

    def examples_of(self, verdict: str) -> list[ExampleView]:
        """The examples of one verdict, known gaps left out."""
        return [one for one in self.examples if one.verdict == verdict and not one.is_gap]

    @property
    def gaps(self) -> list[ExampleView]:
        return [one for one in self.examples if one.is_gap]


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of a call and its rules, as the catalogue groups them."""

    code: str
    name: str
    rules: Sequence[RuleView]


@dataclass(frozen=True, slots=True)
class PastFinding:
    """A finding of a finished report, quote masked as it was there."""

    call_id: str
    started_at: str | None
    verdict: str
    turn: int | None
    quote: str
    message: str


@dataclass(frozen=True, slots=True)
class PastFindings:
    """What a finished report says of one rule: calls by verdict, and its newest failures and open questions."""

    calls: Mapping[str, int]
    newest: Sequence[PastFinding]
    left_out: int
