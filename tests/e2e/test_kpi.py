"""A planner at a real browser: the demo's signals, a chart, a card without a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from wfm.actuals import Actuals
from wfm.adapters import actuals_folder
from wfm.adapters import folder as folders
from wfm.plan import Plan
from wfm.ui.i18n import t

from .test_dashboard import address, chromium, screen, settle

__all__ = ["address", "chromium", "screen"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.timeout(280)]
CHART = "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
HEADINGS = {"chart": "kpi.spread", "targets": "kpi.target"}
WRONG = "[data-testid=stException], [data-testid=stAlertContentError]"


@pytest.fixture(scope="module")
def place(
    chromium: str, tmp_path_factory: pytest.TempPathFactory, demo_plan: Plan, demo_actuals: Actuals
) -> Path:
    """The demo's plan, without a roster, and its actuals."""
    found = tmp_path_factory.mktemp("kpi")
    folders.save_plan(demo_plan, found)
    actuals_folder.save_actuals(demo_actuals, found)
    return found


def test_a_planner_sees_the_campaign_a_chart_a_change_and_a_card_without_a_name(screen, address):
    page, outside = screen
    page.goto(f"{address}/kpi")
    page.get_by_role("heading", name=t("kpi.title"), exact=True).wait_for()
    page.get_by_text("In no register of campaigns").wait_for()
    page.locator(CHART).first.wait_for()
    for view in ("tree", "chart", "change", "people", "card", "targets"):
        settle(page)
        page.get_by_text(t(f"kpi.view.{view}"), exact=True).first.click()
        heading = t(HEADINGS.get(view, f"kpi.{view}"))
        page.get_by_text(heading, exact=True).first.wait_for()
        settle(page)
        assert page.locator(WRONG).count() == 0, view
    page.get_by_text(t("kpi.view.card"), exact=True).first.click()
    page.get_by_text(t("kpi.card.charts")).wait_for()
    page.locator(CHART).nth(6).wait_for()
    assert "Ada" not in page.inner_text("[data-testid=stMain]")
    assert outside == []
