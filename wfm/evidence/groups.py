"""Two groups, randomised: do their shares, means or rates differ?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import broadcast, wilson
from wfm.errors import BadInput
from wfm.evidence.interrupted import Effect, estimate

__all__ = ["means", "rates", "shares"]

Floats = NDArray[np.float64]
_FEW = 5


def shares(
    first: tuple[float, float], second: tuple[float, float], *, confidence: float = 0.95
) -> Effect:
    """Return the second share less the first.

    Limits by Newcombe's hybrid of two Wilson intervals; p-value of the pooled z test, or Fisher's
    exact test where an expected count is below 5.

    Parameters
    ----------
    first, second : (good, total)
        Counts; total > 0.

    Returns
    -------
    Effect
        `error` is the unpooled standard error.

    Raises
    ------
    BadInput

    Notes
    -----
    Newcombe (1998), Statistics in Medicine 17:873-890, method 10.

    Examples
    --------
    >>> got = shares((56, 70), (48, 80))
    >>> round(got.value, 4), round(got.lo, 4), round(got.hi, 4)
    (-0.2, -0.3339, -0.0524)
    """
    from scipy.stats import fisher_exact, norm

    (a, n), (b, m) = _pair("shares", first), _pair("shares", second)
    p, q = a / n, b / m
    one, two = wilson(a, n, confidence=confidence), wilson(b, m, confidence=confidence)
    gap = q - p
    lo = gap - math.hypot(q - float(two.lo), float(one.hi) - p)
    hi = gap + math.hypot(float(two.hi) - q, p - float(one.lo))
    pooled = (a + b) / (n + m)
    expected = min(n, m) * min(pooled, 1 - pooled)
    if expected < _FEW:
        p_value = float(fisher_exact([[a, n - a], [b, m - b]]).pvalue)
    else:
        z = gap / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
        p_value = float(2 * norm.sf(abs(z)))
    return Effect(gap, math.sqrt(p * (1 - p) / n + q * (1 - q) / m), lo, hi, p_value)


def means(first: ArrayLike, second: ArrayLike, *, confidence: float = 0.95) -> Effect:
    """Return the second mean less the first, variances unequal (Welch 1947).

    Parameters
    ----------
    first, second : array_like
        Single figures, two or more each; take logarithms of handle times.

    Returns
    -------
    Effect

    Raises
    ------
    BadInput

    Examples
    --------
    >>> got = means([1, 2, 3, 4], [3, 4, 5, 6])
    >>> got.value, round(got.p_value, 4)
    (2.0, 0.071)
    """
    (x,), (y,) = broadcast(first=first), broadcast(second=second)
    if min(x.size, y.size) < 2 or not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise BadInput(
            f"means: two or more finite figures a group expected, got {x.size} and {y.size}"
        )
    a, b = x.var(ddof=1) / x.size, y.var(ddof=1) / y.size
    total = float(a + b)
    free = total**2 / float(a**2 / (x.size - 1) + b**2 / (y.size - 1)) if total else None
    return estimate(float(y.mean() - x.mean()), math.sqrt(total), free, confidence)


def rates(
    first: tuple[float, float], second: tuple[float, float], *, confidence: float = 0.95
) -> Effect:
    """Return the log of second rate / first rate, events Poisson, exact limits.

    Given the sum of events, the second count is binomial; its Clopper-Pearson limits are turned
    into limits of the ratio. Take exp of value, lo and hi for the rate ratio.

    Parameters
    ----------
    first, second : (events, exposure)
        Exposure > 0 in one unit.

    Returns
    -------
    Effect
        Infinite value or limits where a side has no events; `error` is sqrt(1/x + 1/y).

    Raises
    ------
    BadInput
        Also where neither side has an event.

    Notes
    -----
    Przyborowski and Wilenski (1940), Biometrika 31:313-323. Over-dispersed events need wider
    limits.

    Examples
    --------
    >>> got = rates((30, 1000), (15, 1000))
    >>> round(float(np.exp(got.value)), 2), round(got.p_value, 4)
    (0.5, 0.0357)
    """
    from scipy.stats import binomtest

    (x, s), (y, t) = (_pair("rates", item, share=False) for item in (first, second))
    if x + y == 0 or x != int(x) or y != int(y):
        raise BadInput(f"rates: whole counts with at least one event expected, got {x:g}, {y:g}")
    test = binomtest(int(y), int(x + y), t / (s + t))
    limits = test.proportion_ci(confidence, "exact")
    with np.errstate(divide="ignore"):
        odds = [
            float(np.log(q) - np.log1p(-q) + math.log(s / t)) for q in (limits.low, limits.high)
        ]
        value = float(np.log(y / t) - np.log(x / s)) if x else math.inf
    error = math.sqrt(1 / x + 1 / y) if x and y else math.inf
    return Effect(value, error, odds[0], odds[1], float(test.pvalue))


def _pair(name: str, pair: tuple[float, float], *, share: bool = True) -> tuple[float, float]:
    try:
        x, n = (float(item) for item in pair)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{name}: expected a pair (count, total), got {pair!r}") from error
    if not (x >= 0 and 0 < n < math.inf and (x <= n if share else x < math.inf)):
        raise BadInput(f"{name}: expected 0 <= count{' <= total' * share}, total > 0; got {pair!r}")
    return x, n
