"""How little does a ranking of units say?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import check_confidence
from wfm.errors import BadInput
from wfm.evidence.bayes import shrink
from wfm.evidence.chart import counts

__all__ = ["Duel", "Ranks", "duel", "ranks"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Duel:
    """What a comparison of two units would show.

    Attributes
    ----------
    ahead, tie, reversed : float
        Chance that the better one comes out strictly ahead, level, or behind.
    """

    ahead: float
    tie: float
    reversed: float


@dataclass(frozen=True, eq=False)
class Ranks:
    """How sure a ranking is.

    Attributes
    ----------
    median, lo, hi : float64 array, shape (units,)
        Rank (1 is the highest value) with its limits. Wide limits are the message; there is no
        league table.
    """

    median: Floats
    lo: Floats
    hi: Floats


def duel(better: float, worse: float, n: int) -> Duel:
    """Return how often `n` checked contacts each put two units in the right order.

    Both counts binomial: sum of P(X = i) P(Y < i), and so on.

    Parameters
    ----------
    better, worse : float
        True shares, better >= worse.
    n : int
        Contacts checked of each.

    Returns
    -------
    Duel

    Raises
    ------
    BadInput

    Examples
    --------
    >>> got = duel(0.90, 0.84, 5)
    >>> round(got.ahead, 3), round(got.tie, 3), round(got.reversed, 3)
    (0.406, 0.389, 0.205)
    """
    from scipy.stats import binom

    if not (0 <= worse <= better <= 1 and n >= 1):
        raise BadInput(
            f"duel: 0 <= worse <= better <= 1 and n >= 1 expected, got {better!r}, {worse!r}, {n!r}"
        )
    i = np.arange(n + 1)
    mine, other = binom.pmf(i, n, better), binom.pmf(i, n, worse)
    below = np.append(0.0, np.cumsum(other)[:-1])
    ahead, tie = float(mine @ below), float(mine @ other)
    return Duel(ahead, tie, float(other @ np.append(0.0, np.cumsum(mine)[:-1])))


def ranks(
    good: ArrayLike, total: ArrayLike, *, draws: int = 4000, seed: int = 0, confidence: float = 0.95
) -> Ranks:
    """Return each unit's rank with limits, from draws of the shrunken shares.

    Parameters
    ----------
    good, total : array_like, shape (units,)
    draws, seed : int

    Returns
    -------
    Ranks
        With rho <= 0 the order is pure chance and every unit may have any rank.

    Examples
    --------
    >>> got = ranks([45, 42], [50, 50])
    >>> got.lo.tolist(), got.hi.tolist()
    ([1.0, 1.0], [2.0, 2.0])
    """
    x, n = counts("ranks", good, total, share=True)
    prior = shrink(x, n, confidence=confidence)
    rng, units = np.random.default_rng(seed), len(x)
    if prior.spread <= 0:
        drawn = rng.random((draws, units))
    else:
        drawn = rng.beta(prior.a + x, prior.b + n - x, (draws, units))
    order = np.argsort(np.argsort(-drawn, axis=1), axis=1) + 1.0
    tail = (1 - check_confidence(confidence)) / 2
    lo, median, hi = np.quantile(order, [tail, 0.5, 1 - tail], axis=0, method="nearest")
    return Ranks(median, lo, hi)
