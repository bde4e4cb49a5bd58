"""How will the rest of today go, given how it has gone so far?

An interval with forecast F_i gets X_i F_i contacts on average, E X_i = 1. The factors of a day
vary together, Cov(X_i, X_j) = S_ij (`forecasts.dispersion`): a part is common to the day, a part
fades over hours. Counts add Poisson noise, and an error of their own within. With r = A / F - 1
of the intervals seen (o), the rest (u) is forecast by linear Bayes (credibility, kriging),

    E X_u = 1 + S_uo (S_oo + N)^-1 r,    Cov X_u = S_uu - S_uo (S_oo + N)^-1 S_ou,
    N = diag(1 / F_o + within).

Cov X_u never grows as intervals are added. With a common part only and Poisson counts,
X ~ Gamma(1/day, 1/day), this is the exact gamma-Poisson posterior mean (A + kappa) / (F + kappa),
kappa = 1 / day. That a day may be unlike those S was learned from is weighed, too
(`forecasts.credibility`).

Source: Bühlmann and Straub 1970; Jewell 1974 (linear credibility is exact for gamma-Poisson).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock, credibility, frames, spread
from forecasts.dispersion import Dispersion, assumed
from forecasts.errors import BadInput

IMPROBABLE = 12.0  # contacts expected in a run of silence that is taken for an outage
SILENT = 0.05  # of what is expected; so little is no calm day but a line that is nearly dead


@dataclass(frozen=True)
class Reforecast:
    """A forecast after some of its day is known.

    Attributes
    ----------
    frame : DataFrame
        The forecast's rows and columns, with volume and bands of the day's coming intervals
        changed, those of its known intervals being what came, and columns dispersion and status:
        ``"known"``, ``"masked"`` (before `at`, without a usable actual: volume is what probably
        came), ``"ahead"`` (the rest of the day) or ``"later"`` (other days, as forecast).
    days : DataFrame
        One row per queue: queue, day (local date), factor (of the intervals ahead, over their
        forecast; NaN if none is left), so_far (contacts counted), masked (what probably came in
        intervals that are over without a usable actual), rest (expected in those ahead), volume
        (so_far + masked + rest), sd of the volume, and its quantiles p2_5 to p97_5.
    """

    frame: pd.DataFrame
    days: pd.DataFrame


def reforecast(
    forecast: Any,
    actuals: pd.DataFrame,
    *,
    at: Any,
    day: Any = None,
    dispersion: Dispersion | Mapping[Any, Dispersion] | None = None,
    rare: float = credibility.RARE,
) -> Reforecast:
    """Return `forecast` with the local day of `at` updated by what came before `at`.

    Parameters
    ----------
    forecast : Forecast or DataFrame
        Made before the day.
    actuals : DataFrame
        queue, start, offered. Intervals that end after `at` are not used. No row or NaN: not
        recorded. A run of zeros, or of less than a twentieth of what was expected, where that was
        more than 12 contacts, all else having come as it has, counts as an outage and is masked.
    at : Timestamp
        Now, timezone-aware. Before the day's first interval nothing changes; after its last
        every interval is known.
    day : date or Timestamp, optional
        Local day that is updated; that of `at` if absent. At midnight sharp say whether the day
        that is over is meant.
    dispersion : Dispersion or mapping of queue to Dispersion, optional
        From past days, see `forecasts.dispersion.measured`. Absent: a third each of the squared
        error that the bands show is the day's, the hour's and the interval's.
    rare : float
        Share of days that err more than the dispersion says, 0 <= rare < 1. With 0 a day is never
        unlike the past: where that was calm, its forecast stays whatever comes.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.date_range("2026-03-02 09:00", periods=4, freq="h", tz="UTC")
    >>> frame = pd.DataFrame({"queue": "voice", "start": start, "volume": 100.0, "dispersion": 0.0})
    >>> came = frame.iloc[:2].assign(offered=[120.0, 130.0])
    >>> found = reforecast(frame, came, at=start[2], dispersion=Dispersion(day=0.01, within=0.0))
    >>> found.frame["volume"].round(1).tolist(), found.frame["status"].tolist()
    ([120.0, 130.0, 116.7, 116.7], ['known', 'known', 'ahead', 'ahead'])
    """
    frame = frames.checked(forecast)
    if "status" in frame.columns:
        raise BadInput(
            "forecast: it is a reforecast already; pass the forecast made before the day and all "
            "actuals of the day, or the morning counts twice"
        )
    if isinstance(rare, bool) or not isinstance(rare, (int, float)) or not 0 <= rare < 1:
        raise BadInput(f"rare: expected a share of days, 0 <= rare < 1, got {rare!r}")
    now = _instant(at)
    offered = frames.matched(frame, actuals)
    start = clock.utc_ns(frame["start"])
    tz = clock.zone_of(frame["start"])
    days = frames.local_days(frame)
    today = int(clock.local_ns(np.array([now]), tz)[0] // clock.NS_A_DAY)
    if day is not None:
        today = int(clock.day_numbers(pd.DatetimeIndex([day]))[0])
    volume, implied = frame["volume"].to_numpy(np.float64).copy(), spread.implied(frame).copy()
    status = np.full(len(frame), "later", object)
    quantiles = _given(frame, volume, implied)
    rows_of_days = []
    for queue, rows in frame.groupby("queue", sort=False).indices.items():
        ordered = np.asarray(rows)[np.argsort(start[rows], kind="stable")]
        own = ordered[days[ordered] == today]
        if not len(own):
            continue
        ended = clock.ends(start[ordered], tz)[days[ordered] == today] <= now
        split = _split(dispersion, queue, implied[own], volume[own])
        hours = start[own] / (60 * clock.NS_A_MINUTE)
        counted = _counted(offered[own], volume[own], ended)
        factor, covariance, within = credibility.weighed(
            offered[own], volume[own], counted, hours, split=split, rare=rare
        )
        expected = np.where(counted, offered[own], volume[own] * factor)
        rows_of_days.append({
            "queue": queue, "day": clock.dates(np.array([today]))[0],
            **_total(expected, volume[own], counted=counted, ended=ended,
                     covariance=covariance, within=within),
        })  # fmt: skip
        status[own] = np.where(counted, "known", np.where(ended, "masked", "ahead"))
        volume[own] = expected
        # A product of a factor and an interval's own error: their squares add and multiply.
        relative = np.diag(covariance) / factor**2
        implied[own] = np.where(counted, 0.0, relative + within + relative * within)
        rest = own[~counted]
        quantiles[rest] = spread.banded(volume[rest], implied[rest])
        quantiles[own[counted]] = offered[own[counted], None]
    if not rows_of_days:
        first, last = frame["start"].min(), frame["start"].max()
        raise BadInput(
            f"at: {pd.Timestamp(at)} lies on no day of the forecast ({first} to {last}); pass the "
            "time now and the forecast that covers today"
        )
    changed = frame.copy()
    changed["volume"] = volume
    changed[frames.QUANTILES] = quantiles
    changed["dispersion"], changed["status"] = implied, status
    totals = pd.DataFrame(rows_of_days)
    return Reforecast(changed, totals.astype({"queue": frame["queue"].dtype}))


def _instant(at: Any) -> int:
    try:
        moment = pd.Timestamp(at)
    except (ValueError, TypeError) as error:
        raise BadInput(f"at: expected a time, got {at!r}") from error
    if moment is pd.NaT or moment.tz is None:
        raise BadInput(
            f"at: expected a timezone-aware time, got {at!r}; for example "
            "pd.Timestamp.now('Europe/Paris')"
        )
    return int(moment.as_unit("ns").value)


def _given(frame: pd.DataFrame, volume: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    if all(name in frame.columns for name in frames.QUANTILES):
        return frame[frames.QUANTILES].to_numpy(np.float64).copy()
    return spread.banded(volume, dispersion)


def _split(given: Any, queue: Any, implied: np.ndarray, volume: np.ndarray) -> Dispersion:
    found = given.get(queue) if isinstance(given, Mapping) else given
    if found is None:
        used = volume > 0
        return assumed(float(np.average(implied[used], weights=volume[used])) if used.any() else 0)
    if not isinstance(found, Dispersion) or not (
        min(found.day, found.drift, found.within) >= 0
        and np.isfinite([found.day, found.drift, found.within]).all()
        and found.half_life_h > 0
    ):
        raise BadInput(
            f"dispersion: expected a Dispersion of parts >= 0 for queue {queue!r}, got {found!r}"
        )
    return found


def _counted(offered: np.ndarray, usual: np.ndarray, ended: np.ndarray) -> np.ndarray:
    """Return which intervals have ended with an actual that is no outage."""
    counted = ended & ~np.isnan(offered)
    silent = counted & (offered <= SILENT * usual) & (usual > 0)
    lively = counted & ~silent & (usual > 0)
    pace = offered[lively].sum() / usual[lively].sum() if lively.any() else 1.0
    expected = np.where(silent, usual * min(pace, 1.0), 0.0)
    run = np.cumsum(lively)
    return counted & ~(silent & (np.bincount(run, expected)[run] > IMPROBABLE))


def _total(
    expected: np.ndarray,
    usual: np.ndarray,
    *,
    counted: np.ndarray,
    ended: np.ndarray,
    covariance: np.ndarray,
    within: float,
) -> dict[str, float]:
    so_far, unsure = float(expected[counted].sum()), float(expected[~counted].sum())
    rest, due = float(expected[~ended].sum()), float(usual[~ended].sum())
    before = np.where(counted, 0.0, usual)
    squared = float(before @ covariance @ before) + within * float((expected[~counted] ** 2).sum())
    relative = max(squared, 0.0) / unsure**2 if unsure > 0 else 0.0
    levels = spread.banded(np.array([unsure]), np.array([relative]))[0] + so_far
    return {
        "factor": rest / due if due > 0 else np.nan,
        "so_far": so_far, "masked": float(expected[~counted & ended].sum()), "rest": rest,
        "volume": so_far + unsure, "sd": float(np.sqrt(max(squared, 0.0) + unsure)),
        **dict(zip(frames.QUANTILES, levels.tolist(), strict=True)),
    }  # fmt: skip
