"""Which code computes which KPI?"""

from __future__ import annotations

from functools import cache

from wfm.errors import BadInput
from wfm.kpi.measure import Measure

__all__ = ["all_measures", "measure"]


@cache
def all_measures() -> dict[str, Measure]:
    """Return every measure by key."""
    from wfm.kpi import agent, cases, experience, improvement, people, service, staffing, surveys

    modules = (service, staffing, agent, people, cases, experience, surveys, improvement)
    return {item.key: item for module in modules for item in module.MEASURES}


def measure(key: str) -> Measure:
    """Return the measure called `key`."""
    if key not in all_measures():
        raise BadInput(f"kpi: no measure for {key!r}")
    return all_measures()[key]
