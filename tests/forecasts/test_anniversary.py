import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import anniversary, clock, fitted
from forecasts.daytypes import Names

FIRST = int(clock.day_numbers(pd.DatetimeIndex(["2023-01-02"]))[0])
EXACT = 1e-12  # the same sums in another order
NOISE = 0.1  # share found in residuals of 2 % that never recur, five standard errors


def days_of(many):
    return FIRST + np.arange(many)


def between_the_years(days):
    dates = clock.dates(days)
    return (dates.month == 12) & (dates.day >= 27) & (dates.day <= 30)


def slow_lift(totals, covered, mean, days):
    """The docstring of `forecasts.anniversary`, day by day."""
    past = len(totals)
    row = {pd.Timestamp(day, unit="D"): at for at, day in enumerate(days)}
    left = {
        d: float(np.clip(np.log((totals[d] + 0.5) / (mean[d] + 0.5)), -1, 1))
        for d in range(past)
        if covered[d] > 0.3
    }
    before = np.zeros(len(days))
    for n, day in enumerate(days):
        found = []
        for years in (1, 2, 3):
            at = row.get(pd.Timestamp(day, unit="D") - pd.DateOffset(years=years))
            if at in left:
                found.append(np.mean([left[near] for near in (at - 1, at, at + 1) if near in left]))
        before[n] = np.mean(found) if found else 0.0
    usual = max((1.4826 * np.median(np.abs(list(left.values())))) ** 2, 1e-4)
    above = sum(before[d] * left[d] for d in left)
    below = sum(before[d] ** 2 for d in left if before[d]) + usual / 0.3**2
    return np.exp(np.clip(above / below * before, -1, 1))


def test_days_that_were_quiet_every_year_are_expected_quiet_again():
    days = days_of(3 * 365)
    past = len(days) - 20  # ends on 12 December of the third year
    quiet = between_the_years(days)
    mean = np.full(past, 500.0)
    made = anniversary.lift(
        np.where(quiet[:past], 250.0, 500.0), np.ones(past), mean, days=days
    )  # fmt: skip
    assert made.factor[past:][quiet[past:]].max() < 0.7
    assert made.factor[past:][~quiet[past:]].min() > 0.75  # the days beside them, not half
    assert made.factor[200:250] == pytest.approx(1.0)


def test_what_never_recurs_is_not_expected_again():
    days = days_of(4 * 365)
    rng = np.random.default_rng(1)
    totals = 5_000 * np.exp(rng.normal(0, 0.02, len(days) - 28))
    mean = np.full(len(totals), 5_000.0)
    made = anniversary.lift(totals, np.ones(len(totals)), mean, days=days)
    assert abs(made.share) < NOISE
    assert made.factor == pytest.approx(1.0, abs=0.01)


def test_a_history_of_one_year_changes_nothing():
    days = days_of(anniversary.FEWEST_DAYS + 27)
    past = anniversary.FEWEST_DAYS - 1
    rng = np.random.default_rng(2)
    made = anniversary.lift(
        rng.uniform(50, 150, past), np.ones(past), np.full(past, 100.0), days=days
    )
    assert made.factor.tolist() == [1.0] * len(days)
    assert made.share == 0.0


def test_an_idle_year_says_nothing_of_the_next():
    days = days_of(800)
    covered = np.zeros(772)
    covered[500:] = 1.0
    made = anniversary.lift(covered * 130, covered, covered * 100, days=days)
    assert made.factor == pytest.approx(1.0)


def test_29_february_goes_back_to_the_28th():
    first = int(clock.day_numbers(pd.DatetimeIndex(["2023-02-28"]))[0])
    rows = anniversary._same_dates(first, 367)
    assert rows[366].tolist() == [0, -365, -730]  # 2024-02-29
    assert rows[365].tolist() == [0, -365, -730]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), past=st.integers(400, 1300))
def test_the_kernel_is_the_definition(seed, past):
    rng = np.random.default_rng(seed)
    days = days_of(past + 28)
    mean = rng.uniform(0, 300, past)
    totals = rng.poisson(mean * np.exp(rng.normal(0, 0.5, past))).astype(float)
    covered = rng.choice([0.0, 0.3, 0.6, 1.0], past)
    made = anniversary.lift(totals, covered, mean, days=days)
    assert made.factor == pytest.approx(slow_lift(totals, covered, mean, days), rel=EXACT)


def test_the_default_model_expects_unnamed_quiet_days_again():
    days = days_of(3 * 365)
    past = len(days) - 20
    quiet = between_the_years(days)
    totals = np.random.default_rng(3).poisson(np.where(quiet, 2_000.0, 4_000.0)).astype(float)
    made = fitted.day_model(
        totals[:past], np.ones(past), days, working=np.ones(7, bool),
        names=Names.of(np.full(len(days), None, object)), events={},
    )  # fmt: skip
    ahead = made.effects.effect[past:] * made.level.at(np.arange(1, 21))
    assert np.abs(ahead / totals[past:] - 1).mean() < 0.1
    assert ahead[quiet[past:]].max() < 3_000
