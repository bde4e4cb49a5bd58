"""Use cases: what a person can do, whatever screen or command they use.

Everything that touches the world comes in through `Ports`; `wfm.wiring` chooses it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

import forecasts
from wfm import learnable, requirement, whatif
from wfm import plan as planning
from wfm.errors import BadInput
from wfm.forecasting import Forecasting
from wfm.measuring import Measuring
from wfm.plan import Plan, Progress
from wfm.ports import Check, JobState, Ports
from wfm.rostering import Rostering
from wfm.scenario import Scenario
from wfm.shaping import Shaping
from wfm.starter import starter
from wfm.whatif import Sized, WhatIf


@dataclass(frozen=True)
class RosterRun:
    """What came of asking for a new roster.

    Attributes
    ----------
    plan : Plan
        With the roster that now stands.
    taken : bool
        Whether that is the new one.
    text : str
        The same as a sentence.
    """

    plan: Plan
    taken: bool
    text: str


@dataclass(frozen=True)
class StarterFile:
    """A starter scenario on disk: its two files and what it assumes."""

    path: Path
    people_path: Path
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class App:
    """The use cases."""

    ports: Ports

    @property
    def forecasting(self) -> Forecasting:
        """The use cases about forecasts alone: files, backtests, overrides, the running day."""
        return Forecasting(self.ports)

    @property
    def rostering(self) -> Rostering:
        """The use cases about a roster alone: red cells, repairs, requests, locks, audits."""
        return Rostering(self.ports)

    @property
    def shaping(self) -> Shaping:
        """The use cases beyond one roster: rotations, whom to hire, the hours of a year."""
        return Shaping(self.ports)

    @property
    def measuring(self) -> Measuring:
        """The use cases about what happened: actuals, KPIs, alerts, score cards."""
        return Measuring(self.ports)

    def leaderboard(self, plan: Plan) -> pd.DataFrame:
        """Return how the plan's model and the simple ones did on its history."""
        return self.forecasting.leaderboard(plan)

    def make_demo(
        self,
        folder: str | Path,
        *,
        weeks: int = 1,
        time_limit_s: float = 30.0,
        progress: Progress | None = None,
    ) -> Plan:
        """Plan the bundled demo centre; write plan, exports, actuals and cycles into `folder`."""
        self.ports.gate.need("plans:make", "actuals:write", "cycles:write")
        scenario, history, notes = self.ports.demo()
        if weeks != scenario.weeks:
            scenario = scenario.revise("weeks asked", weeks=weeks)
        made = self._plan(
            scenario,
            history,
            Path(folder),
            time_limit_s=time_limit_s,
            progress=progress,
            notes=notes,
        )
        if progress is not None:
            progress(0.97, "what happened in the demo centre")
        actuals = self.ports.demo_actuals(made)
        self.ports.save_actuals(actuals, folder)
        if progress is not None:
            progress(0.99, "improvement cycles of the demo centre")
        self.ports.keep_cycles(self.ports.demo_cycles(made, actuals), folder)
        return made

    def plan_files(
        self,
        history: str | Path,
        scenario: str | Path,
        folder: str | Path,
        *,
        campaigns: str | Path | None = None,
        previous: str | Path | None = None,
        time_limit_s: float = 60.0,
        progress: Progress | None = None,
    ) -> Plan:
        """Plan a user's own history and scenario files; write plan and exports into `folder`.

        `campaigns` is a register (CSV or TOML); it stays in the plan.
        `previous` is the folder of the plan of the weeks before: rest and days in a row carry over,
        and without a `start` in the scenario this plan begins where that one ends.
        """
        self.ports.gate.need("plans:make")
        choices, source = self.ports.read_scenario(scenario)
        before = None
        if previous is not None:
            earlier = self.open_plan(previous)
            before = earlier.roster
            if choices.start is None:
                choices = replace(choices, start=earlier.summary.last_day + dt.timedelta(days=1))
        read = self.ports.read_history(
            history, source, timezone=choices.timezone, interval_min=choices.interval_min
        )
        return self._plan(
            choices,
            read.frame,
            Path(folder),
            campaigns=() if campaigns is None else self.ports.read_campaigns(campaigns),
            previous=None if before is None else before.frame,
            time_limit_s=time_limit_s,
            progress=progress,
            notes=(*read.notes, *learnable.future(read.frame, now=self.ports.now())),
        )

    def _plan(
        self,
        scenario: Scenario,
        history: pd.DataFrame,
        folder: Path,
        *,
        time_limit_s: float,
        progress: Progress | None,
        notes: Iterable[str],
        campaigns: Iterable[forecasts.Campaign] = (),
        previous: pd.DataFrame | None = None,
    ) -> Plan:
        revision = self.ports.revision(folder)
        made = planning.make_plan(
            scenario,
            history,
            campaigns=campaigns,
            previous=previous,
            time_limit_s=time_limit_s,
            progress=progress,
            notes=tuple(notes),
            planned_at=self.ports.now(),
        )
        made = _revised(made, revision)
        self.ports.save_plan(made, folder, exports=self.ports.exports(made))
        return made

    def open_plan(self, folder: str | Path) -> Plan:
        """Return the plan in `folder`; BadInput says what to do where there is none.

        Who may not read rosters gets it without one.
        """
        gate = self.ports.gate
        gate.need("plans:read")
        plan = self.ports.load_plan(folder)
        return plan if gate.may("rosters:read") else replace(plan, roster=None, violations=())

    def rostered_plan(self, folder: str | Path) -> Plan:
        """Return the plan in `folder` whole, for who may read rosters of everybody."""
        self.ports.gate.need("rosters:read")
        return self.open_plan(folder)

    def take_in(self, plan: Plan, folder: str | Path) -> None:
        """Save a plan from elsewhere with its exports into the empty `folder`."""
        self.ports.gate.need("plans:make")
        if self.plan_stamp(folder):
            raise BadInput(f"{folder} holds a plan already; choose another folder")
        self.ports.save_plan(plan, folder, exports=self.ports.exports(plan))

    def plan_stamp(self, folder: str | Path) -> str:
        """Return a text that changes when the plan in `folder` does; empty when there is none."""
        self.ports.gate.need("plans:read")
        return self.ports.plan_stamp(folder)

    def solve_roster(
        self,
        folder: str | Path,
        *,
        time_limit_s: float,
        seed: int | None = None,
        progress: Progress | None = None,
    ) -> RosterRun:
        """Make a roster for the plan in `folder`; save it with fresh exports if it is better.

        What the old roster locks stays, and the weeks before it count. The search begins from the
        old roster.

        Raises
        ------
        BadInput
            There is no plan, it has no people, or it was changed while the roster was made.
        """
        self.ports.gate.need("rosters:write")
        stamp = self.plan_stamp(folder)
        plan = self._plan_with_people(folder)
        old = plan.roster
        made = planning.make_roster(
            plan.sizing, plan.scenario, locked=None if old is None else old.locked,
            previous=None if old is None else old.previous, time_limit_s=time_limit_s, seed=seed,
            progress=progress, start=old,
        )  # fmt: skip
        new = made.roster
        if old is not None and not plan.violations and new.objective > old.objective:
            return RosterRun(
                plan,
                False,
                f"The roster before was better ({old.objective:,.1f} weighted agent-hours against "
                f"{new.objective:,.1f}) and stays.",
            )
        fresh = _revised(
            replace(plan, roster=new, violations=made.violations), plan.provenance.revision + 1
        )
        self.ports.save_plan(fresh, folder, exports=self.ports.exports(fresh), expected=stamp)
        return RosterRun(fresh, True, "The new roster is in place.")

    def _plan_with_people(self, folder: str | Path) -> Plan:
        plan = self.open_plan(folder)
        if not plan.scenario.people:
            raise BadInput("roster: the scenario has no people; add some to its people file")
        return plan

    def start_roster(self, folder: str | Path, *, time_limit_s: float, seed: int) -> None:
        """Start `solve_roster` in a process of its own; follow it with `job`."""
        self.ports.gate.need("rosters:write")
        self._plan_with_people(folder)
        self.ports.start_job(folder, kind="roster", time_limit_s=time_limit_s, seed=seed)

    def start_demo(self, folder: str | Path, *, time_limit_s: float = 30.0) -> None:
        """Start `make_demo` in a process of its own; follow it with `job`."""
        self.ports.gate.need("plans:make", "actuals:write", "cycles:write")
        self.ports.start_job(folder, kind="demo", time_limit_s=time_limit_s, seed=None)

    def job(self, folder: str | Path) -> JobState:
        """Return how far the newest job of `folder` is."""
        self.ports.gate.need("plans:read")
        return self.ports.job(folder)

    def cancel_roster(self, folder: str | Path) -> None:
        """Stop the roster job of `folder`; the best roster so far is kept if it is better."""
        self.ports.gate.need("rosters:write")
        self.ports.cancel_job(folder)

    def work_job(
        self, folder: str | Path, *, kind: str, time_limit_s: float, seed: int | None
    ) -> None:
        """Do the work of a started job in this process, its progress told to those who ask."""
        with self.ports.work_job(folder) as job:
            if kind == "demo":
                self.make_demo(folder, time_limit_s=time_limit_s, progress=job.progress)
                job.taken = True
            else:
                job.taken = self.solve_roster(
                    folder, time_limit_s=time_limit_s, seed=seed, progress=job.progress
                ).taken

    def what_if(
        self,
        plan: Plan,
        queue: str,
        *,
        volume: float = 1.0,
        aht: float = 1.0,
        service_level: float | None = None,
        awt_s: float | None = None,
        patience_s: float | None = None,
        shrinkage: float | None = None,
        occupancy: float | None = None,
        rule: str | None = None,
    ) -> WhatIf:
        """Return what `queue` would need with other choices; None keeps the plan's own.

        Parameters
        ----------
        volume, aht : float
            Factors on forecast volume and on every handle time, > 0.
        service_level, awt_s, occupancy, rule
            Fields of `Target`.
        patience_s, shrinkage
            Fields of `Queue`.
        """
        return whatif.what_if(
            plan, queue, volume=volume, aht=aht, service_level=service_level, awt_s=awt_s,
            patience_s=patience_s, shrinkage=shrinkage, occupancy=occupancy, rule=rule,
        )  # fmt: skip

    def size_files(self, source: str | Path, scenario: str | Path | None = None) -> Sized:
        """Size a forecast without a history.

        Parameters
        ----------
        source : path
            Folder of a plan, or a CSV file with a forecast.
        scenario : path, optional
            Scenario file; without one the plan's own. A CSV file needs one.
        """
        if Path(source).is_dir() or self.plan_stamp(source):
            plan = self.open_plan(source)
            if scenario is None:
                return Sized(plan.scenario, plan.forecast, plan.sizing)
            choices, _ = self.ports.read_scenario(scenario)
            choices = replace(choices, start=plan.scenario.start)
            if choices.interval_min != plan.scenario.interval_min:
                raise BadInput(
                    f"size: the plan's forecast has intervals of {plan.scenario.interval_min} "
                    f"minutes, the scenario {choices.interval_min}; plan the history again"
                )
            if choices.timezone != plan.scenario.timezone:
                raise BadInput(
                    f"size: the plan is in {plan.scenario.timezone}, the scenario in "
                    f"{choices.timezone}; days and opening hours would shift. Use one zone"
                )
            forecast = plan.forecast
        else:
            if scenario is None:
                raise BadInput(
                    f"size: {source} is not the folder of a plan; for a forecast file give "
                    "--scenario FILE too"
                )
            choices, _ = self.ports.read_scenario(scenario)
            forecast = self.ports.read_forecast(source, timezone=choices.timezone)
        return Sized(choices, forecast, requirement.size(forecast, choices))

    def write_table(self, table: pd.DataFrame, path: str | Path) -> None:
        """Write `table` as CSV at `path`, in one step."""
        path = Path(path)
        self.ports.write_files({path.name: self.ports.csv_bytes(table)}, path.parent)

    def explain(self, plan: Plan, queue: str, start: dt.datetime) -> pd.DataFrame:
        """Return why `queue` needs what it needs in the interval from `start`: one row."""
        return requirement.explain(
            plan.sizing, plan.scenario, forecast=plan.forecast, queue=queue,
            start=pd.Timestamp(start),
        )  # fmt: skip

    def service_reached(self, plan: Plan) -> pd.DataFrame:
        """Return the predicted service level an interval, with the requirement and the roster."""
        coverage = (
            plan.roster.coverage
            if plan.roster is not None
            else plan.requirement[["queue", "start"]].assign(on_seat=0.0)
        )
        return requirement.reached(plan.sizing, coverage, plan.scenario)

    def coverage_calendar(self, plan: Plan) -> pd.DataFrame:
        """Return, a queue and local day a row, how many intervals were open, missing, zero."""
        status = forecasts.classify(
            plan.history, f"{plan.scenario.interval_min}min", holidays=plan.scenario.country
        )
        day = status["start"].dt.tz_convert(plan.scenario.timezone).dt.date
        table = pd.crosstab([status["queue"], day.rename("day")], status["status"])
        for name in ("open", "missing", "zero", "closed"):
            if name not in table:
                table[name] = 0
        return table.reset_index()[["queue", "day", "open", "missing", "zero", "closed"]]

    def starter_scenario(self, history: str | Path, out: str | Path, *, timezone: str,
                         interval_min: int | None = None, aht_s: float = 240.0, weeks: int = 1,
                         country: str | None = None) -> StarterFile:  # fmt: skip
        """Write a scenario to start from, its staff sized for the file `history`.

        Without `interval_min` half hours are planned, or hours where the file has only those.
        """
        read = self.ports.read_any_interval(history, timezone=timezone, interval_min=interval_min)
        made = starter(read.frame, timezone=timezone, interval_min=read.interval_min,
                       aht_s=aht_s, weeks=weeks, country=country)  # fmt: skip
        path, people = self.ports.write_scenario(out, made.scenario)
        return StarterFile(path, people, made.assumptions)

    def export_files(self, plan: str | Path, out: str | Path) -> tuple[Path, ...]:
        """Write the exports of the plan in folder `plan` into `out`."""
        return self.ports.write_files(self.ports.exports(self.rostered_plan(plan)), out)

    def doctor(self) -> tuple[Check, ...]:
        """Return what was checked of this installation."""
        return self.ports.checks()

    def export_xlsx(self, plan: Plan) -> bytes:
        """Return the roster workbook."""
        self.ports.gate.need("rosters:read")
        return self.ports.xlsx(plan)

    def export_csv_zip(self, plan: Plan) -> bytes:
        """Return roster, shifts and coverage as CSV files in a zip."""
        self.ports.gate.need("rosters:read")
        return self.ports.csv_zip(plan)

    def export_ics_zip(self, plan: Plan) -> bytes:
        """Return one calendar file a person in a zip."""
        self.ports.gate.need("rosters:read")
        return self.ports.ics_zip(plan)


def _revised(plan: Plan, revision: int) -> Plan:
    return replace(plan, provenance=replace(plan.provenance, revision=revision))
