"""Literals as a recogniser may have misheard them: characters that sound alike, where the words make no sense as given.

1. Characters are mapped to classes of syllables (no tone; zh = z, n = l, ang = an, f = hu …), and the text is searched
   for the classes of the literals, by a second trie. At least half of the characters must be the very ones.
2. What sounds alike is believed only if the literal is likelier there than what was written: by the words of jieba's
   dictionary, the text around it included.

Knows characters, sounds and literals; knows nothing about lists, rules or verdicts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.arrays import ranges
from qa_analyzer.compiled import compiled
from qa_analyzer.text import PLANE_SIZE, Normal
from qa_analyzer.tries import LONGEST, Trie, following, started, trie_of
from qa_analyzer.words import Dictionary, dictionary, is_han, tokenizer

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int32]

FIRST_CLASS = 0xE000
"""Classes of sounds are numbered from here, in the private use area, where no character of a text is."""
PRIVATE_USE = slice(0xE000, 0xF900)
TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")
AFTER_F = {"a": "ua", "an": "uan", "ang": "uang", "ei": "ui", "en": "un", "eng": "ong", "o": "uo", "ou": "ou", "u": "u"}
SHORTEST = 2
"""Characters of the shortest literal that may be misheard."""
PARTICLES = "呢吗嘛吧啦啊呀哦喔噢哒哈嗯"
"""They end sentences for tone alone: 呢 is no misheard 了."""
NUMERALS = "〇零二两三四五六七八九十百千万"
"""No number is heard for another word, nor another word for a number: 四点 is not 十点. 一 is in too many words."""
NEEDED_GAIN = np.array([np.inf, np.inf, 4.0, 1.5, 0.5])
"""By length of the literal: how much likelier (natural logarithm) it must be than what was written. Chosen on the real
chats and the sample calls, where almost everything that sounds alike is meant as written; see docs/tolerant.md."""
NEEDED_GAIN_UNLIKE = np.array([np.inf, np.inf, np.inf, 4.0, 2.5])
"""The same where some syllable is only similar."""
CONTEXT = 4
"""So many characters on either side of a place are looked at to tell which words fit."""


def folded(syllable: str) -> str:
    """A syllable without tone as a hard of hearing ear has it: what recognisers and dialects mix up made the same."""
    for curled, flat in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l")):
        if syllable.startswith(curled) and len(syllable) > len(curled):
            syllable = flat + syllable[len(curled) :]
            break
    if syllable.startswith("f") and syllable[1:] in AFTER_F:
        syllable = "h" + AFTER_F[syllable[1:]]
    return re.sub("(?<=[aei])ng$", "n", syllable)


@cache
def sounds() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Two look-up tables (65,536) uint16: the class of each character's sound, and its syllable without tone (0: none).

    A character is read the most common way, the first one that pypinyin knows. What is no Chinese character is a class
    of its own.
    """
    classes = np.arange(PLANE_SIZE, dtype=np.uint16)
    classes[PRIVATE_USE] = characters.REPLACEMENT
    syllables = np.zeros(PLANE_SIZE, np.uint16)
    class_of: dict[str, int] = {}
    syllable_of: dict[str, int] = {}
    for code, readings in _readings().items():
        if code < PLANE_SIZE:
            syllable = readings.split(",")[0].translate(TONES)
            classes[code] = class_of.setdefault(folded(syllable), FIRST_CLASS + len(class_of))
            syllables[code] = syllable_of.setdefault(syllable, 1 + len(syllable_of))
    return classes, syllables


def _readings() -> dict[int, str]:
    """The readings that pypinyin has of each character, the commonest first, separated by commas.

    The table alone: the package itself would also load 47,000 phrases, 50 MB that are not needed.
    """
    package = find_spec("pypinyin")
    assert package is not None and package.origin is not None
    spec = spec_from_file_location("pinyin_dict", Path(package.origin).with_name("pinyin_dict.py"))
    assert spec is not None and spec.loader is not None
    table = module_from_spec(spec)
    spec.loader.exec_module(table)
    return cast(dict[int, str], table.pinyin_dict)


