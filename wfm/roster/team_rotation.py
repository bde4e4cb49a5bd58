"""Which rotation covers a team's typical week best, and who begins it where?

The rules of the scenario become rules of the rotation; agents short and beyond demand of the
typical week are priced as in `roster.solve`. The optimum is over all rotations of that length:
shifts and rotation are chosen together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wfm.errors import BadInput, Infeasible
from wfm.roster.rotation_coverage import Coverage
from wfm.roster.rotation_graph import OFF, RotationRules, RotationShift
from wfm.roster.rotation_walk import Walked, Walks, walk
from wfm.roster.sequence_rules import rest_min
from wfm.roster.typical import typical_week
from wfm.scenario import Scenario
from wfm.timegrid import MINUTES_A_DAY
from wfm.workforce import Contract, Person

MOST_KINDS = 40


@dataclass(frozen=True)
class TeamRotation:
    """A rotation for a team, and what a typical week gets of it.

    Attributes
    ----------
    table : DataFrame
        week (from 1), weekday (Monday 0), shift, start (``"HH:MM"``); empty texts on a day off.
    first_weeks : DataFrame
        agent, week: the week of the rotation in which each begins.
    weeks : int
        Length of the rotation.
    short_h, over_h : float
        Agent-hours short and beyond demand in a typical week, breaks spread over their windows.
    objective, bound : float
        ``under * short_h + over * over_h`` of `RosterWeights`, and what no rotation of this length
        with these shifts and rules can be below.
    status : str
        ``"optimal"`` or ``"feasible"``.
    """

    table: pd.DataFrame
    first_weeks: pd.DataFrame
    weeks: int
    short_h: float
    over_h: float
    objective: float
    bound: float
    status: str

    def day_of(self, agent: str, day: int) -> tuple[str, str]:
        """Return shift and start of a person `day` days after the rotation began."""
        first = self.first_weeks.set_index("agent")["week"]
        if agent not in first.index:
            raise BadInput(f"rotation: {agent!r} is not in it; it has {', '.join(first.index)}")
        row = self.table.iloc[((first[agent] - 1 + day // 7) % self.weeks) * 7 + day % 7]
        return str(row["shift"]), str(row["start"])


def rotation_for(
    requirement: Any, scenario: Scenario, *, agents: Sequence[str] | None = None,
    weeks: int | None = None, work: tuple[int, int] | None = None,
    off: tuple[int, int] | None = None, least_run: int = 1, free_weekends: int = 0,
    time_limit_s: float = 60.0, workers: int = 1, seed: int = 0,
) -> TeamRotation:  # fmt: skip
    """Return the best rotation found for a team.

    Parameters
    ----------
    requirement : Requirement or DataFrame
        One or several weeks; planned is for their mean.
    scenario : Scenario
        Daily and weekly rest, days in a row, days a week, week hours and forbidden successions are
        kept by every week of the rotation; what else it asks for is checked by
        `rotation_weeks.roster_from`.
    agents : sequence of str, optional
        Who follows it: people of one contract and the same skills. Default: everybody.
    weeks : int, optional
        Length of the rotation; divides the number of people. Default: as many as people.
    work, off : (int, int), optional
        Least and most days in a row at work, and free. By default the scenario's; at most 7 off.
    least_run : int
        Days in a row with the same shift and start, at least.
    free_weekends : int
        Weekends of the rotation that must be wholly free, at least.
    time_limit_s, workers, seed
        As for `roster.solve`.

    Returns
    -------
    TeamRotation

    Raises
    ------
    BadInput
        The people are not alike, or an argument makes no sense.
    Infeasible
        No rotation keeps the rules, proven; or none was found in time.

    Examples
    --------
    >>> from wfm.scenario import Contract, LabourRules, Queue, ShiftType, Target
    >>> plan = Scenario(
    ...     "three", "UTC", (Queue("voice", Target(0.8)),),
    ...     tuple(Person(name, "full", ("voice",)) for name in ("ann", "bob", "cem")),
    ...     (Contract("full", 32, 40, ("D",)),), (ShiftType("D", "08:00", "08:00", 480),))
    >>> starts = pd.date_range("2003-03-03 08:00", periods=7 * 48, freq="30min", tz="UTC")
    >>> wanted = pd.DataFrame({
    ...     "queue": "voice", "start": starts, "agents": 1.0, "agents_rounded": 1,
    ...     "scheduled": ((starts.hour >= 8) & (starts.hour < 16)).astype(int) * 2,
    ...     "p_answered_within": 0.9, "occupancy": 0.5})
    >>> made = rotation_for(wanted, plan, off=(2, 3))
    >>> made.short_h, made.status, made.day_of("ann", 0) == made.day_of("cem", 7)
    (0.0, 'optimal', True)
    """
    people = _alike(scenario, agents)
    weeks = len(people) if weeks is None else weeks
    if weeks < 1 or len(people) % weeks:
        raise BadInput(
            f"rotation: {weeks} weeks do not divide {len(people)} people; the same number of "
            "people begins in each week"
        )
    week = typical_week(requirement, scenario)
    contract = next(c for c in scenario.contracts if c.name == people[0].contract)
    kinds = [(shift.code, start) for shift in scenario.shifts if shift.code in contract.shifts
             for start in shift.starts]  # fmt: skip
    if len(kinds) > MOST_KINDS:
        raise BadInput(
            f"rotation: {len(kinds)} starts of shifts, at most {MOST_KINDS} can be told apart; "
            "widen start_step_min, or give the contract fewer shift types"
        )
    rules = _rules(scenario, contract, kinds, work=work, off=off, least_run=least_run)
    walks = Walks(rules, weeks)
    if free_weekends:
        walks.free_weekends(free_weekends)
    queues = [week.queues.index(name) for name in people[0].skills]
    priced = Coverage(scenario, week, kinds, wanted=week.wanted[queues].sum(axis=0),
                      heads=len(people) // weeks)  # fmt: skip
    priced.post(walks)
    made = walk(walks, seconds=time_limit_s, workers=workers, seed=seed, prices=priced)
    if not made.rows:
        raise Infeasible(
            f"rotation: no rotation of {weeks} weeks keeps the rules of contract "
            f"{contract.name!r}"
            + (" (proven); widen week hours, days in a row or days off in a row"
               if made.status == "impossible" else f" was found in {time_limit_s:g} s; allow more")
        )  # fmt: skip
    return _told(kinds, people, made, priced)


def _alike(scenario: Scenario, agents: Sequence[str] | None) -> list[Person]:
    known = {person.id: person for person in scenario.people}
    names = list(known) if agents is None else list(agents)
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise BadInput(
            f"rotation: {len(unknown)} people are not in the scenario (first: {unknown[0]!r})"
            if unknown else "rotation: nobody is to follow it; name people"
        )  # fmt: skip
    people = [known[name] for name in names]
    kinds = {(person.contract, tuple(sorted(person.skills))) for person in people}
    if len(kinds) > 1 or not people[0].skills:
        raise BadInput(
            f"rotation: everybody in it does the same, but these {len(people)} people have "
            f"{len(kinds)} kinds of contract and skills; name people of one kind (agents)"
        )
    fixed = [person.id for person in people if person.weekdays_off]
    if fixed:
        raise BadInput(
            f"rotation: {len(fixed)} people never work on some weekdays (first: {fixed[0]!r}); "
            "in a rotation everybody comes to every day of it"
        )
    return people


def _rules(
    scenario: Scenario, contract: Contract, kinds: list[tuple[str, int]], *,
    work: tuple[int, int] | None, off: tuple[int, int] | None, least_run: int,
) -> RotationRules:  # fmt: skip
    law = scenario.rules
    types = {shift.code: shift for shift in scenario.shifts}
    most = min(law.max_consecutive_days, 2 * contract.max_days_per_week)
    work = work or (law.min_consecutive_days, most)
    off = off or (law.min_consecutive_off, 7)
    names = {kind: _name(kind) for kind in kinds}
    shifts = tuple(
        RotationShift(names[code, start], start, types[code].length_min, least_run,
                      max(work[1], least_run), types[code].paid_min)
        for code, start in kinds
    )  # fmt: skip
    rest = rest_min(law.daily_rest_h)
    bans = set()
    for first in kinds:
        for then in kinds:
            gap = MINUTES_A_DAY + then[1] - first[1] - types[first[0]].length_min
            if gap < rest or (first[0], then[0]) in law.forbidden_successions:
                bans.add((names[first], names[then]))
    most_min = math.floor(60 * min(contract.max_week_h, law.max_week_h) + 1e-9)
    return RotationRules(
        shifts, work, off, frozenset(bans), contract.max_days_per_week,
        (math.ceil(60 * contract.min_week_h - 1e-9), most_min), rest_min(law.weekly_rest_h),
    )  # fmt: skip


def _name(kind: tuple[str, int]) -> str:
    return f"{kind[0]} {kind[1] // 60:02d}:{kind[1] % 60:02d}"


def _told(
    kinds: list[tuple[str, int]], people: list[Person], made: Walked, priced: Coverage
) -> TeamRotation:
    where = {_name(kind): at for at, kind in enumerate(kinds)}
    counts, rows = np.zeros(priced.seats.shape[:2]), []
    for at, days in enumerate(made.rows):
        for weekday, code in enumerate(days):
            shift = start = ""
            if code != OFF:
                counts[weekday, where[code]] += 1
                shift, start = code.rsplit(" ", 1)
            rows.append((at + 1, weekday, shift, start))
    short, over = priced.short_over(counts)
    begins = [(person.id, at % len(made.rows) + 1) for at, person in enumerate(people)]
    objective = priced.cost(counts)
    return TeamRotation(
        table=pd.DataFrame(rows, columns=["week", "weekday", "shift", "start"]),
        first_weeks=pd.DataFrame(begins, columns=["agent", "week"]), weeks=len(made.rows),
        short_h=round(short, 9), over_h=round(over, 9), objective=objective,
        bound=min(objective, max(made.bound, 0.0)), status=made.status,
    )  # fmt: skip
