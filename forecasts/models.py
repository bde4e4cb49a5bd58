"""Which ways of forecasting a queue are there?

A model turns one queue's past into a mean and a dispersion for each coming interval. The default
is day total x profile; the baselines are what a planner would do by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import pandas as pd

from forecasts import clock, daily, daytypes, level, marks, profile
from forecasts import events as register
from forecasts import quantiles as bands
from forecasts.coverage import Coverage
from forecasts.errors import BadInput
from forecasts.past import Past

MOST_KEPT = 256  # answers about spans of days, of which a calendar keeps so many
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
        return _following(past.last, horizon, past.tz, past.interval)


@lru_cache(maxsize=64)  # queues of one centre ask the same
def _following(last: int, horizon: int, tz: Any, interval: clock.Interval) -> Future:
    ns = clock.following(last, horizon, tz, interval)
    return Future(ns, *clock.wall(ns, tz, interval))


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
    _made: dict[tuple[object, ...], Any] = field(default_factory=dict, repr=False, compare=False)

    def names(self, days: np.ndarray) -> daytypes.Names:
        """Return the holidays on consecutive `days`."""
        key = ("names", int(days[0]), len(days))
        return self._kept(key, lambda: daytypes.names_of(self.holidays, days))

    def special(self, past: Past) -> np.ndarray:
        """Return which days of `past` are known to be unlike others; see `marks.special`."""
        key = ("special", self._whose(past.queue), int(past.days[0]), len(past.days))
        return self._kept(key, lambda: marks.special(past, self.holidays, self.events))

    def named_events(self, queue: object, days: np.ndarray) -> dict[str, np.ndarray]:
        """Return which of consecutive `days` each event of `queue` covers."""
        key = ("events", self._whose(queue), int(days[0]), len(days))
        return self._kept(key, lambda: register.named(self.events, queue, days))

    def _whose(self, queue: object) -> object:
        return queue if self.events is not None and "queue" in self.events.columns else None

    def _kept(self, key: tuple[object, ...], make: Callable[[], Any]) -> Any:
        # Queues of one centre share their days: what the calendar says of them is found once.
        if key not in self._made:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            self._made[key] = make()
        return self._made[key]


@dataclass(frozen=True)
class Prediction:
    """Mean and dispersion of each coming interval.

    Attributes
    ----------
    volume : float array, shape (n,)
        Expected contacts, >= 0.
    dispersion : float array, shape (n,)
        Squared relative error of that mean beyond Poisson noise, >= 0.
    notes : tuple of str
        What the model decided by itself, for a person.
    """

    volume: np.ndarray
    dispersion: np.ndarray
    notes: tuple[str, ...] = ()


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
        made = fitted(past, coverage, max(int(future.days[-1]), int(past.days[-1]) + 1), calendar)
        if made is None:
            nothing = np.zeros(len(future.days))
            return Prediction(nothing, nothing, ("no contacts so far; 0 is forecast",))
        at = future.days - made.first
        lead = np.maximum(future.days - past.days[-1], 1)
        day_total = np.where(made.closed[at], 0.0, made.effect[at] * made.level.at(lead))
        volume = day_total * made.share[clock.weekday(future.days), future.of_day]
        dispersion = made.level.variance(lead) + made.within
        return Prediction(volume, dispersion, made.notes)


@dataclass(frozen=True)
class Fitted:
    """The default model fitted to a queue.

    Attributes
    ----------
    first : int
        The day, since 1970, of the first entry of `effect` and `closed`.
    effect : float array, shape (n,)
        Factor of each past and coming day, level not included.
    closed : bool array, shape (n,)
        Regularly open days that are, or are expected to be, closed.
    level : Level
    share : float array, shape (7, K)
        Of a day's contacts in each interval.
    day_dispersion, within : float
        Squared relative error, beyond Poisson noise, of a day and of an interval given its day.
    notes : tuple of str
        What was decided on the way, for a person.
    """

    first: int
    effect: np.ndarray
    closed: np.ndarray
    level: level.Level
    share: np.ndarray
    day_dispersion: float
    within: float
    notes: tuple[str, ...]


def fitted(past: Past, coverage: Coverage, last: int, calendar: Calendar) -> Fitted | None:
    """Return the default model of a queue for the days up to `last`; None without contacts."""
    past, coverage = _recent(past, coverage)
    open_week, weekday = coverage.open_week, past.weekday
    seen = marks.mask(past, coverage, special=calendar.special(past))
    shape = profile.fit(past.offered, seen, weekday, open_week)
    totals, covered = shape.day_sums(past.offered, seen, weekday, open_week)
    if totals.sum() <= daytypes.NEGLIGIBLE:
        return None
    days = np.arange(past.days[0], last + 1)
    names, events = calendar.names(days), calendar.named_events(past.queue, days)
    fit, now, closed = day_model(
        totals, covered, days, working=np.asarray(open_week.any(axis=1)), names=names,
        events=events,
    )  # fmt: skip
    notes = [
        *_left_out(coverage.seen, seen, past.offered), *_shut(closed, names, days, len(totals)),
        *(f"event {name!r} has no past under this name; it changes nothing"
          for name, covers in events.items()
          if covers[len(totals):].any() and not covers[:len(totals)].any()),
    ]  # fmt: skip
    within = _within_day(past, seen, shape, totals=totals, covered=covered)
    return Fitted(
        int(days[0]), fit.effect, closed, now, shape.share, fit.dispersion, within, tuple(notes)
    )


def _left_out(known: np.ndarray, seen: np.ndarray, offered: np.ndarray) -> list[str]:
    """Return a note on the counts that were not learned from."""
    if seen is known:
        return []
    cells = (known > 0) & ~(seen > 0)
    if not cells.any():
        return []
    return [
        f"{int(cells.sum())} intervals with {offered[cells].sum():.0f} contacts on "
        f"{int(cells.any(axis=1).sum())} days taken for faults or outliers and left out; "
        "forecasts.clean says which and why"
    ]


def _shut(closed: np.ndarray, names: daytypes.Names, days: np.ndarray, past: int) -> list[str]:
    """Return a note on each coming holiday that is expected to be closed."""
    return [
        f"{clock.dates(days[at : at + 1])[0].date()}, {names.label[names.code[at]]}, is forecast "
        "as closed, as such days were"
        for at in np.flatnonzero(closed[past:]) + past
    ]


def _recent(past: Past, coverage: Coverage) -> tuple[Past, Coverage]:
    if len(past.days) <= daily.LONGEST_MEMORY:
        return past, coverage
    keep = slice(len(past.days) - daily.LONGEST_MEMORY, None)
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
    names: daytypes.Names,
    events: dict[str, np.ndarray],
) -> tuple[daily.DayFit, level.Level, np.ndarray]:
    """Return day effects over `days`, the level after the past ones, and which days are closed."""
    past = len(totals)
    weekday = clock.weekday(days)
    idle, regular = covered <= 0, working[weekday]
    closed = np.concatenate([
        idle & regular[:past],
        daytypes.expect_closed(idle, names, working=regular[:past]),
    ])  # fmt: skip
    usual = daytypes.usual_weekdays(totals, covered, weekday[:past])
    effects = daytypes.effects(
        days, past=past, working=working, closed=closed, names=names, events=events,
    ).with_usual(usual, working)  # fmt: skip
    fit = daily.fit(totals, covered, effects)
    now = level.fit(
        totals, covered * fit.effect[:past], fit.mean, dispersion=fit.dispersion,
        leads=len(days) - past,
    )  # fmt: skip
    return fit, now, closed


def _within_day(
    past: Past,
    seen: np.ndarray,
    shape: profile.Profile,
    *,
    totals: np.ndarray,
    covered: np.ndarray,
) -> float:
    """Return the squared relative error of an interval given its day's total, beyond Poisson."""
    if seen.shape[1] == 1:
        return 0.0
    from forecasts import _kernels

    return float(_kernels.within_day(
        past.offered, seen, past.weekday, shape.share, totals, covered,
        max(len(seen) - WITHIN_DAYS, 0), bands.NEGLIGIBLE,
    ))  # fmt: skip


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
