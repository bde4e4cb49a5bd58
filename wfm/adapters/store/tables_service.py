"""What the service needs to remember: tokens, jobs, and which requests it has answered."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table

from wfm.adapters.store.columns import Json, Utc, Words
from wfm.adapters.store.tables import METADATA

TOKENS = Table(
    "tokens", METADATA,
    Column("id", Integer, primary_key=True),
    Column("user", Words, ForeignKey("users.key"), index=True),
    Column("person", Words, index=True),
    Column("label", Words, nullable=False),
    Column("digest", Words, nullable=False, unique=True),
    Column("scopes", Json, nullable=False),
    Column("site", Words, ForeignKey("sites.key")),
    Column("made_at", Utc, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("expires_at", Utc),
    Column("revoked_at", Utc),
    Column("revoked_by", Words),
)  # fmt: skip
JOBS = Table(
    "jobs", METADATA,
    Column("id", Words, primary_key=True),
    Column("site", Words, ForeignKey("sites.key")),
    Column("kind", Words, nullable=False),
    Column("asked", Json, nullable=False),
    Column("state", Words, nullable=False),
    Column("fraction", Float, nullable=False),
    Column("text", Words, nullable=False),
    Column("error", Words, nullable=False),
    Column("result", Json),
    Column("worker", Words),
    Column("made_at", Utc, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("started_at", Utc),
    Column("seen_at", Utc),
    Column("ended_at", Utc),
    Index("ix_jobs_state_made_at", "state", "made_at"),
)  # fmt: skip
ANSWERS = Table(
    "answers", METADATA,
    Column("by", Words, primary_key=True),
    Column("key", Words, primary_key=True),
    Column("digest", Words, nullable=False),
    Column("status", Integer),
    Column("answer", Json),
    Column("made_at", Utc, nullable=False, index=True),
)  # fmt: skip
