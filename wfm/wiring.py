"""The one place that chooses what the use cases run on: store or folders, clock, processes.

Plans, actuals and cycles are in the database that ``WFM_DATABASE_URL`` names, without it in a file
of the user's own; ``WFM_DATABASE_URL=folders:`` keeps them in folders. ``WFM_SITE`` says of which
site, where a plan's scenario or the store does not.
"""

from __future__ import annotations

import datetime as dt
import getpass
import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from wfm.access import OPEN, Gate
from wfm.adapters import (
    acd,
    actual_files,
    actuals_folder,
    annual_files,
    campaign_file,
    check_report,
    cycle_folder,
    demo,
    demo_actuals,
    demo_cycles,
    export,
    folder,
    forecast_file,
    jobs,
    proposal_file,
    roster_file,
    scenario_file,
)
from wfm.adapters.acd_offer import file_name
from wfm.app import App
from wfm.errors import BadInput
from wfm.improving import Improving
from wfm.pdca import Cycle
from wfm.plan import Plan
from wfm.ports import Check, Ports
from wfm.roster import Roster
from wfm.scenario import Scenario
from wfm.timegrid import MINUTES_A_DAY

if TYPE_CHECKING:
    from wfm.adapters.store import Store
    from wfm.adapters.store.happened import Happened
    from wfm.adapters.store.places import Places
    from wfm.ports import CycleStore
    from wfm.service import Service

DATABASE = "WFM_DATABASE_URL"
SITE = "WFM_SITE"
_LIBRARIES = ("numpy", "numba", "pandas", "ortools", "streamlit")


@cache
def app() -> App:
    """Return the application, on the store or on plan folders."""
    plans = _plans()
    actuals = _actuals()
    return App(
        Ports(
            read_history=acd.read_history,
            read_any_interval=_read_any_interval,
            read_upload=_read_upload,
            read_scenario=scenario_file.read_scenario,
            read_forecast=forecast_file.read_forecast,
            read_roster=roster_file.read_roster,
            read_campaigns=campaign_file.read_campaigns,
            read_annual=annual_files.read_annual,
            write_scenario=scenario_file.write_scenario,
            demo=_demo,
            load_plan=plans.load_plan,
            save_plan=plans.save_plan,
            plan_stamp=plans.plan_stamp,
            revision=plans.revision,
            job=jobs.job,
            start_job=jobs.start,
            work_job=jobs.work,
            cancel_job=jobs.cancel,
            xlsx=_xlsx,
            csv_zip=_csv_zip,
            csv_bytes=export.csv_bytes,
            ics_zip=_ics_zip,
            exports=_exports,
            write_files=folder.write_files,
            checks=_checks,
            now=_now,
            demo_actuals=demo_actuals.demo_actuals,
            load_actuals=actuals.load_actuals,
            actuals_stamp=actuals.actuals_stamp,
            save_actuals=actuals.save_actuals,
            read_actuals=actuals_folder.read_table,
            put_actuals=actuals.put_table,
            demo_cycles=demo_cycles.demo_cycles,
            keep_cycles=_keep_cycles,
            gate=_gate(),
        )
    )


def in_store() -> bool:
    """Return whether plans, actuals and cycles are in the store; else they are in folders."""
    return os.environ.get(DATABASE) != "folders:"


def _plans() -> Any:
    return places() if in_store() else folder


def _actuals() -> Any:
    return happened() if in_store() else actuals_folder


def _gate() -> Gate:
    """Return who is at work, as the store knows him; plan folders are a single person's."""
    plans = _plans()
    if plans is folder:
        return OPEN
    from wfm.adapters.store import sites
    from wfm.service.service import sign_in_locally

    return Gate(lambda: sign_in_locally(store(), user()), plans.site or sites.FIRST)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@cache
def store() -> Store:
    """Return the store: ``WFM_DATABASE_URL``, else a file in the user's data folder."""
    from wfm.adapters.store import open_store

    return open_store()


def places() -> Places:
    """Return the plans of the store by their folders."""
    from wfm.adapters.store.places import Places

    return Places(store(), user(), site(), plan_name)


def service() -> Service:
    """Return the use cases on the store for who is at work here."""
    from wfm.service import Service
    from wfm.service.service import sign_in_locally

    return Service(store(), sign_in_locally(store(), user()))


def happened() -> Happened:
    """Return the actuals of the store by the folders of their plans."""
    from wfm.adapters.store.happened import Happened

    return Happened(store(), user(), site(), plan_name)


def plan_name(folder: str | Path) -> str:
    """Return what the plan of `folder` is called in the store."""
    from wfm.adapters.store.places import full_name_of, name_of

    given = os.environ.get(DATABASE)
    return name_of(folder) if given and in_store() else full_name_of(folder)


def site() -> str | None:
    """Return the site that was chosen: ``--site`` or ``WFM_SITE``."""
    return os.environ.get(SITE) or None


def user() -> str:
    """Return who is at work, for the audit log: ``WFM_USER``, else the login name."""
    try:
        return os.environ.get("WFM_USER") or getpass.getuser()
    except (KeyError, OSError):  # a container without a name for its user
        return "unknown"


def improving(cycles: str | Path) -> Improving:
    """Return the use cases of PDCA cycles: of the store, or without one in the folder `cycles`."""
    return Improving(
        store=_cycles(cycles),
        read_actuals=_read_actuals,
        read_proposal=proposal_file.read_proposal,
        load_plan=_plans().load_plan,
        html=check_report.page,
        now=_now,
        gate=_gate(),
    )


