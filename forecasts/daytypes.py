"""What is known about a day before it comes: weekday, holiday, turn of the month, event?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from forecasts import clock

# Standard deviations of log factors: how far an effect is expected to lie from none, or from its
# expected size. They are the ridge penalties, so an effect without evidence stays near that.
SD_WEEKDAY = 0.5
SD_HOLIDAY = 0.5
SD_NAMED_HOLIDAY = 0.3
SD_UNDONE_WEEKDAY = 1.0  # 1: a holiday looks the same whatever the weekday
LIKE_QUIETEST = 0.7  # of the way to the quietest weekday, where a holiday is expected to lie
QUIET_LOG = 0.7  # if that weekday has less than half the contacts of the busiest
SD_BESIDE_HOLIDAY = 0.1
SD_NEAR_HOLIDAY = 0.05  # two and three open days after, two before
SD_LIKE_BUSIEST = 0.7  # 1: the first open day after a holiday is as busy as the busiest weekday
SD_TURN_OF_MONTH = 0.05
SD_DAY_OF_MONTH = 0.03
SD_EVENT = 0.7
SD_YEARLY = 0.2

DAY_OF_MONTH_DAYS = 60  # one month says nothing about the days of another
BUMPS = (1, 4, 8, 12, 16, 20, 24)  # centres of overlapping bumps over the days of a month
LAST_BUMPS = (0, 3)  # and counted from its end

UNSEEN_CLOSED = 0.8  # share of past holidays, two open ones added, for a new one to be closed

# Columns behind those of the seven weekdays.
HOLIDAY, UNDONE, AFTER, BEFORE, BUSIEST = range(7, 12)

NEGLIGIBLE = 1e-6  # contacts, and shares of a day

YEARLY_PAIRS = (2, 6)  # candidates: none, the first two, or all six harmonics of the year
YEARLY_DAYS = 400
DAYS_A_YEAR = 365.2425


@dataclass(frozen=True)
class Effects:
    """Day effects for past and coming days in one run, as the rows of a sparse matrix.

    Attributes
    ----------
    ptr, col, val : arrays
        Row d has values ``val[ptr[d]:ptr[d+1]]`` in columns ``col[ptr[d]:ptr[d+1]]``.
    year : float array, shape (n, Y)
        Waves of the year, columns of their own behind those of the sparse matrix.
    expected, sd : float array, shape (P + Y,)
        Where each column's log factor is expected to lie, and how far around it.
    sizes : int array
        Columns of the year in each candidate.
    undone, busiest : int array
        Where `val` holds the columns that depend on the queue's own weekdays: on a holiday, and
        on the open day after one.
    undone_weekday, busiest_weekday : int array
        Weekdays of those rows.
    """

    ptr: np.ndarray
    col: np.ndarray
    val: np.ndarray
    year: np.ndarray
    expected: np.ndarray
    sd: np.ndarray
    sizes: np.ndarray
    undone: np.ndarray
    undone_weekday: np.ndarray
    busiest: np.ndarray
    busiest_weekday: np.ndarray

    def dense(self) -> np.ndarray:
        """Return the whole matrix, shape (days, P + Y)."""
        matrix = np.zeros((len(self.ptr) - 1, len(self.sd) - self.year.shape[1]))
        matrix[np.repeat(np.arange(len(matrix)), np.diff(self.ptr)), self.col] = self.val
        return np.hstack([matrix, self.year])

    def with_usual(self, usual: np.ndarray, working: np.ndarray) -> Effects:
        """Return the effects of a queue whose weekdays differ from its mean by log `usual` (7,)."""
        val, expected = self.val.copy(), self.expected
        top, bottom = (usual[working].max(), usual[working].min()) if working.any() else (0.0, 0.0)
        if bottom < top - QUIET_LOG:
            expected = expected.copy()
            expected[UNDONE] = LIKE_QUIETEST
        else:
            bottom = 0.0
        val[self.undone] = bottom - usual[self.undone_weekday]
        val[self.busiest] = top - usual[self.busiest_weekday]
        return replace(self, val=val, expected=expected)


@dataclass(frozen=True)
class Names:
    """Which holidays stand where among consecutive days.

    Attributes
    ----------
    label : tuple of str
        The distinct names, in order of the alphabet.
    code : int array, shape (n,)
        Index into `label`, -1 on a day without a holiday.
    """

    label: tuple[str, ...]
    code: np.ndarray

    @classmethod
    def of(cls, names: Sequence[object] | np.ndarray) -> Names:
        """Return them from one name a day, None or NaN where there is none."""
        label = tuple(sorted({name for name in names if isinstance(name, str)}))
        number: dict[object, int] = {name: at for at, name in enumerate(label)}
        return cls(label, np.array([number.get(name, -1) for name in names], np.int16))


def effects(
    days: np.ndarray,
    *,
    past: int,
    working: np.ndarray,
    closed: np.ndarray,
    names: Names,
    events: dict[str, np.ndarray],
) -> Effects:
    """Return the effects of `days` (consecutive, days since 1970) for equal weekdays.

    Parameters
    ----------
    days : int array, shape (n,)
    past : int
        How many of them are known.
    working : bool array, shape (7,)
        Whether the weekday is regularly open.
    closed : bool array, shape (n,)
        Regularly open but closed: an idle past day, or a coming holiday expected to be closed.
    names : Names
        Of the same days.
    events : mapping of bool arrays, shape (n,)
    """
    key = (
        int(days[0]), len(days), past, working.tobytes(), closed.tobytes(),
        names.label, names.code.tobytes(),
        tuple((name, covers.tobytes()) for name, covers in events.items()),
    )  # fmt: skip
    found = _built.get(key)
    if found is None:
        found = _build(
            days, past=past, working=working, closed=closed, names=names,
            events=events,
        )  # fmt: skip
        if len(_built) >= MOST_BUILT:
            _built.clear()
        _built[key] = found
    return found


# Queues of one centre share their days; each set of columns is built once.
MOST_BUILT = 64
_built: dict[tuple[object, ...], Effects] = {}


def _build(
    days: np.ndarray,
    *,
    past: int,
    working: np.ndarray,
    closed: np.ndarray,
    names: Names,
    events: dict[str, np.ndarray],
) -> Effects:
    weekday = clock.weekday(days)
    holiday = names.code >= 0
    regular = working[weekday]
    is_open = regular & ~closed
    special = holiday | (closed & regular)
    ordinary = is_open & ~holiday
    announced = special & holiday
    after = _beside(special, ordinary, after=True)
    columns = [(weekday == day, SD_WEEKDAY) for day in range(7)]
    columns += [
        (holiday, SD_HOLIDAY), (holiday, SD_UNDONE_WEEKDAY), (after, SD_BESIDE_HOLIDAY),
        (_beside(announced, ordinary, after=False), SD_BESIDE_HOLIDAY),
        (after, SD_LIKE_BUSIEST),
    ]  # fmt: skip
    columns += [(names.code == at, SD_NAMED_HOLIDAY) for at in range(len(names.label))]
    columns += [(turn, SD_TURN_OF_MONTH) for turn in _turn_of_month(days, is_open)]
    if past >= DAY_OF_MONTH_DAYS:
        columns += [(bump, SD_DAY_OF_MONTH) for bump in _days_of_month(days)]
    columns += [(near, SD_NEAR_HOLIDAY) for near in _near(special, announced, ordinary)]
    columns += [(covers, SD_EVENT) for covers in events.values()]
    waves: list[tuple[np.ndarray, float]] = []
    sizes = [0]
    if past >= YEARLY_DAYS:
        turn = 2 * np.pi * days / DAYS_A_YEAR
        for pair in range(1, YEARLY_PAIRS[-1] + 1):
            waves += [(np.sin(pair * turn), SD_YEARLY / pair),
                      (np.cos(pair * turn), SD_YEARLY / pair)]  # fmt: skip
        sizes += [2 * pairs for pairs in YEARLY_PAIRS]
    dense = np.column_stack([np.asarray(values, float) for values, _ in columns])
    row, col = np.nonzero(dense)
    count = np.bincount(row, minlength=len(days))
    undone, busiest = np.flatnonzero(col == UNDONE), np.flatnonzero(col == BUSIEST)
    return Effects(
        np.concatenate([[0], count.cumsum()]), col.astype(np.uint32), dense[row, col],
        np.array([values for values, _ in waves]).reshape(-1, len(days)).T.copy(),
        np.zeros(len(columns) + len(waves)), np.array([sd for _, sd in [*columns, *waves]]),
        np.array(sizes), undone, weekday[row[undone]], busiest, weekday[row[busiest]],
    )  # fmt: skip


def names_of(holidays: pd.Series, days: np.ndarray) -> Names:
    """Return the holidays on `days` (consecutive, days since 1970)."""
    names = np.full(len(days), None, object)
    at = holidays.index.to_numpy() - days[0]
    inside = (at >= 0) & (at < len(days))
    names[at[inside]] = holidays.to_numpy(object)[inside]
    return Names.of(names)


def usual_weekdays(totals: np.ndarray, covered: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return the log of each weekday's mean total relative to the mean of all, 0 if unknown."""
    sums = np.bincount(weekday, weights=totals, minlength=7)
    shares = np.bincount(weekday, weights=covered, minlength=7)
    known = (sums > NEGLIGIBLE) & (shares > NEGLIGIBLE)
    if not known.any():
        return np.zeros(7)
    mean = totals.sum() / covered.sum()
    return np.log(np.where(known, sums, mean) / np.where(known, shares * mean, mean))


