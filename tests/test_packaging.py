"""The wheel: what it holds, and that it works alone, outside the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

MINUTES = 60


def run(*command: str | Path, cwd: Path, expect: int = 0, **more: str) -> str:
    """Run a program without the developer's Python settings; returns what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | more
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=10 * MINUTES,
        check=False,
    )
    printed = done.stdout.decode("utf-8", errors="replace")
    assert done.returncode == expect, printed
    return printed


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
        *("--wheel-dir", folder, checkout),
        cwd=folder,
    )
    (built,) = folder.glob("qa_analyzer-*.whl")
    return built


@pytest.fixture(scope="module")
def command(checkout: Path, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`qa-analyzer` of an empty environment into which nothing but the wheel was installed."""
    home = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(home, with_pip=True)
    scripts = home / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / Path(sys.executable).name if sys.platform == "win32" else scripts / "python"
    run(
        *(python, "-m", "pip", "install", "--quiet", "--constraint", checkout / "constraints.txt", wheel),
        cwd=home,
    )
    found = shutil.which("qa-analyzer", path=str(scripts))
    assert found
    return Path(found)


def files_under(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_every_rule_and_sample(checkout: Path, wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for name in ("rules", "sample_transcripts"):
        expected = {f"qa_analyzer/_data/{name}/{file}" for file in files_under(checkout / name)}
        assert expected
        assert expected <= held


def test_the_wheel_holds_every_file_of_the_package_and_nothing_of_the_tests(checkout: Path, wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {f"qa_analyzer/{file}" for file in files_under(checkout / "qa_analyzer")} <= held
    tops = {name.split("/")[0] for name in held}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"qa_analyzer"}


def test_demo_of_an_installed_wheel_writes_a_report_into_an_empty_folder(command: Path, tmp_path: Path) -> None:
    run(command, "demo", cwd=tmp_path, QA_ANALYZER_CACHE=str(tmp_path / "cache"))
    (index,) = tmp_path.rglob("index.html")
    report = index.parent
    for name in ("agents.csv", "calls.csv", "findings.csv", "rejected.csv", "scorecards.xlsx", "run.json"):
        assert (report / name).stat().st_size


def test_the_examples_of_the_rules_pass_in_an_installed_wheel(command: Path, tmp_path: Path) -> None:
    run(command, "rules", "test", cwd=tmp_path, QA_ANALYZER_CACHE=str(tmp_path / "cache"))
