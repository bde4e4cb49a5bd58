"""Does `requirement.size` give what the model a queue asks for gives, with a certificate?"""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest

from wfm import frames, requirement
from wfm.errors import BadInput
from wfm.queueing import (
    blending,
    callback,
    callback_agents,
    erlang,
    outbound,
    retrials,
    tiers,
    timevarying,
    uncertain,
)
from wfm.scenario import CallBack, OpeningHours, Outreach, Queue, Scenario, Target, Tier
from wfm.why import sentences

START = pd.Timestamp("2026-03-02 08:00", tz="Europe/Berlin")
VOLUME = np.array([20.0, 60.0, 110.0, 90.0, 0.0, 40.0])
AHT = 240.0
GOAL = Target(0.80, awt_s=20)
# Two routes to one number: rounding only.
CLOSE = 1e-12
SPREAD = dict(zip(frames.BANDS, (0.71, 0.81, 1.0, 1.19, 1.29), strict=True))


def forecast(volume=VOLUME, aht_s=AHT, queue="q"):
    volume = np.asarray(volume, float)
    return pd.DataFrame({
        "queue": queue,
        "start": pd.date_range(START, periods=len(volume), freq="30min"),
        "volume": volume,
        "aht_s": aht_s,
        **{name: volume * factor for name, factor in SPREAD.items()},
    })  # fmt: skip


def queue(**choices):
    return Queue("q", **{"target": GOAL, **choices})


def plan(*queues, **more):
    return Scenario("test", "Europe/Berlin", queues, **more)


def agents(made, table=None):
    table = forecast() if table is None else table
    return requirement.size(table, plan(made)).frame["agents_rounded"].to_numpy()


GOLD = (Tier("VIP", 0.2, Target(0.95, awt_s=10)), Tier("all", 0.8, Target(0.80, awt_s=30)))
OFFER = CallBack(threshold_s=60, p_accept=0.5)
MODELS = {
    "Erlang C": queue(shrinkage=0.3, cost_per_hour=20.0),
    "Erlang A": queue(patience_s=90.0),
    "lines": queue(target=Target(0.8, blocking=0.02), lines=24, patience_s=90.0),
    "chat": queue(channel="chat", concurrency=3),
    "chance": queue(chance=0.9),
    "chance, lines, share": queue(chance=0.9, lines=60, patience_s=90.0, share=0.5),
    "retrials": queue(p_retry=0.5, patience_s=90.0, target=Target(abandonment=0.03)),
    "tiers": queue(tiers=GOLD, target=Target()),
    "lagged": queue(arrivals="lagged"),
    "offered load": queue(arrivals="offered_load"),
    "call-back": queue(call_back=OFFER),
    "blend": queue(reserve=3),
    "outbound": queue(channel="outbound", target=Target(occupancy=0.85)),
    "e-mail": queue(channel="email", target=Target(awt_s=7200.0), shrinkage=0.3),
}


@pytest.mark.parametrize("name", MODELS)
def test_each_number_meets_its_target_and_one_agent_less_does_not(name):
    made = plan(MODELS[name])
    sized = requirement.size(forecast(), made)
    why = requirement.explain(sized, made, forecast=forecast())
    frames.check("explained", why)
    busy = (why["agents_rounded"] > 0).to_numpy()
    assert why["met"].all()
    assert why["met_more"].all()
    assert not why.loc[busy, "met_less"].any()
    assert (why.loc[busy, "binding"] != "").all()
    assert (why["scheduled"] >= why["agents_rounded"]).all()


@pytest.mark.parametrize("name", MODELS)
def test_one_interval_is_explained_as_in_the_whole_table(name):
    made = plan(MODELS[name])
    sized = requirement.size(forecast(), made)
    at = START + pd.Timedelta(hours=1)
    whole = requirement.explain(sized, made, forecast=forecast())
    one = requirement.explain(sized, made, forecast=forecast(), queue="q", start=at)
    pd.testing.assert_frame_equal(
        one, whole[whole["start"] == at].reset_index(drop=True), check_exact=False, rtol=CLOSE
    )


def test_uncertain_volume_takes_the_quantiles_of_the_forecast():
    band = uncertain.QuantileVolume(
        (0.025, 0.1, 0.5, 0.9, 0.975), forecast()[list(frames.BANDS)].to_numpy()
    )
    wanted = uncertain.fewest_agents(band, AHT, GOAL, chance=0.9)
    assert agents(MODELS["chance"]).tolist() == wanted.tolist()
    why = requirement.explain(
        requirement.size(forecast(), plan(MODELS["chance"])), plan(MODELS["chance"]),
        forecast=forecast(),
    )  # fmt: skip
    busy = why["volume"] > 0
    assert (why.loc[busy, "p_target_met"] >= 0.9).all()
    assert (why.loc[busy, "p_target_met_less"] < 0.9).all()
    level = uncertain.expected_service_level(wanted, band, AHT)
    np.testing.assert_allclose(why["expected_service_level"], level, rtol=CLOSE)


