"""Calls and verdicts written from the catalogue alone, without sight of any rule: how often the rules agree.

The shares are what was measured; a change that lowers one has to be looked at. See tests/data/blind/README.md.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from .made import scored


@pytest.mark.parametrize(
    ("number", "share"),
    [
        (1, 0.98),
        (2, 0.96),
        (3, 0.96),
        (4, 0.95),
        (5, 0.94),
        (6, 0.94),
        (7, 0.89),
        (8, 0.92),
        (9, 0.92),
        (10, 0.90),
        (11, 0.89),
        (12, 0.93),
        (13, 0.93),
        (14, 0.94),
        (15, 0.93),
        (16, 0.92),
        (17, 0.89),
        (18, 0.79),
    ],
)
def test_the_rules_agree_with_a_supervisor_who_has_not_seen_them(
    number: int, share: float, checkout: Path, tmp_path: Path
) -> None:
    """Share of equal verdicts over all calls and rules of the set."""
    home = checkout / "tests" / "data" / "blind"
    calls = scored(home / f"calls_{number}.ndjson", None, tmp_path / "report", ("parquet",)).calls
    with (home / f"expected_{number}.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = [
        f"{row['rule']} {row['call_id']}: {row['verdict']}, not {got}"
        for row in rows
        if (got := str(calls.loc[row["call_id"], f"rule:{row['rule']}"])) != row["verdict"]
    ]
    assert 1 - len(wrong) / len(rows) >= share, "\n".join(wrong)
