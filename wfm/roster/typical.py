"""How many agents does a typical week want, and what of it does a shift cover?

Rotations are planned for a week that comes again and again, without dates: the mean of the weeks
that a requirement has, by weekday and clock time. Breaks are spread evenly over their windows,
because in a week without dates nothing is known that would place them better.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wfm import frames
from wfm.errors import BadInput
from wfm.roster.demand import table_of
from wfm.roster.grid import step_of
from wfm.scenario import Scenario
from wfm.timegrid import MINUTES_A_DAY
from wfm.workforce import ShiftType


@dataclass(frozen=True)
class TypicalWeek:
    """A week without dates.

    Attributes
    ----------
    step_min : int
        Minutes of a grid step.
    queues : tuple of str
    wanted : ndarray, shape (queues, 7 * 1440 / step_min)
        Agents wanted on duty and not on a break, from Monday 00:00 local time.
    weeks : int
        Weeks of which it is the mean.
    """

    step_min: int
    queues: tuple[str, ...]
    wanted: np.ndarray
    weeks: int


def typical_week(requirement: Any, scenario: Scenario) -> TypicalWeek:
    """Return the mean week of a requirement; where it has no row, nobody is wanted.

    Parameters
    ----------
    requirement : Requirement or DataFrame
        Table ``requirement``; its `scheduled` is read.
    scenario : Scenario
        Gives the zone, the queues and the grid.

    Raises
    ------
    BadInput
        The table breaks its contract, is empty, or names an unknown queue.
    """
    frame = frames.check("requirement", table_of(requirement))
    names = [queue.name for queue in scenario.queues]
    unknown = sorted(set(frame["queue"]) - set(names))
    if frame.empty or unknown:
        raise BadInput(
            "requirement: expected rows for the scenario's queues, got "
            + (f"unknown queues (first: {unknown[0]!r})" if unknown else "no row")
        )
    local = pd.DatetimeIndex(frame["start"]).tz_convert(scenario.timezone)
    days = local.tz_localize(None).normalize()
    weekday = local.day_of_week.to_numpy()
    rows = pd.DataFrame({
        "queue": frame["queue"].map(names.index).to_numpy(),
        "week": days - pd.to_timedelta(weekday, unit="D"),
        "at": weekday * MINUTES_A_DAY + local.hour * 60 + local.minute,
        "wanted": frame["scheduled"].to_numpy(dtype=float),
    })  # fmt: skip
    # The hour that a clock change repeats counts once.
    each = rows.groupby(["queue", "week", "at"])["wanted"].mean()
    weeks = rows["week"].nunique()
    mean = each.groupby(level=["queue", "at"]).sum() / weeks
    step = step_of(scenario)
    wanted = np.zeros((len(names), 7 * MINUTES_A_DAY // step))
    wide = scenario.interval_min // step
    for queue, minute, value in mean.reset_index().to_numpy(dtype=float).tolist():
        first = int(minute) // step
        wanted[int(queue), first : first + wide] = value
    return TypicalWeek(step, tuple(names), wanted, int(weeks))


def seated(shift: ShiftType, step_min: int) -> np.ndarray:
    """Return the part of each grid step of a shift that is on seat, breaks evenly spread.

    >>> from wfm.workforce import BreakRule
    >>> lunch = BreakRule("lunch", 30, 180, 210, paid=False)
    >>> seated(ShiftType("D", "09:00", "09:00", 300, breaks=(lunch,)), 30).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 1.0, 1.0]
    """
    there = np.ones(-(-shift.length_min // step_min))
    for rule in shift.breaks:
        offsets = range(rule.earliest_min, rule.latest_min + 1, step_min)
        for offset in offsets:
            first = offset // step_min
            there[first : first + rule.length_min // step_min] -= 1 / len(offsets)
    return np.maximum(there, 0.0)


def covering(
    week: TypicalWeek, shift: ShiftType, weekday: int, start_min: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the grid steps of the week that a shift covers, and how much of each.

    What passes the end of Sunday covers Monday.
    """
    share = seated(shift, week.step_min)
    first = (weekday * MINUTES_A_DAY + start_min) // week.step_min
    return (first + np.arange(len(share))) % week.wanted.shape[1], share
