"""The guidelines: what the shipped file says, what a centre's own may say, and how mistakes are reported."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from qa_analyzer.errors import RulesError
from qa_analyzer.resources import shipped
from qa_analyzer.rulebook import read_rulebook
from qa_analyzer.rulebook.guidelines import (
    GUIDELINE_ID,
    columns_named,
    guidelines_path,
    load_guidelines,
    read_guidelines,
)

SOUND = textwrap.dedent("""\
    name: 小店准则
    parts:
      - name: 开头
        en: Start
        folders: [opening]
        guidelines:
          G01: {title: 先问好, en: Greets}
      - name: 其他
        en: Rest
        guidelines:
          G02: {title: 提问, en: Questions, columns: [questions_<kind>, turns]}
    """)


def write(folder: Path, text: str) -> Path:
    path = folder / "guidelines.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_guidelines_are_1_to_106_without_a_hole() -> None:
    guidelines = load_guidelines(shipped("rules"))
    assert sorted(map(int, (one.removeprefix("G") for one in guidelines.by_id))) == list(range(1, 107))


def test_every_shipped_rule_stands_in_a_folder_of_a_part_and_names_a_guideline() -> None:
    """Else pages and coverage would list it nowhere."""
    guidelines = load_guidelines(shipped("rules"))
    rulebook, problems = read_rulebook(shipped("rules"))
    assert rulebook is not None, problems
    for rule in rulebook.rules:
        assert guidelines.part_of_folder(rule.id.split("/")[0]), rule.id
        named = [one for one in rule.spec.source if GUIDELINE_ID.fullmatch(one)]
        assert named, rule.id
        assert set(named) <= set(guidelines.by_id), rule.id


def test_guidelines_are_no_rule(tmp_path: Path) -> None:
    """`guidelines.yaml` and `waivers.yaml` at the top of a rules folder are not read as rules; below it they are."""
    write(tmp_path, SOUND)
    (tmp_path / "waivers.yaml").write_text("[]", encoding="utf-8")
    (problem,) = read_rulebook(tmp_path)[1]
    assert "没有规则" in problem.message
    (tmp_path / "closing").mkdir()
    (tmp_path / "closing" / "waivers.yaml").write_text("name: 规则\n", encoding="utf-8")
    assert {problem.path.parent.name for problem in read_rulebook(tmp_path)[1]} == {"closing"}


def test_a_folder_without_guidelines_uses_the_shipped_ones(tmp_path: Path) -> None:
    assert guidelines_path(tmp_path) == shipped("rules") / "guidelines.yaml"
    own = write(tmp_path, SOUND)
    assert guidelines_path(tmp_path) == own
    assert list(load_guidelines(tmp_path).by_id) == ["G01", "G02"]


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("G02:", "G2:", 11, "G2"),
        ("G02:", "G01:", 11, "写了两次，第一次在「开头」"),
        ("en: Rest", "en: Rest\n    folders: [opening]", 10, "已经归在「开头」"),
        ("title: 先问好", "tilte: 先问好", 7, "是不是「title」"),
        ("en: Greets", "en: no", 7, "加引号"),
        ("turns]", "回合]", 11, "不是列名"),
        ("{title: 先问好, en: Greets}", "{title: '', en: Greets}", 7, "是空的"),
    ],
)
def test_a_mistake_is_reported_with_its_line(tmp_path: Path, old: str, new: str, line: int, told: str) -> None:
    path = write(tmp_path, SOUND.replace(old, new))
    guidelines, problems = read_guidelines(path)
    assert guidelines is None
    assert [problem.line for problem in problems] == [line]
    assert told in problems[0].message
    with pytest.raises(RulesError):
        load_guidelines(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("turns", ["turns"]),
        ("questions_<kind>", ["questions_open", "questions_yes_no"]),
        ("silence", []),
    ],
)
def test_a_name_stands_for_a_column_or_for_all_of_its_kind(wanted: str, found: list[str]) -> None:
    assert columns_named(wanted, ["turns", "questions_open", "questions_yes_no", "questions_", "silence_s"]) == found
