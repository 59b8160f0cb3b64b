"""Loading rules/frameworks/: what is accepted, and where each mistake is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_analyzer.errors import RulesError
from qa_analyzer.resources import shipped
from qa_analyzer.rulebook import Rulebook, load_rulebook

GOOD = """\
name: 两步
en: Two steps
source: [S0]
why: 先问好，再告别。
stages:
  - {name: 问好, en: Greet, rules: opening/greeting}
  - name: 结束
    en: Close
    phase: closing
    rules: [closing/farewell, closing/not_in_this_folder]
  - {name: 回顾, en: Review, audible: false}
"""


def load(folder: Path, text: str, name: str = "two_steps") -> Rulebook:
    home = shipped("rules")
    for rule in ("opening/greeting", "closing/farewell"):
        target = folder / f"{rule}.yaml"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((home / f"{rule}.yaml").read_bytes())
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load_rulebook(folder, shipped_rubric=home / "rubric.yaml")


def test_a_framework_is_a_list_of_stages(tmp_path: Path) -> None:
    """It is no rule; rules that the folder does not have may be named."""
    rulebook = load(tmp_path, GOOD)
    assert [rule.id for rule in rulebook.rules] == ["closing/farewell", "opening/greeting"]
    (framework,) = rulebook.frameworks
    assert framework.id == "two_steps"
    assert [(stage.rules, stage.phase, stage.audible) for stage in framework.spec.stages] == [
        (["opening/greeting"], None, True),
        (["closing/farewell", "closing/not_in_this_folder"], "closing", True),
        ([], None, False),
    ]


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("phase: closing", "phase: ending"), 9, "「phase」不能是「ending」"),
        (("closing/farewell,", "closing/farewel,"), 10, "是不是「closing/farewell」"),
        (("audible: false", "audible: true"), 11, "没有写凭什么算做到"),
        (("audible: false", "audible: false, phase: closing"), 11, "就不能再写"),
        (("stages:", "steps:"), 5, "没有「steps」这个键"),
        (("en: Two steps\n", ""), 1, "缺少键「en」"),
        (("closing/not_in_this_folder", "closing/farewell"), 10, "写了两次"),
    ],
)
def test_a_mistake_is_reported_with_its_line(tmp_path: Path, change: tuple[str, str], line: int, message: str) -> None:
    """As for rules: file, line, what is wrong, what is legal."""
    with pytest.raises(RulesError) as caught:
        load(tmp_path, GOOD.replace(*change))
    (problem,) = caught.value.problems
    assert (problem.path.name, problem.line) == ("two_steps.yaml", line)
    assert message in problem.message


def test_the_name_of_the_file_becomes_a_columns(tmp_path: Path) -> None:
    """So it has to be one."""
    with pytest.raises(RulesError, match="要成为列名"):
        load(tmp_path, GOOD, "Two-Steps")


def test_the_shipped_frameworks_load() -> None:
    """All twelve."""
    home = shipped("rules")
    assert len(load_rulebook(home, shipped_rubric=home / "rubric.yaml").frameworks) == 12
