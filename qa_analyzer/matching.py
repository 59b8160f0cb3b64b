"""Find the hits of many phrase lists in a text, in two compiled passes.

1. Every occurrence of every literal: from each visible character a trie is walked that holds the literals of all
   lists. A table of 64 K says which pairs of characters begin a literal at all.
2. Turn by turn the occurrences become hits of lists. A phrase without a gap is hit by its literal. One with gaps is
   looked at only in turns where all its parts occur; the parts are joined from left to right, each to the span within
   reach that starts last, and what holds a shorter hit is dropped: the shortest spans.

A tolerant search goes on: what was misheard (`mishearing`) joins the occurrences, the second pass is done again in
the turns that hold such a place, and what it finds counts where the list has no exact hit.

Knows literals, turns and who speaks in them; knows nothing about rules. Exact: a slow twin in the tests agrees.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from math import prod
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from qa_analyzer import text as characters
from qa_analyzer.arrays import ranges
from qa_analyzer.compiled import compiled, inlined
from qa_analyzer.kept import fetch, keep, key_of, program_key
from qa_analyzer.mishearing import Alike, Misheard, alike_of, find_misheard
from qa_analyzer.phrases import GAP_LIMIT, Part, Spans, parse_phrase
from qa_analyzer.text import LONGEST_PUNCTUATION, NEWLINE, PLANE_SIZE, SENTENCE_ENDS, Normal
from qa_analyzer.tries import Trie, following, started, trie_of
from qa_analyzer.words import Surroundings, source_key

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]
Ints = NDArray[np.int32]
Places = Indices | Ints
Row = TypeVar("Row", bound=tuple[Any, ...])
_Occurrences = tuple[Ints, NDArray[np.uint8], Ints, Indices, Normal, Ints, Indices, Mask, Mask, Indices]
"""What the second pass reads: start, length, literal of each occurrence, where each turn's begin; the visible text, its
places, where each turn begins in it; which characters end sentences, which are no speech; room for the spans of a turn.
"""

AT_START, AT_END = 1, 2
EVERYBODY = 0xFF
SCREEN = 32768
SORTING = 4
"""Picking an occurrence out by its literal, and sorting it, costs so much of looking at one in its turn (measured)."""
ENOUGH_SEEN = 50_000
"""Occurrences of literals from which on it is known which are common."""
KEPT = "phrases"
"""What the tables are called that are kept between runs."""
MAKERS = tuple(f"qa_analyzer.{name}" for name in ("matching", "phrases", "tries", "text", "mishearing", "words"))
"""Modules that make them."""
WORTH_KEEPING = 20_000
"""Literals from which on tables are kept: fewer are made in less time than a file is read."""


class _Tables(NamedTuple):
    """What literals mean.

    entries (n_literals + 1, 2) int32: where each literal's entries begin in `whole_*` (phrases it is a whole hit of),
    and the roles of the lists behind all its entries; parts_from, drivers_from (n_parted + 1,) int32: where those of
    `parts` (parts it belongs to, ascending) and `drivers` (branches whose rarest part it belongs to) begin; literals
    that belong to parts have the lowest numbers; branch_from (n_branches + 1,) where each branch's parts begin in
    `branch_part` and `branch_wide`.
    """

    entries: Ints
    parts_from: Ints
    drivers_from: Ints
    whole_list: Ints
    whole_phrase: Ints
    whole_edge: NDArray[np.uint8]
    parts: Ints
    drivers: Ints
    branch_from: Ints
    branch_part: Ints
    branch_wide: NDArray[np.uint8]
    branch_list: Ints
    branch_phrase: Ints
    branch_edge: NDArray[np.uint8]
    list_roles: NDArray[np.uint8]
    longest: int


class _OneList(NamedTuple):
    """One list for itself, for a search in a few turns.

    screen (SCREEN // 8,) uint8: a bit for the lowest bits of each of its literals; literals (n,) int32 ascending;
    whole_* as in `_Tables`, by place in `literals`; parts_from (n + 1,), parts: the list's own parts that each belongs
    to; drivers_from (n_parts + 1,), drivers: the branches whose rarest part each is; branch_* as in `_Tables`.
    """

    screen: NDArray[np.uint8]
    literals: Ints
    whole_from: Ints
    whole_phrase: Ints
    whole_edge: NDArray[np.uint8]
    parts_from: Ints
    parts: Ints
    drivers_from: Ints
    drivers: Ints
    branch_from: Ints
    branch_part: Ints
    branch_wide: NDArray[np.uint8]
    branch_phrase: Ints
    branch_edge: NDArray[np.uint8]
    roles: int


@compiled
def _see(
    normal: Normal, blind: Mask, turn_text: Indices, visible: Normal, position: Ints, visible_turn: Indices
) -> int:
    """Fill the visible characters, where they stand, and where each turn begins among them. Returns how many."""
    count = 0
    for turn in range(len(turn_text) - 1):
        visible_turn[turn] = count
        for place in range(turn_text[turn], turn_text[turn + 1] - 1):
            if not blind[normal[place]]:
                visible[count] = normal[place]
                position[count] = place
                count += 1
    visible_turn[len(turn_text) - 1] = count
    return count


@compiled
def _scan(
    visible: Normal,
    visible_turn: Indices,
    trie: Trie,
    start: Ints,
    length: NDArray[np.uint8],
    literal: Ints,
    hits_from: Indices,
) -> int:
    """Find all literals turn by turn. Returns how many there are; more than the arrays hold are only counted."""
    count = 0
    room = len(start)
    for turn in range(len(visible_turn) - 1):
        hits_from[turn] = count
        stop = visible_turn[turn + 1]
        for place in range(visible_turn[turn], stop):
            first = visible[place]
            single = trie.single[first]
            if single >= 0:
                if count < room:
                    start[count] = place
                    length[count] = 1
                    literal[count] = single
                count += 1
            if place + 1 >= stop:
                continue
            last = place + 2
            node = started(trie.begins, trie.pairs, trie.shift, first, visible[place + 1])
            while node >= 0:
                found = trie.ends[node]
                if found >= 0:
                    if count < room:
                        start[count] = place
                        length[count] = last - place
                        literal[count] = found
                    count += 1
                if last >= stop:
                    break
                node = following(trie.first, trie.letters, node, visible[last])
                last += 1
    hits_from[len(visible_turn) - 1] = count
    return count


@inlined
def _on_edge(edge: int, first: int, last: int, begin: int, stop: int, visible: Normal, wordless: Mask) -> bool:
    """Nothing but a little punctuation stands between the turn's edge and the visible characters first … last - 1."""
    if not edge:
        return True
    if edge & AT_START:
        place = first - 1
        while place >= begin and first - place < LONGEST_PUNCTUATION and wordless[visible[place]]:
            place -= 1
        if place >= begin:
            return False
    if edge & AT_END:
        place = last
        while place < stop and place - last < LONGEST_PUNCTUATION - 1 and wordless[visible[place]]:
            place += 1
        if place < stop:
            return False
    return True


@inlined
def _lowest_end(here: int, begin: int, visible: Normal, position: Ints, ends_sentence: Mask) -> int:
    """The least end of a span to which a part that begins `here` may be joined over a gap inside the sentence.

    At most GAP_LIMIT characters as given lie between. A span may end on the character that ends the sentence.
    """
    reach = here
    while reach > begin and position[here] - position[reach - 1] <= GAP_LIMIT + 1:
        if ends_sentence[visible[reach - 1]]:
            return reach
        reach -= 1
    return reach + 1


@inlined
def _latest_start(buffer: Indices, before: int, lowest: int, here: int, horizon: int) -> np.int64:
    """The last start among the first `before` spans that end in lowest … here, or -1; none beyond the horizon does."""
    best = np.int64(-1)
    one = before - 1
    while one >= 0 and buffer[2, one] > horizon:
        if lowest <= buffer[1, one] <= here:
            best = max(best, buffer[0, one])
        one -= 1
    return best


@compiled
def _only_shortest(buffer: Indices, count: int) -> int:
    """Keep those spans that hold no other, by start. Returns how many are left."""
    # By start, at equal starts the longest first: they are nearly in this order.
    for one in range(1, count):
        s, e = buffer[0, one], buffer[1, one]
        at = one - 1
        while at >= 0 and (buffer[0, at] > s or (buffer[0, at] == s and buffer[1, at] < e)):
            buffer[0, at + 1] = buffer[0, at]
            buffer[1, at + 1] = buffer[1, at]
            at -= 1
        buffer[0, at + 1] = s
        buffer[1, at + 1] = e
    lowest = np.int64(1) << 40
    kept = 0
    for one in range(count - 1, -1, -1):
        if buffer[1, one] < lowest:
            lowest = buffer[1, one]
            buffer[3, kept] = buffer[0, one]
            buffer[4, kept] = buffer[1, one]
            kept += 1
    for one in range(kept):
        buffer[0, one] = buffer[3, kept - 1 - one]
        buffer[1, one] = buffer[4, kept - 1 - one]
    return kept


@compiled
def _join(
    parts: Ints,
    gaps: NDArray[np.uint8],
    edge: int,
    longest: int,
    head: Ints,
    after: Ints,
    which: Ints,
    start: Ints,
    length: NDArray[np.uint8],
    visible: Normal,
    position: Ints,
    begin: int,
    stop: int,
    ends_sentence: Mask,
    wordless: Mask,
    buffer: Indices,
) -> int:
    """Spans of one branch in one turn, by start: buffer[0] starts, buffer[1] ends. Returns how many.

    `parts` (n,), `gaps` (n,): the branch. head, after, which: the turn's occurrences of each part, as `_chain_by_part`
    chains them.
    `buffer` (6, most hits of a turn): spans so far as start, end, start of the last part; the next ones likewise.
    """
    count = 0
    entry = head[parts[0]]
    while entry >= 0:
        hit = which[entry]
        here = start[hit]
        if _on_edge(edge & AT_START, here, 0, begin, stop, visible, wordless):
            buffer[0, count] = here
            buffer[1, count] = here + length[hit]
            buffer[2, count] = here
            count += 1
        entry = after[entry]
    for number in range(1, len(parts)):
        if count == 0:
            return 0
        wide = gaps[number - 1]
        made = 0
        before = 0  # spans whose last part begins before this hit
        settled = 0  # spans which end before this hit for certain
        latest = np.int64(-1)
        entry = head[parts[number]]
        while entry >= 0:
            hit = which[entry]
            entry = after[entry]
            here = start[hit]
            last = here + length[hit]
            last_edge = edge & AT_END if number == len(parts) - 1 else 0
            if not _on_edge(last_edge, 0, last, begin, stop, visible, wordless):
                continue
            while before < count and buffer[2, before] < here:
                before += 1
            best = np.int64(-1)
            if wide:
                while settled < before and buffer[2, settled] <= here - longest:
                    latest = max(latest, buffer[0, settled])
                    settled += 1
                best = latest
                for one in range(settled, before):
                    if buffer[1, one] <= here:
                        best = max(best, buffer[0, one])
            else:
                lowest = _lowest_end(here, begin, visible, position, ends_sentence)
                best = _latest_start(buffer, before, lowest, here, here - GAP_LIMIT - 2 - longest)
            if best >= 0:
                buffer[3, made] = best
                buffer[4, made] = last
                buffer[5, made] = here
                made += 1
        count = made
        for one in range(count):
            buffer[0, one] = buffer[3, one]
            buffer[1, one] = buffer[4, one]
            buffer[2, one] = buffer[5, one]
    return _only_shortest(buffer, count)


@inlined
def _write(found: Ints, count: int, owner: int, phrase: int, turn: int, first: int, last: int) -> int:
    """Append a hit where there is room; count it anyway."""
    if count < found.shape[1]:
        found[0, count] = owner
        found[1, count] = phrase
        found[2, count] = turn
        found[3, count] = first
        found[4, count] = last
    return count + 1


@compiled
def _chain_by_part(
    hits: Ints,
    literals: Ints,
    turn: int,
    parts_from: Ints,
    parts_of: Ints,
    heard_in: Ints,
    head: Ints,
    after: Ints,
    which: Ints,
) -> None:
    """Chain a turn's occurrences by the parts that their literals belong to, in text order.

    hits, literals (n,): the occurrences. heard_in (n_parts,): the last turn in which each part was heard; head
    (n_parts,): its first entry there; after, which: the next entry of the same part, or -1, and the occurrence, with
    room for all entries.
    """
    count = 0
    for one in range(len(hits) - 1, -1, -1):
        for place in range(parts_from[literals[one]], parts_from[literals[one] + 1]):
            part = parts_of[place]
            after[count] = head[part] if heard_in[part] == turn else -1
            which[count] = hits[one]
            heard_in[part] = turn
            head[part] = count
            count += 1


@inlined
def _all_present(parts: Ints, low: int, high: int, turn: int, heard_in: Ints) -> bool:
    at = low
    while at < high and heard_in[parts[at]] == turn:
        at += 1
    return at == high


@compiled
def _tell(  # noqa: PLR0912  a call for each occurrence would cost more than its work
    turn_role: NDArray[np.uint8],
    entries: Ints,
    parts_from: Ints,
    drivers_from: Ints,
    whole_list: Ints,
    whole_phrase: Ints,
    whole_edge: NDArray[np.uint8],
    parts: Ints,
    drivers: Ints,
    branch_from: Ints,
    branch_part: Ints,
    branch_wide: NDArray[np.uint8],
    branch_list: Ints,
    branch_phrase: Ints,
    branch_edge: NDArray[np.uint8],
    list_roles: NDArray[np.uint8],
    longest: int,
    start: Ints,
    length: NDArray[np.uint8],
    literal: Ints,
    hits_from: Indices,
    visible: Normal,
    position: Ints,
    visible_turn: Indices,
    ends_sentence: Mask,
    wordless: Mask,
    buffer: Indices,
    n_parts: int,
    found: Ints,
) -> int:
    """Turn occurrences into hits: found (5, room) int32 list, phrase, turn, start, end. Returns how many there are."""
    seen_branch = np.full(len(branch_list), -1, np.int32)
    driving = np.empty(buffer.shape[1], np.int32)
    parted = np.empty(buffer.shape[1], np.int32)
    parted_literal = np.empty(buffer.shape[1], np.int32)
    heard_in, head = np.full(n_parts, -1, np.int32), np.empty(n_parts, np.int32)
    after, which = np.empty(256, np.int32), np.empty(256, np.int32)
    n_parted = len(parts_from) - 1
    count = 0
    for turn in range(len(turn_role)):
        first_hit, last_hit = hits_from[turn], hits_from[turn + 1]
        begin, stop = visible_turn[turn], visible_turn[turn + 1]
        role = np.uint8(1) << turn_role[turn]
        drives = 0
        held = 0
        entered = 0
        for hit in range(first_hit, last_hit):
            what = literal[hit]
            if not entries[what, 1] & role:
                continue
            if entries[what + 1, 0] > entries[what, 0]:
                last = start[hit] + length[hit]
                for entry in range(entries[what, 0], entries[what + 1, 0]):
                    owner = whole_list[entry]
                    if not list_roles[owner] & role:
                        continue
                    edge = whole_edge[entry]
                    if edge and not _on_edge(edge, start[hit], last, begin, stop, visible, wordless):
                        continue
                    count = _write(
                        found, count, owner, whole_phrase[entry], turn, position[start[hit]], position[last - 1] + 1
                    )
            if what < n_parted:
                parted[held] = hit
                parted_literal[held] = what
                held += 1
                entered += parts_from[what + 1] - parts_from[what]
                if drivers_from[what + 1] > drivers_from[what]:
                    driving[drives] = what
                    drives += 1
        if drives == 0:
            continue
        if entered > len(after):
            after, which = np.empty(2 * entered, np.int32), np.empty(2 * entered, np.int32)
        _chain_by_part(parted[:held], parted_literal[:held], turn, parts_from, parts, heard_in, head, after, which)
        for drive in range(drives):
            what = driving[drive]
            for entry in range(drivers_from[what], drivers_from[what + 1]):
                branch = drivers[entry]
                if seen_branch[branch] == turn:
                    continue
                seen_branch[branch] = turn
                owner = branch_list[branch]
                if not list_roles[owner] & role:
                    continue
                if not _all_present(branch_part, branch_from[branch], branch_from[branch + 1], turn, heard_in):
                    continue
                spans = _join(
                    branch_part[branch_from[branch] : branch_from[branch + 1]],
                    branch_wide[branch_from[branch] : branch_from[branch + 1]],
                    branch_edge[branch],
                    longest,
                    head,
                    after,
                    which,
                    start,
                    length,
                    visible,
                    position,
                    begin,
                    stop,
                    ends_sentence,
                    wordless,
                    buffer,
                )
                for one in range(spans):
                    first, last = position[buffer[0, one]], position[buffer[1, one] - 1] + 1
                    count = _write(found, count, owner, branch_phrase[branch], turn, first, last)
    return count


@compiled
def _by_literal(literal: Ints, count: int, occurrences_from: Ints, occurrences: Ints) -> None:
    """Group the first `count` occurrences by literal, in text order in each: occurrences_from (n_literals + 1,)."""
    for one in range(count):
        occurrences_from[literal[one] + 1] += 1
    for one in range(len(occurrences_from) - 1):
        occurrences_from[one + 1] += occurrences_from[one]
    # One place further right, an offset starts at the beginning of its group and is moved to its end.
    for one in range(len(occurrences_from) - 1, 0, -1):
        occurrences_from[one] = occurrences_from[one - 1]
    for one in range(count):
        what = literal[one] + 1
        occurrences[occurrences_from[what]] = one
        occurrences_from[what] += 1


@compiled
def _cheaper_by_literal(
    lo: Indices, hi: Indices, n_turns: int, literals: Ints, hits_from: Indices, occurrences_from: Ints
) -> bool:
    """Whether a list's literals occur less often in the whole text than the windows hold of all (lo ascending)."""
    in_turns = np.int64(0)
    done = np.int64(0)
    for window in range(len(lo)):
        first = max(lo[window], done)
        if hi[window] > first:
            in_turns += hits_from[hi[window]] - hits_from[first]
        done = max(done, hi[window])
    cost = np.int64(len(literals) + n_turns // 8)
    if cost >= in_turns:
        return False
    for one in range(len(literals)):
        cost += SORTING * (occurrences_from[literals[one] + 1] - occurrences_from[literals[one]])
    return bool(cost < in_turns)


@compiled
def _of_literals(
    lo: Indices,
    hi: Indices,
    turn_role: NDArray[np.uint8],
    roles: int,
    literals: Ints,
    hit_turn: Ints,
    occurrences_from: Ints,
    occurrences: Ints,
) -> tuple[Indices, Indices, Indices]:
    """Occurrences of a list's literals in windows of turns (lo ascending), found by literal.

    (n,) each: the occurrences in text order, the place of each in `literals`, its turn.
    """
    wanted = np.zeros(len(turn_role), np.bool_)
    done = np.int64(0)
    for window in range(len(lo)):
        for turn in range(max(lo[window], done), hi[window]):
            wanted[turn] = (roles >> np.int64(turn_role[turn])) & 1
        done = max(done, hi[window])
    room = np.int64(0)
    for one in range(len(literals)):
        room += occurrences_from[literals[one] + 1] - occurrences_from[literals[one]]
    keys = np.empty(room, np.int64)
    count = 0
    for place in range(len(literals)):
        what = literals[place]
        for one in range(occurrences_from[what], occurrences_from[what + 1]):
            hit = occurrences[one]
            if wanted[hit_turn[hit]]:
                keys[count] = (np.int64(hit) << 32) | place
                count += 1
    keys = np.sort(keys[:count])
    turns = np.empty(count, np.int64)
    for one in range(count):
        turns[one] = hit_turn[keys[one] >> 32]
    return keys >> 32, keys & 0xFFFFFFFF, turns


@compiled
def _in_turns(
    lo: Indices,
    hi: Indices,
    turn_role: NDArray[np.uint8],
    roles: int,
    screen: NDArray[np.uint8],
    literals: Ints,
    literal: Ints,
    hits_from: Indices,
) -> tuple[Indices, Indices, Indices]:
    """What `_of_literals` finds, by going through the windows."""
    room = 256
    hits, places, turns = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.int64)
    count = 0
    done = np.int64(0)
    for window in range(len(lo)):
        for turn in range(max(lo[window], done), hi[window]):
            if not (roles >> np.int64(turn_role[turn])) & 1:
                continue
            for hit in range(hits_from[turn], hits_from[turn + 1]):
                what = literal[hit]
                if not screen[(what & (SCREEN - 1)) >> 3] >> (what & 7) & 1:
                    continue
                place = _place(literals, what)
                if place < 0:
                    continue
                if count == room:
                    room *= 2
                    hits = np.concatenate((hits, np.empty(count, np.int64)))
                    places = np.concatenate((places, np.empty(count, np.int64)))
                    turns = np.concatenate((turns, np.empty(count, np.int64)))
                hits[count] = hit
                places[count] = place
                turns[count] = turn
                count += 1
        done = max(done, hi[window])
    return hits[:count], places[:count], turns[:count]


@compiled
def _tell_apart(
    hits: Indices,
    places: Indices,
    turns: Indices,
    whole_from: Ints,
    whole_phrase: Ints,
    whole_edge: NDArray[np.uint8],
    parts_from: Ints,
    parts: Ints,
    drivers_from: Ints,
    drivers: Ints,
    branch_from: Ints,
    branch_part: Ints,
    branch_wide: NDArray[np.uint8],
    branch_phrase: Ints,
    branch_edge: NDArray[np.uint8],
    longest: int,
    start: Ints,
    length: NDArray[np.uint8],
    visible: Normal,
    position: Ints,
    visible_turn: Indices,
    ends_sentence: Mask,
    wordless: Mask,
    buffer: Indices,
    n_parts: int,
    found: Ints,
) -> int:
    """`_tell` for one list, given the occurrences of its literals and their turns. found[0] stays 0."""
    heard_in, head = np.full(n_parts, -1, np.int32), np.empty(n_parts, np.int32)
    after, which = np.empty(256, np.int32), np.empty(256, np.int32)
    driven_in, driving = np.full(n_parts, -1, np.int32), np.empty(n_parts, np.int32)
    parted_all = hits.astype(np.int32)
    literal_all = places.astype(np.int32)
    count = 0
    first_one = 0
    while first_one < len(hits):
        turn = turns[first_one]
        begin, stop = visible_turn[turn], visible_turn[turn + 1]
        one = first_one
        entered = 0
        while one < len(hits) and turns[one] == turn:
            hit, place = hits[one], places[one]
            entered += parts_from[place + 1] - parts_from[place]
            last = start[hit] + length[hit]
            for entry in range(whole_from[place], whole_from[place + 1]):
                if _on_edge(whole_edge[entry], start[hit], last, begin, stop, visible, wordless):
                    count = _write(
                        found, count, 0, whole_phrase[entry], turn, position[start[hit]], position[last - 1] + 1
                    )
            one += 1
        parted, parted_literal = parted_all[first_one:one], literal_all[first_one:one]
        first_one = one
        if entered == 0:
            continue
        if entered > len(after):
            after, which = np.empty(2 * entered, np.int32), np.empty(2 * entered, np.int32)
        _chain_by_part(parted, parted_literal, turn, parts_from, parts, heard_in, head, after, which)
        drives = 0
        for place in parted_literal:
            for entry in range(parts_from[place], parts_from[place + 1]):
                part = parts[entry]
                if driven_in[part] != turn:
                    driven_in[part] = turn
                    driving[drives] = part
                    drives += 1
        for drive in range(drives):
            part = driving[drive]
            for entry in range(drivers_from[part], drivers_from[part + 1]):
                branch = drivers[entry]
                if not _all_present(branch_part, branch_from[branch], branch_from[branch + 1], turn, heard_in):
                    continue
                spans = _join(
                    branch_part[branch_from[branch] : branch_from[branch + 1]],
                    branch_wide[branch_from[branch] : branch_from[branch + 1]],
                    branch_edge[branch],
                    longest,
                    head,
                    after,
                    which,
                    start,
                    length,
                    visible,
                    position,
                    begin,
                    stop,
                    ends_sentence,
                    wordless,
                    buffer,
                )
                for each in range(spans):
                    first, last = position[buffer[0, each]], position[buffer[1, each] - 1] + 1
                    count = _write(found, count, 0, branch_phrase[branch], turn, first, last)
    return count


@inlined
def _place(literals: Ints, what: int) -> int:
    """Index of a number in an ascending array, or -1."""
    low, high = 0, len(literals)
    while low < high:
        middle = (low + high) >> 1
        if literals[middle] < what:
            low = middle + 1
        else:
            high = middle
    return low if low < len(literals) and literals[low] == what else -1


@compiled
def _by_list(found: Ints, count: int, n_lists: int, grouped: Ints, kept: Mask) -> Indices:
    """Group hits by list, by start in each (at equal starts the longest, then the first phrase first).

    `kept` marks those that are neither nested in another nor overlap one kept before. Returns (n_lists + 1,) offsets.
    """
    offsets = np.zeros(n_lists + 1, np.int64)
    for one in range(count):
        offsets[found[0, one] + 1] += 1
    for one in range(n_lists):
        offsets[one + 1] += offsets[one]
    fill = offsets[:-1].copy()
    for one in range(count):
        owner = found[0, one]
        at = fill[owner]
        fill[owner] += 1
        phrase, turn, start, end = found[1, one], found[2, one], found[3, one], found[4, one]
        # Hits come turn by turn, so that each is at most a turn out of place.
        while at > offsets[owner] and (
            grouped[2, at - 1] > start
            or (
                grouped[2, at - 1] == start
                and (grouped[3, at - 1] < end or (grouped[3, at - 1] == end and grouped[0, at - 1] > phrase))
            )
        ):
            grouped[0, at] = grouped[0, at - 1]
            grouped[1, at] = grouped[1, at - 1]
            grouped[2, at] = grouped[2, at - 1]
            grouped[3, at] = grouped[3, at - 1]
            at -= 1
        grouped[0, at] = phrase
        grouped[1, at] = turn
        grouped[2, at] = start
        grouped[3, at] = end
    for owner in range(n_lists):
        reach = np.int32(-1)
        taken = np.int32(-1)
        for one in range(offsets[owner], offsets[owner + 1]):
            nested = grouped[3, one] <= reach
            reach = max(reach, grouped[3, one])
            kept[one] = not nested and grouped[2, one] >= taken
            if kept[one]:
                taken = grouped[3, one]
    return offsets


@compiled
def _stretches(start: Ints, length: NDArray[np.uint8], count: int, covered: Mask) -> None:
    """Mark the visible characters that stand in some of the first `count` occurrences of two characters or more."""
    for one in range(count):
        if length[one] > 1:
            covered[start[one] : start[one] + length[one]] = True


@dataclass(frozen=True, slots=True)
class ListHits:
    """Hits of one list in text order: `spans` in positions of the batch's text, `turn` (n,) int64.

    `misheard` (n,): the words are not there as written, they only sound alike.
    """

    spans: Spans
    turn: Indices
    misheard: Mask

    def __len__(self) -> int:
        return len(self.turn)

    def select(self, keep: Mask | Indices) -> ListHits:
        return ListHits(self.spans.select(keep), self.turn[keep], self.misheard[keep])

    def joined(self, other: ListHits) -> ListHits:
        """Both, by start, at equal starts the longest first."""
        if not len(other):
            return self
        mine, theirs = self.spans, other.spans
        spans = Spans(
            np.concatenate([mine.start, theirs.start]),
            np.concatenate([mine.end, theirs.end]),
            np.concatenate([mine.phrase, theirs.phrase]),
        )
        both = ListHits(spans, np.concatenate([self.turn, other.turn]), np.concatenate([self.misheard, other.misheard]))
        return both.select(np.lexsort((spans.phrase, -spans.end, spans.start)))


class _Tolerance(NamedTuple):
    """What may be met by words that sound alike: the literals, and of the lists their phrases (`tolerable`, flat,
    from `phrase_from` (n_lists + 1,) on).
    """

    alike: Alike
    phrase_from: Indices
    tolerable: Mask

    def of_list(self, number: int) -> Mask:
        return self.tolerable[self.phrase_from[number] : self.phrase_from[number + 1]]


class PhraseLists:
    """Phrase lists compiled together. Add all of them, then `compile`; `scan` finds their hits in a text.

    `tolerant`: phrases may also be met by words that sound alike, those that are said to when they are added.
    """

    def __init__(self, *, tolerant: bool = False) -> None:
        self.tolerant = tolerant
        self._lists: dict[_Listed, int] = {}
        self._seen: NDArray[np.float64] = np.zeros(0)
        self._compiled: _Compiled | None = None

    def add(
        self,
        phrases: Sequence[str],
        roles: int = EVERYBODY,
        *,
        everywhere: bool = True,
        tolerable: bool | Sequence[bool] = False,
    ) -> int:
        """Number of a list, heard in turns of these roles (bits of Role); `everywhere` or only in turns asked for.

        `phrases` in their notation: whether that is sound is seen when the lists are compiled. `tolerable`: which of
        them (or whether all) a tolerant search may find by their sound.
        """
        each = [tolerable] * len(phrases) if isinstance(tolerable, bool) else tolerable
        allowed = tuple(self.tolerant and bool(one) for one in each)
        return self._lists.setdefault(_Listed(roles, everywhere, tuple(phrases), allowed), len(self._lists))

    def compile(self) -> None:
        """Build the tables, or take them as they were kept; the phrases themselves are no longer needed.

        Raises PhraseError for a phrase that means nothing.
        """
        # Another row of lists or another program makes other tables.
        listed = json.dumps([self.tolerant, *self._lists], ensure_ascii=False)
        key = key_of(program_key(*MAKERS), listed, *((source_key(), version("pypinyin")) if self.tolerant else ()))
        kept = fetch(KEPT, key)
        if kept is not None:
            self._compiled = _unpacked(kept)
        else:
            self._compiled = _compile(list(self._lists), tolerant=self.tolerant)
            if len(self._compiled.tables.entries) > WORTH_KEEPING:
                keep(KEPT, key, _packed(self._compiled))
        self._lists.clear()
        self._seen = np.zeros(len(self._compiled.tables.entries) - 1)

    def scan(self, normal: Normal, turn_text: Indices, turn_role: NDArray[np.uint8]) -> Heard:
        """Find everything in a text laid out by turn: turn i is normal[turn_text[i] : turn_text[i + 1] - 1]."""
        if self._compiled is None:
            self.compile()
        made = self._compiled
        assert made is not None
        heard = Heard(made.trie, made.tables, made.lists, normal, turn_text, turn_role, made.tolerance)
        if self._seen.sum() < ENOUGH_SEEN:
            self._seen += heard.literal_counts
            if self._seen.sum() >= ENOUGH_SEEN:
                self._compiled = made._replace(tables=_driven(made.tables, self._seen))
        return heard


class _Listed(NamedTuple):
    """A list as it was added; `allowed`: which phrases may be found by their sound."""

    roles: int
    everywhere: bool
    phrases: tuple[str, ...]
    allowed: tuple[bool, ...]


class _Compiled(NamedTuple):
    """All that a search needs; `lists`: each list for itself."""

    trie: Trie
    tables: _Tables
    lists: list[_OneList]
    tolerance: _Tolerance | None


class _Raw(NamedTuple):
    """A list in numbers of literals: whole (literals, phrase, edge); branches (literals of each part, wide, …)."""

    whole: list[tuple[Indices, int, int]]
    branches: list[tuple[list[Indices], tuple[bool, ...], int, int]]


def _compile(listed: Sequence[_Listed], *, tolerant: bool) -> _Compiled:
    """Build the tables of some lists."""
    number_of: dict[str, int] = {}
    parts: dict[Part, int] = {}
    whole: list[tuple[list[int], int, int, int]] = []
    branches: list[tuple[list[int], tuple[bool, ...], int, int, int]] = []
    part_literals: list[list[int]] = []
    for number, one_list in enumerate(listed):
        for index, phrase in enumerate(map(parse_phrase, one_list.phrases)):
            edge = AT_START * phrase.at_start + AT_END * phrase.at_end
            for branch in phrase.branches:
                ids = []
                for part in branch.parts:
                    known = parts.get(part)
                    if known is None:
                        known = parts[part] = len(part_literals)
                        part_literals.append([number_of.setdefault(one, len(number_of)) for one in part.literals])
                    ids.append(known)
                if len(ids) == 1:
                    whole.append((part_literals[ids[0]], number, index, edge))
                else:
                    branches.append((ids, branch.wide, number, index, edge))
    literals, part_literals, whole = _parted_first(number_of, part_literals, whole, branches)
    n_literals = len(literals)
    raw: list[_Raw] = [_Raw([], []) for _ in listed]
    for ids, number, phrase_index, edge in whole:
        raw[number].whole.append((np.array(ids, np.int64), phrase_index, edge))
    arrays = [np.array(ids, np.int64) for ids in part_literals]
    for parted, wide, number, phrase_index, edge in branches:
        raw[number].branches.append(([arrays[part] for part in parted], wide, phrase_index, edge))
    wanted = [one_list.everywhere for one_list in listed]
    whole = [one for one in whole if wanted[one[1]]]
    branches = [one for one in branches if wanted[one[2]]]
    used = sorted({part for one in branches for part in one[0]})
    renumbered = {part: index for index, part in enumerate(used)}
    sizes = np.array([len(one[0]) for one in whole], np.int64)
    whole_from, whole_order = _csr(_flat([one[0] for one in whole]), n_literals)
    parts_from, parts_order = _csr(_flat([part_literals[part] for part in used]), n_literals)
    part_of = np.repeat(np.arange(len(used)), [len(part_literals[part]) for part in used])
    of_phrase = np.array([one[1:] for one in whole], np.int64).reshape(-1, 3)
    trie = trie_of(literals)
    list_roles = np.array([one_list.roles for one_list in listed], np.int64)
    entries = np.zeros((n_literals + 1, 2), np.int32)
    entries[:, 0] = whole_from
    for ids, number, _, _ in whole:
        entries[np.array(ids), 1] |= np.int32(list_roles[number])
    for made in branches:
        for place in made[0]:
            entries[np.array(part_literals[place]), 1] |= np.int32(list_roles[made[2]])
    n_parted = int(np.flatnonzero(np.diff(parts_from)).max(initial=-1)) + 1
    tables = _Tables(
        entries,
        parts_from[: n_parted + 1],
        np.zeros(n_parted + 1, np.int32),
        np.repeat(of_phrase[:, 0], sizes)[whole_order].astype(np.int32),
        np.repeat(of_phrase[:, 1], sizes)[whole_order].astype(np.int32),
        np.repeat(of_phrase[:, 2], sizes)[whole_order].astype(np.uint8),
        part_of[parts_order].astype(np.int32),
        np.zeros(0, np.int32),
        np.cumsum([0, *(len(one[0]) for one in branches)]).astype(np.int32),
        np.array([renumbered[part] for one in branches for part in one[0]], np.int32),
        np.array([wide for one in branches for wide in (*one[1], False)], np.uint8),
        np.array([one[2] for one in branches], np.int32),
        np.array([one[3] for one in branches], np.int32),
        np.array([one[4] for one in branches], np.uint8),
        list_roles.astype(np.uint8),
        max(map(len, literals), default=0),
    )
    tolerance = None
    if tolerant:
        tolerance = _tolerance(literals, [one_list.allowed for one_list in listed], raw, list_roles)
    # Until a text has been seen, short literals are taken for common ones.
    guess = np.fromiter((4.0 ** -len(one) for one in literals), np.float64, n_literals)
    apart = [_one_list(one, one_list.roles, guess) for one, one_list in zip(raw, listed, strict=True)]
    return _Compiled(trie, _driven(tables, guess), apart, tolerance)


def _packed(made: _Compiled) -> dict[str, NDArray[np.generic]]:
    """As named arrays, to be kept. A field of all lists is one array and, under its name and `#`, its shapes."""
    arrays = {f"trie.{name}": np.asarray(one) for name, one in made.trie._asdict().items()}
    arrays |= {f"tables.{name}": np.asarray(one) for name, one in made.tables._asdict().items()}
    for name in _OneList._fields:
        each = [np.asarray(getattr(one, name)) for one in made.lists]
        arrays[f"lists.{name}"] = np.concatenate([one.ravel() for one in each]) if each else np.zeros(0)
        arrays[f"lists.{name}#"] = np.array([one.shape for one in each], np.int64)
    if made.tolerance is not None:
        alike = made.tolerance.alike
        arrays |= {f"alike.trie.{name}": np.asarray(one) for name, one in alike.trie._asdict().items()}
        arrays |= {f"alike.{name}": getattr(alike, name) for name in Alike._fields if name != "trie"}
        arrays["phrase_from"], arrays["tolerable"] = made.tolerance.phrase_from, made.tolerance.tolerable
    return arrays


def _unpacked(arrays: dict[str, NDArray[Any]]) -> _Compiled:
    """What `_packed` was given."""
    lists: list[dict[str, Any]] = [{} for _ in arrays["lists.roles#"]]
    for name in _OneList._fields:
        values, at = arrays[f"lists.{name}"], 0
        for one, shape in zip(lists, arrays[f"lists.{name}#"].tolist(), strict=True):
            size = prod(shape)
            one[name] = values[at : at + size].reshape(shape) if shape else int(values[at])
            at += size
    tolerance = None
    if "tolerable" in arrays:
        rest = {name: arrays[f"alike.{name}"] for name in Alike._fields if name != "trie"}
        alike = Alike(_fields(Trie, arrays, "alike.trie."), **rest)
        tolerance = _Tolerance(alike, arrays["phrase_from"], arrays["tolerable"])
    trie, tables = _fields(Trie, arrays, "trie."), _fields(_Tables, arrays, "tables.")
    return _Compiled(trie, tables, [_OneList(**one) for one in lists], tolerance)


def _fields(made: Callable[..., Row], arrays: dict[str, NDArray[Any]], beginning: str) -> Row:
    """A row of arrays and numbers from those whose names begin so."""
    mine = {name[len(beginning) :]: one for name, one in arrays.items() if name.startswith(beginning)}
    return made(**{name: one if one.ndim else one.item() for name, one in mine.items()})


def _tolerance(
    literals: list[str], allowed: list[tuple[bool, ...]], raw: list[_Raw], list_roles: Indices
) -> _Tolerance:
    """Which literals may be misheard, and in whose turns."""
    roles = np.zeros(len(literals), np.uint8)
    for number, one in enumerate(raw):
        for ids, phrase, _ in one.whole:
            if allowed[number][phrase]:
                roles[ids] |= np.uint8(list_roles[number] & 0xFF)
        for pieces, _, phrase, _ in one.branches:
            if allowed[number][phrase]:
                for ids in pieces:
                    roles[ids] |= np.uint8(list_roles[number] & 0xFF)
    tolerable = np.array([each for one in allowed for each in one], np.bool_)
    return _Tolerance(alike_of(literals, roles), np.cumsum([0, *map(len, allowed)]), tolerable)


def _one_list(raw: _Raw, roles: int, guess: NDArray[np.float64]) -> _OneList:
    parts: dict[int, int] = {}
    chosen: list[Indices] = []
    branch_part: list[int] = []
    for pieces, _, _, _ in raw.branches:
        for piece in pieces:
            if id(piece) not in parts:
                parts[id(piece)] = len(chosen)
                chosen.append(piece)
            branch_part.append(parts[id(piece)])
    found = [ids for ids, _, _ in raw.whole]
    literals = np.unique(np.concatenate([*found, *chosen, np.zeros(0, np.int64)]))
    sizes = [len(ids) for ids in found]
    owner = np.searchsorted(literals, np.concatenate([*found, np.zeros(0, np.int64)]))
    whole_from, order = _csr(owner, len(literals))
    part = np.repeat(np.arange(len(chosen), dtype=np.int32), [len(one) for one in chosen])
    row = np.searchsorted(literals, np.concatenate([*chosen, np.zeros(0, np.int64)]))
    parts_from, by_literal = _csr(row, len(literals))
    screen = np.zeros(SCREEN, np.bool_)
    screen[literals & (SCREEN - 1)] = True
    branch_from = np.cumsum([0, *(len(one[0]) for one in raw.branches)]).astype(np.int32)
    drivers_from, drivers = _rarest(branch_from, np.array(branch_part, np.int64), [guess[one].sum() for one in chosen])
    return _OneList(
        np.packbits(screen, bitorder="little"),
        literals.astype(np.int32),
        whole_from,
        np.repeat(np.array([phrase for _, phrase, _ in raw.whole], np.int32), sizes)[order],
        np.repeat(np.array([edge for _, _, edge in raw.whole], np.uint8), sizes)[order],
        parts_from,
        part[by_literal],
        drivers_from,
        drivers,
        branch_from,
        np.array(branch_part, np.int32),
        np.array([wide for one in raw.branches for wide in (*one[1], False)], np.uint8),
        np.array([one[2] for one in raw.branches], np.int32),
        np.array([one[3] for one in raw.branches], np.uint8),
        roles,
    )


def _rarest(branch_from: Ints, branch_part: Indices, heard: Sequence[float]) -> tuple[Ints, Ints]:
    """The branches by the part of each that is heard least, heard (n_parts,): offsets (n_parts + 1,), branches."""
    n_branches = len(branch_from) - 1
    owner = np.repeat(np.arange(n_branches), np.diff(branch_from))
    order = np.lexsort((np.array(heard, np.float64)[branch_part], owner))
    begin, branches = _csr(branch_part[order[branch_from[:-1]]], len(heard))
    return begin, branches.astype(np.int32)


def _parted_first(
    literals: dict[str, int],
    part_literals: list[list[int]],
    whole: list[tuple[list[int], int, int, int]],
    branches: list[tuple[list[int], tuple[bool, ...], int, int, int]],
) -> tuple[list[str], list[list[int]], list[tuple[list[int], int, int, int]]]:
    """Renumber literals so that those which belong to parts of branches come first."""
    parted = dict.fromkeys(one for ids, *_ in branches for part in ids for one in part_literals[part])
    number = [-1] * len(literals)
    for place, one in enumerate([*parted, *(one for one in literals.values() if one not in parted)]):
        number[one] = place
    renamed = [""] * len(literals)
    for literal, one in literals.items():
        renamed[number[one]] = literal
    fresh: dict[int, list[int]] = {}
    for ids in part_literals:
        fresh[id(ids)] = [number[one] for one in ids]
    moved = [(fresh[id(ids)], owner, phrase, edge) for ids, owner, phrase, edge in whole]
    return renamed, [fresh[id(ids)] for ids in part_literals], moved


def _driven(tables: _Tables, counts: NDArray[np.float64]) -> _Tables:
    """Look each branch up by the part that is heard least, counts (n_literals,) being heard of each literal.

    A matter of speed alone: the hits are the same whichever part is chosen.
    """
    n_parted = len(tables.parts_from) - 1
    n_parts = int(tables.branch_part.max(initial=-1)) + 1
    n_branches = len(tables.branch_list)
    literal = np.repeat(np.arange(n_parted), np.diff(tables.parts_from))
    heard = np.bincount(tables.parts, weights=counts[literal], minlength=n_parts)
    owner = np.repeat(np.arange(n_branches), np.diff(tables.branch_from))
    order = np.lexsort((heard[tables.branch_part], owner))
    chosen = tables.branch_part[order[tables.branch_from[:-1]]]
    by_part = np.argsort(chosen, kind="stable")
    first = np.searchsorted(chosen[by_part], tables.parts)
    count = np.searchsorted(chosen[by_part], tables.parts, "right") - first
    sizes = np.bincount(literal, weights=count, minlength=n_parted).astype(np.int64)
    return tables._replace(
        drivers_from=np.concatenate(([0], np.cumsum(sizes))).astype(np.int32),
        drivers=by_part[ranges(first, count)].astype(np.int32),
    )


def _flat(lists: Sequence[Sequence[int]]) -> Indices:
    return np.fromiter((one for ids in lists for one in ids), np.int64, sum(map(len, lists)))


def _csr(owner: Indices, count: int) -> tuple[Ints, Indices]:
    """Offsets (count + 1,) of each owner's elements, and the order that groups them."""
    sizes = np.bincount(owner, minlength=count)
    return np.concatenate(([0], np.cumsum(sizes))).astype(np.int32), np.argsort(owner, kind="stable")


def _marks() -> Mask:
    table = np.zeros(PLANE_SIZE, np.bool_)
    table[[NEWLINE, *map(ord, SENTENCE_ENDS)]] = True
    return table


@dataclass
class Heard:
    """What was found in one text, list by list."""

    trie: Trie
    tables: _Tables
    lists: list[_OneList]
    normal: Normal
    turn_text: Indices
    turn_role: NDArray[np.uint8]
    tolerance: _Tolerance | None = None
    _resolved: dict[int, ListHits] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n_turns = len(self.turn_role)
        self._visible = np.empty(len(self.normal), np.uint16)
        self._position = np.empty(len(self.normal), np.int32)
        self._visible_turn = np.zeros(n_turns + 1, np.int64)
        count = _see(
            self.normal,
            characters.blind_table(),
            self.turn_text,
            self._visible,
            self._position,
            self._visible_turn,
        )
        room = count
        while True:
            self._start = np.empty(room, np.int32)
            self._length = np.empty(room, np.uint8)
            self._literal = np.empty(room, np.int32)
            self._hits_from = np.zeros(n_turns + 1, np.int64)
            count = _scan(
                self._visible,
                self._visible_turn,
                self.trie,
                self._start,
                self._length,
                self._literal,
                self._hits_from,
            )
            if count <= room:
                break
            room = count
        most = int(np.diff(self._hits_from).max(initial=0))
        self._buffer = np.empty((6, most), np.int64)
        self._text = (
            self._start,
            self._length,
            self._literal,
            self._hits_from,
            self._visible,
            self._position,
            self._visible_turn,
            _MARKS,
            characters.wordless_table(),
            self._buffer,
        )
        found, count = self._told(self._text)
        self._offsets, self._grouped, self._kept = _grouped(found, count, len(self.tables.list_roles))
        self._alike: tuple[Indices, Ints, Mask] | None = None
        if self.tolerance is not None:
            self._listen_tolerantly(self.tolerance)

    @property
    def literal_counts(self) -> NDArray[np.float64]:
        """(n_literals,) how often each literal occurs."""
        found = self._literal[: self._hits_from[-1]]
        return np.bincount(found, minlength=len(self.tables.entries) - 1).astype(np.float64)

    def _told(self, text: _Occurrences) -> tuple[Ints, int]:
        """All hits of the lists that are heard everywhere, and how many they are."""
        told = self.tables
        n_parts = int(told.parts.max(initial=-1)) + 1
        room = 1024 + len(text[0]) // 3
        while True:
            found = np.empty((5, room), np.int32)
            count = _tell(
                self.turn_role,
                told.entries,
                told.parts_from,
                told.drivers_from,
                told.whole_list,
                told.whole_phrase,
                told.whole_edge,
                told.parts,
                told.drivers,
                told.branch_from,
                told.branch_part,
                told.branch_wide,
                told.branch_list,
                told.branch_phrase,
                told.branch_edge,
                told.list_roles,
                told.longest,
                *text,
                n_parts,
                found,
            )
            if count <= room:
                return found, count
            room = count

    # ---- what sounds alike --------------------------------------------------------------------------------

    def _listen_tolerantly(self, tolerance: _Tolerance) -> None:
        """Find what was misheard, and the hits that lists have by it, apart from their exact ones."""
        n_visible = int(self._visible_turn[-1])
        covered = np.zeros(n_visible, np.bool_)
        _stretches(self._start, self._length, int(self._hits_from[-1]), covered)
        self._misheard = find_misheard(
            tolerance.alike, self._visible[:n_visible], self._visible_turn, self.turn_role, covered
        )
        self._likely_text = self._with_misheard(self._misheard.select(self._misheard.likely))
        found, count = self._told(self._likely_text)
        owner, phrase = found[0, :count].astype(np.int64), found[1, :count].astype(np.int64)
        fresh = tolerance.tolerable[tolerance.phrase_from[owner] + phrase]
        # Lists one after the other on one line of numbers, so that one search serves all.
        stride = len(self.normal) + 1
        exact = np.repeat(np.arange(len(self._offsets) - 1), np.diff(self._offsets)) * stride
        base = owner * stride
        fresh &= ~_touches(
            base + found[3, :count], base + found[4, :count], exact + self._grouped[2], exact + self._grouped[3]
        )
        found = found[:, :count][:, fresh]
        self._alike = _grouped(found, found.shape[1], len(self.tables.list_roles))

    def _with_misheard(self, misheard: Misheard) -> _Occurrences:
        """The occurrences in the turns that hold something misheard, that included: in place of `_text`."""
        turns = np.unique(misheard.turn)
        counts = self._hits_from[turns + 1] - self._hits_from[turns]
        exact = ranges(self._hits_from[turns], counts)
        start = np.concatenate([self._start[exact], misheard.start.astype(np.int32)])
        length = np.concatenate([self._length[exact], misheard.length.astype(np.uint8)])
        literal = np.concatenate([self._literal[exact], misheard.literal.astype(np.int32)])
        turn = np.concatenate([np.repeat(turns, counts), misheard.turn])
        order = np.lexsort((literal, length, start))
        hits_from = np.searchsorted(turn[order], np.arange(len(self.turn_role) + 1))
        buffer = np.empty((6, int(np.diff(hits_from).max(initial=0))), np.int64)
        return start[order], length[order], literal[order], hits_from, *self._text[4:9], buffer

    def nearly(self, number: int, turns: Indices) -> ListHits:
        """Whatever sounds like the phrases of a list in some turns (ascending), unlikely as it may be; none if the
        search is not tolerant.
        """
        if self.tolerance is None or not len(turns):
            return _hits(np.zeros((4, 0), np.int32), slice(None))
        here = self._misheard.select(np.isin(self._misheard.turn, turns))
        found = self._told_apart(number, turns, turns + 1, EVERYBODY, self._with_misheard(here))
        found = found[:, self.tolerance.of_list(number)[found[1]]]
        return _hits(_grouped(found, found.shape[1], 1)[1], slice(None), misheard=True)

    def _told_apart(self, number: int, lo: Indices, hi: Indices, roles: int, text: _Occurrences) -> Ints:
        """Hits of a list in windows of turns, as `_tell_apart` finds them. (5, n)"""
        one = self.lists[number]
        start, length, literal, hits_from, *_ = text
        if text is self._text and _cheaper_by_literal(
            lo, hi, len(self.turn_role), one.literals, hits_from, self._by_literal[1]
        ):
            hits, places, turns = _of_literals(lo, hi, self.turn_role, roles, one.literals, *self._by_literal)
        else:
            hits, places, turns = _in_turns(lo, hi, self.turn_role, roles, one.screen, one.literals, literal, hits_from)
        n_parts = int(one.parts.max(initial=-1)) + 1
        room = 64 + 2 * len(hits)
        while True:
            found = np.zeros((5, room), np.int32)
            count = _tell_apart(
                hits, places, turns, *one[2:-1], self.tables.longest, start, length, *text[4:], n_parts, found
            )
            if count <= room:
                return found[:, :count]
            room = count

    @cached_property
    def _by_literal(self) -> tuple[Ints, Ints, Ints]:
        """Turn of each occurrence (n,); where each literal's begin (n_literals + 1,), and they by literal (n,)."""
        turn = np.repeat(np.arange(len(self.turn_role), dtype=np.int32), np.diff(self._hits_from))
        begin, grouped = np.zeros(len(self.tables.entries), np.int32), np.empty(len(turn), np.int32)
        _by_literal(self._literal, len(turn), begin, grouped)
        return turn, begin, grouped

    # ---- asking for hits ----------------------------------------------------------------------------------

    def every(self, number: int) -> ListHits:
        """Every hit of a list, nested and overlapping ones too."""
        exact = _hits(self._grouped, slice(self._offsets[number], self._offsets[number + 1]))
        if self._alike is None:
            return exact
        offsets, grouped, _ = self._alike
        return exact.joined(_hits(grouped, slice(offsets[number], offsets[number + 1]), misheard=True))

    def hits(self, number: int) -> ListHits:
        """Hits of a list: nested ones dropped, of overlapping ones the leftmost kept."""
        if number not in self._resolved:
            low, high = self._offsets[number], self._offsets[number + 1]
            found = _hits(self._grouped, low + np.flatnonzero(self._kept[low:high]))
            if self._alike is not None:
                offsets, grouped, kept = self._alike
                low, high = offsets[number], offsets[number + 1]
                found = found.joined(_hits(grouped, low + np.flatnonzero(kept[low:high]), misheard=True))
            self._resolved[number] = found
        return self._resolved[number]

    def within(self, number: int, lo: Indices, hi: Indices, *, anybody: bool = False) -> Apart:
        """Hits of a list in windows of turns lo … hi - 1 (lo ascending); `anybody`: whoever speaks there."""
        roles = EVERYBODY if anybody else self.lists[number].roles
        found = self._told_apart(number, lo, hi, roles, self._text)
        _, grouped, kept = _grouped(found, found.shape[1], 1)
        every = _hits(grouped, slice(None))
        hits = every if kept.all() else every.select(kept)
        if self.tolerance is None or not self.tolerance.of_list(number).any():
            return Apart(every, hits)
        alike = self._told_apart(number, lo, hi, roles, self._likely_text)
        fresh = self.tolerance.of_list(number)[alike[1]]
        fresh &= ~_touches(alike[3], alike[4], grouped[2], grouped[3])
        alike = alike[:, fresh]
        _, grouped, kept = _grouped(alike, alike.shape[1], 1)
        more = _hits(grouped, slice(None), misheard=True)
        return Apart(every.joined(more), hits.joined(more.select(kept)))

    def everywhere(self, number: int) -> Apart:
        """Hits of a list in all turns of its speakers."""
        return self.within(number, np.zeros(1, np.int64), np.full(1, len(self.turn_role), np.int64))

    def surroundings(self, spans: Spans, width: int) -> Surroundings:
        """What matching sees around each span: `width` characters of its turn on either side."""
        visible, position = self._visible[: self._visible_turn[-1]], self._position[: self._visible_turn[-1]]
        start, end = np.searchsorted(position, spans.start), np.searchsorted(position, spans.end)
        turn = np.searchsorted(self._visible_turn, start, "right") - 1
        low = np.maximum(start - width, self._visible_turn[turn])
        high = np.minimum(end + width, self._visible_turn[turn + 1])
        return Surroundings(visible, low, start, end, high)


class Apart(NamedTuple):
    """All hits of a list, and those left when nested and overlapping ones are dropped."""

    every: ListHits
    hits: ListHits


def _grouped(found: Ints, count: int, n_lists: int) -> tuple[Indices, Ints, Mask]:
    """Offsets, hits and whether each is kept: see `_by_list`."""
    grouped = np.empty((4, count), np.int32)
    kept = np.empty(count, np.bool_)
    return _by_list(found, count, n_lists, grouped, kept), grouped, kept


def _hits(grouped: Ints, at: slice | Indices, *, misheard: bool = False) -> ListHits:
    phrase, turn, start, end = (grouped[row, at].astype(np.int64) for row in range(4))
    return ListHits(Spans(start, end, phrase), turn, np.full(len(turn), misheard))


def _touches(start: Places, end: Places, others: Places, other_end: Places) -> Mask:
    """(n,) bool: stretches that share a place with one of the others, which are ordered by start."""
    if not len(others):
        return np.zeros(len(start), np.bool_)
    reach = np.maximum.accumulate(other_end)
    place = np.searchsorted(others, end, "left") - 1
    return np.asarray((place >= 0) & (reach[np.maximum(place, 0)] > start))


_MARKS = _marks()
