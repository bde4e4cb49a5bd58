import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest

from wfm import plan as planning
from wfm.errors import BadInput
from wfm.scenario import (
    BreakRule,
    Contract,
    OpeningHours,
    Person,
    Queue,
    Scenario,
    ShiftType,
    Target,
)

TZ = "Europe/Berlin"
WEEKDAYS = (0, 1, 2, 3, 4)


def history(weeks=6, queue="voice", first="2026-01-05", rate=12.0, seed=1):
    days = pd.date_range(first, periods=7 * weeks, freq="D")
    days = days[days.day_of_week < 5]
    clock = pd.timedelta_range("8h", "17h30min", freq="30min")
    start = pd.DatetimeIndex([day + time for day in days for time in clock]).tz_localize(TZ)
    random = np.random.default_rng(seed)
    return pd.DataFrame({
        "queue": queue, "start": start.as_unit("ns"),
        "offered": random.poisson(rate, len(start)).astype(float), "aht_s": 240.0,
    })  # fmt: skip


def scenario(people=8, **changes):
    shift = ShiftType("E", "08:00", "09:30", 510, 30, (BreakRule("lunch", 30, 180, 300, False),))
    values = {
        "name": "small", "timezone": TZ, "seed": 5,
        "queues": (Queue("voice", Target(0.80)),),
        "shifts": (shift,),
        "contracts": (Contract("full", 16, 40, ("E",)),),
        "people": tuple(Person(f"p{i}", "full", ("voice",)) for i in range(people)),
    }  # fmt: skip
    return Scenario(**(values | changes))


@pytest.fixture(scope="module")
def made():
    return planning.make_plan(scenario(), history(), time_limit_s=5)


def test_the_plan_covers_the_first_week_after_the_history(made):
    assert made.scenario.start == dt.date(2026, 2, 16)
    starts = made.forecast["start"]
    assert starts.min() == pd.Timestamp("2026-02-16", tz=TZ)
    assert starts.max() == pd.Timestamp("2026-02-22 23:30", tz=TZ)
    assert len(made.requirement) == 7 * 48


def test_a_plan_breaks_no_rule_and_says_how_far_it_is_short(made):
    assert made.violations == ()
    facts = made.summary
    assert facts.violations == 0
    hours = made.roster.unmet["unmet"].sum() / 2
    assert facts.gap_hours == pytest.approx(hours)
    assert facts.required_hours == made.requirement["scheduled"].sum() / 2
    assert facts.required_hours + facts.over_hours == pytest.approx(
        facts.rostered_hours + facts.gap_hours
    )


def test_closed_hours_are_forecast_as_nothing_and_need_nobody(made):
    local = made.requirement["start"].dt.tz_convert(TZ)
    shut = (local.dt.hour < 8) | (local.dt.hour >= 18) | (local.dt.day_of_week >= 5)
    assert shut.any()
    assert (made.requirement.loc[shut, "agents_rounded"] == 0).all()


def test_held_back_accuracy_is_reported_beside_its_floor(made):
    facts = made.summary
    assert facts.held_back_days == 14
    assert 0 < facts.noise_floor <= facts.wape * 1.3
    assert 0 < facts.wape < 1


def test_planning_twice_gives_the_same_id_and_the_same_roster():
    args = (scenario(people=3), history(weeks=4))
    first, second = (planning.make_plan(*args, time_limit_s=20) for _ in range(2))
    assert first.id == second.id
    pd.testing.assert_frame_equal(first.forecast, second.forecast)
    assert first.roster.reproducible
    pd.testing.assert_frame_equal(first.roster.frame, second.roster.frame)


def test_the_id_follows_scenario_and_history():
    base = planning.make_plan(scenario(people=0), history())
    other_seed = planning.make_plan(scenario(people=0, seed=6), history())
    other_past = planning.make_plan(scenario(people=0), history(seed=2))
    assert len({base.id, other_seed.id, other_past.id}) == 3


def test_events_are_part_of_the_id():
    event = pd.DataFrame({
        "start": [pd.Timestamp("2026-02-17")], "end": [pd.Timestamp("2026-02-17")],
        "name": ["sale"],
    })  # fmt: skip
    plain = planning.make_plan(scenario(people=0), history())
    assert planning.make_plan(scenario(people=0), history(), events=event).id != plain.id


def test_whole_numbers_and_floats_are_the_same_history():
    frame = history()
    whole = frame.assign(offered=frame["offered"].astype("int64"))
    first, second = (planning.make_plan(scenario(people=0), f) for f in (frame, whole))
    assert first.id == second.id


