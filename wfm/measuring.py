"""Use cases about what happened: actuals brought in, KPIs, charts, alerts, score cards."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from forecasts import calendars
from wfm import alerts as alarming
from wfm import attribution, charting, kpi, scorecard, scoretree
from wfm.actuals import Actuals
from wfm.alerts import Alert, Spike
from wfm.attribution import Attribution, Span, Workload
from wfm.charting import Charted
from wfm.comparison import Comparison, comparison
from wfm.errors import BadInput
from wfm.evidence import effect
from wfm.kpi.targets import Facts, KpiTarget, Review, validate
from wfm.plan import Plan
from wfm.ports import Happenings
from wfm.scorecard import Card
from wfm.scoretree import METHODS

Day = dt.date | str


@dataclass(frozen=True)
class Imported:
    """What came of bringing a table: its name, the rows of the file, the rows it has now."""

    table: str
    rows: int
    now: int


@dataclass(frozen=True)
class Found:
    """What is no noise: signals of charts, and spikes nobody announced or somebody did.

    `unwatched` says why no spike could be looked for; empty where they were.
    """

    alerts: tuple[Alert, ...]
    spikes: tuple[Spike, ...]
    unwatched: str = ""


@dataclass(frozen=True)
class Measuring:
    """The use cases."""

    ports: Happenings

    def actuals(self, folder: str | Path) -> Actuals:
        """Return the actuals in the plan folder `folder`; BadInput says what to do without."""
        self.ports.gate.need("kpis:read")
        return self.ports.load_actuals(folder)

    def stamp(self, folder: str | Path) -> str:
        """Return a text that changes when the actuals do; empty when there are none."""
        self.ports.gate.need("kpis:read")
        return self.ports.actuals_stamp(folder)

    def holidays(self, plan: Plan, actuals: Actuals) -> tuple[dt.date, ...]:
        """Return the holidays of the plan's country in the span of the actuals."""
        country = plan.scenario.country
        if country is None or "interval_actuals" not in actuals.tables:
            return ()
        start = actuals.intervals["start"]
        first, last = ((at.date() - dt.date(1970, 1, 1)).days for at in (start.min(), start.max()))
        found = calendars.resolve(country, first, last)
        return tuple(dt.date(1970, 1, 1) + dt.timedelta(days=int(day)) for day in found.index)

    def bring(
        self, path: str | Path, table: str, folder: str | Path, *, timezone: str | None = None
    ) -> Imported:
        """Take the file `path` as rows of `table` into the plan folder `folder`.

        A row whose key is there replaces it; the same file twice changes nothing.

        Parameters
        ----------
        timezone : str, optional
            Zone of times that carry none; without one the plan's.

        Raises
        ------
        BadInput
            The file breaks the table's contract; nothing is kept then.
        """
        self.ports.gate.need("actuals:write")
        zone = timezone or self.ports.load_plan(folder).scenario.timezone
        frame = self.ports.read_actuals(path, table, timezone=zone)
        now = self.ports.put_actuals(frame, table, folder, source=Path(path).name)
        return Imported(table, len(frame), now)

    def kpi(
        self,
        actuals: Actuals,
        key: str,
        *,
        by: Sequence[str] = (),
        where: Mapping[str, Any] | None = None,
        first: Day | None = None,
        last: Day | None = None,
        **choices: Any,
    ) -> pd.DataFrame:
        """Return a KPI by group from day `first` to day `last`, as `kpi.compute` does.

        The acceptable waiting time of a service level is the one the counts were made with, where
        none is given; queues of different times are then told apart, each by its own definition.
        """
        self._people(*by, *(where or {}))
        name, table = _rows(actuals.between(first, last), key, by, where, choices)
        parts = _alike(key, table, by, choices)
        made = [
            Actuals({name: part}).compute(key, by, **alarming.stored(key, part, choices))
            for part in parts
        ]
        return pd.concat(made, ignore_index=True)

    def spread(
        self,
        actuals: Actuals,
        key: str,
        choice: str,
        *,
        by: Sequence[str] = (),
        where: Mapping[str, Any] | None = None,
        **choices: Any,
    ) -> pd.DataFrame:
        """Return a KPI under every variant of one choice, such as the rules SL1 to SL6."""
        self._people(*by, *(where or {}))
        _, table = _rows(actuals, key, by, where, choices)
        own = alarming.stored(key, table, choices)
        return kpi.variants(key, table, choice, by, **own)

    def chart(
        self, actuals: Actuals, key: str, *, where: Mapping[str, Any] | None = None, **more: Any
    ) -> Charted:
        """Return the control chart of a KPI, see `charting.chart`."""
        self._people(*(where or {}))
        choices = {k: v for k, v in more.items() if k not in _CHART}
        _, table = _rows(actuals, key, [], where, choices)
        return charting.chart(
            actuals, key, where=where, **{**more, **alarming.stored(key, table, choices)}
        )

    def alerts(
        self, actuals: Actuals, *, holidays: Sequence[dt.date] = (), within_days: int | None = 28
    ) -> Found:
        """Return what is no noise in the last weeks: signals of the default charts, and spikes."""
        self.ports.gate.need("kpis:read")
        found = alarming.alerts(actuals, holidays=holidays, within_days=within_days)
        try:
            return Found(found, alarming.spikes(actuals))
        except BadInput as error:
            return Found(found, (), unwatched=str(error).removeprefix("alerts: "))

    def tree(self, actuals: Actuals) -> tuple[scoretree.Row, ...]:
        """Return the KPI tree with its figures."""
        self.ports.gate.need("kpis:read")
        return scoretree.read(actuals)

    def compare(
        self, actuals: Actuals, key: str, *, unit: str, secret: str | None = None, **choices: Any
    ) -> Comparison:
        """Return agents or teams with shrunken figures and funnel limits, in no order of merit.

        With a `secret` agents stand under pseudonyms, in order of these; teams keep their names.
        """
        self._people(unit)
        made = comparison(actuals, key, unit=unit, **choices)
        if secret is None or unit != "agent":
            return made
        masked = made.frame.assign(agent=[scorecard.mask(a, secret) for a in made.frame["agent"]])
        return replace(made, frame=masked.sort_values("agent", ignore_index=True))

    def card(
        self, actuals: Actuals, agent: str, *, secret: str | None = None, name: str | None = None
    ) -> Card:
        """Return the score card of one person; with a `secret` under a pseudonym."""
        self._people("agent")
        return scorecard.card(actuals, agent, secret=secret, name=name)

    def change(
        self, actuals: Actuals, key: str, *, before: Span, after: Span, by: Sequence[str],
        where: Mapping[str, Any] | None = None, **choices: Any,
    ) -> Attribution:  # fmt: skip
        """Return why a KPI changed between two spans: mix or rate, by type."""
        self._people(*by, *(where or {}))
        _, table = _rows(actuals, key, [*by], where, choices)
        return attribution.change(
            actuals, key, before=before, after=after, by=by, where=where,
            **alarming.stored(key, table, choices),
        )  # fmt: skip

    def review_target(
        self, actuals: Actuals, target: KpiTarget, *, where: Mapping[str, Any] | None = None
    ) -> Review:
        """Return what the validator says of a target, its facts read off the actuals.

        Baseline and its stability come from the KPI's chart, the contacts a proof needs from the
        baseline and the target, those to be expected from the last four weeks.

        Raises
        ------
        BadInput
            The KPI has no data of that part.
        """
        return validate(target, _facts(self, actuals, target, where))

    def workload(self, actuals: Actuals, *, before: Span, after: Span) -> Workload:
        """Return why the daily workload changed: contacts or handle time, by queue."""
        self.ports.gate.need("kpis:read")
        return attribution.workload(actuals, before=before, after=after)

    def _people(self, *columns: str) -> None:
        """Check who is at work; figures by person are for fewer people than others."""
        self.ports.gate.need("kpis:read")
        if "agent" in columns:
            self.ports.gate.need("agents:read")


