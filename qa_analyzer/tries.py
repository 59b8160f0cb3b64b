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
HASH_FACTOR = 0x9E3779B97F4A7C15
CHARACTER_BITS = 16
NODE_BITS = 23
LONGEST = 255
"""No literal may be longer, so that a length fits a byte."""


class Trie(NamedTuple):
    """Literals for searching.

    single (65,536) int32: literal of one character, or -1; begins (65,536) bool, by mixed pair; edges (size,) int64,
    open addressing: node, character and the node that follows, from the highest bits down, or -1; shift: 64 - log2
    size; ends (n_nodes,) int32: the literal that ends at a node, or -1.
    """

    single: Ints
    begins: Mask
    edges: Indices
    shift: int
    ends: Ints


@inlined
def following(edges: Indices, shift: int, node: np.int64, letter: int) -> np.int64:
    """The node that a character leads to from another, or -1."""
    key = (node << CHARACTER_BITS) | np.int64(letter)
    slot = np.int64((np.uint64(key) * np.uint64(HASH_FACTOR)) >> np.uint64(shift))
    there = edges[slot]
    while there >= 0 and there >> NODE_BITS != key:
        slot = (slot + 1) & (len(edges) - 1)
        there = edges[slot]
    return there & ((1 << NODE_BITS) - 1) if there >= 0 else np.int64(-1)


@compiled
def _build_trie(
    codes: NDArray[np.uint16], begin: Indices, shared: Indices, numbers: Indices, edges: Indices, shift: int, ends: Ints
) -> int:
    """Insert literals in sorted order; `shared` (n,): characters in common with the one before. Returns nodes."""
    mask = len(edges) - 1
    path = np.zeros(LONGEST + 1, np.int64)
    count = 1
    for index in range(len(numbers)):
        start, stop = begin[index], begin[index + 1]
        depth = shared[index]
        node = path[depth]
        for place in range(start + depth, stop):
            key = (node << CHARACTER_BITS) | np.int64(codes[place])
            slot = np.int64((np.uint64(key) * np.uint64(HASH_FACTOR)) >> np.uint64(shift))
            while edges[slot] != -1:
                slot = (slot + 1) & mask
            edges[slot] = (key << NODE_BITS) | count
            node = count
            count += 1
            depth += 1
            path[depth] = node
        ends[node] = numbers[index]
    return count


def trie_of(literals: list[str]) -> Trie:
    """Compile literals: distinct, not empty, inside the Basic Multilingual Plane.

    Raises ValueError for a literal longer than LONGEST, and for more than 2^NODE_BITS beginnings of literals.
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
    shared = _shared(codes, begin)
    begins = np.zeros(PLANE_SIZE, np.bool_)
    first, second = codes[begin[:-1]].astype(np.int64), codes[begin[:-1] + 1].astype(np.int64)
    begins[(first * MIX + second) & 0xFFFF] = True
    nodes = int((lengths - shared).sum()) + 1
    if nodes >= 1 << NODE_BITS:
        raise ValueError(f"{len(literals)} literals are too many")
    bits = max(4, (2 * nodes).bit_length())  # At most half full: most searches end on an empty place.
    edges = np.full(1 << bits, -1, np.int64)
    ends = np.full(nodes, -1, np.int32)
    numbers = np.fromiter((number for _, number in order), np.int64, len(order))
    _build_trie(codes, begin, shared, numbers, edges, 64 - bits, ends)
    return Trie(single, begins, edges, 64 - bits, ends)


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
