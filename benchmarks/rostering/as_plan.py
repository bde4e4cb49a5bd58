"""What does `roster.solve` make of a contact-centre instance that is stated as a planner's plan?

``python benchmarks/rostering/as_plan.py INSTANCE.json --seconds 60 --seed 0 --out r.csv``

Queues, people, contracts, shift types, breaks and rules become a `Scenario` and the requirement a
table, as a planner would have them; the roster is written and checked by the same reader as that of
`contact_centre.py`, which calls the engine below `roster.solve`.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import centre_case  # noqa: E402
import pandas as pd  # noqa: E402
import report  # noqa: E402

from wfm import roster  # noqa: E402
from wfm.roster.compiling import compile_kernels  # noqa: E402
from wfm.roster.result import Roster  # noqa: E402
from wfm.scenario import (  # noqa: E402
    BreakRule,
    Contract,
    LabourRules,
    Person,
    Queue,
    RosterWeights,
    Scenario,
    ShiftType,
    Target,
)  # fmt: skip

MONDAY = dt.date(2003, 3, 3)
STEP = 15


def plan_of(case: dict) -> tuple[pd.DataFrame, Scenario]:
    """Return the requirement and the scenario of an instance."""
    queues, days = case["queues"], case["days"]
    types, contracts = [], []
    for name, contract in case["contracts"].items():
        mine = [_shift(case, name, shift) for shift in contract["shifts"]]
        types += mine
        contracts.append(Contract(name, *contract["weekly_paid_hours"],
                                  tuple(s.code for s in mine), max_days_per_week=7))  # fmt: skip
    away: dict[str, list[dt.date]] = {}
    for agent, day in case["time_off"]:
        away.setdefault(agent, []).append(MONDAY + dt.timedelta(days=day))
    rules = case["rules"]
    plan = Scenario(
        name=case["name"], timezone="UTC", interval_min=STEP, start=MONDAY, weeks=days // 7,
        queues=tuple(Queue(queue, Target(0.8)) for queue in queues),
        people=tuple(
            Person(a["id"], a["contract"], tuple(queues[s] for s in a["skills"]),
                   time_off=tuple(away.get(a["id"], ())))
            for a in case["agents"]
        ),
        contracts=tuple(contracts), shifts=tuple(types),
        rules=LabourRules(
            daily_rest_h=rules["min_rest_minutes"] / 60, weekly_rest_h=0, max_week_h=60,
            max_consecutive_days=rules["max_consecutive_days"],
            max_weekends=rules["max_weekends_worked"], weekends_of=days // 7,
            source="the instance",
        ),
        weights=RosterWeights(case["weights"]["under"], case["weights"]["over"], fairness=0),
    )  # fmt: skip
    parts = []
    for queue, need in zip(queues, case["requirements"], strict=True):
        for day, row in enumerate(need):
            first = pd.Timestamp(MONDAY, tz="UTC") + pd.Timedelta(
                minutes=STEP * case["open_interval"], days=day
            )
            starts = pd.date_range(first, periods=len(row), freq=f"{STEP}min")
            parts.append(pd.DataFrame({"queue": queue, "start": starts, "scheduled": row}))
    table = pd.concat(parts, ignore_index=True)
    return table.assign(agents=table["scheduled"].astype(float), p_answered_within=0.9,
                        agents_rounded=table["scheduled"], occupancy=0.5), plan  # fmt: skip


def _shift(case: dict, contract: str, shift: dict) -> ShiftType:
    cells, opens = shift["presence_intervals"], case["open_interval"]
    unpaid = STEP * cells - round(60 * shift["paid_hours"])
    rules = []
    for b in shift["breaks"]:
        minutes = STEP * b["intervals"]
        paid = minutes != unpaid
        unpaid -= 0 if paid else minutes
        rules.append(BreakRule("break" if paid else "lunch", minutes, STEP * b["earliest_offset"],
                               STEP * b["latest_offset"], paid))  # fmt: skip
    if unpaid:
        raise ValueError(f"{contract}: the breaks do not explain the paid hours of {cells} cells")
    grid = case["rules"]["start_grid_minutes"]
    last = (case["intervals_per_day"] - cells) * STEP // grid * grid
    return ShiftType(f"{contract}-{cells}", _clock(STEP * opens), _clock(STEP * opens + last),
                     STEP * cells, grid, tuple(rules))  # fmt: skip


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def rows_of(case: dict, made: Roster) -> list[centre_case.Row]:
    """Return the roster's rows as the checking reader has them."""
    opening = pd.Timedelta(minutes=STEP * case["open_interval"])
    table = made.frame.assign(day=made.frame["start"].dt.normalize()).sort_values("start")
    rows = []
    for (agent, day), mine in table.groupby(["agent", "day"], sort=False):
        begin = mine["start"].iloc[0]
        pauses = mine.loc[mine["activity"].isin(["break", "lunch"]), "start"]
        step = pd.Timedelta(minutes=STEP)
        rows.append((
            str(agent), int((day - pd.Timestamp(MONDAY, tz="UTC")).days),
            int((begin - day - opening) / step), int((mine["end"].iloc[-1] - begin) / step),
            tuple(int((pause - begin) / step) for pause in pauses),
        ))  # fmt: skip
    return rows


def run(path: str, seconds: float, seed: int, workers: int, out: str) -> dict:
    """Solve an instance as a plan, write the roster, check the file, and return the figures."""
    compile_kernels()
    begun, cpu = time.monotonic(), report.cpu_s()
    case = centre_case.read(path)
    table, plan = plan_of(case)
    made = roster.solve(table, plan, time_limit_s=seconds, workers=workers, seed=seed)
    centre_case.write(rows_of(case, made), out)
    rows = centre_case.read_roster(out)
    cost, under, over = centre_case.cost_of(case, rows)
    assert round(made.objective * 60 / STEP) == cost, "roster.solve counts otherwise than the check"
    return {
        "instance": case["name"], "cost": cost, "bound": round(made.bound * 60 / STEP, 1),
        "violations": len(centre_case.broken(case, rows)),
        "seconds": round(time.monotonic() - begun, 1), "cpu_s": round(report.cpu_s() - cpu, 1),
        "under": under, "over": over,
    }  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(report.main(run, __doc__))
