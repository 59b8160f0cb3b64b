"""Tables kept between runs: the same as those made anew, and never those of something else."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qa_analyzer import kept, matching
from qa_analyzer.compiled import compiled
from qa_analyzer.figures import FIGURES
from qa_analyzer.judging import Ruleset
from qa_analyzer.rulebook import Rulebook, checking, load_rulebook, loading
from qa_analyzer.rulebook.checking import Flaw

ARRAYS: dict[str, NDArray[Any]] = {
    "empty": np.zeros(0, np.float64),
    "single": np.array(7, np.int16),
    "table": np.arange(12, dtype=np.uint8).reshape(3, 4),
    "truth": np.array([True, False]),
    "turned": np.arange(6, dtype=np.int64).reshape(2, 3).T,
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("QA_ANALYZER_CACHE", str(tmp_path / "cache"))
    yield tmp_path / "cache"
    kept.program_key.cache_clear()


def test_arrays_come_back_as_they_were() -> None:
    kept.keep("things", "key", ARRAYS)
    found = kept.fetch("things", "key")
    assert found is not None
    assert list(found) == list(ARRAYS)
    for name, one in ARRAYS.items():
        np.testing.assert_array_equal(found[name], one)
        assert found[name].dtype == one.dtype
        assert found[name].shape == one.shape
        assert found[name].flags.c_contiguous
        assert found[name].flags.writeable


def test_what_is_written_into_them_does_not_reach_the_file() -> None:
    kept.keep("things", "key", ARRAYS)
    found = kept.fetch("things", "key")
    assert found is not None
    found["table"][:] = 0
    again = kept.fetch("things", "key")
    assert again is not None
    np.testing.assert_array_equal(again["table"], ARRAYS["table"])


def test_another_key_finds_nothing() -> None:
    kept.keep("things", "key", ARRAYS)
    assert kept.fetch("things", "other") is None
    assert kept.fetch("others", "key") is None


def test_a_key_tells_apart_what_is_divided_otherwise() -> None:
    assert kept.key_of("ab", "c") != kept.key_of("a", "bc")


@pytest.mark.parametrize("damage", ["cut", "garbled", "empty"])
def test_a_damaged_file_counts_as_none(folder: Path, damage: str) -> None:
    kept.keep("things", "key", ARRAYS)
    (path,) = folder.glob("things-*")
    data = path.read_bytes()
    path.write_bytes({"cut": data[:-10], "garbled": b"x" * len(data), "empty": b""}[damage])
    assert kept.fetch("things", "key") is None


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("QA_ANALYZER_CACHE", str(tmp_path / "file"))
    kept.keep("things", "key", ARRAYS)
    assert kept.fetch("things", "key") is None


def test_only_the_latest_files_of_a_kind_are_left(folder: Path) -> None:
    kept.keep("others", "key", ARRAYS)
    for number in range(kept.MOST_OF_A_KIND + 3):
        kept.keep("things", str(number), ARRAYS)
    assert len(list(folder.glob("things-*"))) == kept.MOST_OF_A_KIND
    assert kept.fetch("things", str(kept.MOST_OF_A_KIND + 2)) is not None
    assert kept.fetch("others", "key") is not None


# ---- what is kept of the rules --------------------------------------------------------------------------------


def _load(rules: Path) -> Rulebook:
    return load_rulebook(rules, shipped_rubric=rules / "rubric.yaml", figures=FIGURES)


@pytest.mark.parametrize("tolerant", [False, True])
def test_phrase_lists_are_the_same_whether_kept_or_made(checkout: Path, folder: Path, tolerant: bool) -> None:
    book = _load(checkout / "rules")
    made = Ruleset(book, tolerant=tolerant).lists._compiled
    (path,) = folder.glob("phrases-*")
    before = path.stat().st_mtime_ns
    again = Ruleset(book, tolerant=tolerant).lists._compiled
    assert path.stat().st_mtime_ns >= before
    assert made is not None
    assert again is not None
    first, second = matching._packed(made), matching._packed(again)
    assert list(first) == list(second)
    for name, one in first.items():
        np.testing.assert_array_equal(one, second[name], err_msg=name)
        assert one.dtype == second[name].dtype, name


def test_sound_rules_are_not_looked_through_twice_and_changed_ones_are(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(checkout / "rules", rules)
    looked: list[object] = []
    honest = checking.rule_flaws

    def spy(*given: object) -> list[Flaw]:
        looked.append(given)
        return honest(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "rule_flaws", spy)
    first = _load(rules)
    assert len(looked) == len(first.rules)
    looked.clear()
    second = _load(rules)
    assert not looked
    assert second.hash == first.hash
    path = rules / "opening" / "greeting.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("criterion: ", "criterion: no_such_", 1), encoding="utf-8")
    rulebook, problems = loading.read_rulebook(rules, shipped_rubric=rules / "rubric.yaml", figures=FIGURES)
    assert rulebook is None
    assert len(problems) == 1
    assert problems[0].path == path


# ---- compiled code --------------------------------------------------------------------------------------------


class _Gone:
    """A class that a later program no longer has."""


@compiled
def _double(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return numbers * 2


def test_kept_code_of_another_program_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    file = _double._cache._cache_file  # type: ignore[attr-defined]
    index = Path(file._index_path)
    index.parent.mkdir(parents=True, exist_ok=True)
    _Gone.__module__ = __name__
    with index.open("wb") as out:
        pickle.dump(file._version, out, protocol=-1)
        out.write(pickle.dumps((file._source_stamp, {_Gone: "gone.nbc"})))
    monkeypatch.delattr(f"{__name__}._Gone")
    np.testing.assert_array_equal(_double(np.arange(3)), [0, 2, 4])
    index.unlink(missing_ok=True)
