import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, accuracy, campaigns, forecast, frames, realised, uplift
from forecasts.campaigns import Campaign
from tests.forecasts.given import actuals, days_of, frame
from tests.forecasts.histories import real, table

LAG = (0.5, 0.3, 0.2)


def mailing(name="m", start=dt.date(2026, 3, 2), response=(500.0, 1000.0, 2000.0), **changed):
    return Campaign(name, "mailing", start, 1, response, changed.pop("lag", LAG),
                    {"voice": 1.0}, **changed)  # fmt: skip


def brought(ratio, name="m", start=dt.date(2026, 2, 2), sd=20.0):
    one = mailing(name, start)
    by_day = ratio * one.by_day()
    lag = np.maximum(by_day, 0) / max(by_day.sum(), 1e-9)
    return realised.Realised(one, ratio * one.mean, sd, by_day, lag, ratio, 1.0)


def test_realised_is_what_came_beyond_the_forecast():
    usual = days_of(5)
    one = mailing()
    came = uplift.add(usual, [one]).frame["volume"]
    found = realised.realised(one, usual, actuals(usual, came))
    assert (found.extra, found.ratio, found.known) == pytest.approx((one.mean, 1.0, 1.0))
    assert found.by_day == pytest.approx(one.by_day())


def test_unrecorded_intervals_are_made_up_for():
    usual = days_of(5)
    one = mailing()
    came = actuals(usual, uplift.add(usual, [one]).frame["volume"])
    lost = came[came["start"].dt.day != 2]
    found = realised.realised(one, usual, lost)
    assert found.known == pytest.approx(0.5)
    assert found.extra == pytest.approx(one.mean)


def test_days_that_the_forecast_does_not_cover_are_made_up_for():
    usual = days_of(2)
    one = mailing()
    came = actuals(usual, uplift.add(usual, [one]).frame["volume"])
    found = realised.realised(one, usual, came)
    assert found.known == pytest.approx(0.8)
    assert found.extra == pytest.approx(one.mean)


def test_a_weekend_leaves_no_hole_in_the_lag_profile():
    usual = frame([100.0, 0.0, 0.0, 100.0], freq="D", first="2026-03-06")
    one = mailing(start=dt.date(2026, 3, 6), lag=(0.4, 0.2, 0.2, 0.2))
    found = realised.realised(one, usual, actuals(usual, [500.0, 0.0, 0.0, 700.0]))
    assert found.lag == pytest.approx([0.4, 0.2, 0.2, 0.2])


def test_no_actual_is_refused():
    usual = frame([100.0], freq="D")
    with pytest.raises(BadInput, match="no actual between"):
        realised.realised(mailing(), usual, actuals(usual, [np.nan]))


def test_without_a_past_the_planner_is_believed():
    planned = mailing()
    found = realised.learn(planned, [])
    assert (found.campaigns, found.factor) == (0, 1.0)
    assert realised.expect(planned, found) == planned


def test_more_campaigns_pull_further_and_narrow_the_range():
    planned = mailing(start=dt.date(2026, 6, 1))
    factors, widths = [1.0], [realised.learn(planned, []).log_sd]
    for number in (1, 3, 10, 40):
        past = [brought(2.0, f"m{at}") for at in range(number)]
        found = realised.learn(planned, past)
        factors.append(found.factor)
        widths.append(found.log_sd)
    assert factors == sorted(factors)
    assert 1.9 < factors[-1] < 2.0
    assert widths == sorted(widths, reverse=True)


def test_a_badly_measured_campaign_teaches_less():
    planned = mailing(start=dt.date(2026, 6, 1))
    sharp, dull = (realised.learn(planned, [brought(2.0, sd=sd)]).factor for sd in (20.0, 2000.0))
    assert 1 < dull < sharp < 2


def test_scattered_campaigns_keep_the_range_wide():
    planned = mailing(start=dt.date(2026, 6, 1))
    alike = realised.learn(planned, [brought(r, str(r)) for r in (0.9, 1.0, 1.1, 1.05)])
    apart = realised.learn(planned, [brought(r, str(r)) for r in (0.2, 1.0, 5.0, 1.05)])
    assert apart.log_sd > 1.5 * alike.log_sd


