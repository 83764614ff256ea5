"""What happens to people, their credentials and their sessions. Events name nobody but by id."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from handoff_portal.core.events import Action, Event, Outcome
from handoff_portal.core.ids import PersonId, SessionId
from handoff_portal.core.permissions import Role


class Why(StrEnum):
    """Reasons, as they stand in the log."""

    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a reason
    UNKNOWN_ADDRESS = "unknown_address"
    NOT_ACTIVE = "not_active"
    UNKNOWN_BROWSER = "unknown_browser"
    WRONG_CODE = "wrong_code"
    USED_CODE = "used_code"
    CLOCK_DIFFERS = "clock_differs"
    TOO_MANY = "too_many"
    DEAD_LINK = "dead_link"
    BY_OWNER = "by_owner"
    SURPLUS = "surplus"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason
    FACTOR_CHANGED = "factor_changed"
    ROLES_CHANGED = "roles_changed"
    DISABLED = "disabled"
    RESET = "reset"
    LEAKED = "leaked"
    ADDRESS_CHANGED = "address_changed"
    ENROLMENT = "enrolment"


@dataclass(frozen=True, kw_only=True)
class PasswordAccepted(Event):
    """The right password was given; the second factor is still to come."""

    action: ClassVar[Action] = Action.PASSWORD_ACCEPTED
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class SignInRefused(Event):
    """A password or code was not accepted."""

    action: ClassVar[Action] = Action.SIGN_IN_REFUSED
    outcome: ClassVar[Outcome] = Outcome.REFUSED
    person: PersonId | None
    why: Why


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """A full session began."""

    action: ClassVar[Action] = Action.SIGNED_IN
    person: PersonId
    known_browser: bool = False


@dataclass(frozen=True, kw_only=True)
class SignedOut(Event):
    """A person ended the session they were in."""

    action: ClassVar[Action] = Action.SIGNED_OUT
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class SessionRevoked(Event):
    """Sessions of a person were ended from elsewhere."""

    action: ClassVar[Action] = Action.SESSION_REVOKED
    person: PersonId
    session: SessionId | None = None
    why: Why


@dataclass(frozen=True, kw_only=True)
class SessionRenewed(Event):
    """The session in which a person changed what they sign in with goes on under a new token."""

    action: ClassVar[Action] = Action.SESSION_RENEWED
    person: PersonId
    why: Why


@dataclass(frozen=True, kw_only=True)
class SteppedUp(Event):
    """The second factor was shown again inside a session."""

    action: ClassVar[Action] = Action.STEPPED_UP
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class StepUpRefused(Event):
    """The second factor was asked again and the answer was wrong."""

    action: ClassVar[Action] = Action.STEP_UP_REFUSED
    outcome: ClassVar[Outcome] = Outcome.REFUSED
    person: PersonId
    why: Why


@dataclass(frozen=True, kw_only=True)
class InvitationRefused(Event):
    """Somebody followed a link that does not exist or has ended."""

    action: ClassVar[Action] = Action.INVITATION_REFUSED
    outcome: ClassVar[Outcome] = Outcome.REFUSED
    why: Why = Why.DEAD_LINK


@dataclass(frozen=True, kw_only=True)
class PersonEnrolled(Event):
    """A person has both factors and may sign in from now on."""

    action: ClassVar[Action] = Action.PERSON_ENROLLED
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class PersonEdited(Event):
    """A person changed their own name or time zone."""

    action: ClassVar[Action] = Action.PERSON_EDITED
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class PersonDisabled(Event):
    """A person may no longer sign in."""

    action: ClassVar[Action] = Action.PERSON_DISABLED
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class PersonEnabled(Event):
    """A person who was kept out may sign in again, with what they had or by a fresh invitation."""

    action: ClassVar[Action] = Action.PERSON_ENABLED
    person: PersonId
    with_factors: bool


@dataclass(frozen=True, kw_only=True)
class RolesChanged(Event):
    """A person has other roles now."""

    action: ClassVar[Action] = Action.ROLES_CHANGED
    person: PersonId
    before: tuple[Role, ...]
    after: tuple[Role, ...]


@dataclass(frozen=True, kw_only=True)
class PasswordResetAsked(Event):
    """Somebody asked for a new password; nobody, if the address is not one of ours."""

    action: ClassVar[Action] = Action.PASSWORD_RESET_ASKED
    person: PersonId | None


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Event):
    """A person has another password now."""

    action: ClassVar[Action] = Action.PASSWORD_CHANGED
    person: PersonId
    why: Why


@dataclass(frozen=True, kw_only=True)
class PasswordUnchecked(Event):
    """The list of leaked passwords did not answer; it is asked again at the next sign-in."""

    action: ClassVar[Action] = Action.PASSWORD_UNCHECKED
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class PasswordLeaked(Event):
    """A password in use stands on the list of leaked ones; its owner must choose another to go on."""

    action: ClassVar[Action] = Action.PASSWORD_LEAKED
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class FactorChanged(Event):
    """A person's codes come from another app now."""

    action: ClassVar[Action] = Action.FACTOR_CHANGED
    person: PersonId


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Event):
    """A code from paper stood in for the app."""

    action: ClassVar[Action] = Action.RECOVERY_CODE_USED
    person: PersonId
    left: int


@dataclass(frozen=True, kw_only=True)
class RecoveryCodesRenewed(Event):
    """A person has new codes on paper; the earlier ones are void."""

    action: ClassVar[Action] = Action.RECOVERY_CODES_RENEWED
    person: PersonId
