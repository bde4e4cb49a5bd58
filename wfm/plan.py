"""A plan is every consequence of a scenario on a given history, with where it came from."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

import wfm
from forecasts import Campaign
from wfm import expected, fingerprint, frames, requirement, roster
from wfm.errors import BadInput
from wfm.expected import Expected
from wfm.requirement import Requirement
from wfm.roster import Roster, Violation
from wfm.scenario import Scenario
from wfm.summary import Summary, summarise
from wfm.timegrid import inside, instant

Progress = Callable[[float, str], Any]

# A plan may start this long after the history ends; beyond it the forecast is fiction.
_LONGEST_LEAD_DAYS = 366
_LIBRARIES = ("numpy", "pandas", "numba", "ortools")
OVERRIDES = ("queue", "start", "end", "change", "value", "reason", "by", "at", "rows", "before",
             "after")  # fmt: skip


@dataclass(frozen=True)
class Provenance:
    """Where a plan came from.

    Attributes
    ----------
    scenario_id, history_hash, events_hash : str
        Hashes of the inputs; `events_hash` is empty without events.
    seed : int
    versions : dict of str to str
        wfm and the libraries that compute.
    notes : tuple of str
        What was read, dropped or assumed, in plain sentences.
    planned_at : datetime or None
        When, as told by the caller; not part of the plan's id.
    revision : int
        How often a plan was made in this place before; calendars take the higher one.
    """

    scenario_id: str
    history_hash: str
    seed: int
    versions: dict[str, str]
    notes: tuple[str, ...] = ()
    planned_at: dt.datetime | None = None
    revision: int = 0
    events_hash: str = ""


@dataclass(frozen=True)
class Rostered:
    """A roster and what its audit found."""

    roster: Roster
    violations: tuple[Violation, ...]


@dataclass(frozen=True)
class Plan:
    """Everything that follows from a scenario and a history.

    Attributes
    ----------
    scenario : Scenario
    history, forecast : DataFrame
        Tables of `wfm.frames`.
    score : DataFrame
        Accuracy on the last weeks held back, a queue a row: queue, model, first, last, wape, bias,
        coverage80, coverage95, noise_floor, seasonal_naive (see `forecasts.Forecast`).
    sizing : Requirement
    roster : Roster or None
        None where the scenario has no people.
    violations : tuple of Violation
        What the audit found; empty for every roster of ours.
    provenance : Provenance
    cleaning : DataFrame
        What the history was cleaned of before it was learned from: queue, start, end, what, was,
        used, why (see `forecasts.Cleaned`).
    campaigns : tuple of Campaign
        The register the forecast was made with.
    extra : DataFrame
        What they add: campaign, queue, start, extra (expected contacts), sd.
    locked : DataFrame or None
        The forecast before people changed it; None where nobody did.
    overrides : DataFrame
        Who changed what and why, oldest first (see `forecasts.versions.Override`).
    """

    scenario: Scenario
    history: pd.DataFrame
    forecast: pd.DataFrame
    score: pd.DataFrame
    sizing: Requirement
    roster: Roster | None
    violations: tuple[Violation, ...]
    provenance: Provenance
    cleaning: pd.DataFrame = field(default_factory=lambda: _none_of(expected.CLEANING))
    campaigns: tuple[Campaign, ...] = ()
    extra: pd.DataFrame = field(default_factory=lambda: _none_of(expected.EXTRA))
    locked: pd.DataFrame | None = None
    overrides: pd.DataFrame = field(default_factory=lambda: _none_of(OVERRIDES))

    @property
    def id(self) -> str:
        """Hash of scenario, history, events, campaigns, overrides and version: equal inputs have
        equal ids.
        """
        source = self.provenance
        inputs = [source.scenario_id, source.history_hash, source.events_hash]
        # Left out where there are none, so that plans made before keep their ids.
        inputs += [fingerprint.of_campaigns(self.campaigns)] if self.campaigns else []
        inputs += [fingerprint.of_overrides(self.overrides)] if len(self.overrides) else []
        text = " ".join((*inputs, source.versions["wfm"]))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def requirement(self) -> pd.DataFrame:
        """The requirement table."""
        return self.sizing.frame

    @property
    def summary(self) -> Summary:
        """Key figures."""
        return summarise(
            self.scenario,
            history=self.history,
            score=self.score,
            requirement=self.requirement,
            coverage=None if self.roster is None else self.roster.coverage,
            violations=len(self.violations),
        )


def make_plan(
    scenario: Scenario,
    history: pd.DataFrame,
    *,
    map: Callable[..., Any] = map,  # noqa: A002 - named so in the public contract
    events: pd.DataFrame | None = None,
    campaigns: Iterable[Campaign] = (),
    previous: pd.DataFrame | None = None,
    time_limit_s: float = 60.0,
    progress: Progress | None = None,
    notes: tuple[str, ...] = (),
    planned_at: dt.datetime | None = None,
) -> Plan:
    """Return the plan of `scenario` on `history`: forecast, requirement, roster, audit.

    Parameters
    ----------
    scenario : Scenario
    history : DataFrame
        The history table of `wfm.frames`, at the scenario's interval. Queues that the scenario
        does not name are left out, with a note.
    map : callable
        How independent queues are worked off.
    events : DataFrame, optional
        Columns start, end, name.
    campaigns : iterable of Campaign
        Their days to come are added to the forecast, those gone by are not learned from.
    previous : DataFrame, optional
        Roster table of the weeks before: rest and days in a row carry over.
    time_limit_s : float
        Bound on the roster's solving time.
    progress : callable, optional
        Called with a fraction 0 to 1 and a text; returning False ends the roster early.
    notes : tuple of str
        What the import did, kept in the provenance.
    planned_at : datetime, optional

    Raises
    ------
    BadInput
        The history or the scenario cannot be used; nothing is planned.

    Examples
    --------
    >>> from wfm.adapters.demo import demo_history, demo_scenario
    >>> history, notes = demo_history()
    >>> plan = make_plan(demo_scenario().revise("size only", people=()), history)
    >>> plan.scenario.start.isoformat(), plan.summary.peak_agents > 20
    ('2003-10-27', True)
    """
    tell = progress or (lambda fraction, text: None)
    tell(0.02, "checking the history")
    history, ignored = _history_of(scenario, history)
    scenario_from = scenario
    if scenario.start is None:
        scenario_from = replace(scenario, start=_monday_after(history["start"], scenario.timezone))
    tell(0.05, "forecasting")
    register = tuple(campaigns)
    predicted = _forecast(scenario_from, history, map=map, events=events, register=register)
    tell(0.25, "sizing")
    sizing = requirement.size(predicted.frame, scenario_from)
    made: Rostered | None = None
    if scenario.people:
        made = make_roster(
            sizing, scenario_from, previous=previous, time_limit_s=time_limit_s,
            progress=lambda fraction, text: tell(0.3 + 0.7 * fraction, text),
        )  # fmt: skip
    return Plan(
        scenario=scenario_from,
        history=history,
        forecast=predicted.frame,
        score=predicted.score,
        sizing=sizing,
        roster=None if made is None else made.roster,
        violations=() if made is None else made.violations,
        provenance=Provenance(
            scenario_id=scenario_from.id,
            history_hash=fingerprint.of_history(history),
            events_hash="" if events is None else fingerprint.digest(events.to_csv(index=False)),
            seed=scenario.seed,
            versions={"wfm": wfm.__version__}
            | {n: importlib.metadata.version(n) for n in _LIBRARIES},
            notes=(*notes, *ignored, *predicted.notes),
            planned_at=planned_at,
        ),
        cleaning=predicted.cleaning,
        campaigns=register,
        extra=predicted.extra,
    )


def make_roster(
    sizing: Requirement,
    scenario: Scenario,
    *,
    locked: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None,
    time_limit_s: float = 60.0,
    seed: int | None = None,
    progress: Progress | None = None,
    start: Roster | None = None,
) -> Rostered:
    """Return a roster for `sizing` and what its audit found.

    The solver promises every hard rule; the audit checks that promise with the same rule classes.
    """
    solved = roster.solve(
        sizing, scenario, locked=locked, previous=previous, time_limit_s=time_limit_s,
        seed=scenario.seed if seed is None else seed, progress=progress, start=start,
    )  # fmt: skip
    return Rostered(solved, roster.audit(solved, scenario, previous=previous))


def _history_of(scenario: Scenario, history: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    frames.check("history", history)
    wanted = [queue.name for queue in scenario.queues]
    present = set(history["queue"].unique())
    absent = [name for name in wanted if name not in present]
    if absent:
        raise BadInput(
            f"plan: {len(absent)} queues of the scenario have no history (first: {absent[0]!r}); "
            f"the history has {', '.join(map(repr, sorted(present)))}"
        )
    silent = history.groupby("queue")["offered"].sum().reindex(wanted)
    if (silent == 0).any():
        name = silent.index[silent == 0][0]
        rows = int((history["queue"] == name).sum())
        raise BadInput(
            f"plan: queue {name!r} has no contacts at all in {rows} intervals of history; check "
            "the export, or leave the queue out of the scenario"
        )
    notes = []
    others = sorted(present - set(wanted))
    if others:
        notes.append(f"history: left out queues the scenario does not name: {', '.join(others)}")
    kept = history[history["queue"].isin(wanted)]
    kept = kept.assign(start=kept["start"].dt.tz_convert(scenario.timezone).dt.as_unit("ns"))
    for queue in scenario.queues:
        if queue.hours and not queue.deferrable:
            here = (kept["queue"] == queue.name).to_numpy()
            shut = here & ~inside(kept["start"], queue.hours)
            lost = float(kept.loc[shut, "offered"].sum())
            if lost:
                notes.append(
                    f"history: queue {queue.name!r} has {lost:g} contacts outside its opening "
                    "hours; they are left out"
                )
            kept = kept[~shut]
    return kept.reset_index(drop=True), tuple(notes)


def _monday_after(starts: pd.Series, tz: str) -> dt.date:
    last = starts.max().tz_convert(tz).date()
    return last + dt.timedelta(days=7 - last.weekday())


def _forecast(
    scenario: Scenario,
    history: pd.DataFrame,
    *,
    map: Callable[..., Any],  # noqa: A002
    events: pd.DataFrame | None,
    register: tuple[Campaign, ...],
) -> Expected:
    """Forecast every queue up to the end of the plan and keep the planned weeks."""
    first = scenario.start
    assert first is not None
    begin = instant(first, 0, scenario.timezone)
    end = instant(first + dt.timedelta(days=7 * scenario.weeks), 0, scenario.timezone)
    last = history.groupby("queue")["start"].max()
    if begin <= last.max():
        early = last.idxmax()
        raise BadInput(
            f"plan: the history of queue {early!r} reaches {last.max()}, past the first planned "
            f"day {first}; choose a later start or cut the history, so that nothing is forecast "
            "that is already known"
        )
    lead = (begin - last.min()).days
    if lead > _LONGEST_LEAD_DAYS:
        raise BadInput(
            f"plan: start {first} is {lead} days after the last history of queue "
            f"{last.idxmin()!r} ({last.min()}); import newer history or plan an earlier week"
        )
    return expected.expect(
        history, begin=begin, end=end, interval_min=scenario.interval_min,
        country=scenario.country, events=events, register=register, map=map,
        hours={q.name: q.hours for q in scenario.queues if q.hours and not q.deferrable},
    )  # fmt: skip


def _none_of(columns: Iterable[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=list(columns))
