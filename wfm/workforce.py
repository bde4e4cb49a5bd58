"""Who can work, which shifts exist, and what the law and the contracts allow."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise

from wfm.errors import BadInput
from wfm.labour import LabourRules, ShiftLimit
from wfm.timegrid import MINUTES_A_DAY, minutes

__all__ = [
    "BreakRule", "Contract", "LabourRules", "MinimumStaff", "Person", "ShiftLimit", "ShiftType",
]  # fmt: skip


@dataclass(frozen=True)
class BreakRule:
    """One break inside a shift.

    Attributes
    ----------
    activity : str
        ``"break"`` or ``"lunch"``; stands in the roster's `activity`.
    length_min : int
        Length in minutes.
    earliest_min, latest_min : int
        Earliest and latest start, minutes after the start of the shift.
    paid : bool
        Whether it counts as paid time.
    """

    activity: str
    length_min: int
    earliest_min: int
    latest_min: int
    paid: bool = True

    def __post_init__(self) -> None:
        if self.activity not in ("break", "lunch"):
            raise BadInput(f"break: activity is 'break' or 'lunch', got {self.activity!r}")
        if self.length_min <= 0 or not 0 <= self.earliest_min <= self.latest_min:
            raise BadInput(
                "break: expected length_min > 0 and 0 <= earliest_min <= latest_min, got "
                f"length {self.length_min}, earliest {self.earliest_min}, latest {self.latest_min}"
            )


@dataclass(frozen=True)
class ShiftType:
    """A kind of working day.

    Attributes
    ----------
    code : str
        Short text shown in the roster cell, for example ``"E"``.
    earliest_start, latest_start : str
        Local clock times ``"HH:MM"`` between which it may start.
    length_min : int
        Presence in minutes, breaks included; may pass midnight.
    start_step_min : int
        Starts lie on this grid, counted from `earliest_start`.
    breaks : tuple of BreakRule
        In the order of the day; they never overlap.
    name : str
        Text for people.
    least_before_break_min : int
        Least minutes from the start to the first break.
    most_without_break_min : int
        Most minutes at a stretch without a break; a whole day: no limit.
    least_between_breaks_min : int
        Least minutes between the end of a break and the start of the next.
    """

    code: str
    earliest_start: str
    latest_start: str
    length_min: int
    start_step_min: int = 30
    breaks: tuple[BreakRule, ...] = ()
    name: str = ""
    least_before_break_min: int = 0
    most_without_break_min: int = MINUTES_A_DAY
    least_between_breaks_min: int = 0

    def __post_init__(self) -> None:
        where = f"shift {self.code!r}"
        if not self.code:
            raise BadInput("shift: code is empty; give each shift type a short code such as 'E'")
        if minutes(self.earliest_start) > minutes(self.latest_start):
            raise BadInput(
                f"{where}: earliest_start {self.earliest_start} is after latest_start "
                f"{self.latest_start}"
            )
        if minutes(self.latest_start) >= MINUTES_A_DAY:
            raise BadInput(f"{where}: latest_start must be before 24:00")
        if not 0 < self.length_min <= MINUTES_A_DAY or self.start_step_min <= 0:
            raise BadInput(
                f"{where}: expected 0 < length_min <= {MINUTES_A_DAY} and start_step_min > 0, got "
                f"length {self.length_min}, step {self.start_step_min}"
            )
        least, most = self.least_before_break_min, self.most_without_break_min
        if least < 0 or self.least_between_breaks_min < 0 or not 0 < most <= MINUTES_A_DAY:
            raise BadInput(
                f"{where}: expected least_before_break_min and least_between_breaks_min >= 0 and 0 "
                f"< most_without_break_min <= {MINUTES_A_DAY}, got {least}, "
                f"{self.least_between_breaks_min} and {most}"
            )
        if self.breaks and most < max(least, self.least_between_breaks_min):
            raise BadInput(
                f"{where}: at most {most} min without a break cannot be kept with at least "
                f"{max(least, self.least_between_breaks_min)} min of work before or between breaks"
            )
        for rule in self.breaks:
            if rule.latest_min + rule.length_min > self.length_min:
                raise BadInput(
                    f"{where}: a {rule.activity} may start {rule.latest_min} min into the shift "
                    f"and lasts {rule.length_min} min, but the shift is {self.length_min} min long"
                )
        for before, after in pairwise(self.breaks):
            if before.earliest_min + before.length_min > after.latest_min:
                raise BadInput(
                    f"{where}: {before.activity} and {after.activity} can never both be placed; "
                    "list breaks in the order of the day with windows that leave room"
                )

    @property
    def starts(self) -> tuple[int, ...]:
        """Possible starts, minutes after local midnight."""
        first, last = minutes(self.earliest_start), minutes(self.latest_start)
        return tuple(range(first, last + 1, self.start_step_min))

    @property
    def paid_min(self) -> int:
        """Paid minutes: presence less unpaid breaks."""
        return self.length_min - sum(b.length_min for b in self.breaks if not b.paid)


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
    """

    name: str
    min_week_h: float
    max_week_h: float
    shifts: tuple[str, ...]
    max_days_per_week: int = 5

    def __post_init__(self) -> None:
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
