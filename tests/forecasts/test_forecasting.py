import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import BadInput, forecast
from tests.forecasts.histories import WEEK, daily, intraday, rates

QUANTILES = ["p2_5", "p10", "p50", "p90", "p97_5"]
COLUMNS = ["queue", "start", "volume", "aht_s", *QUANTILES]
WEEK_OF_HALF_HOURS = 7 * 48


def sound(frame):
    numbers = frame[["volume", *QUANTILES]].to_numpy()
    assert np.isfinite(numbers).all()
    assert (numbers >= 0).all()
    assert (np.diff(frame[QUANTILES].to_numpy(), axis=1) >= 0).all()
    assert (frame.loc[frame["volume"] == 0, QUANTILES] == 0).all(axis=None)


def test_the_true_rates_are_recovered():
    table = intraday(a_day=20_000, days=70)
    found = forecast(table, WEEK_OF_HALF_HOURS, freq="30min").frame
    truth = rates(pd.DatetimeIndex(found["start"]), 20_000)
    # The forecast rests on 70 days: its own error is small beside one day's Poisson noise (5 %).
    assert np.abs(found["volume"] - truth).sum() / truth.sum() < 0.015


def test_the_columns_are_the_contract_and_the_history_is_untouched():
    table = intraday().assign(aht_s=200.0)
    before = table.copy(deep=True)
    result = forecast(table, 96, freq="30min")
    assert list(result.frame.columns) == COLUMNS
    assert result.model == {"voice": "profile"}
    assert result.frame["start"].dtype == table["start"].dtype
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("first", "tz"),
    [("2026-02-02", "America/New_York"), ("2026-09-28", "America/New_York"),
     ("2026-02-02", "Asia/Kolkata"), ("2026-02-02", "Australia/Lord_Howe"),
     ("2026-02-02", "UTC")],
)  # fmt: skip
@pytest.mark.parametrize(("freq", "tail"), [("30min", WEEK_OF_HALF_HOURS), ("D", 14)])
def test_the_horizon_is_every_interval_after_the_last_start(first, tz, freq, tail):
    make = daily if freq == "D" else intraday
    table = make(first=first, tz=tz, days=33)
    found = forecast(table, tail, freq=freq).frame
    if freq == "D":
        midnight = table["start"].iloc[-1]
        wanted = [midnight + pd.DateOffset(days=n) for n in range(1, tail + 1)]
    else:
        wanted = list(pd.date_range(table["start"].iloc[-1], periods=tail + 1, freq=freq)[1:])
    assert found["start"].tolist() == wanted
    sound(found)


@pytest.mark.parametrize("first", ["2026-02-02", "2026-09-28"])
def test_opening_follows_the_wall_clock_over_a_clock_change(first):
    table = intraday(first=first, tz="America/New_York", days=33, a_day=3000)
    found = forecast(table, WEEK_OF_HALF_HOURS, freq="30min").frame
    assert found["start"].dt.strftime("%z").nunique() == 2
    busy = found.loc[found["volume"] > 0, "start"]
    assert (busy.dt.hour.min(), busy.dt.hour.max()) == (8, 19)


def test_a_day_of_25_hours_has_its_repeated_hour_twice():
    start = pd.date_range("2026-09-28", periods=48 * 33, freq="30min", tz="America/New_York")
    offered = np.random.default_rng(0).poisson(50, len(start))
    table = pd.DataFrame({"queue": "night", "start": start, "offered": offered})
    found = forecast(table, 48 * 3, freq="30min").frame
    change = found[found["start"].dt.strftime("%Y-%m-%d") == "2026-11-01"]
    assert len(change) == 50
    assert change["volume"].sum() == pytest.approx(50 * 50, rel=0.05)


@pytest.mark.parametrize("tz", ["Asia/Kolkata", "Asia/Kathmandu"])
def test_half_hour_zones_keep_their_opening_hours(tz):
    found = forecast(intraday(tz=tz, freq="h"), 7 * 24, freq="h").frame
    busy = found.loc[found["volume"] > 0, "start"]
    assert (busy.dt.hour.min(), busy.dt.hour.max()) == (8, 19)


