"""Where is what the caller names, or is it not there?"""

from __future__ import annotations

from wfm.adapters.store import Record, Store, Version
from wfm.errors import BadInput


class NotFound(BadInput):
    """There is nothing of that name; the caller was allowed to look."""


def site_of(store: Store, site: str) -> Record:
    """Return the row of a site."""
    try:
        return record_of(store, "sites", "", site)
    except NotFound as error:
        known = ", ".join(row.key for row in store.records.find("sites", limit=20)) or "none"
        raise NotFound(
            f"store: there is no site {site!r}; there are: {known} - a site's first plan makes it "
            "('wfm plan --history FILE --timezone ZONE', site in its scenario)"
        ) from error


def record_of(store: Store, kind: str, site: str, key: str) -> Record:
    """Return a row that people edit."""
    try:
        return store.records.get(kind, key, site=site)
    except BadInput as error:
        raise NotFound(str(error)) from error


def version_of(store: Store, kind: str, site: str, version_id: int) -> Version:
    """Return a version by its id, if it is of `site`."""
    found = store.plans.versions(kind, site=site, after=version_id - 1, limit=1)
    if not found or found[0].id != version_id:
        raise NotFound(f"{kind}: there is no version with id {version_id} at site {site!r}")
    return found[0]
