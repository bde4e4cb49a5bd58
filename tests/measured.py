"""Small actuals made by hand, for charts and comparisons."""

import numpy as np
import pandas as pd

from wfm.actuals import Actuals

TZ = "Europe/Berlin"
MONDAY = pd.Timestamp("2026-01-05", tz=TZ)


def days(count, *, weekdays=7):
    """Return local midnights from Monday on, of the first so many weekdays."""
    grid = pd.DatetimeIndex([MONDAY + pd.DateOffset(days=i) for i in range(7 * count)])
    return grid[grid.day_of_week < weekdays][:count]


def handled(aht_s, *, contacts=100.0, weekdays=7):
    """Return actuals of one queue with these daily handle times."""
    start = days(len(aht_s), weekdays=weekdays)
    talk = np.asarray(aht_s, float) * contacts
    table = pd.DataFrame({
        "queue": "voice", "start": start, "offered": contacts, "answered": contacts,
        "abandoned": 0.0, "talk_s": talk, "hold_s": 0.0, "acw_s": 0.0, "handled": contacts,
    })  # fmt: skip
    return Actuals({"interval_actuals": table})


def weekly_shares(good, total):
    """Return actuals of one team whose weekly solved and answered surveys are these."""
    rows = []
    for week, (yes, n) in enumerate(zip(good, total, strict=True)):
        at = MONDAY + pd.DateOffset(weeks=week, hours=10)
        rows += [(at, float(i < yes)) for i in range(n)]
    table = pd.DataFrame(rows, columns=["contact_at", "survey"])
    table["contact"] = [f"S{i}" for i in range(len(table))]
    return Actuals({"surveys": table.assign(queue="voice", agent="a", team="red", csat=5.0)})


def by_type(rows):
    """Return agent contacts of rows (agent, day number, reason, handled, seconds, transferred)."""
    table = pd.DataFrame(rows, columns=["agent", "day", "reason", "handled", "talk_s",
                                        "transferred"])  # fmt: skip
    start = [MONDAY + pd.DateOffset(days=int(day)) for day in table.pop("day")]
    return Actuals({"agent_contacts": table.assign(
        start=pd.DatetimeIndex(start), queue="voice", team="red", hold_s=0.0, acw_s=0.0,
    )})  # fmt: skip
