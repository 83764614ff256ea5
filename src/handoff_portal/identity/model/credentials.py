"""What people sign in with, and links that let them begin."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handoff_portal.core.ids import InvitationId, PersonId
from handoff_portal.identity.model.organisation import Person

INVITATION_LASTS = timedelta(hours=72)
RESET_LASTS = timedelta(minutes=30)
CANDIDATE_LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A person with their password's hash.

    Attributes:
        password_hash: PHC string, or None before the first password.
        password_changed_at: Known browsers are forgotten when it changes.
        strange_failures: Wrong passwords in a row from unknown browsers.
    """

    person: Person
    password_hash: str | None = field(repr=False)
    password_changed_at: datetime | None
    strange_failures: int


@dataclass(frozen=True, slots=True)
class Authenticator:
    """The app that shows a person's codes.

    Attributes:
        sealed: Its secret, or None before the first one was confirmed.
        last_counter: Step of the newest code that was accepted; only later ones are.
        candidate: A secret that waits to be confirmed.
        candidate_at: Since when.
    """

    sealed: bytes | None = field(repr=False)
    last_counter: int
    candidate: bytes | None = field(repr=False)
    candidate_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that lets one person choose their password and set up their second factor."""

    id: InvitationId
    person: Person
    org_name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser sent along.

    Attributes:
        device: Its device cookie, or empty.
        agent: Short name, such as “Firefox on Linux”.
    """

    device: str = field(repr=False, default="")
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """A person is in.

    Attributes:
        token: For the session cookie.
        device: For the device cookie.
    """

    person: PersonId
    token: bytes = field(repr=False)
    device: str = field(repr=False)


def agent_name(header: str) -> str:
    """A short name for a User-Agent header (RFC 9110 section 10.1.5)."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in (*browsers, ("Safari", "Safari")) if mark in header), "a browser")
    system = next((name for mark, name in systems if mark in header), "")
    return f"{browser} on {system}" if system else browser
