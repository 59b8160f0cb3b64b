"""The outputs that need the whole run: the workbook and the pages. Reads the run's own Parquet files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from qa_analyzer.comparing import FEWEST, FEWEST_ALIKE, compare_agents
from qa_analyzer.pages import build_pages
from qa_analyzer.rulebook.schema import Severity
from qa_analyzer.scorecard import team_scorecards
from qa_analyzer.tested import examples_passed
from qa_analyzer.version import __version__
from qa_analyzer.writers.agent_view import quote_of
from qa_analyzer.writers.csv import FORMULA_STARTS
from qa_analyzer.writers.html import write_agent, write_assets, write_call, write_index
from qa_analyzer.writers.page import (
    NO_QUOTE,
    NO_STANDING,
    CallToHear,
    CostlyRule,
    KindRow,
    MixRow,
    RuleRow,
    RunFacts,
    Spread,
    StandingView,
    TeamRow,
)
from qa_analyzer.writers.rule_page import PastFinding, PastFindings
from qa_analyzer.writers.xlsx import write_xlsx

if TYPE_CHECKING:
    from qa_analyzer.judging import Ruleset
    from qa_analyzer.run import Report
    from qa_analyzer.team_folders import TeamNight

ALL_HAVE_PAGES = 500
"""Up to so many calls every one gets a page: somebody may well click through them all."""
CALLS_TO_HEAR = 14
MOST_CRITICAL_LISTED = 300
"""Critical calls the index names; the others are in the tables."""
HEARD_ORDER = ("critical", "escalation", "protest", "worsened", "low", "model")
PROTEST = "language/protest"
"""The rule that hears a customer snap at what the agent just said; `choose_calls_to_hear` does without it too."""
MODEL_SCORE = 85
"""From here a call that calmed an unhappy customer is one to learn from."""
UNHAPPY = -0.3
"""At or below it a customer turn is negative, where the rubric says nothing."""
CALLS_PER_AGENT = 1000
"""Calls an agent's page may list, the worst first."""
HABITS_SHOWN = 3
RULES_PER_CALL = 3
WORST_FIRST = [
    ("critical", "descending", "at_end"),
    ("score_before_critical", "ascending", "at_end"),
    ("call_id", "ascending", "at_end"),
]
CRITICAL_RULES = "critical_rules"
"""How many rules that may be critical a call broke: a column for choosing, in no file."""
GRAVEST_FIRST = [(CRITICAL_RULES, "descending", "at_end"), *WORST_FIRST]
MOST_REJECTED_SHOWN = 200
RULES_SHOWN = 8
"""Rules on the index that set calls to 0, and as many that cost most of the others."""


def run_facts(report: Report | TeamNight) -> RunFacts:
    """The run in figures, from what was counted on the way."""
    counts = report.histogram
    scored = int(counts.sum())
    cumulative = np.cumsum(counts)

    def quantile(share: float) -> float | None:
        return float(np.searchsorted(cumulative, share * scored)) / 100 if scored else None

    mean = round(float((counts * np.arange(len(counts))).sum()) / scored / 100, 2) if scored else None
    agents = report.sums.totals
    unhappy, recovered = int(agents["unhappy"].sum()), int(agents["recovered"].sum())
    decided, open_ = int(agents["decided"].sum()), int(agents["undetermined"].sum())
    grades: dict[str, int] = {}
    upper = len(counts)
    for grade in report.engine.ruleset.rubric.grades:
        lower = round(grade.from_ * 100)
        grades[grade.grade] = int(counts[lower:upper].sum())
        upper = lower
    return RunFacts(
        date=datetime.now().astimezone().isoformat(timespec="minutes"),
        read=report.read,
        scored=report.scored,
        rejected=report.rejected,
        not_assessable=report.not_assessable,
        score_mean=mean,
        score_low=quantile(0.25),
        score_high=quantile(0.75),
        critical_calls=report.critical,
        undetermined_share=open_ / (decided + open_) if decided + open_ else None,
        recovery_rate=recovered / unhappy if unhappy else None,
        repaired=sum(report.repaired.values()),
        waived=report.waived,
        not_assessable_reasons=dict(report.reasons),
        grades=grades,
        ruleset=report.engine.ruleset.rulebook.hash,
        emotion_model=report.options.emotion,
        examples_passed=examples_passed(report.engine.ruleset.rulebook.hash),
        masked=report.options.mask,
        version=__version__,
    )


