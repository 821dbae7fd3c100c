"""What Alembic runs to reach the database: the connection that `migrate.py` already holds."""

from alembic import context

from storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
