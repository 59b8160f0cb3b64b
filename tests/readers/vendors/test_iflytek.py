"""iFlytek: version 1 as array and in its envelope, version 2 with one track and two, the fast service, own servers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ..calls import read, read_bytes
from .reading import read_json, told, words

OLD = [
    {"bg": "410", "ed": "2010", "onebest": "您好，燃气热线。", "speaker": "1"},
    {"bg": "2250", "ed": "5210", "onebest": "我家燃气表坏了，", "speaker": "2"},
]
TOLD = [
    ("unknown", "1", 410, 2010, "您好，燃气热线。"),
    ("unknown", "2", 2250, 5210, "我家燃气表坏了，"),
]


def _old(rows: Any) -> dict[str, Any]:
    return {"ok": 0, "err_no": 0, "failed": None, "data": rows}


def _word(text: str, begin: int, end: int, kind: str = "n") -> dict[str, Any]:
    return {"cw": [{"w": text, "wp": kind, "wc": "0.9"}, {"w": "别", "wp": kind}], "wb": begin, "we": end}


def _st(begin: int, end: int, voice: str, *spoken: dict[str, Any]) -> dict[str, Any]:
    marks = [_word("", end // 10, end // 10, "g")]
    return {"st": {"bg": str(begin), "ed": str(end), "rl": voice, "sc": "0.8", "rt": [{"ws": [*spoken, *marks]}]}}


HELLO = (
    _word("您好", 1, 60),
    _word("，", 60, 60, "p"),
    _word("燃气", 61, 90),
    _word("热线", 91, 140),
    _word("。", 140, 140, "p"),
)
BROKEN = (_word("我家", 1, 50), _word("燃气表", 51, 120), _word("坏了", 121, 200), _word("，", 200, 200, "p"))
SAID = [_st(410, 2010, "1", *HELLO), _st(2250, 5210, "2", *BROKEN)]
LATTICE = [{"json_1best": json.dumps(one, ensure_ascii=False)} for one in SAID]
LATTICE2 = [
    {"lid": str(at), "begin": one["st"]["bg"], "end": one["st"]["ed"], "json_1best": one, "spk": f"段落-{at + 1}"}
    for at, one in enumerate(SAID)
]
LABEL = {"rl_track": [{"rl": "1", "track": "L"}, {"rl": "2", "track": "R"}]}


def _new(result: dict[str, Any], status: int = 4, **more: Any) -> dict[str, Any]:
    order = {"orderId": "DKHJQ17", "failType": 0, "status": status, "originalDuration": 200, "realDuration": 6000}
    written = json.dumps(result, ensure_ascii=False) if result else ""
    return {"code": "000000", "descInfo": "success", "content": {"orderInfo": order, "orderResult": written}, **more}


OWN_SERVER = {
    "state": {"code": "0", "success": True},
    "body": {
        "aid": "rec17",
        "lattices": [
            {"lid": 0, "begin": 410, "end": 2010, "onebest": "您好，燃气热线。", "spk": 1},
            {"lid": 1, "begin": 2250, "end": 5210, "onebest": "我家燃气表坏了，", "spk": 2},
        ],
    },
}
FAST = {"code": 0, "sid": "ost1", "data": {"task_id": "23", "task_status": "4", "result": {"lattice": LATTICE2}}}
SAMPLES: list[Any] = [
    *(OLD, _old(OLD), _old(json.dumps(OLD)), _new({"lattice": LATTICE}), _new({"lattice": [], "lattice2": LATTICE2})),
    *({"lattice": LATTICE}, FAST, OWN_SERVER, {"code": 0, "data": _new({"lattice": LATTICE})}),
    {"ok": -1, "err_no": 26605, "failed": "转写音频时长超过限制", "data": None},
]


@pytest.mark.parametrize(
    "value", [OLD, _old(OLD), _old(json.dumps(OLD)), {"code": 0, "data": {"result": OLD}}, OWN_SERVER]
)
@pytest.mark.parametrize("indent", [None, 1])
def test_version_1_as_array_and_in_envelopes(tmp_path: Path, value: Any, indent: int | None) -> None:
    """The array may be a string; own servers write other keys."""
    result = read_json(tmp_path, value, indent=indent)
    assert told(result) == TOLD
    assert result.ids == ["call_17"]
    assert (result.calls[0]["source_format"], result.calls[0]["overlaps"]) == ("iflytek", "hidden")


def test_an_array_with_one_element_a_line_is_one_call(tmp_path: Path) -> None:
    """Though its lines look like documents."""
    data = "[" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in OLD) + "]"
    assert told(read_bytes(tmp_path, data.encode(), "a.json")) == TOLD


def test_words_of_version_1_count_frames_from_their_sentence(tmp_path: Path) -> None:
    """10 ms each."""
    spoken = [
        {"wordsName": "您好", "wordBg": "0", "wordEd": "60", "wp": "n"},
        {"wordsName": "，", "wordBg": "60", "wordEd": "60", "wp": "p"},
        {"wordsName": "燃气热线", "wordBg": "61", "wordEd": "150", "wp": "n"},
    ]
    assert words(read_json(tmp_path, [{**OLD[0], "wordsResultList": spoken}])) == [[("您好", 410), ("燃气热线", 1020)]]


def test_voices_that_were_not_asked_for_are_none(tmp_path: Path) -> None:
    """Both versions write 0 for all."""
    old = [{**one, "speaker": "0"} for one in OLD]
    new = {"lattice": [{"json_1best": {"st": {**one["st"], "rl": "0"}}} for one in SAID]}
    for value in (old, _new(new)):
        assert [one[1] for one in told(read_json(tmp_path, value))] == [None, None]


@pytest.mark.parametrize(
    "value",
    [
        _new({"lattice": LATTICE}),
        _new({"lattice": LATTICE, "lattice2": LATTICE2[:1]}),
        _new({"lattice": [], "lattice2": LATTICE2}),
        {"lattice": LATTICE},
        FAST,
        {"code": 0, "msg": "ok", "data": _new({"lattice": LATTICE})},
    ],
)
def test_version_2_is_unwrapped_and_its_words_timed(tmp_path: Path, value: Any) -> None:
    """A string in a string; the first candidate of a word; punctuation is no word; `lattice2` where alone."""
    result = read_json(tmp_path, value)
    assert told(result) == TOLD
    assert words(result)[0] == [("您好", 420), ("燃气", 1020), ("热线", 1320)]
    assert result.calls[0]["utterances"][0]["words"][-1]["end_ms"] == 1810


def test_the_length_of_the_recording_is_its_end(tmp_path: Path) -> None:
    """`realDuration` in ms; one that is shorter than the speech is not used."""
    assert read_json(tmp_path, _new({"lattice": LATTICE})).calls[0]["ended_ms"] == 6000
    late = [*LATTICE, {"json_1best": _st(5900, 7000, "1", _word("好的", 1, 50))}]
    assert read_json(tmp_path, _new({"lattice": late})).calls[0]["ended_ms"] is None


@pytest.mark.parametrize("label", [LABEL, json.dumps(LABEL)])
def test_two_tracks_are_channels(tmp_path: Path, label: Any) -> None:
    """Left is 0, right is 1; each party was recorded for itself, and overlaps show."""
    result = read_json(tmp_path, _new({"lattice": LATTICE, "label": label}))
    assert [one[1] for one in told(result)] == ["ch0", "ch1"]
    assert result.calls[0]["overlaps"] is None


def test_latin_words_stand_apart(tmp_path: Path) -> None:
    """Beside Chinese and digits there is no space; one that is there stays one."""
    spoken = [_word(word, 1, 2) for word in ("请", "打开", "Wi", "Fi", " Pro", "6", "，", "OK", "吗")]
    value = _new({"lattice": [{"json_1best": _st(0, 900, "1", *spoken)}]})
    assert told(read_json(tmp_path, value))[0][4] == "请打开Wi Fi Pro6，OK吗"


def test_lines_of_orders_take_their_numbers(tmp_path: Path) -> None:
    """One answer a line."""
    line = json.dumps(_new({"lattice": LATTICE}))
    assert read_bytes(tmp_path, f"{line}\n{line.replace('DKHJQ17', 'DKHJQ18')}\n".encode()).ids == [
        "DKHJQ17",
        "DKHJQ18",
    ]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (
            {"ok": -1, "err_no": 26605, "failed": "转写音频时长超过限制", "data": None},
            "没有成功（26605 转写音频时长超过限制）",
        ),
        (
            {"ok": 0, "err_no": 0, "failed": None, "data": '{"status":3,"desc":"转写处理中"}'},
            "还没有完成（转写处理中）",
        ),
        (_old("[]"), "没有一句话"),
        ({"code": "26600", "descInfo": "转写业务通用错误", "content": None}, "没有成功（26600 转写业务通用错误）"),
        (_new({}, 3), "还没有完成（status 3）"),
        (_new({}, -1), "没有成功（status -1"),
        (_new({"lattice": []}), "没有一句话"),
        ({"code": 0, "sid": "s", "data": {"task_id": "2", "task_status": "2"}}, "还没有完成"),
        ({"state": {"code": "11", "success": False}, "body": {"aid": "r", "lattices": []}}, "没有成功（11）"),
        (_new({"lattice": [{"json_1best": LATTICE[0]["json_1best"][:50]}]}), "讯飞"),
        (_new({"lattice": [{"json_1best": {"xx": 1}}]}), "讯飞"),
        ([{**OLD[0], "bg": "很早"}], "讯飞"),
        ([{**OLD[0], "onebest": ""}], "没有一句话"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, value: Any, reason: str) -> None:
    """Failed, unfinished, silent, cut, or of another layout."""
    result = read_json(tmp_path, value)
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_file_cut_in_the_middle_is_rejected(tmp_path: Path, share: float) -> None:
    """Its end is missing, and the reason says so."""
    for name, value in (("old.json", OLD), ("new.json", _new({"lattice": LATTICE}))):
        written = json.dumps(value, ensure_ascii=False, indent=1)
        (tmp_path / name).write_text(written[: int(len(written) * share)], encoding="utf-8")
        result = read(tmp_path / name)
        assert result.calls == []
        assert "没有写完" in result.reasons[0] or "JSON 有错" in result.reasons[0]
