"""A real PostgreSQL out of a wheel for the demo and the tests; production gives a database URL instead."""

from handoff_portal.adapters.postgres.folder import EmbeddedPostgresError
from handoff_portal.adapters.postgres.roles import LOGIN_ROLES, ROLES_SQL, apply_roles
from handoff_portal.adapters.postgres.server import EmbeddedPostgres

__all__ = ["LOGIN_ROLES", "ROLES_SQL", "EmbeddedPostgres", "EmbeddedPostgresError", "apply_roles"]
