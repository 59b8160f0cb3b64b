"""Loops over characters, compiled: what column operations would need dozens of passes for.

The functions decorated here are plain Python over numpy arrays, turned into machine code by numba on first use and
kept in its cache (beside the file, or in the user's cache folder), so that only the very first run waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers. Without a place to keep the code, it is compiled in every process."""
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # No folder can be written to.
        return cast(Function, numba.njit(nogil=True)(function))
    _read_leniently(made)
    return cast(Function, made)


def _read_leniently(made: Any) -> None:
    """Let an index of kept code that cannot be read count as none.

    numba would let the error through, and an index names classes of the program that wrote it: after an update they
    may be gone. (numba's private `IndexDataCacheFile`; where it has none, nothing is changed.)
    """
    file = getattr(getattr(made, "_cache", None), "_cache_file", None)
    load = getattr(file, "_load_index", None)
    if load is None:
        return

    def load_index() -> object:
        try:
            return load()
        except (AttributeError, ImportError, EOFError, ValueError, UnpicklingError):
            return {}

    file._load_index = load_index  # type: ignore[union-attr]


def inlined(function: Function) -> Function:
    """Like `compiled`, for small helpers of compiled functions: copied into their callers, which saves the call."""
    return cast(Function, numba.njit(inline="always")(function))
