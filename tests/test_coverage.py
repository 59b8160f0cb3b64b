"""Coverage: every guideline has a rule or a column, and every rule has said yes and no."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from qa_analyzer.cli import app
from qa_analyzer.coverage import Counts, Coverage, Gap, cover
from qa_analyzer.judging import Ruleset
from qa_analyzer.resources import shipped
from qa_analyzer.rulebook import Rule, Rulebook, load_rulebook
from qa_analyzer.rulebook.guidelines import Guideline, Guidelines, Part
from qa_analyzer.trials import call_columns, tally
from qa_analyzer.writers.coverage_text import gap_text, render_coverage

from .engine.support import rubric, rule
from .run.made import mixed_calls, write_calls, write_rules

BOTH = Counts(passed=2, failed=1)


def guidelines(**columns: list[str] | None) -> Guidelines:
    listed = {number: Guideline(title=f"准则{number}", en=number, columns=named) for number, named in columns.items()}
    return Guidelines(Path("guidelines.yaml"), (Part(name="全部", en="All", guidelines=listed),))


def one(rule_id: str, *source: str, status: str = "active") -> Rule:
    keys = {"forbid": {"by": "agent", "says": ["不知道"]}, "source": list(source), "status": status}
    return rule(keys, rule_id)


def covered(known: Guidelines, *rules: Rule, columns: tuple[str, ...] = (), **samples: Counts) -> Coverage:
    """`samples` by rule id; a rule that is not named has said both."""
    counts = {each.id: BOTH for each in rules if each.spec.status != "off"} | samples
    return cover(known, Rulebook(rules, rubric(), "", Path()), columns, counts)


def test_a_guideline_is_covered_by_a_rule_that_names_it_or_by_a_column() -> None:
    found = covered(guidelines(G01=None, G02=["turns"]), one("a", "S1", "G01"), columns=("turns",))
    assert [(row.guideline, row.kind, row.what) for row in found.rows] == [
        ("G01", "rule", "a"),
        ("G02", "column", "turns"),
    ]
    assert found.gaps == ()


def test_a_guideline_without_either_is_a_gap() -> None:
    found = covered(guidelines(G01=None, G02=None), one("a", "G01"))
    assert found.gaps == (Gap("uncovered", "G02"),)


def test_a_column_that_is_not_there_yet_is_a_gap_of_its_own() -> None:
    found = covered(guidelines(G02=["mood", "turns"]), columns=("turns",))
    assert found.gaps == (Gap("no_column", "mood", "G02"),)
    assert [row.kind for row in found.rows] == ["no_column", "column"]


@pytest.mark.parametrize(
    ("counts", "kind"),
    [
        (Counts(passed=3), "never_fails"),
        (Counts(failed=3, undetermined=1), "never_passes"),
        (Counts(not_applicable=9, undetermined=9), "never_decided"),
        (BOTH, None),
    ],
)
def test_a_rule_must_have_passed_and_failed_on_the_samples(counts: Counts, kind: str | None) -> None:
    found = covered(guidelines(G01=None), one("a", "G01"), a=counts)
    assert [gap.kind for gap in found.gaps] == ([kind] if kind else [])


def test_a_rule_that_is_off_covers_its_guideline_and_need_not_fire() -> None:
    found = covered(guidelines(G01=None), one("a", "G01", status="off"))
    assert found.gaps == ()
    assert found.rows[0].samples is None


def test_a_rule_on_trial_must_fire() -> None:
    found = covered(guidelines(G01=None), one("a", "G01", status="trial"), a=Counts())
    assert found.gaps == (Gap("never_decided", "a"),)


def test_a_number_that_the_guidelines_do_not_have_is_a_gap_and_own_sources_are_none() -> None:
    found = covered(guidelines(G01=None), one("a", "G01"), one("b", "G99"), one("c", "手册 12"))
    assert found.gaps == (Gap("unknown_guideline", "b", "G99"),)
    assert [row.what for row in found.rows if row.guideline == ""] == ["b", "c"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_gap_is_told_in_both_languages(lang: str) -> None:
    known = guidelines(G01=None)
    for kind in ("uncovered", "no_column", "never_passes", "never_fails", "never_decided", "unknown_guideline"):
        told = gap_text(Gap(kind, "G01", "G01"), known, "zh" if lang == "zh" else "en")
        assert "G01" in told
        assert "{" not in told


def test_the_table_names_all_that_exists_and_all_that_is_missing() -> None:
    known = guidelines(G01=None, G02=["mood"], G03=None)
    found = covered(known, one("a/b", "G01"))
    console = Console(width=120)
    with console.capture() as shown:
        console.print(render_coverage(found, known, "zh", own_calls=False))
    for word in ("准则G01", "a/b", "2/1/0/0", "mood（还没有）", "（没有）"):
        assert word in shown.get()


def test_a_tally_counts_every_call_once_and_rejections_apart(tmp_path: Path, rules: Path) -> None:
    calls = mixed_calls()
    path = write_calls(tmp_path / "calls.ndjson", [*calls, calls[0], {"call_id": "empty", "utterances": []}])
    counted = tally([str(path)], Ruleset(load_rulebook(rules)))
    assert (counted.calls, counted.rejected) == (len(calls), 2)
    assert all(sum(counts) == len(calls) for counts in counted.counts.values())
    assert counted.counts["courtesy/greeting"].failed == 3
    assert counted.counts["language/interruption"].undetermined == 2


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rules(tmp_path_factory.mktemp("rules"))


def test_the_columns_are_those_of_the_calls_table(rules: Path) -> None:
    columns = call_columns(Ruleset(load_rulebook(rules)))
    assert {"call_id", "resolution", "rule:courtesy/greeting", "score_empathy"} <= set(columns)


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "160"})


GUIDELINES = """\
name: 测试
parts:
  - name: 全部
    en: All
    guidelines:
      G01: {title: 先问好, en: Greets}
      G02: {title: 话轮, en: Turns, columns: turns}
