"""Where does a falling function of many queues at once reach 0?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

# Where two ends of a bracket differ by less than this share, they are one number.
ROOT_TOLERANCE = 1e-13
_MOST_STEPS = 200


def falling_root(function: Callable[[Floats, Places], Floats], low: Floats, high: Floats) -> Floats:
    """Return, for each element, the largest x in [low, high] with function(x) >= 0.

    Inverse quadratic steps, halves where those are not safe (Chandrupatla 1997); only elements
    still open are asked for again.

    Parameters
    ----------
    function : callable
        Of x, shape (k,), and of the places, shape (k,), that these have in the flattened arrays.
        Falls; not negative at `low`, negative at `high`.
    low, high : array
        The bracket; where both are equal that number is the answer.

    Returns
    -------
    float64 array
        Of the shape of `low`.
    """
    shape = np.shape(low)
    other, last = (np.array(end, dtype=np.float64).ravel() for end in (low, high))
    answer = other.copy()
    at = np.flatnonzero(last > other)
    other, last = other[at], last[at]
    f_other, f_last = function(other, at), function(last, at)
    share = np.clip(f_last / (f_last - f_other), 0.05, 0.95)
    for _ in range(_MOST_STEPS):
        if at.size == 0:
            break
        x = last + share * (other - last)
        f = function(x, at)
        same = (f >= 0) == (f_last >= 0)
        third, f_third = np.where(same, last, other), np.where(same, f_last, f_other)
        other, f_other = np.where(same, other, last), np.where(same, f_other, f_last)
        last, f_last = x, f
        answer[at] = np.where(f_last >= 0, last, other)
        width = np.abs(other - last)
        least = (
            0.5
            * ROOT_TOLERANCE
            * np.maximum(np.abs(other), np.abs(last))
            / np.maximum(width, np.finfo(float).tiny)
        )
        open_ = least < 0.5
        share = _share(*(v[open_] for v in (last, other, third, f_last, f_other, f_third)))
        share = np.clip(share, least[open_], 1 - least[open_])
        at, last, other = at[open_], last[open_], other[open_]
        f_last, f_other = f_last[open_], f_other[open_]
    return answer.reshape(shape)


def _share(  # noqa: PLR0917 - three points and their values
    a: Floats, b: Floats, c: Floats, fa: Floats, fb: Floats, fc: Floats
) -> Floats:
    """How far from a towards b the root lies, by the parabola through three points, or a half."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        along, up = (a - b) / (c - b), (fa - fb) / (fc - fb)
        safe = (up * up < along) & ((1 - up) ** 2 < 1 - along)
        share = fa / (fb - fa) * fc / (fb - fc)
        share += (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    return np.where(safe & np.isfinite(share), share, 0.5)
