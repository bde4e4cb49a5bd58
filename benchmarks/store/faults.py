"""Is anything lost when things go wrong? ``python -m benchmarks.store.faults [--times 100]``.

Does every fault of `benchmarks/store/trials.py` many times on both databases, and writes
`benchmarks/results/store_faults.csv` and the table in `docs/reliability.md`.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import itertools
import platform
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.store import cluster as clusters
from benchmarks.store import old_data, trials, workers
from wfm import plan as planning
from wfm.adapters.demo import demo_history, demo_scenario
from wfm.plan import Plan

ROOT = Path(__file__).resolve().parents[2]
RESULT = ROOT / "benchmarks/results/store_faults.csv"
PAGE = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- made by benchmarks/store/faults.py -->", "<!-- end -->"
SEED = 1
KINDS = ("SQLite", "PostgreSQL")
COLUMNS = ("fault", "database", "tried", "acknowledged", "lost", "doubled", "half_there")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=100, help="trials of each kill")
    asked.add_argument("--only", choices=KINDS, help="keep the other's results as they are")
    given = asked.parse_args()
    times = given.times
    rows = [row for row in before() if given.only and row[1] != given.only]
    with tempfile.TemporaryDirectory() as folder, clusters.Cluster() as own:
        numbers = itertools.count()
        plan = small_plan()
        for kind in (given.only,) if given.only else KINDS:

            def fresh(kind: str = kind) -> str:
                if kind == "PostgreSQL":
                    return own.database()
                return f"sqlite:///{folder}/{next(numbers)}.sqlite"

            for fault, found in faults(kind, fresh, own, Path(folder), numbers, times, plan):
                rows.append((fault, kind, found.tried, found.acknowledged, found.lost,
                             found.doubled, found.broken))  # fmt: skip
                print(*rows[-1], sep="; ", flush=True)
    write(rows)


def faults(
    kind: str,
    fresh: Callable[[], str],
    own: clusters.Cluster,
    folder: Path,
    numbers: itertools.count[int],
    times: int,
    plan: Plan,
) -> Iterator[tuple[str, trials.Outcome]]:
    """Do every fault on one kind of database."""

    def notes() -> Path:
        return folder / f"notes-{next(numbers)}"

    def ready() -> str:
        url = fresh()
        trials.set_up(url)
        return url

    yield (
        "kill -9 in an import (2,000 rows)",
        trials.killed_imports(ready(), notes(), trials=times, seed=SEED),
    )
    yield (
        "kill -9 in a plan's save",
        trials.killed_saves(ready(), notes(), plan, trials=times, seed=SEED),
    )

    url = ready()
    workers.set_up(url, plan.scenario, plan.history)
    yield (
        "kill -9 of the worker of a plan job",
        workers.killed_workers(url, notes(), times=max(times // 4, 2), seed=SEED),
    )

    def make(revision: str) -> str:
        return old_data.make(fresh(), revision)

    yield (
        "kill -9 in a migration",
        trials.killed_migrations(make, notes(), trials=times, seed=SEED),
    )
    yield (
        f"8 processes, {5 * times} saves each on one row and of rows of their own",
        trials.writers(ready(), notes(), processes=8, saves=5 * times),
    )
    if kind == "PostgreSQL":
        for name, how in (("stopped", signal.SIGINT), ("crashed", signal.SIGQUIT)):
            found = trials.interrupted(
                ready(), notes(), lambda how=how: own.stop(how), own.start, times=max(times // 5, 2)
            )
            yield (f"server {name} and started under a writer", found)


def small_plan() -> Plan:
    """Return a plan of the demo centre with a few people."""
    history, _ = demo_history()
    scenario = demo_scenario()
    return planning.make_plan(
        scenario.revise("few people", people=scenario.people[:8]), history, time_limit_s=3
    )


def before() -> list[tuple[object, ...]]:
    """Return the results there are."""
    if not RESULT.exists():
        return []
    with RESULT.open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))[1:]
    return [(*row[:2], *map(int, row[2:])) for row in found]


def write(rows: list[tuple[object, ...]]) -> None:
    """Write the results as CSV and into the page."""
    with RESULT.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(COLUMNS)
        out.writerows(rows)
    table = ["| what was tried | database | how often | saves acknowledged | lost | doubled | half "
             "there or damaged |", "|---|---|---|---|---|---|---|"]  # fmt: skip
    table += [
        "| " + " | ".join(f"{v:,}" if isinstance(v, int) else str(v) for v in row) + " |"
        for row in rows
    ]
    told = (
        f"Made on {dt.date.today()} with `python -m benchmarks.store.faults`: Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, PostgreSQL "
        f"{clusters.binaries().parent.name if clusters.binaries() else '-'}."
    )
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    text = "\n".join([before + BEGIN, told, "", *table, "", END + after])
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
