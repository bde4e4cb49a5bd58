"""Which ways of forecasting a queue are there?

A model turns one queue's past into a mean and a dispersion for each coming interval. The default
is day total x profile; the baselines are what a planner would do by hand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasts import clock, fitted
from forecasts import quantiles as bands
from forecasts.coverage import Coverage
from forecasts.errors import BadInput
from forecasts.past import Past
from forecasts.predicting import Calendar, Future, Model, Prediction

__all__ = ["DEFAULT", "MODELS", "Calendar", "Future", "Model", "Prediction", "named"]


@dataclass(frozen=True)
class DayTotalByProfile:
    """Day total with calendar effects x weekday profile: the default."""

    name: str = "profile"

    def predict(
        self, past: Past, coverage: Coverage, future: Future, calendar: Calendar
    ) -> Prediction:
        """Return mean and dispersion of the `future` intervals from `past` alone."""
        made = fitted.fit(
            past, coverage, max(int(future.days[-1]), int(past.days[-1]) + 1), calendar
        )
        if made is None:
            nothing = np.zeros(len(future.days))
            return Prediction(nothing, nothing, ("no contacts so far; 0 is forecast",))
        at = future.days - made.first
        lead = np.maximum(future.days - past.days[-1], 1)
        day_total = np.where(made.closed[at], 0.0, made.effect[at] * made.level.at(lead))
        volume = day_total * made.share[clock.weekday(future.days), future.of_day]
        dispersion = made.level.variance(lead) + made.within
        return Prediction(volume, dispersion, made.notes, made.level.against_mean)


@dataclass(frozen=True)
class WeekdayMean:
    """Mean of the last `weeks` same weekdays, interval by interval; 1 is the seasonal naive."""

    name: str
    weeks: int

    def predict(
        self, past: Past, coverage: Coverage, future: Future, calendar: Calendar
    ) -> Prediction:
        """Return mean and dispersion of the `future` intervals from `past` alone."""
        volume = self.expected(past, coverage, future)
        return Prediction(volume, np.full(len(volume), self._dispersion(past, coverage)))

    def expected(self, past: Past, coverage: Coverage, future: Future) -> np.ndarray:
        """Return the mean of the `future` intervals, shape (n,)."""
        mean = self._mean(past, coverage.seen)
        ahead = clock.weekday(future.days)
        return np.where(coverage.open_week[ahead, future.of_day], mean[ahead, future.of_day], 0.0)

    def _mean(self, past: Past, seen: np.ndarray) -> np.ndarray:
        from forecasts import _kernels_profile

        return np.asarray(
            _kernels_profile.recent_means(past.offered, seen, past.weekday, self.weeks)
        )

    def _dispersion(self, past: Past, coverage: Coverage) -> float:
        """Return the dispersion of the errors in forecasting the last four weeks a week ahead."""
        actual, mean = [], []
        for week in range(1, 5):
            upto = len(past.days) - 7 * week
            if upto < 7:
                break
            before = past.until(int(past.days[upto]))
            held = slice(upto, upto + 7)
            day_mean = self._mean(before, coverage.seen[:upto])[past.weekday[held]]
            known = coverage.seen[held] > 0
            actual.append(past.offered[held][known])
            mean.append((day_mean * coverage.seen[held])[known])
        return bands.dispersion(np.concatenate(actual), np.concatenate(mean)) if actual else 0.0


@dataclass(frozen=True)
class Blend:
    """The mean of several models."""

    name: str
    parts: tuple[Model, ...]

    def predict(
        self, past: Past, coverage: Coverage, future: Future, calendar: Calendar
    ) -> Prediction:
        """Return mean and dispersion of the `future` intervals from `past` alone."""
        made = [part.predict(past, coverage, future, calendar) for part in self.parts]
        return Prediction(
            np.mean([part.volume for part in made], axis=0),
            np.mean([part.dispersion for part in made], axis=0),
            tuple(dict.fromkeys(note for part in made for note in part.notes)),
        )


PROFILE = DayTotalByProfile()
SEASONAL_NAIVE = WeekdayMean("seasonal_naive", weeks=1)
WEEKDAY_MEAN = WeekdayMean("weekday_mean", weeks=4)
MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        PROFILE, SEASONAL_NAIVE, WEEKDAY_MEAN,
        Blend("profile_and_mean", (PROFILE, WEEKDAY_MEAN)),
    )
}  # fmt: skip
DEFAULT = "profile"


# Models of other libraries; their file is imported when one is asked for.
LIBRARIES = {
    "autoets_days": ("StatsforecastDays", ("AutoETS", "number")),
    "mstl_days": ("StatsforecastDays", ("MSTL", "list")),
    "autoarima_days": ("StatsforecastDays", ("AutoARIMA", "number")),
    "mlforecast_lightgbm": ("MlforecastDays", ()),
}


def named(model: object) -> Model:
    """Return the model called `model`; ``"auto"`` is the default one.

    Raises
    ------
    BadInput
        If there is none of that name.
    """
    if not isinstance(model, str):
        raise BadInput(f"model: expected a name, got {type(model).__name__}")
    name = DEFAULT if model == "auto" else model
    if name in LIBRARIES:
        from forecasts import libraries

        kind, settings = LIBRARIES[name]
        made: Model = getattr(libraries, kind)(name, *settings)
        return made
    if name not in MODELS:
        raise BadInput(
            f"model: expected 'auto' or one of {sorted(MODELS)}, or with the extra 'rivals' one "
            f"of {sorted(LIBRARIES)}; got {model!r}"
        )
    return MODELS[name]
