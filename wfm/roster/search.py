"""How is a good legal roster found?

1 The linear relaxation says which shifts an ideal mixture has; person by person, whole weeks at
  once, people get legal weeks that come nearest to it. That is the first legal roster.
2 Everybody in turn gets the best weeks against all others.
3 Day by day all people are given their shifts and breaks anew, other days standing.
4 Hours are levelled between people alike.
5 Where all that gains little, small teams exchange shifts, and a fifth of the people begin anew.
  2 to 5 repeat until the roster is proven best, or the work or the time is spent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from ortools.sat.python import cp_model

from wfm.errors import Infeasible
from wfm.roster.board import Board, Priced, fair_aim_h
from wfm.roster.bound import Ideal
from wfm.roster.budget import Budget
from wfm.roster.duties import Case, Duty, Span
from wfm.roster.exchange import improve_some, level_hours, teams
from wfm.roster.model import Answer, Effort, best_for_one, best_for_some
from wfm.roster.rulebook import RULES
from wfm.roster.rules import Rule
from wfm.roster.window import improve_days
from wfm.workforce import Person

_UNBOUNDED = Effort(work=1e6, seconds=3600.0, workers=1, seed=0)
_BETTER = 1e-7
_LEAST_WORK = 0.1
_MOST_WORK = 2.0
_WINDOW_WORK = 0.01
_WINDOW_WORK_A_PERSON = 0.0015
_ALONE_WORK = 0.005
_SLOW = 0.01
_MOST_TEAMS = 4
_MOST_AT_ONCE, _AT_ONCE_WORK = 20_000, 5.0  # shifts on offer; CP-SAT's deterministic time
_PRICE_SHARE = 0.01
_FOR_MEETINGS = 0.1  # of the time limit, kept back for putting meetings into the shifts


def construct(
    board: Board, locked: dict[str, dict[int, Duty]], ideal: Ideal, budget: Budget, *,
    people: Sequence[Person] | None = None,
) -> None:  # fmt: skip
    """Fill the board with a legal roster; it is finished even if the budget is not enough.

    Each person gets the legal weeks that take most from what the ideal mixture still lacks;
    `people` says who has none yet, by default everybody.

    Raises
    ------
    Infeasible
        If a person has no legal roster.
    """
    people = board.case.scenario.people if people is None else people
    lacking = [dict(shifts) for shifts in ideal.lacking]
    for at, person in enumerate(people):
        mine = locked.get(person.id, {})
        lots = [lacking[lot] for lot in ideal.lots.get(person.id, ())]
        wanted = {span: left for shifts in lots for span, left in shifts.items()}
        answer = _alone(board, person, mine, lacking=wanted)
        budget.spend(answer.work + _ALONE_WORK)
        if not answer.found:
            if board.floor.seats is not None and _all_at_once(board, locked, people, budget):
                return
            raise _why_infeasible(board, person, mine)
        for duty in answer.duties:
            board.put(duty)
        for duty in (*answer.duties, *mine.values()):
            for shifts in lots:
                if duty.span in shifts:
                    shifts[duty.span] -= 1
        if at % 10 == 0:
            budget.tell(0.1 * at / len(people), "first legal roster")


def _all_at_once(
    board: Board, locked: dict[str, dict[int, Duty]], people: Sequence[Person], budget: Budget
) -> bool:  # fmt: skip
    """Give everybody legal shifts within the seats at once; return whether that was found.

    One after the other the first may take seats that the last cannot do without.

    Raises
    ------
    Infeasible
        If it is proven that no rosters of these people fit into the seats.
    """
    free = {p.id: _open_days(board, locked.get(p.id, {})) for p in people}
    old = [duty for person in people for duty in board.take(person.id, free[person.id])]
    prices = board.prices()
    offers: dict[str, list[Duty]] = {}
    for person in people:
        group = board.case.group(person)
        price = prices[board.spread.groups.index(group)] if group else prices[0]
        shifts = board.priced(person, free[person.id], price) if group else []
        offers[person.id] = [offer.duty for offer in shifts]
    if sum(map(len, offers.values())) > _MOST_AT_ONCE:
        for duty in old:
            board.put(duty)
        return False
    answer = best_for_some(
        board, people, free=free, offers=offers, hint={p.id: [] for p in people}, aims_h={},
        burdens={p.id: {} for p in people},
        effort=replace(_UNBOUNDED, work=max(_AT_ONCE_WORK, budget.work)),
    )  # fmt: skip
    budget.spend(answer.work)
    if answer.status == cp_model.INFEASIBLE:
        raise Infeasible(
            f"roster: the hours that people owe do not fit into the {board.floor.seats} seats, "
            "whoever works when; raise seats, ask for fewer hours or offer other shifts"
        )
    for duty in answer.duties if answer.found else old:
        board.put(duty)
    return answer.found


def improve_alone(
    board: Board, people: Sequence[Person], locked: dict[str, dict[int, Duty]], budget: Budget
) -> bool:
    """Give each person in turn the best shifts against all others; return whether it helped."""
    helped = False
    for person in people:
        if budget.over():
            break
        before = board.objective()
        free = _open_days(board, locked.get(person.id, {}))
        aim, burdens = _aim(board, person), board.burden_aims(person)
        old = board.take(person.id, free)
        answer = _alone(board, person, locked.get(person.id, {}), aim_h=aim,
                        burdens=burdens)  # fmt: skip
        budget.spend(answer.work + _ALONE_WORK)
        for duty in answer.duties:
            board.put(duty)
        if not answer.found or board.objective() > before - _BETTER:
            board.take(person.id, free)
            for duty in old:
                board.put(duty)
        else:
            helped = True
    return helped


def _alone(
    board: Board, person: Person, locked: dict[int, Duty], *, aim_h: float | None = None,
    rules: Sequence[Rule] = RULES, days: frozenset[int] | None = None,
    lacking: dict[Span, float] | None = None, burdens: dict[str, float] | None = None,
) -> Answer:  # fmt: skip
    """Return one person's best shifts on the open days.

    `lacking` says how many people a shift still wants; it then counts first, and price second.
    `burdens` are the counts of nights, weekends and the like that would be fair.
    """
    free = _open_days(board, locked) if days is None else days
    group = board.case.group(person)
    offers = []
    if group:
        price = board.prices()[board.spread.groups.index(group)]
        offers = board.priced(person, free, price)
    if lacking:
        offers = [
            Priced(o.duty, _PRICE_SHARE * o.cost - min(1.0, lacking.get(o.duty.span, 0.0)))
            for o in offers
        ]
    return best_for_one(
        board.case, person, settled=locked, offers=offers, free=free, effort=_UNBOUNDED,
        aim_h=aim_h, rules=rules, burdens=burdens,
    )  # fmt: skip


def _open_days(board: Board, locked: dict[int, Duty]) -> frozenset[int]:
    return frozenset(range(board.case.horizon.days)) - frozenset(locked)


def _aim(board: Board, person: Person) -> float | None:
    if not board.case.scenario.weights.fairness:
        return None
    peers = [p for p in board.case.scenario.people if p.contract == person.contract]
    return fair_aim_h(board, person, peers)


def _why_infeasible(board: Board, person: Person, locked: dict[int, Duty]) -> Infeasible:
    """Name the week and the rules that clash: those without which there is a legal roster."""
    case: Case = board.case
    everything = _open_days(board, locked)
    week = case.horizon.weeks - 1
    for last in range(case.horizon.weeks):
        days = frozenset(day for day in everything if day // 7 <= last)
        if not _alone(board, person, locked, days=days).found:
            week = last
            break
    days = frozenset(day for day in everything if day // 7 <= week)
    clash = [
        rule.name
        for rule in RULES
        if _alone(board, person, locked, rules=[r for r in RULES if r is not rule], days=days).found
    ]
    if board.floor.seats is not None:  # the caller asks first whether rules alone clash
        return Infeasible(
            f"roster: agent {person.id!r} finds no legal shifts in the week of "
            f"{case.horizon.date(7 * week)} within the {board.floor.seats} seats that those before "
            "left; raise seats, or ask for fewer hours (people are given shifts one after the "
            "other, so that this is no proof that nothing fits)"
        )
    names = ", ".join(repr(name) for name in clash) or "more than one rule at once"
    monday = case.horizon.date(7 * week)
    contract = case.contracts[person.contract]
    return Infeasible(
        f"roster: agent {person.id!r} has no legal shifts in the week of {monday}: contract "
        f"{contract.name!r} asks for {contract.min_week_h:g} to {contract.max_week_h:g} paid hours "
        f"on at most {contract.max_days_per_week} days from shifts {', '.join(contract.shifts)}, "
        f"and that clashes with: {names}; relax any one of these, or change the contract, the "
        "shifts or the locked shifts"
    )


@dataclass(frozen=True)
class Task:
    """What the search is about: the locks, the budget, the threads and the seed."""

    locked: dict[str, dict[int, Duty]]
    budget: Budget
    workers: int
    seed: int


def search(board: Board, task: Task, bound: float) -> None:
    """Improve the board's roster until it is proven best or the budget ends."""
    budget, rng = task.budget, np.random.default_rng(task.seed)
    if board.case.scenario.meetings:
        budget.keep(_FOR_MEETINGS)
    work = min(_MOST_WORK, max(_LEAST_WORK, budget.work_left / (2 * board.case.horizon.days)))
    aim = -math.inf if math.isnan(bound) else bound
    while not budget.over() and board.objective() > aim + _BETTER:
        before = board.objective()
        _improve_round(board, task, work)
        if before - board.objective() < _SLOW * before and not budget.over():
            _improve_teams(board, task, work, rng)
            _shake(board, task, work, rng)
            work = min(2 * work, 4 * _MOST_WORK)


