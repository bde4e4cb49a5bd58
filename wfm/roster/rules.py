"""What makes a shift illegal? Rules about one shift of one person.

Every rule has two faces: `post` tells the solver, `violations` tells people, and a brute-force test
demands that they agree. Rules about a row of shifts are in `sequence_rules`, about a week of them
in `week_rules`; `pattern_rules` and `succession_rules` about how they fall;
`RULES` in `rulebook` lists them all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Protocol

from ortools.sat.python import cp_model

from wfm.roster.duties import Case, Duty, Span
from wfm.roster.result import Violation
from wfm.roster.rotas import cell_of
from wfm.workforce import Person


@dataclass(frozen=True)
class Choice:
    """What the solver may choose for one person.

    Attributes
    ----------
    case : Case
    person : Person
    days : dict
        Day number to the possible shifts of that day, each with its 0-1 variable. Days that are
        settled, the weeks before among them, hold their shift with the constant 1, or nothing.
    free : frozenset of int
        Days that are open. Rules need not repeat what settled days alone decide.
    """

    case: Case
    person: Person
    days: dict[int, list[tuple[Duty, cp_model.IntVar]]]
    free: frozenset[int]

    @cached_property
    def weeks(self) -> tuple[int, ...]:
        """Numbers of the weeks that have an open day."""
        return tuple(sorted({day // 7 for day in self.free}))

    def on(self, day: int) -> list[tuple[Duty, cp_model.IntVar]]:
        """Return the possible shifts of a day."""
        return self.days.get(day, [])

    def works(self, days: range) -> list[cp_model.IntVar]:
        """Return the variables of all shifts that start on `days`; their sum is days worked."""
        return [literal for day in days for _, literal in self.on(day)]


@dataclass(frozen=True)
class Work:
    """What one agent does in a roster: planned shifts and those of the weeks before, by time."""

    case: Case
    agent: str
    duties: tuple[Duty, ...]

    @cached_property
    def person(self) -> Person | None:
        """The person, or None if nobody has this id."""
        return self.case.people.get(self.agent)

    @cached_property
    def all(self) -> tuple[Duty, ...]:
        """Shifts of the weeks before, then the planned ones."""
        return (*self.case.before.get(self.agent, ()), *self.duties)

    @cached_property
    def in_order(self) -> tuple[Duty, ...]:
        """All shifts in order of their starts."""
        return tuple(sorted(self.all, key=lambda duty: duty.span.start))

    def broken(self, rule: str, day: int, text: str) -> Violation:
        """Return a violation on day number `day`."""
        return Violation(rule, self.agent, self.case.horizon.date(day), text)


class Rule(Protocol):
    """One rule with its two faces.

    `name` stands in messages; `growing` is True if a roster that breaks the rule still breaks it
    whatever shifts are added (all rules but least hours).
    """

    name: str
    growing: bool

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Allow exactly the choices without violations."""

    def violations(self, work: Work) -> Iterator[Violation]:
        """Yield what one agent's shifts break."""


class DutyRule:
    """A rule that a single shift keeps or breaks, whatever else its person does."""

    name = ""
    growing = True

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Return what is wrong with the shift; empty if nothing."""
        raise AssertionError("every duty rule defines `wrong`")

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Forbid every shift that is wrong."""
        for day in choice.free:
            for duty, literal in choice.on(day):
                if self.wrong(choice.case, choice.person, duty):
                    model.add(literal == 0)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Yield a violation for every shift that is wrong."""
        if work.person is None:
            return
        for duty in work.duties:
            text = self.wrong(work.case, work.person, duty)
            if text:
                yield work.broken(self.name, duty.span.day, text)


class PlannedWeeks(DutyRule):
    """Shifts start inside the planned weeks."""

    name = "planned weeks"

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Compare the day with the horizon."""
        if 0 <= duty.span.day < case.horizon.days:
            return ""
        last = case.horizon.date(case.horizon.days - 1)
        return f"the shift starts outside {case.horizon.monday} to {last}"


class AllowedShift(DutyRule):
    """The contract allows the shift type, and the shift has its length."""

    name = "allowed shift"

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Compare code and length."""
        code, allowed = duty.span.shift, case.contracts[person.contract].shifts
        if code not in case.shifts:
            return f"no shift type {code!r}; known are {', '.join(sorted(case.shifts))}"
        if code not in allowed:
            return f"contract {person.contract!r} allows {', '.join(allowed)}, got {code!r}"
        length = duty.span.end - duty.span.start
        if length != case.shifts[code].length_min:
            return f"shift {code!r} lasts {case.shifts[code].length_min} min, got {length}"
        return ""


class AllowedStart(DutyRule):
    """The shift begins at one of the clock times of its type."""

    name = "allowed start"

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Compare instants, so that a start moved by a clock change is right."""
        span, shift = duty.span, case.shifts.get(duty.span.shift)
        if shift is None or not 0 <= span.day < case.horizon.days:
            return ""
        if (span.shift, span.start) in case.starts[span.day]:
            return ""
        return (
            f"shift {span.shift!r} starts between {shift.earliest_start} and {shift.latest_start} "
            f"every {shift.start_step_min} min, got {case.horizon.stamp(span.start):%H:%M}"
        )


