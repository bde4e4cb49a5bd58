"""What is left in the store after a fault: each function does one for real and counts what it cost.

A worker is a process of its own, forked from this one so that a trial costs no start-up, and killed
with SIGKILL. It notes in a file what was acknowledged to it; that is compared with the store.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import text

from wfm.adapters.store import Store, StoreDown, contents, migrating, open_store, parts
from wfm.adapters.store import database as databases
from wfm.errors import Conflict
from wfm.plan import Plan

_FORK = multiprocessing.get_context("fork")
_PATIENCE_S = 300


@dataclass(frozen=True)
class Outcome:
    """How a fault went, over all its trials.

    Attributes
    ----------
    tried : int
        Times it was done.
    acknowledged : int
        Saves that the store had said were done.
    lost : int
        Acknowledged saves that are not there.
    doubled : int
        Saves that are there twice.
    broken : int
        Trials after which something was half there, or the database was damaged.
    """

    tried: int
    acknowledged: int
    lost: int
    doubled: int
    broken: int

    @property
    def clean(self) -> bool:
        """Whether nothing was lost, doubled or broken."""
        return (self.lost, self.doubled, self.broken) == (0, 0, 0)


def day(number: int, rows: int) -> pd.DataFrame:
    """Return the file number `number`: `rows` intervals of a queue of its own."""
    starts = pd.date_range("2026-01-01", periods=rows, freq="15min", tz="UTC")
    return pd.DataFrame({"queue": f"q{number}", "start": starts, "offered": float(number),
                         "aht_s": 200.0})  # fmt: skip


def set_up(url: str) -> None:
    """Make the store and its site."""
    store = open_store(url)
    store.records.save("sites", {"key": "main", "timezone": "UTC"}, by="set-up")
    store.close()


def killed_imports(url: str, notes: Path, *, trials: int, seed: int, rows: int = 2000) -> Outcome:
    """Kill a process at a random moment of importing file after file."""

    def work(store: Store, say: Callable[[str], None]) -> None:
        number = len(store.actuals.imports(limit=1000))
        while True:
            store.actuals.put("intervals", day(number, rows), site="main", by="w", source="f")
            say(str(number))
            number += 1

    _kill(url, notes, work, trials=trials, seed=seed, longest_s=0.4)
    acknowledged = _said(notes)
    store = open_store(url)
    with store.database.read() as connection:
        found = dict(
            connection.execute(
                text("SELECT q.key, count(*) FROM interval_actuals a JOIN queues q ON q.id = "
                     "a.queue GROUP BY q.key")
            ).all()  # type: ignore[arg-type]
        )  # fmt: skip
    made = store.actuals.imports(limit=1000)
    entries = store.audit.entries(action="imported", limit=1000)
    broken = sum(count != rows for count in found.values())
    broken += len(found) != len(made) or len(entries) != len(made) or not intact(store)
    store.close()
    return Outcome(trials, len(acknowledged), sum(f"q{n}" not in found for n in acknowledged),
                   len(made) - len({item.digest for item in made}), broken)  # fmt: skip


def killed_saves(url: str, notes: Path, plan: Plan, *, trials: int, seed: int) -> Outcome:
    """Kill a process at a random moment of saving a plan again and again."""

    def work(store: Store, say: Callable[[str], None]) -> None:
        while True:
            newest = store.plans.newest("demo")
            version = 0 if newest is None else newest.version
            from dataclasses import replace

            numbered = replace(plan, provenance=replace(plan.provenance, revision=version))
            store.plans.save(numbered, "demo", by="w", version=version)
            say(str(version + 1))

    _kill(url, notes, work, trials=trials, seed=seed, longest_s=0.3)
    acknowledged = [int(item) for item in _said(notes)]
    store = open_store(url)
    versions, after = [], 0
    while page := store.plans.versions("plans", after=after, limit=1000):
        versions += [v.version for v in page]
        after = page[-1].id
    entries = contents_of(store, "SELECT count(*) FROM audit WHERE kind = 'plans'")
    broken = versions != list(range(1, len(versions) + 1)) or entries != len(versions)
    if versions:
        newest = store.plans.load("demo")
        broken |= newest.provenance.revision != versions[-1] - 1 or newest.id != plan.id
        broken |= not parts.same_plan(
            store.plans.load("demo", version=1), _numbered(plan, 0)
        ) or not intact(store)
    store.close()
    return Outcome(trials, len(acknowledged), sum(n not in versions for n in acknowledged),
                   len(acknowledged) - len(set(acknowledged)), int(broken))  # fmt: skip


def killed_migrations(
    make: Callable[[str], str], notes: Path, *, trials: int, seed: int
) -> Outcome:
    """Kill a process at a random moment of bringing an old database up to date.

    `make(revision)` returns the address of a new database at that revision, with data.
    """
    choose = random.Random(seed)
    broken = 0
    for number in range(trials):
        old = choose.choice(("0001", "0002"))
        url = make(old)
        before = _rows(url, old)

        def work(store: Store | None, say: Callable[[str], None], url: str = url) -> None:
            database = databases.connect(url)
            migrating.upgrade(database)
            say("done")
            time.sleep(_PATIENCE_S)

        process = start(None, notes.with_suffix(f".{number}"), work)
        time.sleep(choose.random() * 0.6)
        end(process)
        database = databases.connect(url)
        at = migrating.revision(database)
        if at not in (old, migrating.HEAD) or (at == old and _rows(url, old) != before):
            broken += 1
        migrating.upgrade(database)
        after = contents.contents(database).rows
        if any(after[name] != count for name, count in before.items()):
            broken += 1
        database.engine.dispose()
    return Outcome(trials, 0, 0, 0, broken)


def writers(url: str, notes: Path, *, processes: int, saves: int) -> Outcome:
    """Let processes count up one row at once, each save a version; and add rows of their own."""
    store = open_store(url)
    store.records.save("targets", {"site": "main", "key": "n", "kpi": "x", "content": 0}, by="w")
    store.close()

    def work(store: Store, say: Callable[[str], None]) -> None:
        for number in range(saves):
            while True:
                found = store.records.get("targets", "n", site="main")
                try:
                    store.records.save(
                        "targets", {"site": "main", "key": "n",
                                    "content": found.values["content"] + 1},
                        by=f"w{os.getpid()}", version=found.version,
                    )  # fmt: skip
                    break
                except Conflict:
                    continue
            key = f"{os.getpid()}-{number}"
            store.records.save("people", {"site": "main", "key": key}, by="w")
            say(key)

    running = [start(url, notes, work) for _ in range(processes)]
    for process in running:
        process.join(_PATIENCE_S * 10)
    failed = sum(process.exitcode != 0 for process in running)
    store = open_store(url)
    counted = store.records.get("targets", "n", site="main")
    people = contents_of(store, "SELECT count(*) FROM people")
    entries = contents_of(store, "SELECT count(*) FROM audit WHERE kind IN ('targets', 'people')")
    versions = contents_of(
        store, "SELECT count(DISTINCT version) FROM audit WHERE kind = 'targets'"
    )
    acknowledged = len(_said(notes))
    wanted = processes * saves
    broken = failed + (entries != 2 * wanted + 1) + (versions != wanted + 1) + (not intact(store))
    lost = max(0, wanted - counted.values["content"]) + max(0, acknowledged - people)
    doubled = max(0, counted.values["content"] - wanted) + max(0, people - wanted)
    store.close()
    return Outcome(1, 2 * acknowledged, lost, doubled, broken)


def interrupted(
    url: str, notes: Path, take_away: Callable[[], None], bring_back: Callable[[], None], *,
    times: int,
) -> Outcome:  # fmt: skip
    """Take the database away and bring it back while a process saves without end."""

    def work(store: Store, say: Callable[[str], None]) -> None:
        refused = 0
        while True:
            try:
                record = store.records.save("people", {"site": "main", "name": "x"}, by="w")
                say(record.key)
            except StoreDown:
                refused += 1
                say(f"refused-{refused}")
                time.sleep(0.05)

    process = start(url, notes, work)
    for _ in range(times):
        _wait_for(notes, lambda said: len(said) > 5)
        had = len(_said(notes))
        take_away()
        _wait_for(notes, lambda said, had=had: any("refused" in s for s in said[had:]))
        bring_back()
        had = len(_said(notes))
        _wait_for(notes, lambda said, had=had: sum("refused" not in s for s in said[had:]) > 5)
    end(process)
    store = open_store(url)
    acknowledged = {said for said in _said(notes) if not said.startswith("refused")}
    there = set(_column(store, "SELECT key FROM people"))
    entries = contents_of(store, "SELECT count(*) FROM audit WHERE kind = 'people'")
    # The last save before each fault, and before the kill, may be there unacknowledged.
    unsaid = len(there - acknowledged)
    store.close()
    return Outcome(times, len(acknowledged), len(acknowledged - there), 0,
                   int(entries != len(there)) + int(unsaid > times + 1))  # fmt: skip


def intact(store: Store) -> bool:
    """Return whether SQLite finds no fault in its file; PostgreSQL is asked for every row."""
    path = store.database.path
    if path is None:
        return bool(contents.contents(store.database).rows)
    with sqlite3.connect(path) as connection:
        checks = [connection.execute(f"PRAGMA {name}").fetchall()
                  for name in ("integrity_check", "foreign_key_check")]  # fmt: skip
    return checks == [[("ok",)], []]


def contents_of(store: Store, sql: str) -> int:
    """Return the number that a query gives."""
    with store.database.read() as connection:
        return int(connection.execute(text(sql)).scalar_one())


def _column(store: Store, sql: str) -> list[Any]:
    with store.database.read() as connection:
        return list(connection.execute(text(sql)).scalars())


def _numbered(plan: Plan, revision: int) -> Plan:
    from dataclasses import replace

    return replace(plan, provenance=replace(plan.provenance, revision=revision))


def _rows(url: str, revision: str) -> dict[str, int]:
    """Return rows by table of a database that may be of an old revision."""
    from sqlalchemy import inspect

    database = databases.connect(url)
    with database.read() as connection:
        names = [n for n in inspect(connection).get_table_names() if n != "alembic_version"]
        found = {
            n: int(connection.execute(text(f'SELECT count(*) FROM "{n}"')).scalar_one())
            for n in names
        }
    database.engine.dispose()
    return found


def _kill(
    url: str, notes: Path, work: Callable[..., None], *, trials: int, seed: int, longest_s: float
) -> None:
    """Kill workers: every second one anywhere in its first save, the others in a later one."""
    choose = random.Random(seed)
    for number in range(trials):
        enough = len(_said(notes, begun=True)) + number % 2
        process = start(url, notes, work)
        _wait_for(notes, lambda said, enough=enough: len(said) > enough, begun=True)
        time.sleep(choose.random() * longest_s)
        end(process)


def start(url: str | None, notes: Path, work: Callable[..., None]) -> Any:
    """Start a process that opens the store and does `work`; return it."""
    process = _FORK.Process(target=_work, args=(url, notes, work), daemon=True)
    process.start()
    return process


def _work(url: str | None, notes: Path, work: Callable[..., None]) -> None:
    line = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def say(words: str) -> None:
        os.write(line, f"{words}\n".encode())

    store = None if url is None else open_store(url)
    say("begun")
    work(store, say)


def end(process: Any) -> None:
    """Kill a process as a power cut would."""
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def _said(notes: Path, *, begun: bool = False) -> list[str]:
    if not notes.exists():
        return []
    # Without the last line if it is not whole: nobody was told that.
    lines = notes.read_text().split("\n")[:-1]
    return lines if begun else [line for line in lines if line != "begun"]


def _wait_for(notes: Path, enough: Callable[[list[str]], bool], *, begun: bool = False) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not enough(_said(notes, begun=begun)):
        if time.monotonic() > until:
            raise RuntimeError(f"the worker said nothing for {_PATIENCE_S} s")
        time.sleep(0.01)


@contextmanager
def full_disk(size_mb: int, place: Path) -> Any:
    """Give a file system of so many megabytes at `place`; needs to be root and allowed to mount."""
    import subprocess

    place.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", str(place)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise PermissionError(done.stderr.strip())
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)
