"""How many contacts come really, when those who were lost try again?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.queueing._arguments import broadcast, numbers, queue_arguments, refuse
from wfm.queueing._slack import falling_root, slack
from wfm.scenario import Target

__all__ = ["Retrials", "fewest_agents", "fixed_point"]

Floats = NDArray[np.float64]

_MOST_AGENTS = 2.0**40


@dataclass(frozen=True, eq=False)
class Retrials:
    """A queue with its repeated contacts.

    Attributes
    ----------
    volume : array
        Attempts offered in the interval, first and repeated.
    repeated : array
        Of these, repeated ones.
    p_never_served : array
        Share of customers who give up in the end.
    figures : Performance
        What one attempt meets.
    """

    volume: Floats
    repeated: Floats
    p_never_served: Floats
    figures: erlang.Performance


def fixed_point(
    volume: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    *,
    p_retry: ArrayLike,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
    awt_s: ArrayLike = 20.0,
) -> Retrials:
    """Return the attempts that first contacts cause: x = volume + p_retry x P(lost | x).

    Lost is abandoned or blocked. x P(served | x) rises with x, so there is exactly one x; it lies
    between volume and volume/(1 - p_retry).

    Parameters
    ----------
    volume : array_like
        First attempts in the interval, >= 0.
    aht_s, agents, interval_s, patience_s, lines, awt_s : array_like
        As in `erlang.performance`.
    p_retry : array_like
        Share of lost contacts that try again, >= 0 and below 1.

    Returns
    -------
    Retrials

    Raises
    ------
    BadInput
        For bad values.

    Notes
    -----
    Takes repeats as fresh Poisson arrivals of a steady state: right if customers wait long against
    a handle time before they try again, too kind if they redial at once. History counts attempts:
    take repeats out of it before using it as `volume` (multiply by 1 - p_retry P(lost)).

    Sources: Cohen, "Basic problems of telephone traffic theory", Philips Telecommunication Review
    18 (1957); Aguir, Karaesmen, Aksin and Chauvet, "The impact of retrials on call center
    performance", OR Spectrum 26 (2004).

    Examples
    --------
    >>> got = fixed_point(48, 60, 50, p_retry=0.5, interval_s=60, patience_s=120)
    >>> round(float(got.volume), 7)
    48.9213536
    """
    arrays = _arguments(
        volume, aht_s, agents=agents, p_retry=p_retry, interval_s=interval_s,
        patience_s=patience_s, lines=lines,
    )  # fmt: skip
    first, retry = arrays["volume"], arrays.pop("p_retry")
    total = _attempts(arrays, retry)
    arrays["volume"] = total
    figures = erlang.performance(**arrays, awt_s=awt_s)
    lost = np.asarray(figures.p_abandon + figures.p_block)
    shape = np.broadcast_shapes(total.shape, np.shape(lost))
    give_up = np.zeros(shape)
    np.divide((1 - retry) * lost * total, first, out=give_up, where=first > 0)
    single = lost * (1 - retry) / (1 - retry * lost)
    return Retrials(
        volume=np.broadcast_to(total, shape)[()],
        repeated=np.broadcast_to(np.maximum(total - first, 0.0), shape)[()],
        p_never_served=np.where(first > 0, give_up, single)[()],
        figures=figures,
    )


def fewest_agents(
    volume: ArrayLike,
    aht_s: ArrayLike,
    target: Target,
    *,
    p_retry: ArrayLike,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
) -> NDArray[np.int64]:
    """Return the fewest agents that meet the target with the repeated contacts they cause.

    Parameters
    ----------
    volume, aht_s, p_retry, interval_s, patience_s, lines
        As in `fixed_point`.
    target : Target
        Limits for each attempt; all must hold.

    Returns
    -------
    int64 array
        0 where volume is 0.

    Raises
    ------
    BadInput
        For bad values and targets that cannot be met.

    Notes
    -----
    Where aht_s > patience_s and lines are limited, blocking can rise with agents: then the n found
    meets the target and n - 1 does not, but a smaller one may.

    Examples
    --------
    >>> target = Target(abandonment=0.03)
    >>> int(fewest_agents(48, 60, target, p_retry=0.5, interval_s=60, patience_s=120))
    51
    """
    arrays = _arguments(
        volume, aht_s, agents=1.0, p_retry=p_retry, interval_s=interval_s,
        patience_s=patience_s, lines=lines,
    )  # fmt: skip
    first, retry = arrays["volume"], arrays.pop("p_retry")
    arrays.pop("agents")
    queue = {name: arrays[name] for name in ("interval_s", "patience_s", "lines")}
    few = np.asarray(erlang.fewest_agents(first, arrays["aht_s"], target, **queue))

    def meets(n: NDArray[np.int64]) -> NDArray[np.bool_]:
        each = {**arrays, "agents": n.astype(np.float64)}
        each["volume"] = _attempts(each, retry)
        figures = erlang.performance(**each, awt_s=target.awt_s, short_s=target.short_s)
        return slack(figures, target) >= -erlang.TOLERANCE

    # Without repeats `few` are enough; with them at least as many, found by doubling and halving.
    most = np.minimum(np.floor(arrays["lines"]), _MOST_AGENTS).astype(np.int64)
    missed, met = few - 1, few
    while not np.all(good := meets(np.maximum(met, 1)) | (first == 0)):
        _refuse_unreachable(~good & (met >= most), target)
        missed, met = np.where(good, missed, met), np.where(good, met, np.minimum(2 * met, most))
    while np.any(met - missed > 1):
        middle = (missed + met) // 2
        good = meets(np.maximum(middle, 1))
        open_ = met - missed > 1
        missed, met = np.where(open_ & ~good, middle, missed), np.where(open_ & good, middle, met)
    return np.where(first > 0, met, 0).astype(np.int64)[()]


def _refuse_unreachable(failed: NDArray[np.bool_], target: Target) -> None:
    if failed.any():
        where = f" (first at index {int(np.argmax(failed))})" if failed.ndim else ""
        raise BadInput(
            f"target: {target} cannot be met{where}: with as many agents as lines the contacts "
            f"that try again keep it missed, in {int(failed.sum())} of {failed.size} queues; add "
            "lines or relax the limit"
        )


def _attempts(arrays: dict[str, Floats], retry: Floats) -> Floats:
    first = arrays["volume"]

    def short(x: Floats) -> Floats:
        got = erlang.performance(**{**arrays, "volume": x})
        return (first - x * (1 - retry * (got.p_abandon + got.p_block))) / np.maximum(first, 1e-300)

    # A whisker wider, so that rounding cannot put the root outside.
    low, high = first * (1 - 1e-12), first / (1 - retry) * (1 + 1e-12)
    return falling_root(short, low, high)


def _arguments(
    volume: ArrayLike, aht_s: ArrayLike, *, agents: ArrayLike, p_retry: ArrayLike,
    **queue: ArrayLike,
) -> dict[str, Floats]:  # fmt: skip
    named = queue_arguments(volume=volume, aht_s=aht_s, **queue)
    extra = numbers(agents=agents, p_retry=p_retry)
    retry = extra["p_retry"]
    refuse(
        "p_retry", retry, (retry >= 0) & (retry < 1),
        "a fraction from 0 to below 1 - was a percent passed?",
    )  # fmt: skip
    on_seat = extra["agents"]
    refuse("agents", on_seat, (on_seat >= 0) & (on_seat < math.inf), "a finite number >= 0")
    arrays = broadcast({**named, **extra})
    refuse("lines", arrays["lines"], arrays["lines"] >= arrays["agents"], "at least agents")
    return arrays
