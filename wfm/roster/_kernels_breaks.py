"""Where may the breaks of a duty stand, and where do they save most?

Arrays in, arrays out, as in `_kernels_tables`.
"""

from __future__ import annotations

from wfm.queueing import _cache
from wfm.roster._kernels_chance import random
from wfm.roster._kernels_tables import INF

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True)


@_jit
def place_pauses(pauses, pause_length, low_of, high_of, end, kind, first, unit, gain, came, starts):
    """Place the breaks of a kind where they save most; return the saving."""
    count = pauses[kind]
    for at in range(count):
        low, size = low_of[kind, at], pause_length[kind, at]
        best, best_from, reach = -INF, -1, -1
        before, size_before, top = 0, 0, 0
        if at > 0:
            before, size_before = low_of[kind, at - 1], pause_length[kind, at - 1]
            reach, top = before, high_of[kind, at - 1]
        for offset in range(low, high_of[kind, at] + 1):
            value = unit[min(first + offset + size, end)] - unit[min(first + offset, end)]
            if at == 0:
                gain[0, offset - low] = value
                continue
            while reach <= top and reach + size_before <= offset:
                if gain[at - 1, reach - before] > best:
                    best, best_from = gain[at - 1, reach - before], reach
                reach += 1
            gain[at, offset - low] = best + value if best > -INF else -INF
            came[at, offset - low] = best_from
    best, where = -INF, 0
    low = low_of[kind, count - 1]
    for offset in range(low, high_of[kind, count - 1] + 1):
        if gain[count - 1, offset - low] > best:
            best, where = gain[count - 1, offset - low], offset
    for at in range(count - 1, -1, -1):
        starts[at] = where
        if at > 0:
            where = came[at, where - low_of[kind, at]]
    return best


@_jit
def random_pauses(seed, kind, pauses, pause_length, low, high, starts):
    """Place the breaks of a kind by chance in `starts[0, 0]`; return False if they overlap."""
    reach = 0
    for at in range(pauses[kind]):
        width = high[kind, at] - low[kind, at] + 1
        starts[0, 0, at] = low[kind, at] + int(random(seed) * width)
        if starts[0, 0, at] < reach:
            return False
        reach = starts[0, 0, at] + pause_length[kind, at]
    return True


@_jit
def keep_pauses(pause, person, day, old, kind, later, pauses, pause_length, low, high, starts):
    """Keep the breaks of a duty that becomes another kind, `later` cells after its start.

    Returns False if they do not fit.
    """
    if pauses[old] != pauses[kind]:
        return False
    reach = 0
    for at in range(pauses[kind]):
        start = pause[person, day, at] + later
        starts[0, 0, at] = start
        if not low[kind, at] <= start <= high[kind, at] or start < reach:
            return False
        reach = start + pause_length[kind, at]
    return True


@_jit
def break_fits(pause, person, day, kind, at, offset, pauses, pause_length, low_of, high_of):
    """Return whether a break may be at another offset, the other breaks of the duty standing."""
    if not low_of[kind, at] <= offset <= high_of[kind, at]:
        return False
    if at > 0 and pause[person, day, at - 1] + pause_length[kind, at - 1] > offset:
        return False
    last = at + 1 == pauses[kind]
    return last or offset + pause_length[kind, at] <= pause[person, day, at + 1]
