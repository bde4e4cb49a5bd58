"""What does rostering give back?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pandas as pd

from wfm.scenario import Scenario


@dataclass(frozen=True)
class Violation:
    """One broken rule.

    Attributes
    ----------
    rule : str
        Name of the rule, as in `wfm.roster.rules.RULES`.
    agent : str
    day : date
        Local day on which the offending shift starts; of a weekly rule the Monday of the week.
    text : str
        What was expected and what stands in the roster.
    """

    rule: str
    agent: str
    day: dt.date
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: agent {self.agent!r}, {self.day}: {self.text}"


@dataclass(frozen=True)
class Roster:
    """Who works when, what that covers, and how good it is.

    Attributes
    ----------
    frame : DataFrame
        Table ``roster`` of `wfm.frames`, sorted by agent and start; locked shifts included.
    unmet : DataFrame
        Table ``unmet``: the intervals in which agents are short.
    coverage : DataFrame
        Every interval of the requirement inside the planned weeks: queue, start, scheduled (agents
        wanted on duty and not on a break), on_seat (agents there, mean over the interval; a person
        of several skills counts once), gap = on_seat - scheduled, and unmet and over: what the
        moments of the interval lack or have beyond, each averaged apart (gap = over - unmet).
    hours : DataFrame
        agent, week (its Monday), paid_h, days; one row a person and planned week.
    status : str
        ``"optimal"`` if the roster is proven best, else ``"feasible"``.
    gap : float
        (objective - bound) / objective, 0 to 1; 0 where both are 0; NaN if no bound is known.
    objective : float
        Weighted agent-hours of `RosterWeights`, on the grid step, breaks included.
    bound : float
        No roster can have a smaller objective (linear relaxation of the whole problem); NaN if it
        was not computed.
    seconds : float
        Wall-clock time used.
    reproducible : bool
        True if the search ended by its own measure of work: the same call gives the same roster.
        False if the wall clock or the caller ended it.
    start : date
        First planned Monday.
    weeks : int
    notes : tuple of str
        What was asked and could not be held to the letter, in words: least hours that the shifts
        of a contract cannot reach.
    scenario : Scenario or None
        The one it was solved for; `explain` needs it.
    previous, locked : DataFrame or None
        The weeks before, and what had to stand, as they were given to `solve`.
    """

    frame: pd.DataFrame
    unmet: pd.DataFrame
    coverage: pd.DataFrame
    hours: pd.DataFrame
    status: str
    gap: float
    objective: float
    bound: float
    seconds: float
    reproducible: bool
    start: dt.date
    weeks: int
    notes: tuple[str, ...] = ()
    scenario: Scenario | None = field(default=None, repr=False, compare=False)
    previous: pd.DataFrame | None = field(default=None, repr=False, compare=False)
    locked: pd.DataFrame | None = field(default=None, repr=False, compare=False)
