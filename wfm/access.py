"""Who may do what, and where?

A role is a set of permissions, given at one site or at all. A token narrows its user's permissions
further, to its scopes and its site; it never widens them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wfm.errors import BadInput

PERMISSIONS: Mapping[str, str] = MappingProxyType({
    "actuals:read": "Read what happened in each queue and interval, and the imports it came by.",
    "actuals:write": "Push or import actuals, and undo an import.",
    "agents:read": "Read what happened for each agent.",
    "plans:read": "Read forecasts, requirements and the list of plans.",
    "plans:make": "Make plans, and start, follow and cancel the jobs that do.",
    "forecasts:write": "Change a forecast by hand, and take that back.",
    "rosters:read": "Read rosters of everybody.",
    "rosters:write": "Make, mend and lock rosters.",
    "rosters:publish": "Publish and withdraw rosters.",
    "kpis:read": "Read KPIs, control charts and variances.",
    "kpis:write": "Push KPI facts.",
    "targets:write": "Set and change targets.",
    "cycles:read": "Read improvement cycles.",
    "cycles:write": "Open improvement cycles and take them from step to step.",
    "cycles:sign": "Sign the checks of improvement cycles off.",
    "own:read": "Read one's own shifts of published rosters.",
    "feeds:write": "Make and revoke calendar feeds of people.",
    "audit:read": "Read who did what, when and why.",
    "store:keep": "Back up and restore the store, erase people and old data.",
    "users:write": "Add users, give them roles, make and revoke their tokens.",
})  # fmt: skip
_OWN = frozenset({"own:read"})
_FIGURES = frozenset({"actuals:read", "plans:read", "kpis:read", "cycles:read"})
_CYCLES = frozenset({"cycles:write", "cycles:sign"})
ROLES: Mapping[str, frozenset[str]] = MappingProxyType({
    "planner": _FIGURES | _CYCLES | {"actuals:write", "plans:make", "forecasts:write",
                                     "targets:write", "rosters:read", "rosters:write",
                                     "agents:read"},
    "scheduler": _FIGURES | {"plans:make", "rosters:read", "rosters:write", "rosters:publish",
                             "agents:read", "feeds:write", "cycles:write"},
    "lead": _FIGURES | _CYCLES | {"rosters:read", "agents:read"},
    "analyst": _FIGURES | _CYCLES | {"actuals:write", "agents:read", "kpis:write"},
    "agent": _OWN,
    "viewer": _FIGURES,
    "admin": frozenset(PERMISSIONS),
})  # fmt: skip


class NotAllowed(BadInput):
    """The caller may not do this; nothing was done."""


@dataclass(frozen=True)
class Grant:
    """A role, at `site` or, where that is None, at all sites."""

    role: str
    site: str | None = None


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes
    ----------
    user : str
        Key of the user; stands in the audit log.
    grants : tuple of Grant
        The user's roles.
    scopes : tuple of str or None
        What the token allows of them; None without a token: all.
    site : str or None
        The only site the token is good for; None: all of the user's.
    person : str or None
        Key of the person the user is, for one's own shifts.
    alone : bool
        The store has no users: it is a single person's, who may do everything under any name.

    Examples
    --------
    >>> ann = Caller("ann", (Grant("planner", "berlin"),), scopes=("plans:read",))
    >>> ann.may("plans:read", "berlin"), ann.may("plans:make", "berlin")
    (True, False)
    >>> ann.may("plans:read", "paris"), ann.may("plans:read", None)
    (False, False)
    """

    user: str
    grants: tuple[Grant, ...] = ()
    scopes: tuple[str, ...] | None = None
    site: str | None = None
    person: str | None = None
    alone: bool = False

    def may(self, permission: str, site: str | None) -> bool:
        """Return whether the caller may do this at `site`; None: at every site there is."""
        if permission not in PERMISSIONS:
            raise BadInput(f"access: there is no permission {permission!r}")
        if self.scopes is not None and permission not in self.scopes:
            return False
        if self.site is not None and self.site != site:
            return False
        return any(
            grant.site in (None, site) and permission in ROLES.get(grant.role, ())
            for grant in self.grants
        )

    def need(self, permission: str, site: str | None) -> None:
        """Raise NotAllowed unless the caller may do this at `site`."""
        if self.may(permission, site):
            return
        where = "all sites" if site is None else f"site {site!r}"
        roles = ", ".join(role for role, given in ROLES.items() if permission in given)
        what = PERMISSIONS[permission].rstrip(".")
        narrowed = "" if self.scopes is None else "; a token needs it among its scopes too"
        raise NotAllowed(
            f"access: {self.user!r} has no permission {permission!r} for {where} "
            f"({what[0].lower()}{what[1:]}); roles with it: {roles}{narrowed} - nothing was done; "
            "an admin gives roles with 'wfm user give'"
        )

    def sign(self, name: str) -> None:
        """Raise NotAllowed where what is done would stand under another one's name.

        >>> Caller("ann").sign("bob")
        Traceback (most recent call last):
        wfm.access.NotAllowed: access: 'ann' is at work here and cannot act as 'bob'; nothing was \
done - leave the name out, or let 'bob' do it
        """
        if not self.alone and name.strip() != self.user:
            raise NotAllowed(
                f"access: {self.user!r} is at work here and cannot act as {name.strip()!r}; "
                f"nothing was done - leave the name out, or let {name.strip()!r} do it"
            )

    def act_as(self, role: str, site: str | None) -> None:
        """Raise NotAllowed unless the caller has this role at `site`; an admin has every one."""
        mine = [grant.role for grant in self.grants if grant.site in (None, site)]
        if role not in mine and "admin" not in mine:
            where = "all sites" if site is None else f"site {site!r}"
            raise NotAllowed(
                f"access: {self.user!r} is not {role} for {where} but "
                f"{', '.join(mine) or 'without a role'}; nothing was done - say one of your own "
                "roles"
            )

    def sites(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of the sites `known` where the caller may do anything at all."""
        return tuple(site for site in known if any(self.may(name, site) for name in PERMISSIONS))


def local(user: str) -> Caller:
    """Return who works on a store that has no users yet: its owner, who may do everything."""
    return Caller(user, (Grant("admin"),), alone=True)


@dataclass(frozen=True)
class Gate:
    """Who is at work at a site, asked anew by each use case.

    Attributes
    ----------
    who : callable
        Returns the caller as the store knows him now.
    site : str or None
        Where the use cases work.
    """

    who: Callable[[], Caller]
    site: str | None = None

    def need(self, *permissions: str) -> None:
        """Raise NotAllowed unless who is at work has all these permissions."""
        caller = self.who()
        for permission in permissions:
            caller.need(permission, self.site)

    def may(self, permission: str) -> bool:
        """Return whether who is at work has this permission."""
        return self.who().may(permission, self.site)

    def sign(self, name: str) -> None:
        """Raise NotAllowed unless who is at work bears this name."""
        self.who().sign(name)


# Plan folders, and a store without users: a single person's.
OPEN = Gate(lambda: local("owner"))


def check_role(role: str) -> str:
    """Return `role` if it is one."""
    if role not in ROLES:
        raise BadInput(f"access: there is no role {role!r}; there are {', '.join(ROLES)}")
    return role


def check_scopes(scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Return `scopes` if each is a permission."""
    unknown = [scope for scope in scopes if scope not in PERMISSIONS]
    if unknown:
        raise BadInput(
            f"access: {len(unknown)} scopes are not permissions (first: {unknown[0]!r}); there are "
            f"{', '.join(PERMISSIONS)}"
        )
    return scopes
