"""What does a change in the life of a queue do to its forecast?

    python3 dev.py run python -m benchmarks.forecasting.upheavals [--draws 6]

Made-up days of a queue (weekdays, a mild year, a drifting level, counts a tenth off) go through one
change each, which the shared histories happen not to contain: months of closure, a launch, a
weekday given up, a week at three times its level. 28 days are forecast, as `forecasts.forecast`
does it by itself, and compared with the mean of the last four same weekdays.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.forecasting import sets
from forecasts import forecast

OUT = sets.ROOT / "benchmarks" / "results" / "forecast_upheavals.csv"
PAST_DAYS = (60, 150, 420, 800)
AHEAD = 28
WEEK = np.array([1.3, 1.1, 1.0, 1.0, 0.9, 0.45, 0.3])
A_DAY = 400.0
COLUMNS = ("change", "past_days", "forecasts", "wape", "weekday_mean", "ratio", "bias", "lowest",
           "highest")  # fmt: skip

Change = Callable[[np.ndarray, np.ndarray], np.ndarray]


def between(factor: float, begin: int, end: int = 0) -> Change:
    """Days from `begin` days before the origin to `end` before it at `factor` times their level."""
    return lambda ago, _: np.where((ago <= begin) & (ago > end), factor, 1.0)


def since(factor: float, begin: int) -> Change:
    """From `begin` days before the origin on at `factor` times the level."""
    return lambda ago, _: np.where(ago <= begin, factor, 1.0)


def ramp(days: int) -> Change:
    """A fiftieth until `days` before the origin, from then on more each day."""
    return lambda ago, _: np.clip(1 - ago / days, 0.02, 1.0)


def saturdays(*, closed: Callable[[np.ndarray], np.ndarray]) -> Change:
    """Saturdays have no contact where `closed`."""
    return lambda ago, weekday: np.where((weekday == 5) & closed(ago), 0.0, 1.0)


CHANGES: dict[str, Change] = {
    "none": since(1.0, 0),
    "closed for a month, open for 3 days": between(0.0, 33, 3),
    "closed for a month, open for 10 days": between(0.0, 40, 10),
    "closed for 3 months, open for 10 days": between(0.0, 100, 10),
    "a hundredth for a month, until 10 days ago": between(0.01, 40, 10),
    "a seventh for a month, until 20 days ago": between(0.15, 50, 20),
    "three times for a week, until 20 days ago": between(3.0, 27, 20),
    "eight times for two days, until 5 days ago": between(8.0, 6, 4),
    "launched 15 days ago after a pilot": lambda ago, _: np.where(ago > 15, 0.005, 1.0),
    "growing since 60 days ago from a fiftieth": ramp(60),
    "1.6 times since 10 days": since(1.6, 10),
    "0.6 times since 10 days": since(0.6, 10),
    "Saturdays given up 30 days ago": saturdays(closed=lambda ago: ago <= 30),
    "Saturdays opened 30 days ago": saturdays(closed=lambda ago: ago > 30),
    "twice as much a year": lambda ago, _: 2.0 ** (-ago / 365),
}


def made_up(change: Change, past: int, seed: int) -> pd.DataFrame:
    """Return the history of `past` days, and the days to forecast behind it."""
    random, days = np.random.default_rng(seed), past + AHEAD
    start = pd.date_range("2023-01-02", periods=days, tz="Europe/Berlin")
    day, weekday = np.arange(days), start.day_of_week.to_numpy()
    year = np.exp(0.15 * np.sin(2 * np.pi * day / 365.25 + seed))
    level = np.exp(np.cumsum(random.normal(0, 0.006, days)))
    mean = A_DAY * WEEK[weekday] * year * level * change(past - day, weekday)
    counts = random.poisson(mean * random.gamma(100, 1 / 100, days)).astype(float)
    return pd.DataFrame({"queue": "made up", "start": start, "offered": counts})


def row(name: str, past: int, draws: int) -> dict[str, object]:
    """Return how far forecasts were off."""
    off, rival, actual, totals = 0.0, 0.0, 0.0, []
    for seed in range(draws):
        table = made_up(CHANGES[name], past, seed)
        known, coming = table[:past], table["offered"].to_numpy()[past:]
        made = forecast(known, freq="D", horizon=AHEAD).frame["volume"].to_numpy()
        mean = known["offered"].to_numpy()[-28:].reshape(4, 7).mean(axis=0)
        off += np.abs(made - coming).sum()
        rival += np.abs(np.tile(mean, 4) - coming).sum()
        actual += coming.sum()
        totals.append(made.sum() / coming.sum())
    return dict(zip(COLUMNS, (
        name, past, draws, off / actual, rival / actual, off / rival, np.mean(totals) - 1,
        min(totals), max(totals),
    ), strict=True))  # fmt: skip


def main() -> None:
    """Run every change at every length of history."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=6)
    draws = parser.parse_args().draws
    table = pd.DataFrame([row(name, past, draws) for name in CHANGES for past in PAST_DAYS])
    table.round(4).to_csv(OUT, index=False)
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
