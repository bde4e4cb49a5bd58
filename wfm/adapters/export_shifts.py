"""Which shifts do the stretches of a roster make, and what does each person's week look like?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm import frames
from wfm.scenario import Scenario
from wfm.timegrid import zone
from wfm.workforce import Person, ShiftType

UNPLANNED = "–"
LEAVE = "leave"


@dataclass(frozen=True)
class Pause:
    """One stretch of a shift that is not work: a break or lunch."""

    activity: str
    start: pd.Timestamp
    end: pd.Timestamp

    @property
    def minutes(self) -> float:
        """Length in minutes."""
        return (self.end - self.start).total_seconds() / 60


@dataclass(frozen=True)
class Shift:
    """One shift of one person.

    Attributes
    ----------
    agent, code, queue : str
    start, end : Timestamp
        In the site's zone.
    pauses : tuple of Pause
        In order of time.
    paid_h : float
        Elapsed hours less unpaid breaks; of an unknown shift code every break counts as paid.
    unpaid : tuple of Pause
        The pauses that are not paid.
    ordinal : int
        0 for the person's first shift that starts on that local day, 1 for the second.
    """

    agent: str
    code: str
    queue: str
    start: pd.Timestamp
    end: pd.Timestamp
    pauses: tuple[Pause, ...]
    paid_h: float
    unpaid: tuple[Pause, ...]
    ordinal: int

    @property
    def day(self) -> dt.date:
        """Local day on which it starts."""
        return self.start.date()

    @property
    def text(self) -> str:
        """As in a roster cell: ``E 07:00-15:30``."""
        return f"{self.code} {self.start:%H:%M}-{self.end:%H:%M}"

    @property
    def breaks(self) -> str:
        """Breaks as one text: ``break 09:00-09:15, lunch 11:30-12:00``."""
        return ", ".join(f"{p.activity} {p.start:%H:%M}-{p.end:%H:%M}" for p in self.pauses)


def shifts_of(roster: Any, scenario: Scenario) -> tuple[Shift, ...]:
    """Return the shifts of a roster by agent and time.

    Stretches of one agent and shift code that touch are one shift.

    Parameters
    ----------
    roster : object with `frame`
        Its frame is the roster table of `wfm.frames`.
    """
    frame = frames.check("roster", roster.frame)
    here = zone(scenario.timezone)
    types = {shift.code: shift for shift in scenario.shifts}
    ordered = frame.sort_values(["agent", "start"], kind="stable")
    rows = list(
        zip(
            ordered["agent"].astype(str),
            ordered["start"].dt.tz_convert(here),
            ordered["end"].dt.tz_convert(here),
            ordered["activity"].astype(str),
            ordered["queue"].astype(str),
            ordered["shift"].astype(str),
            strict=True,
        )
    )
    found: list[Shift] = []
    begin = 0
    for at in range(1, len(rows) + 1):
        last = rows[at - 1]
        together = at < len(rows) and (rows[at][0], rows[at][1], rows[at][5]) == (
            last[0], last[2], last[5],
        )  # fmt: skip
        if not together:
            found.append(_shift(rows[begin:at], types, found))
            begin = at
    return tuple(found)


def _shift(rows: list[tuple[Any, ...]], types: dict[str, ShiftType], before: list[Shift]) -> Shift:
    agent, start, _, _, _, code = rows[0]
    end = rows[-1][2]
    pauses = tuple(Pause(row[3], row[1], row[2]) for row in rows if row[3] != "work")
    rules = types[code].breaks if code in types else ()
    not_paid = {(rule.activity, rule.length_min) for rule in rules if not rule.paid}
    unpaid = tuple(pause for pause in pauses if (pause.activity, pause.minutes) in not_paid)
    lost = sum(pause.minutes for pause in unpaid)
    if code in types and types[code].on_call:
        lost = types[code].length_min - types[code].paid_min
    queues = list(dict.fromkeys(row[4] for row in rows))
    same_day = before and before[-1].agent == agent and before[-1].day == start.date()
    return Shift(
        agent=agent,
        code=code,
        queue="+".join(queues),
        start=start,
        end=end,
        pauses=pauses,
        paid_h=((end - start).total_seconds() / 60 - lost) / 60,
        unpaid=unpaid,
        ordinal=before[-1].ordinal + 1 if same_day else 0,
    )


def people_of(shifts: tuple[Shift, ...], scenario: Scenario) -> tuple[Person, ...]:
    """Return the people to show: the scenario's by team, then rostered ones it does not know."""
    known = sorted(scenario.people, key=lambda person: person.team)
    ids = {person.id for person in known}
    strangers = dict.fromkeys(s.agent for s in shifts if s.agent not in ids)
    return (*known, *(Person(agent, contract="", skills=()) for agent in strangers))


def mondays_of(roster: Any, shifts: tuple[Shift, ...], scenario: Scenario) -> tuple[dt.date, ...]:
    """Return the Mondays of all weeks that the plan covers or a shift starts in."""
    first = scenario.start or getattr(roster, "start", None)
    found = {shift.day - dt.timedelta(days=shift.day.weekday()) for shift in shifts}
    if first is not None:
        found |= {first + dt.timedelta(weeks=week) for week in range(scenario.weeks)}
    return tuple(sorted(found))


def cell_text(person: Person, day: dt.date, shifts: list[Shift]) -> str:
    """Return what stands in the roster cell of a person and day."""
    if shifts:
        return " / ".join(shift.text for shift in shifts)
    return LEAVE if day in person.time_off else UNPLANNED


def week_name(monday: dt.date) -> str:
    """Return the ISO week, for example ``2003-W44``.

    >>> week_name(dt.date(2003, 10, 27))
    '2003-W44'
    """
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02d}"
