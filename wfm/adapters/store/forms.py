"""How are a plan's parts written as rows and documents, and read back as they were?"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from wfm.plan import OVERRIDES, Plan, Provenance
from wfm.roster import Roster, Violation
from wfm.scenario import Scenario

# A plan's own tables that belong to its forecast.
FORECAST_FRAMES = ("forecast", "score", "cleaning", "extra", "locked")


def forecast_frames(plan: Plan) -> dict[str, pd.DataFrame]:
    """Return the tables of the plan's forecast that are there."""
    found = {name: getattr(plan, name) for name in FORECAST_FRAMES}
    needed = ("forecast", "score")
    return {
        name: table for name, table in found.items()
        if table is not None and (name in needed or len(table))
    }  # fmt: skip


def roster_frames(roster: Roster) -> dict[str, pd.DataFrame]:
    """Return the tables of a roster."""
    return {
        item.name: getattr(roster, item.name)
        for item in dataclasses.fields(roster)
        if isinstance(getattr(roster, item.name), pd.DataFrame)
    }


def roster_figures(roster: Roster) -> dict[str, Any]:
    """Return all else of a roster but its scenario, for JSON."""
    figures = {
        item.name: getattr(roster, item.name)
        for item in dataclasses.fields(roster)
        if item.name != "scenario" and not isinstance(getattr(roster, item.name), pd.DataFrame)
    }
    return {**figures, "start": roster.start.isoformat()}


def roster_of(
    frames: Mapping[str, pd.DataFrame],
    figures: Mapping[str, Any],
    scenario: Scenario | None = None,
) -> Roster:
    """Return the roster of `roster_frames` and `roster_figures`, solved for `scenario`."""
    parts: dict[str, Any] = {**figures, **frames, "scenario": scenario}
    parts["notes"] = tuple(figures.get("notes", ()))
    return Roster(**{**parts, "start": dt.date.fromisoformat(figures["start"])})


def last_day(roster: Roster) -> dt.date:
    """Return the last planned day."""
    return roster.start + dt.timedelta(days=7 * roster.weeks - 1)


def violations_to_json(found: Iterable[Violation]) -> list[dict[str, Any]]:
    """Return what an audit found, for JSON."""
    return [
        {**dataclasses.asdict(item), "day": item.day.isoformat() if item.day else None}
        for item in found
    ]


def violations_of(values: Iterable[Mapping[str, Any]]) -> tuple[Violation, ...]:
    """Return what `violations_to_json` wrote."""
    return tuple(
        Violation(**{
            **value, "day": dt.date.fromisoformat(value["day"]) if value["day"] else None,
        })
        for value in values
    )  # fmt: skip


def provenance_to_json(source: Provenance) -> dict[str, Any]:
    """Return a provenance for JSON."""
    at = source.planned_at
    return {**dataclasses.asdict(source), "planned_at": None if at is None else at.isoformat()}


def provenance_of(values: Mapping[str, Any]) -> Provenance:
    """Return what `provenance_to_json` wrote."""
    at = values["planned_at"]
    return Provenance(
        **{
            **values,
            "notes": tuple(values["notes"]),
            "planned_at": None if at is None else dt.datetime.fromisoformat(at),
        }
    )


def override_rows(overrides: pd.DataFrame) -> list[dict[str, Any]]:
    """Return overrides as rows of the store."""
    rows: list[dict[str, Any]] = []
    for place, row in enumerate(overrides.to_dict("records")):
        values: dict[str, Any] = {"place": place}
        for name in OVERRIDES:
            value = row[name]
            if name in ("start", "end", "at"):
                value = pd.Timestamp(value).to_pydatetime()
            elif name in ("change", "value", "before", "after"):
                value = None if pd.isna(value) else float(value)
            elif name == "rows":
                value = int(value)
            values[name] = value
        rows.append(values)
    return rows


def overrides_of(rows: Iterable[Mapping[str, Any]], timezone: str) -> pd.DataFrame:
    """Return the overrides of `override_rows`, instants in `timezone`."""
    frame = pd.DataFrame([{name: row[name] for name in OVERRIDES} for row in rows],
                         columns=list(OVERRIDES))  # fmt: skip
    if frame.empty:
        return frame
    for name in ("start", "end", "at"):
        frame[name] = pd.to_datetime(frame[name], utc=True).dt.tz_convert(timezone).dt.as_unit("ns")
    return frame.astype(dict.fromkeys(("change", "value", "before", "after"), float))
