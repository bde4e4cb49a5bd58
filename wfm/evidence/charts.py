"""Is this point or pattern a signal or noise? Control charts for single figures and counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.evidence.chart import Chart, MovingRange, baseline_mask, counts, finish, series
from wfm.evidence.drift import Cusum, cusum, ewma
from wfm.evidence.runs import DEFAULT_RULES, Rule, Runs, Signal, runs

__all__ = [
    "DEFAULT_RULES", "Chart", "Cusum", "MovingRange", "Rule", "Runs", "Signal", "cusum", "ewma",
    "laney_p", "laney_u", "p", "runs", "share", "u", "xmr",
]  # fmt: skip

Floats = NDArray[np.float64]

# 3/d2 and D4 of two points (d2 = 2/sqrt(pi)), as tables print them; 3.268 also circulates.
XMR_WIDTH = 2.66
RANGE_LIMIT = 3.267
D2 = 1.128
# Above these a p chart sees common cause as signals.
LARGE_N = 1000
LARGE_SIGMA_Z = 1.3


def xmr(
    values: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    rules: tuple[str, ...] = DEFAULT_RULES,
    widen: float = 1.0,
) -> Chart:
    """Return the chart of single figures: mean +/- 2.66 mean moving range.

    Parameters
    ----------
    values : array_like, shape (points,)
        A figure a point in order of time; NaN where undefined. Adjust weekday effects first
        (`wfm.evidence.seasonal`).
    baseline : int or bool array, shape (points,), optional
        The first so many points, or a mask: where centre and limits come from. All by default.
    rules : tuple of str
        Members of `Rule`.
    widen : float
        Factor on sigma of the points outside the baseline, >= 1: `seasonal.Adjusted.widen` for
        values whose weekday effects were learnt from the baseline.

    Returns
    -------
    Chart
        With `moving_range`, whose upper limit is 3.267 times its mean.

    Raises
    ------
    BadInput
        For fewer than two neighbouring baseline points or infinite values.

    Notes
    -----
    Wheeler, Understanding Variation (1993). Not for strongly skewed figures (handle times of single
    contacts: chart daily means or logarithms), nor for autocorrelated ones.

    Examples
    --------
    >>> chart = xmr([10, 50, 40, 30])
    >>> chart.centre, round(float(chart.upper[0]), 9), round(chart.moving_range.upper, 9)
    (32.5, 85.7, 65.34)
    """
    x = series("xmr", values)
    base = baseline_mask("xmr", baseline, ~np.isnan(x))
    moves = np.append(np.nan, np.abs(np.diff(x)))
    mean_range = _mean_range("xmr", moves, base)
    if not 1 <= widen < np.inf:
        raise BadInput(
            f"xmr: widen is a finite factor >= 1, got {widen!r}; weekday effects need two weeks or "
            "more of baseline"
        )
    sigma = np.where(base, 1.0, widen) * (XMR_WIDTH * mean_range / 3)
    return finish(
        "xmr", x, float(x[base].mean()), sigma, baseline=base, rules=rules,
        moving_range=MovingRange(moves, mean_range, RANGE_LIMIT * mean_range),
    )  # fmt: skip


def p(
    good: ArrayLike,
    total: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    rules: tuple[str, ...] = DEFAULT_RULES,
) -> Chart:
    """Return the chart of shares: p +/- 3 sqrt(p (1 - p) / n_i), p = sum good / sum total.

    Parameters
    ----------
    good, total : array_like, shape (points,)
        Counts; a point with total 0 is undefined.
    baseline, rules
        As in `xmr`.

    Returns
    -------
    Chart

    Raises
    ------
    BadInput

    Notes
    -----
    Assumes that only sampling varies. With thousands of contacts a point nothing else than noise
    breaks these limits: see `laney_p`, and `share` which chooses.

    Examples
    --------
    >>> chart = p([80, 85, 78, 82], [100, 100, 100, 100])
    >>> round(chart.centre, 4), round(float(chart.lower[0]), 4)
    (0.8125, 0.6954)
    """
    return _binomial("p", good, total, baseline, rules)


def laney_p(
    good: ArrayLike,
    total: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    rules: tuple[str, ...] = DEFAULT_RULES,
) -> Chart:
    """Return Laney's p' chart: p +/- 3 sigma_i sigma_z, for shares of large counts.

    z_i = (p_i - p) / sigma_i; sigma_z = mean |z_i - z_(i-1)| / 1.128, without a floor.

    Parameters
    ----------
    good, total, baseline, rules
        As in `p`.

    Returns
    -------
    Chart
        `sigma_z` above 1: more variation between points than sampling explains.

    Raises
    ------
    BadInput

    Notes
    -----
    Laney (2002), Quality Engineering 14:531-537.

    Examples
    --------
    >>> chart = laney_p([8000, 8500, 7800, 8200], [10000] * 4)
    >>> bool(chart.sigma_z > 1), chart.stable
    (True, True)
    """
    return _binomial("laney_p", good, total, baseline, rules)


def u(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    rules: tuple[str, ...] = DEFAULT_RULES,
) -> Chart:
    """Return the chart of events per exposure: u +/- 3 sqrt(u / n_i).

    Parameters
    ----------
    events : array_like, shape (points,)
        Counts of complaints, errors and the like; one contact may have several.
    exposure : array_like, shape (points,)
        Contacts (or thousands of them): its unit is the unit of the rate.
    baseline, rules
        As in `xmr`.

    Returns
    -------
    Chart

    Raises
    ------
    BadInput

    Examples
    --------
    >>> chart = u([4, 6, 5, 5], [1, 1, 1, 1])
    >>> chart.centre, round(float(chart.upper[0]), 4)
    (5.0, 11.7082)
    """
    return _rate("u", events, exposure, baseline, rules)


def laney_u(
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    rules: tuple[str, ...] = DEFAULT_RULES,
) -> Chart:
    """Return Laney's u' chart: u +/- 3 sigma_i sigma_z.

    Parameters
    ----------
    events, exposure, baseline, rules
        As in `u`.

    Returns
    -------
    Chart

    Raises
    ------
    BadInput

    Examples
    --------
    >>> round(laney_u([4, 6, 5, 5], [1, 1, 1, 1]).sigma_z, 4)
    0.3965
    """
    return _rate("laney_u", events, exposure, baseline, rules)


def share(
    good: ArrayLike,
    total: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    rules: tuple[str, ...] = DEFAULT_RULES,
) -> Chart:
    """Return `laney_p` where a total is above 1000 or sigma_z above 1.3, else `p`.

    The default chart of service_level, fcr, csat and answer_rate; `kind` says which it became.

    Examples
    --------
    >>> share([80, 85, 78, 82], [100] * 4).kind, share([8000, 8500, 7800], [10000] * 3).kind
    ('p', 'laney_p')
    """
    wide = laney_p(good, total, baseline=baseline, rules=rules)
    _, n = counts("share", good, total, share=True)
    if n[wide.baseline].mean() > LARGE_N or wide.sigma_z > LARGE_SIGMA_Z:
        return wide
    return p(good, total, baseline=baseline, rules=rules)


def _binomial(
    kind: str, good: ArrayLike, total: ArrayLike, baseline: ArrayLike | None, rules: tuple[str, ...]
) -> Chart:
    x, n = counts(kind, good, total, share=True)
    base = baseline_mask(kind, baseline, n > 0)
    centre = float(x[base].sum() / n[base].sum())
    return _attribute(kind, x, n, variance=centre * (1 - centre), base=base, rules=rules)


def _rate(
    kind: str, events: ArrayLike, exposure: ArrayLike, baseline: ArrayLike | None,
    rules: tuple[str, ...],
) -> Chart:  # fmt: skip
    x, n = counts(kind, events, exposure, share=False)
    base = baseline_mask(kind, baseline, n > 0)
    centre = float(x[base].sum() / n[base].sum())
    return _attribute(kind, x, n, variance=centre, base=base, rules=rules)


def _attribute(
    kind: str, x: Floats, n: Floats, *, variance: float, base: NDArray[np.bool_],
    rules: tuple[str, ...],
) -> Chart:  # fmt: skip
    centre = float(x[base].sum() / n[base].sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(n > 0, x / n, np.nan)
        sigma = np.where(n > 0, np.sqrt(variance / n), np.nan)
    factor = 1.0
    if kind.startswith("laney"):
        if variance <= 0:
            raise BadInput(
                f"{kind}: every baseline point is {centre:g}, so there is no variation to measure; "
                f"use {kind.removeprefix('laney_')}"
            )
        moves = np.append(np.nan, np.abs(np.diff((value - centre) / sigma)))
        factor = _mean_range(kind, moves, base) / D2
    return finish(kind, value, centre, sigma * factor, baseline=base, rules=rules, sigma_z=factor)


def _mean_range(name: str, moves: Floats, base: NDArray[np.bool_]) -> float:
    """Return the mean range between neighbours that are both in the baseline."""
    both = base & np.append(False, base[:-1]) & ~np.isnan(moves)
    if not both.any():
        raise BadInput(f"{name}: no two neighbouring baseline points; moving ranges need them")
    return float(moves[both].mean())
