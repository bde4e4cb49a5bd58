"""Arithmetic for laying rows out as days by intervals and telling open from closed."""

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first


@njit(cache=True, nogil=True, error_model="numpy")
def walk(ns, origin, step):
    """Return whether `ns` ascends, whether all lie on origin + n * step, and the gcd of gaps."""
    ascends, on_grid, common, last_gap = True, (ns[0] - origin) % step == 0, 0, 0
    for i in range(1, len(ns)):
        gap = ns[i] - ns[i - 1]
        if gap == last_gap:
            continue
        ascends &= gap > 0
        on_grid &= gap % step == 0
        a, b = common, abs(gap)
        while b:
            a, b = b, a % b
        common, last_gap = a, gap
    return ascends, on_grid, common


@njit(cache=True, nogil=True, error_model="numpy")
def place(ns, grid_ns, grid_cell, base):
    """Return the cell of each start, less `base`; nothing if one is not in the ascending grid."""
    cell = np.empty(len(ns), np.int64)
    at, end = 0, len(grid_ns)
    for i in range(len(ns)):
        while at < end and grid_ns[at] < ns[i]:
            at += 1
        if at == end or grid_ns[at] != ns[i]:
            return np.empty(0, np.int64)
        cell[i] = grid_cell[at] - base
    return cell


@njit(cache=True, nogil=True, error_model="numpy")
def cell_counts(cell, size):
    """Return how many entries of `cell` name each of `size` cells, as floats."""
    counts = np.zeros(size)
    for i in range(len(cell)):
        counts[cell[i]] += 1.0
    return counts


@njit(cache=True, nogil=True, error_model="numpy")
def cell_sums(cell, values, size):
    """Return the sum of `values` in each of `size` cells."""
    sums = np.zeros(size)
    for i in range(len(cell)):
        sums[cell[i]] += values[i]
    return sums


@njit(cache=True, nogil=True, error_model="numpy")
def handle_times(cell, aht_s, handled, offered, size):
    """Return the mean handle time of each of `size` cells, NaN without any, and its contacts.

    Weighed by `handled`, or where that is NaN by `offered`.
    """
    contacts, mean = np.zeros(size), np.zeros(size)
    for i in range(len(cell)):
        if not np.isnan(aht_s[i]):
            weight = offered[i] if np.isnan(handled[i]) else handled[i]
            contacts[cell[i]] += weight
            mean[cell[i]] += aht_s[i] * weight
    for c in range(size):
        mean[c] = mean[c] / contacts[c] if contacts[c] > 0 else np.nan
    return mean, contacts


@njit(cache=True, nogil=True, error_model="numpy")
def week_sums(offered, seen, first_weekday):
    """Return rows, contacts, and seen cells without a contact, by weekday, (7, K)."""
    days, steps = offered.shape
    rows, contacts, empty = np.zeros((7, steps)), np.zeros((7, steps)), np.zeros((7, steps))
    for d in range(days):
        weekday = (first_weekday + d) % 7
        own_rows, own_contacts, own_empty = rows[weekday], contacts[weekday], empty[weekday]
        known, counts = seen[d], offered[d]
        for k in range(steps):
            own_rows[k] += known[k]
            own_contacts[k] += counts[k]
            own_empty[k] += 1.0 if known[k] > 0 and counts[k] == 0 else 0.0
    return rows, contacts, empty


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
def days_seen(offered, seen):
    """Return each day's contacts and whether anything of it is known, as floats, (D,)."""
    days, steps = offered.shape
    totals, live = np.zeros(days), np.zeros(days)
    for d in range(days):
        total = 0.0
        for k in range(steps):
            total += offered[d, k]
        totals[d] = total
        for k in range(steps):
            if seen[d, k] > 0:
                live[d] = 1.0
                break
    return totals, live


@njit(cache=True, nogil=True, error_model="numpy")
def around(week, reach):
    """Return sums over each interval of the week and `reach` before and after, around the week."""
    flat = week.ravel()
    out = np.zeros(len(flat))
    for i in range(len(flat)):
        for j in range(i - reach, i + reach + 1):
            out[i] += flat[j % len(flat)]
    return out.reshape(week.shape)


@njit(cache=True, nogil=True, error_model="numpy")
def regular_days(seen, exists, first_weekday, needed, half):
    """Return where an interval of the week regularly has rows around each day, bool (D, K).

    A weekday must have rows in the least share `needed` (7, K) of its weeks within `half` weeks,
    its intervals in their own share of the days that have any.
    """
    days, steps = seen.shape
    live, there = _live(seen, exists)
    regular = np.zeros((days, steps), np.bool_)
    yes, known = np.empty(steps), np.empty(steps)
    for first in range(min(7, days)):
        weekday = (first_weekday + first) % 7
        fewest = needed[weekday].min()
        yes[:], known[:] = 0.0, 0.0
        live_days, there_days = 0.0, 0.0
        for lead in range(first - 7 * half, days, 7):
            enters, leaves = lead + 7 * half, lead - 7 * half - 7
            if enters < days:
                live_days += live[enters]
                there_days += there[enters]
                if live[enters]:
                    for k in range(steps):
                        has = exists[enters, k] > 0
                        known[k] += has
                        yes[k] += has & (seen[enters, k] > 0)
            if leaves >= 0:
                live_days -= live[leaves]
                there_days -= there[leaves]
                if live[leaves]:
                    for k in range(steps):
                        has = exists[leaves, k] > 0
                        known[k] -= has
                        yes[k] -= has & (seen[leaves, k] > 0)
            if lead < 0 or (live_days / there_days if there_days > 0 else 0.0) < fewest:
                continue
            for k in range(steps):
                share = yes[k] / max(known[k], 1.0)
                regular[lead, k] = share >= needed[weekday, k]
    return regular


