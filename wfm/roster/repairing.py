"""How is a published roster mended after absences or new demand, with few changes?

From the shifts as they stand, one person's days at a time are chosen anew by the exact model of one
person (`model.best_for_one`), a changed shift priced at `weight`; nobody is touched who cannot gain
that. Shifts are given, moved or get other breaks only where they reach a moment at which the event
changed supply or demand; on other days a shift can at most be dropped in exchange. It ends when
nobody gains.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.roster.board import Board, Priced
from wfm.roster.break_rules import misplaced
from wfm.roster.budget import Progress
from wfm.roster.clashing import why_infeasible
from wfm.roster.differing import by_day, differences, kind_of
from wfm.roster.duties import Duty, duties_of
from wfm.roster.given import kept_free, locks_of
from wfm.roster.meeting_places import place_meetings
from wfm.roster.model import Effort, best_for_one, seat_steps
from wfm.roster.result import Roster
from wfm.roster.rules import allowed_spans
from wfm.roster.scoping import of_one
from wfm.roster.standing import broken_by, roster_of, stand
from wfm.roster.wishing import wish_price
from wfm.scenario import Scenario
from wfm.workforce import Person

_OF_BREAKS = 0.25  # share of `weight` for a shift of which only the breaks move
_BETTER = 1e-6
_EFFORT = Effort(work=1e6, seconds=60.0, workers=1, seed=0)


@dataclass(frozen=True)
class Repair:
    """A mended roster and what was changed.

    Attributes
    ----------
    roster : Roster
    changes : DataFrame
        agent, day, kind (given, taken, moved, breaks), before, after, paid_h; absences included.
    short_before_h, short_hit_h, short_after_h : float
        Agent-hours short before, right after the event without any change, and now.
    weight : float
        Weighted agent-hours that a changed shift had to save.
    complete : bool
        False if the time ran out before nobody could gain any more.
    """

    roster: Roster
    changes: pd.DataFrame
    short_before_h: float
    short_hit_h: float
    short_after_h: float
    weight: float
    complete: bool


def repair(
    roster: Roster, scenario: Scenario | None = None, requirement: Any = None, *,
    absent: Iterable[tuple[str, dt.date]] = (), since: Any = None, weight: float | None = None,
    locked: pd.DataFrame | None = None, time_limit_s: float = 30.0,
    progress: Progress | None = None,
) -> Repair:  # fmt: skip
    """Return the roster mended with few changes, and the list of them.

    Parameters
    ----------
    roster : Roster
        The published one.
    scenario : Scenario, optional
        By default the one the roster was made for.
    requirement : Requirement or DataFrame, optional
        By default the one the roster's coverage was counted against; pass a new one where demand
        has changed.
    absent : iterable of (agent, date)
        Days on which people will not be there; they count as approved days off.
    since : Timestamp, optional
        Shifts that start before stand, and none is given before.
    weight : float, optional
        Weighted agent-hours that a shift given, taken or moved must save; a shift whose breaks
        alone move must save a quarter of it. By default what one agent-hour short weighs.
    locked : DataFrame, optional
        As for `solve`; by default the locks the roster carries. Those of absent people fall away.
    time_limit_s : float
        Wall-clock seconds. Shifts that became illegal are always mended.
    progress : callable, optional
        ``progress(share, text)``; False ends the repair with what there is.

    Returns
    -------
    Repair

    Raises
    ------
    BadInput
        An absent person or day is not known, or a table cannot be used.
    Infeasible
        Somebody has no legal shifts left; the text names the rules.

    Examples
    --------
    >>> import datetime as dt
    >>> from wfm import roster
    >>> from wfm.scenario import Contract, Person, Queue, Scenario, ShiftType, Target
    >>> monday = dt.date(2003, 3, 3)
    >>> plan = Scenario(
    ...     "two", "UTC", (Queue("voice", Target(0.8)),),
    ...     tuple(Person(name, "any", ("voice",)) for name in ("ann", "bob")),
    ...     (Contract("any", 0, 40, ("D",)),), (ShiftType("D", "09:00", "09:00", 480),),
    ...     start=monday)
    >>> wanted = pd.DataFrame({
    ...     "queue": "voice", "start": pd.date_range("2003-03-03 09:00", periods=16, freq="30min",
    ...     tz="UTC"), "agents": 1.0, "agents_rounded": 1, "scheduled": 1,
    ...     "p_answered_within": 0.9, "occupancy": 0.5})
    >>> made = roster.solve(wanted, plan)
    >>> gone = made.frame["agent"].iloc[0]
    >>> mended = repair(made, absent=[(gone, monday)])
    >>> mended.changes["kind"].tolist(), mended.short_hit_h, mended.short_after_h
    (['taken', 'given'], 8.0, 0.0)
    """
    begun = time.monotonic()
    before = stand(roster, scenario)
    gone = tuple(absent)
    told = _away(before.case.scenario, gone)
    standing = stand(roster, told, requirement=requirement)
    board = standing.board
    weight = board.case.scenario.weights.under if weight is None else weight
    if not (np.isfinite(weight) and weight >= 0):
        raise BadInput(f"repair: weight is a number >= 0 of agent-hours, got {weight!r}")
    published = by_day(duties_of(roster.frame, board.case.horizon))
    task = _task(board, published, gone=gone, since=since, weight=weight,
                 locked=roster.locked if locked is None else locked)  # fmt: skip
    for agent in {agent for agent, _ in gone}:
        _leave(task, board.case.people[agent])
    hit = board.short_h()
    task = replace(task, touched=_touched(before.board, board))
    tell = progress or (lambda share, text: None)
    for person in _wronged(task):
        _must(task, person)
    complete = _improve(task, until=begun + time_limit_s, tell=tell)
    place_meetings(board, task.settled)
    mended = roster_of(board, replace(roster, locked=task.locks), seconds=time.monotonic() - begun)
    return Repair(
        mended, differences(board.case, published, board.duties), before.board.short_h(), hit,
        board.short_h(), weight, complete,
    )  # fmt: skip


@dataclass(frozen=True)
class _Task:
    """The board, what was published, what may not be touched, and the price of a change.

    `touched` counts, before each grid step, the steps at which the event changed anything.
    """

    board: Board
    published: dict[str, dict[int, Duty]]
    settled: dict[str, dict[int, Duty]]
    first: int
    weight: float
    locks: pd.DataFrame | None
    touched: np.ndarray

    def reaches(self, duty: Duty) -> bool:
        """Return whether a shift lies where the event changed anything."""
        step, last = self.board.demand.step_min, len(self.touched) - 1
        begin, end = duty.span.start // step, min(duty.span.end // step, last)
        return bool(self.touched[end] > self.touched[min(begin, last)])

    def free(self, person: Person) -> frozenset[int]:
        """Return the days of a person that may be changed."""
        days = frozenset(range(self.board.case.horizon.days)) - frozenset(self.stands(person))
        return frozenset(d for d in days if self.board.case.horizon.midnights[d + 1] > self.first)

    def stands(self, person: Person) -> dict[int, Duty]:
        """Return the shifts of a person that stay: settled ones, and those with a meeting."""
        mine = self.board.duties[person.id]
        return {d: duty for d, duty in mine.items() if duty.events} | self.settled.get(
            person.id, {}
        )

    def fee(self, agent: str, day: int, duty: Duty | None) -> float:
        """Return what a change of that day costs."""
        kind = kind_of(self.published.get(agent, {}).get(day), duty)
        return 0.0 if not kind else self.weight * (_OF_BREAKS if kind == "breaks" else 1.0)

    def fees(self, person: Person, days: Iterable[int]) -> float:
        """Return what the changes of some days cost as they stand."""
        mine = self.board.duties[person.id]
        return sum(self.fee(person.id, day, mine.get(day)) for day in days)


def _away(scenario: Scenario, gone: tuple[tuple[str, dt.date], ...]) -> Scenario:
    known = {person.id for person in scenario.people}
    unknown = sorted({str(agent) for agent, _ in gone} - known)
    if unknown:
        raise BadInput(
            f"repair: {len(unknown)} absent agents are not in the scenario (first: "
            f"{unknown[0]!r}); the ids are those of its people"
        )
    off: dict[str, list[dt.date]] = {}
    for agent, day in gone:
        off.setdefault(agent, []).append(pd.Timestamp(day).date())
    people = tuple(
        replace(p, time_off=tuple(sorted({*p.time_off, *off[p.id]}))) if p.id in off else p
        for p in scenario.people
    )
    return replace(scenario, people=people)


def _task(
    board: Board, published: dict[str, dict[int, Duty]], *, gone: tuple[tuple[str, dt.date], ...],
    since: Any, weight: float, locked: pd.DataFrame | None,
) -> _Task:  # fmt: skip
    case = board.case
    first = -(10**9)
    if since is not None:
        moment = pd.Timestamp(since)
        if moment.tzinfo is None:
            moment = moment.tz_localize(case.scenario.timezone)
        first = int((moment - case.horizon.origin) / pd.Timedelta(minutes=1))
    settled: dict[str, dict[int, Duty]] = {}
    for agent, mine in board.duties.items():
        settled[agent] = {day: duty for day, duty in mine.items() if duty.span.start < first}
    if locked is not None:
        days = {(agent, (pd.Timestamp(day).date() - case.horizon.monday).days)
                for agent, day in gone}  # fmt: skip
        at = case.horizon.days_of(case.horizon.minutes(locked["start"], "locked"))
        kept = [(a, d) not in days and (a, d + 1) not in days
                for a, d in zip(locked["agent"], at.tolist(), strict=True)]  # fmt: skip
        locked = locked[kept]
        for agent, mine in locks_of(locked, case, board.demand.step_min).items():
            settled[agent].update({d: board.duties[agent].get(d, duty) for d, duty in mine.items()})
        board.case = replace(case, kept_free=kept_free(locked, case))
    return _Task(board, published, settled, first, weight, locked, np.zeros(1, dtype=np.int64))


def _touched(before: Board, after: Board) -> np.ndarray:
    """Return, before each step, how many steps have another demand or supply than before."""
    changed = (before.demand.wanted != after.demand.wanted).any(axis=0)
    changed |= (before.supply != after.supply).any(axis=0)
    return np.concatenate(([0], np.cumsum(changed)))


def _leave(task: _Task, person: Person) -> None:
    """Take away the shifts that touch the person's days off."""
    board = task.board
    for day, duty in list(board.duties[person.id].items()):
        if duty.span not in allowed_spans(board.case, person, day):
            board.take(person.id, (day,))
            task.settled[person.id].pop(day, None)


