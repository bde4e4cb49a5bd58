"""How many agents are cheapest when waiting has a price, and what does one big group save?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.queueing._arguments import broadcast, numbers, queue_arguments, refuse
from wfm.scenario import Target

__all__ = ["Cheapest", "Pooling", "cheapest_agents", "cost_per_hour", "pooling"]

Floats = NDArray[np.float64]
_HOUR_S = 3600.0
_ROUNDING = 1e-9
_WIDEST = 64  # agents tried at once for one queue


@dataclass(frozen=True, eq=False)
class Cheapest:
    """The staffing with the lowest cost.

    Attributes
    ----------
    agents : array of int64
        Agents on seat; the fewest, where several cost the same.
    cost_h : array
        Cost of one hour with them, in the money of the arguments.
    one_fewer_h, one_more_h : array
        Cost of one hour with one agent fewer (infinite where that has no bounded queue) and more.
    """

    agents: NDArray[np.int64]
    cost_h: Floats
    one_fewer_h: Floats
    one_more_h: Floats


@dataclass(frozen=True)
class Pooling:
    """Agents for queues served apart and by one group.

    Attributes
    ----------
    apart : int64 array, shape (queues,)
        Fewest agents of each queue by itself.
    together : int
        Fewest agents of one group for all.
    saved : int
        Agents saved by pooling.
    occupancy_apart, occupancy_together : float
        Share of agents' time spent on contacts, over all groups.
    """

    apart: NDArray[np.int64]
    together: int
    saved: int
    occupancy_apart: float
    occupancy_together: float


def cost_per_hour(
    volume: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    *,
    agent_cost_h: ArrayLike,
    wait_cost_h: ArrayLike,
    abandon_cost: ArrayLike = 0.0,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
) -> Floats:
    """Return what an hour costs: agents, waiting, and contacts lost.

    agent_cost_h n + wait_cost_h E[queue] + abandon_cost x contacts that leave or are blocked an
    hour.

    Parameters
    ----------
    volume, aht_s, agents, interval_s, patience_s, lines : array_like
        As in `erlang.performance`.
    agent_cost_h : array_like
        Price of one agent on seat for an hour, > 0 (paid cost over 1 - shrinkage).
    wait_cost_h : array_like
        Price of one hour that one customer waits, >= 0.
    abandon_cost : array_like
        Price of one contact that leaves or finds every line taken, >= 0.

    Returns
    -------
    float64 array
        Infinite where the queue grows without end and waiting has a price.

    Raises
    ------
    BadInput
        For bad values.

    Examples
    --------
    >>> round(float(cost_per_hour(100, 180, 14, agent_cost_h=30, wait_cost_h=60)), 6)
    446.11979
    """
    prices = _prices(agent_cost_h, wait_cost_h, abandon_cost)
    got = erlang.performance(
        volume, aht_s, agents, interval_s=interval_s, patience_s=patience_s, lines=lines
    )
    on_seat = numbers(agents=agents)["agents"]
    rate_h = _HOUR_S * np.asarray(volume, np.float64) / np.asarray(interval_s, np.float64)
    lost = prices["abandon_cost"] * rate_h * (got.p_abandon + got.p_block)
    waiting = np.asarray(got.mean_queue)
    with np.errstate(invalid="ignore"):
        paid = np.where(prices["wait_cost_h"] > 0, prices["wait_cost_h"] * waiting, 0.0)
    endless = np.isinf(np.asarray(got.mean_wait_s)) & (rate_h > 0) & (prices["wait_cost_h"] > 0)
    return np.where(endless, math.inf, prices["agent_cost_h"] * on_seat + paid + lost)[()]


def cheapest_agents(
    volume: ArrayLike,
    aht_s: ArrayLike,
    *,
    agent_cost_h: ArrayLike,
    wait_cost_h: ArrayLike,
    abandon_cost: ArrayLike = 0.0,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
) -> Cheapest:
    """Return the number of agents with the lowest cost per hour.

    Every number of agents whose wages alone do not pass the best cost is tried, so the answer is
    the cheapest one also where cost has several valleys (patience below handle time).

    Parameters
    ----------
    volume, aht_s, interval_s, patience_s, lines, agent_cost_h, wait_cost_h, abandon_cost
        As in `cost_per_hour`. Without patience and with unlimited lines the queue must stay
        bounded, whatever waiting costs; otherwise nobody at all may be the cheapest answer.

    Returns
    -------
    Cheapest
        Of the broadcast shape.

    Raises
    ------
    BadInput
        For bad values.

    Notes
    -----
    The price of waiting is a judgement, not a measurement; show the costs of one agent more and
    less beside the answer. Source: Grassmann, "Finding the right number of servers in real-world
    queuing systems", Interfaces 18 (1988); mean queues are convex in agents (Dyer and Proll 1977).

    Examples
    --------
    >>> best = cheapest_agents(100, 180, agent_cost_h=30, wait_cost_h=60)
    >>> int(best.agents), round(float(best.one_fewer_h), 2), round(float(best.one_more_h), 2)
    (14, 447.05, 462.25)
    """
    queue = queue_arguments(
        volume=volume, aht_s=aht_s, interval_s=interval_s, patience_s=patience_s, lines=lines
    )
    arrays = broadcast({**queue, **_prices(agent_cost_h, wait_cost_h, abandon_cost)})
    shape = arrays["volume"].shape
    agents, costs = _cheapest({name: value.ravel() for name, value in arrays.items()})
    fewer, best, more = (costs[j].reshape(shape)[()] for j in range(3))
    return Cheapest(agents.reshape(shape)[()], best, fewer, more)


def pooling(
    volume: ArrayLike,
    aht_s: ArrayLike,
    target: Target,
    *,
    interval_s: float = 1800.0,
    patience_s: float = math.inf,
) -> Pooling:
    """Return how many agents queues need apart and in one group.

    Parameters
    ----------
    volume : array_like, shape (queues,)
        Contacts of each queue in one interval.
    aht_s : array_like
        Seconds, a number or one a queue; the group has their mean, weighted by contacts.
    target : Target
        The same for each queue and for the group.
    interval_s, patience_s : float
        Seconds, the same for all.

    Returns
    -------
    Pooling

    Raises
    ------
    BadInput
        For bad values.

    Notes
    -----
    The group's agents have every skill and are as fast as specialists: an upper bound of what
    pooling saves. A few percent of longer handle time for generalists can eat all of it.

    Source: Smith and Whitt, "Resource sharing for efficiency in traffic systems", Bell System
    Technical Journal 60 (1981).

    Examples
    --------
    >>> p = pooling([100, 100], 180, Target(0.80, awt_s=20))
    >>> p.apart.tolist(), p.together, p.saved
    ([14, 14], 24, 4)
    """
    queue = queue_arguments(volume=volume, aht_s=aht_s)
    arrays = broadcast(queue)
    if arrays["volume"].ndim != 1:
        raise BadInput(
            f"volume: expected a list, one number a queue; got shape {arrays['volume'].shape}"
        )
    times = {"interval_s": interval_s, "patience_s": patience_s}
    apart = np.asarray(erlang.fewest_agents(arrays["volume"], arrays["aht_s"], target, **times))
    total = arrays["volume"].sum()
    work = (arrays["volume"] * arrays["aht_s"]).sum()
    mean_aht = work / total if total > 0 else 0.0
    together = int(erlang.fewest_agents(total, mean_aht, target, **times))
    busy = [
        erlang.performance(v, s, n, **times).occupancy * n
        for v, s, n in zip(arrays["volume"], arrays["aht_s"], apart, strict=True)
    ]
    group = erlang.performance(total, mean_aht, together, **times).occupancy
    return Pooling(
        apart=apart,
        together=together,
        saved=int(apart.sum()) - together,
        occupancy_apart=float(sum(busy) / max(int(apart.sum()), 1)),
        occupancy_together=float(group),
    )


def _cheapest(all_: dict[str, Floats]) -> tuple[NDArray[np.int64], Floats]:
    """The cheapest agents of each queue; costs of one fewer, of them, and of one more."""
    load = all_["volume"] * all_["aht_s"] / all_["interval_s"]
    price, most = all_["agent_cost_h"], np.floor(all_["lines"])
    bounded = np.isfinite(all_["patience_s"]) | np.isfinite(all_["lines"])
    least = np.where(bounded | (load == 0), 0.0, np.floor(load) + 1)

    def costs(at: NDArray[np.intp], n: Floats) -> Floats:
        return np.asarray(cost_per_hour(agents=n, **{k: v[at] for k, v in all_.items()}))

    # A good number of agents first: its cost bounds how many more could still be cheaper.
    every: NDArray[np.intp] = np.arange(load.size)
    chosen = np.minimum(most, np.maximum(least, np.ceil(load + np.sqrt(load))))
    lowest = costs(every, chosen)
    first, width = np.maximum(least, _too_few(all_, load, lowest)), 4
    open_ = every
    while open_.size:
        last = np.minimum(most[open_], np.floor(lowest[open_] / price[open_]))
        inside = first[open_] <= last
        open_, last = open_[inside], last[inside]
        n: Floats = first[open_][:, None] + np.arange(width)
        n = np.minimum(n, last[:, None])
        tried = costs(np.repeat(open_, width), n.ravel()).reshape(n.shape)
        at = np.argmin(tried, axis=1)
        value, number = tried[np.arange(at.size), at], n[np.arange(at.size), at]
        better = (value < lowest[open_]) | ((value == lowest[open_]) & (number < chosen[open_]))
        chosen[open_] = np.where(better, number, chosen[open_])
        lowest[open_] = np.where(better, value, lowest[open_])
        first[open_], width = first[open_] + width, min(2 * width, _WIDEST)
    fewer, more = np.full(load.size, math.inf), np.full(load.size, math.inf)
    some, room = np.flatnonzero(chosen > least), np.flatnonzero(chosen + 1 <= most)
    fewer[some], more[room] = costs(some, chosen[some] - 1), costs(room, chosen[room] + 1)
    return chosen.astype(np.int64), np.stack([fewer, lowest, more])


def _too_few(all_: dict[str, Floats], load: Floats, best: Floats) -> Floats:
    """Agents below which wages and the contacts that must be lost cost more than `best`.

    Of `load` erlangs n agents serve at most n: the rest leaves, after a whole patience waited on
    average, or is blocked.
    """
    served_h = _HOUR_S / np.where(all_["aht_s"] > 0, all_["aht_s"], 1.0)
    waited = np.where(np.isfinite(all_["lines"]), 0.0, all_["patience_s"]) / _HOUR_S
    with np.errstate(invalid="ignore", divide="ignore"):
        each = all_["abandon_cost"] + np.where(
            all_["wait_cost_h"] > 0, all_["wait_cost_h"] * waited, 0.0
        )
        lost = each * served_h
        few = (lost * load - best) / (lost - all_["agent_cost_h"])
    few = np.where((lost > all_["agent_cost_h"]) & np.isfinite(few), few, 0.0)
    return np.clip(np.floor(few * (1 - _ROUNDING)), 0.0, None)


def _prices(
    agent_cost_h: ArrayLike, wait_cost_h: ArrayLike, abandon_cost: ArrayLike
) -> dict[str, Floats]:
    prices = numbers(
        agent_cost_h=agent_cost_h, wait_cost_h=wait_cost_h, abandon_cost=abandon_cost
    )  # fmt: skip
    for name, value in prices.items():
        least = value > 0 if name == "agent_cost_h" else value >= 0
        expected = f"finite money {'> 0' if name == 'agent_cost_h' else '>= 0'}"
        refuse(name, value, least & (value < math.inf), expected)
    return prices
