"""Which history file is meant, and what does it say of the time until now?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from forecasts import Campaign
from wfm import expected, learnable
from wfm.errors import BadInput
from wfm.ports import Ports
from wfm.timegrid import local_moment

_DAY_MIN = 1440
# What a file may count by if nobody says it: half hours, else hours, else days.
_USUAL_MIN: tuple[int, ...] = (30, 60, _DAY_MIN)


@dataclass(frozen=True)
class HistoryFile:
    """Which history is meant, and how it is to be read.

    Attributes
    ----------
    path : path
    timezone : str
        Of the site; that of the scenario if absent.
    queue : str, optional
        Only this one.
    leave_out : tuple of str
        Queues that are not wanted.
    country : str, optional
        Country code of public holidays; the scenario's if absent.
    interval_min : int, optional
        Without it the scenario's; without one half hours, hours where the file has only those, or
        days (1440) where it has only day totals.
    layout : str, optional
        What a row is: ``"intervals"``, ``"contacts"`` or ``"wide"``.
    scenario : path, optional
        A scenario file whose ``[history]`` says more of how the file is laid out.
    campaigns : path, optional
        A register, see `wfm.adapters.campaign_file`.
    now : str, optional
        As of when: later rows are left out. The clock if absent, and later rows are refused.
    """

    path: str | Path
    timezone: str | None = None
    queue: str | None = None
    leave_out: tuple[str, ...] = ()
    country: str | None = None
    interval_min: int | None = None
    layout: str | None = None
    scenario: str | Path | None = None
    campaigns: str | Path | None = None
    now: str | None = None


@dataclass(frozen=True)
class HistoryRead:
    """A history file as read: table, choices that were made, register, notes."""

    frame: pd.DataFrame
    interval_min: int
    timezone: str
    country: str | None
    register: tuple[Campaign, ...]
    notes: tuple[str, ...]

    @property
    def freq(self) -> str:
        """Pandas alias of the interval."""
        return f"{self.interval_min}min"

    @property
    def past_events(self) -> pd.DataFrame | None:
        """Days of the history that campaigns touched."""
        return expected.past_events(None, self.register, self.frame["start"].max())


def read(ports: Ports, asked: HistoryFile) -> HistoryRead:
    """Return the history that is meant, without what has not happened yet.

    Raises
    ------
    BadInput
    """
    timezone, country, source, usual = asked.timezone, asked.country, None, _USUAL_MIN
    if asked.scenario is not None:
        choices, source = ports.read_scenario(asked.scenario)
        timezone, country = timezone or choices.timezone, country or choices.country
        usual = (choices.interval_min, _DAY_MIN)
    if timezone is None:
        raise BadInput(
            "history: whose clock are its times? Give --timezone ZONE (such as "
            "America/New_York), or --scenario FILE"
        )
    found = ports.read_any_interval(
        asked.path, source, timezone=timezone, interval_min=asked.interval_min, usual_min=usual,
        layout=asked.layout,
    )  # fmt: skip
    now = _now(ports, asked.now, timezone)
    frame = learnable.chosen(found.frame, queue=asked.queue, leave_out=asked.leave_out)
    later: tuple[str, ...] = ()
    if asked.now is not None:
        frame, later = learnable.as_of(frame, now=now)
    frame, running = learnable.happened(frame, now=now, interval_min=found.interval_min)
    return HistoryRead(
        frame, found.interval_min, timezone, country,
        _register(ports, asked.campaigns, asked.queue),
        (*found.notes, *later, *running, *learnable.torn(frame), *learnable.old(frame, now=now)),
    )  # fmt: skip


def _now(ports: Ports, text: str | None, timezone: str) -> dt.datetime:
    if text is None:
        return ports.now()
    return local_moment(text, timezone, name="--now").to_pydatetime()


def _register(ports: Ports, path: str | Path | None, queue: str | None) -> tuple[Campaign, ...]:
    register = () if path is None else ports.read_campaigns(path)
    if queue is not None and any(set(item.split) != {queue} for item in register):
        raise BadInput(
            f"campaigns: {path} also names other queues than {queue!r}; leave --queue out, or "
            "give a register of this queue alone"
        )
    return register
