"""Sessions: opening one, finding out who a token belongs to, ending it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from handoff_portal.adapters.clock import new_id, new_token
from handoff_portal.adapters.database import Database, Work
from handoff_portal.core.actor import Actor, Origin, Pending, Visitor
from handoff_portal.core.events import Action, Event
from handoff_portal.core.ids import OrgId, PersonId, SessionId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.identity.model.organisation import Person
from handoff_portal.identity.model.session import PASSWORD_STAGE_LASTS, TOUCH_EVERY, idle_time, whole_time
from handoff_portal.identity.store import organisations, sessions


@dataclass(frozen=True, kw_only=True)
class PasswordAccepted(Event):
    """The right password was given; the second factor is still to come."""

    action: ClassVar[Action] = Action.PASSWORD_ACCEPTED
    person: PersonId
    organisation: OrgId


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """A full session began."""

    action: ClassVar[Action] = Action.SIGNED_IN
    person: PersonId
    organisation: OrgId


def open_session(work: Work, person: Person, agent: str = "") -> bytes:
    """Begin a full session after both factors (front door); gives the token for the cookie."""
    token = new_token()
    new = sessions.NewSession(
        id=SessionId(new_id()),
        token_hash=hashlib.sha256(token).digest(),
        person=person.id,
        org=person.org,
        stage="full",
        stepped_up_at=work.now,
        idle_expires_at=work.now + idle_time(person.roles),
        expires_at=work.now + whole_time(person.roles),
        agent=agent,
    )
    sessions.add(work, new, SignedIn(person=person.id, organisation=person.org))
    organisations.touch_sign_in(work, person.id)
    return token


def open_password_stage(work: Work, person: Person, agent: str = "") -> bytes:
    """Begin the five minutes between password and code; gives the token for the cookie."""
    token = new_token()
    until = work.now + PASSWORD_STAGE_LASTS
    new = sessions.NewSession(
        id=SessionId(new_id()),
        token_hash=hashlib.sha256(token).digest(),
        person=person.id,
        org=person.org,
        stage="password",
        stepped_up_at=None,
        idle_expires_at=until,
        expires_at=until,
        agent=agent,
    )
    sessions.add(work, new, PasswordAccepted(person=person.id, organisation=person.org))
    return token


def resolve(database: Database, token: bytes, origin: Origin) -> Visitor:
    """Who this token belongs to, with the rights of this moment; a stranger if it is none or has ended."""
    token_hash = hashlib.sha256(token).digest()
    with database.gate(origin) as work:
        row = sessions.find_by_token(work, token_hash)
        if row is None:
            return Visitor(origin)
        person, session = PersonId(row["person_id"]), SessionId(row["id"])
        if row["stage"] == "password":
            pending = Pending(person, session, token_hash, enrolled=row["enrolled"])
            return Visitor(origin, pending=pending, browser=token_hash)
        roles = frozenset(map(Role, row["roles"]))
        if work.now - row["last_seen_at"] > TOUCH_EVERY:
            sessions.touch(work, session, _idle_until(work, roles))
        actor = Actor(
            person=person,
            org=OrgId(row["org_id"]),
            org_kind=OrgKind(row["kind"]),
            org_name=row["org_name"],
            name=row["name"],
            email=row["email"],
            roles=roles,
            session=session,
            session_hash=token_hash,
            time_zone=row["time_zone"],
            stepped_up_at=row["stepped_up_at"],
            origin=origin,
        )
    return Visitor(origin, actor=actor, browser=token_hash)


def _idle_until(work: Work, roles: frozenset[Role]) -> datetime:
    return work.now + idle_time(roles)
