"""Least squares and quasi-Poisson fits with honest standard errors, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.errors import BadInput

__all__ = ["Fit", "least_squares", "newey_west_lags", "poisson"]

Floats = NDArray[np.float64]
_STEPS = 100
_CLOSE = 1e-12


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted regression.

    Attributes
    ----------
    coefficients : float64 array, shape (terms,)
    covariance : float64 array, shape (terms, terms)
        With the correction the caller asked for.
    fitted : float64 array, shape (points,)
    residuals : float64 array, shape (points,)
    dispersion : float
        Pearson chi-square over n - k for counts, residual variance for least squares.
    """

    coefficients: Floats
    covariance: Floats
    fitted: Floats
    residuals: Floats
    dispersion: float

    @property
    def errors(self) -> Floats:
        """Standard errors of the coefficients."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


def newey_west_lags(points: int) -> int:
    """Return the usual number of lags, floor(4 (n / 100)^(2/9)).

    >>> newey_west_lags(59)
    3
    """
    return int(np.floor(4 * (points / 100) ** (2 / 9)))


def least_squares(design: Floats, y: Floats, *, lags: int | None, correct: bool = True) -> Fit:
    """Return the least-squares fit with Newey-West errors, or classical ones when `lags` is None.

    Weights 1 - l / (L + 1); with `correct` the covariance is multiplied by n / (n - k).

    Parameters
    ----------
    design : float64 array, shape (points, terms)
    y : float64 array, shape (points,)
    lags : int or None
    correct : bool

    Notes
    -----
    Newey and West (1987), Econometrica 55:703-708.
    """
    n, k = design.shape
    _full_rank(design)
    inverse = np.asarray(np.linalg.inv(design.T @ design), np.float64)
    beta = inverse @ (design.T @ y)
    fitted = design @ beta
    residuals = y - fitted
    spread = float(residuals @ residuals / (n - k))
    if lags is None:
        return Fit(beta, inverse * spread, fitted, residuals, spread)
    score = design * residuals[:, None]
    meat = np.asarray(score.T @ score, np.float64)
    for lag in range(1, lags + 1):
        cross = score[lag:].T @ score[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    covariance = np.asarray(inverse @ meat @ inverse, np.float64)
    return Fit(beta, covariance * (n / (n - k) if correct else 1.0), fitted, residuals, spread)


def small_sample(design: Floats, at: int, *, lags: int) -> tuple[float, float]:
    """Return the factor on the Newey-West error of term `at` and Student's degrees of freedom.

    Residuals are smaller than errors, most where the design pulls: the estimated variance is the
    quadratic form e'Ae, A = M B M, whose mean and variance under independent errors give the factor
    sqrt((X'X)^-1 / tr A) and the degrees of freedom tr(A)^2 / tr(A^2).

    Notes
    -----
    Bell and McCaffrey (2002), Survey Methodology 28:169-181, for this estimator. Without it 11 % of
    series of 48 points without a change show one at 5 %, with it 4 % (benchmarks/evidence).

    Examples
    --------
    >>> x = np.column_stack([np.ones(48), np.arange(48.0), np.arange(48) > 23])
    >>> factor, free = small_sample(x, 2, lags=3)
    >>> round(factor, 2), round(free, 1)
    (1.13, 8.7)
    """
    n, k = design.shape
    inverse = np.linalg.inv(design.T @ design)
    pull = inverse @ design.T
    left = np.eye(n) - design @ pull
    g = pull[at]
    scaled = g[:, None] * left
    spread = scaled.copy()
    for lag in range(1, lags + 1):
        weight = 1 - lag / (lags + 1)
        spread[lag:] += weight * scaled[:-lag]
        spread[:-lag] += weight * scaled[lag:]
    form = g[:, None] * spread * (n / (n - k))
    trace, square = float(np.trace(form)), float((form * form.T).sum())
    return float(np.sqrt(inverse[at, at] / trace)), trace**2 / square


def poisson(design: Floats, y: Floats, exposure: Floats, *, quasi: bool = True) -> Fit:
    """Return the log-linear Poisson fit; with `quasi` the covariance is multiplied by phi.

    phi = sum of squared Pearson residuals / (n - k). Newton's method from log(y + 1/2).

    Parameters
    ----------
    design : float64 array, shape (points, terms)
    y : float64 array, shape (points,)
        Counts.
    exposure : float64 array, shape (points,)
        Above 0; enters as offset log(exposure).

    Raises
    ------
    BadInput
        Where the fit does not settle (a side with no counts at all).

    Notes
    -----
    McCullagh and Nelder, Generalized Linear Models (1989), chapter 6.
    """
    n, k = design.shape
    _full_rank(design)
    offset = np.log(exposure)
    start = np.log(y + 0.5) - offset
    beta = np.linalg.lstsq(design, start, rcond=None)[0]
    settled = False
    for _ in range(_STEPS):
        mean = np.exp(np.clip(design @ beta + offset, -700, 700))
        info = design.T @ (design * mean[:, None])
        try:
            step = np.linalg.solve(info, design.T @ (y - mean))
        except np.linalg.LinAlgError:
            break
        beta = beta + step
        settled = np.max(np.abs(step)) < _CLOSE * max(1.0, float(np.max(np.abs(beta))))
        if settled:
            break
    if not settled:
        raise BadInput(
            "poisson fit: it does not settle; is one side of the change without any counts?"
        )
    mean = np.exp(design @ beta + offset)
    covariance = np.linalg.inv(design.T @ (design * mean[:, None]))
    phi = float(((y - mean) ** 2 / mean).sum() / (n - k))
    return Fit(beta, covariance * (phi if quasi else 1.0), mean, y - mean, phi)


def _full_rank(design: Floats) -> None:
    n, k = design.shape
    scaled = design / np.maximum(np.abs(design).max(axis=0), 1e-300)
    if n <= k or np.linalg.matrix_rank(scaled) < k:
        raise BadInput(
            f"regression: {n} points cannot tell {k} terms apart; give more points, or fewer "
            "harmonics and no slope change"
        )
