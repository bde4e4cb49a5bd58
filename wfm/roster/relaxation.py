"""What does the problem look like when people who are alike are one mass?

Columns are numbers of shifts, of breaks and of agents short; rows are the rules summed over people
alike. Weekly rest, fairness and the weeks before are left out, and so is the order of the breaks of
a shift: breaks are counted by shift and start (implicit breaks: Bechtold & Jacobs 1990, Management
Science 36(11)). Every legal roster is a whole-numbered point of this relaxation, at no more than
its own objective. Its linear minimum is therefore a bound, and its whole-numbered minimum is a good
aim for the roster.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from wfm.roster.coverage import Spread
from wfm.roster.demand import Demand
from wfm.roster.duties import Case, Duty, Span
from wfm.roster.rules import legal_spans
from wfm.roster.sequence_rules import rest_min
from wfm.roster.spacing import offsets_of
from wfm.roster.week_rules import most_min, owed_min
from wfm.roster.wishing import idle_cost, wish_price
from wfm.workforce import Person


@dataclass
class Rows:
    """Rows a . x <= b, or a . x = b, under construction."""

    row: list[np.ndarray] = field(default_factory=list)
    column: list[np.ndarray] = field(default_factory=list)
    value: list[np.ndarray] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)

    def add(self, columns: list[int] | np.ndarray, values: list[float] | np.ndarray | float,
            limit: float) -> None:  # fmt: skip
        """Add the row values . x[columns] with its limit."""
        columns = np.asarray(columns, dtype=np.int64)
        self.row.append(np.full(len(columns), len(self.limit)))
        self.column.append(columns)
        self.value.append(np.broadcast_to(np.asarray(values, dtype=float), columns.shape))
        self.limit.append(limit)

    def matrix(self, columns: int) -> csr_array:
        """Return the rows as a sparse matrix."""
        at = (np.concatenate(self.row), np.concatenate(self.column))
        return csr_array((np.concatenate(self.value), at), shape=(len(self.limit), columns))


@dataclass
class Masses:
    """The relaxed problem: minimise `constant` + cost . x over 0 <= x <= high.

    Attributes
    ----------
    most, equal : Rows
        Rows a . x <= b and a . x = b.
    cost, high : list of float
        Of each column.
    lots : list of list of Person
        People who are alike.
    shifts : dict
        (lot, span) to column.
    breaks : dict
        (group, span) to the columns of each break, by its possible starts.
    short : dict
        (island, step) to column.
    absent : dict
        (minimum of staff, step) to the column of people missing; filled for single days alone.
    uncalled : dict
        (on-call staff, day) to the column of duties missing; filled for single days alone.
    constant : float
    """

    most: Rows = field(default_factory=Rows)
    equal: Rows = field(default_factory=Rows)
    cost: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    lots: list[list[Person]] = field(default_factory=list)
    shifts: dict[tuple[int, Span], int] = field(default_factory=dict)
    breaks: dict[tuple[int, Span], list[list[int]]] = field(default_factory=dict)
    short: dict[tuple[int, int], int] = field(default_factory=dict)
    absent: dict[tuple[int, int], int] = field(default_factory=dict)
    uncalled: dict[tuple[int, int], int] = field(default_factory=dict)
    constant: float = 0.0

    def column(self, cost: float, high: float) -> int:
        """Add a column and return its number."""
        self.cost.append(cost)
        self.high.append(high)
        return len(self.cost) - 1


def relax(
    case: Case, demand: Demand, spread: Spread, base: np.ndarray, *,
    locked: dict[str, dict[int, Duty]], days: range,
) -> Masses:  # fmt: skip
    """Return the relaxed problem of some days.

    Parameters
    ----------
    case, demand, spread
    base : ndarray of int, shape (groups, steps)
        Agents on seat who are settled; coverage is counted on the steps of `days`, and on those
        after them that their shifts reach.
    locked : dict
        Agent to day to duties that must stand.
    days : range
        Whole weeks.
    """
    step_min = demand.step_min
    found = Masses()
    at_group: dict[tuple[int, Span], list[int]] = defaultdict(list)
    for people in _alike(case, locked, days):
        found.lots.append(people)
        group = spread.groups.index(case.group(people[0]))
        for span, column in shifts_of(found, case, people, locked, days).items():
            found.shifts[len(found.lots) - 1, span] = column
            at_group[group, span].append(column)
    midnights = case.horizon.midnights
    inside = range(midnights[days.start] // step_min, midnights[days.stop] // step_min)
    add_coverage(found, case, demand, spread, base=base, at_group=at_group, steps=inside)
    add_wishes(found, case, days)
    return found


def add_wishes(found: Masses, case: Case, days: range) -> None:
    """Add what the requests of the lots' people cost; everybody of a lot asks for the same."""
    for (lot, span), column in found.shifts.items() if case.wishes else ():
        found.cost[column] += wish_price(case, found.lots[lot][0].id, span)
    for people in found.lots if case.wishes else ():
        found.constant += len(people) * idle_cost(case, people[0].id, days)