def test_email_that_comes_at_night_is_kept_and_worked_by_day():
    start = pd.date_range("2026-01-05", periods=6 * 7 * 48, freq="30min", tz=TZ)
    frame = pd.DataFrame({"queue": "mail", "start": start, "offered": 2.0, "aht_s": 300.0})
    hours = (OpeningHours(WEEKDAYS, "08:00", "18:00"),)
    queue = Queue("mail", Target(awt_s=4 * 3600), channel="email", hours=hours)
    made = planning.make_plan(scenario(people=0, queues=(queue,)), frame)
    work = (made.requirement["volume"] * made.requirement["aht_s"]).sum() / 3600
    assert work == pytest.approx(7 * 48 * 2 * 300 / 3600, rel=0.02)
    assert made.requirement["agents_rounded"].sum() / 2 >= work - 1e-6
    local = made.requirement["start"].dt.tz_convert(TZ)
    shut = (local.dt.hour < 8) | (local.dt.hour >= 18) | (local.dt.day_of_week >= 5)
    assert (made.requirement.loc[shut, "agents_rounded"] == 0).all()


def test_the_weeks_before_carry_over_into_the_next_plan():
    first = planning.make_plan(scenario(people=3), history(), time_limit_s=3)
    later = scenario(people=3, start=dt.date(2026, 2, 23))
    second = planning.make_plan(later, history(), previous=first.roster.frame, time_limit_s=3)
    assert second.violations == ()
    with pytest.raises(BadInput):
        planning.make_plan(later, history(), previous=second.roster.frame, time_limit_s=3)


def test_the_callers_history_is_not_changed():
    frame = history()
    before = frame.copy()
    planning.make_plan(scenario(people=0), frame)
    pd.testing.assert_frame_equal(frame, before)


def test_a_scenario_without_people_gives_a_plan_without_a_roster():
    made = planning.make_plan(scenario(people=0), history())
    assert made.roster is None
    assert made.summary.gap_hours == made.summary.required_hours > 0


def test_opening_hours_given_close_the_rest_with_a_note():
    queue = Queue("voice", Target(0.80), hours=(OpeningHours(WEEKDAYS, "09:00", "16:00"),))
    made = planning.make_plan(scenario(people=0, queues=(queue,)), history())
    local = made.requirement["start"].dt.tz_convert(TZ)
    assert (made.requirement.loc[local.dt.hour < 9, "volume"] == 0).all()
    assert any("outside its opening hours" in note for note in made.provenance.notes)


def test_a_queue_that_is_not_asked_for_is_left_out_with_a_note():
    both = pd.concat([history(), history(queue="fax")])
    made = planning.make_plan(scenario(people=0), both)
    assert set(made.forecast["queue"]) == {"voice"}
    assert any("fax" in note for note in made.provenance.notes)


def test_progress_is_told_from_start_to_end():
    told = []
    planning.make_plan(scenario(people=2), history(weeks=4), time_limit_s=3,
                       progress=lambda fraction, text: told.append(fraction))  # fmt: skip
    assert told == sorted(told)
    assert told[0] < 0.1
    assert told[-1] > 0.9


def test_the_forecast_is_fanned_out_by_the_callers_map():
    used = []

    def counting(function, items):
        items = list(items)
        used.append(len(items))
        return map(function, items)

    planning.make_plan(scenario(people=0), history(), map=counting)
    assert used == [1]


WRONG = {
    "no history of a queue": (
        lambda: planning.make_plan(scenario(people=0), history(queue="fax")),
        "1 queues of the scenario have no history.*'voice'.*'fax'",
    ),
    "start inside the history": (
        lambda: planning.make_plan(scenario(people=0, start=dt.date(2026, 2, 2)), history()),
        "past the first planned day",
    ),
    "start years later": (
        lambda: planning.make_plan(scenario(people=0, start=dt.date(2028, 1, 3)), history()),
        "days after the last history",
    ),
    "naive times": (
        lambda: planning.make_plan(
            scenario(people=0), history().assign(start=lambda f: f["start"].dt.tz_localize(None))
        ),
        "timezone-aware",
    ),
    "empty history": (lambda: planning.make_plan(scenario(people=0), history().head(0)), "history"),
    "another interval": (
        lambda: planning.make_plan(scenario(people=0, interval_min=60), history()),
        "(?i)interval|grid",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_planned_is_explained(case):
    make, words = WRONG[case]
    with pytest.raises(BadInput, match=words):
        make()


def test_a_history_too_short_to_hold_back_says_so_by_nan():
    made = planning.make_plan(scenario(people=0), history(weeks=3))
    assert math.isnan(made.summary.wape)
    assert made.summary.held_back_days == 0
