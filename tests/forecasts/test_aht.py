import numpy as np
import pytest

from forecasts import aht, clock, forecast
from forecasts.past import split
from tests.forecasts.histories import intraday

HALF_HOUR = clock.interval_of("30min")
CREDIBLE = 0.02  # 100 contacts of prior weight against thousands


def expected(table):
    [past] = split(table, HALF_HOUR)
    return aht.expected(past)


def test_a_constant_handle_time_stays():
    found = expected(intraday().assign(aht_s=240.0))
    assert found == pytest.approx(np.full((7, 48), 240.0))


def test_the_mean_is_weighted_by_contacts():
    table = intraday(days=28)
    busy = table["offered"] > table["offered"].median()
    table["aht_s"] = np.where(busy, 300.0, 100.0)
    [past] = split(table, HALF_HOUR)
    weight = past.handled * (0.5 ** ((past.days[-1] - past.days) / aht.HALF_LIFE))[:, None]
    mean = (np.nan_to_num(past.aht_s) * weight).sum() / weight.sum()
    assert mean > 1.15 * table["aht_s"].mean()
    week = np.zeros((7, 48))
    np.add.at(week, past.weekday, weight)
    assert (expected(table) * week).sum() / week.sum() == pytest.approx(mean, rel=CREDIBLE)


def test_a_slow_evening_is_learned_and_a_single_odd_contact_is_not():
    table = intraday(a_day=4000).assign(aht_s=200.0)
    table.loc[table["start"].dt.hour >= 18, "aht_s"] = 260.0
    found = expected(table)
    assert found[0, 38] / found[0, 24] == pytest.approx(1.3, rel=CREDIBLE)
    odd = intraday(a_day=4000).assign(aht_s=200.0)
    odd.loc[0, ["offered", "aht_s"]] = 1.0, 5000.0
    assert expected(odd).max() < 202


def test_unknown_handle_times_are_left_out():
    table = intraday(seed=3).assign(aht_s=180.0)
    table.loc[table["offered"] == 0, "aht_s"] = np.nan
    table.loc[::5, "aht_s"] = np.nan
    assert expected(table) == pytest.approx(np.full((7, 48), 180.0))


def test_answered_contacts_weigh_where_they_are_known():
    table = intraday().assign(aht_s=100.0, answered=0.0)
    late = table["start"].dt.hour >= 14
    table.loc[late, "answered"] = table.loc[late, "offered"]
    table.loc[late, "aht_s"] = 300.0
    assert expected(table) == pytest.approx(np.full((7, 48), 300.0))


@pytest.mark.parametrize("column", [False, True])
def test_no_known_handle_time_gives_nan(column):
    table = intraday()
    if column:
        table["aht_s"] = np.nan
    assert forecast(table, 96, freq="30min").frame["aht_s"].isna().all()
