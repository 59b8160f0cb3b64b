"""An agent beside the rest of her team: like calls with like, and how sure it is. Knows scores, no files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

CONFIDENCE = 0.95
FEWEST = 5
"""Scored calls of an agent, and of the others together, from which they are compared."""
FEWEST_ALIKE = 5
"""Calls of the others from which a kind of call has a mean of its own. Below it stands that of the kind over all teams,
and where that has too few calls as well the mean of all calls of the others."""


@dataclass(frozen=True, slots=True)
class KindShare:
    """One kind of call: how many of hers and of the others', and the mean scores, null without calls. `stand_in`: the
    mean that stands for theirs where they have too few, else null.
    """

    kind: str
    calls: int
    mean: float | None
    others: int
    others_mean: float | None
    stand_in: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an agent stands. `expected`: what the others' calls would score with her mix of kinds; difference = mean −
    expected with its 95 % interval. All three are null where there are too few calls to say. `others_mean`: of all the
    others' calls, null without any.
    """

    scored: int
    others: int
    expected: float | None
    difference: float | None
    low: float | None
    high: float | None
    kinds: tuple[KindShare, ...]
    others_mean: float | None = None


def compare_agents(calls: pd.DataFrame) -> Iterator[tuple[str, Standing]]:
    """Each agent's standing. `calls`: one row a scored call, columns agent_id, team, kind (texts), score (points).

    Direct standardisation: expected = Σ share of the kind in her calls × the others' mean of that kind. The variance
    of the difference is s²/n of her calls plus Σ share² × s²/m of theirs; Student's t with n − 1 degrees of freedom.
    """
    from scipy.special import stdtrit  # scipy.stats takes half a second to import

    calls = calls.assign(squared=calls["score"] ** 2)
    sums = calls.groupby(["team", "agent_id", "kind"], sort=True)["score"].agg(["count", "sum"])
    sums["squared"] = calls.groupby(["team", "agent_id", "kind"], sort=True)["squared"].sum()
    everybody = sums.groupby(level="kind").sum()
    for _, team in sums.groupby(level="team"):
        by_kind = team.groupby(level="kind").sum()
        for agent_id, rows in team.groupby(level="agent_id"):
            mine = rows.droplevel(["team", "agent_id"]).reindex(by_kind.index, fill_value=0)
            rest = by_kind - mine
            yield str(agent_id), _stand(mine, rest, everybody.reindex(by_kind.index) - mine, stdtrit)


def _stand(mine: pd.DataFrame, rest: pd.DataFrame, elsewhere: pd.DataFrame, quantile: np.ufunc) -> Standing:
    n, m = float(mine["count"].sum()), float(rest["count"].sum())
    stand_ins = _stand_ins(rest, elsewhere)
    kinds = tuple(
        KindShare(
            str(kind),
            int(own["count"]),
            _mean(own["sum"], own["count"]),
            int(other["count"]),
            _mean(other["sum"], other["count"]),
            None if stand_in is None else _mean(stand_in["sum"], stand_in["count"]),
        )
        for (kind, own), (_, other), stand_in in zip(mine.iterrows(), rest.iterrows(), stand_ins, strict=True)
    )
    shown = tuple(sorted(kinds, key=lambda one: (-one.calls, one.kind)))
    if n < FEWEST or m < FEWEST:
        return Standing(int(n), int(m), None, None, None, None, shown, _mean(rest["sum"].sum(), m))
    mean, spread = mine["sum"].sum() / n, _variance(mine.sum()) / n
    expected, scatter, share_of_all = 0.0, 0.0, 0.0
    for (_, own), (_, other), (_, wide), stand_in in zip(
        mine.iterrows(), rest.iterrows(), elsewhere.iterrows(), stand_ins, strict=True
    ):
        share = own["count"] / n
        like = other if stand_in is None else wide
        if like["count"] >= FEWEST_ALIKE:
            expected += share * like["sum"] / like["count"]
            scatter += share**2 * _variance(like) / like["count"]
        else:
            share_of_all += share
    expected += share_of_all * rest["sum"].sum() / m
    scatter += share_of_all**2 * _variance(rest.sum()) / m
    half = float(quantile(n - 1, 0.5 + CONFIDENCE / 2)) * float(np.sqrt(spread + scatter))
    difference = mean - expected
    return Standing(
        int(n),
        int(m),
        round(expected, 2),
        round(difference, 2),
        round(difference - half, 2),
        round(difference + half, 2),
        shown,
        _mean(rest["sum"].sum(), m),
    )


def _stand_ins(rest: pd.DataFrame, elsewhere: pd.DataFrame) -> list[pd.Series[float] | None]:
    """Of each kind what stands for the others' calls where they are too few: the kind's of all teams, or all theirs."""
    whole = rest.sum()
    found: list[pd.Series[float] | None] = []
    for (_, other), (_, wide) in zip(rest.iterrows(), elsewhere.iterrows(), strict=True):
        few = other["count"] < FEWEST_ALIKE
        found.append((wide if wide["count"] >= FEWEST_ALIKE else whole) if few else None)
    return found


def _variance(sums: pd.Series[float]) -> float:
    """Of the sample, from count, sum and sum of squares; 0 for one value."""
    count = float(sums["count"])
    return max(float(sums["squared"]) - float(sums["sum"]) ** 2 / count, 0.0) / (count - 1) if count > 1 else 0.0


def _mean(total: float, count: float) -> float | None:
    return round(float(total) / float(count), 2) if count else None
