"""How much of a difference is mix, how much is rate, and which driver moved a product?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import broadcast
from wfm.errors import BadInput

__all__ = [
    "Lmdi", "Sequential", "Split", "Standardised", "lmdi", "sequential", "split", "standardise",
]  # fmt: skip

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Standardised:
    """Figures of units as if all had one mix.

    Attributes
    ----------
    crude, value : float64 array, shape (units,)
        Own ratio of sums, and the standardised one; NaN where a unit has no contact of a type that
        the common mix holds.
    weights : float64 array, shape (types,)
        The common mix, sum 1.
    """

    crude: Floats
    value: Floats
    weights: Floats


@dataclass(frozen=True, eq=False)
class Split:
    """A change of a ratio, split exactly.

    Attributes
    ----------
    before, after, total : float
        Ratios and their difference.
    mix, rate : float
        Parts due to the mix of types and to the rates within types; they add up to `total`.
    mix_by_type, rate_by_type : float64 array, shape (types,)
    """

    before: float
    after: float
    total: float
    mix: float
    rate: float
    mix_by_type: Floats
    rate_by_type: Floats


@dataclass(frozen=True, eq=False)
class Sequential:
    """Change of volume x price, price first.

    Attributes
    ----------
    inner : float64 array, shape (steps,)
        Old volume x change of price.
    mix : float64 array, shape (steps,)
        Change of volume x new price.
    """

    inner: Floats
    mix: Floats


@dataclass(frozen=True, eq=False)
class Lmdi:
    """A change of a product of drivers, split exactly.

    Attributes
    ----------
    parts : float64 array, shape (drivers,)
        In the unit of the product; they add up to `total`.
    total : float
    by_row : float64 array, shape (drivers, rows)
        The same for every row (interval), which add up to `parts`.
    """

    parts: Floats
    total: float
    by_row: Floats


def standardise(
    numerator: ArrayLike, denominator: ArrayLike, *, weights: ArrayLike | None = None
) -> Standardised:
    """Return units' figures at one common mix of types: sum of w_type r_type.

    Parameters
    ----------
    numerator, denominator : array_like, shape (units, types)
        Solved and handled contacts, or handle seconds and handled contacts, by contact type.
    weights : array_like, shape (types,), optional
        Mix to hold fixed; the pooled denominators by default.

    Returns
    -------
    Standardised

    Raises
    ------
    BadInput
        For shapes that are not units by types, negative denominators, or weights without sum.

    Notes
    -----
    Direct standardisation. Types with few contacts of a unit make its figure noisy: shrink after.

    Examples
    --------
    >>> got = standardise([[81, 192], [234, 55]], [[87, 263], [270, 80]])
    >>> [round(float(v), 6) for v in got.value]
    [0.832546, 0.778875]
    """
    x, n = broadcast(numerator=numerator, denominator=denominator)
    if x.ndim != 2 or not (np.isfinite(x).all() and np.isfinite(n).all()) or (n < 0).any():
        raise BadInput(
            f"standardise: expected finite tables, units by types, denominators >= 0; got {x.shape}"
        )
    (w,) = broadcast(weights=n.sum(axis=0) if weights is None else weights)
    if w.shape != (x.shape[1],) or not (w >= 0).all() or not w.sum() > 0:
        raise BadInput(
            f"standardise: weights need one share >= 0 for each of {x.shape[1]} types, with a sum "
            f"above 0; got {w}"
        )
    w = w / w.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(n > 0, x / n, np.nan)
        total = n.sum(axis=1)
        crude = np.where(total > 0, x.sum(axis=1) / total, np.nan)
    used = w > 0
    return Standardised(crude, rate[:, used] @ w[used], w)


def split(before: tuple[ArrayLike, ArrayLike], after: tuple[ArrayLike, ArrayLike]) -> Split:
    """Return the change of a ratio of sums: sum (w1 - w0) mean r + sum mean w (r1 - r0).

    Parameters
    ----------
    before, after : (numerator, denominator), each array_like of shape (types,)
        A type without contacts on one side takes the other side's rate, so that all of it counts
        as mix.

    Returns
    -------
    Split

    Raises
    ------
    BadInput
        Where a side has no contacts at all.

    Examples
    --------
    >>> got = split(([81, 192], [87, 263]), ([234, 55], [270, 80]))
    >>> round(got.mix, 6), round(got.rate, 6), round(got.total, 6)
    (0.099386, -0.053671, 0.045714)
    """
    x0, n0, x1, n1 = broadcast(before=before[0], of=before[1], after=after[0], out_of=after[1])
    if x0.ndim != 1 or not (n0 >= 0).all() or not (n1 >= 0).all():
        raise BadInput("split: expected one numerator and one denominator >= 0 a type")
    if not (n0.sum() > 0 and n1.sum() > 0):
        raise BadInput("split: one side has no contacts; its ratio is undefined")
    with np.errstate(invalid="ignore", divide="ignore"):
        r0, r1 = np.where(n0 > 0, x0 / n0, np.nan), np.where(n1 > 0, x1 / n1, np.nan)
    r0, r1 = np.where(np.isnan(r0), r1, r0), np.where(np.isnan(r1), r0, r1)
    r0, r1 = np.nan_to_num(r0), np.nan_to_num(r1)
    w0, w1 = n0 / n0.sum(), n1 / n1.sum()
    first, last = float(x0.sum() / n0.sum()), float(x1.sum() / n1.sum())
    # Rates measured from the mean, so that a type's mix part says whether it pulls up or down.
    middle = (first + last) / 2
    mix = (w1 - w0) * ((r0 + r1) / 2 - middle)
    rate = (w0 + w1) / 2 * (r1 - r0)
    return Split(first, last, last - first, float(mix.sum()), float(rate.sum()), mix, rate)


def sequential(volume: ArrayLike, price: ArrayLike) -> Sequential:
    """Return the price and volume parts of each step, price first; for reports that want it.

    The answer depends on the order; `lmdi` does not.

    Parameters
    ----------
    volume, price : array_like, shape (steps + 1,)

    Examples
    --------
    >>> got = sequential([1000, 1000, 1500, 1700], [200, 220, 220, 225])
    >>> got.inner.tolist(), got.mix.tolist()
    ([20000.0, 0.0, 7500.0], [0.0, 110000.0, 45000.0])
    """
    v, p = broadcast(volume=volume, price=price)
    if v.ndim != 1 or len(v) < 2:
        raise BadInput(f"sequential: two or more rows expected, got shape {v.shape}")
    return Sequential(v[:-1] * np.diff(p), np.diff(v) * p[1:])


def lmdi(before: ArrayLike, after: ArrayLike) -> Lmdi:
    """Return the part of each driver in the change of their product (additive LMDI-I).

    L ln(x1 / x0), L = (W1 - W0) / ln(W1 / W0), W the product, for example volume x aht_s.

    Parameters
    ----------
    before, after : array_like, shape (drivers,) or (drivers, rows)
        All >= 0. A driver that goes from or to 0 takes the whole change of its row (shared, if
        there are several), the limit of the formula.

    Returns
    -------
    Lmdi

    Raises
    ------
    BadInput
        For negative or missing values.

    Notes
    -----
    Ang (2005), Energy Policy 33:867-871; zeros: Ang and Liu (2007), Energy Policy 35:238-246.

    Examples
    --------
    >>> got = lmdi([1000, 300], [1200, 310])
    >>> [round(float(part), 6) for part in got.parts], got.total
    ([61024.907713, 10975.092287], 72000.0)
    """
    x0, x1 = broadcast(before=before, after=after)
    if x0.ndim == 1:
        x0, x1 = x0[:, None], x1[:, None]
    good = np.isfinite(x0) & np.isfinite(x1) & (x0 >= 0) & (x1 >= 0)
    if x0.ndim != 2 or not good.all():
        raise BadInput(
            f"lmdi: {int((~good).sum())} of {good.size} values are missing or below 0; drivers are "
            "finite and >= 0, shape (drivers,) or (drivers, rows)"
        )
    w0, w1 = x0.prod(axis=0), x1.prod(axis=0)
    change = w1 - w0
    with np.errstate(invalid="ignore", divide="ignore"):
        steps = np.where(x0 == x1, 0.0, np.log(x1 / x0))
        # (W1 - W0) / ln(W1 / W0) = W0 expm1(r) / r keeps its digits where the two are close.
        whole = steps.sum(axis=0)
        mean = np.where(whole == 0, w0, w0 * np.expm1(whole) / np.where(whole == 0, 1, whole))
        parts = mean * steps
    edge = (w0 == 0) | (w1 == 0)
    born = ((x0 == 0) != (x1 == 0))[:, edge]
    share = born / np.maximum(born.sum(axis=0), 1)
    parts[:, edge] = share * change[edge]
    return Lmdi(parts.sum(axis=1), float(change.sum()), parts)
