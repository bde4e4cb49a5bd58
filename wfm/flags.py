"""Where in a chart is no noise: stretches with when they began, how big they are, in words."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.evidence import runs
from wfm.kpi import catalogue

__all__ = ["Flag", "Stretch", "flags", "long_run", "words"]

Stretch = tuple[str, int, int]  # rule, first and last point
_NEAR = 3  # points between two stretches of one side that are one


@dataclass(frozen=True)
class Flag:
    """One stretch of a chart that is no noise.

    Attributes
    ----------
    rules : tuple of str
        Rules that saw it, see `wfm.evidence.runs.Rule`; ``"cusum"`` for a CUSUM.
    first, last : date
        First and last day (or first day of the week) of the stretch.
    points : int
    level : float
        The KPI over the stretch: sum of numerators over sum of denominators where it is a ratio.
    centre : float
        What is usual.
    size : float
        level - centre.
    better : bool or None
        Whether that is the good direction; None where neither is.
    ongoing : bool
        Whether it reaches the last point.
    strength : float
        How far from chance, to put the strongest first: |mean deviation| in sigmas x sqrt(points).
    """

    rules: tuple[str, ...]
    first: dt.date
    last: dt.date
    points: int
    level: float
    centre: float
    size: float
    better: bool | None
    ongoing: bool
    strength: float


def long_run(z: NDArray[np.float64], base: NDArray[np.bool_]) -> Stretch | None:
    """Return where the watched points lie too long on one side of the baseline's median.

    Anhøj's longest run, more than round(log2(n) + 3) of n points, about the frozen median:
    a change in the middle of a chart moves its own median and hides itself there. The stretch is
    the one that lies furthest to that side, the largest sum of z - 1/2.

    Parameters
    ----------
    z : float64 array, shape (points,)
        Distances from the baseline's median in sigmas; NaN where undefined.
    base : bool array, shape (points,)
        The baseline; what follows its last point is watched.

    Returns
    -------
    (rule, first point, last point) or None

    Notes
    -----
    Anhøj and Olesen (2014), PLoS One 9:e113825, with the median frozen. Normal points without a
    change: 0.06 of watches of 15 weeks after 12, and 0.04 of 65 days after 66, signal (about the
    median of all: 0.03 and 0.07); a shift of 2 sigma after two points is seen in 0.87 and 1.00
    (0.64 and 1.00), of 1 sigma in 0.38 and 0.84 (0.15 and 0.60).

    Examples
    --------
    >>> z = np.array([1.0, -1] * 4 + [1, 2, 1, 2, 1, 2, 1, 2])
    >>> long_run(z, np.arange(16) < 8)
    ('anhoej', 8, 15)
    """
    known = int(np.flatnonzero(base).max()) + 1
    watched = z[known:]
    useful = watched[~np.isnan(watched) & (watched != 0)]
    if not len(useful):
        return None
    ends = np.flatnonzero(np.diff(useful > 0))
    length = np.diff(np.r_[-1, ends, len(useful) - 1])
    count = int((~np.isnan(z) & (z != 0)).sum())
    if length.max() <= round(math.log2(count) + 3):
        return None
    at = int(length.argmax())
    side = 1.0 if useful[np.r_[ends, len(useful) - 1][at]] > 0 else -1.0
    best = _furthest(side * np.nan_to_num(watched) - 0.5)
    return ("anhoej", known + best[1], known + best[2]) if best[0] > 0 else None


def _furthest(score: NDArray[np.float64]) -> tuple[float, int, int]:
    """Return the largest sum of neighbouring scores, and its first and last place."""
    best, total, begin = (0.0, 0, 0), 0.0, 0
    for at, value in enumerate(score):
        if total <= 0:
            total, begin = 0.0, at
        total += float(value)
        if total > best[0]:
            best = (total, begin, at)
    return best


def flags(  # noqa: PLR0917
    key: str, points: pd.DataFrame, plotted: NDArray[np.float64], centre: float,
    stretches: Iterable[Stretch], sigma: NDArray[np.float64],
) -> tuple[Flag, ...]:  # fmt: skip
    """Return the stretches, those of one side that touch taken together."""
    merged: list[tuple[list[str], int, int, float]] = []
    for rule, first, last in sorted(stretches, key=lambda s: (s[1], s[2])):
        side = float(np.sign(np.nanmean(plotted[first : last + 1]) - centre))
        if merged and merged[-1][3] == side and first <= merged[-1][2] + _NEAR:
            names, begin, end, _ = merged[-1]
            merged[-1] = ([*names, rule], begin, max(end, last), side)
        else:
            merged.append(([rule], first, last, side))
    direction = catalogue.find(key).direction
    spread = np.where(sigma > 0, sigma, np.nan)
    out = []
    for names, first, last, _ in merged:
        level = _level(points.iloc[first : last + 1], plotted[first : last + 1])
        size = level - centre
        better = None if direction == "band" else bool((size > 0) == (direction == "up"))
        out.append(Flag(
            tuple(dict.fromkeys(names)), points["day"].iloc[first], points["day"].iloc[last],
            last - first + 1, level, centre, size, better, last == len(points) - 1,
            float(abs(np.nanmean((plotted - centre)[first : last + 1] / spread[first : last + 1]))
                  * math.sqrt(last - first + 1)),
        ))  # fmt: skip
    return tuple(out)


def _level(points: pd.DataFrame, plotted: NDArray[np.float64]) -> float:
    """Return the mean of the stretch, points weighted by what they count."""
    weight = points["denominator"].to_numpy(np.float64)
    weight = np.where(np.isfinite(weight) & (weight > 0), weight, 0.0)
    return float(np.average(plotted, weights=weight) if weight.sum() > 0 else np.nanmean(plotted))


def words(key: str, where: tuple[tuple[str, Any], ...], flag: Flag) -> str:
    """Return one signal as a sentence.

    Where, since when, how far from usual, and which rule saw it.
    """
    kpi = catalogue.find(key)
    of = f" of {', '.join(str(value) for _, value in where)}" if where else ""
    since = f"since {flag.first}" if flag.ongoing else f"from {flag.first} to {flag.last}"
    way = "better" if flag.better else "worse" if flag.better is not None else "different"
    usual, now = (_figure(value, kpi.unit) for value in (flag.centre, flag.level))
    rules = " and ".join(RULES[rule] for rule in flag.rules)
    return f"{kpi.name_en}{of}: {now} {since}, usual {usual}; {way}, no noise ({rules})"


RULES = {
    **{str(rule): text for rule, text in runs.TEXTS.items()},
    "anhoej": "longer on one side of the usual than chance gives",
    "cusum": "many small deviations to one side",
}


def _figure(value: float, unit: str) -> str:
    return f"{100 * value:.1f} %" if unit.startswith("fraction") else f"{value:,.4g} {unit}".strip()
