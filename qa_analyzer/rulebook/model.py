"""A loaded rule set: rules with their examples and line numbers, and the rubric they are scored by.

Knows what was loaded. Does not know how (`loading`), nor how anything is judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qa_analyzer.lexicon import Lexicon
from qa_analyzer.rulebook.schema import ExampleCall, Rubric, RuleFile

if TYPE_CHECKING:
    from qa_analyzer.rulebook.frameworks import Framework

KeyPath = tuple[str | int, ...]
"""Where a value stands in a file: `("require", 0, "says", 1)`. A single item has index 0, as if in a list."""

ExampleKind = Literal["pass", "fail", "not_applicable", "undetermined", "todo_pass", "todo_fail"]
EXAMPLE_KINDS: tuple[ExampleKind, ...] = ("pass", "fail", "not_applicable", "undetermined", "todo_pass", "todo_fail")


@dataclass(frozen=True, slots=True)
class RuleExample:
    """One example of a rule: the verdict expected, the script, the facts about the call, and where it stands.

    `number` counts the rule's examples from 1; `line` is 1-based, the line of the example's key.
    """

    kind: ExampleKind
    text: str
    call: ExampleCall
    line: int
    number: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file. `lines` gives the 1-based line of every key path of the file."""

    id: str
    path: Path
    spec: RuleFile
    examples: tuple[RuleExample, ...]
    lines: Mapping[KeyPath, int] = field(repr=False)

    def line_of(self, path: KeyPath) -> int:
        """The line of `path`, or of the nearest key above it."""
        return line_of(self.lines, path)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of a folder, ordered by id, the rubric, the wordings behind the columns, and the frameworks by id.

    `hash` names the content: ids and texts of all files; it does not depend on where the folder is, on file times or
    on line endings.
    """

    rules: tuple[Rule, ...]
    rubric: Rubric
    hash: str
    folder: Path
    lexicon: Lexicon = field(default=Lexicon(), repr=False)
    frameworks: tuple[Framework, ...] = ()


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """The line of `path`, or of the nearest key above it; 0 where nothing is known."""
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 0
