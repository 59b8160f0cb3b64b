"""Calls in pieces: one utterance a line, and the events that streaming recognisers send."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..calls import Result, read_bytes
from .reading import Told, told

HELLO, CHEAP = "您好，天成燃气。", "我家没有气了。"
SAID: list[Told] = [("unknown", None, 300, 1900, HELLO), ("unknown", None, 2400, 4100, CHEAP)]
VOICED: list[Told] = [("unknown", "1", *SAID[0][2:]), ("unknown", "2", *SAID[1][2:])]
STATED: list[Told] = [("agent", None, *SAID[0][2:]), ("customer", None, *SAID[1][2:])]


def read_lines(folder: Path, rows: list[Any], name: str = "call_31.jsonl", **how: Any) -> Result:
    written = "\n".join(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in rows)
    return read_bytes(folder, written.encode(), name, **how)


def iflytek(text: str, start: int, end: int, voice: str, kind: str = "0") -> dict[str, Any]:
    """A message of real-time transcription: `data` is JSON in a string, times are strings in ms."""
    words = [
        {"wb": 0, "we": 0, "cw": [{"w": one, "wp": "n", "rl": voice if at == 0 else "0"}]}
        for at, one in enumerate(text)
    ]
    data = {"cn": {"st": {"bg": str(start), "ed": str(end), "type": kind, "rt": [{"ws": words}]}}, "seg_id": 1}
    return {
        "action": "result",
        "code": "0",
        "data": json.dumps(data, ensure_ascii=False),
        "desc": "success",
        "sid": "rta1",
    }


def nls(name: str, **payload: Any) -> dict[str, Any]:
    return {
        "header": {"namespace": "SpeechTranscriber", "name": name, "task_id": "5ec", "status": 20000000},
        "payload": payload,
    }


def dashscope(event: str, **sentence: Any) -> dict[str, Any]:
    payload = {"output": {"sentence": sentence}} if sentence else {}
    return {"header": {"task_id": "2bf", "event": event, "attributes": {}}, "payload": payload}


STREAMED: dict[str, tuple[list[Any], list[Told]]] = {
    # the first pass is dropped where there is a second
    "funasr": (
        [
            {"mode": "2pass-online", "text": "您好天成", "wav_name": "r1", "is_final": False},
            {
                "mode": "2pass-offline",
                "text": HELLO,
                "wav_name": "r1",
                "is_final": False,
                "stamp_sents": [
                    {"text_seg": "您 好 天 成 燃 气", "punc": "。", "start": 300, "end": 1900, "ts_list": []}
                ],
            },
            {"mode": "2pass-online", "text": "我家没", "wav_name": "r1", "is_final": False},
            {
                "mode": "2pass-offline",
                "text": CHEAP,
                "wav_name": "r1",
                "is_final": True,
                "timestamp": "[[2400,2600],[2600,4100]]",
            },
        ],
        [("unknown", None, 300, 1900, "您好天成燃气。"), SAID[1]],
    ),
    "azure": (
        [
            {
                "Id": "a",
                "RecognitionStatus": "Success",
                "Offset": 3_000_000,
                "Duration": 16_000_000,
                "DisplayText": HELLO,
                "SpeakerId": "Guest-1",
            },
            {"Id": "b", "RecognitionStatus": "NoMatch", "Offset": 19_000_000, "Duration": 1},
            {
                "Id": "c",
                "RecognitionStatus": "Success",
                "Offset": 24_000_000,
                "Duration": 17_000_000,
                "NBest": [{"Confidence": 0.9, "Display": CHEAP}],
                "SpeakerId": "Guest-2",
            },
        ],
        [("unknown", "Guest-1", *SAID[0][2:]), ("unknown", "Guest-2", *SAID[1][2:])],
    ),
    "dashscope": (
        [
            dashscope("task-started"),
            dashscope("result-generated", begin_time=300, end_time=None, text="您好", sentence_end=False),
            dashscope("result-generated", begin_time=300, end_time=1900, text=HELLO, sentence_end=True),
            dashscope("result-generated", begin_time=2400, end_time=4100, text=CHEAP, sentence_end=True),
            dashscope("task-finished"),
        ],
        SAID,
    ),
    "aliyun": (
        [
            nls("TranscriptionStarted"),
            nls("SentenceBegin", index=1, time=300),
            nls("TranscriptionResultChanged", index=1, time=900, result="您好"),
            nls("SentenceEnd", index=1, begin_time=300, time=1900, result=HELLO),
            nls("SentenceEnd", index=2, begin_time=2400, time=4100, result=CHEAP),
            nls("TranscriptionCompleted"),
        ],
        SAID,
    ),
    "tencent": (
        [
            {"code": 0, "message": "success", "voice_id": "v1"},
            {
                "code": 0,
                "voice_id": "v1",
                "message_id": "v1_1",
                "result": {"slice_type": 1, "index": 0, "start_time": 300, "end_time": 900, "voice_text_str": "您好"},
            },
            {
                "code": 0,
                "voice_id": "v1",
                "message_id": "v1_2",
                "result": {"slice_type": 2, "index": 0, "start_time": 300, "end_time": 1900, "voice_text_str": HELLO},
            },
            {
                "code": 0,
                "voice_id": "v1",
                "message_id": "v1_3",
                "result": {"slice_type": 2, "index": 1, "start_time": 2400, "end_time": 4100, "voice_text_str": CHEAP},
            },
            {"code": 0, "voice_id": "v1", "final": 1},
        ],
        SAID,
    ),
    "iflytek": (
        [
            {"action": "started", "code": "0", "data": "", "sid": "rta1"},
            iflytek("您好", 300, 0, "1", kind="1"),
            iflytek(HELLO, 300, 1900, "1"),
            iflytek(CHEAP, 2400, 4100, "2"),
        ],
        VOICED,
    ),
    "baidu": (
        [
            {"type": "MID_TEXT", "err_no": 0, "result": "您好", "start_time": 300, "end_time": 900, "sn": "39_ws_1"},
            {"type": "FIN_TEXT", "err_no": 0, "result": HELLO, "start_time": 300, "end_time": 1900, "sn": "39_ws_1"},
            {"type": "FIN_TEXT", "err_no": 0, "result": CHEAP, "start_time": 2400, "end_time": 4100, "sn": "39_ws_2"},
        ],
        SAID,
    ),
    "huawei": (
        [
            {"resp_type": "START", "trace_id": "t"},
            {
                "resp_type": "RESULT",
                "trace_id": "t",
                "segments": [{"start_time": 300, "end_time": 900, "is_final": False, "result": {"text": "您好"}}],
            },
            {
                "resp_type": "RESULT",
                "trace_id": "t",
                "segments": [{"start_time": 300, "end_time": 1900, "is_final": True, "result": {"text": HELLO}}],
            },
            {
                "resp_type": "RESULT",
                "trace_id": "t",
                "segments": [{"start_time": 2400, "end_time": 4100, "is_final": True, "result": {"text": CHEAP}}],
            },
        ],
        SAID,
    ),
}


@pytest.mark.parametrize("vendor", STREAMED)
def test_streamed_events_are_one_call_of_what_is_final(tmp_path: Path, vendor: str) -> None:
    """Begun and changed utterances are not utterances."""
    events, expected = STREAMED[vendor]
    result = read_lines(tmp_path, events)
    assert result.ids == ["call_31"]
    assert told(result) == expected
    assert result.calls[0]["source_format"] == vendor
    assert not result.rejected


@pytest.mark.parametrize("vendor", STREAMED)
def test_an_array_of_events_is_the_same_call(tmp_path: Path, vendor: str) -> None:
    events, expected = STREAMED[vendor]
    result = read_bytes(tmp_path, json.dumps(events, ensure_ascii=False, indent=1).encode(), "call_31.json")
    assert told(result) == expected


def test_events_of_several_sessions_are_several_calls(tmp_path: Path) -> None:
    """Each named by its session."""
    lines = [
        {"mode": "2pass-offline", "text": text, "wav_name": name, "is_final": True}
        for name in ("r7", "r8")
        for text in (HELLO, CHEAP)
    ]
    result = read_lines(tmp_path, lines)
    assert result.ids == ["r7", "r8"]
    assert [len(one["utterances"]) for one in result.calls] == [2, 2]


def test_streaming_without_a_second_pass_is_one_utterance_without_times(tmp_path: Path) -> None:
    lines = [{"mode": "online", "text": one, "wav_name": "r", "is_final": False} for one in ("您好", "天成", "燃气")]
    assert told(read_lines(tmp_path, lines)) == [("unknown", None, None, None, "您好天成燃气")]


def test_times_that_begin_anew_are_none(tmp_path: Path) -> None:
    """Some servers count each segment from its own beginning: no time is better than a wrong one."""
    lines = [
        {"mode": "2pass-offline", "text": one, "timestamp": "[[300,1900]]", "wav_name": "r", "is_final": False}
        for one in (HELLO, CHEAP, HELLO)
    ]
    assert {row[2] for row in told(read_lines(tmp_path, [*lines[:1], {**lines[1], "timestamp": "[[50,900]]"}]))} == {
        None
    }


ROWS: dict[str, list[Any]] = {
    "canonical keys": [
        {"role": "agent", "start_ms": 300, "end_ms": 1900, "text": HELLO},
        {"role": "customer", "start_ms": 2400, "end_ms": 4100, "text": CHEAP},
    ],
    "other keys": [
        {"speaker": "客服", "begin": 300, "end": 1900, "content": HELLO},
        {"speaker": "客户", "begin": 2400, "end": 4100, "content": CHEAP},
    ],
    "seconds": [
        {"party": "AGENT", "start": 0.3, "end": 1.9, "transcript": HELLO},
        {"party": "CUSTOMER", "start": 2.4, "end": 4.1, "transcript": CHEAP},
    ],
}


@pytest.mark.parametrize("keys", ROWS)
def test_lines_of_one_utterance_each_are_one_call(tmp_path: Path, keys: str) -> None:
    result = read_lines(tmp_path, ROWS[keys])
    assert result.ids == ["call_31"]
    assert told(result) == STATED


def test_sentences_of_funasr_are_lines_of_one_call(tmp_path: Path) -> None:
    rows = [
        {"text": HELLO, "start": 300, "end": 1900, "timestamp": [[300, 1900]], "spk": 1},
        {"text": CHEAP, "start": 2400, "end": 4100, "timestamp": [[2400, 4100]], "spk": 2},
    ]
    assert told(read_lines(tmp_path, rows)) == VOICED


def test_lines_are_joined_by_their_id_also_where_calls_alternate(tmp_path: Path) -> None:
    rows = [{"call_id": name, **row} for row in ROWS["canonical keys"] for name in ("c1", "c2")]
    result = read_lines(tmp_path, rows)
    assert result.ids == ["c1", "c2"]
    assert told(result, 1) == STATED


def test_a_broken_line_costs_itself_only(tmp_path: Path) -> None:
    """It is rejected with its line; so is a line that is no utterance."""
    rows = ROWS["canonical keys"]
    result = read_lines(tmp_path, [rows[0], '{"role": "customer", "te', {"version": 2}, rows[1]])
    assert told(result) == STATED
    assert [one.line for one in result.rejected] == [2, 3]
    assert "一行是一句话" in result.rejected[1].reason
    assert "version" in result.rejected[1].reason


def test_a_large_file_of_pieces_is_not_cut(tmp_path: Path) -> None:
    """Its lines belong together, wherever the planner would cut."""
    rows = [{"role": "agent", "start_ms": 10 * at, "end_ms": 10 * at + 5, "text": "好的" * 40} for at in range(6000)]
    result = read_lines(tmp_path, rows, block_bytes=1 << 16)
    assert result.ids == ["call_31"]
    assert len(result.calls[0]["utterances"]) == 6000


def test_a_whole_dialogue_in_each_line_stays_a_call_a_line(tmp_path: Path) -> None:
    lines = [
        {"call_id": f"c{at}", "channel": "phone", "text": f"客服：{HELLO}\n客户：{CHEAP}\n客服：这就去看。"}
        for at in range(2)
    ]
    result = read_lines(tmp_path, lines)
    assert [len(one["utterances"]) for one in result.calls] == [3, 3]
