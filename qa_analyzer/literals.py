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
EMPTY = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Every occurrence of every literal, grouped by literal, by start within each.

    packed (n,) int64: start, length and literal in one number, which sorts by start, at equal starts the longest
    first; offsets (n_literals + 1,) int64 into it.
    """

    packed: Indices
    offsets: Indices

    def of(self, literals: Indices) -> tuple[Indices, Indices, Indices]:
        """(start, end, literal) of all hits of some literals, by start, at equal starts the longest first."""
        first = self.offsets[literals]
        counts = self.offsets[literals + 1] - first
        total = int(counts.sum())
        if not total:
            return EMPTY, EMPTY, EMPTY
        before = np.cumsum(counts) - counts
        packed = self.packed[np.arange(total) + np.repeat(first - before, counts)]
        if len(literals) > 1:
            packed.sort()
        start = packed >> (LENGTH_BITS + LITERAL_BITS)
        length = LONGEST - ((packed >> LITERAL_BITS) & LONGEST)
        return start, start + length, packed & ((1 << LITERAL_BITS) - 1)


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
        self._single = np.full(PLANE_SIZE, -1, np.int32) if single else None
        if self._single is not None:
            self._single[[code for code, _ in single]] = [index for _, index in single]
            self._is_single = self._single >= 0
        self.count = len(literals)
        self._build([literal for literal in literals if len(literal) > 1], literals)

    def _build(self, long: list[str], literals: Sequence[str]) -> None:
        """The trie, level by level: the distinct (parent, character) pairs of a level are its nodes."""
        lengths = np.fromiter(map(len, long), np.int64, len(long))
        numbers = np.flatnonzero(np.fromiter((len(one) > 1 for one in literals), np.bool_, len(literals)))
        codes = np.frombuffer("".join(long).encode("utf-16-le"), np.uint16).astype(np.int64)
        begin = np.cumsum(lengths) - lengths
        pairs = codes[begin] * PLANE_SIZE + codes[begin + 1]
        keys, node = np.unique(pairs, return_inverse=True)
        first, second = keys >> 16, keys & 0xFFFF
        self._begins = np.zeros(PLANE_SIZE, np.bool_)
        self._begins[self._mixed(first.astype(np.uint16), second.astype(np.uint16))] = True
        self._first, rows = _numbered(first)
        self._second, columns = _numbered(second)
        self._pairs = np.full((rows, columns), -1, np.int32)
        self._pairs[self._first[first], self._second[second]] = np.arange(len(keys))
        ends = [np.full(len(keys), -1, np.int64)]
        edge_keys: list[Indices] = []
        edge_values: list[Indices] = []
        total = len(keys)
        base = 0
        alive = np.arange(len(long))
        depth = 2
        while len(alive):
            done = lengths[alive] == depth
            ends[-1][node[done] - base] = numbers[alive[done]]
            alive, node = alive[~done], node[~done]
            step = node * PLANE_SIZE + codes[begin[alive] + depth]
            keys, number = np.unique(step, return_inverse=True)
            edge_keys.append(keys)
            edge_values.append(total + np.arange(len(keys)))
            ends.append(np.full(len(keys), -1, np.int64))
            base, node = total, total + number
            total += len(keys)
            depth += 1
        self._ends = np.concatenate(ends)
        all_keys = np.concatenate([*edge_keys, EMPTY])
        self._inner = np.zeros(total, np.bool_)
        self._inner[all_keys // PLANE_SIZE] = True
        self._edges = _Transitions(all_keys, np.concatenate([*edge_values, EMPTY]))

    @staticmethod
    def _mixed(first: Normal, second: Normal) -> Normal:
        return first * MIX + second

    def find(self, text: Normal) -> Occurrences:
        """All occurrences in `text` (n,) uint16."""
        found: list[tuple[Indices, int, Indices]] = []
        if self._single is not None:
            at = np.flatnonzero(self._is_single[text])
            found.append((at, 1, self._single[text[at]].astype(np.int64)))
        if len(text) > 1 and len(self._ends):
            at = np.flatnonzero(self._begins[self._mixed(text[:-1], text[1:])])
            node: Indices = self._pairs[self._first[text[at]], self._second[text[at + 1]]].astype(np.int64)
            known = np.flatnonzero(node >= 0)
            at, node = at[known], node[known]
            length = 2
            while len(at):
                literal = self._ends[node]
                ends = np.flatnonzero(literal >= 0)
                found.append((at[ends], length, literal[ends]))
                more = np.flatnonzero(self._inner[node])
                at, node = at[more], node[more]
                if len(at) and at[-1] + length >= len(text):
                    inside = at + length < len(text)
                    at, node = at[inside], node[inside]
                node = self._edges(node * PLANE_SIZE + text[at + length])
                known = np.flatnonzero(node >= 0)
                at, node = at[known], node[known]
                length += 1
        return self._grouped(found)

    def _grouped(self, found: list[tuple[Indices, int, Indices]]) -> Occurrences:
        if not found:
            return Occurrences(EMPTY, np.zeros(self.count + 1, np.int64))
        packed = np.concatenate(
            [
                (start << (LENGTH_BITS + LITERAL_BITS)) | ((LONGEST - length) << LITERAL_BITS) | literal
                for start, length, literal in found
            ]
        )
        literal = np.concatenate([one[2] for one in found])
        # A literal has one length, so the stable sort leaves its hits by start; of 16-bit values it is a radix sort.
        small = literal.astype(np.uint16) if self.count < PLANE_SIZE else literal
        counts = np.bincount(literal, minlength=self.count)
        return Occurrences(packed[np.argsort(small, kind="stable")], np.concatenate(([0], np.cumsum(counts))))


def _numbered(codes: Indices) -> tuple[NDArray[np.uint16], int]:
    """A table (65,536) uint16 that numbers these characters from 1, all others 0; and how many numbers there are."""
    table = np.zeros(PLANE_SIZE, np.uint16)
    distinct = np.unique(codes)
    table[distinct] = np.arange(1, len(distinct) + 1)
    return table, len(distinct) + 1
