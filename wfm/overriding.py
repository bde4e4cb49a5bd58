"""What becomes of a plan when a person changes its forecast?"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from forecasts import versions
from forecasts.history import MOST
from forecasts.versions import Version
from wfm import requirement, roster
from wfm.errors import BadInput
from wfm.plan import OVERRIDES, Plan
from wfm.requirement import Effort
from wfm.timegrid import inside

# A plan that was not told when it was made is older than whatever changes it.
_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_BY_THE_MODEL = "wfm"
_SAME = 1e-9  # relative; contacts shared out and added up again


@dataclass(frozen=True)
class Overridden:
    """A plan before and after an override.

    Attributes
    ----------
    plan : Plan
        The next revision: with the changed forecast, sized anew; its roster keeps every shift.
    override : versions.Override
        What was changed, why, by whom, and the contacts before and after.
    before, after : Effort
        Effort of the queue over the whole plan.
    short_before, short_after : float
        Agent-hours short with the roster, all queues; everything required is short without one.
    notes : tuple of str
        What a person may not expect: intervals that the plan does not have, closed hours.
    """

    plan: Plan
    override: versions.Override
    before: Effort
    after: Effort
    short_before: float
    short_after: float
    notes: tuple[str, ...] = ()


def version_of(plan: Plan) -> Version:
    """Return the plan's forecast as a version, its overrides replayed on the locked one."""
    source = plan.provenance
    made = versions.lock(
        plan.forecast if plan.locked is None else plan.locked,
        name=plan.scenario.name, by=_BY_THE_MODEL, at=source.planned_at or _LONG_AGO,
    )  # fmt: skip
    for row in plan.overrides.to_dict("records"):
        asked = {name: None if pd.isna(row[name]) else row[name] for name in ("change", "value")}
        made = versions.override(
            made, queue=row["queue"], start=row["start"], end=row["end"], reason=row["reason"],
            by=row["by"], at=pd.Timestamp(row["at"]).to_pydatetime(), **asked,
        )  # fmt: skip
    return made


def override(
    plan: Plan,
    *,
    queue: str,
    start: Any,
    end: Any,
    reason: str,
    by: str,
    at: dt.datetime,
    change: float | None = None,
    value: float | None = None,
) -> Overridden:
    """Return `plan` with some of its forecast changed by a person.

    Arguments are those of `forecasts.versions.override`. The forecast before the first override
    stays in the plan (`Plan.locked`), so that its worth can be measured later.

    Raises
    ------
    BadInput
        The override names no interval, has no reason, changes nothing, or its size makes no
        sense.
    """
    plan.scenario.queue(queue)
    begin, over = (_local(at, plan.scenario.timezone) for at in (start, end))
    if over <= begin:
        raise BadInput(
            f"override: the end {over:%Y-%m-%d %H:%M} is not after the beginning "
            f"{begin:%Y-%m-%d %H:%M}; it is the first interval that stays as it was"
        )
    made = versions.override(
        version_of(plan), queue=queue, start=begin, end=over, reason=reason, by=by, at=at,
        change=change, value=value,
    )  # fmt: skip
    last = made.override
    assert last is not None
    _refuse_nothing(last)
    _refuse_more(float(made.frame.loc[made.frame["queue"] == queue, "volume"].max()), queue=queue)
    told = (
        f"forecast: {last.by} changed queue {queue!r} from {last.start:%Y-%m-%d %H:%M} to "
        f"{last.end:%Y-%m-%d %H:%M} from {last.before:,.0f} to {last.after:,.0f} contacts: {reason}"
    )
    after = _with(plan, made, told)
    return Overridden(
        after, last, plan.sizing.effort(queue), after.sizing.effort(queue),
        plan.summary.gap_hours, after.summary.gap_hours,
        notes=_noted(plan, last, first=begin, end=over),
    )  # fmt: skip


def _refuse_nothing(made: versions.Override) -> None:
    if made.before > 0 and math.isclose(made.before, made.after, rel_tol=_SAME):
        raise BadInput(
            f"override: {made.before:,.0f} contacts of queue {made.queue!r} stay "
            f"{made.after:,.0f}; nothing would change"
        )
    if made.before == made.after:
        raise BadInput(
            f"override: queue {made.queue!r} expects nobody from {made.start:%Y-%m-%d %H:%M} to "
            f"{made.end:%Y-%m-%d %H:%M}, and a share of nothing is nothing; choose its open "
            "hours, or say how many contacts will come"
        )


def _refuse_more(largest: float, *, queue: str) -> None:
    if largest > MOST:
        raise BadInput(
            f"override: {largest:,.0f} contacts in one interval of queue {queue!r}; up to "
            f"{MOST:,.0f} are believed - was a digit too many typed?"
        )


def _local(moment: Any, tz: str) -> pd.Timestamp:
    try:
        found = pd.Timestamp(moment)
        return found.tz_localize(tz) if found.tzinfo is None else found.tz_convert(tz)
    except (ValueError, TypeError) as error:
        raise BadInput(f"override: expected a time, got {moment!r} ({error})") from error


def _noted(
    plan: Plan, made: versions.Override, *, first: pd.Timestamp, end: pd.Timestamp
) -> tuple[str, ...]:
    """Say what a person would not expect of the override."""
    notes = []
    if first < made.start or end > made.end:
        notes.append(
            f"asked for {first:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}; the plan has "
            f"{made.start:%Y-%m-%d %H:%M} to {made.end:%Y-%m-%d %H:%M} of it, and only that "
            "is changed"
        )
    hours = plan.scenario.queue(made.queue).hours
    rows = plan.forecast[
        (plan.forecast["queue"] == made.queue)
        & (plan.forecast["start"] >= made.start)
        & (plan.forecast["start"] < made.end)
    ]
    if made.before <= 0:
        shut = hours and not inside(rows["start"], tuple(hours)).any()
        notes.append(
            f"queue {made.queue!r} "
            + ("is closed then" if shut else "expected nobody then: it seems to be closed")
            + f"; {made.after:,.0f} contacts are spread evenly over {made.rows} intervals"
        )
    return tuple(notes)


def take_back(plan: Plan) -> Plan:
    """Return `plan` without its last override: the next revision, sized anew, shifts kept.

    Raises
    ------
    BadInput
        Nobody changed its forecast.
    """
    made = version_of(plan)
    if made.parent is None or made.override is None:
        raise BadInput("override: nobody changed this forecast, so there is nothing to take back")
    last = made.override
    told = (
        f"forecast: taken back that {last.by} changed queue {last.queue!r} from "
        f"{last.start:%Y-%m-%d %H:%M} to {last.end:%Y-%m-%d %H:%M}: {last.after:,.0f} -> "
        f"{last.before:,.0f} contacts ({last.reason})"
    )
    return _with(plan, made.parent, told)


def _with(plan: Plan, version: Version, told: str) -> Plan:
    forecast, overrides = version.frame, version.overrides[list(OVERRIDES)]
    sizing = requirement.size(forecast, plan.scenario)
    source = plan.provenance
    return replace(
        plan, forecast=forecast, sizing=sizing,
        roster=None if plan.roster is None else roster.hold(plan.roster, sizing, plan.scenario),
        locked=version.lineage[0].frame if len(overrides) else None,
        overrides=overrides.astype({"change": float, "value": float}),
        provenance=replace(source, notes=(*source.notes, told), revision=source.revision + 1),
    )  # fmt: skip
