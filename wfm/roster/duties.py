"""Who works when: duties as values, and the way to and from the roster table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from wfm import frames
from wfm.errors import BadInput
from wfm.requested import Request
from wfm.roster.grid import Horizon
from wfm.roster.spacing import spaced, unlimited
from wfm.scenario import Scenario
from wfm.timegrid import MINUTES_A_DAY, minutes
from wfm.workforce import Contract, Person, ShiftType

COLUMNS = ["agent", "start", "end", "activity", "queue", "shift"]
WORK = "work"
BREAKS = ("break", "lunch", "gap", "on call")
"""Activities that are breaks of a shift type; any other but work is a meeting."""


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
    """One shift of one person, with its breaks, and the meetings in it, in order of time."""

    agent: str
    span: Span
    queue: str
    breaks: tuple[Pause, ...] = ()
    events: tuple[Pause, ...] = ()

    @property
    def off_seat(self) -> tuple[Pause, ...]:
        """Breaks and meetings: nobody answers contacts in them."""
        return (*self.breaks, *self.events)


@dataclass(frozen=True)
class Case:
    """One rostering problem as the rules see it.

    Attributes
    ----------
    scenario : Scenario
    horizon : Horizon
    before : dict
        Agent to the duties of the weeks before, in order of time.
    kept_free : frozenset of (str, int)
        Agents and planned days on which the planner wants no shift to start.
    """

    scenario: Scenario
    horizon: Horizon
    before: dict[str, tuple[Duty, ...]]
    kept_free: frozenset[tuple[str, int]] = frozenset()

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
        """Code to shift type, with the break spacing that the labour rules ask for as well."""
        return {s.code: spaced(s, self.scenario.rules) for s in self.scenario.shifts}

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
    def wishes(self) -> dict[str, dict[int, tuple[Request, ...]]]:
        """Agent to planned day to requests."""
        found: dict[str, dict[int, tuple[Request, ...]]] = {}
        for request in self.scenario.requests:
            day = (request.day - self.horizon.monday).days
            if 0 <= day < self.horizon.days:
                mine = found.setdefault(request.agent, {})
                mine[day] = (*mine.get(day, ()), request)
        return found

    @cached_property
    def legal(self) -> dict[tuple[int, tuple[bool, ...], int], tuple[Span, ...]]:
        """What `rules.allowed_spans` has found so far: by people alike, leave and day."""
        return {}

    @cached_property
    def attending(self) -> dict[str, tuple[str, ...]]:
        """What `meeting_rules.attendees` has found so far, by meeting."""
        return {}

    @cached_property
    def meeting_codes(self) -> frozenset[str]:
        """Shift codes that differ in the room they have for meetings: all, if there are any."""
        return frozenset(self.shifts if self.scenario.meetings else ())

    @cached_property
    def begins(self) -> dict[str, tuple[int, ...]]:
        """What `meeting_rules.starts_of` has found so far, by meeting."""
        return {}

    @cached_property
    def rooms(self) -> dict[tuple[str, Span], bool]:
        """What `meeting_rules.has_room` has found so far, by meeting and shift."""
        return {}

    @cached_property
    def owed(self) -> dict[tuple[str, int], int]:
        """What `week_rules.owed_min` has found so far, by person and week."""
        return {}

    @cached_property
    def paid(self) -> dict[str, int]:
        """Paid minutes of each shift type."""
        return {shift.code: shift.paid_min for shift in self.scenario.shifts}

    @cached_property
    def known_from(self) -> int:
        """The first day of which it is known what people do: a Monday, 0 without weeks before."""
        days = [duty.span.day for duties in self.before.values() for duty in duties]
        return 7 * (min(days, default=0) // 7)

    def clock(self, span: Span) -> int:
        """Return the wall-clock minute after midnight at which a shift starts."""
        found = self._clocks.get(span.start)
        if found is None:
            stamp = self.horizon.stamp(span.start)
            found = self._clocks[span.start] = 60 * stamp.hour + stamp.minute
        return found

    def is_night(self, span: Span) -> bool:
        """Return whether a shift is a night: `night_least_h` of it between the clock times.

        On-call duties are none.
        """
        if span.shift in self.on_call:
            return False
        law, first = self.scenario.rules, self.clock(span)
        begin, end = minutes(law.night_from), minutes(law.night_to)
        end += MINUTES_A_DAY * (end <= begin)
        last = first + span.end - span.start
        inside = sum(
            max(0, min(last, end + shift) - max(first, begin + shift))
            for shift in (-MINUTES_A_DAY, 0, MINUTES_A_DAY)
        )
        return inside >= 60 * law.night_least_h > 0

    def alike(self, person: Person) -> int:
        """Return a number that people share who differ in id, name and leave alone, or in a team
        that follows no pattern."""
        found = self._alike.get(person.id)
        if found is None:
            follows = {team for pattern in self.scenario.patterns for team, _ in pattern.teams}
            team = person.team if person.team in follows else ""
            key = replace(person, id="-", name="", team=team, time_off=())
            found = self._alike[person.id] = self._kinds.setdefault(key, len(self._kinds))
        return found

    def group(self, person: Person) -> str:
        """Return the person's skill group: queues in the scenario's order, joined by ``+``."""
        found = self._groups.get(person.skills)
        if found is None:
            names = (q.name for q in self.scenario.queues if q.name in person.skills)
            found = self._groups[person.skills] = "+".join(names)
        return found

    def queues_of(self, group: str) -> frozenset[str]:
        """Return the queues of a skill group; names may themselves hold a ``+``."""
        for person in self.scenario.people:
            if self.group(person) == group:
                return frozenset(person.skills)
        return frozenset()

    @cached_property
    def unspaced(self) -> frozenset[str]:
        """Codes of the shift types whose breaks are bound by windows and order alone."""
        return frozenset(code for code, shift in self.shifts.items() if unlimited(shift))

    @cached_property
    def on_call(self) -> frozenset[str]:
        """Codes of the on-call shift types."""
        return frozenset(shift.code for shift in self.scenario.shifts if shift.on_call)

    def rest_from(self, span: Span) -> int:
        """Return the minute from which a shift counts as rest: its end, of on-call earlier."""
        if span.shift not in self.on_call:
            return span.end
        return span.end - int(self.shifts[span.shift].rest_share * (span.end - span.start))

    def paid_min(self, span: Span) -> int:
        """Return the paid minutes of a shift; an unknown one counts its whole presence.

        One that is longer or shorter than its type has the unpaid breaks of the type all the same.
        """
        length, usual = span.end - span.start, self._lengths.get(span.shift)
        if usual is None:
            return length
        if length == usual:
            return self.paid[span.shift]
        if span.shift in self.on_call:
            return round(self.shifts[span.shift].paid_share * length)
        return max(0, self.paid[span.shift] + length - usual)

    @cached_property
    def _lengths(self) -> dict[str, int]:
        return {shift.code: shift.length_min for shift in self.scenario.shifts}

    @cached_property
    def _clocks(self) -> dict[int, int]:
        return {}

    @cached_property
    def _alike(self) -> dict[str, int]:
        return {}

    @cached_property
    def _kinds(self) -> dict[Person, int]:
        return {}

    @cached_property
    def _groups(self) -> dict[tuple[str, ...], str]:
        return {}

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
    if frame.empty:
        return ()
    agent, activity, queue, shift = (
        _numbered(frame[name]) for name in ("agent", "activity", "queue", "shift")
    )
    keys = (shift.rank, queue.rank, activity.rank, ends, starts, agent.rank)
    order = np.lexsort(keys)
    who, code, served = agent.rank[order], shift.rank[order], queue.rank[order]
    begin, close = starts[order], ends[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (
        (who[1:] != who[:-1]) | (begin[1:] != close[:-1])
        | (served[1:] != served[:-1]) | (code[1:] != code[:-1])
    )  # fmt: skip
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], len(order))
    days = horizon.days_of(begin[first]).tolist()
    rows = activity.rank[order].tolist()
    begins, closes, agents = begin.tolist(), close.tolist(), who.tolist()
    codes, queues, names = code.tolist(), served.tolist(), activity.texts
    paused = {at for at, name in enumerate(names) if name in BREAKS}
    met = {at for at, name in enumerate(names) if name != WORK} - paused
    return tuple(
        Duty(
            agent.texts[agents[a]],
            Span(day, shift.texts[codes[a]], begins[a], closes[b - 1]),
            queue.texts[queues[a]],
            tuple(
                Pause(names[rows[r]], begins[r], closes[r])
                for r in range(a, b) if rows[r] in paused
            ),
            tuple(
                Pause(names[rows[r]], begins[r], closes[r]) for r in range(a, b) if rows[r] in met
            ) if met else (),
        )
        for a, b, day in zip(first.tolist(), last.tolist(), days, strict=True)
    )  # fmt: skip


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
        for pause in sorted(duty.off_seat, key=lambda p: p.start):
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


@dataclass(frozen=True)
class _Texts:
    """A column of texts as numbers in the order of the alphabet, and the texts by number."""

    rank: np.ndarray
    texts: list[str]


def _numbered(column: pd.Series) -> _Texts:
    rank, texts = pd.factorize(column.astype(str), sort=True)
    return _Texts(rank, [str(text) for text in texts])
