"""The Python interface, as the README shows it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import qa_analyzer
from qa_analyzer.errors import InputError, OptionError, QaAnalyzerError, RulesError

from .made import Scored, call, mixed_calls, write_calls


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_calls(tmp_path_factory.mktemp("api") / "calls.ndjson", mixed_calls())


def test_score_gives_data_frames_with_the_columns_of_the_report(source: Path, rules: Path, mixed: Scored) -> None:
    """The same tables as the Parquet files of a run on the same calls, and its counts."""
    report = qa_analyzer.score(source, rules=rules)
    for name, table in mixed.tables.items():
        pd.testing.assert_frame_equal(getattr(report, name), table)
    assert report.rejected.empty
    assert list(report.rejected.columns) == ["file", "line", "call_id", "reason"]
    assert (report.run["read"], report.run["scored"]) == (8, 8)


def test_the_example_of_the_readme_works(source: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder in, agents out, with the shipped rules."""
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "night.ndjson").write_bytes(source.read_bytes())
    monkeypatch.chdir(tmp_path)
    report = qa_analyzer.score("calls/")
    assert report.agents.set_index("agent_id").loc["N8", "calls"] == 2
    fails = report.findings.query("verdict == 'fail'")
    assert not fails.empty
    assert [path.name for path in tmp_path.iterdir()] == ["calls"]


def test_with_a_folder_the_whole_report_is_written(source: Path, rules: Path, tmp_path: Path) -> None:
    """Paths may be strings or Path objects, one or several."""
    report = qa_analyzer.score([str(source)], rules=str(rules), folder=tmp_path / "report", lang="en")
    assert (tmp_path / "report" / "index.html").is_file()
    assert (tmp_path / "report" / "scorecards.xlsx").is_file()
    assert len(report.calls) == 8


def test_rejected_calls_are_a_table_too(rules: Path, tmp_path: Path) -> None:
    """With file, line as a number, id and reason; formula characters are not escaped as in CSV."""
    path = write_calls(tmp_path / "calls.ndjson", [call("ok"), call("=bad", [])])
    report = qa_analyzer.score(path, rules=rules)
    (row,) = report.rejected.to_dict("records")
    assert (row["file"], row["line"], row["call_id"]) == (path.as_posix(), 2, "=bad")
    assert "utterances" in row["reason"]


def test_mask_false_shows_what_was_said(rules: Path, tmp_path: Path) -> None:
    """Masked by default, one code point for one."""
    spoken = [{"role": "agent", "text": "什么事，13812345679的机主？"}, *call("x")["utterances"][1:]]
    path = write_calls(tmp_path / "calls.ndjson", [call("m", spoken)])
    for mask in (True, False):
        report = qa_analyzer.score(path, rules=rules, mask=mask)
        quotes = " ".join(report.findings["quote"].dropna())
        assert ("13812345679" in quotes) is not mask


def test_errors_are_of_one_tree_and_say_the_remedy(source: Path, rules: Path, tmp_path: Path) -> None:
    """InputError, OptionError, RulesError, all of them QaAnalyzerError."""
    with pytest.raises(InputError, match="检查"):
        qa_analyzer.score(tmp_path / "nothing.ndjson", rules=rules)
    with pytest.raises(OptionError, match="snownlp"):
        qa_analyzer.score(source, rules=rules, emotion="nothing")
    with pytest.raises(OptionError, match="--workers"):
        qa_analyzer.score(source, rules=rules, workers=0)
    (tmp_path / "empty").mkdir()
    with pytest.raises(RulesError):
        qa_analyzer.score(source, rules=tmp_path / "empty")
    assert issubclass(RulesError, QaAnalyzerError)
