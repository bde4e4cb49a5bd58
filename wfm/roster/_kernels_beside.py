"""What do the days beside those to be chosen already count: hours, days in a row, weekends?

Arrays in, arrays out, as in `_kernels_tables`; days to be chosen are [begin, stop).
"""

from __future__ import annotations

from wfm.queueing import _cache

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True)


@_jit
def enter_blocks(book, kind, person, begin, stop, contract, enter):
    """Set for each block what days outside the choice already count; return False if too much."""
    for block in range(book.block[begin], book.block[stop - 1] + 1):
        enter[block] = 0
    days = kind.shape[1]
    low, high = begin, stop - 1
    while low > 0 and book.block[low - 1] == book.block[begin]:
        low -= 1
    while high < days - 1 and book.block[high + 1] == book.block[stop - 1]:
        high += 1
    for day in range(low, high + 1):
        if begin <= day < stop and not book.locked[person, day]:
            continue
        k = kind[person, day]
        if k >= 0:
            block = book.block[day]
            q = book.step[contract, enter[block], book.resource[contract, k]]
            if q < 0:
                return False
            enter[block] = q
    return True


@_jit
def stand(book, kind, person, begin):
    """Return days worked in a row, class and days off in a row just before a day."""
    if begin == 0:
        return book.before[person, 0], book.before[person, 1], book.before[person, 2]
    if kind[person, begin - 1] >= 0:
        run, day = 0, begin - 1
        while day >= 0 and kind[person, day] >= 0:
            run += 1
            day -= 1
        if day < 0:
            run += book.before[person, 0]
        return run, book.klass[kind[person, begin - 1]], 0
    off, day = 0, begin - 1
    while day >= 0 and kind[person, day] < 0:
        off += 1
        day -= 1
    if day < 0:
        off += book.before[person, 2]
    return 0, 0, off


@_jit
def settled(book, kind, person, stop):
    """Return the day before which everything that a choice before `stop` can touch is over."""
    days = kind.shape[1]
    if stop >= days:
        return days
    day = stop
    works = kind[person, stop] >= 0
    # Days off beyond the least row of them change nothing any more.
    longest = days if works else stop + book.limits[person, 2]
    while day < min(days, longest) and (kind[person, day] >= 0) == works:
        day += 1
    day = min(days, day + 1)
    while day < days and book.weekend[day] == 2:
        day += 1
    return day


@_jit
def weekends_outside(book, kind, person, begin, end):
    """Count weekends worked whose days all lie outside [begin, end), or that ended before it."""
    days = kind.shape[1]
    found = 0
    for day in range(days):
        if begin <= day < end:
            continue
        if book.weekend[day] == 0 or kind[person, day] < 0:
            continue
        if book.weekend[day] == 1 or day == 0 or kind[person, day - 1] < 0:
            found += 1
    return found
