"""What all blocks together show: ids that occur twice, and the ways in which the columns of tables were read.

The first call of an id by path and line is scored, the others are rejected and name its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qa_analyzer import wording
from qa_analyzer.errors import Rejected
from qa_analyzer.readers import Chunk
from qa_analyzer.readers.columns import ColumnsFound
from qa_analyzer.wording.pairs import texts
from qa_analyzer.wording.reading import SEEN


def without_repeats(chunk: Chunk, before: Mapping[str, str], lang: str) -> tuple[Chunk, list[Rejected]]:
    """The first call of each id, unless it stands before this block, and all that is rejected."""
    ids = chunk.calls.column("call_id")
    codes = pc.dictionary_encode(ids).indices.to_numpy()  # (c,)
    first = np.unique(codes, return_index=True)[1]
    keep = np.zeros(len(ids), np.bool_)
    keep[first] = True
    if before:
        keep &= ~pc.is_in(ids, pa.array(list(before), pa.string())).to_numpy(zero_copy_only=False)
    if keep.all():
        return chunk, list(chunk.rejected)
    rejected = list(chunk.rejected)
    for index in np.flatnonzero(~keep):
        call_id, own = ids[index].as_py(), first[codes[index]]
        place = before.get(call_id) or f"{chunk.files[own]}:{chunk.lines[own]}"
        reason = texts(SEEN)[lang]["repeated"].format(first=place)
        rejected.append(Rejected(chunk.files[index], int(chunk.lines[index]), call_id, reason))
    kept = np.flatnonzero(keep)
    calls = replace(
        chunk,
        calls=chunk.calls.take(pa.array(kept)),
        files=[chunk.files[index] for index in kept],
        lines=chunk.lines[kept],
    )
    return calls, sorted(rejected, key=lambda one: (one.file, one.line))


@dataclass(frozen=True)
class _Seen:
    """Calls sorted by the first half of their id's hash: halves (n,) uint64, place (n,) uint32."""

    first: NDArray[np.uint64]
    second: NDArray[np.uint64]
    file: NDArray[np.uint32]
    line: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.first)

    def take(self, index: NDArray[np.int64]) -> _Seen:
        return _Seen(self.first[index], self.second[index], self.file[index], self.line[index])

    def with_all(self, later: _Seen) -> _Seen:
        """Both, sorted."""
        both = _Seen(
            np.concatenate((self.first, later.first)),
            np.concatenate((self.second, later.second)),
            np.concatenate((self.file, later.file)),
            np.concatenate((self.line, later.line)),
        )
        return both.take(np.argsort(both.first, kind="stable"))


class SeenIds:
    """Ids of all calls so far as 128-bit hashes, and where they stand: 24 bytes a call, not a Python object each."""

    def __init__(self) -> None:
        self._parts: list[_Seen] = []
        self._names: list[str] = []

    def add(self, ids: pa.Array, files: pa.DictionaryArray, lines: NDArray[np.int64]) -> dict[str, str]:
        """Remember ids and places. Returns those that were there before, each with the place of the first."""
        import pandas as pd

        values = ids.to_pandas().to_numpy(object)
        calls = _Seen(
            pd.util.hash_array(values, categorize=False),
            pd.util.hash_array(values, hash_key="qa-analyzer ids!", categorize=False),
            (files.indices.to_numpy() + len(self._names)).astype(np.uint32),
            lines.astype(np.uint32),
        )
        known = np.zeros(len(calls), np.bool_)
        before: dict[str, str] = {}
        for part in self._parts:
            at = np.minimum(np.searchsorted(part.first, calls.first), len(part) - 1)
            same = (part.first[at] == calls.first) & (part.second[at] == calls.second)
            for index in np.flatnonzero(same):
                before[str(values[index])] = f"{self._names[part.file[at[index]]]}:{part.line[at[index]]}"
            known |= same
        fresh = np.flatnonzero(~known)
        if len(fresh):
            self._names += files.dictionary.to_pylist()
            self._parts.append(calls.take(fresh[np.argsort(calls.first[fresh], kind="stable")]))
        while len(self._parts) > 1 and len(self._parts[-1]) * 2 > len(self._parts[-2]):
            later = self._parts.pop()
            self._parts[-1] = self._parts[-1].with_all(later)
        return before


MOST_TABLES, SHOWN_TABLES = 100, 5
"""Ways to read the columns of a table that run.json lists, and that are told on the screen."""


class ColumnsSeen:
    """The ways in which the columns of tables were read, each with its first file and the number of its files."""

    def __init__(self) -> None:
        self._files: dict[tuple[tuple[tuple[str, str], ...], tuple[str, ...]], list[Any]] = {}

    def add(self, found: ColumnsFound) -> None:
        key = (found.used, found.unused)
        if key not in self._files and len(self._files) == MOST_TABLES:
            return
        seen = self._files.setdefault(key, [found.file, 0, ""])
        seen[1] += seen[2] != found.file  # a large file comes in several blocks
        seen[2] = found.file

    def facts(self, hide: Callable[[str], str]) -> list[dict[str, Any]]:
        """For run.json."""
        return [
            {
                "file": hide(first),
                "files": often,
                "columns": {hide(heading): name for heading, name in used},
                "unused": [hide(heading) for heading in unused],
            }
            for (used, unused), (first, often, _) in self._files.items()
        ]

    def told(self, lang: Literal["zh", "en"], hide: Callable[[str], str]) -> Iterator[str]:
        """Lines for the user, on columns that have other names than ours."""
        guessed = [one for one in self.facts(hide) if any(heading != name for heading, name in one["columns"].items())]
        for one in guessed[:SHOWN_TABLES]:
            joint = wording.pick(wording.NAMES, lang)
            pairs = joint.join(f"{heading} → {name}" for heading, name in one["columns"].items())
            more = wording.word(lang, "columns.more", files=one["files"]) if one["files"] > 1 else ""
            unused = wording.word(lang, "columns.unused", names=joint.join(one["unused"])) if one["unused"] else ""
            yield wording.word(lang, "columns.found", file=one["file"], more=more, pairs=pairs, unused=unused)
