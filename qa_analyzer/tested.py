"""Remembers for which rule sets the examples were run, and whether they passed: `run.json` reports it."""

from __future__ import annotations

import json
from pathlib import Path

from qa_analyzer.kept import cache_folder

MOST_REMEMBERED = 200


def memory_file() -> Path:
    """Where results are kept."""
    return cache_folder() / "tested.json"


def examples_passed(ruleset: str) -> bool | None:
    """Whether the examples passed when they were last run for this rule set; None = never run here."""
    found = _remembered().get(ruleset)
    return found if isinstance(found, bool) else None


def remember(ruleset: str, *, passed: bool) -> None:
    """Keep a result. A cache folder that cannot be written to is no error: the result is simply not known later."""
    results = {**_remembered(), ruleset: passed}
    newest = dict(list(results.items())[-MOST_REMEMBERED:])
    path = memory_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(newest, indent=1), encoding="utf-8")
    except OSError:
        return


def _remembered() -> dict[str, object]:
    try:
        found = json.loads(memory_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
