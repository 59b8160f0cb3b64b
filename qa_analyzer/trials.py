"""Rules tried on calls without a report: how often each verdict comes, and findings with the words around them.

Reads inputs as a run does, each call id once. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qa_analyzer.analysis import Analysis, analyse
from qa_analyzer.coverage import Counts
from qa_analyzer.emotion.model import Estimates, load_model
from qa_analyzer.judging import Ruleset, Verdict
from qa_analyzer.model import CALL_SCHEMA
from qa_analyzer.pages import build_pages
from qa_analyzer.readers import load, plan
from qa_analyzer.tables import build_tables
from qa_analyzer.writers.page import CallPage

Lang = Literal["zh", "en"]


@dataclass(frozen=True)
class Tally:
    """What came of trying rules: calls judged, calls rejected, and rule id → calls by verdict."""

    calls: int
    rejected: int
    counts: dict[str, Counts]


def judged_blocks(
    inputs: Sequence[str], ruleset: Ruleset, *, lang: Lang = "zh", model: Estimates | None = None
) -> Iterator[tuple[Analysis, int]]:
    """Block by block: the calls judged, and how many were rejected (repeated ids too).

    Raises InputError for a path that does not exist.
    """
    model = model or load_model()
    seen: set[str] = set()
    for block in plan(inputs, lang=lang):
        chunk = load(block, lang=lang, time_zone=ruleset.rubric.time_zone)
        fresh = []
        for index, one in enumerate(chunk.calls.column("call_id").to_pylist()):
            if one not in seen:
                seen.add(one)
                fresh.append(index)
        calls = chunk.calls.take(pa.array(fresh, pa.int64()))
        if calls.num_rows or chunk.rejected:
            yield analyse(calls, ruleset, model), chunk.read - len(fresh)


def tally(inputs: Sequence[str], ruleset: Ruleset, *, lang: Lang = "zh") -> Tally:
    """How often each rule passed, failed, did not apply, could not tell."""
    counts = np.zeros((len(ruleset.rules), len(Verdict)), np.int64)
    calls = rejected = 0
    for analysis, refused in judged_blocks(inputs, ruleset, lang=lang):
        counts += count_verdicts(analysis)
        calls += analysis.batch.n_calls
        rejected += refused
    by_rule = {
        rule.id: Counts(*(int(counts[number, verdict]) for verdict in _IN_ORDER))
        for number, rule in enumerate(ruleset.rules)
    }
    return Tally(calls, rejected, by_rule)


_IN_ORDER = (Verdict.PASS, Verdict.FAIL, Verdict.NOT_APPLICABLE, Verdict.UNDETERMINED)


def count_verdicts(analysis: Analysis) -> NDArray[np.int64]:
    """(n_rules, n_verdicts) calls by verdict."""
    verdicts = analysis.judgement.verdicts
    return np.stack([(verdicts == verdict).sum(axis=0) for verdict in Verdict], axis=1).astype(np.int64)


@dataclass(frozen=True)
class Preview:
    """What one rule says about an input: how often, and its first findings.

    tally: calls by verdict; findings: verdict → number of findings; pages: calls with the findings to be shown, each
    with the numbers of those rows in `page.findings`.
    """

    tally: Tally
    findings: dict[str, int]
    pages: list[tuple[CallPage, list[int]]]


def preview(
    inputs: Sequence[str],
    ruleset: Ruleset,
    *,
    verdicts: Sequence[Verdict] = (Verdict.FAIL, Verdict.UNDETERMINED),
    most: int = 5,
    lang: Lang = "zh",
    mask: bool = True,
    model: Estimates | None = None,
) -> Preview:
    """Try a rule set of one rule. The first `most` findings of these verdicts are shown, in the order of the input."""
    model = model or load_model()
    counts = np.zeros((1, len(Verdict)), np.int64)
    findings = dict.fromkeys(verdicts, 0)
    calls = rejected = shown = 0
    pages: list[tuple[CallPage, list[int]]] = []
    for analysis, refused in judged_blocks(inputs, ruleset, lang=lang, model=model):
        counts += count_verdicts(analysis)
        calls += analysis.batch.n_calls
        rejected += refused
        rows = analysis.judgement.rows
        wanted = np.flatnonzero(np.isin(rows.verdict, [int(one) for one in verdicts]))
        for verdict in verdicts:
            findings[verdict] += int((rows.verdict == verdict).sum())
        chosen = np.unique(rows.call[wanted[: most - shown]])
        if not len(chosen):
            continue
        # Judged again by themselves: a page costs more than a verdict, and only a few are asked for.
        few = analyse(analysis.batch.columns.take(pa.array(chosen)), ruleset, model)
        for page in build_pages(few, ruleset, lang, mask=mask):
            mine = [at for at, one in enumerate(page.findings) if one["verdict"] in {each.code for each in verdicts}]
            mine = mine[: most - shown]
            shown += len(mine)
            pages.append((page, mine))
    total = Counts(*(int(counts[0, verdict]) for verdict in _IN_ORDER))
    by_rule = {ruleset.rules[0].id: total}
    return Preview(Tally(calls, rejected, by_rule), {one.code: count for one, count in findings.items()}, pages)


def call_columns(ruleset: Ruleset) -> list[str]:
    """The columns that the calls table has with these rules."""
    nothing = analyse(pa.RecordBatch.from_pylist([], schema=CALL_SCHEMA), ruleset, load_model())
    names: list[str] = build_tables(nothing, ruleset, "zh")[0].calls.column_names
    return names
