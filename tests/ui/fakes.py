"""An App that answers from a made-up plan in memory, and records what it was asked."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from wfm.access import OPEN
from wfm.errors import BadInput
from wfm.roster import in_force, outcomes

from .fake_changes import renamed, revised
from .fake_plan import (
    HISTORY_WEEKS,
    MISSING_DAY,
    START,
    TZ,
    FakePlan,
    plan,
    scenario,
)

__all__ = [
    "MISSING_DAY", "START", "TZ", "Effort", "FakeApp", "FakePlan", "plan", "renamed", "revised",
    "scenario",
]  # fmt: skip


@dataclass(frozen=True)
class Effort:
    peak_agents: int
    agent_hours: float
    scheduled_hours: float
    fte: float


class FakeApp:
    """Answers as `wfm.app.App` does, from a plan in memory, and records what it was asked."""

    def __init__(self, plan: FakePlan | None = None, *, error: Exception | None = None) -> None:
        self.plan = plan
        self.error = error
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.ports = SimpleNamespace(gate=OPEN)
        self.job_state = SimpleNamespace(state="none", fraction=0.0, text="", error="", taken=True)

    @property
    def measuring(self) -> Any:
        """No actuals."""
        return SimpleNamespace(stamp=lambda folder: "")

    @property
    def rostering(self) -> Any:
        """Rules and requests alone."""
        return SimpleNamespace(
            rules_in_force=lambda plan: in_force(plan.roster.frame, plan.scenario, plan.violations),
            requests=lambda plan: outcomes(plan.roster.frame, plan.scenario),
        )

    def plan_stamp(self, folder: Any) -> str:
        return "" if self.plan is None and self.error is None else f"stamp-{id(self)}"

    def open_plan(self, folder: Any) -> FakePlan:
        if self.error is not None:
            raise self.error
        if self.plan is None:
            raise BadInput(f"plan: no plan in {folder}")
        return self.plan

    def start_demo(self, folder: Any) -> None:
        self.calls.append(("start_demo", {"folder": str(folder)}))
        if self.job_state.state == "running":
            raise BadInput("job: this plan is already being made anew")
        self.job_state = SimpleNamespace(
            state="running", fraction=0.5, text="half way", error="", taken=False
        )

    def what_if(self, plan: FakePlan, queue: str, **change: Any) -> Any:
        self.calls.append(("what_if", {"queue": queue, **change}))
        chosen = plan.scenario.queue(queue)
        shrinkage = change.get("shrinkage")
        shrinkage = chosen.shrinkage if shrinkage is None else shrinkage
        before = plan.requirement[plan.requirement["queue"] == queue]
        factor = change.get("volume", 1.0) * change.get("aht", 1.0)
        agents = np.ceil(before["agents"].to_numpy() * factor)
        frame = pd.DataFrame(
            {
                "start": before["start"].to_numpy(),
                "volume": 1.0,
                "aht_s": chosen.aht_s,
                "agents_before": before["agents_rounded"].to_numpy(),
                "agents": agents,
                "scheduled_before": before["scheduled"].to_numpy(),
                "scheduled": np.ceil(agents / (1 - shrinkage)),
                "p_answered_within": 0.82,
                "occupancy": 0.7,
            }
        )
        frame["start"] = before["start"].reset_index(drop=True)

        def effort(agents: str, scheduled: str) -> Effort:
            hours = float(frame[scheduled].sum() / 2)
            return Effort(
                int(frame[agents].max()), float(frame[agents].sum() / 2), hours, hours / 40
            )

        return SimpleNamespace(
            frame=frame,
            before=effort("agents_before", "scheduled_before"),
            after=effort("agents", "scheduled"),
        )

    def leaderboard(self, plan: FakePlan) -> pd.DataFrame:
        models = {"profile": 1.0, "weekday_mean": 1.2, "seasonal_naive": 1.5}
        return pd.DataFrame(
            [
                (row["queue"], model, row["wape"] * worse, 0.01, row["noise_floor"], 0.8)
                for row in plan.score.to_dict("records")
                for model, worse in models.items()
            ],
            columns=["queue", "model", "wape", "bias", "noise_floor", "coverage80"],
        )

    def service_reached(self, plan: FakePlan) -> pd.DataFrame:
        frame = plan.requirement[["queue", "start", "scheduled"]].copy()
        frame["volume"] = plan.forecast["volume"].to_numpy()
        frame["target"] = frame["queue"].map(
            {q.name: q.target.service_level for q in plan.scenario.queues}
        )
        frame["p_required"] = plan.requirement["p_answered_within"].to_numpy()
        if plan.roster is None:
            return frame.assign(p_rostered=math.nan, on_seat=math.nan)
        on_seat = plan.roster.coverage["on_seat"].to_numpy()
        ratio = np.minimum(on_seat / np.maximum(frame["scheduled"].to_numpy(), 1), 1.05)
        return frame.assign(on_seat=on_seat, p_rostered=np.minimum(frame["p_required"] * ratio, 1))

    def explain(self, plan: FakePlan, queue: str, start: dt.datetime) -> pd.DataFrame:
        self.calls.append(("explain", {"queue": queue, "start": start}))
        need = plan.requirement
        row = need[(need["queue"] == queue) & (need["start"] == start)]
        level, agents = float(row["p_answered_within"].iloc[0]), int(row["agents_rounded"].iloc[0])
        return row[["queue", "start", "agents_rounded", "scheduled"]].assign(
            volume=60.0, aht_s=240.0, load=8.0, model="Erlang C: *nobody* leaves", occupancy=0.7,
            binding="service_level", p_answered_within=level, p_answered_within_less=level - 0.1,
            p_answered_within_more=level + 0.05, asa_s=9.0, p_abandon=0.0, shrinkage=0.3,
            fte=agents / 56, met=True, cost=math.nan, p_target_met=math.nan,
        )  # fmt: skip

    def coverage_calendar(self, plan: FakePlan) -> pd.DataFrame:
        days = pd.date_range(START - dt.timedelta(weeks=HISTORY_WEEKS), periods=7 * HISTORY_WEEKS)
        rows = []
        for queue in plan.scenario.queues:
            for day in days:
                gone = day.date() == MISSING_DAY and queue.name == "voice"
                is_open = day.weekday() < 5
                rows.append(
                    (
                        queue.name,
                        day.date(),
                        28 * (is_open and not gone),
                        28 * (is_open and gone),
                        0,
                        48 - 28 * is_open,
                    )
                )
        columns = ["queue", "day", "open", "missing", "zero", "closed"]
        return pd.DataFrame(rows, columns=columns)

    def start_roster(self, folder: Any, *, time_limit_s: float, seed: int) -> None:
        self.calls.append(("start_roster", {"time_limit_s": time_limit_s, "seed": seed}))
        self.job_state = SimpleNamespace(
            state="running", fraction=0.4, text="week 1", error="", taken=True
        )

    def job(self, folder: Any) -> Any:
        return self.job_state

    def cancel_roster(self, folder: Any) -> None:
        self.calls.append(("cancel_roster", {}))
        self.job_state = SimpleNamespace(
            state="cancelled", fraction=0.4, text="", error="", taken=True
        )

    def export_xlsx(self, plan: FakePlan) -> bytes:
        return b"xlsx"

    def export_csv_zip(self, plan: FakePlan) -> bytes:
        return b"csv"

    def export_ics_zip(self, plan: FakePlan) -> bytes:
        return b"ics"
