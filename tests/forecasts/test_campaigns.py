import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import BadInput, campaigns, events, uplift
from forecasts.campaigns import Campaign
from tests.forecasts.given import days_of, frame

EXACT = 1e-12  # relative; sums of floats in another order
START = dt.date(2026, 3, 2)
FIELDS = {
    "name": "bills", "kind": "mailing", "start": START, "audience": 120_000,
    "response": (0.04, 0.04, 0.04), "contact_share": 0.25, "lag": (0.45, 0.30, 0.15, 0.10),
    "split": {"voice": 1.0},
}  # fmt: skip


def campaign(**changed):
    return Campaign(**{**FIELDS, **changed})


def test_the_worked_example_adds_1200_contacts_over_four_days():
    assert campaign().by_day() == pytest.approx([540, 360, 180, 120], rel=EXACT)
    found = uplift.add(frame([1000.0] * 5, freq="D"), [campaign()])
    extra = found.frame["volume"] - 1000
    assert extra.tolist() == pytest.approx([540, 360, 180, 120, 0], abs=1e-9)
    workload_h = extra.sum() * 240 / 3600
    assert workload_h == pytest.approx(80)
    assert workload_h / 0.85 == pytest.approx(94.1176470588235)


def test_a_range_has_the_mean_and_sd_of_its_three_points():
    found = campaign(audience=1, contact_share=1.0, response=(100.0, 200.0, 400.0))
    assert found.mean == pytest.approx(0.3 * 100 + 0.4 * 200 + 0.3 * 400)
    squares = [0.3 * 130**2, 0.4 * 30**2, 0.3 * 170**2]
    assert found.sd == pytest.approx(np.sqrt(sum(squares)))


def test_a_campaign_sent_over_three_days_starts_a_wave_on_each():
    found = campaign(end=dt.date(2026, 3, 4), lag=(0.6, 0.4))
    assert found.last_contact == dt.date(2026, 3, 5)
    assert found.by_day() == pytest.approx(np.array([0.2, 1 / 3, 1 / 3, 0.4 / 3]) * 1200)


def test_overlapping_campaigns_add_and_their_variances_add():
    usual = frame([1000.0] * 6, freq="D", dispersion=0.01)
    wide = {"response": (0.02, 0.04, 0.06)}
    first, second = (
        campaign(name="a", **wide),
        campaign(name="b", start=dt.date(2026, 3, 3), **wide),
    )
    alone = [uplift.add(usual, [one]).frame for one in (first, second)]
    both = uplift.add(usual, [first, second]).frame
    extra = sum(one["volume"] - usual["volume"] for one in alone)
    assert (both["volume"] - usual["volume"]).to_numpy() == pytest.approx(extra.to_numpy())
    squared = [one["dispersion"] * one["volume"] ** 2 - 0.01 * usual["volume"] ** 2
               for one in alone]  # fmt: skip
    together = both["dispersion"] * both["volume"] ** 2 - 0.01 * usual["volume"] ** 2
    assert together.to_numpy() == pytest.approx(sum(squared).to_numpy())


def test_a_wider_range_widens_the_bands_and_leaves_the_mean():
    usual = frame([1000.0] * 5, freq="D", dispersion=0.001)
    narrow = uplift.add(usual, [campaign()]).frame
    wide = uplift.add(usual, [campaign(response=(0.02, 0.04, 0.06))]).frame
    assert wide["volume"].to_numpy() == pytest.approx(narrow["volume"].to_numpy())
    assert (wide["p97_5"] - wide["p2_5"])[0] > 1.5 * (narrow["p97_5"] - narrow["p2_5"])[0]


@settings(max_examples=40, deadline=None)
@given(
    lag=st.lists(st.floats(0, 1), min_size=1, max_size=9).filter(lambda lag: sum(lag) > 0.1),
    share=st.floats(0, 1), offset=st.integers(-4, 9), last=st.integers(0, 5),
    closed=st.sets(st.integers(0, 6), max_size=4),
)  # fmt: skip
def test_no_contact_is_lost_or_made(lag, share, offset, last, closed):
    usual = pd.concat([days_of(7, freq="2h"), days_of(7, freq="2h", queue="chat", a_day=90.0)],
                      ignore_index=True)  # fmt: skip
    usual.loc[usual["start"].dt.day_of_week.isin(closed), "volume"] = 0.0
    begin = START + dt.timedelta(days=offset)
    one = campaign(lag=tuple(np.array(lag) / sum(lag)), split={"voice": share, "chat": 1 - share},
                   start=begin, end=begin + dt.timedelta(days=last))  # fmt: skip
    found = uplift.add(usual, [one])
    placed = found.frame["volume"].sum() - usual["volume"].sum()
    assert placed == pytest.approx(found.extra["extra"].sum(), abs=1e-6)
    assert placed + found.outside["contacts"].sum() == pytest.approx(one.mean, abs=1e-6)
    assert (found.frame.loc[usual["volume"] == 0, "volume"] == 0).all()


def test_contacts_of_a_closed_sunday_come_on_monday():
    usual = frame([100.0, 0.0, 100.0], freq="D", first="2026-03-07")
    found = uplift.add(usual, [campaign(start=dt.date(2026, 3, 7), lag=(0.5, 0.3, 0.2))])
    assert (found.frame["volume"] - usual["volume"]).tolist() == pytest.approx([600, 0, 600])


