"""Other libraries' models; those that are not installed are skipped, their absence is tested."""

import importlib.util

import numpy as np
import pytest

from forecasts import BadInput, backtest, forecast, models
from tests.forecasts.histories import daily, intraday

NAMES = sorted(models.LIBRARIES)
LIBRARY = {name: "mlforecast" if "mlforecast" in name else "statsforecast" for name in NAMES}


def installed(name):
    return importlib.util.find_spec(LIBRARY[name]) is not None


def only_if_installed(name):
    if not installed(name):
        pytest.skip(f"{LIBRARY[name]} is not installed (extra 'rivals')")


@pytest.mark.parametrize("name", NAMES)
def test_an_absent_library_is_named_with_what_to_do(name):
    if installed(name):
        pytest.skip(f"{LIBRARY[name]} is installed")
    with pytest.raises(BadInput, match=rf"{name}.*needs the library .*constraints-rivals"):
        forecast(daily(), 7, freq="D", model=name)


@pytest.mark.parametrize("name", NAMES)
def test_a_librarys_model_forecasts_open_intervals_alone(name):
    only_if_installed(name)
    found = forecast(intraday(days=70), 7 * 48, freq="30min", model=name).frame
    hour = found["start"].dt.hour
    is_open = (hour >= 8) & (hour < 20)
    assert (found.loc[~is_open, "volume"] == 0).all()
    assert (found.loc[is_open, "volume"] > 0).all()
    assert np.isfinite(found.drop(columns=["queue", "start", "aht_s"]).to_numpy()).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_librarys_model_is_ranked_beside_ours(name):
    only_if_installed(name)
    board = backtest(daily(days=120), models=["auto", name], origins=2, horizon=14, freq="D")
    overall = board.frame[board.frame["lead"] == "all"].set_index("model")
    assert set(overall.index) == {"profile", name, "weekday_mean", "seasonal_naive"}
    # Poisson days of 400 to 1,200 contacts: nobody sensible is off by a quarter.
    assert overall.loc[name, "wape"] < 0.25
    assert abs(overall.loc[name, "bias"]) < 0.1
