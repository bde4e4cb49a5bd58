"""How many contacts does it take to see an effect?"""

from __future__ import annotations

import math
from dataclasses import dataclass

from wfm.errors import BadInput

__all__ = ["SampleSize", "detectable", "power", "sample_size", "sample_size_mean"]

_CLOSE = 1e-9


@dataclass(frozen=True)
class SampleSize:
    """A needed sample.

    Attributes
    ----------
    exact : float
        As the formula gives it, a group.
    per_group : int
        Rounded up.
    method : str
    """

    exact: float
    per_group: int
    method: str


def sample_size(
    before: float,
    after: float,
    *,
    alpha: float = 0.05,
    power: float = 0.80,
    method: str = "arcsine",
) -> SampleSize:
    """Return the contacts a group that show a change of share from `before` to `after`.

    ``"arcsine"``: 2 ((z1 + z2) / h)^2, h = 2 asin sqrt(after) - 2 asin sqrt(before).
    ``"normal"``: (z1 sqrt(2 p (1 - p)) + z2 sqrt(p1 (1 - p1) + p2 (1 - p2)))^2 / (p2 - p1)^2, p the
    mean of both.

    Parameters
    ----------
    before, after : float
        Shares between 0 and 1, not equal.
    alpha : float
        Two-sided risk of a false alarm.
    power : float
        Chance to see the effect if it is there.
    method : str

    Returns
    -------
    SampleSize

    Raises
    ------
    BadInput

    Notes
    -----
    Cohen, Statistical Power Analysis (1988), section 6.4; Fleiss (1981). Contacts independent.

    Examples
    --------
    >>> sample_size(0.72, 0.75).per_group, sample_size(0.80, 0.85, method="normal").per_group
    (3395, 906)
    """
    p1, p2 = _share("before", before), _share("after", after)
    z1, z2 = _quantiles(alpha, power)
    if p1 == p2:
        raise BadInput(f"sample_size: before and after are both {p1}; no sample shows no effect")
    if method == "arcsine":
        exact = 2 * ((z1 + z2) / _h(p1, p2)) ** 2
    elif method == "normal":
        mean = (p1 + p2) / 2
        root = z1 * math.sqrt(2 * mean * (1 - mean))
        root += z2 * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
        exact = (root / (p2 - p1)) ** 2
    else:
        raise BadInput(f"sample_size: method is 'arcsine' or 'normal', got {method!r}")
    return SampleSize(exact, math.ceil(exact - _CLOSE), method)


def sample_size_mean(
    difference: float, spread: float, *, alpha: float = 0.05, power: float = 0.80
) -> SampleSize:
    """Return the figures a group that show a difference of means: 2 ((z1 + z2) s / d)^2.

    Parameters
    ----------
    difference : float
        In the unit of `spread`, not 0.
    spread : float
        Standard deviation of single figures, > 0. Normal formula: add one or two below about 20.

    Examples
    --------
    >>> sample_size_mean(10, 120).per_group
    2261
    """
    z1, z2 = _quantiles(alpha, power)
    if not (difference and spread > 0 and math.isfinite(difference) and math.isfinite(spread)):
        raise BadInput(
            f"sample_size_mean: difference not 0 and spread > 0 expected, got {difference!r}, "
            f"{spread!r}"
        )
    exact = 2 * ((z1 + z2) * spread / difference) ** 2
    return SampleSize(exact, math.ceil(exact - _CLOSE), "normal")


def power(before: float, after: float, n: float, *, alpha: float = 0.05) -> float:
    """Return the chance that `n` contacts a group show a change of share (arcsine formula).

    Both tails counted.

    Examples
    --------
    >>> round(power(0.72, 0.75, 3395), 3)
    0.8
    """
    from scipy.stats import norm

    z1, _ = _quantiles(alpha, 0.5)
    if not n > 0:
        raise BadInput(f"power: n > 0 contacts a group expected, got {n!r}")
    drift = abs(_h(_share("before", before), _share("after", after))) * math.sqrt(n / 2)
    return float(norm.sf(z1 - drift) + norm.cdf(-z1 - drift))


def detectable(before: float, n: float, *, alpha: float = 0.05, power: float = 0.80) -> float:
    """Return the smallest higher share that `n` contacts a group can show, NaN where none can.

    The inverse of `sample_size` with method ``"arcsine"``.

    Examples
    --------
    >>> round(detectable(0.72, 3394.833971), 6)
    0.75
    """
    z1, z2 = _quantiles(alpha, power)
    if not n > 0:
        raise BadInput(f"detectable: n > 0 contacts a group expected, got {n!r}")
    angle = math.asin(math.sqrt(_share("before", before))) + (z1 + z2) / math.sqrt(2 * n)
    return math.sin(angle) ** 2 if angle <= math.pi / 2 else math.nan


def _h(p1: float, p2: float) -> float:
    return 2 * math.asin(math.sqrt(p2)) - 2 * math.asin(math.sqrt(p1))


def _share(name: str, value: float) -> float:
    if isinstance(value, bool) or not 0 <= value <= 1:
        raise BadInput(f"{name}: a share lies between 0 and 1, got {value!r}")
    return float(value)


def _quantiles(alpha: float, power: float) -> tuple[float, float]:
    from scipy.special import ndtri

    if not (0 < alpha < 1 and 0 < power < 1):
        raise BadInput(f"alpha and power are fractions between 0 and 1, got {alpha!r}, {power!r}")
    return float(ndtri(1 - alpha / 2)), float(ndtri(power))
