"""An agent beside the rest of her team."""

import numpy as np
import pandas as pd
import pytest

from qa_analyzer.comparing import FEWEST, compare_agents


def calls_of(agent: str, scores: dict[str, list[float]], team: str = "一组") -> pd.DataFrame:
    rows = [(agent, team, kind, score) for kind, points in scores.items() for score in points]
    return pd.DataFrame(rows, columns=["agent_id", "team", "kind", "score"])


def test_harder_calls_are_no_worse_work() -> None:
    """Equal in every kind of call, but with more of the hard ones: a lower mean, and no difference."""
    hard, easy = [58.0, 60.0, 62.0, 59.0, 61.0], [88.0, 90.0, 92.0, 89.0, 91.0]
    calls = pd.concat([calls_of("a", {"难": hard * 3, "易": easy}), calls_of("b", {"难": hard, "易": easy * 3})])
    found = dict(compare_agents(calls))
    assert found["a"].difference == found["b"].difference == 0
    assert found["a"].expected == pytest.approx(67.5)
    assert [(kind.kind, kind.calls, kind.others) for kind in found["a"].kinds] == [("难", 15, 5), ("易", 5, 15)]


def test_a_clear_difference_excludes_zero_and_a_chance_one_does_not() -> None:
    rest = calls_of("b", {"易": [80.0, 85.0, 90.0, 95.0] * 5})
    low = dict(compare_agents(pd.concat([calls_of("a", {"易": [50.0, 55.0, 45.0, 60.0, 52.0]}), rest])))["a"]
    like = dict(compare_agents(pd.concat([calls_of("a", {"易": [70.0, 95.0, 90.0, 80.0, 82.0]}), rest])))["a"]
    assert low.high is not None and low.high < 0
    assert like.low is not None and like.high is not None and like.low < 0 < like.high


def test_the_interval_is_that_of_a_textbook() -> None:
    """One kind of call: mean difference, s²/n + s²/m, t with n − 1."""
    mine, theirs = [70.0, 74.0, 81.0, 66.0, 79.0], [88.0, 90.0, 79.0, 93.0, 85.0, 80.0]
    one = dict(compare_agents(pd.concat([calls_of("a", {"易": mine}), calls_of("b", {"易": theirs})])))["a"]
    half = 2.7764451 * np.sqrt(np.var(mine, ddof=1) / 5 + np.var(theirs, ddof=1) / 6)
    assert one.difference == pytest.approx(np.mean(mine) - np.mean(theirs), abs=0.01)
    assert one.high == pytest.approx(np.mean(mine) - np.mean(theirs) + half, abs=0.01)


def test_too_few_calls_are_not_compared() -> None:
    few = calls_of("a", {"易": [10.0] * (FEWEST - 1)})
    found = dict(compare_agents(pd.concat([few, calls_of("b", {"易": [90.0] * 20})])))
    assert found["a"].difference is None
    assert found["b"].difference is None
    assert found["a"].scored == FEWEST - 1


def test_a_kind_that_the_others_hardly_have_counts_with_their_overall_mean() -> None:
    calls = pd.concat([calls_of("a", {"稀": [70.0] * 6}), calls_of("b", {"易": [90.0] * 10})])
    assert dict(compare_agents(calls))["a"].expected == 90


def test_other_teams_do_not_matter() -> None:
    alone = pd.concat([calls_of("a", {"易": [70.0, 72.0] * 4}), calls_of("b", {"易": [90.0, 80.0] * 4})])
    beside = pd.concat([alone, calls_of("c", {"易": [1.0] * 9}, team="二组")])
    assert dict(compare_agents(alone))["a"] == dict(compare_agents(beside))["a"]


def test_a_kind_that_the_team_hardly_has_counts_with_its_mean_over_all_teams() -> None:
    """Hard calls that only she takes are measured against those of other teams, not against the team's easy ones."""
    team = pd.concat([calls_of("a", {"难": [50.0, 60.0] * 4}), calls_of("b", {"易": [90.0] * 10, "难": [20.0]})])
    beside = pd.concat([team, calls_of("c", {"难": [55.0] * 8}, team="二组")])
    found = dict(compare_agents(beside))["a"]
    assert found.expected == pytest.approx((8 * 55 + 20) / 9, abs=0.01)
    (hard,) = (one for one in found.kinds if one.kind == "难")
    assert (hard.others, hard.others_mean, hard.stand_in) == (1, 20, found.expected)
    alone = dict(compare_agents(team))["a"]
    assert alone.expected == pytest.approx(920 / 11, abs=0.01)
    assert dict(compare_agents(beside))["b"].kinds[0].stand_in is not None
