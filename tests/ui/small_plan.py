"""A small centre of one queue, to be planned for real."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from wfm.scenario import BreakRule, Contract, Person, Queue, Scenario, ShiftType, Target

TZ = "Europe/Berlin"


def history(weeks: int = 8, rate: float = 60.0) -> pd.DataFrame:
    """Half hours of weekdays, 8 to 18, from Monday 2026-01-05; days differ by 14 %."""
    days = pd.date_range("2026-01-05", periods=7 * weeks, freq="D")
    clock = pd.timedelta_range("8h", "17h30min", freq="30min")
    starts = [day + time for day in days[days.day_of_week < 5] for time in clock]
    start = pd.DatetimeIndex(starts).tz_localize(TZ)
    draw = np.random.default_rng(2)
    of_day = np.repeat(draw.gamma(50, 1 / 50, len(start) // len(clock)), len(clock))
    offered = draw.poisson(rate * of_day).astype(float)
    return pd.DataFrame(
        {"queue": "voice", "start": start.as_unit("ns"), "offered": offered, "aht_s": 240.0}
    )


def scenario(people: int = 3) -> Scenario:
    """One queue, one shift type."""
    shift = ShiftType("E", "08:00", "09:30", 510, 30, (BreakRule("lunch", 30, 180, 300, False),))
    fields: dict[str, Any] = {
        "shifts": (shift,),
        "contracts": (Contract("full", 16, 40, ("E",)),),
        "people": tuple(Person(f"p{i}", "full", ("voice",)) for i in range(people)),
    }
    return Scenario("small", TZ, (Queue("voice", Target(0.80)),), **fields)
