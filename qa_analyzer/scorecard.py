"""Call scores → agent scorecards. Added up in whole numbers, so that blocks may come in any size.

Knows what a scorecard says of an agent and how sure it is. Knows no files.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from qa_analyzer.analysis import Analysis
from qa_analyzer.judging import CRITICAL, Ruleset, Verdict
from qa_analyzer.progress import Progress
from qa_analyzer.rubric import Scores

CONFIDENCE = 0.95
WORST_RULES = 3

Indices = NDArray[np.int64]


APART = "\0"
"""Stands between team and agent id in an index; no id can hold it, readers replace control characters."""


@dataclass(frozen=True)
class AgentSums:
    """What a scorecard is made of, by agent id (index), or by team and agent id with `APART` between them. Whole
    numbers, points in hundredths.

    totals: columns calls, scored, score, score_squared, critical, timed, interruptions, unhappy, recovered,
    decided, undetermined, pass:<criterion>, fail:<criterion>, reached:<framework>, heard:<framework> (stages),
    cost:<rule>, failed:<rule>, passed:<rule>, unsure:<rule> (undetermined), zeroed:<rule> (calls whose score is 0
    because of it, alone or with others).
    latest: columns started_at (UTC or NaT), order, agent_name, team of the latest call.
    """

    totals: pd.DataFrame
    latest: pd.DataFrame


def sum_agents(
    analysis: Analysis,
    scores: Scores,
    ruleset: Ruleset,
    progress: Sequence[Progress],
    interruptions: NDArray[np.float64],
    emotion_end: NDArray[np.float64],
) -> AgentSums:
    """The sums of one block by team and agent. `interruptions` (c,) NaN where unknown; `emotion_end` (c,) NaN where
    unknown.
    """
    batch, court = analysis.batch, analysis.court
    verdicts = analysis.judgement.verdicts
    criteria = list(ruleset.rubric.criteria)
    criterion = np.array([criteria.index(rule.spec.criterion) for rule in ruleset.rules], np.int64)
    counts = np.array(
        [rule.spec.status.value == "active" and rule.spec.severity.value != "info" for rule in ruleset.rules], np.bool_
    )
    assessable = court.facts.not_assessable < 0
    scored = scores.score >= 0
    timed = ~np.isnan(interruptions) & assessable
    unhappy = np.zeros(batch.n_calls, np.bool_)
    unhappy[batch.turn_call[court.mood.negative]] = True
    unhappy &= assessable
    floor = ruleset.rubric.thresholds.get("feels_negative", -0.3)
    recovered = unhappy & (np.nan_to_num(emotion_end, nan=-1.0) > floor)
    judged = verdicts * counts * assessable[:, None] * ~scores.waived
    columns: dict[str, Indices] = {
        "calls": np.ones(batch.n_calls, np.int64),
        "scored": scored.astype(np.int64),
        "score": np.where(scored, scores.score, 0),
        "score_squared": np.where(scored, scores.score, 0) ** 2,
        "critical": scores.critical.astype(np.int64),
        "timed": timed.astype(np.int64),
        "interruptions": np.where(timed, np.nan_to_num(interruptions), 0).astype(np.int64),
        "unhappy": unhappy.astype(np.int64),
        "recovered": recovered.astype(np.int64),
        "decided": np.isin(judged, (Verdict.PASS, Verdict.FAIL)).sum(axis=1),
        "undetermined": (judged == Verdict.UNDETERMINED).sum(axis=1),
    }
    for index, code in enumerate(criteria):
        columns[f"pass:{code}"] = (judged[:, criterion == index] == Verdict.PASS).sum(axis=1)
        columns[f"fail:{code}"] = (judged[:, criterion == index] == Verdict.FAIL).sum(axis=1)
    for one in progress:
        columns[f"reached:{one.framework.id}"] = one.reached
        columns[f"heard:{one.framework.id}"] = one.heard
    rows, rule = analysis.judgement.rows, analysis.judgement.rule
    cost = np.zeros((batch.n_calls, len(ruleset.rules)), np.int64)
    np.add.at(cost, (rows.call, rule), scores.deduction)
    zeroed = np.zeros((batch.n_calls, len(ruleset.rules)), np.int64)
    fatal = (rows.verdict == Verdict.FAIL) & (rows.severity == CRITICAL) & counts[rule] & scored[rows.call]
    zeroed[rows.call[fatal], rule[fatal]] = 1
    zeroed[scores.waived] = 0
    for number, judged_by in enumerate(ruleset.rules):
        columns[f"cost:{judged_by.id}"] = cost[:, number]
        columns[f"failed:{judged_by.id}"] = (judged[:, number] == Verdict.FAIL).astype(np.int64)
        columns[f"passed:{judged_by.id}"] = (judged[:, number] == Verdict.PASS).astype(np.int64)
        columns[f"unsure:{judged_by.id}"] = (judged[:, number] == Verdict.UNDETERMINED).astype(np.int64)
        columns[f"zeroed:{judged_by.id}"] = zeroed[:, number]
    teams = batch.columns.column("team").fill_null("").to_pandas()
    agents = teams + APART + batch.columns.column("agent_id").fill_null("").to_pandas()
    matrix = np.column_stack(list(columns.values()))
    codes, known = pd.factorize(agents, sort=True)
    by_agent = pd.Index(known, name="agent_id")
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(by_agent)))
    totals = np.add.reduceat(matrix[order], starts, axis=0) if len(by_agent) else matrix[:0]
    started = pd.to_datetime(
        batch.columns.column("started_at").to_pandas(), utc=True, errors="coerce", format="ISO8601"
    )
    latest = pd.DataFrame(
        {
            "agent_id": agents,
            "started_at": started,
            "order": np.arange(batch.n_calls),
            "agent_name": batch.columns.column("agent_name").to_pandas(),
            "team": batch.columns.column("team").to_pandas(),
        }
    )
    return AgentSums(pd.DataFrame(totals, index=by_agent, columns=list(columns)), _latest(latest))


def _latest(rows: pd.DataFrame) -> pd.DataFrame:
    """The latest call of each agent; at equal or unknown times the last in the input."""
    ordered = rows.sort_values(["started_at", "order"], na_position="first", kind="stable")
    return ordered.drop_duplicates("agent_id", keep="last").set_index("agent_id").sort_index()


def merge_sums(parts: Sequence[AgentSums]) -> AgentSums:
    """The sums of several blocks in input order."""
    totals = pd.concat([part.totals for part in parts]).groupby(level=0, sort=True).sum()
    latest, before = [], 0
    for part in parts:
        latest.append(part.latest.reset_index().assign(order=part.latest["order"].to_numpy() + before))
        before += int(part.latest["order"].max()) + 1 if len(part.latest) else 0
    return AgentSums(totals, _latest(pd.concat(latest, ignore_index=True)))


def by_agent(sums: AgentSums) -> AgentSums:
    """Sums by team and agent → by agent, whatever team the calls were for; name and team are of the latest call."""
    agent = pd.Index(
        [key.partition(APART)[2] for key in sums.totals.index], name="agent_id", dtype=sums.totals.index.dtype
    )
    totals = sums.totals.groupby(agent, sort=True).sum()
    latest = sums.latest.reset_index()
    latest["agent_id"] = [key.partition(APART)[2] for key in latest["agent_id"]]
    return AgentSums(totals, _latest(latest))


def split_teams(sums: AgentSums) -> dict[str, AgentSums]:
    """Sums by team and agent → by agent for each team, in order; calls without a team are under the empty name."""
    teams = np.array([key.partition(APART)[0] for key in sums.totals.index], object)
    latest = sums.latest.reindex(sums.totals.index)
    return {team: by_agent(AgentSums(sums.totals[teams == team], latest[teams == team])) for team in sorted(set(teams))}


def agent_scorecards(sums: AgentSums, ruleset: Ruleset) -> pd.DataFrame:
    """One row an agent id, the contract's columns. Means in points; nulls where nothing could be measured.

    score_low, score_high: 95 % t-interval of the mean over scored calls, clipped to 0–100, null below 2 calls.
    recovery_rate: of the assessable calls with a negative turn, the share that ends neutral or better.
    framework_<id>: of the stages that could be heard in her calls, the share that was reached.
    judged_share: of the verdicts that could have been given, the share that was.
    worst_rules: ids of the rules that cost most, joined by a space.
    """
    from scipy.special import stdtrit  # the quantile of Student's t; scipy.stats takes half a second to import

    totals = sums.totals
    count = totals["scored"].to_numpy(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(count > 0, totals["score"] / count / 100, np.nan)
        scatter = totals["score_squared"] / 1e4 - count * mean**2
        spread = np.sqrt(np.maximum(scatter, 0) / (count - 1) / count)
        half = stdtrit(np.maximum(count - 1, 1), 0.5 + CONFIDENCE / 2) * spread
        enough = count >= 2
        interruptions = totals["interruptions"] / totals["timed"].where(totals["timed"] > 0)
        recovery = totals["recovered"] / totals["unhappy"].where(totals["unhappy"] > 0)
        possible = totals["decided"] + totals["undetermined"]
        judged = totals["decided"] / possible.where(possible > 0)
    frame = pd.DataFrame(
        {
            "agent_id": totals.index.to_series(),
            "agent_name": sums.latest["agent_name"].reindex(totals.index),
            "team": sums.latest["team"].reindex(totals.index),
            "calls": totals["calls"],
            "score_mean": np.round(mean, 2),
            "score_low": np.where(enough, np.round(np.clip(mean - half, 0, 100), 2), np.nan),
            "score_high": np.where(enough, np.round(np.clip(mean + half, 0, 100), 2), np.nan),
            "critical_calls": totals["critical"],
        },
        index=totals.index,
    )
    for code in ruleset.rubric.criteria:
        decided = totals[f"pass:{code}"] + totals[f"fail:{code}"]
        frame[f"pass_{code}"] = (totals[f"pass:{code}"] / decided.where(decided > 0)).round(4)
    frame["interruptions_per_call"] = interruptions.round(4)
    frame["recovery_rate"] = recovery.round(4)
    for framework in ruleset.rulebook.frameworks:
        heard = totals[f"heard:{framework.id}"]
        frame[f"framework_{framework.id}"] = (totals[f"reached:{framework.id}"] / heard.where(heard > 0)).round(4)
    frame["worst_rules"] = _worst(totals, ruleset)
    frame["judged_share"] = judged.round(4)
    return frame.reset_index(drop=True)


def agents_table(frame: pd.DataFrame) -> pa.Table:
    """The scorecards as the reports hold them."""
    whole = {"calls": pa.int64(), "critical_calls": pa.int64()}
    texts = ("agent_id", "agent_name", "team", "worst_rules")
    fields = [(name, pa.string() if name in texts else whole.get(name, pa.float64())) for name in frame.columns]
    return pa.Table.from_pandas(frame, schema=pa.schema(fields), preserve_index=False).replace_schema_metadata(None)


def team_scorecards(sums: AgentSums, ruleset: Ruleset) -> pd.DataFrame:
    """One row a team, by name: `agents` counts its agents (by their latest call), the other columns as of an agent's.

    The mean and its interval are over the team's scored calls, not over its agents.
    """
    team = sums.latest["team"].reindex(sums.totals.index).fillna("").rename("team")
    totals = sums.totals.groupby(team, sort=True).sum()
    nobody = pd.DataFrame({"agent_name": None, "team": totals.index}, index=totals.index)
    frame = agent_scorecards(AgentSums(totals, nobody), ruleset).drop(columns=["agent_id", "agent_name"])
    frame.insert(1, "agents", team.value_counts().reindex(totals.index).to_numpy())
    return frame


def _worst(totals: pd.DataFrame, ruleset: Ruleset) -> list[str]:
    ids = np.array([rule.id for rule in ruleset.rules])
    if not len(ids):
        return [""] * len(totals)
    cost = totals[[f"cost:{one}" for one in ids]].to_numpy()
    order = np.argsort(-cost, axis=1, kind="stable")[:, :WORST_RULES]
    return [" ".join(ids[place] for place in row if cost[agent, place] > 0) for agent, row in enumerate(order)]
