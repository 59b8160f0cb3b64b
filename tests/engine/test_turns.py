"""Utterances → runs → turns, example by example; the twin covers the rest."""

from __future__ import annotations

from .support import turns_of


def test_without_times_a_turn_is_a_maximal_run_of_one_role() -> None:
    """Texts are joined with nothing."""
    assert turns_of("A 您", "A 好", "C 喂", "A 请讲") == [("A", "您好"), ("C", "喂"), ("A", "请讲")]


def test_without_times_a_backchannel_between_splits() -> None:
    """Nobody knows whether it lay inside the other's turn."""
    assert [role for role, _ in turns_of("A 我帮您查", "C 嗯", "A 一下")] == ["A", "C", "A"]


def test_a_backchannel_inside_a_turn_is_a_turn_of_its_own_and_does_not_split_it() -> None:
    """With times, listening does not take the floor."""
    assert turns_of("[0-2] A 我帮您查", "[1-1.3] C 嗯", "[2.1-4] A 一下") == [("A", "我帮您查一下"), ("C", "嗯")]
    assert turns_of("[0-2] A 我帮您查", "[2.2-2.5] C 好的", "[3-4] A 一下") == [("A", "我帮您查一下"), ("C", "好的")]


def test_a_filler_is_no_backchannel() -> None:
    """呃 takes the floor."""
    turns = turns_of("[0-2] A 我帮您查", "[2.2-2.5] C 呃", "[3-4] A 一下")
    assert [text for _, text in turns] == ["我帮您查", "呃", "一下"]


def test_a_gap_of_200_ms_is_bridged_whoever_spoke_meanwhile() -> None:
    """Two utterances so close are one run, a longer gap lets the other in."""
    near = turns_of("[0-2] A 我帮您", "[1-1.9] C 我说两句", "[2.2-4] A 查一下")
    assert [text for _, text in near] == ["我帮您查一下", "我说两句"]
    far = turns_of("[0-2] A 我帮您", "[1-1.9] C 我说两句", "[2.201-4] A 查一下")
    assert [text for _, text in far] == ["我帮您", "我说两句", "查一下"]


def test_a_pause_of_three_seconds_ends_a_turn() -> None:
    """A shorter one does not."""
    assert len(turns_of("[0-2] A 您好", "[4.999-6] A 请问")) == 1
    assert len(turns_of("[0-2] A 您好", "[5-6] A 请问")) == 2


def test_the_gap_is_counted_from_the_end_of_the_speech_so_far() -> None:
    """An utterance that lies inside an earlier one of the same speaker does not end it."""
    turns = turns_of("[0-10] A 这个", "[1-2] A 那个", "[3-4] C 我不明白", "[10.1-11] A 是这样")
    assert [text for _, text in turns] == ["这个那个是这样", "我不明白"]


def test_turns_come_in_order_of_start_then_of_input() -> None:
    """Whatever the order of the lines."""
    assert turns_of("[5-6] C 二", "[0-1] A 一", "[5-7] A 三") == [("A", "一"), ("C", "二"), ("A", "三")]


def test_an_utterance_without_times_keeps_its_place() -> None:
    """It stands after what was said before it in the input."""
    assert turns_of("[0-1] A 一", "C 二", "[5-6] A 三") == [("A", "一"), ("C", "二"), ("A", "三")]


def test_unknown_speakers_are_told_apart_by_their_label() -> None:
    """Two unknown labels are two speakers, one label is one."""
    assert turns_of("U1 一", "U2 二", "U2 三") == [("U", "一"), ("U", "二三")]


def test_how_an_untimed_backchannel_is_cut_does_not_matter() -> None:
    """好 and 的 are one backchannel, 好的."""
    assert turns_of("[0-2] A 我帮您查", "C 好", "C 的") == [("A", "我帮您查"), ("C", "好的")]
