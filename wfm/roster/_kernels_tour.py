"""Which legal tour of one person is cheapest?

Arrays in, arrays out, as in `_kernels_tables`. State of the dynamic programme after a day: q (hours
and counts of the running block), w (weekends worked), s (days off in a row, or days worked in a row
and the class of the last kind).
"""

from __future__ import annotations

from wfm.queueing import _cache
from wfm.roster._kernels_beside import enter_blocks, settled, stand, weekends_outside
from wfm.roster._kernels_breaks import place_pauses
from wfm.roster._kernels_cells import change_duty
from wfm.roster._kernels_tables import INF

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True)


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
        if got >= INF or book.most_of.shape[0] == 1:
            return got
        broken = _broken_limit(book, kind, person, begin, stop, room)
        if broken < 0:
            return got
        contract = book.heavy[person, broken]
        if contract < 0 or room.tried[0] == 1 + broken:
            # No machine counts this limit: do without the kind, which stays legal.
            for day in range(stop - begin):
                room.price[day, broken] = INF
            contract = book.contract[person]
        room.tried[0] = 1 + broken
        got = _tour(book, kind, person, begin, stop, contract, room)
    return INF


@_jit
def _price_kinds(book, person, begin, stop, unit, room):
    """Price every kind that a person may work on the free days from `begin` to `stop`."""
    end = book.under.shape[0]
    for day in range(begin, stop):
        for kind in range(book.length.shape[0]):
            room.price[day - begin, kind] = INF
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
def _tour(book, kind, person, begin, stop, contract, room):
    """Put the cheapest legal tour of the days [begin, stop) into `room.tour`; return its cost.

    `room.price` holds the price of each kind on each day; the days after `stop` and locked days
    stand as they are in `kind`. Returns infinity if there is no legal tour.
    """
    end = settled(book, kind, person, stop)
    if not enter_blocks(book, kind, person, begin, stop, contract, room.enter):
        return INF
    most_run, least_run = book.limits[person, 0], book.limits[person, 1]
    rest, most_weekends = book.limits[person, 2], book.limits[person, 3]
    days = kind.shape[1]
    classes = room.arc.shape[2]
    resources = book.step.shape[2]
    states = rest + most_run * classes
    used = weekends_outside(book, kind, person, begin, end)
    if used > most_weekends:
        return INF
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
        cost[0, at] = INF
    run, klass, off = stand(book, kind, person, begin)
    if run > most_run:
        return INF
    s = rest + (run - 1) * classes + klass if run > 0 else min(max(off, 1), rest) - 1
    cost[0, room.enter[book.block[begin]] * widths * states + s] = 0.0
    for day in range(begin, end):
        layer = day - begin
        for at in range(full):
            cost[layer + 1, at] = INF
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
    best, where = INF, -1
    for at in range(full):
        if cost[end - begin, at] < best:
            best, where = cost[end - begin, at], at
    if where < 0:
        return INF
    for day in range(end - 1, begin - 1, -1):
        layer = day - begin + 1
        if day < stop:
            room.tour[day - begin] = via[layer, where]
        where = back[layer, where]
    return best


@_jit
def _arcs(book, contract, day, row, forced, kind_now, room):
    """Set the cheapest kind for each class before, resource and class after."""
    before, resources, after = room.arc.shape
    for a in range(before):
        for r in range(resources):
            for b in range(after):
                room.arc[a, r, b] = INF
    variant = book.variant[day]
    for kind in range(book.length.shape[0]):
        price = 0.0
        if forced:
            if kind != kind_now:
                continue
        else:
            price = room.price[row, kind]
            if price >= INF:
                continue
        r, b = book.resource[contract, kind], book.klass[kind]
        for a in range(before):
            if book.follow[variant, a, kind] and price < room.arc[a, r, b]:
                room.arc[a, r, b] = price
                room.arc_kind[a, r, b] = kind


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
                    if v >= INF:
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
                    cost[layer, at] = INF
        return
    for at in range(width):
        best, best_q = INF, -1
        for q in range(sizes):
            if low <= book.units[contract, q] <= high and cost[layer, q * width + at] < best:
                best, best_q = cost[layer, q * width + at], q
        keep_back, keep_via = 0, 0
        if best_q >= 0:
            keep_back, keep_via = back[layer, best_q * width + at], via[layer, best_q * width + at]
        for q in range(sizes):
            cost[layer, q * width + at] = INF
        if best_q >= 0:
            cost[layer, to * width + at] = best
            back[layer, to * width + at] = keep_back
            via[layer, to * width + at] = keep_via


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
