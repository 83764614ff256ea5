"""Rows of counted attempts: one theoretical arrival time per bucket and limit, under an HMAC."""

import hmac
from datetime import datetime
from hashlib import sha256

from sqlalchemy import column, delete, func, table, update
from sqlalchemy.dialects.postgresql import insert

from handoff_portal.adapters.database import Work
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.identity.model.throttle import Bucket, Limit

THROTTLE = table("throttle", column("bucket"), column("arrival"))


def take(work: Work, bucket: Bucket) -> int:
    """Count one attempt; gives 0, or the seconds to wait if a limit is reached."""
    return max((_take(work, _key(work, bucket, limit), limit) for limit in bucket.limits), default=0)


def give_back(work: Work, bucket: Bucket) -> None:
    """Forget one attempt that turned out to be right."""
    for limit in bucket.limits:
        mine = THROTTLE.c.bucket == _key(work, bucket, limit)
        work.keep_house(update(THROTTLE).where(mine).values(arrival=THROTTLE.c.arrival - limit.step))


def sweep(work: Work, before: datetime) -> None:
    """Forget buckets that have been empty since that time."""
    work.keep_house(delete(THROTTLE).where(THROTTLE.c.arrival < before))


def _take(work: Work, key: bytes, limit: Limit) -> int:
    begun = func.greatest(THROTTLE.c.arrival, work.now)
    query = (
        insert(THROTTLE)
        .values(bucket=key, arrival=work.now + limit.step)
        .on_conflict_do_update(
            index_elements=[THROTTLE.c.bucket],
            set_={"arrival": begun + limit.step},
            where=begun + limit.step <= work.now + limit.period,
        )
        .returning(THROTTLE.c.arrival)
    )
    if work.keep_house(query).one_or_none() is not None:
        return 0
    arrival = work.read(THROTTLE.select().where(THROTTLE.c.bucket == key)).one().arrival
    return limit.wait(arrival, work.now)


def _key(work: Work, bucket: Bucket, limit: Limit) -> bytes:
    named = f"{bucket.kind}\x00{limit.period.total_seconds():.0f}\x00{bucket.subject}"
    return hmac.digest(work.vault.system_key(SystemKey.COOKIE), b"throttle\x00" + named.encode(), sha256)
