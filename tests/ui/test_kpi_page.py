"""The KPI page on the demo's actuals: every view draws, and says what is signal."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from wfm.actuals import Actuals
from wfm.adapters import actuals_folder, folder
from wfm.ui.i18n import t
from wfm.ui.pages import kpi
from wfm.ui.views import kpi as view
from wfm.wiring import app as real_app

from . import fakes
from .reading import texts


@pytest.fixture(scope="module")
def place(tmp_path_factory, demo_plan, demo_actuals):
    found = tmp_path_factory.mktemp("kpi")
    folder.save_plan(demo_plan, found)
    actuals_folder.save_actuals(demo_actuals, found)
    return found


@pytest.fixture
def opened(show, place, monkeypatch):
    """Return ``opened(view)``: the page on the demo, that view chosen."""

    def draw(name: str):
        app = real_app()
        monkeypatch.setenv("WFM_MASK", "secret")
        page = show_at(show, place, monkeypatch, app)
        page.session_state["kpi_view"] = name
        page.run()
        assert not page.exception
        assert not page.error
        return page

    return draw


def show_at(show, place, monkeypatch, app):
    monkeypatch.setenv("WFM_PLAN", str(place))
    page = show("kpi", app)
    page.default_timeout = 60
    return page


@pytest.mark.parametrize("name", kpi.VIEWS)
def test_every_view_draws_without_a_refusal(opened, name):
    page = opened(name)
    assert t("kpi.title") in texts(page)


def test_the_first_thing_a_person_reads_is_the_campaign_nobody_announced(opened):
    page = opened("signals")
    told = texts(page)
    assert "In no register of campaigns" in told
    table = page.dataframe[0].value
    assert t("kpi.now") in set(table[t("kpi.col.until")])
    assert "First contact resolution" in set(table[t("kpi.col.kpi")])
    assert t("kpi.better") in set(table[t("kpi.col.word")])


def test_a_signal_is_explained_in_words_and_with_its_definition(opened):
    page = opened("signals")
    labels = page.selectbox(key="kpi_alert").options
    at = next(i for i, label in enumerate(labels) if label.startswith("First contact"))
    page.selectbox(key="kpi_alert").select_index(at).run()
    told = texts(page)
    assert "Since Mon 2003-08-04" in told
    assert "Better, and no chance" in told
    assert "fcr/1(method=survey" in told


def test_nobody_is_named_unless_asked(opened):
    page = opened("card")
    hidden = page.selectbox(key="kpi_person").options
    assert all(label.startswith("agent ") for label in hidden)
    page.toggle(key="kpi_names").set_value(True).run()
    assert "Ada Abel" in page.selectbox(key="kpi_person").options


def test_the_rules_stand_side_by_side(opened):
    page = opened("chart")
    table = page.dataframe[0].value
    assert table[t("kpi.col.variant")].tolist() == ["SL1", "SL2", "SL3", "SL4", "SL5", "SL6"]


def test_a_target_without_an_owner_is_refused_by_its_rule(opened):
    page = opened("targets")
    page.button[0].click().run()
    table = page.dataframe[0].value
    found = dict(zip(table[t("kpi.col.rule")], table[t("kpi.col.severity")], strict=False))
    assert found["V3"] == t("kpi.severity.refused")


def test_a_plan_without_actuals_says_how_to_get_them(show, plan):
    page = show("kpi", fakes.FakeApp(plan))
    assert not page.exception
    assert t("kpi.none") in texts(page)


def test_no_view_ranks_people(demo_actuals):
    rows = view.people_rows(
        real_app().measuring.compare(demo_actuals, "aht_s", unit="agent"),
        secret="s", named=False,
    )  # fmt: skip
    assert rows["label"].is_monotonic_increasing
    assert not rows["value"].is_monotonic_increasing


def test_names_and_notes_from_files_are_shown_letter_by_letter(show, tmp_path, demo_plan):
    evil = "**voice** $x$ ![a](b)"
    random = np.random.default_rng(1)
    table = pd.DataFrame({
        "queue": evil, "start": pd.date_range("2026-01-05", periods=60, tz="UTC", unit="ns"),
        "offered": 100.0, "answered": 100.0, "abandoned": 0.0, "handled": 100.0, "hold_s": 0.0,
        "talk_s": 20000 + random.normal(0, 300, 60), "acw_s": 0.0,
    })  # fmt: skip
    folder.save_plan(demo_plan, tmp_path)
    actuals_folder.save_actuals(Actuals({"interval_actuals": table}, (evil,)), tmp_path)
    page = show("kpi", real_app())
    page.session_state["kpi_view"] = "chart"
    page.session_state["kpi_key"] = "aht_s"
    page.run()
    assert not page.exception
    assert not page.error
    drawn = [str(item.value) for item in page.markdown]
    shown = [text for text in drawn if "voice" in text]
    assert len(shown) >= 2
    assert not [text for text in shown if "![" in text or "**voice**" in text or " $x$" in text]
