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

_jit = njit(cache=True, nogil=True)
_INF = 1e18
_EXCHANGES = 0.3
_WHOLE_DUTIES = 0.03
_OTHER_DAYS = 0.4


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
    cuts: np.ndarray
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
    unit: np.ndarray
    gain: np.ndarray
    came: np.ndarray
    tour: np.ndarray
    enter: np.ndarray
    tried: np.ndarray
    mark: np.ndarray
    fresh: np.ndarray
    counts: np.ndarray
    seed: np.ndarray


@_jit
def _random(seed):
    x = seed[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    seed[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@_jit
def _change_cell(slack, short, relief, hurt, serves, cuts, low, high, island, group, cell, sign):
    """Put an agent on a cell or take one off; return the change of the shortage."""
    worst = 0
    for cut in range(low, high):
        now = slack[cell, cut] - sign * serves[group, cut]
        slack[cell, cut] = now
        worst = max(worst, now)
    for word in range(cuts.shape[1]):
        every, some = ~np.uint64(0), np.uint64(0)
        for cut in range(low, high):
            if slack[cell, cut] == worst:
                every &= cuts[cut, word]
                some |= cuts[cut, word]
        relief[island, cell, word] = every if worst > 0 else np.uint64(0)
        hurt[island, cell, word] = some
    change = worst - short[island, cell]
    short[island, cell] = worst
    return change


@_jit
def _change_duty(book, state, person, day, sign):
    """Count a duty that stands in the state in or out; return the change of cost."""
    kind = state.kind[person, day]
    if kind < 0:
        return 0.0
    slack, short, relief, hurt = state.slack, state.short, state.relief, state.hurt
    serves, cuts, under, over = book.serves, book.cuts, book.under, book.over
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
            change = _change_cell(
                slack, short, relief, hurt, serves, cuts, low, high, island, group, c, sign
            )
            total += under[c] * change + over[c] * (sign + change)
        if at < count:
            cell = min(begin + book.pause_length[kind, at], last)
    if book.extra.shape[0] > 1:
        total += sign * book.extra[person, day, kind]
    return total


@_jit
def _place_pauses(
    pauses, pause_length, low_of, high_of, end, kind, first, unit, gain, came, starts
):
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
                cost -= _place_pauses(
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
        total += _change_duty(book, state, person, day, -1)
        kind = room.tour[day - begin]
        state.kind[person, day] = kind
        if kind >= 0:
            for at in range(book.pauses[kind]):
                state.pause[person, day, at] = room.starts[day - begin, kind, at]
        total += _change_duty(book, state, person, day, 1)
    state.cost[0] += total
    return total


@_jit
def count_duty(book, state, person, day, kind, pause):
    """Count a duty in on a day without one."""
    state.kind[person, day] = kind
    for at in range(pause.shape[0]):
        state.pause[person, day, at] = pause[at]
    state.cost[0] += _change_duty(book, state, person, day, 1)


@_jit
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


@_jit
def _mark(mark, first, length, pauses, pause_length, kind, pause, person, day, sign, end):
    """Add the cells on seat of a duty whose breaks are in `pause[person, day]` to `mark`."""
    last = min(first + length[kind], end)
    for cell in range(first, last):
        mark[cell] += sign
    for at in range(pauses[kind]):
        begin = first + pause[person, day, at]
        for cell in range(min(begin, end), min(begin + pause_length[kind, at], end)):
            mark[cell] -= sign


@_jit
def _marked_change(mark, low, high, relief, hurt, island, word, bit, under, over):
    """Return the change of cost that the marks of one person make."""
    total = 0.0
    for cell in range(low, high):
        here = mark[cell]
        if here > 0:
            if (relief[island, cell, word] >> bit) & np.uint64(1):
                total -= under[cell]
            else:
                total += over[cell]
        elif here < 0:
            if (hurt[island, cell, word] >> bit) & np.uint64(1):
                total += under[cell]
            else:
                total -= over[cell]
    return total


@_jit
def _exchange_change(mark, low, high, slack, short, serves, first_cut, last_cut, island, one, other,
                     under, over):  # fmt: skip
    """Return the change of cost if group `one` gains the marks and group `other` loses them."""
    total = 0.0
    for cell in range(low, high):
        here = mark[cell]
        if here == 0:
            continue
        worst = 0
        for cut in range(first_cut, last_cut):
            now = slack[cell, cut] - here * (serves[one, cut] - serves[other, cut])
            worst = max(worst, now)
        total += (under[cell] + over[cell]) * (worst - short[island, cell])
    return total


@_jit
def _follows(kind, person, day, follow, variant, klass, before):
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
def _row_is_legal(kind, person, contract, block, step, resource, units, least, most, limits,
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


@_jit
def _random_pauses(seed, kind, pauses, pause_length, low, high, starts):
    """Place the breaks of a kind by chance in `starts[0, 0]`; return False if they overlap."""
    reach = 0
    for at in range(pauses[kind]):
        width = high[kind, at] - low[kind, at] + 1
        starts[0, 0, at] = low[kind, at] + int(_random(seed) * width)
        if starts[0, 0, at] < reach:
            return False
        reach = starts[0, 0, at] + pause_length[kind, at]
    return True


@_jit
def _keep_pauses(pause, person, day, old, kind, pauses, pause_length, low, high, starts):
    """Keep the breaks of a duty that becomes another kind; return False if they do not fit."""
    if pauses[old] != pauses[kind]:
        return False
    reach = 0
    for at in range(pauses[kind]):
        start = pause[person, day, at]
        starts[0, 0, at] = start
        if not low[kind, at] <= start <= high[kind, at] or start < reach:
            return False
        reach = start + pause_length[kind, at]
    return True


@_jit
def _accepts(change, heat, seed):
    """Return whether a change is taken at this heat."""
    if change <= 1e-9:
        return True
    return heat > 0.0 and change < -heat * np.log(_random(seed) + 1e-300)


@_jit
def anneal(book, state, rounds, heat, pool, days, room):
    """Change single duties, breaks and days by chance; keep worse rosters with falling heat.

    Every change is priced exactly: one person adds at most one agent to a cell. Only people of
    `pool` on `days` are changed, so that calls with other people and other days may run beside it.
    """
    state.cost[0] += _anneal(
        rounds, heat, pool, days, state.kind, state.pause, state.slack, state.short, state.relief,
        state.hurt, room.mark, room.fresh, room.counts, room.unit,
        room.gain, room.came, room.seed, book.first, book.length,
        book.pauses, book.pause_length, book.pause_low, book.pause_high, book.klass, book.follow,
        book.variant, book.block, book.weekend, book.group, book.contract, book.allowed,
        book.extra, book.locked, book.step, book.resource, book.units, book.least, book.most,
        book.limits, book.most_of, book.before, book.serves, book.cuts, book.islands,
        book.island_of, book.under, book.over, book.menu, book.menu_of, book.rests, book.opens,
        book.closes, book.mondays, book.free_from,
    )  # fmt: skip


@_jit
def _anneal(
    rounds, heat, pool, days, kind, pause, slack, short, relief, hurt, mark, fresh, counts, unit,
    gain, came, seed, first, length, pauses, pause_length, low_of, high_of, klass, follow, variant,
    block, weekend, groups, contracts, allowed, extra, locked, step, resource, units, least, most,
    limits, most_of, before, serves, cuts, islands, island_of, under, over, menus, menu_of,
    rests, opens, closes, mondays, free_from,
):  # fmt: skip
    """Do the work of `anneal` on bare arrays, which numba passes and reads without counting."""
    end, has_extra, total = under.shape[0], extra.shape[0] > 1, 0.0
    for _ in range(rounds):
        person = pool[int(_random(seed) * pool.shape[0])]
        day = days[int(_random(seed) * days.shape[0])]
        if locked[person, day]:
            continue
        group = groups[person]
        island = island_of[group]
        first_cut, last_cut = islands[island], islands[island + 1]
        if _random(seed) < _EXCHANGES:
            # A duty of one person for one of another, on one day or across two: same contract,
            # other skills, so that little else changes.
            two = pool[int(_random(seed) * pool.shape[0])]
            peer = groups[two]
            if peer == group or menu_of[person] != menu_of[two] or island_of[peer] != island:
                continue
            here, back = kind[person, day], day
            if here < 0 or locked[two, day] or not allowed[two, day, here]:
                continue
            if kind[two, day] < 0:
                back = days[int(_random(seed) * days.shape[0])]
                if kind[two, back] < 0 or kind[person, back] >= 0:
                    continue
                if locked[person, back] or locked[two, back]:
                    continue
            there = kind[two, back]
            if not allowed[person, back, there]:
                continue
            kind[person, day] = -1
            kind[two, back] = -1
            kind[two, day] = here
            kind[person, back] = there
            legal = True
            if back != day or here != there:
                legal = _row_is_legal(
                    kind, person, contracts[person], block, step, resource, units, least, most,
                    limits, follow, variant, klass, weekend, before, counts, most_of, rests,
                    opens, closes, mondays, free_from,
                ) and _row_is_legal(
                    kind, two, contracts[two], block, step, resource, units, least, most,
                    limits, follow, variant, klass, weekend, before, counts, most_of, rests,
                    opens, closes, mondays, free_from,
                )  # fmt: skip
            low, high, change = end, 0, 0.0
            if legal:
                low = min(first[day, here], first[back, there])
                high = min(end, max(first[day, here] + length[here],
                                    first[back, there] + length[there]))  # fmt: skip
                _mark(mark, first[day, here], length, pauses, pause_length, here, pause, person,
                      day, -1, end)  # fmt: skip
                _mark(mark, first[back, there], length, pauses, pause_length, there, pause, two,
                      back, 1, end)  # fmt: skip
                change = _exchange_change(mark, low, high, slack, short, serves, first_cut,
                                          last_cut, island, group, peer, under, over)  # fmt: skip
                if has_extra:
                    change += extra[two, day, here] + extra[person, back, there]
                    change -= extra[person, day, here] + extra[two, back, there]
            if not legal or not _accepts(change, heat, seed):
                for cell in range(low, high):
                    mark[cell] = 0
                kind[two, day] = -1
                kind[person, back] = -1
                kind[person, day] = here
                kind[two, back] = there
                continue
            for cell in range(low, high):
                if mark[cell] != 0:
                    _change_cell(slack, short, relief, hurt, serves, cuts, first_cut, last_cut,
                                 island, group, cell, mark[cell])  # fmt: skip
                    _change_cell(slack, short, relief, hurt, serves, cuts, first_cut, last_cut,
                                 island, peer, cell, -mark[cell])  # fmt: skip
                    mark[cell] = 0
            for b in range(pause.shape[2]):
                start = pause[person, day, b]
                pause[person, back, b] = pause[two, back, b]
                pause[two, day, b] = start
            total += change
            continue
        word, bit = group >> 6, np.uint64(group & 63)
        old = kind[person, day]
        menu = menu_of[person]
        if _random(seed) < _WHOLE_DUTIES:
            # A whole duty is taken away and drawn anew from all it could be, breaks at their best,
            # with the chances that the heat gives (Gumbel's trick).
            change = 0.0
            low = first[day, old] if old >= 0 else 0
            high = min(low + length[old], end) if old >= 0 else 0
            if old >= 0:
                _mark(mark, low, length, pauses, pause_length, old, pause, person, day, -1, end)
                for cell in range(low, high):
                    if mark[cell] != 0:
                        less = _change_cell(slack, short, relief, hurt, serves, cuts, first_cut,
                                            last_cut, island, group, cell, -1)  # fmt: skip
                        change += under[cell] * less + over[cell] * (less - 1)
                        mark[cell] = 0
                if has_extra:
                    change -= extra[person, day, old]
            kind[person, day] = -1
            best, best_day, best_kind = _INF, -1, -1
            if _row_is_legal(
                kind, person, contracts[person], block, step, resource, units, least, most, limits,
                follow, variant, klass, weekend, before, counts, most_of, rests,
                opens, closes, mondays, free_from,
            ):  # fmt: skip
                best = heat * np.log(-np.log(_random(seed) + 1e-300) + 1e-300)
            wide = days.shape[0] if _random(seed) < _OTHER_DAYS else 1
            for at in range(wide):
                there = day if wide == 1 else days[at]
                if kind[person, there] >= 0 or locked[person, there]:
                    continue
                if there != day and (old < 0 or block[there] != block[day]):
                    continue
                begin, stop = end, 0
                for k in range(1, menus[menu, 0] + 1):
                    new = menus[menu, k]
                    if first[there, new] >= 0:
                        begin = min(begin, first[there, new])
                        stop = max(stop, first[there, new] + length[new])
                stop = min(stop, end)
                if begin >= stop:
                    continue
                unit[begin] = 0.0
                for cell in range(begin, stop):
                    price = over[cell]
                    if (relief[island, cell, word] >> bit) & np.uint64(1):
                        price = -under[cell]
                    unit[cell + 1] = unit[cell] + price
                for k in range(1, menus[menu, 0] + 1):
                    new = menus[menu, k]
                    if first[there, new] < 0 or not allowed[person, there, new]:
                        continue
                    price = (
                        unit[min(first[there, new] + length[new], end)] - unit[first[there, new]]
                    )
                    if pauses[new] > 0:
                        price -= _place_pauses(
                            pauses, pause_length, low_of, high_of, stop, new, first[there, new],
                            unit, gain, came, fresh[0, 0],
                        )  # fmt: skip
                    if has_extra:
                        price += extra[person, there, new]
                    draw = price
                    if heat > 0.0:
                        draw += heat * np.log(-np.log(_random(seed) + 1e-300) + 1e-300)
                    if draw >= best:
                        continue
                    kind[person, there] = new
                    if _row_is_legal(
                        kind, person, contracts[person], block, step, resource, units, least, most,
                        limits, follow, variant, klass, weekend, before, counts, most_of, rests,
                        opens, closes, mondays, free_from,
                    ):  # fmt: skip
                        best, best_day, best_kind = draw, there, new
                        for b in range(pauses[new]):
                            fresh[1, 0, b] = fresh[0, 0, b]
                    kind[person, there] = -1
            if best >= _INF:
                # Nothing else is legal where some days may not be used: the duty stays.
                best_day, best_kind = day, old
                if old >= 0:
                    for b in range(pauses[old]):
                        fresh[1, 0, b] = pause[person, day, b]
            if best_day >= 0 and best_kind >= 0:
                low = first[best_day, best_kind]
                high = min(low + length[best_kind], end)
                for b in range(pauses[best_kind]):
                    pause[person, best_day, b] = fresh[1, 0, b]
                kind[person, best_day] = best_kind
                _mark(mark, low, length, pauses, pause_length, best_kind, pause, person, best_day,
                      1, end)  # fmt: skip
                for cell in range(low, high):
                    if mark[cell] != 0:
                        more = _change_cell(slack, short, relief, hurt, serves, cuts, first_cut,
                                            last_cut, island, group, cell, 1)  # fmt: skip
                        change += under[cell] * more + over[cell] * (more + 1)
                        mark[cell] = 0
                if has_extra:
                    change += extra[person, best_day, best_kind]
            total += change
            continue
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
            if only + 1 < pauses[old] and (
                to + pause_length[old, only] > pause[person, day, only + 1]
            ):
                continue
            for b in range(pauses[old]):
                fresh[0, 0, b] = pause[person, day, b]
            fresh[0, 0, only] = to
        elif old >= 0 and draw < 0.82:
            if draw < 0.65:
                new = old - 2 + int(_random(seed) * 5)
                if new < 0 or new >= length.shape[0]:
                    continue
            else:
                new = menus[menu, 1 + int(_random(seed) * menus[menu, 0])]
            if new == old or first[day, new] < 0 or not allowed[person, day, new]:
                continue
            if not _keep_pauses(
                pause, person, day, old, new, pauses, pause_length, low_of, high_of, fresh
            ) and not _random_pauses(seed, new, pauses, pause_length, low_of, high_of, fresh):
                continue
        elif old >= 0 and draw < 0.85:
            new = -1
        else:
            # A duty moves to a day off, near or far; or a day off gets one more duty.
            other = days[int(_random(seed) * days.shape[0])]
            if old >= 0:
                day, other = other, day
            if kind[person, day] >= 0 or locked[person, day] or locked[person, other]:
                continue
            if draw < 0.98 and block[other] != block[day]:
                continue
            old = kind[person, other]
            if old < 0:
                other = -1
            if old < 0 or draw < 0.92:
                new = menus[menu, 1 + int(_random(seed) * menus[menu, 0])]
            else:
                new = old
            if first[day, new] < 0 or not allowed[person, day, new]:
                continue
            if new == old:
                for b in range(pauses[new]):
                    fresh[0, 0, b] = pause[person, other, b]
            elif not _random_pauses(seed, new, pauses, pause_length, low_of, high_of, fresh):
                continue
        now = kind[person, day]
        if new != now or other >= 0:
            kind[person, day] = new
            if other >= 0:
                kind[person, other] = -1
            alike = other < 0 and now >= 0 and new >= 0 and most_of.shape[0] == 1
            alike = alike and rests[0] == 0 and rests[1] == 0
            if alike and (resource[contracts[person], now] == resource[contracts[person], new]):
                legal = _follows(kind, person, day, follow, variant, klass, before)
            else:
                legal = _row_is_legal(
                    kind, person, contracts[person], block, step, resource, units, least, most,
                    limits, follow, variant, klass, weekend, before, counts, most_of, rests,
                    opens, closes, mondays, free_from,
                )  # fmt: skip
            kind[person, day] = now
            if other >= 0:
                kind[person, other] = old
            if not legal:
                continue
        gone = day if other < 0 else other
        low, high, change = end, 0, 0.0
        if only >= 0:
            at = first[day, old] + pause[person, day, only]
            to = first[day, old] + fresh[0, 0, only]
            wide = pause_length[old, only]
            low, high = min(at, to, end), min(max(at, to) + wide, end)
            for cell in range(min(at, end), min(at + wide, end)):
                mark[cell] += 1
            for cell in range(min(to, end), min(to + wide, end)):
                mark[cell] -= 1
        elif old >= 0:
            _mark(mark, first[gone, old], length, pauses, pause_length, old, pause, person, gone,
                  -1, end)  # fmt: skip
            low, high = first[gone, old], min(first[gone, old] + length[old], end)
            if has_extra:
                change -= extra[person, gone, old]
        if new >= 0 and only < 0:
            _mark(mark, first[day, new], length, pauses, pause_length, new, fresh, 0, 0, 1, end)
            low = min(low, first[day, new])
            high = max(high, min(first[day, new] + length[new], end))
            if has_extra:
                change += extra[person, day, new]
        change += _marked_change(mark, low, high, relief, hurt, island, word, bit, under, over)
        if not _accepts(change, heat, seed):
            for cell in range(low, high):
                mark[cell] = 0
            continue
        for cell in range(low, high):
            if mark[cell] != 0:
                _change_cell(slack, short, relief, hurt, serves, cuts, first_cut, last_cut,
                             island, group, cell, mark[cell])  # fmt: skip
                mark[cell] = 0
        if other >= 0:
            kind[person, other] = -1
        kind[person, day] = new
        if new >= 0:
            for b in range(pauses[new]):
                pause[person, day, b] = fresh[0, 0, b]
        total += change
    return total
