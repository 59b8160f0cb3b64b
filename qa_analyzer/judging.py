"""Rules × batch → verdicts and evidence, as column operations.

Every rule is occasions × a scope × hits. A scope is a contiguous range of turns of one call, so «is there a hit
in it» and «which» are searches in sorted arrays. Nothing here loops over calls, turns or hits.
Knows what rules mean; knows nothing about points, files or languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.arrays import ranges
from qa_analyzer.batch import Batch
from qa_analyzer.cues import ROLES, CueBook, Cues
from qa_analyzer.figures import NOTHING_SAID, Figure, Said, measure_figure
from qa_analyzer.hearing import add_lexicon
from qa_analyzer.matching import EVERYBODY, Heard, ListHits, PhraseLists
from qa_analyzer.model import CALL_TYPES, HangUp, Role
from qa_analyzer.phases import PHASES, RESOLUTIONS, Facts, Phases, find_facts, find_phases, find_transfers
from qa_analyzer.phrases import parse_phrase, resolve
from qa_analyzer.rulebook.model import Rule, Rulebook
from qa_analyzer.rulebook.schema import (
    AnyOf,
    CallCondition,
    Category,
    Clause,
    HangsUp,
    Interrupts,
    Measure,
    Neighbour,
    Rubric,
    RuleFile,
    Scope,
    Severity,
    Trigger,
)
from qa_analyzer.timing import Timing
from qa_analyzer.words import on_word_boundaries

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

NOWHERE = -1
NEAR_TURNS = 3
"""So many turns before and after a window the nearest near miss is looked for."""
WIDEST_OTHERS = 8
"""What the wrong party said is a near miss only in windows of at most so many turns."""
FAREWELL_TURNS = 2
"""A farewell is said in so many last agent turns (contract)."""
PESTERED_TURNS = 8
"""A caller who made advances so near the end is one the agent may leave."""
NEARLY_FAREWELL_TURNS = 4
"""An agent's farewell in so many last turns, but not the last two, is a near miss: too early."""


class Verdict(IntEnum):
    """Ordered so that a call's verdict is the largest of its occasions'."""

    NOT_APPLICABLE = 0
    PASS = 1
    UNDETERMINED = 2
    FAIL = 3

    @property
    def code(self) -> str:
        return self.name.lower()


class Why(IntEnum):
    """Why a verdict is undetermined."""

    NONE = 0
    NO_TIMESTAMPS = 1
    NO_HANG_UP = 2
    NO_START_TIME = 3
    UNKNOWN_ROLE = 4
    ACROSS_JOIN = 5
    UNSURE_PHASE = 6
    INTERPOLATED = 7
    NEARLY_EXCUSED = 8
    UNSURE_WORDS = 9
    OVERLAPS_HIDDEN = 10
    NO_BACKCHANNELS = 11


class Near(IntEnum):
    """Why the nearest near miss of something missing did not count."""

    NONE = 0
    TOO_LATE = 1
    TOO_EARLY = 2
    WRONG_SPEAKER = 3
    EXCEPTED = 4


SEVERITIES = tuple(Severity)
SEVERITY_CODE = {severity: index for index, severity in enumerate(SEVERITIES)}
CRITICAL = SEVERITY_CODE[Severity.CRITICAL]


@dataclass(frozen=True)
class Mood:
    """What the emotion model says about each turn. All (t,); values only where `known` (customer turns)."""

    value: NDArray[np.float64]
    known: Mask
    negative: Mask
    angry: Mask
    positive: Mask


@dataclass(frozen=True)
class Hits:
    """Things found, in text order. All (n,).

    turn, start, end (text positions); category index or -1; severity code or -1; joined: crosses a join of
    utterances; number: overlap, wait or figure, NaN where there is none; why: Why, set where a hit cannot convict;
    misheard: rests on words that only sound alike.
    """

    turn: Indices
    start: Indices
    end: Indices
    category: Indices
    severity: Indices
    joined: Mask
    number: NDArray[np.float64]
    why: Indices
    misheard: Mask

    def __len__(self) -> int:
        return len(self.turn)

    def select(self, keep: Mask | Indices) -> Hits:
        return Hits(*(getattr(self, one.name)[keep] for one in fields(self)))

    @staticmethod
    def of_turns(turn: Indices, batch: Batch, number: NDArray[np.float64] | None = None) -> Hits:
        """Whole turns as hits."""
        count = len(turn)
        return Hits(
            turn,
            batch.turn_text[turn],
            batch.turn_text[turn + 1] - 1,
            np.full(count, -1),
            np.full(count, -1),
            np.zeros(count, np.bool_),
            np.full(count, np.nan) if number is None else number,
            np.zeros(count, np.int64),
            np.zeros(count, np.bool_),
        )

    @staticmethod
    def joined_lists(parts: Sequence[Hits]) -> Hits:
        both = Hits(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Hits)))
        return both.select(np.lexsort((both.end, both.start, both.turn)))


@dataclass(frozen=True)
class Found:
    """Hits of one clause by whose they are, and those that an exception removed."""

    sure: Hits
    unsure: Hits
    excepted: Hits

    def only_proven(self) -> Found:
        """The same with what hangs on interpolated times among the unsure."""
        open_ = self.sure.why == Why.INTERPOLATED
        unsure = Hits.joined_lists([self.unsure, self.sure.select(open_)])
        return Found(self.sure.select(~open_), unsure, self.excepted)


@dataclass
class Rows:
    """Occasions judged, one row each. Turn indices are the batch's; NOWHERE where there is none.

    call, verdict, severity, why, clause (index into the rule set's messages), occasion, turn, start, end,
    match_start, match_end, category, number, window_lo, window_hi, near, near_turn, near_start, near_end; misheard: 1
    where the evidence or the occasion is there by its sound only.
    """

    call: Indices
    verdict: Indices
    severity: Indices
    why: Indices
    clause: Indices
    occasion: Indices
    turn: Indices
    start: Indices
    end: Indices
    match_start: Indices
    match_end: Indices
    category: Indices
    number: NDArray[np.float64]
    window_lo: Indices
    window_hi: Indices
    near: Indices
    near_turn: Indices
    near_start: Indices
    near_end: Indices
    misheard: Indices

    def __len__(self) -> int:
        return len(self.call)

    def select(self, keep: Mask | Indices) -> Rows:
        return Rows(*(getattr(self, one.name)[keep] for one in fields(self)))

    @staticmethod
    def blank(call: Indices, clause: int, severity: int) -> Rows:
        count = len(call)
        columns: dict[str, NDArray[np.float64] | Indices] = {
            one.name: np.full(count, NOWHERE, np.int64) for one in fields(Rows)
        }
        columns |= {
            "call": call,
            "verdict": np.zeros(count, np.int64),
            "severity": np.full(count, severity),
            "why": np.zeros(count, np.int64),
            "clause": np.full(count, clause),
            "number": np.full(count, np.nan),
            "near": np.zeros(count, np.int64),
            "misheard": np.zeros(count, np.int64),
        }
        return Rows(**columns)  # type: ignore[arg-type]

    @staticmethod
    def concatenate(parts: Sequence[Rows]) -> Rows:
        return Rows(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Rows)))


@dataclass(frozen=True)
class ClauseText:
    """What a row's `clause` index stands for: the rule, and the words to explain a failure with."""

    rule: int
    message: str | None
    categories: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """verdicts (c, n_rules) uint8 Verdict; rows with their rule (n_rows,) int64, ordered by call, rule, place."""

    verdicts: NDArray[np.uint8]
    rows: Rows
    rule: Indices


@dataclass(frozen=True)
class SaidAs:
    """What a clause says, compiled: number of its phrase list; whether it is heard everywhere or only where asked for;
    category and severity code of each phrase, or -1; whether a hit may be a critical fault.
    """

    number: int
    everywhere: bool
    category: Indices
    severity: Indices
    critical: bool


