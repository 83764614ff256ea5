"""PostgreSQL: one unit of work per intention, row-level security, an event for every change."""

from handoff_portal.adapters.database.database import CONNECTIONS, Database, Door
from handoff_portal.adapters.database.prepared import Prepared
from handoff_portal.adapters.database.work import ChangeWithoutEvent, Work

__all__ = ["CONNECTIONS", "ChangeWithoutEvent", "Database", "Door", "Prepared", "Work"]
