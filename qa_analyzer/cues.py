"""Where the rubric's named phrase lists (farewell, question, wait_request …) stand in a batch.

A list is looked for only where it can matter: closings near the end of a call, questions before silences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.batch import Batch, text_of_turns
from qa_analyzer.model import Role
from qa_analyzer.phrases import LiteralHits, Phrase, PhraseSet, parse_phrase

Indices = NDArray[np.int64]

WORD_LISTS = ("backchannel", "interjection")
"""Lists of plain words, matched on whole turns, not as phrases."""

TAIL_TURNS = 16
"""Cues of the end of a call (closing, farewell, transfer) are looked for in so many last turns."""
REGIONS: dict[str, tuple[str, ...]] = {
    "agent": ("resolved_agent", "follow_up", "escalated", "left_open"),
    "customer": ("complaint", "resolved_customer", "content_customer"),
    "tail": ("farewell", "closing_agent", "closing_customer", "transfer"),
    "some": ("voicemail", "solving", "question", "wait_request", "customer_request", "customer_wait_request"),
}
"""Where each list is looked for; `some` = in turns named by the asker. A rubric without a list has no such cue."""


class CueBook:
    """Named lists, compiled: one phrase set a region. By default a rubric's lists in `REGIONS`."""

    def __init__(self, lists: Mapping[str, Sequence[str]], regions: Mapping[str, Sequence[str]] | None = None) -> None:
        self.lists = lists
        self.phrases: dict[str, tuple[Phrase, ...]] = {}
        self.sets: dict[str, PhraseSet] = {}
        self.region_of: dict[str, str] = {}
        for region, names in (REGIONS if regions is None else regions).items():
            for name in names:
                self.phrases[name] = tuple(parse_phrase(source) for source in lists.get(name, ()))
                self.region_of[name] = region
            self.sets[region] = PhraseSet(phrase for name in names for phrase in self.phrases[name])


@dataclass
class Cues:
    """Lazy look-up of named lists in one batch. Everything in text order."""

    batch: Batch
    book: CueBook
    _scans: dict[str, LiteralHits] = field(default_factory=dict)
    _some: dict[int, LiteralHits] = field(default_factory=dict)

    @property
    def lists(self) -> Mapping[str, Sequence[str]]:
        return self.book.lists

    def _scan(self, region: str) -> LiteralHits:
        if region not in self._scans:
            batch = self.batch
            if region in ("agent", "customer"):
                self._scans[region] = self.book.sets[region].scan(batch.spoken(region))
                return self._scans[region]
            mine = batch.turn_number >= np.diff(batch.call_turn)[batch.turn_call] - TAIL_TURNS
            self._scans[region] = self.book.sets[region].scan(text_of_turns(batch, np.flatnonzero(mine)))
        return self._scans[region]

    def hits(self, name: str, among: Indices | None = None) -> tuple[Indices, Indices, Indices]:
        """(turn, start, end) of every hit of a list; start and end are positions in the batch's text.

        `among`: turns (ascending, unique) to look in, needed for the lists of the region `some`.
        """
        region = self.book.region_of[name]
        if among is not None:
            key = hash(among.tobytes())
            if key not in self._some:
                self._some[key] = self.book.sets[region].scan(text_of_turns(self.batch, among))
            literals = self._some[key]
        else:
            literals = self._scan(region)
        spans = literals.of_phrases(self.book.phrases[name])
        visible = literals.visible
        return (
            visible.turn[spans.start].astype(np.int64),
            visible.position[spans.start].astype(np.int64),
            visible.position[spans.end - 1].astype(np.int64) + 1,
        )

    def turns(self, name: str, role: Role | None = None, among: Indices | None = None) -> Indices:
        """Turns (ascending, unique) in which a list is heard, said by `role`."""
        turn = self.hits(name, among)[0]
        turn = turn[np.append(True, turn[1:] != turn[:-1])[: len(turn)]]
        return np.asarray(turn if role is None else turn[self.batch.turn_role[turn] == role])

    def calls(self, name: str, role: Role | None = None) -> NDArray[np.bool_]:
        """(c,) bool: calls in which a list is heard."""
        found = np.zeros(self.batch.n_calls, np.bool_)
        found[self.batch.turn_call[self.turns(name, role)]] = True
        return found
