"""Use cases about a plan's roster: why a cell is red, repairs, requests, locks, audits of files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from wfm import requirement, roster
from wfm.errors import BadInput
from wfm.plan import Plan, Progress
from wfm.ports import Ports
from wfm.roster import Decision, LeastShort, Reason, Repair, Roster, RuleInForce, Violation
from wfm.timegrid import local_moment

_CHANGED = 1e-9


@dataclass(frozen=True)
class Changed:
    """What a repair or a request does to a plan.

    Attributes
    ----------
    plan : Plan
        The next revision, with the new roster.
    approved : bool
        True for a repair; for a request whether it is.
    text : str
        The decision in one sentence.
    changes : DataFrame
        agent, day, kind, before, after, paid_h.
    effect : DataFrame
        The intervals that it touches: queue, start, scheduled, short_before, short_after, p_before
        and p_after (predicted share answered within the time limit; NaN where not predicted).
    service : DataFrame
        queue, p_before, p_after: over the contacts of the days it touches.
    short_before_h, short_after_h : float
        Agent-hours short in the whole plan.
    """

    plan: Plan
    approved: bool
    text: str
    changes: pd.DataFrame
    effect: pd.DataFrame
    service: pd.DataFrame
    short_before_h: float
    short_after_h: float


@dataclass(frozen=True)
class Audited:
    """An audited file: how much it holds, and which rules it breaks."""

    shifts: int
    people: int
    violations: tuple[Violation, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """The broken rules as a table: rule, agent, day, text."""
        rows = [(v.rule, v.agent, v.day, v.text) for v in self.violations]
        return pd.DataFrame(rows, columns=["rule", "agent", "day", "text"])


@dataclass(frozen=True)
class Rostering:
    """The use cases."""

    ports: Ports

    def explain(self, plan: Plan, queue: str, start: Any) -> Reason:
        """Return why `queue` is short in the interval from `start`, and what would help most."""
        at = local_moment(start, plan.scenario.timezone, name="--at")
        return roster.explain(self._rostered(plan), queue, at, scenario=plan.scenario,
                              requirement=plan.sizing)  # fmt: skip

    def rules_in_force(self, plan: Plan) -> tuple[RuleInForce, ...]:
        """Return the rules that a plan's scenario has, and how its roster keeps each of them."""
        return roster.in_force(self._rostered(plan), plan.scenario, plan.violations)

    def requests(self, plan: Plan) -> pd.DataFrame:
        """Return every request with its answer (see `roster.outcomes`)."""
        return roster.outcomes(self._rostered(plan), plan.scenario)

    def least_short(self, plan: Plan, *, seconds: float = 30.0) -> LeastShort:
        """Return the agent-hours short that no roster of the plan can avoid, and why."""
        made = self._rostered(plan)
        return roster.least_short(plan.sizing, plan.scenario, locked=made.locked,
                                  previous=made.previous, seconds=seconds)  # fmt: skip

    def repaired(
        self, plan: Plan, *, absent: Iterable[tuple[str, dt.date]] = (), since: Any = None,
        weight: float | None = None, time_limit_s: float = 30.0, progress: Progress | None = None,
    ) -> Changed:  # fmt: skip
        """Return the plan with its roster mended after absences; nothing is kept.

        Demand that was changed by hand since the roster was made is taken as it is now.
        """
        gone = tuple(absent)
        moment = None
        if since is not None:
            moment = local_moment(since, plan.scenario.timezone, name="--since")
        made = roster.repair(
            self._rostered(plan), plan.scenario, plan.sizing, absent=gone, since=moment,
            weight=weight, time_limit_s=time_limit_s, progress=progress,
        )  # fmt: skip
        away = ", ".join(f"{agent} on {day}" for agent, day in gone[:5])
        away += f" and {len(gone) - 5} more" if len(gone) > 5 else ""
        return _changed(plan, made.roster, made.changes, text=_repair_text(made, away),
                        note=f"roster: mended, absent: {away or 'nobody'}",
                        short=(made.short_before_h, made.short_after_h))  # fmt: skip

    def swapped(
        self, plan: Plan, first: tuple[str, dt.date], second: tuple[str, dt.date], *,
        most_short_h: float = 0.0,
    ) -> Changed:  # fmt: skip
        """Return the decision about a swap and its effect; nothing is kept."""
        decision = roster.swap(self._rostered(plan), first, second, scenario=plan.scenario,
                               requirement=plan.sizing, most_short_h=most_short_h)  # fmt: skip
        return _decided(plan, decision, f"swap of {first[0]} on {first[1]} with {second[0]} on "
                                        f"{second[1]}")  # fmt: skip

    def given_leave(
        self, plan: Plan, agent: str, first: dt.date, last: dt.date | None = None, *,
        most_short_h: float = 0.0, weight: float | None = None, time_limit_s: float = 20.0,
    ) -> Changed:  # fmt: skip
        """Return the decision about days off and their effect; nothing is kept."""
        decision = roster.leave(
            self._rostered(plan), agent, first, last, scenario=plan.scenario,
            requirement=plan.sizing, most_short_h=most_short_h, weight=weight,
            time_limit_s=time_limit_s,
        )  # fmt: skip
        days = f"{first}" if last is None or last == first else f"{first} to {last}"
        return _decided(plan, decision, f"leave of {agent} on {days}")

    def fill(
        self, plan: Plan, day: dt.date, shift: str, start: str, *, queue: str | None = None
    ) -> pd.DataFrame:
        """Return who could take an open shift, best first (see `roster.fill`)."""
        return roster.fill(self._rostered(plan), day, shift, start, queue=queue,
                           scenario=plan.scenario, requirement=plan.sizing)  # fmt: skip

    def keep(
        self, folder: str | Path, changed: Changed, *, by: str, reason: str,
        expected_stamp: str | None = None,
    ) -> Plan:  # fmt: skip
        """Save what `repaired`, `swapped` or `given_leave` returned; say who and why in the plan.

        Raises
        ------
        BadInput
            Nobody is named, it would break rules, or the plan was changed meanwhile.
        """
        self.ports.gate.need("rosters:write")
        if not by.strip():
            raise BadInput("roster: say who changes it (--by)")
        self.ports.gate.sign(by)
        if changed.plan.violations:
            shown = "; ".join(map(str, changed.plan.violations[:3]))
            raise BadInput(
                f"roster: this breaks {len(changed.plan.violations)} rules: {shown}; nothing was "
                "saved"
            )
        stamp = expected_stamp or self.ports.plan_stamp(folder)
        source = changed.plan.provenance
        verdict = "" if changed.approved else ", against the refusal"
        told = f"{source.notes[-1]} ({by.strip()}, {self.ports.now():%Y-%m-%d %H:%M} UTC{verdict}"
        told += f": {reason.strip()})" if reason.strip() else ")"
        plan = replace(changed.plan, provenance=replace(source, notes=(*source.notes[:-1], told)))
        self.ports.save_plan(plan, folder, exports=self.ports.exports(plan), expected=stamp)
        return plan

    def lock(
        self, folder: str | Path, *, agents: Iterable[str] | None = None,
        days: Iterable[dt.date] | None = None, on: bool = True, expected_stamp: str | None = None,
    ) -> Plan:  # fmt: skip
        """Lock (or unlock) shifts and free days of the plan in `folder`; save it."""
        self.ports.gate.need("rosters:write")
        stamp = expected_stamp or self.ports.plan_stamp(folder)
        plan = self.ports.load_plan(folder)
        change = roster.lock if on else roster.unlock
        made = change(self._rostered(plan), agents=agents, days=days, scenario=plan.scenario)
        source = plan.provenance
        fresh = replace(plan, roster=made, provenance=replace(source, revision=source.revision + 1))
        self.ports.save_plan(fresh, folder, exports=self.ports.exports(fresh), expected=stamp)
        return fresh

    def locks(self, plan: Plan) -> pd.DataFrame:
        """Return what is locked: agent, day, shift (empty for a free day)."""
        return roster.locks(self._rostered(plan), scenario=plan.scenario)

    def audit_file(
        self, path: str | Path, *, plan: str | Path | None = None,
        scenario: str | Path | None = None,
    ) -> Audited:  # fmt: skip
        """Audit a roster file against the rules of a plan, or of a scenario file."""
        previous = None
        if plan is not None:
            self.ports.gate.need("rosters:read")
            opened = self.ports.load_plan(plan)
            choices = opened.scenario
            previous = None if opened.roster is None else opened.roster.previous
        elif scenario is not None:
            choices, _ = self.ports.read_scenario(scenario)
        else:
            raise BadInput("audit: give the rules to audit against: --plan or --scenario")
        frame = self.ports.read_roster(path, choices)
        found = roster.audit(frame, choices, previous=previous)
        shifts = frame.drop_duplicates(["agent", "shift", "start"])
        begins = ~shifts.set_index(["agent", "start"]).index.isin(
            frame.set_index(["agent", "end"]).index
        )
        return Audited(int(begins.sum()), int(frame["agent"].nunique()), found)

    def _rostered(self, plan: Plan) -> Roster:
        """Return the plan's roster, for who may read it."""
        self.ports.gate.need("rosters:read")
        return _rostered(plan)


