"""Where a recording is heard from: the address that the input gave, at a second."""

from __future__ import annotations

from urllib.parse import urlsplit

SECONDS = "{seconds}"
SCHEMES = ("http", "https", "file")
"""Anything else, `javascript:` above all, is no link."""


def recording_at(url: str | None, start_ms: int | None) -> str | None:
    """The address at that moment: `{seconds}` filled in, else `#t=` as media fragments have it. None without a link."""
    if not url or start_ms is None:
        return None
    address = url.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme.lower() not in SCHEMES or not (parts.netloc or parts.scheme.lower() == "file"):
        return None
    seconds = str(start_ms // 1000)
    if SECONDS in address:
        return address.replace(SECONDS, seconds)
    return address if parts.fragment else f"{address}#t={seconds}"
