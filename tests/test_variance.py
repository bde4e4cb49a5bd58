"""Does the split of a missed service level add up, blame fairly, and say what it left out?"""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from wfm import coalitions, variance
from wfm.errors import BadInput
from wfm.scenario import Target

# Worked example T22 prints twelve decimals.
PRINTED = 5e-13
# Sums of up to 32 doubles below 1.
EXACT = 1e-12
DRIVERS = ["volume", "aht_s", "heads", "shrinkage", "adherence"]


def table(start="2026-03-02 09:00", rows=1, zone="UTC", **columns):
    return pd.DataFrame({
        "queue": "voice",
        "start": pd.date_range(start, periods=rows, freq="30min", tz=zone),
        "volume": 100.0, "aht_s": 180.0, "heads": 20.0, "shrinkage": 0.30, "adherence": 1.0,
    } | columns)  # fmt: skip


def days(seed, queues=("voice", "sales"), rows=96, zone="Europe/Berlin"):
    """Return a plan of two days and two queues, and what came of it."""
    rng = np.random.default_rng(seed)
    plans = []
    for queue in queues:
        volume = 60 + 30 * np.sin(np.arange(rows) / 10) + 5 * len(queue)
        plans.append(table("2026-03-02", rows, zone, queue=queue, volume=volume,
                           heads=np.ceil(volume * 0.15)))  # fmt: skip
    plan = pd.concat(plans, ignore_index=True)
    came = plan.assign(
        volume=rng.poisson(plan["volume"]).astype(float),
        aht_s=plan["aht_s"] * rng.uniform(0.9, 1.15, len(plan)),
        heads=plan["heads"] + rng.integers(-2, 2, len(plan)),
        shrinkage=rng.uniform(0.25, 0.4, len(plan)),
        adherence=rng.uniform(0.9, 1.0, len(plan)),
    )
    offered = came["volume"].to_numpy()
    answered = np.floor(offered * 0.95)
    came = came.assign(answered=answered, abandoned=offered - answered,
                       answered_in_awt=np.floor(answered * 0.7), abandoned_in_awt=0.0)  # fmt: skip
    return plan, came


def test_worked_example_t22_is_split_to_the_printed_digits():
    came = table(volume=108.0, aht_s=189.0, shrinkage=0.33, adherence=0.97)
    parts = variance.explain(table(), came).total
    printed = {
        "planned": 0.888350019179467, "volume": -0.123463482670, "aht_s": -0.082792635646,
        "heads": 0.0, "shrinkage": -0.080431282567, "adherence": -0.055919563642,
        "modelled": 0.545743054654547,
    }  # fmt: skip
    assert {k: float(parts[k]) for k in printed} == pytest.approx(printed, abs=PRINTED)
    assert math.isnan(parts["measured"])


def test_the_mean_over_all_orders_of_change_gives_the_same_parts():
    rng = np.random.default_rng(3)
    game = rng.normal(size=(16, 2))
    total = np.zeros((4, 2))
    orders = list(itertools.permutations(range(4)))
    for order in orders:
        members = 0
        for player in order:
            total[player] += game[members | 1 << player] - game[members]
            members |= 1 << player
    assert coalitions.shapley(game) == pytest.approx(total / len(orders), abs=EXACT)


@pytest.mark.parametrize("groups", [(), ("start", "queue"), ("day",), ("queue",), ("queue", "day"),
                                    ("week",), ("weekday", "queue")])  # fmt: skip
@pytest.mark.parametrize("patience_s", [math.inf, 150.0])
def test_parts_and_residual_add_up_exactly_in_every_group(groups, patience_s):
    plan, came = days(1)
    got = variance.explain(plan, came, patience_s=patience_s).by(*groups)
    assert (got["planned"] + got[DRIVERS].sum(axis=1)).to_numpy() == pytest.approx(
        got["modelled"].to_numpy(), abs=EXACT
    )
    assert (got["modelled"] + got["residual"]).to_numpy() == pytest.approx(
        got["measured"].to_numpy(), abs=EXACT
    )
    assert got["measured"].notna().all()


