"""Do the default charts find what was put into the demo, and little else?"""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from tests import measured
from wfm import alerts
from wfm.actuals import Actuals
from wfm.adapters.demo_actuals import demo_truth
from wfm.errors import BadInput

TRUTH = demo_truth()


@pytest.fixture(scope="module")
def actuals(demo_actuals):
    return demo_actuals


@pytest.fixture(scope="module")
def found(actuals):
    return alerts.alerts(actuals)


def of(found, key, where=None):
    return [a for a in found if a.key == key and (where is None or where in dict(a.where).values())]


def test_the_true_improvement_is_found_in_its_team_on_its_day_and_nowhere_else(found):
    (alert,) = of(found, "fcr")
    assert dict(alert.where) == {"team": TRUTH.improved_team}
    assert alert.flag.first == TRUTH.improved_from
    assert alert.flag.better
    assert alert.flag.size == pytest.approx(TRUTH.fcr_gain, abs=0.03)
    assert alert.every == "week"
    assert "method=survey" in alert.definition


def test_the_day_of_the_campaign_is_a_signal_of_its_queue(found):
    days = [a.flag.first for a in of(found, "service_level", "voice")]
    assert TRUTH.spike_from.date() in days


def test_the_change_of_mix_shows_in_handle_time_and_is_neither_good_nor_bad(found):
    (alert,) = of(found, "aht_s", "voice")
    assert alert.flag.ongoing
    assert alert.flag.better is None
    assert alert.flag.size > 5


def test_the_false_improvement_is_no_signal_of_these_weeks(found):
    assert not of(found, "csat", TRUTH.false_team)


def test_ids_are_stable_unique_and_say_what_and_where(actuals, found):
    ids = [alert.id for alert in found]
    assert len(set(ids)) == len(ids)
    assert ids == [alert.id for alert in alerts.alerts(actuals)]
    assert f"fcr@team_1@{TRUTH.improved_from}" in ids


def test_those_that_go_on_come_first_then_the_strongest(found):
    order = [(a.flag.ongoing, a.flag.strength) for a in found]
    assert order == sorted(order, reverse=True)


def test_the_campaign_nobody_announced_is_one_spike_without_an_owner(actuals):
    # The actuals are drawn at random: now and then a small queue strays by chance.
    spike, *chance = alerts.spikes(actuals)
    assert all(abs(other.contacts) < 0.05 * spike.contacts for other in chance)
    assert (spike.queue, spike.direction, spike.event) == ("voice", "spike", None)
    begin = pd.Timestamp(TRUTH.spike_from, tz=spike.start.tz)
    assert abs(spike.start - begin) <= pd.Timedelta(hours=2)
    assert spike.contacts / spike.expected == pytest.approx(TRUTH.spike_lift, abs=0.12)


def test_a_registered_campaign_is_linked(actuals):
    day = pd.Timestamp(TRUTH.spike_from.date(), tz="America/New_York")
    row = pd.DataFrame({"name": ["card letter"], "start": [day], "notice_date": [day]})
    own = Actuals({**actuals.tables, "campaigns": row})
    assert alerts.spikes(own)[0].event == "card letter"


def test_the_same_week_without_the_campaign_has_no_spike(actuals):
    table = actuals.intervals
    calm = table.assign(offered=table["offered"].where(
        table["start"].dt.date < TRUTH.spike_from.date(), table["forecast_volume"].round()
    ))  # fmt: skip
    assert alerts.spikes(dataclasses.replace(actuals, tables={"interval_actuals": calm})) == ()


def test_without_a_forecast_or_a_past_there_is_no_spike_to_find(actuals):
    with pytest.raises(BadInput, match="forecast_volume"):
        alerts.spikes(measured.handled([1.0] * 20))
    with pytest.raises(BadInput, match="no weeks before"):
        alerts.spikes(actuals, weeks=60)


def test_kpis_without_data_and_short_series_are_passed_over():
    assert alerts.alerts(measured.handled([200.0] * 5)) == ()


def test_the_waiting_time_of_the_counts_is_taken_where_it_is_one(actuals):
    table = actuals.intervals
    voice = table[table["queue"] == "voice"]
    assert alerts.stored("service_level", voice, {}) == {"awt_s": 20.0}
    assert alerts.stored("service_level", table, {}) == {}
    assert alerts.stored("service_level", voice, {"awt_s": 30.0}) == {"awt_s": 30.0}
    assert alerts.stored("aht_s", voice, {}) == {}


def test_a_holiday_like_earlier_ones_is_a_signal_only_while_nobody_names_them():
    values = 200 + np.random.default_rng(1).normal(0, 3, 182)
    off = [12, 40, 120]  # the last one is watched
    values[off] += 40
    holidays = [(measured.MONDAY + pd.DateOffset(days=day)).date() for day in off]
    made = measured.handled(values)
    watch = [alerts.Watch("aht_s", "queue")]

    def flagged(**more):
        found = alerts.alerts(made, watch=watch, within_days=None, **more)
        return holidays[-1] in {alert.flag.first for alert in found}

    assert flagged()
    assert not flagged(holidays=holidays)


@pytest.mark.parametrize(
    "watch", [alerts.Watch("servce_level"), alerts.Watch("service_level", choices={"rule": "SL9"})]
)
def test_a_kpi_that_does_not_exist_is_refused_and_not_passed_over(actuals, watch):
    with pytest.raises(BadInput):
        alerts.alerts(actuals, watch=[watch])
