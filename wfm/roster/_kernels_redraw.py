"""What if a whole duty is drawn anew from all it could be, of one person or of a few in turn?

Arrays in, arrays out, as in `_kernels_tables`, but bare as in `_kernels_anneal`.
"""

from __future__ import annotations

import numpy as np

from wfm.queueing import _cache
from wfm.roster._kernels_breaks import place_pauses
from wfm.roster._kernels_cells import price_of_more
from wfm.roster._kernels_chance import accepts, random
from wfm.roster._kernels_marks import count_day
from wfm.roster._kernels_rules import row_is_legal
from wfm.roster._kernels_tables import INF

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True)

_NOISE = 0.5


@_jit
def draw_duty(
    heat, days, person, day, old, wide, kind, pause, slack, short, tight, near, mark, fresh,
    counts, unit, gain, came, seed, first, length, pauses, pause_length, low_of, high_of, klass,
    follow, variant, block, weekend, groups, contracts, allowed, extra, locked, step, resource,
    units, least, most, limits, most_of, before, serves, helps, islands, island_of, under, over,
    menus, menu_of, rests, opens, closes, mondays, free_from,
):  # fmt: skip
    """Give a person without a duty on a day the best one, or none, and count it; return the change.

    With the chances that the heat gives (Gumbel's trick). `wide`: other days of the block as well.
    """
    end, has_extra = under.shape[0], extra.shape[0] > 1
    group, menu = groups[person], menu_of[person]
    island = island_of[group]
    best, best_day, best_kind = INF, -1, -1
    if row_is_legal(
        kind, person, contracts[person], block, step, resource, units, least, most, limits,
        follow, variant, klass, weekend, before, counts, most_of, rests,
        opens, closes, mondays, free_from,
    ):  # fmt: skip
        best = 0.0
        if heat > 0.0:
            best = heat * np.log(-np.log(random(seed) + 1e-300) + 1e-300)
    for at in range(days.shape[0] if wide else 1):
        there = days[at] if wide else day
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
            unit[cell + 1] = unit[cell] + price_of_more(
                short, tight, helps, island, group, cell, under, over
            )
        for k in range(1, menus[menu, 0] + 1):
            new = menus[menu, k]
            if first[there, new] < 0 or not allowed[person, there, new]:
                continue
            price = unit[min(first[there, new] + length[new], end)] - unit[first[there, new]]
            if pauses[new] > 0:
                price -= place_pauses(
                    pauses, pause_length, low_of, high_of, stop, new, first[there, new],
                    unit, gain, came, fresh[0, 0],
                )  # fmt: skip
            if has_extra:
                price += extra[person, there, new]
            draw = price
            if heat > 0.0:
                draw += heat * np.log(-np.log(random(seed) + 1e-300) + 1e-300)
            if draw >= best:
                continue
            kind[person, there] = new
            if row_is_legal(
                kind, person, contracts[person], block, step, resource, units, least, most,
                limits, follow, variant, klass, weekend, before, counts, most_of, rests,
                opens, closes, mondays, free_from,
            ):  # fmt: skip
                best, best_day, best_kind = draw, there, new
                for b in range(pauses[new]):
                    fresh[1, 0, b] = fresh[0, 0, b]
            kind[person, there] = -1
    if best >= INF:
        # Nothing else is legal where some days may not be used: the duty stays.
        best_day, best_kind = day, old
        if old >= 0:
            for b in range(pauses[old]):
                fresh[1, 0, b] = pause[person, day, b]
    if best_day < 0 or best_kind < 0:
        return 0.0
    for b in range(pauses[best_kind]):
        pause[person, best_day, b] = fresh[1, 0, b]
    kind[person, best_day] = best_kind
    return count_day(kind, pause, mark, slack, short, tight, near, serves, islands[island],
                     islands[island + 1], island, group, first, length, pauses, pause_length, under,
                     over, extra, person, best_day, 1)  # fmt: skip


@_jit
def rebuild(
    heat, pool, days, person, day, kind, pause, slack, short, tight, near, mark, fresh, counts,
    unit, gain, came, team, seed, first, length, pauses, pause_length, low_of, high_of, klass,
    follow, variant, block, weekend, groups, contracts, allowed, extra, locked, step, resource,
    units, least, most, limits, most_of, before, serves, helps, islands, island_of, under, over,
    menus, menu_of, rests, opens, closes, mondays, free_from,
):  # fmt: skip
    """Take a few people's duties of a day away and give them the best ones in turn."""
    wanted = 2 + int(random(seed) * (team.shape[0] - 1))
    size, change = 0, 0.0
    for _ in range(4 * wanted):
        if size == wanted:
            break
        at = pool[int(random(seed) * pool.shape[0])]
        known = kind[at, day] < 0 or locked[at, day] != 0
        for some in range(size):
            known = known or team[some, 0] == at
        if known:
            continue
        team[size, 0], team[size, 1] = at, kind[at, day]
        for b in range(pause.shape[2]):
            team[size, 2 + b] = pause[at, day, b]
        size += 1
    for some in range(size):
        at = team[some, 0]
        island = island_of[groups[at]]
        change += count_day(kind, pause, mark, slack, short, tight, near, serves, islands[island],
                            islands[island + 1], island, groups[at], first, length, pauses,
                            pause_length, under, over, extra, at, day, -1)  # fmt: skip
        kind[at, day] = -1
    for some in range(size):
        at = team[some, 0]
        change += draw_duty(
            _NOISE * heat, days, at, day, team[some, 1], False, kind, pause, slack, short, tight,
            near, mark, fresh, counts, unit, gain, came, seed, first, length, pauses,
            pause_length, low_of, high_of, klass, follow, variant, block, weekend, groups,
            contracts, allowed, extra, locked, step, resource, units, least, most, limits,
            most_of, before, serves, helps, islands, island_of, under, over, menus,
            menu_of, rests, opens, closes, mondays, free_from,
        )  # fmt: skip
    if accepts(change, heat, seed):
        return change
    for some in range(size):
        at = team[some, 0]
        island = island_of[groups[at]]
        count_day(kind, pause, mark, slack, short, tight, near, serves, islands[island],
                  islands[island + 1], island, groups[at], first, length, pauses, pause_length,
                  under, over, extra, at, day, -1)  # fmt: skip
        kind[at, day] = team[some, 1]
        for b in range(pause.shape[2]):
            pause[at, day, b] = team[some, 2 + b]
        count_day(kind, pause, mark, slack, short, tight, near, serves, islands[island],
                  islands[island + 1], island, groups[at], first, length, pauses, pause_length,
                  under, over, extra, at, day, 1)  # fmt: skip
    return 0.0