@njit(cache=True, nogil=True, error_model="numpy")
def regular_week(seen, exists, first_weekday, needed, window, dense, clear_weeks, clear_share):
    """Return which intervals of the week are regular as of the end, bool (7, K).

    As `regular_days` over the last `window` weeks of which anything is known, but an interval whose
    last `clear_weeks` known weeks are all one way after at most `clear_share` of that way is
    believed, where `needed` is `dense`. A weekday with rows in all of them is believed too.
    """
    days, steps = seen.shape
    live, there = _live(seen, exists)
    out = np.zeros((7, steps), np.bool_)
    day = np.empty(window, np.int64)
    for weekday in range(7):
        many, live_days, late_days = 0, 0.0, 0
        last = days - 1 - (first_weekday + days - 1 - weekday) % 7
        for d in range(last, -1, -7):
            if there[d] and many < window:
                day[many] = d
                late_days += live[d] and many < clear_weeks
                many += 1
                live_days += live[d]
        fewest = needed[weekday].min()
        if (live_days / many if many else 0.0) < fewest and late_days < clear_weeks:
            continue
        for k in range(steps):
            late_known, late_yes, known, yes = 0, 0, 0, 0
            for n in range(many):
                d = day[n]
                if not live[d] or exists[d, k] <= 0:
                    continue
                has = seen[d, k] > 0
                if late_known < clear_weeks:
                    late_known += 1
                    late_yes += has
                else:
                    known += 1
                    yes += has
            total = late_known + known
            share = (late_yes + yes) / total if total > 0 else 0.0
            regular = share >= needed[weekday, k]
            if needed[weekday, k] == dense and known > 0 and late_known == clear_weeks:
                before = yes / known
                if late_yes == clear_weeks and before <= clear_share:
                    regular = True
                elif late_yes == 0 and before >= 1 - clear_share:
                    regular = False
            out[weekday, k] = regular
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _live(seen, exists):
    days, steps = seen.shape
    live, there = np.zeros(days, np.bool_), np.zeros(days, np.bool_)
    for d in range(days):
        rows, cells = 0.0, 0.0
        for k in range(steps):
            rows = max(rows, seen[d, k])
            cells = max(cells, exists[d, k])
        live[d], there[d] = rows > 0, cells > 0
    # A day outside the span has no cells and is not known to be live or not, nor is one of a week
    # or more without a row.
    begin = 0
    for d in range(days + 1):
        if d == days or live[d]:
            if d - begin >= 7:
                there[begin:d] = False
            begin = d + 1
    return live & there, there


@njit(cache=True, nogil=True, error_model="numpy")
def statuses(offered, seen, exists, regular, by_week, first_weekday, sparse):
    """Return the status of each cell and how many open intervals of it are known, both (D, K).

    Statuses: 0 open, 1 closed, 2 missing, 3 zero. `regular` is (7, K) if `by_week`, else (D, K).
    `sparse` (7, K): an absent row there is a zero. Nothing for the second if it is as `seen`:
    every seen cell is regular and nothing is assumed.
    """
    days, steps = offered.shape
    status, assumed = np.empty((days, steps), np.int8), np.zeros(steps, np.bool_)
    shut, assume, any_sparse = 0, 0, sparse.any()
    for d in range(days):
        weekday = (first_weekday + d) % 7
        open_ = regular[weekday if by_week else d]
        for k in range(steps):
            shut += (not open_[k]) & (seen[d, k] > 0)
        if any_sparse:
            for k in range(steps):
                assumed[k] = sparse[weekday, k] & open_[k] & (seen[d, k] <= 0) & (exists[d, k] > 0)
                assume += assumed[k]
        for k in range(steps):
            known = (seen[d, k] > 0) | assumed[k]
            of_open = (0 if offered[d, k] > 0 else 3) if known else 2
            status[d, k] = of_open if open_[k] else 1
    if not shut and not assume:
        return status, np.empty((0, steps))
    known = np.empty((days, steps))
    for d in range(days):
        weekday = (first_weekday + d) % 7
        for k in range(steps):
            rows = seen[d, k]
            if sparse[weekday, k] and rows <= 0:
                rows = exists[d, k]
            known[d, k] = 0.0 if status[d, k] in {1, 2} else rows
    return status, known
