"""Loops over characters, compiled: what column operations would need dozens of passes for.

The functions decorated here are plain Python over numpy arrays, turned into machine code by numba on first use and
kept in its cache (beside the file, or in the user's cache folder), so that only the very first run waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers. Without a place to keep the code, it is compiled in every process."""
    try:
        return cast(Function, numba.njit(cache=True, nogil=True)(function))
    except RuntimeError:  # No folder can be written to.
        return cast(Function, numba.njit(nogil=True)(function))


def inlined(function: Function) -> Function:
    """Like `compiled`, for small helpers of compiled functions: copied into their callers, which saves the call."""
    return cast(Function, numba.njit(inline="always")(function))
