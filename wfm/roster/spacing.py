"""How much work lies before, between and after the breaks of a shift?

A shift type says it (`ShiftType.least_before_break_min` and the fields after it), and so do the
labour rules; the stricter holds. The first and the last limit are narrower windows (`window`), the
ones between two breaks a range of gaps (`gap`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from wfm.labour import LabourRules
from wfm.timegrid import MINUTES_A_DAY
from wfm.workforce import BreakRule, ShiftType


def spaced(shift: ShiftType, law: LabourRules) -> ShiftType:
    """Return a shift type with the spacing of breaks that the labour rules ask for as well.

    An on-call duty gets one break all through: its person is never on seat.
    """
    if shift.on_call:
        return replace(shift, breaks=(BreakRule("on call", shift.length_min, 0, 0),))
    before = max(shift.least_before_break_min, math.ceil(60 * law.least_before_break_h - 1e-6))
    between = max(shift.least_between_breaks_min, math.ceil(60 * law.least_between_breaks_h - 1e-6))
    most = min(shift.most_without_break_min, math.floor(60 * law.most_without_break_h + 1e-6))
    told = (shift.least_before_break_min, shift.most_without_break_min)
    if (before, most) == told and between == shift.least_between_breaks_min:
        return shift
    return replace(
        shift, least_before_break_min=before, most_without_break_min=most,
        least_between_breaks_min=between,
    )  # fmt: skip


def window(shift: ShiftType, index: int) -> tuple[int, int]:
    """Return the earliest and latest start of a break, the work before and behind it counted.

    Both are minutes after the start of the shift; they may contradict each other.
    """
    rule = shift.breaks[index]
    earliest, latest = rule.earliest_min, rule.latest_min
    if index == 0:
        earliest = max(earliest, shift.least_before_break_min)
        latest = min(latest, shift.most_without_break_min)
    if index == len(shift.breaks) - 1:
        left = shift.length_min - rule.length_min - shift.most_without_break_min
        earliest = max(earliest, left)
    return earliest, latest


def offsets_of(shift: ShiftType, index: int, step_min: int) -> range:
    """Return the starts of a break on the grid, minutes after the start of the shift."""
    earliest, latest = window(shift, index)
    return range(earliest + -earliest % step_min, latest + 1, step_min)


def gap(shift: ShiftType) -> tuple[int, int]:
    """Return least and most minutes between the end of a break and the start of the next."""
    return shift.least_between_breaks_min, shift.most_without_break_min


def unspaced(shift: ShiftType, breaks: Sequence[tuple[int, int]], length_min: int) -> str:
    """Return what is wrong with the work around some breaks; empty if nothing.

    Parameters
    ----------
    shift : ShiftType
    breaks : sequence of (int, int)
        First minute and the one after the last of each, after the start of the shift, in order.
    length_min : int
        Minutes from the start of the shift to its end.
    """
    most = shift.most_without_break_min
    edges = [(0, 0), *breaks, (length_min, length_min)]
    for at, (before, behind) in enumerate(pairwise(edges)):
        work = behind[0] - before[1]
        least = 0
        if at < len(breaks):
            least = shift.least_between_breaks_min if at else shift.least_before_break_min
        if work < least and at == 0:
            return f"expected at least {least} min of work before the first break, got {work}"
        if work < least:
            return f"expected at least {least} min between two breaks, got {work}"
        if work > most:
            return f"expected at most {most} min without a break, got {work}"
    return ""


def unlimited(shift: ShiftType) -> bool:
    """Return whether windows and order alone say where breaks may be."""
    return (
        shift.least_before_break_min == shift.least_between_breaks_min == 0
        and shift.most_without_break_min >= MINUTES_A_DAY
    )
