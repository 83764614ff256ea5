"""The database roles, made by the same SQL file in the demo, in tests and in production."""

from pathlib import Path

import psycopg

ROLES_SQL = Path(__file__).with_name("roles.sql")

LOGIN_ROLES = ("handoff_owner", "handoff_app", "handoff_gate", "handoff_worker", "handoff_sequencer")


def apply_roles(administrator: psycopg.Connection) -> None:
    """Create or repair the roles and this database's grants; `administrator` may create roles.

    Raises psycopg.Error when the connection lacks that right or a role holds an attribute it must not have.
    """
    with administrator.transaction():
        administrator.execute(ROLES_SQL.read_bytes())
