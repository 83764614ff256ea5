"""Who is acting in one unit of work, and from where."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handoff_portal.core.ids import OrgId, PersonId, SessionId
from handoff_portal.core.permissions import OrgKind, Permission, Role, permissions_of
from handoff_portal.core.refusals import Forbidden, StepUpNeeded

STEP_UP_LASTS = timedelta(minutes=5)


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
        """Refuse unless a second factor was shown within the last five minutes.

        Raises:
            StepUpNeeded: The page sends the person to the code form and back.
        """
        if self.stepped_up_at is None or now - self.stepped_up_at > STEP_UP_LASTS:
            raise StepUpNeeded("Enter a current code from your authenticator app to go on.")


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
