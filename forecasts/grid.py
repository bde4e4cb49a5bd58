"""Are the starts of a history in order, on one grid, and do they span enough?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts.clock import Interval
from forecasts.errors import BadInput

SHORTEST_DAYS = 14
LONGEST_DAYS = 366 * 40
FEWEST_GAPS = 20

Rows = list[tuple[Any, slice | np.ndarray]]  # of each queue, by name


def check_grid(
    history: pd.DataFrame, queues: Rows, interval: Interval, *, shortest_days: int
) -> Interval:
    """Return `interval` with the grid that the starts are on; raise BadInput otherwise.

    `queues` is what `of_queues` returns of the history.
    """
    ns = clock.utc_ns(history["start"])
    tz = clock.zone_of(history["start"])
    first, last = int(ns.min()), int(ns.max())
    if (last - first) / clock.NS_A_DAY > LONGEST_DAYS:
        raise BadInput(
            f"history: starts run from {history['start'].min()} to {history['start'].max()}, "
            f"{(last - first) / clock.NS_A_DAY / 365.25:.0f} years; check the date format and drop "
            "placeholder dates"
        )
    starts, names = Starts(), []
    for name, rows in queues:
        known = len(starts.distinct)
        starts.shared(ns[rows])
        names += [name] * (len(starts.distinct) - known)
    walks = [_walk(own, origin=first, step=interval.ns) for own in starts.distinct]
    if not all(walk.ascends for walk in walks):
        _refuse_order(history, queues, ns)
    one_grid = all(walk.on_grid for walk in walks)
    interval = _grid(history, ns, starts.distinct, interval, tz=tz, one_grid=one_grid)
    _check_spans(starts.distinct, walks, names, interval, tz=tz, shortest_days=shortest_days)
    return interval


@dataclass(frozen=True)
class _Walk:
    """Whether starts ascend and are equal steps from the first of all, and their common step."""

    ascends: bool
    on_grid: bool
    step: int


def _walk(ns: np.ndarray, *, origin: int, step: int) -> _Walk:
    from forecasts import _kernels_layout

    own = np.require(ns, requirements=["C", "W"])  # one type, compiled once
    return _Walk(*_kernels_layout.walk(own, origin, step))


def of_queues(queue: pd.Series) -> Rows:
    """Return each queue's name and rows, in order of first appearance; a slice if they adjoin."""
    first = _run_starts(queue)
    last = np.append(first[1:], len(queue))
    if isinstance(queue.dtype, pd.CategoricalDtype):
        code, known = pd.factorize(np.asarray(queue.cat.codes)[first])
        names = [queue.cat.categories[own] if own >= 0 else np.nan for own in known]
    else:
        code, found = pd.factorize(queue.iloc[first], use_na_sentinel=False)
        names = list(found)
    if len(names) == len(first):
        return [(name, slice(int(low), int(high)))
                for name, low, high in zip(names, first, last, strict=True)]  # fmt: skip
    short = code.astype(np.min_scalar_type(-len(names)))  # short integers are sorted by radix
    order = np.argsort(short, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(short[order])) + 1)
    if len(first) == len(queue):
        return [(names[code[rows[0]]], rows) for rows in parts]
    lengths = last - first
    queues: Rows = []
    for runs in parts:
        low, high = int(first[runs[0]]), int(last[runs[-1]])
        rows: slice | np.ndarray = slice(low, high)
        if lengths[runs].sum() != high - low:
            rows = np.arange(lengths[runs].sum())
            rows += np.repeat(
                first[runs] - np.append(0, lengths[runs].cumsum()[:-1]), lengths[runs]
            )
        queues.append((names[code[runs[0]]], rows))
    return queues


def _run_starts(queue: pd.Series) -> np.ndarray:
    """Return the rows that begin a run of one queue; runs may be cut finer, never coarser.

    So that only one name a run has to be looked up, not one a row.
    """
    if isinstance(queue.dtype, pd.CategoricalDtype):
        key = np.asarray(queue.cat.codes)
    elif isinstance(queue.dtype, np.dtype):
        key = queue.to_numpy()
        key = _addresses(key) if key.dtype == object else key
    else:
        key = queue.array
    changes = key[1:] != key[:-1]
    if not isinstance(changes, np.ndarray):
        changes = changes.to_numpy(dtype=bool, na_value=True)
    return np.append(0, np.flatnonzero(changes) + 1)


