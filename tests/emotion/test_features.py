"""Hashed n-grams: the columns against a plain-Python twin, and the traps of the design."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_analyzer import text
from qa_analyzer.emotion import features
from qa_analyzer.emotion.model import lay_out

BITS = 12
TABLE = np.random.default_rng(5).integers(-100, 100, size=1 << BITS).astype(np.int16)

turns = st.lists(st.text(alphabet="你们好骗子退钱 ，。！？12a3嗯\u3000😀", max_size=12), max_size=12)


def twin(turn: str) -> tuple[int, int]:
    """Sum of weights and length of one turn, character by character."""
    codes: list[int] = []
    for character in text.normalise_string(turn):
        code = int(features.CODES[ord(character)])
        if code == 0 or (codes and code == codes[-1] == int(features.DIGITS)):
            continue
        codes.append(code)
    boundary = int(features.BOUNDARY)
    framed = [boundary, *codes, boundary]
    total = 0
    for order in range(1, features.MAX_ORDER + 1):
        for first in range(len(framed) - order + 1):
            gram = framed[first : first + order]
            if order == 1 and gram[0] == boundary:
                continue
            slot = 0
            for code in gram:
                slot = (slot * int(features.MULTIPLIER) + code) % 2**32
            total += int(TABLE[slot >> (32 - BITS)])
    return total, len(codes)


def weigh(texts: list[str]) -> tuple[list[int], list[int]]:
    sums, lengths = features.weigh(*lay_out(texts), TABLE)
    return sums.tolist(), lengths.tolist()


@given(turns)
@settings(max_examples=300, deadline=None)
def test_columns_and_twin_agree_on_any_turns(texts: list[str]) -> None:
    """Sums and lengths are those of a loop over characters."""
    expected = [twin(one) for one in texts]
    assert weigh(texts) == ([total for total, _ in expected], [length for _, length in expected])


@given(turns, st.integers(1, 40))
@settings(max_examples=100, deadline=None)
def test_block_size_changes_nothing(texts: list[str], size: int) -> None:
    """However the text is cut into blocks, sums are the same."""
    whole = weigh(texts)
    before = features.BLOCK_POINTS
    features.BLOCK_POINTS = size
    try:
        assert weigh(texts) == whole
    finally:
        features.BLOCK_POINTS = before


@given(turns)
@settings(max_examples=100, deadline=None)
def test_occurrences_are_what_is_weighed(texts: list[str]) -> None:
    """Training counts exactly the n-grams that prediction sums."""
    laid_out = lay_out(texts)
    turn, slot, _ = features.occurrences(*laid_out, BITS)
    sums = np.zeros(len(texts), dtype=np.int64)
    np.add.at(sums, turn, TABLE[slot].astype(np.int64))
    assert sums.tolist() == features.weigh(*laid_out, TABLE)[0].tolist()


def test_a_neighbour_beyond_the_newline_changes_nothing() -> None:
    """No n-gram reaches from one turn into the next."""
    alone = weigh(["退钱"])[0][0]
    assert [weigh(["骗子", "退钱", other])[0][1] for other in ("你好", "骗子", "")] == [alone] * 3
    assert weigh(["骗子退钱"])[0][0] != weigh(["骗子"])[0][0] + alone


def test_an_empty_turn_sums_alike_anywhere() -> None:
    """reduceat gives the next element for an empty segment; ours does not, at the start, between or at the end."""
    empty = twin("")[0]
    sums, lengths = weigh(["", "骗子", "", "", "退钱", ""])
    assert [sums[at] for at in (0, 2, 3, 5)] == [empty] * 4
    assert lengths == [0, 2, 0, 0, 2, 0]
    assert sums[1] == twin("骗子")[0]


def test_segments_may_skip_text_and_touch() -> None:
    """Customer turns lie inside a larger text; gaps of none, one and many points are all the same."""
    points = text.normalise(text.to_points("骗子退钱\n坐席说话很长\n你好"))
    starts = np.array([0, 2, 12], dtype=np.int64)
    ends = np.array([2, 4, 14], dtype=np.int64)
    sums, _ = features.weigh(points, starts, ends, TABLE)
    assert sums.tolist() == [twin(one)[0] for one in ("骗子", "退钱", "你好")]


def test_points_of_16_and_32_bits_give_the_same() -> None:
    """Normalised text may come as uint16 or uint32."""
    points, starts, ends = lay_out(["骗子，退钱！", "😀好"])
    wide: npt.NDArray[np.uint32] = points.astype(np.uint32)
    assert features.weigh(wide, starts, ends, TABLE)[0].tolist() == weigh(["骗子，退钱！", "😀好"])[0]


@given(turns)
@settings(max_examples=100, deadline=None)
def test_two_tables_in_one_pass_are_two_passes(texts: list[str]) -> None:
    """Packing loses nothing, whatever the signs of the two weights are."""
    other = TABLE[::-1].copy()
    laid_out = lay_out(texts)
    low, high, _ = features.weigh_both(*laid_out, features.pack(other, TABLE))
    assert low.tolist() == features.weigh(*laid_out, TABLE)[0].tolist()
    assert high.tolist() == features.weigh(*laid_out, other)[0].tolist()


def test_weights_that_would_overflow_are_refused() -> None:
    """Four n-grams end at a position: their sum must fit 16 bits."""
    with pytest.raises(ValueError, match="exceed"):
        features.pack(TABLE, np.full(1 << BITS, features.LARGEST_WEIGHT + 1, dtype=np.int16))


def test_no_turns_and_no_text() -> None:
    """A batch without customers is no error."""
    none = np.zeros(0, dtype=np.int64)
    assert features.weigh(np.zeros(0, dtype=np.uint16), none, none, TABLE)[0].shape == (0,)
    zero = np.zeros(1, dtype=np.int64)
    assert features.weigh(np.zeros(0, dtype=np.uint16), zero, zero, TABLE)[1].tolist() == [0]


def test_punctuation_of_the_recogniser_and_digits_do_not_matter() -> None:
    """Commas, full stops and blanks vanish; a number counts once, whichever it is."""
    assert weigh(["我打了，三次。 138"]) == weigh(["我打了三次13900001111"])
    assert weigh(["退钱！"]) != weigh(["退钱"])
