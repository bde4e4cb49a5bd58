"""Which legal tour of one person is cheapest, and what does a ruined team rebuild to?

Arrays in, arrays out; `tours` checks, builds and documents them. A tour is what one person does
over a row of days: nothing, or one duty of some kind, with its breaks. State of the dynamic
programme after a day: q (hours and counts of the running block), w (weekends worked), s (days off
in a row, or days worked in a row and the class of the last kind).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from wfm.queueing import _cache

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_JIT = {"cache": True, "nogil": True}
_INF = 1e18
_EXCHANGES = 0.3


class Book(NamedTuple):
    """What never changes: kinds of duty, people, contracts, cells. See `tours.Tours`."""

    first: np.ndarray
    length: np.ndarray
    pauses: np.ndarray
    pause_length: np.ndarray
    pause_low: np.ndarray
    pause_high: np.ndarray
    klass: np.ndarray
    follow: np.ndarray
    variant: np.ndarray
    block: np.ndarray
    weekend: np.ndarray
    group: np.ndarray
    contract: np.ndarray
    allowed: np.ndarray
    extra: np.ndarray
    locked: np.ndarray
    step: np.ndarray
    resource: np.ndarray
    units: np.ndarray
    least: np.ndarray
    most: np.ndarray
    limits: np.ndarray
    most_of: np.ndarray
    heavy: np.ndarray
    before: np.ndarray
    cuts: np.ndarray
    islands: np.ndarray
    island_of: np.ndarray
    under: np.ndarray
    over: np.ndarray
    menu: np.ndarray
    menu_of: np.ndarray


class State(NamedTuple):
    """A roster: kind by person and day, break starts, and what its cells still lack."""

    kind: np.ndarray
    pause: np.ndarray
    slack: np.ndarray
    short: np.ndarray
    relief: np.ndarray
    hurt: np.ndarray
    cost: np.ndarray


class Room(NamedTuple):
    """Scratch space of one thread."""

    cost: np.ndarray
    back: np.ndarray
    via: np.ndarray
    price: np.ndarray
    starts: np.ndarray
    arc: np.ndarray
    arc_kind: np.ndarray
    gain: np.ndarray
    came: np.ndarray
    tour: np.ndarray
    enter: np.ndarray
    mark: np.ndarray
    fresh: np.ndarray
    counts: np.ndarray
    seed: np.ndarray


@njit(**_JIT)
def _random(seed):
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(**_JIT)
def _change_cell(book, state, group, cell, sign):
    """Put an agent on a cell or take one off; return the change of cost."""
    island = book.island_of[group]
    word, bit = group >> 6, np.uint64(group & 63)
    worst = 0
    lo, hi = book.islands[island], book.islands[island + 1]
    for cut in range(lo, hi):
        if (book.cuts[cut, word] >> bit) & np.uint64(1):
            state.slack[cut, cell] -= sign
        worst = max(worst, state.slack[cut, cell])
    for at in range(book.cuts.shape[1]):
        every, some = ~np.uint64(0), np.uint64(0)
        for cut in range(lo, hi):
            if state.slack[cut, cell] == worst:
                every &= book.cuts[cut, at]
                some |= book.cuts[cut, at]
        state.relief[island, cell, at] = every if worst > 0 else np.uint64(0)
        state.hurt[island, cell, at] = some
    change = worst - state.short[island, cell]
    state.short[island, cell] = worst
    return book.under[cell] * change + book.over[cell] * (sign + change)


@njit(**_JIT)
def _change_duty(book, state, person, day, sign):
    """Count a duty that stands in the state in or out; return the change of cost."""
    kind = state.kind[person, day]
    if kind < 0:
        return 0.0
    group = book.group[person]
    first = book.first[day, kind]
    last = min(first + book.length[kind], book.under.shape[0])
    total = 0.0
    cell = first
    for at in range(book.pauses[kind]):
        begin = min(first + state.pause[person, day, at], last)
        for c in range(cell, begin):
            total += _change_cell(book, state, group, c, sign)
        cell = min(begin + book.pause_length[kind, at], last)
    for c in range(cell, last):
        total += _change_cell(book, state, group, c, sign)
    if book.extra.shape[0] > 1:
        total += sign * book.extra[person, day, kind]
    return total


@njit(**_JIT)
def _place_pauses(book, kind, first, unit, gain, came, starts):
    """Place the breaks of a kind where they save most; return the saving."""
    count = book.pauses[kind]
    end = book.under.shape[0]
    for at in range(count):
        low, high = book.pause_low[kind, at], book.pause_high[kind, at]
        size = book.pause_length[kind, at]
        best, best_from, reach = -_INF, -1, -1
        if at > 0:
            reach = book.pause_low[kind, at - 1]
        for offset in range(low, high + 1):
            value = (
                unit[min(first + offset + size, end)] - unit[min(first + offset, end)]
            )
            if at == 0:
                gain[0, offset - low] = value
                continue
            before, size_before = book.pause_low[kind, at - 1], book.pause_length[kind, at - 1]
            top = book.pause_high[kind, at - 1]
            while reach <= top and reach + size_before <= offset:
                if gain[at - 1, reach - before] > best:
                    best, best_from = gain[at - 1, reach - before], reach
                reach += 1
            gain[at, offset - low] = best + value if best > -_INF else -_INF
            came[at, offset - low] = best_from
    best, where = -_INF, 0
    low = book.pause_low[kind, count - 1]
    for offset in range(low, book.pause_high[kind, count - 1] + 1):
        if gain[count - 1, offset - low] > best:
            best, where = gain[count - 1, offset - low], offset
    for at in range(count - 1, -1, -1):
        starts[at] = where
        if at > 0:
            where = came[at, where - book.pause_low[kind, at]]
    return best


@njit(**_JIT)
def _price_kinds(book, person, begin, stop, unit, room):
    """Price every kind that a person may work on the free days from `begin` to `stop`."""
    end = book.under.shape[0]
    for day in range(begin, stop):
        for kind in range(book.length.shape[0]):
            room.price[day - begin, kind] = _INF
            first = book.first[day, kind]
            if first < 0 or not book.allowed[person, day, kind]:
                continue
            cost = unit[min(first + book.length[kind], end)] - unit[first]
            if book.pauses[kind] > 0:
                cost -= _place_pauses(
                    book, kind, first, unit, room.gain, room.came,
                    room.starts[day - begin, kind],
                )  # fmt: skip
            if book.extra.shape[0] > 1:
                cost += book.extra[person, day, kind]
            room.price[day - begin, kind] = cost


@njit(**_JIT)
def _arcs(book, contract, day, row, forced, kind_now, room):
    """Set the cheapest kind for each class before, resource and class after."""
    before, resources, after = room.arc.shape
    for a in range(before):
        for r in range(resources):
            for b in range(after):
                room.arc[a, r, b] = _INF
    variant = book.variant[day]
    for kind in range(book.length.shape[0]):
        price = 0.0
        if forced:
            if kind != kind_now:
                continue
        else:
            price = room.price[row, kind]
            if price >= _INF:
                continue
        r, b = book.resource[contract, kind], book.klass[kind]
        for a in range(before):
            if book.follow[variant, a, kind] and price < room.arc[a, r, b]:
                room.arc[a, r, b] = price
                room.arc_kind[a, r, b] = kind


@njit(**_JIT)
def _enter_blocks(book, kind, person, begin, stop, contract, enter):
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


@njit(**_JIT)
def _stand(book, kind, person, begin):
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


@njit(**_JIT)
def _settled(book, kind, person, stop):
    """Return the day before which everything that a choice before `stop` can touch is over."""
    days = kind.shape[1]
    if stop >= days:
        return days
    day = stop
    works = kind[person, stop] >= 0
    while day < days and (kind[person, day] >= 0) == works:
        day += 1
    day = min(days, day + 1)
    while day < days and book.weekend[day] == 2:
        day += 1
    return day


@njit(**_JIT)
def _weekends_outside(book, kind, person, begin, end):
    """Count weekends worked whose days all lie outside [begin, end), or that ended before it."""
    days = kind.shape[1]
    found = 0
    for day in range(days):
        if begin <= day < end:
            continue
        if book.weekend[day] == 0 or kind[person, day] < 0:
            continue
        if book.weekend[day] == 1:
            found += 1
        elif day == 0 or kind[person, day - 1] < 0:
            found += 1
    return found


@njit(**_JIT)
def _broken_limit(book, kind, person, begin, stop, room):
    """Return a kind that the tour has too often, or -1."""
    for k in range(book.length.shape[0]):
        found = 0
        if book.most_of[person, k] >= kind.shape[1]:
            continue
        for day in range(kind.shape[1]):
            here = kind[person, day]
            if begin <= day < stop:
                here = room.tour[day - begin]
            if here == k:
                found += 1
        if found > book.most_of[person, k]:
            return k
    return -1


@njit(**_JIT)
def _tour(book, kind, person, begin, stop, contract, room):
    """Put the cheapest legal tour of the days [begin, stop) into `room.tour`; return its cost.

    `room.price` holds the price of each kind on each day; the days after `stop` and locked days
    stand as they are in `kind`. Returns infinity if there is no legal tour.
    """
    end = _settled(book, kind, person, stop)
    if not _enter_blocks(book, kind, person, begin, stop, contract, room.enter):
        return _INF
    most_run, least_run = book.limits[person, 0], book.limits[person, 1]
    rest, most_weekends = book.limits[person, 2], book.limits[person, 3]
    days = kind.shape[1]
    classes = room.arc.shape[2]
    resources = book.step.shape[2]
    states = rest + most_run * classes
    used = _weekends_outside(book, kind, person, begin, end)
    if used > most_weekends:
        return _INF
    most_here = 0
    for day in range(begin, end):
        if book.weekend[day] == 1 or (book.weekend[day] == 2 and (day == begin)):
            most_here += 1
    widths = min(most_weekends - used, most_here) + 1
    sizes = book.units[contract].shape[0]
    while sizes > 0 and book.units[contract, sizes - 1] < 0:
        sizes -= 1
    full = sizes * widths * states
    cost, back, via = room.cost, room.back, room.via
    for at in range(full):
        cost[0, at] = _INF
    run, klass, off = _stand(book, kind, person, begin)
    if run > most_run:
        return _INF
    s = rest + (run - 1) * classes + klass if run > 0 else min(max(off, 1), rest) - 1
    cost[0, room.enter[book.block[begin]] * widths * states + s] = 0.0
    for day in range(begin, end):
        layer = day - begin
        for at in range(full):
            cost[layer + 1, at] = _INF
        stands = day >= stop or book.locked[person, day] != 0
        now = kind[person, day]
        if not (stands and now < 0):
            _arcs(book, contract, day, layer, stands, now, room)
        may_off = (not stands) or now < 0
        may_work = (not stands) or now >= 0
        for q in range(sizes):
            for w in range(widths):
                base = (q * widths + w) * states
                if may_off:
                    for o in range(rest):
                        v = cost[layer, base + o]
                        to = base + min(o + 1, rest - 1)
                        if v < cost[layer + 1, to]:
                            cost[layer + 1, to] = v
                            back[layer + 1, to] = base + o
                            via[layer + 1, to] = -1
                    for c in range(1, most_run + 1):
                        if c < least_run and c < day:
                            continue
                        for k in range(classes):
                            at = base + rest + (c - 1) * classes + k
                            v = cost[layer, at]
                            if v < cost[layer + 1, base]:
                                cost[layer + 1, base] = v
                                back[layer + 1, base] = at
                                via[layer + 1, base] = -1
                if not may_work:
                    continue
                v = cost[layer, base + rest - 1]
                w2 = w + 1 if book.weekend[day] > 0 else w
                if v < _INF and w2 < widths:
                    for r in range(resources):
                        q2 = q if stands else book.step[contract, q, r]
                        if q2 < 0:
                            continue
                        to = (q2 * widths + w2) * states + rest
                        for b in range(classes):
                            price = v + room.arc[0, r, b]
                            if price < cost[layer + 1, to + b]:
                                cost[layer + 1, to + b] = price
                                back[layer + 1, to + b] = base + rest - 1
                                via[layer + 1, to + b] = room.arc_kind[0, r, b]
                w2 = w + 1 if book.weekend[day] == 1 else w
                if w2 >= widths:
                    continue
                for c in range(1, most_run):
                    for a in range(classes):
                        at = base + rest + (c - 1) * classes + a
                        v = cost[layer, at]
                        if v >= _INF:
                            continue
                        for r in range(resources):
                            q2 = q if stands else book.step[contract, q, r]
                            if q2 < 0:
                                continue
                            to = (q2 * widths + w2) * states + rest + c * classes
                            for b in range(classes):
                                price = v + room.arc[a + 1, r, b]
                                if price < cost[layer + 1, to + b]:
                                    cost[layer + 1, to + b] = price
                                    back[layer + 1, to + b] = at
                                    via[layer + 1, to + b] = room.arc_kind[a + 1, r, b]
        if day < stop and (day + 1 == days or book.block[day + 1] != book.block[day]
                           or day + 1 == stop):  # fmt: skip
            _close_block(book, contract, person, day, stop, layer + 1, widths * states, sizes, room)
    best, where = _INF, -1
    for at in range(full):
        if cost[end - begin, at] < best:
            best, where = cost[end - begin, at], at
    if where < 0:
        return _INF
    for day in range(end - 1, begin - 1, -1):
        layer = day - begin + 1
        if day < stop:
            room.tour[day - begin] = via[layer, where]
        where = back[layer, where]
    return best


@njit(**_JIT)
def _close_block(book, contract, person, day, stop, layer, width, sizes, room):
    """Keep the states whose block owes nothing, and carry them into the next block.

    A block that ends by itself hands over to what the days outside the choice count in the next;
    back-pointers stay valid, because they name the state before this day.
    """
    block = book.block[day]
    low, high = book.least[person, block], book.most[person, block]
    days = book.block.shape[0]
    carry = day + 1 < stop and day + 1 < days
    to = room.enter[book.block[day + 1]] if carry else 0
    cost, back, via = room.cost, room.back, room.via
    if not carry:
        for q in range(sizes):
            if not low <= book.units[contract, q] <= high:
                for at in range(q * width, (q + 1) * width):
                    cost[layer, at] = _INF
        return
    for at in range(width):
        best, best_q = _INF, -1
        for q in range(sizes):
            if low <= book.units[contract, q] <= high and cost[layer, q * width + at] < best:
                best, best_q = cost[layer, q * width + at], q
        keep_back, keep_via = 0, 0
        if best_q >= 0:
            keep_back, keep_via = back[layer, best_q * width + at], via[layer, best_q * width + at]
        for q in range(sizes):
            cost[layer, q * width + at] = _INF
        if best_q >= 0:
            cost[layer, to * width + at] = best
            back[layer, to * width + at] = keep_back
            via[layer, to * width + at] = keep_via


@njit(**_JIT)
def best_tour(book, kind, person, begin, stop, unit, room):
    """Put the cheapest legal tour of the days [begin, stop) into `room.tour`; return its cost.

    `unit` holds the price of one more agent, cumulated over the cells. Days outside the choice and
    locked days stand as in `kind`. Break starts are in `room.starts`. Infinity if there is none.
    Limits on the number of duties of a kind that hardly ever bind are left out at first; where one
    is broken, the search is done again with that limit in its state.
    """
    _price_kinds(book, person, begin, stop, unit, room)
    got = _tour(book, kind, person, begin, stop, book.contract[person], room)
    for _ in range(2):
        if got >= _INF or book.most_of.shape[0] == 1:
            return got
        broken = _broken_limit(book, kind, person, begin, stop, room)
        if broken < 0:
            return got
        if book.heavy[person, broken] < 0:
            return _INF
        got = _tour(book, kind, person, begin, stop, book.heavy[person, broken], room)
    return _INF


@njit(**_JIT)
def put_tour(book, state, person, begin, stop, room):
    """Give a person the tour in `room`; return the change of cost."""
    total = 0.0
    for day in range(begin, stop):
        if book.locked[person, day]:
            continue
        total += _change_duty(book, state, person, day, -1)
        kind = room.tour[day - begin]
        state.kind[person, day] = kind
        if kind >= 0:
            for at in range(book.pauses[kind]):
                state.pause[person, day, at] = room.starts[day - begin, kind, at]
        total += _change_duty(book, state, person, day, 1)
    state.cost[0] += total
    return total


@njit(**_JIT)
def prices(book, state, person, unit):
    """Cumulate what one more agent costs on every cell, the person's own free duties taken off."""
    for day in range(state.kind.shape[1]):
        if not book.locked[person, day]:
            _change_duty(book, state, person, day, -1)
    group = book.group[person]
    island, word, bit = book.island_of[group], group >> 6, np.uint64(group & 63)
    unit[0] = 0.0
    for cell in range(book.under.shape[0]):
        price = book.over[cell]
        if (state.relief[island, cell, word] >> bit) & np.uint64(1):
            price = -book.under[cell]
        unit[cell + 1] = unit[cell] + price
    for day in range(state.kind.shape[1]):
        if not book.locked[person, day]:
            _change_duty(book, state, person, day, 1)


