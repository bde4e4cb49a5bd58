"""Which legal tour of one person is cheapest, and what does a duty change?

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

_jit = njit(cache=True, nogil=True)
_INF = 1e18


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
    serves: np.ndarray
    helps: np.ndarray
    islands: np.ndarray
    island_of: np.ndarray
    under: np.ndarray
    over: np.ndarray
    menu: np.ndarray
    menu_of: np.ndarray
    rests: np.ndarray
    opens: np.ndarray
    closes: np.ndarray
    mondays: np.ndarray
    free_from: np.ndarray


class State(NamedTuple):
    """A roster: kind by person and day, break starts, and what its cells still lack."""

    kind: np.ndarray
    pause: np.ndarray
    slack: np.ndarray
    short: np.ndarray
    tight: np.ndarray
    near: np.ndarray
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
    unit: np.ndarray
    gain: np.ndarray
    came: np.ndarray
    odds: np.ndarray
    team: np.ndarray
    tour: np.ndarray
    enter: np.ndarray
    tried: np.ndarray
    mark: np.ndarray
    fresh: np.ndarray
    counts: np.ndarray
    seed: np.ndarray


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
def place_pauses(pauses, pause_length, low_of, high_of, end, kind, first, unit, gain, came, starts):
    """Place the breaks of a kind where they save most; return the saving."""
    count = pauses[kind]
    for at in range(count):
        low, size = low_of[kind, at], pause_length[kind, at]
        best, best_from, reach = -_INF, -1, -1
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
            gain[at, offset - low] = best + value if best > -_INF else -_INF
            came[at, offset - low] = best_from
    best, where = -_INF, 0
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
                cost -= place_pauses(
                    book.pauses, book.pause_length, book.pause_low, book.pause_high, end, kind,
                    first, unit, room.gain, room.came, room.starts[day - begin, kind],
                )  # fmt: skip
            if book.extra.shape[0] > 1:
                cost += book.extra[person, day, kind]
            room.price[day - begin, kind] = cost


@_jit
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


@_jit
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


@_jit
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


@_jit
def _settled(book, kind, person, stop):
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
def _weekends_outside(book, kind, person, begin, end):
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


@_jit
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


@_jit
def _extend(cost, back, via, layer, sizes, widths, states, rest, most_run, least_run, classes,
            resources, day, contract, may_off, may_work, stands, weekend, step, arc, arc_kind,
            ):  # fmt: skip
    """Carry the states before a day to those after it."""
    below, above = cost[layer], cost[layer + 1]
    back_row, via_row = back[layer + 1], via[layer + 1]
    for q in range(sizes):
        for w in range(widths):
            base = (q * widths + w) * states
            if may_off:
                for o in range(rest):
                    v = below[base + o]
                    to = base + min(o + 1, rest - 1)
                    if v < above[to]:
                        above[to] = v
                        back_row[to] = base + o
                        via_row[to] = -1
                for c in range(1, most_run + 1):
                    if c < least_run and c < day:
                        continue
                    for k in range(classes):
                        at = base + rest + (c - 1) * classes + k
                        v = below[at]
                        if v < above[base]:
                            above[base] = v
                            back_row[base] = at
                            via_row[base] = -1
            if not may_work:
                continue
            for c in range(most_run):
                # c days worked so far; with none the day comes after enough days off.
                w2 = w + 1 if weekend == 1 or (weekend == 2 and c == 0) else w
                if w2 >= widths:
                    continue
                for a in range(classes if c > 0 else 1):
                    at = base + rest + (c - 1) * classes + a if c > 0 else base + rest - 1
                    v = below[at]
                    if v >= _INF:
                        continue
                    row = a + 1 if c > 0 else 0
                    for r in range(resources):
                        q2 = q if stands else step[contract, q, r]
                        if q2 < 0:
                            continue
                        to = (q2 * widths + w2) * states + rest + c * classes
                        for b in range(classes):
                            price = v + arc[row, r, b]
                            if price < above[to + b]:
                                above[to + b] = price
                                back_row[to + b] = at
                                via_row[to + b] = arc_kind[row, r, b]


@_jit
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
    cost, back, via, arc, arc_kind = room.cost, room.back, room.via, room.arc, room.arc_kind
    step, weekend = book.step, book.weekend
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
        _extend(
            cost, back, via, layer, sizes, widths, states, rest, most_run, least_run, classes,
            resources, day, contract, may_off, may_work, stands, weekend[day], step, arc, arc_kind,
        )  # fmt: skip
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


@_jit
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


@_jit
def best_tour(book, kind, person, begin, stop, unit, room):
    """Put the cheapest legal tour of the days [begin, stop) into `room.tour`; return its cost.

    `unit` holds the price of one more agent, cumulated over the cells. Days outside the choice and
    locked days stand as in `kind`. Break starts are in `room.starts`. Infinity if there is none.
    Limits on the number of duties of a kind that hardly ever bind are left out at first; where one
    is broken, the search is done again with that limit in its state.
    """
    _price_kinds(book, person, begin, stop, unit, room)
    room.tried[0] = 0
    got = _tour(book, kind, person, begin, stop, book.contract[person], room)
    for _ in range(book.length.shape[0]):
        if got >= _INF or book.most_of.shape[0] == 1:
            return got
        broken = _broken_limit(book, kind, person, begin, stop, room)
        if broken < 0:
            return got
        contract = book.heavy[person, broken]
        if contract < 0 or room.tried[0] == 1 + broken:
            # No machine counts this limit: do without the kind, which stays legal.
            for day in range(stop - begin):
                room.price[day, broken] = _INF
            contract = book.contract[person]
        room.tried[0] = 1 + broken
        got = _tour(book, kind, person, begin, stop, contract, room)
    return _INF


@_jit
def put_tour(book, state, person, begin, stop, room):
    """Give a person the tour in `room`; return the change of cost."""
    total = 0.0
    for day in range(begin, stop):
        if book.locked[person, day]:
            continue
        total += change_duty(book, state, person, day, -1)
        kind = room.tour[day - begin]
        state.kind[person, day] = kind
        if kind >= 0:
            for at in range(book.pauses[kind]):
                state.pause[person, day, at] = room.starts[day - begin, kind, at]
        total += change_duty(book, state, person, day, 1)
    state.cost[0] += total
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
