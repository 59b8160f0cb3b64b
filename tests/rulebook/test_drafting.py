"""`rules new`: a file with blanks that is reported until they are filled, and nothing ever overwritten."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qa_analyzer import resources
from qa_analyzer.cli import app
from qa_analyzer.resources import shipped
from qa_analyzer.rule_testing import check_examples
from qa_analyzer.rulebook import load_rulebook, read_rulebook
from qa_analyzer.rulebook.drafting import DRAFTS, draft
from qa_analyzer.rulebook.messages import Language

from ..run.made import write_rules

BLANKS = ("name", "why", "source", "criterion", "severity", "message", "suggest", "says", "pass", "fail")
FILLED = {
    "name:": "name: 着急时先安抚",
    "why:": "why: 先让他知道有人在管。",
    "source: []": "source: [手册 3]",
    "criterion:": "criterion: empathy",
    "severity:": "severity: minor",
    "message:": "message: 没有安抚",
    "suggest:": "suggest: 您先别急。",
    "says: []": "says: [您先别急]",
    "- pass:": '- pass: "客服：【您先别急】，我看一下。"',
    "- fail:": '- fail: "客服：【单号报一下。】"',
}


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "160"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_new_rule_is_reported_as_unfinished_at_each_blank(folder: Path, lang: Language) -> None:
    done = invoke("rules", "new", "solving/soothe", "--rules", folder, "--lang", lang)
    assert done.exit_code == 0, done.output
    path = folder / "solving" / "soothe.yaml"
    assert str(path) in done.output
    lines = path.read_text(encoding="utf-8").splitlines()
    problems = read_rulebook(folder, lang=lang)[1]
    assert {problem.path for problem in problems} == {path}
    blank = [lines[problem.line - 1].strip().removeprefix("- ").split(":")[0] for problem in problems]
    assert blank == list(BLANKS)
    checked = invoke("rules", "check", "--rules", folder, "--lang", lang)
    assert checked.exit_code == 2
    assert len(re.findall(r"soothe\.yaml:\d+: ", checked.output)) == len(BLANKS)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_draft_whose_blanks_are_filled_is_a_sound_rule(folder: Path, lang: Language) -> None:
    text = draft("solving/soothe", {"empathy": "同理心"}, lang=lang)
    for blank, filled in FILLED.items():
        text, count = re.subn(rf"(?m)^(\s*){re.escape(blank)}", lambda found: found[1] + filled, text)  # noqa: B023
        assert count == 1, blank
    (folder / "soothe.yaml").write_text(text, encoding="utf-8")
    results = check_examples(load_rulebook(folder), only=["soothe"])
    assert [one.message for one in results if not one.ok] == []
    assert len(results) == 2


def test_the_draft_names_the_criteria_of_the_folders_rubric(folder: Path) -> None:
    invoke("rules", "new", "solving/soothe", "--rules", folder)
    text = (folder / "solving" / "soothe.yaml").read_text(encoding="utf-8")
    assert "courtesy 礼貌、empathy 同理心、language 用语" in text


def test_a_broken_rubric_does_not_hinder_a_new_rule(folder: Path) -> None:
    (folder / "rubric.yaml").write_text("name: [", encoding="utf-8")
    assert invoke("rules", "new", "solving/soothe", "--rules", folder).exit_code == 0


@pytest.mark.parametrize("suffix", [".yaml", ".yml"])
def test_nothing_is_overwritten(folder: Path, suffix: str) -> None:
    path = folder / "solving" / f"soothe{suffix}"
    path.parent.mkdir()
    path.write_text("mine", encoding="utf-8")
    done = invoke("rules", "new", "solving/soothe", "--rules", folder)
    assert done.exit_code == 2
    assert path.name in done.output
    assert [(one.name, one.read_text(encoding="utf-8")) for one in path.parent.iterdir()] == [(path.name, "mine")]


@pytest.mark.parametrize(
    "rule_id",
    ["soothe", "solving/a/b", "../solving/a", "solving/Soothe", "solving/安抚", "/etc/passwd", "frameworks/a"],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_id_that_is_none_is_refused(folder: Path, rule_id: str, lang: str) -> None:
    before = sorted(folder.rglob("*"))
    done = invoke("rules", "new", rule_id, "--rules", folder, "--lang", lang)
    assert done.exit_code == 2
    assert "solving/refund_time" in done.output
    assert sorted(folder.rglob("*")) == before


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    done = invoke("rules", "new", "solving/soothe", "--rules", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert not (tmp_path / "nowhere").exists()


def test_the_rules_of_an_installation_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    assert resources.is_installed(tmp_path / "_data" / "rules")
    assert not resources.is_installed(shipped("rules"))
    monkeypatch.setattr(resources, "shipped", lambda name: write_rules(tmp_path / "_data" / name))
    done = invoke("rules", "new", "solving/soothe")
    assert done.exit_code == 2
    assert "--rules" in done.output
    assert not list(tmp_path.rglob("soothe*"))


def test_both_drafts_have_the_same_keys() -> None:
    keys = [re.findall(r"(?m)^\s*-? ?([a-z_]+):", text) for text in DRAFTS.values()]
    assert keys[0] == keys[1]