def test_the_score_does_not_see_what_it_is_judged_on():
    table = intraday(days=70)
    honest = forecast(table, 48, freq="30min").score.iloc[0]
    held = table["start"] >= pd.Timestamp(honest["first"], tz="UTC")
    doubled = table.assign(offered=table["offered"].where(~held, 3 * table["offered"]))
    fooled = forecast(doubled, 48, freq="30min").score.iloc[0]
    forecast_sum = (1 + honest["bias"]) * table.loc[held, "offered"].sum()
    assert (1 + fooled["bias"]) * doubled.loc[held, "offered"].sum() == pytest.approx(forecast_sum)


def test_the_score_of_poisson_counts_is_near_the_noise_floor():
    score = forecast(intraday(days=84, a_day=3000), 48, freq="30min").score.iloc[0]
    assert score["noise_floor"] < score["wape"] < 1.15 * score["noise_floor"]
    assert score["wape"] < score["seasonal_naive"]
    assert abs(score["bias"]) < 0.03
    # 336 intervals of Poisson counts: four standard errors of a share are 0.09 and 0.05.
    assert 0.75 < score["coverage80"] < 0.95
    assert 0.90 < score["coverage95"] <= 1.0


def test_the_score_is_undefined_where_it_would_be_seen_from_a_closure():
    table = daily(days=120)
    table.loc[table.index[85:110], "offered"] = 0.0
    assert np.isnan(forecast(table, 7, freq="D").score["wape"].item())
    table.loc[table.index[95:110], "offered"] = daily(days=120)["offered"].iloc[95:110]
    assert forecast(table, 7, freq="D").score["wape"].item() < 0.2


def test_the_score_is_undefined_when_nothing_can_be_held_back():
    score = forecast(intraday(days=20), 48, freq="30min").score.iloc[0]
    assert np.isnan(score["wape"])
    assert pd.isna(score["first"])


def test_queues_do_not_depend_on_each_other_or_on_their_order():
    a, b = intraday(queue="a"), intraday(queue="b", seed=1, a_day=90)
    both = forecast(pd.concat([a, b]), 96, freq="30min")
    swapped = forecast(pd.concat([b, a]), 96, freq="30min")
    assert list(both.frame["queue"].unique()) == ["a", "b"]
    for name, alone in (("a", a), ("b", b)):
        single = forecast(alone, 96, freq="30min").frame
        for result in (both, swapped):
            own = result.frame[result.frame["queue"] == name].reset_index(drop=True)
            pd.testing.assert_frame_equal(own, single)


def test_interleaved_rows_give_the_same_forecast():
    both = pd.concat([intraday(queue="a"), intraday(queue="b", seed=1)])
    mixed = both.sort_values(["start", "queue"])
    pd.testing.assert_frame_equal(
        forecast(both, 96, freq="30min").frame, forecast(mixed, 96, freq="30min").frame
    )


def test_each_queue_goes_on_from_its_own_last_start():
    a, b = intraday(queue="a"), intraday(queue="b", days=40)
    found = forecast(pd.concat([a, b]), 10, freq="30min").frame
    firsts = found.groupby("queue")["start"].min()
    assert firsts["a"] == a["start"].iloc[-1] + pd.Timedelta(minutes=30)
    assert firsts["b"] == b["start"].iloc[-1] + pd.Timedelta(minutes=30)


@pytest.mark.parametrize("factor", [10, 0.1])
def test_scaling_busy_counts_scales_the_forecast(factor):
    table = intraday(a_day=50_000)
    table["offered"] = (table["offered"] / 10).round() * 10
    usual = forecast(table, WEEK_OF_HALF_HOURS, freq="30min").frame["volume"]
    scaled = forecast(table.assign(offered=table["offered"] * factor), WEEK_OF_HALF_HOURS,
                      freq="30min").frame["volume"]  # fmt: skip
    # Not exactly: how much is believed depends on how many contacts there were.
    assert np.abs(scaled / factor - usual).sum() / usual.sum() < 0.01


