"""Tables that are costly to make and always the same, kept between runs in the user's cache folder.

A file holds named arrays; it is mapped into memory, not read, so that several workers share it. Its name carries the
key of what it was made from, so that a changed rule or program never meets an old table. Without a folder to write to,
nothing is kept, and everything is made anew in each process.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa_analyzer.version import __version__

MAGIC = b"qa-kept1"
ALIGNED = 64
MOST_OF_A_KIND = 3
"""Files of one kind that are left; the ones that were used least lately go."""
SUFFIX = ".tables"

Arrays = Mapping[str, NDArray[np.generic]]


def cache_folder() -> Path:
    """The user's cache folder; QA_ANALYZER_CACHE overrides it."""
    own = os.environ.get("QA_ANALYZER_CACHE")
    if own:
        return Path(own)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return base / "qa-analyzer"


@cache
def program_key(*modules: str) -> str:
    """What the source of some modules of this package and its version come to: an edited program is another one."""
    digest = sha256(__version__.encode())
    for name in modules:
        path = import_module(name).__file__
        digest.update(name.encode())
        try:
            digest.update(Path(path or "").read_bytes())
        except OSError:  # From an archive: the version has to do.
            continue
    return digest.hexdigest()


def key_of(*facts: str | bytes) -> str:
    """A key of what tables are made from."""
    digest = sha256()
    for fact in facts:
        data = fact.encode("utf-8", "surrogatepass") if isinstance(fact, str) else fact
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def fetch(kind: str, key: str) -> dict[str, NDArray[np.generic]] | None:
    """Arrays that were kept under this key, or None. They may be written to; the file stays as it is."""
    path = _path(kind, key)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(len(MAGIC) + 8)
            length = int.from_bytes(head[len(MAGIC) :], "little")
            if head[: len(MAGIC)] != MAGIC or length > size:
                return None
            told = json.loads(file.read(length))
        if told["key"] != key or told["size"] != size:
            return None
        os.utime(path)
        data = np.memmap(path, np.uint8, "c")
        return {name: _array(data, *one) for name, one in told["arrays"].items()}
    except (OSError, ValueError, TypeError, KeyError):
        return None


def keep(kind: str, key: str, arrays: Arrays) -> None:
    """Keep arrays under a key. A folder that cannot be written to is no error."""
    path = _path(kind, key)
    whole = {name: np.ascontiguousarray(one).reshape(one.shape) for name, one in arrays.items()}
    places: dict[str, tuple[int, str, Sequence[int]]] = {}
    at = 0
    for name, one in whole.items():
        places[name] = (at, one.dtype.str, one.shape)
        at += -(-one.nbytes // ALIGNED) * ALIGNED
    # The header says where the arrays begin, and that depends on its own length: blanks make it as long as foreseen.
    rough = json.dumps({"key": key, "size": 0, "arrays": {name: (1 << 60, *one[1:]) for name, one in places.items()}})
    begin = -(-(len(MAGIC) + 8 + len(rough) + 20) // ALIGNED) * ALIGNED
    told = {
        "key": key,
        "size": begin + at,
        "arrays": {name: (begin + one[0], *one[1:]) for name, one in places.items()},
    }
    header = json.dumps(told).encode().ljust(begin - len(MAGIC) - 8)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.write(MAGIC + len(header).to_bytes(8, "little") + header)
            for one in whole.values():
                file.write(one.tobytes())
                file.write(b"\0" * (-one.nbytes % ALIGNED))
        draft.replace(path)
        _tidy(path.parent, kind)
    except OSError:  # No room, no rights, or another process has the file open.
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _path(kind: str, key: str) -> Path:
    return cache_folder() / f"{kind}-{key[:24]}{SUFFIX}"


def _array(data: NDArray[np.uint8], at: int, kind: str, shape: Sequence[int]) -> NDArray[np.generic]:
    dtype = np.dtype(kind)
    count = int(np.prod(shape, dtype=np.int64))
    # A view without the class of a file's map: compiled functions take it for an array as any other.
    plain: NDArray[np.uint8] = np.asarray(data[at : at + count * dtype.itemsize])
    return plain.view(dtype).reshape(tuple(shape))


def _tidy(folder: Path, kind: str) -> None:
    """Let the files that were not used for longest go."""
    files = sorted(folder.glob(f"{kind}-*{SUFFIX}"), key=lambda one: one.stat().st_mtime, reverse=True)
    for one in files[MOST_OF_A_KIND:]:
        with suppress(OSError):  # In use, on Windows.
            one.unlink()
