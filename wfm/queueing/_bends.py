"""Between which volumes is the service level of a queue smooth, and of one scale?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.volumes import UncertainVolume

Floats = NDArray[np.float64]

# Beyond these scores lies less than 1e-10 of a normal distribution.
_PANELS = (-6.5, -2.0, 2.0, 6.5)
# Multiples of the scale of a turn at which the level is cut: round ones, and exponential falls.
_TURNS = (-6.0, -2.0, -0.7, 0.0, 0.7, 2.0, 6.0)
_FALLS = (0.3, 1.0, 3.0, 10.0, 30.0)
# Loads beyond exp(this) times the agents hold no turn that matters.
_FAR_LATE = 20.0


def smooth_stretches(volume: UncertainVolume, arrays: dict[str, Floats], awt_s: float) -> Floats:
    """Return rising scores of `volume`, shape (..., k), that cut at every bend of the level.

    However wide the volume is spread, the level turns near two loads: n, where the agents are full,
    and n exp(awt_s/patience), where those who stay wait awt_s in a crowd. It does so within a few
    sqrt(load) erlangs, or sqrt(load aht_s/patience), which is less where customers are patient.
    Where nobody leaves it falls within a few aht_s/awt_s below n, and with k waiting places
    within a few n/k on both sides.

    Parameters
    ----------
    volume : UncertainVolume
    arrays : dict of array
        agents, aht_s, interval_s, patience_s and lines, of one shape (...).
    awt_s : float
    """
    n, aht, patience = arrays["agents"], arrays["aht_s"], arrays["patience_s"]
    late = n * np.exp(np.minimum(awt_s / patience, _FAR_LATE))
    loads = [
        at + turn * np.sqrt(at) * width
        for at in (n, late) for width in (1.0, np.sqrt(aht / patience)) for turn in _TURNS
    ]  # fmt: skip
    if awt_s > 0:
        loads += [n - fall * aht / awt_s for fall in _FALLS]
    held = n / np.maximum(arrays["lines"] - n, 1.0)
    loads += [n + side * fall * held for side in (-1.0, 1.0) for fall in _FALLS]
    each = arrays["interval_s"] / aht
    turns = volume.turns()
    ends: list[Floats] = [np.array(score) for score in _PANELS]
    ends += [volume.score(np.maximum(load, 0.0) * each) for load in loads]
    ends += [turns[..., i] for i in range(turns.shape[-1])]
    cuts = np.stack([np.broadcast_to(end, n.shape) for end in ends], axis=-1)
    return np.sort(np.clip(cuts, _PANELS[0], _PANELS[-1]), axis=-1)
