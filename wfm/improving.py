"""Use cases about improving: what a person can do with variances and PDCA cycles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from wfm import kpi, pdca, variance
from wfm.access import OPEN, Gate
from wfm.errors import BadInput
from wfm.evidence import charts
from wfm.kpi.measure import times
from wfm.kpi.measures import measure
from wfm.kpi.targets import Facts, Review
from wfm.pdca import Actor, Cycle, Design, Management, Origin, Standard, Statistics
from wfm.pdca.series import Actuals, table_of, weekly
from wfm.ports import CycleStore
from wfm.variance import Variance

__all__ = ["Improving", "Tried"]

_LEAST_WEEKS = 8
_TIMES = ("start", "contact_at", "opened_at", "promised_at")


@dataclass(frozen=True)
class Tried:
    """A plan that could be locked, or what speaks against it.

    Attributes
    ----------
    cycle : Cycle
    design : Design
        The test it would lock.
    review : Review
        V1 to V9.
    gaps : tuple of str
        What the plan still lacks.
    """

    cycle: Cycle
    design: Design
    review: Review
    gaps: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether it can be locked."""
        return self.review.accepted and not self.gaps


@dataclass(frozen=True)
class Improving:
    """The use cases. A change is saved only if nobody changed the cycle meanwhile.

    Attributes
    ----------
    store : CycleStore
    read_actuals, read_proposal, load_plan : callable
        (paths, timezone=), (path) and (folder); see `wfm.wiring`.
    html : callable
        Cycle -> the Check report as a page.
    now : callable
        The clock.
    gate : Gate
        Who is at work; in a store with users nobody acts under another name or role than his own.
    """

    store: CycleStore
    read_actuals: Callable[..., dict[str, Any]]
    read_proposal: Callable[..., pdca.Proposal]
    load_plan: Callable[..., Any]
    html: Callable[[Cycle], str]
    now: Callable[[], dt.datetime]
    gate: Gate = OPEN

    def cycles(self) -> tuple[Cycle, ...]:
        """Return every cycle, oldest first."""
        self.gate.need("cycles:read")
        return self.store.all()

    def cycle(self, id: str) -> Cycle:
        """Return a cycle by its id, or by the beginning of it where only one fits."""
        self.gate.need("cycles:read")
        return self.store.load(id)

    def explain(self, plan: str | Path, actuals: Sequence[str | Path], **choices: Any) -> Variance:
        """Return why the actuals differ from the plan in a folder; `choices` of `explain`."""
        self.gate.need("kpis:read")
        made = self.load_plan(plan)
        tables = self.read_actuals(actuals, timezone=made.scenario.timezone)
        frame = tables.get("interval_actuals")
        if frame is None:
            frame = next((t for t in tables.values() if {"queue", "start"} <= set(t.columns)), None)
        if frame is None:
            raise BadInput(
                f"variance: no table with queue and start among the actuals, got {sorted(tables)}; "
                "give interval_actuals (docs/actuals.md)"
            )
        return variance.explain(made, frame, **choices)

    def alert(
        self, actuals: Actuals, key: str, *, column: str = "", value: str = "",
        until: dt.date | None = None, **choices: Any,
    ) -> Origin:  # fmt: skip
        """Return the origin of a cycle from the weekly chart of a KPI, on days before `until`.

        Limits come from the first half of the weeks, at least 8.

        Raises
        ------
        BadInput
            No signal: what moved is noise.
        """
        self.gate.need("kpis:read", *(("agents:read",) if column == "agent" else ()))
        definition = kpi.definition(key, **choices)
        frame = table_of(actuals, definition, column)
        if frame is None:
            raise BadInput(
                f"pdca: no table of the actuals holds what {definition} is made of; "
                "docs/actuals.md says which does"
            )
        when = times(frame, measure(key).time)
        if until is not None:
            frame = frame[(when.dt.date < until).to_numpy()]
            when = when[when.dt.date < until]
        if when.empty:
            span = "" if until is None else f" before {until}"
            raise BadInput(f"pdca: no figures of {key}{span}; give actuals of earlier weeks")
        last = when.max().date() + dt.timedelta(days=1)
        weeks = weekly(frame, definition, last, column=column, values=(value,) if column else ())
        half = max(_LEAST_WEEKS, len(weeks.number) // 2)
        if len(weeks.number) <= half:
            raise BadInput(
                f"pdca: {len(weeks.number)} whole weeks of {key}; more than {half} are needed to "
                "tell a signal from noise"
            )
        chart = charts.xmr(weeks.value, baseline=half)
        days = [weeks.day(int(number)) for number in weeks.number]
        where = f"{key} of {value}" if column else key
        return pdca.from_signal(where, chart, days)

    def open(
        self, title: str, *, by: Actor, at: dt.datetime | None = None, owner: str = "",
        origin: Origin | None = None,
    ) -> Cycle:  # fmt: skip
        """Begin a cycle and keep it."""
        self._acts(by)
        cycle = pdca.open_cycle(title, by=by, at=at or self.now(), owner=owner, origin=origin)
        self.store.save(cycle)
        return cycle

    def try_plan(
        self,
        id: str,
        actuals: Actuals,
        facts: Facts | None = None,
    ) -> Tried:
        """Return what would be locked, and what speaks against it; nothing is kept."""
        cycle = self.cycle(id)
        if cycle.proposal is None:
            raise BadInput(f"pdca: cycle {cycle.id} has no plan yet; give it one first")
        filled = _with_baseline(cycle, actuals)
        assert filled.proposal is not None
        made = pdca.design(actuals, filled.proposal)
        review = filled.review(made, facts)
        return Tried(filled, made, review, filled.proposal.gaps)

    def plan(self, id: str, proposal: pdca.Proposal, *, by: Actor,
             at: dt.datetime | None = None) -> Cycle:  # fmt: skip
        """Give the cycle a plan, or a new one, as long as it is not locked."""
        return self._do(id, by, at, lambda c, when: c.planned(proposal, by=by, at=when))

    def lock(
        self, id: str, actuals: Actuals, *, by: Actor, at: dt.datetime | None = None,
        facts: Facts | None = None,
    ) -> Cycle:  # fmt: skip
        """Fix target, hypothesis and test; a baseline not given is taken from the actuals."""

        def move(cycle: Cycle, when: dt.datetime) -> Cycle:
            filled = _with_baseline(cycle, actuals)
            if filled.proposal is None:
                raise BadInput(f"pdca: cycle {cycle.id} has no plan yet; give it one first")
            made = pdca.design(actuals, filled.proposal)
            return filled.locked(made, by=by, at=when, facts=facts)

        return self._do(id, by, at, move)

    def log(self, id: str, kind: str, text: str, *, by: Actor,
            at: dt.datetime | None = None) -> Cycle:  # fmt: skip
        """Note feedback, a deviation or an event."""
        return self._do(id, by, at, lambda c, when: c.logged(kind, text, by=by, at=when))

    def done(self, id: str, action: int, *, by: Actor,
             at: dt.datetime | None = None) -> Cycle:  # fmt: skip
        """Note that an action is done."""
        return self._do(id, by, at, lambda c, when: c.done(action, by=by, at=when))

    def check(
        self, id: str, actuals: Actuals, *, by: Actor, at: dt.datetime | None = None,
        management: Management | None = None,
    ) -> Cycle:  # fmt: skip
        """Check on the actuals known at `at` and keep the report."""
        known = _known(actuals, at)

        def move(cycle: Cycle, when: dt.datetime) -> Cycle:
            return cycle.checked(cycle.check(known, management=management), by=by, at=when)

        return self._do(id, by, at, move)

    def sign(self, id: str, *, by: Actor, goal_reached: str, problems: str,
             new_phenomena: str, at: dt.datetime | None = None) -> Cycle:  # fmt: skip
        """Sign the last report off, with the answers to the three questions."""
        return self._do(id, by, at, lambda c, when: c.signed(
            by=by, at=when, goal_reached=goal_reached, problems=problems,
            new_phenomena=new_phenomena), right="cycles:sign")  # fmt: skip

    def standardise(self, id: str, *standards: Standard, by: Actor,
                    at: dt.datetime | None = None) -> Cycle:  # fmt: skip
        """Make a confirmed change the standard."""
        return self._do(id, by, at, lambda c, when: c.standardised(*standards, by=by, at=when))

    def correct(self, id: str, reason: str, *, by: Actor,
                at: dt.datetime | None = None) -> Cycle:  # fmt: skip
        """Close the cycle in order to do it otherwise."""
        return self._do(id, by, at, lambda c, when: c.corrected(reason, by=by, at=when))

    def stop(self, id: str, cause: str, reason: str, *, by: Actor,
             at: dt.datetime | None = None) -> Cycle:  # fmt: skip
        """Close the cycle with a cause of failure."""
        return self._do(id, by, at, lambda c, when: c.stopped(cause, reason, by=by, at=when))

    def follow(self, id: str, actuals: Actuals, *, by: Actor,
               at: dt.datetime | None = None) -> Cycle:  # fmt: skip
        """Look for an opposite signal since a change was confirmed, as known at `at`."""
        known = _known(actuals, at)
        return self._do(id, by, at, lambda c, when: c.followed(known, by=by, at=when))

    def next(self, id: str, title: str, *, by: Actor,
             at: dt.datetime | None = None) -> Cycle:  # fmt: skip
        """Begin the next turn after a closed cycle."""
        self._acts(by)
        made = self.store.load(id).next_cycle(title, by=by, at=at or self.now())
        self.store.save(made)
        return made

    def statistics(self, at: dt.datetime | None = None) -> Statistics:
        """Return what came of all cycles."""
        return pdca.statistics(self.cycles(), at or self.now())

    def _do(
        self,
        id: str,
        by: Actor,
        at: dt.datetime | None,
        move: Callable[[Cycle, dt.datetime], Cycle],
        *,
        right: str = "cycles:write",
    ) -> Cycle:
        """Load, change and keep a cycle; an entry dated otherwise says when it was made."""
        self._acts(by, right)
        stamp = self.store.stamp(id)
        now = self.now()
        moved = move(self.store.load(id), at or now)
        if at is not None and at.date() != now.date():
            last = moved.history[-1]
            text = f"{last.reason} [entered {now:%Y-%m-%d}]".strip()
            moved = replace(moved, history=(*moved.history[:-1], replace(last, reason=text)))
        self.store.save(moved, stamp)
        return moved

    def _acts(self, by: Actor, right: str = "cycles:write") -> None:
        """Check that who is at work may do this, and is who and what he says he is."""
        self.gate.need(right)
        caller = self.gate.who()
        caller.sign(by.name)
        caller.act_as(by.role, self.gate.site)


def _known(actuals: Actuals, at: dt.datetime | None) -> Actuals:
    """Return the rows up to the day of `at`: an entry dated back must not see what came later."""
    tables = getattr(actuals, "tables", actuals)
    if at is None:
        return actuals
    if isinstance(tables, pd.DataFrame):
        return _rows_to(tables, at.date())
    return {name: _rows_to(table, at.date()) for name, table in tables.items()}


def _rows_to(table: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    time = next((name for name in _TIMES if name in table.columns), None)
    return table if time is None else table[(table[time].dt.date <= day).to_numpy()]


def _with_baseline(cycle: Cycle, actuals: Actuals) -> Cycle:
    """Return the cycle with the baseline of the actuals where the plan names none."""
    proposal = cycle.proposal
    if proposal is None or proposal.target.baseline is not None:
        return cycle
    made = pdca.design(actuals, proposal)
    target = replace(proposal.target, baseline=made.baseline)
    return replace(cycle, proposal=replace(proposal, target=target))
