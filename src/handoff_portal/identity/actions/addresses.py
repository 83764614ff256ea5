"""Signing in with another e-mail address: asked with a fresh code, confirmed from the new mailbox.

The earlier mailbox gets a link that stops the change, and takes it back once it was made, for three days.
"""

import hmac
from hashlib import sha256

from handoff_portal.adapters import mail
from handoff_portal.adapters.clock import new_id, new_token
from handoff_portal.adapters.database import Database, Work
from handoff_portal.adapters.vault.vault import SystemKey
from handoff_portal.core.actor import Actor
from handoff_portal.core.ids import EmailChangeId, SessionId
from handoff_portal.core.refusals import Invalid, NotFound, WrongState
from handoff_portal.identity.actions.letters import written
from handoff_portal.identity.actions.throttle import count, too_many
from handoff_portal.identity.model.addresses import (
    CONFIRM_LASTS,
    STOP_LASTS,
    EmailChange,
    EmailChangeAsked,
    EmailChanged,
    EmailChangeStopped,
)
from handoff_portal.identity.model.events import SessionRevoked, Why
from handoff_portal.identity.model.links import encode_token
from handoff_portal.identity.model.organisation import Person, PersonState
from handoff_portal.identity.model.throttle import help_buckets
from handoff_portal.identity.store import addresses, links, organisations, sessions

DEAD = "This link has ended or was used already. Ask for a new one on your account page."
_SAME = "You sign in with this address already."
_WAIT = (
    "Your address changed a short while ago. It can change again three days after the last change was asked."
)
_TAKEN = "The earlier address is in use elsewhere by now. Ask an administrator of your organisation."


def ask_address(database: Database, actor: Actor, email: str) -> None:
    """Mail a link to the new address and a notice to the present one.

    Whether the new address signs in here cannot be told: the answer is the same, only its mail differs.

    Raises:
        StepUpNeeded: A fresh code is needed.
        Invalid: At `email`.
        TooMany: Asked too often on one day.
        WrongState: An earlier change can still be taken back.
    """
    with database.gate(actor.origin, actor) as work:
        actor.require_fresh(work.now)
        if email == actor.email:
            raise Invalid({"email": _SAME})
        wait = count(work, help_buckets(f"address {actor.person}"))
    if wait:
        raise too_many(wait)
    with database.gate(actor.origin, actor) as work:
        if addresses.find_confirmed(work, actor.person) is not None:
            raise WrongState(_WAIT)
        person = organisations.load_person(work, actor.person)
        made = EmailChange(
            id=EmailChangeId(new_id()),
            person=person.id,
            earlier=person.email,
            wanted=email,
            confirm_until=work.now + CONFIRM_LASTS,
            stop_until=work.now + STOP_LASTS,
            confirmed_at=None,
        )
        token, stop = new_token(), _stop_token(work, made.id)
        event = EmailChangeAsked(person=person.id)
        addresses.add(work, made, sha256(token).digest(), sha256(stop).digest(), event)
        _write_to_new(work, person, made, token)
        _write_to_earlier(work, person, made, "address_change_asked")


def find_wish(work: Work, token: bytes) -> EmailChange | None:
    """The wish that a link confirms (front door)."""
    return addresses.find_by_confirm(work, sha256(token).digest())


def confirm_address(work: Work, token: bytes, stays: SessionId | None) -> None:
    """The new mailbox answered: the person signs in with it from now on (front door).

    Args:
        work: Front door.
        token: Of the link.
        stays: The session that answered, if it is one of the same person; all others end.

    Raises:
        NotFound: The link has ended, or somebody else signs in with the address by now.
    """
    found = find_wish(work, token)
    if found is None or organisations.is_taken(work, found.wanted):
        raise NotFound(DEAD)
    person = _active(work, found)
    addresses.set_confirmed(work, found)
    addresses.set_address(work, person.id, found.wanted, EmailChanged(person=person.id, own=person.org))
    _sign_out(work, person, stays)
    _write_to_earlier(work, person, found, "address_changed")


def find_stoppable_change(work: Work, token: bytes) -> EmailChange | None:
    """The wish that a link stops or takes back (front door)."""
    return addresses.find_by_stop(work, sha256(token).digest())


def stop_address(work: Work, token: bytes) -> bool:
    """The earlier mailbox objects: stop the change or take it back, and end every session (front door).

    Returns:
        Whether it had been made already.

    Raises:
        NotFound: The link has ended.
        WrongState: The earlier address is in use elsewhere by now.
    """
    found = find_stoppable_change(work, token)
    if found is None:
        raise NotFound("This was stopped already, or is over.")
    person = _active(work, found)
    undone = found.confirmed_at is not None
    event = EmailChangeStopped(person=person.id, undone=undone, own=person.org)
    if undone:
        if organisations.is_taken(work, found.earlier):
            raise WrongState(_TAKEN)
        addresses.set_address(work, person.id, found.earlier, event)
    else:
        work.record(event)
    addresses.end(work, found)
    _sign_out(work, person, None)
    mail.post(work, person.id, "address_change_stopped", when=written(work.now, person.time_zone))
    return undone


def _active(work: Work, found: EmailChange) -> Person:
    person = organisations.load_person(work, found.person)
    if person.state is not PersonState.ACTIVE:
        raise NotFound(DEAD)
    return person


def _sign_out(work: Work, person: Person, stays: SessionId | None) -> None:
    ended = SessionRevoked(person=person.id, why=Why.ADDRESS_CHANGED, own=person.org)
    sessions.revoke_all(work, person.id, ended, keep=stays)
    links.use_resets(work, person.id)


def _write_to_new(work: Work, person: Person, made: EmailChange, token: bytes) -> None:
    """A link, or, where the address signs in here already, a word to its owner; one mail either way."""
    if organisations.is_taken(work, made.wanted):
        mail.post(work, person.id, "address_taken", to=made.wanted)
        return
    until = written(made.confirm_until, person.time_zone)
    link = f"/new-address/{encode_token(token)}"
    mail.post(work, person.id, "address_confirm", to=made.wanted, link=link, until=until)


def _write_to_earlier(work: Work, person: Person, made: EmailChange, template: str) -> None:
    mail.post(
        work,
        person.id,
        template,
        to=made.earlier,
        stop=f"/stop-address/{encode_token(_stop_token(work, made.id))}",
        when=written(work.now, person.time_zone),
        until=written(made.stop_until, person.time_zone),
    )


def _stop_token(work: Work, change: EmailChangeId) -> bytes:
    return hmac.digest(work.vault.system_key(SystemKey.COOKIE), b"stop-address\x00" + change.bytes, sha256)
