"""Analysis → what one call's page shows: turns, findings, emotion, points, reasons, phases, frameworks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.analysis import Analysis
from qa_analyzer.emotion.model import STEPS_PER_UNIT, EmotionModel
from qa_analyzer.emotion.reasons import explain
from qa_analyzer.judging import Ruleset
from qa_analyzer.model import Role
from qa_analyzer.overlaps import Overlap, find_overlaps
from qa_analyzer.phases import PHASES, Phases
from qa_analyzer.privacy import mask_string, masked_points
from qa_analyzer.progress import Progress, Stage, all_phases, follow_frameworks
from qa_analyzer.rulebook.waivers import NO_WAIVERS, Waivers
from qa_analyzer.tables import build_tables, score_analysis
from qa_analyzer.text import to_string
from qa_analyzer.writers.page import (
    CallPage,
    CriterionScore,
    EmotionPoint,
    FrameworkView,
    OverlapView,
    PhaseView,
    Reason,
    Row,
    StageView,
    TurnView,
    Why,
    WhyPart,
)


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
    reasons = _Reasons(analysis, points, calls)
    phases = all_phases(analysis, ruleset)
    floor = ruleset.rubric.thresholds.get("phase_confidence", 0.5)
    progress = follow_frameworks(analysis, ruleset)
    overlaps = _Overlaps(analysis, ruleset, points)
    weights = [(code, one.weight) for code, one in ruleset.rubric.criteria.items()]
    recordings = batch.columns.column("recording_url").to_pylist()
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
                emotion=[
                    EmotionPoint(one["turn"], one["value"], one["label"], one["confidence"]) for one in emotion[felt]
                ],
                criteria=points_of,
                reasons=reasons.of_call(call),
                phases=_phases_of(phases, call, int(batch.call_turn[call]), floor),
                frameworks=[_framework(one, call, analysis, lang) for one in progress if one.applies[call]],
                overlaps=overlaps.of_call(call),
                overlaps_left_out=int(overlaps.left_out[call]),
                whys=_whys_of(analysis, points, call),
                recording_url=recordings[call] if not mask else _unless_private(recordings[call]),
            )
        )
    return pages


def _whys_of(analysis: Analysis, points: NDArray[np.uint32], call: int) -> list[Why]:
    """The parts of each emotion value of a call. `points`: the text as it may be shown."""
    batch, model = analysis.batch, analysis.model
    found = []
    for turn in range(int(batch.call_turn[call]), int(batch.call_turn[call + 1])):
        if batch.turn_role[turn] != Role.CUSTOMER:
            continue
        start, end = int(batch.turn_text[turn]), int(batch.turn_text[turn + 1]) - 1
        value = float(analysis.court.mood.value[turn])
        parts = None
        if isinstance(model, EmotionModel):
            parts = [
                WhyPart(
                    one.kind, one.thousandths / STEPS_PER_UNIT, to_string(points[start + one.start : start + one.end])
                )
                for one in explain(model, batch.normal, start, end, value=value)
            ]
        found.append(Why(turn - int(batch.call_turn[call]), round(value, 3), parts))
    return found


def _unless_private(url: str | None) -> str | None:
    """An address with somebody's number in it is not shown: masked it would lead nowhere."""
    return url if url and mask_string(url) == url else None


class _Reasons:
    """The words that decided the columns of a batch, for each call. `calls`: rows of the calls table."""

    def __init__(self, analysis: Analysis, points: NDArray[np.uint32], calls: Sequence[Row]) -> None:
        self._batch, self._points, self._calls = analysis.batch, points, calls
        profile = analysis.profile
        self._evidence = {
            "complaint_type": profile.type_evidence,
            "escalation_risk": profile.risk_evidence,
            "escalation_kind": profile.kind_evidence,
            "repeat_contact": profile.repeat_evidence,
            "promised_h": analysis.promises.evidence,
            "resolution": analysis.court.facts.decided_by,
        }

    def of_call(self, call: int) -> list[Reason]:
        """One reason for each column that somebody's words decided."""
        batch, found = self._batch, []
        for column, evidence in self._evidence.items():
            turn, start, end = (int(part[call]) for part in (evidence.turn, evidence.start, evidence.end))
            value = self._calls[call][column]
            if turn < 0 or value is None:
                continue
            found.append(
                Reason(
                    column=column,
                    value=value,
                    turn=turn - int(batch.call_turn[call]),
                    role=Role(int(batch.turn_role[turn])).code,
                    start_ms=int(batch.turn_start_ms[turn]) if batch.turn_timed[turn] else None,
                    quote=to_string(self._points[start:end]),
                )
            )
        return found


class _Overlaps:
    """The overlaps of a batch, for each call."""

    def __init__(self, analysis: Analysis, ruleset: Ruleset, points: NDArray[np.uint32]) -> None:
        self._batch, self._points = analysis.batch, points
        court, limits = analysis.court, ruleset.rubric.thresholds
        self._limit_ms = round(limits.get("interruption_overlap_s", 2.0) * 1000)
        self._fewest = limits.get("interruption_characters", 4)
        found, self.left_out = find_overlaps(self._batch, court.timing, court.cues, limits)
        self._calls: dict[int, list[Overlap]] = {}
        for one in found:
            self._calls.setdefault(one.call, []).append(one)

    def of_call(self, call: int) -> list[OverlapView]:
        """The overlaps of one call, by time."""
        return [self._view(one) for one in self._calls.get(call, ())]

    def _view(self, one: Overlap) -> OverlapView:
        batch = self._batch
        return OverlapView(
            start_ms=one.start_ms,
            length_ms=one.length_ms,
            sounding_ms=one.sounding_ms,
            turn=one.turn - int(batch.call_turn[one.call]),
            role=Role(int(batch.turn_role[one.turn])).code,
            over=Role(int(batch.turn_role[one.over])).code,
            kind=one.kind.code,
            note=one.note.code,
            note_ms=one.gap_ms,
            counted=one.counted.code,
            ground=one.ground.code,
            counted_ms=one.counted_ms,
            characters=one.characters,
            limit_ms=self._limit_ms,
            fewest=self._fewest,
            quote=to_string(self._points[one.start : one.end]) + "…" * one.cut,
        )


def _phases_of(phases: Phases, call: int, first: int, floor: float) -> list[PhaseView]:
    views = []
    for place, name in enumerate(PHASES):
        start, end = int(phases.start[place, call]), int(phases.end[place, call])
        sure = bool(phases.confidence[place, call] > floor)
        there = end > start
        views.append(PhaseView(name, start - first if there else None, end - 1 - first if there else None, sure))
    return views


def _framework(progress: Progress, call: int, analysis: Analysis, lang: Literal["zh", "en"]) -> FrameworkView:
    first = int(analysis.batch.call_turn[call])
    turns = progress.turn[call]
    in_order = sorted(int(turn) for turn in turns if turn >= 0)
    stages = []
    for place, stage in enumerate(progress.framework.spec.stages):
        turn = int(turns[place])
        stages.append(
            StageView(
                name=stage.name if lang == "zh" else stage.en,
                status=Stage(int(progress.status[call, place])).code,
                turn=turn - first if turn >= 0 else None,
                order=in_order.index(turn) + 1 if turn >= 0 else None,
            )
        )
    spec = progress.framework.spec
    return FrameworkView(
        spec.name if lang == "zh" else spec.en,
        stages,
        int(progress.reached[call]),
        int(progress.heard[call]),
        spec.why_in(lang),
    )
