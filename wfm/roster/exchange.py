"""Whose shifts should be exchanged? Moves that take more than one person at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wfm.roster.board import Board, fair_aim_h
from wfm.roster.duties import Duty
from wfm.roster.model import Effort, best_for_some
from wfm.roster.rulebook import clean
from wfm.roster.rules import legal_spans
from wfm.workforce import Person

_BETTER = 1e-7
_MOST_OFFERS = 600


def level_hours(board: Board, locked: dict[str, dict[int, Duty]]) -> bool:
    """Move shifts from people with many hours to those with few; return whether it helped.

    Giver and taker have the same contract and skills, so that coverage stays as it is.
    """
    case, helped = board.case, False
    lots: dict[tuple[str, str], list[Person]] = {}
    for person in case.scenario.people:
        if case.group(person):
            lots.setdefault((person.contract, case.group(person)), []).append(person)
    for people in lots.values():
        for day in range(case.horizon.days):
            by_use = sorted(people, key=board.use_h)
            takers = [p for p in by_use if day not in board.duties[p.id]]
            givers = [p for p in reversed(by_use) if day in board.duties[p.id]]
            givers = [p for p in givers if day not in locked.get(p.id, {})]
            for giver, taker in zip(givers, takers, strict=False):
                duty = board.duties[giver.id][day]
                hours = case.paid_min(duty.span) / 60
                if board.use_h(giver) - board.use_h(taker) > hours:
                    helped |= _moved(board, duty, giver, taker)
    return helped


def _moved(board: Board, duty: Duty, giver: Person, taker: Person) -> bool:
    case, day = board.case, duty.span.day
    if duty.span not in legal_spans(case, taker, day):
        return False
    given = Duty(taker.id, duty.span, duty.queue, duty.breaks)
    kept = [d for d in board.duties[giver.id].values() if d.span.day != day]
    if not clean(case, taker, [*board.duties[taker.id].values(), given]):
        return False
    if not clean(case, giver, kept):
        return False
    before = board.apart_cost()
    board.take(giver.id, (day,))
    board.put(given)
    if board.apart_cost() < before - _BETTER:
        return True
    board.take(taker.id, (day,))
    board.put(duty)
    return False


def improve_some(
    board: Board, people: Sequence[Person], *, week: int, locked: dict[str, dict[int, Duty]],
    effort: Effort,
) -> tuple[bool, float]:  # fmt: skip
    """Give several people the best shifts of a week together; return whether it helped, and work.

    Each may get any legal shift, with the breaks that are best while none of them works.
    """
    before = board.objective()
    free = {
        p.id: frozenset(range(7 * week, 7 * week + 7)) - frozenset(locked.get(p.id, {}))
        for p in people
    }
    aims = {}
    if board.case.scenario.weights.fairness:
        aims = {
            p.id: fair_aim_h(board, p, [q for q in board.case.scenario.people
                                        if q.contract == p.contract])
            for p in people
        }  # fmt: skip
    burdens = {p.id: board.burden_aims(p) for p in people}
    old = {p.id: board.take(p.id, free[p.id]) for p in people}
    prices = board.prices()
    offers = {}
    for person in people:
        price = prices[board.spread.groups.index(board.case.group(person))]
        mine = dict.fromkeys(old[person.id])
        mine |= dict.fromkeys(o.duty for o in board.priced(person, free[person.id], price))
        offers[person.id] = list(mine)
    answer = best_for_some(
        board,
        people,
        free=free,
        offers=offers,
        hint=old,
        aims_h=aims,
        burdens=burdens,
        effort=effort,
    )
    for duty in answer.duties:
        board.put(duty)
    if answer.found and board.objective() < before - _BETTER:
        return True, answer.work
    for person in people:
        board.take(person.id, free[person.id])
        for duty in old[person.id]:
            board.put(duty)
    return False, answer.work


def teams(board: Board, rng: np.random.Generator) -> list[list[Person]]:
    """Return people in random lots that are small enough to be solved together."""
    case = board.case
    people = [p for p in case.scenario.people if case.group(p)]
    found: list[list[Person]] = []
    room = 0
    for at in rng.permutation(len(people)):
        person = people[int(at)]
        size = sum(len(legal_spans(case, person, day)) for day in range(7))
        if not found or size > room:
            found.append([])
            room = _MOST_OFFERS
        found[-1].append(person)
        room -= size
    return found