def add_coverage(
    found: Masses, case: Case, demand: Demand, spread: Spread, *, base: np.ndarray,
    at_group: dict[tuple[int, Span], list[int]], steps: range,
) -> None:  # fmt: skip
    """Add breaks and shortages, and the price of agents on seat, to columns of shifts.

    `at_group` maps (group, span) to the columns of its shifts; coverage is counted on `steps` and
    on those that the shifts reach.
    """
    weights, step_min = case.scenario.weights, demand.step_min
    both = (weights.under + weights.over) * demand.step_h
    over = weights.over * demand.step_h
    at_step: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    for (group, span), columns in at_group.items():
        covered = range(span.start // step_min, min(span.end // step_min, demand.steps))
        for column in columns:
            found.cost[column] = over * len(covered)
        for step in covered:
            at_step[group, step] += [(column, 1.0) for column in columns]
        found.breaks[group, span] = _breaks_of(
            found, case, demand, span=span, columns=columns, at_step=at_step, group=group, over=over
        )
    slack = spread.cut_queues @ demand.wanted - spread.cut_groups @ base
    counted = sorted({*steps, *(step for _, step in at_step)})
    for at, island in enumerate(spread.islands):
        for step in counted:
            if slack[island, step].max() > 0:
                _short_at(found, spread, at=at, step=step, slack=slack, at_step=at_step, both=both)
    found.constant = over * float(base[:, counted].sum() - demand.wanted[:, counted].sum())


def _short_at(
    found: Masses, spread: Spread, *, at: int, step: int, slack: np.ndarray,
    at_step: dict[tuple[int, int], list[tuple[int, float]]], both: float,
) -> None:  # fmt: skip
    """Add the shortage of an island at a step, bounded below by every cut."""
    island = spread.islands[at]
    short = found.short[at, step] = found.column(both, float(slack[island, step].max()))
    for cut in range(island.start, island.stop):
        if slack[cut, step] > 0:
            helps = [
                item
                for group in np.flatnonzero(spread.cut_groups[cut])
                for item in at_step.get((int(group), step), ())
            ]
            found.most.add(
                [short, *(column for column, _ in helps)],
                [-1.0, *(-value for _, value in helps)], -float(slack[cut, step]),
            )  # fmt: skip


def _alike(case: Case, locked: dict[str, dict[int, Duty]], days: range) -> list[list[Person]]:
    """Return people with a skill in lots for whom the same shifts are legal and owed."""
    lots: dict[tuple, list[Person]] = defaultdict(list)
    for person in case.scenario.people:
        mine = locked.get(person.id, {})
        fixed = (
            tuple(sorted((day, d.span) for day, d in mine.items() if day in days)) if mine else ()
        )
        owed = tuple(
            owed_min(case, person, week) for week in range(days.start // 7, days.stop // 7)
        )
        legal = tuple(legal_spans(case, person, day) for day in days)
        asked = case.wishes.get(person.id, {})
        wished = tuple((day, asked[day]) for day in days if day in asked)
        alike = tuple(
            (day, r.kind, r.weight, r.shifts) for day, some in wished for r in some
        )  # fmt: skip
        key = (person.contract, case.group(person), owed, fixed, legal, alike)
        if case.group(person):
            lots[key].append(person)
    return list(lots.values())


def shifts_of(
    found: Masses, case: Case, people: list[Person], locked: dict[str, dict[int, Duty]],
    days: range,
) -> dict[Span, int]:  # fmt: skip
    """Add a column for each legal shift of people alike, and the rules on them, summed up."""
    person, heads, most = people[0], len(people), found.most
    contract, law = case.contracts[person.contract], case.scenario.rules
    fixed = locked.get(person.id, {})
    columns: dict[Span, int] = {}
    by_day: dict[int, list[Span]] = {}
    for day in days:
        by_day[day] = [fixed[day].span] if day in fixed else list(legal_spans(case, person, day))
        columns |= {span: found.column(0.0, float(heads)) for span in by_day[day]}
        most.add([columns[span] for span in by_day[day]], 1.0, heads)
    for day in days:
        for later in range(day + 1, min(day + 3, days.stop)):
            rested = [[s for s in by_day[d] if s.shift not in case.on_call] for d in (day, later)]
            for late, soon in _too_close(rested[0], rested[1], rest_min(law.daily_rest_h)):
                most.add([columns[span] for span in (*late, *soon)], 1.0, heads)
        window = range(day, day + law.max_consecutive_days + 1)
        if window.stop <= days.stop:
            inside = [columns[span] for d in window for span in by_day[d]]
            most.add(inside, 1.0, heads * law.max_consecutive_days)
    for week in range(days.start // 7, days.stop // 7):
        spans = [span for day in range(7 * week, 7 * week + 7) for span in by_day[day]]
        at = [columns[span] for span in spans]
        paid = np.array([case.paid_min(span) for span in spans], dtype=float)
        most.add(at, 1.0, heads * contract.max_days_per_week)
        most.add(at, paid, heads * most_min(case, person))
        most.add(at, -paid, -heads * owed_min(case, person, week))
    return columns


def _too_close(
    spans: list[Span], later: list[Span], rest: int
) -> list[tuple[list[Span], list[Span]]]:
    """Return pairs of lists of which a person can have one shift only."""
    found, known = [], 0
    for end in sorted({span.end for span in spans}):
        soon = [span for span in later if span.start < end + rest]
        if len(soon) > known:
            known = len(soon)
            found.append(([span for span in spans if span.end >= end], soon))
    return found


def _breaks_of(
    found: Masses, case: Case, demand: Demand, *, span: Span, columns: list[int],
    at_step: dict[tuple[int, int], list[tuple[int, float]]], group: int, over: float,
) -> list[list[int]]:  # fmt: skip
    """Add a column for each start of each break of a shift; as many breaks as shifts."""
    everything = []
    shift = case.shifts[span.shift]
    for index, rule in enumerate(shift.breaks):
        mine = []
        for offset in offsets_of(shift, index, demand.step_min):
            first = (span.start + offset) // demand.step_min
            last = min(first + rule.length_min // demand.step_min, demand.steps)
            mine.append(found.column(-over * max(0, last - first), math.inf))
            for step in range(first, last):
                at_step[group, step].append((mine[-1], -1.0))
        found.equal.add([*columns, *mine], [*(1.0 for _ in columns), *(-1.0 for _ in mine)], 0.0)
        everything.append(mine)
    return everything
