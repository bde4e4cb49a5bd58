"""Which units differ from the whole by more than their size explains?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import check_confidence, z_value
from wfm.errors import BadInput
from wfm.evidence.chart import counts

__all__ = ["Funnel", "any_outside", "funnel", "limits"]

Floats = NDArray[np.float64]

# Below this many contacts normal limits pass 0 or 1.
EXACT_BELOW = 100
WINSOR = 0.10


@dataclass(frozen=True, eq=False)
class Funnel:
    """A funnel plot.

    Attributes
    ----------
    values : float64 array, shape (units,)
        Share of each unit; NaN without contacts.
    n : float64 array, shape (units,)
    centre : float
    inner_lower, inner_upper, outer_lower, outer_upper : float64 array, shape (units,)
        Limits of the two confidences, over-dispersion included, within 0 and 1.
    z : float64 array, shape (units,)
        (value - centre) / standard error, over-dispersion not included.
    phi : float
        Over-dispersion: mean z^2 after winsorising; limits widen by sqrt(phi) when above 1.
    outside : bool array, shape (units,)
        Beyond the outer limits. Not a ranking: units inside do not differ demonstrably.
    """

    values: Floats
    n: Floats
    centre: float
    inner_lower: Floats
    inner_upper: Floats
    outer_lower: Floats
    outer_upper: Floats
    z: Floats
    phi: float
    outside: NDArray[np.bool_]


def funnel(
    good: ArrayLike,
    total: ArrayLike,
    *,
    centre: float | None = None,
    inner: float = 0.95,
    outer: float = 0.998,
    overdispersion: bool = True,
) -> Funnel:
    """Return the funnel plot of units' shares.

    centre +/- z sqrt(centre (1 - centre) / n), exact binomial quantiles below 100 contacts; both
    sqrt(phi) times as far from the centre where phi > 1.

    Parameters
    ----------
    good, total : array_like, shape (units,)
        Counts; total 0 gives NaN.
    centre : float, optional
        A target to hold against; the pooled share by default.
    inner, outer : float
        Confidences of the two limits.
    overdispersion : bool
        Whether phi widens the limits. It needs ten or so units to mean anything.

    Returns
    -------
    Funnel

    Raises
    ------
    BadInput

    Notes
    -----
    Spiegelhalter (2005), Statistics in Medicine 24:1185-1202.

    Examples
    --------
    >>> got = funnel([16, 90, 400], [20, 100, 500], centre=0.8, overdispersion=False)
    >>> [round(float(x), 4) for x in got.outer_lower]
    [0.5, 0.6764, 0.7447]
    """
    x, n = counts("funnel", good, total, share=True)
    if not (n > 0).any():
        raise BadInput("funnel: no unit has any contact")
    middle = float(x.sum() / n.sum()) if centre is None else float(centre)
    if not 0 < middle < 1:
        raise BadInput(
            f"funnel: the centre lies between 0 and 1, got {middle:g}; nothing to compare"
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(n > 0, x / n, np.nan)
        z = (value - middle) / np.sqrt(middle * (1 - middle) / n)
    z = np.where(n > 0, z, np.nan)
    phi = _dispersion(z[n > 0])
    wide = math.sqrt(max(phi, 1.0)) if overdispersion else 1.0
    bounds = [limits(n, middle, confidence=c, widen=wide) for c in (inner, outer)]
    low, high = bounds[1]
    # Limits are fractions of n: a share on the limit itself is inside.
    outside = (value < low - 1e-12) | (value > high + 1e-12)
    return Funnel(value, n, middle, *bounds[0], low, high, z, phi, outside)


def limits(
    n: ArrayLike, centre: float, *, confidence: float, widen: float = 1.0
) -> tuple[Floats, Floats]:
    """Return lower and upper funnel limits for units of `n` contacts.

    Examples
    --------
    >>> [ends.tolist() for ends in limits([20], 0.8, confidence=0.998)]
    [[0.5], [1.0]]
    """
    from scipy.stats import binom

    size = np.atleast_1d(np.asarray(n, np.float64))
    tail = (1 - check_confidence(confidence)) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        half = z_value(confidence) * np.sqrt(centre * (1 - centre) / size)
        low = np.where(size < EXACT_BELOW, binom.ppf(tail, size, centre) / size, centre - half)
        high = np.where(size < EXACT_BELOW, binom.ppf(1 - tail, size, centre) / size, centre + half)
    low, high = centre + (low - centre) * widen, centre + (high - centre) * widen
    empty = ~(size > 0)
    low = np.where(empty, np.nan, np.maximum(low, 0.0))
    return low, np.where(empty, np.nan, np.minimum(high, 1.0))


def any_outside(units: int, *, confidence: float) -> float:
    """Return the chance that at least one of `units` equal ones lies outside its limits.

    1 - confidence^units.

    Examples
    --------
    >>> round(any_outside(50, confidence=0.95), 4)
    0.9231
    """
    if units < 0:
        raise BadInput(f"any_outside: units >= 0 expected, got {units!r}")
    return float(1 - check_confidence(confidence) ** units)


def _dispersion(z: Floats) -> float:
    low, high = np.quantile(z, [WINSOR, 1 - WINSOR])
    return float((np.clip(z, low, high) ** 2).mean())
