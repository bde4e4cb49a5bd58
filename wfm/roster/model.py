"""Which shifts should a few people work, everybody else's being settled?

One CP-SAT model serves the whole search: one person over all weeks, or several people over one.
The rules of `rulebook` are posted for every person; coverage is priced exactly at the grid step.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from wfm.roster.board import Board, Priced
from wfm.roster.burdens import burden_cost
from wfm.roster.duties import Case, Duty
from wfm.roster.floor import post_seats, staff_cost
from wfm.roster.rulebook import RULES
from wfm.roster.rules import Choice, Rule
from wfm.roster.wishing import wish_price
from wfm.workforce import Person

SCALE = 1000  # objective units an agent-hour; CP-SAT counts in whole numbers


@dataclass(frozen=True)
class Answer:
    """What a model chose: the duties of each person's open days, and the work it took.

    `status` is CP-SAT's: OPTIMAL, FEASIBLE, INFEASIBLE or UNKNOWN; `duties` is empty for the last
    two. `work` is CP-SAT's deterministic time.
    """

    status: cp_model.CpSolverStatus
    duties: tuple[Duty, ...]
    work: float

    @property
    def found(self) -> bool:
        """Whether there is a choice."""
        return self.status in (cp_model.OPTIMAL, cp_model.FEASIBLE)


@dataclass(frozen=True)
class Effort:
    """How hard a model may be searched: deterministic time, wall clock, threads and seed."""

    work: float
    seconds: float
    workers: int
    seed: int


def new_choice(
    model: cp_model.CpModel, case: Case, person: Person, *, settled: dict[int, Duty],
    offers: Sequence[Duty], free: frozenset[int],
) -> tuple[Choice, list[cp_model.IntVar]]:  # fmt: skip
    """Return the choice of one person and the variables of `offers`, in their order.

    `settled` are duties on days that are not open; the weeks before are added.
    """
    one = model.new_constant(1)
    days: dict[int, list[tuple[Duty, cp_model.IntVar]]] = defaultdict(list)
    for duty in (*case.before.get(person.id, ()), *settled.values()):
        days[duty.span.day].append((duty, one))
    literals = []
    for duty in offers:
        literal = model.new_bool_var("")
        literals.append(literal)
        days[duty.span.day].append((duty, literal))
    return Choice(case, person, dict(days), free), literals


def post_rules(model: cp_model.CpModel, choice: Choice, rules: Sequence[Rule] = RULES) -> None:
    """Post every rule for one person."""
    for rule in rules:
        rule.post(model, choice)


def best_for_one(
    case: Case, person: Person, *, settled: dict[int, Duty], offers: Sequence[Priced],
    free: frozenset[int], effort: Effort, aim_h: float | None = None,
    rules: Sequence[Rule] = RULES, burdens: Mapping[str, float] | None = None,
) -> Answer:  # fmt: skip
    """Return the cheapest legal shifts of one person on the open days.

    Exact for the coverage part: with everybody else settled each shift has its own price.
    """
    model = cp_model.CpModel()
    duties = [offer.duty for offer in offers]
    choice, literals = new_choice(model, case, person, settled=settled, offers=duties, free=free)
    post_rules(model, choice, rules)
    costs = [round(offer.cost * SCALE) for offer in offers]
    objective: list[Any] = [cp_model.LinearExpr.weighted_sum(literals, costs)]
    objective += burden_cost(model, choice, burdens or {}, SCALE)
    if aim_h is not None:
        objective += _unfairness(
            model, case, settled=settled, duties=duties, literals=literals, aim_h=aim_h
        )
    model.minimize(sum(objective))
    return _solved(model, duties, literals, effort)


def best_for_some(
    board: Board, people: Sequence[Person], *, free: dict[str, frozenset[int]],
    offers: dict[str, list[Duty]],
    hint: dict[str, list[Duty]], aims_h: dict[str, float],
    burdens: dict[str, dict[str, float]], effort: Effort,
) -> Answer:  # fmt: skip
    """Return the cheapest legal shifts of several people on the open days.

    `free` are each person's open days; the board must not hold duties on them. `offers`
    are the shifts, breaks included, from which each person may be given.
    """
    case, model = board.case, cp_model.CpModel()
    everything: list[Duty] = []
    literals: list[cp_model.IntVar] = []
    objective: list[Any] = []
    for person in people:
        mine = offers[person.id]
        settled = board.duties[person.id]
        choice, variables = new_choice(
            model, case, person, settled=settled, offers=mine, free=free[person.id]
        )
        post_rules(model, choice)
        objective += burden_cost(model, choice, burdens[person.id], SCALE)
        chosen = set(hint[person.id])
        for duty, variable in zip(mine, variables, strict=True):
            model.add_hint(variable, duty in chosen)
        if person.id in aims_h:
            objective += _unfairness(
                model,
                case,
                settled=settled,
                duties=mine,
                literals=variables,
                aim_h=aims_h[person.id],
            )
        everything += mine
        literals += variables
    post_seats(model, board.floor, everything, literals)
    objective += _coverage(model, board, everything, literals)
    objective += staff_cost(model, board.floor, everything, literals, SCALE)
    if case.wishes:
        wished = [round(SCALE * wish_price(case, d.agent, d.span)) for d in everything]
        objective.append(cp_model.LinearExpr.weighted_sum(literals, wished))
    model.minimize(sum(objective))
    return _solved(model, everything, literals, effort)


def _coverage(
    model: cp_model.CpModel, board: Board, duties: list[Duty], literals: list[cp_model.IntVar]
) -> list[Any]:
    """Return the coverage part of the objective, its shortage bounded below by every cut."""
    weights, demand, spread = board.case.scenario.weights, board.demand, board.spread
    rank = {group: at for at, group in enumerate(spread.groups)}
    at_step: dict[int, list[tuple[int, int]]] = defaultdict(list)
    on_seat = []
    for index, duty in enumerate(duties):
        steps = seat_steps(duty, demand.step_min, demand.steps)
        on_seat.append(len(steps))
        for step in steps:
            at_step[step].append((rank[duty.queue], index))
    slack = spread.cut_queues @ demand.wanted - spread.cut_groups @ board.supply
    over = round(weights.over * demand.step_h * SCALE)
    both = round((weights.under + weights.over) * demand.step_h * SCALE)
    parts = [cp_model.LinearExpr.weighted_sum(literals, [over * count for count in on_seat])]
    for island in spread.islands:
        most = slack[island].max(axis=0)
        for step in sorted(at_step):
            if most[step] <= 0:
                continue
            short = model.new_int_var(0, int(most[step]), "")
            parts.append(short * both)
            for cut in range(island.start, island.stop):
                touched = spread.cut_groups[cut]
                value = int(slack[cut, step])
                if value > 0:
                    helps = [literals[i] for group, i in at_step[step] if touched[group]]
                    model.add(short + cp_model.LinearExpr.sum(helps) >= value)
    return parts


def seat_steps(duty: Duty, step_min: int, steps: int) -> list[int]:
    """Return the grid steps of a duty on which it is on seat."""
    off = {
        step
        for pause in duty.off_seat
        for step in range(pause.start // step_min, pause.end // step_min)
    }
    first, last = duty.span.start // step_min, min(duty.span.end // step_min, steps)
    return [step for step in range(max(first, 0), last) if step not in off]


def _unfairness(
    model: cp_model.CpModel, case: Case, *, settled: dict[int, Duty], duties: Sequence[Duty],
    literals: Sequence[cp_model.IntVar], aim_h: float,
) -> list[Any]:  # fmt: skip
    weight = round(case.scenario.weights.fairness * SCALE / 60)
    if not weight or not duties:
        return []
    fixed = sum(case.paid_min(duty.span) for duty in settled.values())
    paid = cp_model.LinearExpr.weighted_sum(
        list(literals), [case.paid_min(duty.span) for duty in duties]
    )
    apart = model.new_int_var(0, 60 * 24 * 7 * 4 * 2, "")
    aim = round(aim_h * 60)
    model.add(apart >= paid + fixed - aim)
    model.add(apart >= aim - fixed - paid)
    return [apart * weight]


def _solved(
    model: cp_model.CpModel, duties: Sequence[Duty], literals: Sequence[cp_model.IntVar],
    effort: Effort,
) -> Answer:  # fmt: skip
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # Ctrl-C is for the caller, not for one solve
    solver.parameters.max_deterministic_time = effort.work
    solver.parameters.max_time_in_seconds = max(effort.seconds, 0.01)
    solver.parameters.num_workers = effort.workers
    solver.parameters.interleave_search = effort.workers > 1
    solver.parameters.random_seed = effort.seed
    status = solver.solve(model)
    work = solver.response_proto.deterministic_time
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(status, (), work)
    chosen = tuple(
        duty for duty, x in zip(duties, literals, strict=True) if solver.boolean_value(x)
    )
    return Answer(status, chosen, work)
