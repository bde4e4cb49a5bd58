"""Which closed walk through the days' states is a rotation?

Rows of a rotation are not told apart: the model counts how many of the n weeks pass through each
arc of `rotation_graph`, with as many arriving at a state as leaving it. Such a flow is a closed
walk (Euler 1736) if the arcs in use hang together; where they do not, a cut is added that asks for
it, and the model is solved again. Nothing is symmetric and the size does not grow with n.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wfm.roster.rotation_graph import OFF, Arc, RotationRules, arcs_of
from wfm.roster.rotation_solving import Linear, Solved, solved

Node = tuple[int, Any]


@dataclass
class Walks:
    """The model under construction: column `i` says how many weeks pass through `arcs[i]`."""

    rules: RotationRules
    weeks: int
    model: Linear = field(default_factory=Linear)
    arcs: list[Arc] = field(default_factory=list)
    on: dict[tuple[int, int], list[int]] = field(default_factory=dict)
    free: int = 0

    def __post_init__(self) -> None:
        self.arcs = arcs_of(self.rules)
        into: dict[Node, list[int]] = defaultdict(list)
        out: dict[Node, list[int]] = defaultdict(list)
        found: dict[tuple[int, int], list[int]] = defaultdict(list)
        for arc in self.arcs:
            column = self.model.column(self.weeks)
            into[arc.weekday, arc.target].append(column)
            out[(arc.weekday - 1) % 7, arc.source].append(column)
            found[arc.weekday, arc.target.kind].append(column)
        for node, arriving in into.items():
            leaving = out[node]
            self.model.row([*arriving, *leaving], [1] * len(arriving) + [-1] * len(leaving), 0, 0)
        mondays = [at for at, arc in enumerate(self.arcs) if not arc.weekday]
        self.model.row(mondays, 1, self.weeks, self.weeks)
        self.on = dict(found)

    def staff(self, weekday: int, kind: int, count: int) -> None:
        """Demand so many rows with a shift on a weekday."""
        self.model.row(self.on.get((weekday, kind), ()), 1, count, count)

    def free_weekends(self, least: int) -> None:
        """Demand so many wholly free weekends."""
        self.free = least
        free = [at for at, arc in enumerate(self.arcs)
                if arc.weekday == 6 and arc.source.kind < 0 and arc.target.kind < 0]  # fmt: skip
        self.model.row(free, 1, least, self.weeks)

    def with_staff_of(self, used: list[int]) -> Walks:
        """Return the same question, without prices, for the staffing of a flow."""
        fixed = Walks(self.rules, self.weeks)
        if self.free:
            fixed.free_weekends(self.free)
        for (weekday, kind), columns in self.on.items():
            fixed.staff(weekday, kind, sum(used[at] for at in columns))
        return fixed


@dataclass(frozen=True)
class Walked:
    """What came of it: the codes of each week, objective and bound, and how it ended.

    `status` is ``"optimal"``, ``"feasible"``, ``"impossible"`` or ``"open"``.
    """

    status: str
    rows: tuple[tuple[str, ...], ...]
    objective: float
    bound: float


def walk(walks: Walks, *, seconds: float, workers: int, seed: int) -> Walked:
    """Solve the model until its flow hangs together, and lay the weeks one after another."""
    until = time.monotonic() + seconds
    bound = -np.inf
    while (left := until - time.monotonic()) > 0:
        # With a price an early answer is worth more than the best one that does not hang together.
        limit = max(0.7 * left, min(left, 1.0)) if walks.model.priced else left
        got = solved(walks.model, seconds=limit, workers=workers, seed=seed)
        bound = max(bound, got.bound)
        if got.status == "impossible":
            return Walked("impossible", (), np.inf, bound)
        if not len(got.numbers):
            continue
        used = _joined(walks, got)
        parts = _parts(walks.arcs, used)
        if len(parts) == 1:
            return Walked(got.status, _rows(walks, used), got.objective, bound)
        if walks.model.priced:  # counts are all that costs: look for a walk with the same ones
            same = walk(walks.with_staff_of(used), seconds=until - time.monotonic(),
                        workers=workers, seed=seed)  # fmt: skip
            if same.rows:
                return Walked(got.status, same.rows, got.objective, bound)
        for part in parts:
            _cut(walks, part)
    return Walked("open", (), np.inf, bound)


def _joined(walks: Walks, got: Solved) -> list[int]:
    """Return the use of arcs, parts joined where two weeks can go on in each other's place.

    Two days of the same weekday that exchange what they lead to keep every count.
    """
    used = [round(value) for value in got.numbers[: len(walks.arcs)]]
    rank = {(arc.weekday, arc.source, arc.target): at for at, arc in enumerate(walks.arcs)}
    while True:
        part_of = {node: at for at, part in enumerate(_parts(walks.arcs, used)) for node in part}
        if len(set(part_of.values())) < 2:
            return used
        swap = _exchange(walks.arcs, used, rank, part_of)
        if swap is None:
            return used
        for at, change in swap:
            used[at] += change


def _exchange(
    arcs: Sequence[Arc], used: list[int], rank: dict[tuple, int], part_of: dict[Node, int]
) -> list[tuple[int, int]] | None:
    """Return changes of use that join two parts, or None."""
    by_day: dict[int, list[int]] = defaultdict(list)
    for at, count in enumerate(used):
        if count:
            by_day[arcs[at].weekday].append(at)
    for weekday, some in by_day.items():
        for i in some:
            mine = part_of[weekday, arcs[i].target]
            for j in some:
                if part_of[weekday, arcs[j].target] <= mine:
                    continue
                one = rank.get((weekday, arcs[i].source, arcs[j].target))
                two = rank.get((weekday, arcs[j].source, arcs[i].target))
                if one is not None and two is not None:
                    return [(i, -1), (j, -1), (one, 1), (two, 1)]
    return None


def _parts(arcs: list[Arc], used: list[int]) -> list[set[Node]]:
    """Return the sets of nodes that the arcs in use join."""
    beside: dict[Node, list[Node]] = defaultdict(list)
    for arc, count in zip(arcs, used, strict=True):
        if count:
            source, target = ((arc.weekday - 1) % 7, arc.source), (arc.weekday, arc.target)
            beside[source].append(target)
            beside[target].append(source)
    parts, seen = [], set[Node]()
    for first in beside:
        if first in seen:
            continue
        part, stack = {first}, [first]
        while stack:
            for node in beside[stack.pop()]:
                if node not in part:
                    part.add(node)
                    stack.append(node)
        seen |= part
        parts.append(part)
    return parts


def _cut(walks: Walks, part: set[Node]) -> None:
    """Demand that the walk leaves these nodes, or keeps to them, or never comes there."""
    model, most = walks.model, 7 * walks.weeks
    inside, leaving, outside = [], [], []
    for at, arc in enumerate(walks.arcs):
        begins = ((arc.weekday - 1) % 7, arc.source) in part
        ends = (arc.weekday, arc.target) in part
        (inside if begins and ends else leaving if begins or ends else outside).append(at)
    leaves, keeps, never = (model.column(1) for _ in range(3))
    model.row([leaves, keeps, never], 1, 1, 3)
    model.row([*leaving, leaves], [*[1] * len(leaving), -1], 0, 2 * most)
    for which, empty in ((never, inside + leaving), (keeps, outside + leaving)):
        model.row([*empty, which], [*[1] * len(empty), 2 * most], 0, 2 * most)


def _rows(walks: Walks, used: list[int]) -> tuple[tuple[str, ...], ...]:
    """Return the weeks of one closed walk through every arc as often as it is used."""
    codes = [*(shift.code for shift in walks.rules.shifts), OFF]
    left: dict[Node, list[Node]] = defaultdict(list)
    for arc, count in zip(walks.arcs, used, strict=True):
        step = (arc.weekday, arc.target)
        left[(arc.weekday - 1) % 7, arc.source] += [step] * count
    first = next(node for node, steps in left.items() if steps and node[0] == 6)
    path, stack = [], [first]
    while stack:  # Hierholzer 1873
        if left[stack[-1]]:
            stack.append(left[stack[-1]].pop())
        else:
            path.append(stack.pop())
    days = [codes[node[1].kind] for node in reversed(path)][1:]
    return tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7))
