"""The pages on a plan that the real stages made, and the fake held to the real one's shape."""

from __future__ import annotations

import dataclasses
import inspect

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from wfm import wiring
from wfm.adapters import folder as folders
from wfm.app import App
from wfm.plan import Plan, Provenance, Summary, make_plan
from wfm.requirement import Effort
from wfm.ui.navigation import PATHS
from wfm.whatif import WhatIf

from . import fakes

SOLVING_S = 3


def _script(path: str) -> None:
    from wfm.ui import navigation

    navigation.draw(path)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a plan of voice, chat and e-mail for twelve people."""
    found = tmp_path_factory.mktemp("real")
    made = make_plan(fakes.scenario(12), fakes.plan(1).history, time_limit_s=SOLVING_S)
    folders.save_plan(made, found)
    return found


@pytest.fixture
def show(monkeypatch, place):
    monkeypatch.setenv("WFM_PLAN", str(place))
    st.cache_resource.clear()
    yield lambda path: AppTest.from_function(_script, args=(path,), default_timeout=60).run()
    st.cache_resource.clear()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_draws_a_real_plan(show, place, path):
    page = show(path)
    assert not page.exception
    assert not page.error
    assert any(wiring.app().open_plan(place).id in item.value for item in page.caption)


@pytest.mark.parametrize("queue", ["chat", "email"])
def test_staffing_draws_every_channel_and_its_what_if(show, place, queue):
    page = show("staffing")
    page.selectbox(key="pick_queue_one").select(queue).run()
    page.slider(key=f"whatif_volume_{queue}_{wiring.app().open_plan(place).id}").set_value(
        130
    ).run()
    assert not page.exception
    assert not page.error
    assert any("planned" in item.value for item in page.caption)


@pytest.mark.parametrize("view", ["week", "coverage", "rules", "in_force", "hours"])
def test_the_roster_page_draws_every_view_of_a_real_roster(show, view):
    page = show("roster")
    page.session_state["roster_view"] = view
    page.run()
    assert not page.exception
    assert not page.error


def fields(kind: type) -> set[str]:
    return {item.name for item in dataclasses.fields(kind)}


def test_the_fake_app_takes_what_the_real_one_takes():
    for name, method in inspect.getmembers(fakes.FakeApp, inspect.isfunction):
        if name.startswith("_"):
            continue
        asked = [p for p in inspect.signature(method).parameters.values()
                 if p.kind is not inspect.Parameter.VAR_KEYWORD]  # fmt: skip
        real = inspect.signature(getattr(App, name)).parameters
        assert {p.name for p in asked} <= set(real), name


def test_the_fake_plan_has_the_fields_of_the_real_one(plan):
    assert fields(fakes.FakePlan) - {"id", "requirement", "summary"} <= fields(Plan)
    assert set(vars(plan.summary)) <= fields(Summary)
    assert set(vars(plan.provenance)) <= fields(Provenance)
    assert fields(fakes.Effort) == fields(Effort)


def test_the_fake_tables_have_the_columns_of_the_real_ones(place, plan):
    app, fake = wiring.app(), fakes.FakeApp(plan)
    real = app.open_plan(place)
    pairs = {
        "score": (real.score, plan.score),
        "coverage": (real.roster.coverage, plan.roster.coverage),
        "unmet": (real.roster.unmet, plan.roster.unmet),
        "roster": (real.roster.frame, plan.roster.frame),
        "service_reached": (app.service_reached(real), fake.service_reached(plan)),
        "calendar": (app.coverage_calendar(real), fake.coverage_calendar(plan)),
        "what_if": (app.what_if(real, "voice").frame, fake.what_if(plan, "voice").frame),
        "explain": tuple(
            one.explain(
                of,
                "voice",
                of.requirement.loc[of.requirement["queue"] == "voice", "start"].iloc[20],
            )
            for one, of in ((app, real), (fake, plan))
        ),
    }
    for name, (ours, theirs) in pairs.items():
        assert set(theirs.columns) <= set(ours.columns), name
    assert fields(WhatIf) == {"frame", "before", "after"}
