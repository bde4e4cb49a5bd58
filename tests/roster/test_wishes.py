"""Requests are priced alike by board, solver and relaxation, and granted where that is cheaper."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pandas as pd
import pytest
from ortools.sat.python import cp_model

from wfm import roster
from wfm.errors import BadInput
from wfm.roster import wishes
from wfm.roster.duties import Case, Duty
from wfm.roster.grid import horizon_of
from wfm.roster.model import Answer, new_choice
from wfm.roster.sequence_rules import OneShiftADay
from wfm.roster.wishing import idle_cost, wish_cost, wish_price
from wfm.scenario import Meeting, Person, Request, Scenario, ShiftType

from .builders import MONDAY, NO_RULES, agents, contract, office_hours, requirement, scenario

EARLY = ShiftType("E", "08:00", "08:00", 480)
LATE = ShiftType("L", "14:00", "14:00", 480)
TUESDAY = MONDAY + dt.timedelta(days=1)
KINDS = (
    Request("a00", MONDAY, "off", 3.0),
    Request("a00", MONDAY, "on", 4.0),
    Request("a00", MONDAY, "shift", 5.0, ("L",)),
    Request("a00", MONDAY, "avoid", 6.0, ("E",)),
)


def centre(*requests: Request, people: int = 3, most: float = 40) -> Scenario:
    plan = scenario(people=agents(people), shifts=(EARLY, LATE), rules=NO_RULES,
                    contracts=(contract("full", 0, most, shifts=("E", "L")),))  # fmt: skip
    return replace(plan, requests=requests)


@pytest.mark.parametrize("requests", [KINDS[:1], KINDS[1:2], KINDS[2:3], KINDS[3:], KINDS])
def test_shift_by_shift_prices_add_up_to_the_weights_refused(requests):
    plan = centre(*requests)
    case = Case(plan, horizon_of(plan, None), {})
    seen = set()
    for spans in itertools.product([None, *case.spans[0]], [None, *case.spans[1]]):
        duties = [Duty("a00", span, "voice") for span in spans if span is not None]
        codes = {d.span.day: d.span.shift for d in duties}
        by_hand = {
            "off": 0 in codes, "on": 0 not in codes, "shift": codes.get(0) != "L",
            "avoid": codes.get(0) == "E",
        }  # fmt: skip
        refused = sum(r.weight for r in requests if by_hand[r.kind])
        model = cp_model.CpModel()
        offers = [Duty("a00", s, "voice") for d in (0, 1) for s in case.spans[d]]
        choice, literals = new_choice(model, case, plan.people[0], settled={}, offers=offers,
                                      free=frozenset({0, 1}))  # fmt: skip
        OneShiftADay().post(model, choice)
        for offer, literal in zip(offers, literals, strict=True):
            model.add(literal == (offer in duties))
        prices = [int(wish_price(case, "a00", offer.span)) for offer in offers]
        model.minimize(cp_model.LinearExpr.weighted_sum(literals, prices))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(model) == cp_model.OPTIMAL
        posted = solver.objective_value + idle_cost(case, "a00", range(7))
        assert posted == refused == wish_cost(case, duties)
        seen.add(refused)
    assert len(seen) > 1


@pytest.mark.parametrize(("kind", "shifts"), [
    ("off", ()), ("on", ()), ("shift", ("L",)), ("avoid", ("E",)),
])  # fmt: skip
def test_a_request_is_granted_as_soon_as_it_outweighs_what_it_costs(kind, shifts):
    # One person, wanted early on Monday; on Tuesday nobody is wanted, so that work costs 8.
    day = TUESDAY if kind in ("on", "shift") else MONDAY
    wanted_on = office_hours(1, opens=8, closes=16, days=1)
    cost = {"off": 80.0, "on": 8.0, "shift": 8.0, "avoid": 66.0}[kind]
    # Avoiding E leaves L: 2 of its 8 hours are wanted, 6 hours short, 6 beyond; or a free day.
    for weight, expected in ((cost - 1, False), (cost + 1, True)):
        plan = centre(Request("a00", day, kind, weight, shifts), people=1)
        wanted = requirement(plan, {"voice": wanted_on})
        got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
        (row,) = roster.granted(got).to_dict("records")
        assert row["granted"] == expected
        assert row["cost"] == (0.0 if expected else weight)
        assert row["price"] == pytest.approx(cost)
        assert got.objective >= got.bound - 1e-6


def test_of_two_who_wish_the_day_off_the_dearer_wish_is_granted():
    wishes = (Request("a00", MONDAY, "off", 2.0), Request("a01", MONDAY, "off", 5.0))
    plan = centre(*wishes, people=2)
    wanted = requirement(plan, {"voice": office_hours(1, opens=8, closes=16)})
    got = roster.solve(wanted, plan, time_limit_s=1.5, workers=1)
    assert roster.granted(got)["granted"].tolist() == [False, True]
    assert got.objective == pytest.approx(2.0 + got.scenario.weights.fairness * _apart(got), abs=1)


def _apart(got) -> float:
    return float((got.hours["paid_h"] - got.hours["paid_h"].mean()).abs().sum())


def test_the_bound_counts_requests_that_nobody_can_have():
    wishes = tuple(Request(p.id, MONDAY, "off", 7.0) for p in agents(3))
    plan = centre(*wishes)
    wanted = requirement(plan, {"voice": office_hours(3, opens=8, closes=16, days=1)})
    got = roster.solve(wanted, plan, time_limit_s=1.5, workers=1)
    assert got.objective == pytest.approx(21.0)
    assert got.bound == pytest.approx(21.0, rel=1e-4)


def test_a_request_the_rules_forbid_has_no_price():
    plan = centre(Request("a00", MONDAY, "on", 5.0), people=1)
    away = replace(plan, people=(replace(plan.people[0], time_off=(MONDAY,)),))
    wanted = requirement(away, {"voice": office_hours(1, opens=8, closes=16)})
    got = roster.solve(wanted, away, time_limit_s=1, workers=1)
    (row,) = roster.granted(got).to_dict("records")
    assert not row["granted"]
    assert row["price"] != row["price"]


def test_a_locked_day_cannot_be_otherwise_and_has_no_price():
    plan = centre(Request("a00", MONDAY, "off", 5.0), Request("a00", TUESDAY, "off", 5.0), people=1)
    wanted = requirement(plan, {"voice": office_hours(1, opens=8, closes=16, days=1)})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    free = roster.granted(got)
    assert free["granted"].tolist() == [False, True]
    assert free["price"].tolist() == pytest.approx([80.0, -8.0])
    held = roster.granted(roster.lock(got))
    assert held["granted"].tolist() == [False, True]
    assert held["price"].isna().all()
    one = roster.granted(roster.lock(got, days=[MONDAY]))
    assert one["price"].isna().tolist() == [True, False]


def test_a_day_kept_free_is_not_worked_for_a_price_elsewhere():
    # Wanted on both days; Monday is kept free, so that Tuesday off costs its own 80 and no less.
    plan = centre(Request("a00", TUESDAY, "off", 5.0), people=1, most=8)
    wanted = requirement(plan, {"voice": office_hours(1, opens=8, closes=16, days=2)})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1,
                       locked=_kept_free(plan, MONDAY))  # fmt: skip
    (row,) = roster.granted(got).to_dict("records")
    assert (row["granted"], row["price"]) == (False, pytest.approx(80.0))


def _kept_free(plan: Scenario, day: dt.date) -> pd.DataFrame:
    start = pd.DatetimeIndex([pd.Timestamp(day, tz=plan.timezone)])
    return pd.DataFrame({"agent": ["a00"], "start": start, "end": start + pd.Timedelta(days=1),
                         "activity": "off", "queue": "", "shift": ""})  # fmt: skip


def test_a_day_with_a_meeting_stands_and_a_wish_elsewhere_is_priced_with_it():
    # Monday holds the meeting, though Tuesday could hold one as well: to move it is not priced.
    talk = Meeting("talk", 60, MONDAY, TUESDAY, people=("a00",), start="09:00", end="15:00")
    asked = (Request("a00", MONDAY, "off", 5.0), Request("a00", TUESDAY, "on", 5.0))
    plan = replace(centre(*asked, people=1), meetings=(talk,))
    wanted = requirement(plan, {"voice": office_hours(1, opens=8, closes=16, days=1)})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    table = roster.granted(got)
    assert table["granted"].tolist() == [False, False]
    # The meeting's hour is lost whatever is done on Tuesday, whose eight hours nobody wants.
    assert table["price"].isna().tolist() == [True, False]
    assert table["price"].iloc[1] == pytest.approx(8.0)


def test_a_price_that_the_time_did_not_suffice_for_says_so(monkeypatch):
    plan = centre(Request("a00", MONDAY, "off", 5.0), people=1)
    wanted = requirement(plan, {"voice": office_hours(1, opens=8, closes=16, days=1)})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    assert roster.granted(got)["priced"].tolist() == [True]
    none = Answer(cp_model.UNKNOWN, (), 0.0)
    monkeypatch.setattr(wishes, "best_for_one", lambda *args, **options: none)
    (row,) = roster.granted(got).to_dict("records")
    assert (row["granted"], row["priced"]) == (False, False)
    assert row["price"] != row["price"]


@pytest.mark.parametrize(("wrong", "match"), [
    ({"kind": "holiday"}, "kind is one of"), ({"weight": 0}, "weight"),
    ({"kind": "shift"}, "list codes"), ({"shifts": ("E",)}, "list codes"),
])  # fmt: skip
def test_impossible_requests_are_refused(wrong, match):
    with pytest.raises(BadInput, match=match):
        Request(**({"agent": "a00", "day": MONDAY, "kind": "off", "weight": 1.0} | wrong))


def test_requests_of_strangers_and_for_unknown_shifts_are_refused():
    with pytest.raises(BadInput, match="unknown person"):
        centre(Request("zoe", MONDAY, "off"))
    with pytest.raises(BadInput, match="unknown shift"):
        centre(Request("a00", MONDAY, "shift", 1.0, ("Q",)))


def test_a_request_is_part_of_the_scenario_s_id_and_none_is_not():
    person = Person("a00", "full", ("voice",))
    bare = scenario(people=(person,))
    assert bare.id == replace(bare, requests=()).id
    assert bare.id != replace(bare, requests=(Request("a00", MONDAY, "off"),)).id
