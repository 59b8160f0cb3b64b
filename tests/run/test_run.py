"""A run from transcripts to the report folder: files, columns, counts, evidence, and what happens to the folder."""

from __future__ import annotations

import csv
import json
import re
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from qa_analyzer import run
from qa_analyzer.errors import OptionError, QaAnalyzerError
from qa_analyzer.run import OUTPUTS, REPORT_ENTRIES, UNMATCHED, Options, score
from qa_analyzer.writers.csv import CsvWriter

from .made import CALM, HEATED, Scored, call, mixed_calls, read_csv, say, scored, write_calls, write_rules

CRITERIA = ("courtesy", "empathy", "language")
RULE_IDS = (
    "courtesy/greeting",
    "empathy/apology",
    "empathy/understanding",
    "language/interruption",
    "language/rudeness",
)
# Columns of the contract, and those that the project adds.
CALLS = (
    "call_id agent_id agent_name team started_at call_type call_type_inferred assessable not_assessable_reason "
    "duration_s turns role_source role_confidence mixed_utterances score score_before_critical grade critical {scores} "
    "complaint_type complaint_type_confidence complaint_type_unsure complaint_scope "
    "complaint_complexity customer_need escalation_risk escalation_kind escalation_turn "
    "escalation_said repeat_contact promised_h "
    "promised_over_limit_h resolution emotion_start "
    "emotion_valley emotion_peak emotion_end emotion_mean emotion_trend emotion_fall "
    "emotion_fall_turn emotion_fall_after emotion_rise emotion_rise_turn emotion_rise_after agent_interruptions "
    "customer_interruptions silence_s longest_silence_s agent_chars_per_min agent_talk_share issue_clear_after "
    "questions_open questions_yes_no questions_restating questions_probing questions_informational "
    "questions_clarifying questions_consulting questions_service courtesy_per_100 negative_wording dialect "
    "hang_up_by ruleset {rules}"
)
FINDINGS = (
    "call_id agent_id rule verdict severity criterion occasion_turn turn role start_ms text_start text_end quote "
    "message suggest deduction same_fault_as waived waiver rule_id absent context tolerant"
)
AGENTS = (
    "agent_id agent_name team calls score_mean score_low score_high critical_calls {passes} interruptions_per_call "
    "recovery_rate worst_rules judged_share"
)
COLUMNS = {
    "calls": CALLS.format(
        scores=" ".join(f"score_{one}" for one in CRITERIA), rules=" ".join(f"rule:{one}" for one in RULE_IDS)
    ).split(),
    "findings": FINDINGS.split(),
    "agents": AGENTS.format(passes=" ".join(f"pass_{one}" for one in CRITERIA)).split(),
    "emotion": ["call_id", "turn", "start_ms", "value", "label", "confidence"],
}


def columns_of(report: Scored, start: str) -> list[str]:
    """The columns of `calls` whose names begin so."""
    return [name for name in map(str, report.calls.columns) if name.startswith(start)]


# ---- files and columns -------------------------------------------------------------------------------------------


def test_a_report_holds_every_file_of_the_contract_and_no_other(mixed: Scored) -> None:
    """Nothing is missing, and no scratch file is left."""
    assert {path.name for path in mixed.folder.iterdir()} == set(REPORT_ENTRIES) - {UNMATCHED, "teams"}
    assert {path.name for path in (mixed.folder / "data").iterdir()} == {
        "agents.parquet",
        "calls.parquet",
        "emotion.parquet",
        "places.parquet",
        "findings.parquet",
        "keywords.parquet",
    }
    assert len(list((mixed.folder / "calls").glob("*.html"))) == len(mixed.calls)
    assert len(list((mixed.folder / "agents").glob("*.html"))) == len(mixed.agents)


@pytest.mark.parametrize("table", sorted(COLUMNS))
def test_parquet_has_the_columns_of_the_contract_in_its_order(mixed: Scored, table: str) -> None:
    """Fixed columns, then one for each criterion and rule where the contract says so."""
    assert pq.read_schema(mixed.folder / "data" / f"{table}.parquet").names == COLUMNS[table]


