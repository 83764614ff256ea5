"""Whether a stored event is what this portal wrote. Pure."""

from collections.abc import Mapping
from hmac import compare_digest

from handoff_portal.adapters.database import leaf
from handoff_portal.audit.model import EventRow


def fault(row: EventRow, keys: Mapping[int, bytes]) -> str | None:
    """Why this event cannot enter the tree, or None when it is sound.

    Args:
        row: The event as stored.
        keys: The portal's `audit-mac` keys (32 bytes) by key number.
    """
    key = keys.get(row.kid)
    if key is None:
        return f"unknown MAC key {row.kid}"
    if not compare_digest(leaf.mac(key, row.leaf), row.mac):
        return "wrong MAC"
    return mismatch(row)


def mismatch(row: EventRow) -> str | None:
    """Which copy for searching differs from the leaf, or None."""
    try:
        parts = leaf.decode(row.leaf)
    except leaf.LeafError as error:
        return str(error)
    copies = {
        "eid": str(row.eid),
        "at": leaf.moment(row.ts),
        "org": row.org_id and str(row.org_id),
        "own": row.own_org_id and str(row.own_org_id),
        "case": row.case_id and str(row.case_id),
        "cseq": row.case_seq,
        "actor": row.actor_id and str(row.actor_id),
        "act": row.action,
        "out": row.outcome,
    }
    wrong = [name for name, copy in copies.items() if parts.get(name) != copy]
    return f"{', '.join(wrong)} differ from the leaf" if wrong else None
