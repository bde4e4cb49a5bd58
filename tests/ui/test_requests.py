"""The roster page on a real saved plan: a red cell's reasons, requests that are kept, locks."""

from __future__ import annotations

import shutil

import pytest

from wfm import plan as planning
from wfm import wiring
from wfm.adapters import folder as folders
from wfm.ui import red_cells
from wfm.ui.i18n import t
from wfm.ui.views import axes, requests

from .reading import texts
from .small_plan import history, scenario


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    plan = planning.make_plan(scenario(4), history(), time_limit_s=3)
    folder = tmp_path_factory.mktemp("plan")
    folders.save_plan(plan, folder)
    return folder


@pytest.fixture
def real(origin, tmp_path):
    """The real use cases, on a copy of the plan in the folder that the page shows."""
    shutil.copytree(origin, tmp_path, dirs_exist_ok=True)
    return wiring.app()


def at_view(show, app, view):
    page = show("roster", app)
    page.session_state["roster_view"] = view
    return page.run()


def test_a_red_cell_is_explained_in_words_and_its_parts_add_up(show, real, tmp_path):
    page = at_view(show, real, "why")
    assert not page.exception
    assert not page.error
    plan = real.open_plan(tmp_path)
    worst = plan.roster.unmet["unmet"].max()
    assert f"is {worst:.2f} agents short on" in texts(page)
    parts = page.dataframe[-1].value
    assert parts[t("red.fte")].sum() == pytest.approx(worst, abs=0.005 * len(parts))
    assert t("red.best") in texts(page) or t("red.legal") in texts(page)


def test_a_click_on_the_map_chooses_the_worst_cell_of_that_start(show, real, tmp_path):
    plan = real.open_plan(tmp_path)
    week = axes.Span(plan.summary.first_day, 7, plan.scenario.timezone)
    cells = requests.red_cells(plan, None, week)
    last = list(cells)[-1]
    assert requests.picked(cells, last[1].isoformat()) == last
    assert requests.picked(cells, "2026-01-01T00:00:00+00:00") is None
    page = show("roster", real)
    page.session_state["clicked"] = last[1].isoformat()
    page.session_state["roster_view"] = red_cells.VIEW
    page.run()
    assert not page.error
    assert page.selectbox(key="red_cell").value == last


def test_the_proof_of_the_least_shortage_is_shown_when_asked(show, real):
    page = at_view(show, real, "why")
    page.button(key="prove").click().run()
    assert not page.error
    assert "agent-hours short" in texts(page)


def test_an_absence_shows_its_effect_first_and_is_kept_with_a_name(show, real, tmp_path):
    plan = real.open_plan(tmp_path)
    row = plan.roster.frame.iloc[0]
    page = at_view(show, real, "requests")
    page.multiselect(key="absent_who").select(row["agent"])
    page.selectbox(key="absent_day").select(row["start"].date())
    page.button(key="ask_absent").click().run()
    assert not page.error
    assert f"Without {row['agent']} on {row['start'].date()} the plan is" in texts(page)
    assert real.open_plan(tmp_path).id == plan.id
    assert page.button(key="request_keep").disabled
    page.text_input(key="request_by").set_value("Ana").run()
    page.button(key="request_keep").click().run()
    assert not page.error
    assert t("request.kept") in texts(page)
    kept = real.open_plan(tmp_path)
    assert kept.provenance.notes[-1].startswith("roster: mended")
    assert kept.id != plan.id


@pytest.mark.parametrize("kind", ["leave", "swap"])
def test_leave_and_swaps_are_answered(show, real, tmp_path, kind):
    plan = real.open_plan(tmp_path)
    row = plan.roster.frame.iloc[0]
    other = next(p.id for p in plan.scenario.people if p.id != row["agent"])
    page = at_view(show, real, "requests")
    page.session_state["request_kind"] = kind
    page.run()
    if kind == "leave":
        page.selectbox(key="leave_who").select(row["agent"])
        page.selectbox(key="leave_from").select(row["start"].date())
        page.selectbox(key="leave_to").select(row["start"].date())
    else:
        page.selectbox(key="swap_giver").select(row["agent"])
        page.selectbox(key="swap_taker").select(other)
        page.selectbox(key="swap_given").select(row["start"].date())
        page.selectbox(key="swap_taken").select(row["start"].date())
    page.button(key=f"ask_{kind}").click().run()
    assert not page.exception
    assert not page.error
    assert "Approved" in texts(page) or "Refused" in texts(page)


def test_candidates_for_an_open_shift_are_listed(show, real):
    page = at_view(show, real, "requests")
    page.session_state["request_kind"] = "fill"
    page.run()
    page.button(key="ask_fill").click().run()
    assert not page.error
    assert list(page.dataframe[-1].value.columns)[:2] == [t("grid.person"), t("fill.legal")]


def test_a_request_that_cannot_be_read_says_why(show, real, tmp_path):
    plan = real.open_plan(tmp_path)
    page = at_view(show, real, "requests")
    page.session_state["request_kind"] = "swap"
    page.run()
    agent = plan.scenario.people[0].id
    page.selectbox(key="swap_giver").select(agent)
    page.selectbox(key="swap_taker").select(agent)
    page.button(key="ask_swap").click().run()
    assert "cannot swap with themselves" in texts(page)


def test_locks_are_set_listed_and_taken_off(show, real, tmp_path):
    page = at_view(show, real, "locks")
    assert t("locks.none") in texts(page)
    agent = real.open_plan(tmp_path).scenario.people[0].id
    page.multiselect(key="lock_who").select(agent)
    page.button(key="lock_go").click().run()
    assert not page.error
    assert t("locks.count", count=7) in texts(page)
    assert t("locks.around", count=7) in texts(page)
    assert len(real.rostering.locks(real.open_plan(tmp_path))) == 7
    page.multiselect(key="lock_who").unselect(agent)
    page.button(key="unlock_go").click().run()
    assert t("locks.none") in texts(page)


def test_every_weight_stands_on_the_page_in_agent_hours(show, real, tmp_path):
    weights = real.open_plan(tmp_path).scenario.weights
    shown = texts(show("roster", real))
    assert f"an hour short counts {weights.under:g}, an hour over {weights.over:g}" in shown
    assert f"unfairly shared {weights.fairness:g}" in shown
