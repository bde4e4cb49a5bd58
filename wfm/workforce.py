"""Who can work, which shifts exist, and what the law and the contracts allow."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wfm.errors import BadInput
from wfm.fields import check_fields
from wfm.labour import LabourRules, ShiftLimit
from wfm.shift_types import BreakRule, ShiftType, split_shifts
from wfm.timegrid import minutes

__all__ = [
    "BreakRule", "Contract", "LabourRules", "MinimumStaff", "OnCallStaff", "Person", "ShiftLimit",
    "ShiftType", "split_shifts",
]  # fmt: skip


@dataclass(frozen=True)
class Contract:
    """What a person owes and may be asked for in a Monday-Sunday week.

    Attributes
    ----------
    name : str
    min_week_h, max_week_h : float
        Paid hours a week. Each approved day off lowers the minimum by a share (see
        `wfm.roster.rules`), so that leave never makes a contract impossible.
    shifts : tuple of str
        Codes of the shift types that may be given.
    max_days_per_week : int
        Worked days a week.
    period_weeks : int
        Length of the row of weeks whose hours `min_period_h` and `max_period_h` bound; 0: none.
    overtime_h : float
        Paid hours a week that may be worked beyond `max_week_h`.
    overtime_factor : float
        What such an hour costs, in ordinary hours; multiplies `RosterWeights.overtime`.
    cost_per_hour : float or None
        What an ordinary paid hour costs, in `Scenario.currency`; only shown.
    min_period_h, max_period_h : float, float or None
        Paid hours in any `period_weeks` weeks in a row that end in a planned one, weeks before
        included. The least is asked where all these weeks are known and is lowered by leave; the
        most also where fewer are.
    """

    name: str
    min_week_h: float
    max_week_h: float
    shifts: tuple[str, ...]
    max_days_per_week: int = 5
    period_weeks: int = 0
    min_period_h: float = 0.0
    max_period_h: float | None = None
    overtime_h: float = 0.0
    overtime_factor: float = 1.5
    cost_per_hour: float | None = None

    def __post_init__(self) -> None:
        check_fields(self, f"contract {self.name!r}")
        if not (0 <= self.overtime_h <= 168 and 0 < self.overtime_factor <= 100):
            raise BadInput(
                f"contract {self.name!r}: expected 0 <= overtime_h <= 168 and 0 < overtime_factor "
                f"<= 100, got {self.overtime_h} and {self.overtime_factor}"
            )
        if self.cost_per_hour is not None and self.cost_per_hour < 0:
            raise BadInput(
                f"contract {self.name!r}: cost_per_hour is >= 0, got {self.cost_per_hour}"
            )
        most = self.max_period_h
        if not 0 <= self.period_weeks <= 52 or (
            not self.period_weeks and (self.min_period_h or most is not None)
        ):
            raise BadInput(
                f"contract {self.name!r}: period_weeks is 1 to 52 where min_period_h or "
                f"max_period_h is given, got {self.period_weeks}"
            )
        if self.min_period_h < 0 or (most is not None and most < self.min_period_h):
            raise BadInput(
                f"contract {self.name!r}: expected 0 <= min_period_h <= max_period_h, got "
                f"{self.min_period_h} and {most}"
            )
        if self.min_period_h > self.period_weeks * self.most_week_h or (
            most is not None and most < self.period_weeks * self.min_week_h
        ):
            raise BadInput(
                f"contract {self.name!r}: {self.period_weeks} weeks of {self.min_week_h} to "
                f"{self.max_week_h} h cannot have {self.min_period_h} to {most} h together"
            )
        if not 0 <= self.min_week_h <= self.max_week_h <= 168:
            raise BadInput(
                f"contract {self.name!r}: expected 0 <= min_week_h <= max_week_h <= 168, got "
                f"{self.min_week_h} and {self.max_week_h}"
            )
        if not 0 <= self.max_days_per_week <= 7:
            raise BadInput(
                f"contract {self.name!r}: max_days_per_week is 0 to 7, got {self.max_days_per_week}"
            )
        if not self.shifts:
            raise BadInput(f"contract {self.name!r}: no shift codes; list at least one in `shifts`")

    @property
    def most_week_h(self) -> float:
        """Most paid hours a week, overtime included."""
        return self.max_week_h + self.overtime_h


@dataclass(frozen=True)
class OnCallStaff:
    """How many people should be on call, day by day. Soft, weighed by `RosterWeights.on_call`.

    Attributes
    ----------
    shift : str
        Code of an on-call shift type; counted are those that start on the day.
    least : int
    weekdays : tuple of int
        Monday 0 to Sunday 6.
    """

    shift: str
    least: int = 1
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)

    def __post_init__(self) -> None:
        check_fields(self, f"on call {self.shift!r}")
        if self.least < 1:
            raise BadInput(f"on call {self.shift!r}: least is >= 1, got {self.least}")
        if not self.weekdays or any(not 0 <= day <= 6 for day in self.weekdays):
            raise BadInput(
                f"on call {self.shift!r}: weekdays are 0 (Monday) to 6 (Sunday), got "
                f"{self.weekdays}"
            )


@dataclass(frozen=True)
class MinimumStaff:
    """How many people of a role should be present, and when.

    Attributes
    ----------
    role : str
        One of `Person.roles`, for example ``"team lead"``.
    least : int
        People on a shift, their breaks included.
    start, end : str
        Local clock times ``"HH:MM"``, `start` before `end`.
    weekdays : tuple of int
        Monday 0 to Sunday 6.
    """

    role: str
    least: int
    start: str = "00:00"
    end: str = "24:00"
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6)

    def __post_init__(self) -> None:
        where = f"minimum staff {self.role!r}"
        check_fields(self, where)
        if not self.role or self.least < 1:
            raise BadInput(f"{where}: expected a role and least >= 1, got {self.least}")
        if minutes(self.start) >= minutes(self.end):
            raise BadInput(f"{where}: start {self.start} is not before end {self.end}")
        if not self.weekdays or any(not 0 <= day <= 6 for day in self.weekdays):
            raise BadInput(f"{where}: weekdays are 0 (Monday) to 6 (Sunday), got {self.weekdays}")


@dataclass(frozen=True)
class Person:
    """One agent.

    Attributes
    ----------
    id : str
        Stable key; stands in the roster's `agent`.
    contract : str
        Name of a `Contract`.
    skills : tuple of str
        Queues this person can serve.
    name, team : str
        For people; both may be empty.
    time_off : tuple of date
        Approved days off: no shift may start on, or reach into, these days.
    weekdays_off : tuple of int
        Weekdays never worked, Monday 0 to Sunday 6.
    roles : tuple of str
        What the person is besides an agent, for `MinimumStaff`.
    pattern, pattern_week : str, int
        Name of the `Pattern` the person follows, and the week of it, from 0, in which they are at
        its `monday`. Empty: that of the team, if it has one.
    """

    id: str
    contract: str
    skills: tuple[str, ...]
    name: str = ""
    team: str = ""
    time_off: tuple[dt.date, ...] = ()
    weekdays_off: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    pattern: str = ""
    pattern_week: int = 0

    def __post_init__(self) -> None:
        if not self.id:
            raise BadInput("person: id is empty; every person needs a stable id")
        check_fields(self, f"person {self.id!r}")
        if self.pattern_week < 0 or (self.pattern_week and not self.pattern):
            raise BadInput(
                f"person {self.id!r}: pattern_week {self.pattern_week} counts from 0 and needs a "
                "pattern"
            )
        if any(not 0 <= day <= 6 for day in self.weekdays_off):
            raise BadInput(
                f"person {self.id!r}: weekdays_off are 0 (Monday) to 6 (Sunday), got "
                f"{self.weekdays_off}"
            )
