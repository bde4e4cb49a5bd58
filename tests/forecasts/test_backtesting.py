import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, accuracy, backtest, backtesting, calendars, clock, forecast
from forecasts.past import split
from tests.forecasts.histories import daily, intraday

MODELS = ["profile", "weekday_mean", "seasonal_naive"]


def test_every_queue_model_and_lead_has_a_row():
    table = pd.concat([daily(queue="a", days=120), daily(queue="b", days=120, seed=1)])
    board = backtest(table, models=MODELS, origins=2, horizon=28, freq="D").frame
    assert len(board) == 2 * 3 * 5
    assert set(board["lead"]) == {"1", "2-7", "8-14", "15-28", "all"}
    assert list(board["queue"].unique()) == ["a", "b"]
    parts = board[board["lead"] != "all"].groupby(["queue", "model"])["intervals"].sum()
    assert (parts == 2 * 28).all()


def test_one_origin_equals_a_forecast_made_by_hand():
    table = intraday(days=70).assign(aht_s=200.0)
    origin = pd.Timestamp("2026-03-02", tz="UTC")
    board = backtest(table, models=["profile"], origins=pd.DatetimeIndex(["2026-03-02"]),
                     horizon=7 * 48, freq="30min").frame  # fmt: skip
    known = table[table["start"] < origin]
    # The last known row is 19:30; the eve's closed intervals come first.
    found = forecast(known, 8 + 7 * 48, freq="30min").frame
    both = found.merge(table[["start", "offered"]], on="start")
    overall = board[board["lead"] == "all"].iloc[0]
    assert overall["wape"] == pytest.approx(accuracy.wape(both["offered"], both["volume"]))
    assert overall["bias"] == pytest.approx(accuracy.bias(both["offered"], both["volume"]))


def test_the_default_model_beats_the_baselines_on_noisy_counts():
    board = backtest(intraday(days=84, a_day=300), models=MODELS, origins=3, horizon=14 * 48,
                     freq="30min")  # fmt: skip
    assert board.champion == {"voice": "profile"}
    overall = board.frame[board.frame["lead"] == "all"].set_index("model")
    assert overall.loc["profile", "wape"] < 1.1 * overall.loc["profile", "noise_floor"]
    assert (overall["pinball"] > 0).all()
    assert overall.index.tolist() == overall["wape"].sort_values().index.tolist()


def test_later_rows_do_not_change_an_origins_errors():
    whole = daily(days=140)
    origin = pd.DatetimeIndex(["2026-03-30"])
    full = backtest(whole, origins=origin, horizon=14, freq="D").frame
    cut = backtest(whole.iloc[: 84 + 14], origins=origin, horizon=14, freq="D").frame
    pd.testing.assert_frame_equal(full, cut)


@pytest.mark.parametrize("name", MODELS)
def test_what_comes_later_does_not_change_what_is_forecast(name):
    table = intraday(days=70)
    cut = pd.Timestamp("2026-02-23", tz="UTC")
    changed = table.assign(offered=table["offered"].where(table["start"] < cut, 7.0))
    found = []
    for history in (table, changed):
        [past] = split(history, clock.interval_of("30min"))
        origin = int(clock.day_numbers(pd.DatetimeIndex([cut]))[0])
        work = backtesting.Replay(
            past, (name,), origin, 48, calendars.resolve(None, 0, 1), None, None,
            past.offered, np.zeros(past.offered.shape),
        )  # fmt: skip
        found.append(backtesting.replay(work))
    columns = ["volume", "p2_5", "p10", "p50", "p90", "p97_5"]
    assert (found[0]["actual"] != found[1]["actual"]).any()
    pd.testing.assert_frame_equal(found[0][columns], found[1][columns])


def test_missing_intervals_are_not_judged():
    table = daily(days=84)
    board = backtest(table.drop(index=80), models=["profile"], origins=1, horizon=7, freq="D")
    overall = board.frame[board.frame["lead"] == "all"].iloc[0]
    assert overall["intervals"] == 6


def test_a_queue_without_contacts_has_no_champion():
    table = daily(days=84).assign(offered=0.0)
    board = backtest(table, models=MODELS, origins=1, horizon=7, freq="D")
    assert board.champion == {"voice": None}
    assert board.frame["wape"].isna().all()


def test_map_gets_one_item_for_each_queue_and_origin():
    sizes = []

    def count(run, work):
        sizes.append(len(work))
        return [run(item) for item in work]

    table = pd.concat([daily(queue="a"), daily(queue="b")])
    backtest(table, models=["seasonal_naive"], origins=3, horizon=7, freq="D", map=count)
    assert sizes == [6]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"origins": 0}, "expected a number >= 1"),
        ({"origins": True}, "expected a number >= 1"),
        ({"origins": 99}, "enough for 10 origins"),
        ({"horizon": 71}, "84 days, too few for one origin: 14 to learn from and 71"),
        ({"origins": pd.DatetimeIndex(["2020-01-01"])}, "1 of 1 dates are outside"),
        ({"origins": pd.DatetimeIndex([])}, "0 of 0 dates"),
        ({"horizon": 0}, "horizon"),
        ({"models": []}, "expected a list of names"),
        ({"models": "profile"}, "expected a list of names"),
        ({"models": ["prophet"]}, "got 'prophet'"),
    ],
)
def test_what_cannot_be_replayed_is_refused(given, what):
    usual = {"models": ["seasonal_naive"], "origins": 2, "horizon": 7, "freq": "D"}
    with pytest.raises(BadInput, match=what):
        backtest(daily(days=84), **(usual | given))


