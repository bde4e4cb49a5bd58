import numpy as np
import pytest

from forecasts import accuracy, oracle

WEEKDAY = np.arange(140) % 7
BELL = np.exp(-0.5 * ((np.arange(24) - 13) / 4) ** 2)


def counts(seed=0, a_day=400.0):
    day = np.random.default_rng(seed).uniform(0.5, 1.5, 140)[:, None]
    return np.random.default_rng(seed + 1).poisson(a_day * day * BELL / BELL.sum()).astype(float)


def test_the_oracle_knows_every_days_total():
    actual = counts()
    assert oracle.attainable(actual, WEEKDAY).sum(axis=1) == pytest.approx(actual.sum(axis=1))


def test_the_oracle_is_close_to_the_noise_floor_when_days_differ_in_size_alone():
    actual = counts()
    made = oracle.attainable(actual, WEEKDAY)
    # Knowing the total removes a little of the noise, estimating the profile adds a little.
    floor = accuracy.noise_floor(made)
    assert accuracy.wape(actual, made) == pytest.approx(floor, rel=0.05)


def test_a_day_does_not_tell_the_oracle_its_own_profile():
    actual = counts()
    changed = actual.copy()
    changed[70] = changed[70, ::-1]
    found = oracle.attainable(changed, WEEKDAY)[70]
    assert found == pytest.approx(oracle.attainable(actual, WEEKDAY)[70], rel=0.02, abs=0.5)


def test_what_is_unknown_stays_unknown_and_closed_days_are_zero():
    actual = counts()
    actual[10, 5:9] = np.nan
    actual[20] = 0.0
    made = oracle.attainable(actual, WEEKDAY)
    assert np.isnan(made[10, 5:9]).all()
    assert np.isfinite(np.delete(made, 10, axis=0)).all()
    assert (made[20] == 0).all()


def test_whole_days_have_nothing_to_spread():
    days = counts().sum(axis=1, keepdims=True)
    assert (oracle.attainable(days, WEEKDAY) == days).all()