class Alike(NamedTuple):
    """Literals to be searched for by sound.

    trie: of their classes; group_from (n_groups + 1,): where the literals of each end of the trie begin in `literals`;
    begin (n + 1,), codes: their characters, in the same order; roles (n,): bits of the roles that may say them.
    """

    trie: Trie
    group_from: Ints
    literals: Ints
    begin: Ints
    codes: NDArray[np.uint16]
    roles: NDArray[np.uint8]


def alike_of(literals: Sequence[str], roles: NDArray[np.uint8]) -> Alike:
    """Prepare literals for the search by sound; `roles` (n,): bits of the roles that may say them, 0 for never.

    Of two characters, only words of the dictionary may be misheard.
    """
    known = tokenizer().FREQ
    chosen = [
        number
        for number in np.flatnonzero(roles).tolist()
        if len(literals[number]) > SHORTEST or known.get(literals[number])
    ]
    classes, _ = sounds()
    text = "".join([literals[number] for number in chosen])
    begin = np.cumsum([0, *(len(literals[number]) for number in chosen)])
    heard = characters.to_string(classes[np.frombuffer(text.encode("utf-16-le"), np.uint16)])
    bounds = begin.tolist()
    keys = [heard[from_:to] for from_, to in pairwise(bounds)]
    groups = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    group = np.fromiter((groups[key] for key in keys), np.int64, len(keys))
    order = np.argsort(group, kind="stable")
    lengths = np.diff(begin)[order]
    codes = np.frombuffer(text.encode("utf-16-le"), np.uint16)
    return Alike(
        trie_of(list(groups)),
        np.searchsorted(group[order], np.arange(len(groups) + 1)).astype(np.int32),
        np.array(chosen, np.int32)[order],
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int32),
        codes[ranges(begin[:-1][order], lengths)],
        roles[np.array(chosen, np.int64)[order]].astype(np.uint8),
    )


@compiled
def _scan_alike(
    visible: Normal,
    heard: NDArray[np.uint16],
    syllables: NDArray[np.uint16],
    visible_turn: Indices,
    turn_role: NDArray[np.uint8],
    trie: Trie,
    group_from: Ints,
    begin: Ints,
    codes: NDArray[np.uint16],
    roles: NDArray[np.uint8],
    fixed: Mask,
    number: Mask,
    found: Ints,
) -> int:
    """Fill found (4, room): turn, place, index of the literal, whether some syllable differs.

    `fixed` (n,): visible characters that cannot have been misheard; `number` (65,536): characters that nothing else
    stands for. Returns how many there are; more than there is room for are only counted.
    """
    count = 0
    for turn in range(len(visible_turn) - 1):
        stop = visible_turn[turn + 1]
        role = np.uint8(1) << turn_role[turn]
        for place in range(visible_turn[turn], stop - 1):
            length = 2
            node = started(trie.begins, trie.pairs, trie.shift, heard[place], heard[place + 1])
            while node >= 0:
                group = trie.ends[node]
                for index in range(group_from[group], group_from[group + 1]) if group >= 0 else range(0):
                    if not roles[index] & role:
                        continue
                    other, unlike = 0, 0
                    for one in range(length):
                        here, meant = visible[place + one], codes[begin[index] + one]
                        if here != meant:
                            other += 1
                            unlike += syllables[here] != syllables[meant]
                            if fixed[place + one] or number[meant]:
                                other = length
                                break
                    if other == 0 or 2 * other > length:
                        continue
                    if count < found.shape[1]:
                        found[0, count] = turn
                        found[1, count] = place
                        found[2, count] = index
                        found[3, count] = unlike > 0
                    count += 1
                if place + length >= stop:
                    break
                node = following(trie.first, trie.letters, node, heard[place + length])
                length += 1
    return count


class Misheard(NamedTuple):
    """Places that sound like a literal but are written otherwise, in text order. All (n,).

    turn; start: place among the visible characters; length; literal: its number; likely: it is likelier than what
    was written.
    """

    turn: Indices
    start: Indices
    length: Indices
    literal: Indices
    likely: Mask

    def select(self, keep: Mask) -> Misheard:
        return Misheard(self.turn[keep], self.start[keep], self.length[keep], self.literal[keep], self.likely[keep])


