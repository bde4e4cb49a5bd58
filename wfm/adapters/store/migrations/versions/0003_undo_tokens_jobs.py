"""Imports can be undone, rosters know since when they are what they are, the log only grows.

And what the service needs: tokens, jobs, answered requests.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wfm.adapters.store.columns import Json, Utc, Words

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change; rows that are there keep their content."""
    for of, unit in (("interval", "queue"), ("agent", "person")):
        _replaced(of, unit)
    with op.batch_alter_table("imports") as imports:
        imports.add_column(sa.Column("undone_at", Utc()))
        imports.add_column(sa.Column("undone_by", Words()))
    _status_of_rosters()
    op.create_table("audit_pass", sa.Column("id", sa.Integer(), primary_key=True))
    _only_added()
    _service()


def _replaced(of: str, unit: str) -> None:
    """Make the twin of a table of actuals for the rows that imports replace."""
    fields = [c["name"] for c in sa.inspect(op.get_bind()).get_columns(f"{of}_actuals")]
    home = {"queue": "queues", "person": "people"}[unit]
    op.create_table(
        f"{of}_replaced",
        sa.Column("replaced_by", sa.Integer(), sa.ForeignKey("imports.id"), primary_key=True,
                  autoincrement=False),
        sa.Column(unit, sa.Integer(), sa.ForeignKey(f"{home}.id"), primary_key=True,
                  autoincrement=False),
        sa.Column("start", Utc(), primary_key=True),
        *(sa.Column(f, sa.Float()) for f in fields if f not in (unit, "start", "import_id")),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )  # fmt: skip


def _status_of_rosters() -> None:
    with op.batch_alter_table("rosters") as rosters:
        rosters.add_column(sa.Column("status_at", Utc()))
        rosters.add_column(sa.Column("status_by", Words()))
    op.execute("UPDATE rosters SET status_at = made_at, status_by = made_by")
    with op.batch_alter_table("rosters") as rosters:
        rosters.alter_column("status_at", existing_type=Utc(), nullable=False)
        rosters.alter_column("status_by", existing_type=Words(), nullable=False)


def _only_added() -> None:
    """Let the log refuse to be changed, but for a transaction that holds a pass."""
    refusal = "the audit log is only ever added to"
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{action.lower()} BEFORE {action} ON audit "
                "WHEN NOT EXISTS (SELECT 1 FROM audit_pass) "
                f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_only_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NOT EXISTS (SELECT 1 FROM audit_pass) THEN "
        f"RAISE EXCEPTION '{refusal}'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_only_added BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_only_added()"
    )
    op.execute(
        "CREATE FUNCTION audit_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{refusal}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_never_emptied()"
    )


def _service() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user", Words(), sa.ForeignKey("users.key"), index=True),
        sa.Column("person", Words(), index=True),
        sa.Column("label", Words(), nullable=False),
        sa.Column("digest", Words(), nullable=False, unique=True),
        sa.Column("scopes", Json(), nullable=False),
        sa.Column("site", Words(), sa.ForeignKey("sites.key")),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", Words(), nullable=False),
        sa.Column("expires_at", Utc()),
        sa.Column("revoked_at", Utc()),
        sa.Column("revoked_by", Words()),
    )
    op.create_table(
        "jobs",
        sa.Column("id", Words(), primary_key=True),
        sa.Column("site", Words(), sa.ForeignKey("sites.key")),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("asked", Json(), nullable=False),
        sa.Column("state", Words(), nullable=False),
        sa.Column("fraction", sa.Float(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("error", Words(), nullable=False),
        sa.Column("result", Json()),
        sa.Column("worker", Words()),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("made_by", Words(), nullable=False),
        *(sa.Column(name, Utc()) for name in ("started_at", "seen_at", "ended_at")),
        sa.Index("ix_jobs_state_made_at", "state", "made_at"),
    )
    op.create_table(
        "answers",
        sa.Column("by", Words(), primary_key=True),
        sa.Column("key", Words(), primary_key=True),
        sa.Column("digest", Words(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("answer", Json()),
        sa.Column("made_at", Utc(), nullable=False, index=True),
    )
