import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, calendars, clock, coverage, fitted, models
from forecasts.past import split
from tests.forecasts.histories import WEEK, daily, intraday

CALENDAR = models.Calendar(pd.Series([], index=pd.Index([], dtype=np.int64), dtype=object), None)


def predict(table, freq, name, horizon):
    [past] = split(table, clock.interval_of(freq))
    future = models.Future.after(past, horizon)
    return models.named(name).predict(past, coverage.cover(past), future, CALENDAR)


def test_seasonal_naive_repeats_last_week():
    table = daily(days=42)
    found = predict(table, "D", "seasonal_naive", 14).volume
    last = table["offered"].to_numpy()[-7:]
    assert found.tolist() == [*last, *last]


def test_weekday_mean_is_the_mean_of_the_last_four_same_weekdays():
    table = daily(days=42)
    found = predict(table, "D", "weekday_mean", 7).volume
    assert found == pytest.approx(table["offered"].to_numpy()[-28:].reshape(4, 7).mean(axis=0))


def test_a_lost_day_is_skipped_by_the_baselines():
    table = daily(days=42).drop(index=38).reset_index(drop=True)
    found = predict(table, "D", "seasonal_naive", 7).volume
    assert found[3] == daily(days=42)["offered"].iloc[31]


@pytest.mark.parametrize("name", sorted(models.MODELS))
def test_every_model_is_zero_when_closed_and_positive_when_open(name):
    found = predict(intraday(), "30min", name, 48).volume
    start = pd.date_range("2026-03-01 20:00", periods=48, freq="30min")
    is_open = (start.hour >= 8) & (start.hour < 20)
    assert (found[~is_open] == 0).all()
    assert (found[is_open] > 0).all()


@pytest.mark.parametrize("name", sorted(models.MODELS))
def test_every_model_knows_noisy_days_from_quiet_ones(name):
    quiet = daily(days=140)
    noisy = quiet.copy()
    noisy["offered"] *= np.exp(np.random.default_rng(0).normal(0, 0.25, len(noisy)))
    assert predict(noisy, "D", name, 7).dispersion.mean() > 0.01
    assert predict(quiet, "D", name, 7).dispersion.mean() < 0.005


def test_an_unknown_model_is_refused_by_name():
    with pytest.raises(BadInput, match=r"expected 'auto' or one of .*'profile'.*got 'prophet'"):
        models.named("prophet")
    with pytest.raises(BadInput, match="expected a name"):
        models.named(None)


def test_auto_is_the_default_model():
    assert models.named("auto") is models.MODELS[models.DEFAULT]


def test_effects_of_a_day_do_not_depend_on_how_far_ahead_is_asked():
    start = pd.date_range("2025-01-06", periods=500, freq="D", tz="UTC")
    counts = np.random.default_rng(5).poisson(900 * WEEK[start.day_of_week])
    table = pd.DataFrame({"queue": "voice", "start": start, "offered": counts.astype(float)})
    [past] = split(table, clock.interval_of("D"))
    # The last holiday is the day after the nearer horizon's end.
    holidays = pd.DatetimeIndex(["2025-06-16", "2025-12-25", "2026-05-28"])
    calendar = models.Calendar(calendars.between(holidays, [past], ahead_days=40), None)
    last = int(past.days[-1])
    near, far = (
        fitted.fit(past, coverage.cover(past), last + ahead, calendar) for ahead in (7, 40)
    )
    ahead = slice(500, 507)
    assert near.effect[ahead] == pytest.approx(far.effect[ahead], rel=1e-9)
    plain = fitted.fit(
        past, coverage.cover(past), last + 7, models.Calendar(calendar.holidays.iloc[:2], None)
    )
    assert near.effect[506] != pytest.approx(plain.effect[506], rel=1e-3)
