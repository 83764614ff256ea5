"""A new password for those who forgot theirs: a mailed link and still the second factor."""

from hashlib import sha256

from handoff_portal.adapters import mail
from handoff_portal.adapters.clock import new_token
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.passwords import PEPPER_KID, Passwords, is_common
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.actor import Origin
from handoff_portal.core.refusals import Invalid, NotFound
from handoff_portal.identity.actions.leaks import note_verdict, require_not_leaked
from handoff_portal.identity.actions.letters import tell
from handoff_portal.identity.actions.second_factor import Shown, check_second_factor
from handoff_portal.identity.actions.throttle import count, forget, too_many
from handoff_portal.identity.model.credentials import RESET_LASTS, Credentials
from handoff_portal.identity.model.events import (
    PasswordChanged,
    PasswordResetAsked,
    SessionRevoked,
    SignInRefused,
    Why,
)
from handoff_portal.identity.model.links import encode_token
from handoff_portal.identity.model.organisation import PersonState
from handoff_portal.identity.model.password import require_good_password, words_in
from handoff_portal.identity.model.throttle import code_buckets, reset_buckets
from handoff_portal.identity.store import credentials, links, organisations, sessions

DEAD = "This link has ended or was used already. Ask for a new one."


def ask_reset(database: Database, origin: Origin, email: str) -> None:
    """Mail a link to this address if it signs in here; whether it does cannot be told from the answer.

    Raises:
        TooMany: The address was asked for too often; the same for unknown ones.
    """
    with database.gate(origin) as work:
        wait = count(work, reset_buckets(origin.ip, email))
    if wait:
        raise too_many(wait)
    token = new_token()
    with database.gate(origin) as work:
        found = credentials.find_by_email(work, email)
        person = found.person if found and found.person.state is PersonState.ACTIVE else None
        if person is not None:
            links.add_reset(work, person.id, sha256(token).digest(), work.now + RESET_LASTS)
            mail.post(work, person.id, "password_reset", link=f"/password/reset/{encode_token(token)}")
        own = person.org if person else None
        work.record(PasswordResetAsked(person=person.id if person else None, own=own))


def reset_holds(work: Work, token: bytes) -> bool:
    """Whether a link can still be used (front door)."""
    return links.find_reset(work, sha256(token).digest()) is not None


def reset_password(
    database: Database, passwords: Passwords, origin: Origin, token: bytes, code: str, password: str
) -> None:
    """Change the password of the link's owner, who shows the second factor; signs everybody out, nobody in.

    Raises:
        NotFound: The link has ended.
        Invalid: At `password` or `code`.
        TooMany: Too many codes were tried, or too many passwords are being hashed.
    """
    with database.gate(origin) as work:
        found = _owner(work, token)
        _require_good(work, found, password)
    verdict = require_not_leaked(passwords, password)
    hashed = passwords.hash(password, database.vault.system_key(SystemKey.PEPPER))
    with database.gate(origin) as work:
        found = _owner(work, token)
        buckets = code_buckets(str(found.person.id), "reset")
        wait = count(work, buckets)
        shown = Shown(Why.TOO_MANY) if wait else check_second_factor(work, found.person, code)
        if shown.why is None:
            forget(work, buckets)
            _change(work, found, hashed)
            note_verdict(work, found.person, verdict)
        else:
            work.record(SignInRefused(person=found.person.id, why=shown.why, own=found.person.org))
    if wait:
        raise too_many(wait)
    if shown.why is not None:
        raise Invalid({"code": shown.say})


def _owner(work: Work, token: bytes) -> Credentials:
    person = links.find_reset(work, sha256(token).digest())
    found = credentials.load(work, person) if person else None
    if found is None or found.person.state is not PersonState.ACTIVE:
        raise NotFound(DEAD)
    return found


def _require_good(work: Work, found: Credentials, password: str) -> None:
    organisation = organisations.load_organisation(work, found.person.org)
    own = words_in(found.person.name, found.person.email, organisation.name)
    require_good_password(password, own, is_common)


def _change(work: Work, found: Credentials, hashed: str) -> None:
    person = found.person
    links.use_resets(work, person.id)
    sessions.revoke_all(
        work, person.id, SessionRevoked(person=person.id, why=Why.PASSWORD_CHANGED, own=person.org)
    )
    changed = PasswordChanged(person=person.id, why=Why.RESET, own=person.org)
    credentials.set_password(work, person.id, hashed, PEPPER_KID, changed)
    tell(work, person, "password_changed")
