"""Which costs does the engine reach on many instances? Writes a table of runs.

``python benchmarks/rostering/table.py --seconds 60 --seed 0 --out
benchmarks/results/rostering_curtois.csv INSTANCE.txt ...`` (``.json``: contact centres). Every run
is a process of its own, so that memory and compiled kernels are counted for each. `cpu_s` says how
much of two cores a run really got.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
BEST = {
    "Instance1": 607, "Instance2": 828, "Instance3": 1001, "Instance4": 1716, "Instance6": 1950,
    "Instance8": 1300, "Instance10": 4631, "Instance14": 1278, "cc_50x7": 965, "cc_200x7": 1904,
}  # fmt: skip
"""Best known values, from the READMEs of the data."""

CODE = """
import json, sys
sys.path.insert(0, {here!r})
import {module}
row = {module}.run({path!r}, {seconds}, {seed}, {workers}, {out!r})
print("ROW " + json.dumps(row))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="+")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    rows = []
    for path in args.instances:
        module = "contact_centre" if path.endswith(".json") else "curtois"
        with tempfile.TemporaryDirectory() as folder:
            code = CODE.format(here=str(HERE), module=module, path=path, seconds=args.seconds,
                               seed=args.seed, workers=args.workers,
                               out=str(Path(folder) / "roster.csv"))  # fmt: skip
            done = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            )
        line = next(li for li in done.stdout.splitlines() if li.startswith("ROW "))
        row = {"limit_s": args.seconds, "workers": args.workers, "seed": args.seed,
               **json.loads(line[4:])}  # fmt: skip
        best = BEST.get(row["instance"])
        row["best_known"] = "" if best is None else best
        row["gap_percent"] = "" if best is None else round(100 * (row["cost"] / best - 1), 2)
        rows.append(row)
        print({k: row[k] for k in ("instance", "cost", "gap_percent", "violations", "cpu_s")})
        with open(args.out, "w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, fieldnames=list(rows[0]), extrasaction="ignore")
            out.writeheader()
            out.writerows(rows)


if __name__ == "__main__":
    main()