@pytest.mark.parametrize("table", ["agents", "calls", "findings", "rejected"])
def test_csv_has_a_bom_chinese_headings_and_rows_of_one_width(mixed: Scored, table: str) -> None:
    """A Chinese Excel opens each file by double click."""
    path = mixed.folder / f"{table}.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = read_csv(path)
    assert len({len(row) for row in rows}) == 1
    assert len(rows[0]) == len(COLUMNS.get(table, ["file", "line", "call_id", "reason"]))
    assert all(re.search("[\u4e00-\u9fff]", heading) for heading in rows[0])


def test_csv_and_parquet_hold_the_same_rows(mixed: Scored) -> None:
    """findings.csv leaves the passes out; the other tables have every row."""
    for table in ("agents", "calls"):
        assert len(read_csv(mixed.folder / f"{table}.csv")) - 1 == len(mixed.tables[table])
    shown = mixed.findings[mixed.findings["verdict"] != "pass"]
    rows = read_csv(mixed.folder / "findings.csv")[1:]
    assert [row[0] for row in rows] == shown["call_id"].tolist()
    assert {row[3] for row in rows} == {"不合格", "无法判定"}


def test_an_english_report_is_english_in_csv_and_in_code_words(tmp_path: Path, rules: Path) -> None:
    """Headings, verdicts, rule names and messages follow `--lang`; quotes stay as spoken."""
    calls = write_calls(tmp_path / "calls.ndjson", [call("e1", HEATED)])
    report = scored(calls, rules, tmp_path / "report", lang="en")
    heading, *rows = read_csv(report.folder / "findings.csv")
    assert heading[:4] == ["Call ID", "Agent ID", "Rule", "Verdict"]
    rude = next(row for row in rows if row[2] == "Never rude")
    assert rude[3] == "Fail"
    assert "真啰嗦" in rude
    assert "The agent said “真啰嗦”" in rude


def test_the_workbook_has_its_sheets_and_all_calls(mixed: Scored) -> None:
    """班组, 坐席, 通话, 扣分明细, 说明 first, then 关键词 and 未读入; one row a call."""
    book = openpyxl.load_workbook(mixed.folder / "scorecards.xlsx", read_only=True)
    assert book.sheetnames == ["班组", "坐席", "通话", "扣分明细", "说明", "关键词", "未读入"]
    assert [row[0] for row in book["通话"].iter_rows(min_row=2, values_only=True)] == mixed.calls["call_id"].tolist()


def test_run_json_says_what_was_run_and_what_became_of_it(mixed: Scored) -> None:
    """Counts, versions, rule set, and whether the examples of this rule set were tested."""
    facts = json.loads((mixed.folder / "run.json").read_text(encoding="utf-8"))
    assert facts["read"] == facts["scored"] + facts["rejected"] == 8
    assert (facts["not_assessable"], facts["not_assessable_reasons"]) == (1, {"too_few_turns": 1})
    assert facts["critical_calls"] == 1
    assert facts["ruleset"] == mixed.calls["ruleset"].unique().item()
    assert facts["examples_passed"] is None
    assert {"qa_analyzer", "python", "packages", "rules", "emotion", "inputs", "finished_at", "seconds"} <= set(facts)
    assert facts == mixed.result.facts


def test_only_the_outputs_asked_for_are_written(tmp_path: Path, rules: Path) -> None:
    """`run.json` and `rejected.csv` are always there."""
    calls = write_calls(tmp_path / "calls.ndjson", [call("o1")])
    always = {"run.json", "rejected.csv"}
    for output, files in {
        "csv": {"agents.csv", "calls.csv", "findings.csv", "keywords.csv"},
        "parquet": {"data"},
        "xlsx": {"scorecards.xlsx"},
        "html": {"index.html", "agents", "calls", "assets"},
    }.items():
        score([calls], tmp_path / output, Options(rules=rules, outputs=(output,)))
        assert {path.name for path in (tmp_path / output).iterdir()} == files | always


