"""`rules preview`: one draft rule over an input, how often and where, without a report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qa_analyzer.cli import app
from qa_analyzer.writers.preview_text import MOST_TURNS

from .run.made import RULES, call, mixed_calls, say, write_calls, write_rules


def preview(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["rules", "preview", *map(str, arguments)], env={"COLUMNS": "160"})


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return write_calls(tmp_path / "calls.ndjson", [*mixed_calls(), {"call_id": "broken", "utterances": []}])


def row_of(output: str, verdict: str) -> list[str]:
    return next(line for line in output.splitlines() if line.strip().startswith(f"{verdict} ")).split()


def test_it_counts_calls_by_verdict_and_findings(rules: Path, calls: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    done = preview(rules / "language" / "rudeness.yaml", calls, "--rules", rules)
    assert done.exit_code == 0, done.output
    assert "language/rudeness  不骂人：试判 8 通，未读入 1 通" in done.output
    assert row_of(done.output, "不合格")[1:] == ["5", "62.5%", "5"]
    assert row_of(done.output, "合格")[1:] == ["3", "37.5%"]
    assert sorted(tmp_path.rglob("*")) == before


def test_the_first_findings_come_in_the_order_of_the_input_with_context(rules: Path, calls: Path) -> None:
    done = preview(rules / "language" / "rudeness.yaml", calls, "--rules", rules, "--most", "2")
    assert "前 2 处（共 5 处）" in done.output
    assert re.findall(r"(m\d) · 不合格", done.output) == ["m2", "m3"]
    assert "这我可不知道，【真啰嗦】。" in done.output
    assert "上个月修的又坏了，气死我了！" in done.output  # the turn before
    assert "你这什么口气？" in done.output  # the turn after
    assert "什么事。" not in done.output


def test_verdicts_can_be_chosen(rules: Path, calls: Path) -> None:
    done = preview(rules / "courtesy" / "greeting.yaml", calls, "--rules", rules, "--verdict", "pass", "--most", "1")
    assert "【您好】，晨星供暖" in done.output
    none = preview(rules / "courtesy" / "greeting.yaml", calls, "--rules", rules, "--verdict", "undetermined")
    assert "没有要列出的判定" in none.output


@pytest.mark.parametrize(
    "examples",
    ["", "examples:\n  - pass:\n  - fail:\n", "examples: [{pass: 客服：不合的例子。}]\n"],
    ids=["no", "blank", "few"],
)
def test_a_draft_needs_no_examples_and_may_stand_anywhere(tmp_path: Path, calls: Path, examples: str) -> None:
    draft = tmp_path / "草稿.yaml"
    head = RULES["language/rudeness"].split("examples:")[0]
    draft.write_text(head.replace("language\n", "courtesy\n") + examples, encoding="utf-8")
    done = preview(draft, calls, "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "draft/草稿  Never rude: 8 calls, 1 rejected" in done.output


def test_a_rule_that_is_off_is_tried_all_the_same(rules: Path, calls: Path) -> None:
    path = rules / "language" / "rudeness.yaml"
    path.write_text(RULES["language/rudeness"] + "status: off\n", encoding="utf-8")
    assert row_of(preview(path, calls, "--rules", rules).output, "不合格")[1] == "5"


def test_other_rules_of_the_folder_may_be_broken(rules: Path, calls: Path) -> None:
    (rules / "courtesy" / "greeting.yaml").write_text("name: [", encoding="utf-8")
    assert preview(rules / "language" / "rudeness.yaml", calls, "--rules", rules).exit_code == 0


def test_mistakes_of_the_draft_are_reported_by_line(rules: Path, calls: Path) -> None:
    path = rules / "language" / "rudeness.yaml"
    path.write_text(RULES["language/rudeness"].replace("forbid:", "forbids:"), encoding="utf-8")
    done = preview(path, calls, "--rules", rules)
    assert done.exit_code == 2
    assert "rudeness.yaml:9: " in done.output
    assert preview(rules / "nothing.yaml", calls).exit_code == 2
    assert preview(rules / "courtesy" / "greeting.yaml", rules / "no.ndjson", "--rules", rules).exit_code == 2


def test_personal_data_is_masked_unless_asked_for(rules: Path, tmp_path: Path) -> None:
    path = write_calls(
        tmp_path / "c.ndjson", [call("p", [say("customer", "我是13800138000"), say("agent", "真啰嗦。")] * 2)]
    )
    rule = rules / "language" / "rudeness.yaml"
    assert "13800138000" not in preview(rule, path, "--rules", rules).output
    assert "13800138000" in preview(rule, path, "--rules", rules, "--no-mask").output


def test_a_long_stretch_between_occasion_and_evidence_is_cut(rules: Path, tmp_path: Path) -> None:
    turns = [say("customer", "气死我了！"), *[say("customer" if n % 2 else "system", f"第{n}句。") for n in range(30)]]
    path = write_calls(
        tmp_path / "c.ndjson", [call("long", [*turns, say("agent", "哦，是吗。"), say("customer", "嗯？")])]
    )
    done = preview(rules / "empathy" / "apology.yaml", path, "--rules", rules)
    assert "【哦，是吗。】" in done.output
    assert "气死我了！" in done.output
    assert len(re.findall(r"第\d+句", done.output)) < MOST_TURNS
    assert "…" in done.output
