"""Where the rubric's named phrase lists (farewell, question, wait_request …) stand in a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.batch import Batch
from qa_analyzer.model import Role
from qa_analyzer.phrases import LiteralHits, Phrase, parse_phrase

Indices = NDArray[np.int64]

PHRASE_LISTS = (
    "backchannel",
    "interjection",
    "farewell",
    "question",
    "wait_request",
    "customer_request",
    "customer_wait_request",
    "closing_agent",
    "closing_customer",
    "solving",
    "complaint",
    "resolved_agent",
    "resolved_customer",
    "follow_up",
    "escalated",
    "transfer",
    "voicemail",
)
"""The lists the engine asks for; a rubric without one of them simply has no such cue."""

WORD_LISTS = ("backchannel", "interjection")
"""Lists of plain words, matched on whole turns, not as phrases."""


@dataclass
class Cues:
    """Lazy look-up of named lists. `turns` and `hits` are in text order."""

    batch: Batch
    literals: LiteralHits
    lists: Mapping[str, Sequence[str]]
    _found: dict[str, tuple[Indices, Indices, Indices]] = field(default_factory=dict)

    def hits(self, name: str) -> tuple[Indices, Indices, Indices]:
        """(turn, start, end) of every hit of a list; start and end are positions in the batch's text."""
        if name not in self._found:
            spans = self.literals.of_phrases(cue_phrases(self.lists, name))
            visible = self.batch.visible
            self._found[name] = (
                visible.turn[spans.start].astype(np.int64),
                visible.position[spans.start].astype(np.int64),
                visible.position[spans.end - 1].astype(np.int64) + 1,
            )
        return self._found[name]

    def turns(self, name: str, role: Role | None = None) -> Indices:
        """Turns (ascending, unique) in which a list is heard, said by `role`."""
        turn = np.unique(self.hits(name)[0])
        return turn if role is None else turn[self.batch.turn_role[turn] == role]

    def calls(self, name: str, role: Role | None = None) -> NDArray[np.bool_]:
        """(c,) bool: calls in which a list is heard."""
        found = np.zeros(self.batch.n_calls, np.bool_)
        found[self.batch.turn_call[self.turns(name, role)]] = True
        return found


def cue_phrases(lists: Mapping[str, Sequence[str]], name: str) -> list[Phrase]:
    """The parsed phrases of one named list."""
    return [parse_phrase(source) for source in lists.get(name, ())]
