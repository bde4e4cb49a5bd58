"""Long work runs beside the page: started once, followed by every tab, its end told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from wfm.errors import BadInput
from wfm.ui.i18n import t

from . import fakes
from .reading import texts


def test_without_a_plan_home_offers_the_demo_and_then_shows_it(show):
    app = fakes.FakeApp()
    page = show("home", app)
    assert t("empty.title") in texts(page)
    page.button(key="make_demo").click().run()
    assert [name for name, _ in app.calls] == ["start_demo"]
    assert [bar.text for bar in page.get("progress")] == [t("empty.running", text="half way")]
    app.plan = fakes.plan()
    app.job_state = SimpleNamespace(state="done", fraction=1.0, text="", error="", taken=True)
    page.run()
    assert "Fake centre" in texts(page)


def test_a_second_tab_follows_the_demo_that_the_first_one_started(show):
    app = fakes.FakeApp()
    app.start_demo("anywhere")
    page = show("home", app)
    assert not page.button
    assert len(page.get("progress")) == 1
    assert [name for name, _ in app.calls] == ["start_demo"]


def test_two_tabs_that_ask_at_once_make_one_demo_and_both_follow_it(show):
    app = fakes.FakeApp()
    late = show("home", app)
    app.start_demo("from the other tab")
    late.button(key="make_demo").click().run()
    assert not late.error
    assert len(late.get("progress")) == 1


def test_a_demo_that_cannot_start_says_why(show, monkeypatch):
    app = fakes.FakeApp()

    def refuse(folder):
        raise BadInput("job: cannot start in /nowhere")

    monkeypatch.setattr(app, "start_demo", refuse)
    page = show("home", app)
    page.button(key="make_demo").click().run()
    assert "job: cannot start in /nowhere" in texts(page)


def test_a_demo_that_failed_says_why_and_may_be_asked_for_again(show):
    app = fakes.FakeApp()
    app.job_state = SimpleNamespace(
        state="failed", fraction=0.2, text="", error="no room left", taken=False
    )
    page = show("home", app)
    assert page.error[0].value == t("empty.failed", error="no room left")
    page.button(key="make_demo").click().run()
    assert [name for name, _ in app.calls] == ["start_demo"]


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
