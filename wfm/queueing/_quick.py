"""Which queues can be sized the short way: one service level, unlimited lines?

Answers equal those of the exact kernel: where the short way is not sure, the exact one decides.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.queueing._arguments import is_plain, numbers
from wfm.queueing._threads import share
from wfm.scenario import SlRule, Target

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

RULES = (SlRule.SL1, SlRule.SL2, SlRule.SL3, SlRule.SL4, SlRule.VIRTUAL)
LEAST = 16_384  # queues a part: about half a millisecond of work


def quick_agents(
    queue: dict[str, ArrayLike], target: Target, exact: Callable[[dict[str, Floats]], Floats | None]
) -> Whole | None:
    """Return the least whole agents, or None where the long way has to answer or to refuse.

    `queue` holds volume, aht_s, interval_s, patience_s and lines; `exact` answers the queues on
    which the short way is not sure, and may return None.
    """
    if not _suits(target) or not _endless(queue["lines"]):
        return None
    impatient = target.abandonment is not None or target.rule not in RULES
    if impatient and not _all_patient(queue["patience_s"]):
        return None
    flat = {name: _flat(name, queue[name]) for name in ORDER}
    try:
        shape = np.broadcast_shapes(*(a.shape for a in flat.values()))
    except ValueError:
        return None
    for name, a in flat.items():
        if a.size != 1 and a.shape != shape:
            a = np.broadcast_to(a, shape).copy()  # noqa: PLW2901
        flat[name] = a.reshape(-1)
    answer = np.empty(math.prod(shape), dtype=np.int64)
    if not _solve(flat, target, answer):
        return None
    unsure = np.flatnonzero(answer < 0)
    if unsure.size:
        part = {name: a if a.size == 1 else a[unsure] for name, a in flat.items()}
        decided = exact(part)
        if decided is None:
            return None
        answer[unsure] = decided
    return answer.reshape(shape)


ORDER = ("volume", "aht_s", "interval_s", "patience_s")


def _suits(target: Target) -> bool:
    if not isinstance(target, Target) or target.service_level is None:
        return False
    # Without a limit on lines nothing is blocked: every limit on blocking holds.
    return (
        target.asa_s is None
        and 1e-6 <= target.service_level <= 1 - 1e-6
        and (target.occupancy is None or 1e-3 <= target.occupancy <= 1)
    )


def _endless(lines: ArrayLike) -> bool:
    return type(lines) is float and lines == math.inf


def _all_patient(patience_s: ArrayLike) -> bool:
    """Whether nobody leaves: then all rules are one, and limits on abandonment always hold."""
    return type(patience_s) is float and patience_s == math.inf


def _flat(name: str, value: ArrayLike) -> Floats:
    if is_plain(value):
        return np.array(value, dtype=np.float64)
    if type(value) is not np.ndarray or value.dtype != np.float64:
        value = numbers(**{name: value})[name]
    # numba compiles anew for arrays that are read-only or not contiguous.
    return np.require(value, requirements=("C", "A", "W"))


def _solve(flat: dict[str, Floats], target: Target, answer: Whole) -> bool:
    """Fill `answer`; False where some element is not a queue."""
    from wfm.queueing._kernels_quick import WRONG
    from wfm.queueing._kernels_quick_a import quick_a
    from wfm.queueing._kernels_quick_c import quick_c

    volume, aht, interval, patience = (flat[name] for name in ORDER)
    occupancy = 1.0 if target.occupancy is None else float(target.occupancy)
    level, awt_s = float(target.service_level or 0.0), float(target.awt_s)
    patient = patience == math.inf
    all_patient = bool(patient.all())
    if patient.any() and not all_patient:  # each kind on its own
        for mask in (patient, ~patient):
            part = {name: a if a.size == 1 else a[mask] for name, a in flat.items()}
            some = np.empty(int(mask.sum()), dtype=np.int64)
            if not _solve(part, target, some):
                return False
            answer[mask] = some
        return True
    mix = NO_MIX if all_patient else _mix(target.rule, level)

    def work(first: int, last: int) -> None:
        if all_patient:
            quick_c(volume, aht, interval, awt_s, level, occupancy, first, last, answer)
        else:
            quick_a(
                volume, aht, interval, patience, awt_s, mix, level, occupancy, first, last, answer
            )

    if not all_patient and not 0.02 <= level <= (0.98 if target.rule == SlRule.SL3 else 1.0):
        return False  # a share that is a difference would be small
    share(work, size=answer.size, least=LEAST)
    return not (answer == WRONG).any()


NO_MIX = np.zeros(6)


def _mix(rule: SlRule, level: float) -> Floats:
    """What `rule` counts as missed, and among whom: weights for `_kernels_quick_a.quick_a`."""
    weights = {
        SlRule.SL1: (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        SlRule.SL2: (0.0, 0.0, level, 0.0, 0.0, 1.0),
        SlRule.SL3: (0.0, 0.0, 0.0, 1.0, 1.0, 0.0),
        SlRule.SL4: (level, 0.0, 0.0, 0.0, 0.0, 1.0),
        SlRule.VIRTUAL: (0.0, 1.0, 0.0, 0.0, 1.0, 0.0),
    }
    return np.array(weights[rule])
