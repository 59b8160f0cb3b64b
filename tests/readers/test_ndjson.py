"""NDJSON: what is read, repaired and rejected, line by line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_analyzer.model import CALL_SCHEMA
from qa_analyzer.readers import planning

from .calls import Result, call, line, one_utterance, read_bytes


def beside_sound_calls(folder: Path, odd: bytes, **how: Any) -> Result:
    """The odd line as the third of four."""
    data = line(call("a")) + line(call("b")) + odd.rstrip(b"\n") + b"\n" + line(call("d"))
    return read_bytes(folder, data, **how)


def test_a_canonical_call_comes_out_as_it_went_in(tmp_path: Path) -> None:
    """Every field of a canonical call arrives unchanged, and what was not given is null."""
    words = [{"start_ms": 0, "end_ms": 300, "text": "您好"}]
    given_call = call("c1", connected_ms=0, team="二组", utterances=one_utterance("您好", words=words, speaker="1"))
    result = read_bytes(tmp_path, line(given_call))
    assert result.calls[0] == {
        **dict.fromkeys(CALL_SCHEMA.names),
        **given_call,
        "utterances": [{**given_call["utterances"][0], "start_ms": None, "end_ms": None}],
    }
    assert not result.repaired


def test_files_and_lines_name_where_each_call_stands(tmp_path: Path) -> None:
    """Lines are 1-based in the file, and blank lines count as lines but not as calls."""
    result = read_bytes(tmp_path, b"\n" + line(call("a")) + b"\r\n  \n" + line(call("b")))
    assert (result.ids, result.lines, result.read) == (["a", "b"], [2, 5], 2)
    assert result.files == [(tmp_path / "calls.jsonl").as_posix()] * 2


def test_windows_line_ends_and_a_missing_last_newline_are_fine(tmp_path: Path) -> None:
    """CRLF and an unfinished last line change nothing."""
    data = b"\r\n".join(line(call(one)).strip() for one in "abc")
    result = read_bytes(tmp_path, data)
    assert (result.ids, result.lines, result.repaired) == (["a", "b", "c"], [1, 2, 3], {})


def test_turns_are_accepted_for_utterances(tmp_path: Path) -> None:
    """`turns` is read as `utterances`, also where lines of both kinds are mixed."""
    with_turns = call("t")
    with_turns["turns"] = with_turns.pop("utterances")
    for odd in (line(with_turns), line(with_turns) * 1):
        result = beside_sound_calls(tmp_path, odd)
        assert result.ids == ["a", "b", "t", "d"]
        assert result.texts(2) == result.texts(0)
    assert read_bytes(tmp_path, line(with_turns) + line(call("b"))).ids == ["t", "b"]


def test_a_number_of_turns_beside_utterances_is_ignored(tmp_path: Path) -> None:
    """`"turns": 3` is some other field, not the utterances."""
    assert beside_sound_calls(tmp_path, line(call("t", turns=3))).ids == ["a", "b", "t", "d"]


REPAIRED = [
    # texts
    (one_utterance("一\n二\t三\r"), ["一 二 三 "], {"newline_or_tab": 1}),
    (one_utterance("一\x00二\x1b\x7f\x85"), ["一\ufffd二\ufffd\ufffd\ufffd"], {"control_character": 1}),
    (one_utterance("·é°"), ["·é°"], {}),
    (one_utterance(12), ["12"], {"numeric_text": 1}),
    ([*one_utterance(""), *one_utterance("在吗")], ["在吗"], {"empty_utterance": 1}),
    # times and ids
    (one_utterance(start_ms=1200.0, end_ms="1300"), ["喂"], {"number_form": 2}),
    (one_utterance(start_ms=1200.4, end_ms=None), ["喂"], {"number_form": 1}),
    (one_utterance(start_ms="不详"), ["喂"], {"unreadable_time": 1}),
    (one_utterance(speaker=1), ["喂"], {"numeric_id": 1}),
    # words
    (one_utterance(words=[{"text": "喂", "start_ms": 9, "end_ms": 3}]), ["喂"], {"words_dropped": 1}),
    (one_utterance(words=["喂"]), ["喂"], {"words_dropped": 1}),
    (one_utterance(words=[{"text": "喂", "start_ms": 1.0, "end_ms": 3}]), ["喂"], {"number_form": 1}),
]


@pytest.mark.parametrize(("utterances", "texts", "repaired"), REPAIRED)
def test_an_odd_utterance_is_repaired_and_counted(
    tmp_path: Path, utterances: list[dict[str, Any]], texts: list[str], repaired: dict[str, int]
) -> None:
    """Each kind of repair keeps the call, changes one code point for one, and is counted under its name."""
    result = beside_sound_calls(tmp_path, line(call("odd", utterances=utterances)))
    assert result.ids == ["a", "b", "odd", "d"]
    assert result.texts(2) == texts
    assert result.repaired == repaired


def test_raw_control_characters_in_json_are_repaired(tmp_path: Path) -> None:
    """A raw tab or NUL, which JSON forbids, does not cost the call."""
    odd = line(call("odd", utterances=one_utterance("一TAB二NUL三"))).replace(b"TAB", b"\t").replace(b"NUL", b"\x00")
    result = beside_sound_calls(tmp_path, odd)
    assert result.texts(2) == ["一 二\ufffd三"]
    assert result.repaired == {"newline_or_tab": 1, "control_character": 1}


@pytest.mark.parametrize("escape", [r"\ud83d", r"\ude00", r"\ud83d\ud83d"])
def test_a_lone_surrogate_becomes_a_replacement_character(tmp_path: Path, escape: str) -> None:
    """One code point for one, in a text as in an ignored field."""
    odd = line(call("odd", note="X", utterances=one_utterance("一X二"))).replace(b"X", escape.encode())
    result = beside_sound_calls(tmp_path, odd)
    assert result.texts(2) == ["一" + "\ufffd" * escape.count("u") + "二"]
    assert result.repaired["lone_surrogate"] == 2


def test_a_pair_of_surrogates_is_one_character(tmp_path: Path) -> None:
    """An escaped emoji is no damage."""
    odd = line(call("odd", utterances=one_utterance("X"))).replace(b"X", rb"\ud83d\ude00")
    result = beside_sound_calls(tmp_path, odd)
    assert (result.texts(2), result.repaired) == (["😀"], {})


@pytest.mark.parametrize(
    ("written", "role", "repaired"),
    [
        ("agent", "agent", {}),
        (None, "unknown", {}),
        ("Agent", "agent", {"role_word": 1}),
        (" CUSTOMER ", "customer", {"role_word": 1}),
        ("坐席", "agent", {"role_word": 1}),
        ("客戶", "customer", {"role_word": 1}),
        ("IVR", "system", {"role_word": 1}),
        ("supervisor", "unknown", {"unknown_role": 1}),
        (3, "unknown", {"numeric_text": 1, "unknown_role": 1}),
    ],
)
def test_roles_are_known_by_their_usual_words(
    tmp_path: Path, written: Any, role: str, repaired: dict[str, int]
) -> None:
    """A usual word is mapped, any other role is `unknown`; both are counted."""
    result = beside_sound_calls(tmp_path, line(call("odd", utterances=[{"role": written, "text": "喂"}])))
    assert result.roles(2) == [role]
    assert result.repaired == repaired


@pytest.mark.parametrize(
    ("written", "read_as", "repaired"),
    [
        ("2026-03-02T10:15:00+08:00", "2026-03-02T10:15:00+08:00", {}),
        ("2026-03-02T02:15:00Z", "2026-03-02T02:15:00Z", {}),
        ("2026-03-02T10:15:00", "2026-03-02T10:15:00+08:00", {"started_at_without_offset": 1}),
        ("2026-03-02 10:15", "2026-03-02T10:15:00+08:00", {"started_at_without_offset": 1}),
        ("2026/3/2 10:15:30", "2026-03-02T10:15:30+08:00", {"started_at_without_offset": 1}),
        ("2026年3月2日 10:15", "2026-03-02T10:15:00+08:00", {"started_at_without_offset": 1}),
        (1772417700000, "2026-03-02T10:15:00+08:00", {"numeric_text": 1, "started_at_form": 1}),
        ("2026-03-02 10:15:00+0800", "2026-03-02T10:15:00+08:00", {"started_at_form": 1}),
        ("2026-03-02", None, {"started_at_unreadable": 1}),
        ("2026-13-02T10:15:00+08:00", None, {"started_at_unreadable": 1}),
        ("昨天上午", None, {"started_at_unreadable": 1}),
        ("", None, {}),
    ],
)
def test_the_start_gets_an_offset_or_is_unknown(
    tmp_path: Path, written: Any, read_as: str | None, repaired: dict[str, int]
) -> None:
    """A start without an offset takes the time zone given; a start that is none is null; both are counted."""
    result = beside_sound_calls(tmp_path, line(call("odd", started_at=written)))
    assert result.calls[2]["started_at"] == read_as
    assert result.repaired == repaired


def test_another_time_zone_can_be_set(tmp_path: Path) -> None:
    """The offset is that of the zone at that time of the year."""
    result = read_bytes(tmp_path, line(call(started_at="2026-07-02T10:15:00")), time_zone="Europe/Berlin")
    assert result.calls[0]["started_at"] == "2026-07-02T10:15:00+02:00"


@pytest.mark.parametrize(
    ("changes", "repaired"),
    [
        ({"hang_up": "客户挂机"}, {"hang_up": "customer", "count": "hang_up_word"}),
        ({"hang_up": "谁知道"}, {"hang_up": None, "count": "unknown_hang_up"}),
        ({"call_type": "投诉"}, {"call_type": "complaint", "count": "call_type_word"}),
        ({"call_type": "sales"}, {"call_type": None, "count": "unknown_call_type"}),
        ({"agent_id": 1001}, {"agent_id": "1001", "count": "numeric_id"}),
        ({"call_id": 7.0}, {"call_id": "7", "count": "numeric_id"}),
        ({"team": ["a"]}, {"team": None, "count": "wrong_type"}),
        ({"ended_ms": 9000.0}, {"ended_ms": 9000, "count": "number_form"}),
        ({"agent_name": "王\n丽"}, {"agent_name": "王 丽", "count": "newline_or_tab"}),
    ],
)
def test_values_of_the_call_are_repaired(tmp_path: Path, changes: dict[str, Any], repaired: dict[str, Any]) -> None:
    """Codes in other words, numeric ids and odd types cost no call."""
    result = beside_sound_calls(tmp_path, line(call("odd") | changes))
    kind = repaired.pop("count")
    assert {name: result.calls[2][name] for name in repaired} == repaired
    assert result.repaired == {kind: 1}


HOSTILE_IDS = ["../x", "../../etc/passwd", "=1+1", "<b>1</b>", "a/b\\c", "."]


@pytest.mark.parametrize("call_id", HOSTILE_IDS)
def test_hostile_ids_are_read_as_they_are(tmp_path: Path, call_id: str) -> None:
    """An id is data here; whoever makes a file name or a cell of it makes it harmless."""
    assert read_bytes(tmp_path, line(call(call_id)) + line(call("b"))).ids == [call_id, "b"]


def test_a_nul_in_an_id_is_replaced(tmp_path: Path) -> None:
    """Ids hold no control characters."""
    assert read_bytes(tmp_path, line(call("a\x00b")) + line(call("b"))).ids == ["a\ufffdb", "b"]


DAY = 24 * 60 * 60 * 1000
SOUND = line(call("odd"))
REJECTED = [
    # JSON
    (SOUND[:60], "odd", "没有写完", "cut off"),
    (b"not json at all", "", "JSON 有错", "broken JSON"),
    (SOUND.replace(b'"agent_id":', b'"agent_id"'), "odd", "JSON 有错", "broken JSON"),
    (SOUND.strip() + SOUND, "odd", "两个 JSON", "two JSON values"),
    (SOUND.strip() + b" " + SOUND, "odd", "两个 JSON", "two JSON values"),
    (b"null", "", "不是一个 JSON 对象", "not a JSON object"),
    (b"[1, 2]", "", "不是一个 JSON 对象", "not a JSON object"),
    (b'"text"', "", "不是一个 JSON 对象", "not a JSON object"),
    (SOUND.replace(b'"agent_id"', b'"call_id": "again", "agent_id"'), "odd", "call_id 出现了两次", "call_id is there"),
    (SOUND.replace(b'{"role": "agent"', b'{"text": "?", "role": "agent"'), "odd", "text 出现了两次", "text is there"),
    (b'{"call_id": "odd", "x": ' + b"[" * 5000 + b"]" * 4999 + b"}", "odd", "", ""),
    (SOUND.replace("您好".encode(), b"\xc4\xfa\xba\xc3"), "odd", "不是有效的 UTF-8", "not valid UTF-8"),
    # utterances
    (line(call("odd", utterances=None)), "odd", "没有 utterances", "no utterances"),
    (line({"call_id": "odd", "utterances": None}), "odd", "没有 utterances", "no utterances"),
    (line(call("odd", utterances=[])), "odd", "utterances 是空的", "utterances is empty"),
    (line(call("odd", utterances="喂")), "odd", "不是列表", "not a list"),
    (line(call("odd", utterances=[None])), "odd", "第 1 句不是一个对象", "utterance 1 is not an object"),
    (line(call("odd", utterances=["喂"])), "odd", "第 1 句不是一个对象", "utterance 1 is not an object"),
    (
        line(call("odd", utterances=[*one_utterance(), {"role": "agent"}])),
        "odd",
        "第 2 句没有 text",
        "utterance 2 has no",
    ),
    (line(call("odd", utterances=one_utterance(None))), "odd", "第 1 句没有 text", "utterance 1 has no text"),
    (line(call("odd", utterances=one_utterance(["喂"]))), "odd", "text 不是文字", "not a string"),
    (line(call("odd", utterances=one_utterance("") + one_utterance(" \n"))), "odd", "都没有文字", "no utterance has"),
    (line(call("odd", utterances=one_utterance("长" * 400_000))), "odd", "超过 1 MB", "over 1 MB"),
    # id
    (line(call(None)), "", "没有通话编号", "no call_id"),
    (line(call("")), "", "没有通话编号", "no call_id"),
    (line(call(" ")), " ", "没有通话编号", "no call_id"),
    # times
    (line(call("odd", utterances=one_utterance(start_ms=9, end_ms=3))), "odd", "早于 start_ms 9", "before start_ms 9"),
    (line(call("odd", utterances=one_utterance(start_ms=-1, end_ms=3))), "odd", "start_ms 是负数", "is negative (-1)"),
    (line(call("odd", utterances=one_utterance(end_ms=DAY + 1))), "odd", "超过 24 小时", "over 24 hours"),
    (line(call("odd", utterances=one_utterance(end_ms=10**30))), "odd", "超过 24 小时", "over 24 hours"),
    (line(call("odd", utterances=one_utterance(end_ms=-1.0))), "odd", "end_ms 是负数", "is negative"),
    (line(call("odd", ended_ms=-5)), "odd", "ended_ms 是负数", "ended_ms is negative"),
    (line(call("odd", connected_ms=DAY + 1)), "odd", "connected_ms 超过", "connected_ms is over"),
]


@pytest.mark.parametrize(("odd", "call_id", "zh", "en"), REJECTED)
def test_a_call_that_cannot_be_scored_is_rejected(tmp_path: Path, odd: bytes, call_id: str, zh: str, en: str) -> None:
    """The rejection names file, line, id where known, and the reason in the language of the run; the rest is read."""
    for lang, reason in (("zh", zh), ("en", en)):
        result = beside_sound_calls(tmp_path, odd, lang=lang)
        assert (result.ids, result.lines, result.read) == (["a", "b", "d"], [1, 2, 4], 4)
        (rejected,) = result.rejected
        assert (rejected.file, rejected.line) == ((tmp_path / "calls.jsonl").as_posix(), 3)
        assert rejected.call_id == call_id
        assert reason in rejected.reason
        assert not result.repaired


def test_times_up_to_24_hours_are_fine(tmp_path: Path) -> None:
    """The limit itself is a possible time."""
    assert not read_bytes(tmp_path, line(call(ended_ms=DAY, utterances=one_utterance(end_ms=DAY)))).rejected


def test_repairs_of_a_rejected_call_are_not_counted(tmp_path: Path) -> None:
    """Counts speak of scored calls."""
    odd = call("odd", agent_id=5, utterances=one_utterance(start_ms=9.0, end_ms=3))
    result = beside_sound_calls(tmp_path, line(odd))
    assert (result.ids, result.repaired) == (["a", "b", "d"], {})


def test_an_utterance_of_50_mb_is_rejected_without_being_held(tmp_path: Path) -> None:
    """A line far over the limit is passed over; the calls before and after are read, with the right lines."""
    giant = b'{"call_id": "giant", "utterances": [{"text": "' + b"x" * 50_000_000 + b'"}]}\n'
    for block_bytes in (1 << 20, 16 << 20, 128 << 20):
        result = read_bytes(tmp_path, line(call("a")) + giant + line(call("b")), block_bytes=block_bytes)
        assert (result.ids, result.lines) == (["a", "b"], [1, 3])
        (rejected,) = result.rejected
        assert (rejected.line, rejected.call_id) == (2, "giant")
        assert "50.0 MB" in rejected.reason


def test_ids_seen_twice_are_left_to_the_caller(tmp_path: Path) -> None:
    """Only the caller sees all blocks."""
    assert read_bytes(tmp_path, line(call("a")) * 2).ids == ["a", "a"]


def test_a_single_call_takes_its_file_stem(tmp_path: Path) -> None:
    """Alone in its file, a call needs no id; a second line, even a broken one, makes it a file of several."""
    assert read_bytes(tmp_path, line(call(None)), "0042.jsonl").ids == ["0042"]
    assert read_bytes(tmp_path, line(call(None)) + b"{\n", "0042.jsonl").read == 2
    assert not read_bytes(tmp_path, line(call(None)) + b"{\n", "0042.jsonl").ids


@pytest.mark.parametrize("alone", [b"null", b"null\n", b"{}", b"{}null{}", b"[]", b"{}{}\n", b"0"])
def test_odd_json_alone_in_a_file_is_a_rejection(tmp_path: Path, alone: bytes) -> None:
    """A bare `null` would crash pyarrow: it never gets there."""
    result = read_bytes(tmp_path, alone)
    assert (result.ids, result.read) == ([], 1)


def test_a_large_blank_file_is_one_rejection(tmp_path: Path) -> None:
    """Empty is empty at any size."""
    result = read_bytes(tmp_path, b" \n" * (1 << 20))
    assert (result.read, "文件是空的" in result.reasons[0]) == (1, True)


@pytest.mark.parametrize("share", [1, 7])
def test_a_block_with_many_odd_lines_is_read_like_its_lines_alone(tmp_path: Path, share: int) -> None:
    """Odd lines of every kind in one block come out as each does in a file of sound calls."""
    odd = [part for part in ODD_LINES if b"\n" not in part]
    rows = [
        part for number, part in enumerate(odd * 3) for part in [part, *[line(call("s")).strip()] * (number % share)]
    ]
    together = read_bytes(tmp_path, b"\n".join(rows))
    alone: list[Any] = []
    for row in rows:
        result = read_bytes(tmp_path, line(call("a")) + row)
        alone += result.calls[1:] or result.reasons
    mixed = sorted(
        [*zip(together.lines, together.calls, strict=True), *((one.line, one.reason) for one in together.rejected)],
        key=lambda pair: pair[0],
    )
    assert [made for _, made in mixed] == alone


# Properties -------------------------------------------------------------------------------------------------------

ODD_LINES = [odd.strip(b"\n") for odd, *_ in REJECTED if len(odd) < 20_000] + [
    line(call("r", utterances=utterances)).strip() for utterances, *_ in REPAIRED
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(ODD_LINES), st.just(b""), st.integers(0, 99)), min_size=1, max_size=25),
    st.integers(1, 4000),
    st.booleans(),
)
def test_any_block_size_gives_the_same(
    tmp_path_factory: pytest.TempPathFactory, parts: list[Any], block_bytes: int, last_newline: bool
) -> None:
    """Where a file is cut changes no call, no rejection, no line number and no count."""
    rows = [part if isinstance(part, bytes) else line(call(f"c{part}")).strip() for part in parts]
    data = line(call("first")) + b"\n".join([*rows, b""] if last_newline else rows)
    folder = tmp_path_factory.mktemp("cut")
    whole = read_bytes(folder, data)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(planning, "SMALL_BYTES", 0)
        patched.setattr(planning, "SMALL_PACKED_BYTES", 0)
        assert read_bytes(folder, data, block_bytes=block_bytes) == whole
        packed = read_bytes(folder, gzip.compress(data), "calls.jsonl.gz", block_bytes=block_bytes)
    assert (packed.calls, packed.lines, packed.reasons) == (whole.calls, whole.lines, whole.reasons)
    assert (packed.repaired, packed.read) == (whole.repaired, whole.read)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
UTTERANCES = st.dictionaries(
    st.sampled_from(["role", "speaker", "start_ms", "end_ms", "text", "words", "more"]), JSON, max_size=7
)
CALLS = st.dictionaries(
    st.sampled_from([*CALL_SCHEMA.names, "turns", "more"]), JSON | st.lists(UTTERANCES, max_size=3), max_size=8
)


@settings(max_examples=300, deadline=None)
@given(st.lists(CALLS | JSON, min_size=1, max_size=4))
def test_any_json_is_a_call_or_a_rejection(tmp_path_factory: pytest.TempPathFactory, values: list[Any]) -> None:
    """Whatever the values are, nothing crashes, and every line is accounted for."""
    folder = tmp_path_factory.mktemp("any")
    data = b"\n".join(json.dumps(value).encode() for value in [call("sound"), *values])
    result = read_bytes(folder, data)
    assert result.read == 1 + len(values)
    assert "sound" in result.ids


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_damage_to_a_line_leaves_the_others(
    tmp_path_factory: pytest.TempPathFactory, damage: bytes, at: int
) -> None:
    """Bytes thrown into the middle of a file cost at most the lines they fall on."""
    sound = SOUND.strip()
    at = min(at, len(sound))
    odd = sound[:at] + damage + sound[at:]
    result = beside_sound_calls(tmp_path_factory.mktemp("damage"), odd)
    assert [one for one in result.ids if one in "abd"] == ["a", "b", "d"]
    assert 3 <= result.read <= 4 + odd.count(b"\n")
