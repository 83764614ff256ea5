"""Alembic runs the migrations as the owner role; it never imports a model."""

from alembic import context
from sqlalchemy import NullPool, create_engine

url = context.config.get_main_option("sqlalchemy.url")
if url is None:
    raise SystemExit("handoff-portal migrate gives the address of the database; start it that way.")

with create_engine(url, poolclass=NullPool).connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
