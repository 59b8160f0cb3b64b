"""Numbers, shares and times as people read them, on pages and in the terminal alike. Null has its own sign."""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control, escape and direction-override characters: one for one, so that spans stay true."""


def format_number(value: float | None, digits: int = 2) -> str:
    """At most `digits` decimals, no trailing zeros; a dash for null."""
    if value is None:
        return "—"
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def format_mean(value: float | None) -> str:
    """One decimal, so that columns line up; a dash for null."""
    return "—" if value is None else f"{value:.1f}"


def format_percent(share: float | None, digits: int = 0) -> str:
    """A share 0–1 as a percentage; a dash for null."""
    return "—" if share is None else f"{share * 100:.{digits}f}%"


def format_signed(value: float | None) -> str:
    """An emotion value with its sign; a dash for null."""
    return "—" if value is None else f"{value:+.2f}".replace("-", "−")


def format_points(points: float | None) -> str:
    """A difference of points with its sign, one decimal; a dash for null."""
    return "—" if points is None else f"{points:+.1f}".replace("-", "−")


def format_share(share: float) -> str:
    """A part of an emotion value, to the thousandth, so that parts visibly add up."""
    return f"{share:+.3f}".replace("-", "−")


def format_clock(ms: float | None) -> str:
    """Milliseconds as mm:ss, with hours where there are any; empty for null."""
    if ms is None:
        return ""
    seconds = int(ms // 1000)
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60:02}:{rest % 60:02}"


def format_moment(moment: str | None) -> str:
    """An ISO moment to the minute, in its own offset: `2026-11-21 09:03`."""
    return "—" if not moment else f"{moment[:10]} {moment[11:16]}".strip()


def without_controls(text: str) -> str:
    """A text that no terminal takes for a command or prints backwards; as long as it was."""
    return _CONTROLS.sub("\ufffd", text)
