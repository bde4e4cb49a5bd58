"""How many agents do chat, where one agent serves several, and e-mail, which can wait, need?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.queueing._arguments import broadcast, numbers, refuse
from wfm.queueing._checks import amounts
from wfm.scenario import Target

__all__ = [
    "chat_agents", "chat_performance", "deferrable_agents", "deferrable_profile",
    "patience_from_waits",
]  # fmt: skip

Floats = NDArray[np.float64]

# Work over capacity may exceed a whole number of agents, or of intervals, by this much of rounding.
ROUNDING = 1e-9


def chat_agents(
    volume: ArrayLike,
    aht_s: ArrayLike,
    target: Target,
    *,
    concurrency: ArrayLike,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
) -> NDArray[np.int64]:
    """Return the fewest agents that meet `target` when each holds several chats at once.

    An agent is `concurrency` places; the places are sized by Erlang with the duration a chat has
    at that concurrency. Agent effort a chat is ``aht_s / concurrency``.

    Parameters
    ----------
    volume : array_like
        Chats offered in the interval, >= 0.
    aht_s : array_like
        Duration of one chat at the working concurrency, seconds; longer than alone.
    target : Target
        Limits that must all hold; occupancy is that of the places.
    concurrency : array_like
        Chats one agent holds at once, a whole number >= 1.
    interval_s, patience_s : array_like
        Seconds, as in `erlang.performance`.

    Returns
    -------
    int64 array
        Of the broadcast shape; 0 where volume is 0.

    Raises
    ------
    BadInput
        For bad values and targets that no number of agents can meet.

    Notes
    -----
    Not valid where a chat's duration depends strongly on how many the agent happens to hold: the
    duration at full concurrency is used throughout, which errs on the safe side.

    Examples
    --------
    >>> int(chat_agents(120, 780, Target(0.90, awt_s=30), concurrency=3, interval_s=3600))
    12
    """
    places = erlang.fewest_agents(
        volume, aht_s, target, interval_s=interval_s, patience_s=patience_s
    )
    each = _concurrency(concurrency)
    both = broadcast({"volume": np.asarray(places, dtype=np.float64), "concurrency": each})
    agents = np.ceil(both["volume"] / both["concurrency"] - ROUNDING)
    return agents.astype(np.int64)[()]


def chat_performance(
    volume: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    *,
    concurrency: ArrayLike,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    awt_s: ArrayLike = 20.0,
    short_s: ArrayLike = 5.0,
) -> erlang.Performance:
    """Return what chats meet when each of `agents` holds `concurrency` chats at once.

    Parameters as in `erlang.performance` and `chat_agents`; load and occupancy are of places.

    Examples
    --------
    >>> p = chat_performance(120, 780, 12, concurrency=3, interval_s=3600, awt_s=30)
    >>> round(float(p.p_answered_within("SL4")), 6)
    0.970944
    """
    both = broadcast({**numbers(agents=agents), "concurrency": _concurrency(concurrency)})
    return erlang.performance(
        volume, aht_s, both["agents"] * both["concurrency"], interval_s=interval_s,
        patience_s=patience_s, awt_s=awt_s, short_s=short_s,
    )  # fmt: skip


def deferrable_agents(
    volume: ArrayLike, aht_s: ArrayLike, awt_s: float, *, interval_s: float = 1800.0
) -> np.int64:
    """Return the fewest agents, the same all the time, that finish all work by its deadline.

    First in, first out. What arrives in an interval is there at its start and is due `awt_s` after
    that start, so n is the largest (work arriving in intervals g..h)/(awt_s + (h - g) interval_s)
    over all g <= h.

    Parameters
    ----------
    volume : array_like
        Contacts in each interval of one run of consecutive intervals, >= 0.
    aht_s : array_like
        Mean handle time in each, seconds; a number or one an interval.
    awt_s : float
        Deadline, seconds, at least one interval. Work that arrives late in the run may be
        finished after its end, still with n agents.
    interval_s : float
        Length of an interval, seconds.

    Returns
    -------
    int64

    Raises
    ------
    BadInput
        For bad values, and for a deadline shorter than an interval: such contacts wait for an
        agent as calls do, so `erlang` sizes them.

    Examples
    --------
    >>> int(deferrable_agents([40, 60, 20, 10, 0, 0], 300, 2 * 3600, interval_s=3600))
    3
    """
    work, deadline, length = _work(volume, aht_s, awt_s, interval_s)
    done = np.concatenate([[0.0], np.cumsum(work)])
    most = 0.0
    for first in range(work.size):
        windows = deadline + length * np.arange(work.size - first)
        most = max(most, float(np.max((done[first + 1 :] - done[first]) / windows)))
    return np.int64(math.ceil(most - ROUNDING))


def deferrable_profile(
    volume: ArrayLike, aht_s: ArrayLike, awt_s: float, *, interval_s: float = 1800.0
) -> Floats:
    """Return the smoothest agents by interval that finish all work by its deadline.

    The taut string between work that has arrived (nothing can be done before) and work that is
    due: of all plans that keep the deadlines it has the lowest peak and the least variation. All
    work is finished by its deadline or the end of the run, whichever comes first, so the hours of
    the profile are exactly the hours of work.

    Parameters
    ----------
    volume, aht_s, awt_s, interval_s
        As in `deferrable_agents`. A deadline that is no whole number of intervals is kept at the
        end of the last interval before it.

    Returns
    -------
    float64 array
        Agents in each interval, real-valued, shape of the run.

    Raises
    ------
    BadInput
        As `deferrable_agents`.

    Notes
    -----
    Source: the taut string, Barlow, Bartholomew, Bremner and Brunk, Statistical Inference under
    Order Restrictions (1972). Within an interval work is spread evenly.

    Examples
    --------
    >>> [float(a) for a in deferrable_profile([12, 0, 0, 12], 300, 3 * 3600, interval_s=3600)]
    [0.3333333333333333, 0.3333333333333333, 0.3333333333333333, 1.0]
    """
    work, deadline, length = _work(volume, aht_s, awt_s, interval_s)
    arrived = np.concatenate([[0.0], np.cumsum(work)])
    span = math.floor(deadline / length + ROUNDING)
    due = np.zeros_like(arrived)
    # Work arriving in interval h, there at its start, is due by the end of interval h + span - 1.
    due[span:] = arrived[1 : max(1, arrived.size - span + 1)]
    due[-1] = arrived[-1]
    return _taut(due, arrived) / length


def patience_from_waits(total_wait_s: ArrayLike, abandoned: ArrayLike) -> Floats:
    """Return mean patience from waits that were cut short by an answer.

    total_wait_s / abandoned, the maximum-likelihood estimate for exponential patience.

    Parameters
    ----------
    total_wait_s : array_like
        Sum of the waits of all contacts, answered ones included, seconds, > 0.
    abandoned : array_like
        Contacts that left, > 0.

    Returns
    -------
    float64 array
        Seconds.

    Raises
    ------
    BadInput
        For bad values, and where nobody abandoned: the data then bound patience only from below.

    Notes
    -----
    Its relative standard error is about 1/sqrt(abandoned). Source: Mandelbaum and Zeltyn 2005.

    Examples
    --------
    >>> float(patience_from_waits(12000, 60))
    200.0
    """
    named = numbers(total_wait_s=total_wait_s, abandoned=abandoned)
    for name, value in named.items():
        expected = "a finite number > 0"
        if name == "abandoned":
            expected += " (where nobody left, patience cannot be estimated: use a longer history)"
        refuse(name, value, (value > 0) & (value < math.inf), expected)
    both = broadcast(named)
    return (both["total_wait_s"] / both["abandoned"])[()]


def _concurrency(concurrency: ArrayLike) -> Floats:
    each = numbers(concurrency=concurrency)["concurrency"]
    whole = (each >= 1) & (each == np.floor(each)) & (each < math.inf)
    refuse("concurrency", each, whole, "a whole number of chats >= 1")
    return each


def _work(
    volume: ArrayLike, aht_s: ArrayLike, awt_s: float, interval_s: float
) -> tuple[Floats, float, float]:
    """Agent seconds by interval of arrival, deadline and interval in seconds."""
    named = amounts(volume=volume, aht_s=aht_s) | numbers(awt_s=awt_s, interval_s=interval_s)
    for name in ("awt_s", "interval_s"):
        value = named[name]
        if value.ndim:
            raise BadInput(f"{name}: expected one number for the run, got shape {value.shape}")
        refuse(name, value, (value > 0) & (value < math.inf), "finite seconds > 0")
    deadline, length = float(named["awt_s"]), float(named["interval_s"])
    if deadline < length * (1 - ROUNDING):
        raise BadInput(
            f"awt_s: a deadline of {deadline:g} s is shorter than an interval of {length:g} s; "
            "contacts due that soon wait for an agent: size them with wfm.queueing.erlang"
        )
    both = broadcast({"volume": named["volume"], "aht_s": named["aht_s"]})
    if both["volume"].ndim != 1:
        raise BadInput(
            "volume: expected one number an interval of the run (a list), got shape "
            f"{both['volume'].shape}"
        )
    works = (both["aht_s"] > 0) | (both["volume"] == 0)
    refuse("aht_s", both["aht_s"], works, "seconds > 0 wherever volume is above 0")
    return both["volume"] * both["aht_s"], deadline, length


def _taut(low: Floats, high: Floats) -> Floats:
    """Steps of the shortest path from (0, 0) to the common end that stays within [low, high]."""
    last = low.size - 1
    steps = np.empty(last)
    start, level = 0, 0.0
    while start < last:
        ahead = np.arange(1, last - start + 1)
        floors, roofs = (low[start + 1 :] - level) / ahead, (high[start + 1 :] - level) / ahead
        least, most = np.maximum.accumulate(floors), np.minimum.accumulate(roofs)
        crossed = np.flatnonzero(least > most)
        if crossed.size:
            # Pulled tight, the string turns at the bound that was binding before they crossed.
            c = int(crossed[0])
            if floors[c] > most[c - 1]:
                slope, at = most[c - 1], np.flatnonzero(roofs[:c] == most[c - 1])
            else:
                slope, at = least[c - 1], np.flatnonzero(floors[:c] == least[c - 1])
            length = int(at[-1]) + 1
        else:
            slope, length = roofs[-1], last - start
        steps[start : start + length] = slope
        start += length
        level += slope * length
    return steps
