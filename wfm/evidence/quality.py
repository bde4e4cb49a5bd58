"""How many contacts must be checked, and do two scorers agree?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from wfm.confidence import z_value
from wfm.errors import BadInput
from wfm.evidence.power import SampleSize

__all__ = ["Kappa", "kappa", "kappa_table", "sample_plan"]


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa of two scorers.

    Attributes
    ----------
    value : float
        (observed - chance) / (1 - chance); NaN where both gave one and the same answer throughout.
    observed, chance : float
        Agreement seen, and expected from the scorers' own habits.
    error : float
        Large-sample standard error.
    lo, hi : float
        Normal limits, within -1 and 1.
    n : int
        Contacts scored by both.
    """

    value: float
    observed: float
    chance: float
    error: float
    lo: float
    hi: float
    n: int


def sample_plan(
    margin: float, *, share: float = 0.5, confidence: float = 0.95, population: float = math.inf
) -> SampleSize:
    """Return how many contacts to check for a share known to +/- `margin`.

    n0 = z^2 p (1 - p) / e^2, n = n0 / (1 + (n0 - 1) / N), rounded up.

    Parameters
    ----------
    margin : float
        Half width wanted, a fraction.
    share : float
        Expected share; 0.5 is the safe choice.
    confidence : float
    population : float
        Contacts there are; infinite by default.

    Returns
    -------
    SampleSize
        `per_group` is the number to draw at random.

    Raises
    ------
    BadInput

    Notes
    -----
    Cochran, Sampling Techniques (1977), section 4.4.

    Examples
    --------
    >>> sample_plan(0.05, population=1000).per_group
    278
    """
    if not (0 < margin < 1 and 0 <= share <= 1 and population >= 1):
        raise BadInput(
            "sample_plan: 0 < margin < 1, share between 0 and 1 and population >= 1 expected, got "
            f"{margin!r}, {share!r}, {population!r}"
        )
    first = z_value(confidence) ** 2 * share * (1 - share) / margin**2
    exact = first / (1 + (first - 1) / population)
    return SampleSize(exact, math.ceil(exact - 1e-9), "finite sample")


def kappa(first: ArrayLike, second: ArrayLike, *, confidence: float = 0.95) -> Kappa:
    """Return Cohen's kappa of two scorers' codes for the same contacts.

    Parameters
    ----------
    first, second : array_like, shape (contacts,)
        Codes: text or numbers, compared for equality; without missing values.

    Returns
    -------
    Kappa

    Raises
    ------
    BadInput
        For lengths that differ, no contacts, or missing codes.

    Examples
    --------
    >>> a, b = ["yes"] * 25 + ["no"] * 25, ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    >>> round(kappa(a, b).value, 12)
    0.4
    """
    one, other = np.asarray(first, object), np.asarray(second, object)
    if one.shape != other.shape or one.ndim != 1 or not one.size:
        raise BadInput(
            f"kappa: two codes a contact expected, got shapes {one.shape} and {other.shape}"
        )
    lost = [i for i, pair in enumerate(zip(one, other, strict=True)) if _missing(pair)]
    if lost:
        raise BadInput(f"kappa: {len(lost)} contacts lack a code (first: contact {lost[0]})")
    codes = {code: i for i, code in enumerate(dict.fromkeys([*one, *other]))}
    table = np.zeros((len(codes), len(codes)))
    np.add.at(table, ([codes[c] for c in one], [codes[c] for c in other]), 1)
    return kappa_table(table, confidence=confidence)


def kappa_table(table: ArrayLike, *, confidence: float = 0.95) -> Kappa:
    """Return Cohen's kappa of a square table: rows the first scorer's codes, columns the second's.

    Parameters
    ----------
    table : array_like, shape (codes, codes)
        Counts >= 0.

    Returns
    -------
    Kappa

    Raises
    ------
    BadInput

    Notes
    -----
    Cohen (1960); standard error of Fleiss, Cohen and Everitt (1969), Psych. Bulletin 72:323-327.

    Examples
    --------
    >>> got = kappa_table([[20, 5], [10, 15]])
    >>> got.observed, got.chance, round(got.value, 12)
    (0.7, 0.5, 0.4)
    """
    counts = np.asarray(table, np.float64)
    square = counts.ndim == 2 and counts.shape[0] == counts.shape[1]
    if not square or not (counts >= 0).all() or not counts.sum() > 0:
        raise BadInput(
            f"kappa: a square table of counts >= 0 with a sum above 0 expected, got {counts.shape}"
        )
    n = counts.sum()
    p = counts / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    seen, chance = float(np.trace(p)), float(rows @ columns)
    if chance >= 1:
        nothing = math.nan
        return Kappa(nothing, seen, chance, nothing, nothing, nothing, int(n))
    value = (seen - chance) / (1 - chance)
    both = rows[None, :] + columns[:, None]
    own = float((np.diag(p) * (1 - (rows + columns) * (1 - value)) ** 2).sum())
    off = p * both**2
    cross = (1 - value) ** 2 * float(off.sum() - np.trace(off))
    spread = own + cross - (value - chance * (1 - value)) ** 2
    error = math.sqrt(max(spread, 0.0) / n) / (1 - chance)
    half = z_value(confidence) * error
    return Kappa(
        value, seen, chance, error, max(value - half, -1.0), min(value + half, 1.0), int(n)
    )


def _missing(pair: tuple[object, object]) -> bool:
    return any(code is None or code != code for code in pair)  # noqa: PLR0124 - NaN is not itself
