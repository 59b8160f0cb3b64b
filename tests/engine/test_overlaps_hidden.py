"""A transcript that cannot show overlaps proves no manners: interruptions are undetermined, not none."""

from __future__ import annotations

import numpy as np

from qa_analyzer.figures import measure_figure
from qa_analyzer.judging import Why
from tests.engine.support import analysed, call, rule, verdict

CUTS_IN = {"needs": ["timestamps"], "forbid": {"by": "agent", "interrupts": {"overlap": 2.0, "characters": 4}}}
SPOKEN = ("[0.0-4.0] C 我家的水压一直很低", "[4.2-8.0] A 我给您登记一下地址")
TALKED_OVER = ("[0.0-6.0] C 我家的水压一直很低你们到底", "[2.0-8.0] A 我给您登记一下地址")


def test_no_overlap_passes_where_overlaps_would_show() -> None:
    assert verdict(CUTS_IN, *SPOKEN) == "pass"


def test_no_overlap_is_undetermined_where_none_can_show() -> None:
    analysis = analysed([call(*SPOKEN, overlaps="hidden")], rule(CUTS_IN))
    assert verdict(CUTS_IN, *SPOKEN, overlaps="hidden") == "undetermined"
    assert analysis.judgement.rows.why.tolist() == [Why.OVERLAPS_HIDDEN]


def test_an_overlap_that_is_there_all_the_same_is_a_fail() -> None:
    assert verdict(CUTS_IN, *TALKED_OVER, overlaps="hidden") == "fail"


def test_the_count_of_interruptions_is_unknown_not_zero() -> None:
    analysis = analysed([call(*SPOKEN, overlaps="hidden"), call(*SPOKEN)], rule(CUTS_IN))
    figure = measure_figure("agent_interruptions", analysis.batch, analysis.court.timing)
    assert np.array_equal(figure.known, [False, True])
    assert figure.why[0] == Why.OVERLAPS_HIDDEN
