"""Did the change work, by the test that Plan locked, and is the series calm enough to ask?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.evidence import charts, effect
from wfm.evidence.interrupted import Effect, estimate
from wfm.pdca.series import SEASON, Weeks, seasonal

__all__ = ["Calm", "Level", "calm", "level", "opposite", "test", "tested_series"]

Floats = NDArray[np.float64]
# Drift of half a standard deviation a week, and an alarm at four (PRODUCT.md section 7.5).
SLACK, ALARM = 0.5, 4.0


@dataclass(frozen=True)
class Calm:
    """Whether a baseline is stable, and what its chart or trend shows where it is not."""

    stable: bool
    signals: tuple[str, ...]


def tested_series(
    method: str, treated: Weeks, comparison: Weeks | None, harmonics: int
) -> tuple[NDArray[np.int64], Floats]:
    """Return week numbers and the series a verdict rests on, without its season.

    The difference treated - comparison for ``"did"``; else the treated group less the season that
    the weeks before the change show.
    """
    if method == "did" and comparison is not None:
        return treated.number, treated.value - comparison.value
    values = treated.value
    if not harmonics:
        return treated.number, values
    before = (treated.number < 0) & ~np.isnan(values)
    waves = seasonal(treated.number, harmonics)
    design = np.column_stack([np.ones(len(values)), waves])
    beta = np.linalg.lstsq(design[before], values[before], rcond=None)[0]
    return treated.number, values - waves @ beta[1:]


def calm(method: str, treated: Weeks, comparison: Weeks | None, harmonics: int) -> Calm:
    """Return whether the baseline of the tested series shows no signal (rule 1)."""
    number, values = tested_series(method, treated, comparison, harmonics)
    base = values[(number < 0) & ~np.isnan(values)]
    found = [f"{s.text} (week {s.first + 1} to {s.last + 1})" for s in charts.xmr(base).signals]
    if method == "did" and comparison is not None and len(base) >= 8:
        drift = effect.parallel(base, np.zeros(len(base)))
        if drift.clear:
            found.append(f"treated and comparison drift apart by {drift.value:.3g} a week")
    return Calm(not found, tuple(found))


def test(
    method: str, treated: Weeks, comparison: Weeks | None, harmonics: int, weeks: int
) -> Effect:
    """Return the effect on the KPI over the first `weeks` after the change, 95 % limits.

    Randomised: treated - comparison, both ratios of sums over the window. Difference in
    differences: (T1 - T0) - (C1 - C0). Both with errors from whole weeks (each week's departure,
    Student's t), or those of independent contacts where these are wider. Interrupted series: change
    of level with trend and season, Newey-West.

    Raises
    ------
    BadInput
        For weeks without contacts.
    """
    after = treated.cut(0, weeks)
    before = treated.cut(int(treated.number[0]), 0)
    _filled(before, after)
    if method == "its":
        both = treated.cut(int(treated.number[0]), weeks)
        return effect.its(
            both.value, change=len(before.number), slope=False, harmonics=harmonics, season=SEASON
        ).level
    if comparison is None:
        raise BadInput(f"pdca: a {method} test needs a comparison group")
    other = comparison.cut(0, weeks)
    _filled(other)
    gap = after.pooled - other.pooled
    parts = [_spread(after.residuals - other.residuals)]
    single = _binomial(after) + _binomial(other)
    if method == "did":
        earlier = comparison.cut(int(comparison.number[0]), 0)
        _filled(earlier)
        gap -= before.pooled - earlier.pooled
        parts.append(_spread(before.residuals - earlier.residuals))
        single += _binomial(before) + _binomial(earlier)
    total = sum(part for part, _ in parts)
    free = total**2 / sum(part**2 / f for part, f in parts) if total > 0 else None
    return estimate(gap, math.sqrt(max(total, single)), free, 0.95)


@dataclass(frozen=True)
class Level:
    """Where the KPI stood in the window: value and 95 % limits, and the part that is season.

    `season` is the mean season of the window less that of the baseline; 0 where none is known.
    """

    value: float
    lo: float
    hi: float
    season: float


def level(treated: Weeks, weeks: int, harmonics: int) -> Level:
    """Return the ratio of sums over the window, errors from whole weeks.

    Weeks that differ more than their contacts explain widen the limits; the season that a year of
    baseline shows is no such difference, though it stays in the value.
    """
    number, plain = tested_series("its", treated, None, harmonics)
    season = np.nan_to_num(treated.value - plain)
    before, inside = number < 0, (number >= 0) & (number < weeks)
    after = treated.cut(0, weeks)
    share = after.below / after.below.sum()
    mean = float(share @ season[inside])
    usual = float(season[before] @ treated.below[before] / treated.below[before].sum())
    spread, free = _spread(after.residuals - share * (season[inside] - mean))
    got = estimate(after.pooled, math.sqrt(max(spread, _binomial(after))), free, 0.95)
    return Level(got.value, got.lo, got.hi, mean - usual if harmonics else 0.0)


def opposite(values: Floats, number: NDArray[np.int64], *, weeks: int, sign: float) -> list[int]:
    """Return the weeks after the window with a signal for the worse: 3 sigma, or a drift (CUSUM).

    Centre: mean of the window; sigma: moving ranges within baseline and window.
    """
    good = ~np.isnan(values)
    number, values = number[good], values[good]
    before, window, later = number < 0, (number >= 0) & (number < weeks), number >= weeks
    if not later.any() or window.sum() < 2:
        return []
    centre = values[window].mean()
    moved = values - np.where(before, values[before].mean() if before.any() else 0.0, centre)
    # One move joins baseline and window; both are centred, so it is as good as any other.
    chart = charts.xmr(moved, baseline=before | window, widen=math.sqrt(1 + 1 / window.sum()))
    sigma = float(chart.sigma[later][0])
    if sigma <= 0:
        return []
    z = sign * moved[later] / sigma
    drift, found = 0.0, []
    for week, step in zip(number[later].tolist(), z.tolist(), strict=True):
        drift = max(0.0, drift - step - SLACK)
        if step < -3 or drift > ALARM:
            found.append(int(week))
            drift = 0.0
    return found


def _spread(residuals: Floats) -> tuple[float, float]:
    """Return the variance of a ratio from its weeks' departures, and degrees of freedom."""
    weeks = len(residuals)
    if weeks < 2:
        raise BadInput("pdca: one week says nothing of how much weeks differ; two or more")
    return weeks / (weeks - 1) * float(residuals @ residuals), weeks - 1


def _binomial(part: Weeks) -> float:
    """Return p (1 - p) / n of a share, 0 of anything else."""
    if not part.share:
        return 0.0
    p = part.pooled
    return p * (1 - p) / float(part.below.sum())


def _filled(*parts: Weeks) -> None:
    for part in parts:
        empty = part.number[part.below <= 0]
        if len(empty):
            raise BadInput(
                f"pdca: {len(empty)} weeks without contacts (first: the one of "
                f"{part.day(int(empty[0]))}); give actuals without gaps"
            )
