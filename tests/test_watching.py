"""Watching rule files: which changed, and that only their examples run again, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qa_analyzer import watching
from qa_analyzer.cli import app
from qa_analyzer.rulebook.loading import changed_rules
from qa_analyzer.watching import watch

from .run.made import RULES, write_rules

ROOT = Path(__file__).parent.parent


class Script:
    """A sleep that does the next thing of a list, and presses Ctrl-C after the last."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        """Do these, one a sleep."""
        self.steps = list(steps)

    def __call__(self, seconds: float) -> None:
        """Sleep."""
        assert seconds > 0
        if not self.steps:
            raise KeyboardInterrupt
        self.steps.pop(0)()


def nothing() -> None:
    pass


def test_what_was_changed_added_and_removed_is_told_once(tmp_path: Path) -> None:
    one, two, other = tmp_path / "one.yaml", tmp_path / "sub" / "two.yaml", tmp_path / "notes.txt"
    two.parent.mkdir()
    one.write_text("a")
    told = []
    steps = Script(
        nothing,
        lambda: one.write_text("ab"),
        nothing,
        lambda: (two.write_text("new"), other.write_text("no rule")),
        one.unlink,
        lambda: os.utime(two, ns=(1, 1)),
    )
    with pytest.raises(KeyboardInterrupt):
        for changed in watch(tmp_path, (".yaml",), sleep=steps):
            told.append(changed)
    assert told == [{one}, {two}, {one}, {two}]


def test_changed_files_are_rules_and_a_changed_rubric_concerns_all(tmp_path: Path) -> None:
    folder = write_rules(tmp_path)
    assert changed_rules(folder, [folder / "empathy" / "apology.yaml"]) == ["empathy/apology"]
    assert changed_rules(folder, [folder / "empathy" / "gone.yaml", folder / "guidelines.yaml"]) == []
    assert changed_rules(folder, [folder / "empathy" / "apology.yaml", folder / "rubric.yaml"]) is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_rules(tmp_path / "rules")


def watched(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *steps: Callable[[], object], ids: tuple[str, ...] = ()
) -> str:
    """What `rules test --watch` prints while these things happen; it must end with 0."""
    monkeypatch.setattr(watching, "watch", partial(watch, sleep=Script(*steps)))
    done = CliRunner().invoke(app, ["rules", "test", *ids, "--rules", str(folder), "--watch"])
    assert done.exit_code == 0, done.output
    assert "Traceback" not in done.output
    return done.output


def test_only_the_changed_rule_is_tested_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "language" / "rudeness.yaml"
    wrong = RULES["language/rudeness"].replace("pass: 客服：您请说。", "pass: 客服：蠢货。")
    output = watched(monkeypatch, folder, lambda: path.write_text(wrong, encoding="utf-8"))
    assert "5 条规则，11 个例子，0 个不符" in output
    assert "1 条规则，2 个例子，1 个不符" in output
    assert "rudeness.yaml:" in output
    assert output.rstrip().endswith("已结束")


def test_a_file_with_a_mistake_is_shown_and_waited_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "language" / "rudeness.yaml"
    output = watched(
        monkeypatch,
        folder,
        lambda: path.write_text("name: [", encoding="utf-8"),
        lambda: path.write_text(RULES["language/rudeness"] + "# mended\n", encoding="utf-8"),
    )
    assert "rudeness.yaml" in output
    assert "1 条规则，2 个例子，0 个不符" in output


def test_a_changed_rubric_tests_all_rules_and_a_removed_rule_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rubric = folder / "rubric.yaml"
    text = rubric.read_text(encoding="utf-8")
    output = watched(
        monkeypatch,
        folder,
        (folder / "language" / "rudeness.yaml").unlink,
        lambda: rubric.write_text(text + "# changed\n", encoding="utf-8"),
    )
    assert [line for line in output.splitlines() if "个例子" in line] == [
        "5 条规则，11 个例子，0 个不符",
        "4 条规则，9 个例子，0 个不符",
    ]


def test_with_ids_only_these_are_tested_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def touch(rule: str) -> Callable[[], object]:
        return lambda: (folder / f"{rule}.yaml").write_text(RULES[rule] + "# more\n", encoding="utf-8")

    steps = (touch("language/rudeness"), touch("empathy/apology"))
    output = watched(monkeypatch, folder, *steps, ids=("empathy/apology",))
    assert [line for line in output.splitlines() if "个例子" in line] == ["1 条规则，2 个例子，0 个不符"] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is no signal there")
def test_ctrl_c_ends_the_program_with_0_and_no_traceback(folder: Path) -> None:
    command = [sys.executable, "-u", "-m", "qa_analyzer", "rules", "test", "--rules", str(folder), "--watch"]
    # Where the tests run in the background the signal is ignored, and so it would be in the program.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert "5 条规则" in program.stdout.readline()
        assert "Ctrl-C" in program.stdout.readline()
        time.sleep(0.2)
        program.send_signal(signal.SIGINT)
        try:
            rest, errors = program.communicate(timeout=30)
        finally:
            program.kill()
    assert (program.returncode, errors) == (0, "")
    assert "已结束" in rest
