"""Which service level can be bought for which money? The frontier of the two objectives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import broadcast
from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.scenario import SlRule

__all__ = ["Frontier", "frontier"]

Floats = NDArray[np.float64]
_CLOSE = 1e-12


@dataclass(frozen=True, eq=False)
class Frontier:
    """Efficient points, cheapest first: none has a better service level for the same money.

    Attributes
    ----------
    cost : float64 array, shape (points,)
        Money for all intervals.
    service_level : float64 array, shape (points,)
        Predicted share of all offered contacts answered in time.
    agents : int64 array, shape (points, intervals)
    cost_per_point : float64 array, shape (points,)
        Money for one more percentage point, from the point before; NaN for the first.
    """

    cost: Floats
    service_level: Floats
    agents: NDArray[np.int64]
    cost_per_point: Floats

    def at(self, service_level: float) -> int:
        """Return the first point that reaches `service_level`."""
        reach = np.flatnonzero(self.service_level >= service_level)
        if not reach.size:
            raise BadInput(
                f"frontier: {service_level:g} is beyond its end {self.service_level[-1]:.4f}; "
                "allow more agents"
            )
        return int(reach[0])


def frontier(
    volume: ArrayLike,
    aht_s: ArrayLike,
    *,
    agent_cost_h: float,
    awt_s: float = 20.0,
    rule: str = "SL4",
    interval_s: float = 1800.0,
    patience_s: float = np.inf,
    spare: int = 20,
) -> Frontier:
    """Return the efficient frontier of service level and cost over a day of intervals.

    For every number of agent-intervals the split over the intervals that answers most contacts in
    time, by dynamic programming: exact, so nothing better exists for the same cost.

    Parameters
    ----------
    volume, aht_s : array_like, shape (intervals,)
        Offered contacts and handle time, seconds.
    agent_cost_h : float
        Price of one agent on seat for an hour, > 0 (paid cost over 1 - shrinkage).
    awt_s, rule, patience_s
        As in `wfm.scenario.Target` and `erlang.performance`; contacts in time are volume x
        p_answered_within(rule).
    interval_s : float
    spare : int
        Agents tried above the load.

    Returns
    -------
    Frontier
        It may starve a quiet interval; set a floor for each with `requirement.size`.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> got = frontier([100, 40], [180, 180], agent_cost_h=30)
    >>> got.agents[got.at(0.8)].tolist()
    [14, 6]
    """
    v, a = broadcast(volume=volume, aht_s=aht_s)
    v, a = np.atleast_1d(v).astype(float), np.atleast_1d(a).astype(float)
    if v.ndim != 1 or not (np.isfinite(v).all() and (v >= 0).all() and v.sum() > 0):
        raise BadInput("frontier: volumes are finite, >= 0 and not all 0, one an interval")
    if not (agent_cost_h > 0 and spare >= 1):
        raise BadInput(
            f"frontier: agent_cost_h > 0 and spare >= 1, got {agent_cost_h!r}, {spare!r}"
        )
    options = []
    for calls, handle_s in zip(v, a, strict=True):
        if calls == 0:
            options.append(np.zeros(1))
            continue
        n = np.arange(1, int(np.ceil(calls * handle_s / interval_s)) + spare + 1)
        got = erlang.performance(
            calls, handle_s, n, interval_s=interval_s, patience_s=patience_s, awt_s=awt_s
        )
        options.append(np.append(0.0, calls * np.asarray(got.p_answered_within(SlRule(rule)))))
    served, agents = _best(options)
    ahead = np.append(-1.0, np.maximum.accumulate(served)[:-1])
    good = served > ahead + _CLOSE * v.sum()
    served, agents = served[good], agents[good]
    cost, level = agent_cost_h * interval_s / 3600 * agents.sum(axis=1), served / v.sum()
    slope = np.append(np.nan, np.diff(cost) / (np.diff(level) * 100))
    return Frontier(cost, level, agents, slope)


def _best(options: list[Floats]) -> tuple[Floats, NDArray[np.int64]]:
    """Return for each total of agents the most contacts served, and who stands where."""
    best, choices = np.zeros(1), []
    for served in options:
        new = np.full(len(best) + len(served) - 1, -np.inf)
        choice = np.zeros(len(new), np.int64)
        for k, value in enumerate(served):
            part = slice(k, k + len(best))
            better = best + value > new[part]
            new[part] = np.where(better, best + value, new[part])
            choice[part] = np.where(better, k, choice[part])
        best = new
        choices.append(choice)
    left = np.arange(len(best))
    agents = np.zeros((len(best), len(options)), np.int64)
    for i in reversed(range(len(options))):
        agents[:, i] = choices[i][left]
        left = left - agents[:, i]
    return best, agents
