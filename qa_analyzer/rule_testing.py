"""Runs the examples of rules through the very engine that judges calls."""

from __future__ import annotations

import numpy as np

from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.emotion.model import Estimates, load_model
from qa_analyzer.examples import ExampleFinding, ExampleOutcome, ExampleResult, ExpectedEvidence, Language, run_examples
from qa_analyzer.judging import NOWHERE, Ruleset, Verdict
from qa_analyzer.model import Call, calls_to_columns
from qa_analyzer.rulebook.model import Rulebook


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


def check_examples(rulebook: Rulebook, *, lang: Language = "zh") -> list[ExampleResult]:
    """The result of every example of every rule."""
    return run_examples(rulebook, judge_calls, lang=lang)