class Skills(DutyRule):
    """Only people with a skill are rostered, for the queues they can serve."""

    name = "skills"

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Compare with the person's skill group."""
        group = case.group(person)
        if not group:
            return "the person has no skill"
        return "" if duty.queue == group else f"serves {group!r}, got {duty.queue!r}"


class TimeOff(DutyRule):
    """No shift starts on, or reaches into, an approved day off."""

    name = "time off"

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Look at every local day that the shift touches."""
        for day in touched(case, duty.span):
            if case.horizon.date(day) in person.time_off:
                return f"the shift touches the approved day off {case.horizon.date(day)}"
        return ""


class WeekdaysOff(DutyRule):
    """No shift starts on, or reaches into, a weekday the person never works."""

    name = "weekdays off"

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Look at every local day that the shift touches."""
        for day in touched(case, duty.span):
            if day % 7 in person.weekdays_off:
                return f"the shift touches {case.horizon.date(day):%A}, which is never worked"
        return ""


class PatternShift(DutyRule):
    """A shift is one that the person's pattern has on that day."""

    name = "pattern shift"

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Compare the code with the cell of the day."""
        cell = cell_of(case, person, duty.span.day)
        if cell is None or cell.shifts is None or duty.span.shift in cell.shifts:
            return ""
        return f"the pattern has {cell.text!r} on this day, got {duty.span.shift!r}"


class MaxDailyHours(DutyRule):
    """No shift has more than `max_daily_h` paid hours."""

    name = "max daily hours"

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Compare the paid hours of the shift."""
        most, got = case.scenario.rules.max_daily_h, case.paid_min(duty.span)
        if got <= math.floor(most * 60 + 1e-6):
            return ""
        return f"expected at most {most:g} paid hours a day, got {got / 60:g}"


class Breaks(DutyRule):
    """Every break of the shift type stands in its window, in order, without overlap."""

    name = "breaks"

    def wrong(self, case: Case, person: Person, duty: Duty) -> str:
        """Compare the breaks one by one with the shift type's."""
        shift = case.shifts.get(duty.span.shift)
        if shift is None:
            return ""
        if len(duty.breaks) != len(shift.breaks):
            return f"shift {shift.code!r} has {len(shift.breaks)} breaks, got {len(duty.breaks)}"
        for pause, rule in zip(duty.breaks, shift.breaks, strict=True):
            length = pause.end - pause.start
            if pause.activity != rule.activity or length != rule.length_min:
                return (
                    f"expected {rule.activity} of {rule.length_min} min, got {pause.activity} of "
                    f"{length} min"
                )
            at = pause.start - duty.span.start
            if not rule.earliest_min <= at <= rule.latest_min:
                return (
                    f"{rule.activity} starts {rule.earliest_min} to {rule.latest_min} min into "
                    f"shift {shift.code!r}, got {at}"
                )
        for first, second in pairwise(duty.breaks):
            if second.start < first.end:
                return f"{first.activity} and {second.activity} overlap or change their order"
        return ""


class KnownAgent:
    """Everybody in the roster is a person of the scenario."""

    name = "known agent"
    growing = True

    def post(self, model: cp_model.CpModel, choice: Choice) -> None:
        """Forbid all shifts of somebody unknown."""
        if choice.person.id not in choice.case.people:
            for day in choice.free:
                for _, literal in choice.on(day):
                    model.add(literal == 0)

    def violations(self, work: Work) -> Iterator[Violation]:
        """Yield a violation for the first shift of an unknown agent."""
        if work.person is None and work.duties:
            text = f"no such person in the scenario ({len(work.duties)} shifts)"
            yield work.broken(self.name, work.duties[0].span.day, text)


SHIFT_RULES: tuple[DutyRule, ...] = (
    PlannedWeeks(), AllowedShift(), AllowedStart(), Skills(), TimeOff(), WeekdaysOff(),
    MaxDailyHours(), PatternShift(),
)  # fmt: skip


def touched(case: Case, span: Span) -> range:
    """Return the numbers of the local days in which a shift lies."""
    midnights = case.horizon.midnights
    if span.day >= 0 and span.end <= midnights[-1]:
        last = span.day
        while midnights[last + 1] < span.end:
            last += 1
        return range(span.day, last + 1)
    return range(span.day, case.horizon.day_of(span.end - 1) + 1)


def legal_spans(case: Case, person: Person, day: int) -> tuple[Span, ...]:
    """Return the shifts that may be given to a person on a planned day."""
    return () if (person.id, day) in case.kept_free else allowed_spans(case, person, day)


def allowed_spans(case: Case, person: Person, day: int) -> tuple[Span, ...]:
    """Return the shifts that the shift rules allow a person on a planned day."""
    # No shift is longer than a day, so leave matters on its own day and the next alone.
    off = tuple(case.horizon.date(d) in person.time_off for d in (day, day + 1))
    key = (case.alike(person), off, day)
    found = case.legal.get(key)
    if found is None:
        group = case.group(person)
        found = tuple(
            span
            for span in case.spans[day]
            if not any(r.wrong(case, person, Duty(person.id, span, group)) for r in SHIFT_RULES)
        )
        case.legal[key] = found
    return found
