"""What is left of a daily series once weekdays and holidays are taken out?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.evidence.chart import baseline_mask, series

__all__ = ["Adjusted", "adjust"]

Floats = NDArray[np.float64]
HOLIDAY = 7


@dataclass(frozen=True, eq=False)
class Adjusted:
    """A daily series without its weekday effects.

    Attributes
    ----------
    values : float64 array, shape (days,)
        NaN on days whose weekday (or holidays) the baseline does not hold.
    means : float64 array, shape (8,)
        Baseline means, Monday to Sunday, then holidays; NaN where the baseline has none.
    mean : float
        Baseline mean of all days that are no holidays.
    how : str
        ``"additive"`` or ``"ratio"``.
    widen : float
        sqrt((1 + d/n) / (1 - d/n)) for d day types learnt from n days: how much wider later days
        scatter than the baseline, whose own noise went into the factors. Give it to `charts.xmr`;
        without it four weeks of baseline more than double the false alarms. Infinite for one week.
    """

    values: Floats
    means: Floats
    mean: float
    how: str
    widen: float


def adjust(
    values: ArrayLike,
    days: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    holidays: ArrayLike = (),
    how: str = "additive",
) -> Adjusted:
    """Return daily values less their weekday's effect, learnt from the baseline alone.

    Additive: x - (mean of that weekday - mean); ratio: x / (mean of that weekday / mean).

    Parameters
    ----------
    values : array_like, shape (days,)
        NaN where undefined.
    days : array_like of dates, shape (days,)
        Local dates; times of day and zones are cut off.
    baseline : int or bool array, optional
        As in `charts.xmr`; must end before the change that is to be judged, or the change is
        partly adjusted away.
    holidays : array_like of dates
        A day type of their own.
    how : str
        ``"additive"`` for shares and times, ``"ratio"`` for volumes.

    Returns
    -------
    Adjusted

    Raises
    ------
    BadInput
        For lengths that differ, unknown `how`, or a ratio with means that are not above 0.

    Examples
    --------
    >>> days = pd.date_range("2026-03-02", periods=14)
    >>> got = adjust([10, 6, 6, 6, 6, 4, 4] * 2, days)
    >>> got.values.tolist() == [6.0] * 14
    True
    """
    x = series("adjust", values)
    kind = _day_types(days, holidays)
    if how not in ("additive", "ratio"):
        raise BadInput(f"adjust: how is 'additive' or 'ratio', got {how!r}")
    if kind.shape != x.shape:
        raise BadInput(f"adjust: {len(x)} values but {len(kind)} days; one day a value is expected")
    base = baseline_mask("adjust", baseline, ~np.isnan(x), least=7)
    sums = np.bincount(kind[base], x[base], 8)
    number = np.bincount(kind[base], minlength=8)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.where(number > 0, sums / number, np.nan)
    plain = base & (kind != HOLIDAY)
    mean = float(x[plain].mean()) if plain.any() else float("nan")
    if how == "ratio" and not ((means[~np.isnan(means)] > 0).all() and mean > 0):
        raise BadInput("adjust: a ratio needs weekday means above 0; use how='additive'")
    own = means[kind]
    out = x - (own - mean) if how == "additive" else x / (own / mean)
    part = int((number > 0).sum()) / int(base.sum())
    widen = float(np.sqrt((1 + part) / (1 - part))) if part < 1 else float("inf")
    return Adjusted(out, means, mean, how, widen)


def _day_types(days: ArrayLike, holidays: ArrayLike) -> NDArray[np.int64]:
    when = _dates("days", days)
    free = _dates("holidays", holidays)
    return np.where(when.isin(free), HOLIDAY, when.day_of_week).astype(np.int64)


def _dates(name: str, values: ArrayLike) -> pd.DatetimeIndex:
    try:
        index = pd.DatetimeIndex(pd.Index(values))  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise BadInput(f"adjust: {name} must be dates, got {values!r:.80}") from error
    if index.hasnans:
        raise BadInput(f"adjust: {name} has missing dates")
    return (index.tz_localize(None) if index.tz is not None else index).normalize()
