"""A centre's own rubric: what it takes over from the shipped one, and what it changes about single rules."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from qa_analyzer.judging import Ruleset
from qa_analyzer.resources import shipped
from qa_analyzer.rule_testing import check_examples
from qa_analyzer.rulebook import Rulebook, load_rulebook, read_rulebook
from qa_analyzer.rulebook.loading import check_rubric
from qa_analyzer.rulebook.schema import Severity, Status
from qa_analyzer.trials import call_columns

SHIPPED = shipped("rules") / "rubric.yaml"
EXAMPLE = Path(__file__).parent.parent.parent / "docs" / "examples" / "rubric_hotline.yaml"


def load(folder: Path, rubric: str) -> Rulebook:
    """The shipped rules with another rubric."""
    shutil.copytree(shipped("rules"), folder, dirs_exist_ok=True)
    (folder / "rubric.yaml").write_text(rubric, encoding="utf-8")
    return load_rulebook(folder)


@pytest.fixture(scope="module")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    return load(tmp_path_factory.mktemp("hotline"), EXAMPLE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def home() -> Rulebook:
    return load_rulebook(shipped("rules"))


def test_what_the_example_says_counts_and_the_rest_is_the_shipped_rubric(hotline: Rulebook, home: Rulebook) -> None:
    mine, theirs = hotline.rubric, home.rubric
    changed = {code: one.weight for code, one in mine.criteria.items() if one != theirs.criteria[code]}
    assert changed == {"solving": 40, "courtesy": 10, "closing": 5}
    assert [one.name for one in mine.criteria.values()] == [one.name for one in theirs.criteria.values()]
    assert mine.deductions == theirs.deductions | {Severity.MINOR: 1.0, Severity.MAJOR: 10.0}
    assert mine.thresholds == theirs.thresholds | {"dead_air_s": 12.0, "hang_up_grace_s": 8.0}
    assert (mine.grades, mine.phrases, mine.phases) == (theirs.grades, theirs.phrases, theirs.phases)
    assert len(mine.groups) == 5
    assert mine.name == "话费热线评分标准"


def test_every_rule_that_the_example_names_is_there(hotline: Rulebook) -> None:
    ids = {rule.id for rule in hotline.rules}
    named = {*hotline.rubric.rules, *(rule for group in hotline.rubric.groups for rule in group.rules)}
    assert named <= ids


def test_the_status_of_the_rubric_wins_over_that_of_the_file(hotline: Rulebook, home: Rulebook) -> None:
    before = {rule.id: rule.spec.status for rule in home.rules}
    after = {rule.id: rule.spec.status for rule in hotline.rules}
    assert {rule: status for rule, status in after.items() if status != before[rule]} == {
        "closing/anything_else": Status.OFF,
        "hold/thank": Status.TRIAL,
        "solving/time_limit_inquiry": Status.ACTIVE,
    }
    columns = call_columns(Ruleset(hotline))
    assert "rule:closing/anything_else" not in columns
    assert "rule:hold/thank" in columns


def test_examples_of_a_rule_that_is_off_are_tested_all_the_same(tmp_path: Path) -> None:
    rulebook = load(tmp_path, "extends: shipped\nname: 停用\nrules: {opening/greeting: {status: off}}\n")
    results = [one for one in check_examples(rulebook) if one.rule.id == "opening/greeting"]
    assert results
    assert all(one.ok for one in results)


def test_the_hash_changes_with_the_own_and_with_the_extended_rubric(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    text = SHIPPED.read_text(encoding="utf-8")
    hashes = set()
    for number, (own, theirs) in enumerate(
        [("name: 甲", text), ("name: 乙", text), ("name: 甲", text.replace("minor: 2", "minor: 3"))]
    ):
        base.write_text(theirs, encoding="utf-8")
        folder = tmp_path / str(number)
        shutil.copytree(shipped("rules") / "opening", folder / "opening")
        (folder / "rubric.yaml").write_text(f"extends: shipped\n{own}\n", encoding="utf-8")
        rulebook = load_rulebook(folder, shipped_rubric=base)
        assert rulebook.rubric.deductions[Severity.MINOR] == (3.0 if number == 2 else 2.0)
        hashes.add(rulebook.hash)
    assert len(hashes) == 3


@pytest.mark.parametrize(
    ("rubric", "line", "told"),
    [
        ("extends: other\nname: 甲\n", 1, "shipped"),
        ("extends: shipped\nname: 甲\ncriteria: {solving: {wieght: 4}}\n", 3, "是不是「weight」"),
        ("extends: shipped\nname: 甲\nname: 乙\n", 3, "重复"),
        ("extends: shipped\nname: 甲\nrules: {opening/greting: {status: off}}\n", 3, "没有规则"),
        ("extends: shipped\nname: 甲\nrules:\n  opening/greeting: {status: of}\n", 4, "是不是「off」"),
        ("extends: shipped\nname: 甲\ngrades:\n  - {grade: 优, from: 50}\n", 4, "要从 0 分起"),
        ("name: 甲\n", 1, "缺少键「criteria」"),
    ],
)
def test_a_mistake_is_reported_on_its_own_line(tmp_path: Path, rubric: str, line: int, told: str) -> None:
    shutil.copytree(shipped("rules") / "opening", tmp_path / "opening")
    (tmp_path / "rubric.yaml").write_text(rubric, encoding="utf-8")
    problems = read_rulebook(tmp_path)[1]
    found = [problem for problem in problems if problem.path.name == "rubric.yaml" and told in problem.message]
    assert [problem.line for problem in found] == [line]


def test_the_shipped_rubric_cannot_extend_itself(tmp_path: Path) -> None:
    path = tmp_path / "rubric.yaml"
    path.write_text("extends: shipped\n" + SHIPPED.read_text(encoding="utf-8"), encoding="utf-8")
    shutil.copytree(shipped("rules") / "opening", tmp_path / "opening")
    problems = read_rulebook(tmp_path, shipped_rubric=path)[1]
    assert [(problem.line, "extends" in problem.message) for problem in problems] == [(1, True)]


def test_rules_of_the_extended_rubric_that_a_folder_lacks_are_no_slips(tmp_path: Path) -> None:
    """The shipped groups name `opening/greeting`; a folder whose only rule is nearly called so is sound."""
    (tmp_path / "opening").mkdir()
    shutil.copy(shipped("rules") / "opening" / "greeting.yaml", tmp_path / "opening" / "greetings.yaml")
    (tmp_path / "rubric.yaml").write_text("extends: shipped\nname: 甲\n", encoding="utf-8")
    assert read_rulebook(tmp_path)[1] == []
    whole = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    (tmp_path / "rubric.yaml").write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    assert any("没有规则" in problem.message for problem in read_rulebook(tmp_path)[1])


def test_what_is_merged_keeps_the_order_of_the_extended_rubric() -> None:
    text = (
        "extends: shipped\nname: 甲\ncriteria:\n  extra: {name: 附加, weight: 5, en: Extra}\n  closing: {weight: 1}\n"
    )
    rubric, _, problems = check_rubric(
        text, path=Path("rubric.yaml"), rule_ids=None, base=SHIPPED.read_text(encoding="utf-8")
    )
    assert rubric is not None, problems
    assert list(rubric.criteria) == ["courtesy", "listening", "empathy", "solving", "language", "closing", "extra"]
    assert rubric.criteria["closing"].weight == 1
