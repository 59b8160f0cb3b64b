"""Analysis → what one call's page shows: turns, findings, emotion, points."""

from __future__ import annotations

from typing import Literal

import numpy as np

from qa_analyzer.analysis import Analysis
from qa_analyzer.judging import Ruleset
from qa_analyzer.model import Role
from qa_analyzer.privacy import masked_points
from qa_analyzer.rulebook.waivers import NO_WAIVERS, Waivers
from qa_analyzer.tables import build_tables, score_analysis
from qa_analyzer.text import to_string
from qa_analyzer.writers.page import CallPage, CriterionScore, EmotionPoint, TurnView


def build_pages(
    analysis: Analysis,
    ruleset: Ruleset,
    lang: Literal["zh", "en"],
    *,
    mask: bool = True,
    waivers: Waivers = NO_WAIVERS,
) -> list[CallPage]:
    """The pages of all calls of a batch, in order. For some calls only: a loop over turns is fine here."""
    batch = analysis.batch
    points = masked_points(batch) if mask else batch.points
    tables, _ = build_tables(analysis, ruleset, lang, mask=mask, waivers=waivers)
    scores, _ = score_analysis(analysis, ruleset, waivers)
    calls = tables.calls.to_pylist()
    findings = tables.findings.to_pylist()
    emotion = tables.emotion.to_pylist()
    finding_call = tables.findings["call_id"].combine_chunks().indices.to_numpy()
    emotion_call = tables.emotion["call_id"].combine_chunks().indices.to_numpy()
    weights = [(code, one.weight) for code, one in ruleset.rubric.criteria.items()]
    pages = []
    for call, row in enumerate(calls):
        turns = [
            TurnView(
                turn=int(turn - batch.call_turn[call]),
                role=Role(int(batch.turn_role[turn])).code,
                start_ms=int(batch.turn_start_ms[turn]) if batch.turn_timed[turn] else None,
                end_ms=int(batch.turn_end_ms[turn]) if batch.turn_timed[turn] else None,
                text=to_string(points[batch.turn_text[turn] : batch.turn_text[turn + 1] - 1]),
                backchannel=bool(batch.turn_backchannel[turn]),
            )
            for turn in range(int(batch.call_turn[call]), int(batch.call_turn[call + 1]))
        ]
        mine = slice(*np.searchsorted(finding_call, [call, call + 1]))
        felt = slice(*np.searchsorted(emotion_call, [call, call + 1]))
        points_of = [
            CriterionScore(
                code,
                None if scores.criteria[call, index] < 0 else scores.criteria[call, index] / 100,
                None if scores.possible[call, index] < 0 else scores.possible[call, index] / 100,
                float(weight),
            )
            for index, (code, weight) in enumerate(weights)
        ]
        pages.append(
            CallPage(
                call=row,
                turns=turns,
                findings=findings[mine],
                emotion=[EmotionPoint(one["turn"], one["value"], one["label"]) for one in emotion[felt]],
                criteria=points_of,
            )
        )
    return pages
