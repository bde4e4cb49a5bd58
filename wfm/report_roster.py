"""What is said of a roster on a terminal: why a cell is red, what changes, who may."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from wfm.report import plain_values, table_values
from wfm.roster import Reason
from wfm.rostering import Audited, Changed

_SHOWN = 20


def reason_lines(why: Reason) -> list[str]:
    """Return why a cell is red, a sentence a line."""
    first, *rest = why.sentences
    return [first, *(f"  {text}" for text in rest)]


def reason_values(why: Reason) -> dict[str, Any]:
    """Return the same as plain values for JSON."""
    return {
        "queue": why.queue,
        "start": why.start.isoformat(),
        "scheduled": why.scheduled,
        "on_seat": why.on_seat,
        "short": why.short,
        "parts": plain_values(why.frame.to_dict("records")),
        "legal": None if why.legal is None else plain_values(dataclasses.asdict(why.legal)),
        "best": None if why.best is None else plain_values(dataclasses.asdict(why.best)),
        "sentences": list(why.sentences),
    }


def changed_lines(made: Changed, *, kept: bool) -> list[str]:
    """Return a decision, its changes and its effect."""
    out = [made.text]
    out += [
        f"  {row['day']:%a %Y-%m-%d}  {row['agent']:<12} {row['kind']:<6} "
        f"{_arrow(row['before'], row['after'])}  {row['paid_h']:+.2f} h"
        for row in made.changes.to_dict("records")[:_SHOWN]
    ]
    if len(made.changes) > _SHOWN:
        out.append(f"  and {len(made.changes) - _SHOWN} more changes")
    out.append(
        f"Agent-hours short in the plan: {made.short_before_h:,.2f} before, "
        f"{made.short_after_h:,.2f} after."
    )
    out += [
        f"Predicted service on these days, {row['queue']}: {row['p_before']:.1%} before, "
        f"{row['p_after']:.1%} after."
        for row in made.service.to_dict("records")
    ]
    if made.plan.violations:
        out.append("Nothing can be kept: it breaks rules.")
    else:
        out.append("Kept in the plan." if kept else "Nothing was changed; keep it with --keep.")
    return out


def changed_values(made: Changed, *, kept: bool) -> dict[str, Any]:
    """Return the same as plain values for JSON."""
    return {
        "approved": made.approved,
        "kept": kept,
        "text": made.text,
        "short_before_h": made.short_before_h,
        "short_after_h": made.short_after_h,
        "changes": table_values(made.changes),
        "effect": table_values(made.effect),
        "service": table_values(made.service),
        "violations": [str(found) for found in made.plan.violations],
    }


def candidate_lines(table: pd.DataFrame) -> list[str]:
    """Return who could take an open shift, a line each."""
    out = ["agent         legal  weighted h saved  h less short  hours week  "]
    for row in table.to_dict("records")[:_SHOWN]:
        why = row["why"] if not row["legal"] else row["breaks"]
        instead = f" (instead of {row['instead_of']})" if row["instead_of"] else ""
        out.append(
            f"{row['agent']:<13} {'yes' if row['legal'] else 'no':<6} {row['gain']:>15,.2f}  "
            f"{row['less_short_h']:>12,.2f}  {row['paid_h']:>4.1f} to {row['paid_h_after']:.1f}  "
            f"{why}{instead}"
        )
    if len(table) > _SHOWN:
        out.append(f"and {len(table) - _SHOWN} more")
    return out


def audit_lines(made: Audited) -> list[str]:
    """Return what an audit found."""
    out = [f"{made.shifts:,} shifts of {made.people:,} people; {len(made.violations)} rules broken"]
    out += [f"  {found}" for found in made.violations[:_SHOWN]]
    if len(made.violations) > _SHOWN:
        out.append(f"  and {len(made.violations) - _SHOWN} more")
    return out


def _arrow(before: str, after: str) -> str:
    return f"{before or 'free'} -> {after or 'free'}"