def pages_of(report: Report) -> set[str] | None:
    """Ids of the calls that have a page in this report, None without HTML."""
    options = report.options
    if "html" not in options.outputs:
        return None
    calls = read_calls(report.data / "calls.parquet")
    return choose_pages(calls, options.page_limit, report.engine.ruleset, by_team=options.by_team)


def write_workbook(report: Report | TeamNight, pages: set[str] | None) -> None:
    """scorecards.xlsx, streamed from the Parquet files. `pages`: see `pages_of`."""
    data, options = report.data, report.options
    teams = team_scorecards(report.sums, report.engine.ruleset)
    write_xlsx(
        report.folder / "scorecards.xlsx",
        pa.Table.from_pandas(teams, preserve_index=False),
        report.agents,
        data / "calls.parquet",
        data / "findings.parquet",
        read_rejected(report.folder),
        run_facts(report),
        options.lang,
        report.engine.names,
        keywords=report.keywords.filter(report.keywords["listed"]).drop_columns(["listed"]),
        call_pages=pages,
    )


def read_rejected(folder: Path, *, most: int | None = None) -> pa.Table:
    """What was rejected, from rejected.csv, whose language does not matter: file, line, call_id, reason."""
    texts = ("file", "call_id", "reason")
    table = pacsv.read_csv(
        folder / "rejected.csv",
        read_options=pacsv.ReadOptions(column_names=["file", "line", "call_id", "reason"], skip_rows=1),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(column_types={"line": pa.int64(), **dict.fromkeys(texts, pa.string())}),
    )
    for name in texts:
        # Without the ' that keeps a spreadsheet from taking the text for a formula.
        plain = pc.replace_substring_regex(table[name], f"^'([{re.escape(FORMULA_STARTS)}])", r"\1")
        table = table.set_column(table.schema.get_field_index(name), name, plain)
    return table if most is None else table.slice(0, most)


def past_findings(folder: Path, rule_id: str, *, most: int) -> PastFindings | None:
    """What a finished report says of a rule: its newest failures and open questions, at most so many.

    None if the report was not made with that rule. Raises FileNotFoundError if the folder holds no data of a report.
    """
    calls_path, findings_path = folder / "data" / "calls.parquet", folder / "data" / "findings.parquet"
    column = f"rule:{rule_id}"
    if column not in pq.read_schema(calls_path).names:
        return None
    calls = pq.read_table(calls_path, columns=["call_id", "started_at", column]).to_pandas()
    wanted = [("rule", "=", rule_id), ("verdict", "in", ["fail", "undetermined"])]
    columns = ["call_id", "verdict", "turn", "quote", "message"]
    found = pq.read_table(findings_path, columns=columns, filters=wanted).to_pandas()
    started = calls.set_index("call_id")["started_at"]
    found["started_at"] = found["call_id"].map(started)
    found["moment"] = pd.to_datetime(found["started_at"], utc=True, errors="coerce", format="ISO8601")
    ordered = found.sort_values(["moment", "call_id"], ascending=[False, True], kind="stable", na_position="last")
    counted = calls[column].value_counts()
    return PastFindings(
        {verdict: int(counted.get(verdict, 0)) for verdict in ("pass", "fail", "not_applicable", "undetermined")},
        tuple(
            PastFinding(
                row.call_id,
                row.started_at if isinstance(row.started_at, str) else None,
                row.verdict,
                None if pd.isna(row.turn) else int(row.turn),
                row.quote or "",
                row.message or "",
            )
            for row in ordered.head(most).itertuples()
        ),
        max(0, len(ordered) - most),
    )


