"""Ids as file names."""

from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_analyzer.writers.html import safe_name
from qa_analyzer.writers.html.file_names import page_href


@pytest.mark.parametrize("name", ["hl-20261121-0001", "a8021", "通话_01", "0f9a3c2e-77d1-4c33-8a3e-0a0f5d1f7c11"])
def test_a_plain_id_is_its_file_name(name: str) -> None:
    """People can find a call's page by its id."""
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        *["../../etc/passwd", "..", ".", "", "a/b", "a\\b", "C:\\x", "a:b", "a?*|<>", "con", "nul", "com1", "lpt9"],
        *[" a", "a ", "a.", "a.b", "x" * 300, "字" * 300, "\u202egnp.exe", "a\nb", "\x00", "-rf", "~x", "A1", "\ud800"],
    ],
)
def test_a_dangerous_id_becomes_a_harmless_marked_name(name: str) -> None:
    """No separators, no reserved names, at most 255 bytes, and a hash that says it was changed."""
    safe = safe_name(name)
    assert "~" in safe
    assert not set(safe) & set('/\\:*?"<>|. \n\x00\u202e')
    assert len(f"{safe}.html".encode()) <= 255
    assert not safe.startswith("-")


@given(st.lists(st.text(max_size=6), unique=True))
def test_different_ids_never_share_a_file_even_where_case_is_folded(names: list[str]) -> None:
    """A1 and a1 are one file on Windows, so they get different names."""
    files: dict[str, set[str]] = defaultdict(set)
    for name in names:
        files[safe_name(name).casefold()].add(name)
    assert all(len(held) == 1 for held in files.values())


def test_case_alone_keeps_ids_apart() -> None:
    """The folded name carries a hash of the id as given."""
    assert len({safe_name("A1").casefold(), safe_name("a1").casefold()}) == 2


def test_a_missing_id_is_the_empty_one() -> None:
    """Agents without an id share one page."""
    assert safe_name(None) == safe_name("")


def test_links_are_percent_encoded() -> None:
    """Chinese ids work in links too."""
    assert page_href("通话") == "%E9%80%9A%E8%AF%9D.html"
