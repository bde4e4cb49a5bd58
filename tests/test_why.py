import numpy as np
import pandas as pd
import pytest

from wfm import frames, requirement
from wfm.scenario import Queue, Scenario, Target
from wfm.why import WHY, sentences

START = pd.Timestamp("2026-03-02 10:00", tz="UTC")


def told(volume=100.0, aht_s=180.0, currency="EUR", **choices):
    one = Queue("q", **{"target": Target(0.8), **choices})
    made = Scenario("why", "UTC", (one,), currency=currency)
    row = {"queue": "q", "start": START, "volume": volume, "aht_s": aht_s}
    spread = dict(zip(frames.BANDS, np.array([0.7, 0.8, 1, 1.2, 1.3]) * volume, strict=True))
    table = pd.DataFrame([row | spread])
    why = requirement.explain(requirement.size(table, made), made, forecast=table)
    return " ".join(sentences(why.iloc[0], currency=currency))


def test_the_standard_case_reads_as_its_numbers():
    # worked example T6
    text = told(shrinkage=0.3, cost_per_hour=20.0)
    for part in (
        "Mon 10:00: 100 contacts of 180 s are a load of 10 erlangs", "Erlang C",
        "14 on seat: 88.8% served in time; 79.6% with one agent less", "71.4% occupied",
        "service_level, missed with one agent less", "At 30.0% shrinkage 20 are scheduled",
        "cost 200.00 EUR", "change that by -10.00, one more by +20.00",
    ):  # fmt: skip
        assert part in text, part


@pytest.mark.parametrize(
    ("choices", "part"),
    [
        ({"chance": 0.9}, "The target is met with a chance of 9"),
        ({"channel": "email", "target": Target(awt_s=7200.0)}, "agent-intervals of work"),
        ({"channel": "outbound", "target": Target()}, "10 on seat, 100.0% occupied"),
        ({"volume": 0.0}, "nothing is expected"),
        ({"volume": 0.01}, "One agent is the least"),
    ],
)
def test_every_model_has_its_sentence(choices, part):
    assert part in told(**choices)


def test_no_sentence_shows_what_is_not_known():
    for choices in ({"reserve": 2}, {"channel": "email", "target": Target(awt_s=7200.0)}):
        text = told(**choices)
        assert "nan" not in text
        assert "–" not in text
    assert all(key.startswith("why.") for key in WHY)
