"""How fast are import and query at millions of rows? ``python -m benchmarks.store.speed``.

Imports `--rows` interval rows (default 5 million: 36 queues, four years of quarter hours) day files
first into an empty store, then asks what screens and KPIs ask; writes
`benchmarks/results/store_speed.csv`. The same steps on both databases, one after the other in one
run; `ratio` is against SQLite.
"""

from __future__ import annotations

import argparse
import csv
import platform
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.store import cluster as clusters
from benchmarks.store import trials
from wfm.adapters.store import Store, open_store

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "benchmarks/results/store_speed.csv"
QUEUES = 36
BATCHES = 5


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=5_000_000)
    asked.add_argument("--out", type=Path, default=RESULT)
    given = asked.parse_args()
    measured: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder, clusters.Cluster() as own:
        for kind, url in (
            ("SQLite", f"sqlite:///{folder}/speed.sqlite"),
            ("PostgreSQL", own.database()),
        ):
            trials.set_up(url)
            store = open_store(url)
            measured[kind] = {}
            for name, step in steps(store, given.rows):
                begun = time.perf_counter()
                step()
                measured[kind][name] = time.perf_counter() - begun
                print(f"{kind:10} {name:60} {measured[kind][name]:8.2f} s", flush=True)
            store.close()
    write(measured, given.rows, given.out)


def steps(store: Store, rows: int) -> list[tuple[str, Callable[[], Any]]]:
    """Return what is measured, in order."""
    made = frame(rows)
    size = len(made) // BATCHES
    batches = [made.iloc[n * size : (n + 1) * size if n < BATCHES - 1 else None]
               for n in range(BATCHES)]  # fmt: skip
    last = made["start"].max()
    day = made[made["start"] >= last - pd.Timedelta("1D")]
    year = last - pd.Timedelta("365D")

    def put(part: pd.DataFrame) -> Any:
        return store.actuals.put("intervals", part, site="main", by="speed", source="speed")

    def read(**more: Any) -> pd.DataFrame:
        found = store.actuals.read("intervals", site="main", **more)
        assert len(found)
        return found

    def fill() -> None:
        for part in batches:
            assert put(part).added == len(part)

    def again() -> None:
        assert put(batches[-1]).same == len(batches[-1])

    def corrected() -> None:
        assert put(day.assign(offered=day["offered"] + 1)).changed == len(day)

    def everything() -> None:
        assert len(read()) == len(made)

    return [
        (f"import of {rows:,} rows in {BATCHES} files", fill),
        (f"the last file again, {len(batches[-1]):,} rows, nothing changes", again),
        (f"a corrected day of all queues, {len(day):,} rows", corrected),
        ("a day of one queue", lambda: read(units=["q7"], start=last - pd.Timedelta("1D"))),
        ("a year of one queue", lambda: read(units=["q7"], start=year)),
        ("a week of all queues", lambda: read(start=last - pd.Timedelta("7D"))),
        ("a year of all queues, one field", lambda: read(start=year, fields=["offered"])),
        ("everything", everything),
    ]


def frame(rows: int) -> pd.DataFrame:
    """Return `rows` intervals of `QUEUES` queues, in the order of time as exports come."""
    each = rows // QUEUES
    starts = pd.date_range("2022-01-01", periods=each, freq="15min", tz="UTC")
    chance = np.random.default_rng(0)
    offered = chance.poisson(20, each * QUEUES).astype(float)
    return pd.DataFrame(
        {
            "queue": np.tile([f"q{n}" for n in range(QUEUES)], each),
            "start": starts.repeat(QUEUES),
            "offered": offered,
            "answered": offered,
            "aht_s": chance.gamma(20, 12, each * QUEUES).round(1),
        }
    )


def write(measured: dict[str, dict[str, float]], rows: int, path: Path) -> None:
    """Write seconds and ratios."""
    machine = f"{platform.machine()}, Python {platform.python_version()}, SQLite "
    machine += f"{sqlite3.sqlite_version}, PostgreSQL {clusters.binaries().parent.name}"  # type: ignore[union-attr]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["rows", "step", "database", "seconds", "ratio", "machine"])
        for kind, found in measured.items():
            for step, seconds in found.items():
                ratio = seconds / measured["SQLite"][step]
                out.writerow([rows, step, kind, f"{seconds:.2f}", f"{ratio:.2f}", machine])


if __name__ == "__main__":
    main()