def silenced(table, day, *, days=5):
    begun = pd.Timestamp(day, tz="UTC")
    inside = (table["start"] >= begun) & (table["start"] < begun + pd.Timedelta(days=days))
    return table.assign(offered=table["offered"].where(~inside, 0.0)), inside


def test_zeros_that_a_fault_wrote_are_no_error_of_the_forecast():
    table = intraday(days=84, a_day=3000)
    last_week = table["start"].iloc[-1].normalize() - pd.Timedelta(days=6)
    broken, inside = silenced(table, last_week.tz_localize(None))
    origins = pd.DatetimeIndex([last_week.tz_localize(None)])
    asked = {"models": ["profile"], "origins": origins, "horizon": 7 * 48, "freq": "30min"}
    whole, faulty = backtest(table, **asked), backtest(broken, **asked)
    row = faulty.frame[faulty.frame["lead"] == "all"].iloc[0]
    assert row["wape"] < 1.5 * whole.frame[whole.frame["lead"] == "all"].iloc[0]["wape"]
    (note,) = faulty.notes
    assert f"{int((inside & (table['offered'] > 0)).sum())} intervals" in note
    assert whole.notes == ()
    score = forecast(broken, 48, freq="30min").score.iloc[0]
    assert score["wape"] < 1.5 * forecast(table, 48, freq="30min").score.iloc[0]["wape"]


def test_a_spike_that_came_is_an_error_of_the_forecast():
    table = intraday(days=84, a_day=3000)
    at = len(table) - 30
    spiked = table.assign(offered=table["offered"].where(table.index != at, 5000.0))
    asked = {"models": ["profile"], "origins": 1, "horizon": 7 * 48, "freq": "30min"}
    plain, wild = (
        backtest(given, **asked).frame.query("model == 'profile' and lead == 'all'")["wape"].item()
        for given in (table, spiked)
    )
    assert wild > plain + 0.1


def test_coverage_of_poisson_counts_is_nominal():
    board = backtest(daily(days=200, a_day=500), models=["profile"], origins=12, horizon=7,
                     freq="D").frame  # fmt: skip
    overall = board[board["lead"] == "all"].iloc[0]
    # 84 days: two standard errors of a share of 0.8 are 0.09.
    assert overall["coverage80"] == pytest.approx(0.8, abs=0.12)
    assert overall["coverage95"] >= 0.88


def test_the_repeated_hour_is_judged_once_for_each_interval():
    start = pd.date_range("2026-09-14", periods=48 * 60, freq="30min", tz="America/New_York")
    table = pd.DataFrame({"queue": "q", "start": start, "offered": np.full(len(start), 40.0)})
    board = backtest(table, models=["seasonal_naive"], origins=pd.DatetimeIndex(["2026-10-30"]),
                     horizon=5 * 48, freq="30min").frame  # fmt: skip
    assert (board.loc[board["lead"] == "all", "wape"] < 1e-9).all()


def test_the_simple_models_are_in_every_table():
    board = backtest(daily(days=90), models=["profile"], origins=2, horizon=14, freq="D")
    assert set(board.frame["model"]) == set(MODELS)


def test_xs_is_near_one_where_only_chance_is_left_and_undefined_for_whole_days():
    board = backtest(intraday(days=140, a_day=3000), origins=4, horizon=14 * 48, freq="30min")
    overall = board.frame[board.frame["lead"] == "all"].set_index("model")
    # The oracle knows each day's Poisson total, which no forecast can: 24 intervals share it.
    assert 0.97 < overall.loc["profile", "xs"] < 1.12
    assert overall.loc["profile", "xs"] < overall.loc["seasonal_naive", "xs"]
    whole = backtest(daily(days=90), origins=2, horizon=14, freq="D").frame
    assert whole["xs"].isna().all()


def test_mase_of_the_seasonal_naive_model_is_about_one():
    board = backtest(daily(days=200), origins=10, horizon=7, freq="D").frame
    overall = board[board["lead"] == "all"].set_index("model")
    # Its error a week ahead is the unit; 70 days of Poisson counts scatter by about a tenth.
    assert overall.loc["seasonal_naive", "mase"] == pytest.approx(1.0, abs=0.3)
    assert overall.loc["profile", "mase"] < overall.loc["seasonal_naive", "mase"]