def test_work_items_and_results_can_be_sent_to_another_process():
    sent = []

    def through_pickle(run, work):
        sent.extend(work)
        return [pickle.loads(pickle.dumps(run))(pickle.loads(pickle.dumps(w))) for w in work]

    table = pd.concat([intraday(queue="a"), intraday(queue="b")])
    there = forecast(table, 48, freq="30min", map=through_pickle)
    assert len(sent) == 2
    pd.testing.assert_frame_equal(there.frame, forecast(table, 48, freq="30min").frame)


def test_a_closed_holiday_is_forecast_closed_and_a_worked_one_open():
    holidays = pd.Series(
        ["shut", "busy", "shut", "busy"],
        index=pd.DatetimeIndex(["2026-01-20", "2026-01-28", "2026-03-04", "2026-03-05"]),
    )
    table = intraday(days=56)
    table = table[table["start"].dt.strftime("%m-%d") != "01-20"]
    found = forecast(table, 10 * 48, freq="30min", holidays=holidays).frame
    by_day = found.groupby(found["start"].dt.strftime("%m-%d"))["volume"].sum()
    assert by_day["03-04"] == 0
    assert by_day["03-05"] > 300


def test_an_event_lifts_its_days_once_it_has_been_seen():
    table = daily(days=140)
    mailed = table["start"].dt.strftime("%Y-%m-%d").isin(["2026-03-04", "2026-04-15"])
    table.loc[mailed, "offered"] *= 2
    events = pd.DataFrame({"start": ["2026-03-04", "2026-04-15", "2026-05-27"], "end": None,
                           "name": "mailing"})  # fmt: skip
    with_event = forecast(table, 7, freq="D", events=events).frame.set_index("start")["volume"]
    without = forecast(table, 7, freq="D").frame.set_index("start")["volume"]
    lift = (with_event / without).to_numpy()
    assert lift[2] == pytest.approx(2.0, rel=0.1)
    assert np.delete(lift, 2) == pytest.approx(np.ones(6), rel=0.05)


def test_given_hours_are_kept():
    hours = dict.fromkeys(range(5), ("09:00", "12:00"))
    found = forecast(intraday(), WEEK_OF_HALF_HOURS, freq="30min", hours=hours).frame
    busy = found.loc[found["volume"] > 0, "start"]
    assert len(busy) == 5 * 6
    assert set(busy.dt.hour) == {9, 10, 11}


def test_a_recording_outage_hardly_moves_the_forecast():
    table = intraday(days=56, a_day=2000, closed_rows=True)
    hit = table["start"].dt.strftime("%Y-%m-%d").isin(["2026-02-24", "2026-02-25"])
    out = table.assign(offered=table["offered"].where(~hit, 0.0))
    usual = forecast(table, 7 * 48, freq="30min").frame["volume"].sum()
    assert forecast(out, 7 * 48, freq="30min").frame["volume"].sum() == pytest.approx(
        usual, rel=0.03
    )


def test_a_history_that_ends_at_noon_goes_on_in_the_afternoon():
    table = intraday(days=63, a_day=5000)
    noon = pd.Timestamp("2026-03-04 12:00", tz="UTC")
    found = forecast(table[table["start"] < noon], 16, freq="30min").frame
    assert found["start"].iloc[0] == noon
    truth = rates(pd.DatetimeIndex(found["start"]), 5000)
    assert found["volume"].sum() == pytest.approx(truth.sum(), rel=0.05)


def test_a_queue_without_contacts_expects_none():
    table = intraday().assign(offered=0.0)
    found = forecast(table, 96, freq="30min").frame
    assert (found[["volume", *QUANTILES]] == 0).all(axis=None)


def test_queue_names_keep_their_type():
    table = pd.concat([intraday().assign(queue=7), intraday(seed=1).assign(queue=8)])
    assert forecast(table, 4, freq="30min").frame["queue"].tolist() == [7] * 4 + [8] * 4
    table["queue"] = table["queue"].astype(str).astype("category")
    assert forecast(table, 4, freq="30min").frame["queue"].dtype == table["queue"].dtype


