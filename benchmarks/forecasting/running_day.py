"""How much better is the rest of a day known once part of it is over, and are its bands right?

    python3 dev.py run python -m benchmarks.forecasting.running_day [--weeks 10]

Every intraday set is forecast a week ahead from weekly origins. The first three weeks measure how
the forecast errs (`forecasts.dispersion`); on each day of the others it is reforecast when a
quarter, half and three quarters of its expected contacts are due. WAPE is that of the intervals
still to come. `before`: the forecast as it was; `ratio`: scaled by actual over forecast so far;
`one_factor`: the gamma-Poisson factor, all of a day's error in common; `bands`: the reforecast
with the split assumed from the bands; `measured`: with the split measured on the weeks before.
Coverage is that of `measured`, by interval still to come and of the day's total; width95 is the
width of the day's 95 % band over its expected total.
"""

from __future__ import annotations

import argparse
import csv

import numpy as np
import pandas as pd

from benchmarks.forecasting import sets
from forecasts import clock, dispersion, forecast, frames, intraday
from forecasts.dispersion import Dispersion

OUT = sets.ROOT / "benchmarks" / "results" / "forecast_running_day.csv"
ELAPSED = (0.0, 0.25, 0.5, 0.75)
LEARNING_WEEKS = 3
WAYS = ("before", "ratio", "one_factor", "bands", "measured")
COLUMNS = (
    "set", "elapsed", "days", *(f"wape_{way}" for way in WAYS), "coverage80", "coverage95",
    "day_coverage80", "day_coverage95", "width95",
)  # fmt: skip


def weekly(one: sets.Set, weeks: int) -> list[pd.DataFrame]:
    """Return the forecasts of the last `weeks` whole weeks, as many as leave three to learn."""
    start = one.history["start"]
    end = start.iloc[-1].normalize() + pd.DateOffset(days=1)
    made = []
    for back in range(weeks, 0, -1):
        cut = end - pd.DateOffset(days=7 * back)
        past = one.history[start < cut]
        if not len(past) or (cut - start.iloc[0]).days < 14:
            continue
        made.append(forecast(past, 7 * one.steps_a_day + 2 * one.steps_a_day, freq=one.freq,
                             holidays=one.holidays, events=one.events).frame)  # fmt: skip
        ours = (made[-1]["start"] >= cut) & (made[-1]["start"] < cut + pd.DateOffset(days=7))
        made[-1] = made[-1][ours].reset_index(drop=True)
    return made


def day_rows(day: pd.DataFrame, history: pd.DataFrame, split: Dispersion) -> list[dict]:
    """Return the errors of one day at each share elapsed."""
    came = frames.matched(day, history)
    volume = day["volume"].to_numpy()
    if not np.nansum(came) > 0 or not volume.sum() > 0:
        return []
    due = np.cumsum(volume) / volume.sum()
    rows = []
    for elapsed in ELAPSED:
        first = int(np.searchsorted(due, elapsed, side="left")) + 1 if elapsed else 0
        if first >= len(day):
            continue
        now = day["start"].iloc[first]
        rest = (np.arange(len(day)) >= first) & ~np.isnan(came)
        before = (np.arange(len(day)) < first) & ~np.isnan(came)
        so_far = volume[before].sum()
        factor = came[before].sum() / so_far if so_far > 0 else 1.0
        ways = {
            "bands": None,
            "one_factor": Dispersion(split.day + split.drift, 0.0, split.within),
            "measured": split,
        }
        updated = {way: intraday.reforecast(day, history, at=now, dispersion=given)
                   for way, given in ways.items()}  # fmt: skip
        frame, total = updated["measured"].frame[rest], updated["measured"].days.iloc[0]
        sums = {"before": volume, "ratio": volume * factor}
        sums |= {way: made.frame["volume"].to_numpy() for way, made in updated.items()}
        real, whole = came[rest], np.nansum(came)
        counted = frame["p97_5"].to_numpy() + real > 0
        rows.append({
            "elapsed": elapsed, "actual": real.sum(), "intervals": int(counted.sum()),
            **{way: np.abs(values[rest] - real).sum() for way, values in sums.items()},
            "in80": int((real >= frame["p10"])[counted].to_numpy()
                        @ (real <= frame["p90"])[counted].to_numpy().astype(int)),
            "in95": int((real >= frame["p2_5"])[counted].to_numpy()
                        @ (real <= frame["p97_5"])[counted].to_numpy().astype(int)),
            "day80": total["p10"] <= whole <= total["p90"],
            "day95": total["p2_5"] <= whole <= total["p97_5"],
            "width": (total["p97_5"] - total["p2_5"]) / total["volume"],
        })  # fmt: skip
    return rows


def measure(one: sets.Set, weeks: int) -> list[dict]:
    """Return one row a share elapsed."""
    made = weekly(one, weeks)
    rows: list[dict] = []
    for at in range(LEARNING_WEEKS, len(made)):
        before = pd.concat(made[:at], ignore_index=True)
        split = dispersion.measured(before, one.history).get(made[at]["queue"].iloc[0])
        zone = clock.zone_of(made[at]["start"])
        for _, day in made[at].groupby(made[at]["start"].dt.tz_convert(zone).dt.normalize()):
            rows += day_rows(day.reset_index(drop=True), one.history, split)
    if not rows:
        return []
    table = pd.DataFrame(rows)
    sums, means = table.groupby("elapsed").sum(), table.groupby("elapsed").mean()
    return [{
        "set": one.name, "elapsed": elapsed, "days": int((table["elapsed"] == elapsed).sum()),
        **{f"wape_{way}": round(sums.loc[elapsed, way] / sums.loc[elapsed, "actual"], 4)
           for way in WAYS},
        "coverage80": round(sums.loc[elapsed, "in80"] / sums.loc[elapsed, "intervals"], 3),
        "coverage95": round(sums.loc[elapsed, "in95"] / sums.loc[elapsed, "intervals"], 3),
        "day_coverage80": round(means.loc[elapsed, "day80"], 3),
        "day_coverage95": round(means.loc[elapsed, "day95"], 3),
        "width95": round(means.loc[elapsed, "width"], 3),
    } for elapsed in ELAPSED]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weeks", type=int, default=10)
    weeks = parser.parse_args().weeks
    with OUT.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        table.writeheader()
        for one in sets.load():
            if one.daily:
                continue
            for row in measure(one, weeks):
                table.writerow(row)
                print(*row.values(), flush=True)


if __name__ == "__main__":
    main()
