"""What does one past mailing teach about the next, for planners who guess low, well or high?

    python3 dev.py run python -m benchmarks.forecasting.mailings

The county office mailed bills on 1 November 2023 and notices on 1 April 2024. Its daily voice
contacts are forecast on the eve of the notices without them, with the planner's guess, and with
the guess after learning from the bills. The shared data have one such pair: an illustration.
"""

from __future__ import annotations

import csv
import datetime as dt

import numpy as np
import pandas as pd

from benchmarks.forecasting import sets
from forecasts import accuracy, campaigns, forecast, frames, realised, uplift
from forecasts.campaigns import Campaign

OUT = sets.ROOT / "benchmarks" / "results" / "forecast_mailings.csv"
DAYS = 36
DECAY_DAYS = 12.0  # of the guessed lag profile
GUESSES = ((400.0, 1000.0, 2500.0), (1000.0, 2500.0, 6000.0), (2000.0, 5000.0, 12000.0))


def mailing(name: str, start: dt.date, guess: tuple[float, float, float]) -> Campaign:
    shape = np.exp(-np.arange(DAYS) / DECAY_DAYS)
    return Campaign(name, "mailing", start, 1, guess, tuple(shape / shape.sum()), {"voice": 1.0})


def compare(history: pd.DataFrame, guess: tuple[float, float, float]) -> dict:
    """Return one planner's row."""
    bills = mailing("bills", dt.date(2023, 11, 1), guess)
    notices = mailing("notices", dt.date(2024, 4, 1), guess)

    def eve(campaign: Campaign, **known: object) -> pd.DataFrame:
        past = history[history["start"] < pd.Timestamp(campaign.start, tz="America/Denver")]
        return forecast(past, DAYS, freq="D", holidays="US-NM", **known).frame

    seen = realised.realised(bills, eve(bills), history)
    learned = realised.expect(notices, realised.learn(notices, [seen]))
    usual = eve(notices, events=campaigns.as_events([bills]))
    came = frames.matched(usual, history)
    row = {"guess": " / ".join(f"{value:.0f}" for value in guess),
           "bills": round(seen.extra), "ratio": round(seen.ratio, 2),
           "notices": round(realised.realised(notices, usual, history).extra),
           "learned mid": round(learned.contacts[1])}  # fmt: skip
    ways = {"without": [], "planner": [notices], "learned": [learned]}
    for name, added in ways.items():
        made = uplift.add(usual, added).frame
        row[f"wape {name}"] = round(accuracy.wape(came, made["volume"]), 3)
        held = accuracy.coverage(came[came > 0], made["p10"][came > 0], made["p90"][came > 0])
        row[f"coverage80 {name}"] = round(held, 2)
    return row


def main() -> None:
    raw = pd.read_csv(sets.folder() / "county_channels_daily.csv", parse_dates=["date"])
    history = sets.localised("voice", raw["date"], raw["voice"], "America/Denver")
    rows = [compare(history, guess) for guess in GUESSES]
    with OUT.open("w", newline="", encoding="utf-8") as file:
        made = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        made.writeheader()
        made.writerows(rows)
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
