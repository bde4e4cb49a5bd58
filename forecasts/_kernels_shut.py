"""Arithmetic for weekdays, and intervals of them, that were closed for weeks."""

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first

BESIDE_DAYS = 3  # days before and after that show whether the queue was alive
ALIVE = 0.1  # of the mean of all days, that they must hold


@njit(cache=True, nogil=True, error_model="numpy")
def shut_weeks(
    offered, exists, rows, contacts, empty, first_weekday, clear_weeks, improbable, improbable_days,
    overdispersion, stray_share,
):  # fmt: skip
    """Return where nothing came because an interval of the week was closed, and where it now is.

    Shapes (D, K + 1) and (7, K + 1), the last column being the whole day; nothing for the first
    where there is none. A week is empty without a contact; a whole day also with at most
    `stray_share` of the mean of its days that have any. A run of at least `clear_weeks` empty
    weeks, one after the other, counts if chance would write it with less than exp(-`improbable`),
    of a whole day `improbable_days`. An empty week has the chance that it has outside all such
    runs, at least that of a negative binomial count with the mean of all weeks and
    `overdispersion`. Weeks of a queue that was not alive say nothing. Closed from here on is what
    ends in such a run, or was never open before one and is it for less than `clear_weeks` weeks.

    `rows`, `contacts` and `empty` are those of `forecasts._kernels_layout.week_sums`; most
    intervals have too few empty weeks to be looked at.
    """
    days, steps = offered.shape
    totals, tell = _alive(offered)
    shut, now = np.zeros((0, steps + 1), np.bool_), np.zeros((7, steps + 1), np.bool_)
    day, count = np.empty(days // 7 + 1, np.int64), np.empty(days // 7 + 1)
    for w in range(7):
        weeks, alive = 0, 0
        for d in range((w - first_weekday) % 7, days, 7):
            weeks += 1
            alive += tell[d]
        for k in range(steps + 1):
            least = improbable if k < steps else improbable_days
            if k < steps:
                most = empty[w, k] + max(weeks - rows[w, k], 0.0)
                rate = contacts[w, k] / max(alive, 1)
                if most < clear_weeks or most * _weight(rate, overdispersion) <= least:
                    continue
            many, came, none = 0, 0.0, 0
            for d in range((w - first_weekday) % 7, days, 7):
                if tell[d] and (exists[d, k] if k < steps else exists[d].max()) > 0:
                    day[many] = d
                    count[many] = offered[d, k] if k < steps else totals[d]
                    came += count[many]
                    none += count[many] == 0
                    many += 1
            if none == many:
                continue
            few = stray_share * came / (many - none) if k == steps else 0.0
            begin, end, closed = _runs(
                count[:many] <= few, clear_weeks, _weight(came / many, overdispersion), least
            )
            for n in range(len(begin)):
                if not len(shut):
                    shut = np.zeros((days, steps + 1), np.bool_)
                for m in range(begin[n], end[n]):
                    shut[day[m], k] = True
            now[w, k] = closed
    return shut, now


@njit(cache=True, nogil=True, error_model="numpy")
def _weight(mean, overdispersion):
    """Return minus the log of the chance of a negative binomial zero."""
    return np.log1p(overdispersion * mean) / overdispersion


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
def _alive(offered):
    """Return each day's contacts, and whether the days beside it show a queue that is alive."""
    days, steps = offered.shape
    totals, upto = np.zeros(days), np.zeros(days + 1)
    for d in range(days):
        total = 0.0
        for k in range(steps):
            total += offered[d, k]
        totals[d] = total
        upto[d + 1] = upto[d] + total
    tell, least = np.zeros(days, np.bool_), ALIVE * upto[days] / max(days, 1)
    for d in range(days):
        first, last = max(d - BESIDE_DAYS, 0), min(d + BESIDE_DAYS + 1, days)
        beside = upto[last] - upto[first] - totals[d]
        tell[d] = beside > least * (last - first - 1)
    return totals, tell


@njit(cache=True, nogil=True, error_model="numpy")
def _runs(empty, clear_weeks, weight, improbable):
    """Return begin and end of the runs that chance does not write, and whether closed from here on.

    `weight` is minus the log of the chance of an empty week by its mean alone.
    """
    many = len(empty)
    begin, end = np.empty(many // clear_weeks + 1, np.int64), np.zeros(many + 1, np.int64)
    runs, run, scattered = 0, 0, 0
    for n in range(many + 1):
        if n < many and empty[n]:
            run += 1
            continue
        if run >= clear_weeks:
            begin[runs], end[runs] = n - run, n
            runs += 1
        else:
            scattered += run
        run = 0
    outside = many - (end[:runs] - begin[:runs]).sum()
    if scattered > 0:
        weight = min(weight, -np.log(scattered / outside))
    kept, last, before = 0, 0, False
    for n in range(runs):
        if (end[n] - begin[n]) * weight > improbable:
            before |= begin[n] - last >= clear_weeks
            last = end[n]
            begin[kept], end[kept] = begin[n], end[n]
            kept += 1
    since = many - last
    closed = kept > 0 and (since == 0 or (since < clear_weeks and not before))
    return begin[:kept], end[:kept], closed
