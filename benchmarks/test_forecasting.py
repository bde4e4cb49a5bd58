"""How long does forecasting one queue take, and a backtest of it?

Run with `pytest benchmarks/test_forecasting.py`; with `--benchmark-disable` each runs once.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasts import backtest, classify, forecast

HALF_HOURS_28_DAYS = 28 * 48


def half_hours(days: int, queues: int = 1) -> pd.DataFrame:
    """Poisson counts of weekdays 07:00-21:00, about 5,000 rows in eight months."""
    start = pd.date_range("2026-01-05", periods=48 * days, freq="30min", tz="America/New_York")
    hour = start.hour + start.minute / 60
    is_open = (start.day_of_week < 5) & (hour >= 7) & (hour < 21)
    mean = np.where(is_open, 60 + 40 * np.sin(np.pi * (hour - 7) / 14), 0.0)
    parts = []
    for queue in range(queues):
        counts = np.random.default_rng(queue).poisson(mean)
        parts.append(pd.DataFrame({"queue": f"q{queue}", "start": start, "offered": counts}))
    table = pd.concat(parts, ignore_index=True)
    return table[np.tile(is_open, queues)].reset_index(drop=True)


@pytest.mark.parametrize("model", ["profile", "weekday_mean", "seasonal_naive"])
def test_eight_months_of_half_hours_28_days_ahead(benchmark, model):
    table = half_hours(245)
    assert len(table) == 4900
    found = benchmark(forecast, table, HALF_HOURS_28_DAYS, freq="30min", model=model)
    assert len(found.frame) == HALF_HOURS_28_DAYS


def test_twenty_queues(benchmark):
    table = half_hours(245, queues=20)
    found = benchmark.pedantic(forecast, (table, HALF_HOURS_28_DAYS), {"freq": "30min"}, rounds=3)
    assert len(found.model) == 20


def test_classify_eight_months(benchmark):
    found = benchmark(classify, half_hours(245), "30min")
    assert set(found["status"]) == {"open", "closed"}


def test_backtest_of_four_origins(benchmark):
    board = benchmark.pedantic(
        backtest, (half_hours(245),),
        {"origins": 4, "horizon": HALF_HOURS_28_DAYS, "freq": "30min"}, rounds=3,
    )  # fmt: skip
    assert board.frame["intervals"].max() > 3.9 * HALF_HOURS_28_DAYS
