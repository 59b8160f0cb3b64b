"""Tables as telephone systems export them: which column holds what, and in which units."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from qa_analyzer.errors import OptionError
from qa_analyzer.readers import load, plan, planning
from qa_analyzer.readers.column_option import read_columns
from qa_analyzer.readers.columns import Columns, ColumnsFound
from qa_analyzer.readers.headings import Column, column_of

from .calls import Result, read, read_bytes

Told = list[tuple[str, str | None, int | None, int | None, str]]


def told(result: Result, at: int = 0) -> Told:
    """Role, speaker, times in ms and text of each utterance of a call."""
    return [
        (one["role"], one["speaker"], one["start_ms"], one["end_ms"], one["text"])
        for one in result.calls[at]["utterances"]
    ]


def read_table(folder: Path, text: str, name: str = "a.csv") -> Result:
    return read_bytes(folder, text.encode(), name)


AGENT, CUSTOMER = ("agent", None, 500, 2100, "您好请讲"), ("customer", None, 2500, 4000, "停水了")


@pytest.mark.parametrize(
    "text",
    [
        # the unit stands in the heading
        "通话编号,角色,开始时间(ms),结束时间(ms),文本\nC1,客服,500,2100,您好请讲\nC1,客户,2500,4000,停水了\n",
        "通话编号,说话人,开始时间（秒）,结束时间（秒）,内容\nC1,坐席,0.5,2.1,您好请讲\nC1,用户,2.5,4,停水了\n",
        "Call ID,Speaker,Start Time (s),End Time (s),Transcript\nC1,Agent,0.5,2.1,您好请讲\nC1,Customer,2.5,4,停水了\n",
        "callId,participantRole,begin_offset_millis,end_offset_millis,content\n"
        "C1,AGENT,500,2100,您好请讲\nC1,CUSTOMER,2500,4000,停水了\n",
        # or in the value
        "录音编号,角色,开始时间,结束时间,文本\nC1,客服,00:00:00.5,00:00:02.1,您好请讲\nC1,客户,00:00:02.5,0:04,停水了\n",
        "流水号,角色,开始,结束,文本\nC1,客服,0.5秒,2.1秒,您好请讲\nC1,客户,2500ms,4s,停水了\n",
        # or nowhere: whole numbers that large are ms, fractions are seconds
        "会话ID,身份,start,end,话术\nC1,客服,500,2100,您好请讲\nC1,客户,2500,4000,停水了\n",
        "会话ID,身份,start,end,话术\nC1,客服,0.5,2.1,您好请讲\nC1,客户,2.5,4,停水了\n",
        # a duration for the end
        "会话ID,发言方,开始时间,时长,发言内容\nC1,客服,500,1600,您好请讲\nC1,客户,2500,1500,停水了\n",
        "会话ID,发言方,开始时间(s),持续时间(s),发言内容\nC1,客服,0.5,1.6,您好请讲\nC1,客户,2.5,1.5,停水了\n",
        # a title above, other columns between
        "通话明细导出,,,,,\n查询日期：2026-11-20,,,,,\n\n序号,通话编号,角色,开始毫秒,结束毫秒,转写内容\n"
        "1,C1,客服,500,2100,您好请讲\n2,C1,客户,2500,4000,停水了\n",
        # a number of rows before the id
        "id,session_id,role,start_ms,end_ms,text\n1,C1,agent,500,2100,您好请讲\n2,C1,customer,2500,4000,停水了\n"
        "3,C2,agent,1,2,喂\n",
        # headings that nobody knows, with values that everybody does
        "通话编号,类别,起始时间(ms),结束时间(ms),所说的\nC1,客服,500,2100,您好请讲\nC1,客户,2500,4000,停水了\n",
    ],
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_headings_and_units_of_many_systems(tmp_path: Path, text: str, delimiter: str) -> None:
    """All of these say the same."""
    result = read_table(tmp_path, text.replace(",", delimiter), "C9.csv")
    assert told(result)[:2] == [AGENT, CUSTOMER]
    assert result.ids[0] == "C1"


def test_seconds_are_seconds_where_a_character_would_last_too_short(tmp_path: Path) -> None:
    """Whole seconds, with a begin only."""
    text = (
        "call_id,role,start,text\nA,agent,0,您好请讲有什么可以帮您\nA,customer,5,我家停水了怎么回事\nA,agent,9,我查\n"
    )
    assert [one[2] for one in told(read_table(tmp_path, text))] == [0, 5000, 9000]


def test_moments_count_from_the_first_and_say_when_it_was(tmp_path: Path) -> None:
    """Of each call on its own; a time that stays the same is the call's."""
    text = (
        "会话ID,发送人,发送时间,消息内容\nS1,客服小美,2026-11-20 09:12:33,您好\nS1,用户,2026/11/20 9:12:41,停水了\n"
        "S2,客服小美,2026-11-20 23:59:59,您好\nS2,用户,2026-11-21 00:00:04.5,喂\n"
    )
    result = read_table(tmp_path, text)
    assert told(result) == [("agent", "客服小美", 0, None, "您好"), ("customer", None, 8000, None, "停水了")]
    assert [one[2] for one in told(result, 1)] == [0, 5500]
    assert result.calls[1]["started_at"] == "2026-11-20T23:59:59+08:00"
    same = "通话编号,开始时间,角色,文本\nA,2026-11-20 09:12:33,客服,您好\nA,2026-11-20 09:12:33,客户,喂\n"
    result = read_table(tmp_path, same)
    assert result.calls[0]["started_at"] == "2026-11-20T09:12:33+08:00"
    assert [one[2] for one in told(result)] == [None, None]


