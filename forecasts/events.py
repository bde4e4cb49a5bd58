"""Which days does each known event cover?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts.errors import BadInput

COLUMNS = ("start", "end", "name")


def check(events: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the register as columns first, last (days since 1970) and name.

    Parameters
    ----------
    events : DataFrame, optional
        Columns start and end (dates, both included; a missing end means one day) and name;
        optionally queue (missing: every queue). An event's factor is learned from past days of
        the same name; a name without a past has none.

    Raises
    ------
    BadInput
    """
    if events is None:
        return None
    if not isinstance(events, pd.DataFrame):
        raise BadInput(f"events: expected a DataFrame, got {type(events).__name__}")
    missing = [name for name in COLUMNS if name not in events.columns]
    if missing:
        got = list(map(str, events.columns))[:20]
        raise BadInput(f"events: missing columns {missing}; got {got}")
    if events["name"].isna().any():
        raise BadInput(f"events: {int(events['name'].isna().sum())} rows have no name")
    first = _days(events, "start")
    if np.isnan(first).any():
        raise BadInput(f"events: {int(np.isnan(first).sum())} rows have no start")
    last = _days(events, "end")
    last = np.where(np.isnan(last), first, last)
    back = last < first
    if back.any():
        name = events["name"].iloc[int(back.argmax())]
        raise BadInput(
            f"events: {int(back.sum())} rows end before they start (first: {name!r}); "
            "swap start and end"
        )
    checked = pd.DataFrame({"first": first, "last": last, "name": events["name"].astype(str)})
    if "queue" in events.columns:
        checked["queue"] = events["queue"].to_numpy(object)
    return checked


def _days(events: pd.DataFrame, name: str) -> np.ndarray:
    try:
        times = pd.DatetimeIndex(pd.to_datetime(events[name]))
    except (ValueError, TypeError) as error:
        raise BadInput(f"events: column {name!r} must be dates ({error})") from error
    days = np.full(len(times), np.nan)
    known = np.asarray(times.notna())
    days[known] = clock.day_numbers(times[known])
    return days


def named(events: pd.DataFrame | None, queue: object, days: np.ndarray) -> dict[str, np.ndarray]:
    """Return, for each event name that concerns `queue`, which of `days` it covers (bool)."""
    if events is None:
        return {}
    own = events
    if "queue" in events.columns:
        own = events[events["queue"].isna() | (events["queue"] == queue)]
    found: dict[str, np.ndarray] = {}
    for first, last, name in zip(own["first"], own["last"], own["name"], strict=True):
        covers = (days >= first) & (days <= last)
        found[name] = found[name] | covers if name in found else covers
    return found
