"""What sound rules can still get wrong with each other, or with themselves: phrases claimed twice, phrases that an
exception swallows. Knows phrases and scopes; judges no call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from math import prod
from typing import NamedTuple

from qa_analyzer.errors import RuleProblem
from qa_analyzer.phrases import GAP, Branch, Phrase, parse_phrase
from qa_analyzer.rulebook.checking import clauses_of, phrases_said
from qa_analyzer.rulebook.messages import Issue, Language
from qa_analyzer.rulebook.model import KeyPath, Rule, Rulebook
from qa_analyzer.rulebook.schema import Clause, Rubric, Status, Trigger

WORDINGS_SHOWN = 3

Spoken = Clause | Trigger


def are_grouped(rubric: Rubric, first: str, second: str) -> bool:
    """Whether the rubric says that two rules belong together, so that what they share is intended."""
    pair = {first, second}
    return any(pair <= set(group.rules) for group in rubric.groups) or any(
        pair <= {one.rule, *one.instead_of} for one in rubric.replaces
    )


# ---- phrases that two rules claim ------------------------------------------------------------------------------


FORBIDS, REQUIRES, ACCEPTS = "forbids", "requires", "accepts"


@dataclass(frozen=True, slots=True)
class _Claim:
    """A phrase that a clause of a rule forbids, requires, or accepts as one of several alternatives."""

    rule: Rule
    kind: str
    at: KeyPath
    phrase: Phrase
    branch: Branch


def shared_phrases(rulebook: Rulebook, *, lang: Language = "zh") -> list[RuleProblem]:
    """Wordings that two rules claim from the same speaker in the same scope on the same occasion, one for each pair:
    both forbid them, both require them, or one forbids what the other wants.

    What both merely accept beside other things is no claim: it is how rules excuse the same situation. Rules that are
    off, rules for different types of call and rules that the rubric groups claim nothing together.
    """
    places: dict[tuple[object, ...], list[_Claim]] = defaultdict(list)
    for rule in rulebook.rules:
        if rule.spec.status is Status.OFF:
            continue
        for where, claim in _claims(rule):
            for literal in claim.branch.parts[0].literals:
                places[*where, literal].append(claim)
    shared: dict[tuple[str, str, bool], list[_Shared]] = defaultdict(list)
    done: set[tuple[int, int]] = set()
    meet: dict[tuple[str, str], bool] = {}
    for claims in places.values():
        for first, second in combinations(claims, 2):
            # Two branches meet at each first literal that they share; they are compared once.
            if first.rule.id == second.rule.id or (id(first), id(second)) in done:
                continue
            done.add((id(first), id(second)))
            pair = (first.rule.id, second.rule.id)
            if pair not in meet:
                meet[pair] = _may_meet(first.rule, second.rule, rulebook.rubric)
            if not meet[pair]:
                continue
            kinds = {first.kind, second.kind}
            if ACCEPTS in kinds and FORBIDS not in kinds:
                continue
            count = _count_common(first.branch, second.branch)
            if count:
                shared[*pair, len(kinds) > 1].append(_Shared(first, second, count))
    found = []
    for (_, _, contrary), several in shared.items():
        first, second = several[0].first, several[0].second
        wordings = (wording for one in several for wording in _common(one.first.branch, one.second.branch))
        facts = {
            "other": first.rule.id,
            "place": f"{first.rule.path.name}:{first.rule.line_of(first.at)}",
            "wordings": "、".join(f"「{one}」" for one in islice(dict.fromkeys(islice(wordings, 50)), WORDINGS_SHOWN)),
            "count": str(sum(one.wordings for one in several)),
        }
        line = second.rule.line_of(second.at)
        what = "contrary_phrase" if contrary else "shared_phrase"
        found.append(RuleProblem(second.rule.path, line, Issue(line, what, facts).text(lang)))
    return sorted(found, key=lambda one: (str(one.path), one.line, one.message))


def _claims(rule: Rule) -> Iterator[tuple[tuple[object, ...], _Claim]]:
    when = tuple(trigger.model_dump_json(exclude_defaults=True) for trigger in rule.spec.when or ())
    for path, clause in clauses_of(rule.spec):
        kind = FORBIDS if path[0] == "forbid" else ACCEPTS if "any" in path else REQUIRES
        scope = "" if clause.in_ is None else clause.in_.model_dump_json(exclude_defaults=True)
        for at, text in phrases_said(clause.says, (*path, "says")):
            phrase = parse_phrase(text)
            for branch in phrase.branches:
                shape = (phrase.at_start, phrase.at_end, branch.wide)
                claim = _Claim(rule, kind, at, phrase, branch)
                yield (clause.by, scope, when, *shape), claim


def _may_meet(first: Rule, second: Rule, rubric: Rubric) -> bool:
    return bool(set(first.spec.applies_to) & set(second.spec.applies_to)) and not are_grouped(
        rubric, first.id, second.id
    )


class _Shared(NamedTuple):
    """Two claims and the number of wordings that both stand for."""

    first: _Claim
    second: _Claim
    wordings: int


def _count_common(first: Branch, second: Branch) -> int:
    """How many wordings both branches, of the same shape, stand for."""
    return prod(
        len(set(one.literals) & set(other.literals)) for one, other in zip(first.parts, second.parts, strict=True)
    )


def _common(first: Branch, second: Branch) -> Iterator[str]:
    """The wordings that both branches, of the same shape, stand for; gaps shown as …"""
    both = [
        sorted(set(one.literals) & set(other.literals)) for one, other in zip(first.parts, second.parts, strict=True)
    ]
    return (GAP.join(parts) for parts in product(*both))


# ---- phrases that an exception swallows ------------------------------------------------------------------------


def swallowed_phrases(rulebook: Rulebook, *, lang: Language = "zh") -> list[RuleProblem]:
    """Phrases that never count, because wherever they hit, an exception of the same clause hits inside them."""
    found = []
    for rule in rulebook.rules:
        for path, clause in _spoken(rule):
            exceptions = [(key, _Exceptions(texts, word=clause.word)) for key, texts in _exceptions(clause) if texts]
            for at, text in phrases_said(clause.says, (*path, "says")) if exceptions else ():
                phrase = parse_phrase(text)
                guilty = [(key, exception) for key, one in exceptions if (exception := one.swallow(phrase))]
                if guilty:
                    line = rule.line_of(at)
                    facts = {"phrase": text, "key": guilty[0][0], "exception": guilty[0][1]}
                    found.append(RuleProblem(rule.path, line, Issue(line, "swallowed", facts).text(lang)))
    return found


def _spoken(rule: Rule) -> Iterator[tuple[KeyPath, Spoken]]:
    for number, trigger in enumerate(rule.spec.when or []):
        yield ("when", number), trigger
    for path, top in clauses_of(rule.spec):
        at: KeyPath = path
        clause: Clause | None = top
        while clause is not None:
            yield at, clause
            at, clause = (*at, "then"), clause.then


def _exceptions(clause: Spoken) -> Iterator[tuple[str, list[str]]]:
    """The exceptions that hold inside the hit itself, by key: `unless`, and `unless_in` the same turn."""
    yield "unless", clause.unless or []
    beside = [
        one
        for one in clause.unless_in or ()
        if one.in_.model_dump(exclude_defaults=True) == {"same_turn": True} and one.by in (None, clause.by)
    ]
    yield "unless_in", [text for one in beside for text in one.says]


class _Exceptions:
    """The exceptions of a clause, ready to tell which of its phrases they swallow.

    Literals of exceptions without a gap are kept by text, since a rule may have thousands; the rest is few.
    """

    def __init__(self, texts: Sequence[str], *, word: bool) -> None:
        self._word = word
        self._anywhere: dict[str, str] = {}
        self._anchored: list[tuple[str, Phrase]] = []
        self._with_gaps: list[tuple[Branch, Phrase]] = []
        for phrase in map(parse_phrase, texts):
            for branch in phrase.branches:
                if len(branch.parts) > 1:
                    self._with_gaps.append((branch, phrase))
                elif phrase.at_start or phrase.at_end:
                    self._anchored += [(literal, phrase) for literal in branch.parts[0].literals]
                else:
                    self._anywhere.update(dict.fromkeys(branch.parts[0].literals, phrase.text))

    def swallow(self, phrase: Phrase) -> str:
        """The exception that swallows every wording of the phrase (one of them); empty if some wording escapes."""
        guilty = ""
        for branch in phrase.branches:
            guilty = self._covering(branch, phrase) or self._inside_some_part(branch, phrase)
            if not guilty:
                return ""
        return guilty

    def _covering(self, branch: Branch, phrase: Phrase) -> str:
        """An exception with the same parts, perhaps with more alternatives or wider gaps."""
        for other, exception in self._with_gaps:
            if (
                len(other.parts) == len(branch.parts)
                and exception.at_start <= phrase.at_start
                and exception.at_end <= phrase.at_end
                and all(mine <= theirs for mine, theirs in zip(branch.wide, other.wide, strict=True))
                and all(set(a.literals) <= set(b.literals) for a, b in zip(branch.parts, other.parts, strict=True))
            ):
                return exception.text
        return ""

    def _inside_some_part(self, branch: Branch, phrase: Phrase) -> str:
        for place, part in enumerate(branch.parts):
            starts = phrase.at_start and place == 0
            ends = phrase.at_end and place == len(branch.parts) - 1
            guilty = ""
            for literal in part.literals:
                guilty = self._inside(literal, starts=starts, ends=ends)
                if not guilty:
                    break
            if guilty:
                return guilty
        return ""

    def _inside(self, literal: str, *, starts: bool, ends: bool) -> str:
        """The exception that hits inside a literal wherever it stands. `starts`, `ends`: it stands at that end."""
        if self._word:
            # Inside a longer literal an exception need not be cut as a word.
            return self._anywhere.get(literal, "")
        for start in range(len(literal)):
            for end in range(start + 1, len(literal) + 1):
                if literal[start:end] in self._anywhere:
                    return self._anywhere[literal[start:end]]
        for other, exception in self._anchored:
            fits_start = not exception.at_start or (starts and literal.startswith(other))
            fits_end = not exception.at_end or (ends and literal.endswith(other))
            whole = not (exception.at_start and exception.at_end) or literal == other
            if fits_start and fits_end and whole:
                return exception.text
        return ""
