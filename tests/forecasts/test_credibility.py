import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, credibility, intraday
from forecasts.dispersion import Dispersion
from tests.forecasts.given import actuals, days_of

CALM = Dispersion(day=0.0)  # what a purely Poisson past teaches
HOURS = np.arange(24.0)
CLOSE = 0.15  # of the shock, after half a day of 500 contacts: its mean is shrunk a little to 1
SHOCK = 1.6
TRIALS = 40


def shocked(a_day, factor, *, until=13, dispersion=CALM, trials=TRIALS, **more):
    """Return the rows of `days` of trials in which all of the day runs at `factor`, and totals."""
    usual = days_of(1, a_day=a_day)
    rows, totals = [], []
    for trial in range(trials):
        came = np.random.default_rng(trial).poisson(factor * usual["volume"])
        now = pd.Timestamp("2026-03-02", tz="UTC") + pd.Timedelta(hours=until)
        found = intraday.reforecast(usual, actuals(usual, came), at=now, dispersion=dispersion,
                                    **more)  # fmt: skip
        rows.append(found.days.iloc[0])
        totals.append(came.sum())
    return pd.DataFrame(rows), np.array(totals)


@pytest.mark.parametrize("factor", [0.5, SHOCK, 2.5])
@pytest.mark.parametrize("a_day", [500.0, 5000.0])
def test_a_day_far_off_a_calm_plan_moves_the_rest_of_it(a_day, factor):
    found, _ = shocked(a_day, factor)
    assert found["factor"].mean() - 1 == pytest.approx(factor - 1, rel=CLOSE)


def test_without_rare_days_a_calm_plan_is_certain_of_itself():
    found, totals = shocked(500.0, SHOCK, rare=0.0)
    assert found["factor"].tolist() == pytest.approx([1.0] * TRIALS)
    assert (totals <= found["p97_5"]).mean() < 0.5


def test_the_bands_of_a_shocked_day_hold_its_total():
    found, totals = shocked(200.0, SHOCK)
    inside = (totals >= found["p2_5"]) & (totals <= found["p97_5"])
    assert inside.mean() >= 0.9


def test_a_usual_day_is_hardly_moved_or_widened():
    calm, _ = shocked(2000.0, 1.0)
    certain, _ = shocked(2000.0, 1.0, rare=0.0)
    assert (calm["factor"] - 1).abs().mean() < 0.02
    assert (calm["sd"] / certain["sd"]).median() < 1.15


def test_a_shocked_day_is_known_better_as_it_goes():
    usual_wait = [shocked(500.0, SHOCK, until=hour)[0]["sd"].mean() for hour in (10, 13, 16, 19)]
    assert (np.diff(usual_wait) < 0).all()


def test_one_broken_interval_is_not_taken_for_the_day():
    usual = days_of(1, a_day=2000.0)
    came = usual["volume"].round()
    came[20] *= 5
    now = pd.Timestamp("2026-03-02 14:00", tz="UTC")
    found = intraday.reforecast(usual, actuals(usual, came), at=now, dispersion=CALM)
    assert found.days["factor"].iloc[0] == pytest.approx(1.0, abs=0.05)


def test_the_mixture_is_the_one_of_its_parts():
    usual = np.full(24, 50.0)
    came = np.random.default_rng(3).poisson(1.2 * usual).astype(float)
    counted = HOURS < 12
    split = Dispersion(0.01, 0.02, 0.01)
    mean, covariance, within = credibility.weighed(
        came, usual, counted, HOURS, split=split, rare=0.3
    )
    kinds = [split] + [
        Dispersion(0.01 + (part == 0) * j, 0.02 + (part == 1) * j, 0.01 + (part == 2) * j)
        for part in range(3) for j in credibility.RARE_ERRORS
    ]  # fmt: skip
    whole = (came[counted].sum() + 1) / (usual[counted].sum() + 1)
    shares = [0.7] + [0.05] * 6
    off = (came / usual - 1)[counted]
    weights, means, squares = [], [], []
    for share, kind in zip(shares, kinds, strict=True):
        pace = 1.0 if kind.within > 0.01 or kind == split else whole
        seen = kind.covariance(HOURS[counted]) + np.diag(pace / usual[counted] + kind.within)
        density = np.exp(-0.5 * off @ np.linalg.inv(seen) @ off) / np.sqrt(np.linalg.det(seen))
        weights.append(share * density)
        one = credibility.updated(came, usual, counted, HOURS, kind, pace=pace)
        means.append(one.factor)
        squares.append(one.covariance + np.outer(one.factor, one.factor))
    weights = np.array(weights) / sum(weights)
    assert mean == pytest.approx(weights @ np.array(means), rel=1e-9)
    second = np.tensordot(weights, np.array(squares), 1) - np.outer(mean, mean)
    assert covariance == pytest.approx(second, abs=1e-9)
    assert within == pytest.approx(float(weights @ [kind.within for kind in kinds]), rel=1e-9)


@pytest.mark.parametrize("rare", [-0.1, 1.0, True, "often", np.nan])
def test_a_share_of_rare_days_is_a_share(rare):
    with pytest.raises(BadInput, match="share of days"):
        shocked(500.0, 1.0, rare=rare, trials=1)
