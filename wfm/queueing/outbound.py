"""How many dials and hours does an outbound goal take, and who can make them beside inbound?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.queueing._arguments import broadcast, numbers, refuse
from wfm.queueing._checks import amounts, shares_below_one

__all__ = ["Campaign", "campaign", "spare_agents"]

Floats = NDArray[np.float64]

# Agents are whole up to this much of rounding.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Campaign:
    """What a number of successes takes.

    Attributes
    ----------
    dials, connects, right_parties, successes : array
        Expected numbers, real-valued; round dials up.
    work_h : array
        Hours spent on contacts.
    agent_h : array
        Hours of agents on seat: work over occupancy.
    """

    dials: Floats
    connects: Floats
    right_parties: Floats
    successes: Floats
    work_h: Floats
    agent_h: Floats


def campaign(
    successes: ArrayLike,
    *,
    p_connect: ArrayLike,
    p_right_party: ArrayLike,
    p_success: ArrayLike,
    dial_s: ArrayLike,
    connect_s: ArrayLike,
    right_party_s: ArrayLike,
    success_s: ArrayLike,
    occupancy: ArrayLike,
) -> Campaign:
    """Return dials, contacts and hours for the successes wanted.

    dials = successes/(p_connect p_right_party p_success); hours = (dials dial_s + connects
    connect_s + right parties right_party_s + successes success_s)/3600/occupancy.

    Parameters
    ----------
    successes : array_like
        Wanted, >= 0.
    p_connect, p_right_party, p_success : array_like
        Share of dials that connect, of these with the right party, of these with success; above 0.
    dial_s, connect_s, right_party_s, success_s : array_like
        Seconds an agent spends on each dial, connect, right party and success, >= 0.
    occupancy : array_like
        Share of on-seat time spent on contacts, above 0 and at most 1.

    Returns
    -------
    Campaign

    Raises
    ------
    BadInput
        For bad values.

    Notes
    -----
    Expected values with agents who dial by themselves; a predictive dialler changes dial_s.
    Dialling a list again lowers the shares from pass to pass.

    Examples
    --------
    >>> c = campaign(
    ...     500, p_connect=0.35, p_right_party=0.60, p_success=0.12, dial_s=25, connect_s=20,
    ...     right_party_s=150, success_s=90, occupancy=0.85,
    ... )
    >>> round(float(c.dials), 3), round(float(c.agent_h), 3)
    (19841.27, 426.445)
    """
    sizes = amounts(
        successes=successes, dial_s=dial_s, connect_s=connect_s, right_party_s=right_party_s,
        success_s=success_s,
    )  # fmt: skip
    shares = numbers(
        p_connect=p_connect, p_right_party=p_right_party, p_success=p_success, occupancy=occupancy
    )
    for name, value in shares.items():
        hint = "a fraction above 0 and up to 1 - was a percent passed?"
        refuse(name, value, (value > 0) & (value <= 1), hint)
    a = broadcast({**sizes, **shares})
    right = a["successes"] / a["p_success"]
    connects = right / a["p_right_party"]
    dials = connects / a["p_connect"]
    work = (
        dials * a["dial_s"] + connects * a["connect_s"] + right * a["right_party_s"]
        + a["successes"] * a["success_s"]
    ) / 3600.0  # fmt: skip
    each = (dials, connects, right, a["successes"], work, work / a["occupancy"])
    return Campaign(*(value[()] for value in each))


def spare_agents(
    scheduled: ArrayLike,
    requirement: ArrayLike,
    *,
    shrinkage: ArrayLike = 0.0,
    reserve: ArrayLike = 0.0,
) -> NDArray[np.int64]:
    """Return whole agents free for outbound in each interval; inbound keeps what it needs.

    floor(scheduled (1 - shrinkage) - requirement - reserve), not below 0.

    Parameters
    ----------
    scheduled : array_like
        Agents on duty and not on a break, >= 0.
    requirement : array_like
        Agents that inbound needs on seat, >= 0.
    shrinkage : array_like
        Share of them not available for contacts, 0 to below 1.
    reserve : array_like
        Agents kept for inbound beyond its requirement, >= 0.

    Returns
    -------
    int64 array

    Raises
    ------
    BadInput
        For bad values.

    Examples
    --------
    >>> spare_agents([20, 30, 30], [14, 14, 17.5], shrinkage=0.3, reserve=1).tolist()
    [0, 6, 2]
    """
    sizes = amounts(scheduled=scheduled, requirement=requirement, reserve=reserve)
    a = broadcast(sizes | shares_below_one(shrinkage=shrinkage))
    spare = a["scheduled"] * (1 - a["shrinkage"]) - a["requirement"] - a["reserve"]
    return np.floor(np.maximum(spare, 0.0) + ROUNDING).astype(np.int64)[()]
