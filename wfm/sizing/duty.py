"""How many agents are scheduled so that enough are on seat, and what do they cost?"""

from __future__ import annotations

from typing import Any

import numpy as np

from wfm.errors import BadInput

# 21 / (1 - 0.3) is 30.000000000000004 in floats: a bare ceil would schedule 31.
ROUNDING = 1e-9


def gross_up(agents: Any, shrinkage: Any) -> np.ndarray:
    """Return whole agents to schedule so that `agents` are on seat after `shrinkage`.

    ceil(agents / (1 - shrinkage)), never agents x (1 + shrinkage).

    Parameters
    ----------
    agents : array_like
        Agents on seat, >= 0.
    shrinkage : array_like
        Fraction of scheduled time lost, 0 <= s < 1.

    Returns
    -------
    int64 array

    Examples
    --------
    >>> int(gross_up(21, 0.3)), int(gross_up(70, 0.30))
    (30, 100)
    """
    agents, shrinkage = np.asarray(agents, float), np.asarray(shrinkage, float)
    bad = ~((shrinkage >= 0) & (shrinkage < 1))
    if bad.any():
        raise BadInput(
            f"requirement: {int(bad.sum())} values of shrinkage are outside 0 <= s < 1 (first: "
            f"{shrinkage[bad].flat[0]}); shrinkage is a fraction - was a percent passed?"
        )
    if not (agents >= 0).all():
        bad = ~(agents >= 0)
        raise BadInput(
            f"requirement: {int(bad.sum())} values of agents are not numbers >= 0 (first: "
            f"{agents[bad].flat[0]})"
        )
    return np.ceil(agents / (1 - shrinkage) - ROUNDING).astype(np.int64)