"""


def greeting_only(folder: Path, guidelines: str) -> Path:
    """A rule that both passes and fails on the sample calls."""
    text = (shipped("rules") / "opening" / "greeting.yaml").read_text(encoding="utf-8")
    (folder / "opening").mkdir(parents=True)
    (folder / "opening" / "greeting.yaml").write_text(text, encoding="utf-8")
    (folder / "guidelines.yaml").write_text(guidelines, encoding="utf-8")
    return folder


def test_exit_0_where_nothing_is_missing_and_1_with_the_gap_named(tmp_path: Path) -> None:
    whole = invoke("rules", "coverage", "--rules", greeting_only(tmp_path / "whole", GUIDELINES))
    assert whole.exit_code == 0, whole.output
    assert "2 条准则，1 条规则；示例通话 56 通；0 处缺口" in whole.output
    more = GUIDELINES + "      G03: {title: 道别, en: Farewell}\n"
    lacking = invoke("rules", "coverage", "--rules", greeting_only(tmp_path / "lacking", more), "--lang", "en")
    assert lacking.exit_code == 1
    assert "G03 “Farewell” has neither a rule nor a column" in lacking.output


def test_own_calls_are_counted_beside_the_samples(tmp_path: Path) -> None:
    path = write_calls(tmp_path / "calls.ndjson", mixed_calls())
    done = invoke("rules", "coverage", path, "--rules", greeting_only(tmp_path / "rules", GUIDELINES))
    assert done.exit_code == 0
    assert "给出的通话：8 通，未读入 0 通" in done.output
    assert "5/3/0/0" in done.output or "4/3/1/0" in done.output


def test_a_broken_guideline_file_is_exit_2(tmp_path: Path) -> None:
    broken = GUIDELINES.replace("title: 先问好", "titel: 先问好")
    done = invoke("rules", "coverage", "--rules", greeting_only(tmp_path / "rules", broken))
    assert done.exit_code == 2
    assert "guidelines.yaml:6: " in done.output
