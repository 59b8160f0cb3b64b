"""Runs the examples of rules through the very engine that judges calls."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.emotion.model import Estimates, load_model
from qa_analyzer.errors import RuleProblem
from qa_analyzer.examples import (
    ExampleFinding,
    ExampleOutcome,
    ExampleResult,
    ExpectedEvidence,
    JudgedExample,
    Language,
    build_example,
    example_result,
    judge_examples,
    read_script,
    run_examples,
)
from qa_analyzer.judging import NOWHERE, SEVERITIES, Ruleset, Verdict
from qa_analyzer.model import Call, calls_to_columns
from qa_analyzer.rulebook.clashes import are_grouped, shared_phrases, swallowed_phrases
from qa_analyzer.rulebook.messages import Issue
from qa_analyzer.rulebook.model import Rule, Rulebook
from qa_analyzer.rulebook.schema import AnyOf, Clause, Severity, Status


def judge_calls(calls: list[Call], rulebook: Rulebook, *, model: Estimates | None = None) -> list[ExampleOutcome]:
    """Judge plain calls; one outcome a call. Uses the shipped emotion model unless given another."""
    ruleset = Ruleset(rulebook)
    analysis = analyse(calls_to_columns(calls), ruleset, model or load_model())
    rows, rule = analysis.judgement.rows, analysis.judgement.rule
    findings: list[list[ExampleFinding]] = [[] for _ in calls]
    for index in range(len(rows)):
        findings[int(rows.call[index])].append(
            ExampleFinding(
                ruleset.rules[int(rule[index])].id,
                Verdict(int(rows.verdict[index])).code,
                _evidence(analysis, int(rows.turn[index]), int(rows.start[index]), int(rows.end[index])),
                SEVERITIES[int(rows.severity[index])].value,
            )
        )
    return [
        ExampleOutcome(
            {
                one.id: Verdict(int(verdict)).code
                for one, verdict in zip(ruleset.rules, analysis.judgement.verdicts[call], strict=True)
            },
            tuple(findings[call]),
        )
        for call in range(len(calls))
    ]


def _evidence(analysis: Analysis, turn: int, start: int, end: int) -> ExpectedEvidence | None:
    """A span of the batch's text as a span of the utterance it begins in."""
    if turn == NOWHERE:
        return None
    batch = analysis.batch
    starts = batch.utterance_start
    covers = np.flatnonzero((starts <= start) & (start < starts + np.maximum(batch.utterance_length, 1)))
    utterance = int(covers[0])
    call = int(batch.utterance_call[utterance])
    first = int(np.searchsorted(batch.utterance_call, call))
    begin = start - int(starts[utterance])
    return ExpectedEvidence(utterance - first, begin, begin + end - start)


def check_examples(
    rulebook: Rulebook, *, lang: Language = "zh", only: Collection[str] | None = None
) -> list[ExampleResult]:
    """The result of every example of every rule, or of those named in `only`; also of rules that are off, so that they
    can be switched on.
    """
    return run_examples(awake(rulebook), judge_calls, lang=lang, only=only)


def awake(rulebook: Rulebook) -> Rulebook:
    """The rulebook with no rule off."""
    rules = (
        replace(rule, spec=rule.spec.model_copy(update={"status": Status.TRIAL}))
        if rule.spec.status is Status.OFF
        else rule
        for rule in rulebook.rules
    )
    return replace(rulebook, rules=tuple(rules))


@dataclass(frozen=True)
class Checked:
    """What `rules check` finds. Wrong examples and `errors` (phrases that never count) must go; warnings may stay."""

    results: list[ExampleResult]
    errors: list[RuleProblem]
    warnings: list[RuleProblem]


def check_rules(rulebook: Rulebook, *, lang: Language = "zh") -> Checked:
    """Run all examples, and look for rules that contradict each other or themselves."""
    judged = judge_examples(awake(rulebook), judge_calls)
    return Checked(
        [example_result(one, lang=lang) for one in judged],
        swallowed_phrases(rulebook, lang=lang),
        [*shared_phrases(rulebook, lang=lang), *contradictions(judged, rulebook, lang=lang)],
    )


