"""Which minute of the plan is an instant, and which local day does it belong to?

Inside the roster stage time is whole minutes elapsed since the first Monday's local midnight, so
that a shift keeps its length on the night of a clock change.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.scenario import Scenario
from wfm.timegrid import instant

LEAST_STEP_MIN = 5
_MINUTE_NS = 60_000_000_000


@dataclass(frozen=True)
class Horizon:
    """The planned weeks as a line of minutes.

    Attributes
    ----------
    monday : date
        First planned day.
    weeks : int
    timezone : str
    midnights : tuple of int
        Minute of the local midnight that opens each day, and of the one that closes the last:
        ``7 * weeks + 1`` values, the first is 0. A day has 23, 24 or 25 hours.
    """

    monday: dt.date
    weeks: int
    timezone: str
    midnights: tuple[int, ...]

    @property
    def days(self) -> int:
        """Number of planned days."""
        return 7 * self.weeks

    @property
    def end(self) -> int:
        """Minute at which the last planned day ends."""
        return self.midnights[-1]

    @property
    def origin(self) -> pd.Timestamp:
        """The instant of minute 0."""
        return instant(self.monday, 0, self.timezone)

    def date(self, day: int) -> dt.date:
        """Return the date of day number `day` (0 is the first Monday, negative is before it)."""
        return self.monday + dt.timedelta(days=day)

    def clock(self, day: int, minute: int) -> int:
        """Return the minute of the plan at wall-clock `minute` of day number `day`."""
        moment = instant(self.date(day), minute, self.timezone)
        return int((moment - self.origin).total_seconds()) // 60

    def day_of(self, minute: int) -> int:
        """Return the day number in whose local date the minute lies."""
        return (self.stamp(minute).date() - self.monday).days

    def days_of(self, minutes: np.ndarray) -> np.ndarray:
        """Return the day numbers in whose local dates the minutes lie."""
        days = np.searchsorted(np.array(self.midnights), minutes, side="right") - 1
        for at in np.flatnonzero((minutes < 0) | (minutes >= self.end)):
            days[at] = self.day_of(int(minutes[at]))
        return days

    def stamp(self, minute: int) -> pd.Timestamp:
        """Return the instant of a minute, in the site's zone."""
        return self.origin + pd.Timedelta(minutes=int(minute))

    def stamps(self, minutes: list[int]) -> pd.DatetimeIndex:
        """Return the instants of many minutes, in the site's zone."""
        origin = self.origin.tz_convert("UTC").as_unit("ns").value
        ns = origin + np.asarray(minutes, dtype=np.int64) * _MINUTE_NS
        return pd.DatetimeIndex(ns.astype("datetime64[ns]"), tz="UTC").tz_convert(self.timezone)

    def minutes(self, times: pd.Series, table: str) -> np.ndarray:
        """Return the minutes of a column of instants; BadInput unless they are whole minutes."""
        index = pd.DatetimeIndex(times).tz_convert("UTC").as_unit("ns")
        ns = index.asi8 - self.origin.tz_convert("UTC").as_unit("ns").value
        off = ns % _MINUTE_NS != 0
        if off.any():
            raise BadInput(
                f"{table}: column {times.name!r} has {int(off.sum())} times that are not whole "
                f"minutes (first: {times.iloc[int(off.argmax())]}); round them before planning"
            )
        return ns // _MINUTE_NS


def horizon_of(scenario: Scenario, first: pd.Timestamp | None) -> Horizon:
    """Return the planned weeks; `first` dates them where the scenario has no `start`.

    Raises
    ------
    BadInput
        If neither dates the plan.
    """
    monday = scenario.start
    if monday is None:
        if first is None:
            raise BadInput(
                "roster: the scenario has no start and there are no rows to date the plan by; "
                "set Scenario.start to the Monday it begins on"
            )
        local = first.tz_convert(scenario.timezone).date()
        monday = local - dt.timedelta(days=local.weekday())
    origin = instant(monday, 0, scenario.timezone)
    midnights = tuple(
        int((instant(monday + dt.timedelta(days=day), 0, scenario.timezone) - origin)
            .total_seconds()) // 60
        for day in range(7 * scenario.weeks + 1)
    )  # fmt: skip
    return Horizon(monday, scenario.weeks, scenario.timezone, midnights)


def step_of(scenario: Scenario) -> int:
    """Return the grid step in minutes: all starts, lengths and break windows are multiples of it.

    Raises
    ------
    BadInput
        If a shift or break is not on a grid of five minutes.
    """
    step = scenario.interval_min
    for shift in scenario.shifts:
        values = {"earliest_start": shift.starts[0], "length_min": shift.length_min}
        if len(shift.starts) > 1:
            values["start_step_min"] = shift.start_step_min
        for rule in shift.breaks:
            values[f"{rule.activity} length_min"] = rule.length_min
            values[f"{rule.activity} earliest_min"] = rule.earliest_min
            values[f"{rule.activity} latest_min"] = rule.latest_min
        for name, value in values.items():
            if value % LEAST_STEP_MIN:
                raise BadInput(
                    f"shift {shift.code!r}: {name} is {value} min; shifts and breaks lie on a grid "
                    f"of {LEAST_STEP_MIN} minutes - round it"
                )
            step = math.gcd(step, value)
    for meeting in scenario.meetings:
        if meeting.length_min % LEAST_STEP_MIN:
            raise BadInput(
                f"meeting {meeting.name!r}: length_min is {meeting.length_min} min; meetings lie "
                f"on a grid of {LEAST_STEP_MIN} minutes - round it"
            )
        step = math.gcd(step, meeting.length_min)
    return step
