"""How many agents meet the target when nobody knows how many contacts will come?

The volume of the interval is random and known only as a distribution; given the volume, the queue
is the stationary one of `wfm.queueing.erlang`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.queueing._arguments import broadcast, numbers, queue_arguments, refuse
from wfm.queueing._bends import smooth_stretches
from wfm.queueing._checks import agents_on_seat
from wfm.queueing._roots import falling_root
from wfm.queueing._slack import slack
from wfm.queueing.volumes import GammaVolume, NormalVolume, QuantileVolume, UncertainVolume
from wfm.scenario import SlRule, Target

__all__ = [
    "GammaVolume", "NormalVolume", "QuantileVolume", "expected_service_level", "fewest_agents",
    "largest_volume", "p_target_met",
]  # fmt: skip

Floats = NDArray[np.float64]

_NODES = 10
# A volume that brings a smaller share of the contacts is left out.
_NO_SHARE = 1e-12
# Doublings of a volume after which "more and more" counts as "any".
_MOST_DOUBLINGS = 40


def largest_volume(
    agents: ArrayLike,
    aht_s: ArrayLike,
    target: Target,
    *,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
) -> Floats:
    """Return the largest volume that `agents` carry within the target.

    sup{v : performance(v, agents) meets target}.

    Parameters
    ----------
    agents : array_like
        Agents on seat, >= 0, fractions allowed.
    aht_s, interval_s, patience_s, lines : array_like
        As in `erlang.performance`; aht_s > 0.
    target : Target
        Limits that must all hold; an unreachable one is refused.

    Returns
    -------
    float64 array
        Contacts in the interval; 0 for no agents, infinite where no volume misses the target.

    Raises
    ------
    BadInput
        For bad values, targets without limits, and targets that no number of agents can meet.

    Notes
    -----
    Valid where more contacts never help: every limit but SL5 and SL6 with ``short_s > awt_s``.

    Examples
    --------
    >>> round(float(largest_volume(14, 180, Target(0.80, awt_s=20))), 6)
    108.684914
    """
    queue = {"interval_s": interval_s, "patience_s": patience_s, "lines": lines}
    arrays = _queue(agents, aht_s, queue)
    staffed = arrays["agents"] > 0
    # Refuses, in its own words, what cannot be met even for next to nobody.
    erlang.fewest_agents(np.full(arrays["aht_s"].shape, 1e-9), arrays["aht_s"], target, **queue)

    flat = {name: value.ravel() for name, value in arrays.items()}

    def margin(volume: Floats, at: NDArray[np.intp]) -> Floats:
        each = {name: value[at] for name, value in flat.items()}
        figures = erlang.performance(
            volume=volume, **each, awt_s=target.awt_s, short_s=target.short_s
        )
        return slack(figures, target)

    high = np.maximum(flat["agents"], 1.0) * flat["interval_s"] / flat["aht_s"]
    open_ = np.flatnonzero(staffed.ravel())
    for _ in range(_MOST_DOUBLINGS):
        open_ = open_[margin(high[open_], open_) >= 0]
        if open_.size == 0:
            break
        high[open_] *= 2.0
    endless = np.zeros(staffed.shape, dtype=bool)
    endless.flat[open_] = True
    high = np.where(endless | ~staffed, 0.0, high.reshape(staffed.shape))
    root = falling_root(margin, np.zeros_like(high), high)
    return np.where(staffed, np.where(endless, math.inf, root), 0.0)[()]


def p_target_met(
    agents: ArrayLike,
    volume: UncertainVolume,
    aht_s: ArrayLike,
    target: Target,
    *,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
) -> Floats:
    """Return the chance that `agents` meet the target: P(volume <= largest volume they carry).

    Parameters
    ----------
    agents, aht_s, target, interval_s, patience_s, lines
        As in `largest_volume`.
    volume : UncertainVolume
        `NormalVolume`, `GammaVolume` or `QuantileVolume`, of a shape that broadcasts.

    Returns
    -------
    float64 array
        0 to 1.

    Raises
    ------
    BadInput
        As `largest_volume`.

    Notes
    -----
    The chance is over the *rate*: the interval meets the target when its expected figures do.
    Quantiles of counts (a forecast's) hold Poisson noise too, which the queue adds by itself: their
    sd overstates that of the rate by the factor sqrt(1 + mean/sd_rate^2), on the safe side.

    Source: Jongbloed and Koole, "Managing uncertainty in call centres using Poisson mixtures"
    (2001).

    Examples
    --------
    >>> band = NormalVolume(100, 15)
    >>> round(float(p_target_met(14, band, 180, Target(0.80, awt_s=20))), 6)
    0.718703
    """
    carried = largest_volume(
        agents, aht_s, target, interval_s=interval_s, patience_s=patience_s, lines=lines
    )
    _fits(volume, np.shape(carried))
    return special.ndtr(volume.score(np.asarray(carried)))[()]


def fewest_agents(
    volume: UncertainVolume,
    aht_s: ArrayLike,
    target: Target,
    *,
    chance: ArrayLike,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
) -> NDArray[np.int64]:
    """Return the fewest whole agents that meet the target with probability `chance` or more.

    The target is met for every volume up to some largest one, so this is the number of agents for
    the `chance`-quantile of volume.

    Parameters
    ----------
    volume : UncertainVolume
        As in `p_target_met`.
    aht_s, target, interval_s, patience_s, lines
        As in `largest_volume`.
    chance : array_like
        Wanted probability, between 0 and 1, ends left out.

    Returns
    -------
    int64 array
        0 where that quantile of volume is 0.

    Raises
    ------
    BadInput
        As `largest_volume`; for a chance outside (0, 1).

    Examples
    --------
    >>> int(fewest_agents(NormalVolume(100, 15), 180, Target(0.80, awt_s=20), chance=0.90))
    16
    """
    wanted = numbers(chance=chance)["chance"]
    hint = "a fraction above 0 and below 1 - was a percent passed?"
    refuse("chance", wanted, (wanted > 0) & (wanted < 1), hint)
    _fits(volume, wanted.shape)
    shape = np.broadcast_shapes(volume.shape, wanted.shape)
    score = np.broadcast_to(special.ndtri(wanted), shape)
    return erlang.fewest_agents(
        volume.at(score[..., None])[..., 0], aht_s, target, interval_s=interval_s,
        patience_s=patience_s, lines=lines,
    )  # fmt: skip


def expected_service_level(
    agents: ArrayLike,
    volume: UncertainVolume,
    aht_s: ArrayLike,
    *,
    awt_s: float = 20.0,
    short_s: float = 5.0,
    rule: SlRule | str = SlRule.SL4,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike = math.inf,
    lines: ArrayLike = math.inf,
) -> Floats:
    """Return the service level that one contact expects: E[V SL(V)]/E[V].

    Busy intervals hold more contacts, so each volume weighs as many contacts as it brings.

    Parameters
    ----------
    agents, volume, aht_s, interval_s, patience_s, lines
        As in `p_target_met`.
    awt_s, short_s : float
        Acceptable waiting time, and below which an abandon is short, seconds.
    rule : SlRule or str
        As in `Performance.p_answered_within`.

    Returns
    -------
    float64 array
        0 to 1; NaN where no contacts come.

    Raises
    ------
    BadInput
        For bad values.

    Notes
    -----
    Gauss-Legendre in the normal score, cut where the distribution bends and about the volumes at
    which the level does; within 1e-8 on random queues of every kind, lines included.

    Examples
    --------
    >>> round(float(expected_service_level(14, NormalVolume(100, 15), 180)), 6)
    0.815228
    """
    queue = {"interval_s": interval_s, "patience_s": patience_s, "lines": lines}
    arrays = _queue(agents, aht_s, queue)
    _fits(volume, arrays["aht_s"].shape)
    shape = np.broadcast_shapes(volume.shape, arrays["aht_s"].shape)
    arrays = {name: np.broadcast_to(value, shape) for name, value in arrays.items()}
    edges = smooth_stretches(volume, arrays, float(awt_s))
    x, weight = np.polynomial.legendre.leggauss(_NODES)
    half = 0.5 * np.diff(edges, axis=-1)[..., None]
    score = 0.5 * (edges[..., 1:] + edges[..., :-1])[..., None] + half * x
    mass = (half * weight * np.exp(-0.5 * score**2)).reshape(*shape, score.shape[-2] * _NODES)
    brought = mass * volume.at(score.reshape(mass.shape))
    all_contacts = brought.sum(-1)
    level = np.zeros(brought.shape)
    counts = brought > _NO_SHARE * all_contacts[..., None]
    contacts = (brought / np.where(mass > 0, mass, 1.0))[counts]
    each = {
        name: np.broadcast_to(value[..., None], brought.shape)[counts]
        for name, value in arrays.items()
    }
    figures = erlang.performance(volume=contacts, **each, awt_s=awt_s, short_s=short_s)
    level[counts] = figures.p_answered_within(rule)
    with np.errstate(invalid="ignore"):
        return ((brought * level).sum(-1) / all_contacts)[()]


def _queue(agents: ArrayLike, aht_s: ArrayLike, queue: dict[str, ArrayLike]) -> dict[str, Floats]:
    named = queue_arguments(volume=1.0, aht_s=aht_s, **queue)
    named.pop("volume")
    return broadcast({"agents": agents_on_seat(agents), **named})


def _fits(volume: UncertainVolume, shape: tuple[int, ...]) -> None:
    if not hasattr(volume, "score"):
        raise BadInput(
            "volume: expected a NormalVolume, GammaVolume or QuantileVolume, got "
            f"{type(volume).__name__}"
        )
    try:
        np.broadcast_shapes(volume.shape, shape)
    except ValueError as error:
        raise BadInput(
            f"volume of shape {volume.shape} does not broadcast with shape {shape} of the others"
        ) from error
