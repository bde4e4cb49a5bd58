"""What is the fewest whole number that is enough, for many queues at once?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]


def fewest_from(
    enough: Callable[[Floats, Places], Flags], least: Floats, most: Floats
) -> tuple[Floats, Flags]:
    """Return the fewest agents n >= least with enough(n), and where even `most` are not.

    Steps of 1, 2, 4 ... up from `least`, then halving of the last step; only queues still open are
    asked for.

    Parameters
    ----------
    enough : callable
        Of agents, shape (k,), and the places, shape (k,), of these queues; once true, true for
        more agents too.
    least : array, shape (N,)
        Whole numbers that no answer falls below; 0 where nothing comes, and then the answer.
    most : array, shape (N,)
        Whole numbers that are not passed.
    """
    answer, failed = least.copy(), np.zeros(least.size, dtype=bool)
    at = np.flatnonzero(least > 0)
    missed, step = least[at] - 1.0, 1.0
    low, high = least.copy(), least.copy()
    while at.size:
        tried = np.minimum(missed + step, most[at])
        good = enough(tried, at)
        low[at], high[at] = missed, tried
        stuck = ~good & (tried >= most[at])
        failed[at[stuck]] = True
        open_ = ~good & ~stuck
        at, missed, step = at[open_], tried[open_], 2.0 * step
    at = np.flatnonzero((high - low > 1) & ~failed & (least > 0))
    while at.size:
        middle = np.floor(0.5 * (low[at] + high[at]))
        good = enough(middle, at)
        high[at], low[at] = np.where(good, middle, high[at]), np.where(good, low[at], middle)
        at = at[high[at] - low[at] > 1]
    answer = np.where(least > 0, high, answer)
    return answer, failed
