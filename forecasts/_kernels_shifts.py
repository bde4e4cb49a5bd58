"""The arithmetic of `forecasts.shifts` and `forecasts.excursions`: arrays in and out, no checks."""

from __future__ import annotations

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first

from forecasts._kernels import median  # noqa: E402

LEAST_SD = 0.01  # of a day's log ratio


@njit(cache=True, nogil=True, error_model="numpy")
def last_shift(totals, unit, fewest, most, back, first_days, sds, least, ratio, side, week):
    """Return first day, log ratio and its variance of a shift near the end; day -1 for none.

    See `forecasts.shifts.find` for the conditions.
    """
    used = np.flatnonzero(unit > 0)
    many = len(used)
    if many < back + fewest + week or not _moved(
        totals, unit, used, fewest, min(most, many - back), back, least
    ):
        return -1, 0.0, 0.0
    logs, upto = np.empty(many), np.zeros(many + 1)
    for n in range(many):
        logs[n] = np.log((totals[used[n]] + 0.5) / unit[used[n]])
        upto[n + 1] = upto[n] + logs[n]
    sd = max(1.4826 * median(np.abs(logs[week:] - logs[:-week])) / np.sqrt(2.0), LEAST_SD)
    best, start, jump = 0.0, -1, 0.0
    for recent in range(fewest, min(most, many - back) + 1):
        at = many - recent
        if used[at] - used[0] < first_days:
            break
        rise = (upto[many] - upto[at]) / recent - (upto[at] - upto[at - back]) / back
        score = abs(rise) / (sd * np.sqrt(1.0 / recent + 1.0 / back))
        if score > best:
            best, start, jump = score, at, rise
    if best < sds or abs(jump) < least:
        return -1, 0.0, 0.0
    before = (upto[start] - upto[start - back]) / back
    across = 0
    for n in range(start, many):
        if (logs[n] - before) * np.sign(jump) > abs(jump) / 2:
            across += 1
    recent = many - start
    if across < side * recent:
        return -1, 0.0, 0.0
    near = min(recent, 2 * week)
    step = (upto[start + near] - upto[start]) / near
    step -= (upto[start] - upto[start - 2 * week]) / (2 * week)
    if step * np.sign(jump) < abs(jump) / 2:
        return -1, 0.0, 0.0
    for at in range(back, start - recent + 1):
        rise = (upto[at + recent] - upto[at]) / recent - (upto[at] - upto[at - back]) / back
        if abs(jump) < ratio * abs(rise):
            return -1, 0.0, 0.0
    return used[start], jump, sd * sd / recent


@njit(cache=True, nogil=True, error_model="numpy")
def _moved(totals, unit, used, fewest, most, back, least):
    """Return whether any of the last days' means is `least` off; most queues need no more."""
    many = len(used)
    upto = np.zeros(most + back + 1)
    for n in range(most + back):
        d = used[many - most - back + n]
        upto[n + 1] = upto[n] + np.log((totals[d] + 0.5) / unit[d])
    end = most + back
    for recent in range(fewest, most + 1):
        at = end - recent
        rise = (upto[end] - upto[at]) / recent - (upto[at] - upto[at - back]) / back
        if abs(rise) >= least:
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def rise_at(totals, unit, day, back):
    """Return by how much the mean log ratio from `day` on exceeds that of `back` days before."""
    after, before, many, count = 0.0, 0.0, 0, 0
    for d in range(day, len(totals)):
        if unit[d] > 0:
            after += np.log((totals[d] + 0.5) / unit[d])
            many += 1
    for d in range(day - 1, -1, -1):
        if unit[d] > 0 and count < back:
            before += np.log((totals[d] + 0.5) / unit[d])
            count += 1
    return after / many - before / count


@njit(cache=True, nogil=True, error_model="numpy")
def last_excursion(
    totals, unit, back, before, fewest, most, window, least, sds, agree, week, least_a_day
):
    """Return first row, row after the last and log ratio of an excursion that is over, or -1.

    See `forecasts.excursions` for the conditions; of several the one furthest beyond noise.
    """
    used = np.flatnonzero(unit > 0)
    used = used[max(len(used) - window - before, 0) :]
    many = len(used)
    a_day = totals[used].mean() if many else 0.0
    if many < before + fewest + back or a_day < least_a_day:
        return -1, -1, 0.0
    logs, upto = np.empty(many), np.zeros(many + 1)
    for n in range(many):
        logs[n] = np.log((totals[used[n]] + 0.5) / unit[used[n]])
        upto[n + 1] = upto[n] + logs[n]
    sd = 1.4826 * median(np.abs(logs[week:] - logs[:-week])) / np.sqrt(2.0)
    sd = max(sd, np.sqrt(1.0 / a_day), LEAST_SD)
    now = (upto[many] - upto[many - back]) / back
    best, begin, end, jump, usual = sds, -1, -1, 0.0, 0.0
    latest = (upto[many] - upto[many - fewest]) / fewest
    if abs(latest - now) > max(agree, 2.0 * sd / np.sqrt(fewest)):
        return begin, end, jump
    near = max(agree, 2.0 * sd / np.sqrt(back))
    if not _strays(upto, many - back, fewest, now, least - near / 2.0):
        return begin, end, jump
    for first in range(before, many - back - fewest + 1):
        half = first - before // 2
        early = (upto[half] - upto[first - before]) / (before // 2)
        late = (upto[first] - upto[half]) / (first - half)
        if max(abs(early - now), abs(late - now)) > near:
            continue
        level = ((early + late) / 2.0 + now) / 2.0
        for last in range(first + fewest, min(first + most, many - back) + 1):
            away = (upto[last] - upto[first]) / (last - first) - level
            if abs(away) < least:
                continue
            score = abs(away) / (sd * np.sqrt(1.0 / (last - first) + 1.0 / back))
            if score > best:
                best, begin, end, jump, usual = score, first, last, away, level
    if begin < 0:
        return begin, end, jump
    # Chance moves the edges; days beyond half of the way are part of it.
    while end < many - back and (logs[end] - usual) / jump > 0.5:
        end += 1
    while begin > 0 and (logs[begin - 1] - usual) / jump > 0.5:
        begin -= 1
    if end - begin > most:
        return -1, -1, 0.0
    return used[begin], used[end - 1] + 1, (upto[end] - upto[begin]) / (end - begin) - usual


@njit(cache=True, nogil=True, error_model="numpy")
def _strays(upto, end, fewest, now, least):
    """Return whether any few days in a row are `least` off; longer runs are made of such days."""
    for length in range(fewest, 2 * fewest):
        for last in range(length, end + 1):
            if abs((upto[last] - upto[last - length]) / length - now) >= least:
                return True
    return False
