"""Who can fill an open shift, and with what effect?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.roster.board import Board
from wfm.roster.breaks import pauses, placements
from wfm.roster.differing import shift_text
from wfm.roster.duties import Case, Duty, Span
from wfm.roster.locking import locked_days
from wfm.roster.requests import day_number
from wfm.roster.result import Roster
from wfm.roster.rules import touched
from wfm.roster.standing import broken_by, stand
from wfm.scenario import Scenario
from wfm.workforce import Person

CANDIDATE = ["agent", "name", "legal", "why", "instead_of", "gain", "less_short_h", "paid_h",
             "paid_h_after", "breaks"]  # fmt: skip


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
    number = day_number(case, day, "fill")
    span = _span(case, number, shift, start)
    if queue is not None:
        case.scenario.queue(queue)
    people = [p for p in case.scenario.people if case.group(p)
              and (queue is None or queue in p.skills)]  # fmt: skip
    if not people:
        raise BadInput(f"fill: nobody has the skill {queue!r}; train somebody or leave --queue out")
    there = [p.id for p in people if _works(board, p, span)]
    fair = board.apart_cost()
    held = [] if roster.locked is None else locked_days(roster.locked, case)
    rows = [
        _candidate(board, p, span, [d for a, d in held if a == p.id], fair=fair)
        for p in people
        if p.id not in there
    ]
    frame = pd.DataFrame(rows, columns=CANDIDATE)
    frame["less"] = -frame["gain"]
    ordered = frame.sort_values(["legal", "less", "paid_h", "agent"],
                                ascending=[False, True, True, True])  # fmt: skip
    return ordered.drop(columns="less").reset_index(drop=True)


def _works(board: Board, person: Person, span: Span) -> bool:
    duty = board.duties[person.id].get(span.day)
    return duty is not None and duty.span == span


def _candidate(
    board: Board, person: Person, span: Span, locked: list[range], *, fair: float
) -> dict[str, Any]:
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
    why = [f"{v.rule}: {v.text}" for v in broken]
    if not board.floor.has_room(span):
        why.append(f"seats: all {board.floor.seats} are taken during the shift")
    for days in locked:
        replaced, free = days.start == span.day, days.start not in mine
        if replaced or (free and days.start in touched(case, span)):
            why.append(f"lock: {case.horizon.date(days.start)} is locked; unlock it first")
    if any(other.events for other in held):
        why.append("meetings: one lies in the shift that it would replace")
    board.put(duty)
    after = _cost(board, near)
    less, gain = before[0] - after[0], before[1] - after[1] + fair - board.apart_cost()
    paid_after = _paid_h(board, person, span.day)
    board.take(person.id, (span.day,))
    for other in held:
        board.put(other)
    return {
        "agent": person.id, "name": person.name, "legal": not why,
        "why": "; ".join(why),
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


def _span(case: Case, day: int, shift: str, start: str) -> Span:
    known = [s for s in case.spans[day] if s.shift == shift]
    for span in known:
        if f"{case.horizon.stamp(span.start):%H:%M}" == start:
            return span
    if shift not in case.shifts:
        raise BadInput(f"fill: no shift type {shift!r}; known are {', '.join(case.shifts)}")
    starts = ", ".join(f"{case.horizon.stamp(s.start):%H:%M}" for s in known)
    raise BadInput(f"fill: shift {shift!r} starts at {starts} on that day, got {start!r}")
