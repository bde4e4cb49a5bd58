"""The default model on real centres: better than the baselines, near what noise allows."""

import pandas as pd
import pytest

from forecasts import backtest, classify, forecast
from tests.forecasts.histories import bank, real, table

MODELS = ["profile", "weekday_mean", "seasonal_naive"]


def overall(board):
    return board.frame[board.frame["lead"] == "all"].set_index(["queue", "model"])


def test_the_bank_is_forecast_better_than_by_its_last_four_weeks():
    board = backtest(bank(), models=MODELS, origins=6, horizon=14 * 48, freq="30min",
                     holidays="US")  # fmt: skip
    found = overall(board).loc["bank"]
    assert board.champion == {"bank": "profile"}
    assert found.loc["profile", "wape"] < 0.85 * found.loc["weekday_mean", "wape"]
    assert 0.7 < found.loc["profile", "coverage80"] < 0.9


def test_the_bank_is_closed_at_night_and_on_weekends_and_six_days_are_missing():
    found = classify(bank(), "30min")
    by_day = found.groupby(found["start"].dt.date)["status"].agg(set)
    lost = [str(day) for day, statuses in by_day.items() if "missing" in statuses]
    assert lost == ["2003-04-04", "2003-04-07", "2003-05-26", "2003-07-04", "2003-09-01",
                    "2003-10-14"]  # fmt: skip
    open_hours = found.loc[found["status"] == "open", "start"]
    assert set(open_hours.dt.day_of_week) == {0, 1, 2, 3, 4}
    assert set(open_hours.dt.hour) == set(range(7, 21))


def test_ambulance_dispatch_is_forecast_close_to_the_noise_floor():
    raw = pd.read_csv(real("emergency_ems_30min.csv.gz"), parse_dates=["timestamp"])
    history = table("ems", raw["timestamp"], raw["contacts"], "America/New_York")
    board = backtest(history, models=MODELS, origins=4, horizon=14 * 48, freq="30min")
    found = overall(board).loc["ems"]
    assert board.champion == {"ems": "profile"}
    # The counts are almost exactly Poisson once the rate is known.
    assert found.loc["profile", "wape"] < 1.1 * found.loc["profile", "noise_floor"]


def test_calls_of_one_month_by_type_can_be_forecast():
    raw = pd.read_csv(real("israel_bank_1999_jan_call_level.csv.gz"), parse_dates=["timestamp"])
    raw = raw[raw["outcome"] != "PHANTOM"]
    raw = raw.assign(
        start=raw["timestamp"].dt.floor("30min").dt.tz_localize("Asia/Jerusalem"),
        served_s=raw["service_s"].where((raw["outcome"] == "AGENT") & (raw["service_s"] > 0)),
    )
    history = raw.groupby(["type", "start"]).agg(
        offered=("outcome", "size"), aht_s=("served_s", "mean"), answered=("served_s", "count")
    )
    history = history.reset_index().rename(columns={"type": "queue"})
    history = history[history["queue"].isin(["PS", "NE", "NW", "IN"])]
    found = forecast(history, 7 * 48, freq="30min")
    week = found.frame.groupby("queue")["volume"].sum()
    last = history[history["start"] >= "1999-01-25"].groupby("queue")["offered"].sum()
    assert (week / last).between(0.7, 1.4).all()
    mean_aht_s = found.frame.groupby("queue")["aht_s"].mean()
    assert mean_aht_s["NE"] > mean_aht_s["PS"] > mean_aht_s["NW"]


@pytest.mark.slow
def test_four_kinds_of_daily_and_hourly_centres_are_forecast_better_than_by_hand():
    county = pd.read_csv(real("county_voice_hourly.csv"), parse_dates=["timestamp"])
    hourly = table("county", county["timestamp"], county["contacts"], "America/Denver")
    boards = [backtest(hourly, models=MODELS, origins=24, horizon=28 * 24, freq="h",
                       holidays="US-NM")]  # fmt: skip
    for name, column, zone in (
        ("vancouver_311_daily.csv", "offered", "America/Vancouver"),
        ("bookings_voice_daily.csv", "contacts", "UTC"),
        ("ambulance_regions_daily.csv", "Trust", "Europe/London"),
    ):
        raw = pd.read_csv(real(name), parse_dates=["date"])
        daily = table(column, raw["date"], raw[column], zone)
        boards.append(backtest(daily, models=MODELS, origins=30, horizon=28, freq="D"))
    for board in boards:
        wape = overall(board)["wape"].droplevel("queue")
        assert wape["profile"] < wape["weekday_mean"]
        assert wape["profile"] < wape["seasonal_naive"]
