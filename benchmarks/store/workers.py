"""What is left of a plan job whose worker is killed: is it made once, whole, and by the next one?

Each worker is a process of its own that does what `wfm work` does, killed with SIGKILL: every
second one at a random moment of the job, the others while the plan is saved.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pandas as pd

from benchmarks.store import trials
from benchmarks.store.trials import Outcome
from wfm.adapters.store import Store, open_store
from wfm.adapters.store.audit import Entry
from wfm.scenario import Scenario
from wfm.service.making import PLAN, work_one

_PATIENCE_S = 300
_SAVING = 0.99  # what a job says before it saves; see `wfm.service.making`
_LONGEST_S = {"anywhere": 2.0, "saving": 0.12}


def set_up(url: str, scenario: Scenario, history: pd.DataFrame) -> None:
    """Make a store that plans can be made from."""
    store = open_store(url)
    store.plans.save_scenario(scenario, "few", by="set-up")
    store.actuals.put("intervals", history, site="main", by="set-up", source="history")
    store.close()


def killed_workers(url: str, notes: Path, *, times: int, seed: int) -> Outcome:
    """Ask for a plan, kill its worker in the middle, and let the next worker go on; so often."""
    choose = random.Random(seed)
    asked = []
    for number in range(times):
        store = open_store(url)
        job = store.work.submit(PLAN, {"name": f"plan {number % 3}", "scenario": "few",
                                       "scenario_version": 1, "time_limit_s": 1.0},
                                by="ann", site="main")  # fmt: skip
        store.close()
        asked.append(job.id)
        kind = "saving" if number % 2 else "anywhere"
        process = trials.start(url, notes, _work)
        _wait_for(url, job.id, _SAVING if kind == "saving" else 0.0)
        time.sleep(choose.random() * _LONGEST_S[kind])
        trials.end(process)
        following = trials.start(url, notes, _work)
        following.join(_PATIENCE_S)
    return _count(url, asked)


def _work(store: Store, say: object) -> None:
    """Do every job there is, as the next worker finds them: lost at once, not after a minute."""
    while work_one(store, "worker", lost_after_s=0.0) is not None:
        pass


def _wait_for(url: str, job: str, fraction: float) -> None:
    store, until = open_store(url), time.monotonic() + _PATIENCE_S
    while True:
        found = store.work.job(job)
        if found.state not in ("waiting", "running"):
            break
        if found.state == "running" and found.fraction >= fraction:
            break
        if time.monotonic() > until:
            raise RuntimeError(f"job {job} is {found.state} at {found.fraction} for too long")
        time.sleep(0.005)
    store.close()


def _count(url: str, asked: list[str]) -> Outcome:
    store = open_store(url)
    saved = Counter(entry.reason for entry in _entries(store))
    jobs = [store.work.job(job) for job in asked]
    done = [job for job in jobs if job.state == "done"]
    broken = 0
    for job in done:
        plan = store.plans.load(job.result["name"], version=job.result["version"])
        broken += plan.id != job.result["plan_id"] or plan.roster is None
    broken += not trials.intact(store)
    store.close()
    return Outcome(
        len(asked), len(done),
        sum(saved[f"job {job.id}"] == 0 for job in jobs),
        sum(max(saved[f"job {job.id}"] - 1, 0) for job in jobs), int(broken),
    )  # fmt: skip


def _entries(store: Store) -> list[Entry]:
    found: list[Entry] = []
    after = 0
    while page := store.audit.entries(kind="plans", after=after, limit=1000):
        found += page
        after = page[-1].id
    return found
