"""What a rule or rubric of sound shape can still get wrong in meaning.

Knows which keys need each other, which phrases can never hit, which names must exist. Works on drafts: where `damaged`
says that something was left out, nothing is concluded from its absence. Does not know files or YAML.
"""

from __future__ import annotations

import re
import string
import zoneinfo
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from qa_analyzer.phrases import Phrase, PhraseError, parse_phrase
from qa_analyzer.rulebook.messages import choices
from qa_analyzer.rulebook.model import EXAMPLE_KINDS, KeyPath
from qa_analyzer.rulebook.schema import (
    WORDED_FIGURES,
    AnyOf,
    Category,
    Clause,
    Neighbour,
    Rubric,
    RuleFile,
    Says,
    Scope,
    Severity,
)

PLACEHOLDERS = ("match", "category", "overlap", "waited", "figure")
_DATE = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00")
_RELATIVE = ("same_turn", "next", "previous")
_COSTING = (Severity.MINOR, Severity.MAJOR)


@dataclass(frozen=True, slots=True)
class Flaw:
    """A mistake at a key path; `what` is a key of `messages.MESSAGES`."""

    at: KeyPath
    what: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names that rules may use. None = not known, because the rubric is damaged there; then nothing is checked."""

    criteria: Collection[str] | None = None
    thresholds: Collection[str] | None = None
    figures: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class _Damage:
    paths: frozenset[KeyPath]

    def spares(self, path: KeyPath) -> bool:
        """True if everything at and below `path` was read."""
        return not any(damage[: len(path)] == path for damage in self.paths)

    def spares_value(self, path: KeyPath) -> bool:
        """True if the value at `path` is what was written, and no substitute."""
        return path not in self.paths


def rule_flaws(rule: RuleFile, damaged: frozenset[KeyPath], names: KnownNames) -> list[Flaw]:
    """Everything wrong with the meaning of a draft rule."""
    damage = _Damage(damaged)
    return [
        *_names(rule, damage, names),
        *_tests(rule, damage),
        *_triggers(rule, damage, names),
        *_clauses(rule, damage, names),
        *_measure(rule, damage, names),
        *_messages(rule, damage),
        *_examples(rule, damage),
    ]


def rubric_flaws(rubric: Rubric, damaged: frozenset[KeyPath], rule_ids: Collection[str] | None) -> list[Flaw]:
    """Everything wrong with the meaning of a draft rubric. `rule_ids`: None if the rubric is not of this folder."""
    damage = _Damage(damaged)
    return [
        *_weights(rubric, damage),
        *_grades(rubric, damage),
        *_rubric_phrases(rubric, damage),
        *_time_zone(rubric, damage),
        *(_rule_ids(rubric, damage, rule_ids) if rule_ids is not None else ()),
        *_group_members(rubric, damage),
    ]


# ---- rules -----------------------------------------------------------------------------------------------------


def _names(rule: RuleFile, damage: _Damage, names: KnownNames) -> Iterator[Flaw]:
    if names.criteria is not None and damage.spares(("criterion",)) and rule.criterion not in names.criteria:
        yield Flaw(
            ("criterion",), "unknown_criterion", {"value": rule.criterion, **choices(rule.criterion, names.criteria)}
        )


def _tests(rule: RuleFile, damage: _Damage) -> Iterator[Flaw]:
    if rule.measure is not None:
        for key, value in (("require", rule.require), ("forbid", rule.forbid)):
            if value is not None:
                yield Flaw(("measure",), "measure_mixed", {"key": key})
        if rule.when is not None:
            yield Flaw(("measure",), "measure_when")
    written = (rule.require, rule.forbid, rule.measure)
    top_intact = () not in damage.paths and all(map(damage.spares, (("require",), ("forbid",), ("measure",))))
    if all(value is None for value in written) and top_intact:
        yield Flaw((), "no_test")


def _triggers(rule: RuleFile, damage: _Damage, names: KnownNames) -> Iterator[Flaw]:
    for number, trigger in enumerate(rule.when or []):
        path: KeyPath = ("when", number)
        says = _SaysOf(trigger.says, trigger.unless, trigger.unless_in or [], trigger.word)
        yield from _phrases(says, path, damage)
        asks = (
            trigger.by,
            trigger.says,
            trigger.feels,
            trigger.silence,
            trigger.unanswered,
            trigger.longer_than,
            trigger.phase,
        )
        if all(value is None for value in (*asks, trigger.in_, trigger.call)) and damage.spares(path):
            yield Flaw(path, "nothing_to_find", {"key": "when"})
        if trigger.announced is not None and trigger.silence is None and damage.spares(path):
            yield Flaw((*path, "announced"), "without", {"key": "announced", "other": "silence"})
        if trigger.silence is not None:
            yield from _timestamps(rule, damage, (*path, "silence"))
        if trigger.unanswered is not None:
            yield from _timestamps(rule, damage, (*path, "unanswered"))
        if trigger.in_ is not None:
            yield from _scope(trigger.in_, (*path, "in"))
            for word in _relative(trigger.in_):
                yield Flaw((*path, "in"), "no_occasion_in_when", {"scope": word})
            if trigger.in_.first_turn and trigger.by is None and damage.spares((*path, "by")):
                yield Flaw((*path, "in"), "first_turn_by")
        yield from _thresholds(trigger, ("silence", "unanswered", "longer_than"), path, names)
        for index, neighbour in enumerate(trigger.unless_in or []):
            yield from _neighbour(neighbour, (*path, "unless_in", index), trigger.by, damage)


def _clauses(rule: RuleFile, damage: _Damage, names: KnownNames) -> Iterator[Flaw]:
    has_occasion = rule.when is not None or not damage.spares(("when",))
    for path, clause in clauses_of(rule):
        yield from _clause(rule, clause, path, damage, names, has_occasion=has_occasion)


def clauses_of(rule: RuleFile) -> Iterator[tuple[KeyPath, Clause]]:
    """Every clause directly under `require` and `forbid`, those of `any` too, with its key path."""
    for key, written in (("require", rule.require), ("forbid", rule.forbid)):
        for number, item in enumerate(written or []):
            if isinstance(item, AnyOf):
                for index, clause in enumerate(item.any):
                    yield (key, number, "any", index), clause
            else:
                yield (key, number), item


def _clause(
    rule: RuleFile, clause: Clause, path: KeyPath, damage: _Damage, names: KnownNames, *, has_occasion: bool
) -> Iterator[Flaw]:
    says = _SaysOf(clause.says, clause.unless, clause.unless_in or [], clause.word)
    yield from _phrases(says, path, damage)
    looks = (clause.says, clause.feels, clause.interrupts, clause.hangs_up)
    if all(value is None for value in looks) and damage.spares(path):
        yield Flaw(path, "nothing_to_find", {"key": _last_key(path)})
    if clause.interrupts is not None:
        yield from _timestamps(rule, damage, (*path, "interrupts"))
        yield from _thresholds(clause.interrupts, ("overlap", "characters"), (*path, "interrupts"), names)
        if clause.interrupts.overlap is None and clause.interrupts.characters is None and damage.spares(path):
            yield Flaw((*path, "interrupts"), "nothing_to_find", {"key": "interrupts"})
    if clause.hangs_up is not None:
        yield from _thresholds(clause.hangs_up, ("sooner_than",), (*path, "hangs_up"), names)
        if clause.hangs_up.sooner_than is None and clause.hangs_up.before is None and damage.spares(path):
            yield Flaw((*path, "hangs_up"), "nothing_to_find", {"key": "hangs_up"})
    if clause.in_ is not None:
        yield from _scope(clause.in_, (*path, "in"))
        if not has_occasion:
            for word in _relative(clause.in_):
                yield Flaw((*path, "in"), "no_occasion", {"scope": word})
        if clause.in_.first_turn and clause.by is None and damage.spares((*path, "by")):
            yield Flaw((*path, "in"), "first_turn_by")
    for index, neighbour in enumerate(clause.unless_in or []):
        yield from _neighbour(neighbour, (*path, "unless_in", index), clause.by, damage)
    if clause.then is not None:
        yield from _clause(rule, clause.then, (*path, "then"), damage, names, has_occasion=True)


def _neighbour(neighbour: Neighbour, path: KeyPath, by: str | None, damage: _Damage) -> Iterator[Flaw]:
    yield from _scope(neighbour.in_, (*path, "in"))
    clause_by = (*path[:-2], "by")
    if neighbour.in_.first_turn and neighbour.by is None and by is None and damage.spares(clause_by):
        yield Flaw((*path, "in"), "first_turn_by")


def _timestamps(rule: RuleFile, damage: _Damage, path: KeyPath) -> Iterator[Flaw]:
    if "timestamps" not in rule.needs and damage.spares(("needs",)):
        yield Flaw(path, "needs_timestamps", {"key": str(path[-1])})


def _relative(scope: Scope) -> list[str]:
    return [word for word in _RELATIVE if getattr(scope, word)]


def _scope(scope: Scope, path: KeyPath) -> Iterator[Flaw]:
    for index, clock in enumerate(scope.clock or []):
        if clock and not _CLOCK.fullmatch(clock):
            yield Flaw((*path, "clock", index), "bad_clock", {"value": clock})
    for index, date in enumerate(scope.date or []):
        if date and not _DATE.fullmatch(date):
            yield Flaw((*path, "date", index), "bad_date", {"value": date})


def _thresholds(holder: object, keys: Sequence[str], path: KeyPath, names: KnownNames) -> Iterator[Flaw]:
    for key in keys:
        value = getattr(holder, key)
        if isinstance(value, str) and names.thresholds is not None and value not in names.thresholds:
            yield Flaw((*path, key), "unknown_threshold", {"value": value, **choices(value, names.thresholds)})


def _measure(rule: RuleFile, damage: _Damage, names: KnownNames) -> Iterator[Flaw]:
    measure = rule.measure
    if measure is None:
        return
    if measure.at_most is None and measure.at_least is None:
        yield Flaw(("measure",), "no_limit")
    if names.figures is not None and measure.figure and measure.figure not in names.figures:
        facts = {"value": measure.figure, **choices(measure.figure, names.figures)}
        yield Flaw(("measure", "figure"), "unknown_figure", facts)
    yield from _thresholds(measure, ("at_most", "at_least", "floor"), ("measure",), names)
    if (measure.of is not None) != (measure.figure in WORDED_FIGURES) and damage.spares(("measure",)):
        key = "measure_words" if measure.of is None else "measure_no_words"
        yield Flaw(("measure", *(("of",) if measure.of else ())), key, {"value": measure.figure})
    if measure.of is not None:
        of = measure.of
        yield from _phrases(_SaysOf(of.says, of.unless, of.unless_in or [], of.word), ("measure", "of"), damage)
        if of.says is None and damage.spares(("measure", "of")):
            yield Flaw(("measure", "of"), "nothing_to_find", {"key": "of"})
        for key in sorted(of.model_fields_set - {"by", "says", "word", "unless", "unless_in"}):
            yield Flaw(("measure", "of"), "measure_of_key", {"key": "in" if key == "in_" else key})


# ---- phrases ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _SaysOf:
    """The phrases of one clause or trigger."""

    says: list[str] | dict[str, list[str] | Category] | None
    unless: list[str] | None
    unless_in: list[Neighbour]
    word: bool


def _phrases(clause: _SaysOf, path: KeyPath, damage: _Damage) -> Iterator[Flaw]:
    parsed: list[Phrase] = []
    complete = damage.spares((*path, "says"))
    for at, text in phrases_said(clause.says, (*path, "says")):
        phrase, flaw = _parsed(text, at, damage, word=clause.word)
        yield from flaw
        if phrase:
            parsed.append(phrase)
        else:
            complete = False
    overlaps = _Overlaps.of(parsed)
    for index, text in enumerate(clause.unless or []):
        at = (*path, "unless", index)
        phrase, flaw = _parsed(text, at, damage, word=clause.word)
        yield from flaw
        if phrase and complete and clause.says is not None and not overlaps.with_phrase(phrase):
            yield Flaw(at, "unless_apart", {"phrase": text})
    for number, neighbour in enumerate(clause.unless_in):
        for index, text in enumerate(neighbour.says):
            at = (*path, "unless_in", number, "says", index)
            yield from _parsed(text, at, damage, word=clause.word)[1]
    if clause.says is None and damage.spares(path):
        for key, written in (("unless", clause.unless), ("word", clause.word)):
            if written:
                yield Flaw((*path, key), "without", {"key": key, "other": "says"})


def phrases_said(
    says: list[str] | dict[str, list[str] | Category] | None, path: KeyPath
) -> Iterator[tuple[KeyPath, str]]:
    """Every phrase that `says` lists, with its key path."""
    if isinstance(says, dict):
        for name, group in says.items():
            inner = (*path, name, "says") if isinstance(group, Category) else (*path, name)
            for index, text in enumerate(group.says if isinstance(group, Category) else group):
                yield (*inner, index), text
    else:
        for index, text in enumerate(says or []):
            yield (*path, index), text


def _parsed(text: str, at: KeyPath, damage: _Damage, *, word: bool) -> tuple[Phrase | None, list[Flaw]]:
    if not damage.spares_value(at):
        return None, []
    try:
        phrase = parse_phrase(text)
    except PhraseError as error:
        return None, [Flaw(at, "phrase", {"phrase": text, "reason": error.what, "sign": error.sign})]
    if phrase.is_one_character and not word:
        return phrase, [Flaw(at, "one_character", {"phrase": text})]
    return phrase, []


@dataclass(frozen=True, slots=True)
class _Overlaps:
    """Which literals can share text with the literals of some phrases.

    Two literals can overlap iff one contains the other or an end of one is a beginning of the other. Only literals are
    judged: the text in a gap could by accident hold anything, and an `unless` that hopes for such an accident excuses
    what its author did not mean. So 抱歉…没有这回事 overlaps 抱歉 by its first part, 谢谢…配合 does not.
    """

    literals: frozenset[str]
    joined: str

    @classmethod
    def of(cls, phrases: Sequence[Phrase]) -> _Overlaps:
        literals = frozenset(literal for phrase in phrases for literal in phrase.literals)
        # One long string: to search it is far quicker than to list the parts of thousands of literals.
        return cls(literals, _EDGE + _EDGE.join(sorted(literals)) + _EDGE)

    def with_phrase(self, phrase: Phrase) -> bool:
        """True if some literal of `phrase` can share at least one character with some literal of the set."""
        return any(
            literal in self.joined
            or any(part in self.literals for part in _insides(literal))
            or any(_EDGE + part in self.joined for part in _ends(literal))
            or any(part + _EDGE in self.joined for part in _beginnings(literal))
            for literal in phrase.literals
        )


_EDGE = "\n"
"""Stands between literals; no literal holds it."""


def _beginnings(literal: str) -> Iterator[str]:
    return (literal[:end] for end in range(1, len(literal) + 1))


def _ends(literal: str) -> Iterator[str]:
    return (literal[start:] for start in range(len(literal)))


def _insides(literal: str) -> Iterator[str]:
    return (part for start in range(len(literal)) for part in _beginnings(literal[start:]))


# ---- messages and examples -------------------------------------------------------------------------------------


def _messages(rule: RuleFile, damage: _Damage) -> Iterator[Flaw]:
    clauses = [clause for _, top in clauses_of(rule) for clause in _with_then(top)]
    whole_rule = damage.spares(("require",)) and damage.spares(("forbid",)) and damage.spares(("when",))
    says = [*(clause.says for clause in clauses), *(trigger.says for trigger in rule.when or [])]
    empty = {}
    if whole_rule:
        if not any(isinstance(one, dict) for one in says):
            empty["category"] = "says has no categories"
        if not any(clause.interrupts for clause in clauses):
            empty["overlap"] = "no interrupts"
        if rule.measure is None and damage.spares(("measure",)):
            empty["figure"] = "no measure"
    yield from _placeholders(rule.message, ("message",), empty)
    if rule.en is not None and rule.en.message is not None:
        yield from _placeholders(rule.en.message, ("en", "message"), empty)
    if rule.en is not None and whole_rule:
        named = {name for one in says if isinstance(one, dict) for name in one} | set(rule.source)
        for name in rule.en.words:
            if name not in named:
                yield Flaw(("en", "words"), "unknown_word", {"value": name, **choices(name, sorted(named))})
    yield from _suggestions(rule, [clause.says for clause in clauses], whole_rule=whole_rule)
    triggers = any(isinstance(trigger.says, dict) for trigger in rule.when or [])
    for path, clause in clauses_of(rule):
        if clause.message is not None:
            own = dict(empty)
            mapped = any(isinstance(one.says, dict) for one in _with_then(clause))
            if not mapped and not triggers and damage.spares(path):
                own["category"] = "says has no categories"
            yield from _placeholders(clause.message, (*path, "message"), own)


def _suggestions(rule: RuleFile, says: list[Says | None], *, whole_rule: bool) -> Iterator[Flaw]:
    """Better wording for categories that no clause has."""
    known = {name for one in says if isinstance(one, dict) for name in one}
    places: list[tuple[KeyPath, dict[str, str]]] = [(("suggest_for",), rule.suggest_for)]
    if rule.en is not None:
        places.append((("en", "suggest_for"), rule.en.suggest_for))
    for path, wordings in places if whole_rule else ():
        for name in wordings:
            if name not in known:
                yield Flaw(path, "unknown_category", {"value": name, **choices(name, sorted(known))})


def _with_then(clause: Clause) -> Iterator[Clause]:
    yield clause
    if clause.then is not None:
        yield from _with_then(clause.then)


def _placeholders(message: str, path: KeyPath, empty: Mapping[str, str]) -> Iterator[Flaw]:
    key = str(path[-1])
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(message) if name is not None]
    except ValueError:
        yield Flaw(path, "bad_braces", {"key": key})
        return
    for name in dict.fromkeys(names):
        if name not in PLACEHOLDERS:
            legal = choices(name, PLACEHOLDERS)
            yield Flaw(path, "unknown_placeholder", {"key": key, "name": name, **legal})
        elif name in empty:
            yield Flaw(path, "empty_placeholder", {"key": key, "name": name, "reason": empty[name]})


def _examples(rule: RuleFile, damage: _Damage) -> Iterator[Flaw]:
    for index, example in enumerate(rule.examples):
        path: KeyPath = ("examples", index)
        count = len(example.model_fields_set)
        if count != 1 and damage.spares(path):
            yield Flaw(path, "example_keys", {"count": str(count), **choices("", EXAMPLE_KINDS)})
    if not damage.spares(("examples",)):
        return
    kinds = {name for example in rule.examples for name in example.model_fields_set}
    for kind, name in (("pass", "pass_"), ("fail", "fail")):
        if name not in kinds:
            yield Flaw(("examples",), "no_example", {"kind": kind})
    if rule.needs and "undetermined" not in kinds:
        yield Flaw(("examples",), "no_undetermined")


# ---- rubric ----------------------------------------------------------------------------------------------------


def _weights(rubric: Rubric, damage: _Damage) -> Iterator[Flaw]:
    if damage.spares(("criteria",)) and sum(criterion.weight for criterion in rubric.criteria.values()) <= 0:
        yield Flaw(("criteria",), "weights")
    if damage.spares(("deductions",)):
        for severity in _COSTING:
            if severity not in rubric.deductions:
                yield Flaw(("deductions",), "no_deduction", {"severity": severity.value})


def _grades(rubric: Rubric, damage: _Damage) -> Iterator[Flaw]:
    if not damage.spares(("grades",)):
        return
    for index in range(1, len(rubric.grades)):
        if rubric.grades[index].from_ >= rubric.grades[index - 1].from_:
            yield Flaw(("grades", index), "grades_order", {"grade": rubric.grades[index].grade})
    lowest = len(rubric.grades) - 1
    if rubric.grades[lowest].from_ != 0:
        yield Flaw(("grades", lowest), "grades_floor", {"grade": rubric.grades[lowest].grade})


def _rubric_phrases(rubric: Rubric, damage: _Damage) -> Iterator[Flaw]:
    # Single characters are legal here: 嗯 alone is a backchannel, and what the list is for decides how it is matched.
    named: list[tuple[KeyPath, list[str]]] = [
        *((("phrases", name), phrases) for name, phrases in rubric.phrases.items()),
        *((("phases", name), phrases) for name, phrases in rubric.phases.items()),
    ]
    for path, phrases in named:
        for index, text in enumerate(phrases):
            yield from _parsed(text, (*path, index), damage, word=True)[1]


def _time_zone(rubric: Rubric, damage: _Damage) -> Iterator[Flaw]:
    zones = zoneinfo.available_timezones()
    if zones and rubric.time_zone not in zones and damage.spares(("time_zone",)):
        yield Flaw(("time_zone",), "bad_time_zone", {"value": rubric.time_zone})


SLIP = 0.9
"""From this likeness (difflib's ratio) on, an unknown rule id is a slip of the pen for a known one."""


def _rule_ids(rubric: Rubric, damage: _Damage, rule_ids: Collection[str]) -> Iterator[Flaw]:
    """Ids that are misspelt. A rubric may name rules that a folder does not have: centres take rules out."""
    used: list[tuple[KeyPath, str]] = [(("rules", rule), rule) for rule in rubric.rules]
    for number, group in enumerate(rubric.groups):
        used += [(("groups", number, "rules", index), rule) for index, rule in enumerate(group.rules)]
    for number, pair in enumerate(rubric.replaces):
        used.append((("replaces", number, "rule"), pair.rule))
        used += [(("replaces", number, "instead_of", index), rule) for index, rule in enumerate(pair.instead_of)]
    for path, rule in used:
        if rule not in rule_ids and damage.spares_value(path) and get_close_matches(rule, rule_ids, 1, SLIP):
            near = choices(rule, rule_ids)["near"]
            yield Flaw(path, "unknown_rule", {"value": rule, "near": near})


def _group_members(rubric: Rubric, damage: _Damage) -> Iterator[Flaw]:
    for number, group in enumerate(rubric.groups):
        for index, rule in enumerate(group.rules):
            path: KeyPath = ("groups", number, "rules", index)
            if rule in group.rules[:index] and damage.spares_value(path):
                yield Flaw(path, "twice_in_group", {"value": rule})
    for number, pair in enumerate(rubric.replaces):
        for index, rule in enumerate(pair.instead_of):
            path = ("replaces", number, "instead_of", index)
            if rule == pair.rule and damage.spares_value(path):
                yield Flaw(path, "replaces_itself", {"value": rule})


def _last_key(path: KeyPath) -> str:
    return next(step for step in reversed(path) if isinstance(step, str))
