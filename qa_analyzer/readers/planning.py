"""Files → blocks of about equal size, in a fixed order. Runs in the parent process and holds one block at a time.

Looks only at what it must: small files are told apart by whoever reads them. A large NDJSON file is cut at line ends
and its newlines are counted on the way, so that every block knows its first line. What cannot be cut without being
unpacked or decoded (gzip, Zstandard, UTF-16, large tables) travels in `Block.payload`.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from qa_analyzer.readers.archives import BROKEN, Chained, Member, MemberIds, is_workbook, members
from qa_analyzer.readers.chunk import Block, BlockKind, Problem, Source
from qa_analyzer.readers.columns import SAMPLE_ROWS, Columns, Heading
from qa_analyzer.readers.detect import Container, Layout, container, encoding_of, layout_of
from qa_analyzer.readers.inputs import PathLike, sources
from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.messages import size_words
from qa_analyzer.readers.ndjson import LINE_BYTES, call_id_in
from qa_analyzer.readers.table import BrokenTable, csv_rows, delimiter_of, quoted
from qa_analyzer.readers.table import opened as opened_table
from qa_analyzer.readers.vendors import in_pieces, in_vendor_lines, text_format

BLOCK_BYTES = 16 << 20
SMALL_BYTES = 1 << 20
"""Files up to this size are read whole, many to a block."""
SMALL_PACKED_BYTES = 1 << 16
"""The same for compressed files: 64 KB unpack to 64 MB at most."""
FILES_A_BLOCK = 500
DOCUMENT_BYTES = 256 << 20
"""A JSON array, a workbook: read whole, since they cannot be cut."""
TABLE_BYTES = 32 << 20
"""A larger CSV file is read in pieces, and the rows of a call must stand together."""
TEXT_BYTES = 16 << 20
"""A written dialogue is one call; 24 hours of speech are less than 2 MB."""
_HEAD = 1 << 18
_READ = 1 << 20
_NEWLINE = 10
PACKED_ERRORS = (OSError, EOFError, zlib.error)

Open = Callable[[], BinaryIO]


def plan(
    paths: Sequence[PathLike],
    *,
    block_bytes: int = BLOCK_BYTES,
    lang: str = "zh",
    columns: Columns | None = None,
) -> Iterator[Block]:
    """Units of work for `paths` (files, folders, globs, as the user gave them), by path and line.

    The same calls come out whatever `block_bytes` is. Lazy: blocks with a payload are made when asked for. Raises
    `InputError` before the first block; a file that cannot be read is a block that `load` turns into a rejection.
    `columns` = what the user says of the columns of tables.
    """
    found = sources(paths, lang=lang)
    if columns is not None:
        found = [replace(source, columns=columns) for source in found]
    return _blocks(found, block_bytes)


def _blocks(found: list[Source], block_bytes: int) -> Iterator[Block]:
    small: list[Source] = []
    size = 0
    for source in found:
        bytes_in = _small_size(source)
        if small and (bytes_in is None or size + bytes_in > block_bytes or len(small) == FILES_A_BLOCK):
            yield Block(BlockKind.FILES, tuple(small), size=size)
            small, size = [], 0
        if bytes_in is None:
            yield from _large(source, block_bytes)
        else:
            small.append(source)
            size += bytes_in
    if small:
        yield Block(BlockKind.FILES, tuple(small), size=size)


def _small_size(source: Source) -> int | None:
    """Bytes of a file that is read whole, None for a large one."""
    path = Path(source.path)
    try:
        size = path.stat().st_size
    except OSError:
        return 0  # whoever reads it will say why
    packed = path.suffix.lower() in {".gz", ".zst", ".zstd", ".zip", ".tar", ".tgz", ".tzst"}
    return size if size <= (SMALL_PACKED_BYTES if packed else SMALL_BYTES) else None


def _large(source: Source, block_bytes: int) -> Iterator[Block]:
    try:
        with open(source.path, "rb") as file:
            head = file.read(_HEAD)
        kind = container(head)
        if kind in (Container.GZIP, Container.ZSTD):
            yield from _unpacked(source, kind, block_bytes)
        elif kind is Container.PARQUET:
            yield from _parquet(source, block_bytes)
        elif kind is Container.TEXT:
            yield from _text(source, head, Path(source.path).stat().st_size, None, block_bytes)
        elif kind in (Container.ZIP, Container.TAR):
            yield from _archive_file(source, kind, block_bytes)
        else:  # a recording or the like: its first bytes are enough to say so
            yield Block(BlockKind.FILES, (source,), size=len(head), payload=head)
    except OSError as error:
        yield _failed(source, "unreadable", detail=error.strerror or type(error).__name__)


def _failed(
    source: Source,
    key: str,
    *,
    first_line: int = 0,
    call_id: str = "",
    values: Mapping[str, object] | None = None,
    **more: str,
) -> Block:
    told = tuple((name, str(value)) for name, value in {**(values or {}), **more}.items())
    return Block(BlockKind.FAILED, (source,), first_line=first_line, problem=Problem(key, told, call_id))


# Text -------------------------------------------------------------------------------------------------------------


def _text(source: Source, head: bytes, size: int | None, unpack: Open | None, block_bytes: int) -> Iterator[Block]:
    """`size` is None and `unpack` gives the bytes where the file is compressed."""
    if not head.strip():
        yield from _whole(source, size, unpack, TEXT_BYTES)
        return
    encoding = encoding_of(head)
    if encoding is None:
        yield _failed(source, "undecodable_file")
        return
    suffix = Path(source.path.removesuffix(".gz").removesuffix(".zst")).suffix.lower()
    written = head.decode(encoding, "replace")
    if text_format(written) is not None:
        yield from _whole(source, size, unpack, DOCUMENT_BYTES)
        return
    layout = layout_of(written, suffix)
    if layout is Layout.JSON_LINES and in_pieces(written.encode("utf-8", "replace")):
        yield from _whole(source, size, unpack, DOCUMENT_BYTES)
        return
    if layout is Layout.JSON_LINES:
        if unpack is None and not encoding.startswith("utf-16"):
            blocks = _cut_file(source, encoding, block_bytes)
            yield from _marked(blocks, written)
        else:
            with (unpack or _plain(source))() as stream:
                yield from _marked(_cut_stream(source, stream, encoding, block_bytes), written)
        return
    if layout is Layout.TABLE and (size is None or size > TABLE_BYTES):
        with (unpack or _plain(source))() as stream:
            yield from _cut_table(source, stream, encoding, block_bytes)
        return
    limit = {Layout.JSON_DOCUMENT: DOCUMENT_BYTES, Layout.TABLE: TABLE_BYTES}.get(layout, TEXT_BYTES)
    yield from _whole(source, size, unpack, limit)


def _marked(blocks: Iterator[Block], head: str) -> Iterator[Block]:
    """The blocks of a file, each told whether its lines are a vendor's: the head decides for all of them.

    A head that ends within the first line says nothing: then whoever has the whole line decides.
    """
    foreign = in_vendor_lines(head.encode("utf-8", "replace")) if "\n" in head else None
    for block in blocks:
        yield replace(block, foreign=foreign) if block.kind is BlockKind.LINES else block


def _plain(source: Source) -> Open:
    return lambda: Path(source.path).open("rb")


def _whole(source: Source, size: int | None, unpack: Open | None, limit: int) -> Iterator[Block]:
    """A file that is read at once, if it is not too large for that."""
    payload = None
    if unpack is not None:
        with unpack() as stream:
            payload = stream.read(limit + 1)
        size = len(payload)
    if size is not None and size > limit:
        yield _failed(source, "too_large", size=size_words(size), limit=size_words(limit))
    else:
        yield Block(BlockKind.FILES, (source,), size=size or 0, payload=payload)


def _cut_file(source: Source, encoding: str, block_bytes: int) -> Iterator[Block]:
    """Blocks of whole lines of a file on disk. Read once, to find and count the newlines, and not held.

    Not through a memory map: its pages would count as memory of the process, as many as the file has.
    """
    with Path(source.path).open("rb", buffering=0) as file:
        size, at, line = file.seek(0, io.SEEK_END), 0, 1
        while at < size:
            count, end = _whole_lines(file, at, min(at + block_bytes, size), size)
            if count <= 1 and end - at > LINE_BYTES + len(b"\r\n"):
                file.seek(at)
                yield _long_line(source, file.read(_READ), end - at, line)
            else:
                yield Block(
                    BlockKind.LINES,
                    (source,),
                    start=at,
                    size=end - at,
                    first_line=line,
                    whole=at == 0 and end == size,
                    encoding=encoding,
                )
            at, line = end, line + count


def _whole_lines(file: io.FileIO, start: int, wanted_end: int, size: int) -> tuple[int, int]:
    """How many newlines there are up to the last one before `wanted_end`, and where it ends.

    A line that is longer goes on to its own end, or to that of the file.
    """
    file.seek(start)
    buffer = bytearray(min(_READ, size - start))
    count, at, end = 0, start, 0
    while at < size and (at < wanted_end or not end):
        within = at < wanted_end
        read = file.readinto(memoryview(buffer)[: wanted_end - at] if within else buffer)
        if not read:
            break  # the file has shrunk
        if within:
            found = int(np.count_nonzero(np.frombuffer(buffer, np.uint8, read) == _NEWLINE))
            count += found
            end = at + buffer.rfind(b"\n", 0, read) + 1 if found else end
        else:
            first = buffer.find(b"\n", 0, read) + 1
            if first:
                return 1, at + first
        at += read
    if wanted_end == size or not end:
        return count, size
    return count, end


def _long_line(source: Source, head: bytes, size: int, line: int) -> Block:
    return _failed(
        source,
        "line_too_long",
        first_line=line,
        call_id=call_id_in(head),
        size=size_words(size),
        limit=size_words(LINE_BYTES),
    )


def _cut_stream(source: Source, stream: BinaryIO, encoding: str, block_bytes: int) -> Iterator[Block]:
    """Blocks of whole lines of a stream, with their bytes. A line over the limit is passed over, not held."""
    reader = _Reader(stream, encoding)
    held = bytearray()
    line, first, ended = 1, True, False
    while not ended:
        read = reader.read()
        held += read
        ended = not read
        while cut := _cut(held, block_bytes, whole=ended and not reader.broken):
            if _is_overlong(held, cut):
                yield _long_line(source, bytes(held[:_READ]), cut, line)
            else:
                yield Block(
                    BlockKind.LINES,
                    (source,),
                    size=cut,
                    first_line=line,
                    whole=first and ended and cut == len(held),
                    encoding="utf-8" if reader.decodes else encoding,
                    payload=bytes(held[:cut]),
                )
            line, first = line + held.count(b"\n", 0, cut), False
            del held[:cut]
        if len(held) > max(block_bytes, 2 * LINE_BYTES) and held.find(b"\n") < 0:
            head, size = bytes(held[:_READ]), len(held)
            held.clear()
            size += reader.pass_line(held)
            yield _long_line(source, head, size, line)
            line, first = line + 1, False
    if reader.broken:
        yield _failed(source, "compressed_broken", first_line=line, detail=reader.broken)


def _cut(held: bytearray, block_bytes: int, whole: bool) -> int:
    """Bytes of the next block, 0 if more must be read first. `whole` = nothing follows what is held."""
    if whole and len(held) <= block_bytes:
        return len(held)
    if not whole and len(held) < block_bytes:
        return 0
    return held.rfind(b"\n", 0, block_bytes) + 1 or held.find(b"\n") + 1 or (len(held) if whole else 0)


def _is_overlong(held: bytearray, cut: int) -> bool:
    return cut > LINE_BYTES + len(b"\r\n") and held.find(b"\n", 0, cut - 1) < 0


class _Reader:
    """Reads a stream piece by piece, UTF-16 as UTF-8. A damaged stream ends early, and `broken` says why."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self.decodes = encoding.startswith("utf-16")
        self.broken = ""
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace") if self.decodes else None

    def read(self) -> bytes:
        """The next bytes, none at the end."""
        found = b""
        while not found:
            try:
                read = self._stream.read(_READ)
            except PACKED_ERRORS as error:
                self.broken = type(error).__name__
                return b""
            found = self._decoder.decode(read, not read).encode("utf-8", "replace") if self._decoder else read
            if not read:
                break
        return found

    def pass_line(self, held: bytearray) -> int:
        """Pass over the rest of a line: its bytes are counted, what follows is put into `held`."""
        passed = 0
        while read := self.read():
            end = read.find(b"\n") + 1
            if end:
                held += read[end:]
                return passed + end
            passed += len(read)
        return passed