def _rostered(plan: Plan) -> Roster:
    if plan.roster is None:
        raise BadInput("roster: this plan has no roster; make one with 'wfm roster'")
    return plan.roster


def _repair_text(made: Repair, away: str) -> str:
    cause = f"Without {away}" if away else "With demand as it is now"
    ended = "" if made.complete else " The time ran out; more may be gained with more seconds."
    if made.unlocked:
        days = ", ".join(f"{agent} {day}" for agent, day in made.unlocked)
        ended += f" No longer locked, because of the absence: {days}."
    return (
        f"{cause} the plan is {made.short_hit_h:,.2f} agent-hours short; {len(made.changes)} "
        f"changes bring it to {made.short_after_h:,.2f} (before: {made.short_before_h:,.2f}). A "
        f"changed shift had to save {made.weight:g} weighted agent-hours.{ended}"
    )


def _decided(plan: Plan, decision: Decision, what: str) -> Changed:
    return _changed(plan, decision.roster, decision.changes, text=decision.reason,
                    note=f"roster: {what}", approved=decision.approved,
                    violations=decision.violations,
                    short=(decision.short_before_h, decision.short_after_h))  # fmt: skip


def _changed(
    plan: Plan, made: Roster, changes: pd.DataFrame, *, text: str, note: str,
    short: tuple[float, float], approved: bool = True,
    violations: tuple[Violation, ...] = (),
) -> Changed:  # fmt: skip
    told = made.scenario or plan.scenario
    scenario = plan.scenario
    if told.people != scenario.people:
        scenario = scenario.revise(note, people=told.people)
    source = plan.provenance
    broken = violations or roster.audit(made, scenario, previous=made.previous)
    after = replace(
        plan, scenario=scenario, roster=replace(made, scenario=scenario), violations=broken,
        provenance=replace(source, scenario_id=scenario.id, notes=(*source.notes, note),
                           revision=source.revision + 1),
    )  # fmt: skip
    effect, service = _effect(plan, made)
    return Changed(after, approved, text, changes, effect, service, *short)


