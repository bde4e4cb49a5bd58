"""Which intervals of a history are open, closed, missing, or open with nobody calling?

Closed, missing and zero are three things. An interval of the week that regularly has rows is
open; a row with 0 in it is a zero; no row in it is missing; an interval of the week that
(nearly) never has rows, or only ever zeros, is closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import calendars, clock
from forecasts.errors import BadInput
from forecasts.history import check, numbers
from forecasts.hours import Weeks, on_days, week_of
from forecasts.past import Past, split
from forecasts.usual import by_weekday

STATUSES = ("open", "closed", "missing", "zero")
OPEN, CLOSED, MISSING, ZERO = range(4)

WINDOW_WEEKS = 8  # opening hours change; this much recent history says what is regular
REGULAR_SHARE = 0.5  # of the weeks in the window that have the interval
CLEAR_WEEKS = 3  # after which new hours are believed although old ones fill the window
CLEAR_SHARE = 0.2  # of the weeks before, that may have been like the new ones
SPARSE_SHARE = 0.2  # the same, for exports that leave out zeros
SPARSE_MEAN = 3.0  # contacts a row below which an absent row of such an export is a zero
CHANCE = 1e-3  # probability below which "only zeros so far" is no accident


@dataclass(frozen=True)
class Coverage:
    """What the rows of one queue say about its opening hours.

    Attributes
    ----------
    open_week : bool array, shape (7, K)
        Intervals of the week expected to be open from here on.
    status : int8 array, shape (D, K)
        Index into `STATUSES`, for cells of the past that exist.
    seen : float array, shape (D, K)
        Open intervals whose count is known, absent zeros of a sparse export included.
    """

    open_week: np.ndarray
    status: np.ndarray
    seen: np.ndarray


def cover(past: Past, hours: np.ndarray | Weeks | None = None) -> Coverage:
    """Return the opening hours that `past` shows, or those given as `hours`.

    `hours` is what `forecasts.hours.week_of` returns.

    Raises
    ------
    BadInput
        If hours are given and every contact of the queue lies outside them.
    """
    present = past.seen > 0
    only_zeros, sparse = _only_zeros(past), _sparse_cells(past)
    needed = np.where(sparse, SPARSE_SHARE, REGULAR_SHARE)
    if hours is not None:
        open_week, regular = on_days(hours, past.days)
        if past.offered.any() and not past.offered[regular].any():
            raise BadInput(
                f"hours: all contacts of queue {past.queue!r} lie outside its opening hours; "
                f"hours are local times of {past.tz} - was the history given another time zone?"
            )
    elif past.seen is past.exists or np.array_equal(past.seen, past.exists):
        open_week = ~only_zeros
        regular = open_week[past.weekday]
    else:
        regular = _regular(past, needed, trailing=False) & ~only_zeros[past.weekday]
        open_week = _regular(past, needed, trailing=True) & ~only_zeros
    if hours is None and not open_week.any():
        # Too few rows for any regularity: whatever was ever busy counts as open.
        open_week = _week_sums(past, past.offered) > 0
        regular = open_week[past.weekday]
    known = regular & present
    seen = past.seen if known.all() else np.where(known, past.seen, 0.0)
    status = np.full(past.seen.shape, CLOSED, np.int8)
    status[regular] = MISSING
    if sparse.any():
        assumed = regular & ~present & sparse[past.weekday] & (past.exists > 0)
        seen = seen + np.where(assumed, past.exists, 0.0)
        known = known | assumed
    status[known] = ZERO
    status[known & (past.offered > 0)] = OPEN
    return Coverage(open_week, status, seen)


def _by_week(past: Past, values: np.ndarray) -> np.ndarray:
    """Return `values` (D, K) as weeks x 7 x K, from Monday, NaN outside the span."""
    lead = int(past.weekday[0])
    weeks = -(-(lead + len(past.days)) // 7)
    padded = np.full((weeks * 7, values.shape[1]), np.nan)
    padded[lead : lead + len(past.days)] = values
    return padded.reshape(weeks, 7, -1)


def _regular(past: Past, needed: np.ndarray, *, trailing: bool) -> np.ndarray:
    """Return where an interval of the week regularly has rows.

    Trailing: as of the end of the history, shape (7, K). Else around each day, shape (D, K).
    A weekday must regularly have rows at all; its intervals are then judged on the days that do,
    so that holidays and lost days do not close an interval.
    """
    live = (past.seen > 0).any(axis=1, keepdims=True)
    exists = past.exists > 0
    days = _by_week(past, np.where(exists.any(axis=1, keepdims=True), live, np.nan))
    cells = _by_week(past, np.where(exists & live, past.seen > 0, np.nan))
    fewest = needed.min(axis=1, keepdims=True)
    if trailing:
        recent = cells[-WINDOW_WEEKS - 1 :]
        opened, shut = _changed(recent)
        dense = needed == REGULAR_SHARE
        open_cells = ((_share(recent) >= needed) | (opened & dense)) & ~(shut & dense)
        return (_share(days[-WINDOW_WEEKS - 1 :]) >= fewest) & open_cells
    day_share, cell_share = _moving_share(days), _moving_share(cells)
    regular = (day_share >= fewest) & (cell_share >= needed)
    lead = int(past.weekday[0])
    return regular.reshape(-1, regular.shape[2])[lead : lead + len(past.days)]


def _changed(weeks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which intervals of the week (7, K) lately opened, and which lately shut for good.

    Lately: in each of the last `CLEAR_WEEKS` weeks in which the day was live, after weeks in
    which it was clearly the other way.
    """
    known = ~np.isnan(weeks)
    latest = known & (known[::-1].cumsum(axis=0)[::-1] <= CLEAR_WEEKS)
    before = _share(np.where(latest, np.nan, weeks))
    enough = (known & ~latest).any(axis=0) & (latest.sum(axis=0) == CLEAR_WEEKS)
    share = _share(np.where(latest, weeks, np.nan))
    opened = enough & (share == 1) & (before <= CLEAR_SHARE)
    return opened, enough & (share == 0) & (before >= 1 - CLEAR_SHARE)


