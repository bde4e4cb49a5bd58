"""How many hours does everybody work in each week of a year, so that the year follows demand?

Annualised hours: a person owes hours of a year, not of a week. The weeks are a linear problem:
hours short and beyond demand, hours that depart from the mean of people alike, and changes from
week to week have prices; the year's hours, the weeks' limits and the limits of the account of
banked hours are hard. Hours are then put on a grid without moving anybody's account by more than
half a grid step, and never over a limit.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_array

from wfm.errors import BadInput, Infeasible
from wfm.scenario import Scenario
from wfm.workforce import Contract


@dataclass(frozen=True)
class AnnualTerms:
    """What an annualised contract says.

    Attributes
    ----------
    hours : float
        Paid hours to be worked in the planned year, leave taken off already.
    min_week_h, max_week_h : float
        Limits of a worked week.
    most_banked_h, most_owed_h : float
        How far the account may be above and below the even pace.
    """

    hours: float
    min_week_h: float
    max_week_h: float
    most_banked_h: float = math.inf
    most_owed_h: float = math.inf

    def __post_init__(self) -> None:
        if not (0 <= self.min_week_h <= self.max_week_h <= 168 and self.hours >= 0):
            raise BadInput(
                "annual hours: expected hours >= 0 and 0 <= min_week_h <= max_week_h <= 168, got "
                f"{self.hours}, {self.min_week_h} and {self.max_week_h}"
            )
        if not (self.most_banked_h >= 0 and self.most_owed_h >= 0):
            raise BadInput("annual hours: most_banked_h and most_owed_h are hours >= 0")


@dataclass(frozen=True)
class AnnualWeights:
    """Price of an hour short, beyond demand, unlike people alike, changed from week to week."""

    short: float = 10.0
    over: float = 1.0
    unlike: float = 0.1
    change: float = 0.05


@dataclass(frozen=True)
class AnnualPlan:
    """Everybody's weeks.

    Attributes
    ----------
    hours : DataFrame
        agent, week (its Monday), hours, pace (the hours of an even pace), balance (worked less
        pace until the end of that week: hours banked, or owed if negative).
    weeks : DataFrame
        week, wanted_h, planned_h, short_h, over_h.
    short_h, over_h : float
        Of the whole year.
    bound : float
        Priced hours short and beyond demand that no plan can be below.
    terms : mapping
        Agent to `AnnualTerms`.
    """

    hours: pd.DataFrame
    weeks: pd.DataFrame
    short_h: float
    over_h: float
    bound: float
    terms: Mapping[str, AnnualTerms] = field(repr=False)


def annual_plan(
    wanted_h: pd.Series, terms: Mapping[str, AnnualTerms], *,
    away: Mapping[str, Iterable[dt.date]] | None = None, closed: Iterable[dt.date] = (),
    worked: pd.DataFrame | None = None, alike: Mapping[str, str] | None = None,
    weights: AnnualWeights | None = None, step_h: float = 0.5,
) -> AnnualPlan:  # fmt: skip
    """Return weekly hours that follow demand and come out at everybody's hours of the year.

    Parameters
    ----------
    wanted_h : Series
        Paid hours wanted, by the Monday of each week in order, without gaps.
    terms : mapping
        Agent to terms.
    away : mapping, optional
        Agent to the Mondays of weeks of leave: no hours, and none expected of the pace.
    closed : iterable of date
        Mondays of weeks in which nobody works.
    worked : DataFrame, optional
        agent, week, hours: weeks that are over; they stand, and the rest of the year makes up.
    alike : mapping, optional
        Agent to the name of a group in which hours should be shared evenly, such as a contract;
        by default people with the same terms.
    weights : AnnualWeights, optional
    step_h : float
        Grid of the hours; limits of weeks and years lie on it.

    Returns
    -------
    AnnualPlan

    Raises
    ------
    BadInput
        A week, person or number cannot be used.
    Infeasible
        Somebody's hours do not fit the weeks left; the text says whose.

    Examples
    --------
    >>> weeks = [dt.date(2003, 3, 3) + dt.timedelta(weeks=n) for n in range(4)]
    >>> made = annual_plan(
    ...     pd.Series([60.0, 60.0, 100.0, 100.0], index=weeks),
    ...     {name: AnnualTerms(160, 30, 50) for name in ("ann", "bob")})
    >>> made.hours[made.hours["agent"] == "ann"]["hours"].tolist(), made.short_h
    ([30.0, 30.0, 50.0, 50.0], 0.0)
    >>> made.hours["balance"].tolist()[:4]
    [-10.0, -20.0, -10.0, 0.0]
    """
    weights = weights or AnnualWeights()
    year = _Year(wanted_h, terms, away or {}, closed, worked, step_h)
    groups = _groups(terms, alike)
    bound = _solved(year, groups, replace(weights, unlike=0.0, change=0.0)).value
    numbers = _solved(year, groups, weights).hours
    return _told(year, _on_grid(year, numbers), weights, bound)


def week_scenario(
    plan: AnnualPlan, scenario: Scenario, week: dt.date, *, slack_h: float = 0.0
) -> Scenario:
    """Return the scenario of the weeks from `week`, with the plan's hours as contract hours.

    Everybody in the plan gets a contract that owes the hours of the week, less `slack_h`, and
    allows as many more; hours that shifts cannot add up to are the roster's to refuse. A scenario
    of several weeks owes the mean of them.

    Raises
    ------
    BadInput
        The plan does not hold the weeks.
    """
    weeks = [week + dt.timedelta(weeks=n) for n in range(scenario.weeks)]
    table = plan.hours.pivot_table(index="agent", columns="week", values="hours", sort=False)
    missing = [day for day in weeks if day not in table.columns]
    if missing:
        raise BadInput(
            f"annual hours: the plan has no week of {missing[0]}; it has {table.columns[0]} to "
            f"{table.columns[-1]}"
        )
    mean = table[weeks].mean(axis=1)
    base = {contract.name: contract for contract in scenario.contracts}
    made: dict[str, Contract] = {}
    people = []
    for person in scenario.people:
        if person.id not in mean.index:
            people.append(person)
            continue
        owed = float(mean[person.id])
        name = f"{person.contract} {owed:g} h"
        made[name] = replace(
            base[person.contract], name=name, min_week_h=max(0.0, owed - slack_h),
            max_week_h=min(168.0, owed + slack_h),
        )  # fmt: skip
        people.append(replace(person, contract=name))
    used = {person.contract for person in people}
    contracts = (*(c for c in scenario.contracts if c.name in used), *made.values())
    return replace(scenario, start=week, people=tuple(people), contracts=contracts)


class _Year:
    """The question as arrays: people by weeks."""

    def __init__(
        self, wanted_h: pd.Series, terms: Mapping[str, AnnualTerms],
        away: Mapping[str, Iterable[dt.date]], closed: Iterable[dt.date],
        worked: pd.DataFrame | None, step_h: float,
    ) -> None:  # fmt: skip
        self.mondays = [pd.Timestamp(day).date() for day in wanted_h.index]
        steps = {(b - a).days for a, b in zip(self.mondays, self.mondays[1:], strict=False)}
        self.wanted = wanted_h.to_numpy(dtype=float)
        if not self.mondays or self.mondays[0].weekday() or steps - {7}:
            raise BadInput(
                "annual hours: wanted_h is indexed by Mondays, one a week without gaps, got "
                f"{len(self.mondays)} rows" + (f" from {self.mondays[0]}" if self.mondays else "")
            )
        if not (np.isfinite(self.wanted).all() and (self.wanted >= 0).all()) or not terms:
            raise BadInput("annual hours: expected wanted hours >= 0 and terms of some people")
        self.agents, self.terms, self.step = list(terms), dict(terms), step_h
        rank = {day: at for at, day in enumerate(self.mondays)}
        who = {agent: at for at, agent in enumerate(self.agents)}
        shape = (len(self.agents), len(self.mondays))
        self.open = np.ones(shape, dtype=bool)
        self.open[:, [rank[d] for d in _known(closed, rank, "closed")]] = False
        for agent, days in away.items():
            if agent not in who:
                raise BadInput(f"annual hours: {agent!r} is away but has no terms")
            self.open[who[agent], [rank[d] for d in _known(days, rank, "away")]] = False
        self.low = np.array([[t.min_week_h] for t in terms.values()], dtype=float) * self.open
        self.high = np.array([[t.max_week_h] for t in terms.values()], dtype=float) * self.open
        self.hours = np.array([t.hours for t in terms.values()], dtype=float)
        self.done = np.zeros(shape, dtype=bool)
        for agent, week, hours in () if worked is None else worked[
            ["agent", "week", "hours"]
        ].itertuples(index=False):
            if agent not in who:
                raise BadInput(f"annual hours: {agent!r} has worked but has no terms")
            (day,) = _known([week], rank, "worked")
            at = who[agent], rank[day]
            self.low[at] = self.high[at] = float(hours)
            self.done[at] = True
        count = np.maximum(self.open.sum(axis=1, keepdims=True), 1)
        self.pace = self.hours[:, None] * self.open / count
        self._check()

    def _check(self) -> None:
        least, most = self.low.sum(axis=1), self.high.sum(axis=1)
        wrong = (self.hours < least - 1e-6) | (self.hours > most + 1e-6)
        if wrong.any():
            at = int(wrong.argmax())
            raise Infeasible(
                f"annual hours: {int(wrong.sum())} people cannot work their hours in the weeks "
                f"they have (first: {self.agents[at]!r} owes {self.hours[at]:g} h, the weeks allow "
                f"{least[at]:g} to {most[at]:g} h); change the hours, the weeks' limits or leave"
            )
        free = ~self.done
        off = [abs(v / self.step - round(v / self.step)) > 1e-6
               for v in (*self.low[free], *self.high[free])]  # fmt: skip
        if any(off):
            raise BadInput(
                f"annual hours: {sum(off)} limits of weeks are no multiple of {self.step:g} h; "
                "round them, or choose another step_h"
            )


@dataclass(frozen=True)
class _Solved:
    hours: np.ndarray
    value: float


def _solved(year: _Year, groups: Sequence[list[int]], weights: AnnualWeights) -> _Solved:
    """Return the best hours, people and hours divisible."""
    people, many = year.low.shape
    size = people * many
    wide = 2 * size + size + many * (2 + len(groups))
    cost = np.zeros(wide)
    low, high = np.zeros(wide), np.full(wide, np.inf)
    low[:size], high[:size] = year.low.ravel(), year.high.ravel()
    unlike, change = size, 2 * size
    short, over, mean = 3 * size, 3 * size + many, 3 * size + 2 * many
    cost[unlike:change], cost[change:short] = weights.unlike, weights.change
    cost[short:over], cost[over:mean] = weights.short, weights.over
    rows, same = _Rows(), _Rows()
    for week in range(many):
        mine = [at * many + week for at in range(people)]
        same.add([*mine, short + week, over + week], [*[1.0] * people, 1.0, -1.0],
                 year.wanted[week])  # fmt: skip
    for at in range(people):
        mine = range(at * many, (at + 1) * many)
        same.add(list(mine), 1.0, year.hours[at])
        term = year.terms[year.agents[at]]
        # Sums of hours on the grid: a limit between two of its points is the one before it.
        rest = year.hours[at] % year.step
        pace = np.cumsum(year.pace[at]) - rest
        for week in range(many):
            if not year.done[at, week:].any():  # weeks that are over may have left the limits
                until = list(mine)[: week + 1]
                if math.isfinite(term.most_banked_h):
                    top = math.floor((pace[week] + term.most_banked_h) / year.step + 1e-9)
                    rows.add(until, 1.0, top * year.step + rest)
                if math.isfinite(term.most_owed_h):
                    least = math.ceil((pace[week] - term.most_owed_h) / year.step - 1e-9)
                    rows.add(until, -1.0, -least * year.step - rest)
    if weights.unlike:
        for rank, group in enumerate(groups):
            for week in range(many):
                for at in group if len(group) > 1 else ():
                    if year.open[at, week]:
                        one, two = at * many + week, mean + rank * many + week
                        rows.add([one, two, unlike + one], [1.0, -1.0, -1.0], 0.0)
                        rows.add([one, two, unlike + one], [-1.0, 1.0, -1.0], 0.0)
    if weights.change:
        for at in range(people):
            for week in range(1, many):
                if year.open[at, week - 1] and year.open[at, week]:
                    one = at * many + week
                    rows.add([one, one - 1, change + one], [1.0, -1.0, -1.0], 0.0)
                    rows.add([one - 1, one, change + one], [1.0, -1.0, -1.0], 0.0)
    got = linprog(
        cost, A_ub=rows.matrix(wide), b_ub=rows.limit or None, A_eq=same.matrix(wide),
        b_eq=same.limit, bounds=np.column_stack((low, high)), method="highs",
    )  # fmt: skip
    if got.status == 2:
        raise Infeasible(
            "annual hours: the limits of the accounts cannot be kept; let people bank or owe more "
            "hours, or move leave"
        )
    if got.status != 0:
        raise Infeasible(f"annual hours: the linear problem was not solved ({got.message})")
    return _Solved(got.x[:size].reshape(people, many), float(got.fun))


class _Rows:
    def __init__(self) -> None:
        self.at: list[int] = []
        self.column: list[int] = []
        self.value: list[float] = []
        self.limit: list[float] = []

    def add(self, columns: list[int], values: list[float] | float, limit: float) -> None:
        self.column += columns
        self.value += [values] * len(columns) if isinstance(values, float) else values
        self.at += [len(self.limit)] * len(columns)
        self.limit.append(float(limit))

    def matrix(self, width: int):  # type: ignore[no-untyped-def]
        if not self.limit:
            return None
        shape = (len(self.limit), width)
        return coo_array((self.value, (self.at, self.column)), shape=shape).tocsr()


def _on_grid(year: _Year, hours: np.ndarray) -> np.ndarray:
    """Return hours on the grid: sums until each week are rounded, so that the year comes out.

    A difference of rounded sums lies between the neighbours of the week on the grid, hence within
    its limits, which lie on the grid too.
    """
    found = hours.copy()
    for at in range(len(hours)):
        free = ~year.done[at]
        sums = np.cumsum(hours[at, free])
        total = year.hours[at] - hours[at, ~free].sum()
        first = total - math.floor(total / year.step + 1e-9) * year.step
        marks = np.round((sums - first) / year.step + 1e-9) * year.step + first
        if len(marks):
            marks[-1] = total
            rounded = np.diff(np.concatenate(([0.0], marks)))
            # Weeks that are over may leave a sum off the grid, which a limit may not let in.
            if (rounded >= year.low[at, free] - 1e-9).all() and (
                rounded <= year.high[at, free] + 1e-9
            ).all():
                found[at, free] = rounded
    return found


def _told(
    year: _Year, hours: np.ndarray, weights: AnnualWeights, bound: float
) -> AnnualPlan:  # fmt: skip
    balance = np.cumsum(hours - year.pace, axis=1)
    people, many = hours.shape
    table = pd.DataFrame({
        "agent": pd.Series(np.repeat(year.agents, many), dtype="str"),
        "week": year.mondays * people, "hours": hours.ravel(), "pace": year.pace.ravel(),
        "balance": np.round(balance.ravel(), 6),
    })  # fmt: skip
    planned = hours.sum(axis=0)
    gap = year.wanted - planned
    weeks = pd.DataFrame({
        "week": year.mondays, "wanted_h": year.wanted, "planned_h": planned,
        "short_h": np.maximum(gap, 0.0), "over_h": np.maximum(-gap, 0.0),
    })  # fmt: skip
    return AnnualPlan(table, weeks, float(weeks["short_h"].sum()), float(weeks["over_h"].sum()),
                      bound, year.terms)  # fmt: skip


def _known(days: Iterable[dt.date], rank: Mapping[dt.date, int], what: str) -> list[dt.date]:
    found = [pd.Timestamp(day).date() for day in days]
    wrong = [day for day in found if day not in rank]
    if wrong:
        raise BadInput(
            f"annual hours: {len(wrong)} weeks of `{what}` are no Monday of the year (first: "
            f"{wrong[0]}); the year runs from {min(rank)} to {max(rank)}"
        )
    return found


def _groups(
    terms: Mapping[str, AnnualTerms], alike: Mapping[str, str] | None
) -> list[list[int]]:  # fmt: skip
    found: dict[object, list[int]] = defaultdict(list)
    for at, (agent, term) in enumerate(terms.items()):
        found[term if alike is None else alike.get(agent, agent)].append(at)
    return list(found.values())
