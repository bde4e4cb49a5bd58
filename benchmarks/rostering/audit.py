"""How long does the audit of 1,000 people and four weeks take, and what does each part cost?

    python benchmarks/rostering/audit.py --people 1000 --weeks 4

A centre of ten people is rostered for real and copied; the copies differ in their ids. In the same
run stand reading the table into shifts alone, and pandas counting its rows a person and shift.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import platform
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from wfm import roster
from wfm.roster.duties import duties_of
from wfm.roster.grid import horizon_of
from wfm.scenario import (
    BreakRule,
    Contract,
    Person,
    Queue,
    Scenario,
    ShiftType,
    Target,
)
from wfm.timegrid import intervals

RESULT = Path(__file__).parents[1] / "results" / "rostering_audit.csv"
BREAKS = (BreakRule("break", 15, 90, 150), BreakRule("lunch", 30, 210, 300, False),
          BreakRule("break", 15, 360, 420))  # fmt: skip


def centre(weeks: int) -> Scenario:
    """Ten people, some with leave, three shift types."""
    monday = dt.date(2003, 3, 3)
    people = tuple(
        Person(f"p{i}", "full", ("voice",),
               time_off=(monday + dt.timedelta(days=3 * i),) if i % 3 == 0 else ())
        for i in range(10)
    )  # fmt: skip
    shifts = tuple(
        ShiftType(code, first, last, 510, 30, BREAKS)
        for code, first, last in (("E", "07:00", "09:00"), ("M", "10:00", "12:00"),
                                  ("L", "13:00", "14:30"))
    )  # fmt: skip
    return Scenario(
        "audit", "America/New_York", (Queue("voice", Target(0.8)),), people,
        (Contract("full", 40, 40, ("E", "M", "L")),), shifts, start=monday, weeks=weeks,
    )  # fmt: skip


def big(people: int, weeks: int) -> tuple[pd.DataFrame, Scenario]:
    """A legal roster of many people."""
    plan = centre(weeks)
    starts = intervals(plan.start, 7 * weeks, plan.interval_min, plan.timezone)
    count = [5 if 7 <= s.hour < 22 else 0 for s in starts]
    wanted = pd.DataFrame({
        "queue": "voice", "start": starts, "agents": np.array(count, float), "scheduled": count,
        "agents_rounded": count, "p_answered_within": 0.9, "occupancy": 0.7,
    })  # fmt: skip
    frame = roster.solve(wanted, plan, time_limit_s=8).frame
    copies = range(people // 10)
    every = pd.concat(
        [frame.assign(agent=frame["agent"] + f"_{copy}") for copy in copies], ignore_index=True
    )
    staff = tuple(replace(p, id=f"{p.id}_{copy}") for copy in copies for p in plan.people)
    return every, replace(plan, people=staff)


def cpu_s(work) -> float:
    """The least processor seconds of three runs."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best


def main() -> None:
    """Measure and write the row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--out", type=Path, default=RESULT)
    asked = parser.parse_args()
    frame, plan = big(asked.people, asked.weeks)
    horizon = horizon_of(plan, None)
    found = roster.audit(frame, plan)
    row = {
        "people": len(plan.people), "days": horizon.days, "rows": len(frame),
        "violations": len(found),
        "audit_cpu_s": round(cpu_s(lambda: roster.audit(frame, plan)), 3),
        "reading_cpu_s": round(cpu_s(lambda: duties_of(frame, horizon)), 3),
        "pandas_count_cpu_s": round(cpu_s(lambda: frame.groupby(["agent", "shift"]).size()), 4),
        "machine": platform.machine(), "python": platform.python_version(),
        "pandas": pd.__version__, "numpy": np.__version__,
        "command": "python benchmarks/rostering/audit.py "
                   f"--people {asked.people} --weeks {asked.weeks}",
    }  # fmt: skip
    asked.out.parent.mkdir(exist_ok=True)
    with asked.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    sys.stdout.write(f"{row}\n")


if __name__ == "__main__":
    main()
