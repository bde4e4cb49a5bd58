"""Which model sizes a queue that is answered at once, and what does it predict?

Each model answers for a whole `Batch`: `fewest` whole agents (and real-valued ones where the model
is continuous), `predict` for given agents, `met` for their target, `around` for one more and less.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm import frames
from wfm.errors import BadInput
from wfm.queueing import blending, callback_agents, erlang, outbound, retrials, tiers, uncertain
from wfm.queueing.figures import Performance
from wfm.scenario import Queue, Target
from wfm.sizing.batch import Batch, Figures, Floats, Ints

LEVELS = tuple(float(name[1:].replace("_", ".")) / 100 for name in frames.BANDS)
# An agent's places or the seconds of a quotient may miss a whole number by rounding.
ROUNDING = 1e-9
_MOST_AGENTS = 2**40


class Model:
    """One stationary queue: Erlang A, or C without patience, with lines and chat places."""

    name = "erlang"

    def key(self, queue: Queue) -> Hashable:
        """Return what queues must share to be sized in one call."""
        return (self.name, queue.target)

    def fewest(self, batch: Batch) -> tuple[Floats, Ints]:
        """Return real-valued and whole agents that meet the target."""
        return self._of_volume(batch, batch.volume)

    def predict(self, batch: Batch, agents: Ints) -> Figures:
        """Return what contacts meet with whole `agents`."""
        return _staffed(batch, agents, partial(_erlang, batch))

    def met(self, batch: Batch, agents: Ints, figures: Figures) -> dict[str, NDArray[np.bool_]]:
        """Return, by limit of the target, where `agents` keep it."""
        return kept(batch.queue.target, figures, agents)

    def around(self, batch: Batch, agents: Ints) -> tuple[Figures, Figures]:
        """Return what one agent less and one more in an interval would do."""
        return (
            self.predict(batch, np.maximum(agents - 1, 0)), self.predict(batch, agents + 1)
        )  # fmt: skip

    def _of_volume(self, batch: Batch, volume: Floats) -> tuple[Floats, Ints]:
        queue = {"interval_s": batch.interval_s, "patience_s": batch.patience_s,
                 "lines": batch.lines}  # fmt: skip
        places = erlang.fewest_agents(volume, batch.aht_s, batch.queue.target, **queue)
        real = erlang.fractional_agents(volume, batch.aht_s, batch.queue.target, **queue)
        return real / batch.concurrency, _agents(batch, places)


class Uncertain(Model):
    """The volume follows the forecast's quantiles; the target holds with `Queue.chance`."""

    name = "chance"

    def fewest(self, batch: Batch) -> tuple[Floats, Ints]:
        """Size the quantile of volume that `chance` asks for."""
        chance = batch.of_queues("chance")
        places = uncertain.fewest_agents(
            self._volume(batch), batch.aht_s, batch.queue.target, chance=chance,
            interval_s=batch.interval_s, patience_s=batch.patience_s, lines=batch.lines,
        )  # fmt: skip
        at = self._volume(batch).at(special.ndtri(chance)[:, None])[:, 0]
        return self._of_volume(batch, at)[0], _agents(batch, places)

    def met(self, batch: Batch, agents: Ints, figures: Figures) -> dict[str, NDArray[np.bool_]]:
        """The one limit is the chance."""
        return {"chance": self.p_target_met(batch, agents) >= batch.of_queues("chance") - ROUNDING}

    def p_target_met(self, batch: Batch, agents: Ints) -> Floats:
        """Return P(target met) with `agents`."""
        return np.asarray(uncertain.p_target_met(
            places(batch, agents), self._volume(batch), batch.aht_s, batch.queue.target,
            interval_s=batch.interval_s, patience_s=batch.patience_s, lines=batch.lines,
        ))  # fmt: skip

    def expected(self, batch: Batch, agents: Ints) -> Floats:
        """Return the service level that one contact expects under the uncertainty."""
        target = batch.queue.target
        return np.asarray(uncertain.expected_service_level(
            places(batch, agents), self._volume(batch), batch.aht_s, awt_s=target.awt_s,
            short_s=target.short_s, rule=target.rule, interval_s=batch.interval_s,
            patience_s=batch.patience_s, lines=batch.lines,
        ))  # fmt: skip

    def _volume(self, batch: Batch) -> uncertain.QuantileVolume:
        return uncertain.QuantileVolume(LEVELS, batch.bands)