@pytest.mark.parametrize("name", ["profile", "seasonal_naive", "weekday_mean"])
def test_the_model_asked_for_is_the_model_used(name):
    result = forecast(daily(), 7, freq="D", model=name)
    assert result.model == {"voice": name}
    assert result.score["model"].tolist() == [name]
    sound(result.frame)


@pytest.mark.parametrize("horizon", [0, -3, 2.5, True, None, "7", float("nan")])
def test_a_horizon_that_is_no_count_is_refused(horizon):
    with pytest.raises(BadInput, match="horizon: expected a whole number"):
        forecast(daily(), horizon, freq="D")


def test_an_endless_horizon_is_refused():
    with pytest.raises(BadInput, match="more than 1100 days"):
        forecast(daily(), 5000, freq="D")


@pytest.mark.parametrize(
    "given", [{"model": "prophet"}, {"holidays": "Atlantis"}, {"events": [1]}, {"hours": 5},
              {"freq": "W"}]
)  # fmt: skip
def test_bad_options_are_refused_before_any_work(given):
    with pytest.raises(BadInput):
        forecast(daily(), 7, **({"freq": "D"} | given))


@given(
    seed=st.integers(0, 10**6),
    days=st.integers(14, 40),
    a_day=st.floats(0.0, 300.0),
    lost=st.floats(0.0, 0.6),
    # Lord Howe's clock moves half an hour, so only half hours keep a wall-clock grid there.
    grid=st.sampled_from([("UTC", "2h"), ("America/New_York", "h"), ("Europe/Berlin", "30min"),
                          ("Asia/Kolkata", "h"), ("Australia/Lord_Howe", "30min")]),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_random_histories_give_sound_forecasts(seed, days, a_day, lost, grid):
    tz, freq = grid
    table = intraday(first="2026-03-23", days=days, freq=freq, tz=tz, a_day=a_day, seed=seed,
                     closed_rows=True)  # fmt: skip
    keep = np.random.default_rng(seed).random(len(table)) >= lost
    keep[[0, -1]] = True
    found = forecast(table[keep], 150, freq=freq).frame
    assert len(found) == 150
    sound(found)


@given(
    counts=st.lists(
        st.one_of(st.just(0.0), st.floats(0, 1e6), st.integers(0, 5)), min_size=14, max_size=60
    ),
    model=st.sampled_from(["profile", "seasonal_naive", "weekday_mean"]),
)
@settings(max_examples=60, deadline=None)
def test_any_daily_counts_give_sound_forecasts(counts, model):
    start = pd.date_range("2026-01-01", periods=len(counts), freq="D", tz="UTC")
    table = pd.DataFrame({"queue": "q", "start": start, "offered": np.array(counts, float)})
    sound(forecast(table, 30, freq="D", model=model).frame)


def test_importing_forecasts_does_not_import_pandas():
    code = "import sys, forecasts; assert 'pandas' not in sys.modules; forecasts.BadInput"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_weekday_factors_of_the_synthetic_week_are_found():
    found = forecast(daily(days=140, a_day=20_000), 7, freq="D").frame["volume"]
    assert found.to_numpy() == pytest.approx(20_000 * WEEK, rel=0.02)


def test_a_score_read_late_is_that_of_the_counts_as_they_were_and_survives_pickling():
    table = daily(days=84)
    at_once = forecast(table, 7, freq="D").score
    late = forecast(table, 7, freq="D")
    table["offered"] = 1.0
    pd.testing.assert_frame_equal(late.score, at_once)
    again = pickle.loads(pickle.dumps(late))
    pd.testing.assert_frame_equal(again.score, at_once)
    pd.testing.assert_frame_equal(again.frame, late.frame)
    assert again.notes == late.notes


def test_a_queue_that_ended_and_a_new_event_are_noted():
    old = daily(queue="old", days=60)
    events = pd.DataFrame({"start": ["2026-04-01"], "end": ["2026-04-03"], "name": ["fair"]})
    notes = forecast(pd.concat([old, daily(days=84)]), 14, freq="D", events=events).notes
    assert any("'old'" in note and "24 days before the newest row" in note for note in notes)
    assert any("'voice'" in note and "event 'fair' has no past" in note for note in notes)
