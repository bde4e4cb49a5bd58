"""Did the level or the trend of one series change at a known point?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import broadcast, check_confidence
from wfm.errors import BadInput
from wfm.evidence import regression

__all__ = ["Effect", "Interruption", "its"]

Floats = NDArray[np.float64]
ERRORS = ("default", "large_sample", "classical")


@dataclass(frozen=True)
class Effect:
    """An estimated change.

    Attributes
    ----------
    value, error : float
        Estimate and its standard error.
    lo, hi : float
        Confidence limits.
    p_value : float
        Two-sided, of no change.
    """

    value: float
    error: float
    lo: float
    hi: float
    p_value: float

    @property
    def clear(self) -> bool:
        """Whether the limits exclude 0."""
        return self.lo > 0 or self.hi < 0


@dataclass(frozen=True, eq=False)
class Interruption:
    """An interrupted time series.

    Attributes
    ----------
    level : Effect
        Change of level at the last point before the change: in the unit of the values for
        `model` ``"linear"``, in logarithms of the rate for ``"poisson"``.
    slope : Effect or None
        Change of trend a point.
    rate_ratio : Effect or None
        exp(level) with its limits, for counts; `error` is that of the logarithm.
    model : str
    names : tuple of str
        Terms of the regression.
    coefficients, errors : float64 array, shape (terms,)
        Published Newey-West (or quasi-Poisson) errors; `level` and `slope` hold those corrected for
        small samples.
    fitted, unchanged : float64 array, shape (points,)
        Fit, and what it would have been without the change (before it: the fit).
    dispersion : float
        phi for counts, residual variance else.
    durbin_watson : float
        About 2 without autocorrelation; below 1.5 neighbouring points resemble each other.
    lags : int or None
        Newey-West lags used.
    before, after : int
        Points on each side.
    """

    level: Effect
    slope: Effect | None
    rate_ratio: Effect | None
    model: str
    names: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    fitted: Floats
    unchanged: Floats
    dispersion: float
    durbin_watson: float
    lags: int | None
    before: int
    after: int


def its(
    values: ArrayLike,
    *,
    change: int,
    exposure: ArrayLike | None = None,
    model: str = "linear",
    slope: bool = True,
    harmonics: int = 0,
    season: float = 12.0,
    errors: str = "default",
    lags: int | None = None,
    least: int = 8,
    confidence: float = 0.95,
) -> Interruption:
    """Return the change of an interrupted time series.

    y = b0 + b1 t + b2 X + b3 X (t - t0) + harmonics, t = 1..n, X = 1 after the change, t0 the last
    point before it; b2 is the change of level, b3 of trend. For counts the log of the rate.

    Parameters
    ----------
    values : array_like, shape (points,)
        Evenly spaced; counts for ``"poisson"``.
    change : int
        Index, from 0, of the first point after the change.
    exposure : array_like, shape (points,), optional
        Contacts, population, hours: for ``"poisson"``, above 0.
    model : str
        ``"linear"`` (Newey-West errors with n / (n - k)) or ``"poisson"`` (quasi-Poisson errors,
        normal limits).
    slope : bool
        Whether the trend may change too.
    harmonics : int
        Pairs sin, cos (2 pi j t / season), j = 1..harmonics.
    season : float
        Points of one season: 12 for months a year, 7 for days a week.
    errors : str
        ``"default"``: limits from Newey-West errors corrected for small samples
        (`regression.small_sample`), or quasi-Poisson ones; ``"large_sample"``: Newey-West as
        published, Student with n - k; ``"classical"``: plain least squares, or phi = 1.
    lags : int, optional
        Newey-West lags; floor(4 (n/100)^(2/9)) by default.
    least : int
        Fewest points a side; 8 is a bare minimum, 12 better.
    confidence : float

    Returns
    -------
    Interruption

    Raises
    ------
    BadInput
        For too few points a side, missing values, or terms that cannot be told apart.

    Notes
    -----
    Lopez Bernal, Cummins and Gasparrini (2017), Int. J. Epidemiology 46:348-355. Not valid when
    something else changed at the same time; use a comparison team then (`did`).

    Examples
    --------
    >>> y = [5, 6, 5, 6, 5, 6, 5, 6, 8, 9, 8, 9, 8, 9, 8, 9]
    >>> got = its(y, change=8, slope=False)
    >>> got.level.clear, round(got.level.value, 1)
    (True, 2.6)
    """
    y, offset = _checked(values, exposure, model, errors)
    n = len(y)
    if not (isinstance(change, int | np.integer) and not isinstance(change, bool)):
        raise BadInput(f"its: change is the index of the first point after it, got {change!r}")
    if min(change, n - change) < max(least, 2):
        raise BadInput(
            f"its: {change} points before the change and {n - change} after; at least "
            f"{max(least, 2)} are needed on each side"
        )
    design, names = _design(n, int(change), slope=slope, harmonics=harmonics, season=season)
    used: int | None = None
    if model == "poisson":
        fit = regression.poisson(design, y, offset, quasi=errors != "classical")
    else:
        used = regression.newey_west_lags(n) if lags is None else lags
        used = None if errors == "classical" else used
        fit = regression.least_squares(design, y, lags=used)
    at = names.index("level")
    basis: dict[str, Any] = {
        "lags": used, "small": errors == "default", "counts": model == "poisson",
        "confidence": confidence,
    }  # fmt: skip
    level = _limits(fit, design, at, **basis)
    trend = _limits(fit, design, names.index("slope"), **basis) if slope else None
    without = fit.coefficients.copy()
    without[at] = 0.0
    if slope:
        without[names.index("slope")] = 0.0
    line = design @ without
    changes = np.diff(fit.residuals)
    return Interruption(
        level=level,
        slope=trend,
        rate_ratio=None if model == "linear" else Effect(
            float(np.exp(level.value)), level.error, float(np.exp(level.lo)),
            float(np.exp(level.hi)), level.p_value,
        ),
        model=model,
        names=names,
        coefficients=fit.coefficients,
        errors=fit.errors,
        fitted=fit.fitted,
        unchanged=line if model == "linear" else np.exp(line) * offset,
        dispersion=fit.dispersion,
        durbin_watson=_share(float(changes @ changes), float(fit.residuals @ fit.residuals)),
        lags=used,
        before=int(change),
        after=n - int(change),
    )  # fmt: skip


def estimate(value: float, error: float, free: float | None, confidence: float) -> Effect:
    """Return an effect with Student limits of `free` degrees of freedom, normal when None."""
    from scipy.stats import norm
    from scipy.stats import t as student

    law = norm() if free is None else student(free)
    half = float(law.ppf(0.5 + check_confidence(confidence) / 2)) * error
    away = abs(value) / error if error > 0 else (math.inf if value else 0.0)
    p_value = float(2 * law.sf(away))
    return Effect(value, error, value - half, value + half, p_value)


def _limits(
    fit: regression.Fit, design: Floats, at: int, *, lags: int | None, small: bool, counts: bool,
    confidence: float,
) -> Effect:  # fmt: skip
    value, error = float(fit.coefficients[at]), float(fit.errors[at])
    if counts:
        return estimate(value, error, None, confidence)
    if lags is None or not small:
        return estimate(value, error, len(design) - design.shape[1], confidence)
    factor, free = regression.small_sample(design, at, lags=lags)
    return estimate(value, error * factor, free, confidence)


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")


def _design(
    n: int, change: int, *, slope: bool, harmonics: int, season: float
) -> tuple[Floats, tuple[str, ...]]:
    if harmonics < 0 or not season > 0:
        raise BadInput(f"its: harmonics >= 0 and season > 0 expected, got {harmonics}, {season}")
    t = np.arange(1.0, n + 1)
    after = (t > change).astype(np.float64)
    columns, names = [np.ones(n), t, after], ["intercept", "time", "level"]
    if slope:
        columns.append(after * (t - change))
        names.append("slope")
    for j in range(1, harmonics + 1):
        columns += [np.sin(2 * np.pi * j * t / season), np.cos(2 * np.pi * j * t / season)]
        names += [f"sin{j}", f"cos{j}"]
    return np.column_stack(columns), tuple(names)


def _checked(
    values: ArrayLike, exposure: ArrayLike | None, model: str, errors: str
) -> tuple[Floats, Floats]:
    if model not in ("linear", "poisson") or errors not in ERRORS:
        raise BadInput(
            f"its: model is 'linear' or 'poisson', errors one of {', '.join(ERRORS)}; got "
            f"{model!r}, {errors!r}"
        )
    if model == "linear" and exposure is not None:
        raise BadInput("its: exposure belongs to model='poisson'; divide first, or change model")
    y, offset = broadcast(values=values, exposure=1.0 if exposure is None else exposure)
    if y.ndim != 1:
        raise BadInput(f"its: expected one series, got shape {y.shape}")
    bad = ~np.isfinite(y) | ~np.isfinite(offset) | (offset <= 0)
    if model == "poisson":
        bad |= y < 0
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise BadInput(
            f"its: {int(bad.sum())} of {len(y)} points are missing or out of range (first: point "
            f"{first}, value {y[first]:g}, exposure {offset[first]:g}); fill or merge them"
        )
    return y, offset
