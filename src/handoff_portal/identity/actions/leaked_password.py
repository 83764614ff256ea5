"""Choosing another password at sign-in, because the present one leaked."""

from dataclasses import dataclass, field

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.leaked import Verdict
from handoff_portal.adapters.passwords import PEPPER_KID, Passwords, is_common
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.actor import Pending, Visitor
from handoff_portal.core.refusals import Invalid, WrongState
from handoff_portal.identity.actions.leaks import LEAKED, must_choose, note_verdict, require_not_leaked
from handoff_portal.identity.actions.letters import tell
from handoff_portal.identity.actions.second_factor import Shown, check_second_factor
from handoff_portal.identity.actions.sign_in import enter
from handoff_portal.identity.actions.throttle import count, forget, too_many
from handoff_portal.identity.model.credentials import Browser, Credentials, Entered
from handoff_portal.identity.model.events import PasswordChanged, SessionRevoked, SignInRefused, Why
from handoff_portal.identity.model.organisation import Person, PersonState
from handoff_portal.identity.model.password import require_good_password, words_in
from handoff_portal.identity.model.throttle import code_buckets
from handoff_portal.identity.store import credentials, marks, organisations, sessions


@dataclass(frozen=True, slots=True)
class New:
    """What the form gave: the password to be, and a code of the second factor."""

    password: str = field(repr=False)
    code: str = field(repr=False)


def replace_leaked(
    database: Database, passwords: Passwords, visitor: Visitor, pending: Pending, new: New, browser: Browser
) -> Entered:
    """Change a password that leaked, with the second factor, and let the person in; all other sessions end.

    Raises:
        Invalid: At `password` or `code`.
        TooMany: Too many codes were tried, or too many passwords are being hashed.
        WrongState: The password need not be changed.
    """
    with database.gate(visitor.origin) as work:
        found = _leaked(work, pending)
        organisation = organisations.load_organisation(work, found.person.org)
        own = words_in(found.person.name, found.person.email, organisation.name)
        require_good_password(new.password, own, is_common)
    pepper = database.vault.system_key(SystemKey.PEPPER)
    if passwords.verify(found.password_hash, new.password, pepper):
        raise Invalid({"password": LEAKED})
    verdict = require_not_leaked(passwords, new.password)
    hashed = passwords.hash(new.password, pepper)
    with database.gate(visitor.origin) as work:
        person = _leaked(work, pending).person
        buckets = code_buckets(str(person.id), "leaked")
        wait = count(work, buckets)
        shown = Shown(Why.TOO_MANY) if wait else check_second_factor(work, person, new.code)
        if shown.why is None:
            forget(work, buckets)
            _change(work, person, hashed, verdict, pending)
            entered = enter(work, credentials.load(work, person.id), browser, "", pending)
        else:
            entered = None
            work.record(SignInRefused(person=person.id, why=shown.why, own=person.org))
    if wait:
        raise too_many(wait)
    if entered is None:
        raise Invalid({"code": shown.say})
    return entered


def _leaked(work: Work, pending: Pending) -> Credentials:
    found = credentials.load(work, pending.person)
    if found.person.state is not PersonState.ACTIVE or not must_choose(work, pending.person):
        raise WrongState("This password need not be changed. Please sign in.")
    return found


def _change(work: Work, person: Person, hashed: str, verdict: Verdict, pending: Pending) -> None:
    changed = PasswordChanged(person=person.id, why=Why.LEAKED, own=person.org)
    credentials.set_password(work, person.id, hashed, PEPPER_KID, changed)
    marks.clear(work, person.id)
    note_verdict(work, person, verdict)
    ended = SessionRevoked(person=person.id, why=Why.PASSWORD_CHANGED, own=person.org)
    sessions.revoke_all(work, person.id, ended, keep=pending.session)
    tell(work, person, "password_changed")
