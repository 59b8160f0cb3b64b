"""Bad input, end to end: each kind is repaired or rejected with file, line and reason, and the rest is unaffected."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pandas as pd
import pytest
import zstandard

from qa_analyzer.errors import InputError
from qa_analyzer.run import Options, score

from .made import CALM, HEATED, INSULTING, Scored, call, line, say, scored, write_calls

GOOD = [call("good1", CALM), call("good2", HEATED), call("good3", INSULTING)]
DAY = 24 * 60 * 60 * 1000


def one(text: object = "喂，您好。", **more: object) -> list[dict[str, object]]:
    return [{"role": "agent", "text": text, **more}]


def same_rows(left: Scored, right: Scored, ids: list[str]) -> None:
    """All tables hold the same rows for these calls."""
    for name in ("calls", "findings", "emotion"):
        tables = [report.tables[name] for report in (left, right)]
        ours, theirs = (table[table["call_id"].isin(ids)].reset_index(drop=True) for table in tables)
        assert len(ours) > 0
        pd.testing.assert_frame_equal(ours, theirs)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, rules: Path) -> Scored:
    """The good calls without anything bad beside them."""
    folder = tmp_path_factory.mktemp("alone")
    return scored(write_calls(folder / "calls.ndjson", GOOD), rules, folder / "report")


# ---- bad lines among good ones ----------------------------------------------------------------------------------

BAD_LINES = {
    "broken JSON": (b'{"call_id": "bad", "utterances": [{"text": "a"}\n', "bad", "JSON"),
    "not an object": (b"[1, 2]\n", "", "JSON"),
    "two objects on a line": (line(call("bad")).strip() + line(call("bad2")), "bad", "两个 JSON"),
    "missing id": (line(call(None)), "", "没有通话编号"),
    "null utterances": (line({"call_id": "bad", "utterances": None}), "bad", "没有 utterances"),
    "no utterances": (line(call("bad", [])), "bad", "utterances 是空的"),
    "null text": (line(call("bad", one(None))), "bad", "没有 text"),
    "textless": (line(call("bad", one("") + one(" "))), "bad", "都没有文字"),
    "end before start": (line(call("bad", one(start_ms=900, end_ms=300))), "bad", "end_ms 300 早于 start_ms 900"),
    "negative time": (line(call("bad", one(start_ms=-1, end_ms=5))), "bad", "start_ms 是负数"),
    "huge time": (line(call("bad", one(start_ms=0, end_ms=DAY + 1))), "bad", "超过 24 小时"),
    "negative end of call": (line(call("bad", one(), ended_ms=-1)), "bad", "ended_ms 是负数"),
    "utterance over 1 MB": (line(call("bad", one("长" * 400_000))), "bad", "超过 1 MB"),
    "utterance of 50 MB": (line(call("bad", one("x" * 50_000_000))), "bad", "MB"),
    "wrong encoding": (line(call("bad")).decode().encode("gb18030"), "bad", "不是有效的 UTF-8"),
    "binary line": (bytes(range(128, 256)) + b"\x00\x01\n", "", ""),
}


@pytest.mark.parametrize("kind", BAD_LINES)
def test_a_bad_line_is_rejected_and_the_rest_is_unaffected(
    tmp_path: Path, rules: Path, alone: Scored, kind: str
) -> None:
    """The rejection names file, line, id where known, and why; the good calls get the very rows they get alone."""
    data, call_id, reason = BAD_LINES[kind]
    path = tmp_path / "calls.ndjson"
    path.write_bytes(line(GOOD[0]) + data + line(GOOD[1]) + line(GOOD[2]))
    report = scored(path, rules, tmp_path / "report")
    ((file, number, named, why),) = report.rejected
    assert (file, number) == (path.as_posix(), "2")
    assert named == call_id
    assert reason in why
    assert len(why) > 5
    assert (report.result.read, report.result.scored, report.result.rejected) == (4, 3, 1)
    same_rows(report, alone, ["good1", "good2", "good3"])


def test_all_bad_lines_together_are_each_rejected_at_their_line(tmp_path: Path, rules: Path, alone: Scored) -> None:
    """scored + rejected = read, whatever the share of bad lines and the size of blocks."""
    bad = {kind: data for kind, (data, _, _) in BAD_LINES.items() if kind != "utterance of 50 MB"}
    path = tmp_path / "calls.ndjson"
    path.write_bytes(b"".join([line(GOOD[0]), *bad.values(), line(GOOD[1]), line(GOOD[2])]))
    for block_bytes in (16 << 20, 1000):
        report = scored(path, rules, tmp_path / "report", block_bytes=block_bytes)
        assert [int(row[1]) for row in report.rejected] == list(range(2, 2 + len(bad)))
        result = report.result
        assert (result.read, result.scored, result.rejected) == (3 + len(bad), 3, len(bad))
        same_rows(report, alone, ["good1", "good2", "good3"])


REPAIRED = {
    "unknown role": (say("主管", "我来听一下。", 20000, 21000), "unknown_role"),
    "NUL and control characters": (say("agent", "好\x00的\x07，再见。", 20000, 21000), "control_character"),
    "newline inside an utterance": (say("agent", "好的，\n再见。\t", 20000, 21000), "newline_or_tab"),
    "lone surrogate": (say("agent", "好的\ud83d，再见。", 20000, 21000), "lone_surrogate"),
    "float times": ({"role": "agent", "text": "再见。", "start_ms": 20000.0, "end_ms": 21000.0}, "number_form"),
}


@pytest.mark.parametrize("kind", REPAIRED)
def test_a_repairable_call_is_scored_and_the_repair_counted(
    tmp_path: Path, rules: Path, alone: Scored, kind: str
) -> None:
    """The turn is one code point for one as long as before, and the other calls are unaffected."""
    odd, repair = REPAIRED[kind]
    path = tmp_path / "calls.ndjson"
    escaped = json.dumps(call("odd", [*CALM, odd])).encode() + b"\n"
    path.write_bytes(line(GOOD[0]) + escaped + line(GOOD[1]) + line(GOOD[2]))
    report = scored(path, rules, tmp_path / "report", ("csv", "parquet", "xlsx", "html"))
    assert report.rejected == []
    assert report.calls.loc["odd", "rule:courtesy/greeting"] == "pass"
    facts = json.loads((report.folder / "run.json").read_text(encoding="utf-8"))
    assert facts["repaired"][repair] >= 1
    same_rows(report, alone, ["good1", "good2", "good3"])


def test_evidence_after_repaired_characters_keeps_its_place(tmp_path: Path, rules: Path) -> None:
    """Newline, NUL and lone surrogate are one code point each, before and after."""
    text = "喂\n\x00\ud83d您好。"
    path = tmp_path / "calls.ndjson"
    path.write_bytes(json.dumps(call("odd", [say("agent", text), *CALM[1:]])).encode() + b"\n")
    report = scored(path, rules, tmp_path / "report")
    (row,) = report.findings_of("odd", "courtesy/greeting", "pass").to_dict("records")
    assert (row["text_start"], row["text_end"], row["quote"]) == (4, 6, "您好")


# ---- bad files among good ones ------------------------------------------------------------------------------------

BAD_FILES = {
    "empty": (b"", "文件是空的"),
    "blank": (b" \n\n", "文件是空的"),
    "wave": (b"RIFF\x24\x08\x00\x00WAVEfmt " + b"\x01\x00" * 50, "录音文件"),
    "random bytes": (bytes(range(256)) * 8, ""),
    "gzip cut off": (gzip.compress(line(call("z1")) * 50)[:-20], "压缩文件已损坏"),
    "zstd cut off": (zstandard.compress(line(call("z1")) * 50)[:-9], "压缩文件已损坏"),
    "prose": ("今天天气很好，我们去公园玩。\n".encode(), "没有说话人标签"),
    "table without text": ("通话编号,备注\nt1,无\n".encode(), "表格缺少列"),
    "empty array": (b"[]", "没有通话"),
    "cut parquet": (b"PAR1" + b"\x00" * 40 + b"PAR1", "Parquet"),
    "no workbook": (b"PK\x03\x04" + b"\x00" * 60 + b"xl/", "Excel"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_one_read_and_one_rejected(tmp_path: Path, rules: Path, alone: Scored, kind: str) -> None:
    """It is listed as a whole (line 0 or 1) with the reason, and the good file beside it is scored as if alone."""
    data, reason = BAD_FILES[kind]
    folder = tmp_path / "in"
    write_calls(folder / "a.ndjson", GOOD)
    bad = folder / ("b.csv" if kind.startswith("table") else "b.dat")
    bad.write_bytes(data)
    report = scored(folder, rules, tmp_path / "report")
    ((file, number, _, why),) = report.rejected
    assert file == bad.as_posix()
    assert number in {"0", "1"}
    assert reason in why
    assert len(why) > 5
    assert (report.result.read, report.result.scored) == (4, 3)
    same_rows(report, alone, ["good1", "good2", "good3"])


def test_files_in_a_wrong_encoding_are_read_in_theirs_or_rejected(tmp_path: Path, rules: Path) -> None:
    """GB18030 is found by itself; bytes that are no text in any encoding are not guessed at."""
    text = "客服：您好，晨星供暖。\n客户：暖气不热，派人来看看。\n客服：好的，再见。\n"
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "gb.txt").write_bytes(text.encode("gb18030"))
    (folder / "half.txt").write_bytes(text.encode() + b"\xff\xfe\x80\x81\xff" * 40)
    report = scored(folder, rules, tmp_path / "report")
    assert report.calls.index.tolist() == ["gb"]
    assert report.calls.loc["gb", "rule:courtesy/greeting"] == "pass"
    assert [Path(row[0]).name for row in report.rejected] == ["half.txt"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_where_nothing_can_be_read_is_an_error_with_a_remedy(tmp_path: Path, rules: Path, lang: str) -> None:
    """An empty folder, a path that does not exist, a glob without a match; nothing is written."""
    (tmp_path / "empty").mkdir()
    for given in ("empty", "没有这个.ndjson", "*.nichts"):
        with pytest.raises(InputError, match="检查|放入" if lang == "zh" else "[Cc]heck|Put"):
            score([tmp_path / given], tmp_path / "report", Options(rules=rules, lang="zh" if lang == "zh" else "en"))
    assert not (tmp_path / "report").exists()


def test_a_run_in_which_everything_is_rejected_still_lists_why(tmp_path: Path, rules: Path) -> None:
    """All files of the report are there, without rows; rejected.csv, workbook and index say why."""
    path = tmp_path / "calls.ndjson"
    path.write_bytes(b'{"call_id": "x1"}\n{"call_id": "x2", "utterances": []}\n')
    report = scored(path, rules, tmp_path / "report", ("csv", "parquet", "xlsx", "html"))
    assert (report.result.read, report.result.scored, report.result.rejected) == (2, 0, 2)
    assert [(row[1], row[2]) for row in report.rejected] == [("1", "x1"), ("2", "x2")]
    assert all(table.empty for table in report.tables.values())
    assert "x2" in (report.folder / "index.html").read_text(encoding="utf-8")
    heading = (report.folder / "calls.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(heading) == 1
    assert heading[0].startswith("通话编号,坐席工号")


# ---- repeated ids -------------------------------------------------------------------------------------------------


def test_the_first_of_a_repeated_id_is_scored_and_the_others_name_its_file_and_line(
    tmp_path: Path, rules: Path
) -> None:
    """Within a block, in another block and in another file alike; by path, then by line."""
    folder = tmp_path / "in"
    write_calls(folder / "b.ndjson", [call("r2", CALM), call("r1", INSULTING), call("r3", CALM)])
    write_calls(folder / "a.ndjson", [call("r1", HEATED), call("r4", CALM), call("r1", CALM), call("r2", HEATED)])
    a, b = (folder / "a.ndjson").as_posix(), (folder / "b.ndjson").as_posix()
    expected = [
        (a, "3", "r1", f"{a}:1"),
        (b, "1", "r2", f"{a}:4"),
        (b, "2", "r1", f"{a}:1"),
    ]
    for block_bytes in (16 << 20, 1200, 1):
        report = scored(folder, rules, tmp_path / "report", block_bytes=block_bytes)
        assert report.calls.index.tolist() == ["r1", "r4", "r2", "r3"]
        assert report.calls.loc["r1", "rule:courtesy/greeting"] == "fail"
        assert report.calls.loc["r2", "rule:courtesy/greeting"] == "fail"
        found = report.rejected
        assert [(row[0], row[1], row[2]) for row in found] == [one[:3] for one in expected]
        assert all(one[3] in row[3] for one, row in zip(expected, found, strict=True))
        assert (report.result.read, report.result.scored, report.result.rejected) == (7, 4, 3)


def test_ids_repeated_across_blocks_of_one_large_file_name_file_and_line(tmp_path: Path, rules: Path) -> None:
    """Lines are counted in the file, not in the block, and blocks are taken in order with two workers too."""
    calls = [call(f"n{number % 300}", [say("agent", "您好。" + "嗯" * 700), *CALM[1:]]) for number in range(700)]
    path = write_calls(tmp_path / "large.ndjson", calls)
    assert path.stat().st_size > 1 << 20
    report = scored(path, rules, tmp_path / "report", block_bytes=200_000, workers=2)
    assert (report.result.read, report.result.scored, report.result.rejected) == (700, 300, 400)
    for row in report.rejected:
        number = int(row[1])
        assert row[2] == f"n{(number - 1) % 300}"
        assert f"{path.as_posix()}:{(number - 1) % 300 + 1} " in row[3] + " "


def test_a_bad_call_does_not_take_the_id_from_a_good_one(tmp_path: Path, rules: Path) -> None:
    """Only calls that could be read count as the first."""
    path = write_calls(tmp_path / "calls.ndjson", [call("s1", []), call("s1", CALM)])
    report = scored(path, rules, tmp_path / "report")
    assert report.calls.index.tolist() == ["s1"]
    assert [(row[1], row[2]) for row in report.rejected] == [("1", "s1")]
    assert "utterances" in report.rejected[0][3]


def test_the_same_file_given_twice_is_read_once(tmp_path: Path, rules: Path) -> None:
    """As itself, by its folder and by a glob."""
    path = write_calls(tmp_path / "in" / "calls.ndjson", [call("g1")])
    report = scored([path, path.parent, tmp_path / "in" / "*.ndjson"], rules, tmp_path / "report")
    assert (report.result.read, report.result.rejected) == (1, 0)
