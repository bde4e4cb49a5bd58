"""How long do contacts wait with these agents, and how many agents does a target need?

One stationary queue: Poisson arrivals, exponential handle times, first come first served; Erlang B
and C, Erlang A where customers are impatient, and each with a limited number of lines.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.queueing import _kernels, _kernels_lines, _solve
from wfm.queueing._arguments import broadcast, load_argument, numbers, refuse
from wfm.queueing._quick import quick_agents
from wfm.queueing.figures import Performance
from wfm.scenario import Target

__all__ = [
    "Performance", "erlang_b", "erlang_c", "fewest_agents", "fewest_lines", "fractional_agents",
    "performance",
]  # fmt: skip

Floats = NDArray[np.float64]

TOLERANCE = _solve.TOLERANCE


def performance(
    volume: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    *,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
    awt_s: ArrayLike = 20.0,
    short_s: ArrayLike = 5.0,
) -> Performance:
    """Return what contacts meet when `agents` serve one stationary queue.

    The offered wait V has mass R(n - 1) at 0 and density a exp(w - n t) Q(k, w) in handle times t,
    w = a (1 - exp(-eta t))/eta, with a = load, n = agents, k = lines - n, eta = aht_s/patience_s,
    R = 1/B the inverse of Erlang B, Q the regularised upper incomplete gamma function.

    Parameters
    ----------
    volume : array_like
        Contacts offered in the interval, >= 0. Where it is 0 the figures are those of one single
        contact, and occupancy is 0.
    aht_s : array_like
        Mean handle time, seconds, > 0 where volume is.
    agents : array_like
        Agents on seat, >= 0; fractions continue the formulas (Jagerman's continuous Erlang B).
    interval_s : array_like
        Length of the interval, seconds.
    patience_s : array_like
        Mean patience, seconds, > 0; infinite: nobody leaves (Erlang C).
    lines : array_like
        Contacts that fit in at once, served and waiting, >= agents; infinite: no limit.
    awt_s : array_like
        Acceptable waiting time, seconds.
    short_s : array_like
        An abandon before this is short, seconds (rules SL5 and SL6).

    Returns
    -------
    Performance
        With arrays of the broadcast shape. Without patience and limit, agents <= load gives
        p_wait 1, waits infinite, answered 0, occupancy 1.

    Raises
    ------
    BadInput
        Names the argument, the first bad element and the count.

    Notes
    -----
    Relative error below 1e-10. Where both patience and more than a million lines matter, it grows
    with the lines, to about 1e-9 at ten million. Loads up to 1e15. Not valid where the rate
    changes within about one handle time, where agents work several contacts at once, or for a few
    contacts with a known schedule.

    Sources: Erlang 1917; Palm 1957; Mandelbaum and Zeltyn, "The Palm/Erlang-A queue" (2005);
    Jagerman, Bell System Technical Journal 53 (1974) for real-valued n.

    Examples
    --------
    >>> p = performance(100, 180, 14)
    >>> round(float(p.p_answered_within("SL4")), 4), round(float(p.occupancy), 4)
    (0.8884, 0.7143)
    """
    flat, shape = _solve.checked(
        volume=volume, aht_s=aht_s, agents=agents, interval_s=interval_s, patience_s=patience_s,
        lines=lines, awt_s=awt_s, short_s=short_s,
    )  # fmt: skip
    out, load = _solve.figures(flat)

    def column(i: int) -> Floats:
        return out[:, i].reshape(shape)[()]

    wait_all = out[:, _kernels.WAIT_ALL]
    rate = flat["volume"] / flat["interval_s"]
    waiting = np.zeros_like(rate)
    np.multiply(rate, wait_all, out=waiting, where=rate > 0)
    return Performance(
        load=load.reshape(shape)[()],
        p_block=column(_kernels.BLOCK),
        p_wait=column(_kernels.WAIT),
        p_abandon=column(_kernels.ABANDON),
        p_answered=column(_kernels.ANSWERED),
        mean_wait_s=column(_kernels.WAIT_ALL),
        asa_s=column(_kernels.WAIT_ANSWERED),
        occupancy=column(_kernels.BUSY),
        mean_queue=waiting.reshape(shape)[()],
        p_answered_in_awt=column(_kernels.ANS_T),
        p_abandoned_in_awt=column(_kernels.AB_T),
        p_later=column(_kernels.LATER_T),
        p_answered_short=column(_kernels.ANS_S),
        p_abandoned_short=column(_kernels.AB_S),
        p_later_short=column(_kernels.LATER_S),
        p_virtual=column(_kernels.VIRTUAL),
    )


def fewest_agents(
    volume: ArrayLike,
    aht_s: ArrayLike,
    target: Target,
    *,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
) -> NDArray[np.int64]:
    """Return the fewest whole agents that meet every limit of `target`.

    The n returned meets the target and n - 1 does not; 0 where volume is 0. A limit is met on
    equality, up to `TOLERANCE` of itself. Without patience and with unlimited lines, agents <=
    load meet no target: the queue grows without end.

    Parameters
    ----------
    volume, aht_s, interval_s, patience_s, lines : array_like
        As in `performance`.
    target : Target
        Limits that must all hold.

    Returns
    -------
    int64 array
        Of the broadcast shape.

    Raises
    ------
    BadInput
        For bad values, a target without limits, and a target that no number of agents can meet;
        says which limit and why.

    Notes
    -----
    Every limit is monotone in the number of agents with two exceptions. SL5 and SL6 with
    ``short_s > awt_s`` can fall before they rise: then n is a number at which the target turns
    from missed to met, and 1 where one agent meets it. Blocking grows with agents where
    aht_s > patience_s: it is checked at the n that the other limits need.

    Examples
    --------
    >>> int(fewest_agents(100, 180, Target(service_level=0.80, awt_s=20)))
    14
    """
    queue = {
        "volume": volume, "aht_s": aht_s, "interval_s": interval_s, "patience_s": patience_s,
        "lines": lines,
    }  # fmt: skip
    quick = quick_agents(queue, target, partial(_solve.exact_agents, target))
    if quick is not None:
        return quick[()]
    return _solve.least_agents(target, queue, whole=True).astype(np.int64)[()]


def fractional_agents(
    volume: ArrayLike,
    aht_s: ArrayLike,
    target: Target,
    *,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
) -> Floats:
    """Return the least real number of agents that meets every limit of `target`.

    Arguments and errors as in `fewest_agents`, which is this number rounded up; sum it over queues
    before rounding. 0 where volume is 0 or where next to nobody on seat meets the target.

    Examples
    --------
    >>> round(float(fractional_agents(100, 180, Target(service_level=0.80, awt_s=20))), 6)
    13.037206
    """
    queue = {
        "volume": volume, "aht_s": aht_s, "interval_s": interval_s, "patience_s": patience_s,
        "lines": lines,
    }  # fmt: skip
    return _solve.least_agents(target, queue, whole=False)[()]


def erlang_b(load: ArrayLike, lines: ArrayLike) -> Floats:
    """Return the share of contacts lost when nobody waits: B(lines, load).

    1/B = a int_0^inf exp(-a t)(1 + t)^n dt, for real n.

    Parameters
    ----------
    load : array_like
        Erlangs, >= 0.
    lines : array_like
        Lines (or agents), >= 0, real.

    Returns
    -------
    float64 array

    Raises
    ------
    BadInput
        For negative, NaN or infinite loads and negative or NaN lines.

    Notes
    -----
    Source: Erlang 1917; Jagerman 1974.

    Examples
    --------
    >>> round(float(erlang_b(10, 18)), 8)
    0.00714244
    """
    arrays = broadcast({**load_argument(load), **numbers(lines=lines)})
    refuse("lines", arrays["lines"], arrays["lines"] >= 0, "a number >= 0")
    out = np.empty(arrays["load"].size)
    _kernels_lines.erlang_b(arrays["load"].ravel(), arrays["lines"].ravel(), out)
    return out.reshape(arrays["load"].shape)[()]


def erlang_c(load: ArrayLike, agents: ArrayLike) -> Floats:
    """Return the share of contacts that wait when nobody leaves: C(agents, load).

    C = n B/(n - a (1 - B)); 1 where agents <= load.

    Parameters
    ----------
    load : array_like
        Erlangs, >= 0.
    agents : array_like
        Agents on seat, >= 0, real.

    Returns
    -------
    float64 array

    Raises
    ------
    BadInput
        For negative, NaN or infinite values.

    Examples
    --------
    >>> round(float(erlang_c(10, 14)), 8)
    0.17413193
    """
    return performance(load_argument(load)["load"], 1.0, agents, interval_s=1.0).p_wait


def fewest_lines(load: ArrayLike, p_block: ArrayLike) -> NDArray[np.int64]:
    """Return the fewest lines on which at most `p_block` of the contacts are lost (Erlang B).

    Parameters
    ----------
    load : array_like
        Erlangs, >= 0.
    p_block : array_like
        Largest share lost, above 0 and at most 1; met on equality.

    Returns
    -------
    int64 array
        0 where load is 0.

    Raises
    ------
    BadInput
        For values out of range.

    Examples
    --------
    >>> int(fewest_lines(10, 0.01))
    18
    """
    block = numbers(p_block=p_block)["p_block"]
    refuse("p_block", block, block <= 1, "a fraction up to 1 - was a percent passed?")
    refuse("p_block", block, block > 0, "above 0: any finite number of lines loses some contacts")
    arrays = broadcast({**load_argument(load), "p_block": block})
    out = np.empty(arrays["load"].size, dtype=np.int64)
    _kernels_lines.fewest_lines(arrays["load"].ravel(), arrays["p_block"].ravel(), TOLERANCE, out)
    return out.reshape(arrays["load"].shape)[()]
