"""How is a plan made as a job: asked for, worked off, followed, cancelled?

The job reads the site's interval actuals and a scenario of the store, and saves the plan back. Any
process that calls `work_one` does the work; a job whose worker fell silent goes to the next one.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm import plan as planning
from wfm.access import Caller
from wfm.adapters.store import Job, Store, StoreDown, Version
from wfm.errors import BadInput, Conflict, Infeasible
from wfm.service.coarser import to_interval
from wfm.service.finding import NotFound, site_of

PLAN = "plan"
LONGEST_S = 3600.0
_FIELDS = ("offered", "aht_s", "answered", "abandoned")
# A worker is lost after so much silence; it speaks up well before.
LOST_AFTER_S = 60.0
_BEAT_S = 10.0


@dataclass(frozen=True)
class Making:
    """Plan jobs, for one caller."""

    store: Store
    caller: Caller

    def start(
        self,
        site: str,
        *,
        name: str,
        scenario: str,
        scenario_version: int | None = None,
        time_limit_s: float = 60.0,
    ) -> Job:
        """Ask for a plan of the site's actuals.

        Parameters
        ----------
        name : str
            What the plan is called; if there is one, this is its next version.
        scenario : str
            Name of a scenario in the store, the newest version unless one is given.
        time_limit_s : float
            Bound on the roster's search, 1 to 3600.
        """
        self.caller.need("plans:make", site)
        site_of(self.store, site)
        if not 1 <= time_limit_s <= LONGEST_S:
            raise BadInput(f"job: time_limit_s is 1 to {LONGEST_S:g}, got {time_limit_s!r}")
        if not name.strip():
            raise BadInput("job: the plan needs a name")
        known = self.store.plans.versions("scenarios", site=site, name=scenario, limit=1000)
        versions = [version.version for version in known]
        if not versions or scenario_version not in (None, *versions):
            raise NotFound(f"job: there is no such version of scenario {scenario!r} at {site!r}")
        asked = {
            "name": name, "scenario": scenario, "time_limit_s": time_limit_s,
            "scenario_version": scenario_version or versions[-1],
        }  # fmt: skip
        return self.store.work.submit(PLAN, asked, by=self.caller.user, site=site)

    def job(self, site: str, job_id: str) -> Job:
        """Return how far a job of `site` is."""
        self.caller.need("plans:make", site)
        try:
            found = self.store.work.job(job_id)
        except BadInput as error:
            raise NotFound(str(error)) from error
        if found.site != site:
            raise NotFound(f"job: there is no job {job_id!r} at site {site!r}")
        return found

    def jobs(self, site: str, *, limit: int = 100) -> tuple[Job, ...]:
        """Return the newest jobs of `site`, newest first."""
        self.caller.need("plans:make", site)
        site_of(self.store, site)
        return self.store.work.jobs(site=site, limit=limit)

    def cancel(self, site: str, job_id: str) -> Job:
        """Stop a job; a plan half made is dropped."""
        self.job(site, job_id)
        return self.store.work.cancel(job_id, by=self.caller.user)


def work_one(store: Store, worker: str, *, lost_after_s: float = LOST_AFTER_S) -> Job | None:
    """Do the oldest waiting job in this process; None if none waits.

    A job whose worker was silent for `lost_after_s` counts as waiting.

    Raises
    ------
    StoreDown
        The database went away; the job is taken up again by whoever asks next after it fell silent.
    """
    job = store.work.claim(worker, lost_after_s=lost_after_s)
    if job is None:
        return None
    try:
        with _heard(store, job, worker) as tell:
            _plan(store, job, worker, tell)
    except (_StoppedError, Conflict):
        pass  # somebody cancelled it or took it over; its own row says who
    except StoreDown:
        raise
    except (BadInput, Infeasible) as error:
        return _end(store, job, worker, error=str(error))
    except Exception as error:
        _end(store, job, worker, error=f"defect: {type(error).__name__}")
        raise
    return store.work.job(job.id)


class _StoppedError(Exception):
    """Somebody stopped the job, or another worker took it over."""


def _end(store: Store, job: Job, worker: str, *, error: str) -> Job:
    try:
        return store.work.end(job.id, worker, error=error)
    except Conflict:  # cancelled at the last moment; the job's own row says so
        return store.work.job(job.id)


@contextmanager
def _heard(store: Store, job: Job, worker: str) -> Iterator[Callable[[float, str], bool]]:
    """Give a progress callback, and speak for the worker in silent stretches."""
    stop, gone = threading.Event(), threading.Event()
    last: tuple[float, str] = (0.0, "starting")

    def say() -> None:
        try:
            if not store.work.tell(job.id, worker, fraction=last[0], text=last[1]):
                gone.set()
        except StoreDown:
            pass  # it may be back before the plan is to be saved

    def beat() -> None:
        while not stop.wait(_BEAT_S):
            say()

    def tell(fraction: float, text: str) -> bool:
        nonlocal last
        last = (fraction, text)
        say()
        return not gone.is_set()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield tell
    finally:
        stop.set()
        thread.join()


def _plan(store: Store, job: Job, worker: str, tell: Callable[[float, str], bool]) -> None:
    """Make the plan; save it and end the job in one transaction, so that it is never made twice."""
    asked, site = job.asked, str(job.site)
    scenario = store.plans.load_scenario(
        asked["scenario"], site=site, version=asked["scenario_version"]
    )
    history = _history(store, site, [queue.name for queue in scenario.queues],
                       timezone=scenario.timezone, interval_min=scenario.interval_min)  # fmt: skip
    made = planning.make_plan(
        scenario, history, time_limit_s=asked["time_limit_s"], progress=tell,
        planned_at=dt.datetime.now(dt.UTC), notes=(f"planned by job {job.id}",),
    )  # fmt: skip
    if not tell(0.99, "saving the plan"):
        raise _StoppedError

    def end(connection: Any, saved: Version) -> None:
        told = {key: saved.told[key] for key in ("forecast", "requirement", "roster")}
        result = {"plan": saved.id, "name": saved.name, "version": saved.version,
                  "plan_id": made.id, **told}  # fmt: skip
        store.work.end_within(connection, job.id, worker, result=result)

    store.plans.save(
        made, asked["name"], by=job.made_by, site=site, reason=f"job {job.id}", beside=end
    )


def _history(
    store: Store, site: str, queues: list[str], *, timezone: str, interval_min: int
) -> pd.DataFrame:
    """Return the site's actuals as the history of a plan."""
    frame = store.actuals.read("intervals", site=site, units=queues, fields=_FIELDS)
    frame = frame[frame["offered"].notna()].reset_index(drop=True)
    if frame.empty:
        raise BadInput(
            f"job: site {site!r} has no actuals of the scenario's queues {queues[:5]}; import "
            "them first"
        )
    empty = [name for name in ("answered", "abandoned") if frame[name].isna().all()]
    frame = frame.drop(columns=empty)
    frame["start"] = frame["start"].dt.tz_convert(timezone)
    return to_interval(frame, interval_min)
