"""What a person edits, row by row: sites, queues, people, requests, targets, cycles, users.

Every such row has a site, a key of its own there, a version that grows with each save, and who
saved it when. `KINDS` lists them; `wfm.adapters.store.records` reads and writes them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
)

from wfm.adapters.store.columns import Json, Utc, Words

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# Columns that the store itself fills.
KEPT = ("id", "version", "changed_at", "changed_by")


def site_column() -> Column[Any]:
    """Return the column that says whose row it is."""
    return Column("site", Words, ForeignKey("sites.key"), nullable=False)


def _edited(name: str, *columns: Column[Any], sited: bool = True) -> Table:
    """Return a table of rows that people save, each with its version."""
    key = ("site", "key") if sited else ("key",)
    return Table(
        name, METADATA,
        Column("id", Integer, primary_key=True),
        *((site_column(),) if sited else ()),
        Column("key", Words, nullable=False),
        *columns,
        Column("content", Json),
        Column("version", Integer, nullable=False),
        Column("changed_at", Utc, nullable=False),
        Column("changed_by", Words, nullable=False),
        UniqueConstraint(*key),
    )  # fmt: skip


def _text(name: str, *, needed: bool = False) -> Column[Any]:
    return Column(name, Words, nullable=not needed, index=name in ("person", "queue", "status"))


SITES = _edited("sites", _text("name"), _text("timezone", needed=True), _text("country"),
                sited=False)  # fmt: skip
CHANNELS = _edited(
    "channels", _text("name"), Column("real_time", Boolean), Column("storable", Boolean),
    Column("several_at_once", Boolean), Column("deferrable", Boolean), sited=False,
)  # fmt: skip
QUEUES = _edited("queues", _text("name"),
                 Column("channel", Words, ForeignKey("channels.key")))  # fmt: skip
CALENDARS = _edited("calendars", Column("day", Date, nullable=False, index=True), _text("name"),
                    _text("kind", needed=True))  # fmt: skip
CAMPAIGNS = _edited("campaigns", Column("start", Date, nullable=False), Column("end", Date))
CONTRACTS = _edited("contracts", _text("name"))
PEOPLE = _edited("people", _text("name"), _text("team"), _text("contract"), _text("email"),
                 Column("left_on", Date))  # fmt: skip
SKILLS = _edited("skills", _text("person", needed=True), _text("queue", needed=True),
                 Column("level", Integer))  # fmt: skip
AVAILABILITY = _edited(
    "availability", _text("person", needed=True), Column("start", Utc, nullable=False),
    Column("end", Utc, nullable=False), _text("kind", needed=True), _text("text"),
)  # fmt: skip
REQUESTS = _edited(
    "requests", _text("person", needed=True), _text("kind", needed=True), Column("start", Utc),
    Column("end", Utc), _text("status", needed=True), _text("with_person"), _text("text"),
    _text("decided_by"), Column("decided_at", Utc),
)  # fmt: skip
LOCKS = _edited(
    "locks", _text("person", needed=True), Column("start", Utc, nullable=False),
    Column("end", Utc, nullable=False), _text("shift"), _text("text"),
)  # fmt: skip
TARGETS = _edited(
    "targets", _text("kpi", needed=True), _text("scope"), Column("valid_from", Date),
    Column("valid_to", Date), _text("owner"),
)  # fmt: skip
CYCLES = _edited("cycles", _text("state", needed=True), _text("owner"), _text("parent"))
COMPLAINTS = _edited(
    "complaints", Column("opened_at", Utc, nullable=False), Column("closed_at", Utc),
    _text("queue"), _text("person"), _text("status", needed=True), _text("text"),
)  # fmt: skip
PROFILES = _edited("profiles", _text("source", needed=True))
USERS = _edited("users", _text("name"), _text("email"), _text("person"),
                Column("disabled", Boolean), sited=False)  # fmt: skip
ROLES = _edited("roles", Column("user", Words, ForeignKey("users.key"), nullable=False, index=True),
                _text("role", needed=True),
                Column("site", Words, ForeignKey("sites.key")), sited=False)  # fmt: skip

# In the order of their references: a row's site and channel come before it.
KINDS: dict[str, Table] = {
    table.name: table
    for table in (
        SITES, CHANNELS, QUEUES, CALENDARS, CAMPAIGNS, CONTRACTS, PEOPLE, SKILLS, AVAILABILITY,
        REQUESTS, LOCKS, TARGETS, CYCLES, COMPLAINTS, PROFILES, USERS, ROLES,
    )
}  # fmt: skip
SITELESS = frozenset({"sites", "channels", "users", "roles"})


def values_of(table: Table) -> tuple[str, ...]:
    """Return the columns of `table` that a person fills, key and site among them."""
    return tuple(column.name for column in table.columns if column.name not in KEPT)
