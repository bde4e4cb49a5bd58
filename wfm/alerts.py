"""What in the centre is no noise right now: the default charts run, their signals listed.

No alarm without a chart signal. An alert says where, since when and how big, so that a PDCA cycle
can begin from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from forecasts import dispersion, monitor
from wfm import charting
from wfm.actuals import Actuals
from wfm.charting import Charted
from wfm.errors import BadInput
from wfm.flags import Flag, words
from wfm.kpi.definitions import definition
from wfm.kpi.measures import measure

__all__ = ["DEFAULT_WATCH", "Alert", "Spike", "Watch", "alerts", "has_awt", "spikes", "stored"]

# `lo` and `hi` are the 10 % and 90 % quantiles: so many standard deviations from the mean.
_Z90 = 1.2816
_ONE_SPIKE = pd.Timedelta(hours=12)


@dataclass(frozen=True)
class Watch:
    """One KPI to be watched.

    Attributes
    ----------
    key : str
    by : str or None
        Column whose values get a chart each; None: the whole centre.
    choices : mapping
        Parts of the definition. ``awt_s`` is taken from the table where it names it.
    every : str or None
        ``"day"``, ``"week"`` or ``"month"``; None: as the table carries.
    """

    key: str
    by: str | None = None
    choices: dict[str, Any] = field(default_factory=dict)
    every: str | None = None


DEFAULT_WATCH = (
    Watch("service_level", "queue"),
    Watch("abandonment", "queue"),
    Watch("aht_s", "queue"),
    Watch("cost_per_contact", "queue"),
    Watch("forecast_bias", "queue"),
    Watch("complaint_rate", every="week"),
    Watch("fcr", "team", {"method": "survey"}),
    Watch("csat", "team"),
    Watch("qa_score", "team"),
    Watch("adherence", "team"),
    Watch("absenteeism", "team"),
)


@dataclass(frozen=True)
class Alert:
    """One signal.

    Attributes
    ----------
    id : str
        Stable: the same signal has the same id on the next day.
    key : str
    where : tuple of (column, value)
    flag : Flag
        Since when, how big, which rule.
    definition : str
        What the KPI was measured by.
    every : str
        A point of the chart: ``"day"``, ``"week"`` or ``"month"``.
    text : str
        The same as a sentence.
    """

    id: str
    key: str
    where: tuple[tuple[str, Any], ...]
    flag: Flag
    definition: str
    every: str
    text: str


def alerts(
    actuals: Actuals,
    *,
    watch: Iterable[Watch] = DEFAULT_WATCH,
    within_days: int | None = 28,
    holidays: Iterable[dt.date] = (),
    baseline_until: dt.date | None = None,
) -> tuple[Alert, ...]:
    """Return the signals of the default charts: those that go on first, then the strongest.

    Parameters
    ----------
    actuals : Actuals
    watch : iterable of Watch
        KPIs without data are passed over.
    within_days : int or None
        Signals that ended longer before the last actual are left out; None keeps all.
    holidays : iterable of date
    baseline_until : date, optional
        As in `charting.chart`.
    """
    days = tuple(holidays)
    found = []
    for item in watch:
        for charted in _charts(actuals, item, days, baseline_until):
            last = charted.frame["day"].iloc[-1]
            found += [
                _alert(charted, flag) for flag in charted.flags
                if within_days is None or (last - flag.last).days <= within_days
            ]  # fmt: skip
    return tuple(sorted(found, key=lambda a: (a.flag.ongoing, a.flag.strength), reverse=True))


def _charts(
    actuals: Actuals, item: Watch, holidays: tuple[dt.date, ...], until: dt.date | None
) -> list[Charted]:
    by = [] if item.by is None else [item.by]
    definition(item.key, **item.choices)  # a wrong one is a mistake, not a KPI without data
    if not actuals.has(item.key, by, **item.choices):
        return []
    table = actuals.tables[actuals.for_kpi(item.key, by, **item.choices)]
    out = []
    for value in [None] if item.by is None else sorted(table[item.by].unique()):
        where = {} if item.by is None else {item.by: value}
        own = table if item.by is None else table[table[item.by] == value]
        try:
            out.append(charting.chart(
                actuals, item.key, where=where, every=item.every, holidays=holidays,
                baseline_until=until, **stored(item.key, own, item.choices),
            ))  # fmt: skip
        except BadInput:  # too short to say anything
            continue
    return out


def has_awt(key: str) -> bool:
    """Return whether the KPI is defined by an acceptable waiting time."""
    return "awt_s" in {choice.name for choice in measure(key).choices}


def stored(key: str, table: pd.DataFrame, choices: Mapping[str, Any]) -> dict[str, Any]:
    """Return `choices`, with the awt_s that `table` was counted with where it is one.

    A service level is defined by it, and the table knows it.
    """
    if has_awt(key) and "awt_s" not in choices and "awt_s" in table.columns:
        known = table["awt_s"].dropna().unique()
        if len(known) == 1:
            return {**choices, "awt_s": float(known[0])}
    return dict(choices)


def _alert(charted: Charted, flag: Flag) -> Alert:
    part = "-".join(str(value) for _, value in charted.where) or "centre"
    return Alert(
        f"{charted.key}@{part}@{flag.first}".replace(" ", "_"), charted.key, charted.where, flag,
        charted.definition, charted.every, words(charted.key, charted.where, flag),
    )  # fmt: skip


@dataclass(frozen=True)
class Spike:
    """Contacts that came, or stayed away, beyond the forecast.

    Attributes
    ----------
    queue : str
    direction : str
        ``"spike"`` or ``"outage"``.
    start, last : Timestamp
        First and last interval of the deviation.
    contacts : float
        Sum of actual - forecast in between.
    expected : float
        Contacts the forecast had there.
    event : str or None
        Registered cause; None: nobody announced it, an owner is to be found.
    """

    queue: str
    direction: str
    start: pd.Timestamp
    last: pd.Timestamp
    contacts: float
    expected: float
    event: str | None


def spikes(actuals: Actuals, *, weeks: int = 1) -> tuple[Spike, ...]:
    """Return the spikes and outages of the last weeks, the largest first.

    Watched by a CUSUM of what each interval says beyond the earlier ones of its day
    (`forecasts.monitor`); how forecasts err is learnt from the weeks before. Signals of one queue
    and direction less than half a day apart are one.

    Parameters
    ----------
    actuals : Actuals
        interval_actuals with forecast_volume, lo and hi; campaigns where known.
    weeks : int
        Last weeks watched.

    Raises
    ------
    BadInput
        No forecast beside the actuals, or nothing to learn from.
    """
    table = actuals.intervals
    missing = [name for name in ("forecast_volume", "lo", "hi") if name not in table.columns]
    if missing:
        raise BadInput(
            f"alerts: interval_actuals lack {missing}; a spike is one beyond the locked forecast - "
            "import its columns with 'wfm actuals'"
        )
    table = table[table["forecast_volume"] > 0]
    since = table["start"].max().normalize() + pd.DateOffset(days=1) - pd.DateOffset(weeks=weeks)
    spread = (table["hi"] - table["lo"]) / (2 * _Z90)
    volume = table["forecast_volume"]
    beyond = ((spread**2 - volume).clip(lower=0.0) / volume**2).to_numpy()
    frame = table[["queue", "start"]].assign(volume=volume, dispersion=beyond)
    came = table[["queue", "start", "offered"]]
    past, now = frame["start"] < since, frame["start"] >= since
    if not past.any():
        raise BadInput(
            "alerts: no weeks before the watched ones to learn the forecast's errors of; import "
            "earlier actuals or watch fewer weeks"
        )
    parts = dispersion.measured(frame[past], came)
    found = monitor.watch(frame[now], came, parts=parts, register=_register(actuals))
    return _joined(found, table)


def _joined(found: pd.DataFrame, table: pd.DataFrame) -> tuple[Spike, ...]:
    """Return the signals as spikes; one that goes on after an alarm is not begun anew."""
    out: list[Spike] = []
    names = ["queue", "direction", "start", "signal", "event"]
    ordered = found.sort_values(["queue", "direction", "start"])
    for queue, way, start, last, event in ordered[names].itertuples(index=False, name=None):
        cause = None if pd.isna(event) else str(event)
        before = out[-1] if out else None
        if (before is not None and (before.queue, before.direction) == (queue, way)
                and start - before.last < _ONE_SPIKE):  # fmt: skip
            out.pop()
            start, cause = before.start, before.event or cause  # noqa: PLW2901
        own = table[
            (table["queue"] == queue) & (table["start"] >= start) & (table["start"] <= last)
        ]
        expected = float(own["forecast_volume"].sum())
        more = float(own["offered"].sum()) - expected
        out.append(Spike(queue, way, start, last, more, expected, cause))
    return tuple(sorted(out, key=lambda spike: abs(spike.contacts), reverse=True))


def _register(actuals: Actuals) -> pd.DataFrame | None:
    if "campaigns" not in actuals.tables:
        return None
    table = actuals.tables["campaigns"]
    start = table["start"].dt.tz_localize(None).dt.normalize()
    end = table["end"].dt.tz_localize(None) if "end" in table.columns else start
    return pd.DataFrame({"name": table["name"], "start": start, "end": end})
