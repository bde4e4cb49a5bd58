"""Is there enough, and not too much, work between the breaks of a shift?

The search's face is `breaks.placements` and `breaks.best_breaks`, which know the spacing; the
audit's is `BreakSpacing`. Searches that place breaks one by one mend what is `misplaced`.
"""

from __future__ import annotations

from wfm.roster.duties import Case, Duty
from wfm.roster.rules import Breaks, DutyRule
from wfm.roster.spacing import unspaced
from wfm.workforce import Person


class BreakSpacing(DutyRule):
    """Work before the first break, between breaks and at a stretch is as long as it may be."""

    name = "break spacing"

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Measure the work around every break."""
        shift = case.shifts.get(duty.span.shift)
        if shift is None or duty.span.shift in case.unspaced:
            return ""
        start = duty.span.start
        breaks = sorted((pause.start - start, pause.end - start) for pause in duty.breaks)
        return unspaced(shift, breaks, duty.span.end - start)


def misplaced(case: Case, duty: Duty) -> bool:
    """Return whether the breaks of a shift overlap, leave their windows or lie too close or far."""
    person = case.people[duty.agent]
    return any(rule.wrong(case, person, duty) for rule in (Breaks(), BreakSpacing()))
