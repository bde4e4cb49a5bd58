"""Every choice a plan rests on, in one frozen value with an id."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from wfm.errors import BadInput
from wfm.timegrid import minutes, zone
from wfm.workforce import BreakRule, Contract, LabourRules, Person, ShiftType

__all__ = [
    "BreakRule", "Contract", "LabourRules", "OpeningHours", "Person", "Queue", "RosterWeights",
    "Scenario", "ShiftType", "SlRule", "Target",
]  # fmt: skip

CHANNELS = ("voice", "chat", "email")
INTERVALS_MIN = (5, 10, 15, 20, 30, 60)


class SlRule(StrEnum):
    """Which contacts count as served in time; the formulas are in docs/glossary.md."""

    SL1 = "SL1"
    SL2 = "SL2"
    SL3 = "SL3"
    SL4 = "SL4"
    SL5 = "SL5"
    SL6 = "SL6"
    VIRTUAL = "virtual"


@dataclass(frozen=True)
class Target:
    """Limits on waiting that must all hold; each is met on equality, and None means no limit.

    Attributes
    ----------
    service_level : float or None
        Least share of contacts served within `awt_s`, 0 to 1, counted by `rule`.
    awt_s : float
        Acceptable waiting time in seconds.
    rule : SlRule
        Definition of the service level, ``"SL1"`` to ``"SL6"`` or ``"virtual"``.
    asa_s : float or None
        Largest mean wait of answered contacts, seconds.
    abandonment : float or None
        Largest share of contacts that abandon, 0 to 1.
    occupancy : float or None
        Largest share of on-seat time spent on contacts, 0 to 1.
    blocking : float or None
        Largest share of contacts that find every line taken, 0 to 1.
    short_s : float
        Abandoned before this many seconds is short (rules SL5 and SL6).
    """

    service_level: float | None = None
    awt_s: float = 20.0
    rule: SlRule = SlRule.SL4
    asa_s: float | None = None
    abandonment: float | None = None
    occupancy: float | None = None
    blocking: float | None = None
    short_s: float = 5.0

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "rule", SlRule(self.rule))
        except ValueError as error:
            known = ", ".join(SlRule)
            raise BadInput(f"target: rule is one of {known}; got {self.rule!r}") from error
        for name in ("service_level", "abandonment", "occupancy", "blocking"):
            value = getattr(self, name)
            if value is not None and not (_is_number(value) and 0 <= value <= 1):
                hint = (
                    "; it is a fraction - was a percent passed?"
                    if _is_number(value) and value > 1
                    else ""
                )
                raise BadInput(f"target: {name} lies between 0 and 1, got {value!r}{hint}")
        for name in ("awt_s", "asa_s", "short_s"):
            value = getattr(self, name)
            if value is None and name == "asa_s":
                continue
            if not (_is_number(value) and value >= 0):
                raise BadInput(f"target: {name} is a number of seconds >= 0, got {value!r}")


@dataclass(frozen=True)
class OpeningHours:
    """Open from `open` to `close` (local ``"HH:MM"``) on `weekdays` (Monday 0 to Sunday 6)."""

    weekdays: tuple[int, ...]
    open: str
    close: str

    def __post_init__(self) -> None:
        if any(not 0 <= day <= 6 for day in self.weekdays):
            raise BadInput(f"hours: weekdays are 0 (Monday) to 6 (Sunday), got {self.weekdays}")
        if minutes(self.open) >= minutes(self.close):
            raise BadInput(
                f"hours: open {self.open} is not before close {self.close}; for a night that "
                "passes midnight give two entries, one to 24:00 and one from 00:00"
            )


@dataclass(frozen=True)
class Queue:
    """One queue: contacts waiting for the same skill with one target.

    Attributes
    ----------
    name : str
        As in the history's `queue`.
    target : Target
    channel : str
        ``"voice"``, ``"chat"`` or ``"email"`` (deferrable: `target.awt_s` is the deadline).
    aht_s : float or None
        Handle time in seconds, used where the history has none. For chat the duration of one
        chat at the working `concurrency`.
    patience_s : float
        Mean patience in seconds; infinite means nobody abandons (Erlang C).
    concurrency : int
        Contacts one agent serves at once; above 1 only for chat.
    shrinkage : float
        Share of rostered time, breaks and lunch not counted, that is lost to absence, lateness,
        meetings and coaching. Breaks and lunch are in the roster itself.
    share : float
        Share of the forecast volume that this centre serves, 0 to 1; below 1 when several sites
        or vendors serve the queue.
    hours : tuple of OpeningHours
        Empty: inferred from the history.
    synthetic : bool
        The history of this queue was generated, not observed; shown wherever the queue shows.
    """

    name: str
    target: Target
    channel: str = "voice"
    aht_s: float | None = None
    patience_s: float = math.inf
    concurrency: int = 1
    shrinkage: float = 0.0
    share: float = 1.0
    hours: tuple[OpeningHours, ...] = ()
    synthetic: bool = False

    def __post_init__(self) -> None:
        where = f"queue {self.name!r}"
        if not self.name or not self.name.isprintable() or ";" in self.name:
            raise BadInput(
                f"queue: name is printable text without ';' (which joins skills in people files), "
                f"got {self.name!r}"
            )
        if self.channel not in CHANNELS:
            raise BadInput(
                f"{where}: channel is one of {', '.join(CHANNELS)}; got {self.channel!r}"
            )
        if self.aht_s is not None and not (_is_number(self.aht_s) and 0 < self.aht_s < math.inf):
            raise BadInput(f"{where}: aht_s is a number of seconds > 0, got {self.aht_s!r}")
        if not (_is_number(self.patience_s) and self.patience_s > 0):
            raise BadInput(
                f"{where}: patience_s is a number of seconds > 0 (inf: nobody abandons), got "
                f"{self.patience_s!r}"
            )
        if (
            not _is_whole(self.concurrency)
            or self.concurrency < 1
            or (self.concurrency > 1 and self.channel != "chat")
        ):
            raise BadInput(
                f"{where}: concurrency is at least 1, and above 1 only for chat; got "
                f"{self.concurrency} on {self.channel}"
            )
        if not (_is_number(self.shrinkage) and 0 <= self.shrinkage < 1):
            raise BadInput(
                f"{where}: shrinkage is a fraction 0 <= s < 1, got {self.shrinkage!r} - was a "
                "percent passed?"
            )
        if not (_is_number(self.share) and 0 < self.share <= 1):
            raise BadInput(f"{where}: share is a fraction 0 < share <= 1, got {self.share!r}")
        if self.channel == "email" and self.target.awt_s <= 0:
            raise BadInput(f"{where}: target.awt_s is the e-mail deadline and must be > 0 seconds")
        limits = ("service_level", "asa_s", "abandonment", "blocking")
        asked = [name for name in limits if getattr(self.target, name) is not None]
        if self.channel == "email" and asked:
            raise BadInput(
                f"{where}: e-mail is sized so that all of it is answered within target.awt_s; "
                f"leave out {', '.join(asked)} (an occupancy cap may stay)"
            )
        if self.channel == "email" and self.target.occupancy == 0:
            raise BadInput(f"{where}: an occupancy of 0 leaves no time for e-mail; raise it")

    @property
    def deferrable(self) -> bool:
        """Whether work may wait for hours: it comes while closed and is done when open."""
        return self.channel == "email"


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
    """

    under: float = 10.0
    over: float = 1.0
    fairness: float = 0.1

    def __post_init__(self) -> None:
        for name in ("under", "over", "fairness"):
            value = getattr(self, name)
            if not (_is_number(value) and 0 <= value < math.inf):
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
    parent, reason : str or None
        Id of the scenario this one revises, and why. Not part of `id`.
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
    parent: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        zone(self.timezone)
        if self.interval_min not in INTERVALS_MIN or not _is_whole(self.interval_min):
            raise BadInput(
                f"scenario: interval_min is one of {INTERVALS_MIN}, got {self.interval_min}"
            )
        if not (_is_whole(self.weeks) and 1 <= self.weeks <= 4):
            raise BadInput(f"scenario: weeks is a whole number 1 to 4, got {self.weeks!r}")
        if not (_is_whole(self.seed) and 0 <= self.seed < 2**31):
            raise BadInput(f"scenario: seed is a whole number 0 to {2**31 - 1}, got {self.seed!r}")
        if not (_is_number(self.full_time_week_h) and 0 < self.full_time_week_h <= 168):
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

    @property
    def id(self) -> str:
        """Hash of the content, 12 hexadecimal digits; lineage is left out."""
        content = dataclasses.asdict(self)
        del content["parent"], content["reason"]
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


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


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
