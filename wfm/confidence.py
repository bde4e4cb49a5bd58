"""How far may the truth lie from a measured figure?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput

__all__ = ["Limits", "net_score", "poisson", "quantile", "ratio", "wilson", "z_value"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Limits:
    """Confidence limits, of the broadcast shape of the arguments; NaN where undefined.

    Attributes
    ----------
    lo, hi : float64 array
        In the unit of the figure.
    """

    lo: Floats
    hi: Floats


def z_value(confidence: float) -> float:
    """Return the two-sided normal quantile of `confidence` (0.95 gives 1.96).

    >>> round(z_value(0.95), 12)
    1.95996398454
    """
    from scipy.special import ndtri

    return float(ndtri(0.5 + check_confidence(confidence) / 2))


def wilson(successes: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Limits:
    """Return Wilson's limits of a share: the p0 with |p - p0| <= z sqrt(p0 (1 - p0) / n).

    Parameters
    ----------
    successes, n : array_like
        Counts, 0 <= successes <= n, one shape after broadcasting. Not for shares of time: a second
        of talk is not an independent trial.
    confidence : float
        Coverage, between 0 and 1.

    Returns
    -------
    Limits
        NaN where n is 0.

    Raises
    ------
    BadInput
        For counts out of range or a confidence that is no fraction.

    Notes
    -----
    Wilson (1927). Assumes independent contacts.

    Examples
    --------
    >>> got = wilson(5, 5)
    >>> round(float(got.lo), 12), float(got.hi)
    (0.565517535217, 1.0)
    """
    x, n_ = broadcast(successes=successes, n=n)
    refuse(
        "wilson", ~(np.isnan(x) | ((x >= 0) & (x <= n_ * (1 + 1e-12)))), "0 <= successes <= n", x
    )
    z2 = z_value(confidence) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        p = x / n_
        middle = (x + z2 / 2) / (n_ + z2)
        half = np.sqrt(z2) / (n_ + z2) * np.sqrt(np.maximum(n_ * p * (1 - p), 0) + z2 / 4)
        lo, hi = middle - half, middle + half
    lo, hi = np.where(x == 0, 0.0, lo), np.where(x >= n_, 1.0, hi)
    empty = ~(n_ > 0) | np.isnan(x)
    return Limits(np.where(empty, np.nan, lo)[()], np.where(empty, np.nan, hi)[()])


def poisson(events: ArrayLike, exposure: ArrayLike = 1.0, *, confidence: float = 0.95) -> Limits:
    """Return exact limits of a rate: events per exposure, events Poisson (Garwood 1936).

    Parameters
    ----------
    events : array_like
        Counts >= 0.
    exposure : array_like
        What they are counted over, >= 0; its unit gives the rate's unit.

    Returns
    -------
    Limits
        NaN where exposure is 0.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> got = poisson(10)
    >>> round(float(got.lo), 4), round(float(got.hi), 4)
    (4.7954, 18.3904)
    """
    from scipy.special import gammaincinv

    x, t = broadcast(events=events, exposure=exposure)
    refuse("poisson", (x < 0) | (t < 0), "events and exposure >= 0", np.where(x < 0, x, t))
    tail = (1 - check_confidence(confidence)) / 2
    safe = np.where(np.isnan(x), 1.0, x)
    with np.errstate(invalid="ignore", divide="ignore"):
        lo = np.where(safe > 0, gammaincinv(np.maximum(safe, 1e-300), tail), 0.0) / t
        hi = gammaincinv(safe + 1, 1 - tail) / t
    empty = ~(t > 0) | np.isnan(x)
    return Limits(np.where(empty, np.nan, lo)[()], np.where(empty, np.nan, hi)[()])


def ratio(
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    groups: NDArray[np.int64] | None = None,
    confidence: float = 0.95,
) -> Limits:
    """Return limits of sum(numerator) / sum(denominator), rows taken as independent.

    Linearised: with R the ratio and e = y - R x, Var R = m/(m-1) sum e^2 / (sum x)^2 over m rows,
    and Student's quantile with m - 1 degrees of freedom.

    Parameters
    ----------
    numerator, denominator : array_like, shape (rows,)
        A row each interval, agent-day or contact.
    groups : int64 array, shape (rows,), optional
        Group number of each row from 0; one group when left out.

    Returns
    -------
    Limits
        Shape (groups,). NaN where fewer than two rows have a denominator above 0.

    Notes
    -----
    Cochran, Sampling Techniques (1977), equation 6.12. Rows that influence each other (neighbouring
    intervals of one bad hour) make the true limits wider. Not for fewer than about ten rows.

    Examples
    --------
    >>> got = ratio([300, 360, 240], [1, 1, 1])
    >>> round(float(got.lo[0]), 2), round(float(got.hi[0]), 2)
    (150.95, 449.05)
    """
    from scipy.stats import t as student

    y, x = broadcast(numerator=numerator, denominator=denominator)
    y, x = np.atleast_1d(y), np.atleast_1d(x)
    group = np.zeros(len(y), np.int64) if groups is None else groups
    count = int(group.max(initial=-1)) + 1 if groups is not None else 1
    known = ~(np.isnan(y) | np.isnan(x))
    y, x, group = y[known], x[known], group[known]
    total = np.bincount(group, x, count)
    rows = np.bincount(group, x > 0, count)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.bincount(group, y, count) / total
        square = np.bincount(group, (y - value[group] * x) ** 2, count)
        error = np.sqrt(rows / (rows - 1) * square) / total
        half = student.ppf(0.5 + check_confidence(confidence) / 2, rows - 1) * error
        few = (rows < 2) | ~(total > 0)
    return Limits(np.where(few, np.nan, value - half), np.where(few, np.nan, value + half))


def net_score(
    promoters: ArrayLike, detractors: ArrayLike, n: ArrayLike, *, confidence: float = 0.95
) -> Limits:
    """Return limits of the net promoter score, 100 (p - d), in points.

    Standard error 100 sqrt((p + d - (p - d)^2) / n), normal limits within -100 to 100.

    Parameters
    ----------
    promoters, detractors : array_like
        Answers 9-10 and 0-6.
    n : array_like
        All answers.

    Returns
    -------
    Limits
        NaN where n is 0. Too narrow for a handful of answers that all agree.

    Examples
    --------
    >>> got = net_score(90, 50, 200)
    >>> round(float(got.lo), 2), round(float(got.hi), 2)
    (8.74, 31.26)
    """
    up, down, n_ = broadcast(promoters=promoters, detractors=detractors, n=n)
    refuse("net_score", (up < 0) | (down < 0) | (up + down > n_), "promoters + detractors <= n", n_)
    with np.errstate(invalid="ignore", divide="ignore"):
        p, d = up / n_, down / n_
        half = z_value(confidence) * 100 * np.sqrt(np.maximum(p + d - (p - d) ** 2, 0) / n_)
        score = 100 * (p - d)
    return Limits(np.maximum(score - half, -100.0)[()], np.minimum(score + half, 100.0)[()])


def quantile(values: ArrayLike, q: float, *, confidence: float = 0.95) -> Limits:
    """Return limits of the `q` quantile by order statistics, free of any distribution.

    The ranks are the quantiles of Binomial(n, q); where they fall outside the sample the limit is
    infinite, for the sample cannot bound it.

    Parameters
    ----------
    values : array_like, shape (n,)
    q : float
        Between 0 and 1.

    Notes
    -----
    David and Nagaraja, Order Statistics (2003), section 7.1.

    Examples
    --------
    >>> got = quantile(range(1, 101), 0.5)
    >>> float(got.lo), float(got.hi)
    (40.0, 61.0)
    """
    from scipy.stats import binom

    ordered = np.sort(np.asarray(values, np.float64).ravel())
    ordered = ordered[~np.isnan(ordered)]
    n = len(ordered)
    if not 0 < q < 1:
        raise BadInput(f"quantile: q lies between 0 and 1, got {q!r}")
    if n == 0:
        return Limits(np.float64(np.nan), np.float64(np.nan))  # type: ignore[arg-type]
    tail = (1 - check_confidence(confidence)) / 2
    # P(X_(r) <= quantile <= X_(s)) = P(r <= B <= s - 1) with B binomial.
    low = int(binom.ppf(tail, n, q))
    high = int(binom.ppf(1 - tail, n, q)) + 1
    lo = ordered[low - 1] if low >= 1 else -np.inf
    hi = ordered[high - 1] if high <= n else np.inf
    return Limits(np.float64(lo), np.float64(hi))  # type: ignore[arg-type]


def check_confidence(confidence: float) -> float:
    """Return `confidence` if it lies between 0 and 1."""
    if isinstance(confidence, bool) or not 0 < confidence < 1:
        raise BadInput(
            f"confidence: expected a fraction between 0 and 1, got {confidence!r} - was a percent "
            "passed?"
        )
    return float(confidence)


def broadcast(**named: ArrayLike) -> list[Floats]:
    """Return the arguments as float64 arrays of one shape; NaN stands for undefined."""
    arrays = {}
    for name, value in named.items():
        raw: Any = np.asarray(value)
        if raw.dtype.kind not in "iuf" and not (raw.dtype == object and raw.size):
            raise BadInput(f"{name}: expected numbers, got {raw.dtype} ({value!r:.60})")
        try:
            arrays[name] = raw.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise BadInput(f"{name}: expected numbers, got {value!r:.60}") from error
    try:
        return [np.asarray(item) for item in np.broadcast_arrays(*arrays.values())]
    except ValueError as error:
        shapes = ", ".join(f"{name} {item.shape}" for name, item in arrays.items())
        raise BadInput(
            f"arguments do not broadcast: got shapes {shapes}; pass single numbers or arrays of "
            "one shape"
        ) from error


def refuse(where: str, bad: NDArray[np.bool_], expected: str, values: Floats) -> None:
    """Raise BadInput naming the first bad value and how many there are."""
    if not np.any(bad):
        return
    bad, values = np.atleast_1d(bad), np.atleast_1d(values)
    first = int(np.flatnonzero(bad.ravel())[0])
    got = values.ravel()[min(first, values.size - 1)]
    at = f" at index {first}" if bad.size > 1 else ""
    count = f" ({int(bad.sum())} of {bad.size} values are bad)" if bad.size > 1 else ""
    raise BadInput(f"{where}: expected {expected}; got {float(got):g}{at}{count}")
