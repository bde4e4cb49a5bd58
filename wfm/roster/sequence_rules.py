"""Which shifts may follow each other? One a day, rest between them, days in a row."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

from ortools.sat.python import cp_model

from wfm.roster.duties import Case, Duty
from wfm.roster.result import Violation
from wfm.roster.rules import Choice, Work


class OneShiftADay:
    """At most one shift starts on a local day."""

    name = "one shift a day"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Choose at most one shift of each day."""
        for day in choice.free:
            model.add_at_most_one(choice.works(range(day, day + 1)))

    def violations(self, work: Work) -> Iterator[Violation]:
        """Count shifts by day."""
        for day, count in Counter(duty.span.day for duty in work.duties).items():
            if count > 1:
                yield work.broken(self.name, day, f"{count} shifts start on this day")


class DailyRest:
    """Between the end of a shift and the start of the next lie at least `daily_rest_h`.

    The part of an on-call duty that counts as rest is rest; where all of it does, it needs none
    before it either. Shifts never overlap.
    """

    name = "daily rest"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Of shifts that end late and shifts that begin too soon after, choose at most one."""
        rest = rest_min(choice.case.scenario.rules.daily_rest_h)
        for day in sorted({d for f in choice.free for d in range(f - 3, f + 1)}):
            for later in range(day + 1, day + 4):
                if day in choice.free or later in choice.free:
                    self._post_pair(model, choice, day, later, rest)

    def _post_pair(
        self, model: cp_model.CpModel, choice: Choice, day: int, later: int, rest: int
    ) -> None:
        case = choice.case
        if case.on_call:
            _apart(model, [(d.span.end, x) for d, x in choice.on(day)],
                   [(d.span.start, x) for d, x in choice.on(later)])  # fmt: skip
        _apart(model, [(case.rest_from(d.span) + rest, x) for d, x in choice.on(day)
                       if works(case, d)],
               [(d.span.start, x) for d, x in choice.on(later) if works(case, d)])  # fmt: skip

    def violations(self, work: Work) -> Iterator[Violation]:
        """Measure every rest that ends with a planned shift."""
        hours = work.case.scenario.rules.daily_rest_h
        planned = set(work.duties)
        latest = there = -math.inf
        calls = work.case.on_call
        for duty in work.in_order:
            got, busy = duty.span.start - latest, not calls or works(work.case, duty)
            overlaps = duty.span.start < there
            if duty in planned and (overlaps or (busy and got < rest_min(hours))):
                what = "overlapping shifts" if overlaps else f"{got / 60:g} h"
                yield work.broken(self.name, duty.span.day, f"expected {hours:g} h, got {what}")
            there = max(there, duty.span.end)
            if busy:
                latest = max(latest, work.case.rest_from(duty.span) if calls else duty.span.end)


class MaxConsecutiveDays:
    """Nobody works more than `max_consecutive_days` days in a row; the weeks before count."""

    name = "max consecutive days"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Leave a day without shift in every window of one day more."""
        most = choice.case.scenario.rules.max_consecutive_days
        first = {day for free in choice.free for day in range(free - most, free + 1)}
        for day in sorted(first):
            window = range(day, day + most + 1)
            if all(choice.on(d) for d in window):
                model.add(cp_model.LinearExpr.sum(choice.works(window)) <= most)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Count runs of days and report every planned day beyond the limit."""
        most = work.case.scenario.rules.max_consecutive_days
        planned = {duty.span.day for duty in work.duties}
        run, last = 0, None
        for day in sorted({duty.span.day for duty in work.all}):
            run = run + 1 if last is not None and day == last + 1 else 1
            last = day
            if run > most and day in planned:
                yield work.broken(self.name, day, f"expected at most {most} days, this is {run}")


def works(case: Case, duty: Duty) -> bool:
    """Return whether any of a shift is work: not of on-call duties that are all rest."""
    return case.rest_from(duty.span) > duty.span.start


def _apart(
    model: cp_model.CpModel, before: list[tuple[int, cp_model.IntVar]],
    behind: list[tuple[int, cp_model.IntVar]],
) -> None:  # fmt: skip
    """Of shifts that are free again at a minute and later ones that start before, choose one."""
    known = 0
    for free in sorted({at for at, _ in before}):
        too_soon = sum(start < free for start in {start for start, _ in behind})
        if too_soon > known:
            known = too_soon
            model.add_at_most_one(
                [x for at, x in before if at >= free] + [x for at, x in behind if at < free]
            )


def rest_min(hours: float) -> int:
    """Return hours as whole minutes, rounded up."""
    return math.ceil(hours * 60 - 1e-9)
