"""A plan is kept whole, every version of it, and what is published is one roster a day."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from sqlalchemy import text

from tests.adapters.store.made_plans import AT, full, revised, small
from wfm.adapters.store import parts
from wfm.errors import BadInput, Conflict

MONDAY = dt.date(2026, 2, 2)


@pytest.mark.parametrize("make", [small, full])
def test_a_plan_comes_back_equal_with_the_same_id(store, make):
    plan = make()
    saved = store.plans.save(plan, "week 6", by="ann", version=0)
    again = store.plans.load("week 6")
    assert (again.id, saved.told["plan_id"], saved.version) == (plan.id, plan.id, 1)
    assert again.summary == plan.summary
    assert again.provenance == plan.provenance
    for name in ("history", "forecast", "score", "requirement"):
        pd.testing.assert_frame_equal(
            getattr(again, name), getattr(plan, name).reset_index(drop=True)
        )
    assert len(again.cleaning) == len(plan.cleaning)
    assert again.campaigns == plan.campaigns
    if plan.roster is not None:
        assert parts.same_plan(again, plan)
    else:
        pd.testing.assert_frame_equal(again.locked, plan.locked.reset_index(drop=True))
        instants = ["start", "end", "at"]
        pd.testing.assert_frame_equal(
            again.overrides.drop(columns=instants), plan.overrides.drop(columns=instants),
            check_dtype=False,
        )  # fmt: skip
        for name in instants:
            assert list(again.overrides[name]) == list(plan.overrides[name])


def test_what_a_roster_was_solved_with_comes_back_with_it(store):
    made = small().roster
    held = dataclasses.replace(
        small(), roster=dataclasses.replace(made, previous=made.frame[:4], locked=made.frame[4:6])
    )
    store.plans.save(held, "demo", by="ann")
    again = store.plans.load("demo")
    assert parts.same_plan(again, held)
    assert again.roster.scenario == held.scenario
    pd.testing.assert_frame_equal(again.roster.previous, made.frame[:4].reset_index(drop=True))
    pd.testing.assert_frame_equal(again.roster.locked, made.frame[4:6].reset_index(drop=True))
    assert not parts.same_plan(again, small())
    again = store.plans.load_roster("demo")
    assert (len(again.previous), len(again.locked), again.scenario) == (4, 2, None)


def test_the_second_of_two_saves_from_one_version_is_refused(store):
    store.plans.save(small(), "demo", by="ann", version=0)
    store.plans.save(revised(small(), revision=1), "demo", by="bob", version=1)
    with pytest.raises(Conflict, match="bob saved version 2") as refused:
        store.plans.save(revised(small(), revision=9), "demo", by="cid", version=1)
    assert (refused.value.by, refused.value.expected, refused.value.found) == ("bob", 1, 2)
    assert store.plans.load("demo").provenance.revision == 1
    assert [v.version for v in store.plans.versions(name="demo")] == [1, 2]


def test_every_version_can_be_opened_again(store):
    for number in range(3):
        store.plans.save(revised(small(), revision=number), "demo", by="ann", version=number)
    revisions = [store.plans.load("demo", version=v).provenance.revision for v in (1, 2, 3)]
    assert revisions == [0, 1, 2]
    with pytest.raises(BadInput, match="no version 4"):
        store.plans.load("demo", version=4)
    with pytest.raises(BadInput, match="there is no plans 'other'"):
        store.plans.load("other")


def test_what_did_not_change_is_not_kept_twice(store):
    for number in range(3):
        store.plans.save(revised(small(), revision=number), "demo", by="ann")
    with store.database.read() as connection:
        frames = connection.execute(text("SELECT count(*) FROM frames")).scalar()
    kinds = ("plans", "scenarios", "forecasts", "requirements", "rosters")
    assert [len(store.plans.versions(kind)) for kind in kinds] == [3, 1, 1, 1, 1]
    store.plans.save(revised(small(), revision=7), "demo", by="ann")
    with store.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM frames")).scalar() == frames


def test_a_save_that_fails_at_the_end_leaves_nothing(store):
    def fail(version):
        assert version.version == 1
        raise BadInput("the disk of the exports is full")

    with pytest.raises(BadInput, match="exports is full"):
        store.plans.save(small(), "demo", by="ann", before_commit=fail)
    assert store.plans.newest("demo") is None
    with store.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM frames")).scalar() == 0
    assert [entry.kind for entry in store.audit.entries()] == ["sites"]


def test_parts_can_be_saved_and_opened_alone(store):
    plan = full()
    store.plans.save_scenario(plan.scenario, "base", by="ann", version=0)
    assert store.plans.load_scenario("base") == plan.scenario
    assert store.plans.save_scenario(plan.scenario, "base", by="ann").version == 1
    child = plan.scenario.revise("two weeks", weeks=2)
    assert store.plans.save_scenario(child, "base", by="ann", version=1).version == 2
    assert store.plans.load_scenario("base").parent == plan.scenario.id
    with pytest.raises(Conflict):
        store.plans.save_scenario(child, "base", by="bob", version=1)
    store.plans.save_forecast(plan.forecast, "base", by="ann")
    pd.testing.assert_frame_equal(store.plans.load_forecast("base"), plan.forecast)
    store.plans.save_requirement(plan.sizing, "base", by="ann")
    pd.testing.assert_frame_equal(store.plans.load_requirement("base").frame, plan.requirement)
    roster = small().roster
    store.plans.save_roster(roster, "base", by="ann")
    pd.testing.assert_frame_equal(
        store.plans.load_roster("base").frame, roster.frame.reset_index(drop=True)
    )


def test_a_forecast_is_locked_once_and_says_by_whom(store):
    store.plans.save(small(), "demo", by="ann")
    locked = store.plans.lock_forecast("demo", version=1, by="ann", reason="week agreed")
    assert locked.told["locked_by"] == "ann"
    with pytest.raises(BadInput, match="locked by ann"):
        store.plans.lock_forecast("demo", version=1, by="bob")
    assert store.audit.entries(action="locked")[0].reason == "week agreed"


def drafts(store, count=2):
    for number in range(count):
        roster = dataclasses.replace(small().roster, seconds=float(number))
        store.plans.save_roster(roster, "demo", by="ann")


def test_one_roster_a_day_is_published_and_the_one_before_is_withdrawn(store):
    drafts(store)
    assert store.rosters.published(MONDAY) is None
    store.rosters.publish("demo", version=1, by="ann", reason="agreed")
    store.rosters.publish("demo", version=2, by="bob")
    assert store.rosters.published(MONDAY).version == 2
    assert [v.told["status"] for v in store.plans.versions("rosters")] == ["withdrawn", "published"]
    with pytest.raises(BadInput, match="published by bob"):
        store.rosters.publish("demo", version=2, by="ann")
    actions = [(e.action, e.version, e.by) for e in store.audit.entries(kind="rosters")][2:]
    assert actions == [("published", 1, "ann"), ("withdrawn", 1, "bob"), ("published", 2, "bob")]


def test_the_database_itself_refuses_a_second_published_roster(store):
    drafts(store)
    store.rosters.publish("demo", version=1, by="ann")
    with pytest.raises(Exception, match="(?i)unique"), store.database.engine.begin() as connection:
        connection.execute(text("UPDATE rosters SET status = 'published'"))


def test_rolling_back_publishes_what_stood_before(store):
    drafts(store, 3)
    with pytest.raises(BadInput, match="no roster is published"):
        store.rosters.roll_back(MONDAY, by="ann")
    for version in (1, 2, 3):
        store.rosters.publish("demo", version=version, by="ann")
    assert store.rosters.roll_back(MONDAY, by="bob", reason="wrong week").version == 2
    assert store.rosters.published(MONDAY).version == 2
    store.rosters.withdraw("demo", version=2, by="bob")
    assert store.rosters.published(MONDAY) is None
    with pytest.raises(BadInput, match="withdrawn, not published"):
        store.rosters.withdraw("demo", version=2, by="bob")


def test_planned_at_and_notes_of_the_provenance_are_kept_as_they_were(store):
    plan = revised(full(), planned_at=AT, notes=("a", "b"))
    store.plans.save(plan, "demo", by="ann")
    again = store.plans.load("demo").provenance
    assert (again.planned_at, again.notes) == (AT, ("a", "b"))