class Retrying(Model):
    """Lost contacts try again with `Queue.p_retry`; real-valued agents are the whole ones."""

    name = "p_retry"

    def fewest(self, batch: Batch) -> tuple[Floats, Ints]:
        """Size first attempts and the repeats they cause."""
        whole = _agents(batch, retrials.fewest_agents(
            batch.volume, batch.aht_s, batch.queue.target, p_retry=batch.of_queues("p_retry"),
            interval_s=batch.interval_s, patience_s=batch.patience_s, lines=batch.lines,
        ))  # fmt: skip
        return whole.astype(float), whole

    def predict(self, batch: Batch, agents: Ints) -> Figures:
        """Return what one attempt meets."""
        retry = batch.of_queues("p_retry")

        def figures(on: NDArray[np.bool_], servers: Floats) -> Performance:
            repeated = retrials.fixed_point(
                batch.volume[on], batch.aht_s[on], servers, p_retry=retry[on],
                interval_s=batch.interval_s[on], patience_s=batch.patience_s[on],
                lines=batch.lines[on],
            )  # fmt: skip
            again = dataclasses.replace(batch, volume=batch.volume.copy())
            again.volume[on] = repeated.volume
            return _erlang(again, on, servers)

        return _staffed(batch, agents, figures)


class Tiers(Model):
    """Priorities: each tier has its own target; real-valued agents are the whole ones."""

    name = "tiers"

    def key(self, queue: Queue) -> Hashable:
        """Tiers hold the targets."""
        return (self.name, queue.tiers)

    def fewest(self, batch: Batch) -> tuple[Floats, Ints]:
        """Size one group that meets every tier's target."""
        targets = [t.target if t.target.limits else None for t in batch.queue.tiers]
        whole = _agents(batch, tiers.fewest_agents(
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
            out.served[on], out.occupancy[on] = got.p_answered_within, got.occupancy
            out.asa_s[on], out.p_abandon[on], out.p_block[on] = got.mean_wait_s, 0.0, 0.0
        out.occupancy[(agents == 0) & (batch.volume == 0)] = 0.0
        return out


class CalledBack(Model):
    """Long waits are traded for a call-back; intervals in which contacts come follow each other."""

    name = "call_back"

    def key(self, queue: Queue) -> Hashable:
        """A day is walked through queue by queue."""
        return (self.name, queue)

    def fewest(self, batch: Batch) -> tuple[Floats, Ints]:
        """Size forward in time."""
        whole = np.zeros(batch.volume.size, dtype=np.int64)
        for rows, args, more in self._days(batch):
            whole[rows] = callback_agents.fewest_agents(*args, **more).agents
        return whole.astype(float), whole

    def predict(self, batch: Batch, agents: Ints) -> Figures:
        """Return what those meet who stay or are called back."""
        return self._figures(batch, agents)[1]

    def around(self, batch: Batch, agents: Ints) -> tuple[Figures, Figures]:
        """Change one interval alone; earlier ones hand on the same call-backs."""
        less, _, more = self._figures(batch, agents)
        return less, more

    def _days(self, batch: Batch) -> Iterator[tuple[Ints, tuple[Any, ...], dict[str, Any]]]:
        at = 0
        for part in batch.parts:
            rows = np.flatnonzero(part.volume > 0) + at
            at += part.volume.size
            if rows.size:
                args = (batch.volume[rows], batch.aht_s[rows])
                yield rows, (*args, part.queue.target, part.queue.call_back), {
                    "interval_s": part.interval_s, "patience_s": part.queue.patience_s,
                }  # fmt: skip

    def _figures(self, batch: Batch, agents: Ints) -> tuple[Figures, Figures, Figures]:
        out = tuple(Figures.blank(agents.size) for _ in range(3))
        for rows, (volume, aht_s, target, offer), more in self._days(batch):
            day = callback_agents.performance(volume, aht_s, agents[rows], target, offer, **more)
            for one, level in zip(
                out, (day.p_answered_less, day.p_answered, day.p_answered_more), strict=True
            ):
                one.served[rows] = level
                one.occupancy[rows] = math.nan
            out[1].occupancy[rows] = day.occupancy
        for one in out:
            one.occupancy[batch.volume == 0] = 0.0
        return out  # type: ignore[return-value]


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
        out.served[:] = math.nan
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


MODELS: dict[str, Model] = {
    kind.name: kind()
    for kind in (Model, Uncertain, Retrying, Tiers, Blended, CalledBack, Outbound)
}  # fmt: skip


def model_of(queue: Queue) -> Model:
    """Return the model that the choices of `queue` ask for; e-mail has its own, `wfm.deferrable`.

    >>> from wfm.scenario import Target
    >>> model_of(Queue("voice", Target(0.8), chance=0.9)).name
    'chance'
    """
    if queue.channel == "outbound":
        return MODELS["outbound"]
    asked = {
        "chance": queue.chance is not None, "p_retry": queue.p_retry > 0,
        "tiers": bool(queue.tiers), "call_back": queue.call_back is not None,
        "reserve": queue.reserve is not None,
    }  # fmt: skip
    return MODELS[next((name for name, there in asked.items() if there), "erlang")]


def handle_time(queue: Queue, interval_aht_s: Floats) -> Floats:
    """Return seconds of work a unit of volume takes: an outreach counts successes."""
    if queue.outreach is None:
        return interval_aht_s
    one = outbound.campaign(1.0, occupancy=1.0, **dataclasses.asdict(queue.outreach))
    return np.full(interval_aht_s.shape, float(one.work_h) * 3600.0)


def kept(target: Target, figures: Figures, agents: Ints) -> dict[str, NDArray[np.bool_]]:
    """Return, by limit of the target, where `figures` keep it; without agents none is kept."""
    slack = erlang.TOLERANCE
    served = figures.served
    values = {
        "service_level": lambda limit: served >= limit - slack,
        "asa_s": lambda limit: figures.asa_s <= limit * (1 + slack),
        "abandonment": lambda limit: figures.p_abandon <= limit * (1 + slack),
        "occupancy": lambda limit: figures.occupancy <= limit * (1 + slack),
        "blocking": lambda limit: figures.p_block <= limit * (1 + slack),
    }
    endless = np.isinf(figures.asa_s)
    return {
        name: values[name](getattr(target, name)) & (agents > 0) & ~endless
        for name in target.limits
    }


def places(batch: Batch, agents: Ints) -> Floats:
    """Return how many contacts `agents` serve at once: never more than there are lines."""
    return np.minimum(agents * batch.concurrency, batch.lines).astype(float)


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


def _agents(batch: Batch, needed: Ints) -> Ints:
    return -(-np.asarray(needed, dtype=np.int64) // batch.concurrency)


def _erlang(batch: Batch, on: NDArray[np.bool_], servers: Floats) -> Performance:
    target = batch.queue.target
    return erlang.performance(
        batch.volume[on], batch.aht_s[on], servers, interval_s=batch.interval_s[on],
        patience_s=batch.patience_s[on], lines=batch.lines[on], awt_s=target.awt_s,
        short_s=target.short_s,
    )  # fmt: skip


def _staffed(
    batch: Batch, agents: Ints, figures: Callable[[NDArray[np.bool_], Floats], Performance]
) -> Figures:
    """Return figures where somebody is on seat; nobody serves nobody, with occupancy 0 or 1."""
    out = Figures.blank(agents.size)
    on = (agents > 0) & (batch.volume > 0)
    if on.any():
        servers = places(batch, agents)[on]
        got = figures(on, servers)
        out.served[on] = got.p_answered_within(batch.queue.target.rule)
        # More agents than lines share the work of those that can be busy.
        spread = servers / (agents * batch.concurrency)[on]
        out.occupancy[on] = got.occupancy * spread
        out.asa_s[on], out.p_abandon[on], out.p_block[on] = got.asa_s, got.p_abandon, got.p_block
    out.occupancy[batch.volume == 0] = 0.0
    return out
