"""Working days in mainland China, with public holidays and the weekends worked in exchange for them (调休).

The government announces them a year at a time, so the calendar ends: beyond it nobody can tell, and nothing is guessed.
"""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
Mask = NDArray[np.bool_]


@cache
def _calendar() -> tuple[np.busdaycalendar, np.datetime64, np.datetime64]:
    """The working days, and the first and the last day that the calendar knows."""
    # Takes a moment, and is only needed where somebody promises working days.
    import chinese_calendar
    from chinese_calendar.constants import holidays

    first, last = date(min(holidays).year, 1, 1), date(max(holidays).year, 12, 31)
    free = chinese_calendar.get_holidays(first, last, include_weekends=True)
    days = np.array(free, "datetime64[D]")
    return np.busdaycalendar("1111111", days), np.datetime64(first, "D"), np.datetime64(last, "D")


def add_workdays(day: Days, count: NDArray[np.int64]) -> tuple[Days, Mask]:
    """(n,) the `count`-th working day after each day, and (n,) where the calendar reaches that far."""
    calendar, first, last = _calendar()
    inside = (day >= first) & (day <= last)
    safe = np.where(inside, day, first)
    # From a day off one counts from the last working day before it: the next one is the first.
    later = np.busday_offset(safe, count, roll="backward", busdaycal=calendar)
    # Days that the calendar does not know look like working days, so the result is too early, never too late.
    return later, inside & (later <= last)