def choose_pages(calls: pa.Table, most: int, ruleset: Ruleset, *, by_team: bool = False) -> set[str]:
    """Ids of the calls that get a page, at most `most`: all of a few, of many those with something to see.

    First the calls to hear, whatever they are (`by_team`: those of each team as well), then critical ones, then the
    lowest scores.
    """
    if calls.num_rows <= min(most, ALL_HAVE_PAGES):
        return set(calls["call_id"].to_pylist())
    chosen = dict.fromkeys(row["call_id"] for _, row in choose_calls_to_hear(calls, ruleset=ruleset))
    if by_team:
        team = pc.fill_null(calls["team"].cast(pa.string()), "")
        for one in pc.unique(team):
            mine = choose_calls_to_hear(calls.filter(pc.equal(team, one)), ruleset=ruleset)
            chosen |= dict.fromkeys(row["call_id"] for _, row in mine)
    shown = calls.filter(has_something_to_see(calls, ruleset))
    worst = pc.sort_indices(shown, sort_keys=WORST_FIRST)
    chosen |= dict.fromkeys(shown["call_id"].take(worst[:most]).to_pylist())
    return set(list(chosen)[:most])


def has_something_to_see(calls: pa.Table, ruleset: Ruleset) -> pa.ChunkedArray:
    """Of each call, whether its page would tell more than that all went well. (c,) bool

    A failure of a rule that counts, a critical rule left for review, a high risk of escalation, a mood that sank, or
    no score.
    """
    found = pc.or_(pc.invert(calls["assessable"]), calls["critical"])
    for rule in ruleset.rules:
        verdicts = calls[f"rule:{rule.id}"].cast(pa.string())
        if rule.spec.severity is not Severity.INFO:
            found = pc.or_(found, pc.fill_null(pc.equal(verdicts, "fail"), False))
        if rule.spec.severity is Severity.CRITICAL:
            found = pc.or_(found, pc.fill_null(pc.equal(verdicts, "undetermined"), False))
    for column, code in (("escalation_risk", "high"), ("emotion_trend", "worsened")):
        found = pc.or_(found, pc.fill_null(pc.equal(calls[column].cast(pa.string()), code), False))
    return found


def write_pages(report: Report, inputs: Sequence[str], chosen: set[str]) -> None:
    """index.html, agents/, calls/, assets/. Call pages are rendered in a second pass over the blocks."""
    _write_call_pages(report, inputs, chosen)
    write_summaries(report, read_calls(report.data / "calls.parquet"), chosen)


def _write_call_pages(report: Report, inputs: Sequence[str], chosen: set[str]) -> None:
    options, engine = report.options, report.engine
    done: set[str] = set()
    wanted = pa.array(sorted(chosen), pa.string())
    for block in engine.plan(inputs):
        if len(done) == len(chosen):
            break
        chunk = engine.load(block)
        if engine.metadata is not None:
            chunk, _ = engine.metadata.join(chunk)
        read = chunk.calls
        read = read.filter(pc.is_in(read.column("call_id"), wanted))
        fresh = [index for index, one in enumerate(read.column("call_id").to_pylist()) if one not in done]
        first = {read.column("call_id")[index].as_py(): index for index in reversed(fresh)}
        read = read.take(pa.array(sorted(first.values()), pa.int64()))
        if not read.num_rows:
            continue
        analysis = engine.analyse(read)
        for page in build_pages(analysis, engine.ruleset, options.lang, mask=options.mask, waivers=engine.waivers):
            write_call(report.folder, page, engine.names, options.lang, masked=options.mask)
            done.add(page.call["call_id"])