def test_retrials_tiers_and_moving_rates_are_their_models():
    one = MODELS["retrials"]
    wanted = retrials.fewest_agents(VOLUME, AHT, one.target, p_retry=0.5, patience_s=90.0)
    assert agents(one).tolist() == wanted.tolist()
    each = VOLUME[:, None] * [0.2, 0.8]
    wanted = tiers.fewest_agents(each, AHT, [tier.target for tier in GOLD])
    assert agents(MODELS["tiers"]).tolist() == wanted.tolist()
    # a day that begins and ends without contacts hands nothing on
    quiet = np.concatenate([[0.0] * 4, VOLUME, [0.0] * 4])
    moving = timevarying.fewest_agents(quiet, AHT, GOAL)
    got = agents(MODELS["offered load"], forecast(quiet))
    assert got.tolist() == np.where(quiet > 0, moving, 0).tolist()
    late = erlang.fewest_agents(timevarying.lagged_volume(quiet, AHT), AHT, GOAL)
    got = agents(MODELS["lagged"], forecast(quiet))
    assert got.tolist() == np.where(quiet > 0, late, 0).tolist()


def test_a_centre_that_never_closes_begins_with_what_it_ends_with():
    level = agents(MODELS["offered load"], forecast([100.0] * 6))
    assert set(level) == {int(erlang.fewest_agents(100, AHT, GOAL))}


def test_limited_lines_make_a_blocking_limit_bind():
    # worked example T42: 18 lines lose at most 1 % of 10 erlangs, with an agent for every line
    one = queue(target=Target(blocking=0.01), lines=18)
    got = requirement.size(forecast([100.0], 180.0), plan(one)).frame.iloc[0]
    figures = erlang.performance(100, 180, int(got["agents_rounded"]), lines=18)
    assert figures.p_block <= 0.01
    less = erlang.performance(100, 180, int(got["agents_rounded"]) - 1, lines=18)
    assert less.p_block > 0.01


def test_call_backs_are_sized_so_that_the_plan_of_call_backs_is_in_time():
    busy = VOLUME[VOLUME > 0]
    staff = agents(MODELS["call-back"])
    assert staff[VOLUME == 0].tolist() == [0]
    day = callback.plan(busy, AHT, staff[VOLUME > 0], threshold_s=60, p_accept=0.5)
    assert (day.p_answered_in_awt >= 0.80).all()


def test_blending_keeps_inbound_within_its_target_with_the_reserve():
    staff = agents(MODELS["blend"])
    busy = VOLUME > 0
    got = blending.blend(VOLUME[busy], AHT, staff[busy], reserve=3)
    assert (got.p_answered_within >= 0.80).all()
    assert (staff[busy] >= erlang.fewest_agents(VOLUME[busy], AHT, GOAL)).all()


def test_an_outreach_counts_successes():
    way = Outreach(0.35, 0.60, 0.12, dial_s=25, connect_s=20, right_party_s=150, success_s=90)
    one = queue(channel="outbound", target=Target(occupancy=0.85), outreach=way)
    hours = agents(one, forecast([500.0], math.nan))[0] * 0.5
    wanted = outbound.campaign(500, occupancy=0.85, **dataclasses.asdict(way)).agent_h
    assert 0 <= hours - float(wanted) < 0.5


def test_chat_places_carry_over_to_the_models_beyond():
    one = queue(channel="chat", concurrency=3, chance=0.9)
    band = uncertain.QuantileVolume(
        (0.025, 0.1, 0.5, 0.9, 0.975), forecast()[list(frames.BANDS)].to_numpy()
    )
    places = uncertain.fewest_agents(band, AHT, GOAL, chance=0.9)
    assert agents(one).tolist() == np.ceil(places / 3).tolist()


