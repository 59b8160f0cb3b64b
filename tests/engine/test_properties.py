"""What must not matter: how a call is cut, in which order calls come, and who else is in the batch."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qa_analyzer.analysis import Analysis
from qa_analyzer.judging import NOWHERE, Rows
from qa_analyzer.model import Call, Role, Utterance

from .drawing import PIECES, calls, rules
from .support import analysed, rule

SPOKEN = [piece for piece in PIECES if piece not in ("嗯", "对", "好的", "，", "。", "（挂机声）")]
TURN_FIELDS = ("occasion", "turn", "window_lo", "window_hi", "near_turn")
TEXT_FIELDS = ("start", "end", "match_start", "match_end", "near_start", "near_end")


def judged_rows(analysis: Analysis, call: int) -> list[tuple[Any, ...]]:
    """Everything the rows of one call say, counted from the call's own beginning."""
    rows, batch = analysis.judgement.rows, analysis.batch
    mine = rows.call == call
    first = batch.call_turn[call]
    columns = [analysis.judgement.rule[mine]]
    for one in fields(Rows):
        values = getattr(rows, one.name)[mine]
        if one.name in TURN_FIELDS:
            values = np.where(values == NOWHERE, NOWHERE, values - first)
        elif one.name in TEXT_FIELDS:
            values = np.where(values == NOWHERE, NOWHERE, values - batch.turn_text[first])
        elif one.name == "number":
            values = np.nan_to_num(values, nan=-1.0)
        if one.name != "call":
            columns.append(values)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def outcome(analysis: Analysis, call: int) -> tuple[list[int], list[tuple[Any, ...]]]:
    """Verdicts and rows of one call."""
    return analysis.judgement.verdicts[call].tolist(), judged_rows(analysis, call)


def cut(utterance: Utterance, places: list[int]) -> list[Utterance]:
    """The same utterance in pieces, its time shared out by characters. Never inside an event."""
    text = utterance.text
    inside = {place for place in range(len(text)) if text.rfind("（", 0, place) > text.rfind("）", 0, place)}
    bounds = sorted({0, len(text), *(place for place in places if 0 < place < len(text) and place not in inside)})
    pieces = []
    for begin, end in pairwise(bounds):
        piece = replace(utterance, text=text[begin:end])
        if utterance.start_ms is not None and utterance.end_ms is not None:
            lasting = utterance.end_ms - utterance.start_ms
            piece = replace(
                piece,
                start_ms=utterance.start_ms + lasting * begin // len(text),
                end_ms=utterance.start_ms + lasting * end // len(text),
            )
        pieces.append(piece)
    return pieces


def harmless(part: dict[str, Any]) -> dict[str, Any]:
    """The same clause without critical severities, whose failures a join turns undetermined."""
    return {key: "minor" if key == "severity" else _harmless(value) for key, value in part.items()}


def _harmless(value: Any) -> Any:
    if isinstance(value, dict):
        return harmless(value)
    return [_harmless(one) for one in value] if isinstance(value, list) else value


@settings(max_examples=200, deadline=None)
@given(calls(tidy=True), rules(kinds="says hangs_up"), st.lists(st.lists(st.integers(1, 12)), min_size=14, max_size=14))
def test_cutting_a_call_differently_changes_no_verdict(
    call: Call, spec: dict[str, Any], places: list[list[int]]
) -> None:
    """A verdict does not hang on where the recogniser ended its segments."""
    # Whose voice an unlabelled segment is, is told from that segment.
    assume(all(one.role is not Role.UNKNOWN for one in call.utterances))
    pieces = [piece for one, where in zip(call.utterances, places, strict=False) for piece in cut(one, where)]
    analysis = analysed([call, replace(call, utterances=tuple(pieces))], rule(harmless(spec)))
    assert outcome(analysis, 0) == outcome(analysis, 1)


@settings(max_examples=80, deadline=None)
@given(
    calls(tidy=True),
    st.lists(st.lists(st.sampled_from(SPOKEN), min_size=1, max_size=3).map("".join), min_size=14, max_size=14),
    st.lists(st.lists(st.integers(1, 12)), min_size=14, max_size=14),
)
def test_cutting_a_call_differently_changes_no_interruption(
    call: Call, texts: list[str], places: list[list[int]]
) -> None:
    """Nor does an interruption, where no time of a first word has to be estimated."""
    said = [replace(one, text=text) for one, text in zip(call.utterances, texts, strict=False)]
    pieces = [piece for one, where in zip(said, places, strict=False) for piece in cut(one, where)]
    spec = {"needs": ["timestamps"], "forbid": {"by": "agent", "interrupts": {"overlap": 1.0, "characters": 3}}}
    both = [replace(call, utterances=tuple(said)), replace(call, utterances=tuple(pieces))]
    analysis = analysed(both, rule(spec))
    assert outcome(analysis, 0) == outcome(analysis, 1)


@settings(max_examples=80, deadline=None)
@given(st.lists(calls(), min_size=2, max_size=5), st.lists(rules(), min_size=1, max_size=2), st.randoms())
def test_another_order_of_calls_gives_the_same_rows(
    drawn: list[Call], specs: list[dict[str, Any]], random: Any
) -> None:
    """Each call keeps its verdicts, rows and evidence wherever it stands in the batch."""
    order = list(range(len(drawn)))
    random.shuffle(order)
    judged = [rule(spec, f"test/{number}") for number, spec in enumerate(specs)]
    before = analysed(drawn, *judged)
    after = analysed([drawn[place] for place in order], *judged)
    assert [outcome(after, place) for place in range(len(order))] == [outcome(before, place) for place in order]


@settings(max_examples=80, deadline=None)
@given(st.lists(calls(), min_size=1, max_size=4), st.lists(rules(), min_size=1, max_size=2))
def test_a_call_alone_is_judged_as_in_a_crowd(drawn: list[Call], specs: list[dict[str, Any]]) -> None:
    """Neighbours in the batch do not matter."""
    judged = [rule(spec, f"test/{number}") for number, spec in enumerate(specs)]
    crowd = analysed(drawn, *judged)
    for place, one in enumerate(drawn):
        assert outcome(analysed([one], *judged), 0) == outcome(crowd, place)