def write_summaries(report: Report | TeamNight, calls: pa.Table, chosen: set[str]) -> None:
    """index.html, agents/, assets/. `chosen`: ids of the calls that have a page."""
    lang, names = report.options.lang, report.engine.names
    write_assets(report.folder)
    bad_calls = set(calls.filter(pc.field("critical"))["call_id"].to_pylist())
    rank = gravity_of_rules(report.engine.ruleset)
    quotes = Quotes(report.data / "findings.parquet", bad_calls, rank, chosen)
    agents = report.agents.to_pylist()
    teams = _teams(report)
    keywords = report.keywords.filter(report.keywords["listed"]).to_pylist()
    habits = {
        agent["agent_id"]: _costly(
            report.sums.totals.loc[agent["agent_id"]], quotes.of_agent.get(agent["agent_id"], ({}, []))[0], HABITS_SHOWN
        )
        for agent in agents
    }
    _write_agents(report, agents, teams, calls, quotes, chosen, keywords, habits)
    picked = choose_calls_to_hear(calls, ruleset=report.engine.ruleset)
    worst = _costly(report.sums.totals.sum(), quotes.worst)
    write_index(
        report.folder,
        run_facts(report),
        agents,
        names,
        lang,
        teams=teams,
        worst_rules=[
            *[one for one in worst if one.zeroed][:RULES_SHOWN],
            *[one for one in worst if not one.zeroed][:RULES_SHOWN],
        ],
        all_rules=_all_rules(report.engine.ruleset, report.sums.totals.sum(), quotes.worst),
        calls_to_hear=_with_reasons(picked, report.data / "findings.parquet", rank),
        other_critical=_with_reasons(
            other_critical(calls, [row["call_id"] for _, row in picked], ruleset=report.engine.ruleset),
            report.data / "findings.parquet",
            rank,
        ),
        habits=habits,
        rejected=read_rejected(report.folder, most=MOST_REJECTED_SHOWN).to_pylist(),
        keywords=[row for row in keywords if row["scope"] != "agent"],
        nights=report.earlier.nights,
        call_pages=chosen,
        without_page=calls.num_rows - len(chosen),
        kinds=_kinds(calls, report.engine.ruleset.rubric.thresholds.get("feels_negative", UNHAPPY)),
        spread=_spread(report.sums.totals, calls),
    )


def _kind_of(calls: pa.Table) -> pa.Array:
    """Of each call: the type of its complaint, else of the call; empty where neither is known."""
    return pc.coalesce(calls["complaint_type"].cast(pa.string()), calls["call_type"].cast(pa.string()), pa.scalar(""))


def _kinds(calls: pa.Table, floor: float) -> list[KindRow]:
    """The night by kind of call, the most frequent first."""
    unhappy = pc.and_(calls["assessable"], pc.fill_null(pc.less_equal(calls["emotion_valley"], floor), False))
    calm = pc.fill_null(pc.greater(calls["emotion_end"], floor), False)
    frame = pd.DataFrame(
        {
            "kind": _kind_of(calls).to_pandas(),
            "score": calls["score"].to_pandas().astype("float64"),
            "critical": calls["critical"].to_pandas(),
            "unhappy": unhappy.to_pandas(),
            "recovered": pc.and_(unhappy, calm).to_pandas(),
        }
    )
    rows = []
    for kind, group in frame.groupby("kind", sort=True):
        scored, angry = group["score"].dropna(), int(group["unhappy"].sum())
        rows.append(
            KindRow(
                str(kind),
                len(group),
                round(float(scored.mean()), 2) if len(scored) else None,
                int(group["critical"].sum()),
                int(group["recovered"].sum()) / angry if angry else None,
            )
        )
    return sorted(rows, key=lambda row: (-row.calls, row.kind))


def _spread(totals: pd.DataFrame, calls: pa.Table) -> dict[str, Spread]:
    """Agent id → scored calls and the standard deviation of their scores in points, and the same by kind of call."""
    scored = calls.filter(pc.is_valid(calls["score"]))
    frame = pd.DataFrame({"agent": scored["agent_id"].cast(pa.string()).to_pandas().fillna("")})
    frame["kind"] = _kind_of(scored).to_pandas()
    frame["score"] = scored["score"].to_pandas().to_numpy(np.float64)
    of_kind = frame.groupby(["agent", "kind"])["score"].agg(["count", "mean", "var"])
    about = (of_kind["var"] * (of_kind["count"] - 1)).fillna(0.0)
    kinds: dict[str, dict[str, tuple[int, float, float]]] = {}
    figures = zip(of_kind["count"].tolist(), of_kind["mean"].tolist(), about.tolist(), strict=True)
    for (agent, kind), (count, mean, squares) in zip(of_kind.index.tolist(), figures, strict=True):
        kinds.setdefault(str(agent), {})[str(kind)] = (count, round(mean, 2), round(squares, 1))
    rows = zip(totals.index, totals["scored"], totals["score"], totals["score_squared"], strict=True)
    return {
        str(agent): Spread(
            int(count),
            float(np.sqrt(max(squared - total**2 / count, 0) / (count - 1)) / 100) if count > 1 else None,
            kinds.get(str(agent), {}),
        )
        for agent, count, total, squared in rows
    }


