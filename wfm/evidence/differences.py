"""Did the treated units change more than the untouched ones?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import broadcast, check_confidence
from wfm.errors import BadInput
from wfm.evidence import regression
from wfm.evidence.interrupted import Effect, estimate

__all__ = ["UnitDifference", "did", "did_units", "parallel"]

Floats = NDArray[np.float64]
# Below this many units cluster-robust errors are too small.
FEW_UNITS = 10
MOST_SPLITS = 200_000


@dataclass(frozen=True)
class UnitDifference:
    """Difference in differences over whole units.

    Attributes
    ----------
    effect : Effect
        `error` is NaN for ``"permutation"``; limits may then be infinite: few units prove little.
    method : str
        ``"permutation"`` below ten units, ``"cluster"`` else.
    treated, untouched : int
        Units on each side.
    smallest_p : float
        The least p-value so few units can give; NaN for ``"cluster"``.
    """

    effect: Effect
    method: str
    treated: int
    untouched: int
    smallest_p: float


def did(
    treated_before: tuple[float, float],
    treated_after: tuple[float, float],
    comparison_before: tuple[float, float],
    comparison_after: tuple[float, float],
    *,
    confidence: float = 0.95,
) -> Effect:
    """Return (T1 - T0) - (C1 - C0) of four shares, SE^2 = sum p (1 - p) / n.

    Parameters
    ----------
    treated_before, treated_after, comparison_before, comparison_after : (good, total)
        Counts, 0 <= good <= total, total > 0.
    confidence : float

    Returns
    -------
    Effect
        Normal limits.

    Raises
    ------
    BadInput

    Notes
    -----
    Contacts are taken as independent: right for one team each only if nothing else moved that
    team. For several teams or agents use `did_units`; check `parallel` trends before the change.

    Examples
    --------
    >>> got = did((288, 400), (312, 400), (292, 400), (300, 400))
    >>> round(got.value, 12), round(got.error, 12), got.clear
    (0.04, 0.043525854386, False)
    """
    cells = [treated_before, treated_after, comparison_before, comparison_after]
    try:
        good, total = np.array(cells, np.float64).T
    except (TypeError, ValueError) as error:
        raise BadInput(f"did: expected four pairs (good, total), got {cells!r:.120}") from error
    names = ("treated_before", "treated_after", "comparison_before", "comparison_after")
    for name, x, n in zip(names, good, total, strict=True):
        if not (0 <= x <= n and 0 < n < math.inf):
            raise BadInput(f"did: {name} needs 0 <= good <= total and total > 0, got ({x}, {n})")
    share = good / total
    value = float((share[1] - share[0]) - (share[3] - share[2]))
    return estimate(value, float(np.sqrt((share * (1 - share) / total).sum())), None, confidence)


def did_units(
    before: ArrayLike, after: ArrayLike, treated: ArrayLike, *, confidence: float = 0.95
) -> UnitDifference:
    """Return the difference in differences when whole teams or agents were treated.

    Each unit gives after - before. From ten units on: difference of the two means with unequal
    variances (cluster-robust, Welch's degrees of freedom). Below: the exact permutation of who was
    treated, limits by inverting it.

    Parameters
    ----------
    before, after : array_like, shape (units,)
        Mean or share of each unit.
    treated : array_like of bool, shape (units,)
    confidence : float

    Returns
    -------
    UnitDifference

    Raises
    ------
    BadInput
        For missing values or a side without units.

    Examples
    --------
    >>> got = did_units([.7, .7, .7, .7, .7, .7], [.78, .79, .77, .70, .71, .69],
    ...                 [True, True, True, False, False, False])
    >>> got.method, round(got.effect.value, 3), round(got.effect.p_value, 3)
    ('permutation', 0.08, 0.1)
    """
    first, last = broadcast(before=before, after=after)
    side = np.asarray(treated)
    if side.dtype != np.bool_ or side.shape != first.shape or first.ndim != 1:
        raise BadInput(
            f"did_units: treated is true or false for each of {first.size} units, got "
            f"{side.dtype} of shape {side.shape}"
        )
    change = last - first
    if not np.isfinite(change).all():
        raise BadInput(f"did_units: {int((~np.isfinite(change)).sum())} units lack a value")
    many, rest = int(side.sum()), int((~side).sum())
    if not many or not rest:
        raise BadInput(f"did_units: {many} treated and {rest} untouched units; both are needed")
    value = float(change[side].mean() - change[~side].mean())
    if many + rest >= FEW_UNITS and min(many, rest) >= 2:
        parts = np.array([change[side].var(ddof=1) / many, change[~side].var(ddof=1) / rest])
        total = float(parts.sum())
        free = total**2 / float((parts**2 / (np.array([many, rest]) - 1)).sum()) if total else None
        effect = estimate(value, math.sqrt(total), free, confidence)
        return UnitDifference(effect, "cluster", many, rest, math.nan)
    splits = math.comb(many + rest, many)
    if splits > MOST_SPLITS:
        raise BadInput(f"did_units: one side has a single unit among {many + rest}; treat more")
    chosen = np.zeros((splits, many + rest), np.bool_)
    for row, members in enumerate(combinations(range(many + rest), many)):
        chosen[row, list(members)] = True
    p_value = _permutation_p(change, side, chosen, 0.0)
    lo, hi = _invert(change, side, chosen, value, 1 - check_confidence(confidence))
    effect = Effect(value, math.nan, lo, hi, p_value)
    return UnitDifference(effect, "permutation", many, rest, _least_p(change, side, chosen))


def parallel(treated: ArrayLike, comparison: ArrayLike, *, confidence: float = 0.95) -> Effect:
    """Return the trend, a point, of treated - comparison before the change; 0 means parallel.

    Least squares on time with Newey-West errors, corrected for small samples.

    Parameters
    ----------
    treated, comparison : array_like, shape (points,)
        Both before the change; at least 8 points.

    Returns
    -------
    Effect
        Limits around 0 do not prove parallel trends; they fail to refute them.

    Examples
    --------
    >>> up = [1, 2.1, 2.9, 4, 5.1, 6, 6.9, 8]
    >>> parallel(up, [0, 1, 2, 3, 4, 5, 6, 7]).clear
    False
    """
    one, other = broadcast(treated=treated, comparison=comparison)
    gap = one - other
    if gap.ndim != 1 or len(gap) < 8 or not np.isfinite(gap).all():
        raise BadInput(f"parallel: expected 8 or more points without gaps, got shape {gap.shape}")
    n = len(gap)
    design = np.column_stack([np.ones(n), np.arange(1.0, n + 1)])
    lags = regression.newey_west_lags(n)
    fit = regression.least_squares(design, gap, lags=lags)
    factor, free = regression.small_sample(design, 1, lags=lags)
    return estimate(float(fit.coefficients[1]), float(fit.errors[1]) * factor, free, confidence)


def _permutation_p(
    change: Floats, side: NDArray[np.bool_], chosen: NDArray[np.bool_], shift: float
) -> float:
    """Return the two-sided p-value of the effect `shift`, over every choice of treated units."""
    free = change - shift * side
    many, rest = side.sum(), (~side).sum()
    sums = chosen @ free
    gaps = np.abs(sums / many - (free.sum() - sums) / rest)
    own = abs(free[side].mean() - free[~side].mean())
    return float((gaps >= own - 1e-12 * max(1.0, float(gaps.max()))).mean())


def _least_p(change: Floats, side: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> float:
    far = (np.ptp(change) + 1.0) * 1e6
    return _permutation_p(change, side, chosen, far)


def _invert(
    change: Floats, side: NDArray[np.bool_], chosen: NDArray[np.bool_], value: float, alpha: float
) -> tuple[float, float]:
    """Return the range of effects that the permutation test does not reject at `alpha`."""
    if _least_p(change, side, chosen) > alpha:
        return -math.inf, math.inf
    ends = []
    for sign in (-1.0, 1.0):
        inside, outside = value, value + sign * (float(np.ptp(change)) + 1e-9)
        while _permutation_p(change, side, chosen, outside) > alpha:
            outside = value + (outside - value) * 2
        for _ in range(60):
            middle = (inside + outside) / 2
            if _permutation_p(change, side, chosen, middle) > alpha:
                inside = middle
            else:
                outside = middle
        ends.append(outside)
    return ends[0], ends[1]
