"""Synthetic and real histories for the tests of `forecasts`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "contacts"
WEEK = np.array([1.2, 1.0, 0.95, 0.95, 1.0, 0.5, 0.4])


def rates(start: pd.DatetimeIndex, a_day: float) -> np.ndarray:
    """Expected contacts: weekday factor x a bell over the day from 08:00 to 20:00, wall time."""
    hour = start.hour + start.minute / 60
    bell = np.where((hour >= 8) & (hour < 20), np.sin(np.pi * (hour - 8) / 12) + 0.2, 0.0)
    hours_a_step = (start[1] - start[0]).total_seconds() / 3600
    whole = (2 / np.pi + 0.2) * 12
    return np.asarray(a_day * WEEK[start.day_of_week] * bell * hours_a_step / whole)


def intraday(
    *,
    first: str = "2026-01-05",
    days: int = 56,
    freq: str = "30min",
    tz: str = "UTC",
    a_day: float = 1000.0,
    queue: str = "voice",
    seed: int = 0,
    closed_rows: bool = False,
) -> pd.DataFrame:
    """Poisson counts around `rates`; closed intervals have no rows unless `closed_rows`."""
    begin = pd.Timestamp(first, tz=tz)
    start = pd.date_range(begin, begin + pd.DateOffset(days=days), freq=freq, inclusive="left")
    mean = rates(start, a_day)
    offered = np.random.default_rng(seed).poisson(mean).astype(float)
    table = pd.DataFrame({"queue": queue, "start": start, "offered": offered})
    return table if closed_rows else table[mean > 0].reset_index(drop=True)


def daily(
    *,
    first: str = "2026-01-05",
    days: int = 84,
    tz: str = "UTC",
    a_day: float = 1000.0,
    queue: str = "voice",
    seed: int = 0,
) -> pd.DataFrame:
    """Poisson day totals with weekday factors `WEEK`."""
    start = pd.date_range(pd.Timestamp(first, tz=tz), periods=days, freq="D")
    mean = a_day * WEEK[start.day_of_week]
    offered = np.random.default_rng(seed).poisson(mean).astype(float)
    return pd.DataFrame({"queue": queue, "start": start, "offered": offered})


def real(name: str) -> Path:
    """Path of a shared data file; skips where the shared folder is absent."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"shared contact data absent: no {name} beside the project")
    return path


def bank() -> pd.DataFrame:
    """Half hours of the American bank, without its five-minute last bin."""
    raw = pd.read_csv(real("bank_voice_5min.csv.gz"), parse_dates=["timestamp"])
    raw = raw[raw["timestamp"].dt.hour < 21]
    counts = raw.groupby(raw["timestamp"].dt.floor("30min"))["contacts"].sum().reset_index()
    return table("bank", counts["timestamp"], counts["contacts"], "America/New_York")


def table(queue: str, start: pd.Series, offered: pd.Series, tz: str) -> pd.DataFrame:
    """Wall-clock times and counts as a history; wall times that never were are dropped."""
    local = start.dt.tz_localize(tz, ambiguous=np.ones(len(start), bool), nonexistent="NaT")
    made = pd.DataFrame({"queue": queue, "start": local, "offered": offered.astype(float)})
    return made[made["start"].notna()].reset_index(drop=True)
