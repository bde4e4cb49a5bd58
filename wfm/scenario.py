"""Every choice a plan rests on, in one frozen value with an id."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import Any

from wfm.errors import BadInput
from wfm.meetings import Meeting
from wfm.patterns import Pattern
from wfm.queues import CallBack, OpeningHours, Outreach, Queue
from wfm.requested import Request
from wfm.targets import SlRule, Target, Tier, is_number, is_whole
from wfm.timegrid import minutes, zone
from wfm.workforce import (
    BreakRule,
    Contract,
    LabourRules,
    MinimumStaff,
    OnCallStaff,
    Person,
    ShiftLimit,
    ShiftType,
)

__all__ = [
    "BreakRule", "CallBack", "Contract", "LabourRules", "Meeting", "MinimumStaff", "OnCallStaff",
    "OpeningHours", "Outreach", "Pattern", "Person", "Queue", "Request", "RosterWeights",
    "Scenario", "ShiftLimit", "ShiftType",
    "SlRule", "Target", "Tier",
]  # fmt: skip

# Fields that came later: at their default they are no part of the id.
_LATER = frozenset({
    "currency", "lines", "chance", "p_retry", "tiers", "arrivals", "call_back", "reserve",
    "outreach", "cost_per_hour", "seats", "minimum_staff", "roles", "staff", "overtime", "nights",
    "weekends", "early", "late", "least_before_break_min", "most_without_break_min",
    "least_between_breaks_min", "requests", "meetings", "patterns", "pattern",
    "pattern_week", "period_weeks", "min_period_h", "max_period_h", "overtime_h",
    "overtime_factor", "on_call", "on_call_staff", "paid_share", "rest_share",
})  # fmt: skip
_LATER_RULES = frozenset(f.name for f in dataclasses.fields(LabourRules)) - {
    "daily_rest_h", "weekly_rest_h", "max_consecutive_days", "max_week_h", "source",
}  # fmt: skip
INTERVALS_MIN = (5, 10, 15, 20, 30, 60)


@dataclass(frozen=True)
class RosterWeights:
    """What the roster minimises: weights per agent-hour.

    Attributes
    ----------
    under : float
        One agent-hour below the requirement.
    over : float
        One agent-hour above it.
    fairness : float
        One paid hour by which a person departs from the mean use of people with that contract.
    staff : float
        One hour with one person fewer than a `MinimumStaff` asks for.
    on_call : float
        One on-call duty fewer on a day than `OnCallStaff` ask for; one more costs `over` times its
        paid hours.
    overtime : float
        One paid hour of a person's week beyond `LabourRules.overtime_after_h`; beyond the
        contract's `max_week_h`, where `overtime_h` allows it, times its `overtime_factor`.
    nights, weekends, early, late : float
        One night, worked weekend, early or late shift by which a person departs from the mean of
        people with that contract, the weeks before the plan included as far as they are given.
    """

    under: float = 10.0
    over: float = 1.0
    fairness: float = 0.1
    staff: float = 100.0
    overtime: float = 0.0
    nights: float = 0.0
    weekends: float = 0.0
    early: float = 0.0
    late: float = 0.0
    on_call: float = 100.0

    def __post_init__(self) -> None:
        for name in (item.name for item in dataclasses.fields(self)):
            value = getattr(self, name)
            if not (is_number(value) and 0 <= value < math.inf):
                raise BadInput(f"weights: {name} is a number >= 0, got {value!r}")


@dataclass(frozen=True)
class Scenario:
    """Every choice of a plan, frozen. Two scenarios with equal choices have the same `id`.

    Attributes
    ----------
    name : str
    timezone : str
        IANA name of the site's zone; local days, shifts and opening hours are in it.
    queues, people, contracts, shifts : tuples
    rules : LabourRules
    weights : RosterWeights
    interval_min : int
        Planning interval in minutes.
    start : date or None
        First planned day, a Monday; None means the first Monday after the history ends.
    weeks : int
        Weeks to plan, 1 to 4.
    country : str or None
        Country code whose public holidays the forecast knows, for example ``"US"``.
    full_time_week_h : float
        Paid hours of one full-time equivalent a week.
    seed : int
    currency : str
        What `Queue.cost_per_hour` counts, for example ``"EUR"``; only shown.
    seats : int or None
        Most people on a shift at the same time, breaks included; None: no limit.
    minimum_staff : tuple of MinimumStaff
        People of a role that should be present; soft, weighed by `RosterWeights.staff`.
    requests : tuple of Request
        What people would like of single days; soft, each with its own weight.
    meetings : tuple of Meeting
        Meetings and trainings to be placed; hard.
    patterns : tuple of Pattern
        Weeks that people or teams work by, one after the other; hard.
    on_call_staff : tuple of OnCallStaff
        People who should be on call; soft, weighed by `RosterWeights.on_call`.
    parent, reason : str or None
        Id of the scenario this one revises, and why. Not part of `id`.
    site : str or None
        Key of the site whose plan it is in a store; None: the first one. Not part of `id`.
    """

    name: str
    timezone: str
    queues: tuple[Queue, ...]
    people: tuple[Person, ...] = ()
    contracts: tuple[Contract, ...] = ()
    shifts: tuple[ShiftType, ...] = ()
    rules: LabourRules = field(default_factory=LabourRules)
    weights: RosterWeights = field(default_factory=RosterWeights)
    interval_min: int = 30
    start: dt.date | None = None
    weeks: int = 1
    country: str | None = None
    full_time_week_h: float = 40.0
    seed: int = 0
    currency: str = ""
    seats: int | None = None
    minimum_staff: tuple[MinimumStaff, ...] = ()
    requests: tuple[Request, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    on_call_staff: tuple[OnCallStaff, ...] = ()
    parent: str | None = None
    reason: str | None = None
    site: str | None = None

    def __post_init__(self) -> None:
        zone(self.timezone)
        if self.interval_min not in INTERVALS_MIN or not is_whole(self.interval_min):
            raise BadInput(
                f"scenario: interval_min is one of {INTERVALS_MIN}, got {self.interval_min}"
            )
        if not (is_whole(self.weeks) and 1 <= self.weeks <= 4):
            raise BadInput(f"scenario: weeks is a whole number 1 to 4, got {self.weeks!r}")
        if not (is_whole(self.seed) and 0 <= self.seed < 2**31):
            raise BadInput(f"scenario: seed is a whole number 0 to {2**31 - 1}, got {self.seed!r}")
        if not (is_number(self.full_time_week_h) and 0 < self.full_time_week_h <= 168):
            raise BadInput(
                f"scenario: full_time_week_h is above 0 and at most 168, got "
                f"{self.full_time_week_h!r}"
            )
        if self.start is not None and self.start.weekday() != 0:
            raise BadInput(
                f"scenario: start {self.start} is a {self.start:%A}; plans start on a Monday"
            )
        if not self.queues:
            raise BadInput("scenario: no queues; list at least one")
        for queue in self.queues:
            for span in queue.hours:
                if (
                    minutes(span.open) % self.interval_min
                    or minutes(span.close) % self.interval_min
                ):
                    raise BadInput(
                        f"queue {queue.name!r}: hours {span.open}-{span.close} do not lie on the "
                        f"grid of interval_min = {self.interval_min}; open and close on it, or "
                        "choose a finer interval"
                    )
        if self.site is not None and not self.site.strip():
            raise BadInput("scenario: site is the key of a site, got an empty text; leave it out")
        self._check_roster()

    def _check_roster(self) -> None:
        """Raise BadInput unless people, shifts and what is asked of a roster go together."""
        if self.seats is not None and not (is_whole(self.seats) and self.seats >= 1):
            raise BadInput(f"scenario: seats is a whole number >= 1, got {self.seats!r}")
        _known("role", {role for p in self.people for role in p.roles},
               {m.role: [m.role] for m in self.minimum_staff}, "minimum staff")  # fmt: skip
        _unique("queue", [queue.name for queue in self.queues])
        _unique("person", [person.id for person in self.people])
        _unique("contract", [contract.name for contract in self.contracts])
        _unique("shift", [shift.code for shift in self.shifts])
        _known("contract", {c.name for c in self.contracts},
               {p.id: [p.contract] for p in self.people}, "person")  # fmt: skip
        _known("skill (a queue's name)", {q.name for q in self.queues},
               {p.id: p.skills for p in self.people}, "person")  # fmt: skip
        _known("shift", {s.code for s in self.shifts},
               {c.name: c.shifts for c in self.contracts}, "contract")  # fmt: skip
        codes = {s.code for s in self.shifts}
        calls = {s.code for s in self.shifts if s.on_call}
        _known("on-call shift", calls, {c.shift: [c.shift] for c in self.on_call_staff}, "on call")
        split = [s.code for s in self.shifts if any(b.activity == "gap" for b in s.breaks)]
        if split and (self.minimum_staff or self.seats is not None):
            raise BadInput(
                f"scenario: split shifts (first: {split[0]!r}) cannot be solved yet with seats or "
                "minimum_staff, because nobody says who is in the house during the gap; leave out "
                "one of them"
            )
        paid_over = [c.name for c in self.contracts if c.overtime_h]
        if paid_over and not self.weights.overtime:
            raise BadInput(
                f"scenario: contract {paid_over[0]!r} allows overtime, but weights.overtime is 0, "
                "so that it would cost nothing; set what an ordinary hour of it costs in weighted "
                "agent-hours, such as 1"
            )
        _known("shift", codes, {"rules": self.rules.shift_codes}, "the")
        _known("shift", codes, {str(r): r.shifts for r in self.requests}, "request")
        ids, teams = {p.id for p in self.people}, {p.team for p in self.people if p.team}
        _known("person", ids, {str(r): [r.agent] for r in self.requests}, "request")
        _known("person", ids, {m.name: m.people for m in self.meetings}, "meeting")
        _known("team", teams, {m.name: m.teams for m in self.meetings}, "meeting")
        _known("shift", codes, {p.name: p.shift_codes for p in self.patterns}, "pattern")
        _known("pattern", {p.name for p in self.patterns},
               {p.id: [p.pattern] for p in self.people if p.pattern}, "person")  # fmt: skip
        _unique("meeting", [meeting.name for meeting in self.meetings])
        _unique("pattern", [pattern.name for pattern in self.patterns])
        _unique("team of a pattern", [t for p in self.patterns for t, _ in p.teams])
        weeks = {pattern.name: len(pattern.weeks) for pattern in self.patterns}
        for person in self.people:
            if person.pattern and person.pattern_week >= weeks[person.pattern]:
                raise BadInput(
                    f"person {person.id!r}: pattern_week is {person.pattern_week}, but pattern "
                    f"{person.pattern!r} has weeks 0 to {weeks[person.pattern] - 1}"
                )

    @property
    def id(self) -> str:
        """Hash of the content, 12 hexadecimal digits; lineage is left out."""
        content = dataclasses.asdict(self)
        del content["parent"], content["reason"], content["site"]
        _leave_unsaid(content, Scenario, _LATER)
        _leave_unsaid(content["rules"], LabourRules, _LATER_RULES)
        _leave_unsaid(content["weights"], RosterWeights, _LATER)
        for person in content["people"]:
            _leave_unsaid(person, Person, _LATER)
        for queue in content["queues"]:
            _leave_unsaid(queue, Queue, _LATER)
        for contract in content["contracts"]:
            _leave_unsaid(contract, Contract, _LATER)
        for shift in content["shifts"]:
            _leave_unsaid(shift, ShiftType, _LATER)
        text = json.dumps(_canonical(content), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def revise(self, reason: str, **changes: Any) -> Scenario:
        """Return a child with `changes`, this scenario as its parent, and why.

        >>> base = Scenario("base", "UTC", (Queue("voice", Target(0.8)),))
        >>> child = base.revise("two weeks at once", weeks=2)
        >>> child.parent == base.id, child.id != base.id
        (True, True)
        """
        if not reason.strip():
            raise BadInput("scenario: a revision needs a reason; say in words what changed and why")
        unknown = sorted(set(changes) - {f.name for f in dataclasses.fields(self)})
        if unknown:
            raise BadInput(f"scenario: revise got unknown fields {unknown}")
        return dataclasses.replace(self, **{**changes, "parent": self.id, "reason": reason})

    def queue(self, name: str) -> Queue:
        """Return the queue called `name`."""
        for queue in self.queues:
            if queue.name == name:
                return queue
        known = ", ".join(repr(queue.name) for queue in self.queues)
        raise BadInput(f"scenario: no queue {name!r}; it has {known}")


def _leave_unsaid(content: dict[str, Any], kind: type, names: frozenset[str]) -> None:
    """Drop fields of `names` that are at their default, so that old scenarios keep their ids."""
    for item in dataclasses.fields(kind):
        if item.name in names and content[item.name] == item.default:
            del content[item.name]


def _canonical(value: Any) -> Any:
    """Return JSON values in which equal choices read the same (20 and 20.0, list and tuple)."""
    if isinstance(value, dict):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    return repr(float(value)) if isinstance(value, int | float) else str(value)


def _unique(kind: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(f"scenario: {len(twice)} {kind} keys stand twice (first: {twice[0]!r})")


def _known(kind: str, known: set[str], asked: dict[str, Any], who: str) -> None:
    wrong = [(name, item) for name, items in asked.items() for item in items if item not in known]
    if wrong:
        name, item = wrong[0]
        raise BadInput(
            f"scenario: {len(wrong)} references to an unknown {kind} (first: {who} {name!r} names "
            f"{item!r}); known are {', '.join(sorted(known)) or 'none'}"
        )
