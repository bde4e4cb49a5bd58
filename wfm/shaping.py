"""Use cases beyond one roster: a rotation for a team, and the mix of contracts to hire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from wfm.errors import BadInput
from wfm.plan import Plan
from wfm.roster.hiring import CheckedMix, HiringMix, Offer, check_mix, hire
from wfm.roster.result import Violation
from wfm.roster.rotation_weeks import roster_from
from wfm.roster.team_rotation import TeamRotation, rotation_for


@dataclass(frozen=True)
class Rotated:
    """A rotation for a plan's team.

    Attributes
    ----------
    rotation : TeamRotation
    violations : tuple of Violation
        Rules that the planned weeks would break if everybody began in them.
    """

    rotation: TeamRotation
    violations: tuple[Violation, ...]


@dataclass(frozen=True)
class Shaping:
    """The use cases."""

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
        return Rotated(made, roster_from(made, plan.sizing, scenario)[1])

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
