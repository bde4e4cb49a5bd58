"""May two people swap, may somebody have leave, and with what effect?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from wfm.errors import BadInput, Infeasible
from wfm.roster.audit import of_all
from wfm.roster.differing import COLUMNS, differences
from wfm.roster.duties import Case, Duty
from wfm.roster.locking import locked_days
from wfm.roster.repairing import repair
from wfm.roster.result import Roster, Violation
from wfm.roster.rules import touched
from wfm.roster.standing import Standing, broken_by, roster_of, stand
from wfm.scenario import Scenario
from wfm.workforce import Person

_CLOSE = 1e-9


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
        Somebody is not known, the first has no shift on that day, it is locked, or the
        other is to work on a day that is locked free.
    """
    standing = stand(roster, scenario, requirement=requirement)
    case, board = standing.case, standing.board
    one, two = (_person(case, agent, "swap") for agent, _ in (first, second))
    days = [day_number(case, when, "swap") for _, when in (first, second)]
    given, taken = board.duties[one.id].get(days[0]), board.duties[two.id].get(days[1])
    if one.id == two.id:
        raise BadInput(f"swap: agent {one.id!r} cannot swap with themselves; name two people")
    if given is None:
        raise BadInput(
            f"swap: agent {one.id!r} has no shift that starts on {first[1]}; name the day of the "
            "shift that is given away"
        )
    for who, day in ((one, days[0]), (two, days[1])):
        if any(locked.start == day for locked in _locked(roster, case, who)):
            raise _is_locked(case, who, day, "swap")
    moved = [(two, given)] + ([] if taken is None else [(one, taken)])
    for who, duty in moved:
        for locked in _locked(roster, case, who):
            free = locked.start not in board.duties[who.id]
            if free and locked.start in touched(case, duty.span):
                raise _is_locked(case, who, locked.start, "swap")
    after = {agent: dict(mine) for agent, mine in board.duties.items()}
    del after[one.id][days[0]]
    after[two.id].pop(days[1], None)
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
        The person or the days are not known, or a shift that touches those days is locked.
    """
    standing = stand(roster, scenario, requirement=requirement)
    case = standing.case
    person = _person(case, agent, "leave")
    begin = day_number(case, first, "leave")
    end = begin if last is None else day_number(case, last, "leave")
    if end < begin:
        raise BadInput(f"leave: the last day {last} is before the first, {first}")
    for locked in _locked(roster, case, person):
        if locked.start <= end and begin < locked.stop:
            raise _is_locked(case, person, locked.start, "leave")
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
    how = f"with {len(others) or 'no'} change{'' if len(others) < 2 else 's'} for others"
    if not mended.complete:
        how += " (the time ran out; more seconds may find better ones)"
    return Decision(
        fine, _answer(fine, more, most_short_h, how), (), mended.roster, mended.changes, before,
        mended.short_after_h, cost,
    )  # fmt: skip


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
    broken += _house(case, board.duties, after)
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


def _house(
    case: Case, before: dict[str, dict[int, Duty]], after: dict[str, dict[int, Duty]]
) -> tuple[Violation, ...]:
    """Return what only the whole roster can break, seats and meetings, and did not before."""
    known, new = (
        {str(v): v for v in of_all(case, [d for mine in some.values() for d in mine.values()])}
        for some in (before, after)
    )
    return tuple(v for text, v in new.items() if text not in known)


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


def day_number(case: Case, day: Any, what: str) -> int:
    """Return the number of a planned day; BadInput names `what` was asked."""
    number = (pd.Timestamp(day).date() - case.horizon.monday).days
    if not 0 <= number < case.horizon.days:
        last = case.horizon.date(case.horizon.days - 1)
        raise BadInput(
            f"{what}: {day} is not in the planned weeks, {case.horizon.monday} to {last}"
        )
    return number


def _locked(roster: Roster, case: Case, person: Person) -> list[range]:
    """Return the days that each locked shift or free day of a person touches."""
    if roster.locked is None:
        return []
    return [days for agent, days in locked_days(roster.locked, case) if agent == person.id]


def _is_locked(case: Case, person: Person, day: int, what: str) -> BadInput:
    return BadInput(
        f"{what}: {case.horizon.date(day)} of agent {person.id!r} is locked; unlock it first"
    )