def test_queues_sized_together_are_as_if_sized_alone():
    names = ("Erlang C", "Erlang A", "lines", "chance", "e-mail", "tiers", "chat")
    queues = [dataclasses.replace(MODELS[name], name=name) for name in names]
    table = pd.concat([forecast(queue=name) for name in names], ignore_index=True)
    together = requirement.size(table, plan(*queues)).frame
    for name, one in zip(names, queues, strict=True):
        alone = requirement.size(forecast(queue=name), plan(one)).frame
        got = together[together["queue"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(got, alone)


def test_scenarios_are_compared_as_if_each_were_sized():
    two = [plan(MODELS["Erlang C"]), plan(MODELS["Erlang A"]).revise("patience", name="patient")]
    both = requirement.compare(forecast(), two)
    assert both["scenario"].unique().tolist() == ["test", "patient"]
    for one in two:
        got = both[both["scenario"] == one.name].drop(columns="scenario").reset_index(drop=True)
        pd.testing.assert_frame_equal(got, requirement.size(forecast(), one).frame)
    with pytest.raises(BadInput, match="names stand twice.*'test'"):
        requirement.compare(forecast(), [two[0], two[0]])
    with pytest.raises(BadInput, match="no scenario"):
        requirement.compare(forecast(), [])


def test_money_and_people_add_up_by_hand():
    made = plan(MODELS["Erlang C"])
    why = requirement.explain(requirement.size(forecast([100.0], 180.0), made), made).iloc[0]
    assert (why["agents_rounded"], why["scheduled"]) == (14, 20)  # worked example T6
    assert why["p_answered_within"] == pytest.approx(0.888350019179467, rel=1e-9)
    assert why["p_answered_within_less"] == pytest.approx(0.795594788417783, rel=1e-9)
    assert why["cost"] == 20 * 0.5 * 20.0
    assert (why["scheduled_less"], why["scheduled_more"]) == (19, 22)
    assert (why["cost_less"], why["cost_more"]) == (-10.0, 20.0)
    assert why["fte"] == pytest.approx(20 * 0.5 / 40)


def test_people_on_seat_beyond_the_lines_stand_idle():
    made = plan(queue(lines=30))
    sized = requirement.size(forecast([100.0], 180.0), made)
    staff = sized.frame[["queue", "start"]].assign(on_seat=50.0)
    full = sized.frame[["queue", "start"]].assign(on_seat=30.0)
    most = requirement.reached(sized, staff, made)["p_rostered"]
    assert most.tolist() == requirement.reached(sized, full, made)["p_rostered"].tolist()


def test_the_roster_reaches_less_where_rates_move_if_it_has_one_fewer():
    made = plan(MODELS["offered load"])
    sized = requirement.size(forecast(), made)
    for more, met in ((0, True), (-1, False)):
        staff = sized.frame[["queue", "start"]].assign(
            on_seat=np.maximum(sized.frame["agents_rounded"] + more, 0).astype(float)
        )
        got = requirement.reached(sized, staff, made).dropna(subset=["p_rostered"])
        assert (got["p_rostered"] >= 0.8).all() == met


def test_email_on_duty_is_never_below_on_seat_and_the_cap_holds_in_each_interval():
    hours = (OpeningHours((0, 1, 2, 3, 4), "08:00", "18:00"),)
    one = queue(channel="email", target=Target(awt_s=14400.0, occupancy=0.85), shrinkage=0.3,
                hours=hours)  # fmt: skip
    volume = np.random.default_rng(5).poisson(9, 5 * 48)
    got = requirement.size(forecast(volume, 410.0), plan(one)).frame
    assert (got["scheduled"] >= got["agents_rounded"]).all()
    assert (got["occupancy"] <= 0.85 + CLOSE).all()
    assert (got["p_answered_within"].dropna() == 1).all()


REFUSED = {
    "fewer lines than agents": (
        queue(lines=5), r"queue 'q', 2026-03-02 08:30 \(4 intervals of this queue\).*service_level "
        r"reaches .*lines = 5",
    ),
    "a mean wait of none": (queue(target=Target(asa_s=0.0)), "queue 'q'.*asa_s 0 cannot be met"),
    "nobody may leave": (
        queue(target=Target(abandonment=0.0), patience_s=60.0), "queue 'q'.*abandonment 0 cannot",
    ),
    "no limit": (queue(target=Target()), "queue 'q'.*no limit is given"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_target_out_of_reach_names_queue_interval_limit_and_count(name):
    one, words = REFUSED[name]
    with pytest.raises(BadInput, match=words) as refused:
        agents(one)
    assert "queues)" not in str(refused.value)
    assert "index" not in str(refused.value)


def test_a_chance_needs_quantiles():
    table = forecast()
    table.loc[1, "p90"] = 5.0
    with pytest.raises(BadInput, match="queue 'q' asks for a chance.*1 intervals.*08:30"):
        agents(MODELS["chance"], table)
    sized = requirement.size(forecast(), plan(MODELS["chance"]))
    with pytest.raises(BadInput, match="give explain the forecast"):
        requirement.explain(sized, plan(MODELS["chance"]))


def test_what_was_not_sized_cannot_be_explained():
    made = plan(MODELS["Erlang C"])
    sized = requirement.size(forecast(), made)
    with pytest.raises(BadInput, match="no queue 'fax'"):
        requirement.explain(sized, made, queue="fax")
    with pytest.raises(BadInput, match="nothing is sized for 'q' at .*it reaches"):
        requirement.explain(sized, made, queue="q", start=START + pd.Timedelta(minutes=7))


@pytest.mark.parametrize("kind", ["offered_load", "lagged"])
def test_rows_of_closed_hours_change_nothing(kind):
    day = np.r_[np.zeros(18), np.full(16, 100.0), np.zeros(14)]
    start = pd.date_range("2026-03-02", periods=48, freq="30min", tz="UTC")
    whole = forecast(day, aht_s=1500.0).assign(start=start)
    made = Scenario("test", "UTC", (queue(arrivals=kind),))
    opened = requirement.size(whole[day > 0], made).frame["agents_rounded"].to_numpy()
    every = requirement.size(whole, made).frame["agents_rounded"].to_numpy()
    np.testing.assert_array_equal(opened, every[day > 0])
    assert opened[0] < opened[8]  # nobody is in service when the centre opens


def test_lagged_arrivals_of_contacts_as_long_as_an_interval_are_refused():
    with pytest.raises(BadInput, match=r"'lagged'.*1,800.*'offered_load'"):
        requirement.size(forecast(np.full(6, 100.0), aht_s=1800.0), plan(queue(arrivals="lagged")))


def test_call_backs_left_over_at_the_end_are_made_at_the_beginning():
    everybody = queue(call_back=CallBack(0, 1.0))
    one = forecast([100.0])
    staff = agents(everybody, one)[0]
    # In a plan of one interval that follows itself as many call-backs come as were promised.
    day = callback_agents.fewest_agents([100.0] * 60, AHT, GOAL, CallBack(0, 1.0))
    assert staff == day.agents[-1] > 100 * AHT / 1800 / 2


def test_call_backs_are_made_in_opening_hours_without_contacts():
    hours = (OpeningHours((0,), "08:00", "10:00"),)
    open_late = queue(call_back=CallBack(0, 1.0), hours=hours)
    made = agents(open_late, forecast([100.0, 0.0, 0.0, 0.0]))
    assert made[1] > 5
    assert made[2:].tolist() == [0, 0]


@pytest.mark.parametrize(("volume", "bands", "chance", "needed"), [
    (0.4, (0, 0, 0, 1, 2), 0.5, 0),
    (0.0, (0, 0, 0, 1, 2), 0.9, 1),
])  # fmt: skip
def test_a_chance_is_explained_by_what_may_come(volume, bands, chance, needed):
    table = forecast([volume]).assign(**dict(zip(frames.BANDS, map(float, bands), strict=True)))
    made = plan(queue(chance=chance))
    sized = requirement.size(table, made)
    why = requirement.explain(sized, made, forecast=table).iloc[0]
    assert why["agents_rounded"] == needed
    assert why["met"]
    assert why["met_less"] == (needed == 0)
    assert (why["binding"] == "") == (needed == 0)
    told = " ".join(sentences(why))
    assert ("kept with nobody" in told) == (needed == 0)
    assert ("One agent is the least" in told) == (needed == 1)


def test_a_refusal_that_names_its_queue_is_not_wrapped_again():
    table = forecast().assign(p10=9e9)
    with pytest.raises(BadInput) as caught:
        requirement.size(table, plan(queue(chance=0.9)))
    assert str(caught.value).count("requirement:") == 1


@pytest.mark.parametrize(("freq", "words"), [
    ("15min", "do not lie 30 minutes"),
    ("60min", "no two rows are 30 minutes apart.*closest are 60"),
])  # fmt: skip
def test_a_forecast_of_another_interval_is_refused(freq, words):
    table = forecast().assign(start=pd.date_range(START, periods=len(VOLUME), freq=freq))
    with pytest.raises(BadInput, match=words):
        requirement.size(table, plan(queue()))


def test_a_chance_over_a_certain_volume_is_refused():
    table = forecast().assign(**dict.fromkeys(frames.BANDS, VOLUME))
    with pytest.raises(BadInput, match="quantiles of the forecast are all alike"):
        requirement.size(table, plan(queue(chance=0.9)))


@pytest.mark.parametrize(("days", "weeks"), [
    (7, 1.0), (10, 10 / 7), (5, 1.0), (12, 2.0), (14, 2.0), (3, 1.0),
])  # fmt: skip
def test_full_time_equivalents_are_those_of_a_week(days, weeks):
    start = pd.date_range("2026-03-02", periods=48 * days, freq="30min", tz="UTC")
    table = forecast(np.full(len(start), 60.0)).assign(start=start)
    sized = requirement.size(table, Scenario("test", "UTC", (queue(),)))
    effort = sized.effort()
    assert effort.fte == pytest.approx(effort.scheduled_hours / weeks / 40, rel=CLOSE)


@pytest.mark.parametrize(("field", "value"), [
    ("target", 0.8), ("call_back", 60), ("outreach", {"p": 1}), ("tiers", ({"name": "a"},)),
])  # fmt: skip
def test_a_choice_of_the_wrong_kind_is_refused_by_name(field, value):
    with pytest.raises(BadInput, match=field):
        queue(**{field: value})
