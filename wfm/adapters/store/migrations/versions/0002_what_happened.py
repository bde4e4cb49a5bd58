"""Interval and agent actuals, their imports, and KPI facts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wfm.adapters.store.columns import Utc, Words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_INTERVALS = (
    "offered", "aht_s", "answered", "abandoned", "answered_in_awt", "abandoned_in_awt",
    "abandoned_short", "blocked", "attempts", "ivr_entered", "ivr_served", "wait_answered_s",
    "wait_abandoned_s", "longest_wait_s", "talk_s", "hold_s", "acw_s", "handled", "transferred",
    "escalated", "forecast_volume", "forecast_aht_s", "lo", "hi", "required", "scheduled",
)  # fmt: skip
_AGENTS = (
    "available_s", "signed_in_s", "paid_s", "scheduled_s", "worked_s", "in_adherence_s",
    "planned_offphone_s", "unplanned_absent_s", "shrink_internal_s", "shrink_external_s",
    "overtime_s", "late_starts", "shifts_attended", "shifts_scheduled", "talk_s", "hold_s",
    "acw_s", "handled", "transferred",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("site", Words(), sa.ForeignKey("sites.key"), nullable=False),
        *(sa.Column(name, Words(), nullable=False) for name in ("kind", "source", "digest")),
        sa.Column("profile", Words()),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("added", "changed", "same", "refused")
        ),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", Words(), nullable=False),
        sa.Index("ix_imports_site_digest", "site", "digest"),
    )
    _actuals("interval_actuals", "queue", "queues", _INTERVALS)
    _actuals("agent_actuals", "person", "people", _AGENTS)
    op.create_table(
        "kpi_facts",
        sa.Column("site", Words(), sa.ForeignKey("sites.key"), primary_key=True),
        *(
            sa.Column(name, Words(), primary_key=True)
            for name in ("kpi", "definition", "level", "unit")
        ),
        sa.Column("start", Utc(), primary_key=True),
        sa.Column("end", Utc(), nullable=False),
        *(sa.Column(name, sa.Float()) for name in ("numerator", "denominator", "value")),
        sa.Column("made_at", Utc(), nullable=False),
    )


def _actuals(name: str, unit: str, home: str, fields: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column(unit, sa.Integer(), sa.ForeignKey(f"{home}.id"), primary_key=True,
                  autoincrement=False),
        sa.Column("start", Utc(), primary_key=True),
        *(sa.Column(field, sa.Float()) for field in fields),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )  # fmt: skip
