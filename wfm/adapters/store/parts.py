"""How are the parts of a plan put into the store, and a plan made of them again?

Works inside somebody else's transaction: `wfm.adapters.store.plans` opens and ends it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select

from forecasts import Campaign
from wfm.adapters.campaign_file import campaigns_from_json, campaigns_to_json
from wfm.adapters.scenario_file import scenario_from_json, scenario_to_json
from wfm.adapters.store import blobs, forms
from wfm.adapters.store.audit import Author
from wfm.adapters.store.tables_plans import (
    FORECASTS,
    OVERRIDES,
    REQUIREMENTS,
    ROSTERS,
    SCENARIOS,
)
from wfm.adapters.store.versions import add, add_if_new, newest
from wfm.plan import OVERRIDES as OVERRIDE_FIELDS
from wfm.plan import Plan
from wfm.requirement import Requirement
from wfm.roster import Roster, Violation
from wfm.scenario import Scenario

Row = Mapping[Any, Any]


def keep_scenario(
    connection: Connection, site: str, name: str, scenario: Scenario, author: Author
) -> Row:
    """Keep a scenario; the same choices twice are one version."""
    values = {
        "content_id": scenario.id, "parent": scenario.parent, "reason": scenario.reason,
        "content": json.loads(scenario_to_json(scenario)),
    }  # fmt: skip
    return add_if_new(connection, SCENARIOS, site, name, values, author)


def scenario_of(row: Row) -> Scenario:
    """Return the scenario of a row."""
    return scenario_from_json(json.dumps(row["content"]))


def keep_forecast(
    connection: Connection,
    site: str,
    name: str,
    frames: Mapping[str, pd.DataFrame],
    author: Author,
    *,
    campaigns: Iterable[Campaign] = (),
    overrides: pd.DataFrame | None = None,
) -> Row:
    """Keep a forecast's tables, campaigns and overrides."""
    digests = {key: blobs.keep(connection, frame, author.at) for key, frame in frames.items()}
    values = {"frames": digests, "campaigns": campaigns_to_json(campaigns)}
    rows = [] if overrides is None else forms.override_rows(overrides)
    last = newest(connection, FORECASTS, site, name)
    if last is not None and all(last[key] == value for key, value in values.items()):
        kept = [{**row, "place": place} for place, row in enumerate(_overrides(connection, last))]
        if [_instants(row) for row in kept] == [_instants(row) for row in rows]:
            return last
    row = add(connection, FORECASTS, site, name, values, author)
    if rows:
        connection.execute(insert(OVERRIDES), [{"forecast": row["id"], **item} for item in rows])
    return row


def keep_requirement(
    connection: Connection, site: str, name: str, sizing: Requirement, author: Author
) -> Row:
    """Keep a requirement."""
    values = {
        "frame": blobs.keep(connection, sizing.frame, author.at),
        "interval_min": int(sizing.interval_min),
        "full_time_week_h": float(sizing.full_time_week_h),
    }
    return add_if_new(connection, REQUIREMENTS, site, name, values, author)


def keep_roster(
    connection: Connection,
    site: str,
    name: str,
    roster: Roster,
    violations: Iterable[Violation],
    author: Author,
) -> Row:
    """Keep a roster as a draft, unless the newest version is this very one."""
    values = {
        "frames": {
            key: blobs.keep(connection, frame, author.at)
            for key, frame in forms.roster_frames(roster).items()
        },
        "figures": forms.roster_figures(roster),
        "violations": forms.violations_to_json(violations),
    }
    last = newest(connection, ROSTERS, site, name)
    if last is not None and all(_text(last[key]) == _text(item) for key, item in values.items()):
        return last
    state = {"status": "draft", "status_at": author.at, "status_by": author.by,
             "first_day": roster.start, "last_day": forms.last_day(roster)}  # fmt: skip
    return add(connection, ROSTERS, site, name, {**values, **state}, author)


def requirement_of(connection: Connection, row: Row) -> Requirement:
    """Return the requirement of a row."""
    frame = blobs.fetch(connection, row["frame"])
    return Requirement(frame, row["interval_min"], row["full_time_week_h"])


def roster_of(connection: Connection, row: Row) -> tuple[Roster, tuple[Violation, ...]]:
    """Return the roster of a row and what its audit had found."""
    frames = {key: blobs.fetch(connection, digest) for key, digest in row["frames"].items()}
    return forms.roster_of(frames, row["figures"]), forms.violations_of(row["violations"])


def plan_of(connection: Connection, row: Row) -> Plan:
    """Return the plan of a row of `plans`."""
    scenario = scenario_of(_by_id(connection, SCENARIOS, row["scenario"]))
    forecast = _by_id(connection, FORECASTS, row["forecast"])
    frames = {key: blobs.fetch(connection, digest) for key, digest in forecast["frames"].items()}
    overrides = _overrides(connection, forecast)
    if overrides:
        frames["overrides"] = forms.overrides_of(overrides, scenario.timezone)
    roster: Roster | None = None
    violations: tuple[Violation, ...] = ()
    if row["roster"] is not None:
        roster, violations = roster_of(connection, _by_id(connection, ROSTERS, row["roster"]))
    return Plan(
        scenario=scenario,
        history=blobs.fetch(connection, row["history"]),
        sizing=requirement_of(connection, _by_id(connection, REQUIREMENTS, row["requirement"])),
        roster=roster,
        violations=violations,
        provenance=forms.provenance_of(row["provenance"]),
        campaigns=campaigns_from_json(forecast["campaigns"]),
        **frames,
    )


def same_plan(a: Plan, b: Plan) -> bool:
    """Return whether two plans are equal, tables cell by cell."""
    if (a.id, a.scenario, a.provenance, a.campaigns, a.violations) != (
        b.id, b.scenario, b.provenance, b.campaigns, b.violations
    ):  # fmt: skip
        return False
    mine, yours = _tables(a), _tables(b)
    return mine.keys() == yours.keys() and all(mine[key].equals(yours[key]) for key in mine)


def _tables(plan: Plan) -> dict[str, pd.DataFrame]:
    found = {"history": plan.history, "requirement": plan.requirement}
    found |= forms.forecast_frames(plan)
    if plan.roster is not None:
        found |= {f"roster {k}": v for k, v in forms.roster_frames(plan.roster).items()}
    return {key: frame.reset_index(drop=True) for key, frame in found.items()}


def _by_id(connection: Connection, table: Any, id_: int) -> Row:
    return connection.execute(select(table).where(table.c.id == id_)).mappings().one()


def _overrides(connection: Connection, forecast: Row) -> list[dict[str, Any]]:
    asked = select(*(OVERRIDES.c[name] for name in OVERRIDE_FIELDS)).where(
        OVERRIDES.c.forecast == forecast["id"]
    )
    return [dict(row) for row in connection.execute(asked.order_by(OVERRIDES.c.place)).mappings()]


def _instants(row: Row) -> dict[str, Any]:
    """Return a row of overrides so that equal instants compare equal in any zone."""
    return {
        key: value.timestamp() if hasattr(value, "timestamp") else value
        for key, value in row.items()
    }


def _text(value: Any) -> str:
    """Return a document as text, in which NaN equals NaN."""
    return json.dumps(value, sort_keys=True)
