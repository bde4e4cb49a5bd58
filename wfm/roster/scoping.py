"""What is left of a scenario if only one person is looked at?"""

from __future__ import annotations

from dataclasses import replace

from wfm.scenario import Scenario
from wfm.workforce import Person


def of_one(scenario: Scenario, person: Person) -> Scenario:
    """Return the scenario of one person alone: their requests and meetings, and no role's staff.

    Roles are soft and asked of everybody together, so that they say nothing about one person.
    """
    meetings = tuple(
        replace(meeting, people=(person.id,), teams=())
        for meeting in scenario.meetings
        if person.id in meeting.people or person.team in meeting.teams
    )
    mine = tuple(request for request in scenario.requests if request.agent == person.id)
    return replace(
        scenario, people=(person,), requests=mine, meetings=meetings, minimum_staff=(),
        on_call_staff=(),
    )  # fmt: skip
