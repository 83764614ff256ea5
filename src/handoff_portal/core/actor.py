"""Who is acting in one unit of work, and from where."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handoff_portal.core.ids import OrgId, PersonId, SessionId
from handoff_portal.core.permissions import OrgKind, Permission, Role, permissions_of
from handoff_portal.core.refusals import Forbidden, StepUpNeeded, Unavailable

STEP_UP_LASTS = timedelta(minutes=5)
LOG_MAY_LAG = timedelta(minutes=60)
"""How long an event may wait for its place in the log before guarded actions stop."""

_LOG_STANDS_STILL = (
    "What people do here has not reached the signed log for more than an hour. Until it runs again, "
    "guarded actions are closed: exports, roles and people, licences, sign-in methods. "
    "Everything else works. The operator must start the worker, or look at what it reports."
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from; part of every event.

    Attributes:
        ip: Address of the client as text, empty for commands and jobs.
        request_id: Reference that the person can quote to support.
    """

    ip: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with a full session, in their organisation.

    Attributes:
        session_hash: SHA-256 of the session token (32 bytes), for row-level security.
        stepped_up_at: When a second factor was last shown in this session, UTC.
        log_waits_since: Since when the oldest event waits for the log; looked up while a factor is fresh.
        time_zone: IANA name of the person's zone; every time is shown in it.
    """

    person: PersonId
    org: OrgId
    org_kind: OrgKind
    org_name: str
    name: str
    email: str
    roles: frozenset[Role]
    session: SessionId
    session_hash: bytes = field(repr=False)
    time_zone: str
    stepped_up_at: datetime | None = None
    log_waits_since: datetime | None = None
    origin: Origin = Origin()

    @property
    def permissions(self) -> frozenset[Permission]:
        """Everything the roles of this person allow."""
        return permissions_of(self.org_kind, self.roles)

    def may(self, permission: Permission) -> bool:
        """Whether the roles include this right."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse unless the roles include this right.

        Raises:
            Forbidden: The right is missing.
        """
        if not self.may(permission):
            wanted = permission.value.replace("_", " ")
            raise Forbidden(
                f"This needs the right “{wanted}”. An administrator of {self.org_name} can give it to you."
            )

    def require_fresh(self, now: datetime) -> None:
        """Refuse unless a second factor was shown within the last five minutes and the log takes events.

        Raises:
            StepUpNeeded: The page sends the person to the code form and back.
            Unavailable: The log stands still.
        """
        require_log(self.log_waits_since, now)
        if self.stepped_up_at is None or now - self.stepped_up_at > STEP_UP_LASTS:
            raise StepUpNeeded("Enter a current code from your authenticator app to go on.")


def require_log(waits_since: datetime | None, now: datetime) -> None:
    """Refuse guarded actions while the oldest event has waited for more than an hour.

    Raises:
        Unavailable: Says what is closed, what is not, and who mends it.
    """
    if waits_since is not None and now - waits_since > LOG_MAY_LAG:
        raise Unavailable(_LOG_STANDS_STILL)


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody who gave the right password and has yet to show the second factor.

    Attributes:
        enrolled: Whether a second factor exists; without one, the next step is to set it up.
    """

    person: PersonId
    session: SessionId
    session_hash: bytes = field(repr=False)
    enrolled: bool = True


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever sent a request: a signed-in person, somebody between password and code, or a stranger.

    Attributes:
        browser: What the form token is bound to: the session's hash, or the browser's random cookie.
    """

    origin: Origin
    actor: Actor | None = None
    pending: Pending | None = None
    browser: bytes = field(repr=False, default=b"")