def _addresses(values: np.ndarray) -> np.ndarray:
    """Return where in memory each object is: the same object is the same name."""
    kind = np.dtype(np.intp).str
    shown = {**values.__array_interface__, "typestr": kind, "descr": [("", kind)]}
    return np.asarray(SimpleNamespace(__array_interface__=shown))


class Starts:
    """The distinct columns of starts among queues, so that what they imply is found once."""

    def __init__(self) -> None:
        self.distinct: list[np.ndarray] = []
        self._alike: dict[tuple[int, ...], list[np.ndarray]] = {}

    def shared(self, ns: np.ndarray) -> np.ndarray:
        """Return the first array given that equals `ns`, or `ns` itself."""
        # A sample tells most of the unequal apart, as queues with a few gaps are alike otherwise.
        sample = int(ns[:: len(ns) // 128 + 1].sum())
        known = self._alike.setdefault((len(ns), int(ns[0]), int(ns[-1]), sample), [])
        for other in known:
            if np.array_equal(other, ns):
                return other
        known.append(ns)
        self.distinct.append(ns)
        return ns


def _refuse_order(history: pd.DataFrame, queues: Rows, ns: np.ndarray) -> None:
    twice = history.duplicated(["queue", "start"]).to_numpy()
    if twice.any():
        raise BadInput(
            f"history: {int(twice.sum())} rows repeat a queue and start (first: "
            f"{row(history, twice)}); keep one row each - sum them if they are parts, drop them if "
            "the import ran twice"
        )
    back = np.zeros(len(ns), bool)
    for _, rows in queues:
        own = np.arange(len(ns))[rows]
        back[own[1:]] = np.diff(ns[own]) < 0
    raise BadInput(
        f"history: {int(back.sum())} rows come before the row above them (first: "
        f"{row(history, back)}); sort it: history.sort_values(['queue', 'start'])"
    )


def _check_spans(
    distinct: list[np.ndarray],
    walks: list[_Walk],
    names: list[Any],
    interval: Interval,
    *,
    tz: Any,
    shortest_days: int,
) -> None:
    ends = clock.wall(np.array([own[[0, -1]] for own in distinct]).ravel(), tz, interval)[0]
    spans = np.diff(ends.reshape(-1, 2))[:, 0] + 1
    for own, walk, name, days in zip(distinct, walks, names, spans, strict=True):
        if not interval.daily and walk.step > interval.ns and len(own) > FEWEST_GAPS:
            raise BadInput(
                f"history: queue {name!r} has starts only every "
                f"{walk.step // clock.NS_A_MINUTE} min, but freq is {interval}; pass the freq of "
                "the data"
            )
        if days < shortest_days:
            raise BadInput(
                f"history: queue {name!r} spans {int(days)} days; at least {shortest_days} are "
                "needed (two of each weekday), four weeks or more are better; leave the queue out "
                "until then"
            )


def _grid(
    history: pd.DataFrame,
    ns: np.ndarray,
    distinct: list[np.ndarray],
    interval: Interval,
    *,
    tz: Any,
    one_grid: bool,
) -> Interval:
    """Return the interval with its grid: elapsed time, or the wall clock.

    A UTC export of a centre at +05:30 is on the first only; intervals that the change of the
    clock cuts (two hours; hours in Lord Howe) are on one or the other.
    """
    if interval.daily:
        by_wall, wanted = interval, "local midnight"
    else:
        if one_grid and interval.minutes <= 60:
            return interval
        phase = _most_common(clock.local_ns(ns, tz) % interval.ns)
        by_wall, wanted = replace(interval, by_wall=True, phase_ns=phase), f"one grid of {interval}"
    every = np.concatenate(distinct)
    if (every == clock.floor(every, tz, by_wall)).all():
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
