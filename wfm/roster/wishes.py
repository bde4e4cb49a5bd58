"""Which requests does a roster grant, and what do they cost?

A request costs its weight on a day that is not as asked. As nobody works two shifts a day, that is
a price of each shift of the person on that day, and of none: exact in every part of the search.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pandas as pd
from ortools.sat.python import cp_model

from wfm.requested import Request
from wfm.roster.board import Board, Priced
from wfm.roster.duties import Case, Duty, duties_of
from wfm.roster.judging import of_frame
from wfm.roster.locking import locked_days
from wfm.roster.model import Answer, Effort, best_for_one
from wfm.roster.result import Roster
from wfm.roster.standing import stand
from wfm.scenario import Scenario
from wfm.workforce import Person

COLUMNS = ["agent", "day", "kind", "shifts", "weight", "granted", "cost", "price", "priced"]
_FORBIDDEN = 1e4  # agent-hours; dearer than any other choice of a person's day


def granted(roster: Roster, *, seconds: float = 10.0) -> pd.DataFrame:
    """Return every request with whether it is granted, and what that or the refusal costs.

    Parameters
    ----------
    roster : Roster
        A solved one, with its scenario and its locks.
    seconds : float
        Most wall-clock seconds for one model of a person's days; there are two to four a request.

    Returns
    -------
    DataFrame
        agent, day, kind, shifts (joined by ``/``), weight, granted, cost (the weight, if it is
        refused, else 0), price and priced. The price says by how many weighted agent-hours the rest
        of the objective would be lower without a granted request, or higher if a refused one were
        granted, this person's days alone chosen anew; locked days and those with a meeting stand.
        It is NaN if no legal days of the person make that day otherwise. priced is False if that
        was not decided within `seconds`; the price is then NaN, or not exact.

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
    board = stand(roster).board
    effort = Effort(math.inf, seconds, workers=1, seed=0)
    asking = _Asking(board, _stands(roster, board.case), effort)
    rows = []
    for request in board.case.scenario.requests:
        day = day_of(board.case, request)
        if day is None:
            continue
        duty = board.duties[request.agent].get(day)
        kept = request.granted(None if duty is None else duty.span.shift)
        price, priced = asking.price(request, day, kept)
        rows.append((
            request.agent, request.day, request.kind, "/".join(request.shifts), request.weight,
            kept, 0.0 if kept else float(request.weight), price, priced,
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


def _stands(roster: Roster, case: Case) -> frozenset[tuple[str, int]]:
    """Return agents and days that are not chosen anew: locked, or with a meeting."""
    locked = () if roster.locked is None else locked_days(roster.locked, case)
    met = (duty for duty in duties_of(roster.frame, case.horizon) if duty.events)
    return frozenset(
        (*((agent, days.start) for agent, days in locked), *((d.agent, d.span.day) for d in met))
    )


@dataclass(frozen=True)
class _Best:
    """The cheapest days of a person, None if there are none; whether that is proven."""

    duties: tuple[Duty, ...] | None
    proven: bool


@dataclass(frozen=True)
class _Asking:
    """The board, the agents and days that stand, and how hard one person's days are searched."""

    board: Board
    stands: frozenset[tuple[str, int]]
    effort: Effort

    def price(self, request: Request, day: int, kept: bool) -> tuple[float, bool]:
        """Return what granting costs the rest, others' shifts as they are, and if that is sure."""
        board, person = self.board, self.board.case.people[request.agent]
        if (person.id, day) in self.stands:
            return math.nan, True
        before = board.objective()
        free = frozenset(
            d for d in range(board.case.horizon.days) if (person.id, d) not in self.stands
        )
        old = board.take(person.id, free)
        best, proven = {}, True
        for wish in (True, False):
            found = self._best(person, free, request, day=day, wish=wish)
            proven = proven and found.proven
            duties = tuple(old) if wish == kept and found.duties is None else found.duties
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
        return best[True] - best[False], proven

    def _best(
        self, person: Person, free: frozenset[int], request: Request, *, day: int, wish: bool
    ) -> _Best:
        """Return the cheapest days of a person in which a request is granted, or is not."""
        board, group = self.board, self.board.case.group(person)
        if not group:
            return _Best(None, True)
        price = board.prices()[board.spread.groups.index(group)]
        offers = [
            offer for offer in board.priced(person, free, price)
            if offer.duty.span.day != day or request.granted(offer.duty.span.shift) == wish
        ]  # fmt: skip
        answer = self._answer(person, free, offers)
        worked = {duty.span.day: duty for duty in answer.duties}
        code = worked[day].span.shift if day in worked else None
        if answer.found and request.granted(code) == wish:
            return _Best(answer.duties, answer.status == cp_model.OPTIMAL)
        if request.granted(None) != wish:  # the day must be worked: make that worth anything
            dear = [replace(o, cost=o.cost - _FORBIDDEN * (o.duty.span.day == day)) for o in offers]
            answer = self._answer(person, free, dear)
            if answer.found and any(duty.span.day == day for duty in answer.duties):
                return _Best(answer.duties, answer.status == cp_model.OPTIMAL)
        return _Best(None, answer.status in (cp_model.OPTIMAL, cp_model.INFEASIBLE))

    def _answer(self, person: Person, free: frozenset[int], offers: list[Priced]) -> Answer:
        return best_for_one(
            self.board.case, person, settled=dict(self.board.duties[person.id]), offers=offers,
            free=free, effort=self.effort,
        )  # fmt: skip
