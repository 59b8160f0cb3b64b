"""A folder for each team, which holds only that team's calls: a report of its own to hand to her lead.

A call belongs to the team that its record names. Every figure is worked out anew from these calls alone; of the rest
of the night nothing is told. Reads the run's own Parquet files.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray

from qa_analyzer.keywords import NO_EARLIER, Earlier, rank_keywords
from qa_analyzer.reporting import read_calls, write_summaries, write_workbook
from qa_analyzer.scorecard import AgentSums, agent_scorecards, agents_table, split_teams
from qa_analyzer.writers.csv import CsvWriter
from qa_analyzer.writers.html import safe_name
from qa_analyzer.writers.parquet import ParquetSink

if TYPE_CHECKING:
    from qa_analyzer.run import Engine, Options, Report

TEAMS = "teams"
NO_TEAM = "~none"
"""Folder of the calls without a team. No team's own folder is called so: what follows its ~ is a hash."""
_BY_CALL = ("findings", "emotion", "places")


@dataclass
class TeamNight:
    """What the writers ask of a report, for one team."""

    folder: Path
    engine: Engine
    sums: AgentSums
    agents: pa.Table
    keywords: pa.Table
    read: int
    scored: int
    not_assessable: int
    critical: int
    waived: int
    reasons: Counter[str]
    histogram: NDArray[np.int64]
    rejected: int = 0
    repaired: Counter[str] = field(default_factory=Counter)
    earlier: Earlier = NO_EARLIER

    @property
    def options(self) -> Options:
        """How the run was made."""
        return self.engine.options

    @property
    def data(self) -> Path:
        """Where the Parquet files are."""
        return self.folder / "data"

    def counts(self) -> dict[str, Any]:
        """For run.json."""
        return {
            "read": self.read,
            "scored": self.scored,
            "rejected": 0,
            "not_assessable": self.not_assessable,
            "not_assessable_reasons": dict(sorted(self.reasons.items())),
            "critical_calls": self.critical,
        }


def folder_of(team: str) -> str:
    """The name of a team's folder."""
    return safe_name(team) if team else NO_TEAM


def write_team_folders(report: Report, pages: set[str] | None) -> dict[Path, dict[str, Any]]:
    """teams/<team>/ for every team, and teams/teams.csv, which says whose folder is whose.

    pages: ids of the calls that have a page in the report, None without HTML. Returns each folder with
    what its run.json must say.
    """
    home = report.folder / TEAMS
    home.mkdir()
    written, rows = {}, []
    words = report.words.table()
    for team, sums in split_teams(report.team_sums).items():
        night = _write_team(report, home / folder_of(team), team, sums, words, pages)
        written[night.folder] = night.counts() | {"team": report.hide(team)}
        rows.append({"team": report.hide(team), "folder": night.folder.name, "calls": night.read})
    columns = ["team", "folder", "calls"]
    with CsvWriter(home / "teams.csv", "teams", report.options.lang, report.engine.names, columns=columns) as writer:
        if rows:
            writer.write(pa.Table.from_pylist(rows))
    return written


def _write_team(
    report: Report, folder: Path, team: str, sums: AgentSums, words: pa.Table, pages: set[str] | None
) -> TeamNight:
    options, engine = report.options, report.engine
    (folder / "data").mkdir(parents=True)
    _copy_rows(report, folder, "calls", _of_team(team))
    calls = read_calls(folder / "data" / "calls.parquet")
    ids = pa.array(calls["call_id"].to_pylist(), pa.string())
    for name in _BY_CALL:
        if (report.data / f"{name}.parquet").exists():
            _copy_rows(report, folder, name, pc.field("call_id").isin(ids))
    scorecards = agent_scorecards(sums, engine.ruleset)
    mine = words.filter(pc.equal(pc.fill_null(words["team"].cast(pa.string()), ""), team))
    points = np.round(calls["score"].drop_null().to_numpy() * 100).astype(np.int64)
    assessable = calls["assessable"].to_numpy()
    waived = ds.dataset(folder / "data" / "findings.parquet").count_rows(filter=pc.field("waived"))
    night = TeamNight(
        folder=folder,
        engine=engine,
        sums=sums,
        agents=agents_table(scorecards),
        keywords=rank_keywords(mine, scorecards),
        read=calls.num_rows,
        scored=calls.num_rows,
        not_assessable=int((~assessable).sum()),
        critical=int(calls["critical"].to_numpy().sum()),
        waived=waived,
        reasons=Counter(calls["not_assessable_reason"].drop_null().to_pylist()),
        histogram=np.bincount(points, minlength=10_001),
    )
    _write_tables(night)
    chosen = None if pages is None else pages & set(ids.to_pylist())
    if "xlsx" in options.outputs:
        write_workbook(night, chosen)
    if chosen is not None:
        (folder / "calls").mkdir(exist_ok=True)
        for call_id in sorted(chosen):
            name = f"{safe_name(call_id)}.html"
            shutil.copyfile(report.folder / "calls" / name, folder / "calls" / name)
        write_summaries(night, calls, chosen)
    if "parquet" not in options.outputs:
        shutil.rmtree(folder / "data")
    return night


def _of_team(team: str) -> pc.Expression:
    named = pc.field("team") == team
    return named if team else named | pc.field("team").is_null()


def _copy_rows(report: Report, folder: Path, name: str, wanted: pc.Expression) -> None:
    """The rows of a table that a team may see: Parquet, and CSV where there is one."""
    options = report.options
    source = ds.dataset(report.data / f"{name}.parquet")
    blocks: Iterator[pa.RecordBatch] = source.to_batches(filter=wanted)
    as_csv = "csv" in options.outputs and name in ("calls", "findings")
    columns = source.schema.names
    writer = None
    if as_csv:
        writer = CsvWriter(folder / f"{name}.csv", name, options.lang, report.engine.names, columns=columns)
    with ParquetSink(folder / "data" / f"{name}.parquet", source.schema) as sink:
        for block in blocks:
            if not block.num_rows:
                continue
            table = pa.Table.from_batches([block])
            sink.write(table)
            if writer is not None:
                writer.write(table)
    if writer is not None:
        writer.close()


def _write_tables(night: TeamNight) -> None:
    lang, names = night.options.lang, night.engine.names
    listed = [name for name in night.keywords.column_names if name != "listed"]
    tables = {
        "agents": night.agents,
        "keywords": night.keywords.filter(night.keywords["listed"]).select(listed),
    }
    for name, table in (("agents", night.agents), ("keywords", night.keywords)):
        with ParquetSink(night.data / f"{name}.parquet", table.schema) as sink:
            sink.write(table)
    if "csv" in night.options.outputs:
        for name, table in tables.items():
            path = night.folder / f"{name}.csv"
            with CsvWriter(path, name, lang, names, columns=table.column_names) as writer:
                writer.write(table)
    # What could not be read belongs to no team: the heading alone.
    CsvWriter(night.folder / "rejected.csv", "rejected", lang, names).close()