@pytest.mark.parametrize(
    ("first", "second"),
    [("09:12:33", "09:12:41"), ("1795136400", "1795136408"), ("1795136400000", "1795136408000")],
)
def test_times_of_day_and_time_stamps_count_from_the_first(tmp_path: Path, first: str, second: str) -> None:
    """No call begins with an hour of silence."""
    text = f"call_id,role,time,text\nA,agent,{first},您好\nA,customer,{second},喂\n"
    assert [one[2] for one in told(read_table(tmp_path, text))] == [0, 8000]


def test_the_call_and_its_utterances_may_both_have_times(tmp_path: Path) -> None:
    """The duration of the call, on each row, is no utterance's."""
    text = (
        "流水号,通话开始时间,时长,角色,开始时间,文本\n"
        "A,2026-11-20 09:00:00,83,客服,00:01,您好\nA,2026-11-20 09:00:00,83,客户,00:03,喂\n"
        "A,2026-11-20 09:00:00,83,客服,00:05,请讲\n"
    )
    result = read_table(tmp_path, text)
    assert [one[2:4] for one in told(result)] == [(1000, None), (3000, None), (5000, None)]
    assert result.calls[0]["started_at"] == "2026-11-20T09:00:00+08:00"


@pytest.mark.parametrize(
    ("rows", "voices"),
    [
        ("声道,左,右", [("unknown", "ch0"), ("unknown", "ch1")]),
        ("channel,0,1", [("unknown", "ch0"), ("unknown", "ch1")]),
        ("声道,坐席,客户", [("agent", None), ("customer", None)]),
        ("是否客服,1,0", [("agent", None), ("customer", None)]),
        ("is_agent,true,false", [("agent", None), ("customer", None)]),
        ("waiter_send,1,0", [("agent", None), ("customer", None)]),
        ("说话人,1,2", [("unknown", "1"), ("unknown", "2")]),
        ("speaker,SPEAKER_00,SPEAKER_01", [("unknown", "SPEAKER_00"), ("unknown", "SPEAKER_01")]),
        ("角色,坐席（8001）,客户-李先生", [("agent", "坐席（8001）"), ("customer", "客户-李先生")]),
    ],
)
def test_speakers_are_named_in_many_ways(tmp_path: Path, rows: str, voices: list[tuple[str, str | None]]) -> None:
    """A role, a voice, a channel, yes or no."""
    heading, first, second = rows.split(",")
    text = f"通话编号,{heading},文本\nA,{first},您好请讲\nA,{second},停水了\n"
    assert [one[:2] for one in told(read_table(tmp_path, text))] == voices


