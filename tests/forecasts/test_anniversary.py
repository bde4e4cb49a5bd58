import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import anniversary, clock, fitted
from forecasts.daytypes import Names

FIRST = int(clock.day_numbers(pd.DatetimeIndex(["2023-01-02"]))[0])
EXACT = 1e-12  # the same sums in another order
NOISE = 0.02  # one residual of the days that never recur


def days_of(many):
    return FIRST + np.arange(many)


def between_the_years(days):
    dates = clock.dates(days)
    return (dates.month == 12) & (dates.day >= 27) & (dates.day <= 30)


def slow_lift(totals, covered, mean, days, kind):
    """The docstring of `forecasts.anniversary`, day by day."""
    past = len(totals)
    left = {
        d: float(np.clip(np.log((totals[d] + 0.5) / (mean[d] + 0.5)), -1, 1))
        for d in range(past)
        if covered[d] > 0.3
    }
    usual = max((1.4826 * np.median(np.abs(list(left.values())))) ** 2, 1e-4)
    known = np.zeros((len(days), 2))
    for n, day in enumerate(days):
        around, on = [], []
        for years in (1, 2, 3):
            date = pd.Timestamp(day, unit="D") - pd.DateOffset(years=years)
            at = (date - pd.Timestamp(days[0], unit="D")).days
            if not 0 <= at < past:
                continue
            near = [d for d in (at - 1, at, at + 1) if d in left and kind[d] == kind[n]]
            around += [np.mean([left[d] for d in near])] if near else []
            on += [left[at]] if at in near else []
        known[n, 0] = np.mean(around) if around else 0.0
        if len(on) >= 2:
            doubt = 4 * (np.var(on, ddof=1) + usual) / len(on)
            known[n, 1] = np.mean(on) * np.mean(on) ** 2 / (np.mean(on) ** 2 + doubt)
    rows = np.array(sorted(left))
    at, what = known[rows], np.array([left[d] for d in rows])
    weight = usual / 0.3**2
    shares = np.linalg.solve(at.T @ at + weight * np.eye(2), at.T @ what + [0, weight / 2])
    return np.exp(np.clip(known @ np.clip(shares, 0, 1), -1, 1))


def lift(totals, covered, mean, days):
    kind = np.zeros(len(days), np.int64)
    return anniversary.lift(totals, covered, mean, days=days, kind=kind)


def test_days_that_were_quiet_every_year_are_expected_quiet_again():
    days = days_of(3 * 365)
    past = len(days) - 20  # ends on 12 December of the third year
    quiet = between_the_years(days)
    mean = np.full(past, 500.0)
    made = lift(
        np.where(quiet[:past], 250.0, 500.0), np.ones(past), mean, days
    )  # fmt: skip
    assert made.factor[past:][quiet[past:]].max() < 0.7
    assert made.factor[past:][~quiet[past:]].min() > 0.75  # the days beside them, not half
    assert made.factor[200:250] == pytest.approx(1.0)


def test_what_never_recurs_is_not_expected_again():
    days = days_of(4 * 365)
    rng = np.random.default_rng(1)
    totals = 5_000 * np.exp(rng.normal(0, 0.02, len(days) - 28))
    mean = np.full(len(totals), 5_000.0)
    made = lift(totals, np.ones(len(totals)), mean, days)
    assert made.factor == pytest.approx(1.0, abs=NOISE)


def eve(days):
    dates = clock.dates(days)
    return (dates.month == 12) & (dates.day == 24)


def test_a_single_day_that_every_year_halves_is_expected_halved():
    days = days_of(5 * 365)
    past = len(days) - 20
    totals = np.where(eve(days), 250.0, 500.0)[:past]
    made = lift(totals, np.ones(past), np.full(past, 500.0), days)
    assert made.factor[past:][eve(days[past:])] < 0.6
    assert made.factor[past:][~eve(days[past:])].min() > 0.9


def test_a_weekend_s_date_says_nothing_of_a_weekday_s():
    days = days_of(4 * 365)
    past = len(days) - 20
    weekend = clock.weekday(days) >= 5
    totals = np.where(eve(days) & weekend, 250.0, 500.0)[:past]
    made = anniversary.lift(
        totals, np.ones(past), np.full(past, 500.0), days=days,
        kind=weekend.astype(np.int64),
    )  # fmt: skip
    [coming] = np.flatnonzero(eve(days[past:])) + past
    assert weekend[[coming - 1461 + 365 * year for year in range(4)]].any()
    assert not weekend[coming]
    assert made.factor[coming] == 1.0


def test_a_history_of_one_year_changes_nothing():
    days = days_of(anniversary.FEWEST_DAYS + 27)
    past = anniversary.FEWEST_DAYS - 1
    rng = np.random.default_rng(2)
    made = lift(rng.uniform(50, 150, past), np.ones(past), np.full(past, 100.0), days)
    assert made.factor.tolist() == [1.0] * len(days)
    assert made.shares.tolist() == [0.0, 0.0]


def test_an_idle_year_says_nothing_of_the_next():
    days = days_of(800)
    covered = np.zeros(772)
    covered[500:] = 1.0
    made = lift(covered * 130, covered, covered * 100, days)
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
    kind = rng.integers(0, 3, past + 28)
    made = anniversary.lift(totals, covered, mean, days=days, kind=kind)
    assert made.factor == pytest.approx(slow_lift(totals, covered, mean, days, kind), rel=EXACT)


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
