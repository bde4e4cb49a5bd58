"""Between which counts will an interval's contacts lie?

Given its mean, an interval is Poisson. The mean itself is uncertain: a common error of the day,
growing with the lead, and an error of the interval within the day. With squared relative
errors adding up to d the count is taken as negative binomial with mean m and variance
m + d m^2.

Source: Jongbloed and Koole 2001 (Poisson mixtures for call volumes).
"""

from __future__ import annotations

import numpy as np

LEVELS = {"p2_5": 0.025, "p10": 0.1, "p50": 0.5, "p90": 0.9, "p97_5": 0.975}
NEGLIGIBLE = 1e-6  # contacts; smaller means say nothing about their own error
NEARLY_POISSON = 1e-6  # d m below which the negative binomial is its Poisson limit


def quantiles(volume: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    """Return the quantiles of the count, one column for each of `LEVELS`, shape (n, 5).

    Parameters
    ----------
    volume : float array, shape (n,)
        Expected contacts m >= 0; where 0, every quantile is 0.
    dispersion : float array, shape (n,)
        Squared relative error d >= 0 of the mean.

    Examples
    --------
    >>> quantiles(np.array([10.0, 0.0]), np.array([0.0, 0.1])).tolist()
    [[4.0, 6.0, 10.0, 14.0, 17.0], [0.0, 0.0, 0.0, 0.0, 0.0]]
    """
    from scipy.stats import nbinom, poisson

    levels = np.array(list(LEVELS.values()))
    found = np.zeros((len(volume), len(levels)))
    mixed = (volume > 0) & (dispersion * volume > NEARLY_POISSON)
    plain = (volume > 0) & ~mixed
    if plain.any():
        found[plain] = poisson.ppf(levels, volume[plain, None])
    if mixed.any():
        size = 1 / dispersion[mixed, None]
        found[mixed] = nbinom.ppf(levels, size, size / (size + volume[mixed, None]))
    return np.maximum.accumulate(found, axis=1)


def dispersion(actual: np.ndarray, mean: np.ndarray) -> float:
    """Return the squared relative error of `mean` beyond Poisson noise, by moments, >= 0.

    sum((actual - mean)^2 - mean) / sum(mean^2), each squared error limited to 16 times what the
    usual interval shows, so that one broken day does not widen every band.

    Examples
    --------
    >>> dispersion(np.array([12.0, 8.0]), np.array([10.0, 10.0]))
    0.0
    """
    used = mean > NEGLIGIBLE
    if not used.any():
        return 0.0
    real, expected = actual[used], mean[used]
    squared = (real - expected) ** 2
    usual = np.median(squared / expected) / 0.455  # median of a squared standard normal
    squared = np.minimum(squared, 16 * max(usual, 1.0) * expected)
    return float(max((squared - expected).sum() / (expected**2).sum(), 0.0))
