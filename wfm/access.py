"""Who may do what, and where?

A role is a set of permissions, given at one site or at all. A token narrows its user's permissions
further, to its scopes and its site; it never widens them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wfm.errors import BadInput

PERMISSIONS: Mapping[str, str] = MappingProxyType({
    "actuals:read": "Read what happened in each queue and interval, and the imports it came by.",
    "actuals:write": "Push or import actuals, and undo an import.",
    "agents:read": "Read what happened for each agent.",
    "plans:read": "Read forecasts, requirements and the list of plans.",
    "plans:make": "Start a plan as a job, follow and cancel it.",
    "rosters:read": "Read rosters of everybody.",
    "rosters:publish": "Publish and withdraw rosters.",
    "kpis:read": "Read KPI facts.",
    "kpis:write": "Push KPI facts.",
    "cycles:read": "Read improvement cycles.",
    "own:read": "Read one's own shifts of published rosters.",
    "feeds:write": "Make and revoke calendar feeds of people.",
    "audit:read": "Read who did what, when and why.",
    "store:keep": "Back up and restore the store, erase people and old data.",
    "users:write": "Make and revoke tokens of other users.",
})  # fmt: skip
_OWN = frozenset({"own:read"})
_FIGURES = frozenset({"actuals:read", "plans:read", "kpis:read", "cycles:read"})
ROLES: Mapping[str, frozenset[str]] = MappingProxyType({
    "planner": _FIGURES | {"actuals:write", "plans:make", "rosters:read", "agents:read"},
    "scheduler": _FIGURES | {"plans:make", "rosters:read", "rosters:publish", "agents:read",
                             "feeds:write"},
    "lead": _FIGURES | {"rosters:read", "agents:read"},
    "analyst": _FIGURES | {"actuals:write", "agents:read", "kpis:write"},
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
        narrowed = "" if self.scopes is None else "; a token needs it among its scopes too"
        raise NotAllowed(
            f"access: {self.user!r} has no permission {permission!r} for {where}; roles with it: "
            f"{roles}{narrowed}"
        )

    def sites(self, known: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of the sites `known` where the caller may do anything at all."""
        return tuple(site for site in known if any(self.may(name, site) for name in PERMISSIONS))


def local(user: str) -> Caller:
    """Return who works on a store that has no users yet: its owner, who may do everything."""
    return Caller(user, (Grant("admin"),))


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
