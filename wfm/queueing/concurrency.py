"""How long do chats wait when a chat lasts the longer the more of them its agent holds?

`channels.chat_agents` takes every chat to last as long as at full concurrency. Here each agent
works at the pace of the chats held at the moment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.queueing import _line, _slack, channels, erlang
from wfm.queueing._arguments import numbers, queue_arguments, refuse
from wfm.queueing._chatstates import line_weights, ways_to_spread
from wfm.queueing._checks import one_number, whole_agents
from wfm.queueing.figures import InTime
from wfm.scenario import Target

__all__ = ["Chats", "fewest_agents", "performance"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Chats(InTime):
    """What chats meet, as fractions of one offered chat.

    Attributes
    ----------
    p_wait : float
        Share that finds every agent holding as many chats as allowed.
    p_abandon : float
        Share that leaves the queue unanswered.
    mean_wait_s : float
        Mean wait of all offered chats, seconds; infinite where the queue has no bound.
    p_answered_in_awt, p_abandoned_in_awt : float
        Shares answered, and abandoned, within `awt_s`.
    chats_per_agent : float
        Mean number of chats an agent holds.
    occupancy : float
        Share of agents' time with at least one chat.
    mean_aht_s : float
        Mean duration of an answered chat, seconds.
    """

    p_wait: float
    p_abandon: float
    mean_wait_s: float
    p_answered_in_awt: float
    p_abandoned_in_awt: float
    chats_per_agent: float
    occupancy: float
    mean_aht_s: float


def performance(
    volume: float,
    aht_s: ArrayLike,
    agents: int,
    *,
    interval_s: float = 1800.0,
    patience_s: float = math.inf,
    awt_s: float = 20.0,
) -> Chats:
    """Return what chats meet when pace depends on how many chats an agent holds.

    The Markov chain over (agents holding 0, 1, ... c chats): a chat goes to an agent with the
    fewest, an agent with h chats finishes them at rate h/aht_s[h - 1]; when all hold c, the rest
    waits first come, first served.

    Parameters
    ----------
    volume : float
        Chats offered in the interval, > 0.
    aht_s : array_like, shape (c,)
        Duration of a chat while its agent holds 1, 2, ... c chats, seconds; c is the concurrency.
    agents : int
        Agents on seat, >= 1.
    interval_s, patience_s, awt_s : float
        Seconds.

    Returns
    -------
    Chats

    Raises
    ------
    BadInput
        For bad values, and where agents and concurrency make more than 20,000 states (about 45
        agents at concurrency 3): use `channels.chat_performance` there.

    Notes
    -----
    Exact for Poisson arrivals and exponential durations and patience. Chats are not moved between
    agents. Source: the chain is solved as it stands; Tezcan and Zhang, "Routing and staffing in
    customer service chat systems with impatient customers", Operations Research 62 (2014), treat
    large systems.

    Examples
    --------
    >>> p = performance(1, [300, 360, 480], 4, interval_s=60, patience_s=180)
    >>> round(p.p_wait, 7)
    0.0426777
    """
    duration = _durations(aht_s)
    named = queue_arguments(volume=volume, aht_s=1.0, interval_s=interval_s, patience_s=patience_s)
    named |= numbers(awt_s=awt_s)
    for name, value in named.items():
        one_number(name, value)
    refuse("volume", named["volume"], named["volume"] > 0, "a finite number > 0")
    refuse("awt_s", named["awt_s"], named["awt_s"] >= 0, "seconds >= 0")
    n, most = int(whole_agents(agents, least=1)), duration.size
    rate = float(named["volume"]) / float(named["interval_s"])
    ways, weight = ways_to_spread(rate, duration, n)
    theta, leave = 1 / float(patience_s), n * most / float(duration[-1])
    if theta == 0 and rate >= leave:
        return Chats(1.0, 0.0, math.inf, 0.0, 0.0, float(most), 1.0, float(duration[-1]))
    line, scale = line_weights(rate, leave, theta, float(awt_s))
    line, weight = line * weight[-1], weight * scale
    ahead = np.arange(line.size, dtype=np.float64)
    beyond = float(line[-1]) * rate / (leave - rate) if theta == 0 else 0.0
    total = float(weight[:-1].sum() + line.sum()) + beyond
    waiting = float((ahead * line).sum())
    if theta == 0:
        waiting += beyond * (line.size - 1 + leave / (leave - rate))
    held = np.append(weight[:-1], line.sum() + beyond)
    number = held @ (ways @ np.arange(most + 1)) / total
    lost = theta * waiting / (rate * total)
    answered = float(weight[:-1].sum() + line @ _line.answered(ahead, leave, theta, float(awt_s)))
    left = float(line @ _line.abandoned(ahead, leave, theta, float(awt_s)))
    return Chats(
        p_wait=float(line.sum() + beyond) / total,
        p_abandon=lost,
        mean_wait_s=waiting / total / rate,
        p_answered_in_awt=answered / total,
        p_abandoned_in_awt=left / total,
        chats_per_agent=float(number) / n,
        occupancy=1.0 - float(held @ ways[:, 0]) / total / n,
        mean_aht_s=float(number) / (rate * (1 - lost)),
    )


def fewest_agents(
    volume: float,
    aht_s: ArrayLike,
    target: Target,
    *,
    interval_s: float = 1800.0,
    patience_s: float = math.inf,
) -> int:
    """Return the fewest agents that meet the target.

    Parameters
    ----------
    volume, aht_s, interval_s, patience_s
        As in `performance`; a volume of 0 needs nobody.
    target : Target
        service_level by rule SL1, SL3 or SL4, and abandonment; all that is given must hold.

    Returns
    -------
    int

    Raises
    ------
    BadInput
        As `performance`; for other limits and rules, and targets that no number of agents meets.

    Examples
    --------
    >>> fewest_agents(120, [480, 620, 780], Target(0.90, awt_s=30), interval_s=3600)
    11
    """
    for name in ("asa_s", "occupancy", "blocking"):
        if getattr(target, name) is not None:
            raise BadInput(f"target: {name} is not known here; set service_level or abandonment")
    if target.rule not in ("SL1", "SL3", "SL4"):
        raise BadInput(f"target: expected rule SL1, SL3 or SL4, got {target.rule}")
    # Refuses, in its own words, what no number of agents can meet.
    erlang.fewest_agents(1.0, 1.0, target, patience_s=patience_s)
    if np.ndim(volume) == 0 and volume == 0:
        return 0

    def meets(n: int) -> bool:
        got = performance(
            volume, aht_s, n, interval_s=interval_s, patience_s=patience_s, awt_s=target.awt_s
        )
        level = {
            "SL1": got.p_answered_in_awt + got.p_abandoned_in_awt,
            "SL3": got.p_answered_in_awt,
            "SL4": got.p_answered_within,
        }[str(target.rule)]
        good = _slack.meets(
            target, mean_wait_s=got.mean_wait_s, service_level=level, abandonment=got.p_abandon
        )
        return bool(good)

    # Places with the duration at full concurrency are a good first number.
    slowest = _durations(aht_s)
    n = int(
        channels.chat_agents(
            volume, slowest[-1], target, concurrency=slowest.size,
            interval_s=interval_s, patience_s=patience_s,
        )
    )  # fmt: skip
    while not meets(n):
        n += 1
    while n > 1 and meets(n - 1):
        n -= 1
    return n


def _durations(aht_s: ArrayLike) -> Floats:
    duration = numbers(aht_s=aht_s)["aht_s"]
    refuse("aht_s", duration, (duration > 0) & (duration < math.inf), "finite seconds > 0")
    if duration.ndim != 1 or duration.size == 0:
        raise BadInput(
            "aht_s: expected a list, one duration for each number of chats an agent holds; got "
            f"shape {duration.shape}"
        )
    return duration
