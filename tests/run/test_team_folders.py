"""A folder for each team: her calls alone, figures and all."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from qa_analyzer.reporting import ALL_HAVE_PAGES
from qa_analyzer.run import Options, RunResult, score
from qa_analyzer.team_folders import NO_TEAM, folder_of
from qa_analyzer.writers.html import safe_name

from .made import CALM, HEATED, call, mixed_calls, write_calls

EAST, WEST, HOSTILE = "东区一组", "西区特急组", '../../=cmd|"<b>组</b>\u202e'


def night() -> list[dict[str, object]]:
    """Agent 9001 works for two teams; two calls have none."""
    teams = [EAST, WEST, HOSTILE, None]
    calls = []
    for number in range(16):
        team = teams[number % 4]
        agent = "9001" if number in (0, 1) else f"70{number % 4}{number % 3}"
        calls.append(call(f"n{number:02}", agent_id=agent, agent_name=f"坐席{agent}", team=team))
    return calls


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, rules: Path) -> RunResult:
    """The night with a folder for each team."""
    folder = tmp_path_factory.mktemp("teams")
    calls = write_calls(folder / "calls.ndjson", [*night(), *mixed_calls()[:2]])
    return score([calls], folder / "report", Options(rules=rules, by_team=True))


def test_every_call_is_in_exactly_one_folder(report: RunResult) -> None:
    """Together the folders hold the night; each holds calls of one team only."""
    found: list[str] = []
    for folder in (report.folder / "teams").iterdir():
        if folder.is_dir():
            calls = pd.read_parquet(folder / "data" / "calls.parquet")
            assert calls["team"].fillna("").nunique() == 1
            assert folder.name == folder_of(calls["team"].fillna("").iloc[0])
            found += calls["call_id"].tolist()
    assert sorted(found) == sorted(pd.read_parquet(report.folder / "data" / "calls.parquet")["call_id"])


def test_nothing_in_a_folder_names_another_team(report: RunResult) -> None:
    """Neither the other team's name nor its calls and agents stand in any file, pages and sheets included."""
    folder = report.folder / "teams" / EAST
    theirs = [WEST, "n01", "n02", "n03", "坐席7010"]
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".csv", ".json"):
            text = path.read_text(encoding="utf-8-sig")
            assert [one for one in theirs if one in text] == [], path
    book = openpyxl.load_workbook(folder / "scorecards.xlsx")
    cells = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert not cells & set(theirs)
    for path in (folder / "data").glob("*.parquet"):
        frame = pd.read_parquet(path)
        assert not frame.isin(theirs).any().any(), path


def test_figures_are_of_the_team_alone(report: RunResult) -> None:
    """An agent of two teams counts in each with the calls for it; the run's counts are the team's."""
    for team, ids in ((EAST, ["n00", "n04", "n08", "n12"]), (WEST, ["n01", "n05", "n09", "n13"])):
        folder = report.folder / "teams" / team
        agents = pd.read_parquet(folder / "data" / "agents.parquet")
        assert agents["calls"].sum() == len(ids)
        assert agents.set_index("agent_id").loc["9001", "calls"] == 1
        assert set(agents["team"]) == {team}
        run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        assert (run["read"], run["scored"], run["rejected"]) == (4, 4, 0)
        assert not {"roles", "formats", "repaired", "seconds"} & set(run)
    whole = pd.read_parquet(report.folder / "data" / "agents.parquet").set_index("agent_id")
    assert whole.loc["9001", "calls"] == 2
    assert whole.loc["9001", "team"] == WEST


def test_a_folder_is_a_report_that_opens(report: RunResult) -> None:
    """Pages, tables and workbook stand in it; the agent's page leads to pages that are there."""
    folder = report.folder / "teams" / EAST
    for name in ("index.html", "agents.csv", "calls.csv", "findings.csv", "scorecards.xlsx", "assets/report.css"):
        assert (folder / name).is_file(), name
    assert {path.stem for path in (folder / "calls").iterdir()} == {"n00", "n04", "n08", "n12"}
    agent = (folder / "agents" / "9001.html").read_text(encoding="utf-8")
    assert "../calls/n00.html" in agent
    written = (report.folder / "calls.csv").read_text(encoding="utf-8-sig").splitlines()
    mine = (folder / "calls.csv").read_text(encoding="utf-8-sig").splitlines()
    assert mine[0] == written[0]
    assert set(mine[1:]) == {
        line for line in written if line.startswith(tuple(f'"{n}"' for n in ("n00", "n04", "n08", "n12")))
    }


def test_hostile_and_missing_team_names_stay_inside(report: RunResult) -> None:
    """A name that steps upwards is a plain folder; calls without a team have their own; a list says whose it is."""
    home = report.folder / "teams"
    assert (home / safe_name(HOSTILE) / "index.html").is_file()
    assert (home / NO_TEAM / "calls.csv").is_file()
    assert all(folder_of(name) != NO_TEAM for name in ("~none", "none", "NONE", "～none"))
    listed = (home / "teams.csv").read_text(encoding="utf-8-sig")
    assert safe_name(HOSTILE) in listed
    assert "<b>组" not in (home / safe_name(HOSTILE) / "index.html").read_text(encoding="utf-8")


def test_a_workbook_links_to_pages_that_are_there(rules: Path, tmp_path: Path) -> None:
    """Of a night so large that not every call has a page: a small team's good calls have none either."""
    good = [call(f"good{at:03}", CALM, team=EAST) for at in range(ALL_HAVE_PAGES)]
    calls = [*good, call("fine", CALM, team=WEST), call("bad", HEATED, team=WEST)]
    target = tmp_path / "report"
    score([write_calls(tmp_path / "calls.ndjson", calls)], target, Options(rules=rules, by_team=True))
    folder = target / "teams" / WEST
    sheet = openpyxl.load_workbook(folder / "scorecards.xlsx")["通话"]
    linked = {row[0].value for row in sheet.iter_rows(min_row=2) if row[0].hyperlink is not None}
    assert linked == {path.stem for path in (folder / "calls").glob("*.html")} == {"bad"}


def test_without_the_option_there_are_no_folders(rules: Path, tmp_path: Path) -> None:
    """And a run without it takes an earlier run's folders away."""
    calls = write_calls(tmp_path / "calls.ndjson", night())
    target = tmp_path / "report"
    score([calls], target, Options(rules=rules, by_team=True, outputs=("csv",)))
    assert sorted(path.name for path in (target / "teams" / EAST).iterdir()) == [
        "agents.csv",
        "calls.csv",
        "findings.csv",
        "keywords.csv",
        "rejected.csv",
        "run.json",
    ]
    score([calls], target, Options(rules=rules, outputs=("csv",)))
    assert not (target / "teams").exists()
