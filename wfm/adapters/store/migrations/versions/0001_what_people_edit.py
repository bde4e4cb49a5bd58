"""The first tables: what people edit, what planning makes, and the audit log."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from wfm.adapters.store.columns import Json, Utc, Words

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of an empty database."""
    _without_site()
    _of_a_site()
    _planned()
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", Utc(), nullable=False, index=True),
        *(_words(n, needed=True) for n in ("by", "action", "kind", "site", "key")),
        sa.Column("version", sa.Integer()),
        sa.Column("before", Json()),
        sa.Column("after", Json()),
        _words("reason", needed=True),
        sa.Index("ix_audit_kind_site_key", "kind", "site", "key"),
        sqlite_autoincrement=True,
    )


def _words(name: str, *, needed: bool = False, index: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Words(), nullable=not needed, index=index)


def _site() -> sa.Column[Any]:
    return sa.Column("site", Words(), sa.ForeignKey("sites.key"), nullable=False)


def _edited(name: str, *columns: sa.Column[Any], sited: bool = True) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), primary_key=True),
        *((_site(),) if sited else ()),
        _words("key", needed=True),
        *columns,
        sa.Column("content", Json()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        _words("changed_by", needed=True),
        sa.UniqueConstraint(*(("site", "key") if sited else ("key",))),
    )


def _without_site() -> None:
    _edited("sites", _words("name"), _words("timezone", needed=True), _words("country"),
            sited=False)  # fmt: skip
    _edited(
        "channels", _words("name"), sa.Column("real_time", sa.Boolean()),
        sa.Column("storable", sa.Boolean()), sa.Column("several_at_once", sa.Boolean()),
        sa.Column("deferrable", sa.Boolean()), sited=False,
    )  # fmt: skip
    _edited("users", _words("name"), _words("email"), _words("person", index=True),
            sa.Column("disabled", sa.Boolean()), sited=False)  # fmt: skip
    _edited(
        "roles",
        sa.Column("user", Words(), sa.ForeignKey("users.key"), nullable=False, index=True),
        _words("role", needed=True),
        sa.Column("site", Words(), sa.ForeignKey("sites.key")),
        sited=False,
    )


def _of_a_site() -> None:
    person = {"needed": True, "index": True}
    _edited("queues", _words("name"), sa.Column("channel", Words(), sa.ForeignKey("channels.key")))
    _edited("calendars", sa.Column("day", sa.Date(), nullable=False, index=True), _words("name"),
            _words("kind", needed=True))  # fmt: skip
    _edited("campaigns", sa.Column("start", sa.Date(), nullable=False), sa.Column("end", sa.Date()))
    _edited("contracts", _words("name"))
    _edited("people", _words("name"), _words("team"), _words("contract"), _words("email"),
            sa.Column("left_on", sa.Date()))  # fmt: skip
    _edited("skills", _words("person", **person), _words("queue", **person),
            sa.Column("level", sa.Integer()))  # fmt: skip
    _edited(
        "availability", _words("person", **person), sa.Column("start", Utc(), nullable=False),
        sa.Column("end", Utc(), nullable=False), _words("kind", needed=True), _words("text"),
    )  # fmt: skip
    _edited(
        "requests", _words("person", **person), _words("kind", needed=True),
        sa.Column("start", Utc()), sa.Column("end", Utc()),
        _words("status", needed=True, index=True), _words("with_person"), _words("text"),
        _words("decided_by"), sa.Column("decided_at", Utc()),
    )  # fmt: skip
    _edited(
        "locks", _words("person", **person), sa.Column("start", Utc(), nullable=False),
        sa.Column("end", Utc(), nullable=False), _words("shift"), _words("text"),
    )  # fmt: skip
    _edited(
        "targets", _words("kpi", needed=True), _words("scope"), sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()), _words("owner"),
    )  # fmt: skip
    _edited("cycles", _words("state", needed=True), _words("owner"), _words("parent"))
    _edited(
        "complaints", sa.Column("opened_at", Utc(), nullable=False), sa.Column("closed_at", Utc()),
        _words("queue", index=True), _words("person", index=True),
        _words("status", needed=True, index=True), _words("text"),
    )  # fmt: skip
    _edited("profiles", _words("source", needed=True))


def _version(name: str, *columns: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), primary_key=True),
        _site(),
        _words("name", needed=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *columns,
        sa.Column("made_at", Utc(), nullable=False),
        _words("made_by", needed=True),
        sa.UniqueConstraint("site", "name", "version"),
    )


def _frame(name: str) -> sa.Column[Any]:
    return sa.Column(name, Words(), sa.ForeignKey("frames.digest"), nullable=False)


def _whole(name: str, of: str, *, needed: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{of}.id"), nullable=not needed)


def _planned() -> None:
    op.create_table(
        "frames",
        sa.Column("digest", Words(), primary_key=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
    )
    _version("scenarios", _words("content_id", needed=True, index=True), _words("parent"),
             _words("reason"), sa.Column("content", Json(), nullable=False))  # fmt: skip
    _version("forecasts", sa.Column("frames", Json(), nullable=False),
             sa.Column("campaigns", Json(), nullable=False), sa.Column("locked_at", Utc()),
             _words("locked_by"))  # fmt: skip
    op.create_table(
        "overrides",
        sa.Column("id", sa.Integer(), primary_key=True),
        _whole("forecast", "forecasts"),
        sa.Column("place", sa.Integer(), nullable=False),
        _words("queue", needed=True),
        sa.Column("start", Utc(), nullable=False),
        sa.Column("end", Utc(), nullable=False),
        sa.Column("change", sa.Float()),
        sa.Column("value", sa.Float()),
        _words("reason", needed=True),
        _words("by", needed=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("before", sa.Float()),
        sa.Column("after", sa.Float()),
        sa.UniqueConstraint("forecast", "place"),
    )
    _version("requirements", _frame("frame"),
             sa.Column("interval_min", sa.Integer(), nullable=False),
             sa.Column("full_time_week_h", sa.Float(), nullable=False))  # fmt: skip
    published = sa.text("status = 'published'")
    _version(
        "rosters",
        *(sa.Column(name, Json(), nullable=False) for name in ("frames", "figures", "violations")),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        _words("status", needed=True),
        sa.Index("uq_rosters_published", "site", "first_day", "last_day", unique=True,
                 sqlite_where=published, postgresql_where=published),
    )  # fmt: skip
    _version(
        "plans", _words("plan_id", needed=True, index=True), _whole("scenario", "scenarios"),
        _whole("forecast", "forecasts"), _whole("requirement", "requirements"),
        _whole("roster", "rosters", needed=False), _frame("history"),
        sa.Column("provenance", Json(), nullable=False),
    )  # fmt: skip
