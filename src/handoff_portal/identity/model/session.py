"""Sessions: how long they live and when they end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from handoff_portal.core.ids import OrgId, PersonId, SessionId
from handoff_portal.core.permissions import Role

PASSWORD_STAGE_LASTS = timedelta(minutes=5)
TOUCH_EVERY = timedelta(seconds=60)
MOST_AT_ONCE = 5

_GUARDED = frozenset({Role.COMPLIANCE_OFFICER, Role.OPERATOR_ADMIN, Role.BUSINESS_ADMIN, Role.AGENCY_ADMIN})


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in browser, as its owner sees it in the list.

    Attributes:
        agent: Short name of browser and system.
    """

    id: SessionId
    person: PersonId
    org: OrgId
    created_at: datetime
    last_seen_at: datetime
    idle_expires_at: datetime
    expires_at: datetime
    ip: str
    agent: str
    revoked_at: datetime | None = None


def idle_time(roles: frozenset[Role]) -> timedelta:
    """How long a session may rest: 15 minutes for admins and officers, else 30 (ASVS 5.0 7.3.1)."""
    return timedelta(minutes=15) if roles & _GUARDED else timedelta(minutes=30)


def whole_time(roles: frozenset[Role]) -> timedelta:
    """How long a session may live: 8 hours for admins and officers, else 12 (ASVS 5.0 7.3.2)."""
    return timedelta(hours=8) if roles & _GUARDED else timedelta(hours=12)