def _beside(special: np.ndarray, candidate: np.ndarray, *, after: bool, nth: int = 1) -> np.ndarray:
    """Return the candidates that are the `nth` open day after (before) a special day."""
    order = slice(None) if after else slice(None, None, -1)
    found = np.zeros(len(special), bool)
    passed = nth  # before the first special day none counts
    for at in np.arange(len(special))[order]:
        if special[at]:
            passed = 0
        elif candidate[at] and passed < nth:
            passed += 1
            found[at] = passed == nth
    return found


def _near(special: np.ndarray, announced: np.ndarray, ordinary: np.ndarray) -> list[np.ndarray]:
    """Return the second and the third open day after a special day, the second before one."""
    later = [_beside(special, ordinary, after=True, nth=nth) for nth in (2, 3)]
    return [*later, _beside(announced, ordinary, after=False, nth=2)]


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


def _days_of_month(days: np.ndarray) -> list[np.ndarray]:
    """Return overlapping bumps over the days of the month, and two before its end."""
    dates = clock.dates(days)
    day = np.asarray(dates.day)
    left = np.asarray(dates.days_in_month) - day
    return [np.maximum(1 - np.abs(day - centre) / 4, 0.0) for centre in BUMPS] + [
        np.maximum(1 - np.abs(left - centre) / 3, 0.0) for centre in LAST_BUMPS
    ]


def expect_closed(idle: np.ndarray, names: Names, *, working: np.ndarray) -> np.ndarray:
    """Return which coming days are holidays on which this queue is expected to be closed.

    A holiday is judged by its own past under the same name, one more vote being the share of
    all past holidays that were closed. One never seen before counts as closed only if eight or
    more holidays were and nearly none was not: an empty roster on an open day costs more than a
    full one on a closed day.

    Parameters
    ----------
    idle : bool array, shape (D,)
        Past days of which no contact was recorded.
    names : Names
        Of the past days and of the coming ones behind them.
    working : bool array, shape (D,)
        Whether the past day's weekday is regularly open.
    """
    past, coming = names.code[: len(idle)], names.code[len(idle) :]
    closed = np.zeros(len(coming), bool)
    ahead = np.flatnonzero(coming >= 0)
    if not len(ahead):
        return closed
    known = np.flatnonzero(working & (past >= 0))
    code, shut = past[known], idle[known]
    if not shut.any():
        return closed
    share = shut.mean()
    always = shut.sum() >= UNSEEN_CLOSED * (len(known) + 2)
    for at in ahead:
        same = shut[code == coming[at]]
        closed[at] = (same.sum() + share) / (len(same) + 1) > 0.5 if len(same) else always
    return closed
