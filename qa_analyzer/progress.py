"""How a call went through the frameworks: which stages were reached, at which turn. Verdicts and phases → stages.

Knows stages and verdicts; judges nothing itself and costs no points.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.analysis import Analysis
from qa_analyzer.judging import NOWHERE, Ruleset, Verdict
from qa_analyzer.model import CALL_TYPES
from qa_analyzer.phases import PHASES, Phases, find_phases
from qa_analyzer.rulebook.frameworks import Framework, StageFile

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO_TURN = -1
MIDDLE = ("clarifying", "solving")
"""Phases that are only told apart where somebody asks for them."""


class Stage(IntEnum):
    """What became of a stage in a call."""

    REACHED = 0
    MISSED = 1
    NOT_APPLICABLE = 2
    UNDETERMINED = 3
    NOT_AUDIBLE = 4
    NO_RULE = 5

    @property
    def code(self) -> str:
        """ASCII name."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Progress:
    """One framework over the calls of a batch. Shapes: c calls, s stages.

    status (c, s) Stage; turn (c, s): the earliest turn that shows the stage, or NO_TURN; applies (c,).
    """

    framework: Framework
    status: Indices
    turn: Indices
    applies: Mask

    @property
    def reached(self) -> Indices:
        """(c,) stages reached."""
        return np.where(self.applies, (self.status == Stage.REACHED).sum(axis=1), 0)

    @property
    def heard(self) -> Indices:
        """(c,) stages that could be heard: reached or missed."""
        return np.where(self.applies, np.isin(self.status, (Stage.REACHED, Stage.MISSED)).sum(axis=1), 0)

    @property
    def share(self) -> NDArray[np.float64]:
        """(c,) stages reached of those heard; 0 where none could be heard."""
        return self.reached / np.maximum(self.heard, 1)


def all_phases(analysis: Analysis, ruleset: Ruleset) -> Phases:
    """The phases with the middle ones told apart, whether or not a rule asks for them."""
    court = analysis.court
    return court.phases if ruleset.middle_phases else find_phases(court.batch, court.cues, court.transferred)


def follow_frameworks(analysis: Analysis, ruleset: Ruleset) -> list[Progress]:
    """The progress of every call in every framework of the rule set."""
    frameworks = ruleset.rulebook.frameworks
    if not frameworks:
        return []
    verdicts, rows, rule = analysis.judgement.verdicts, analysis.judgement.rows, analysis.judgement.rule
    count = analysis.batch.n_calls
    far = analysis.batch.n_turns
    passing = np.full((count, len(ruleset.rules)), far, np.int64)  # the first turn of evidence
    shown = (rows.verdict == Verdict.PASS) & (rows.turn != NOWHERE)
    np.minimum.at(passing, (rows.call[shown], rule[shown]), rows.turn[shown])
    numbers = {one.id: number for number, one in enumerate(ruleset.rules)}
    middle = any(stage.phase in MIDDLE for one in frameworks for stage in one.spec.stages)
    phases = all_phases(analysis, ruleset) if middle else analysis.court.phases
    floor = ruleset.rubric.thresholds.get("phase_confidence", 0.5)
    assessable = analysis.court.facts.not_assessable < 0
    found = []
    for framework in frameworks:
        types = [CALL_TYPES.index(one) for one in framework.spec.applies_to]
        applies = assessable & np.isin(analysis.court.facts.call_type, types)
        stages = [
            _stage(
                stage, [numbers[one] for one in stage.rules if one in numbers], verdicts, passing, far, phases, floor
            )
            for stage in framework.spec.stages
        ]
        status = np.stack([one[0] for one in stages], axis=1)
        turn = np.stack([one[1] for one in stages], axis=1)
        found.append(Progress(framework, status, turn, applies))
    return found


def _stage(
    stage: StageFile,
    rules: list[int],
    verdicts: NDArray[np.uint8],
    passing: Indices,
    far: int,
    phases: Phases,
    floor: float,
) -> tuple[Indices, Indices]:
    """(c,) Stage and (c,) turn of one stage. Reached by any of its rules or its phase; missed where one of them says
    so; else undetermined, else there was no occasion for it.
    """
    count = len(verdicts)
    nowhere = np.full(count, NO_TURN)
    if not stage.audible:
        return np.full(count, Stage.NOT_AUDIBLE, np.int64), nowhere
    if not rules and stage.phase is None:
        return np.full(count, Stage.NO_RULE, np.int64), nowhere
    given = verdicts[:, rules]
    first = passing[:, rules].min(axis=1, initial=far)
    missed = (given == Verdict.FAIL).any(axis=1)
    unsure = (given == Verdict.UNDETERMINED).any(axis=1)
    if stage.phase is not None:
        place = PHASES.index(stage.phase)
        there = phases.end[place] > phases.start[place]
        sure = phases.confidence[place] > floor
        first = np.where(there & sure, np.minimum(first, phases.start[place]), first)
        unsure |= there & ~sure
        # A call that was cut off gave no chance to close; the other stages were passed over.
        missed |= ~there & (stage.phase != "closing")
    reached = first < far
    status = np.select(
        [reached, missed, unsure], [Stage.REACHED, Stage.MISSED, Stage.UNDETERMINED], Stage.NOT_APPLICABLE
    )
    return status.astype(np.int64), np.where(reached, first, NO_TURN)