# Tables -----------------------------------------------------------------------------------------------------------


def _cut_table(source: Source, stream: BinaryIO, encoding: str, block_bytes: int) -> Iterator[Block]:
    """Rows of a large CSV file, cut where `call_id` changes."""
    reached = 1
    with io.TextIOWrapper(stream, "utf-8-sig" if encoding == "utf-8" else encoding, newline="") as lines:
        try:
            for block, last_line in _table_pieces(source, lines, block_bytes):
                reached = last_line + 1
                yield block
        except Unmendable as problem:
            yield _failed(source, problem.key, values=problem.values)
        except BrokenTable as broken:
            yield _failed(source, "table_broken", first_line=max(reached, broken.line), detail=broken.detail)
        except UnicodeDecodeError:
            yield _failed(source, "undecodable", first_line=reached, encoding=encoding.upper())
        except PACKED_ERRORS as error:
            yield _failed(source, "compressed_broken", first_line=reached, detail=type(error).__name__)


def _table_pieces(source: Source, lines: Iterator[str], block_bytes: int) -> Iterator[tuple[Block, int]]:
    """Blocks, each with its last line. What was read before a failure comes out before it is raised."""
    errors = (UnicodeDecodeError, *PACKED_ERRORS)
    head, rest = _first_lines(map(_shortened, lines), errors)
    shown = [line for line in head if line.strip()]
    delimiter = delimiter_of(shown)
    all_rows = csv_rows(rest, delimiter, quoted=quoted(shown, delimiter))
    heading, below = opened_table(all_rows, source.columns, errors)
    key = heading.key()
    if key is None:
        raise Unmendable("too_large", size="> " + size_words(TABLE_BYTES), limit=size_words(TABLE_BYTES))
    rows: list[tuple[int, list[str]]] = []
    held, last = 0, ""
    try:
        for number, row in below:
            call_id = row[key].strip() if key < len(row) else ""
            if call_id and call_id != last and held >= block_bytes:
                yield _rows_block(source, heading, rows)
                rows, held = [], 0
            last = call_id or last
            rows.append((number, row))
            held += 3 * sum(map(len, row))
    except (BrokenTable, *errors):
        if rows:
            yield _rows_block(source, heading, rows)
        raise
    if rows:
        yield _rows_block(source, heading, rows)


