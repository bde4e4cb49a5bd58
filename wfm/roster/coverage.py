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

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.roster.demand import Demand
from wfm.roster.duties import Case, Duty

MOST_CHAINED = 12


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
    """Return queue, start, scheduled, on_seat, gap, unmet and over of every row asked for.

    A surplus in one grid step does not mend a shortage in the next: gap = over - unmet.

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
    rows["over"] = (rows["gap"] + rows["unmet"]).clip(lower=0.0)
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
    for pause in duty.off_seat:
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
