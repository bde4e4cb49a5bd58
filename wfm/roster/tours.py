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
    long : bool
        Whether blocks are only windows of one long horizon (`long_run`): limits on kinds then hold
        for all days together.
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
    long: bool = False

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
