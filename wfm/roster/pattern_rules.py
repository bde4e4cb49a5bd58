"""How long are rows of work and of days off, and how do weekends fall?

A row that the first known day or the last planned day cuts off may be shorter than its least, and
so may one that leave or a weekday never worked cuts short: it is nobody's choice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ortools.sat.python import cp_model

from wfm.roster.duties import Case
from wfm.roster.result import Violation
from wfm.roster.rules import Choice, Work, touched
from wfm.workforce import LabourRules, Person

SATURDAY, SUNDAY = 5, 6


class MinConsecutiveDays:
    """Rows of worked days are at least `min_consecutive_days` long."""

    name = "min consecutive days"
    growing = False

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Forbid each shorter row between two days off."""
        least = choice.case.scenario.rules.min_consecutive_days
        for before, row, behind in _rows(choice.case, least, choice.free):
            if _cut_short(choice.case, choice.person, (before, behind)):
                continue
            inside = cp_model.LinearExpr.sum(choice.works(row))
            around = cp_model.LinearExpr.sum(
                choice.works(range(before, before + 1)) + choice.works(range(behind, behind + 1))
            )
            model.add(inside - around <= len(row) - 1)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Look for shorter rows between two days off."""
        least = work.case.scenario.rules.min_consecutive_days
        if least <= 1 or work.person is None:
            return
        worked = {duty.span.day for duty in work.all}
        for before, row, behind in _rows(work.case, least, range(work.case.horizon.days)):
            if before in worked or behind in worked or not worked.issuperset(row):
                continue
            if not _cut_short(work.case, work.person, (before, behind)):
                text = f"expected at least {least} days of work in a row, got {len(row)}"
                yield work.broken(self.name, row.start, text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        least = law.min_consecutive_days
        return f"at least {least} days of work in a row" if least > 1 else ""


class MinConsecutiveOff:
    """Rows of days without a shift are at least `min_consecutive_off` long."""

    name = "min consecutive off"
    growing = False

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Forbid each shorter row between two worked days."""
        least = choice.case.scenario.rules.min_consecutive_off
        for before, row, behind in _rows(choice.case, least, choice.free):
            if _cut_short(choice.case, choice.person, row):
                continue
            inside = cp_model.LinearExpr.sum(choice.works(row))
            around = cp_model.LinearExpr.sum(
                choice.works(range(before, before + 1)) + choice.works(range(behind, behind + 1))
            )
            model.add(around - inside <= 1)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Look for shorter rows between two worked days."""
        least = work.case.scenario.rules.min_consecutive_off
        if least <= 1 or work.person is None:
            return
        worked = {duty.span.day for duty in work.all}
        for before, row, behind in _rows(work.case, least, range(work.case.horizon.days)):
            if before not in worked or behind not in worked or not worked.isdisjoint(row):
                continue
            if not _cut_short(work.case, work.person, row):
                text = f"expected at least {least} days off in a row, got {len(row)}"
                yield work.broken(self.name, row.start, text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        least = law.min_consecutive_off
        return f"at least {least} days off in a row" if least > 1 else ""


class DaysOffTogether:
    """Neighbouring days of every week, `days_off_together` of them, are wholly free of work."""

    name = "days off together"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Choose where the free days of each week lie; no shift touches them."""
        count = choice.case.scenario.rules.days_off_together
        if not count:
            return
        for week in choice.weeks:
            touching = defaultdict(list)
            for day in range(7 * week - 2, 7 * week + 7):
                for duty, literal in choice.on(day):
                    for at in touched(choice.case, duty.span):
                        touching[at].append(literal)
            places = []
            for first in range(7 * week, 7 * week + 8 - count):
                places.append(model.new_bool_var(""))
                for day in range(first, first + count):
                    for literal in touching[day]:
                        model.add_implication(places[-1], literal.negated())
            model.add_bool_or(places)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Look for the longest row of free days in each week."""
        count = work.case.scenario.rules.days_off_together
        if not count:
            return
        busy = {day for duty in work.all for day in touched(work.case, duty.span)}
        for week in range(work.case.horizon.weeks):
            longest = row = 0
            for day in range(7 * week, 7 * week + 7):
                row = 0 if day in busy else row + 1
                longest = max(longest, row)
            if longest < count:
                text = f"expected {count} free days in a row in the week, got {longest}"
                yield work.broken(self.name, 7 * week, text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        count = law.days_off_together
        return f"{count} days off together" if count else ""


class MaxWeekends:
    """Of any `weekends_of` weekends in a row at most `max_weekends` are worked."""

    name = "max weekends"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Bound the weekends worked among those that end with a worked one."""
        law = choice.case.scenario.rules
        if law.max_weekends is None:
            return
        worked = {}
        for week in range(choice.case.known_from // 7, choice.case.horizon.weeks):
            worked[week] = model.new_bool_var("")
            for literal in choice.works(range(7 * week + SATURDAY, 7 * week + 7)):
                model.add_implication(literal, worked[week])
        open_weeks = {day // 7 for day in choice.free if day % 7 >= SATURDAY}
        for week in range(choice.case.horizon.weeks):
            window = [w for w in range(week - law.weekends_of + 1, week + 1) if w in worked]
            if open_weeks.intersection(window):
                total = cp_model.LinearExpr.sum([worked[w] for w in window])
                model.add(total <= law.max_weekends).only_enforce_if(worked[week])

    def violations(self, work: Work) -> Iterator[Violation]:
        """Count the weekends worked up to each worked one."""
        law = work.case.scenario.rules
        if law.max_weekends is None:
            return
        worked = {d.span.day // 7 for d in work.all if d.span.day % 7 >= SATURDAY}
        for week in sorted(worked):
            got = len(worked.intersection(range(week - law.weekends_of + 1, week + 1)))
            if week >= 0 and got > law.max_weekends:
                text = (
                    f"expected at most {law.max_weekends} of {law.weekends_of} weekends with "
                    f"work, this is number {got}"
                )
                yield work.broken(self.name, 7 * week + SATURDAY, text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        most = law.max_weekends
        return "" if most is None else f"at most {most} of {law.weekends_of} weekends"


class WholeWeekends:
    """Both days of a weekend are worked, or none, unless leave takes one of them."""

    name = "whole weekends"
    growing = False

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Let Saturday and Sunday be worked together."""
        if not choice.case.scenario.rules.whole_weekends:
            return
        for week in sorted({day // 7 for day in choice.free if day % 7 >= SATURDAY}):
            saturday, sunday = 7 * week + SATURDAY, 7 * week + SUNDAY
            if not _cut_short(choice.case, choice.person, (saturday, sunday)):
                first, second = (choice.works(range(d, d + 1)) for d in (saturday, sunday))
                model.add(cp_model.LinearExpr.sum(first) == cp_model.LinearExpr.sum(second))

    def violations(self, work: Work) -> Iterator[Violation]:
        """Look for weekends with one worked day."""
        if not work.case.scenario.rules.whole_weekends or work.person is None:
            return
        worked = {duty.span.day for duty in work.duties}
        for week in range(work.case.horizon.weeks):
            weekend = (7 * week + SATURDAY, 7 * week + SUNDAY)
            if len(worked.intersection(weekend)) == 1 and not _cut_short(
                work.case, work.person, weekend
            ):
                text = "expected both days of the weekend worked or none, got one"
                yield work.broken(self.name, weekend[0], text)

    def asks(self, law: LabourRules) -> str:
        """Say what the rule asks."""
        return "both days of a weekend or none" if law.whole_weekends else ""


def _rows(
    case: Case, least: int, days: range | frozenset[int]
) -> Iterator[tuple[int, range, int]]:  # fmt: skip
    """Yield every row shorter than `least` with the days around it, if it touches one of `days`."""
    for length in range(1, least):
        firsts = {day - at for day in days for at in range(-1, length + 1)}
        for first in sorted(firsts):
            row = range(first, first + length)
            if case.known_from < first and row.stop < case.horizon.days:
                yield first - 1, row, row.stop


def _cut_short(case: Case, person: Person, days: range | tuple[int, ...]) -> bool:
    """Return whether one of the days is leave or a weekday never worked."""
    return any(
        day % 7 in person.weekdays_off or case.horizon.date(day) in person.time_off
        for day in days
    )  # fmt: skip
