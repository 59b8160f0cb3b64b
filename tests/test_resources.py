"""Where shipped files are found."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_analyzer.errors import InputError
from qa_analyzer.resources import shipped


def test_package_data_comes_before_the_checkout(tmp_path: Path) -> None:
    """An installed wheel uses its own data, a checkout the folder beside the package."""
    package = tmp_path / "qa_analyzer"
    (tmp_path / "rules").mkdir()
    assert shipped("rules", package=package) == tmp_path / "rules"
    (package / "_data" / "rules").mkdir(parents=True)
    assert shipped("rules", package=package) == package / "_data" / "rules"


def test_a_broken_installation_is_told(tmp_path: Path) -> None:
    """Neither place is an error that names both."""
    with pytest.raises(InputError, match="sample_transcripts"):
        shipped("sample_transcripts", package=tmp_path / "qa_analyzer")


def test_the_rules_of_this_project_are_found() -> None:
    """Without further ado the rules are those of the checkout or the wheel."""
    assert shipped("rules").is_dir()
