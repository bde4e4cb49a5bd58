"""How long does the import of a year's file take? ``python -m benchmarks.store.year_file``.

A CSV of 20 queues, a year of quarter hours (about 700,000 rows), as the command `wfm import` takes
it: read and checked (`read`), then put into an empty store (`import`) and once more (`again`).
Beside them a bare ``pandas.read_csv`` of the same file. Writes
`benchmarks/results/store_year_file.csv`; CPU seconds of this process and seconds on the wall.
"""

from __future__ import annotations

import csv
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.store.trials import set_up
from wfm.adapters import acd
from wfm.adapters.store import open_store
from wfm.service import Service
from wfm.service.service import sign_in_locally

RESULT = Path(__file__).resolve().parents[2] / "benchmarks/results/store_year_file.csv"
QUEUES, DAYS, QUARTERS = 20, 365, 96


def main() -> None:
    measured = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "year.csv"
        frame().to_csv(path, index=False)
        url = f"sqlite:///{folder}/year.sqlite"
        set_up(url)
        store = open_store(url)
        work = Service(store, sign_in_locally(store, "speed")).importing
        steps: tuple[tuple[str, Callable[[], Any]], ...] = (
            ("pandas.read_csv alone", lambda: pd.read_csv(path)),
            ("read", lambda: acd.read_history(path, timezone="UTC", interval_min=15)),
            ("import", lambda: taken(work, path, added=QUEUES * DAYS * QUARTERS)),
            ("again", lambda: taken(work, path, added=0)),
        )
        for name, step in steps:
            begun, cpu = time.perf_counter(), time.process_time()
            step()
            measured[name] = (time.process_time() - cpu, time.perf_counter() - begun)
            print(name, *(f"{figure:.2f}" for figure in measured[name]), flush=True)
        store.close()
    with RESULT.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["rows", "step", "cpu_s", "seconds", "ratio", "machine"])
        bare = measured["pandas.read_csv alone"][0]
        for name, (cpu, seconds) in measured.items():
            out.writerow([QUEUES * DAYS * QUARTERS, name, f"{cpu:.2f}", f"{seconds:.2f}",
                          f"{cpu / bare:.1f}", platform.machine()])  # fmt: skip


def taken(work: Any, path: Path, *, added: int) -> None:
    """Import the file as `wfm import` does."""
    done = work.take("main", path.name, path.read_bytes(), interval_min=15).done
    assert done.added == added, done


def frame() -> pd.DataFrame:
    """Return a year of quarter hours, in the order of time as exports come."""
    starts = pd.date_range("2025-01-01", periods=DAYS * QUARTERS, freq="15min", tz="UTC")
    chance = np.random.default_rng(0)
    offered = chance.poisson(20, len(starts) * QUEUES)
    return pd.DataFrame(
        {
            "queue": np.tile([f"queue {n}" for n in range(QUEUES)], len(starts)),
            "start": starts.repeat(QUEUES).strftime("%Y-%m-%d %H:%M"),
            "offered": offered,
            "answered": chance.binomial(offered, 0.95),
            "aht_s": chance.gamma(20, 12, len(offered)).round(1),
        }
    )


if __name__ == "__main__":
    main()