@pytest.mark.parametrize(
    "headings", ["坐席文本,客户文本", "客服话术,客户话术", "agent_text,customer_text", "客服,客户"]
)
def test_each_party_may_have_a_column(tmp_path: Path, headings: str) -> None:
    """A row is an exchange; an empty cell says nothing."""
    result = read_table(tmp_path, f"通话编号,{headings}\nA,您好请讲,停水了\nA,稍等,\n")
    assert [one[0::4] for one in told(result)] == [("agent", "您好请讲"), ("customer", "停水了"), ("agent", "稍等")]


@pytest.mark.parametrize(
    "cell",
    [
        "客服：您好\n客户：停水了",
        "[00:01] 坐席: 您好\n[00:05] 客户: 停水了",
        "客服 09:00:01\n您好\n客户 09:00:05\n停水了",
        "客服：您好<br>客户：停水了",
        "客服：您好\\n客户：停水了",
        "客服：您好 | 客户：停水了",
        "客服：您好。客户：停水了",
    ],
)
def test_a_whole_dialogue_may_stand_in_a_cell(tmp_path: Path, cell: str) -> None:
    """One call a row, with what the other columns say of it."""
    text = "流水号,坐席,开始时间,通话时长,通话内容\n"
    text += f'A1,周敏,2026-11-20 09:00:00,83,"{cell}"\nA2,李静,2026-11-20 10:00:00,23,"{cell}"\n'
    result = read_table(tmp_path, text)
    assert result.ids == ["A1", "A2"]
    assert [one[0] for one in told(result, 1)] == ["agent", "customer"]
    assert [one[4].rstrip("。") for one in told(result)] == ["您好", "停水了"]
    assert (result.calls[1]["agent_name"], result.calls[1]["started_at"]) == ("李静", "2026-11-20T10:00:00+08:00")


def test_a_cell_without_labels_rejects_its_call_only(tmp_path: Path) -> None:
    """The others go on."""
    good = '"客服：您好\n客户：停水了"'
    result = read_table(tmp_path, f"流水号,通话内容\nA1,{good}\nA2,{good}\nA3,无法识别\n")
    assert result.ids == ["A1", "A2"]
    assert "说话人标签" in result.reasons[0]


def test_a_label_may_stand_before_each_text(tmp_path: Path) -> None:
    """Without a column of speakers."""
    result = read_table(tmp_path, "call_id,text\nA,客服：您好\nA,客户：停水了\nA,两天了\nB,客服：您好\n")
    assert told(result)[1:] == [("customer", None, None, None, "停水了"), ("customer", None, None, None, "两天了")]


def test_a_recording_names_the_call_where_nothing_else_does(tmp_path: Path) -> None:
    """Without folder and ending."""
    text = "录音文件,角色,文本\nD:\\录音\\c1.wav,客服,您好\nD:\\录音\\c1.wav,客户,喂\nD:\\录音\\c2.wav,客服,您好\n"
    assert read_table(tmp_path, text).ids == ["c1", "c2"]


def test_a_table_without_speakers_is_refused_with_the_remedy(tmp_path: Path) -> None:
    """Nobody would know who said what."""
    result = read_table(tmp_path, "call_id,text\nA,您好\nA,停水了\n")
    assert (result.read, len(result.rejected)) == (1, 1)
    assert "call_id、text" in result.reasons[0]
    assert "--columns" in result.reasons[0]
    assert "--columns" in read_bytes(tmp_path, "call_id,text\nA,您好\n".encode(), "a.csv", lang="en").reasons[0]


# Research files ---------------------------------------------------------------------------------------------------

CHATS = [
    ("0a1", "U1", "0", "0", "0", "nan", '"我"的订单到哪了'),
    ("0a1", "U1", "1", "0", "1", "nan", "您好，正在为您查询"),
    ("0b2", "U2", "0", "0", "0", "1021", "怎么退货"),
    ("0b2", "U2", "1", "0", "0", "nan", "在订单里点退货就可以"),
]


@pytest.mark.parametrize("name", ["chats.tsv", "chats.txt"])
def test_a_research_file_has_no_headings(tmp_path: Path, name: str) -> None:
    """Chat id, yes or no, text are told by their values; quotation marks are part of the text."""
    result = read_table(tmp_path, "".join("\t".join(row) + "\n" for row in CHATS), name)
    assert result.ids == ["0a1", "0b2"]
    assert told(result) == [
        ("customer", None, None, None, '"我"的订单到哪了'),
        ("agent", None, None, None, "您好，正在为您查询"),
    ]


