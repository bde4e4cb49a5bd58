"""What is known about a day before it comes: weekday, holiday, turn of the month, event?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasts import clock

# Standard deviations of log factors: how far an effect is expected to lie from none. They are
# the ridge penalties, so an effect without evidence stays near 1.
SD_WEEKDAY = 0.7
SD_HOLIDAY = 0.5
SD_NAMED_HOLIDAY = 0.3
SD_UNDONE_WEEKDAY = 1.0  # -1: a holiday looks the same whatever the weekday
SD_BESIDE_HOLIDAY = 0.15
SD_TURN_OF_MONTH = 0.07
SD_EVENT = 0.7
SD_YEARLY = 0.2

UNSEEN_CLOSED = 0.8  # share of past holidays, two open ones added, for a new one to be closed

NEGLIGIBLE = 1e-6  # contacts, and shares of a day

YEARLY_PAIRS = 4
DAYS_A_YEAR = 365.2425


@dataclass(frozen=True)
class Effects:
    """Columns of day effects, for past and coming days in one run.

    Attributes
    ----------
    columns : float array, shape (days, P)
        1 where an effect applies, else 0; sines and cosines for the year.
    sd : float array, shape (P,)
        Expected size of each log factor.
    """

    columns: np.ndarray
    sd: np.ndarray


def effects(
    days: np.ndarray,
    *,
    working: np.ndarray,
    closed: np.ndarray,
    holidays: pd.Series,
    events: dict[str, np.ndarray],
    usual: np.ndarray,
    yearly: bool,
) -> Effects:
    """Return the effect columns of `days` (consecutive, days since 1970).

    Parameters
    ----------
    days : int array, shape (n,)
    working : bool array, shape (n,)
        Whether the day's weekday is regularly open.
    closed : bool array, shape (n,)
        Regularly open but closed: an idle past day, or a coming holiday expected to be closed.
    holidays : Series of names by day
    events : mapping of bool arrays, shape (n,)
    usual : float array, shape (7,)
        Log of each weekday's usual total relative to the week's: a holiday may undo it (a
        holiday on a Sunday is hardly quieter than the Sunday).
    yearly : bool
        Whether to add terms of the year.
    """
    weekday = clock.weekday(days)
    holiday = np.isin(days, holidays.index.to_numpy())
    names = holidays.reindex(days).to_numpy(object)
    is_open = working & ~closed
    special = holiday | (closed & working)
    columns = [weekday == day for day in range(7)]
    sds = [SD_WEEKDAY] * 7
    columns += [holiday, holiday * usual[weekday], _beside(special, is_open & ~holiday, after=True),
                _beside(special & holiday, is_open & ~holiday, after=False)]  # fmt: skip
    sds += [SD_HOLIDAY, SD_UNDONE_WEEKDAY, SD_BESIDE_HOLIDAY, SD_BESIDE_HOLIDAY]
    for name in sorted({name for name in names if isinstance(name, str)}):
        columns.append(names == name)
        sds.append(SD_NAMED_HOLIDAY)
    columns += _turn_of_month(days, is_open)
    sds += [SD_TURN_OF_MONTH] * 4
    columns += list(events.values())
    sds += [SD_EVENT] * len(events)
    values = [np.asarray(column, float) for column in columns]
    if yearly:
        turn = 2 * np.pi * days / DAYS_A_YEAR
        for pair in range(1, YEARLY_PAIRS + 1):
            values += [np.sin(pair * turn), np.cos(pair * turn)]
            sds += [SD_YEARLY / pair] * 2
    return Effects(np.column_stack(values), np.array(sds))


def usual_weekdays(totals: np.ndarray, covered: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return the log of each weekday's mean total relative to the mean of all, 0 if unknown."""
    sums = np.bincount(weekday, weights=totals, minlength=7)
    shares = np.bincount(weekday, weights=covered, minlength=7)
    known = (sums > NEGLIGIBLE) & (shares > NEGLIGIBLE)
    if not known.any():
        return np.zeros(7)
    mean = totals.sum() / covered.sum()
    return np.log(np.where(known, sums, mean) / np.where(known, shares * mean, mean))


def _beside(special: np.ndarray, candidate: np.ndarray, *, after: bool) -> np.ndarray:
    """Return the candidates that are the next open day after (before) a special day."""
    order = slice(None) if after else slice(None, None, -1)
    found = np.zeros(len(special), bool)
    pending = False
    for at in np.arange(len(special))[order]:
        if special[at]:
            pending = True
        elif candidate[at]:
            found[at] = pending
            pending = False
    return found


def _turn_of_month(days: np.ndarray, is_open: np.ndarray) -> list[np.ndarray]:
    """Return the first, second, third and last open day of each month.

    A month cut by the start of the run has no first days, one cut by its end no last day.
    """
    dates = clock.dates(days)
    month = np.asarray(dates.year) * 12 + np.asarray(dates.month)
    opens = pd.Series(is_open.astype(int))
    rank = opens.groupby(month).cumsum().to_numpy()
    left = opens[::-1].groupby(month[::-1]).cumsum().to_numpy()[::-1]
    begun = (month > month[0]) | (dates.day[0] == 1)
    ended = (month < month[-1]) | bool(dates[-1].is_month_end)
    return [is_open & begun & (rank == nth) for nth in (1, 2, 3)] + [is_open & ended & (left == 1)]


def expect_closed(
    days: np.ndarray,
    idle: np.ndarray,
    holidays: pd.Series,
    *,
    working: np.ndarray,
    coming: np.ndarray,
) -> np.ndarray:
    """Return which `coming` days are holidays on which this queue is expected to be closed.

    A holiday is judged by its own past under the same name, one more vote being the share of
    all past holidays that were closed. One never seen before counts as closed only if eight or
    more holidays were and nearly none was not: an empty roster on an open day costs more than a
    full one on a closed day.

    Parameters
    ----------
    days : int array, shape (D,)
        Past days since 1970.
    idle : bool array, shape (D,)
        Days of which no contact was recorded.
    holidays : Series of names by day
    working : bool array, shape (D,)
        Whether the day's weekday is regularly open.
    coming : int array, shape (n,)
    """
    names = holidays.reindex(days).to_numpy(object)
    holiday = working & np.isin(days, holidays.index.to_numpy())
    if not holiday.any():
        return np.zeros(len(coming), bool)
    share = idle[holiday].mean()
    always = idle[holiday].sum() >= UNSEEN_CLOSED * (holiday.sum() + 2)
    ahead = holidays.reindex(coming).to_numpy(object)
    closed = np.zeros(len(coming), bool)
    for at in np.flatnonzero(np.isin(coming, holidays.index.to_numpy())):
        same = holiday & (names == ahead[at])
        closed[at] = (idle[same].sum() + share) / (same.sum() + 1) > 0.5 if same.any() else always
    return closed
