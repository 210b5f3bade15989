"""Alembic's own entry: the connection comes from `watcher.migrations`, or from the environment when a developer makes a migration."""

from alembic import context

from alerts.storage.tables import metadata as told
from watcher.storage.tables import metadata as seen

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[seen, told],
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="database.",
)
with context.begin_transaction():
    context.run_migrations()