def find_misheard(
    alike: Alike, visible: Normal, visible_turn: Indices, turn_role: NDArray[np.uint8], fixed: Mask
) -> Misheard:
    """Search the visible characters of a text, turn by turn.

    `fixed` (n_visible,): characters that stand in something known, and so make sense as they are.
    """
    classes, syllables = sounds()
    heard = classes[visible]
    numerals = _among(NUMERALS)
    fixed = fixed | _among(PARTICLES + NUMERALS)[visible]
    room = 1024 + len(visible) // 16
    while True:
        found = np.empty((4, room), np.int32)
        count = _scan_alike(
            visible,
            heard,
            syllables,
            visible_turn,
            turn_role,
            alike.trie,
            alike.group_from,
            alike.begin,
            alike.codes,
            alike.roles,
            fixed,
            numerals,
            found,
        )
        if count <= room:
            break
        room = count
    turn, start, index, unlike = found[:, :count].astype(np.int64)
    length = (alike.begin[index + 1] - alike.begin[index]).astype(np.int64)
    gain = np.empty(count)
    _gains(visible, visible_turn, turn, start, index, alike.begin, alike.codes, dictionary(), gain)
    by_length = np.minimum(length, len(NEEDED_GAIN) - 1)
    needed = np.where(unlike > 0, NEEDED_GAIN_UNLIKE[by_length], NEEDED_GAIN[by_length])
    return Misheard(turn, start, length, alike.literals[index].astype(np.int64), gain > needed)


@cache
def _among(some: str) -> Mask:
    """(65,536) bool: these characters."""
    table = np.zeros(PLANE_SIZE, np.bool_)
    table[[ord(one) for one in some]] = True
    return table


@compiled
def _log_likelihood(text: Normal, count: int, words: Dictionary, score: NDArray[np.float64]) -> float:
    """Logarithm of the probability of the likeliest words that make up the first `count` characters, each drawn by
    itself. `score` (count + 1 or more,): room.
    """
    trie = words.trie
    score[count] = 0.0
    for first in range(count - 1, -1, -1):
        word = trie.single[text[first]]
        best = score[first + 1] + (words.weight[word] if word >= 0 else words.unknown)
        end = first + 2
        node = np.int64(-1)
        if end <= count:
            node = started(trie.begins, trie.pairs, trie.shift, text[first], text[first + 1])
        while node >= 0:
            word = trie.ends[node]
            if word >= 0:
                best = max(best, words.weight[word] + score[end])
            if end >= count:
                break
            node = following(trie.first, trie.letters, node, text[end])
            end += 1
        score[first] = best
    return float(score[0])


@compiled
def _gains(
    visible: Normal,
    visible_turn: Indices,
    turn: Indices,
    start: Indices,
    index: Indices,
    begin: Ints,
    codes: NDArray[np.uint16],
    words: Dictionary,
    gain: NDArray[np.float64],
) -> None:
    """Fill how much likelier each literal is than what was written in its place, among the Chinese characters around
    it: the difference of the log-likelihoods. gain (n,).
    """
    given = np.empty(LONGEST + 2 * CONTEXT, np.uint16)
    meant = np.empty(LONGEST + 2 * CONTEXT, np.uint16)
    score = np.empty(LONGEST + 2 * CONTEXT + 1, np.float64)
    for one in range(len(turn)):
        length = begin[index[one] + 1] - begin[index[one]]
        low, high = start[one], start[one] + length
        while low > max(start[one] - CONTEXT, visible_turn[turn[one]]) and is_han(visible[low - 1]):
            low -= 1
        while high < min(start[one] + length + CONTEXT, visible_turn[turn[one] + 1]) and is_han(visible[high]):
            high += 1
        given[: high - low] = visible[low:high]
        meant[: high - low] = visible[low:high]
        meant[start[one] - low : start[one] - low + length] = codes[begin[index[one]] : begin[index[one] + 1]]
        likely = _log_likelihood(meant, high - low, words, score)
        gain[one] = likely - _log_likelihood(given, high - low, words, score)