def _keep_cycles(cycles: tuple[Cycle, ...], plan_folder: str | Path) -> None:
    """Keep cycles of a plan; what people made of one that is there already stays."""
    store = _cycles(cycle_folder.place(plan_folder))
    there = {cycle.id for cycle in store.all()}
    for cycle in cycles:
        if cycle.id not in there:
            store.save(cycle)


def _cycles(folder: str | Path) -> CycleStore:
    there = cycle_folder.CycleFolder(Path(folder))
    if not in_store():
        return there
    from wfm.adapters.store.cycles import Cycles

    # Where the folder is one of a plan, the cycles are of that plan's site.
    where, _ = places().opened(Path(folder).resolve().parent)
    kept = Cycles(store(), user(), where)
    kept.take_in(there.all())
    return kept


def _read_actuals(paths: Sequence[str | Path], *, timezone: str) -> dict[str, pd.DataFrame]:
    """Read files, and of plans in the store their actuals there."""
    if not in_store():
        return actual_files.read_actuals(paths, timezone=timezone)
    tables: dict[str, pd.DataFrame] = {}
    for path in paths:
        if happened().has(path):
            tables |= happened().load_actuals(path).in_zone(timezone).tables
        else:
            tables |= actual_files.read_actuals([path], timezone=timezone)
    return tables


@dataclass(frozen=True)
class _Read:
    frame: pd.DataFrame
    interval_min: int
    notes: tuple[str, ...]


def _read_any_interval(
    path: str | Path,
    source: acd.HistorySource | None = None,
    *,
    timezone: str,
    interval_min: int | None,
    usual_min: tuple[int, ...] = (30, 60),
    layout: str | None = None,
) -> _Read:
    """Read `path` at `interval_min`; without one at the first of `usual_min` that it allows.

    A file of day totals is read as such where 1440 is among them.
    """
    wanted = usual_min if interval_min is None else (interval_min,)
    if layout is not None:
        source = replace(source or acd.HistorySource(), layout=layout)
    first: BadInput | None = None
    for minutes in wanted:
        try:
            read = acd.read_history(path, source, timezone=timezone, interval_min=minutes)
        except acd.DailyCounts as error:
            # What else may be wrong with day totals is said when they are read as such.
            first = None if MINUTES_A_DAY in wanted else first or error
        except BadInput as error:
            first = first or error
        else:
            return _Read(read.frame, minutes, read.notes)
    assert first is not None
    raise first


def _read_upload(
    name: str, content: bytes, *, timezone: str, interval_min: int, **more: Any
) -> acd.ImportedHistory:
    """Read a file that came through the browser; its name is for messages only."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "upload"
        path.write_bytes(content)
        return acd.read_history(
            path, timezone=timezone, interval_min=interval_min, name=file_name(name), **more
        )


def _demo() -> tuple[Scenario, pd.DataFrame, tuple[str, ...]]:
    history, notes = demo.demo_history()
    return demo.demo_scenario(), history, notes


def _checks() -> tuple[Check, ...]:
    found = [Check("python", sys.version_info >= (3, 11), platform.python_version())]
    for name in _LIBRARIES:
        try:
            found.append(Check(name, True, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append(Check(name, False, "not installed; install wfm again with pip"))
    found.append(_check_kernels())
    found.append(_check_writing())
    if in_store():
        found.append(_check_store())
    return tuple(found)


def _check_kernels() -> Check:
    from wfm.queueing import erlang
    from wfm.scenario import Target

    agents = int(erlang.fewest_agents(100, 180.0, Target(0.80, awt_s=20.0)))
    return Check("erlang", agents == 14, f"100 calls of 180 s in 30 min, 80/20: {agents} agents")


def _check_writing() -> Check:
    here = Path.cwd()
    try:
        with tempfile.NamedTemporaryFile(dir=here):
            return Check("folder", True, f"{here} can be written")
    except OSError as error:
        return Check("folder", False, f"{here} cannot be written: {error.strerror}; use --out")


def _check_store() -> Check:
    from wfm.adapters.store import migrating

    try:
        database = store().database
        text = f"{database.shown} answers, at revision {migrating.revision(database)}"
        return Check("store", True, text)
    except BadInput as error:
        return Check("store", False, str(error))


def _need_roster(plan: Plan) -> Roster:
    if plan.roster is None:
        raise BadInput("export: this plan has no roster; its scenario has no people")
    return plan.roster


def _xlsx(plan: Plan) -> bytes:
    return export.xlsx_bytes(
        _need_roster(plan), plan.scenario, requirement=plan.requirement, forecast=plan.forecast,
        summary=plan.summary, plan_id=plan.id,
    )  # fmt: skip


def _csv_zip(plan: Plan) -> bytes:
    return export.csv_zip_bytes(_need_roster(plan), plan.scenario)


def _ics_zip(plan: Plan) -> bytes:
    return export.ics_zip_bytes(
        _need_roster(plan), plan.scenario, sequence=plan.provenance.revision
    )


def _exports(plan: Plan) -> dict[str, bytes]:
    """Return workbook, CSV files and calendars by relative path.

    Without a roster only what the history was cleaned of.
    """
    cleaning = {"cleaning.csv": export.csv_bytes(plan.cleaning)}
    if plan.roster is None:
        return cleaning
    tables = export.csv_tables(plan.roster, plan.scenario)
    calendars = export.calendars(plan.roster, plan.scenario, sequence=plan.provenance.revision)
    return {
        **cleaning,
        "roster.xlsx": _xlsx(plan),
        **{name: export.csv_bytes(table) for name, table in tables.items()},
        **{f"calendars/{name}": content for name, content in calendars.items()},
    }
