"""How many contacts may come, when the volume of an interval is not known?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm.errors import BadInput
from wfm.queueing._arguments import broadcast, numbers, refuse

__all__ = ["GammaVolume", "NormalVolume", "QuantileVolume", "UncertainVolume"]

Floats = NDArray[np.float64]


class UncertainVolume(Protocol):
    """A volume as a rising function of a standard normal score z: P(volume <= at(z)) = Phi(z)."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array of intervals."""

    def at(self, score: Floats) -> Floats:
        """Return the volume at scores of shape (..., k), never below 0."""

    def score(self, volume: Floats) -> Floats:
        """Return z with Phi(z) = P(volume at most this)."""

    def turns(self) -> Floats:
        """Return the scores, shape (..., k), where `at` is not smooth."""


@dataclass(frozen=True, eq=False)
class NormalVolume:
    """Normal volume; what falls below 0 counts as 0.

    Attributes
    ----------
    mean, sd : array_like
        Contacts in the interval, >= 0.
    """

    mean: Any
    sd: Any

    def __post_init__(self) -> None:
        _set_moments(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array of intervals."""
        return self.mean.shape

    def at(self, score: Floats) -> Floats:
        """Return the volume at scores of shape (..., k)."""
        return np.maximum(self.mean[..., None] + self.sd[..., None] * score, 0.0)

    def score(self, volume: Floats) -> Floats:
        """Return z with Phi(z) = P(volume at most this)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            z = (volume - self.mean) / self.sd
        return np.where(self.sd > 0, z, np.where(volume >= self.mean, math.inf, -math.inf))

    def turns(self) -> Floats:
        """Return the score at which the volume leaves 0."""
        return self.score(np.zeros(self.shape))[..., None]


@dataclass(frozen=True, eq=False)
class GammaVolume:
    """Gamma volume: never negative, with a longer upper tail than the normal.

    Attributes
    ----------
    mean, sd : array_like
        Contacts in the interval, >= 0.
    """

    mean: Any
    sd: Any

    def __post_init__(self) -> None:
        _set_moments(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array of intervals."""
        return self.mean.shape

    def at(self, score: Floats) -> Floats:
        """Return the volume at scores of shape (..., k)."""
        form, scale, fixed = self._form()
        form, scale = form[..., None], scale[..., None]
        below = special.gammaincinv(form, special.ndtr(np.minimum(score, 0.0)))
        above = special.gammainccinv(form, special.ndtr(-np.maximum(score, 0.0)))
        spread = scale * np.where(score < 0, below, above)
        return np.where(fixed[..., None], self.mean[..., None], spread)

    def score(self, volume: Floats) -> Floats:
        """Return z with Phi(z) = P(volume at most this)."""
        form, scale, fixed = self._form()
        x = np.maximum(volume, 0.0) / scale
        below, above = special.gammainc(form, x), special.gammaincc(form, x)
        z = np.where(below < 0.5, special.ndtri(below), -special.ndtri(above))
        return np.where(fixed, np.where(volume >= self.mean, math.inf, -math.inf), z)

    def turns(self) -> Floats:
        """Return nothing: the gamma quantile is smooth."""
        return np.empty((*self.shape, 0))

    def _form(self) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        fixed = (self.mean == 0) | (self.sd == 0)
        mean, sd = np.where(fixed, 1.0, self.mean), np.where(fixed, 1.0, self.sd)
        return (mean / sd) ** 2, sd * sd / mean, fixed


@dataclass(frozen=True, eq=False)
class QuantileVolume:
    """Volume given by some of its quantiles, such as p10, p50 and p90 of a forecast.

    Between them, and beyond the outermost, the volume is a straight line in the normal score: the
    quantiles of a normal volume give that normal volume back.

    Attributes
    ----------
    levels : array_like, shape (k,)
        Rising, between 0 and 1, at least two.
    values : array_like, shape (..., k)
        Contacts, not falling along the last axis.
    """

    levels: Any
    values: Any

    def __post_init__(self) -> None:
        named = numbers(levels=self.levels, values=self.values)
        levels, values = named["levels"], named["values"]
        refuse("levels", levels, (levels > 0) & (levels < 1), "between 0 and 1, ends left out")
        if levels.ndim != 1 or levels.size < 2 or np.any(np.diff(levels) <= 0):
            raise BadInput(
                "levels: expected at least two rising numbers in one list, got "
                f"{np.array2string(levels, threshold=6)}"
            )
        if values.ndim == 0 or values.shape[-1] != levels.size:
            raise BadInput(
                f"values: expected {levels.size} along the last axis, one for each level; got "
                f"shape {values.shape}"
            )
        refuse("values", values, (values >= 0) & (values < math.inf), "a finite number >= 0")
        steps = np.diff(values, axis=-1)
        refuse("steps between quantiles", steps, steps >= 0, ">= 0: quantiles do not cross")
        object.__setattr__(self, "levels", levels)
        object.__setattr__(self, "values", values)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array of intervals."""
        return self.values.shape[:-1]

    def at(self, score: Floats) -> Floats:
        """Return the volume at scores of shape (..., k)."""
        knots = special.ndtri(self.levels)
        shape = np.broadcast_shapes(self.shape, np.shape(score)[:-1])
        score = np.broadcast_to(score, (*shape, np.shape(score)[-1]))
        piece = np.clip(np.searchsorted(knots, score, side="right") - 1, 0, knots.size - 2)
        left, right = self._ends(piece)
        share = (score - knots[piece]) / (knots[piece + 1] - knots[piece])
        return np.maximum(left + share * (right - left), 0.0)

    def score(self, volume: Floats) -> Floats:
        """Return z with Phi(z) = P(volume at most this)."""
        knots = special.ndtri(self.levels)
        shape = np.broadcast_shapes(self.shape, np.shape(volume))
        x = np.broadcast_to(volume, shape)[..., None]
        piece = np.clip((self.values <= x).sum(-1) - 1, 0, knots.size - 2)[..., None]
        left, right = self._ends(piece)
        with np.errstate(invalid="ignore", divide="ignore"):
            share = (x - left) / (right - left)
        # A flat outer piece never rises again: all that is left of the probability lies there.
        share = np.where(right > left, share, np.where(x >= right, math.inf, -math.inf))
        z = knots[piece] + share * (knots[piece + 1] - knots[piece])
        return np.where(x < 0, -math.inf, z)[..., 0]

    def turns(self) -> Floats:
        """Return the scores of the levels, and the one at which the volume leaves 0."""
        knots = np.broadcast_to(special.ndtri(self.levels), self.values.shape)
        return np.concatenate([knots, self.score(np.zeros(self.shape))[..., None]], axis=-1)

    def _ends(self, piece: NDArray[np.int64]) -> tuple[Floats, Floats]:
        values = np.broadcast_to(self.values, (*piece.shape[:-1], self.levels.size))
        return np.take_along_axis(values, piece, -1), np.take_along_axis(values, piece + 1, -1)


def _set_moments(volume: NormalVolume | GammaVolume) -> None:
    named = numbers(mean=volume.mean, sd=volume.sd)
    for name, value in named.items():
        refuse(name, value, (value >= 0) & (value < math.inf), "a finite number of contacts >= 0")
    for name, value in broadcast(named).items():
        object.__setattr__(volume, name, value)
