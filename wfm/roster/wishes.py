"""Which requests does a roster grant, and what do they cost?

A request costs its weight on a day that is not as asked. As nobody works two shifts a day, that is
a price of each shift of the person on that day, and of none: exact in every part of the search.
"""

from __future__ import annotations

import math

import pandas as pd

from wfm.requested import Request
from wfm.roster.board import Board
from wfm.roster.duties import Case, Duty, duties_of
from wfm.roster.floor import of_frame
from wfm.roster.model import Effort, best_for_one
from wfm.roster.result import Roster
from wfm.roster.standing import stand
from wfm.scenario import Scenario
from wfm.workforce import Person

COLUMNS = ["agent", "day", "kind", "shifts", "weight", "granted", "cost", "price"]
_EFFORT = Effort(work=5.0, seconds=10.0, workers=1, seed=0)
_FORBIDDEN = 1e4  # agent-hours; dearer than any other choice of a person's day


def granted(roster: Roster) -> pd.DataFrame:
    """Return every request with whether it is granted, and what that or the refusal costs.

    Parameters
    ----------
    roster : Roster
        A solved one, with its scenario.

    Returns
    -------
    DataFrame
        agent, day, kind, shifts (joined by ``/``), weight, granted, cost (the weight, if it is
        refused, else 0) and price: by how many weighted agent-hours the rest of the objective would
        be lower without a granted request, or higher if a refused one were granted, this person's
        days alone chosen anew. NaN if no legal days of the person would grant it.

    Raises
    ------
    BadInput
        If the roster carries no scenario.

    Examples
    --------
    >>> import datetime as dt
    >>> from wfm import roster
    >>> from wfm.scenario import (
    ...     Contract, Person, Queue, Request, Scenario, ShiftType, Target)
    >>> monday = dt.date(2003, 3, 3)
    >>> plan = Scenario(
    ...     "one", "UTC", (Queue("voice", Target(0.8)),), (Person("ann", "any", ("voice",)),),
    ...     (Contract("any", 0, 40, ("D",)),), (ShiftType("D", "09:00", "09:00", 480),),
    ...     start=monday, requests=(Request("ann", monday, "off", weight=5.0),))
    >>> wanted = pd.DataFrame({
    ...     "queue": "voice", "start": pd.date_range("2003-03-03 09:00", periods=16, freq="30min",
    ...     tz="UTC"), "agents": 1.0, "agents_rounded": 1, "scheduled": 1,
    ...     "p_answered_within": 0.9, "occupancy": 0.5})
    >>> granted(roster.solve(wanted, plan))[["granted", "cost", "price"]].values.tolist()
    [[False, 5.0, 80.0]]
    """
    standing = stand(roster)
    board = standing.board
    rows = []
    for request in board.case.scenario.requests:
        day = day_of(board.case, request)
        if day is None:
            continue
        duty = board.duties[request.agent].get(day)
        kept = request.granted(None if duty is None else duty.span.shift)
        rows.append((
            request.agent, request.day, request.kind, "/".join(request.shifts), request.weight,
            kept, 0.0 if kept else float(request.weight), _price(board, request, day, kept),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def outcomes(roster: Roster | pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return every request of the planned days with its answer, without what it costs.

    Parameters
    ----------
    roster : Roster or DataFrame
    scenario : Scenario

    Returns
    -------
    DataFrame
        agent, day, kind, shifts (joined by ``/``), weight, worked (code of the day's shift, empty
        where none starts) and granted.
    """
    case = of_frame(roster, scenario)
    frame = roster.frame if isinstance(roster, Roster) else roster
    worked = {(duty.agent, duty.span.day): duty.span.shift
              for duty in duties_of(frame, case.horizon)}  # fmt: skip
    rows = []
    for request in case.scenario.requests:
        day = day_of(case, request)
        if day is not None:
            code = worked.get((request.agent, day))
            rows.append((request.agent, request.day, request.kind, "/".join(request.shifts),
                         request.weight, code or "", request.granted(code)))  # fmt: skip
    columns = ["agent", "day", "kind", "shifts", "weight", "worked", "granted"]
    return pd.DataFrame(rows, columns=columns).astype({"granted": bool})


def day_of(case: Case, request: Request) -> int | None:
    """Return the planned day of a request; None if it lies outside the plan."""
    day = (request.day - case.horizon.monday).days
    return day if 0 <= day < case.horizon.days else None


def _price(board: Board, request: Request, day: int, kept: bool) -> float:
    """Return what granting costs the rest of the objective, others' shifts as they are."""
    person = board.case.people[request.agent]
    before = board.objective()
    free = frozenset(range(board.case.horizon.days))
    old = board.take(person.id, free)
    best = {}
    for wish in (True, False):
        duties = _best(board, person, free, request, day=day, wish=wish)
        if wish == kept and duties is None:
            duties = tuple(old)
        best[wish] = math.nan
        if duties is not None:
            for duty in duties:
                board.put(duty)
            best[wish] = board.objective() - request.weight * (not wish)
            board.take(person.id, free)
    for duty in old:
        board.put(duty)
    now = before - request.weight * (not kept)
    best[kept] = min(best[kept], now)
    return best[True] - best[False]


def _best(
    board: Board, person: Person, free: frozenset[int], request: Request, *, day: int, wish: bool
) -> tuple[Duty, ...] | None:
    """Return the cheapest days of a person in which a request is granted, or is not."""
    group = board.case.group(person)
    if not group:
        return None
    price = board.prices()[board.spread.groups.index(group)]
    offers = [
        offer for offer in board.priced(person, free, price)
        if offer.duty.span.day != day or request.granted(offer.duty.span.shift) == wish
    ]  # fmt: skip
    answer = best_for_one(board.case, person, settled={}, offers=offers, free=free, effort=_EFFORT)
    worked = {duty.span.day: duty for duty in answer.duties}
    code = worked[day].span.shift if day in worked else None
    if answer.found and request.granted(code) == wish:
        return answer.duties
    if request.granted(None) != wish:  # the day must be worked: make that worth anything
        dear = [
            type(o)(o.duty, o.cost - _FORBIDDEN * (o.duty.span.day == day)) for o in offers
        ]  # fmt: skip
        answer = best_for_one(
            board.case, person, settled={}, offers=dear, free=free, effort=_EFFORT
        )
        if answer.found and any(duty.span.day == day for duty in answer.duties):
            return answer.duties
    return None
