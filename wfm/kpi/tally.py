"""From single contacts to the counts of intervals, for any acceptable waiting time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.kpi.measure import column, times

__all__ = ["intervals"]

_OPTIONAL = ("talk_s", "hold_s", "acw_s", "transferred", "escalated")


def intervals(
    contacts: pd.DataFrame, *, awt_s: float = 20.0, short_s: float = 5.0, interval_min: int = 30
) -> pd.DataFrame:
    """Return the interval fields of section 6, counted from contacts.

    Parameters
    ----------
    contacts : DataFrame
        queue, contact_at (zone-aware), wait_s, answered (0 or 1: abandoned); where known talk_s,
        hold_s, acw_s, transferred, escalated of the answered ones.
    awt_s : float
        In time: wait <= awt_s.
    short_s : float
        Short: abandoned with wait < short_s.
    interval_min : int
        Contacts count in the interval in which they came, whenever they ended.

    Returns
    -------
    DataFrame
        One row a queue and interval that had a contact. awt_s and short_s are columns, so that
        `compute` can refuse another threshold.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> at = pd.to_datetime(["2026-03-02 09:01", "2026-03-02 09:20"]).tz_localize("UTC")
    >>> day = pd.DataFrame({"queue": "voice", "contact_at": at, "wait_s": [20.0, 3.0],
    ...                     "answered": [1, 0]})
    >>> got = intervals(day).iloc[0]
    >>> int(got["answered_in_awt"]), int(got["abandoned_short"]), str(got["start"])
    (1, 1, '2026-03-02 09:00:00+00:00')
    """
    needed = ("queue", "contact_at", "wait_s", "answered")
    missing = [name for name in needed if name not in contacts.columns]
    if missing:
        raise BadInput(f"tally: missing columns {missing}; expected {list(needed)}")
    at = times(contacts, "contact_at")
    if at.dt.tz is None:
        raise BadInput("tally: contact_at must be zone-aware; localise it first")
    wait, answered = column(contacts, "wait_s"), column(contacts, "answered")
    if not np.isin(answered, (0, 1)).all():
        raise BadInput("tally: answered is 1 or 0 (abandoned) in each row")
    if interval_min not in (5, 10, 15, 20, 30, 60):
        raise BadInput(f"tally: interval_min is 5, 10, 15, 20, 30 or 60, got {interval_min!r}")
    # By what has passed of it, not by flooring: an hour that comes twice stays two hours.
    seconds = (at.dt.minute % interval_min).astype("int64") * 60 + at.dt.second
    past = (seconds * 1_000_000 + at.dt.microsecond) * 1000 + at.dt.nanosecond
    start = at.dt.as_unit("ns") - pd.to_timedelta(past, unit="ns")
    left = 1 - answered
    table = pd.DataFrame({
        "queue": contacts["queue"], "start": start, "offered": 1.0,
        "answered": answered, "abandoned": left,
        "answered_in_awt": answered * (wait <= awt_s), "abandoned_in_awt": left * (wait <= awt_s),
        "abandoned_short": left * (wait < short_s),
        "wait_answered_s": answered * wait, "wait_abandoned_s": left * wait,
        "longest_wait_s": wait, "handled": answered,
    })  # fmt: skip
    for name in _OPTIONAL:
        if name in contacts.columns:
            table[name] = answered * np.nan_to_num(column(contacts, name, missing=True))
    how = dict.fromkeys((n for n in table.columns if n not in ("queue", "start")), "sum")
    how["longest_wait_s"] = "max"
    out = table.groupby(["queue", "start"], sort=True).agg(how).reset_index()
    return out.assign(awt_s=float(awt_s), short_s=float(short_s))
