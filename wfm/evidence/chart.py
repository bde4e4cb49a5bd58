"""What does a control chart hold, and how is its input checked?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import broadcast
from wfm.errors import BadInput
from wfm.evidence import runs

__all__ = ["Chart", "MovingRange", "baseline_mask", "counts", "finish", "series"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class MovingRange:
    """The range chart beside an XmR chart.

    Attributes
    ----------
    values : float64 array, shape (points,)
        |x_t - x_(t-1)|; NaN at the first point and beside missing points.
    mean, upper : float
        Mean over the baseline, and the upper limit.
    """

    values: Floats
    mean: float
    upper: float


@dataclass(frozen=True, eq=False)
class Chart:
    """A control chart with its signals.

    Attributes
    ----------
    kind : str
        ``"xmr"``, ``"p"``, ``"laney_p"``, ``"u"``, ``"laney_u"`` or ``"ewma"``.
    values : float64 array, shape (points,)
        What is plotted; NaN where undefined.
    centre : float
        Mean of the baseline.
    sigma : float64 array, shape (points,)
        Standard deviation of each point, `sigma_z` included.
    lower, upper : float64 array, shape (points,)
        Control limits; not cut at 0 or 1.
    sigma_z : float
        Laney's factor; 1 for the other charts.
    baseline : bool array, shape (points,)
        The points that centre and limits come from.
    rules : tuple of runs.Rule
    signals : tuple of runs.Signal
    moving_range : MovingRange or None
        For XmR only.
    """

    kind: str
    values: Floats
    centre: float
    sigma: Floats
    lower: Floats
    upper: Floats
    sigma_z: float
    baseline: Mask
    rules: tuple[runs.Rule, ...]
    signals: tuple[runs.Signal, ...]
    moving_range: MovingRange | None = None

    @property
    def outside(self) -> Mask:
        """Which points lie beyond the limits; never one that is undefined."""
        return (self.values < self.lower) | (self.values > self.upper)

    @property
    def stable(self) -> bool:
        """Whether no rule found a signal."""
        return not self.signals

    @property
    def baseline_stable(self) -> bool:
        """Whether the baseline, charted by itself, shows no signal of the chosen rules."""
        inside = np.flatnonzero(self.baseline)
        found = runs.find(
            self.values[inside], np.full(len(inside), self.centre), self.sigma[inside], self.rules
        )
        return not found


def finish(
    kind: str,
    values: Floats,
    centre: float,
    sigma: Floats,
    *,
    baseline: Mask,
    rules: tuple[str, ...],
    width: float = 3.0,
    sigma_z: float = 1.0,
    moving_range: MovingRange | None = None,
) -> Chart:
    """Return the chart with limits centre +/- width sigma and its signals."""
    chosen = tuple(runs.check_rules(rules))
    found = runs.find(values, np.full(len(values), centre), sigma * (width / 3.0), chosen)
    return Chart(
        kind=kind, values=values, centre=centre, sigma=sigma, lower=centre - width * sigma,
        upper=centre + width * sigma, sigma_z=sigma_z, baseline=baseline, rules=chosen,
        signals=found, moving_range=moving_range,
    )  # fmt: skip


def series(name: str, values: ArrayLike) -> Floats:
    """Return one series as float64; NaN is a missing point."""
    (x,) = broadcast(values=values)
    if x.ndim != 1:
        raise BadInput(f"{name}: expected one series of numbers, got shape {x.shape}")
    if np.isinf(x).any():
        raise BadInput(f"{name}: {int(np.isinf(x).sum())} values are infinite; leave them out")
    return x


def counts(name: str, events: ArrayLike, total: ArrayLike, *, share: bool) -> tuple[Floats, Floats]:
    """Return counts and what they are counted over; refuse negative ones and shares above 1."""
    x, n = broadcast(events=events, total=total)
    if x.ndim != 1:
        raise BadInput(f"{name}: expected one series of counts, got shape {x.shape}")
    bad = ~(x >= 0) | ~(n >= 0) | np.isinf(x) | np.isinf(n) | (share & (x > n))
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        expected = "0 <= count <= total" if share else "count >= 0 and exposure >= 0"
        raise BadInput(
            f"{name}: {int(bad.sum())} of {len(x)} points are not {expected} (first: point {at}, "
            f"got {x[at]:g} of {n[at]:g}); a point without contacts has total 0"
        )
    return x, n


def baseline_mask(name: str, baseline: ArrayLike | None, known: Mask, least: int = 2) -> Mask:
    """Return which points the limits come from.

    `baseline` is the number of first points, a bool for each point, or None for all.
    """
    points = len(known)
    if baseline is None:
        mask = np.ones(points, np.bool_)
    elif np.ndim(baseline) == 0:
        first = baseline
        whole = isinstance(first, int | np.integer) and not isinstance(first, bool)
        if not (whole and 0 < int(first) <= points):  # type: ignore[arg-type]
            raise BadInput(
                f"{name}: baseline is a number of first points, 1 to {points}, or a true/false for "
                f"each point; got {baseline!r}"
            )
        mask = np.arange(points) < int(first)  # type: ignore[arg-type]
    else:
        mask = np.asarray(baseline)
        if mask.dtype != np.bool_ or mask.shape != known.shape:
            raise BadInput(
                f"{name}: baseline as a mask needs {points} true/false values, got "
                f"{mask.dtype} of shape {mask.shape}"
            )
    mask = mask & known
    if mask.sum() < least:
        raise BadInput(
            f"{name}: the baseline holds {int(mask.sum())} defined points of {points}; at least "
            f"{least} are needed (8 to 12 or more for limits worth trusting)"
        )
    return mask
