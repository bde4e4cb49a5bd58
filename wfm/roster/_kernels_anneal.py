"""What becomes of a roster if duties, breaks and days change by chance, and the heat falls?

Arrays in, arrays out, as in `_kernels_tables`. Every change is priced exactly before it is made.
The loop stays one long function: with the exchanges cut out of it annealing took 7 to 9 % longer,
and numba cannot inline calls of so many arrays.
"""

from __future__ import annotations

import numpy as np

from wfm.queueing import _cache
from wfm.roster._kernels_breaks import break_fits, keep_pauses, random_pauses
from wfm.roster._kernels_cells import change_cell, price_of_less, price_of_more
from wfm.roster._kernels_chance import accepts, random
from wfm.roster._kernels_marks import (
    add_mark,
    count_day,
    marked_change,
    price_of_swap,
    swap_change,
)
from wfm.roster._kernels_redraw import draw_duty, rebuild
from wfm.roster._kernels_rules import follows, row_is_legal
from wfm.roster._kernels_tables import INF

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True)

# Shares of the changes that are tried, measured on centres of 50 and 200 people.
_EXCHANGES = 0.3
_BREAK_EXCHANGES = 0.5
_WHOLE_DUTIES = 0.03
_OTHER_DAYS = 0.4
_BREAKS, _NEAR_STARTS, _OTHER_KINDS, _FEWER_DAYS = 0.40, 0.70, 0.80, 0.83
_SAME_CLOCK = 0.5
_TEAMS = 0.5


@_jit
def anneal(book, state, rounds, heat, pool, days, room):
    """Change single duties, breaks and days by chance; keep worse rosters with falling heat.

    Only people of `pool` on `days` are changed, so that calls with other people and other days may
    run beside it.
    """
    state.cost[0] += _anneal(
        rounds, heat, pool, days, state.kind, state.pause, state.slack, state.short, state.tight,
        state.near, room.mark, room.fresh, room.counts, room.unit,
        room.gain, room.came, room.odds, room.team, room.seed, book.first, book.length,
        book.pauses, book.pause_length, book.pause_low, book.pause_high, book.klass, book.follow,
        book.variant, book.block, book.weekend, book.group, book.contract, book.allowed,
        book.extra, book.locked, book.step, book.resource, book.units, book.least, book.most,
        book.limits, book.most_of, book.before, book.serves, book.helps, book.islands,
        book.island_of, book.under, book.over, book.menu, book.menu_of, book.rests, book.opens,
        book.closes, book.mondays, book.free_from,
    )  # fmt: skip


