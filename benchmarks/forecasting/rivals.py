"""What do other libraries forecast for the same replays, and how long do they take?

Run by `run.py` under the interpreter that has them (its option `--rivals`); needs nothing of the
project. Each rival sees the same past on a full grid of local days by intervals (0 where closed,
unknown intervals filled with the mean of their weekday and interval), the same opening week and
holidays, and its answer is cut at 0 and set to 0 where closed.
"""

from __future__ import annotations

import logging
import pickle
import sys
import time
import warnings

import numpy as np
import pandas as pd

PROFILE_WEEKS = 8


def filled(task):
    """Return the past counts (D, K) with unknown cells filled."""
    counts, weekday = task["counts"].copy(), task["weekday"]
    for day in range(7):
        rows = weekday == day
        if not rows.any():
            continue
        own = counts[rows]
        known = ~np.isnan(own)
        mean = np.where(known, own, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        counts[rows] = np.where(known, own, mean)
    return counts


def shares(task, counts):
    """Return the mean profile of each weekday over the last weeks, (7, K)."""
    recent = slice(-7 * PROFILE_WEEKS, None)
    found = np.zeros((7, counts.shape[1]))
    for day in range(7):
        own = counts[recent][task["weekday"][recent] == day].sum(axis=0)
        found[day] = own / own.sum() if own.sum() > 0 else 1 / len(own)
    return found


def spread(task, counts, totals):
    """Return day totals spread by the weekday profile."""
    return totals[:, None] * shares(task, counts)[task["coming_weekday"]]


def autoets_days(task, counts):
    from statsforecast.models import AutoETS

    found = AutoETS(season_length=7).forecast(y=counts.sum(axis=1), h=len(task["coming_weekday"]))
    return spread(task, counts, found["mean"])


def mstl(task, counts):
    from statsforecast.models import MSTL

    steps = counts.shape[1]
    seasons = [7] if steps == 1 else [steps, 7 * steps]
    days = len(task["coming_weekday"])
    found = MSTL(season_length=seasons).forecast(y=counts.ravel(), h=days * steps)
    return found["mean"].reshape(days, steps)


def holt_winters(task, counts):
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    totals = counts.sum(axis=1)
    fit = ExponentialSmoothing(totals, trend="add", damped_trend=True, seasonal="add",
                               seasonal_periods=7).fit()  # fmt: skip
    return spread(task, counts, fit.forecast(len(task["coming_weekday"])))


def times(days, steps):
    start = pd.to_datetime(np.repeat(days, steps), unit="D")
    return start + pd.to_timedelta(np.tile(np.arange(steps), len(days)) * (1440 // steps), unit="m")


def prophet(task, counts):
    from prophet import Prophet

    steps = counts.shape[1]
    holidays = None
    if task["holidays"]:
        holidays = pd.DataFrame({"ds": pd.to_datetime(list(task["holidays"]), unit="D"),
                                 "holiday": list(task["holidays"].values())})  # fmt: skip
    model = Prophet(holidays=holidays, uncertainty_samples=0)
    model.fit(pd.DataFrame({"ds": times(task["days"], steps), "y": counts.ravel()}))
    found = model.predict(pd.DataFrame({"ds": times(task["coming"], steps)}))
    return found["yhat"].to_numpy().reshape(-1, steps)


def features(task, counts, days, weekday):
    """Return calendar features and the last known means of each cell of `days`."""
    steps = counts.shape[1]
    dates = pd.DatetimeIndex(pd.to_datetime(days, unit="D"))
    is_holiday = np.isin(days, list(task["holidays"]))
    after = np.isin(days - 1, list(task["holidays"]))
    at = days - task["days"][0]
    columns = [np.tile(np.arange(steps), len(days)), np.repeat(weekday, steps),
               np.repeat(dates.day, steps), np.repeat(dates.dayofyear, steps),
               np.repeat(is_holiday, steps), np.repeat(after, steps)]  # fmt: skip
    for weeks in (4, 5, 6, 7):  # always known 28 days ahead
        lag = at - 7 * weeks
        value = np.full((len(days), steps), np.nan)
        ok = (lag >= 0) & (lag < len(counts))
        value[ok] = counts[lag[ok]]
        columns.append(value.ravel())
    columns.append(np.nanmean(np.array(columns[-4:]), axis=0))
    return np.column_stack(columns).astype(float)


def lightgbm(task, counts):
    import lightgbm as package

    seen = features(task, counts, task["days"], task["weekday"])
    options = {"objective": "poisson", "learning_rate": 0.05, "num_leaves": 31,
               "min_data_in_leaf": 20, "num_threads": 1, "verbose": -1}  # fmt: skip
    model = package.train(options, package.Dataset(seen, counts.ravel()), 300)
    found = model.predict(features(task, counts, task["coming"], task["coming_weekday"]))
    return found.reshape(-1, counts.shape[1])


RIVALS = {
    "statsforecast AutoETS days": autoets_days,
    "statsforecast MSTL": mstl,
    "statsmodels Holt-Winters days": holt_winters,
    "prophet": prophet,
    "lightgbm": lightgbm,
}


def main():
    """Answer every task in the pickle named first into the one named second."""
    warnings.simplefilter("ignore")
    for noisy in ("cmdstanpy", "prophet"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    with open(sys.argv[1], "rb") as file:
        tasks = pickle.load(file)
    answers = {}
    warm = set()
    for number, task in enumerate(tasks):
        counts = filled(task)
        for name, rival in RIVALS.items():
            try:
                if name not in warm:  # compiling and importing are nobody's forecast
                    rival(task, counts)
                    warm.add(name)
                begun = time.process_time()
                made = np.asarray(rival(task, counts), float)
                seconds = time.process_time() - begun
                made = np.where(task["open"][task["coming_weekday"]], np.maximum(made, 0), 0)
            except Exception as error:  # a rival that fails is reported, not hidden
                made, seconds = np.full((len(task["coming"]), counts.shape[1]), np.nan), np.nan
                print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
            answers[number, name] = (made, seconds)
        print(f"{number + 1}/{len(tasks)}", file=sys.stderr, flush=True)
    with open(sys.argv[2], "wb") as file:
        pickle.dump(answers, file)


if __name__ == "__main__":
    main()