@dataclass
class Ruleset:
    """A rulebook ready to judge: phrases compiled, messages numbered.

    said: by identity of a clause, what it says; unless: by identity of a clause (its `unless`) or of a neighbour in
    its `unless_in`, the number of its phrase list; cues, wordings: the named lists of the rubric, of the columns.
    `tolerant`: words that sound like a phrase count, where that cannot make a critical failure.
    """

    rulebook: Rulebook
    tolerant: bool = False
    rules: tuple[Rule, ...] = field(init=False)
    lists: PhraseLists = field(init=False)
    said: dict[int, SaidAs] = field(init=False, default_factory=dict)
    unless: dict[int, int] = field(init=False, default_factory=dict)
    cues: CueBook = field(init=False)
    wordings: CueBook = field(init=False)
    middle_phases: bool = field(init=False)
    clauses: list[ClauseText] = field(init=False, default_factory=list)
    clause_ids: dict[tuple[int, int], int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.rules = tuple(rule for rule in self.rulebook.rules if rule.spec.status != "off")
        self.lists = PhraseLists(tolerant=self.tolerant)
        for number, rule in enumerate(self.rules):
            leniency = _leniency(rule.spec)
            for by, clause in _all_clauses(rule.spec):
                self.add_phrases(clause, by, leniency[id(clause)])
            for place, part in enumerate(_faults(rule.spec)):
                self.clause_ids[number, place] = len(self.clauses)
                for one in _alternatives(part):
                    message = one.message if isinstance(one, Clause) else None
                    names = _categories(one) if isinstance(one, Clause) else ()
                    self.clauses.append(ClauseText(number, message, names))
        self.cues = CueBook(self.rubric.phrases, self.lists)
        self.wordings = add_lexicon(self.rulebook.lexicon, self.lists)
        self.lists.compile()
        parse_phrase.cache_clear()
        self.middle_phases = any(_uses_middle_phase(rule.spec) for rule in self.rules)

    def add_phrases(self, clause: Spoken, by: str | None, leniency: Leniency) -> None:
        """Number the phrase lists of a clause."""
        roles = ROLES.get(by, EVERYBODY) if by else EVERYBODY
        listed = _says(clause)
        # A row of turns may begin long before the window that it ends in.
        everywhere = clause.in_ is None or isinstance(clause, Trigger) or clause.in_a_row is not None
        if listed:
            severity = np.array([severity for _, _, severity in listed], np.int64)
            critical = np.where(severity >= 0, severity, leniency.severity) == CRITICAL
            tolerable = leniency.says & ~critical & (not clause.word)
            phrases = [source for source, _, _ in listed]
            self.said[id(clause)] = SaidAs(
                self.lists.add(phrases, roles, everywhere=everywhere, tolerable=tolerable.tolist()),
                everywhere,
                np.array([category for _, category, _ in listed], np.int64),
                severity,
                bool(critical.any()),
            )
        if clause.unless:
            self.unless[id(clause)] = self.lists.add(clause.unless, roles, everywhere=False, tolerable=leniency.unless)
        for neighbour in clause.unless_in or ():
            self.unless[id(neighbour)] = self.lists.add(neighbour.says, everywhere=False, tolerable=leniency.unless)

    @property
    def rubric(self) -> Rubric:
        return self.rulebook.rubric


Spoken = Clause | Trigger


def _all_clauses(spec: RuleFile) -> list[tuple[str | None, Spoken]]:
    """Every clause of a rule, nested ones too, with the speaker it listens to."""
    found: list[tuple[str | None, Spoken]] = [(one.by, one) for one in spec.when or ()]
    for part in (*(spec.require or ()), *(spec.forbid or ())):
        found += [(one.by, one) for one in (part.any if isinstance(part, AnyOf) else [part])]
    if spec.measure is not None and spec.measure.of is not None:
        found.append((spec.measure.of.by, spec.measure.of))
    for _, one in list(found):
        found += _nested(one)
    return found


class Leniency(NamedTuple):
    """What of a clause may be met by words that only sound alike: what it says (but what is critical by `severity`, a
    code, or -1 where nothing is), and its exceptions.
    """

    says: bool
    severity: int
    unless: bool


def _leniency(spec: RuleFile) -> dict[int, Leniency]:
    """By identity of each clause. In doubt for the agent: what exculpates counts by its sound, critical faults do not.

    A requirement is met by it, and an exception to a prohibition or a trigger; a fault and a trigger are only where no
    critical failure can come of it; an exception to a requirement never.
    """
    result: dict[int, Leniency] = {}
    critical = any(_may_be_critical(one, spec) for part in _faults(spec) for one in _alternatives(part))
    for trigger in spec.when or ():
        result[id(trigger)] = Leniency(not critical, -1, unless=True)
    for part in spec.require or ():
        for clause in part.any if isinstance(part, AnyOf) else [part]:
            for _, one in [(None, clause), *_nested(clause)]:
                result[id(one)] = Leniency(says=True, severity=-1, unless=False)
    for part in spec.forbid or ():
        for clause in part.any if isinstance(part, AnyOf) else [part]:
            grave = SEVERITY_CODE[clause.severity or spec.severity]
            result[id(clause)] = Leniency(says=True, severity=grave, unless=True)
            for _, one in _nested(clause):
                result[id(one)] = Leniency(not _may_be_critical(clause, spec), -1, unless=True)
    if spec.measure is not None and spec.measure.of is not None:
        for _, one in [(None, spec.measure.of), *_nested(spec.measure.of)]:
            result[id(one)] = Leniency(says=False, severity=-1, unless=False)
    return result


def _may_be_critical(fault: Clause | Measure, spec: RuleFile) -> bool:
    """Whether a failure of a clause can be critical."""
    own = fault.severity if isinstance(fault, Clause) else None
    severities = {own or spec.severity}
    if isinstance(fault, Clause) and isinstance(fault.says, dict):
        severities |= {one.severity for one in fault.says.values() if isinstance(one, Category) and one.severity}
    return Severity.CRITICAL in severities


def _uses_middle_phase(spec: RuleFile) -> bool:
    """Whether a rule asks for any phase but the closing one."""
    for _, clause in _all_clauses(spec):
        scope = clause.in_
        named = {scope.phase, scope.before} if scope is not None else set()
        if isinstance(clause, Trigger):
            named.add(clause.phase)
        if named & {"clarifying", "solving"}:
            return True
    return False


def _nested(clause: Spoken) -> list[tuple[str | None, Spoken]]:
    if isinstance(clause, Clause) and clause.then:
        return [(clause.then.by, clause.then), *_nested(clause.then)]
    return []


def _says(clause: Clause | Trigger | Neighbour) -> list[tuple[str, int, int]]:
    """(phrase, category index or -1, severity code or -1) for everything a clause lists."""
    says = clause.says
    if says is None:
        return []
    if not isinstance(says, dict):
        return [(source, -1, -1) for source in says]
    listed = []
    for index, group in enumerate(says.values()):
        severity = -1
        sources: Sequence[str] = group.says if isinstance(group, Category) else group
        if isinstance(group, Category) and group.severity is not None:
            severity = SEVERITY_CODE[group.severity]
        listed += [(source, index, severity) for source in sources]
    return listed


def _categories(clause: Clause) -> tuple[str, ...]:
    return tuple(clause.says) if isinstance(clause.says, dict) else ()


def _faults(spec: RuleFile) -> list[Clause | AnyOf | Measure]:
    """The parts of a rule that can fail, in the order that numbers them."""
    if spec.measure is not None:
        return [spec.measure]
    return [*(spec.require or ()), *(spec.forbid or ())]


def _alternatives(part: Clause | AnyOf | Measure) -> Sequence[Clause | Measure]:
    """The clauses of one part. Each has an id of its own, counted on from the part's."""
    return part.any if isinstance(part, AnyOf) else [part]


@dataclass(frozen=True)
class Look:
    """What one clause finds for each of n occasions. All (n,).

    lo, hi: the searched turns; safe_lo, safe_hi: those in the window however turns of unknown role count; first:
    index of the first sure hit in the safe part, else in the window, or -1; unsure: index of the first doubtful
    hit or -1; moved: a turn of unknown role may move the window; safe: the first sure hit lies in the safe part;
    spoke: a turn of `by` is in the window; present: the window exists; hazy: it is unsure whether it does;
    evidence: the first turn of `by` in it, or -1.
    """

    lo: Indices
    hi: Indices
    safe_lo: Indices
    safe_hi: Indices
    first: Indices
    unsure: Indices
    moved: Mask
    safe: Mask
    spoke: Mask
    present: Mask
    hazy: Mask
    evidence: Indices


@dataclass(frozen=True)
class Around:
    """Windows of turns by their first ones: first turn and the turn after the last one. (n,)"""

    lo: Indices
    hi: Indices

    def holds(self, turn: Indices) -> Mask:
        """(n,) bool: turns that lie in some window."""
        begun = np.searchsorted(self.lo, turn, "right")
        return np.asarray(begun > np.searchsorted(np.sort(self.hi), turn, "right"))


@dataclass
class Court:
    """One batch before one rule set: everything the rules may ask for, each computed once."""

    batch: Batch
    ruleset: Ruleset
    mood: Mood
    heard: Heard
    cues: Cues
    timing: Timing
    transferred: Mask
    phases: Phases
    facts: Facts
    _countable: dict[tuple[str | None, bool], Indices] = field(default_factory=dict)
    _all: dict[str | None, Indices] = field(default_factory=dict)

    @property
    def rubric(self) -> Rubric:
        return self.ruleset.rubric

    def threshold(self, value: float | str) -> float:
        """A number, or the rubric's number of that name."""
        return self.rubric.thresholds[value] if isinstance(value, str) else float(value)

    @cached_property
    def unknown_turns(self) -> Indices:
        return np.flatnonzero(self.batch.turn_role == Role.UNKNOWN)

    @cached_property
    def has_unknown(self) -> Mask:
        found = np.zeros(self.batch.n_calls, np.bool_)
        found[self.batch.turn_call[self.unknown_turns]] = True
        return found

    @cached_property
    def has_backchannels(self) -> Mask:
        """(c,) bool: the call has times, and the agent a run of speech that is nothing but a backchannel.

        Without times a statement that a backchannel splits is two short ones, and a chat has none at all.
        """
        found = np.zeros(self.batch.n_calls, np.bool_)
        mine = self.batch.run_backchannel & (self.batch.run_role == Role.AGENT) & ~self.batch.run_silent
        found[self.batch.runs.call[mine]] = True
        return found & self.batch.call_timed

    def is_by(self, by: str | None) -> Mask:
        """(t,) bool: turns of a speaker; of anybody for None."""
        if by is None:
            return np.ones(self.batch.n_turns, np.bool_)
        return np.asarray(self.batch.turn_role == Role[by.upper()])

    def turns_of(self, by: str | None) -> Indices:
        """All turns of a speaker, ascending."""
        if by not in self._all:
            self._all[by] = np.flatnonzero(self.is_by(by))
        return self._all[by]

    def countable(self, by: str | None, *, with_unknown: bool) -> Indices:
        """Turns that use up a window: those of a speaker that are more than a backchannel."""
        if (by, with_unknown) not in self._countable:
            mine = self.is_by(by)
            if with_unknown:
                mine = mine | (self.batch.turn_role == Role.UNKNOWN)
            self._countable[by, with_unknown] = np.flatnonzero(mine & ~self.batch.turn_backchannel)
        return self._countable[by, with_unknown]

    # ---- scopes -------------------------------------------------------------------------------------------

    def window(
        self, scope: Scope | None, by: str | None, call: Indices, turn: Indices, *, with_unknown: bool = False
    ) -> tuple[Indices, Indices, Mask, Mask]:
        """lo, hi, present, hazy of a scope for (call, turn) pairs. A call as occasion lies before its turns."""
        begin, end = self.batch.call_turn[call], self.batch.call_turn[call + 1]
        turn = np.where(turn == NOWHERE, begin - 1, turn)
        lo, hi = begin.copy(), end.copy()
        present = np.ones(len(call), np.bool_)
        hazy = np.zeros(len(call), np.bool_)
        if scope is None:
            return lo, hi, present, hazy
        counted = np.append(self.countable(by, with_unknown=with_unknown), np.iinfo(np.int64).max)
        first = 1 if scope.first_turn else scope.first
        if first is not None:
            place = np.searchsorted(counted, begin) + first - 1
            nth = counted[np.minimum(place, len(counted) - 1)]
            hi = np.minimum(hi, np.where(nth < end, nth + 1, end))
        if scope.last is not None:
            place = np.searchsorted(counted, end) - scope.last
            nth = counted[np.maximum(place, 0)]
            lo = np.maximum(lo, np.where((place >= 0) & (nth >= begin), nth, begin))
        if scope.same_turn:
            lo, hi = np.maximum(lo, turn), np.minimum(hi, turn + 1)
        if scope.next is not None:
            place = np.searchsorted(counted, turn, "right") + scope.next - 1
            nth = counted[np.minimum(place, len(counted) - 1)]
            lo = np.maximum(lo, turn + 1)
            hi = np.minimum(hi, np.where(nth < end, nth + 1, end))
        if scope.previous is not None:
            place = np.searchsorted(counted, turn, "left") - scope.previous
            nth = counted[np.maximum(place, 0)]
            lo = np.maximum(lo, np.where((place >= 0) & (nth >= begin), nth, begin))
            hi = np.minimum(hi, turn)
        for name, before in ((scope.phase, False), (scope.before, True)):
            if name is None:
                continue
            index = PHASES.index(name)
            start, stop = self.phases.start[index][call], self.phases.end[index][call]
            exists = start < stop
            present &= exists
            hazy |= exists & (self.phases.confidence[index][call] < self.rubric.thresholds.get("phase_confidence", 0.5))
            if before:
                hi = np.minimum(hi, start)
            else:
                lo, hi = np.maximum(lo, start), np.minimum(hi, stop)
        if scope.clock is not None:
            minutes, known = self.start_minutes
            from_, to = (_minutes(one) for one in scope.clock)
            inside = (minutes >= from_) & (minutes <= to) if from_ <= to else (minutes >= from_) | (minutes <= to)
            present &= ~known[call] | inside[call]
            hazy |= ~known[call]
        if scope.date is not None:
            days, known = self.start_days
            first_day, last_day = (_month_and_day(one) for one in scope.date)
            if first_day <= last_day:
                inside = (days >= first_day) & (days <= last_day)
            else:
                inside = (days >= first_day) | (days <= last_day)
            present &= ~known[call] | inside[call]
            hazy |= ~known[call]
        return lo, np.maximum(hi, lo), present, hazy

    @cached_property
    def start_minutes(self) -> tuple[Indices, Mask]:
        """(c,) minutes after midnight, local to the call, and where known."""
        from qa_analyzer.clock import local_minutes

        return local_minutes(self.batch.columns.column("started_at"))

    @cached_property
    def start_days(self) -> tuple[Indices, Mask]:
        """(c,) month × 100 + day, local to the call, and where known."""
        from qa_analyzer.clock import local_days

        return local_days(self.batch.columns.column("started_at"))

    def safe_window(
        self, scope: Scope | None, by: str | None, call: Indices, turn: Indices, lo: Indices, hi: Indices
    ) -> tuple[Indices, Indices]:
        """The part of a window that stays in it if turns of unknown role are turns of `by`: they only narrow it."""
        if by is None or scope is None or not len(self.unknown_turns):
            return lo, hi
        other_lo, other_hi, _, _ = self.window(scope, by, call, turn, with_unknown=True)
        return np.maximum(lo, other_lo), np.minimum(hi, other_hi)

    def look(self, clause: Clause, found: Found, call: Indices, turn: Indices) -> Look:
        """Search for a clause's hits around occasions."""
        by = clause.by
        lo, hi, present, hazy = self.window(clause.in_, by, call, turn)
        safe_lo, safe_hi = self.safe_window(clause.in_, by, call, turn, lo, hi)
        safe = _first_hit(found.sure, safe_lo, safe_hi)
        mine = self.turns_of(by)
        place = _first_between(mine, lo, hi)
        return Look(
            lo=lo,
            hi=hi,
            safe_lo=safe_lo,
            safe_hi=safe_hi,
            first=np.where(safe >= 0, safe, _first_hit(found.sure, lo, hi)),
            unsure=_first_hit(found.unsure, lo, hi),
            moved=(safe_lo != lo) | (safe_hi != hi),
            safe=safe >= 0,
            spoke=place >= 0,
            present=present,
            hazy=hazy,
            evidence=np.where(place >= 0, mine[np.maximum(place, 0)] if len(mine) else NOWHERE, NOWHERE),
        )

    # ---- hits ---------------------------------------------------------------------------------------------

    def as_hits(self, found: ListHits, said: SaidAs) -> Hits:
        """Hits of a phrase list as those of a clause."""
        start, end, phrase = found.spans.start, found.spans.end, found.spans.phrase
        return Hits(
            found.turn,
            start,
            end,
            said.category[phrase],
            said.severity[phrase],
            self.batch.crosses_join(start, end),
            np.full(len(found), np.nan),
            np.zeros(len(found), np.int64),
            found.misheard,
        )

    def said(
        self,
        clause: Spoken,
        by: str | None,
        around: Around | None = None,
        others: Indices | None = None,
        asked: Mask | None = None,
    ) -> tuple[Hits, Hits]:
        """(hits, excepted) of what a clause says, in the turns of `by` and of nobody known.

        `around`: only near some windows; `others`: instead in these turns (ascending), whoever speaks there; `asked`
        (t,): only the hits in these turns are wanted.
        """
        said = self.ruleset.said[id(clause)]
        if others is not None:
            every, found = self.heard.within(said.number, others, others + 1, anybody=True)
        elif said.everywhere:
            every, found = self.heard.every(said.number), self.heard.hits(said.number)
            if around is not None:
                every, found = (one.select(around.holds(one.turn)) for one in (every, found))
        elif around is None:
            every, found = self.heard.everywhere(said.number)
        else:
            every, found = self.heard.within(said.number, around.lo, around.hi)
        if asked is not None:
            every, found = (one.select(asked[one.turn]) for one in (every, found))
        if clause.word:
            spans = every.spans.select(on_word_boundaries(self.batch.normal, every.spans, self.heard.surroundings))
            spans = resolve(spans)
            turn = np.searchsorted(self.batch.turn_text, spans.start, "right") - 1
            found = ListHits(spans, turn, np.zeros(len(spans), np.bool_))
        hits = self.as_hits(found, said)
        if not len(hits):
            return hits, hits
        excepted = np.zeros(len(hits), np.bool_)
        if clause.unless:
            turn = np.unique(hits.turn)
            excuses = self.heard.within(self.ruleset.unless[id(clause)], turn, turn + 1, anybody=True).every.spans
            excepted |= _overlaps(hits, excuses.start, excuses.end)
            if said.critical:
                nearly = self.heard.nearly(self.ruleset.unless[id(clause)], turn).spans
                doubtful = _overlaps(hits, nearly.start, nearly.end) & (hits.why == Why.NONE)
                hits = replace(hits, why=np.where(doubtful, Why.NEARLY_EXCUSED, hits.why).astype(np.int64))
        for neighbour in clause.unless_in or ():
            other = neighbour.by or by
            call = self.batch.turn_call[hits.turn]
            lo, hi, _, _ = self.window(neighbour.in_, other, call, hits.turn)
            wide_lo = np.maximum(lo - 1, self.batch.call_turn[call])
            wide_hi = np.minimum(hi + 1, self.batch.call_turn[call + 1])
            first = np.argsort(wide_lo, kind="stable")
            excuse = self.ruleset.unless[id(neighbour)]
            near = self.heard.within(excuse, wide_lo[first], wide_hi[first], anybody=True).every.turn
            if said.critical:
                beside = np.unique(ranges(wide_lo, wide_hi - wide_lo))
                alike = self.heard.nearly(excuse, beside).turn
                doubtful = _first_between(alike, wide_lo, wide_hi) >= 0
                hits = replace(hits, why=np.where(doubtful & (hits.why == Why.NONE), Why.NEARLY_EXCUSED, hits.why))
            role = self.batch.turn_role[near]
            theirs = near if other is None else near[role == Role[other.upper()]]
            excepted |= _first_between(theirs, lo, hi) >= 0
            # Said by the wrong one, or a turn too early or too late: a near miss. Said by nobody known: a doubt.
            close = _first_between(near, wide_lo, wide_hi) >= 0
            unknown = _first_between(near[role == Role.UNKNOWN], lo, hi) >= 0
            why = np.where(close & (hits.why == Why.NONE), Why.NEARLY_EXCUSED, hits.why)
            hits = replace(hits, why=np.where(unknown, Why.UNKNOWN_ROLE, why).astype(np.int64))
        return hits.select(~excepted), hits.select(excepted)

    def said_by_others(self, clause: Clause, lo: Indices, hi: Indices, *, everywhere: bool) -> Hits:
        """What a clause speaks of, said by the wrong party within some windows."""
        if clause.by is None or clause.says is None:
            return _no_hits()
        narrow = ((hi - lo <= WIDEST_OTHERS) | everywhere) & (hi > lo)
        turn = np.unique(ranges(lo[narrow], (hi - lo)[narrow]))
        role = self.batch.turn_role[turn]
        turn = turn[(role != Role[clause.by.upper()]) & (role != Role.UNKNOWN)]
        if not len(turn):
            return _no_hits()
        return self.said(clause, clause.by, others=turn)[0]

    def search(
        self, clause: Clause, call: Indices, turn: Indices, *, everywhere: bool = False, proven: bool = False
    ) -> tuple[Found, Look]:
        """What a clause finds around occasions. One with a scope is looked for in its windows only.

        `everywhere`: any near miss counts, however far. `proven`: what hangs on interpolated times is unsure.
        """
        if clause.in_ is None or clause.says is None or everywhere:
            found = self.find(clause)
        else:
            lo, hi, _, _ = self.window(clause.in_, clause.by, call, turn)
            found = self.find(clause, self.around(call, lo, hi))
        if proven:
            found = found.only_proven()
        return found, self.look(clause, found, call, turn)

    def around(self, call: Indices, lo: Indices, hi: Indices, margin: int = 0) -> Around:
        """Windows, and so many turns on either side for the near misses."""
        lo = np.maximum(lo - margin, self.batch.call_turn[call])
        hi = np.maximum(np.minimum(hi + margin, self.batch.call_turn[call + 1]), lo)
        order = np.argsort(lo, kind="stable")
        return Around(lo[order], hi[order])

    def find(self, clause: Clause, around: Around | None = None) -> Found:
        """Everything a clause speaks of, sorted out by whose it is; with a scope only `around` its windows."""
        parts: list[tuple[Hits, Hits]] = []
        if clause.says is not None:
            # A row may begin long before the window that it ends in.
            unbound = clause.in_ is None or clause.in_a_row is not None
            parts.append(self.said(clause, clause.by, None if unbound else around))
        if clause.feels is not None:
            turn = np.flatnonzero(getattr(self.mood, clause.feels))
            parts.append((Hits.of_turns(turn, self.batch), _no_hits()))
        if clause.interrupts is not None:
            parts.append((self.interruptions(clause.interrupts, clause.by), _no_hits()))
        if not parts:
            return Found(_no_hits(), _no_hits(), _no_hits())
        hits, excepted = parts[0]
        for more, _ in parts[1:]:  # Several keys in one clause: all of them hold in the same turn.
            hits = hits.select(np.isin(hits.turn, more.turn))
        role = self.batch.turn_role[hits.turn]
        mine = np.ones(len(hits), np.bool_) if clause.by is None else role == Role[clause.by.upper()]
        unknown = ~mine & (role == Role.UNKNOWN)
        doubtful = unknown | (mine & (hits.why == Why.UNKNOWN_ROLE))
        sure, unsure = hits.select(mine & ~doubtful), hits.select(doubtful)
        excepted = excepted.select(self.is_by(clause.by)[excepted.turn])
        if clause.then is not None:
            sure, unsure = self.followed(clause.then, sure, unsure)
        if clause.in_a_row is not None:
            sure, unsure = self.in_a_row(sure, unsure, clause.by, clause.in_a_row)
        return Found(sure, unsure, excepted)

    def followed(self, then: Clause, sure: Hits, unsure: Hits) -> tuple[Hits, Hits]:
        """Those hits after which the further clause holds, for sure and perhaps."""
        hit_turn = np.concatenate([sure.turn, unsure.turn])
        call = self.batch.turn_call[hit_turn]
        lo, hi, _, _ = self.window(then.in_, then.by, call, hit_turn)
        found = self.find(then, self.around(call, lo, hi))
        certain = self.follows(then, found.sure, sure, safe=True)
        doubtful = ~certain & (self.follows(then, found.sure, sure) | self.follows(then, found.unsure, sure))
        perhaps = self.follows(then, found.sure, unsure) | self.follows(then, found.unsure, unsure)
        if found.sure.misheard.any():
            exact = self.follows(then, found.sure.select(~found.sure.misheard), sure, safe=True)
            sure = replace(sure, misheard=sure.misheard | ~exact)
        return sure.select(certain), Hits.joined_lists([sure.select(doubtful), unsure.select(perhaps)])

    def follows(self, then: Clause, found: Hits, hits: Hits, *, safe: bool = False) -> Mask:
        """(n,) bool: something found lies in the scope of `then` and after the hit."""
        call = self.batch.turn_call[hits.turn]
        lo, hi, present, hazy = self.window(then.in_, then.by, call, hits.turn)
        if safe:
            lo, hi = self.safe_window(then.in_, then.by, call, hits.turn, lo, hi)
            present = present & ~hazy
        place = np.maximum(np.searchsorted(found.turn, lo), np.searchsorted(found.start, hits.end))
        padded = np.append(found.turn, np.iinfo(np.int64).max)
        return np.asarray((padded[place] < hi) & present)

    def in_a_row(self, sure: Hits, unsure: Hits, by: str | None, length: int) -> tuple[Hits, Hits]:
        """The hits that complete a row of `length` turns of `by`, each with a hit, backchannels aside.

        Unsure where the row needs a turn of unknown role, or where one without a hit may break it.
        """
        rows = self.rows_of_turns(self.countable(by, with_unknown=False), sure.turn)
        certain = _one_each(sure, rows == length)
        if sure.misheard.any():
            exact = self.rows_of_turns(self.countable(by, with_unknown=False), sure.turn[~sure.misheard])
            certain = replace(certain, misheard=exact[certain.turn] < length)
        if not len(self.unknown_turns):
            return certain, _no_hits()
        every = Hits.joined_lists([sure, unsure])
        mixed = self.rows_of_turns(self.countable(by, with_unknown=True), every.turn)
        unbroken = mixed[certain.turn] >= length
        perhaps = _one_each(every, mixed == length)
        doubtful = Hits.joined_lists([certain.select(~unbroken), perhaps.select(rows[perhaps.turn] < length)])
        return certain.select(unbroken), doubtful

    def rows_of_turns(self, counted: Indices, having: Indices) -> Indices:
        """(t,) the how-manieth of a row of counted turns, all among `having`, each turn is; 0 outside rows."""
        result = np.zeros(self.batch.n_turns, np.int64)
        if len(counted):
            has = np.isin(counted, having)
            call = self.batch.turn_call[counted]
            index = np.arange(len(counted))
            # A miss restarts the row after itself, a new call at itself.
            breaks = ~has | np.concatenate(([True], call[1:] != call[:-1]))
            start = np.maximum.accumulate(np.where(breaks, np.where(has, index, index + 1), 0))
            result[counted] = np.where(has, index - start + 1, 0)
        return result

    def interruptions(self, spec: Interrupts, by: str | None) -> Hits:
        """Turns that cut into another's speech, as hits over the whole turn; number = overlap in s."""
        over = self.timing.talk_over
        shortest = self.threshold(spec.overlap if spec.overlap is not None else "interruption_overlap_s")
        fewest = self.threshold(spec.characters if spec.characters is not None else "interruption_characters")
        limit = round(shortest * 1000)
        long_enough = (over.most_ms >= limit) & (over.characters >= fewest)
        opposite = {"agent": Role.CUSTOMER, "customer": Role.AGENT}.get(by or "")
        if opposite is not None:
            long_enough &= (over.over == opposite) | (over.over == Role.UNKNOWN)
        hits = Hits.of_turns(over.turn[long_enough], self.batch, over.overlap_ms[long_enough] / 1000)
        why = np.where(over.overlap_ms[long_enough] >= limit, Why.NONE, Why.INTERPOLATED)
        why = np.where(over.sure[long_enough], why, Why.UNKNOWN_ROLE).astype(np.int64)
        hits = replace(hits, why=why)
        # One turn may cut into two parties: the surest overlap speaks for it.
        order = np.lexsort((-hits.number, hits.why, hits.turn))
        hits = hits.select(order)
        return hits.select(np.unique(hits.turn, return_index=True)[1])

    # ---- occasions ----------------------------------------------------------------------------------------

    def allowed(self, condition: CallCondition) -> Mask:
        """(c,) bool: calls of which a condition holds."""
        keep = np.ones(self.batch.n_calls, np.bool_)
        if condition.complaint is not None:
            keep &= self.facts.complaint == condition.complaint
        if condition.call_type is not None:
            keep &= np.isin(self.facts.call_type, [CALL_TYPES.index(one) for one in condition.call_type])
        if condition.resolution is not None:
            keep &= np.isin(self.facts.resolution, [RESOLUTIONS.index(one) for one in condition.resolution])
        if condition.hang_up is not None:
            keep &= np.isin(self.batch.hang_up, [HangUp[one.upper()] for one in condition.hang_up])
        if condition.stated is not None:
            keep &= self.facts.stated == condition.stated
        if condition.transferred is not None:
            keep &= self.facts.transferred == condition.transferred
        if condition.inferred is not None:
            keep &= self.facts.inferred == condition.inferred
        if condition.recorded is not None:
            keep &= (~self.facts.inferred | (self.batch.hang_up != HangUp.UNKNOWN)) == condition.recorded
        if condition.turns is not None:
            keep &= np.diff(self.batch.call_turn) >= condition.turns
        if condition.closed is not None:
            closing = PHASES.index("closing")
            keep &= (self.phases.start[closing] < self.phases.end[closing]) == condition.closed
        return keep

    def occasions(self, triggers: Sequence[Trigger]) -> Occasions:
        """Where a rule asks: the union of its triggers, one occasion a turn."""
        turns: list[Indices] = []
        calls: list[Indices] = []
        doubts: list[Indices] = []
        number: list[NDArray[np.float64]] = []
        misheard: list[Mask] = []
        hazy = np.zeros(self.batch.n_calls, np.bool_)
        for trigger in triggers:
            allowed = self.allowed(trigger.call) if trigger.call is not None else None
            if _is_about_the_call(trigger):
                chosen = np.flatnonzero(allowed) if allowed is not None else np.arange(self.batch.n_calls)
                turns.append(np.full(len(chosen), NOWHERE))
                calls.append(chosen)
                doubts.append(np.zeros(len(chosen), np.int64))
                number.append(np.full(len(chosen), np.nan))
                misheard.append(np.zeros(len(chosen), np.bool_))
                continue
            turn, why, figure, alike = self.trigger_turns(trigger)
            if trigger.silence is not None:
                untimed = ~self.batch.call_timed
                if trigger.announced:
                    untimed &= self.timing.may_have_waited
                hazy |= untimed if allowed is None else untimed & allowed
            turns.append(turn)
            calls.append(self.batch.turn_call[turn])
            doubts.append(why)
            number.append(figure)
            misheard.append(alike)
        turn, call = np.concatenate(turns), np.concatenate(calls)
        doubt, figure, alike = np.concatenate(doubts), np.concatenate(number), np.concatenate(misheard)
        order = np.lexsort((alike, doubt, turn, call))
        occasions = Occasions(call, turn, doubt, figure, alike, hazy).select(order)
        call, turn = occasions.call, occasions.turn
        return occasions.select(np.append(True, (turn[1:] != turn[:-1]) | (call[1:] != call[:-1]))[: len(turn)])

    def trigger_turns(self, trigger: Trigger) -> tuple[Indices, Indices, NDArray[np.float64], Mask]:
        """Turns (ascending, unique) of one trigger, why each is in doubt (Why), a figure, and whether what was said
        there only sounds alike.
        """
        batch = self.batch
        keep = np.ones(batch.n_turns, np.bool_)
        figure = np.full(batch.n_turns, np.nan)
        why = np.zeros(batch.n_turns, np.int64)
        misheard = np.zeros(batch.n_turns, np.bool_)
        if trigger.call is not None:
            keep &= self.allowed(trigger.call)[batch.turn_call]
        if trigger.feels is not None:
            keep &= getattr(self.mood, trigger.feels)
        if trigger.silence is not None:
            silences = self.timing.silences
            chosen = silences.gap_ms >= round(self.threshold(trigger.silence) * 1000)
            if trigger.announced is not None:
                chosen &= silences.announced == trigger.announced
            after = np.zeros(batch.n_turns, np.bool_)
            after[silences.turn[chosen]] = True
            figure[silences.turn] = silences.gap_ms / 1000
            why[silences.turn[~silences.sure]] = Why.UNKNOWN_ROLE
            keep &= after
        if trigger.unanswered is not None:
            keep &= self.timing.unanswered(round(self.threshold(trigger.unanswered) * 1000))
        if trigger.longer_than is not None:
            keep &= batch.turn_characters > self.threshold(trigger.longer_than)
        scope = trigger.in_
        if trigger.phase is not None:
            scope = (scope or Scope()).model_copy(update={"phase": trigger.phase})
        open_scope = np.zeros(batch.n_calls, np.bool_)
        if scope is not None:
            every = np.arange(batch.n_calls)
            lo, hi, present, open_scope = self.window(scope, trigger.by, every, np.full(batch.n_calls, NOWHERE))
            index = np.arange(batch.n_turns)
            keep &= present[batch.turn_call] & (index >= lo[batch.turn_call]) & (index < hi[batch.turn_call])
        unknown = np.zeros(batch.n_turns, np.bool_)
        if trigger.by is not None and trigger.silence is None:
            unknown = batch.turn_role == Role.UNKNOWN
            keep &= self.is_by(trigger.by) | unknown
        if trigger.says is not None:
            heard = np.zeros(batch.n_turns, np.bool_)
            hits = self.said(trigger, trigger.by, asked=keep)[0]
            heard[hits.turn] = True
            keep &= heard
            misheard[hits.turn[hits.misheard]] = True
            misheard[hits.turn[~hits.misheard]] = False
            why[hits.turn[hits.why == Why.UNKNOWN_ROLE]] = Why.UNKNOWN_ROLE
            why[hits.turn[hits.why != Why.UNKNOWN_ROLE]] = Why.NONE
        why = np.where(open_scope[batch.turn_call], _reason(scope), why)
        why = np.where(unknown, Why.UNKNOWN_ROLE, why)
        turn = np.flatnonzero(keep)
        return turn, why[turn].astype(np.int64), figure[turn], misheard[turn]


@dataclass(frozen=True)
class Occasions:
    """call, turn (NOWHERE = the call itself), why (Why it is in doubt), number, misheard (known by its sound only)
    (n,); hazy (c,): one may be missed.
    """

    call: Indices
    turn: Indices
    why: Indices
    number: NDArray[np.float64]
    misheard: Mask
    hazy: Mask

    def __len__(self) -> int:
        return len(self.call)

    def select(self, keep: Mask | Indices) -> Occasions:
        return Occasions(
            self.call[keep], self.turn[keep], self.why[keep], self.number[keep], self.misheard[keep], self.hazy
        )


def _no_hits() -> Hits:
    empty = np.zeros(0, np.int64)
    nothing = np.zeros(0, np.bool_)
    return Hits(empty, empty, empty, empty, empty, nothing, np.zeros(0), empty, nothing)


def _one_each(hits: Hits, turns: Mask) -> Hits:
    """The first hit in each of the marked turns. `turns`: (t,) bool."""
    return hits.select(np.unique(hits.turn, return_index=True)[1]).select(turns[np.unique(hits.turn)])


def _looks_ahead(clause: Clause) -> bool:
    return clause.in_ is not None and clause.in_.next is not None


def _looks_back(clause: Clause) -> bool:
    return clause.in_ is not None and clause.in_.previous is not None


def _is_about_the_call(trigger: Trigger) -> bool:
    return (
        trigger.says is None
        and trigger.feels is None
        and trigger.silence is None
        and trigger.unanswered is None
        and trigger.longer_than is None
        and trigger.phase is None
        and trigger.in_ is None
        and trigger.by is None
    )


def _reason(scope: Scope | None) -> Why:
    """Why a hazy scope is hazy."""
    timed = scope is not None and (scope.clock is not None or scope.date is not None)
    return Why.NO_START_TIME if timed else Why.UNSURE_PHASE


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _month_and_day(date: str) -> int:
    month, day = date.split("-")
    return int(month) * 100 + int(day)


def _first_between(turns: Indices, lo: Indices, hi: Indices) -> Indices:
    """Index of the first of the ascending `turns` in [lo, hi), or -1. (n,)"""
    place = np.searchsorted(turns, lo)
    padded = np.append(turns, np.iinfo(np.int64).max)
    return np.where(padded[place] < hi, place, -1)


def _first_hit(hits: Hits, lo: Indices, hi: Indices) -> Indices:
    """Index of the first hit in turns [lo, hi), of an exact one if there is any, or -1. (n,)"""
    first = _first_between(hits.turn, lo, hi)
    if not hits.misheard.any():
        return first
    exact = np.flatnonzero(~hits.misheard)
    place = _first_between(hits.turn[exact], lo, hi)
    return np.where(place >= 0, np.append(exact, -1)[place], first)


def _overlaps(hits: Hits, start: Indices, end: Indices) -> Mask:
    """(n,) bool: hits that share a character with one of these stretches (ordered by start)."""
    if not len(start):
        return np.zeros(len(hits), np.bool_)
    reach = np.maximum.accumulate(end)
    place = np.searchsorted(start, hits.end, "left") - 1
    return (place >= 0) & (reach[np.maximum(place, 0)] > hits.start)


def open_court(batch: Batch, ruleset: Ruleset, mood: Mood) -> Court:
    """Prepare a batch for judging."""
    heard = ruleset.lists.scan(batch.normal, batch.turn_text, batch.turn_role)
    cues = Cues(batch, ruleset.cues, heard)
    timing = Timing(batch, cues, round(ruleset.rubric.thresholds.get("pause_s", 3.0) * 1000))
    transferred = find_transfers(batch, cues)
    facts = find_facts(batch, cues, transferred, mood.negative, mood.angry)
    phases = find_phases(batch, cues, transferred, middle=ruleset.middle_phases)
    return Court(batch, ruleset, mood, heard, cues, timing, transferred, phases, facts)


def judge(court: Court) -> Judgement:
    """All rules on all calls."""
    verdicts = np.zeros((court.batch.n_calls, len(court.ruleset.rules)), np.uint8)
    kept: list[Rows] = []
    numbers: list[Indices] = []
    asked: dict[str, tuple[Indices, Indices]] = {}
    replaced = {one for pair in court.rubric.replaces for one in pair.instead_of}
    replacing = {pair.rule for pair in court.rubric.replaces}
    order = sorted(range(len(court.ruleset.rules)), key=lambda n: court.ruleset.rules[n].id in replaced)
    for number in order:
        rule = court.ruleset.rules[number]
        trial = _Trial(court, number)
        rows = trial.rows()
        rows = rows.select(trial.applies[rows.call])
        if rule.id in replacing:
            asked[rule.id] = (rows.call, rows.occasion)
        if rule.id in replaced:
            for pair in court.rubric.replaces:
                if rule.id in pair.instead_of and pair.rule in asked:
                    rows = rows.select(~_same_occasion(rows, *asked[pair.rule], court.batch.n_turns))
        np.maximum.at(verdicts[:, number], rows.call, rows.verdict.astype(np.uint8))
        shown = _worth_showing(rows, verdicts[:, number])
        kept.append(rows.select(shown))
        numbers.append(np.full(int(shown.sum()), number))
    rows = Rows.concatenate(kept) if kept else Rows.blank(np.zeros(0, np.int64), 0, 0)
    rule_number = np.concatenate(numbers) if numbers else np.zeros(0, np.int64)
    place = np.where(rows.turn == NOWHERE, rows.occasion, rows.turn)
    by_call = np.lexsort((rows.clause, rows.start, place, rule_number, rows.call))
    return Judgement(verdicts, rows.select(by_call), rule_number[by_call])


def _worth_showing(rows: Rows, verdicts: NDArray[np.uint8]) -> Mask:
    """(n,) bool. Rows without anything to show only carried the verdict of their call.

    That nobody can tell about the call as a whole is said once, and only if it is the verdict.
    """
    shown = (rows.verdict == Verdict.FAIL) | ((rows.verdict == Verdict.PASS) & (rows.turn != NOWHERE))
    bare = (rows.turn == NOWHERE) & (rows.occasion == NOWHERE)
    open_ = rows.verdict == Verdict.UNDETERMINED
    overall = np.flatnonzero(open_ & bare & (verdicts[rows.call] == Verdict.UNDETERMINED))
    shown |= open_ & ~bare
    shown[overall[np.unique(rows.call[overall], return_index=True)[1]]] = True
    return np.asarray(shown)


def _same_occasion(rows: Rows, call: Indices, occasion: Indices, n_turns: int) -> Mask:
    stride = n_turns + 2
    return np.isin(rows.call * stride + rows.occasion, call * stride + occasion)


@dataclass
class _Trial:
    """One rule before one court."""

    court: Court
    number: int

    @property
    def spec(self) -> RuleFile:
        return self.court.ruleset.rules[self.number].spec

    def clause_id(self, place: int) -> int:
        return self.court.ruleset.clause_ids[self.number, place]

    @property
    def severity(self) -> int:
        return SEVERITY_CODE[self.spec.severity]

    @cached_property
    def applies(self) -> Mask:
        """(c,) bool: calls of the types that the rule is meant for."""
        return np.isin(self.court.facts.call_type, [CALL_TYPES.index(one) for one in self.spec.applies_to])

    def rows(self) -> Rows:
        """A row for each judged occasion, those that pass without evidence (turn NOWHERE) included."""
        spec = self.spec
        if spec.measure is not None:
            rows = self.measured(spec.measure)
        elif spec.when is None:
            rows = self.always()
        else:
            rows = self.on_occasions(spec.when)
        return self.needing(rows)

    # ---- needs --------------------------------------------------------------------------------------------

    def needing(self, rows: Rows) -> Rows:
        """What a pass needs and the call lacks makes it undetermined. Hang-up clauses see to it themselves."""
        batch = self.court.batch
        parts = _faults(self.spec)
        hang_up_only = all(isinstance(part, Clause) and part.hangs_up is not None for part in parts)
        lacking: list[tuple[Mask, Why]] = []
        for need in self.spec.needs:
            if need == "timestamps" and not hang_up_only:
                lacking.append((~batch.call_timed, Why.NO_TIMESTAMPS))
            elif need == "hang_up" and not hang_up_only:
                lacking.append(((batch.hang_up == HangUp.UNKNOWN) & ~self.court.facts.transferred, Why.NO_HANG_UP))
            elif need == "start_time":
                lacking.append((~self.court.start_minutes[1], Why.NO_START_TIME))
            elif need == "roles":
                lacking.append((self.court.has_unknown, Why.UNKNOWN_ROLE))
        for missing, why in lacking:
            doubtful = missing[rows.call] & (rows.verdict == Verdict.PASS)
            rows.verdict = np.where(doubtful, Verdict.UNDETERMINED, rows.verdict).astype(np.int64)
            rows.why = np.where(doubtful, why, rows.why).astype(np.int64)
        if "backchannels" in self.spec.needs:
            # A transcript that leaves them out shows no absence; what is there all the same is there.
            silent = ~self.court.has_backchannels[rows.call]
            doubtful = silent & (rows.verdict == Verdict.FAIL) & (rows.match_start == NOWHERE)
            rows.verdict = np.where(doubtful, Verdict.UNDETERMINED, rows.verdict).astype(np.int64)
            rows.why = np.where(doubtful, Why.NO_BACKCHANNELS, rows.why).astype(np.int64)
        return rows

    # ---- measure ------------------------------------------------------------------------------------------

    def measured(self, measure: Measure) -> Rows:
        """A figure of the call against a threshold."""
        court = self.court
        figure: Figure = measure_figure(measure.figure, court.batch, court.timing, self.measured_words(measure.of))
        rows = Rows.blank(np.arange(court.batch.n_calls), self.clause_id(0), self.severity)
        good = np.ones(court.batch.n_calls, np.bool_)
        too_much = ~good
        open_role = figure.most > figure.value
        if measure.at_most is not None:
            limit = court.threshold(measure.at_most)
            too_much = figure.value > limit
            good = figure.value <= limit
            open_role &= figure.most > limit
        if measure.at_least is not None:
            good &= figure.value >= court.threshold(measure.at_least)
        enough = np.ones(court.batch.n_calls, np.bool_)
        if measure.floor is not None:
            enough = figure.basis >= court.threshold(measure.floor)
        verdict = np.where(good, Verdict.PASS, Verdict.FAIL)
        verdict = np.where(figure.known & ~open_role, verdict, Verdict.UNDETERMINED)
        verdict = np.where(figure.proven & too_much, Verdict.FAIL, verdict)
        verdict = np.where(enough & figure.applies, verdict, Verdict.NOT_APPLICABLE)
        rows.verdict = verdict.astype(np.int64)
        why = np.where(figure.known, Why.UNKNOWN_ROLE, figure.why)
        rows.why = np.where(verdict == Verdict.UNDETERMINED, why, 0).astype(np.int64)
        rows.number = figure.value.astype(np.float64)
        failed = verdict == Verdict.FAIL
        turn = np.where(failed, figure.turn, NOWHERE)
        _show_turns(rows, turn, court.batch)
        rows.occasion = turn.copy()
        return rows

    def measured_words(self, clause: Clause | None) -> Said:
        """What the words of a `measure` find, whose role is sure."""
        if clause is None:
            return NOTHING_SAID
        hits = self.court.find(clause).sure
        return Said(None if clause.by is None else Role[clause.by.upper()], hits.turn, hits.start, hits.end)

    # ---- require and forbid -------------------------------------------------------------------------------

    def always(self) -> Rows:
        """Without `when`: a requirement once a call, a prohibition wherever it is broken."""
        every = np.arange(self.court.batch.n_calls)
        asked = np.flatnonzero(self.applies)
        parts: list[Rows] = []
        requirements = self.spec.require or []
        for place, part in enumerate(requirements):
            parts.append(self.require(part, place, asked, np.full(len(asked), NOWHERE)))
        if len(parts) > 1:
            parts = [self.all_must_hold(parts)]
        for place, part in enumerate(self.spec.forbid or [], len(requirements)):
            for number, clause in enumerate(part.any if isinstance(part, AnyOf) else [part]):
                parts.append(self.forbid_anywhere(clause, self.clause_id(place) + number, every))
        return Rows.concatenate(parts)

    def on_occasions(self, triggers: Sequence[Trigger]) -> Rows:
        """With `when`: each occasion is judged in its window; triggers inside an open window are the same one."""
        court = self.court
        occasions = court.occasions(triggers)
        occasions = self.merged(occasions.select(self.applies[occasions.call]))
        call, turn = occasions.call, occasions.turn
        parts: list[Rows] = []
        requirements = self.spec.require or []
        for place, part in enumerate(requirements):
            parts.append(self.require(part, place, call, turn))
        if len(parts) > 1:
            parts = [self.all_must_hold(parts)]
        for place, part in enumerate(self.spec.forbid or [], len(requirements)):
            for number, clause in enumerate(part.any if isinstance(part, AnyOf) else [part]):
                parts.append(self.forbid_here(clause, self.clause_id(place) + number, call, turn))
        for rows in parts:
            rows.number = np.where(np.isnan(rows.number), occasions.number, rows.number)
            doubtful = np.isin(rows.verdict, (Verdict.PASS, Verdict.FAIL)) & (occasions.why > 0)
            rows.verdict = np.where(doubtful, Verdict.UNDETERMINED, rows.verdict).astype(np.int64)
            rows.why = np.where(doubtful, occasions.why, rows.why).astype(np.int64)
            rows.misheard = np.maximum(rows.misheard, occasions.misheard)
        if any(trigger.call is not None and trigger.call.ended for trigger in triggers):
            # Where the text breaks off on the customer, what is missing may have come after it.
            for rows in parts:
                cut_off = (rows.verdict == Verdict.FAIL) & ~court.facts.ended[rows.call]
                rows.verdict = np.where(cut_off, Verdict.UNDETERMINED, rows.verdict).astype(np.int64)
                rows.why = np.where(cut_off, Why.UNSURE_PHASE, rows.why).astype(np.int64)
        hazy = np.flatnonzero(occasions.hazy)
        if len(hazy):
            # Without times a silence may have gone unseen: that is no pass and no «not applicable».
            rows = Rows.blank(hazy, self.clause_id(0), self.severity)
            rows.verdict[:] = Verdict.UNDETERMINED
            rows.why[:] = Why.NO_TIMESTAMPS
            parts.append(rows)
        return Rows.concatenate(parts)

    def merged(self, occasions: Occasions) -> Occasions:
        """Drop triggers inside an open occasion: it stays open to the end of its windows, satisfied or not."""
        parts = (*(self.spec.require or ()), *(self.spec.forbid or ()))
        clauses = [clause for part in parts for clause in _alternatives(part) if isinstance(clause, Clause)]
        if not len(occasions):
            return occasions
        begin = self.court.batch.call_turn[occasions.call]
        at = np.where(occasions.turn == NOWHERE, begin, occasions.turn)
        until = np.where(occasions.turn == NOWHERE, begin, occasions.turn + 1)
        for clause in clauses:
            until = np.maximum(until, self.court.window(clause.in_, clause.by, occasions.call, occasions.turn)[1])
        # An occasion that is the call itself stands before that of its first turn.
        following = np.maximum(np.searchsorted(at, until, "left"), np.arange(len(at)) + 1)
        current = np.flatnonzero(np.append(True, occasions.call[1:] != occasions.call[:-1]))
        keep = np.zeros(len(occasions), np.bool_)
        while len(current):
            keep[current] = True
            after = following[current]
            inside = after < len(occasions)
            current, after = current[inside], after[inside]
            current = after[occasions.call[after] == occasions.call[current]]
        return occasions.select(keep)

    def require(self, part: Clause | AnyOf, place: int, call: Indices, turn: Indices) -> Rows:
        """One row an occasion: the evidence where it holds, the empty window where it does not."""
        clauses = part.any if isinstance(part, AnyOf) else [part]
        rows = [
            self.require_clause(clause, self.clause_id(place) + number, call, turn)
            for number, clause in enumerate(clauses)
        ]
        best = rows[0]
        # One suffices: the best verdict wins, pass before undetermined before fail before not applicable.
        rank = np.array([0, 3, 2, 1])
        for other in rows[1:]:
            better = rank[other.verdict] > rank[best.verdict]
            best = Rows(*(np.where(better, getattr(other, one.name), getattr(best, one.name)) for one in fields(Rows)))
        # Where no turn came after the occasion, that it had not been done before is no failure either.
        ahead = [one.verdict == Verdict.NOT_APPLICABLE for one, c in zip(rows, clauses, strict=True) if _looks_ahead(c)]
        others = [one.verdict == Verdict.FAIL for one, c in zip(rows, clauses, strict=True) if not _looks_back(c)]
        if ahead:
            spared = (best.verdict == Verdict.FAIL) & np.logical_or.reduce(ahead)
            if others:
                spared &= ~np.logical_or.reduce(others)
            best.verdict = np.where(spared, Verdict.NOT_APPLICABLE, best.verdict).astype(np.int64)
        for number, clause in enumerate(clauses):
            failed = (best.verdict == Verdict.FAIL) & (best.clause == self.clause_id(place) + number)
            if failed.any() and clause.hangs_up is None:
                self.near_misses(best, clause, failed)
        return best

    def require_clause(self, clause: Clause, number: int, call: Indices, turn: Indices) -> Rows:
        """One clause that must hold; `number` is its id."""
        court = self.court
        severity = self.severity if clause.severity is None else SEVERITY_CODE[clause.severity]
        rows = Rows.blank(call, number, severity)
        rows.occasion = turn.copy()
        if clause.hangs_up is not None:
            verdict, rows.why = self.hang_up_verdict(clause.hangs_up, clause.by, call)
            opposite = np.array([Verdict.NOT_APPLICABLE, Verdict.FAIL, Verdict.UNDETERMINED, Verdict.PASS], np.int64)
            rows.verdict = opposite[verdict]
            return rows
        found, look = court.search(clause, call, turn, everywhere=severity == CRITICAL, proven=True)
        held = look.first >= 0
        verdict = np.where(look.spoke | self.left_alone(clause, look, call, turn), Verdict.FAIL, Verdict.NOT_APPLICABLE)
        verdict = np.where(held, Verdict.PASS, verdict)
        doubt = np.where(held, ~look.safe, (look.unsure >= 0) | look.moved)
        hazy = look.hazy & (verdict != Verdict.NOT_APPLICABLE) & ~(held & look.safe)
        verdict = np.where(doubt | hazy, Verdict.UNDETERMINED, verdict)
        interpolated = np.append(found.unsure.why == Why.INTERPOLATED, False)[look.unsure] & ~held
        doubts = np.where(interpolated, Why.INTERPOLATED, Why.UNKNOWN_ROLE)
        why = np.where(hazy, _reason(clause.in_), np.where(doubt, doubts, Why.NONE))
        rows.verdict = np.where(look.present, verdict, Verdict.NOT_APPLICABLE).astype(np.int64)
        rows.why = np.where(look.present, why, Why.NONE).astype(np.int64)
        rows.window_lo, rows.window_hi = look.lo.copy(), look.hi.copy()
        failed = rows.verdict == Verdict.FAIL
        if severity == CRITICAL:
            self.near_misses(rows, clause, failed, everywhere=True)
            excused = failed & (rows.near != Near.NONE)
            rows.verdict = np.where(excused, Verdict.UNDETERMINED, rows.verdict).astype(np.int64)
            rows.why = np.where(excused, Why.NEARLY_EXCUSED, rows.why).astype(np.int64)
        missing = rows.verdict >= Verdict.UNDETERMINED
        # Where the agent hung up on the customer the occasion itself is all there is to show.
        shown = np.where(failed & (look.evidence == NOWHERE), turn, look.evidence)
        _show_turns(rows, np.where(missing, shown, NOWHERE), court.batch)
        _show_hits(rows, found.unsure, np.where(missing & ~held, look.unsure, -1))
        _show_hits(rows, found.sure, np.where(held & look.present, look.first, -1))
        return rows

    def left_alone(self, clause: Clause, look: Look, call: Indices, turn: Indices) -> Mask:
        """(n,) bool: after the occasion there was no turn to do it in, because the agent had hung up."""
        batch = self.court.batch
        backwards = clause.in_ is not None and (clause.in_.same_turn or clause.in_.previous is not None)
        to_the_end = (look.hi == batch.call_turn[call + 1]) & (not backwards)
        return np.asarray(to_the_end & (turn != NOWHERE) & (batch.hang_up[call] == HangUp.AGENT))

    def near_misses(self, rows: Rows, clause: Clause, failed: Mask, *, everywhere: bool = False) -> None:
        """For what is missing: the nearest thing that came close, and why it did not count.

        Looked for NEAR_TURNS around the windows of the failed rows; `everywhere`: in the whole call.
        """
        begin, end = self.court.batch.call_turn[rows.call], self.court.batch.call_turn[rows.call + 1]
        from_, to = rows.window_lo, rows.window_hi
        others = self.court.said_by_others(clause, from_[failed], to[failed], everywhere=everywhere)
        close = None if everywhere else self.court.around(rows.call[failed], from_[failed], to[failed], NEAR_TURNS)
        found = self.court.find(clause, close)
        for near, hits, lo, hi, last in (
            (Near.TOO_EARLY, found.sure, begin, from_, True),
            (Near.TOO_LATE, found.sure, to, end, False),
            (Near.WRONG_SPEAKER, others, from_, to, False),
            (Near.EXCEPTED, found.excepted, from_, to, False),
        ):
            if not len(hits):
                continue
            if last:
                place = np.searchsorted(hits.turn, hi) - 1
                ok = failed & (place >= 0) & (hits.turn[np.maximum(place, 0)] >= lo)
            else:
                place = _first_between(hits.turn, lo, hi)
                ok = failed & (place >= 0)
            at = np.maximum(place, 0)
            rows.near = np.where(ok, near, rows.near).astype(np.int64)
            rows.near_turn = np.where(ok, hits.turn[at], rows.near_turn)
            rows.near_start = np.where(ok, hits.start[at], rows.near_start)
            rows.near_end = np.where(ok, hits.end[at], rows.near_end)

    def all_must_hold(self, parts: Sequence[Rows]) -> Rows:
        """Several requirements of one occasion as one row: the gravest failure, else the weakest verdict."""
        worst = parts[0]
        for other in parts[1:]:
            graver = other.verdict * 10 + other.severity * (other.verdict == Verdict.FAIL)
            grave = worst.verdict * 10 + worst.severity * (worst.verdict == Verdict.FAIL)
            take = graver > grave
            worst = Rows(*(np.where(take, getattr(other, one.name), getattr(worst, one.name)) for one in fields(Rows)))
        # A pass rests on all of them.
        passed = worst.verdict == Verdict.PASS
        worst.misheard = np.where(passed, np.maximum.reduce([one.misheard for one in parts]), worst.misheard)
        return worst

    def forbid_anywhere(self, clause: Clause, number: int, every: Indices) -> Rows:
        """One row for each turn that offends; for a call without one, a pass if there was a turn to offend in."""
        court = self.court
        severity = self.severity if clause.severity is None else SEVERITY_CODE[clause.severity]
        nowhere = np.full(len(every), NOWHERE)
        if clause.hangs_up is not None:
            rows = self.hang_up_rows(clause, number, severity, every)
            rows.occasion = rows.turn.copy()
            return rows
        lo, hi, present, hazy = court.window(clause.in_, clause.by, every, nowhere)
        found = court.find(clause, court.around(every, lo, hi))
        safe_lo, safe_hi = court.safe_window(clause.in_, clause.by, every, nowhere, lo, hi)
        parts = []
        for hits, unsure in ((found.sure, False), (found.unsure, True)):
            call = court.batch.turn_call[hits.turn]
            inside = (hits.turn >= lo[call]) & (hits.turn < hi[call]) & present[call]
            offending = self.one_a_turn(hits.select(inside), severity)
            call = court.batch.turn_call[offending.turn]
            safe = (offending.turn >= safe_lo[call]) & (offending.turn < safe_hi[call])
            why = np.where(hazy[call], _reason(clause.in_), np.where(safe, Why.NONE, Why.UNKNOWN_ROLE))
            parts.append(self.fault_rows(offending, number, severity, unsure=unsure, doubt=why))
        rows = Rows.concatenate(parts)
        rows = rows.select(np.unique(rows.turn, return_index=True)[1])
        rows.occasion = rows.turn.copy()
        spoke = _first_between(court.turns_of(clause.by), lo, hi) >= 0
        clean = np.setdiff1d(every, rows.call)
        base = self.innocent(clause, number, severity, clean, (spoke & present)[clean], hazy[clean])
        return Rows.concatenate([base, rows])

    def innocent(self, clause: Clause, number: int, severity: int, call: Indices, spoke: Mask, hazy: Mask) -> Rows:
        """Rows of a prohibition that nothing was found against. `spoke`: there was a turn to offend in."""
        rows = Rows.blank(call, number, severity)
        verdict = np.where(spoke, Verdict.PASS, Verdict.NOT_APPLICABLE)
        batch, cuts_in = self.court.batch, clause.interrupts is not None
        untimed = ~batch.call_timed[call] & cuts_in
        serialised = batch.overlaps_hidden[call] & cuts_in
        verdict = np.where(spoke & (untimed | serialised | hazy), Verdict.UNDETERMINED, verdict)
        why = np.where(untimed, Why.NO_TIMESTAMPS, np.where(serialised, Why.OVERLAPS_HIDDEN, Why.NONE))
        why = np.where(hazy, _reason(clause.in_), why)
        rows.verdict = verdict.astype(np.int64)
        rows.why = np.where(verdict == Verdict.UNDETERMINED, why, Why.NONE).astype(np.int64)
        return rows

    def forbid_here(self, clause: Clause, number: int, call: Indices, turn: Indices) -> Rows:
        """One row an occasion: the worst thing in its window that should not be there, the first at equality."""
        court = self.court
        severity = self.severity if clause.severity is None else SEVERITY_CODE[clause.severity]
        if clause.hangs_up is not None:
            rows = self.hang_up_rows(clause, number, severity, call)
            rows.occasion = turn.copy()
            return rows
        found, look = court.search(clause, call, turn)
        rows = self.innocent(clause, number, severity, call, look.spoke & look.present, look.hazy)
        rows.occasion = turn.copy()
        rows.window_lo, rows.window_hi = look.lo.copy(), look.hi.copy()
        worst = self.worst_between(found.sure, severity, look.safe_lo, look.safe_hi)
        moved = self.worst_between(found.sure, severity, look.lo, look.hi)
        for hits, at, doubt in (
            (found.unsure, look.unsure, Why.UNKNOWN_ROLE),
            (found.sure, moved, Why.UNKNOWN_ROLE),
            (found.sure, worst, Why.NONE),
        ):
            here = (at >= 0) & look.present
            why = np.where(look.hazy[here], _reason(clause.in_), doubt)
            faults = self.fault_rows(hits.select(at[here]), number, severity, unsure=False, doubt=why)
            faults.occasion = turn[here]
            for one in fields(Rows):
                getattr(rows, one.name)[here] = getattr(faults, one.name)
        return rows

    def gravity(self, hits: Hits, severity: int) -> tuple[Indices, Indices]:
        """(n,) severity code of each hit, and Why it cannot convict (a critical one must be exact and unexcused)."""
        grave = np.where(hits.severity >= 0, hits.severity, severity)
        why = np.where((hits.why == Why.NEARLY_EXCUSED) & (grave < CRITICAL), Why.NONE, hits.why)
        why = np.where((why == Why.NONE) & hits.joined & (grave == CRITICAL), Why.ACROSS_JOIN, why)
        return grave, why

    def worst_between(self, hits: Hits, severity: int, lo: Indices, hi: Indices) -> Indices:
        """(n,) index of the worst hit in turns [lo, hi), the first at equality, or -1; one that convicts is worse."""
        grave, why = self.gravity(hits, severity)
        rank = 2 * ((why > 0) * len(SEVERITIES) - grave) + hits.misheard
        best = np.full(len(lo), -1, np.int64)
        for value in np.unique(rank):
            some = np.flatnonzero(rank == value)
            place = _first_between(hits.turn[some], lo, hi)
            best = np.where((best < 0) & (place >= 0), some[np.maximum(place, 0)], best)
        return best

    def one_a_turn(self, hits: Hits, severity: int) -> Hits:
        """The gravest hit of each turn, the first of them at equality; one that convicts before one in doubt."""
        grave, why = self.gravity(hits, severity)
        order = np.lexsort((hits.start, hits.misheard, -grave, why > 0, hits.turn))
        ordered = hits.select(order)
        return ordered.select(np.unique(ordered.turn, return_index=True)[1])

    def fault_rows(self, hits: Hits, number: int, severity: int, *, unsure: bool, doubt: Indices) -> Rows:
        """Hits as failures; as undetermined where the hit cannot convict, or `doubt` (n,) says why the scope cannot."""
        rows = Rows.blank(self.court.batch.turn_call[hits.turn], number, severity)
        rows.severity, why = self.gravity(hits, severity)
        why = np.where(unsure, Why.UNKNOWN_ROLE, np.where(doubt > 0, doubt, why))
        rows.why = why.astype(np.int64)
        rows.verdict = np.where(why > 0, Verdict.UNDETERMINED, Verdict.FAIL).astype(np.int64)
        _show_hits(rows, hits, np.arange(len(hits)))
        return rows

    # ---- hanging up ---------------------------------------------------------------------------------------

    def hang_up_rows(self, clause: Clause, number: int, severity: int, call: Indices) -> Rows:
        """One row a call; the last agent turn shows a hang-up that is or may be a fault."""
        assert clause.hangs_up is not None
        batch = self.court.batch
        rows = Rows.blank(call, number, severity)
        rows.verdict, rows.why = self.hang_up_verdict(clause.hangs_up, clause.by, call)
        agents = self.court.turns_of("agent")
        place = np.searchsorted(agents, batch.call_turn[call + 1]) - 1
        last = np.append(agents, NOWHERE)[place]
        mine = batch.hang_up[call] == HangUp[(clause.by or "agent").upper()]
        accused = (rows.verdict >= Verdict.UNDETERMINED) & mine
        _show_turns(rows, np.where(accused & (last >= batch.call_turn[call]), last, NOWHERE), batch)
        rows.number = self.hang_up_delay(call)
        return rows

    def hang_up_delay(self, call: Indices) -> NDArray[np.float64]:
        """(n,) seconds between the last speech and the end, at most; NaN where nothing is known."""
        ended, known = self.court.batch.ended_ms
        last, _ = self.court.batch.last_speech_ms
        return np.where((known & (last > 0))[call], (ended[call] - last[call]) / 1000, np.nan)

    def hang_up_verdict(self, spec: HangsUp, by: str | None, call: Indices) -> tuple[Indices, Indices]:
        """Verdict and Why of «does not hang up (before …)» for calls."""
        batch = self.court.batch
        hang_up = batch.hang_up[call]
        mine = hang_up == HangUp[(by or "agent").upper()]
        said, nearly = (one[call] for one in self.farewells())
        verdict = np.full(len(call), Verdict.PASS, np.int64)
        why = np.zeros(len(call), np.int64)
        if spec.before is not None:
            verdict[mine & ~said] = Verdict.FAIL
            verdict[mine & ~said & nearly] = Verdict.UNDETERMINED
            why[mine & ~said & nearly] = Why.NEARLY_EXCUSED
        if spec.sooner_than is not None:
            # Where a clause of the rule asks for a farewell, this one judges only how soon after it.
            asked = mine & said if self.asks_for_farewell else mine
            delay = self.hang_up_delay(call)
            with np.errstate(invalid="ignore"):
                soon = asked & (delay < self.court.threshold(spec.sooner_than))
            blind = asked & ~soon & (np.isnan(delay) | ~batch.call_timed[call])
            open_ = blind & (said | nearly) & (verdict == Verdict.PASS)
            verdict[soon | (blind & ~said & ~nearly)] = Verdict.FAIL
            verdict[open_] = Verdict.UNDETERMINED
            why[open_] = Why.NO_TIMESTAMPS
            why[soon] = Why.NONE
        unknown = hang_up == HangUp.UNKNOWN
        verdict[unknown] = Verdict.UNDETERMINED
        why[unknown] = Why.NO_HANG_UP
        mute = np.ones(batch.n_calls, np.bool_)
        mute[batch.turn_call[self.court.turns_of(by or "agent")]] = False
        verdict[(hang_up == HangUp.SYSTEM) | mute[call]] = Verdict.NOT_APPLICABLE
        # Nor where nobody answers any more, or somebody pesters the agent: how to part then is for other rules.
        excused = (self.unanswered() | self.pestered())[call]
        verdict[mine & excused] = Verdict.NOT_APPLICABLE
        # Whoever passes a call on does not hang up on the customer, whatever the record says.
        passed_on = self.court.facts.transferred[call]
        verdict[passed_on & (verdict != Verdict.NOT_APPLICABLE)] = Verdict.PASS
        why[passed_on] = Why.NONE
        return verdict, why

    @property
    def asks_for_farewell(self) -> bool:
        """A clause of the rule judges hanging up before a farewell."""
        clauses = [clause for part in _faults(self.spec) for clause in _alternatives(part)]
        return any(
            isinstance(clause, Clause) and clause.hangs_up is not None and clause.hangs_up.before is not None
            for clause in clauses
        )

    def unanswered(self) -> Mask:
        """(c,) bool: after the customer's last words the agent checked the line (`line_check`) without an answer."""
        court = self.court
        batch = court.batch
        last = np.full(batch.n_calls, -1, np.int64)
        theirs = court.turns_of("customer")
        theirs = theirs[~batch.turn_silent[theirs]]
        last[batch.turn_call[theirs]] = theirs
        mine = np.flatnonzero(batch.turn_role == Role.AGENT)
        mine = mine[(last[batch.turn_call[mine]] >= 0) & (mine > last[batch.turn_call[mine]])]
        found = np.zeros(batch.n_calls, np.bool_)
        found[batch.turn_call[court.cues.turns("line_check", among=mine)]] = True
        return found

    def pestered(self) -> Mask:
        """(c,) bool: in one of the last turns the customer made advances (`idle_caller`) instead of business."""
        court = self.court
        batch = court.batch
        last = np.diff(batch.call_turn)[batch.turn_call]
        late = np.flatnonzero((batch.turn_role == Role.CUSTOMER) & (batch.turn_number >= last - PESTERED_TURNS))
        found = np.zeros(batch.n_calls, np.bool_)
        found[batch.turn_call[court.cues.turns("idle_caller", among=late)]] = True
        return found

    def farewells(self) -> tuple[Mask, Mask]:
        """(c,) bool: a farewell was said (by the agent in the last turns, or answered by the agent); nearly."""
        court = self.court
        batch = court.batch
        every = np.arange(batch.n_calls)
        nowhere = np.full(len(every), NOWHERE)
        agents = court.cues.turns("farewell", Role.AGENT)
        customers = court.cues.turns("farewell", Role.CUSTOMER)
        lo, hi, _, _ = court.window(Scope(last=FAREWELL_TURNS), "agent", every, nowhere)
        said = _first_between(agents, lo, hi) >= 0
        wide_lo, _, _, _ = court.window(Scope(last=NEARLY_FAREWELL_TURNS), "agent", every, nowhere)
        nearly = _first_between(agents, wide_lo, hi) >= 0
        unknown = court.cues.turns("farewell", Role.UNKNOWN)
        nearly |= _first_between(unknown, wide_lo, batch.call_turn[1:]) >= 0
        last_agent = np.full(batch.n_calls, -1, np.int64)
        mine = court.turns_of("agent")
        mine = mine[~batch.turn_silent[mine]]
        last_agent[batch.turn_call[mine]] = mine
        late = customers[customers >= wide_lo[batch.turn_call[customers]]]
        answered = np.zeros(batch.n_calls, np.bool_)
        answered[batch.turn_call[late[late < last_agent[batch.turn_call[late]]]]] = True
        return said | answered, nearly


def _show_turns(rows: Rows, turn: Indices, batch: Batch) -> None:
    """Set whole turns as evidence; NOWHERE leaves none."""
    some = turn != NOWHERE
    at = np.where(some, turn, 0)
    rows.turn = np.where(some, turn, NOWHERE)
    rows.start = np.where(some, batch.turn_text[at] if batch.n_turns else 0, NOWHERE)
    rows.end = np.where(some, batch.turn_text[at + 1] - 1 if batch.n_turns else 0, NOWHERE)


def _show_hits(rows: Rows, hits: Hits, at: Indices) -> None:
    """Set hits as evidence where `at` (n_rows,) is not -1."""
    some = at >= 0
    if not len(hits) or not some.any():
        return
    place = np.maximum(at, 0)
    rows.turn = np.where(some, hits.turn[place], rows.turn)
    rows.start = np.where(some, hits.start[place], rows.start)
    rows.end = np.where(some, hits.end[place], rows.end)
    rows.match_start = np.where(some, hits.start[place], rows.match_start)
    rows.match_end = np.where(some, hits.end[place], rows.match_end)
    rows.category = np.where(some, hits.category[place], rows.category)
    rows.misheard = np.where(some, hits.misheard[place], rows.misheard).astype(np.int64)
    rows.number = np.where(some & ~np.isnan(hits.number[place]), hits.number[place], rows.number)


def visible_literal(batch: Batch, start: int, end: int) -> str:
    """The words of a hit as given, for messages and tests."""
    return characters.to_string(batch.points[start:end])
