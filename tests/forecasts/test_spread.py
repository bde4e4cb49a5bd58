import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, frames, spread
from tests.forecasts.given import actuals, frame

READ_BACK = 0.1  # relative; bands are whole contacts, so their widths are a little coarse


@pytest.mark.parametrize("dispersion", [0.005, 0.02, 0.1, 0.5])
@pytest.mark.parametrize("mean", [40.0, 300.0])
def test_the_dispersion_is_read_back_from_the_bands(mean, dispersion):
    rng = np.random.default_rng(0)
    given = frame(mean * rng.uniform(0.5, 1.5, 48), dispersion=dispersion, shown=True)
    assert spread.implied(given) == pytest.approx(np.full(48, dispersion), rel=READ_BACK)


def test_poisson_bands_say_that_the_mean_is_certain():
    assert spread.implied(frame([50.0] * 48, shown=True)).max() < 0.001


def test_each_day_and_queue_has_its_own_dispersion():
    parts = [frame([200.0] * 24, freq="h", dispersion=0.01, shown=True),
             frame([200.0] * 24, freq="h", first="2026-03-03", dispersion=0.09, shown=True),
             frame([200.0] * 24, freq="h", queue="chat", dispersion=0.04, shown=True)]  # fmt: skip
    found = spread.implied(pd.concat(parts, ignore_index=True)).reshape(3, 24)
    assert found == pytest.approx(np.repeat([[0.01], [0.09], [0.04]], 24, axis=1), rel=READ_BACK)


def test_closed_intervals_have_no_dispersion():
    found = spread.implied(frame([0.0] * 4, shown=True))
    assert found.tolist() == [0.0] * 4


def test_a_stated_dispersion_is_taken_as_it_is():
    assert spread.implied(frame([5.0, 6.0], dispersion=[0.3, 0.1])).tolist() == [0.3, 0.1]


def test_the_callers_frame_stays():
    given = frame([5.0, 6.0], shown=True)
    before = given.copy(deep=True)
    spread.rebanded(given, np.array([10.0, 0.0]), np.zeros(2))
    pd.testing.assert_frame_equal(given, before)


def _with(**changed):
    return frame([5.0, 6.0]).assign(**changed)


@pytest.mark.parametrize(("given", "said"), [
    ("no frame", "got str"),
    (frame([5.0]).drop(columns="volume"), "missing columns ['volume']"),
    (frame([5.0], shown=True).drop(columns="p90"), "missing columns ['p90']"),
    (frame([5.0]).iloc[:0], "no rows"),
    (_with(volume=[1.0, -2.0]), "1 rows have negative, missing or infinite volume"),
    (_with(volume=[1.0, np.nan]), "queue 'voice', 2026-03-02 00:30"),
    (_with(volume=["a", "b"]), "must be numbers"),
    (_with(start=pd.Timestamp("2026-03-02", tz="UTC")), "repeat a queue and start"),
    (_with(start=pd.Timestamp("2026-03-02")), "timezone-aware"),
    (_with(queue=["voice", None]), "no queue or no start"),
])  # fmt: skip
def test_what_is_no_forecast_is_refused(given, said):
    with pytest.raises(BadInput) as refused:
        frames.checked(given)
    assert said in str(refused.value)


def test_actuals_find_their_rows_across_zones_and_gaps():
    given = frame([5.0, 6.0, 7.0], tz="Asia/Kolkata")
    came = actuals(given, [1, 2, 3]).iloc[[2, 0]]
    came["start"] = came["start"].dt.tz_convert("UTC")
    found = frames.matched(given, came)
    assert found[[0, 2]].tolist() == [1.0, 3.0]
    assert np.isnan(found[1])
    assert np.isnan(frames.matched(given, came.iloc[:0])).all()


@pytest.mark.parametrize(("given", "said"), [
    ([1, 2], "expected a DataFrame"),
    (pd.DataFrame({"queue": ["voice"]}), "missing columns"),
    (actuals(frame([5.0]), [-1.0]), "negative"),
    (actuals(frame([5.0]), [np.inf]), "infinite"),
])  # fmt: skip
def test_bad_actuals_are_refused(given, said):
    with pytest.raises(BadInput) as refused:
        frames.matched(frame([5.0]), given)
    assert said in str(refused.value)
