import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, contact_types
from tests.forecasts.given import frame
from tests.forecasts.histories import real

EXACT = 1e-9
CREDIBLE = 0.01  # 100 contacts of prior weight against tens of thousands


def typed(times, *, handled=400.0, days=20, slow_evening=1.0, freq="h"):
    """Rows of several types with given handle times, longer from 18:00 by a factor."""
    start = pd.date_range("2026-01-05", periods=24 * days, freq=freq, tz="UTC")
    parts = [
        pd.DataFrame({"queue": "voice", "type": name, "start": start, "handled": handled,
                      "aht_s": seconds * np.where(start.hour >= 18, slow_evening, 1.0)})
        for name, seconds in times.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def mixed(shares, **more):
    rows = [{"queue": "voice", "type": name, "share": share} for name, share in shares.items()]
    return pd.DataFrame(rows).assign(**more)


TIMES = {"order": 200.0, "fault": 600.0}


def test_each_type_has_its_own_time_and_the_mix_decides():
    times = contact_types.learn(typed(TIMES), freq="h")
    usual = frame([100.0] * 24, freq="h")
    plain = contact_types.apply(usual, times)["aht_s"]
    assert plain.to_numpy() == pytest.approx(np.full(24, 400.0), rel=CREDIBLE)
    faults = contact_types.apply(usual, times, mix=mixed({"order": 0.1, "fault": 0.9}))["aht_s"]
    assert faults.to_numpy() == pytest.approx(np.full(24, 560.0), rel=CREDIBLE)


def test_a_slow_evening_is_learned_for_all_types():
    times = contact_types.learn(typed(TIMES, slow_evening=1.3), freq="h")["voice"]
    assert times.aht_s[:, 20] / times.aht_s[:, 12] == pytest.approx([1.3, 1.3], rel=0.02)


def test_a_type_seen_five_times_stays_near_the_queues_mean():
    table = pd.concat([typed({"order": 200.0}),
                       typed({"odd": 2000.0}, handled=5.0).iloc[:1]])  # fmt: skip
    times = contact_types.learn(table, freq="h")["voice"]
    odd = times.mean_s[times.types.index("odd")]
    weight = times.contacts[times.types.index("odd")]
    mean = (times.contacts[0] * 200 + weight * 2000) / times.contacts.sum()
    assert odd == pytest.approx((weight * 2000 + 100 * mean) / (weight + 100), rel=EXACT)
    assert odd < 300


def test_the_usual_mix_of_an_hour_with_few_contacts_stays_near_the_queues_mix():
    table = typed(TIMES, handled=4.0, days=1)
    table.loc[(table["type"] == "fault") & (table["start"].dt.hour == 3), "handled"] = 0.0
    times = contact_types.learn(table, freq="h")["voice"]
    fault = times.types.index("fault")
    mix = times.contacts[fault] / times.contacts.sum()
    assert times.share[fault, 3] == pytest.approx(100 * mix / 104, rel=EXACT)


def test_shares_always_sum_to_one_and_times_lie_between_the_types():
    rng = np.random.default_rng(0)
    table = typed({"a": 100.0, "b": 300.0, "c": 500.0})
    table["handled"] = rng.poisson(3, len(table)).astype(float)
    times = contact_types.learn(table, freq="h")["voice"]
    assert times.share.sum(axis=0) == pytest.approx(np.ones(24))
    found = contact_types.apply(frame([10.0] * 24, freq="h"), {"voice": times})["aht_s"]
    assert found.between(times.mean_s.min(), times.mean_s.max()).all()


def test_a_mix_for_the_day_keeps_the_types_of_the_evening_in_the_evening():
    table = typed(TIMES)
    late = table["start"].dt.hour >= 18
    table["handled"] = np.where(late == (table["type"] == "fault"), 900.0, 100.0)
    times = contact_types.learn(table, freq="h")
    usual = frame([100.0] * 24, freq="h")
    found = contact_types.apply(usual, times, mix=mixed({"order": 0.5, "fault": 0.5}))["aht_s"]
    assert found.mean() == pytest.approx(400.0, rel=CREDIBLE)
    assert found[20] > 1.5 * found[10]


def test_a_mix_for_an_interval_is_taken_as_it_is():
    times = contact_types.learn(typed(TIMES), freq="h")
    usual = frame([100.0] * 24, freq="h")
    mix = mixed({"order": 0.0, "fault": 1.0}, start=usual["start"][3])
    found = contact_types.apply(usual, times, mix=mix)["aht_s"]
    assert found[3] == pytest.approx(times["voice"].aht_s[1, 3], rel=EXACT)
    assert found[4] == pytest.approx(400.0, rel=CREDIBLE)


def test_a_type_that_vanishes_takes_its_time_with_it():
    times = contact_types.learn(typed(TIMES), freq="h")
    mix = mixed({"order": 1.0, "fault": 0.0})
    found = contact_types.apply(frame([100.0] * 24, freq="h"), times, mix=mix)["aht_s"]
    assert found.to_numpy() == pytest.approx(np.full(24, 200.0), rel=CREDIBLE)


def test_other_queues_keep_their_handle_time_and_the_frame_stays():
    usual = pd.concat([frame([1.0]), frame([1.0], queue="chat")], ignore_index=True)
    before = usual.copy(deep=True)
    found = contact_types.apply(usual, contact_types.learn(typed(TIMES), freq="h"))
    assert found["aht_s"][1] == 240.0
    assert usual.equals(before)


def test_the_banks_workload_is_known_better_with_its_mix_of_types():
    raw = pd.read_csv(real("israel_bank_1999_jan_call_level.csv.gz"), parse_dates=["timestamp"])
    raw = raw[(raw["outcome"] == "AGENT") & (raw["service_s"] > 0)]
    raw = raw[raw["type"].isin(["PS", "NW", "NE", "IN", "TT"])]
    raw["start"] = raw["timestamp"].dt.floor("30min").dt.tz_localize("Asia/Jerusalem")
    table = raw.groupby(["type", "start"]).agg(handled=("service_s", "size"),
                                               aht_s=("service_s", "mean"))  # fmt: skip
    table = table.reset_index().assign(queue="bank")
    cut = pd.Timestamp("1999-01-24", tz="Asia/Jerusalem")
    past, week = table[table["start"] < cut], table[table["start"] >= cut]
    times = contact_types.learn(past, freq="30min")
    came = week.assign(seconds=week["handled"] * week["aht_s"])
    came = came.groupby("start")[["handled", "seconds"]].sum().reset_index()
    usual = pd.DataFrame({"queue": "bank", "start": came["start"], "dispersion": 0.0,
                          "volume": came["handled"].astype(float)})  # fmt: skip
    share = week["handled"] / week.groupby("start")["handled"].transform("sum")
    mix = week.assign(share=share)[["queue", "type", "start", "share"]]
    flat = (past["handled"] * past["aht_s"]).sum() / past["handled"].sum()

    def error(aht_s):
        return np.abs(came["seconds"] - came["handled"] * aht_s).sum() / came["seconds"].sum()

    given = error(contact_types.apply(usual, times, mix=mix)["aht_s"])
    assert given < 0.9 * error(flat)
    assert given < error(contact_types.apply(usual, times)["aht_s"]) < error(flat)


@pytest.mark.parametrize(("changed", "said"), [
    ({"aht_s": -1.0}, "negative, missing or infinite aht_s"),
    ({"aht_s": 0.0}, "aht_s 0 with contacts"),
    ({"handled": np.inf}, "infinite handled"),
    ({"type": None}, "no queue, type or start"),
    ({"start": pd.Timestamp("2026-01-05")}, "timezone-aware"),
    ({"start": pd.Timestamp("2026-01-05", tz="UTC")}, "repeat a queue, type and start"),
    ({"aht_s": np.nan}, "no handle time of queue"),
])  # fmt: skip
def test_a_bad_history_is_refused(changed, said):
    with pytest.raises(BadInput) as refused:
        contact_types.learn(typed(TIMES, days=1).assign(**changed), freq="h")
    assert said in str(refused.value)


@pytest.mark.parametrize(("mix", "said"), [
    (mixed({"order": 0.5, "fault": 0.4}), "sum to 0.9"),
    (mixed({"order": 0.5, "rumour": 0.5}), "first: 'rumour'"),
    (mixed({"order": 1.5, "fault": -0.5}), "negative"),
    (pd.concat([mixed({"order": 0.5}), mixed({"order": 0.5})]), "repeat a type"),
    (mixed({"order": 1.0}).drop(columns="share"), "missing columns ['share']"),
])  # fmt: skip
def test_a_bad_mix_is_refused(mix, said):
    times = contact_types.learn(typed(TIMES, days=2), freq="h")
    with pytest.raises(BadInput) as refused:
        contact_types.apply(frame([1.0]), times, mix=mix)
    assert said in str(refused.value)
