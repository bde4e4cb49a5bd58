"""Which public rotating-workforce instances are solved, or proven to have no rotation, in time?

``python benchmarks/rostering/rotating.py FOLDER --seconds 40 --out
benchmarks/results/rostering_rotating.csv``

Every rotation is checked against its instance by a reader that knows nothing of the solver.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

import rotating_case  # noqa: E402

from wfm.roster import rotation  # noqa: E402


def run(path: str | Path, seconds: float, workers: int, seed: int = 0) -> dict:
    """Solve an instance, check the rotation, and return the figures."""
    case = rotating_case.read(path)
    rules = rotation.RotationRules(
        tuple(rotation.RotationShift(*shift) for shift in case.shifts), case.work, case.off,
        frozenset(case.forbidden),
    )  # fmt: skip
    begun, cpu = time.monotonic(), time.process_time()
    made = rotation.rotate(rules, case.staffing, case.weeks, time_limit_s=seconds,
                           workers=workers, seed=seed)  # fmt: skip
    faults = (
        rotating_case.broken(case, [list(row) for row in made.rows])
        if made.status == "found"
        else []
    )
    return {
        "instance": Path(path).stem, "weeks": case.weeks, "status": made.status,
        "violations": len(faults), "seconds": round(time.monotonic() - begun, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    paths = sorted(Path(args.folder).glob("Example*.txt"),
                   key=lambda p: int(re.sub(r"\D", "", p.stem)))  # fmt: skip
    rows = []
    for path in paths:
        rows.append({"limit_s": args.seconds, "workers": args.workers,
                     **run(path, args.seconds, args.workers, args.seed)})  # fmt: skip
        print(rows[-1], flush=True)
    with open(args.out, "w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, fieldnames=list(rows[0]))
        out.writeheader()
        out.writerows(rows)


if __name__ == "__main__":
    main()
