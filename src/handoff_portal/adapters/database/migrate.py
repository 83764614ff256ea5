"""Bring a database to the newest schema, as its owner."""

from pathlib import Path

from alembic import command
from alembic.config import Config


def migrate(owner_url: str, migrations: Path) -> None:
    """Run all migrations that are missing.

    Args:
        owner_url: SQLAlchemy address with the owner role.
        migrations: The folder with env.py.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("sqlalchemy.url", owner_url.replace("%", "%%"))
    command.upgrade(config, "head")
