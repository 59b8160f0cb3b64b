"""Normalisation: one code point for one, simplified, half width, lower case."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_analyzer.text import BLIND, REPLACEMENT, normalise, normalise_string, to_points, to_string, visible

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)


@given(ANY_TEXT)
def test_normalising_keeps_every_offset(text: str) -> None:
    """One code point in, one code point out."""
    assert len(normalise(to_points(text))) == len(to_points(text)) == len(text)


@given(ANY_TEXT)
def test_each_code_point_is_normalised_by_itself(text: str) -> None:
    """The form of a character does not depend on its neighbours."""
    assert normalise_string(text) == "".join(normalise_string(letter) for letter in text)


@given(ANY_TEXT)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    """The normal form is a fixed point."""
    once = normalise_string(text)
    assert normalise_string(once) == once


@given(st.text(max_size=60))
def test_text_survives_as_code_points(text: str) -> None:
    """Any text that can be encoded comes back as it was."""
    assert to_string(to_points(text)) == text


@pytest.mark.parametrize(
    ("given_", "normal"),
    [
        ("請問您貴姓", "请问您贵姓"),
        ("ＡＢＣabcＸ", "abcabcx"),
        ("１２３", "123"),
        ("，！？：（）", ",!?:()"),
        ("\u3000\t\xa0", "   "),
        ("\u200b\ufeff", "  "),
        ("｡､", "。、"),
    ],
)
def test_one_way_of_writing_is_left(given_: str, normal: str) -> None:
    """Traditional, full-width and upper-case characters, and all kinds of white space."""
    assert normalise_string(given_) == normal


def test_lone_surrogates_and_rare_characters_become_the_replacement() -> None:
    """What no phrase can hold stands as U+FFFD."""
    assert to_points("\ud800").tolist() == [REPLACEMENT]
    assert normalise(to_points("😀𠮷")).tolist() == [REPLACEMENT] * 2


def test_a_newline_stays_a_newline() -> None:
    """It ends turns, so it is no white space."""
    assert normalise_string("甲\n乙") == "甲\n乙"


def test_matching_does_not_see_white_space_commas_and_ellipses() -> None:
    """But it sees where sentences end."""
    assert visible("您 好，、,…请。问？！") == "您好请。问?!"
    assert not set(visible("".join(map(chr, range(0x3100))))) & set(BLIND)


def test_the_normal_form_has_two_bytes_a_character() -> None:
    """Everything normalised lies in the Basic Multilingual Plane."""
    assert normalise(to_points("您好😀")).dtype == np.uint16
