"""Sizing with priorities, in one group with outbound, and where nobody waits at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable

import numpy as np
from numpy.typing import NDArray

from wfm.errors import BadInput
from wfm.queueing import blending, tiers
from wfm.scenario import Queue
from wfm.sizing.batch import Batch, Figures, Floats, Ints
from wfm.sizing.models import ROUNDING, Model
from wfm.sizing.predicted import agents_of, kept, places

_MOST_AGENTS = 2**40


class Tiers(Model):
    """Priorities: each tier has its own target; real-valued agents are the whole ones."""

    name = "tiers"

    def key(self, queue: Queue) -> Hashable:
        """Tiers hold the targets."""
        return (self.name, queue.tiers)

    def fewest(self, batch: Batch) -> tuple[Floats, Ints]:
        """Size one group that meets every tier's target."""
        targets = [t.target if t.target.limits else None for t in batch.queue.tiers]
        whole = agents_of(batch, tiers.fewest_agents(
            self._each(batch), batch.aht_s, targets, interval_s=batch.interval_s
        ))  # fmt: skip
        return whole.astype(float), whole

    def by_tier(self, batch: Batch, agents: Ints) -> tiers.TierPerformance:
        """Return what each tier meets."""
        within = [tier.target.awt_s for tier in batch.queue.tiers]
        return tiers.performance(
            self._each(batch), batch.aht_s, places(batch, agents), interval_s=batch.interval_s,
            awt_s=within,
        )  # fmt: skip

    def predict(self, batch: Batch, agents: Ints) -> Figures:
        """Return the figures of all tiers together."""
        got = self.by_tier(batch, agents)
        share = np.array([tier.share for tier in batch.queue.tiers])
        nobody = np.where(np.isfinite(got.mean_wait_s).all(-1), 0.0, math.nan)
        return Figures(
            got.p_answered_within @ share, got.occupancy, got.mean_wait_s @ share, nobody * 0,
            nobody * 0,
        )  # fmt: skip

    def met(self, batch: Batch, agents: Ints, figures: Figures) -> dict[str, NDArray[np.bool_]]:
        """Return where each tier's limits are kept, named by tier."""
        got = self.by_tier(batch, agents)
        out: dict[str, NDArray[np.bool_]] = {}
        for i, tier in enumerate(batch.queue.tiers):
            one = Figures(got.p_answered_within[:, i], np.asarray(got.occupancy),
                          got.mean_wait_s[:, i], figures.p_abandon, figures.p_block)  # fmt: skip
            out |= {f"{tier.name}: {k}": v for k, v in kept(tier.target, one, agents).items()}
        return out

    def _each(self, batch: Batch) -> Floats:
        return batch.volume[:, None] * [tier.share for tier in batch.queue.tiers]


class Blended(Model):
    """Idle agents beyond `Queue.reserve` make outbound contacts; inbound keeps its target."""

    name = "reserve"

    def fewest(self, batch: Batch) -> tuple[Floats, Ints]:
        """Search upwards from what inbound alone needs."""
        alone = super().fewest(batch)[1]

        def meets(n: Ints) -> NDArray[np.bool_]:
            good = np.all(list(self.met(batch, n, self.predict(batch, n)).values()), axis=0)
            return good | (batch.volume == 0)

        whole = climb(meets, alone)
        return whole.astype(float), whole

    def predict(self, batch: Batch, agents: Ints) -> Figures:
        """Return inbound's waits; occupancy counts both kinds."""
        out = Figures.blank(agents.size)
        load = batch.volume * batch.aht_s / batch.interval_s
        on = (agents > load) & (batch.volume > 0)
        reserve = np.minimum(batch.of_queues("reserve"), agents)
        if on.any():
            got = blending.blend(
                batch.volume[on], batch.aht_s[on], agents[on], reserve=reserve[on],
                interval_s=batch.interval_s[on], awt_s=batch.queue.target.awt_s,
            )  # fmt: skip
            out.p_answered_within[on], out.occupancy[on] = got.p_answered_within, got.occupancy
            out.asa_s[on], out.p_abandon[on], out.p_block[on] = got.mean_wait_s, 0.0, 0.0
        out.occupancy[(agents == 0) & (batch.volume == 0)] = 0.0
        return out


class Outbound(Model):
    """Nobody waits: work over occupancy, rounded up in each interval."""

    name = "outbound"

    def fewest(self, batch: Batch) -> tuple[Floats, Ints]:
        """Return the agents that the work takes."""
        cap = batch.queue.target.occupancy
        real = self._work(batch) / (1.0 if cap is None else cap)
        return real, np.ceil(real - ROUNDING).astype(np.int64)

    def predict(self, batch: Batch, agents: Ints) -> Figures:
        """Return occupancy; there is no service level."""
        out = Figures.blank(agents.size)
        out.p_answered_within[:] = math.nan
        work = self._work(batch)
        np.divide(work, agents, out=out.occupancy, where=agents > 0)
        out.occupancy[work == 0] = 0.0
        return out

    def met(self, batch: Batch, agents: Ints, figures: Figures) -> dict[str, NDArray[np.bool_]]:
        """The work must fit."""
        cap = batch.queue.target.occupancy
        name, most = ("work", 1.0) if cap is None else ("occupancy", cap)
        return {name: self._work(batch) <= agents * most * (1 + ROUNDING) + ROUNDING}

    def _work(self, batch: Batch) -> Floats:
        return batch.volume * batch.aht_s / batch.interval_s


def climb(meets: Callable[[Ints], NDArray[np.bool_]], at: Ints) -> Ints:
    """Return the least n >= `at` that `meets`, all rows at once, by doubling and halving."""
    missed, met = at - 1, at.copy()
    step = np.ones_like(at)
    while not np.all(good := meets(met)):
        missed, met = np.where(good, missed, met), np.where(good, met, met + step)
        step *= 2
        if met.max() > _MOST_AGENTS:
            raise BadInput("target: cannot be met by any number of agents; relax the limit")
    while np.any(met - missed > 1):
        open_ = met - missed > 1
        middle = np.where(open_, (missed + met) // 2, met)
        good = meets(middle)
        missed, met = (np.where(open_ & ~good, middle, missed), np.where(open_ & good, middle, met))
    return met
