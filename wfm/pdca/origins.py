"""How is a cycle born from an alert, a variance, a driver of satisfaction?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from wfm.errors import BadInput
from wfm.evidence.chart import Chart
from wfm.evidence.runs import Signal
from wfm.pdca.records import Origin
from wfm.variance import Variance

__all__ = ["from_driver", "from_signal", "from_variance"]


def from_signal(
    key: str, chart: Chart, days: Sequence[dt.date], signal: Signal | None = None
) -> Origin:
    """Return the origin of a cycle that answers a chart's signal.

    Parameters
    ----------
    key : str
        KPI of the chart.
    chart : Chart
    days : sequence of date
        One for each point.
    signal : Signal, optional
        The chart's last one by default.

    Raises
    ------
    BadInput
        Where the chart has no signal: no alarm, no cycle from it.

    Examples
    --------
    >>> from wfm.evidence import charts
    >>> week = [dt.date(2026, 3, 2) + dt.timedelta(days=d) for d in range(12)]
    >>> chart = charts.xmr([5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 12], baseline=10)
    >>> origin = from_signal("aht_s", chart, week)
    >>> origin.since.isoformat(), origin.size
    ('2026-03-13', 6.5)
    """
    if len(days) != len(chart.values):
        raise BadInput(f"pdca: {len(chart.values)} points but {len(days)} days")
    if not chart.signals:
        raise BadInput(f"pdca: the chart of {key} shows no signal; without one it is noise")
    chosen = signal or chart.signals[-1]
    points = chart.values[chosen.first : chosen.last + 1]
    size = float(np.nanmean(points)) - chart.centre
    text = f"{key}: {chosen.text}, {days[chosen.first]} to {days[chosen.last]}"
    return Origin("alert", text, key, days[chosen.first], size)


def from_variance(split: Variance, driver: str | None = None) -> Origin:
    """Return the origin of a cycle that answers a missed plan.

    Parameters
    ----------
    split : Variance
    driver : str, optional
        The one to work on; the largest for the worse by default.
    """
    name = driver or split.largest
    if name not in split.drivers:
        raise BadInput(f"pdca: drivers are {', '.join(split.drivers)}; got {name!r}")
    row = split.total
    first = split.frame["start"].min().date()
    text = (
        f"{split.of} {row['planned']:.4g} planned, {row['modelled']:.4g} with what came; "
        f"{name}: {row[name]:+.4g}"
    )
    return Origin("variance", text, name, first, float(row[name]))


def from_driver(name: str, *, importance: float, satisfaction: float, target: float) -> Origin:
    """Return the origin of a cycle that improves a driver of satisfaction.

    Priority = importance x (target - satisfaction), 0 where that is reached.

    Examples
    --------
    >>> from_driver("clear answer", importance=0.4, satisfaction=3.6, target=4.2).text
    'clear answer: priority 0.24'
    """
    priority = importance * max(target - satisfaction, 0.0)
    return Origin("driver", f"{name}: priority {priority:.3g}", name, None, priority)