def _wronged(task: _Task) -> list[Person]:
    """Return the people whose shifts break a rule as they stand."""
    case = task.board.case
    return [
        person for person in case.scenario.people
        if broken_by(case, {person.id: list(task.board.duties[person.id].values())})
    ]  # fmt: skip


def _must(task: _Task, person: Person) -> None:
    """Give a person legal days, whatever they cost."""
    free = task.free(person)
    old = task.board.take(person.id, free)
    answer = _chosen(task, person, free, old, must=True)
    if answer is None:
        clash = why_infeasible(
            replace(task.board.case, scenario=of_one(task.board.case.scenario, person)),
            {person.id: task.settled.get(person.id, {})},
        )
        for duty in old:
            task.board.put(duty)
        if clash is not None:
            raise clash
        return  # what is wrong was published and started before, and cannot be mended any more
    for duty in answer:
        task.board.put(duty)


def _improve(task: _Task, *, until: float, tell: Any) -> bool:
    """Choose people's days anew, one after the other, until nobody gains; False if time ran out."""
    people = [p for p in task.board.case.scenario.people if task.board.case.group(p)]
    quiet, at = 0, 0
    while quiet < len(people):
        if time.monotonic() > until or tell(quiet / len(people), "mending the roster") is False:
            return False
        quiet = 0 if _better(task, people[at % len(people)]) else quiet + 1
        at += 1
    tell(1.0, "done")
    return True


