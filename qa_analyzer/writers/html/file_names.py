"""Ids → file names that every file system takes, and that never meet.

Knows what Windows, macOS and Linux refuse or fold. The name depends on the id alone, so pages link to each other
without a register.
"""

from __future__ import annotations

import hashlib
import unicodedata
from urllib.parse import quote

MAX_BYTES = 80
"""Of the readable part. A file name may have 255 bytes, a Windows path 260 characters in all."""

HASH_DIGITS = 12
_MARK = "~"
"""Stands before the hash and nowhere else, so a changed name never equals an unchanged one."""

_RESERVED = {"con", "prn", "aux", "nul"} | {f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"}


def safe_name(text: str | None) -> str:
    """`text` as a file stem: kept as it is if it is plain lower case, else cleaned and marked with a hash of itself.

    Upper case is marked too, because `A1` and `a1` are one file on Windows and macOS.
    """
    given = text or ""
    composed = unicodedata.normalize("NFC", given)
    clean = "".join(character if _is_plain(character) else "_" for character in composed)
    clean = clean.encode()[:MAX_BYTES].decode(errors="ignore").lstrip("-_")
    if clean == given == given.casefold() and clean and clean not in _RESERVED:
        return clean
    digest = hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]
    return f"{clean}{_MARK}{digest}"


def page_href(text: str | None) -> str:
    """The file name of `safe_name(text)`'s page, as it stands in a link."""
    return quote(f"{safe_name(text)}.html")


def _is_plain(character: str) -> bool:
    return character in "-_" or (character.isalnum() and unicodedata.is_normalized("NFKC", character))
