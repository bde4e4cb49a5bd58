"""How do other ways do on the Curtois & Qu instances, with the same seconds and workers?

``python benchmarks/rostering/rivals.py --seconds 60 --workers 2 --out
benchmarks/results/rostering_rivals.csv [--rival-python PYTHON] [--example SCRIPT]
INSTANCE.txt ...``

Compared are this project's engine; plain CP-SAT on the compact model (a variable for each employee,
day and shift); pyworkforce, by an interpreter that has it (`--rival-python`), and OR-Tools' own
shift-scheduling example, from a copy of its script (`--example`, see `shift_example`), with the
part of an instance that each can state. Every roster is checked by the same reader, and
`cannot_state` says what a way leaves out.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import curtois_case  # noqa: E402
import shift_example  # noqa: E402

HERE = Path(__file__).parent
FIELDS = ["instance", "way", "limit_s", "workers", "cost", "bound", "violations", "seconds",
          "cpu_s", "cannot_state"]  # fmt: skip

ENGINE = """
import json, sys
sys.path.insert(0, {here!r})
import curtois
print("ROW " + json.dumps(curtois.run({path!r}, {seconds}, 0, {workers}, {out!r})))
"""

PYWORKFORCE = """
import json, sys, time
from pyworkforce.rostering.binary_programming import MinHoursRoster
task = json.load(sys.stdin)
begun = time.process_time()
made = MinHoursRoster(**task["arguments"], max_search_time=task["seconds"],
                      num_search_workers=task["workers"])
answer = made.solve()
print("ROW " + json.dumps({"status": answer["status"], "cpu_s": time.process_time() - begun,
                           "shifts": answer.get("resource_shifts", [])}))