def _effect(plan: Plan, made: Roster) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the intervals that change, and each queue's service on their days."""
    old = _rostered(plan)
    keys = ["queue", "start"]
    both = old.coverage[[*keys, "scheduled", "unmet", "on_seat"]].merge(
        made.coverage[[*keys, "unmet", "on_seat"]], on=keys, suffixes=("_before", "_after")
    )
    for name, part in (("p_before", old), ("p_after", made)):
        reached = requirement.reached(plan.sizing, part.coverage, plan.scenario)
        both = both.merge(
            reached[[*keys, "volume", "p_rostered"]].rename(columns={"p_rostered": name}),
            on=keys if name == "p_before" else [*keys, "volume"],
        )
    moved = (both["on_seat_after"] - both["on_seat_before"]).abs() > _CHANGED
    moved |= (both["unmet_after"] - both["unmet_before"]).abs() > _CHANGED
    days = both["start"].dt.date
    near = both[days.isin(set(days[moved]))].dropna(subset=["p_before", "p_after"])
    rows = []
    for queue, part in near.groupby("queue", sort=False):
        volume = part["volume"].to_numpy()
        if volume.sum() > 0:
            p_before, p_after = (
                float((part[name].to_numpy() * volume).sum() / volume.sum())
                for name in ("p_before", "p_after")
            )
            rows.append((str(queue), p_before, p_after))
    effect = both.loc[moved, [*keys, "scheduled", "unmet_before", "unmet_after", "p_before",
                              "p_after"]]  # fmt: skip
    names = {"unmet_before": "short_before", "unmet_after": "short_after"}
    service = pd.DataFrame(rows, columns=["queue", "p_before", "p_after"])
    return effect.rename(columns=names).reset_index(drop=True), service
