"""What becomes of a plan when a person changes its forecast?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from forecasts import versions
from forecasts.versions import Version
from wfm import requirement, roster
from wfm.errors import BadInput
from wfm.plan import OVERRIDES, Plan
from wfm.requirement import Effort

# A plan that was not told when it was made is older than whatever changes it.
_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_BY_THE_MODEL = "wfm"


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
    """

    plan: Plan
    override: versions.Override
    before: Effort
    after: Effort
    short_before: float
    short_after: float


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
        The override names no interval, has no reason, or its size makes no sense.
    """
    plan.scenario.queue(queue)
    made = versions.override(
        version_of(plan), queue=queue, start=start, end=end, reason=reason, by=by, at=at,
        change=change, value=value,
    )  # fmt: skip
    last = made.override
    assert last is not None
    told = (
        f"forecast: {last.by} changed queue {queue!r} from {last.start:%Y-%m-%d %H:%M} to "
        f"{last.end:%Y-%m-%d %H:%M} from {last.before:,.0f} to {last.after:,.0f} contacts: {reason}"
    )
    after = _with(plan, made, told)
    return Overridden(
        after, last, plan.sizing.effort(queue), after.sizing.effort(queue),
        plan.summary.gap_hours, after.summary.gap_hours,
    )  # fmt: skip


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
    return _with(plan, made.parent, f"forecast: taken back what {last.by} changed: {last.reason}")


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
