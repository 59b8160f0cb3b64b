"""Words of many stretches of text at a time, as numbers: jieba's cut without HMM, in one compiled pass.

jieba's own cut is a Python loop of 0.7 million characters a second, too slow for every customer turn of a night. The
words are jieba's and the project's (words.txt, service_words.txt); those that jieba counted less than `FEWEST` times
are left out, which spares two thirds of the dictionary. Letters are cut like Chinese characters; digits and whatever
is no letter separate words. Knows nothing about calls.
"""

from __future__ import annotations

import logging
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from qa_analyzer import words as likely
from qa_analyzer.compiled import compiled, inlined
from qa_analyzer.kept import key_of, program_key
from qa_analyzer.text import Normal
from qa_analyzer.tries import Trie, following, trie_of
from qa_analyzer.words import is_han

Indices = NDArray[np.int64]
Ints = NDArray[np.int32]

FEWEST = 10
"""Counts in jieba's dictionary from which a word is used: 105,000 of 349,000 words, those of 98.6 % of its text."""
OWN_COUNT = 2000
"""Count of the project's own words: as frequent as they would be in talk about service, so that they stay whole."""
OWN_TAG = "own"
MAKERS = ("qa_analyzer.cutting", "qa_analyzer.words", "qa_analyzer.tries")
"""Modules that make the dictionary which is kept."""
NO_WORD = -1
FIRST_LETTER, LAST_LETTER = ord("a"), ord("z")


class Dictionary(NamedTuple):
    """Words with jieba's part of speech, and how likely they are. words, tags: (n,) lists."""

    words: list[str]
    tags: list[str]
    likely: likely.Dictionary


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
    for name in ("words.txt", "service_words.txt"):
        for line in files("qa_analyzer").joinpath(name).read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                found.update(dict.fromkeys(line.split()[:1] if name == "words.txt" else line.split()))
    return list(found)


@cache
def dictionary() -> Dictionary:
    """Jieba's words from `FEWEST` counts on, and the project's."""
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
    weight = np.log(counts) - np.log(total)
    key = key_of(program_key(*MAKERS), "\n".join(words), weight.tobytes())
    return Dictionary(
        words,
        tags,
        likely.kept_dictionary(
            "cutting", key, lambda: likely.Dictionary(trie_of(words), weight, -float(np.log(total)))
        ),
    )


def cut(text: Normal, starts: Indices, ends: Indices) -> Cut:
    """Cut stretches of normalised text (ascending, apart from each other) into words."""
    book = dictionary()
    size = int((ends - starts).sum())
    stretch, start, end = (np.empty(size, np.int64) for _ in range(3))
    word = np.empty(size, np.int32)
    longest = int((ends - starts).max(initial=0)) + 1
    room = np.empty(longest, np.float64), np.empty(longest, np.int64)
    count = _cut(text, starts, ends, book.likely, *room, stretch, word, start, end)
    return Cut(stretch[:count], word[:count], start[:count], end[:count])


TELLING_TAGS = ("n", "v", "a", "i", "l", "j", "b", "z", OWN_TAG)
"""Beginnings of jieba's parts of speech that say what is talked about: nouns, verbs, adjectives, set phrases."""
NAME_TAGS = ("nr", "nrfg", "nrt")
"""People's names are no topic, and nobody's business."""


@cache
def telling_words() -> NDArray[np.bool_]:
    """(n_words + 1,) bool: words that say what is talked about; the last stands for what is no word.

    Not the stop words (stop_words.txt), and no names of people.
    """
    stop: set[str] = set()
    for line in files("qa_analyzer").joinpath("stop_words.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            stop.update(line.split())
    book = dictionary()
    telling = np.fromiter(
        (
            tag.startswith(TELLING_TAGS) and tag not in NAME_TAGS and word not in stop
            for word, tag in zip(book.words, book.tags, strict=True)
        ),
        np.bool_,
        len(book.words),
    )
    return np.append(telling, False)


@inlined
def _is_letter(code: int) -> bool:
    return is_han(code) or FIRST_LETTER <= code <= LAST_LETTER


@inlined
def _number(text: Normal, start: int, end: int, trie: Trie) -> int:
    """The word that stands there, or `NO_WORD`."""
    if end - start == 1:
        return int(trie.single[text[start]])
    node = np.int64(0)
    for at in range(start, end):
        node = following(trie.edges, trie.shift, node, text[at])
    return int(trie.ends[node])


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
