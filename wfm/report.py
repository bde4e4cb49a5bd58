"""A plan in words and figures, for a terminal and for scripts."""

from __future__ import annotations

import dataclasses
import math
import os
from pathlib import Path
from typing import Any

import pandas as pd

from wfm.plan import Plan
from wfm.whatif import Sized
from wfm.why import sentences


def lines(plan: Plan, folder: Path) -> list[str]:
    """Return the printed summary of `plan`, kept in `folder`."""
    facts = plan.summary
    synthetic = set(facts.synthetic_queues)
    shown = {q: f"{q} (synthetic)" if q in synthetic else q for q in facts.queues}
    names = ", ".join(shown.values())
    out = [
        f"Plan {plan.id}: {plan.scenario.name}, {facts.first_day:%a %d %b %Y} to "
        f"{facts.last_day:%a %d %b %Y}",
        f"  queues            {names}",
        f"  people            {facts.people}",
        "  forecast error    " + _error(plan),
    ]
    out += [
        f"    {shown[row['queue']]:<17} WAPE {_percent(row['wape'])}, "
        f"bias {_percent(row['bias'])}, floor {_percent(row['noise_floor'])}"
        for row in plan.score.to_dict("records")
        if len(plan.score) > 1
    ]
    peak = ""
    if facts.peak_at is not None:
        then = plan.requirement[plan.requirement["start"] == facts.peak_at]
        peak = (
            f" with contacts, {int(then['scheduled'].sum())} on duty after shrinkage, on "
            f"{facts.peak_at:%a %d %b %H:%M}"
        )
    out += [
        f"  agents at peak    {facts.peak_agents}{peak}",
        f"  agent-hours       {facts.required_hours:,.0f} wanted on duty, "
        f"{facts.rostered_hours:,.0f} rostered",
        f"  roster gap        {facts.gap_hours:,.1f} agent-hours short, "
        f"{facts.over_hours:,.1f} over",
    ]
    if plan.roster is None:
        out.append("  roster            none: the scenario has no people")
    else:
        solved = plan.roster
        unknown = math.isnan(solved.gap) or solved.bound <= 0 < solved.objective
        gap = "no bound found in time" if unknown else f"within {solved.gap:.1%} of the bound"
        ended = "" if solved.reproducible else "; ended by the clock, another run may differ"
        out.append(f"  roster            {solved.status}, {gap}, {solved.seconds:.0f} s{ended}")
        out += [f"    note: {note}" for note in solved.notes]
        out.append(f"  rules violated    {facts.violations}")
        out += [f"    {found.rule}: {found.text}" for found in plan.violations[:5]]
    out += [f"  note              {note}" for note in plan.provenance.notes]
    out.append(f"  files             {folder.resolve()}")
    for name, what in (
        ("roster.xlsx", "workbook: a sheet a week, coverage, breaks"),
        ("roster.csv", "every stretch of work, break and lunch; also shifts.csv, coverage.csv"),
        ("cleaning.csv", "which counts the forecast did not learn from, and why"),
        ("calendars", "one calendar (.ics) a person"),
    ):
        if (folder / name).exists():
            out.append(f"    {name:<15} {what}")
    out.append(f"See it: {_command(folder)}")
    return out


def as_values(plan: Plan) -> dict[str, Any]:
    """Return the key figures of `plan` as plain values for JSON; undefined is None."""
    facts = dataclasses.asdict(plan.summary)
    solved = plan.roster
    values = {
        "plan": plan.id,
        "scenario": plan.provenance.scenario_id,
        "history": plan.provenance.history_hash,
        **facts,
        "score": plan.score.to_dict("records"),
        "roster_status": None if solved is None else solved.status,
        "roster_gap": None if solved is None else solved.gap,
        "roster_seconds": None if solved is None else solved.seconds,
        "notes": plan.provenance.notes,
    }
    return {key: plain_values(value) for key, value in values.items()}


def size_lines(sized: Sized, why: pd.DataFrame, *, told: bool) -> list[str]:
    """Return what `why` says: a line a queue, then each interval in sentences or as a table."""
    currency = sized.scenario.currency
    out = []
    for name, rows in why.groupby("queue", sort=False):
        effort = sized.sizing.effort(str(name))
        money = "" if rows["cost"].isna().all() else f", {rows['cost'].sum():,.2f} {currency}"
        out.append(
            f"{name}: {rows['model'].iloc[0]}; whole plan: {effort.peak_agents} agents at peak, "
            f"{effort.scheduled_hours:,.1f} h on duty, {effort.fte:.1f} FTE; "
            f"shown: {len(rows)} {'interval' if len(rows) == 1 else 'intervals'}{money}"
        )
        if told:
            for row in rows.to_dict("records"):
                out += [f"  {text}" for text in sentences(row, currency=currency)]
            continue
        out.append(
            "  interval          contacts  aht_s  erlangs  on seat  on duty  in time  one less"
            "  one more  binding"
        )
        busy = rows[(rows["volume"] > 0) | (rows["agents_rounded"] > 0)]
        out += [
            f"  {row['start']:%a %d %b %H:%M} {row['volume']:>10,.1f} {row['aht_s']:>6,.0f} "
            f"{row['load']:>8,.2f} {row['agents_rounded']:>8} {row['scheduled']:>8} "
            f"{_percent(row['p_answered_within']):>8} {_percent(row['p_answered_within_less']):>9} "
            f"{_percent(row['p_answered_within_more']):>9}  {row['binding']}"
            for row in busy.to_dict("records")
        ]
    return out


def size_values(sized: Sized, why: pd.DataFrame) -> dict[str, Any]:
    """Return the same as plain values for JSON; undefined is None."""
    rows = [{**row, "start": row["start"].isoformat()} for row in why.to_dict("records")]
    return {
        "scenario": sized.scenario.id,
        "currency": sized.scenario.currency,
        "effort": {
            str(name): dataclasses.asdict(sized.sizing.effort(str(name)))
            for name in why["queue"].unique()
        },
        "intervals": plain_values(rows),
    }


def _error(plan: Plan) -> str:
    facts = plan.summary
    if math.isnan(facts.wape):
        return "not measured: the history is too short to hold weeks back"
    return (
        f"WAPE {_percent(facts.wape)} an interval over the last {facts.held_back_days} days held "
        f"back (noise floor {_percent(facts.noise_floor)}, last week repeated "
        f"{_percent(facts.naive_wape)}), bias {_percent(facts.bias)}"
    )


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.1%}"


def _command(folder: Path) -> str:
    # dev.py sets WFM_COMMAND: the environment it makes is not on the caller's path.
    command = os.environ.get("WFM_COMMAND", "wfm")
    return f"{command} dashboard" + ("" if folder == Path("wfm-demo") else f" {folder}")


def plain_values(value: Any) -> Any:
    """Return `value` as JSON can hold it; what is not finite becomes None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain_values(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(item) for item in value]
    if value is None or isinstance(value, int | str):
        return value
    return str(value)


def table_values(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as plain values for JSON."""
    rows: list[dict[str, Any]] = plain_values(table.to_dict("records"))
    return rows