@njit(**_JIT)
def _mark(mark, first, length, pauses, pause_length, starts, sign, end):
    """Add a duty's cells on seat to `mark`."""
    last = min(first + length, end)
    for cell in range(first, last):
        mark[cell] += sign
    for at in range(pauses):
        begin = first + starts[at]
        for cell in range(min(begin, end), min(begin + pause_length[at], end)):
            mark[cell] -= sign


@njit(**_JIT)
def _marked_change(mark, low, high, relief, hurt, bit, under, over):
    """Return the change of cost that the marks of one person make."""
    total = 0.0
    for cell in range(low, high):
        here = mark[cell]
        if here > 0:
            total += -under[cell] if (relief[cell] >> bit) & np.uint64(1) else over[cell]
        elif here < 0:
            total += under[cell] if (hurt[cell] >> bit) & np.uint64(1) else -over[cell]
    return total


@njit(**_JIT)
def _apply_marks(book, state, group, mark, low, high):
    """Carry the marks into the counts, and wipe them."""
    for cell in range(low, high):
        if mark[cell] != 0:
            _change_cell(book, state, group, cell, mark[cell])
            mark[cell] = 0


@njit(**_JIT)
def _row_is_legal(kind, person, contract, block, step, resource, units, least, most, limits,
                  follow, variant, klass, weekend, before, counts, most_of):  # fmt: skip
    """Return whether what a person does on all days keeps the person's rules."""
    days = kind.shape[1]
    run, off = before[person, 0], before[person, 2]
    klass_now, weekends, q = before[person, 1], 0, 0
    touches = run == 0
    if run > 0:
        off = 0
    free_start = True
    for day in range(days):
        k = kind[person, day]
        if k < 0:
            if run > 0:
                if run < limits[person, 1] and not (touches and run >= day):
                    return False
                off = 0
            run = 0
            off += 1
        else:
            a = klass_now + 1 if run > 0 else 0
            if not follow[variant[day], a, k]:
                return False
            if run == 0 and off < limits[person, 2] and not (free_start and off >= day):
                return False
            run += 1
            if run > limits[person, 0]:
                return False
            klass_now = klass[k]
            q = step[contract, q, resource[contract, k]]
            if q < 0:
                return False
            if weekend[day] == 1 or (
                weekend[day] == 2 and (day == 0 or kind[person, day - 1] < 0)
            ):
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
    return True


