"""How many customers leave when patience is not exponential, as `hazard.survival` may show?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.queueing._arguments import numbers, queue_arguments, refuse
from wfm.queueing._checks import agents_on_seat, one_number, waiting_time
from wfm.queueing.figures import InTime

__all__ = ["AnyPatience", "performance"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class AnyPatience(InTime):
    """What contacts meet, as fractions of one offered contact.

    Attributes
    ----------
    p_wait : float
        Share that does not reach an agent at once.
    p_abandon : float
        Share that leaves the queue unanswered.
    mean_wait_s, asa_s : float
        Mean wait of all, and of answered contacts, seconds.
    occupancy : float
        Share of agents' time spent on contacts.
    p_answered_in_awt, p_abandoned_in_awt : float
        Shares answered, and abandoned, within `awt_s`.
    """

    p_wait: float
    p_abandon: float
    mean_wait_s: float
    asa_s: float
    occupancy: float
    p_answered_in_awt: float
    p_abandoned_in_awt: float


def performance(
    volume: float,
    aht_s: float,
    agents: float,
    wait_s: ArrayLike,
    surviving: ArrayLike,
    *,
    interval_s: float = 1800.0,
    awt_s: float = 20.0,
) -> AnyPatience:
    """Return what contacts meet when their patience follows any curve: M/M/n+G.

    With G(x) the share whose patience exceeds x, the wait V offered has mass R(n - 1) = 1/B(n - 1)
    at 0 and density l exp(l int_0^x G - n x/aht), l the rate of contacts. For a curve of steps each
    piece is an exponential, and all figures are finite sums.

    Parameters
    ----------
    volume, aht_s, agents, interval_s, awt_s : float
        As in `erlang.performance`; volume and aht_s above 0, agents >= 1, fractions allowed.
    wait_s : array_like, shape (k,)
        Rising times at which the share drops, seconds, > 0: `hazard.survival(...).wait_s`.
    surviving : array_like, shape (k,)
        Share of customers with a longer patience than that, not rising, 1 to 0; before the first
        time it is 1, after the last one it stays.

    Returns
    -------
    AnyPatience

    Raises
    ------
    BadInput
        For bad values; where those who never leave fill the agents.

    Notes
    -----
    A curve from data ends at the longest wait seen; customers still there are then taken to stay
    for ever. Not valid far beyond the waits in the data. Source: Zeltyn and
    Mandelbaum, "Call centers with impatient customers: many-server asymptotics of the M/M/n + G
    queue", Queueing Systems 51 (2005).

    Examples
    --------
    Everybody leaves after exactly two minutes:

    >>> p = performance(48, 60, 50, [120], [0], interval_s=60)
    >>> f"{p.p_abandon:.6e}"
    '5.150652e-04'
    """
    rate, mu, n, awt = _queue(volume, aht_s, agents, interval_s, awt_s)
    times, share = _curve(wait_s, surviving)
    drop = -np.diff(np.append(1.0, share))
    # Pieces on which the share is constant; cut at awt_s too.
    start = np.unique(np.concatenate([[0.0], times, [awt if awt < math.inf else 0.0]]))
    index = np.searchsorted(times, start, side="right")
    share_at = np.append(1.0, share)[index]
    slope = rate * share_at - n * mu
    if slope[-1] >= 0:
        raise BadInput(
            f"agents: {n:g} are filled by the share {share_at[-1]:g} of customers who never leave; "
            "add agents, or let the curve of patience reach 0"
        )
    width = np.append(np.diff(start), math.inf)
    level = np.concatenate([[0.0], np.cumsum(slope[:-1] * width[:-1])])
    top = max(float(level.max()), 0.0)
    blocked = float(erlang.erlang_b(rate / mu, n - 1))
    mass, moment = _pieces(start, width, slope, np.exp(level - top) * rate * blocked)
    at_once = math.exp(-top)
    total = at_once + mass.sum()
    # Those of longer offered wait than a time leave then, if their patience ends there.
    beyond = np.append(np.cumsum(mass[::-1])[::-1], 0.0)[np.searchsorted(start, times)]
    answered = at_once + share_at @ mass
    in_awt = start < awt
    left = drop * beyond
    waited = share_at @ moment
    return AnyPatience(
        p_wait=float(mass.sum() / total),
        p_abandon=float(left.sum() / total),
        mean_wait_s=float((waited + left @ times) / total),
        asa_s=float(waited / answered),
        occupancy=float(min(answered / total * rate / mu / n, 1.0)),
        p_answered_in_awt=float((at_once + share_at[in_awt] @ mass[in_awt]) / total),
        p_abandoned_in_awt=float(left[times <= awt].sum() / total),
    )


def _pieces(start: Floats, width: Floats, slope: Floats, height: Floats) -> tuple[Floats, Floats]:
    """Integrals of height exp(slope (x - start)), and of x times that, over each piece."""
    flat = np.abs(slope * np.where(np.isfinite(width), width, 0.0)) < 1e-5
    flat[-1] = False
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        grown = slope * width
        mass = np.expm1(grown) / slope
        first = np.where(np.isfinite(width), (width * np.exp(grown) - mass) / slope, 1 / slope**2)
    # Series where nearly constant: the differences above would cancel.
    h = np.where(flat, width, 0.0)
    s = np.where(flat, slope, 0.0)
    mass = np.where(flat, h * (1 + s * h / 2 + (s * h) ** 2 / 6), mass)
    first = np.where(flat, h * h * (0.5 + s * h / 3 + (s * h) ** 2 / 8), first)
    return height * mass, height * (start * mass + first)


def _queue(
    volume: float, aht_s: float, agents: float, interval_s: float, awt_s: float
) -> tuple[float, float, float, float]:
    named = queue_arguments(volume=volume, aht_s=aht_s, interval_s=interval_s)
    named |= {"agents": agents_on_seat(agents), "awt_s": waiting_time(awt_s)}
    for name, value in named.items():
        one_number(name, value)
    refuse("volume", named["volume"], named["volume"] > 0, "a number > 0")
    refuse("agents", named["agents"], named["agents"] >= 1, "a number >= 1")
    rate = float(named["volume"]) / float(named["interval_s"])
    return rate, 1 / float(named["aht_s"]), float(named["agents"]), float(named["awt_s"])


def _curve(wait_s: ArrayLike, surviving: ArrayLike) -> tuple[Floats, Floats]:
    named = numbers(wait_s=wait_s, surviving=surviving)
    times, share = named["wait_s"], named["surviving"]
    if times.ndim != 1 or times.size == 0 or times.shape != share.shape:
        raise BadInput(
            "wait_s and surviving: expected two lists of one length, at least 1; got shapes "
            f"{times.shape} and {share.shape}"
        )
    refuse("wait_s", times, (times > 0) & (times < math.inf), "finite seconds > 0")
    refuse("surviving", share, (share >= 0) & (share <= 1), "a share from 0 to 1")
    steps = np.append(1.0, np.diff(times))
    refuse("steps of wait_s", steps, steps > 0, "> 0: times rise")
    falls = -np.diff(np.append(1.0, share))
    refuse("falls of surviving", falls, falls >= 0, ">= 0: the share never rises")
    return times, share
