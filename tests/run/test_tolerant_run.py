"""`--tolerant` from the command line to the report."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import qa_analyzer
from qa_analyzer.cli import app

LINES = [
    ("agent", "您好，这里是星辰通信，很高兴位您服务，请问有什么可以邦您？"),
    ("customer", "我想查一下这个月的话费。"),
    ("agent", "好的，请您稍等，我帮您查一下。"),
    ("customer", "好的。"),
    ("agent", "您这个月的话费是三十八元。"),
    ("customer", "好的，没有别的了，谢谢。"),
    ("agent", "不客气，再件。"),
]
REMARK = "读音相近"


@pytest.fixture
def misheard(tmp_path: Path) -> Path:
    """One civil call as a recogniser with errors wrote it."""
    call = {"call_id": "m1", "agent_id": "N1", "utterances": [{"role": role, "text": text} for role, text in LINES]}
    path = tmp_path / "calls.ndjson"
    path.write_text(json.dumps(call, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def test_the_report_says_what_was_matched_by_sound(misheard: Path, tmp_path: Path) -> None:
    report = qa_analyzer.score(misheard, tolerant=True, folder=tmp_path / "report")
    alike = report.findings[report.findings["tolerant"]]
    assert alike.set_index("rule").loc["closing/farewell", "quote"] == "再件"
    assert set(alike["severity"]).isdisjoint({"critical"})
    assert report.run["tolerant"] is True
    page = (tmp_path / "report" / "calls" / "m1.html").read_text(encoding="utf-8")
    assert page.count(REMARK) == len(alike)


def test_without_it_nothing_is(misheard: Path) -> None:
    plain, lenient = (qa_analyzer.score(misheard, tolerant=tolerant) for tolerant in (False, True))
    assert not plain.findings["tolerant"].any()
    assert plain.run["tolerant"] is False
    assert plain.calls.loc[0, "rule:closing/farewell"] != "pass"
    assert lenient.calls.loc[0, "rule:closing/farewell"] == "pass"


def test_show_says_it_too(misheard: Path) -> None:
    runner = CliRunner()
    plain, lenient, english = (
        "".join(runner.invoke(app, ["show", str(misheard), "m1", *options]).output.split())
        for options in ((), ("--tolerant",), ("--tolerant", "--lang", "en"))
    )
    assert REMARK not in plain
    assert REMARK in lenient
    assert "bysound" in english


def test_workers_and_blocks_change_nothing(misheard: Path, tmp_path: Path) -> None:
    text = misheard.read_text(encoding="utf-8")
    many = tmp_path / "many.ndjson"
    many.write_text("".join(text.replace('"m1"', f'"m{n}"') for n in range(1, 5)), encoding="utf-8")
    one, two = (qa_analyzer.score(many, tolerant=True, workers=workers) for workers in (1, 2))
    pd.testing.assert_frame_equal(one.findings, two.findings)
    alone = qa_analyzer.score(misheard, tolerant=True)
    pd.testing.assert_frame_equal(alone.findings, one.findings[one.findings["call_id"] == "m1"].reset_index(drop=True))
