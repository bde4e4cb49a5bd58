"""A forecast changed by hand: what the plan becomes, and that nothing is forgotten."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from forecasts import value_added
from tests.test_plan import TZ, history, scenario
from wfm import overriding
from wfm import plan as planning
from wfm.adapters import folder
from wfm.errors import BadInput

NOW = dt.datetime(2026, 2, 14, 10, tzinfo=dt.UTC)
EXACT = 1e-9  # a product and its sum


@pytest.fixture(scope="module")
def plan():
    return planning.make_plan(scenario(people=4), history(rate=40.0), time_limit_s=3)


def monday(plan, **more):
    asked = {"queue": "voice", "start": "2026-02-16", "end": "2026-02-17",
             "reason": "price letter", "by": "Ana", "at": NOW, "change": 0.3, **more}  # fmt: skip
    return overriding.override(plan, **asked)


def volumes(plan):
    return plan.forecast.groupby(plan.forecast["start"].dt.date)["volume"].sum()


def test_only_the_chosen_day_changes(plan):
    after = monday(plan).plan
    ratio = (volumes(after) / volumes(plan)).dropna()
    assert ratio.iloc[0] == pytest.approx(1.3, rel=EXACT)
    assert (ratio.iloc[1:] == 1).all()


def test_a_plan_is_sized_anew_and_every_shift_stays(plan):
    made = monday(plan)
    assert made.after.scheduled_hours > made.before.scheduled_hours
    pd.testing.assert_frame_equal(made.plan.roster.frame, plan.roster.frame)
    assert made.short_after > made.short_before
    assert made.short_after == pytest.approx(made.plan.roster.unmet["unmet"].sum() / 2)
    assert made.plan.violations == plan.violations


def test_the_plan_before_is_left_as_it_was(plan):
    frame = plan.forecast.copy()
    monday(plan)
    pd.testing.assert_frame_equal(plan.forecast, frame)


def test_an_override_is_another_plan_and_says_who_and_why(plan):
    after = monday(plan).plan
    assert after.id != plan.id
    assert after.provenance.revision == plan.provenance.revision + 1
    assert "Ana changed queue 'voice'" in after.provenance.notes[-1]
    assert after.provenance.notes[-1].endswith("price letter")


def test_overrides_add_up_and_the_first_forecast_is_kept(plan):
    twice = monday(monday(plan).plan, change=None, value=100.0, by="Ben").plan
    assert volumes(twice).iloc[0] == pytest.approx(100.0, rel=EXACT)
    pd.testing.assert_frame_equal(twice.locked, plan.forecast)
    assert twice.overrides["by"].tolist() == ["Ana", "Ben"]
    assert twice.overrides["before"].iloc[1] == twice.overrides["after"].iloc[0]


def test_an_overridden_plan_comes_back_from_disk_and_is_changed_further(plan, tmp_path):
    after = monday(plan).plan
    folder.save_plan(after, tmp_path)
    again = folder.load_plan(tmp_path)
    assert again.id == after.id
    assert again.summary == after.summary
    further = monday(again, by="Ben", change=-0.1).plan
    assert volumes(further).iloc[0] == pytest.approx(1.17 * volumes(plan).iloc[0], rel=EXACT)
    assert len(overriding.version_of(further).lineage) == 3


def test_taking_back_the_last_change_leaves_the_one_before(plan):
    once = monday(plan).plan
    back = overriding.take_back(monday(once, by="Ben", change=0.5).plan)
    pd.testing.assert_frame_equal(back.forecast, once.forecast)
    assert (back.id, back.summary) == (once.id, once.summary)
    whole = overriding.take_back(back)
    pd.testing.assert_frame_equal(whole.forecast, plan.forecast)
    assert (whole.id, whole.locked) == (plan.id, None)
    with pytest.raises(BadInput, match="nothing to take back"):
        overriding.take_back(whole)


def test_what_an_override_was_worth_is_told_from_the_actuals(plan):
    after = monday(plan).plan
    came = plan.forecast[["queue", "start"]].assign(offered=np.round(plan.forecast["volume"] * 1.3))
    judged = value_added.judge(overriding.version_of(after), came)
    assert judged["value_added"].iloc[0] > 0
    assert judged["by"].tolist() == ["Ana"]


def test_a_plan_without_a_roster_can_be_changed():
    bare = planning.make_plan(scenario(people=0), history(rate=40.0))
    made = monday(bare)
    assert made.plan.roster is None
    assert made.short_after > made.short_before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"queue": "fax"}, "no queue 'fax'"),
        ({"reason": " "}, "reason"),
        ({"by": ""}, "by"),
        ({"change": None}, "either change or value"),
        ({"value": 5.0}, "either change or value"),
        ({"change": -1.0}, "fraction > -1"),
        ({"start": "2027-01-01", "end": "2027-01-02"}, "no interval"),
    ],
)
def test_an_override_that_makes_no_sense_is_refused(plan, wrong, said):
    with pytest.raises(BadInput, match=said):
        monday(plan, **wrong)


def test_times_without_a_zone_are_local(plan):
    said = monday(plan).override
    assert said.start == pd.Timestamp("2026-02-16", tz=TZ)


def closed_then_open():
    """Monday 16 February: nobody before eight, contacts until six."""
    return {"start": "2026-02-16 00:00", "end": "2026-02-16 07:00"}


@pytest.mark.parametrize("wrong", [{"change": 0.0}, {**closed_then_open(), "change": 0.5}])
def test_an_override_that_changes_nothing_is_not_kept(plan, wrong):
    with pytest.raises(BadInput, match="nothing would change|a share of nothing is nothing"):
        monday(plan, **wrong)


def test_contacts_in_closed_hours_are_kept_with_a_warning(plan):
    made = monday(plan, **closed_then_open(), change=None, value=50.0)
    assert made.override.after == pytest.approx(50.0, rel=EXACT)
    assert "50 contacts are spread evenly over 14 intervals" in made.notes[0]
    assert monday(plan).notes == ()


def test_only_what_the_plan_covers_is_reported_as_changed(plan):
    made = monday(plan, start="2026-02-01", end="2026-03-31")
    first, last = plan.forecast["start"].min(), plan.forecast["start"].max()
    assert (made.override.start, made.override.end) == (first, last + pd.Timedelta(minutes=30))
    assert "only that is changed" in made.notes[0]


def test_an_end_before_the_beginning_is_refused(plan):
    with pytest.raises(BadInput, match="is not after the beginning"):
        monday(plan, start="2026-02-17", end="2026-02-16")


def test_more_contacts_than_anybody_has_are_refused(plan):
    with pytest.raises(BadInput, match="was a digit too many typed"):
        monday(plan, change=None, value=1e12)
