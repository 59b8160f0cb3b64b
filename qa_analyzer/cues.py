"""Where the rubric's named phrase lists (farewell, question, wait_request …) stand in a batch.

A list is looked for only where it can matter: closings near the end of a call, questions before silences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.batch import Batch
from qa_analyzer.matching import EVERYBODY, Heard, ListHits, PhraseLists
from qa_analyzer.model import Role

Indices = NDArray[np.int64]

WORD_LISTS = ("backchannel", "interjection", "agreement")
"""Lists of plain words, matched on whole turns or at their start, not as phrases."""

TAIL_TURNS = 16
"""Cues of the end of a call (closing, farewell, transfer) are looked for in so many last turns."""
REGIONS: dict[str, tuple[str, ...]] = {
    "agent": ("resolved_agent", "follow_up", "escalated", "left_open"),
    "customer": ("complaint", "resolved_customer", "content_customer"),
    "tail": ("farewell", "closing_agent", "closing_customer", "transfer", "transfer_last"),
    "some": (
        "voicemail",
        "solving",
        "question",
        "wait_request",
        "wait_said",
        "customer_request",
        "customer_wait_request",
        "line_check",
        "thanks",
        "present",
        "continued",
        "idle_caller",
    ),
}
"""Where each list is looked for; `some` = in turns named by the asker. A rubric without a list has no such cue."""


EXACT = ("voicemail", "complaint")
"""Lists that a tolerant search leaves alone: they decide what a call is, and nobody is excused by them."""


ROLES = {role.code: 1 << role | 1 << Role.UNKNOWN for role in Role if role != Role.UNKNOWN}
"""By speaker: the bits of the roles whose turns are listened to, its own and those of nobody known."""


class CueBook:
    """Named lists, added to the phrase lists of a rule set. By default a rubric's lists in `REGIONS`."""

    def __init__(
        self,
        named: Mapping[str, Sequence[str]],
        lists: PhraseLists,
        regions: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.named = named
        self.numbers: dict[str, int] = {}
        self.region_of: dict[str, str] = {}
        for region, names in (REGIONS if regions is None else regions).items():
            for name in names:
                self.region_of[name] = region
                self.numbers[name] = lists.add(
                    named.get(name, ()),
                    ROLES.get(region, EVERYBODY),
                    everywhere=region != "some",
                    tolerable=regions is None and name not in EXACT,
                )


@dataclass
class Cues:
    """Look-up of named lists in one batch. Everything in text order."""

    batch: Batch
    book: CueBook
    heard: Heard
    _some: dict[tuple[str, int], ListHits] = field(default_factory=dict)

    @property
    def lists(self) -> Mapping[str, Sequence[str]]:
        return self.book.named

    def _found(self, name: str, among: Indices | None) -> ListHits:
        number = self.book.numbers[name]
        region = self.book.region_of[name]
        if among is not None:
            key = name, hash(among.tobytes())
            if key not in self._some:
                self._some[key] = self.heard.within(number, among, among + 1, anybody=True).hits
            return self._some[key]
        found = self.heard.hits(number)
        if region != "tail":
            return found
        last = np.diff(self.batch.call_turn)[self.batch.turn_call[found.turn]]
        return found.select(self.batch.turn_number[found.turn] >= last - TAIL_TURNS)

    def hits(self, name: str, among: Indices | None = None) -> tuple[Indices, Indices, Indices]:
        """(turn, start, end) of every hit of a list; start and end are positions in the batch's text.

        `among`: turns (ascending, unique) to look in, needed for the lists of the region `some`.
        """
        found = self._found(name, among)
        return found.turn, found.spans.start, found.spans.end

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