@_jit
def _anneal(
    rounds, heat, pool, days, kind, pause, slack, short, tight, near, mark, fresh, counts, unit,
    gain, came, odds, team, seed, first, length, pauses, pause_length, low_of, high_of,
    klass, follow,
    variant, block, weekend, groups, contracts, allowed, extra, locked, step, resource, units,
    least, most, limits, most_of, before, serves, helps, islands, island_of, under, over, menus,
    menu_of, rests, opens, closes, mondays, free_from,
):  # fmt: skip
    """Do the work of `anneal` on bare arrays, which numba passes and reads without counting."""
    end, has_extra, total = under.shape[0], extra.shape[0] > 1, 0.0
    for _ in range(rounds):
        person = pool[int(random(seed) * pool.shape[0])]
        day = days[int(random(seed) * days.shape[0])]
        if locked[person, day]:
            continue
        group = groups[person]
        island = island_of[group]
        first_cut, last_cut = islands[island], islands[island + 1]
        old = kind[person, day]
        if random(seed) < _EXCHANGES:
            two = pool[int(random(seed) * pool.shape[0])]
            peer = groups[two]
            if old < 0 or peer == group or island_of[peer] != island or locked[two, day]:
                continue
            if random(seed) < _BREAK_EXCHANGES:
                # A break of one person for a break of another on the same day.
                there = kind[two, day]
                if there < 0 or pauses[old] == 0 or pauses[there] == 0:
                    continue
                mine = int(random(seed) * pauses[old])
                its = int(random(seed) * pauses[there])
                wide = pause_length[old, mine]
                if pause_length[there, its] != wide:
                    continue
                at = first[day, old] + pause[person, day, mine]
                to = first[day, there] + pause[two, day, its]
                if abs(to - at) < wide or max(at, to) + wide > end:
                    continue
                if not break_fits(pause, person, day, old, mine, to - first[day, old], pauses,
                                  pause_length, low_of, high_of):  # fmt: skip
                    continue
                if not break_fits(pause, two, day, there, its, at - first[day, there], pauses,
                                  pause_length, low_of, high_of):  # fmt: skip
                    continue
                change = 0.0
                for step_on in range(wide):
                    change += (under[at + step_on] + over[at + step_on]) * price_of_swap(
                        slack, short, tight, near, serves, helps, first_cut, last_cut, island,
                        group, peer, at + step_on)  # fmt: skip
                    change += (under[to + step_on] + over[to + step_on]) * price_of_swap(
                        slack, short, tight, near, serves, helps, first_cut, last_cut, island,
                        peer, group, to + step_on)  # fmt: skip
                if not accepts(change, heat, seed):
                    continue
                for step_on in range(wide):
                    change_cell(slack, short, tight, near, serves, first_cut, last_cut, island,
                                group, at + step_on, 1)  # fmt: skip
                    change_cell(slack, short, tight, near, serves, first_cut, last_cut, island,
                                peer, at + step_on, -1)  # fmt: skip
                    change_cell(slack, short, tight, near, serves, first_cut, last_cut, island,
                                peer, to + step_on, 1)  # fmt: skip
                    change_cell(slack, short, tight, near, serves, first_cut, last_cut, island,
                                group, to + step_on, -1)  # fmt: skip
                pause[person, day, mine] = to - first[day, old]
                pause[two, day, its] = at - first[day, there]
                total += change
                continue
            # A duty of one person for one of another, on one day or across two: same contract,
            # other skills, so that little else changes.
            if menu_of[person] != menu_of[two]:
                continue
            here, back = old, day
            if not allowed[two, day, here]:
                continue
            if kind[two, day] < 0:
                back = days[int(random(seed) * days.shape[0])]
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
                legal = row_is_legal(
                    kind, person, contracts[person], block, step, resource, units, least, most,
                    limits, follow, variant, klass, weekend, before, counts, most_of, rests,
                    opens, closes, mondays, free_from,
                ) and row_is_legal(
                    kind, two, contracts[two], block, step, resource, units, least, most,
                    limits, follow, variant, klass, weekend, before, counts, most_of, rests,
                    opens, closes, mondays, free_from,
                )  # fmt: skip
            # Two stretches without overlap hold all that changes: [low, high) and [low_2, high_2).
            low, high, low_2, high_2, change = 0, 0, 0, 0, 0.0
            if legal:
                low, high = first[day, here], min(end, first[day, here] + length[here])
                low_2, high_2 = first[back, there], min(end, first[back, there] + length[there])
                add_mark(mark, low, length, pauses, pause_length, here, pause, person, day, -1, end)
                add_mark(mark, low_2, length, pauses, pause_length, there, pause, two, back, 1, end)
                if low_2 < high and low < high_2:
                    low, high, low_2, high_2 = min(low, low_2), max(high, high_2), 0, 0
                change = swap_change(mark, low, high, slack, short, tight, near, serves,
                                     helps, first_cut, last_cut, island, group, peer,
                                     under, over)  # fmt: skip
                change += swap_change(mark, low_2, high_2, slack, short, tight, near,
                                      serves, helps, first_cut, last_cut, island, group,
                                      peer, under, over)  # fmt: skip
                if has_extra:
                    change += extra[two, day, here] + extra[person, back, there]
                    change -= extra[person, day, here] + extra[two, back, there]
            if not legal or not accepts(change, heat, seed):
                for cell in range(low, high):
                    mark[cell] = 0
                for cell in range(low_2, high_2):
                    mark[cell] = 0
                kind[two, day] = -1
                kind[person, back] = -1
                kind[person, day] = here
                kind[two, back] = there
                continue
            for _turn in range(2):
                for cell in range(low, high):
                    if mark[cell] != 0:
                        change_cell(slack, short, tight, near, serves, first_cut, last_cut,
                                    island, group, cell, mark[cell])  # fmt: skip
                        change_cell(slack, short, tight, near, serves, first_cut, last_cut,
                                    island, peer, cell, -mark[cell])  # fmt: skip
                        mark[cell] = 0
                low, high = low_2, high_2
            for b in range(pause.shape[2]):
                start = pause[person, day, b]
                pause[person, back, b] = pause[two, back, b]
                pause[two, day, b] = start
            total += change
            continue
        menu = menu_of[person]
        if random(seed) < _WHOLE_DUTIES:
            if random(seed) < _TEAMS:
                total += rebuild(
                    heat, pool, days, person, day, kind, pause, slack, short, tight, near, mark,
                    fresh, counts, unit, gain, came, team, seed, first, length, pauses,
                    pause_length, low_of, high_of, klass, follow, variant, block, weekend, groups,
                    contracts, allowed, extra, locked, step, resource, units, least, most, limits,
                    most_of, before, serves, helps, islands, island_of, under, over, menus,
                    menu_of, rests, opens, closes, mondays, free_from,
                )  # fmt: skip
                continue
            # A whole duty is taken away and drawn anew from all it could be, breaks at their best.
            change = 0.0
            if old >= 0:
                change = count_day(kind, pause, mark, slack, short, tight, near, serves, first_cut,
                                   last_cut, island, group, first, length, pauses, pause_length,
                                   under, over, extra, person, day, -1)  # fmt: skip
            kind[person, day] = -1
            wide = random(seed) < _OTHER_DAYS
            change += draw_duty(
                heat, days, person, day, old, wide, kind, pause, slack, short, tight, near, mark,
                fresh, counts, unit, gain, came, seed, first, length, pauses,
                pause_length, low_of, high_of, klass, follow, variant, block, weekend, groups,
                contracts, allowed, extra, locked, step, resource, units, least, most, limits,
                most_of, before, serves, helps, islands, island_of, under, over, menus,
                menu_of, rests, opens, closes, mondays, free_from,
            )  # fmt: skip
            total += change
            continue
        draw = random(seed)
        if old >= 0 and draw < _BREAKS:
            # A break is drawn anew from all its places, with the chances that the heat gives.
            if pauses[old] == 0:
                continue
            only = int(random(seed) * pauses[old])
            wide, begin = pause_length[old, only], first[day, old]
            low, high = low_of[old, only], high_of[old, only]
            if only > 0:
                low = max(low, pause[person, day, only - 1] + pause_length[old, only - 1])
            if only + 1 < pauses[old]:
                high = min(high, pause[person, day, only + 1] - wide)
            high = min(high, end - wide - begin)
            now = pause[person, day, only]
            if high <= low or now > high:
                continue
            cheapest = INF
            for offset in range(low, high + 1):
                value = 0.0
                for cell in range(begin + offset, begin + offset + wide):
                    if begin + now <= cell < begin + now + wide:
                        value -= price_of_more(short, tight, helps, island, group, cell, under,
                                               over)  # fmt: skip
                    else:
                        value += price_of_less(tight, helps, island, group, cell, under, over)
                odds[offset - low] = value
                cheapest = min(cheapest, value)
            was, whole = odds[now - low], 0.0
            for at in range(high - low + 1):
                worse = odds[at] - cheapest
                chance = 1.0 if worse <= 1e-9 else 0.0
                if chance == 0.0 and worse < 30.0 * heat:
                    chance = np.exp(-worse / heat)
                whole += chance
                gain[0, at] = whole
            hit = random(seed) * whole
            to = 0
            while to < high - low and gain[0, to] <= hit:
                to += 1
            change = odds[to] - was
            to += low
            if to == now:
                continue
            for cell in range(begin + now, begin + now + wide):
                change_cell(slack, short, tight, near, serves, first_cut, last_cut, island, group,
                            cell, 1)  # fmt: skip
            for cell in range(begin + to, begin + to + wide):
                change_cell(slack, short, tight, near, serves, first_cut, last_cut, island, group,
                            cell, -1)  # fmt: skip
            pause[person, day, only] = to
            total += change
            continue
        other, new = -1, old
        if old >= 0 and draw < _OTHER_KINDS:
            if draw < _NEAR_STARTS:
                new = old - 2 + int(random(seed) * 5)
                if new < 0 or new >= length.shape[0]:
                    continue
            else:
                new = menus[menu, 1 + int(random(seed) * menus[menu, 0])]
            if new == old or first[day, new] < 0 or not allowed[person, day, new]:
                continue
            later = 0
            if random(seed) < _SAME_CLOCK:
                # Breaks stay at their hour of the day, so that only the ends of the duty change.
                later = first[day, old] - first[day, new]
            if not keep_pauses(
                pause, person, day, old, new, later, pauses, pause_length, low_of, high_of, fresh
            ) and not random_pauses(seed, new, pauses, pause_length, low_of, high_of, fresh):
                continue
        elif old >= 0 and draw < _FEWER_DAYS:
            new = -1
        else:
            # A duty moves to a day off, near or far; or a day off gets one more duty.
            other = days[int(random(seed) * days.shape[0])]
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
                new = menus[menu, 1 + int(random(seed) * menus[menu, 0])]
            else:
                new = old
            if first[day, new] < 0 or not allowed[person, day, new]:
                continue
            if new == old:
                for b in range(pauses[new]):
                    fresh[0, 0, b] = pause[person, other, b]
            elif not random_pauses(seed, new, pauses, pause_length, low_of, high_of, fresh):
                continue
        now = kind[person, day]
        kind[person, day] = new
        if other >= 0:
            kind[person, other] = -1
        alike = other < 0 and now >= 0 and new >= 0 and most_of.shape[0] == 1
        alike = alike and rests[0] == 0 and rests[1] == 0
        if alike and (resource[contracts[person], now] == resource[contracts[person], new]):
            legal = follows(kind, person, day, follow, variant, klass, before)
        else:
            legal = row_is_legal(
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
        change = 0.0
        # Two stretches without overlap hold all that changes: [low, high) and [low_2, high_2).
        low, high, low_2, high_2 = 0, 0, 0, 0
        if old >= 0:
            low, high = first[gone, old], min(first[gone, old] + length[old], end)
            add_mark(mark, low, length, pauses, pause_length, old, pause, person, gone, -1, end)
            if has_extra:
                change -= extra[person, gone, old]
        if new >= 0:
            low_2, high_2 = first[day, new], min(first[day, new] + length[new], end)
            add_mark(mark, low_2, length, pauses, pause_length, new, fresh, 0, 0, 1, end)
            if has_extra:
                change += extra[person, day, new]
        if high > low and high_2 > low_2 and low_2 < high and low < high_2:
            low, high, low_2, high_2 = min(low, low_2), max(high, high_2), 0, 0
        change += marked_change(mark, low, high, short, tight, helps, island, group, under, over)
        change += marked_change(mark, low_2, high_2, short, tight, helps, island, group, under,
                                 over)  # fmt: skip
        if not accepts(change, heat, seed):
            for cell in range(low, high):
                mark[cell] = 0
            for cell in range(low_2, high_2):
                mark[cell] = 0
            continue
        for cell in range(low, high):
            if mark[cell] != 0:
                change_cell(slack, short, tight, near, serves, first_cut, last_cut,
                            island, group, cell, mark[cell])  # fmt: skip
                mark[cell] = 0
        for cell in range(low_2, high_2):
            if mark[cell] != 0:
                change_cell(slack, short, tight, near, serves, first_cut, last_cut,
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
