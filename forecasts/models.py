"""Which ways of forecasting a queue are there?

A model turns one queue's past into a mean and a dispersion for each coming interval. The default
is day total x profile; the baselines are what a planner would do by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import pandas as pd

from forecasts import clock, daily, daytypes, level, marks, profile
from forecasts import events as register
from forecasts import quantiles as bands
from forecasts.coverage import Coverage
from forecasts.errors import BadInput
from forecasts.past import Past

WITHIN_DAYS = 182  # recent days that show how far an interval strays from its share


@dataclass(frozen=True)
class Future:
    """The intervals to forecast.

    Attributes
    ----------
    ns : int64 array, shape (n,)
        Starts, UTC nanoseconds.
    days, of_day : int64 array, shape (n,)
        Local day since 1970 and interval of the day.
    """

    ns: np.ndarray
    days: np.ndarray
    of_day: np.ndarray

    @classmethod
    def after(cls, past: Past, horizon: int) -> Future:
        """Return the `horizon` intervals after the last one of `past`."""
        ns = clock.following(past.last, horizon, past.tz, past.interval)
        days, of_day = clock.wall(ns, past.tz, past.interval)
        return cls(ns, days, of_day)


@dataclass(frozen=True)
class Calendar:
    """What is known in advance.

    Attributes
    ----------
    holidays : Series
        Names by day since 1970.
    events : DataFrame or None
        A register as `forecasts.events.check` returns it.
    """

    holidays: pd.Series
    events: pd.DataFrame | None


@dataclass(frozen=True)
class Prediction:
    """Mean and dispersion of each coming interval.

    Attributes
    ----------
    volume : float array, shape (n,)
        Expected contacts, >= 0.
    dispersion : float array, shape (n,)
        Squared relative error of that mean beyond Poisson noise, >= 0.
    """

    volume: np.ndarray
    dispersion: np.ndarray


class Model(Protocol):
    """A way of forecasting one queue. Implementations keep no state between calls."""

    @property
    def name(self) -> str:
        """What the model is called in arguments and tables."""

    def predict(
        self, past: Past, coverage: Coverage, future: Future, calendar: Calendar
    ) -> Prediction:
        """Return mean and dispersion of the `future` intervals from `past` alone."""


@dataclass(frozen=True)
class DayTotalByProfile:
    """Day total with calendar effects x weekday profile: the default."""

    name: str = "profile"

    def predict(
        self, past: Past, coverage: Coverage, future: Future, calendar: Calendar
    ) -> Prediction:
        """Return mean and dispersion of the `future` intervals from `past` alone."""
        past, coverage = _recent(past, coverage)
        open_week, weekday = coverage.open_week, past.weekday
        unlike = marks.special(past, calendar.holidays, calendar.events)
        seen = marks.mask(past, coverage, special=unlike)
        shape = profile.fit(past.offered, seen, weekday, open_week)
        counted = np.where((seen > 0) & open_week[weekday], past.offered, 0.0)
        totals, covered = counted.sum(axis=1), shape.covered(weekday, seen)
        if totals.sum() <= daytypes.NEGLIGIBLE:
            return Prediction(np.zeros(len(future.days)), np.zeros(len(future.days)))
        coming = np.arange(past.days[-1] + 1, max(future.days[-1], past.days[-1] + 1) + 1)
        days = np.concatenate([past.days, coming])
        names = daytypes.names_of(calendar.holidays, days)
        fit, now, closed = day_model(
            totals, covered, days, working=np.asarray(open_week.any(axis=1)), names=names,
            events=register.named(calendar.events, past.queue, days),
        )  # fmt: skip
        lead = np.maximum(future.days - past.days[-1], 1)
        at = future.days - past.days[0]
        day_total = np.where(closed[at], 0.0, fit.effect[at] * now.at(lead))
        volume = day_total * shape.share[clock.weekday(future.days), future.of_day]
        lately = slice(-WITHIN_DAYS, None)
        within = _within_day(
            totals[lately], covered[lately], shape.share[weekday[lately]],
            seen=seen[lately], counted=counted[lately],
        )  # fmt: skip
        return Prediction(volume, now.variance(lead) + within)


def _recent(past: Past, coverage: Coverage) -> tuple[Past, Coverage]:
    keep = slice(max(len(past.days) - daily.LONGEST_MEMORY, 0), None)
    cut = ("days", "offered", "exists", "seen", "aht_s", "handled")
    return (
        replace(past, **{name: getattr(past, name)[keep] for name in cut}),
        replace(coverage, status=coverage.status[keep], seen=coverage.seen[keep]),
    )


def day_model(
    totals: np.ndarray,
    covered: np.ndarray,
    days: np.ndarray,
    *,
    working: np.ndarray,
    names: np.ndarray,
    events: dict[str, np.ndarray],
) -> tuple[daily.DayFit, level.Level, np.ndarray]:
    """Return day effects over `days`, the level after the past ones, and which days are closed."""
    past = len(totals)
    weekday = clock.weekday(days)
    idle, regular = covered <= 0, working[weekday]
    closed = np.concatenate([
        idle & regular[:past],
        daytypes.expect_closed(idle, names[:past], working=regular[:past], coming=names[past:]),
    ])  # fmt: skip
    usual = daytypes.usual_weekdays(totals, covered, weekday[:past])
    effects = daytypes.effects(
        days, past=past, working=working, quiet=daytypes.quiet_weekdays(usual, working),
        closed=closed, names=names, events=events,
    ).with_usual(usual, working)  # fmt: skip
    fit = daily.fit(totals, covered, effects)
    now = level.fit(
        totals, covered * fit.effect[:past], fit.mean, dispersion=fit.dispersion,
        leads=len(days) - past,
    )  # fmt: skip
    return fit, now, closed


def _within_day(
    totals: np.ndarray,
    covered: np.ndarray,
    share: np.ndarray,
    *,
    seen: np.ndarray,
    counted: np.ndarray,
) -> float:
    """Return the squared relative error of an interval given its day's total, beyond Poisson."""
    if share.shape[1] == 1:
        return 0.0
    full = np.divide(totals, covered, out=np.zeros(len(totals)), where=covered > 0)
    mean = full[:, None] * share * seen
    used = mean > 0
    return bands.dispersion(counted[used], mean[used])


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
        mean = np.zeros((7, seen.shape[1]))
        for day in range(7):
            rows = np.flatnonzero(past.weekday == day)[::-1]
            known = seen[rows]
            recent = (known > 0) & ((known > 0).cumsum(axis=0) <= self.weeks)
            count = np.where(recent, known, 0.0).sum(axis=0)
            total = np.where(recent, past.offered[rows], 0.0).sum(axis=0)
            mean[day] = np.divide(total, count, out=np.zeros(len(count)), where=count > 0)
        return mean

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


SEASONAL_NAIVE = WeekdayMean("seasonal_naive", weeks=1)
MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        DayTotalByProfile(),
        SEASONAL_NAIVE,
        WeekdayMean("weekday_mean", weeks=4),
    )
}
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