def _first_lines(lines: Iterator[str], errors: tuple[type[Exception], ...]) -> tuple[list[str], Iterator[str]]:
    """The first lines, which tell the delimiter, and all lines; an error comes where its line would."""
    head: list[str] = []
    trouble: Exception | None = None
    try:
        for line in lines:
            head.append(line)
            if len(head) == SAMPLE_ROWS:
                break
    except errors as error:
        trouble = error

    def again() -> Iterator[str]:
        yield from head
        if trouble is not None:
            raise trouble
        yield from lines

    return head, again()


def _shortened(line: str) -> str:
    """A line over the limit without its middle: still too long to be scored, but not held four times by `csv`.

    Its end stays, and with it the quotation mark and the cells after the text.
    """
    return line if len(line) <= LINE_BYTES else line[: LINE_BYTES // 8] + line[-LINE_BYTES // 256 :]


def _rows_block(source: Source, heading: Heading, rows: list[tuple[int, list[str]]]) -> tuple[Block, int]:
    payload = msgspec.msgpack.encode((heading.top, heading.sample, rows))
    block = Block(BlockKind.ROWS, (source,), size=len(payload), first_line=rows[0][0], payload=payload)
    return block, rows[-1][0]


def _parquet(source: Source, block_bytes: int) -> Iterator[Block]:
    """Row groups as blocks; those much larger than a block are read here, piece by piece."""
    try:
        file = pq.ParquetFile(source.path)
        groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    except (pa.ArrowException, OSError) as error:
        yield _failed(source, "parquet_broken", detail=type(error).__name__)
        return
    with file:
        row = 1
        for number, group in enumerate(groups):
            whole = file.metadata.num_rows == 1
            if group.total_byte_size <= 2 * block_bytes:
                yield Block(
                    BlockKind.ROW_GROUP,
                    (source,),
                    start=number,
                    size=group.total_byte_size,
                    first_line=row,
                    whole=whole,
                )
            else:
                yield from _pieces(source, file, number, group, row, block_bytes)
            row += group.num_rows
        if row == 1:
            yield _failed(source, "no_calls")


def _pieces(source: Source, file: Any, number: int, group: Any, row: int, block_bytes: int) -> Iterator[Block]:
    rows = max(1, block_bytes * group.num_rows // max(1, group.total_byte_size))
    try:
        for batch in file.iter_batches(batch_size=rows, row_groups=[number], use_threads=False):
            yield Block(
                BlockKind.COLUMNS, (source,), first_line=row, payload=arrow_stream(batch), whole=group.num_rows == 1
            )
            row += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        yield _failed(source, "parquet_broken", first_line=row, detail=type(error).__name__)


def arrow_stream(batch: pa.RecordBatch) -> bytes:
    """A batch as bytes that another process can read."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


# Compressed files -------------------------------------------------------------------------------------------------


def opened(path: str, kind: Container) -> BinaryIO:
    """A stream of the bytes in a gzip or Zstandard file, all members and frames."""
    if kind is Container.GZIP:
        return gzip.open(path, "rb")  # type: ignore[return-value]
    # zstandard's own reader takes a stream that was cut off for one that has ended.
    stream: BinaryIO = pa.CompressedInputStream(pa.OSFile(path), "zstd")
    return stream


def _unpacked(source: Source, kind: Container, block_bytes: int) -> Iterator[Block]:
    def unpack() -> BinaryIO:
        return opened(source.path, kind)

    try:
        with unpack() as stream:
            head = stream.read(_HEAD)
        inner = container(head)
        if inner is Container.TEXT:
            yield from _text(source, head, None, unpack, block_bytes)
        elif inner is Container.TAR:
            with unpack() as stream:
                yield from _archive(source, stream, inner, block_bytes)
        else:
            yield from _whole(source, None, unpack, DOCUMENT_BYTES)
    except PACKED_ERRORS as error:
        yield _failed(source, "compressed_broken", detail=type(error).__name__)


# Archives ---------------------------------------------------------------------------------------------------------


def _archive_file(source: Source, kind: Container, block_bytes: int) -> Iterator[Block]:
    with Path(source.path).open("rb") as file:
        if kind is Container.ZIP and is_workbook(file):
            yield from _whole(source, Path(source.path).stat().st_size, None, DOCUMENT_BYTES)
        else:
            yield from _archive(source, file, kind, block_bytes)


def _archive(source: Source, file: BinaryIO, kind: Container, block_bytes: int) -> Iterator[Block]:
    """Small members many to a block, large ones as files of their kind; what an archive must not hold is refused."""
    ids = MemberIds(source.prefix)
    small: list[tuple[Source, bytes]] = []
    size = 0
    try:
        for member in members(file, kind):
            inner = source.member(member.name, ids.of(member.name))
            head, blocks = _member(inner, member, block_bytes)
            if head is not None:
                if small and (size + len(head) > block_bytes or len(small) == FILES_A_BLOCK):
                    yield _members_block(small)
                    small, size = [], 0
                small.append((inner, head))
                size += len(head)
                continue
            if small:
                yield _members_block(small)
                small, size = [], 0
            yield from blocks
    except Unmendable as problem:
        if small:
            yield _members_block(small)
        yield _failed(source, problem.key, values=problem.values)
    except BROKEN as error:
        if small:
            yield _members_block(small)
        yield _failed(source, "compressed_broken", detail=type(error).__name__)
    else:
        if small:
            yield _members_block(small)


def _members_block(small: Sequence[tuple[Source, bytes]]) -> Block:
    sources, payloads = zip(*small, strict=True)
    return Block(BlockKind.FILES, sources, size=sum(map(len, payloads)), payloads=payloads)


def _member(source: Source, member: Member, block_bytes: int) -> tuple[bytes | None, Iterator[Block]]:
    """The bytes of a small member, or the blocks of a large one."""
    if member.problem is not None or member.open is None:
        problem = member.problem or Unmendable("archive_empty")
        return None, iter([_failed(source, problem.key, values=problem.values)])
    try:
        stream = member.open()
        head = stream.read(SMALL_BYTES + 1)
    except Unmendable as problem:
        return None, iter([_failed(source, problem.key, values=problem.values)])
    except RuntimeError as error:  # a method or a password that this Python lacks
        return None, iter([_failed(source, "archive_method", detail=str(error)[:60])])
    if len(head) <= SMALL_BYTES:
        return head, iter(())
    return None, _large_member(source, head, stream, block_bytes)


def _large_member(source: Source, head: bytes, stream: BinaryIO, block_bytes: int) -> Iterator[Block]:
    rest: BinaryIO = io.BufferedReader(Chained(head, stream), _READ)
    kind = container(head)
    if kind in (Container.GZIP, Container.ZSTD):
        rest = gzip.GzipFile(fileobj=rest) if kind is Container.GZIP else pa.CompressedInputStream(rest, "zstd")  # type: ignore[assignment]
        head = rest.read(_HEAD)
        kind = container(head)
        rest = io.BufferedReader(Chained(head, rest), _READ)
    if kind is Container.TEXT:
        yield from _text(source, head, None, lambda: rest, block_bytes)
    elif kind is Container.TAR or (kind is Container.ZIP and b"xl/" not in head):
        yield _failed(source, "archive_inside")
    else:
        yield from _whole(source, None, lambda: rest, DOCUMENT_BYTES)