def test_the_samples_keep_the_contract_with_the_shipped_rules(samples: Scored) -> None:
    """Every output is there, every call of the samples is scored, and no verdict is null."""
    assert {path.name for path in samples.folder.iterdir()} == set(REPORT_ENTRIES) - {UNMATCHED, "teams"}
    assert (samples.result.read, samples.result.scored, samples.result.rejected) == (56, 56, 0)
    verdicts = samples.calls[columns_of(samples, "rule:")]
    assert verdicts.shape[1] >= 26
    assert set(verdicts.to_numpy().ravel()) <= {"pass", "fail", "not_applicable", "undetermined"}
    assert samples.calls["score"].dropna().between(0, 100).all()


# ---- the score adds up --------------------------------------------------------------------------------------------


def hundredths(points: pd.Series) -> pd.Series:
    """Points as whole hundredths; anything finer is a mistake."""
    whole = (points * 100).round()
    assert ((points * 100 - whole).abs() < 1e-6).all()
    return whole.astype("int64")


@pytest.mark.parametrize("report", ["mixed", "samples"])
def test_deductions_and_criteria_add_up_exactly(report: str, request: pytest.FixtureRequest) -> None:
    """100 − Σ deduction = score_before_critical = Σ score_<criterion>, to the hundredth, for every scored call."""
    found: Scored = request.getfixturevalue(report)
    calls = found.calls[found.calls["score"].notna()]
    assert len(calls) >= 7
    before = hundredths(calls["score_before_critical"])
    lost = hundredths(found.findings["deduction"]).groupby(found.findings["call_id"]).sum().reindex(calls.index)
    assert (10_000 - lost.fillna(0) == before).all()
    criteria = [one for one in columns_of(found, "score_") if one != "score_before_critical"]
    earned = np.sum([hundredths(calls[one].fillna(0)).to_numpy() for one in criteria], axis=0)
    assert earned.tolist() == before.tolist()
    assert (hundredths(calls["score"]) == before.where(~calls["critical"], 0)).all()


@pytest.mark.parametrize("report", ["mixed", "samples"])
def test_a_call_that_is_not_assessable_has_verdicts_but_no_points(report: str, request: pytest.FixtureRequest) -> None:
    """Score, grade and criteria are null, and its findings deduct nothing."""
    found: Scored = request.getfixturevalue(report)
    calls = found.calls[~found.calls["assessable"]]
    assert len(calls) >= 1
    points = columns_of(found, "score")
    assert not calls[[*points, "grade"]].notna().to_numpy().any()
    assert calls["not_assessable_reason"].notna().all()
    assert (found.findings[found.findings["call_id"].isin(calls.index)]["deduction"] == 0).all()


def test_one_fault_deducts_once_and_says_where(mixed: Scored) -> None:
    """The smaller deduction of a group is 0 and names the rule that deducts; its verdict stays `fail`."""
    (apology,) = mixed.findings_of("m2", "empathy/apology").to_dict("records")
    (understanding,) = mixed.findings_of("m2", "empathy/understanding").to_dict("records")
    assert (apology["deduction"], understanding["deduction"]) == (7, 0)
    assert understanding["same_fault_as"] == "empathy/apology"
    assert mixed.calls.loc["m2", "rule:empathy/understanding"] == "fail"


def test_a_critical_failure_makes_the_score_zero_and_keeps_the_points_before(mixed: Scored) -> None:
    """The grade follows the score."""
    row = mixed.calls.loc["m3"]
    assert (row["critical"], row["score"], row["score_before_critical"], row["grade"]) == (True, 0, 84, "E")


# ---- evidence -----------------------------------------------------------------------------------------------------