def test_a_day_is_judged_on_its_counts_not_on_the_mean_of_its_intervals():
    plan, came = days(2, queues=("voice",))
    split = variance.explain(plan, came)
    by_day, by_start = split.by("day"), split.by("start")
    sums = came.groupby(came["start"].dt.date)[["answered_in_awt", "answered"]].sum()
    expected = sums["answered_in_awt"] / came.groupby(came["start"].dt.date)["volume"].sum()
    assert by_day["measured"].to_numpy() == pytest.approx(expected.to_numpy(), abs=EXACT)
    assert by_day["planned"].iloc[0] != pytest.approx(
        by_start["planned"].iloc[:46].mean(), abs=1e-6
    )


def test_a_driver_that_came_as_planned_has_no_part():
    plan, came = days(4)
    came["aht_s"] = plan["aht_s"]
    assert float(variance.explain(plan, came).total["aht_s"]) == 0.0


def test_days_are_local_also_over_a_clock_change():
    plan = table("2026-03-28", 94, "Europe/Berlin")
    got = variance.explain(plan, plan).by("day")
    assert got["intervals"].tolist() == [48, 46]


def test_the_shape_of_the_roster_is_told_apart_from_people_who_did_not_come():
    plan = table(heads=18.0, scheduled=20.0)
    got = variance.explain(plan, table(heads=17.0)).total
    assert got["roster"] < got["heads"] < 0
    assert got["planned"] + got[["roster", *DRIVERS]].sum() == pytest.approx(got["modelled"])
    as_wanted = variance.explain(table(), table(heads=17.0)).total
    assert got["roster"] + got["heads"] == pytest.approx(float(as_wanted["heads"]), abs=EXACT)


def test_labour_cost_moves_with_heads_and_wages_alone():
    plan = table(cost_per_hour=30.0)
    came = table(volume=130.0, heads=22.0, cost_per_hour=33.0, cost=370.0)
    got = variance.explain(plan, came, of="cost").total
    assert got["planned"] == pytest.approx(20 * 30 * 0.5)
    assert got["heads"] == pytest.approx(2 * 0.5 * 31.5)  # halves of both orders
    assert got["cost_per_hour"] == pytest.approx(3 * 0.5 * 21)
    assert got["volume"] == 0
    assert got["residual"] == pytest.approx(370 - 22 * 33 * 0.5)


def test_cost_of_a_contact_falls_when_more_contacts_come_to_the_same_people():
    plan = table(cost_per_hour=30.0)
    got = variance.explain(plan, table(volume=120.0), of="cost_per_contact").total
    assert got["planned"] == pytest.approx(3.0)
    assert got["volume"] == pytest.approx(2.5 - 3.0)


def test_workload_is_split_by_lmdi_as_in_t18():
    plan = table(volume=1000.0, aht_s=300.0)
    got = variance.explain(plan, table(volume=1200.0, aht_s=310.0)).workload().iloc[0]
    assert got["volume_s"] == pytest.approx(61024.907713114, rel=1e-12)
    assert got["aht_s_s"] == pytest.approx(10975.092286886, rel=1e-11)
    assert got["planned_s"] + got["volume_s"] + got["aht_s_s"] == pytest.approx(got["actual_s"])


def test_closed_intervals_count_nothing_and_stay_undefined():
    plan = table(rows=2, volume=[100.0, 0.0], aht_s=[180.0, np.nan], heads=[20.0, 0.0])
    got = variance.explain(plan, plan)
    assert got.by("start")["planned"].isna().tolist() == [False, True]
    assert got.total["planned"] == pytest.approx(0.888350019179467, abs=PRINTED)


def test_nobody_on_seat_serves_nobody_and_breaks_nothing():
    got = variance.explain(table(), table(heads=0.0)).total
    assert got["modelled"] == 0
    assert got["heads"] == pytest.approx(-0.888350019179467)


