"""Which legal roster has nearly the duties that a mixture of people alike has?

Everybody in turn gets the legal tour that lacks most, by kind, by lot, by group and by day; then
everybody is asked again, everyone else standing, until nothing changes. The days count most: where
a day has a duty too few, no placing of starts and breaks makes up for it.
"""

from __future__ import annotations

import numpy as np

from wfm.roster._kernels_tables import State
from wfm.roster._kernels_tour import best_tour, put_tour
from wfm.roster.book import empty_state
from wfm.roster.mixture import Mixture
from wfm.roster.tours import Tours

_NONE = 1e17
_BY_KIND, _BY_LOT, _BY_GROUP = 0.3, 1.0, 1.0
_BY_DAY = (1.0, 3.0)  # at first, and once everybody has a tour
_PASSES = 12
_LESS = 1e-9


def rounded(run, mixture: Mixture) -> State | None:  # type: ignore[no-untyped-def]
    """Return a legal roster near a mixture; None if somebody has no legal tour.

    Parameters
    ----------
    run : engine.Run
        Problem, scratch space and random numbers.
    mixture : Mixture
    """
    tours, book = run.tours, run.book
    state = empty_state(tours, book)
    lack = _Lack(tours, mixture)
    extra = np.zeros((max(2, len(tours.workers)), tours.days, len(tours.length)))
    guided = book._replace(extra=extra, most=book.most.copy())
    hours = _hours(tours, mixture)
    waiting = np.bincount(mixture.lot, minlength=len(hours))
    shortest = int(tours.paid[tours.paid > 0].min()) if (tours.paid > 0).any() else 1
    unit = np.zeros(len(tours.under) + 1)
    for person in run.rng.permutation(len(tours.workers)).tolist():
        lot = int(mixture.lot[person])
        extra[person] = lack.price(person, _BY_DAY[0])
        # Nobody takes much more than a fair part of the hours left, where contracts let them vary.
        fair = (hours[lot] / waiting[lot] + shortest).astype(np.int64)
        guided.most[person] = np.clip(fair, book.least[person], book.most[person])
        got = best_tour(guided, state.kind, person, 0, tours.days, unit, run.rooms[0])
        guided.most[person] = book.most[person]
        if got >= _NONE:
            got = best_tour(guided, state.kind, person, 0, tours.days, unit, run.rooms[0])
        if got >= _NONE:
            return None
        put_tour(book, state, person, 0, tours.days, run.rooms[0])
        lack.count(person, state.kind[person], -1)
        for day in np.flatnonzero(state.kind[person] >= 0).tolist():
            hours[lot, tours.block[day]] -= tours.paid[state.kind[person, day]]
        waiting[lot] -= 1
    for _ in range(_PASSES):
        changed = False
        for person in run.rng.permutation(len(tours.workers)).tolist():
            before = state.kind[person].copy()
            lack.count(person, before, 1)
            extra[person] = lack.price(person, _BY_DAY[1])
            days = np.flatnonzero(before >= 0)
            now = float(extra[person][days, before[days]].sum())
            got = best_tour(guided, state.kind, person, 0, tours.days, unit, run.rooms[0])
            if got < now - _LESS:
                put_tour(book, state, person, 0, tours.days, run.rooms[0])
                changed = True
            lack.count(person, state.kind[person], -1)
        if not changed or run.over():
            break
    return state


class _Lack:
    """What the roster still lacks of the mixture, counted in four ways."""

    def __init__(self, tours: Tours, mixture: Mixture) -> None:
        self.lot = mixture.lot
        self.group = np.array([w.group for w in tours.workers])
        seats = tours.length - np.array([sum(b[0] for b in breaks) for breaks in tours.breaks])
        self.size = seats / max(1.0, float(seats.mean()))
        paid, self.family = np.unique(tours.paid, return_inverse=True)
        self.kinds = mixture.share.copy()
        lots = len(self.kinds)
        self.paid = np.zeros((lots, tours.days, len(paid)))
        for at in range(len(paid)):
            self.paid[:, :, at] = self.kinds[:, :, self.family == at].sum(axis=2)
        by_lot = self.kinds @ self.size
        group_of = np.zeros(lots, dtype=np.int64)
        group_of[self.lot] = self.group
        self.groups = np.zeros((tours.cuts.shape[1], tours.days))
        np.add.at(self.groups, group_of, by_lot)
        self.days = by_lot.sum(axis=0)

    def price(self, person: int, by_day: float) -> np.ndarray:
        """Return what each duty of a person adds to the squares of all that is lacking."""
        lot, group, size = self.lot[person], self.group[person], self.size
        return (
            _BY_KIND * (1 - 2 * self.kinds[lot])
            + _BY_LOT * (1 - 2 * self.paid[lot][:, self.family])
            + _BY_GROUP * (size - 2 * self.groups[group][:, None]) * size
            + by_day * (size - 2 * self.days[:, None]) * size
        )

    def count(self, person: int, row: np.ndarray, sign: int) -> None:
        """Add a person's duties to what is lacking, or take them off."""
        lot, group = self.lot[person], self.group[person]
        days = np.flatnonzero(row >= 0)
        kinds = row[days]
        self.kinds[lot, days, kinds] += sign
        self.paid[lot, days, self.family[kinds]] += sign
        self.groups[group, days] += sign * self.size[kinds]
        self.days[days] += sign * self.size[kinds]


def _hours(tours: Tours, mixture: Mixture) -> np.ndarray:
    """Return the paid minutes of each lot and block in the mixture."""
    by_day = mixture.share @ tours.paid
    found = np.zeros((len(by_day), int(tours.block.max()) + 1))
    for block in range(found.shape[1]):
        found[:, block] = by_day[:, tours.block == block].sum(axis=1)
    return found
