"""What-if sliders start from the plan and ask only for what was moved."""

from __future__ import annotations

import dataclasses

import pytest
import streamlit as st

from wfm.errors import BadInput
from wfm.scenario import Target
from wfm.ui.i18n import t

from . import fakes
from .reading import control, texts


def test_an_untouched_what_if_asks_for_the_plan_itself(show, plan):
    app = fakes.FakeApp(plan)
    page = show("staffing", app)
    assert app.calls[-1] == ("what_if", {"queue": "voice"})
    assert t("whatif.same") in texts(page)


def aiming(plan, **changes):
    """The fake plan with other choices for its first queue."""
    first, *rest = plan.scenario.queues
    target = dataclasses.replace(first.target, **changes.pop("target", {}))
    first = dataclasses.replace(first, target=target, **changes)
    return fakes.revised(plan, scenario=dataclasses.replace(plan.scenario, queues=(first, *rest)))


@pytest.mark.parametrize(
    "changes",
    [
        {"target": {"service_level": 0.995}},
        {"target": {"service_level": 1.0}},
        {"target": {"service_level": 0.29}},
        {"target": {"awt_s": 33.0}},
        {"target": {"awt_s": 7200.0}},
        {"target": {"occupancy": 0.4}},
        {"target": {"occupancy": 0.8765}},
        {"shrinkage": 0.123},
        {"shrinkage": 0.6},
        {"patience_s": 7.5},
    ],
)
def test_an_untouched_what_if_asks_for_nothing_wherever_the_plans_values_lie(show, plan, changes):
    app = fakes.FakeApp(aiming(plan, **changes))
    page = show("staffing", app)
    assert not page.error
    assert app.calls[-1] == ("what_if", {"queue": "voice"})


def test_an_untouched_email_what_if_asks_for_nothing(show, plan):
    short = dataclasses.replace(
        plan.scenario.queue("email"), target=Target(awt_s=1000.0), shrinkage=0.111
    )
    choices = dataclasses.replace(plan.scenario, queues=(*plan.scenario.queues[:2], short))
    app = fakes.FakeApp(fakes.revised(plan, scenario=choices))
    page = show("staffing", app)
    page.selectbox(key="pick_queue_one").select("email").run()
    assert app.calls[-1] == ("what_if", {"queue": "email"})


def test_a_target_above_the_sliders_usual_end_can_be_moved_and_moved_back(show, plan):
    app = fakes.FakeApp(aiming(plan, target={"service_level": 0.995}))
    page = show("staffing", app)
    slider = page.slider(key=control("service_level"))
    assert (slider.max, slider.value) == (99.5, 99.5)
    slider.set_value(90.0).run()
    assert app.calls[-1] == ("what_if", {"queue": "voice", "service_level": 0.9})
    page.slider(key=control("service_level")).set_value(99.5).run()
    assert app.calls[-1] == ("what_if", {"queue": "voice"})


def test_a_new_plan_takes_the_sliders_back_to_its_own_values(show, plan):
    app = fakes.FakeApp(plan)
    page = show("staffing", app)
    page.slider(key=control("shrinkage")).set_value(20.0).run()
    app.plan = fakes.revised(aiming(plan, shrinkage=0.3), id="another")
    st.cache_resource.clear()
    page.run()
    assert app.calls[-1] == ("what_if", {"queue": "voice"})


def test_a_what_if_asks_only_for_what_was_moved_and_shows_the_difference(show, plan):
    app = fakes.FakeApp(plan)
    page = show("staffing", app)
    page.slider(key=control("volume")).set_value(150).run()
    assert app.calls[-1] == ("what_if", {"queue": "voice", "volume": 1.5})
    before = app.what_if(plan, "voice").after
    after = app.what_if(plan, "voice", volume=1.5).after
    assert f"+{after.peak_agents - before.peak_agents} against {before.peak_agents}" in texts(page)


def test_every_what_if_control_reaches_the_use_case(show, plan):
    app = fakes.FakeApp(plan)
    page = show("staffing", app)
    page.slider(key=control("aht")).set_value(80)
    page.slider(key=control("shrinkage")).set_value(20.0)
    page.slider(key=control("occupancy")).set_value(85.0)
    page.slider(key=control("service_level")).set_value(90.0)
    page.slider(key=control("awt")).set_value(30.0)
    page.select_slider(key=control("patience")).set_value(60)
    page.selectbox(key=control("rule")).select("SL1")
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
    page.slider(key=control("volume")).set_value(150).run()
    assert not page.exception
    assert "no number of agents meets it" in texts(page)
    assert t("staffing.service") in texts(page)


def test_back_to_the_plan_forgets_the_sliders(show, plan):
    app = fakes.FakeApp(plan)
    page = show("staffing", app)
    page.slider(key=control("volume")).set_value(150).run()
    page.button(key=control("reset")).click().run()
    assert app.calls[-1] == ("what_if", {"queue": "voice"})
    assert page.slider(key=control("volume")).value == 100