@njit(**_JIT)
def _random_pauses(seed, kind, pauses, pause_length, low, high, starts):
    """Place the breaks of a kind by chance; return False if they overlap."""
    reach = 0
    for at in range(pauses[kind]):
        width = high[kind, at] - low[kind, at] + 1
        starts[at] = low[kind, at] + int(_random(seed) * width)
        if starts[at] < reach:
            return False
        reach = starts[at] + pause_length[kind, at]
    return True


@njit(**_JIT)
def _keep_pauses(now, kind, alike, pauses, pause_length, low, high, starts):
    """Keep the breaks of a duty that becomes another kind; return False if they do not fit."""
    if not alike:
        return False
    reach = 0
    for at in range(pauses[kind]):
        starts[at] = now[at]
        if not low[kind, at] <= starts[at] <= high[kind, at] or starts[at] < reach:
            return False
        reach = starts[at] + pause_length[kind, at]
    return True


@njit(**_JIT)
def _exchange_change(book, state, one, other, mark, low, high):
    """Return the change of cost if group `one` gains the marks and group `other` loses them."""
    island, islands = book.island_of[one], book.islands
    word1, bit1 = one >> 6, np.uint64(one & 63)
    word2, bit2 = other >> 6, np.uint64(other & 63)
    total = 0.0
    if book.island_of[other] != island:
        return _INF
    for cell in range(low, high):
        if mark[cell] == 0:
            continue
        worst = 0
        for cut in range(islands[island], islands[island + 1]):
            slack = state.slack[cut, cell]
            if (book.cuts[cut, word1] >> bit1) & np.uint64(1):
                slack -= mark[cell]
            if (book.cuts[cut, word2] >> bit2) & np.uint64(1):
                slack += mark[cell]
            worst = max(worst, slack)
        total += (book.under[cell] + book.over[cell]) * (worst - state.short[island, cell])
    return total


