"""A team lead at a real browser: a report is signed and kept, a signal becomes a plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from wfm import wiring
from wfm.actuals import Actuals
from wfm.adapters import actuals_folder, cycle_folder
from wfm.adapters import folder as folders
from wfm.adapters.demo_cycles import demo_cycles
from wfm.pdca import Cycle, Step
from wfm.plan import Plan
from wfm.ui.i18n import t

from .test_dashboard import address, chromium, screen, settle

__all__ = ["address", "chromium", "screen"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.timeout(280)]
WRONG = "[data-testid=stException], [data-testid=stAlertContentError]"
CHART = "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"


@pytest.fixture(scope="module")
def place(
    chromium: str, tmp_path_factory: pytest.TempPathFactory, demo_plan: Plan, demo_actuals: Actuals
) -> Path:
    """The demo's plan, without a roster, its actuals and its cycles."""
    found = tmp_path_factory.mktemp("pdca")
    folders.save_plan(demo_plan, found)
    actuals_folder.save_actuals(demo_actuals, found)
    wiring._keep_cycles(demo_cycles(demo_plan, demo_actuals), found)
    return found


def stored(place: Path, title: str) -> Cycle:
    found = wiring.improving(cycle_folder.place(place)).store.all()
    return next(cycle for cycle in found if cycle.title == title)


def press(page, label: str, *, first: bool = False) -> None:
    found = page.get_by_role("button", name=t(label), exact=True)
    (found.first if first else found).click()
    settle(page)
    assert page.locator(WRONG).count() == 0, label


def test_a_lead_signs_standardises_and_begins_the_next_turn(screen, address, place):
    page, outside = screen
    cycle = stored(place, "Solve at once")
    page.goto(f"{address}/pdca")
    page.get_by_role("heading", name=t("pdca.title"), exact=True).wait_for()
    page.get_by_text("Average handle time of voice").first.wait_for()
    page.locator(f".st-key-pdca_open_{cycle.id} button").click()
    page.get_by_text(t("pdca.means.confirmed")).wait_for()
    page.locator(CHART).nth(1).wait_for()
    settle(page)
    page.get_by_label(t("pdca.sign.who"), exact=True).fill("Ben")
    for name in ("goal", "problems", "new"):
        page.get_by_label(t(f"pdca.sign.{name}"), exact=True).fill("as hoped")
    press(page, "pdca.sign.go")
    page.get_by_label(t("pdca.act.what"), exact=True).fill("opening of a call")
    page.get_by_label(t("pdca.act.after"), exact=True).fill("ask first")
    page.locator(".st-key-pdca_act_go button").click()
    page.get_by_text(t("pdca.standardised")).wait_for()
    settle(page)
    page.get_by_label(t("pdca.nextcycle"), exact=True).fill("Team 2 too")
    page.get_by_label(t("pdca.nextcycle"), exact=True).press("Tab")
    settle(page)
    press(page, "pdca.nextcycle.go")
    page.get_by_role("heading", name="Team 2 too").wait_for()
    done = stored(place, "Solve at once")
    assert (done.step, done.outcome, done.sign_off.who) == (Step.CLOSED, "standardised", "Ben")
    assert stored(place, "Team 2 too").parent == done.id
    assert outside == []


def test_a_signal_becomes_a_planned_cycle_that_says_what_is_missing(screen, address, place):
    page, outside = screen
    page.goto(f"{address}/pdca")
    press(page, "pdca.alerts.begin", first=True)
    press(page, "pdca.open.go")
    page.get_by_text(t("pdca.opened")).wait_for()
    page.get_by_label(t("pdca.plan.target"), exact=True).fill("205")
    page.get_by_label(t("pdca.plan.expected"), exact=True).fill("200")
    page.get_by_label(t("pdca.plan.hypothesis"), exact=True).fill("one page of answers is quicker")
    press(page, "pdca.plan.save")
    page.get_by_text(t("pdca.planned")).wait_for()
    page.get_by_text("List at least one action").wait_for()
    kept = stored(place, "Average handle time, voice").proposal
    assert (kept.target.value, kept.expected, kept.group.treated) == (205.0, 200.0, ("voice",))
    assert outside == []
