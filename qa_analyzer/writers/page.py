"""What the writers are given: names of rules and criteria, facts about the run, and one call ready to be shown.

Plain values in codes and raw numbers; words and formats are the writers' work. Knows no files and no engine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from qa_analyzer import wording
from qa_analyzer.wording import Lang

Row = Mapping[str, Any]
"""One row of a table: contract column → value."""


LIST_COLUMNS = ("worst_rules", "customer_need")
"""Columns of several ids or codes: joined by a space or a |, or lists of them."""
LIST_JOINTS = "[ |]"
"""What stands between them, as a regular expression."""

FEWEST_GRADES = 3
"""With fewer grades they say nothing about colours, and `FALLBACK_BOUNDS` hold."""
FALLBACK_BOUNDS = (60.0, 85.0)


@dataclass(frozen=True, slots=True)
class RuleText:
    """What the report says about a rule, already in the report's language. `criterion`, `severity` and `status` are
    codes, used where a rule has no finding to tell them.
    """

    name: str
    why: str = ""
    suggest: str = ""
    source: Sequence[str] = ()
    criterion: str = ""
    severity: str = ""
    status: str = "active"


def split_ids(value: str | Sequence[str] | None) -> list[str]:
    """The ids in a cell of `LIST_COLUMNS`."""
    return [one for one in re.split(LIST_JOINTS, value) if one] if isinstance(value, str) else list(value or ())


@dataclass(frozen=True, slots=True)
class GradeText:
    """A grade's name in the report's language and the lowest score that earns it."""

    name: str
    lowest: float


@dataclass(frozen=True)
class Names:
    """Names behind the ids, in the language of the report; the order of `rules` and `criteria` is kept.

    `grades` goes from the best to the worst. A grade without an entry is looked up in the catalogue.
    `frameworks`: id → name; `framework_notes`: id → what it is about.
    """

    rules: Mapping[str, RuleText]
    criteria: Mapping[str, str]
    grades: Mapping[str, GradeText] = field(default_factory=dict)
    frameworks: Mapping[str, str] = field(default_factory=dict)
    framework_notes: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def rule_labels(self) -> dict[str, str]:
        """Rule id → name; names that two rules share carry the id, so that columns stay distinct."""
        times = Counter(rule.name for rule in self.rules.values())
        return {
            rule_id: f"{rule.name} ({rule_id})" if times[rule.name] > 1 else rule.name
            for rule_id, rule in self.rules.items()
        }

    def rule(self, rule_id: str) -> RuleText:
        """The rule's texts; an id that nobody named stands for itself."""
        return self.rules.get(rule_id) or RuleText(rule_id)

    def rule_label(self, rule_id: str) -> str:
        """The rule's distinct name."""
        return self.rule_labels.get(rule_id, rule_id)

    def criterion(self, code: str | None) -> str:
        """The criterion's name."""
        return self.criteria.get(code, code) if code else ""

    def grade(self, grade: str | None, lang: Lang) -> str:
        """The grade in words; empty where there is none."""
        if not grade:
            return ""
        named = self.grades.get(grade)
        return named.name if named else wording.code_word("grade", grade, lang)

    def score_shade(self, score: float | None) -> str:
        """`good` from the second best grade up, `low` in the worst one, `mid` between; empty without a score."""
        if score is None:
            return ""
        low, good = self.score_bounds
        return "good" if score >= good else "mid" if score >= low else "low"

    @property
    def score_bounds(self) -> tuple[float, float]:
        """Below the first a score is low, from the second up it is good."""
        lowest = [grade.lowest for grade in self.grades.values()]
        return (lowest[-2], lowest[1]) if len(lowest) >= FEWEST_GRADES else FALLBACK_BOUNDS

    def heading(self, table: str, column: str, lang: Lang) -> str:
        """The heading of any column, fixed or dynamic."""
        names = self.frameworks if column.startswith("framework_") else self.criteria
        return wording.heading(table, column, lang, rules=self.rule_labels, criteria=names)

    def code_words(self, column: str, lang: Lang) -> dict[str, str]:
        """Code → word of a column, empty where the column holds free text or numbers."""
        if column in ("rule", "same_fault_as", "worst_rules"):
            return self.rule_labels
        if column == "criterion":
            return dict(self.criteria)
        if column == "grade":
            return wording.code_words(column, lang) | {code: grade.name for code, grade in self.grades.items()}
        return wording.code_words(column, lang)


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn as it is shown. `turn` 0-based; times in ms, null where unknown; `text` masked."""

    turn: int
    role: str
    start_ms: int | None
    end_ms: int | None
    text: str
    backchannel: bool = False


class EmotionPoint(NamedTuple):
    """The emotion of one customer turn: value −1 … +1, its label, and how probable that is (None: cannot be said)."""

    turn: int
    value: float
    label: str
    confidence: float | None = None

    @property
    def sure(self) -> int | None:
        """In percent; nothing is quite certain."""
        return None if self.confidence is None else min(round(100 * self.confidence), 99)


class WhyPart(NamedTuple):
    """What moved an emotion value by `share`: `text` is the words of the turn, empty for the other kinds (codes)."""

    kind: str
    share: float
    text: str = ""


class Why(NamedTuple):
    """Why a customer turn has its value: parts that add up to it. None: this emotion model cannot tell."""

    turn: int
    value: float
    parts: Sequence[WhyPart] | None


class Reason(NamedTuple):
    """What decided a column: its value (a code, or a number), and the words, with the turn they stand in."""

    column: str
    value: str | float | bool
    turn: int
    role: str
    start_ms: int | None
    quote: str


class PhaseView(NamedTuple):
    """A phase of the call: turns `first` to `last`, null where the call has none; `sure` if a cue shows it."""

    phase: str
    first: int | None
    last: int | None
    sure: bool


class StageView(NamedTuple):
    """One stage of a framework: its name in the report's language, what became of it (a code), the turn it was first
    heard in, and its place among the stages reached, from 1.
    """

    name: str
    status: str
    turn: int | None
    order: int | None


@dataclass(frozen=True, slots=True)
class FrameworkView:
    """How the call went through a framework. `heard`: stages that could be heard at all; `why`: what it is about."""

    name: str
    stages: Sequence[StageView]
    reached: int
    heard: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class OverlapView:
    """Two people speaking at the same time: `role` came in, at turn `turn`, while `over` was speaking.

    Times in ms. `sounding_ms`: of it, words of both are heard, null without word times. `note_ms`: what `note` speaks
    of. `counted_ms`, `characters`: from the first word that is no backchannel; `limit_ms`, `fewest`: what an
    interruption takes. `kind`, `note`, `counted`, `ground` are codes; `quote` is masked.
    """

    start_ms: int
    length_ms: int
    sounding_ms: int | None
    turn: int
    role: str
    over: str
    kind: str
    note: str
    note_ms: int
    counted: str
    ground: str
    counted_ms: int
    characters: int
    limit_ms: int
    fewest: float
    quote: str


class CriterionScore(NamedTuple):
    """One line of the score. `points` are null where nothing was judged; `weight_rescaled` is what this call could
    earn, 0 or null where nothing was judged; `possible` is the criterion's weight in the rubric.
    """

    code: str
    points: float | None
    weight_rescaled: float | None
    possible: float


@dataclass(frozen=True, slots=True)
class CallPage:
    """One call, ready to be shown: its row of `calls`, the turns, its rows of `findings` (all verdicts, codes), and
    what decided the columns that words decide. `overlaps_left_out`: how many are too many to be listed.
    `recording_url`: as given, perhaps with {seconds} in it.
    """

    call: Row
    turns: Sequence[TurnView]
    findings: Sequence[Row] = ()
    emotion: Sequence[EmotionPoint] = ()
    criteria: Sequence[CriterionScore] = ()
    reasons: Sequence[Reason] = ()
    phases: Sequence[PhaseView] = ()
    frameworks: Sequence[FrameworkView] = ()
    overlaps: Sequence[OverlapView] = ()
    overlaps_left_out: int = 0
    whys: Sequence[Why] = ()
    recording_url: str | None = None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The run in figures. `scored` includes `not_assessable`; scored + rejected = read. Shares are 0–1, null where
    nothing could be measured; `score_low`/`score_high` are the quartiles.
    """

    date: str
    read: int
    scored: int
    rejected: int
    not_assessable: int = 0
    score_mean: float | None = None
    score_low: float | None = None
    score_high: float | None = None
    critical_calls: int = 0
    undetermined_share: float | None = None
    recovery_rate: float | None = None
    repaired: int = 0
    waived: int = 0
    not_assessable_reasons: Mapping[str, int] = field(default_factory=dict)
    grades: Mapping[str, int] = field(default_factory=dict)
    ruleset: str = ""
    emotion_model: str = ""
    examples_passed: bool | None = None
    masked: bool = True
    version: str = ""


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team on the index. The mean is over its scored calls."""

    team: str
    agents: int
    calls: int
    score_mean: float | None
    critical_calls: int


@dataclass(frozen=True, slots=True)
class MixRow:
    """One kind of call (a code of `complaint_type`, or of `call_type` without one) among an agent's and the rest of
    her team's: numbers and mean scores, null without calls. `stand_in`: the mean that stands for theirs, where they
    have too few.
    """

    kind: str
    calls: int
    mean: float | None
    others: int
    others_mean: float | None
    stand_in: float | None = None


@dataclass(frozen=True, slots=True)
class StandingView:
    """An agent beside the rest of her team: `scored` calls of hers, `others` of theirs; what theirs would score with
    her mix of calls, and how far she is from it, with its 95 % interval: null where the calls are too few.
    `peers`: mean scores of the team's agents with calls enough. `others_mean`: of all their calls. `few_alike`: calls
    of the others below which a kind has no mean of its own.
    """

    scored: int = 0
    others: int = 0
    expected: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    mix: Sequence[MixRow] = ()
    peers: Sequence[float] = ()
    others_mean: float | None = None
    few_alike: int = 0


NO_STANDING = StandingView()


class Quote(NamedTuple):
    """Evidence within its sentence: `before` and `after` are empty where the sentence is not known."""

    before: str = ""
    text: str = ""
    after: str = ""


NO_QUOTE = Quote()


@dataclass(frozen=True, slots=True)
class CostlyRule:
    """A rule that cost points: in how many calls it failed, what it cost, and its costliest instance as a quote.

    `zeroed`: calls in which it failed critically, so that their score is 0.
    `absent`: what is quoted is where something should have been said, not what was wrong.
    """

    rule: str
    calls: int
    points: float
    zeroed: int = 0
    severity: str = ""
    quote: Quote = NO_QUOTE
    message: str = ""
    suggest: str = ""
    call_id: str = ""
    turn: int | None = None
    absent: bool = False


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule over the whole night: in how many calls it was judged, failed, could not be told; what it cost.

    `judged`: passed or failed. `share`: failed of the judged, null where there is none. `call_id`, `turn`: its gravest
    failure, empty where it has none.
    """

    rule: str
    severity: str
    judged: int
    failed: int
    unsure: int
    zeroed: int
    points: float
    share: float | None
    call_id: str = ""
    turn: int | None = None


