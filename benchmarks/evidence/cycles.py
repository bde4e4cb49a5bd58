"""How often is a cycle confirmed that did nothing, and how often one that did what was planned?

Each row runs whole PDCA cycles on simulated centres with a known truth: draw the past, design and
lock the test, draw what follows, check, and read the verdict four weeks after the window. `none`
is a change without effect, `planned` one of just the size that Plan expected. Run with
`python benchmarks/evidence/cycles.py [cycles without] [cycles with]`; writes cycles.csv beside it.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from wfm import kpi, pdca
from wfm.errors import BadInput
from wfm.kpi.targets import Facts, KpiTarget

OUT = Path(__file__).with_suffix(".csv")
CYCLES, PLANNED, SEED = 500, 250, 2026
BEGINS = dt.date(2026, 3, 4)  # a Wednesday: weeks of the test do not begin on Monday
AFTER_WEEKS = 70
WEEK = np.array([-0.03, -0.01, 0.0, 0.005, 0.01, 0.015, 0.01])
VOLUME = np.array([1.25, 1.1, 1.0, 1.0, 0.95, 0.4, 0.3])
SHARE, CHANGE, TARGET_SHARE = 0.75, 0.04, 0.4
ANA, BEN = pdca.Actor("Ana", "lead"), pdca.Actor("Ben", "analyst")


@dataclass(frozen=True)
class World:
    """A centre: what moves its share of answered contacts, in points of the share.

    `season` is the height of a yearly wave, `trend` the rise in a year, `common` and `own` the day
    noise of the centre and of each team with day-to-day correlation `link`, `volume` contacts a
    team and day, `spread` the relative variance of days beyond Poisson, `weekday` whether weekdays
    differ, `weeks` of baseline where not `BASELINE_WEEKS`.
    """

    name: str
    season: float = 0.0
    trend: float = 0.0
    common: float = 0.0
    own: float = 0.0
    link: float = 0.0
    volume: float = 300.0
    spread: float = 0.0
    weekday: bool = False
    weeks: int = 0


CALM = World("independent contacts")
WORLDS = (
    CALM,
    World("weekdays, days vary", weekday=True, common=0.03, own=0.025, spread=0.02),
    World("weekdays, days vary, autocorrelation 0.4", weekday=True, common=0.025, own=0.02,
          link=0.4, spread=0.02),
    World("season, weekdays, days vary, autocorrelation 0.4", season=0.03, weekday=True,
          common=0.02, own=0.015, link=0.4, spread=0.02),
    World("trend, weekdays, days vary, autocorrelation 0.4", trend=0.02, weekday=True,
          common=0.02, own=0.015, link=0.4, spread=0.02),
    World("season and weekdays alone, strong", season=0.06, weekday=True),
    World("12 weeks of baseline, no season, weekdays, days vary", weekday=True, common=0.02,
          own=0.015, spread=0.02, weeks=12),
)  # fmt: skip
# A trend makes any long baseline restless; it is said at Plan, and the test models or shares it.
EXPLAINED = {"trend": "slow rise since the new telephone system"}
GROUPS = {
    "randomised": pdca.Group("arm", ("new",), ("old",), randomised=True),
    "did": pdca.Group("team", ("A",), ("B",)),
    "its": pdca.Group(),
}
BASELINE_WEEKS = {"randomised": 56, "did": 56, "its": 104}


def noise(rng: np.random.Generator, days: int, sd: float, link: float) -> np.ndarray:
    """Return day noise with standard deviation `sd` and correlation `link` to the day before."""
    steps = rng.normal(size=days)
    for i in range(1, days):
        steps[i] = link * steps[i - 1] + np.sqrt(1 - link**2) * steps[i]
    return sd * steps


def history(
    world: World, method: str, rng: np.random.Generator, *, change: float, weeks: int
) -> pd.DataFrame:
    """Return days of a centre, `weeks` of them before the change, for one test method."""
    before = 7 * weeks
    days = before + 7 * AFTER_WEEKS
    start = pd.date_range(pd.Timestamp(BEGINS) - pd.Timedelta(days=before), periods=days)
    t = np.arange(days)
    p = SHARE + world.trend * (t - before) / 365.25 + noise(rng, days, world.common, world.link)
    p = p + world.season * np.sin(2 * np.pi * (t / 365.25 + rng.uniform()))
    volume = np.full(days, world.volume)
    if world.weekday:
        p, volume = p + WEEK[start.day_of_week], volume * VOLUME[start.day_of_week]
    if world.spread:
        volume = volume * rng.gamma(1 / world.spread, world.spread, days)
    labels = {"randomised": ("new", "old"), "did": ("A", "B"), "its": ("all",)}[method]
    parts = []
    for label in labels:
        treated = label in ("new", "A", "all")
        own = noise(rng, days, world.own, world.link) if method == "did" else 0.0
        level = np.clip(p + own + np.where(treated & (t >= before), change, 0.0), 0.01, 0.99)
        offered = rng.poisson(volume)
        answered = rng.binomial(offered, level)
        mean_s = rng.normal(240, 4, days)
        parts.append(pd.DataFrame({
            "team" if method == "did" else "arm": label,
            "start": (start + pd.Timedelta(hours=12)).tz_localize("UTC"),
            "answered": answered, "abandoned": offered - answered, "handled": answered,
            "talk_s": answered * mean_s, "hold_s": 0.0, "acw_s": answered * 30.0,
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def proposal(baseline: float, method: str, world: World) -> pdca.Proposal:
    """Return what Plan says: expect CHANGE, promise TARGET_SHARE of it."""
    target = KpiTarget(
        "answer_rate", value=baseline + TARGET_SHARE * CHANGE, direction="up",
        definition=kpi.definition("answer_rate"), baseline=baseline,
        baseline_until=BEGINS - dt.timedelta(days=1), deadline=BEGINS + dt.timedelta(weeks=52),
        review_days=7, owner="Ana", source="ACD", role="lead", counter="aht_s",
        counter_margin=8.0, parent="service", signed=("centre", "team"),
    )  # fmt: skip
    reason = EXPLAINED["trend"] if world.trend else ""
    return pdca.Proposal(
        target, expected=baseline + CHANGE, begins=BEGINS, hypothesis="breaks at calmer times",
        actions=(pdca.Action("move breaks", "process", "Ana"),), group=GROUPS[method],
        counter_definition=kpi.definition("aht_s"),
        doubts=tuple(pdca.Doubt(cause) for cause in pdca.Cause), instability=reason,
        season=not world.weeks, season_reason="none in ten years" if world.weeks else "",
    )  # fmt: skip


def run(world: World, method: str, rng: np.random.Generator, *, change: float) -> str:
    """Return a cycle's verdict, or why it was never locked: ``"unstable"``, ``"undetectable"``."""
    weeks = world.weeks or BASELINE_WEEKS[method]
    actuals = history(world, method, rng, change=change, weeks=weeks)
    past = actuals[actuals["start"].dt.date < BEGINS]
    treated = past[past["team"] == "A"] if method == "did" else past
    baseline = float(treated["answered"].sum() / (treated["answered"] + treated["abandoned"]).sum())
    at = dt.datetime(BEGINS.year, BEGINS.month, BEGINS.day - 2, 12, tzinfo=dt.UTC)
    cycle = pdca.open_cycle("breaks", by=ANA, at=at)
    cycle = cycle.planned(proposal(baseline, method, world), by=ANA, at=at)
    try:
        test = pdca.design(past, cycle.proposal)
    except BadInput:
        return "undetectable"
    if not cycle.review(test, Facts()).accepted:
        return "unstable" if not test.stable else "refused"
    cycle = cycle.locked(test, by=ANA, at=at)
    # Four weeks after the window, and no later: what is known then decides.
    for extra in range(12):
        last = BEGINS + dt.timedelta(weeks=test.weeks + test.sustain_weeks + extra)
        report = cycle.check(actuals[actuals["start"].dt.date < last])
        if report.rules[1].state == "holds" and report.rules[5].state != "open":
            break
    return str(report.verdict)


