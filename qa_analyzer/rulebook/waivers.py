"""Waivers: single failures that a centre has looked at and lets pass, each with a reason, an owner and an end.

Knows the file and what is wrong with it: expired waivers and rules that are not there too. Does not know calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from qa_analyzer.errors import RulesError
from qa_analyzer.rulebook.checking import Flaw
from qa_analyzer.rulebook.loading import SUFFIXES, WAIVERS_STEM, read_model
from qa_analyzer.rulebook.messages import Language, choices
from qa_analyzer.rulebook.model import Rulebook
from qa_analyzer.rulebook.schema import Status, Strict, Text


class WaiverEntry(Strict):
    """One entry of waivers.yaml."""

    call: Text = Field(description="通话编号")
    rule: Text = Field(description="规则编号")
    reason: Text = Field(description="为什么豁免")
    owner: Text = Field(description="谁批准的")
    expires: date = Field(description="有效到哪一天（含），如 2026-12-31")


class WaiverFile(Strict):
    """waivers.yaml: a list of entries, here under its own name."""

    waivers: Annotated[list[WaiverEntry], Field()] = Field(description="豁免的列表")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One failure let pass. `line` is 1-based, where it stands in the file."""

    call: str
    rule: str
    reason: str
    owner: str
    expires: date
    line: int


@dataclass(frozen=True, slots=True)
class Waivers:
    """All waivers of a file, in its order, and the day on which they were all still good."""

    path: Path
    items: tuple[Waiver, ...]


NO_WAIVERS = Waivers(Path(), ())


def waivers_path(folder: Path) -> Path | None:
    """The waivers that stand in a rules folder, if any do."""
    return next((path for suffix in SUFFIXES if (path := folder / f"{WAIVERS_STEM}{suffix}").is_file()), None)


def load_waivers(path: Path | None, rulebook: Rulebook, *, today: date | None = None, lang: Language = "zh") -> Waivers:
    """The waivers of a file, or of the rulebook's folder where `path` is None.

    `today`: by default the day it is in the rubric's time zone. Raises `RulesError` with every mistake by line: an
    expired waiver, one for a rule that is not there or off, two for the same failure.
    """
    found = path or waivers_path(rulebook.folder)
    if found is None:
        return NO_WAIVERS
    day = today or datetime.now(ZoneInfo(rulebook.rubric.time_zone)).date()
    status = {rule.id: rule.spec.status for rule in rulebook.rules}

    def flaws(file: WaiverFile) -> Iterator[Flaw]:
        first: dict[tuple[str, str], int] = {}
        for at, one in enumerate(file.waivers):
            if one.rule not in status:
                near = choices(one.rule, status)["near"]
                yield Flaw(("waivers", at, "rule"), "unknown_rule", {"value": one.rule, "near": near})
            elif status[one.rule] is Status.OFF:
                yield Flaw(("waivers", at, "rule"), "waived_off", {"value": one.rule})
            if one.expires < day:
                facts = {"value": one.expires.isoformat(), "today": day.isoformat()}
                yield Flaw(("waivers", at, "expires"), "waiver_expired", facts)
            before = first.setdefault((one.call, one.rule), at)
            if before != at:
                facts = {"call": one.call, "rule": one.rule, "first": str(before + 1)}
                yield Flaw(("waivers", at), "waived_twice", facts)

    file, lines, problems = read_model(found, WaiverFile, flaws, lang=lang, list_as="waivers")
    if file is None:
        raise RulesError(problems)
    return Waivers(
        found,
        tuple(
            Waiver(one.call, one.rule, one.reason, one.owner, one.expires, lines["waivers", at])
            for at, one in enumerate(file.waivers)
        ),
    )
