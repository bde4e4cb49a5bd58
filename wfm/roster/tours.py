"""What may one person do over a row of days, and what do the cells of the plan want?

`Tours` is the one shape in which the engine knows a problem: *kinds* of duty that cover *cells*
(quarters of an hour with breaks left out, or simply "shift on a day"), and *workers* with hours by
block of days, rows of days, weekends and counts. `solver` and the benchmarks put their own rules
into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from wfm.errors import BadInput
from wfm.roster._kernels import Book, Room, State

_LIGHT = 400
_HEAVY = 3000


@dataclass(frozen=True)
class Worker:
    """One person as the engine sees it.

    Attributes
    ----------
    group : int
        Skill group, a row of `Tours.cuts`' bits.
    allowed : ndarray of bool, shape (days, kinds)
    least, most : tuple of int
        Paid minutes of each block.
    most_run, least_run, least_off : int
        Worked days in a row, and days off in a row. A row that touches the first or the last day
        may be shorter than its least.
    most_weekends : int
        Weekends with work.
    most_of : tuple of (frozenset of int, int)
        Kinds, and how many duties of these kinds a block may hold.
    extra : ndarray, shape (days, kinds), optional
        Cost of giving the person that duty, coverage left out; may be negative.
    before : tuple of int
        Days worked in a row before the first day, the last kind worked then (-1: unknown), and
        days off in a row before it (many, where nothing is known).
    locked : dict
        Day to kind (-1: a day off that must stay).
    free_from : int
        Minute at which the last duty before the first day ends; see `Tours.rests`.
    """

    group: int
    allowed: np.ndarray
    least: tuple[int, ...]
    most: tuple[int, ...]
    most_run: int
    least_run: int = 1
    least_off: int = 1
    most_weekends: int = 99
    most_of: tuple[tuple[frozenset[int], int], ...] = ()
    extra: np.ndarray | None = None
    before: tuple[int, int, int] = (0, -1, 99)
    locked: dict[int, int] = field(default_factory=dict)
    free_from: int = -(10**9)


@dataclass(frozen=True)
class Tours:
    """A rostering problem in the engine's shape.

    Attributes
    ----------
    first : ndarray of int, shape (days, kinds)
        First cell of a kind on a day; -1 where it cannot be.
    length : ndarray of int, shape (kinds,)
        Cells from the start of a duty to its end, breaks included.
    breaks : tuple of tuple
        For each kind its breaks (cells, earliest and latest start after the duty's start), in
        order.
    paid : ndarray of int, shape (kinds,)
        Paid minutes.
    next_day : ndarray of bool, shape (variants, kinds, kinds)
        Whether the second kind may follow the first on the day after.
    variant : ndarray of int, shape (days,)
        Which of `next_day` holds from the day before to this one.
    block : ndarray of int, shape (days,)
        Block of days by which hours are counted: 0, 0, ..., 1, 1, ...
    weekend : ndarray of int, shape (days,)
        1 on the first day of a weekend, 2 on its second, else 0.
    workers : tuple of Worker
    need : ndarray of int, shape (cuts, cells)
        Agents wanted by each cut (a set of queues); `cuts` says who serves it.
    cuts : ndarray of bool, shape (cuts, groups)
    islands : tuple of slice
        Cuts whose largest lack is one shortage; the lacks of islands add up.
    wanted : ndarray of int, shape (cells,)
        Agents wanted by all queues.
    under, over : ndarray, shape (cells,)
        Cost of an agent short and of an agent beyond demand.
    rests : tuple of int
        Minutes of rest between any two duties, and once in each Monday-Sunday week; annealing
        knows them, the tours of `best_tour` do not. 0: no such rule.
    opens, closes : ndarray of int, shape (days, kinds), optional
        First minute of a duty and the one after its last; wanted with `rests`.
    mondays : tuple of int
        Minutes at which the weeks begin, and the last ends; wanted with `rests`.
    """

    first: np.ndarray
    length: np.ndarray
    breaks: tuple[tuple[tuple[int, int, int], ...], ...]
    paid: np.ndarray
    next_day: np.ndarray
    variant: np.ndarray
    block: np.ndarray
    weekend: np.ndarray
    workers: tuple[Worker, ...]
    need: np.ndarray
    cuts: np.ndarray
    islands: tuple[slice, ...]
    wanted: np.ndarray
    under: np.ndarray
    over: np.ndarray
    rests: tuple[int, int] = (0, 0)
    opens: np.ndarray | None = None
    closes: np.ndarray | None = None
    mondays: tuple[int, ...] = (0, 0)

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.block)


@dataclass(frozen=True)
class Counter:
    """What a worker's running block counts: a machine over resources.

    Attributes
    ----------
    step : ndarray of int, shape (states, resources)
        The state after one more duty of a resource, -1 where a limit forbids it.
    units : ndarray of int, shape (states,)
        Paid minutes in a state.
    resource : ndarray of int, shape (kinds,)
    """

    step: np.ndarray
    units: np.ndarray
    resource: np.ndarray


def counter_of(
    paid: np.ndarray, most: int, limits: Sequence[tuple[frozenset[int], int]],
    allowed: np.ndarray, largest: int,
) -> Counter | None:  # fmt: skip
    """Return the machine that counts paid minutes up to `most` and duties up to `limits`.

    None if it would have more than `largest` states.
    """
    kinds = len(paid)
    marks = [(int(paid[k]), *(int(k in some) for some, _ in limits)) for k in range(kinds)]
    used = sorted({marks[k] for k in range(kinds) if allowed[k]}) or [marks[0]]
    resource = np.array([used.index(m) if m in used else 0 for m in marks], dtype=np.int32)
    caps = (most, *(cap for _, cap in limits))
    shortest = max(1, min(mark[0] for mark in used))
    left = most // shortest
    known = {(0, *(max(0, cap - left) for cap in caps[1:])): 0}
    queue = list(known)
    rows: list[list[int]] = []
    for here in queue:
        row = []
        for mark in used:
            to = tuple(a + b for a, b in zip(here, mark, strict=True))
            if any(a > cap for a, cap in zip(to, caps, strict=True)):
                row.append(-1)
                continue
            # A count that can no longer reach its limit is as good as any other such count.
            left = (most - to[0]) // shortest
            to = (to[0], *(max(n, cap - left) for n, cap in zip(to[1:], caps[1:], strict=True)))
            if to not in known:
                if len(known) >= largest:
                    return None
                known[to] = len(known)
                queue.append(to)
            row.append(known[to])
        rows.append(row)
    units = np.array([key[0] for key in known], dtype=np.int64)
    return Counter(np.array(rows, dtype=np.int32), units, resource)


def book_of(tours: Tours) -> Book:
    """Return the problem as the kernels read it."""
    people, kinds, days = len(tours.workers), len(tours.length), tours.days
    counters: list[Counter] = []
    known: dict[tuple, int] = {}
    light, heavy = np.zeros(people, dtype=np.int32), np.full((people, kinds), -1, dtype=np.int32)
    most_of = np.full((people, kinds), days, dtype=np.int32)
    for at, worker in enumerate(tours.workers):
        can = worker.allowed.any(axis=0)
        for kind in worker.locked.values():
            if kind >= 0:
                can = can | (np.arange(kinds) == kind)
        limits = [(some, cap) for some, cap in worker.most_of if _binds(tours, worker, some, cap)]
        limits.sort(key=lambda item: (len(item[0]) == 1, item[1]))
        most = max(worker.most)
        kept = list(limits)
        light[at] = -1
        while light[at] < 0:
            may_drop = bool(kept) and len(kept[-1][0]) == 1 and len(worker.most) == 1
            light[at] = _counter(counters, known, tours.paid, most, kept, can,
                                 _LIGHT if may_drop else _HEAVY)  # fmt: skip
            if light[at] < 0:
                if not may_drop:
                    raise BadInput(
                        f"roster: worker {at} has more than {_HEAVY} different sums of paid "
                        "minutes and counts of duties; let the lengths of duties share a larger "
                        "common step"
                    )
                kept.pop()
        for some, cap in limits[len(kept):]:
            (kind,) = some
            most_of[at, kind] = cap
            heavy[at, kind] = _counter(
                counters, known, tours.paid, most, [*kept, (some, cap)], can, _HEAVY
            )
    sizes = max(len(c.units) for c in counters)
    resources = max(c.step.shape[1] for c in counters)
    step = np.full((len(counters), sizes, resources), -1, dtype=np.int32)
    units = np.full((len(counters), sizes), -1, dtype=np.int64)
    for at, c in enumerate(counters):
        step[at, : len(c.units), : c.step.shape[1]] = c.step
        units[at, : len(c.units)] = c.units
    unknown = any(w.before[0] > 0 and w.before[1] < 0 for w in tours.workers)
    klass, follow = _classes(tours.next_day, unknown)
    most_breaks = max(1, max(len(b) for b in tours.breaks))
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
    island_of, masks = _masks(tours)
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
        before=np.array([(w.before[0], klass[w.before[1]] if w.before[1] >= 0 else follow.shape[1] - 2, w.before[2])
                         for w in tours.workers], dtype=np.int32),
        serves=np.ascontiguousarray(tours.cuts.T.astype(np.int32)), cuts=masks, islands=np.array(starts, dtype=np.int32), island_of=island_of,
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
        relief=np.zeros((len(tours.islands), cells, book.cuts.shape[1]), dtype=np.uint64),
        hurt=np.zeros((len(tours.islands), cells, book.cuts.shape[1]), dtype=np.uint64),
        cost=np.zeros(1),
    )
    for at, part in enumerate(tours.islands):
        worst = np.maximum(tours.need[part].max(axis=0), 0)
        state.short[at] = worst
        binding = tours.need[part] == worst
        for word in range(book.cuts.shape[1]):
            every, some = np.full(cells, ~np.uint64(0)), np.zeros(cells, dtype=np.uint64)
            for cut, mask in enumerate(book.cuts[part, word]):
                every = np.where(binding[cut], every & mask, every)
                some = np.where(binding[cut], some | mask, some)
            state.relief[at, :, word] = np.where(worst > 0, every, np.uint64(0))
            state.hurt[at, :, word] = some
    lack = state.short.sum(axis=0)
    state.cost[0] = float(
        (tours.under * lack).sum() + (tours.over * (lack - tours.wanted)).sum()
    )
    return state


def copy_state(state: State) -> State:
    """Return a roster that can be changed apart from this one."""
    return State(*(array.copy() for array in state))


def room_of(tours: Tours, book: Book, seed: int) -> Room:
    """Return scratch space for one thread."""
    people, days, kinds = len(tours.workers), tours.days, len(tours.length)
    classes = book.follow.shape[1] - 1
    states = 1
    weekends = 1 + int((tours.weekend == 1).sum())
    sizes = (book.units >= 0).sum(axis=1)
    for at in range(people):
        run, _, off, most = (int(v) for v in book.limits[at])
        mine = max([book.contract[at], *book.heavy[at][book.heavy[at] >= 0]],
                   key=lambda c: sizes[c])  # fmt: skip
        states = max(states,
                     int(sizes[mine]) * (min(most, weekends) + 1) * (off + run * classes))  # fmt: skip
    breaks = book.pause_length.shape[1]
    width = int((book.pause_high - book.pause_low).max()) + 1
    cells = len(tours.under)
    return Room(
        cost=np.zeros((days + 1, states)), back=np.zeros((days + 1, states), dtype=np.int32),
        via=np.zeros((days + 1, states), dtype=np.int16), price=np.zeros((days, kinds)),
        starts=np.zeros((days, kinds, breaks), dtype=np.int16),
        arc=np.zeros((classes + 1, book.step.shape[2], classes)),
        arc_kind=np.zeros((classes + 1, book.step.shape[2], classes), dtype=np.int16),
        unit=np.zeros(cells + 1), gain=np.zeros((breaks, width)),
        came=np.zeros((breaks, width), dtype=np.int32), tour=np.full(days, -1, dtype=np.int16),
        enter=np.zeros(int(tours.block.max()) + 1, dtype=np.int32),
        mark=np.zeros(cells, dtype=np.int64), fresh=np.zeros((2, 1, breaks), dtype=np.int16),
        counts=np.zeros(kinds, dtype=np.int32),
        seed=np.array([(seed * 2654435769 + 88172645463325252) % (1 << 63) | 1], dtype=np.uint64),
    )  # fmt: skip


def _counter(
    counters: list[Counter], known: dict[tuple, int], paid: np.ndarray, most: int,
    limits: list[tuple[frozenset[int], int]], can: np.ndarray, largest: int,
) -> int:  # fmt: skip
    """Return the number of a machine, made where it is new; -1 if it is too large."""
    key = (most, tuple(limits), can.tobytes())
    if key not in known:
        made = counter_of(paid, most, limits, can, largest)
        if made is None:
            return -1
        known[key] = len(counters)
        counters.append(made)
    return known[key]


def _binds(tours: Tours, worker: Worker, some: frozenset[int], cap: int) -> bool:
    """Return whether a limit on some kinds can forbid anything that hours and days allow."""
    kinds = [k for k in some if worker.allowed[:, k].any()]
    if not kinds:
        return False
    shortest = max(1, int(min(tours.paid[k] for k in kinds)))
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
    """Return the island of each group, and the groups of each cut as bits."""
    cuts, groups = tours.cuts.shape
    masks = np.zeros((cuts, (groups + 63) // 64), dtype=np.uint64)
    island_of = np.zeros(groups, dtype=np.int32)
    for at, part in enumerate(tours.islands):
        for group in np.flatnonzero(tours.cuts[part].any(axis=0)):
            island_of[group] = at
    for cut, group in zip(*np.nonzero(tours.cuts), strict=True):
        masks[cut, group >> 6] |= np.uint64(1) << np.uint64(group & 63)
    return island_of, masks


def _menus(tours: Tours) -> tuple[np.ndarray, np.ndarray]:
    """Return the kinds that each worker may ever do, as rows (count, kinds ...), and whose row."""
    rows: dict[bytes, int] = {}
    menus = []
    menu_of = np.zeros(len(tours.workers), dtype=np.int32)
    for at, worker in enumerate(tours.workers):
        can = worker.allowed.any(axis=0)
        menu_of[at] = rows.setdefault(can.tobytes(), len(rows))
        if menu_of[at] == len(menus):
            menus.append(np.flatnonzero(can))
    menu = np.zeros((len(menus), 1 + max(1, max(map(len, menus)))), dtype=np.int32)
    for at, kinds in enumerate(menus):
        menu[at, 0] = len(kinds)
        menu[at, 1 : 1 + len(kinds)] = kinds
    return menu, menu_of


def _minutes(values: np.ndarray | None) -> np.ndarray:
    return np.zeros((1, 1), dtype=np.int64) if values is None else values.astype(np.int64)
