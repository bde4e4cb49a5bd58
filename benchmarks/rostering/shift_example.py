"""What does OR-Tools' shift-scheduling example make of an instance, its data replaced?

The example, ``examples/python/shift_scheduling_sat.py`` of OR-Tools' sources, is a script around
one fixed problem. Its own model is built and solved here, by the script itself, after the lists of
data in its function have been given other values: employees, weeks, shifts, days off as fixed
assignments, requests, forbidden successions, days off in a row, staff by weekday. `CANNOT` says
what it has no words for; where employees or weeks differ it is told the loosest of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import curtois_case

CANNOT = (
    "paid minutes, shortage (cover is hard), limits by shift and employee, days in a row at work "
    "(but with one shift), weekends; least days off in a row are the same for everybody, staff is "
    "that of the week with the least"
)

_PROGRAM = """
import ast, contextlib, io, json, sys, time
task = json.load(sys.stdin)
tree = ast.parse(open(task["script"], encoding="utf-8").read())
solve = next(n for n in tree.body if getattr(n, "name", "") == "solve_shift_scheduling")
left = set(task["data"])
for node in ast.walk(solve):
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(targets[0], ast.Name):
        if targets[0].id in left:
            left.discard(targets[0].id)
            node.value = ast.parse(task["data"][targets[0].id], mode="eval").body
if left:
    raise SystemExit(f"the script sets no {sorted(left)}")
ast.fix_missing_locations(tree)
names = {"__name__": "example"}
exec(compile(tree, task["script"], "exec"), names)

class TextFormat:
    @staticmethod
    def Merge(text, parameters):  # since OR-Tools 9.13 parameters are no protocol buffer
        parameters.merge_text_format(text)

if "text_format" in names and "parse_text_format" in dir(
        names["cp_model"].CpSolver().parameters):
    names["text_format"] = TextFormat
said, begun = io.StringIO(), time.process_time()
with contextlib.redirect_stdout(said):
    names["solve_shift_scheduling"](task["parameters"], "")
rows = [line.split(":", 1)[1].split() for line in said.getvalue().splitlines()
        if line.startswith("worker ")]
status = [line for line in said.getvalue().splitlines() if "status" in line]
print("ROW " + json.dumps({"rows": rows, "cpu_s": time.process_time() - begun,
                           "status": " ".join(status)}))
"""


def data_of(case: curtois_case.Case) -> dict[str, object]:
    """Return the lists of the example's data for an instance."""
    people, shifts = list(case.staff.values()), list(case.minutes)
    rank = {shift: at for at, shift in enumerate(shifts, 1)}
    days = range(case.days)
    rows = [(0, min(s.least_off for s in people), 1, 0, case.days, case.days, 0)]
    if len(shifts) == 1:
        most = max(s.most_run for s in people)
        rows.append((1, min(s.least_run for s in people), 1, 0, most, most, 0))
    asked = [(e, rank[shift], day, sign * weight) for e, staff in enumerate(people)
             for sign, wishes in ((-1, staff.wishes_on), (1, staff.wishes_off))
             for (day, shift), weight in wishes.items()]  # fmt: skip
    need = [[[case.cover.get((d, s), (0, 0, 0))[0] for d in days if d % 7 == w] for s in shifts]
            for w in range(7)]  # fmt: skip
    over = [min((v[2] for (_, s), v in case.cover.items() if s == shift), default=0)
            for shift in shifts]  # fmt: skip
    return {
        "num_employees": len(people), "num_weeks": case.days // 7, "shifts": ["O", *shifts],
        "fixed_assignments": [(e, 0, d) for e, s in enumerate(people) for d in sorted(s.days_off)],
        "requests": asked, "shift_constraints": rows, "weekly_sum_constraints": [],
        "penalized_transitions": [(rank[s], rank[later], 0) for s, after in case.not_after.items()
                                  for later in sorted(after)],
        "weekly_cover_demands": [tuple(min(values) for values in row) for row in need],
        "excess_cover_penalties": tuple(over),
    }  # fmt: skip


def run(
    script: str | Path, case: curtois_case.Case, seconds: float, workers: int
) -> tuple[dict[tuple[str, int], str], dict]:  # fmt: skip
    """Return the example's roster, empty if it finds none, and its figures."""
    task = {
        "script": str(script), "data": {k: repr(v) for k, v in data_of(case).items()},
        "parameters": f"max_time_in_seconds:{seconds} num_workers:{workers}",
    }  # fmt: skip
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", _PROGRAM], input=json.dumps(task), text=True,
                          capture_output=True, check=False)  # fmt: skip
    line = next((li for li in done.stdout.splitlines() if li.startswith("ROW ")), None)
    if line is None:
        raise RuntimeError(f"the example {script} failed: {done.stderr.strip()[-500:]}")
    told = json.loads(line[4:])
    roster = {(name, day): shift for name, row in zip(case.staff, told["rows"], strict=False)
              for day, shift in enumerate(row) if shift != "O"}  # fmt: skip
    return roster, {"seconds": round(time.monotonic() - begun, 1),
                    "cpu_s": round(told["cpu_s"], 1), "status": told["status"]}  # fmt: skip
