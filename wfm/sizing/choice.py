"""Which model do the choices of a queue ask for?"""

from __future__ import annotations

import dataclasses

import numpy as np

from wfm.queueing import outbound
from wfm.scenario import Queue
from wfm.sizing.batch import Floats
from wfm.sizing.calledback import CalledBack
from wfm.sizing.models import Model, Retrying, Uncertain
from wfm.sizing.special import Blended, Outbound, Tiers

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
