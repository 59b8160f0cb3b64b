"""One batch from columns to verdicts: layout, emotion, judging. The same way for an example and a million calls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.batch import Batch, BatchSettings, build_batch, mere_farewells
from qa_analyzer.emotion.model import Estimates, Label, confidence
from qa_analyzer.hearing import Wordings
from qa_analyzer.judging import Court, Judgement, Mood, Ruleset, judge, open_court
from qa_analyzer.model import Role
from qa_analyzer.profile import Profile, build_profile
from qa_analyzer.promises import OverLimit, Promises, compare_with_limits, find_promises
from qa_analyzer.roles import DEFAULT_FLOOR, NOT_GIVEN, AgentVoice, Roles, assign_roles
from qa_analyzer.rulebook.schema import Rubric
from qa_analyzer.turns import TurnSettings

Labels = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Analysis:
    """A batch and what came of it. `labels` (t,) uint8 Label, meaningful where `court.mood.known`.

    `sure` (t,): how sure these are, see `feel`; `profile`: what the customer wants and how the agent talks; `promises`:
    the time of the reply; `over_limit`: that time against its limit; `roles`: how it is known who speaks; `model`: what
    estimated the emotion.
    """

    batch: Batch
    court: Court
    judgement: Judgement
    labels: Labels
    sure: Floats
    profile: Profile
    promises: Promises
    over_limit: OverLimit
    roles: Roles
    model: Estimates


def batch_settings(rubric: Rubric) -> BatchSettings:
    """What the rubric says about turns."""
    limits = rubric.thresholds
    words = [*rubric.phrases.get("backchannel", ()), *rubric.phrases.get("interjection", ())]
    return BatchSettings(
        turns=TurnSettings(
            join_gap_ms=round(limits.get("join_gap_s", 0.2) * 1000), pause_ms=round(limits.get("pause_s", 3.0) * 1000)
        ),
        backchannels=tuple(dict.fromkeys(characters.spoken(word) for word in words)),
    )


def feel(batch: Batch, model: Estimates, rubric: Rubric) -> tuple[Mood, Labels, Floats]:
    """The emotion of every customer turn, its label, and how sure that is. Listening words, events and mere
    farewells are never unhappy.

    Labels (t,) uint8; confidence (t,) float64, NaN for listening words, turns without speech and all other turns.
    """
    turn = np.flatnonzero(batch.turn_role == Role.CUSTOMER)
    value, anger, unhappy, happy = model.estimate(batch.normal, batch.turn_text[turn], batch.turn_text[turn + 1] - 1)
    limits = rubric.thresholds
    mannerly = batch.turn_backchannel[turn] | mere_farewells(batch, turn)
    value = np.where(mannerly, np.maximum(value, 0), value)
    negative = value <= np.float32(limits.get("feels_negative", -0.3))
    angry = negative & (anger >= np.float32(limits.get("feels_angry", 0.5)))
    positive = value >= np.float32(limits.get("feels_positive", 0.3))
    values = np.zeros(batch.n_turns)
    values[turn] = value.astype(np.float64)
    masks = []
    for found in (negative, angry, positive):
        mask = np.zeros(batch.n_turns, np.bool_)
        mask[turn] = found
        masks.append(mask)
    labels = np.full(batch.n_turns, Label.NEUTRAL, np.uint8)
    labels[masks[2]] = Label.POSITIVE
    labels[masks[0]] = Label.NEGATIVE
    labels[masks[1]] = Label.ANGRY
    sure = np.full(batch.n_turns, np.nan)
    told = ~batch.turn_backchannel[turn] & ((unhappy > 0) | (happy > 0))
    sure[turn[told]] = confidence(labels[turn], unhappy, happy)[told]
    return Mood(values, batch.turn_role == Role.CUSTOMER, *masks), labels, sure


def analyse(columns: pa.RecordBatch, ruleset: Ruleset, model: Estimates, agent: AgentVoice = NOT_GIVEN) -> Analysis:
    """Judge the calls of one record batch (CALL_SCHEMA, valid and repaired). `agent`: whose voice is the agent's."""
    settings = batch_settings(ruleset.rubric)
    floor = ruleset.rubric.thresholds.get("role_confidence", DEFAULT_FLOOR)
    roles = assign_roles(columns, settings, floor=floor, agent=agent)
    batch = build_batch(roles.columns, settings)
    mood, labels, sure = feel(batch, model, ruleset.rubric)
    court = open_court(batch, ruleset, mood)
    heard = Wordings.of(batch, ruleset.rulebook.lexicon, ruleset.wordings, court.heard)
    profile = build_profile(
        batch,
        court.cues,
        heard,
        facts=court.facts,
        phases=court.phases,
        transferred=court.transferred,
    )
    promises = find_promises(batch, heard)
    over_limit = compare_with_limits(promises, profile, court.facts, ruleset.rubric.thresholds)
    court.timing.promised = over_limit
    return Analysis(batch, court, judge(court), labels, sure, profile, promises, over_limit, roles, model)
