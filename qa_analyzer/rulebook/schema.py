"""The shape of a rule and of the rubric, as QA staff write them in YAML (pydantic, closed key sets).

Knows keys, types and defaults. Does not know files, line numbers or how anything is judged.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Severity(StrEnum):
    INFO = "info"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Status(StrEnum):
    ACTIVE = "active"
    TRIAL = "trial"
    OFF = "off"


Speaker = Literal["agent", "customer", "system"]
Feeling = Literal["negative", "angry", "positive"]
Need = Literal["timestamps", "hang_up", "start_time", "roles"]
CallType = Literal["complaint", "inquiry", "callback"]
PhaseName = Literal["opening", "problem", "clarifying", "solving", "closing"]


def _as_list(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


Phrases = Annotated[list[str], BeforeValidator(_as_list), Field(min_length=1)]


class Category(Strict):
    """One named group of phrases inside `says`, with a severity of its own."""

    says: Phrases
    severity: Annotated[Severity, Field(strict=False)] | None = None


class Scope(Strict):
    """Where a clause looks. Several keys = their intersection; none = the whole call."""

    first_turn: bool = False
    same_turn: bool = False
    first: Annotated[int, Field(ge=1)] | None = None
    last: Annotated[int, Field(ge=1)] | None = None
    next: Annotated[int, Field(ge=1)] | None = None
    previous: Annotated[int, Field(ge=1)] | None = None
    phase: PhaseName | None = None
    before: PhaseName | None = None
    clock: Annotated[list[str], Field(min_length=2, max_length=2)] | None = None


def _scope_word(value: object) -> object:
    return {value: True} if value in ("first_turn", "same_turn") else value


ScopeField = Annotated[Scope, BeforeValidator(_scope_word)]


class Neighbour(Strict):
    """`unless_in`: a hit is excused by these words in this neighbourhood of its turn."""

    in_: ScopeField = Field(alias="in")
    says: Phrases
    by: Speaker | None = None


class Interrupts(Strict):
    overlap: float | str | None = Field(default=None, description="seconds, or a rubric threshold key")
    characters: int | str | None = None


class HangsUp(Strict):
    sooner_than: float | str | None = Field(default=None, description="seconds after the last speech")
    before: Literal["farewell"] | None = None


class Clause(Strict):
    """One thing that is said or done: who, where, what."""

    by: Speaker | None = None
    in_: ScopeField | None = Field(default=None, alias="in")
    says: list[str] | dict[str, list[str] | Category] | None = None
    word: bool = False
    unless: Phrases | None = None
    unless_in: Annotated[list[Neighbour], BeforeValidator(_as_list)] | None = None
    feels: Feeling | None = None
    then: Clause | None = None
    in_a_row: Annotated[int, Field(ge=2)] | None = None
    interrupts: Interrupts | None = None
    hangs_up: HangsUp | None = None
    severity: Annotated[Severity, Field(strict=False)] | None = None
    message: str | None = None


class AnyOf(Strict):
    any: Annotated[list[Clause], Field(min_length=1)]


class CallCondition(Strict):
    """What must hold of the whole call for a trigger to count."""

    complaint: bool | None = None
    call_type: Annotated[list[CallType], BeforeValidator(_as_list)] | None = None
    resolution: Annotated[list[str], BeforeValidator(_as_list)] | None = None
    hang_up: Annotated[list[Literal["agent", "customer", "system", "unknown"]], BeforeValidator(_as_list)] | None = None
    transferred: bool | None = None


class Trigger(Strict):
    """`when`: what makes the rule ask."""

    by: Speaker | None = None
    says: list[str] | dict[str, list[str] | Category] | None = None
    word: bool = False
    unless: Phrases | None = None
    unless_in: Annotated[list[Neighbour], BeforeValidator(_as_list)] | None = None
    feels: Feeling | None = None
    silence: float | str | None = None
    announced: bool | None = None
    longer_than: int | str | None = None
    phase: PhaseName | None = None
    in_: ScopeField | None = Field(default=None, alias="in")
    call: CallCondition | None = None


class Measure(Strict):
    figure: str
    at_most: float | str | None = None
    at_least: float | str | None = None
    floor: float | str | None = None


class English(Strict):
    name: str
    why: str | None = None
    message: str | None = None
    suggest: str | None = None


Clauses = Annotated[list[AnyOf | Clause], BeforeValidator(_as_list)]


class ExampleCall(Strict):
    """Facts about the call that a script line cannot say. `ended` in seconds."""

    hang_up: Literal["agent", "customer", "system"] | None = None
    ended: float | None = None
    started_at: str | None = None
    call_type: CallType | None = None
    connected: float | None = None


class ScriptedExample(Strict):
    text: str
    call: ExampleCall = ExampleCall()


class Example(Strict):
    """One entry under `examples`: exactly one key, the verdict expected."""

    pass_: str | ScriptedExample | None = Field(default=None, alias="pass")
    fail: str | ScriptedExample | None = None
    not_applicable: str | ScriptedExample | None = None
    undetermined: str | ScriptedExample | None = None
    todo_pass: str | ScriptedExample | None = None
    todo_fail: str | ScriptedExample | None = None


class RuleFile(Strict):
    """One file under rules/; its path without `.yaml` is the rule's id."""

    name: str
    why: str
    source: Annotated[list[str], BeforeValidator(_as_list), Field(min_length=1)]
    criterion: str
    severity: Annotated[Severity, Field(strict=False)]
    message: str
    suggest: str
    en: English | None = None
    status: Annotated[Status, Field(strict=False)] = Status.ACTIVE
    applies_to: Annotated[list[CallType], BeforeValidator(_as_list)] = ["complaint", "inquiry"]
    needs: Annotated[list[Need], BeforeValidator(_as_list)] = []
    when: Annotated[list[Trigger], BeforeValidator(_as_list)] | None = None
    require: Clauses | None = None
    forbid: Clauses | None = None
    measure: Measure | None = None
    examples: list[Example]


