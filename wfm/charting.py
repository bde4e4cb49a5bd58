"""Is a KPI stable: its control chart over days or weeks, weekdays and holidays taken out?

Which chart a KPI gets follows from what it is made of: shares a p or p' chart, events a u or u'
chart, forecast errors a CUSUM, all else XmR. Centre and limits come from the baseline alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm.actuals import Actuals
from wfm.errors import BadInput
from wfm.evidence import chart as charting
from wfm.evidence import charts, drift, seasonal
from wfm.evidence.runs import Rule
from wfm.flags import Flag, flags, long_run
from wfm.kpi import summaries
from wfm.kpi.measures import measure

__all__ = ["BASELINE_DAYS", "Charted", "chart", "kind_of"]

# Twelve weeks: enough days to learn weekdays from, few enough to leave something to watch.
BASELINE_DAYS = 84
_EVERY = ("day", "week", "month")
_SHARES = {"critical_error_accuracy"}
_EVENTS = {"complaint_rate"}
_ERRORS = {"forecast_bias", "aht_forecast_error"}
# Tables with a few rows a day: their days say nothing.
_WEEKLY = {"surveys", "checks", "critical", "callbacks", "complaints", "wishes", "duties"}
_MONTHLY = {"months", "customers", "staff_surveys", "calibration", "campaigns"}
_LEAST_DAYS = 35  # of daily baseline, to learn weekdays from


@dataclass(frozen=True, eq=False)
class Charted:
    """A KPI over time.

    Attributes
    ----------
    key : str
    where : tuple of (column, value)
        Of which part of the centre.
    every : str
        ``"day"``, ``"week"`` or ``"month"``.
    kind : str
        ``"xmr"``, ``"p"``, ``"laney_p"``, ``"u"``, ``"laney_u"`` or ``"cusum"``.
    definition : str
    frame : DataFrame
        A point a row: day, value (as measured), plotted (weekday effects taken out), lower, upper,
        n, baseline (bool), signal (bool). Of a CUSUM lower and upper are those of a single day
        (3 sigma), for the eye.
    centre : float
    adjusted : bool
        Whether weekday effects were taken out.
    flags : tuple of Flag
        Signals after or reaching beyond the baseline, oldest first.
    baseline_stable : bool
        Whether the baseline shows no signal by itself: limits of an unstable one mislead.
    """

    key: str
    where: tuple[tuple[str, Any], ...]
    every: str
    kind: str
    definition: str
    frame: pd.DataFrame
    centre: float
    adjusted: bool
    flags: tuple[Flag, ...]
    baseline_stable: bool


def kind_of(key: str) -> str:
    """Return which chart a KPI gets: ``"share"``, ``"events"``, ``"cusum"`` or ``"xmr"``.

    >>> [kind_of(key) for key in ("fcr", "complaint_rate", "forecast_bias", "aht_s")]
    ['share', 'events', 'cusum', 'xmr']
    """
    if measure(key).summarise is summaries.share or key in _SHARES:
        return "share"
    return "events" if key in _EVENTS else "cusum" if key in _ERRORS else "xmr"


def chart(
    actuals: Actuals,
    key: str,
    *,
    where: Mapping[str, Any] | None = None,
    every: str | None = None,
    baseline_until: dt.date | None = None,
    holidays: Iterable[dt.date] = (),
    rules: tuple[str, ...] = charts.DEFAULT_RULES,
    **choices: Any,
) -> Charted:
    """Return the control chart of a KPI with its signals.

    Parameters
    ----------
    actuals : Actuals
    key : str
    where : mapping of column to value, optional
        Only these rows, such as ``{"team": "team 1"}``; the KPI must be one of that level.
    every : str, optional
        ``"day"``, ``"week"`` or ``"month"``; by what the table can carry without.
    baseline_until : date, optional
        Last day that limits are learnt from; the first twelve weeks without, or half of what
        there is. End it before the change that is to be judged.
    holidays : iterable of date
        Days apart from the weekdays.
    rules : tuple of str
        Members of `wfm.evidence.runs.Rule`.
    **choices
        Parts of the definition.

    Raises
    ------
    BadInput
        No table, a level the KPI does not have, fewer than eight points.
    """
    chosen = dict(where or {})
    if every is not None and every not in _EVERY:
        raise BadInput(f"chart {key}: every is one of {', '.join(_EVERY)}; got {every!r}")
    name = actuals.for_kpi(key, [*chosen], **choices)
    if every is None:
        every = "week" if name in _WEEKLY else "month" if name in _MONTHLY else "day"
    table = actuals.tables[name]
    for column, value in chosen.items():
        table = table[table[column] == value]
    if table.empty:
        raise BadInput(f"chart {key}: no rows where {_told(chosen)} in {name}")
    got = Actuals({name: table}).compute(key, [*chosen, every], **choices)
    points = pd.DataFrame({"day": pd.to_datetime(got[every]).dt.date, **{
        column: got[column].to_numpy() for column in ("numerator", "denominator", "value", "n")
    }})  # fmt: skip
    points = points[points["value"].notna()].reset_index(drop=True)
    if len(points) < 8:
        raise BadInput(
            f"chart {key}: {len(points)} {every}s with a value; 8 or more are needed, 12 are better"
        )
    base = _baseline(points["day"], baseline_until)
    made = _made(key, points, base, every=every, holidays=tuple(holidays), rules=rules)
    found = flags(key, points, made.plotted, made.centre, made.stretches, made.sigma)
    return Charted(
        key, tuple(chosen.items()), every, made.kind, str(got["definition"].iloc[0]),
        _frame(points, made, found), made.centre, made.adjusted, found, made.stable,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Made:
    kind: str
    plotted: NDArray[np.float64]
    centre: float
    sigma: NDArray[np.float64]
    base: NDArray[np.bool_]
    adjusted: bool
    stretches: tuple[tuple[str, int, int], ...]
    stable: bool


def _baseline(days: pd.Series, until: dt.date | None) -> NDArray[np.bool_]:
    day = pd.to_datetime(days)
    if until is None:
        base = (day < day.iloc[0] + pd.Timedelta(days=BASELINE_DAYS)).to_numpy()
        half = np.arange(len(day)) < max(4, len(day) // 2)
        return base if base.sum() <= half.sum() else half
    base = (day <= pd.Timestamp(until)).to_numpy()
    if base.sum() < 4:
        raise BadInput(
            f"chart: {int(base.sum())} points until {until} to learn limits from; 4 or more are "
            "needed, 12 are better"
        )
    return np.asarray(base)


def _made(
    key: str, points: pd.DataFrame, base: NDArray[np.bool_], *, every: str,
    holidays: tuple[dt.date, ...], rules: tuple[str, ...],
) -> _Made:  # fmt: skip
    kind = kind_of(key)
    value = points["value"].to_numpy(np.float64)
    plotted, widen, adjusted = value, 1.0, False
    span = (pd.to_datetime(points["day"])[base].max() - pd.to_datetime(points["day"].iloc[0])).days
    if every == "day" and span >= _LEAST_DAYS and kind != "events":
        found = seasonal.adjust(value, points["day"].to_numpy(), baseline=base,
                                holidays=np.array(holidays, dtype="datetime64[D]"))  # fmt: skip
        # A day type that the baseline does not hold cannot be judged, and is left as it is.
        plotted = np.where(np.isnan(found.values), value, found.values)
        widen, adjusted = found.widen, True
    if kind == "cusum":
        return _cusum(plotted, base, adjusted)
    drawn = _drawn(kind, points, plotted, base, rules)
    sigma = drawn.sigma * np.where(base, 1.0, widen)
    flat = charting.finish(drawn.kind, plotted, drawn.centre, sigma, baseline=base, rules=rules)
    known = int(np.flatnonzero(base).max()) + 1
    seen = [
        (str(signal.rule), signal.first, signal.last) for signal in flat.signals
        if signal.rule != Rule.ANHOEJ and signal.last >= known
    ]  # fmt: skip
    if Rule.ANHOEJ in flat.rules:
        # About the median: the mean of a skewed series has most of its points on one side.
        middle = float(np.nanmedian(plotted[base]))
        run = long_run((plotted - middle) / np.where(sigma > 0, sigma, np.nan), base)
        seen += [] if run is None else [run]
    return _Made(drawn.kind, plotted, drawn.centre, sigma, base, adjusted, tuple(seen),
                 flat.baseline_stable)  # fmt: skip


def _drawn(
    kind: str, points: pd.DataFrame, plotted: NDArray[np.float64], base: NDArray[np.bool_],
    rules: tuple[str, ...],
) -> charting.Chart:  # fmt: skip
    below = points["denominator"].to_numpy(np.float64)
    if kind == "share":
        mean = points["numerator"][base].sum() / below[base].sum()
        if 0 < mean < 1:
            return charts.share(np.clip(plotted, 0, 1) * below, below, baseline=base, rules=rules)
    elif kind == "events":
        above = points["numerator"].to_numpy(np.float64)
        factor = float(np.nanmedian(points["value"] * below / np.where(above > 0, above, np.nan)))
        wide = charts.laney_u(above, below / factor, baseline=base, rules=rules)
        plain = charts.u(above, below / factor, baseline=base, rules=rules)
        return wide if wide.sigma_z > charts.LARGE_SIGMA_Z else plain
    return charts.xmr(plotted, baseline=base, rules=rules)


def _cusum(plotted: NDArray[np.float64], base: NDArray[np.bool_], adjusted: bool) -> _Made:
    found = drift.cusum(plotted, baseline=base, restart=True)
    stretches = []
    # A signal begins where its sum left 0.
    for sums in (found.upper, found.lower):
        for at in np.flatnonzero(found.signals & (sums > found.limit)):
            zero = np.flatnonzero(sums[:at] <= 0)
            stretches.append(("cusum", int(zero[-1]) + 1 if len(zero) else 0, int(at)))
    sigma = np.full(len(plotted), found.sigma)
    stable = not any(last < base.sum() for _, _, last in stretches)
    late = tuple(s for s in sorted(stretches, key=lambda s: s[1]) if s[2] >= base.sum())
    return _Made("cusum", plotted, found.mean, sigma, base, adjusted, late, stable)


def _frame(points: pd.DataFrame, made: _Made, found: tuple[Flag, ...]) -> pd.DataFrame:
    days = points["day"]
    signal = np.zeros(len(points), bool)
    for flag in found:
        signal |= ((days >= flag.first) & (days <= flag.last)).to_numpy()
    return pd.DataFrame({
        "day": days, "value": points["value"], "plotted": made.plotted,
        "lower": made.centre - 3 * made.sigma, "upper": made.centre + 3 * made.sigma,
        "n": points["n"], "baseline": made.base, "signal": signal,
    })  # fmt: skip


def _told(where: Mapping[str, Any]) -> str:
    return ", ".join(f"{column} is {value!r}" for column, value in where.items()) or "nothing"
