"""Runs the examples of rules through the very engine that judges calls."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.emotion.model import Estimates, load_model
from qa_analyzer.examples import (
    ExampleFinding,
    ExampleOutcome,
    ExampleResult,
    ExpectedEvidence,
    Language,
    build_example,
    run_examples,
)
from qa_analyzer.judging import NOWHERE, Ruleset, Verdict
from qa_analyzer.model import Call, calls_to_columns
from qa_analyzer.rulebook.model import Rule, Rulebook
from qa_analyzer.rulebook.schema import AnyOf, Status


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
        clause.feels
        for part in (*(rule.spec.require or ()), *(rule.spec.forbid or ()))
        for clause in (part.any if isinstance(part, AnyOf) else [part])
    ]
    return any(triggers) or any(clauses)
