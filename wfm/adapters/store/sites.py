"""Which site does a row belong to, and what does the store know of its queues and people?

A plan or an import may name a site, queue or person for the first time. They are noted then, with
an audit entry, so that nothing in the store refers to what is not there.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from wfm.adapters.store.audit import Author
from wfm.adapters.store.records import find_one, save, table_of
from wfm.errors import BadInput

# The site of whoever has only one and never named it.
FIRST = "main"


def ensure_site(connection: Connection, site: str, timezone: str, author: Author) -> None:
    """Make `site` in `timezone` if it is not there."""
    if not site:
        raise BadInput("store: give a site; 'main' will do where there is one only")
    if find_one(connection, "sites", "", site) is None:
        save(connection, "sites", {"key": site, "name": site, "timezone": timezone}, author)


def zone_of(connection: Connection, site: str) -> str:
    """Return the zone of `site`."""
    found = find_one(connection, "sites", "", site)
    if found is None:
        raise BadInput(
            f"store: there is no site {site!r}; make it with its time zone first: "
            "records.save('sites', {'key': ..., 'timezone': ...})"
        )
    return str(found.values["timezone"])


def ids_of(
    connection: Connection, kind: str, site: str, keys: Iterable[str], author: Author | None
) -> dict[str, int]:
    """Return the ids of queues or people by key; with an author, new ones are made.

    Without an author those that are not there are left out.
    """
    table = table_of(kind)
    wanted = list(dict.fromkeys(keys))
    asked = select(table.c.key, table.c.id).where(table.c.site == site)
    if author is None and len(wanted) < 500:
        asked = asked.where(table.c.key.in_(wanted))
    there = {row.key: row.id for row in connection.execute(asked)}
    if author is not None:
        for key in wanted:
            if key not in there:
                made = save(connection, kind, {"site": site, "key": key, "name": key}, author)
                there[key] = made.id
    return {key: there[key] for key in wanted if key in there}
