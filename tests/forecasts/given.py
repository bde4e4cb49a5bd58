"""Forecast frames with known mean and dispersion, and counts drawn from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from forecasts import spread


def frame(volume, *, first="2026-03-02", freq="30min", tz="UTC", queue="voice", dispersion=0.0,
          aht_s=240.0, shown=False):  # fmt: skip
    """One queue's forecast; with `shown` it has only bands, no column dispersion."""
    volume = np.asarray(volume, float)
    start = pd.date_range(pd.Timestamp(first, tz=tz), periods=len(volume), freq=freq)
    made = pd.DataFrame({"queue": queue, "start": start, "volume": volume, "aht_s": aht_s})
    d = np.broadcast_to(np.asarray(dispersion, float), volume.shape)
    made[spread.QUANTILES] = spread.banded(volume, d)
    return made if shown else made.assign(dispersion=d)


def actuals(table, offered):
    """Actuals for the rows of a forecast frame."""
    return table[["queue", "start"]].assign(offered=np.asarray(offered, float))


def days_of(number, *, a_day=1000.0, freq="30min", queue="voice", first="2026-03-02", tz="UTC"):
    """Forecast of whole days, open from 08:00 to 20:00, by instants of the wall clock."""
    begin = pd.Timestamp(first, tz=tz)
    start = pd.date_range(begin, begin + pd.DateOffset(days=number), freq=freq, inclusive="left")
    hour = start.hour + start.minute / 60
    bell = np.where((hour >= 8) & (hour < 20), np.sin(np.pi * (hour - 8) / 12) + 0.2, 0.0)
    each = pd.Series(bell).groupby(start.normalize()).transform("sum").to_numpy()
    return pd.DataFrame({"queue": queue, "start": start, "volume": a_day * bell / each,
                         "aht_s": 240.0, "dispersion": 0.02})  # fmt: skip
