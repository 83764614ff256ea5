"""From invitation to first sign-in: authenticator, recovery codes, in."""

from dataclasses import dataclass, field
from datetime import timedelta

from handoff_portal.adapters import totp
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.passwords import Passwords
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.actor import Origin, Pending
from handoff_portal.core.ids import PersonId
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.identity.actions.invitations import accept_invitation
from handoff_portal.identity.actions.sessions import resolve
from handoff_portal.identity.actions.sign_in import enter
from handoff_portal.identity.actions.throttle import count, too_many
from handoff_portal.identity.model.credentials import CANDIDATE_LASTS, Browser, Credentials, Entered
from handoff_portal.identity.model.events import FactorChanged, PersonEnrolled, RecoveryCodesRenewed
from handoff_portal.identity.model.organisation import Person, PersonState
from handoff_portal.identity.model.throttle import code_buckets
from handoff_portal.identity.store import credentials, links, people

_BEGIN_AGAIN = "Setting up the authenticator took too long. Please begin again."
_WRONG = "This code is not right. Type the six digits that the app shows for Handoff Portal now."
_CLOCK = "The clock of your phone differs from ours. Set it to automatic time, then type the next code."


@dataclass(frozen=True, slots=True)
class Candidate:
    """An authenticator about to be set up.

    Attributes:
        picture: QR code as SVG.
        secret: The same as text, in groups of four.
        email: The name the app will show.
    """

    picture: str = field(repr=False)
    secret: str = field(repr=False)
    email: str


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A person enrolled by a command.

    Attributes:
        totp_secret: Base32, as an authenticator app takes it.
        recovery_codes: Ten codes.
    """

    person: PersonId
    totp_secret: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)


def show_candidate(work: Work, person: PersonId) -> Candidate | None:
    """The authenticator that waits for its first code; None if none does (front door)."""
    found = credentials.load(work, person)
    opened = _candidate(work, person)
    if opened is None:
        return None
    secret = opened[1]
    email = found.person.email
    return Candidate(totp.picture(secret, email), totp.spaced(totp.as_text(secret)), email)


def show_enrolling(work: Work, pending: Pending) -> Candidate | None:
    """The same for an invited person only: a password alone shows nobody the next secret of an account."""
    found = credentials.load(work, pending.person)
    return show_candidate(work, pending.person) if found.person.state is PersonState.INVITED else None


def prove_candidate(work: Work, person: Person, code: str) -> None:
    """Accept an authenticator by its first code. The caller counts attempts.

    Raises:
        Invalid: At `code`.
        WrongState: Nothing waits to be proved any more.
    """
    opened = _candidate(work, person.id)
    if opened is None:
        raise WrongState(_BEGIN_AGAIN)
    sealed, secret = opened
    match = totp.match(secret, totp.plain(code), work.now)
    if match.counter is None:
        raise Invalid({"code": _CLOCK if match.drifted else _WRONG})
    event = FactorChanged(person=person.id, own=person.org)
    if not credentials.accept_candidate(work, person.id, sealed, match.counter, event):
        raise WrongState(_BEGIN_AGAIN)


def make_recovery_codes(work: Work, person: Person) -> tuple[str, ...]:
    """Ten new codes in place of all earlier ones; they can never be shown again (front door)."""
    codes = totp.new_recovery_codes()
    pepper = work.vault.system_key(SystemKey.PEPPER)
    event = RecoveryCodesRenewed(person=person.id, own=person.org)
    hashes = [totp.recovery_hash(code, pepper) for code in codes]
    credentials.replace_recovery_codes(work, person.id, hashes, event)
    return codes


def confirm_authenticator(database: Database, origin: Origin, pending: Pending, code: str) -> None:
    """The second step of enrolment: the first code of the app.

    Raises:
        Invalid: At `code`.
        TooMany: Too many codes were tried.
        WrongState: The person is enrolled already.
    """
    count_code(database, origin, pending.person)
    with database.gate(origin) as work:
        prove_candidate(work, _enrolling(work, pending).person, code)


def give_recovery_codes(database: Database, origin: Origin, pending: Pending) -> tuple[str, ...]:
    """The third step of enrolment: codes on paper, shown now and never again. Raises WrongState."""
    with database.gate(origin) as work:
        return make_recovery_codes(work, _proved(work, pending).person)


def finish_enrolment(database: Database, origin: Origin, pending: Pending, browser: Browser) -> Entered:
    """The last step of enrolment: the person is active and signed in. Raises WrongState."""
    with database.gate(origin) as work:
        found = _activate(work, pending)
        return enter(work, found, browser, "", pending)


def enrol_directly(database: Database, passwords: Passwords, token: bytes, password: str) -> Enrolled:
    """Walk an invited person through the same steps as the pages do, for the demo and for commands.

    The authenticator is proved with the code of the step before, so that the current one can still be used.

    Raises:
        NotFound: The invitation has ended.
        Invalid: The password is not good enough.
    """
    origin = Origin()
    stage = accept_invitation(database, passwords, origin, token, password)
    pending = resolve(database, stage, origin).pending
    if pending is None:
        raise WrongState(_BEGIN_AGAIN)
    with database.gate(origin) as work:
        opened = _candidate(work, pending.person)
        if opened is None:
            raise WrongState(_BEGIN_AGAIN)
        secret = opened[1]
        before = totp.code_at(secret, work.now - timedelta(seconds=totp.STEP_SECONDS))
        prove_candidate(work, _enrolling(work, pending).person, before)
    codes = give_recovery_codes(database, origin, pending)
    with database.gate(origin) as work:
        _activate(work, pending)
        credentials.forget_failures(work, pending.person)
    return Enrolled(pending.person, totp.as_text(secret), codes)


def count_code(database: Database, origin: Origin, person: PersonId) -> None:
    """Count an attempt at a code of an authenticator that is being set up. Raises TooMany."""
    with database.gate(origin) as work:
        wait = count(work, code_buckets(str(person), "enrolment"))
    if wait:
        raise too_many(wait)


def _activate(work: Work, pending: Pending) -> Credentials:
    found = _proved(work, pending)
    if not credentials.count_recovery_codes(work, pending.person):
        raise WrongState("Please store your recovery codes first.")
    links.use_invitations(work, pending.person)
    event = PersonEnrolled(person=pending.person, own=found.person.org)
    people.set_state(work, pending.person, PersonState.ACTIVE, event)
    return found


def _enrolling(work: Work, pending: Pending) -> Credentials:
    found = credentials.load(work, pending.person)
    if found.person.state is not PersonState.INVITED:
        raise WrongState("Your account is set up already. Please sign in.")
    return found


def _proved(work: Work, pending: Pending) -> Credentials:
    found = _enrolling(work, pending)
    app = credentials.find_authenticator(work, pending.person)
    if app is None or app.sealed is None or app.candidate is not None:
        raise WrongState("Please set up your authenticator app first.")
    return found


def _candidate(work: Work, person: PersonId) -> tuple[bytes, bytes] | None:
    """Sealed and opened secret of the candidate, if there is one and it is fresh."""
    app = credentials.find_authenticator(work, person)
    if app is None or app.candidate is None or app.candidate_at is None:
        return None
    if work.now - app.candidate_at > CANDIDATE_LASTS:
        return None
    return app.candidate, work.vault.open_totp(person, app.candidate)
