"""Each page on a plan, without a plan, and on a damaged one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from types import SimpleNamespace

import pytest

from wfm.errors import BadInput
from wfm.ui import session
from wfm.ui.i18n import percent, t
from wfm.ui.navigation import PATHS

from . import fakes
from .reading import read, texts


@pytest.mark.parametrize("path", PATHS)
def test_a_page_draws_a_plan_without_an_error(show, plan, path):
    page = show(path, fakes.FakeApp(plan))
    assert not page.exception
    assert not page.error
    assert plan.id in texts(page)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_draws_a_plan_without_a_roster(show, path):
    page = show(path, fakes.FakeApp(fakes.plan(with_roster=False)))
    assert not page.exception
    assert not page.error


@pytest.mark.parametrize("path", sorted({*PATHS} - {"kpi", "pdca"}))  # of planned weeks
def test_a_page_draws_two_weeks(show, path):
    page = show(path, fakes.FakeApp(fakes.plan(6, days=14)))
    assert not page.exception
    assert not page.error
    second = fakes.START + dt.timedelta(days=7)
    page.selectbox(key="pick_week").set_value(second).run()
    assert not page.error
    assert page.session_state["kept_week"] == second
    assert any("Mon 11-03" in str(item.options) for item in page.get("button_group"))


@pytest.mark.parametrize("path", PATHS)
def test_a_damaged_plan_shows_why_and_where(show, path, tmp_path):
    page = show(path, fakes.FakeApp(error=BadInput("plan: requirement.csv was changed")))
    assert not page.exception
    assert "plan: requirement.csv was changed" in texts(page)
    assert str(tmp_path) in texts(page)


@pytest.mark.parametrize("path", PATHS)
def test_a_fault_shows_a_sentence_and_not_its_insides(show, path):
    page = show(path, fakes.FakeApp(error=ZeroDivisionError("secret inside")))
    assert not page.exception
    assert t("error.unexpected") in texts(page)
    assert "secret inside" not in texts(page)


@pytest.mark.parametrize("path", [path for path in PATHS if path != "home"])
def test_without_a_plan_other_pages_lead_home(show, path):
    page = show(path, fakes.FakeApp())
    assert t("empty.elsewhere") in texts(page)
    assert not page.error


def test_home_has_at_most_seven_tiles(show, plan):
    assert 1 <= len(show("home", fakes.FakeApp(plan)).metric) <= 7


def test_home_labels_synthetic_queues(show, plan):
    page = show("home", fakes.FakeApp(plan))
    assert "chat, email" in read(page.info[0].value)
    queues = page.dataframe[0].value
    assert list(queues.iloc[:, 0]) == ["voice", "chat (synthetic)", "email (synthetic)"]


def test_home_shows_the_predicted_service_of_all_contacts(show, plan):
    reached = fakes.FakeApp(plan).service_reached(plan)
    share = (reached["p_rostered"] * reached["volume"]).sum() / reached["volume"].sum()
    page = show("home", fakes.FakeApp(plan))
    assert page.metric[0].value == percent(share, 1)


def test_home_names_the_worst_shortage(show, plan):
    worst = plan.roster.unmet["unmet"].max()
    assert f"{worst:,.1f} short" in texts(show("home", fakes.FakeApp(plan)))


def test_a_queue_chosen_stays_chosen_for_the_next_draw(show, plan):
    page = show("forecast", fakes.FakeApp(plan))
    page.selectbox(key="pick_queue_one").select("chat").run()
    assert page.selectbox(key="pick_queue_one").value == "chat"
    assert page.session_state["kept_queue"] == "chat"


@pytest.mark.parametrize(
    ("today", "week", "day"),
    [(dt.date(2003, 11, 5), dt.date(2003, 11, 3), 2), (dt.date(2026, 1, 1), fakes.START, 0)],
)
def test_todays_day_is_shown_first_where_the_plan_has_it(show, monkeypatch, today, week, day):
    monkeypatch.setattr(session, "_today", lambda tz: today)
    page = show("home", fakes.FakeApp(fakes.plan(6, days=14)))
    assert (page.session_state["kept_week"], page.session_state["kept_day"]) == (week, day)


def test_a_page_that_cannot_show_a_choice_does_not_forget_it(show, plan):
    page = show("home", fakes.FakeApp(plan))
    page.session_state["kept_day"] = -1
    page.run()
    assert page.session_state["kept_day"] == -1


def test_a_closed_day_says_so(show, plan):
    page = show("staffing", fakes.FakeApp(plan))
    page.session_state["kept_day"] = 6
    page.session_state["pick_day_or_week"] = 6
    page.run()
    assert t("staffing.closed", span="Sun 2003-11-02") in texts(page)


def test_staffing_names_the_formula_of_each_queue(show, plan):
    page = show("staffing", fakes.FakeApp(plan))
    assert "Erlang A: customers give up after 3 min" in texts(page)
    page.selectbox(key="pick_queue_one").select("chat").run()
    assert "Erlang C" in texts(page)
    assert "serves 2 at once" in texts(page)
    page.selectbox(key="pick_queue_one").select("email").run()
    assert "within 4 h of its arrival" in texts(page)


@pytest.mark.parametrize("view", ["day", "week", "coverage", "rules", "in_force", "hours"])
def test_every_view_of_the_roster_draws_one_queue(show, plan, view):
    page = show("roster", fakes.FakeApp(plan))
    page.session_state["roster_view"] = view
    page.selectbox(key="pick_queue_or_all").select("chat").run()
    assert not page.exception
    assert not page.error


def test_a_roster_without_violations_says_zero(show, plan):
    page = show("roster", fakes.FakeApp(plan))
    page.session_state["roster_view"] = "rules"
    page.run()
    assert t("roster.violations.none") in texts(page)


def test_a_broken_rule_is_listed(show, plan):
    found = SimpleNamespace(rule="daily rest", agent="P001", day=fakes.START, text="9 h, wants 11")
    page = show("roster", fakes.FakeApp(fakes.revised(plan, violations=(found,))))
    page.session_state["roster_view"] = "rules"
    page.run()
    assert page.error[0].value == t("roster.violations", count=1)
    assert "9 h, wants 11" in page.dataframe[-1].value.to_string()


def test_the_week_grid_shows_codes_leave_and_hours(show, plan):
    page = show("roster", fakes.FakeApp(plan))
    page.session_state["roster_view"] = "week"
    page.run()
    grid = page.dataframe[-1].value
    assert len(grid) == len(plan.scenario.people)
    assert grid.loc[0, "Mon 10-27"] == "E 07:00–15:30"
    assert grid.loc[0, "Tue 10-28"] == "leave"
    assert (grid.loc[0, "Paid h"], grid.loc[0, "Days"]) == (32.0, 4)


@pytest.mark.parametrize(
    ("gap", "broken", "said"),
    [
        (0.581, False, "Legal. Not proven best: the bound leaves up to 58 % of the weighted hours"),
        (0.031, False, "the bound leaves up to 3.1 % of the weighted hours short and over open"),
        (math.nan, False, "Legal. Not proven best · solved"),
        (1.0, False, "Legal. Not proven best: no bound was found in time · solved"),
        (0.581, True, "Not proven best: the bound leaves"),
    ],
)
def test_the_status_says_what_the_bound_leaves_open(show, plan, gap, broken, said):
    found = SimpleNamespace(rule="daily rest", agent="P001", day=fakes.START, text="9 h, wants 11")
    made = SimpleNamespace(**vars(plan.roster) | {"gap": gap})
    shown = fakes.revised(plan, roster=made, violations=(found,) if broken else ())
    line = texts(show("roster", fakes.FakeApp(shown))).replace("\N{NO-BREAK SPACE}", " ")
    assert said in line
    assert ("Legal" in line) != broken


def test_a_proven_roster_says_so(show, plan):
    made = SimpleNamespace(**vars(plan.roster) | {"gap": 0.0, "status": "optimal"})
    page = show("roster", fakes.FakeApp(fakes.revised(plan, roster=made)))
    assert "Legal. Proven best · solved" in texts(page)


def test_a_scenario_without_people_says_so(show, plan):
    empty = dataclasses.replace(plan.scenario, people=())
    page = show("roster", fakes.FakeApp(fakes.revised(plan, scenario=empty, roster=None)))
    assert t("roster.no_people") in texts(page)
