"""What happens minute by minute when rate and agents change: M_t/M/s_t+M without approximation?

Slow and exact up to the integrator: meant to check faster models, and single hard days.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp

from wfm.errors import BadInput
from wfm.queueing._arguments import numbers, queue_arguments, refuse
from wfm.queueing._checks import amounts, one_number, whole_agents

__all__ = ["Transient", "exact"]

Floats = NDArray[np.float64]
Rate = Callable[[float], float]

_PRECISION = {"method": "DOP853", "rtol": 1e-10, "atol": 1e-14}
# Share of contacts that may find the list of states full before it is made longer.
_OVERFLOW = 1e-11
_MOST_STATES = 20_000


@dataclass(frozen=True, eq=False)
class Transient:
    """What happens in each of T intervals.

    Attributes
    ----------
    contacts : array, shape (T,)
        Contacts expected.
    in_system, queue : array, shape (T,)
        Mean number present, and waiting, over the interval.
    occupancy : array, shape (T,)
        Share of agents' time spent on contacts; NaN without agents.
    p_wait : array, shape (T,)
        Share of the contacts coming in the interval that do not reach an agent at once.
    p_abandon : array, shape (T,)
        Contacts leaving in the interval, over contacts coming in it; above 1 where a queue left by
        an earlier interval leaves. NaN or infinite where nobody comes.
    p_answered_in_awt, p_abandoned_in_awt : array, shape (T,)
        Shares of the contacts coming in the interval, with the agents there when they come.
    end : array, shape (T, states)
        Chance of k contacts present at the end of each interval.
    """

    contacts: Floats
    in_system: Floats
    queue: Floats
    occupancy: Floats
    p_wait: Floats
    p_abandon: Floats
    p_answered_in_awt: Floats
    p_abandoned_in_awt: Floats
    end: Floats


def exact(
    arrivals: ArrayLike | Rate,
    aht_s: float,
    agents: ArrayLike,
    *,
    interval_s: float = 1800.0,
    patience_s: float = math.inf,
    awt_s: float = 20.0,
    start: ArrayLike = (1.0,),
) -> Transient:
    """Return a day of the queue by integrating its differential equations.

    p_k' = rate(t) p_{k-1} + d_{k+1} p_{k+1} - (rate(t) + d_k) p_k, with
    d_k = min(k, n)/aht_s + max(k - n, 0)/patience_s and n the agents of the interval.

    Parameters
    ----------
    arrivals : array_like, shape (T,), or callable
        Contacts in each interval, spread evenly over it; or a function of the seconds since the
        start that gives contacts a second.
    aht_s : float
        Mean handle time, seconds, > 0.
    agents : array_like, shape (T,)
        Whole agents on seat in each interval, >= 0.
    interval_s, patience_s, awt_s : float
        Seconds.
    start : array_like
        Chance of 0, 1, 2 ... contacts present at the start; the default is an empty queue.

    Returns
    -------
    Transient

    Raises
    ------
    BadInput
        For bad values, and where the queue outgrows what can be followed.

    Notes
    -----
    An agent who goes off seat while busy hands the contact back to the head of the queue. Shares
    answered within awt_s use the agents of the moment of arrival; contacts that come within awt_s
    of a change see it only in the counts. Handle times and patience are exponential.

    Examples
    --------
    >>> day = exact([60, 100, 60], 180, [8, 12, 9])
    >>> [round(float(p), 3) for p in day.p_answered_in_awt]
    [0.804, 0.728, 0.75]
    """
    named = queue_arguments(
        volume=1.0, aht_s=aht_s, interval_s=interval_s, patience_s=patience_s
    )  # fmt: skip
    named |= amounts(awt_s=awt_s)
    for name in ("aht_s", "interval_s", "patience_s", "awt_s"):
        one_number(name, named[name])
    on_seat, first = whole_agents(agents), numbers(start=start)["start"]
    refuse("start", first, (first >= 0) & (first <= 1), "a probability")
    if on_seat.ndim != 1 or on_seat.size == 0 or first.ndim != 1:
        raise BadInput("agents and start: expected lists, agents one number an interval")
    if abs(first.sum() - 1) > 1e-9:
        raise BadInput(f"start: expected probabilities that sum to 1, got {first.sum():g}")
    rates, most = _rates(arrivals, on_seat.size, float(named["interval_s"]))
    theta = 0.0 if math.isinf(patience_s) else 1 / patience_s
    load = most * aht_s
    states = math.ceil(max(load, on_seat.max()) + 10 * math.sqrt(load + 1) + 20) + first.size
    while states <= _MOST_STATES:
        got = _day(
            rates, on_seat, first, states, mu=1 / aht_s, theta=theta, interval_s=interval_s,
            awt_s=awt_s,
        )  # fmt: skip
        if got is not None:
            return got
        states = math.ceil(1.6 * states)
    raise BadInput(
        f"agents: the queue grows beyond {_MOST_STATES} contacts; add agents, give patience_s, or "
        "use a shorter day"
    )


def _rates(arrivals: ArrayLike | Rate, count: int, interval_s: float) -> tuple[list[Rate], float]:
    """A rate function for each interval, and about the largest rate."""
    if callable(arrivals):
        function = arrivals
        seen = np.array([function(t) for t in np.linspace(0, count * interval_s, 40 * count + 1)])
        refuse("arrivals", seen, (seen >= 0) & (seen < math.inf), "a finite rate >= 0")
        return [function] * count, float(seen.max())
    volume = queue_arguments(volume=arrivals, aht_s=1.0)["volume"]
    if volume.shape != (count,):
        raise BadInput(
            f"arrivals: expected one number for each of {count} intervals, as agents has; got "
            f"shape {volume.shape}"
        )
    constant = [float(v) / interval_s for v in volume]
    return [_constant(rate) for rate in constant], max(constant)


def _constant(rate: float) -> Rate:
    return lambda _t: rate


def _day(
    rates: list[Rate], agents: Floats, start: Floats, states: int, *,
    mu: float, theta: float, interval_s: float, awt_s: float,
) -> Transient | None:  # fmt: skip
    """One pass over the day; None where `states` were too few."""
    k = np.arange(states, dtype=np.float64)
    p = np.zeros(states)
    p[: start.size] = start
    figures, ends = np.empty((agents.size, 8)), np.empty((agents.size, states))
    in_time: dict[float, tuple[Floats, Floats]] = {}
    for i, n in enumerate(agents):
        if n not in in_time:
            in_time[n] = _in_time(n, mu, theta, awt_s, states)
        answered, left = in_time[n]
        busy, waiting = np.minimum(k, n), np.maximum(k - n, 0.0)
        full = np.zeros(states)
        full[-1] = 1.0
        each_contact = np.stack([np.ones(states), k >= n, answered, left, full])
        each_second = np.stack([k, waiting, busy])
        out = mu * busy + theta * waiting
        change = _change(rates[i], out, each_contact, each_second)
        span = (i * interval_s, (i + 1) * interval_s)
        done = solve_ivp(change, span, np.concatenate([p, np.zeros(8)]), **_PRECISION)
        p = done.y[:states, -1]
        figures[i], ends[i] = done.y[states:, -1], p
        if figures[i, 4] > _OVERFLOW * max(figures[i, 0], 1.0):
            return None
    contacts, waits, answered_in, left_in, _, present, waiting_s, busy_s = figures.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return Transient(
            contacts=contacts,
            in_system=present / interval_s,
            queue=waiting_s / interval_s,
            occupancy=busy_s / (agents * interval_s),
            p_wait=waits / contacts,
            p_abandon=theta * waiting_s / contacts,
            p_answered_in_awt=answered_in / contacts,
            p_abandoned_in_awt=left_in / contacts,
            end=ends,
        )


def _change(
    rate: Rate, out: Floats, each_contact: Floats, each_second: Floats
) -> Callable[[float, Floats], Floats]:
    """Derivative of the chances, then of what is counted by contact and by second."""
    states, kinds = out.size, len(each_contact)

    def change(t: float, y: Floats) -> Floats:
        now, come = y[:states], rate(t)
        flow = come * now[:-1] - (out * now)[1:]
        dy = np.zeros(y.size)
        dy[1:states] = flow
        dy[: states - 1] -= flow
        dy[states : states + kinds] = come * (each_contact @ now)
        dy[states + kinds :] = each_second @ now
        return dy

    return change


def _in_time(n: float, mu: float, theta: float, awt_s: float, states: int) -> tuple[Floats, Floats]:
    """By contacts present: chance to be answered, and to leave, within awt_s with n agents."""
    answered, left = np.zeros(states), np.zeros(states)
    answered[: int(n)] = 1.0
    ahead = np.arange(states - min(int(n), states), dtype=np.float64)
    if ahead.size == 0 or awt_s == 0:
        return answered, left
    moves = n * mu + ahead * theta

    def change(_t: float, y: Floats) -> Floats:
        a, b = y[: ahead.size], y[ahead.size :]
        nearer = np.concatenate([[1.0 if n > 0 else 0.0], a[:-1]])
        gone = np.concatenate([[0.0], b[:-1]])
        return np.concatenate(
            [moves * (nearer - a) - theta * a, moves * (gone - b) + theta * (1 - b)]
        )

    done = solve_ivp(change, (0, awt_s), np.zeros(2 * ahead.size), **_PRECISION).y[:, -1]
    answered[int(n) :], left[int(n) :] = done[: ahead.size], done[ahead.size :]
    return answered, left
