"""Which intervals of a history are open, closed, missing, or open with nobody calling?

Closed, missing and zero are three things. An interval of the week that regularly has rows is
open; a row with 0 in it is a zero; no row in it is missing; an interval of the week that
(nearly) never has rows, or only ever zeros, is closed, and so is one, or its whole weekday, for the
weeks in which nothing came to it although the queue was alive and chance does not explain it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import calendars, clock, dormancy
from forecasts.errors import BadInput
from forecasts.history import check, numbers
from forecasts.hours import Weeks, on_days, week_of
from forecasts.past import Past, split

STATUSES = ("open", "closed", "missing", "zero")
OPEN, CLOSED, MISSING, ZERO = range(4)

WINDOW_WEEKS = 8  # opening hours change; this much recent history says what is regular
REGULAR_SHARE = 0.5  # of the weeks in the window that have the interval
CLEAR_WEEKS = 3  # after which new hours are believed although old ones fill the window
CLEAR_SHARE = 0.2  # of the weeks before, that may have been like the new ones
SPARSE_SHARE = 0.2  # the same, for exports that leave out zeros
SPARSE_MEAN = 3.0  # contacts a row below which an absent row of such an export is a zero
CHANCE = 1e-3  # probability below which "only zeros so far" is no accident
IMPROBABLE = 12.0  # minus log of the chance below which weeks without a contact are none either
IMPROBABLE_DAYS = 6.0  # the same of a weekday: what else empties it, a holiday, comes singly
OVERDISPERSION = 0.1  # squared relative error of a count, by which that chance is judged
STRAY = 0.02  # of a weekday's usual contacts: wrong numbers on a closed day


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
    inferred : bool
        Whether the hours were read from the rows, not given.
    """

    open_week: np.ndarray
    status: np.ndarray
    seen: np.ndarray
    inferred: bool = True


def cover(past: Past, hours: np.ndarray | Weeks | None = None) -> Coverage:
    """Return the opening hours that `past` shows, or those given as `hours`.

    `hours` is what `forecasts.hours.week_of` returns.

    Raises
    ------
    BadInput
        If hours are given and every contact of the queue lies outside them.
    """
    from forecasts import _kernels_layout, _kernels_shut

    first, steps = int(past.weekday[0]), past.seen.shape[1]
    rows, contacts, empty = _kernels_layout.week_sums(past.offered, past.seen, first)
    reach = _an_hour(past)
    near_rows = _kernels_layout.around(rows, reach)
    near_contacts = _kernels_layout.around(contacts, reach)
    only_zeros = _only_zeros(rows, contacts, near_rows=near_rows, near_contacts=near_contacts)
    sparse = np.zeros((7, steps), bool) if empty.any() else _sparse_cells(near_rows, near_contacts)
    by_week = hours is None
    asleep = _asleep(past) if hours is None else None
    rows_seen, exists = past.seen, past.exists
    if asleep is not None:  # weeks as good as dead say nothing about hours
        rows_seen, exists = (np.where(asleep[:, None], 0.0, part) for part in (rows_seen, exists))
    if hours is not None:
        open_week, regular = on_days(hours, past.days)
        if past.offered.any() and not past.offered[regular].any():
            raise BadInput(
                f"hours: all contacts of queue {past.queue!r} lie outside its opening hours; "
                f"hours are local times of {past.tz} - was the history given another time zone?"
            )
    elif past.seen is past.exists or np.array_equal(past.seen, past.exists):
        regular = open_week = ~only_zeros
    else:
        needed = np.where(sparse, SPARSE_SHARE, REGULAR_SHARE)
        regular = _kernels_layout.regular_days(rows_seen, exists, first, needed, WINDOW_WEEKS // 2)
        open_week = ~only_zeros & _kernels_layout.regular_week(
            rows_seen, exists, first, needed, WINDOW_WEEKS + 1, REGULAR_SHARE,
            CLEAR_WEEKS, CLEAR_SHARE,
        )  # fmt: skip
        by_week = False
        if only_zeros.any():
            regular &= ~only_zeros[past.weekday]
    if hours is None:
        shut, now = _kernels_shut.shut_weeks(
            past.offered, exists, rows, contacts, empty, first, CLEAR_WEEKS, IMPROBABLE,
            IMPROBABLE_DAYS, OVERDISPERSION, STRAY,
        )  # fmt: skip
        if len(shut):  # an interval of few contacts says little, its whole day more
            shut, now = (made[:, :-1] | made[:, -1:] for made in (shut, now))
            regular = (regular[past.weekday] if by_week else regular) & ~shut
            open_week, by_week = open_week & ~now, False
    if hours is None and not open_week.any():
        # Too few rows for any regularity: whatever was ever busy counts as open.
        regular = open_week = contacts > 0
        by_week = True
    status, seen = _kernels_layout.statuses(
        past.offered, past.seen, past.exists, regular, by_week, first, sparse
    )
    return Coverage(open_week, status, seen if len(seen) else past.seen, hours is None)


def _asleep(past: Past) -> np.ndarray | None:
    """Return the days (D,) in weeks of next to no contacts that are over, None without any."""
    from forecasts import _kernels_layout

    totals, live = _kernels_layout.days_seen(past.offered, past.seen)
    if dormancy.is_out_of_question(totals):
        return None
    spans = dormancy.spans(totals, dormancy.expected(totals, live, past.weekday))
    if not spans:
        return None
    asleep = np.zeros(len(totals), bool)
    for begin, end in spans:
        asleep[begin:end] = True
    return asleep


def _sparse_cells(near_rows: np.ndarray, near_contacts: np.ndarray) -> np.ndarray:
    """Return the intervals of the week (7, K) where an absent row means zero.

    For an export that never writes a zero: if its counts are small it leaves zeros out. Small is
    judged with the hour before and after, as a few rows say little.
    """
    mean = np.divide(
        near_contacts, near_rows, out=np.full(near_rows.shape, np.inf), where=near_rows > 0
    )
    return mean < SPARSE_MEAN


def _only_zeros(
    rows: np.ndarray, contacts: np.ndarray, *, near_rows: np.ndarray, near_contacts: np.ndarray
) -> np.ndarray:
    """Return the intervals of the week (7, K) with rows but never a contact, and not by chance.

    The chance is that of a Poisson count with the mean rate of the hour before and after: in a
    quiet but open night a zero everywhere is an accident, before opening it is not.
    """
    closed = (contacts == 0) & (rows > 0)
    if not closed.any() or not contacts.any():
        return np.zeros_like(closed)
    rate = np.divide(near_contacts, near_rows, out=np.zeros(rows.shape), where=near_rows > 0)
    return closed & ((near_contacts == 0) | (np.exp(-rate * rows) < CHANCE))


def _an_hour(past: Past) -> int:
    return 0 if past.interval.daily else max(1, 60 // past.interval.minutes)


def actuals(past: Past, coverage: Coverage) -> np.ndarray:
    """Return what each cell should be judged against, (D, K): closed is 0, missing is NaN."""
    nothing = (coverage.status == CLOSED) | (coverage.status == ZERO)
    silent = np.where(nothing & (past.exists > 0), 0.0, np.nan)
    return np.where(past.seen > 0, past.offered, silent)


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
