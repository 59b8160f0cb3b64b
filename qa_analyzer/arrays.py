"""Small operations on arrays that several modules need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def ranges(starts: Indices, lengths: Indices) -> Indices:
    """Concatenated `arange(start, start + length)`, vectorised. (sum(lengths),)"""
    total = int(lengths.sum())
    if not total:
        return np.zeros(0, np.int64)
    before = np.cumsum(lengths) - lengths
    return np.asarray(np.arange(total) + np.repeat(starts - before, lengths))
