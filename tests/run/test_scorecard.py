"""Agents' scorecards, recomputed with plain pandas from the calls and findings of the same report."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from .made import CALM, HEATED, SHORT, UNTIMED, Scored, call, scored, write_calls
from .test_determinism import CALLS

CRITERION_OF = {
    "courtesy/greeting": "courtesy",
    "empathy/apology": "empathy",
    "empathy/understanding": "empathy",
    "language/interruption": "language",
    "language/rudeness": "language",
}


@pytest.fixture(scope="module", params=[16 << 20, 4_000], ids=["one block", "many blocks"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, rules: Path) -> Scored:
    folder = tmp_path_factory.mktemp("scorecard")
    halves = [write_calls(folder / f"{name}.ndjson", part) for name, part in (("a", CALLS[:130]), ("b", CALLS[130:]))]
    return scored(halves, rules, folder / "report", block_bytes=request.param)


def per_agent(report: Scored) -> list[tuple[pd.Series, pd.DataFrame]]:
    """Each agent's row with the rows of their calls."""
    calls = report.calls.reset_index(drop=True)
    pairs = [(row, calls[calls["agent_id"] == agent]) for agent, row in report.agents.iterrows()]
    assert len(pairs) >= 6
    return pairs


def same(found: float, expected: float, digits: int = 4) -> bool:
    """Equal up to the rounding of the column; both may be unmeasurable."""
    if math.isnan(expected) or math.isnan(found):
        return math.isnan(expected) and math.isnan(found)
    return bool(abs(found - expected) <= 0.5000001 * 10**-digits)


def test_there_is_one_row_for_each_agent_id_and_one_for_calls_without(report: Scored) -> None:
    """Calls add up over agents, the empty id included, and ids are sorted."""
    assert report.agents.index.tolist() == sorted(report.calls["agent_id"].unique())
    assert "" in report.agents.index
    assert report.agents["calls"].sum() == len(report.calls)


def test_the_mean_and_its_t_interval(report: Scored) -> None:
    """Over scored calls: mean ± t(0.975, n − 1) · s / √n, clipped to 0–100; null below two calls."""
    for row, calls in per_agent(report):
        points = calls["score"].dropna()
        assert same(row["score_mean"], points.mean(), 2)
        if len(points) < 2:
            assert pd.isna(row["score_low"])
            assert pd.isna(row["score_high"])
            continue
        half = stats.t.ppf(0.975, len(points) - 1) * points.std(ddof=1) / math.sqrt(len(points))
        assert same(row["score_low"], max(points.mean() - half, 0), 2)
        assert same(row["score_high"], min(points.mean() + half, 100), 2)


def test_pass_rates_and_the_judged_share(report: Scored) -> None:
    """Passes ÷ (passes + fails) by criterion; judged ÷ (judged + undetermined); over assessable calls."""
    for row, calls in per_agent(report):
        assessable = calls[calls["assessable"]]
        verdicts = {rule: assessable[f"rule:{rule}"].value_counts() for rule in CRITERION_OF}
        passed = {rule: counts.get("pass", 0) for rule, counts in verdicts.items()}
        failed = {rule: counts.get("fail", 0) for rule, counts in verdicts.items()}
        for criterion in set(CRITERION_OF.values()):
            mine = [rule for rule, one in CRITERION_OF.items() if one == criterion]
            decided = sum(passed[rule] + failed[rule] for rule in mine)
            rate = sum(passed[rule] for rule in mine) / decided if decided else math.nan
            assert same(row[f"pass_{criterion}"], rate)
        judged = sum(passed.values()) + sum(failed.values())
        possible = judged + sum(counts.get("undetermined", 0) for counts in verdicts.values())
        assert same(row["judged_share"], judged / possible if possible else math.nan)


def test_the_recovery_rate(report: Scored) -> None:
    """Of the assessable calls with a negative turn, the share that ends neutral or better."""
    emotion = report.tables["emotion"]
    unhappy = set(emotion[emotion["label"].isin(["negative", "angry"])]["call_id"])
    seen = set()
    for row, calls in per_agent(report):
        mine = calls[calls["assessable"] & calls["call_id"].isin(unhappy)]
        rate = (mine["emotion_end"] > -0.3).mean() if len(mine) else math.nan
        assert same(row["recovery_rate"], rate)
        seen.add(row["recovery_rate"])
    assert len(seen) > 2


def test_interruptions_critical_calls_and_worst_rules(report: Scored) -> None:
    """Interruptions over assessable calls with times; rules by points lost, the costliest first, three at most."""
    for row, calls in per_agent(report):
        timed = calls[calls["assessable"]]["agent_interruptions"].dropna()
        assert same(row["interruptions_per_call"], timed.mean() if len(timed) else math.nan)
        assert row["critical_calls"] == calls["critical"].sum()
        mine = report.findings[report.findings["agent_id"] == row["agent_id"]]
        cost = mine.groupby("rule")["deduction"].sum()
        listed = row["worst_rules"].split()
        ranked = cost[cost > 0].sort_values(ascending=False)
        assert len(listed) == min(3, len(ranked))
        assert np.allclose(cost[listed].to_numpy(), ranked.to_numpy()[: len(listed)])


def test_name_and_team_are_those_of_the_latest_call(tmp_path: Path, rules: Path) -> None:
    """By time, whatever the offset and the order of the input; calls without a time count as the earliest."""
    calls = [
        call("a", agent_id="X", team="旧组", agent_name="旧名", started_at="2026-05-02T07:00:00+08:00"),
        call("b", agent_id="X", team="新组", agent_name="新名", started_at="2026-05-02T01:00:00+01:00"),  # 08:00 +08:00
        call("c", agent_id="X", team="早组", agent_name="早名", started_at="2026-05-01T23:00:00+08:00"),
        call("d", agent_id="X", team="无", agent_name="无", started_at=None),
    ]
    for order in (calls, calls[::-1]):
        path = write_calls(tmp_path / "calls.ndjson", order)
        for block_bytes in (1, 16 << 20):
            agents = scored(path, rules, tmp_path / "report", block_bytes=block_bytes).agents
            assert (agents.loc["X", "team"], agents.loc["X", "agent_name"]) == ("新组", "新名")


def test_an_agent_whose_calls_cannot_be_assessed_has_no_mean(tmp_path: Path, rules: Path) -> None:
    """The calls are counted, and everything that was not measured is null."""
    path = write_calls(tmp_path / "calls.ndjson", [call("s1", SHORT, agent_id="S"), call("s2", UNTIMED, agent_id="U")])
    agents = scored(path, rules, tmp_path / "report").agents
    measured = ["score_mean", "score_low", "pass_courtesy", "interruptions_per_call", "recovery_rate", "judged_share"]
    assert agents.loc["S", "calls"] == 1
    assert agents.loc["S", measured].isna().all()
    assert agents.loc["U", "score_mean"] == 100
    assert agents.loc["U", ["interruptions_per_call"]].isna().all()


def test_equal_scores_have_an_interval_of_no_width(tmp_path: Path, rules: Path) -> None:
    """Rounding in sums of squares never makes a negative variance."""
    calls = [call(f"e{number}", HEATED, agent_id="E") for number in range(7)] + [call("z", CALM, agent_id="Z")]
    agents = scored(write_calls(tmp_path / "calls.ndjson", calls), rules, tmp_path / "report").agents
    row = agents.loc["E"]
    assert row["score_low"] == row["score_mean"] == row["score_high"] == 83
