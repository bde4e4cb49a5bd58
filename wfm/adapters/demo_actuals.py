"""What happened in the demo centre: half a year before its plan, and the plan's first week.

Everything here is generated and labelled so; only the voice and other counts before the plan are
the plan's own history. What was put in on purpose, to be found, is in `demo_truth`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from wfm.actuals import Actuals
from wfm.adapters import demo_days, demo_intervals, demo_voices
from wfm.adapters.demo import SEED
from wfm.plan import Plan

__all__ = ["DemoTruth", "demo_actuals", "demo_truth"]

WEEKS = 26


@dataclass(frozen=True)
class DemoTruth:
    """What is true of the generated actuals, so that a finding can be held against it.

    Attributes
    ----------
    first, last : date
        First and last day of the actuals.
    improved_team, improved_from : str, date
        The true improvement: coaching "ask before you answer" in this team from this day on.
    fcr_before, fcr_gain, aht_cost_s, csat_gain : float
        Share of its customers who call the matter solved, by how much it rose for good, what it
        costs in seconds a contact, and what it adds to the share of satisfied customers.
    false_team, false_from : str, date
        The change that only looks like one: this team began a closing script on this day, when
        satisfaction rises in every team for the season; the script does nothing.
    season_csat : float
        What the season adds to the share of satisfied customers at its height, in every team.
    season_peak : date
    mix_queue, mix_from, mix_reason, mix_shift : str, date, str, float
        From this day on this reason is so much more of the queue; nobody handles anything slower,
        and still mean handle time rises.
    spike_queue, spike_from, spike_until, spike_lift : str, datetime, datetime, float
        The campaign nobody announced: between these instants (the last one not included) so much
        more of what was expected, falling to a third of it on the second day.
    """

    first: dt.date
    last: dt.date
    improved_team: str
    improved_from: dt.date
    fcr_before: float
    fcr_gain: float
    aht_cost_s: float
    csat_gain: float
    false_team: str
    false_from: dt.date
    season_csat: float
    season_peak: dt.date
    mix_queue: str
    mix_from: dt.date
    mix_reason: str
    mix_shift: float
    spike_queue: str
    spike_from: dt.datetime
    spike_until: dt.datetime
    spike_lift: float


def demo_truth(plan_from: dt.date = dt.date(2003, 10, 27)) -> DemoTruth:
    """Return what was put into the actuals of a plan that begins on `plan_from`.

    Examples
    --------
    >>> truth = demo_truth()
    >>> truth.improved_team, truth.improved_from.isoformat(), truth.fcr_gain
    ('team 1', '2003-08-04', 0.1)
    """

    def week(number: int, day: int = 0) -> dt.date:
        return plan_from + dt.timedelta(weeks=number, days=day)

    def clock(day: int, hour: int) -> dt.datetime:
        return dt.datetime.combine(week(0, day), dt.time(hour))

    return DemoTruth(
        first=week(-WEEKS), last=week(0, 6),
        improved_team="team 1", improved_from=week(-12),
        fcr_before=0.70, fcr_gain=0.10, aht_cost_s=6.0, csat_gain=0.03,
        false_team="team 3", false_from=week(-16), season_csat=0.06, season_peak=week(-13),
        mix_queue="voice", mix_from=week(-6), mix_reason="technical", mix_shift=0.10,
        spike_queue="voice", spike_from=clock(2, 10), spike_until=clock(3, 16), spike_lift=0.45,
    )  # fmt: skip


def demo_actuals(plan: Plan, *, seed: int = SEED) -> Actuals:
    """Return the generated actuals of the demo plan; the same for the same plan and seed.

    Parameters
    ----------
    plan : Plan
        The demo centre's; its history, forecast, requirement and roster are what the centre had.
    seed : int

    Returns
    -------
    Actuals
        Every table of `wfm.actuals.TABLES`. Counts are of this centre alone: where a queue has a
        `share`, the plan's forecast and history are to be multiplied by it first.
    """
    truth = demo_truth(plan.forecast["start"].min().date())
    intervals = demo_intervals.intervals(plan, truth, np.random.default_rng([seed, 11]))
    worked = demo_days.work(plan, truth, intervals, np.random.default_rng([seed, 12]))
    told = demo_voices.voices(plan, truth, worked, np.random.default_rng([seed, 13]))
    notes = (
        "actuals: generated with a fixed seed. Contacts before the plan begins are those of its "
        "history; handle times, waits, people's days, surveys and checks are drawn, and three "
        "changes were put in to be found (docs/actuals.md)",
        "the demo centre has no outbound work and no voice menu: their KPIs have no data",
    )
    return Actuals({**worked.tables, **told}, notes)
