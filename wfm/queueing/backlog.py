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
    planned: np.ndarray,
    come: np.ndarray,
    *,
    intervals: int,
    share: float,
    most: np.ndarray | None = None,
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
    most : int array, shape (T,), optional
        Agents there can be in each interval, enough to keep every deadline with all of them.

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
    if most is not None:
        # What must be done by now so that those who can come later finish the rest in time.
        for i in range(len(come) - 2, -1, -1):
            due[i] = max(due[i], due[i + 1] - most[i + 1] * share)
    agents, done = np.zeros(len(come), np.int64), 0.0
    for i in range(len(come)):
        needed = math.ceil((least[i] - done) / share - ROUNDING)
        busy = math.floor((total[i] - done) / share + ROUNDING)  # more would stand idle
        agents[i] = max(0, needed, min(round(planned[i] / share), busy))
        if most is not None:
            urgent = math.ceil((due[i] - done) / share - ROUNDING)
            agents[i] = max(0, urgent, min(agents[i], most[i]))
        done = min(done + agents[i] * share, total[i])
    return agents


def work_done(capacity: np.ndarray, come: np.ndarray) -> np.ndarray:
    """Return the work done in each interval, agent-intervals, where `capacity` could be done.

    Examples
    --------
    >>> work_done(np.array([2.0, 2.0]), np.array([3.0, 0.0])).tolist()
    [2.0, 1.0]
    """
    total = np.cumsum(come)
    out, done = np.zeros(len(come)), 0.0
    for i in range(len(come)):
        out[i] = min(capacity[i], total[i] - done)
        done += out[i]
    return out


def on_time(agents: np.ndarray, come: np.ndarray, *, intervals: int) -> np.ndarray:
    """Return, for each interval of arrival, the share of its work that is done by its deadline.

    Parameters
    ----------
    agents : array, shape (..., T)
        Working agents of each interval.
    come : array, shape (T,)
        Work coming in each.
    intervals : int
        See `lag`.

    Returns
    -------
    float64 array, shape (..., T)
        1 where nothing comes.
    """
    total = np.cumsum(come)
    done, finished = np.zeros(agents.shape[:-1]), np.empty(agents.shape)
    for i in range(len(total)):
        done = np.minimum(done + agents[..., i], total[i])
        finished[..., i] = done
    due = np.minimum(np.arange(len(total)) + intervals - 1, len(total) - 1)
    before = np.concatenate([[0.0], total[:-1]])
    amount = total - before
    served = np.clip(finished[..., due] - before, 0, amount)
    share = np.divide(served, amount, out=np.ones_like(served), where=amount > ROUNDING)
    return np.where(share > 1 - ROUNDING, 1.0, share)
