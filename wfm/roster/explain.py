"""Why is a cell red? What takes agents away from one queue and interval, and what would help most?

For every moment of the interval and everybody who is not on seat there, `ways` says what would have
to yield: nothing, or some of six reasons. Lifting a set S of reasons can win

    v(S) = min(agents short, people with a way that needs no reason outside S),

each person by one change of one day with everything else standing, and only if the whole plan
becomes less short. The parts are the Shapley values of v: each reason's gain, averaged over all
orders in which the six could be lifted, so that no order decides (Shapley 1953). What even all six
do not win is demand: not enough people at all. What no reason is needed for is movable. The parts
add up to the shortage.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.roster.coverage import allocate
from wfm.roster.relaxations import Relaxation, measured
from wfm.roster.result import Roster
from wfm.roster.standing import Standing, stand
from wfm.roster.ways import REASONS, Cell, Way, Ways
from wfm.scenario import Scenario
from wfm.timegrid import local_moment

DEMAND, MOVABLE = "demand", "movable"
ALL = (DEMAND, *REASONS, MOVABLE)
_WORDS = {
    DEMAND: "not enough people: nobody else can be had without a new hole",
    "leave": "people on leave",
    "contract hours": "contract hours used up",
    "shift grid": "no shift type or start that reaches it",
    "skill": "people without the skill",
    "rest": "rest rules and days off",
    "breaks": "breaks and lunch at that time",
    MOVABLE: "could be mended by a legal change of one person: search longer",
}


@dataclass(frozen=True)
class Part:
    """What one reason takes from the cell.

    Attributes
    ----------
    reason : str
        One of `ALL`.
    fte : float
        Agents, mean over the interval.
    alone : float
        Agents won if this reason alone is lifted; 0 for demand.
    people : int
        People who could come only if it is lifted, alone or with others; 0 for demand.
    """

    reason: str
    fte: float
    alone: float
    people: int


@dataclass(frozen=True)
class Reason:
    """Why a queue is short in an interval.

    Attributes
    ----------
    queue : str
    start : Timestamp
        In the site's zone.
    scheduled, on_seat, short : float
        As in `Roster.coverage`.
    parts : tuple of Part
        In the order of `ALL`; their `fte` add up to `short`.
    legal, best : Relaxation or None
        The best change that breaks no rule, and the single relaxation that helps most.
    """

    queue: str
    start: pd.Timestamp
    scheduled: float
    on_seat: float
    short: float
    parts: tuple[Part, ...]
    legal: Relaxation | None
    best: Relaxation | None

    @property
    def frame(self) -> pd.DataFrame:
        """The parts as a table: reason, fte, alone, people."""
        return pd.DataFrame([vars(part) for part in self.parts])

    @property
    def sentences(self) -> tuple[str, ...]:
        """The same in words."""
        when = f"{self.start:%a %Y-%m-%d %H:%M}"
        if self.short <= 0:
            return (f"Queue {self.queue!r} is not short on {when}.",)
        out = [
            f"Queue {self.queue!r} is {self.short:.2f} agents short on {when}: "
            f"{self.scheduled:g} wanted, {self.on_seat:.2f} there."
        ]
        for part in sorted(self.parts, key=lambda p: -p.fte):
            if part.fte > 0:
                who = f" ({_counted(part.people)})" if part.people else ""
                out.append(f"{part.fte:.2f} {_WORDS[part.reason]}{who}.")
        if self.legal is not None:
            out.append(f"Within the rules: {self.legal.sentence}")
        if self.best is not None and self.legal is not None and self.best.gain <= self.legal.gain:
            out.append("No single relaxation helps more than that.")
        elif self.best is not None:
            out.append(f"What helps most: {self.best.sentence}")
        elif self.legal is None:
            out.append("No change of one person's day makes the plan less short.")
        return tuple(out)


def explain(
    roster: Roster, queue: str, start: Any, *, scenario: Scenario | None = None,
    requirement: Any = None,
) -> Reason:  # fmt: skip
    """Return why `queue` is short in the interval from `start`, and what would help most.

    Parameters
    ----------
    roster : Roster
    queue : str
    start : Timestamp or datetime
        Start of an interval of the roster's coverage; without a zone it is the site's.
    scenario : Scenario, optional
        By default the one the roster was made for.
    requirement : Requirement or DataFrame, optional
        By default the one the roster's coverage was counted against.

    Returns
    -------
    Reason

    Raises
    ------
    BadInput
        `start` is no time, the roster knows no such interval, or nobody knows the scenario.

    Examples
    --------
    >>> import datetime as dt
    >>> from wfm import roster
    >>> from wfm.scenario import Contract, Person, Queue, Scenario, ShiftType, Target
    >>> monday = dt.date(2003, 3, 3)
    >>> ann = Person("ann", "any", ("voice",))
    >>> plan = Scenario(
    ...     "one", "UTC", (Queue("voice", Target(0.8)),),
    ...     (ann, Person("bob", "any", ("voice",), time_off=(monday,))),
    ...     (Contract("any", 0, 40, ("D",)),), (ShiftType("D", "09:00", "09:00", 480),),
    ...     start=monday)
    >>> wanted = pd.DataFrame({
    ...     "queue": "voice", "start": pd.date_range("2003-03-03 09:00", periods=16, freq="30min",
    ...     tz="UTC"), "agents": 2.0, "agents_rounded": 2, "scheduled": 2,
    ...     "p_answered_within": 0.9, "occupancy": 0.5})
    >>> why = explain(roster.solve(wanted, plan, time_limit_s=5), "voice", "2003-03-03 10:00")
    >>> [(part.reason, part.fte) for part in why.parts if part.fte]
    [('leave', 1.0)]
    >>> why.best.agent, why.best.short_before_h - why.best.short_after_h
    ('bob', 8.0)
    """
    standing = stand(roster, scenario, requirement=requirement)
    at = local_moment(start, standing.case.scenario.timezone, name="explain: start")
    cell, row = _cell(standing, queue, at)
    board = standing.board
    window = slice(cell.steps.start, cell.steps.stop)
    served = allocate(board.spread, board.demand.wanted[:, window], board.supply[:, window])
    missing = board.demand.wanted[cell.queue, window] - served[:, cell.queue].sum(axis=0)
    ways = Ways(board, cell)
    every: list[Way] = []
    total = np.zeros(len(ALL))
    alone = np.zeros(len(ALL))
    blocked: Counter[str] = Counter()
    seen: set[tuple[str, str]] = set()
    for step, short in zip(cell.steps, missing.tolist(), strict=True):
        if short <= 0:
            continue
        families = {}
        for person in board.case.scenario.people:
            mine = list(ways.of(person, step))
            every += mine
            if mine:
                families[person.id] = _least_sets({way.reasons for way in mine})
        total += _split(short, list(families.values()))
        alone += _alone(short, list(families.values()))
        seen |= {(agent, name) for agent, family in families.items() for found in family
                 for name in found or (MOVABLE,)}  # fmt: skip
    blocked.update(name for _, name in seen)
    width = len(cell.steps)
    parts = tuple(
        Part(name, float(fte / width), float(one / width), blocked[name])
        for name, fte, one in zip(ALL, total, alone, strict=True)
    )
    legal, best = measured(standing, cell, every)
    short = float(missing.clip(min=0).sum()) / width
    on_seat = float(row["on_seat"])
    return Reason(queue, at, float(row["scheduled"]), on_seat, short, parts, legal, best)


def _cell(standing: Standing, queue: str, at: pd.Timestamp) -> tuple[Cell, pd.Series]:
    demand = standing.board.demand
    standing.case.scenario.queue(queue)
    rows = demand.rows[demand.rows["queue"] == queue]
    found = rows[rows["start"] == at]
    if found.empty:
        some = f"from {rows['start'].min()} to {rows['start'].max()}" if len(rows) else "none"
        raise BadInput(
            f"explain: the roster wants nobody of queue {queue!r} in an interval from {at}; its "
            f"intervals are {some}, every {standing.case.scenario.interval_min} min"
        )
    first = int(demand.first[found.index[0]])
    steps = range(first, min(first + demand.width, demand.steps))
    on_seat = standing.coverage.loc[found.index[0]]
    return Cell(demand.queues.index(queue), steps), on_seat


def _least_sets(found: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Return the sets that hold no other one."""
    ordered = sorted(set(found), key=lambda s: (len(s), sorted(s)))
    least: list[frozenset[str]] = []
    for one in ordered:
        if not any(other <= one for other in least):
            least.append(one)
    return least


