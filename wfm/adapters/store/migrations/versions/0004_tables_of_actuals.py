"""Tables of actuals are kept whole, version by version, under the name of their plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wfm.adapters.store.columns import Json, Utc, Words

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "happened",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("site", Words(), sa.ForeignKey("sites.key"), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("frames", Json(), nullable=False),
        sa.Column("notes", Json(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", Words(), nullable=False),
        sa.UniqueConstraint("site", "name", "version"),
    )
