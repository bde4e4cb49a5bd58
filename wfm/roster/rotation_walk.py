"""Which closed walk through the days' states is a rotation?

Rows of a rotation are not told apart: the model counts how many of the n weeks pass through each
arc of `rotation_graph`, with as many arriving at a state as leaving it. Such a flow is a closed
walk (Euler 1736) if the arcs in use hang together; where they do not, a cut is added that asks for
it, and the model is solved again. Nothing is symmetric and the size does not grow with n.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from wfm.roster.rotation_graph import OFF, Arc, RotationRules, arcs_of
from wfm.roster.rotation_moving import Prices, move
from wfm.roster.rotation_solving import NEAR, Linear, relaxed, solved
from wfm.roster.rotation_splicing import Circuit, spliced

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
        self.model.row(self.free_columns(), 1, least, self.weeks)

    def free_columns(self) -> list[int]:
        """Return the columns of Sundays that end a free weekend."""
        return [at for at, arc in enumerate(self.arcs)
                if arc.weekday == 6 and arc.source.kind < 0 and arc.target.kind < 0]  # fmt: skip

    def with_staff_of(self, used: list[int]) -> Walks:
        """Return the same question, without prices, for the staffing of a flow."""
        fixed = self.bare()
        for (weekday, kind), columns in self.on.items():
            fixed.staff(weekday, kind, sum(used[at] for at in columns))
        return fixed

    def bare(self) -> Walks:
        """Return the same question without staffing and prices."""
        bare = Walks(self.rules, self.weeks)
        if self.free:
            bare.free_weekends(self.free)
        return bare


@dataclass(frozen=True)
class Walked:
    """What came of it: the codes of each week, objective and bound, and how it ended.

    `status` is ``"optimal"``, ``"feasible"``, ``"impossible"`` or ``"open"``.
    """

    status: str
    rows: tuple[tuple[str, ...], ...]
    objective: float
    bound: float


def walk(
    walks: Walks, *, seconds: float, workers: int, seed: int, prices: Prices | None = None
) -> Walked:  # fmt: skip
    """Return the best rotation found, weeks laid one after another.

    With prices any rotation that keeps the rules is bettered stretch by stretch first; what time is
    left goes to the optimum of the flow, which also proves the bound.
    """
    until = time.monotonic() + seconds
    if prices is None:
        return _search(walks, until=until, workers=workers, seed=seed)
    ideal = relaxed(walks.model)
    if ideal.status == "impossible":
        return Walked("impossible", (), np.inf, np.inf)
    first = _search(walks.bare(), until=until, workers=workers, seed=seed)
    if not first.rows:
        return replace(first, bound=ideal.bound)
    found = bettered(walks, first, prices, until=time.monotonic() + 0.4 * seconds, seed=seed)
    best = _search(walks, until=until, workers=workers, seed=seed)
    if best.rows and best.objective < found.objective:
        found = best
    bound = max(ideal.bound, best.bound)
    close = found.objective - bound <= NEAR * max(1.0, abs(found.objective))
    return replace(found, bound=bound, status="optimal" if close else "feasible")


def bettered(walks: Walks, first: Walked, prices: Prices, *, until: float, seed: int) -> Walked:
    """Return a rotation after stretches of it have been chosen anew (see `rotation_moving`)."""
    codes = [*(shift.code for shift in walks.rules.shifts), OFF]
    kinds = [codes.index(code) for row in first.rows for code in row]
    kinds = [-1 if kind == len(codes) - 1 else kind for kind in kinds]
    moved, cost = move(walks.arcs, kinds, prices, free=walks.free, until=until, seed=seed)
    days = [codes[kind] for kind in moved]
    rows = tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7))
    return Walked("feasible", rows, cost, -np.inf)


def _search(walks: Walks, *, until: float, workers: int, seed: int) -> Walked:
    """Solve the model until its flow hangs together."""
    bound = -np.inf
    while (left := until - time.monotonic()) > 0:
        got = solved(walks.model, seconds=left, workers=workers, seed=seed)
        bound = max(bound, got.bound)
        if got.status == "impossible":
            return Walked("impossible", (), np.inf, bound)
        if not len(got.numbers):
            break
        used = [round(value) for value in got.numbers[: len(walks.arcs)]]
        parts = _parts(walks.arcs, used)
        whole = spliced(walks.arcs, [_circuit(walks, used, part) for part in parts],
                        weekends=bool(walks.free))  # fmt: skip
        if whole is not None:
            codes = [*(shift.code for shift in walks.rules.shifts), OFF]
            days = [codes[kind] for kind in whole]
            rows = tuple(tuple(days[at : at + 7]) for at in range(0, len(days), 7))
            return Walked(got.status, rows, got.objective, bound)
        if walks.model.priced:  # counts are all that costs: look for a walk with the same ones
            same = _search(walks.with_staff_of(used), until=until, workers=workers, seed=seed)
            if same.rows:
                return Walked(got.status, same.rows, got.objective, bound)
        for part in parts:
            _cut(walks, part)
    return Walked("open", (), np.inf, bound)


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
    inside: list[int] = []
    leaving: list[int] = []
    outside: list[int] = []
    for at, arc in enumerate(walks.arcs):
        begins = ((arc.weekday - 1) % 7, arc.source) in part
        ends = (arc.weekday, arc.target) in part
        (inside if begins and ends else leaving if begins or ends else outside).append(at)
    leaves, keeps, never = (model.column(1) for _ in range(3))
    model.row([leaves, keeps, never], 1, 1, 3)
    model.row([*leaving, leaves], [*[1] * len(leaving), -1], 0, 2 * most)
    for which, empty in ((never, inside + leaving), (keeps, outside + leaving)):
        model.row([*empty, which], [*[1] * len(empty), 2 * most], 0, 2 * most)


def _circuit(walks: Walks, used: list[int], part: set[Node]) -> Circuit:
    """Return one closed walk, from a Monday on, through every arc of a part as often as used."""
    left: dict[Node, list[Node]] = defaultdict(list)
    for arc, count in zip(walks.arcs, used, strict=True):
        source = ((arc.weekday - 1) % 7, arc.source)
        if count and source in part:
            left[source] += [(arc.weekday, arc.target)] * count
    path, stack = [], [next(node for node in left if node[0] == 6)]
    while stack:  # Hierholzer 1873
        if left.get(stack[-1]):
            stack.append(left[stack[-1]].pop())
        else:
            path.append(stack.pop())
    nodes = path[::-1]
    return Circuit([node[1].kind for node in nodes[1:]], [node[1] for node in nodes[:-1]])
