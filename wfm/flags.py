"""Where in a chart is no noise: stretches with when they began, how big they are, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.evidence import runs
from wfm.kpi import catalogue

__all__ = ["Flag", "Stretch", "flags", "stretch", "words"]

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


def stretch(
    signal: runs.Signal, plotted: NDArray[np.float64], z: NDArray[np.float64],
    base: NDArray[np.bool_],
) -> tuple[str, int, int] | None:  # fmt: skip
    """Return rule, first and last point; None for one that lies in the baseline alone.

    The run analysis is about the whole chart and does not say when it began. Its stretch is the one
    after the baseline that lies furthest to one side: the largest sum of |z| - 1/2.
    """
    known = int(np.flatnonzero(base).max()) + 1
    if signal.rule != runs.Rule.ANHOEJ:
        return (str(signal.rule), signal.first, signal.last) if signal.last >= known else None
    found = runs.runs(plotted)
    enough = found.crossings >= found.crossings_limit
    if known >= len(plotted) or (enough and found.last < known):
        return None
    after = np.nan_to_num(z[known:])
    best = max((_furthest(side * after - 0.5) for side in (1.0, -1.0)), key=lambda s: s[0])
    return (str(signal.rule), known + best[1], known + best[2]) if best[0] > 0 else None


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


def flags(
    key: str, points: pd.DataFrame, plotted: NDArray[np.float64], centre: float,
    stretches: Iterable[Stretch],
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
    out = []
    for names, first, last, _ in merged:
        level = _level(points.iloc[first : last + 1], plotted[first : last + 1])
        size = level - centre
        better = None if direction == "band" else bool((size > 0) == (direction == "up"))
        out.append(Flag(
            tuple(dict.fromkeys(names)), points["day"].iloc[first], points["day"].iloc[last],
            last - first + 1, level, centre, size, better, last == len(points) - 1,
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
    "anhoej": "a longer run on one side of the median, or fewer crossings, than chance gives",
    "cusum": "many small deviations to one side",
}


def _figure(value: float, unit: str) -> str:
    return f"{100 * value:.1f} %" if unit.startswith("fraction") else f"{value:,.4g} {unit}".strip()
