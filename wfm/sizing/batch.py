"""Which intervals go into one call: those of all queues that share a model and its target."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wfm import frames
from wfm.errors import BadInput
from wfm.queueing import timevarying
from wfm.scenario import Queue
from wfm.timegrid import inside

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_DAY_S = 86400.0


@dataclass(frozen=True, eq=False)
class Part:
    """The intervals of one queue, in order of time.

    Attributes
    ----------
    queue : Queue
    start : DatetimeIndex
    volume, aht_s : array, shape (T,)
        Contacts that this centre serves, and their handle time in seconds, > 0.
    bands : array, shape (T, 5), or None
        Quantiles of volume, as `frames.BANDS`.
    interval_s : float
    """

    queue: Queue
    start: pd.DatetimeIndex
    volume: Floats
    aht_s: Floats
    bands: Floats | None
    interval_s: float

    @property
    def open(self) -> NDArray[np.bool_]:
        """Intervals in which work is done: the queue's hours, or where it has none, contacts."""
        come = self.volume > 0
        hours = self.queue.hours
        return inside(pd.Series(self.start), hours) | come if hours else come

    @property
    def felt(self) -> Floats:
        """Contacts that the stationary formula is asked for; by `Queue.arrivals` not its own.

        The plan is taken as whole days that follow themselves: queues that work round the clock
        hand on at the end what they start with. An interval without contacts is taken as closed:
        who is in service then is finished, nobody is sized.

        Raises
        ------
        BadInput
            ``"lagged"`` where contacts last as long as an interval: its first one would be empty.
        """
        kind = self.queue.arrivals
        if kind == "stationary" or not self.volume.any():
            return self.volume
        step = pd.Timedelta(seconds=self.interval_s)
        at = np.asarray((self.start - self.start[0]) // step, dtype=np.int64)
        mean_s = float((self.volume * self.aht_s).sum() / self.volume.sum())
        if kind == "lagged" and mean_s >= self.interval_s:
            raise BadInput(
                f"requirement: queue {self.queue.name!r}: arrivals = 'lagged' is for contacts "
                f"shorter than an interval of {self.interval_s:g} s, and these last {mean_s:,.0f} "
                "s on average; use 'offered_load'"
            )
        day = round(_DAY_S / self.interval_s)
        count = -(-(int(at[-1]) + 1) // day) * day
        busy = self.volume > 0
        each, handle = np.zeros(count), np.full(count, mean_s)
        each[at], handle[at] = self.volume, np.where(busy, self.aht_s, mean_s)
        twice = np.tile(each, 2)
        if kind == "lagged":
            felt = timevarying.lagged_volume(twice, mean_s, interval_s=self.interval_s)
        else:
            load = timevarying.offered_load(twice, np.tile(handle, 2), interval_s=self.interval_s)
            felt = load.peak * self.interval_s / np.tile(handle, 2)
        return np.where(busy, felt[each.size :][at], 0.0)


@dataclass(frozen=True, eq=False)
class Batch:
    """Intervals of one model, of all its queues one after the other; arrays of shape (N,).

    Attributes
    ----------
    parts : tuple of Part
    volume, aht_s, patience_s, lines : array
        `volume` as the formula is asked for it (`Part.felt`).
    concurrency : int array
    interval_s : array
    """

    parts: tuple[Part, ...]
    volume: Floats
    aht_s: Floats
    patience_s: Floats
    lines: Floats
    concurrency: Ints
    interval_s: Floats

    @property
    def queue(self) -> Queue:
        """The first queue; what the model reads as one value is equal in all."""
        return self.parts[0].queue

    def of_queues(self, field: str) -> Floats:
        """Return a field of each row's queue."""
        return np.concatenate([
            np.full(part.volume.size, float(getattr(part.queue, field))) for part in self.parts
        ])  # fmt: skip

    @property
    def bands(self) -> Floats:
        """Quantiles of volume, shape (N, 5).

        Raises
        ------
        BadInput
            A queue has none, or they cannot be quantiles.
        """
        found = []
        for part in self.parts:
            name = part.queue.name
            if part.bands is None:
                raise BadInput(
                    f"requirement: queue {name!r} asks for a chance, but the forecast has no "
                    f"columns {', '.join(frames.BANDS)}; give them, or leave out chance"
                )
            good = (np.isfinite(part.bands) & (part.bands >= 0)).all(axis=1)
            good &= (np.diff(part.bands, axis=1) >= 0).all(axis=1)
            if not good.all():
                first = int(np.argmin(good))
                raise BadInput(
                    f"requirement: queue {name!r} asks for a chance, but {int((~good).sum())} "
                    f"intervals have quantiles that are not rising numbers >= 0 (first: "
                    f"{part.start[first]}, got {part.bands[first].tolist()})"
                )
            if (part.volume > 0).any() and (np.ptp(part.bands, axis=1) == 0).all():
                raise BadInput(
                    f"requirement: queue {name!r} asks for a chance, but the quantiles of the "
                    "forecast are all alike, so that the volume is certain; give "
                    f"{', '.join(frames.BANDS)}, or leave out chance"
                )
            found.append(part.bands)
        return np.concatenate(found)

    def split(self, values: NDArray) -> list[NDArray]:
        """Return rows of `values` part by part."""
        ends = np.cumsum([part.volume.size for part in self.parts])
        return np.split(values, ends[:-1])

    def row(self, index: int) -> Batch:
        """Return the batch of one row alone."""
        ends = np.cumsum([part.volume.size for part in self.parts])
        which = int(np.searchsorted(ends, index, side="right"))
        part = self.parts[which]
        at = slice(index - (ends[which] - part.volume.size), None)
        at = slice(at.start, at.start + 1)
        bands = None if part.bands is None else part.bands[at]
        one = Part(part.queue, part.start[at], part.volume[at], part.aht_s[at], bands,
                   part.interval_s)  # fmt: skip
        here = slice(index, index + 1)
        return Batch(
            (one,), self.volume[here], self.aht_s[here], self.patience_s[here], self.lines[here],
            self.concurrency[here], self.interval_s[here],
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Figures:
    """What contacts meet, an interval an element; NaN where the model does not say.

    Attributes
    ----------
    p_answered_within : array
        Predicted service level by the target's rule; for tiers the share that its own tier's time
        is kept for.
    occupancy, asa_s, p_abandon, p_block : array
    """

    p_answered_within: Floats
    occupancy: Floats
    asa_s: Floats
    p_abandon: Floats
    p_block: Floats

    @classmethod
    def blank(cls, count: int) -> Figures:
        """Return figures of nobody on seat: nothing is served, the rest is not known."""
        unknown = [np.full(count, math.nan) for _ in range(3)]
        return cls(np.zeros(count), np.ones(count), *unknown)


def gather(parts: Iterable[Part]) -> Batch:
    """Return the batch of `parts`."""
    parts = tuple(parts)

    def rows(value: str, kind: type = float) -> NDArray:
        return np.concatenate([
            np.full(part.volume.size, getattr(part.queue, value), dtype=kind) for part in parts
        ])  # fmt: skip

    lines = [
        np.full(part.volume.size, math.inf if part.queue.lines is None else part.queue.lines)
        for part in parts
    ]
    return Batch(
        parts=parts,
        volume=np.concatenate([part.felt for part in parts]),
        aht_s=np.concatenate([part.aht_s for part in parts]),
        patience_s=rows("patience_s"),
        lines=np.concatenate(lines).astype(float),
        concurrency=rows("concurrency", np.int64),
        interval_s=np.concatenate([np.full(p.volume.size, p.interval_s) for p in parts]),
    )
