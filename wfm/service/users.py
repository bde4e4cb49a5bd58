"""Who works here, and in which role at which site?

The first user of a store becomes its admin: from then on a name without a role may do nothing, so
somebody must be able to give roles.
"""

from __future__ import annotations

from dataclasses import dataclass

from wfm.access import Caller, Grant, check_role
from wfm.adapters.store import Record, Store
from wfm.errors import BadInput
from wfm.service.finding import record_of, site_of

_ADMIN = "admin"


@dataclass(frozen=True)
class User:
    """Somebody who may sign in.

    Attributes
    ----------
    key : str
        What he is called at work: ``WFM_USER``, or the login name.
    name : str
    person : str or None
        Key of the person of the rosters that he is.
    disabled : bool
    grants : tuple of Grant
        His roles, also while he is disabled.
    """

    key: str
    name: str
    person: str | None
    disabled: bool
    grants: tuple[Grant, ...]


@dataclass(frozen=True)
class Users:
    """Users and their roles, for one caller."""

    store: Store
    caller: Caller

    def all(self) -> tuple[User, ...]:
        """Return every user, in the order they were added."""
        self.caller.need("users:write", None)
        return tuple(self._user(record) for record in _whole(self.store, "users"))

    def add(
        self, key: str, *, name: str = "", person: str | None = None, reason: str = ""
    ) -> User:  # fmt: skip
        """Add a user; the first one of a store is its admin at all sites.

        Raises
        ------
        Conflict
            There is a user of that key.
        """
        self.caller.need("users:write", None)
        if not key.strip() or not key.isprintable():
            raise BadInput(f"user: expected a printable key such as 'ann', got {key!r}")
        return self._user(
            self.store.access.add_user(
                key,
                by=self.caller.user,
                name=name,
                person=person,
                first_role=_ADMIN,
                reason=reason,
            )
        )

    def give(self, key: str, role: str, site: str | None = None, *, reason: str = "") -> User:
        """Give a user a role, at `site` or at all; a role he has already stays as it is."""
        self.caller.need("users:write", site)
        record = record_of(self.store, "users", "", key)
        if site is not None:
            site_of(self.store, site)
        if Grant(check_role(role), site) not in self._user(record).grants:
            values = {"user": key, "role": role, "site": site}
            self.store.records.save("roles", values, by=self.caller.user, reason=reason)
        return self._user(record)

    def take(self, key: str, role: str, site: str | None = None, *, reason: str = "") -> User:
        """Take a role from a user; the last admin of the store keeps his."""
        self.caller.need("users:write", site)
        record = record_of(self.store, "users", "", key)
        found = [
            r for r in self._roles(key) if (r.values["role"], r.values["site"]) == (role, site)
        ]
        if not found:
            raise BadInput(
                f"user: {key!r} has no role {role!r} for {site or 'all sites'}; 'wfm user list' "
                "shows who has which"
            )
        if role == _ADMIN and site is None:
            self._another_admin(key)
        for one in found:
            self.store.records.remove(
                "roles", one.key, by=self.caller.user, version=one.version, reason=reason
            )
        return self._user(record)

    def disable(self, key: str, *, on: bool = True, reason: str = "") -> User:
        """Shut a user and his tokens out, or with ``on=False`` let them in again."""
        self.caller.need("users:write", None)
        record = record_of(self.store, "users", "", key)
        if on:
            self._another_admin(key)
        changed = self.store.records.save(
            "users", {"key": key, "disabled": on}, by=self.caller.user, version=record.version,
            reason=reason,
        )  # fmt: skip
        return self._user(changed)

    def _another_admin(self, key: str) -> None:
        others = [
            user for user in map(self._user, _whole(self.store, "users"))
            if user.key != key and not user.disabled and Grant(_ADMIN) in user.grants
        ]  # fmt: skip
        if (
            not others
            and Grant(_ADMIN) in self._user(record_of(self.store, "users", "", key)).grants
        ):
            raise BadInput(
                f"user: {key!r} is the last admin; nobody could give roles any more - make "
                "another admin first with 'wfm user give'"
            )

    def _roles(self, key: str) -> tuple[Record, ...]:
        return self.store.records.find("roles", user=key, limit=1000)

    def _user(self, record: Record) -> User:
        values = record.values
        grants = tuple(
            Grant(role.values["role"], role.values["site"]) for role in self._roles(record.key)
        )
        return User(record.key, values["name"] or "", values["person"], bool(values["disabled"]),
                    grants)  # fmt: skip


def _whole(store: Store, kind: str) -> list[Record]:
    found: list[Record] = []
    while page := store.records.find(kind, after=found[-1].id if found else 0, limit=1000):
        found += page
    return found