_QUOTED = (
    *("call_id", "agent_id", "rule", "verdict", "severity", "deduction", "waived", "absent"),
    *("occasion_turn", "turn"),
)


class Quotes:
    """Findings worth quoting, picked while streaming through the file: bounded, however long the night was.

    worst: rule → its gravest failure; of_agent: agent id → (rule → gravest failure, passes to quote); of_call: id of a
    call in `shown` → the rule of its gravest failure. Nothing said in one of `bad_calls` is quoted as well said.
    `rank`: of critical rules, the gravest 0.
    """

    def __init__(self, path: Path, bad_calls: set[str], rank: Mapping[str, int], shown: set[str]) -> None:
        self.of_call: dict[str, str] = {}
        held: dict[str, float] = {}
        self.worst: dict[str, dict[str, Any]] = {}
        self.of_agent: dict[str, tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]] = {}
        file = pq.ParquetFile(path)
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            frame = table.select([*_QUOTED]).to_pandas()
            critical = (frame["severity"] == "critical") & (frame["verdict"] == "fail") & ~frame["waived"]
            frame["gravity"] = critical * 1000.0 + frame["deduction"].fillna(0.0)
            lesser = frame["rule"].astype(str).map(rank).fillna(len(rank)) * critical
            frame["told_by"] = frame["gravity"] - 10.0 * lesser
            here = frame[(frame["verdict"] == "fail") & (frame["gravity"] > 0) & frame["call_id"].isin(shown)]
            here = here.sort_values("told_by", ascending=False, kind="stable").drop_duplicates("call_id")
            for call_id, rule, gravity in zip(here["call_id"], here["rule"], here["told_by"], strict=True):
                if gravity > held.get(call_id, 0.0):
                    held[call_id], self.of_call[call_id] = gravity, str(rule)
            failed = frame[(frame["verdict"] == "fail") & (frame["gravity"] > 0)]
            gravest = failed.sort_values(["absent", "gravity"], ascending=[True, False], kind="stable").drop_duplicates(
                ["agent_id", "rule"]
            )
            for row in table.take(pa.array(gravest.index.to_numpy())).to_pylist():
                self._keep(row)
            frame["told"] = pc.utf8_length(table["context"]).to_numpy()
            passed = frame[(frame["verdict"] == "pass") & ~frame["call_id"].isin(bad_calls) & ~_said_wrong(frame)]
            passed = passed.sort_values("told", ascending=False, kind="stable").drop_duplicates(["agent_id", "rule"])
            for row in table.take(pa.array(np.sort(passed.index.to_numpy()))).to_pylist():
                passes = self._agent(row["agent_id"])[1]
                if all(one["rule"] != row["rule"] for one in passes):
                    passes.append(row)

    def _agent(self, agent_id: str) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
        return self.of_agent.setdefault(agent_id, ({}, []))

    def _keep(self, row: dict[str, Any]) -> None:
        for best in (self.worst, self._agent(row["agent_id"])[0]):
            held = best.get(row["rule"])
            if held is None or _gravity(row) > _gravity(held):
                best[row["rule"]] = row


def _said_wrong(frame: pd.DataFrame) -> pd.Series[bool]:
    """(n,) bool: findings in a turn that is no example of anything: something wrong was said in it, or the answer left
    out two things that weigh more than a formality, as one does that neither apologises nor shows understanding.
    """
    places = pd.MultiIndex.from_frame(frame[["call_id", "turn"]])
    failed = (frame["verdict"] == "fail") & frame["turn"].notna()
    owed = failed & frame["severity"].isin(["major", "critical"]) & frame["occasion_turn"].notna()
    owing = places[owed.to_numpy()]
    wrong = places[(failed & ~frame["absent"]).to_numpy()].append(owing[owing.duplicated()])
    return pd.Series(places.isin(wrong), frame.index)


