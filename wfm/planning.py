"""Use cases about a plan as a whole: what makes one, opens one, takes one in from elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from forecasts import Campaign
from wfm import learnable
from wfm.errors import BadInput
from wfm.plan import Plan, Progress, make_plan
from wfm.ports import Ports
from wfm.scenario import Scenario


@dataclass(frozen=True)
class Planning:
    """The use cases."""

    ports: Ports

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
        campaigns: Iterable[Campaign] = (),
        previous: pd.DataFrame | None = None,
    ) -> Plan:
        revision = self.ports.revision(folder)
        made = make_plan(
            scenario,
            history,
            campaigns=campaigns,
            previous=previous,
            time_limit_s=time_limit_s,
            progress=progress,
            notes=tuple(notes),
            planned_at=self.ports.now(),
        )
        made = revised(made, revision)
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


def revised(plan: Plan, revision: int) -> Plan:
    """Return `plan` as its revision number `revision`."""
    return replace(plan, provenance=replace(plan.provenance, revision=revision))
