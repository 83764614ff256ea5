"""Sessions: opening one, finding out who a token belongs to, renewing and ending it.

Every step of trust gets a new token, and the old one ends in the same transaction.
"""

import hashlib
from datetime import datetime

from handoff_portal.adapters.clock import new_id, new_token
from handoff_portal.adapters.database import Database, Work
from handoff_portal.core.actor import STEP_UP_LASTS, Actor, Origin, Pending, Visitor
from handoff_portal.core.events import Event
from handoff_portal.core.ids import OrgId, PersonId, SessionId
from handoff_portal.core.permissions import OrgKind, Role
from handoff_portal.core.refusals import WrongState
from handoff_portal.identity.model.events import (
    PasswordAccepted,
    SessionRevoked,
    SignedIn,
    SignedOut,
    SteppedUp,
    Why,
)
from handoff_portal.identity.model.organisation import Person
from handoff_portal.identity.model.session import (
    MOST_AT_ONCE,
    PASSWORD_STAGE_LASTS,
    TOUCH_EVERY,
    Session,
    idle_time,
    whole_time,
)
from handoff_portal.identity.store import organisations, sessions

_GONE = "This session has ended. Please sign in again."


def open_session(work: Work, person: Person, agent: str = "", *, known_browser: bool = False) -> bytes:
    """Begin a full session after both factors (front door); gives the token for the cookie."""
    event = SignedIn(person=person.id, known_browser=known_browser, own=person.org)
    until = work.now + whole_time(person.roles)
    token = _begin(work, person, "full", until, work.now, agent, event)
    organisations.touch_sign_in(work, person.id)
    _end_surplus(work, person)
    return token


def open_password_stage(
    work: Work, person: Person, agent: str = "", until: datetime | None = None, event: Event | None = None
) -> bytes:
    """Begin the five minutes between password and code; gives the token for the cookie.

    Args:
        work: Front door.
        person: Who gave the right password.
        agent: Short name of the browser.
        until: Another end than in five minutes, for enrolment.
        event: Another event than that the password was accepted.
    """
    event = event or PasswordAccepted(person=person.id, own=person.org)
    return _begin(work, person, "password", until or work.now + PASSWORD_STAGE_LASTS, None, agent, event)


def renew_session(
    work: Work, actor: Actor, agent: str, event: Event | None = None, *, shown: datetime | None = None
) -> bytes:
    """A new token for a session of somebody who showed the second factor; the whole time stays as it was.

    Args:
        shown: When they showed it, if that was not just now.

    Raises:
        WrongState: The session ended meanwhile.
    """
    until = sessions.find_expiry(work, actor.session)
    if until is None:
        raise WrongState(_GONE)
    sessions.supersede(work, actor.session)
    person = organisations.load_person(work, actor.person)
    event = event or SteppedUp(person=actor.person)
    return _begin(work, person, "full", until, shown or work.now, agent, event)


def leave(work: Work, visitor: Visitor) -> None:
    """End the session that a visitor is in, whatever its stage (front door)."""
    inside = visitor.actor or visitor.pending
    if inside is not None:
        sessions.revoke(work, inside.session, inside.person, SignedOut(person=inside.person))


def end_session(work: Work, session: SessionId) -> bool:
    """End one of one's own sessions (front door); False if it had ended before."""
    event = SessionRevoked(person=work.actor.person, session=session, why=Why.BY_OWNER)
    return sessions.revoke(work, session, work.actor.person, event)


def end_other_sessions(work: Work) -> int:
    """End all of one's own sessions but this one (front door)."""
    event = SessionRevoked(person=work.actor.person, why=Why.BY_OWNER)
    return sessions.revoke_all(work, work.actor.person, event, keep=work.actor.session)


def list_sessions(work: Work) -> list[Session]:
    """One's own live sessions, newest use first."""
    return sessions.list_live(work, work.actor.person)


def resolve(database: Database, token: bytes, origin: Origin) -> Visitor:
    """Who this token belongs to, with the rights of this moment; a stranger if it is none or has ended."""
    token_hash = hashlib.sha256(token).digest()
    with database.gate(origin) as work:
        row = sessions.find_by_token(work, token_hash)
        if row is None:
            return Visitor(origin)
        person, session = PersonId(row["s_person_id"]), SessionId(row["s_id"])
        if row["s_stage"] == "password":
            pending = Pending(person, session, token_hash, enrolled=row["enrolled"])
            return Visitor(origin, pending=pending, browser=token_hash)
        roles = frozenset(map(Role, row["p_roles"]))
        if work.now - row["last_seen_at"] > TOUCH_EVERY:
            sessions.touch(work, row, min(row["s_expires_at"], _idle_until(work, roles)))
        actor = Actor(
            person=person,
            org=OrgId(row["s_org_id"]),
            org_kind=OrgKind(row["o_kind"]),
            org_name=row["o_name"],
            name=row["p_name"],
            email=row["p_email"],
            roles=roles,
            session=session,
            session_hash=token_hash,
            time_zone=row["time_zone"],
            stepped_up_at=row["s_stepped_up_at"],
            log_waits_since=_log_waits_since(work, row["s_stepped_up_at"]),
            origin=origin,
        )
    return Visitor(origin, actor=actor, browser=token_hash)


def _log_waits_since(work: Work, shown: datetime | None) -> datetime | None:
    """Only a fresh factor opens guarded actions, so only then does anybody need to know."""
    fresh = shown is not None and work.now - shown <= STEP_UP_LASTS
    return sessions.find_log_delay(work) if fresh else None


def _idle_until(work: Work, roles: frozenset[Role]) -> datetime:
    return work.now + idle_time(roles)


def _begin(
    work: Work, person: Person, stage: str, until: datetime, shown: datetime | None, agent: str, event: Event
) -> bytes:
    token = new_token()
    new = sessions.NewSession(
        id=SessionId(new_id()),
        token_hash=hashlib.sha256(token).digest(),
        person=person.id,
        org=person.org,
        stage=stage,
        stepped_up_at=shown,
        idle_expires_at=min(until, _idle_until(work, person.roles)),
        expires_at=until,
        agent=agent,
    )
    sessions.add(work, new, event)
    return token


def _end_surplus(work: Work, person: Person) -> None:
    """Nobody is signed in more than five times; the longest unused session goes first."""
    for session in sessions.list_live(work, person.id)[MOST_AT_ONCE:]:
        event = SessionRevoked(person=person.id, session=session.id, why=Why.SURPLUS, own=person.org)
        sessions.revoke(work, session.id, person.id, event)
