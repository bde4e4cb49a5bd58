"""What does a person's request make a shift of that day cost?"""

from __future__ import annotations

from collections.abc import Iterable

from wfm.requested import Request
from wfm.roster.duties import Case, Duty, Span


def wishes_of(case: Case, agent: str) -> dict[int, tuple[Request, ...]]:
    """Return planned day to the requests of a person."""
    return case.wishes.get(agent, {})


def wish_price(case: Case, agent: str, span: Span) -> float:
    """Return what a shift adds to the cost of a person's requests; below 0 if it was wished."""
    return sum(
        request.weight * (request.granted(None) - request.granted(span.shift))
        for request in case.wishes.get(agent, {}).get(span.day, ())
    )


def wish_cost(case: Case, duties: Iterable[Duty]) -> float:
    """Return the weights of all requests that these duties of all people refuse."""
    if not case.wishes:
        return 0.0
    codes = {(duty.agent, duty.span.day): duty.span.shift for duty in duties}
    return float(sum(
        request.weight
        for agent, days in case.wishes.items()
        for day, asked in days.items()
        for request in asked if not request.granted(codes.get((agent, day)))
    ))  # fmt: skip


def idle_cost(case: Case, agent: str, days: Iterable[int]) -> float:
    """Return the weights of a person's requests that a plan without shifts refuses."""
    asked = case.wishes.get(agent, {})
    return sum(r.weight for d in days for r in asked.get(d, ()) if not r.granted(None))
