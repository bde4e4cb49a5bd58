"""Is a cycle born only from something that was really seen?"""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from wfm import pdca, variance
from wfm.errors import BadInput
from wfm.evidence import charts

DAYS = [dt.date(2026, 3, 2) + dt.timedelta(days=d) for d in range(20)]


def test_a_chart_without_a_signal_gives_no_cycle():
    calm = charts.xmr([5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 6, 5, 6, 5, 5, 6, 5, 6, 5, 6])
    with pytest.raises(BadInput, match="without one it is noise"):
        pdca.from_signal("aht_s", calm, DAYS)


def test_an_alert_says_what_since_when_and_how_big():
    values = np.array([5.0, 6] * 9 + [12, 13])
    chart = charts.xmr(values, baseline=18, rules=("3sigma",))
    first = pdca.from_signal("aht_s", chart, DAYS, chart.signals[0])
    assert (first.kind, first.key, first.since) == ("alert", "aht_s", DAYS[18])
    assert first.size == pytest.approx(7.0)  # mean of 12 and 13, less 5.5
    with pytest.raises(BadInput, match="20 points but 19 days"):
        pdca.from_signal("aht_s", chart, DAYS[:-1])


def test_a_variance_names_its_largest_driver_unless_another_is_asked_for():
    plan = pd.DataFrame({
        "queue": "voice", "start": pd.date_range("2026-03-02", periods=2, freq="30min", tz="UTC"),
        "volume": 100.0, "aht_s": 180.0, "heads": 20.0, "shrinkage": 0.30, "adherence": 1.0,
    })  # fmt: skip
    split = variance.explain(plan, plan.assign(volume=120.0, shrinkage=0.32))
    origin = pdca.from_variance(split)
    assert (origin.kind, origin.key) == ("variance", "volume")
    assert origin.size == pytest.approx(float(split.total["volume"]))
    assert pdca.from_variance(split, "shrinkage").key == "shrinkage"
    with pytest.raises(BadInput, match="drivers are"):
        pdca.from_variance(split, "weather")


def test_a_driver_that_is_satisfied_has_no_priority():
    assert pdca.from_driver("price", importance=0.5, satisfaction=4.5, target=4.0).size == 0
