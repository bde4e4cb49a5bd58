"""How many whole agents does work with a deadline need, and what share of it is on time?

Work is fluid and served first in, first out; what comes in an interval can be done in it.
Amounts are in agent-intervals: what one agent does in one interval.
"""

from __future__ import annotations

import math

import numpy as np

# Work is summed over weeks of intervals; anything below this share of an agent is rounding.
ROUNDING = 1e-9


def lag(awt_s: float, interval_s: float) -> int:
    """Return how many intervals work has: what comes in interval i is due at the end of i+lag-1."""
    return max(1, int(awt_s / interval_s + ROUNDING))


def whole_agents(
    planned: np.ndarray, come: np.ndarray, *, intervals: int, share: float
) -> np.ndarray:
    """Return whole agents that follow a real-valued plan of work and keep every deadline.

    Rounding each interval up would staff 1.3 agents by 2 all day, although the work can wait. Here
    the work done may fall behind the plan by less than one agent-interval, never behind a
    deadline; what is done ahead lowers the next interval, and nothing is done before it has come.

    Parameters
    ----------
    planned, come : array, shape (T,)
        Work planned and work coming in each interval; planned never runs ahead of come.
    intervals : int
        See `lag`.
    share : float
        Part of an agent's interval that goes into work, above 0 and at most 1.

    Returns
    -------
    int64 array, shape (T,)

    Examples
    --------
    >>> whole_agents(np.full(6, 1.3), np.full(6, 1.3), intervals=4, share=1.0).tolist()
    [1, 1, 1, 2, 1, 2]
    """
    total = np.cumsum(come)
    due = np.concatenate([np.zeros(min(intervals - 1, len(come))), total])[: len(come)]
    due[-1:] = total[-1:]
    least = np.maximum(due, np.cumsum(planned) - 1.0)
    agents, done = np.zeros(len(come), np.int64), 0.0
    for i in range(len(come)):
        needed = math.ceil((least[i] - done) / share - ROUNDING)
        busy = math.floor((total[i] - done) / share + ROUNDING)  # more would stand idle
        agents[i] = max(0, needed, min(round(planned[i] / share), busy))
        done = min(done + agents[i] * share, total[i])
    return agents


def on_time(agents: np.ndarray, come: np.ndarray, *, intervals: int) -> np.ndarray:
    """Return, for each interval of arrival, the share of its work that is done by its deadline.

    Parameters
    ----------
    agents, come : array, shape (T,)
        Working agents, and work coming, of each interval.
    intervals : int
        See `lag`.

    Returns
    -------
    float64 array, shape (T,)
        1 where nothing comes.
    """
    total = np.cumsum(come)
    done, finished = 0.0, np.empty(len(total))
    for i, capacity in enumerate(agents):
        done = min(done + capacity, total[i])
        finished[i] = done
    due = np.minimum(np.arange(len(total)) + intervals - 1, len(total) - 1)
    before = np.concatenate([[0.0], total[:-1]])
    amount = total - before
    served = np.clip(finished[due] - before, 0, amount)
    share = np.divide(served, amount, out=np.ones_like(total), where=amount > ROUNDING)
    return np.where(share > 1 - ROUNDING, 1.0, share)
