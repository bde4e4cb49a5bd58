"""Use cases about forecasts: what a person can ask of a history, a forecast and a running day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import forecasts
from forecasts import Campaign, Leaderboard, value_added
from wfm import expected, overriding, running_day
from wfm.errors import BadInput
from wfm.expected import Expected
from wfm.overriding import Overridden
from wfm.plan import Plan
from wfm.ports import Ports
from wfm.running_day import Today
from wfm.timegrid import instant

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
        self,
        history: str | Path,
        *,
        timezone: str,
        weeks: int = 4,
        queue: str | None = None,
        campaigns: str | Path | None = None,
        country: str | None = None,
        interval_min: int | None = None,
    ) -> FileForecast:
        """Forecast the `weeks` after the last day of a history file.

        Parameters
        ----------
        queue : str, optional
            Only this one.
        campaigns : path, optional
            A register, see `wfm.adapters.campaign_file`.
        interval_min : int, optional
            Without it half hours, or hours where the file has only those.

        Raises
        ------
        BadInput
        """
        read = self._read(history, timezone, interval_min, queue)
        first = read.frame["start"].max().tz_convert(timezone).date() + pd.Timedelta(days=1)
        begin = instant(first, 0, timezone)
        end = instant(first + pd.Timedelta(weeks=weeks), 0, timezone)
        made = expected.expect(
            read.frame, begin=begin, end=end, interval_min=read.interval_min, country=country,
            register=self._register(campaigns, queue),
        )  # fmt: skip
        return FileForecast(made, begin, end, read.interval_min, (*read.notes, *made.notes))

    def backtest_file(
        self,
        history: str | Path,
        *,
        timezone: str,
        models: Sequence[str] = ("auto",),
        origins: int = 4,
        weeks: int = 4,
        queue: str | None = None,
        campaigns: str | Path | None = None,
        country: str | None = None,
        interval_min: int | None = None,
    ) -> Leaderboard:
        """Replay the past of a history file from several origins and rank models by queue.

        Past campaigns are known events of the replay; what they brought is not forecast.
        """
        read = self._read(history, timezone, interval_min, queue)
        register = self._register(campaigns, queue)
        return forecasts.backtest(
            read.frame, models=tuple(models), origins=origins,
            horizon=weeks * 7 * _DAY_MIN // read.interval_min, freq=f"{read.interval_min}min",
            holidays=country,
            events=expected.past_events(None, register, read.frame["start"].max()),
        )  # fmt: skip

    def clean_file(
        self,
        history: str | Path,
        *,
        timezone: str,
        queue: str | None = None,
        campaigns: str | Path | None = None,
        country: str | None = None,
        interval_min: int | None = None,
    ) -> FileCleaning:
        """Say which counts of a history file a forecast does not learn from, and why."""
        read = self._read(history, timezone, interval_min, queue)
        made = forecasts.clean(
            read.frame, f"{read.interval_min}min", holidays=country,
            events=expected.past_events(
                None, self._register(campaigns, queue), read.frame["start"].max()
            ),
        )  # fmt: skip
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

    def today_files(self, plan: str | Path, actuals: str | Path, at: str | None = None) -> Today:
        """Reforecast the running day of the plan in folder `plan` from a file of actuals.

        `at` is the time now, local where it has no offset; the end of the last actual if absent.
        """
        opened = self.ports.load_plan(plan)
        choices = opened.scenario
        read = self.ports.read_history(
            actuals, timezone=choices.timezone, interval_min=choices.interval_min
        )
        return running_day.so_far(opened, read.frame, at=at, notes=read.notes)

    def today(self, plan: Plan, name: str, content: bytes, at: str | None = None) -> Today:
        """Reforecast the running day of `plan` from an uploaded file of actuals."""
        choices = plan.scenario
        read = self.ports.read_upload(
            name, content, timezone=choices.timezone, interval_min=choices.interval_min
        )
        return running_day.so_far(plan, read.frame, at=at, notes=read.notes)

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
            plan, queue=queue, start=expected.local_moment(start, tz, option="--from"),
            end=expected.local_moment(end, tz, option="--to"), reason=reason, by=by,
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
        stamp = expected_stamp or self.ports.plan_stamp(folder)
        made = self.overridden(self.ports.load_plan(folder), **asked)
        self.ports.save_plan(
            made.plan, folder, exports=self.ports.exports(made.plan), expected=stamp
        )
        return made

    def take_back(self, folder: str | Path, *, expected_stamp: str | None = None) -> Plan:
        """Take the last override of the plan in `folder` back; save it with fresh exports."""
        stamp = expected_stamp or self.ports.plan_stamp(folder)
        plan = overriding.take_back(self.ports.load_plan(folder))
        self.ports.save_plan(plan, folder, exports=self.ports.exports(plan), expected=stamp)
        return plan

    def value_added(self, plan: str | Path, actuals: str | Path) -> pd.DataFrame:
        """Return what the overrides of a plan were worth, now that the actuals are known.

        Columns as in `forecasts.value_added.judge`.
        """
        opened = self.ports.load_plan(plan)
        if not len(opened.overrides):
            raise BadInput(f"override: nobody changed the forecast of the plan in {plan}")
        read = self.ports.read_history(
            actuals, timezone=opened.scenario.timezone, interval_min=opened.scenario.interval_min
        )
        return value_added.judge(overriding.version_of(opened), read.frame)

    def _read(
        self, history: str | Path, timezone: str, interval_min: int | None, queue: str | None
    ) -> Any:
        read = self.ports.read_any_interval(history, timezone=timezone, interval_min=interval_min)
        if queue is None:
            return read
        names = list(map(str, read.frame["queue"].unique()))
        if queue not in names:
            raise BadInput(
                f"history: no queue {queue!r} in {history}; it has {', '.join(map(repr, names))}"
            )
        frame = read.frame[read.frame["queue"] == queue].reset_index(drop=True)
        return type(read)(frame, read.interval_min, read.notes)

    def _register(self, path: str | Path | None, queue: str | None) -> tuple[Campaign, ...]:
        register = () if path is None else self.ports.read_campaigns(path)
        if queue is not None and any(set(item.split) != {queue} for item in register):
            raise BadInput(
                f"campaigns: {path} also names other queues than {queue!r}; leave --queue out, or "
                "give a register of this queue alone"
            )
        return register
