"""How does a confirmed change become the standard of the next plan?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from wfm.pdca.causes import Actor
from wfm.pdca.cycle import Cycle
from wfm.pdca.records import Standard
from wfm.scenario import Scenario

__all__ = ["Standardised", "revise_scenario"]


@dataclass(frozen=True)
class Standardised:
    """The closed cycle and the scenario that came of it, with the old one as its parent."""

    cycle: Cycle
    scenario: Scenario


def revise_scenario(
    cycle: Cycle, scenario: Scenario, *, by: Actor, at: dt.datetime, owner: str, review: dt.date,
    **changes: Any,
) -> Standardised:  # fmt: skip
    """Return the cycle closed as standardised, and the revised scenario.

    Parameters
    ----------
    cycle : Cycle
        At Act, confirmed.
    scenario : Scenario
    by : Actor
    at : datetime
    owner : str
        Who keeps the standard.
    review : date
        When it is looked at again.
    **changes
        Fields of `Scenario`, as in `Scenario.revise`.

    Raises
    ------
    BadInput
        From `Cycle.standardised` or `Scenario.revise`.
    """
    child = scenario.revise(f"standard of PDCA cycle {cycle.id}: {cycle.title}", **changes)
    names = ", ".join(sorted(changes))
    standard = Standard(
        "scenario", names or "nothing", scenario.id, child.id, owner, review, reference=child.id
    )
    return Standardised(cycle.standardised(standard, by=by, at=at), child)
