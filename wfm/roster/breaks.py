"""When may the breaks of a shift be, and when are they best?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wfm.errors import BadInput
from wfm.roster.duties import Pause, Span
from wfm.workforce import ShiftType


def placements(shift: ShiftType, step_min: int) -> Iterator[tuple[int, ...]]:
    """Yield every legal choice of break starts, minutes after the start of the shift.

    Breaks keep the order of the shift type and never overlap; they may touch.
    """

    def follow(index: int, free_from: int) -> Iterator[tuple[int, ...]]:
        if index == len(shift.breaks):
            yield ()
            return
        rule = shift.breaks[index]
        first = max(rule.earliest_min, free_from)
        first += -first % step_min
        for start in range(first, rule.latest_min + 1, step_min):
            for rest in follow(index + 1, start + rule.length_min):
                yield (start, *rest)

    yield from follow(0, 0)


def check_breaks(shift: ShiftType, step_min: int) -> None:
    """Raise BadInput if the breaks of a shift type can never all be placed."""
    if next(placements(shift, step_min), None) is None:
        raise BadInput(
            f"shift {shift.code!r}: its {len(shift.breaks)} breaks cannot all be placed without "
            "overlapping; widen a window or shorten a break"
        )


def pauses(shift: ShiftType, span: Span, starts: tuple[int, ...]) -> tuple[Pause, ...]:
    """Return breaks at `starts` minutes after the start of a shift."""
    return tuple(
        Pause(rule.activity, span.start + at, span.start + at + rule.length_min)
        for rule, at in zip(shift.breaks, starts, strict=True)
    )


@dataclass(frozen=True)
class BestBreaks:
    """Best breaks for several starts of one shift type.

    Attributes
    ----------
    saved : ndarray, shape (n,)
        Cost that the best breaks take off the shift.
    starts : ndarray of int, shape (n, breaks)
        Their starts, minutes after the start of the shift.
    """

    saved: np.ndarray
    starts: np.ndarray


def best_breaks(
    shift: ShiftType, at: np.ndarray, cumulated: np.ndarray, step_min: int
) -> BestBreaks:
    """Return the breaks that take most cost off a shift, exactly, for many starts at once.

    Dynamic programme over the breaks in order: with v_b(o) the cost of the minutes of break b begun
    at offset o, F_b(o) = v_b(o) + max over o' + length_{b-1} <= o of F_{b-1}(o').

    Parameters
    ----------
    shift : ShiftType
    at : ndarray of int, shape (n,)
        Starts of the shift as grid steps.
    cumulated : ndarray of float
        Cost of one more agent on seat, summed over the steps before each step; steps beyond its end
        cost nothing.
    step_min : int
    """
    last = len(cumulated) - 1
    tables: list[tuple[np.ndarray, np.ndarray]] = []
    for index, rule in enumerate(shift.breaks):
        offsets = np.arange(rule.earliest_min, rule.latest_min + 1, step_min) // step_min
        first = at[:, None] + offsets[None, :]
        value = cumulated[np.minimum(first + rule.length_min // step_min, last)]
        value = value - cumulated[np.minimum(first, last)]
        if index:
            before, length = shift.breaks[index - 1], shift.breaks[index - 1].length_min // step_min
            room = offsets - length - before.earliest_min // step_min
            reach = np.minimum(room, tables[-1][0].shape[1] - 1)
            best = np.maximum.accumulate(tables[-1][0], axis=1)
            value = value + np.where(reach >= 0, best[:, np.maximum(reach, 0)], -np.inf)
        tables.append((value, offsets))
    starts = np.zeros((len(at), len(shift.breaks)), dtype=np.int64)
    limit = np.full(len(at), np.iinfo(np.int64).max)
    saved = np.zeros(len(at))
    for index in range(len(shift.breaks) - 1, -1, -1):
        value, offsets = tables[index]
        allowed = np.where(
            offsets[None, :] + shift.breaks[index].length_min // step_min <= limit[:, None],
            value, -np.inf,
        )  # fmt: skip
        chosen = allowed.argmax(axis=1)
        if index == len(shift.breaks) - 1:
            saved = allowed[np.arange(len(at)), chosen]
        limit = offsets[chosen]
        starts[:, index] = limit * step_min
    return BestBreaks(saved, starts)
