"""A store with two sites and users of several roles, and what asks it over HTTP."""

from fastapi.testclient import TestClient

from wfm.access import PERMISSIONS
from wfm.adapters.store import open_store
from wfm.rest import Limits, make

MANY = Limits(requests_min=1e6, refused_min=1e6)
USERS = {
    "ada": ("admin", None), "pia": ("planner", "berlin"), "sam": ("scheduler", "berlin"),
    "vic": ("viewer", "berlin"), "kim": ("agent", "berlin"), "leo": ("lead", "paris"),
    "ann": ("analyst", "berlin"),
}  # fmt: skip


class Centre:
    """A store and what asks it over HTTP."""

    def __init__(self, path, limits=MANY):
        self.store = open_store(str(path))
        self._tokens = {}
        self.app = make(self.store, limits=limits)
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def token(self, user, *, scopes=None, site=None, expires_at=None):
        return self.store.access.issue(
            by="set-up", label="test", scopes=scopes or tuple(PERMISSIONS), user=user, site=site,
            expires_at=expires_at,
        )  # fmt: skip

    def ask(self, method, path, *, user="ada", token=None, headers=None, **more):
        if token is None and user not in self._tokens:
            self._tokens[user] = self.token(user).secret
        secret = token or self._tokens[user]
        given = {"Authorization": f"Bearer {secret}", **(headers or {})}
        return self.client.request(method, f"/api/v1{path}", headers=given, **more)


def fill(path):
    """Make the store at `path` with its sites and users."""
    store = open_store(str(path))
    for key, zone in (("berlin", "Europe/Berlin"), ("paris", "Europe/Paris")):
        store.records.save("sites", {"key": key, "timezone": zone}, by="set-up")
    store.records.save("people", {"site": "berlin", "key": "p0", "name": "Kim"}, by="set-up")
    for user, (role, site) in USERS.items():
        person = "p0" if user == "kim" else None
        store.records.save("users", {"key": user, "person": person}, by="set-up")
        store.records.save("roles", {"user": user, "role": role, "site": site}, by="set-up")
    store.close()