def _gravity(row: dict[str, Any]) -> tuple[bool, bool, float]:
    """What was said before what was not: only the one can be quoted."""
    return bool(row["quote"]) and not row["absent"], row["severity"] == "critical", row["deduction"] or 0.0


def _costly(totals: pd.Series[int], quotes: dict[str, dict[str, Any]], most: int | None = None) -> list[CostlyRule]:
    """Rules that set calls to 0 by how many, then the others by what they cost. Counts are of all calls, the quote is
    one of them.
    """
    rows = [
        CostlyRule(
            rule=rule,
            calls=int(totals[f"failed:{rule}"]),
            points=int(totals[f"cost:{rule}"]) / 100,
            zeroed=int(totals[f"zeroed:{rule}"]),
            severity=row["severity"],
            quote=quote_of(row),
            message=row["message"] or "",
            suggest=row["suggest"] or "",
            call_id=row["call_id"],
            turn=row["turn"],
            absent=bool(row["absent"]),
        )
        for rule, row in quotes.items()
    ]
    return sorted(rows, key=lambda one: (-one.zeroed, -one.points, one.rule))[:most]


def _all_rules(ruleset: Ruleset, totals: pd.Series[int], quotes: Mapping[str, Mapping[str, Any]]) -> list[RuleRow]:
    """Every rule that cost or could have cost points and found its occasion in some call, most failures first."""
    rows = []
    for rule in ruleset.rules:
        passed, failed, unsure = (int(totals[f"{one}:{rule.id}"]) for one in ("passed", "failed", "unsure"))
        if passed + failed + unsure == 0:
            continue
        gravest = quotes.get(rule.id, {})
        rows.append(
            RuleRow(
                rule=rule.id,
                severity=rule.spec.severity.value,
                judged=passed + failed,
                failed=failed,
                unsure=unsure,
                zeroed=int(totals[f"zeroed:{rule.id}"]),
                points=int(totals[f"cost:{rule.id}"]) / 100,
                share=failed / (passed + failed) if passed + failed else None,
                call_id=gravest.get("call_id", ""),
                turn=gravest.get("turn"),
            )
        )
    return sorted(rows, key=lambda one: (-one.failed, one.rule))


def read_calls(path: Path) -> pa.Table:
    """The calls of a report, code columns as dictionaries: a million rows of 80 words each would not fit otherwise."""
    names = pq.read_schema(path).names
    codes = [one for one in names if one.startswith("rule:") or one in ("ruleset", "agent_id", "agent_name", "team")]
    return pq.read_table(path, read_dictionary=codes)


def _write_agents(
    report: Report | TeamNight,
    agents: list[dict[str, Any]],
    teams: list[TeamRow],
    calls: pa.Table,
    quotes: Quotes,
    chosen: set[str],
    keywords: list[dict[str, Any]],
    habits: Mapping[str, list[CostlyRule]],
) -> None:
    plain = calls.set_column(calls.schema.get_field_index("agent_id"), "agent_id", calls["agent_id"].cast(pa.string()))
    order = pc.sort_indices(plain, sort_keys=[("agent_id", "ascending", "at_end"), *WORST_FIRST])
    ordered = plain.take(order)
    # By agent id in the order Arrow sorts it, so each agent's calls follow one another.
    ends = np.cumsum([agent["calls"] for agent in sorted(agents, key=lambda one: one["agent_id"].encode())])
    starts = dict(zip(sorted((agent["agent_id"] for agent in agents), key=str.encode), [0, *ends], strict=False))
    said: dict[str, list[dict[str, Any]]] = {}
    for row in keywords:
        if row["scope"] == "agent":
            said.setdefault(row["agent_id"], []).append(row)
    means = {row.team: row.score_mean for row in teams}
    standings = _standings(calls, agents)
    for agent in agents:
        mine = ordered.slice(starts[agent["agent_id"]], min(agent["calls"], CALLS_PER_AGENT)).to_pylist()
        failures, passes = quotes.of_agent.get(agent["agent_id"], ({}, []))
        write_agent(
            report.folder,
            agent,
            mine,
            [*failures.values(), *passes],
            report.engine.names,
            report.options.lang,
            team_mean=means.get(agent.get("team") or ""),
            call_pages=chosen,
            masked=report.options.mask,
            standing=standings.get(agent["agent_id"], NO_STANDING),
            keywords=said.get(agent["agent_id"], ()),
            habits=habits[agent["agent_id"]],
            worst_of={
                one["call_id"]: quotes.of_call[one["call_id"]] for one in mine if one["call_id"] in quotes.of_call
            },
        )


