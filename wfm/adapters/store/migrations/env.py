"""How does Alembic reach the database: by the connection that `wfm.adapters.store.migrating` gives.

No file of settings, no engine of its own: the transaction belongs to the caller.
"""

from alembic import context

from wfm.adapters.store.schema import METADATA


def run() -> None:
    """Run the revisions that Alembic chose."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        render_as_batch=True,
        compare_type=True,
    )
    context.run_migrations()


if hasattr(context, "config"):  # only while Alembic runs is there anything to do
    run()