def _alike(
    key: str, table: pd.DataFrame, by: Sequence[str], choices: Mapping[str, Any]
) -> list[pd.DataFrame]:
    """Return the rows apart by the waiting time they were counted with, where `by` allows it."""
    asked = {**choices}
    if "queue" not in by or alarming.stored(key, table, asked) != asked:
        return [table]
    if "awt_s" in asked or "awt_s" not in table.columns or not alarming.has_awt(key):
        return [table]
    return [part for _, part in table.groupby("awt_s", sort=False)]


def _facts(
    use: Measuring, actuals: Actuals, target: KpiTarget, where: Mapping[str, Any] | None
) -> Facts:
    choices = METHODS.get(target.key, {})
    drawn = use.chart(actuals, target.key, where=where, **choices)
    base = drawn.frame[drawn.frame["baseline"]]
    needed = expected = None
    ends = target.value is not None and target.deadline is not None
    if charting.kind_of(target.key) == "share" and ends and target.baseline is not None:
        share, goal = target.baseline, float(target.value or 0.0)
        if 0 < share < 1 and 0 < goal < 1 and share != goal:
            needed = float(effect.sample_size(share, goal).per_group)
        last = drawn.frame["day"].iloc[-1]
        recent = drawn.frame[drawn.frame["day"] > last - dt.timedelta(days=28)]
        ahead = (target.deadline - last).days if target.deadline else 0
        expected = float(recent["n"].sum()) * max(ahead, 0) / 28
    floor = None
    if target.key == "wape" and "interval_actuals" in actuals.tables:
        volume = actuals.intervals["offered"]
        # The least error a perfect forecast has: sum of mean |Poisson - mean| over the sum.
        floor = float(((2 / math.pi) * volume).pow(0.5).sum() / volume.sum())
    return Facts(
        baseline_points=len(base), baseline_stable=drawn.baseline_stable, needed_n=needed,
        expected_n=expected, noise_floor=floor,
    )  # fmt: skip


_CHART = ("every", "baseline_until", "holidays", "rules")


def _rows(
    actuals: Actuals, key: str, by: Sequence[str], where: Mapping[str, Any] | None,
    choices: Mapping[str, Any],
) -> tuple[str, pd.DataFrame]:  # fmt: skip
    chosen = dict(where or {})
    name = actuals.for_kpi(key, [*chosen, *by], **choices)
    table = actuals.tables[name]
    for column, value in chosen.items():
        table = table[table[column] == value]
    if table.empty:
        told = ", ".join(f"{column} {value}" for column, value in chosen.items())
        raise BadInput(f"kpi {key}: {name} has no rows{' of ' + told if told else ''} in that span")
    return name, table
