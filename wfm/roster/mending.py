"""Whose days had better be others, when a published roster is mended?

One person's days are chosen anew by the exact model of one person (`model.best_for_one`). Where
nobody gains alone, somebody is moved to where agents are short at the cost of a new hole, and a
second person looks for what is best then; the pair stands if both together gain.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from wfm.roster.board import Board, Priced
from wfm.roster.break_rules import misplaced
from wfm.roster.clashing import why_infeasible
from wfm.roster.differing import kind_of
from wfm.roster.duties import Duty
from wfm.roster.model import Effort, best_for_one, seat_steps
from wfm.roster.rules import allowed_spans
from wfm.roster.scoping import of_one
from wfm.roster.standing import broken_by
from wfm.roster.wishing import wish_price
from wfm.workforce import Person

_OF_BREAKS = 0.25  # share of `weight` for a shift of which only the breaks move
_BETTER = 1e-6
_EFFORT = Effort(work=1e6, seconds=60.0, workers=1, seed=0)
_FORCED = 1e6  # weighted agent-hours by which a shift is made the one to choose
_MENDING = "mending the roster"
_PLACES = 3  # shifts of a person tried for the first of a pair
_TRIES = 30  # shifts tried for the first of a pair, after which nobody is looked for


@dataclass(frozen=True)
class Mending:
    """The board, what was published, what may not be touched, and the price of a change.

    `touched` counts, before each grid step, the steps at which the event changed anything; `until`
    is the moment, of `time.monotonic`, at which the time is up.
    """

    board: Board
    published: dict[str, dict[int, Duty]]
    settled: dict[str, dict[int, Duty]]
    first: int
    weight: float
    locks: pd.DataFrame | None
    touched: np.ndarray
    until: float

    @property
    def effort(self) -> Effort:
        """What one model may take: no longer than the time that is left."""
        left = self.until - time.monotonic()
        return replace(_EFFORT, seconds=min(_EFFORT.seconds, max(left, 0.01)))

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
        meeting = {day: duty for day, duty in mine.items() if duty.events}
        return meeting | self.settled.get(person.id, {})

    def fee(self, agent: str, day: int, duty: Duty | None) -> float:
        """Return what a change of that day costs."""
        kind = kind_of(self.published.get(agent, {}).get(day), duty)
        return 0.0 if not kind else self.weight * (_OF_BREAKS if kind == "breaks" else 1.0)

    def fees(self, person: Person, days: Iterable[int]) -> float:
        """Return what the changes of some days cost as they stand."""
        mine = self.board.duties[person.id]
        return sum(self.fee(person.id, day, mine.get(day)) for day in days)


def touched(before: Board, after: Board) -> np.ndarray:
    """Return, before each step, how many steps have another demand or supply than before."""
    changed = (before.demand.wanted != after.demand.wanted).any(axis=0)
    changed |= (before.supply != after.supply).any(axis=0)
    return np.concatenate(([0], np.cumsum(changed)))


def leave(task: Mending, person: Person) -> None:
    """Take away the shifts that touch the person's days off."""
    board = task.board
    for day, duty in list(board.duties[person.id].items()):
        if duty.span not in allowed_spans(board.case, person, day):
            board.take(person.id, (day,))
            task.settled[person.id].pop(day, None)


def wronged(task: Mending) -> list[Person]:
    """Return the people whose shifts break a rule as they stand."""
    case = task.board.case
    return [
        person for person in case.scenario.people
        if broken_by(case, {person.id: list(task.board.duties[person.id].values())})
    ]  # fmt: skip


def must(task: Mending, person: Person) -> None:
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


def improve(task: Mending, *, tell: Any) -> bool:
    """Choose people's days anew until nobody gains, alone or in a pair; False if time ran out."""
    people = [p for p in task.board.case.scenario.people if task.board.case.group(p)]
    quiet, at = 0, 0
    while quiet < len(people):
        if time.monotonic() > task.until or tell(quiet / len(people), _MENDING) is False:
            return False
        quiet = 0 if _answers(task, people[at % len(people)]) else quiet + 1
        at += 1
        if quiet == len(people) and pair_gains(task, people, tell):
            quiet = 0
    tell(1.0, "done")
    return time.monotonic() <= task.until


