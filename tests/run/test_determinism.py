"""The same input gives the same bytes, however it is cut into blocks, shared out or ordered."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from .made import CALM, HEATED, INSULTING, UNTIMED, Scored, call, line, mixed_calls, say, scored, write_calls

FILLER = (
    "请问这个月的账单什么时候出来？",
    "我已经打过三次电话了，太差劲了！",
    "师傅昨天来过，没有修好。",
    "好的，谢谢你。",
    "😀我再看一下（翻纸声）。",
    "气死我了，凭什么多收二十块！",
)
ANSWERS = ("您稍等。", "对不起，我马上查。", "真啰嗦。", "我理解您的心情。", "早上好。", "这个不归我管。")


def many_calls(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Calls of different length and kind, from several agents."""
    chance = random.Random(seed)
    calls = mixed_calls()
    for number in range(count):
        base = chance.choice([CALM, HEATED, INSULTING, UNTIMED])
        extra, now = [], 30000
        for _ in range(chance.randrange(0, 9)):
            role, text = (
                ("customer", chance.choice(FILLER)) if chance.random() < 0.5 else ("agent", chance.choice(ANSWERS))
            )
            length = chance.randrange(800, 6000)
            extra.append(say(role, text, *((now, now + length) if base is not UNTIMED else ())))
            now += length + chance.randrange(-1500, 9000)
        agent = f"N{chance.randrange(5)}"
        day = chance.randrange(1, 28)
        calls.append(call(f"d{number}", [*base, *extra], agent_id=agent, started_at=f"2026-04-{day:02}T09:00:00+08:00"))
    return calls


CALLS = many_calls(240)
ORDERED = ("calls", "findings", "emotion")


def digests(folder: Path) -> dict[str, str]:
    """A digest of every CSV and Parquet file."""
    files = sorted([*folder.glob("*.csv"), *folder.glob("data/*.parquet")])
    assert len(files) == 11
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The calls in three files, some lines of them broken or repeated."""
    folder = tmp_path_factory.mktemp("source")
    write_calls(folder / "a.ndjson", CALLS[:100])
    body = b"".join(map(line, CALLS[100:]))
    (folder / "b.ndjson").write_bytes(b'{"call_id": "broken"\n' + body + line(CALLS[3]))
    (folder / "c.txt").write_text("客服：您好。\n客户：问一下账单。\n客服：好的，再见。\n", encoding="gb18030")
    return folder


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory, rules: Path, source: Path) -> Scored:
    """One worker, blocks as by default."""
    return scored(source, rules, tmp_path_factory.mktemp("reference") / "report")


@pytest.mark.parametrize("block_bytes", [1, 5_000, 60_000])
def test_block_size_changes_no_byte(
    tmp_path: Path, rules: Path, source: Path, reference: Scored, block_bytes: int
) -> None:
    """CSV and Parquet are the same bytes for tiny, small and default blocks."""
    report = scored(source, rules, tmp_path / "report", block_bytes=block_bytes)
    assert digests(report.folder) == digests(reference.folder)


def test_two_workers_change_no_byte(tmp_path: Path, rules: Path, source: Path, reference: Scored) -> None:
    """Blocks are taken in input order, whoever is ready first."""
    report = scored(source, rules, tmp_path / "report", block_bytes=20_000, workers=2)
    assert digests(report.folder) == digests(reference.folder)


def test_blocks_within_one_large_file_change_no_byte(tmp_path: Path, rules: Path) -> None:
    """A file over a megabyte is cut at line ends."""
    padded = [made | {"customer_id": "x" * 6000} for made in CALLS]
    path = write_calls(tmp_path / "large.ndjson", padded)
    assert path.stat().st_size > 1 << 20
    whole = scored(path, rules, tmp_path / "whole")
    for block_bytes in (70_000, 300_000):
        cut = scored(path, rules, tmp_path / "cut", block_bytes=block_bytes)
        assert digests(cut.folder) == digests(whole.folder)


def test_a_second_run_changes_no_byte_with_the_shipped_rules(tmp_path: Path, samples: Scored, checkout: Path) -> None:
    """All sample formats, cut into small blocks, give the bytes of the first run."""
    facts = samples.calls["ruleset"].iloc[0]
    again = scored(checkout / "sample_transcripts", None, tmp_path / "report", block_bytes=10_000)
    if again.calls["ruleset"].iloc[0] != facts:
        pytest.skip("the shipped rules were edited during the test run")
    assert digests(again.folder) == digests(samples.folder)


def shuffled(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    mixed_up = list(calls)
    random.Random(3).shuffle(mixed_up)
    return mixed_up


@pytest.mark.parametrize("reorder", [shuffled, lambda calls: calls[::-1]], ids=["shuffled", "reversed"])
def test_another_order_of_calls_gives_the_same_rows(
    tmp_path: Path, rules: Path, reorder: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
) -> None:
    """Rows follow the input; each call keeps its own rows and their order, and agents stay as they are."""
    straight = scored(write_calls(tmp_path / "a.ndjson", CALLS), rules, tmp_path / "straight")
    moved = reorder(CALLS)
    other = scored(write_calls(tmp_path / "b.ndjson", moved), rules, tmp_path / "other", block_bytes=30_000)
    assert other.calls.index.tolist() == [made["call_id"] for made in moved]
    for name in ORDERED:
        left, right = (report.tables[name].sort_values("call_id", kind="stable") for report in (straight, other))
        pd.testing.assert_frame_equal(left.reset_index(drop=True), right.reset_index(drop=True))
    unstable = ["agent_name", "team"]  # of calls at the very same time the last in the input counts
    left, right = (report.tables["agents"].drop(columns=unstable) for report in (straight, other))
    pd.testing.assert_frame_equal(left, right)


def test_a_call_alone_is_the_call_in_a_crowd(tmp_path: Path, rules: Path) -> None:
    """Every table has, for each of some calls, exactly the rows it has when that call is scored by itself."""
    crowd = scored(write_calls(tmp_path / "crowd.ndjson", CALLS), rules, tmp_path / "crowd")
    for made in [*CALLS[:8], *CALLS[50:240:38]]:
        alone = scored(write_calls(tmp_path / "alone.ndjson", [made]), rules, tmp_path / "alone")
        for name in ORDERED:
            table = crowd.tables[name]
            mine = table[table["call_id"] == made["call_id"]].reset_index(drop=True)
            # A column of nothing but nulls has another dtype in pandas; the values are compared.
            theirs = alone.tables[name].astype(mine.dtypes.to_dict())
            pd.testing.assert_frame_equal(mine, theirs)
