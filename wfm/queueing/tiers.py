"""How long does each tier of customers wait when better tiers go first?

One group of agents, nobody leaves the queue, equal handle time for all; an agent who becomes free
takes the longest waiting contact of the best tier, and a contact in service is never interrupted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.errors import BadInput
from wfm.queueing import _slack, erlang
from wfm.queueing._arguments import broadcast, queue_arguments
from wfm.queueing._checks import agents_on_seat, waiting_time
from wfm.queueing._gallop import fewest_from
from wfm.scenario import Target

__all__ = ["Groups", "TierPerformance", "compare_groups", "fewest_agents", "performance"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

# Terms of the Euler inversion: about 0.6 digits each, against rounding that grows by 1/3 of one.
_TERMS = 15
# Waits below this share of the time to the next free agent change no digit that is promised.
_NO_TIME = 1e-10
_MOST_AGENTS = 2.0**40


@dataclass(frozen=True, eq=False)
class TierPerformance:
    """What contacts of each tier meet; tiers along the last axis, best first.

    Attributes
    ----------
    load : array, shape (...)
        Erlangs of all tiers together.
    occupancy : array, shape (...)
        Share of agents' time spent on contacts.
    p_wait : array, shape (...)
        Share that waits, the same for every tier.
    mean_wait_s : array, shape (..., tiers)
        Mean wait, seconds; infinite for tiers whose load with that of better tiers reaches agents.
    p_answered_within : array, shape (..., tiers)
        Share answered within `awt_s`; with nobody leaving, all service-level rules coincide.
    """

    load: Floats
    occupancy: Floats
    p_wait: Floats
    mean_wait_s: Floats
    p_answered_within: Floats


@dataclass(frozen=True, eq=False)
class Groups:
    """Agents for tiers served by one group with priority, and by a group of their own each.

    Attributes
    ----------
    together : array, shape (...)
        Fewest agents of one group with priority that meet every tier's target.
    apart : array, shape (..., tiers)
        Fewest agents of each tier's own group.
    """

    together: NDArray[np.int64]
    apart: NDArray[np.int64]


def performance(
    volume: ArrayLike,
    aht_s: ArrayLike,
    agents: ArrayLike,
    *,
    interval_s: ArrayLike = 1800.0,
    awt_s: ArrayLike = 20.0,
) -> TierPerformance:
    """Return what each tier meets under priority without interruption.

    With C the Erlang C chance to wait, s_k the load of tiers 1..k over agents, W0 = C aht/n:
    mean wait of tier k is W0/((1 - s_{k-1})(1 - s_k)). Given that it waits, the wait has the
    transform g/(g + s + l (1 - B(s))), l the rate of better tiers, m = n/aht, g = m (1 - s_k),
    B(s) = (l + m + s - sqrt((l + m + s)^2 - 4 l m))/(2 l), inverted numerically.

    Parameters
    ----------
    volume : array_like, shape (..., tiers)
        Contacts of each tier in the interval, best tier first, >= 0.
    aht_s, agents, interval_s : array_like, shape (...)
        As in `erlang.performance`; one handle time for all tiers.
    awt_s : array_like, shape (..., tiers) or a number
        Acceptable waiting time of each tier, seconds.

    Returns
    -------
    TierPerformance

    Raises
    ------
    BadInput
        For bad values and shapes that do not broadcast.

    Notes
    -----
    Means are exact; shares answered are within 1e-8. Not valid with impatient customers (lower
    tiers then leave and everybody waits less), with handle times that differ between tiers, or
    where agents are kept free for the best tier.

    Sources: Cobham, Operations Research 2 (1954); Kella and Yechiali, "Waits in the M/M/c queue
    with priorities", Communications in Statistics - Stochastic Models 1 (1985); Abate and Whitt,
    INFORMS Journal on Computing 18 (2006) for the inversion.

    Examples
    --------
    >>> p = performance([20, 80], 180, 14)
    >>> [round(float(w), 6) for w in p.mean_wait_s]
    [2.611979, 9.141927]
    """
    arrays, each, within = _arguments(volume, aht_s, agents, interval_s, awt_s)
    aht, n = arrays["aht_s"], arrays["agents"]
    all_tiers = erlang.performance(each.sum(-1), aht, n, interval_s=arrays["interval_s"])
    rate = each / arrays["interval_s"][..., None]
    m = (n / aht)[..., None]
    upto = np.cumsum(rate, axis=-1)
    better = upto - rate
    p_wait = np.asarray(all_tiers.p_wait)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        stable = upto < m
        mean = np.where(stable, p_wait * m / ((m - better) * (m - upto)), math.inf)
        at_once = within * m < _NO_TIME
        allowed = np.where(at_once, _NO_TIME / m, within)
        later = _longer(allowed, m - upto, better, m)
        later = np.where(at_once, 1.0, later)
    p_answered = np.where(stable, 1.0 - p_wait * np.clip(later, 0.0, 1.0), 0.0)
    p_answered = np.where(np.isinf(within) & stable, 1.0, p_answered)
    return TierPerformance(
        all_tiers.load, all_tiers.occupancy, all_tiers.p_wait, mean, p_answered
    )  # fmt: skip


def fewest_agents(
    volume: ArrayLike,
    aht_s: ArrayLike,
    targets: Sequence[Target | None],
    *,
    interval_s: ArrayLike = 1800.0,
) -> NDArray[np.int64]:
    """Return the fewest agents with which every tier meets its target.

    Parameters
    ----------
    volume, aht_s, interval_s
        As in `performance`.
    targets : sequence of Target or None, one a tier
        Limits on service level, asa_s and occupancy; None where a tier has no target and may wait
        for ever. Give the lowest tier a modest one: it is what protects it.

    Returns
    -------
    int64 array, shape (...)
        0 where no contacts come.

    Raises
    ------
    BadInput
        For bad values, a wrong number of targets, and limits that this model does not know.

    Examples
    --------
    >>> tiers = (Target(0.95, awt_s=10), Target(0.80, awt_s=30))
    >>> int(fewest_agents([20, 80], 180, tiers))
    15
    """
    arrays, each, _ = _arguments(volume, aht_s, 1.0, interval_s, 0.0)
    _refuse_targets(targets, each.shape[-1])
    shape = each.shape[:-1]
    least = _least(each, arrays, targets).ravel()
    each = each.reshape(-1, each.shape[-1])
    aht, length = arrays["aht_s"].ravel(), arrays["interval_s"].ravel()
    within = np.array([0.0 if target is None else target.awt_s for target in targets])

    def meets(n: Floats, at: NDArray[np.intp]) -> NDArray[np.bool_]:
        got = performance(each[at], aht[at], n, interval_s=length[at], awt_s=within)
        good = np.ones(n.shape, dtype=bool)
        for i, target in enumerate(targets):
            if target is None:
                continue
            wait = got.mean_wait_s[..., i]
            met = _slack.meets(
                target, mean_wait_s=wait, asa_s=wait,
                service_level=got.p_answered_within[..., i], occupancy=got.occupancy,
            )  # fmt: skip
            good &= met | (each[at, i] == 0)
        return good

    agents, failed = fewest_from(meets, least, np.full(least.size, _MOST_AGENTS))
    if failed.any():
        raise BadInput(
            f"targets: cannot be met by any number of agents, in {int(failed.sum())} of "
            f"{failed.size} cases; relax the limits"
        )
    return agents.reshape(shape).astype(np.int64)[()]


def compare_groups(
    volume: ArrayLike,
    aht_s: ArrayLike,
    targets: Sequence[Target],
    *,
    interval_s: ArrayLike = 1800.0,
) -> Groups:
    """Return the agents that tiers need in one group with priority, and in groups of their own.

    Parameters and errors as in `fewest_agents`; every tier has a target.

    Examples
    --------
    >>> both = compare_groups([20, 80], 180, (Target(0.95, awt_s=10), Target(0.80, awt_s=30)))
    >>> int(both.together), both.apart.tolist()
    (15, [6, 11])
    """
    _refuse_targets(targets, np.shape(np.asarray(volume))[-1] if np.ndim(volume) else 1)
    if any(target is None for target in targets):
        raise BadInput("targets: a group of its own needs a target; got None for a tier")
    together = fewest_agents(volume, aht_s, targets, interval_s=interval_s)
    each = np.asarray(volume, dtype=np.float64)
    apart = [
        erlang.fewest_agents(each[..., i], aht_s, target, interval_s=interval_s)
        for i, target in enumerate(targets)
    ]
    return Groups(together, np.stack(apart, axis=-1))


def _longer(t: Floats, g: Floats, better: Floats, m: Floats) -> Floats:
    """P(wait > t | waits): exp(-g t) where no better tier comes, else by inversion."""
    t, g, better, m = np.broadcast_arrays(t, g, better, m)
    later = np.exp(-np.maximum(g, 0.0) * t)
    hard = (better > 0) & (g > 0) & np.isfinite(t)
    later[hard] = _longer_than(t[hard], g[hard], better[hard], m[hard])
    return later


def _longer_than(t: Floats, g: Floats, better: Floats, m: Floats) -> Floats:
    """P(wait > t | waits): Euler inversion of (1 - f(s))/s, f as in `performance`."""
    k = np.arange(2 * _TERMS + 1)
    weight = np.ones(k.size)
    weight[0] = 0.5
    tail = np.array([math.comb(_TERMS, i) for i in range(_TERMS + 1)]) * 2.0**-_TERMS
    weight[_TERMS:] = np.cumsum(tail[::-1])[::-1]
    signs = 10.0 ** (_TERMS / 3) * np.where(k % 2 == 0, 1.0, -1.0) * weight
    beta = _TERMS * math.log(10) / 3 + 1j * math.pi * k
    t, g, better, m = (x[..., None] for x in np.broadcast_arrays(t, g, better, m))
    s = beta / t
    both: Complexes = better + m + s
    # better * (1 - B(s)), without dividing by better where there are no better tiers.
    root = np.sqrt(both * both - 4 * better * m)
    slowed = better - 2 * better * m / (both + root)
    transform = (s + slowed) / (g + s + slowed) / s
    return (signs * transform.real).sum(-1) / t[..., 0]


def _least(each: Floats, arrays: dict[str, Floats], targets: Sequence[Target | None]) -> Floats:
    """Agents that no answer falls below; says in its own words what no number of agents can meet.

    A tier with a target needs what it would need alone, and agents beyond its load and that of
    better tiers.
    """
    least = np.where(each.sum(-1) > 0, 1.0, 0.0)
    load = np.cumsum(each, axis=-1) * (arrays["aht_s"] / arrays["interval_s"])[..., None]
    for i, target in enumerate(targets):
        if target is not None:
            alone = erlang.fewest_agents(
                each[..., i], arrays["aht_s"], target, interval_s=arrays["interval_s"]
            )
            stable = np.where(each[..., i] > 0, np.floor(load[..., i] * (1 - 1e-12)) + 1, 0.0)
            least = np.maximum(least, np.maximum(alone, stable))
    return least


def _arguments(
    volume: ArrayLike, aht_s: ArrayLike, agents: ArrayLike, interval_s: ArrayLike, awt_s: ArrayLike
) -> tuple[dict[str, Floats], Floats, Floats]:
    """Arrays of shape (...) by name, volume and awt_s of shape (..., tiers)."""
    named = queue_arguments(volume=volume, aht_s=1.0, interval_s=interval_s)
    each = named["volume"]
    if each.ndim == 0:
        raise BadInput("volume: expected one number a tier along the last axis, got one number")
    single = {**queue_arguments(volume=1.0, aht_s=aht_s), "agents": agents_on_seat(agents)}
    within = waiting_time(awt_s)
    single["interval_s"] = named["interval_s"]
    arrays = broadcast({**single, "volume": each[..., 0]})
    arrays.pop("volume")
    shape = (*arrays["agents"].shape, each.shape[-1])
    try:
        return arrays, np.broadcast_to(each, shape), np.broadcast_to(within, shape)
    except ValueError as error:
        raise BadInput(
            f"awt_s of shape {within.shape} does not broadcast with volume of shape {shape}"
        ) from error


def _refuse_targets(targets: Sequence[Target | None], tiers: int) -> None:
    if len(targets) != tiers:
        raise BadInput(f"targets: expected one for each of {tiers} tiers, got {len(targets)}")
    for target in targets:
        if target is not None and (target.abandonment is not None or target.blocking is not None):
            raise BadInput(
                "targets: abandonment and blocking have no meaning where nobody leaves and all are "
                "let in; set service_level, asa_s or occupancy, or simulate"
            )
