"""Mail: a queue in the database, filled by the change that it tells about, emptied by the worker."""

from handoff_portal.adapters.mail.outbox import post

__all__ = ["post"]
