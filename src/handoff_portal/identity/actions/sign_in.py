"""Signing in: password, then code. What is refused is counted and logged; nobody learns who is known here."""

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.passwords import PEPPER_KID, Passwords
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.actor import Pending, Visitor
from handoff_portal.core.ids import NOBODY, PersonId
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.identity.actions.devices import known_device, remember_device
from handoff_portal.identity.actions.leaks import is_unchecked, must_choose, note_verdict
from handoff_portal.identity.actions.letters import tell
from handoff_portal.identity.actions.second_factor import check_second_factor
from handoff_portal.identity.actions.sessions import leave, open_password_stage, open_session
from handoff_portal.identity.actions.throttle import count, forget, may_warn, too_many
from handoff_portal.identity.model.credentials import Browser, Credentials, Entered
from handoff_portal.identity.model.events import SignInRefused, Why
from handoff_portal.identity.model.organisation import PersonState
from handoff_portal.identity.model.throttle import MOST_STRANGE_FAILURES, code_buckets, password_buckets
from handoff_portal.identity.store import credentials, links, sessions

REFUSED = (
    "This address and password do not belong together. Check both. If you are sure of them, use the browser "
    "you usually sign in with, or choose a new password."
)


def give_password(
    database: Database, passwords: Passwords, visitor: Visitor, email: str, password: str, browser: Browser
) -> bytes:
    """Check a password; gives the token of the stage that waits for the code.

    Unknown addresses cost the same work: the same queries, the same hash.

    Raises:
        Invalid: Address and password do not belong together, or the account is not active.
        TooMany: Too many attempts; also when too many people sign in at once (503).
    """
    with database.gate(visitor.origin) as work:
        found = credentials.find_by_email(work, email)
        device = known_device(work, browser.device, found)
        buckets = password_buckets(visitor.origin.ip, email, device)
        wait = count(work, buckets)
        unchecked = is_unchecked(work, found.person.id if found else PersonId(NOBODY))
        if wait:
            _refuse(work, found, Why.TOO_MANY)
    if wait:
        raise too_many(wait)
    pepper = database.vault.system_key(SystemKey.PEPPER)
    stored = found.password_hash if found else None
    right = passwords.verify(stored, password, pepper)
    better = passwords.hash(password, pepper) if right and stored and passwords.is_outdated(stored) else ""
    verdict = passwords.leaked.look_up(password) if right and unchecked else None
    with database.gate(visitor.origin) as work:
        found = credentials.find_by_email(work, email)
        right = right and found is not None and found.password_hash == stored
        why = _why_not(found, device, right=right)
        if found is None or why is not None:
            _note_wrong_password(work, email, found, device, why or Why.UNKNOWN_ADDRESS)
            token = b""
        else:
            forget(work, buckets)
            if verdict is not None:
                note_verdict(work, found.person, verdict)
            token = _accept_password(work, visitor, found, browser, better)
    if not token:
        raise Invalid({"": REFUSED})
    return token


def give_code(database: Database, visitor: Visitor, pending: Pending, code: str, browser: Browser) -> Entered:
    """Check the code that follows the password, and let the person in.

    Raises:
        Invalid: At the field `code`.
        TooMany: Too many codes were tried.
        WrongState: The password leaked and must be changed first.
    """
    with database.gate(visitor.origin) as work:
        if must_choose(work, pending.person):
            raise WrongState("Your password was found in a leak. Choose another one to go on.")
        found = credentials.load(work, pending.person)
        device = known_device(work, browser.device, found)
        buckets = code_buckets(str(pending.person), device)
        wait = count(work, buckets)
        shown = None if wait else check_second_factor(work, found.person, code)
        accepted = shown is not None and shown.why is None and found.person.state is PersonState.ACTIVE
        if not accepted:
            _note_wrong_code(work, found, shown.why or Why.NOT_ACTIVE if shown else Why.TOO_MANY)
            entered = None
        else:
            forget(work, buckets)
            entered = enter(work, found, browser, device, pending)
    if wait:
        raise too_many(wait)
    if entered is None:
        raise Invalid({"code": shown.say if shown and shown.say else "Please ask for a new invitation."})
    return entered


def enter(work: Work, found: Credentials, browser: Browser, device: str, pending: Pending) -> Entered:
    """Open the full session in place of the stage before it; open reset links die."""
    person = found.person
    sessions.supersede(work, pending.session)
    links.use_resets(work, person.id)
    if not device:
        credentials.forget_failures(work, person.id)
        if found.person.last_sign_in_at is not None:
            tell(work, person, "new_sign_in", agent=browser.agent)
    token = open_session(work, person, browser.agent, known_browser=bool(device))
    kept = browser.device if device else remember_device(work, browser.device, found)
    return Entered(person.id, token, kept)


def _why_not(found: Credentials | None, device: str, *, right: bool) -> Why | None:
    if found is None:
        return Why.UNKNOWN_ADDRESS
    if not right:
        return Why.WRONG_PASSWORD
    if found.person.state is not PersonState.ACTIVE:
        return Why.NOT_ACTIVE
    if not device and found.strange_failures >= MOST_STRANGE_FAILURES:
        return Why.UNKNOWN_BROWSER
    return None


def _note_wrong_password(work: Work, email: str, found: Credentials | None, device: str, why: Why) -> None:
    if not device:
        credentials.count_strange_failure(work, email)
    if found is not None and not device and found.strange_failures + 1 == MOST_STRANGE_FAILURES:
        tell(work, found.person, "account_guarded")
    _refuse(work, found, why)


def _note_wrong_code(work: Work, found: Credentials, why: Why) -> None:
    if may_warn(work, found.person.id):
        tell(work, found.person, "code_refused")
    _refuse(work, found, why)


def _accept_password(
    work: Work, visitor: Visitor, found: Credentials, browser: Browser, better: str
) -> bytes:
    if better and found.password_hash:
        credentials.rehash(work, found, better, PEPPER_KID)
    leave(work, visitor)
    return open_password_stage(work, found.person, browser.agent)


def _refuse(work: Work, found: Credentials | None, why: Why) -> None:
    person, own = (found.person.id, found.person.org) if found else (None, None)
    work.record(SignInRefused(person=person, why=why, own=own))
