"""What does a model of a queue get, and what does it give?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import pandas as pd

from forecasts import clock, daytypes, marks
from forecasts import events as register
from forecasts.coverage import Coverage
from forecasts.past import Past

MOST_KEPT = 256  # answers about spans of days, of which a calendar keeps so many


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
    against_mean : float
        Its error in days replayed over that of the mean of the last weeks, 0 if unknown. The days
        were fitted, so that the truth is somewhat worse.
    """

    volume: np.ndarray
    dispersion: np.ndarray
    notes: tuple[str, ...] = ()
    against_mean: float = 0.0


class Model(Protocol):
    """A way of forecasting one queue. Implementations keep no state between calls."""

    @property
    def name(self) -> str:
        """What the model is called in arguments and tables."""

    def predict(
        self, past: Past, coverage: Coverage, future: Future, calendar: Calendar
    ) -> Prediction:
        """Return mean and dispersion of the `future` intervals from `past` alone."""