def _improve_round(board: Board, task: Task, work: float) -> None:
    """Once everybody alone, once every day, and hours levelled."""
    budget = task.budget
    overhead = _WINDOW_WORK + _WINDOW_WORK_A_PERSON * len(board.case.scenario.people)
    improve_alone(board, board.case.scenario.people, task.locked, budget)
    for days in _batches(board.case.horizon.weeks):
        if budget.over():
            break
        share = min(work, budget.work_left / len(days))
        effort = Effort(share, budget.left, task.workers, task.seed)
        _, spent = improve_days(board, days, task.locked, effort)
        budget.spend(spent + overhead * len(days))
        budget.tell(0.1 + 0.9 * budget.spent / budget.work, "improving day by day")
    if board.case.scenario.weights.fairness:
        level_hours(board, task.locked)


def _improve_teams(board: Board, task: Task, work: float, rng: np.random.Generator) -> None:
    """Let small random teams exchange shifts within a week."""
    budget = task.budget
    for week in range(board.case.horizon.weeks):
        for team in teams(board, rng)[:_MOST_TEAMS]:
            if budget.over():
                return
            effort = Effort(min(work, budget.work_left), budget.left, 1, int(rng.integers(1 << 30)))
            _, spent = improve_some(board, team, week=week, locked=task.locked, effort=effort)
            budget.spend(spent + _WINDOW_WORK)


def _shake(board: Board, task: Task, work: float, rng: np.random.Generator) -> None:
    """Give random people new weeks one after the other, improve, and keep it only if better."""
    people = [p for p in board.case.scenario.people if board.case.group(p)]
    before, old = board.objective(), board.all_duties()
    days = {p.id: _open_days(board, task.locked.get(p.id, {})) for p in people}
    some = [people[int(at)] for at in rng.permutation(len(people))[: 1 + len(people) // 5]]
    complete = True
    for person in some:
        board.take(person.id, days[person.id])
    for person in some:
        answer = _alone(board, person, task.locked.get(person.id, {}))
        task.budget.spend(answer.work + _ALONE_WORK)
        complete = complete and answer.found
        for duty in answer.duties:
            board.put(duty)
    if complete:
        _improve_round(board, task, work)
    if not complete or board.objective() > before - _BETTER:
        for person in people:
            board.take(person.id, range(board.case.horizon.days))
        for duty in old:
            board.put(duty)


def _batches(weeks: int) -> list[list[int]]:
    """Return days in lots that are solved at the same time: as far from each other as possible."""
    if weeks == 1:
        return [[0, 4], [1, 5], [2, 6], [3]]
    return [[7 * week + day for week in range(weeks)] for day in range(7)]
