"""What does inbound lose, and outbound gain, when the same agents do both?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wfm.errors import BadInput
from wfm.queueing import _slack, erlang
from wfm.queueing._arguments import broadcast, queue_arguments, refuse
from wfm.queueing._checks import waiting_time, whole_agents
from wfm.scenario import Target

__all__ = ["Blend", "blend", "least_reserve"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Blend:
    """Inbound with priority while idle agents beyond a reserve make outbound contacts.

    Attributes
    ----------
    p_wait : array
        Share of inbound contacts that wait.
    mean_wait_s : array
        Mean wait of inbound contacts, seconds.
    p_answered_within : array
        Share of inbound contacts answered within `awt_s`; nobody leaves, all rules coincide.
    outbound_h : array
        Outbound contacts finished in an hour.
    occupancy : array
        Share of agents' time spent on contacts of both kinds.
    """

    p_wait: Floats
    mean_wait_s: Floats
    p_answered_within: Floats
    outbound_h: Floats
    occupancy: Floats


def blend(
    volume: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    *,
    reserve: ArrayLike,
    interval_s: ArrayLike = 1800.0,
    awt_s: ArrayLike = 20.0,
) -> Blend:
    """Return inbound waits and outbound contacts when all agents do both.

    An agent starts an outbound contact whenever more than `reserve` agents are idle and no inbound
    contact waits; a contact begun is finished. Busy agents then form a birth-death chain that never
    falls below n - reserve.

    Parameters
    ----------
    volume, aht_s, interval_s, awt_s : array_like
        Inbound, as in `erlang.performance`; outbound contacts take equally long.
    agents : array_like
        Whole agents on seat, more than the inbound load.
    reserve : array_like
        Agents kept idle for inbound, whole, 0 to agents; agents means no outbound at all.

    Returns
    -------
    Blend

    Raises
    ------
    BadInput
        For bad values, and where inbound alone fills the agents.

    Notes
    -----
    There is always an outbound contact to make. Not valid where outbound contacts take much longer
    than inbound ones: then they hold agents longer than this says. Nobody leaves the queue.

    Sources: Gans and Zhou, "A call-routing problem with service-level constraints", Operations
    Research 51 (2003); Bhulai and Koole, "A queueing model for call blending in call centers", IEEE
    Transactions on Automatic Control 48 (2003).

    Examples
    --------
    >>> b = blend(100, 180, 14, reserve=[0, 2, 14])
    >>> [round(float(p), 3) for p in b.p_answered_within]
    [0.359, 0.666, 0.888]
    >>> [round(float(o), 1) for o in b.outbound_h]
    [80.0, 65.0, 0.0]
    """
    named = queue_arguments(volume=volume, aht_s=aht_s, interval_s=interval_s)
    handle = named["aht_s"]
    refuse("aht_s", handle, handle > 0, "seconds > 0")
    named |= {
        "agents": whole_agents(agents), "reserve": whole_agents(reserve, name="reserve"),
        "awt_s": waiting_time(awt_s),
    }  # fmt: skip
    a = broadcast(named)
    n, kept = a["agents"], a["reserve"]
    refuse("reserve", kept, kept <= n, "at most agents")
    load = a["volume"] * a["aht_s"] / a["interval_s"]
    refuse("agents", n, n > load, "more than the inbound load, or inbound waits for ever")
    back = np.arange(int(kept.max(initial=0)) + 1)
    state = n[..., None] - back
    there = back <= kept[..., None]
    # Log weights of n, n-1, ..., n-reserve busy; above n they fall by load/n.
    weight = np.where(there, special.xlogy(state, load[..., None]), -np.inf)
    weight = np.where(there, weight - special.gammaln(np.maximum(state, 0.0) + 1), -np.inf)
    with np.errstate(invalid="ignore"):
        weight = np.exp(weight - weight.max(axis=-1, keepdims=True))
    full = weight[..., 0] / (1.0 - load / n)
    total = full + weight[..., 1:].sum(axis=-1)
    p_wait, idle = full / total, (weight * back).sum(axis=-1) / total
    # Without inbound nothing moves: reserve agents stay idle.
    p_wait, idle = np.where(load > 0, p_wait, kept == 0), np.where(load > 0, idle, kept)
    outbound = np.maximum(n - idle - load, 0.0)
    outbound = np.where(kept == n, 0.0, outbound)
    gap = (n - load) / a["aht_s"]
    each = (
        p_wait, p_wait / gap, 1.0 - p_wait * np.exp(-gap * a["awt_s"]),
        outbound * 3600.0 / a["aht_s"], (load + outbound) / n,
    )  # fmt: skip
    return Blend(*(np.asarray(value)[()] for value in each))


def least_reserve(
    volume: float,
    aht_s: float,
    agents: int,
    target: Target,
    *,
    interval_s: float = 1800.0,
) -> int:
    """Return the least reserve that keeps inbound within its target, so the most outbound.

    Parameters
    ----------
    volume, aht_s, agents, interval_s
        As in `blend`, one number each.
    target : Target
        Of inbound: service_level, asa_s or both.

    Returns
    -------
    int
        For `blend`; equal to agents where there is room for no outbound.

    Raises
    ------
    BadInput
        Where inbound misses its target even without outbound: says how many agents it needs; for
        other limits (agents who blend are busy, and nobody leaves).

    Examples
    --------
    >>> least_reserve(100, 180, 16, Target(0.80, awt_s=20))
    3
    """
    for name in ("abandonment", "occupancy", "blocking"):
        if getattr(target, name) is not None:
            raise BadInput(f"target: {name} has no meaning for a blend; set service_level or asa_s")
    needed = int(erlang.fewest_agents(volume, aht_s, target, interval_s=interval_s))
    if agents < needed:
        raise BadInput(
            f"agents: inbound alone needs {needed} to meet its target, got {agents}; no outbound"
        )
    every = np.arange(int(agents) + 1)
    got = blend(
        volume, aht_s, agents, reserve=every, interval_s=interval_s, awt_s=target.awt_s
    )  # fmt: skip
    met = _slack.meets(
        target, mean_wait_s=got.mean_wait_s, asa_s=got.mean_wait_s,
        service_level=got.p_answered_within,
    )  # fmt: skip
    return int(every[met][0])