ODD_TEXTS = (
    "😀👨‍👩‍👧您好，這裡是晨星供暖，您讲。",  # emoji of several code points, traditional
    "（按键声）早上好，晨星。",  # an event
    "ＡＢ１２　早上好，晨星。",  # full width
    "e\u0301您好\u200b，晨星。",  # combining mark and zero-width space
)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_the_quote_is_the_text_at_its_offsets(tmp_path: Path, rules: Path, text: str) -> None:
    """Offsets are code points of the turn's text as given, whatever normalising did to it."""
    calls = write_calls(tmp_path / "calls.ndjson", [call("q1", [say("agent", text), *CALM[1:]])])
    report = scored(calls, rules, tmp_path / "report")
    (row,) = report.findings_of("q1", "courtesy/greeting", "pass").to_dict("records")
    start, end = int(row["text_start"]), int(row["text_end"])
    assert row["quote"] == text[start:end]
    assert row["quote"].strip("\u200b") in ("您好", "早上好")


def given_turns(calls: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The turns of calls whose utterances alternate, one a turn."""
    return {made["call_id"]: [one["text"] for one in made["utterances"]] for made in calls}


def test_every_quote_of_every_finding_is_in_the_input_where_it_says(mixed: Scored) -> None:
    """For all findings with a place: quote = turn[text_start:text_end] of the input, and the role is the speaker's."""
    turns = given_turns(mixed_calls())
    located = mixed.findings[mixed.findings["turn"].notna()]
    assert len(located) > 20
    for row in located.to_dict("records"):
        text = turns[row["call_id"]][int(row["turn"])]
        assert row["quote"] == text[int(row["text_start"]) : int(row["text_end"])]
        assert row["role"] == "agent"


def test_a_turn_of_several_utterances_is_quoted_across_them(tmp_path: Path, rules: Path) -> None:
    """A turn's text is its utterances joined with nothing, and the time is that of the utterance that is quoted."""
    cut = [say("agent", "晨星供暖，", 0, 900), say("agent", "早上", 1500, 1900), say("agent", "好。", 1950, 2400)]
    calls = write_calls(tmp_path / "calls.ndjson", [call("j1", [*cut, *CALM[1:]])])
    report = scored(calls, rules, tmp_path / "report")
    (row,) = report.findings_of("j1", "courtesy/greeting", "pass").to_dict("records")
    assert (row["turn"], row["text_start"], row["text_end"], row["quote"]) == (0, 5, 8, "早上好")
    assert row["start_ms"] == 1500


def test_a_quote_has_500_code_points_at_most(tmp_path: Path, rules: Path) -> None:
    """A long turn as evidence of an absence is cut in the quote, and its span stays whole."""
    long = "这个事情说来话长" * 200
    calls = write_calls(tmp_path / "calls.ndjson", [call("l1", [say("agent", long), *CALM[1:]])])
    report = scored(calls, rules, tmp_path / "report")
    (row,) = report.findings_of("l1", "courtesy/greeting").to_dict("records")
    assert row["quote"] == long[:500]
    assert (row["text_start"], row["text_end"]) == (0, len(long))


def test_the_emotion_table_has_one_row_for_each_customer_turn(mixed: Scored) -> None:
    """Values lie between −1 and +1, and calls summarise them."""
    emotion = mixed.tables["emotion"]
    customer = {
        (made["call_id"], turn)
        for made in mixed_calls()
        for turn, one in enumerate(made["utterances"])
        if one["role"] == "customer"
    }
    assert set(zip(emotion["call_id"], emotion["turn"], strict=True)) == customer
    assert emotion["value"].between(-1, 1).all()
    assert set(emotion["label"]) <= {"angry", "negative", "neutral", "positive"}
    by_call = emotion.groupby("call_id")["value"]
    assert (mixed.calls["emotion_peak"] <= by_call.max().reindex(mixed.calls.index) + 1e-9).all()


def test_a_call_type_that_is_not_given_is_inferred_and_said_to_be(tmp_path: Path, rules: Path) -> None:
    """我要投诉 makes a complaint; a question is an inquiry; what the input gives stands."""
    complaint = [CALM[0], say("customer", "我要投诉你们！", 2800, 5600), *CALM[2:]]
    calls = [call("t1", complaint, call_type=None), call("t2", call_type=None), call("t3", complaint)]
    report = scored(write_calls(tmp_path / "calls.ndjson", calls), rules, tmp_path / "report")
    assert report.calls["call_type"].tolist() == ["complaint", "inquiry", "inquiry"]
    assert report.calls["call_type_inferred"].tolist() == [True, True, False]


# ---- the folder ---------------------------------------------------------------------------------------------------


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path, rules: Path) -> None:
    """A non-empty folder that is no report, or a file, is never written to."""
    calls = write_calls(tmp_path / "calls.ndjson", [call("f1")])
    own = tmp_path / "own"
    own.mkdir()
    (own / "账本.xlsx").write_bytes(b"mine")
    for target in (own, calls):
        with pytest.raises(OptionError, match="-o"):
            score([calls], target, Options(rules=rules))
    assert [path.name for path in own.iterdir()] == ["账本.xlsx"]
    assert calls.read_bytes().count(b"\n") == 1