def contradictions(judged: list[JudgedExample], rulebook: Rulebook, *, lang: Language = "zh") -> list[RuleProblem]:
    """Examples of a rule done right in which another rule finds a critical fault, or finds fault with the very words
    that are the evidence. What the rubric groups is intended; rules that are off contradict nobody.
    """
    rules = {rule.id: rule for rule in rulebook.rules if rule.spec.status is not Status.OFF}
    found = []
    for one in judged:
        if one.example.kind != "pass" or one.outcome is None:
            continue
        shown = [f.evidence for f in one.outcome.findings if f.rule == one.rule.id and f.evidence is not None]
        told: set[str] = set()
        for finding in one.outcome.findings:
            other = rules.get(finding.rule)
            if finding.verdict != "fail" or other is None or finding.rule in {one.rule.id, *told}:
                continue
            what = _contradicts(finding, other, shown)
            if what and not are_grouped(rulebook.rubric, one.rule.id, other.id):
                told.add(other.id)
                facts = {"other": other.id, "quote": _quote(one, finding)}
                line = one.example.line
                found.append(RuleProblem(one.rule.path, line, Issue(line, what, facts).text(lang)))
    return found


def _contradicts(finding: ExampleFinding, other: Rule, shown: list[ExpectedEvidence]) -> str:
    """The key of the message, or an empty string."""
    if finding.severity == Severity.CRITICAL.value:
        return "critical_in_pass"
    # Only words that are forbidden: the evidence of something missing is a whole turn, whatever is said in it.
    says = [clause.says for part in other.spec.forbid or () for clause in _clauses(part)]
    forbids = other.spec.require is None and other.spec.measure is None and all(one is not None for one in says)
    span = finding.evidence
    if (
        forbids
        and span
        and any(one.utterance == span.utterance and one.start < span.end and span.start < one.end for one in shown)
    ):
        return "fault_in_evidence"
    return ""


def _clauses(part: AnyOf | Clause) -> list[Clause]:
    return part.any if isinstance(part, AnyOf) else [part]


def _quote(judged: JudgedExample, finding: ExampleFinding) -> str:
    if finding.evidence is None:
        return ""
    utterances = read_script(judged.example.text).utterances[finding.evidence.utterance :]
    words = "".join(one.text for one in utterances)[finding.evidence.start : finding.evidence.end]
    return f"「{words}」"


NEAR_THRESHOLD = 0.05
"""Emotion values this close to a threshold of the rubric may change sides with the next model."""


@dataclass(frozen=True)
class NearThreshold:
    """A customer turn of an example whose emotion value almost decides the other way."""

    rule: Rule
    line: int
    text: str
    value: float
    threshold: str


def examples_near_threshold(rulebook: Rulebook, *, model: Estimates | None = None) -> list[NearThreshold]:
    """Example turns, in rules that ask for a feeling, whose value lies close to the threshold."""
    ruleset = Ruleset(rulebook)
    rules = [rule for rule in ruleset.rules if _feels(rule)]
    pairs = [(rule, example) for rule in rules for example in rule.examples]
    calls = [build_example(rule.id, example)[0] for rule, example in pairs]
    spoken = [(pair, call) for pair, call in zip(pairs, calls, strict=True) if call.utterances]
    if not spoken:
        return []
    analysis = analyse(calls_to_columns([call for _, call in spoken]), ruleset, model or load_model())
    batch, mood = analysis.batch, analysis.court.mood
    found = []
    for key in ("feels_negative", "feels_positive"):
        limit = rulebook.rubric.thresholds.get(key)
        if limit is None:
            continue
        near = mood.known & (np.abs(mood.value - limit) < NEAR_THRESHOLD) & ~batch.turn_backchannel
        for turn in np.flatnonzero(near):
            rule, example = spoken[int(batch.turn_call[turn])][0]
            found.append(NearThreshold(rule, example.line, batch.turn_string(int(turn)), float(mood.value[turn]), key))
    return found


def _feels(rule: Rule) -> bool:
    triggers = [trigger.feels for trigger in rule.spec.when or ()]
    clauses = [
        clause.feels for part in (*(rule.spec.require or ()), *(rule.spec.forbid or ())) for clause in _clauses(part)
    ]
    return any(triggers) or any(clauses)
