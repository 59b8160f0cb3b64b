"""Small rules and calls written for these tests, and short ways to score them and to read what came out."""

from __future__ import annotations

import csv
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from qa_analyzer.run import Options, RunResult, score

TABLES = ("agents", "calls", "findings", "emotion")
FOR_PROGRAMS = ("csv", "parquet")

RUBRIC = textwrap.dedent("""\
    name: 测试用标准
    criteria:
      courtesy: {name: 礼貌, weight: 30, en: Courtesy}
      empathy: {name: 同理心, weight: 45, en: Empathy}
      language: {name: 用语, weight: 25, en: Language}
    deductions: {info: 0, minor: 3, major: 7, critical: 10}
    groups:
      - {rules: [empathy/apology, empathy/understanding], same: occasion}
    grades:
      - {grade: A, from: 90}
      - {grade: C, from: 60}
      - {grade: E, from: 0}
    thresholds:
      join_gap_s: 0.2
      pause_s: 3.0
      interruption_overlap_s: 1.0
      interruption_characters: 4
      feels_negative: -0.3
      feels_angry: 0.6
      feels_positive: 0.3
      phase_confidence: 0.5
    phrases:
      backchannel: [嗯, 好的, 对]
      interjection: [嗯]
      farewell: [再见, 拜拜]
      question: [请问, 多少]
      wait_request: [稍等]
      wait_said: [稍等]
      customer_request: [请您提供]
      customer_wait_request: [等我一下]
      closing_agent: [还有别的]
      closing_customer: [没别的了]
      complaint: [要投诉]
      resolved_agent: [办好了]
    """)

GREETING = textwrap.dedent("""\
    name: 先问好
    why: 第一句话先问好。
    source: [T1]
    criterion: courtesy
    severity: minor
    message: 第一句没有问好
    suggest: 您好，请讲。
    en: {name: Greets first, message: No greeting in the first turn}
    require: {by: agent, in: first_turn, says: [您好, 早上好]}
    examples:
      - pass: 客服：【您好】，请讲。
      - fail: 客服：【什么事。】
    """)

APOLOGY = textwrap.dedent("""\
    name: 先道歉
    why: 客户说气死了，先道歉。
    source: [T2]
    criterion: empathy
    severity: major
    message: 客户生气之后没有道歉
    suggest: 实在抱歉。
    when: {by: customer, says: [气死, 太差劲]}
    require: {by: agent, in: {next: 1}, says: [抱歉, 对不起]}
    examples:
      - pass: |
          客户：气死我了。
          客服：实在【抱歉】。
      - fail: |
          客户：气死我了。
          客服：【哦。】
    """)

UNDERSTANDING = textwrap.dedent("""\
    name: 体谅
    why: 客户说气死了，要体谅。
    source: [T3]
    criterion: empathy
    severity: minor
    message: 客户生气之后没有体谅
    suggest: 我理解您的心情。
    when: {by: customer, says: [气死, 太差劲]}
    require: {by: agent, in: {next: 1}, says: [理解, 体谅]}
    examples:
      - pass: |
          客户：气死我了。
          客服：我【理解】。
      - fail: |
          客户：气死我了。
          客服：【哦。】
    """)

RUDENESS = textwrap.dedent("""\
    name: 不骂人
    why: 不骂人，不嫌烦。
    source: [T4]
    criterion: language
    severity: major
    message: 坐席说了「{match}」
    suggest: 请您慢慢说。
    en: {name: Never rude, message: "The agent said “{match}”"}
    forbid:
      by: agent
      says:
        嫌烦: [烦死了, 真啰嗦]
        骂人: {says: [你有病, 蠢货], severity: critical}
    examples:
      - pass: 客服：您请说。
      - fail: 客服：【烦死了】！
    """)

INTERRUPTION = textwrap.dedent("""\
    name: 不抢话
    why: 让客户说完。
    source: [T5]
    criterion: language
    severity: minor
    message: 抢话 {overlap} 秒
    suggest: 您先说。
    needs: [timestamps]
    forbid: {by: agent, interrupts: {overlap: interruption_overlap_s, characters: interruption_characters}}
    examples:
      - pass: |
          [0.0-2.0] 客户：我先说一句。
          [2.2-4.0] 客服：您请说。
      - fail: |
          [0.0-4.0] 客户：我先说一句话你听好。
          [1.0-4.5] 客服：【你听我说这个不对。】
      - undetermined: 客服：您请说。
    """)

RULES = {
    "courtesy/greeting": GREETING,
    "empathy/apology": APOLOGY,
    "empathy/understanding": UNDERSTANDING,
    "language/rudeness": RUDENESS,
    "language/interruption": INTERRUPTION,
}


def write_rules(folder: Path, rules: dict[str, str] | None = None, rubric: str = RUBRIC) -> Path:
    """A rule folder: the small rules above unless others are given."""
    for name, text in {"rubric": rubric, **(RULES if rules is None else rules)}.items():
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def say(role: str, text: str, start: int | None = None, end: int | None = None, **more: Any) -> dict[str, Any]:
    """One utterance, times in ms."""
    times = {} if start is None else {"start_ms": start, "end_ms": end}
    return {"role": role, **times, "text": text, **more}


