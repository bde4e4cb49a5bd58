"""Use cases about a requirement: sized, explained, with other choices, with the roster."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from wfm import requirement, whatif
from wfm.errors import BadInput
from wfm.plan import Plan
from wfm.planning import Planning
from wfm.whatif import Sized, WhatIf


@dataclass(frozen=True)
class Staffing(Planning):
    """The use cases."""

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