def test_a_research_file_with_headings(tmp_path: Path) -> None:
    """`waiter_send` says who is the agent."""
    heading = "session_id,user_id,waiter_send,is_transfer,is_repeat,sku,content\n"
    result = read_table(tmp_path, heading + "".join(",".join(row).replace('"', "") + "\n" for row in CHATS))
    assert (result.ids, result.roles()) == (["0a1", "0b2"], ["customer", "agent"])


# Workbooks --------------------------------------------------------------------------------------------------------


def as_xlsx(folder: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


@pytest.mark.parametrize("made", [lambda s: time(0, 0, s, 500_000), lambda s: timedelta(seconds=s + 0.5)])
def test_excel_has_times_of_its_own(tmp_path: Path, made: Callable[[int], Any]) -> None:
    """A time of day and a duration are clocks."""
    rows = [["通话编号", "角色", "开始时间", "文本"], ["A", "客服", made(1), "您好"], ["A", "客户", made(3), "喂"]]
    assert [one[2] for one in told(read(as_xlsx(tmp_path, ("通话", rows))))] == [1500, 3500]


def test_moments_in_excel(tmp_path: Path) -> None:
    """As in any table."""
    rows: list[list[Any]] = [
        ["明细"],
        ["通话编号", "角色", "发言时间", "文本"],
        ["A", "客服", datetime(2026, 11, 20, 9, 12, 33), "您好"],
        ["A", "客户", datetime(2026, 11, 20, 9, 12, 41), "喂"],
    ]
    result = read(as_xlsx(tmp_path, ("通话", rows)))
    assert [one[2] for one in told(result)] == [0, 8000]
    assert result.calls[0]["started_at"] == "2026-11-20T09:12:33+08:00"


def test_a_sheet_may_be_a_call(tmp_path: Path) -> None:
    """Its name is the id where the rows have none."""
    rows = [["角色", "文本"], ["客服", "您好"], ["客户", "喂"]]
    assert read(as_xlsx(tmp_path, ("0913", rows), ("0914", rows), ("空", []))).ids == ["0913", "0914"]


# --columns --------------------------------------------------------------------------------------------------------


def read_as(
    folder: Path, text: str, columns: Columns, name: str = "a.csv", **how: Any
) -> tuple[Result, list[ColumnsFound]]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    found: list[ColumnsFound] = []
    result = Result([], [], [], [], Counter(), 0)
    for block in plan([path], columns=columns, **how):
        chunk = load(block)
        found += chunk.columns
        result.calls.extend(chunk.calls.to_pylist())
        result.rejected.extend(chunk.rejected)
    return result, found


def test_the_user_says_which_column_is_which(tmp_path: Path) -> None:
    """By heading, against what would have been found; the rest is found as ever."""
    text = "编码,角色,甲,文本,备注\nA,x,客服,您好,无\nA,x,客户,停水了,无\n"
    columns = read_columns("call_id=编码,role=甲", lang="zh")
    result, (found,) = read_as(tmp_path, text, columns)
    assert result.roles() == ["agent", "customer"]
    assert dict(found.used) == {"编码": "call_id", "甲": "role", "文本": "text"}
    assert found.unused == ("角色", "备注")


def test_columns_without_headings_have_numbers(tmp_path: Path) -> None:
    """Counted from 1; times in the unit that the name says."""
    text = "A,客服,0.5,您好\nA,客户,2.5,停水了\n"
    result, _ = read_as(tmp_path, text, read_columns("call_id=1,role=2,start_s=3,text=4", lang="zh"))
    assert [one[2] for one in told(result)] == [500, 2500]


def test_a_yaml_file_may_say_what_roles_mean(tmp_path: Path) -> None:
    """`roles` maps words of the file to roles."""
    path = tmp_path / "columns.yaml"
    path.write_text("call_id: 编码\nrole: 方向\ntext: 文本\nroles: {上行: customer, 下行: 客服}\n", encoding="utf-8")
    text = "编码,方向,文本\nA,下行,您好\nA,上行,停水了\n"
    result, _ = read_as(tmp_path, text, read_columns(str(path), lang="zh"))
    assert result.roles() == ["agent", "customer"]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("call_id", "「call_id」看不懂"),
        ("foo=编码", "「foo」看不懂"),
        ("call_id=", "看不懂"),
        ("nowhere.yaml", "无法读取"),
    ],
)
def test_what_means_nothing_is_an_error_before_the_run(written: str, reason: str) -> None:
    """The message says how to write it."""
    with pytest.raises(OptionError, match=reason):
        read_columns(written, lang="zh")


