"""Rows of wrapped keys: the portal's own and those of organisations."""

from sqlalchemy import column, select, table, update
from sqlalchemy.dialects.postgresql import insert

from handoff_portal.adapters.database import Work
from handoff_portal.core.events import Event
from handoff_portal.core.ids import OrgId
from handoff_portal.identity.store.organisations import ORGANISATION_KEY

SYSTEM_KEY = table("system_key", *map(column, ("purpose", "wrapped")))


def list_wrapped(work: Work) -> dict[str, bytes]:
    """Purpose to wrapped key."""
    return {row.purpose: row.wrapped for row in work.read(select(SYSTEM_KEY))}


def add_missing(work: Work, wrapped: dict[str, bytes]) -> None:
    """Insert keys whose purpose has none yet; nothing was sealed with them so far."""
    for purpose, wrap in wrapped.items():
        work.keep_house(insert(SYSTEM_KEY).values(purpose=purpose, wrapped=wrap).on_conflict_do_nothing())


def replace_system(work: Work, purpose: str, old: bytes, new: bytes, event: Event) -> None:
    """Compare and set the wrap of one system key."""
    same = (SYSTEM_KEY.c.purpose == purpose) & (SYSTEM_KEY.c.wrapped == old)
    work.change(update(SYSTEM_KEY).where(same).values(wrapped=new))
    work.record(event)


def list_organisation_keys(work: Work) -> list[tuple[OrgId, int, bytes]]:
    """Organisation, version and wrap of every organisation key (worker's door)."""
    keys = ORGANISATION_KEY.c
    query = select(keys.org_id, keys.version, keys.wrapped).order_by(keys.org_id, keys.version)
    return [(OrgId(row.org_id), row.version, row.wrapped) for row in work.read(query)]


def replace_organisation(work: Work, org: OrgId, version: int, old: bytes, new: bytes, event: Event) -> None:
    """Compare and set the wrap of one organisation key."""
    keys = ORGANISATION_KEY.c
    same = (keys.org_id == org) & (keys.version == version) & (keys.wrapped == old)
    work.change(update(ORGANISATION_KEY).where(same).values(wrapped=new))
    work.record(event)
