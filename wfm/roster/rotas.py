"""What does a person's pattern, or their team's, say of a day?"""

from __future__ import annotations

from wfm.patterns import Cell, Pattern
from wfm.roster.duties import Case
from wfm.workforce import Person


def cell_of(case: Case, person: Person, day: int) -> Cell | None:
    """Return what a person's pattern asks of a planned day; None without a pattern."""
    if not case.scenario.patterns:
        return None
    found = pattern_of(case, person)
    if found is None or not 0 <= day < case.horizon.days:
        return None
    return found[0].cell(case.horizon.date(day), found[1])


def pattern_of(case: Case, person: Person) -> tuple[Pattern, int] | None:
    """Return a person's pattern and the week they began in; their own goes before their team's."""
    for pattern in case.scenario.patterns:
        if person.pattern == pattern.name:
            return pattern, person.pattern_week
    for pattern in case.scenario.patterns if not person.pattern else ():
        for team, first in pattern.teams:
            if person.team == team:
                return pattern, first
    return None