def test_an_empty_folder_is_taken(tmp_path: Path, rules: Path) -> None:
    """`-o` may name a folder that was made before."""
    (tmp_path / "report").mkdir()
    report = scored(write_calls(tmp_path / "calls.ndjson", [call("f2")]), rules, tmp_path / "report")
    assert report.calls.index.tolist() == ["f2"]


def test_an_earlier_report_is_replaced_whole_and_foreign_files_in_it_are_kept(tmp_path: Path, rules: Path) -> None:
    """No page or table of the earlier run is left among those of the new one."""
    folder = tmp_path / "report"
    first = write_calls(tmp_path / "first.ndjson", [call("old"), call("older")])
    score([first], folder, Options(rules=rules))
    (folder / "我的笔记.txt").write_text("保留", encoding="utf-8")
    score(
        [write_calls(tmp_path / "second.ndjson", [call("new")])], folder, Options(rules=rules, outputs=("csv", "html"))
    )
    assert [path.name for path in (folder / "calls").iterdir()] == ["new.html"]
    assert read_csv(folder / "calls.csv")[1][0] == "new"
    assert not (folder / "data").exists()
    assert not (folder / "scorecards.xlsx").exists()
    assert (folder / "我的笔记.txt").read_text(encoding="utf-8") == "保留"


