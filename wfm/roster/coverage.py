"""How many agents does a roster put on each queue, and where are agents short?

People on duty are counted by skill group, once each. At every grid step the groups are spread over
queues so that the total shortage is least. That minimum has a closed form (max-flow min-cut): with
demand d_q and n_g people of group g,

    shortage = max over sets S of queues of  sum_{q in S} d_q - sum_{g serving any q in S} n_g,

the empty set giving 0. The solver uses the same form as linear constraints.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wfm import frames
from wfm.errors import BadInput
from wfm.roster.duties import Case, Duty

MOST_CHAINED = 12
MOST_AGENTS = 100_000


@dataclass(frozen=True)
class Demand:
    """What is wanted, on the grid.

    Attributes
    ----------
    step_min : int
    queues : tuple of str
    wanted : ndarray of int, shape (queues, steps)
        Agents wanted on duty and not on a break; 0 where the requirement has no row.
    rows : DataFrame
        queue, start, scheduled of the requirement's rows inside the planned weeks, sorted.
    first : ndarray of int, shape (rows,)
        First grid step of each row.
    width : int
        Grid steps an interval.
    """

    step_min: int
    queues: tuple[str, ...]
    wanted: np.ndarray
    rows: pd.DataFrame
    first: np.ndarray
    width: int

    @property
    def steps(self) -> int:
        """Number of grid steps in the planned weeks."""
        return self.wanted.shape[1]

    @property
    def step_h(self) -> float:
        """Length of a grid step in hours."""
        return self.step_min / 60


@dataclass(frozen=True)
class Spread:
    """Which group serves which queue, and the cuts that decide the least shortage.

    Queues that share nobody, even through others, are on different islands; shortages of islands
    add up.

    Attributes
    ----------
    groups : tuple of str
        Skill groups, queues joined by ``+``.
    serves : ndarray of bool, shape (groups, queues)
    cut_queues : ndarray of int, shape (cuts, queues)
        The sets S, 0 or 1.
    cut_groups : ndarray of int, shape (cuts, groups)
        1 where a group serves any queue of S.
    islands : tuple of slice
        The cuts of each island.
    """

    groups: tuple[str, ...]
    serves: np.ndarray
    cut_queues: np.ndarray
    cut_groups: np.ndarray
    islands: tuple[slice, ...]

    def shortage(self, wanted: np.ndarray, supply: np.ndarray) -> np.ndarray:
        """Return the least total shortage of agents at each step.

        Parameters
        ----------
        wanted : ndarray of int, shape (queues, steps)
        supply : ndarray of int, shape (groups, steps)
        """
        return self._most(self.cut_queues @ wanted - self.cut_groups @ supply)

    def relief(self, wanted: np.ndarray, supply: np.ndarray) -> np.ndarray:
        """Return how much one more agent of each group lowers the shortage, 0 or 1.

        Returns
        -------
        ndarray of int, shape (groups, steps)
        """
        slack = self.cut_queues @ wanted - self.cut_groups @ supply
        now = self._most(slack)
        more = [self._most(slack - touched[:, None]) for touched in self.cut_groups.T]
        return now - np.array(more).reshape(len(self.groups), wanted.shape[1])

    def _most(self, slack: np.ndarray) -> np.ndarray:
        total = np.zeros(slack.shape[1], dtype=np.int64)
        for island in self.islands:
            total += np.maximum(slack[island].max(axis=0), 0)
        return total


def demand_of(requirement: Any, case: Case, step_min: int) -> Demand:
    """Return the requirement's `scheduled` on the grid of the planned weeks.

    Raises
    ------
    BadInput
        If the table breaks its contract, names an unknown queue, is off the grid, has a count that
        is no whole number >= 0, or has no row inside the planned weeks.
    """
    frame = frames.check("requirement", table_of(requirement))
    scenario, horizon = case.scenario, case.horizon
    names = tuple(queue.name for queue in scenario.queues)
    unknown = ~frame["queue"].isin(names)
    if unknown.any():
        raise BadInput(
            f"requirement: {int(unknown.sum())} rows name an unknown queue (first: "
            f"{frame.loc[unknown.to_numpy(), 'queue'].iloc[0]!r}); the scenario has "
            f"{', '.join(map(repr, names))}"
        )
    _check_counts(frame)
    minutes = horizon.minutes(frame["start"], "requirement")
    inside = (minutes >= 0) & (minutes < horizon.end)
    if not inside.any():
        raise BadInput(
            f"requirement: none of its {len(frame)} rows lies in the planned weeks from "
            f"{horizon.monday} to {horizon.date(horizon.days - 1)}; size a forecast of those weeks "
            "or set Scenario.start"
        )
    rows = frame.loc[inside, ["queue", "start", "scheduled"]].copy()
    rows["start"] = rows["start"].dt.tz_convert(scenario.timezone)
    rows["minute"] = minutes[inside]
    rows["rank"] = rows["queue"].map({name: at for at, name in enumerate(names)})
    rows = rows.sort_values(["rank", "minute"], kind="stable").reset_index(drop=True)
    _check_grid(rows, scenario.interval_min, step_min)
    width = scenario.interval_min // step_min
    wanted = np.zeros((len(names), horizon.end // step_min), dtype=np.int64)
    first = rows["minute"].to_numpy() // step_min
    count = rows["scheduled"].to_numpy().round().astype(np.int64)
    for part in range(width):
        at = first + part
        here = at < wanted.shape[1]
        wanted[rows["rank"].to_numpy()[here], at[here]] = count[here]
    rows = rows[["queue", "start", "scheduled"]].assign(scheduled=count)
    return Demand(step_min, names, wanted, rows, first, width)


def table_of(requirement: Any) -> Any:
    """Return the table of a requirement, which may be the table itself."""
    return getattr(requirement, "frame", requirement)


def spread_of(case: Case, extra: Iterable[str] = ()) -> Spread:
    """Return how the skill groups of the people (and `extra` groups) serve the queues.

    Raises
    ------
    BadInput
        If queues and groups are too intertwined to be spread exactly.
    """
    queues = [queue.name for queue in case.scenario.queues]
    found = {case.group(person) for person in case.scenario.people} | set(extra)
    groups = tuple(sorted(found - {""}))
    serves = np.array([[q in case.queues_of(g) for q in queues] for g in groups], dtype=bool)
    serves = serves.reshape(len(groups), len(queues))
    cuts: list[np.ndarray] = []
    islands = []
    for island in _islands(serves):
        found_here = _cuts(serves, island)
        islands.append(slice(len(cuts), len(cuts) + len(found_here)))
        cuts += found_here
    cut_queues = np.array(cuts, dtype=np.int64).reshape(len(cuts), len(queues))
    cut_groups = (cut_queues @ serves.T.astype(np.int64) > 0).astype(np.int64)
    return Spread(groups, serves, cut_queues, cut_groups, tuple(islands))


def allocate(spread: Spread, wanted: np.ndarray, supply: np.ndarray) -> np.ndarray:
    """Return how many agents serve each queue, at most what it wants, with the least shortage.

    Among the best spreads the shortage is kept even: queues fill up in quarters of their demand, in
    the scenario's order.

    Parameters
    ----------
    wanted : ndarray of int, shape (queues, steps)
    supply : ndarray of int, shape (groups, steps)

    Returns
    -------
    ndarray of int, shape (groups, queues, steps)
    """
    served = np.zeros((*spread.serves.shape, wanted.shape[1]), dtype=np.int64)
    least = spread.shortage(wanted, supply)
    left, free = wanted.copy(), supply.copy()
    for quarter in range(1, 5):
        for queue in range(wanted.shape[0]):
            for group in np.flatnonzero(spread.serves[:, queue]):
                aim = -(-wanted[queue] * quarter // 4) - (wanted[queue] - left[queue])
                most = np.clip(aim, 0, np.minimum(left[queue], free[group]))
                got = _most_keeping(
                    spread, left, free, least=least, queue=queue, group=int(group), most=most
                )
                served[group, queue] += got
                left[queue] -= got
                free[group] -= got
    return served


def coverage_of(spread: Spread, demand: Demand, supply: np.ndarray) -> pd.DataFrame:
    """Return queue, start, scheduled, on_seat, gap and unmet of every row of the requirement.

    Agents beyond all demand stand with the queues of theirs that are open, in equal shares.
    """
    served = allocate(spread, demand.wanted, supply)
    queues, steps = demand.wanted.shape
    rank = demand.rows["queue"].map({name: at for at, name in enumerate(demand.queues)}).to_numpy()
    is_open = np.zeros((queues, steps), dtype=bool)
    at = np.minimum(demand.first[:, None] + np.arange(demand.width), steps - 1)
    is_open[rank[:, None], at] = True
    on_seat = served.sum(axis=0).astype(float)
    short = demand.wanted - on_seat
    for group in range(len(spread.groups)):
        spare = supply[group] - served[group].sum(axis=0)
        shares = spread.serves[group][:, None] & is_open
        on_seat += np.where(shares, spare / np.maximum(shares.sum(axis=0), 1), 0.0)
    rows = demand.rows.copy()
    rows["on_seat"] = on_seat[rank[:, None], at].mean(axis=1)
    rows["gap"] = rows["on_seat"] - rows["scheduled"]
    rows["unmet"] = short[rank[:, None], at].mean(axis=1)
    return rows


def supply_of(spread: Spread, duties: Iterable[Duty], step_min: int, steps: int,
              ) -> np.ndarray:  # fmt: skip
    """Return agents on duty and not on a break, shape (groups, steps)."""
    supply = np.zeros((len(spread.groups), steps), dtype=np.int64)
    for duty in duties:
        put(spread, supply, duty, step_min, 1)
    return supply


def put(spread: Spread, supply: np.ndarray, duty: Duty, step_min: int, sign: int) -> None:
    """Add a duty to the supply (`sign` 1) or take it away (-1), in place."""
    row = supply[spread.groups.index(duty.queue)]
    row[max(duty.span.start // step_min, 0) : max(duty.span.end // step_min, 0)] += sign
    for pause in duty.breaks:
        row[max(pause.start // step_min, 0) : max(pause.end // step_min, 0)] -= sign


def _most_keeping(
    spread: Spread, left: np.ndarray, free: np.ndarray, *, least: np.ndarray, queue: int,
    group: int, most: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Return how many of a group a queue can take so that the rest still reaches `least`."""
    low, high = np.zeros_like(most), most.copy()
    while (low < high).any():
        middle = (low + high + 1) // 2
        rest, people = left.copy(), free.copy()
        rest[queue] -= middle
        people[group] -= middle
        fine = spread.shortage(rest, people) == least
        low, high = np.where(fine, middle, low), np.where(fine, high, middle - 1)
    return low


