"""Whole files: dialogues, tables, Parquet, JSON documents, compressed and unreadable ones; and which are meant."""

from __future__ import annotations

import gzip
import json
import os
import pickle
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from qa_analyzer.errors import InputError
from qa_analyzer.model import CALL_SCHEMA
from qa_analyzer.readers import REPAIRS, find_inputs, load, plan, planning
from qa_analyzer.readers.messages import MESSAGES

from .calls import call, line, one_utterance, read, read_bytes

DIALOGUE = (
    "客服：您好，热水器售后。\n客户：水一直不热。（叹气）\n客服：明天上午派师傅去看。\n客户：好，再见。（客户挂机）\n"
)


# Written dialogues ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_written_dialogue_is_one_call(tmp_path: Path, encoding: str) -> None:
    """Roles come from labels, events stay in the text, the id is the file's stem."""
    result = read_bytes(tmp_path, DIALOGUE.encode(encoding), "0301.txt")
    assert result.ids == ["0301"]
    assert result.roles() == ["agent", "customer", "agent", "customer"]
    assert result.texts()[1] == "水一直不热。（叹气）"
    assert not result.repaired


def test_a_traditional_dialogue_in_big5_is_read(tmp_path: Path) -> None:
    """Big5 is found by itself."""
    result = read_bytes(tmp_path, "話務員：您好，請講。\n顧客：帳單有問題。".encode("cp950"), "a.txt")
    assert result.texts() == ["您好，請講。", "帳單有問題。"]


def test_lines_above_the_dialogue_fill_the_call(tmp_path: Path) -> None:
    """Known headings before the first speaker set the call's values and are not speech."""
    above = (
        "通话编号：T-9\n坐席工号：1007\n坐席姓名：周敏\n班组：夜班\n"
        "开始时间：2026-03-02 21:04\n类型：投诉\n挂机方：客户\n\n"
    )
    result = read_bytes(tmp_path, (above + DIALOGUE).encode(), "x.txt")
    found = result.calls[0]
    assert [found[name] for name in ("call_id", "agent_id", "agent_name", "team")] == ["T-9", "1007", "周敏", "夜班"]
    assert (found["started_at"], found["call_type"], found["hang_up"]) == (
        "2026-03-02T21:04:00+08:00",
        "complaint",
        "customer",
    )
    assert len(found["utterances"]) == 4
    assert result.repaired["unlabelled_lines"] == 0


def test_prose_around_a_dialogue_is_left_out_and_counted(tmp_path: Path) -> None:
    """What nobody says is no speech: above the first label, and in a paragraph of its own; a wrapped line is speech."""
    text = (
        "下面是一次通话的记录，供新人学习。\n\n客服：您好，请问\n有什么可以帮您？\n\n"
        "这里坐席应该先报工号。\n后面还会讲到。\n\n（电话里有杂音）\n\n客户：我要退货。\n"
    )
    result = read_bytes(tmp_path, text.encode(), "a.txt")
    assert result.texts() == ["您好，请问", "有什么可以帮您？", "（电话里有杂音）", "我要退货。"]
    assert result.repaired == {"unlabelled_lines": 3}


def test_times_in_brackets_become_milliseconds(tmp_path: Path) -> None:
    """`[0.0-6.0]` are seconds; an end before its start rejects the call."""
    result = read_bytes(tmp_path, "[0.0-1.5] 客服：您好\n[2-4] 客户：喂".encode(), "a.txt")
    assert [(one["start_ms"], one["end_ms"]) for one in result.calls[0]["utterances"]] == [(0, 1500), (2000, 4000)]
    assert "早于" in read_bytes(tmp_path, "[3.0-1.5] 客服：您好".encode(), "b.txt").reasons[0]


def test_times_of_day_count_from_the_first_line(tmp_path: Path) -> None:
    """With a date they also say when the call began; past midnight the clock starts again."""
    text = "2026-11-20 23:59:50 客服 周敏：您好\n2026-11-21 00:00:05 客户 李女士：水费不对\n"
    result = read_bytes(tmp_path, text.encode(), "a.txt")
    assert [one["start_ms"] for one in result.calls[0]["utterances"]] == [0, 15_000]
    assert result.calls[0]["started_at"] == "2026-11-20T23:59:50+08:00"
    result = read_bytes(tmp_path, "客服 23:59:50\n您好\n客户 00:00:05\n水费不对\n".encode(), "a.txt")
    assert [one["start_ms"] for one in result.calls[0]["utterances"]] == [0, 15_000]
    assert result.calls[0]["started_at"] is None


