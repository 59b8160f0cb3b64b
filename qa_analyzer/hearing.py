"""Where the wordings of a lexicon are heard in a batch. Knows who has to say them and what excuses a hit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.batch import Batch
from qa_analyzer.cues import CueBook, Cues
from qa_analyzer.lexicon import SPOKEN_BY, Lexicon, WordingGroup
from qa_analyzer.matching import Heard, PhraseLists

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Said:
    """Where the wordings of one value are heard, by start. All (n,).

    turn; start, end: positions in the batch's text; group: number of the group; weight: its weight.
    """

    turn: Indices
    start: Indices
    end: Indices
    group: Indices
    weight: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.turn)


_NO_HITS = np.zeros(0, np.int64)
NOTHING = Said(_NO_HITS, _NO_HITS, _NO_HITS, _NO_HITS, np.zeros(0))


def add_lexicon(lexicon: Lexicon, to: PhraseLists) -> CueBook:
    """Add all wordings to the phrase lists of a rule set, to be heard where their speakers speak."""
    lists: dict[str, tuple[str, ...]] = {}
    regions: dict[str, list[str]] = {role.code: [] for role in sorted(set(SPOKEN_BY.values()))}
    for column, values in lexicon.columns.items():
        for value, groups in values.items():
            for number, group in enumerate(groups):
                lists[_name(column, value, number)] = group.says
                lists[_name(column, value, number, "unless")] = group.unless
                regions[SPOKEN_BY[column].code] += [
                    _name(column, value, number),
                    _name(column, value, number, "unless"),
                ]
    return CueBook(lists, to, regions)


@dataclass(frozen=True)
class Wordings:
    """What of a lexicon is heard in one batch."""

    lexicon: Lexicon
    batch: Batch
    cues: Cues

    @classmethod
    def of(cls, batch: Batch, lexicon: Lexicon, book: CueBook, heard: Heard) -> Wordings:
        """What was heard in a batch, ready to be asked for."""
        return cls(lexicon, batch, Cues(batch, book, heard))

    def said(self, column: str, value: str) -> Said:
        """The hits of one value, said by the column's speaker; of hits that overlap the heavier group's stays."""
        groups = self.lexicon.columns.get(column, {}).get(value, ())
        found = [self._group(column, value, number, group) for number, group in enumerate(groups)]
        found = [one for one in found if len(one)]
        if not found:
            return NOTHING
        if len(found) == 1:
            return found[0]
        joined = Said(
            turn=np.concatenate([one.turn for one in found]),
            start=np.concatenate([one.start for one in found]),
            end=np.concatenate([one.end for one in found]),
            group=np.concatenate([one.group for one in found]),
            weight=np.concatenate([one.weight for one in found]),
        )
        order = np.lexsort((-joined.end, -joined.weight, joined.start))
        joined = _select(joined, order)
        # Hits of several groups on the same words: the first in this order stays, what begins inside it goes.
        reach = np.maximum.accumulate(joined.end)
        return _select(joined, np.concatenate(([True], joined.start[1:] >= reach[:-1])))

    def _group(self, column: str, value: str, number: int, group: WordingGroup) -> Said:
        turn, start, end = self.cues.hits(_name(column, value, number))
        keep = self.batch.turn_role[turn] == SPOKEN_BY[column]
        if group.unless and len(turn):
            _, from_, to = self.cues.hits(_name(column, value, number, "unless"))
            keep &= ~overlapped(start, end, from_, to)
        turn, start, end = turn[keep], start[keep], end[keep]
        return Said(turn, start, end, np.full(len(turn), number), np.full(len(turn), group.weight))


def overlapped(start: Indices, end: Indices, from_: Indices, to: Indices) -> NDArray[np.bool_]:
    """(n,) bool: stretches that share a character with one of others (ascending, apart from each other)."""
    if not len(from_):
        return np.zeros(len(start), np.bool_)
    after = np.searchsorted(to, start, "right")
    return np.asarray((after < len(to)) & (from_[np.minimum(after, len(to) - 1)] < end))


def _name(*parts: str | int) -> str:
    return "/".join(map(str, parts))


def _select(said: Said, keep: NDArray[np.bool_] | Indices) -> Said:
    return Said(said.turn[keep], said.start[keep], said.end[keep], said.group[keep], said.weight[keep])