def _share(weeks: np.ndarray) -> np.ndarray:
    known = ~np.isnan(weeks)
    count = known.sum(axis=0)
    return np.divide(
        np.where(known, weeks, 0.0).sum(axis=0), count, out=np.zeros(count.shape), where=count > 0
    )


def _moving_share(weeks: np.ndarray) -> np.ndarray:
    known = ~np.isnan(weeks)
    half = WINDOW_WEEKS // 2
    low = np.maximum(np.arange(len(weeks)) - half, 0)
    high = np.minimum(np.arange(len(weeks)) + half + 1, len(weeks))
    empty = np.zeros((1, *weeks.shape[1:]))
    yes = np.concatenate([empty, np.where(known, weeks, 0.0).cumsum(axis=0)])
    all_ = np.concatenate([empty, known.cumsum(axis=0)])
    count = all_[high] - all_[low]
    return np.divide(yes[high] - yes[low], count, out=np.zeros(count.shape), where=count > 0)


def _sparse_cells(past: Past) -> np.ndarray:
    """Return the intervals of the week (7, K) where an absent row of this export means zero.

    An export that never writes a zero although its counts are small leaves zeros out. Small is
    judged with the hour before and after, as a few rows say little.
    """
    reach = _an_hour(past)
    rows = _around(_week_sums(past, past.seen), reach)
    contacts = _around(_week_sums(past, past.offered), reach)
    mean = np.divide(contacts, rows, out=np.full(rows.shape, np.inf), where=rows > 0)
    small = mean < SPARSE_MEAN
    if not small.any():
        return small
    return small & ~((past.seen > 0) & (past.offered == 0)).any()


