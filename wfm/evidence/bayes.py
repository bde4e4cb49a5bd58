"""What is a unit's own level when its sample is small? Estimates drawn towards the mean."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import broadcast, check_confidence, wilson, z_value
from wfm.errors import BadInput
from wfm.evidence.chart import counts

__all__ = ["Shrunk", "james_stein", "shrink", "shrink_means"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shrunk:
    """Shrunken estimates of units.

    Attributes
    ----------
    method : str
        ``"beta-binomial"``, ``"james-stein"`` or ``"normal"``: they give different answers.
    raw, value : float64 array, shape (units,)
        Own figure (NaN without data) and estimate.
    lo, hi : float64 array, shape (units,)
        Limits of the estimate; NaN for ``"james-stein"``, which has none.
    weight : float64 array, shape (units,)
        Weight of the unit's own data, 0 to 1.
    mean : float
        What they are drawn to.
    spread : float
        rho (share of variance between units) for ``"beta-binomial"``, variance between units for
        ``"normal"``, c for ``"james-stein"``; 0 or below: no difference shown, all get the mean.
    a, b : float
        Prior of ``"beta-binomial"``; infinite where rho <= 0, NaN for the others.
    """

    method: str
    raw: Floats
    value: Floats
    lo: Floats
    hi: Floats
    weight: Floats
    mean: float
    spread: float
    a: float = math.nan
    b: float = math.nan


def shrink(good: ArrayLike, total: ArrayLike, *, confidence: float = 0.95) -> Shrunk:
    """Return empirical-Bayes shares of units: (a + x) / (a + b + n).

    rho = {S / (m (1 - m)) - (I - 1)} / {N - sum n^2 / N - (I - 1)}, S = sum n_i (p_i - m)^2,
    a + b = 1 / rho - 1, a = m (a + b); where rho <= 0 everybody gets m.

    Parameters
    ----------
    good, total : array_like, shape (units,)
        Counts; a unit with total 0 gets the mean.
    confidence : float

    Returns
    -------
    Shrunk
        Limits are quantiles of the Beta posterior (with rho <= 0 Wilson's limits of the pooled
        share); they take a and b as known and are a little too narrow for few units.

    Raises
    ------
    BadInput
        For fewer than two units with contacts.

    Notes
    -----
    Kleinman (1973), JASA 68:46-54, moments in one step. Standardise the mix first.

    Examples
    --------
    >>> got = shrink([18, 12, 7], [45, 45, 45])
    >>> [round(float(v), 4) for v in got.value], round(float(got.weight[0]), 3)
    ([0.3648, 0.2687, 0.1886], 0.721)
    """
    x, n = counts("shrink", good, total, share=True)
    some = n > 0
    units = int(some.sum())
    if units < 2:
        raise BadInput(f"shrink: {units} units have contacts; two or more are needed")
    size = float(n.sum())
    m = float(x.sum()) / size
    raw = np.where(some, x / np.where(some, n, 1.0), np.nan)
    apart = float((n[some] * (raw[some] - m) ** 2).sum())
    below = size - float((n**2).sum()) / size - (units - 1)
    rho = (apart / (m * (1 - m)) - (units - 1)) / below if 0 < m < 1 and below > 0 else 0.0
    if rho <= 0:
        ends = wilson(x.sum(), size, confidence=confidence)
        flat = np.ones(len(x))
        return Shrunk("beta-binomial", raw, m * flat, float(ends.lo) * flat, float(ends.hi) * flat,
                      0 * flat, m, rho, math.inf, math.inf)  # fmt: skip
    rho = min(rho, 1 - 1e-9)
    both = 1 / rho - 1
    a, b = m * both, (1 - m) * both
    from scipy.stats import beta

    tail = (1 - check_confidence(confidence)) / 2
    posterior = beta(a + x, b + n - x)
    return Shrunk("beta-binomial", raw, (a + x) / (both + n), posterior.ppf(tail),
                  posterior.ppf(1 - tail), n / (both + n), m, rho, a, b)  # fmt: skip


def james_stein(values: ArrayLike, variance: float) -> Shrunk:
    """Return James-Stein estimates: mean + c (x - mean).

    c = 1 - (k - 3) variance / sum (x - mean)^2 for k units.

    Parameters
    ----------
    values : array_like, shape (units,)
        Four or more figures with one variance.
    variance : float
        Sampling variance of each, >= 0.

    Returns
    -------
    Shrunk
        c is cut at 0 ("positive part").

    Raises
    ------
    BadInput

    Notes
    -----
    Efron and Morris (1977), Scientific American 236:119-127.

    Examples
    --------
    >>> got = james_stein([0.4, 0.3, 0.2, 0.1], 0.002)
    >>> [round(float(v), 3) for v in got.value]
    [0.394, 0.298, 0.202, 0.106]
    """
    (x,) = broadcast(values=values)
    if x.ndim != 1 or len(x) < 4 or not np.isfinite(x).all() or not variance >= 0:
        raise BadInput(
            f"james_stein: four or more figures and a variance >= 0 expected, got shape {x.shape}, "
            f"variance {variance!r}"
        )
    mean = float(x.mean())
    apart = float(((x - mean) ** 2).sum())
    c = max(0.0, 1 - (len(x) - 3) * variance / apart) if apart > 0 else 0.0
    none = np.full(len(x), np.nan)
    return Shrunk("james-stein", x, mean + c * (x - mean), none, none, np.full(len(x), c), mean, c)


def shrink_means(values: ArrayLike, errors: ArrayLike, *, confidence: float = 0.95) -> Shrunk:
    """Return empirical-Bayes means of units, each with its own standard error.

    Variance between units by DerSimonian and Laird; weight = between / (between + error^2).

    Parameters
    ----------
    values : array_like, shape (units,)
        Handle times, scores; standardise the mix first.
    errors : array_like, shape (units,)
        Standard errors, > 0.

    Returns
    -------
    Shrunk

    Raises
    ------
    BadInput

    Notes
    -----
    DerSimonian and Laird (1986), Controlled Clinical Trials 7:177-188.

    Examples
    --------
    >>> got = shrink_means([300, 330, 390], [10, 10, 40])
    >>> [round(float(v)) for v in got.value]
    [304, 329, 341]
    """
    x, s = broadcast(values=values, errors=errors)
    good = np.isfinite(x) & np.isfinite(s) & (s > 0)
    if x.ndim != 1 or len(x) < 2 or not good.all():
        raise BadInput(
            "shrink_means: two or more finite figures with standard errors > 0 expected; "
            f"{int((~good).sum())} of {x.size} are not"
        )
    w = 1 / s**2
    fixed = float((w * x).sum() / w.sum())
    q = float((w * (x - fixed) ** 2).sum())
    between = (q - (len(x) - 1)) / float(w.sum() - (w**2).sum() / w.sum())
    tau = max(between, 0.0)
    w = 1 / (s**2 + tau)
    mean = float((w * x).sum() / w.sum())
    own = tau / (tau + s**2)
    value = own * x + (1 - own) * mean
    # The mean is itself estimated: its variance enters with the weight it has.
    error = np.sqrt(own * s**2 + (1 - own) ** 2 / w.sum())
    half = z_value(confidence) * error
    return Shrunk("normal", x, value, value - half, value + half, own, mean, between)
