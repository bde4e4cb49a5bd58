"""How far was the forecast off, and how far off would a perfect one have been?

Every measure is a ratio of sums. Pairs in which either number is missing are left out; a ratio
without a denominator is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def wape(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Return the weighted absolute percentage error, sum |forecast - actual| / sum actual.

    Parameters
    ----------
    actual, forecast : array of float
        Contacts, same shape.

    Returns
    -------
    float
        A fraction, 0.1 for 10 %; NaN where the actuals sum to 0.

    Source: Kolassa and Schütz 2007 (there MAD/mean ratio).

    Examples
    --------
    >>> round(wape([90, 105, 100, 110], [100, 100, 100, 100]), 4)
    0.0617
    """
    real, expected = _pairs(actual, forecast)
    return _ratio(np.abs(expected - real).sum(), real.sum())


def bias(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Return (sum forecast - sum actual) / sum actual; positive means forecast too high.

    Examples
    --------
    >>> round(bias([90, 105, 100, 110], [100, 100, 100, 100]), 4)
    -0.0123
    """
    real, expected = _pairs(actual, forecast)
    return _ratio((expected - real).sum(), real.sum())


def mase(actual: ArrayLike, forecast: ArrayLike, past: ArrayLike, season: int) -> float:
    """Return the mean absolute error over that of the in-sample seasonal naive forecast.

    Parameters
    ----------
    actual, forecast : array of float
    past : array of float
        The history before the forecast, in order, without gaps in its grid.
    season : int
        Intervals in a season, for example 336 half hours in a week.

    Source: Hyndman and Koehler 2006, section 3.

    Examples
    --------
    >>> mase([10, 12], [11, 11], past=[5, 6, 7, 8], season=2)
    0.5
    """
    real, expected = _pairs(actual, forecast)
    before = np.asarray(past, float)
    steps = np.abs(before[season:] - before[:-season]) if len(before) > season else np.array([])
    steps = steps[~np.isnan(steps)]
    if not len(steps) or not len(real):
        return float("nan")
    return _ratio(np.abs(expected - real).mean(), steps.mean())


def poisson_deviance(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Return the mean Poisson deviance, 2 (x log(x / m) - x + m) for a count x and mean m.

    About 1 where counts are Poisson around the forecast, the more the further off the means are.
    Infinite where contacts came that the forecast holds impossible (m = 0).

    Source: McCullagh and Nelder 1989, section 2.3.

    Examples
    --------
    >>> poisson_deviance([10, 0], [10, 2])
    2.0
    """
    real, expected = _pairs(actual, forecast)
    if not len(real):
        return float("nan")
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(real > 0, real * np.log(real / expected), 0.0)
    return float((2 * (logs - real + expected)).mean())


def impossible(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Return the share of contacts that came where none were expected (forecast 0).

    With any, `poisson_deviance` is infinite: tables show the deviance of the other intervals,
    `possible_deviance`, and this share beside it.

    Examples
    --------
    >>> impossible([8, 2], [10, 0])
    0.2
    """
    real, expected = _pairs(actual, forecast)
    return _ratio(real[expected <= 0].sum(), real.sum())


def possible_deviance(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Return `poisson_deviance` of the intervals in which what came was held possible.

    Examples
    --------
    >>> possible_deviance([10, 0, 5], [10, 2, 0])
    2.0
    """
    real, expected = _pairs(actual, forecast)
    possible = (expected > 0) | (real == 0)
    return poisson_deviance(real[possible], expected[possible])


def pinball(actual: ArrayLike, quantile: ArrayLike, probability: float) -> float:
    """Return the pinball loss of a quantile forecast over the sum of actuals.

    The loss of one interval is probability * (actual - quantile) where the actual lies above,
    else (1 - probability) * (quantile - actual).

    Source: Koenker and Bassett 1978.

    Examples
    --------
    >>> pinball([10, 10], [8, 12], 0.9)
    0.1
    """
    real, expected = _pairs(actual, quantile)
    over = real - expected
    return _ratio(np.where(over >= 0, probability * over, (probability - 1) * over).sum(),
                  real.sum())  # fmt: skip


def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """Return the share of intervals whose actual lies in [low, high].

    Examples
    --------
    >>> coverage([1, 5, 9, 20], [0, 4, 9, 10], [2, 6, 12, 12])
    0.75
    """
    real, below, above = np.broadcast_arrays(
        np.asarray(actual, float), np.asarray(low, float), np.asarray(high, float)
    )
    known = ~(np.isnan(real) | np.isnan(below) | np.isnan(above))
    return _ratio(float(((real >= below) & (real <= above))[known].sum()), float(known.sum()))


def noise_floor(mean: ArrayLike) -> float:
    """Return the WAPE of a forecast that knows the mean of every interval exactly.

    Contacts of independent customers are Poisson, so sum E|X - L| / sum L remains, with
    E|X - L| = 2 exp(-L) L^(floor(L)+1) / floor(L)!.

    Parameters
    ----------
    mean : array of float
        Expected contacts L of each interval, >= 0.

    Source: De Moivre's formula for the mean absolute deviation (Diaconis and Zabell 1991).

    Examples
    --------
    >>> round(noise_floor(10.0), 4)
    0.2502
    """
    from scipy.special import gammaln

    load = np.asarray(mean, float).ravel()
    load = load[load > 0]
    whole = np.floor(load)
    deviation = 2 * np.exp((whole + 1) * np.log(load) - load - gammaln(whole + 1))
    return _ratio(deviation.sum(), load.sum())


def _pairs(actual: ArrayLike, forecast: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    real, expected = np.broadcast_arrays(np.asarray(actual, float), np.asarray(forecast, float))
    known = ~(np.isnan(real) | np.isnan(expected))
    return real[known], expected[known]


def _ratio(numerator: float, denominator: float) -> float:
    return float(numerator / denominator) if denominator > 0 else float("nan")
