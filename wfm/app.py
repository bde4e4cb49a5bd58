"""Use cases: what a person can do, whatever screen or command they use.

Everything that touches the world comes in through `Ports`; `wfm.wiring` chooses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from wfm.forecasting import Forecasting
from wfm.generating import Generating, RosterRun
from wfm.measuring import Measuring
from wfm.plan import Plan
from wfm.ports import Check
from wfm.rostering import Rostering
from wfm.shaping import Shaping
from wfm.staffing import Staffing
from wfm.starter import starter

__all__ = ["App", "RosterRun", "StarterFile"]


@dataclass(frozen=True)
class StarterFile:
    """A starter scenario on disk: its two files and what it assumes."""

    path: Path
    people_path: Path
    assumptions: tuple[str, ...]


@dataclass(frozen=True)
class App(Generating, Staffing):
    """The use cases: here those that every edge asks, the others by subject."""

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

    def coverage_calendar(self, plan: Plan) -> pd.DataFrame:
        """Return, a queue and local day a row, how many intervals were open, missing, zero."""
        return self.forecasting.coverage_calendar(plan)

    def write_table(self, table: pd.DataFrame, path: str | Path) -> None:
        """Write `table` as CSV at `path`, in one step."""
        path = Path(path)
        self.ports.write_files({path.name: self.ports.csv_bytes(table)}, path.parent)

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
