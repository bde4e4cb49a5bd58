"""What does one agent more or less change on a cell, and what does a duty on all of its cells?

Arrays in, arrays out, as in `_kernels_tables`.
"""

from __future__ import annotations

import numpy as np

from wfm.queueing import _cache

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True)


@_jit
def change_cell(slack, short, tight, near, serves, low, high, island, group, cell, sign):
    """Put an agent on a cell or take one off; return the change of the shortage."""
    worst = 0
    for cut in range(low, high):
        now = slack[cell, cut] - sign * serves[group, cut]
        slack[cell, cut] = now
        worst = max(worst, now)
    for word in range((high - low + 63) >> 6):
        binding, almost = np.uint64(0), np.uint64(0)
        begin = low + (word << 6)
        for cut in range(begin, min(begin + 64, high)):
            bit = np.uint64(1) << np.uint64(cut - begin)
            lack = slack[cell, cut]
            if lack == worst:
                binding |= bit
            elif lack == worst - 1:
                almost |= bit
        tight[island, cell, word] = binding
        near[island, cell, word] = almost
    change = worst - short[island, cell]
    short[island, cell] = worst
    return change


@_jit
def price_of_more(short, tight, helps, island, group, cell, under, over):
    """Return the change of cost if a group gets one more agent on a cell."""
    if short[island, cell] <= 0:
        return over[cell]
    for word in range(tight.shape[2]):
        if tight[island, cell, word] & ~helps[group, word]:
            return over[cell]
    return -under[cell]


@_jit
def price_of_less(tight, helps, island, group, cell, under, over):
    """Return the change of cost if a group loses one of its agents on a cell."""
    for word in range(tight.shape[2]):
        if tight[island, cell, word] & helps[group, word]:
            return under[cell]
    return -over[cell]


@_jit
def change_duty(book, state, person, day, sign):
    """Count a duty that stands in the state in or out; return the change of cost."""
    kind = state.kind[person, day]
    if kind < 0:
        return 0.0
    slack, short, tight, near = state.slack, state.short, state.tight, state.near
    serves, under, over = book.serves, book.under, book.over
    group = book.group[person]
    island = book.island_of[group]
    low, high = book.islands[island], book.islands[island + 1]
    first = book.first[day, kind]
    last = min(first + book.length[kind], under.shape[0])
    total = 0.0
    cell = first
    count = book.pauses[kind]
    for at in range(count + 1):
        begin = last
        if at < count:
            begin = min(first + state.pause[person, day, at], last)
        for c in range(cell, begin):
            change = change_cell(
                slack, short, tight, near, serves, low, high, island, group, c, sign
            )
            total += under[c] * change + over[c] * (sign + change)
        if at < count:
            cell = min(begin + book.pause_length[kind, at], last)
    if book.extra.shape[0] > 1:
        total += sign * book.extra[person, day, kind]
    return total


@_jit
def count_duty(book, state, person, day, kind, pause):
    """Count a duty in on a day without one."""
    state.kind[person, day] = kind
    for at in range(pause.shape[0]):
        state.pause[person, day, at] = pause[at]
    state.cost[0] += change_duty(book, state, person, day, 1)


@_jit
def prices(book, state, person, unit):
    """Cumulate what one more agent costs on every cell, the person's own free duties taken off."""
    for day in range(state.kind.shape[1]):
        if not book.locked[person, day]:
            change_duty(book, state, person, day, -1)
    group = book.group[person]
    island = book.island_of[group]
    unit[0] = 0.0
    for cell in range(book.under.shape[0]):
        unit[cell + 1] = unit[cell] + price_of_more(
            state.short, state.tight, book.helps, island, group, cell, book.under, book.over
        )
    for day in range(state.kind.shape[1]):
        if not book.locked[person, day]:
            change_duty(book, state, person, day, 1)
