"""What is said about a mistake in a rule or rubric, in Chinese and English.

Knows wordings only. An `Issue` names its message and carries the facts; the language is chosen when it is shown.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.rule_mistakes import ADDED, EXPECTED, MISTAKES

Language = Literal["zh", "en"]

THE_FILE = "the file"
"""Stands for a key where a whole file is meant."""
_TRANSLATED = {"expected", "kind", "reason"}


@dataclass(frozen=True, slots=True)
class Issue:
    """A mistake at a 1-based line (0 = the file as a whole); `what` is a key of `MESSAGES`."""

    line: int
    what: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def text(self, language: Language) -> str:
        """The message, in that language."""
        words = _WORDS[language]
        facts = {
            name: words[value].format_map(self.facts)
            if value in words and (name in _TRANSLATED or value == THE_FILE)
            else value
            for name, value in self.facts.items()
        }
        message = MESSAGES[language][self.what].format_map(facts)
        if self.facts.get("legal"):
            message += _ADDED[language]["legal"].format(legal=self.facts["legal"])
        if self.facts.get("near"):
            message += _ADDED[language]["near"].format(near=self.facts["near"])
        return message


def nearest(written: str, legal: Iterable[str]) -> str:
    """The legal word that was probably meant, or an empty string."""
    found = difflib.get_close_matches(written.strip().lower(), list(legal), n=1, cutoff=0.5)
    return found[0] if found else ""


def choices(written: str, legal: Iterable[str]) -> dict[str, str]:
    """The facts `legal` and `near` for a word that is not one of `legal`."""
    words = list(dict.fromkeys(legal))
    return {"legal": "  ".join(words), "near": nearest(written, words)}


_WORDS = texts(EXPECTED)
_ADDED = texts(ADDED)

MESSAGES = texts(MISTAKES)
