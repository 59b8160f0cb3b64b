"""Calls written for these tests, and short ways to write them to a file and read them back."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_analyzer.errors import Rejected
from qa_analyzer.readers import load, plan


def call(call_id: str | None = "c1", **changes: Any) -> dict[str, Any]:
    """A short sound call; a change to None leaves the key out."""
    made: dict[str, Any] = {
        "call_id": call_id,
        "agent_id": "A7",
        "started_at": "2026-03-02T10:15:00+08:00",
        "call_type": "inquiry",
        "hang_up": "customer",
        "ended_ms": 9000,
        "utterances": [
            {"role": "agent", "start_ms": 0, "end_ms": 2000, "text": "您好，热水器售后，请讲。"},
            {"role": "customer", "start_ms": 2300, "end_ms": 5000, "text": "水一直不热，能派人来看看吗？"},
            {"role": "agent", "start_ms": 5200, "end_ms": 8000, "text": "可以，明天上午给您安排师傅。"},
        ],
        **changes,
    }
    return {key: value for key, value in made.items() if value is not None}


def one_utterance(text: Any = "喂", **changes: Any) -> list[dict[str, Any]]:
    return [{"role": "customer", "text": text, **changes}]


def line(made: Any) -> bytes:
    return json.dumps(made, ensure_ascii=False).encode() + b"\n"


@dataclass(frozen=True)
class Result:
    """Everything that came out of some files."""

    calls: list[dict[str, Any]]
    files: list[str]
    lines: list[int]
    rejected: list[Rejected]
    repaired: Counter[str]
    read: int

    @property
    def ids(self) -> list[str]:
        return [call["call_id"] for call in self.calls]

    @property
    def reasons(self) -> list[str]:
        return [one.reason for one in self.rejected]

    def texts(self, at: int = 0) -> list[str]:
        return [utterance["text"] for utterance in self.calls[at]["utterances"]]

    def roles(self, at: int = 0) -> list[str]:
        return [utterance["role"] for utterance in self.calls[at]["utterances"]]


def read(*paths: Path, block_bytes: int = 16 << 20, lang: str = "zh", time_zone: str = "Asia/Shanghai") -> Result:
    """Plan and load, as a run does; checks that every call is accounted for."""
    result = Result([], [], [], [], Counter(), 0)
    total = 0
    for block in plan([str(path) for path in paths], block_bytes=block_bytes, lang=lang):
        chunk = load(block, lang=lang, time_zone=time_zone)
        chunk.calls.validate(full=True)
        assert chunk.calls.num_rows == len(chunk.files) == len(chunk.lines)
        assert chunk.calls.num_rows + len(chunk.rejected) == chunk.read
        result.calls.extend(chunk.calls.to_pylist())
        result.files.extend(chunk.files)
        result.lines.extend(chunk.lines.tolist())
        result.rejected.extend(chunk.rejected)
        result.repaired.update(chunk.repaired)
        total += chunk.read
    return Result(result.calls, result.files, result.lines, result.rejected, result.repaired, total)


def read_bytes(folder: Path, data: bytes, name: str = "calls.jsonl", **how: Any) -> Result:
    path = folder / name
    path.write_bytes(data)
    return read(path, **how)
