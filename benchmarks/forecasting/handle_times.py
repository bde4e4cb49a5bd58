"""What is it worth to know the mix of contact types, and would a trend of handle times pay?

    python3 dev.py run python -m benchmarks.forecasting.handle_times

Calls by type of a small bank, January 1999. Handle times are learned up to a date and applied to
the seven days after it, the number of calls being given: absolute errors of the handling seconds
of half hours over the seconds that came.
"""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd

from benchmarks.forecasting import sets
from forecasts import aht, clock, contact_types
from forecasts.past import split

OUT = sets.ROOT / "benchmarks" / "results" / "forecast_handle_times.csv"
ZONE = "Asia/Jerusalem"
CUTS = ("1999-01-17", "1999-01-21", "1999-01-24")
TYPES = ("PS", "NW", "NE", "IN", "TT")
HALF_HOUR = clock.interval_of("30min")


def calls() -> pd.DataFrame:
    raw = pd.read_csv(
        sets.folder() / "israel_bank_1999_jan_call_level.csv.gz", parse_dates=["timestamp"]
    )
    raw = raw[(raw["outcome"] == "AGENT") & (raw["service_s"] > 0) & raw["type"].isin(TYPES)]
    raw = raw.assign(start=raw["timestamp"].dt.floor("30min").dt.tz_localize(ZONE))
    found = raw.groupby(["type", "start"])["service_s"].agg(handled="size", aht_s="mean")
    return found.reset_index().assign(queue="bank")


def summed(table: pd.DataFrame) -> pd.DataFrame:
    """Return all types together: queue, start, offered, aht_s."""
    table = table.assign(seconds=table["handled"] * table["aht_s"])
    both = table.groupby("start")[["handled", "seconds"]].sum().reset_index()
    return pd.DataFrame({
        "queue": "bank", "start": both["start"], "offered": both["handled"].astype(float),
        "aht_s": both["seconds"] / both["handled"],
    })  # fmt: skip


def trend(past: pd.DataFrame, week: pd.DataFrame) -> np.ndarray:
    """Return a straight line through the past, weighted by contacts."""
    origin = past["start"].min()
    age, ahead = ((table["start"] - origin) / pd.Timedelta(days=1) for table in (past, week))
    line = np.polyfit(age, past["aht_s"], 1, w=np.sqrt(past["offered"]))
    return np.polyval(line, ahead)


def ways(table: pd.DataFrame, cut: pd.Timestamp) -> dict[str, float]:
    """Return the error of each way of expecting the week after `cut`."""
    past, later = table[table["start"] < cut], table[table["start"] >= cut]
    later = later[later["start"] < cut + pd.DateOffset(days=7)]
    before, week = summed(past), summed(later)
    times = contact_types.learn(past, freq="30min")
    usual = pd.DataFrame({"queue": "bank", "start": week["start"], "volume": week["offered"],
                          "dispersion": 0.0})  # fmt: skip
    share = later["handled"] / later.groupby("start")["handled"].transform("sum")
    each = later.assign(share=share)[["queue", "type", "start", "share"]]
    whole = later.groupby("type")["handled"].sum()
    whole = (whole / whole.sum()).rename("share").reset_index().assign(queue="bank")
    day, of_day = clock.wall(clock.utc_ns(week["start"]), week["start"].dt.tz, HALF_HOUR)
    by_week = aht.expected(split(before, HALF_HOUR)[0])[clock.weekday(day), of_day]
    expected = {
        "one mean": np.average(before["aht_s"], weights=before["offered"]),
        "weekday x interval": by_week,
        "types, usual mix": contact_types.apply(usual, times)["aht_s"],
        "types, the week's mix": contact_types.apply(usual, times, mix=whole)["aht_s"],
        "types, each half hour's mix": contact_types.apply(usual, times, mix=each)["aht_s"],
        "linear trend": trend(before, week),
    }
    seconds = week["offered"] * week["aht_s"]
    return {
        name: round(float(np.abs(seconds - week["offered"] * aht_s).sum() / seconds.sum()), 4)
        for name, aht_s in expected.items()
    }


def main() -> None:
    table = calls()
    rows = [{"learned up to": cut, **ways(table, pd.Timestamp(cut, tz=ZONE))} for cut in CUTS]
    with OUT.open("w", newline="", encoding="utf-8") as file:
        made = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        made.writeheader()
        made.writerows(rows)
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