def test_a_file_that_lacks_a_named_column_is_rejected(tmp_path: Path) -> None:
    """The message names it, and those that are there."""
    result, _ = read_as(tmp_path, "编码,角色,文本\nA,客服,您好\n", read_columns("text=内容", lang="zh"))
    assert "内容" in result.reasons[0]
    assert "编码、角色、文本" in result.reasons[0]


def test_a_large_table_is_cut_and_read_as_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a title, seconds that the values tell, and columns that the user names."""
    rows = [f"c{n // 3},{'甲' if n % 3 else '乙'},{n % 3 * 5},您好我查一下请稍等\n" for n in range(3000)]
    text = "导出明细,,,\n编码,方向,开始,文本\n" + "".join(rows)
    path = tmp_path / "columns.yaml"
    path.write_text("call_id: 编码\nrole: 方向\nroles: {甲: customer, 乙: agent}\n", encoding="utf-8")
    columns = read_columns(str(path), lang="zh")
    whole, _ = read_as(tmp_path, text, columns)
    monkeypatch.setattr(planning, "SMALL_BYTES", 1000)
    monkeypatch.setattr(planning, "TABLE_BYTES", 1000)
    cut, found = read_as(tmp_path, text, columns, block_bytes=20_000)
    assert (cut.calls, len(cut.calls)) == (whole.calls, 1000)
    assert len(found) > 5
    assert len({(one.used, one.unused) for one in found}) == 1
    assert [one[2] for one in told(cut, 999)] == [0, 5000, 10_000]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("开始时间(ms)", Column("start", 1)),
        ("Start Time [s]", Column("start", 1000)),
        ("duration_seconds", Column("duration", 1000)),
        ("时长（分钟）", Column("duration", 60_000)),
        ("结束时间", Column("end")),
        ("坐席 工号", Column("agent_id")),
        ("文本（识别）", Column("text")),
        ("客户转写文本", Column("customer_text")),
        ("备注", None),
        ("", None),
        (None, None),
    ],
)
def test_a_heading_says_what_and_in_which_unit(heading: object, column: Column | None) -> None:
    """Blanks, case and brackets do not matter."""
    assert column_of(heading) == column


# Who called whom --------------------------------------------------------------------------------------------------

CALLED = "录音流水号,呼叫方向,主被叫,开始毫秒,文本\n"


@pytest.mark.parametrize(
    ("way", "agent", "customer"),
    [("呼出", "主叫", "被叫"), ("呼入", "被叫", "主叫"), ("Outbound", "calling", "called")],
)
def test_the_calling_party_is_the_agent_where_the_centre_called(
    tmp_path: Path, way: str, agent: str, customer: str
) -> None:
    """The direction of the call says which of the two is the customer."""
    rows = f"C1,{way},{agent},0,您好，这里是平安回访中心。\nC1,{way},{customer},3000,你好。\n"
    assert [one[0] for one in told(read_table(tmp_path, CALLED + rows))] == ["agent", "customer"]


def test_without_a_direction_the_calling_party_is_a_voice(tmp_path: Path) -> None:
    """Who it is, is found from what is said; nothing is taken for stated."""
    text = "通话编号,角色,文本\nC1,主叫,您好，这里是平安回访中心。\nC1,被叫,你好。\n"
    assert [one[:2] for one in told(read_table(tmp_path, text))] == [("unknown", "主叫"), ("unknown", "被叫")]


def test_parties_are_labels_in_a_written_dialogue(tmp_path: Path) -> None:
    text = "主叫：您好，这里是平安回访中心。\n被叫：你好，什么事？\n主叫：做个满意度回访。\n"
    result = read_bytes(tmp_path, text.encode(), "r1.txt")
    assert [one[:2] for one in told(result)] == [("unknown", "主叫"), ("unknown", "被叫"), ("unknown", "主叫")]


# Titles, and ids that are none ------------------------------------------------------------------------------------


def test_a_title_over_merged_cells_is_not_data(tmp_path: Path) -> None:
    """Rows of a workbook are all equally wide: the heading is the row that names columns."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("明细", 0)
    sheet.append(["录音转写明细表"])
    sheet.merge_cells("A1:F1")
    sheet.append(["流水号", "坐席工号", "角色", "开始时间", "结束时间", "文本"])
    noon = datetime(2026, 11, 20, 12, 0)
    for role, at, text in (("坐席", 1, "您好，燃气公司。"), ("客户", 4, "没有气了。"), ("坐席", 6, "我帮您查。")):
        sheet.append(["X7", "8016", role, noon + timedelta(seconds=at), noon + timedelta(seconds=at + 1), text])
    book.save(tmp_path / "a.xlsx")
    result = read_bytes(tmp_path, (tmp_path / "a.xlsx").read_bytes(), "b.xlsx")
    assert result.ids == ["X7"]
    assert told(result)[0] == ("agent", None, 0, 1000, "您好，燃气公司。")
    assert told(result)[2][2:4] == (5000, 6000)


