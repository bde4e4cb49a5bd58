"""Can closed walks be laid one into another, so that one rotation comes of them?

Two rotations become one where the first may go on with the second after some day, and the second
with the first: every weekday then has the same shifts as before. Whether that keeps the rules is
found by walking through the states, because what follows a day depends on the days before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from wfm.roster.rotation_graph import Arc, State

_ROUNDS = 3  # after which the states of an endless row repeat, if they ever do


class Circuit(NamedTuple):
    """A closed walk from a Monday on: the kind of each day, and the state before it."""

    kinds: list[int]
    before: list[State]


Steps = dict[tuple[int, State, int], State]


def spliced(arcs: Sequence[Arc], circuits: list[Circuit], *, weekends: bool) -> list[int] | None:
    """Return the kinds of one closed walk made of all circuits, or None if none was found.

    With `weekends` no circuit is cut open between a Saturday and its Sunday.
    """
    steps: Steps = {(arc.weekday, arc.source, arc.target.kind): arc.target for arc in arcs}
    weekdays = [day for day in range(7) if not (weekends and day == 6)]
    left = sorted(circuits, key=lambda circuit: -len(circuit.kinds))
    found = left.pop(0)
    while left:
        for at, other in enumerate(left):
            joined = _spliced(steps, found, other, weekdays)
            if joined is not None:
                found = joined
                left.pop(at)
                break
        else:
            return None
    return found.kinds


def _spliced(steps: Steps, one: Circuit, two: Circuit, weekdays: Sequence[int]) -> Circuit | None:
    for day in weekdays:
        starts = (range(day, len(circuit.kinds), 7) for circuit in (one, two))
        for first, second in product(*starts):
            kinds = [*_turned(one.kinds, first), *_turned(two.kinds, second)]
            before = _walked(steps, kinds, one.before[first], day)
            if before is not None:
                back = -day % 7
                return Circuit(_turned(kinds, back), _turned(before, back))
    return None


def _turned(row: list, first: int) -> list:
    return row[first:] + row[:first]


def _walked(steps: Steps, kinds: list[int], state: State, weekday: int) -> list[State] | None:
    """Return the states before each day of an endless row, or None where a rule forbids it."""
    for _ in range(_ROUNDS):
        before, now = [], state
        for at, kind in enumerate(kinds):
            before.append(now)
            after = steps.get(((weekday + at) % 7, now, kind))
            if after is None:
                return None
            now = after
        if now == state:
            return before
        state = now
    return None
