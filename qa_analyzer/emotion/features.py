"""Hashed character n-grams of turns: the features of the emotion model, as column operations.

Knows how a turn becomes table slots and how integer weights are summed over them.
Knows nothing about what the weights mean, how they are learned, or about calls.

How a turn is read (all of it by look-up tables over code points, nothing per turn):

1. Every code point becomes a 32-bit **code**, a fixed pseudo-random number.
   White space, control characters, ideographic and ASCII commas, full stops and brackets have no code and vanish,
   because a recogniser sets them as it likes. All digits share one code, and a run of digits counts once,
   so that a telephone number is one thing and not eleven. Question marks and exclamation marks, full- or half-width,
   have one code each.
2. A **boundary** code is set after each turn. The boundary before and after a turn takes part in its n-grams,
   which makes "turn begins with" and "turn ends with" features; what reaches beyond a boundary is not counted.
   Newlines have no code, so that the one which separates turns in a batch never takes part in anything.
3. The n-gram that ends at position p hashes as h_n[p] = h_{n-1}[p-1] * MULTIPLIER + code[p] (mod 2**32), h_1 = code;
   its upper bits are the slot. There is no sign hash: weights are learned on the slots themselves.

Weights are integers and so are their sums: a turn has the same sums whatever stands beside it and however the text
is cut into blocks (float prefix sums were measured to differ in 2,982 of 3,000 turns, see design.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qa_analyzer.compiled import compiled

Points = npt.NDArray[np.uint32] | npt.NDArray[np.uint16]
Table = npt.NDArray[np.int16]
Offsets = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]

MAX_ORDER = 4
"""Longest n-gram: four characters, about two words."""
BLOCK_POINTS = 1 << 16
"""Code points worked on at a time: the temporary arrays then stay in the second-level cache."""
MULTIPLIER = np.uint32(0x9E3779B1)
"""Odd, and near 2**32 / golden ratio (Knuth, TAOCP 3, 6.4): neighbouring codes are spread over the whole range."""

LARGEST_WEIGHT = (1 << 15) // MAX_ORDER - 1
_HIGH = 1 << 16
_PLANE = 1 << 16
_OTHER = _PLANE - 1  # what lies outside the basic plane (emoji, rare characters) shares one code
_DROPPED_CHARACTERS = "，、,。.；;：:…·—-~～（）()【】[]《》<>「」『』“”‘’\"'`_*#/\\|+=^&@{}．﹐﹑､｡\ufffd\ufeff\u200b"
_SAME_CODE = {"！": "!", "？": "?"} | {chr(0xFF10 + digit): "0" for digit in range(10)}
_DIGIT = ord("0")


def _mix(number: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Scramble 32-bit numbers (finaliser of MurmurHash3, A. Appleby, public domain), one to one."""
    mixed = number.copy()
    mixed ^= mixed >> np.uint32(16)
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed


def _code_table() -> Codes:
    """Code of every code point of the basic plane, 0 = none. (65536,) uint32"""
    stands_for = np.arange(_PLANE, dtype=np.uint32)
    stands_for[_DIGIT : _DIGIT + 10] = _DIGIT
    for character, same in _SAME_CODE.items():
        stands_for[ord(character)] = ord(same)
    table = _mix(stands_for + np.uint32(0x51ED270B))
    table[table == 0] = 1
    table[:33] = 0
    table[127:161] = 0
    for character in _DROPPED_CHARACTERS:
        table[ord(character)] = 0
    table[0x2000:0x2010] = table[0x2028:0x2030] = 0
    table[0x3000] = 0
    return table


CODES = _code_table()
BOUNDARY = _mix(np.array([0xB0DA21], dtype=np.uint32))[0]
DIGITS = CODES[_DIGIT]


class Block(NamedTuple):
    """Some consecutive turns as codes.

    codes: (n,) uint32, a boundary first, then each turn's codes followed by a boundary.
    starts: (n_turns,) int64, where each turn's codes begin in `codes`.
    stops: (n_turns,) int64, where its closing boundary stands.
    """

    codes: Codes
    starts: Offsets
    stops: Offsets


