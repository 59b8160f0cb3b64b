"""From files to a report or to Parquet: formats by name, the telephone system's record, conversion."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from qa_analyzer.cli import app
from qa_analyzer.converting import convert
from qa_analyzer.errors import InputError, OptionError
from qa_analyzer.model import CALL_SCHEMA
from qa_analyzer.roles import AgentVoice
from qa_analyzer.run import Options, read_voices
from tests.run.made import CALM, call, line, mixed_calls, read_csv, say, scored, write_calls

RUN = CliRunner()


def test_formats_lists_every_format_in_both_languages() -> None:
    for lang, heading in (("zh", "看得出抢话"), ("en", "overlaps")):
        shown = RUN.invoke(app, ["formats", "--lang", lang], env={"COLUMNS": "200"})
        assert shown.exit_code == 0
        assert heading in shown.output
        assert "aliyun" in shown.output


def test_a_format_that_is_none_is_refused_before_anything_is_read() -> None:
    with pytest.raises(OptionError, match="aliyun"):
        Options(format="no such").check()


def test_the_record_is_joined_and_what_does_not_match_is_a_file(tmp_path: Path, rules: Path) -> None:
    calls = write_calls(tmp_path / "calls.ndjson", mixed_calls())
    record = tmp_path / "record.csv"
    record.write_text("通话编号,班组,坐席工号\nm1,东组,N1\nzz,西组,N2\n", encoding="utf-8")
    report = scored(calls, rules, tmp_path / "out", metadata=record)
    assert (report.calls.at["m1", "team"], report.calls.at["m1", "agent_id"]) == ("东组", "N1")
    assert report.calls.at["m2", "agent_id"] == "N8"
    rows = read_csv(report.folder / "metadata_unmatched.csv")[1:]
    assert len(rows) == len(mixed_calls())
    assert rows[-1][1:3] == ["3", "zz"]
    facts = json.loads((report.folder / "run.json").read_text(encoding="utf-8"))["metadata"]
    assert facts == {
        "file": str(record),
        "rows": 2,
        "calls_joined": 1,
        "calls_without_row": len(mixed_calls()) - 1,
        "rows_without_call": 1,
        "unread_values": 0,
        "overruled": {"agent_id": 1, "team": 1},
    }


def test_without_a_record_there_is_no_list_of_what_does_not_match(tmp_path: Path, rules: Path) -> None:
    report = scored(write_calls(tmp_path / "calls.ndjson", mixed_calls()), rules, tmp_path / "out")
    assert not (report.folder / "metadata_unmatched.csv").exists()


def test_blocks_and_workers_join_alike(tmp_path: Path, rules: Path) -> None:
    calls = write_calls(tmp_path / "calls.ndjson", [call(f"n{i}", CALM) for i in range(40)])
    record = tmp_path / "record.csv"
    record.write_text("通话编号,班组\n" + "".join(f"n{i},组{i % 3}\n" for i in range(0, 50, 2)), encoding="utf-8")
    one = scored(calls, rules, tmp_path / "one", metadata=record)
    many = scored(calls, rules, tmp_path / "many", metadata=record, block_bytes=2000)
    name = "metadata_unmatched.csv"
    assert (one.folder / name).read_bytes() == (many.folder / name).read_bytes()
    assert one.calls.equals(many.calls)


def test_what_is_converted_scores_the_same(tmp_path: Path, rules: Path) -> None:
    calls = write_calls(tmp_path / "calls.ndjson", mixed_calls())
    done = convert([calls], tmp_path / "calls.parquet", mask=False, block_bytes=1500)
    assert (done.read, done.written, done.rejected) == (len(mixed_calls()), len(mixed_calls()), 0)
    assert pq.read_schema(done.path).equals(CALL_SCHEMA)
    before = scored(calls, rules, tmp_path / "before")
    after = scored(done.path, rules, tmp_path / "after")
    for name, table in before.tables.items():
        assert table.equals(after.tables[name]), name


def test_a_conversion_masks_and_keeps_every_length(tmp_path: Path) -> None:
    spoken = [say("agent", "请留个电话。"), say("customer", "我的手机是13812345678，麻烦了。")]
    spoken[1]["words"] = [{"start_ms": 0, "end_ms": 100, "text": "我的手机是13812345678"}]
    calls = write_calls(tmp_path / "calls.ndjson", [call("m1", spoken)])
    (row,) = pq.read_table(convert([calls], tmp_path / "m.parquet").path).to_pylist()
    assert row["utterances"][1]["text"] == "我的手机是***********，麻烦了。"
    assert row["utterances"][1]["words"] is None
    (row,) = pq.read_table(convert([calls], tmp_path / "n.parquet", mask=False).path).to_pylist()
    assert row["utterances"][1]["text"] == "我的手机是13812345678，麻烦了。"


def test_what_cannot_be_converted_is_listed_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    path.write_bytes(line(call("a", CALM)) + b"{broken\n" + line(call("a", CALM)) + line(call("b", CALM)))
    shown = RUN.invoke(app, ["convert", str(path), str(tmp_path / "o.parquet")])
    assert shown.exit_code == 1
    assert "写出 2 通" in shown.output
    rows = read_csv(tmp_path / "o.parquet.rejected.csv")[1:]
    assert [row[1] for row in rows] == ["2", "3"]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["calls.ndjson", "o.parquet", "o.parquet.rejected.csv"]


def test_a_conversion_never_overwrites_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    path = write_calls(tmp_path / "calls.ndjson", [call("a", CALM)])
    (tmp_path / "o.parquet").write_bytes(b"mine")
    with pytest.raises(OptionError, match="已经存在"):
        convert([path], tmp_path / "o.parquet")
    assert (tmp_path / "o.parquet").read_bytes() == b"mine"
    with pytest.raises(OptionError, match="parquet"):
        convert([path], tmp_path / "o.csv")
    (tmp_path / "bad.ndjson").write_bytes(b"{broken\n{too\n")
    with pytest.raises(InputError, match="rejected"):
        convert([tmp_path / "bad.ndjson"], tmp_path / "p.parquet")
    assert not list(tmp_path.glob("*.part-*"))
    assert not (tmp_path / "p.parquet").exists()


def test_the_agent_can_be_named_for_each_format(tmp_path: Path, rules: Path) -> None:
    """What a file of voices says of a format goes before what the options say of all."""
    sentences = [
        {"BeginTime": 0, "EndTime": 900, "Text": "喂。", "ChannelId": 1},
        {"BeginTime": 1000, "EndTime": 2600, "Text": "水表又倒着转了。", "ChannelId": 0},
        {"BeginTime": 3000, "EndTime": 4600, "Text": "哦，知道了。", "ChannelId": 1},
    ]
    (tmp_path / "v.json").write_text(json.dumps(sentences, ensure_ascii=False), encoding="utf-8")
    (tmp_path / "voices.yaml").write_text("aliyun: {channel: 1}\n", encoding="utf-8")
    by_format = read_voices(tmp_path / "voices.yaml", "zh")
    report = scored(tmp_path / "v.json", rules, tmp_path / "a", agent=AgentVoice(None, 0, by_format))
    assert report.calls.at["v", "role_source"] == "option"
    assert report.tables["emotion"]["turn"].tolist() == [1]
    plain = scored(tmp_path / "v.json", rules, tmp_path / "b", agent=AgentVoice(None, 0))
    assert plain.tables["emotion"]["turn"].tolist() == [0, 2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nosuch: {channel: 0}", "nosuch"),
        ("aliyun: {chanel: 0}", "chanel"),
        ("aliyun: {channel: left}", "channel"),
        ("[1]", "一行一种格式"),
        ("a: [", "一行一种格式"),
    ],
)
def test_a_file_of_voices_that_is_wrong_says_where(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "voices.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(OptionError, match=said):
        read_voices(tmp_path / "voices.yaml", "zh")


def test_one_format_has_one_voice() -> None:
    with pytest.raises(OptionError, match="只能用一个"):
        Options(agent=AgentVoice(by_format={"aliyun": AgentVoice("1", 0)})).check()


TABLE = "流水号,说话方,说的内容\nC1,客服,您好水务热线请讲\nC1,客户,我家停水了两天了\nC1,客服,我马上为您查询\n"


def test_how_columns_were_found_is_told_and_kept(tmp_path: Path, rules: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE, encoding="utf-8")
    out = tmp_path / "out"
    shown = RUN.invoke(
        app, ["score", str(tmp_path / "a.csv"), "-o", str(out), "--rules", str(rules), "--outputs", "csv"]
    )
    assert shown.exit_code == 0
    assert "流水号 → call_id、说话方 → role、说的内容 → text" in shown.stderr
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["columns"] == [
        {
            "file": str(tmp_path / "a.csv"),
            "files": 1,
            "columns": {"流水号": "call_id", "说话方": "role", "说的内容": "text"},
            "unused": [],
        }
    ]


def test_columns_with_our_names_need_no_word(tmp_path: Path, rules: Path) -> None:
    calls = tmp_path / "a.csv"
    calls.write_text(TABLE.replace("流水号,说话方,说的内容", "call_id,role,text"), encoding="utf-8")
    report = scored(calls, rules, tmp_path / "out")
    assert report.result.columns == ()


def test_the_user_may_name_the_columns(tmp_path: Path, rules: Path) -> None:
    calls = tmp_path / "a.csv"
    calls.write_text(TABLE.replace("说话方", "甲").replace("流水号", "码"), encoding="utf-8")
    report = scored(calls, rules, tmp_path / "out", columns="call_id=码,role=甲")
    assert report.calls.index.tolist() == ["C1"]
    convert([calls], tmp_path / "all.parquet", columns="call_id=码,role=甲")
    assert pq.read_table(tmp_path / "all.parquet")["call_id"].to_pylist() == ["C1"]
    with pytest.raises(OptionError, match="foo"):
        scored(calls, rules, tmp_path / "out", columns="foo=码")


def test_ids_that_are_telephone_numbers_are_told(tmp_path: Path, rules: Path) -> None:
    """They stay as they are, since they name pages and join tables; who may not show them is warned."""
    calls = [call("13855501234_0912", CALM), call("202611200912338016", CALM)]
    path = write_calls(tmp_path / "calls.ndjson", calls)
    done = RUN.invoke(app, ["score", str(path), "--rules", str(rules), "-o", str(tmp_path / "r"), "--outputs", "csv"])
    assert "有 1 通的通话编号里是手机号" in done.output
    open_to_all = [
        "score",
        str(path),
        "--rules",
        str(rules),
        "-o",
        str(tmp_path / "s"),
        "--outputs",
        "csv",
        "--no-mask",
    ]
    assert "手机号" not in RUN.invoke(app, open_to_all).output


def test_a_second_run_does_not_read_the_report_of_the_first(tmp_path: Path, rules: Path) -> None:
    """Where the report is written into the folder of the calls."""
    (tmp_path / "in").mkdir()
    write_calls(tmp_path / "in" / "calls.ndjson", [call("c1", CALM)])
    for name in ("first", "second"):
        where = str(tmp_path / "in" / "reports" / name)
        done = RUN.invoke(app, ["score", str(tmp_path / "in"), "--rules", str(rules), "-o", where])
        assert done.exit_code == 0
        assert json.loads(Path(where, "run.json").read_text(encoding="utf-8"))["read"] == 1
