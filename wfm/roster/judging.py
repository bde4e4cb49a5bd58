"""By which problem is a roster judged: whose rules, which weeks, what came before them?"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from wfm.errors import BadInput
from wfm.roster.duties import Case, by_agent, duties_of
from wfm.roster.grid import horizon_of
from wfm.roster.result import Roster
from wfm.scenario import Scenario


def of_frame(
    roster: Roster | pd.DataFrame, scenario: Scenario | None, previous: pd.DataFrame | None = None
) -> Case:
    """Return the problem that a roster is judged by; BadInput if no scenario is known.

    The weeks before are `previous`, else those the roster carries; of people the scenario knows.
    """
    frame, first = roster.frame if isinstance(roster, Roster) else roster, None
    if scenario is None and isinstance(roster, Roster):
        scenario = roster.scenario
    if scenario is None:
        raise BadInput(
            "roster: this roster does not carry the scenario it was made for; pass scenario=..."
        )
    if scenario.start is None and isinstance(roster, Roster):
        scenario = replace(scenario, start=roster.start)
    if scenario.start is None and "start" in frame and len(frame):
        first = frame["start"].min()
    case = Case(scenario, horizon_of(scenario, first), {})
    if previous is None and isinstance(roster, Roster):
        previous = roster.previous
    if previous is None:
        return case
    before = duties_of(previous, case.horizon, "previous")
    return replace(case, before=by_agent(duty for duty in before if duty.agent in case.people))
