"""Words of many stretches of text at a time, as numbers: jieba's cut without HMM, in one compiled pass.

jieba's own cut is a Python loop of 0.7 million characters a second, too slow for every customer turn of a night. The
words are jieba's and the project's (words.txt, service_words.txt); those that jieba counted less than `FEWEST` times
are left out, which spares two thirds of the dictionary. Letters are cut like Chinese characters; digits and whatever
is no letter separate words. Knows nothing about calls.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from qa_analyzer import words as likely
from qa_analyzer.compiled import compiled, inlined
from qa_analyzer.kept import fetch, keep, key_of, program_key
from qa_analyzer.text import Normal
from qa_analyzer.tries import Trie, following, started, trie_of
from qa_analyzer.words import is_han

Indices = NDArray[np.int64]
Ints = NDArray[np.int32]

FEWEST = 10
"""Counts in jieba's dictionary from which a word is used: 105,000 of 349,000 words, those of 98.6 % of its text."""
OWN_COUNT = 2000
"""Count of the project's own words: as frequent as they would be in talk about service, so that they stay whole."""
OWN_TAG = "own"
OWN_WORDS, STOP_WORDS = ("words.txt", "service_words.txt"), "stop_words.txt"
MAKERS = ("qa_analyzer.cutting", "qa_analyzer.words", "qa_analyzer.tries")
"""Modules that make the dictionary which is kept."""
NO_WORD = -1
FIRST_LETTER, LAST_LETTER = ord("a"), ord("z")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Words, and how likely they are.

    text (n_characters,) uint16: the words, one behind the other; begin (n_words + 1,) int32: where each begins;
    telling (n_words + 1,) bool: words that say what is talked about, the last standing for what is no word.
    """

    text: NDArray[np.uint16]
    begin: Ints
    telling: NDArray[np.bool_]
    likely: likely.Dictionary

    @property
    def size(self) -> int:
        """How many words there are."""
        return len(self.begin) - 1

    def word(self, number: int) -> str:
        """The word of a number; none for `NO_WORD`."""
        if number == NO_WORD:
            return ""
        return self.text[self.begin[number] : self.begin[number + 1]].tobytes().decode("utf-16-le")

    def numbers(self, words: Sequence[str]) -> Ints:
        """(n,) the number of each word, or `NO_WORD`."""
        letters, begin = _laid_out(words)
        result = np.full(len(words), NO_WORD, np.int32)
        _look_up(letters, begin, self.likely.trie, result)
        return result


class Cut(NamedTuple):
    """Words in text order, all (n,): index of the stretch, number of the word in the dictionary or `NO_WORD`, place."""

    stretch: Indices
    word: Ints
    start: Indices
    end: Indices


@cache
def own_words() -> list[str]:
    """The project's words: those on which rules rest, and those that calls are about."""
    found: dict[str, None] = {}
    for name in OWN_WORDS:
        for line in files("qa_analyzer").joinpath(name).read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                found.update(dict.fromkeys(line.split()[:1] if name == "words.txt" else line.split()))
    return list(found)


@cache
def dictionary() -> Dictionary:
    """Jieba's words from `FEWEST` counts on, and the project's, which are the last. Kept between runs."""
    own = [files("qa_analyzer").joinpath(name).read_bytes() for name in (*OWN_WORDS, STOP_WORDS)]
    key = key_of(program_key(*MAKERS), version("jieba"), *own)
    arrays: dict[str, NDArray[Any]] | None = fetch("cutting", key)
    if arrays is None:
        arrays = _make()
        keep("cutting", key, arrays)
    return Dictionary(arrays["text"], arrays["begin"], arrays["telling"], likely.unpacked(arrays))


def _make() -> dict[str, NDArray[Any]]:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    table = pacsv.read_csv(
        Path(jieba.__file__).with_name("dict.txt"),
        read_options=pacsv.ReadOptions(column_names=["word", "count", "tag"]),
        parse_options=pacsv.ParseOptions(delimiter=" ", quote_char=False),
        convert_options=pacsv.ConvertOptions(column_types={"word": pa.string(), "count": pa.int64()}),
    )
    total = pc.sum(table["count"]).as_py()
    own = own_words()
    common = pc.and_(pc.greater_equal(table["count"], FEWEST), pc.invert(pc.is_in(table["word"], pa.array(own))))
    table = table.filter(pc.and_(common, pc.match_substring_regex(table["word"], "^[a-z\u4e00-\u9fd5]+$")))
    words = [*table["word"].to_pylist(), *own]
    counts = np.concatenate([table["count"].to_numpy(), np.full(len(own), OWN_COUNT)])
    tags = [*table["tag"].to_pylist(), *(OWN_TAG for _ in own)]
    letters, begin = _laid_out(words)
    book = likely.Dictionary(trie_of(words), np.log(counts) - np.log(total), -float(np.log(total)))
    return {"text": letters, "begin": begin, "telling": _telling(words, tags), **likely.packed(book)}


