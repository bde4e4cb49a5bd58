"""Use cases about forecasts: what a person can ask of a history, a forecast and a running day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import forecasts
from forecasts import Leaderboard, models, value_added
from wfm import expected, history_file, learnable, overriding, running_day
from wfm.errors import BadInput
from wfm.expected import Expected
from wfm.history_file import HistoryFile
from wfm.overriding import Overridden
from wfm.plan import Plan
from wfm.ports import Ports
from wfm.running_day import Today
from wfm.timegrid import instant, local_moment

_DAY_MIN = 1440
# What a plan's own leaderboard replays; fewer origins or one week where the history is short.
_ORIGINS, _WEEKS_AHEAD = 4, (2, 1)
_LEARN_DAYS = 14


@dataclass(frozen=True)
class FileForecast:
    """A forecast of a history file, with what was read: `notes` are plain sentences."""

    expected: Expected
    first: pd.Timestamp
    end: pd.Timestamp
    interval_min: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FileBacktest:
    """How models did on a history file, with what was read."""

    board: Leaderboard
    interval_min: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FileCleaning:
    """A history file without what should not be learned from."""

    frame: pd.DataFrame
    log: pd.DataFrame
    interval_min: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Forecasting:
    """The use cases."""

    ports: Ports

    def forecast_file(
        self, history: HistoryFile, *, weeks: int = 4, keep: Sequence[str] = ()
    ) -> FileForecast:
        """Forecast the `weeks` after the last day of a history file.

        Parameters
        ----------
        history : HistoryFile
        keep : sequence of str
            Queues that seem to have ended and are forecast all the same.

        Raises
        ------
        BadInput
        """
        read = history_file.read(self.ports, history)
        learnable.refuse_ended(read.frame, keep=keep)
        first = read.frame["start"].max().tz_convert(read.timezone).date() + pd.Timedelta(days=1)
        begin = instant(first, 0, read.timezone)
        end = instant(first + pd.Timedelta(weeks=weeks), 0, read.timezone)
        try:
            made = expected.expect(
                read.frame, begin=begin, end=end, interval_min=read.interval_min,
                country=read.country, register=read.register,
            )  # fmt: skip
        except BadInput as error:
            raise learnable.unfit(error, read.frame, interval_min=read.interval_min) from error
        return FileForecast(made, begin, end, read.interval_min, (*read.notes, *made.notes))

    def backtest_file(
        self,
        history: HistoryFile,
        *,
        names: Sequence[str] = ("auto",),
        origins: int = 4,
        weeks: int = 4,
    ) -> FileBacktest:
        """Replay the past of a history file from several origins and rank models by queue.

        Past campaigns are known events of the replay; what they brought is not forecast.
        """
        if not names:
            raise BadInput(
                f"--models: expected names joined by commas, among auto, "
                f"{', '.join(sorted(models.MODELS))}; got none"
            )
        read = history_file.read(self.ports, history)
        try:
            board = forecasts.backtest(
                read.frame, models=tuple(names), origins=origins,
                horizon=weeks * 7 * _DAY_MIN // read.interval_min, freq=read.freq,
                holidays=read.country, events=read.past_events,
            )  # fmt: skip
        except BadInput as error:
            raise learnable.unfit(error, read.frame, interval_min=read.interval_min) from error
        return FileBacktest(board, read.interval_min, (*read.notes, *board.notes))

    def clean_file(self, history: HistoryFile) -> FileCleaning:
        """Say which counts of a history file a forecast does not learn from, and why."""
        read = history_file.read(self.ports, history)
        try:
            made = forecasts.clean(
                read.frame, read.freq, holidays=read.country, events=read.past_events
            )
        except BadInput as error:
            raise learnable.unfit(error, read.frame, interval_min=read.interval_min) from error
        return FileCleaning(made.frame, made.log, read.interval_min, read.notes)

    def leaderboard(self, plan: Plan) -> pd.DataFrame:
        """Return how the plan's model and the simple ones did on its history, all leads together.

        Columns as in `forecasts.Leaderboard`; no rows where the history is too short.
        """
        days = plan.history.groupby("queue")["start"].agg(lambda at: (at.max() - at.min()).days + 1)
        for weeks in _WEEKS_AHEAD:
            spare = int(days.min()) - _LEARN_DAYS - 7 * weeks
            if spare >= 0:
                board = forecasts.backtest(
                    plan.history, models=("auto",), origins=min(_ORIGINS, spare // 7 + 1),
                    horizon=weeks * 7 * _DAY_MIN // plan.scenario.interval_min,
                    freq=f"{plan.scenario.interval_min}min", holidays=plan.scenario.country,
                    events=expected.past_events(
                        None, plan.campaigns, plan.history["start"].max()
                    ),
                )  # fmt: skip
                return board.frame[board.frame["lead"] == "all"].reset_index(drop=True)
        return pd.DataFrame(columns=["queue", "model", "wape", "bias", "noise_floor"])

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

    def today_files(
        self,
        plan: str | Path,
        actuals: str | Path,
        at: str | None = None,
        *,
        scenario: str | Path | None = None,
    ) -> Today:
        """Reforecast the running day of the plan in folder `plan` from a file of actuals.

        `at` is the time now, local where it has no offset; the end of the last actual if absent.
        `scenario` is a file whose ``[history]`` says how the actuals are laid out.
        """
        opened = self._open(plan)
        read = self._actuals(opened, actuals, scenario)
        return running_day.so_far(opened, read.frame, at=at, now=self.ports.now(), notes=read.notes)

    def today(self, plan: Plan, name: str, content: bytes, at: str | None = None) -> Today:
        """Reforecast the running day of `plan` from an uploaded file of actuals."""
        self.ports.gate.need("plans:read")
        choices = plan.scenario
        read = self.ports.read_upload(
            name, content, timezone=choices.timezone, interval_min=choices.interval_min,
            usual_interval_min=choices.interval_min,
        ).counted(name)  # fmt: skip
        return running_day.so_far(plan, read.frame, at=at, now=self.ports.now(), notes=read.notes)

    def overridden(
        self,
        plan: Plan,
        *,
        queue: str,
        start: Any,
        end: Any,
        reason: str,
        by: str,
        change: float | None = None,
        value: float | None = None,
    ) -> Overridden:
        """Return what an override would do to `plan`; nothing is kept.

        Parameters
        ----------
        start, end : Timestamp, datetime or str
            Intervals with start <= their start < end; local where there is no offset.
        change, value : float, optional
            A fraction (0.1 is +10 %), or the contacts that the intervals add up to.
        """
        tz = plan.scenario.timezone
        return overriding.override(
            plan, queue=queue, start=local_moment(start, tz, name="--from"),
            end=local_moment(end, tz, name="--to"), reason=reason, by=by,
            at=self.ports.now(), change=change, value=value,
        )  # fmt: skip

    def override_plan(
        self, folder: str | Path, *, expected_stamp: str | None = None, **asked: Any
    ) -> Overridden:
        """Change the forecast of the plan in `folder`; size it anew, keep every shift, save.

        Parameters
        ----------
        expected_stamp : str, optional
            Of the plan that the person saw; the plan as it is now if absent.
        **asked
            As for `overridden`.

        Raises
        ------
        BadInput
            The override makes no sense, or the plan was changed meanwhile.
        """
        self.ports.gate.need("forecasts:write")
        self.ports.gate.sign(asked["by"])
        stamp = expected_stamp or self.ports.plan_stamp(folder)
        made = self.overridden(self.ports.load_plan(folder), **asked)
        self.ports.save_plan(
            made.plan, folder, exports=self.ports.exports(made.plan), expected=stamp
        )
        return made

    def take_back(self, folder: str | Path, *, expected_stamp: str | None = None) -> Plan:
        """Take the last override of the plan in `folder` back; save it with fresh exports."""
        self.ports.gate.need("forecasts:write")
        stamp = expected_stamp or self.ports.plan_stamp(folder)
        plan = overriding.take_back(self.ports.load_plan(folder))
        self.ports.save_plan(plan, folder, exports=self.ports.exports(plan), expected=stamp)
        return plan

    def value_added(
        self, plan: str | Path, actuals: str | Path, *, scenario: str | Path | None = None
    ) -> pd.DataFrame:
        """Return what the overrides of a plan were worth, now that the actuals are known.

        Columns as in `forecasts.value_added.judge`; `scenario` as for `today_files`.
        """
        opened = self._open(plan)
        if not len(opened.overrides):
            raise BadInput(f"override: nobody changed the forecast of the plan in {plan}")
        read = self._actuals(opened, actuals, scenario)
        return value_added.judge(overriding.version_of(opened), read.frame)

    def _open(self, folder: str | Path) -> Plan:
        self.ports.gate.need("plans:read")
        return self.ports.load_plan(folder)

    def _actuals(self, plan: Plan, path: str | Path, scenario: str | Path | None) -> Any:
        source = None if scenario is None else self.ports.read_scenario(scenario)[1]
        return self.ports.read_history(
            path, source, timezone=plan.scenario.timezone,
            interval_min=plan.scenario.interval_min,
            usual_interval_min=plan.scenario.interval_min,
        ).counted(Path(path).name)  # fmt: skip
