"""Parquet whose bytes depend on the rows alone."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qa_analyzer.writers import parquet
from qa_analyzer.writers.parquet import ParquetSink

ROWS = 1000
SCHEMA = pa.schema([("rule", pa.dictionary(pa.int32(), pa.string())), ("score", pa.float64()), ("quote", pa.string())])


def make_rows() -> pa.Table:
    return pa.table(
        {
            "quote": [None if at % 7 == 0 else f"第{at}句😀" * (at % 5) for at in range(ROWS)],
            "rule": [f"empathy/{at * at % 11}" for at in range(ROWS)],
            "score": [None if at % 5 == 0 else at / 3 for at in range(ROWS)],
        }
    )


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_CELLS", 128 * len(SCHEMA))


def write(path: Path, size: int, *, encode: bool) -> bytes:
    rows = make_rows()
    with ParquetSink(path, SCHEMA) as sink:
        for start in range(0, ROWS, size):
            block = rows.slice(start, size)
            if encode:
                block = block.set_column(1, "rule", block["rule"].combine_chunks().dictionary_encode())
            sink.write(block)
    return path.read_bytes()


@pytest.mark.parametrize("size", [1, 7, 127, 128, 129, 333, 1000])
def test_bytes_do_not_depend_on_the_blocks(tmp_path: Path, size: int) -> None:
    """However the rows arrive, and with whatever dictionaries, the file is the same."""
    expected = write(tmp_path / "a.parquet", ROWS, encode=False)
    assert write(tmp_path / "b.parquet", size, encode=True) == expected
    file = pq.ParquetFile(tmp_path / "b.parquet")
    groups = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
    assert groups == [128] * 7 + [104]
    assert file.read().select(["quote", "rule", "score"]).equals(make_rows())


def test_a_file_without_rows_can_be_read(tmp_path: Path) -> None:
    """An empty table has its schema."""
    with ParquetSink(tmp_path / "e.parquet", SCHEMA):
        pass
    table = pq.read_table(tmp_path / "e.parquet")
    assert (table.num_rows, table.column_names) == (0, ["rule", "score", "quote"])


def test_wide_tables_have_short_groups() -> None:
    """A group has at most 384 values here, and a row at least."""
    assert [parquet.rows_in_group(columns) for columns in (1, 2, 3, 4, 200)] == [256, 128, 128, 64, 1]
    assert parquet.rows_in_group(10_000) == 1
