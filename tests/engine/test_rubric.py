"""Verdicts → points: what deducts, what is only shown, and that everything adds up."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_analyzer.judging import CRITICAL, SEVERITIES, SEVERITY_CODE, Judgement, Rows, Verdict
from qa_analyzer.rubric import FULL, Scores, score_calls
from qa_analyzer.rulebook import Rubric, Rule
from qa_analyzer.rulebook.schema import Severity

from .support import rubric, rule, ruleset

Failure = tuple[int, str, int]
"""(rule number, severity, occasion turn)"""


def judgement(n_calls: int, n_rules: int, rows: list[tuple[int, int, Verdict, str, int]]) -> Judgement:
    """A judgement of rows (call, rule, verdict, severity, turn); the verdicts follow from the rows."""
    rows = sorted(rows, key=lambda row: (row[0], row[1], row[4]))
    made = Rows.blank(np.array([row[0] for row in rows], np.int64), 0, 0)
    made.verdict = np.array([row[2] for row in rows], np.int64)
    made.severity = np.array([SEVERITY_CODE[Severity(row[3])] for row in rows], np.int64)
    made.occasion = made.turn = np.array([row[4] for row in rows], np.int64)
    numbers = np.array([row[1] for row in rows], np.int64)
    verdicts = np.zeros((n_calls, n_rules), np.uint8)
    np.maximum.at(verdicts, (made.call, numbers), made.verdict.astype(np.uint8))
    return Judgement(verdicts, made, numbers)


def scores(
    rules: list[Rule], failures: list[Failure], *, rubric_: Rubric | None = None, passed: tuple[int, ...] = ()
) -> Scores:
    """The scores of one call with these failures; `passed` rules pass."""
    rows = [(0, number, Verdict.FAIL, severity, turn) for number, severity, turn in failures]
    rows += [(0, number, Verdict.PASS, "minor", 0) for number in passed]
    ready = ruleset(*rules, rubric_=rubric_)
    return score_calls(judgement(1, len(rules), rows), ready, np.ones(1, np.bool_))


def one(rule_id: str, *, criterion: str = "first", **keys: Any) -> Rule:
    """A rule that only has a name, a criterion and what else is given."""
    return rule({"forbid": {"by": "agent", "says": ["不知道"]}, "criterion": criterion, **keys}, rule_id)


PAIR = [one("a"), one("b", criterion="second")]


def test_a_call_without_a_failure_has_all_points() -> None:
    """100 points are shared out by weight."""
    result = scores(PAIR, [], passed=(0, 1))
    assert result.score.tolist() == [FULL]
    assert result.criteria.tolist() == [[6000, 4000]]


def test_a_failure_costs_what_its_severity_says() -> None:
    """The deduction of a major failure is five points of its criterion."""
    result = scores(PAIR, [(0, "major", 0)], passed=(1,))
    assert result.deduction.tolist() == [500, 0]
    assert result.criteria.tolist() == [[5500, 4000]]
    assert result.score.tolist() == [9500]


def test_a_criterion_with_nothing_judged_leaves_the_total_and_deductions_grow() -> None:
    """With 60 of 100 weights left, five points at full weight become 8.33."""
    result = scores(PAIR, [(0, "major", 0)])
    assert result.possible.tolist() == [[FULL, -1]]
    assert result.criteria.tolist() == [[FULL - 833, -1]]
    assert result.deduction.tolist() == [833]


def test_deductions_are_points_of_a_hundred_whatever_the_weights_add_up_to() -> None:
    """Weights 3 and 2 mean the same as 60 and 40."""
    criteria = {
        "first": {"name": "甲", "weight": 3, "en": "First"},
        "second": {"name": "乙", "weight": 2, "en": "Second"},
    }
    result = scores(PAIR, [(0, "major", 0)], rubric_=rubric(criteria=criteria), passed=(1,))
    assert result.deduction.tolist() == [500, 0]
    assert result.criteria.tolist() == [[5500, 4000]]


def test_three_equal_weights_share_100_points_by_largest_remainder() -> None:
    """33.34, 33.33, 33.33: the rest goes to the first."""
    criteria = {code: {"name": code, "weight": 1, "en": code} for code in "abc"}
    rules = [one(f"r/{code}", criterion=code) for code in "abc"]
    result = scores(rules, [], rubric_=rubric(criteria=criteria), passed=(0, 1, 2))
    assert result.criteria.tolist() == [[3334, 3333, 3333]]


def test_a_rule_deducts_once_a_call_on_its_first_failing_occasion() -> None:
    """The second failure is shown without a deduction."""
    assert scores(PAIR, [(0, "major", 4), (0, "major", 2)], passed=(1,)).deduction.tolist() == [500, 0, 0]


def test_per_occasion_makes_every_failure_cost() -> None:
    """`per_occasion: true` in the rubric deducts each time."""
    each = rubric(rules={"a": {"per_occasion": True}})
    assert scores(PAIR, [(0, "major", 2), (0, "major", 4)], rubric_=each, passed=(1,)).deduction.tolist() == [
        500,
        500,
        0,
    ]


def test_the_rubric_may_give_a_rule_its_own_deduction() -> None:
    """The rule's number replaces that of its severity, not that of a clause with a severity of its own."""
    own = rubric(rules={"a": {"deduction": 7.5, "per_occasion": True}})
    result = scores(PAIR, [(0, "major", 2), (0, "minor", 4)], rubric_=own, passed=(1,))
    assert result.deduction.tolist() == [750, 200, 0]


