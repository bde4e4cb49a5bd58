"""May two people swap, may somebody have leave, who can fill an open shift? With what effect?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from wfm.errors import BadInput, Infeasible
from wfm.roster.board import Board
from wfm.roster.breaks import pauses, placements
from wfm.roster.differing import COLUMNS, differences, shift_text
from wfm.roster.duties import Case, Duty, Span
from wfm.roster.repairing import repair
from wfm.roster.result import Roster, Violation
from wfm.roster.standing import Standing, broken_by, roster_of, stand
from wfm.scenario import Scenario
from wfm.workforce import Person

_CLOSE = 1e-9
CANDIDATE = ["agent", "name", "legal", "why", "instead_of", "gain", "less_short_h", "paid_h",
             "paid_h_after", "breaks"]  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """An answer to a request.

    Attributes
    ----------
    approved : bool
    reason : str
        Why, in one sentence.
    violations : tuple of Violation
        Rules that the request would break.
    roster : Roster
        With the request granted, and `changes` made; where it would break rules, without them.
    changes : DataFrame
        As of `wfm.roster.differing.differences`: what is done if it is approved.
    short_before_h, short_after_h : float
        Agent-hours short in the whole plan.
    cost : float
        Weighted agent-hours by which the objective rises; below 0 if it falls.
    """

    approved: bool
    reason: str
    violations: tuple[Violation, ...]
    roster: Roster
    changes: pd.DataFrame
    short_before_h: float
    short_after_h: float
    cost: float


def swap(
    roster: Roster, first: tuple[str, dt.date], second: tuple[str, dt.date], *,
    scenario: Scenario | None = None, requirement: Any = None, most_short_h: float = 0.0,
) -> Decision:  # fmt: skip
    """Say whether two people may swap shifts, and what that does.

    Parameters
    ----------
    roster : Roster
    first, second : (agent, date)
        The first gives the shift that starts on that day to the second, and takes the second's
        shift of the second day, if there is one.
    scenario, requirement
        By default those of the roster.
    most_short_h : float
        Agent-hours by which the plan may get shorter and the swap still be approved.

    Raises
    ------
    BadInput
        Somebody is not known, the first has no shift on that day, or it is locked.
    """
    standing = stand(roster, scenario, requirement=requirement)
    case, board = standing.case, standing.board
    one, two = (_person(case, agent, "swap") for agent, _ in (first, second))
    days = [_day(case, when, "swap") for _, when in (first, second)]
    given, taken = board.duties[one.id].get(days[0]), board.duties[two.id].get(days[1])
    if one.id == two.id:
        raise BadInput(f"swap: agent {one.id!r} cannot swap with themselves; name two people")
    if given is None:
        raise BadInput(
            f"swap: agent {one.id!r} has no shift that starts on {first[1]}; name the day of the "
            "shift that is given away"
        )
    for who, day in ((one, days[0]), (two, days[1])):
        _not_locked(roster, case, who, day, "swap")
    after = {agent: dict(mine) for agent, mine in board.duties.items()}
    del after[one.id][days[0]]
    after[two.id].pop(days[1], None)
    moved = [(two, given)] + ([] if taken is None else [(one, taken)])
    crowded = []
    for who, duty in moved:
        new = replace(duty, agent=who.id, queue=case.group(who) or duty.queue)
        if duty.span.day in after[who.id]:
            crowded.append(new)
        else:
            after[who.id][duty.span.day] = new
    return _judged(roster, standing, after, people=(one, two), crowded=crowded,
                   most_short_h=most_short_h)  # fmt: skip


def leave(
    roster: Roster, agent: str, first: dt.date, last: dt.date | None = None, *,
    scenario: Scenario | None = None, requirement: Any = None, most_short_h: float = 0.0,
    weight: float | None = None, time_limit_s: float = 20.0,
) -> Decision:  # fmt: skip
    """Say whether somebody may have days off, and what that does.

    The roster is mended with few changes first (`repair`): what counts is the shortage that is left
    then.

    Parameters
    ----------
    roster : Roster
    agent : str
    first, last : date
        One day if `last` is left out.
    scenario, requirement
        By default those of the roster.
    most_short_h : float
        Agent-hours by which the plan may get shorter and the leave still be approved.
    weight, time_limit_s
        As for `repair`.

    Raises
    ------
    BadInput
        The person or the days are not known, or a shift of those days is locked.
    """
    standing = stand(roster, scenario, requirement=requirement)
    case = standing.case
    person = _person(case, agent, "leave")
    begin = _day(case, first, "leave")
    end = begin if last is None else _day(case, last, "leave")
    if end < begin:
        raise BadInput(f"leave: the last day {last} is before the first, {first}")
    for day in range(begin, end + 1):
        _not_locked(roster, case, person, day, "leave")
    days = [case.horizon.date(day) for day in range(begin, end + 1)]
    already = [day for day in days if day in person.time_off]
    if len(already) == len(days):
        raise BadInput(f"leave: agent {agent!r} is off on {days[0]} to {days[-1]} already")
    before = standing.board.short_h()
    try:
        mended = repair(
            roster, scenario, requirement, absent=[(person.id, day) for day in days],
            weight=weight, time_limit_s=time_limit_s,
        )  # fmt: skip
    except Infeasible as error:
        empty = pd.DataFrame(columns=COLUMNS)
        text = f"Refused: {str(error).removeprefix('roster: ')}"
        return Decision(False, text, (), roster, empty, before, before, 0.0)
    cost = mended.roster.objective - standing.board.objective()
    more = mended.short_after_h - before
    fine = more <= most_short_h + _CLOSE
    others = mended.changes[mended.changes["agent"] != person.id]
    how = f"with {len(others)} changes for others" if len(others) else "with no change for others"
    return Decision(
        fine, _answer(fine, more, most_short_h, how), (), mended.roster, mended.changes, before,
        mended.short_after_h, cost,
    )  # fmt: skip


def fill(
    roster: Roster, day: dt.date, shift: str, start: str, *, queue: str | None = None,
    scenario: Scenario | None = None, requirement: Any = None,
) -> pd.DataFrame:  # fmt: skip
    """Return who could take an open shift, best first.

    Parameters
    ----------
    roster : Roster
    day : date
    shift : str
        Code of a shift type.
    start : str
        Clock time ``"HH:MM"``.
    queue : str, optional
        Only people who serve it.
    scenario, requirement
        By default those of the roster.

    Returns
    -------
    DataFrame
        agent, name, legal, why (rules broken, in words), instead_of (the shift of that day whose
        place it takes), gain (weighted agent-hours by which the objective falls), less_short_h,
        paid_h and paid_h_after (of that week), breaks. Legal ones first, then by gain, then who has
        fewest hours. People who work just this shift already are left out.

    Raises
    ------
    BadInput
        No such shift, or nobody serves the queue.
    """
    standing = stand(roster, scenario, requirement=requirement)
    case, board = standing.case, standing.board
    number = _day(case, day, "fill")
    span = _span(case, number, shift, start)
    if queue is not None:
        case.scenario.queue(queue)
    people = [p for p in case.scenario.people if case.group(p)
              and (queue is None or queue in p.skills)]  # fmt: skip
    if not people:
        raise BadInput(f"fill: nobody has the skill {queue!r}; train somebody or leave --queue out")
    there = [p.id for p in people if _works(board, p, span)]
    fair = board.fairness_cost()
    rows = [_candidate(board, p, span, fair=fair) for p in people if p.id not in there]
    frame = pd.DataFrame(rows, columns=CANDIDATE)
    frame["less"] = -frame["gain"]
    ordered = frame.sort_values(["legal", "less", "paid_h", "agent"],
                                ascending=[False, True, True, True])  # fmt: skip
    return ordered.drop(columns="less").reset_index(drop=True)


def _works(board: Board, person: Person, span: Span) -> bool:
    duty = board.duties[person.id].get(span.day)
    return duty is not None and duty.span == span


def _candidate(board: Board, person: Person, span: Span, *, fair: float) -> dict[str, Any]:
    case = board.case
    group = case.group(person)
    near = _near(board, span)
    duty = board.rebreak(_with_any_breaks(case, person, span, board), _price(board, group, near))
    mine = dict(board.duties[person.id])
    known = {(v.rule, v.day) for v in broken_by(case, {person.id: list(mine.values())})}
    found = broken_by(case, {person.id: list({**mine, span.day: duty}.values())})
    broken = [v for v in found if (v.rule, v.day) not in known]
    before, paid = _cost(board, near), _paid_h(board, person, span.day)
    held = board.take(person.id, (span.day,))
    board.put(duty)
    after = _cost(board, near)
    less, gain = before[0] - after[0], before[1] - after[1] + fair - board.fairness_cost()
    paid_after = _paid_h(board, person, span.day)
    board.take(person.id, (span.day,))
    for other in held:
        board.put(other)
    return {
        "agent": person.id, "name": person.name, "legal": not broken,
        "why": "; ".join(f"{v.rule}: {v.text}" for v in broken),
        "instead_of": shift_text(case, mine.get(span.day)), "gain": gain, "less_short_h": less,
        "paid_h": paid, "paid_h_after": paid_after,
        "breaks": ", ".join(f"{p.activity} {case.horizon.stamp(p.start):%H:%M}"
                            for p in duty.breaks),
    }  # fmt: skip


def _near(board: Board, span: Span) -> slice:
    """Return the grid steps that shifts of this day can touch: no shift is longer than a day."""
    step, day = board.demand.step_min, 24 * 60
    begin = board.case.horizon.midnights[span.day] // step
    return slice(begin, min(begin + 3 * day // step, board.demand.steps))


def _price(board: Board, group: str, near: slice) -> np.ndarray:
    """Return what one more agent of a group costs at each step, 0 away from `near`."""
    weights = board.case.scenario.weights
    relief = board.spread.relief(board.demand.wanted[:, near], board.supply[:, near])
    price = np.zeros(board.demand.steps)
    more = relief[board.spread.groups.index(group)]
    price[near] = board.demand.step_h * (weights.over - (weights.under + weights.over) * more)
    return price


def _cost(board: Board, near: slice) -> tuple[float, float]:
    """Return agent-hours short and the coverage part of the objective on some steps."""
    weights, wanted = board.case.scenario.weights, board.demand.wanted[:, near]
    short = int(board.spread.shortage(wanted, board.supply[:, near]).sum())
    spare = int(board.supply[:, near].sum()) - int(wanted.sum()) + short
    step_h = board.demand.step_h
    return short * step_h, step_h * (weights.under * short + weights.over * spare)


def _paid_h(board: Board, person: Person, day: int) -> float:
    """Return the paid hours of the person in the week of a day."""
    mine = board.duties[person.id].values()
    return sum(board.case.paid_min(d.span) for d in mine if d.span.day // 7 == day // 7) / 60


def _with_any_breaks(case: Case, person: Person, span: Span, board: Board) -> Duty:
    shift = case.shifts[span.shift]
    starts = next(placements(shift, board.demand.step_min), ())
    return Duty(person.id, span, case.group(person), pauses(shift, span, starts))


def _judged(
    roster: Roster, standing: Standing, after: dict[str, dict[int, Duty]], *,
    people: tuple[Person, Person], crowded: list[Duty], most_short_h: float,
) -> Decision:  # fmt: skip
    """Return the decision about shifts `after` of two people."""
    case, board = standing.case, standing.board
    ids = [person.id for person in people]
    known = {(v.rule, v.agent, v.day) for v in standing.broken(set(ids))}
    mine = {i: [*after[i].values(), *(d for d in crowded if d.agent == i)] for i in ids}
    broken = tuple(v for v in broken_by(case, mine) if (v.rule, v.agent, v.day) not in known)
    changes = differences(case, board.duties, after)
    before, objective = board.short_h(), board.objective()
    if broken:
        text = f"Refused: it breaks {'; '.join(map(str, broken))}"
        return Decision(False, text, broken, roster, changes, before, before, 0.0)
    for agent in ids:
        board.take(agent, range(case.horizon.days))
        for duty in after[agent].values():
            board.put(duty)
    short = board.short_h()
    fine = short - before <= most_short_h + _CLOSE
    return Decision(
        fine, _answer(fine, short - before, most_short_h, "every rule kept"), (),
        roster_of(board, roster, seconds=roster.seconds), changes, before, short,
        board.objective() - objective,
    )  # fmt: skip


def _answer(fine: bool, more: float, most: float, how: str) -> str:
    if abs(more) < _CLOSE:
        effect = "the plan is as short as before"
    else:
        way = "more short" if more > 0 else "less short"
        effect = f"the plan is {abs(more):,.2f} agent-hours {way}"
    if fine:
        return f"Approved, {how}: {effect}."
    return f"Refused: {effect}, {how}; allowed are {most:,.2f}."


def _person(case: Case, agent: str, what: str) -> Person:
    if agent not in case.people:
        raise BadInput(
            f"{what}: no agent {agent!r} in the scenario; ids are such as "
            f"{', '.join(map(repr, list(case.people)[:3]))}"
        )
    return case.people[agent]


def _day(case: Case, day: Any, what: str) -> int:
    number = (pd.Timestamp(day).date() - case.horizon.monday).days
    if not 0 <= number < case.horizon.days:
        last = case.horizon.date(case.horizon.days - 1)
        raise BadInput(
            f"{what}: {day} is not in the planned weeks, {case.horizon.monday} to {last}"
        )
    return number


def _span(case: Case, day: int, shift: str, start: str) -> Span:
    known = [s for s in case.spans[day] if s.shift == shift]
    for span in known:
        if f"{case.horizon.stamp(span.start):%H:%M}" == start:
            return span
    if shift not in case.shifts:
        raise BadInput(f"fill: no shift type {shift!r}; known are {', '.join(case.shifts)}")
    starts = ", ".join(f"{case.horizon.stamp(s.start):%H:%M}" for s in known)
    raise BadInput(f"fill: shift {shift!r} starts at {starts} on that day, got {start!r}")


def _not_locked(roster: Roster, case: Case, person: Person, day: int, what: str) -> None:
    if roster.locked is None:
        return
    rows = roster.locked[roster.locked["agent"] == person.id]
    days = case.horizon.days_of(case.horizon.minutes(rows["start"], "locked"))
    if day in days.tolist():
        raise BadInput(
            f"{what}: {case.horizon.date(day)} of agent {person.id!r} is locked; unlock it first"
        )
