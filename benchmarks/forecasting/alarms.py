"""How soon does the detector find a spike or an outage, and how often does it cry wolf?

    python3 dev.py run python -m benchmarks.forecasting.alarms [--runs 4000]

First, independent counts: Poisson with a known mean. Then every intraday set, forecast a week ahead
from weekly origins and watched as it came, with phi and the parts of the error from the weeks
before: signals a week when nothing has been added, and (by parts) how soon a spike of +50 % for
four hours and a silence of two, begun at a random busy interval of each week, are found.
"""

from __future__ import annotations

import argparse
import csv

import numpy as np
import pandas as pd

from benchmarks.forecasting import sets
from benchmarks.forecasting.running_day import LEARNING_WEEKS, weekly
from forecasts import dispersion, frames, monitor

OUT = sets.ROOT / "benchmarks" / "results"
SEED = 5
MEANS = (2, 5, 20, 100, 400)
FACTORS = {"usual": 1.0, "+50 %": 1.5, "double": 2.0, "half": 0.5, "none": 0.0}
LONGEST = 40_000
FOUND_WITHIN_H = 4


def run_length(rng: np.random.Generator, mean: float, factor: float, sign: int, runs: int) -> float:
    """Return the mean number of intervals to a signal of one side."""
    total, lengths, running = np.zeros(runs), np.full(runs, float(LONGEST)), np.arange(runs)
    for interval in range(1, LONGEST):
        z = sign * (rng.poisson(mean * factor, len(running)) - mean) / np.sqrt(mean)
        total[running] = np.maximum(0, total[running] + z - monitor.ALLOWANCE)
        over = total[running] > monitor.LIMIT
        lengths[running[over]] = interval
        running = running[~over]
        if not len(running):
            break
    return float(lengths.mean())


def delays(runs: int) -> list[dict]:
    """Return one row a mean: run lengths of the side that matters."""
    rng = np.random.default_rng(SEED)
    rows = []
    for mean in MEANS:
        row = {
            "mean": mean,
            "false spike": round(run_length(rng, mean, 1.0, 1, runs)),
            "false outage": round(run_length(rng, mean, 1.0, -1, max(runs // 4, 100))),
        }
        for name, factor in FACTORS.items():
            if factor != 1:
                sign = 1 if factor > 1 else -1
                row[name] = round(run_length(rng, mean, factor, sign, runs), 1)
        rows.append(row)
    return rows


def watched(one: sets.Set, weeks: int) -> dict | None:
    """Return one set's false alarms a week and delays, hours."""
    made = weekly(one, weeks)
    rng = np.random.default_rng(SEED)
    plain, own, spikes, silences, counted, phis = [], [], [], [], 0, []
    for at in range(LEARNING_WEEKS, len(made)):
        week = made[at]
        came = frames.matched(week, one.history)
        before = pd.concat(made[:at], ignore_index=True)
        phi = monitor.dispersion(before, one.history)
        parts = dispersion.measured(before, one.history)
        phis.append(next(iter(phi.values())))
        busy = np.flatnonzero((week["volume"] > 0.5 * week["volume"].max()) & ~np.isnan(came))
        if not len(busy):
            continue
        counted += 1
        actuals = week[["queue", "start"]].assign(offered=came)
        plain.append(len(monitor.watch(week, actuals, phi=phi)))
        own.append(len(monitor.watch(week, actuals, parts=parts)))
        begin = week["start"].iloc[rng.choice(busy)]
        for hours, factor, direction, kept in (
            (FOUND_WITHIN_H, 1.5, "spike", spikes), (2, 0.0, "outage", silences),
        ):  # fmt: skip
            end = begin + pd.Timedelta(hours=hours)
            changed = actuals.copy()
            inside = (changed["start"] >= begin) & (changed["start"] < end)
            changed.loc[inside, "offered"] = np.round(changed.loc[inside, "offered"] * factor)
            found = monitor.watch(week, changed, parts=parts)
            hits = found[(found["direction"] == direction) & found["signal"].between(begin, end)]
            step = pd.Timedelta(one.freq if one.freq != "h" else "1h")
            hit = (hits["signal"].min() - begin + step) / pd.Timedelta(hours=1)
            kept.append(hit if len(hits) else np.nan)
    if not counted:
        return None
    return {
        "set": one.name, "weeks": counted, "phi": round(float(np.mean(phis)), 1),
        "signals a week by phi": round(float(np.mean(plain)), 1),
        "signals a week by parts": round(float(np.mean(own)), 1),
        "spike found": round(float(np.mean(~np.isnan(spikes))), 2),
        "spike delay h": _middle(spikes),
        "silence found": round(float(np.mean(~np.isnan(silences))), 2),
        "silence delay h": _middle(silences),
    }  # fmt: skip


def _middle(hours: list[float]) -> float:
    known = [value for value in hours if not np.isnan(value)]
    return round(float(np.median(known)), 1) if known else float("nan")


def write(name: str, rows: list[dict]) -> None:
    with (OUT / name).open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    print(pd.DataFrame(rows).to_string(index=False), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--weeks", type=int, default=15)
    given = parser.parse_args()
    write("forecast_alarms_poisson.csv", delays(given.runs))
    found = [watched(one, given.weeks) for one in sets.load() if not one.daily]
    write("forecast_alarms.csv", [row for row in found if row is not None])


if __name__ == "__main__":
    main()
