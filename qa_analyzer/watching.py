"""Which files of a folder changed since the last look. Polls: no service of the system, no package is needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

INTERVAL_S = 0.5
"""Soon enough for an author who has just saved, and next to nothing for the machine."""

Snapshot = dict[Path, tuple[int, int]]
"""File → time of its last change in ns, size."""


def take_snapshot(folder: Path, suffixes: tuple[str, ...]) -> Snapshot:
    """The files below a folder. One that vanishes meanwhile is simply not there."""
    found: Snapshot = {}
    for path in folder.rglob("*"):
        if path.suffix.lower() not in suffixes:
            continue
        try:
            facts = path.stat()
        except OSError:
            continue
        found[path] = (facts.st_mtime_ns, facts.st_size)
    return found


def watch(
    folder: Path,
    suffixes: tuple[str, ...],
    *,
    interval: float = INTERVAL_S,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[set[Path]]:
    """Each time files were changed, added or removed: which. Ends only when the caller stops asking."""
    before = take_snapshot(folder, suffixes)
    while True:
        sleep(interval)
        now = take_snapshot(folder, suffixes)
        changed = {path for path in before.keys() | now.keys() if before.get(path) != now.get(path)}
        before = now
        if changed:
            yield changed