def test_a_label_that_is_not_understood_is_counted(tmp_path: Path) -> None:
    """It stays with the speaker before, and run.json tells how often that was done."""
    result = read_bytes(tmp_path, "客服：您好\n先生：水费不对\n客服：请讲\n".encode(), "a.txt")
    assert result.texts() == ["您好", "先生：水费不对", "请讲"]
    assert result.repaired == {"unknown_label": 1}


def test_speakers_without_roles_are_read(tmp_path: Path) -> None:
    """Whose voice it is, is found by others."""
    result = read_bytes(tmp_path, "说话人1 00:05\n您好\n说话人2 00:09\n水费不对\n".encode(), "a.txt")
    assert [(one["speaker"], one["start_ms"]) for one in result.calls[0]["utterances"]] == [
        ("说话人1", 5000),
        ("说话人2", 9000),
    ]
    assert set(result.roles()) == {"unknown"}


def test_a_text_without_labels_is_rejected_with_the_remedy(tmp_path: Path) -> None:
    """The reason says what to write."""
    result = read_bytes(tmp_path, "今天的会议纪要。\n一切正常。".encode(), "a.txt")
    assert (result.read, len(result.rejected)) == (1, 1)
    assert "「客服：」" in result.reasons[0]


# Tables -----------------------------------------------------------------------------------------------------------

ROWS = [
    ["call_id", "agent_id", "role", "start_ms", "end_ms", "text"],
    ["t1", "A1", "agent", "0", "1500", "您好，请讲"],
    ["t1", "A1", "customer", "1600", "3000", "我的快递，还没到"],
    ["t2", "A2", "agent", "0", "900", "您好"],
]


def as_csv(rows: list[list[Any]], delimiter: str = ",") -> str:
    quoted = [
        [f'"{cell}"' if delimiter in str(cell) or "\n" in str(cell) else str(cell) for cell in row] for row in rows
    ]
    return "\n".join(delimiter.join(row) for row in quoted) + "\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_table_has_one_utterance_a_row(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Delimiter and encoding are found; lines are those where the calls begin."""
    result = read_bytes(tmp_path, as_csv(ROWS, delimiter).encode(encoding), "a.csv")
    assert (result.ids, result.lines) == (["t1", "t2"], [2, 4])
    assert result.texts() == ["您好，请讲", "我的快递，还没到"]
    assert result.calls[0]["utterances"][1]["start_ms"] == 1600
    assert not result.repaired


def test_chinese_headings_and_values_on_the_first_row_only(tmp_path: Path) -> None:
    """A row without an id belongs to the call above."""
    text = (
        "通话编号,坐席工号,坐席姓名,班组,开始时间,通话类型,挂机方,角色,开始毫秒,结束毫秒,文本\n"
        "9001,1007,周敏,夜班,2026-03-02T21:04:00+08:00,投诉,客户,客服,0,1000,您好\n"
        ",,,,,,,客户,1200.0,2000,我要退款\n"
    )
    result = read_bytes(tmp_path, text.encode("gb18030"), "a.csv")
    found = result.calls[0]
    assert [found[name] for name in ("call_id", "agent_id", "call_type", "hang_up")] == [
        "9001",
        "1007",
        "complaint",
        "customer",
    ]
    assert result.roles() == ["agent", "customer"]
    assert result.repaired["number_form"] == 1


def test_a_table_without_ids_is_one_call(tmp_path: Path) -> None:
    """It takes the file's stem."""
    assert read_bytes(tmp_path, "角色,文本\n客服,您好\n客户,喂\n".encode(), "one.csv").ids == ["one"]