def test_rows_with_different_telephone_numbers_are_different_calls(tmp_path: Path) -> None:
    """A table without ids may still hold several calls; each is named by its file and line."""
    rows = "".join(
        f"{phone},客服,0,您好。\n{phone},客户,900,没有气了。\n,客服,1900,我来查。\n"
        for phone in ("13855500001", "13855500002")
    )
    result = read_table(tmp_path, f"手机号,角色,开始毫秒,文本\n{rows}", "明细.csv")
    assert result.ids == ["明细#2", "明细#5"]
    assert [len(one["utterances"]) for one in result.calls] == [3, 3]


def test_an_id_that_excel_has_rounded_is_refused(tmp_path: Path) -> None:
    """Two calls would be read as one."""
    text = "通话编号,角色,文本\n2.02611E+19,客服,您好。\n2.02611E+19,客户,没有气了。\n2.02611E+19,客服,您好。\n"
    (rejected,) = read_table(tmp_path, text).rejected
    assert rejected.line == 2
    assert "2.02611E+19" in rejected.reason
    assert "文本" in rejected.reason


def test_names_of_columns_in_exports_of_chats(tmp_path: Path) -> None:
    text = (
        "session_id,sender_type,sender_name,send_time,message\n"
        "S1,staff,小何,2026-11-20 09:12:01,您好，在的。\nS1,visitor,游客7,2026-11-20 09:12:05,怎么还没发货\n"
    )
    assert told(read_table(tmp_path, text)) == [
        ("agent", "小何", 0, None, "您好，在的。"),
        ("customer", "游客7", 4000, None, "怎么还没发货"),
    ]


def test_a_dialogue_may_stand_in_its_cell_as_json(tmp_path: Path) -> None:
    """Quoted as CSV quotes it; one call a row."""
    rows = [
        {"role": "agent", "start_ms": 500, "end_ms": 2100, "text": "您好请讲"},
        {"role": "customer", "start_ms": 2500, "end_ms": 4000, "text": "停水了"},
    ]
    for dialogue in (rows, {"list": rows}):
        cell = json.dumps(dialogue, ensure_ascii=False).replace('"', '""')
        text = "".join(f'J{at},8016,"{cell}"\n' for at in (1, 2))
        result = read_table(tmp_path, f"通话编号,坐席工号,对话内容\n{text}")
        assert result.ids == ["J1", "J2"]
        assert told(result, 1) == [AGENT, CUSTOMER]


def test_json_that_is_cut_off_in_a_cell_is_told(tmp_path: Path) -> None:
    text = '通话编号,对话内容\nJ1,"[{""role"": ""agent"", ""text"": ""您好"\n'
    (rejected,) = read_table(tmp_path, text).rejected
    assert "32,767" in rejected.reason