def _chosen(
    task: Mending,
    person: Person,
    free: frozenset[int],
    old: list[Duty],
    *,
    must: bool = False,
    loss: float = 0.0,
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
    if not must and not _could_gain(free, old, priced, loss):
        return None
    answer = best_for_one(
        case, person, settled=task.stands(person), offers=priced, free=free,
        effort=_EFFORT if must else task.effort,
    )  # fmt: skip
    return answer.duties if answer.found else None


def _could_gain(free: frozenset[int], old: list[Duty], priced: list[Priced], loss: float) -> bool:
    """Return whether the days could be cheaper by `loss` if each were chosen for itself."""
    cost = {offer.duty: offer.cost for offer in priced}
    now = sum(cost.get(duty, 0.0) for duty in old)
    best = dict.fromkeys(free, 0.0)
    for offer in priced:
        day = offer.duty.span.day
        best[day] = min(best[day], offer.cost)
    return sum(best.values()) < now - loss - _BETTER


def pair_gains(task: Mending, people: list[Person], tell: Any) -> bool:
    """Move one person so that a second one gains more than that costs; False if no pair does.

    Tried are the `_TRIES` shifts that would win most where agents are short.
    """
    places = [place for person in people for place in _places(task, person)]
    places.sort(key=lambda place: (-place[0], place[2].span.start, place[2].agent))
    for _, person, duty in places[:_TRIES]:
        if time.monotonic() > task.until or tell(0.99, _MENDING) is False:
            return False
        if _pair_from(task, person, duty, people):
            return True
    return False


def _places(task: Mending, person: Person) -> list[tuple[float, Person, Duty]]:
    """Return what a person could win where agents are short, in place of a shift of that day."""
    board, free = task.board, task.free(person)
    mine = board.duties[person.id]
    price = board.prices()[board.spread.groups.index(board.case.group(person))]
    lacks = np.minimum(price, 0.0)
    days = frozenset(day for day in free if day in mine)  # who is free leaves no hole
    if not days or lacks.min() >= 0:
        return []
    found = []
    for offer in board.priced(person, days, price):
        duty = offer.duty
        if not task.reaches(duty) or duty.span.start < task.first or mine[duty.span.day] == duty:
            continue
        gain = -float(lacks[seat_steps(duty, board.demand.step_min, board.demand.steps)].sum())
        if gain > (1 + _OF_BREAKS) * task.weight + _BETTER:
            found.append((gain, person, duty))
    found.sort(key=lambda place: (-place[0], place[2].span.start))
    return found[:_PLACES]


def _pair_from(task: Mending, person: Person, duty: Duty, people: list[Person]) -> bool:
    """Put a person on a shift and let a second one answer; undo it if both do not gain."""
    board, free = task.board, task.free(person)
    before = board.objective() + task.fees(person, free)
    supply = board.supply.copy()
    old = board.take(person.id, free)
    cost = {duty: -_FORCED} | {d: 0.0 for d in old if d.span.day != duty.span.day}
    answer = best_for_one(
        board.case, person, settled=task.stands(person), free=free,
        offers=[Priced(d, value) for d, value in cost.items()], effort=task.effort,
    )  # fmt: skip
    if not answer.found or duty not in answer.duties:
        for one in old:
            board.put(one)
        return False
    for one in answer.duties:
        board.put(one)
    now = board.objective()
    loss = now + task.fees(person, free) - before
    changed = (board.supply != supply).any(axis=0)
    wider = replace(task, touched=task.touched + np.concatenate(([0], np.cumsum(changed))))
    for other in people:
        if other is person or time.monotonic() > task.until:
            continue
        if _answers(wider, other, loss=loss, now=now):
            return True
    board.take(person.id, free)
    for one in old:
        board.put(one)
    return False


def _answers(task: Mending, person: Person, *, loss: float = 0.0, now: float | None = None) -> bool:
    """Choose a person's days anew if that gains more than `loss`; `now` is the objective."""
    board, free = task.board, task.free(person)
    if not free:
        return False
    before = (board.objective() if now is None else now) + task.fees(person, free)
    old = board.take(person.id, free)
    answer = _chosen(task, person, free, old, loss=loss)
    if answer is not None:
        for duty in answer:
            board.put(duty)
        if board.objective() + task.fees(person, free) < before - loss - _BETTER:
            return True
        board.take(person.id, free)
    for duty in old:
        board.put(duty)
    return False
