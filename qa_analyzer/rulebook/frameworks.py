"""The shape of rules/frameworks/*.yaml: a method of handling calls as a list of stages. These are no rules.

Knows the keys of such a file and what can be wrong with its meaning. Does not know files (`loading`), nor how a call
went through the stages (`progress`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated

from pydantic import Field

from qa_analyzer.rulebook.checking import SLIP, Flaw
from qa_analyzer.rulebook.messages import Language, choices
from qa_analyzer.rulebook.model import KeyPath
from qa_analyzer.rulebook.schema import CallType, OneOrMore, PhaseName, Strict, Text

FRAMEWORK_ID = re.compile("[a-z][a-z0-9_]*")
"""The file's name becomes a column's."""


class StageFile(Strict):
    """One stage: shown by rules that pass with evidence, or by a phase of the call; any of them is enough."""

    name: Text = Field(description="阶段名称")
    en: Text = Field(description="英文名称")
    rules: Annotated[list[str], OneOrMore()] = Field(default=[], description="有证据地合格即算做到的规则，任何一条")
    phase: PhaseName | None = Field(default=None, description="通话里有这个阶段即算做到")
    audible: bool = Field(default=True, description="false：电话里听不出来，只列出，不计算")


class FrameworkFile(Strict):
    """One file under rules/frameworks/; its name without `.yaml` is the framework's id."""

    name: Text = Field(description="方法名称")
    en: Text = Field(description="英文名称")
    why: Text = Field(description="这个方法讲什么")
    en_why: Text | None = Field(default=None, description="这个方法讲什么，英文")
    source: Annotated[list[str], OneOrMore(), Field(min_length=1)] = Field(description="依据，如 S1a")
    applies_to: Annotated[list[CallType], OneOrMore(), Field(min_length=1)] = Field(
        default=["complaint", "inquiry"], description="适用的通话类型；默认除回访以外"
    )
    stages: Annotated[list[StageFile], Field(min_length=2)] = Field(description="各阶段，按应有的先后")

    def why_in(self, lang: Language) -> str:
        """What it is about, in that language; empty where there is no English."""
        return self.why if lang == "zh" else self.en_why or ""


@dataclass(frozen=True, slots=True)
class Framework:
    """A loaded framework."""

    id: str
    spec: FrameworkFile


def framework_flaws(rule_ids: Collection[str], draft: FrameworkFile, damaged: frozenset[KeyPath]) -> Iterator[Flaw]:
    """Everything wrong with the meaning of a draft. Rules that a folder does not have may be named, slips not."""
    for number, stage in enumerate(draft.stages):
        path: KeyPath = ("stages", number)
        if any(damage[: len(path)] == path for damage in damaged):
            continue
        shown = bool(stage.rules) or stage.phase is not None
        if stage.audible and not shown:
            yield Flaw(path, "stage_unheard", {"value": stage.name})
        if not stage.audible and shown:
            yield Flaw(path, "stage_inaudible", {"value": stage.name})
        for index, rule in enumerate(stage.rules):
            if rule in stage.rules[:index]:
                yield Flaw((*path, "rules", index), "twice_in_group", {"value": rule})
            if rule not in rule_ids and get_close_matches(rule, rule_ids, 1, SLIP):
                near = choices(rule, rule_ids)["near"]
                yield Flaw((*path, "rules", index), "unknown_rule", {"value": rule, "near": near})
