import numpy as np
import pandas as pd
import pytest

import forecasts
from forecasts import excursions
from tests.forecasts.histories import daily

DAYS = 200
A_DAY = 1  # chance makes a day at the edge look like those beyond it


def days(level=1.0, *, seed=0, a_day=300.0):
    random = np.random.default_rng(seed)
    mean = a_day * np.broadcast_to(level, DAYS) * random.gamma(400, 1 / 400, DAYS)
    return random.poisson(mean).astype(float)


def found(level, **given):
    return excursions.find(days(level, **given), np.ones(DAYS))


def strayed(begin, end, factor):
    level = np.ones(DAYS)
    level[begin:end] = factor
    return level


@pytest.mark.parametrize("factor", [0.3, 0.6, 1.5, 4.0])
@pytest.mark.parametrize(("begin", "end"), [(100, 103), (180, 193), (130, 190)])
def test_days_off_a_level_that_came_back_are_found(begin, end, factor):
    made = found(strayed(begin, end, factor))
    assert abs(made.begin - begin) <= A_DAY
    assert abs(made.end - end) <= A_DAY
    assert made.log_ratio == pytest.approx(np.log(factor), abs=0.1)


def test_nothing_is_found_in_noise_or_trends():
    t = np.arange(DAYS)
    for seed in range(50):
        assert found(1.0, seed=seed) is None
        assert found(2.0 ** (t / 365), seed=seed) is None
        assert found(1 + 0.3 * np.sin(2 * np.pi * t / 365), seed=seed) is None


@pytest.mark.parametrize("end", [196, 198, DAYS])
def test_an_excursion_that_goes_on_is_none(end):
    assert found(strayed(185, end, 2.0)) is None


def test_a_lasting_jump_is_none():
    assert found(strayed(150, DAYS, 1.6)) is None


def test_an_excursion_older_than_the_window_is_left_alone():
    assert found(strayed(60, 75, 2.0)) is None


def test_idle_days_are_passed_over():
    totals, unit = days(strayed(150, 160, 2.0)), np.ones(DAYS)
    unit[::7] = totals[::7] = 0.0
    made = excursions.find(totals, unit)
    assert (made.begin, made.end) == (150, 160)


@pytest.mark.parametrize("a_day", [0.05, 0.5, 5.0, 50.0])
def test_nothing_is_found_in_few_contacts(a_day):
    for seed in range(50):
        assert found(1.0, seed=seed, a_day=a_day) is None


def test_ninety_days_are_no_excursion():
    assert found(strayed(100, 190, 2.0)) is None


def test_too_few_days_show_nothing():
    totals = np.full(24, 100.0)
    totals[14:17] = 300.0
    assert excursions.find(totals[:23], np.ones(23)) is None
    made = excursions.find(totals, np.ones(24))
    assert (made.begin, made.end) == (14, 17)
    assert excursions.find(np.zeros(0), np.zeros(0)) is None
    assert excursions.find(np.full(100, 100.0), np.zeros(100)) is None


def plainly(logs, sd):
    """Return first day, day after the last and score of the clearest excursion, by definition."""
    many = len(logs)
    now, best = logs[-7:].mean(), (excursions.SDS, None)
    near = max(excursions.AGREE, 2 * sd / np.sqrt(7))
    if abs(logs[-3:].mean() - now) > max(excursions.AGREE, 2 * sd / np.sqrt(3)):
        return None
    for first in range(14, many - 9):
        weeks = logs[first - 14 : first - 7].mean(), logs[first - 7 : first].mean()
        if max(abs(week - now) for week in weeks) > near:
            continue
        for last in range(first + 3, min(first + 60, many - 7) + 1):
            away = logs[first:last].mean() - (np.mean(weeks) + now) / 2
            score = abs(away) / (sd * np.sqrt(1 / (last - first) + 1 / 7))
            if abs(away) >= excursions.LEAST and score > best[0]:
                best = score, (first, last)
    return best[1]


def test_the_clearest_of_several_is_that_of_the_definition():
    seen = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        begin, length = random.integers(15, 100), random.integers(3, 40)
        level = np.ones(DAYS)
        level[begin + 66 : begin + 66 + length] = random.choice([0.5, 0.7, 1.5, 3.0])
        totals = days(level, seed=seed)
        logs = np.log(totals + 0.5)
        sd = 1.4826 * np.median(np.abs(logs[66 + 7 :] - logs[66:-7])) / np.sqrt(2)
        wanted = plainly(logs[66:], max(sd, 1 / np.sqrt(totals[66:].mean())))
        made = excursions.find(totals, np.ones(DAYS))
        assert (made is None) == (wanted is None)
        if wanted is not None:
            first, last = wanted[0] + 66, wanted[1] + 66
            assert made.begin <= first < last <= made.end
            # The edges then grow over days that are more than half of the way off.
            away = (logs - np.log(300)) / made.log_ratio
            assert (away[made.begin : first] > 0.3).all()
            assert (away[last : made.end] > 0.3).all()
            seen += 1
    assert seen > 20


@pytest.mark.parametrize(("factor", "ago"), [(3.0, 20), (0.2, 30)])
def test_a_forecast_does_not_carry_an_excursion_on(factor, ago):
    table = daily(days=DAYS)
    odd = slice(DAYS - ago, DAYS - ago + 7)
    table.loc[table.index[odd], "offered"] *= factor
    made = forecasts.forecast(table, freq="D", horizon=28)
    usual = daily(days=DAYS + 28)["offered"].to_numpy()[-28:].sum()
    assert made.frame["volume"].sum() == pytest.approx(usual, rel=0.03)
    assert any("these days are left out of it" in note for note in made.notes)


def test_days_of_a_registered_event_are_explained_by_it():
    table = daily(days=DAYS)
    starts = [40, 90, 170]
    for at in starts:
        table.loc[table.index[at : at + 7], "offered"] *= 2
    register = pd.DataFrame({
        "start": [table["start"].iloc[at].date().isoformat() for at in starts],
        "end": [table["start"].iloc[at + 6].date().isoformat() for at in starts],
        "name": "mailing",
    })  # fmt: skip
    made = forecasts.forecast(table, freq="D", horizon=28, events=register)
    assert made.notes == ()