@njit(**_JIT)
def _is_legal(book, kind, person, counts):
    return _row_is_legal(
        kind, person, book.contract[person], book.block, book.step, book.resource,
        book.units, book.least, book.most, book.limits, book.follow, book.variant,
        book.klass, book.weekend, book.before, counts, book.most_of,
    )  # fmt: skip


@njit(**_JIT)
def _exchange(book, state, heat, pool, days, room):
    """Exchange a duty of one person for one of another, on one day or across two; return change.

    Both have the same contract and other skills, so that little else changes.
    """
    kind, pause, mark = state.kind, state.pause, room.mark
    end = book.under.shape[0]
    one = pool[int(_random(room.seed) * pool.shape[0])]
    two = pool[int(_random(room.seed) * pool.shape[0])]
    if one == two or book.menu_of[one] != book.menu_of[two]:
        return 0.0
    if book.group[one] == book.group[two]:
        return 0.0
    day = days[int(_random(room.seed) * days.shape[0])]
    back = day
    if kind[one, day] < 0 or book.locked[one, day] or book.locked[two, day]:
        return 0.0
    if kind[two, day] < 0:
        back = days[int(_random(room.seed) * days.shape[0])]
        if kind[two, back] < 0 or kind[one, back] >= 0:
            return 0.0
        if book.locked[one, back] or book.locked[two, back]:
            return 0.0
    here, there = kind[one, day], kind[two, back]
    if not (book.allowed[two, day, here] and book.allowed[one, back, there]):
        return 0.0
    kind[one, day] = -1
    kind[two, back] = -1
    kind[two, day] = here
    kind[one, back] = there
    legal = _is_legal(book, kind, one, room.counts) and _is_legal(book, kind, two, room.counts)
    change = 0.0
    low, high = min(book.first[day, here], book.first[back, there]), 0
    if legal:
        _mark(mark, book.first[day, here], book.length[here], book.pauses[here],
              book.pause_length[here], pause[one, day], -1, end)  # fmt: skip
        _mark(mark, book.first[back, there], book.length[there], book.pauses[there],
              book.pause_length[there], pause[two, back], 1, end)  # fmt: skip
        high = min(end, max(book.first[day, here] + book.length[here],
                            book.first[back, there] + book.length[there]))  # fmt: skip
        change = _exchange_change(book, state, book.group[one], book.group[two], mark, low, high)
        if change < _INF and book.extra.shape[0] > 1:
            change += book.extra[two, day, here] + book.extra[one, back, there]
            change -= book.extra[one, day, here] + book.extra[two, back, there]
    if not legal or (
        change > 1e-9
        and (heat <= 0.0 or change >= -heat * np.log(_random(room.seed) + 1e-300))
    ):
        for cell in range(low, high):
            mark[cell] = 0
        kind[two, day] = -1
        kind[one, back] = -1
        kind[one, day] = here
        kind[two, back] = there
        return 0.0
    for cell in range(low, high):
        if mark[cell] != 0:
            _change_cell(book, state, book.group[one], cell, mark[cell])
            _change_cell(book, state, book.group[two], cell, -mark[cell])
            mark[cell] = 0
    for b in range(pause.shape[2]):
        fresh = pause[one, day, b]
        if back == day:
            pause[one, day, b] = pause[two, day, b]
            pause[two, day, b] = fresh
        else:
            pause[two, day, b] = fresh
            pause[one, back, b] = pause[two, back, b]
    return change


