"""A small plan and what can be made of it, for the tests of the store."""

import dataclasses
import datetime as dt
import functools

from forecasts import Campaign
from tests.test_plan import history, scenario
from wfm import overriding
from wfm import plan as planning

AT = dt.datetime(2026, 2, 1, 8, tzinfo=dt.UTC)


@functools.cache
def small():
    """Return a plan with a roster of three people."""
    return planning.make_plan(scenario(people=3), history(weeks=4), time_limit_s=3)


@functools.cache
def full():
    """Return a plan with everything a plan can have: campaign, cleaning, overrides, notes."""
    frame = history(rate=60.0)
    frame.loc[frame["start"].dt.strftime("%m-%d") == "02-03", "offered"] = 0.0
    mailing = Campaign("bills", "mailing", dt.date(2026, 2, 17), 1, (90, 100, 110), (1.0,),
                       {"voice": 1.0}, registered_on=dt.date(2026, 2, 1))  # fmt: skip
    made = planning.make_plan(
        scenario(people=0), frame, campaigns=[mailing], notes=("read by hand",), planned_at=AT
    )
    open_now = made.forecast["volume"] > 1  # the night is closed, nothing can be changed there
    starts = made.forecast.loc[open_now, "start"]
    for change in (0.1, -0.05):
        made = overriding.override(
            made, queue="voice", start=starts.iloc[4], end=starts.iloc[9], reason="a fair",
            by="ann", at=AT, change=change,
        ).plan  # fmt: skip
    return made


def revised(plan, **changes):
    """Return the plan with another number of its own, as planning again makes it."""
    return dataclasses.replace(plan, provenance=dataclasses.replace(plan.provenance, **changes))