def encode(points: Points, starts: Offsets, ends: Offsets) -> Block:
    """Gather turns and turn them into codes.

    points: (n_points,) uint32 or uint16, normalised text. starts, ends: (n_turns,) int64 code point
    offsets, disjoint and ascending; empty turns are allowed.
    """
    n_turns = len(starts)
    slots = ends - starts + 1  # one for the boundary
    stops = np.cumsum(slots)  # (n_turns,) position of the boundary, counting the leading one
    size = int(stops[-1]) + 1 if n_turns else 1
    codes = np.empty(size, dtype=np.uint32)
    codes[0] = BOUNDARY
    if n_turns == 0:
        return Block(codes, stops, stops)
    source = np.repeat(starts - (stops - slots), slots)
    source += np.arange(size - 1)
    if len(points) == 0:
        source[:] = 0
        points = np.zeros(1, dtype=np.uint16)
    gathered: npt.NDArray[np.integer] = np.take(np.asarray(points), source, mode="clip")
    if gathered.dtype != np.uint16:
        gathered = np.minimum(gathered, _OTHER)
    np.take(CODES, gathered, out=codes[1:], mode="clip")
    codes[stops] = BOUNDARY
    digit = codes == DIGITS
    keep = codes != 0
    # A digit whose neighbour to the left is one, blanks apart, is dropped: first the blanks, then the repeats.
    codes = codes[keep]
    digit = digit[keep]
    repeated = digit[1:] & digit[:-1]
    if repeated.any():
        codes = codes[1:][~repeated]
        codes = np.concatenate((np.full(1, BOUNDARY, dtype=np.uint32), codes))
    stops = np.flatnonzero(codes == BOUNDARY)[1:]
    first = np.empty_like(stops)
    first[0] = 1
    np.add(stops[:-1], 1, out=first[1:])
    return Block(codes, first, stops)


def blocks(points: Points, starts: Offsets, ends: Offsets) -> Iterator[tuple[int, Block]]:
    """Cut turns into blocks of whole turns of about `BLOCK_POINTS` points; yields (index of first turn, block).

    Results never depend on the cut: turns share nothing.
    """
    n_turns = len(starts)
    if n_turns == 0:
        return
    reach = np.cumsum(ends - starts + 1)
    first = 0
    while first < n_turns:
        done = int(reach[first - 1]) if first else 0
        last = max(int(np.searchsorted(reach, done + BLOCK_POINTS, side="right")), first + 1)
        yield first, encode(points, starts[first:last], ends[first:last])
        first = last


def slots_of(block: Block, bits: int) -> Iterator[tuple[int, npt.NDArray[np.uint32]]]:
    """Yield (order, slots) for order 1 … `MAX_ORDER`; slots[k] belongs to the n-gram that ends at position
    order - 1 + k. N-grams that reach beyond a boundary are among them: see `crossing`.
    """
    shift = np.uint32(32 - bits)
    hashes = block.codes
    yield 1, hashes >> shift
    for order in range(2, MAX_ORDER + 1):
        if len(block.codes) < order:
            return
        hashes = hashes[:-1] * MULTIPLIER
        hashes += block.codes[order - 1 :]
        yield order, hashes >> shift


def crossing(block: Block, order: int) -> Offsets:
    """Positions whose n-gram of this order reaches beyond the boundary before its turn. (some,) int64, ascending

    The n-gram that ends at p begins at p - order + 1, which may be the boundary itself, at start - 1. For order 1
    it is the boundary alone, which says nothing and is left out as well.
    """
    if order == 1:
        return block.stops
    if order == 2:
        return block.stops[:0]
    positions = (block.starts[:, None] + np.arange(order - 2)).ravel()
    # At the first turn of a block some would begin before the block: no such n-gram is made.
    return positions[(positions >= order - 1) & (positions < len(block.codes))]


def weigh(points: Points, starts: Offsets, ends: Offsets, table: Table) -> tuple[Offsets, Offsets]:
    """Sum the weights of all n-grams of each turn, and count its codes.

    table: (2**bits,) int16. Returns (sums, lengths), each (n_turns,) int64.
    """
    sums, _, lengths = weigh_both(points, starts, ends, pack(np.zeros_like(table), table))
    return sums, lengths


def pack(high: Table, low: Table) -> npt.NDArray[np.int32]:
    """Two tables of (2**bits,) int16 as one, so that one look-up fetches both weights. (2**bits,) int32

    ValueError when a weight of the low one is so large that the sum of a position's n-grams would not fit 16 bits.
    """
    if np.abs(low.astype(np.int32)).max(initial=0) > LARGEST_WEIGHT:
        raise ValueError(f"weights may not exceed {LARGEST_WEIGHT}")
    return high.astype(np.int32) * _HIGH + low


