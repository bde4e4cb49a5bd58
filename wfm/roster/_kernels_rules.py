"""May a person do this row of duties, and may a duty stand between those beside it?

Arrays in, arrays out, as in `_kernels_tables`; the annealer asks this of every change of days.
"""

from __future__ import annotations

from wfm.queueing import _cache

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True)


@_jit
def follows(kind, person, day, follow, variant, klass, before):
    """Return whether the duty of a day may stand between those of the days beside it."""
    here, days = kind[person, day], kind.shape[1]
    if day > 0:
        last = kind[person, day - 1]
        if last >= 0 and not follow[variant[day], klass[last] + 1, here]:
            return False
    elif before[person, 0] > 0 and not follow[variant[0], before[person, 1] + 1, here]:
        return False
    if day + 1 < days:
        later = kind[person, day + 1]
        if later >= 0 and not follow[variant[day + 1], klass[here] + 1, later]:
            return False
    return True


@_jit
def row_is_legal(kind, person, contract, block, step, resource, units, least, most, limits,
                  follow, variant, klass, weekend, before, counts, most_of, rests, opens, closes,
                  mondays, free_from):  # fmt: skip
    """Return whether what a person does on all days keeps the person's rules."""
    days = kind.shape[1]
    run, off = before[person, 0], before[person, 2]
    klass_now, weekends, q = before[person, 1], 0, 0
    if run > 0:
        off = 0
    for day in range(days):
        k = kind[person, day]
        if k < 0:
            if run > 0:
                if run < limits[person, 1] and run < day:
                    return False
                off = 0
            run = 0
            off += 1
        else:
            a = klass_now + 1 if run > 0 else 0
            if not follow[variant[day], a, k]:
                return False
            if run == 0 and off < limits[person, 2]:
                return False
            run += 1
            if run > limits[person, 0]:
                return False
            klass_now = klass[k]
            q = step[contract, q, resource[contract, k]]
            if q < 0:
                return False
            if weekend[day] == 1 or (weekend[day] == 2 and (day == 0 or kind[person, day - 1] < 0)):
                weekends += 1
        if day + 1 == days or block[day + 1] != block[day]:
            if not least[person, block[day]] <= units[contract, q] <= most[person, block[day]]:
                return False
            q = 0
    if weekends > limits[person, 3]:
        return False
    if most_of.shape[0] > 1:
        counts[:] = 0
        for day in range(days):
            if kind[person, day] >= 0:
                counts[kind[person, day]] += 1
        for k in range(counts.shape[0]):
            if counts[k] > most_of[person, k]:
                return False
    if rests[0] > 0 or rests[1] > 0:
        return _rests(kind, person, rests, opens, closes, mondays, free_from)
    return True


@_jit
def _rests(kind, person, rests, opens, closes, mondays, free_from):
    """Return whether rest between duties, and once within each Monday-Sunday week, is enough."""
    last, week, longest = free_from[person], 0, 0
    for day in range(kind.shape[1]):
        k = kind[person, day]
        while day >= 7 * (week + 1):
            longest = max(longest, mondays[week + 1] - max(last, mondays[week]))
            if longest < rests[1]:
                return False
            week, longest = week + 1, 0
        if k < 0:
            continue
        if opens[day, k] - last < rests[0]:
            return False
        longest = max(longest, opens[day, k] - max(last, mondays[week]))
        last = max(last, closes[day, k])
    longest = max(longest, mondays[week + 1] - max(last, mondays[week]))
    return longest >= rests[1]
