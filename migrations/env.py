"""Runs the migrations on the connection that triage.db.migrate hands over."""

from alembic import context

from triage.db.schema import in_models, metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_name=in_models,
    transaction_per_migration=True,
)
if connection.dialect.name == "postgresql":
    # Better to give up and say so than to stop every reader behind a lock that never comes.
    connection.exec_driver_sql("SET lock_timeout = '10s'; SET statement_timeout = 0")
with context.begin_transaction():
    context.run_migrations()