def test_the_cap_at_the_criterion_cuts_the_later_deductions() -> None:
    """A criterion of 40 points loses no more than 40."""
    each = rubric(rules={"b": {"deduction": 25, "per_occasion": True}})
    result = scores(PAIR, [(1, "major", turn) for turn in (1, 2, 3)], rubric_=each, passed=(0,))
    assert result.deduction.tolist() == [0, 2500, 1500, 0]
    assert result.criteria.tolist() == [[6000, 0]]


def test_a_critical_failure_makes_the_score_zero_and_keeps_the_score_before_it() -> None:
    """The lowest grade, and 90 points before."""
    result = scores(PAIR, [(0, "critical", 0)], passed=(1,))
    assert (result.score.tolist(), result.before_critical.tolist()) == ([0], [9000])
    assert (result.critical.tolist(), result.grade.tolist()) == ([True], [2])


def test_one_fault_is_deducted_by_the_gravest_rule_and_named_by_the_others() -> None:
    """Of a group's failures on one occasion the largest deducts."""
    group = rubric(groups=[{"rules": ["a", "b"]}])
    result = scores(PAIR, [(0, "minor", 3), (1, "major", 3)], rubric_=group)
    assert result.deduction.tolist() == [0, 500]
    assert result.same_fault_as.tolist() == [1, -1]


def test_of_equal_failures_the_first_in_the_rubric_deducts() -> None:
    """The order of the group decides, not that of the rules."""
    group = rubric(groups=[{"rules": ["b", "a"]}])
    result = scores(PAIR, [(0, "major", 3), (1, "major", 3)], rubric_=group)
    assert result.deduction.tolist() == [0, 500]


def test_failures_on_different_occasions_are_different_faults() -> None:
    """Both deduct."""
    group = rubric(groups=[{"rules": ["a", "b"]}])
    assert scores(PAIR, [(0, "major", 3), (1, "major", 5)], rubric_=group).deduction.tolist() == [500, 500]


def test_a_capped_group_costs_at_most_one_failure_of_that_severity() -> None:
    """Three minor failures at two points under a cap of five cost 2, 2 and 1."""
    rules = [one("a"), one("b"), one("c", criterion="second")]
    group = rubric(groups=[{"rules": ["a", "b", "c"], "same": "call", "at_most": "major"}])
    result = scores(rules, [(number, "minor", number) for number in range(3)], rubric_=group)
    assert result.deduction.tolist() == [200, 200, 100]


def test_trial_rules_and_facts_cost_nothing_and_judge_no_criterion() -> None:
    """A criterion with only a trial rule leaves the total."""
    rules = [one("a"), one("b", criterion="second", status="trial"), one("c", criterion="second", severity="info")]
    result = scores(rules, [(1, "critical", 0), (2, "info", 0)], passed=(0,))
    assert result.score.tolist() == [FULL]
    assert result.possible.tolist() == [[FULL, -1]]
    assert not result.critical.any()


def test_undetermined_costs_nothing_and_judges_nothing() -> None:
    """A criterion whose rules are all undetermined leaves the total."""
    rows = [(0, 0, Verdict.PASS, "minor", 0), (0, 1, Verdict.UNDETERMINED, "critical", 0)]
    result = score_calls(judgement(1, 2, rows), ruleset(*PAIR), np.ones(1, np.bool_))
    assert (result.score.tolist(), result.possible.tolist()) == ([FULL], [[FULL, -1]])


