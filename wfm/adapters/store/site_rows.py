"""Which rows of a site's actuals belong to a plan, and have they changed?

Rows of the queues and people that any version of the plan names, so that who left is still counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import Connection, exists, func, select

from wfm.adapters.store import blobs
from wfm.adapters.store.actuals import Actuals
from wfm.adapters.store.facts import kind_of
from wfm.adapters.store.records import table_of
from wfm.adapters.store.tables import PEOPLE
from wfm.adapters.store.tables_facts import AUDIT, IMPORTS
from wfm.adapters.store.tables_plans import SCENARIOS

# The table of `wfm.actual_tables` that rows of a kind stand in, and the column of their unit.
TABLES = {"intervals": ("interval_actuals", "queue"), "agents": ("agent_actuals", "agent")}
_MOST_KNOWN = 1000
KINDS = {table: kind for kind, (table, _) in TABLES.items()}


@dataclass(frozen=True)
class Scope:
    """What the versions of a plan say of its rows.

    Attributes
    ----------
    units : dict
        Queues and agents, by kind of rows; None where the plan names nobody: all of the site.
    timezone : str or None
        Of the newest version; None where there is no plan.
    interval_min : int or None
    awt_s : dict
        Acceptable waiting time by queue, s.
    """

    units: dict[str, tuple[str, ...] | None]
    timezone: str | None = None
    interval_min: int | None = None
    awt_s: dict[str, float] = field(default_factory=dict)


def more(table: str) -> str:
    """Return under which name the columns that rows have no place for are kept."""
    return f"{table}+"


def scope_of(connection: Connection, site: str, name: str, frames: Mapping[str, str]) -> Scope:
    """Return what the versions of the plan called `name` say of its rows.

    Parameters
    ----------
    frames : mapping
        Digest by name of the tables kept with the plan: who stands in them belongs to it too.
    """
    asked = (
        select(SCENARIOS.c.content)
        .where(SCENARIOS.c.site == site, SCENARIOS.c.name == name)
        .order_by(SCENARIOS.c.version.desc())
    )
    contents: list[Any] = list(connection.execute(asked).scalars())
    named: dict[str, dict[str, None]] = {
        kind: dict.fromkeys(
            key
            for one in (table, more(table)) if one in frames
            for key in _units(connection, frames[one], unit)
        )
        for kind, (table, unit) in TABLES.items()
    }  # fmt: skip
    if not contents:
        return Scope({kind: tuple(keys) for kind, keys in named.items()})
    queues = dict.fromkeys(queue["name"] for one in contents for queue in one["queues"])
    people = dict.fromkeys(person["id"] for one in contents for person in one["people"])
    newest = contents[0]
    units = {
        "intervals": tuple(queues | named["intervals"]),
        "agents": tuple(people | named["agents"]) if people else None,
    }
    awt_s = {queue["name"]: float(queue["target"]["awt_s"]) for queue in newest["queues"]}
    return Scope(units, newest["timezone"], newest["interval_min"], awt_s)


# What stands under a digest never changes.
_UNITS: dict[tuple[str, str], tuple[str, ...]] = {}


def _units(connection: Connection, digest: str, unit: str) -> tuple[str, ...]:
    if (digest, unit) not in _UNITS:
        if len(_UNITS) > _MOST_KNOWN:
            _UNITS.clear()
        _UNITS[digest, unit] = tuple(map(str, blobs.fetch(connection, digest)[unit].unique()))
    return _UNITS[digest, unit]


def any_rows(connection: Connection, site: str, scope: Scope) -> bool:
    """Return whether there is a row of the scope."""
    return any(_has(connection, kind, site, units) for kind, units in scope.units.items())


def _has(connection: Connection, kind: str, site: str, units: Iterable[str] | None) -> bool:
    what = kind_of(kind)
    home = table_of(what.home)
    mine = select(home.c.id).where(home.c.site == site)
    if units is not None:
        mine = mine.where(home.c.key.in_(list(units)))
    row = exists().where(what.table.c[what.column].in_(mine))
    return bool(connection.execute(select(row)).scalar())


def rows_of(actuals: Actuals, kind: str, site: str, units: tuple[str, ...] | None) -> pd.DataFrame:
    """Return the rows of a kind in the scope, empty where there are none."""
    if units == ():
        return pd.DataFrame()
    return actuals.read(kind, site=site, units=units)


def teams_of(connection: Connection, site: str) -> dict[str, str]:
    """Return the team by agent, of those whose team is known."""
    asked = select(PEOPLE.c.key, PEOPLE.c.team).where(
        PEOPLE.c.site == site, PEOPLE.c.team.is_not(None)
    )
    return {row.key: row.team for row in connection.execute(asked)}


def stamp_of(connection: Connection, site: str) -> str:
    """Return a text that changes whenever rows of `site` do."""
    asked = select(
        func.count(), func.coalesce(func.max(IMPORTS.c.id), 0), func.count(IMPORTS.c.undone_at)
    ).where(IMPORTS.c.site == site)
    count, last, undone = connection.execute(asked).one()
    gone = select(func.coalesce(func.max(AUDIT.c.id), 0)).where(
        AUDIT.c.kind.in_(("store", "people")), AUDIT.c.action.in_(("forgot", "erased"))
    )
    return f"{count}.{last}.{undone}.{connection.execute(gone).scalar()}"