@dataclass(frozen=True, slots=True)
class CallToHear:
    """A call worth listening to: its row, the rules that say why (gravest first), and a quote of the first with its
    message. `kind`: why it was picked, the end of a key `hear.…` of the catalogue.
    """

    call: Row
    rules: Sequence[str] = ()
    for_review: Sequence[str] = ()
    quote: Quote = NO_QUOTE
    turn: int | None = None
    kind: str = "low"
    message: str = ""


@dataclass(frozen=True, slots=True)
class Coached:
    """An agent to be coached first: her row of `agents`, what cost her most, as her page has it, and whether her calls
    are too few to compare her with others.
    """

    agent: Row
    habits: Sequence[CostlyRule]
    few: bool = False


@dataclass(frozen=True, slots=True)
class KindRow:
    """One kind of call of the night, as in `MixRow`: calls, mean score over the scored ones, critical calls, and the
    share that calmed of those that were unhappy.
    """

    kind: str
    calls: int
    score_mean: float | None
    critical_calls: int
    recovery_rate: float | None


class Spread(NamedTuple):
    """An agent's scored calls and the standard deviation of their scores, null below two.

    kinds: kind of call → number of scored calls, their mean, the sum of squares about it.
    """

    scored: int
    deviation: float | None
    kinds: Mapping[str, tuple[int, float, float]] = {}
