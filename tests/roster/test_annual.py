"""A year's hours come out exactly, keep every limit, and follow demand as well as any plan can."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from wfm import roster
from wfm.errors import BadInput, Infeasible
from wfm.roster import annual_weeks
from wfm.roster.annual import AnnualTerms, AnnualWeights, annual_plan, week_scenario
from wfm.roster.annual_weeks import solved
from wfm.roster.annual_year import Year
from wfm.scenario import Contract, ShiftType

from .builders import MONDAY, agents, requirement, scenario

CLOSE = 1e-6  # sums of a few hundred floats


def mondays(count):
    return [MONDAY + dt.timedelta(weeks=n) for n in range(count)]


def season(count, level):
    wave = 1 + 0.3 * np.sin(np.arange(count) / count * 2 * np.pi)
    return pd.Series(level * wave, index=mondays(count))


@pytest.fixture(scope="module")
def year():
    weeks, rng = mondays(52), np.random.default_rng(1)
    terms = {
        f"a{n:02d}": AnnualTerms(1600, 24, 45, 80, 60) if n % 3 else AnnualTerms(1000, 12, 30)
        for n in range(12)
    }
    away = {a: [weeks[k] for k in sorted(rng.choice(50, 5, replace=False))] for a in terms}
    made = annual_plan(season(52, 330), terms, away=away, closed=[weeks[51]])
    return weeks, terms, away, made


def test_everybody_works_the_hours_of_the_year_within_the_weeks_limits(year):
    weeks, terms, away, made = year
    sums = made.hours.groupby("agent")["hours"].sum()
    for agent, term in terms.items():
        assert sums[agent] == pytest.approx(term.hours, abs=CLOSE)
        mine = made.hours[made.hours["agent"] == agent].set_index("week")["hours"]
        off = {*away[agent], weeks[51]}
        assert (mine[list(off)] == 0).all()
        inside = mine[[week for week in weeks if week not in off]]
        assert inside.between(term.min_week_h - CLOSE, term.max_week_h + CLOSE).all()
    assert (made.hours["hours"] * 2 % 1 == 0).all(), "on the grid of half hours"


def test_the_account_is_what_was_worked_beyond_the_even_pace_and_keeps_its_limits(year):
    _, terms, _, made = year
    for agent, rows in made.hours.groupby("agent"):
        balance = (rows["hours"] - rows["pace"]).cumsum()
        assert np.allclose(balance, rows["balance"], atol=1e-5)
        assert rows["balance"].iloc[-1] == pytest.approx(0.0, abs=1e-5)
        term = terms[agent]
        assert rows["balance"].max() <= term.most_banked_h + CLOSE
        assert rows["balance"].min() >= -term.most_owed_h - CLOSE


def test_the_plan_follows_the_season_and_is_near_its_bound(year):
    _, _, _, made = year
    cost = 10 * made.short_h + made.over_h
    assert made.bound - CLOSE <= cost <= 1.02 * made.bound
    open_weeks = made.weeks.iloc[:51]
    assert np.corrcoef(open_weeks["wanted_h"], open_weeks["planned_h"])[0, 1] > 0.5
    gap = made.weeks["wanted_h"] - made.weeks["planned_h"]
    assert np.allclose(gap, made.weeks["short_h"] - made.weeks["over_h"])


def test_two_people_and_three_weeks_are_as_good_as_the_best_of_all_plans():
    weeks = mondays(3)
    wanted = pd.Series([30.0, 90.0, 55.0], index=weeks)
    terms = {"ann": AnnualTerms(90, 20, 40), "bob": AnnualTerms(80, 10, 45)}
    made = annual_plan(wanted, terms, step_h=5.0)
    grid = np.arange(0, 50, 5.0)
    best = np.inf
    for ann in itertools.product(grid, repeat=3):
        if sum(ann) != 90 or min(ann) < 20 or max(ann) > 40:
            continue
        for bob in itertools.product(grid, repeat=3):
            if sum(bob) != 80 or min(bob) < 10 or max(bob) > 45:
                continue
            gap = wanted.to_numpy() - np.array(ann) - np.array(bob)
            best = min(best, 10 * np.maximum(gap, 0).sum() + np.maximum(-gap, 0).sum())
    assert made.bound == pytest.approx(best, abs=CLOSE)
    assert 10 * made.short_h + made.over_h == pytest.approx(best, abs=CLOSE)


def test_people_alike_bear_the_same():
    terms = {name: AnnualTerms(400, 20, 50) for name in ("ann", "bob", "cem")}
    made = annual_plan(season(10, 120), terms)
    by_week = made.hours.pivot_table(index="week", columns="agent", values="hours")
    assert (by_week.max(axis=1) - by_week.min(axis=1)).max() <= 0.5, "one grid step at most"


def test_weeks_that_are_over_stand_and_the_rest_makes_up():
    weeks = mondays(8)
    terms = {"ann": AnnualTerms(280, 25, 45)}
    worked = pd.DataFrame({"agent": "ann", "week": weeks[:2], "hours": [25.25, 40.0]})
    made = annual_plan(pd.Series(35.0, index=weeks), terms, worked=worked)
    assert made.hours["hours"].tolist()[:2] == [25.25, 40.0]
    assert made.hours["hours"].sum() == pytest.approx(280.0, abs=CLOSE)
    assert made.hours["balance"].iloc[-1] == pytest.approx(0.0, abs=CLOSE)


def test_a_tighter_account_follows_demand_less():
    weeks = mondays(20)
    wanted = pd.Series([20.0] * 10 + [50.0] * 10, index=weeks)
    short = [annual_plan(wanted, {"ann": AnnualTerms(700, 20, 50, most, most)}).short_h
             for most in (0, 50, 150)]  # fmt: skip
    assert short[0] > short[1] > short[2] == 0.0


def test_steady_weeks_cost_coverage_only_where_they_are_asked_for():
    weeks = mondays(6)
    wanted = pd.Series([30.0, 40.0] * 3, index=weeks)
    terms = {"ann": AnnualTerms(210, 20, 50)}
    calm = annual_plan(wanted, terms, weights=AnnualWeights(short=1, over=1, change=100))
    assert calm.hours["hours"].tolist() == [35.0] * 6
    assert annual_plan(wanted, terms).hours["hours"].tolist() == wanted.tolist()


def test_a_weeks_roster_gives_everybody_the_planned_hours():
    shift = ShiftType("D", "08:00", "10:00", 480, 60)
    half = ShiftType("H", "08:00", "12:00", 240, 60)
    plan = scenario(people=agents(3), shifts=(shift, half),
                    contracts=(Contract("full", 38, 40, ("D", "H"), 6),))  # fmt: skip
    weeks = mondays(4)
    terms = {person.id: AnnualTerms(144, 20, 48) for person in plan.people}
    made = annual_plan(pd.Series([84.0, 96, 120, 132], index=weeks), terms, step_h=4.0)
    week = week_scenario(made, plan, weeks[3])
    assert week.start == weeks[3]
    need = requirement(week, {"voice": lambda at: 2 if 8 <= at.hour < 18 else np.nan})
    solved = roster.solve(need, week, time_limit_s=2)
    planned = made.hours[made.hours["week"] == weeks[3]].set_index("agent")["hours"]
    assert solved.hours.set_index("agent")["paid_h"].to_dict() == planned.to_dict()
    assert planned.sum() == 132.0


def test_a_week_of_a_contract_with_hours_of_a_row_of_weeks_has_the_years_hours_alone():
    four = Contract("four", 20, 48, ("D",), period_weeks=4, min_period_h=150, max_period_h=170)
    plan = scenario(people=agents(1, name="four"), contracts=(four,))
    made = annual_plan(pd.Series([30.0, 40, 45, 45], index=mondays(4)),
                       {"a00": AnnualTerms(160, 20, 48)})  # fmt: skip
    assert made.hours["hours"].tolist()[0] == 30.0
    (owed,) = week_scenario(made, plan, mondays(4)[0]).contracts
    assert (owed.min_week_h, owed.max_week_h) == (30.0, 30.0)
    assert (owed.period_weeks, owed.min_period_h, owed.max_period_h) == (0, 0.0, None)


def test_an_odd_remainder_of_the_year_is_borne_by_one_week_that_has_room():
    weeks = mondays(4)
    wanted = pd.Series([40.0, 40, 20, 20], index=weeks)
    made = annual_plan(wanted, {"ann": AnnualTerms(120.25, 20, 40)})
    assert sorted(made.hours["hours"] % 0.5) == [0, 0, 0, 0.25]
    assert made.hours["hours"].sum() == 120.25
    assert made.hours["hours"].between(20, 40).all()
    # The first week is leave: it has no room either.
    away = annual_plan(wanted, {"ann": AnnualTerms(100.25, 20, 40)}, away={"ann": weeks[:1]})
    assert away.hours["hours"].tolist()[0] == 0.0
    assert sorted(away.hours["hours"] % 0.5) == [0, 0, 0, 0.25]


def test_hours_are_on_the_grid_but_for_one_week_whatever_was_worked():
    rng, weeks, odd = np.random.default_rng(4), mondays(8), 0
    for _ in range(200):
        low, high = 10.0, float(rng.choice([20.0, 30.0, 40.0]))
        done = np.round(rng.uniform(0, 40, int(rng.integers(0, 3))), int(rng.integers(0, 3)))
        worked = pd.DataFrame({"agent": "ann", "week": weeks[: len(done)], "hours": done})
        left = 8 - len(done)
        total = float(done.sum() + rng.integers(4 * left * low, 4 * left * high) / 4)
        term = AnnualTerms(total, low, high, *rng.choice([20.0, np.inf], 2))
        wanted = pd.Series(rng.uniform(0, 50, 8), index=weeks)
        try:
            made = annual_plan(wanted, {"ann": term}, worked=worked)
        except Infeasible:
            continue
        mine = made.hours["hours"].to_numpy()
        assert mine.sum() == pytest.approx(total, abs=CLOSE)
        free = mine[len(done) :]
        assert ((free >= low - CLOSE) & (free <= high + CLOSE)).all()
        off = np.abs(free * 2 - np.round(free * 2)) > CLOSE
        assert off.sum() <= 1, "the year's hours, less those worked, may themselves be off the grid"
        odd += int(off.sum())
        balance = made.hours["balance"].to_numpy()[len(done) :]
        # Between two points of the grid a limit of the account is the one inside it.
        assert (balance <= term.most_banked_h + CLOSE).all()
        assert (balance >= -term.most_owed_h - CLOSE).all()
    assert odd > 10


@pytest.mark.parametrize("step_h", [0.0, -0.5, np.nan, np.inf])
def test_a_grid_without_a_step_is_refused(step_h):
    with pytest.raises(BadInput, match="step"):
        annual_plan(pd.Series(35.0, index=mondays(2)), {"ann": AnnualTerms(70, 20, 40)},
                    step_h=step_h)  # fmt: skip


@pytest.mark.parametrize("hours", [np.nan, np.inf, -1.0])
def test_worked_hours_that_are_no_hours_are_refused(hours):
    weeks = mondays(3)
    worked = pd.DataFrame({"agent": "ann", "week": weeks[:1], "hours": [hours]})
    with pytest.raises(BadInput, match="'ann'"):
        annual_plan(pd.Series(35.0, index=weeks), {"ann": AnnualTerms(105, 20, 40)}, worked=worked)


def test_a_week_still_to_come_does_not_lift_the_accounts_limits_before_it():
    weeks = mondays(6)
    wanted = pd.Series([40.0, 40, 40, 20, 20, 20], index=weeks)
    worked = pd.DataFrame({"agent": "ann", "week": weeks[5:], "hours": [20.0]})
    with pytest.raises(BadInput, match="'ann'"):
        annual_plan(wanted, {"ann": AnnualTerms(180, 20, 40, 5, 5)}, worked=worked)


@pytest.mark.parametrize(("change", "error", "part"), [
    ({"terms": {"ann": AnnualTerms(900, 20, 40)}}, Infeasible, "first: 'ann' owes 900 h"),
    ({"terms": {"ann": AnnualTerms(100, 20.3, 40)}}, BadInput, "no multiple of 0.5 h"),
    ({"terms": {}}, BadInput, "terms of some people"),
    ({"away": {"bob": []}}, BadInput, "'bob' is away but has no terms"),
    ({"closed": [dt.date(2003, 3, 4)]}, BadInput, "no Monday of the year"),
    ({"wanted_h": pd.Series([1.0, 2.0], index=[MONDAY, MONDAY + dt.timedelta(14)])}, BadInput,
     "without gaps"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(change, error, part):
    asked = {"wanted_h": pd.Series(35.0, index=mondays(4)),
             "terms": {"ann": AnnualTerms(140, 20, 40)}}  # fmt: skip
    with pytest.raises(error, match=part):
        annual_plan(**{**asked, **change})


def test_weeks_outside_the_plan_have_no_contract_hours():
    plan = scenario(people=agents(1))
    made = annual_plan(pd.Series(35.0, index=mondays(2)), {"a00": AnnualTerms(70, 20, 40)})
    with pytest.raises(BadInput, match="no week of"):
        week_scenario(made, replace(plan, weeks=2), mondays(2)[1])


def test_an_account_that_cannot_be_kept_is_told_with_who_week_and_hours():
    weeks = mondays(6)
    terms = {"ann": AnnualTerms(180, 20, 40), "bob": AnnualTerms(180, 20, 40, 10, 10)}
    over = [(a, w, h) for a, h in (("ann", 30), ("bob", 45)) for w in weeks[:2]]
    worked = pd.DataFrame(over, columns=["agent", "week", "hours"])
    with pytest.raises(Infeasible) as told:
        annual_plan(pd.Series(60.0, index=weeks), terms, worked=worked)
    assert "accounts of 1 person cannot be kept (first: 'bob'" in str(told.value)
    assert f"until the week of {weeks[2]} they work at least 110 h" in str(told.value)
    assert "their account wants at most 100 h" in str(told.value)


def test_an_account_that_falls_too_far_behind_is_told_with_week_and_hours():
    weeks = mondays(6)
    terms = {"ann": AnnualTerms(180, 20, 40, 10, 10)}
    over = pd.DataFrame([("ann", w, 10) for w in weeks[:2]], columns=["agent", "week", "hours"])
    # Even are 30 h a week: 90 h until the third, of which 10 may be owed; 20 are worked.
    with pytest.raises(Infeasible) as told:
        annual_plan(pd.Series(30.0, index=weeks), terms, worked=over)
    assert f"until the week of {weeks[2]} they work at most 60 h" in str(told.value)
    assert "their account wants at least 80 h" in str(told.value)


def test_an_account_between_two_points_of_the_grid_is_told_with_the_grid():
    weeks, terms = mondays(3), {"ann": AnnualTerms(60, 0, 40, 1, 1)}
    # Of 60 h on a grid of 8 sums are 4, 12, 20, 28, 36, 44: even are 20 h a week, then 40 h.
    text = f"until the week of {weeks[1]} no hours on the grid of 8 h are so near"
    with pytest.raises(Infeasible, match=text):
        annual_plan(pd.Series(20.0, index=weeks), terms, step_h=8.0)


def test_accounts_are_refused_exactly_where_the_linear_problem_has_no_answer():
    rng, weeks, seen = np.random.default_rng(3), mondays(6), set()
    weights = AnnualWeights()
    for _ in range(120):
        low, high = sorted(rng.integers(0, 12, 2) * 4)
        banked, owed = rng.choice([0, 4, 8, 20, np.inf], 2)
        total = float(rng.integers(6 * low, 6 * high + 1))
        away = {"ann": [weeks[k] for k in rng.choice(6, rng.integers(0, 3), replace=False)]}
        done = pd.DataFrame(
            {"agent": "ann", "week": weeks[:1], "hours": float(rng.integers(0, 50))}
        )
        term = {"ann": AnnualTerms(total, low, high, banked, owed)}
        try:
            year = Year(pd.Series(30.0, index=weeks), term, away=away, closed=(), step_h=1.0,
                        worked=done if rng.random() < 0.5 else None)  # fmt: skip
        except Infeasible:
            continue
        try:
            solved(year, [[0]], weights)
            possible = True
        except Infeasible:
            possible = False
        if possible:
            year.check_accounts()
        else:
            with pytest.raises(Infeasible, match="the accounts of 1 person .*'ann'"):
                year.check_accounts()
        seen.add(possible)
    assert seen == {True, False}


@pytest.mark.parametrize("limits", [
    {"most_owed_h": 0.0}, {"most_banked_h": 8.5}, {"most_owed_h": 0.1, "most_banked_h": 9.0},
])  # fmt: skip
def test_a_first_week_of_leave_does_not_lift_the_remainder_of_the_year_above_it(limits):
    weeks = mondays(8)
    made = annual_plan(
        pd.Series(45.0, index=weeks), {"ann": AnnualTerms(280.3, 20, 48, **limits)},
        away={"ann": weeks[:1]},
    )  # fmt: skip
    hours, balance = made.hours["hours"], made.hours["balance"]
    assert hours.iloc[0] == 0.0
    assert hours.sum() == pytest.approx(280.3)
    assert balance.min() >= -limits.get("most_owed_h", np.inf) - 1e-6
    assert balance.max() <= limits.get("most_banked_h", np.inf) + 1e-6


def test_weeks_over_for_some_and_open_for_others_are_refused():
    weeks = mondays(4)
    terms = {name: AnnualTerms(120, 20, 40) for name in ("ann", "bob")}
    worked = pd.DataFrame({"agent": ["ann"], "week": weeks[:1], "hours": [30.0]})
    with pytest.raises(BadInput, match=f"first: 'bob', {weeks[0]}"):
        annual_plan(pd.Series(60.0, index=weeks), terms, worked=worked)
    made = annual_plan(pd.Series(60.0, index=weeks), terms, worked=worked,
                       away={"bob": [weeks[0]]})  # fmt: skip
    assert made.hours["hours"].sum() == pytest.approx(240.0, abs=CLOSE)


def test_many_people_are_solved_by_another_method_with_the_same_answer(monkeypatch):
    weeks = mondays(26)
    terms = {f"a{n}": AnnualTerms(800, 20, 45, 60, 40) for n in range(8)}
    year = Year(season(26, 260), terms, away={"a3": weeks[5:8]}, closed=(), worked=None, step_h=0.5)
    weights, groups = AnnualWeights(), [list(range(8))]
    small = solved(year, groups, weights).value
    monkeypatch.setattr(annual_weeks, "_LARGE", 0)
    large = solved(year, groups, weights)
    assert large.value == pytest.approx(small, rel=1e-7)
    assert large.hours.sum(axis=1) == pytest.approx(year.hours, abs=CLOSE)
    wrong = AnnualTerms(800, 20, 45, 0.5, 0.5)
    with pytest.raises(Infeasible, match="accounts of 1 person"):
        annual_plan(
            season(26, 260), {**terms, "a0": wrong}, worked=pd.DataFrame(
                [(a, weeks[0], 45.0 if a == "a0" else 30.0) for a in terms],
                columns=["agent", "week", "hours"]),
        )  # fmt: skip
