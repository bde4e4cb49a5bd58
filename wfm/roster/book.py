"""How does a problem look to the kernels: tables, an empty roster, scratch space?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wfm.errors import BadInput
from wfm.roster._kernels_tables import Book, Room, State
from wfm.roster.tours import Counter, Tours, Worker, counter_of

_LIGHT = 400
_HEAVY = 3000
_TEAM = 5


def book_of(tours: Tours) -> Book:
    """Return the problem as the kernels read it."""
    people, kinds, days = len(tours.workers), len(tours.length), tours.days
    counters, light, heavy, most_of = _counters(tours)
    sizes = max(len(c.units) for c in counters)
    resources = max(c.step.shape[1] for c in counters)
    step = np.full((len(counters), sizes, resources), -1, dtype=np.int32)
    units = np.full((len(counters), sizes), -1, dtype=np.int64)
    for at, c in enumerate(counters):
        step[at, : len(c.units), : c.step.shape[1]] = c.step
        units[at, : len(c.units)] = c.units
    unknown = any(w.before[0] > 0 and w.before[1] < 0 for w in tours.workers)
    klass, follow = _classes(tours.next_day, unknown)
    last = follow.shape[1] - 2
    most_breaks = max(1, *(len(b) for b in tours.breaks))
    pause = np.zeros((3, kinds, most_breaks), dtype=np.int32)
    for kind, breaks in enumerate(tours.breaks):
        for at, values in enumerate(breaks):
            pause[:, kind, at] = values
    extra = np.zeros((1, 1, 1))
    if any(w.extra is not None for w in tours.workers):
        extra = np.array([np.zeros((days, kinds)) if w.extra is None else w.extra
                          for w in tours.workers])  # fmt: skip
        if people == 1:
            extra = np.concatenate([extra, extra])
    locked = np.zeros((people, days), dtype=np.uint8)
    for at, worker in enumerate(tours.workers):
        locked[at, list(worker.locked)] = 1
    island_of, helps = _masks(tours)
    menu, menu_of = _menus(tours)
    starts = [part.start for part in tours.islands] + [len(tours.cuts)]
    return Book(
        first=tours.first.astype(np.int32), length=tours.length.astype(np.int32),
        pauses=np.array([len(b) for b in tours.breaks], dtype=np.int32),
        pause_length=pause[0], pause_low=pause[1], pause_high=pause[2],
        klass=klass, follow=follow, variant=tours.variant.astype(np.int32),
        block=tours.block.astype(np.int32), weekend=tours.weekend.astype(np.int32),
        group=np.array([w.group for w in tours.workers], dtype=np.int32), contract=light,
        allowed=np.array([w.allowed for w in tours.workers], dtype=np.uint8), extra=extra,
        locked=locked, step=step, resource=np.array([c.resource for c in counters]), units=units,
        least=np.array([w.least for w in tours.workers], dtype=np.int64),
        most=np.array([w.most for w in tours.workers], dtype=np.int64),
        limits=np.array([(w.most_run, w.least_run, w.least_off, min(w.most_weekends, days))
                         for w in tours.workers], dtype=np.int32),
        most_of=most_of if (most_of < days).any() else np.zeros((1, 1), dtype=np.int32),
        heavy=heavy,
        before=np.array([(w.before[0], klass[w.before[1]] if w.before[1] >= 0 else last,
                          w.before[2]) for w in tours.workers], dtype=np.int32),
        serves=np.ascontiguousarray(tours.cuts.T.astype(np.int32)), helps=helps,
        islands=np.array(starts, dtype=np.int32), island_of=island_of,
        under=tours.under.astype(np.float64), over=tours.over.astype(np.float64),
        menu=menu, menu_of=menu_of, rests=np.array(tours.rests, dtype=np.int64),
        opens=_minutes(tours.opens), closes=_minutes(tours.closes),
        mondays=np.array(tours.mondays, dtype=np.int64),
        free_from=np.array([w.free_from for w in tours.workers], dtype=np.int64),
    )  # fmt: skip


def empty_state(tours: Tours, book: Book) -> State:
    """Return a roster in which nobody works but who is locked."""
    people, days, cells = len(tours.workers), tours.days, len(tours.under)
    state = State(
        kind=np.full((people, days), -1, dtype=np.int16),
        pause=np.zeros((people, days, book.pause_length.shape[1]), dtype=np.int16),
        slack=np.ascontiguousarray(tours.need.T.astype(np.int32)),
        short=np.zeros((len(tours.islands), cells), dtype=np.int32),
        tight=np.zeros((len(tours.islands), cells, book.helps.shape[1]), dtype=np.uint64),
        near=np.zeros((len(tours.islands), cells, book.helps.shape[1]), dtype=np.uint64),
        cost=np.zeros(1),
    )
    for at, part in enumerate(tours.islands):
        need = tours.need[part]
        state.short[at] = worst = np.maximum(need.max(axis=0), 0)
        for cut, row in enumerate(need):
            bit = np.uint64(1) << np.uint64(cut & 63)
            state.tight[at, row == worst, cut >> 6] |= bit
            state.near[at, row == worst - 1, cut >> 6] |= bit
    lack = state.short.sum(axis=0)
    state.cost[0] = float((tours.under * lack).sum() + (tours.over * (lack - tours.wanted)).sum())
    return state


def copy_state(state: State) -> State:
    """Return a roster that can be changed apart from this one."""
    return State(*(array.copy() for array in state))


def room_of(tours: Tours, book: Book, seed: int, *, window: int | None = None) -> Room:
    """Return scratch space for one thread, for tours of at most `window` days."""
    people, days, kinds = len(tours.workers), tours.days, len(tours.length)
    classes = book.follow.shape[1] - 1
    states = 1
    window = days if window is None else min(days, window)
    weekends = min(2 + window // 7 + 2, 1 + int((tours.weekend == 1).sum()))
    layers = min(days, window + int((book.limits[:, 0] + book.limits[:, 2]).max()) + 4) + 1
    sizes = (book.units >= 0).sum(axis=1)
    for at in range(people):
        run, _, off, most = (int(v) for v in book.limits[at])
        mine = max([book.contract[at], *book.heavy[at][book.heavy[at] >= 0]],
                   key=lambda c: sizes[c])  # fmt: skip
        here = int(sizes[mine]) * (min(most, weekends) + 1) * (off + run * classes)
        states = max(states, here)
    breaks = book.pause_length.shape[1]
    width = int((book.pause_high - book.pause_low).max()) + 1
    cells = len(tours.under)
    return Room(
        cost=np.zeros((layers, states)), back=np.zeros((layers, states), dtype=np.int32),
        via=np.zeros((layers, states), dtype=np.int16), price=np.zeros((days, kinds)),
        starts=np.zeros((days, kinds, breaks), dtype=np.int16),
        arc=np.zeros((classes + 1, book.step.shape[2], classes)),
        arc_kind=np.zeros((classes + 1, book.step.shape[2], classes), dtype=np.int16),
        unit=np.zeros(cells + 1), gain=np.zeros((breaks, width)),
        came=np.zeros((breaks, width), dtype=np.int32), odds=np.zeros(width),
        team=np.zeros((_TEAM, 2 + breaks), dtype=np.int32),
        tour=np.full(days, -1, dtype=np.int16),
        tried=np.zeros(1, dtype=np.int32),
        enter=np.zeros(int(tours.block.max()) + 1, dtype=np.int32),
        mark=np.zeros(cells, dtype=np.int64), fresh=np.zeros((2, 1, breaks), dtype=np.int16),
        counts=np.zeros(kinds, dtype=np.int32),
        seed=np.array([(seed * 2654435769 + 88172645463325252) % (1 << 63) | 1], dtype=np.uint64),
    )  # fmt: skip


def _counters(tours: Tours) -> tuple[list[Counter], np.ndarray, np.ndarray, np.ndarray]:
    """Return the machines, each worker's, and for limits left out at first: machine and limit.

    A limit that would make the machine large and hardly ever binds is left out of the worker's
    machine; another one that has it is used for tours that break it.
    """
    people, kinds, days = len(tours.workers), len(tours.length), tours.days
    made = _Counters([], {})
    light, heavy = np.zeros(people, dtype=np.int32), np.full((people, kinds), -1, dtype=np.int32)
    most_of = np.full((people, kinds), days, dtype=np.int32)
    for at, worker in enumerate(tours.workers):
        can = np.asarray(worker.allowed.any(axis=0))
        for kind in worker.locked.values():
            if kind >= 0:
                can = can | (np.arange(kinds) == kind)
        limits = [(some, cap) for some, cap in worker.most_of if _binds(tours, worker, some, cap)]
        limits.sort(key=lambda item: (len(item[0]) == 1, item[1]))
        most = max(worker.most)
        kept = [item for item in limits if not (tours.long and len(item[0]) == 1)]
        limits = [*kept, *(item for item in limits if item not in kept)]
        light[at] = -1
        while light[at] < 0:
            may_drop = bool(kept) and len(kept[-1][0]) == 1 and len(worker.most) == 1
            light[at] = made.find(tours.paid, most, kept, can,
                                 _LIGHT if may_drop else _HEAVY)  # fmt: skip
            if light[at] < 0:
                if not may_drop:
                    raise BadInput(
                        f"roster: worker {at} has more than {_HEAVY} different sums of paid "
                        "minutes and counts of duties; let the lengths of duties share a larger "
                        "common step"
                    )
                kept.pop()
        for some, cap in limits[len(kept) :]:
            (kind,) = some
            most_of[at, kind] = cap
            if tours.long:
                continue
            heavy[at, kind] = made.find(tours.paid, most, [*kept, (some, cap)], can, _HEAVY)
    return made.all, light, heavy, most_of


@dataclass
class _Counters:
    """Machines made so far, each once."""

    all: list[Counter]
    known: dict[tuple, int]

    def find(
        self, paid: np.ndarray, most: int, limits: list[tuple[frozenset[int], int]],
        can: np.ndarray, largest: int,
    ) -> int:  # fmt: skip
        """Return the number of a machine, made where it is new; -1 if it is too large."""
        key = (most, tuple(limits), can.tobytes())
        if key not in self.known:
            made = counter_of(paid, most, limits, can, largest)
            if made is None:
                return -1
            self.known[key] = len(self.all)
            self.all.append(made)
        return self.known[key]


def _binds(tours: Tours, worker: Worker, some: frozenset[int], cap: int) -> bool:
    """Return whether a limit on some kinds can forbid anything that hours and days allow."""
    kinds = [k for k in some if worker.allowed[:, k].any()]
    if not kinds:
        return False
    shortest = max(1, int(min(tours.paid[k] for k in kinds)))
    if tours.long:
        return cap < tours.days
    longest = int(np.bincount(tours.block).max())
    return cap < min(longest, max(worker.most) // shortest)


def _classes(next_day: np.ndarray, unknown: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the class of each kind, and what may follow: row 0 is a day off, row c + 1 class c.

    With `unknown` one more class is last, after which everything may follow.
    """
    variants, kinds, _ = next_day.shape
    rows: dict[bytes, int] = {}
    klass = np.zeros(kinds, dtype=np.int32)
    for kind in range(kinds):
        klass[kind] = rows.setdefault(next_day[:, kind].tobytes(), len(rows))
    follow = np.ones((variants, len(rows) + 1 + unknown, kinds), dtype=np.uint8)
    for kind in range(kinds):
        follow[:, klass[kind] + 1] = next_day[:, kind]
    return klass, follow


