"""Verdicts → points: weights, deductions, one fault one deduction, critical failures, grades.

Points are counted in whole hundredths, so that a breakdown adds up exactly. Knows the rubric; knows no texts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.judging import CRITICAL, SEVERITIES, SEVERITY_CODE, Judgement, Rows, Ruleset, Verdict
from qa_analyzer.rulebook.schema import Group, Severity, Status
from qa_analyzer.waiving import NOT_WAIVED

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]

FULL = 10_000
"""100 points in hundredths."""


@dataclass(frozen=True)
class Scores:
    """All points in hundredths, -1 where not scored. Shapes: c calls, k criteria, n rows of the judgement.

    score, before_critical (c,) int64; criteria, possible (c, k) int64 (-1 where a criterion has nothing judged);
    critical (c,) bool; grade (c,) int64 index into the rubric's grades or -1;
    deduction (n,) int64; same_fault_as (n,) int64 rule number or -1;
    waiver (c, n_rules) int64 number of the waiver of a failed rule or -1.
    """

    score: Indices
    before_critical: Indices
    criteria: Indices
    possible: Indices
    critical: Mask
    grade: Indices
    deduction: Indices
    same_fault_as: Indices
    waiver: Indices

    @property
    def waived(self) -> Mask:
        """(c, n_rules) bool."""
        return np.asarray(self.waiver != NOT_WAIVED)


def score_calls(judgement: Judgement, ruleset: Ruleset, assessable: Mask, waiver: Indices | None = None) -> Scores:
    """Score each call. `assessable` (c,) bool. `waiver` as in `Waiving`: a waived failure counts as if its rule only
    stated facts on that call.
    """
    if waiver is None:
        waiver = np.full(judgement.verdicts.shape, NOT_WAIVED, np.int64)
    waived = waiver != NOT_WAIVED
    rubric = ruleset.rubric
    codes = list(rubric.criteria)
    weights = np.fromiter((rubric.criteria[code].weight for code in codes), np.int64, len(codes))
    rules = ruleset.rules
    criterion_of = np.fromiter((codes.index(rule.spec.criterion) for rule in rules), np.int64, len(rules))
    counts = np.fromiter(
        (rule.spec.status is Status.ACTIVE and rule.spec.severity is not Severity.INFO for rule in rules),
        np.bool_,
        len(rules),
    )
    n_calls = len(judgement.verdicts)
    decided = np.isin(judgement.verdicts, (Verdict.PASS, Verdict.FAIL)) & counts & ~waived
    judged = np.zeros((n_calls, len(codes)), np.bool_)
    for index in range(len(codes)):
        judged[:, index] = decided[:, criterion_of == index].any(axis=1)
    judged &= assessable[:, None] & (weights > 0)
    total = (judged * weights).sum(axis=1)
    scored = total > 0
    possible = _shares(judged * weights)

    rows, rule = judgement.rows, judgement.rule
    costs = np.array([round(100 * rubric.deductions.get(one, 0)) for one in SEVERITIES], np.int64)
    base = costs[rows.severity]
    for number, one in enumerate(rules):
        scoring = rubric.rules.get(one.id)
        if scoring is not None and scoring.deduction is not None:
            mine = (rule == number) & (rows.severity == SEVERITY_CODE[one.spec.severity])
            base = np.where(mine, round(100 * scoring.deduction), base)
    failed = (rows.verdict == Verdict.FAIL) & counts[rule] & scored[rows.call] & ~waived[rows.call, rule]
    base = np.where(failed, base, 0)
    same_fault = np.full(len(rows), -1, np.int64)
    ids = {one.id: number for number, one in enumerate(rules)}
    for group in rubric.groups:
        if group.at_most is None:
            base, same_fault = _one_fault(group, ids, rows, rule, failed, base, same_fault)
    base = _once_a_call(ruleset, rows, rule, base, same_fault)
    for group in rubric.groups:
        if group.at_most is not None:
            base, same_fault = _capped(group, ids, costs, rows, rule, base, same_fault)
    # Points at full weight grow with the weights that are left: half up, in whole hundredths.
    scale = np.maximum(total, 1)[rows.call]
    points = (2 * base * int(weights.sum()) + scale) // (2 * scale)
    deduction = _cut_at_criterion(points, rows.call, criterion_of[rule], possible)
    lost = np.zeros((n_calls, len(codes)), np.int64)
    np.add.at(lost, (rows.call, criterion_of[rule]), deduction)
    criteria = np.where(judged, possible - lost, -1)
    before = np.where(scored, FULL - lost.sum(axis=1), -1)
    critical = np.zeros(n_calls, np.bool_)
    critical[rows.call[failed & (rows.severity == CRITICAL)]] = True
    score = np.where(critical & scored, 0, before)
    bounds = np.array([round(100 * grade.from_) for grade in rubric.grades], np.int64)
    reached = score[:, None] >= bounds[None, :]
    grade = np.where(scored, np.where(reached.any(axis=1), reached.argmax(axis=1), len(bounds) - 1), -1)
    return Scores(
        score=score,
        before_critical=before,
        criteria=criteria,
        possible=np.where(judged, possible, -1),
        critical=critical,
        grade=grade,
        deduction=deduction,
        same_fault_as=same_fault,
        waiver=waiver,
    )


def _shares(weights: Indices) -> Indices:
    """Share 10,000 hundredths out by weight, exactly, by largest remainder (ties to the first). (c, k)"""
    total = weights.sum(axis=1, keepdims=True)
    safe = np.maximum(total, 1)
    floor = weights * FULL // safe
    remainder = weights * FULL - floor * safe
    missing = np.where(total[:, 0] > 0, FULL - floor.sum(axis=1), 0)
    rank = np.argsort(np.argsort(-remainder, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(floor + (rank < missing[:, None]) * (weights > 0))


def _members(group: Group, ids: dict[str, int], rule: Indices) -> Indices:
    """(n,) place of each row's rule in the group, -1 outside."""
    place = np.full(max(ids.values(), default=0) + 2, -1, np.int64)
    for index, one in enumerate(group.rules):
        if one in ids:
            place[ids[one]] = index
    return place[rule]


