"""The error tree, and the problems that are values.

    QaAnalyzerError          anything the program explains to its user
    ├── InputError           nothing could be read: no such file, no reader for it
    ├── RulesError           the rules or the rubric have problems; `.problems` holds all of them
    └── OptionError          options that contradict each other or name nothing

A single broken call never raises: it becomes a `Rejected` value and the batch goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class QaAnalyzerError(Exception):
    """Base of every error that carries a remedy for the user."""


class InputError(QaAnalyzerError):
    """No input could be read."""


class OptionError(QaAnalyzerError):
    """An option has a value that means nothing here."""


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """One mistake in a rule or rubric file: where it is, what it is, and how to mend it.

    `line` is 1-based; 0 means the file as a whole. `source_line` is the offending line as written.
    """

    path: Path
    line: int
    message: str
    source_line: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else f"{self.path}"
        shown = f"\n    {self.line} | {self.source_line}" if self.source_line else ""
        return f"{place}: {self.message}{shown}"


class RulesError(QaAnalyzerError):
    """The rule set cannot be used; every problem found is listed."""

    def __init__(self, problems: list[RuleProblem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True, slots=True)
class Rejected:
    """A call (or a whole file) that could not be read. `line` is 1-based, 0 for the file as a whole."""

    file: str
    line: int
    call_id: str
    reason: str