def test_a_call_with_nothing_judged_or_not_assessable_has_no_score_and_no_deductions() -> None:
    """Both show null (-1) instead of points and grade."""
    rows = [(1, 0, Verdict.FAIL, "major", 0)]
    result = score_calls(judgement(2, 2, rows), ruleset(*PAIR), np.array([True, False]))
    assert result.score.tolist() == result.before_critical.tolist() == result.grade.tolist() == [-1, -1]
    assert result.deduction.tolist() == [0]


def test_grades_begin_at_their_bound() -> None:
    """90.00 is an A, 89.99 a B."""

    def graded(cost: float) -> int:
        exact = rubric(rules={"a": {"deduction": cost}})
        return int(scores(PAIR, [(0, "major", 0)], rubric_=exact, passed=(1,)).grade[0])

    assert (graded(10), graded(10.01)) == (0, 1)


def test_no_calls_have_no_scores() -> None:
    """An empty judgement gives empty scores."""
    result = score_calls(judgement(0, 2, []), ruleset(*PAIR), np.zeros(0, np.bool_))
    assert len(result.score) == len(result.deduction) == 0


# ---- everything adds up ------------------------------------------------------------------------------------------

IDS = [f"r/{number}" for number in range(5)]


@st.composite
def rubrics(draw: st.DrawFn) -> Rubric:
    """Random weights, deductions, groups and caps."""
    weights = draw(st.lists(st.integers(0, 50), min_size=3, max_size=3).filter(any))
    group = st.fixed_dictionaries(
        {"rules": st.permutations(IDS).map(lambda ids: ids[:3]), "same": st.sampled_from(["occasion", "turn", "call"])},
        optional={"at_most": st.sampled_from(["minor", "major"])},
    )
    scoring = st.fixed_dictionaries(
        {}, optional={"deduction": st.sampled_from([0, 0.01, 3.33, 40]), "per_occasion": st.just(True)}
    )
    return rubric(
        criteria={
            code: {"name": code, "weight": weight, "en": code} for code, weight in zip("xyz", weights, strict=True)
        },
        deductions={
            "minor": draw(st.sampled_from([1, 2.5, 0.07])),
            "major": draw(st.sampled_from([5, 33.33])),
            "critical": 10,
        },
        groups=draw(st.lists(group, max_size=2)),
        rules=draw(st.dictionaries(st.sampled_from(IDS), scoring, max_size=3)),
    )


ROWS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.integers(0, 4),
        st.sampled_from([Verdict.FAIL, Verdict.FAIL, Verdict.PASS, Verdict.UNDETERMINED]),
        st.sampled_from([one.value for one in SEVERITIES]),
        st.integers(-1, 4),
    ),
    max_size=30,
)


@settings(max_examples=400, deadline=None)
@given(
    rubrics(),
    ROWS,
    st.lists(st.sampled_from("xyz"), min_size=5, max_size=5),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_every_breakdown_adds_up_exactly(
    drawn: Rubric, rows: list[tuple[int, int, Verdict, str, int]], criteria: list[str], assessable: list[bool]
) -> None:
    """Criteria add up to the score before critical failures, which is 100 less all deductions."""
    rules = [one(rule_id, criterion=criterion) for rule_id, criterion in zip(IDS, criteria, strict=True)]
    made = judgement(4, 5, rows)
    result = score_calls(made, ruleset(*rules, rubric_=drawn), np.array(assessable))
    for call in range(4):
        mine = made.rows.call == call
        lost = result.deduction[mine].sum()
        points = result.criteria[call][result.criteria[call] >= 0]
        if result.before_critical[call] < 0:
            assert (lost, len(points), result.score[call], result.grade[call]) == (0, 0, -1, -1)
            continue
        assert points.sum() == result.before_critical[call] == FULL - lost
        assert result.possible[call][result.possible[call] >= 0].sum() == FULL
        grave = mine & (made.rows.verdict == Verdict.FAIL) & (made.rows.severity == CRITICAL)
        assert result.score[call] == (0 if grave.any() else result.before_critical[call])
    assert (result.deduction >= 0).all()
    assert (result.deduction[made.rows.verdict != Verdict.FAIL] == 0).all()
    assert (result.deduction[result.same_fault_as >= 0] == 0).all()
