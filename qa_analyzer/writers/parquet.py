"""Tables → Parquet whose bytes depend on the rows alone, not on how they arrived.

Knows row groups, compression and fixed metadata. Does not know what the columns mean.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

GROUP_CELLS = 1 << 20
"""Values in every row group but the last, at most: a group waits in memory until it is full, about 10 MB."""
MOST_ROWS = 65_536

COMPRESSION = "zstd"
COMPRESSION_LEVEL = 1
"""On 200,000 findings: a quarter smaller than snappy, in the same time (1.1 µs a row)."""


class ParquetSink:
    """Writes one table in blocks of any size. Dictionary columns are written as plain strings, since their
    dictionaries would differ from block to block; Parquet encodes them again by itself.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.schema = pa.schema([_plain_field(field) for field in schema])
        self.group = rows_in_group(len(self.schema))
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._writer = pq.ParquetWriter(
            path,
            self.schema,
            compression=COMPRESSION,
            compression_level=COMPRESSION_LEVEL,
            version="2.6",
            write_page_index=False,
        )

    def write(self, table: pa.Table) -> None:
        """Append rows; `table` has at least the columns of the schema, in any order."""
        self._waiting.append(table.select(self.schema.names).cast(self.schema))
        self._waiting_rows += table.num_rows
        if self._waiting_rows < self.group:
            return
        rows = pa.concat_tables(self._waiting)
        full = rows.num_rows // self.group * self.group
        for start in range(0, full, self.group):
            self._write_group(rows.slice(start, self.group))
        self._waiting = [rows.slice(full)]
        self._waiting_rows = rows.num_rows - full

    def close(self) -> None:
        """Write what is left and the footer."""
        if self._waiting_rows:
            self._write_group(pa.concat_tables(self._waiting))
        self._waiting, self._waiting_rows = [], 0
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write_group(self, rows: pa.Table) -> None:
        # Pages break at chunk borders, so a group must be one chunk.
        self._writer.write_table(rows.combine_chunks(), row_group_size=self.group)


def rows_in_group(columns: int) -> int:
    """Rows in every row group but the last: a power of two, so that a group has at most `GROUP_CELLS` values."""
    return min(MOST_ROWS, 1 << max(GROUP_CELLS // columns, 1).bit_length() - 1)


def _plain_field(field: pa.Field) -> pa.Field:
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    return pa.field(field.name, kind, field.nullable)
