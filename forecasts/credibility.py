"""What do the intervals of a day that are over say about the others?

Given how forecasts err, S, the factors of the day follow by linear Bayes (`forecasts.intraday`).
A day that errs more than S says widens its own bands: variances are multiplied by
(SURE + r' (S_oo + N)^-1 r) / (SURE + n), which is 1 on average.

A calm past says little of a day unlike it, and S learned from it can be 0. A share `rare` of days
is therefore taken to err by more: a squared error J of the day, of some hours or of single
intervals is added to S. The day's counts weigh these possibilities by their likelihood,

    w_k ~ share_k |V_k|^-1/2 exp(-r' V_k^-1 r / 2),    V_k = S_k + N,

and the forecast is their mixture: mean sum w_k m_k, covariance sum w_k (C_k + d_k d_k'), d_k the
distance from m_k to the mean. On a day like the others the weights of the rare kinds vanish.

Source: Jewell 1974; Harrison and Stevens 1976 (multi-process models: a mixture of how much may
have changed).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from forecasts import quantiles as bands
from forecasts.dispersion import Dispersion

SURE = 10.0  # weight, in intervals, of the dispersion given against what the day shows
RARE = 0.005  # share of days unlike those the dispersion was learned from: one in 200
RARE_ERRORS = (0.05, 0.5)  # squared relative errors of such days: about 20 % and 70 %
LEAST_FACTOR = 0.02  # a linear forecast of a factor can fall below 0; a queue that is open cannot


def weighed(
    offered: np.ndarray,
    usual: np.ndarray,
    counted: np.ndarray,
    hours: np.ndarray,
    *,
    split: Dispersion,
    rare: float,
) -> tuple[np.ndarray, np.ndarray, float]:
    """Return mean (n,) and covariance (n, n) of the factors, and the own error of an interval.

    Of a usual day and the rare kinds, each by how well it explains what came.

    Parameters
    ----------
    offered, usual : float array, shape (n,)
        Contacts that came and that were forecast, an interval of the day each.
    counted : bool array, shape (n,)
        Which of `offered` are known.
    hours : float array, shape (n,)
        When they start, hours.
    split : Dispersion
    rare : float
        Share of days that err more than `split` says.
    """
    used = counted & (usual > bands.NEGLIGIBLE)
    unlike = _unlike(split) if rare > 0 and used.any() else []
    # Counts of a day that runs at 2.5 times its forecast have 2.5 times its Poisson noise.
    pace = (offered[used].sum() + 1) / (usual[used].sum() + 1)
    kinds = [split, *(kind for kind, _ in unlike)]
    paces = [1.0, *(pace if common else 1.0 for _, common in unlike)]
    shares = np.array([1 - rare, *[rare / len(unlike)] * len(unlike)]) if unlike else np.ones(1)
    found = [
        updated(offered, usual, used, hours, kind, pace=pace)
        for kind, pace in zip(kinds, paces, strict=True)
    ]
    score = np.log(shares) + [item.likelihood for item in found]
    weights = np.exp(score - score.max())
    weights /= weights.sum()
    mean = sum(weight * item.factor for weight, item in zip(weights, found, strict=True))
    covariance = np.zeros((len(usual), len(usual)))
    for weight, item in zip(weights, found, strict=True):
        off = item.factor - mean
        covariance += weight * (item.covariance + np.outer(off, off))
    within = float(sum(w * kind.within for w, kind in zip(weights, kinds, strict=True)))
    return np.maximum(mean, LEAST_FACTOR), covariance, within


def _unlike(split: Dispersion) -> list[tuple[Dispersion, bool]]:
    """Return how days err that are unlike the others, and whether intervals err in common."""
    return [
        (replace(split, **{part: getattr(split, part) + error}), part != "within")
        for part in ("day", "drift", "within")
        for error in RARE_ERRORS
    ]


@dataclass(frozen=True)
class Updated:
    """Mean (n,) and covariance (n, n) of the factors, and the log likelihood of what came."""

    factor: np.ndarray
    covariance: np.ndarray
    likelihood: float


def updated(
    offered: np.ndarray,
    usual: np.ndarray,
    counted: np.ndarray,
    hours: np.ndarray,
    split: Dispersion,
    *,
    pace: float = 1.0,
) -> Updated:
    """Return the factors of all intervals of the day, if it errs as `split` says.

    `pace` is the factor at which the Poisson noise of the counts is taken.
    """
    prior = split.covariance(hours)
    used = np.flatnonzero(counted & (usual > bands.NEGLIGIBLE))
    if not len(used):
        return Updated(np.ones(len(usual)), prior, 0.0)
    seen = prior[np.ix_(used, used)] + np.diag(pace / usual[used] + split.within)
    off = offered[used] / usual[used] - 1
    gain = np.linalg.solve(seen, prior[used]).T
    squared = float(off @ np.linalg.solve(seen, off))
    likelihood = -0.5 * (float(np.linalg.slogdet(seen)[1]) + squared)
    surprise = (SURE + squared) / (SURE + len(used))
    return Updated(1 + gain @ off, (prior - gain @ prior[used]) * surprise, likelihood)
