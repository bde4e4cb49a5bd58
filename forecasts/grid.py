"""Are the starts of a history in order, on one grid, and do they span enough?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts.clock import Interval
from forecasts.errors import BadInput

SHORTEST_DAYS = 14
LONGEST_DAYS = 366 * 40
FEWEST_GAPS = 20


def check_grid(history: pd.DataFrame, interval: Interval, *, shortest_days: int) -> Interval:
    """Return `interval` with the grid that the starts are on; raise BadInput otherwise."""
    ns = clock.utc_ns(history["start"])
    tz = clock.zone_of(history["start"])
    span_days = (ns.max() - ns.min()) / clock.NS_A_DAY
    if span_days > LONGEST_DAYS:
        raise BadInput(
            f"history: starts run from {history['start'].min()} to {history['start'].max()}, "
            f"{span_days / 365.25:.0f} years; check the date format and drop placeholder dates"
        )
    starts = Starts()
    queues = [(name, starts.shared(ns[rows])) for name, rows in of_queues(history["queue"])]
    if not all(starts.ascends(own) for _, own in queues):
        _refuse_order(history, ns)
    interval = _grid(history, ns, starts.distinct, interval, tz=tz)
    seen: set[int] = set()
    for name, own in queues:
        if id(own) not in seen:
            seen.add(id(own))
            _check_span(own, name, interval, tz=tz, shortest_days=shortest_days)
    return interval


def of_queues(queue: pd.Series) -> list[tuple[Any, slice | np.ndarray]]:
    """Return each queue's name and rows, in order of first appearance; a slice if they adjoin."""
    if isinstance(queue.dtype, pd.CategoricalDtype):
        code, names = np.asarray(queue.cat.codes), queue.cat.categories
    else:
        code, names = pd.factorize(queue)
    edges = np.flatnonzero(code[1:] != code[:-1]) + 1
    first = np.concatenate([[0], edges])
    if len(np.unique(code[first])) == len(first):
        last = np.concatenate([edges, [len(code)]])
        return [(names[code[low]], slice(int(low), int(high)))
                for low, high in zip(first, last, strict=True)]  # fmt: skip
    order = np.argsort(code, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(code[order])) + 1)
    return [(names[code[rows[0]]], rows) for rows in sorted(parts, key=lambda rows: rows[0])]


class Starts:
    """The distinct columns of starts among queues, so that what they imply is found once."""

    def __init__(self) -> None:
        self.distinct: list[np.ndarray] = []
        self._by_ends: dict[tuple[int, int, int], list[np.ndarray]] = {}
        self._ascending: dict[int, bool] = {}

    def shared(self, ns: np.ndarray) -> np.ndarray:
        """Return the first array given that equals `ns`, or `ns` itself."""
        known = self._by_ends.setdefault((len(ns), int(ns[0]), int(ns[-1])), [])
        for other in known:
            if np.array_equal(other, ns):
                return other
        known.append(ns)
        self.distinct.append(ns)
        return ns

    def ascends(self, ns: np.ndarray) -> bool:
        """Return whether every start of an array from `shared` is later than the one before."""
        if id(ns) not in self._ascending:
            self._ascending[id(ns)] = bool((ns[1:] > ns[:-1]).all())
        return self._ascending[id(ns)]


def _refuse_order(history: pd.DataFrame, ns: np.ndarray) -> None:
    twice = history.duplicated(["queue", "start"]).to_numpy()
    if twice.any():
        raise BadInput(
            f"history: {int(twice.sum())} rows repeat a queue and start (first: "
            f"{row(history, twice)}); keep one row each - sum them if they are parts, drop them if "
            "the import ran twice"
        )
    back = np.zeros(len(ns), bool)
    for _, rows in of_queues(history["queue"]):
        own = np.arange(len(ns))[rows]
        back[own[1:]] = np.diff(ns[own]) < 0
    raise BadInput(
        f"history: {int(back.sum())} rows come before the row above them (first: "
        f"{row(history, back)}); sort it: history.sort_values(['queue', 'start'])"
    )


def _check_span(
    ns: np.ndarray, name: Any, interval: Interval, *, tz: Any, shortest_days: int
) -> None:
    step = int(np.gcd.reduce(np.diff(ns))) if len(ns) > 1 else interval.ns
    if not interval.daily and step > interval.ns and len(ns) > FEWEST_GAPS:
        raise BadInput(
            f"history: queue {name!r} has starts only every {step // clock.NS_A_MINUTE} min, "
            f"but freq is {interval}; pass the freq of the data"
        )
    days = clock.wall(ns[[0, -1]], tz, interval)[0]
    if days[1] - days[0] + 1 < shortest_days:
        raise BadInput(
            f"history: queue {name!r} spans {int(days[1] - days[0] + 1)} days; at least "
            f"{shortest_days} are needed (two of each weekday), four weeks or more are better; "
            "leave the queue out until then"
        )


def _grid(
    history: pd.DataFrame,
    ns: np.ndarray,
    distinct: list[np.ndarray],
    interval: Interval,
    *,
    tz: Any,
) -> Interval:
    """Return the interval with its grid: elapsed time, or the wall clock.

    A UTC export of a centre at +05:30 is on the first only; intervals that the change of the
    clock cuts (two hours; hours in Lord Howe) are on one or the other.
    """
    if interval.daily:
        by_wall, wanted = interval, "local midnight"
    else:
        one_grid = all(((own - ns[0]) % interval.ns == 0).all() for own in distinct)
        if one_grid and interval.minutes <= 60:
            return interval
        phase = _most_common(clock.local_ns(ns, tz) % interval.ns)
        by_wall, wanted = replace(interval, by_wall=True, phase_ns=phase), f"one grid of {interval}"
    if all((own == clock.floor(own, tz, by_wall)).all() for own in distinct):
        return by_wall
    if not interval.daily and one_grid:
        return interval
    off = ns != clock.floor(ns, tz, by_wall)
    raise BadInput(
        f"history: {int(off.sum())} of {len(ns)} starts are not on {wanted} (first: "
        f"{row(history, off)}); pass the freq of the data, or bring the rows to one interval"
    )


def _most_common(values: np.ndarray) -> int:
    found, counts = np.unique(values, return_counts=True)
    return int(found[counts.argmax()])


def row(history: pd.DataFrame, bad: np.ndarray) -> str:
    """Return queue and start of the first row marked in `bad`, for a message."""
    at = int(bad.argmax())
    return f"queue {history['queue'].iloc[at]!r}, {history['start'].iloc[at]}"
