"""Local clock time of calls. Hours and dates are read in the offset of `started_at` itself."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qa_analyzer.batch import int_column


def local_minutes(started_at: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(c,) minutes after local midnight of ISO 8601 texts, and (c,) where they are known."""
    known = pc.fill_null(pc.match_substring_regex(started_at, r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}"), False)
    safe = pc.if_else(known, started_at, "0000-00-00T00:00")
    hours, _ = int_column(pc.utf8_slice_codeunits(safe, 11, 13).cast(pa.int64()))
    minutes, _ = int_column(pc.utf8_slice_codeunits(safe, 14, 16).cast(pa.int64()))
    return hours * 60 + minutes, np.asarray(known.to_numpy(zero_copy_only=False)).astype(np.bool_)


def local_dates(started_at: pa.Array) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """(c,) the local day of ISO 8601 texts (1970-01-01 where it is not known), and (c,) where it is known."""
    import pandas as pd

    text = pc.utf8_slice_codeunits(pc.fill_null(started_at, ""), 0, 10).to_pandas()
    days = pd.to_datetime(text, format="%Y-%m-%d", errors="coerce")
    known = days.notna().to_numpy()
    return days.fillna(pd.Timestamp(0)).to_numpy().astype("datetime64[D]"), known


def local_days(started_at: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(c,) month × 100 + day of the local date of ISO 8601 texts (1-1 where unknown), and (c,) where it is known."""
    dates, known = local_dates(started_at)
    months = dates.astype("datetime64[M]")
    month = months.astype(np.int64) % 12 + 1
    day = (dates - months).astype(np.int64) + 1
    return month * 100 + day, known
