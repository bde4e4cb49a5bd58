"""How would other libraries forecast this queue?

Models of statsforecast and mlforecast behind the same Protocol as our own, so that a backtest can
compare them. Both need an environment with an older pandas: install the extra ``rivals`` with its
constraints (`constraints-rivals.txt`). They forecast the day totals; days are spread over intervals
by the same weekday profile as in the default model.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock, daytypes, marks, profile
from forecasts.coverage import Coverage
from forecasts.errors import BadInput
from forecasts.past import Past
from forecasts.predicting import Calendar, Future, Prediction

LIKELY_LEVEL = 80  # percent of the interval from which the dispersion is read
LIKELY_SCORE = 1.2815515655446004  # its half width in standard deviations
FEWEST_DAYS = 42  # for lags of four weeks and something to learn from


@dataclass(frozen=True)
class Days:
    """A queue as a series of full-day totals.

    Attributes
    ----------
    totals : float array, shape (D,)
        Contacts a full day; days that were not recorded hold the mean of their weekday.
    share : float array, shape (7, K)
    closed : bool array, shape (n,)
        Which of the coming days are expected to be closed.
    """

    totals: np.ndarray
    share: np.ndarray
    closed: np.ndarray


def days_of(past: Past, coverage: Coverage, ahead: int, calendar: Calendar) -> Days:
    """Return the queue's day totals, its profile and the closed ones of the `ahead` coming days."""
    weekday = past.weekday
    seen = marks.mask(past, coverage, special=calendar.special(past))
    shape = profile.fit(past.offered, seen, weekday, coverage.open_week)
    counted, covered = shape.day_sums(past.offered, seen, weekday, coverage.open_week)
    full = np.divide(counted, covered, out=np.full(len(counted), np.nan), where=covered > 0)
    for day in range(7):
        rows = weekday == day
        known = rows & ~np.isnan(full)
        full[rows & np.isnan(full)] = full[known].mean() if known.any() else 0.0
    days = np.concatenate([past.days, past.days[-1] + 1 + np.arange(ahead)])
    names = calendar.names(days)
    working = np.asarray(coverage.open_week.any(axis=1))[weekday]
    closed = daytypes.expect_closed(covered <= 0, names, working=working)
    return Days(full, shape.share, closed)


@dataclass(frozen=True)
class StatsforecastDays:
    """Day totals by a model of statsforecast with a weekly season."""

    name: str
    model: str
    season: str

    def predict(
        self, past: Past, coverage: Coverage, future: Future, calendar: Calendar
    ) -> Prediction:
        """Return mean and dispersion of the `future` intervals from `past` alone."""
        library = needed("statsforecast.models", self.name)
        ahead = max(int(future.days[-1] - past.days[-1]), 1)
        days = days_of(past, coverage, ahead, calendar)
        season: Any = 7 if self.season == "number" else [7]
        made = getattr(library, self.model)(season_length=season).forecast(
            y=days.totals, h=ahead, level=[LIKELY_LEVEL]
        )
        mean = np.maximum(np.asarray(made["mean"], float), 0.0)
        sd = (np.asarray(made[f"hi-{LIKELY_LEVEL}"], float) - mean) / LIKELY_SCORE
        return spread(past, future, days, mean, sd)


@dataclass(frozen=True)
class MlforecastDays:
    """Day totals by mlforecast: boosted trees of LightGBM on lags and the calendar."""

    name: str = "mlforecast_lightgbm"

    def predict(
        self, past: Past, coverage: Coverage, future: Future, calendar: Calendar
    ) -> Prediction:
        """Return mean and dispersion of the `future` intervals from `past` alone."""
        library, trees = needed("mlforecast", self.name), needed("lightgbm", self.name)
        if len(past.days) < FEWEST_DAYS:
            raise BadInput(
                f"model: {self.name} needs {FEWEST_DAYS} days, queue {past.queue!r} has "
                f"{len(past.days)}; use another model for it"
            )
        ahead = max(int(future.days[-1] - past.days[-1]), 1)
        days = days_of(past, coverage, ahead, calendar)
        model = library.MLForecast(
            models={"trees": trees.LGBMRegressor(n_jobs=1, verbose=-1, random_state=0)},
            freq="D", lags=[1, 7, 14, 28], date_features=["dayofweek", "day", "month"],
        )  # fmt: skip
        table = pd.DataFrame({"unique_id": 0, "ds": clock.dates(past.days), "y": days.totals})
        fitted = model.fit(table, fitted=True)
        mean = np.maximum(fitted.predict(ahead)["trees"].to_numpy(), 0.0)
        known = fitted.forecast_fitted_values()
        error = float((known["y"] - known["trees"]).std())
        return spread(past, future, days, mean, np.full(ahead, error))


def spread(past: Past, future: Future, days: Days, mean: np.ndarray, sd: np.ndarray) -> Prediction:
    """Return day means and standard deviations as intervals; closed ones are 0."""
    lead = np.maximum(future.days - past.days[-1], 1) - 1
    usual = np.maximum(mean, 1.0)
    beyond_poisson = np.maximum((sd**2 - mean) / usual**2, 0.0)
    total = np.where(days.closed, 0.0, mean)[lead]
    volume = total * days.share[clock.weekday(future.days), future.of_day]
    return Prediction(volume, beyond_poisson[lead])


def needed(module: str, model: str) -> Any:
    """Return an optional library's module; raise BadInput with what to do if it is absent."""
    try:
        return import_module(module)
    except ImportError as error:
        raise BadInput(
            f"model: {model!r} needs the library {module.partition('.')[0]}, which cannot be "
            f"imported ({error}); install it in an environment of its own: "
            "pip install -c constraints-rivals.txt 'wfm[rivals]'"
        ) from error