def _standings(calls: pa.Table, agents: list[dict[str, Any]]) -> dict[str, StandingView]:
    """Agent id → her place in her team. The team of an agent is that of her latest call, in all of her calls."""
    scored = calls.filter(pc.is_valid(calls["score"]))
    frame = pd.DataFrame({"agent_id": scored["agent_id"].cast(pa.string()).to_pandas()})
    frame["score"] = scored["score"].to_pandas().to_numpy(np.float64)
    frame["agent_id"] = frame["agent_id"].fillna("")
    frame["kind"] = _kind_of(scored).to_pandas()
    team_of = {agent["agent_id"]: agent["team"] or "" for agent in agents}
    frame["team"] = frame["agent_id"].map(team_of)
    standings = dict(compare_agents(frame))
    peers: dict[str, list[float]] = {}
    for agent in agents:
        if agent["agent_id"] in standings and standings[agent["agent_id"]].scored >= FEWEST:
            peers.setdefault(agent["team"] or "", []).append(agent["score_mean"])
    return {
        agent_id: StandingView(
            one.scored,
            one.others,
            one.expected,
            one.difference,
            one.low,
            one.high,
            [
                MixRow(kind.kind, kind.calls, kind.mean, kind.others, kind.others_mean, kind.stand_in)
                for kind in one.kinds
            ],
            peers.get(team_of[agent_id], []) if one.others else [],
            one.others_mean,
            FEWEST_ALIKE,
        )
        for agent_id, one in standings.items()
    }


def _teams(report: Report | TeamNight) -> list[TeamRow]:
    totals = report.sums.totals
    team = report.sums.latest["team"].reindex(totals.index).fillna("")
    rows = []
    for name, group in totals.groupby(team):
        scored = int(group["scored"].sum())
        mean = round(int(group["score"].sum()) / scored / 100, 2) if scored else None
        rows.append(TeamRow(str(name), len(group), int(group["calls"].sum()), mean, int(group["critical"].sum())))
    return rows


