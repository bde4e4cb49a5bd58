"""Which stretch of a rotation had better be another one?

A few days in a row are chosen anew, everything else standing: the cheapest way through the states
from the one before the stretch to the one after it, each shift at what one more of it changes.
That is exact for a week of days, and what comes of it is kept if it costs no more; at first a
little more is allowed, less and less.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from wfm.roster.rotation_graph import Arc, State

_LONGEST = 10  # days of a stretch
_WARM = 0.01  # share of the cost by which a stretch may be dearer at first
_ROUNDS = 3


class Prices(Protocol):
    """What a staffing costs; `counts` has the shape (7, shifts)."""

    def cost(self, counts: np.ndarray) -> float:
        """Return the objective."""

    def more(self, counts: np.ndarray) -> np.ndarray:
        """Return how the objective changes with one more of each shift, shape (7, shifts)."""


def move(
    arcs: Sequence[Arc], kinds: list[int], prices: Prices, *, free: int, until: float, seed: int
) -> tuple[list[int], float]:  # fmt: skip
    """Return the kinds of a better rotation, and its objective.

    Parameters
    ----------
    arcs : sequence of Arc
    kinds : list of int
        Of a legal rotation from a Monday on; -1 is a day off.
    prices : Prices
    free : int
        Weekends that must stay free.
    until : float
        Of `time.monotonic`.
    seed : int
    """
    rng = np.random.default_rng(seed)
    out: dict[tuple[int, State], list[Arc]] = defaultdict(list)
    for arc in arcs:
        out[arc.weekday, arc.source].append(arc)
    before = _states(arcs, kinds)
    shifts = max(arc.target.kind for arc in arcs) + 1
    counts = _counts(kinds, shifts)
    now, begun, span = prices.cost(counts), time.monotonic(), len(kinds)
    best, lowest, quiet = list(kinds), now, 0
    while (clock := time.monotonic()) < until and lowest > 0 and quiet < 60 * span:
        heat = _WARM * lowest * max(0.0, 1.0 - 2.0 * (clock - begun) / max(until - begun, 1e-9))
        first, many = int(rng.integers(span)), int(rng.integers(1, min(_LONGEST, span - 1) + 1))
        days = [(first + at) % span for at in range(many)]
        held = _less(counts, kinds, days)
        stretch = _cheapest(out, before[days[0]], before[(days[-1] + 1) % span], days,
                            more=prices.more(held), rng=rng)  # fmt: skip
        quiet += 1
        if stretch is None or [arc.target.kind for arc in stretch] == [kinds[d] for d in days]:
            continue
        tried = list(kinds)
        for day, arc in zip(days, stretch, strict=True):
            tried[day] = arc.target.kind
        if _free_weekends(tried) < free:
            continue
        counted = _counts(tried, shifts)
        cost = prices.cost(counted)
        if cost > now + heat:
            continue
        kinds, counts, now = tried, counted, cost
        for day, arc in zip(days, stretch, strict=True):
            before[day] = arc.source
        if now < lowest - 1e-9:
            best, lowest, quiet = list(kinds), now, 0
    return best, lowest


def _states(arcs: Sequence[Arc], kinds: list[int]) -> list[State]:
    """Return the state before each day of a legal rotation."""
    steps = {(arc.weekday, arc.source, arc.target.kind): arc.target for arc in arcs}
    sundays = {arc.source for arc in arcs if arc.weekday == 0}
    for state in sundays:
        start: State | None = state
        for _ in range(_ROUNDS):
            begin, now, before = start, start, []
            for at, kind in enumerate(kinds):
                before.append(now)
                now = steps.get((at % 7, now, kind)) if now is not None else None
            if now is None:
                break
            if now == begin:
                return before  # type: ignore[return-value]
            start = now
    raise ValueError("the rotation to begin from breaks a rule")


def _counts(kinds: list[int], shifts: int) -> np.ndarray:
    counts = np.zeros((7, shifts))
    for at, kind in enumerate(kinds):
        if kind >= 0:
            counts[at % 7, kind] += 1
    return counts


def _less(counts: np.ndarray, kinds: list[int], days: list[int]) -> np.ndarray:
    held = counts.copy()
    for day in days:
        if kinds[day] >= 0:
            held[day % 7, kinds[day]] -= 1
    return held


def _cheapest(
    out: dict[tuple[int, State], list[Arc]], start: State, end: State, days: list[int], *,
    more: np.ndarray, rng: np.random.Generator,
) -> list[Arc] | None:  # fmt: skip
    """Return the cheapest way from a state to a state, ties broken by chance."""
    blur = 1e-6 * rng.random(more.shape)
    price = more + blur * (1.0 + np.abs(more))
    layer: dict[State, float] = {start: 0.0}
    via: list[dict[State, Arc]] = []
    for day in days:
        weekday, found, came = day % 7, dict[State, float](), dict[State, Arc]()
        row = price[weekday]
        for state, cost in layer.items():
            for arc in out.get((weekday, state), ()):
                kind = arc.target.kind
                value = cost + (row[kind] if kind >= 0 else 0.0)
                if value < found.get(arc.target, np.inf):
                    found[arc.target] = value
                    came[arc.target] = arc
        layer = found
        via.append(came)
    if end not in layer:
        return None
    path, state = [], end
    for came in reversed(via):
        path.append(came[state])
        state = came[state].source
    return path[::-1]


def _free_weekends(kinds: list[int]) -> int:
    return sum(kinds[at] < 0 and kinds[at + 1] < 0 for at in range(5, len(kinds), 7))
