"""The telephone system's record: found by id or file name, in any table, and every row accounted for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa_analyzer.errors import InputError
from qa_analyzer.readers import Chunk, load, plan
from qa_analyzer.readers.metadata import Metadata, read_metadata, stem, unused
from tests.readers.calls import call, line

HEADING = "流水号,录音文件,坐席工号,坐席姓名,班组,通话开始时间,挂机方,通话时长\n"


def record(path: Path, *rows: str, heading: str = HEADING, encoding: str = "utf-8") -> Metadata:
    path.write_text(heading + "".join(f"{row}\n" for row in rows), encoding=encoding)
    return read_metadata(path, lang="zh", time_zone="Asia/Shanghai")


def chunk_of(folder: Path, **files: bytes) -> Chunk:
    folder.mkdir()
    for name, data in files.items():
        (folder / f"{name}.json").write_bytes(data)
    (block,) = plan([folder])
    return load(block)


def test_a_row_fills_in_what_the_transcript_lacks_and_overrules_it(tmp_path: Path) -> None:
    chunk = chunk_of(tmp_path / "in", one=line(call("c1", started_at=None, hang_up="agent")))
    made = record(tmp_path / "m.csv", "c1,,88,何苗,维修组,2026/11/20 09:12,客户,00:01:05")
    filled, joined = made.join(chunk)
    (row,) = filled.calls.to_pylist()
    assert (row["agent_id"], row["agent_name"], row["team"]) == ("88", "何苗", "维修组")
    assert row["started_at"] == "2026-11-20T09:12:00+08:00"
    assert (row["hang_up"], row["ended_ms"]) == ("customer", 65_000)
    assert joined.overruled["hang_up"] == 1
    assert joined.overruled["agent_id"] == 1
    assert joined.lone.tolist() == []


def test_an_empty_cell_leaves_what_the_transcript_says(tmp_path: Path) -> None:
    chunk = chunk_of(tmp_path / "in", one=line(call("c1")))
    filled, joined = record(tmp_path / "m.csv", "c1,,,,夜班,,,").join(chunk)
    (row,) = filled.calls.to_pylist()
    assert (row["agent_id"], row["team"], row["hang_up"]) == ("A7", "夜班", "customer")
    assert not joined.overruled


def test_rows_are_found_by_the_name_of_the_recording(tmp_path: Path) -> None:
    chunk = chunk_of(tmp_path / "in", rec_7=line(call("anything")), rec_8=line(call("c8")))
    filled, joined = record(tmp_path / "m.csv", r",D:\rec\rec_7.wav,55,,,,,", "c8,other.wav,66,,,,,").join(chunk)
    assert filled.calls.column("agent_id").to_pylist() == ["55", "66"]
    assert joined.lone.tolist() == []


def test_a_file_with_several_calls_is_not_joined_by_its_name(tmp_path: Path) -> None:
    chunk = chunk_of(tmp_path / "in", rec_7=line(call("a")) + line(call("b")))
    filled, joined = record(tmp_path / "m.csv", ",rec_7.wav,55,,,,,").join(chunk)
    assert filled.calls.column("agent_id").to_pylist() == ["A7", "A7"]
    assert joined.lone.tolist() == [0, 1]


def test_what_does_not_match_is_listed_with_its_line(tmp_path: Path) -> None:
    chunk = chunk_of(tmp_path / "in", one=line(call("c1")))
    made = record(tmp_path / "m.csv", "c1,,1,,,,,", "c2,,2,,,,,", "c1,,3,,,,,", "c4,,4,,,,,99:00:00")
    filled, joined = made.join(chunk)
    mask = np.zeros(made.calls.num_rows, np.bool_)
    mask[joined.used] = True
    assert filled.calls.column("agent_id").to_pylist() == ["1"]
    assert [(one.line, one.call_id) for one in unused(made, mask, "zh")] == [(3, "c2"), (4, "c1"), (5, "c4")]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_any_encoding_and_delimiter(tmp_path: Path, encoding: str) -> None:
    made = record(tmp_path / "m.csv", "c1;夜班", heading="通话编号;班组\n", encoding=encoding)
    assert made.calls.column("team").to_pylist() == ["夜班"]


def test_excel_with_real_dates_and_numbers(tmp_path: Path) -> None:
    from datetime import datetime

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["call_id", "agent_id", "started_at", "duration_s"])
    sheet.append([1001, 88.0, datetime(2026, 11, 20, 9, 12), 61.5])
    book.save(tmp_path / "m.xlsx")
    made = read_metadata(tmp_path / "m.xlsx", lang="zh", time_zone="Asia/Shanghai")
    (row,) = made.calls.to_pylist()
    assert (row["call_id"], row["agent_id"], row["ended_ms"]) == ("1001", "88", 61_500)
    assert row["started_at"] == "2026-11-20T09:12:00+08:00"


def test_moments_become_times_since_the_start(tmp_path: Path) -> None:
    made = record(
        tmp_path / "m.csv",
        "c1,2026-11-20 09:00:00,2026-11-20 09:00:08,2026-11-20 09:03:00",
        heading="通话编号,开始时间,接通时间,挂机时间\n",
    )
    (row,) = made.calls.to_pylist()
    assert (row["connected_ms"], row["ended_ms"]) == (8_000, 180_000)


@pytest.mark.parametrize(
    ("written", "ms"), [("95", 95_000), ("95.5", 95_500), ("00:01:35", 95_000), ("1分35秒", 95_000), ("2分", 120_000)]
)
def test_durations_as_people_write_them(tmp_path: Path, written: str, ms: int) -> None:
    made = record(tmp_path / "m.csv", f"c1,{written}", heading="通话编号,通话时长\n")
    assert made.calls.column("ended_ms").to_pylist() == [ms]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("坐席工号,班组\n1,2\n", "通话编号"),
        ("通话编号,天气\n1,2\n", "天气"),
        ("", "没有内容"),
        ("通话编号,班组\n", "没有内容"),
    ],
)
def test_a_record_that_cannot_be_joined_says_why(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "m.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_metadata(tmp_path / "m.csv", lang="zh", time_zone="Asia/Shanghai")


def test_a_missing_record_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="无法读取"):
        read_metadata(tmp_path / "none.csv", lang="zh", time_zone="Asia/Shanghai")


def test_stems() -> None:
    assert [stem(one) for one in (r"D:\录音\c1.wav", "calls/c1.json.gz", "c.1", "c1")] == ["c1", "c1", "c.1", "c1"]


# What a record writes in other ways -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "who", "code"),
    [
        ("呼出", "主叫挂机", "agent"),
        ("呼出", "被叫", "customer"),
        ("呼入", "主叫", "customer"),
        ("呼入", "被叫挂断", "agent"),
        ("外呼", "主叫先挂", "agent"),
        ("", "坐席主动挂断", "agent"),
        ("", "CUSTOMER_DISCONNECT", "customer"),
    ],
)
def test_who_hung_up_follows_from_the_direction_of_the_call(tmp_path: Path, way: str, who: str, code: str) -> None:
    """The calling party is the customer only where the customer called."""
    made = record(tmp_path / "m.csv", f"c1,{way},{who}", heading="流水号,呼叫方向,挂机方\n")
    assert made.calls.column("hang_up").to_pylist() == [code]
    assert not made.unread


def test_the_calling_party_without_a_direction_is_not_guessed(tmp_path: Path) -> None:
    made = record(tmp_path / "m.csv", "c1,主叫挂机", heading="流水号,挂机方\n")
    assert made.calls.column("hang_up").to_pylist() == [None]
    assert "挂机方" in made.unread[0].reason


def test_values_that_nobody_understands_are_listed(tmp_path: Path) -> None:
    """The row is used for the rest, and each value is named with its column and line."""
    made = record(tmp_path / "m.csv", "c1,,88,何苗,维修组,昨天上午,不清楚,三分钟", "c2,,89,,,,未知,-5")
    assert made.calls.column("agent_id").to_pylist() == ["88", "89"]
    assert [(one.line, one.call_id) for one in made.unread] == [(2, "c1"), (2, "c1"), (2, "c1"), (3, "c2")]
    told = " ".join(one.reason for one in made.unread)
    assert all(word in told for word in ("昨天上午", "不清楚", "三分钟", "-5", "通话时长"))
    assert [one.reason for one in unused(made, np.ones(2, bool), "zh")] == [one.reason for one in made.unread]


@pytest.mark.parametrize(
    "name", ["https://oss.example.cn/rec/c1.mp3?sign=abc%2F1&t=7", "/data/rec/c1.V3", "D:\\rec\\c1.wma"]
)
def test_addresses_and_telephone_formats_name_the_same_recording(name: str) -> None:
    assert stem(name) == "c1"


def test_a_record_of_talk_begins_with_the_answer(tmp_path: Path) -> None:
    """Where no start is given, the recording began when the call was answered."""
    heading = "流水号,应答时间,结束时间\n"
    (row,) = record(tmp_path / "m.csv", "c1,2026-11-20 09:12:33,2026-11-20 09:12:48", heading=heading).calls.to_pylist()
    assert (row["started_at"], row["connected_ms"], row["ended_ms"]) == ("2026-11-20T09:12:33+08:00", 0, 15_000)