def table(
    cycles: int = CYCLES, planned: int = PLANNED, methods: tuple[str, ...] = tuple(GROUPS)
) -> pd.DataFrame:
    """Return the shares of verdicts by method, world and truth."""
    rows = []
    for method in methods:
        for place, world in enumerate(WORLDS):
            for truth, change, many in (("none", 0.0, cycles), ("planned", CHANGE, planned)):
                key = [SEED, list(GROUPS).index(method), place, int(change > 0)]
                rng = np.random.default_rng(key)
                found = [run(world, method, rng, change=change) for _ in range(many)]
                counts = pd.Series(found).value_counts()
                reached = many - sum(counts.get(k, 0) for k in (
                    "unstable", "undetectable", "refused", "not testable"))  # fmt: skip
                rows.append({
                    "method": method, "world": world.name, "truth": truth, "cycles": many,
                    "reached_n": reached, "confirmed": int(counts.get("confirmed", 0)),
                    "confirmed_of_reached": round(counts.get("confirmed", 0) / reached, 3)
                    if reached else np.nan,
                    **{k.replace(" ", "_"): int(counts.get(k, 0)) for k in (
                        "promising", "no evidence", "harmful", "not testable", "unstable",
                        "undetectable", "refused")},
                })  # fmt: skip
                print(method, world.name, truth, counts.to_dict(), file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    made = table(*asked)
    made.to_csv(OUT, index=False)
    print(made.to_string(index=False))
