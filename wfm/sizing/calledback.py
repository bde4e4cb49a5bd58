"""Sizing where long waits are traded for a call-back."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Hashable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from wfm.queueing import callback_agents
from wfm.scenario import Queue
from wfm.sizing.batch import Batch, Figures, Floats, Ints, Part
from wfm.sizing.models import ROUNDING, Model

# A plan shorter than its delays may not settle; what its last walk leaves over is then lost.
_MOST_WALKS = 50


class CalledBack(Model):
    """Long waits are traded for a call-back, made while the queue is open.

    Open is what `Queue.hours` says, else the intervals with contacts. What is due after the last of
    them is made in the first ones: the plan follows itself.
    """

    name = "call_back"

    def key(self, queue: Queue) -> Hashable:
        """A day is walked through queue by queue."""
        return (self.name, queue)

    def fewest(self, batch: Batch) -> tuple[Floats, Ints]:
        """Size forward in time."""
        whole = np.zeros(batch.volume.size, dtype=np.int64)
        for day in self._days(batch):
            whole[day.rows] = day.settled(day.fewest).agents
        return whole.astype(float), whole

    def predict(self, batch: Batch, agents: Ints) -> Figures:
        """Return what those meet who stay or are called back."""
        return self._figures(batch, agents)[1]

    def around(self, batch: Batch, agents: Ints) -> tuple[Figures, Figures]:
        """Change one interval alone; earlier ones hand on the same call-backs."""
        less, _, more = self._figures(batch, agents)
        return less, more

    def met(self, batch: Batch, agents: Ints, figures: Figures) -> dict[str, NDArray[np.bool_]]:
        """Where neither contacts nor call-backs come nobody is needed."""
        nobody = (agents == 0) & (figures.occupancy == 0)
        return {name: good | nobody for name, good in super().met(batch, agents, figures).items()}

    def _days(self, batch: Batch) -> Iterator[_CallBackDay]:
        at = 0
        for part in batch.parts:
            rows = np.flatnonzero(part.open) + at
            busy = batch.volume[rows] > 0
            at += part.volume.size
            if busy.any():
                mean_s = np.average(batch.aht_s[rows], weights=batch.volume[rows])
                yield _CallBackDay(
                    rows, batch.volume[rows], np.where(busy, batch.aht_s[rows], mean_s), part
                )

    def _figures(self, batch: Batch, agents: Ints) -> tuple[Figures, Figures, Figures]:
        out = tuple(Figures.blank(agents.size) for _ in range(3))
        for one in out:
            one.occupancy[batch.volume == 0] = 0.0
        for day in self._days(batch):
            got = day.settled(partial(day.performance, agents[day.rows]))
            levels = (got.p_answered_in_awt_less, got.p_answered_in_awt, got.p_answered_in_awt_more)
            for one, level in zip(out, levels, strict=True):
                one.p_answered_within[day.rows] = level
                one.occupancy[day.rows] = math.nan
            out[1].occupancy[day.rows] = got.occupancy
        return out  # type: ignore[return-value]


@dataclasses.dataclass(frozen=True, eq=False)
class _CallBackDay:
    """The open intervals of a queue, one after the other."""

    rows: Ints
    volume: Floats
    aht_s: Floats
    part: Part

    def fewest(self, due: Floats) -> callback_agents.CallBackDay:
        queue = self.part.queue
        assert queue.call_back is not None
        return callback_agents.fewest_agents(
            self.volume, self.aht_s, queue.target, queue.call_back, due=due,
            interval_s=self.part.interval_s, patience_s=queue.patience_s,
        )  # fmt: skip

    def performance(self, agents: Ints, due: Floats) -> callback_agents.CallBackDay:
        queue = self.part.queue
        assert queue.call_back is not None
        return callback_agents.performance(
            self.volume, self.aht_s, agents, queue.target, queue.call_back, due=due,
            interval_s=self.part.interval_s, patience_s=queue.patience_s,
        )  # fmt: skip

    def settled(
        self, walk: Callable[[Floats], callback_agents.CallBackDay]
    ) -> callback_agents.CallBackDay:
        """Return the walk whose beginning is handed what its end leaves over."""
        day = walk(np.zeros(0))
        for _ in range(_MOST_WALKS):
            again = walk(day.beyond)
            if np.allclose(again.beyond, day.beyond, rtol=ROUNDING, atol=ROUNDING):
                return again
            day = again
        return day