def test_a_cell_may_hold_line_breaks(tmp_path: Path) -> None:
    """A quoted newline becomes a space; the lines of later calls stay right."""
    rows = [*ROWS[:3], ["t2", "A2", "agent", "0", "900", "您好\n请讲"], ["t3", "A2", "agent", "0", "900", "您好"]]
    result = read_bytes(tmp_path, as_csv(rows).encode(), "a.csv")
    assert (result.texts(1), result.lines) == (["您好 请讲"], [2, 4, 6])
    assert result.repaired == {"newline_or_tab": 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("call_id,role,words\nc1,agent,您好\n", "text（文本）；现有列：call_id、role、words"),
        ("call_id,role,text\nc1,agent,您好,请讲\n", "有 4 格，表头只有 3 格"),
        ("call_id,role,text\n", "没有通话"),
    ],
)
def test_a_table_that_does_not_fit_is_rejected(tmp_path: Path, text: str, reason: str) -> None:
    """The columns that lack are named, and those that are there."""
    result = read_bytes(tmp_path, text.encode(), "a.csv")
    assert result.read == len(result.rejected) == 1
    assert reason in result.reasons[0]


def test_an_open_quote_costs_only_what_follows(tmp_path: Path) -> None:
    """Calls above stay; the rest is one call with all of it in one text."""
    text = as_csv(ROWS) + 't9,A2,agent,0,900,"您好\n' + "t8,A2,agent,0,900,您好\n"
    assert read_bytes(tmp_path, text.encode(), "a.csv").ids == ["t1", "t2", "t9"]


def test_a_large_table_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pieces hold whole calls and give what the whole gives."""
    rows = [ROWS[0]] + [
        [f"c{n // 3}", "A1", "agent", str(n % 3 * 10), str(n % 3 * 10 + 5), "您好" * 20] for n in range(9000)
    ]
    data = as_csv(rows).encode("gb18030")
    assert len(data) > planning.SMALL_BYTES - 500_000
    whole = read_bytes(tmp_path, data, "a.csv")
    monkeypatch.setattr(planning, "SMALL_BYTES", 1000)
    monkeypatch.setattr(planning, "TABLE_BYTES", 1000)
    for block_bytes in (1, 50_000, 1 << 30):
        result = read_bytes(tmp_path, data, "a.csv", block_bytes=block_bytes)
        assert (result.calls, result.lines) == (whole.calls, whole.lines)
    assert len(list(plan([tmp_path], block_bytes=50_000))) > 10


def test_a_workbook_is_read_with_its_numbers_and_dates(tmp_path: Path) -> None:
    """Numeric ids lose no digit and gain no `.0`, dates become ISO 8601; sheets without text are passed over."""
    book = openpyxl.Workbook()
    book.create_sheet("说明", 0).append(["说明", "这一页没有通话"])
    sheet = book.create_sheet("通话")
    sheet.append(["通话编号", "坐席工号", "开始时间", "角色", "开始毫秒", "结束毫秒", "文本"])
    sheet.append([9001, 1007, datetime(2026, 3, 2, 21, 4), "客服", 0, 1000.0, "您好"])
    sheet.append([9001, 1007, None, "客户", 1100, 2000, "我要退款"])
    book.save(tmp_path / "a.xlsx")
    result = read(tmp_path / "a.xlsx")
    found = result.calls[0]
    assert (found["call_id"], found["agent_id"], found["started_at"]) == ("9001", "1007", "2026-03-02T21:04:00+08:00")
    assert (result.roles(), result.lines) == (["agent", "customer"], [2])


def test_a_broken_workbook_is_rejected(tmp_path: Path) -> None:
    """A cut-off file says so."""
    book = openpyxl.Workbook()
    book.save(tmp_path / "a.xlsx")
    data = (tmp_path / "a.xlsx").read_bytes()
    assert "Excel" in read_bytes(tmp_path, data[: len(data) // 2], "a.xlsx").reasons[0]


# Parquet ----------------------------------------------------------------------------------------------------------


def test_parquet_has_the_canonical_columns(tmp_path: Path) -> None:
    """Row groups of any size give the same calls; a row is a line."""
    made = [call(f"c{n}") for n in range(50)]
    table = pa.Table.from_pylist(made, schema=CALL_SCHEMA)
    expected = read_bytes(tmp_path, b"".join(map(line, made)))
    for size in (7, 50):
        pq.write_table(table, tmp_path / "a.parquet", row_group_size=size)
        result = read(tmp_path / "a.parquet")
        assert (result.calls, result.lines, result.repaired) == (expected.calls, list(range(1, 51)), {})


def test_large_parquet_is_read_by_row_group_and_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row group far larger than a block is cut by the planner."""
    monkeypatch.setattr(planning, "SMALL_BYTES", 1000)
    made = [call(f"c{n}") for n in range(500)]
    pq.write_table(pa.Table.from_pylist(made, schema=CALL_SCHEMA), tmp_path / "a.parquet", row_group_size=200)
    blocks = {size: len(list(plan([tmp_path], block_bytes=size))) for size in (1000, 1 << 20)}
    assert blocks[1 << 20] == 3 < blocks[1000]
    assert read(tmp_path, block_bytes=1000).lines == read(tmp_path).lines == list(range(1, 501))
    assert read(tmp_path, block_bytes=1000).calls == read(tmp_path).calls


