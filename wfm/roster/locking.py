"""Which shifts and free days must stay as they are when the roster is made anew?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from wfm.errors import BadInput
from wfm.roster.differing import by_day
from wfm.roster.duties import COLUMNS, Case, Duty, duties_of, frame_of
from wfm.roster.given import KEPT_FREE
from wfm.roster.result import Roster
from wfm.roster.rules import touched
from wfm.roster.standing import stand
from wfm.scenario import Scenario


def lock(
    roster: Roster, *, agents: Iterable[str] | None = None, days: Iterable[dt.date] | None = None,
    scenario: Scenario | None = None,
) -> Roster:  # fmt: skip
    """Return the roster with some of its shifts and free days locked, besides what was locked.

    Parameters
    ----------
    roster : Roster
    agents : iterable of str, optional
        Everybody if left out.
    days : iterable of date, optional
        Local days on which the shifts start; every planned day if left out.
    scenario : Scenario, optional
        By default the one the roster was made for.

    Returns
    -------
    Roster
        With `locked` rows that `solve` and `repair` keep: a shift as it stands, breaks included, or
        a row of activity ``"off"`` for a day on which the person does not start a shift.

    Raises
    ------
    BadInput
        An agent or day is not known.
    """
    case = stand(roster, scenario).case
    mine = by_day(duties_of(roster.frame, case.horizon))
    wanted = _chosen(case, agents, days)
    kept = _locked(roster, case)
    shifts: list[Duty] = []
    free: list[tuple[str, int]] = []
    for agent, day in wanted:
        if (agent, day) not in kept:
            duty = mine.get(agent, {}).get(day)
            if duty is None:
                free.append((agent, day))
            else:
                shifts.append(duty)
    minutes = case.horizon.minutes(roster.frame["start"], "roster").tolist()
    begun = set(zip(roster.frame["agent"], minutes, strict=True))
    parts = [part for part in (roster.locked, frame_of(shifts, case.horizon),
                               _off(case, free, begun))
             if part is not None and len(part)]  # fmt: skip
    locked = pd.concat(parts, ignore_index=True) if parts else None
    return replace(roster, locked=locked)


def unlock(
    roster: Roster, *, agents: Iterable[str] | None = None, days: Iterable[dt.date] | None = None,
    scenario: Scenario | None = None,
) -> Roster:  # fmt: skip
    """Return the roster without the locks of some people and days; arguments as for `lock`."""
    if roster.locked is None:
        return roster
    case = stand(roster, scenario).case
    wanted = set(_chosen(case, agents, days))
    stay = [key not in wanted for key in _keys(roster.locked, case)]
    left = roster.locked[stay].reset_index(drop=True)
    return replace(roster, locked=left if len(left) else None)


def locks(roster: Roster, *, scenario: Scenario | None = None) -> pd.DataFrame:
    """Return what is locked, a row a person and day: agent, day, shift (empty for a free day)."""
    case = stand(roster, scenario).case
    rows = []
    if roster.locked is not None:
        shifts = roster.locked["shift"].tolist()
        found = dict(zip(_keys(roster.locked, case), shifts, strict=True))
        rows = [(agent, case.horizon.date(day), code) for (agent, day), code in found.items()]
    frame = pd.DataFrame(sorted(rows), columns=["agent", "day", "shift"])
    return frame.astype({"agent": "str", "shift": "str"})


def _chosen(
    case: Case, agents: Iterable[str] | None, days: Iterable[dt.date] | None
) -> list[tuple[str, int]]:
    who = list(case.people) if agents is None else list(agents)
    unknown = [agent for agent in who if agent not in case.people]
    if unknown:
        raise BadInput(
            f"lock: {len(unknown)} agents are not in the scenario (first: {unknown[0]!r})"
        )
    if days is None:
        numbers = list(range(case.horizon.days))
    else:
        numbers = [(pd.Timestamp(day).date() - case.horizon.monday).days for day in days]
    outside = [n for n in numbers if not 0 <= n < case.horizon.days]
    if outside:
        last = case.horizon.date(case.horizon.days - 1)
        raise BadInput(
            f"lock: {case.horizon.date(outside[0])} is not in the planned weeks, "
            f"{case.horizon.monday} to {last}"
        )
    return [(agent, day) for agent in who for day in numbers]


def _locked(roster: Roster, case: Case) -> set[tuple[str, int]]:
    return set() if roster.locked is None else set(_keys(roster.locked, case))


def locked_days(locked: pd.DataFrame, case: Case) -> list[tuple[str, range]]:
    """Return agent and days of every locked row: those its whole shift touches, or its free day.

    A stretch after midnight counts with the shift it belongs to, which starts on the first day.
    """
    horizon, off = case.horizon, locked["activity"] == KEPT_FREE
    starts = horizon.minutes(locked["start"], "locked")
    shifts: dict[tuple[str, int], range] = {}
    for duty in duties_of(locked[~off], horizon, "locked"):
        days = touched(case, duty.span)
        for minute in range(duty.span.start, duty.span.end):
            shifts[duty.agent, minute] = days
    found = []
    rows = zip(locked["agent"], off, starts.tolist(), horizon.days_of(starts).tolist(), strict=True)
    for agent, free, start, day in rows:
        found.append((agent, range(day, day + 1) if free else shifts[agent, start]))
    return found


def _keys(locked: pd.DataFrame, case: Case) -> list[tuple[str, int]]:
    """Return agent and day of every locked row; a stretch counts with the day of its shift."""
    return [(agent, days.start) for agent, days in locked_days(locked, case)]


def _off(case: Case, free: list[tuple[str, int]], begun: set[tuple[str, int]]) -> pd.DataFrame:
    """Return the rows of free days; `begun` are agent and minute of stretches that start then.

    No two rows of a person start at once: a free day after a night may start a minute late.
    """
    midnights = case.horizon.midnights
    starts = [midnights[day] + ((agent, midnights[day]) in begun) for agent, day in free]
    data = {
        "agent": pd.Series([agent for agent, _ in free], dtype="str"),
        "start": case.horizon.stamps(starts),
        "end": case.horizon.stamps([midnights[day + 1] for _, day in free]),
        "activity": pd.Series([KEPT_FREE] * len(free), dtype="str"),
        "queue": pd.Series([""] * len(free), dtype="str"),
        "shift": pd.Series([""] * len(free), dtype="str"),
    }
    return pd.DataFrame(data, columns=COLUMNS)
