"""What stands before anything is chosen: the weeks before, locked shifts, days kept free?"""

from __future__ import annotations

import pandas as pd

from wfm import frames
from wfm.errors import BadInput
from wfm.roster.audit import violations_of
from wfm.roster.duties import Case, Duty, by_agent, duties_of

KEPT_FREE = "off"


def before_of(previous: pd.DataFrame | None, case: Case) -> dict[str, tuple[Duty, ...]]:
    """Return the duties of the weeks before by agent; BadInput if they cannot be used."""
    if previous is None:
        return {}
    duties = duties_of(previous, case.horizon, "previous")
    unknown = sorted({duty.agent for duty in duties} - set(case.people))
    if unknown:
        raise BadInput(
            f"previous: {len(unknown)} agents are not in the scenario (first: {unknown[0]!r}); "
            "drop the rows of people who left, or correct the ids"
        )
    late = [duty for duty in duties if duty.span.day >= 0]
    if late:
        raise BadInput(
            f"previous: {len(late)} shifts start in the planned weeks, from {case.horizon.monday} "
            f"on (first: agent {late[0].agent!r}, {case.horizon.date(late[0].span.day)}); pass "
            "shifts that must stand as `locked`"
        )
    # A person's skills may have changed since; what reaches into the plan serves today's skills.
    return by_agent(
        Duty(d.agent, d.span, case.group(case.people[d.agent]), d.breaks, d.events)
        for d in duties
        if case.group(case.people[d.agent])
    )


def locks_of(locked: pd.DataFrame | None, case: Case, step_min: int) -> dict[str, dict[int, Duty]]:
    """Return the locked shifts by agent and day; BadInput if they break rules themselves."""
    if locked is None:
        return {}
    frames.check("roster", locked)
    duties = duties_of(locked[locked["activity"] != KEPT_FREE], case.horizon, "locked")
    broken = violations_of(case, duties, growing_only=True)
    if broken:
        shown = "; ".join(str(violation) for violation in broken[:5])
        raise BadInput(
            f"locked: the locked shifts break {len(broken)} rules themselves: {shown}; unlock or "
            "correct them"
        )
    for duty in duties:
        times = [duty.span.start, *(t for p in duty.off_seat for t in (p.start, p.end))]
        if any(time % step_min for time in times):
            raise BadInput(
                f"locked: agent {duty.agent!r}, {case.horizon.date(duty.span.day)}: starts and "
                f"breaks lie on a grid of {step_min} min; move the break onto it"
            )
    found: dict[str, dict[int, Duty]] = {}
    for duty in duties:
        found.setdefault(duty.agent, {})[duty.span.day] = duty
    return found


def kept_free(locked: pd.DataFrame | None, case: Case) -> frozenset[tuple[str, int]]:
    """Return the agents and days that a lock keeps free of shifts."""
    if locked is None:
        return frozenset()
    frames.check("roster", locked)
    rows = locked[locked["activity"] == KEPT_FREE]
    days = case.horizon.days_of(case.horizon.minutes(rows["start"], "locked"))
    found = frozenset(zip(rows["agent"].astype(str), days.tolist(), strict=True))
    unknown = sorted({agent for agent, _ in found} - set(case.people))
    if unknown:
        raise BadInput(
            f"locked: {len(unknown)} agents kept free are not in the scenario (first: "
            f"{unknown[0]!r}); drop their rows"
        )
    return found
