import numpy as np
import pandas as pd
import pytest

from forecasts import clock, daily, daytypes, level
from tests.forecasts.histories import WEEK

MONDAY = int(clock.day_numbers(pd.DatetimeIndex(["2026-01-05"]))[0])
NONE = pd.Series([], index=pd.Index([], dtype=np.int64), dtype=object)
A_DAY = 10_000.0
COUNTED = 0.02  # ten weeks, the quietest weekday 40,000 contacts: 0.5 % noise, and the level's own


def columns(days, past, *, holidays=NONE, events=None):
    whole = ~np.zeros(7, bool)
    return daytypes.effects(
        days, past=past, working=whole, closed=np.zeros(len(days), bool),
        names=daytypes.Names.of(holidays.reindex(days)), events=events or {},
    ).with_usual(np.log(WEEK / WEEK.mean()), whole)  # fmt: skip


def totals(days, *, a_day=A_DAY, seed=0, factor=1.0):
    mean = a_day * WEEK[clock.weekday(days)] * factor
    return np.random.default_rng(seed).poisson(mean).astype(float)


def fitted(past, ahead=7, **given):
    days = MONDAY + np.arange(past + ahead)
    factor = given.pop("factor", 1.0)
    counts = given.pop("counts", None)
    if counts is None:
        counts = totals(days[:past], factor=factor)
    covered = given.pop("covered", np.ones(past))
    fit = daily.fit(counts * covered, covered, columns(days, past, **given))
    unit = covered * fit.effect[:past]
    now = level.fit(counts * covered, unit, fit.mean, dispersion=fit.dispersion, leads=ahead)
    lead = np.arange(1, ahead + 1)
    return fit.effect[past:] * now.at(lead), now, fit


def test_weekday_totals_are_recovered():
    ahead, _, _ = fitted(70)
    assert ahead == pytest.approx(A_DAY * WEEK, rel=COUNTED)


def test_half_recorded_days_count_for_what_was_recorded():
    covered = np.ones(70)
    covered[::3] = 0.5
    ahead, _, _ = fitted(70, covered=covered)
    assert ahead == pytest.approx(A_DAY * WEEK, rel=COUNTED)


def test_idle_days_are_not_zeros():
    covered = np.ones(70)
    covered[[10, 20, 44]] = 0
    ahead, _, _ = fitted(70, covered=covered)
    assert ahead == pytest.approx(A_DAY * WEEK, rel=COUNTED)


def test_one_broken_day_hardly_moves_the_forecast():
    days = MONDAY + np.arange(70)
    counts = totals(days)
    counts[60] *= 6
    usual, _, _ = fitted(70, counts=totals(days))
    spiked, _, _ = fitted(70, counts=counts)
    assert spiked == pytest.approx(usual, rel=0.05)


def test_a_new_level_is_followed():
    step = np.where(np.arange(140) < 98, 1.0, 1.5)
    ahead, _, _ = fitted(140, factor=step)
    assert ahead == pytest.approx(1.5 * A_DAY * WEEK, rel=0.06)


def followed(step, monkeypatch, *, company):
    """Share of the rise of half that a forecast a week later has taken over."""
    monkeypatch.setattr(level, "COMPANY_SD", company)
    ahead, _, _ = fitted(140, factor=step)
    return (ahead.sum() / (A_DAY * WEEK.sum()) - 1) / 0.5


def test_days_that_stray_together_are_a_new_level_and_not_outliers(monkeypatch):
    kept = level.COMPANY_SD
    step = np.where(np.arange(140) < 130, 1.0, 1.5)
    taken = followed(step, monkeypatch, company=kept)
    assert taken > 0.75
    assert followed(step, monkeypatch, company=np.inf) < taken - 0.2


def test_a_day_that_strays_alone_is_taken_for_an_outlier(monkeypatch):
    kept = level.COMPANY_SD
    spike = np.where(np.arange(140) == 136, 3.0, 1.0)
    taken = followed(spike, monkeypatch, company=kept)
    assert abs(taken) < 0.05
    assert followed(spike, monkeypatch, company=-np.inf) > taken + 0.2


def test_a_repeated_holiday_is_learned_by_name():
    days = MONDAY + np.arange(364 + 7)
    special = [MONDAY + 30, MONDAY + 142, MONDAY + 254, MONDAY + 364 + 2]
    holidays = pd.Series("Bank holiday", index=special, dtype=object)
    factor = np.where(np.isin(days[:364], special), 0.3, 1.0)
    ahead, _, _ = fitted(364, holidays=holidays, factor=factor)
    without, _, _ = fitted(364, factor=factor)
    assert ahead[2] == pytest.approx(0.3 * A_DAY * WEEK[2], rel=0.25)
    assert without[2] == pytest.approx(A_DAY * WEEK[2], rel=0.05)