def _islands(serves: np.ndarray) -> list[list[int]]:
    """Return sets of queues that share people, even through others."""
    islands: list[set[int]] = [{queue} for queue in range(serves.shape[1])]
    for row in serves:
        touched = set(np.flatnonzero(row).tolist())
        joined = [island for island in islands if island & touched]
        rest = [island for island in islands if not island & touched]
        islands = [*rest, set().union(*joined)] if joined else rest
    return sorted(sorted(island) for island in islands)


def _cuts(serves: np.ndarray, island: list[int]) -> list[np.ndarray]:
    """Return the sets of queues that can be binding: all that live on some set of groups alone."""
    groups = np.flatnonzero(serves[:, island].any(axis=1))
    side = min(len(island), len(groups))
    if side > MOST_CHAINED:
        raise BadInput(
            f"roster: {len(island)} queues are chained together by {len(groups)} skill groups, too "
            "many to spread people exactly; split the scenario by team, or give people fewer "
            "different combinations of skills"
        )
    found: dict[tuple[bool, ...], None] = {}
    members = np.isin(np.arange(serves.shape[1]), island)
    for bits in range(1 << side):
        picked = [at for at in range(side) if bits >> at & 1]
        if len(groups) <= len(island):
            touched = np.isin(np.arange(serves.shape[0]), groups[picked])
        else:
            touched = np.asarray(serves[:, [island[at] for at in picked]].any(axis=1))
        closed = members & ~serves[~touched].any(axis=0)
        if closed.any():
            found[tuple(closed.tolist())] = None
    return [np.array(cut) for cut in sorted(found)]


