"""Which limits does a target set, and can they be met at all?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.queueing import _kernels_agents as kernels
from wfm.scenario import SlRule, Target

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_CODE = {rule: float(i) for i, rule in enumerate(SlRule, start=1)}
_COLUMN = {
    "service_level": kernels.SL, "asa_s": kernels.ASA, "abandonment": kernels.AB,
    "occupancy": kernels.OCC, "blocking": kernels.BLK,
}  # fmt: skip


def limits_of(
    target: Target, volume: Floats, patience_s: Floats, lines: Floats,
    *, shape: tuple[int, ...] | None = None,
) -> tuple[Floats, Flags]:  # fmt: skip
    """Return the kernel's limits, a row a queue, and where only agents = lines can meet them.

    `shape` is that of the caller's arrays, for an index in an error.

    A limit at its very end (service level 1, a mean wait or abandonment of 0) is approached but
    never reached by adding agents; rounding would hide that, so it is decided here.
    """
    if not isinstance(target, Target):
        raise BadInput(f"target: expected a wfm.scenario.Target, got {type(target).__name__}")
    given = [name for name in _COLUMN if getattr(target, name) is not None]
    if not given:
        raise BadInput(
            "target: no limit is given; set at least one of service_level, asa_s, abandonment, "
            "occupancy, blocking"
        )
    limits = np.full((volume.size, 6), math.nan)
    limits[:, kernels.RULE] = _CODE[target.rule]
    full = np.zeros(volume.size, dtype=bool)
    busy = volume > 0
    for name in given:
        column = limits[:, _COLUMN[name]]
        column[:] = getattr(target, name)
        always, nobody_waits, never = _at_the_end(target, name, patience_s, lines)
        column[always] = math.nan
        full |= nobody_waits
        _refuse_end(target, name, (never & busy).reshape(shape or busy.shape))
    return limits, full


def _at_the_end(
    target: Target, name: str, patience_s: Floats, lines: Floats
) -> tuple[Flags, Flags, Flags]:
    """Where the limit `name` always holds, holds only if nobody can wait, and never holds."""
    nowhere = np.zeros(lines.size, dtype=bool)
    finite, patient = np.isfinite(lines), np.isinf(patience_s)
    value = getattr(target, name)
    cases = {
        ("service_level", 0.0): (~nowhere, nowhere, nowhere),
        ("asa_s", 0.0): (nowhere, finite, ~finite),
        ("asa_s", math.inf): (~nowhere, nowhere, nowhere),
        ("abandonment", 0.0): (patient, finite & ~patient, ~finite & ~patient),
        ("occupancy", 0.0): (nowhere, nowhere, ~nowhere),
        ("blocking", 0.0): (~finite, nowhere, finite),
    }
    if name == "service_level" and value == 1:
        # Only SL2 and virtual are shares of the contacts that were not blocked.
        accepted = target.rule in (SlRule.SL2, SlRule.VIRTUAL)
        always = nowhere
        if math.isinf(target.awt_s):
            in_the_end = accepted or target.rule in (SlRule.SL1, SlRule.SL4)
            always = (patient | in_the_end) & (~finite | accepted)
        nobody_waits = finite & ~always & accepted
        return always, nobody_waits, ~always & ~nobody_waits
    return cases.get((name, value), (nowhere, nowhere, nowhere))


_WHY = {
    "service_level": "some contacts always wait longer, leave or are blocked; ask for less than 1",
    "asa_s": "some contacts always wait; ask for more than 0 seconds",
    "abandonment": "with finite patience some contacts always leave; ask for more than 0",
    "occupancy": "somebody works wherever contacts come; ask for more than 0",
    "blocking": "with a finite number of lines some contacts are always lost; ask for more than 0",
}


def _refuse_end(target: Target, name: str, never: Flags) -> None:
    if never.any():
        raise BadInput(
            f"target: {name} {getattr(target, name):g} cannot be met by any number of agents"
            f"{_where(never)}: {_WHY[name]}"
        )


def refuse_target(target: Target, reached: dict[str, float], most: float, failed: Flags) -> None:
    """Raise BadInput for limits that fail even with `most` agents; `reached` is what those give."""
    misses = []
    for name, value in reached.items():
        limit = getattr(target, name)
        if limit is not None and (value < limit if name == "service_level" else value > limit):
            misses.append(f"{name} reaches {value:.6g}, the limit is {limit:g}")
    what = "; ".join(misses) or "the limits exclude each other"
    raise BadInput(
        f"target: cannot be met{_where(failed)}: with {most:g} agents, which is as many as there "
        f"can be, {what}; relax the limit, or add lines where they are limited"
    )


def _where(bad: Flags) -> str:
    if not bad.ndim:
        return ""
    first = tuple(int(i) for i in np.argwhere(bad)[0])
    where = first[0] if len(first) == 1 else first
    return f" (first at index {where}, {int(bad.sum())} of {bad.size} elements)"
