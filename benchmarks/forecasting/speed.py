"""How long does it take to forecast many queues at once, and one?

    python -m benchmarks.forecasting.speed [--queues 100 1000]

Two years of half hours a queue, 28 days ahead, five quantiles, holidays by country; apart from it
the score of the last two weeks held back, a second fit that is made when it is read. CPU seconds
of one process after warm-up, all threads counted, the best of a few runs, as other work on the
machine makes them longer; peak memory of the process includes the history itself. Writes
`benchmarks/results/forecast_speed.csv`.
"""

from __future__ import annotations

import argparse
import platform
import resource
import time

import numpy as np
import pandas as pd

from benchmarks.forecasting.sets import ROOT
from forecasts import forecast

DAYS, AHEAD = 730, 28 * 48


def history(queues: int, seed: int = 0) -> pd.DataFrame:
    """Return queues of half hours around the clock, 5 to 60 contacts at the busiest."""
    start = pd.date_range("2024-01-01", periods=48 * DAYS, freq="30min", tz="UTC")
    hour = np.asarray(start.hour) + np.asarray(start.minute) / 60
    weekday = np.asarray(start.day_of_week)
    shape = np.where(weekday < 5, 1.0, 0.4) * (0.2 + np.exp(-0.5 * ((hour - 12) / 4) ** 2))
    rng = np.random.default_rng(seed)
    offered = np.empty((queues, len(start)))
    for queue in range(queues):
        level = np.exp(rng.normal(0, 0.01, DAYS).cumsum() + rng.normal(0, 0.05, DAYS))
        offered[queue] = rng.poisson(rng.uniform(5, 60) * shape * np.repeat(level, 48))
    names = pd.Index([f"queue {queue}" for queue in range(queues)])
    return pd.DataFrame({
        "queue": pd.Categorical.from_codes(np.repeat(np.arange(queues), len(start)), names),
        "start": pd.DatetimeIndex(np.tile(start.as_unit("ns").asi8, queues), tz="UTC"),
        "offered": offered.ravel(),
    }, copy=False)  # fmt: skip


def main() -> None:
    """Measure and write the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--queues", type=int, nargs="+", default=[1, 100, 1000])
    rows = []
    forecast(history(2), AHEAD, freq="30min", holidays="US").score  # noqa: B018 - warms it
    for queues in asked.parse_args().queues:
        table = history(queues)
        times, scores = [], []
        for _ in range(9 if queues == 1 else 3):
            begun = time.process_time()
            found = forecast(table, AHEAD, freq="30min", holidays="US")
            made = time.process_time()
            found.score  # noqa: B018 - reading it makes it
            times.append(made - begun)
            scores.append(time.process_time() - made)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        rows.append({"queues": queues, "rows": len(table), "cpu_s": min(times),
                     "ms_a_queue": 1e3 * min(times) / queues, "score_cpu_s": min(scores),
                     "peak_gib": peak,
                     "forecast_rows": len(found.frame), "python": platform.python_version(),
                     "machine": platform.machine()})  # fmt: skip
        print(rows[-1], flush=True)
        del table, found
    pd.DataFrame(rows).round(3).to_csv(
        ROOT / "benchmarks" / "results" / "forecast_speed.csv", index=False
    )


if __name__ == "__main__":
    main()
