"""Who may come in: which token is whose, what is it good for, which roles has a user where?

A token's text is shown once; the store keeps only its hash.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, exc, insert, select, update

from wfm.adapters.store.audit import Author, Clock, note
from wfm.adapters.store.database import Database
from wfm.adapters.store.records import Record, find_one, save
from wfm.adapters.store.tables import ROLES, USERS
from wfm.adapters.store.tables_service import TOKENS
from wfm.errors import BadInput

# So that a scanner for leaked secrets can know one.
_PREFIX = "wfm_"


@dataclass(frozen=True)
class Token:
    """A token without its secret.

    Attributes
    ----------
    id : int
    user : str or None
        Whose it is; None for a calendar feed, which is a person's.
    person : str or None
        Whose calendar it opens.
    label : str
        What its owner calls it.
    scopes : tuple of str
    site : str or None
        The only site it is good for; None for all of its user's.
    made_at, expires_at, revoked_at : datetime or None
        UTC.
    """

    id: int
    user: str | None
    person: str | None
    label: str
    scopes: tuple[str, ...]
    site: str | None
    made_at: dt.datetime
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None


@dataclass(frozen=True)
class Issued:
    """A new token and its secret text, which is shown this once."""

    token: Token
    secret: str


@dataclass(frozen=True)
class Role:
    """A role of a user; `site` None means at all sites."""

    role: str
    site: str | None


@dataclass(frozen=True)
class Access:
    """Tokens and roles; users and roles are edited as records."""

    database: Database
    now: Clock

    def issue(
        self,
        *,
        by: str,
        label: str,
        scopes: Iterable[str],
        user: str | None = None,
        person: str | None = None,
        site: str | None = None,
        expires_at: dt.datetime | None = None,
        reason: str = "",
    ) -> Issued:
        """Make a token for a user, or a calendar feed for a person; its secret is told once.

        Raises
        ------
        BadInput
            No user and no person, no scope, an unknown user or site, or it has expired already.
        """
        author = Author(by, reason, self.now())
        wanted = tuple(dict.fromkeys(scopes))
        if (user is None) == (person is None):
            raise BadInput("token: give the user it is for, or the person whose calendar it opens")
        if not wanted or not all(isinstance(scope, str) and scope for scope in wanted):
            raise BadInput("token: give at least one scope, for example 'actuals:write'")
        if expires_at is not None and expires_at <= author.at:
            raise BadInput(f"token: it would have expired at {expires_at}; choose a later time")
        secret = _PREFIX + secrets.token_urlsafe(32)
        row = {
            "user": user, "person": person, "label": label, "digest": _digest(secret),
            "scopes": list(wanted), "site": site, "made_at": author.at, "made_by": author.by,
            "expires_at": expires_at,
        }  # fmt: skip
        try:
            with self.database.write() as connection:
                made = connection.execute(insert(TOKENS).values(**row)).inserted_primary_key
                assert made is not None
                note(connection, author, "issued", "tokens", str(made[0]), site=site or "",
                     after={"user": user, "person": person, "label": label, "scopes": wanted,
                            "expires_at": expires_at})  # fmt: skip
                return Issued(_token(_row(connection, TOKENS.c.id == made[0])), secret)
        except exc.IntegrityError as error:
            raise BadInput(
                f"token: user {user!r} or site {site!r} is not in the store; add the "
                "user first ('wfm user add KEY'); a site comes with its first plan"
            ) from error

    def add_user(
        self, key: str, *, by: str, name: str = "", person: str | None = None, first_role: str = "",
        reason: str = "",
    ) -> Record:  # fmt: skip
        """Add a user; the first one of a store gets `first_role` at all sites with it.

        Raises
        ------
        Conflict
            There is a user of that key.
        """
        author = Author(by, reason, self.now())
        with self.database.write(alone="users") as connection:
            first = connection.execute(select(USERS.c.id).limit(1)).scalar() is None
            values = {"key": key, "name": name, "person": person}
            made = save(connection, "users", values, author)
            if first and first_role:
                save(connection, "roles", {"user": key, "role": first_role}, author)
            return made

    def check(self, secret: str) -> Token | None:
        """Return the token with this secret if it is good now, else None.

        A disabled user's tokens are good for nothing.
        """
        with self.database.read() as connection:
            row = _row(connection, TOKENS.c.digest == _digest(secret))
            if row is None or row["revoked_at"] is not None:
                return None
            if row["expires_at"] is not None and row["expires_at"] <= self.now():
                return None
            if row["user"] is not None:
                user = find_one(connection, "users", "", row["user"])
                if user is None or user.values["disabled"]:
                    return None
            return _token(row)

    def revoke(self, token_id: int, *, by: str, reason: str = "") -> Token:
        """Make a token good for nothing, at once and for ever."""
        author = Author(by, reason, self.now())
        with self.database.write() as connection:
            done = connection.execute(
                update(TOKENS)
                .where(TOKENS.c.id == token_id, TOKENS.c.revoked_at.is_(None))
                .values(revoked_at=author.at, revoked_by=author.by)
            ).rowcount
            if not done:
                raise BadInput(f"token: there is no token {token_id} that is still good")
            note(connection, author, "revoked", "tokens", str(token_id))
            return _token(_row(connection, TOKENS.c.id == token_id))

    def tokens(self, *, user: str | None = None, person: str | None = None) -> tuple[Token, ...]:
        """Return tokens, oldest first, those no longer good too."""
        asked = select(TOKENS).order_by(TOKENS.c.id)
        for name, value in (("user", user), ("person", person)):
            if value is not None:
                asked = asked.where(TOKENS.c[name] == value)
        with self.database.read() as connection:
            return tuple(_token(row) for row in connection.execute(asked).mappings())

    def roles_of(self, user: str) -> tuple[Role, ...]:
        """Return the roles of a user; none if the user is unknown or disabled."""
        with self.database.read() as connection:
            found = find_one(connection, "users", "", user)
            if found is None or found.values["disabled"]:
                return ()
            asked = select(ROLES.c.role, ROLES.c.site).where(ROLES.c.user == user)
            return tuple(Role(*row) for row in connection.execute(asked.order_by(ROLES.c.id)))


def _digest(secret: str) -> str:
    """Return the hash of a secret; 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _row(connection: Connection, where: Any) -> Any:
    return connection.execute(select(TOKENS).where(where)).mappings().first()


def _token(row: Mapping[Any, Any]) -> Token:
    kept = ("id", "user", "person", "label", "site", "made_at", "expires_at", "revoked_at")
    return Token(scopes=tuple(row["scopes"]), **{name: row[name] for name in kept})
