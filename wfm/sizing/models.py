"""Which model sizes a queue that is answered at once, and what does it predict?

Each model answers for a whole `Batch`: `fewest` whole agents (and real-valued ones where the model
is continuous), `predict` for given agents, `met` for their target, `around` for one more and less.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import special

from wfm import frames
from wfm.queueing import erlang, retrials, uncertain
from wfm.queueing.figures import Performance
from wfm.scenario import Queue
from wfm.sizing.batch import Batch, Figures, Floats, Ints
from wfm.sizing.predicted import agents_of, kept, places, staffed, stationary

LEVELS = tuple(float(name[1:].replace("_", ".")) / 100 for name in frames.BANDS)
# An agent's places or the seconds of a quotient may miss a whole number by rounding.
ROUNDING = 1e-9


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
        return staffed(batch, agents, partial(stationary, batch))

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
        return real / batch.concurrency, agents_of(batch, places)


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
        return self._of_volume(batch, at)[0], agents_of(batch, places)

    def met(self, batch: Batch, agents: Ints, figures: Figures) -> dict[str, NDArray[np.bool_]]:
        """The one limit is the chance, also where nobody at all may come."""
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
        whole = agents_of(batch, retrials.fewest_agents(
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
            return stationary(again, on, servers)

        return staffed(batch, agents, figures)
