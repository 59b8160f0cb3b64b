"""Find thousands of literals in a long text at once, by column operations: no callback, no loop over hits.

A pair of characters that begins some literal is looked for everywhere (one multiplication, one look-up in a table
of 64 K that fits the cache); from the places found, a trie is walked in step for all of them, one character a pass.
Exact: the tests hold it against plain search. Why not a regular-expression engine: docs/decisions/0001.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.text import PLANE_SIZE, Normal

Indices = NDArray[np.int64]

MIX = np.uint16(0x9E37)
"""Odd factor that spreads pairs of characters over 16 bits (2^16 divided by the golden ratio)."""
SLOTS_PER_KEY = 8
HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15)
LENGTH_BITS = 8
LITERAL_BITS = 20
LONGEST = (1 << LENGTH_BITS) - 1


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every occurrence of every literal, by start, at equal starts the longest first. All (n,) int64."""

    start: Indices
    end: Indices
    literal: Indices


class _Transitions:
    """(node, character) → node, as an open-addressing hash table that is asked many questions at once."""

    def __init__(self, keys: Indices, values: Indices) -> None:
        size = 1 << max(4, int(len(keys) * SLOTS_PER_KEY).bit_length())
        self.mask = np.uint64(size - 1)
        self.shift = np.uint64(64 - int(size).bit_length() + 1)
        self.keys = np.full(size, -1, np.int64)
        self.values = np.full(size, -1, np.int64)
        slot = self._slots(keys)
        waiting = np.arange(len(keys))
        while len(waiting):
            at = slot[waiting]
            free = self.keys[at] == -1
            # Of several keys that want a slot, the one written last has it; the others move on.
            self.keys[at[free]] = keys[waiting[free]]
            placed = self.keys[at] == keys[waiting]
            self.values[at[placed]] = values[waiting[placed]]
            waiting = waiting[~placed]
            slot[waiting] = (slot[waiting] + 1) & np.int64(self.mask)

    def _slots(self, keys: Indices) -> Indices:
        return ((keys.astype(np.uint64) * HASH_FACTOR) >> self.shift).astype(np.int64)

    def __call__(self, keys: Indices) -> Indices:
        """The node each key leads to, -1 for none."""
        slot = self._slots(keys)
        result = np.full(len(keys), -1, np.int64)
        open_ = np.arange(len(keys))
        while len(open_):
            at = slot[open_]
            there = self.keys[at]
            hit = there == keys[open_]
            result[open_[hit]] = self.values[at[hit]]
            open_ = open_[~hit & (there != -1)]
            slot[open_] = (slot[open_] + 1) & np.int64(self.mask)
        return result


class LiteralSet:
    """Literals compiled for searching. `literals`: distinct, not empty, inside the Basic Multilingual Plane."""

    def __init__(self, literals: Sequence[str]) -> None:
        self.longest = max(map(len, literals), default=0)
        if self.longest > LONGEST or len(literals) >= 1 << LITERAL_BITS:
            raise ValueError(f"a literal of {self.longest} characters, or {len(literals)} literals, is too much")
        single = [(ord(literal), index) for index, literal in enumerate(literals) if len(literal) == 1]
        self._single = np.full(PLANE_SIZE, -1, np.int64) if single else None
        if self._single is not None:
            self._single[[code for code, _ in single]] = [index for _, index in single]
        nodes: dict[str, int] = {}
        edges: dict[tuple[int, int], int] = {}
        ends: list[int] = []
        pairs: dict[int, int] = {}
        for index, literal in enumerate(literals):
            if len(literal) == 1:
                continue
            for length in range(2, len(literal) + 1):
                prefix = literal[:length]
                if prefix not in nodes:
                    nodes[prefix] = len(ends)
                    ends.append(-1)
                    if length == 2:
                        pairs[ord(prefix[0]) * PLANE_SIZE + ord(prefix[1])] = nodes[prefix]
                    else:
                        edges[nodes[prefix[:-1]], ord(prefix[-1])] = nodes[prefix]
            ends[nodes[literal]] = index
        self._ends = np.array(ends, np.int64)
        self._inner = np.zeros(len(ends), np.bool_)
        self._inner[[node for node, _ in edges]] = True
        self._begins = np.zeros(PLANE_SIZE, np.bool_)
        keys = np.fromiter(pairs, np.int64, len(pairs))
        self._begins[self._mixed((keys >> 16).astype(np.uint16), (keys & 0xFFFF).astype(np.uint16))] = True
        self._pairs = _Transitions(keys, np.fromiter(pairs.values(), np.int64, len(pairs)))
        self._edges = _Transitions(
            np.fromiter((node * PLANE_SIZE + code for node, code in edges), np.int64, len(edges)),
            np.fromiter(edges.values(), np.int64, len(edges)),
        )

    @staticmethod
    def _mixed(first: Normal, second: Normal) -> Normal:
        return first * MIX + second

    def find(self, text: Normal) -> Occurrences:
        """All occurrences in `text` (n,) uint16."""
        found: list[tuple[Indices, int, Indices]] = []
        if self._single is not None:
            literal = self._single[text]
            at = np.flatnonzero(literal >= 0)
            found.append((at, 1, literal[at]))
        if len(text) > 1 and len(self._ends):
            at = np.flatnonzero(self._begins[self._mixed(text[:-1], text[1:])])
            node = self._pairs(text[at].astype(np.int64) * PLANE_SIZE + text[at + 1])
            at, node = at[node >= 0], node[node >= 0]
            length = 2
            while len(at):
                literal = self._ends[node]
                ends = literal >= 0
                found.append((at[ends], length, literal[ends]))
                more = self._inner[node] & (at + length < len(text))
                at, node = at[more], node[more]
                node = self._edges(node * PLANE_SIZE + text[at + length])
                at, node = at[node >= 0], node[node >= 0]
                length += 1
        return _in_order(found)


def _in_order(found: list[tuple[Indices, int, Indices]]) -> Occurrences:
    """Sort by start, the longest first: one sort of packed whole numbers."""
    if not found:
        empty = np.zeros(0, np.int64)
        return Occurrences(empty, empty, empty)
    packed = np.concatenate(
        [
            (start << (LENGTH_BITS + LITERAL_BITS)) | np.int64((LONGEST - length) << LITERAL_BITS) | literal
            for start, length, literal in found
        ]
    )
    packed.sort()
    start = packed >> (LENGTH_BITS + LITERAL_BITS)
    length = LONGEST - ((packed >> LITERAL_BITS) & LONGEST)
    return Occurrences(start, start + length, packed & ((1 << LITERAL_BITS) - 1))
