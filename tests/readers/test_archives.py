"""Transcripts in ZIP and TAR files: the same calls as in a folder, and nothing an archive holds does harm."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from qa_analyzer.errors import Rejected
from qa_analyzer.readers import load, plan
from qa_analyzer.readers.planning import SMALL_BYTES, SMALL_PACKED_BYTES
from tests.readers.calls import call, line

TEXT = "客服：您好，请讲。\n客户：热水器不热了。\n客服：我给您报修。\n".encode()


def zipped(path: Path, entries: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, entries: Mapping[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def read(*paths: Path, block_bytes: int = 1 << 20) -> tuple[dict[str, str], list[Rejected]]:
    """(call id → file, rejections)"""
    found: dict[str, str] = {}
    rejected: list[Rejected] = []
    for block in plan(paths, block_bytes=block_bytes):
        chunk = load(block)
        assert chunk.read == len(chunk.files) + len(chunk.rejected)
        found |= dict(zip(chunk.calls.column("call_id").to_pylist(), chunk.files, strict=True))
        rejected += chunk.rejected
    return found, rejected


def noise(size: int) -> bytes:
    """Bytes that no compression makes small, so that an archive is a large one."""
    return os.urandom(size)


ENTRIES = {
    "a.txt": TEXT,
    "夜班/b.ndjson": line(call("n1")) + line(call("n2")),
    "夜班/c.json.gz": gzip.compress(line(call(None))),
    "README.md": "不是通话".encode(),
    ".hidden": b"x",
    "__MACOSX/a.txt": b"x",
}
CALLS = {"a", "n1", "n2", "c"}


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_an_archive_holds_the_calls_of_its_files(tmp_path: Path, kind: str, *, large: bool) -> None:
    """Large and small archives take different ways and must end alike."""
    entries = {**ENTRIES, "picture.png": b"\x89PNG" + noise(SMALL_PACKED_BYTES * 20 if large else 10)}
    path = tmp_path / f"night.{kind}"
    if kind == "zip":
        zipped(path, entries)
    else:
        tarred(path, entries, "w:gz" if kind == "tar.gz" else "w")
    found, rejected = read(path)
    assert set(found) == CALLS
    assert found["n1"] == f"{path.as_posix()}/夜班/b.ndjson"
    assert [(one.file, "图片" in one.reason) for one in rejected] == [(f"{path.as_posix()}/picture.png", True)]


def test_a_large_file_in_an_archive_is_cut_into_blocks(tmp_path: Path) -> None:
    many = b"".join(line(call(f"n{i}")) for i in range(6000))
    assert len(many) > SMALL_BYTES
    for path in (
        zipped(tmp_path / "z.zip", {"big.ndjson": many, "a.txt": TEXT}),
        tarred(tmp_path / "t.tar.gz", {"big.ndjson": many, "a.txt": TEXT}, "w:gz"),
    ):
        found, rejected = read(path, block_bytes=300_000)
        assert len(found) == 6001
        assert not rejected


def test_block_size_changes_nothing(tmp_path: Path) -> None:
    entries = {f"d{i % 7}/c{i % 50}.txt": TEXT for i in range(300)}
    path = zipped(tmp_path / "many.zip", entries, zipfile.ZIP_STORED)
    assert path.stat().st_size > SMALL_PACKED_BYTES / 2
    small, large = read(path, block_bytes=3000), read(path, block_bytes=1 << 24)
    assert small == large
    assert len(small[0]) == 300


def test_stems_that_repeat_take_their_inner_path(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"d1/c1.txt": TEXT, "d2/c1.txt": TEXT})
    assert set(read(path)[0]) == {"c1", "d2/c1"}


def test_several_archives_keep_their_calls_apart(tmp_path: Path) -> None:
    first, second = (zipped(tmp_path / f"day{i}.zip", {"001.txt": TEXT}) for i in (1, 2))
    assert set(read(first, second)[0]) == {"day1/001", "day2/001"}


@pytest.mark.parametrize("name", ["../../etc/evil.txt", "/etc/evil.txt", "C:\\evil.txt", "a/../../evil.txt"])
def test_a_path_that_leads_out_is_refused_and_the_rest_goes_on(tmp_path: Path, name: str) -> None:
    for path in (
        zipped(tmp_path / "z.zip", {name: TEXT, "a.txt": TEXT}),
        tarred(tmp_path / "t.tar", {name: TEXT, "a.txt": TEXT}),
    ):
        found, rejected = read(path)
        assert set(found) == {"a"}
        assert "不安全" in rejected[0].reason
    assert sorted(one.name for one in tmp_path.iterdir()) == ["t.tar", "z.zip"]


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"x.txt": TEXT}).read_bytes()
    found, rejected = read(zipped(tmp_path / "outer.zip", {"inner.zip": inner, "a.txt": TEXT}))
    assert set(found) == {"a"}
    assert "还有压缩包" in rejected[0].reason


def test_an_entry_that_swells_beyond_reason_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"bomb.txt": b"0" * (110 << 20), "a.txt": TEXT})
    found, rejected = read(path)
    assert set(found) == {"a"}
    assert "倍" in rejected[0].reason


def test_small_archives_share_one_limit_of_unpacked_size(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {f"{i}.txt": b" " * (20 << 20) for i in range(5)} | {"a.txt": TEXT})
    assert path.stat().st_size > 0
    found, rejected = read(path)
    assert len(found) + len(rejected) == 6


def test_links_are_no_calls(tmp_path: Path) -> None:
    path = tmp_path / "t.tar"
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    found, rejected = read(path)
    assert not found
    assert "链接" in rejected[0].reason


def test_a_password_is_said(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"a.txt": TEXT})
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + at] |= 1
    path.write_bytes(data)
    assert "密码" in read(path)[1][0].reason


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_a_damaged_or_empty_archive_is_one_rejection(tmp_path: Path, kind: str) -> None:
    made = {f"{i}.txt": TEXT + noise(2000).hex().encode() for i in range(50)}
    path = tmp_path / f"night.{kind}"
    whole = zipped(path, made) if kind == "zip" else tarred(path, made, "w:gz" if kind == "tar.gz" else "w")
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) // 2])
    found, rejected = read(whole)
    assert len(rejected) == 1
    assert "损坏" in rejected[0].reason
    assert kind != "tar" or len(found) > 5
    empty = tmp_path / f"empty.{kind}"
    _ = zipped(empty, {}) if kind == "zip" else tarred(empty, {}, "w:gz" if kind == "tar.gz" else "w")
    assert read(empty)[1][0].reason


def test_names_that_chinese_windows_wrote(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"XXXX.txt": TEXT})
    data = path.read_bytes().replace(b"XXXX", "夜班".encode("gb18030"))
    path.write_bytes(data)
    assert set(read(path)[0]) == {"夜班"}


def test_a_document_is_no_archive_of_calls(tmp_path: Path) -> None:
    """A Word file is a ZIP file inside."""
    path = zipped(tmp_path / "a.docx", {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    found, rejected = read(path)
    assert not found
    assert ["文档" in one.reason for one in rejected] == [True]
