"""How is a published roster mended after absences or new demand, with few changes?

From the shifts as they stand, people's days are chosen anew (`mending`), a changed shift priced at
`weight`; nobody is touched who cannot gain that. Shifts are given, moved or get other breaks only
where they reach a moment at which the event changed supply or demand; on other days a shift can at
most be dropped in exchange. It ends when nobody gains, alone or with a second person who takes over
what the first leaves.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.roster.board import Board
from wfm.roster.budget import Progress
from wfm.roster.differing import by_day, differences
from wfm.roster.duties import Case, Duty, duties_of
from wfm.roster.given import kept_free, locks_of
from wfm.roster.locking import locked_days
from wfm.roster.meeting_places import place_meetings
from wfm.roster.mending import Mending, improve, leave, must, touched, wronged
from wfm.roster.result import Roster
from wfm.roster.rules import touched as touched_by
from wfm.roster.standing import roster_of, stand
from wfm.scenario import Scenario
from wfm.timegrid import local_moment


@dataclass(frozen=True)
class Repair:
    """A mended roster and what was changed.

    Attributes
    ----------
    roster : Roster
    changes : DataFrame
        agent, day, kind (given, taken, moved, breaks), before, after, paid_h; absences included.
    short_before_h, short_hit_h, short_after_h : float
        Agent-hours short before, right after the event without any change, and now.
    weight : float
        Weighted agent-hours that a changed shift had to save.
    complete : bool
        False if the time ran out before nobody could gain any more.
    unlocked : tuple of (agent, date)
        Locked shifts and free days, by their first day, that an absence touches: locked no more.
    """

    roster: Roster
    changes: pd.DataFrame
    short_before_h: float
    short_hit_h: float
    short_after_h: float
    weight: float
    complete: bool
    unlocked: tuple[tuple[str, dt.date], ...] = ()


def repair(
    roster: Roster, scenario: Scenario | None = None, requirement: Any = None, *,
    absent: Iterable[tuple[str, dt.date]] = (), since: Any = None, weight: float | None = None,
    locked: pd.DataFrame | None = None, time_limit_s: float = 30.0,
    progress: Progress | None = None,
) -> Repair:  # fmt: skip
    """Return the roster mended with few changes, and the list of them.

    Parameters
    ----------
    roster : Roster
        The published one.
    scenario : Scenario, optional
        By default the one the roster was made for.
    requirement : Requirement or DataFrame, optional
        By default the one the roster's coverage was counted against; pass a new one where demand
        has changed.
    absent : iterable of (agent, date)
        Days on which people will not be there; they count as approved days off.
    since : Timestamp, datetime or str, optional
        Without a zone it is the site's. Shifts that start before stand, absences apart, and none is
        given before.
    weight : float, optional
        Weighted agent-hours that a shift given, taken or moved must save; a shift whose breaks
        alone move must save a quarter of it. By default what one agent-hour short weighs.
    locked : DataFrame, optional
        As for `solve`; by default the locks the roster carries. Those of absent people fall away.
    time_limit_s : float
        Wall-clock seconds. Shifts that became illegal are always mended, if it takes longer too.
    progress : callable, optional
        ``progress(share, text)``; False ends the repair with what there is.

    Returns
    -------
    Repair

    Raises
    ------
    BadInput
        An absent person is not known, `since` is no time, or a table cannot be used.
    Infeasible
        Somebody has no legal shifts left; the text names the rules.

    Examples
    --------
    >>> import datetime as dt
    >>> from wfm import roster
    >>> from wfm.scenario import Contract, Person, Queue, Scenario, ShiftType, Target
    >>> monday = dt.date(2003, 3, 3)
    >>> plan = Scenario(
    ...     "two", "UTC", (Queue("voice", Target(0.8)),),
    ...     tuple(Person(name, "any", ("voice",)) for name in ("ann", "bob")),
    ...     (Contract("any", 0, 40, ("D",)),), (ShiftType("D", "09:00", "09:00", 480),),
    ...     start=monday)
    >>> wanted = pd.DataFrame({
    ...     "queue": "voice", "start": pd.date_range("2003-03-03 09:00", periods=16, freq="30min",
    ...     tz="UTC"), "agents": 1.0, "agents_rounded": 1, "scheduled": 1,
    ...     "p_answered_within": 0.9, "occupancy": 0.5})
    >>> made = roster.solve(wanted, plan)
    >>> gone = made.frame["agent"].iloc[0]
    >>> mended = repair(made, absent=[(gone, monday)])
    >>> mended.changes["kind"].tolist(), mended.short_hit_h, mended.short_after_h
    (['taken', 'given'], 8.0, 0.0)
    """
    begun = time.monotonic()
    before = stand(roster, scenario)
    gone = tuple(absent)
    _check_planned(before.case, gone, before.board.all_duties())
    told = _away(before.case.scenario, gone)
    standing = stand(roster, told, requirement=requirement)
    board = standing.board
    weight = board.case.scenario.weights.under if weight is None else weight
    if not (np.isfinite(weight) and weight >= 0):
        raise BadInput(f"repair: weight is a number >= 0 of agent-hours, got {weight!r}")
    published = by_day(duties_of(roster.frame, board.case.horizon))
    task = _task(board, published, gone=gone, since=since, weight=weight,
                 until=begun + time_limit_s,
                 locked=roster.locked if locked is None else locked)  # fmt: skip
    for agent in {agent for agent, _ in gone}:
        leave(task, board.case.people[agent])
    hit = board.short_h()
    task = replace(task, touched=touched(before.board, board))
    tell = progress or (lambda share, text: None)
    for person in wronged(task):
        must(task, person)
    complete = improve(task, tell=tell)
    hasty = False

    def hurry(text: str) -> bool:
        nonlocal hasty
        hasty = hasty or tell(1.0, text) is False or time.monotonic() > task.until
        return hasty

    place_meetings(board, task.settled, hurry)
    mended = roster_of(board, replace(roster, locked=task.locks), seconds=time.monotonic() - begun)
    held = roster.locked if locked is None else locked
    lifted = _days(held, before.case) - _days(task.locks, before.case)
    return Repair(
        mended, differences(board.case, published, board.duties), before.board.short_h(), hit,
        board.short_h(), weight, complete and not hasty, tuple(sorted(lifted)),
    )  # fmt: skip


def _days(locked: pd.DataFrame | None, case: Case) -> set[tuple[str, dt.date]]:
    """Return the first day of each locked shift and free day."""
    if locked is None:
        return set()
    return {(agent, case.horizon.date(days.start)) for agent, days in locked_days(locked, case)}


def _check_planned(
    case: Case, gone: tuple[tuple[str, dt.date], ...], duties: Iterable[Duty]
) -> None:
    # A night may reach into the day after the plan.
    last = {(duty.agent, touched_by(case, duty.span)[-1]) for duty in duties}

    def planned(agent: str, day: dt.date) -> bool:
        number = (day - case.horizon.monday).days
        return 0 <= number < case.horizon.days or (agent, number) in last

    days = [(agent, pd.Timestamp(day).date()) for agent, day in gone]
    late = [(agent, day) for agent, day in days if not planned(agent, day)]
    if late:
        raise BadInput(
            f"repair: {len(late)} of {len(gone)} absent days are not in the planned weeks, "
            f"{case.horizon.date(0)} to {case.horizon.date(case.horizon.days - 1)} (first: "
            f"{late[0][0]!r}, {late[0][1]}); leave them out"
        )


def _away(scenario: Scenario, gone: tuple[tuple[str, dt.date], ...]) -> Scenario:
    known = {person.id for person in scenario.people}
    unknown = sorted({str(agent) for agent, _ in gone} - known)
    if unknown:
        raise BadInput(
            f"repair: {len(unknown)} absent agents are not in the scenario (first: "
            f"{unknown[0]!r}); the ids are those of its people"
        )
    off: dict[str, list[dt.date]] = {}
    for agent, day in gone:
        off.setdefault(agent, []).append(pd.Timestamp(day).date())
    people = tuple(
        replace(p, time_off=tuple(sorted({*p.time_off, *off[p.id]}))) if p.id in off else p
        for p in scenario.people
    )
    return replace(scenario, people=people)


def _task(
    board: Board, published: dict[str, dict[int, Duty]], *, gone: tuple[tuple[str, dt.date], ...],
    since: Any, weight: float, locked: pd.DataFrame | None, until: float,
) -> Mending:  # fmt: skip
    case = board.case
    first = -(10**9)
    if since is not None:
        moment = local_moment(since, case.scenario.timezone, name="repair: since")
        first = int((moment - case.horizon.origin) / pd.Timedelta(minutes=1))
    settled: dict[str, dict[int, Duty]] = {}
    for agent, mine in board.duties.items():
        settled[agent] = {day: duty for day, duty in mine.items() if duty.span.start < first}
    if locked is not None:
        days = {(agent, (pd.Timestamp(day).date() - case.horizon.monday).days)
                for agent, day in gone}  # fmt: skip
        stays = [not any((agent, day) in days for day in touching)
                 for agent, touching in locked_days(locked, case)]  # fmt: skip
        locked = locked[np.array(stays, dtype=bool)]
        for agent, mine in locks_of(locked, case, board.demand.step_min).items():
            settled[agent].update({d: board.duties[agent].get(d, duty) for d, duty in mine.items()})
        board.case = replace(case, kept_free=kept_free(locked, case))
    return Mending(board, published, settled, first, weight, locked,
                   np.zeros(1, dtype=np.int64), until)  # fmt: skip
