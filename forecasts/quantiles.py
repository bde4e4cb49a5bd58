"""Between which counts will an interval's contacts lie?

Given its mean, an interval is Poisson. The mean itself is uncertain: a common error of the day,
growing with the lead, and an error of the interval within the day. With squared relative
errors adding up to d the count is taken as negative binomial with mean m and variance
m + d m^2.

Source: Jongbloed and Koole 2001 (Poisson mixtures for call volumes); Wilson and Hilferty 1931.
"""

from __future__ import annotations

import numpy as np

LEVELS = {"p2_5": 0.025, "p10": 0.1, "p50": 0.5, "p90": 0.9, "p97_5": 0.975}
SCORES = np.array([-1.959963984540054, -1.2815515655446004, 0.0,
                   1.2815515655446004, 1.959963984540054])  # fmt: skip
NEGLIGIBLE = 1e-6  # contacts; smaller means say nothing about their own error
HEAVY_TAIL = 1.3  # by how much the outer levels' d exceeds the inner ones', on replayed real days
WALKED = 36.0  # variance up to which the distribution is summed; above it a tenth of its root off


def quantiles(volume: np.ndarray, dispersion: np.ndarray, *, tail: float = 1.0) -> np.ndarray:
    """Return the quantiles of the count, one column for each of `LEVELS`, shape (n, 5).

    Parameters
    ----------
    volume : float array, shape (n,)
        Expected contacts m >= 0; where 0, every quantile is 0.
    dispersion : float array, shape (n,)
        Squared relative error d >= 0 of the mean.
    tail : float
        Factor of d at the outermost levels, > 1 where errors have heavier tails than a gamma.

    Examples
    --------
    >>> quantiles(np.array([10.0, 0.0]), np.array([0.0, 0.1])).tolist()
    [[4.0, 6.0, 10.0, 14.0, 17.0], [0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    from forecasts import _kernels

    return np.asarray(_kernels.count_quantiles(
        np.asarray(volume, float), np.asarray(dispersion, float), np.array(list(LEVELS.values())),
        SCORES, tail, WALKED,
    ))  # fmt: skip


def dispersion(actual: np.ndarray, mean: np.ndarray) -> float:
    """Return the squared relative error of `mean` beyond Poisson noise, by moments, >= 0.

    sum((actual - mean)^2 - mean) / sum(mean^2), each squared error limited to 16 times what the
    usual interval shows, so that one broken day does not widen every band.

    Examples
    --------
    >>> dispersion(np.array([12.0, 8.0]), np.array([10.0, 10.0]))
    0.0
    """
    from forecasts import _kernels

    return float(_kernels.beyond_poisson(
        np.asarray(actual, float).ravel(), np.asarray(mean, float).ravel(), NEGLIGIBLE
    ))  # fmt: skip