def _one_fault(
    group: Group,
    ids: dict[str, int],
    rows: Rows,
    rule: Indices,
    failed: Mask,
    base: Indices,
    same_fault: Indices,
) -> tuple[Indices, Indices]:
    """Of the group's failures on the same thing the largest deducts; the others name it."""
    place = _members(group, ids, rule)
    within = {"occasion": rows.occasion, "turn": rows.turn, "call": np.zeros(len(rows), np.int64)}[group.same]
    mine = np.flatnonzero(failed & (place >= 0) & (same_fault < 0) & ((within >= 0) | (group.same == "call")))
    if len(mine) < 2:
        return base, same_fault
    order = mine[np.lexsort((place[mine], -base[mine], within[mine], rows.call[mine]))]
    first = np.concatenate(
        ([True], (rows.call[order[1:]] != rows.call[order[:-1]]) | (within[order[1:]] != within[order[:-1]]))
    )
    winner = order[np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
    loses = rule[order] != rule[winner]
    base, same_fault = base.copy(), same_fault.copy()
    same_fault[order[loses]] = rule[winner[loses]]
    base[order[loses]] = 0
    return base, same_fault


def _once_a_call(ruleset: Ruleset, rows: Rows, rule: Indices, base: Indices, same_fault: Indices) -> Indices:
    """Each rule deducts on its first failing occasion only, unless the rubric says otherwise."""
    every = np.fromiter(
        (one.id in ruleset.rubric.rules and ruleset.rubric.rules[one.id].per_occasion for one in ruleset.rules),
        np.bool_,
        len(ruleset.rules),
    )
    place = np.where(rows.occasion >= 0, rows.occasion, rows.turn)
    costing = np.flatnonzero((base > 0) & ~every[rule] & (same_fault < 0))
    order = costing[np.lexsort((costing, place[costing], rule[costing], rows.call[costing]))]
    again = (
        np.concatenate(
            ([False], (rows.call[order[1:]] == rows.call[order[:-1]]) & (rule[order[1:]] == rule[order[:-1]]))
        )
        if len(order)
        else np.zeros(0, np.bool_)
    )
    base = base.copy()
    base[order[again]] = 0
    return base


def _capped(
    group: Group,
    ids: dict[str, int],
    costs: Indices,
    rows: Rows,
    rule: Indices,
    base: Indices,
    same_fault: Indices,
) -> tuple[Indices, Indices]:
    """Together the group's failures of a call cost at most one of a severity; the later ones are cut."""
    assert group.at_most is not None
    place = _members(group, ids, rule)
    mine = np.flatnonzero((place >= 0) & (base > 0))
    if not len(mine):
        return base, same_fault
    order = mine[np.lexsort((place[mine], -base[mine], rows.call[mine]))]
    limit = costs[SEVERITY_CODE[group.at_most]]
    first = np.concatenate(([True], rows.call[order[1:]] != rows.call[order[:-1]]))
    head = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    running = np.cumsum(base[order])
    before = running - base[order] - (running[head] - base[order[head]])
    left = np.clip(limit - before, 0, base[order])
    base, same_fault = base.copy(), same_fault.copy()
    base[order] = left
    gone = left == 0
    same_fault[order[gone]] = rule[order[head[gone]]]
    return base, same_fault


def _cut_at_criterion(points: Indices, call: Indices, criterion: Indices, possible: Indices) -> Indices:
    """Deductions of a criterion together take no more than it has; the later ones are cut."""
    costing = np.flatnonzero(points > 0)
    if not len(costing):
        return points
    order = costing[np.lexsort((costing, criterion[costing], call[costing]))]
    new = np.concatenate(
        ([True], (call[order[1:]] != call[order[:-1]]) | (criterion[order[1:]] != criterion[order[:-1]]))
    )
    head = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    running = np.cumsum(points[order])
    before = running - points[order] - (running[head] - points[order[head]])
    room = np.maximum(possible[call[order], criterion[order]], 0)
    cut = points.copy()
    cut[order] = np.clip(room - before, 0, points[order])
    return cut
