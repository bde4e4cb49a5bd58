import dataclasses

import numpy as np
import pandas as pd
import pytest

from tests.test_plan import history, scenario
from wfm import plan as planning
from wfm import wiring
from wfm.errors import BadInput
from wfm.scenario import Queue, Target


@pytest.fixture(scope="module")
def app():
    return wiring.app()


@pytest.fixture(scope="module")
def plan():
    return planning.make_plan(scenario(people=4), history(), time_limit_s=3)


def test_asking_nothing_changes_nothing(app, plan):
    asked = app.what_if(plan, "voice")
    assert asked.before == asked.after
    assert (asked.frame["agents"] == asked.frame["agents_before"]).all()
    assert len(asked.frame) == len(plan.requirement)


@pytest.mark.parametrize(
    "harder",
    [
        {"volume": 2},
        {"aht": 2},
        {"service_level": 0.99},
        {"awt_s": 0.0, "service_level": 0.9},
        {"shrinkage": 0.4},
    ],
)
def test_a_harder_task_needs_more_duty_hours(app, plan, harder):
    asked = app.what_if(plan, "voice", **harder)
    assert asked.after.scheduled_hours > asked.before.scheduled_hours


def test_patience_lowers_what_is_needed(app, plan):
    asked = app.what_if(plan, "voice", patience_s=60)
    assert asked.after.agent_hours < asked.before.agent_hours


def test_a_what_if_is_what_planning_that_scenario_gives(app, plan):
    asked = app.what_if(plan, "voice", service_level=0.95, awt_s=10)
    changed = scenario(people=0, queues=(Queue("voice", Target(0.95, awt_s=10)),))
    planned = planning.make_plan(changed, history())
    pd.testing.assert_series_equal(
        asked.frame["agents"], planned.requirement["agents_rounded"], check_names=False
    )


@pytest.mark.parametrize("wrong", [{"volume": 0}, {"aht": -1}, {"service_level": 80}])
def test_a_what_if_that_makes_no_sense_is_refused(app, plan, wrong):
    with pytest.raises(BadInput):
        app.what_if(plan, "voice", **wrong)


def test_service_reached_is_highest_where_nobody_is_short(app, plan):
    reached = app.service_reached(plan)
    assert len(reached) == len(plan.requirement)
    busy = reached[reached["volume"] > 0]
    assert busy["p_rostered"].between(0, 1).all()
    full = busy[busy["on_seat"] >= busy["scheduled"]]
    assert (full["p_rostered"] >= full["p_required"] - 1e-9).all()
    empty = busy[busy["on_seat"] == 0]
    assert (empty["p_rostered"] == 0).all()


def test_without_a_roster_nothing_is_reached(app):
    plan = planning.make_plan(scenario(people=0), history())
    reached = app.service_reached(plan)
    assert (reached.loc[reached["volume"] > 0, "p_rostered"] == 0).all()


def test_the_calendar_counts_every_interval_of_every_day(app):
    frame = history()
    gone = (frame["start"].dt.date == pd.Timestamp("2026-02-03").date()) & (
        frame["start"].dt.hour == 10
    )
    nothing = (frame["start"].dt.date == pd.Timestamp("2026-02-04").date()) & (
        frame["start"].dt.hour == 11
    )
    frame = frame.assign(offered=np.where(nothing, 0.0, frame["offered"]))[~gone]
    calendar = app.coverage_calendar(planning.make_plan(scenario(people=0), frame))
    counted = calendar[["open", "missing", "zero", "closed"]].sum(axis=1)
    assert (counted.iloc[1:-1] == 48).all()  # the first and the last day are seen in part
    by_day = calendar.set_index(calendar["day"].astype(str))
    assert by_day.loc["2026-02-03", "missing"] == 2
    assert by_day.loc["2026-02-04", "zero"] == 2
    assert by_day.loc["2026-02-07", "closed"] == 48  # a Saturday


def test_every_plan_in_a_folder_gets_the_next_number(app, tmp_path):
    first = app.make_demo(tmp_path, time_limit_s=1)
    again = app.make_demo(tmp_path, time_limit_s=1)
    assert (first.provenance.revision, again.provenance.revision) == (0, 1)
    assert app.open_plan(tmp_path).provenance.revision == 1
    one = next((tmp_path / "calendars").glob("*.ics")).read_text(encoding="utf-8")
    assert "SEQUENCE:1" in one


@pytest.mark.parametrize("worse", [True, False])
def test_a_new_roster_takes_the_place_of_a_worse_one_only(app, plan, tmp_path, worse):
    shifted = dataclasses.replace(
        plan.roster, objective=plan.roster.objective + (-1000.0 if worse else 1000.0)
    )
    app.ports.save_plan(dataclasses.replace(plan, roster=shifted), tmp_path)
    run = app.solve_roster(tmp_path, time_limit_s=2)
    assert run.taken is not worse
    stands = app.open_plan(tmp_path)
    assert stands.provenance.revision == (0 if worse else 1)
    assert stands.roster.objective == run.plan.roster.objective
    assert ("stays" in run.text) is worse


def test_a_roster_made_on_a_plan_that_was_changed_meanwhile_is_not_saved(
    app, plan, tmp_path, monkeypatch
):
    app.ports.save_plan(plan, tmp_path)
    make = planning.make_roster

    def slow(*args, **more):
        newer = dataclasses.replace(plan.provenance, revision=9)
        app.ports.save_plan(dataclasses.replace(plan, provenance=newer), tmp_path)
        made = make(*args, **more)
        return dataclasses.replace(made, roster=dataclasses.replace(made.roster, objective=-1.0))

    monkeypatch.setattr(planning, "make_roster", slow)
    with pytest.raises(BadInput, match="changed meanwhile"):
        app.solve_roster(tmp_path, time_limit_s=1)
    assert app.open_plan(tmp_path).provenance.revision == 9


def test_exports_of_a_plan_without_people_say_why(app, tmp_path):
    plan = planning.make_plan(scenario(people=0), history())
    with pytest.raises(BadInput, match="no roster"):
        app.export_xlsx(plan)
