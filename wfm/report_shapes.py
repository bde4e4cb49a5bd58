"""What is said of rotations, of whom to hire and of the hours of a year on a terminal?"""

from __future__ import annotations

from typing import Any

from wfm.report import table_values
from wfm.roster.hiring import CheckedMix, HiringMix
from wfm.shaping import Rotated, YearPlanned, people_of_year, rotation_table


def rotation_lines(made: Rotated) -> list[str]:
    """Return how good a rotation is, its weeks, the rules it breaks, what it could not have."""
    told = made.rotation
    return [
        f"{told.weeks} weeks: {told.short_h:.1f} agent-hours short and {told.over_h:.1f} beyond "
        f"demand in a mean week; objective {told.objective:.1f}, no rotation is below "
        f"{told.bound:.1f}",
        rotation_table(told).to_string(index=False),
        *(f"breaks {text}" for text in made.violations),
        *made.notes,
    ]


def rotation_values(made: Rotated) -> dict[str, Any]:
    """Return the same as plain values for JSON."""
    names = ("weeks", "short_h", "over_h", "objective", "bound", "status")
    return {
        **{name: getattr(made.rotation, name) for name in names},
        "rows": table_values(rotation_table(made.rotation)),
        "violations": [str(found) for found in made.violations],
        "notes": list(made.notes),
    }


def mix_lines(mix: HiringMix, real: CheckedMix | None) -> list[str]:
    """Return what a mix of contracts costs, whom it hires, and what a roster of it costs."""
    out = [
        f"cost {mix.cost:.2f}: {mix.pay:.2f} pay, {mix.short_h:.1f} agent-hours short; no roster "
        f"of any mix is below {mix.bound:.2f}",
        mix.table.to_string(index=False),
    ]
    if real is not None:
        out.append(f"with a roster: {real.cost:.2f}, {real.short_h:.1f} agent-hours short")
    return out


def mix_values(mix: HiringMix, real: CheckedMix | None) -> dict[str, Any]:
    """Return the same as plain values for JSON."""
    names = ("cost", "bound", "pay", "short_h", "status")
    values = {**{name: getattr(mix, name) for name in names}, "mix": table_values(mix.table)}
    if real is not None:
        values["roster"] = {"cost": real.cost, "pay": real.pay, "short_h": real.short_h}
    return values


def year_lines(made: YearPlanned) -> list[str]:
    """Return how the hours of a year were spread: notes, sums, weeks, people."""
    plan, people = made.plan, people_of_year(made.plan)
    weeks = plan.weeks
    return [
        *made.notes,
        f"{len(weeks)} weeks from {weeks['week'].iloc[0]} to {weeks['week'].iloc[-1]}, "
        f"{len(people)} people: {weeks['wanted_h'].sum():,.1f} h wanted, "
        f"{weeks['planned_h'].sum():,.1f} h planned; {plan.short_h:,.1f} h short and "
        f"{plan.over_h:,.1f} h beyond demand (priced {plan.price:,.1f}; no plan is below "
        f"{plan.bound:,.1f})",
        weeks.round(2).to_string(index=False),
        people.to_string(index=False),
    ]


def year_values(made: YearPlanned) -> dict[str, Any]:
    """Return the same as plain values for JSON."""
    plan = made.plan
    return {
        "short_h": plan.short_h,
        "over_h": plan.over_h,
        "price": plan.price,
        "bound": plan.bound,
        "weeks": table_values(plan.weeks),
        "hours": table_values(plan.hours),
        "notes": list(made.notes),
    }
