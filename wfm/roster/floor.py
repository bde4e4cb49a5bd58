"""Who is in the house? Seats are a hard limit, people of a role are asked for at a price.

Counted are people on a shift, their breaks included: a desk is held and a team lead is at hand.
Seats have two faces like every rule: `post_seats` for the solver, `seats_taken` for the audit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from ortools.sat.python import cp_model

from wfm.roster.duties import Case, Duty, Span, duties_of
from wfm.roster.grid import step_of
from wfm.roster.judging import of_frame
from wfm.roster.result import Roster, Violation
from wfm.scenario import Scenario
from wfm.timegrid import minutes
from wfm.workforce import Person


class Floor:
    """People present at each grid step, all of them and by role.

    Attributes
    ----------
    seats : int or None
    present : ndarray of int, shape (steps,)
    wanted, roles : ndarray of int, shape (minimums, steps)
        People of a role asked for, and present.
    calls : tuple of str
        Codes of the on-call shift types.
    call_wanted, called : ndarray of int, shape (calls, days)
        On-call duties asked for, and given.
    call_over : ndarray, shape (calls,)
        Cost of a duty beyond those asked for: its paid hours, like those of any agent too many.
    """

    def __init__(self, case: Case, step_min: int, steps: int) -> None:
        self.case, self.step_min, self.steps = case, step_min, steps
        self.seats = case.scenario.seats
        self.minimums = case.scenario.minimum_staff
        self.present = np.zeros(steps, dtype=np.int64)
        self.wanted = np.array([self._wanted(at) for at in range(len(self.minimums))]).reshape(
            len(self.minimums), steps
        )
        self.roles = np.zeros_like(self.wanted)
        self.calls = tuple(sorted(case.on_call))
        self.call_wanted = np.array([
            [sum(staff.least for staff in case.scenario.on_call_staff
                 if staff.shift == code and day % 7 in staff.weekdays)
             for day in range(case.horizon.days)]
            for code in self.calls
        ], dtype=np.int64).reshape(len(self.calls), case.horizon.days)  # fmt: skip
        over = case.scenario.weights.over
        self.call_over = np.array([over * case.paid[code] / 60 for code in self.calls])
        self.called = np.zeros_like(self.call_wanted)
        self.soft = bool(self.minimums or self.calls)
        self.asked = self.seats is not None or self.soft
        for duties in case.before.values():
            for duty in duties:
                self.put(duty, 1)

    def put(self, duty: Duty, sign: int) -> None:
        """Add (1) or take away (-1) a duty."""
        if not self.asked:
            return
        there = self.rows(duty.span)
        self.present[there] += sign
        for at, minimum in enumerate(self.minimums):
            if minimum.role in self.case.people[duty.agent].roles:
                self.roles[at, there] += sign
        for at, code in enumerate(self.calls):
            if duty.span.shift == code and 0 <= duty.span.day < self.case.horizon.days:
                self.called[at, duty.span.day] += sign

    def rows(self, span: Span) -> slice:
        """Return the grid steps on which a shift is in the house: none of an on-call duty."""
        if span.shift in self.case.on_call:
            return slice(0, 0)
        first, last = span.start // self.step_min, -(-span.end // self.step_min)
        return slice(max(first, 0), max(0, min(last, self.steps)))

    def has_room(self, span: Span) -> bool:
        """Return whether one more person finds a seat during a whole shift."""
        return self.seats is None or bool((self.present[self.rows(span)] < self.seats).all())

    @property
    def kept(self) -> bool:
        """Whether nobody is without a seat."""
        return self.seats is None or bool((self.present <= self.seats).all())

    def cost(self) -> float:
        """Return what the missing people of roles and on call cost."""
        if not self.soft:
            return 0.0
        missing = np.maximum(self.wanted - self.roles, 0).sum()
        lack = self.call_wanted - self.called
        calls = np.maximum(lack, 0).sum() * self.call_weight
        calls += (np.maximum(-lack, 0).sum(axis=1) * self.call_over).sum()
        return float(missing) * self.weight + float(calls)

    @property
    def call_weight(self) -> float:
        """Cost of one on-call duty missing on a day."""
        return self.case.scenario.weights.on_call

    @property
    def weight(self) -> float:
        """Cost of one person of a role missing for one grid step."""
        return self.case.scenario.weights.staff * self.step_min / 60

    def relief(self, person: Person, spans: Sequence[Span]) -> np.ndarray:
        """Return the (negative) cost of a person's presence on each of some shifts."""
        saved = np.zeros(self.steps + 1)
        for at, minimum in enumerate(self.minimums):
            if minimum.role in person.roles:
                saved[1:] += self.roles[at] < self.wanted[at]
        total = np.cumsum(saved)
        rows = [self.rows(span) for span in spans]
        relief = np.array([-self.weight * (total[r.stop] - total[r.start]) for r in rows])
        for at, code in enumerate(self.calls):
            lack = self.called[at] < self.call_wanted[at]
            relief += [
                (-self.call_weight if lack[s.day] else self.call_over[at]) * (s.shift == code)
                for s in spans
            ]  # fmt: skip
        return relief

    def missing(self) -> Iterator[tuple[str, int, int, int]]:
        """Yield role, first minute, minute after the last, and people missing at most."""
        for at, minimum in enumerate(self.minimums):
            lack = np.maximum(self.wanted[at] - self.roles[at], 0)
            edges = np.flatnonzero(np.diff(np.concatenate(([0], lack > 0, [0]))))
            for first, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
                most = int(lack[first:stop].max())
                yield minimum.role, first * self.step_min, stop * self.step_min, most

    def _wanted(self, at: int) -> np.ndarray:
        minimum, horizon = self.minimums[at], self.case.horizon
        wanted = np.zeros(self.steps, dtype=np.int64)
        for day in range(horizon.days):
            if day % 7 in minimum.weekdays:
                first = horizon.clock(day, minutes(minimum.start)) // self.step_min
                last = -(-horizon.clock(day, minutes(minimum.end)) // self.step_min)
                wanted[first : min(last, self.steps)] = minimum.least
        return wanted


def post_seats(
    model: cp_model.CpModel, floor: Floor, duties: Sequence[Duty],
    literals: Sequence[cp_model.IntVar],
) -> None:  # fmt: skip
    """Keep the chosen shifts, with those already there, within the seats."""
    if floor.seats is None:
        return
    for step, at in _by_step(floor, duties).items():
        left = floor.seats - int(floor.present[step])
        if left < len(at):
            model.add(cp_model.LinearExpr.sum([literals[i] for i in at]) <= max(left, 0))


def staff_cost(
    model: cp_model.CpModel, floor: Floor, duties: Sequence[Duty],
    literals: Sequence[cp_model.IntVar], scale: int,
) -> list[Any]:  # fmt: skip
    """Return the part of an objective that prices the people of roles who are missing."""
    parts: list[Any] = []
    for at, minimum in enumerate(floor.minimums):
        helps = [minimum.role in floor.case.people[duty.agent].roles for duty in duties]
        of_role = [i for i, yes in enumerate(helps) if yes]
        for step, some in _by_step(floor, [duties[i] for i in of_role]).items():
            lack = int(floor.wanted[at, step] - floor.roles[at, step])
            if lack > 0:
                short = model.new_int_var(0, lack, "")
                there = cp_model.LinearExpr.sum([literals[of_role[i]] for i in some])
                model.add(short + there >= lack)
                parts.append(short * round(floor.weight * scale))
    for at, code in enumerate(floor.calls):
        by_day: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for duty, literal in zip(duties, literals, strict=True):
            if duty.span.shift == code:
                by_day[duty.span.day].append(literal)
        over = round(float(floor.call_over[at]) * scale)
        for day, of in by_day.items():
            lack = max(0, int(floor.call_wanted[at, day] - floor.called[at, day]))
            short = model.new_int_var(0, lack, "")
            there = cp_model.LinearExpr.sum(of)
            model.add(short + there >= lack)
            # Beyond what is asked for = there - lack + short.
            parts += [short * round(floor.call_weight * scale), (there - lack + short) * over]
    return parts


def seats_taken(case: Case, duties: Iterable[Duty]) -> Iterator[Violation]:
    """Yield a violation for each planned day on which more people are there than seats."""
    seats = case.scenario.seats
    if seats is None:
        return
    events: dict[int, int] = defaultdict(int)
    for duty in (*(d for mine in case.before.values() for d in mine), *duties):
        if duty.span.shift not in case.on_call:
            events[duty.span.start] += 1
            events[duty.span.end] -= 1
    there, told = 0, set()
    for minute in sorted(events):
        there += events[minute]
        day = case.horizon.day_of(minute)
        if there > seats and day not in told and 0 <= minute < case.horizon.end:
            told.add(day)
            text = f"expected at most {seats} people at once, got {there} from "
            text += f"{case.horizon.stamp(minute):%H:%M}"
            yield Violation("seats", "", case.horizon.date(day), text)


def _by_step(floor: Floor, duties: Sequence[Duty]) -> dict[int, list[int]]:
    """Return grid step to the numbers of the duties that lie on it."""
    found: dict[int, list[int]] = defaultdict(list)
    for i, duty in enumerate(duties):
        there = floor.rows(duty.span)
        for step in range(there.start, there.stop):
            found[step].append(i)
    return found


def staff_missing(
    roster: Roster | pd.DataFrame, scenario: Scenario, *, previous: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return when people of a role are missing: role, start, end, missing (at most, in between).

    Parameters
    ----------
    roster : Roster or DataFrame
        As for `wfm.roster.audit`; people the scenario does not know are left out.
    scenario : Scenario
    previous : DataFrame, optional
        As for `wfm.roster.audit`: whose last shift reaches into the plan is there.
    """
    case = of_frame(roster, scenario, previous)
    frame, horizon = roster.frame if isinstance(roster, Roster) else roster, case.horizon
    step = step_of(scenario)
    floor = Floor(case, step, horizon.end // step)
    for duty in duties_of(frame, horizon):
        if duty.agent in case.people:
            floor.put(duty, 1)
    found = list(floor.missing())
    return pd.DataFrame({
        "role": pd.Series([role for role, *_ in found], dtype="str"),
        "start": horizon.stamps([start for _, start, _, _ in found]),
        "end": horizon.stamps([end for _, _, end, _ in found]),
        "missing": pd.Series([most for *_, most in found], dtype="int64"),
    })  # fmt: skip


def on_call_missing(roster: Roster | pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return the days on which on-call duties are missing: shift, day, missing.

    Parameters
    ----------
    roster : Roster or DataFrame
        As for `wfm.roster.audit`.
    scenario : Scenario
    """
    case = of_frame(roster, scenario)
    frame = roster.frame if isinstance(roster, Roster) else roster
    floor = Floor(case, step_of(scenario), case.horizon.end // step_of(scenario))
    for duty in duties_of(frame, case.horizon):
        if duty.agent in case.people:
            floor.put(duty, 1)
    rows = [
        (code, case.horizon.date(day), int(lack))
        for at, code in enumerate(floor.calls)
        for day, lack in enumerate(floor.call_wanted[at] - floor.called[at]) if lack > 0
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["shift", "day", "missing"])
