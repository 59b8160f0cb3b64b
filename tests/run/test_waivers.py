"""Waivers: a failure that is let pass keeps its verdict, costs nothing, and is never out of sight."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from qa_analyzer.cli import app
from qa_analyzer.errors import RulesError
from qa_analyzer.rulebook import load_rulebook
from qa_analyzer.rulebook.waivers import NO_WAIVERS, load_waivers, waivers_path

from .made import RULES, Scored, call, mixed_calls, read_csv, say, scored, write_calls, write_rules

TODAY = date(2026, 3, 10)
GOOD = (date.today() + timedelta(days=300)).isoformat()


def entry(call_id: str = "m2", rule: str = "language/rudeness", **changes: str) -> str:
    keys = {
        "call": call_id,
        "rule": rule,
        "reason": "系统故障当天",
        "owner": "质检组长 周敏",
        "expires": GOOD,
    } | changes
    first, *rest = (f"{key}: {value}" for key, value in keys.items())
    return f"- {first}\n" + "".join(f"  {one}\n" for one in rest)


def write(path: Path, *entries: str) -> Path:
    path.write_text("".join(entries), encoding="utf-8")
    return path


def cell(table: pd.DataFrame, row: str, column: str) -> Any:
    """One value."""
    return table[column].to_dict()[row]


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "160"})


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_calls(tmp_path_factory.mktemp("calls") / "calls.ndjson", mixed_calls())


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, calls: Path, rules: Path) -> Scored:
    return scored(calls, rules, tmp_path_factory.mktemp("plain") / "report")


@pytest.fixture(scope="module")
def waived(tmp_path_factory: pytest.TempPathFactory, calls: Path, rules: Path) -> Scored:
    """m2's apology and m3's insult are waived."""
    folder = tmp_path_factory.mktemp("waived")
    waivers = write(folder / "waivers.yaml", entry("m2", "empathy/apology"), entry("m3"))
    outputs = ("csv", "parquet", "xlsx", "html")
    return scored(calls, rules, folder / "report", outputs, waivers=waivers)


# ---- what a waiver does ----------------------------------------------------------------------------------------


def test_a_waived_failure_keeps_its_verdict_and_costs_nothing(plain: Scored, waived: Scored) -> None:
    before, after = plain.findings_of("m3", "language/rudeness"), waived.findings_of("m3", "language/rudeness")
    assert before["deduction"].sum() > 0
    assert after["deduction"].sum() == 0
    assert after["waived"].all()
    assert set(after["waiver"]) == {f"系统故障当天（质检组长 周敏，有效到 {GOOD}）"}
    assert cell(waived.calls, "m3", "rule:language/rudeness") == "fail"
    assert not waived.findings[waived.findings["call_id"] == "m1"]["waived"].any()
    assert not plain.findings["waived"].any()


def test_a_waived_critical_failure_is_no_longer_critical(plain: Scored, waived: Scored) -> None:
    assert (cell(plain.calls, "m3", "critical"), cell(plain.calls, "m3", "score")) == (True, 0.0)
    assert not cell(waived.calls, "m3", "critical")
    assert cell(waived.calls, "m3", "score") == cell(waived.calls, "m3", "score_before_critical") > 0
    assert waived.result.facts["critical_calls"] == plain.result.facts["critical_calls"] - 1


def test_the_score_is_that_of_the_same_rule_as_a_mere_fact(
    calls: Path, tmp_path: Path, waived: Scored, plain: Scored
) -> None:
    """Groups too: with the apology waived, the lack of understanding deducts in its place."""
    facts = RULES | {"empathy/apology": RULES["empathy/apology"].replace("severity: major", "severity: info")}
    info = scored(calls, write_rules(tmp_path / "rules", facts), tmp_path / "report")
    columns = [column for column in map(str, info.calls.columns) if column.startswith("score")]
    pd.testing.assert_frame_equal(waived.calls.loc[["m2"], columns], info.calls.loc[["m2"], columns])
    assert plain.findings_of("m2", "empathy/understanding")["deduction"].sum() == 0
    assert waived.findings_of("m2", "empathy/understanding")["deduction"].sum() > 0
    untouched = [one for one in plain.calls.index if one not in ("m2", "m3")]
    pd.testing.assert_frame_equal(waived.calls.loc[untouched, columns], plain.calls.loc[untouched, columns])


def test_what_is_lost_still_adds_up(waived: Scored) -> None:
    lost = waived.findings.groupby("call_id")["deduction"].sum()
    scores = waived.calls["score_before_critical"].dropna()
    assert np.allclose(100 - lost.reindex(scores.index, fill_value=0), scores)


def test_the_agents_scorecard_leaves_waived_failures_out(plain: Scored, waived: Scored) -> None:
    assert cell(plain.agents, "N8", "critical_calls") == 1
    assert cell(waived.agents, "N8", "critical_calls") == 0
    assert cell(plain.agents, "N8", "pass_empathy") < cell(waived.agents, "N8", "pass_empathy")


def test_it_stays_visible_everywhere(waived: Scored) -> None:
    heading, *rows = read_csv(waived.folder / "findings.csv")
    at = heading.index("已豁免"), heading.index("豁免说明")
    assert {row[at[0]] for row in rows} == {"是", "否"}
    assert all(bool(row[at[1]]) == (row[at[0]] == "是") for row in rows)
    page = (waived.folder / "calls" / "m3.html").read_text(encoding="utf-8")
    assert "已豁免，不扣分" in page
    assert "系统故障当天（质检组长 周敏" in page
    assert "你有病" in page
    index = (waived.folder / "index.html").read_text(encoding="utf-8")
    assert "另有 2 处不合格已豁免" in index
    assert waived.result.facts["waivers"]["waived_findings"] == 2
    assert waived.result.facts["waivers"]["unused"] == []


def test_show_says_it_too(calls: Path, rules: Path, tmp_path: Path) -> None:
    waivers = write(tmp_path / "w.yaml", entry("m3"), entry("other"))
    shown = invoke("show", calls, "m3", "--rules", rules, "--waivers", waivers)
    assert shown.exit_code == 0, shown.output
    assert "豁免: 系统故障当天" in shown.output
    assert "一票否决" not in shown.output.split("得分构成")[0]
    english = invoke("show", calls, "m3", "--rules", rules, "--waivers", waivers, "--lang", "en")
    assert f"Waiver: 系统故障当天 (质检组长 周敏, until {GOOD})" in english.output


def test_workers_and_blocks_change_nothing(calls: Path, rules: Path, tmp_path: Path, waived: Scored) -> None:
    waivers = write(tmp_path / "w.yaml", entry("m2", "empathy/apology"), entry("m3"))
    again = scored(calls, rules, tmp_path / "report", workers=2, block_bytes=1500, waivers=waivers)
    for name in ("calls", "findings", "agents"):
        pd.testing.assert_frame_equal(again.tables[name], waived.tables[name])
    assert again.result.facts["waivers"]["waived_findings"] == 2


def test_personal_data_in_a_reason_is_masked(calls: Path, rules: Path, tmp_path: Path) -> None:
    waivers = write(tmp_path / "w.yaml", entry("m3", reason="客户 13800138000 已谅解"))
    masked = scored(calls, rules, tmp_path / "a", waivers=waivers)
    assert "13800138000" not in str(masked.findings["waiver"].dropna().unique())
    shown = scored(calls, rules, tmp_path / "b", waivers=waivers, mask=False)
    assert "13800138000" in str(shown.findings["waiver"].dropna().unique())


def test_waivers_in_the_rules_folder_count_without_being_named(calls: Path, tmp_path: Path) -> None:
    folder = write_rules(tmp_path / "rules")
    write(folder / "waivers.yaml", entry("m3"))
    found = scored(calls, folder, tmp_path / "report")
    assert found.findings_of("m3", "language/rudeness")["waived"].all()
    import qa_analyzer

    other = write(tmp_path / "other.yaml", entry("m2"))
    report = qa_analyzer.score(calls, rules=folder, waivers=other)
    assert set(report.findings[report.findings["waived"]]["call_id"]) == {"m2"}


def test_a_rule_may_fail_in_several_places_and_all_are_waived(rules: Path, tmp_path: Path) -> None:
    rude = [say("agent", "真啰嗦。"), say("customer", "什么？"), say("agent", "你有病。"), say("customer", "唉。")]
    twice = write_calls(tmp_path / "c.ndjson", [call("t", rude * 2)])
    found = scored(twice, rules, tmp_path / "report", waivers=write(tmp_path / "w.yaml", entry("t")))
    rows = found.findings_of("t", "language/rudeness")
    assert rows["waived"].tolist() == [True] * 4
    assert not cell(found.calls, "t", "critical")


# ---- waivers that are not used ---------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_unused_waiver_is_exit_1_with_its_line_and_stands_in_run_json(
    calls: Path, rules: Path, tmp_path: Path, lang: str
) -> None:
    waivers = write(tmp_path / "w.yaml", entry("m3"), entry("gone"), entry("m1"))
    done = invoke("score", calls, "--rules", rules, "--waivers", waivers, "-o", tmp_path / "report", "--lang", lang)
    assert done.exit_code == 1
    assert "w.yaml:6: " in done.output
    assert "w.yaml:11: " in done.output
    assert ("输入里没有通话「gone」" if lang == "zh" else "no call 'gone'") in done.output
    assert ("判的是合格" if lang == "zh" else "its verdict is Pass") in done.output
    facts = json.loads((tmp_path / "report" / "run.json").read_text(encoding="utf-8"))["waivers"]
    assert (facts["given"], facts["waived_findings"]) == (3, 1)
    assert [(one["call_id"], one["line"], one["verdict"]) for one in facts["unused"]] == [
        ("gone", 6, None),
        ("m1", 11, "pass"),
    ]


def test_an_unused_waiver_changes_no_score(calls: Path, rules: Path, tmp_path: Path, plain: Scored) -> None:
    """A pass that somebody waived is still a pass."""
    waivers = write(tmp_path / "w.yaml", entry("m1"), entry("m1", "language/interruption"))
    found = scored(calls, rules, tmp_path / "report", waivers=waivers)
    pd.testing.assert_frame_equal(found.tables["calls"], plain.tables["calls"])


def test_used_waivers_are_exit_0_and_critical_calls_still_win(calls: Path, rules: Path, tmp_path: Path) -> None:
    waivers = write(tmp_path / "w.yaml", entry("m3"))
    arguments = ("score", calls, "--rules", rules, "--waivers", waivers, "-o", tmp_path / "report", "--outputs", "csv")
    assert invoke(*arguments, "--fail-on", "critical").exit_code == 0
    unused = write(tmp_path / "u.yaml", entry("gone"))
    done = invoke(*arguments[:4], "--waivers", unused, *arguments[6:], "--fail-on", "critical")
    assert done.exit_code == 3


def test_without_waivers_run_json_says_null(plain: Scored) -> None:
    assert plain.result.facts["waivers"] is None


# ---- the file --------------------------------------------------------------------------------------------------


def problems(rules: Path, tmp_path: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(RulesError) as caught:
        load_waivers(write(tmp_path / "w.yaml", text), load_rulebook(rules), today=TODAY)
    return [(one.line, one.message) for one in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (entry(expires="2026-03-09"), 5, "已在 2026-03-09 到期，今天是 2026-03-10"),
        (entry(expires="2026-3-20"), 5, "不是日期"),
        (entry(expires="明年"), 5, "不是日期"),
        (entry(expires="20260320"), 5, "不是日期"),
        (entry(expires=""), 5, "还没有填写"),
        (entry(rule="language/rudness"), 2, "是不是「language/rudeness」"),
        (entry(reason="''"), 3, "是空的"),
        (entry(call_id="20261121"), 1, '请加引号："20261121"'),
        (entry() + "  because: 无\n", 6, "没有「because」这个键"),
        (entry() + entry(), 6, "豁免了两次，第一次是第 1 项"),
        (entry().replace("  owner: 质检组长 周敏\n", ""), 1, "缺少键「owner」"),
        ("call: m2\n", 1, "应为列表"),
    ],
)
def test_a_mistake_is_reported_with_its_line(rules: Path, tmp_path: Path, text: str, line: int, told: str) -> None:
    found = problems(rules, tmp_path, text)
    assert [one[0] for one in found] == [line]
    assert told in found[0][1]


def test_a_waiver_holds_through_its_last_day_and_quotes_are_welcome(rules: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "w.yaml", entry(expires="2026-03-10"), entry("m3", expires='"2026-03-11"'))
    found = load_waivers(path, load_rulebook(rules), today=TODAY)
    assert [(one.expires.isoformat(), one.line) for one in found.items] == [("2026-03-10", 1), ("2026-03-11", 6)]


def test_a_rule_that_is_off_needs_no_waiver(tmp_path: Path) -> None:
    off = RULES | {"language/rudeness": RULES["language/rudeness"] + "status: off\n"}
    assert "已停用" in problems(write_rules(tmp_path / "rules", off), tmp_path, entry())[0][1]


def test_no_file_is_no_waivers_and_a_missing_one_is_an_error(rules: Path, tmp_path: Path) -> None:
    assert waivers_path(rules) is None
    assert load_waivers(None, load_rulebook(rules)) == NO_WAIVERS
    assert load_waivers(write(tmp_path / "none.yaml", "[]"), load_rulebook(rules)).items == ()
    with pytest.raises(RulesError):
        load_waivers(tmp_path / "missing.yaml", load_rulebook(rules))


def test_an_expired_waiver_is_exit_2_before_any_input_is_read(rules: Path, tmp_path: Path) -> None:
    waivers = write(tmp_path / "w.yaml", entry(expires="2020-01-01"))
    done = invoke("score", tmp_path / "nothing.ndjson", "--rules", rules, "--waivers", waivers, "-o", tmp_path / "r")
    assert done.exit_code == 2
    assert "w.yaml:5: " in done.output
    assert "nothing.ndjson" not in done.output
    assert not (tmp_path / "r").exists()


def test_rules_check_looks_at_the_waivers_of_the_folder(tmp_path: Path) -> None:
    folder = write_rules(tmp_path / "rules")
    write(folder / "waivers.yaml", entry(expires="2020-01-01"))
    done = invoke("rules", "check", "--rules", folder)
    assert done.exit_code == 2
    assert "waivers.yaml:5: " in done.output
