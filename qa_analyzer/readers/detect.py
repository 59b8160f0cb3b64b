"""What a file is, by its content: compression, format, encoding. A file's ending is a hint and never decides alone.

Works on bytes that someone else has read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from enum import StrEnum

from qa_analyzer.readers.characters import SIMPLIFIED, TRADITIONAL
from qa_analyzer.readers.headings import DELIMITERS, HEADING_ROWS, known_fields


class Container(StrEnum):
    """What the first bytes say."""

    GZIP = "gzip"
    ZSTD = "zstd"
    PARQUET = "parquet"
    ZIP = "zip"
    TAR = "tar"
    OLD_OFFICE = "old_office"
    AUDIO = "audio"
    IMAGE = "image"
    PDF = "pdf"
    ARCHIVE = "archive"
    PROGRAM = "program"
    DATABASE = "database"
    OTHER = "other"
    TEXT = "text"


class Layout(StrEnum):
    """How calls are written in a text file."""

    JSON_LINES = "json_lines"
    JSON_DOCUMENT = "json_document"
    TABLE = "table"
    DIALOGUE = "dialogue"


_MAGIC = (
    (b"\x1f\x8b", Container.GZIP),
    (b"\x28\xb5\x2f\xfd", Container.ZSTD),
    (b"PAR1", Container.PARQUET),
    (b"PK\x03\x04", Container.ZIP),
    (b"PK\x05\x06", Container.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Container.OLD_OFFICE),
    (b"%PDF-", Container.PDF),
    (b"\x89PNG", Container.IMAGE),
    (b"\xff\xd8\xff", Container.IMAGE),
    (b"GIF8", Container.IMAGE),
    (b"RIFF", Container.AUDIO),
    (b"ID3", Container.AUDIO),
    (b"OggS", Container.AUDIO),
    (b"fLaC", Container.AUDIO),
    (b"#!AMR", Container.AUDIO),
    (b"BZh", Container.ARCHIVE),
    (b"\xfd7zXZ\x00", Container.ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", Container.ARCHIVE),
    (b"Rar!", Container.ARCHIVE),
    (b"\x7fELF", Container.PROGRAM),
    (b"MZ\x90", Container.PROGRAM),
    (b"SQLite format 3\x00", Container.DATABASE),
)
_TAR_MAGIC_AT = 257
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CANDIDATES = ("gb18030", "cp950", "big5hkscs", "utf-16-le", "utf-16-be")
_SAMPLE = 1 << 16
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27})
_BINARY_SHARE = 0.1
"""A text with more control bytes than this is none: English has 0, a damaged recogniser export a few."""
_LAYOUT = frozenset("\t\n\r\ufeff")
_READABLE = 0.0
"""A decoding that scores below is no text: of the characters that are not ASCII more are unlikely than common."""

_COMMON = frozenset(SIMPLIFIED + TRADITIONAL)
_PUNCTUATION = frozenset("，。！？：；、（）《》“”‘’「」『』【】…—～·￥％＋－／ 　")
_LABEL = re.compile(
    "(?:客服|坐席|座席|话务员|話務員|客户|客戶|用户|用戶|使用者|顾客|顧客|系统|系統)[0-9A-Za-z]*[ 　]*[：:]"
)
_JSON_ARRAY = re.compile(r"\[\s*[\[{\]]")


def container(head: bytes) -> Container:
    """What the first bytes of a file say it is."""
    if head[_TAR_MAGIC_AT : _TAR_MAGIC_AT + 5] == b"ustar":
        return Container.TAR
    for magic, found in _MAGIC:
        if head.startswith(magic):
            return found
    if not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and _controls(head) > _BINARY_SHARE:
        return Container.TEXT if _wide(head) else Container.OTHER
    return Container.TEXT


def encoding_of(sample: bytes) -> str | None:
    """The encoding of a text by its first bytes, None if it is none we know.

    UTF-8 if most of the lines that are not ASCII are valid UTF-8: a few damaged lines do not make a file another
    encoding. Otherwise the decoding with the most common Chinese characters, judged also on a few words.
    """
    for bom, encoding in _BOMS:
        if sample.startswith(bom):
            return encoding
    sample = sample[:_SAMPLE]
    if sample.isascii() and not (b"\x00" in sample and _wide(sample)):
        return "utf-8"
    valid, broken = _utf8_lines(sample)
    if valid and valid >= broken and (broken or not _only_two_byte_characters(sample)):
        return "utf-8"
    candidates = _CANDIDATES if valid == 0 or broken else ("utf-8", *_CANDIDATES)
    scores = {encoding: _score(sample, encoding) for encoding in candidates}
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] > _READABLE:
        return best
    return "utf-8" if valid and valid >= broken else None


def without_bom(data: bytes, encoding: str) -> bytes:
    """The bytes after a byte order mark, if there is one."""
    for bom, name in _BOMS:
        if name == encoding and data.startswith(bom):
            return data[len(bom) :]
    return data


def layout_of(head: str, suffix: str) -> Layout:
    """How calls are written in a text, by its first lines; `suffix` (`.csv`) decides where the content does not."""
    rows = [row for row in re.split(r"\r\n|\r|\n", head[:_SAMPLE]) if row.strip()][:20]
    first = rows[0].lstrip() if rows else ""
    if first.startswith("{") or _JSON_ARRAY.match(head.lstrip()):
        return _json_layout(rows)
    if any(row.startswith('{"') for row in rows):
        return Layout.JSON_LINES
    found = max((known_fields(first, delimiter) for delimiter in DELIMITERS), key=len)
    if len(found) >= 2 or suffix in {".csv", ".tsv"} or _has_heading(rows) or _is_research(rows):
        return Layout.TABLE
    if suffix in {".json", ".jsonl", ".ndjson"} and not _LABEL.search(head):
        return Layout.JSON_LINES
    return Layout.DIALOGUE


def _has_heading(rows: list[str]) -> bool:
    """Whether one of the first lines names columns, text among them."""
    found = (known_fields(row, delimiter) for row in rows[:HEADING_ROWS] for delimiter in DELIMITERS)
    return any(len(names) >= 2 and "text" in names for names in found)


def _is_research(rows: list[str]) -> bool:
    """Lines of as many cells between tabs, one of them 0 or 1: chat id, user, is_agent, …, text."""
    cells = [row.split("\t") for row in rows[:HEADING_ROWS]]
    width = len(cells[0]) if cells else 0
    even = width >= 4 and len(cells) >= 2 and all(len(row) == width for row in cells[:-1])
    return even and any({row[at].strip() for row in cells if at < len(row)} == {"0", "1"} for at in range(width))


def _json_layout(rows: list[str]) -> Layout:
    """JSON that goes on in a second line which does not open an object at its first column is one document."""
    if rows[0].lstrip().startswith("["):
        whole = len(rows[0]) > 1 and not rows[0].rstrip().endswith(",")
        return Layout.JSON_LINES if len(rows) > 1 and rows[1].startswith('{"') and whole else Layout.JSON_DOCUMENT
    opened = rows[0].rstrip()
    if opened.strip() == "{" and len(rows) > 1 and not rows[1].startswith("{"):
        return Layout.JSON_DOCUMENT  # or several, one behind the other
    unfinished = not opened.endswith("}") and not any(row.startswith("{") for row in rows[1:])
    return Layout.JSON_DOCUMENT if len(rows) > 1 and unfinished else Layout.JSON_LINES


def _controls(head: bytes) -> float:
    return (len(head) - len(head.translate(None, _CONTROL))) / max(1, len(head))


def _wide(head: bytes) -> bool:
    """UTF-16 without a byte order mark: ASCII with a zero beside each letter, or readable Chinese."""
    head = head[: min(len(head) // 2 * 2, _SAMPLE)]
    low, high = head[0::2].count(0), head[1::2].count(0)
    if max(low, high) * 2 > len(head) // 2 > 0 and min(low, high) == 0:
        return True
    return max(_score(head, "utf-16-le"), _score(head, "utf-16-be")) > _READABLE


def _utf8_lines(sample: bytes) -> tuple[int, int]:
    """How many lines with bytes above ASCII are valid UTF-8, and how many are not; the cut last line counts whole."""
    valid = broken = 0
    lines = sample.split(b"\n")
    for at, line in enumerate(lines):
        if line.isascii():
            continue
        try:
            codecs.utf_8_decode(line, "strict", at < len(lines) - 1 or len(sample) < _SAMPLE)
            valid += 1
        except UnicodeDecodeError:
            broken += 1
    return valid, broken


def _only_two_byte_characters(sample: bytes) -> bool:
    """No character of three bytes: Chinese in UTF-8 has them, a word of GB18030 that happens to be valid has not."""
    return not any(byte >= 0xE0 for byte in sample)


def _score(sample: bytes, encoding: str) -> float:
    """Mean likelihood of the characters that are not ASCII: 1 = all of them common in Chinese calls."""
    text = sample.decode(encoding, "replace")
    if encoding.startswith("utf-16"):
        odd = sum(_weight(char) <= -1 and char not in _LAYOUT for char in text[:2000] if not char.isalnum())
        if "\x00" in text or odd * 10 > len(text[:2000]):
            return -1.0
    weights = [_weight(char) for char in text if not char.isascii()]
    if not weights:
        return -1.0 if encoding != "utf-8" else 0.5
    label = 0.5 if _LABEL.search(text) else 0.0
    return _mean(weights) + label


def _mean(weights: Iterable[float]) -> float:
    weights = list(weights)
    return sum(weights) / len(weights)


def _weight(char: str) -> float:
    if char in _COMMON:
        return 1.0
    if char in _PUNCTUATION:
        return 0.6
    if "\uff01" <= char <= "\uff5e":
        return 0.4
    if "\u4e00" <= char <= "\u9fa5":
        return -0.2
    if char == "\ufffd":
        return -4.0
    return 0.0 if " " <= char <= "~" else -1.0