@pytest.mark.parametrize("moment", ["in a block", "at the end"])
def test_a_crash_leaves_no_half_report_and_the_earlier_one_as_it_was(
    tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """A bug in a writer ends the run with its traceback; nothing but the earlier report is on disk."""
    calls = write_calls(tmp_path / "in" / "calls.ndjson", [call("c1")])
    folder = tmp_path / "out" / "report"
    score([calls], folder, Options(rules=rules))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("writer broke")

    if moment == "in a block":
        monkeypatch.setattr(CsvWriter, "write_encoded", crash)
    else:
        monkeypatch.setattr("qa_analyzer.reporting.write_xlsx", crash)
    for target in (folder, folder.with_name("fresh")):
        with pytest.raises(RuntimeError, match="writer broke"):
            score([calls], target, Options(rules=rules))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["report"]


def test_a_full_disk_is_explained_and_leaves_nothing(
    tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the system while writing becomes one with a remedy."""

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("qa_analyzer.reporting.write_xlsx", full)
    calls = write_calls(tmp_path / "in" / "calls.ndjson", [call("d1")])
    with pytest.raises(QaAnalyzerError, match="磁盘空间"):
        score([calls], tmp_path / "out" / "report", Options(rules=rules))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_worker_that_dies_is_explained_and_leaves_nothing(
    tmp_path: Path, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A killed process (out of memory, say) ends the run with a remedy, not with a hang."""
    from concurrent.futures import Future
    from concurrent.futures.process import BrokenProcessPool

    class DyingPool:
        def __init__(self, *_: object, **__: object) -> None: ...

        def __enter__(self) -> DyingPool:
            return self

        def __exit__(self, *_: object) -> None: ...

        def submit(self, *_: object) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(BrokenProcessPool("terminated abruptly"))
            return future

    monkeypatch.setattr(run, "ProcessPoolExecutor", DyingPool)
    calls = write_calls(tmp_path / "in" / "calls.ndjson", [call("k1")])
    with pytest.raises(QaAnalyzerError, match="--workers"):
        score([calls], tmp_path / "out" / "report", Options(rules=rules, workers=2))
    assert list((tmp_path / "out").iterdir()) == []


# ---- rules --------------------------------------------------------------------------------------------------------


def test_a_trial_rule_is_shown_and_counted_but_costs_nothing(tmp_path: Path) -> None:
    """Its verdict and finding are there; the deduction is 0."""
    from .made import RULES

    trial = {name: text + "status: trial\n" if name == "language/rudeness" else text for name, text in RULES.items()}
    calls = write_calls(tmp_path / "calls.ndjson", mixed_calls()[1:3])
    report = scored(calls, write_rules(tmp_path / "rules", trial), tmp_path / "report")
    assert report.calls["rule:language/rudeness"].tolist() == ["fail", "fail"]
    assert not report.calls["critical"].any()
    rows = report.findings[report.findings["rule"] == "language/rudeness"]
    assert rows["deduction"].tolist() == [0, 0]


def test_a_rule_that_is_off_has_no_column_and_no_finding(tmp_path: Path) -> None:
    """As if its file were not there."""
    from .made import RULES

    off = {name: text + "status: off\n" if name == "language/rudeness" else text for name, text in RULES.items()}
    off["language/rudeness"] = off["language/rudeness"].replace("status: off", 'status: "off"')
    calls = write_calls(tmp_path / "calls.ndjson", mixed_calls()[1:2])
    report = scored(calls, write_rules(tmp_path / "rules", off), tmp_path / "report")
    assert "rule:language/rudeness" not in report.calls
    assert "language/rudeness" not in set(report.findings["rule"])


def test_an_unknown_figure_in_a_rule_is_an_error_of_the_rules(tmp_path: Path) -> None:
    """`score` checks rules as strictly as `rules check` does."""
    from .made import RUDENESS, RULES

    measured = re.sub(r"(?s)forbid:.*?examples:", "measure: {figure: nonsense, at_most: 3}\nexamples:", RUDENESS)
    measured = measured.replace("{match}", "").replace('message: "The agent said “”"', "message: no")
    broken = RULES | {"language/rudeness": measured}
    calls = write_calls(tmp_path / "calls.ndjson", [call("b1")])
    with pytest.raises(QaAnalyzerError, match="nonsense"):
        score([calls], tmp_path / "report", Options(rules=write_rules(tmp_path / "rules", broken)))
    assert not (tmp_path / "report").exists()


def test_csv_cells_equal_the_parquet_values(mixed: Scored) -> None:
    """Numbers are the same numbers and texts the same texts, in the same order of rows."""
    with (mixed.folder / "calls.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["通话编号"] for row in rows] == mixed.calls["call_id"].tolist()
    assert [row["得分"] and float(row["得分"]) for row in rows] == mixed.calls["score"].astype(object).where(
        mixed.calls["score"].notna(), ""
    ).tolist()
    assert set(chain.from_iterable(row.values() for row in rows)).isdisjoint({"nan", "None", "NaN"})


def test_every_output_can_be_named_and_no_other() -> None:
    """An unknown output is an error that lists the known ones."""
    Options(outputs=OUTPUTS).check()
    with pytest.raises(OptionError, match="parquet"):
        Options(outputs=("pdf",)).check()
