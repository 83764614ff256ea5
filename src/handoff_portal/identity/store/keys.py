"""Rows of the portal's own wrapped keys."""

from sqlalchemy import column, select, table
from sqlalchemy.dialects.postgresql import insert

from handoff_portal.adapters.database import Work

SYSTEM_KEY = table("system_key", *map(column, ("purpose", "wrapped")))


def list_wrapped(work: Work) -> dict[str, bytes]:
    """Purpose to wrapped key."""
    return {row.purpose: row.wrapped for row in work.read(select(SYSTEM_KEY))}


def add_missing(work: Work, wrapped: dict[str, bytes]) -> None:
    """Insert keys whose purpose has none yet; nothing was sealed with them so far."""
    for purpose, wrap in wrapped.items():
        work.keep_house(insert(SYSTEM_KEY).values(purpose=purpose, wrapped=wrap).on_conflict_do_nothing())
