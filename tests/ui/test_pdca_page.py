"""The PDCA page on the demo: a ready board, and a whole cycle by clicks."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from tests.own_store import forget_store
from wfm import wiring
from wfm.adapters import actuals_folder, cycle_folder, folder
from wfm.adapters.demo_cycles import demo_cycles
from wfm.pdca import Cause, Step, Verdict
from wfm.timegrid import zone
from wfm.ui.cycles import Desk
from wfm.ui.i18n import t

from . import fakes
from .reading import texts

EVE, AFTER = dt.date(2003, 7, 31), dt.date(2003, 11, 3)


@pytest.fixture(scope="module")
def made(tmp_path_factory, demo_plan, demo_actuals, own_data_folder):
    found = tmp_path_factory.mktemp("pdca")
    folder.save_plan(demo_plan, found)
    actuals_folder.save_actuals(demo_actuals, found)
    wiring._keep_cycles(demo_cycles(demo_plan, demo_actuals), found)
    wiring.app().measuring.actuals(found)
    forget_store()
    return found


@pytest.fixture
def place(tmp_path, made, own_data_folder, monkeypatch):
    """A copy of the store with the demo and its cycles, to be changed."""
    shutil.copytree(own_data_folder, tmp_path / "data")
    monkeypatch.setenv("WFM_DATA_FOLDER", str(tmp_path / "data"))
    forget_store()
    yield cycle_folder.place(made)
    forget_store()


@pytest.fixture
def opened(show, made, place, monkeypatch):
    """Return ``opened(cycle)``: the page as team lead Ana."""

    def draw(cycle: str | None = None, *, name="Ana", role="lead", day=AFTER, **state):
        monkeypatch.setenv("WFM_PLAN", str(made))
        page = show("pdca", wiring.app())
        page.default_timeout = 60
        page.session_state["pdca_me_name"] = name
        page.session_state["pdca_me_role"] = role
        page.session_state["pdca_me_day"] = day
        for key, value in state.items():
            page.session_state[key] = value
        if cycle is not None:
            page.query_params["cycle"] = cycle
        return run(page)

    return draw


def run(page):
    page.run()
    assert not page.exception
    return page


def click(page, key):
    page.button(key=key).click()
    return run(page)


def stored(place, title):
    found = [c for c in wiring.improving(place).store.all() if c.title == title]
    assert len(found) == 1
    return found[0]


def test_the_demo_board_has_a_report_to_be_signed_and_signals_that_wait(opened):
    told = texts(opened())
    for text in ("Solve at once", "Breaks in sight", t("pdca.alerts"), "Average handle time of"):
        assert text in told
    assert t("pdca.verdict.confirmed") in told


def test_the_demo_improvement_is_confirmed_and_the_false_one_is_not(place):
    assert stored(place, "Solve at once").verdict is Verdict.CONFIRMED
    false = stored(place, "A closing script")
    assert (false.verdict, false.cause) == (Verdict.NO_EVIDENCE, Cause.F2)
    assert false.proposal.begins < stored(place, "Breaks in sight").proposal.begins


def test_a_signal_becomes_a_cycle_with_its_kpi_and_part_chosen(opened, place):
    page = opened()
    first = next(b for b in page.button if b.label == t("pdca.alerts.begin"))
    page = click(page, first.key)
    assert page.segmented_control(key="pdca_from").value == "alert"
    page = click(page, "pdca_open_go")
    assert t("pdca.opened") in texts(page)
    cycle = stored(place, "Average handle time, voice")
    assert (cycle.step, cycle.origin.kind, cycle.origin.key) == (Step.PLAN, "alert", "aht_s")
    assert page.multiselect(key=f"pdca_plan_treated_{cycle.id}_aht_s_queue").value == ["voice"]


def test_a_worked_on_signal_no_longer_waits(opened):
    page = opened(pdca_view="open", pdca_from="alert")
    labels = page.selectbox(key="pdca_pick_alert").options
    assert labels
    assert not [text for text in labels if "First contact resolution of team 1" in text]


def plan(page, cycle, *, target):
    """Fill in the plan of the demo's true improvement."""
    page.selectbox(key=f"pdca_plan_kpi_{cycle}").select("fcr")
    run(page)
    page.selectbox(key=f"pdca_plan_column_{cycle}_fcr").select("team")
    run(page)
    page.multiselect(key=f"pdca_plan_treated_{cycle}_fcr_team").select("team 1")
    run(page)
    page.number_input(key=f"pdca_plan_target_{cycle}_fcr").set_value(target)
    page.number_input(key=f"pdca_plan_expected_{cycle}_fcr").set_value(84.0)
    page.date_input(key=f"pdca_plan_begins_{cycle}").set_value(dt.date(2003, 8, 4))
    page.text_area(key=f"pdca_plan_hypothesis_{cycle}").set_value("asking first solves more")
    page.text_input(key=f"pdca_plan_action_{cycle}_0").set_value("coaching")
    page.selectbox(key=f"pdca_plan_counter_{cycle}_fcr").select("aht_s")
    page.number_input(key=f"pdca_plan_margin_{cycle}_fcr").set_value(25.0)
    page.multiselect(key=f"pdca_plan_signed_{cycle}").set_value(["centre", "team"])
    return click(page, "pdca_plan_save")


