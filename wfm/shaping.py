"""Use cases beyond one roster: a rotation, the mix of contracts to hire, the hours of a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from wfm.errors import BadInput
from wfm.plan import Plan
from wfm.ports import Ports
from wfm.roster.annual import AnnualPlan, annual_plan
from wfm.roster.hiring import CheckedMix, HiringMix, Offer, check_mix, hire
from wfm.roster.result import Violation
from wfm.roster.team_rotation import TeamRotation, roster_from, rotation_for


@dataclass(frozen=True)
class Rotated:
    """A rotation for a plan's team.

    Attributes
    ----------
    rotation : TeamRotation
    violations : tuple of Violation
        Rules that the planned weeks would break if everybody began in them.
    notes : tuple of str
        What of the rotation those weeks could not have.
    """

    rotation: TeamRotation
    violations: tuple[Violation, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class YearPlanned:
    """Everybody's weeks of a year, and how the files were read: `notes` are plain sentences."""

    plan: AnnualPlan
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Shaping:
    """The use cases."""

    ports: Ports

    def rotation(
        self, plan: Plan, *, agents: Sequence[str] | None = None, team: str | None = None,
        weeks: int | None = None, work: tuple[int, int] | None = None,
        off: tuple[int, int] | None = None, free_weekends: int = 0, time_limit_s: float = 60.0,
    ) -> Rotated:  # fmt: skip
        """Return a rotation for some people, or a team, of a plan; nothing is kept."""
        scenario = plan.scenario
        if team is not None:
            agents = [p.id for p in scenario.people if p.team == team]
            if not agents:
                known = sorted({p.team for p in scenario.people if p.team})
                raise BadInput(
                    f"rotation: nobody is in team {team!r}; teams are "
                    f"{', '.join(known) or 'not named'}"
                )
        made = rotation_for(
            plan.sizing, scenario, agents=agents, weeks=weeks, work=work, off=off,
            free_weekends=free_weekends, time_limit_s=time_limit_s, seed=scenario.seed,
        )  # fmt: skip
        dated, violations = roster_from(made, plan.sizing, scenario)
        return Rotated(made, violations, dated.notes)

    def hire(
        self, plan: Plan, offers: Sequence[Offer], *, short_cost: float, time_limit_s: float = 60.0,
        check_s: float = 0.0,
    ) -> tuple[HiringMix, CheckedMix | None]:  # fmt: skip
        """Return the cheapest mix for a plan's requirement, and what a roster of it costs."""
        mix = hire(plan.sizing, plan.scenario, offers, short_cost=short_cost,
                   time_limit_s=time_limit_s)  # fmt: skip
        if check_s <= 0:
            return mix, None
        return mix, check_mix(mix, plan.sizing, offers=offers, short_cost=short_cost,
                              time_limit_s=check_s, seed=plan.scenario.seed)  # fmt: skip

    def annual(
        self, wanted: str | Path, terms: str | Path, *, leave: str | Path | None = None,
        worked: str | Path | None = None, closed: Iterable[dt.date] = (), step_h: float = 0.5,
        decimal: str | None = None,
    ) -> YearPlanned:  # fmt: skip
        """Return the hours of every week of a year from files of hours wanted and of terms.

        The files are those of `wfm.adapters.annual_files.read_annual`.
        """
        read = self.ports.read_annual(wanted, terms, leave=leave, worked=worked, decimal=decimal)
        made = annual_plan(
            read.wanted_h, read.terms, away=read.away, closed=closed, worked=read.worked,
            alike=read.alike, step_h=step_h,
        )  # fmt: skip
        return YearPlanned(made, read.notes)


def people_of_year(made: AnnualPlan) -> pd.DataFrame:
    """Return a row a person: agent, hours, least_h and most_h of a week worked, banked, owed.

    Weeks without hours are no worked weeks; `banked` and `owed` are how far the account goes above
    and below the even pace.
    """
    hours = made.hours
    worked = hours.assign(hours=hours["hours"].where(hours["hours"] > 0))
    by_agent = worked.groupby("agent", sort=False)
    table = pd.DataFrame({
        "hours": by_agent["hours"].sum(), "weeks": by_agent["hours"].count(),
        "least_h": by_agent["hours"].min(), "most_h": by_agent["hours"].max(),
        "banked": by_agent["balance"].max().clip(lower=0.0),
        "owed": (-by_agent["balance"].min()).clip(lower=0.0),
    })  # fmt: skip
    table = table.fillna(0.0).round(2) + 0.0  # no -0.0
    return table.astype({"weeks": int}).reset_index()


def rotation_table(made: TeamRotation) -> pd.DataFrame:
    """Return a row a week: week, who begins there, and Monday to Sunday as texts."""
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    cells = (made.table["shift"] + " " + made.table["start"]).str.strip().replace("", "-")
    table = made.table.assign(cell=cells).pivot_table(
        index="week", columns="weekday", values="cell", aggfunc="first"
    )
    table.columns = pd.Index(days)
    begin = made.first_weeks.groupby("week")["agent"].agg(", ".join)
    return table.reset_index().assign(begins=lambda t: t["week"].map(begin))
