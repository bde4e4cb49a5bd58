"""Do two series move together, and how many points apart? Never worded as a cause."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.confidence import broadcast, check_confidence
from wfm.errors import BadInput

__all__ = ["LaggedLink", "lagged"]

Floats = NDArray[np.float64]
_LEAST = 8


@dataclass(frozen=True, eq=False)
class LaggedLink:
    """Correlations of an earlier with a later series.

    Attributes
    ----------
    lags : int64 array, shape (lags,)
        Points by which the first series comes earlier.
    correlation, lo, hi : float64 array, shape (lags,)
        Pearson correlation and block-bootstrap limits; NaN where a series is constant.
    pairs : int64 array, shape (lags,)
    """

    lags: NDArray[np.int64]
    correlation: Floats
    lo: Floats
    hi: Floats
    pairs: NDArray[np.int64]


def lagged(
    first: ArrayLike,
    second: ArrayLike,
    *,
    lags: tuple[int, ...] = (0, 1, 2, 3),
    block: int | None = None,
    draws: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
) -> LaggedLink:
    """Return the correlation of `first` at t with `second` at t + lag.

    Parameters
    ----------
    first, second : array_like, shape (points,)
        Evenly spaced, months as a rule; take trends and seasons out first, or they correlate.
    lags : tuple of int
        Each >= 0.
    block : int, optional
        Length of the bootstrap's moving blocks; n^(1/3) rounded up by default.
    draws, seed : int
        Of the bootstrap.

    Returns
    -------
    LaggedLink

    Raises
    ------
    BadInput
        For fewer than 8 pairs at a lag.

    Notes
    -----
    Künsch (1989), Annals of Statistics 17:1217-1241. One of four lags passes 95 % limits by chance
    in up to one case of five.

    Examples
    --------
    >>> x = np.sin(np.arange(30.0))
    >>> got = lagged(x[1:], x[:-1], lags=(0, 1))
    >>> round(float(got.correlation[1]), 6)
    1.0
    """
    x, y = broadcast(first=first, second=second)
    if x.ndim != 1 or not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise BadInput("lagged: expected two series of one length without missing values")
    if any(lag < 0 for lag in lags) or not lags or len(x) - max(lags) < _LEAST:
        raise BadInput(
            f"lagged: {len(x)} points and lags {lags}; lags are >= 0 and leave {_LEAST} pairs"
        )
    tail, rng = (1 - check_confidence(confidence)) / 2, np.random.default_rng(seed)
    rows = []
    for lag in lags:
        pairs = np.column_stack([x[: len(x) - lag], y[lag:]])
        n = len(pairs)
        length = min(n, block or int(np.ceil(n ** (1 / 3))))
        starts = rng.integers(0, n - length + 1, (draws, -(-n // length)))
        index = (starts[:, :, None] + np.arange(length)).reshape(draws, -1)[:, :n]
        drawn = _correlations(pairs[index])
        known = drawn[~np.isnan(drawn)]
        own = float(_correlations(pairs[None])[0])
        ends = np.quantile(known, [tail, 1 - tail]) if known.size else [np.nan, np.nan]
        rows.append((own, ends[0], ends[1], n))
    value, lo, hi, n_pairs = (np.array(column) for column in zip(*rows, strict=True))
    return LaggedLink(np.array(lags, np.int64), value, lo, hi, n_pairs.astype(np.int64))


def _correlations(pairs: Floats) -> Floats:
    """Return the Pearson correlation of each sample; shape (samples, points, 2) in."""
    off = pairs - pairs.mean(axis=1, keepdims=True)
    cross = (off[:, :, 0] * off[:, :, 1]).sum(axis=1)
    size = (off**2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        whole = np.sqrt(size[:, 0] * size[:, 1])
        return np.where(whole > 0, cross / whole, np.nan)
