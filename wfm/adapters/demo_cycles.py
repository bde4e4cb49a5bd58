"""Which improvement cycles lie on the demo's board? One stopped, one to be signed, one running.

They were opened, planned, locked and checked by the same code as any other, on the demo's actuals
as they were known on each day: no figure in them is written down.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from wfm import kpi, pdca
from wfm.actuals import Actuals
from wfm.adapters.demo_actuals import DemoTruth, demo_truth
from wfm.errors import BadInput
from wfm.kpi.targets import KpiTarget
from wfm.pdca import Action, Actor, Cause, Cycle, Doubt, Group, Proposal, Step
from wfm.plan import Plan
from wfm.timegrid import zone

__all__ = ["demo_cycles"]

_ANA, _EVA, _BEN = Actor("Ana", "lead"), Actor("Eva", "analyst"), Actor("Ben", "analyst")  # type: ignore[arg-type]
_AHT_MARGIN_S = 25.0
_DAY = dt.timedelta(days=1)


def demo_cycles(plan: Plan, actuals: Actuals) -> tuple[Cycle, ...]:
    """Return the cycles of the demo plan's team leads; the same for the same plan and actuals.

    Parameters
    ----------
    plan : Plan
    actuals : Actuals
        Of `wfm.adapters.demo_actuals.demo_actuals`.
    """
    truth = demo_truth(plan.forecast["start"].min().date())
    tz = plan.scenario.timezone
    teams = tuple(sorted(map(str, actuals.table("surveys")["team"].unique())))
    return (
        _script(truth, actuals, tz, teams),
        _solve_at_once(truth, actuals, tz, teams),
        _breaks(truth, actuals, tz, teams),
    )


def _solve_at_once(truth: DemoTruth, actuals: Actuals, tz: str, teams: tuple[str, ...]) -> Cycle:
    """Return the true improvement: checked when its weeks were over, not yet signed."""
    begins = truth.improved_from
    # A bold expectation needs few weeks: they and the four after have to fit into the actuals.
    proposal = _proposal(
        "fcr", Group("team", (truth.improved_team,), _others(teams, truth.improved_team)),
        begins=begins, value=0.74, expected=0.84, choices={"method": "survey"},
        hypothesis="Agents who ask before they answer solve more at the first contact",
        actions=(
            Action("coaching: ask before you answer", "training", "Ana", begins + 11 * _DAY),
            Action("one page of examples at every seat", "process", "Ana", begins),
        ),
        feared={Cause.F5: "one page of examples at every seat",
                Cause.F1: "the head of the centre opens the first coaching"},
    )  # fmt: skip
    cycle = _locked("Solve at once", proposal, actuals, tz)
    if cycle.step is Step.PLAN:
        return cycle
    cycle = cycle.done(1, by=_ANA, at=_at(begins, tz, 8))
    cycle = cycle.done(0, by=_ANA, at=_at(begins + 10 * _DAY, tz, 15))
    cycle = cycle.logged("feedback", "agents say that fewer callers come back with the same matter",
                         by=_ANA, at=_at(begins + 21 * _DAY, tz, 11))  # fmt: skip
    return _checked(cycle, actuals, truth.last + _DAY, tz)


def _script(truth: DemoTruth, actuals: Actuals, tz: str, teams: tuple[str, ...]) -> Cycle:
    """Return the change that only looks like one: the season lifted every team."""
    begins = truth.false_from
    proposal = _proposal(
        "csat", Group("team", (truth.false_team,), _others(teams, truth.false_team)),
        begins=begins, value=0.78, expected=0.87, choices={},
        hypothesis="A friendly closing script leaves customers content",
        actions=(Action("closing script at every seat", "process", "Ana", begins),),
        feared={Cause.F2: "ask customers what they miss, after four weeks"},
    )  # fmt: skip
    cycle = _locked("A closing script", proposal, actuals, tz)
    if cycle.step is Step.PLAN:
        return cycle
    cycle = cycle.done(0, by=_ANA, at=_at(begins, tz, 9))
    cycle = cycle.logged("feedback", "satisfaction is rising since we use the script!", by=_ANA,
                         at=_at(begins + 24 * _DAY, tz, 10))  # fmt: skip
    assert cycle.design is not None
    over = begins + (cycle.design.weeks + cycle.design.sustain_weeks) * 7 * _DAY
    day = min(over, truth.last + _DAY)
    cycle = _checked(cycle, actuals, day, tz)
    cycle = cycle.signed(
        by=_BEN, at=_at(day, tz, 14), goal_reached="no: the other teams rose as much, without it",
        problems="none", new_phenomena="satisfaction rises in every team in summer",
    )  # fmt: skip
    return cycle.stopped(Cause.F2, "the closing is not what customers judge", by=_ANA,
                         at=_at(day, tz, 16))  # fmt: skip


def _breaks(truth: DemoTruth, actuals: Actuals, tz: str, teams: tuple[str, ...]) -> Cycle:
    """Return a change that has just begun."""
    own = next(t for t in teams if t not in {truth.improved_team, truth.false_team})
    begins = truth.last - 13 * _DAY
    proposal = _proposal(
        "csat", Group("team", (own,), _others(teams, own)), begins=begins, value=0.80,
        expected=0.87, choices={},
        hypothesis="Who has had a break listens better",
        actions=(
            Action("break times on every screen", "innovation", "Ana", begins),
            Action("team talk: why breaks are where they are", "training", "Ana",
                   begins + 18 * _DAY),
        ),
        feared={Cause.F6: "an agent of the team decides how it is shown"},
    )  # fmt: skip
    cycle = _locked("Breaks in sight", proposal, actuals, tz)
    if cycle.step is Step.PLAN:
        return cycle
    cycle = cycle.done(0, by=_ANA, at=_at(begins, tz, 9))
    return cycle.logged("deviation", "two screens were late by a day", by=_ANA,
                        at=_at(begins + 2 * _DAY, tz, 9))  # fmt: skip


def _proposal(
    key: str, group: Group, *, begins: dt.date, value: float, expected: float,
    choices: dict[str, str], hypothesis: str, actions: tuple[Action, ...],
    feared: dict[Cause, str],
) -> Proposal:  # fmt: skip
    target = KpiTarget(
        key, value=value, direction="up", definition=kpi.definition(key, **choices),
        baseline_until=begins - _DAY, deadline=begins + 22 * 7 * _DAY, review_days=28, owner="Ana",
        source="actuals", role="lead", counter="aht_s", counter_margin=_AHT_MARGIN_S,
        parent="service", signed=("centre", "team"),
    )  # fmt: skip
    return Proposal(
        target, expected=expected, begins=begins, hypothesis=hypothesis, actions=actions,
        group=group, counter_definition=kpi.definition("aht_s"),
        doubts=tuple(Doubt(c, c in feared, feared.get(c, "")) for c in Cause),
    )  # fmt: skip


def _locked(title: str, proposal: Proposal, actuals: Actuals, tz: str) -> Cycle:
    """Return the cycle locked on the eve of the change, on what was known then.

    Actuals drawn around another roster may not allow the test; it then stays at Plan, as it would.
    """
    begins = proposal.begins
    known = actuals.between(last=begins - _DAY)
    at = _at(begins - 6 * _DAY, tz, 10)
    cycle = pdca.open_cycle(title, by=_ANA, at=at)
    try:
        test = pdca.design(known.tables, proposal)
        target = replace(proposal.target, baseline=test.baseline)
        planned = cycle.planned(replace(proposal, target=target), by=_ANA, at=at)
        return planned.locked(test, by=_ANA, at=_at(begins - _DAY, tz, 18))
    except BadInput:
        return cycle.planned(proposal, by=_ANA, at=at)


def _checked(cycle: Cycle, actuals: Actuals, day: dt.date, tz: str) -> Cycle:
    known = actuals.between(last=day)
    return cycle.checked(cycle.check(known.tables), by=_EVA, at=_at(day, tz, 10))


def _others(teams: tuple[str, ...], own: str) -> tuple[str, ...]:
    return tuple(team for team in teams if team != own)


def _at(day: dt.date, tz: str, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), zone(tz))
