"""Literals in a trie, against a plain dictionary; words of the cutting dictionary by number and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_analyzer import cutting
from qa_analyzer.tries import LONGEST, Trie, following, started, trie_of

SOME = st.text("退款不要券ab0", min_size=1, max_size=6)


def walked(trie: Trie, literal: str) -> int:
    """The literal that is found there, or -1."""
    codes = [ord(one) for one in literal]
    if len(codes) == 1:
        return int(trie.single[codes[0]])
    node = started(trie.begins, trie.pairs, trie.shift, codes[0], codes[1])
    for code in codes[2:]:
        if node < 0:
            return -1
        node = following(trie.first, trie.letters, node, code)
    return int(trie.ends[node]) if node >= 0 else -1


@given(st.sets(SOME, max_size=40), st.lists(SOME, max_size=20))
def test_a_literal_is_found_where_it_was_put(literals: set[str], others: list[str]) -> None:
    """Every literal by its number, and nothing else, whatever beginnings it shares with others."""
    listed = sorted(literals, key=lambda one: one[::-1])
    number = {one: place for place, one in enumerate(listed)}
    trie = trie_of(listed)
    for one in [*listed, *others]:
        assert walked(trie, one) == number.get(one, -1), one


def test_many_characters_lead_on_from_one_beginning() -> None:
    """More followers than are looked through one by one."""
    listed = [f"您的{chr(0x4E00 + place)}" for place in range(0, 3000, 7)]
    trie = trie_of(listed)
    assert [walked(trie, one) for one in listed] == list(range(len(listed)))
    assert walked(trie, f"您的{chr(0x4E00 + 1)}") == -1


def test_a_literal_may_not_be_too_long() -> None:
    """Its length has to fit a byte."""
    assert walked(trie_of(["长" * LONGEST]), "长" * LONGEST) == 0
    with pytest.raises(ValueError, match="too long"):
        trie_of(["长" * (LONGEST + 1)])


def test_words_have_numbers_and_numbers_words() -> None:
    """There and back; what is no word has no number."""
    book = cutting.dictionary()
    words = ["退款", "钱", "我们", "快递员"]
    numbers = book.numbers([*words, "退款钱我", "", "㐂"])
    assert [book.word(int(one)) for one in numbers] == [*words, "", "", ""]
    assert numbers[-3:].tolist() == [cutting.NO_WORD] * 3
