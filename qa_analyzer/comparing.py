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
"""Calls of the others from which a kind of call has a mean of its own; below it stands the mean of all their calls."""


@dataclass(frozen=True, slots=True)
class KindShare:
    """One kind of call: how many of hers and of the others', and the mean scores, null without calls."""

    kind: str
    calls: int
    mean: float | None
    others: int
    others_mean: float | None


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
    for _, team in sums.groupby(level="team"):
        by_kind = team.groupby(level="kind").sum()
        for agent_id, rows in team.groupby(level="agent_id"):
            mine = rows.droplevel(["team", "agent_id"]).reindex(by_kind.index, fill_value=0)
            rest = by_kind - mine
            yield str(agent_id), _stand(mine, rest, stdtrit)


def _stand(mine: pd.DataFrame, rest: pd.DataFrame, quantile: np.ufunc) -> Standing:
    kinds = tuple(
        KindShare(
            str(kind),
            int(own["count"]),
            _mean(own["sum"], own["count"]),
            int(other["count"]),
            _mean(other["sum"], other["count"]),
        )
        for (kind, own), (_, other) in zip(mine.iterrows(), rest.iterrows(), strict=True)
    )
    shown = tuple(sorted(kinds, key=lambda one: (-one.calls, one.kind)))
    n, m = float(mine["count"].sum()), float(rest["count"].sum())
    if n < FEWEST or m < FEWEST:
        return Standing(int(n), int(m), None, None, None, None, shown, _mean(rest["sum"].sum(), m))
    mean, spread = mine["sum"].sum() / n, _variance(mine.sum()) / n
    all_mean, all_spread = rest["sum"].sum() / m, _variance(rest.sum())
    expected, scatter, share_of_all = 0.0, 0.0, 0.0
    for (_, own), (_, other) in zip(mine.iterrows(), rest.iterrows(), strict=True):
        share = own["count"] / n
        if other["count"] >= FEWEST_ALIKE:
            expected += share * other["sum"] / other["count"]
            scatter += share**2 * _variance(other) / other["count"]
        else:
            share_of_all += share
    expected += share_of_all * all_mean
    scatter += share_of_all**2 * all_spread / m
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
        round(float(all_mean), 2),
    )


def _variance(sums: pd.Series[float]) -> float:
    """Of the sample, from count, sum and sum of squares; 0 for one value."""
    count = float(sums["count"])
    return max(float(sums["squared"]) - float(sums["sum"]) ** 2 / count, 0.0) / (count - 1) if count > 1 else 0.0


def _mean(total: float, count: float) -> float | None:
    return round(float(total) / float(count), 2) if count else None
