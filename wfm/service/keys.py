"""Who gets a token or a calendar feed, and who may take it back?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from wfm.access import Caller, check_scopes
from wfm.adapters.store import Issued, Store, Token
from wfm.errors import BadInput
from wfm.service.finding import NotFound, record_of

FEED = ("calendar",)


@dataclass(frozen=True)
class Keys:
    """Tokens and calendar feeds, for one caller."""

    store: Store
    caller: Caller

    def issue(
        self,
        *,
        label: str,
        scopes: Iterable[str],
        user: str | None = None,
        site: str | None = None,
        expires_at: dt.datetime | None = None,
        reason: str = "",
    ) -> Issued:
        """Make a token; its secret is told this once.

        Parameters
        ----------
        label : str
            What it is for.
        scopes : iterable of str
            Permissions of `wfm.access.PERMISSIONS`. The user's own roles still bound them.
        user : str, optional
            Whose token; another one's needs ``users:write`` at `site`.
        site : str, optional
            The only site it is good for.
        expires_at : datetime, optional
            Aware.
        """
        wanted = check_scopes(tuple(scopes))
        whose = self.caller.user if user is None else user
        if whose == self.caller.user and self.caller.scopes is None:
            pass  # signed in without a token: one's own rights, narrowed
        else:
            self.caller.need("users:write", site)
        if expires_at is not None and expires_at.tzinfo is None:
            raise BadInput(f"token: expires_at needs a zone, got {expires_at}")
        return self.store.access.issue(
            by=self.caller.user, label=label, scopes=wanted, user=whose, site=site,
            expires_at=expires_at, reason=reason,
        )  # fmt: skip

    def feed(self, site: str, person: str, *, label: str = "calendar") -> Issued:
        """Make the secret of a person's calendar feed."""
        if not (self.caller.person == person and self.caller.may("own:read", site)):
            self.caller.need("feeds:write", site)
        record_of(self.store, "people", site, person)
        return self.store.access.issue(
            by=self.caller.user, label=label, scopes=FEED, person=person, site=site
        )

    def revoke(self, token_id: int, *, reason: str = "") -> Token:
        """Make a token or feed good for nothing, at once and for ever."""
        found = [token for token in self.store.access.tokens() if token.id == token_id]
        if not found or not self._mine(found[0]):
            raise NotFound(f"token: there is no token {token_id} that you may revoke")
        return self.store.access.revoke(token_id, by=self.caller.user, reason=reason)

    def tokens(self) -> tuple[Token, ...]:
        """Return the caller's own tokens and those the caller may revoke."""
        return tuple(token for token in self.store.access.tokens() if self._mine(token))

    def _mine(self, token: Token) -> bool:
        if token.user is not None and token.user == self.caller.user:
            return self.caller.scopes is None or self.caller.may("users:write", token.site)
        if token.person is not None:
            own = token.person == self.caller.person and self.caller.may("own:read", token.site)
            return own or self.caller.may("feeds:write", token.site)
        return self.caller.may("users:write", token.site)
