"""What customers talk about: counted by calls, what stands out, what is new, and nothing that is nobody's business."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qa_analyzer import keywords
from qa_analyzer.errors import OptionError
from qa_analyzer.keywords import KEYWORD_COLUMNS, PRIOR_CALLS, TOTAL, WordCounts, log_odds
from qa_analyzer.run import KEYWORDS_FILE, Options, earlier_reports, score

from .made import read_csv


def write_night(path: Path, said: list[tuple[str, str, str]]) -> Path:
    """A night of calls: (agent, team, what the customer says)."""
    lines = []
    for at, (agent, team, text) in enumerate(said):
        talk = [("agent", "您好，请讲。"), ("customer", text), ("agent", "好的，我查一下。"), ("customer", "行。")]
        call: dict[str, Any] = {
            "call_id": f"c{at:03}",
            "agent_id": agent,
            "team": team,
            "utterances": [{"role": role, "text": one} for role, one in talk],
        }
        lines.append(json.dumps(call, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


WATER = ("a1", "一组", "我家水管漏水了，一直在漏水，漏水漏得厉害")
PARCEL = ("a2", "二组", "我的快递到哪里了，快递一直没动")
OUTAGE = ("a2", "二组", "我们小区断网了，什么时候能好")


def run(tmp_path: Path, name: str, said: list[tuple[str, str, str]], **options: Any) -> pd.DataFrame:
    calls = write_night(tmp_path / f"{name}.ndjson", said)
    score([calls], tmp_path / "reports" / name, Options(outputs=("csv", "parquet"), **options))
    table: pd.DataFrame = pq.read_table(tmp_path / "reports" / name / KEYWORDS_FILE).to_pandas()
    return table


def words(table: pd.DataFrame, scope: str, **where: str) -> dict[str, int]:
    rows = table[(table["scope"] == scope) & table["listed"]]
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return dict(zip(rows["word"], rows["calls"].tolist(), strict=True))


def test_calls_are_counted_not_mentions(tmp_path: Path) -> None:
    """Three mentions in one call are one; stop words and rare words are not listed."""
    table = run(tmp_path, "one", [WATER] * 4 + [PARCEL] * 3 + [OUTAGE] * 2)
    found = words(table, "night")
    assert found["漏水"] == 4
    assert found["快递"] == 3
    assert "断网" not in found, "two calls are no topic"
    assert not {"什么时候", "我们", "您好"} & set(found)
    assert list(table.columns) == list(KEYWORD_COLUMNS)
    assert set(table.loc[table["scope"] == "night", "of_calls"]) == {9}


def test_teams_and_agents_show_what_is_theirs(tmp_path: Path) -> None:
    """Each against the rest of the night: the water calls of the one, the parcels of the other."""
    table = run(tmp_path, "one", [WATER] * 8 + [PARCEL] * 8)
    assert "漏水" in words(table, "team", team="一组")
    assert "快递" not in words(table, "team", team="一组")
    assert "快递" in words(table, "agent", agent_id="a2")
    rows = table[table["scope"] == "agent"]
    assert (rows["stands_out"] > 2).all()
    assert (rows["share"] > rows["other_share"]).all()
    assert rows["team"].tolist() == ["一组" if one == "a1" else "二组" for one in rows["agent_id"]]


def test_what_everybody_hears_stands_out_nowhere(tmp_path: Path) -> None:
    """The same matter in all teams is the night's, nobody's own."""
    everywhere = [(agent, team, WATER[2]) for agent, team in (("a1", "一组"), ("a2", "二组")) for _ in range(6)]
    table = run(tmp_path, "one", everywhere)
    assert words(table, "night")["漏水"] == 12
    assert words(table, "team") == {}
    assert words(table, "agent") == {}


def test_new_and_rising_words_against_the_nights_before(tmp_path: Path) -> None:
    """An outage that no night before had is new; a word said far more often is rising; the rest is neither."""
    run(tmp_path, "2026-11-19", [WATER] * 2 + [PARCEL] * 18)
    run(tmp_path, "2026-11-20", [WATER] * 2 + [PARCEL] * 18)
    table = run(tmp_path, "2026-11-21", [WATER] * 10 + [PARCEL] * 8 + [OUTAGE] * 6)
    change = table[table["scope"] == "night"].set_index("word")["change"].to_dict()
    assert change["断网"] == "new"
    assert change["漏水"] == "rising"
    assert pd.isna(change["快递"])
    facts = json.loads((tmp_path / "reports" / "2026-11-21" / "run.json").read_text(encoding="utf-8"))
    assert facts["compared_with"] == {"reports": ["2026-11-19", "2026-11-20"], "calls": 40}
    rows = read_csv(tmp_path / "reports" / "2026-11-21" / "keywords.csv")
    assert rows[0][0] == "范围"
    assert ["断网", "新出现"] in [[row[4], row[-1]] for row in rows]


def test_earlier_nights_are_found_by_their_dates_or_named(tmp_path: Path) -> None:
    """Folders beside a dated one, earlier, at most a week; any other folder only by --compare-with."""
    for day in range(1, 12):
        folder = tmp_path / f"2026-11-{day:02}"
        (folder / "data").mkdir(parents=True)
        (folder / KEYWORDS_FILE).touch()
    (tmp_path / "2026-10-31").mkdir()  # a report without data
    found = [one.name for one in earlier_reports(tmp_path / "2026-11-10")]
    assert found == [f"2026-11-{day:02}" for day in range(3, 10)]
    assert earlier_reports(tmp_path / "tonight") == ()
    run(tmp_path, "first", [PARCEL] * 20)
    table = run(tmp_path, "second", [OUTAGE] * 6, compare_with=(tmp_path / "reports" / "first",))
    assert table.set_index("word")["change"]["断网"] == "new"


def test_a_folder_that_is_no_report_is_refused(tmp_path: Path) -> None:
    """With what to do instead, before anything is read."""
    with pytest.raises(OptionError, match=r"--compare-with"):
        Options(compare_with=(tmp_path,)).check()


def test_no_name_and_no_number_becomes_a_keyword(tmp_path: Path) -> None:
    """Neither the customer's, whatever its parts mean, nor a colleague's who is asked for; masked text is no word."""
    said = [
        ("a1", "一组", "我叫赵富贵，我的电话是13912345678，我要找李香兰说漏水的事"),
    ] * 5
    table = run(tmp_path, "one", said)
    assert "漏水" in words(table, "night")
    assert not {"富贵", "赵富贵", "香兰", "李香兰"} & set(table["word"])
    assert not table["word"].str.contains(r"[0-9*]").any()


def test_the_same_calls_in_another_order_and_in_other_blocks_give_the_same_keywords(tmp_path: Path) -> None:
    """Counts and ranks do not depend on how the night is cut."""
    said = [WATER] * 8 + [PARCEL] * 7 + [OUTAGE] * 6
    table = run(tmp_path, "one", said)
    again = run(tmp_path, "two", said[::-1], block_bytes=600)
    pd.testing.assert_frame_equal(table, again)


def test_the_odds_are_those_of_the_formula() -> None:
    """By hand: 8 of 10 calls here, 2 of 20 elsewhere."""
    prior = PRIOR_CALLS * 10.5 / 31
    cells = [8 + prior, 10 + PRIOR_CALLS - 8 - prior, 2 + prior, 20 + PRIOR_CALLS - 2 - prior]
    expected = (np.log(cells[0] / cells[1]) - np.log(cells[2] / cells[3])) / np.sqrt(sum(1 / one for one in cells))
    found = log_odds(np.array([8.0]), np.array([10.0]), np.array([2.0]), np.array([20.0]))
    assert found[0] == pytest.approx(expected)
    assert log_odds(np.array([5.0]), np.array([10.0]), np.array([10.0]), np.array([20.0]))[0] == pytest.approx(0)


@pytest.mark.parametrize("fewest", [1, 1_000_000])
def test_counts_of_blocks_add_up(monkeypatch: pytest.MonkeyPatch, fewest: int) -> None:
    """An agent of two teams counts apart in each; merged at every block or only once, the sums are those of a dict."""
    monkeypatch.setattr(keywords, "FEWEST_MERGED", fewest)
    random, counts, expected = np.random.default_rng(5), WordCounts(), dict[tuple[str, str, int], int]()
    for _ in range(30):
        rows = [
            (f"A{random.integers(3)}", "一组" if random.random() < 0.5 else "", int(random.integers(TOTAL, 6)))
            for _ in range(int(random.integers(0, 9)))
        ]
        for row in rows:
            expected[row] = expected.get(row, 0) + 2
        agents, teams, words = ([row[place] for row in rows] for place in range(3))
        counts.add(
            pa.table(
                {
                    "agent_id": pa.array(agents, pa.string()).dictionary_encode(),
                    "team": pa.array(teams, pa.string()).dictionary_encode(),
                    "word": pa.array(words, pa.int32()),
                    "calls": pa.array([2] * len(rows), pa.int64()),
                }
            )
        )
    table = counts.table()
    found = list(zip(*(table[name].to_pylist() for name in ("agent_id", "team", "word")), strict=True))
    assert len(found) == len(set(found)) == len(expected) > 20
    assert dict(zip(found, table["calls"].to_pylist(), strict=True)) == expected
