"""Forgetting what is over: sessions, counters and links that ended."""

from datetime import timedelta

from handoff_portal.adapters.database import Work
from handoff_portal.identity.store import addresses, links, recovery, sessions, throttles

KEPT = timedelta(days=30)


def sweep(work: Work) -> None:
    """Delete what ended a month ago, and counters that are empty (worker's door)."""
    sessions.sweep(work, work.now - KEPT)
    links.sweep(work, work.now - KEPT)
    recovery.sweep(work, work.now - KEPT)
    addresses.sweep(work, work.now)
    throttles.sweep(work, work.now - timedelta(days=1))
