"""When may the breaks of a shift be, and when are they best?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wfm.errors import BadInput
from wfm.roster.duties import Pause, Span
from wfm.roster.spacing import gap, unspaced, window
from wfm.workforce import ShiftType


def placements(shift: ShiftType, step_min: int) -> Iterator[tuple[int, ...]]:
    """Yield every legal choice of break starts, minutes after the start of the shift.

    Breaks keep the order of the shift type, never overlap and keep its spacing; they may touch
    where it asks for none.
    """
    least, most = gap(shift)

    def follow(index: int, ended: int) -> Iterator[tuple[int, ...]]:
        if index == len(shift.breaks):
            yield ()
            return
        earliest, latest = window(shift, index)
        if index:
            earliest, latest = max(earliest, ended + least), min(latest, ended + most)
        earliest += -earliest % step_min
        for start in range(earliest, latest + 1, step_min):
            for rest in follow(index + 1, start + shift.breaks[index].length_min):
                yield (start, *rest)

    if shift.breaks or not unspaced(shift, (), shift.length_min):
        yield from follow(0, 0)


def check_breaks(shift: ShiftType, step_min: int) -> None:
    """Raise BadInput if the breaks of a shift type can never all be placed."""
    if next(placements(shift, step_min), None) is not None:
        return
    if not shift.breaks:
        raise BadInput(
            f"shift {shift.code!r}: it lasts {shift.length_min} min without a break, allowed are "
            f"{shift.most_without_break_min} min; give it a break, or raise "
            "rules.most_without_break_h"
        )
    least, most = gap(shift)
    if shift.least_before_break_min or least or most < shift.length_min:
        raise BadInput(
            f"shift {shift.code!r}: its {len(shift.breaks)} breaks cannot be placed in their "
            f"windows with at least {shift.least_before_break_min} min of work before the first, "
            f"at least {least} min between two and at most {most} min without one (shift type and "
            "labour rules together); widen a window or relax one of these"
        )
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
    at offset o, F_b(o) = v_b(o) + max over o' of F_{b-1}(o') where the gap o - o' - length_{b-1}
    is one that the spacing allows.

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
    least, most = (-(-gap(shift)[0] // step_min), gap(shift)[1] // step_min)
    for index, rule in enumerate(shift.breaks):
        earliest, latest = window(shift, index)
        offsets = np.arange(-(-earliest // step_min), latest // step_min + 1)
        first = at[:, None] + offsets[None, :]
        value = cumulated[np.minimum(first + rule.length_min // step_min, last)]
        value = value - cumulated[np.minimum(first, last)]
        if index:
            length = shift.breaks[index - 1].length_min // step_min
            value = value + _before(tables[-1], offsets - length - most, offsets - length - least)
        tables.append((value, offsets))
    starts = np.zeros((len(at), len(shift.breaks)), dtype=np.int64)
    limit = np.full(len(at), np.iinfo(np.int32).max)
    saved = np.zeros(len(at))
    for index in range(len(shift.breaks) - 1, -1, -1):
        value, offsets = tables[index]
        left = limit[:, None] - offsets[None, :] - shift.breaks[index].length_min // step_min
        final = index == len(shift.breaks) - 1
        allowed = np.where((left >= least) & ((left <= most) | final), value, -np.inf)
        chosen = allowed.argmax(axis=1)
        if index == len(shift.breaks) - 1:
            saved = allowed[np.arange(len(at)), chosen]
        limit = offsets[chosen]
        starts[:, index] = limit * step_min
    return BestBreaks(saved, starts)


def _before(table: tuple[np.ndarray, np.ndarray], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return the best value of the break before, begun at offsets from `low` to `high`."""
    value, offsets = table
    if (low <= offsets[0]).all():  # no most: a running maximum does
        reach = np.minimum(high - offsets[0], len(offsets) - 1)
        best = np.maximum.accumulate(value, axis=1)
        return np.where(reach >= 0, best[:, np.maximum(reach, 0)], -np.inf)
    fits = (offsets[:, None] >= low[None, :]) & (offsets[:, None] <= high[None, :])
    return np.where(fits[None, :, :], value[:, :, None], -np.inf).max(axis=1)
