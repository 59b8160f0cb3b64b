"""What the user says of the columns of tables: `--columns 'call_id=流水号,text=内容'`, or a YAML file of the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from qa_analyzer.errors import OptionError
from qa_analyzer.readers.columns import SETTABLE, Columns, checked_columns, parse_columns
from qa_analyzer.readers.messages import say

_FILES = (".yaml", ".yml")
_ROLES = "roles"


def read_columns(written: str, *, lang: str) -> Columns:
    """`call_id=流水号,text=内容`, or a YAML file: `{call_id: 流水号, text: 内容, roles: {1: agent, 2: customer}}`.

    A column without a heading is named by its number from 1. Raises `OptionError` that says what is wrong.
    """
    try:
        if written.lower().endswith(_FILES):
            return _of_file(Path(written), lang)
        return parse_columns(written)
    except ValueError as error:
        raise OptionError(say(lang, "columns_option", part=str(error), known="、".join(SETTABLE))) from None


def _of_file(path: Path, lang: str) -> Columns:
    try:
        given: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise OptionError(say(lang, "columns_file", path=path, detail=type(error).__name__)) from None
    roles = given.pop(_ROLES, {}) if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(roles, dict):
        raise OptionError(say(lang, "columns_file", path=path, detail="key: value"))
    return checked_columns(
        [(str(name), str(heading)) for name, heading in given.items()],
        [(str(word), str(role)) for word, role in roles.items()],
    )
