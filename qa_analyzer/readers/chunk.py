"""What the readers hand over: `Block`, a picklable unit of work, and `Chunk`, the valid calls it held.

Knows no format. A `Block` names bytes or files; a `Chunk` holds columns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qa_analyzer.errors import Rejected
from qa_analyzer.model import CALL_SCHEMA
from qa_analyzer.readers.columns import Columns, ColumnsFound


class BlockKind(StrEnum):
    """How `load` reads a block."""

    LINES = "lines"
    """Whole lines of one NDJSON file: `size` bytes at `start`, or `payload`."""
    FILES = "files"
    """One or more whole files of any kind, told apart when read; `payload` = the bytes of the only one."""
    ROW_GROUP = "row_group"
    """Row group number `start` of a Parquet file."""
    COLUMNS = "columns"
    """Rows of a Parquet file as an Arrow stream in `payload`."""
    ROWS = "rows"
    """Rows of a large CSV file in `payload`, whole calls only."""
    FAILED = "failed"
    """One call or file that cannot be read, for the reason `problem`."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input file: `path` to open it, `name` to report it, `call_id` for a call that has none of its own.

    `prefix` begins the ids of calls in an archive, where there are several archives; `columns` = what the user says of
    the columns of a table.
    """

    path: str
    name: str
    call_id: str
    prefix: str = ""
    columns: Columns | None = None

    def member(self, name: str, call_id: str) -> Source:
        """A file inside this archive."""
        return Source(f"{self.path}/{name}", f"{self.name}/{name}", call_id, columns=self.columns)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nothing could be read: a key of `MESSAGES` and its values."""

    key: str
    values: tuple[tuple[str, str], ...] = ()
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A unit of work. `first_line` is the 1-based line (or row) of its first byte within the file.

    `whole` = the block is its file's only one, so that a single call without an id may take `Source.call_id`.
    `payloads` = the bytes of each of `sources`, where they come out of an archive.
    `foreign` = its lines are documents of a vendor, None if its first line must be looked at.
    """

    kind: BlockKind
    sources: tuple[Source, ...]
    start: int = 0
    size: int = 0
    first_line: int = 1
    whole: bool = False
    foreign: bool | None = False
    encoding: str = "utf-8"
    payload: bytes | None = field(default=None, repr=False)
    payloads: tuple[bytes, ...] | None = field(default=None, repr=False)
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """The valid, repaired calls of a block, and an account of the rest: `len(calls) + len(rejected) == read`.

    `calls` has `CALL_SCHEMA` and compact arrays: no null list, no null text, list offsets from 0.
    `files` (n_calls) and `lines` (n_calls, int64) say where each call stands; lines, also those in `rejected`, are
    1-based **within the file**, not within the block. `repaired` has the keys of `messages.REPAIRS`.
    `line_count` is the number of lines (rows, in a table) that the block spans; `columns` = how tables were read.
    """

    calls: pa.RecordBatch
    files: list[str]
    lines: NDArray[np.int64]
    rejected: list[Rejected]
    repaired: Counter[str]
    read: int
    line_count: int
    columns: tuple[ColumnsFound, ...] = ()


def no_calls() -> pa.RecordBatch:
    """No row, with all columns."""
    return pa.RecordBatch.from_pylist([], schema=CALL_SCHEMA)


def failed_chunk(rejected: Sequence[Rejected], line_count: int = 0) -> Chunk:
    """A chunk that holds nothing but rejections."""
    return Chunk(no_calls(), [], np.zeros(0, np.int64), list(rejected), Counter(), len(rejected), line_count)
