"""The engine and its slow twin say the same of random calls and rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from qa_analyzer.analysis import Analysis
from qa_analyzer.judging import Verdict
from qa_analyzer.model import Call, Role

from .drawing import calls, rules
from .support import ROLES, RUBRIC, analysed, rule
from .twin import Twin, build_turns

BACKCHANNELS = [*RUBRIC["phrases"]["backchannel"], *RUBRIC["phrases"]["interjection"]]


def without_needs(spec: dict[str, Any]) -> dict[str, Any]:
    """The twin knows no `needs`."""
    return {key: value for key, value in spec.items() if key != "needs"}


def cast(call: Call, analysis: Analysis, place: int) -> Call:
    """The call with its roles as they were found: the twin hears no voices."""
    found = analysis.roles.columns.column("utterances")[place].as_py()
    roles = [Role[one["role"].upper()] for one in found]
    utterances = zip(call.utterances, roles, strict=True)
    return replace(call, utterances=tuple(replace(one, role=role) for one, role in utterances))


@settings(max_examples=200, deadline=None)
@given(calls())
def test_turns_are_those_of_the_twin(call: Call) -> None:
    """Utterances become the same turns, with the same texts, roles and backchannels."""
    analysis = analysed([call], rule({"forbid": {"by": "agent", "says": ["您好"]}}))
    batch = analysis.batch
    turns = build_turns(cast(call, analysis, 0), BACKCHANNELS)
    expected = [(turn.role, turn.text, turn.backchannel) for turn in turns]
    roles = [role.code for role in sorted(ROLES.values())]
    got = [
        (roles[batch.turn_role[turn]], batch.turn_string(turn), bool(batch.turn_backchannel[turn]))
        for turn in range(batch.n_turns)
    ]
    assert got == expected


@settings(max_examples=300, deadline=None)
@given(st.lists(calls(), min_size=1, max_size=3), st.lists(rules(), min_size=1, max_size=3))
def test_verdicts_and_evidence_are_those_of_the_twin(drawn: list[Call], specs: list[dict[str, Any]]) -> None:
    """Every verdict, and the evidence of every pass and fail, is what plain loops find."""
    specs = [without_needs(spec) for spec in specs]
    analysis = analysed(drawn, *(rule(spec, f"test/{number}") for number, spec in enumerate(specs)))
    rows, batch = analysis.judgement.rows, analysis.batch
    for place, call in enumerate(drawn):
        for number, spec in enumerate(specs):
            verdict, expected = Twin(cast(call, analysis, place), spec, RUBRIC["phrases"]).judge()
            assert Verdict(int(analysis.judgement.verdicts[place, number])).code == verdict
            mine = (rows.call == place) & (analysis.judgement.rule == number) & (rows.turn >= 0)
            mine &= (rows.verdict == Verdict.PASS) | (rows.verdict == Verdict.FAIL)
            base = batch.turn_text[rows.turn[mine]]
            got = zip(
                (Verdict(int(one)).code for one in rows.verdict[mine]),
                (rows.turn[mine] - batch.call_turn[place]).tolist(),
                (rows.start[mine] - base).tolist(),
                (rows.end[mine] - base).tolist(),
                strict=True,
            )
            wanted = [
                (row.verdict, *row.evidence) for row in expected if row.evidence and row.verdict != "undetermined"
            ]
            assert sorted(got) == sorted(wanted)
