"""Calls that know only speaker 1 and 2, through the command line: columns, run.json, messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

import qa_analyzer
from qa_analyzer.cli import app

from .made import read_csv, write_calls

AGENT = (
    "您好，工号二零八为您服务，请问有什么可以帮您？",
    "非常抱歉给您带来不便，请您稍等，我帮您核实一下。",
    "感谢您的来电，祝您生活愉快，再见。",
)
CUSTOMER = ("我买的洗衣机又坏了，你们怎么搞的？", "我都打了三次电话了，气死我了。", "行吧，没有了。")
NOBODY = ("喂。", "喂。", "到了吗？", "到了。")


def talk(call_id: str, labels: tuple[str | None, str | None] = ("1", "2")) -> dict[str, Any]:
    lines = [(labels[turn % 2], (AGENT, CUSTOMER)[turn % 2][turn // 2]) for turn in range(6)]
    return {"call_id": call_id, "utterances": [{"speaker": label, "text": text} for label, text in lines]}


def unclear(call_id: str) -> dict[str, Any]:
    said = [{"speaker": str(turn % 2), "text": text} for turn, text in enumerate(NOBODY)]
    return {"call_id": call_id, "utterances": said}


def stated(call_id: str) -> dict[str, Any]:
    call = talk(call_id)
    for turn, one in enumerate(call["utterances"]):
        one["role"] = ("agent", "customer")[turn % 2]
    return call


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return write_calls(tmp_path / "calls.ndjson", [talk("a"), talk("b", ("9", "1")), unclear("c"), stated("d")])


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "160"})


def run_facts(folder: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return facts


def test_roles_are_found_reported_and_counted(tmp_path: Path, calls: Path, rules: Path) -> None:
    """The report says of each call how its roles are known; the summary says in how many they are not."""
    done = invoke("score", calls, "--rules", rules, "-o", tmp_path / "r")
    assert done.exit_code == 0
    assert "1 通分不清谁是坐席" in done.output
    rows = pq.read_table(tmp_path / "r" / "data" / "calls.parquet").to_pylist()
    assert [row["role_source"] for row in rows] == ["inferred", "inferred", "unsure", "stated"]
    assert [row["role_confidence"] is None for row in rows] == [False, False, False, True]
    assert [row["mixed_utterances"] for row in rows] == [0, 0, None, None]
    # The same words get the same verdicts, whether the roles were found or stated.
    verdicts = [{key: row[key] for key in row if key.startswith(("rule:", "score", "emotion"))} for row in rows]
    assert verdicts[0] == verdicts[1] == verdicts[3]
    assert rows[2]["not_assessable_reason"] == "agent_unknown"
    head, first, *_ = read_csv(tmp_path / "r" / "calls.csv")
    assert dict(zip(head, first, strict=True))["身份来源"] == "由内容推断"
    assert run_facts(tmp_path / "r")["roles"] == {
        "stated": 1,
        "option": 0,
        "inferred": 2,
        "unsure": 1,
        "option_not_found": 0,
        "mixed_utterances": 0,
    }
    page = (tmp_path / "r" / "calls" / "a.html").read_text(encoding="utf-8")
    assert "由内容推断" in page
    assert "由内容推断" not in (tmp_path / "r" / "calls" / "d.html").read_text(encoding="utf-8")


def test_the_agent_s_voice_can_be_named(tmp_path: Path, calls: Path, rules: Path) -> None:
    """Calls without that voice fall back to the words, and are counted and told."""
    done = invoke("score", calls, "--rules", rules, "-o", tmp_path / "r", "--agent-speaker", "9", "--lang", "en")
    assert "2 calls lack the speaker or channel named" in done.output
    rows = pq.read_table(tmp_path / "r" / "data" / "calls.parquet").to_pylist()
    assert [row["role_source"] for row in rows] == ["inferred", "option", "unsure", "stated"]
    facts = run_facts(tmp_path / "r")
    assert facts["roles"]["option_not_found"] == 2
    assert facts["agent_speaker"] == "9"


def test_the_agent_s_channel_can_be_named(tmp_path: Path, rules: Path) -> None:
    source = write_calls(tmp_path / "calls.ndjson", [talk("a", ("ch1/3", "ch0"))])
    assert invoke("score", source, "--rules", rules, "-o", tmp_path / "r", "--agent-channel", "1").exit_code == 0
    (row,) = pq.read_table(tmp_path / "r" / "data" / "calls.parquet").to_pylist()
    assert (row["role_source"], row["role_confidence"]) == ("option", None)


def test_one_way_of_naming_is_enough(tmp_path: Path, calls: Path, rules: Path) -> None:
    options = ("--agent-speaker", "1", "--agent-channel", "0")
    done = invoke("score", calls, "--rules", rules, "-o", tmp_path / "r", *options)
    assert done.exit_code == 2
    assert "只能用一个" in done.output


def test_show_finds_the_roles_too(calls: Path, rules: Path) -> None:
    assert "坐席" in invoke("show", calls, "a", "--rules", rules).output


def test_python_takes_the_same_options(calls: Path, rules: Path) -> None:
    report = qa_analyzer.score(calls, rules=rules, agent_speaker="1")
    assert report.calls["role_source"].tolist() == ["option", "option", "option", "stated"]