def _better(task: _Task, person: Person) -> bool:
    """Choose one person's days anew; return whether that was worth its fees."""
    board, free = task.board, task.free(person)
    if not free:
        return False
    before = board.objective() + task.fees(person, free)
    old = board.take(person.id, free)
    answer = _chosen(task, person, free, old)
    for duty in old if answer is None else answer:
        board.put(duty)
    if answer is None:
        return False
    if board.objective() + task.fees(person, free) < before - _BETTER:
        return True
    board.take(person.id, free)
    for duty in old:
        board.put(duty)
    return False


def _chosen(
    task: _Task, person: Person, free: frozenset[int], old: list[Duty], *, must: bool = False
) -> tuple[Duty, ...] | None:
    """Return the cheapest legal days, fees counted; None if there are none or `old` are as good."""
    board, case = task.board, task.board.case
    group = case.group(person)
    offers: dict[Duty, float] = {}
    if group:
        price = board.prices()[board.spread.groups.index(group)]
        for offer in board.priced(person, free, price):
            if offer.duty.span.start >= task.first and (must or task.reaches(offer.duty)):
                offers[offer.duty] = offer.cost
        for duty in (*old, *task.published.get(person.id, {}).values()):
            day = duty.span.day
            if day in free and duty.queue == group and duty.span in allowed_spans(
                case, person, day
            ) and not misplaced(case, duty) and board.floor.has_room(duty.span):  # fmt: skip
                steps = seat_steps(duty, board.demand.step_min, board.demand.steps)
                offers[duty] = float(price[steps].sum()) + wish_price(case, person.id, duty.span)
    fee = {day: task.fee(person.id, day, None) for day in free}
    priced = [
        Priced(duty, cost + task.fee(person.id, duty.span.day, duty) - fee[duty.span.day])
        for duty, cost in offers.items()
    ]
    if not must and not _could_gain(free, old, priced):
        return None
    answer = best_for_one(
        case, person, settled=task.stands(person), offers=priced, free=free,
        effort=_EFFORT,
    )  # fmt: skip
    return answer.duties if answer.found else None


def _could_gain(free: frozenset[int], old: list[Duty], priced: list[Priced]) -> bool:
    """Return whether the days could be cheaper if each were chosen for itself."""
    cost = {offer.duty: offer.cost for offer in priced}
    now = sum(cost.get(duty, 0.0) for duty in old)
    best = dict.fromkeys(free, 0.0)
    for offer in priced:
        day = offer.duty.span.day
        best[day] = min(best[day], offer.cost)
    return sum(best.values()) < now - _BETTER
