"""The guidelines that the rules put into practice: `guidelines.yaml` beside the rules, or the shipped one.

Knows their numbers, titles, parts, and which columns of the calls table stand for those that are measured, not
judged. Which rules put a guideline into practice the rules say themselves, in `source`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from qa_analyzer.errors import RuleProblem, RulesError
from qa_analyzer.resources import shipped
from qa_analyzer.rulebook.checking import Flaw
from qa_analyzer.rulebook.loading import GUIDELINES_STEM, SUFFIXES, read_model
from qa_analyzer.rulebook.messages import Language
from qa_analyzer.rulebook.schema import OneOrMore, Strict, Text

GUIDELINE_ID = re.compile(r"G[0-9]{2,3}")
_COLUMN = re.compile(r"[a-z][a-z0-9_]*(<[a-z]+>)?[a-z0-9_]*")
_ANY = re.compile(r"<[a-z]+>")


class Guideline(Strict):
    """One guideline. `columns`: measured columns that stand for it; `<kind>` in a name means any letters."""

    title: Text = Field(description="准则的简短说法")
    en: Text = Field(description="英文说法")
    columns: Annotated[list[str], OneOrMore(), Field(min_length=1)] | None = Field(
        default=None, description="代表这条准则的通话表列；<kind> 代表任意字"
    )


class Part(Strict):
    """A part of a call, and the folders that hold its rules."""

    name: Text = Field(description="部分的名称")
    en: Text = Field(description="英文名称")
    folders: Annotated[list[str], OneOrMore()] = Field(default=[], description="这一部分的规则所在的文件夹")
    guidelines: Annotated[dict[str, Guideline], Field(min_length=1)] = Field(description="编号: 准则")


class GuidelineFile(Strict):
    """The whole of guidelines.yaml."""

    name: Text = Field(description="准则的名称")
    en: Text | None = Field(default=None, description="英文名称")
    parts: Annotated[list[Part], Field(min_length=1)] = Field(description="各部分，按通话的先后")


@dataclass(frozen=True, slots=True)
class Guidelines:
    """The guidelines in order, by number; `parts` as written."""

    path: Path
    parts: tuple[Part, ...]

    @property
    def by_id(self) -> dict[str, Guideline]:
        return {number: one for part in self.parts for number, one in part.guidelines.items()}

    def part_of_folder(self, folder: str) -> Part | None:
        """The part whose rules stand in a folder."""
        return next((part for part in self.parts if folder in part.folders), None)


def columns_named(pattern: str, columns: list[str]) -> list[str]:
    """The columns that a name in `columns:` stands for: itself, or all of its kind."""
    matcher = re.compile("[a-z0-9_]+".join(map(re.escape, _ANY.split(pattern))))
    return [column for column in columns if matcher.fullmatch(column)]


def guidelines_path(folder: Path) -> Path:
    """The guidelines of a rules folder: its own, or the shipped ones."""
    own = (folder / f"{GUIDELINES_STEM}{suffix}" for suffix in SUFFIXES)
    return next((path for path in own if path.is_file()), shipped("rules") / f"{GUIDELINES_STEM}.yaml")


def load_guidelines(folder: Path, *, lang: Language = "zh") -> Guidelines:
    """The guidelines that hold for a rules folder. Raises `RulesError` with every problem of the file, by line."""
    path = guidelines_path(folder)
    guidelines, problems = read_guidelines(path, lang=lang)
    if guidelines is None:
        raise RulesError(problems)
    return guidelines


def read_guidelines(path: Path, *, lang: Language = "zh") -> tuple[Guidelines | None, list[RuleProblem]]:
    """The guidelines of a file, or None with all that is wrong with it."""
    file, _, problems = read_model(path, GuidelineFile, _flaws, lang=lang)
    return (None, problems) if file is None else (Guidelines(path, tuple(file.parts)), [])


def _flaws(file: GuidelineFile) -> Iterator[Flaw]:
    first: dict[str, str] = {}
    folders: dict[str, str] = {}
    for at, part in enumerate(file.parts):
        for number, guideline in part.guidelines.items():
            path = ("parts", at, "guidelines", number)
            if not GUIDELINE_ID.fullmatch(number):
                yield Flaw(path, "guideline_id", {"value": number})
            elif number in first:
                yield Flaw(path, "guideline_twice", {"value": number, "first": first[number]})
            first.setdefault(number, part.name)
            for index, column in enumerate(guideline.columns or []):
                if not _COLUMN.fullmatch(column):
                    yield Flaw((*path, "columns", index), "guideline_column", {"value": column})
        for index, folder in enumerate(part.folders):
            if folder in folders:
                yield Flaw(
                    ("parts", at, "folders", index), "guideline_folder", {"value": folder, "first": folders[folder]}
                )
            folders.setdefault(folder, part.name)