def _check_counts(frame: pd.DataFrame) -> None:
    count = pd.to_numeric(frame["scheduled"]).to_numpy(dtype=float)
    whole = np.isfinite(count) & (count >= 0) & (count == np.round(count)) & (count <= MOST_AGENTS)
    if not whole.all():
        row = frame.iloc[int((~whole).argmax())]
        raise BadInput(
            f"requirement: {int((~whole).sum())} rows have a scheduled that is no whole number "
            f"from 0 to {MOST_AGENTS} (first: queue {row['queue']!r}, {row['start']}, got "
            f"{row['scheduled']}); round up after shrinkage, and leave closed intervals out"
        )


def _check_grid(rows: pd.DataFrame, interval_min: int, step_min: int) -> None:
    off = (rows["minute"] % step_min != 0).to_numpy()
    near = ((rows["rank"].diff() == 0) & (rows["minute"].diff() < interval_min)).to_numpy()
    for wrong, what in ((off, f"are not on the grid of {step_min} min from local midnight"),
                        (near, f"begin within {interval_min} min of the one before")):  # fmt: skip
        if wrong.any():
            row = rows.iloc[int(wrong.argmax())]
            raise BadInput(
                f"requirement: {int(wrong.sum())} rows {what} (first: queue {row['queue']!r}, "
                f"{row['start']}); size the forecast at the scenario's interval_min "
                f"{interval_min}"
            )
