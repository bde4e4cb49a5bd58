"""Each page on a plan, without a plan, and on a damaged one."""

from __future__ import annotations

import dataclasses
import datetime as dt
from types import SimpleNamespace

import pytest

from wfm.errors import BadInput
from wfm.ui import session
from wfm.ui.i18n import percent, t
from wfm.ui.navigation import PATHS

from . import fakes


def texts(page) -> str:
    """Everything a person can read on `page`."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "success", "error", "warning",
             "text")  # fmt: skip
    shown = [str(item.value) for kind in kinds for item in page.get(kind)]
    shown += [f"{item.label} {item.value}" for item in page.metric]
    return "\n".join(shown)


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


@pytest.mark.parametrize("path", PATHS)
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


def test_without_a_plan_home_offers_the_demo_and_then_shows_it(show):
    app = fakes.FakeApp()
    page = show("home", app)
    assert t("empty.title") in texts(page)
    page.button(key="make_demo").click().run()
    assert [name for name, _ in app.calls] == ["make_demo"]
    assert "Fake centre" in texts(page)


def test_home_has_at_most_seven_tiles(show, plan):
    assert 1 <= len(show("home", fakes.FakeApp(plan)).metric) <= 7


def test_home_labels_synthetic_queues(show, plan):
    page = show("home", fakes.FakeApp(plan))
    assert "chat, email" in page.info[0].value
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


def test_an_untouched_what_if_asks_for_the_plan_itself(show, plan):
    app = fakes.FakeApp(plan)
    page = show("staffing", app)
    assert app.calls[-1] == ("what_if", {"queue": "voice"})
    assert t("whatif.same") in texts(page)


def test_a_what_if_asks_only_for_what_was_moved_and_shows_the_difference(show, plan):
    app = fakes.FakeApp(plan)
    page = show("staffing", app)
    page.slider(key="whatif_volume_voice").set_value(150).run()
    assert app.calls[-1] == ("what_if", {"queue": "voice", "volume": 1.5})
    before = app.what_if(plan, "voice").after
    after = app.what_if(plan, "voice", volume=1.5).after
    assert f"+{after.peak_agents - before.peak_agents} against {before.peak_agents}" in texts(page)


def test_every_what_if_control_reaches_the_use_case(show, plan):
    app = fakes.FakeApp(plan)
    page = show("staffing", app)
    page.slider(key="whatif_aht_voice").set_value(80)
    page.slider(key="whatif_shrinkage_voice").set_value(20.0)
    page.slider(key="whatif_occupancy_voice").set_value(85.0)
    page.slider(key="whatif_service_level_voice").set_value(90.0)
    page.slider(key="whatif_awt_voice").set_value(30.0)
    page.select_slider(key="whatif_patience_voice").set_value(60)
    page.selectbox(key="whatif_rule_voice").select("SL1")
    page.run()
    asked = {"queue": "voice", "aht": 0.8, "shrinkage": 0.2, "occupancy": 0.85,
             "service_level": 0.9, "awt_s": 30.0, "patience_s": 60, "rule": "SL1"}  # fmt: skip
    assert app.calls[-1] == ("what_if", asked)


def test_a_what_if_nobody_can_meet_says_why_and_leaves_the_rest(show, plan, monkeypatch):
    app = fakes.FakeApp(plan)
    page = show("staffing", app)

    def refuse(plan, queue, **asked):
        raise BadInput("target: no number of agents meets it")

    monkeypatch.setattr(app, "what_if", refuse)
    page.slider(key="whatif_volume_voice").set_value(150).run()
    assert not page.exception
    assert "no number of agents meets it" in texts(page)
    assert t("staffing.service") in texts(page)


def test_back_to_the_plan_forgets_the_sliders(show, plan):
    app = fakes.FakeApp(plan)
    page = show("staffing", app)
    page.slider(key="whatif_volume_voice").set_value(150).run()
    page.button(key="whatif_reset_voice").click().run()
    assert app.calls[-1] == ("what_if", {"queue": "voice"})
    assert page.slider(key="whatif_volume_voice").value == 100


@pytest.mark.parametrize("view", ["day", "week", "coverage", "rules", "hours"])
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


def test_generate_starts_a_job_with_the_limit_and_seed_asked_for(show, plan):
    app = fakes.FakeApp(plan)
    page = show("roster", app)
    page.number_input(key="time_limit").set_value(15)
    page.number_input(key="seed").set_value(99)
    page.button(key="generate_go").click().run()
    assert ("start_roster", {"time_limit_s": 15.0, "seed": 99}) in app.calls


def test_the_old_roster_stays_on_screen_while_a_new_one_is_made(show, plan):
    app = fakes.FakeApp(plan)
    app.job_state = SimpleNamespace(
        state="running", fraction=0.4, text="week 1", error="", taken=True
    )
    page = show("roster", app)
    assert "people at work" in texts(page)
    page.button(key="cancel").click().run()
    assert ("cancel_roster", {}) in app.calls


@pytest.mark.parametrize(
    ("state", "taken", "kind"),
    [
        ("done", True, "success"),
        ("done", False, "info"),
        ("failed", False, "error"),
        ("cancelled", True, "warning"),
        ("cancelled", False, "info"),
    ],
)
def test_the_end_of_a_watched_job_is_told_once(show, plan, state, taken, kind):
    app = fakes.FakeApp(plan)
    app.job_state = SimpleNamespace(
        state="running", fraction=0.4, text="week 1", error="", taken=False
    )
    page = show("roster", app)
    app.job_state = SimpleNamespace(
        state=state, fraction=1.0, text="stopped", error="no memory", taken=taken
    )
    page.run()
    assert len(page.get(kind)) == 1
    page.run()
    assert len(page.get(kind)) == 0


def test_a_refused_job_says_why(show, plan, monkeypatch):
    app = fakes.FakeApp(plan)

    def refuse(folder, **asked):
        raise BadInput("roster: one is already running")

    monkeypatch.setattr(app, "start_roster", refuse)
    page = show("roster", app)
    page.button(key="generate_go").click().run()
    assert "roster: one is already running" in texts(page)


def test_a_scenario_without_people_says_so(show, plan):
    empty = dataclasses.replace(plan.scenario, people=())
    page = show("roster", fakes.FakeApp(fakes.revised(plan, scenario=empty, roster=None)))
    assert t("roster.no_people") in texts(page)
