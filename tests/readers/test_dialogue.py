"""Written dialogues: who says what, on which line, when."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_analyzer.model import Role
from qa_analyzer.readers.dialogue import LABELS, MESSAGES, DialogueProblem, Line, parse_dialogue

A, C, S, U = Role.AGENT, Role.CUSTOMER, Role.SYSTEM, Role.UNKNOWN


def said(text: str) -> list[tuple[Role, str]]:
    """Role and speech of each line."""
    return [(line.role, line.text) for line in parse_dialogue(text)]


@pytest.mark.parametrize(
    ("label", "role"),
    [
        *((label, A) for label in ("客服", "坐席", "座席", "客服人员", "话务员", "客服代表", "話務員")),
        *((label, C) for label in ("客户", "用户", "使用者", "顾客", "客戶", "用戶", "顧客")),
        *((label, S) for label in ("系统", "IVR", "语音", "系統")),
        *((label, U) for label in ("？", "?", "未知")),
    ],
)
@pytest.mark.parametrize("colon", ["：", ":", " ："])
def test_a_label_names_the_role(label: str, role: Role, colon: str) -> None:
    """Each label, with a full-width or half-width colon, gives its role and goes from the text."""
    (line,) = parse_dialogue(f"{label}{colon}网络断了")
    assert (line.role, line.text, line.label, line.speaker) == (role, "网络断了", label, None)


def test_a_numbered_label_tells_speakers_apart() -> None:
    """客服1 and 客服2 are agents and two speakers."""
    lines = parse_dialogue("客服1：帮您转接\n客服2：您好")
    assert [(line.role, line.speaker) for line in lines] == [(A, "客服1"), (A, "客服2")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # after the end of a sentence
        (
            "客服：请讲。客户：宽带坏了！客服：多久了？客户：两天",
            [(A, "请讲。"), (C, "宽带坏了！"), (A, "多久了？"), (C, "两天")],
        ),
        ("客服:请讲!客户:坏了…客服:嗯", [(A, "请讲!"), (C, "坏了…"), (A, "嗯")]),
        # after an event, a quotation, a space
        ("客服：稍等（敲键盘）客户：好", [(A, "稍等（敲键盘）"), (C, "好")]),
        ("客服：写着“已签收”客户：没有", [(A, "写着“已签收”"), (C, "没有")]),
        ("客服：稍等 客户：好", [(A, "稍等"), (C, "好")]),
        # not in the middle of a sentence
        ("客户：我跟客服：说过了", [(C, "我跟客服：说过了")]),
        ("客户：我说，客服：你听着", [(C, "我说，客服：你听着")]),
        # not inside brackets or quotation marks
        ("客户：他写“别急。客服：稍等”就没了", [(C, "他写“别急。客服：稍等”就没了")]),
        ("客户：喂（旁白。客服：无人应答）在吗", [(C, "喂（旁白。客服：无人应答）在吗")]),
        # an open bracket encloses nothing
        ("客户：（唉。客服：您讲", [(C, "（唉。"), (A, "您讲")]),
        # a question mark ends a question and is no label there
        ("客户：真的？：对吗", [(C, "真的？：对吗")]),
        # other words before a colon are speech
        ("客户：地址：建设路3号", [(C, "地址：建设路3号")]),
        ("客户：时间是10：30。型号：A1", [(C, "时间是10：30。型号：A1")]),
    ],
)
def test_where_a_label_counts_within_a_line(text: str, expected: list[tuple[Role, str]]) -> None:
    """Several speakers share a line only where a sentence or event has ended before the label."""
    assert said(text) == expected


def test_a_line_without_a_label_goes_on_with_the_speaker_before() -> None:
    """A continuation line is a further line of the same speaker, without a label of its own."""
    lines = parse_dialogue("客服2：您的单号是\n 88-1 \n\n客户：对")
    assert [(line.text, line.role, line.speaker, line.label, line.line) for line in lines] == [
        ("您的单号是", A, "客服2", "客服2", 1),
        ("88-1", A, "客服2", None, 2),
        ("对", C, None, "客户", 4),
    ]


def test_speech_may_begin_below_its_label() -> None:
    """A label alone on its line names the speaker of the next line."""
    (line,) = parse_dialogue("客服：\n您好")
    assert (line.role, line.text, line.label, line.line, line.problem) == (A, "您好", "客服", 2, None)


@pytest.mark.parametrize(
    ("stamp", "start", "end"),
    [
        ("[0.0-6.0]", 0, 6000),
        ("[ 1.25 - 3 ]", 1250, 3000),
        ("[75.5]", 75500, None),
        ("[1:15.5-01:16]", 75500, 76000),
        ("[00:01:00–00:01:02]", 60000, 62000),
        ("[0.0-0.0]", 0, 0),
    ],
)
def test_times_stand_in_brackets_before_the_label(stamp: str, start: int, end: int | None) -> None:
    """Seconds, or hours, minutes and seconds, become ms."""
    (line,) = parse_dialogue(f"{stamp} 客户：喂")
    assert (line.start_ms, line.end_ms, line.text, line.role) == (start, end, "喂", C)


def test_times_may_stand_alone_within_a_line_and_on_a_continuation() -> None:
    """Each line of speech takes the time right before it; without one it has none."""
    lines = parse_dialogue("[0-1]\n客服：您好。[1-2] 客户：喂\n[2.0-3.0] 在吗\n客服：在")
    assert [(line.text, line.start_ms, line.end_ms) for line in lines] == [
        ("您好。", 0, 1000),
        ("喂", 1000, 2000),
        ("在吗", 2000, 3000),
        ("在", None, None),
    ]


@pytest.mark.parametrize(
    ("text", "number", "problem"),
    [
        ("你好\n客服：您好", 0, DialogueProblem.NO_LABEL),
        ("客服：您好\n[3.0-2.0] 客户：喂", 1, DialogueProblem.TIMES_REVERSED),
        ("客服：\n客户：喂", 0, DialogueProblem.NO_SPEECH),
        ("客户：喂\n客服：", 1, DialogueProblem.NO_SPEECH),
    ],
)
def test_what_is_odd_is_kept_and_told(text: str, number: int, problem: DialogueProblem) -> None:
    """An odd line is there with its problem, the others are without."""
    lines = parse_dialogue(text, "night.txt")
    assert [line.problem for line in lines] == [problem if at == number else None for at in range(2)]
    assert lines[number].source == "night.txt"
    assert all(problem in MESSAGES[lang] for lang in ("zh", "en"))


def test_text_before_the_first_label_has_no_known_speaker_but_an_event_is_the_system() -> None:
    """Speech without a speaker is of unknown role; （铃响） before the first label is no speech and no problem."""
    assert said("喂\n客服：您好") == [(U, "喂"), (A, "您好")]
    lines = parse_dialogue("（铃响）(转接)\n客服：您好")
    assert [(line.role, line.problem) for line in lines] == [(S, None), (A, None)]


def test_events_and_inner_spaces_stay_in_the_text() -> None:
    """Of the speech nothing goes but the white space around it."""
    (line,) = parse_dialogue("客服： 好的，  这边 （停顿） 查到\t了 ")
    assert line.text == "好的，  这边 （停顿） 查到\t了"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts_once(newline: str) -> None:
    """Line numbers do not depend on the system the file comes from."""
    assert [line.line for line in parse_dialogue(newline.join(["客服：您好", "", "客户：喂"]))] == [1, 3]


SPEECH = st.text(st.sampled_from("喂您好吗一二三，、（）()“”？！。 :：0a"), max_size=12).map(str.strip)


@given(st.lists(st.tuples(st.sampled_from(sorted(label for labels in LABELS.values() for label in labels)), SPEECH)))
def test_lines_written_are_lines_read(turns: list[tuple[str, str]]) -> None:
    """Whatever is said after a label at the start of a line comes back whole, under that label."""
    lines: list[Line] = parse_dialogue("\n".join(f"{label}：{speech}" for label, speech in turns))
    assert [(line.label, line.text) for line in lines] == turns


@given(st.text(st.sampled_from("客服户：:[]0.1-（）()。？ 您好\n\r"), max_size=40))
def test_any_text_is_read(text: str) -> None:
    """No text makes the parser fail, and no speech is made up."""
    for line in parse_dialogue(text):
        assert line.text in text


# Other ways to write it down --------------------------------------------------------------------------------------


def told(text: str) -> list[tuple[Role, str | None, int | None, int | None, str]]:
    """Role, speaker, times and speech of each line."""
    return [(line.role, line.speaker, line.start_ms, line.end_ms, line.text) for line in parse_dialogue(text)]


@pytest.mark.parametrize(
    "text",
    [
        # the time before the label
        "[00:12] 客服：您好\n[00:15] 客户：喂",
        "【00:12】客服：您好\n【00:15】客户：喂",
        "[00：12]客服：您好\n[00：15]客户：喂",
        "00:12 客服：您好\n00:15 客户：喂",
        "00:12 客服 您好\n00:15 客户 喂",
        "00:00:12\t客服\t您好\n00:00:15\t客户\t喂",
        "00:00:12 | 客服 | 您好\n00:00:15 | 客户 | 喂",
        "12.0s 客服：您好\n15s 客户：喂",
        "1. [00:12] 客服：您好\n2. [00:15] 客户：喂",
        # behind it
        "客服 00:12：您好\n客户 00:15：喂",
        "客服(00:00:12)：您好\n客户(00:00:15)：喂",
        "客服【00:12】您好\n客户【00:15】喂",
        # a speaker's line above the speech
        "客服 00:12\n您好\n\n客户 00:15\n喂",
    ],
)
def test_the_time_may_stand_before_the_label_or_behind_it(text: str) -> None:
    """Wherever it stands, it is the time of the line, and no speech."""
    assert told(text) == [(A, None, 12_000, None, "您好"), (C, None, 15_000, None, "喂")]


@pytest.mark.parametrize(
    "text",
    [
        "00:00:05 - 00:00:09 客服：您好",
        "[00:00:05.000 --> 00:00:09.000] 客服：您好",
        "00:00:05\t00:00:09\t客服\t您好",
        "5.0s-9.0s 客服：您好",
    ],
)
def test_begin_and_end_are_both_read(text: str) -> None:
    """A range has two ends, however it is written."""
    assert told(text) == [(A, None, 5000, 9000, "您好")]


@pytest.mark.parametrize(
    "text",
    [
        "客服\t您好\n客户\t喂\n客服\t请讲",
        "客服 您好\n客户 喂\n客服 请讲",
        "【客服】您好\n【客户】喂\n【客服】请讲",
        "客服\n您好\n客户\n喂\n客服\n请讲",
        "客服> 您好\n客户> 喂\n客服> 请讲",
        "AGENT: 您好\nCustomer: 喂\nAgent：请讲",
    ],
)
def test_a_label_needs_no_colon_where_the_lines_begin_so_again_and_again(text: str) -> None:
    """A tab, a space, brackets or a line of its own set a label off too."""
    assert said(text) == [(A, "您好"), (C, "喂"), (A, "请讲")]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("A：您好\nB：喂\nA：请讲", ["A", "B", "A"]),
        ("说话人1：您好\n说话人2：喂\n说话人1：请讲", ["说话人1", "说话人2", "说话人1"]),
        ("发言人 1 00:00\n您好\n\n发言人 2 00:05\n喂\n\n发言人 1 00:09\n请讲", ["发言人 1", "发言人 2", "发言人 1"]),
        ("Speaker 1: 您好\nSpeaker 2: 喂\nSpeaker 1: 请讲", ["Speaker 1", "Speaker 2", "Speaker 1"]),
        ("[SPEAKER_00]: 您好\n[SPEAKER_01]: 喂\n[SPEAKER_00]: 请讲", ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00"]),
        ("周敏：您好\n李先生：喂\n周敏：请讲\n李先生：好", ["周敏", "李先生", "周敏", "李先生"]),
        ("周敏(00:00:05): 您好\n李静(00:00:09): 喂\n周敏(00:00:12): 请讲\n李静(00:00:20): 好", ["周敏", "李静"] * 2),
        ("周敏 2026-11-20 09:12:33\n您好\n李静 2026-11-20 09:12:40\n喂\n", ["周敏", "李静"]),
    ],
)
def test_speakers_of_unknown_role_are_told_apart(text: str, speakers: list[str]) -> None:
    """Letters, numbers and names that come again are speakers; their role is not known."""
    lines = parse_dialogue(text)
    assert [line.speaker for line in lines] == speakers
    assert {line.role for line in lines} == {U}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # choices, fields and times inside a speech are no labels
        ("客户：有两种\nA：退货\nB：换货\n客服：好", [(C, "有两种"), (C, "A：退货"), (C, "B：换货"), (A, "好")]),
        ("客户：请记下\n客户电话：在单子上\n客服：好", [(C, "请记下"), (C, "客户电话：在单子上"), (A, "好")]),
        ("客户：我三点来\n10:30 我又来了\n客服：好", [(C, "我三点来"), (C, "10:30 我又来了"), (A, "好")]),
        ("客户：我说\n客服 一直说：都没有用\n客服：好", [(C, "我说"), (C, "客服 一直说：都没有用"), (A, "好")]),
    ],
)
def test_what_only_looks_like_a_label_is_speech(text: str, expected: list[tuple[Role, str]]) -> None:
    """A dialogue that has labels is read by them."""
    assert said(text) == expected


def test_a_line_that_looks_like_a_speakers_and_is_none_carries_its_problem() -> None:
    """It goes on with the speaker before, and says so."""
    lines = parse_dialogue("客服：您好\n先生：水费不对\n客服：请讲")
    assert [line.problem for line in lines] == [None, DialogueProblem.UNKNOWN_LABEL, None]


def test_a_date_before_the_time_is_kept() -> None:
    """`2026-11-20 09:12:33 客服 周敏：` says the day and the time of day."""
    (line,) = parse_dialogue("2026-11-20 09:12:33 客服 周敏：您好")
    assert (line.role, line.speaker, line.text) == (A, "客服 周敏", "您好")
    assert (line.day, line.start_ms) == (date(2026, 11, 20), 33_153_000)


@pytest.mark.parametrize(
    "text",
    [
        "客服：您好" + " " * 100_000 + "x\n客户：喂",
        " " * 100_000 + "客服：您好",
        "客服：您好\n" + " " * 100_000 + "\n客户：喂",
        "客服" + " " * 100_000 + "您好\n客户：喂",
        "客服：您好\n" + "1:" * 100_000 + "\n客户：喂",
        "客服：您好\n" + "[" * 100_000 + "\n客户：喂",
    ],
)
def test_hostile_lines_take_no_longer_than_others(text: str) -> None:
    """Time grows with the length of a line, not with its square."""
    began = time.perf_counter()
    parse_dialogue(text)
    assert time.perf_counter() - began < 2


# Exports of chats -------------------------------------------------------------------------------------------------

CHATS = {
    "the name and the time above": (
        "客服小何 09:12:33\n您好，请讲。\n张先生 09:12:40\n怎么还没发货？\n客服小何 09:12:50\n我来查。\n"
    ),
    "the time and the name above": (
        "2026-11-20 09:12:33 小何(客服)\n您好，请讲。\n\n2026-11-20 09:12:40 游客88\n怎么还没发货？\n\n"
        "2026-11-20 09:12:50 小何(客服)\n我来查。\n"
    ),
    "the time in brackets before the text": (
        "旗舰店:小何 (2026-11-20 09:12:33):  您好，请讲。\ntb88 (2026-11-20 09:12:40):  怎么还没发货？\n"
        "旗舰店:小何 (2026-11-20 09:12:50):  我来查。\n"
    ),
}


@pytest.mark.parametrize("how", CHATS)
def test_every_name_in_a_chat_is_a_label(how: str) -> None:
    """Also one that is there once only: what he says is not put into the mouth of the one before."""
    lines = parse_dialogue(CHATS[how])
    spoken = [line for line in lines if line.text]
    assert [line.text for line in spoken] == ["您好，请讲。", "怎么还没发货？", "我来查。"]
    assert spoken[0].speaker == spoken[2].speaker != spoken[1].speaker
    assert [line.start_ms for line in spoken] == [33_153_000, 33_160_000, 33_170_000]


def test_texts_behind_a_time_are_no_names() -> None:
    """A transcript without speakers has a time on every line too."""
    lines = parse_dialogue("00:01 您好\n00:05 停水了\n00:09 我来查\n00:12 好的\n00:15 好的\n")
    assert all(line.label is None for line in lines)
