"""Which costs does the engine reach on many instances? Writes tables of runs.

``python benchmarks/rostering/table.py --seconds 60 --seed 0 --out
benchmarks/results/rostering_curtois.csv INSTANCE.txt ...`` (``.json``: contact centres) writes one
table. ``python benchmarks/rostering/table.py --all DATA``, with the folder that holds ``curtois``
and ``contact_centre``, writes every table of `TABLES` into ``benchmarks/results`` (about 80
minutes); ``--only rostering_large`` one of them. Every run is a process of its own, so that memory
and compiled kernels are counted for each. `cpu_s` says how much of two cores a run really got.
`bound_percent` is the gap to the best bound that any run of the table proved for the instance.
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
RESULTS = HERE.parent / "results"
BEST = {
    "Instance1": 607, "Instance2": 828, "Instance3": 1001, "Instance4": 1716, "Instance6": 1950,
    "Instance8": 1300, "Instance10": 4631, "Instance14": 1278, "cc_50x7": 965, "cc_200x7": 1904,
}  # fmt: skip
"""Best known values, from the READMEs of the data."""

CENTRES = ("contact_centre/cc_50x7.json", "contact_centre/cc_200x7.json")
TABLES = {
    "rostering_curtois": ((60,), (0,), tuple(
        f"curtois/Instance{n}.txt" for n in (1, 2, 3, 4, 6, 8, 10)
    )),
    "rostering_curtois_300s": ((300,), (0,), ("curtois/Instance8.txt", "curtois/Instance14.txt")),
    "rostering_contact_centre_60s": ((60,), (0, 1, 2), CENTRES),
    "rostering_contact_centre_120s": ((120,), (0,), CENTRES),
    "rostering_as_plan": ((60,), (0, 1), tuple(f"plan:{name}" for name in CENTRES)),
    "rostering_large": ((10, 60, 300), (0,), ("made/1000x7", "made/1000x28", "made/5000x7")),
}  # fmt: skip
"""For each table its time limits, seeds and instances; `made` ones come from `make_centre`, those
of a `plan:` go through `roster.solve`."""

CODE = """
import json, sys
sys.path.insert(0, {here!r})
import {module}
row = {module}.run({path!r}, {seconds}, {seed}, {workers}, {out!r})
print("ROW " + json.dumps(row))
"""


def run(path: str, seconds: float, seed: int, workers: int) -> dict:
    """Return the figures of one run in a process of its own."""
    path, module = _module(path)
    with tempfile.TemporaryDirectory() as folder:
        code = CODE.format(here=str(HERE), module=module, path=path, seconds=seconds, seed=seed,
                           workers=workers, out=str(Path(folder) / "roster.csv"))  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
    line = next(li for li in done.stdout.splitlines() if li.startswith("ROW "))
    row = {"limit_s": seconds, "workers": workers, "seed": seed, **json.loads(line[4:])}
    best = BEST.get(row["instance"])
    row["best_known"] = "" if best is None else best
    row["gap_percent"] = "" if best is None else round(100 * (row["cost"] / best - 1), 2)
    print({k: row[k] for k in ("instance", "limit_s", "cost", "bound", "violations", "cpu_s")})
    return row


def _module(path: str) -> tuple[str, str]:
    if path.startswith("plan:"):
        return path.removeprefix("plan:"), "as_plan"
    return path, "contact_centre" if path.endswith(".json") else "curtois"


def write(rows: list[dict], out: str | Path) -> None:
    """Write a table, with the gap of every row to the best bound of its instance."""
    for row in rows:
        bound = max(float(r["bound"]) for r in rows if r["instance"] == row["instance"])
        known = 0 < bound < float("inf")
        row["bound_percent"] = round(100 * (row["cost"] / bound - 1), 1) if known else ""
    with open(out, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, fieldnames=list(rows[0]), extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)


def table(name: str, data: Path, folder: Path, workers: int) -> None:
    """Write one of `TABLES`; instances that are not in the data are generated."""
    import make_centre

    limits, seeds, instances = TABLES[name]
    rows: list[dict] = []
    for instance in instances:
        plan = "plan:" if instance.startswith("plan:") else ""
        path = data / instance.removeprefix(plan)
        if instance.startswith("made/"):
            agents, days = map(int, instance.removeprefix("made/").split("x"))
            path = folder / f"cc_{agents}x{days}.json"
            path.write_text(json.dumps(make_centre.instance(agents, days, 1)), encoding="utf-8")
        for seconds in limits:
            for seed in seeds:
                rows.append(run(f"{plan}{path}", seconds, seed, workers))
                write(rows, RESULTS / f"{name}.csv")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("instances", nargs="*")
    parser.add_argument("--all", metavar="DATA", help="folder of curtois and contact_centre")
    parser.add_argument("--only", choices=sorted(TABLES), help="with --all: this table alone")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out")
    args = parser.parse_args()
    if args.all:
        sys.path.insert(0, str(HERE))
        with tempfile.TemporaryDirectory() as folder:
            for name in [args.only] if args.only else TABLES:
                table(name, Path(args.all), Path(folder), args.workers)
        return
    if not args.instances or not args.out:
        parser.error("instances and --out, or --all")
    rows: list[dict] = []
    for path in args.instances:
        rows.append(run(path, args.seconds, args.seed, args.workers))
        write(rows, args.out)


if __name__ == "__main__":
    main()