def begun(opened, place):
    page = opened(day=EVE, pdca_view="open", pdca_from="person")
    page.text_input(key="pdca_title_").set_value("Ask first")
    click(page, "pdca_open_go")
    return page, stored(place, "Ask first").id


def test_a_whole_cycle_by_clicks_ends_as_a_standard_and_begins_the_next(opened, place):
    page, cycle = begun(opened, place)
    page = plan(page, cycle, target=74.0)
    assert "Nothing speaks against it" in texts(page)
    page = click(page, "pdca_lock")
    assert stored(place, "Ask first").step is Step.DO
    page = click(page, "pdca_done_0")
    page.text_input(key="pdca_log_text").set_value("they like it")
    page = click(page, "pdca_log_add")
    assert stored(place, "Ask first").work.notes[0].text == "they like it"
    page = click(opened(cycle, name="Eva", role="analyst"), "pdca_check")
    assert t("pdca.means.confirmed") in texts(page)
    page = opened(cycle, name="Ben", role="analyst")
    for name in ("goal", "problems", "new"):
        page.text_input(key=f"pdca_sign_{name}").set_value("yes")
    page = click(page, "pdca_sign_go")
    page = opened(cycle)
    for name, text in (("what", "opening"), ("before", "answer"), ("after", "ask first")):
        page.text_input(key=f"pdca_act_{name}").set_value(text)
    page = click(page, "pdca_act_go")
    done = stored(place, "Ask first")
    assert (done.outcome, done.standards[0].after) == ("standardised", "ask first")
    page.text_input(key=f"pdca_next_{cycle}").set_value("Team 2 too")
    click(page, "pdca_next_go")
    assert stored(place, "Team 2 too").parent == cycle
    assert all("[entered 20" in entry.reason for entry in done.history[1:])


def test_what_is_missing_is_named_and_nothing_can_be_locked(opened, place):
    page, cycle = begun(opened, place)
    page = plan(page, cycle, target=85.0)
    told = texts(page)
    assert "is not beyond the target" in told.replace("\\", "")
    assert "pdca_lock" not in [b.key for b in page.button] or page.button(key="pdca_lock").disabled


def test_the_owner_cannot_sign_the_own_report(opened, place):
    page = opened(stored(place, "Solve at once").id)
    page.text_input(key="pdca_sign_who").set_value("Ana")
    for name in ("goal", "problems", "new"):
        page.text_input(key=f"pdca_sign_{name}").set_value("yes")
    page = click(page, "pdca_sign_go")
    assert "The owner cannot sign off the own cycle" in texts(page)
    assert stored(place, "Solve at once").step is Step.CHECK


def test_a_role_that_only_reads_is_told_whom_to_ask(opened, place):
    page = opened(stored(place, "Breaks in sight").id, role="viewer")
    asked = page.button(key="pdca_check")
    assert asked.disabled
    assert "ask a" in asked.help


def test_before_the_locked_weeks_are_over_the_verdict_is_not_testable(opened, place):
    page = opened(stored(place, "Breaks in sight").id)
    assert "The locked weeks end on" in texts(page)
    click(page, "pdca_check")
    assert stored(place, "Breaks in sight").verdict is Verdict.NOT_TESTABLE


def test_a_missed_plan_names_its_largest_driver(opened):
    page = opened(pdca_view="open", pdca_from="variance")
    assert "Largest part for the worse" in texts(page) or page.error


def test_the_statistics_count_the_cycles(opened):
    page = opened(pdca_view="stats")
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown[t("pdca.stats.cycles")] == "3"
    assert shown[t("pdca.stats.pre")].startswith("100")


def test_without_cycles_and_actuals_the_page_explains_itself(show, plan, tmp_path, monkeypatch):
    monkeypatch.setenv("WFM_CYCLES", str(tmp_path / "none"))
    page = show("pdca", fakes.FakeApp(plan))
    assert not page.exception
    told = texts(page)
    assert t("pdca.empty") in told
    assert t("pdca.none") in told


def test_an_entry_for_another_day_comes_after_all_that_stands_on_it(demo_plan):
    desk = Desk("Ben", "team lead", AFTER, demo_plan, None)
    site = zone(demo_plan.scenario.timezone)
    assert desk.at == dt.datetime(2003, 11, 3, 23, 59, tzinfo=site)
    today = dt.datetime.now(site).date()
    assert Desk("Ben", "team lead", today, demo_plan, None).at is None