@njit(**_JIT)
def anneal(book, state, rounds, heat, pool, days, room):
    """Change single duties, breaks and days by chance; keep worse rosters with falling heat.

    Every change is priced exactly: one person adds at most one agent to a cell. Only people of
    `pool` on `days` are changed, so that calls with other people and other days may run beside it.
    """
    kind, pause = state.kind, state.pause
    first, length, pauses = book.first, book.length, book.pauses
    pause_length, low_of, high_of = book.pause_length, book.pause_low, book.pause_high
    under, over, mark, seed = book.under, book.over, room.mark, room.seed
    end, fresh = under.shape[0], room.fresh
    has_extra = book.extra.shape[0] > 1
    for _ in range(rounds):
        if _random(seed) < _EXCHANGES:
            state.cost[0] += _exchange(book, state, heat, pool, days, room)
            continue
        person = pool[int(_random(seed) * pool.shape[0])]
        day = days[int(_random(seed) * days.shape[0])]
        if book.locked[person, day]:
            continue
        group = book.group[person]
        island, word, bit = book.island_of[group], group >> 6, np.uint64(group & 63)
        old = kind[person, day]
        menu = book.menu[book.menu_of[person]]
        size = menu[0]
        draw = _random(seed)
        other, new, only = -1, old, -1
        if old >= 0 and draw < 0.45:
            if pauses[old] == 0:
                continue
            only = int(_random(seed) * pauses[old])
            wide = high_of[old, only] - low_of[old, only] + 1
            to = low_of[old, only] + int(_random(seed) * wide)
            if to == pause[person, day, only]:
                continue
            if only > 0 and pause[person, day, only - 1] + pause_length[old, only - 1] > to:
                continue
            if only + 1 < pauses[old] and to + pause_length[old, only] > pause[
                person, day, only + 1
            ]:
                continue
            for b in range(pauses[old]):
                fresh[b] = pause[person, day, b]
            fresh[only] = to
        elif old >= 0 and draw < 0.82:
            if draw < 0.65:
                new = old - 2 + int(_random(seed) * 5)
                if new < 0 or new >= length.shape[0]:
                    continue
            else:
                new = menu[1 + int(_random(seed) * size)]
            if new == old or first[day, new] < 0 or not book.allowed[person, day, new]:
                continue
            if not _keep_pauses(pause[person, day], new, pauses[new] == pauses[old], pauses,
                                pause_length, low_of, high_of, fresh) and not _random_pauses(
                seed, new, pauses, pause_length, low_of, high_of, fresh
            ):  # fmt: skip
                continue
        elif old >= 0 and draw < 0.85:
            new = -1
        else:
            # A duty moves to a day off, near or far; or a day off gets one more duty.
            other = days[int(_random(seed) * days.shape[0])]
            if old >= 0:
                day, other = other, day
            if kind[person, day] >= 0 or book.locked[person, day] or book.locked[person, other]:
                continue
            if draw < 0.98 and book.block[other] != book.block[day]:
                continue
            old = kind[person, other]
            if old < 0:
                other = -1
            if old < 0 or draw < 0.92:
                new = menu[1 + int(_random(seed) * size)]
            else:
                new = old
            if first[day, new] < 0 or not book.allowed[person, day, new]:
                continue
            if new == old:
                for b in range(pauses[new]):
                    fresh[b] = pause[person, other, b]
            elif not _random_pauses(seed, new, pauses, pause_length, low_of, high_of, fresh):
                continue
        before_here = kind[person, day]
        if new != before_here or other >= 0:
            kind[person, day] = new
            if other >= 0:
                kind[person, other] = -1
            legal = _is_legal(book, kind, person, room.counts)
            kind[person, day] = before_here
            if other >= 0:
                kind[person, other] = old
            if not legal:
                continue
        gone = day if other < 0 else other
        low, high, change = end, 0, 0.0
        if only >= 0:
            at = first[day, old] + pause[person, day, only]
            to = first[day, old] + fresh[only]
            size = pause_length[old, only]
            low, high = min(min(at, to), end), min(max(at, to) + size, end)
            for cell in range(min(at, end), min(at + size, end)):
                mark[cell] += 1
            for cell in range(min(to, end), min(to + size, end)):
                mark[cell] -= 1
        elif old >= 0:
            _mark(mark, first[gone, old], length[old], pauses[old], pause_length[old],
                  pause[person, gone], -1, end)  # fmt: skip
            low, high = first[gone, old], min(first[gone, old] + length[old], end)
            if has_extra:
                change -= book.extra[person, gone, old]
        if new >= 0 and only < 0:
            _mark(mark, first[day, new], length[new], pauses[new], pause_length[new], fresh, 1, end)
            low = min(low, first[day, new])
            high = max(high, min(first[day, new] + length[new], end))
            if has_extra:
                change += book.extra[person, day, new]
        change += _marked_change(mark, low, high, state.relief[island, :, word],
                                 state.hurt[island, :, word], bit, under, over)  # fmt: skip
        if change > 1e-9 and (
            heat <= 0.0 or change >= -heat * np.log(_random(seed) + 1e-300)
        ):
            for cell in range(low, high):
                mark[cell] = 0
            continue
        _apply_marks(book, state, group, mark, low, high)
        if other >= 0:
            kind[person, other] = -1
        kind[person, day] = new
        if new >= 0:
            for b in range(pauses[new]):
                pause[person, day, b] = fresh[b]
        state.cost[0] += change
