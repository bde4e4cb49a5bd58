"""What of the world outside do the use cases need: files, jobs, the clock?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from forecasts import Campaign
from wfm.access import OPEN, Gate
from wfm.actuals import Actuals
from wfm.pdca.cycle import Cycle
from wfm.plan import Plan
from wfm.scenario import Scenario


class CycleStore(Protocol):
    """Where PDCA cycles are kept. A stamp changes whenever a cycle does.

    `save` with the stamp of the cycle that the caller started from refuses when another writer came
    first; without one it refuses to write over a cycle that is there.
    """

    def save(self, cycle: Cycle, stamp: str | None = None) -> str: ...  # noqa: D102
    def load(self, id: str) -> Cycle: ...  # noqa: A002, D102
    def stamp(self, id: str) -> str: ...  # noqa: A002, D102
    def all(self) -> tuple[Cycle, ...]: ...  # noqa: D102


class Happenings(Protocol):
    """What the use cases about what happened need of `Ports`."""

    @property
    def gate(self) -> Gate: ...  # noqa: D102
    @property
    def load_plan(self) -> Callable[..., Plan]: ...  # noqa: D102
    @property
    def load_actuals(self) -> Callable[..., Actuals]: ...  # noqa: D102
    @property
    def actuals_stamp(self) -> Callable[..., str]: ...  # noqa: D102
    @property
    def read_actuals(self) -> Callable[..., pd.DataFrame]: ...  # noqa: D102
    @property
    def put_actuals(self) -> Callable[..., int]: ...  # noqa: D102


class JobState(Protocol):
    """How far a job is: state, fraction 0 to 1, what it does, why it failed, what came of it."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def fraction(self) -> float: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def error(self) -> str: ...  # noqa: D102
    @property
    def taken(self) -> bool: ...  # noqa: D102


class JobWork(Protocol):
    """A job's own side: where it tells its progress and, at the end, if its roster was taken."""

    taken: bool

    def progress(self, fraction: float, text: str) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Ports:
    """The world outside, one callable each, and who is at work; `wfm.wiring` has those in use."""

    read_history: Callable[..., Any]
    read_any_interval: Callable[..., Any]
    read_upload: Callable[..., Any]
    read_scenario: Callable[..., Any]
    read_forecast: Callable[..., pd.DataFrame]
    read_roster: Callable[..., pd.DataFrame]
    read_campaigns: Callable[..., tuple[Campaign, ...]]
    read_annual: Callable[..., Any]
    write_scenario: Callable[..., Any]
    demo: Callable[[], tuple[Scenario, pd.DataFrame, tuple[str, ...]]]
    load_plan: Callable[..., Plan]
    save_plan: Callable[..., tuple[Path, ...]]
    plan_stamp: Callable[..., str]
    revision: Callable[..., int]
    job: Callable[..., JobState]
    start_job: Callable[..., None]
    work_job: Callable[..., AbstractContextManager[JobWork]]
    cancel_job: Callable[..., None]
    xlsx: Callable[[Plan], bytes]
    csv_zip: Callable[[Plan], bytes]
    csv_bytes: Callable[[pd.DataFrame], bytes]
    ics_zip: Callable[[Plan], bytes]
    exports: Callable[[Plan], dict[str, bytes]]
    write_files: Callable[..., tuple[Path, ...]]
    checks: Callable[[], tuple[Check, ...]]
    now: Callable[[], dt.datetime]
    demo_actuals: Callable[[Plan], Actuals]
    load_actuals: Callable[..., Actuals]
    actuals_stamp: Callable[..., str]
    save_actuals: Callable[..., tuple[Path, ...]]
    read_actuals: Callable[..., pd.DataFrame]
    put_actuals: Callable[..., int]
    demo_cycles: Callable[[Plan, Actuals], tuple[Cycle, ...]]
    keep_cycles: Callable[..., None]
    gate: Gate = OPEN


@dataclass(frozen=True)
class Check:
    """One thing `wfm doctor` looked at."""

    name: str
    ok: bool
    text: str