def _won(short: int, families: list[list[frozenset[str]]]) -> dict[frozenset[str], int]:
    """Return v(S) of every set of reasons."""
    return {
        chosen: min(short, sum(any(need <= chosen for need in family) for family in families))
        for size in range(len(REASONS) + 1)
        for chosen in map(frozenset, combinations(REASONS, size))
    }


def _split(short: int, families: list[list[frozenset[str]]]) -> np.ndarray:
    """Return the parts of a shortage, in the order of `ALL`."""
    won, size = _won(short, families), len(REASONS)
    parts = [float(short - won[frozenset(REASONS)])]
    for name in REASONS:
        orders = sum(
            math.factorial(len(chosen)) * math.factorial(size - 1 - len(chosen))
            * (won[chosen | {name}] - gain)
            for chosen, gain in won.items() if name not in chosen
        )  # fmt: skip
        parts.append(orders / math.factorial(size))
    return np.array([*parts, float(won[frozenset()])])


def _alone(short: int, families: list[list[frozenset[str]]]) -> np.ndarray:
    """Return what lifting each reason alone wins, in the order of `ALL`."""
    won = _won(short, families)
    none = won[frozenset()]
    return np.array([0, *(won[frozenset({name})] - none for name in REASONS), none], dtype=float)


def _counted(people: int) -> str:
    return f"{people} people" if people != 1 else "1 person"
