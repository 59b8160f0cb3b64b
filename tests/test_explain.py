"""`rules explain`: why, source, wording, examples with marked evidence, and what a finished report says of the rule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qa_analyzer.cli import app
from qa_analyzer.reporting import past_findings

from .run.made import CALM, HEATED, RULES, call, scored, write_calls, write_rules


def explain(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["rules", "explain", *map(str, arguments)], env={"COLUMNS": "160"})


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    own = RULES | {"language/rudeness": RULES["language/rudeness"].replace("[T4]", "[T4, G53]")}
    return write_rules(tmp_path_factory.mktemp("rules"), own)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, rules: Path) -> Path:
    folder = tmp_path_factory.mktemp("report")
    days = {"early": "2026-03-01T23:00:00-08:00", "late": "2026-03-02T09:00:00+08:00", "undated": None}
    calls = [call(name, HEATED, started_at=day) for name, day in days.items()]
    calls.append(call("calm", CALM, started_at="2026-03-05T09:00:00+08:00"))
    return scored(write_calls(folder / "calls.ndjson", calls), rules, folder / "report").folder


def test_it_shows_why_source_wording_and_marked_examples(rules: Path) -> None:
    shown = explain("language/rudeness", "--rules", rules).output
    for told in (
        "不骂人，不嫌烦。",
        "T4",
        "G53  不辱骂讽刺",
        "严重",
        "启用",
        "请您慢慢说。",
        "骂人: {says: [你有病, 蠢货]",
        "【烦死了】",
    ):
        assert told in shown
    assert "客服：【烦死了】！" in shown
    grouped = explain("empathy/apology", "--rules", rules).output
    assert "体谅 (empathy/understanding)" in grouped


def test_times_and_facts_of_examples_are_shown(rules: Path) -> None:
    shown = explain("language/interruption", "--rules", rules, "--lang", "en").output
    assert "[1-4.5] 客服：【你听我说这个不对。】" in shown
    assert "A pass needs: times" in shown


def test_recent_hits_come_with_their_quotes_newest_first(rules: Path, report: Path) -> None:
    """By the moment, whatever the offset: 23:00 at −08:00 is later than 09:00 at +08:00 the next day."""
    shown = explain("language/rudeness", "--rules", rules, "--findings", report).output
    assert "合格 1 · 不合格 3 · 不适用 0 · 无法判定 0" in shown
    tail = shown[shown.index("最近的判定") :]
    assert re.findall(r"(early|late|undated) #\d", tail) == ["early", "late", "undated"]
    assert tail.count("“真啰嗦”") == 3
    one = explain("language/rudeness", "--rules", rules, "--findings", report, "--most", "1").output
    assert "另有 2 处" in one
    assert "late #" not in one


def test_a_rule_that_found_nothing_says_so(rules: Path, tmp_path: Path) -> None:
    calm = scored(write_calls(tmp_path / "calls.ndjson", [call("c", CALM)]), rules, tmp_path / "report")
    shown = explain("language/rudeness", "--rules", rules, "--findings", calm.folder, "--lang", "en")
    assert "Nothing failed" in shown.output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_folder_that_is_no_report_is_exit_2(rules: Path, tmp_path: Path, lang: str) -> None:
    done = explain("language/rudeness", "--rules", rules, "--findings", tmp_path, "--lang", lang)
    assert done.exit_code == 2
    assert "parquet" in done.output


def test_a_report_of_other_rules_is_exit_2(report: Path) -> None:
    done = explain("opening/greeting", "--findings", report)
    assert done.exit_code == 2
    assert "没有用规则「opening/greeting」" in done.output


def test_past_findings_hold_codes_and_plain_values(report: Path) -> None:
    past = past_findings(report, "empathy/apology", most=2)
    assert past is not None
    assert (dict(past.calls)["fail"], len(past.newest), past.left_out) == (3, 2, 1)
    assert past.newest[0].verdict == "fail"
    assert past.newest[0].turn == 2
