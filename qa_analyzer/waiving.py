"""Waivers × judgement → which failures are waived. A waiver without its failure has no effect whatsoever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qa_analyzer.judging import Judgement, Ruleset, Verdict
from qa_analyzer.rulebook.waivers import Waiver, Waivers
from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.running import COMMANDS

NOT_WAIVED = -1


@dataclass(frozen=True)
class Waiving:
    """waiver (c, n_rules) int64: number of the waiver of each failed rule of a call, or NOT_WAIVED.

    verdicts: number of a waiver → verdict of its rule, for the waivers whose call is here.
    """

    waiver: NDArray[np.int64]
    verdicts: Mapping[int, str] = field(default_factory=dict)


def apply_waivers(judgement: Judgement, calls: pa.Array, ruleset: Ruleset, waivers: Waivers) -> Waiving:
    """Find the failures that are waived. `calls` (c,) ids."""
    waiver = np.full(judgement.verdicts.shape, NOT_WAIVED, np.int64)
    verdicts: dict[int, str] = {}
    if not waivers.items or not len(calls):
        return Waiving(waiver)
    number_of = {rule.id: number for number, rule in enumerate(ruleset.rules)}
    place = pc.index_in(pa.array([one.call for one in waivers.items], pa.string()), value_set=calls).to_pylist()
    for number, (one, call) in enumerate(zip(waivers.items, place, strict=True)):
        if call is None:
            continue
        verdict = Verdict(int(judgement.verdicts[call, number_of[one.rule]]))
        verdicts[number] = verdict.code
        if verdict is Verdict.FAIL:
            waiver[call, number_of[one.rule]] = number
    return Waiving(waiver, verdicts)


def waiver_text(waiver: Waiver, lang: str) -> str:
    """What is written beside a waived failure: why, by whom, until when."""
    return texts(COMMANDS)[lang]["waived"].format(reason=waiver.reason, owner=waiver.owner, expires=waiver.expires)