def test_what_nobody_tells_is_taken_as_planned_and_said():
    came = table(volume=108.0).drop(columns=["shrinkage", "adherence"])
    with pytest.raises(BadInput, match=r"missing columns \['shrinkage', 'adherence'\]"):
        variance.explain(table(), came)
    got = variance.explain(table(), came, as_planned=("shrinkage", "adherence"))
    assert got.total["shrinkage"] == 0
    assert any("shrinkage: taken as planned" in note for note in got.notes)
    assert got.largest == "volume"


def test_intervals_without_a_partner_are_left_out_and_counted():
    got = variance.explain(table(rows=4), table(rows=2))
    assert got.notes[0].startswith("2 of 4 planned intervals have no partner")


def test_offered_and_sums_of_handle_time_stand_for_volume_and_aht():
    came = table().drop(columns=["volume", "aht_s"])
    came = came.assign(offered=108.0, handled=100.0, talk_s=15000.0, hold_s=900.0, acw_s=3000.0)
    got = variance.explain(table(), came)
    assert got.frame[["volume", "aht_s"]].to_numpy().tolist() == [[108.0, 189.0]]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"shrinkage": 30.0}, "was a percent passed"),
        ({"volume": -1.0}, "volume not 0 to inf"),
        ({"aht_s": 0.0}, "aht_s not above 0"),
        ({"heads": np.nan}, "heads not 0"),
        ({"queue": "other"}, "no interval of a queue in common"),
    ],
)
def test_impossible_actuals_are_refused_with_the_first_row(change, says):
    with pytest.raises(BadInput, match=says):
        variance.explain(table(), table(**change))


def test_naive_times_and_repeated_keys_are_refused():
    naive = table()
    naive["start"] = naive["start"].dt.tz_localize(None)
    with pytest.raises(BadInput, match="timezone-aware"):
        variance.explain(table(), naive)
    with pytest.raises(BadInput, match="1 rows repeat a queue and start"):
        variance.explain(table(), pd.concat([table(), table()], ignore_index=True))


def test_every_rule_is_split_by_its_own_counts():
    plan, came = days(5)
    for rule in ("SL1", "SL2", "SL3", "SL4", "SL5", "SL6", "virtual"):
        came["abandoned_short"] = 0.0
        got = variance.explain(plan, came, target=Target(0.8, rule=rule), patience_s=100.0).total
        assert got["planned"] + got[DRIVERS].sum() == pytest.approx(got["modelled"], abs=EXACT)
        assert math.isnan(got["measured"]) == (rule == "virtual")


def test_an_unknown_measure_or_group_is_refused():
    with pytest.raises(BadInput, match="of is one of"):
        variance.explain(table(), table(), of="asa")
    with pytest.raises(BadInput, match="group by any of"):
        variance.explain(table(), table()).by("month")


def test_the_callers_tables_stay_as_they_are():
    plan, came = days(6)
    before = plan.copy(), came.copy()
    variance.explain(plan, came)
    pd.testing.assert_frame_equal(plan, before[0])
    pd.testing.assert_frame_equal(came, before[1])


def test_a_real_plan_is_explained_by_its_queues_own_choices():
    from wfm.adapters.demo import demo_history, demo_scenario
    from wfm.plan import make_plan

    history, notes = demo_history()
    made = make_plan(demo_scenario().revise("size only", people=()), history, notes=notes)
    came = made.forecast.assign(volume=lambda f: f["volume"] * 1.1)
    came = came.merge(made.requirement[["queue", "start", "scheduled"]], on=["queue", "start"])
    came["heads"] = came["scheduled"]
    got = variance.explain(made, came, as_planned=("shrinkage", "adherence"))
    by_queue = got.by("queue")
    voice = by_queue[by_queue["queue"] == "voice"].iloc[0]
    assert voice["volume"] < -0.02
    assert voice["planned"] >= 0.8
    assert any("no stationary model" in note for note in got.notes)