def choose_calls_to_hear(
    calls: pa.Table, most: int = CALLS_TO_HEAR, ruleset: Ruleset | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """Why, and the call: critical ones, threats to escalate, protests, moods that sank, low scores, ones to learn from.

    Each kind has a share of the places; low scores take what is left. No call is picked twice. Critical ones come by
    how many rules that may be critical (those of the `ruleset`) they broke, then by their scores.
    """
    scored = _with_critical_rules(calls, ruleset)
    critical = pc.field("critical")
    heard = f"rule:{PROTEST}"
    protested = pc.field(heard) == "fail" if heard in scored.column_names else pc.scalar(False)
    kinds = {
        "critical": (critical, GRAVEST_FIRST),
        "escalation": (~critical & (pc.field("escalation_risk") == "high"), [*WORST_FIRST]),
        "protest": (~critical & protested, [*WORST_FIRST]),
        "worsened": (~critical & (pc.field("emotion_trend") == "worsened"), [*WORST_FIRST]),
        "model": (
            ~critical
            & pc.field("emotion_trend").isin(["recovered", "improved"])
            & (pc.field("call_type") == "complaint")
            & (pc.field("score") >= MODEL_SCORE),
            [("score", "descending", "at_end"), ("turns", "descending", "at_end"), ("call_id", "ascending", "at_end")],
        ),
        "low": (~critical & (pc.field("score") < MODEL_SCORE), [*WORST_FIRST]),
    }
    places = {"critical": most * 3 // 7, **dict.fromkeys(("escalation", "protest", "worsened", "model"), most // 7)}
    chosen: dict[str, list[dict[str, Any]]] = {}
    taken: set[str] = set()
    for kind, (which, order) in kinds.items():
        wanted = places.get(kind, most - len(taken))
        found = scored.filter(which)
        first = found.take(pc.sort_indices(found, sort_keys=order)[: wanted + len(taken)]).to_pylist()
        chosen[kind] = [row for row in first if row["call_id"] not in taken][:wanted]
        taken |= {row["call_id"] for row in chosen[kind]}
    return [(kind, row) for kind in HEARD_ORDER for row in chosen[kind]]


def _with_critical_rules(calls: pa.Table, ruleset: Ruleset | None) -> pa.Table:
    """The scored calls, with the number of rules that may be critical and that they broke."""
    broken = pc.cast(pa.nulls(calls.num_rows, pa.int32()).fill_null(0), pa.int32())
    for rule in ruleset.rules if ruleset else ():
        if rule.spec.severity is Severity.CRITICAL:
            failed = pc.fill_null(pc.equal(calls[f"rule:{rule.id}"].cast(pa.string()), "fail"), False)
            broken = pc.add(broken, failed.cast(pa.int32()))
    return calls.append_column(CRITICAL_RULES, broken).filter(pc.is_valid(calls["score"]))


def other_critical(
    calls: pa.Table, picked: Collection[str], most: int = MOST_CRITICAL_LISTED, ruleset: Ruleset | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """The critical calls that are not among the `picked` ids, in the same order, the first `most` of them."""
    found = _with_critical_rules(calls, ruleset).filter(pc.field("critical"))
    found = found.filter(pc.invert(pc.is_in(found["call_id"].cast(pa.string()), pa.array(list(picked), pa.string()))))
    first = found.take(pc.sort_indices(found, sort_keys=GRAVEST_FIRST)[:most])
    return [("critical", row) for row in first.to_pylist()]


def gravity_of_rules(ruleset: Ruleset) -> dict[str, int]:
    """Rank of the forbidden wordings, the gravest 0: as the rubric orders them where one utterance holds several."""
    groups = [group.rules for group in ruleset.rubric.groups if group.same == "turn"]
    longest = max(groups, key=len, default=[])
    return {rule: place for place, rule in enumerate(longest)}


def _with_reasons(
    picked: list[tuple[str, dict[str, Any]]], findings: Path, rank: Mapping[str, int]
) -> list[CallToHear]:
    """The calls with the rules that say why: failures first, then what a person should review."""
    ids = [row["call_id"] for _, row in picked]
    found = pq.read_table(
        findings, filters=[("call_id", "in", ids), ("verdict", "in", ["fail", "undetermined"])] if ids else None
    )
    by_call: dict[str, list[dict[str, Any]]] = {}
    for one in found.to_pylist() if ids else []:
        by_call.setdefault(one["call_id"], []).append(one)
    order = {"critical": 0, "major": 1, "minor": 2, "info": 3}
    chosen = []
    for kind, row in picked:
        mine = sorted(
            by_call.get(row["call_id"], []),
            key=lambda one: (
                order[one["severity"]],
                rank.get(one["rule"], len(rank)) if one["severity"] == "critical" else 0,
                -(one["deduction"] or 0),
                # Of the gravest words the last: what began it is milder than what it came to.
                -(one["turn"] or 0) if one["severity"] == "critical" else 0,
            ),
        )
        fails = [one for one in mine if one["verdict"] == "fail" and one["severity"] != "info" and not one["waived"]]
        review = [one["rule"] for one in mine if one["verdict"] == "undetermined" and one["severity"] == "critical"]
        protests = [one for one in mine if one["rule"] == PROTEST and one["verdict"] == "fail"] * (kind == "protest")
        rules = list(dict.fromkeys(one["rule"] for one in fails))[:RULES_PER_CALL]
        fails = protests + fails
        if kind == "model":
            chosen.append(CallToHear(row, kind=kind))
            continue
        first = next((one for one in fails if not one["absent"]), fails[0] if fails else {})
        chosen.append(
            CallToHear(
                row,
                rules,
                list(dict.fromkeys(review))[:RULES_PER_CALL],
                quote_of(first) if first and not first["absent"] else NO_QUOTE,
                row["escalation_turn"] if kind == "escalation" else first.get("turn"),
                kind,
                first.get("message") or "",
            )
        )
    return chosen
