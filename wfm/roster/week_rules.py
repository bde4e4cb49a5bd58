"""How much may and must a person work in a Monday-Sunday week?

A shift counts in the week of the local day on which it starts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from ortools.sat.python import cp_model

from wfm.roster.duties import Case
from wfm.roster.result import Violation
from wfm.roster.rules import Choice, Work, allowed_spans
from wfm.workforce import Person

_NEAR = 1e-6  # minutes: 49 / 3 hours are 979.9999999999999 of them in binary fractions


def owed_min(case: Case, person: Person, week: int) -> int:
    """Return the paid minutes a person must get in a planned week.

    The contract's `min_week_h`, less a share of 1/max_days_per_week for each approved day off on
    which the person could have worked; never below 0, and never above what the days that are left
    can hold (on each the longest shift that may be given).
    """
    if (person.id, week) in case.owed:
        return case.owed[person.id, week]
    contract = case.contracts[person.contract]
    days = range(7 * week, 7 * week + 7)
    least = contract.min_week_h * 60 * (1 - leave_share(case, person, week))
    longest = sorted(
        (max((case.paid_min(s) for s in allowed_spans(case, person, d)), default=0) for d in days),
        reverse=True,
    )
    holds = sum(longest[: contract.max_days_per_week])
    owed = case.owed[person.id, week] = max(0, min(math.floor(least + _NEAR), holds))
    return owed


def most_min(case: Case, person: Person) -> int:
    """Return the most paid minutes of a week that contract, overtime included, and law allow."""
    return min(rule().bounds(case, person, 0)[1] for rule in (MaxWeekHours, LegalWeekHours))


def lowered(case: Case) -> tuple[str, ...]:
    """Return in words where `owed_min` asks for less than contract and leave, and for whom."""
    told: dict[tuple[str, float, float], list[str]] = defaultdict(list)
    for person in case.scenario.people:
        contract = case.contracts[person.contract]
        for week in range(case.horizon.weeks):
            share = 1 - leave_share(case, person, week)
            least = math.floor(contract.min_week_h * 60 * share + _NEAR)
            owed = owed_min(case, person, week)
            if owed < least and case.group(person):
                told[contract.name, least / 60, owed / 60].append(
                    f"{person.id!r}, week of {case.horizon.date(7 * week)}"
                )
    return tuple(
        f"contract {name!r}: {least:g} paid hours a week are asked for, but the shifts that may be "
        f"given hold {owed:g} at most; {owed:g} were asked for instead in {len(who)} "
        f"person-weeks (first: agent {who[0]})"
        for (name, least, owed), who in sorted(told.items())
    )


def leave_share(case: Case, person: Person, week: int) -> float:
    """Return the share of a week's contract that approved days off take away, 0 to 1."""
    contract = case.contracts[person.contract]
    if not contract.max_days_per_week:
        return 1.0
    dates = (case.horizon.date(day) for day in range(7 * week, 7 * week + 7))
    leave = sum(d in person.time_off and d.weekday() not in person.weekdays_off for d in dates)
    return min(1.0, leave / contract.max_days_per_week)


class _WeekHours:
    """Bounds on the paid minutes of a week."""

    name = ""
    growing = True

    def bounds(self, case: Case, person: Person, week: int) -> tuple[int, int]:
        """Return least and most paid minutes."""
        raise AssertionError("every rule on week hours defines `bounds`")

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Bound the paid minutes of each week."""
        case = choice.case
        for week in choice.weeks:
            items = [item for d in range(7 * week, 7 * week + 7) for item in choice.on(d)]
            least, most = self.bounds(case, choice.person, week)
            paid = cp_model.LinearExpr.weighted_sum(
                [literal for _, literal in items], [case.paid_min(d.span) for d, _ in items]
            )
            model.add_linear_constraint(paid, least, most)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Add up paid minutes by week."""
        if work.person is None:
            return
        for week in range(work.case.horizon.weeks):
            paid = sum(work.case.paid_min(d.span) for d in work.duties if d.span.day // 7 == week)
            least, most = self.bounds(work.case, work.person, week)
            if not least <= paid <= most:
                bound = f"at least {least / 60:g}" if paid < least else f"at most {most / 60:g}"
                text = f"expected {bound} paid hours in the week, got {paid / 60:g}"
                yield work.broken(self.name, 7 * week, text)


class MinWeekHours(_WeekHours):
    """The contract's least paid hours, lowered by leave (see `owed_min`)."""

    name = "min week hours"
    growing = False

    def bounds(self, case: Case, person: Person, week: int) -> tuple[int, int]:
        """Return what is owed, and no upper bound."""
        return owed_min(case, person, week), 7 * 24 * 60 * 2


class MaxWeekHours(_WeekHours):
    """The contract's most paid hours."""

    name = "max week hours"

    def bounds(self, case: Case, person: Person, week: int) -> tuple[int, int]:
        """Return 0 and the contract's maximum, overtime included."""
        return 0, math.floor(case.contracts[person.contract].most_week_h * 60 + _NEAR)


class LegalWeekHours(_WeekHours):
    """The labour rules' most paid hours, for everybody."""

    name = "legal week hours"

    def bounds(self, case: Case, person: Person, week: int) -> tuple[int, int]:
        """Return 0 and the legal maximum."""
        return 0, math.floor(case.scenario.rules.max_week_h * 60 + _NEAR)


class MaxDaysPerWeek:
    """The contract's most worked days."""

    name = "max days per week"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Bound the number of shifts of each week."""
        most = choice.case.contracts[choice.person.contract].max_days_per_week
        for week in choice.weeks:
            works = choice.works(range(7 * week, 7 * week + 7))
            model.add(cp_model.LinearExpr.sum(works) <= most)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Count shifts by week."""
        if work.person is None:
            return
        most = work.case.contracts[work.person.contract].max_days_per_week
        for week in range(work.case.horizon.weeks):
            got = sum(duty.span.day // 7 == week for duty in work.duties)
            if got > most:
                text = f"expected at most {most} shifts in the week, got {got}"
                yield work.broken(self.name, 7 * week, text)
