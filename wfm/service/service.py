"""What can somebody do with the store, and is it allowed?

Everything here checks the caller's permission before it looks at anything, so that a refusal tells
nothing of what is there.
"""

from __future__ import annotations

from dataclasses import dataclass

from wfm.access import Caller, Grant, local
from wfm.adapters.store import Store
from wfm.adapters.store.audit import Entry
from wfm.service.cycles import Cycles
from wfm.service.exports import Exports
from wfm.service.facts import Facts
from wfm.service.figures import Figures
from wfm.service.finding import NotFound, site_of
from wfm.service.importing import Importing
from wfm.service.keys import Keys
from wfm.service.making import Making
from wfm.service.plans import Plans
from wfm.service.targets import Targets
from wfm.service.users import Users

__all__ = ["NotFound", "Service", "Site", "sign_in", "sign_in_locally"]


@dataclass(frozen=True)
class Site:
    """A site: its key, name and IANA zone."""

    key: str
    name: str
    timezone: str


@dataclass(frozen=True)
class Service:
    """The use cases of one caller.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from wfm.adapters.store import open_store
    >>> place = tempfile.TemporaryDirectory()
    >>> store = open_store(str(pathlib.Path(place.name) / "wfm.sqlite"))
    >>> made = store.records.save("sites", {"key": "main", "timezone": "UTC"}, by="set-up")
    >>> viewer = Caller("vic", (Grant("viewer", "main"),))
    >>> [site.key for site in Service(store, viewer).sites()]
    ['main']
    >>> Service(store, viewer).plans.publish("main", 1)
    Traceback (most recent call last):
    wfm.access.NotAllowed: access: 'vic' has no permission 'rosters:publish' for site 'main' \
(publish and withdraw rosters); roles with it: scheduler, admin - nothing was done; an admin \
gives roles with 'wfm user give'
    >>> store.close(); place.cleanup()
    """

    store: Store
    caller: Caller

    @property
    def facts(self) -> Facts:
        """Actuals, their imports, KPI facts, cycles."""
        return Facts(self.store, self.caller)

    @property
    def importing(self) -> Importing:
        """Files of actuals: what can be taken of them, taking it, mapping profiles."""
        return Importing(self.store, self.caller)

    @property
    def figures(self) -> Figures:
        """KPIs, control charts, signals and variances, counted when they are asked for."""
        return Figures(self.store, self.caller)

    @property
    def cycles(self) -> Cycles:
        """Improvement cycles, step by step."""
        return Cycles(self.store, self.caller)

    @property
    def plans(self) -> Plans:
        """Forecasts, requirements and rosters; publish and withdraw."""
        return Plans(self.store, self.caller)

    @property
    def exports(self) -> Exports:
        """Plans as files, and bundles from elsewhere."""
        return Exports(self.store, self.caller)

    @property
    def making(self) -> Making:
        """Plans made as jobs."""
        return Making(self.store, self.caller)

    @property
    def targets(self) -> Targets:
        """Targets of KPIs."""
        return Targets(self.store, self.caller)

    @property
    def users(self) -> Users:
        """Users and their roles."""
        return Users(self.store, self.caller)

    @property
    def keys(self) -> Keys:
        """Tokens and calendar feeds."""
        return Keys(self.store, self.caller)

    def sites(self, *, after: int = 0, limit: int = 1000) -> tuple[Site, ...]:
        """Return the sites where the caller may do anything."""
        found = self.store.records.find("sites", after=after, limit=limit)
        allowed = self.caller.sites(tuple(record.key for record in found))
        return tuple(_site(record.values) for record in found if record.key in allowed)

    def site(self, site: str) -> Site:
        """Return a site where the caller may do anything."""
        if not self.caller.sites((site,)):
            self.caller.need("plans:read", site)
        return _site(site_of(self.store, site).values)

    def keeper(self) -> Store:
        """Return the whole store to who may back it up, restore it and erase from it."""
        self.caller.need("store:keep", None)
        return self.store

    def audit(
        self, site: str | None, *, kind: str | None = None, after: int = 0, limit: int = 100
    ) -> tuple[Entry, ...]:
        """Return who did what at `site`, or with None anywhere, oldest first."""
        self.caller.need("audit:read", site)
        if site is not None:
            site_of(self.store, site)
        return self.store.audit.entries(site=site, kind=kind, after=after, limit=limit)


def sign_in(store: Store, secret: str) -> Caller | None:
    """Return who a token's secret stands for; None if it is good for nothing.

    A calendar feed's secret opens that calendar and nothing else: None.
    """
    token = store.access.check(secret)
    if token is None or token.user is None:
        return None
    return _caller(store, token.user, scopes=token.scopes, site=token.site)


def sign_in_locally(store: Store, user: str) -> Caller:
    """Return who works on the store's own machine.

    While the store has no users, whoever can open it owns it. From the first user on, a name
    without roles may do nothing.
    """
    if not store.records.find("users", limit=1):
        return local(user)
    return _caller(store, user)


def _caller(
    store: Store, user: str, *, scopes: tuple[str, ...] | None = None, site: str | None = None
) -> Caller:
    found = store.records.find("users", key=user, limit=1)
    grants = tuple(Grant(role.role, role.site) for role in store.access.roles_of(user))
    person = found[0].values["person"] if found else None
    return Caller(user, grants, scopes, site, person)


def _site(values: object) -> Site:
    assert isinstance(values, dict)
    return Site(values["key"], values["name"] or values["key"], values["timezone"])
