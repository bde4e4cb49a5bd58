"""What happened: interval and agent actuals, KPI facts, imports, and the audit log.

Actuals are rows of numbers by the millions, keyed by queue or person and the interval's start;
what an import replaced is kept beside them so that it can be undone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
)

from wfm.adapters.store.columns import Json, Utc, Words
from wfm.adapters.store.tables import METADATA, site_column

INTERVAL_FIELDS = (
    "offered", "aht_s", "answered", "abandoned", "answered_in_awt", "abandoned_in_awt",
    "abandoned_short", "blocked", "attempts", "ivr_entered", "ivr_served", "wait_answered_s",
    "wait_abandoned_s", "longest_wait_s", "talk_s", "hold_s", "acw_s", "handled", "transferred",
    "escalated", "forecast_volume", "forecast_aht_s", "lo", "hi", "required", "scheduled",
)  # fmt: skip
AGENT_FIELDS = (
    "available_s", "signed_in_s", "paid_s", "scheduled_s", "worked_s", "in_adherence_s",
    "planned_offphone_s", "unplanned_absent_s", "shrink_internal_s", "shrink_external_s",
    "overtime_s", "late_starts", "shifts_attended", "shifts_scheduled", "talk_s", "hold_s",
    "acw_s", "handled", "transferred",
)  # fmt: skip


def _numbers(fields: tuple[str, ...]) -> tuple[Column[Any], ...]:
    return tuple(Column(name, Float) for name in fields)


def _actuals(name: str, unit: str, home: str, fields: tuple[str, ...]) -> Table:
    return Table(
        name, METADATA,
        Column(unit, Integer, ForeignKey(f"{home}.id"), primary_key=True, autoincrement=False),
        Column("start", Utc, primary_key=True),
        *_numbers(fields),
        Column("import_id", Integer, nullable=False),
        sqlite_with_rowid=False,
    )  # fmt: skip


def _replaced(name: str, unit: str, home: str, fields: tuple[str, ...]) -> Table:
    """Return the table of what rows were before an import changed them."""
    return Table(
        name, METADATA,
        Column("replaced_by", Integer, ForeignKey("imports.id"), primary_key=True,
               autoincrement=False),
        Column(unit, Integer, ForeignKey(f"{home}.id"), primary_key=True, autoincrement=False),
        Column("start", Utc, primary_key=True),
        *_numbers(fields),
        Column("import_id", Integer, nullable=False),
        sqlite_with_rowid=False,
    )  # fmt: skip


IMPORTS = Table(
    "imports", METADATA,
    Column("id", Integer, primary_key=True),
    site_column(),
    Column("kind", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("profile", Words),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("same", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("undone_at", Utc),
    Column("undone_by", Words),
    Index("ix_imports_site_digest", "site", "digest"),
)  # fmt: skip
INTERVALS = _actuals("interval_actuals", "queue", "queues", INTERVAL_FIELDS)
INTERVALS_REPLACED = _replaced("interval_replaced", "queue", "queues", INTERVAL_FIELDS)
AGENTS = _actuals("agent_actuals", "person", "people", AGENT_FIELDS)
AGENTS_REPLACED = _replaced("agent_replaced", "person", "people", AGENT_FIELDS)
KPIS = Table(
    "kpi_facts", METADATA,
    Column("site", Words, ForeignKey("sites.key"), primary_key=True),
    Column("kpi", Words, primary_key=True),
    Column("definition", Words, primary_key=True),
    Column("level", Words, primary_key=True),
    Column("unit", Words, primary_key=True),
    Column("start", Utc, primary_key=True),
    Column("end", Utc, nullable=False),
    Column("numerator", Float),
    Column("denominator", Float),
    Column("value", Float),
    Column("made_at", Utc, nullable=False),
)  # fmt: skip
AUDIT = Table(
    "audit", METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", Utc, nullable=False, index=True),
    Column("by", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("site", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("version", Integer),
    Column("before", Json),
    Column("after", Json),
    Column("reason", Words, nullable=False),
    Index("ix_audit_kind_site_key", "kind", "site", "key"),
    sqlite_autoincrement=True,
)  # fmt: skip
# While a row stands in it, its own transaction may rewrite the log: privacy and retention do.
AUDIT_PASS = Table("audit_pass", METADATA, Column("id", Integer, primary_key=True))
