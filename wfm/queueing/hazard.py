"""Do customers leave at the same rate however long they have waited already?

Only then is patience exponential, as Erlang A takes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wfm.errors import BadInput
from wfm.queueing.patience import (
    Agreement,
    agreement_of,
    contacts_of,
    from_sums,
    refuse_confidence,
)

__all__ = ["Bands", "Survival", "bands", "survival"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bands:
    """Rate of leaving by how long customers have waited already.

    Attributes
    ----------
    start_s, end_s : array, shape (k,)
        Band of waiting time, seconds; the last ends at the longest wait.
    abandoned : array, shape (k,)
        Contacts that left within the band.
    total_wait_s : array, shape (k,)
        Seconds waited within the band, by everybody.
    patience_s, low_s, high_s : array, shape (k,)
        Mean patience that the rate of the band means, with its interval, seconds.
    exponential : Agreement
        Whether the bands agree: only then is patience exponential as far as the data reach.
    """

    start_s: Floats
    end_s: Floats
    abandoned: Floats
    total_wait_s: Floats
    patience_s: Floats
    low_s: Floats
    high_s: Floats
    exponential: Agreement


@dataclass(frozen=True, eq=False)
class Survival:
    """Share of customers who would still wait (Kaplan and Meier).

    Attributes
    ----------
    wait_s : array, shape (k,)
        The distinct times at which somebody left, rising, seconds.
    at_risk : array, shape (k,)
        Contacts still waiting just before.
    abandoned : array, shape (k,)
        Contacts that left then.
    hazard : array, shape (k,)
        abandoned/at_risk.
    surviving : array, shape (k,)
        Share of customers whose patience exceeds `wait_s`.
    low, high : array, shape (k,)
        Confidence interval of `surviving` (Greenwood, on the log-minus-log scale).
    """

    wait_s: Floats
    at_risk: Floats
    abandoned: Floats
    hazard: Floats
    surviving: Floats
    low: Floats
    high: Floats


def survival(wait_s: ArrayLike, abandoned: ArrayLike, *, level: float = 0.95) -> Survival:
    """Return the share of customers who would wait longer, by Kaplan and Meier.

    S(t) = prod over times u <= t of (1 - left at u/waiting just before u); a contact answered at u
    counts as still waiting then.

    Parameters
    ----------
    wait_s, abandoned, level
        As in `patience.from_contacts`.

    Returns
    -------
    Survival
        Empty where nobody left.

    Raises
    ------
    BadInput
        As `patience.from_contacts`.

    Notes
    -----
    Beyond the longest wait nothing is known: the curve does not reach 0 where the longest wait was
    answered. Sources: Kaplan and Meier, JASA 53 (1958); Greenwood (1926).

    Examples
    --------
    >>> curve = survival([10, 30, 50, 30], [0, 1, 0, 0])
    >>> curve.wait_s.tolist(), curve.at_risk.tolist(), round(float(curve.surviving[0]), 4)
    ([30.0], [3.0], 0.6667)
    """
    refuse_confidence(level)
    wait, left = contacts_of(wait_s, abandoned)
    times, count = np.unique(wait[left > 0], return_counts=True)
    at_risk = wait.size - np.searchsorted(np.sort(wait), times, side="left").astype(np.float64)
    gone = count.astype(np.float64)
    surviving = np.asarray(np.cumprod((at_risk - gone) / at_risk), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.cumsum(gone / (at_risk * (at_risk - gone)))
        width = special.ndtri(0.5 + 0.5 * level) * np.sqrt(variance) / np.abs(np.log(surviving))
        low, high = surviving ** np.exp(width), surviving ** np.exp(-width)
    last = surviving == 0  # everybody at risk left: the interval is open
    low, high = np.where(last, 0.0, low), np.where(last, 1.0, high)
    return Survival(times, at_risk, gone, gone / at_risk, surviving, low, high)


def bands(
    wait_s: ArrayLike, abandoned: ArrayLike, *, number: int = 5, level: float = 0.95
) -> Bands:
    """Return the rate of leaving in bands of waiting time, and whether it is the same in all.

    Bands hold about as many abandons each. Within a band the rate is left/seconds waited in it;
    equal rates are an exponential patience.

    Parameters
    ----------
    wait_s, abandoned, level
        As in `patience.from_contacts`.
    number : int
        Bands wanted, >= 2; fewer where abandon times tie. Take at least ten abandons for each.

    Returns
    -------
    Bands

    Raises
    ------
    BadInput
        As `patience.from_contacts`; where fewer than two different abandon times
        leave nothing to compare.

    Notes
    -----
    The p value uses the chi-square limit and ignores that the data chose the cuts; simulated with
    some 400 abandons in 5 bands it refuses a true exponential in about 5 % of cases at 0.05.

    Examples
    --------
    >>> b = bands([5, 10, 20, 40, 60, 80], [1, 0, 1, 1, 0, 1], number=2)
    >>> b.end_s.tolist(), b.abandoned.tolist(), b.total_wait_s.tolist()
    ([20.0, 80.0], [2.0, 2.0], [95.0, 120.0])
    """
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 2:
        raise BadInput(f"number: expected a whole number of bands >= 2, got {number!r}")
    wait, left = contacts_of(wait_s, abandoned)
    times = np.sort(wait[left > 0])
    cuts = (np.arange(1, number) * times.size) // number - 1
    inner = np.unique(times[cuts]) if times.size else times
    longest = float(wait.max(initial=0.0))
    ends = np.append([t for t in inner if 0 < t < longest], longest)
    if ends.size < 2:
        raise BadInput(
            f"abandoned: expected at least two different times of leaving, got {times.size} "
            "abandons; use a longer history, or patience.from_contacts for the mean alone"
        )
    starts = np.append(0.0, ends[:-1])
    # Left at exactly an end belongs to the band that ends there; at 0, to the first.
    home = np.clip(np.searchsorted(ends, times, side="left"), 0, ends.size - 1)
    gone = np.bincount(home, minlength=ends.size).astype(np.float64)
    exposure = np.array(
        [np.clip(wait - a, 0.0, b - a).sum() for a, b in zip(starts, ends, strict=True)]
    )
    each = from_sums(exposure, gone, level=level)
    return Bands(
        starts, ends, gone, exposure, each.mean_s, each.low_s, each.high_s,
        agreement_of(gone, exposure),
    )  # fmt: skip
