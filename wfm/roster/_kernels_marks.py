"""What would a change cost whose cells are marked: by one person, or by two of other skills?

Arrays in, arrays out, as in `_kernels_tables`. One person's change puts at most one agent on a cell
or takes one off, so that the cuts which are tight on the cell say its price; where two people of
different skills change at once, those that are nearly tight decide as well.
"""

from __future__ import annotations

from wfm.queueing import _cache
from wfm.roster._kernels_cells import change_cell, price_of_less, price_of_more

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True)


@_jit
def add_mark(mark, first, length, pauses, pause_length, kind, pause, person, day, sign, end):
    """Add the cells on seat of a duty whose breaks are in `pause[person, day]` to `mark`."""
    last = min(first + length[kind], end)
    for cell in range(first, last):
        mark[cell] += sign
    for at in range(pauses[kind]):
        begin = first + pause[person, day, at]
        for cell in range(min(begin, end), min(begin + pause_length[kind, at], end)):
            mark[cell] -= sign


@_jit
def marked_change(mark, low, high, short, tight, helps, island, group, under, over):
    """Return the change of cost that the marks of one person make."""
    total = 0.0
    for cell in range(low, high):
        here = mark[cell]
        if here > 0:
            total += price_of_more(short, tight, helps, island, group, cell, under, over)
        elif here < 0:
            total += price_of_less(tight, helps, island, group, cell, under, over)
    return total


@_jit
def swap_change(mark, low, high, slack, short, tight, near, serves, helps, first_cut, last_cut,
                island, one, other, under, over):  # fmt: skip
    """Return the change of cost if group `one` gains the marks and group `other` loses them."""
    total = 0.0
    for cell in range(low, high):
        here = mark[cell]
        if here > 0:
            total += (under[cell] + over[cell]) * price_of_swap(
                slack, short, tight, near, serves, helps, first_cut, last_cut, island, one, other,
                cell)  # fmt: skip
        elif here < 0:
            total += (under[cell] + over[cell]) * price_of_swap(
                slack, short, tight, near, serves, helps, first_cut, last_cut, island, other, one,
                cell)  # fmt: skip
    return total


@_jit
def price_of_swap(slack, short, tight, near, serves, helps, first_cut, last_cut, island, more, less,
                  cell):  # fmt: skip
    """Return the change of the shortage if group `more` gains an agent and `less` loses one."""
    eased, hurt = short[island, cell] > 0, False
    for word in range(tight.shape[2]):
        binding = tight[island, cell, word]
        lost = helps[less, word] & ~helps[more, word]
        won = helps[more, word] & ~helps[less, word]
        if binding & lost:
            hurt = True
        if (binding & ~won) or (near[island, cell, word] & lost):
            eased = False
    if hurt:
        return 1
    return -1 if eased else 0


@_jit
def count_day(kind, pause, mark, slack, short, tight, near, serves, first_cut, last_cut, island,
              group, first, length, pauses, pause_length, under, over, extra, person, day,
              sign):  # fmt: skip
    """Count the duty of a day in or out; return the change of cost."""
    k = kind[person, day]
    if k < 0:
        return 0.0
    end, change = under.shape[0], 0.0
    low = first[day, k]
    high = min(low + length[k], end)
    add_mark(mark, low, length, pauses, pause_length, k, pause, person, day, 1, end)
    for cell in range(low, high):
        if mark[cell] != 0:
            more = change_cell(slack, short, tight, near, serves, first_cut, last_cut, island,
                               group, cell, sign)  # fmt: skip
            change += under[cell] * more + over[cell] * (more + sign)
            mark[cell] = 0
    if extra.shape[0] > 1:
        change += sign * extra[person, day, k]
    return change
