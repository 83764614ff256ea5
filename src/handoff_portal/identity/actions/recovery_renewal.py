"""The end of a request for help: mailed link, password, a new authenticator and new recovery codes."""

from hashlib import sha256

from handoff_portal.adapters.clock import new_token
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.passwords import PEPPER_KID, Passwords
from handoff_portal.adapters.totp import new_secret
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.actor import Pending, Visitor
from handoff_portal.core.refusals import Invalid, NotFound, WrongState
from handoff_portal.identity.actions.devices import known_device
from handoff_portal.identity.actions.enrolment import (
    Candidate,
    count_code,
    make_recovery_codes,
    prove_candidate,
    show_candidate,
)
from handoff_portal.identity.actions.letters import tell, written
from handoff_portal.identity.actions.recovery_notices import mail_link, tell_all, tell_stopped, witnesses
from handoff_portal.identity.actions.sessions import leave, open_password_stage
from handoff_portal.identity.actions.throttle import count, forget, too_many
from handoff_portal.identity.model.credentials import CANDIDATE_LASTS, Browser, Credentials
from handoff_portal.identity.model.events import SessionRevoked, SignInRefused, Why
from handoff_portal.identity.model.organisation import PersonState
from handoff_portal.identity.model.recovery import (
    LINK_LASTS,
    BrowsersForgotten,
    Ending,
    Recovery,
    RecoveryCompleted,
    RecoveryOpened,
)
from handoff_portal.identity.model.throttle import password_buckets
from handoff_portal.identity.store import credentials, links, organisations, recovery, sessions

DEAD = "This link has ended or was used already. Sign in, or ask for help again."
_WRONG = "This is not your password. Check the capital letters and type it again."


def open_due(database: Database) -> int:
    """Mail the link of every request whose day has passed, and end those whose time is over (a chore).

    Returns:
        How many changed.
    """
    with database.worker() as work:
        due, lapsed = recovery.list_due(work), recovery.list_lapsed(work)
    for found in due:
        with database.worker() as work:
            _open(work, found)
    for found in lapsed:
        with database.worker() as work:
            tell_stopped(work, found, Ending.LAPSED)
    return len(due) + len(lapsed)


def find_link(work: Work, token: bytes) -> Recovery | None:
    """The request whose link this is, while it holds (front door)."""
    return recovery.find_by_link(work, sha256(token).digest())


def begin_renewal(
    database: Database, passwords: Passwords, visitor: Visitor, token: bytes, password: str, browser: Browser
) -> bytes:
    """Check the password of the link's owner; gives the token of the stage in which the app is set up.

    The link stays good until the new app is proved, so that a person who was interrupted can begin again.

    Raises:
        NotFound: The link has ended.
        Invalid: At `password`.
        TooMany: Too many attempts.
    """
    with database.gate(visitor.origin) as work:
        found = _owner(work, token)
        device = known_device(work, browser.device, found)
        buckets = password_buckets(visitor.origin.ip, found.person.email, device)
        wait = count(work, buckets)
    if wait:
        raise too_many(wait)
    right = passwords.verify(found.password_hash, password, database.vault.system_key(SystemKey.PEPPER))
    stage = b""
    with database.gate(visitor.origin) as work:
        person = _owner(work, token).person
        if right:
            forget(work, buckets)
            leave(work, visitor)
            credentials.put_candidate(work, person.id, work.vault.seal_totp(person.id, new_secret()))
            stage = open_password_stage(work, person, browser.agent, work.now + CANDIDATE_LASTS)
        else:
            work.record(SignInRefused(person=person.id, why=Why.WRONG_PASSWORD, own=person.org))
    if not stage:
        raise Invalid({"password": _WRONG})
    return stage


def show_new_app(work: Work, token: bytes, pending: Pending | None) -> Candidate | None:
    """The new app to scan, if link and password are this person's; None to begin again (front door)."""
    found = find_link(work, token)
    if found is None or pending is None or pending.person != found.person:
        return None
    return show_candidate(work, found.person)


def complete_renewal(database: Database, visitor: Visitor, token: bytes, code: str) -> tuple[str, ...]:
    """Let the new app take the place of the lost one; gives ten new recovery codes, shown once.

    Everybody is signed out, no browser is known any more, and the person signs in with the new app.

    Raises:
        NotFound: The link has ended.
        Invalid: At `code`.
        TooMany: Too many codes were tried.
        WrongState: The password was given too long ago.
    """
    pending = visitor.pending
    if pending is None:
        raise WrongState("This took too long. Follow the link of the mail again.")
    count_code(database, visitor.origin, pending.person)
    with database.gate(visitor.origin) as work:
        request, found = _request(work, token), _owner(work, token)
        if found.person.id != pending.person:
            raise NotFound(DEAD)
        prove_candidate(work, found.person, code)
        codes = make_recovery_codes(work, found.person)
        _forget_everything(work, found)
        event = RecoveryCompleted(person=found.person.id, recovery=request.id, own=found.person.org)
        if not recovery.end(work, request.id, Ending.COMPLETED, event):
            raise NotFound(DEAD)
        tell_all(work, request, "factor_recovery_completed")
    return codes


def _open(work: Work, found: Recovery) -> None:
    token = new_token()
    until = work.now + LINK_LASTS
    event = RecoveryOpened(person=found.person, recovery=found.id, own=found.org)
    if not recovery.set_opened(work, found.id, sha256(token).digest(), until, event):
        return
    person = organisations.load_person(work, found.person)
    mail_link(work, found, token, written(until, person.time_zone))
    for one in witnesses(work, found):
        tell(work, one, "factor_recovery_opened", stop=f"/identity-checks/{found.id}")


def _request(work: Work, token: bytes) -> Recovery:
    found = find_link(work, token)
    if found is None:
        raise NotFound(DEAD)
    return found


def _owner(work: Work, token: bytes) -> Credentials:
    found = credentials.load(work, _request(work, token).person)
    if found.person.state is not PersonState.ACTIVE:
        raise NotFound(DEAD)
    return found


def _forget_everything(work: Work, found: Credentials) -> None:
    """End sessions, reset links and known browsers; these hang on when the password was last set."""
    person = found.person
    ended = SessionRevoked(person=person.id, why=Why.FACTOR_CHANGED, own=person.org)
    sessions.revoke_all(work, person.id, ended)
    links.use_resets(work, person.id)
    forgotten = BrowsersForgotten(person=person.id, own=person.org)
    credentials.set_password(work, person.id, found.password_hash or "", PEPPER_KID, forgotten)
