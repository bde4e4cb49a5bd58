"""What wait is announced, who takes a call-back instead, and where does their load go?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wfm.errors import BadInput
from wfm.queueing import _line
from wfm.queueing._arguments import broadcast, numbers, queue_arguments, refuse
from wfm.queueing._checks import one_number, whole_agents

__all__ = ["CallBacks", "announced_wait", "plan"]

Floats = NDArray[np.float64]

# Chains of waiting contacts may be this long, and leave out no larger share than this.
_LEFT_OUT = 1e-12
_MOST_WAITING = 200_000


@dataclass(frozen=True, eq=False)
class CallBacks:
    """A day with call-backs, by interval; all arrays of shape (T,).

    Attributes
    ----------
    p_offered : array
        Share of the contacts that hear an announced wait above the threshold.
    accepted : array
        Contacts that leave the queue for a call-back.
    call_backs : array
        Call-backs made in the interval, from earlier ones.
    load : array
        Erlangs of those who stay and of the call-backs.
    occupancy : array
        load, less those who abandon, over agents; NaN without agents.
    p_wait : array
        Share of those who come or are called back that waits, accepted ones left out.
    p_answered_in_awt : array
        Share of the contacts that come or are called back, accepted ones left out, that is
        answered within awt_s. With nobody leaving this is the service level.
    beyond : float
        Call-backs due after the last interval.
    """

    p_offered: Floats
    accepted: Floats
    call_backs: Floats
    load: Floats
    occupancy: Floats
    p_wait: Floats
    p_answered_in_awt: Floats
    beyond: float


def announced_wait(
    ahead: ArrayLike, agents: ArrayLike, aht_s: ArrayLike, *, patience_s: ArrayLike = math.inf
) -> Floats:
    """Return the expected wait of a contact that finds all agents busy and `ahead` waiting.

    sum over i = 0..ahead of 1/(agents/aht_s + i/patience_s).

    Parameters
    ----------
    ahead : array_like
        Contacts waiting in front, whole, >= 0.
    agents : array_like
        Agents on seat, all busy, > 0.
    aht_s, patience_s : array_like
        Mean handle time and patience, seconds, > 0.

    Returns
    -------
    float64 array
        Seconds.

    Raises
    ------
    BadInput
        For bad values.

    Notes
    -----
    The wait of a customer who stays. It varies around this mean by a share of about
    1/sqrt(ahead + 1). Source: Whitt, "Improving service by informing customers about anticipated
    delays", Management Science 45 (1999).

    Examples
    --------
    >>> round(float(announced_wait(3, 14, 180)), 6)
    51.428571
    >>> round(float(announced_wait(3, 14, 180, patience_s=120)), 6)
    44.788011
    """
    named = numbers(ahead=ahead, agents=agents, aht_s=aht_s, patience_s=patience_s)
    count = named["ahead"]
    whole = (count >= 0) & (count == np.floor(count)) & (count <= _MOST_WAITING)
    refuse("ahead", count, whole, f"a whole number, 0 to {_MOST_WAITING}")
    for name in ("agents", "aht_s"):
        refuse(name, named[name], (named[name] > 0) & (named[name] < math.inf), "a number > 0")
    refuse("patience_s", named["patience_s"], named["patience_s"] > 0, "seconds > 0")
    a = broadcast(named)
    total = np.zeros(a["ahead"].shape)
    for i in range(int(a["ahead"].max(initial=-1)) + 1):
        step = 1.0 / (a["agents"] / a["aht_s"] + i / a["patience_s"])
        total += np.where(i <= a["ahead"], step, 0.0)
    return total[()]


def plan(
    volume: ArrayLike,
    aht_s: float,
    agents: ArrayLike,
    *,
    threshold_s: float,
    p_accept: float,
    delay: ArrayLike = (1.0,),
    p_reached: float = 1.0,
    call_back_aht_s: float | None = None,
    interval_s: float = 1800.0,
    patience_s: float = math.inf,
    awt_s: float = 20.0,
) -> CallBacks:
    """Return a day on which customers who hear a long wait may be called back later.

    A contact whose announced wait exceeds `threshold_s` accepts with chance `p_accept` and leaves
    the queue; each interval is a stationary birth-death chain with births thinned in those states.
    Call-backs wait for an agent like everybody else, are not offered another, and share patience.

    Parameters
    ----------
    volume : array_like, shape (T,)
        Contacts of consecutive intervals, >= 0.
    aht_s : float
        Mean handle time, seconds.
    agents : array_like, shape (T,)
        Whole agents on seat in each interval.
    threshold_s : float
        Announced wait above which a call-back is offered, seconds, >= 0.
    p_accept : float
        Share that takes the offer.
    delay : array_like
        Share of accepted call-backs made 1, 2, 3 ... intervals later; sums to 1.
    p_reached : float
        Share of call-backs that reach the customer; the others take no time and are lost.
    call_back_aht_s : float, optional
        Handle time of a call-back where it differs, seconds; the queue gets the mean of both.
    interval_s, patience_s, awt_s : float
        Seconds.

    Returns
    -------
    CallBacks

    Raises
    ------
    BadInput
        For bad values, and for queues of more than 200,000 contacts.

    Notes
    -----
    Exact for one long interval with exponential times; between intervals only call-backs are
    carried, not the queue. Without patience, an interval whose stayers alone fill the agents has
    p_wait 1 and answers nobody in time. Source: Armony and Maglaras, "On customer contact centers
    with a call-back option", Operations Research 52 (2004).

    Examples
    --------
    >>> day = plan([60, 110, 60, 60], 180, [10, 11, 10, 10], threshold_s=60, p_accept=0.5)
    >>> [round(float(x), 1) for x in day.accepted], [round(float(x), 1) for x in day.call_backs]
    ([0.4, 12.6, 1.5, 0.5], [0.0, 0.4, 12.6, 1.5])
    """
    back_s = aht_s if call_back_aht_s is None else call_back_aht_s
    came, on_seat, shares = _day(
        volume, agents, delay, aht_s=aht_s, back_s=back_s, interval_s=interval_s,
        patience_s=patience_s, threshold_s=threshold_s, awt_s=awt_s, p_accept=p_accept,
        p_reached=p_reached,
    )  # fmt: skip
    count = came.size
    due = np.zeros(count + shares.size)
    out = np.zeros((6, count))
    for i in range(count):
        total = came[i] + due[i]
        mean_s = (came[i] * aht_s + due[i] * back_s) / total if total > 0 else aht_s
        taken = p_accept * came[i] / total if total > 0 else 0.0
        offered, wait, in_time, lost = interval(
            total / interval_s, mean_s, on_seat[i], taken, threshold_s=threshold_s,
            patience_s=patience_s, awt_s=awt_s,
        )  # fmt: skip
        accepted = p_accept * came[i] * offered
        due[i + 1 : i + 1 + shares.size] += accepted * p_reached * shares
        load = ((came[i] - accepted) * aht_s + due[i] * back_s) / interval_s
        busy = load * (1 - lost)
        out[:, i] = offered, accepted, load, busy, wait, in_time
    with np.errstate(divide="ignore", invalid="ignore"):
        occupancy = np.minimum(out[3] / on_seat, 1.0)
    return CallBacks(
        p_offered=out[0], accepted=out[1], call_backs=due[:count], load=out[2],
        occupancy=occupancy, p_wait=out[4], p_answered_in_awt=out[5],
        beyond=float(due[count:].sum()),
    )  # fmt: skip


def interval(
    rate: float, aht_s: float, n: float, taken: float, *, threshold_s: float, patience_s: float,
    awt_s: float,
) -> tuple[float, float, float, float]:  # fmt: skip
    """Return shares offered (of all), waiting, answered in time, abandoning (of those who stay).

    One stationary interval at `rate` contacts a second with `n` agents; a share `taken` of those
    whose announced wait exceeds `threshold_s` leaves for a call-back.
    """
    if rate == 0:
        return 0.0, 0.0, 1.0, 0.0
    if n == 0:
        return 1.0, 1.0, 0.0, 0.0 if math.isinf(patience_s) else 1.0
    theta, leave = 1 / patience_s, n / aht_s
    rest = rate * (1 - taken)
    if rest >= leave and theta == 0:
        return 1.0, 1.0, 0.0, 0.0
    # The first number waiting at which the announced wait passes the threshold.
    long = 0
    waited = 1 / leave
    while waited <= threshold_s and long < _MOST_WAITING:
        long += 1
        waited += 1 / (leave + long * theta)
    # Far enough for the last who can be answered in time, or, with patience, who can be there.
    reach = rate / theta if theta > 0 else leave * awt_s
    waiting = min(long + math.ceil(2 * reach + 12 * math.sqrt(reach + 1)) + 60, _MOST_WAITING)
    ahead = np.arange(waiting, dtype=np.float64)
    # Weights relative to "all busy, nobody waiting", kept as logs: either side may be tiny.
    births = np.where(ahead[:-1] < long, rate, rest)
    with np.errstate(divide="ignore"):
        line = np.concatenate([[0.0], np.cumsum(np.log(births / (leave + ahead[1:] * theta)))])
    idle = np.arange(int(n), dtype=np.float64)
    free = (idle - n) * math.log(rate * aht_s)
    free += special.gammaln(n + 1) - special.gammaln(idle + 1)
    top = max(line.max(), free.max(initial=-np.inf))
    line, weight_free = np.exp(line - top), np.exp(free - top).sum()
    # Without patience the line goes on beyond, falling by rest/leave from one to the next.
    beyond = float(line[-1] * rest / (leave - rest)) if theta == 0 else 0.0
    all_ = line.sum() + beyond + weight_free
    if waiting == _MOST_WAITING and (theta == 0 or line[-1] > _LEFT_OUT * all_):
        raise BadInput(
            f"volume: the queue can grow beyond {_MOST_WAITING} contacts; add agents, or lower "
            "threshold_s, awt_s or patience_s"
        )
    offered = float((line[long:].sum() + beyond) / all_)
    stay = line * np.where(ahead < long, 1.0, 1.0 - taken)
    waiters = stay.sum() + beyond * (1.0 - taken)
    stayers = waiters + weight_free
    answered = _line.answered(ahead, leave, theta, awt_s)
    wait = float(waiters / stayers)
    in_time = float((weight_free + (stay * answered).sum()) / stayers)
    lost = float(theta * (ahead * line).sum() / (rate * stayers))
    return offered, wait, in_time, lost


def _day(
    volume: ArrayLike, agents: ArrayLike, delay: ArrayLike, **single: float
) -> tuple[Floats, Floats, Floats]:
    one = numbers(**single)
    for name, value in one.items():
        one_number(name, value)
        if name.startswith("p_"):
            hint = "a fraction from 0 to 1 - was a percent passed?"
            refuse(name, value, (value >= 0) & (value <= 1), hint)
        elif name in ("aht_s", "back_s", "interval_s"):
            refuse(name, value, (value > 0) & (value < math.inf), "finite seconds > 0")
        elif name == "patience_s":
            refuse(name, value, value > 0, "seconds > 0 (infinite: nobody leaves)")
        else:
            refuse(name, value, (value >= 0) & (value < math.inf), "finite seconds >= 0")
    came = queue_arguments(volume=volume, aht_s=1.0)["volume"]
    on_seat, shares = whole_agents(agents), numbers(delay=delay)["delay"]
    refuse("delay", shares, (shares >= 0) & (shares <= 1), "a share from 0 to 1")
    if came.ndim != 1 or came.size == 0 or on_seat.shape not in ((), came.shape):
        raise BadInput(
            "volume and agents: expected lists of one length, one number an interval; got shapes "
            f"{came.shape} and {on_seat.shape}"
        )
    if shares.ndim != 1 or abs(shares.sum() - 1) > 1e-9:
        raise BadInput(f"delay: expected shares that sum to 1, got {shares.tolist()}")
    return came, np.broadcast_to(on_seat, came.shape), shares
