"""Dialogues as JSON: research files, chats, rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..calls import read_bytes
from .reading import read_json, told

SPEAKERS: dict[str, Any] = {
    "id": "94bb",
    "content": [
        {"[SPEAKER 1]": "您好，请讲", "[SPEAKER 2]": "停水了", "info": {"ents": []}},
        {"[SPEAKER 2]": "两天了", "[SPEAKER 1]": "我查_一下"},
    ],
}
INTENTS = {
    **SPEAKERS,
    "content": [{**SPEAKERS["content"][0], "客服意图": "问候", "用户意图": "求助"}, SPEAKERS["content"][1]],
}
NAMED = {"dialog_id": "d1", "dialog": [{"用户": "停水了", "客服": "您好"}, {"用户": "两天了"}]}
ROWS = {
    "session_id": "s1",
    "agent_id": "8001",
    "messages": [
        {"id": 7, "role": "客服", "content": "您好", "time": "2026-11-20 09:12:33"},
        {"id": 8, "role": "用户", "content": "停水了", "time": "2026-11-20 09:12:41"},
    ],
}
PAIRS = {"conversation": [["客服", "您好"], ["客户", "停水了"]]}
LABELS = {"call_id": "c1", "dialogue": ["客服：您好", "客户：停水了", "两天了"]}
TEXT = {"call_id": "c1", "team": "夜班", "transcript": "客服：您好\n客户：停水了"}
TURNS = [{"speaker": "坐席", "text": "您好"}, {"speaker": "客户", "text": "停水了"}]
SAMPLES: list[Any] = [SPEAKERS, INTENTS, NAMED, ROWS, PAIRS, LABELS, TEXT, TURNS]
A, C = "agent", "customer"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            SPEAKERS,
            [
                ("unknown", "SPEAKER 1", "您好，请讲"),
                ("unknown", "SPEAKER 2", "停水了"),
                ("unknown", "SPEAKER 2", "两天了"),
                ("unknown", "SPEAKER 1", "我查_一下"),
            ],
        ),
        (INTENTS, [(A, None, "您好，请讲"), (C, None, "停水了"), (C, None, "两天了"), (A, None, "我查_一下")]),
        (NAMED, [(C, None, "停水了"), (A, None, "您好"), (C, None, "两天了")]),
        (ROWS, [(A, None, "您好"), (C, None, "停水了")]),
        (PAIRS, [(A, None, "您好"), (C, None, "停水了")]),
        (LABELS, [(A, None, "您好"), (C, None, "停水了"), (C, None, "两天了")]),
        (TEXT, [(A, None, "您好"), (C, None, "停水了")]),
        (TURNS, [(A, None, "您好"), (C, None, "停水了")]),
        (
            {"conversations": [{"from": "human", "value": "停水了"}, {"from": "gpt", "value": "您好"}]},
            [(C, None, "停水了"), (A, None, "您好")],
        ),
        # where customers talk to a system only, it is the service
        (
            [{"speaker": "USER", "text": "停水了"}, {"speaker": "SYSTEM", "text": "您好"}],
            [(C, None, "停水了"), (A, None, "您好")],
        ),
        ({"data": {"messages": ROWS["messages"]}}, [(A, None, "您好"), (C, None, "停水了")]),
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_turns_name_their_speakers_in_many_ways(tmp_path: Path, value: Any, expected: Any, indent: int | None) -> None:
    """By a key, a value, a pair, a label; the order is that of the file."""
    result = read_json(tmp_path, value, indent=indent)
    assert [(one[0], one[1], one[4]) for one in told(result)] == expected
    assert (result.calls[0]["source_format"], result.calls[0]["overlaps"]) == ("dialogues", "hidden")


def test_values_of_the_call_and_times_are_taken(tmp_path: Path) -> None:
    """The ids of messages are none of calls."""
    result = read_json(tmp_path, ROWS)
    assert (result.ids, result.calls[0]["agent_id"]) == (["s1"], "8001")
    assert result.calls[0]["started_at"] == "2026-11-20T09:12:33+08:00"
    assert [one[2] for one in told(result)] == [0, 8000]
    assert read_json(tmp_path, TEXT).calls[0]["team"] == "夜班"


@pytest.mark.parametrize(
    "value",
    [
        [{**SPEAKERS, "id": "a"}, {**SPEAKERS, "id": "b"}],
        {"data": [{**SPEAKERS, "id": "a"}, {**SPEAKERS, "id": "b"}]},
        {"a": SPEAKERS["content"], "b": SPEAKERS["content"]},
        {"a": {"messages": ROWS["messages"]}, "b": {"messages": ROWS["messages"]}},
        [{"call_id": one, "role": "客服", "text": "您好"} for one in ("a", "a", "b")],
    ],
)
def test_a_file_may_hold_many_dialogues(tmp_path: Path, value: Any) -> None:
    """In a list, in an object, by their ids, as rows."""
    assert read_json(tmp_path, value).ids == ["a", "b"]


def test_dialogues_one_a_line(tmp_path: Path) -> None:
    """As in any NDJSON."""
    lines = "".join(json.dumps({**NAMED, "dialog_id": f"d{n}"}, ensure_ascii=False) + "\n" for n in range(3))
    assert read_bytes(tmp_path, lines.encode(), "chats.jsonl").ids == ["d0", "d1", "d2"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"content": [{"用户": " ", "客服": ""}]}, "没有"),
        ({"messages": [{"role": "客服", "content": "您好"}, 5]}, "对话"),
        ({"messages": [{"role": "客服", "content": ""}]}, "没有"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """Nothing said, or another layout."""
    result = read_json(tmp_path, value)
    assert len(result.rejected) == 1
    assert reason in result.reasons[0]
