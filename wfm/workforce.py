"""Who can work, which shifts exist, and what the law and the contracts allow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from wfm.errors import BadInput
from wfm.labour import LabourRules, ShiftLimit
from wfm.timegrid import MINUTES_A_DAY, minutes

__all__ = [
    "BreakRule", "Contract", "LabourRules", "MinimumStaff", "OnCallStaff", "Person", "ShiftLimit",
    "ShiftType", "split_shifts",
]  # fmt: skip


@dataclass(frozen=True)
class BreakRule:
    """One break inside a shift.

    Attributes
    ----------
    activity : str
        ``"break"``, ``"lunch"`` or ``"gap"``; stands in the roster's `activity`. A gap is the
        unpaid time between the two stretches of a split shift.
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
        if self.activity not in ("break", "lunch", "gap", "on call"):
            raise BadInput(f"break: activity is 'break', 'lunch' or 'gap', got {self.activity!r}")
        if self.activity == "gap" and self.paid:
            raise BadInput("break: the gap of a split shift is unpaid; write paid = false")
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
    on_call : bool
        Not on seat at all, only to be called in; asked for by `OnCallStaff`.
    paid_share, rest_share : float
        Shares of an on-call duty that count as paid time and, from its end, as rest; 0 to 1.
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
    on_call: bool = False
    paid_share: float = 1.0
    rest_share: float = 0.0

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
        self._check_kind(where)
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

    def _check_kind(self, where: str) -> None:
        """Raise BadInput unless gaps and on-call shares go together."""
        shares = (self.paid_share, self.rest_share)
        if not all(0 <= share <= 1 for share in shares):
            raise BadInput(f"{where}: paid_share and rest_share are 0 to 1, got {shares}")
        if not self.on_call and shares != (1.0, 0.0):
            raise BadInput(
                f"{where}: paid_share and rest_share are of on-call duties alone; set on_call = "
                "true or leave them out"
            )
        kinds = [rule.activity for rule in self.breaks]
        if self.on_call and kinds not in ([], ["on call"]):
            raise BadInput(f"{where}: an on-call duty has no breaks; leave them out")
        if not self.on_call and "on call" in kinds:
            raise BadInput(f"{where}: 'on call' is no break; set on_call = true")
        if kinds.count("gap") > 1:
            raise BadInput(f"{where}: a split shift has one gap, got {kinds.count('gap')}")

    @property
    def starts(self) -> tuple[int, ...]:
        """Possible starts, minutes after local midnight."""
        first, last = minutes(self.earliest_start), minutes(self.latest_start)
        return tuple(range(first, last + 1, self.start_step_min))

    @property
    def paid_min(self) -> int:
        """Paid minutes: presence less unpaid breaks; of an on-call duty its paid share."""
        if self.on_call:
            return round(self.paid_share * self.length_min)
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
        if self.least < 1:
            raise BadInput(f"on call {self.shift!r}: least is >= 1, got {self.least}")
        if not self.weekdays or any(not 0 <= day <= 6 for day in self.weekdays):
            raise BadInput(
                f"on call {self.shift!r}: weekdays are 0 (Monday) to 6 (Sunday), got "
                f"{self.weekdays}"
            )


def split_shifts(
    code: str, starts: tuple[str, str], first_min: int, second_min: int, gaps_min: Iterable[int],
    *, start_step_min: int = 30, name: str = "",
) -> tuple[ShiftType, ...]:  # fmt: skip
    """Return the split shifts of two stretches, one type for each length of the gap between them.

    Parameters
    ----------
    code : str
        The types are called `code` and the gap's minutes, ``"S120"``.
    starts : (str, str)
        Earliest and latest start, ``"HH:MM"``.
    first_min, second_min : int
        Minutes of the two stretches.
    gaps_min : iterable of int
        Lengths that the gap may have.

    Examples
    --------
    >>> [s.code for s in split_shifts("S", ("08:00", "09:00"), 240, 240, range(120, 241, 60))]
    ['S120', 'S180', 'S240']
    >>> split_shifts("S", ("08:00", "09:00"), 240, 180, [120])[0].paid_min
    420
    """
    return tuple(
        ShiftType(
            f"{code}{gap}", *starts, first_min + gap + second_min, start_step_min,
            (BreakRule("gap", gap, first_min, first_min, paid=False),), name,
        )
        for gap in gaps_min
    )  # fmt: skip


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