def test_other_kinds_and_unfinished_campaigns_teach_nothing():
    planned = mailing(start=dt.date(2026, 2, 3))
    other = dataclasses.replace(
        brought(3.0), campaign=dataclasses.replace(mailing(start=dt.date(2026, 1, 2)), kind="tv")
    )
    assert realised.learn(planned, [other, brought(3.0)]).campaigns == 0


def test_a_campaign_that_brought_nothing_lowers_the_next_but_not_to_zero():
    planned = mailing(start=dt.date(2026, 6, 1))
    found = realised.learn(planned, [brought(-0.1, "a"), brought(0.0, "b")])
    assert 0 < found.factor < 0.7


def test_the_range_keeps_its_asymmetry():
    planned = mailing(start=dt.date(2026, 6, 1), response=(800.0, 1000.0, 3000.0))
    low, mid, high = realised.expect(planned, realised.learn(planned, [brought(1.5)])).response
    assert low < mid < high
    assert np.log(high / mid) / np.log(mid / low) == pytest.approx(np.log(3) / np.log(1.25))


def test_a_planner_without_a_range_gets_one():
    planned = mailing(start=dt.date(2026, 6, 1), response=(1000.0, 1000.0, 1000.0))
    found = realised.expect(planned, realised.learn(planned, [brought(1.5)]))
    assert found.response[0] < found.response[1] < found.response[2]


def test_the_posterior_agrees_with_brute_force_for_a_known_scatter():
    planned = mailing(start=dt.date(2026, 6, 1))
    past = [brought(r, str(r), sd=300.0) for r in (1.4, 2.2, 0.8)]
    found = realised.learn(planned, past)
    # The scatter that was used is the one which makes up log_sd; the mean is then integrated.
    width = np.log(4) / (2 * realised.Z_P90)
    y = np.log([item.ratio for item in past])
    s2 = np.array([(item.sd / (item.ratio * item.campaign.mean)) ** 2 for item in past])
    tried = np.linspace(0.001, found.log_sd**2, 4000)
    precision = (1 / (tried[:, None] + s2)).sum(axis=1) + 1 / (0.5 * width**2)
    tau2 = tried[np.abs(1 / precision + tried - found.log_sd**2).argmin()]
    mu = np.linspace(-3, 3, 20001)
    log_p = -(mu**2) / (2 * 0.5 * width**2) - sum(
        (one - mu) ** 2 / (2 * (tau2 + s)) for one, s in zip(y, s2, strict=True)
    )
    weight = np.exp(log_p - log_p.max())
    assert found.factor == pytest.approx(np.exp((mu * weight).sum() / weight.sum()), rel=1e-3)


def test_the_county_learns_from_its_bills_what_its_notices_will_do():
    raw = pd.read_csv(real("county_channels_daily.csv"), parse_dates=["date"])
    history = table("voice", raw["date"], raw["voice"], "America/Denver")
    shape = np.exp(-np.arange(35) / 12.0)
    lag = tuple(shape / shape.sum())
    guess = (400.0, 1000.0, 2500.0)
    bills = mailing("bills", dt.date(2023, 11, 1), guess, lag=lag)
    notices = mailing("notices", dt.date(2024, 4, 1), guess, lag=lag)

    def made(until, **more):
        past = history[history["start"] < pd.Timestamp(until, tz="America/Denver")]
        return forecast(past, 35, freq="D", holidays="US-NM", **more)

    seen = realised.realised(bills, made("2023-11-01"), history)
    assert seen.ratio > 1.5
    better = realised.expect(notices, realised.learn(notices, [seen]))
    usual = made("2024-04-01", events=campaigns.as_events([bills]))
    came = frames.matched(usual.frame, history)
    error = [accuracy.wape(came, uplift.add(usual, wave).frame["volume"])
             for wave in ([], [notices], [better])]  # fmt: skip
    assert error[2] < error[1] < error[0]