def weigh_both(
    points: Points, starts: Offsets, ends: Offsets, packed: npt.NDArray[np.int32]
) -> tuple[Offsets, Offsets, Offsets]:
    """`weigh` with two tables in one pass: (sums of the low, sums of the high, lengths), each (n_turns,) int64."""
    sums = np.zeros((3, len(starts)), dtype=np.int64)
    _weigh(points, starts, ends, CODES, BOUNDARY, DIGITS, packed, 32 - _bits(packed), sums)
    return sums[0], sums[1], sums[2]


@compiled
def _weigh(
    points: Points,
    starts: Offsets,
    ends: Offsets,
    codes: Codes,
    boundary: np.uint32,
    digits: np.uint32,
    packed: npt.NDArray[np.int32],
    shift: int,
    sums: Offsets,
) -> None:
    """Fill sums (3, n_turns): of the low weights, of the high ones, and the number of codes. See the scheme above."""
    low_bits = np.uint64(0xFFFFFFFF)
    factor = np.uint64(MULTIPLIER)
    for turn in range(len(starts)):
        first = second = third = np.uint64(boundary)  # hashes of the 1, 2, 3 codes before
        before = 1  # codes before this one, with the boundary
        was_digit = False
        low = high = np.int64(0)
        for place in range(starts[turn], ends[turn] + 1):
            last = place == ends[turn]
            code = np.uint64(boundary) if last else np.uint64(codes[min(points[place], _OTHER)])
            if code == 0:
                continue
            is_digit = not last and code == digits
            if is_digit and was_digit:
                continue
            was_digit = is_digit
            fourth = (third * factor + code) & low_bits
            third = (second * factor + code) & low_bits
            second = (first * factor + code) & low_bits
            first = code
            weight = np.int64(packed[second >> np.uint64(shift)])
            if not last:
                weight += np.int64(packed[first >> np.uint64(shift)])
            if before >= 2:
                weight += np.int64(packed[third >> np.uint64(shift)])
            if before >= 3:
                weight += np.int64(packed[fourth >> np.uint64(shift)])
            part = ((weight & 0xFFFF) ^ 0x8000) - 0x8000
            low += part
            high += (weight - part) >> 16
            before += 1
        sums[0, turn] = low
        sums[1, turn] = high
        sums[2, turn] = before - 2


def lengths_of(points: Points, starts: Offsets, ends: Offsets) -> Offsets:
    """Codes of each turn, without its boundaries. (n_turns,) int64"""
    lengths = np.zeros(len(starts), dtype=np.int64)
    for first, block in blocks(points, starts, ends):
        lengths[first : first + len(block.stops)] = block.stops - block.starts
    return lengths


def _bits(table: npt.NDArray[np.int32]) -> int:
    bits = len(table).bit_length() - 1
    if len(table) != 1 << bits:
        raise ValueError(f"a weight table has a power of two of slots, not {len(table)}")
    return bits


def occurrences(points: Points, starts: Offsets, ends: Offsets, bits: int) -> tuple[Offsets, Offsets, Offsets]:
    """Every counted n-gram as (turn, slot, order), three int64 arrays of one length: what training builds its matrix
    from and what explains a value. Same encoding, same crossings as `weigh`.
    """
    turns, all_slots, orders = [], [], []
    for first, block in blocks(points, starts, ends):
        turn_at = np.repeat(np.arange(len(block.stops)), block.stops - block.starts + 1) + first  # boundary: its turn
        for order, slots in slots_of(block, bits):
            counted = np.ones(len(block.codes), dtype=bool)
            counted[: max(order - 1, 1)] = False
            counted[crossing(block, order)] = False
            positions = np.flatnonzero(counted)
            turns.append(turn_at[positions - 1])
            all_slots.append(slots[positions - (order - 1)].astype(np.int64))
            orders.append(np.full(len(positions), order, dtype=np.int64))
    empty = np.zeros(0, dtype=np.int64)
    return (
        np.concatenate(turns or [empty]),
        np.concatenate(all_slots or [empty]),
        np.concatenate(orders or [empty]),
    )
