"""How many contacts come really, when those who were lost try again?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.queueing._arguments import broadcast, queue_arguments, refuse
from wfm.queueing._checks import agents_on_seat, shares_below_one
from wfm.queueing._gallop import fewest_from
from wfm.queueing._roots import falling_root
from wfm.queueing._slack import slack
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

    flat = {name: value.ravel() for name, value in arrays.items()}
    retry = retry.ravel()

    def meets(n: Floats, at: NDArray[np.intp]) -> NDArray[np.bool_]:
        each = {**{name: value[at] for name, value in flat.items()}, "agents": n}
        each["volume"] = _attempts(each, retry[at])
        figures = erlang.performance(**each, awt_s=target.awt_s, short_s=target.short_s)
        return slack(figures, target) >= -erlang.TOLERANCE

    # Without repeats `few` are enough; with them it takes at least as many.
    most = np.minimum(np.floor(flat["lines"]), _MOST_AGENTS)
    agents, failed = fewest_from(meets, few.ravel().astype(np.float64), most)
    _refuse_unreachable(failed.reshape(first.shape), target)
    return agents.reshape(first.shape).astype(np.int64)[()]


def _refuse_unreachable(failed: NDArray[np.bool_], target: Target) -> None:
    if failed.any():
        first = tuple(int(i) for i in np.argwhere(failed)[0])
        where = f" (first at index {first[0] if len(first) == 1 else first})" if first else ""
        raise BadInput(
            f"target: {target} cannot be met{where}: with as many agents as lines the contacts "
            f"that try again keep it missed, in {int(failed.sum())} of {failed.size} queues; add "
            "lines or relax the limit"
        )


def _attempts(arrays: dict[str, Floats], retry: Floats) -> Floats:
    first = arrays["volume"]

    flat = {name: value.ravel() for name, value in arrays.items()}
    wanted, again = first.ravel(), retry.ravel()

    def short(x: Floats, at: NDArray[np.intp]) -> Floats:
        got = erlang.performance(**{**{k: v[at] for k, v in flat.items()}, "volume": x})
        lost = again[at] * (got.p_abandon + got.p_block)
        return (wanted[at] - x * (1 - lost)) / np.maximum(wanted[at], 1e-300)

    # A whisker wider, so that rounding cannot put the root outside.
    low, high = first * (1 - 1e-12), first / (1 - retry) * (1 + 1e-12)
    return falling_root(short, low, high)


def _arguments(
    volume: ArrayLike, aht_s: ArrayLike, *, agents: ArrayLike, p_retry: ArrayLike,
    **queue: ArrayLike,
) -> dict[str, Floats]:  # fmt: skip
    named = queue_arguments(volume=volume, aht_s=aht_s, **queue)
    named |= shares_below_one(p_retry=p_retry) | {"agents": agents_on_seat(agents)}
    arrays = broadcast(named)
    refuse("lines", arrays["lines"], arrays["lines"] >= arrays["agents"], "at least agents")
    return arrays
