"""How much of something is too much, or too little: hours of many weeks, nights, shift types?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from ortools.sat.python import cp_model

from wfm.roster.duties import Case
from wfm.roster.result import Violation
from wfm.roster.rules import Choice, Work, allowed_spans
from wfm.workforce import LabourRules, Person, ShiftLimit


class AverageWeekHours:
    """Paid hours of `average_weeks` weeks are on average at most `average_week_h`.

    Counted are all rows of so many weeks of which every week is known, or all known weeks where
    they are fewer; each row ends with a planned week.
    """

    name = "average week hours"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Bound the paid minutes of each row of weeks."""
        for weeks, most in averages(choice.case):
            if not set(choice.weeks).intersection(weeks):
                continue
            items = [i for d in range(7 * weeks.start, 7 * weeks.stop) for i in choice.on(d)]
            paid = cp_model.LinearExpr.weighted_sum(
                [x for _, x in items], [choice.case.paid_min(duty.span) for duty, _ in items]
            )
            model.add(paid <= most)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Add up the paid minutes of each row of weeks."""
        for weeks, most in averages(work.case):
            got = sum(work.case.paid_min(d.span) for d in work.all if d.span.day // 7 in weeks)
            if got > most:
                text = (
                    f"expected at most {most / 60 / len(weeks):g} h a week on average of "
                    f"{len(weeks)} weeks, got {got / 60 / len(weeks):g}"
                )
                yield work.broken(self.name, 7 * (weeks.stop - 1), text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        most = law.average_week_h
        return "" if most is None else f"at most {most:g} h a week on average"


class MaxNightsInARow:
    """Nobody works more than `max_nights_in_a_row` nights on days in a row."""

    name = "max nights in a row"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Bound the nights in every window of one day more."""
        most = choice.case.scenario.rules.max_nights_in_a_row
        if most is None:
            return
        firsts = {day for free in choice.free for day in range(free - most, free + 1)}
        for first in sorted(firsts):
            nights = [
                [x for duty, x in choice.on(day) if choice.case.is_night(duty.span)]
                for day in range(first, first + most + 1)
            ]
            if all(nights):
                model.add(cp_model.LinearExpr.sum([x for row in nights for x in row]) <= most)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Count rows of nights and report every planned night beyond the limit."""
        most = work.case.scenario.rules.max_nights_in_a_row
        if most is None:
            return
        nights = sorted({d.span.day for d in work.all if work.case.is_night(d.span)})
        row, last = 0, None
        for day in nights:
            row = row + 1 if last is not None and day == last + 1 else 1
            last = day
            if row > most and day >= 0:
                yield work.broken(self.name, day, f"expected at most {most} nights, this is {row}")

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        most = law.max_nights_in_a_row
        return "" if most is None else f"at most {most} nights in a row"


class MostShifts:
    """At most so many shifts of some types in a Monday-Sunday week."""

    name = "most shifts of a type"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Bound the shifts of each limit and week."""
        for limit in choice.case.scenario.rules.shift_limits:
            for week in choice.weeks:
                model.add(cp_model.LinearExpr.sum(_counted(choice, limit, week)) <= limit.most)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Count the shifts of each limit and week."""
        for limit in work.case.scenario.rules.shift_limits:
            for week in range(work.case.horizon.weeks):
                got = _got(work, limit, week)
                if got > limit.most:
                    codes = ", ".join(limit.shifts)
                    text = f"expected at most {limit.most} shifts {codes} in the week, got {got}"
                    yield work.broken(self.name, 7 * week, text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        return ", ".join(
            f"at most {x.most} of {'/'.join(x.shifts)}" for x in law.shift_limits if x.most < 7
        )


class LeastShifts:
    """At least so many shifts of some types in a Monday-Sunday week."""

    name = "least shifts of a type"
    growing = False

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Bound the shifts of each limit and week from below."""
        for limit in choice.case.scenario.rules.shift_limits:
            for week in choice.weeks if limit.least else ():
                least = _least(choice.case, choice.person, limit, week)
                model.add(cp_model.LinearExpr.sum(_counted(choice, limit, week)) >= least)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Count the shifts of each limit and week."""
        if work.person is None:
            return
        for limit in work.case.scenario.rules.shift_limits:
            for week in range(work.case.horizon.weeks) if limit.least else ():
                got = _got(work, limit, week)
                least = _least(work.case, work.person, limit, week)
                if got < least:
                    codes = ", ".join(limit.shifts)
                    text = f"expected at least {least} shifts {codes} in the week, got {got}"
                    yield work.broken(self.name, 7 * week, text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        return ", ".join(
            f"at least {x.least} of {'/'.join(x.shifts)}" for x in law.shift_limits if x.least
        )


def averages(case: Case) -> Iterator[tuple[range, int]]:
    """Yield rows of weeks with the most paid minutes in each."""
    law = case.scenario.rules
    if law.average_week_h is None:
        return
    first, last = case.known_from // 7, case.horizon.weeks
    size = min(law.average_weeks, last - first)
    most = math.floor(law.average_week_h * 60 * size + 1e-6)
    for stop in range(max(1, first + size), last + 1):
        yield range(stop - size, stop), most


def _counted(choice: Choice, limit: ShiftLimit, week: int) -> list[cp_model.IntVar]:
    days = range(7 * week, 7 * week + 7)
    return [x for day in days for duty, x in choice.on(day) if duty.span.shift in limit.shifts]


def _got(work: Work, limit: ShiftLimit, week: int) -> int:
    return sum(d.span.day // 7 == week and d.span.shift in limit.shifts for d in work.duties)


def _least(case: Case, person: Person, limit: ShiftLimit, week: int) -> int:
    """Return the least number, no more than the days on which one of the shifts may be given."""
    days = range(7 * week, 7 * week + 7)
    can = sum(any(s.shift in limit.shifts for s in allowed_spans(case, person, d)) for d in days)
    return min(limit.least, can, case.contracts[person.contract].max_days_per_week)