def test_a_holiday_may_look_the_same_on_a_sunday_as_on_a_monday():
    past = 364
    special = MONDAY + np.array([21, 58, 99, 138, 181, 230, 301, 342, past + 6])
    holidays = pd.Series("Holiday", index=special, dtype=object)
    days = MONDAY + np.arange(past)
    counts = totals(days)
    counts[np.isin(days, special)] = 0.4 * A_DAY
    ahead, _, _ = fitted(past, holidays=holidays, counts=counts)
    assert special[-1] % 7 == (MONDAY + 6) % 7
    assert ahead[6] == pytest.approx(0.4 * A_DAY, rel=0.1)


def test_what_waited_over_a_holiday_comes_back_over_three_days():
    past, days = 364, MONDAY + np.arange(371)
    mondays = MONDAY + np.array([28, 70, 119, 161, 210, 259, 308, past])
    holidays = pd.Series("Holiday", index=mondays, dtype=object)
    factor = np.ones(len(days))
    for lag, waited in enumerate((0.3, 1.3, 1.2, 1.1)):
        factor[mondays - MONDAY + lag] = waited
    ahead, _, _ = fitted(past, holidays=holidays, factor=factor[:past])
    # Seven holidays, the older ones counting less, under priors of 5 %.
    assert ahead[2:4] == pytest.approx(A_DAY * (WEEK * factor[past:])[2:4], rel=0.05)
    assert ahead[4:] == pytest.approx(A_DAY * WEEK[4:], rel=0.05)


def test_one_observed_event_day_is_believed_in_part():
    past, days = 140, MONDAY + np.arange(147)
    mailing = np.isin(days, [MONDAY + 100, MONDAY + 142])
    factor = np.where(days[:past] == MONDAY + 100, 2.0, 1.0)
    ahead, _, _ = fitted(past, events={"mailing": mailing}, factor=factor)
    usual = A_DAY * WEEK[2]
    assert 1.4 * usual < ahead[2] < 2.05 * usual


def test_the_year_is_learned_from_two_years():
    past = 3 * 365
    days = MONDAY + np.arange(past + 28)
    wave = 1 + 0.4 * np.sin(2 * np.pi * days / daytypes.DAYS_A_YEAR)
    counts = totals(days[:past], factor=wave[:past])
    with_year, _, _ = fitted(past, 28, counts=counts)
    truth = A_DAY * WEEK[clock.weekday(days[past:])] * wave[past:]
    assert with_year == pytest.approx(truth, rel=0.06)


def test_what_comes_every_year_is_not_taken_for_a_new_level(monkeypatch):
    past = 2 * 365 + 90
    days = MONDAY + np.arange(past + 28)
    turn = 2 * np.pi * (days - MONDAY) / daytypes.DAYS_A_YEAR
    wave = np.exp(0.6 * np.sin(turn) + 0.3 * np.cos(3 * turn)) * np.exp(0.2 * turn / 2 / np.pi)
    truth = A_DAY * WEEK[clock.weekday(days[past:])] * wave[past:]

    def error(seed):
        # Level steps of a month that no calendar knows, beside the year.
        steps = np.exp(np.random.default_rng(seed).normal(0, 0.05, 40))
        step = np.repeat(steps, 28)[:past]
        made, _, _ = fitted(past, 28, counts=totals(days[:past], factor=wave[:past] * step))
        return np.abs(made - truth).sum() / truth.sum()

    apart = np.mean([error(seed) for seed in range(6)])
    monkeypatch.setattr(daily, "KNOT_DAYS_BESIDE_YEAR", 28)
    close = np.mean([error(seed) for seed in range(6)])
    assert apart < close


def test_a_fall_of_last_week_is_followed_in_the_next():
    step = np.where(np.arange(21) < 14, 1.0, 0.8)
    ahead, _, _ = fitted(21, factor=step)
    mean_of_all, last_week = 2.8 / 3, 0.8
    assert ahead.sum() < (mean_of_all + last_week) / 2 * A_DAY * WEEK.sum()


def test_counts_of_a_few_a_day_have_no_bias():
    days = MONDAY + np.arange(280)
    sums = [fitted(280, counts=totals(days, a_day=3.0, seed=seed))[0].sum() for seed in range(12)]
    # 12 x 280 days of 2.6 contacts; the level remembers about a third of them.
    assert np.mean(sums) == pytest.approx(3.0 * WEEK.sum(), rel=0.06)


