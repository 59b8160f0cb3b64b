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
LONGEST = 255
"""No literal may be longer, so that a length fits a byte."""


class Trie(NamedTuple):
    """Literals for searching.

    single (65,536) int32: literal of one character, or -1; begins (65,536) bool, by mixed pair; edges (2 × size,)
    int64: key and node in turn, open addressing, key = node << 16 | character; shift: 64 - log2 size; ends
    (n_nodes,) int32: the literal that ends at a node, or -1.
    """

    single: Ints
    begins: Mask
    edges: Indices
    shift: int
    ends: Ints


@inlined
def hash_slot(key: np.int64, shift: int) -> np.int64:
    """Where a key of `Trie.edges` belongs."""
    return np.int64((np.uint64(key) * np.uint64(HASH_FACTOR)) >> np.uint64(shift))


@compiled
def _build_trie(
    codes: NDArray[np.uint16], begin: Indices, shared: Indices, numbers: Indices, edges: Indices, shift: int, ends: Ints
) -> int:
    """Insert literals in sorted order; `shared` (n,): characters in common with the one before. Returns nodes."""
    mask = len(edges) // 2 - 1
    path = np.zeros(LONGEST + 1, np.int64)
    count = 1
    for index in range(len(numbers)):
        start, stop = begin[index], begin[index + 1]
        depth = shared[index]
        node = path[depth]
        for place in range(start + depth, stop):
            key = (node << 16) | np.int64(codes[place])
            slot = hash_slot(key, shift)
            while edges[2 * slot] != -1:
                slot = (slot + 1) & mask
            edges[2 * slot] = key
            edges[2 * slot + 1] = count
            node = count
            count += 1
            depth += 1
            path[depth] = node
        ends[node] = numbers[index]
    return count


def trie_of(literals: list[str]) -> Trie:
    """Compile literals: distinct, not empty, inside the Basic Multilingual Plane."""
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
    bits = max(4, int(2 * nodes).bit_length())
    edges = np.full(2 << bits, -1, np.int64)
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
