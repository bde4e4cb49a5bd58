"""How long would customers wait, as far as answered waits can tell?

A wait that ends with an agent shows only that the customer was willing to wait at least as long:
it is censored. Leaving such waits out, or averaging the waits of those who left, is far too low.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from wfm.errors import BadInput
from wfm.queueing._arguments import broadcast, numbers, refuse
from wfm.queueing._checks import amounts

__all__ = [
    "Agreement",
    "Patience",
    "from_contacts",
    "from_intervals",
    "from_sums",
    "perceived",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Patience:
    """Mean patience with its interval.

    Attributes
    ----------
    mean_s : array
        Maximum-likelihood mean patience, seconds; infinite where nobody left.
    low_s, high_s : array
        Ends of the confidence interval, seconds; `high_s` is infinite where nobody left.
    abandoned : array
        Contacts that left: what the precision rests on.
    total_wait_s : array
        Wait of everybody, answered and abandoned, seconds.
    """

    mean_s: Floats
    low_s: Floats
    high_s: Floats
    abandoned: Floats
    total_wait_s: Floats


@dataclass(frozen=True)
class Agreement:
    """Does one constant rate of leaving explain all groups of waits?

    Attributes
    ----------
    statistic : float
        Twice the log-likelihood ratio of a rate for each group against one rate for all.
    freedom : int
        Groups less one.
    p_value : float
        Chance of a statistic as large if the rate is one and the same; a small one says it is not.
    """

    statistic: float
    freedom: int
    p_value: float


def from_sums(total_wait_s: ArrayLike, abandoned: ArrayLike, *, level: float = 0.95) -> Patience:
    """Return mean patience from the summed waits of everybody and the count of those who left.

    total_wait_s/abandoned; the interval is that of a Poisson count over that exposure (Garwood),
    2W/chi2(1 - alpha/2; 2d + 2) to 2W/chi2(alpha/2; 2d).

    Parameters
    ----------
    total_wait_s : array_like
        Sum of the waits of all contacts, answered ones included, seconds, >= 0.
    abandoned : array_like
        Contacts that left, >= 0; with 0 the interval is open above.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Patience
        Of the broadcast shape.

    Raises
    ------
    BadInput
        For bad values, and where contacts left without any wait.

    Notes
    -----
    Valid for exponential patience, independent of the wait. If patience is not exponential this is
    one over the average rate of leaving over the waits that occurred: right for Erlang A near
    today's waits, wrong far from them; `hazard.bands` shows how the rate moves.

    Sources: Brown, Gans, Mandelbaum, Sakov, Shen, Zeltyn and Zhao, "Statistical analysis of a
    telephone call center", JASA 100 (2005); Garwood, Biometrika 28 (1936).

    Examples
    --------
    >>> p = from_sums(12000, 60)
    >>> float(p.mean_s), round(float(p.low_s), 1), round(float(p.high_s), 1)
    (200.0, 155.4, 262.1)
    """
    refuse_confidence(level)
    both = broadcast(amounts(total_wait_s=total_wait_s, abandoned=abandoned))
    wait, left = both["total_wait_s"], both["abandoned"]
    waited = (wait > 0) | (left == 0)
    refuse("total_wait_s", wait, waited, "above 0 wherever somebody abandoned")
    tail = 0.5 * (1 - level)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(left > 0, wait / left, math.inf)
        low = wait / special.gammainccinv(left + 1.0, tail)
        high = np.where(
            left > 0, wait / special.gammaincinv(np.maximum(left, 1e-300), tail), np.inf
        )
    return Patience(mean[()], low[()], high[()], left[()], wait[()])


def from_intervals(
    wait_answered_s: ArrayLike,
    wait_abandoned_s: ArrayLike,
    abandoned: ArrayLike,
    *,
    level: float = 0.95,
) -> tuple[Patience, Agreement]:
    """Return one mean patience for many intervals, and whether they agree on it.

    Parameters
    ----------
    wait_answered_s, wait_abandoned_s : array_like, shape (T,)
        Sum of the waits of answered and of abandoned contacts in each interval, seconds.
    abandoned : array_like, shape (T,)
        Contacts that left in each.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Patience
        Numbers, for all intervals together.
    Agreement
        Intervals with less than about one expected abandon count for little; sum over days first.

    Raises
    ------
    BadInput
        As `from_sums`; for lists of different length.

    Examples
    --------
    >>> patience, agreement = from_intervals([5000, 4200], [1600, 1200], [33, 27])
    >>> float(patience.mean_s), round(agreement.p_value, 2)
    (200.0, 1.0)
    """
    arrays = broadcast(
        amounts(
            wait_answered_s=wait_answered_s, wait_abandoned_s=wait_abandoned_s,
            abandoned=abandoned,
        )
    )  # fmt: skip
    wait = (arrays["wait_answered_s"] + arrays["wait_abandoned_s"]).ravel()
    left = arrays["abandoned"].ravel()
    refuse("wait", wait, (wait > 0) | (left == 0), "above 0 seconds wherever somebody abandoned")
    return from_sums(wait.sum(), left.sum(), level=level), agreement_of(left, wait)


def from_contacts(wait_s: ArrayLike, abandoned: ArrayLike, *, level: float = 0.95) -> Patience:
    """Return mean patience from single contacts, answered ones as censored waits.

    Parameters
    ----------
    wait_s : array_like, shape (N,)
        Wait of each contact until an agent or until it left, seconds, >= 0.
    abandoned : array_like of bool, shape (N,)
        Whether it left.
    level : float
        Confidence, between 0 and 1.

    Returns
    -------
    Patience
        Numbers.

    Raises
    ------
    BadInput
        As `from_sums`; for lists of different length; for flags other than 0 and 1.

    Examples
    --------
    >>> float(from_contacts([10, 30, 50, 30], [0, 1, 0, 0]).mean_s)
    120.0
    """
    wait, left = contacts_of(wait_s, abandoned)
    return from_sums(wait.sum(), left.sum(), level=level)


def perceived(mean_s: ArrayLike, multipliers: Mapping[str, ArrayLike]) -> Floats:
    """Return mean patience, in seconds on the clock, when a wait feels longer or shorter.

    mean_s/(m_1 m_2 ...): customers leave when the *felt* wait, the real one times all multipliers,
    reaches their patience.

    Parameters
    ----------
    mean_s : array_like
        Mean patience where all multipliers are 1, seconds, > 0; infinite stays infinite.
    multipliers : mapping of str to array_like
        For each lever by its name how much longer a wait feels, > 0: below 1 for music or an
        announced wait, above 1 for a queue that looks unfair. 1 changes nothing.

    Returns
    -------
    float64 array
        Pass it as `patience_s`.

    Raises
    ------
    BadInput
        For bad values; names the lever.

    Notes
    -----
    That these things change how long a wait feels is well established, by how much is not: measure
    mean patience before and after (`from_sums`) and take the ratio. Source: Maister, "The
    psychology of waiting lines" (1985), names the principles and no numbers.

    Examples
    --------
    >>> round(float(perceived(120, {"music": 0.9, "announced wait": 0.8})), 1)
    166.7
    """
    if not isinstance(multipliers, Mapping):
        raise BadInput(
            "multipliers: expected a mapping of levers to numbers, such as {'music': 0.9}; got "
            f"{type(multipliers).__name__}"
        )
    named = numbers(mean_s=mean_s)
    refuse("mean_s", named["mean_s"], named["mean_s"] > 0, "seconds > 0")
    for name, value in numbers(**{str(k): v for k, v in multipliers.items()}).items():
        refuse(f"multiplier {name!r}", value, (value > 0) & (value < math.inf), "a number > 0")
        named[f"multiplier {name!r}"] = value
    arrays = broadcast(named)
    felt = np.prod([v for k, v in arrays.items() if k != "mean_s"], axis=0)
    return (arrays["mean_s"] / felt)[()]


def agreement_of(left: Floats, wait: Floats) -> Agreement:
    """Return the likelihood-ratio comparison of a rate for each group with one for all."""
    left, wait = left[wait > 0], wait[wait > 0]
    freedom = max(left.size - 1, 0)
    if freedom == 0 or left.sum() == 0:
        return Agreement(0.0, freedom, 1.0)
    expected = wait * (left.sum() / wait.sum())
    statistic = max(0.0, float(2 * special.rel_entr(left, expected).sum()))
    return Agreement(statistic, freedom, float(special.chdtrc(freedom, statistic)))


def contacts_of(wait_s: ArrayLike, abandoned: ArrayLike) -> tuple[Floats, Floats]:
    """Return waits and flags as float64, refusing what is no list of contacts."""
    flags = np.asarray(abandoned)
    left = numbers(abandoned=flags.astype(np.float64) if flags.dtype == bool else abandoned)
    named = {**numbers(wait_s=wait_s), **left}
    wait, gone = named["wait_s"], named["abandoned"]
    refuse("wait_s", wait, (wait >= 0) & (wait < math.inf), "finite seconds >= 0")
    refuse("abandoned", gone, (gone == 0) | (gone == 1), "true or false for each contact")
    if wait.ndim != 1 or wait.shape != gone.shape or wait.size == 0:
        raise BadInput(
            "wait_s and abandoned: expected two lists of one length, at least 1; got shapes "
            f"{wait.shape} and {gone.shape}"
        )
    return wait, gone


def refuse_confidence(level: float) -> None:
    """Raise BadInput for a confidence that is no fraction."""
    value = numbers(level=level)["level"]
    refuse("level", value, (value > 0) & (value < 1), "a fraction between 0 and 1, such as 0.95")