class Criterion(Strict):
    """One line of the scorecard. `weight` is its share of the 100 points."""

    name: str
    weight: Annotated[int, Field(ge=0)]
    en: str


class Grade(Strict):
    grade: str
    from_: Annotated[float, Field(alias="from")]


class Scoring(Strict):
    """What the rubric says about one rule, instead of what its severity costs."""

    deduction: Annotated[float, Field(ge=0)] | None = None
    per_occasion: bool = False


class Group(Strict):
    """One fault, one deduction: of the rules that fail on the same thing, the largest deducts.

    `same` says what makes two failures the same fault: the same occasion turn, the same evidence turn,
    or simply the same call. With `at_most`, all of the rules may deduct, but together no more than one
    failure of that severity costs.
    """

    rules: Annotated[list[str], Field(min_length=2)]
    same: Literal["occasion", "turn", "call"] = "occasion"
    at_most: Annotated[Severity, Field(strict=False)] | None = None


class Replacement(Strict):
    """On an occasion of `rule`, the rules `instead_of` are not applicable."""

    rule: str
    instead_of: Annotated[list[str], BeforeValidator(_as_list)]


class Rubric(Strict):
    """rules/rubric.yaml: weights, deductions, groups, thresholds and the named phrase lists."""

    name: str
    en: str | None = None
    time_zone: str = "Asia/Shanghai"
    criteria: dict[str, Criterion]
    deductions: dict[Annotated[Severity, Field(strict=False)], float]
    rules: dict[str, Scoring] = {}
    groups: list[Group] = []
    replaces: list[Replacement] = []
    grades: list[Grade]
    thresholds: dict[str, float]
    phrases: dict[str, list[str]]
    phases: dict[PhaseName, list[str]] = {}
