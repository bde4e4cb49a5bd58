"""How many hours does a contract owe, and allow, over a row of weeks?

Counted are all rows of `Contract.period_weeks` weeks that end with a planned one. The most is asked
of the known part of a row as well; the least only where every week of it is known.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from wfm.roster.duties import Case
from wfm.roster.limit_rules import averages
from wfm.roster.result import Violation
from wfm.roster.rules import Choice, Work
from wfm.roster.week_rules import leave_share
from wfm.workforce import Person


class _Period:
    """Bounds on the paid minutes of rows of weeks."""

    name = ""
    growing = True

    def rows(self, case: Case, person: Person) -> Iterator[tuple[range, int, int]]:
        """Yield each row of weeks with its least and most paid minutes."""
        raise AssertionError("every rule on period hours defines `rows`")

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Bound the paid minutes of each row."""
        for weeks, least, most in self.rows(choice.case, choice.person):
            if not set(choice.weeks).intersection(weeks):
                continue
            items = [i for d in range(7 * weeks.start, 7 * weeks.stop) for i in choice.on(d)]
            paid = cp_model.LinearExpr.weighted_sum(
                [x for _, x in items], [choice.case.paid_min(duty.span) for duty, _ in items]
            )
            model.add_linear_constraint(paid, least, most)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Add up the paid minutes of each row."""
        if work.person is None:
            return
        for weeks, least, most in self.rows(work.case, work.person):
            got = sum(work.case.paid_min(d.span) for d in work.all if d.span.day // 7 in weeks)
            if not least <= got <= most:
                bound = f"at least {least / 60:g}" if got < least else f"at most {most / 60:g}"
                text = f"expected {bound} paid hours in {len(weeks)} weeks, got {got / 60:g}"
                yield work.broken(self.name, 7 * (weeks.stop - 1), text)


class MinPeriodHours(_Period):
    """The contract's least paid hours of a row of weeks, lowered by leave."""

    name = "min period hours"
    growing = False

    def rows(self, case: Case, person: Person) -> Iterator[tuple[range, int, int]]:
        """Yield the rows of which every week is known."""
        contract = case.contracts[person.contract]
        size = contract.period_weeks
        for weeks in _rows(case, size) if contract.min_period_h else ():
            if len(weeks) == size:
                away = sum(leave_share(case, person, week) for week in weeks) / size
                least = math.floor(60 * contract.min_period_h * (1 - away) + 1e-6)
                yield weeks, least, size * 7 * 24 * 60


class MaxPeriodHours(_Period):
    """The contract's most paid hours of a row of weeks."""

    name = "max period hours"

    def rows(self, case: Case, person: Person) -> Iterator[tuple[range, int, int]]:
        """Yield all rows."""
        contract = case.contracts[person.contract]
        if contract.max_period_h is not None:
            for weeks in _rows(case, contract.period_weeks):
                yield weeks, 0, math.floor(60 * contract.max_period_h + 1e-6)


@dataclass(frozen=True)
class Shares:
    """Least and most paid minutes of each planned week."""

    least: tuple[int, ...]
    most: tuple[int, ...]


def week_shares(
    case: Case, person: Person, now: Sequence[int], least: Sequence[int], most: Sequence[int]
) -> Shares:
    """Return bounds by week that keep every bound on a row of weeks, from hours that keep them.

    Whatever a row leaves is shared evenly among its planned weeks on top of what they have `now`.
    """
    low, high = list(least), list(most)
    for weeks, lower, upper in _bounds(case, person):
        before = sum(
            case.paid_min(d.span)
            for d in case.before.get(person.id, ())
            if d.span.day // 7 in weeks
        )
        planned = [week for week in weeks if week >= 0]
        have = before + sum(now[week] for week in planned)
        if before + sum(high[week] for week in planned) > upper:
            for week in planned:
                high[week] = min(high[week], now[week] + max(0, upper - have) // len(planned))
        if before + sum(low[week] for week in planned) < lower:
            for week in planned:
                low[week] = max(low[week], now[week] - max(0, have - lower) // len(planned))
    return Shares(tuple(low), tuple(high))


def _bounds(case: Case, person: Person) -> Iterator[tuple[range, int, int]]:
    for weeks, most in averages(case):
        yield weeks, 0, most
    yield from MaxPeriodHours().rows(case, person)
    yield from MinPeriodHours().rows(case, person)


def _rows(case: Case, size: int) -> Iterator[range]:
    """Yield rows of weeks that end with a planned one; shorter where fewer are known."""
    first = case.known_from // 7
    for stop in range(1, case.horizon.weeks + 1):
        yield range(max(first, stop - size), stop)
