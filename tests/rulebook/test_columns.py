"""Loading rules/columns/: what is accepted, and where each mistake is reported."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from qa_analyzer.lexicon import VALUES
from qa_analyzer.resources import shipped
from qa_analyzer.rulebook import load_rulebook
from qa_analyzer.rulebook.loading import read_columns

GOOD = """\
name: 方言
en: Dialect
why: 听得懂。
source: [G105]
values:
  said:
    says: [晓得, 要得]
"""


def folder_with(tmp_path: Path, text: str, name: str = "dialect") -> Path:
    (tmp_path / "columns").mkdir()
    (tmp_path / "columns" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_has_its_own_wordings_and_the_shipped_ones_for_the_rest(tmp_path: Path) -> None:
    """One file is replaced, the others stay as shipped."""
    texts: dict[str, str] = {}
    lexicon, problems = read_columns(folder_with(tmp_path, GOOD), texts)
    assert problems == []
    assert lexicon.columns["dialect"]["said"][0].says == ("晓得", "要得")
    assert set(lexicon.columns) == set(VALUES)
    assert texts["columns/dialect"] == GOOD


def test_the_shipped_wordings_use_every_value() -> None:
    """No code of a column is without wordings."""
    lexicon, problems = read_columns(shipped("rules"), {})
    assert problems == []
    assert {column: set(values) for column, values in lexicon.columns.items()} == {
        column: set(values) for column, values in VALUES.items()
    }


def test_wordings_are_no_rules_but_change_the_fingerprint(tmp_path: Path) -> None:
    """Files under columns/ are not taken for rules; the rule set's hash covers them."""
    home = shipped("rules")
    (tmp_path / "opening").mkdir()
    (tmp_path / "opening" / "greeting.yaml").write_bytes((home / "opening" / "greeting.yaml").read_bytes())
    before = load_rulebook(tmp_path, shipped_rubric=home / "rubric.yaml")
    folder_with(tmp_path, GOOD)
    after = load_rulebook(tmp_path, shipped_rubric=home / "rubric.yaml")
    assert [rule.id for rule in after.rules] == [rule.id for rule in before.rules] == ["opening/greeting"]
    assert after.hash != before.hash


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("says: [晓得", "say: [晓得"), 7, "没有「say」这个键"),
        (("  said:", "  spoken:"), 6, "没有「spoken」这个键"),
        (("晓得", "晓(得"), 7, "括号没有闭合"),
        (("晓得", "晓"), 7, "只有一个字"),
        (("晓得", "12"), 7, "请加引号"),
        (("why: 听得懂。\n", ""), 1, "缺少键「why」"),
    ],
)
def test_a_mistake_is_reported_with_its_line(tmp_path: Path, change: tuple[str, str], line: int, message: str) -> None:
    """As for rules: file, line, what is wrong, what is legal."""
    _, problems = read_columns(folder_with(tmp_path, GOOD.replace(*change)), {})
    assert [(one.path.name, one.line) for one in problems] == [("dialect.yaml", line)]
    assert message in problems[0].message


def test_a_single_character_is_all_right_where_its_words_are_excused(tmp_path: Path) -> None:
    """The 请 of 申请 is excused by `unless`."""
    text = GOOD.replace("says: [晓得, 要得]", "says: [请]\n    unless: [申请]")
    assert read_columns(folder_with(tmp_path, text), {})[1] == []


def test_a_file_for_no_column_is_a_mistake(tmp_path: Path) -> None:
    """With the names that are legal."""
    _, problems = read_columns(folder_with(tmp_path, textwrap.dedent(GOOD), "dialects"), {})
    assert "dialects" in problems[0].message
    assert "是不是「dialect」" in problems[0].message
