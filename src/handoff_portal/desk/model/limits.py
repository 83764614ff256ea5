"""How much of personal data one person may see before a fresh second factor is asked for."""

from datetime import timedelta

from handoff_portal.identity.model.throttle import Bucket, Limit

_REVEALS = (Limit(60, timedelta(hours=1)), Limit(300, timedelta(days=1)))


def reveal_buckets(person: str) -> tuple[Bucket, ...]:
    """Reveals are counted per person: 60 an hour, 300 a day."""
    return (Bucket("reveal", person, _REVEALS),)
