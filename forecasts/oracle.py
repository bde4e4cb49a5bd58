"""How well could an interval be forecast by somebody who knew the day's total and its profile?

The oracle's forecast of an interval is the day's actual total times the share that the interval
has on the other days of the same weekday, up to eight weeks before and after. The day itself is
left out, and shares are averaged over neighbouring intervals with whichever of five Gaussian
widths makes the left-out days most likely, so that the oracle is not beaten by its own sampling
noise. ``xs`` is the WAPE of a forecast over that of the oracle on the same intervals: 1.2 is
20 % above the attainable error. Where an interval is a whole day there is nothing to spread and
no ``xs``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

WINDOW_DAYS = 56
WIDTHS = (0.0, 0.5, 1.0, 2.0, 4.0)  # standard deviations of the kernel, in intervals
FAINTEST = 1e-9  # contacts expected where the oracle expects none, for the likelihood


def attainable(actual: ArrayLike, weekday: ArrayLike) -> np.ndarray:
    """Return each day's total spread by the profile of the other days of its weekday.

    Parameters
    ----------
    actual : float array, shape (D, K)
        Contacts by local day and interval; NaN where they are unknown.
    weekday : int array, shape (D,)
        0 to 6.

    Returns
    -------
    float array, shape (D, K)
        NaN where `actual` is.

    Examples
    --------
    >>> day = np.array([[1.0, 3.0]])
    >>> attainable(np.concatenate([day, 2 * day, 3 * day]), [0, 0, 0]).tolist()
    [[1.0, 3.0], [2.0, 6.0], [3.0, 9.0]]
    """
    counts, days = np.asarray(actual, float), np.asarray(weekday)
    if counts.shape[1] == 1:
        return counts.copy()
    rates = _rates(counts, days)
    tried = [_spread(counts, rates, width) for width in WIDTHS]
    return max(tried, key=lambda made: _likelihood(counts, made))


def _rates(actual: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return the mean of the other days of each day's weekday within the window."""
    known = ~np.isnan(actual) & (np.nansum(actual, axis=1) > 0)[:, None]
    contacts = np.where(known, actual, 0.0)
    day = np.arange(len(actual))
    rates = np.zeros(actual.shape)
    for at in day:
        near = (weekday == weekday[at]) & (np.abs(day - at) <= WINDOW_DAYS) & (day != at)
        rows = known[near].sum(axis=0)
        np.divide(contacts[near].sum(axis=0), rows, out=rates[at], where=rows > 0)
    return rates


def _spread(actual: np.ndarray, rates: np.ndarray, width: float) -> np.ndarray:
    from scipy.ndimage import convolve1d

    if width > 0:
        reach = int(np.ceil(4 * width))
        kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
        ever = rates > 0
        mass = convolve1d(ever.astype(float), kernel, axis=1, mode="wrap")
        rates = convolve1d(rates, kernel, axis=1, mode="wrap") / np.maximum(mass, FAINTEST) * ever
    known = ~np.isnan(actual)
    expected = np.where(known, rates, 0.0).sum(axis=1, keepdims=True)
    total = np.where(known, actual, 0.0).sum(axis=1, keepdims=True)
    made = np.divide(total * rates, expected, out=actual.copy(), where=expected > 0)
    return np.where(known, made, np.nan)


def _likelihood(actual: np.ndarray, made: np.ndarray) -> float:
    used = ~np.isnan(actual)
    expected = np.maximum(made[used], FAINTEST)
    return float((actual[used] * np.log(expected) - expected).sum())