def test_uncertainty_never_shrinks_with_the_lead():
    noise = np.random.default_rng(5).normal(0, 0.1, 200)
    _, now, _ = fitted(200, 28, factor=np.exp(noise))
    variance = now.variance(np.arange(1, 29))
    assert (np.diff(variance) >= 0).all()
    # Day-to-day noise of 10 % is squared relative error 0.01.
    assert variance[0] == pytest.approx(0.01, rel=0.5)


def test_poisson_days_have_next_to_no_extra_variance():
    _, now, _ = fitted(200, 28)
    assert now.variance(np.array([1, 28])).max() < 0.002


def test_no_contacts_have_level_zero():
    ahead, _, _ = fitted(70, counts=np.zeros(70))
    assert ahead.tolist() == [0.0] * 7


def only(slow, fast, carry):
    """Weights that trust one expert alone."""
    at = {half_life: number for number, half_life in enumerate(level.HALF_LIVES)}
    chosen = [
        (s, f, c) == (at[slow], at[fast], carry) for s, f, c in zip(*level.experts(), strict=True)
    ]
    assert sum(chosen) == 1
    paths = np.zeros(len(level.HALF_LIVES))
    paths[at[slow]], paths[at[fast]] = 100.0, 150.0
    return level.Level(paths, np.array(chosen, float), 0.0, 0.0)


def test_an_expert_of_two_speeds_returns_to_the_slow_one():
    moved = only(56.0, 3.0, 14.0)
    assert moved.at(np.array([0.0])) == pytest.approx(150.0)
    assert moved.at(np.array([14.0])) == pytest.approx(125.0)
    assert moved.at(np.array([600.0])) == pytest.approx(100.0)


def test_the_experts_weights_are_a_share_and_the_best_one_has_most():
    step = np.where(np.arange(280) < 250, 1.0, 1.5)
    _, now, _ = fitted(280, factor=step)
    _, fast, _ = level.experts()
    assert now.weights.sum() == pytest.approx(1.0)
    best = int(now.weights.argmax())
    assert level.HALF_LIVES[fast[best]] <= 14.0


def test_bands_are_wider_where_few_days_were_replayed():
    noise = np.exp(np.random.default_rng(5).normal(0, 0.1, 400))
    short = np.mean([fitted(21, 7, factor=noise[at : at + 21])[1].variance(np.array([7.0]))
                     for at in range(0, 350, 50)])  # fmt: skip
    _, long, _ = fitted(400, 7, factor=noise)
    assert short > long.variance(np.array([7.0]))


def unseen_holiday(week):
    """Return what is expected of a coming Wednesday without and with a name never seen."""
    past = 6 * 7
    days = MONDAY + np.arange(past + 7)
    counts = np.random.default_rng(4).poisson(A_DAY * week[clock.weekday(days[:past])])
    found = []
    for name in (None, "Founders' Day"):
        names = np.full(len(days), None, object)
        names[past + 2] = name
        effects = daytypes.effects(
            days, past=past, working=np.ones(7, bool), closed=np.zeros(len(days), bool),
            names=daytypes.Names.of(names), events={},
        ).with_usual(np.log(week / week.mean()), np.ones(7, bool))  # fmt: skip
        found.append(daily.fit(counts.astype(float), np.ones(past), effects).effect[past + 2])
    return found


def test_a_first_holiday_is_expected_near_the_quiet_sunday():
    week = np.array([1.0, 0.9, 0.9, 0.9, 0.8, 0.3, 0.1])
    ordinary, holiday = unseen_holiday(week)
    assert holiday / ordinary == pytest.approx((0.1 / 0.9) ** daytypes.LIKE_QUIETEST, rel=COUNTED)


def test_where_no_weekday_is_quiet_a_first_holiday_is_a_day_like_others():
    ordinary, holiday = unseen_holiday(np.array([1.0, 0.9, 0.9, 0.9, 0.8, 0.7, 0.6]))
    assert holiday == pytest.approx(ordinary)


@pytest.mark.parametrize(("past", "unseen"), [(399, True), (400, False)])
def test_only_a_queue_that_has_seen_no_year_may_move_with_one(past, unseen):
    unit = np.full(past, A_DAY)
    now = level.fit(unit, unit, unit, dispersion=0.0, leads=28)
    added = now.variance(np.array([28]))[0] - now.variance(np.array([0]))[0]
    assert added == pytest.approx(level.UNSEEN_YEAR**2 if unseen else 0.0, abs=1e-6)
