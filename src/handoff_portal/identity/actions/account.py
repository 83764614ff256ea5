"""One's own account: details, password, authenticator, recovery codes."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.passwords import PEPPER_KID, Passwords, is_common
from handoff_portal.adapters.totp import new_secret
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.actor import Actor
from handoff_portal.core.refusals import Invalid
from handoff_portal.identity.actions.devices import known_device, remember_device
from handoff_portal.identity.actions.enrolment import count_code, make_recovery_codes, prove_candidate
from handoff_portal.identity.actions.leaks import note_verdict, require_not_leaked
from handoff_portal.identity.actions.letters import tell
from handoff_portal.identity.actions.sessions import renew_session
from handoff_portal.identity.actions.throttle import count, forget, too_many
from handoff_portal.identity.model.credentials import Browser, Credentials, Entered
from handoff_portal.identity.model.events import (
    PasswordChanged,
    PersonEdited,
    SessionRenewed,
    SessionRevoked,
    SignInRefused,
    Why,
)
from handoff_portal.identity.model.password import require_good_password, words_in
from handoff_portal.identity.model.throttle import password_buckets
from handoff_portal.identity.store import credentials, links, organisations, people, sessions

_WRONG = "This is not your current password. Check the capital letters and type it again."


@dataclass(frozen=True, slots=True)
class Keys:
    """What a person signs in with, as their account page shows it.

    Attributes:
        recovery_codes: How many are left.
    """

    recovery_codes: int
    password_set: bool


def show_keys(work: Work) -> Keys:
    """One's own credentials in numbers (front door)."""
    found = credentials.load(work, work.actor.person)
    left = credentials.count_recovery_codes(work, work.actor.person)
    return Keys(left, found.password_hash is not None)


def edit_details(work: Work, name: str, time_zone: str) -> None:
    """Change one's own name and time zone (front door).

    Raises:
        Invalid: At `time_zone`.
    """
    if time_zone not in available_timezones():
        raise Invalid({"time_zone": "Choose a time zone from the list."})
    event = PersonEdited(person=work.actor.person)
    people.set_details(work, work.actor.person, name, time_zone, event)


def change_password(
    database: Database, passwords: Passwords, actor: Actor, current: str, new: str, browser: Browser
) -> Entered:
    """Change one's own password; all other sessions end, this one gets a new token.

    Raises:
        StepUpNeeded: A fresh code is needed: a password alone opens nothing.
        Invalid: At `current` or `password`.
        TooMany: Too many attempts.
    """
    actor.require_fresh(database.clock())
    pepper = database.vault.system_key(SystemKey.PEPPER)
    found = _require_current(database, passwords, actor, current, browser)
    with database.gate(actor.origin, actor) as work:
        organisation = organisations.load_organisation(work, actor.org)
    require_good_password(new, words_in(actor.name, actor.email, organisation.name), is_common)
    verdict = require_not_leaked(passwords, new)
    hashed = passwords.hash(new, pepper)
    with database.gate(actor.origin, actor) as work:
        changed = PasswordChanged(person=actor.person, why=Why.BY_OWNER)
        credentials.set_password(work, actor.person, hashed, PEPPER_KID, changed)
        note_verdict(work, found.person, verdict)
        links.use_resets(work, actor.person)
        tell(work, found.person, "password_changed")
        return _stay_alone(work, actor, browser, Why.PASSWORD_CHANGED, actor.stepped_up_at)


def begin_authenticator(work: Work) -> None:
    """Make a secret for another authenticator; the present one works until the new one is proved.

    Raises:
        StepUpNeeded: A fresh code of the present one is needed.
    """
    actor = work.actor
    actor.require_fresh(work.now)
    credentials.put_candidate(work, actor.person, work.vault.seal_totp(actor.person, new_secret()))


def change_authenticator(database: Database, actor: Actor, code: str, browser: Browser) -> Entered:
    """Let the new authenticator take the place of the present one; all other sessions end.

    Raises:
        Invalid: At `code`.
        TooMany: Too many codes were tried.
        StepUpNeeded: A fresh code of the present one is needed.
    """
    count_code(database, actor.origin, actor.person)
    with database.gate(actor.origin, actor) as work:
        actor.require_fresh(work.now)
        found = credentials.load(work, actor.person)
        prove_candidate(work, found.person, code)
        tell(work, found.person, "factor_changed")
        return _stay_alone(work, actor, browser, Why.FACTOR_CHANGED, work.now)


def renew_recovery_codes(work: Work) -> tuple[str, ...]:
    """Ten new recovery codes, shown once; the earlier ones are void (front door).

    Raises:
        StepUpNeeded: A fresh code of the authenticator is needed.
    """
    work.actor.require_fresh(work.now)
    person = organisations.load_person(work, work.actor.person)
    codes = make_recovery_codes(work, person)
    tell(work, person, "recovery_codes_renewed")
    return codes


def _require_current(
    database: Database, passwords: Passwords, actor: Actor, current: str, browser: Browser
) -> Credentials:
    with database.gate(actor.origin, actor) as work:
        found = credentials.load(work, actor.person)
        device = known_device(work, browser.device, found)
        buckets = password_buckets(actor.origin.ip, actor.email, device or "session")
        wait = count(work, buckets)
    if wait:
        raise too_many(wait)
    right = passwords.verify(found.password_hash, current, database.vault.system_key(SystemKey.PEPPER))
    with database.gate(actor.origin, actor) as work:
        if right:
            forget(work, buckets)
        else:
            work.record(SignInRefused(person=actor.person, why=Why.WRONG_PASSWORD))
    if not right:
        raise Invalid({"current": _WRONG})
    return found


def _stay_alone(work: Work, actor: Actor, browser: Browser, why: Why, shown: datetime | None) -> Entered:
    """End every other session of the person and renew this one, in the same work.

    Args:
        shown: When the person last showed a second factor.
    """
    sessions.revoke_all(work, actor.person, SessionRevoked(person=actor.person, why=why), keep=actor.session)
    renewed = SessionRenewed(person=actor.person, why=why)
    token = renew_session(work, actor, browser.agent, renewed, shown=shown)
    found = credentials.load(work, actor.person)
    kept = known_device(work, browser.device, found)
    device = browser.device if kept else remember_device(work, browser.device, found)
    return Entered(actor.person, token, device)
