"""How do whole tours become a roster: one dive, then small groups of people dived again.

Large-neighbourhood search over the master problem of `columns`: some people are set free, all
others stand; the tours met so far and new ones are mixed and made whole. Group sizes adapt: larger
ones where small ones stop paying.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from wfm.roster.columns import Column, Master, Pool, cost_of, dive, generate

if TYPE_CHECKING:
    from wfm.roster.run import Run

_ROUNDS = 400
_DIVE_ROUNDS = 6
_BLUR = 0.1
_LEAST_GROUP = 4
_NEAR = 0.02


class Search:
    """The roster at hand as columns, and the ways to better it."""

    def __init__(self, run: Run) -> None:
        self.run, self.tours = run, run.tours
        self.pool = Pool(run.tours, run.book, run.rooms[: run.workers])
        self.constant = -float((run.tours.over * run.tours.wanted).sum())
        self.now: dict[int, Column] = {
            at: self.pool.add(at, run.kind[at], run.pause[at])[0]
            for at in range(len(run.tours.workers))
        }
        self.cost = cost_of(self.pool, self.now, run.tours.need, self.constant)
        self.sigma: dict[int, float] = {}

    def take(self, chosen: dict[int, Column]) -> float:
        """Take other tours for some people if that costs no more; return the gain."""
        after = {**self.now, **chosen}
        cost = cost_of(self.pool, after, self.tours.need, self.constant)
        gain = self.cost - cost
        if gain < -1e-9:
            return gain
        self.now, self.cost = after, cost
        if gain > 1e-9:
            kinds = np.array([after[at].kind for at in range(len(after))])
            pauses = np.array([after[at].pause for at in range(len(after))])
            self.run.keep(kinds, pauses, cost)
            self.run.tell()
        return gain

    def root(self) -> None:
        """Solve the whole linear problem, dive, and keep the bound."""
        run = self.run
        people = range(len(self.tours.workers))
        master = Master(self.pool, people, self.tours.need, self.constant)
        for column in self.now.values():
            master.add(column)
        bound = generate(master, rounds=_ROUNDS, stop=run.over, near=_NEAR)
        run.bound = max(run.bound, math.ceil(bound - 1e-4) if run.whole else bound)
        if run.over() or run.proven:
            return
        found = dive(master, rounds=_DIVE_ROUNDS, stop=run.over, rng=run.rng)
        if found is not None:
            self.take(found)

    def regroup(self, people: list[int], *, rounds: int, cap: float, blur: float) -> float:
        """Set some people free and dive; return the gain, NaN if it was given up."""
        run, tours = self.run, self.tours
        need, spare = tours.need.copy(), self.constant
        for at, column in self.now.items():
            if at in people:
                continue
            group = tours.workers[at].group
            need[np.ix_(tours.cuts[:, group], column.cells)] -= 1
            spare += column.own + float(tours.over[column.cells].sum())
        master = Master(self.pool, people, need, spare)
        for at in people:
            for column in self.pool.of[at].values():
                master.add(column)
        found = dive(master, rounds=rounds, stop=run.over, rng=run.rng, cap=cap, blur=blur)
        return math.nan if found is None else self.take(found)


def search(run: Run) -> None:
    """Better the run's roster by column generation until proven best or out of time."""
    state = Search(run)
    state.root()
    many = len(run.tours.workers)
    size, idle = min(many, 8.0), 0
    step = 1.0 if run.whole else 1e-3
    while not run.over() and not run.proven:
        people = _group(run, state, round(size))
        # Every other time a roster as good as this one is taken: plateaus are wide.
        strict = run.rng.random() < 0.5
        cap = state.cost - (step if strict else 0.0) + 1e-4
        gain = state.regroup(people, rounds=_DIVE_ROUNDS, cap=cap, blur=_BLUR)
        idle = 0 if gain > 1e-9 else idle + 1
        if idle > 2 * many / size:
            size, idle = min(float(many), size * 1.3), 0
        elif gain > 1e-9:
            size = max(_LEAST_GROUP, 0.97 * size)


def _group(run: Run, state: Search, size: int) -> list[int]:
    """Return people who are set free together: by chance, or those on days that cost."""
    many = len(run.tours.workers)
    size = min(many, max(2, size))
    if run.rng.random() < 0.5:
        return sorted(run.rng.choice(many, size, replace=False).tolist())
    tours = run.tours
    left = tours.need.copy()
    for column in state.now.values():
        group = tours.workers[column.person].group
        left[np.ix_(tours.cuts[:, group], column.cells)] -= 1
    short = np.maximum(left.max(axis=0), 0) * tours.under
    cells = np.flatnonzero(short > 0)
    if not len(cells):
        cells = np.flatnonzero(left.max(axis=0) < 0)
    if not len(cells):
        return sorted(run.rng.choice(many, size, replace=False).tolist())
    cell = int(run.rng.choice(cells, p=None))
    day = int(np.abs(tours.first - cell).min(axis=1).argmin())
    kinds = np.flatnonzero((tours.first[day] <= cell) & (cell < tours.first[day] + tours.length))
    weight = np.array([
        1.0 + 3.0 * w.allowed[day, kinds].any() + 2.0 * (state.now[at].kind[day] >= 0)
        for at, w in enumerate(tours.workers)
    ])  # fmt: skip
    return sorted(run.rng.choice(many, size, replace=False, p=weight / weight.sum()).tolist())
