"""Does a what-if change every choice it names?"""

from types import SimpleNamespace

import pandas as pd
import pytest

from wfm import frames, requirement
from wfm.scenario import CallBack, Outreach, Queue, Scenario, Target
from wfm.whatif import what_if

START = pd.date_range("2026-03-02 08:00", periods=4, freq="30min", tz="UTC")
KEPT = dict.fromkeys(
    ("service_level", "awt_s", "patience_s", "shrinkage", "occupancy", "rule"), None
)
DIALS = Outreach(0.4, 0.5, 0.5, dial_s=20, right_party_s=120)
GOAL = Target(0.80)


def planned(queue):
    forecast = pd.DataFrame({
        "queue": "q", "start": START, "volume": 60.0, "aht_s": 240.0,
        **dict.fromkeys(frames.BANDS, 60.0),
    })  # fmt: skip
    scenario = Scenario("test", "UTC", (queue,))
    return SimpleNamespace(
        scenario=scenario, forecast=forecast, sizing=requirement.size(forecast, scenario)
    )


@pytest.mark.parametrize("queue", [
    Queue("q", Target(occupancy=0.8), channel="outbound", outreach=DIALS),
    Queue("q", GOAL, call_back=CallBack(0, 1.0, aht_s=400.0)),
    Queue("q", GOAL, aht_s=100.0),
])  # fmt: skip
def test_longer_handle_times_reach_every_kind_of_work(queue):
    plan = planned(queue)
    same = what_if(plan, "q", volume=1.0, aht=1.0, **KEPT)
    longer = what_if(plan, "q", volume=1.0, aht=1.5, **KEPT)
    assert (same.frame["agents"] == same.frame["agents_before"]).all()
    assert longer.after.agent_hours > 1.3 * same.after.agent_hours
