"""Does everybody work as their pattern or their team's rotation says?

What a pattern forbids makes shifts illegal one by one (`rules.PatternShift`); the days it asks for
are a rule about the whole plan (`PatternDay`).
"""

from __future__ import annotations

from collections.abc import Iterator

from ortools.sat.python import cp_model

from wfm.roster.duties import Case
from wfm.roster.result import Violation
from wfm.roster.rotas import cell_of
from wfm.roster.rules import Choice, Work, allowed_spans
from wfm.workforce import Person


class PatternDay:
    """Somebody whose pattern asks for a shift has one, unless leave or a weekday off forbids it."""

    name = "pattern day"
    growing = False

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Choose a shift on every day that must be worked."""
        for day in sorted(choice.free):
            if must_work(choice.case, choice.person, day):
                model.add_bool_or(choice.works(range(day, day + 1)))

    def violations(self, work: Work) -> Iterator[Violation]:
        """Look for days without the shift they must have."""
        if work.person is None or not work.case.scenario.patterns:
            return
        worked = {duty.span.day for duty in work.duties}
        for day in range(work.case.horizon.days):
            if day not in worked and must_work(work.case, work.person, day):
                cell = cell_of(work.case, work.person, day)
                assert cell is not None
                yield work.broken(
                    self.name, day, f"the pattern asks for {cell.text!r}, got no shift"
                )


def must_work(case: Case, person: Person, day: int) -> bool:
    """Return whether a pattern asks for a shift on a day; leave and weekdays off go before it."""
    cell = cell_of(case, person, day)
    if cell is None or not cell.must or _off(case, person, day):
        return False
    # A shift past midnight may be impossible for the leave of the day after alone.
    return not _off(case, person, day + 1) or bool(allowed_spans(case, person, day))


def _off(case: Case, person: Person, day: int) -> bool:
    return day % 7 in person.weekdays_off or case.horizon.date(day) in person.time_off
