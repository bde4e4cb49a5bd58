import numpy as np
import pytest

from forecasts import _kernels_profile, outages, profile
from tests.forecasts.histories import WEEK

SUM_TO_ONE = 1e-12
DAYS, PER_DAY = 70, 24


@pytest.fixture
def shape():
    bell = np.exp(-0.5 * ((np.arange(PER_DAY) - 13) / 3.0) ** 2)
    bell[:7] = bell[21:] = 0
    return bell / bell.sum()


def counts(shape, *, a_day=1000.0, days=DAYS, seed=0):
    weekday = np.arange(days) % 7
    mean = a_day * WEEK[weekday][:, None] * shape
    return np.random.default_rng(seed).poisson(mean).astype(float), weekday


def fit(offered, weekday, open_week, seen=None):
    return profile.fit(offered, np.ones_like(offered) if seen is None else seen, weekday, open_week)


def test_shares_sum_to_one_and_are_zero_where_closed(shape):
    offered, weekday = counts(shape)
    open_week = np.tile(shape > 0, (7, 1))
    open_week[6] = False
    share = fit(offered, weekday, open_week).share
    assert share.sum(axis=1) == pytest.approx([1.0] * 6 + [0.0], abs=SUM_TO_ONE)
    assert (share[~open_week] == 0).all()
    assert (share[open_week] > 0).all()


def test_the_true_shape_is_recovered(shape):
    offered, weekday = counts(shape, a_day=20_000)
    share = fit(offered, weekday, np.tile(shape > 0, (7, 1))).share
    # 200,000 contacts over 14 intervals of each weekday: one percent of the largest share.
    np.testing.assert_allclose(share, np.tile(shape, (7, 1)), atol=0.01 * shape.max())


def test_alike_weekdays_lend_to_a_quiet_one(shape):
    offered, weekday = counts(shape, a_day=3000)
    offered[weekday == 6] = np.random.default_rng(9).poisson(20 * shape, (10, PER_DAY))
    open_week = np.tile(shape > 0, (7, 1))
    pooled = fit(offered, weekday, open_week).share[6]
    own = offered[weekday == 6].sum(axis=0)
    alone = own / own.sum()
    assert np.abs(pooled - shape).sum() < 0.5 * np.abs(alone - shape).sum()


def test_a_different_weekday_keeps_its_own_shape(shape):
    offered, weekday = counts(shape, a_day=20_000)
    other = shape[::-1].copy()
    offered[weekday == 6] = np.random.default_rng(9).poisson(8000 * other, (10, PER_DAY))
    share = fit(offered, weekday, np.ones((7, PER_DAY), bool)).share
    np.testing.assert_allclose(share[6], other, atol=0.02 * shape.max())
    np.testing.assert_allclose(share[0], shape, atol=0.02 * shape.max())


def test_missing_mornings_do_not_shift_the_shape(shape):
    offered, weekday = counts(shape, a_day=20_000)
    seen = np.ones_like(offered)
    seen[40:, :12] = 0
    offered = offered * seen
    share = fit(offered, weekday, np.tile(shape > 0, (7, 1)), seen=seen).share
    np.testing.assert_allclose(share, np.tile(shape, (7, 1)), atol=0.02 * shape.max())


@pytest.mark.parametrize(("weeks", "left"), [(2, 0.75), (4, 0.4), (8, 0.25)])
def test_a_day_that_begins_two_hours_earlier_is_followed(shape, weeks, left):
    weekday = np.arange(400) % 7
    early = np.roll(shape, -2)
    day = np.where(np.arange(400)[:, None] < 400 - 7 * weeks, shape, early)
    offered = np.random.default_rng(1).poisson(800.0 * day).astype(float)
    made = fit(offered, weekday, np.ones((7, PER_DAY), bool))
    assert made.moved
    assert np.abs(made.share - early).sum(axis=1).max() < left * np.abs(shape - early).sum()


def test_a_day_that_stays_as_it_is_keeps_its_long_memory(shape):
    for seed in range(20):
        offered, weekday = counts(shape, days=400, seed=seed)
        noisy = offered * np.random.default_rng(seed).gamma(20, 1 / 20, offered.shape)
        for made in (offered, noisy.round()):
            assert not fit(made, weekday, np.ones((7, PER_DAY), bool)).moved


def test_scarce_counts_are_smoothed_more_than_plenty(shape):
    open_week = np.tile(shape > 0, (7, 1))
    scarce = fit(*counts(shape, a_day=3), open_week)
    plenty = fit(*counts(shape, a_day=300_000), open_week)
    assert plenty.width == 0
    assert scarce.width > plenty.width


def test_smoothing_keeps_the_sum_of_the_week():
    week = np.random.default_rng(0).uniform(0, 5, (7, 48))
    assert _kernels_profile.smooth(week, 1.5).sum() == pytest.approx(week.sum())


def test_day_totals_make_up_for_unseen_intervals(shape):
    offered = np.tile(1000 * shape, (14, 1))
    seen = np.ones_like(offered)
    seen[3, 12:] = 0
    totals = profile.day_totals(offered * seen, seen, np.arange(14) % 7,
                                open_week=np.tile(shape > 0, (7, 1)))  # fmt: skip
    assert totals == pytest.approx(np.full(14, 1000.0))


def test_no_contacts_give_a_flat_profile():
    open_week = np.zeros((7, 4), bool)
    open_week[:, 1:3] = True
    share = fit(np.zeros((14, 4)), np.arange(14) % 7, open_week).share
    assert share.tolist() == [[0, 0.5, 0.5, 0]] * 7


def test_a_long_run_of_zeros_in_busy_hours_is_an_outage():
    offered = np.full((28, 24), 5.0)
    offered[20, 8:14] = 0
    kept = outages.known(offered, np.ones_like(offered), np.arange(28) % 7)
    assert (kept[20, 8:14] == 0).all()
    assert kept.sum() == 28 * 24 - 6


def test_a_zero_in_a_quiet_hour_is_a_count():
    offered = np.random.default_rng(0).poisson(0.4, (28, 24)).astype(float)
    seen = np.ones_like(offered)
    assert outages.known(offered, seen, np.arange(28) % 7).sum() == seen.sum()


def test_a_run_of_zeros_over_midnight_is_one_run():
    offered = np.full((28, 24), 3.0)
    offered[10, 21:] = 0
    offered[11, :3] = 0
    kept = outages.known(offered, np.ones_like(offered), np.arange(28) % 7)
    assert kept.sum() == 28 * 24 - 6


def test_three_silent_weeks_are_how_things_are_now():
    offered = np.full((70, 24), 5.0)
    offered[-21:] = 0
    assert outages.known(offered, np.ones_like(offered), np.arange(70) % 7).sum() == 70 * 24