def test_parquet_in_other_types_is_cast(tmp_path: Path) -> None:
    """Narrow integers, floats, dictionaries, time stamps and numeric ids become the canonical types."""
    spoken = pa.array(
        [[{"text": "您好", "start_ms": 0.0, "end_ms": 900.0, "role": "Agent"}]],
        pa.large_list(
            pa.struct(
                [
                    ("text", pa.large_string()),
                    ("start_ms", pa.float32()),
                    ("end_ms", pa.float64()),
                    ("role", pa.string()),
                ]
            )
        ),
    )
    table = pa.table(
        {
            "utterances": spoken,
            "call_id": pa.array([77]),
            "team": pa.array(["夜班"]).dictionary_encode(),
            "ended_ms": pa.array([900], pa.int16()),
            "started_at": pa.array([datetime(2026, 3, 2, 21, 4)], pa.timestamp("ns")),
            "other": pa.array([1]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet").calls[0]
    assert (found["call_id"], found["team"], found["ended_ms"]) == ("77", "夜班", 900)
    assert found["started_at"] == "2026-03-02T21:04:00+08:00"
    assert found["utterances"][0]["end_ms"] == 900
    assert found["utterances"][0]["role"] == "agent"


def test_parquet_rejects_as_ndjson_does(tmp_path: Path) -> None:
    """Null utterances, missing ids, bad times and text that is no UTF-8 are rejected by row."""
    made = [call("a"), {"call_id": "b"}, call(None), call("d", ended_ms=-1), call("e")]
    table = pa.Table.from_pylist(made, schema=CALL_SCHEMA)
    bad = pa.array([b"\xff", b"x", b"x", b"x", b"x"]).view(pa.string())
    table = table.set_column(3, "team", bad)
    pq.write_table(table, tmp_path / "a.parquet")
    result = read(tmp_path / "a.parquet")
    assert (result.ids, result.lines) == (["e"], [5])
    assert [(one.line, one.call_id) for one in result.rejected] == [(1, "a"), (2, "b"), (3, ""), (4, "d")]
    assert "UTF-8" in result.reasons[0]


@pytest.mark.parametrize(("cut", "reason"), [(100, "已损坏"), (0, "缺少列：utterances")])
def test_parquet_that_does_not_fit_is_one_rejection(tmp_path: Path, cut: int, reason: str) -> None:
    """A cut-off file, and one without utterances."""
    pq.write_table(pa.table({"call_id": ["a", "b"]}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    result = read_bytes(tmp_path, data[: len(data) - cut], "a.parquet")
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]


# JSON documents ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indent", [1, 4, "\t"])
def test_one_pretty_printed_call_is_read(tmp_path: Path, indent: Any) -> None:
    """A file may hold one call over many lines, and then needs no id."""
    data = json.dumps(call(None), ensure_ascii=False, indent=indent).encode()
    result = read_bytes(tmp_path, data, "0042.json")
    assert (result.ids, result.lines, result.repaired) == (["0042"], [1], {})


def test_an_array_of_calls_is_read(tmp_path: Path) -> None:
    """Each call stands at its line; a bad one costs only itself."""
    made = [call("a"), call("b", utterances=[]), call("c"), 5]
    result = read_bytes(tmp_path, json.dumps(made, indent=1).encode(), "a.json")
    assert result.ids == ["a", "c"]
    text = json.dumps(made, indent=1).splitlines()
    assert [text[number - 1].strip() for number in result.lines] == ["{", "{"]
    assert len(result.rejected) == 2
    compact = read_bytes(tmp_path, json.dumps(made[:3]).encode(), "b.json")
    assert (compact.ids, compact.read) == (["a", "c"], 3)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"[]", "没有通话"),
        (b'{\n "call_id": "a",\n', "没有写完"),
        (b'{\n "call_id": a\n}', "第 2 行"),
        (b"[\n{]", "JSON"),
    ],
)
def test_a_broken_document_is_one_rejection(tmp_path: Path, data: bytes, reason: str) -> None:
    """The reason says where."""
    result = read_bytes(tmp_path, data, "a.json")
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_ndjson_in_other_encodings_is_read(tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small or large, with the lines where they are; a line that cannot be decoded costs itself."""
    made = [call("a"), call("b"), call("c")]
    data = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in made).encode(encoding)
    for small in (1 << 20, 10):
        monkeypatch.setattr(planning, "SMALL_BYTES", small)
        for block_bytes in (100, 1 << 20):
            result = read_bytes(tmp_path, data, block_bytes=block_bytes)
            assert (result.ids, result.lines) == (["a", "b", "c"], [1, 2, 3])
            assert result.texts(2) == [one["text"] for one in made[2]["utterances"]]
    if encoding == "gb18030":
        lines = data.split(b"\n")
        lines[1] = lines[1][:-3] + b"\xff" + lines[1][-3:]
        broken = read_bytes(tmp_path, b"\n".join(lines))
        assert (broken.ids, [one.line for one in broken.rejected]) == (["a", "c"], [2])
        assert "GB18030" in broken.reasons[0] or "UTF-8" in broken.reasons[0]


# Compressed files -------------------------------------------------------------------------------------------------


def packed(data: bytes, ending: str) -> bytes:
    return gzip.compress(data) if ending == ".gz" else zstandard.compress(data)


@pytest.mark.parametrize("ending", [".gz", ".zst"])
@pytest.mark.parametrize("small", [1 << 16, 0])
def test_compressed_files_of_any_kind_are_read(
    tmp_path: Path, ending: str, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NDJSON, a dialogue, a table and Parquet come out of gzip and Zstandard, small and streamed."""
    monkeypatch.setattr(planning, "SMALL_PACKED_BYTES", small)
    ndjson = b"".join(line(call(f"c{n}")) for n in range(300))
    for block_bytes in (1, 5000, 16 << 20):
        result = read_bytes(tmp_path, packed(ndjson, ending), "n.jsonl" + ending, block_bytes=block_bytes)
        assert result.lines == list(range(1, 301))
    assert read_bytes(tmp_path, packed(DIALOGUE.encode("gb18030"), ending), "d.txt" + ending).ids == ["d"]
    assert read_bytes(tmp_path, packed(as_csv(ROWS).encode(), ending), "t.csv" + ending).ids == ["t1", "t2"]
    pq.write_table(pa.Table.from_pylist([call("p")], schema=CALL_SCHEMA), tmp_path / "p")
    parquet = (tmp_path / "p").read_bytes()
    assert read_bytes(tmp_path, packed(parquet, ending), "p.parquet" + ending).ids == ["p"]
    assert read_bytes(tmp_path, packed(line(call(None)), ending), "one.json" + ending).ids == ["one"]
    assert "空" in read_bytes(tmp_path, packed(b"", ending), "e.json" + ending).reasons[0]


def test_several_members_and_frames_are_all_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were appended to are read to their end."""
    parts = [line(call("a")), line(call("b"))]
    for small in (1 << 16, 0):
        monkeypatch.setattr(planning, "SMALL_PACKED_BYTES", small)
        for ending in (".gz", ".zst"):
            data = b"".join(packed(part, ending) for part in parts)
            assert read_bytes(tmp_path, data, "n.jsonl" + ending).ids == ["a", "b"]


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_a_damaged_stream_gives_what_it_held(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls before the damage are scored, and the damage is one rejection with its line."""
    monkeypatch.setattr(planning, "SMALL_PACKED_BYTES", 0)
    lines = [line(call(f"c{n}", note=os.urandom(300).hex())) for n in range(3000)]
    data = packed(b"".join(lines), ending)
    result = read_bytes(tmp_path, data[: len(data) // 2], "n.jsonl" + ending, block_bytes=50_000)
    assert 0 < len(result.ids) < 3000
    assert result.ids == [f"c{n}" for n in range(len(result.ids))]
    (rejected,) = result.rejected
    assert (rejected.line, result.read) == (len(result.ids) + 1, len(result.ids) + 1)
    assert "压缩文件已损坏" in rejected.reason


def test_an_overlong_line_in_a_stream_is_passed_over(tmp_path: Path) -> None:
    """50 MB in one line, compressed: one rejection, and the lines after it keep their numbers."""
    giant = b'{"call_id": "giant", "utterances": [{"text": "' + b"x" * 50_000_000 + b'"}]}\n'
    noise = os.urandom(70_000).hex().encode()  # so that the file is streamed
    data = line(call("a", note=noise.decode())) + giant + line(call("b"))
    for block_bytes in (1 << 16, 16 << 20):
        result = read_bytes(tmp_path, gzip.compress(data, 1), "n.jsonl.gz", block_bytes=block_bytes)
        assert (result.ids, result.lines) == (["a", "b"], [1, 3])
        assert [(one.line, one.call_id) for one in result.rejected] == [(2, "giant")]


# Files that are none ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.jsonl", "文件是空的"),
        (b" \n\n", "a.txt", "文件是空的"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "a.wav", "录音文件"),
        (bytes(range(256)) * 20, "a.bin", "不是通话文本"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "a.xls", "另存为 .xlsx"),
        (b"PK\x03\x04" + b"word/" * 9, "a.docx", "压缩文件已损坏"),
        ("客服：您好".encode()[:-1] + b"\xff\xfe\xfa", "a.txt", "无法解码"),
    ],
)
def test_a_file_that_is_no_transcript_is_one_rejection(tmp_path: Path, data: bytes, name: str, reason: str) -> None:
    """One read, one rejected, with the file, no line, and what to do; the files beside it are read."""
    (tmp_path / "z.jsonl").write_bytes(line(call("z")))
    (tmp_path / name).write_bytes(data)
    result = read(tmp_path)
    assert (result.ids, result.read) == (["z"], 2)
    (rejected,) = result.rejected
    assert (rejected.file, rejected.line) == ((tmp_path / name).as_posix(), 0)
    assert reason in rejected.reason


def test_a_file_that_vanishes_is_one_rejection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between planning and reading a file may go."""
    for small in (1 << 20, 10):
        monkeypatch.setattr(planning, "SMALL_BYTES", small)
        path = tmp_path / "a.jsonl"
        path.write_bytes(line(call("a")))
        blocks = list(plan([path]))
        path.unlink()
        chunk = load(blocks[0])
        assert (chunk.read, len(chunk.rejected)) == (1, 1)
        assert "无法读取" in chunk.rejected[0].reason


# Which files are meant --------------------------------------------------------------------------------------------


def test_folders_globs_and_files_are_found_once_and_in_order(tmp_path: Path) -> None:
    """Subfolders count; hidden files, Markdown and expected.csv do not; nothing is read twice."""
    for name in ("b.txt", "a/c.jsonl", "a/.hidden", ".git/x.txt", "README.md", "expected.csv", "a/odd.bin"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = [path.relative_to(tmp_path).as_posix() for path in find_inputs([str(tmp_path)])]
    assert found == ["a/c.jsonl", "a/odd.bin", "b.txt"]
    again = find_inputs([str(tmp_path / "**" / "*.*"), str(tmp_path / "b.txt"), str(tmp_path)])
    assert [path.relative_to(tmp_path).as_posix() for path in again] == found
    assert [path.name for path in find_inputs([str(tmp_path / "expected.csv")])] == ["expected.csv"]


@pytest.mark.parametrize(
    ("given", "zh", "en"), [("gone.txt", "找不到", "no such file"), ("*.gone", "没有匹配", "no file")]
)
def test_inputs_that_are_not_there_are_errors_with_a_remedy(tmp_path: Path, given: str, zh: str, en: str) -> None:
    """The path is named, and what to check."""
    for lang, words in (("zh", zh), ("en", en)):
        with pytest.raises(InputError, match=words):
            find_inputs([str(tmp_path / given)], lang=lang)
        with pytest.raises(InputError, match=words):
            plan([str(tmp_path / given)], lang=lang)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    """Nothing to score is not a success."""
    with pytest.raises(InputError, match="没有可以读取的文件"):
        find_inputs([str(tmp_path)])


def test_repeated_stems_take_the_relative_path(tmp_path: Path) -> None:
    """Ids of one-call files do not depend on order, and stay apart."""
    for name in ("x/1.txt", "y/1.txt", "y/2.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(DIALOGUE, encoding="utf-8")
    assert read(tmp_path).ids == ["x/1.txt", "y/1.txt", "2"]


def test_many_small_files_share_blocks_in_order(tmp_path: Path) -> None:
    """Files of all kinds come out by path, whatever the block holds."""
    made = pa.Table.from_pylist([call("p1"), call("p2")], schema=CALL_SCHEMA)
    for number in range(30):
        (tmp_path / f"{number:02}a.txt").write_text(DIALOGUE, encoding="utf-8")
        (tmp_path / f"{number:02}b.json").write_bytes(line(call(None)))
    pq.write_table(made, tmp_path / "15c.parquet")
    (tmp_path / "15d.txt").write_bytes(b"")
    expected = read(tmp_path)
    assert len(list(plan([tmp_path]))) == 1
    assert expected.ids == [
        *[one for number in range(16) for one in (f"{number:02}a", f"{number:02}b")],
        *("p1", "p2"),
        *[one for number in range(16, 30) for one in (f"{number:02}a", f"{number:02}b")],
    ]
    for block_bytes in (1, 2000):
        assert read(tmp_path, block_bytes=block_bytes) == expected


def test_blocks_can_be_sent_to_another_process(tmp_path: Path) -> None:
    """Blocks and chunks survive pickling."""
    (tmp_path / "a.jsonl").write_bytes(line(call("a")) + b"{\n")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(line(call("b"))))
    for block in plan([tmp_path]):
        chunk = pickle.loads(pickle.dumps(load(pickle.loads(pickle.dumps(block)))))
        assert chunk.calls.column("call_id").to_pylist() == ["a", "b"]
        assert chunk.files == [str(tmp_path / "a.jsonl"), str(tmp_path / "b.jsonl.gz")]


def test_both_languages_have_the_same_messages() -> None:
    """No reason exists in one language only, with other values, or without a remedy-sized sentence."""
    assert MESSAGES["zh"].keys() == MESSAGES["en"].keys()
    assert REPAIRS["zh"].keys() == REPAIRS["en"].keys()
    for key, words in MESSAGES["zh"].items():
        assert words.count("{") == MESSAGES["en"][key].count("{"), key


def test_ids_of_single_utterance_calls_are_kept(tmp_path: Path) -> None:
    """The shortest call there is."""
    assert read_bytes(tmp_path, line({"call_id": "s", "utterances": one_utterance()})).calls[0]["utterances"] == [
        {**dict.fromkeys(["speaker", "start_ms", "end_ms", "words"]), "role": "customer", "text": "喂"}
    ]


def test_a_large_table_that_breaks_gives_what_it_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that cannot be decoded end a table with one rejection; a wrong heading is one as well."""
    monkeypatch.setattr(planning, "SMALL_BYTES", 10)
    monkeypatch.setattr(planning, "TABLE_BYTES", 10)
    rows = [ROWS[0], *[[f"c{n}", "A1", "agent", "0", "5", "您好" * 20] for n in range(4000)]]
    data = as_csv(rows).encode()
    result = read_bytes(tmp_path, data + b"c9999,A1,agent,0,5,\xff\xff\n", "a.csv", block_bytes=10_000)
    assert 3000 < len(result.ids) <= 4000
    assert (len(result.rejected), "UTF-8" in result.reasons[0]) == (1, True)
    wrong = read_bytes(tmp_path, data.replace(b"text", b"blah", 1).replace("您好".encode(), b"1"), "a.csv")
    assert (wrong.read, "缺少列" in wrong.reasons[0]) == (1, True)


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_giant_cell_costs_only_its_call(tmp_path: Path, quote: str) -> None:
    """50 MB in one cell of a table: one rejection, and the rows after it are read."""
    giant = f"b,agent,{quote}{'x' * 50_000_000}{quote}\n"
    result = read_bytes(tmp_path, f"call_id,role,text\na,agent,喂\n{giant}c,agent,喂\n".encode(), "a.csv")
    assert (result.ids, result.lines) == (["a", "c"], [2, 4])
    assert [(one.line, one.call_id) for one in result.rejected] == [(3, "b")]
    assert "超过 1 MB" in result.reasons[0]


def test_a_report_inside_the_folder_is_no_input(tmp_path: Path) -> None:
    """Its pages and tables would be scored as calls at the next run. A run.json of somebody else changes nothing."""
    (tmp_path / "a.txt").write_text(DIALOGUE, encoding="utf-8")
    report, other = tmp_path / "reports" / "today", tmp_path / "batch"
    for folder in (report / "calls", other):
        folder.mkdir(parents=True)
        (folder / "c1.txt").write_text(DIALOGUE, encoding="utf-8")
    (report / "run.json").write_text('{"qa_analyzer": "1.0", "ruleset": "1a"}', encoding="utf-8")
    (other / "run.json").write_text('{"batch": 7}', encoding="utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in find_inputs([tmp_path])]
    assert found == ["a.txt", "batch/c1.txt", "batch/run.json"]


@pytest.mark.parametrize("indent", [None, 1])
def test_documents_of_vendors_without_ids_are_named_by_file_and_line(tmp_path: Path, indent: int | None) -> None:
    """One a line, or one behind the other."""
    document = {"Result": {"Sentences": [{"BeginTime": 0, "EndTime": 900, "Text": "您好。", "ChannelId": 0}]}}
    written = "\n".join(json.dumps(document, ensure_ascii=False, indent=indent) for _ in range(2))
    result = read_bytes(tmp_path, written.encode(), "夜班.json")
    second = 1 + written[: written.rindex('"Result"')].count("\n") - (indent is not None)
    assert result.ids == ["夜班#1", f"夜班#{second}"]
    assert not result.rejected


def test_documents_in_one_array_are_numbered(tmp_path: Path) -> None:
    document = {"Result": {"Sentences": [{"BeginTime": 0, "EndTime": 900, "Text": "您好。", "ChannelId": 0}]}}
    result = read_bytes(tmp_path, json.dumps([document, document], ensure_ascii=False).encode(), "夜班.json")
    assert result.ids == ["夜班#1", "夜班#1.2"]


def test_calls_in_an_envelope_and_in_a_string_are_read(tmp_path: Path) -> None:
    calls = {"code": 0, "data": [call("c1"), call("c2")]}
    for value in (calls, json.dumps(calls, ensure_ascii=False)):
        result = read_bytes(tmp_path, json.dumps(value, ensure_ascii=False).encode(), "e.json")
        assert result.ids == ["c1", "c2"]


def test_one_unknown_document_is_told_with_its_keys(tmp_path: Path) -> None:
    """A version that is not known yet."""
    (rejected,) = read_bytes(tmp_path, b'{"Version": "9", "Sents": [1]}', "v9.json").rejected
    assert "Version、Sents" in rejected.reason


def test_a_line_of_spaces_above_a_dialogue_costs_no_time(tmp_path: Path) -> None:
    """What is looked for in it must end soon."""
    blank = "坐席" + " " * 200_000 + "工号"
    began = monotonic()
    result = read_bytes(tmp_path, f"{blank}\n坐席工号 ： A7：b\n{DIALOGUE}".encode(), "0301.txt")
    assert monotonic() - began < 5
    assert result.calls[0]["agent_id"] == "A7：b"
