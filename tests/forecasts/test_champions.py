import numpy as np
import pandas as pd

from forecasts import champions, coverage, forecast, models
from forecasts.history import check
from forecasts.past import split
from tests.forecasts.histories import daily, intraday

CALENDAR = models.Calendar(pd.Series([], index=pd.Index([], dtype=np.int64), dtype=object), None)


def swapped(weeks=5, **given):
    """A queue whose working days and weekends changed places some weeks ago."""
    table = daily(**({"days": 364, "a_day": 2000} | given))
    since = table["start"] >= table["start"].max() - pd.Timedelta(weeks=weeks)
    quiet = table["start"].dt.day_of_week >= 5
    table.loc[since, "offered"] *= np.where(quiet[since], 3.0, 0.4)
    table["offered"] = table["offered"].round()
    return table


def test_a_queue_that_changed_its_week_is_forecast_by_the_last_weeks():
    result = forecast(swapped(weeks=7), 28, freq="D")
    assert result.model["voice"] in {"weekday_mean", "seasonal_naive"}
    assert any(f"forecast by '{result.model['voice']}'" in note for note in result.notes)
    board = result.leaderboard
    assert board["champion"].tolist() == [True, False, False, False]
    assert set(board["model"]) == set(models.MODELS)
    assert board["wape"].iloc[0] < 0.95 * board.set_index("model").loc["profile", "wape"]


def test_the_champion_is_what_is_scored():
    result = forecast(swapped(weeks=7), 28, freq="D")
    assert result.score["model"].tolist() == [result.model["voice"]]


def test_a_usual_queue_is_not_contested():
    for table, freq in ((intraday(days=84), "30min"), (daily(days=364), "D")):
        result = forecast(table, 7, freq=freq)
        assert result.model == {"voice": "profile"}
        assert len(result.leaderboard) == 0
        assert "champion" in result.leaderboard


def test_a_model_asked_for_by_name_is_not_replaced():
    assert forecast(swapped(weeks=7), 28, freq="D", model="profile").model == {"voice": "profile"}


def test_chance_makes_no_champion():
    switched = 0
    for seed in range(12):
        [past] = split(table := daily(days=140, a_day=60, seed=seed), check(table, "D"))
        found = champions.contest(past, coverage.cover(past), CALENDAR)
        switched += found.champion.name != "profile"
    assert switched <= 1


def test_a_short_past_tells_nothing():
    table = daily(days=40)
    [past] = split(table, check(table, "D"))
    assert champions.contest(past, coverage.cover(past), CALENDAR) is None


def test_the_board_counts_errors_by_hand():
    table = daily(days=140, seed=3)
    [past] = split(table, check(table, "D"))
    found = champions.contest(past, coverage.cover(past), CALENDAR).board.set_index("model")
    counts, wrong, came = table["offered"].to_numpy(), 0.0, 0.0
    for origin in range(4):
        end = 140 - 14 - 7 * origin
        for lead in range(14):
            wrong += abs(counts[end + lead] - counts[end - 7 + lead % 7])
            came += counts[end + lead]
    assert abs(found.loc["seasonal_naive", "wape"] - wrong / came) < 1e-12
