"""What a row of the catalogue is, and how one of its languages is picked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Lang = Literal["zh", "en"]
Pair = tuple[str, str]
"""(中文, English)"""


def pick(pair: Pair, lang: Lang) -> str:
    """The word of `lang` out of a catalogue row."""
    return pair[0] if lang == "zh" else pair[1]


def fill(pair: Pair, lang: Lang, **values: object) -> str:
    """The word of `lang` with its `{placeholders}` filled in."""
    return pick(pair, lang).format(**values)


def texts(rows: Mapping[str, Pair]) -> dict[str, dict[str, str]]:
    """Language → key → text."""
    return {"zh": {key: pair[0] for key, pair in rows.items()}, "en": {key: pair[1] for key, pair in rows.items()}}
