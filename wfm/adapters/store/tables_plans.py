"""What planning makes: scenarios, forecasts, overrides, requirements, rosters, plans and frames.

A row here is written once. A change is a new row with the next version, so that what was published
or locked can always be shown again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)

from wfm.adapters.store.columns import Json, Utc, Words
from wfm.adapters.store.tables import METADATA, site_column


def _version(name: str, *columns: Any) -> Table:
    """Return a table whose rows are the versions of something with a name."""
    return Table(
        name, METADATA,
        Column("id", Integer, primary_key=True),
        site_column(),
        Column("name", Words, nullable=False),
        Column("version", Integer, nullable=False),
        *columns,
        Column("made_at", Utc, nullable=False),
        Column("made_by", Words, nullable=False),
        UniqueConstraint("site", "name", "version"),
    )  # fmt: skip


FRAMES = Table(
    "frames", METADATA,
    Column("digest", Words, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("made_at", Utc, nullable=False),
)  # fmt: skip
SCENARIOS = _version(
    "scenarios",
    Column("content_id", Words, nullable=False, index=True),
    Column("parent", Words),
    Column("reason", Words),
    Column("content", Json, nullable=False),
)
FORECASTS = _version(
    "forecasts",
    Column("frames", Json, nullable=False),
    Column("campaigns", Json, nullable=False),
    Column("locked_at", Utc),
    Column("locked_by", Words),
)
OVERRIDES = Table(
    "overrides", METADATA,
    Column("id", Integer, primary_key=True),
    Column("forecast", Integer, ForeignKey("forecasts.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("queue", Words, nullable=False),
    Column("start", Utc, nullable=False),
    Column("end", Utc, nullable=False),
    Column("change", Float),
    Column("value", Float),
    Column("reason", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("at", Utc, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("before", Float),
    Column("after", Float),
    UniqueConstraint("forecast", "place"),
)  # fmt: skip
REQUIREMENTS = _version(
    "requirements",
    Column("frame", Words, ForeignKey("frames.digest"), nullable=False),
    Column("interval_min", Integer, nullable=False),
    Column("full_time_week_h", Float, nullable=False),
)
ROSTERS = _version(
    "rosters",
    Column("frames", Json, nullable=False),
    Column("figures", Json, nullable=False),
    Column("violations", Json, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("status", Words, nullable=False),
    Column("status_at", Utc, nullable=False),
    Column("status_by", Words, nullable=False),
    Index(
        "uq_rosters_published", "site", "first_day", "last_day", unique=True,
        sqlite_where=text("status = 'published'"), postgresql_where=text("status = 'published'"),
    ),
)  # fmt: skip
PLANS = _version(
    "plans",
    Column("plan_id", Words, nullable=False, index=True),
    Column("scenario", Integer, ForeignKey("scenarios.id"), nullable=False),
    Column("forecast", Integer, ForeignKey("forecasts.id"), nullable=False),
    Column("requirement", Integer, ForeignKey("requirements.id"), nullable=False),
    Column("roster", Integer, ForeignKey("rosters.id")),
    Column("history", Words, ForeignKey("frames.digest"), nullable=False),
    Column("provenance", Json, nullable=False),
)
