"""Which files the user means: paths, folders and globs → files in a fixed order, and an id for calls without one."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from qa_analyzer.readers.archives import SUFFIXES as ARCHIVES
from qa_analyzer.readers.chunk import Source
from qa_analyzer.readers.messages import input_error

_COMPRESSED = {".gz", ".zst", ".zstd"}
_IGNORED_NAMES = {"expected.csv"}
_IGNORED_SUFFIXES = {".md"}
_REPORT = "run.json"
_REPORT_HEAD = 4096

PathLike = str | Path


def find_inputs(paths: Sequence[PathLike], *, lang: str = "zh") -> list[Path]:
    """The files named by `paths`, each once, sorted by path.

    A folder is searched with its subfolders; hidden files, `*.md`, `expected.csv` and reports that this program wrote
    there are ignored, and any other file counts, whatever it is. Globs are expanded here, since Windows does not.
    Raises `InputError` with the remedy for a path that does not exist, a glob without a match and a folder without a
    file.
    """
    return [path for path, _ in _found(paths, lang)]


def sources(paths: Sequence[PathLike], *, lang: str = "zh") -> list[Source]:
    """`find_inputs` with names to report, and for each file the id of a call that is alone in it and has none.

    That id is the file's stem; where stems repeat, the path from the folder that holds all inputs.
    """
    found = _found(paths, lang)
    root = _common_folder([folder for _, folder in found])
    stems = Counter(_stem(path) for path, _ in found)
    several = sum(path.name.lower().endswith(ARCHIVES) for path, _ in found) > 1
    made = []
    for path, _ in found:
        call_id = _printable(_stem(path) if stems[_stem(path)] == 1 else _relative(path, root))
        prefix = call_id if several else ""
        made.append(Source(path=str(path), name=_printable(path.as_posix()), call_id=call_id, prefix=prefix))
    return made


def _found(paths: Sequence[PathLike], lang: str) -> list[tuple[Path, Path]]:
    """Files, each with the folder it was found from."""
    if not paths:
        raise input_error(lang, "no_paths")
    found: dict[str, tuple[Path, Path]] = {}
    for given in paths:
        for path, folder in _expanded(given, lang):
            found.setdefault(os.path.realpath(path), (path, folder))
    return sorted(found.values(), key=lambda pair: pair[0].as_posix())


def _expanded(given: PathLike, lang: str) -> list[tuple[Path, Path]]:
    path = Path(given)
    if path.is_dir():
        return _in_folder(path, lang)
    if path.exists():
        return [(path, path.parent)]
    if not glob.has_magic(str(given)):
        raise input_error(lang, "no_such_path", path=_printable(str(given)))
    matches = [Path(match) for match in sorted(glob.glob(str(given), recursive=True))]
    folder = _glob_root(path)
    found = []
    for match in matches:
        if match.is_dir():
            found += [(file, folder) for file in _files_below(match)]
        elif not _ignored(match):
            found.append((match, folder))
    if not found:
        raise input_error(lang, "no_match", path=_printable(str(given)))
    return found


def _in_folder(folder: Path, lang: str) -> list[tuple[Path, Path]]:
    files = _files_below(folder)
    if not files:
        raise input_error(lang, "empty_folder", path=_printable(str(folder)))
    return [(file, folder) for file in files]


def _files_below(folder: Path) -> list[Path]:
    files = []
    for place, folders, names in os.walk(folder):
        if _REPORT in names and _is_report(Path(place, _REPORT)):
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(place, name) for name in names if not _ignored(Path(name)) and Path(place, name).is_file()]
    return files


def _ignored(path: Path) -> bool:
    name = path.name
    return name.startswith(".") or name in _IGNORED_NAMES or path.suffix.lower() in _IGNORED_SUFFIXES


def _is_report(path: Path) -> bool:
    """Whether this is the account that `score` leaves in its report: the pages and tables beside it are no calls."""
    try:
        with path.open("rb") as file:
            head = file.read(_REPORT_HEAD)
    except OSError:
        return False
    return head.lstrip().startswith(b"{") and b'"qa_analyzer"' in head and b'"ruleset"' in head


def _glob_root(path: Path) -> Path:
    fixed = []
    for part in path.parts[:-1]:
        if glob.has_magic(part):
            break
        fixed.append(part)
    return Path(*fixed) if fixed else Path()


def _stem(path: Path) -> str:
    """`a/c1.json.gz` → `c1`."""
    if path.suffix.lower() in _COMPRESSED:
        path = path.with_suffix("")
    return path.stem


def _common_folder(folders: list[Path]) -> str:
    try:
        return os.path.commonpath([os.path.abspath(folder) for folder in folders])
    except ValueError:  # on several Windows drives
        return ""


def _relative(path: Path, root: str) -> str:
    whole = os.path.abspath(path)
    return Path(os.path.relpath(whole, root) if root else whole).as_posix()


def _printable(text: str) -> str:
    """A name as UTF-8 can hold it: bytes of a file name that are none → U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
