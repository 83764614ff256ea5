"""Counting attempts before they are looked at; what is over the limit is refused."""

from collections.abc import Sequence

from handoff_portal.adapters.database import Work
from handoff_portal.core.ids import PersonId
from handoff_portal.core.refusals import TooMany
from handoff_portal.identity.model.throttle import Bucket, warning_bucket
from handoff_portal.identity.store import throttles

_MINUTE = 60


def count(work: Work, buckets: Sequence[Bucket]) -> int:
    """Count an attempt; gives 0, or the seconds to wait. The work must commit either way."""
    return next((wait for bucket in buckets if (wait := throttles.take(work, bucket))), 0)


def forget(work: Work, buckets: Sequence[Bucket]) -> None:
    """The attempt was right: it does not count."""
    for bucket in buckets:
        throttles.give_back(work, bucket)


def too_many(wait: int) -> TooMany:
    """The refusal that says how long to wait."""
    minutes = -(-wait // _MINUTE)
    told = f"{wait} seconds" if wait <= _MINUTE else f"{minutes} minutes"
    return TooMany(f"There were too many attempts in a short time. Please try again in {told}.", wait)


def may_warn(work: Work, person: PersonId) -> bool:
    """Whether the owner may get another mail about wrong codes in this hour."""
    return not throttles.take(work, warning_bucket(str(person)))
