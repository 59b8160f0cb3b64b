"""A vendor's document, written to a file and read back with no option."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..calls import Result, read_bytes

Told = tuple[str, str | None, int | None, int | None, str]


def read_json(folder: Path, value: Any, name: str = "call_17.json", *, indent: int | None = 1, **how: Any) -> Result:
    """What a JSON document holds."""
    return read_bytes(folder, json.dumps(value, ensure_ascii=False, indent=indent).encode(), name, **how)


def told(result: Result, at: int = 0) -> list[Told]:
    """Role, speaker, times in ms and text of each utterance of a call."""
    return [
        (one["role"], one["speaker"], one["start_ms"], one["end_ms"], one["text"])
        for one in result.calls[at]["utterances"]
    ]


def words(result: Result, at: int = 0) -> list[list[tuple[str, int | None]] | None]:
    """Words with their starts of each utterance of a call."""
    return [
        None if one["words"] is None else [(word["text"], word["start_ms"]) for word in one["words"]]
        for one in result.calls[at]["utterances"]
    ]
