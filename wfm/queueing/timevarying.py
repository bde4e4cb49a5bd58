"""How many agents when the rate of contacts moves within one handle time?

A stationary formula for each interval looks only at that interval; but those who called before are
still being served. The load therefore follows the rate late and smoothed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.queueing._arguments import broadcast, numbers, queue_arguments, refuse
from wfm.scenario import Target

__all__ = ["OfferedLoad", "fewest_agents", "lagged_volume", "offered_load"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OfferedLoad:
    """Agents that would be busy if nobody ever waited; intervals along the last axis.

    Attributes
    ----------
    mean : array, shape (..., T)
        Mean over each interval, erlangs.
    peak : array, shape (..., T)
        Largest value within each.
    end : array, shape (..., T)
        Value at the end of each.
    """

    mean: Floats
    peak: Floats
    end: Floats


def offered_load(
    volume: ArrayLike,
    aht_s: ArrayLike,
    *,
    interval_s: float = 1800.0,
    start_load: ArrayLike = 0.0,
) -> OfferedLoad:
    """Return the load that contacts bring when the rate moves: the busy servers of M_t/M/infinity.

    m' = rate(t) - m/aht_s, with the rate constant within each interval: towards a = volume
    aht_s/interval_s, m(t) = a + (m(0) - a) exp(-t/aht_s).

    Parameters
    ----------
    volume : array_like, shape (..., T)
        Contacts in each of T consecutive intervals, >= 0.
    aht_s : array_like
        Mean handle time, seconds, a number or one an interval; > 0 where volume is.
    interval_s : float
        Seconds.
    start_load : array_like, shape (...)
        Agents busy at the start of the first interval; 0 for a centre that opens then.

    Returns
    -------
    OfferedLoad

    Raises
    ------
    BadInput
        For bad values.

    Notes
    -----
    Exact for exponential handle times and unlimited agents. Sources: Eick, Massey and Whitt, "The
    physics of the M_t/G/infinity queue", Operations Research 41 (1993); Jennings, Mandelbaum,
    Massey and Whitt, Management Science 42 (1996).

    Examples
    --------
    >>> load = offered_load([30, 30, 0], 1800)
    >>> [round(float(m), 3) for m in load.mean]
    [11.036, 23.024, 16.397]
    """
    arrays = _day(volume, aht_s, interval_s)
    handle = np.where(arrays["aht_s"] > 0, arrays["aht_s"], 1.0)
    target = arrays["volume"] * arrays["aht_s"] / interval_s
    level = numbers(start_load=start_load)["start_load"]
    refuse("start_load", level, (level >= 0) & (level < math.inf), "finite erlangs >= 0")
    try:
        level = np.broadcast_to(level, target.shape[:-1])
    except ValueError as error:
        raise BadInput(
            f"start_load of shape {level.shape} does not broadcast with days of shape "
            f"{target.shape[:-1]}"
        ) from error
    mean, peak, end = (np.empty(target.shape) for _ in range(3))
    for i in range(target.shape[-1]):
        a, x = target[..., i], interval_s / handle[..., i]
        mean[..., i] = a + (level - a) * -np.expm1(-x) / x
        after = a + (level - a) * np.exp(-x)
        peak[..., i] = np.maximum(level, after)
        end[..., i] = level = after
    return OfferedLoad(mean, peak, end)


def lagged_volume(volume: ArrayLike, aht_s: ArrayLike, *, interval_s: float = 1800.0) -> Floats:
    """Return the contacts of each interval, one mean handle time earlier (lag-SIPP).

    Contacts that came in [t - aht_s, t + interval_s - aht_s): what is in service in the interval.
    Size these volumes as stationary ones. Nothing came before the first interval.

    Parameters
    ----------
    volume, aht_s, interval_s
        As in `offered_load`; aht_s one number for the day.

    Returns
    -------
    float64 array, shape (..., T)

    Raises
    ------
    BadInput
        For bad values.

    Notes
    -----
    Good up to handle times of about half an hour; it shifts the peak and does not smooth it:
    prefer `fewest_agents`, which does both. Source: Green, Kolesar and Soares, "Improving the SIPP
    approach for staffing service systems that have cyclic demands", Operations Research 49 (2001).

    Examples
    --------
    >>> [round(float(v), 9) for v in lagged_volume([60, 120, 0], 600)]
    [40.0, 100.0, 40.0]
    """
    arrays = _day(volume, aht_s, interval_s)
    lag = arrays["aht_s"]
    if np.any(lag != lag.flat[0]):
        raise BadInput(
            "aht_s: expected one number for the day; for handle times that move use offered_load"
        )
    shift = float(lag.flat[0]) / interval_s
    each = arrays["volume"]
    count = each.shape[-1]
    total = np.concatenate([np.zeros((*each.shape[:-1], 1)), np.cumsum(each, axis=-1)], axis=-1)
    at = np.clip(np.arange(count + 1) - shift, 0, count)
    left = np.minimum(np.floor(at).astype(np.int64), count - 1)
    came = total[..., left] + (at - left) * each[..., left]
    return np.diff(came, axis=-1)


def fewest_agents(
    volume: ArrayLike,
    aht_s: ArrayLike,
    target: Target,
    *,
    interval_s: float = 1800.0,
    patience_s: ArrayLike = math.inf,
    start_load: ArrayLike = 0.0,
) -> NDArray[np.int64]:
    """Return the fewest agents of each interval by the modified offered load.

    The stationary formula at the largest load that `offered_load` reaches within the interval.

    Parameters
    ----------
    volume, aht_s, interval_s, start_load
        As in `offered_load`; aht_s > 0.
    target : Target
        Limits that must all hold.
    patience_s : array_like
        Mean patience, seconds.

    Returns
    -------
    int64 array, shape (..., T)
        0 where nobody is in service all interval.

    Raises
    ------
    BadInput
        For bad values and targets that cannot be met.

    Notes
    -----
    An approximation that gets good as waits get short: an interval short of agents hands its queue
    to the next, which this does not see (`transient.exact` does). Source: Jennings and others 1996;
    Green, Kolesar and Whitt, "Coping with time-varying demand when setting staffing requirements
    for a service system", Production and Operations Management 16 (2007).

    Examples
    --------
    >>> fewest_agents([30, 60, 30], 1200, Target(0.80, awt_s=20)).tolist()
    [20, 41, 41]
    """
    load = offered_load(volume, aht_s, interval_s=interval_s, start_load=start_load)
    handle = numbers(aht_s=aht_s)["aht_s"]
    refuse("aht_s", handle, handle > 0, "seconds > 0")
    return erlang.fewest_agents(
        load.peak * interval_s / handle, handle, target, interval_s=interval_s,
        patience_s=patience_s,
    )  # fmt: skip


def _day(volume: ArrayLike, aht_s: ArrayLike, interval_s: float) -> dict[str, Floats]:
    named = queue_arguments(volume=volume, aht_s=aht_s, interval_s=interval_s)
    if named["interval_s"].ndim:
        raise BadInput(f"interval_s: expected one number, got shape {named['interval_s'].shape}")
    if named["volume"].ndim == 0 or named["volume"].shape[-1] == 0:
        raise BadInput("volume: expected a list, one number for each consecutive interval")
    arrays = broadcast({"volume": named["volume"], "aht_s": named["aht_s"]})
    if arrays["volume"].shape[-1] != named["volume"].shape[-1]:
        raise BadInput(
            f"aht_s: expected one number, or one for each of {named['volume'].shape[-1]} "
            f"intervals; got shape {named['aht_s'].shape}"
        )
    return arrays
