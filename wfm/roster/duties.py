"""Who works when: duties as values, and the way to and from the roster table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from wfm import frames
from wfm.errors import BadInput
from wfm.roster.grid import Horizon
from wfm.scenario import Scenario
from wfm.workforce import Contract, Person, ShiftType

COLUMNS = ["agent", "start", "end", "activity", "queue", "shift"]
WORK = "work"


@dataclass(frozen=True, slots=True)
class Span:
    """A shift of one kind at one time: day number, code, first minute and the one after its last.

    Days count from the first planned Monday (0), minutes from its local midnight; before it both
    are negative.
    """

    day: int
    shift: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pause:
    """One break: what it is, its first minute and the one after its last."""

    activity: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Duty:
    """One shift of one person, with its breaks in order of time."""

    agent: str
    span: Span
    queue: str
    breaks: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class Case:
    """One rostering problem as the rules see it.

    Attributes
    ----------
    scenario : Scenario
    horizon : Horizon
    before : dict
        Agent to the duties of the weeks before, in order of time.
    """

    scenario: Scenario
    horizon: Horizon
    before: dict[str, tuple[Duty, ...]]

    @cached_property
    def people(self) -> dict[str, Person]:
        """Id to person."""
        return {person.id: person for person in self.scenario.people}

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """Name to contract."""
        return {contract.name: contract for contract in self.scenario.contracts}

    @cached_property
    def shifts(self) -> dict[str, ShiftType]:
        """Code to shift type."""
        return {shift.code: shift for shift in self.scenario.shifts}

    @cached_property
    def spans(self) -> tuple[tuple[Span, ...], ...]:
        """Every shift the scenario knows, by planned day; starts that a clock change moves onto
        each other stand once."""
        return tuple(self._spans(day) for day in range(self.horizon.days))

    @cached_property
    def starts(self) -> tuple[frozenset[tuple[str, int]], ...]:
        """Shift code and first minute of every shift the scenario knows, by planned day."""
        return tuple(frozenset((s.shift, s.start) for s in spans) for spans in self.spans)

    @cached_property
    def legal(self) -> dict[tuple[str, int], tuple[Span, ...]]:
        """What `rules.legal_spans` has found so far, by person and day."""
        return {}

    @cached_property
    def owed(self) -> dict[tuple[str, int], int]:
        """What `week_rules.owed_min` has found so far, by person and week."""
        return {}

    @cached_property
    def paid(self) -> dict[str, int]:
        """Paid minutes of each shift type."""
        return {shift.code: shift.paid_min for shift in self.scenario.shifts}

    def group(self, person: Person) -> str:
        """Return the person's skill group: queues in the scenario's order, joined by ``+``."""
        return "+".join(q.name for q in self.scenario.queues if q.name in person.skills)

    def queues_of(self, group: str) -> frozenset[str]:
        """Return the queues of a skill group; names may themselves hold a ``+``."""
        for person in self.scenario.people:
            if self.group(person) == group:
                return frozenset(person.skills)
        return frozenset()

    def paid_min(self, span: Span) -> int:
        """Return the paid minutes of a shift; an unknown one counts its whole presence."""
        return self.paid.get(span.shift, span.end - span.start)

    def _spans(self, day: int) -> tuple[Span, ...]:
        found: dict[Span, None] = {}
        for shift in self.scenario.shifts:
            for clock in shift.starts:
                start = self.horizon.clock(day, clock)
                if self.horizon.midnights[day] <= start < self.horizon.midnights[day + 1]:
                    span = Span(day, shift.code, start, start + shift.length_min)
                    found[span] = None
        return tuple(found)


def duties_of(frame: pd.DataFrame, horizon: Horizon, table: str = "roster") -> tuple[Duty, ...]:
    """Return the shifts that the rows of a roster table make, by agent and time.

    Rows of one agent and shift code that touch are one shift; rows that overlap stay apart, so that
    the audit sees them.

    Raises
    ------
    BadInput
        If the table breaks its contract, a row ends before it starts, or a time is no whole minute.
    """
    frames.check("roster", frame)
    starts, ends = horizon.minutes(frame["start"], table), horizon.minutes(frame["end"], table)
    wrong = ends <= starts
    if wrong.any():
        bad = frame.iloc[int(wrong.argmax())]
        raise BadInput(
            f"{table}: {int(wrong.sum())} rows do not end after they start (first: agent "
            f"{bad['agent']!r}, {bad['start']} to {bad['end']}); check the times"
        )
    texts = [frame[c].astype(str).tolist() for c in ("agent", "activity", "queue", "shift")]
    columns: list[list[Any]] = [texts[0], starts.tolist(), ends.tolist(), *texts[1:]]
    rows: list[tuple[Any, ...]] = sorted(zip(*columns, strict=True))
    duties = []
    open_rows: list[tuple[Any, ...]] = []
    for row in rows:
        if open_rows and not _continues(open_rows[-1], row):
            duties.append(_duty(open_rows, horizon))
            open_rows = []
        open_rows.append(row)
    if open_rows:
        duties.append(_duty(open_rows, horizon))
    return tuple(duties)


def by_agent(duties: Iterable[Duty]) -> dict[str, tuple[Duty, ...]]:
    """Return agent to duties, in order of time."""
    found: dict[str, list[Duty]] = defaultdict(list)
    for duty in sorted(duties, key=lambda d: (d.agent, d.span.start)):
        found[duty.agent].append(duty)
    return {agent: tuple(items) for agent, items in found.items()}


def frame_of(duties: Iterable[Duty], horizon: Horizon) -> pd.DataFrame:
    """Return the roster table of some duties, sorted by agent and start."""
    rows = []
    for duty in sorted(duties, key=lambda d: (d.agent, d.span.start)):
        at = duty.span.start
        for pause in duty.breaks:
            if pause.start > at:
                rows.append((duty, at, pause.start, WORK))
            rows.append((duty, pause.start, pause.end, pause.activity))
            at = pause.end
        if at < duty.span.end:
            rows.append((duty, at, duty.span.end, WORK))
    data = {
        "agent": pd.Series([row[0].agent for row in rows], dtype="str"),
        "start": horizon.stamps([row[1] for row in rows]),
        "end": horizon.stamps([row[2] for row in rows]),
        "activity": pd.Series([row[3] for row in rows], dtype="str"),
        "queue": pd.Series([row[0].queue for row in rows], dtype="str"),
        "shift": pd.Series([row[0].span.shift for row in rows], dtype="str"),
    }
    return pd.DataFrame(data, columns=COLUMNS)


def _continues(last: tuple[Any, ...], row: tuple[Any, ...]) -> bool:
    agent, _, end, _, queue, shift = last
    return row[0] == agent and row[1] == end and row[4] == queue and row[5] == shift


def _duty(rows: list[tuple[Any, ...]], horizon: Horizon) -> Duty:
    agent, start, _, _, queue, shift = rows[0]
    span = Span(horizon.day_of(start), shift, start, rows[-1][2])
    breaks = tuple(Pause(row[3], row[1], row[2]) for row in rows if row[3] != WORK)
    return Duty(agent, span, queue, breaks)
