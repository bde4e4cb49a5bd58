"""Which forecasts, requirements and rosters are there, and which roster is in force?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from wfm.access import Caller
from wfm.adapters.store import Store, Version
from wfm.errors import BadInput
from wfm.service.finding import NotFound, site_of, version_of

_READ = {
    "plans": "plans:read", "forecasts": "plans:read", "requirements": "plans:read",
    "rosters": "rosters:read",
}  # fmt: skip


@dataclass(frozen=True)
class Plans:
    """The parts of plans, for one caller."""

    store: Store
    caller: Caller

    def versions(
        self, site: str, kind: str, *, name: str | None = None, after: int = 0, limit: int = 100
    ) -> tuple[Version, ...]:
        """Return the versions of a kind of plan part at `site`, oldest first."""
        self.caller.need(_permission(kind), site)
        site_of(self.store, site)
        return self.store.plans.versions(kind, site=site, name=name, after=after, limit=limit)

    def version(self, site: str, kind: str, version_id: int) -> Version:
        """Return one version."""
        self.caller.need(_permission(kind), site)
        return version_of(self.store, kind, site, version_id)

    def rows(self, site: str, kind: str, version_id: int) -> pd.DataFrame:
        """Return the table of a version: of a forecast, a requirement or a roster."""
        found = self.version(site, kind, version_id)
        plans = self.store.plans
        if kind == "forecasts":
            return plans.load_forecast(found.name, site=site, version=found.version)
        if kind == "requirements":
            return plans.load_requirement(found.name, site=site, version=found.version).frame
        return plans.load_roster(found.name, site=site, version=found.version).frame

    def publish(self, site: str, version_id: int, *, reason: str = "") -> Version:
        """Publish a roster; what stood for its days before is withdrawn."""
        self.caller.need("rosters:publish", site)
        found = version_of(self.store, "rosters", site, version_id)
        return self.publish_named(site, found.name, version=found.version, reason=reason)

    def publish_named(self, site: str, name: str, *, version: int, reason: str = "") -> Version:
        """Publish a version of the roster called `name`."""
        self.caller.need("rosters:publish", site)
        return self.store.rosters.publish(
            name, version=version, by=self.caller.user, site=site, reason=reason
        )

    def withdraw(self, site: str, version_id: int, *, reason: str = "") -> Version:
        """Withdraw a published roster."""
        self.caller.need("rosters:publish", site)
        found = version_of(self.store, "rosters", site, version_id)
        return self.withdraw_named(site, found.name, version=found.version, reason=reason)

    def withdraw_named(self, site: str, name: str, *, version: int, reason: str = "") -> Version:
        """Withdraw a version of the roster called `name`."""
        self.caller.need("rosters:publish", site)
        return self.store.rosters.withdraw(
            name, version=version, by=self.caller.user, site=site, reason=reason
        )

    def roll_back(self, site: str, day: dt.date, *, reason: str = "") -> Version:
        """Publish again what was published for `day` before."""
        self.caller.need("rosters:publish", site)
        return self.store.rosters.roll_back(day, by=self.caller.user, site=site, reason=reason)

    def own_shifts(self, site: str, day: dt.date) -> pd.DataFrame:
        """Return the caller's own rows of the roster published for `day`."""
        self.caller.need("own:read", site)
        if self.caller.person is None:
            raise NotFound(f"roster: user {self.caller.user!r} is not linked to a person")
        site_of(self.store, site)
        found = self.store.rosters.published(day, site=site)
        if found is None:
            raise NotFound(f"roster: none is published for {day} at site {site!r}")
        frame = self.store.plans.load_roster(found.name, site=site, version=found.version).frame
        return frame[frame["agent"] == self.caller.person].reset_index(drop=True)


def _permission(kind: str) -> str:
    if kind not in _READ:
        raise BadInput(f"plans: there are {', '.join(_READ)}, got {kind!r}")
    return _READ[kind]
