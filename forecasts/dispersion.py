"""How does a forecast err: by the whole day, by a few hours of it, or interval by interval?

Once a day has begun, each of the three says something else about its rest: an error of the day
stays, one of the hour fades, one of a single interval is gone with it. With r_i = A_i / F_i - 1
of the intervals of one day, t_i hours apart,

    E r_i r_j = day + drift 2^(-|t_i - t_j| / half_life_h)      for i != j,
    E r_i^2   = day + drift + within + 1 / F_i,

the last term being Poisson noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock, frames, spread
from forecasts import quantiles as bands

FEWEST_DAYS = 5  # past days from which moments are believed
HALF_LIVES_H = (0.5, 1.0, 2.0, 4.0, 8.0)
CLIP_SD = 4.0  # residuals beyond it are one broken interval, not how the forecast errs
PRIOR_DAYS = 20.0  # weight of the bands' own width, split in thirds, against past days


@dataclass(frozen=True)
class Dispersion:
    """How a queue's forecast errs, as squared relative errors beyond Poisson noise, all >= 0.

    Attributes
    ----------
    day : float
        Error common to a day.
    drift : float
        Error common to neighbouring intervals.
    within : float
        Error of a single interval.
    half_life_h : float
        Hours after which the correlation of the drift has halved, > 0.
    """

    day: float
    drift: float = 0.0
    within: float = 0.0
    half_life_h: float = 2.0

    def covariance(self, hours: np.ndarray) -> np.ndarray:
        """Return the covariance of the relative errors of intervals at `hours`, (n, n).

        Poisson noise and `within`, which stand on the diagonal alone, are left out.
        """
        apart = np.abs(hours[:, None] - hours[None, :])
        return self.day + self.drift * 0.5 ** (apart / self.half_life_h)


def measured(forecast: Any, actuals: pd.DataFrame) -> dict[Any, Dispersion]:
    """Return by queue how forecasts of past days erred.

    Moments of the residuals, pairs of intervals weighted by the product of their forecasts; the
    half-life is the one that fits the products at all lags best, day and drift by least squares,
    both >= 0. Shrunk towards thirds of what the bands show, which weigh as much as 20 days. A
    queue with fewer than five days that have actuals is left out.

    Parameters
    ----------
    forecast : Forecast or DataFrame
        What had been forecast for days now over, each at the lead at which reforecasts start.
    actuals : DataFrame
        queue, start, offered.

    Raises
    ------
    BadInput
    """
    frame = frames.checked(forecast)
    offered, volume = frames.matched(frame, actuals), frame["volume"].to_numpy(np.float64)
    implied, day = spread.implied(frame), frames.local_days(frame)
    hours = clock.utc_ns(frame["start"]) / (60 * clock.NS_A_MINUTE)
    usable = ~np.isnan(offered) & (volume > bands.NEGLIGIBLE)
    found = {}
    for queue, rows in frame.groupby("queue", sort=False).indices.items():
        own = np.asarray(rows)[usable[rows]]
        days = [own[day[own] == one] for one in np.unique(day[own])]
        days = [one for one in days if offered[one].any()]
        if len(days) < FEWEST_DAYS:
            continue
        shown = float(np.average(implied[own], weights=volume[own]))
        moments = _moments([(offered[one], volume[one], hours[one]) for one in days])
        found[queue] = _shrunk(_fitted(moments), shown, len(days))
    return found


def assumed(shown: float) -> Dispersion:
    """Return the split of a dispersion that bands show where no past day says more: thirds."""
    return Dispersion(shown / 3, shown / 3, shown / 3)


@dataclass(frozen=True)
class _Moments:
    """Weighted mean products of residuals: lags in hours, products, weights, and the squares'."""

    lag: np.ndarray
    product: np.ndarray
    weight: np.ndarray
    square: float


def _moments(days: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> _Moments:
    actual, mean = (np.concatenate([day[at] for day in days]) for at in (0, 1))
    usual = 1.4826 * float(np.median(np.abs(actual - mean) / np.sqrt(mean)))
    reach = CLIP_SD * max(usual, 1.0)
    lags: dict[float, list[float]] = {}
    square = weight = 0.0
    for came, expected, hours in days:
        off = np.clip(came - expected, -reach * np.sqrt(expected), reach * np.sqrt(expected))
        square += float((off**2 - expected).sum())
        weight += float((expected**2).sum())
        apart = np.abs(hours[:, None] - hours[None, :])
        above = np.triu_indices(len(hours), 1)
        found, at = np.unique(np.round(apart[above], 3), return_inverse=True)
        products = np.bincount(at, np.outer(off, off)[above], len(found))
        weights = np.bincount(at, np.outer(expected, expected)[above], len(found))
        for lag, product, basis in zip(found, products, weights, strict=True):
            pair = lags.setdefault(float(lag), [0.0, 0.0])
            pair[0] += product
            pair[1] += basis
    order = sorted(lags)
    sums = np.array([lags[lag] for lag in order]).reshape(len(order), 2)
    return _Moments(np.array(order), sums[:, 0] / sums[:, 1], sums[:, 1], square / weight)


def _fitted(moments: _Moments) -> Dispersion:
    if not len(moments.lag):
        return Dispersion(max(moments.square, 0.0))
    from scipy.optimize import nnls

    root = np.sqrt(moments.weight / moments.weight.sum())
    best, chosen = np.inf, Dispersion(0.0)
    for half_life_h in HALF_LIVES_H:
        columns = np.column_stack([np.ones(len(root)), 0.5 ** (moments.lag / half_life_h)])
        (day, drift), loss = nnls(columns * root[:, None], moments.product * root)
        if loss < best:
            within = float(max(moments.square - day - drift, 0.0))
            best, chosen = loss, Dispersion(float(day), float(drift), within, half_life_h)
    return chosen


def _shrunk(fitted: Dispersion, shown: float, days: int) -> Dispersion:
    prior = assumed(shown)
    own = days / (days + PRIOR_DAYS)
    day, drift, within = (
        own * getattr(fitted, part) + (1 - own) * getattr(prior, part)
        for part in ("day", "drift", "within")
    )
    return Dispersion(day, drift, within, fitted.half_life_h)
