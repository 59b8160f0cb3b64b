"""Rules and reports that several modules of these tests read and none changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from .made import Scored, mixed_calls, scored, write_calls, write_rules


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small rule folder."""
    return write_rules(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory, rules: Path) -> Scored:
    """`mixed_calls` scored by the small rules, all outputs."""
    folder = tmp_path_factory.mktemp("mixed")
    calls = write_calls(folder / "calls.ndjson", mixed_calls())
    return scored(calls, rules, folder / "report", ("csv", "parquet", "xlsx", "html"))


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    """The sample calls scored by the shipped rules, all outputs."""
    home = Path(__file__).parent.parent.parent
    return scored(
        home / "sample_transcripts",
        None,
        tmp_path_factory.mktemp("samples") / "report",
        ("csv", "parquet", "xlsx", "html"),
    )
