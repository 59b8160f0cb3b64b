"""SRT and WebVTT with speakers in tags and in the text."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..calls import Result, read_bytes
from .reading import told

SRT = """1
00:00:00,040 --> 00:00:01,900
客服：您好，水务热线。

2
00:00:02,100 --> 00:00:03,300
客户：我家停水了。
"""
VTT = """WEBVTT

00:00.040 --> 00:01.900
<v Agent>您好，水务热线。

00:02.100 --> 00:03.300 align:start position:0%
<v Customer>我家停水了。</v>
"""
TOLD = [("agent", None, 40, 1900, "您好，水务热线。"), ("customer", None, 2100, 3300, "我家停水了。")]


def read_text(folder: Path, text: str, name: str = "call_17.srt") -> Result:
    return read_bytes(folder, text.encode(), name)


@pytest.mark.parametrize(
    "text",
    [
        SRT,
        VTT,
        "\ufeff" + SRT.replace("\n", "\r\n"),
        # a point for the comma, no hours, no numbers
        SRT.replace(",", ".").replace("00:00:0", "00:0"),
        SRT.replace("1\n00:", "00:", 1).replace("2\n00:", "00:", 1),
        # no blank lines between, blank lines within
        SRT.replace("\n\n", "\n"),
        SRT.replace("客服：", "客服：\n\n"),
        # names of cues, notes, styles
        VTT.replace("00:00.040", "cue-1\n00:00.040").replace("00:02.100", "第二句\n00:02.100"),
        VTT.replace("WEBVTT", "WEBVTT - 通话\nKind: captions\n\nNOTE\n由系统导出\n两行\n\nSTYLE\n::cue { color: red }"),
        # tags and entities that are no speech
        SRT.replace("我家停水了。", '<i>我家</i><font color="red">停水</font>了。{\\an8}'),
        VTT.replace("我家", "<00:02.200><c.loud>我家</c>&lrm;".replace("&lrm;", "")),
        # several lines of one cue
        SRT.replace("您好，水务", "您好，\n水务"),
        # two voices in one tag each
        VTT.replace("<v Agent>", "<v.loud 客服>").replace("<v Customer>", "<v 客户>"),
    ],
)
@pytest.mark.parametrize("name", ["call_17.srt", "call_17.txt"])
def test_cues_are_utterances(tmp_path: Path, text: str, name: str) -> None:
    """However it is written, and whatever the file is called."""
    result = read_text(tmp_path, text, name)
    assert told(result) == TOLD
    assert result.calls[0]["source_format"] == "subtitles"


@pytest.mark.parametrize(
    ("labels", "voices"),
    [
        (("[SPEAKER_00]: ", "[SPEAKER_01]: "), [("unknown", "SPEAKER_00"), ("unknown", "SPEAKER_01")]),
        (("SPEAKER_00: ", "SPEAKER_01: "), [("unknown", "SPEAKER_00"), ("unknown", "SPEAKER_01")]),
        (("Speaker 1: ", "Speaker 2: "), [("unknown", "Speaker 1"), ("unknown", "Speaker 2")]),
        (("(speaker 0) ", "(speaker 1) "), [("unknown", "speaker 0"), ("unknown", "speaker 1")]),
        (("【客服】", "【客户】"), [("agent", None), ("customer", None)]),
        (("坐席A01：", "用户："), [("agent", "坐席A01"), ("customer", None)]),
        (("<v 坐席 周敏>", "<v 李先生>"), [("agent", "坐席 周敏"), ("unknown", "李先生")]),
        (("", ""), [("unknown", None), ("unknown", None)]),
    ],
)
def test_speakers_are_named_in_many_ways(
    tmp_path: Path, labels: tuple[str, str], voices: list[tuple[str, str | None]]
) -> None:
    """By role where the label says one, else by voice; not at all where there is no label."""
    result = read_text(tmp_path, SRT.replace("客服：", labels[0]).replace("客户：", labels[1]))
    assert [one[:2] for one in told(result)] == voices
    assert result.texts() == ["您好，水务热线。", "我家停水了。"]


def test_a_cue_without_a_label_goes_on_and_one_with_two_is_cut(tmp_path: Path) -> None:
    """The time of a cue is shared out by characters, so that nobody is made to talk over anybody."""
    more = "\n3\n00:00:04,000 --> 00:00:05,000\n两天了。\n"
    both = "\n4\n00:01:00,000 --> 00:01:01,000\n- 客服：稍等\n- 客户：好啊\n"
    assert told(read_text(tmp_path, SRT + more + both))[2:] == [
        ("customer", None, 4000, 5000, "两天了。"),
        ("agent", None, 60_000, 60_500, "稍等"),
        ("customer", None, 60_500, 61_000, "好啊"),
    ]


def test_two_voices_in_a_cue_and_a_cue_without_one(tmp_path: Path) -> None:
    """In tags nothing is inherited."""
    first = "00:00.000 --> 00:01.000\n<v Agent>您好</v> <v Customer>喂？</v>\n\n"
    text = f"WEBVTT\n\n{first}00:02.000 --> 00:03.000\n（铃声）\n"
    assert [one[:2] + one[4:] for one in told(read_text(tmp_path, text, "c.vtt"))] == [
        ("agent", None, "您好"),
        ("customer", None, "喂？"),
        ("unknown", None, "（铃声）"),
    ]


def test_latin_lines_keep_their_spaces(tmp_path: Path) -> None:
    """Chinese ones get none."""
    text = SRT.replace("您好，水务热线。", "Good\nday &amp; welcome")
    assert read_text(tmp_path, text).texts()[0] == "Good day & welcome"


def test_overlapping_cues_show_overlaps(tmp_path: Path) -> None:
    """Cues in a row hide them."""
    assert read_text(tmp_path, SRT).calls[0]["overlaps"] == "hidden"
    assert read_text(tmp_path, SRT.replace("00:00:01,900", "00:00:02,900")).calls[0]["overlaps"] is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("WEBVTT\n\n", "没有一句话"),
        ("1\n00:00:00,040 --> 00:00:01,900\n\n", "没有一句话"),
        (SRT + "\n3\n00:00:05,0", "没有写完"),
        (SRT + "\n3\n00:00:05,000 -->", "没有写完"),
        (SRT.replace("00:00:03,300", "00:00:01,300"), "早于"),
    ],
)
def test_what_holds_no_call_says_why(tmp_path: Path, text: str, reason: str) -> None:
    """Nothing said, cut off, or times that cannot be."""
    result = read_text(tmp_path, text)
    assert (result.read, len(result.rejected)) == (1, 1)
    assert reason in result.reasons[0]


def test_times_before_a_label_are_no_subtitles(tmp_path: Path) -> None:
    """A written dialogue may have arrows too."""
    result = read_text(tmp_path, "[00:00:01.200 --> 00:00:03.400] 客服：您好\n", "a.txt")
    assert result.calls[0]["source_format"] is None
    assert told(result) == [("agent", None, 1200, 3400, "您好")]
