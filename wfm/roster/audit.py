"""Which rules does a roster break? Any roster: solved here, edited by hand, or imported."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from wfm.roster.duties import Case, Duty, by_agent, duties_of
from wfm.roster.floor import seats_taken
from wfm.roster.judging import of_frame
from wfm.roster.meeting_rules import meetings_wrong
from wfm.roster.result import Roster, Violation
from wfm.roster.rulebook import RULES
from wfm.roster.rules import Work
from wfm.scenario import Scenario


def audit(
    roster: Roster | pd.DataFrame, scenario: Scenario, *, previous: pd.DataFrame | None = None
) -> tuple[Violation, ...]:
    """Return every broken rule of a roster, in order of agent and day; empty if it is legal.

    The rules are the very classes that `solve` posts to its solver. Every person of the scenario is
    audited, also one who is not in the roster: least hours may be owed.

    Parameters
    ----------
    roster : Roster or DataFrame
        A solved roster, or any table that keeps the contract ``roster`` of `wfm.frames`.
    scenario : Scenario
        The planned weeks begin at its `start`; without one, at the roster's own start, or on the
        Monday of the first row's week.
    previous : DataFrame, optional
        Roster table of the weeks before; rest and consecutive days carry over. By default those the
        roster carries; people the scenario does not know are left out.

    Returns
    -------
    tuple of Violation

    Raises
    ------
    BadInput
        If a table breaks its contract, or nothing dates the plan.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> from wfm.scenario import Contract, Person, Queue, Scenario, ShiftType, Target
    >>> plan = Scenario(
    ...     "one", "UTC", (Queue("voice", Target(0.8)),), (Person("ann", "any", ("voice",)),),
    ...     (Contract("any", 0, 40, ("D",)),), (ShiftType("D", "09:00", "09:00", 480),),
    ...     start=dt.date(2003, 3, 3))
    >>> late = pd.DataFrame({
    ...     "agent": ["ann"], "start": [pd.Timestamp("2003-03-03 10:00", tz="UTC")],
    ...     "end": [pd.Timestamp("2003-03-03 18:00", tz="UTC")], "activity": ["work"],
    ...     "queue": ["voice"], "shift": ["D"]})
    >>> [violation.rule for violation in audit(late, plan)]
    ['allowed start']
    """
    case = of_frame(roster, scenario, previous)
    frame = roster.frame if isinstance(roster, Roster) else roster
    return violations_of(case, duties_of(frame, case.horizon))


def violations_of(
    case: Case, duties: tuple[Duty, ...], *, growing_only: bool = False
) -> tuple[Violation, ...]:
    """Return every broken rule; `growing_only` leaves out what further shifts could mend."""
    rostered = by_agent(duties)
    agents = [*case.people, *sorted(set(rostered) - set(case.people))]
    found: list[Violation] = []
    for agent in agents:
        work = Work(case, agent, rostered.get(agent, ()))
        for rule in RULES:
            if rule.growing or not growing_only:
                found += rule.violations(work)
    found += of_all(case, duties, growing_only=growing_only)
    return tuple(sorted(found, key=lambda v: (v.agent, v.day)))


def of_all(
    case: Case, duties: Iterable[Duty], *, growing_only: bool = False
) -> tuple[Violation, ...]:
    """Return what only everybody's shifts together can break: seats and meetings."""
    duties = tuple(duties)
    meetings = meetings_wrong(case, duties, growing_only=growing_only)
    return (*seats_taken(case, duties), *meetings)