def _laid_out(words: Sequence[str]) -> tuple[NDArray[np.uint16], Ints]:
    """Words one behind the other, and where each begins (n + 1,)."""
    letters = np.frombuffer("".join(words).encode("utf-16-le"), np.uint16)
    return letters, np.cumsum([0, *map(len, words)]).astype(np.int32)


def cut(text: Normal, starts: Indices, ends: Indices) -> Cut:
    """Cut stretches of normalised text (ascending, apart from each other) into words."""
    size = int((ends - starts).sum())
    stretch, start, end = (np.empty(size, np.int64) for _ in range(3))
    word = np.empty(size, np.int32)
    longest = int((ends - starts).max(initial=0)) + 1
    room = np.empty(longest, np.float64), np.empty(longest, np.int64)
    count = _cut(text, starts, ends, dictionary().likely, *room, stretch, word, start, end)
    return Cut(stretch[:count], word[:count], start[:count], end[:count])


TELLING_TAGS = ("n", "v", "a", "i", "l", "j", "b", "z", OWN_TAG)
"""Beginnings of jieba's parts of speech that say what is talked about: nouns, verbs, adjectives, set phrases."""
NAME_TAGS = ("nr", "nrfg", "nrt")
"""People's names are no topic, and nobody's business."""


def _telling(words: Sequence[str], tags: Sequence[str]) -> NDArray[np.bool_]:
    """Words that say what is talked about: not the stop words (stop_words.txt), and no names of people."""
    stop: set[str] = set()
    for line in files("qa_analyzer").joinpath(STOP_WORDS).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            stop.update(line.split())
    says = (
        tag.startswith(TELLING_TAGS) and tag not in NAME_TAGS and word not in stop
        for word, tag in zip(words, tags, strict=True)
    )
    return np.append(np.fromiter(says, np.bool_, len(words)), False)


@inlined
def _is_letter(code: int) -> bool:
    return is_han(code) or FIRST_LETTER <= code <= LAST_LETTER


@inlined
def _number(text: Normal, start: int, end: int, trie: Trie) -> int:
    """The word that stands there, or `NO_WORD`."""
    if end - start == 1:
        return int(trie.single[text[start]])
    node = started(trie.begins, trie.pairs, trie.shift, text[start], text[start + 1])
    for at in range(start + 2, end):
        node = following(trie.first, trie.letters, node, text[at])
    return int(trie.ends[node])


@compiled
def _look_up(letters: NDArray[np.uint16], begin: Ints, trie: Trie, result: Ints) -> None:
    """The numbers of words (n,), where they are known."""
    for one in range(len(result)):
        first, last = begin[one], begin[one + 1]
        if last - first == 1:
            result[one] = trie.single[letters[first]]
            continue
        if last == first:
            continue
        node = started(trie.begins, trie.pairs, trie.shift, letters[first], letters[first + 1])
        at = first + 2
        while at < last and node >= 0:
            node = following(trie.first, trie.letters, node, letters[at])
            at += 1
        if node >= 0:
            result[one] = trie.ends[node]


@compiled
def _cut(
    text: Normal,
    starts: Indices,
    ends: Indices,
    words: likely.Dictionary,
    score: NDArray[np.float64],
    cuts: Indices,
    stretch: Indices,
    word: Ints,
    start: Indices,
    end: Indices,
) -> int:
    """Fill stretch, word, start, end; returns how many words. score, cuts: room for the longest stretch."""
    count = 0
    for number in range(len(starts)):
        place = starts[number]
        while place < ends[number]:
            if not _is_letter(text[place]):
                place += 1
                continue
            stop = place
            while stop < ends[number] and _is_letter(text[stop]):
                stop += 1
            likely.cut_places(text[place:stop], words, score, cuts)
            first = 0
            while first < stop - place:
                stretch[count] = number
                start[count] = place + first
                end[count] = place + cuts[first]
                word[count] = _number(text, start[count], end[count], words.trie)
                count += 1
                first = cuts[first]
            place = stop
    return count