"""

PYWORKFORCE_CANNOT = (
    "shortage (cover is hard), surplus, most minutes, limits by shift, days in a row on and off, "
    "weekends, off requests; least minutes are the same for everybody"
)


def compact(case: curtois_case.Case, seconds: float, workers: int) -> tuple[dict, float]:
    """Return the roster of plain CP-SAT on the compact model, and its bound."""
    from ortools.sat.python import cp_model

    model, days, shifts = cp_model.CpModel(), case.days, list(case.minutes)
    x = {(name, day, s): model.new_bool_var("")
         for name in case.staff for day in range(days) for s in shifts}  # fmt: skip
    cost = []
    for name, staff in case.staff.items():
        on = []
        for day in range(days):
            works = model.new_bool_var("")
            model.add(sum(x[name, day, s] for s in shifts) == works)
            on.append(works)
            if day in staff.days_off:
                model.add(works == 0)
            if day + 1 < days:
                for s in shifts:
                    for later in case.not_after[s]:
                        model.add_implication(x[name, day, s], x[name, day + 1, later].negated())
        for s in shifts:
            model.add(sum(x[name, d, s] for d in range(days)) <= staff.most_of.get(s, days))
        minutes = sum(case.minutes[s] * x[name, d, s] for d in range(days) for s in shifts)
        model.add_linear_constraint(minutes, staff.least_min, staff.most_min)
        _rows_of_days(model, staff, on)
        weekends = []
        for day in range(5, days - 1, 7):
            weekend = model.new_bool_var("")
            model.add_max_equality(weekend, on[day : day + 2])
            weekends.append(weekend)
        model.add(sum(weekends) <= staff.most_weekends)
        for (day, s), weight in staff.wishes_on.items():
            cost.append(weight * (1 - x[name, day, s]))
        for (day, s), weight in staff.wishes_off.items():
            cost.append(weight * x[name, day, s])
    for (day, s), (need, under, over) in case.cover.items():
        short = model.new_int_var(0, need, "")
        spare = model.new_int_var(0, len(case.staff), "")
        model.add(sum(x[name, day, s] for name in case.staff) + short - spare == need)
        cost += [under * short, over * spare]
    model.minimize(sum(cost))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return {}, solver.best_objective_bound
    roster = {(name, day): s for (name, day, s), v in x.items() if solver.boolean_value(v)}
    return roster, solver.best_objective_bound


def _rows_of_days(model, staff: curtois_case.Staff, on: list) -> None:
    """Limit the days in a row at work and free; rows at the edges may be shorter."""
    days = len(on)
    for first in range(days - staff.most_run):
        model.add(sum(on[first : first + staff.most_run + 1]) <= staff.most_run)
    for size in range(1, staff.least_run):
        for day in range(1, days - size):  # no row of this size inside the horizon
            inside = [w.negated() for w in on[day : day + size]]
            model.add_bool_or(on[day - 1], on[day + size], *inside)
    for size in range(1, staff.least_off):
        for day in range(1, days - size):
            model.add_bool_or(on[day - 1].negated(), on[day + size].negated(),
                              *on[day : day + size])  # fmt: skip


def arguments(case: curtois_case.Case) -> dict:
    """Return what pyworkforce can be told of an instance."""
    people = list(case.staff)
    days = range(case.days)
    banned = [{"resource": name, "shift": s, "day": day} for name, staff in case.staff.items()
              for day in days for s in case.minutes
              if day in staff.days_off or staff.most_of.get(s, 1) == 0]  # fmt: skip
    return {
        "num_days": case.days, "resources": people, "shifts": list(case.minutes),
        "shifts_hours": [minutes // 60 for minutes in case.minutes.values()],
        "min_working_hours": min(staff.least_min for staff in case.staff.values()) // 60,
        "max_resting": case.days, "banned_shifts": banned,
        "non_sequential_shifts": [{"origin": s, "destination": later}
                                  for s, after in case.not_after.items() for later in after],
        "required_resources": {s: [case.cover.get((day, s), (0, 0, 0))[0] for day in days]
                               for s in case.minutes},
    }  # fmt: skip


def _row(case: curtois_case.Case, roster: dict, **figures: object) -> dict:
    known = bool(roster)
    return {"cost": curtois_case.cost_of(case, roster) if known else "",
            "violations": len(curtois_case.broken(case, roster)) if known else "", "bound": "",
            "cannot_state": "", **figures}  # fmt: skip


def engine_row(path: str, case: curtois_case.Case, seconds: float, workers: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "roster.csv")
        code = ENGINE.format(here=str(HERE), path=path, seconds=seconds, workers=workers, out=out)
        got = _told(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                                   check=True))  # fmt: skip
        roster = curtois_case.read_roster(out)
    return _row(case, roster, bound=got["bound"], seconds=got["seconds"], cpu_s=got["cpu_s"])


def compact_row(case: curtois_case.Case, seconds: float, workers: int) -> dict:
    begun, cpu = time.monotonic(), time.process_time()
    roster, bound = compact(case, seconds, workers)
    return _row(case, roster, bound=round(bound, 2), seconds=round(time.monotonic() - begun, 1),
                cpu_s=round(time.process_time() - cpu, 1))  # fmt: skip


def pyworkforce_row(case: curtois_case.Case, seconds: float, workers: int, python: str) -> dict:
    begun = time.monotonic()
    task = {"arguments": arguments(case), "seconds": seconds, "workers": workers}
    done = subprocess.run([python, "-c", PYWORKFORCE], input=json.dumps(task), text=True,
                          capture_output=True, check=True)  # fmt: skip
    got = _told(done)
    roster = {(item["resource"], item["day"]): item["shift"] for item in got["shifts"]}
    why = PYWORKFORCE_CANNOT + ("" if roster else f"; it ends {got['status']}")
    return _row(case, roster, seconds=round(time.monotonic() - begun, 1),
                cpu_s=round(got["cpu_s"], 1), cannot_state=why)  # fmt: skip


def example_row(case: curtois_case.Case, seconds: float, workers: int, script: str) -> dict:
    roster, told = shift_example.run(script, case, seconds, workers)
    why = shift_example.CANNOT + (
        "" if roster else f"; it ends without a roster ({told['status']})"
    )
    return _row(case, roster, seconds=told["seconds"], cpu_s=told["cpu_s"], cannot_state=why)


def _told(done: subprocess.CompletedProcess) -> dict:
    return json.loads(next(li for li in done.stdout.splitlines() if li.startswith("ROW "))[4:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="+")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rival-python", help="an interpreter that has pyworkforce")
    parser.add_argument("--example", help="a copy of OR-Tools' shift_scheduling_sat.py")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    rows = []
    for path in args.instances:
        case = curtois_case.read(path)
        ways = {"engine": engine_row(path, case, args.seconds, args.workers),
                "cp_sat": compact_row(case, args.seconds, args.workers)}  # fmt: skip
        if args.rival_python:
            ways["pyworkforce"] = pyworkforce_row(case, args.seconds, args.workers,
                                                  args.rival_python)  # fmt: skip
        if args.example:
            ways["ortools_example"] = example_row(case, args.seconds, args.workers, args.example)
        for way, row in ways.items():
            rows.append({"instance": Path(path).stem, "way": way, "limit_s": args.seconds,
                         "workers": args.workers, **row})  # fmt: skip
            print({key: rows[-1].get(key, "") for key in FIELDS[:-1]}, flush=True)
        with open(args.out, "w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, fieldnames=FIELDS, restval="")
            out.writeheader()
            out.writerows(rows)


if __name__ == "__main__":
    main()