CALM = (
    say("agent", "您好，晨星供暖，请讲。", 0, 2500),
    say("customer", "我家暖气片上面有点漏水。", 2800, 5600),
    say("agent", "好的，我登记一下地址，明早派师傅过去。", 5900, 9400),
    say("customer", "那麻烦你们了。", 9600, 11000),
    say("agent", "不麻烦，再见。", 11200, 12600),
)
HEATED = (
    say("agent", "什么事。", 0, 900),
    say("customer", "上个月修的又坏了，气死我了！", 1200, 5200),
    say("agent", "这我可不知道，真啰嗦。", 5500, 8000),
    say("customer", "你这什么口气？", 8200, 9900),
    say("agent", "行了行了，再见。", 10100, 11500),
)
INSULTING = (
    say("agent", "早上好。", 0, 900),
    say("customer", "暖气费为什么比邻居家多？太差劲了！", 1200, 5200),
    say("agent", "对不起，不过你有病吧，自己看账单。", 4000, 8000),
    say("customer", "你怎么骂人？", 8200, 9900),
)
UNTIMED = (say("agent", "您好。"), say("customer", "我问一下缴费时间。"), say("agent", "每月十五号之前。"))
SHORT = (say("agent", "您好。"), say("customer", "打错了。"))


def call(call_id: str | None, utterances: Sequence[dict[str, Any]] = CALM, **changes: Any) -> dict[str, Any]:
    """A sound call; a change to None leaves the key out."""
    made = {
        "call_id": call_id,
        "agent_id": "N7",
        "agent_name": "纪小满",
        "team": "南组",
        "started_at": "2026-03-02T10:15:00+08:00",
        "call_type": "inquiry",
        **changes,
        "utterances": list(utterances),
    }
    return {key: value for key, value in made.items() if value is not None}


def mixed_calls() -> list[dict[str, Any]]:
    """A call of every kind: calm, heated, insulting, without times, too short; several agents, one without an id."""
    return [
        call("m1", CALM),
        call("m2", HEATED, agent_id="N8", agent_name="于立冬", call_type="complaint"),
        call("m3", INSULTING, agent_id="N8", agent_name="于立冬", started_at="2026-03-03T08:00:00+08:00", team="北组"),
        call("m4", UNTIMED),
        call("m5", SHORT),
        call("m6", HEATED, agent_id=None, agent_name=None, team=None, started_at=None),
        call(
            "m7", [*CALM, *(say(u["role"], u["text"], u["start_ms"] + 13000, u["end_ms"] + 13000) for u in HEATED[1:])]
        ),
        call("m8", HEATED, agent_id="N9", started_at="2026-03-01T09:00:00+08:00"),
    ]


def line(made: Any) -> bytes:
    """One line of NDJSON."""
    return json.dumps(made, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def write_calls(path: Path, calls: Sequence[Any]) -> Path:
    """An NDJSON file of calls."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(map(line, calls)))
    return path


@dataclass(frozen=True)
class Scored:
    """A finished report and what its tables hold."""

    folder: Path
    result: RunResult
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def calls(self) -> pd.DataFrame:
        return self.tables["calls"].set_index("call_id", drop=False)

    @property
    def findings(self) -> pd.DataFrame:
        return self.tables["findings"]

    @property
    def agents(self) -> pd.DataFrame:
        return self.tables["agents"].set_index("agent_id", drop=False)

    @property
    def rejected(self) -> list[list[str]]:
        return read_csv(self.folder / "rejected.csv")[1:]

    def findings_of(self, call_id: str, rule: str, verdict: str = "fail") -> pd.DataFrame:
        rows = self.findings
        return rows[(rows["call_id"] == call_id) & (rows["rule"] == rule) & (rows["verdict"] == verdict)]


def scored(
    inputs: Path | Sequence[Path],
    rules: Path | None,
    folder: Path,
    outputs: Sequence[str] = FOR_PROGRAMS,
    **options: Any,
) -> Scored:
    """Score in this process and read the tables."""
    given = [inputs] if isinstance(inputs, Path) else list(inputs)
    result = score(given, folder, Options(rules=rules, outputs=tuple(outputs), **options))
    tables = {name: pq.read_table(folder / "data" / f"{name}.parquet").to_pandas() for name in TABLES}
    return Scored(folder, result, tables)


def read_csv(path: Path) -> list[list[str]]:
    """The rows of a CSV file, headings first."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def text_of(path: Path) -> str:
    """Everything that can be read in a report folder, XLSX included, as one text."""
    import zipfile

    parts = []
    for file in sorted(path.rglob("*")):
        if file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as archive:
                parts += [archive.read(name).decode() for name in archive.namelist()]
        elif file.suffix == ".parquet":
            parts.append(pq.read_table(file).to_pandas().to_csv())
        elif file.is_file():
            parts.append(file.read_text(encoding="utf-8"))
    return "\n".join(parts)
