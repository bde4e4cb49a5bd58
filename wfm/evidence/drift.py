"""Did a small shift come and stay? CUSUM and EWMA charts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.evidence.chart import Chart, baseline_mask, finish, series

__all__ = ["Cusum", "cusum", "ewma"]

Floats = NDArray[np.float64]
_D2 = 1.128


@dataclass(frozen=True, eq=False)
class Cusum:
    """A tabular CUSUM chart.

    Attributes
    ----------
    upper, lower : float64 array, shape (points,)
        C+ and C-, in the unit of the values; both >= 0.
    limit : float
        Decision limit, in the unit of the values.
    mean, sigma : float
        What the values are held against.
    signals : bool array, shape (points,)
        Points where either sum is above the limit.
    first : int or None
        First signalling point, counted from 0.
    since : int or None
        Where that drift began: the point after the sum was last 0.
    """

    upper: Floats
    lower: Floats
    limit: float
    mean: float
    sigma: float
    signals: NDArray[np.bool_]
    first: int | None
    since: int | None


def cusum(
    values: ArrayLike,
    *,
    mean: float | None = None,
    sigma: float | None = None,
    k: float = 0.5,
    h: float = 5.0,
    baseline: ArrayLike | None = None,
    restart: bool = False,
) -> Cusum:
    """Return the tabular CUSUM: C+ = max(0, C+ + x - mean - k sigma), C- alike; signal > h sigma.

    Parameters
    ----------
    values : array_like, shape (points,)
        NaN points leave the sums as they were.
    mean, sigma : float, optional
        Known level and standard deviation; from the baseline (mean, and mean moving range / 1.128)
        when left out. With sigma 1, `k` and `h` are in the unit of the values.
    k : float
        Half the shift that matters, in sigmas.
    h : float
        Decision limit in sigmas: 4 gives a false alarm in 168 points, 5 one in 465.
    baseline : int or bool array, optional
        As in `charts.xmr`.
    restart : bool
        Put both sums back to 0 after each signal, for monitoring that goes on.

    Returns
    -------
    Cusum

    Raises
    ------
    BadInput
        For values, `k`, `h` or `sigma` out of range.

    Notes
    -----
    Page (1954); Montgomery, Introduction to Statistical Quality Control, section 9.1.

    Examples
    --------
    >>> chart = cusum([0, 1, 2, 2, 2], mean=0, sigma=1, k=0.5, h=4)
    >>> chart.upper.tolist(), chart.first, chart.since
    ([0.0, 0.5, 2.0, 3.5, 5.0], 4, 1)
    """
    x = series("cusum", values)
    if not (k >= 0 and h > 0):
        raise BadInput(f"cusum: expected k >= 0 and h > 0, got k = {k!r}, h = {h!r}")
    mean, sigma = level_and_spread("cusum", x, mean, sigma, baseline)
    up, down, limit = np.zeros(len(x)), np.zeros(len(x)), h * sigma
    high = low = 0.0
    for i, value in enumerate(x):
        if not np.isnan(value):
            high = max(0.0, high + (value - mean) - k * sigma)
            low = max(0.0, low + (mean - value) - k * sigma)
        up[i], down[i] = high, low
        if restart and (high > limit or low > limit):
            high = low = 0.0
    signals = (up > limit) | (down > limit)
    first = int(np.argmax(signals)) if signals.any() else None
    since = None
    if first is not None:
        side = up if up[first] > limit else down
        zero = np.flatnonzero(side[:first] <= 0)
        since = int(zero[-1]) + 1 if zero.size else 0
    return Cusum(up, down, limit, mean, sigma, signals, first, since)


def ewma(
    values: ArrayLike,
    *,
    mean: float | None = None,
    sigma: float | None = None,
    weight: float = 0.2,
    limit: float = 3.0,
    long_run: bool = False,
    baseline: ArrayLike | None = None,
) -> Chart:
    """Return the EWMA chart: z = w x + (1 - w) z with limits that widen to their long-run value.

    mean +/- L sigma sqrt(w / (2 - w) (1 - (1 - w)^(2t))); z starts at the mean.

    Parameters
    ----------
    values : array_like, shape (points,)
        NaN points leave z as it was.
    mean, sigma : float, optional
        As in `cusum`.
    weight : float
        w, above 0 and at most 1; 0.1 to 0.3 is usual.
    limit : float
        L.
    long_run : bool
        Use the long-run limits from the first point.
    baseline : int or bool array, optional
        As in `charts.xmr`.

    Returns
    -------
    Chart
        `values` are the z; only points beyond the limits signal (z is autocorrelated by design).

    Raises
    ------
    BadInput

    Notes
    -----
    Roberts (1959); NIST/SEMATECH e-Handbook, section 6.3.2.4.

    Examples
    --------
    >>> chart = ewma([52, 47], mean=50, sigma=2.0539, weight=0.3)
    >>> [round(float(z), 6) for z in chart.values], round(float(chart.upper[0]), 5)
    ([50.6, 49.52], 51.84851)
    """
    x = series("ewma", values)
    if not (0 < weight <= 1 and limit > 0):
        raise BadInput(
            f"ewma: expected 0 < weight <= 1 and limit > 0, got weight {weight!r}, limit {limit!r}"
        )
    mean, sigma = level_and_spread("ewma", x, mean, sigma, baseline)
    z, last = np.empty(len(x)), mean
    for i, value in enumerate(x):
        last = last if np.isnan(value) else weight * value + (1 - weight) * last
        z[i] = last
    seen = np.cumsum(~np.isnan(x))
    part = 1.0 if long_run else 1 - (1 - weight) ** (2 * seen)
    spread = np.broadcast_to(sigma * np.sqrt(weight / (2 - weight) * part), x.shape).copy()
    base = np.ones(len(x), np.bool_) if baseline is None else baseline_mask(
        "ewma", baseline, ~np.isnan(x), least=1
    )  # fmt: skip
    return finish("ewma", z, mean, spread, baseline=base, rules=("3sigma",), width=limit)


def level_and_spread(
    name: str, x: Floats, mean: float | None, sigma: float | None, baseline: ArrayLike | None
) -> tuple[float, float]:
    """Return mean and sigma, those not given from the baseline."""
    if mean is None or sigma is None:
        base = baseline_mask(name, baseline, ~np.isnan(x))
        if mean is None:
            mean = float(x[base].mean())
        if sigma is None:
            both = base[1:] & base[:-1]
            moves = np.abs(np.diff(x))[both]
            if not moves.size:
                raise BadInput(f"{name}: no two neighbouring baseline points; give sigma")
            sigma = float(moves.mean()) / _D2
    if not (np.isfinite(mean) and np.isfinite(sigma) and sigma > 0):
        raise BadInput(
            f"{name}: expected a finite mean and sigma > 0, got mean {mean!r}, sigma {sigma!r}; "
            "a series without variation has no chart"
        )
    return float(mean), float(sigma)
