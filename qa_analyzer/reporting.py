"""The outputs that need the whole run: the workbook and the pages. Reads the run's own Parquet files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from qa_analyzer.version import __version__
from qa_analyzer.pages import build_pages
from qa_analyzer.readers import plan
from qa_analyzer.tested import examples_passed
from qa_analyzer.writers.agent_view import costliest_rules
from qa_analyzer.writers.html import write_agent, write_assets, write_call, write_index
from qa_analyzer.writers.page import CallToHear, RunFacts, TeamRow
from qa_analyzer.writers.xlsx import write_xlsx

if TYPE_CHECKING:
    from qa_analyzer.run import Report

CALLS_TO_HEAR = 12
FINDINGS_PER_AGENT = 20_000
"""An agent's page reads at most so many of her findings; her numbers come from the sums, not from these."""
WORST_FIRST = [
    ("critical", "descending", "at_end"),
    ("score_before_critical", "ascending", "at_end"),
    ("call_id", "ascending", "at_end"),
]
MOST_REJECTED_SHOWN = 200
RULES_SHOWN = 10
"""Rules on the index that cost most."""


def run_facts(report: Report) -> RunFacts:
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
        not_assessable_reasons=dict(report.reasons),
        grades=grades,
        ruleset=report.engine.ruleset.rulebook.hash,
        emotion_model=report.options.emotion,
        examples_passed=examples_passed(report.engine.ruleset.rulebook.hash),
        masked=report.options.mask,
        version=__version__,
    )


def write_workbook(report: Report) -> None:
    """scorecards.xlsx, streamed from the Parquet files."""
    data = report.data
    write_xlsx(
        report.folder / "scorecards.xlsx",
        report.agents,
        data / "calls.parquet",
        data / "findings.parquet",
        rejected_table(report),
        run_facts(report),
        report.options.lang,
        report.engine.names,
    )


def rejected_table(report: Report, *, most: int | None = None) -> pa.Table:
    """What was rejected, as written to rejected.csv."""
    names = ["file", "line", "call_id", "reason"]
    table = pacsv.read_csv(
        report.folder / "rejected.csv",
        read_options=pacsv.ReadOptions(column_names=names, skip_rows=1),
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(
            column_types={"file": pa.string(), "line": pa.int64(), "call_id": pa.string(), "reason": pa.string()}
        ),
    )
    return table if most is None else table.slice(0, most)


def choose_pages(calls: pa.Table, most: int) -> set[str]:
    """Ids of the calls that get a page: all if there are few, else critical ones first, then the lowest scores."""
    if calls.num_rows <= most:
        return set(calls["call_id"].to_pylist())
    ranked = pc.sort_indices(
        calls,
        sort_keys=WORST_FIRST,
    )
    return set(calls["call_id"].take(ranked.slice(0, most)).to_pylist())


def write_pages(report: Report, inputs: Sequence[str | os.PathLike[str]]) -> None:
    """index.html, agents/, calls/, assets/. Call pages are rendered in a second pass over the blocks."""
    options, engine = report.options, report.engine
    lang, names = options.lang, engine.names
    calls = pq.read_table(report.data / "calls.parquet")
    chosen = choose_pages(calls, options.page_limit)
    write_assets(report.folder)
    done: set[str] = set()
    wanted = pa.array(sorted(chosen), pa.string())
    for block in plan(inputs, block_bytes=options.block_bytes, lang=lang):
        if len(done) == len(chosen):
            break
        read = engine.load(block).calls
        read = read.filter(pc.is_in(read.column("call_id"), wanted))
        fresh = [index for index, one in enumerate(read.column("call_id").to_pylist()) if one not in done]
        first = {read.column("call_id")[index].as_py(): index for index in reversed(fresh)}
        read = read.take(pa.array(sorted(first.values()), pa.int64()))
        if not read.num_rows:
            continue
        for page in build_pages(engine.analyse(read), engine.ruleset, lang, mask=options.mask):
            write_call(report.folder, page, names, lang, masked=options.mask)
            done.add(page.call["call_id"])
    findings = pq.ParquetFile(report.data / "findings.parquet")
    agents = report.agents.to_pylist()
    _write_agents(report, agents, calls, chosen)
    worst = _worst_rows(findings)
    write_index(
        report.folder,
        run_facts(report),
        agents,
        names,
        lang,
        teams=_teams(calls, agents),
        worst_rules=costliest_rules(worst, most=RULES_SHOWN),
        calls_to_hear=_calls_to_hear(calls, worst),
        rejected=rejected_table(report, most=MOST_REJECTED_SHOWN).to_pylist(),
        call_pages=chosen,
    )


def _write_agents(report: Report, agents: list[dict[str, Any]], calls: pa.Table, chosen: set[str]) -> None:
    by_agent = pc.fill_null(calls["agent_id"], "")
    findings = pq.read_table(
        report.data / "findings.parquet", filters=[("verdict", "in", ["fail", "pass"])]
    )
    finding_agent = findings["agent_id"]
    means = {row.team: row.score_mean for row in _teams(calls, agents)}
    for agent in agents:
        write_agent(
            report.folder,
            agent,
            calls.filter(pc.equal(by_agent, agent["agent_id"])).to_pylist(),
            findings.filter(pc.equal(finding_agent, agent["agent_id"])).slice(0, FINDINGS_PER_AGENT).to_pylist(),
            report.engine.names,
            report.options.lang,
            team_mean=means.get(agent.get("team") or ""),
            call_pages=chosen,
            masked=report.options.mask,
        )


def _worst_rows(findings: pq.ParquetFile) -> list[dict[str, Any]]:
    """Failures that cost points, reduced row group by row group to what the index needs."""
    rows: list[dict[str, Any]] = []
    for group in range(findings.num_row_groups):
        table = findings.read_row_group(group)
        table = table.filter(pc.equal(table["verdict"], "fail"))
        rows += table.to_pylist()
    return rows


def _teams(calls: pa.Table, agents: list[dict[str, Any]]) -> list[TeamRow]:
    frame = calls.select(["team", "agent_id", "score", "critical"]).to_pandas()
    rows = []
    for team, group in frame.groupby(frame["team"].fillna("")):
        mean = group["score"].mean()
        rows.append(
            TeamRow(
                str(team),
                int(group["agent_id"].nunique()),
                len(group),
                None if np.isnan(mean) else round(float(mean), 2),
                int(group["critical"].sum()),
            )
        )
    return rows


def _calls_to_hear(calls: pa.Table, fails: list[dict[str, Any]]) -> list[CallToHear]:
    ranked = pc.sort_indices(
        calls,
        sort_keys=WORST_FIRST,
    )
    rows = calls.take(ranked.slice(0, CALLS_TO_HEAR)).filter(pc.field("score").is_valid()).to_pylist()
    by_call: dict[str, list[dict[str, Any]]] = {}
    for one in fails:
        by_call.setdefault(one["call_id"], []).append(one)
    order = {"critical": 0, "major": 1, "minor": 2, "info": 3}
    chosen = []
    for row in rows:
        mine = sorted(by_call.get(row["call_id"], []), key=lambda one: (order[one["severity"]], -one["deduction"]))
        rules = list(dict.fromkeys(one["rule"] for one in mine if one["severity"] != "info"))[:3]
        first = mine[0] if mine else {}
        chosen.append(CallToHear(row, rules, (), first.get("quote", ""), first.get("turn")))
    return chosen
