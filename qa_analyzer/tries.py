"""Tries of literals as flat arrays, for compiled loops that search a text.

Knows characters as numbers below 65,536; knows nothing about phrases.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.compiled import compiled, inlined
from qa_analyzer.text import PLANE_SIZE

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int32]

MIX = 0x9E37
"""Odd factor that spreads pairs of characters over 16 bits (2^16 divided by the golden ratio)."""
LONGEST = 255
"""No literal may be longer, so that a length fits a byte."""
HASH_FACTOR = 0x9E3779B97F4A7C15
CHARACTER_BITS, NODE_BITS = 16, 31
FEW = 8
"""So many characters that lead on from a node are looked through one after the other."""


class Trie(NamedTuple):
    """Literals for searching.

    single (65,536) int32: literal of one character, or -1; begins (65,536) bool, by mixed pair; pairs (size,) int64,
    open addressing: the first two characters and the node that they lead to, from the highest bits down, or -1; shift
    64 - log2 size. Nodes are numbered by depth, from two characters on, those that follow the same node
    one after the other: first (n_nodes + 1,) int32, the first that follows each; letters (n_nodes,) uint16, the
    character that leads to it, ascending among those that follow the same; ends (n_nodes,) int32: the literal that
    ends at a node, or -1.
    """

    single: Ints
    begins: Mask
    pairs: Indices
    shift: int
    first: Ints
    letters: NDArray[np.uint16]
    ends: Ints


@inlined
def started(begins: Mask, pairs: Indices, shift: int, letter: int, second: int) -> np.int64:
    """The node that two characters lead to, or -1."""
    if not begins[(np.int64(letter) * MIX + np.int64(second)) & 0xFFFF]:
        return np.int64(-1)
    key = (np.int64(letter) << CHARACTER_BITS) | np.int64(second)
    slot = np.int64((np.uint64(key) * np.uint64(HASH_FACTOR)) >> np.uint64(shift))
    there = pairs[slot]
    while there >= 0 and there >> NODE_BITS != key:
        slot = (slot + 1) & (len(pairs) - 1)
        there = pairs[slot]
    return there & ((1 << NODE_BITS) - 1) if there >= 0 else np.int64(-1)


@inlined
def following(first: Ints, letters: NDArray[np.uint16], node: np.int64, letter: int) -> np.int64:
    """The node that a character leads to from another, or -1."""
    low, high = np.int64(first[node]), np.int64(first[node + 1])
    while high - low > FEW:
        middle = (low + high) >> 1
        if letters[middle] <= letter:
            low = middle
        else:
            high = middle
    while low < high and letters[low] < letter:
        low += 1
    return low if low < high and letters[low] == letter else np.int64(-1)


def trie_of(literals: list[str]) -> Trie:
    """Compile literals: distinct, not empty, inside the Basic Multilingual Plane.

    Raises ValueError for a literal longer than LONGEST.
    """
    longest = max(map(len, literals), default=0)
    if longest > LONGEST:
        raise ValueError(f"a literal of {longest} characters is too long")
    single = np.full(PLANE_SIZE, -1, np.int32)
    for number, literal in enumerate(literals):
        if len(literal) == 1:
            single[ord(literal)] = number
    order = sorted((literal, number) for number, literal in enumerate(literals) if len(literal) > 1)
    lengths = np.fromiter((len(one) for one, _ in order), np.int64, len(order))
    begin = np.concatenate(([0], np.cumsum(lengths)))
    codes = np.frombuffer("".join(one for one, _ in order).encode("utf-16-le"), np.uint16)
    numbers = np.fromiter((number for _, number in order), np.int32, len(order))
    pair = (codes[begin[:-1]].astype(np.int64) << CHARACTER_BITS) | codes[begin[:-1] + 1].astype(np.int64)
    pairs = pair[np.concatenate(([True], pair[1:] != pair[:-1]))[: len(pair)]]
    begins = np.zeros(PLANE_SIZE, np.bool_)
    begins[((pairs >> CHARACTER_BITS) * MIX + (pairs & 0xFFFF)) & 0xFFFF] = True
    bits = max(4, (2 * len(pairs)).bit_length())  # At most half full: most searches end on an empty place.
    table = np.full(1 << bits, -1, np.int64)
    _enter(pairs, table, 64 - bits)
    nodes = _nodes(codes, begin[:-1], lengths, _shared(codes, begin), numbers)
    return Trie(single, begins, table, 64 - bits, *nodes)


@compiled
def _enter(pairs: Indices, table: Indices, shift: int) -> None:
    """Enter pairs of characters, (n,), with their places as nodes."""
    for node in range(len(pairs)):
        slot = np.int64((np.uint64(pairs[node]) * np.uint64(HASH_FACTOR)) >> np.uint64(shift))
        while table[slot] != -1:
            slot = (slot + 1) & (len(table) - 1)
        table[slot] = (pairs[node] << NODE_BITS) | node


def _nodes(
    codes: NDArray[np.uint16], begin: Indices, lengths: Indices, shared: Indices, numbers: Ints
) -> tuple[Ints, NDArray[np.uint16], Ints]:
    """first, letters and ends of a trie of literals in order; `shared`: characters in common with the one before.

    Depth by depth: a literal makes a node where it is the first to have its beginning.
    """
    letters, ends, followers = [np.zeros(0, np.uint16)], [np.zeros(0, np.int32)], []
    node = np.zeros(len(lengths), np.int64)  # of each literal, among those of the depth before
    count, pairs = 0, 0
    depth = 1
    longer = np.arange(len(lengths))
    while len(longer):
        fresh = shared[longer] <= depth
        made = longer[fresh]
        letters.append(codes[begin[made] + depth])
        if depth == 1:
            pairs = len(made)
        else:
            followers.append(np.bincount(node[made], minlength=count))
        # The first literal of a beginning has made the node of the others.
        node[longer] = np.cumsum(fresh) - 1
        count = len(made)
        depth += 1
        here = np.full(count, -1, np.int32)
        done = longer[lengths[longer] == depth]
        here[node[done]] = numbers[done]
        ends.append(here)
        longer = longer[lengths[longer] > depth]
    sizes = np.concatenate([*followers, np.zeros(count, np.int64)])
    # What follows the nodes of a depth stands behind all of them.
    first = np.concatenate(([pairs], pairs + np.cumsum(sizes))).astype(np.int32)
    return first, np.concatenate(letters), np.concatenate(ends)


@compiled
def _shared(codes: NDArray[np.uint16], begin: Indices) -> Indices:
    """(n,) characters that each literal has in common with the one before."""
    result = np.zeros(len(begin) - 1, np.int64)
    for index in range(1, len(begin) - 1):
        most = min(begin[index] - begin[index - 1], begin[index + 1] - begin[index])
        same = 0
        while same < most and codes[begin[index - 1] + same] == codes[begin[index] + same]:
            same += 1
        result[index] = same
    return result