def _only_zeros(past: Past) -> np.ndarray:
    """Return the intervals of the week (7, K) with rows but never a contact, and not by chance.

    The chance is that of a Poisson count with the mean rate of the hour before and after: in a
    quiet but open night a zero everywhere is an accident, before opening it is not.
    """
    rows, contacts = _week_sums(past, past.seen), _week_sums(past, past.offered)
    reach = _an_hour(past)
    near_rows, near_contacts = _around(rows, reach), _around(contacts, reach)
    rate = np.divide(near_contacts, near_rows, out=np.zeros(rows.shape), where=near_rows > 0)
    expected = rate * rows
    closed = (contacts == 0) & (rows > 0) & ((near_contacts == 0) | (np.exp(-expected) < CHANCE))
    return closed if contacts.any() else np.zeros_like(closed)


def _an_hour(past: Past) -> int:
    return 0 if past.interval.daily else max(1, 60 // past.interval.minutes)


def _around(week: np.ndarray, reach: int) -> np.ndarray:
    flat = week.ravel()
    return sum(np.roll(flat, shift) for shift in range(-reach, reach + 1)).reshape(week.shape)  # type: ignore[union-attr]


def _week_sums(past: Past, values: np.ndarray) -> np.ndarray:
    return by_weekday(values, past.weekday)


def idle_holidays_closed(past: Past, coverage: Coverage, holidays: pd.Series) -> np.ndarray:
    """Return the status of each cell (D, K), a holiday without rows being closed, not missing."""
    idle = np.isin(past.days, holidays.index.to_numpy()) & ~(past.seen > 0).any(axis=1)
    return np.where(idle[:, None] & (coverage.status == MISSING), CLOSED, coverage.status)


def classify(
    history: pd.DataFrame, freq: Any, *, hours: Any = None, holidays: Any = None
) -> pd.DataFrame:
    """Return every interval of each queue's span with what is known about it.

    Parameters
    ----------
    history : DataFrame
        A history, see `forecasts.history.check`.
    freq : str
        Pandas alias of the interval length.
    hours : DataFrame or mapping, optional
        Opening hours, see `forecasts.hours.week_of`; inferred from the rows if absent.
    holidays : DatetimeIndex, Series or str, optional
        See `forecasts.calendars.resolve`; a regularly open day without rows that is a holiday
        counts as closed instead of missing.

    Returns
    -------
    DataFrame
        Columns queue, start, status (``"open"``, ``"closed"``, ``"missing"`` or ``"zero"``) and
        offered (0 for an assumed zero, NaN where there is no row).

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.date_range("2026-01-05", periods=21, freq="D", tz="UTC")
    >>> counts = [50, 60, 55, 52, 58, 0, 0] * 3
    >>> table = pd.DataFrame({"queue": "voice", "start": start, "offered": counts})
    >>> classify(table.drop(index=8), "D")["status"].value_counts().to_dict()
    {'open': 14, 'closed': 6, 'missing': 1}
    """
    interval = check(history, freq)
    parts = []
    for past in split(history, interval):
        cover_ = cover(past, week_of(hours, past.queue, interval))
        names = calendars.resolve(holidays, int(past.days[0]), int(past.days[-1]))
        status = idle_holidays_closed(past, cover_, names)
        ns = clock.span(past.first, past.last, past.tz, interval)
        day, of_day = clock.wall(ns, past.tz, interval)
        at = (day - past.days[0], of_day)
        part = pd.DataFrame({
            "queue": past.queue, "start": clock.instants(ns, past.tz),
            "status": np.array(STATUSES, object)[status[at]],
            "offered": np.where(status[at] == ZERO, 0.0, np.nan),
        })  # fmt: skip
        parts.append(part)
    whole = pd.concat(parts, ignore_index=True)
    key = pd.MultiIndex.from_frame(history[["queue", "start"]])
    rows = pd.Series(numbers(history, "offered"), index=key)
    known = rows.reindex(pd.MultiIndex.from_frame(whole[["queue", "start"]])).to_numpy()
    whole["offered"] = np.where(np.isnan(known), whole["offered"], known)
    return whole
