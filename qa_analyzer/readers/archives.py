"""Archives of transcripts: the entries of a ZIP or TAR file, in its order, none of them written to disk.

An archive is untrusted: paths that lead out of it, links, passwords, archives within and entries that swell beyond
reason are refused one by one, and the rest goes on.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from qa_analyzer.readers.detect import Container
from qa_analyzer.readers.mend import Unmendable
from qa_analyzer.readers.messages import size_words

SWELLS = 500
"""Text of calls shrinks to a tenth or twentieth; deflate cannot do more than about 1,000."""
_LARGE = 100 << 20
_DOCUMENT = ("word/", "ppt/", "META-INF/")
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
SUFFIXES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.zst", ".tzst")
"""How archives are called; what they are, their content decides."""
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. `problem` = why it is not read; else `open` gives its bytes, once, in the order given."""

    name: str
    open: Callable[[], BinaryIO] | None = None
    problem: Unmendable | None = None


class MemberIds:
    """Ids for calls that are alone in a file of an archive: the file's stem, its inner path where stems repeat.

    `prefix` = the archive's own id where there are several archives.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = f"{prefix}/" if prefix else ""
        self._seen: set[str] = set()

    def of(self, name: str) -> str:
        path = PurePosixPath(name)
        while path.suffix.lower() in {".gz", ".zst", ".zstd"}:
            path = path.with_suffix("")
        stem = path.stem if path.stem not in self._seen else path.with_suffix("").as_posix()
        self._seen.add(path.stem)
        return self._prefix + stem


def members(file: BinaryIO, kind: Container) -> Iterator[Member]:
    """The files of an archive of that kind."""
    return tar_members(file) if kind is Container.TAR else zip_members(file)


def is_workbook(file: BinaryIO) -> bool:
    """Whether a ZIP file is an Office workbook, perhaps a damaged one. The position in `file` is put back."""
    place = file.tell()
    try:
        return any(name.startswith("xl/") for name in zipfile.ZipFile(file).namelist())
    except BROKEN:
        file.seek(place)
        return b"xl/" in file.read(_LARGE)
    finally:
        file.seek(place)


def zip_members(file: BinaryIO) -> Iterator[Member]:
    """The files of a ZIP archive. Raises one of `BROKEN`, and `Unmendable` for an archive without a file."""
    archive = zipfile.ZipFile(file)
    if any(info.filename.startswith(_DOCUMENT) for info in archive.infolist()):
        raise Unmendable("office_document")
    found = False
    for info in archive.infolist():
        name = _zip_name(info)
        if info.is_dir() or _ignored(name):
            continue
        found = True
        ratio = info.file_size // max(1, info.compress_size)
        if problem := _unsafe(name):
            yield Member(_shown(name), problem=problem)
        elif info.flag_bits & _ENCRYPTED:
            yield Member(_shown(name), problem=Unmendable("archive_encrypted"))
        elif info.file_size > _LARGE and ratio > SWELLS:
            yield Member(_shown(name), problem=Unmendable("archive_bomb", size=size_words(info.file_size), ratio=ratio))
        else:
            yield Member(_shown(name), _opener(archive, info))
    if not found:
        raise Unmendable("archive_empty")


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            return archive.open(info)  # type: ignore[return-value]
        except (NotImplementedError, RuntimeError) as error:
            raise Unmendable("archive_method", detail=str(error)[:60]) from None

    return opened


def tar_members(file: BinaryIO) -> Iterator[Member]:
    """The files of a TAR archive, plain or unpacked on the way, read from front to back.

    Raises one of `BROKEN`, and `Unmendable` for an archive without a file.
    """
    found = False
    with tarfile.open(fileobj=file, mode="r|") as archive:
        for info in archive:
            if info.isdir() or _ignored(info.name):
                continue
            found = True
            if problem := _unsafe(info.name):
                yield Member(_shown(info.name), problem=problem)
            elif not info.isfile():
                yield Member(_shown(info.name), problem=Unmendable("archive_link"))
            else:
                stream = archive.extractfile(info)
                assert stream is not None, "a regular file has content"
                yield Member(_shown(info.name), _given(stream))
    if not found:
        raise Unmendable("archive_empty")


def _given(stream: object) -> Callable[[], BinaryIO]:
    return lambda: stream  # type: ignore[return-value]


def _zip_name(info: zipfile.ZipInfo) -> str:
    """Chinese Windows writes names in its own encoding and does not say so."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _unsafe(name: str) -> Unmendable | None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        return Unmendable("archive_path", path=_shown(name))
    return None


def _ignored(name: str) -> bool:
    """As in a folder: hidden files, `*.md`, `expected.csv`; and what macOS adds."""
    path = PurePosixPath(name.replace("\\", "/"))
    hidden = any(part.startswith(".") and part not in {".", ".."} for part in path.parts)
    return hidden or path.suffix.lower() == ".md" or path.name == "expected.csv" or path.parts[:1] == ("__MACOSX",)


def _shown(name: str) -> str:
    """A name for messages and reports: printable, of a sane length."""
    printable = "".join(char if char.isprintable() else "\ufffd" for char in name)
    return printable.encode("utf-8", "replace").decode()[:300]


class Chained(io.RawIOBase):
    """Bytes that were read already, and the rest of their stream."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = memoryview(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            found = bytes(self._head) + self._rest.read()
            self._head = self._head[len(self._head) :]
            return found
        if self._head:
            found = bytes(self._head[:size])
            self._head = self._head[size:]
            return found
        return self._rest.read(size)

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        found = self.read(len(view))
        view[: len(found)] = found
        return len(found)
