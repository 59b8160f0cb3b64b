"""Where the shipped rules and sample transcripts are.

Knows the two places: package data of an installed wheel, and the checkout beside the package. An editable install has
no package data, hence both. Does not read what is there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from qa_analyzer.errors import InputError

_PACKAGE = Path(__file__).resolve().parent


def shipped(name: Literal["rules", "sample_transcripts"], *, package: Path = _PACKAGE) -> Path:
    """The folder of that name: `_data/` inside `package` first, then beside it.

    Raises `InputError` if neither exists, which means a broken installation.
    """
    places = (package / "_data" / name, package.parent / name)
    for place in places:
        if place.is_dir():
            return place
    raise InputError(f"{name}: 安装不完整 (broken installation); " + ", ".join(map(str, places)))


def is_installed(folder: Path) -> bool:
    """Whether a folder is package data of an installed wheel, which nobody should edit."""
    return folder.parent == _PACKAGE / "_data"
