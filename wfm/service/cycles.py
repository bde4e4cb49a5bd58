"""How are improvement cycles read and taken from step to step by a program, or by a page?

Every step goes through `wfm.improving`, which asks for the role; who acts is the caller himself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm.access import Caller, Gate
from wfm.adapters import check_report, proposal_file
from wfm.adapters.store import Record, Store
from wfm.adapters.store.cycles import Cycles as Kept
from wfm.errors import BadInput
from wfm.improving import Improving
from wfm.pdca import Actor, Cycle, Role
from wfm.pdca.origins import from_variance
from wfm.service.figures import Figures
from wfm.service.finding import NotFound, record_of, site_of

# Who may do most first: the role somebody acts in who has several and says none.
_ROLES = (Role.LEAD, Role.PLANNER, Role.ANALYST, Role.SCHEDULER)


@dataclass(frozen=True)
class Cycles:
    """Cycles of a site, for one caller."""

    store: Store
    caller: Caller

    def records(self, site: str, *, after: int = 0, limit: int = 100) -> tuple[Record, ...]:
        """Return the cycles as rows, oldest first, a page at a time."""
        self.caller.need("cycles:read", site)
        site_of(self.store, site)
        return self.store.records.find("cycles", site=site, after=after, limit=limit)

    def record(self, site: str, key: str) -> Record:
        """Return one cycle as a row."""
        self.caller.need("cycles:read", site)
        return record_of(self.store, "cycles", site, key)

    def checked(self, site: str, key: str) -> Cycle:
        """Return a cycle that has a Check report."""
        self.record(site, key)
        found = self._use(site).cycle(key)
        if found.report is None:
            raise NotFound(f"pdca: cycle {key} was not checked yet")
        return found

    def page(self, site: str, key: str) -> str:
        """Return the last Check report as an HTML page."""
        return check_report.page(self.checked(site, key))

    def open(
        self, site: str, title: str, *, owner: str = "", role: str | None = None,
        plan: str | None = None, alert: str | None = None, column: str = "", value: str = "",
    ) -> Record:  # fmt: skip
        """Begin a cycle by hand, or from a signal of a KPI, or from the variance of a plan.

        Parameters
        ----------
        plan : str, optional
            Whose actuals show the signal, or whose variance it answers.
        alert : str, optional
            KPI whose weekly chart shows the signal; `column` and `value` narrow it to a group.
        """
        by, use, origin = self._actor(site, role), self._use(site), None
        if alert is not None and plan is None:
            raise BadInput("pdca: an alert needs the plan whose actuals show it")
        if alert is not None and plan is not None:
            tables = Figures(self.store, self.caller).actuals(site, plan)
            origin = use.alert(tables.tables, alert, column=column, value=value)
        elif plan is not None:
            origin = from_variance(Figures(self.store, self.caller).variance(site, plan))
        site_of(self.store, site)
        return self._row(site, use.open(title, by=by, owner=owner, origin=origin))

    def plan(self, site: str, key: str, text: str, *, role: str | None = None) -> Record:
        """Give a cycle its plan, written as TOML (docs/pdca.md)."""
        made = proposal_file.proposal_of(text)
        return self._row(
            site, self._use(site).plan(self._key(site, key), made, by=self._actor(site, role))
        )

    def lock(self, site: str, key: str, plan: str, *, role: str | None = None) -> Record:
        """Fix target, hypothesis and test on the actuals of a plan."""
        use, tables = self._use(site), self._tables(site, key, plan)
        return self._row(site, use.lock(key, tables, by=self._actor(site, role)))

    def log(
        self, site: str, key: str, kind: str, text: str, *, role: str | None = None
    ) -> Record:  # fmt: skip
        """Note feedback, a deviation or an event."""
        use = self._use(site)
        return self._row(
            site, use.log(self._key(site, key), kind, text, by=self._actor(site, role))
        )

    def done(self, site: str, key: str, action: int, *, role: str | None = None) -> Record:
        """Note that an action, counted from 0, is done."""
        use = self._use(site)
        return self._row(site, use.done(self._key(site, key), action, by=self._actor(site, role)))

    def check(self, site: str, key: str, plan: str, *, role: str | None = None) -> Record:
        """Judge a cycle by its locked test on the actuals of a plan, and keep the report."""
        use, tables = self._use(site), self._tables(site, key, plan)
        return self._row(site, use.check(key, tables, by=self._actor(site, role)))

    def sign(
        self, site: str, key: str, *, goal_reached: str, problems: str, new_phenomena: str,
        role: str | None = None,
    ) -> Record:  # fmt: skip
        """Sign the last report off; not by the owner."""
        made = self._use(site).sign(
            self._key(site, key), by=self._actor(site, role), goal_reached=goal_reached,
            problems=problems, new_phenomena=new_phenomena,
        )  # fmt: skip
        return self._row(site, made)

    def close(
        self, site: str, key: str, *, reason: str, cause: str | None = None,
        role: str | None = None,
    ) -> Record:  # fmt: skip
        """Stop a cycle with a cause of failure, or without one close it to do it otherwise."""
        use, by = self._use(site), self._actor(site, role)
        self._key(site, key)
        if cause is None:
            return self._row(site, use.correct(key, reason, by=by))
        return self._row(site, use.stop(key, cause, reason, by=by))

    def _tables(self, site: str, key: str, plan: str) -> Mapping[str, pd.DataFrame]:
        self._key(site, key)
        return Figures(self.store, self.caller).actuals(site, plan).tables

    def _key(self, site: str, key: str) -> str:
        self.record(site, key)
        return key

    def _row(self, site: str, cycle: Cycle) -> Record:
        return record_of(self.store, "cycles", site, cycle.id)

    def _actor(self, site: str, role: str | None) -> Actor:
        """Return the caller in one of his roles; one that he has not is refused at the step."""
        self.caller.need("cycles:write", site)
        if role is None:
            mine = {grant.role for grant in self.caller.grants if grant.site in (None, site)}
            role = next((own for own in _ROLES if own in mine or "admin" in mine), Role.VIEWER)
        return Actor(self.caller.user, role)  # type: ignore[arg-type]

    def _use(self, site: str) -> Improving:
        store = self.store

        def now() -> dt.datetime:
            return store.records.now()

        return Improving(
            store=Kept(store, self.caller.user, site), read_actuals=_elsewhere,
            read_proposal=proposal_file.read_proposal, load_plan=_elsewhere,
            html=check_report.page, now=now, gate=Gate(lambda: self.caller, site),
        )  # fmt: skip


def _elsewhere(*_: object, **__: object) -> Any:
    raise BadInput("pdca: plans and actuals come from the store here")