def test_contacts_spread_over_the_day_as_the_queue_or_as_stated():
    usual = days_of(1)
    own = uplift.add(usual, [campaign(lag=(1.0,))]).frame["volume"] / usual["volume"]
    assert own[usual["volume"] > 0].to_numpy() == pytest.approx(np.full(24, 2.2))
    found = uplift.add(usual, [campaign(lag=(1.0,), profile={9: 1.0, 10: 3.0})]).extra
    by_hour = found.groupby(found["start"].dt.hour)["extra"].sum()
    assert by_hour.to_dict() == pytest.approx({9: 300.0, 10: 900.0})


def test_longer_campaign_contacts_lengthen_the_mean_handle_time():
    found = uplift.add(frame([1200.0], freq="D"), [campaign(lag=(1.0,), aht_factor=1.5)]).frame
    assert found["aht_s"].tolist() == pytest.approx([240 * 1.25])


def test_a_clock_change_neither_loses_nor_doubles_a_campaign():
    usual = days_of(3, first="2026-03-07", tz="America/New_York", freq="h")
    found = uplift.add(usual, [campaign(start=dt.date(2026, 3, 7), lag=(0.2, 0.5, 0.3))])
    by_day = found.extra.groupby(found.extra["start"].dt.day)["extra"].sum()
    assert by_day.tolist() == pytest.approx([240, 600, 360])


def test_rows_in_any_order_give_the_same_forecast():
    usual = days_of(5)
    mixed = usual.sample(frac=1, random_state=2)
    found = uplift.add(mixed, [campaign()]).frame.sort_index()
    pd.testing.assert_frame_equal(found, uplift.add(usual, [campaign()]).frame)


def test_the_callers_frame_stays():
    usual = frame([1000.0] * 5, freq="D")
    before = usual.copy(deep=True)
    uplift.add(usual, [campaign()])
    assert usual.equals(before)


def test_no_campaigns_change_no_volume():
    usual = frame([10.0, 20.0], dispersion=0.02)
    found = uplift.add(usual, [])
    assert found.frame.equals(usual)
    assert not len(found.extra)


def test_notice_counts_the_campaigns_that_nobody_announced():
    told = [campaign(name="a", registered_on=dt.date(2026, 2, 10)),
            campaign(name="b", registered_on=dt.date(2026, 2, 16)),
            campaign(name="c"), campaign(name="d", registered_on=dt.date(2026, 3, 4))]  # fmt: skip
    found = campaigns.notice(told)
    assert found.frame["notice_days"].tolist() == [20, 14, 0, -2]
    assert (found.median_days, found.in_time, found.unregistered) == (7.0, 0.5, 1)


def test_a_campaign_runs_until_its_last_contact():
    one = campaign(registered_on=dt.date(2026, 2, 10))
    days = [START - dt.timedelta(days=1), START, one.last_contact,
            one.last_contact + dt.timedelta(days=1)]  # fmt: skip
    assert [one.status(day) for day in days] == ["planned", "running", "running", "done"]
    assert campaign().status(START) == "not announced"


def test_past_campaigns_are_events_of_their_own():
    table = campaigns.as_events([campaign(split={"voice": 0.5, "chat": 0.5})])
    covered = events.named(events.check(table), "chat", campaign().days)
    assert covered["bills"].all()
    assert not events.named(events.check(table), "mail", campaign().days)


@pytest.mark.parametrize(("changed", "said"), [
    ({"name": " "}, "expected a text as name"),
    ({"start": "2026-03-02"}, "must be a date"),
    ({"start": dt.datetime(2026, 3, 2)}, "must be a date"),
    ({"end": dt.date(2026, 3, 1)}, "before its start"),
    ({"audience": -1}, "audience"),
    ({"audience": float("nan")}, "audience"),
    ({"response": (0.05, 0.04, 0.06)}, "low <= mid <= high"),
    ({"response": 0.04}, "(low, mid, high)"),
    ({"contact_share": 25}, "was a percent passed?"),
    ({"lag": (0.5, 0.4)}, "sum to 0.9"),
    ({"lag": ()}, "lag"),
    ({"split": {"voice": 0.5}}, "split"),
    ({"split": ["voice"]}, "map queues to shares"),
    ({"aht_factor": 0}, "aht_factor"),
    ({"profile": {24: 1.0}}, "clock hours"),
])  # fmt: skip
def test_a_campaign_that_cannot_be_is_refused(changed, said):
    with pytest.raises(BadInput) as refused:
        campaign(**changed)
    assert said in str(refused.value)


def test_a_register_with_a_stranger_or_a_twin_is_refused():
    with pytest.raises(BadInput, match="stand twice"):
        campaigns.register([campaign(), campaign()])
    with pytest.raises(BadInput, match="are no Campaign"):
        campaigns.register([campaign(), "bills"])
    with pytest.raises(BadInput, match="expected a list"):
        campaigns.register(campaign())
    with pytest.raises(BadInput, match="not in the forecast"):
        uplift.add(frame([1.0], queue="chat"), [campaign()])


def test_day_totals_get_a_campaign_whatever_its_profile():
    days = pd.date_range("2026-03-02", periods=4, freq="D", tz="UTC")
    frame = pd.DataFrame({"queue": "voice", "start": days, "volume": 1000.0, "dispersion": 0.01})
    made = campaign(start=dt.date(2026, 3, 2), split={"voice": 1.0}, profile={9: 1, 10: 2})
    found = uplift.add(frame, [made])
    assert found.extra["extra"].sum() + found.outside["contacts"].sum() == pytest.approx(made.mean)
    assert found.extra["extra"].sum() > 0