def _masks(tours: Tours) -> tuple[np.ndarray, np.ndarray]:
    """Return the island of each group, and the cuts of its island that it serves as bits."""
    widest = max(part.stop - part.start for part in tours.islands)
    helps = np.zeros((tours.cuts.shape[1], (widest + 63) // 64), dtype=np.uint64)
    island_of = np.zeros(tours.cuts.shape[1], dtype=np.int32)
    for at, part in enumerate(tours.islands):
        for cut, group in zip(*np.nonzero(tours.cuts[part]), strict=True):
            island_of[group] = at
            helps[group, cut >> 6] |= np.uint64(1) << np.uint64(cut & 63)
    return island_of, helps


def _menus(tours: Tours) -> tuple[np.ndarray, np.ndarray]:
    """Return the kinds that each worker may ever do, as rows (count, kinds ...), and whose row."""
    rows: dict[bytes, int] = {}
    menus: list[np.ndarray] = []
    menu_of = np.zeros(len(tours.workers), dtype=np.int32)
    for at, worker in enumerate(tours.workers):
        can = worker.allowed.any(axis=0)
        menu_of[at] = rows.setdefault(can.tobytes(), len(rows))
        if menu_of[at] == len(menus):
            menus.append(np.flatnonzero(can))
    menu = np.zeros((len(menus), 1 + max(1, *map(len, menus))), dtype=np.int32)
    for at, kinds in enumerate(menus):
        menu[at, 0] = len(kinds)
        menu[at, 1 : 1 + len(kinds)] = kinds
    return menu, menu_of


def _minutes(values: np.ndarray | None) -> np.ndarray:
    return np.zeros((1, 1), dtype=np.int64) if values is None else values.astype(np.int64)
