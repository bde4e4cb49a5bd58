"""What do the KPIs of a plan's centre say now: figures, control charts, signals, variances?

Counted by `wfm.measuring`, as the commands and pages do, from the actuals the store has of a plan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm import variance
from wfm.access import Caller, Gate
from wfm.actuals import Actuals
from wfm.adapters.actuals_folder import read_table
from wfm.adapters.store import Store
from wfm.adapters.store.happened import Happened
from wfm.charting import Charted
from wfm.errors import BadInput
from wfm.kpi import catalogue
from wfm.kpi.catalogue import Kpi
from wfm.kpi.measure import Choice
from wfm.kpi.measures import measure
from wfm.measuring import Day, Found, Measuring
from wfm.plan import Plan
from wfm.service.finding import NotFound, site_of
from wfm.variance import Variance


@dataclass(frozen=True)
class Figures:
    """KPIs of a site, for one caller; `plan` is the name of a plan of the store."""

    store: Store
    caller: Caller

    def catalogue(self, site: str) -> tuple[tuple[Kpi, tuple[Choice, ...]], ...]:
        """Return every KPI there is, each with the choices of its definition."""
        self.caller.need("kpis:read", site)
        return tuple((item, measure(item.key).choices) for item in catalogue.kpis())

    def kpi(
        self, site: str, plan: str, key: str, *, by: Sequence[str] = (),
        where: Mapping[str, Any] | None = None, first: Day | None = None, last: Day | None = None,
        choices: Mapping[str, Any] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Return a KPI by group with its limits, n and definition; see `Measuring.kpi`.

        Parameters
        ----------
        by : sequence of str
            Level and stretches of time: columns such as team, queue, agent, and day, week, month.
        where : mapping of column to value, optional
        first, last : date, optional
        choices : mapping, optional
            Parts of the definition, such as ``{"rule": "SL2"}``.
        """
        use, actuals = self._ready(site, plan)
        own = _choices(key, choices)
        return use.kpi(actuals, key, by=by, where=where, first=first, last=last, **own)

    def chart(
        self, site: str, plan: str, key: str, *, where: Mapping[str, Any] | None = None,
        every: str | None = None, choices: Mapping[str, Any] | None = None,
    ) -> Charted:  # fmt: skip
        """Return the control chart of a KPI with its signals; see `wfm.charting.chart`."""
        use, actuals = self._ready(site, plan)
        own = _choices(key, choices)
        off = use.holidays(self._plan(site, plan), actuals)
        return use.chart(actuals, key, where=where, every=every, holidays=off, **own)

    def signals(self, site: str, plan: str, *, days: int | None = 28) -> Found:
        """Return what is no noise: signals of the default charts, and spikes."""
        use, actuals = self._ready(site, plan)
        off = use.holidays(self._plan(site, plan), actuals)
        return use.alerts(actuals, holidays=off, within_days=days)

    def variance(
        self, site: str, plan: str, *, of: str = "service_level", as_planned: Sequence[str] = ()
    ) -> Variance:
        """Return what made the actuals differ from the plan; see `wfm.variance.explain`."""
        self.caller.need("kpis:read", site)
        made = self._plan(site, plan)
        frame = self.actuals(site, plan).in_zone(made.scenario.timezone).intervals
        return variance.explain(made, frame, of=of, as_planned=as_planned)

    def actuals(self, site: str, plan: str) -> Actuals:
        """Return what the store knows to have happened in the centre of a plan."""
        return self._ready(site, plan)[1]

    def _ready(self, site: str, plan: str) -> tuple[Measuring, Actuals]:
        self.caller.need("kpis:read", site)
        site_of(self.store, site)
        use = Measuring(_Happenings(self.store, self.caller, site))
        return use, use.actuals(plan)

    def _plan(self, site: str, plan: str) -> Plan:
        return _Happenings(self.store, self.caller, site).load_plan(plan)


@dataclass(frozen=True)
class _Happenings:
    """`wfm.ports.Happenings` of a site of the store; nothing on disk is looked at."""

    store: Store
    caller: Caller
    site: str

    @property
    def gate(self) -> Gate:
        return Gate(lambda: self.caller, self.site)

    @property
    def _happened(self) -> Happened:
        # A caller says the name a plan has in the store, never a folder of the service's.
        return Happened(self.store, self.caller.user, self.site, str)

    def load_plan(self, plan: str) -> Plan:
        if self.store.plans.newest(plan, site=self.site) is None:
            raise NotFound(f"plan: there is no plan {plan!r} at site {self.site!r}")
        return self.store.plans.load(plan, site=self.site)

    def load_actuals(self, plan: str) -> Actuals:
        # A plan in a folder of this name may be on disk; a caller from outside must not reach it.
        if not self._happened.has(plan):
            raise NotFound(
                f"actuals: the store has none of a plan {plan!r} at site {self.site!r}; bring them "
                "with 'wfm actuals'"
            )
        return self._happened.load_actuals(plan)

    def actuals_stamp(self, plan: str) -> str:
        return self._happened.actuals_stamp(plan) if self._happened.has(plan) else ""

    def read_actuals(self, path: str, name: str, *, timezone: str) -> pd.DataFrame:
        return read_table(path, name, timezone=timezone)

    def put_actuals(self, table: pd.DataFrame, name: str, plan: str, **more: Any) -> int:
        return self._happened.put_table(table, name, plan, **more)


def _choices(key: str, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return parts of a definition, if they are of this KPI."""
    catalogue.find(key)
    known = [choice.name for choice in measure(key).choices]
    wrong = [name for name in given or {} if name not in known]
    if wrong:
        raise BadInput(
            f"kpi {key}: its definition has no choice {wrong[0]!r}; there are "
            f"{', '.join(known) or 'none'}"
        )
    return dict(given or {})
