"""Rosters are solved under every kind of rule: legal by the audit, and the rule really asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wfm import roster
from wfm.roster.annealing import knows
from wfm.scenario import LabourRules, Scenario, ShiftLimit, ShiftType

from .builders import agents, contract, requirement, scenario

EARLY = ShiftType("E", "06:00", "09:00", 480, 180)
LATE = ShiftType("L", "14:00", "14:00", 480)
NIGHT = ShiftType("N", "22:00", "22:00", 480)
EASY = LabourRules(8.0, 24.0, 6, 48.0, "none")
LAWS = {
    "forbidden succession": {"forbidden_successions": (("L", "E"), ("N", "E"), ("N", "L"))},
    "stable start": {"max_start_spread_h": 3.0},
    "rest after nights": {"rest_after_nights_h": 48.0},
    "max nights in a row": {"max_nights_in_a_row": 1},
    "min consecutive days": {"min_consecutive_days": 3},
    "min consecutive off": {"min_consecutive_off": 2},
    "days off together": {"days_off_together": 2},
    "max weekends": {"max_weekends": 1, "weekends_of": 2},
    "whole weekends": {"whole_weekends": True},
    "average week hours": {"average_week_h": 36.0, "average_weeks": 2},
    "most shifts of a type": {"shift_limits": (ShiftLimit(("N",), 2),)},
    "weekly rest": {"weekly_rest_h": 60.0, "weekly_rest_weeks": 2},
    "weekly rest ": {"weekly_rest_h": 40.0, "weekly_rest_short_h": 30.0},
    "least shifts of a type": {"shift_limits": (ShiftLimit(("E",), 7, 2),)},
}


def centre(**asked) -> Scenario:
    """Nine people round the clock for two weeks."""
    return scenario(
        people=agents(9), shifts=(EARLY, LATE, NIGHT), weeks=2, interval_min=60,
        contracts=(contract("full", 24, 40, shifts=("E", "L", "N")),),
        rules=replace(EASY, **asked),
    )  # fmt: skip


@pytest.fixture(scope="module")
def free():
    plan = centre()
    return roster.solve(requirement(plan, {"voice": 2}), plan, time_limit_s=1.5, workers=1)


@pytest.mark.parametrize("name", LAWS)
def test_a_roster_keeps_a_rule_that_the_same_centre_breaks_without_it(name, free):
    plan = centre(**LAWS[name])
    assert name.strip() in {v.rule for v in roster.audit(free, plan)}, (
        "the rule asks for nothing here"
    )
    got = roster.solve(requirement(plan, {"voice": 2}), plan, time_limit_s=1.5, workers=1)
    assert roster.audit(got, plan) == ()
    assert got.objective >= got.bound


@pytest.mark.parametrize("name", LAWS)
def test_annealing_is_left_out_exactly_where_it_does_not_know_a_rule(name):
    known = {
        "forbidden succession", "min consecutive days", "min consecutive off", "max weekends",
        "average week hours",
    }  # fmt: skip
    assert knows(centre(**LAWS[name]).rules) == (name in known)
    assert knows(LabourRules())


@pytest.mark.slow
def test_an_annealed_roster_keeps_the_rules_that_annealing_knows():
    asked = {k: v for name in ("forbidden succession", "min consecutive off", "max weekends")
             for k, v in LAWS[name].items()}  # fmt: skip
    plan = centre(**asked)
    got = roster.solve(requirement(plan, {"voice": 2}), plan, time_limit_s=25, workers=1)
    assert roster.audit(got, plan) == ()
